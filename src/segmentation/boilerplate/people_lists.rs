//! Lists of those present: a head such as `Witnesses:`, then names with offices, and no sentence.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::boilerplate::candidate_lines::Boilerplate;
use crate::segmentation::boilerplate::candidate_lines::Lines;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;

/// Most words of an entry.
const ENTRY_WORDS: usize = 16;
/// Most characters of a small word between names.
const SMALL_WORD: usize = 3;
/// Most words of a list's head, and of a name before a colon.
const HEAD_WORDS: usize = 4;
/// Fewest words of a line that is speech and no heading.
const SPEECH_WORDS: usize = 6;

/// Marks lists: the head, and the entries after it.
pub(crate) fn mark(lines: Lines<'_>, found: &mut [Option<Boilerplate>]) {
    let heads = Heads::of(lines);
    let mut at = 0;
    while at < lines.len() {
        let opens = lines.text(at).is_some_and(|text| heads.open(text, lines.text(at + 1)));
        if !opens {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while lines.text(end).is_some_and(|text| heads.open(text, lines.text(end + 1)) || is_entry(text)) {
            end += 1;
        }
        if end > at + 1 && labels_speech(lines, end - 1, &heads) {
            end -= 1;
        }
        for slot in found.iter_mut().take(end).skip(at).filter(|slot| slot.is_none()) {
            *slot = Some(Boilerplate::PeopleList);
        }
        at = end;
    }
}

/// Whether the last line of a list is rather the name of whoever speaks next: it comes again, and
/// what follows is speech.
fn labels_speech(lines: Lines<'_>, at: usize, heads: &Heads<'_>) -> bool {
    let (Some(text), Some(next)) = (lines.text(at), lines.text(at + 1)) else { return false };
    let speech = sentences::ends_in_stop(next) || sentences::count_words(next) >= SPEECH_WORDS;
    speech && heads.repeated.contains(text)
}

/// What is known of the lines that begin with words and a colon.
struct Heads<'a> {
    /// The words, in lower case, after which all lines have only an entry.
    lists: BTreeSet<String>,
    /// The last word of each, in lower case: the family names of those whose labels these are.
    families: BTreeSet<String>,
    /// Whole lines that occur more than once.
    repeated: BTreeSet<&'a str>,
}

impl<'a> Heads<'a> {
    fn of(lines: Lines<'a>) -> Self {
        let mut lists: BTreeMap<String, bool> = BTreeMap::new();
        let mut families = BTreeSet::new();
        let (mut once, mut repeated) = (BTreeSet::new(), BTreeSet::new());
        for text in (0..lines.len()).filter_map(|at| lines.text(at)) {
            if let Some((head, rest)) = head(text) {
                let head = sentences::lowercase(head);
                families.extend(sentences::words(&head).last().map(str::to_owned));
                *lists.entry(head).or_insert(true) &= is_entry(rest);
            } else if is_entry(text) && !once.insert(text) {
                repeated.insert(text);
            }
        }
        let lists = lists.into_iter().filter(|(_, list)| *list).map(|(head, _)| head).collect();
        Self { lists, families, repeated }
    }

    /// Whether a line opens a list: it is a word for those present, alone before an entry or with
    /// one; or it has a colon and names, with an office, someone who is a speaker elsewhere.
    fn open(&self, text: &str, next: Option<&str>) -> bool {
        if self.lists.is_empty() && !next.is_some_and(is_entry) {
            return false;
        }
        let Some((head, rest)) = head(text) else {
            let alone = || text.trim_end_matches([':', '：']).to_lowercase();
            return next.is_some_and(is_entry) && lexicon::people_list(alone().trim());
        };
        let head = sentences::lowercase(head);
        if !self.lists.contains(&head) {
            return false;
        }
        let family = || {
            let (name, office) = rest.split_once([',', '，'])?;
            let last = sentences::words(name).last()?.to_lowercase();
            (!office.trim().is_empty()
                && sentences::words(name).nth(1).is_some()
                && self.families.contains(&last))
            .then_some(())
        };
        lexicon::people_list(&head) || family().is_some()
    }
}

/// The words before a colon, and what follows it.
fn head(text: &str) -> Option<(&str, &str)> {
    let (head, rest) = sentences::split_at_colon(text)?;
    let few = (1..=HEAD_WORDS).contains(&sentences::words(head).count())
        || sentences::count_words(head) <= HEAD_WORDS;
    (few && !rest.trim().is_empty()).then(|| (head.trim(), rest.trim()))
}

/// Whether a line is names and offices, and no sentence: every word has a capital, but for small
/// words inside.
fn is_entry(text: &str) -> bool {
    let words = || text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
    let capital = |word: &str| {
        let lower = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let first = word.chars().find(|c| c.is_alphanumeric());
        first.is_some_and(|c| !c.is_lowercase())
            || lexicon::particle(&lower)
            || lower.chars().count() <= SMALL_WORD
    };
    // What is cheap comes first, for most lines are speech.
    if text.starts_with(char::is_lowercase)
        || sentences::ends_in_stop(text)
        || sentences::find_colon(text).is_some()
    {
        return false;
    }
    // Scripts without case have lists only with their marks between the names.
    let listed = if text.chars().any(char::is_uppercase) {
        (2..=ENTRY_WORDS).contains(&words().take(ENTRY_WORDS + 1).count())
    } else {
        text.chars().nth(ENTRY_WORDS * 3).is_none() && text.contains(['、', '，', '・'])
    };
    listed && words().all(capital)
}
