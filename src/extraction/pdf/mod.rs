//! PDF files with a text layer. Their bytes are compressed, so spans refer to the text written
//! here, which is kept as the rendition; blocks carry their page.
//!
//! `stream` interprets the pages' content, with the letters that `fonts` give, and yields runs of
//! text with their places. `layout` puts those in reading order and finds what is no text and where
//! paragraphs begin. `document` drives the three and writes the blocks.

mod stream;
mod fonts;
mod layout;
mod document;

#[cfg(test)]
mod tests;

pub(crate) use document::extract;
