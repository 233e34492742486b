//! Which terms a segment can have: a Bloom filter.
//!
//! Most terms that a query proposes (derivations, the stems of other languages) are in no passage.
//! A look-up in the dictionary costs hundreds of nanoseconds, one here a few.

use std::hash::BuildHasher;
use std::hash::BuildHasherDefault;
use std::hash::DefaultHasher;

use fastbloom::BloomFilter;

/// Bits per term: with four probes, about one absent term in forty seems present.
const BITS_PER_TERM: usize = 8;
const PROBES: u32 = 4;

/// Has no seed, so that a term is hashed once for the filters of all segments.
type Hasher = BuildHasherDefault<DefaultHasher>;

/// A term to look for, with its hash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TermKey<'a> {
    /// The term.
    pub text: &'a str,
    hash: u64,
}

impl<'a> From<&'a str> for TermKey<'a> {
    fn from(text: &'a str) -> Self {
        Self { text, hash: Hasher::default().hash_one(text.as_bytes()) }
    }
}

impl<'a> From<&'a String> for TermKey<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

/// A set of terms. It can claim to have a term that it lacks, but never the other way round.
#[derive(Clone, Debug)]
pub(super) struct TermBloom(BloomFilter<Hasher>);

impl TermBloom {
    /// The empty set, sized for so many terms.
    pub(super) fn with_capacity(terms: usize) -> Self {
        let bits = terms.saturating_mul(BITS_PER_TERM).max(64);
        Self(BloomFilter::with_num_bits(bits).hasher(Hasher::default()).hashes(PROBES))
    }

    pub(super) fn insert(&mut self, term: &[u8]) {
        self.0.insert_hash(Hasher::default().hash_one(term));
    }

    pub(super) fn may_have(&self, term: TermKey<'_>) -> bool {
        self.0.contains_hash(term.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::TermBloom;

    #[test]
    fn never_denies_a_term_it_has_and_seldom_claims_one_it_lacks() {
        let mut bloom = TermBloom::with_capacity(1000);
        (0..1000).for_each(|number: u32| bloom.insert(number.to_string().as_bytes()));
        let may_have = |number: &u32| bloom.may_have((&number.to_string()).into());
        assert!((0..1000).all(|number| may_have(&number)));
        let wrong = (1000..11_000).filter(may_have).count();
        assert!(wrong < 500, "{wrong}");
    }

    #[test]
    fn the_empty_set() {
        assert!(!TermBloom::with_capacity(0).may_have("a".into()));
    }
}
