//! Pictures before the turns of a talk, whose texts name the speakers.

use std::collections::BTreeMap;

use crate::extraction::html::voices;
use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

/// A picture directly before a block.
#[derive(Debug)]
pub(crate) struct Portrait {
    /// The start of the block in the text; white space may follow.
    pub before: usize,
    /// The text in place of the picture.
    pub name: String,
}

/// Gives the blocks after pictures their speakers, where the pictures are portraits: their texts
/// are names that repeat and alternate, and one of the blocks asks.
pub(crate) fn name_speakers(extraction: &mut Extraction, pictures: &[Portrait]) {
    // Pictures that are shown once illustrate.
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for picture in pictures {
        *shown.entry(&picture.name).or_default() += 1;
    }
    let repeats = |picture: &&Portrait| shown.get(picture.name.as_str()).is_some_and(|times| *times > 1);
    let portraits: Vec<&Portrait> = pictures.iter().filter(repeats).collect();
    let names: Vec<&str> = portraits.iter().map(|portrait| portrait.name.trim()).collect();
    if !voices::name_turns(&names) {
        return;
    }
    let text = extraction.text.as_str();
    let of_block = |block: &Block| {
        let at = portraits.partition_point(|portrait| portrait.before <= block.span.start());
        let portrait = portraits.get(at.checked_sub(1)?)?;
        let between = text.get(portrait.before..block.span.start())?;
        let starts = between.trim().is_empty();
        (starts && !matches!(block.kind, BlockKind::Heading(_))).then(|| portrait.name.trim().to_owned())
    };
    let speakers: Vec<Option<String>> = extraction.blocks.iter().map(of_block).collect();
    let asks = |block: &Block| block.span.of(text).ends_with(['?', '？', '؟']);
    if extraction.blocks.iter().zip(&speakers).any(|(block, name)| name.is_some() && asks(block)) {
        for (block, name) in extraction.blocks.iter_mut().zip(speakers) {
            block.speaker = block.speaker.take().or(name);
        }
    }
}
