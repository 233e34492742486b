//! Utterances put together from stretches of a source → blocks with exact spans.
//!
//! A stretch is copied as it is; white space at its joints and in it reads as one space, because
//! line ends and indents in these formats are layout, not speech.

use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::html::entity;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// One thing said.
#[derive(Clone, Debug)]
pub(crate) struct Utterance {
    pub kind: BlockKind,
    pub speaker: Option<String>,
    pub time: Option<TimeSpan>,
    pub parts: Vec<Part>,
}

/// A part of an utterance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A stretch of the source.
    Text(TextSpan),
    /// The words before and after are apart; a space is written where the source has none.
    Space,
    /// A new line on the screen.
    Break,
}

impl Utterance {
    /// Nothing said yet by `speaker`.
    pub(crate) const fn new(kind: BlockKind, speaker: Option<String>, time: Option<TimeSpan>) -> Self {
        Self { kind, speaker, time, parts: Vec::new() }
    }

    /// Whether any part has a letter or a digit.
    pub(crate) fn has_words(&self, text: &str) -> bool {
        self.stretches().any(|span| span.of(text).contains(char::is_alphanumeric))
    }

    /// The stretches of the source.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = TextSpan> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(span) => Some(*span),
            Part::Space | Part::Break => None,
        })
    }
}

/// How a format writes what cannot be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// Not at all.
    None,
    /// `&amp;`, `&#8212;`.
    References,
}

/// Writes utterances. A source that lists them in another order than they were said (one tier after
/// another) cannot be mapped in order: the text written becomes the rendition, which spans refer
/// to.
pub(crate) fn write(
    mut draft: ExtractionBuilder<'_>,
    text: &str,
    utterances: &[Utterance],
    format: Format,
    escapes: Escapes,
) -> Extraction {
    let mut last = 0;
    let mut in_order = true;
    for utterance in utterances.iter().filter(|utterance| utterance.has_words(text)) {
        draft.open(utterance.kind);
        if let Some(block) = draft.opened() {
            block.speaker.clone_from(&utterance.speaker);
            block.time = utterance.time;
        }
        let mut writer = Writer { draft: &mut draft, text, escapes, apart: false };
        for part in &utterance.parts {
            match part {
                Part::Text(span) => {
                    in_order &= span.start() >= last;
                    last = span.end();
                    writer.stretch(*span);
                }
                Part::Space => writer.apart = true,
                Part::Break => writer.line_break(),
            }
        }
        draft.close();
    }
    if in_order { draft.finish(format) } else { draft.finish_rendition(format) }
}

struct Writer<'d, 'a, 't> {
    draft: &'d mut ExtractionBuilder<'a>,
    text: &'t str,
    escapes: Escapes,
    /// Whether a space belongs before what comes next.
    apart: bool,
}

impl Writer<'_, '_, '_> {
    fn stretch(&mut self, span: TextSpan) {
        let said = span.of(self.text);
        let mut from = 0;
        while from < said.len() {
            let rest = said.get(from..).unwrap_or_default();
            let at = rest.find(|c: char| c == '&' || c.is_whitespace()).unwrap_or(rest.len());
            if at > 0 {
                self.word(TextSpan::new(span.start() + from, span.start() + from + at), None);
            }
            from += at;
            let rest = said.get(from..).unwrap_or_default();
            if rest.starts_with('&') {
                let known = (self.escapes == Escapes::References).then(|| entity::read(rest)).flatten();
                let (meaning, length) = known.map_or((None, 1), |(meaning, length)| (Some(meaning), length));
                let here = TextSpan::new(span.start() + from, span.start() + from + length);
                self.word(here, meaning.as_deref());
                from += length;
            } else if !rest.is_empty() {
                let blank = rest.len() - rest.trim_start().len();
                self.space(TextSpan::new(span.start() + from, span.start() + from + blank));
                from += blank;
            }
        }
    }

    /// Writes what holds no white space, as it is or as `meaning`.
    fn word(&mut self, span: TextSpan, meaning: Option<&str>) {
        let written = self.draft.open_text();
        if std::mem::take(&mut self.apart) && !written.is_empty() && !written.ends_with(char::is_whitespace) {
            self.draft.synthetic(" ");
        }
        match meaning {
            Some(meaning) => self.draft.replaced(span, meaning),
            None => self.draft.verbatim(span),
        }
    }

    fn space(&mut self, span: TextSpan) {
        let written = self.draft.open_text();
        if written.is_empty() || written.ends_with(char::is_whitespace) {
            return;
        }
        let blank = span.of(self.text);
        // A vertical tab is no white space to those who compare the text with its source.
        if blank == " " || blank == "\u{b}" {
            self.draft.verbatim(span);
        } else {
            self.draft.replaced(span, " ");
        }
        self.apart = false;
    }

    fn line_break(&mut self) {
        self.apart = false;
        let written = self.draft.open_text();
        if !written.is_empty() && !written.ends_with('\n') {
            self.draft.synthetic("\n");
        }
    }
}
