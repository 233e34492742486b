//! An extraction while it is written: text, its map, and the blocks of markup formats.

use crate::extraction::Decoded;
use crate::extraction::common::table;
use crate::extraction::common::table::Place;
use crate::extraction::common::table::Tables;
use crate::span::SourceMap;
use crate::span::TextBuilder;
use crate::span::TextSpan;
use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Emphasis;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::Metadata;

/// The most places one diagnostic lists; a hostile page has millions.
const MOST_SPANS: usize = 200;

/// The most emphasis that may be on at once; more of it was never turned off.
const MOST_EMPHASIS: usize = 32;

/// Writes blocks, with a blank line between each two.
#[derive(Debug)]
pub(crate) struct ExtractionBuilder<'a> {
    out: TextBuilder<'a>,
    base: &'a SourceMap,
    blocks: Vec<Block>,
    open: Option<Block>,
    /// Emphasis that is on, and where it began in the open block.
    on: Vec<(EmphasisKind, usize)>,
    /// The metadata of the document.
    pub metadata: Metadata,
    diagnostics: Vec<Diagnostic>,
    /// The tables around what is written.
    pub tables: Tables,
    /// The blocks in cells of tables.
    cells: Vec<(usize, Place)>,
    /// Whether a horizontal rule was passed since the last block.
    after_rule: bool,
}

impl<'a> ExtractionBuilder<'a> {
    /// A draft that reads from a decoded source. Its diagnostics are carried on.
    pub(crate) fn new(decoded: &'a Decoded<'_>) -> Self {
        Self {
            out: TextBuilder::new(&decoded.text, &decoded.map),
            base: &decoded.map,
            blocks: Vec::new(),
            open: None,
            on: Vec::new(),
            metadata: Metadata::default(),
            diagnostics: decoded.diagnostics.clone(),
            tables: Tables::default(),
            cells: Vec::new(),
            after_rule: false,
        }
    }

    /// Whether a block is open.
    pub(crate) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The text of the open block so far.
    pub(crate) fn open_text(&self) -> &str {
        let start = self.open.as_ref().map_or(self.out.position(), |block| block.span.start());
        self.out.text().get(start..).unwrap_or_default()
    }

    /// The place in the text of the next character.
    pub(crate) fn position(&self) -> usize {
        self.out.position()
    }

    /// The blocks closed so far.
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The text written so far.
    pub(crate) fn text(&self) -> &str {
        self.out.text()
    }

    /// Closes the open block, if any, and opens one of `kind`.
    pub(crate) fn open(&mut self, kind: BlockKind) {
        self.close();
        if self.out.position() > 0 {
            self.out.synthetic("\n\n");
        }
        let start = self.out.position();
        self.on.iter_mut().for_each(|(_, since)| *since = start);
        self.open = Some(Block::new(kind, TextSpan::new(start, start)));
    }

    /// The open block, to say more about it.
    pub(crate) const fn opened(&mut self) -> Option<&mut Block> {
        self.open.as_mut()
    }

    /// Closes the open block; one of white space alone is left out.
    pub(crate) fn close(&mut self) {
        let end = self.out.position();
        let Some(mut block) = self.open.take() else { return };
        let whole = TextSpan::new(block.span.start(), end);
        for (kind, since) in &self.on {
            block.emphasis.push(Emphasis { kind: *kind, span: TextSpan::new(*since, end) });
        }
        block.span = whole.trimmed(self.out.text());
        if block.span.is_empty() {
            return;
        }
        for emphasis in &mut block.emphasis {
            emphasis.span = emphasis.span.trimmed(self.out.text());
        }
        block.emphasis.retain(|emphasis| !emphasis.span.is_empty());
        block.emphasis.sort_by_key(|emphasis| (emphasis.span, emphasis.kind == EmphasisKind::Light));
        block.after_rule = std::mem::take(&mut self.after_rule);
        self.cells.extend(self.tables.place().map(|place| (self.blocks.len(), place)));
        self.blocks.push(block);
    }

    /// Closes the open block at a horizontal rule, which separates it from the next.
    pub(crate) fn rule(&mut self) {
        self.close();
        self.after_rule = true;
    }

    /// Copies `span` of the decoded source.
    pub(crate) fn verbatim(&mut self, span: TextSpan) {
        self.out.verbatim(span);
    }

    /// Writes `with` for `span` of the decoded source.
    pub(crate) fn replaced(&mut self, span: TextSpan, with: &str) {
        self.out.replaced(span, with);
    }

    /// Writes text that is nowhere in the source.
    pub(crate) fn synthetic(&mut self, text: &str) {
        self.out.synthetic(text);
    }

    /// Whether emphasis of this kind is on.
    pub(crate) fn is_on(&self, kind: EmphasisKind) -> bool {
        self.on.iter().any(|(on, _)| *on == kind)
    }

    /// Turns emphasis on.
    pub(crate) fn emphasise(&mut self, kind: EmphasisKind) {
        if self.on.len() < MOST_EMPHASIS {
            self.on.push((kind, self.out.position()));
        }
    }

    /// Turns off the emphasis of this kind that was turned on last.
    pub(crate) fn end_emphasis(&mut self, kind: EmphasisKind) {
        let Some(at) = self.on.iter().rposition(|(on, _)| *on == kind) else { return };
        let (kind, since) = self.on.remove(at);
        let span = TextSpan::new(since, self.out.position());
        if let Some(block) = &mut self.open
            && !span.is_empty()
        {
            block.emphasis.push(Emphasis { kind, span });
        }
    }

    /// Turns all emphasis off.
    pub(crate) fn end_all(&mut self) {
        while let Some((kind, _)) = self.on.last() {
            self.end_emphasis(*kind);
        }
    }

    /// Notes that `span` of the decoded source was left out; notes of one kind and message are
    /// gathered.
    pub(crate) fn left_out(&mut self, kind: DiagnosticKind, message: &str, span: TextSpan) {
        let Some(bytes) = self.base.hull(span) else { return };
        match self.diagnostics.iter_mut().find(|known| known.kind == kind && known.message == message) {
            Some(known) if known.spans.len() >= MOST_SPANS => {}
            Some(known) => known.spans.push(bytes),
            None => self.diagnostics.push(Diagnostic { kind, message: message.into(), spans: vec![bytes] }),
        }
    }

    /// Gives the open block up; its text stays between the blocks.
    pub(crate) fn abandon(&mut self) {
        self.open = None;
    }

    /// The extraction of a source whose own bytes cannot be quoted: the text written is what spans
    /// refer to.
    pub(crate) fn finish_rendition(self, format: Format) -> Extraction {
        let mut extraction = self.finish(format);
        extraction.map = SourceMap::verbatim(0, extraction.text.len());
        // Parts left out are not in the written text.
        extraction.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.spans.clear());
        extraction.rendition = Some(extraction.text.clone());
        extraction
    }

    /// The extraction.
    pub(crate) fn finish(mut self, format: Format) -> Extraction {
        self.close();
        table::read(&mut self.blocks, self.out.text(), &self.cells);
        let (text, map) = self.out.finish();
        Extraction {
            format,
            text,
            map,
            blocks: self.blocks,
            metadata: self.metadata,
            diagnostics: self.diagnostics,
            rendition: None,
        }
    }
}
