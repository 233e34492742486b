//! Reading everything again: is what is stored what was written, and does every citation hold?

use std::path::Path;
use std::sync::Arc;

use crate::engine::BackendError;
use crate::engine::Fault;
use crate::engine::IntegrityCheck;
use crate::engine::IntegrityReport;
use crate::local::LocalError;
use crate::local::folder::IdleFolder;
use crate::local::recovery::check::Checked;
use crate::local::recovery::check::check_document;
use crate::local::recovery::check::check_version;
use crate::local::store::Reader;
use crate::local::store::Salvage;
use crate::local::store::StoreError;
use crate::local::store::Version;
use crate::local::store::catch_redb_panic;
use crate::local::store::silence_caught_panics;
use crate::local::view::LocalView;

/// How many faults all reports of a check list together; damaged documents are counted beyond.
const MOST_FAULTS: usize = 1000;

/// Documents checked between two reports.
const STEP: usize = 16;

/// A report as it is filled in, over all of a check.
#[derive(Clone, Debug, Default)]
struct Progress {
    report: IntegrityReport,
    /// How many faults were listed, also by earlier reports.
    listed: usize,
}

impl Progress {
    fn fault(&mut self, document_id: &str, what: String) {
        if self.listed < MOST_FAULTS {
            self.listed += 1;
            self.report.faults.push(Fault { document_id: document_id.to_owned(), what });
        }
    }

    /// Adds what checking a document found.
    fn add(&mut self, id: &str, checked: Result<Checked, StoreError>) {
        self.report.documents += 1;
        let found = match checked {
            Ok(checked) => {
                self.report.exchanges += checked.exchanges;
                self.report.citations += checked.citations;
                self.report.bytes += checked.bytes;
                checked.faults
            }
            Err(error) => vec![error.to_string()],
        };
        self.report.damaged_documents += u64::from(!found.is_empty());
        for what in found {
            self.fault(id, what);
        }
    }

    /// Adds what checking an earlier version found.
    fn add_version(&mut self, id: &str, retired: u64, checked: Result<u64, StoreError>) {
        self.report.versions += 1;
        match checked {
            Ok(bytes) => self.report.bytes += bytes,
            Err(error) => {
                self.report.damaged_documents += 1;
                self.fault(id, format!("its version until generation {retired}: {error}"));
            }
        }
    }

    /// Compares what was read with what the store counts: of a document that is no longer listed
    /// nothing else is left.
    fn close(&mut self, counted: Result<[u64; 2], StoreError>) {
        match counted {
            Ok([documents, _]) if self.report.documents < documents => {
                let lost = documents - self.report.documents;
                self.fault("", format!("{lost} of {documents} documents are not listed any more"));
            }
            // Of damaged documents not every exchange can be counted.
            Ok(counted)
                if self.report.damaged_documents == 0
                    && counted != [self.report.documents, self.report.exchanges] =>
            {
                let what = format!(
                    "documents and exchanges are {:?}, counted were {counted:?}",
                    [self.report.documents, self.report.exchanges,]
                );
                self.fault("", what);
            }
            Ok(_) => {}
            Err(error) => self.fault("", error.to_string()),
        }
        self.report.complete = true;
    }
}

/// A check under way, over what one commit left. Reads and writes go on meanwhile.
#[derive(Debug)]
pub(crate) struct ViewCheck {
    view: Arc<LocalView>,
    /// The last document that was checked, or the last version of a document.
    after: Option<(String, Option<u64>)>,
    progress: Progress,
}

impl ViewCheck {
    /// A check of all that this view shows.
    pub(crate) fn new(view: Arc<LocalView>) -> Self {
        Self { view, after: None, progress: Progress::default() }
    }

    fn next(&mut self) -> Result<Option<IntegrityReport>, LocalError> {
        if self.progress.report.complete {
            return Ok(None);
        }
        self.view.ensure_current()?;
        let reader = &self.view.reader;
        let in_versions = matches!(&self.after, Some((_, Some(_))));
        let ids =
            if in_versions { Vec::new() } else { catch_redb_panic(|| reader.ids(self.document(), STEP))? };
        for id in &ids {
            self.progress.add(id, catch_redb_panic(|| check_document(reader, id)));
        }
        if let Some(last) = ids.into_iter().next_back() {
            self.after = Some((last, None));
        } else if !in_versions {
            // Sorts before every version.
            self.after = Some((String::new(), Some(0)));
        } else {
            let versions = catch_redb_panic(|| reader.versions_after(self.version(), STEP))?;
            if versions.is_empty() {
                self.progress.close(catch_redb_panic(|| counted(reader)));
            }
            for version in versions {
                let Version { id, retired, record } = version;
                self.progress.add_version(&id, retired, catch_redb_panic(|| check_version(reader, record)));
                self.after = Some((id, Some(retired)));
            }
        }
        let report = self.progress.report.clone();
        self.progress.report.faults.clear();
        Ok(Some(report))
    }

    fn document(&self) -> Option<&str> {
        self.after.as_ref().map(|(id, _)| id.as_str())
    }

    fn version(&self) -> Option<(&str, u64)> {
        self.after.as_ref().and_then(|(id, retired)| Some((id.as_str(), (*retired)?)))
    }
}

impl IntegrityCheck for ViewCheck {
    fn next_report(&mut self) -> Result<Option<IntegrityReport>, BackendError> {
        Ok(self.next()?)
    }
}

/// Reads everything in a data folder that no process serves, and changes nothing in it.
pub fn verify_folder(folder: &Path) -> Result<IntegrityReport, LocalError> {
    silence_caught_panics();
    let held = IdleFolder::take(folder)?;
    let mut salvage = held.salvage()?;
    let mut progress = Progress::default();
    match salvage.check_pages() {
        Ok(()) => {}
        Err(StoreError::Damaged(what)) => progress.fault("", format!("the store's file is damaged: {what}")),
        Err(error) => return Err(error.into()),
    }
    check_all(&mut salvage, &mut progress);
    Ok(progress.report)
}

/// Reads every document and every version that can be read.
fn check_all(salvage: &mut Salvage, progress: &mut Progress) {
    for id in salvage.ids() {
        progress.add(&id, salvage.read(|reader| check_document(reader, &id)));
    }
    let mut after: Option<(String, u64)> = None;
    loop {
        let from = after.as_ref().map(|(id, retired)| (id.as_str(), *retired));
        let versions = match salvage.read(|reader| reader.versions_after(from, STEP)) {
            Ok(versions) => versions,
            Err(error) => {
                progress.fault("", format!("earlier versions cannot be listed: {error}"));
                break;
            }
        };
        if versions.is_empty() {
            break;
        }
        for Version { id, retired, record } in versions {
            progress.add_version(&id, retired, salvage.read(|reader| check_version(reader, record)));
            after = Some((id, retired));
        }
    }
    progress.close(salvage.read(counted));
}

fn counted(reader: &Reader) -> Result<[u64; 2], StoreError> {
    Ok([reader.meta("documents")?, reader.meta("exchanges")?])
}
