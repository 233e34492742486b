//! Tokens → paragraphs.

use std::collections::BTreeMap;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::charset::decoding;
use crate::extraction::docx::styles;
use crate::extraction::rtf::fonts;
use crate::extraction::rtf::fonts::Fonts;
use crate::extraction::rtf::state::Destination;
use crate::extraction::rtf::state::Look;
use crate::extraction::rtf::state::Paragraph;
use crate::extraction::rtf::state::State;
use crate::extraction::rtf::state::Table;
use crate::extraction::rtf::state::UNREAD;
use crate::extraction::rtf::state::Unicode;
use crate::extraction::rtf::tokens::Token;
use crate::extraction::rtf::tokens::Tokens;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// Longest title, in bytes.
const LONGEST_TITLE: usize = 400;

/// Reads a document.
pub(crate) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extraction, ExtractError> {
    // Bytes beyond ASCII are in the code page of their font. Read as Windows-1252, each is one
    // character, which leads back to the byte. Some programs write Unicode as it is.
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    let is_unicode = is_utf8 || encoding_rs::Encoding::for_bom(bytes).is_some();
    let decoded = decoding::decode(bytes, Some(if is_utf8 { "utf-8" } else { "windows-1252" }))?;
    let mut reader = Reader {
        text: &decoded.text,
        is_unicode,
        draft: ExtractionBuilder::new(&decoded),
        fonts: Fonts::default(),
        styles: BTreeMap::new(),
        groups: Vec::new(),
        state: State { fallback: 1, ..State::default() },
        paragraph: Paragraph::default(),
        table: Table::default(),
        on: Look::default(),
        is_optional: false,
        bytes: Vec::new(),
        unicode: None,
        named: String::new(),
        created: [0; 3],
    };
    for (token, span) in Tokens::new(&decoded.text) {
        reader.token(token, span, limits)?;
    }
    reader.flush();
    reader.end_paragraph();
    Ok(reader.draft.finish(Format::Rtf))
}

struct Reader<'a> {
    text: &'a str,
    is_unicode: bool,
    draft: ExtractionBuilder<'a>,
    fonts: Fonts,
    styles: BTreeMap<i32, BlockKind>,
    groups: Vec<State>,
    state: State,
    paragraph: Paragraph,
    table: Table,
    /// How the text written last is set.
    on: Look,
    /// Whether `\*` came last: readers that do not know the word after it skip the group.
    is_optional: bool,
    /// Bytes in the font's code page that are not decoded yet.
    bytes: Vec<(u8, TextSpan)>,
    unicode: Option<Unicode>,
    /// The name of a style that is being read.
    named: String,
    /// Year, month and day of the document's creation.
    created: [i32; 3],
}

impl Reader<'_> {
    fn token(&mut self, token: Token<'_>, span: TextSpan, limits: &Limits) -> Result<(), ExtractError> {
        match token {
            Token::Open => {
                self.flush();
                if self.groups.len() >= limits.nesting {
                    return Err(ExtractError::OverLimit { limit: "nesting", allowed: limits.nesting });
                }
                self.groups.push(self.state);
                self.is_optional = false;
            }
            Token::Close => {
                self.flush();
                self.end_group();
            }
            // Nothing of what is not read needs a second look; a picture is megabytes of it.
            _ if self.state.destination == Destination::Unread => {}
            Token::Byte(_) | Token::Text if self.is_fallback(token, span) => {}
            Token::Byte(byte) => self.bytes.push((byte, span)),
            Token::Text => {
                let span = self.rest_of_fallback(span);
                self.characters(span);
            }
            Token::Symbol(c) => {
                self.flush();
                self.symbol(c, span);
            }
            Token::Word("u", Some(number)) => self.numbered(number, span),
            Token::Word(name, number) => {
                self.flush();
                self.word(name, number, span);
            }
        }
        Ok(())
    }

    /// Whether a token is no more than the fallback of the character before it.
    fn is_fallback(&mut self, token: Token<'_>, span: TextSpan) -> bool {
        let Some(unicode) = self.unicode.as_mut().filter(|unicode| unicode.fallback > 0) else {
            return false;
        };
        let count = span.of(self.text).chars().take(unicode.fallback + 1).count();
        if token != Token::Text || count <= unicode.fallback {
            unicode.fallback -= if token == Token::Text { count } else { 1 };
            unicode.span = TextSpan::new(unicode.span.start(), span.end());
            return true;
        }
        false
    }

    /// The part of a text after the fallback that it begins with.
    fn rest_of_fallback(&mut self, span: TextSpan) -> TextSpan {
        let Some(unicode) = self.unicode.as_mut() else { return span };
        let skipped: usize = span.of(self.text).chars().take(unicode.fallback).map(char::len_utf8).sum();
        let start = span.start() + skipped;
        if skipped > 0 {
            unicode.span = TextSpan::new(unicode.span.start(), start);
            unicode.fallback = 0;
        }
        self.flush_unicode();
        TextSpan::new(start, span.end())
    }

    /// Text, of which what is beyond ASCII is in the code page of its font.
    fn characters(&mut self, span: TextSpan) {
        let (text, is_unicode) = (self.text, self.is_unicode);
        let mut at = span.start();
        for piece in span.of(text).split_inclusive(|c: char| !c.is_ascii() && !is_unicode) {
            let end = at + piece.len();
            let foreign = piece.chars().next_back().filter(|c| !c.is_ascii() && !is_unicode);
            let plain = TextSpan::new(at, end - foreign.map_or(0, char::len_utf8));
            if !plain.is_empty() {
                self.flush();
                self.write(plain, None);
            }
            if let Some(c) = foreign {
                let mut buffer = [0; 4];
                let (byte, ..) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
                self.bytes.extend(byte.first().map(|byte| (*byte, TextSpan::new(plain.end(), end))));
            }
            at = end;
        }
    }

    /// A character given by its number in UTF-16.
    fn numbered(&mut self, number: i32, span: TextSpan) {
        let Ok(unit) = u16::try_from(number & 0xFFFF) else { return };
        self.flush_bytes();
        let high = self.unicode.take().and_then(|before| {
            let is_half = (0xD800..0xDC00).contains(&before.unit) && (0xDC00..0xE000).contains(&unit);
            if !is_half {
                self.unicode = Some(before);
                self.flush_unicode();
            }
            is_half.then_some((before.unit, before.span.start()))
        });
        self.unicode = Some(Unicode { unit, span, fallback: self.state.fallback, high });
    }

    fn flush(&mut self) {
        self.flush_unicode();
        self.flush_bytes();
    }

    fn flush_unicode(&mut self) {
        let Some(Unicode { unit, span, high, .. }) = self.unicode.take() else { return };
        let start = high.map_or(span.start(), |(_, start)| start);
        let units = high.map(|(high, _)| high).into_iter().chain([unit]);
        let text: String =
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.write(TextSpan::new(start, span.end()), Some(&text));
    }

    fn flush_bytes(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let plain: Vec<u8> = bytes.iter().map(|(byte, _)| *byte).collect();
        let mut at = 0;
        for (text, length) in fonts::decode(&plain, self.fonts.encoding(self.state.font)) {
            let ends = bytes.get(at).zip(bytes.get(at + length - 1));
            if let Some(((_, first), (_, last))) = ends {
                self.write(TextSpan::new(first.start(), last.end()), Some(&text));
            }
            at += length;
        }
    }

    fn symbol(&mut self, c: char, span: TextSpan) {
        match c {
            '*' => self.is_optional = true,
            '~' => self.write(span, Some("\u{a0}")),
            '_' => self.write(span, Some("-")),
            '\\' | '{' | '}' => self.write(span, Some(c.encode_utf8(&mut [0; 4]))),
            '\n' | '\r' => self.end_paragraph(),
            _ => {}
        }
    }

    fn word(&mut self, name: &str, number: Option<i32>, span: TextSpan) {
        let is_on = number != Some(0);
        let is_optional = std::mem::take(&mut self.is_optional);
        match (self.state.destination, name) {
            (_, "fonttbl") => self.state.destination = Destination::FontTable,
            (_, "stylesheet") => self.state.destination = Destination::StyleSheet,
            (_, "title") => self.state.destination = Destination::Title,
            (_, "creatim") => self.state.destination = Destination::Created,
            (Destination::Created, "yr" | "mo" | "dy") => {
                let [year, month, day] = &mut self.created;
                let part = match name {
                    "yr" => year,
                    "mo" => month,
                    _ => day,
                };
                *part = number.unwrap_or_default();
            }
            (Destination::FontTable, _) => self.fonts.follow(name, number),
            (Destination::StyleSheet, "s") => self.state.style = number.unwrap_or_default(),
            (Destination::Body, "listtext" | "pntext") => {
                self.paragraph.is_item = true;
                self.state.destination = Destination::Unread;
            }
            _ if UNREAD.contains(&format!(" {name} ")) => self.state.destination = Destination::Unread,
            _ if is_optional => self.state.destination = Destination::Unread,
            (_, "ansicpg" | "mac" | "deff") => self.fonts.follow(name, number),
            (_, "uc") => {
                self.state.fallback = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).min(64);
            }
            (_, "f") => self.state.font = number,
            (_, "plain") => {
                let State { destination, fallback, style, .. } = self.state;
                self.state = State { destination, fallback, style, ..State::default() };
            }
            (_, "b") => self.state.look.bold = is_on,
            (_, "i") => self.state.look.italic = is_on,
            (_, "v") => self.state.is_hidden = is_on,
            (_, "deleted") => self.state.is_deleted = is_on,
            (Destination::Body, _) => self.body_word(name, number, span),
            _ => {}
        }
    }

    /// A control word of the body.
    fn body_word(&mut self, name: &str, number: Option<i32>, span: TextSpan) {
        match name {
            "par" | "sect" | "page" | "nestcell" | "nestrow" => self.end_paragraph(),
            "pard" => self.paragraph = Paragraph::default(),
            "s" => self.paragraph.kind = self.styles.get(&number.unwrap_or_default()).copied(),
            "outlinelevel" => {
                let level = number.and_then(|level| u8::try_from(level).ok()).filter(|level| *level < 9);
                self.paragraph.kind = level.map(|level| BlockKind::Heading((level + 1).min(6)));
            }
            "ls" => self.paragraph.is_item = number.unwrap_or_default() > 0,
            "intbl" => self.paragraph.in_table = true,
            "cell" => {
                self.table.enter_cell(&mut self.draft.tables);
                self.end_paragraph();
                self.table.in_cell = false;
            }
            "row" => {
                self.end_paragraph();
                (self.table.in_row, self.table.in_cell) = (false, false);
            }
            "line" if self.draft.is_open() => self.write(span, Some("\n")),
            "tab" if self.draft.is_open() => self.write(span, Some("\t")),
            _ => {
                let sign = match name {
                    "emdash" => "—",
                    "endash" => "–",
                    "lquote" => "‘",
                    "rquote" => "’",
                    "ldblquote" => "“",
                    "rdblquote" => "”",
                    "bullet" => "•",
                    "emspace" | "enspace" | "qmspace" => " ",
                    _ => return,
                };
                self.write(span, Some(sign));
            }
        }
    }

    fn end_group(&mut self) {
        let ended = self.state;
        let Some(before) = self.groups.pop() else { return };
        self.state = before;
        match ended.destination {
            Destination::StyleSheet => {
                let name = std::mem::take(&mut self.named);
                let kind = styles::named(name.trim().trim_end_matches(';'));
                self.styles.extend(kind.map(|kind| (ended.style, kind)));
            }
            Destination::Created if before.destination != Destination::Created => {
                let [year, month, day] = self.created;
                if (1990..2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day) {
                    self.draft.metadata.published = format!("{year}-{month:02}-{day:02}");
                }
            }
            Destination::Body
            | Destination::Unread
            | Destination::FontTable
            | Destination::Title
            | Destination::Created => {}
        }
    }

    fn end_paragraph(&mut self) {
        self.draft.close();
    }

    /// Writes a stretch as it is, or as `meaning`.
    fn write(&mut self, span: TextSpan, meaning: Option<&str>) {
        let text = meaning.unwrap_or_else(|| span.of(self.text));
        match self.state.destination {
            Destination::Body => {}
            Destination::Title => {
                if self.draft.metadata.title.len() < LONGEST_TITLE {
                    self.draft.metadata.title.push_str(text);
                }
                return;
            }
            Destination::StyleSheet => {
                if self.named.len() < LONGEST_TITLE {
                    self.named.push_str(text);
                }
                return;
            }
            Destination::Unread | Destination::FontTable | Destination::Created => return,
        }
        if self.state.is_hidden || self.state.is_deleted {
            return;
        }
        if !self.draft.is_open() {
            if text.trim().is_empty() {
                return;
            }
            if self.paragraph.in_table {
                self.table.enter_cell(&mut self.draft.tables);
            } else if std::mem::take(&mut self.table).is_open {
                self.draft.tables.end();
            }
            let item = self.paragraph.is_item.then_some(BlockKind::ListItem);
            self.draft.open(self.paragraph.kind.or(item).unwrap_or(BlockKind::Paragraph));
        }
        let look = self.state.look;
        for (now, then, kind) in [
            (look.bold, self.on.bold, EmphasisKind::Strong),
            (look.italic, self.on.italic, EmphasisKind::Light),
        ] {
            match (then, now) {
                (false, true) => self.draft.emphasise(kind),
                (true, false) => self.draft.end_emphasis(kind),
                _ => {}
            }
        }
        self.on = look;
        match meaning {
            Some(meaning) => self.draft.replaced(span, meaning),
            None => self.draft.verbatim(span),
        }
    }
}
