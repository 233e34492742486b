//! Transcriber and its kin (`.trs`): turns between time marks, speakers in a table.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::date;
use crate::extraction::common::speech;
use crate::extraction::common::speech::Escapes;
use crate::extraction::common::speech::Part;
use crate::extraction::common::speech::Utterance;
use crate::extraction::common::xml::Element;
use crate::extraction::common::xml::Node;
use crate::extraction::common::xml::XmlReader;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// The most speakers of one turn.
const MOST_SPEAKERS: usize = 8;

/// Reads a transcription.
pub(crate) fn extract(decoded: &Decoded<'_>, limits: &Limits) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let mut xml = XmlReader::new(text, limits);
    let mut reader = Reader::default();
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => reader.start(&element),
            Node::End(name) if &*name == "Turn" => reader.in_turn = false,
            Node::Text(span) if reader.in_turn => {
                if let Some(utterance) = reader.said.last_mut() {
                    utterance.parts.push(Part::Text(span));
                }
            }
            Node::End(_) | Node::Text(_) => {}
        }
    }
    let mut draft = ExtractionBuilder::new(decoded);
    draft.metadata.published = date::normalise(&reader.date).unwrap_or_default();
    draft.metadata.language = reader.language;
    draft.metadata.publisher = reader.program;
    let mut extraction = speech::write(draft, text, &reader.said, Format::Transcriber, Escapes::References);
    extraction.diagnostics.extend(xml.into_damage());
    Ok(extraction)
}

#[derive(Debug, Default)]
struct Reader {
    names: BTreeMap<String, String>,
    said: Vec<Utterance>,
    in_turn: bool,
    /// The speakers of the turn, in the order in which `Who` numbers them.
    speakers: Vec<String>,
    turn: Option<TimeSpan>,
    date: String,
    language: String,
    program: String,
}

impl Reader {
    fn start(&mut self, element: &Element<'_>) {
        let attribute = |name| element.attribute(name).unwrap_or_default();
        match element.name() {
            "Trans" => self.language = attribute("lang"),
            "Episode" => {
                self.program = attribute("program");
                self.date = attribute("air_date");
            }
            "Speaker" => {
                // Every turn repeats the name.
                let name = element.attribute("name").filter(|name| name.len() <= 200);
                self.names.insert(attribute("id"), name.unwrap_or_default());
            }
            "Turn" => {
                self.in_turn = true;
                let ids = attribute("speaker");
                let ids = ids.split_whitespace().take(MOST_SPEAKERS);
                self.speakers = ids.map(|id| self.name(id)).collect();
                self.turn = span(element);
                self.open(self.speakers.join(", "), self.turn);
            }
            "Sync" if self.in_turn => {
                let Some(start) = seconds(&attribute("time")) else { return };
                let end = self.turn.map_or(start, |turn| turn.end.max(start));
                if let Some(last) = self.said.last_mut()
                    && let Some(time) = &mut last.time
                {
                    time.end = time.end.min(start).max(time.start);
                }
                let speaker = self.said.last().and_then(|last| last.speaker.clone()).unwrap_or_default();
                self.open(speaker, Some(TimeSpan { start, end }));
            }
            // One of several speakers says the text that follows.
            "Who" if self.in_turn => {
                let number = attribute("nb").parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                let name = number.and_then(|number| self.speakers.get(number)).cloned().unwrap_or_default();
                let time = self.said.last().and_then(|last| last.time);
                self.open(name, time);
            }
            // Noises, comments and the like are between words.
            _ if self.in_turn => {
                if let Some(last) = self.said.last_mut() {
                    last.parts.push(Part::Space);
                }
            }
            _ => {}
        }
    }

    fn open(&mut self, speaker: String, time: Option<TimeSpan>) {
        let speaker = Some(speaker).filter(|name| !name.is_empty() && name.len() <= 200);
        self.said.push(Utterance::new(BlockKind::Cue, speaker, time));
    }

    fn name(&self, id: &str) -> String {
        let short = || if id.len() <= 200 { id.to_owned() } else { String::new() };
        self.names.get(id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(short)
    }
}

fn span(element: &Element<'_>) -> Option<TimeSpan> {
    let start = seconds(&element.attribute("startTime")?)?;
    let end = element.attribute("endTime").and_then(|end| seconds(&end)).unwrap_or(start);
    Some(TimeSpan { start, end: end.max(start) })
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    #[test]
    fn turns_marks_and_two_at_once() {
        let document = "<?xml version=\"1.0\"?><!DOCTYPE Trans SYSTEM \"trans-14.dtd\"><Trans version_date=\"210301\" xml:lang=\"fr\"><Speakers><Speaker \
            id=\"s1\" name=\"Ann Moe\"/><Speaker id=\"s2\" name=\"Bo Day\"/></Speakers><Episode program=\"Le matin\"><Section type=\"report\"><Turn \
            speaker=\"s1\" startTime=\"0\" endTime=\"3.5\"><Sync time=\"0\"/>\nOù <Event desc=\"b\"/> est-il\n<Sync time=\"2\"/>\nmaintenant?\n</Turn>\n<Turn \
            speaker=\"s1 s2\" startTime=\"3.5\" endTime=\"5\"><Sync time=\"3.5\"/><Who nb=\"1\"/>\nHein?\n<Who nb=\"2\"/>\nIci.\n</Turn></Section></Episode></Trans>";
        let decoded = decoding::decode(document.as_bytes(), None).unwrap();
        let extraction = extract(&decoded, &Limits::default()).unwrap();
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| {
                let time = block.time.unwrap();
                let (start, end) = (time.start.as_millis(), time.end.as_millis());
                (block.speaker.as_deref().unwrap(), start, end, block.span.of(&extraction.text))
            })
            .collect();
        assert_eq!(
            blocks,
            [
                ("Ann Moe", 0, 2000, "Où est-il"),
                ("Ann Moe", 2000, 3500, "maintenant?"),
                ("Ann Moe", 3500, 5000, "Hein?"),
                ("Bo Day", 3500, 5000, "Ici."),
            ]
        );
        assert_eq!(extraction.metadata.publisher, "Le matin");
    }
}
