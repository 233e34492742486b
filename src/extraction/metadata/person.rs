//! Names of people, where a field or a line says that it holds one.

/// Most words of a person's name.
const MOST_WORDS: usize = 5;
/// Longest name, in bytes.
const LONGEST: usize = 80;

/// The name that a field of a site generator gives. Identifiers such as `jane-doe` are names in
/// another spelling; one word in lower case is an account and names nobody.
pub(crate) fn from_slug(value: &str) -> String {
    let is_slug = !value.is_empty()
        && value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte));
    if !is_slug {
        return value.to_owned();
    }
    let parts: Vec<&str> = value.split(['-', '_']).collect();
    let named = (2..=4).contains(&parts.len())
        && parts.iter().all(|part| part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_lowercase()))
        && parts.iter().map(|part| part.len()).sum::<usize>() > 4;
    if !named {
        return String::new();
    }
    let capital = |part: &&str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    parts.iter().map(capital).collect::<Vec<_>>().join(" ")
}

/// The people that the value of a line such as `Interviewee: …` names; none where any part is no
/// name.
pub(crate) fn listed(value: &str) -> Vec<String> {
    let value = value.split(['(', '（', '[']).next().unwrap_or_default().trim();
    let parts: Vec<&str> = value
        .split([',', ';', '/', '&', '、'])
        .flat_map(|part| part.split(" and "))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    if parts.iter().all(|part| is_name(part)) {
        parts.into_iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    }
}

/// Whether a text is nothing but a full name: two words or more with capitals, or a few signs of a
/// script without spaces.
fn is_name(text: &str) -> bool {
    let letters = text.chars().all(|c| c.is_alphabetic() || " .-'’·・".contains(c));
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = |word: &&str| word.chars().next();
    let cased = words.iter().filter(|word| first(word).is_some_and(char::is_uppercase)).count();
    let uncased = text.chars().any(|c| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase());
    let full = if uncased {
        (2..=12).contains(&text.chars().count())
    } else {
        (2..=MOST_WORDS).contains(&words.len())
            && cased >= 2
            && words.first().and_then(first).is_some_and(char::is_uppercase)
            && words.last().and_then(first).is_some_and(char::is_uppercase)
    };
    // A point ends an initial or a sentence.
    let stops = words.last().is_some_and(|word| word.ends_with('.') && word.chars().count() > 3);
    letters && full && !stops && text.len() <= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for (slug, name) in [
            ("jane-doe", "Jane Doe"),
            ("ana_maria_reis", "Ana Maria Reis"),
            ("Jane Doe", "Jane Doe"),
            ("danah boyd", "danah boyd"),
            ("jdoe", ""),
            ("jane-doe-2", ""),
            ("j-d", ""),
        ] {
            assert_eq!(from_slug(slug), name, "{slug}");
        }
    }

    #[test]
    fn lists_of_names() {
        assert_eq!(listed("Ana Reis and Rui de Sá (RS)"), ["Ana Reis", "Rui de Sá"]);
        assert_eq!(listed("田中花子"), ["田中花子"]);
        for none in [
            "Ana",
            "the second of May",
            "Ana Reis, who lives in Rome",
            "P16",
            "",
            "How Are you?",
            "Because I Could.",
        ] {
            assert_eq!(listed(none), [""; 0], "{none}");
        }
    }
}
