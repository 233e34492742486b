//! What several formats share: dates, tables with columns of known roles, and utterances made of timed words.

pub(crate) mod date;
pub(crate) mod table;
pub(crate) mod utterances;
