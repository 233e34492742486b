//! Reading what no call of the service lists, to check it.

use std::ops::Bound;

use crate::local::store::Reader;
use crate::local::store::StoreError;
use crate::local::store::VERSIONS;
use crate::local::store::read::version_key;
use crate::local::store::record;
use crate::local::store::seal::opened;
use crate::transcript::StoredDocument;

/// An earlier version of a document.
#[derive(Debug)]
pub struct Version {
    /// The document's id.
    pub id: String,
    /// The generation in which it was replaced or deleted.
    pub retired: u64,
    /// Its record, or what is wrong with it.
    pub record: Result<StoredDocument, StoreError>,
}

impl Reader {
    /// At most `limit` earlier versions behind `after`, of all documents, ordered by id, then by age.
    pub fn versions_after(
        &self,
        after: Option<(&str, u64)>,
        limit: usize,
    ) -> Result<Vec<Version>, StoreError> {
        let table = self.transaction.open_table(VERSIONS)?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let entries = table.range::<(&str, u64)>((from, Bound::Unbounded))?.take(limit);
        let versions = entries.map(|entry| {
            let (key, value) = entry?;
            let (id, retired) = key.value();
            let record = opened("versions", &version_key(id, retired), value.value())
                .and_then(record::decode::<record::DocumentRecord>);
            Ok(Version { id: id.to_owned(), retired, record: record.map(|record| record.into_document(id)) })
        });
        versions.collect()
    }
}
