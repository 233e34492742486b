//! A reading of a document → what was said, turn by turn.

use crate::extraction::common::clock;
use crate::extraction::common::columns;
use crate::extraction::common::columns::Value;
use crate::extraction::common::speaker_cell;
use crate::extraction::common::utterances::Parts;
use crate::extraction::common::utterances::Piece;
use crate::extraction::json::reading::Cut;
use crate::extraction::json::reading::Reading;
use crate::extraction::json::reading::SpokenBy;
use crate::extraction::json::scan;
use crate::extraction::json::speaker_names::SpeakerNames;
use crate::extraction::json::tables::ROOT;
use crate::extraction::json::tables::Tables;
use crate::extraction::json::time_columns::TimeColumns;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::TimeSpan;

/// Mean length of what is said at a time under which it is cues, in bytes.
const CUE: usize = 200;
/// How far a word may be from the time of its speaker, in seconds.
const GAP: f64 = 0.5;
/// Marks that cling to the word before, and to the one after.
const CLOSING: [char; 16] =
    ['.', ',', '?', '!', ':', ';', '…', ')', ']', '”', '»', '%', '。', '、', '？', '！'];
const OPENING: [char; 6] = ['(', '[', '“', '«', '¿', '¡'];

/// Reads a text column turn by turn.
pub(crate) fn read(text: &str, tables: &Tables, reading: &Reading) -> Vec<Piece> {
    let leaves = leaves(text, tables, reading);
    let column = match reading.spoken_by {
        SpokenBy::Nobody => None,
        SpokenBy::Column(speaker) | SpokenBy::Time { speaker, .. } => Some(speaker),
    };
    let names = column.map(|column| SpeakerNames::of(text, tables, column)).unwrap_or_default();
    let intervals = match reading.spoken_by {
        SpokenBy::Time { speaker, times } => intervals(text, tables, speaker, &times),
        SpokenBy::Nobody | SpokenBy::Column(_) => Vec::new(),
    };
    let own_spaces = leaves.iter().take(columns::SAMPLE).any(|leaf| {
        let word = leaf.span.of(text);
        word.starts_with([' ', '\u{a0}']) || word.ends_with([' ', '\u{a0}'])
    }) && reading.cut != Cut::Whole;
    let table = |column: usize| tables.columns.get(column).map(|column| column.table);
    // Stretches of one paragraph have no times; segments do.
    let fragments = reading.times.start.and_then(table) != table(reading.text);
    let mut joiner = Joiner { text, cut: reading.cut, own_spaces, fragments, pieces: Vec::new(), open: None };
    for leaf in leaves {
        let time = reading.times.of(tables, text, leaf.record);
        let (speaker, stamp) = match (reading.spoken_by, time) {
            (SpokenBy::Column(column), _) => match tables.get(column, leaf.record) {
                Some(value) => (names.show(text, value), stamp(text, value)),
                None => (None, None),
            },
            (SpokenBy::Time { .. }, Some((start, end))) => {
                let at = end.map_or(start, |end| f64::midpoint(start, end));
                (spoken_at(&intervals, at).and_then(|value| names.show(text, value)), None)
            }
            (SpokenBy::Time { .. } | SpokenBy::Nobody, _) => (None, None),
        };
        let time = time.map(|(start, end)| clock::span(start, end));
        joiner.add(&leaf, speaker, time.or_else(|| Some(clock::span(stamp?, None))));
    }
    let mut pieces = joiner.pieces;
    let timed = pieces.iter().filter(|piece| piece.time.is_some()).count();
    if reading.cut == Cut::Turns && timed * 2 > pieces.len() && reading.profile.bytes < pieces.len() * CUE {
        for piece in &mut pieces {
            piece.kind = BlockKind::Cue;
        }
    }
    pieces
}

/// A string of a text column.
#[derive(Clone, Copy, Debug)]
struct Leaf {
    record: usize,
    /// The record around it that is a turn, where one is; the record that its list is in otherwise.
    group: usize,
    /// Whether all that is in the group is one turn.
    is_turn: bool,
    span: TextSpan,
}

fn leaves(text: &str, tables: &Tables, reading: &Reading) -> Vec<Leaf> {
    let Some(column) = tables.columns.get(reading.text) else { return Vec::new() };
    let turn = match reading.spoken_by {
        SpokenBy::Column(speaker) => tables.columns.get(speaker).map(|speaker| speaker.table),
        SpokenBy::Nobody | SpokenBy::Time { .. } => None,
    }
    .filter(|table| *table != column.table);
    let leaves: Vec<Leaf> = column
        .cells
        .iter()
        .filter_map(|(record, value)| {
            let Value::Text(span) = *value else { return None };
            let parent = tables.records.get(*record)?.parent;
            let group = turn.and_then(|table| tables.within(*record, table));
            let leaf =
                Leaf { record: *record, group: group.unwrap_or(parent), is_turn: group.is_some(), span };
            (!span.is_empty()).then_some(leaf)
        })
        .collect();
    without_repeats(text, tables, reading.spoken_by, leaves)
}

/// With speakers distinguished, some recognisers give every word once more in the last result, now
/// with its speaker.
fn without_repeats(text: &str, tables: &Tables, spoken_by: SpokenBy, mut leaves: Vec<Leaf>) -> Vec<Leaf> {
    let SpokenBy::Column(speaker) = spoken_by else { return leaves };
    let parent = |leaf: &Leaf| tables.records.get(leaf.record).map(|record| record.parent);
    let Some(last) = leaves.last().and_then(parent) else { return leaves };
    let from = leaves.partition_point(|leaf| parent(leaf).is_some_and(|parent| parent < last));
    let (before, after) = leaves.split_at(from);
    let repeats = before.len() <= after.len()
        && before.iter().zip(after).all(|(a, b)| {
            let unnamed = matches!(tables.get(speaker, a.record), None | Some(Value::Number(0.0)));
            unnamed && a.span.of(text).eq_ignore_ascii_case(b.span.of(text))
        });
    if repeats { leaves.split_off(from) } else { leaves }
}

/// Joins strings to turns.
#[derive(Debug)]
struct Joiner<'a> {
    text: &'a str,
    cut: Cut,
    /// Whether the strings have their spaces themselves.
    own_spaces: bool,
    /// Whether strings may be stretches of a paragraph.
    fragments: bool,
    pieces: Vec<Piece>,
    /// The group of the last string.
    open: Option<usize>,
}

impl Joiner<'_> {
    fn add(&mut self, leaf: &Leaf, speaker: Option<String>, time: Option<TimeSpan>) {
        let word = scan::read(leaf.span.of(self.text));
        let blank = word.trim().is_empty();
        let same_group = self.open.replace(leaf.group) == Some(leaf.group);
        let continues = self.pieces.last().is_some_and(|open| {
            (blank && same_group) || self.continues(open, leaf, same_group, speaker.as_deref())
        });
        if continues && let Some(open) = self.pieces.last_mut() {
            let last = open.parts.last().map(|(span, _)| scan::read(span.of(self.text))).unwrap_or_default();
            let space = !self.own_spaces && is_apart(&last, &word);
            open.parts.push((leaf.span, space));
            open.time = open.time.zip(time).map(|(a, b)| a.hull(b)).or(open.time).or(time);
            open.speaker = open.speaker.take().or(speaker);
            return;
        }
        if blank {
            return;
        }
        let kind = if speaker.is_some() { BlockKind::Turn } else { BlockKind::Paragraph };
        self.pieces.push(Piece { kind, speaker, time, parts: Parts::from([(leaf.span, true)]) });
    }

    /// Whether a string goes on with what was said before it.
    fn continues(&self, open: &Piece, leaf: &Leaf, same_group: bool, speaker: Option<&str>) -> bool {
        if leaf.is_turn {
            return same_group;
        }
        let word = scan::read(leaf.span.of(self.text));
        let last = open.parts.last().map(|(span, _)| scan::read(span.of(self.text))).unwrap_or_default();
        let clings = word.starts_with(CLOSING);
        let same_speaker = open.speaker.as_deref() == speaker;
        match self.cut {
            Cut::Whole => false,
            Cut::Words => {
                let named = open.speaker.is_some() || speaker.is_some();
                let ended = last.trim_end().ends_with(['.', '?', '!', '。', '？', '！']);
                clings || (named && (same_speaker || speaker.is_none())) || (!named && !ended)
            }
            Cut::Turns => {
                let joined = word.starts_with([' ', '\u{a0}']) || last.ends_with([' ', '\u{a0}']);
                let nested = self.fragments && same_group && leaf.group != ROOT;
                nested && same_speaker && (joined || (clings && word.len() < 4))
            }
        }
    }
}

/// Whether a space belongs between two strings.
fn is_apart(last: &str, next: &str) -> bool {
    let (Some(before), Some(after)) = (last.chars().next_back(), next.chars().next()) else { return false };
    let alone = next.chars().all(|c| CLOSING.contains(&c)) || last.chars().all(|c| OPENING.contains(&c));
    !(alone || columns::is_unspaced(before, after))
}

/// The time that is written with a speaker's name.
fn stamp(text: &str, value: Value) -> Option<f64> {
    match value {
        Value::Text(span) => speaker_cell::split(&scan::read(span.of(text))).1.map(|time| time.seconds(1.0)),
        Value::Number(_) => None,
    }
}

/// When each speaker speaks, in seconds, in order.
fn intervals(text: &str, tables: &Tables, speaker: usize, times: &TimeColumns) -> Vec<(f64, f64, Value)> {
    let Some(column) = tables.columns.get(speaker) else { return Vec::new() };
    let mut intervals: Vec<(f64, f64, Value)> = column
        .cells
        .iter()
        .filter_map(|(record, value)| {
            let (start, end) = times.of(tables, text, *record)?;
            Some((start, end.unwrap_or(f64::MAX), *value))
        })
        .collect();
    intervals.sort_by(|a, b| a.0.total_cmp(&b.0));
    intervals
}

/// The speaker at a time: the one who began last, unless that one ended and another still speaks.
fn spoken_at(intervals: &[(f64, f64, Value)], at: f64) -> Option<Value> {
    /// How many speakers may have begun since one who still speaks.
    const OVERLAP: usize = 8;
    let begun = intervals.partition_point(|(start, ..)| *start <= at);
    let before = intervals.get(begun.saturating_sub(OVERLAP)..begun).unwrap_or_default();
    if let Some((.., value)) = before.iter().rev().find(|(_, end, _)| *end >= at) {
        return Some(*value);
    }
    let last = before.last().filter(|(_, end, _)| at - end <= GAP).map(|(_, end, value)| (at - end, *value));
    let next = intervals
        .get(begun)
        .filter(|(start, ..)| start - at <= GAP)
        .map(|(start, _, value)| (start - at, *value));
    [last, next].into_iter().flatten().min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, value)| value)
}
