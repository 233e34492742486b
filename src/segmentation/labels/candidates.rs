//! Where a line may name its speaker: candidates of many shapes, none of them believed yet.

use crate::segmentation::labels::candidate::Candidate;
use crate::segmentation::labels::candidate::LONGEST;
use crate::segmentation::labels::candidate::Place;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::counted;
use crate::segmentation::labels::label_parse;
use crate::segmentation::labels::opening_shape::Openings;
use crate::segmentation::labels::stamps;
use crate::segmentation::language_data::sentences;
use crate::segmentation::lines::line::Line;
use crate::span::TextSpan;
use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::Emphasis;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;

/// Most words of a label on a line of its own.
const MOST_WORDS: usize = 9;

/// Marks of emphasis around a label in a text that is not read as markup.
const MARKUP: [char; 3] = ['\'', '*', '_'];

/// Marks with which a turn goes on where another speaker interrupted it.
const RESUMES: [&str; 5] = ["--", "–", "—", "…", "..."];

/// Boxes to tick before a question.
const BOXES: [&str; 6] = ["[x] ", "[X] ", "[ ] ", "☐ ", "☑ ", "☒ "];

/// All candidates, in order of the text.
pub(crate) fn candidates(extraction: &Extraction, lines: &[Line], openings: &Openings) -> Vec<Candidate> {
    let mut found = Vec::new();
    let named = names_speakers(extraction);
    let without_capitals = has_no_capitals(&extraction.text);
    let mut opened = openings.labels.iter().peekable();
    for (index, line) in lines.iter().enumerate() {
        let opening = opened.next_if(|label| label.line == index);
        let Some(block) = extraction.blocks.get(line.block) else { continue };
        // Whom the format itself names speaks all of the block, whatever its words look like.
        let spoken = named && block.speaker.is_some();
        if matches!(block.kind, BlockKind::Preformatted) || spoken || openings.remarks.contains(&index) {
            continue;
        }
        if let Some(label) = opening {
            found.push(label.clone());
            continue;
        }
        let scan = Scan { text: &extraction.text, block, line: *line, index, without_capitals };
        let first = found.len();
        scan.at_start(&mut found);
        scan.inside(first < found.len(), &mut found);
    }
    counted::unite(&mut found);
    found
}

/// How much of a document shows whether it has capitals, in bytes.
const CAPITALS_SAMPLE: usize = 16 << 10;
/// Small letters per capital of a text that hardly has any, as recognisers of speech write it.
const FEW_CAPITALS: usize = 150;
/// Fewest small letters that show it.
const ENOUGH_LETTERS: usize = 60;

/// Whether a text is written in small letters.
fn has_no_capitals(text: &str) -> bool {
    let (mut capitals, mut small) = (0, 0);
    for c in sentences::head(text, CAPITALS_SAMPLE).chars() {
        capitals += usize::from(c.is_uppercase());
        small += usize::from(c.is_lowercase());
    }
    small > ENOUGH_LETTERS && capitals * FEW_CAPITALS < small
}

/// Whether a turn can begin so: with a sentence, after asides such as `(laughs)`, or with a mark
/// that takes up a sentence which another speaker interrupted.
fn begins_speech(text: &str) -> bool {
    let mut rest = text;
    loop {
        let close = match rest.chars().next() {
            Some('(') => ')',
            Some('[') => ']',
            Some('（') => '）',
            _ => {
                return RESUMES.iter().any(|mark| rest.starts_with(mark)) || sentences::starts_sentence(rest);
            }
        };
        let Some(at) = sentences::head(rest, LONGEST).find(close) else {
            return sentences::starts_sentence(rest);
        };
        rest = rest.get(at + close.len_utf8()..).unwrap_or_default().trim_start();
    }
}

/// Whether the format tells speakers apart. A single speaker of everything is whoever holds the
/// microphone.
fn names_speakers(extraction: &Extraction) -> bool {
    let mut speakers = extraction.blocks.iter().filter_map(|block| block.speaker.as_deref());
    let first = speakers.next();
    speakers.any(|speaker| Some(speaker) != first)
}

/// One line being read.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    pub(crate) text: &'a str,
    block: &'a Block,
    pub(crate) line: Line,
    pub(crate) index: usize,
    /// Whether the document's sentences begin with small letters.
    without_capitals: bool,
}

impl Scan<'_> {
    /// The label at the line's start.
    fn at_start(&self, found: &mut Vec<Candidate>) {
        let span = label_parse::skip_lead(self.text, self.line.span);
        let line = span.of(self.text);
        if label_parse::heads_page(line) {
            return;
        }
        let head = sentences::head(line, LONGEST);
        let unnumbered = label_parse::skip_number(self.text, span);
        let colon = self
            .colon(unnumbered, sentences::head(unnumbered.of(self.text), LONGEST))
            .map(|label| Candidate { span: TextSpan::new(span.start(), label.span.end()), ..label });
        // Only a colon makes a label of a word without a capital.
        let timed = span.start() > self.line.span.start()
            && stamps::stamp_len(self.line.span.of(self.text)).is_some();
        let (unlikely_name, colon) = match colon {
            Some(label) if label.unlikely_name => (Some(label), None),
            label => (None, label),
        };
        let candidate =
            colon.or_else(|| self.nick(span, head)).or_else(|| self.user(span, head).filter(|_| timed));
        let candidate = if line.starts_with(char::is_lowercase) {
            candidate.or(unlikely_name)
        } else {
            candidate
                .or_else(|| self.wide(span, head))
                .or_else(|| self.point_or_gap(span, head))
                .or_else(|| self.dash(span, head))
                .or_else(|| self.counted(span, head))
                .or_else(|| self.titled_point(span, head))
                .or_else(|| self.bracketed(self.line.span))
                .or_else(|| self.strong(span))
                .or(unlikely_name)
                .or_else(|| self.alone(span))
        };
        found.extend(candidate);
    }

    fn colon(&self, span: TextSpan, head: &str) -> Option<Candidate> {
        let mut from = 0;
        loop {
            let at = from + sentences::find_colon(head.get(from..)?)?;
            let mark = head.get(at..)?.chars().next()?;
            let end = at + mark.len_utf8();
            let after = head.get(end..)?.chars().next();
            let timed = head.get(..at)?.ends_with(|c: char| c.is_ascii_digit())
                && after.is_some_and(|c| c.is_ascii_digit());
            if timed {
                from = end;
                continue;
            }
            let spaced = mark == '：'
                || after
                    .is_none_or(|c| !c.is_alphanumeric() && c != '/' && c != '\\' || sentences::is_cjk(c));
            return if spaced {
                self.candidate(span.start(), span.start() + at, span.start() + end, Shape::Colon)
            } else {
                None
            };
        }
    }

    /// A bold opening that is a name, with nothing but space after it.
    fn strong(&self, span: TextSpan) -> Option<Candidate> {
        let emphasis = self.emphasis_at(span.start())?;
        if emphasis.kind != EmphasisKind::Strong || emphasis.span.end() >= self.line.span.end() {
            return None;
        }
        self.candidate(span.start(), emphasis.span.end(), emphasis.span.end(), Shape::Strong)
    }

    /// A line that is nothing but a name, which may open the next line.
    fn alone(&self, span: TextSpan) -> Option<Candidate> {
        let line = span.of(self.text);
        let long = line.len() > LONGEST || line.split_whitespace().nth(MOST_WORDS).is_some();
        // The lines of a cue are one sentence, wrapped.
        let wrapped = self.block.kind == BlockKind::Cue && self.line.span.len() < self.block.span.len();
        if long || wrapped || sentences::ends_in_stop(line) {
            return None;
        }
        let shape = if span.start() > self.line.span.start() { Shape::Marked } else { Shape::Alone };
        self.candidate(span.start(), span.end(), span.end(), shape)
    }

    /// Labels inside the line, each after the end of a sentence.
    fn inside(&self, at_start: bool, found: &mut Vec<Candidate>) {
        let line = self.line.span.of(self.text);
        let base = self.line.span.start();
        let first_end =
            if at_start { found.last().map_or(0, |label| label.span.end().saturating_sub(base)) } else { 0 };
        let bytes = line.as_bytes();
        let mut from = first_end;
        while let Some(at) = line.get(from..).and_then(sentences::find_colon).map(|at| from + at) {
            let mark_len = if bytes.get(at) == Some(&b':') { 1 } else { '：'.len_utf8() };
            let end = at + mark_len;
            from = end;
            let after = line.get(end..).and_then(|rest| rest.chars().next());
            if mark_len == 1 && !after.is_some_and(char::is_whitespace) {
                continue;
            }
            let label = label_parse::label_start(line, at)
                .filter(|start| *start > first_end || *start > 0)
                .and_then(|start| self.candidate(base + start, base + at, base + end, Shape::Colon));
            let loose = || {
                let start = label_parse::capitals_before(line, at).filter(|start| *start > first_end)?;
                Some(Candidate {
                    place: Place::Loose,
                    ..self.candidate(base + start, base + at, base + end, Shape::Colon)?
                })
            };
            let label = label.map(|label| Candidate { place: Place::Inside, ..label }).or_else(loose);
            found.extend(label.filter(|label| !label.unlikely_name));
        }
    }

    /// The emphasis that covers an offset.
    fn emphasis_at(&self, offset: usize) -> Option<&Emphasis> {
        let first = self.block.emphasis.partition_point(|e| e.span.end() <= offset);
        self.block.emphasis.get(first).filter(|e| e.span.start() <= offset)
    }

    /// The candidate whose name lies in `[start, name_end)` and whose mark ends at `end`.
    pub(crate) fn candidate(
        &self,
        start: usize,
        name_end: usize,
        end: usize,
        shape: Shape,
    ) -> Option<Candidate> {
        let label = TextSpan::new(start, name_end).of(self.text);
        let (name, alias) = match label_parse::holder(label.trim()) {
            Some(name) => (name.to_owned(), None),
            None => label_parse::without_brackets(label),
        };
        let name = name.trim_matches(|c: char| c.is_whitespace() || MARKUP.contains(&c));
        let name = name.trim_end_matches([',', '.']).trim();
        let key = label_parse::named_key(name);
        let unlikely_name = key.is_none();
        let key = key.or_else(|| label_parse::unlikely_name_key(name).filter(|_| shape == Shape::Colon))?;
        let rest = self.text.get(end..self.line.span.end())?;
        let rest = rest.trim_start_matches([' ', '\t', '\u{a0}', '\u{3000}', '*', '_']);
        let rest = rest.trim_start_matches("'''");
        // A box to tick before a question says whether it was asked.
        let rest = BOXES.iter().find_map(|ticked| rest.strip_prefix(*ticked)).unwrap_or(rest);
        let rest = rest.get(stamps::stamp_len(rest).unwrap_or_default()..).unwrap_or_default().trim_start();
        let emphasised = self.emphasis_at(start).is_some_and(|e| e.span.end() >= name_end);
        Some(Candidate {
            line: self.index,
            span: TextSpan::new(start, self.line.span.end() - rest.len()),
            name: name.to_owned(),
            key,
            alias,
            shape,
            place: Place::Start,
            emphasised,
            // A cue can begin in the middle of a sentence, after its speaker's name.
            clean: self.without_capitals || begins_speech(rest) || self.block.kind == BlockKind::Cue,
            unlikely_name,
            counts: false,
        })
    }
}
