//! The store's file under redb: what a failed write does to it.
//!
//! redb gives up a database after its first failed operation, and with it every reader. Once the file is open, a
//! failed write, resize or sync is noted here instead, and redb is told that all went well: what it writes from then
//! on stays in memory, and the file as it is. So the batch ends in order and readers of earlier commits go on. Whoever
//! commits asks [`Faults::first`] and opens the file anew.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::RwLockWriteGuard;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use redb::StorageBackend;

use crate::disk::RandomAccess;

/// The first failure of a file, if there was one.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    first: Arc<Mutex<Option<Arc<io::Error>>>>,
    /// Whether redb is not told of failures.
    hidden: Arc<AtomicBool>,
}

impl Faults {
    /// Why nothing is written any more.
    pub(super) fn first(&self) -> Option<Arc<io::Error>> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes nothing any more from now on, whatever redb asks for.
    pub(super) fn note(&self, error: io::Error) {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| Arc::new(error));
    }

    /// Hides failures from redb from now on: there are readers to be.
    pub(super) fn hide(&self) {
        self.hidden.store(true, Ordering::Relaxed);
    }

    /// Does `operation` and says whether it was done; an error only where redb is to see it.
    fn tried(&self, operation: impl FnOnce() -> io::Result<()>) -> io::Result<bool> {
        if self.first().is_some() {
            return Ok(false);
        }
        match operation() {
            Err(error) if self.hidden.load(Ordering::Relaxed) => {
                self.note(error);
                Ok(false)
            }
            done => done.map(|()| true),
        }
    }
}

/// The backend that redb reads and writes through.
#[derive(Debug)]
pub(super) struct StoreFile {
    file: RandomAccess,
    faults: Faults,
    unwritten: RwLock<Unwritten>,
}

/// What was to be written since the first failure.
#[derive(Debug, Default)]
struct Unwritten {
    /// The length that the file was to have.
    length: Option<u64>,
    /// Stretches by their offsets.
    stretches: BTreeMap<u64, Vec<u8>>,
}

impl StoreFile {
    pub(super) fn new(file: RandomAccess, faults: Faults) -> Self {
        Self { file, faults, unwritten: RwLock::default() }
    }

    fn unwritten(&self) -> RwLockWriteGuard<'_, Unwritten> {
        self.unwritten.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StorageBackend for StoreFile {
    fn len(&self) -> io::Result<u64> {
        match self.unwritten().length {
            Some(length) => Ok(length),
            None => self.file.length(),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if self.faults.first().is_none() {
            return self.file.read(offset, out);
        }
        let unwritten = self.unwritten.read().unwrap_or_else(PoisonError::into_inner);
        let end = offset.saturating_add(out.len() as u64);
        // Behind the end of the file as it is, a grown one is zero.
        let held = self.file.length()?.clamp(offset, end) - offset;
        out.fill(0);
        if let Some(part) = out.get_mut(..usize::try_from(held).unwrap_or(usize::MAX)) {
            self.file.read(offset, part)?;
        }
        for (start, bytes) in unwritten.stretches.range(..end) {
            // The part of the stretch from `offset` on, and where it goes.
            let skipped = usize::try_from(offset.saturating_sub(*start)).unwrap_or(usize::MAX);
            let place = usize::try_from(start.saturating_sub(offset)).unwrap_or(usize::MAX);
            let targets = out.get_mut(place..).unwrap_or_default();
            for (target, byte) in targets.iter_mut().zip(bytes.iter().skip(skipped)) {
                *target = *byte;
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        if !self.faults.tried(|| self.file.resize(len))? {
            self.unwritten().length = Some(len);
        }
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.faults.tried(|| self.file.sync()).map(|_| ())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if !self.faults.tried(|| self.file.write(offset, data))? {
            self.unwritten().stretches.insert(offset, data.to_vec());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_written_any_more_is_still_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let faults = Faults::default();
        let file = StoreFile::new(RandomAccess::create(&path).unwrap(), faults.clone());
        file.write(0, b"abcdefgh").unwrap();
        faults.hide();
        faults.note(io::ErrorKind::Other.into());
        file.set_len(12).unwrap();
        file.write(2, b"CD").unwrap();
        file.write(9, b"J").unwrap();
        file.sync_data().unwrap();
        let read = |offset: u64, length: usize| {
            let mut bytes = vec![b'?'; length];
            file.read(offset, &mut bytes).unwrap();
            bytes.iter().map(|byte| char::from(if *byte == 0 { b'0' } else { *byte })).collect::<String>()
        };
        assert_eq!((read(0, 12), read(3, 2), read(9, 3)), ("abCDefgh0J00".into(), "De".into(), "J00".into()));
        assert_eq!(file.len().unwrap(), 12);
        assert_eq!(std::fs::read(path).unwrap(), b"abcdefgh");
    }
}
