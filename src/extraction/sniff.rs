//! Format from bytes, from the media type a sender named, and from a file's name.

use crate::extraction::ExtractError;
use crate::extraction::annotation::chat;
use crate::extraction::annotation::textgrid;
use crate::extraction::common::xml;
use crate::extraction::timed::ass;
use crate::extraction::timed::sbv;
use crate::transcript::Format;

/// The media types that `media_type` may name, for messages.
pub(crate) const SUPPORTED: &str = "text/plain, text/markdown, text/html, text/vtt, application/x-subrip, \
     application/ttml+xml, text/x-sbv, text/x-ass, application/json, application/x-ndjson, text/csv, application/tei+xml, text/x-chat, \
     text/x-eaf+xml, text/x-textgrid, application/x-trs+xml, application/xml, application/pdf, application/rtf, application/epub+zip, \
     application/vnd.oasis.opendocument.text or application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// How much of a text is looked at.
const SAMPLE: usize = 64 << 10;

/// The format that a sender names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    /// The format of the media type; `None` where it is to be sniffed.
    pub format: Option<Format>,
    /// The charset parameter.
    pub charset: Option<&'a str>,
}

/// Reads a media type.
pub(crate) fn named(media_type: &str) -> Result<Named<'_>, ExtractError> {
    let (essence, parameters) = media_type.split_once(';').unwrap_or((media_type, ""));
    let charset = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then_some(value.trim())
    });
    let essence = essence.trim().to_ascii_lowercase();
    let format = match essence.as_str() {
        // XML has many vocabularies, and a ZIP archive many documents: their bytes say which.
        ""
        | "application/octet-stream"
        | "binary/octet-stream"
        | "application/x-unknown"
        | "application/xml"
        | "text/xml"
        | "application/zip"
        | "application/x-zip-compressed"
        | "application/msword" => None,
        other => Some(by_media_type(other).ok_or_else(|| ExtractError::UnsupportedMediaType(other.into()))?),
    };
    Ok(Named { format, charset })
}

/// The format of a media type without its parameters, in lower case.
fn by_media_type(essence: &str) -> Option<Format> {
    Some(match essence {
        "text/plain" => Format::Plain,
        "text/markdown" | "text/x-markdown" | "application/markdown" => Format::Markdown,
        "text/html" | "application/xhtml+xml" => Format::Html,
        "text/vtt" | "text/webvtt" => Format::WebVtt,
        "application/x-subrip"
        | "application/srt"
        | "application/x-srt"
        | "text/srt"
        | "text/x-srt"
        | "text/x-subrip" => Format::SubRip,
        "application/json"
        | "text/json"
        | "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonl"
        | "application/jsonlines"
        | "application/x-jsonlines"
        | "application/json-lines"
        | "application/json-seq"
        | "text/jsonl"
        | "text/x-ndjson" => Format::Json,
        "text/csv" | "application/csv" | "text/x-csv" | "text/tab-separated-values" | "text/tsv" => {
            Format::Csv
        }
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Format::Docx,
        "application/pdf" | "application/x-pdf" => Format::Pdf,
        "application/ttml+xml" | "application/ttaf+xml" | "application/x-ttml" | "text/ttml" => Format::Ttml,
        "text/x-sbv" | "text/sbv" | "application/x-sbv" => Format::Sbv,
        "text/x-ass" | "text/x-ssa" | "application/x-ass" | "application/x-ssa" | "text/ass" => Format::Ass,
        "text/x-chat" | "application/x-chat" => Format::Chat,
        "text/x-eaf+xml" | "application/x-eaf+xml" | "application/eaf+xml" => Format::Elan,
        "application/tei+xml" | "application/x-tei+xml" => Format::Tei,
        "text/x-textgrid" | "application/x-textgrid" | "text/praat-textgrid" => Format::TextGrid,
        "application/x-trs+xml" | "text/x-trs" | "application/x-trs" => Format::Transcriber,
        "application/rtf" | "text/rtf" | "application/x-rtf" | "text/richtext" => Format::Rtf,
        "application/vnd.oasis.opendocument.text" => Format::Odt,
        "application/epub+zip" => Format::Epub,
        _ => return None,
    })
}

/// Advice what to send in place of a document of this media type; empty for unknown types.
pub(crate) fn advice(essence: &str) -> &'static str {
    let has = |parts: &[&str]| parts.iter().any(|part| essence.contains(part));
    match essence.split_once('/').map(|(kind, _)| kind) {
        Some("audio" | "video") => " (a recording: send its transcript)",
        Some("image") => " (a picture: send its text)",
        _ if has(&["spreadsheet", "excel"]) => " (a spreadsheet: save the sheet of the transcript as CSV)",
        _ if has(&["presentation", "powerpoint"]) => " (a presentation: save its text as .docx)",
        _ => "",
    }
}

/// The format a file's name promises.
fn by_name(file_name: &str) -> Option<Format> {
    let (_, extension) = file_name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "md" | "markdown" | "mdown" | "mkd" | "mdx" | "qmd" | "rmd" => Format::Markdown,
        "html" | "htm" | "xhtml" => Format::Html,
        "vtt" => Format::WebVtt,
        "srt" => Format::SubRip,
        "json" | "jsonl" | "ndjson" => Format::Json,
        "csv" | "tsv" => Format::Csv,
        "sbv" => Format::Sbv,
        "ass" | "ssa" => Format::Ass,
        "cha" => Format::Chat,
        _ => return None,
    })
}

/// The format of a text: what its first lines prove, then what the file's name says, then what it
/// looks like.
pub(crate) fn text(text: &str, file_name: &str) -> Format {
    let head = sample(text).trim_start();
    proven(head, text)
        .or_else(|| by_name(file_name))
        .or_else(|| looks_html(head).then_some(Format::Html))
        .or_else(|| crate::extraction::csv::has_known_header(head).then_some(Format::Csv))
        .or_else(|| looks_markdown(head).then_some(Format::Markdown))
        .unwrap_or(Format::Plain)
}

fn sample(text: &str) -> &str {
    text.get(..text.floor_char_boundary(SAMPLE)).unwrap_or(text)
}

/// The format that the first characters of a text prove.
fn proven(head: &str, text: &str) -> Option<Format> {
    let starts =
        |prefix: &str| head.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if head
        .strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
    {
        return Some(Format::WebVtt);
    }
    if starts("<!doctype html") || starts("<html") || starts("<head") || starts("<body") {
        return Some(Format::Html);
    }
    if let Some(format) = xml::root(head).and_then(by_root) {
        return Some(format);
    }
    if starts("<?xml") || starts("<!--") {
        let start = head.get(..head.floor_char_boundary(4096)).unwrap_or(head).to_ascii_lowercase();
        if ["<!doctype html", "<html", "<body"].iter().any(|mark| start.contains(mark)) {
            return Some(Format::Html);
        }
    }
    if starts("<?xml") {
        return Some(Format::Xml);
    }
    if ass::is_script(head) {
        return Some(Format::Ass);
    }
    if chat::is_chat(head) {
        return Some(Format::Chat);
    }
    if textgrid::is_textgrid(head) {
        return Some(Format::TextGrid);
    }
    if head.starts_with(['{', '[']) && crate::extraction::json::starts_with_value(text) {
        return Some(Format::Json);
    }
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    if sbv::timing(first).is_some() {
        return Some(Format::Sbv);
    }
    let timing = if first.bytes().all(|byte| byte.is_ascii_digit()) { lines.next()? } else { first };
    crate::extraction::timed::subrip::is_timing(timing).then_some(Format::SubRip)
}

/// The format of an XML document whose first element has this name.
fn by_root(name: &str) -> Option<Format> {
    Some(match name {
        "tt" => Format::Ttml,
        "ANNOTATION_DOCUMENT" => Format::Elan,
        "TEI" | "TEI.2" | "teiCorpus" => Format::Tei,
        "Trans" => Format::Transcriber,
        _ => return None,
    })
}

/// A fragment of HTML: it opens with a tag that only HTML has, and closes one.
fn looks_html(head: &str) -> bool {
    const TAGS: &str = " a article b blockquote br center div dl em figure font h1 h2 h3 h4 h5 h6 header hr i img \
                        link main meta ol p pre section script span strong style table title u ul ";
    let Some(rest) = head.strip_prefix('<') else { return false };
    let name =
        rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
    !name.is_empty()
        && TAGS.contains(&format!(" {name} "))
        && (head.contains("</") || name == "br" || name == "meta")
}

/// Clear evidence of Markdown: front matter, or several of its marks that plain text does not have
/// by chance.
fn looks_markdown(head: &str) -> bool {
    if crate::extraction::text::front_matter::split(head).is_some() {
        return true;
    }
    let (mut marked, mut lines) = (0, 0);
    for line in head.lines().map(str::trim).filter(|line| !line.is_empty()) {
        lines += 1;
        marked += usize::from(is_atx_heading(line) || has_strong(line) || has_link(line));
    }
    marked >= 2 || (marked == 1 && lines <= 12)
}

fn is_atx_heading(line: &str) -> bool {
    let rest = line.trim_start_matches('#');
    (1..=6).contains(&(line.len() - rest.len())) && rest.starts_with(' ') && !rest.trim().is_empty()
}

/// `**words**` or `__words__` within the line.
fn has_strong(line: &str) -> bool {
    ["**", "__"].iter().any(|mark| {
        let mut parts = line.split(mark).skip(1);
        parts.next().is_some_and(|inside| {
            parts.next().is_some()
                && inside.chars().any(char::is_alphanumeric)
                && !inside.starts_with(char::is_whitespace)
                && !inside.ends_with(char::is_whitespace)
        })
    })
}

/// `[words](address)`.
fn has_link(line: &str) -> bool {
    line.split("](").skip(1).any(|rest| rest.starts_with(['h', '/', '#', '.']) && rest.contains(')'))
        && line.contains('[')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(document: &str, file_name: &str, expect: Format) {
        assert_eq!(text(document, file_name), expect, "{document:?}");
    }

    #[test]
    fn texts_show_their_format() {
        check("WEBVTT - a title\n\n00:01.000 --> 00:02.000\nHi", "", Format::WebVtt);
        check("WEBVTTER said\n\nno", "", Format::Plain);
        check("1\n00:00:01,000 --> 00:00:02,500\nHello", "x.txt", Format::SubRip);
        check("\n<!DOCTYPE html><html>", "x.txt", Format::Html);
        check("<p>Q: Why?</p><p>A: So.</p>", "", Format::Html);
        check("<laughs> Well, yes.", "", Format::Plain);
        check("[{\"speaker\": \"A\", \"text\": \"b\"}]", "", Format::Json);
        check("[Music] Welcome.", "", Format::Plain);
        check("[1] Welcome.", "", Format::Plain);
        check("[{\"speaker\": \"A\",", "", Format::Json);
        check("question,answer\nWhy?,Because.", "", Format::Csv);
        check("---\ntitle: A talk\n---\nA: Hello", "", Format::Markdown);
        check("**Ann:** Why?\n\n**Bob:** So.", "x.txt", Format::Markdown);
        check("Ann: 2 ** 3?\n\nBob: 8, #1!", "", Format::Plain);
        check("Ann: Why?\n\nBob: So.", "x.md", Format::Markdown);
        check("", "", Format::Plain);
    }

    #[test]
    fn formats_of_subtitles_and_corpora() {
        check("<?xml version=\"1.0\"?>\n<!-- c -->\n<tt:tt xmlns:tt=\"x\">", "x.xml", Format::Ttml);
        check("<tt xmlns=\"x\">", "x.dfxp", Format::Ttml);
        check("<?xml version='1.0'?><TEI>", "x.xml", Format::Tei);
        check("<ANNOTATION_DOCUMENT>", "x", Format::Elan);
        check("<?xml version='1.0'?><!DOCTYPE Trans SYSTEM 't'><Trans>", "", Format::Transcriber);
        check("<?xml version='1.0'?><ledger>", "x.xml", Format::Xml);
        check("<?xml version='1.0'?><html><body>", "x.xml", Format::Html);
        check("0:00:00.500,0:00:04.800\nHi", "x.txt", Format::Sbv);
        check("1:30,2:30 were the times", "x.txt", Format::Plain);
        check("; made by hand\n[Script Info]\nTitle: x", "", Format::Ass);
        check("@UTF8\n@Begin\n*A:\thi", "", Format::Chat);
        check("@Begin again, she said", "", Format::Plain);
        check("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n", "", Format::TextGrid);
    }

    #[test]
    fn media_types_override() {
        let of = |media_type| named(media_type).unwrap();
        assert_eq!(of("Text/HTML; charset=\"koi8-r\"").format, Some(Format::Html));
        assert_eq!(of("text/plain; charset=koi8-r").charset, Some("koi8-r"));
        assert_eq!(of("").format, None);
        assert_eq!(of("application/msword").format, None);
        assert!(matches!(named("image/png"), Err(ExtractError::UnsupportedMediaType(_))));
        let refused = named("audio/mpeg").unwrap_err().to_string();
        assert!(refused.contains("send its transcript") && refused.contains("text/plain"), "{refused}");
    }
}
