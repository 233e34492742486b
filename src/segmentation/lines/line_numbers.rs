//! Line numbers in the margin, as printed testimony has them: no words of the text.

use crate::span::TextSpan;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// The margin that holds the numbers of a document's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Margin {
    /// Before the text.
    Left,
    /// After it.
    Right,
}

/// Fewest numbers in a row that show that lines are numbered.
const FEWEST_NUMBERS: usize = 6;
/// Most digits of a line number.
const MOST_DIGITS: usize = 4;
/// Most digits of a number in the left margin, which whatever is counted may have before it.
const MOST_DIGITS_LEFT: usize = 2;

/// What one margin has.
#[derive(Debug, Default)]
struct Count {
    /// Lines with a number that goes on from the one before.
    numbered: usize,
    last: Option<usize>,
}

impl Count {
    /// Adds a line and its number.
    fn add(&mut self, number: Option<usize>) {
        let Some(number) = number else { return };
        let next = self.last.is_some_and(|last| number == last + 1);
        self.numbered += usize::from(next || number == 1);
        self.last = Some(number);
    }

    /// Whether so many of all lines are numbered that it is no accident.
    const fn numbers(&self, all: usize) -> bool {
        self.numbered >= FEWEST_NUMBERS && self.numbered * 10 >= all * 6
    }
}

impl Margin {
    /// The margin of a document that numbers its lines: most lines have a number there, one more
    /// than the line before; a page may start again at one.
    pub(crate) fn of(extraction: &Extraction) -> Option<Self> {
        if extraction.format == Format::Markdown {
            return None;
        }
        let mut margins = [(Self::Left, Count::default()), (Self::Right, Count::default())];
        let mut all = 0;
        for block in &extraction.blocks {
            for line in block.span.of(&extraction.text).lines().map(str::trim).filter(|line| !line.is_empty())
            {
                all += 1;
                for (margin, count) in &mut margins {
                    count.add(margin.number(line).and_then(|digits| digits.parse().ok()));
                }
            }
        }
        margins.into_iter().find(|(_, count)| count.numbers(all)).map(|(margin, _)| margin)
    }

    /// The digits of a line's number: set off by two spaces or a tab at the left, by white space at
    /// the right, or alone.
    fn number(self, line: &str) -> Option<&str> {
        match self {
            Self::Left => {
                let len = line.bytes().take_while(u8::is_ascii_digit).count();
                let (digits, rest) = line.split_at_checked(len)?;
                let set_off = rest.is_empty() || rest.starts_with("  ") || rest.starts_with('\t');
                ((1..=MOST_DIGITS_LEFT).contains(&len) && set_off).then_some(digits)
            }
            Self::Right => {
                let rest = line.trim_end_matches(|c: char| c.is_ascii_digit());
                let digits = line.get(rest.len()..)?;
                let set_off = rest.is_empty() || rest.ends_with(char::is_whitespace);
                ((1..=MOST_DIGITS).contains(&digits.len()) && set_off).then_some(digits)
            }
        }
    }

    /// A line of such a document without its number.
    pub(crate) fn strip(self, span: TextSpan, text: &str) -> TextSpan {
        let Some(digits) = self.number(span.of(text)) else { return span };
        let bare = match self {
            Self::Left => TextSpan::new(span.start() + digits.len(), span.end()),
            Self::Right => TextSpan::new(span.start(), span.end() - digits.len()),
        };
        bare.trimmed(text)
    }
}
