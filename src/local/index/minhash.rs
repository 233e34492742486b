//! Minhashes of exchanges, by which near duplicates are recognised.
//!
//! An answer is sketched by min-wise hashing of its pairs of neighbouring words (Broder, "On the
//! resemblance and containment of documents", 1997), of each least hash one byte (Li and König,
//! "b-Bit Minwise Hashing", 2010): the share of bytes that two minhashes have in common estimates
//! the share of pairs that the answers have in common, to about five hundredths. A question is
//! short, so the least hashes of its words are kept themselves: they are all there are, and the
//! share in common is exact up to [`QUESTION_WORDS`] different words (bottom-k).

use crate::analysis::is_unspaced;

/// Bytes kept of an answer.
const ANSWER_BYTES: usize = 64;
/// Words kept of a question, by 16 bits each.
const QUESTION_WORDS: usize = 16;
/// Numbers of 64 bits that a minhash takes.
pub(super) const MINHASH_LEN: usize = ANSWER_BYTES / 8 + QUESTION_WORDS / 4;

/// Fewest words of an answer that is sketched. A shorter one ("Yes, of course.") is said twice
/// without being a copy.
const FEWEST_WORDS: usize = 16;

/// The share of pairs that two answers to the same question have in common where they are copies:
/// one word in twenty may be another. Measured on answers of 16 to 60 words edited at random,
/// nineteen of twenty are above it; of answers to the same medical question by different authors,
/// hardly any.
const ALIKE: f32 = 0.7;
/// The same where a copy has lost its question, or neither has one: texts from a template ("These
/// resources address the management of ...") have up to 0.8 in common.
const ALIKE_ALONE: f32 = 0.85;
/// The share of words that two questions have in common where they are the same: one word in seven
/// may be another. Questions from a template ("What are the symptoms of ...?") have up to 0.7 in
/// common.
const SAME_QUESTION: f32 = 0.75;

/// Bytes of an answer that must be equal, side by side, for two minhashes to be compared at all. Of
/// answers that share 0.7 of their pairs, 99 in 100 have such a run among their sixteen (Leskovec,
/// Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3).
const BAND_BYTES: usize = 4;
/// Runs of an answer's minhash.
pub(super) const BANDS: usize = ANSWER_BYTES / BAND_BYTES;

/// The minhash of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MinHash {
    /// The least hashes of the question's words, ascending; the rest zero. All zero where the
    /// question is missing.
    question: [u16; QUESTION_WORDS],
    answer: [u8; ANSWER_BYTES],
}

impl MinHash {
    /// The minhash of an exchange; `None` where the answer is too short to be recognised.
    pub(super) fn of(question: &str, answer: &str) -> Option<Self> {
        let words: Vec<u64> = words(answer).collect();
        if words.len() < FEWEST_WORDS {
            return None;
        }
        let mut least = [u32::MAX; ANSWER_BYTES];
        for pair in words.windows(2) {
            let [one, other] = pair else { continue };
            let hash = fold(mixed(one.rotate_left(21) ^ other));
            for (least, factor) in least.iter_mut().zip(&FACTORS) {
                *least = (*least).min(hash.wrapping_mul(*factor) ^ (factor >> 7));
            }
        }
        let byte = |least: u32| mixed(u64::from(least)).to_le_bytes()[0];
        Some(Self { question: sketched(question), answer: least.map(byte) })
    }

    /// Whether two exchanges are near duplicates.
    pub(super) fn is_near_duplicate_of(&self, other: &Self) -> bool {
        let equal = self.answer.iter().zip(&other.answer).filter(|(one, other)| one == other).count();
        // One byte in 256 is equal by chance.
        let chance = 1.0 / 256.0;
        let alike = (equal as f32 / ANSWER_BYTES as f32 - chance) / (1.0 - chance);
        if self.asks() && other.asks() {
            alike >= ALIKE && in_common(&self.question, &other.question) >= SAME_QUESTION
        } else {
            alike >= ALIKE_ALONE
        }
    }

    /// A band: some neighbouring bytes of the answer, as a number.
    pub(super) fn band(&self, band: usize) -> u32 {
        let bytes = self.answer.get(band * BAND_BYTES..).and_then(<[u8]>::first_chunk);
        u32::from_le_bytes(bytes.copied().unwrap_or_default())
    }

    /// The numbers that the index keeps.
    pub(super) fn to_numbers(self) -> [u64; MINHASH_LEN] {
        let mut bytes = [0; MINHASH_LEN * 8];
        let question = self.question.iter().flat_map(|word| word.to_le_bytes());
        bytes.iter_mut().zip(self.answer.into_iter().chain(question)).for_each(|(slot, byte)| *slot = byte);
        let (numbers, _) = bytes.as_chunks::<8>();
        let mut kept = [0; MINHASH_LEN];
        kept.iter_mut().zip(numbers).for_each(|(slot, bytes)| *slot = u64::from_le_bytes(*bytes));
        kept
    }

    /// The minhash with these numbers; see [`MinHash::to_numbers`].
    pub(super) fn from_numbers(numbers: [u64; MINHASH_LEN]) -> Self {
        let mut bytes = numbers.into_iter().flat_map(u64::to_le_bytes);
        let mut minhash = Self { question: [0; QUESTION_WORDS], answer: [0; ANSWER_BYTES] };
        minhash.answer.iter_mut().zip(&mut bytes).for_each(|(slot, byte)| *slot = byte);
        for word in &mut minhash.question {
            let (low, high) = (bytes.next().unwrap_or_default(), bytes.next().unwrap_or_default());
            *word = u16::from_le_bytes([low, high]);
        }
        minhash
    }

    fn asks(&self) -> bool {
        self.question.first().is_some_and(|word| *word != 0)
    }
}

/// The least hashes of a question's different words, ascending.
fn sketched(question: &str) -> [u16; QUESTION_WORDS] {
    // Zero is kept for "no word".
    let hash = |word: u64| u16::try_from(word >> 48).unwrap_or(0).max(1);
    let mut hashes: Vec<u16> = words(question).map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let mut kept = [0; QUESTION_WORDS];
    kept.iter_mut().zip(hashes).for_each(|(slot, hash)| *slot = hash);
    kept
}

/// The share of words in common (Jaccard's), estimated from the least hashes of both together.
fn in_common(one: &[u16; QUESTION_WORDS], other: &[u16; QUESTION_WORDS]) -> f32 {
    let words = |question: &[u16; QUESTION_WORDS]| question.iter().filter(|word| **word != 0).count();
    let mut union: Vec<u16> = one.iter().chain(other).copied().filter(|word| *word != 0).collect();
    union.sort_unstable();
    union.dedup();
    let shared = |word: u16| one.contains(&word) && other.contains(&word);
    // After the last word that a full minhash kept, it may have dropped words.
    if words(one) == QUESTION_WORDS || words(other) == QUESTION_WORDS {
        union.truncate(QUESTION_WORDS);
    }
    let common = union.iter().filter(|word| shared(**word)).count();
    common as f32 / union.len().max(1) as f32
}

/// The hashes of a text's words: runs of letters and digits without regard to case, and single
/// characters of scripts that do not part words. What markup and typography change (quotation
/// marks, dashes, spacing) is no part of them.
fn words(text: &str) -> impl Iterator<Item = u64> {
    let mut letters = text.chars().peekable();
    std::iter::from_fn(move || {
        let first = letters.find(|letter| is_alphanumeric(*letter))?;
        let mut hash = hashed(BASIS, first);
        while !is_unspaced(first)
            && let Some(next) = letters.next_if(|letter| is_alphanumeric(*letter) && !is_unspaced(*letter))
        {
            hash = hashed(hash, next);
        }
        Some(mixed(hash))
    })
}

/// Whether a character is a letter or a digit. Most are ASCII, which needs no table.
fn is_alphanumeric(letter: char) -> bool {
    if letter.is_ascii() { letter.is_ascii_alphanumeric() } else { letter.is_alphanumeric() }
}

/// The first hash of Fowler, Noll and Vo (FNV-1a), 64 bits.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

fn hashed(hash: u64, letter: char) -> u64 {
    let next = |hash: u64, letter: char| (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x0100_0000_01b3);
    if letter.is_ascii() {
        return next(hash, letter.to_ascii_lowercase());
    }
    letter.to_lowercase().fold(hash, next)
}

/// A number whose every bit depends on every bit of `number` (the finaliser of splitmix64).
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The upper half of a number.
fn fold(number: u64) -> u32 {
    u32::try_from(number >> 32).unwrap_or(0)
}

/// An odd factor for each byte of an answer: multiplication by one is a permutation of the hashes.
const FACTORS: [u32; ANSWER_BYTES] = {
    let mut factors = [0; ANSWER_BYTES];
    let mut index = 0;
    while index < ANSWER_BYTES {
        let bytes = mixed(index as u64 + 1).to_le_bytes();
        factors[index] = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) | 1;
        index += 1;
    }
    factors
};

#[cfg(test)]
mod tests {
    use super::MinHash;

    const QUESTION: &str = "What does the agreement on the northern provinces say?";
    const ANSWER: &str = "It says three things. The ceasefire in the northern provinces is prolonged by six months, \
        with observers from five states. Three hundred detainees from either side come home, beginning with the sick.";

    /// Whether two exchanges, as question and answer, are copies; either way round.
    fn check(one: (&str, &str), other: (&str, &str), expect: bool) {
        let [one, other] = [one, other].map(|(question, answer)| MinHash::of(question, answer).unwrap());
        assert_eq!([one.is_near_duplicate_of(&other), other.is_near_duplicate_of(&one)], [expect; 2]);
    }

    #[test]
    fn typography_and_small_edits_make_copies() {
        let original = (QUESTION, ANSWER);
        check(original, original, true);
        let shouted = ANSWER.to_uppercase().replace(", ", " \u{2013} ").replace(' ', "\n  ");
        check(original, (&format!("\u{AB} {QUESTION} \u{BB}"), &shouted), true);
        check(original, (QUESTION, &ANSWER.replace("prolonged", "extended")), true);
        check(original, (&QUESTION.replace("does the", "does this"), ANSWER), true);
        check(original, ("", ANSWER), true);
    }

    #[test]
    fn other_words_make_none() {
        let original = (QUESTION, ANSWER);
        check(original, ("What does the new envoy say?", ANSWER), false);
        let other = "It says little. The ceasefire is prolonged, and observers from five states will see to it that \
            detainees from either side may come home within six months.";
        check(original, (QUESTION, other), false);
    }

    #[test]
    fn texts_from_a_template_are_none() {
        let about = |name: &str| {
            format!(
                "These resources address the diagnosis or management of {name}: the review of {name}, the registry \
                 of tests for {name}, and the encyclopedia's article on {name} and its treatment."
            )
        };
        let ask = |name: &str| format!("What are the treatments for {name}?");
        let (one, other) = (about("alpha fever"), about("delta palsy"));
        check((&ask("alpha fever"), &one), (&ask("delta palsy"), &other), false);
        check(("", &one), ("", &other), false);
    }

    #[test]
    fn little_said_is_not_sketched() {
        assert_eq!(MinHash::of(QUESTION, "Yes, of course, as I have said before."), None);
        assert_eq!(MinHash::of(QUESTION, ""), None);
    }

    #[test]
    fn characters_are_words_where_nothing_parts_them() {
        let answer = "总统谈到了经济合作和安全威胁，并且说双方将在六个月之内再次会面。";
        check(("", answer), ("", &answer.replace('，', " ")), true);
        assert_eq!(MinHash::of("", "总统谈到了经济合作"), None);
    }

    #[test]
    fn numbers_come_back() {
        let minhash = MinHash::of(QUESTION, ANSWER).unwrap();
        assert_eq!(MinHash::from_numbers(minhash.to_numbers()), minhash);
    }
}
