//! The record of a document, and of an earlier version of it.
//!
//! A record is a sequence of parts. The first has been there from the start; each later version of
//! this software may add one at the end. A reader takes the parts that are there and gives the rest
//! its defaults, so that records of every age are read by one code and none is ever rewritten.

use std::collections::BTreeMap;
use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use serde::Deserialize;
use serde::Serialize;

use crate::local::store::error::StoreError;
use crate::local::store::record::encode;
use crate::transcript::Digest;
use crate::transcript::Metadata;
use crate::transcript::Participant;
use crate::transcript::ParticipantRole;
use crate::transcript::Stamps;
use crate::transcript::StoredDocument;

/// The first part.
#[derive(Serialize, Deserialize)]
struct Base {
    title: String,
    uri: String,
    publisher: String,
    published: String,
    language: String,
    people: Vec<String>,
    labels: BTreeMap<String, String>,
    media_type: String,
    submission: [u8; 32],
    received: [u8; 32],
    source: [u8; 32],
    received_len: u64,
    source_len: u64,
    exchanges: u32,
    passages: u32,
}

/// The second part: what the sender says of the recording and the people in it.
#[derive(Default, Serialize, Deserialize)]
struct Details {
    media_uri: String,
    /// Name, aliases, role, the sender's identifier.
    participants: Vec<(String, Vec<String>, u8, String)>,
    given_pairs: bool,
}

/// The third part, known only when the document is committed: milliseconds since 1970.
#[derive(Default, Serialize, Deserialize)]
struct Times {
    created: Option<u64>,
    updated: Option<u64>,
    retired: Option<u64>,
    generation: u64,
}

/// The parts of a document's record that are known before it is committed.
pub(super) fn encode_begun(document: &StoredDocument) -> Result<Vec<u8>, StoreError> {
    let Metadata { title, uri, publisher, published, language, people, labels, media_uri, participants } =
        document.metadata.clone();
    let base = Base {
        title,
        uri,
        publisher,
        published,
        language,
        people,
        labels,
        media_type: document.media_type.clone(),
        submission: *document.submission.as_bytes(),
        received: *document.received.as_bytes(),
        source: *document.source.as_bytes(),
        received_len: document.received_len,
        source_len: document.source_len,
        exchanges: document.exchanges,
        passages: document.passages,
    };
    let participants = participants.into_iter().map(|participant| {
        let Participant { name, aliases, role, person_id } = participant;
        (name, aliases, role_out(role), person_id)
    });
    let details =
        Details { media_uri, participants: participants.collect(), given_pairs: document.given_pairs };
    Ok([encode(&base)?, encode(&details)?].concat())
}

/// The part of a record that comes last.
pub(super) fn encode_stamps(stamps: &Stamps) -> Result<Vec<u8>, StoreError> {
    let Stamps { created, updated, retired, generation } = *stamps;
    let [created, updated, retired] = [created, updated, retired].map(|time| time.map(millis));
    encode(&Times { created, updated, retired, generation })
}

/// The document of a record and an id.
pub(super) fn decode(bytes: &[u8], id: &str) -> Result<StoredDocument, StoreError> {
    let (base, rest): (Base, _) = part(bytes)?;
    let (details, rest): (Details, _) = part_or_default(rest)?;
    // Parts of later versions may follow.
    let (times, _): (Times, _) = part_or_default(rest)?;
    let Base { title, uri, publisher, published, language, people, labels, .. } = base;
    let Details { media_uri, participants, given_pairs } = details;
    let participants = participants.into_iter().map(|(name, aliases, role, person_id)| Participant {
        name,
        aliases,
        role: role_in(role),
        person_id,
    });
    let participants = participants.collect();
    let Times { created, updated, retired, generation } = times;
    let [created, updated, retired] =
        [created, updated, retired].map(|time| time.map(|millis| UNIX_EPOCH + Duration::from_millis(millis)));
    Ok(StoredDocument {
        id: id.to_owned(),
        metadata: Metadata {
            title,
            uri,
            publisher,
            published,
            language,
            people,
            labels,
            media_uri,
            participants,
        },
        media_type: base.media_type,
        submission: Digest::from_bytes(base.submission),
        received: Digest::from_bytes(base.received),
        source: Digest::from_bytes(base.source),
        received_len: base.received_len,
        source_len: base.source_len,
        exchanges: base.exchanges,
        passages: base.passages,
        given_pairs,
        stamps: Stamps { created, updated, retired, generation },
    })
}

fn part<'b, P: Deserialize<'b>>(bytes: &'b [u8]) -> Result<(P, &'b [u8]), StoreError> {
    postcard::take_from_bytes(bytes)
        .map_err(|error| StoreError::Damaged(format!("a document's record cannot be read: {error}")))
}

/// A part that records of earlier versions end before.
fn part_or_default<'b, P: Default + Deserialize<'b>>(bytes: &'b [u8]) -> Result<(P, &'b [u8]), StoreError> {
    if bytes.is_empty() { Ok((P::default(), bytes)) } else { part(bytes) }
}

/// Milliseconds since 1970; 0 before.
fn millis(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

const fn role_out(role: ParticipantRole) -> u8 {
    match role {
        ParticipantRole::Unknown => 0,
        ParticipantRole::Interviewer => 1,
        ParticipantRole::Interviewee => 2,
    }
}

/// The role of a record; one of a later version is unknown.
const fn role_in(role: u8) -> ParticipantRole {
    match role {
        1 => ParticipantRole::Interviewer,
        2 => ParticipantRole::Interviewee,
        _ => ParticipantRole::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> StoredDocument {
        let at = |seconds| Some(UNIX_EPOCH + Duration::from_millis(seconds));
        StoredDocument {
            id: "d".into(),
            metadata: Metadata {
                title: "The bridge".into(),
                labels: BTreeMap::from([("k".into(), "v".into())]),
                media_uri: "https://example.org/a.mp3".into(),
                participants: vec![Participant {
                    name: "Emil Sandoval".into(),
                    aliases: vec!["The Envoy".into()],
                    role: ParticipantRole::Interviewee,
                    person_id: "Q1".into(),
                }],
                ..Metadata::default()
            },
            media_type: "text/plain".into(),
            submission: Digest::of(b"submission"),
            received: Digest::of(b"received"),
            source: Digest::of(b"source"),
            received_len: 7,
            source_len: 8,
            exchanges: 2,
            passages: 3,
            given_pairs: true,
            stamps: Stamps { created: at(1_001), updated: at(2_002), retired: None, generation: 9 },
        }
    }

    #[test]
    fn a_record_of_any_age_is_read() {
        let document = document();
        let begun = encode_begun(&document).unwrap();
        let whole = [begun.clone(), encode_stamps(&document.stamps).unwrap()].concat();
        assert_eq!(decode(&whole, "d").unwrap(), document);
        // A later version adds parts.
        assert_eq!(decode(&[&whole[..], b"later"].concat(), "d").unwrap(), document);
        // An earlier one wrote the first part only.
        let (_, rest): (Base, _) = part(&begun).unwrap();
        let mut first = document;
        first.stamps = Stamps::default();
        assert_eq!(decode(&begun, "d").unwrap(), first);
        (first.metadata.media_uri, first.metadata.participants) = Default::default();
        first.given_pairs = false;
        assert_eq!(decode(&begun[..begun.len() - rest.len()], "d").unwrap(), first);
        // No part is ever half there.
        for length in begun.len() + 1..whole.len() {
            assert!(decode(&whole[..length], "d").is_err(), "{length}");
        }
    }
}
