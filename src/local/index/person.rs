//! The names that an exchange's speaker is found by.

use std::collections::BTreeSet;
use std::collections::HashMap;

use crate::local::index::keys::name_words;
use crate::transcript::Participant;

type Words = BTreeSet<String>;

/// The participants of a document by the words of their names.
#[derive(Debug)]
pub(super) struct People {
    /// By the words of a name or alias; `None` where it is the name of several.
    by_name: HashMap<Words, Option<usize>>,
    /// All words of each one's names.
    words: Vec<Words>,
}

impl People {
    pub(super) fn new(participants: &[Participant]) -> Self {
        let mut people = Self { by_name: HashMap::new(), words: Vec::with_capacity(participants.len()) };
        for (number, participant) in participants.iter().enumerate() {
            let mut all = Words::new();
            for name in participant.names().filter(|name| !name.trim().is_empty()) {
                let words = name_words(name);
                all.extend(words.iter().cloned());
                let known = people.by_name.entry(words).or_insert(Some(number));
                *known = known.filter(|other| *other == number);
            }
            people.words.push(all);
        }
        people
    }

    /// The words of all names of the person whom the document calls `name`: those of the name
    /// itself, and of the participant of that name or alias. A name that is part of one
    /// participant's names and of no other's, such as a surname, is that one's too, but a name that
    /// several have is nobody's: no words of one person stand for another's. None for an
    /// unknown speaker.
    pub(super) fn words_of(&self, name: &str) -> Words {
        if name.is_empty() {
            return Words::new();
        }
        let mut words = name_words(name);
        let person = if let Some(number) = self.by_name.get(&words) {
            number.and_then(|number| self.words.get(number))
        } else {
            let mut part_of = self.words.iter().filter(|all| words.is_subset(all));
            part_of.next().filter(|_| part_of.next().is_none())
        };
        words.extend(person.into_iter().flatten().cloned());
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_found_by_every_name() {
        let person = |name: &str, aliases: &[&str]| Participant {
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            ..Participant::named(name)
        };
        let people = People::new(&[
            person("Emil Sandoval", &["The Envoy"]),
            person("Ana Ruiz", &[]),
            person("Bo Ruiz", &[]),
        ]);
        let check = |name: &str, expect: &[&str]| {
            let expect: Words = expect.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(people.words_of(name), expect, "{name}");
        };
        let twins = People::new(&[person("Ann Bell", &["Minister"]), person("Cy Bell", &["Minister"])]);
        for name in ["Minister", "Bell"] {
            assert_eq!(twins.words_of(name), name_words(name), "{name} can be either");
        }
        for name in ["EMIL SANDOVAL", "the envoy", "Sandoval"] {
            let words = people.words_of(name);
            assert!(["emil", "envoy", "sandoval", "the"].iter().all(|word| words.contains(*word)), "{name}");
        }
        check("Ana Ruiz", &["ana", "ruiz"]);
        // Either of two.
        check("Ruiz", &["ruiz"]);
        check("Dr Sandoval", &["dr", "sandoval"]);
        check("", &[]);
    }
}
