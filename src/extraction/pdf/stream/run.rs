//! Strings of a page with their places, in the order they are drawn.

use crate::extraction::pdf::stream::matrix::Matrix;

/// The most strings of one page, and the most bytes of their text: a page has a few thousand.
const MOST_RUNS: usize = 100_000;
const MOST_TEXT: usize = 8 << 20;

/// A gap of so much of a letter's size is a space, and one of more than so much sets columns apart.
const SPACE: f32 = 0.17;
const COLUMN_GAP: f32 = 1.0;

/// A string as it is placed on the page.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub text: String,
    /// Its start and end on its line, and its baseline; in points, y upwards.
    pub x: (f32, f32),
    pub y: f32,
    /// Height of its letters.
    pub size: f32,
    pub is_bold: bool,
    pub is_italic: bool,
    /// Whether the document marks it as a header or footer of the page.
    pub is_artifact: bool,
}

/// Which way a line runs: in quarter turns; `None` when it is slanted, as watermarks are.
type Turn = Option<u8>;

/// Collects runs. Strings that continue one another are one run.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    placed: Vec<(Run, Turn)>,
    bytes: usize,
    is_full: bool,
}

impl Runs {
    /// Whether strings were left out because the page has too many.
    pub(crate) const fn is_full(&self) -> bool {
        self.is_full
    }

    /// Adds a string that is drawn from `before` to `after`.
    pub(crate) fn push(
        &mut self,
        text: String,
        before: Matrix,
        after: Matrix,
        size: f32,
        (is_bold, is_italic): (bool, bool),
        is_artifact: bool,
    ) {
        let [across, up] = [[before[0], before[1]], [before[2], before[3]]];
        let turn = turn(across);
        let (start, y) = turned(turn, before);
        let (end, _) = turned(turn, after);
        let size = (length(up) * size).abs();
        if text.is_empty() || ![start, y, end, size].iter().all(|number| number.is_finite()) {
            return;
        }
        // Letters that lean are italic where the face has no such cut.
        let lean = (across[0] * up[0] + across[1] * up[1]) / (length(across) * length(up));
        let is_italic = is_italic || (0.1..0.6).contains(&lean);
        let run = Run { text, x: (start, end), y, size, is_bold, is_italic, is_artifact };
        if let Some((last, last_turn)) = self.placed.last_mut()
            && *last_turn == turn
        {
            // A word is drawn twice to look bold.
            let is_again = last.text == run.text
                && (last.x.0 - run.x.0).abs() < size * 0.15
                && (last.y - run.y).abs() < size * 0.15;
            if is_again || last.absorb(&run) {
                self.bytes += run.text.len();
                self.is_full |= self.bytes > MOST_TEXT;
                if self.is_full {
                    self.bytes = MOST_TEXT;
                }
                return;
            }
        }
        self.bytes += run.text.len();
        if self.placed.len() >= MOST_RUNS || self.bytes > MOST_TEXT {
            self.is_full = true;
            return;
        }
        self.placed.push((run, turn));
    }

    /// Widens the last run to where a string without text ends.
    pub(crate) fn extend(&mut self, after: Matrix) {
        if let Some((run, turn)) = self.placed.last_mut() {
            let (end, y) = turned(*turn, after);
            if end.is_finite() && (y - run.y).abs() < run.size * 0.1 {
                run.x.1 = run.x.1.max(end);
            }
        }
    }

    /// The runs that go the way most of the page's text goes, in coordinates in which that is to
    /// the right.
    pub(crate) fn finish(self) -> Vec<Run> {
        let letters = |turn: Turn| -> usize {
            self.placed.iter().filter(|(_, of)| *of == turn).map(|(run, _)| run.text.len()).sum()
        };
        let main = (0..4).map(Some).rev().max_by_key(|turn| letters(*turn)).flatten();
        self.placed.into_iter().filter(|(_, turn)| *turn == main).map(|(run, _)| run).collect()
    }
}

impl Run {
    /// Appends a run that continues this one on its line.
    fn absorb(&mut self, next: &Self) -> bool {
        let gap = next.x.0 - self.x.1;
        let is_alike = (self.is_bold, self.is_italic, self.is_artifact)
            == (next.is_bold, next.is_italic, next.is_artifact)
            && (self.size - next.size).abs() < self.size * 0.05;
        let is_next = (self.y - next.y).abs() < self.size * 0.05
            && gap > -0.3 * self.size
            && gap < self.size * COLUMN_GAP;
        if !is_alike || !is_next || self.text.len() > MOST_TEXT {
            return false;
        }
        if is_apart(self, next) {
            self.text.push(' ');
        }
        self.text.push_str(&next.text);
        self.x.1 = self.x.1.max(next.x.1);
        true
    }
}

/// Whether a space is to be written between two runs of a line.
pub(crate) fn is_apart(left: &Run, right: &Run) -> bool {
    right.x.0 - left.x.1 > left.size.max(right.size) * SPACE
        && !left.text.ends_with(char::is_whitespace)
        && !right.text.starts_with(char::is_whitespace)
}

fn length([x, y]: [f32; 2]) -> f32 {
    x.hypot(y)
}

fn turn([x, y]: [f32; 2]) -> Turn {
    // Within some ten degrees of an axis.
    let is_near = |along: f32| along > length([x, y]) * 0.98;
    [(x, 0), (y, 1), (-x, 2), (-y, 3)].into_iter().find(|(along, _)| is_near(*along)).map(|(_, turn)| turn)
}

fn turned(turn: Turn, [.., x, y]: Matrix) -> (f32, f32) {
    match turn {
        Some(1) => (y, -x),
        Some(2) => (-x, -y),
        Some(3) => (-y, x),
        _ => (x, y),
    }
}
