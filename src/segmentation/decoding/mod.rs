//! Units → states: who asks and who answers, and the best sequence of states for all units at once.

pub(crate) mod position_evidence;
pub(crate) mod roles;
pub(crate) mod states;
pub(crate) mod trailing_matter;
pub(crate) mod viterbi;
