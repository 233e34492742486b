//! The names of speakers that records refer to by an id.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::extraction::common::column_names;
use crate::extraction::common::columns::Value;
use crate::extraction::common::speaker_cell;
use crate::extraction::common::speaker_cell::Naming;
use crate::extraction::json::scan;
use crate::extraction::json::tables::Tables;

/// The most records of a list of people.
const MOST_PEOPLE: usize = 2000;
/// Longest name, in bytes.
const LONGEST_NAME: usize = 120;
/// Keys of a person's names, the best first.
const NAMES: [&str; 10] = [
    "name",
    "fullname",
    "displayname",
    "speakername",
    "speakerdisplayname",
    "label",
    "title",
    "username",
    "role",
    "type",
];
const FIRST_NAMES: [&str; 3] = ["firstname", "givenname", "first"];
const LAST_NAMES: [&str; 4] = ["lastname", "familyname", "surname", "last"];

/// The names that a column of speakers shows.
#[derive(Debug, Default)]
pub(crate) struct SpeakerNames {
    by_id: BTreeMap<String, String>,
    naming: Naming,
}

impl SpeakerNames {
    /// Finds the names of a column's speakers in the document's other lists.
    pub(crate) fn of(text: &str, tables: &Tables, speaker: usize) -> Self {
        let Some(column) = tables.columns.get(speaker) else { return Self::default() };
        let ids: BTreeSet<String> = column.cells.iter().filter_map(|cell| id(text, cell.1)).collect();
        let certain = column_names::is_speaker(&column.names);
        let naming = Naming::of(&ids, certain);
        let mut found = Self { by_id: BTreeMap::new(), naming };
        if ids.is_empty() || ids.len() > MOST_PEOPLE {
            return found;
        }
        for other in 0..tables.columns.len() {
            if other != speaker
                && let Some(by_id) = people(text, tables, other, speaker, &ids)
            {
                found.by_id = by_id;
                break;
            }
        }
        if found.by_id.is_empty() {
            found.by_id = keyed(text, tables, &ids);
        }
        found
    }

    /// The name for a value.
    pub(crate) fn show(&self, text: &str, value: Value) -> Option<String> {
        let id = id(text, value)?;
        match self.by_id.get(&id) {
            Some(name) => Some(name.clone()),
            None => self.naming.show(&id),
        }
    }
}

/// The id or name that a cell holds.
fn id(text: &str, value: Value) -> Option<String> {
    let said = match value {
        Value::Text(span) => {
            let said = scan::say(text, span);
            speaker_cell::split(&said).0.to_owned()
        }
        Value::Number(number) => number.to_string(),
    };
    Some(said).filter(|said| !said.is_empty())
}

/// Names by the ids of a column, where that is a list of people with all of the ids.
fn people(
    text: &str,
    tables: &Tables,
    column: usize,
    speaker: usize,
    ids: &BTreeSet<String>,
) -> Option<BTreeMap<String, String>> {
    let described = tables.columns.get(column)?;
    let table = tables.lists.get(described.table)?;
    let spoken_in = tables.columns.get(speaker)?.table;
    // A speaker who is referred to by name needs no other.
    let is_name = described.names.last().is_some_and(|name| NAMES.iter().take(5).any(|known| known == name));
    if is_name || described.table == 0 || described.table == spoken_in || described.cells.len() > MOST_PEOPLE
    {
        return None;
    }
    let mut records: BTreeMap<String, usize> = BTreeMap::new();
    for (record, value) in &described.cells {
        // An id that returns is none.
        if records.insert(id(text, *value)?, *record).is_some() {
            return None;
        }
    }
    // A bare number is in every list; only a list of people says whose it is.
    let bare = ids.iter().all(|id| id.len() < 3);
    let of_people = column_names::speaker_evidence(&[table.name.to_string()]) > 0.0
        || ["people", "users", "members", "authors", "guests", "attendees", "persons"]
            .contains(&&*table.name)
        || ["speakers", "participants", "voices"].iter().any(|name| table.name.contains(name));
    let all = ids.iter().filter(|id| records.contains_key(*id)).count();
    if all < ids.len() || (bare && !of_people) || (!of_people && records.len() > ids.len() * 4) {
        return None;
    }
    let column_of = |keys: &[&str]| {
        keys.iter().find_map(|key| {
            table.columns.iter().copied().find(|other| {
                *other != column
                    && tables
                        .columns
                        .get(*other)
                        .is_some_and(|other| other.names.last().is_some_and(|name| name == key))
            })
        })
    };
    let said = |column: usize, record: usize| match tables.get(column, record)? {
        Value::Text(span) => Some(scan::say(text, span).trim().to_owned()).filter(|said| !said.is_empty()),
        Value::Number(_) => None,
    };
    let (first, last) = (column_of(&FIRST_NAMES), column_of(&LAST_NAMES));
    let other = |keys: &[&str], record| keys.iter().find_map(|key| said(column_of(&[*key])?, record));
    // The only other string is the name, whatever its key.
    let alone = || {
        let mut strings = table.columns.iter().copied().filter(|other| {
            let cells = tables.columns.get(*other).map(|column| column.cells.as_slice()).unwrap_or_default();
            *other != column && cells.iter().all(|cell| matches!(cell.1, Value::Text(_)))
        });
        let only = strings.next()?;
        strings.next().is_none().then_some(only).filter(|_| of_people)
    };
    let alone = alone();
    let mut names = BTreeMap::new();
    for id in ids {
        let record = *records.get(id)?;
        let full = first.and_then(|first| {
            let first = said(first, record)?;
            let last = last.and_then(|last| said(last, record));
            Some(last.map_or_else(|| first.clone(), |last| format!("{first} {last}")))
        });
        let (best, rest) = NAMES.split_at(5);
        let name = other(best, record)
            .or(full)
            .or_else(|| other(rest, record))
            .or_else(|| said(alone?, record))
            .filter(|name| name.len() <= LONGEST_NAME);
        if let Some(name) = name {
            names.insert(id.clone(), name);
        }
    }
    (!names.is_empty()).then_some(names)
}

/// Names from an object whose keys are the ids.
fn keyed(text: &str, tables: &Tables, ids: &BTreeSet<String>) -> BTreeMap<String, String> {
    let by_key: BTreeMap<String, &String> =
        ids.iter().filter(|id| id.len() > 1).map(|id| (column_names::normalised(id), id)).collect();
    let mut groups: BTreeMap<&[String], BTreeMap<String, String>> = BTreeMap::new();
    for column in &tables.columns {
        // The id is the key of the name, or of an object that has a name.
        let names = column.names.as_slice();
        let Some((last, outer)) = names.split_last() else { continue };
        let (key, outer) = match (by_key.get(last), outer.split_last()) {
            (Some(key), _) => (*key, outer),
            (None, Some((key, outer))) if NAMES.contains(&last.as_str()) => match by_key.get(key) {
                Some(key) => (*key, outer),
                None => continue,
            },
            (None, _) => continue,
        };
        if let [(_, Value::Text(span))] = column.cells.as_slice() {
            let name = scan::say(text, *span).trim().to_owned();
            if !name.is_empty() && name.len() <= LONGEST_NAME {
                groups.entry(outer).or_default().entry(key.clone()).or_insert(name);
            }
        }
    }
    groups.into_values().find(|names| names.len() == ids.len()).unwrap_or_default()
}
