//! What a client sends: bytes, and what it says about them.

use std::collections::BTreeMap;

use crate::transcript::Participant;

/// The formats a transcript is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text: paragraphs, lines.
    Plain,
    /// Markdown, with or without front matter.
    Markdown,
    /// A web page.
    Html,
    /// WebVTT subtitles.
    WebVtt,
    /// SubRip subtitles.
    SubRip,
    /// TTML (DFXP, EBU-TT) subtitles.
    Ttml,
    /// SBV subtitles.
    Sbv,
    /// Advanced `SubStation` Alpha subtitles.
    Ass,
    /// CHAT, the format of `TalkBank`.
    Chat,
    /// An annotation of ELAN.
    Elan,
    /// A text encoded as the Text Encoding Initiative recommends.
    Tei,
    /// A `TextGrid` of Praat.
    TextGrid,
    /// A transcription of Transcriber.
    Transcriber,
    /// XML of another vocabulary.
    Xml,
    /// JSON or JSON Lines: turns of speakers, or ready question/answer pairs.
    Json,
    /// A table as comma-separated values: turns of speakers, or question/answer pairs.
    Csv,
    /// A `WordprocessingML` document.
    Docx,
    /// An `OpenDocument` text.
    Odt,
    /// A Rich Text document.
    Rtf,
    /// An EPUB book.
    Epub,
    /// A PDF with a text layer.
    Pdf,
    /// Ready pairs handed over as messages; the source is the service's own rendering of them.
    Pairs,
}

impl Format {
    /// The format's name, for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain text",
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
            Self::WebVtt => "WebVTT",
            Self::SubRip => "SubRip",
            Self::Ttml => "TTML",
            Self::Sbv => "SBV",
            Self::Ass => "SubStation Alpha",
            Self::Chat => "CHAT",
            Self::Elan => "ELAN",
            Self::Tei => "TEI",
            Self::TextGrid => "TextGrid",
            Self::Transcriber => "Transcriber",
            Self::Xml => "XML",
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::Docx => "DOCX",
            Self::Odt => "ODT",
            Self::Rtf => "RTF",
            Self::Epub => "EPUB",
            Self::Pdf => "PDF",
            Self::Pairs => "question/answer pairs",
        }
    }
}

impl Format {
    /// The media type that names the format.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Plain | Self::Pairs => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::WebVtt => "text/vtt",
            Self::SubRip => "application/x-subrip",
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
            Self::Ttml => "application/ttml+xml",
            Self::Sbv => "text/x-sbv",
            Self::Ass => "text/x-ass",
            Self::Chat => "text/x-chat",
            Self::Elan => "text/x-eaf+xml",
            Self::Tei => "application/tei+xml",
            Self::TextGrid => "text/x-textgrid",
            Self::Transcriber => "application/x-trs+xml",
            Self::Xml => "application/xml",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Rtf => "application/rtf",
            Self::Epub => "application/epub+zip",
        }
    }
}

/// A transcript as received.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// The media type the sender named; empty where the format is to be sniffed.
    pub media_type: &'a str,
    /// The file's name where there is one, a hint for sniffing; empty otherwise.
    pub file_name: &'a str,
}

/// What is known about a document besides its words. Empty strings are unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// What the document is called.
    pub title: String,
    /// Where it was published.
    pub uri: String,
    /// Who published it.
    pub publisher: String,
    /// When: an ISO 8601 date of year, month or day precision.
    pub published: String,
    /// BCP 47 tag of its main language.
    pub language: String,
    /// Names the document itself gives for the people in it (front matter, `<v>` voices), in order.
    pub people: Vec<String>,
    /// The sender's own keys.
    pub labels: BTreeMap<String, String>,
    /// URI of the recording.
    pub media_uri: String,
    /// The people in it as the sender describes them.
    pub participants: Vec<Participant>,
}

impl Metadata {
    /// What citations have of it: all but the people, whom the exchange itself names.
    #[must_use]
    pub fn cited(&self) -> Self {
        let Self {
            title,
            uri,
            publisher,
            published,
            language,
            people: _,
            labels,
            media_uri,
            participants: _,
        } = self;
        Self {
            title: title.clone(),
            uri: uri.clone(),
            publisher: publisher.clone(),
            published: published.clone(),
            language: language.clone(),
            people: Vec::new(),
            labels: labels.clone(),
            media_uri: media_uri.clone(),
            participants: Vec::new(),
        }
    }

    /// Fills what is empty here from `other`.
    pub fn fill_from(&mut self, other: &Self) {
        let fields = [
            (&mut self.title, &other.title),
            (&mut self.uri, &other.uri),
            (&mut self.publisher, &other.publisher),
            (&mut self.published, &other.published),
            (&mut self.language, &other.language),
        ];
        for (mine, theirs) in fields {
            if mine.is_empty() {
                mine.clone_from(theirs);
            }
        }
        if self.people.is_empty() {
            self.people.clone_from(&other.people);
        }
    }
}
