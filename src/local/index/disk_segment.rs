//! A segment in tantivy's files.

use std::sync::Arc;

use tantivy::DocSet as _;
use tantivy::InvertedIndexReader;
use tantivy::SegmentReader;
use tantivy::TERMINATED;
use tantivy::columnar::Column;
use tantivy::columnar::ColumnValues;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field as Handle;
use tantivy::schema::IndexRecordOption;

use crate::local::index::bit_set::BitSet;
use crate::local::index::document_dates::DocumentDates;
use crate::local::index::error::IndexError;
use crate::local::index::field::ByField;
use crate::local::index::field::Field;
use crate::local::index::minhash::MINHASH_LEN;
use crate::local::index::minhash::MinHash;
use crate::local::index::phrase;
use crate::local::index::postings::Postings;
use crate::local::index::postings::Term;
use crate::local::index::schema;
use crate::local::index::schema::Fields;
use crate::local::index::segment_data::PADDING;
use crate::local::index::segment_data::SegmentData;
use crate::local::index::segment_data::SegmentId;
use crate::local::index::sorted_strings::SortedStrings;
use crate::local::index::term_bloom::TermBloom;
use crate::local::index::term_bloom::TermKey;
use crate::local::index::term_vector::TermVector;
use crate::local::index::value_column::Attribute;
use crate::local::index::value_column::OfEach;
use crate::local::index::value_column::ValueColumn;
use crate::local::index::vector_file::VectorFile;
use crate::query::DateRange;

/// The parts of a segment that a search reads at random are in memory: per passage some ten bytes
/// in addition to the document ids, per term one. The rest is mapped.
pub(super) struct DiskSegment {
    id: SegmentId,
    reader: SegmentReader,
    texts: ByField<TextField>,
    exchange: Arc<dyn ColumnValues<u64>>,
    window: Arc<dyn ColumnValues<u64>>,
    /// The rank of each passage's document id.
    document: Option<Column<u64>>,
    document_ids: SortedStrings,
    dates: DocumentDates,
    split_documents: Vec<usize>,
    columns: OfEach<ValueColumn>,
    /// The numbers of each exchange's minhash.
    minhashes: Option<Column<u64>>,
    starts: BitSet,
    vectors: VectorFile,
}

/// A field of text.
struct TextField {
    handle: Handle,
    inverted: Arc<InvertedIndexReader>,
    /// The length class of each passage, and [`PADDING`] zeros; empty where the index keeps none.
    lengths: Vec<u8>,
    bloom: TermBloom,
}

impl DiskSegment {
    pub(super) fn open(reader: &SegmentReader, fields: Fields) -> Result<Self, IndexError> {
        let columns = reader.fast_fields();
        let window = columns.column_first_or_default(schema::WINDOW)?;
        let mut starts = BitSet::empty(reader.max_doc());
        for passage in (0..reader.max_doc()).filter(|passage| window.get_val(*passage) == 0) {
            starts.insert(passage);
        }
        let document = columns.str(schema::DOCUMENT_ID)?;
        let mut document_ids = SortedStrings::default();
        if let Some(document) = &document {
            let ranks: Vec<u64> = (0..document.num_terms() as u64).collect();
            document.dictionary().sorted_ords_to_term_cb(&ranks, |id| document_ids.push(id))?;
        }
        let document = document.map(|document| document.ords().clone());
        let first = columns.column_opt::<i64>(schema::PUBLISHED_FIRST)?;
        let last = columns.column_opt::<i64>(schema::PUBLISHED_LAST)?;
        let published = starts.iter().filter_map(|start| {
            let (first, last) = (first.as_ref()?.first(start)?, last.as_ref()?.first(start)?);
            let rank = document.as_ref()?.first(start)?;
            Some((usize::try_from(rank).ok()?, DateRange { first, last }))
        });
        let dates = DocumentDates::new(document_ids.len(), published);
        let exchange = columns.column_first_or_default(schema::EXCHANGE)?;
        let (mut split_documents, mut last) = (Vec::new(), None);
        for start in starts.iter() {
            let rank = document.as_ref().and_then(|ranks| ranks.first(start));
            if rank != last && exchange.get_val(start) > 0 {
                split_documents.extend(rank.and_then(|rank| usize::try_from(rank).ok()));
            }
            last = rank;
        }
        Ok(Self {
            id: SegmentId::of_files(reader.segment_id()),
            reader: reader.clone(),
            texts: ByField::try_from_fn(|field| TextField::open(reader, fields.handle(field)))?,
            exchange,
            window,
            document,
            document_ids,
            dates,
            split_documents,
            columns: OfEach::try_new(|attribute| ValueColumn::open(columns.str(attribute.column_name())?))?,
            minhashes: columns.column_opt(schema::MINHASH)?,
            starts,
            vectors: VectorFile::open(reader)?,
        })
    }

    const fn text(&self, field: Field) -> &TextField {
        self.texts.of(field)
    }
}

impl TextField {
    fn open(reader: &SegmentReader, handle: Handle) -> Result<Self, IndexError> {
        let inverted = reader.inverted_index(handle)?;
        let mut bloom = TermBloom::with_capacity(inverted.terms().num_terms());
        let mut terms = inverted.terms().stream()?;
        while terms.advance() {
            bloom.insert(terms.key());
        }
        let mut lengths = Vec::new();
        if reader.schema().get_field_entry(handle).has_fieldnorms() {
            let norms = reader.get_fieldnorms_reader(handle)?;
            lengths.extend((0..reader.max_doc()).map(|passage| norms.fieldnorm_id(passage)));
            lengths.resize(lengths.len() + PADDING, 0);
        }
        Ok(Self { handle, inverted, lengths, bloom })
    }
}

impl SegmentData for DiskSegment {
    fn id(&self) -> SegmentId {
        self.id
    }

    fn len(&self) -> u32 {
        self.reader.max_doc()
    }

    fn memory_bytes(&self) -> usize {
        /// Of a passage: its columns, lengths and sets, and what terms and minhashes take.
        const PASSAGE: usize = 24;
        /// Of a document: its id, dates and values.
        const DOCUMENT: usize = 96;
        /// Readers and dictionaries.
        const REST: usize = 64 << 10;
        self.len() as usize * PASSAGE + self.document_ids.len() * DOCUMENT + REST
    }

    fn starts(&self) -> &BitSet {
        &self.starts
    }

    fn document_ids(&self) -> &SortedStrings {
        &self.document_ids
    }

    fn document(&self, passage: u32) -> usize {
        let rank = self.document.as_ref().and_then(|column| column.first(passage));
        rank.and_then(|rank| usize::try_from(rank).ok()).unwrap_or(usize::MAX)
    }

    fn exchange(&self, passage: u32) -> u32 {
        u32::try_from(self.exchange.get_val(passage)).unwrap_or(u32::MAX)
    }

    fn window(&self, passage: u32) -> u32 {
        u32::try_from(self.window.get_val(passage)).unwrap_or(u32::MAX)
    }

    fn dates(&self) -> &DocumentDates {
        &self.dates
    }

    fn split_documents(&self) -> &[usize] {
        &self.split_documents
    }

    fn column(&self, attribute: Attribute) -> &ValueColumn {
        self.columns.of(attribute)
    }

    fn minhashes(&self, visit: &mut dyn FnMut(u32, MinHash)) {
        let Some(column) = &self.minhashes else { return };
        for start in self.starts.iter() {
            let numbers: Vec<u64> = column.values_for_doc(start).collect();
            if let Ok(numbers) = <[u64; MINHASH_LEN]>::try_from(numbers) {
                visit(start, MinHash::from_numbers(numbers));
            }
        }
    }

    fn term_vectors(&self, passage: u32) -> Option<[TermVector<'_>; 2]> {
        self.vectors.vectors(passage)
    }

    fn lengths(&self, field: Field) -> &[u8] {
        &self.text(field).lengths
    }

    fn term(&self, field: Field, key: TermKey<'_>) -> Result<Option<Term>, IndexError> {
        let TextField { handle, inverted, bloom, .. } = self.text(field);
        if !bloom.may_have(key) {
            return Ok(None);
        }
        let info = inverted.get_term_info(&tantivy::Term::from_field_text(*handle, key.text))?;
        Ok(info.map(|info| Term { field, info }))
    }

    fn similar_terms(
        &self,
        field: Field,
        term: &str,
        errors: u8,
        visit: &mut dyn FnMut(&str, u32),
    ) -> Result<(), IndexError> {
        let TextField { handle, inverted, .. } = self.text(field);
        let typed = tantivy::Term::from_field_text(*handle, term);
        let automaton = FuzzyTermQuery::new(typed, errors.min(2), true).automaton()?;
        let mut found = inverted.terms().search(automaton).into_stream()?;
        while found.advance() {
            if let Ok(similar) = std::str::from_utf8(found.key()) {
                visit(similar, found.value().doc_freq);
            }
        }
        Ok(())
    }

    fn postings(&self, term: &Term, spare: Option<Postings>) -> Result<Postings, IndexError> {
        let inverted = &self.text(term.field).inverted;
        let option = IndexRecordOption::WithFreqs;
        Ok(Postings::disk(match spare.and_then(Postings::into_disk) {
            Some(mut cursor) => {
                inverted.reset_block_postings_from_terminfo(&term.info, &mut cursor)?;
                cursor
            }
            None => Box::new(inverted.read_block_postings_from_terminfo(&term.info, option)?),
        }))
    }

    fn phrase(
        &self,
        field: Field,
        terms: &[(u32, Term)],
        admits: &dyn Fn(u32) -> bool,
        visit: &mut dyn FnMut(u32, u32),
    ) -> Result<(), IndexError> {
        let infos: Vec<_> = terms.iter().map(|(offset, term)| (*offset, &term.info)).collect();
        phrase::look_up(&self.text(field).inverted, &infos, admits, visit)
    }

    fn keyed(&self, field: Handle, keys: &[String], visit: &mut dyn FnMut(u32)) -> Result<(), IndexError> {
        let inverted = self.reader.inverted_index(field)?;
        for key in keys {
            let term = tantivy::Term::from_field_text(field, key);
            if let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? {
                while postings.doc() != TERMINATED {
                    visit(postings.doc());
                    postings.advance();
                }
            }
        }
        Ok(())
    }

    fn count_keyed(&self, field: Handle, key: &str, among: &BitSet) -> Result<u64, IndexError> {
        let term = tantivy::Term::from_field_text(field, key);
        let postings = self.reader.inverted_index(field)?.read_postings(&term, IndexRecordOption::Basic)?;
        let Some(mut postings) = postings else { return Ok(0) };
        let mut count = 0;
        for passage in among.iter() {
            if postings.doc() < passage {
                postings.seek(passage);
            }
            count += u64::from(postings.doc() == passage);
        }
        Ok(count)
    }
}
