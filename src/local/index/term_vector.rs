//! Term vectors: where in a text its terms are, so that highlighting need not analyse the text
//! again.
//!
//! A text is a sequence of *chunks*, cut where analysis cannot see across ([`chunk_end`]), so that
//! a chunk alone yields the terms that it yields in its text. For each term the vector has a
//! fingerprint and the start of its chunk. Different fingerprints are of different terms; equal
//! ones can be, so the chunk, some ten bytes, is analysed.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::analysis::is_unspaced;
use crate::local::index::bit_set::BitSet;

/// Bytes of a vector's head: the text's length and the number of terms, the width of a start in the
/// latter's highest bit.
const HEAD: usize = 8;
const WIDE: u32 = 1 << 31;

/// The fingerprint of a term: FNV-1a, folded to 16 bits.
fn fingerprint(term: &str) -> u16 {
    let hash =
        term.bytes().fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let [a, b, c, d] = hash.to_le_bytes();
    u16::from_le_bytes([a ^ c, b ^ d])
}

/// The end of the chunk of `text` that begins at `start`: after the next character that no word
/// reaches across, white space or a full stop of a script without spaces.
#[must_use]
pub(crate) fn chunk_end(text: &str, start: usize) -> usize {
    let start = match ascii_chunk_end(text, start) {
        Ok(end) => return end,
        Err(reached) => reached,
    };
    let mut unspaced = false;
    let mut letters = text.get(start..).unwrap_or_default().char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        if separates(letter, unspaced) && next.is_none_or(begins_word) {
            return start + at + letter.len_utf8();
        }
        unspaced = is_unspaced(letter);
    }
    text.len()
}

/// [`chunk_end`] for ASCII, byte by byte. Where the text is not ASCII before the end of the chunk,
/// the error is the offset at which to go on: of the first other character, or of the one before
/// it.
fn ascii_chunk_end(text: &str, start: usize) -> Result<usize, usize> {
    let is_space = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ');
    let bytes = text.as_bytes();
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        let next = bytes.get(at + 1);
        if !byte.is_ascii() || next.is_some_and(|next| !next.is_ascii()) {
            return Err(at);
        }
        at += 1;
        if is_space(*byte) && next.is_none_or(|next| !is_space(*next)) {
            return Ok(at);
        }
    }
    Ok(text.len())
}

/// Whether a character separates chunks: Unicode Standard Annex 29 breaks words on both sides of
/// it, whatever its neighbours. The full-width comma and semicolon join numbers, so they separate
/// only after a letter of an unspaced script.
fn separates(letter: char, after_unspaced: bool) -> bool {
    match letter {
        // The narrow no-break space joins words (it is of the class ExtendNumLet).
        '\u{202F}' => false,
        '\u{3001}' | '\u{3002}' | '\u{FF01}' | '\u{FF1F}' => true,
        '\u{FF0C}' | '\u{FF1B}' => after_unspaced,
        letter => letter.is_whitespace(),
    }
}

/// Whether a character does not belong to the one before it, as marks and format characters do
/// (rule WB4). The common letters and signs are listed; for others the word segmenter is asked.
fn begins_word(letter: char) -> bool {
    if letter.is_whitespace() {
        // Spaces belong together (rule WB3d), with a mark after the last of them.
        return false;
    }
    if matches!(letter,
        '\0'..='\u{7F}' | '\u{C0}'..='\u{24F}' | '\u{391}'..='\u{3C9}' | '\u{400}'..='\u{481}'
        | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
    {
        return true;
    }
    let mut pair = String::from(' ');
    pair.push(letter);
    pair.split_word_bound_indices().nth(1).is_some()
}

/// A set of fingerprints.
#[derive(Clone, Debug)]
pub(crate) struct Fingerprints(BitSet);

impl Default for Fingerprints {
    fn default() -> Self {
        Self(BitSet::empty(1 << 16))
    }
}

impl Fingerprints {
    /// Inserts the fingerprint of a term.
    pub(crate) fn insert(&mut self, term: &str) {
        self.0.insert(fingerprint(term).into());
    }

    fn contains(&self, number: u16) -> bool {
        self.0.contains(number.into())
    }
}

/// Writes the vector of a text while the text is analysed.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    text: &'a str,
    fingerprints: Vec<u16>,
    starts: Vec<u32>,
    /// The present chunk.
    start: usize,
    end: usize,
}

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let terms = text.len() / 5;
        Self {
            text,
            fingerprints: Vec::with_capacity(terms),
            starts: Vec::with_capacity(terms),
            start: 0,
            end: chunk_end(text, 0),
        }
    }

    /// Adds the next term, whose word begins at byte `start` of the text.
    pub(super) fn push(&mut self, term: &str, start: usize) {
        while start >= self.end && self.end < self.text.len() {
            self.start = self.end;
            self.end = chunk_end(self.text, self.start);
        }
        self.fingerprints.push(fingerprint(term));
        self.starts.push(u32::try_from(self.start).unwrap_or(u32::MAX));
    }

    /// Appends the vector's bytes.
    pub(super) fn finish(self, bytes: &mut Vec<u8>) {
        let mut before = 0;
        let deltas: Option<Vec<u8>> = self
            .starts
            .iter()
            .map(|start| u8::try_from(start - std::mem::replace(&mut before, *start)).ok())
            .collect();
        let count = u32::try_from(self.fingerprints.len()).unwrap_or(0);
        let width = if deltas.is_some() { 0 } else { WIDE };
        bytes.extend(u32::try_from(self.text.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend((count | width).to_le_bytes());
        bytes.extend(self.fingerprints.iter().flat_map(|fingerprint| fingerprint.to_le_bytes()));
        match deltas {
            Some(deltas) => bytes.extend(deltas),
            None => bytes.extend(self.starts.iter().flat_map(|start| start.to_le_bytes())),
        }
    }
}

/// The vector of a text, as it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TermVector<'a> {
    text_len: usize,
    fingerprints: &'a [[u8; 2]],
    starts: Starts<'a>,
}

/// The starts of the terms' chunks.
#[derive(Clone, Copy, Debug)]
enum Starts<'a> {
    /// As distances from the term before.
    Deltas(&'a [u8]),
    Absolute(&'a [[u8; 4]]),
}

impl<'a> TermVector<'a> {
    /// The vector at the start of `bytes`, and the bytes after it; `None` where there is none.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (head, rest) = bytes.split_at_checked(HEAD)?;
        let (text_len, count) = head.split_first_chunk::<4>()?;
        let count = u32::from_le_bytes(count.try_into().ok()?);
        let terms = usize::try_from(count & !WIDE).ok()?;
        let (fingerprints, rest) = rest.split_at_checked(terms.checked_mul(2)?)?;
        let (starts, rest) = if count & WIDE == 0 {
            let (deltas, rest) = rest.split_at_checked(terms)?;
            (Starts::Deltas(deltas), rest)
        } else {
            let (starts, rest) = rest.split_at_checked(terms.checked_mul(4)?)?;
            (Starts::Absolute(starts.as_chunks().0), rest)
        };
        let text_len = usize::try_from(u32::from_le_bytes(*text_len)).ok()?;
        Some((Self { text_len, fingerprints: fingerprints.as_chunks().0, starts }, rest))
    }

    /// The length of its text, in bytes.
    #[must_use]
    pub(crate) const fn text_len(&self) -> usize {
        self.text_len
    }

    /// The starts of the chunks that can have a term of `wanted`, ascending, each once.
    pub(crate) fn chunks(self, wanted: &Fingerprints) -> impl Iterator<Item = usize> {
        let (mut summed, mut sum, mut last) = (0, 0, None);
        let numbers = self.fingerprints.iter().enumerate();
        numbers.filter(|(_, bytes)| wanted.contains(u16::from_le_bytes(**bytes))).filter_map(
            move |(number, _)| {
                let start = match self.starts {
                    Starts::Absolute(starts) => {
                        starts.get(number).map_or(0, |start| u32::from_le_bytes(*start) as usize)
                    }
                    Starts::Deltas(deltas) => {
                        let more = deltas.get(summed..=number).unwrap_or_default();
                        sum += more.iter().map(|delta| usize::from(*delta)).sum::<usize>();
                        summed = number + 1;
                        sum
                    }
                };
                (last.replace(start) != Some(start)).then_some(start)
            },
        )
    }

    /// Where a phrase can be, whose words are given with their distances from the first: the starts
    /// of the first and of the last chunk that can have its words.
    #[must_use]
    pub(crate) fn windows(self, phrase: &[(u32, String)]) -> Vec<(usize, usize)> {
        let wanted: Vec<u16> = phrase.iter().map(|(_, term)| fingerprint(term)).collect();
        let (Some(lead), Some((reach, _))) =
            (wanted.first(), phrase.iter().max_by_key(|(offset, _)| *offset))
        else {
            return Vec::new();
        };
        let terms: Vec<(u16, usize)> =
            self.fingerprints.iter().map(|bytes| u16::from_le_bytes(*bytes)).zip(self.all_starts()).collect();
        let mut windows = Vec::new();
        for (number, (_, start)) in terms.iter().enumerate().filter(|(_, (term, _))| term == lead) {
            // A compound's own term follows those of its parts, so the whole chunk belongs to the
            // window.
            let begin = terms.get(..number).unwrap_or_default().partition_point(|(_, other)| other < start);
            let (mut chunks, mut last) = (0, *start);
            // Every chunk that has terms has a position, so no word is farther away than so many
            // chunks.
            let inside = terms.get(begin..).unwrap_or_default().iter().take_while(|(_, here)| {
                chunks += u32::from(*here != last);
                let within = chunks <= *reach;
                last = if within { *here } else { last };
                within
            });
            let inside: Vec<u16> = inside.map(|(term, _)| *term).collect();
            if wanted.iter().all(|term| inside.contains(term)) {
                windows.push((*start, last));
            }
        }
        windows.dedup();
        windows
    }

    fn all_starts(self) -> impl Iterator<Item = usize> {
        let mut sum = 0;
        (0..self.fingerprints.len()).map(move |number| match self.starts {
            Starts::Absolute(starts) => {
                starts.get(number).map_or(0, |start| u32::from_le_bytes(*start) as usize)
            }
            Starts::Deltas(deltas) => {
                sum += deltas.get(number).map_or(0, |delta| usize::from(*delta));
                sum
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Builder;
    use super::Fingerprints;
    use super::TermVector;
    use super::chunk_end;
    use crate::analysis::Analyzer;
    use crate::analysis::Language;

    /// What analysis yields of a text: terms with the places of their words.
    fn terms(language: Language, text: &str, base: usize) -> Vec<(String, usize, usize)> {
        let mut terms = Vec::new();
        Analyzer::new(language).analyze(text, &mut |token| {
            terms.push((token.term.to_owned(), base + token.span.start(), base + token.span.end()));
        });
        terms
    }

    /// Texts of many scripts, with what words are joined and parted by.
    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-zA-Z0-9]{1,6}",
            "[а-яё]{1,5}",
            "[\u{4E00}-\u{4E20}\u{3042}\u{AC00}]{1,4}",
            "[éßøıÀ]{1,3}",
            "[-'.,:_ \u{2019}\u{AD}\u{200D}\u{301}\u{202F}\u{2009}\u{3000}\u{FF0C}\u{FF1B}\u{3002}\u{FF10}\u{1F1E6}\u{A9}\n]{1,3}",
            "\\PC{1,3}",
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn chunks_yield_what_their_text_yields(text in texts()) {
            for language in [Language::Other, Language::English, Language::French] {
                let mut parts = Vec::new();
                let mut start = 0;
                while start < text.len() {
                    let end = chunk_end(&text, start);
                    prop_assert!(end > start && text.is_char_boundary(end));
                    parts.extend(terms(language, text.get(start..end).unwrap(), start));
                    start = end;
                }
                prop_assert_eq!(terms(language, &text, 0), parts, "{:?}", language);
            }
        }

        #[test]
        fn a_vector_finds_every_chunk_of_a_term(text in texts()) {
            let all = terms(Language::English, &text, 0);
            let mut builder = Builder::new(&text);
            for (term, start, _) in &all {
                builder.push(term, *start);
            }
            let mut bytes = Vec::new();
            builder.finish(&mut bytes);
            bytes.push(7);
            let (vector, rest) = TermVector::parse(&bytes).unwrap();
            prop_assert_eq!((vector.text_len(), rest), (text.len(), &[7][..]));
            for (wanted, ..) in &all {
                let mut set = Fingerprints::default();
                set.insert(wanted);
                let found: Vec<usize> = vector.chunks(&set).collect();
                for (_, start, _) in all.iter().filter(|(term, ..)| term == wanted) {
                    let chunk = found.iter().rfind(|chunk| *chunk <= start);
                    prop_assert!(chunk.is_some_and(|chunk| *start < chunk_end(&text, *chunk)), "{}", wanted);
                }
            }
        }
    }

    #[test]
    fn far_chunks_and_cut_bytes() {
        let text = format!("one {} two", ". ".repeat(400));
        let mut builder = Builder::new(&text);
        builder.push("one", 0);
        builder.push("two", text.len() - 3);
        let mut bytes = Vec::new();
        builder.finish(&mut bytes);
        let mut set = Fingerprints::default();
        set.insert("two");
        let (vector, _) = TermVector::parse(&bytes).unwrap();
        assert_eq!(vector.chunks(&set).collect::<Vec<_>>(), [text.len() - 3]);
        for end in 0..bytes.len() {
            assert!(TermVector::parse(bytes.get(..end).unwrap()).is_none(), "{end}");
        }
    }
}
