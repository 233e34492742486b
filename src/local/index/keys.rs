//! Keys that exchanges are filtered by, as the index holds them.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// The words of a name without case and accents, each once. A name without a word, such as `?`, is
/// one word itself.
pub(super) fn name_words(name: &str) -> BTreeSet<String> {
    let folded: String =
        name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let words: BTreeSet<String> = folded.unicode_words().map(str::to_owned).collect();
    if words.is_empty() { [folded.trim().to_owned()].into() } else { words }
}

/// The key of exchanges whose question looks like one.
pub(super) const QUESTION_FORM: &str = "question";

/// A label as one key. Keys come from clients, so the sign between is one that no key holds.
pub(super) fn label_key(key: &str, value: &str) -> String {
    [key, "\u{0}", value].concat()
}

/// A language tag in lower case and its shorter prefixes (RFC 4647, basic filtering): `zh-hant`,
/// `zh`.
pub(super) fn tag_prefixes(tag: &str) -> Vec<String> {
    /// More subtags than any registered tag has; a document may claim anything.
    const SUBTAGS: usize = 8;
    let tag = tag_key(tag);
    let ends = tag.match_indices('-').map(|(at, _)| at).chain([tag.len()]).take(SUBTAGS);
    ends.filter_map(|end| tag.get(..end)).filter(|prefix| !prefix.is_empty()).map(str::to_owned).collect()
}

/// A language tag in lower case.
pub(super) fn tag_key(tag: &str) -> String {
    tag.trim().replace('_', "-").to_ascii_lowercase()
}
