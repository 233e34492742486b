//! Things said, as data formats give them, → blocks with exact spans.

use crate::extraction::builder::ExtractionBuilder;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// One thing said.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub kind: BlockKind,
    pub speaker: Option<String>,
    pub time: Option<TimeSpan>,
    pub parts: Parts,
}

/// The stretches of the source that something said is made of, each with whether a space belongs
/// before it.
pub(crate) type Parts = Vec<(TextSpan, bool)>;

/// Reads the start of a stretch: how long its first piece is, and its meaning if that is not
/// itself.
pub(crate) type Unescape = fn(&str) -> (usize, Option<char>);

/// Writes pieces. If they are in another order than they were said (an answer before its question,
/// as some exporters sort their keys), a map cannot run both ways: the text written becomes the
/// rendition.
pub(crate) fn write(
    mut draft: ExtractionBuilder<'_>,
    text: &str,
    pieces: &[Piece],
    format: Format,
    unescape: Unescape,
) -> Extraction {
    let mut last = 0;
    let mut in_order = true;
    for piece in pieces {
        draft.open(piece.kind);
        describe(&mut draft, piece);
        for (index, (span, space)) in piece.parts.iter().enumerate() {
            in_order &= span.start() >= last;
            last = span.end();
            let starts_apart = span.of(text).starts_with(char::is_whitespace);
            if index > 0 && *space && !starts_apart && !draft.open_text().ends_with(char::is_whitespace) {
                draft.synthetic(" ");
            }
            write_part(&mut draft, text, *span, piece, unescape);
        }
    }
    if in_order { draft.finish(format) } else { draft.finish_rendition(format) }
}

fn describe(draft: &mut ExtractionBuilder<'_>, piece: &Piece) {
    if let Some(block) = draft.opened() {
        block.speaker.clone_from(&piece.speaker);
        block.time = piece.time;
    }
}

/// Writes a stretch, escapes read. A blank line in running text ends a block.
fn write_part(
    draft: &mut ExtractionBuilder<'_>,
    text: &str,
    span: TextSpan,
    piece: &Piece,
    unescape: Unescape,
) {
    let mut at = span.start();
    while at < span.end() {
        let (len, meaning) = unescape(TextSpan::new(at, span.end()).of(text));
        let here = TextSpan::new(at, (at + len.max(1)).min(span.end()));
        at = here.end();
        match meaning {
            None => draft.verbatim(here),
            Some('\n')
                if piece.kind == BlockKind::Paragraph
                    && draft.open_text().trim_end_matches(' ').ends_with('\n') =>
            {
                draft.open(BlockKind::Paragraph);
                describe(draft, piece);
            }
            Some(c) => draft.replaced(here, c.encode_utf8(&mut [0; 4])),
        }
    }
}
