//! The languages whose words are reduced to stems.

use rust_stemmers::Algorithm;
use rust_stemmers::Stemmer;

/// How a document's words are analysed. Tags without a stemmer of their own are
/// [`Language::Other`]: words are folded, not stemmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// No stemmer: Chinese, Japanese, Korean, Kazakh and others.
    Other,
    /// `ar`
    Arabic,
    /// `da`
    Danish,
    /// `nl`
    Dutch,
    /// `en`
    English,
    /// `fi`
    Finnish,
    /// `fr`
    French,
    /// `de`
    German,
    /// `el`
    Greek,
    /// `hu`
    Hungarian,
    /// `it`
    Italian,
    /// `nb`, `nn`, `no`
    Norwegian,
    /// `pt`
    Portuguese,
    /// `ro`
    Romanian,
    /// `ru`
    Russian,
    /// `es`
    Spanish,
    /// `sv`
    Swedish,
    /// `ta`
    Tamil,
    /// `tr`
    Turkish,
}

/// Primary subtags, their languages and their Snowball stemmers.
const TABLE: [(&str, Language, Algorithm); 20] = [
    ("ar", Language::Arabic, Algorithm::Arabic),
    ("da", Language::Danish, Algorithm::Danish),
    ("nl", Language::Dutch, Algorithm::Dutch),
    ("en", Language::English, Algorithm::English),
    ("fi", Language::Finnish, Algorithm::Finnish),
    ("fr", Language::French, Algorithm::French),
    ("de", Language::German, Algorithm::German),
    ("el", Language::Greek, Algorithm::Greek),
    ("hu", Language::Hungarian, Algorithm::Hungarian),
    ("it", Language::Italian, Algorithm::Italian),
    ("no", Language::Norwegian, Algorithm::Norwegian),
    ("nb", Language::Norwegian, Algorithm::Norwegian),
    ("nn", Language::Norwegian, Algorithm::Norwegian),
    ("pt", Language::Portuguese, Algorithm::Portuguese),
    ("ro", Language::Romanian, Algorithm::Romanian),
    ("ru", Language::Russian, Algorithm::Russian),
    ("es", Language::Spanish, Algorithm::Spanish),
    ("sv", Language::Swedish, Algorithm::Swedish),
    ("ta", Language::Tamil, Algorithm::Tamil),
    ("tr", Language::Turkish, Algorithm::Turkish),
];

/// The primary subtag of languages without a stemmer, in the index.
const OTHER: &str = "und";

impl Language {
    /// All of them, in a fixed order.
    pub const ALL: [Self; 19] = [
        Self::Other,
        Self::Arabic,
        Self::Danish,
        Self::Dutch,
        Self::English,
        Self::Finnish,
        Self::French,
        Self::German,
        Self::Greek,
        Self::Hungarian,
        Self::Italian,
        Self::Norwegian,
        Self::Portuguese,
        Self::Romanian,
        Self::Russian,
        Self::Spanish,
        Self::Swedish,
        Self::Tamil,
        Self::Turkish,
    ];

    /// The language of a BCP 47 tag, of whatever case.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        TABLE
            .iter()
            .find(|(subtag, ..)| subtag.eq_ignore_ascii_case(primary))
            .map_or(Self::Other, |(_, language, _)| *language)
    }

    /// Its primary subtag; `und` for [`Language::Other`].
    #[must_use]
    pub fn tag(self) -> &'static str {
        TABLE.iter().find(|(_, language, _)| *language == self).map_or(OTHER, |(subtag, ..)| subtag)
    }

    pub(crate) fn stemmer(self) -> Option<Stemmer> {
        TABLE
            .iter()
            .find(|(_, language, _)| *language == self)
            .map(|(_, _, algorithm)| Stemmer::create(*algorithm))
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    fn check(tag: &str, expect: Language) {
        assert_eq!(Language::from_tag(tag), expect, "{tag}");
    }

    #[test]
    fn tags() {
        check("en", Language::English);
        check("en-GB", Language::English);
        check("RU", Language::Russian);
        check("nn-NO", Language::Norwegian);
        check("zh-Hant", Language::Other);
        check("", Language::Other);
        check("engl", Language::Other);
    }
}
