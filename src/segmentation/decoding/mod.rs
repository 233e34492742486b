//! Units → states: who asks and who answers, and the best sequence of states for all units at once.
//!
//! [`model`] has the feature functions of a linear-chain conditional random field, whose weights
//! are in the room `weights`; [`viterbi`] decodes.

pub(crate) mod alternation;
mod cast_list;
pub(crate) mod context;
pub(crate) mod model;
pub(crate) mod position_evidence;
pub(crate) mod question_evidence;
pub(crate) mod roles;
pub(crate) mod speaker_evidence;
pub(crate) mod states;
pub(crate) mod trailing_matter;
mod unnamed_asker;
pub(crate) mod viterbi;
