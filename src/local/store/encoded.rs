//! Documents as the store takes them. Encoding and sealing them costs more than writing, and needs no store: so it is
//! done by whoever brings them, and the one who writes only puts the values in their places.

use crate::local::store::PIECE;
use crate::local::store::StoreError;
use crate::local::store::read::exchange_key;
use crate::local::store::read::piece_key;
use crate::local::store::record;
use crate::local::store::seal::sealed;
use crate::transcript::Diagnostic;
use crate::transcript::Digest;
use crate::transcript::PreparedDocument;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;

/// A document as the store writes it: every value encoded, with its checksum.
#[derive(Debug)]
pub struct EncodedDocument {
    /// The document.
    pub document: StoredDocument,
    /// What was noticed while reading it.
    pub diagnostics: Vec<Diagnostic>,
    pub(super) values: Values,
    bytes: usize,
}

/// What is written, sealed.
#[derive(Debug)]
pub(super) struct Values {
    pub document: Vec<u8>,
    pub diagnostics: Vec<u8>,
    /// In order of their indexes.
    pub exchanges: Vec<Vec<u8>>,
    pub received: Pieces,
    pub rendition: Option<Pieces>,
}

/// The pieces of a source.
#[derive(Debug)]
pub(super) struct Pieces {
    pub digest: Digest,
    pub values: Vec<Vec<u8>>,
}

impl Pieces {
    fn of(digest: Digest, bytes: &[u8]) -> Self {
        let value = |(number, piece)| sealed("sources", &piece_key(digest, number), piece);
        Self { digest, values: (0..).zip(bytes.chunks(PIECE)).map(value).collect() }
    }
}

impl EncodedDocument {
    /// Encodes a document.
    pub fn new(prepared: PreparedDocument) -> Result<Self, StoreError> {
        let PreparedDocument { document, exchanges, diagnostics, received, rendition } = prepared;
        let id = document.id.as_str();
        let noted: Vec<_> = diagnostics.iter().map(record::diagnostic_out).collect();
        let exchange = |(index, exchange): (u32, &StoredExchange)| {
            let payload = record::encode(&record::ExchangeRecord::from(exchange))?;
            Ok(sealed("exchanges", &exchange_key(id, index), &payload))
        };
        let values = Values {
            document: sealed(
                "documents",
                id.as_bytes(),
                &record::encode(&record::DocumentRecord::from(&document))?,
            ),
            diagnostics: sealed("diagnostics", id.as_bytes(), &record::encode(&noted)?),
            exchanges: (0..).zip(&exchanges).map(exchange).collect::<Result<_, StoreError>>()?,
            received: Pieces::of(document.received, &received),
            rendition: rendition.map(|text| Pieces::of(document.source, text.as_bytes())),
        };
        let pieces =
            values.received.values.iter().chain(values.rendition.iter().flat_map(|text| &text.values));
        let bytes = pieces.chain(&values.exchanges).map(Vec::len).sum();
        Ok(Self { document, diagnostics, values, bytes })
    }
}

impl EncodedDocument {
    /// Bytes that it holds, as far as they grow with the document.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}
