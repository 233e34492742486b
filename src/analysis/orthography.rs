//! Normalises spelling variants before stemming. Documents and queries are normalised alike, so a
//! rule can make a word that does not exist (`promise` → `promize`); what must not be are rules
//! that make one word of two.

use std::borrow::Cow;

use crate::analysis::language::Language;

/// The normalised spelling of a lower-cased word in this language.
pub(crate) fn unify(language: Language, word: &str) -> Cow<'_, str> {
    if language == Language::English && word.is_ascii() && word.len() >= 4 {
        english(word)
    } else if language == Language::Russian && word.contains('ё') {
        // Print leaves the dots out, and the stemmer knows no ё.
        Cow::Owned(word.replace('ё', "е"))
    } else {
        Cow::Borrowed(word)
    }
}

/// A stem without the `k` that English writes only before an ending (`traffic`, `trafficking`;
/// `panic`, `panicked`), which the stemmer leaves. Words of one syllable (`trick`) end in it
/// themselves.
pub(crate) fn without_final_k(language: Language, stem: &str) -> &str {
    match stem.strip_suffix('k') {
        Some(settled) if language == Language::English && stem.len() >= 6 && settled.ends_with("ic") => {
            settled
        }
        _ => stem,
    }
}

/// A British ending, the American one, and what may follow either.
struct Ending {
    british: &'static str,
    american: &'static str,
    /// Whether it can follow this beginning.
    fits: fn(&str) -> bool,
    suffixes: &'static [&'static str],
}

const ENGLISH_ENDINGS: [Ending; 5] = [
    Ending {
        british: "is",
        american: "iz",
        // `-vise`, `-cise` and `-aise` are written with `s` everywhere.
        fits: |beginning| beginning.len() >= 2 && !beginning.ends_with(['a', 'c', 'e', 'i', 'o', 'u', 'v']),
        suffixes: &[
            "e", "ed", "es", "er", "ers", "ing", "ingly", "able", "ation", "ations", "ational", "ement",
            "ements",
        ],
    },
    Ending {
        british: "ys",
        american: "yz",
        fits: |beginning| beginning.len() >= 2,
        suffixes: &["e", "ed", "er", "ers", "ing"],
    },
    Ending {
        british: "our",
        american: "or",
        fits: has_vowel,
        suffixes: &[
            "", "s", "ed", "er", "ers", "ing", "ings", "able", "ite", "ites", "al", "ful", "hood", "hoods",
            "less",
        ],
    },
    Ending {
        british: "ell",
        american: "el",
        // `swelling` is of `swell`, `travelling` of `travel`.
        fits: has_vowel,
        suffixes: &["ing", "ings", "ed", "er", "ers"],
    },
    Ending {
        british: "tre",
        american: "ter",
        fits: |beginning| beginning.len() >= 2 && beginning.ends_with(['a', 'c', 'e', 'i', 'n']),
        suffixes: &["", "s"],
    },
];

fn has_vowel(beginning: &str) -> bool {
    beginning.contains(['a', 'e', 'i', 'o', 'u'])
}

/// Whole words where the two differ.
const ENGLISH_WORDS: [(&str, &str); 26] = [
    ("defence", "defense"),
    ("defences", "defenses"),
    ("offence", "offense"),
    ("offences", "offenses"),
    ("programme", "program"),
    ("programmes", "programs"),
    ("catalogue", "catalog"),
    ("dialogue", "dialog"),
    ("analogue", "analog"),
    ("licence", "license"),
    ("licences", "licenses"),
    ("cheque", "check"),
    ("cheques", "checks"),
    ("grey", "gray"),
    ("tyre", "tire"),
    ("tyres", "tires"),
    ("plough", "plow"),
    ("sceptical", "skeptical"),
    ("sceptic", "skeptic"),
    ("jewellery", "jewelry"),
    ("aluminium", "aluminum"),
    ("ageing", "aging"),
    ("judgement", "judgment"),
    ("manoeuvre", "maneuver"),
    ("enrol", "enroll"),
    ("fulfil", "fulfill"),
];

/// Greek and Latin digraphs of medical words, where they begin a word.
const ENGLISH_BEGINNINGS: [(&str, &str); 14] = [
    ("haem", "hem"),
    ("anaem", "anem"),
    ("anaesth", "anesth"),
    ("leukaem", "leukem"),
    ("paediatr", "pediatr"),
    ("orthopaed", "orthoped"),
    ("gynaecolog", "gynecolog"),
    ("faec", "fec"),
    ("caesarean", "cesarean"),
    ("oesophag", "esophag"),
    ("oestr", "estr"),
    ("oedem", "edem"),
    ("foet", "fet"),
    ("diarrhoea", "diarrhea"),
];

fn english(word: &str) -> Cow<'_, str> {
    if let Some((_, american)) = ENGLISH_WORDS.iter().find(|(british, _)| *british == word) {
        return Cow::Borrowed(american);
    }
    let mut unified = Cow::Borrowed(word);
    let beginning = ENGLISH_BEGINNINGS.iter().find_map(|(from, to)| Some((to, word.strip_prefix(from)?)));
    if let Some((american, rest)) = beginning {
        unified = Cow::Owned([american, rest].concat());
    }
    match american_ending(&unified) {
        Some(american) => Cow::Owned(american),
        None => unified,
    }
}

fn american_ending(word: &str) -> Option<String> {
    ENGLISH_ENDINGS.iter().find_map(|ending| {
        ending.suffixes.iter().find_map(|suffix| {
            let beginning = word.strip_suffix(suffix)?.strip_suffix(ending.british)?;
            (ending.fits)(beginning).then(|| [beginning, ending.american, suffix].concat())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::unify;
    use super::without_final_k;
    use crate::analysis::language::Language;

    fn check(one: &str, other: &str) {
        assert_eq!(unify(Language::English, one), unify(Language::English, other), "{one} {other}");
    }

    #[test]
    fn british_and_american() {
        check("privatisation", "privatization");
        check("labour", "labor");
        check("travelling", "traveling");
        check("defence", "defense");
        check("programme", "program");
        check("anaemia", "anemia");
        check("haemorrhage", "hemorrhage");
        check("centre", "center");
        check("analysed", "analyzed");
        check("organisational", "organizational");
        check("neighbourhood", "neighborhood");
        check("theatre", "theater");
    }

    #[test]
    fn a_k_before_an_ending() {
        assert_eq!(without_final_k(Language::English, "traffick"), "traffic");
        assert_eq!(without_final_k(Language::English, "trick"), "trick");
        assert_eq!(without_final_k(Language::German, "traffick"), "traffick");
    }

    #[test]
    fn different_words_stay_apart() {
        for word in
            ["four", "hour", "tour", "wise", "swelling", "supervise", "precise", "raise", "flour", "entire"]
        {
            assert_eq!(unify(Language::English, word), word);
        }
    }

    #[test]
    fn russian_yo() {
        assert_eq!(unify(Language::Russian, "счёт"), "счет");
    }

    #[test]
    fn other_languages_are_left_alone() {
        assert_eq!(unify(Language::French, "labour"), "labour");
    }
}
