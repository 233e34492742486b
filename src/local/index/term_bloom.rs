//! Which terms a segment may have: a Bloom filter.
//!
//! Most terms a query proposes (derivations, the stems of other languages) are nowhere; a look into the
//! dictionary costs hundreds of nanoseconds, a look here a few.

use std::hash::BuildHasher;
use std::hash::BuildHasherDefault;
use std::hash::DefaultHasher;

/// Bits per term: with four probes, about one absent term in forty looks present.
const BITS_PER_TERM: usize = 8;
const PROBES: u32 = 4;

/// A term to look for, hashed once for all the sets it is looked for in.
#[derive(Clone, Copy, Debug)]
pub struct TermKey<'a> {
    /// The term.
    pub text: &'a str,
    hash: u64,
}

impl<'a> From<&'a str> for TermKey<'a> {
    fn from(text: &'a str) -> Self {
        Self { text, hash: hash_of(text.as_bytes()) }
    }
}

impl<'a> From<&'a String> for TermKey<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

fn hash_of(term: &[u8]) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(term)
}

/// A set of terms that may say yes to one it has not, and never no to one it has.
#[derive(Clone, Debug)]
pub(super) struct TermBloom {
    words: Vec<u64>,
}

impl TermBloom {
    /// The empty set, sized for so many terms.
    pub(super) fn with_capacity(terms: usize) -> Self {
        Self { words: vec![0; (terms * BITS_PER_TERM).div_ceil(64).next_power_of_two()] }
    }

    pub(super) fn insert(&mut self, term: &[u8]) {
        for bit in self.bits(hash_of(term)) {
            if let Some(word) = self.words.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
    }

    pub(super) fn may_have(&self, term: TermKey<'_>) -> bool {
        self.bits(term.hash)
            .all(|bit| self.words.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1))
    }

    /// The bits of a term: double hashing (Kirsch and Mitzenmacher, 2008) over a power of two.
    fn bits(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let (first, second) = (hash, hash.rotate_left(32) | 1);
        let mask = self.words.len() as u64 * 64 - 1;
        (0..u64::from(PROBES)).map(move |probe| {
            let bit = first.wrapping_add(probe.wrapping_mul(second)) & mask;
            usize::try_from(bit).unwrap_or(0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::TermBloom;

    #[test]
    fn never_denies_what_it_has_and_seldom_has_what_it_has_not() {
        let mut lexicon = TermBloom::with_capacity(1000);
        (0..1000).for_each(|number: u32| lexicon.insert(number.to_string().as_bytes()));
        let may_have = |number: &u32| lexicon.may_have((&number.to_string()).into());
        assert!((0..1000).all(|number| may_have(&number)));
        let wrong = (1000..11_000).filter(may_have).count();
        assert!(wrong < 500, "{wrong}");
    }

    #[test]
    fn the_empty_set() {
        assert!(!TermBloom::with_capacity(0).may_have("a".into()));
    }
}
