//! Markdown: the visible text, with headings, lists, quotations and emphasis.
//!
//! A soft line break stays the source's own newline, because transcripts break lines between turns.

use pulldown_cmark::CodeBlockKind;
use pulldown_cmark::Event;
use pulldown_cmark::HeadingLevel;
use pulldown_cmark::Options;
use pulldown_cmark::Parser;
use pulldown_cmark::Tag;
use pulldown_cmark::TagEnd;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::html;
use crate::extraction::text::front_matter;
use crate::extraction::text::portraits;
use crate::extraction::text::portraits::Portrait;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::DiagnosticKind;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// A line underlined with dashes is a heading only where it is no longer than this; a paragraph of
/// speech over a thematic break is none, whatever the grammar says.
const LONGEST_UNDERLINED: usize = 120;

/// Reads Markdown.
pub(crate) fn extract(decoded: &Decoded<'_>, limits: &Limits) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let mut draft = ExtractionBuilder::new(decoded);
    let mut body = 0;
    if let Some((inside, end)) = front_matter::split(text) {
        draft.metadata = front_matter::read(inside);
        body = end;
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut reader = Reader {
        text,
        limits,
        draft,
        kinds: Vec::new(),
        depth: 0,
        silent: None,
        picture: None,
        portraits: Vec::new(),
    };
    for (event, range) in Parser::new_ext(text.get(body..).unwrap_or_default(), options).into_offset_iter() {
        reader.event(event, TextSpan::new(range.start + body, range.end + body))?;
    }
    let portraits = std::mem::take(&mut reader.portraits);
    let mut extraction = reader.draft.finish(Format::Markdown);
    portraits::name_speakers(&mut extraction, &portraits);
    Ok(extraction)
}

struct Reader<'a> {
    text: &'a str,
    limits: &'a Limits,
    draft: ExtractionBuilder<'a>,
    /// The kind of block that text beginning now opens, by the elements around it.
    kinds: Vec<BlockKind>,
    depth: usize,
    /// The depth of the element whose text is left out.
    silent: Option<usize>,
    /// The text in place of the picture before the next block.
    picture: Option<String>,
    portraits: Vec<Portrait>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: TextSpan) -> Result<(), ExtractError> {
        match event {
            Event::Start(tag) => self.start(&tag, span)?,
            Event::End(tag) => self.end(tag),
            Event::Text(alt) if self.silent.is_some() => {
                if let Some(picture) = &mut self.picture {
                    picture.push_str(&alt);
                }
            }
            _ if self.silent.is_some() => {}
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.write(span, &text),
            Event::Code(code) => self.code(span, &code),
            Event::SoftBreak | Event::HardBreak => self.line_break(span),
            Event::InlineHtml(_) => html::inline_tag(&mut self.draft, self.text, span),
            Event::Rule => self.draft.rule(),
            Event::Html(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &Tag<'_>, span: TextSpan) -> Result<(), ExtractError> {
        self.depth += 1;
        if self.depth > self.limits.nesting {
            return Err(ExtractError::OverLimit { limit: "nesting", allowed: self.limits.nesting });
        }
        if self.silent.is_some() {
            return Ok(());
        }
        match tag {
            Tag::Emphasis => self.draft.emphasise(EmphasisKind::Light),
            Tag::Strong => self.draft.emphasise(EmphasisKind::Strong),
            Tag::Strikethrough | Tag::Link { .. } | Tag::Superscript | Tag::Subscript => {}
            Tag::Image { .. } => {
                self.silent = Some(self.depth);
                self.picture = (!self.draft.is_open()).then(String::new);
            }
            Tag::FootnoteDefinition(_) | Tag::MetadataBlock(_) => {
                self.draft.close();
                self.draft.left_out(DiagnosticKind::Trailing, "footnotes were left out", span);
                self.silent = Some(self.depth);
            }
            Tag::HtmlBlock => {
                self.draft.close();
                html::fragment(&mut self.draft, self.text, span, self.limits)?;
                self.silent = Some(self.depth);
            }
            Tag::Heading { level, .. } => self.block(self.heading(*level, span)),
            // Indented text is speech set in, far more often than it is code.
            Tag::Paragraph | Tag::CodeBlock(CodeBlockKind::Indented) => {
                self.block(self.kinds.last().copied().unwrap_or(BlockKind::Paragraph));
            }
            Tag::Item => self.block(BlockKind::ListItem),
            Tag::BlockQuote(_) => self.block(BlockKind::Quotation),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => self.block(BlockKind::Preformatted),
            Tag::Table(_) => {
                self.block(BlockKind::Paragraph);
                self.draft.tables.begin();
            }
            Tag::TableHead | Tag::TableRow => {
                self.block(BlockKind::Paragraph);
                self.draft.tables.row();
            }
            Tag::TableCell => {
                self.block(BlockKind::Paragraph);
                self.draft.tables.cell();
            }
            Tag::List(_) | Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => {
                self.block(BlockKind::Paragraph);
            }
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) {
        let silent = self.silent == Some(self.depth);
        self.depth = self.depth.saturating_sub(1);
        if silent {
            self.silent = None;
        }
        if self.silent.is_some() {
            return;
        }
        match tag {
            TagEnd::Emphasis => self.draft.end_emphasis(EmphasisKind::Light),
            TagEnd::Strong => self.draft.end_emphasis(EmphasisKind::Strong),
            TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::FootnoteDefinition
            | TagEnd::MetadataBlock(_)
            | TagEnd::HtmlBlock => {}
            TagEnd::Table => {
                self.close();
                self.kinds.pop();
                self.draft.tables.end();
            }
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::TableCell => {
                self.close();
                self.kinds.pop();
            }
        }
    }

    /// Enters an element whose text is of `kind`. The block itself opens with its first text.
    fn block(&mut self, kind: BlockKind) {
        self.close();
        self.kinds.push(kind);
    }

    fn close(&mut self) {
        if is_directive(self.draft.open_text()) {
            self.draft.abandon();
        }
        self.draft.close();
    }

    fn heading(&self, level: HeadingLevel, span: TextSpan) -> BlockKind {
        let source = span.of(self.text);
        if !source.trim_start().starts_with('#') && source.len() > LONGEST_UNDERLINED {
            return BlockKind::Paragraph;
        }
        BlockKind::Heading(match level {
            HeadingLevel::H1 => 1,
            HeadingLevel::H2 => 2,
            HeadingLevel::H3 => 3,
            HeadingLevel::H4 => 4,
            HeadingLevel::H5 => 5,
            HeadingLevel::H6 => 6,
        })
    }

    fn ensure_open(&mut self) {
        if !self.draft.is_open() {
            self.draft.open(self.kinds.last().copied().unwrap_or(BlockKind::Paragraph));
            if let Some(name) = self.picture.take() {
                self.portraits.push(Portrait { before: self.draft.position(), name });
            }
        }
    }

    /// Writes text: the source's own where the source has it, else what an entity means.
    fn write(&mut self, span: TextSpan, text: &str) {
        self.ensure_open();
        if span.of(self.text) == text {
            self.draft.verbatim(span);
        } else {
            self.draft.replaced(span, text);
        }
    }

    fn code(&mut self, span: TextSpan, code: &str) {
        let source = span.of(self.text);
        let ticks = source.len() - source.trim_start_matches('`').len();
        let inside = TextSpan::new(span.start() + ticks, span.end().saturating_sub(ticks));
        // A line break inside reads as a space; all else is the source's own, and stays mapped byte
        // by byte.
        let flat = inside.of(self.text).replace('\n', " ");
        let Some(at) = flat.find(code) else { return self.write(inside, code) };
        let mut start = inside.start() + at;
        let end = start + code.len();
        for line in TextSpan::new(start, end).of(self.text).split_inclusive('\n') {
            let words = line.trim_end_matches('\n');
            self.write(TextSpan::new(start, start + words.len()), words);
            start += line.len();
            if words.len() < line.len() {
                self.write(TextSpan::new(start - 1, start), " ");
            }
        }
    }

    fn line_break(&mut self, span: TextSpan) {
        let source = span.of(self.text);
        let Some(at) = source.find('\n') else { return self.draft.synthetic("\n") };
        let at = span.start() + at;
        self.draft.verbatim(TextSpan::new(at, at + 1));
    }
}

/// Directives of a site generator, alone on their lines: `{{< video >}}`, `{% include %}`,
/// `{: .note}`.
fn is_directive(text: &str) -> bool {
    const MARKS: [(&str, &str); 4] = [("{{", "}}"), ("{%", "%}"), ("{:", "}"), (":::", "")];
    let is_one = |line: &str| {
        let line = line.trim();
        MARKS.iter().any(|(start, end)| {
            line.strip_prefix(start).is_some_and(|rest| rest.ends_with(end) && !rest.contains(start))
        })
    };
    text.trim_start().starts_with(['{', ':']) && text.trim().lines().all(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn read(document: &str) -> Extraction {
        extract(&decoding::decode(document.as_bytes(), None).unwrap(), &Limits::default()).unwrap()
    }

    fn check(document: &str, expect: &[(BlockKind, &str)]) {
        let extraction = read(document);
        let blocks: Vec<_> =
            extraction.blocks.iter().map(|block| (block.kind, block.span.of(&extraction.text))).collect();
        assert_eq!(blocks, expect, "{document}");
    }

    use BlockKind::Paragraph as P;

    #[test]
    fn what_is_shown() {
        check(
            "---\ntitle: T\n---\n# A *talk*\n\n**Ann:** See [this](http://x.example \"t\") &amp; `that`.\nNow?\\*\n\n![no](x.png)\n\n\
             Bob:[^1] So <b>it</b><br>is. <!-- no -->\n\n[^1]: A note.\n",
            &[(BlockKind::Heading(1), "A talk"), (P, "Ann: See this & that.\nNow?*"), (P, "Bob: So it\nis.")],
        );
        check(
            "> said\n> so\n\n- one\n- two\n\n      three\n\n```\ncode\n```\n{{< video x >}}\n",
            &[
                (BlockKind::Quotation, "said\nso"),
                (BlockKind::ListItem, "one"),
                (BlockKind::ListItem, "two"),
                (BlockKind::ListItem, "three"),
                (BlockKind::Preformatted, "code"),
            ],
        );
    }

    #[test]
    fn a_paragraph_over_dashes_is_no_heading() {
        let speech = "Ann: and so on and so forth ".repeat(6);
        check(
            &format!("{speech}\n---\n\nA title\n---\n"),
            &[(P, speech.trim()), (BlockKind::Heading(2), "A title")],
        );
    }

    #[test]
    fn blocks_of_html_and_tables() {
        check(
            "<div align=\"center\"><p>Ann: Why&nbsp;so?</p>\n<script>x</script></div>\n\n| Speaker | Text |\n|---|---|\n| Bob | So. |\n",
            &[(P, "Ann: Why\u{a0}so?"), (BlockKind::Turn, "So.")],
        );
    }

    #[test]
    fn spans_leave_the_markup_out() {
        let document = "**Ann:** See [this](u) &amp; that.";
        let extraction = read(document);
        let block = &extraction.blocks[0];
        let spans = extraction.map.to_bytes(block.span);
        let quoted: Vec<&str> = spans
            .iter()
            .map(|span| std::str::from_utf8(span.of(document.as_bytes()).unwrap()).unwrap())
            .collect();
        assert_eq!(quoted, ["Ann:", " See ", "this", " &amp; that."]);
        assert_eq!(block.emphasis[0].span.of(&extraction.text), "Ann:");
    }
}
