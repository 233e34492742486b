//! What is known about languages: tables of words and phrases, and the questions asked of them.
//!
//! The words are in `lexicon.tsv`; no other file of segmentation knows a word of any language. A
//! language that is missing there still works by its punctuation, labels and layout.

use std::sync::LazyLock;

use crate::segmentation::language_data::phrases::Phrases;
use crate::segmentation::language_data::sentences;
use crate::segmentation::language_data::table::Table;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);

/// Most words of one entry of the table of signs of listening.
const BACKCHANNEL_WORDS: usize = 3;

/// All tables that hold for every language.
#[derive(Debug)]
struct Lexicon {
    asking_label: Table,
    answering_label: Table,
    turn_label: Table,
    label_pair: Vec<(&'static str, &'static str)>,
    self_label: Table,
    no_label: Table,
    people_list: Table,
    never_in_names: Table,
    telling_ending: Table,
    particle: Table,
    title: Table,
    office: Table,
    rank: Table,
    article: Table,
    self_introduction: Table,
    boilerplate: Table,
    trailing: Table,
    comments: Table,
    sponsor: Phrases,
    sponsor_opening: Table,
    credit: Phrases,
    credit_line: Phrases,
    caption: Table,
    numbered_matter: Table,
    request: Table,
    request_ending: Table,
    host_cue: Phrases,
    handover: Phrases,
    about_interview: Phrases,
    backchannel: Table,
    about_transcript: Phrases,
}

impl Lexicon {
    fn read() -> Self {
        let table = |name: &str| Table::named(name, None);
        let phrases = |name: &str| Phrases::of(table(name));
        Self {
            asking_label: table("asking_label"),
            answering_label: table("answering_label"),
            turn_label: table("turn_label"),
            label_pair: table("label_pair").entries().filter_map(|pair| pair.split_once(' ')).collect(),
            self_label: table("self_label"),
            no_label: table("no_label"),
            people_list: table("people_list"),
            never_in_names: table("never_in_names"),
            telling_ending: table("telling_ending"),
            particle: table("particle"),
            title: table("title"),
            office: table("office"),
            rank: table("rank"),
            article: table("article"),
            self_introduction: table("self_introduction"),
            boilerplate: table("boilerplate"),
            trailing: table("trailing"),
            comments: table("comments"),
            sponsor: phrases("sponsor"),
            sponsor_opening: table("sponsor_opening"),
            credit: phrases("credit"),
            credit_line: phrases("credit_line"),
            caption: table("caption"),
            numbered_matter: table("numbered_matter"),
            request: table("request"),
            request_ending: table("request_ending"),
            host_cue: phrases("host_cue"),
            handover: phrases("handover"),
            about_interview: phrases("about_interview"),
            backchannel: table("backchannel"),
            about_transcript: phrases("about_transcript"),
        }
    }
}

/// Whether a lower-case label means one who asks; scripts without spaces put the paper's name
/// before it.
pub(crate) fn asks(label: &str) -> bool {
    LEXICON.asking_label.has(label)
        || (!label.is_ascii()
            && LEXICON.asking_label.entries().any(|role| {
                role.starts_with(sentences::is_cjk) && role.chars().nth(1).is_some() && label.ends_with(role)
            }))
}

/// Whether a lower-case label means one who answers.
pub(crate) fn answers(label: &str) -> bool {
    LEXICON.answering_label.has(label)
}

/// Whether a lower-case label is of a question or an answer and names nobody.
pub(crate) fn names_turn(label: &str) -> bool {
    LEXICON.turn_label.has(label) || pair_of(label).next().is_some()
}

/// Whether a lower-case label is the word or the letter for a question or an answer.
pub(crate) fn turn_label(label: &str) -> bool {
    LEXICON.turn_label.has(label) || (label.chars().count() == 1 && pair_of(label).next().is_some())
}

/// The labels that make a pair of question and answer with this one, and whether this one asks.
pub(crate) fn pair_of(label: &str) -> impl Iterator<Item = (&'static str, bool)> {
    LEXICON.label_pair.iter().filter_map(move |(ask, answer)| match label {
        _ if *ask == label => Some((*answer, true)),
        _ if *answer == label => Some((*ask, false)),
        _ => None,
    })
}

/// Whether a lower-case label is the word by which somebody calls himself.
pub(crate) fn self_label(label: &str) -> bool {
    LEXICON.self_label.has(label)
}

/// Whether the words before a colon are known to be no speaker.
pub(crate) fn no_label(label: &str) -> bool {
    LEXICON.no_label.has(label)
}

/// Whether a lower-case line is the head of a list of those present.
pub(crate) fn people_list(head: &str) -> bool {
    LEXICON.people_list.has(head)
}

/// Whether a lower-case word is part of no name.
pub(crate) fn never_in_names(word: &str) -> bool {
    LEXICON.never_in_names.has(word)
}

/// Whether a stretch of a script without spaces has a word in it that no name has, or ends in the
/// verb of what somebody says.
pub(crate) fn tells(text: &str) -> bool {
    let inside = |word: &str| word.starts_with(sentences::is_cjk) && text.contains(word);
    LEXICON.telling_ending.entries().any(|verb| text.ends_with(verb))
        || LEXICON.never_in_names.entries().any(inside)
}

/// Whether a lower-case text gives the floor to someone: what a chair says between a question and
/// its answer.
pub(crate) fn hands_over(text: &str) -> bool {
    LEXICON.handover.any_within(text)
}

/// Whether a word may be written lower-case inside a name.
pub(crate) fn particle(word: &str) -> bool {
    LEXICON.particle.has(word)
}

/// Whether a lower-case word is a title or an office.
pub(crate) fn title(word: &str) -> bool {
    LEXICON.title.has(word.trim_end_matches('.'))
}

/// How many words at the start of a name in lower case are titles. A letter or a number alone is no
/// name that one could go without: `guest a`, `mr k`.
pub(crate) fn titles_before(words: &[String]) -> usize {
    let titles = words.iter().take_while(|word| title(word)).count();
    let mark = |word: &String| {
        let lone = word.chars().count() == 1 && !word.chars().all(sentences::is_cjk);
        lone || word.chars().all(char::is_numeric)
    };
    match words.get(titles..) {
        Some(name) if !name.iter().all(mark) => titles,
        _ => 0,
    }
}

/// Whether a lower-case word is an office that brackets name the holder of.
pub(crate) fn office(word: &str) -> bool {
    LEXICON.office.has(word)
}

/// Whether a lower-case word before a name is its holder's office, rank or relation, and no part of
/// the name.
pub(crate) fn rank(word: &str) -> bool {
    LEXICON.rank.has(word) || LEXICON.office.has(word)
}

/// Whether a lower-case word is an article or a possessive, after which a noun comes and no name.
pub(crate) fn article(word: &str) -> bool {
    LEXICON.article.has(word)
}

/// Whether a lower-case text ends with the words before one's own name: "my name is".
pub(crate) fn introduces_self(text: &str) -> bool {
    LEXICON.self_introduction.entries().any(|phrase| {
        text.strip_suffix(phrase).is_some_and(|before| !before.ends_with(char::is_alphanumeric))
    })
}

/// Whether a lower-case line begins as navigation, adverts and the like do.
pub(crate) fn boilerplate(line: &str) -> bool {
    LEXICON.boilerplate.opens(line)
}

/// Whether a lower-case text is a sponsor's message: it begins as one, or has two of its phrases,
/// for one alone may be used in earnest.
pub(crate) fn sponsor(text: &str) -> bool {
    LEXICON.sponsor_opening.opens(text) || LEXICON.sponsor.two_within(text)
}

/// Whether a lower-case text is a credit after an interview.
pub(crate) fn credit(text: &str) -> bool {
    LEXICON.credit.any_within(text)
}

/// Whether a lower-case line credits a picture.
pub(crate) fn credits_picture(line: &str) -> bool {
    LEXICON.credit_line.any_within(line)
}

/// Whether a lower-case line begins as the matter after an interview does.
pub(crate) fn trailing(line: &str) -> bool {
    LEXICON.trailing.opens(line)
}

/// Whether a lower-case line begins with the word over readers' comments.
pub(crate) fn heads_comments(line: &str) -> bool {
    LEXICON.comments.opens(line)
}

/// The length of a caption's opening with its colon, where a lower-case text begins with one.
pub(crate) fn caption(line: &str) -> Option<usize> {
    LEXICON.caption.bucket(line).iter().find_map(|opening| {
        let rest = line.strip_prefix(opening)?.trim_start();
        let colon = rest.chars().next().filter(|c| matches!(c, ':' | '：'))?;
        Some(line.len() - rest.len() + colon.len_utf8())
    })
}

/// Whether a lower-case word is of something that a document numbers: a figure, a table, a section.
pub(crate) fn numbered_matter(word: &str) -> bool {
    LEXICON.numbered_matter.has(word)
}

/// Whether a lower-case sentence begins as a request for an answer.
pub(crate) fn request(sentence: &str) -> bool {
    LEXICON.request.opens(sentence)
}

/// Whether a sentence ends as a request does in languages that put the verb last.
pub(crate) fn request_ending(sentence: &str) -> bool {
    let sentence = sentence.trim_end_matches(['.', '。', '!', '！', ' ']);
    LEXICON.request_ending.entries().any(|end| sentence.ends_with(end))
}

/// Whether a lower-case text has what a host says when he opens or closes.
pub(crate) fn host_cue(text: &str) -> bool {
    LEXICON.host_cue.any_within(text)
}

/// Whether a lower-case sentence is about an interview.
pub(crate) fn about_interview(sentence: &str) -> bool {
    LEXICON.about_interview.any_within(sentence)
}

/// Whether a lower-case text is nothing but signs of listening: "mm hmm", "oh, wow, okay".
pub(crate) fn backchannel(text: &str) -> bool {
    let parts = |c: char| !(c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '’'));
    let mut phrases = text.split(parts).map(str::trim).filter(|phrase| !phrase.is_empty()).peekable();
    phrases.peek().is_some() && phrases.all(|phrase| LEXICON.backchannel.has(phrase) || signs(phrase))
}

/// Whether a phrase is a run of signs of listening with no comma between: "oh wow okay".
fn signs(phrase: &str) -> bool {
    let first = phrase.split(' ').next().unwrap_or_default();
    if !LEXICON.backchannel.bucket(first).iter().any(|entry| entry.starts_with(first)) {
        return false;
    }
    let words: Vec<&str> = phrase.split(' ').filter(|word| !word.is_empty()).collect();
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let len = (1..=rest.len().min(BACKCHANNEL_WORDS))
            .rev()
            .find(|len| rest.get(..*len).is_some_and(|words| LEXICON.backchannel.has(&words.join(" "))));
        let Some(len) = len else { return false };
        rest = rest.get(len..).unwrap_or_default();
    }
    true
}

/// Whether a lower-case text is about a transcript or a recording, as notices of the software are.
pub(crate) fn about_transcript(text: &str) -> bool {
    LEXICON.about_transcript.any_within(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_match_whole_words() {
        assert!(request("tell us more"));
        assert!(!request("pleased to meet you"));
        assert!(boilerplate("share this"));
        assert!(!boilerplate("shares fell"));
        assert_eq!(caption("photo: town hall"), Some(6));
        assert_eq!(caption("photographs fade"), None);
        assert!(asks("路透社记者"));
        assert!(backchannel("oh, wow, okay") && backchannel("mm-hmm") && backchannel("bien sûr"));
        assert!(!backchannel("oh, why") && !backchannel("...") && !backchannel("right angle"));
    }
}
