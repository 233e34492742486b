//! The parts inside a DOCX file's ZIP container, read under caps.

use std::io::Cursor;
use std::io::Read as _;

use zip::ZipArchive;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::charset::decoding;

/// The most entries a container may have; Word writes some twenty, and pictures add to them.
const MOST_ENTRIES: usize = 10_000;

/// An opened container.
#[derive(Debug)]
pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// How many bytes may still be expanded.
    left: usize,
    allowed: usize,
}

impl<'a> Package<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, ExtractError> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| ExtractError::Unreadable(format!("the DOCX container is damaged: {error}")))?;
        if archive.len() > MOST_ENTRIES {
            return Err(ExtractError::OverLimit { limit: "container_entries", allowed: MOST_ENTRIES });
        }
        Ok(Self { archive, left: limits.text_bytes, allowed: limits.text_bytes })
    }

    /// A part's text; `None` where there is no such part or it cannot be expanded.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<String>, ExtractError> {
        let Ok(part) = self.archive.by_name(name) else { return Ok(None) };
        let mut bytes = Vec::new();
        // What is expanded is counted while it expands: the size that the container states may be a lie.
        let cap = u64::try_from(self.left).unwrap_or(u64::MAX);
        let read = part.take(cap.saturating_add(1)).read_to_end(&mut bytes);
        if bytes.len() > self.left {
            return Err(ExtractError::OverLimit { limit: "text_bytes", allowed: self.allowed });
        }
        self.left -= bytes.len();
        if read.is_err() && bytes.is_empty() {
            return Ok(None);
        }
        Ok(decoding::decode(&bytes, None).ok().map(|decoded| decoded.text.into_owned()))
    }

    /// The name of the main part.
    pub(crate) fn main_part(&self) -> Result<String, ExtractError> {
        let usual = "word/document.xml";
        if self.archive.index_for_name(usual).is_some() {
            return Ok(usual.into());
        }
        let names = self.archive.file_names().filter_map(Result::ok);
        let is_main = |name: &str| {
            name.strip_prefix("word/document").is_some_and(|rest| rest.strip_suffix(".xml").is_some())
        };
        names.map(std::borrow::Cow::into_owned).find(|name| is_main(name)).ok_or_else(|| {
            ExtractError::Unreadable(
                "the document is a ZIP archive but not a DOCX file; send what is in it".into(),
            )
        })
    }
}
