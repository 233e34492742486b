//! Content streams → runs of text with their places, under one budget for all that a document
//! expands to.

mod matrix;
mod marks;
pub(crate) mod objects;
pub(crate) mod budget;
pub(crate) mod tokens;
pub(crate) mod resources;
pub(crate) mod run;
pub(crate) mod page;
