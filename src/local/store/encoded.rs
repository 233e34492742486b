//! Documents as the store takes them. Encoding them and computing checksums costs more than
//! writing, and needs no store: so the threads that submit documents do it, and the write thread
//! only inserts the values.

use crate::local::store::checksum::with_checksum;
use crate::local::store::document_record;
use crate::local::store::error::StoreError;
use crate::local::store::record;
use crate::local::store::schema::CHUNK;
use crate::local::store::schema::chunk_key;
use crate::local::store::schema::exchange_key;
use crate::transcript::Diagnostic;
use crate::transcript::Digest;
use crate::transcript::PreparedDocument;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;

/// A document as the store writes it: every value encoded, with its checksum.
#[derive(Debug)]
pub(crate) struct EncodedDocument {
    /// The document.
    pub document: StoredDocument,
    /// What was noticed while reading it.
    pub diagnostics: Vec<Diagnostic>,
    pub(super) values: Values,
    bytes: usize,
}

/// What is written: values with their checksums.
#[derive(Debug)]
pub(super) struct Values {
    /// The record as far as it is known before the commit, without a checksum.
    pub document: Vec<u8>,
    pub diagnostics: Vec<u8>,
    /// In order of their indexes.
    pub exchanges: Vec<Vec<u8>>,
    pub received: Chunks,
    pub rendition: Option<Chunks>,
}

/// The chunks of a source.
#[derive(Debug)]
pub(super) struct Chunks {
    pub digest: Digest,
    pub values: Vec<Vec<u8>>,
}

impl Chunks {
    fn of(digest: Digest, bytes: &[u8]) -> Self {
        let value = |(number, chunk)| with_checksum("sources", &chunk_key(digest.as_bytes(), number), chunk);
        Self { digest, values: (0..).zip(bytes.chunks(CHUNK)).map(value).collect() }
    }
}

impl EncodedDocument {
    /// Encodes a document.
    pub(crate) fn new(prepared: PreparedDocument) -> Result<Self, StoreError> {
        let PreparedDocument { document, exchanges, diagnostics, received, rendition } = prepared;
        let id = document.id.as_str();
        let noted: Vec<_> = diagnostics.iter().map(record::diagnostic_out).collect();
        let exchange = |(index, exchange): (u32, &StoredExchange)| {
            let payload = record::encode(&record::ExchangeRecord::from(exchange))?;
            Ok(with_checksum("exchanges", &exchange_key(id, index), &payload))
        };
        let values = Values {
            document: document_record::encode_begun(&document)?,
            diagnostics: with_checksum("diagnostics", id.as_bytes(), &record::encode(&noted)?),
            exchanges: (0..).zip(&exchanges).map(exchange).collect::<Result<_, StoreError>>()?,
            received: Chunks::of(document.received, &received),
            rendition: rendition.map(|text| Chunks::of(document.source, text.as_bytes())),
        };
        let chunks =
            values.received.values.iter().chain(values.rendition.iter().flat_map(|text| &text.values));
        let bytes = chunks.chain(&values.exchanges).map(Vec::len).sum();
        Ok(Self { document, diagnostics, values, bytes })
    }
}

impl EncodedDocument {
    /// Bytes that it holds, as far as they grow with the document.
    #[must_use]
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }
}
