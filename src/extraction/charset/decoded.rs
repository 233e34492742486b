//! Decoded text, with the map back to the bytes of the source.

use std::borrow::Cow;

use crate::span::ByteSpan;
use crate::span::Mapped;
use crate::span::SourceMap;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;

/// The most places of undecodable bytes that a diagnostic lists.
const MOST_SPANS: usize = 100;

/// A source's text before its markup is read.
#[derive(Debug, Default)]
pub(crate) struct Decoded<'a> {
    /// The text, without a byte order mark.
    pub text: Cow<'a, str>,
    /// From the text to the source's bytes.
    pub map: SourceMap,
    /// Damage in the source.
    pub diagnostics: Vec<Diagnostic>,
}

/// Text being decoded.
#[derive(Debug, Default)]
pub(crate) struct Text {
    decoded: String,
    map: SourceMap,
    bad: Vec<ByteSpan>,
    bad_count: usize,
}

impl Text {
    /// Writes `text`, each `text_unit` bytes of which decode `byte_unit` bytes of the source.
    pub(crate) fn units(&mut self, text: &str, byte_start: usize, text_unit: usize, byte_unit: usize) {
        let text_start = self.decoded.len();
        let units = text.len() / text_unit.max(1);
        self.map.push(Mapped { text_start, byte_start, units, text_unit, byte_unit });
        self.decoded.push_str(text);
    }

    /// Writes one character that `len` bytes encode.
    pub(crate) fn char(&mut self, c: char, byte_start: usize, len: usize) {
        self.units(c.encode_utf8(&mut [0; 4]), byte_start, c.len_utf8(), len);
    }

    /// Writes a replacement character for bytes that mean nothing.
    pub(crate) fn undecodable(&mut self, byte_start: usize, len: usize) {
        self.char(char::REPLACEMENT_CHARACTER, byte_start, len);
        self.bad_count += 1;
        if self.bad.len() < MOST_SPANS {
            self.bad.push(ByteSpan::new(byte_start, byte_start + len));
        }
    }

    pub(crate) fn finish(self, encoding: &str) -> Decoded<'static> {
        let diagnostic = (self.bad_count > 0).then(|| Diagnostic {
            kind: DiagnosticKind::Undecodable,
            message: format!("{} places are not valid {encoding} and read as U+FFFD", self.bad_count),
            spans: self.bad,
        });
        Decoded { text: self.decoded.into(), map: self.map, diagnostics: diagnostic.into_iter().collect() }
    }
}
