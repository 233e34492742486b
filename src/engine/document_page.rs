//! Documents and whole exchanges, read without searching.

use crate::engine::EngineError;
use crate::engine::View;
use crate::engine::citation;
use crate::engine::page_token::PageTokens;
use crate::engine::page_token::Purpose;
use crate::transcript::Citation;
use crate::transcript::Exchange;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;

/// A page of documents, which were handed to the caller one by one.
#[derive(Clone, Debug)]
pub struct DocumentPage {
    /// Where the next page starts; `None` on the last.
    pub next_page_token: Option<String>,
    /// How many documents there are in all.
    pub total: u64,
}

/// A whole exchange with its citation.
#[derive(Clone, Debug)]
pub struct FoundExchange {
    /// Its id.
    pub id: String,
    /// Its place in the document, from 0.
    pub index: usize,
    /// What was said.
    pub exchange: Exchange,
    /// Where.
    pub citation: Citation,
}

impl FoundExchange {
    pub(super) fn new(document: &StoredDocument, stored: &StoredExchange) -> Self {
        Self {
            id: stored.id.clone(),
            index: stored.windows.first().map_or(0, |(passage, _)| passage.exchange),
            exchange: stored.exchange.clone(),
            citation: citation::whole(document, stored),
        }
    }
}

/// Hands documents to `take`, ordered by id. It refuses the one that its page has no room for, and
/// must take the first, or no page would get further.
pub(super) fn documents(
    view: &dyn View,
    tokens: &PageTokens,
    page_size: usize,
    page_token: &str,
    mut take: impl FnMut(StoredDocument) -> bool,
) -> Result<DocumentPage, EngineError> {
    let purpose = Purpose::Documents;
    let mut last: Option<String> = tokens.open(page_token, &purpose)?;
    let mut more = false;
    for (taken, document) in view.documents(last.as_deref(), page_size + 1)?.into_iter().enumerate() {
        let id = document.id.clone();
        more = taken == page_size || !take(document);
        if more {
            break;
        }
        last = Some(id);
    }
    let next_page_token = last.filter(|_| more).map(|last| tokens.seal(&last, &purpose)).transpose()?;
    Ok(DocumentPage { next_page_token, total: view.statistics()?.documents })
}

/// The exchange of this id.
pub(super) fn exchange(view: &dyn View, id: &str) -> Result<FoundExchange, EngineError> {
    let missing = || EngineError::NoSuchExchange(id.to_owned());
    let (document_id, index) = citation::parse_exchange_id(id).ok_or_else(missing)?;
    let document = view.document(document_id)?.ok_or_else(missing)?;
    let stored = view.exchange(document_id, index)?.filter(|stored| stored.id == id);
    Ok(FoundExchange::new(&document, &stored.ok_or_else(missing)?))
}
