//! The versions of a document, and making an earlier one current again.

use crate::engine::EngineError;
use crate::engine::Outcome;
use crate::engine::Receipt;
use crate::engine::View;
use crate::engine::ingest::Identified;
use crate::engine::page_token::PageTokens;
use crate::engine::page_token::Purpose;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;

/// Most bytes of metadata on a page, so that its message stays below the limit of every client.
const PAGE_BYTES: usize = 2 << 20;

/// A page of versions.
#[derive(Clone, Debug)]
pub struct VersionPage {
    /// The versions, newest first; the first of all is the current one, unless it was deleted.
    pub versions: Vec<StoredDocument>,
    /// Where the next page starts; `None` on the last.
    pub next_page_token: Option<String>,
}

/// The versions of a document, newest first; an error where there is none.
fn all(view: &dyn View, id: &str) -> Result<Vec<StoredDocument>, EngineError> {
    let mut versions: Vec<StoredDocument> = view.document(id)?.into_iter().collect();
    versions.extend(view.versions(id)?);
    if versions.is_empty() { Err(EngineError::NoSuchDocument(id.to_owned())) } else { Ok(versions) }
}

/// A page of a document's versions, newest first.
pub(super) fn versions(
    view: &dyn View,
    tokens: &PageTokens,
    id: &str,
    page_size: usize,
    page_token: &str,
) -> Result<VersionPage, EngineError> {
    let purpose = Purpose::Versions(id);
    let mut versions = all(view, id)?;
    // Continued after the last version shown, as newer ones come and the oldest go meanwhile. Where
    // that one is gone, only newer ones are left, or those that an earlier generation wrote.
    let last: Option<(u64, String)> = tokens.open(page_token, &purpose)?;
    if let Some((generation, digest)) = last {
        let is_last = |version: &StoredDocument| {
            version.stamps.generation == generation && version.received.to_string() == digest
        };
        let after = versions.iter().rposition(is_last).map(|last| last + 1);
        let earlier = || versions.iter().position(|version| version.stamps.generation < generation);
        let start = after.or_else(earlier).unwrap_or(versions.len());
        versions.drain(..start);
    }
    let mut bytes = 0;
    let fits = versions.iter().take_while(|version| {
        bytes += metadata_bytes(version);
        bytes <= PAGE_BYTES
    });
    let shown = fits.count().clamp(1, page_size.max(1)).min(versions.len());
    let more = versions.len() > shown;
    versions.truncate(shown);
    let next_page_token = match versions.last() {
        Some(last) if more => {
            Some(tokens.seal(&(last.stamps.generation, last.received.to_string()), &purpose)?)
        }
        _ => None,
    };
    Ok(VersionPage { versions, next_page_token })
}

/// Bytes of a document's metadata, without what is of a fixed length.
fn metadata_bytes(document: &StoredDocument) -> usize {
    /// More than the rest of a document's message takes.
    const REST: usize = 512;
    /// The most that a field's tags and lengths take.
    const FRAME: usize = 16;
    let metadata = &document.metadata;
    let fields = [&metadata.title, &metadata.uri, &metadata.publisher, &metadata.media_uri].into_iter();
    let labels = metadata.labels.iter().flat_map(|(key, value)| [key, value]);
    let participants = metadata.participants.iter().flat_map(|participant| {
        [&participant.name, &participant.person_id].into_iter().chain(&participant.aliases)
    });
    let all = fields.chain(labels).chain(participants).chain(&metadata.people);
    REST + all.map(|text| FRAME + text.len()).sum::<usize>()
}

/// What a restore asks for.
pub(super) enum Restored {
    /// The version is the current one.
    Current(Box<Receipt>),
    /// An earlier one, to be written like a document that is sent.
    Earlier(Box<Identified>),
}

/// Reads the version with these received bytes, or the newest that is not current, as what is to be
/// written again.
pub(super) fn restore(
    view: &dyn View,
    id: &str,
    version: Option<Digest>,
    if_etag: Option<String>,
) -> Result<Restored, EngineError> {
    let current = view.document(id)?;
    if let Some(current) = &current
        && version == Some(current.received)
        && if_etag.as_ref().is_none_or(|etag| *etag == current.etag())
    {
        return Ok(Restored::Current(Box::new(Receipt {
            document: current.clone(),
            outcome: Outcome::Unchanged,
            diagnostics: Vec::new(),
            generation: view.generation(),
        })));
    }
    let mut earlier = view.versions(id)?.into_iter();
    let found = match version {
        None => earlier.next(),
        // A current one whose etag is another is refused by the write.
        Some(wanted) => earlier.chain(current).find(|found| found.received == wanted),
    };
    let found = found.ok_or_else(|| EngineError::NoSuchDocument(id.to_owned()))?;
    if found.given_pairs {
        return Err(EngineError::PairsNotKept(id.to_owned()));
    }
    let mut bytes = Vec::new();
    loop {
        let chunk = view.source_chunk(found.received, bytes.len())?;
        if chunk.is_empty() {
            break;
        }
        bytes.extend(chunk);
    }
    Ok(Restored::Earlier(Box::new(Identified::again(found, bytes, if_etag))))
}
