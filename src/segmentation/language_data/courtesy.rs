//! Turns that only thank, greet or take leave.

use std::sync::LazyLock;

use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::segmentation::language_data::table::Table;

static PHRASES: LazyLock<Table> = LazyLock::new(|| Table::named("courtesy", None));
/// Words that lead to what the thanks are for.
static LINKS: LazyLock<Table> = LazyLock::new(|| Table::named("courtesy_link", None));

/// Words that lead to it after a comma.
static CLAUSES: LazyLock<Table> = LazyLock::new(|| Table::named("courtesy_clause", None));
/// Words that open a turn and say nothing: "well", "so".
static OPENINGS: LazyLock<Table> = LazyLock::new(|| Table::named("courtesy_opening", None));

/// Most bytes of a turn that only thanks.
const LONGEST_COURTESY: usize = 160;
/// Most words that tell what the thanks are for, with the word that leads to them.
const COURTESY_WORDS: usize = 9;
/// Most words of a name to which thanks are said.
const THANKED_WORDS: usize = 3;

/// Whether all that a text says is thanks or a farewell, with signs of listening before and a name
/// after.
pub(crate) fn is_courtesy(text: &str) -> bool {
    if text.len() > LONGEST_COURTESY || text.contains(sentences::is_question_mark) {
        return false;
    }
    let mut polite = false;
    for part in text.split(['.', ',', '!', ';', '…', '。', '，', '！', '、', '\n']) {
        let bare = sentences::bare(part);
        if bare.is_empty() || (!polite && (OPENINGS.has(&bare) || lexicon::backchannel(&bare))) {
            continue;
        }
        if thanks(&bare) || thanks(without_opening(&bare)) {
            polite = true;
        } else if !polite || !(is_named(part) || tells_what_for(&bare)) {
            return false;
        }
    }
    polite
}

/// Whether a lower-case part after thanks tells what they are for: "vielen Dank, dass Sie da sind".
fn tells_what_for(part: &str) -> bool {
    let mut words = part.split_whitespace();
    words.next().is_some_and(|word| CLAUSES.has(word)) && words.nth(COURTESY_WORDS).is_none()
}

/// A phrase in lower case without the word that opens it.
fn without_opening(phrase: &str) -> &str {
    match phrase.split_once(' ') {
        Some((opening, rest)) if OPENINGS.has(opening) => rest,
        _ => phrase,
    }
}

/// Whether a part is a few words with capitals, as a name is.
fn is_named(part: &str) -> bool {
    let mut words = part.split_whitespace();
    words.by_ref().take(THANKED_WORDS).all(|word| word.starts_with(char::is_uppercase))
        && words.next().is_none()
}

/// Whether a lower-case phrase thanks or greets, maybe for something: "thank you for your time".
fn thanks(phrase: &str) -> bool {
    let few = |words: &str| words.split_whitespace().nth(COURTESY_WORDS).is_none();
    let unspaced = |c: char| sentences::is_cjk(c) || ('\u{ac00}'..='\u{d7a3}').contains(&c);
    PHRASES.has(phrase)
        || PHRASES.bucket(phrase).iter().any(|opening| {
            phrase.strip_prefix(opening).is_some_and(|rest| {
                let link = rest.strip_prefix(' ').and_then(|rest| rest.split([' ', '\'', '’']).next());
                opening.starts_with(sentences::is_cjk)
                    || (link.is_some_and(|link| LINKS.has(link)) && few(rest))
            })
        })
        || PHRASES.entries().any(|ending| {
            phrase.strip_suffix(ending).is_some_and(|before| {
                let link = before.trim_end().rsplit(' ').next().unwrap_or_default();
                ending.starts_with(unspaced) || (LINKS.has(link) && few(before))
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thanks_in_many_words() {
        assert!(is_courtesy("Thank you so much! Goodbye."));
        assert!(
            is_courtesy("Okay, thank you very much for your time today, Dr. Lee.")
                && is_courtesy("So thank you. The pleasure is mine.")
        );
        assert!(
            is_courtesy("Vielen Dank für das Gespräch.")
                && is_courtesy("Merci d'être venue.")
                && is_courtesy("感谢您接受采访。")
        );
        assert!(
            is_courtesy("Zaman ayırdığınız için teşekkür ederim.")
                && is_courtesy("시간 내주셔서 감사합니다.")
        );
        assert!(is_courtesy("Vielen Dank, dass Sie da waren.") && is_courtesy("И вам спасибо."));
        for more in [
            "Thanks, that bell was my uncle's.",
            "Thank you, that was all.",
            "Bitte erzählen Sie von der Mühle.",
            "Thanks. Why?",
            "Yes.",
            "Okay, Ann.",
            "Well.",
            "So Ann.",
        ] {
            assert!(!is_courtesy(more), "{more}");
        }
    }
}
