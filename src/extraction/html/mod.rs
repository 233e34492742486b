//! Web pages: the main content among navigation, asides and footers, with what the page says about
//! itself.

mod question_classes;
mod classes;
mod content;
pub(crate) mod entity;
mod head;
mod page;
mod rows;
mod start_tag;
mod stylesheet;
mod tag;
mod read;
mod tree;
pub(crate) mod voices;
mod write;

#[cfg(test)]
mod tests;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::html::content::Content;
use crate::extraction::html::tree::Piece;
use crate::extraction::html::tree::Tree;
use crate::extraction::html::write::Writer;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::DiagnosticKind;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// Reads a page.
pub(crate) fn extract(decoded: &Decoded<'_>, limits: &Limits) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let tree = read::read(text, TextSpan::new(0, text.len()), limits)?;
    let mut draft = ExtractionBuilder::new(decoded);
    let content = content::find(&tree, text);
    tell_left_out(&tree, &content, text, &mut draft);
    let set_off = question_classes::find(&tree, text, &content);
    let voices = voices::find(&tree, text, &content);
    for part in heading_before(&tree, &content).into_iter().chain([content.root]) {
        let Some((first, end)) = tree.elements.get(part).map(|element| element.pieces) else { continue };
        Writer::new(text, &mut draft).pieces(&tree, first..end + 1, &content.dropped, &set_off, &voices);
    }
    let heading = draft.blocks().iter().find(|block| matches!(block.kind, BlockKind::Heading(1 | 2)));
    let heading = heading.map(|block| block.span.of(draft.text()).to_owned()).unwrap_or_default();
    draft.metadata = tree.head.into_metadata(&heading);
    Ok(draft.finish(Format::Html))
}

/// The heading above the content, where the content itself has none.
fn heading_before(tree: &Tree, content: &Content) -> Option<usize> {
    let is_title = |index: &usize| {
        tree.elements.get(*index).is_some_and(|element| &*element.name == "h1")
            && content.dropped.get(*index) == Some(&false)
    };
    let root = tree.elements.get(content.root)?;
    let inside =
        |index: &usize| tree.elements.get(*index).is_some_and(|element| root.span.contains(element.span));
    let titles: Vec<usize> = (0..tree.elements.len()).filter(is_title).collect();
    let above = titles.iter().copied().rfind(|index| *index < content.root);
    above.filter(|_| !titles.iter().any(inside))
}

/// Writes the blocks of a stretch of HTML inside another format. All that a browser would show is
/// content.
pub(crate) fn fragment(
    draft: &mut ExtractionBuilder<'_>,
    text: &str,
    span: TextSpan,
    limits: &Limits,
) -> Result<(), ExtractError> {
    let tree = read::read(text, span, limits)?;
    let dropped: Vec<bool> = tree.elements.iter().map(|element| element.marks.hidden).collect();
    Writer::new(text, draft).pieces(&tree, 0..tree.pieces.len(), &dropped, &[], &[]);
    Ok(())
}

/// Follows one tag inside a line of another format.
pub(crate) fn inline_tag(draft: &mut ExtractionBuilder<'_>, text: &str, span: TextSpan) {
    let tag = span.of(text).trim_matches(['<', '>']);
    let (is_end, tag) = tag.strip_prefix('/').map_or((false, tag), |rest| (true, rest));
    let name =
        tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
    let kind = match name.as_str() {
        "br" if draft.is_open() => return draft.synthetic("\n"),
        "b" | "strong" => EmphasisKind::Strong,
        "i" | "em" => EmphasisKind::Light,
        _ => return,
    };
    if is_end {
        draft.end_emphasis(kind);
    } else {
        draft.emphasise(kind);
    }
}

/// Text with its character references read.
pub(crate) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let (meaning, len) = entity::read(from).unwrap_or(("&".into(), 1));
        out.push_str(&meaning);
        rest = from.get(len..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Notes what is not read: the boilerplate, and all around the content.
fn tell_left_out(tree: &Tree, content: &Content, text: &str, draft: &mut ExtractionBuilder<'_>) {
    let Some(root) = tree.elements.get(content.root) else { return };
    for (index, element) in tree.elements.iter().enumerate().skip(1) {
        let out = |index: usize| content.dropped.get(index) == Some(&true);
        if out(index)
            && !out(element.parent)
            && root.span.contains(element.span)
            && has_words(element.span.of(text))
        {
            let why = "navigation, asides, forms and hidden parts of the page were left out";
            draft.left_out(DiagnosticKind::Banner, why, element.span);
        }
    }
    let (first, end) = root.pieces;
    for (kind, why, pieces) in [
        (DiagnosticKind::Preamble, "the page before its main content was left out", tree.pieces.get(..first)),
        (DiagnosticKind::Trailing, "the page after its main content was left out", tree.pieces.get(end..)),
    ] {
        let mut spans = pieces.unwrap_or_default().iter().filter_map(|piece| match piece {
            Piece::Text(span, _) if has_words(span.of(text)) => Some(*span),
            Piece::Text(..) | Piece::Open(_) | Piece::Close(_) | Piece::Break => None,
        });
        if let Some(start) = spans.next() {
            let last = spans.next_back().unwrap_or(start);
            draft.left_out(kind, why, TextSpan::new(start.start(), last.end()));
        }
    }
}

/// Whether a stretch of a page holds anything but tags.
fn has_words(source: &str) -> bool {
    source
        .split('<')
        .any(|part| part.split_once('>').map_or(part, |(_, text)| text).contains(char::is_alphanumeric))
}
