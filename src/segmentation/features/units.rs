//! Lines and labels → units: the paragraphs, turns and inline parts that roles are given to.

use crate::segmentation::features::turn_markers::Marks;
use crate::segmentation::features::type_styles;
use crate::segmentation::features::unit::PARAGRAPH;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::labels::speakers::Label;
use crate::segmentation::labels::speakers::SpeakerTable;
use crate::segmentation::labels::stamps;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::sentences;
use crate::segmentation::lines::breaks::Break;
use crate::segmentation::lines::breaks::Breaks;
use crate::segmentation::lines::line::Line;
use crate::span::TextSpan;
use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

/// Between the lines of a paragraph, and between cues.
const SPACE: &str = " ";

/// Cuts the lines into units.
pub(crate) fn units(
    extraction: &Extraction,
    language: &'static Language,
    lines: &[Line],
    cast: &SpeakerTable,
) -> Vec<Unit> {
    let mut builder = Builder {
        extraction,
        cast,
        breaks: Breaks::new(extraction, language, lines),
        unnamed: cast.speakers.is_empty(),
        timed: false,
        openings: type_styles::emphasised_questions(extraction) >= 2,
        marks: Marks::of(extraction, lines),
        units: Vec::new(),
        pending: None,
        last_line: None,
    };
    let mut labels = cast.labels.as_slice();
    for (index, line) in lines.iter().enumerate() {
        let here = labels.partition_point(|label| label.line <= index);
        let (of_line, rest) = labels.split_at(here);
        labels = rest;
        if cast.timed_turns.contains(&index) {
            builder.timed = true;
            builder.last_line = Some(*line);
        } else if cast.remarks.contains(&index) {
            builder.remark(*line);
        } else {
            builder.line(*line, of_line);
        }
    }
    let Builder { mut units, .. } = builder;
    for unit in &mut units {
        unit.style = type_styles::style(extraction, unit);
    }
    units
}

struct Builder<'a> {
    extraction: &'a Extraction,
    cast: &'a SpeakerTable,
    breaks: Breaks<'a>,
    /// Whether nobody is named, so that only sentences can part cues.
    unnamed: bool,
    /// Whether questions open paragraphs in bold or italics, so that other sentences so set are
    /// questions too.
    openings: bool,
    marks: Marks,
    units: Vec<Unit>,
    pending: Option<usize>,
    /// Whether the line above is a time at which another speaks.
    timed: bool,
    last_line: Option<Line>,
}

/// A part of a line.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
struct Part {
    span: TextSpan,
    speaker: Option<usize>,
    labelled: bool,
    marked: bool,
    inline: bool,
    /// Whether a time opens its line.
    stamped: bool,
}

impl Builder<'_> {
    /// Adds a line that nobody speaks.
    fn remark(&mut self, line: Line) {
        let Some(block) = self.extraction.blocks.get(line.block) else { return };
        let part = Part {
            span: line.span,
            speaker: None,
            labelled: false,
            marked: false,
            inline: false,
            stamped: false,
        };
        self.push(block, line, &part);
        if let Some(unit) = self.units.last_mut() {
            unit.remark = true;
        }
        self.last_line = Some(line);
    }

    fn line(&mut self, line: Line, of_line: &[Label]) {
        let text = self.extraction.text.as_str();
        let Some(block) = self.extraction.blocks.get(line.block) else { return };
        let timed_end = if self.cast.ends_timed { stamps::end_len(line.span.of(text)) } else { 0 };
        let line = Line {
            span: TextSpan::new(line.span.start(), line.span.end() - timed_end).trimmed(text),
            ..line
        };
        let mut cursor = line.span.start();
        let mut parts: Vec<Part> = Vec::new();
        let mut speaker = None;
        let mut labelled = false;
        for label in of_line {
            let before = TextSpan::new(cursor, label.span.start()).trimmed(text);
            let lead = cursor == line.span.start() && !before.of(text).chars().any(char::is_alphabetic);
            if !before.is_empty() && !lead {
                parts.push(Part {
                    span: before,
                    speaker,
                    labelled,
                    marked: false,
                    inline: cursor > line.span.start(),
                    stamped: false,
                });
            } else if labelled && before.is_empty() {
                self.pending = speaker;
            }
            cursor = label.span.end();
            (speaker, labelled) = (Some(label.speaker), true);
        }
        let rest = TextSpan::new(cursor, line.span.end()).trimmed(text);
        let inline = cursor > line.span.start() && !parts.is_empty();
        if rest.is_empty() {
            self.pending = speaker.filter(|_| labelled).or(self.pending);
        } else {
            parts.push(Part { span: rest, speaker, labelled, marked: false, inline, stamped: false });
        }
        if parts.first().is_some_and(|part| part.labelled) {
            // A speaker named on a line above who said nothing has no word here.
            self.pending = None;
        }
        for (index, mut part) in parts.into_iter().enumerate() {
            if index == 0 && !part.labelled {
                self.open(&mut part, line);
            }
            if part.span.is_empty() {
                continue;
            }
            if index == 0 && !part.labelled && self.join(block, line, &part) {
                continue;
            }
            self.push(block, line, &part);
        }
        self.last_line = Some(line);
    }

    /// Reads what opens a line without a label: a time, a dash, the speaker named above.
    fn open(&mut self, part: &mut Part, line: Line) {
        let text = self.extraction.text.as_str();
        if let Some(len) = stamps::stamp_len(part.span.of(text)) {
            part.span = TextSpan::new(part.span.start() + len, part.span.end()).trimmed(text);
            part.stamped = true;
        }
        let len = self.marks.len(part.span.of(text));
        part.marked = len > 0 || (self.timed && !part.span.is_empty());
        self.timed &= part.span.is_empty();
        part.span = TextSpan::new(part.span.start() + len, part.span.end());
        if let Some(speaker) = self.pending.take_if(|_| !part.span.is_empty()) {
            (part.speaker, part.labelled) = (Some(speaker), true);
        } else if line.opens_block {
            part.speaker = self.cast.of_block.get(line.block).copied().flatten();
        }
    }

    /// Adds a part to the unit before it where no border lies between them.
    fn join(&mut self, block: &Block, line: Line, part: &Part) -> bool {
        let text = self.extraction.text.as_str();
        let Some(last_line) = self.last_line else { return false };
        let Some(unit) = self.units.last_mut() else { return false };
        if part.marked {
            return false;
        }
        let before = unit.pieces.last().map_or("", |(_, span)| span.of(text));
        // Where nobody is named, the lines of a recogniser's output are parted as cues are.
        if part.stamped && self.unnamed && (sentences::ends_in_stop(before) || unit.remark) {
            return false;
        }
        let same_block = unit.block == line.block || last_line.block == line.block;
        let joint = if same_block && !line.opens_block {
            match self.breaks.between(block.kind, &last_line, &Line { span: part.span, ..line }) {
                // The lines of a title are one title.
                Break::Hard if !matches!(block.kind, BlockKind::Heading(_)) => return false,
                Break::Hard | Break::Soft => SPACE,
                Break::InWord => "",
            }
        } else if block.kind == BlockKind::Cue && unit.kind == BlockKind::Cue {
            let spoken_by = self.cast.of_block.get(line.block).copied().flatten();
            if spoken_by != self.cast.of_block.get(last_line.block).copied().flatten() {
                return false;
            }
            if type_styles::set_whole(block)
                != self.extraction.blocks.get(last_line.block).and_then(type_styles::set_whole)
            {
                return false;
            }
            // A sound between two cues of a turn is nobody's word.
            if [line.span, last_line.span].iter().any(|span| is_direction(span.of(text))) {
                return false;
            }
            if self.unnamed
                && !self.marks.open_turns()
                && unit.pieces.last().is_some_and(|(_, span)| sentences::ends_in_stop(span.of(text)))
            {
                return false;
            }
            SPACE
        } else {
            return false;
        };
        unit.last_block = line.block;
        match unit.pieces.last_mut() {
            // A lone line break inside a paragraph stays in the quote, which so remains one span.
            Some((_, last))
                if joint == SPACE && same_block && is_break(text, last.end(), part.span.start()) =>
            {
                *last = TextSpan::new(last.start(), part.span.end());
            }
            _ => unit.pieces.push((joint, part.span)),
        }
        true
    }

    fn push(&mut self, block: &Block, line: Line, part: &Part) {
        let mut unit = Unit {
            pieces: vec![(if block.kind == BlockKind::Cue { SPACE } else { PARAGRAPH }, part.span)],
            block: line.block,
            last_block: line.block,
            kind: block.kind,
            speaker: part.speaker,
            labelled: part.labelled,
            marked: part.marked,
            style: if line.quoted { Style::Quotation } else { Style::Plain },
            inline: part.inline,
            after_rule: line.after_rule && !part.inline,
            remark: false,
        };
        if let Some(end) = type_styles::emphasised_opening(self.extraction, block, part.span, self.openings) {
            let rest = TextSpan::new(end, part.span.end()).trimmed(&self.extraction.text);
            unit.pieces =
                vec![(PARAGRAPH, TextSpan::new(part.span.start(), end).trimmed(&self.extraction.text))];
            let after = Unit {
                pieces: vec![(PARAGRAPH, rest)],
                speaker: None,
                labelled: false,
                marked: false,
                inline: true,
                after_rule: false,
                ..unit.clone()
            };
            self.units.push(unit);
            self.units.push(after);
        } else {
            self.units.push(unit);
        }
    }
}

/// Whether a line is a stage direction or a sound: all of it is in one pair of brackets.
fn is_direction(line: &str) -> bool {
    [('[', ']'), ('(', ')')]
        .iter()
        .any(|(open, close)| line.starts_with(*open) && line.find(*close) == Some(line.len() - 1))
}

/// Whether nothing but one line break lies between two offsets.
fn is_break(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(|gap| matches!(gap, "\n" | "\r\n" | " \n" | "\n "))
}
