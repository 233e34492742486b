//! Pages of a document's exchanges: of one that is stored, or of one that is only read.

use crate::engine::EngineError;
use crate::engine::FoundExchange;
use crate::engine::Submission;
use crate::engine::View;
use crate::engine::page_token::PageTokens;
use crate::engine::page_token::Purpose;
use crate::engine::settings::Settings;
use crate::transcript::Diagnostic;
use crate::transcript::StoredDocument;

/// A page of a document's exchanges, which were handed to the caller one by one.
#[derive(Clone, Debug)]
pub struct ExchangePage {
    /// The document.
    pub document: StoredDocument,
    /// Where the next page starts; `None` on the last.
    pub next_page_token: Option<String>,
    /// What was noticed when the document was read; empty for a stored document.
    pub diagnostics: Vec<Diagnostic>,
}

/// Which exchanges are wanted.
#[derive(Clone, Debug)]
pub struct ExchangeRange {
    /// The most exchanges to return.
    pub page_size: usize,
    /// Where the last page ended; empty: from the start.
    pub page_token: String,
}

impl ExchangeRange {
    /// From the first exchange on, as many as the caller takes.
    pub const START: Self = Self { page_size: usize::MAX, page_token: String::new() };
}

/// Where a page starts. Indexes count in one submission of a document only, so the digest tells
/// whether it was replaced since.
type Cursor = ([u8; 32], u32);

/// Hands the exchanges of a stored document to `take`, which refuses the one that its page has no
/// room for. It must take the first, or no page would get further.
pub(super) fn stored(
    view: &dyn View,
    tokens: &PageTokens,
    id: &str,
    range: &ExchangeRange,
    take: impl FnMut(FoundExchange) -> bool,
) -> Result<ExchangePage, EngineError> {
    let document = view.document(id)?.ok_or_else(|| EngineError::NoSuchDocument(id.to_owned()))?;
    let purpose = Purpose::Exchanges(id);
    let first = match tokens.open::<Cursor>(&range.page_token, &purpose)? {
        Some((submission, _)) if submission != *document.submission.as_bytes() => {
            return Err(EngineError::PageTokenGenerationGone);
        }
        Some((_, first)) => first,
        None => 0,
    };
    let read = |index| {
        let lost = || crate::engine::BackendError::StoreDamaged(format!("exchange {index} is missing"));
        let stored = view.exchange(id, index)?.ok_or_else(lost)?;
        Ok(FoundExchange::new(&document, &stored))
    };
    let next = hand_over(first..document.exchanges, range.page_size, read, take)?;
    let next_page_token = seal(tokens, &document, next, &purpose)?;
    Ok(ExchangePage { next_page_token, diagnostics: Vec::new(), document })
}

/// Reads a submission and hands its exchanges to `take`, as [`stored`] does.
pub(super) fn submitted(
    settings: &Settings,
    tokens: &PageTokens,
    submission: Submission,
    range: &ExchangeRange,
    take: impl FnMut(FoundExchange) -> bool,
) -> Result<ExchangePage, EngineError> {
    let identified = submission.identify();
    let digest = *identified.digest().as_bytes();
    let purpose = Purpose::Segment(&digest);
    // Before the document is read: a forged token costs nothing then.
    let first = tokens.open::<Cursor>(&range.page_token, &purpose)?.map_or(0, |(_, first)| first);
    let new = identified.prepare(settings)?;
    let read = |index| {
        let stored = new.exchanges.get(index as usize);
        let stored = stored.ok_or_else(|| EngineError::Internal(format!("exchange {index} is missing")))?;
        Ok(FoundExchange::new(&new.document, stored))
    };
    let next = hand_over(first..new.document.exchanges, range.page_size, read, take)?;
    let next_page_token = seal(tokens, &new.document, next, &purpose)?;
    Ok(ExchangePage { next_page_token, diagnostics: new.diagnostics, document: new.document })
}

/// Hands over at most `limit` exchanges; returns the index of the first that was not.
fn hand_over(
    indexes: std::ops::Range<u32>,
    limit: usize,
    read: impl Fn(u32) -> Result<FoundExchange, EngineError>,
    mut take: impl FnMut(FoundExchange) -> bool,
) -> Result<Option<u32>, EngineError> {
    for (taken, index) in indexes.enumerate() {
        if taken == limit || !take(read(index)?) {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn seal(
    tokens: &PageTokens,
    document: &StoredDocument,
    next: Option<u32>,
    purpose: &Purpose<'_>,
) -> Result<Option<String>, EngineError> {
    let seal = |next| tokens.seal(&(*document.submission.as_bytes(), next), purpose);
    next.map(seal).transpose()
}
