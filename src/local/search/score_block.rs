//! One block of passages: a slot for each, in which scores are summed.

use crate::local::index::BitSet;

/// Passages per block: three arrays of this many floats stay in a core's second-level cache, and a
/// passage's slot is its number masked, which needs no bounds check.
pub(super) const BLOCK: u32 = 4096;
pub(super) const BLOCK_LEN: usize = BLOCK as usize;
const MASK: u32 = BLOCK - 1;
const WORDS: usize = BLOCK_LEN / 64;

/// The slot of a passage in its block.
pub(super) const fn slot_of(passage: u32) -> usize {
    (passage & MASK) as usize
}

/// A number for each slot of a block.
pub(super) type ScoreBlock = Box<[f32; BLOCK_LEN]>;

/// Zero for each slot.
pub(super) fn zeros() -> ScoreBlock {
    Box::new([0.0; BLOCK_LEN])
}

/// A set of slots.
#[derive(Clone, Debug)]
pub(super) struct BlockBitset([u64; WORDS]);

impl BlockBitset {
    pub(super) const fn empty() -> Self {
        Self([0; WORDS])
    }

    pub(super) fn insert(&mut self, slot: usize) {
        // A slot is below the block's length, so the mask changes only what the compiler can prove.
        self.0[(slot / 64) & (WORDS - 1)] |= 1 << (slot % 64);
    }

    /// Empties two sets, 64 slots at a time: calls `visit` with the index of a word and the words
    /// of both, where not both are empty.
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

/// Calls `visit` with each of the 64 slots from `first` whose bit is set, ascending.
pub(super) fn each_slot(mut word: u64, first: usize, mut visit: impl FnMut(usize)) {
    while word != 0 {
        visit(first + word.trailing_zeros() as usize);
        word &= word - 1;
    }
}
