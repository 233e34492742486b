//! From what a client sends to what is stored.

use crate::engine::EngineError;
use crate::engine::Outcome;
use crate::engine::Receipt;
use crate::engine::View;
use crate::engine::citation;
use crate::engine::settings::Settings;
use crate::extraction::ExtractError;
use crate::extraction::Line;
use crate::extraction::Pair;
use crate::extraction::extract;
use crate::extraction::render;
use crate::segmentation::segment;
use crate::segmentation::windows::windows;
use crate::span::SourceMap;
use crate::transcript::Digest;
use crate::transcript::Exchange;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::Hasher;
use crate::transcript::Metadata;
use crate::transcript::Participant;
use crate::transcript::ParticipantRole;
use crate::transcript::Passage;
use crate::transcript::PreparedDocument;
use crate::transcript::Source;
use crate::transcript::Stamps;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;

/// Part of every submission's digest: raised when extraction, segmentation or windows change what
/// they yield, so that documents are read again when they are next sent.
pub const PIPELINE: u32 = 1;

/// A document as a client sends it.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Its id; empty: one is derived from the bytes' digest.
    pub id: String,
    /// What the client says about it; what it leaves empty is read from the document.
    pub metadata: Metadata,
    /// Media type of the body; empty: sniffed.
    pub media_type: String,
    /// The transcript.
    pub body: Body,
    /// The etag that the stored document must have for the write to be done; `None` for any.
    pub if_etag: Option<String>,
}

/// What is to be read.
#[derive(Clone, Debug)]
pub enum Body {
    /// Bytes of a supported format.
    Bytes(Vec<u8>),
    /// Ready pairs.
    Pairs(Vec<Pair>),
}

/// A submission with its id and its digest; nothing of it has been read yet.
#[derive(Debug)]
pub struct Identified {
    id: String,
    digest: Digest,
    /// Of the bytes as received; for pairs, of their rendition.
    received: Digest,
    metadata: Metadata,
    media_type: String,
    content: Content,
    if_etag: Option<String>,
}

#[derive(Debug)]
enum Content {
    Bytes(Vec<u8>),
    Rendition(Box<Extraction>),
}

impl Submission {
    /// Bytes of text in it.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let said = |line: &Line| line.text.len() + line.speaker.len();
        match &self.body {
            Body::Bytes(bytes) => bytes.len(),
            Body::Pairs(pairs) => {
                pairs.iter().flat_map(|pair| pair.question.iter().chain([&pair.answer])).map(said).sum()
            }
        }
    }

    /// Digests the submission, which renders it where it is made of pairs.
    #[must_use]
    pub fn identify(self) -> Identified {
        let Self { id, metadata, media_type, body, if_etag } = self;
        let (kind, received, content) = match body {
            Body::Bytes(bytes) => ("bytes", Digest::of(&bytes), Content::Bytes(bytes)),
            Body::Pairs(pairs) => {
                let rendition = render(&pairs, &metadata.language);
                ("pairs", Digest::of(rendition.text.as_bytes()), Content::Rendition(Box::new(rendition)))
            }
        };
        let id = if id.is_empty() { received.short(8) } else { id };
        let Metadata { title, uri, publisher, published, language, people: _, labels, .. } = &metadata;
        let pipeline = PIPELINE.to_string();
        let fields = [&pipeline, kind, &media_type, title, uri, publisher, published, language];
        let labels = labels.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]);
        // Each part goes in behind its length, so that no two submissions run into the same bytes.
        let parts: Vec<(&str, [u8; 8])> =
            fields.into_iter().chain(labels).map(|part| (part, (part.len() as u64).to_be_bytes())).collect();
        let joined = parts.iter().flat_map(|(part, length)| [&length[..], part.as_bytes()]);
        let details = details(&metadata);
        let details = details.iter().flat_map(|digest| digest.as_bytes().as_slice());
        let details: Vec<u8> = details.copied().collect();
        let digest = Digest::of_parts(joined.chain([&received.as_bytes()[..], &details]));
        Identified { id, digest, received, metadata, media_type, content, if_etag }
    }
}

/// Digest of what a sender says of the recording and of the people in it; `None` for nothing, which
/// digests as submissions did before these fields were there.
fn details(metadata: &Metadata) -> Option<Digest> {
    let Metadata { media_uri, participants, .. } = metadata;
    if media_uri.is_empty() && participants.is_empty() {
        return None;
    }
    let mut hasher = Hasher::default();
    let mut part = |text: &str| {
        hasher.update(&(text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    part(media_uri);
    for Participant { name, aliases, role, person_id } in participants {
        part(name);
        part(match role {
            ParticipantRole::Unknown => "",
            ParticipantRole::Interviewer => "interviewer",
            ParticipantRole::Interviewee => "interviewee",
        });
        part(person_id);
        part(&aliases.len().to_string());
        for alias in aliases {
            part(alias);
        }
    }
    Some(hasher.finish())
}

impl Identified {
    /// Bytes of text in it.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match &self.content {
            Content::Bytes(bytes) => bytes.len(),
            Content::Rendition(rendition) => rendition.text.len(),
        }
    }

    /// The document's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Of all that was submitted, and of how it is read.
    pub(super) const fn digest(&self) -> Digest {
        self.digest
    }

    /// A version that was stored before, to be written again as if what it was made of were sent:
    /// sending that afterwards changes nothing.
    pub(super) fn again(version: StoredDocument, bytes: Vec<u8>, if_etag: Option<String>) -> Self {
        Self {
            id: version.id,
            digest: version.submission,
            received: version.received,
            metadata: version.metadata,
            media_type: version.media_type,
            content: Content::Bytes(bytes),
            if_etag,
        }
    }

    /// The etag that the stored document must have for the write to be done; `None` for any.
    #[must_use]
    pub(crate) fn if_etag(&self) -> Option<&str> {
        self.if_etag.as_deref()
    }

    /// Whether `document` was stored from an equal submission, and may have the etag that it has.
    pub(crate) fn is(&self, document: &StoredDocument) -> bool {
        let wanted = self.if_etag().is_none_or(|etag| etag == document.etag());
        wanted && self.id == document.id && self.digest == document.submission
    }

    /// Extracts and segments the submission.
    pub(crate) fn prepare(self, settings: &Settings) -> Result<PreparedDocument, EngineError> {
        let Self { id, digest, received: received_digest, mut metadata, mut media_type, content, if_etag: _ } =
            self;
        let (extraction, received) = match content {
            Content::Rendition(rendition) => {
                let allowed = settings.limits.source_bytes;
                if rendition.text.len() > allowed {
                    return Err(ExtractError::OverLimit { limit: "max_document_bytes", allowed }.into());
                }
                let bytes = rendition.text.clone().into_bytes();
                (*rendition, bytes)
            }
            Content::Bytes(bytes) => {
                let source = Source { bytes: &bytes, media_type: &media_type, file_name: &id };
                (extract(&source, &settings.limits)?, bytes)
            }
        };
        let extraction_is_given = extraction.format == Format::Pairs;
        metadata.fill_from(&extraction.metadata);
        if media_type.is_empty() {
            extraction.format.media_type().clone_into(&mut media_type);
        }
        let segmentation = segment(&extraction);
        let mut diagnostics = extraction.diagnostics;
        diagnostics.extend(segmentation.diagnostics);
        let quoted = extraction.rendition.as_ref().map_or(&*received, |text| text.as_bytes());
        let source =
            extraction.rendition.as_ref().map_or(received_digest, |text| Digest::of(text.as_bytes()));
        let exchanges: Vec<StoredExchange> = (0..)
            .zip(segmentation.exchanges)
            .map(|(index, exchange)| stored(&id, source, quoted, index, exchange, &settings.windows))
            .collect();
        let document = StoredDocument {
            id,
            metadata,
            media_type,
            submission: digest,
            received: received_digest,
            source,
            received_len: received.len() as u64,
            source_len: quoted.len() as u64,
            exchanges: count(exchanges.len()),
            passages: count(exchanges.iter().map(|exchange| exchange.windows.len()).sum()),
            given_pairs: extraction_is_given,
            stamps: Stamps::default(),
        };
        let rendition = extraction.rendition.filter(|_| source != received_digest);
        Ok(PreparedDocument { document, exchanges, diagnostics, received, rendition })
    }
}

/// The receipt of a submission that is stored already, which saves reading it again.
pub(super) fn unchanged(view: &dyn View, identified: &Identified) -> Result<Option<Receipt>, EngineError> {
    let stored = view.document(identified.id())?;
    let Some(document) = stored.filter(|document| identified.is(document)) else { return Ok(None) };
    Ok(Some(Receipt {
        outcome: Outcome::Unchanged,
        generation: view.generation(),
        diagnostics: view.diagnostics(&document.id)?,
        document,
    }))
}

/// An exchange with its id, its windows and their digests.
fn stored(
    document_id: &str,
    source: Digest,
    bytes: &[u8],
    index: usize,
    exchange: Exchange,
    settings: &crate::segmentation::windows::WindowSettings,
) -> StoredExchange {
    let digest = |map: &SourceMap, span| {
        Digest::of_parts(map.to_bytes(span).into_iter().map(|span| span.of(bytes).unwrap_or_default()))
    };
    let answer = &exchange.answer;
    let windows: Vec<(Passage, Digest)> = windows(&answer.text, settings)
        .into_iter()
        .enumerate()
        .map(|(window, span)| (Passage { exchange: index, window, span }, digest(&answer.map, span)))
        .collect();
    let whole = crate::span::TextSpan::new(0, answer.text.len());
    // Most answers are one window.
    let known = windows.iter().find(|(passage, _)| passage.span == whole).map(|(_, digest)| *digest);
    StoredExchange {
        id: citation::exchange_id(document_id, source, index, &exchange),
        quote: known.unwrap_or_else(|| digest(&answer.map, whole)),
        windows,
        exchange,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
