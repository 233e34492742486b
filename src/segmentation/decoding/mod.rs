//! Units → states: who asks and who answers, and the best sequence of states for all units at once.

mod alternation;
pub(crate) mod position_evidence;
pub(crate) mod roles;
pub(crate) mod states;
pub(crate) mod trailing_matter;
mod unnamed_asker;
pub(crate) mod viterbi;
