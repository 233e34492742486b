//! A line of text.

use crate::extraction::pdf::layout::rows::Row;
use crate::extraction::pdf::stream::run::Run;
use crate::extraction::pdf::stream::run::is_apart;

/// Words on one baseline.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Stretches set alike, each with whether it is bold and italic.
    pub parts: Vec<(String, bool, bool)>,
    pub x: (f32, f32),
    pub y: f32,
    pub size: f32,
    /// Whether the document marks it as a header or footer.
    pub is_artifact: bool,
    /// Whether its last word goes on in the next line, which is then written next to it.
    pub is_cut: bool,
}

impl Line {
    pub(crate) fn of(row: &Row) -> Option<Self> {
        let first = row.first()?;
        let mut line = Self {
            parts: Vec::new(),
            x: first.x,
            y: first.y,
            size: 0.0,
            is_artifact: row.iter().all(|run| run.is_artifact),
            is_cut: false,
        };
        let mut last: Option<&Run> = None;
        // The size is that of most letters: a raised number is smaller, an initial larger.
        let mut letters = 0;
        for run in row {
            let space = if last.is_some_and(|last| is_apart(last, run)) { " " } else { "" };
            match line.parts.last_mut() {
                Some((text, bold, italic)) if (*bold, *italic) == (run.is_bold, run.is_italic) => {
                    text.push_str(space);
                    text.push_str(&run.text);
                }
                Some((text, ..)) => {
                    text.push_str(space);
                    line.parts.push((run.text.clone(), run.is_bold, run.is_italic));
                }
                None => line.parts.push((run.text.clone(), run.is_bold, run.is_italic)),
            }
            line.x.1 = line.x.1.max(run.x.1);
            if run.text.len() > letters {
                (letters, line.size, line.y) = (run.text.len(), run.size, run.y);
            }
            last = Some(run);
        }
        line.parts.iter().any(|(text, ..)| !text.trim().is_empty()).then_some(line)
    }

    pub(crate) fn text(&self) -> String {
        self.parts.iter().map(|(text, ..)| text.as_str()).collect()
    }

    /// Whether its letters are all bold; `None` when some are.
    pub(crate) fn is_bold(&self) -> Option<bool> {
        let mut parts = self
            .parts
            .iter()
            .filter(|(text, ..)| text.contains(char::is_alphanumeric))
            .map(|(_, bold, _)| *bold);
        let first = parts.next()?;
        parts.all(|bold| bold == first).then_some(first)
    }

    /// Whether its last sentence ends with it.
    pub(crate) fn is_finished(&self) -> bool {
        let last = self.parts.iter().rev().find_map(|(text, ..)| text.trim_end().chars().next_back());
        last.is_some_and(|last| {
            matches!(last, '.' | '?' | '!' | ':' | '”' | '"' | '…' | '»' | '。' | '？' | '！')
        })
    }

    pub(crate) fn begins_lowercase(&self) -> bool {
        let first = self.parts.iter().find_map(|(text, ..)| text.trim_start().chars().next());
        first.is_some_and(char::is_lowercase)
    }
}
