//! Which line breaks inside a block mean nothing: wrapped lines and words cut at the margin.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::hash::Hasher;

use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::sentences;
use crate::segmentation::lines::line::Line;
use crate::segmentation::lines::line_numbers::Margin;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// The meaning of a line break inside a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// The paragraph ends.
    Hard,
    /// The paragraph goes on after a space.
    Soft,
    /// The word goes on.
    InWord,
}

/// Decides line breaks by how the whole document is set.
#[derive(Debug)]
pub(crate) struct Breaks<'a> {
    text: &'a str,
    format: Format,
    language: &'static Language,
    /// The width that lines are filled to, in characters, where they are.
    width: Option<usize>,
    /// The indent that most lines have; a line with more opens a paragraph.
    indent: usize,
    /// Whether lines are numbered, as in printed testimony, which cuts no words.
    numbered: bool,
    /// How often each word occurs; counted when the first break that may cut a word is met.
    words: Option<WordCounts>,
}

/// Fewest line breaks that show how a document is set.
const ENOUGH_BREAKS: usize = 5;
/// How much shorter a filled line may be than its width would allow.
const RAGGED: usize = 3;
/// Length of lines, in characters, that mail programs and people wrap: no sign of a cut word.
const USUAL_WRAP: std::ops::RangeInclusive<usize> = 62..=80;
/// Shortest width that text is wrapped to.
const NARROWEST_WRAP: usize = 24;
/// Longest width that text is wrapped to by hand or by a mail program.
const WIDEST_WRAP: usize = 140;

impl<'a> Breaks<'a> {
    /// Looks at how the document's lines are filled.
    pub(crate) fn new(extraction: &'a Extraction, language: &'static Language, lines: &[Line]) -> Self {
        let text = extraction.text.as_str();
        let pairs = || {
            lines.windows(2).filter_map(|pair| match pair {
                [line, next] if line.block == next.block => Some((line, next.span.of(text))),
                _ => None,
            })
        };
        let length = |line: &Line| line.indent + line.span.of(text).chars().count();
        // Where the next line has a small letter the paragraph surely goes on; scripts without case
        // have none.
        let sure = pairs().filter(|(line, next)| runs_on(line.span.of(text), next));
        let mut lengths: Vec<usize> = sure.map(|(line, _)| length(line)).collect();
        if lengths.len() < ENOUGH_BREAKS {
            lengths = pairs().map(|(line, _)| length(line)).collect();
        }
        lengths.sort_unstable();
        let width = lengths.get(lengths.len() * 19 / 20).copied().filter(|width| {
            let filled = lengths.len() - lengths.partition_point(|len| len * 4 < width * 3);
            lengths.len() >= ENOUGH_BREAKS
                && (NARROWEST_WRAP..=WIDEST_WRAP).contains(width)
                && filled * 10 >= lengths.len() * 6
        });
        let indent = usual_indent(lines);
        let numbered = Margin::of(extraction).is_some();
        Self { text, format: extraction.format, language, width, indent, numbered, words: None }
    }

    /// The meaning of the break between two lines of one block of this kind.
    pub(crate) fn between(&mut self, kind: BlockKind, line: &Line, next: &Line) -> Break {
        let (before, after) = (line.span.of(self.text), next.span.of(self.text));
        let quoted = next.quoted;
        if line.quoted != quoted {
            return Break::Hard;
        }
        let runs_on = runs_on(before, after);
        let filled = runs_on || self.fills(line, before, after);
        // A deeper line opens a paragraph, unless the sentence goes on in it: a hanging indent.
        let deeper = next.indent >= self.indent + 2 && next.indent > line.indent;
        let hangs = filled && !sentences::ends_in_stop(before);
        let soft = match (kind, self.format) {
            (BlockKind::Cue, _) | (_, Format::Markdown) => true,
            _ if quoted => true,
            (BlockKind::Preformatted, _) => false,
            _ if self.width.is_some() && deeper && !hangs => false,
            // Testimony: the first line of a turn is set in, the next ones are not.
            _ if next.indent < line.indent && !sentences::ends_in_stop(before) => true,
            _ => filled,
        };
        if !soft {
            return Break::Hard;
        }
        if runs_on
            && before.ends_with(char::is_alphabetic)
            && kind != BlockKind::Cue
            && !self.numbered
            // A page is set word by word; its hyphens are read where it is extracted.
            && self.format != Format::Pdf
            && self.cut_word(before, after)
        {
            return Break::InWord;
        }
        Break::Soft
    }

    /// Whether the next line's first word had no room on the line.
    fn fills(&self, line: &Line, before: &str, after: &str) -> bool {
        let Some(width) = self.width else { return false };
        let first = after.split_whitespace().next().unwrap_or_default().chars().count();
        let length = line.indent + before.chars().count();
        // A line far over the width was never filled to it.
        length <= width + RAGGED * 4 && length + 1 + first + RAGGED >= width
    }

    /// Whether a line break has cut a word: the whole word is one of the document's and a part is
    /// not; or, where lines are not filled, so that a break has no other cause, neither part is.
    fn cut_word(&mut self, before: &str, after: &str) -> bool {
        let head_at = before.rfind(|c: char| !c.is_alphabetic()).map_or(0, |at| {
            at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
        });
        let head = before.get(head_at..).unwrap_or_default();
        let tail = after.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        if head.is_empty() || tail.is_empty() || head.chars().chain(tail.chars()).any(sentences::is_cjk) {
            return false;
        }
        let text = self.text;
        let words = self.words.get_or_insert_with(|| WordCounts::of(text));
        let whole = words.count(&[head, tail]) > 0;
        let (heads, trailing) = (words.count(&[head]), words.count(&[tail]));
        let small = [head, tail].iter().any(|part| self.language.knows(&part.to_lowercase()));
        let length = before.chars().count();
        // Two lines that a hand could have wrapped are no sign of a cut word.
        let short = length <= *USUAL_WRAP.end() && after.chars().count() <= *USUAL_WRAP.end();
        let wrapped = self.width.is_some() || USUAL_WRAP.contains(&length) || short;
        (whole && (heads < 2 || trailing < 2)) || (!wrapped && heads < 2 && trailing < 2 && !small)
    }
}

/// Whether a line break is inside a sentence.
fn runs_on(before: &str, after: &str) -> bool {
    !sentences::ends_in_stop(before) && after.starts_with(char::is_lowercase)
}

/// The indent most lines have.
fn usual_indent(lines: &[Line]) -> usize {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for line in lines {
        *counts.entry(line.indent).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(indent, count)| (*count, std::cmp::Reverse(*indent)))
        .map_or(0, |(indent, _)| indent)
}

/// How often each word occurs, known by hash.
#[derive(Debug, Default)]
struct WordCounts(HashMap<u64, u32, BuildHasherDefault<Hashed>>);

impl WordCounts {
    fn of(text: &str) -> Self {
        let mut counts = Self::default();
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
            *counts.0.entry(hash(&[word])).or_default() += 1;
        }
        counts
    }

    fn count(&self, parts: &[&str]) -> u32 {
        self.0.get(&hash(parts)).copied().unwrap_or_default()
    }
}

/// The FNV-1a hash of a word given in parts, capitals taken as small letters.
fn hash(parts: &[&str]) -> u64 {
    parts.iter().flat_map(|part| part.bytes()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A hasher for what is a hash already.
#[derive(Debug, Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}
