//! What an exchange must meet whatever it scores: filters, and required and excluded clauses.

use crate::local::index;
use crate::local::index::BitSet;
use crate::local::index::Coverage;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::search::phrase_postings::exchanges_with_any;
use crate::local::search::phrase_postings::rarest_first;
use crate::local::search::plan::Plan;
use crate::local::search::score_block::each_slot;
use crate::query::AnalyzedClause;
use crate::query::DateRange;
use crate::query::Filter;

/// The exchanges of a segment that may be hits.
pub(super) struct Conditions<'s> {
    segment: &'s Segment,
    /// As the passages that begin them; without any, all may.
    allowed: Option<BitSet>,
    /// The days that they have to be published on one of. This is checked for each exchange that
    /// matches, which are few; to read the date of every exchange takes ten times as long as to
    /// score those that match.
    published: Option<DateRange>,
}

impl<'s> Conditions<'s> {
    pub(super) fn new(segment: &'s Segment, plan: &Plan, filter: &Filter) -> Result<Self, IndexError> {
        let mut conditions = Self::of_filter(segment, filter)?;
        // The rarest first: each is looked for only in the exchanges that have those before it.
        for clause in rarest_first(segment, &plan.required)? {
            conditions.require(segment, clause)?;
        }
        // Words in one go, as reading them is cheap; phrases one by one, each only in the exchanges
        // that are left.
        let (words, phrases): (Vec<_>, Vec<_>) = plan.excluded.iter().partition(|clause| clause.is_word());
        conditions.exclude(segment, &words)?;
        for phrase in phrases {
            conditions.exclude(segment, &[phrase])?;
        }
        Ok(conditions)
    }

    /// Those of a filter alone, which exclude deleted exchanges, too.
    pub(super) fn of_filter(segment: &'s Segment, filter: &Filter) -> Result<Self, IndexError> {
        let mut conditions =
            Self { segment, allowed: index::filter(segment, filter)?, published: filter.published() };
        match conditions.published.map(|range| segment.coverage(range)) {
            Some(Coverage::None) => conditions.allowed = Some(BitSet::empty(segment.len())),
            Some(Coverage::All) => conditions.published = None,
            Some(Coverage::Some) | None => {}
        }
        if let Some(alive) = segment.alive() {
            conditions.allowed.get_or_insert_with(|| segment.starts().clone()).intersect(alive);
        }
        Ok(conditions)
    }

    /// All exchanges that meet them, as the passages that begin them.
    pub(super) fn exchanges(self) -> BitSet {
        let Self { segment, allowed, published } = self;
        let mut exchanges = allowed.unwrap_or_else(|| segment.starts().clone());
        // What filters allow can include later windows of an exchange.
        exchanges.intersect(segment.starts());
        if let Some(range) = published {
            let mut dated = BitSet::empty(segment.len());
            for start in exchanges.iter().filter(|start| segment.is_published_in(*start, range)) {
                dated.insert(start);
            }
            return dated;
        }
        exchanges
    }

    /// Keeps the exchanges that have the clause.
    fn require(&mut self, segment: &Segment, clause: &AnalyzedClause) -> Result<(), IndexError> {
        if !self.allow_none() {
            // A subset of what was allowed.
            self.allowed = Some(exchanges_with_any(segment, &[clause], self.allowed.as_ref())?);
        }
        Ok(())
    }

    /// Keeps the exchanges that have none of the clauses.
    fn exclude(&mut self, segment: &Segment, clauses: &[&AnalyzedClause]) -> Result<(), IndexError> {
        if !clauses.is_empty() && !self.allow_none() {
            let excluded = exchanges_with_any(segment, clauses, self.allowed.as_ref())?;
            self.allowed.get_or_insert_with(|| segment.starts().clone()).subtract(&excluded);
        }
        Ok(())
    }

    /// Whether no exchange may be a hit.
    pub(super) fn allow_none(&self) -> bool {
        self.allowed.as_ref().is_some_and(BitSet::is_empty)
    }

    /// Of 64 exchanges, those that may be hits, as bits. They begin at the passages from
    /// `64 * index` on.
    pub(super) fn among(&self, index: usize, exchanges: u64) -> u64 {
        let mut allowed = exchanges & self.allowed.as_ref().map_or(u64::MAX, |allowed| allowed.word(index));
        if let Some(range) = self.published {
            each_slot(allowed, index * 64, |start| {
                let published =
                    u32::try_from(start).is_ok_and(|start| self.segment.is_published_in(start, range));
                allowed &= !(u64::from(!published) << (start % 64));
            });
        }
        allowed
    }

    /// Whether the exchange that begins at this passage may be a hit.
    pub(super) fn allow(&self, start: u32) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(start))
            && self.published.is_none_or(|range| self.segment.is_published_in(start, range))
    }
}
