//! Tests of the grammar and of the filter's dates.

use proptest::prelude::*;

use crate::query::DateRange;
use crate::query::MAX_QUERY_BYTES;
use crate::query::Occur;
use crate::query::Query;
use crate::query::QueryError;

/// Clauses written as `sign"text"` for phrases and `sign text` for words, joined by `|`.
fn check(text: &str, expect: &str) {
    let query = Query::parse(text).unwrap();
    let shown = query.clauses().iter().map(|clause| {
        let sign = match clause.occur {
            Occur::Should => "",
            Occur::Must => "+",
            Occur::MustNot => "-",
        };
        if clause.phrase { format!("{sign}\"{}\"", clause.text) } else { format!("{sign}{}", clause.text) }
    });
    assert_eq!(shown.collect::<Vec<_>>().join("|"), expect, "{text:?}");
}

#[test]
fn plain_words_are_one_clause() {
    check("Syria talks", "Syria talks");
    check("  what did he say (in 2017)?  ", "what did he say (in 2017)?");
}

#[test]
fn operators() {
    check("+poverty -customs barriers", "+poverty|-customs|barriers");
    check("\"rapid privatization\" poverty", "\"rapid privatization\"|poverty");
    check("+\"air defense\" -\"St. Petersburg\"", "+\"air defense\"|-\"St. Petersburg\"");
    check("“rapid privatization”", "\"rapid privatization\"");
    check("«общая безопасность» угрозы", "\"общая безопасность\"|угрозы");
    check("(+one -two)", "+one|-two)");
}

#[test]
fn punctuation_is_no_operator() {
    check("inter-Syrian state-of-the-art", "inter-Syrian state-of-the-art");
    check("a - b + c", "a - b + c");
    check("5\" pipe", "5\" pipe");
    check("\"never closed", "\"never closed");
    check("--flag ++x", "--flag ++x");
    check("\"\" word \"!?\"", "word");
}

#[test]
fn punctuation_alone_matches_nothing() {
    for text in ["!!!", "\"\"", "+", "- - -", "((((", "\u{202E}", "\u{0}"] {
        check(text, "");
    }
}

#[test]
fn no_query() {
    for text in ["", "   ", "\t\n\u{3000}"] {
        assert_eq!(Query::parse(text), Err(QueryError::Empty), "{text:?}");
    }
    let long = "a".repeat(MAX_QUERY_BYTES + 1);
    assert_eq!(Query::parse(&long), Err(QueryError::TooLong { bytes: 4097, allowed: 4096 }));
    assert!(Query::parse(long.get(1..).unwrap()).is_ok());
}

#[test]
fn at_most_sixteen_phrases_have_a_sign() {
    for phrase in ["+\"rapid growth\"", "-\"rapid growth\"", "-cease-fire", "+l'économie", "+«经济合作»"]
    {
        let query = |times: usize| Query::parse(&[phrase, " "].concat().repeat(times));
        assert!(query(16).is_ok(), "{phrase}");
        assert_eq!(query(17), Err(QueryError::TooManyPhrases { phrases: 17, allowed: 16 }), "{phrase}");
    }
    for clause in ["\"rapid growth\"", "+rapid", "-\"rapid\"", "+\"rapid!\"", "cease-fire", "-2017"] {
        assert!(Query::parse(&[clause, " "].concat().repeat(100)).is_ok(), "{clause}");
    }
}

#[test]
fn dates() {
    let day = DateRange::parse("1970-01-02").unwrap();
    assert_eq!((day.first, day.last), (1, 1));
    let month = DateRange::parse("2016-02").unwrap();
    assert_eq!(month.last - month.first + 1, 29);
    let year = DateRange::parse("2017").unwrap();
    assert_eq!((year.first, year.last), (17_167, 17_531));
    assert_eq!(DateRange::parse("2017-04-14T10:00:00Z"), DateRange::parse("2017-04-14"));
    assert!(year.overlaps(DateRange::parse("2017-12-31").unwrap()));
    assert!(!year.overlaps(month));
    for text in ["", "17", "2017-4", "2017-13", "2017-02-29", "2017-04-14-01", "April 2017", "२०१७"] {
        assert!(DateRange::parse(text).is_err(), "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_has_a_reading(text in "\\PC{0,200}") {
        if let Ok(query) = Query::parse(&text) {
            prop_assert_eq!(query.text(), &text);
            for clause in query.clauses() {
                prop_assert!(clause.text.chars().any(char::is_alphanumeric));
                prop_assert!(text.contains(&clause.text));
            }
        }
    }

    #[test]
    fn any_string_of_signs_has_a_reading(text in "[-+\"«»“” ()a\\u{0}]{1,60}") {
        if let Ok(query) = Query::parse(&text) {
            prop_assert!(query.clauses().len() <= text.len());
        }
    }
}
