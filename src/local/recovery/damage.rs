//! Which documents of a damaged store are affected.

use std::collections::BTreeSet;
use std::path::Path;

use crate::local::index::Index;
use crate::local::index::Settings;
use crate::local::recovery::check::check_document;
use crate::local::store::Salvage;
use crate::local::store::silence_caught_panics;

/// The ids of the documents that are not whole in a damaged store: those that cannot be read, and
/// those that only the index still has.
pub(crate) fn affected(store: &Path, index: &Path) -> BTreeSet<String> {
    silence_caught_panics();
    let (whole, mut affected) = survey(store);
    affected.extend(indexed(index).difference(&whole).cloned());
    affected
}

/// The ids of the documents in an index; none where there is no index that can be read. It may have
/// been committed before the store was last written, so some of them may have been deleted since.
pub(crate) fn indexed(index: &Path) -> BTreeSet<String> {
    if !index.is_dir() {
        return BTreeSet::new();
    }
    Index::open(index, &Settings::default())
        .map_or_else(|_| BTreeSet::new(), |index| index.searcher().document_ids())
}

/// The documents that are whole, and those that are listed and are not.
fn survey(store: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let Ok(mut salvage) = Salvage::open(store) else { return (BTreeSet::new(), BTreeSet::new()) };
    let ids = salvage.ids();
    ids.into_iter().partition(|id| {
        let checked = salvage.read(|reader| check_document(reader, id));
        checked.is_ok_and(|checked| checked.is_whole())
    })
}
