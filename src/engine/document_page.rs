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

/// A page of documents.
#[derive(Clone, Debug)]
pub struct DocumentPage {
    /// The documents, ordered by id.
    pub documents: Vec<StoredDocument>,
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

/// A document's metadata and its exchanges, in order.
pub(super) fn document(
    view: &dyn View,
    id: &str,
) -> Result<(StoredDocument, Vec<FoundExchange>), EngineError> {
    let document = view.document(id)?.ok_or_else(|| EngineError::NoSuchDocument(id.to_owned()))?;
    let stored = view.exchanges(id)?;
    let exchanges = stored.iter().map(|stored| FoundExchange::new(&document, stored)).collect();
    Ok((document, exchanges))
}

/// A page of documents, ordered by id.
pub(super) fn documents(
    view: &dyn View,
    tokens: &PageTokens,
    page_size: usize,
    page_token: &str,
) -> Result<DocumentPage, EngineError> {
    let purpose = Purpose::Documents;
    let after: Option<String> = tokens.open(page_token, &purpose)?;
    let mut documents = view.documents(after.as_deref(), page_size + 1)?;
    let more = documents.len() > page_size;
    documents.truncate(page_size);
    let next_page_token = match documents.last() {
        Some(last) if more => Some(tokens.seal(&last.id, &purpose)?),
        _ => None,
    };
    Ok(DocumentPage { documents, next_page_token, total: view.statistics()?.documents })
}

/// The exchange of this id.
pub(super) fn exchange(view: &dyn View, id: &str) -> Result<FoundExchange, EngineError> {
    let missing = || EngineError::NoSuchExchange(id.to_owned());
    let (document_id, index) = citation::parse_exchange_id(id).ok_or_else(missing)?;
    let document = view.document(document_id)?.ok_or_else(missing)?;
    let stored = view.exchange(document_id, index)?.filter(|stored| stored.id == id);
    Ok(FoundExchange::new(&document, &stored.ok_or_else(missing)?))
}
