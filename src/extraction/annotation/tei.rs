//! TEI (Text Encoding Initiative): utterances (`u`) and speeches (`sp`), whose speakers the header
//! may name. TEI Guidelines, chapter 8, "Transcriptions of Speech"; ISO 24624 is the same
//! vocabulary.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::annotation::tei_people::Header;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::speech;
use crate::extraction::common::speech::Escapes;
use crate::extraction::common::speech::Part;
use crate::extraction::common::speech::Utterance;
use crate::extraction::common::xml::Element;
use crate::extraction::common::xml::Node;
use crate::extraction::common::xml::XmlReader;
use crate::extraction::markup;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// Elements of a text that hold no speech: descriptions of sounds, notes, corrections, analyses.
const UNSPOKEN: [&str; 22] = [
    "note", "desc", "del", "fw", "vocal", "kinesic", "incident", "event", "writing", "gap", "shift", "pause",
    "stage", "corr", "reg", "expan", "spanGrp", "interp", "head", "opener", "closer", "speaker",
];

/// Longest list of speakers, in bytes: every paragraph inside has it.
const LONGEST_WHO: usize = 400;

/// Reads a document. One without utterances is read as its paragraphs.
pub(crate) fn extract(decoded: &Decoded<'_>, limits: &Limits) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let mut xml = XmlReader::new(text, limits);
    let mut reader = Reader::default();
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => reader.start(&element),
            Node::End(name) => reader.end(&name),
            Node::Text(span) if reader.in_header > 0 => reader.header.text(text, span),
            Node::Text(span) => reader.part(Part::Text(span)),
        }
    }
    let metadata = std::mem::take(&mut reader.header.metadata);
    let said = reader.finish();
    if !said.iter().any(|utterance| utterance.has_words(text)) {
        let mut extraction = match markup::extract(decoded, limits) {
            Err(ExtractError::Unreadable(_)) => {
                return Err(ExtractError::Unreadable(
                    "the TEI document has no utterances (u) and no speeches (sp), and its paragraphs name no \
                     speakers and ask nothing: it is no transcript"
                        .to_owned(),
                ));
            }
            read => read?,
        };
        extraction.metadata.fill_from(&metadata);
        return Ok(Extraction { format: Format::Tei, ..extraction });
    }
    let mut draft = ExtractionBuilder::new(decoded);
    draft.metadata = metadata;
    let mut extraction = speech::write(draft, text, &said, Format::Tei, Escapes::References);
    extraction.diagnostics.extend(xml.into_damage());
    Ok(extraction)
}

/// The points of the time line where something starts and ends.
type Points = (Option<String>, Option<String>);

/// An open element that says who speaks.
#[derive(Debug)]
struct Speech {
    who: Option<String>,
    /// The points of the time line between which it is said.
    between: Points,
    /// Whether what is inside is said, not only inside what is.
    is_said: bool,
}

#[derive(Debug, Default)]
struct Reader {
    header: Header,
    in_header: usize,
    unspoken: usize,
    /// The time line's points, in seconds from its origin.
    times: BTreeMap<String, f64>,
    speeches: Vec<Speech>,
    said: Vec<(Utterance, Points)>,
}

impl Reader {
    fn start(&mut self, element: &Element<'_>) {
        let name = element.name();
        if name == "teiHeader" || self.in_header > 0 {
            self.in_header += usize::from(name == "teiHeader");
            return self.header.start(element);
        }
        match name {
            "when" => self.when(element),
            "u" | "sp" | "annotationBlock" => {
                let around = self.speeches.last();
                let who = element.attribute("who").filter(|who| who.len() <= LONGEST_WHO);
                let who = who.or_else(|| around.and_then(|speech| speech.who.clone()));
                let ends = |speech: &Speech| speech.between.clone();
                let point = |name| element.attribute(name).filter(|point| point.len() <= LONGEST_WHO);
                let between = match (point("start"), point("end")) {
                    (None, None) => around.map(ends).unwrap_or_default(),
                    between => between,
                };
                self.speeches.push(Speech { who, between, is_said: name != "annotationBlock" });
                self.open();
            }
            "text" => {
                let language = element.attribute("lang");
                self.header.metadata.language =
                    language.unwrap_or_else(|| std::mem::take(&mut self.header.metadata.language));
            }
            _ if UNSPOKEN.contains(&name) => {
                self.unspoken += 1;
                self.part(Part::Space);
            }
            "p" | "ab" if self.speaking() && self.unspoken == 0 => self.open(),
            "w" | "seg" | "s" | "lb" | "l" | "anchor" => self.part(Part::Space),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if self.in_header > 0 {
            self.in_header -= usize::from(name == "teiHeader");
            return self.header.end(name);
        }
        match name {
            "u" | "sp" | "annotationBlock" => {
                self.speeches.pop();
                self.open();
            }
            _ if UNSPOKEN.contains(&name) => {
                self.unspoken = self.unspoken.saturating_sub(1);
                self.part(Part::Space);
            }
            _ => {}
        }
    }

    fn speaking(&self) -> bool {
        self.speeches.last().is_some_and(|speech| speech.is_said)
    }

    /// Begins an utterance of the innermost speech.
    fn open(&mut self) {
        if let Some(speech) = self.speeches.last().filter(|speech| speech.is_said) {
            let utterance = Utterance::new(BlockKind::Turn, speech.who.clone(), None);
            self.said.push((utterance, speech.between.clone()));
        }
    }

    fn part(&mut self, part: Part) {
        if self.speaking()
            && (self.unspoken == 0 || part == Part::Space)
            && let Some((utterance, _)) = self.said.last_mut()
        {
            utterance.parts.push(part);
        }
    }

    /// Reads a point of the time line: at an interval since another, or since its origin.
    fn when(&mut self, element: &Element<'_>) {
        let Some(id) = element.attribute("id") else { return };
        let interval = element.attribute("interval").and_then(|interval| interval.parse::<f64>().ok());
        let since = element
            .attribute("since")
            .and_then(|since| self.times.get(since.trim_start_matches('#')).copied());
        let time = interval.map_or(0.0, |interval| interval + since.unwrap_or_default());
        if self.times.is_empty() || interval.is_some() {
            self.times.insert(id, time);
        }
    }

    /// The utterances, with names and times in place of pointers.
    fn finish(self) -> Vec<Utterance> {
        let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
        let (header, times) = (self.header, self.times);
        let time = |point: &Option<String>| {
            let seconds = times.get(point.as_ref()?.trim_start_matches('#'))?;
            Duration::try_from_secs_f64(*seconds).ok()
        };
        let resolved = self.said.into_iter().map(|(mut utterance, (start, end))| {
            utterance.speaker = utterance
                .speaker
                .and_then(|who| names.entry(who).or_insert_with_key(|who| header.speakers(who)).clone());
            utterance.time = time(&start).map(|start| {
                let end = time(&end).unwrap_or(start).max(start);
                TimeSpan { start, end }
            });
            utterance
        });
        resolved.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn check(body: &str, expect: &[(Option<&str>, &str)]) -> Extraction {
        let document = format!(
            "<?xml version='1.0'?><TEI xmlns='http://www.tei-c.org/ns/1.0'><teiHeader><fileDesc><titleStmt><title>On <hi>mills</hi></title></titleStmt>\
             <sourceDesc><recordingStmt><date when='1998-05-02'/></recordingStmt></sourceDesc></fileDesc><listPerson><person xml:id='A'><persName>\
             <surname>Moe</surname><forename>Ann</forename></persName></person><person xml:id='B'/></listPerson></teiHeader><text xml:lang='en'>\
             <timeline><when xml:id='T0'/><when xml:id='T1' interval='1.5' since='#T0'/></timeline><body>{body}</body></text></TEI>"
        );
        let decoded = decoding::decode(document.as_bytes(), None).unwrap();
        let extraction = extract(&decoded, &Limits::default()).unwrap();
        let about = &extraction.metadata;
        assert_eq!(
            (about.title.as_str(), about.published.as_str(), about.language.as_str()),
            ("On mills", "1998-05-02", "en")
        );
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| (block.speaker.as_deref(), block.span.of(&extraction.text)))
            .collect();
        assert_eq!(blocks, expect, "{body}");
        extraction
    }

    #[test]
    fn utterances_and_speakers() {
        let found = check(
            "<u who='#A' start='#T0' end='#T1'>Who <pause/>ground<vocal><desc>coughs</desc></vocal> it,<note>sic</note>\n  then?</u><u who='p.xml#B'><w>My</w>\
             <w>aunt</w><pc>.</pc></u><u who='#A #B'>Yes.</u><u>Oh.</u>",
            &[
                (Some("Ann Moe"), "Who ground it, then?"),
                (Some("B"), "My aunt."),
                (Some("Ann Moe, B"), "Yes."),
                (None, "Oh."),
            ],
        );
        assert_eq!(found.blocks[0].time.unwrap().end, Duration::from_millis(1500));
    }

    #[test]
    fn blocks_of_annotations_and_speeches() {
        check(
            "<annotationBlock who='#A'><u><seg>Why?</seg></u><spanGrp type='pos'><span>ADV</span></spanGrp></annotationBlock>\
             <sp who='#B'><speaker>BO</speaker><p>It was.</p><stage>He sits.</stage><p>Long ago.</p></sp>",
            &[(Some("Ann Moe"), "Why?"), (Some("B"), "It was."), (Some("B"), "Long ago.")],
        );
    }

    #[test]
    fn paragraphs_where_nothing_is_an_utterance() {
        check(
            "<p>Ann: Why <hi>so</hi>?</p><p>Bo: It was.</p>",
            &[(None, "Ann: Why so?"), (None, "Bo: It was.")],
        );
    }
}
