//! RTF: paragraphs, tables, bold and italics. Its bytes are quoted as they are, control words left
//! out.

mod fonts;
mod reader;
mod state;
mod tokens;

#[cfg(test)]
mod tests;

pub(crate) use reader::extract;
