//! Page tokens: cursors that only this service can make, good for one request and one hour.

use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Hmac;
use hmac::KeyInit as _;
use hmac::Mac as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::engine::EngineError;
use crate::transcript::Digest;

/// How long a token is good for.
const LIFETIME: Duration = Duration::from_hours(1);

/// Length of a token's tag: HMAC-SHA256 truncated to 128 bits, as RFC 2104 section 5 allows.
const TAG: usize = 16;

/// What a token is for; a token made for one purpose is foreign to every other.
#[derive(Clone, Debug)]
pub(super) enum Purpose<'a> {
    /// Further results of this query, filter and whatever else chooses them.
    Search { query: &'a str, options: String },
    /// Further documents of the list.
    Documents,
    /// Further exchanges of the document of this id.
    Exchanges(&'a str),
    /// Further exchanges of the submission with this digest, which is not stored.
    Segment(&'a [u8; 32]),
    /// Further versions of the document of this id.
    Versions(&'a str),
}

/// Makes and reads page tokens.
#[derive(Debug)]
pub(super) struct PageTokens {
    key: [u8; 32],
    clock: fn() -> SystemTime,
}

impl PageTokens {
    /// Tokens of one corpus: a copy of it has the same `page_key` and another id, and does not take
    /// them.
    pub(super) fn new(page_key: [u8; 32], corpus_id: &str, clock: fn() -> SystemTime) -> Self {
        let key = *Digest::of_parts([&page_key[..], corpus_id.as_bytes()]).as_bytes();
        Self { key, clock }
    }

    /// A token that holds `cursor`.
    pub(super) fn seal(&self, cursor: &impl Serialize, purpose: &Purpose<'_>) -> Result<String, EngineError> {
        let made = self.seconds();
        let mut token = postcard::to_allocvec(&(made, cursor))
            .map_err(|error| EngineError::Internal(format!("a page token cannot be written: {error}")))?;
        let tag = self.mac(&token, purpose).finalize().into_bytes();
        token.extend(tag.iter().take(TAG));
        Ok(URL_SAFE_NO_PAD.encode(token))
    }

    /// The cursor that a token holds; `None` for the empty token.
    pub(super) fn open<C: DeserializeOwned>(
        &self,
        token: &str,
        purpose: &Purpose<'_>,
    ) -> Result<Option<C>, EngineError> {
        if token.is_empty() {
            return Ok(None);
        }
        let foreign = || EngineError::PageToken("not one of this service's for this request");
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| foreign())?;
        let (payload, tag) = bytes.split_last_chunk::<TAG>().ok_or_else(foreign)?;
        self.mac(payload, purpose).verify_truncated_left(tag).map_err(|_| foreign())?;
        let (made, cursor): (u64, C) = postcard::from_bytes(payload).map_err(|_| foreign())?;
        if self.seconds() > made.saturating_add(LIFETIME.as_secs()) {
            return Err(EngineError::PageToken("expired"));
        }
        Ok(Some(cursor))
    }

    fn seconds(&self) -> u64 {
        (self.clock)().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    fn mac(&self, payload: &[u8], purpose: &Purpose<'_>) -> Hmac<Sha256> {
        // HMAC takes a key of any length.
        #[expect(clippy::expect_used, reason = "no key length is refused")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length");
        let (kind, query, options): (&str, &[u8], &str) = match purpose {
            Purpose::Search { query, options } => ("search", query.as_bytes(), options.as_str()),
            Purpose::Documents => ("documents", &[], ""),
            Purpose::Exchanges(id) => ("exchanges", id.as_bytes(), ""),
            Purpose::Segment(digest) => ("segment", *digest, ""),
            Purpose::Versions(id) => ("versions", id.as_bytes(), ""),
        };
        for part in [kind.as_bytes(), query, options.as_bytes()] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.update(payload);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_token_opens_for_its_purpose_and_hour_only() {
        let tokens = PageTokens::new([7; 32], "a", || at(1_000));
        let purpose = Purpose::Search { query: "threats", options: String::new() };
        let token = tokens.seal(&("doc", 3_u32), &purpose).unwrap();
        let opened: Option<(String, u32)> = tokens.open(&token, &purpose).unwrap();
        assert_eq!(opened, Some(("doc".into(), 3)));

        let check =
            |tokens: &PageTokens, token: &str, purpose: &Purpose<'_>, why: &str| match tokens
                .open::<(String, u32)>(token, purpose)
            {
                Err(EngineError::PageToken(said)) => assert!(said.contains(why), "{said}"),
                other => panic!("{other:?}"),
            };
        let other_query = Purpose::Search { query: "threat", options: String::new() };
        check(&tokens, &token, &other_query, "not one of");
        check(&tokens, &token, &Purpose::Documents, "not one of");
        check(&PageTokens::new([7; 32], "b", || at(1_000)), &token, &purpose, "not one of");
        check(&PageTokens::new([8; 32], "a", || at(1_000)), &token, &purpose, "not one of");
        check(&tokens, "AAAA", &purpose, "not one of");
        check(&tokens, "!", &purpose, "not one of");
        check(&PageTokens::new([7; 32], "a", || at(4_601)), &token, &purpose, "expired");
        for position in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            // The last character carries bits that no byte uses; a token changed only there may be
            // refused as malformed, and is never taken for another cursor.
            assert!(tokens.open::<(String, u32)>(&forged, &purpose).is_err(), "position {position}");
        }
    }
}
