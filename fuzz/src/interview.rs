//! Arbitrary interviews, block by block: what extractors may hand to the segmenter, whatever format there will be.

use std::num::NonZeroU32;
use std::time::Duration;

use arbitrary::Arbitrary;

use crate::span::SourceMap;
use crate::span::TextBuilder;
use crate::span::TextSpan;
use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::Emphasis;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::Metadata;
use crate::transcript::TimeSpan;

/// What transcripts are made of, in several scripts: labels, marks of questions, clutter, line breaks.
const PARTS: [&str; 48] = [
    "Ann: ",
    "BOB BYRNE: ",
    "Dr. Ann Reyes, chair: ",
    "AR: ",
    "Q: ",
    "Q.- ",
    "Q ",
    "A: ",
    "A. ",
    "Q1. ",
    "— ",
    "– ",
    "- ",
    "* ",
    "1. ",
    "[00:01:02] ",
    "(00:01) ",
    "Вопрос: ",
    "Ответ: ",
    "记者：",
    "答：",
    "기자: ",
    "¿Por qué",
    "?",
    "？",
    ". ",
    "… ",
    "! ",
    ", ",
    "。",
    "\n",
    "\r\n",
    "\n\n",
    " ",
    "\u{A0}",
    "Why is it so",
    "Right. ",
    "Mm. ",
    "I keep asking myself: ",
    "Thank you. ",
    "Welcome to the show, Ann Reyes. ",
    "Advertisement",
    "Photo: ",
    "(applause)",
    "END",
    "harbour ",
    "e\u{301}",
    "https://a.example/x ",
];

/// Names that a format may give.
const NAMES: [&str; 6] = ["Ann", "Bob Byrne", "HOST", "SPEAKER_00", "1", "记者"];

/// A document.
#[derive(Arbitrary, Debug)]
pub struct Interview {
    blocks: Vec<Given>,
}

#[derive(Arbitrary, Debug)]
struct Given {
    kind: u8,
    words: Vec<Word>,
    speaker: Option<u8>,
    emphasis: Option<(u8, u8, bool)>,
    time: Option<(u16, u8)>,
    page: Option<u8>,
}

#[derive(Arbitrary, Debug)]
enum Word {
    Part(u8),
    Again { part: u8, times: u8 },
    Other(String),
}

impl Interview {
    /// The extraction, and the source it is mapped to: the blocks in angle brackets. `None` without any text.
    #[must_use]
    pub fn extraction(&self) -> Option<(Extraction, String)> {
        let written: Vec<String> =
            self.blocks.iter().map(|block| block.words.iter().map(Word::text).collect()).collect();
        let source: String = written.iter().flat_map(|text| ["<", text.as_str(), ">"]).collect();
        let base = SourceMap::verbatim(0, source.len());
        let mut builder = TextBuilder::new(&source, &base);
        let mut blocks = Vec::new();
        let mut at = 0;
        for (given, text) in self.blocks.iter().zip(&written) {
            let span = TextSpan::new(at + 1, at + 1 + text.len()).trimmed(&source);
            at += text.len() + 2;
            if span.is_empty() {
                continue;
            }
            if !blocks.is_empty() {
                builder.synthetic("\n\n");
            }
            let start = builder.position();
            builder.verbatim(span);
            blocks.push(given.block(TextSpan::new(start, builder.position()), builder.text()));
        }
        let (text, map) = builder.finish();
        let extraction = Extraction {
            format: Format::Html,
            text,
            map,
            blocks,
            metadata: Metadata::default(),
            diagnostics: Vec::new(),
            rendition: None,
        };
        (!extraction.blocks.is_empty()).then_some((extraction, source))
    }
}

impl Given {
    fn block(&self, span: TextSpan, text: &str) -> Block {
        let speaker = self.speaker.and_then(|name| NAMES.get(usize::from(name) % NAMES.len()));
        let emphasis = self.emphasis.map(|(from, length, strong)| {
            let start = text.floor_char_boundary(span.end().min(span.start() + usize::from(from)));
            let end = text.ceil_char_boundary(span.end().min(start + usize::from(length)));
            let kind = if strong { EmphasisKind::Strong } else { EmphasisKind::Light };
            Emphasis { kind, span: TextSpan::new(start.max(span.start()), end) }
        });
        let time = self.time.map(|(start, length)| TimeSpan {
            start: Duration::from_secs(start.into()),
            end: Duration::from_secs(u64::from(start) + u64::from(length)),
        });
        Block {
            speaker: speaker.map(|name| (*name).to_owned()),
            emphasis: emphasis.into_iter().filter(|emphasis| !emphasis.span.is_empty()).collect(),
            time,
            page: self.page.and_then(|page| NonZeroU32::new(page.into())),
            ..Block::new(kind(self.kind), span)
        }
    }
}

/// Half of all blocks are paragraphs, as in documents.
fn kind(number: u8) -> BlockKind {
    match number % 24 {
        0 => BlockKind::Heading(2),
        1 => BlockKind::ListItem,
        2 => BlockKind::Quotation,
        3 => BlockKind::Caption,
        4 => BlockKind::Preformatted,
        5 => BlockKind::Term,
        6 => BlockKind::Description,
        7 | 8 => BlockKind::Cue,
        9 | 10 => BlockKind::Turn,
        11 => BlockKind::Question,
        12 => BlockKind::Answer,
        _ => BlockKind::Paragraph,
    }
}

impl Word {
    fn text(&self) -> String {
        let part = |number: u8| PARTS.get(usize::from(number) % PARTS.len()).copied().unwrap_or_default();
        match self {
            Self::Part(number) => part(*number).to_owned(),
            Self::Again { part: number, times } => part(*number).repeat(usize::from(*times) % 40),
            Self::Other(text) => text.clone(),
        }
    }
}
