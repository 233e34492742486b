//! Full names that the text gives to someone whose label is one word of it.
//!
//! A wrong name is worse than a short one: a form counts only where the capitalised words around
//! the label's word are a name for certain, and all places that have a full form agree.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::segmentation::labels::full_names;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;

/// How much of a document's start is searched for introductions, in bytes.
const INTRODUCTIONS: usize = 64 << 10;
/// How much of a document's start is searched for what people say of themselves, in bytes.
const SELF_INTRODUCTIONS: usize = 8 << 10;
/// Longest phrase by which someone says his name, in bytes.
const LONGEST_PHRASE: usize = 32;
/// Longest description of a person in a list, in bytes.
const LONGEST_ENTRY: usize = 96;
/// Longest full name in bytes.
const LONGEST_NAME: usize = 64;
/// Most different full forms of a name.
const MOST_FORMS: usize = 8;
/// Most given names before a family name.
const MOST_GIVEN: usize = 2;

/// The full name by which the start of the text introduces someone known by one word of it;
/// `labels` are the keys of all labels, of which none but the searched one may be part of the name.
pub(crate) fn introduced(text: &str, name: &str, language: &Language, labels: &[&str]) -> Option<String> {
    if name.chars().count() < 3 || name.chars().any(sentences::is_cjk) {
        return None;
    }
    let text = sentences::head(text, INTRODUCTIONS);
    let capitals = !name.chars().any(char::is_lowercase);
    let proper: String = if capitals {
        name.chars().take(1).chain(name.chars().skip(1).flat_map(char::to_lowercase)).collect()
    } else {
        name.to_owned()
    };
    let others: Vec<&str> = labels
        .iter()
        .copied()
        .filter(|label| !label.contains(' ') && *label != name.to_lowercase())
        .collect();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut titled = false;
    for (at, _) in text.match_indices(&proper) {
        let (Some(before), Some(after)) = (text.get(..at), text.get(at + proper.len()..)) else { continue };
        // Before a label is nothing but a time, a number or brackets.
        let label = !before.rsplit('\n').next().unwrap_or_default().contains(char::is_alphabetic);
        if label || before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric) {
            continue;
        }
        let (given, has_title) = given_names(before, is_entry(after), language);
        titled |= has_title && given.is_empty();
        let family = after
            .strip_prefix(' ')
            .and_then(|after| sentences::words(after).next().filter(|word| after.starts_with(word)))
            .filter(|word| full_names::name_word(word, language) && !lexicon::rank(&word.to_lowercase()));
        let full = match (given.as_slice(), family) {
            ([], None) => continue,
            ([], Some(family)) => format!("{proper} {family}"),
            (given, None) => format!("{} {proper}", given.join(" ")),
            // Words on both sides: which of them are of the name is not certain.
            (_, Some(_)) => continue,
        };
        *found.entry(full).or_default() += 1;
        if found.len() > MOST_FORMS {
            // So many forms cannot agree.
            return None;
        }
    }
    found.retain(|full, _| {
        let mut added = full.split(' ').filter(|word| *word != proper);
        // After a title comes a family name, and nothing of the name after it.
        !(titled && full.starts_with(&proper))
            && added.all(|word| {
                let lower = word.to_lowercase();
                !others.contains(&lower.as_str()) && !is_common(text, &lower)
            })
    });
    agreed(&found)
}

/// The given names that end a text, in order, and whether a title or an office is before the place.
/// None where the words before are no name for certain.
fn given_names<'a>(before: &'a str, is_entry: bool, language: &Language) -> (Vec<&'a str>, bool) {
    let mut given: Vec<&str> = Vec::new();
    let mut rest = before;
    // Only a space joins the words of a name.
    while let Some(head) = rest.strip_suffix(' ') {
        let word = head.rsplit(|c: char| c.is_whitespace() || is_opener(c)).next().unwrap_or_default();
        let lower = sentences::bare(word);
        if !lexicon::article(&lower) && (lexicon::title(&lower) || lexicon::rank(&lower)) {
            return (given, true);
        }
        if given.len() > MOST_GIVEN || !full_names::name_word(word, language) {
            break;
        }
        given.insert(0, word);
        rest = head.get(..head.len() - word.len()).unwrap_or_default();
    }
    if given.is_empty() {
        return (given, false);
    }
    let head = rest.trim_end();
    let last = sentences::bare(head.rsplit(char::is_whitespace).next().unwrap_or_default());
    let starts_line = head.is_empty() || rest.ends_with('\n');
    let opens = (starts_line && !is_entry) || (!starts_line && sentences::ends_in_stop(head));
    let article = !starts_line && lexicon::article(&last);
    let noun = article || (!starts_line && lexicon::particle(&last));
    if noun && given.len() == MOST_GIVEN {
        // A place or a noun, as in "the president of Estmark Olga Brandt", "die Richterin Olga
        // Brandt".
        given.remove(0);
    } else if given.len() > MOST_GIVEN || article || opens {
        // At the start of a sentence any word is capitalised, and a name has no article.
        given.clear();
    }
    (given, false)
}

/// Whether the line that goes on with `after` can be an entry of a list of people: the name, then
/// nothing or what the person is, and no sentence.
fn is_entry(after: &str) -> bool {
    let line = after.split('\n').next().unwrap_or_default().trim_end();
    let line = sentences::head(line, LONGEST_ENTRY + 1);
    line.len() <= LONGEST_ENTRY
        && (line.is_empty() || line.trim_start().starts_with([',', '(', '–', '—']))
        && !sentences::ends_in_stop(line)
}

/// Whether a mark opens a quotation or a bracket.
fn is_opener(c: char) -> bool {
    matches!(c, '(' | '[' | '"' | '“' | '«' | '„' | '‘' | '*' | '_' | '—' | '–')
}

/// Whether a word that looks like a name is one of the language's, which the text also has in lower
/// case.
fn is_common(text: &str, lower: &str) -> bool {
    text.match_indices(lower).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + lower.len()..).and_then(|after| after.chars().next());
        before.is_none_or(char::is_whitespace) && after.is_none_or(|c| !c.is_alphanumeric())
    })
}

/// The form that is most frequent, or the shorter one of two, where all others are part of one
/// name.
fn agreed(found: &BTreeMap<String, usize>) -> Option<String> {
    let longest = found.keys().max_by_key(|full| full.len())?;
    let nested = |form: &String| form.split(' ').all(|word| longest.split(' ').any(|other| other == word));
    if !found.keys().all(nested) {
        return None;
    }
    found.iter().max_by_key(|(full, count)| (**count, Reverse(full.len()))).map(|(full, _)| full.clone())
}

/// The full names by which people say at the start of the text who they are: "my name is Ann Lee".
pub(crate) fn self_introductions(text: &str, language: &Language) -> Vec<String> {
    let text = sentences::head(text, SELF_INTRODUCTIONS);
    let mut found = Vec::new();
    for (at, _) in text.match_indices(' ') {
        let (Some(before), Some(after)) = (text.get(..at), text.get(at + 1..)) else { continue };
        let introduces = after.starts_with(char::is_uppercase)
            && lexicon::introduces_self(&sentences::tail(before, LONGEST_PHRASE).to_lowercase());
        if introduces {
            let names = full_names::full_names(sentences::head(after, LONGEST_NAME), language);
            found.extend(names.into_iter().next().filter(|name| after.starts_with(name.as_str())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, name: &str, expect: Option<&str>) {
        let english = Language::of("the of and");
        assert_eq!(introduced(text, name, english, &[]).as_deref(), expect, "{name} in {text:?}");
    }

    #[test]
    fn the_text_introduces_people() {
        let text = "We met the president of Estmark Olga Brandt. Brandt smiled. Yesterday Brandt left.";
        check(text, "Brandt", Some("Olga Brandt"));
        check("Then Olga Brandt spoke.", "Olga", Some("Olga Brandt"));
        check(text, "Holt", None);
        check("We wrote to Captain Oskar Lind Brandt.", "BRANDT", Some("Oskar Lind Brandt"));
        check("Our guest is Olga Lind Brandt, and Olga Brandt writes.", "Brandt", Some("Olga Brandt"));
        check("Present: all\nOlga Brandt, keeper of the rolls\n", "Brandt", Some("Olga Brandt"));
        check("All came.\nThanks Brandt, we begin now.\n", "Brandt", None);
        check("Yesterday the judge Olga Brandt met Judge Mia Brandt.", "Brandt", None);
    }

    #[test]
    fn people_say_who_they_are() {
        let english = Language::of("the of and");
        let text = "MV: Good, my name is Mieke Vos and that is Sam Roos. SR: And I'm Sam Roos. I'm Glad.";
        assert_eq!(self_introductions(text, english), ["Mieke Vos", "Sam Roos"]);
    }

    #[test]
    fn what_is_no_name_is_not_taken_for_one() {
        for text in [
            "I'm Olga. And I'm Olga.",
            "Thanks Olga. So Olga, why?",
            "a letter of Ranking Member Olga",
            "we thank the Colleague Olga for it",
            "Mrs. Olga Foundation was there",
            "with Anna Olga and with Berta Olga",
            "the Harbour Olga is a harbour",
        ] {
            check(text, "Olga", None);
        }
        let english = Language::of("the of and");
        assert_eq!(introduced("we meet Ann Olga", "Olga", english, &["ann", "olga"]), None);
    }
}
