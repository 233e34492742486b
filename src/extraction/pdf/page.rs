//! The text of a page's content stream: strings with their places.

use std::collections::BTreeMap;

use lopdf::Object;
use lopdf::content::Operation;

use crate::extraction::pdf::font::Font;

/// A string where it stands on the page.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub text: String,
    /// Where it begins and ends on its line, and its baseline; in points.
    pub x: (f32, f32),
    pub y: f32,
    /// Height of its letters.
    pub size: f32,
    pub bold: bool,
    pub italic: bool,
}

/// `[a b c d e f]` of the PDF standard.
type Matrix = [f32; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

fn product(m: Matrix, n: Matrix) -> Matrix {
    let row = |x: f32, y: f32| (x * n[0] + y * n[2], x * n[1] + y * n[3]);
    let ((m0, m1), (m2, m3), (m4, m5)) = (row(m[0], m[1]), row(m[2], m[3]), row(m[4], m[5]));
    [m0, m1, m2, m3, m4 + n[4], m5 + n[5]]
}

/// Deepest stack of saved states; a content stream may push without end.
const MOST_SAVED: usize = 256;

/// Graphics and text state.
#[derive(Clone, Debug)]
struct State {
    ctm: Matrix,
    font: Option<Vec<u8>>,
    size: f32,
    leading: f32,
    letter_space: f32,
    word_space: f32,
    stretch: f32,
    /// Mode 3 is text under a scanned picture, which is shown and read all the same.
    line: Matrix,
    at: Matrix,
}

/// Reads the strings of a page.
pub(crate) fn runs(operations: &[Operation], fonts: &BTreeMap<Vec<u8>, Font<'_>>) -> Vec<Run> {
    let start = State {
        ctm: IDENTITY,
        font: None,
        size: 1.0,
        leading: 0.0,
        letter_space: 0.0,
        word_space: 0.0,
        stretch: 1.0,
        line: IDENTITY,
        at: IDENTITY,
    };
    let mut machine = Machine { fonts, state: start, saved: Vec::new(), runs: Vec::new() };
    for operation in operations {
        machine.step(operation);
    }
    machine.runs
}

struct Machine<'a> {
    fonts: &'a BTreeMap<Vec<u8>, Font<'a>>,
    state: State,
    saved: Vec<State>,
    runs: Vec<Run>,
}

impl Machine<'_> {
    fn step(&mut self, operation: &Operation) {
        let operands = &operation.operands;
        let number =
            |index: usize| operands.get(index).and_then(|object| object.as_float().ok()).unwrap_or(0.0);
        let matrix = || [number(0), number(1), number(2), number(3), number(4), number(5)];
        match operation.operator.as_str() {
            "q" if self.saved.len() < MOST_SAVED => self.saved.push(self.state.clone()),
            "Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            "cm" => self.state.ctm = product(matrix(), self.state.ctm),
            "BT" => (self.state.line, self.state.at) = (IDENTITY, IDENTITY),
            "Tf" => {
                self.state.font = operands.first().and_then(|name| name.as_name().ok()).map(<[u8]>::to_vec);
                self.state.size = number(1);
            }
            "TL" => self.state.leading = number(0),
            "Tc" => self.state.letter_space = number(0),
            "Tw" => self.state.word_space = number(0),
            "Tz" => self.state.stretch = number(0) / 100.0,
            "Tm" => (self.state.line, self.state.at) = (matrix(), matrix()),
            "Td" => self.move_line(number(0), number(1)),
            "TD" => {
                self.state.leading = -number(1);
                self.move_line(number(0), number(1));
            }
            "T*" => self.move_line(0.0, -self.state.leading),
            "Tj" => self.show(operands.first()),
            "'" => {
                self.move_line(0.0, -self.state.leading);
                self.show(operands.first());
            }
            "\"" => {
                (self.state.word_space, self.state.letter_space) = (number(0), number(1));
                self.move_line(0.0, -self.state.leading);
                self.show(operands.get(2));
            }
            "TJ" => {
                for object in operands.first().and_then(|list| list.as_array().ok()).into_iter().flatten() {
                    match object.as_float() {
                        Ok(back) => self.advance(-back / 1000.0 * self.state.size * self.state.stretch),
                        Err(_) => self.show(Some(object)),
                    }
                }
            }
            _ => {}
        }
    }

    fn move_line(&mut self, x: f32, y: f32) {
        self.state.line = product([1.0, 0.0, 0.0, 1.0, x, y], self.state.line);
        self.state.at = self.state.line;
    }

    fn advance(&mut self, x: f32) {
        self.state.at = product([1.0, 0.0, 0.0, 1.0, x, 0.0], self.state.at);
    }

    fn show(&mut self, object: Option<&Object>) {
        let Some(codes) = object.and_then(|object| object.as_str().ok()) else { return };
        let Some(font) = self.state.font.as_ref().and_then(|name| self.fonts.get(name)) else { return };
        let state = &self.state;
        let (width, codes_len, spaces) = font.advance(codes);
        let reach =
            (width * state.size + codes_len as f32 * state.letter_space + spaces as f32 * state.word_space)
                * state.stretch;
        let text = font.text(codes);
        let before = product(state.at, state.ctm);
        let [_, _, c, d, _, _] = before;
        let size = (c.hypot(d) * state.size).abs();
        self.advance(reach);
        let after = product(self.state.at, self.state.ctm);
        let place = [before[4], before[5], after[4], size];
        if !text.is_empty() && place.iter().all(|number| number.is_finite()) {
            let (bold, italic) = (font.bold, font.italic);
            self.runs.push(Run { text, x: (before[4], after[4]), y: before[5], size, bold, italic });
        }
    }
}
