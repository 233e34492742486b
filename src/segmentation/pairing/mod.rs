//! States → exchanges: pairs of question and answer, whom they are from, and which of them are
//! repeats.

pub(crate) mod askers;
pub(crate) mod decoded_transcript;
pub(crate) mod dedup;
pub(crate) mod exchanges;
pub(crate) mod given_pairs;
pub(crate) mod guest_name;
pub(crate) mod lead_in;
pub(crate) mod no_exchanges;
pub(crate) mod no_pair;
pub(crate) mod question_list;
pub(crate) mod turns;
