//! Remarks between turns: what has a label or its own place and is nobody's words.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::labels::counted;
use crate::segmentation::labels::heads::Head;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::lines::line::Line;
use crate::transcript::BlockKind;
use crate::transcript::Emphasis;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;

/// The lines of labels that number a figure or another part of the document, as `Fig. 12:`.
pub(crate) fn numbered_matter(plain: &BTreeMap<String, Vec<usize>>) -> Vec<usize> {
    let of_speakers: BTreeSet<&str> = plain
        .iter()
        .filter(|(_, lines)| lines.len() > 1)
        .filter_map(|(key, _)| counted::split(key).map(|(base, _)| base))
        .collect();
    let matter = plain.iter().filter(|(key, lines)| {
        lines.len() == 1
            && counted::split(key)
                .is_some_and(|(base, _)| lexicon::numbered_matter(base) && !of_speakers.contains(base))
    });
    matter.flat_map(|(_, lines)| lines.iter().copied()).collect()
}

/// The lines in italics between a heading and the first label after it: notes on the section, which nobody speaks.
pub(crate) fn section_notes(extraction: &Extraction, lines: &[Line], heads: &[Option<Head>]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut notes: Option<Vec<usize>> = None;
    for (index, line) in lines.iter().enumerate() {
        let Some(block) = extraction.blocks.get(line.block) else { continue };
        let light = |emphasis: &&Emphasis| emphasis.kind == EmphasisKind::Light;
        let covered: usize = block.emphasis.iter().filter(light).map(|emphasis| emphasis.span.len()).sum();
        if matches!(block.kind, BlockKind::Heading(_)) {
            // A heading of a lower level may follow the notes.
            notes.get_or_insert_default();
        } else if covered * 10 >= block.span.len() * 9 {
            if let Some(notes) = &mut notes {
                notes.push(index);
            }
        } else {
            let labelled = heads.get(index).and_then(Option::as_ref).is_some_and(Head::is_plain);
            found.extend(notes.take().filter(|_| labelled).into_iter().flatten());
        }
    }
    found
}
