//! Documents as stored, domain → wire.

use crate::engine::Receipt;
use crate::engine::VersionPage;
use crate::grpc::pb;
use crate::transcript::Participant;
use crate::transcript::ParticipantRole;
use crate::transcript::StoredDocument;

/// A document without its body.
pub(super) fn document(document: StoredDocument) -> pb::Document {
    let etag = document.etag();
    let (metadata, stamps) = (document.metadata, document.stamps);
    // Of people whom only the document itself names, the name is known.
    let named = metadata.people.iter().map(|name| Participant::named(name));
    let participants = if metadata.participants.is_empty() { named.collect() } else { metadata.participants };
    pb::Document {
        id: document.id,
        title: metadata.title,
        uri: metadata.uri,
        publisher: metadata.publisher,
        published: metadata.published,
        language: metadata.language,
        labels: metadata.labels.into_iter().collect(),
        media_type: document.media_type,
        body: None,
        etag,
        document_sha256: document.received.to_string(),
        size_bytes: i64::try_from(document.received_len).unwrap_or(i64::MAX),
        exchange_count: i32::try_from(document.exchanges).unwrap_or(i32::MAX),
        create_time: stamps.created.map(Into::into),
        update_time: stamps.updated.map(Into::into),
        generation: i64::try_from(stamps.generation).unwrap_or(i64::MAX),
        media_uri: metadata.media_uri,
        participants: participants.into_iter().map(participant).collect(),
    }
}

/// A page of a document's versions.
pub(super) fn versions_response(page: VersionPage) -> pb::ListDocumentVersionsResponse {
    let version = |stored: StoredDocument| pb::DocumentVersion {
        retire_time: stored.stamps.retired.map(Into::into),
        document: Some(document(stored)),
    };
    pb::ListDocumentVersionsResponse {
        versions: page.versions.into_iter().map(version).collect(),
        next_page_token: page.next_page_token.unwrap_or_default(),
    }
}

/// What became of a restore.
pub(super) fn restore_response(receipt: Receipt) -> pb::RestoreDocumentResponse {
    pb::RestoreDocumentResponse {
        document: Some(document(receipt.document)),
        generation: i64::try_from(receipt.generation).unwrap_or(i64::MAX),
    }
}

fn participant(participant: Participant) -> pb::Participant {
    use pb::participant::Role;
    let Participant { name, aliases, role, person_id } = participant;
    let role = match role {
        ParticipantRole::Unknown => Role::Unspecified,
        ParticipantRole::Interviewer => Role::Interviewer,
        ParticipantRole::Interviewee => Role::Interviewee,
    };
    pb::Participant { name, aliases, role: role.into(), person_id }
}
