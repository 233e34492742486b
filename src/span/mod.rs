//! The two coordinate systems, and the bridge between them.
//!
//! A citation points into the bytes a client sent ([`ByteSpan`]); everything that reads a
//! transcript works on the text extracted from them ([`TextSpan`]). The two never share a type, so
//! that an offset of one kind cannot be used as the other; a [`SourceMap`] translates.

mod source_map;

pub use source_map::Mapped;
pub use source_map::SourceMap;
pub use source_map::TextBuilder;

/// A half-open range `[start, end)` of bytes in a document's source, as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSpan {
    start: usize,
    end: usize,
}

/// A half-open range `[start, end)` of UTF-8 bytes in extracted text, on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextSpan {
    start: usize,
    end: usize,
}

macro_rules! span {
    ($name:ident) => {
        impl $name {
            /// The span `[start, end)`; a reversed pair gives the empty span at `start`.
            #[must_use]
            pub const fn new(start: usize, end: usize) -> Self {
                Self { start, end: if end < start { start } else { end } }
            }

            /// The first offset inside.
            #[must_use]
            pub const fn start(self) -> usize {
                self.start
            }

            /// The first offset behind.
            #[must_use]
            pub const fn end(self) -> usize {
                self.end
            }

            /// How many bytes it covers.
            #[must_use]
            pub const fn len(self) -> usize {
                self.end - self.start
            }

            /// Whether it covers nothing.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.start == self.end
            }

            /// Whether `other` lies wholly inside.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.start <= other.start && other.end <= self.end
            }

            /// The range, for indexing.
            #[must_use]
            pub const fn range(self) -> std::ops::Range<usize> {
                self.start..self.end
            }
        }
    };
}

span!(ByteSpan);
span!(TextSpan);

impl ByteSpan {
    /// The bytes it covers, or `None` where the source is too short.
    #[must_use]
    pub fn of(self, source: &[u8]) -> Option<&[u8]> {
        source.get(self.range())
    }
}

impl TextSpan {
    /// The text it covers; empty where it is out of range or splits a character.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        #[cfg(test)]
        work::add(self.len());
        text.get(self.range()).unwrap_or_default()
    }

    /// The span without white space at either end.
    #[must_use]
    pub fn trimmed(self, text: &str) -> Self {
        let inside = self.of(text);
        let start = self.start + (inside.len() - inside.trim_start().len());
        Self::new(start, start + inside.trim().len())
    }
}

/// Counts the bytes of text that are looked at, so that tests can hold the cost of a stage to its
/// input's length without a clock.
#[cfg(test)]
pub(crate) mod work {
    use std::cell::Cell;

    thread_local! {
        static BYTES: Cell<usize> = const { Cell::new(0) };
    }

    /// Adds to the count of this thread.
    pub(crate) fn add(bytes: usize) {
        // One for the look itself: an empty span is looked at too.
        BYTES.set(BYTES.get() + bytes + 1);
    }

    /// What `run` looks at.
    pub(crate) fn of(run: impl FnOnce()) -> usize {
        BYTES.set(0);
        run();
        BYTES.get()
    }
}
