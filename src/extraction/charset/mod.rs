//! Bytes → text: which character set a document is in, and the code pages that no decoder names.

pub(crate) mod code_pages;
pub(crate) mod decoded;
pub(crate) mod decoding;
