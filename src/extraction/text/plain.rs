//! Plain text: a block is what blank lines set apart; line breaks inside stay, segmentation reads
//! them.

use crate::extraction::Decoded;
use crate::span::TextSpan;
use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::Metadata;

/// Cuts text at blank lines.
pub(crate) fn extract(decoded: Decoded<'_>) -> Extraction {
    let text = decoded.text.into_owned();
    let mut blocks = Vec::new();
    let mut open: Option<TextSpan> = None;
    let mut offset = 0;
    for line in lines(&text) {
        let span = TextSpan::new(offset, offset + line.len()).trimmed(&text);
        offset += line.len();
        if !span.is_empty() {
            open = Some(TextSpan::new(open.map_or(span.start(), TextSpan::start), span.end()));
        } else if let Some(block) = open.take() {
            blocks.push(Block::new(BlockKind::Paragraph, block));
        }
    }
    blocks.extend(open.map(|block| Block::new(BlockKind::Paragraph, block)));
    Extraction {
        format: Format::Plain,
        text,
        map: decoded.map,
        blocks,
        metadata: Metadata::default(),
        diagnostics: decoded.diagnostics,
        rendition: None,
    }
}

/// The lines with their ends. Files of old Macintoshes end them with a lone carriage return.
fn lines(text: &str) -> std::str::SplitInclusive<'_, char> {
    let end = if text.contains('\r') && !text.contains('\n') { '\r' } else { '\n' };
    text.split_inclusive(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(document: &str, expect: &[&str]) {
        let extraction =
            extract(crate::extraction::charset::decoding::decode(document.as_bytes(), None).unwrap());
        let blocks: Vec<_> = extraction.blocks.iter().map(|block| block.span.of(&extraction.text)).collect();
        assert_eq!(blocks, expect);
    }

    #[test]
    fn blank_lines_set_blocks_apart() {
        check("Q: Why?\nReally?\n \t\nA: So.\n", &["Q: Why?\nReally?", "A: So."]);
        check("\r\nA\r\n\r\nB\r\nC", &["A", "B\r\nC"]);
        check("A\r\rB", &["A", "B"]);
        check("  no break", &["no break"]);
    }
}
