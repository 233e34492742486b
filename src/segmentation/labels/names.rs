//! Names: which labels are one person's, and the fullest name the text gives.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use crate::segmentation::labels::full_names;
use crate::segmentation::labels::introductions;
use crate::segmentation::labels::misspelt;
use crate::segmentation::labels::speaker::Speaker;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::transcript::Extraction;

/// Most labels that are compared with each other; documents with more have no label changed by
/// hand.
pub(crate) const MOST_KEYS: usize = 256;
/// Longest label in bytes that may be initials, with points and spaces.
const MOST_INITIALS: usize = 24;

/// A name in lower case without titles, points and brackets.
pub(crate) fn key(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| c.is_whitespace() || c == '.')
        .map(sentences::bare)
        .filter(|word| !word.is_empty())
        .collect();
    words.get(lexicon::titles_before(&words)..).unwrap_or_default().join(" ")
}

/// The words of a name that can tell a person: no particles, no single letters, no titles.
pub(crate) fn parts(key: &str) -> impl Iterator<Item = &str> {
    key.split(' ')
        .filter(|part| part.chars().count() > 1 && !lexicon::particle(part) && !lexicon::title(part))
}

/// The initials of a name of two to four words.
pub(crate) fn initials(full: &str) -> Option<String> {
    let initials: String = full.split([' ', '-']).filter_map(|word| word.chars().next()).collect();
    (2..=4).contains(&initials.chars().count()).then_some(initials)
}

/// The letters of a label, without points and spaces.
pub(crate) fn letters(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether `short` is the initials of `full`.
fn initials_of(short: &str, full: &str) -> bool {
    short.len() <= MOST_INITIALS && initials(full).is_some_and(|initials| initials == letters(short))
}

/// A label as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// In lower case, without titles.
    pub key: String,
    /// As written.
    pub name: String,
    /// Initials given with it.
    pub alias: Option<String>,
    /// Whether its key was made longer to part people of one name.
    pub namesake: bool,
    /// Whether it is known to name nobody.
    pub nobody: bool,
    /// Whether the format itself gives it as a speaker's.
    pub given: bool,
}

/// How often a key is written, and where it is first.
#[derive(Clone, Copy, Debug)]
struct Uses<'a> {
    written: &'a Written,
    position: usize,
    count: usize,
}

/// Makes speakers of labels, and tells each key's speaker.
pub(crate) fn merge(
    extraction: &Extraction,
    language: &Language,
    labels: &[Written],
    header: &str,
) -> (Vec<Speaker>, BTreeMap<String, usize>) {
    let mut keys: Vec<&str> = Vec::new();
    let mut uses: BTreeMap<&str, Uses<'_>> = BTreeMap::new();
    let mut aliases: BTreeMap<&str, &str> = BTreeMap::new();
    for (position, label) in labels.iter().enumerate() {
        let entry = uses.entry(&label.key).or_insert_with(|| {
            keys.push(&label.key);
            Uses { written: label, position, count: 0 }
        });
        entry.count += 1;
        if let Some(alias) = &label.alias {
            aliases.insert(alias, &label.key);
        }
    }
    let owners = owners(&keys, &aliases, &uses);
    let sources = NameSources::of(&extraction.text, &extraction.metadata.people, language, header);
    let mut speakers: Vec<Speaker> = Vec::new();
    let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
    for key in keys.iter().copied() {
        let root = root(key, &owners);
        let next = speakers.len();
        let speaker = *by_key.entry(root.to_owned()).or_insert(next);
        if speaker == next {
            let written = uses.get(root).map(|used| used.written);
            let label = written.map_or(root, |written| &written.name).to_owned();
            let searched = next < MOST_KEYS;
            let nobody = written.is_some_and(|written| written.nobody);
            let given = written.is_some_and(|written| written.given) && !lexicon::turn_label(root);
            let number = root.bytes().all(|byte| byte.is_ascii_digit());
            let namesake = written.is_some_and(|written| written.namesake);
            let name = if nobody {
                None
            } else if namesake || (given && number) {
                Some(label.clone())
            } else {
                full_name(&sources, searched, &label, root, &keys).or_else(|| given.then(|| label.clone()))
            };
            speakers.push(Speaker { name, keys: vec![root.to_owned()], label });
        }
        if key != root {
            by_key.insert(key.to_owned(), speaker);
            if let Some(speaker) = speakers.get_mut(speaker) {
                speaker.keys.push(key.to_owned());
            }
        }
    }
    (speakers, by_key)
}

/// For each key the fuller one that it is a form of.
fn owners<'a>(
    keys: &[&'a str],
    aliases: &BTreeMap<&'a str, &'a str>,
    uses: &BTreeMap<&'a str, Uses<'_>>,
) -> BTreeMap<&'a str, &'a str> {
    let compared = keys.get(..keys.len().min(MOST_KEYS)).unwrap_or_default();
    let by_alias = keys.iter().filter_map(|key| Some((*key, *aliases.get(key)?)));
    let by_form = compared.iter().filter_map(|key| {
        let chunks = uses.get(key).map(|used| chunks(&used.written.name)).unwrap_or_default();
        let owner = fuller(key, compared).or_else(|| abbreviated(&chunks, compared))?;
        let (short, full) = (uses.get(key)?, uses.get(owner)?);
        // A longer form that is written once, when the shorter one is known already, renames
        // nobody.
        let late = full.count == 1 && short.count > 1 && short.position < full.position;
        Some(if late { (owner, *key) } else { (*key, owner) })
    });
    by_form.chain(by_alias).collect()
}

/// The parts of initials that have small letters, as `HCh` has of `Hanna Chmura`; none for other
/// labels.
fn chunks(label: &str) -> Vec<String> {
    let capitals = label.chars().filter(|c| c.is_uppercase()).count();
    let letters = label.chars().count();
    let mixed = letters > capitals && letters <= capitals * 2 && label.chars().all(char::is_alphabetic);
    if !(2..=4).contains(&capitals) || !mixed || !label.starts_with(char::is_uppercase) {
        return Vec::new();
    }
    let mut chunks: Vec<String> = Vec::new();
    for c in label.chars() {
        match chunks.last_mut() {
            Some(chunk) if !c.is_uppercase() => chunk.push(c),
            _ => chunks.push(c.to_lowercase().collect()),
        }
    }
    chunks
}

/// Whether a name in lower case has words that begin as the parts of initials do, in order.
fn begins_with(name: &str, chunks: &[String]) -> bool {
    !chunks.is_empty()
        && name.split([' ', '-']).count() == chunks.len()
        && name.split([' ', '-']).zip(chunks).all(|(word, chunk)| word.starts_with(chunk.as_str()))
}

/// The one key that initials with small letters are of.
fn abbreviated<'a>(chunks: &[String], keys: &[&'a str]) -> Option<&'a str> {
    let mut owners = keys.iter().filter(|key| begins_with(key, chunks));
    owners.next().filter(|_| owners.next().is_none()).copied()
}

/// The fullest key that `key` leads to.
fn root<'a>(key: &'a str, owners: &BTreeMap<&'a str, &'a str>) -> &'a str {
    // An alias can name a label that is itself a form of another; more steps there are not.
    (0..4).fold(key, |key, _| owners.get(key).copied().unwrap_or(key))
}

/// The one key that `key` is a shorter form of.
fn fuller<'a>(key: &str, keys: &[&'a str]) -> Option<&'a str> {
    if lexicon::asks(key) || lexicon::answers(key) {
        return None;
    }
    let mut owners = keys.iter().filter(|other| {
        let length = |key: &str| (key.split(' ').count(), key.len());
        // A place is added to tell a name from the same name without it: `Mr. Lee of Texas`.
        let placed = other.contains(" of ") && !key.contains(" of ");
        length(other) > length(key)
            && !placed
            && (initials_of(key, other)
                || (parts(key).next().is_some()
                    && key.split(' ').all(|part| other.split(' ').any(|word| same_part(part, word)))))
    });
    let owner = owners.next()?;
    // Two people share the shorter form: it stays on its own, unless one of them is a form of the
    // other.
    owners
        .all(|other| {
            let mut words = other.split(' ');
            let mut owner_words = owner.split(' ');
            words.all(|word| owner.split(' ').any(|w| w == word))
                || owner_words.all(|word| other.split(' ').any(|w| w == word))
        })
        .then_some(*owner)
}

/// Whether two words of names are the same, or one is the other's initial.
fn same_part(part: &str, word: &str) -> bool {
    // "Speaker 1" is no short form of "Speaker 10".
    let initial = part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
    part == word || (initial && word.starts_with(part))
}

/// Where the full names of speakers are looked for.
struct NameSources<'a> {
    text: &'a str,
    language: &'a Language,
    /// The text before the first label.
    header: &'a str,
    /// The names in the header; read when the first label asks for them.
    of_header: LazyCell<Vec<String>, Box<dyn FnOnce() -> Vec<String> + 'a>>,
    /// The people of the document's metadata, each with the key of the name.
    people: Vec<(&'a str, String)>,
}

impl<'a> NameSources<'a> {
    fn of(text: &'a str, people: &'a [String], language: &'a Language, header: &'a str) -> Self {
        Self {
            text,
            language,
            header,
            of_header: LazyCell::new(Box::new(move || full_names::full_names(header, language))),
            people: people.iter().map(|person| (person.as_str(), key(person))).collect(),
        }
    }
}

/// The fullest name for a label: of the document's metadata, or of the text that introduces the
/// person, where the text is to be searched.
fn full_name(
    sources: &NameSources<'_>,
    searched: bool,
    written: &str,
    key: &str,
    labels: &[&str],
) -> Option<String> {
    let (lower, single) = (written.to_lowercase(), !key.contains(' '));
    let lone = key.chars().count() == 1 && !key.chars().all(sentences::is_cjk);
    if lone || lexicon::names_turn(key) || lexicon::asks(&lower) || lexicon::answers(&lower) {
        return (key.chars().count() > 1 && !lexicon::names_turn(key)).then(|| written.to_owned());
    }
    let has_parts = |other: &&&str| key.split(' ').all(|part| other.split(' ').any(|word| word == part));
    if single && searched && labels.iter().filter(|label| **label != key).filter(has_parts).nth(1).is_some() {
        // Several speakers have this name: whoever is called by it alone stays without the rest.
        return Some(without_titles(written));
    }
    let of_key = |person: &str| {
        initials_of(key, person) || key.split(' ').all(|part| person.split(' ').any(|word| word == part))
    };
    let mut people = sources.people.iter().filter(|(_, person)| of_key(person));
    if let Some((person, _)) = people.next().filter(|_| people.next().is_none()) {
        return Some(if is_inverted(person) { (*person).to_owned() } else { without_titles(person) });
    }
    let name = if is_inverted(written) { written.to_owned() } else { without_titles(written) };
    if !searched {
        return Some(name);
    }
    if let Some(full) = spelled_out(sources, &name) {
        return Some(full);
    }
    let misspelt = misspelt::misspelt(sources.header, &sources.of_header, &name);
    if let Some(full) = misspelt.filter(|full| !labels.contains(&self::key(full).as_str())) {
        return Some(full);
    }
    let introduced = || introductions::introduced(sources.text, &name, sources.language, labels);
    let full = if single { introduced() } else { None };
    Some(full.unwrap_or(name))
}

/// Whether a name has the family name first and a comma after it: `Lee, Ann`. What else follows a
/// comma is an office or an affiliation.
fn is_inverted(name: &str) -> bool {
    let Some((family, given)) = name.split_once(", ") else { return false };
    let word = |word: &str| {
        let lower = sentences::bare(word);
        word.starts_with(char::is_uppercase)
            && (word.chars().any(char::is_lowercase) || word.ends_with('.'))
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.'))
            && (lower.chars().count() == 1 || !lexicon::title(&lower))
            && !lexicon::office(&lower)
            && !lexicon::asks(&lower)
            && !lexicon::answers(&lower)
    };
    let family_words = family.split(' ').filter(|word| !lexicon::particle(word)).count();
    family_words == 1
        && family.split(' ').all(|part| lexicon::particle(part) || word(part))
        && given.split(' ').count() <= 2
        && given.split(' ').all(word)
}

/// A name as written, without the titles before it.
fn without_titles(name: &str) -> String {
    let main = name.split([',', '，']).next().unwrap_or(name).trim();
    let words: Vec<&str> = main.split_whitespace().collect();
    let bare: Vec<String> = words.iter().map(|word| sentences::bare(word)).collect();
    match lexicon::titles_before(&bare) {
        0 => main.to_owned(),
        titles => words.get(titles..).unwrap_or_default().join(" "),
    }
}

/// The one full name of the header, or by which somebody says who he is, whose initials a label is.
fn spelled_out(sources: &NameSources<'_>, label: &str) -> Option<String> {
    let short = letters(label);
    let chunks = chunks(label);
    let plain = (2..=4).contains(&short.chars().count()) && short.chars().all(char::is_uppercase);
    if !plain && chunks.is_empty() {
        return None;
    }
    let fits = |name: &String| {
        (plain && initials(name).is_some_and(|initials| initials == short))
            || begins_with(&name.to_lowercase(), &chunks)
    };
    let mut found: Vec<String> = sources.of_header.iter().filter(|name| fits(name)).cloned().collect();
    if found.is_empty() {
        let named = introductions::self_introductions(sources.text, sources.language);
        found.extend(named.into_iter().filter(fits));
    }
    found.sort();
    found.dedup();
    match found.as_slice() {
        [name] => Some(name.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &str, others: &[&str], expect: Option<&str>) {
        assert_eq!(fuller(key, others), expect, "{key}");
    }

    #[test]
    fn shorter_forms_find_their_owner() {
        check("lee", &["ann lee", "bo day"], Some("ann lee"));
        check("al", &["ann lee", "bo day"], Some("ann lee"));
        check("a lee", &["ann lee", "bo day"], Some("ann lee"));
        check("lee", &["ann lee", "sue lee"], None);
        check("host", &["host ann lee"], None);
        check("lee", &["lee of texas"], None);
        check("roe", &["ann lee"], None);
    }

    #[test]
    fn initials_with_small_letters() {
        let keys = ["hanna chmura", "olga lis"];
        assert_eq!(abbreviated(&chunks("HCh"), &keys), Some("hanna chmura"));
        assert_eq!(abbreviated(&chunks("HCz"), &keys), None);
        assert!(chunks("Hanna").is_empty() && chunks("HC").is_empty());
    }

    #[test]
    fn family_names_first() {
        assert!(is_inverted("Lee, Ann") && is_inverted("van Dyk, Jo M."));
        for name in ["Ann Lee, Reporter", "Ann Lee, CNN", "Lee, Senator", "Ann Lee"] {
            assert!(!is_inverted(name), "{name}");
        }
    }

    #[test]
    fn the_header_spells_initials_out() {
        let english = Language::of("the of and");
        let header = "Interviewee: Olga Brandt\nInterviewer: Ann Lee\n\nAL: Why?\n\nOB: So.";
        let sources = NameSources::of("", &[], english, header);
        assert_eq!(spelled_out(&sources, "OB").as_deref(), Some("Olga Brandt"));
        assert_eq!(spelled_out(&sources, "Q"), None);
        assert_eq!(spelled_out(&sources, "XY"), None);
    }
}
