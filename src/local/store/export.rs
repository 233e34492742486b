//! The store → a snapshot: all tables of one transaction as one stream of bytes.
//!
//! Numbers are big-endian. A snapshot is
//!
//! | bytes | what |
//! |---|---|
//! | 18 | `onrecord snapshot\n` |
//! | 4 | version of this format |
//! | 8 | version of the store's tables and records |
//! | | the sections, one for each table |
//! | 1 | 0: no further section |
//! | 8 | rows of all sections |
//! | 32 | SHA-256 of all bytes before |
//!
//! and a section is
//!
//! | bytes | what |
//! |---|---|
//! | 1 | 1: a section |
//! | 1, n | length of the table's name; the name |
//! | 1, 4, 4, n, m | 2: a row; lengths of key and value; key; value with its seal |
//! | 1 | 3: no further row |
//! | 8 | rows of the section |

use std::collections::VecDeque;

use crate::engine::SnapshotSummary;
use crate::local::store::FORMAT;
use crate::local::store::Reader;
use crate::local::store::StoreError;
use crate::local::store::section::Rows;
use crate::local::store::section::Section;
use crate::transcript::Digest;
use crate::transcript::Hasher;

/// What every snapshot starts with.
pub(super) const MAGIC: &[u8; 18] = b"onrecord snapshot\n";

/// Version of the format above. A snapshot of another is not read.
pub const SNAPSHOT_FORMAT: u32 = 1;

/// No further section.
pub(super) const END: u8 = 0;
/// A section.
pub(super) const SECTION: u8 = 1;
/// A row.
pub(super) const ROW: u8 = 2;
/// No further row.
pub(super) const SECTION_END: u8 = 3;

/// Length of a piece of the stream, in bytes: large enough that a message costs little beside its content, and
/// far below what gRPC takes.
const PIECE: usize = 256 << 10;

/// A snapshot that is being taken, piece by piece.
pub struct Export {
    sections: VecDeque<(Section, Rows)>,
    /// Rows of the section under way; `None` before its first byte.
    rows: Option<u64>,
    all_rows: u64,
    hasher: Hasher,
    /// What is not handed out yet, from `taken` on.
    buffer: Vec<u8>,
    taken: usize,
    summary: SnapshotSummary,
    complete: bool,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").field("summary", &self.summary).finish_non_exhaustive()
    }
}

impl Export {
    /// A snapshot of what `reader` sees. It is taken as the pieces are, and keeps the reader's transaction.
    pub fn new(reader: &Reader) -> Result<Self, StoreError> {
        let sections = Section::ALL.into_iter();
        let sections = sections.map(|section| Ok((section, section.rows(&reader.transaction)?)));
        let mut export = Self {
            sections: sections.collect::<Result<_, StoreError>>()?,
            rows: None,
            all_rows: 0,
            hasher: Hasher::default(),
            buffer: Vec::with_capacity(PIECE * 2),
            taken: 0,
            summary: SnapshotSummary {
                generation: reader.generation()?,
                documents: 0,
                bytes: 0,
                sha256: Digest::of(b""),
            },
            complete: false,
        };
        export.push(&[&MAGIC[..], &SNAPSHOT_FORMAT.to_be_bytes(), &FORMAT.to_be_bytes()]);
        Ok(export)
    }

    /// The next bytes, at most 256 KiB; `None` at the end. A value that does not match its checksum is an error:
    /// a snapshot that could not be restored is worth nothing.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        while self.buffer.len() - self.taken < PIECE && !self.complete {
            self.fill()?;
        }
        let rest = self.buffer.get(self.taken..).unwrap_or_default();
        let piece = rest.get(..PIECE).unwrap_or(rest).to_vec();
        self.taken += piece.len();
        if self.buffer.len() - self.taken < PIECE {
            // What is left is short, so this moves little.
            self.buffer.drain(..self.taken);
            self.taken = 0;
        }
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }

    /// What the snapshot holds; `None` until its last piece has been taken.
    #[must_use]
    pub fn summary(&self) -> Option<SnapshotSummary> {
        (self.complete && self.buffer.len() == self.taken).then_some(self.summary)
    }

    /// Writes what comes next: a section's start, a row, a section's end, or the end.
    fn fill(&mut self) -> Result<(), StoreError> {
        let Some((section, rows)) = self.sections.front_mut() else {
            self.finish();
            return Ok(());
        };
        let section = *section;
        let Some(count) = self.rows else {
            self.rows = Some(0);
            let name = section.name().as_bytes();
            // The names are ours, and short.
            let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
            self.push(&[&[SECTION, length], name]);
            return Ok(());
        };
        let Some(row) = rows.next() else {
            self.push(&[&[SECTION_END], &count.to_be_bytes()]);
            self.sections.pop_front();
            self.rows = None;
            self.all_rows += count;
            return Ok(());
        };
        let (key, value) = row?;
        section.payload(&key, &value)?;
        let [key_length, value_length] = [length_of(&key)?, length_of(&value)?];
        self.push(&[&[ROW], &key_length, &value_length, &key, &value]);
        self.rows = Some(count + 1);
        if section == Section::Documents {
            self.summary.documents += 1;
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.push(&[&[END], &self.all_rows.to_be_bytes()]);
        let digest = self.hasher.clone().finish();
        self.push(&[digest.as_bytes()]);
        self.summary.sha256 = self.hasher.clone().finish();
        self.complete = true;
    }

    fn push(&mut self, parts: &[&[u8]]) {
        for part in parts {
            self.buffer.extend_from_slice(part);
            self.hasher.update(part);
            self.summary.bytes += part.len() as u64;
        }
    }
}

fn length_of(bytes: &[u8]) -> Result<[u8; 4], StoreError> {
    let length = u32::try_from(bytes.len());
    let length =
        length.map_err(|_| StoreError::Damaged("a value is longer than a snapshot can hold".into()))?;
    Ok(length.to_be_bytes())
}
