//! Which labels are one speaker's, and who speaks in each block.

use std::collections::BTreeSet;

use crate::segmentation::labels::candidate::Candidate;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::candidates;
use crate::segmentation::labels::label_selection;
use crate::segmentation::labels::names;
use crate::segmentation::labels::names::Written;
use crate::segmentation::labels::namesakes;
use crate::segmentation::labels::namesakes::Namesakes;
use crate::segmentation::labels::opening_shape::Openings;
use crate::segmentation::labels::speaker::Speaker;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::sentences;
use crate::segmentation::lines::line::Line;
use crate::segmentation::weights::table::Weights;
use crate::span::TextSpan;
use crate::transcript::Extraction;

/// How much of a document's start is searched for the names of initials, in bytes.
const HEADER: usize = 8 << 10;

/// A label in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    /// Its line.
    pub line: usize,
    /// From its first byte to where what is said begins.
    pub span: TextSpan,
    /// The speakers.
    pub speaker: usize,
}

/// The speakers of a document and where they are named.
#[derive(Debug, Default)]
pub(crate) struct SpeakerTable {
    /// The speakers, in order of their first label.
    pub speakers: Vec<Speaker>,
    /// The labels, in order of the text.
    pub labels: Vec<Label>,
    /// Per block, the speaker that the format itself names.
    pub of_block: Vec<Option<usize>>,
    /// Whether each line is labelled, as in logs of chats, so that a label that repeats opens no
    /// turn.
    pub logged: bool,
    /// The lines that begin with a remark's label and not with speech.
    pub remarks: BTreeSet<usize>,
    /// The lines that are a time at which another speaks.
    pub timed_turns: BTreeSet<usize>,
    /// Whether turns end with a time.
    pub ends_timed: bool,
}

/// Decides over all candidates.
pub(crate) fn resolve(
    weights: &Weights,
    extraction: &Extraction,
    language: &Language,
    lines: &[Line],
    openings: Openings,
) -> SpeakerTable {
    let candidates = candidates::candidates(extraction, lines, &openings);
    let candidates = candidates.as_slice();
    let accepted = label_selection::accepted(weights, extraction, lines, candidates);
    let chosen: Vec<&Candidate> =
        candidates.iter().enumerate().filter(|(at, _)| accepted.contains(at)).map(|(_, c)| c).collect();
    let given: Vec<(String, &str)> = extraction
        .blocks
        .iter()
        .filter_map(|block| block.speaker.as_deref())
        .map(|name| (names::key(name), name))
        .collect();
    let as_written: Vec<(&str, &str, &str)> =
        chosen.iter().map(|c| (c.key.as_str(), c.name.as_str(), c.span.of(&extraction.text))).collect();
    let names = namesakes::with_brackets(&as_written);
    let labelled = chosen.iter().zip(&names).map(|(c, name)| (c.key.as_str(), name.as_str()));
    let namesakes = Namesakes::of(labelled.chain(given.iter().map(|(key, name)| (key.as_str(), *name))));
    let key_of = |key: &str, name: &str| {
        let own = namesakes.key(key, name);
        (own.is_some(), own.unwrap_or_else(|| key.to_owned()))
    };
    let mut written: Vec<Written> = chosen
        .iter()
        .zip(&names)
        .map(|(c, name)| {
            let (namesake, key) = key_of(&c.key, name);
            let (name, alias) = (name.clone(), c.alias.clone());
            Written { key, name, alias, namesake, nobody: c.counts, given: false }
        })
        .collect();
    for (key, name) in &given {
        let (namesake, key) = key_of(key, name);
        // Every cue names its speaker: only a change tells something new.
        if written.last().is_none_or(|last| last.key != key) {
            let name = (*name).to_owned();
            written.push(Written { key, name, alias: None, namesake, nobody: false, given: true });
        }
    }
    // The names of initials are given before anyone speaks.
    let first = chosen.first().map_or(extraction.text.len(), |c| c.span.start());
    let header = sentences::head(extraction.text.get(..first).unwrap_or_default(), HEADER);
    let (speakers, by_key) = names::merge(extraction, language, &written, header);
    let labels = chosen
        .iter()
        .zip(&written)
        .filter_map(|(c, written)| {
            Some(Label { line: c.line, span: c.span, speaker: *by_key.get(&written.key)? })
        })
        .collect();
    let of_block = extraction
        .blocks
        .iter()
        .map(|block| {
            let name = block.speaker.as_deref()?;
            by_key.get(&key_of(&names::key(name), name).1).copied()
        })
        .collect();
    let logged = chosen.iter().any(|c| matches!(c.shape, Shape::Nick | Shape::Opening));
    let Openings { remarks, timed_turns, ends_timed, .. } = openings;
    SpeakerTable { speakers, labels, of_block, logged, remarks, timed_turns, ends_timed }
}
