//! What several formats share: dates, tables with columns of known roles, ZIP containers, XML, and utterances put together from
//! timed words or stretches of markup.

pub(crate) mod date;
pub(crate) mod package;
pub(crate) mod speech;
pub(crate) mod table;
pub(crate) mod utterances;
pub(crate) mod xml;
