//! The checksum that every value on disk carries.

use crate::local::store::StoreError;
use crate::transcript::Digest;

/// Length of a seal: half a SHA-256 digest, far beyond what chance damage can match.
const SEAL: usize = 16;

fn seal_of(table: &str, key: &[u8], payload: &[u8]) -> [u8; SEAL] {
    let digest = Digest::of_parts([table.as_bytes(), b"\0", key, b"\0", payload]);
    let mut seal = [0; SEAL];
    seal.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
    seal
}

/// `payload` with its seal in front. The seal covers table and key, so that a value read from the wrong
/// place is noticed too.
pub(super) fn sealed(table: &str, key: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(SEAL + payload.len());
    value.extend_from_slice(&seal_of(table, key, payload));
    value.extend_from_slice(payload);
    value
}

/// The payload of a sealed value.
pub(super) fn opened<'v>(table: &str, key: &[u8], value: &'v [u8]) -> Result<&'v [u8], StoreError> {
    value
        .split_first_chunk::<SEAL>()
        .filter(|(seal, payload)| **seal == seal_of(table, key, payload))
        .map(|(_, payload)| payload)
        .ok_or_else(|| StoreError::Damaged(format!("a value of {table} does not match its checksum")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_bit_or_a_foreign_key_is_noticed() {
        let value = sealed("t", b"k", b"payload");
        assert_eq!(opened("t", b"k", &value).unwrap(), b"payload");
        assert!(matches!(opened("t", b"other", &value), Err(StoreError::Damaged(_))));
        for bit in 0..value.len() * 8 {
            let mut flipped = value.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(opened("t", b"k", &flipped), Err(StoreError::Damaged(_))), "bit {bit}");
        }
        assert!(matches!(opened("t", b"k", &value[..3]), Err(StoreError::Damaged(_))));
    }
}
