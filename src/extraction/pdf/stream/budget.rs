//! The budget of bytes that all streams of one document may expand to.

use lopdf::DecompressError;
use lopdf::Dictionary;
use lopdf::Error;
use lopdf::Object;
use lopdf::Stream;

use crate::extraction::ExtractError;

/// The charge for one byte of a stream that does not decode: the most that it can have expanded to
/// unseen is about a thousand, and most are damaged at their end.
const DAMAGED_FACTOR: usize = 128;

/// The least that reading a stream is charged, for looking it up.
const LEAST_CHARGE: usize = 256;

/// Bytes that may still be expanded.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
    limit: usize,
}

impl Budget {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { left: limit, limit }
    }

    const fn exceeded(&self) -> ExtractError {
        ExtractError::OverLimit { limit: "text_bytes", allowed: self.limit }
    }

    /// Takes `bytes` from what is left.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), ExtractError> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| self.exceeded())?;
        Ok(())
    }

    /// The content of a stream; `None` when it is damaged.
    pub(crate) fn expand(&mut self, stream: &Stream) -> Result<Option<Vec<u8>>, ExtractError> {
        if expands_twice(&stream.dict) {
            self.charge(LEAST_CHARGE)?;
            return Ok(None);
        }
        match stream.get_plain_content_with_limit(self.left) {
            Ok(content) => {
                self.charge(content.len().max(LEAST_CHARGE).min(self.left))?;
                Ok(Some(content))
            }
            Err(Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => Err(self.exceeded()),
            Err(_) => {
                self.charge(stream.content.len().saturating_mul(DAMAGED_FACTOR).max(LEAST_CHARGE))?;
                Ok(None)
            }
        }
    }
}

/// Whether a filter that expands comes before another one. What is between the two is not seen by
/// the budget, and no writer of text does so (ASCII filters, which shrink, do come first).
fn expands_twice(stream: &Dictionary) -> bool {
    let filters = stream.get(b"Filter").and_then(Object::as_array);
    let Some((_, first)) = filters.ok().and_then(|filters| filters.split_last()) else { return false };
    first.iter().any(|filter| !matches!(filter.as_name(), Ok(b"ASCII85Decode" | b"ASCIIHexDecode")))
}
