//! The weights of all that is decided by weighing evidence, in one table, and the names of what
//! they weigh.
//!
//! [`feature_functions`] has the names, [`table`] reads the weights, [`sink`] adds up what a
//! decision weighs.

pub(crate) mod feature_functions;
pub(crate) mod sink;
pub(crate) mod table;
