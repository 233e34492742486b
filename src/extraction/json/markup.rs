//! Strings of JSON that hold HTML, as some editors of transcripts save them: their paragraphs,
//! without tags.

use crate::extraction::common::utterances::Parts;
use crate::extraction::common::utterances::Piece;
use crate::extraction::html::entity;
use crate::extraction::json::scan;
use crate::span::TextSpan;
use crate::transcript::BlockKind;

/// Longest tag, in bytes.
const LONGEST_TAG: usize = 500;
/// Elements that begin and end a paragraph.
const BLOCKS: [&str; 14] =
    ["p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "tr", "td", "section", "blockquote"];

/// The paragraphs of something said.
pub(crate) fn paragraphs(text: &str, piece: &Piece) -> Vec<Piece> {
    let mut paragraphs: Vec<Parts> = vec![Parts::new()];
    for (span, space) in &piece.parts {
        let mut at = span.start();
        let mut space = *space;
        while at < span.end() {
            let rest = TextSpan::new(at, span.end()).of(text);
            let next = rest.find('<').unwrap_or(rest.len());
            let end = at + next;
            if let Some(open) = paragraphs.last_mut().filter(|_| next > 0) {
                open.push((TextSpan::new(at, end), space));
                space = false;
            }
            let Some((name, len)) = rest.get(next..).and_then(tag) else {
                // A sign that is no tag.
                let sign = TextSpan::new(end, (end + 1).min(span.end()));
                if let Some(open) = paragraphs.last_mut().filter(|_| !sign.is_empty()) {
                    open.push((sign, false));
                }
                at = end + 1;
                continue;
            };
            if BLOCKS.contains(&name) {
                paragraphs.push(Parts::new());
            }
            at = end + len;
        }
    }
    let has_words =
        |parts: &Parts| parts.iter().any(|(span, _)| span.of(text).contains(char::is_alphanumeric));
    paragraphs.retain(has_words);
    if piece.kind != BlockKind::Paragraph {
        // The parts of a turn stay one turn.
        let parts = paragraphs
            .into_iter()
            .flat_map(|parts| {
                parts.into_iter().enumerate().map(|(at, (span, space))| (span, space || at == 0))
            })
            .collect();
        return vec![Piece { parts, ..piece.clone() }];
    }
    paragraphs.into_iter().map(|parts| Piece { parts, ..piece.clone() }).collect()
}

/// The name and the length of the tag at the start of a text.
fn tag(text: &str) -> Option<(&str, usize)> {
    let inside = text.strip_prefix('<')?;
    let inside = inside.strip_prefix('/').or_else(|| inside.strip_prefix("\\/")).unwrap_or(inside);
    let name = inside.get(..inside.bytes().take_while(u8::is_ascii_alphanumeric).count())?;
    if name.is_empty() {
        return None;
    }
    let end = text.get(..text.floor_char_boundary(LONGEST_TAG))?.find('>')?;
    Some((name, end + 1))
}

/// The first piece of a string: as [`scan::unescape`], with references of HTML read as well.
pub(crate) fn unescape(rest: &str) -> (usize, Option<char>) {
    let Some(at) = rest.find(['\\', '&']) else { return (rest.len(), None) };
    if at > 0 {
        return (at, None);
    }
    if !rest.starts_with('&') {
        return scan::unescape(rest);
    }
    match entity::read(rest) {
        Some((meaning, len)) => {
            let mut chars = meaning.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => (len, Some(c)),
                _ => (1, Some('&')),
            }
        }
        None => (1, Some('&')),
    }
}
