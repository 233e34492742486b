//! The postings of clauses: of phrases, and of words with a sign.

use crate::local::index::BitSet;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::index::Term;
use crate::query::AnalyzedClause;

/// A passage that has a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PhrasePosting {
    pub passage: u32,
    /// How often it has the phrase.
    pub frequency: u32,
}

/// The postings of a clause in a field, ascending. Where languages read the clause differently, the
/// reading with the highest frequency in a passage counts.
pub(super) fn phrase_postings(
    segment: &Segment,
    field: Field,
    clause: &AnalyzedClause,
) -> Result<Vec<PhrasePosting>, IndexError> {
    let mut postings = Vec::new();
    visit(segment, field, clause, None, &mut |passage, frequency| {
        postings.push(PhrasePosting { passage, frequency });
    })?;
    if clause.variants.len() > 1 {
        postings.sort_by_key(|here| (here.passage, std::cmp::Reverse(here.frequency)));
        postings.dedup_by_key(|here| here.passage);
    }
    Ok(postings)
}

/// The exchanges that have any of the clauses in their question or in any window, as the passages
/// that begin them. Only exchanges that begin at a passage of `within` are looked at.
pub(super) fn exchanges_with_any(
    segment: &Segment,
    clauses: &[&AnalyzedClause],
    within: Option<&BitSet>,
) -> Result<BitSet, IndexError> {
    let mut exchanges = BitSet::empty(segment.len());
    for clause in clauses {
        for field in searched_by_sign(clause) {
            visit(segment, field, clause, within, &mut |passage, _| exchanges.insert(passage))?;
        }
    }
    exchanges.lower_to(segment.starts());
    Ok(exchanges)
}

/// The fields that a clause with a sign is looked for in: a word also in the names of who speaks and
/// who asks.
fn searched_by_sign(clause: &AnalyzedClause) -> impl Iterator<Item = Field> + use<> {
    let names = if clause.is_word() { [Field::Speaker, Field::Asker].as_slice() } else { &[] };
    Field::TEXTS.into_iter().chain(names.iter().copied())
}

/// Clauses in ascending order of how many passages may have them, which is as many as have the
/// rarest word; of equal clauses one.
pub(super) fn rarest_first<'c>(
    segment: &Segment,
    clauses: &'c [AnalyzedClause],
) -> Result<Vec<&'c AnalyzedClause>, IndexError> {
    let mut ordered: Vec<(u64, &AnalyzedClause)> = Vec::with_capacity(clauses.len());
    for clause in clauses {
        let mut passages = 0;
        for variant in &clause.variants {
            for field in searched_by_sign(clause) {
                let terms = resolve(segment, field, variant)?.unwrap_or_default();
                passages += terms.iter().map(|(_, term)| u64::from(term.passages())).min().unwrap_or(0);
            }
        }
        ordered.push((passages, clause));
    }
    ordered.sort_by(|(one, left), (other, right)| {
        one.cmp(other).then_with(|| left.variants.cmp(&right.variants))
    });
    ordered.dedup_by(|(_, one), (_, other)| one.variants == other.variants);
    Ok(ordered.into_iter().map(|(_, clause)| clause).collect())
}

/// Calls `visit` with each passage that has a reading of the clause, and how often; reading by
/// reading.
fn visit(
    segment: &Segment,
    field: Field,
    clause: &AnalyzedClause,
    within: Option<&BitSet>,
    visit: &mut dyn FnMut(u32, u32),
) -> Result<(), IndexError> {
    for variant in &clause.variants {
        if let Some(terms) = resolve(segment, field, variant)? {
            segment.phrase(field, &terms, within, visit)?;
        }
    }
    Ok(())
}

/// A reading's terms in a segment; `None` where the segment lacks one.
fn resolve(
    segment: &Segment,
    field: Field,
    variant: &[(u32, String)],
) -> Result<Option<Vec<(u32, Term)>>, IndexError> {
    let mut terms = Vec::with_capacity(variant.len());
    for (offset, text) in variant {
        let Some(term) = segment.term(field, text)? else { return Ok(None) };
        terms.push((*offset, term));
    }
    Ok(Some(terms))
}
