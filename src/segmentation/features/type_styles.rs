//! Bold and italics: how a unit is set, and the questions that open a paragraph so set.

use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::language_data::sentences;
use crate::span::TextSpan;
use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;

/// How many paragraphs a question in bold or italics opens.
pub(crate) fn emphasised_questions(extraction: &Extraction) -> usize {
    let opened = |block: &&Block| emphasised_opening(extraction, block, block.span, false).is_some();
    extraction.blocks.iter().filter(|block| !block.emphasis.is_empty()).filter(opened).count()
}

/// The end of a question in bold or italics that opens a paragraph, if more follows; with `any`,
/// where any sentence so set ends.
pub(crate) fn emphasised_opening(
    extraction: &Extraction,
    block: &Block,
    span: TextSpan,
    any: bool,
) -> Option<usize> {
    let first = block.emphasis.partition_point(|e| e.span.end() <= span.start());
    let emphasis = block.emphasis.get(first)?;
    let end = emphasis.span.end();
    if emphasis.span.start() > span.start() || end >= span.end() {
        return None;
    }
    let inside = TextSpan::new(span.start(), end).of(&extraction.text);
    let rest = TextSpan::new(end, span.end()).of(&extraction.text);
    let asks = sentences::ends_in_question(inside)
        || (any && sentences::ends_in_stop(inside) && sentences::count_words(inside) > 2);
    (asks && rest.chars().any(char::is_alphanumeric)).then_some(end)
}

/// How a unit is set, if it is set in one way from start to end.
pub(crate) fn style(extraction: &Extraction, unit: &Unit) -> Style {
    if unit.style == Style::Quotation {
        return Style::Quotation;
    }
    match unit.kind {
        BlockKind::Heading(level) => return Style::Heading(level),
        BlockKind::Term => return Style::Term,
        BlockKind::Quotation => return Style::Quotation,
        BlockKind::Paragraph
        | BlockKind::ListItem
        | BlockKind::Caption
        | BlockKind::Preformatted
        | BlockKind::Description
        | BlockKind::Cue
        | BlockKind::Turn
        | BlockKind::Question
        | BlockKind::Answer => {}
    }
    let Some(block) = extraction.blocks.get(unit.block) else { return Style::Plain };
    if unit.last_block > unit.block && unit.kind == BlockKind::Cue {
        // Cues of one turn are set alike.
        return match set_whole(block) {
            Some(EmphasisKind::Strong) => Style::Strong,
            Some(EmphasisKind::Light) => Style::Light,
            None => Style::Plain,
        };
    }
    let (start, end) = (unit.start(), unit.end());
    let first = block.emphasis.partition_point(|e| e.span.end() <= start);
    let inside = block.emphasis.get(first..).unwrap_or_default().iter().take_while(|e| e.span.start() < end);
    let (mut strong, mut light) = (0, 0);
    for emphasis in inside {
        let covered = emphasis.span.end().min(end).saturating_sub(emphasis.span.start().max(start));
        match emphasis.kind {
            EmphasisKind::Strong => strong += covered,
            EmphasisKind::Light => light += covered,
        }
    }
    let whole = (end - start) * 9;
    if strong * 10 >= whole {
        Style::Strong
    } else if light * 10 >= whole {
        Style::Light
    } else {
        Style::Plain
    }
}

/// The type in which a whole block is set, where it has one.
pub(crate) fn set_whole(block: &Block) -> Option<EmphasisKind> {
    let [first, ..] = block.emphasis.as_slice() else { return None };
    let covered: usize = block.emphasis.iter().map(|emphasis| emphasis.span.len()).sum();
    (covered * 10 >= block.span.len() * 9).then_some(first.kind)
}
