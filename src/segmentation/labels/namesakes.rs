//! Labels that have one key only because keys leave something out: `Mr. Holt` and `Mrs. Holt`,
//! `Lee, Ann` and `Lee, Robert`, `Jo (son)` and `Jo (father)`. They are different people, unless
//! the text says otherwise.

use std::collections::BTreeMap;

use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;

/// Most people of one key that are compared with each other.
const MOST_FORMS: usize = 64;
/// Fewest letters of a title that is cut short, as `Sen.`; `Mr.` is not `Mrs.` cut short.
const CUT_TITLE: usize = 3;
/// Fewest letters that a title loses when it is cut short; one letter is an ending: `Señor`,
/// `Señora`.
const CUT_LETTERS: usize = 2;

/// The keys that several people have.
#[derive(Debug, Default)]
pub(crate) struct Namesakes<'a> {
    /// Per key, a form of the name for each of the people.
    forms: BTreeMap<&'a str, Vec<Form>>,
}

/// The parts of a label that its key leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Form {
    /// The titles before the name.
    titles: Vec<String>,
    /// The given names after a family name and a comma, or an office.
    after: Vec<String>,
    /// The words in brackets after the name.
    bracket: Vec<String>,
}

impl<'a> Namesakes<'a> {
    /// Finds the keys that differ in what they leave out, among all labels with their keys.
    pub(crate) fn of(labels: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut forms: BTreeMap<&str, Vec<Form>> = BTreeMap::new();
        for (key, name) in labels {
            let forms = forms.entry(key).or_default();
            let form = Form::of(name);
            let known = form.is_bare() || forms.iter().any(|other| other.is_alike(&form));
            if !known && forms.len() < MOST_FORMS {
                forms.push(form);
            }
        }
        forms.retain(|_, forms| forms.len() > 1);
        Self { forms }
    }

    /// The key of a label that shares its own with other people; `None` where it does not.
    pub(crate) fn key(&self, key: &str, name: &str) -> Option<String> {
        let forms = self.forms.get(key)?;
        let written = Form::of(name);
        if written.is_bare() {
            return None;
        }
        let form = forms.iter().find(|other| other.is_alike(&written)).unwrap_or(&written);
        // A point keeps a title from being taken for an initial.
        let titles = form.titles.iter().map(|title| format!("{title}."));
        let words = form.after.iter().cloned().chain(titles).chain([key.to_owned()]);
        Some(words.chain(form.bracket.iter().cloned()).collect::<Vec<_>>().join(" "))
    }
}

/// The names of labels, with what is in brackets after them where that tells people apart: all
/// labels of the key have brackets, and each of several contents comes again. Labels are given as
/// key, name and as they are written.
pub(crate) fn with_brackets(labels: &[(&str, &str, &str)]) -> Vec<String> {
    let mut contents: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (key, name, written) in labels {
        let inside = after_name(name, written).unwrap_or_default();
        *contents.entry(key).or_default().entry(inside).or_default() += 1;
    }
    contents.retain(|_, inside| {
        inside.len() > 1 && inside.iter().all(|(inside, count)| !inside.is_empty() && *count > 1)
    });
    let named = |(key, name, written): &(&str, &str, &str)| {
        let inside = after_name(name, written).filter(|_| contents.contains_key(key));
        inside.map_or_else(|| (*name).to_owned(), |inside| format!("{name} ({inside})"))
    };
    labels.iter().map(named).collect()
}

/// The words in brackets right after a name.
fn after_name<'a>(name: &str, written: &'a str) -> Option<&'a str> {
    let (_, rest) = written.split_once(name)?;
    let (inside, _) = rest.trim_start().strip_prefix('(')?.split_once(')')?;
    Some(inside.trim()).filter(|inside| !inside.is_empty())
}

impl Form {
    fn of(name: &str) -> Self {
        let (name, bracket) = name.split_once(" (").unwrap_or((name, ""));
        let (main, after) = name.split_once([',', '，']).unwrap_or((name, ""));
        let bare = |text: &str| -> Vec<String> {
            let words = text.split(|c: char| c.is_whitespace() || c == '.').map(sentences::bare);
            words.filter(|word| !word.is_empty()).collect()
        };
        let words = bare(main);
        let titles = words.get(..lexicon::titles_before(&words)).unwrap_or_default().to_vec();
        // After a given name and a family name, a comma is followed by an office, which can change.
        let single = words.len() == titles.len() + 1;
        let after = if single { bare(after) } else { Vec::new() };
        Self { titles, after, bracket: bare(bracket) }
    }

    fn is_bare(&self) -> bool {
        self.titles.is_empty() && self.after.is_empty() && self.bracket.is_empty()
    }

    /// Whether two forms can be one person's: one has nothing that the other contradicts.
    fn is_alike(&self, other: &Self) -> bool {
        let within =
            |a: &[String], b: &[String]| a.iter().all(|word| b.iter().any(|other| is_cut(word, other)));
        let alike = |a: &[String], b: &[String]| within(a, b) || within(b, a);
        alike(&self.titles, &other.titles)
            && alike(&self.after, &other.after)
            && self.bracket == other.bracket
    }
}

/// Whether two words are the same, or one is the other cut short, as titles are.
fn is_cut(word: &str, other: &str) -> bool {
    let (short, long) = if word.len() < other.len() { (word, other) } else { (other, word) };
    let letters = short.chars().count();
    word == other
        || (letters >= CUT_TITLE && long.starts_with(short) && long.chars().count() >= letters + CUT_LETTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(labels: &[(&str, &str)], keys: &[Option<&str>]) {
        let namesakes = Namesakes::of(labels.iter().copied());
        let found: Vec<_> = labels.iter().map(|(key, name)| namesakes.key(key, name)).collect();
        assert_eq!(found.iter().map(Option::as_deref).collect::<Vec<_>>(), keys, "{labels:?}");
    }

    #[test]
    fn titles_and_given_names_part_people() {
        check(&[("holt", "MR. HOLT"), ("holt", "MRS. HOLT")], &[Some("mr. holt"), Some("mrs. holt")]);
        check(&[("lee", "Lee, Ann"), ("lee", "Lee, Robert")], &[Some("ann lee"), Some("robert lee")]);
        check(
            &[("ruiz", "Señor Ruiz"), ("ruiz", "Señora Ruiz")],
            &[Some("señor. ruiz"), Some("señora. ruiz")],
        );
    }

    #[test]
    fn brackets_part_people_where_they_come_again() {
        let son = ("jo", "Jo", "Jo (son): ");
        let father = ("jo", "Jo", "Jo (father): ");
        let names = ["Jo (son)", "Jo (father)", "Jo (son)", "Jo (father)"];
        assert_eq!(with_brackets(&[son, father, son, father]), names);
        assert_eq!(with_brackets(&[son, father]), ["Jo", "Jo"]);
        assert_eq!(with_brackets(&[son, father, ("jo", "Jo", "Jo: ")]), ["Jo", "Jo", "Jo"]);
        check(&[("jo", "Jo (son)"), ("jo", "Jo (father)")], &[Some("jo son"), Some("jo father")]);
    }

    #[test]
    fn one_person_keeps_the_key() {
        check(&[("wills", "Sen. Wills"), ("wills", "Senator Wills")], &[None, None]);
        check(&[("ann lee", "Ann Lee, CNN"), ("ann lee", "Ann Lee, BBC")], &[None, None]);
        check(&[("boyd", "Hon. Mr. Boyd"), ("boyd", "Mr. Boyd")], &[None, None]);
    }

    #[test]
    fn a_bare_name_is_nobodys_in_particular() {
        let labels = [("holt", "Mr. Holt"), ("holt", "Mrs. Holt"), ("holt", "Holt")];
        check(&labels, &[Some("mr. holt"), Some("mrs. holt"), None]);
        check(&[("holt", "Mr. Holt"), ("holt", "Holt")], &[None, None]);
    }
}
