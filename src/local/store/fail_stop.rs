//! The file under redb, which is no longer written once a write has failed.
//!
//! redb gives up a database after its first failed operation, and with it every reader. So once the
//! file is open, a failed write, resize or sync is recorded here and redb is answered that it went
//! well. From then on its writes go to an overlay in memory, and the file stays as it is: the batch
//! ends in order, and readers of earlier commits go on. Whoever commits asks
//! [`FirstFailure::error`] and opens the file again.
//!
//! A file that must not be changed, one that may be damaged or a snapshot, is opened with such an
//! overlay from the start: redb writes to a file even when it only opens or checks it. That costs
//! no copy of the file and no room on the disk.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use redb::StorageBackend;

use crate::disk::RandomAccess;

/// Bytes of a block of the overlay: redb's smallest page, so that few writes cover a block in part.
const BLOCK: u64 = 4096;

/// The first failure of a file, if there was one.
#[derive(Clone, Debug, Default)]
pub(super) struct FirstFailure {
    first: Arc<Mutex<Option<Arc<io::Error>>>>,
    /// Whether failures are hidden from redb.
    hidden: Arc<AtomicBool>,
}

impl FirstFailure {
    /// Why nothing is written any more.
    pub(super) fn error(&self) -> Option<Arc<io::Error>> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes nothing any more from now on, whatever redb asks for.
    pub(super) fn record(&self, error: io::Error) {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| Arc::new(error));
    }

    /// Hides failures from redb from now on: the file is open, and will have readers.
    pub(super) fn hide(&self) {
        self.hidden.store(true, Ordering::Relaxed);
    }

    /// Does `operation` and says whether it was done; an error only where redb is to see it.
    fn attempt(&self, operation: impl FnOnce() -> io::Result<()>) -> io::Result<bool> {
        if self.error().is_some() {
            return Ok(false);
        }
        match operation() {
            Err(error) if self.hidden.load(Ordering::Relaxed) => {
                self.record(error);
                Ok(false)
            }
            done => done.map(|()| true),
        }
    }
}

/// The backend that redb reads and writes through.
#[derive(Debug)]
pub(super) struct FailStopBackend {
    file: RandomAccess,
    failure: FirstFailure,
    /// `None` until something is to be written after the first failure.
    overlay: RwLock<Option<Overlay>>,
}

/// The content as redb takes it to be: the file, and what was to be written since the failure.
#[derive(Debug)]
struct Overlay {
    length: u64,
    /// How many bytes of the file still count: fewer than it has once it was to be cut shorter.
    of_file: u64,
    /// Blocks by their numbers, each of [`BLOCK`] bytes.
    blocks: BTreeMap<u64, Vec<u8>>,
}

impl FailStopBackend {
    pub(super) fn new(file: RandomAccess, failure: FirstFailure) -> Self {
        Self { file, failure, overlay: RwLock::default() }
    }

    /// The overlay, for writing; an empty one if there is none yet.
    fn overlaid<T>(&self, change: impl FnOnce(&mut Overlay) -> io::Result<T>) -> io::Result<T> {
        let mut overlay = self.overlay.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(overlay) = &mut *overlay {
            return change(overlay);
        }
        let length = self.file.length()?;
        change(overlay.insert(Overlay { length, of_file: length, blocks: BTreeMap::new() }))
    }

    /// A block as the file has it; zeros where it has none.
    fn block_of_file(&self, number: u64, of_file: u64) -> io::Result<Vec<u8>> {
        let mut block = vec![0; length_of(BLOCK)];
        let held = of_file.saturating_sub(number * BLOCK).min(BLOCK);
        if let Some(part) = block.get_mut(..length_of(held)).filter(|part| !part.is_empty()) {
            self.file.read(number * BLOCK, part)?;
        }
        Ok(block)
    }
}

/// A length in memory: that of a block, or of a buffer that is at hand.
fn length_of(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// The common part of `[offset, offset + length)` and a block: where it starts in each, and how
/// long it is.
fn common(offset: u64, length: usize, block: u64) -> [usize; 3] {
    let start = offset.max(block * BLOCK);
    let end = offset.saturating_add(length as u64).min((block + 1) * BLOCK);
    [start - offset, start - block * BLOCK, end.saturating_sub(start)].map(length_of)
}

impl StorageBackend for FailStopBackend {
    fn len(&self) -> io::Result<u64> {
        let overlay = self.overlay.read().unwrap_or_else(PoisonError::into_inner);
        overlay.as_ref().map_or_else(|| self.file.length(), |overlay| Ok(overlay.length))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let overlay = self.overlay.read().unwrap_or_else(PoisonError::into_inner);
        let Some(overlay) = &*overlay else { return self.file.read(offset, out) };
        let end = offset.checked_add(out.len() as u64).filter(|end| *end <= overlay.length);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        let held = overlay.of_file.clamp(offset, end) - offset;
        if let Some((part, grown)) = out.split_at_mut_checked(length_of(held)) {
            self.file.read(offset, part)?;
            grown.fill(0);
        }
        for (number, block) in overlay.blocks.range(offset / BLOCK..end.div_ceil(BLOCK)) {
            let [to, from, length] = common(offset, out.len(), *number);
            if let (Some(to), Some(from)) = (out.get_mut(to..to + length), block.get(from..from + length)) {
                to.copy_from_slice(from);
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        if self.failure.attempt(|| self.file.resize(len))? {
            return Ok(());
        }
        self.overlaid(|overlay| {
            if len < overlay.length {
                overlay.of_file = overlay.of_file.min(len);
                overlay.blocks.retain(|number, _| number * BLOCK < len);
                // What was after the new end reads as zeros once the file grows again.
                if let Some(last) = overlay.blocks.get_mut(&(len / BLOCK)) {
                    last.iter_mut().skip(length_of(len % BLOCK)).for_each(|byte| *byte = 0);
                }
            }
            overlay.length = len;
            Ok(())
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.failure.attempt(|| self.file.sync()).map(|_| ())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if self.failure.attempt(|| self.file.write(offset, data))? {
            return Ok(());
        }
        self.overlaid(|overlay| {
            let end = offset.saturating_add(data.len() as u64);
            overlay.length = overlay.length.max(end);
            for number in offset / BLOCK..end.div_ceil(BLOCK) {
                let [from, to, length] = common(offset, data.len(), number);
                let Some(data) = data.get(from..from + length) else { continue };
                if !overlay.blocks.contains_key(&number) {
                    let block = self.block_of_file(number, overlay.of_file)?;
                    overlay.blocks.insert(number, block);
                }
                let block = overlay.blocks.get_mut(&number);
                if let Some(part) = block.and_then(|block| block.get_mut(to..to + length)) {
                    part.copy_from_slice(data);
                }
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_written_any_more_is_still_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let failure = FirstFailure::default();
        let file = FailStopBackend::new(RandomAccess::create(&path).unwrap(), failure.clone());
        file.write(0, b"abcdefgh").unwrap();
        failure.hide();
        failure.record(io::ErrorKind::Other.into());
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

    #[test]
    fn the_overlay_reads_as_a_written_file_would() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let bytes: Vec<u8> = (0..10_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        std::fs::write(&path, &bytes).unwrap();
        let failure = FirstFailure::default();
        failure.record(io::ErrorKind::Other.into());
        let file = FailStopBackend::new(RandomAccess::open_read_only(&path).unwrap(), failure);
        let mut expected = bytes.clone();
        let read = |length: usize| {
            let mut all = vec![b'?'; length];
            file.read(0, &mut all).unwrap();
            all
        };
        // A long write over a shorter one after it, among others: the last one counts.
        let writes =
            [(4090_usize, 20), (4096, 4096), (0, 8192), (0, 4096), (8191, 2), (9000, 1000), (1, 9998)];
        for (number, (offset, length)) in (200..).zip(writes) {
            let data = vec![number; length];
            file.write(offset as u64, &data).unwrap();
            expected[offset..offset + length].copy_from_slice(&data);
            assert!(read(10_000) == expected, "{offset} {length}");
        }
        assert!(file.read(9_999, &mut [0; 2]).is_err());
        for (shorter, longer) in [(5_000, 12_000), (4_096, 20_000), (0, 3)] {
            file.set_len(shorter as u64).unwrap();
            file.set_len(longer as u64).unwrap();
            expected.truncate(shorter);
            expected.resize(longer, 0);
            assert!(read(longer) == expected, "{shorter} {longer}");
        }
        assert!(std::fs::read(path).unwrap() == bytes, "the file is not changed");
    }
}
