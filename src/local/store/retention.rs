//! Which earlier versions of a document are kept.

use std::time::Duration;
use std::time::SystemTime;

use crate::transcript::StoredDocument;

/// Bounds on the earlier versions of one document. They are applied in the transaction that
/// replaces or deletes it, so that no crash leaves more or fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retention {
    /// The most versions.
    pub(crate) count: usize,
    /// The most bytes, as received, of all of them together.
    pub(crate) bytes: u64,
    /// How long after it was replaced or deleted a version goes; `None` for never.
    pub(crate) age: Option<Duration>,
}

impl Retention {
    /// Every version is kept.
    pub(crate) const ALL: Self = Self { count: usize::MAX, bytes: u64::MAX, age: None };

    /// How many of the oldest versions are not kept, of these, which are ordered from the oldest. A
    /// damaged one counts no bytes; of one whose age was not noted, the age does not count.
    pub(super) fn spare(&self, versions: &[(u64, Option<StoredDocument>)], now: Option<SystemTime>) -> usize {
        let mut bytes: u64 = 0;
        let kept = versions.iter().rev().take(self.count).take_while(|(_, version)| {
            bytes = bytes.saturating_add(version.as_ref().map_or(0, |version| version.received_len));
            let retired = version.as_ref().and_then(|version| version.stamps.retired);
            let old = match (self.age, retired, now) {
                (Some(most), Some(retired), Some(now)) => {
                    now.duration_since(retired).is_ok_and(|age| age > most)
                }
                _ => false,
            };
            bytes <= self.bytes && !old
        });
        versions.len() - kept.count()
    }
}
