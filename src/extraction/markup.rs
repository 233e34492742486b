//! XML of no vocabulary that is known: each element that has text is a paragraph, or a turn where
//! it says who speaks.

use std::time::Duration;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::clock;
use crate::extraction::common::speech;
use crate::extraction::common::speech::Escapes;
use crate::extraction::common::speech::Part;
use crate::extraction::common::speech::Utterance;
use crate::extraction::common::xml;
use crate::extraction::common::xml::Element;
use crate::extraction::common::xml::Node;
use crate::extraction::common::xml::XmlReader;
use crate::extraction::html;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// Names of attributes and elements that say who speaks.
const SPEAKER: [&str; 8] = ["speaker", "who", "participant", "agent", "spk", "speakername", "by", "voice"];
/// Names of attributes that say when, in seconds or as a clock shows it.
const START: [&str; 4] = ["start", "begin", "starttime", "stime"];
const END: [&str; 4] = ["end", "stop", "endtime", "etime"];
/// Longest name of a speaker, in bytes.
const LONGEST_NAME: usize = 100;

/// Reads the text of a document that looks like a transcript: it names speakers, gives times or
/// asks.
pub(crate) fn extract(decoded: &Decoded<'_>, limits: &Limits) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let mut xml = XmlReader::new(text, limits);
    let mut reader = Reader { text, ..Reader::default() };
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => reader.start(&element),
            Node::End(_) => reader.end(),
            Node::Text(span) => reader.text(span),
        }
    }
    let said = reader.said;
    let tells = |utterance: &Utterance| utterance.speaker.is_some() || utterance.time.is_some();
    let asks =
        |utterance: &Utterance| utterance.stretches().any(|span| span.of(text).contains(['?', '？', '؟']));
    let spoken = said.iter().filter(|utterance| utterance.has_words(text));
    if spoken.clone().count() < 2 || !spoken.clone().any(|utterance| tells(utterance) || asks(utterance)) {
        let root = xml::root(text).unwrap_or_default();
        return Err(ExtractError::Unreadable(format!(
            "the document is XML of a kind that is not read (its first element is <{root:.40}>), and its text is no transcript; \
             save the transcript as plain text, HTML, TTML or TEI"
        )));
    }
    let draft = ExtractionBuilder::new(decoded);
    let mut extraction = speech::write(draft, text, &said, Format::Xml, Escapes::References);
    extraction.diagnostics.extend(xml.into_damage());
    Ok(extraction)
}

/// An open element.
#[derive(Clone, Debug, Default)]
struct Frame {
    speaker: Option<String>,
    time: Option<TimeSpan>,
    /// The utterance that its text goes to; none before it has text.
    utterance: Option<usize>,
    is_name: bool,
    is_header: bool,
}

#[derive(Debug, Default)]
struct Reader<'a> {
    text: &'a str,
    frames: Vec<Frame>,
    /// The name of a speaker that is being read.
    name: String,
    said: Vec<Utterance>,
}

impl Reader<'_> {
    fn start(&mut self, element: &Element<'_>) {
        let name = element.name().to_lowercase();
        let around = self.frames.last().cloned().unwrap_or_default();
        let own = SPEAKER.iter().find_map(|key| element.attribute(key));
        let time = |keys: &[&str]| keys.iter().find_map(|key| seconds(&element.attribute(key)?));
        let time = time(&START).map(|start| {
            let length = || Some(start.saturating_add(seconds(&element.attribute("dur")?)?));
            let end = time(&END).or_else(length).unwrap_or(start);
            TimeSpan { start, end: end.max(start) }
        });
        let is_name = around.utterance.is_none() && SPEAKER.contains(&name.as_str());
        if is_name {
            self.name.clear();
        }
        self.frames.push(Frame {
            speaker: own.filter(|name| name.len() <= LONGEST_NAME).or(around.speaker),
            time: time.or(around.time),
            is_header: around.is_header || name == "teiheader" || name == "head" || name == "metadata",
            is_name: is_name || around.is_name,
            utterance: around.utterance,
        });
    }

    fn end(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let Some(around) = self.frames.last_mut() else { return };
        // A name in an element goes for the text after it, up to the end of what holds both.
        if frame.is_name && !around.is_name {
            let name = html::unescaped(self.name.trim());
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            around.speaker = Some(name).filter(|name| !name.is_empty() && name.len() <= LONGEST_NAME);
        }
    }

    fn text(&mut self, span: TextSpan) {
        let said = span.of(self.text);
        let Some(frame) = self.frames.last_mut().filter(|frame| !frame.is_header) else { return };
        if frame.is_name {
            if self.name.len() <= LONGEST_NAME {
                self.name.push_str(said);
            }
            return;
        }
        if frame.utterance.is_none() {
            if said.trim().is_empty() {
                return;
            }
            frame.utterance = Some(self.said.len());
            let kind = match (&frame.speaker, frame.time) {
                (_, Some(_)) => BlockKind::Cue,
                (Some(_), None) => BlockKind::Turn,
                (None, None) => BlockKind::Paragraph,
            };
            self.said.push(Utterance::new(kind, frame.speaker.clone(), frame.time));
        }
        // Text after an element that had paragraphs inside goes on in a new paragraph, so that the
        // order holds.
        let at = frame.utterance.unwrap_or_default();
        if at + 1 < self.said.len() {
            frame.utterance = Some(self.said.len());
            self.said.push(Utterance::new(BlockKind::Paragraph, frame.speaker.clone(), frame.time));
        }
        if let Some(utterance) = self.said.last_mut() {
            utterance.parts.push(Part::Text(span));
        }
    }
}

/// `1.5`, `1.5s` or `00:01:02.5`.
fn seconds(text: &str) -> Option<Duration> {
    if text.contains(':') {
        return clock::clock_time(text);
    }
    Duration::try_from_secs_f64(text.trim_end_matches('s').parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn read(document: &str) -> Result<Extraction, ExtractError> {
        extract(&decoding::decode(document.as_bytes(), None).unwrap(), &Limits::default())
    }

    fn check(document: &str, expect: &[(Option<&str>, &str)]) {
        let extraction = read(document).unwrap();
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| (block.speaker.as_deref(), block.span.of(&extraction.text)))
            .collect();
        assert_eq!(blocks, expect, "{document}");
    }

    #[test]
    fn speakers_in_attributes_and_elements() {
        check(
            "<talk><turn speaker='Ann'>Why <b>so</b> late &amp; cold?</turn><turn speaker='Bo'>It rained.</turn></talk>",
            &[(Some("Ann"), "Why so late & cold?"), (Some("Bo"), "It rained.")],
        );
        check(
            "<talk><turn><speaker>Ann Moe</speaker><text>Why?</text></turn><turn><speaker>Bo</speaker><text>It rained.</text></turn><note>End</note></talk>",
            &[(Some("Ann Moe"), "Why?"), (Some("Bo"), "It rained."), (None, "End")],
        );
    }

    #[test]
    fn other_xml_is_refused_by_name() {
        let Err(ExtractError::Unreadable(why)) = read("<ledger><row>1</row><row>2</row></ledger>") else {
            panic!()
        };
        assert!(why.contains("<ledger>"), "{why}");
    }
}
