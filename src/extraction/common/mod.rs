//! Readers that several formats share: dates, times, tables whose columns are known by what they
//! hold, ZIP containers, XML, and utterances put together from timed words or stretches of markup.

pub(crate) mod clock;
pub(crate) mod column_names;
pub(crate) mod column_roles;
pub(crate) mod columns;
pub(crate) mod date;
pub(crate) mod package;
pub(crate) mod speaker_cell;
pub(crate) mod speaker_column;
pub(crate) mod speech;
pub(crate) mod table;
pub(crate) mod utterances;
pub(crate) mod xml;
