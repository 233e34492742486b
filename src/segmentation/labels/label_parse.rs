//! How labels are spelled: times and brackets around names, and what can be a name at all.

use crate::segmentation::labels::candidate::LONGEST;
use crate::segmentation::labels::stamps;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::span::TextSpan;

/// Without bullets, dashes, turn arrows and a time in front.
pub(crate) fn skip_lead(text: &str, span: TextSpan) -> TextSpan {
    let line = span.of(text);
    let mut rest = line.trim_start_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, '-' | '–' | '—' | '•' | '>' | '*' | '▶' | '■' | '◇' | '◆' | '●' | '▲' | '△' | '▷')
    });
    if let Some(len) = stamps::stamp_len(rest) {
        rest = rest
            .get(len..)
            .unwrap_or_default()
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|'));
    }
    rest = rest.strip_prefix("'''").unwrap_or(rest);
    let skipped = line.len() - rest.len();
    if rest.is_empty() { span } else { TextSpan::new(span.start() + skipped, span.end()) }
}

/// Without the number that is before a speaker: `Q12 Chair:`, `12. Ann Lee:`.
pub(crate) fn skip_number(text: &str, span: TextSpan) -> TextSpan {
    let line = span.of(text);
    let number = line.strip_prefix('Q').unwrap_or(line);
    let rest = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = number.len() - rest.len();
    let rest = if line.len() == number.len() { rest.strip_prefix(['.', ')']).unwrap_or(rest) } else { rest };
    let name = rest.trim_start();
    let named = name.starts_with(char::is_alphabetic) && name.len() < rest.len();
    if (1..=4).contains(&digits) && named { TextSpan::new(span.end() - name.len(), span.end()) } else { span }
}

/// Whether a line heads a page: `SMITH - DIRECT - JONES   12`, in capitals with dashes or with its
/// number.
pub(crate) fn heads_page(line: &str) -> bool {
    let numbered = line.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = numbered.len() < line.len() && numbered.ends_with("  ");
    line.len() <= LONGEST
        && (number || line.matches(" - ").count() >= 2)
        && line.chars().filter(|c| c.is_uppercase()).count() >= 3
        && !line.chars().any(char::is_lowercase)
        && !line.contains([':', '：'])
}

/// Whether a name begins with a title.
pub(crate) fn titled(name: &str) -> bool {
    name.split_whitespace()
        .next()
        .is_some_and(|word| name.len() > word.len() && lexicon::title(&sentences::bare(word)))
}

/// The name in brackets after an office: `The Minister for Rail (Ann Lee)`.
pub(crate) fn holder(label: &str) -> Option<&str> {
    let (office, rest) = label.split_once('(')?;
    let name = rest.strip_suffix(')')?.trim();
    let is_office = office.split_whitespace().any(|word| lexicon::office(&sentences::bare(word)));
    let (mut words, mut capitals) = (0, 0);
    for word in name.split(' ') {
        words += 1;
        capitals += usize::from(word.starts_with(char::is_uppercase));
    }
    let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\'' | '’');
    (is_office && (2..=5).contains(&words) && capitals >= 2 && name.chars().all(plain)).then_some(name)
}

/// Takes bracketed parts out of a label; initials among them are an alias.
pub(crate) fn without_brackets(label: &str) -> (String, Option<String>) {
    let mut name = String::with_capacity(label.len());
    let mut alias = None;
    let mut rest = label;
    while let Some(open) = rest.find(['(', '[', '（']) {
        name.push_str(rest.get(..open).unwrap_or_default());
        let inside = rest.get(open..).unwrap_or_default();
        let close = inside.find([')', ']', '）']).unwrap_or(inside.len());
        let body = inside.get(..close).unwrap_or_default().trim_start_matches(['(', '[', '（']).trim();
        let initials = (2..=4).contains(&body.chars().count()) && body.chars().all(char::is_uppercase);
        if initials {
            alias = Some(body.to_lowercase());
        }
        let behind = inside.get(close..).unwrap_or_default();
        rest = behind.strip_prefix([')', ']', '）']).unwrap_or(behind);
    }
    name.push_str(rest);
    (name, alias)
}

/// Where a label that ends at `at` may start inside a line: after the last sentence's end before
/// it.
pub(crate) fn label_start(line: &str, at: usize) -> Option<usize> {
    let mut from = at.saturating_sub(LONGEST);
    while !line.is_char_boundary(from) {
        from += 1;
    }
    let window = line.get(from..at)?;
    let mut end = window.len();
    loop {
        let (stop, c) = window.get(..end)?.char_indices().rev().find(|(_, c)| sentences::is_stop(*c))?;
        let behind = window.get(stop + c.len_utf8()..)?;
        let label = behind.trim_start_matches(|c: char| sentences::is_stop(c) || sentences::is_closer(c));
        let gap = label.len() - label.trim_start().len();
        let wide = !c.is_ascii() && c != '…';
        let word = window.get(..stop)?.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
        let abbreviated = c == '.' && (lexicon::title(&word.to_lowercase()) || word.chars().count() == 1);
        if abbreviated {
            end = stop;
            continue;
        }
        return (gap > 0 || wide).then(|| at - after_aside(label.trim_start()).len());
    }
}

/// The label at the end of a text that has another label and an aside before it: `Ann: [laughs] Bo`
/// has `Bo`.
fn after_aside(text: &str) -> &str {
    let aside = || {
        let (before, label) = text.rsplit_once([']', ')', '）', '】'])?;
        let (name, _) = before.rsplit_once(['[', '(', '（', '【'])?;
        let label = label.strip_prefix(char::is_whitespace)?.trim_start();
        (name.trim_end().ends_with([':', '：']) && !label.is_empty()).then_some(label)
    };
    aside().unwrap_or(text)
}

/// Where the capitalised words directly before `at` start, three at most, after a word that has no
/// capital.
pub(crate) fn capitals_before(line: &str, at: usize) -> Option<usize> {
    let mut start = at;
    for _ in 0..3 {
        let before =
            line.get(..start)?.strip_suffix(' ').or_else(|| line.get(..start).filter(|_| start == at))?;
        let word = before.rsplit(' ').next()?;
        if !word.starts_with(char::is_uppercase)
            || !word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
        {
            break;
        }
        start = before.len() - word.len();
    }
    (start < at && start > 0).then_some(start)
}

/// Longest name that is spelled as no name is, in bytes.
const MOST_BYTES: usize = 40;
/// Most words of a name with its titles.
const MOST_WORDS: usize = 9;

/// Whether a character is part of no name.
const fn is_in_no_name(c: char) -> bool {
    matches!(
        c,
        '!' | '?'
            | '。'
            | '，'
            | '？'
            | '、'
            | ';'
            | '"'
            | '“'
            | '”'
            | '='
            | '{'
            | '}'
            | '<'
            | '>'
            | '/'
            | '|'
            | '→'
            | '【'
            | '】'
    )
}

/// Reads a stretch as a name and makes its key: capitals where the script has them, no words that
/// names never hold.
pub(crate) fn named_key(name: &str) -> Option<String> {
    if let Some(handle) = handle(name) {
        return Some(handle);
    }
    if name.is_empty() || name.contains(is_in_no_name) {
        return None;
    }
    let main = name.split([',', '，']).next().unwrap_or(name).trim();
    let short = main.split_whitespace().nth(2).is_none();
    if !short
        && main.split_whitespace().any(|word| {
            word.starts_with(char::is_lowercase) && !lexicon::particle(word) && !lexicon::title(word)
        })
    {
        return None;
    }
    let lower = sentences::lowercase(main);
    if lexicon::no_label(lower.as_str()) {
        return None;
    }
    let role = lexicon::asks(&lower) || lexicon::answers(&lower) || qualified_role(&lower).is_some();
    let mut words = Vec::new();
    let mut cjk = 0;
    let mut capitals = 0;
    let mut caseless = 0;
    for word in main.split_whitespace() {
        let first = word.chars().find(|c| c.is_alphanumeric())?;
        if sentences::is_cjk(first) || ('\u{ac00}'..='\u{d7a3}').contains(&first) {
            if lexicon::tells(word) {
                return None;
            }
            cjk += word.chars().count();
        } else if !first.is_lowercase() && !first.is_uppercase() && first.is_alphabetic() {
            caseless += 1;
        } else if first.is_lowercase() && !role && !lexicon::particle(word) && !lexicon::title(word) {
            return None;
        }
        let bare = sentences::bare(word);
        if is_contraction(&bare) {
            return None;
        }
        if lexicon::never_in_names(&bare) && !lexicon::particle(&bare) && !role {
            return None;
        }
        capitals += usize::from(first.is_uppercase());
        if bare.contains('.') {
            words.extend(bare.split('.').filter(|part| !part.is_empty()).map(str::to_owned));
        } else if !bare.is_empty() {
            words.push(bare);
        }
    }
    let numbered = words.iter().all(|word| word.chars().all(|c| c.is_ascii_digit()));
    if words.is_empty()
        || words.len() > MOST_WORDS
        || cjk > 12
        || numbered
        || (capitals + cjk + caseless == 0 && !role)
    {
        return None;
    }
    let key = words.get(lexicon::titles_before(&words)..)?.join(" ");
    if lexicon::no_label(&key) {
        return None;
    }
    Some(key)
}

/// Most words of a role with words before it.
const ROLE_WORDS: usize = 3;

/// The role that a label in lower case has at its end, after a word that tells it from another:
/// `second interviewer`.
pub(crate) fn qualified_role(label: &str) -> Option<&str> {
    let (_, role) = label.rsplit_once(' ')?;
    let person = !lexicon::names_turn(role) && (lexicon::asks(role) || lexicon::answers(role));
    (person && role.chars().count() > 1 && label.split(' ').count() <= ROLE_WORDS).then_some(role)
}

/// Whether a lower-case word is two words in one, as `i'm` and `that's`, which no name is.
pub(crate) fn is_contraction(word: &str) -> bool {
    word.rsplit_once(['\'', '’']).is_some_and(|(head, tail)| {
        matches!(tail, "m" | "re" | "ll" | "ve" | "d" | "t") || (tail == "s" && head.chars().count() > 1)
    })
}

/// The key of a stretch that is spelled as no name is, but is short enough for one: `Phóng viên`,
/// `SUBJECT`. Only what recurs in the text tells whether it is one.
pub(crate) fn unlikely_name_key(name: &str) -> Option<String> {
    let name = name.trim();
    let words: Vec<String> = name.split_whitespace().map(sentences::bare).collect();
    let spelled = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '’' | '.' | '_');
    // `I:` is an interviewer too, and `Ich:` is whoever wrote the talk down.
    let oneself = lexicon::self_label(&name.to_lowercase());
    let exempt = oneself || name.chars().count() == 1;
    let good = (1..=4).contains(&words.len())
        && name.len() <= MOST_BYTES
        // Names of users may begin with a small letter.
        && name.starts_with(|c: char| c.is_alphabetic() && (!c.is_lowercase() || words.len() == 1))
        && name.chars().all(spelled)
        && words
            .iter()
            .all(|word| !word.is_empty() && (exempt || !lexicon::never_in_names(word)) && !is_contraction(word))
        && (oneself || !words.iter().any(|word| lexicon::tells(word)));
    good.then(|| words.join(" "))
}

/// The name of a user as forums write it: `u/name`, `/u/name`, `@name`.
fn handle(name: &str) -> Option<String> {
    let user = ["/u/", "u/", "@"].iter().find_map(|sign| name.strip_prefix(sign))?;
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!user.is_empty() && user.chars().all(inside)).then(|| user.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(label: &str, expect: Option<&str>) {
        assert_eq!(named_key(label).as_deref(), expect, "{label}");
    }

    #[test]
    fn names_and_what_is_none() {
        check("Ann Lee", Some("ann lee"));
        check("President Ann Lee", Some("ann lee"));
        check("ANN VAN DER LEE", Some("ann van der lee"));
        check("В.Лунин", Some("в лунин"));
        check("The Witness", Some("witness"));
        check("Q12", Some("q12"));
        check("P16", Some("p16"));
        check("I'm", None);
        check("That’s", None);
        check("D'Arcy", Some("d'arcy"));
        check("Speaker 2", Some("speaker 2"));
        check("法新社记者", Some("法新社记者"));
        check("interviewer", Some("interviewer"));
        check("I keep asking myself", None);
        check("Here is the thing", None);
        check("Second Interviewer", Some("second interviewer"));
        check("Next question", None);
        check("Photo", None);
        check("12", None);
        check("What now?", None);
        check("u/night_owl", Some("night_owl"));
        check("第二天我跟大家说", None);
    }

    #[test]
    fn what_only_recurrence_makes_a_label() {
        assert_eq!(unlikely_name_key("Phóng viên").as_deref(), Some("phóng viên"));
        assert_eq!(unlikely_name_key("SUBJECT").as_deref(), Some("subject"));
        assert_eq!(unlikely_name_key("Ich").as_deref(), Some("ich"));
        for words in ["In short", "I'm", "what she said", "One two three four five", "Yes, and"] {
            assert_eq!(unlikely_name_key(words), None, "{words}");
        }
    }

    #[test]
    fn brackets_give_initials() {
        assert_eq!(without_brackets("Ann Lee (AL)"), ("Ann Lee ".to_owned(), Some("al".to_owned())));
        assert_eq!(holder("The Minister for Rail (Ann Lee)"), Some("Ann Lee"));
        assert_eq!(holder("Mrs Lee (West Bay)"), None);
        assert_eq!(without_brackets("Sen. Lee (R-TX)"), ("Sen. Lee ".to_owned(), None));
    }
}
