//! A store's file, read and never changed: what redb writes when it opens or repairs it stays in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use redb::StorageBackend;

/// Writes are kept in blocks of this many bytes.
const BLOCK: u64 = 4096;

/// The file, and what was written over it.
#[derive(Debug)]
pub(super) struct Untouched {
    file: File,
    over: Mutex<Over>,
}

#[derive(Debug)]
struct Over {
    blocks: BTreeMap<u64, Vec<u8>>,
    len: u64,
    /// How much of the file still counts: less than all of it once the storage was cut shorter.
    of_file: u64,
}

impl Untouched {
    /// Opens the file, which no process may write meanwhile.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok(Self { file, over: Mutex::new(Over { blocks: BTreeMap::new(), len, of_file: len }) })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.over().len == 0
    }

    fn over(&self) -> MutexGuard<'_, Over> {
        self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A block as the file has it; zeros where it has none.
    fn block(&self, number: u64, of_file: u64) -> io::Result<Vec<u8>> {
        let start = number * BLOCK;
        let there = of_file.saturating_sub(start).min(BLOCK);
        let mut block = vec![0; usize_of(BLOCK)];
        if let Some(part) = block.get_mut(..usize_of(there)) {
            self.file.read_exact_at(part, start)?;
        }
        Ok(block)
    }
}

/// A length within a block.
fn usize_of(length: u64) -> usize {
    usize::try_from(length).unwrap_or_default()
}

/// The parts of `[offset, offset + length)` by block: the block, where it starts in it, and how long it is.
fn parts(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, usize)> {
    let end = offset.saturating_add(length as u64);
    let numbers = offset / BLOCK..end.div_ceil(BLOCK);
    numbers.map(move |number| {
        let start = offset.max(number * BLOCK);
        let stop = end.min((number + 1) * BLOCK);
        (number, usize_of(start % BLOCK), usize_of(stop.saturating_sub(start)))
    })
}

fn outside() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the file is shorter than it says")
}

impl StorageBackend for Untouched {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.over().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let over = self.over();
        if offset.saturating_add(out.len() as u64) > over.len {
            return Err(outside());
        }
        let end = offset.saturating_add(out.len() as u64);
        let over_it = over.blocks.range(offset / BLOCK..end.div_ceil(BLOCK)).next();
        if over_it.is_none() && end <= over.of_file {
            return self.file.read_exact_at(out, offset);
        }
        let mut rest = out;
        for (number, start, length) in parts(offset, rest.len()) {
            let Some((part, behind)) = rest.split_at_mut_checked(length) else { return Err(outside()) };
            let from_file;
            let block = if let Some(block) = over.blocks.get(&number) {
                block
            } else {
                from_file = self.block(number, over.of_file)?;
                &from_file
            };
            part.copy_from_slice(block.get(start..start + length).ok_or_else(outside)?);
            rest = behind;
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        let mut over = self.over();
        if len < over.len {
            over.of_file = over.of_file.min(len);
            // What is behind the new end reads as zeros when the storage grows again.
            let kept = len.div_ceil(BLOCK);
            over.blocks.retain(|number, _| *number < kept);
            let tail = usize_of(len % BLOCK);
            if tail > 0
                && let Some(block) = over.blocks.get_mut(&(kept - 1))
            {
                block.iter_mut().skip(tail).for_each(|byte| *byte = 0);
            }
        }
        over.len = len;
        Ok(())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let mut over = self.over();
        if offset.saturating_add(data.len() as u64) > over.len {
            return Err(outside());
        }
        let mut rest = data;
        for (number, start, length) in parts(offset, data.len()) {
            let Some((part, behind)) = rest.split_at_checked(length) else { return Err(outside()) };
            if !over.blocks.contains_key(&number) {
                let block = self.block(number, over.of_file)?;
                over.blocks.insert(number, block);
            }
            let to = over.blocks.get_mut(&number).and_then(|block| block.get_mut(start..start + length));
            to.ok_or_else(outside)?.copy_from_slice(part);
            rest = behind;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn writes_are_read_back_and_the_file_stays() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..10_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        file.write_all(&bytes).unwrap();
        let backend = Untouched::open(file.path()).unwrap();
        let mut expected = bytes.clone();
        let read = |length: usize| {
            let mut all = vec![0; length];
            backend.read(0, &mut all).unwrap();
            all
        };
        for (offset, length) in [(4090_usize, 20), (0, 4096), (8191, 2), (9000, 1000), (1, 9998)] {
            let data = vec![255; length];
            backend.write(offset as u64, &data).unwrap();
            expected[offset..offset + length].copy_from_slice(&data);
            assert_eq!(read(10_000), expected, "{offset} {length}");
        }
        assert!(backend.write(9_999, &[1, 2]).is_err());
        assert!(backend.read(9_999, &mut [0; 2]).is_err());
        for (shorter, longer) in [(5_000, 12_000), (4_096, 20_000), (0, 3)] {
            backend.set_len(shorter as u64).unwrap();
            backend.set_len(longer as u64).unwrap();
            expected.truncate(shorter);
            expected.resize(longer, 0);
            assert_eq!(read(longer), expected, "{shorter} {longer}");
        }
        assert_eq!(std::fs::read(file.path()).unwrap(), bytes);
    }
}
