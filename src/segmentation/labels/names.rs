//! Names: which labels are one person's, and the fullest name the text gives.

use std::collections::BTreeMap;

use crate::segmentation::labels::speakers::Speaker;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::transcript::Extraction;

/// Most labels that are compared with each other; documents with more have no label changed by hand.
pub(crate) const MOST_KEYS: usize = 256;
/// Longest label in bytes that may be initials, with points and spaces.
const MOST_INITIALS: usize = 24;
/// How much of a document's start is searched for the names that initials stand for, in bytes.
const HEADER: usize = 8 << 10;
/// How much of a document's start is searched for introductions, in bytes.
const INTRODUCTIONS: usize = 64 << 10;

/// A name in lower case without titles, points and brackets.
pub(crate) fn key(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| c.is_whitespace() || c == '.')
        .map(sentences::bare)
        .filter(|word| !word.is_empty())
        .collect();
    let titles = words.iter().take_while(|word| lexicon::title(word)).count();
    words.get(if titles < words.len() { titles } else { 0 }..).unwrap_or_default().join(" ")
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

/// A label as it stands in the text.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// In lower case, without titles.
    pub key: String,
    /// As written.
    pub name: String,
    /// Initials given with it.
    pub alias: Option<String>,
}

/// Makes speakers of labels, and tells each key's speaker.
pub(crate) fn merge(
    extraction: &Extraction,
    language: &Language,
    labels: &[Written],
) -> (Vec<Speaker>, BTreeMap<String, usize>) {
    let mut keys: Vec<&str> = Vec::new();
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut aliases: BTreeMap<&str, &str> = BTreeMap::new();
    for label in labels {
        first.entry(&label.key).or_insert_with(|| {
            keys.push(&label.key);
            &label.name
        });
        if let Some(alias) = &label.alias {
            aliases.insert(alias, &label.key);
        }
    }
    let owners = owners(&keys, &aliases);
    let mut speakers: Vec<Speaker> = Vec::new();
    let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
    for key in keys {
        let root = root(key, &owners);
        let next = speakers.len();
        let speaker = *by_key.entry(root.to_owned()).or_insert(next);
        if speaker == next {
            let label = first.get(root).map_or(root, |name| name).to_owned();
            let searched = (next < MOST_KEYS).then_some(language);
            let name = full_name(extraction, searched, &label, root);
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
fn owners<'a>(keys: &[&'a str], aliases: &BTreeMap<&'a str, &'a str>) -> BTreeMap<&'a str, &'a str> {
    let compared = keys.get(..keys.len().min(MOST_KEYS)).unwrap_or_default();
    let by_alias = keys.iter().filter_map(|key| Some((*key, *aliases.get(key)?)));
    let by_form = compared.iter().filter_map(|key| Some((*key, fuller(key, compared)?)));
    by_form.chain(by_alias).collect()
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
        length(other) > length(key)
            && (initials_of(key, other)
                || (parts(key).next().is_some()
                    && key.split(' ').all(|part| other.split(' ').any(|word| same_part(part, word)))))
    });
    let owner = owners.next()?;
    // Two people share the shorter form: it stays on its own, unless one of them is a form of the other.
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
    part == word || (part.chars().count() == 1 && word.starts_with(part))
}

/// The fullest name for a label: of the document's metadata, or of the text that introduces the person,
/// which is searched when its language is given.
fn full_name(
    extraction: &Extraction,
    language: Option<&Language>,
    written: &str,
    key: &str,
) -> Option<String> {
    let (lower, single) = (written.to_lowercase(), !key.contains(' '));
    let lone = key.chars().count() == 1 && !key.chars().all(sentences::is_cjk);
    if lone || lexicon::names_turn(key) || lexicon::asks(&lower) || lexicon::answers(&lower) {
        return (key.chars().count() > 1 && !lexicon::names_turn(key)).then(|| written.to_owned());
    }
    let mut people = extraction.metadata.people.iter().filter(|person| {
        let person = self::key(person);
        initials_of(key, &person) || key.split(' ').all(|part| person.split(' ').any(|word| word == part))
    });
    if let Some(person) = people.next().filter(|_| people.next().is_none()) {
        return Some(without_titles(person));
    }
    let name = without_titles(written);
    if let Some(full) = language.and_then(|language| spelled_out(&extraction.text, &name, language)) {
        return Some(full);
    }
    let full = language.filter(|_| single).and_then(|language| introduced(&extraction.text, &name, language));
    Some(full.unwrap_or(name))
}

/// A name as written, without the titles before it.
fn without_titles(name: &str) -> String {
    let main = name.split([',', '，']).next().unwrap_or(name).trim();
    let words: Vec<&str> = main.split_whitespace().collect();
    let titles = words.iter().take_while(|word| lexicon::title(&sentences::bare(word))).count();
    if titles == 0 || titles >= words.len() {
        main.to_owned()
    } else {
        words.get(titles..).unwrap_or_default().join(" ")
    }
}

/// The one full name at the start of the text whose initials a label is.
fn spelled_out(text: &str, label: &str, language: &Language) -> Option<String> {
    let short = letters(label);
    if !(2..=4).contains(&short.chars().count()) || !short.chars().all(char::is_uppercase) {
        return None;
    }
    let fits = |name: &String| initials(name).is_some_and(|initials| initials == short);
    let mut found: Vec<String> =
        full_names(sentences::head(text, HEADER), language).into_iter().filter(fits).collect();
    found.dedup();
    match found.as_slice() {
        [name] => Some(name.clone()),
        _ => None,
    }
}

/// Runs of two or three capitalised words that can be a person's name.
pub(crate) fn full_names(text: &str, language: &Language) -> Vec<String> {
    let mut found = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut last_end = 0;
    for (word, at) in sentences::word_spans(text, 0).chain([("", text.len() + 2)]) {
        let adjacent = text.get(last_end..at).is_some_and(|gap| gap == " ");
        let part = name_word(word, language);
        if !(adjacent && part) {
            if (2..=3).contains(&run.len()) {
                found.push(run.join(" "));
            }
            run.clear();
        }
        if part {
            run.push(word);
        }
        last_end = at + word.len();
    }
    found
}

/// The full name by which the start of the text introduces someone known by one word of it.
fn introduced(text: &str, name: &str, language: &Language) -> Option<String> {
    if name.chars().count() < 3 || name.chars().any(sentences::is_cjk) {
        return None;
    }
    let mut end = text.len().min(INTRODUCTIONS);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end)?;
    let capitals = !name.chars().any(char::is_lowercase);
    let proper: String = if capitals {
        name.chars().take(1).chain(name.chars().skip(1).flat_map(char::to_lowercase)).collect()
    } else {
        name.to_owned()
    };
    let mut found: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (at, _) in text.match_indices(&proper) {
        let before = text.get(..at)?;
        let after = text.get(at + proper.len()..)?;
        let label = before.is_empty() || before.ends_with('\n');
        if label || before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric) {
            continue;
        }
        let given = before
            .strip_suffix(' ')
            .and_then(|before| before.rsplit(|c: char| c.is_whitespace()).next())
            .filter(|word| name_word(word, language));
        let family = after
            .strip_prefix(' ')
            .and_then(|after| after.split(|c: char| !c.is_alphanumeric() && c != '-').next())
            .filter(|word| name_word(word, language));
        let opens = given.is_some_and(|given| {
            let head =
                before.get(..before.len().saturating_sub(given.len() + 1)).unwrap_or_default().trim_end();
            head.is_empty() || sentences::ends_in_stop(head)
        });
        let full = match (given, family) {
            (Some(given), None) if !opens => format!("{given} {proper}"),
            (_, Some(family)) => format!("{proper} {family}"),
            _ => continue,
        };
        let position = found.len();
        found.entry(full).or_insert((0, position)).0 += 1;
    }
    found
        .into_iter()
        .max_by_key(|(_, (count, position))| (*count, std::cmp::Reverse(*position)))
        .map(|(full, _)| full)
}

/// Whether a word can be part of a person's name.
pub(crate) fn name_word(word: &str, language: &Language) -> bool {
    let lower = word.to_lowercase();
    word.chars().count() > 1
        && word.starts_with(char::is_uppercase)
        && word.chars().skip(1).any(char::is_lowercase)
        && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
        && !lexicon::title(&lower)
        && !language.opener(&lower)
        && !lexicon::never_in_names(&lower)
        && !language.asks(&lower)
        && !lexicon::particle(&lower)
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
        check("roe", &["ann lee"], None);
    }

    #[test]
    fn the_text_introduces_people() {
        let english = Language::of("the of and");
        let text = "We met the president of Estmark Olga Brandt. Brandt smiled. Yesterday Brandt left.";
        assert_eq!(introduced(text, "Brandt", english).as_deref(), Some("Olga Brandt"));
        assert_eq!(introduced(text, "Olga", english).as_deref(), Some("Olga Brandt"));
        assert_eq!(introduced(text, "Holt", english), None);
        let header = "Interviewee: Olga Brandt\nInterviewer: Ann Lee\n\nAL: Why?\n\nOB: So.";
        assert_eq!(spelled_out(header, "OB", english).as_deref(), Some("Olga Brandt"));
        assert_eq!(spelled_out(header, "Q", english), None);
        assert_eq!(spelled_out(header, "XY", english), None);
    }
}
