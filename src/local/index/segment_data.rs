//! What a segment holds, wherever it is kept.

use tantivy::schema::Field as Handle;

use crate::local::index::bit_set::BitSet;
use crate::local::index::document_dates::DocumentDates;
use crate::local::index::error::IndexError;
use crate::local::index::field::Field;
use crate::local::index::minhash::MinHash;
use crate::local::index::postings::Postings;
use crate::local::index::postings::Term;
use crate::local::index::sorted_strings::SortedStrings;
use crate::local::index::term_bloom::TermKey;
use crate::local::index::term_vector::TermVector;
use crate::local::index::value_column::Attribute;
use crate::local::index::value_column::ValueColumn;

/// The id of a segment, which no other has in this index or any other of this process: tantivy's
/// UUID for one in files, a serial number for one in memory (no UUID is as small).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SegmentId(u128);

impl SegmentId {
    /// Of a segment in memory.
    pub(in crate::local::index) fn of_serial(number: u64) -> Self {
        Self(number.into())
    }

    /// Of a segment in files.
    pub(in crate::local::index) fn of_files(id: tantivy::index::SegmentId) -> Self {
        // Tantivy writes its UUID in hexadecimal digits only.
        Self(u128::from_str_radix(&id.uuid_string(), 16).unwrap_or(u128::MAX))
    }

    /// The id as a number.
    #[must_use]
    pub(crate) const fn as_u128(self) -> u128 {
        self.0
    }
}

/// The passages of a segment and their terms, which never change: what of them is deleted is
/// another matter. Numbers of passages are from 0, and the windows of an exchange are neighbours.
///
/// There are two kinds, in files and in memory. Calls are dynamic, as none is made for each
/// posting: postings are read in blocks.
pub(in crate::local::index) trait SegmentData: Send + Sync {
    fn id(&self) -> SegmentId;

    /// How many passages there are.
    fn len(&self) -> u32;

    /// An estimate of the memory that it takes, in bytes.
    fn memory_bytes(&self) -> usize;

    /// The passages that begin an exchange.
    fn starts(&self) -> &BitSet;

    /// The ids of the documents.
    fn document_ids(&self) -> &SortedStrings;

    /// The rank of a passage's document among these.
    fn document(&self, passage: u32) -> usize;

    /// The index of a passage's exchange in the document.
    fn exchange(&self, passage: u32) -> u32;

    /// The index of a passage's window in the exchange.
    fn window(&self, passage: u32) -> u32;

    /// The dates of the documents.
    fn dates(&self) -> &DocumentDates;

    /// The ranks of documents that can have exchanges in other segments, too: those in which a run
    /// of exchanges does not begin with the document's first.
    fn split_documents(&self) -> &[usize];

    /// The values of an attribute.
    fn column(&self, attribute: Attribute) -> &ValueColumn;

    /// Calls `visit` with the minhash of each exchange that has one, and the passage that begins
    /// it.
    fn minhashes(&self, visit: &mut dyn FnMut(u32, MinHash));

    /// The term vectors of a passage's question and answer; `None` where they are missing.
    fn term_vectors(&self, passage: u32) -> Option<[TermVector<'_>; 2]>;

    /// The length classes of a field, followed by at least [`PADDING`] zeros.
    fn lengths(&self, field: Field) -> &[u8];

    /// A term, where any passage has it.
    fn term(&self, field: Field, key: TermKey<'_>) -> Result<Option<Term>, IndexError>;

    /// Calls `visit` with each term of a field within `errors` typing errors of `term`, at most 2,
    /// and how many passages have it.
    fn similar_terms(
        &self,
        field: Field,
        term: &str,
        errors: u8,
        visit: &mut dyn FnMut(&str, u32),
    ) -> Result<(), IndexError>;

    /// The postings of a term, read with the cursor of other postings where that can be used again.
    fn postings(&self, term: &Term, spare: Option<Postings>) -> Result<Postings, IndexError>;

    /// Calls `visit` with each passage that has a phrase, ascending, and how often. The phrase is
    /// given as its terms, each with its distance from the first. Passages that are not admitted
    /// are skipped.
    fn phrase(
        &self,
        field: Field,
        terms: &[(u32, Term)],
        admits: &dyn Fn(u32) -> bool,
        visit: &mut dyn FnMut(u32, u32),
    ) -> Result<(), IndexError>;

    /// Calls `visit` with each passage that has one of the keys in a field of keys.
    fn keyed(&self, field: Handle, keys: &[String], visit: &mut dyn FnMut(u32)) -> Result<(), IndexError>;

    /// How many passages of a set have a key.
    fn count_keyed(&self, field: Handle, key: &str, among: &BitSet) -> Result<u64, IndexError>;
}

/// The longest block of lengths that is read at once.
pub(in crate::local::index) const PADDING: usize = 4096;
