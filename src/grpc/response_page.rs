//! Keeps unary responses within 4 MiB, the largest that gRPC clients accept by default
//! (`GRPC_DEFAULT_MAX_RECV_MESSAGE_LENGTH` of gRPC's core, and tonic's own default).

use prost::Message;
use prost::length_delimiter_len;

/// The most that the items of one page take, in bytes.
const PAGE_BYTES: usize = 2 << 20;

/// The longest text of one utterance, in bytes. An exchange has two, so that one alone fits a page
/// with its citation.
pub(super) const UTTERANCE_BYTES: usize = 1 << 20;

/// The longest question of a search result, in bytes. A result is to be read at a glance, and each
/// word of the question can be a highlight.
pub(super) const RESULT_QUESTION_BYTES: usize = 64 << 10;

/// The most that the exchanges before a search result take, and those after it, in bytes.
pub(super) const CONTEXT_BYTES: usize = 512 << 10;

/// The most diagnostics in a response, and the most bytes they take.
const DIAGNOSTICS: usize = 1_000;
const DIAGNOSTIC_BYTES: usize = 1 << 20;

/// What is left of [`PAGE_BYTES`] for the items of a response.
#[derive(Debug)]
pub(super) struct ByteBudget {
    left: usize,
    empty: bool,
}

impl ByteBudget {
    pub(super) const fn new() -> Self {
        Self { left: PAGE_BYTES, empty: true }
    }

    /// Takes room for an item whose message has this length; the first always gets it.
    pub(super) fn take(&mut self, length: usize) -> bool {
        let bytes = field_bytes(length);
        if bytes > self.left && !self.empty {
            return false;
        }
        self.left = self.left.saturating_sub(bytes);
        self.empty = false;
        true
    }
}

/// The items of a response's repeated field, as many as there is room for.
#[derive(Debug)]
pub(super) struct ResponsePage<T> {
    items: Vec<T>,
    room: ByteBudget,
}

impl<T: Message> ResponsePage<T> {
    /// A page of [`PAGE_BYTES`].
    pub(super) const fn new() -> Self {
        Self { items: Vec::new(), room: ByteBudget::new() }
    }

    /// Adds an item if there is room for it; the first is always added.
    pub(super) fn add(&mut self, item: T) -> bool {
        let fits = self.room.take(item.encoded_len());
        if fits {
            self.items.push(item);
        }
        fits
    }

    /// The items.
    pub(super) fn into_items(self) -> Vec<T> {
        self.items
    }
}

/// What a message of this length takes as a field, in bytes: its tag (one byte up to field 15), its
/// length and itself.
fn field_bytes(length: usize) -> usize {
    1 + length_delimiter_len(length) + length
}

/// As many diagnostics as a response has room for.
pub(super) fn diagnostics<T: Message>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut bytes = 0_usize;
    all.take(DIAGNOSTICS)
        .take_while(|diagnostic| {
            bytes = bytes.saturating_add(field_bytes(diagnostic.encoded_len()));
            bytes <= DIAGNOSTIC_BYTES
        })
        .collect()
}

/// The part of `text` that is shown where at most `limit` bytes are: all of it, or up to a border
/// between words; between characters where no white space is near, as in scripts without it.
pub(super) fn shown(text: &str, limit: usize) -> &str {
    /// How far back a border is looked for, in bytes: more than the longest word of any language.
    const NEAR: usize = 1 << 10;
    if text.len() <= limit {
        return text;
    }
    let (head, rest) = text.split_at(text.floor_char_boundary(limit));
    if rest.starts_with(char::is_whitespace) {
        return head.trim_end();
    }
    let border = head.rfind(char::is_whitespace).filter(|border| head.len() - border <= NEAR);
    border.and_then(|border| head.get(..border)).unwrap_or(head).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_words() {
        for (text, limit, expect) in [
            ("one two", 7, "one two"),
            ("one two", 6, "one"),
            ("one two", 3, "one"),
            ("one  two", 4, "one"),
            ("one", 2, "on"),
            ("日本語", 4, "日"),
            ("", 0, ""),
            ("a", 0, ""),
        ] {
            assert_eq!(shown(text, limit), expect, "{text:?} {limit}");
        }
        let far = format!("a {}", "b".repeat(5_000));
        assert_eq!(shown(&far, 4_000).len(), 4_000, "no border is near");
    }

    #[test]
    fn a_page_takes_the_first_item_and_then_what_fits() {
        let mut page = ResponsePage::new();
        assert!(page.add("x".repeat(3 * PAGE_BYTES)));
        assert!(!page.add("y".to_owned()));
        assert_eq!(page.into_items().len(), 1);
        let (mut page, item) = (ResponsePage::new(), "x".repeat(1 << 10));
        while page.add(item.clone()) {}
        let items = page.into_items();
        let bytes: usize = items.iter().map(|item| field_bytes(item.encoded_len())).sum();
        assert!(bytes <= PAGE_BYTES && bytes + (2 << 10) > PAGE_BYTES, "{bytes}");
    }

    #[test]
    fn diagnostics_stop() {
        assert_eq!(diagnostics(vec![String::new(); 1_001].into_iter()).len(), 1_000);
        let long = vec!["x".repeat(300 << 10); 10];
        assert_eq!(diagnostics(long.into_iter()).len(), 3);
    }
}
