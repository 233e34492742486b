//! The domain model: plain data, no input or output.

mod participant;
mod source;
mod block;
mod turn;
mod exchange;
mod passage;
mod stored;
mod citation;
mod digest;
mod link;

pub use block::Block;
pub use block::BlockKind;
pub use block::Diagnostic;
pub use block::DiagnosticKind;
pub use block::Emphasis;
pub use block::EmphasisKind;
pub use block::Extraction;
pub use citation::Citation;
pub use digest::Digest;
pub use digest::Hasher;
pub use exchange::Exchange;
pub use exchange::Occurrence;
pub use exchange::Segmentation;
pub use exchange::Utterance;
pub use participant::Participant;
pub use participant::ParticipantRole;
pub use passage::Passage;
pub use source::Format;
pub use source::Metadata;
pub use source::Source;
pub use stored::PreparedDocument;
pub use stored::Stamps;
pub use stored::StoredDocument;
pub use stored::StoredExchange;
pub use turn::Role;
pub use turn::TimeSpan;
