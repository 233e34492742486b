//! Metadata in the first lines of a document whose format has no other place for it.

use crate::extraction::common::date;
use crate::extraction::metadata::language;
use crate::extraction::metadata::person;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::Metadata;

/// How many blocks at the start are looked at: after them, a date belongs to the talk.
const HEAD: usize = 8;
/// Longest title, in bytes.
const LONGEST_TITLE: usize = 160;
/// The most people named.
const MOST_PEOPLE: usize = 50;

/// Fills in what the metadata lacks.
pub(crate) fn complete(extraction: &mut Extraction) {
    if is_file_name(&extraction.metadata.title) {
        extraction.metadata.title.clear();
    }
    language::settle(extraction);
    people(extraction);
    let office = matches!(extraction.format, Format::Docx | Format::Odt | Format::Rtf);
    if office || matches!(extraction.format, Format::Plain | Format::Markdown | Format::Pdf) {
        // A file's own date says when it was made; a date in its text says more.
        let made = if office { std::mem::take(&mut extraction.metadata.published) } else { String::new() };
        head_lines(extraction);
        if extraction.metadata.published.is_empty() {
            extraction.metadata.published = made;
        }
        title(extraction);
    }
}

/// Whether a title is only the name of a file, as word processors write it into properties.
fn is_file_name(title: &str) -> bool {
    const ENDINGS: &str = "|doc|docx|odt|rtf|pdf|txt|indd|tex|pages|";
    let ending = title.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    title.starts_with("Microsoft Word")
        || matches!(title.trim().to_lowercase().as_str(), "untitled" | "document1" | "document")
        || ending.is_some_and(|ending| !ending.contains('|') && ENDINGS.contains(&format!("|{ending}|")))
}

/// Those whom the format itself names as speakers.
fn people(extraction: &mut Extraction) {
    if !extraction.metadata.people.is_empty() {
        return;
    }
    for name in extraction.blocks.iter().filter_map(|block| block.speaker.as_deref()) {
        let people = &mut extraction.metadata.people;
        if people.len() < MOST_PEOPLE && is_name(name) && !people.iter().any(|known| known == name) {
            people.push(name.into());
        }
    }
}

/// Whether a speaker is named, not numbered.
fn is_name(speaker: &str) -> bool {
    let letters = speaker.chars().filter(|c| c.is_alphabetic()).count();
    (2..=80).contains(&letters) && !speaker.contains(|c: char| c.is_ascii_digit())
}

/// The kind of value that a line's key announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Title,
    Publisher,
    Uri,
    /// A publisher, or where its value is an address, that.
    Source,
    Date,
    /// Those who answer.
    Guests,
    /// Those who ask.
    Hosts,
}

/// The fields by their keys, in lower case.
const FIELDS: &[(Field, &str)] = &[
    (Field::Title, "|title|headline|titel|titre|título|titolo|заголовок|название|标题|タイトル|"),
    (Field::Publisher, "|publisher|"),
    (Field::Uri, "|url|link|"),
    (Field::Source, "|source|"),
    (
        Field::Date,
        "|date|published|posted|recorded|aired|interview date|date of interview|recording date|date recorded|datum|\
         interviewdatum|fecha|fecha de la entrevista|data|data da entrevista|data intervista|date de l'entretien|дата|\
         дата интервью|tarih|日期|日付|収録日|날짜|",
    ),
    (
        Field::Guests,
        "|interviewee|interviewees|narrator|narrators|respondent|guest|guests|name of interviewee|interviewte|\
         interviewter|befragte|befragter|entrevistado|entrevistada|interviewé|interviewée|intervistato|intervistata|\
         geïnterviewde|респондент|受访者|受訪者|",
    ),
    (
        Field::Hosts,
        "|interviewer|interviewers|interviewed by|interview by|host|hosts|name of interviewer|interviewerin|\
         entrevistador|entrevistadora|intervieweur|intervieweuse|intervistatore|интервьюер|采访者|採訪者|聞き手|",
    ),
];

impl Field {
    const fn is_of_people(self) -> bool {
        matches!(self, Self::Guests | Self::Hosts)
    }
}

/// Whether a key opens more than one line or block, so that it is a label of turns.
fn recurs(extraction: &Extraction, key: &str) -> bool {
    let opens = |line: &str| {
        line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with([':', '：']))
    };
    let times = extraction.blocks.iter().map(|block| {
        let lines = block.span.of(&extraction.text).lines().filter(|line| opens(line)).count();
        lines + usize::from(block.speaker.as_deref() == Some(key))
    });
    times.sum::<usize>() > 1
}

/// The field that a key names.
fn field(key: &str) -> Option<Field> {
    let key = key.trim().to_lowercase();
    if key.is_empty() || key.contains('|') {
        return None;
    }
    FIELDS.iter().find(|(_, keys)| keys.contains(&format!("|{key}|"))).map(|(field, _)| *field)
}

/// Reads metadata from the lines at the start.
#[derive(Debug, Default)]
struct Header {
    found: Metadata,
    guests: Vec<String>,
    hosts: Vec<String>,
}

impl Header {
    /// Reads one line, and the value of a field.
    fn value(&mut self, field: Field, value: &str) {
        let found = &mut self.found;
        match field {
            Field::Title if found.title.is_empty() && value.len() <= LONGEST_TITLE => {
                found.title = value.into();
            }
            Field::Publisher | Field::Source
                if found.publisher.is_empty() && value.len() <= 80 && !value.starts_with("http") =>
            {
                found.publisher = value.into();
            }
            Field::Uri | Field::Source if found.uri.is_empty() && value.starts_with("http") => {
                found.uri = value.split_whitespace().next().unwrap_or_default().into();
            }
            Field::Date if found.published.is_empty() => {
                found.published = date::normalise(value).unwrap_or_default();
            }
            Field::Guests if self.guests.is_empty() => self.guests = person::listed(value),
            Field::Hosts if self.hosts.is_empty() => self.hosts = person::listed(value),
            // Each field is read once.
            Field::Title
            | Field::Publisher
            | Field::Uri
            | Field::Source
            | Field::Date
            | Field::Guests
            | Field::Hosts => {}
        }
    }

    /// Reads a line without a key: a date alone. A year or a number alone may be anything.
    fn line(&mut self, line: &str) {
        if let Some(date) = date::normalise(line).filter(|date| date.len() == 10 && line.len() > 8)
            && self.found.published.is_empty()
        {
            self.found.published = date;
        }
    }

    /// The metadata. Who asks is named only with one who answers, for a single person is taken to
    /// answer.
    fn finish(mut self) -> Metadata {
        if !self.guests.is_empty() {
            self.found.people = self.guests;
            self.found.people.extend(self.hosts);
        }
        self.found
    }
}

/// Reads `Title: …`, `Date: …`, `Interviewee: …`, such keys alone with the value on the next line
/// or in the next cell, and a date alone on a line.
fn head_lines(extraction: &mut Extraction) {
    let mut header = Header::default();
    let mut open: Option<Field> = None;
    // A cell of a table that is read as turns has its key as the speaker.
    for block in extraction.blocks.iter().take(HEAD) {
        let speaker = block.speaker.as_deref().unwrap_or_default();
        if let Some(field) =
            field(speaker).filter(|field| !field.is_of_people() || !recurs(extraction, speaker))
        {
            header.value(field, block.span.of(&extraction.text).trim());
            continue;
        }
        for line in block.span.of(&extraction.text).lines().take(HEAD) {
            let line = line.trim();
            if let Some(field) = open.take() {
                header.value(field, line);
                continue;
            }
            let (key, value) = line.split_once([':', '：']).unwrap_or((line, ""));
            match field(key) {
                Some(field)
                    if field.is_of_people() && (key.len() == line.len() || recurs(extraction, key)) => {}
                Some(field) if value.trim().is_empty() => open = Some(field),
                Some(field) => header.value(field, value.trim()),
                None => header.line(line),
            }
        }
    }
    extraction.metadata.fill_from(&header.finish());
}

/// The first heading, or a first line that is alone in its block and is no sentence and no turn.
fn title(extraction: &mut Extraction) {
    if !extraction.metadata.title.is_empty() {
        return;
    }
    let Some(block) = extraction
        .blocks
        .iter()
        .take(HEAD)
        .find(|block| matches!(block.kind, BlockKind::Heading(1)))
        .or(extraction.blocks.first())
    else {
        return;
    };
    let text = block.span.of(&extraction.text).trim();
    let is_heading = matches!(block.kind, BlockKind::Heading(1 | 2));
    let is_line = matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading(_))
        && extraction.blocks.len() > 1
        && !text.contains('\n')
        && !text.contains("://")
        && !text.starts_with(['[', '(', '【', '-', '–', '—', '•', '<', '>', '"', '“', '«', '…'])
        && !text.ends_with(['.', '?', '!', ':', ',', ';', '…', '。', '？'])
        && text.split_once(':').is_none_or(|(label, _)| label.split_whitespace().count() > 2)
        && text.chars().filter(|c| c.is_alphabetic()).count() * 2 > text.chars().count()
        && date::normalise(text).is_none();
    if text.len() <= LONGEST_TITLE && (is_heading || is_line) {
        extraction.metadata.title = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;
    use crate::extraction::text::plain;

    fn check(text: &str, title: &str, published: &str, uri: &str) {
        let mut extraction = plain::extract(decoding::decode(text.as_bytes(), None).unwrap());
        complete(&mut extraction);
        let found = &extraction.metadata;
        assert_eq!(
            (found.title.as_str(), found.published.as_str(), found.uri.as_str()),
            (title, published, uri),
            "{text}"
        );
    }

    #[test]
    fn a_file_name_is_no_title() {
        for name in ["Microsoft Word - Interview 3", "talk_final.DOCX", "untitled"] {
            assert!(is_file_name(name), "{name}");
        }
        for title in ["On rivers", "St. Ives", "A talk with Ann Bell vs. the sea", ""] {
            assert!(!is_file_name(title), "{title}");
        }
    }

    #[test]
    fn people_of_header_lines() {
        let people = |text: &str| {
            let mut extraction = plain::extract(decoding::decode(text.as_bytes(), None).unwrap());
            complete(&mut extraction);
            extraction.metadata.people
        };
        assert_eq!(
            people("Interviewer: Ann Bell\nInterviewee: Bo Lund (BL)\n\nAB: Why?"),
            ["Bo Lund", "Ann Bell"]
        );
        assert_eq!(people("Interviewee:\nBo Lund\n\nQ: Why?"), ["Bo Lund"]);
        assert_eq!(people("Interviewer: Ann Bell\n\nQ: Why?"), [""; 0]);
        assert_eq!(people("Interviewee: Good Morning\n\nInterviewee: Because"), [""; 0]);
        assert_eq!(people("Interviewer\nGood Morning\n\nInterviewee\nGood Morning Too"), [""; 0]);
    }

    #[test]
    fn head_of_a_text() {
        check("A talk with Ann Bell\n\nApril 3, 2017\n\nQ: Why?", "A talk with Ann Bell", "2017-04-03", "");
        check(
            "Title: On rivers\nDate: 2017-04\nSource: https://example.org/a\n\nQ: Why?",
            "On rivers",
            "2017-04",
            "https://example.org/a",
        );
        check("The rivers are high this year.\n\nQ: Why?", "", "", "");
        check("Ann: Hello\n\nBob: Hi", "", "", "");
        check("1984\n\nQ: Why?", "", "", "");
        check("[...] or [points at the work]\n\nQ: Why?", "", "", "");
        check("A talk\nDatum: 3. April 2017\n\nQ: Why?", "", "2017-04-03", "");
    }
}
