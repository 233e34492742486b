//! One block of passages: scores while they are summed.

use crate::local::index::BitSet;

/// Passages per block: three arrays of this many floats stay in a core's second cache, and a place in a block
/// is a number masked, which needs no bounds check.
pub(super) const BLOCK: u32 = 4096;
pub(super) const BLOCK_LEN: usize = BLOCK as usize;
const MASK: u32 = BLOCK - 1;
const WORDS: usize = BLOCK_LEN / 64;

/// The place of a passage in its block.
pub(super) const fn place(passage: u32) -> usize {
    (passage & MASK) as usize
}

/// A number for each place of a block.
pub(super) type ScoreBlock = Box<[f32; BLOCK_LEN]>;

/// Zero for each place.
pub(super) fn zeros() -> ScoreBlock {
    Box::new([0.0; BLOCK_LEN])
}

/// A set of places in a block.
#[derive(Clone, Debug)]
pub(super) struct BlockBitset([u64; WORDS]);

impl BlockBitset {
    pub(super) const fn empty() -> Self {
        Self([0; WORDS])
    }

    pub(super) fn insert(&mut self, place: usize) {
        // A place is below the block's length, so the mask changes nothing but what the compiler can prove.
        self.0[(place / 64) & (WORDS - 1)] |= 1 << (place % 64);
    }

    /// Takes everything out of two sets, 64 places at a time: calls `visit` with the words of both, where not both are
    /// empty, and their index.
    pub(super) fn drain(&mut self, other: &mut Self, mut visit: impl FnMut(usize, u64, u64)) {
        for (index, (one, other)) in self.0.iter_mut().zip(&mut other.0).enumerate() {
            let (one, other) = (std::mem::take(one), std::mem::take(other));
            if one | other != 0 {
                visit(index, one, other);
            }
        }
    }

    /// Inserts those of a set of passages that are in the block that begins at passage `base`.
    pub(super) fn insert_all(&mut self, passages: &BitSet, base: u32) {
        for (word, more) in self.0.iter_mut().zip(passages.words_from(base as usize / 64)) {
            *word |= more;
        }
    }
}

/// Calls `visit` with each of the 64 places from `first` whose bit is set, ascending.
pub(super) fn each_place(mut word: u64, first: usize, mut visit: impl FnMut(usize)) {
    while word != 0 {
        visit(first + word.trailing_zeros() as usize);
        word &= word - 1;
    }
}
