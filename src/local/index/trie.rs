//! Phrases that begin alike, as one tree: what stands behind a word is compared with all of them at once.

use std::collections::BTreeSet;

/// The number of a term among the terms of the phrases.
pub(super) type TermNumber = u32;

/// A phrase as terms, each with its distance from the first.
pub(super) type NumberedPhrase = Vec<(u32, TermNumber)>;

/// Phrases as paths of terms. A path leads from term to term with the distance between them, which is 1 but
/// where a script without spaces breaks off.
#[derive(Debug, Default)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// The node of each term that begins a phrase.
    roots: Vec<Option<u32>>,
    edges: Edges,
}

/// A place on a path.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The distances at which a path goes on; hardly ever more than one.
    pub steps: Vec<u32>,
    /// The phrases that end here.
    pub ends: Vec<usize>,
}

impl Trie {
    /// The tree of these phrases, whose distances ascend.
    pub(super) fn new(phrases: &[NumberedPhrase]) -> Self {
        let mut trie = Self::default();
        for (phrase, terms) in phrases.iter().enumerate() {
            trie.insert(phrase, terms);
        }
        trie
    }

    fn insert(&mut self, phrase: usize, terms: &[(u32, TermNumber)]) {
        let Some(((start, first), rest)) = terms.split_first() else { return };
        let mut place = *start;
        let slot = *first as usize;
        if self.roots.len() <= slot {
            self.roots.resize(slot + 1, None);
        }
        let mut node = match self.roots.get(slot).copied().flatten() {
            Some(root) => root,
            None => self.grow(),
        };
        if let Some(root) = self.roots.get_mut(slot) {
            *root = Some(node);
        }
        for (offset, term) in rest {
            let step = offset - place;
            place = *offset;
            node = match self.edges.get(node, step, *term) {
                Some(next) => next,
                None => self.branch(node, step, *term),
            };
        }
        if let Some(node) = self.nodes.get_mut(node as usize) {
            node.ends.push(phrase);
        }
    }

    /// A new node behind `node`.
    fn branch(&mut self, node: u32, step: u32, term: TermNumber) -> u32 {
        let next = self.grow();
        self.edges.insert(node, step, term, next);
        if let Some(node) = self.nodes.get_mut(node as usize)
            && !node.steps.contains(&step)
        {
            node.steps.push(step);
        }
        next
    }

    fn grow(&mut self) -> u32 {
        self.nodes.push(Node::default());
        u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
    }

    /// The node of phrases that begin with a term.
    pub(super) fn root(&self, term: TermNumber) -> Option<u32> {
        self.roots.get(term as usize).copied().flatten()
    }

    /// What is at a node.
    pub(super) fn node(&self, node: u32) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    /// The node behind `node` where `term` stands `step` places on.
    pub(super) fn next(&self, node: u32, step: u32, term: TermNumber) -> Option<u32> {
        self.edges.get(node, step, term)
    }

    /// The greatest distance between neighbours of a phrase; 0 without any.
    pub(super) fn longest_step(&self) -> u32 {
        let steps: BTreeSet<u32> = self.nodes.iter().flat_map(|node| node.steps.iter().copied()).collect();
        steps.last().copied().unwrap_or(0)
    }
}

/// The edges of all nodes in one table with open addressing: a probe is all that most words of a text cost.
#[derive(Debug, Default)]
struct Edges {
    /// Keys with the node they lead to; a key of 0 is a free place. A power of two of them, at most half full.
    table: Vec<(u64, u32)>,
    len: usize,
}

impl Edges {
    fn get(&self, node: u32, step: u32, term: TermNumber) -> Option<u32> {
        let key = key(node, step, term);
        let mut at = self.first(key)?;
        loop {
            match self.table.get(at)? {
                (0, _) => return None,
                (known, next) if *known == key => return Some(*next),
                _ => at = (at + 1) & (self.table.len() - 1),
            }
        }
    }

    /// Adds an edge that is not there yet.
    fn insert(&mut self, node: u32, step: u32, term: TermNumber, next: u32) {
        if (self.len + 1) * 2 > self.table.len() {
            let room = (self.table.len() * 2).max(16);
            let before = std::mem::replace(&mut self.table, vec![(0, 0); room]);
            before.into_iter().filter(|(key, _)| *key != 0).for_each(|(key, next)| self.place(key, next));
        }
        self.place(key(node, step, term), next);
        self.len += 1;
    }

    fn place(&mut self, key: u64, next: u32) {
        let Some(mut at) = self.first(key) else { return };
        while self.table.get(at).is_some_and(|(known, _)| *known != 0) {
            at = (at + 1) & (self.table.len() - 1);
        }
        if let Some(free) = self.table.get_mut(at) {
            *free = (key, next);
        }
    }

    /// Where a key is looked for first (Fibonacci hashing); `None` in an empty table.
    fn first(&self, key: u64) -> Option<usize> {
        let mask = self.table.len().checked_sub(1)?;
        let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        Some(usize::try_from(hash).unwrap_or(0) & mask)
    }
}

/// One number, never 0, for an edge. A query has at most 2^11 words and they are read in less than 2^5 languages, so
/// the parts do not overlap.
fn key(node: u32, step: u32, term: TermNumber) -> u64 {
    1 << 63 | u64::from(node) << 40 | u64::from(step & 0xff_ffff) << 16 | u64::from(term & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::Trie;

    #[test]
    fn paths_that_begin_alike_share_nodes() {
        let phrases = [
            vec![(0, 1), (1, 2)],
            vec![(0, 1), (1, 2), (2, 3)],
            vec![(0, 1), (2, 2)],
            vec![(0, 3), (1, 3)],
            vec![(0, 1), (1, 2)],
        ];
        let trie = Trie::new(&phrases);
        let root = trie.root(1).unwrap();
        let behind = trie.next(root, 1, 2).unwrap();
        assert_eq!(trie.node(root).unwrap().steps, [1, 2]);
        assert_eq!(trie.node(behind).unwrap().ends, [0, 4]);
        let deeper = trie.next(behind, 1, 3).unwrap();
        assert_eq!(trie.node(deeper).unwrap().ends, [1]);
        assert_eq!(trie.node(trie.next(root, 2, 2).unwrap()).unwrap().ends, [2]);
        assert_eq!((trie.root(2), trie.next(root, 1, 3), trie.root(9)), (None, None, None));
        assert_eq!(trie.longest_step(), 2);
    }

    #[test]
    fn many_edges_are_kept_apart() {
        let phrases: Vec<_> = (0..500).map(|number| vec![(0, number % 20), (1, number)]).collect();
        let trie = Trie::new(&phrases);
        for (number, phrase) in phrases.iter().enumerate() {
            let [(_, first), (_, second)] = phrase.as_slice() else { panic!("two terms") };
            let node = trie.next(trie.root(*first).unwrap(), 1, *second).unwrap();
            assert_eq!(trie.node(node).unwrap().ends, [number]);
            assert_eq!(trie.next(trie.root(*first).unwrap(), 1, second + 1), None);
        }
    }

    #[test]
    fn none_at_all() {
        let trie = Trie::new(&[]);
        assert_eq!((trie.root(0), trie.longest_step()), (None, 0));
    }
}
