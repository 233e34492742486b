//! Text → terms. One function for documents, queries and highlights, so that the three cannot
//! disagree.
//!
//! Words are those of Unicode Standard Annex 29, lower-cased, of one spelling, stemmed (Snowball)
//! in the document's language and stripped of accents. Scripts written without spaces, and Hangul,
//! whose words carry their particles, give overlapping pairs of characters instead, which needs no
//! dictionary (Lucene's `CJKAnalyzer` does the same).

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::analysis::language::Language;
use crate::analysis::stem_cache::Stem;
use crate::analysis::stem_cache::StemCache;
use crate::span::TextSpan;

/// The longest word kept, in bytes; the rest of a longer one (an encoded file, a letter held down)
/// is dropped.
const MAX_WORD_BYTES: usize = 96;

/// One term of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The term as the index knows it.
    pub term: &'a str,
    /// The word as it is written, apart from case, accents and Unicode form, after
    /// [`WRITTEN_MARK`](crate::analysis::WRITTEN_MARK): what phrases are compared by. `None` where `term` itself is as written
    /// (pairs of characters) and for forms that are in the index only.
    pub written: Option<&'a str>,
    /// The span of its word in the text.
    pub span: TextSpan,
    /// The word's index in the text, from 0; all terms of a word have the same.
    pub position: usize,
    /// What it was made from.
    pub form: Form,
}

/// What a term was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A word, or a pair of characters.
    Word,
    /// The parts of a hyphenated word written as one; has the position of the first part.
    Joined,
    /// A word with accents, stemmed as if it were typed without them; in the index only.
    Unaccented,
    /// One character of a script without spaces, for queries of one character; in the index only.
    Character,
}

/// Turns text of one language into terms. Cheap to make, and faster when used again: it caches the
/// terms of words, at most some 2.8 MB of them.
#[derive(Clone, Debug)]
pub struct Analyzer {
    language: Language,
    word: String,
    joined: String,
    stems: StemCache,
}

/// A text that is being read.
struct Reading<'t> {
    text: &'t str,
    /// The position of the next word.
    position: usize,
    compound: Option<Compound>,
    run: CharacterRun,
}

/// The hyphenated word that is being read.
struct Compound {
    start: usize,
    end: usize,
    position: usize,
    parts: usize,
}

impl Analyzer {
    /// An analyzer for this language.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, word: String::new(), joined: String::new(), stems: StemCache::default() }
    }

    /// Calls `emit` for each term of `text`, in order of positions.
    pub fn analyze(&mut self, text: &str, emit: &mut dyn FnMut(Token<'_>)) {
        let mut reading = Reading { text, position: 0, compound: None, run: CharacterRun::default() };
        for (start, word) in text.unicode_word_indices() {
            // Most words are of one script.
            if word.is_ascii() {
                self.piece(&mut reading, start, word, emit);
            } else {
                scripts(start, word).for_each(|(start, piece)| self.piece(&mut reading, start, piece, emit));
            }
        }
        reading.run.finish(reading.position, emit);
        self.flush(&mut reading.compound, emit);
    }

    /// Reads a piece of one script.
    fn piece(
        &mut self,
        reading: &mut Reading<'_>,
        start: usize,
        piece: &str,
        emit: &mut dyn FnMut(Token<'_>),
    ) {
        if piece.starts_with(is_unspaced) {
            self.flush(&mut reading.compound, emit);
            reading.position = reading.run.read(start, piece, reading.position, emit);
            return;
        }
        reading.position = reading.run.finish(reading.position, emit);
        for (offset, word) in elided(self.language, clip(piece)) {
            let start = start + offset;
            let span = TextSpan::new(start, start + word.len());
            self.compound(&mut reading.compound, reading.text, word, span, reading.position, emit);
            self.word(word, span, reading.position, emit);
            reading.position += 1;
        }
    }

    /// The terms of `text`, collected.
    #[must_use]
    pub fn terms(language: Language, text: &str) -> Vec<(String, usize, Form)> {
        let mut terms = Vec::new();
        Self::new(language).analyze(text, &mut |token| {
            terms.push((token.term.to_owned(), token.position, token.form));
        });
        terms
    }

    fn word(&mut self, word: &str, span: TextSpan, position: usize, emit: &mut dyn FnMut(Token<'_>)) {
        lower(word, &mut self.word);
        let Stem { folded, unaccented, written } = self.stems.get(self.language, &self.word);
        emit(Token { term: folded, written: Some(written), span, position, form: Form::Word });
        if let Some(term) = unaccented {
            emit(Token { term, written: None, span, position, form: Form::Unaccented });
        }
    }

    /// Follows hyphens: `cease-fire` is also `ceasefire`.
    fn compound(
        &mut self,
        compound: &mut Option<Compound>,
        text: &str,
        word: &str,
        span: TextSpan,
        position: usize,
        emit: &mut dyn FnMut(Token<'_>),
    ) {
        let continues = compound.as_ref().is_some_and(|open| {
            let between = text.get(open.end..span.start()).unwrap_or_default();
            matches!(between, "-" | "\u{2010}" | "\u{2011}" | "\u{AD}")
        });
        if !continues {
            self.flush(compound, emit);
            self.joined.clear();
        }
        if self.joined.len() + word.len() <= MAX_WORD_BYTES {
            self.joined.push_str(word);
        }
        let open = compound.get_or_insert(Compound { start: span.start(), end: 0, position, parts: 0 });
        open.end = span.end();
        open.parts += 1;
    }

    fn flush(&mut self, compound: &mut Option<Compound>, emit: &mut dyn FnMut(Token<'_>)) {
        let Some(done) = compound.take() else { return };
        if done.parts < 2 {
            return;
        }
        let joined = std::mem::take(&mut self.joined);
        lower(&joined, &mut self.word);
        let Stem { folded, written, .. } = self.stems.get(self.language, &self.word);
        let span = TextSpan::new(done.start, done.end);
        emit(Token {
            term: folded,
            written: Some(written),
            span,
            position: done.position,
            form: Form::Joined,
        });
        self.joined = joined;
    }
}

/// A word in lower case, of compatible characters (NFKC), with one kind of apostrophe, without the
/// points of an abbreviation and the commas of a number.
fn lower(word: &str, out: &mut String) {
    out.clear();
    if word.is_ascii() {
        if matches!(word, "US" | "U.S" | "U.S.A") {
            out.push_str("usa");
            return;
        }
        let plain = !word.bytes().any(|byte| matches!(byte, b'.' | b',' | b'_'));
        if plain {
            out.push_str(word);
            out.make_ascii_lowercase();
            return;
        }
    }
    for letter in word.nfkc().flat_map(char::to_lowercase) {
        match letter {
            '\u{2019}' | '\u{2018}' | '\u{02BC}' | '\u{FF07}' => out.push('\''),
            '.' | ',' | '_' | '\u{AD}' => {}
            _ => out.push(letter),
        }
    }
}

/// French, Italian and Catalan write short words onto the next (`l'économie`): both count.
fn elided(language: Language, piece: &str) -> impl Iterator<Item = (usize, &str)> {
    let elides = matches!(language, Language::French | Language::Italian);
    let parts = if elides { parts_of_elision(piece) } else { None };
    let [first, second] = parts.map_or([Some((0, piece)), None], |parts| parts.map(Some));
    first.into_iter().chain(second)
}

/// The parts of a word before and after its apostrophe, with their offsets.
fn parts_of_elision(piece: &str) -> Option<[(usize, &str); 2]> {
    let at = piece.find(['\'', '\u{2019}'])?;
    let after = at + piece.get(at..)?.chars().next().map_or(1, char::len_utf8);
    let (head, tail) = (piece.get(..at)?, piece.get(after..)?);
    (!head.is_empty() && !tail.is_empty()).then_some([(0, head), (after, tail)])
}

/// A word cut where it changes between unspaced and other scripts (`2017년`), with the pieces'
/// places.
fn scripts(start: usize, word: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let unspaced = is_unspaced(rest.chars().next()?);
        let end = rest.find(|letter| is_unspaced(letter) != unspaced).unwrap_or(rest.len());
        let (piece, after) = rest.split_at_checked(end)?;
        let at = start + (word.len() - rest.len());
        rest = after;
        Some((at, piece))
    })
}

/// The first [`MAX_WORD_BYTES`] of a word, on a character boundary.
fn clip(word: &str) -> &str {
    if word.len() <= MAX_WORD_BYTES {
        return word;
    }
    word.get(..word.floor_char_boundary(MAX_WORD_BYTES)).unwrap_or_default()
}

/// Whether a letter belongs to a script written without spaces between words, or to Hangul.
pub(crate) fn is_unspaced(letter: char) -> bool {
    letter >= '\u{E00}'
        && matches!(u32::from(letter),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x1100..=0x11FF | 0x3040..=0x30FF
        | 0x31F0..=0x31FF | 0x3130..=0x318F | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF
        | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x20000..=0x3FFFF)
}

/// A run of unspaced characters, given out as pairs.
#[derive(Default)]
struct CharacterRun {
    previous: Option<(usize, char)>,
    length: usize,
    end: usize,
}

impl CharacterRun {
    /// Reads a piece; a piece that does not touch the last one starts a new run. Returns the next
    /// position.
    fn read(
        &mut self,
        start: usize,
        piece: &str,
        mut position: usize,
        emit: &mut dyn FnMut(Token<'_>),
    ) -> usize {
        if start != self.end {
            position = self.finish(position, emit);
        }
        let mut pair = String::new();
        for (offset, letter) in piece.char_indices() {
            let at = start + offset;
            let end = at + letter.len_utf8();
            if let Some((before, first)) = self.previous {
                normal_pair(&mut pair, &[first, letter]);
                let span = TextSpan::new(before, end);
                emit(Token { term: &pair, written: None, span, position, form: Form::Word });
                position += 1;
            }
            normal_pair(&mut pair, &[letter]);
            let span = TextSpan::new(at, end);
            emit(Token { term: &pair, written: None, span, position, form: Form::Character });
            self.previous = Some((at, letter));
            self.length += 1;
            self.end = end;
        }
        position
    }

    /// Ends the run: a run of one character is a word. Returns the next position.
    fn finish(&mut self, position: usize, emit: &mut dyn FnMut(Token<'_>)) -> usize {
        let (previous, length) = (self.previous.take(), std::mem::take(&mut self.length));
        let Some((at, letter)) = previous else { return position };
        if length == 1 {
            let mut term = String::new();
            normal_pair(&mut term, &[letter]);
            let span = TextSpan::new(at, at + letter.len_utf8());
            emit(Token { term: &term, written: None, span, position, form: Form::Word });
        }
        position + 1
    }
}

fn normal_pair(out: &mut String, letters: &[char]) {
    out.clear();
    out.extend(letters.iter().copied().nfkc().flat_map(char::to_lowercase));
}
