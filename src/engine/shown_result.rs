//! Reading what is shown of a ranked result.

use std::collections::BTreeSet;

use crate::analysis::Language;
use crate::engine::BackendError;
use crate::engine::Collapsed;
use crate::engine::Duplicate;
use crate::engine::EngineError;
use crate::engine::Explanation;
use crate::engine::FoundPassage;
use crate::engine::Highlight;
use crate::engine::View;
use crate::engine::context::Context;
use crate::engine::context::context;
use crate::engine::passages::PassageCache;
use crate::engine::snippet::WordForms;
use crate::engine::snippet::snippet;
use crate::query::Field;
use crate::transcript::Metadata;

/// Reads results from a view.
pub(super) struct ResultReader<'a> {
    pub view: &'a dyn View,
    pub passages: &'a PassageCache,
    pub snippet_bytes: usize,
    /// How many exchanges to read on either side of each result.
    pub context: u32,
    /// Ids of documents that were purged since, and are not shown.
    pub purged: &'a BTreeSet<String>,
}

impl ResultReader<'_> {
    /// The best of a result's passages that can be read, the others as its duplicates. Documents
    /// whose stored text is damaged go to `unreachable`; `None` if there is nothing to show.
    pub(super) fn read(
        &self,
        ranked: &Collapsed,
        explanation: Option<Explanation>,
        highlighter: &mut dyn Highlight,
        forms: &mut WordForms,
        unreachable: &mut BTreeSet<String>,
    ) -> Result<Option<FoundPassage>, EngineError> {
        let Collapsed { hit, duplicates, more } = ranked;
        let mut readable = Vec::with_capacity(1 + duplicates.len());
        for hit in std::iter::once(hit).chain(duplicates) {
            if self.purged.contains(&hit.document_id) {
                continue;
            }
            match self.passages.of_hit(self.view, hit) {
                Ok(passage) => readable.push((hit, passage)),
                Err(EngineError::Backend(BackendError::StoreDamaged(_))) => {
                    unreachable.insert(hit.document_id.clone());
                }
                Err(error) => return Err(error),
            }
        }
        let missing = 1 + duplicates.len() - readable.len();
        let mut readable = readable.into_iter();
        let Some((hit, passage)) = readable.next() else { return Ok(None) };
        let language = &passage.citation.metadata.language;
        let texts = [passage.question.as_str(), &passage.answer];
        let [question_highlights, answer_highlights] = highlighter.highlight(hit, language, texts);
        let Metadata { title, publisher, .. } = &passage.citation.metadata;
        let name_highlights = Field::NAMES.map(|field| {
            let name = match field {
                Field::Speaker => &passage.speaker,
                Field::Asker => &passage.asker,
                Field::Publisher => publisher,
                Field::Title | Field::Question | Field::Answer => title,
            };
            highlighter.highlight_name(field, language, name)
        });
        let context = match context(self.view, hit, self.context) {
            // What is around a result is not worth failing for.
            Err(BackendError::StoreDamaged(_)) => Context::default(),
            context => context?,
        };
        let snippet = snippet(
            &passage.answer,
            &passage.sentences,
            &answer_highlights,
            Language::from_tag(language),
            forms,
            self.snippet_bytes,
        );
        Ok(Some(FoundPassage {
            snippet,
            score: hit.score,
            question_highlights,
            answer_highlights,
            name_highlights,
            explanation,
            context,
            duplicates: readable.map(|(hit, passage)| Duplicate { passage, score: hit.score }).collect(),
            more_duplicates: more.saturating_add(missing as u64),
            passage,
        }))
    }
}
