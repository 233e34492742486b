//! All matches of a search on one generation, part by part.

use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::engine::Collapsed;
use crate::engine::Cursor;
use crate::engine::EngineError;
use crate::engine::Explanation;
use crate::engine::FoundPassage;
use crate::engine::Highlight;
use crate::engine::PageRequest;
use crate::engine::Provenance;
use crate::engine::SearchCall;
use crate::engine::View;
use crate::engine::kept_views::Exporting;
use crate::engine::search::SearchResources;
use crate::engine::shown_result::ResultReader;
use crate::engine::snippet::WordForms;
use crate::query::AnalyzedQuery;
use crate::query::Ranking;

/// Results that one pass over the postings ranks at first, and at most. Each pass ranks twice as
/// many as the one before, so that the passes over a long list are few, and their memory bounded.
const FIRST_RANKED: usize = 256;
const MOST_RANKED: usize = 1 << 16;
/// Results that one pass ranks at most if their scores are explained.
const MOST_EXPLAINED: usize = 1 << 10;

/// The matches of a search that have not been read yet. It holds its view until it is dropped.
#[derive(Debug)]
pub struct SearchExport {
    call: SearchCall,
    view: Arc<dyn View>,
    ranking: Ranking,
    /// What is purged meanwhile is not shown.
    _exporting: Exporting,
    /// Ranked results that are still to be read.
    ranked: VecDeque<(Collapsed, Option<Explanation>)>,
    highlighter: Option<Box<dyn Highlight>>,
    forms: WordForms,
    last: Option<Cursor>,
    limit: usize,
    total: Option<u64>,
    exhausted: bool,
}

/// A part of the matches.
#[derive(Clone, Debug, Default)]
pub struct ExportPart {
    /// The next results.
    pub results: Vec<FoundPassage>,
    /// How many there are in all; only in the first part.
    pub total: Option<u64>,
    /// What they are computed from; only in the first part.
    pub provenance: Option<Provenance>,
    /// Ids of documents that match but whose stored text is damaged.
    pub unreachable: Vec<String>,
}

impl SearchExport {
    pub(super) fn new(view: Arc<dyn View>, call: SearchCall, ranking: Ranking, exporting: Exporting) -> Self {
        Self {
            call,
            view,
            ranking,
            _exporting: exporting,
            ranked: VecDeque::new(),
            highlighter: None,
            forms: WordForms::default(),
            last: None,
            limit: FIRST_RANKED,
            total: None,
            exhausted: false,
        }
    }

    /// The next part: at most `count` results, and fewer if `fits` refuses one. `None` after the
    /// last; a search without a match has one part.
    pub(super) fn next(
        &mut self,
        resources: &SearchResources<'_>,
        count: usize,
        mut fits: impl FnMut(&FoundPassage) -> bool,
    ) -> Result<Option<ExportPart>, EngineError> {
        // Writes wait for readers from before a failed write.
        self.view.ensure_current()?;
        let mut part = ExportPart::default();
        if self.total.is_none() {
            part.total = Some(self.rank()?);
            part.provenance = Some(resources.provenance.at(self.view.generation()));
        }
        let mut unreachable = BTreeSet::new();
        let purged = resources.kept.purged_since(self.view.generation());
        while part.results.len() < count {
            if self.ranked.is_empty() && !self.exhausted {
                self.rank()?;
            }
            let Some((ranked, explanation)) = self.ranked.pop_front() else { break };
            let Some(highlighter) = &mut self.highlighter else { break };
            let reader = ResultReader {
                view: &*self.view,
                passages: resources.passages,
                snippet_bytes: self.call.snippet_bytes,
                context: 0,
                purged: &purged,
            };
            let read = reader.read(
                &ranked,
                explanation.clone(),
                &mut **highlighter,
                &mut self.forms,
                &mut unreachable,
            )?;
            if let Some(result) = read {
                if !fits(&result) && !part.results.is_empty() {
                    self.ranked.push_front((ranked, explanation));
                    break;
                }
                part.results.push(result);
            }
        }
        part.unreachable.extend(unreachable);
        let empty = part.results.is_empty() && part.unreachable.is_empty() && part.total.is_none();
        Ok((!empty).then_some(part))
    }

    /// Ranks the next results. Returns how many there are in all.
    fn rank(&mut self) -> Result<u64, EngineError> {
        let query = AnalyzedQuery::new(&self.call.query, self.view.languages(), &self.ranking);
        let page = PageRequest {
            after: self.last.as_ref(),
            collapse: self.call.collapse_duplicates,
            order: self.call.order,
            min_score: self.call.min_score,
            explain: self.call.explain,
            ..PageRequest::new(&self.call.filter, self.limit)
        };
        let found = Arc::clone(&self.view).plan(query, &self.ranking)?.run(&page)?;
        self.exhausted = found.results.len() < self.limit;
        self.last = found.results.last().map(|last| Cursor::at(&last.hit));
        let mut explanations = found.explanations.into_iter();
        self.ranked.extend(found.results.into_iter().map(|ranked| (ranked, explanations.next())));
        self.highlighter = Some(found.highlighter);
        let most = if self.call.explain { MOST_EXPLAINED } else { MOST_RANKED };
        self.limit = self.limit.saturating_mul(2).min(most);
        self.total = Some(found.total);
        Ok(found.total)
    }
}
