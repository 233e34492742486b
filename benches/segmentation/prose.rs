//! What is said in the documents: sentences drawn by number, no two alike, as copies would be
//! folded into one.

/// What sentences are made of.
const WORDS: [&str; 48] = [
    "river", "bridge", "winter", "letter", "harvest", "valley", "and", "the", "of", "we", "had", "not",
    "people", "asked", "twice", "before", "measured", "when", "ferry", "closed", "school", "years", "it",
    "was", "slow", "because", "map", "promise", "walked", "with", "children", "nobody", "said", "water",
    "stone", "came", "back", "from", "mill", "road", "night", "quiet", "a", "to", "in", "that", "there",
    "house",
];

/// The first syllables of names, and the others.
const SYLLABLES: ([&str; 12], [&str; 12]) = (
    ["Ka", "Lo", "Mi", "Re", "Su", "To", "Va", "Zi", "Be", "Do", "Fa", "Ne"],
    ["rin", "la", "sar", "mon", "vik", "dra", "nes", "tho", "bel", "gar", "lund", "mir"],
);

/// Who says something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The host.
    Asks,
    /// The guest.
    Answers,
    /// The guest, in another paragraph.
    GoesOn,
}

/// Words drawn by number, another sequence for each seed.
pub(crate) fn words(seed: usize) -> impl Iterator<Item = &'static str> {
    let mut state = seed.wrapping_mul(0x9e37_79b9).wrapping_add(0x7f4a_7c15);
    std::iter::from_fn(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WORDS.get((state >> 33) % WORDS.len()).copied()
    })
}

/// A sentence of so many words.
pub(crate) fn sentence(seed: usize, length: usize) -> String {
    let mut sentence = String::from("So");
    for word in words(seed).take(length) {
        sentence.push(' ');
        sentence.push_str(word);
    }
    sentence.push('.');
    sentence
}

/// A name of two words; the names of the first 20,000 numbers and more differ.
pub(crate) fn name(number: usize) -> String {
    let (first, rest) = SYLLABLES;
    let pick = |from: [&'static str; 12], digit: u32| {
        from.get(number / 12_usize.pow(digit) % 12).copied().unwrap_or_default()
    };
    let family = format!("{}{}{}", pick(first, 2), pick(rest, 3), pick(rest, 4));
    format!("{}{} {family}", pick(first, 0), pick(rest, 1))
}

/// The paragraphs of an interview of at least so many bytes, each with its number.
pub(crate) fn interview(size: usize, mut write: impl FnMut(usize, Side, &str)) {
    let mut written = 0;
    for number in 1_usize.. {
        if written >= size {
            break;
        }
        let mut said = |side, paragraph: &str| {
            written += paragraph.len();
            write(number, side, paragraph);
        };
        let part = |place: usize| sentence(number * 8 + place, 12 + place * 3);
        said(Side::Asks, &format!("{} What changed for you in year {number}?", part(0)));
        said(Side::Answers, &format!("{} {} {}", part(1), part(2), part(3)));
        if number.is_multiple_of(3) {
            said(Side::GoesOn, &format!("{} {}", part(4), part(5)));
        }
    }
}
