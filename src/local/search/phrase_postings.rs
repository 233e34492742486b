//! Where phrases and signed words stand.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::local::index::BitSet;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::index::Term;
use crate::query::AnalyzedClause;

/// A passage where a literal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PhrasePosting {
    pub passage: u32,
    /// How often it stands there.
    pub frequency: u32,
}

/// For each literal, the passages where it stands in a field, ascending. Where languages read it differently, the
/// reading that stands there most often counts.
pub(super) fn phrase_postings(
    segment: &Segment,
    field: Field,
    clauses: &[AnalyzedClause],
) -> Result<Vec<Vec<PhrasePosting>>, IndexError> {
    let mut all: Vec<Vec<PhrasePosting>> = vec![Vec::new(); clauses.len()];
    visit(segment, field, clauses, None, &mut |literal, passage, frequency| {
        all.get_mut(literal).into_iter().for_each(|found| found.push(PhrasePosting { passage, frequency }));
    })?;
    for (found, _) in all.iter_mut().zip(clauses).filter(|(_, literal)| literal.variants.len() > 1) {
        found.sort_by_key(|here| (here.passage, std::cmp::Reverse(here.frequency)));
        found.dedup_by_key(|here| here.passage);
    }
    Ok(all)
}

/// For each literal, the exchanges that bear it in their question or in any window, as the passages that begin
/// them; of those that `within` does not begin none are looked at.
pub(super) fn exchanges(
    segment: &Segment,
    clauses: &[AnalyzedClause],
    within: Option<&BitSet>,
) -> Result<Vec<BitSet>, IndexError> {
    let mut all = vec![BitSet::empty(segment.len()); clauses.len()];
    for field in Field::ALL {
        visit(segment, field, clauses, within, &mut |literal, passage, _| {
            all.get_mut(literal).into_iter().for_each(|bits| bits.insert(passage));
        })?;
    }
    for bits in &mut all {
        bits.lower_to(segment.starts());
    }
    Ok(all)
}

/// The exchanges that bear any of the clauses; see [`exchanges`].
pub(super) fn exchanges_with_any(
    segment: &Segment,
    clauses: &[AnalyzedClause],
    within: Option<&BitSet>,
) -> Result<BitSet, IndexError> {
    let mut bits = BitSet::empty(segment.len());
    for field in Field::ALL {
        visit(segment, field, clauses, within, &mut |_, passage, _| bits.insert(passage))?;
    }
    bits.lower_to(segment.starts());
    Ok(bits)
}

/// Words in ascending order of how many passages have them; of words that are the same, one.
pub(super) fn rarest_first<'l>(
    segment: &Segment,
    words: Vec<&'l AnalyzedClause>,
) -> Result<Vec<&'l AnalyzedClause>, IndexError> {
    let mut ordered: Vec<(u64, &AnalyzedClause)> = Vec::with_capacity(words.len());
    for word in words {
        let mut passages = 0;
        for (_, term) in word.variants.iter().flatten() {
            for field in Field::ALL {
                let found = segment.term(field, term)?;
                passages += found.map_or(0, |found| u64::from(found.passages()));
            }
        }
        ordered.push((passages, word));
    }
    ordered.sort_by(|(one, left), (other, right)| {
        one.cmp(other).then_with(|| left.variants.cmp(&right.variants))
    });
    ordered.dedup_by(|(_, one), (_, other)| one.variants == other.variants);
    Ok(ordered.into_iter().map(|(_, word)| word).collect())
}

/// Calls `visit` with a literal's number, a passage where a reading of it stands, and how often.
fn visit(
    segment: &Segment,
    field: Field,
    clauses: &[AnalyzedClause],
    within: Option<&BitSet>,
    visit: &mut dyn FnMut(usize, u32, u32),
) -> Result<(), IndexError> {
    let mut known = BTreeMap::new();
    let mut sequences = Vec::new();
    let mut owners = Vec::new();
    for (number, literal) in clauses.iter().enumerate() {
        for variant in &literal.variants {
            if let Some(sequence) = resolved(segment, field, variant, &mut known)? {
                sequences.push(sequence);
                owners.push(number);
            }
        }
    }
    segment.phrases(field, &sequences, within, &mut |sequence, passage, frequency| {
        owners.get(sequence).into_iter().for_each(|owner| visit(*owner, passage, frequency));
    })
}

/// A variant's terms in a segment; `None` where it has not all of them.
fn resolved<'l>(
    segment: &Segment,
    field: Field,
    variant: &'l [(u32, String)],
    known: &mut BTreeMap<&'l str, Option<Term>>,
) -> Result<Option<Vec<(u32, Term)>>, IndexError> {
    let mut sequence = Vec::with_capacity(variant.len());
    for (offset, term) in variant {
        let found = match known.entry(term) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(segment.term(field, term)?),
        };
        let Some(found) = found else { return Ok(None) };
        sequence.push((*offset, found.clone()));
    }
    Ok(Some(sequence))
}
