//! The text of a page's content stream: strings with their places (ISO 32000-1, 9.4).

use std::rc::Rc;

use lopdf::Dictionary;
use lopdf::Object;
use lopdf::ObjectId;

use crate::extraction::ExtractError;
use crate::extraction::pdf::fonts::font::Font;
use crate::extraction::pdf::fonts::font::Shown;
use crate::extraction::pdf::stream::marks::Marks;
use crate::extraction::pdf::stream::matrix::IDENTITY;
use crate::extraction::pdf::stream::matrix::Matrix;
use crate::extraction::pdf::stream::matrix::product;
use crate::extraction::pdf::stream::resources::Reader;
use crate::extraction::pdf::stream::run::Run;
use crate::extraction::pdf::stream::run::Runs;
use crate::extraction::pdf::stream::tokens::Token;
use crate::extraction::pdf::stream::tokens::Tokens;

/// Deepest stack of saved states; a content stream may push without end.
const MOST_SAVED: usize = 256;

/// The most operands of one operator, which for `TJ` is a line of text.
const MOST_OPERANDS: usize = 1 << 16;

/// Deepest forms within forms.
const MOST_NESTED_FORMS: usize = 8;

/// The longest string that is read: a line has a few hundred codes.
const MOST_CODES: usize = 1 << 16;

/// Letters with so much of their size between them are of several words.
const SPREAD: f32 = 0.17;

/// A space that is no wider than so much of the size of letters is none.
const NO_SPACE: f32 = 0.05;

/// The charge for drawing a form, besides its content.
const FORM_CHARGE: usize = 512;

/// Graphics and text state.
#[derive(Clone, Debug)]
struct State {
    ctm: Matrix,
    font: Option<Rc<Font>>,
    size: f32,
    leading: f32,
    letter_space: f32,
    word_space: f32,
    stretch: f32,
    rise: f32,
    /// Text that is filled and stroked, which writers use where a face has no bold cut. Mode 3,
    /// which is not painted, is the recognised text under a scanned picture and is read.
    is_stroked: bool,
    line: Matrix,
    at: Matrix,
}

impl Default for State {
    fn default() -> Self {
        Self {
            ctm: IDENTITY,
            font: None,
            size: 1.0,
            leading: 0.0,
            letter_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            rise: 0.0,
            is_stroked: false,
            line: IDENTITY,
            at: IDENTITY,
        }
    }
}

/// The strings of a page, and what could not be read of it.
#[derive(Debug, Default)]
pub(crate) struct PageText {
    pub runs: Vec<Run>,
    /// Whether a stream is damaged, or has more strings than a page is read for.
    pub is_cut: bool,
    /// Codes whose letter is not known, of all.
    pub unknown: usize,
    pub codes: usize,
}

/// Reads the strings of a page.
pub(crate) fn read(reader: &mut Reader<'_>, page: ObjectId) -> Result<PageText, ExtractError> {
    let (content, is_whole) = reader.page_content(page)?;
    let resources = reader.page_resources(page);
    let mut machine = Machine {
        reader,
        state: State::default(),
        saved: Vec::new(),
        marks: Marks::default(),
        runs: Runs::default(),
        unknown: 0,
        codes: 0,
        is_cut: !is_whole,
    };
    machine.run(&content, resources, 0)?;
    let is_full = machine.runs.is_full();
    Ok(PageText {
        runs: machine.runs.finish(),
        is_cut: machine.is_cut || is_full,
        unknown: machine.unknown,
        codes: machine.codes,
    })
}

struct Machine<'r, 'a> {
    reader: &'r mut Reader<'a>,
    state: State,
    saved: Vec<State>,
    marks: Marks,
    runs: Runs,
    unknown: usize,
    codes: usize,
    is_cut: bool,
}

impl<'a> Machine<'_, 'a> {
    /// Reads a content stream.
    fn run(
        &mut self,
        content: &[u8],
        resources: Option<&'a Dictionary>,
        depth: usize,
    ) -> Result<(), ExtractError> {
        let mut operands = Vec::new();
        let mut tokens = Tokens::new(content);
        while let Some(token) = tokens.next() {
            let Token::Operator(operator) = token else {
                self.is_cut |= operands.len() >= MOST_OPERANDS;
                if operands.len() < MOST_OPERANDS {
                    operands.push(token);
                }
                continue;
            };
            match operator {
                b"ID" => tokens.skip_image_data(),
                b"Tf" => {
                    let name = operands.first().and_then(Token::name).unwrap_or_default();
                    self.state.font = self.reader.font(resources, name)?;
                    self.state.size = number(&operands, 1);
                }
                b"Do" => {
                    if let Some(name) = operands.first().and_then(Token::name) {
                        self.draw(resources, name, depth)?;
                    }
                }
                b"BDC" => {
                    let name = operands.get(1).and_then(Token::name);
                    let list = name.and_then(|name| self.reader.properties(resources, name));
                    self.marks.begin(&operands, list);
                }
                operator => self.step(operator, &operands),
            }
            if self.runs.is_full() {
                return Ok(());
            }
            operands.clear();
        }
        Ok(())
    }

    fn draw(
        &mut self,
        resources: Option<&'a Dictionary>,
        name: &[u8],
        depth: usize,
    ) -> Result<(), ExtractError> {
        let Some(form) = self.reader.form(resources, name) else { return Ok(()) };
        self.reader.budget.charge(FORM_CHARGE)?;
        if depth >= MOST_NESTED_FORMS {
            self.is_cut = true;
            return Ok(());
        }
        let Some(content) = self.reader.budget.expand(form)? else {
            self.is_cut = true;
            return Ok(());
        };
        let own = self.reader.resources_of(&form.dict).or(resources);
        let before = self.state.clone();
        let saved = std::mem::take(&mut self.saved);
        let matrix = form.dict.get_deref(b"Matrix", self.reader.document).and_then(Object::as_array);
        if let Ok(matrix) = matrix {
            let mut numbers = matrix.iter().map(|number| number.as_float().unwrap_or(0.0));
            let matrix = [(); 6].map(|()| numbers.next().unwrap_or(0.0));
            self.state.ctm = product(matrix, self.state.ctm);
        }
        self.run(&content, own, depth + 1)?;
        self.state = before;
        self.saved = saved;
        Ok(())
    }

    fn step(&mut self, operator: &[u8], operands: &[Token<'_>]) {
        let number = |index| number(operands, index);
        let matrix = || [number(0), number(1), number(2), number(3), number(4), number(5)];
        match operator {
            b"q" if self.saved.len() < MOST_SAVED => self.saved.push(self.state.clone()),
            b"Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            b"cm" => self.state.ctm = product(matrix(), self.state.ctm),
            b"BT" => (self.state.line, self.state.at) = (IDENTITY, IDENTITY),
            b"TL" => self.state.leading = number(0),
            b"Tc" => self.state.letter_space = number(0),
            b"Tw" => self.state.word_space = number(0),
            b"Tz" => self.state.stretch = number(0) / 100.0,
            b"Ts" => self.state.rise = number(0),
            b"Tr" => self.state.is_stroked = (number(0) - 2.0).abs() < 0.5,
            b"Tm" => (self.state.line, self.state.at) = (matrix(), matrix()),
            b"Td" => self.move_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.move_line(number(0), number(1));
            }
            b"T*" => self.move_line(0.0, -self.state.leading),
            b"Tj" => self.show(operands.first()),
            b"'" => {
                self.move_line(0.0, -self.state.leading);
                self.show(operands.first());
            }
            b"\"" => {
                (self.state.word_space, self.state.letter_space) = (number(0), number(1));
                self.move_line(0.0, -self.state.leading);
                self.show(operands.get(2));
            }
            b"TJ" => {
                for operand in operands {
                    match operand.number() {
                        Some(back) => self.advance(-back / 1000.0 * self.state.size * self.state.stretch),
                        None => self.show(Some(operand)),
                    }
                }
            }
            b"BMC" => self.marks.begin(operands, None),
            b"EMC" => self.marks.end(),
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

    fn show(&mut self, operand: Option<&Token<'_>>) {
        let Some(codes) = operand.and_then(Token::text) else { return };
        // Ghostscript sets two or three letters of several words in one string, with the space as
        // that between letters.
        let is_spread = self.state.letter_space > self.state.size.abs() * SPREAD;
        if is_spread
            && (2..=3).contains(&codes.len())
            && self.state.font.as_ref().is_some_and(|font| font.is_simple())
        {
            for code in codes.chunks(1) {
                self.show_codes(code, self.state.letter_space);
            }
            return;
        }
        self.show_codes(codes.get(..MOST_CODES).unwrap_or(codes), 0.0);
    }

    /// Shows codes, the last of which ends in so much space.
    fn show_codes(&mut self, codes: &[u8], trailing: f32) {
        let Some(font) = self.state.font.clone() else {
            self.codes += codes.len();
            self.unknown += codes.len();
            return;
        };
        let state = &self.state;
        let Shown { mut text, width, codes, spaces, unknown } = font.show(codes);
        // Ghostscript takes spaces back by negative spacing.
        let space = font.space() * state.size + state.letter_space + state.word_space;
        if spaces > 0 && space.abs() < state.size.abs() * NO_SPACE {
            text.retain(|c| c != ' ');
        }
        self.codes += codes;
        self.unknown += unknown;
        let reach =
            (width * state.size + codes as f32 * state.letter_space + spaces as f32 * state.word_space)
                * state.stretch;
        let raised = product([1.0, 0.0, 0.0, 1.0, 0.0, state.rise], state.at);
        let before = product(raised, state.ctm);
        let (size, is_bold) = (state.size, font.is_bold || state.is_stroked);
        self.advance(reach);
        let back = [1.0, 0.0, 0.0, 1.0, -trailing * self.state.stretch, self.state.rise];
        let after = product(product(back, self.state.at), self.state.ctm);
        let Some(text) = self.marks.text(text) else {
            self.runs.extend(after);
            return;
        };
        let is_artifact = self.marks.is_artifact();
        self.runs.push(text, before, after, size, (is_bold, font.is_italic), is_artifact);
    }
}

fn number(operands: &[Token<'_>], index: usize) -> f32 {
    operands.get(index).and_then(Token::number).unwrap_or(0.0)
}
