//! The checksum that every value on disk has.

use crate::local::store::error::StoreError;
use crate::transcript::Digest;

/// Length of a checksum in bytes: half a SHA-256 digest, far beyond what chance damage can match.
const LENGTH: usize = 16;

fn checksum(table: &str, key: &[u8], payload: &[u8]) -> [u8; LENGTH] {
    let digest = Digest::of_parts([table.as_bytes(), b"\0", key, b"\0", payload]);
    let mut checksum = [0; LENGTH];
    checksum.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
    checksum
}

/// `payload` after its checksum, which covers table and key too, so that a value that is read from
/// the wrong place is noticed as well.
pub(super) fn with_checksum(table: &str, key: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(LENGTH + payload.len());
    value.extend_from_slice(&checksum(table, key, payload));
    value.extend_from_slice(payload);
    value
}

/// The payload of a value, if it has the checksum that the value starts with.
pub(super) fn verified<'v>(table: &str, key: &[u8], value: &'v [u8]) -> Result<&'v [u8], StoreError> {
    value
        .split_first_chunk::<LENGTH>()
        .filter(|(found, payload)| **found == checksum(table, key, payload))
        .map(|(_, payload)| payload)
        .ok_or_else(|| StoreError::Damaged(format!("a value of {table} does not match its checksum")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_bit_or_a_foreign_key_is_noticed() {
        let value = with_checksum("t", b"k", b"payload");
        assert_eq!(verified("t", b"k", &value).unwrap(), b"payload");
        assert!(matches!(verified("t", b"other", &value), Err(StoreError::Damaged(_))));
        for bit in 0..value.len() * 8 {
            let mut flipped = value.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(verified("t", b"k", &flipped), Err(StoreError::Damaged(_))), "bit {bit}");
        }
        assert!(matches!(verified("t", b"k", &value[..3]), Err(StoreError::Damaged(_))));
    }
}
