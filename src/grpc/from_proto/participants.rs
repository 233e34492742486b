//! People who take part in a document that is sent.

use crate::grpc::from_proto::fields::at_most;
use crate::grpc::from_proto::fields::at_most_values;
use crate::grpc::from_proto::violations::Violations;
use crate::grpc::pb;
use crate::grpc::pb::ErrorReason;
use crate::grpc::pb::participant::Role;
use crate::transcript::Participant;
use crate::transcript::ParticipantRole;

/// Most participants of a document.
const MAX_PARTICIPANTS: usize = 256;
/// Most aliases of a participant.
const MAX_ALIASES: usize = 32;
/// Longest name, alias or identifier of a person, in bytes.
const MAX_NAME: usize = 256;

/// Most bytes of all names and identifiers of a document's participants together: the record that
/// has them is read for every result.
const MAX_BYTES: usize = 256 << 10;

/// The participants of a document.
pub(super) fn participants(wrong: &mut Violations, given: Vec<pb::Participant>) -> Vec<Participant> {
    const LIST: &str = "document.participants";
    at_most_values(wrong, LIST, given.len(), MAX_PARTICIPANTS, "leave the others out");
    let bytes = |person: &pb::Participant| {
        person.name.len() + person.person_id.len() + person.aliases.iter().map(String::len).sum::<usize>()
    };
    let all: usize = given.iter().map(bytes).sum();
    if all > MAX_BYTES {
        let message = format!("have {all} bytes together, at most {MAX_BYTES} are taken; shorten them");
        wrong.add(LIST, ErrorReason::TooLong, message);
    }
    let given = given.into_iter().take(MAX_PARTICIPANTS).enumerate();
    given.map(|(number, participant)| one(wrong, &format!("{LIST}[{number}]"), participant)).collect()
}

fn one(wrong: &mut Violations, path: &str, participant: pb::Participant) -> Participant {
    let pb::Participant { name, aliases, role, person_id } = participant;
    if name.trim().is_empty() {
        wrong.add(format!("{path}.name"), ErrorReason::FieldRequired, "is empty; name the person");
    }
    at_most(wrong, &format!("{path}.name"), &name, MAX_NAME);
    at_most(wrong, &format!("{path}.person_id"), &person_id, MAX_NAME);
    at_most_values(wrong, &format!("{path}.aliases"), aliases.len(), MAX_ALIASES, "leave the others out");
    for (number, alias) in aliases.iter().take(MAX_ALIASES).enumerate() {
        let field = format!("{path}.aliases[{number}]");
        if alias.trim().is_empty() {
            wrong.add(&field, ErrorReason::FieldRequired, "is empty; leave it out");
        }
        at_most(wrong, &field, alias, MAX_NAME);
    }
    let role = match Role::try_from(role) {
        Ok(Role::Unspecified) => ParticipantRole::Unknown,
        Ok(Role::Interviewer) => ParticipantRole::Interviewer,
        Ok(Role::Interviewee) => ParticipantRole::Interviewee,
        Err(_) => {
            let message = format!("is {role}, which is no role; send one of the enum Participant.Role");
            wrong.add(format!("{path}.role"), ErrorReason::EnumInvalid, message);
            ParticipantRole::Unknown
        }
    };
    Participant { name, aliases, role, person_id }
}
