//! The parts inside a document's ZIP container (DOCX, ODT, EPUB), read under caps.

use std::io::Cursor;
use std::io::Read as _;

use zip::ZipArchive;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::charset::decoding;
use crate::transcript::Format;

/// The most entries a container may have; Word writes some twenty, and pictures add to them.
const MOST_ENTRIES: usize = 10_000;
/// Longest media type that a container says it has, in bytes.
const LONGEST_TYPE: u64 = 200;

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
            .map_err(|error| ExtractError::Unreadable(format!("the ZIP container is damaged: {error}")))?;
        if archive.len() > MOST_ENTRIES {
            return Err(ExtractError::OverLimit { limit: "container_entries", allowed: MOST_ENTRIES });
        }
        Ok(Self { archive, left: limits.text_bytes, allowed: limits.text_bytes })
    }

    /// A part's text; `None` where there is no such part or it cannot be expanded.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<String>, ExtractError> {
        let bytes = self.bytes(name)?;
        Ok(bytes.and_then(|bytes| Some(decoding::decode(&bytes, None).ok()?.text.into_owned())))
    }

    /// A part's bytes.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, ExtractError> {
        let Ok(part) = self.archive.by_name(name) else { return Ok(None) };
        let mut bytes = Vec::new();
        // Bytes are counted while they expand: the size that the container states can be wrong.
        let cap = u64::try_from(self.left).unwrap_or(u64::MAX);
        let read = part.take(cap.saturating_add(1)).read_to_end(&mut bytes);
        if bytes.len() > self.left {
            return Err(ExtractError::OverLimit { limit: "text_bytes", allowed: self.allowed });
        }
        self.left -= bytes.len();
        Ok(if read.is_err() && bytes.is_empty() { None } else { Some(bytes) })
    }

    /// The first part whose name satisfies a condition.
    pub(crate) fn find(&self, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
        let names = self.archive.file_names().filter_map(Result::ok);
        names.map(std::borrow::Cow::into_owned).find(|name| is_wanted(name))
    }

    /// The format of the document inside, or a refusal that says what it is.
    pub(crate) fn format(&mut self) -> Result<Format, ExtractError> {
        let mut media_type = Vec::new();
        if let Ok(part) = self.archive.by_name("mimetype")
            && part.take(LONGEST_TYPE).read_to_end(&mut media_type).is_err()
        {
            media_type.clear();
        }
        let media_type = String::from_utf8_lossy(&media_type);
        let has = |name: &str| self.archive.index_for_name(name).is_some();
        let below = |folder: &str| self.find(|name| name.starts_with(folder)).is_some();
        match media_type.trim() {
            "application/vnd.oasis.opendocument.text"
            | "application/vnd.oasis.opendocument.text-template" => {
                return Ok(Format::Odt);
            }
            "application/epub+zip" => return Ok(Format::Epub),
            _ => {}
        }
        let what = if below("word/") {
            return Ok(Format::Docx);
        } else if has("META-INF/container.xml") {
            return Ok(Format::Epub);
        } else if below("xl/") || media_type.contains("opendocument.spreadsheet") {
            "a spreadsheet (.xlsx or .ods); save the sheet of the transcript as CSV"
        } else if below("ppt/") || media_type.contains("opendocument.presentation") {
            "a presentation (.pptx or .odp); save its text as .docx or plain text"
        } else if has("content.xml") {
            return Ok(Format::Odt);
        } else if self.find(|name| matches!(name.rsplit_once('.'), Some((_, "qde" | "qdc")))).is_some() {
            "a project of QDA software (.qdpx); export the transcript from it as .docx or plain text"
        } else if below("Index/") || has("Index.zip") {
            "a document of Apple iWork (.pages, .numbers or .key); export it as .docx"
        } else {
            "a ZIP archive but no DOCX, ODT or EPUB file; send what is in it"
        };
        Err(ExtractError::Unreadable(format!("the document is {what}")))
    }
}
