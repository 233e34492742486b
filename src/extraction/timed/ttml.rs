//! TTML (DFXP, EBU-TT, IMSC): paragraphs with times, said by agents.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::speech;
use crate::extraction::common::speech::Escapes;
use crate::extraction::common::speech::Part;
use crate::extraction::common::speech::Utterance;
use crate::extraction::common::xml::Element;
use crate::extraction::common::xml::Node;
use crate::extraction::common::xml::XmlReader;
use crate::extraction::html;
use crate::extraction::timed::ttml_time::Clock;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// The names that one agent may have; the full one is taken.
const MOST_NAMES: usize = 8;
/// Longest list of agents, in bytes: every element inside hands it down.
const LONGEST_AGENTS: usize = 200;

/// Reads subtitles.
pub(crate) fn extract(decoded: &Decoded<'_>, limits: &Limits) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let mut xml = XmlReader::new(text, limits);
    let mut reader = Reader { text, ..Reader::default() };
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => reader.start(&element),
            Node::End(name) => reader.end(&name),
            Node::Text(span) => reader.text(span),
        }
    }
    reader.finish();
    let mut draft = ExtractionBuilder::new(decoded);
    draft.metadata.title = reader.title;
    draft.metadata.language = reader.language;
    let mut extraction = speech::write(draft, text, &reader.said, Format::Ttml, Escapes::References);
    extraction.diagnostics.extend(xml.into_damage());
    Ok(extraction)
}

/// Properties that an element inside the body hands down to its children.
#[derive(Clone, Debug, Default)]
struct Frame {
    name: Box<str>,
    /// Times inside count from here.
    origin: Duration,
    agents: Option<String>,
}

/// A name or a title that is being read.
#[derive(Debug, Default)]
struct Reading {
    name: Box<str>,
    kind: String,
    text: String,
}

#[derive(Debug, Default)]
struct Reader<'a> {
    text: &'a str,
    clock: Clock,
    /// Names of the agents by their ids, each with its type: `full`, `given`, `family`, `alias`.
    agents: BTreeMap<String, Vec<(String, String)>>,
    agent: Option<String>,
    frames: Vec<Frame>,
    said: Vec<Utterance>,
    /// Whether a paragraph is open.
    in_paragraph: bool,
    /// When the open paragraph is shown.
    shown: Option<TimeSpan>,
    /// How deep inside metadata the reader is, and the element whose text is being read there.
    metadata: usize,
    reading: Option<Reading>,
    title: String,
    language: String,
}

impl Reader<'_> {
    fn start(&mut self, element: &Element<'_>) {
        let name = element.name();
        self.metadata += usize::from(matches!(name, "metadata" | "head"));
        let frame = self.frames.last().cloned().unwrap_or_default();
        let time = self.clock.span(element, frame.origin);
        let timed = matches!(name, "body" | "div" | "p").then_some(time).flatten();
        self.frames.push(Frame {
            name: name.into(),
            origin: timed.map_or(frame.origin, |time| time.start),
            agents: element
                .attribute("agent")
                .filter(|agents| name != "agent" && agents.len() <= LONGEST_AGENTS)
                .or(frame.agents),
        });
        match name {
            "tt" => {
                self.clock = Clock::of(element);
                self.language = element.attribute("lang").unwrap_or_default();
            }
            "agent" => self.agent = element.attribute("id"),
            "name" | "title" => {
                let kind = element.attribute("type").unwrap_or_default();
                self.reading = Some(Reading { name: name.into(), kind, text: String::new() });
            }
            "p" if self.metadata == 0 => {
                (self.in_paragraph, self.shown) = (true, time);
                self.open();
            }
            "span" if self.in_paragraph => {
                self.shown = self.shown.or(time);
                self.open();
            }
            "br" if self.in_paragraph => self.part(Part::Break),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        self.metadata = self.metadata.saturating_sub(usize::from(matches!(name, "metadata" | "head")));
        let is_open = self.frames.pop().is_some_and(|frame| &*frame.name == name);
        match name {
            "agent" => self.agent = None,
            "name" | "title" => self.named(),
            "p" => self.in_paragraph = false,
            "span" if self.in_paragraph && is_open => self.open(),
            _ => {}
        }
    }

    /// Keeps the text of a name or a title.
    fn named(&mut self) {
        let Some(Reading { name, kind, text }) = self.reading.take() else { return };
        let text = html::unescaped(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        match (&self.agent, &*name) {
            _ if text.is_empty() || text.len() > 200 => {}
            (Some(agent), "name") => {
                let names = self.agents.entry(agent.clone()).or_default();
                if names.len() < MOST_NAMES {
                    names.push((kind, text));
                }
            }
            (None, "title") if self.title.is_empty() => self.title = text,
            _ => {}
        }
    }

    fn text(&mut self, span: TextSpan) {
        if let Some(Reading { text, .. }) = &mut self.reading {
            if text.len() <= 400 {
                text.push_str(span.of(self.text));
            }
        } else if self.metadata == 0 && self.frames.last().is_none_or(|frame| is_shown(&frame.name)) {
            self.part(Part::Text(span));
        }
    }

    /// Begins an utterance where another agent speaks than in the last one of this paragraph.
    fn open(&mut self) {
        if !self.in_paragraph {
            return;
        }
        let agents = self.frames.last().and_then(|frame| frame.agents.clone());
        let is_first = self.frames.last().is_some_and(|frame| &*frame.name == "p");
        match self.said.last_mut() {
            Some(last) if !is_first && last.speaker == agents => last.time = last.time.or(self.shown),
            _ => self.said.push(Utterance::new(BlockKind::Cue, agents, self.shown)),
        }
    }

    fn part(&mut self, part: Part) {
        if self.in_paragraph
            && let Some(last) = self.said.last_mut()
        {
            last.parts.push(part);
        }
    }

    /// Puts the agents' names in place of their ids, which may be declared after they are used.
    fn finish(&mut self) {
        let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
        for utterance in &mut self.said {
            let Some(ids) = utterance.speaker.take() else { continue };
            let agents = &self.agents;
            let name = names.entry(ids).or_insert_with_key(|ids| {
                let name = |id: &str| agents.get(id).and_then(|names| full_name(names));
                let each: Vec<String> =
                    ids.split_whitespace().map(|id| name(id).unwrap_or_else(|| id.to_owned())).collect();
                Some(each.join(", ")).filter(|name| !name.is_empty() && name.len() <= 200)
            });
            utterance.speaker.clone_from(name);
        }
    }
}

/// An agent's full name, or its parts together, or whatever name there is.
fn full_name(names: &[(String, String)]) -> Option<String> {
    let of = |wanted: &str| names.iter().find(|(kind, _)| kind == wanted).map(|(_, name)| name.as_str());
    match (of("full"), of("given"), of("family")) {
        (Some(full), ..) => Some(full.into()),
        (None, Some(given), Some(family)) => Some(format!("{given} {family}")),
        _ => names.first().map(|(_, name)| name.clone()),
    }
}

/// Whether text directly inside an element is shown.
fn is_shown(name: &str) -> bool {
    matches!(name, "p" | "span")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn check(document: &str, expect: &[(u128, Option<&str>, &str)]) -> Extraction {
        let decoded = decoding::decode(document.as_bytes(), None).unwrap();
        let extraction = extract(&decoded, &Limits::default()).unwrap();
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| {
                let start = block.time.map_or(0, |time| time.start.as_millis());
                (start, block.speaker.as_deref(), block.span.of(&extraction.text))
            })
            .collect();
        assert_eq!(blocks, expect, "{document}");
        extraction
    }

    #[test]
    fn agents_speak() {
        let found = check(
            "<tt:tt xmlns:tt='t' xml:lang='en'><tt:head><tt:metadata><ttm:title>A talk</ttm:title><ttm:agent xml:id='a'>\
             <ttm:name type='alias'>Al</ttm:name><ttm:name type='full'>Al  Moe</ttm:name></ttm:agent></tt:metadata></tt:head><tt:body \
             begin='10s'><tt:div>\n<tt:p begin='500ms' end='1s' ttm:agent='a'>Why<tt:br/>\n is <tt:metadata>no</tt:metadata>it &amp; so?</tt:p>\
             <tt:p begin='2s' dur='1s'><tt:span ttm:agent='b'>Well</tt:span>, <tt:span ttm:agent='a b'>yes.</tt:span></tt:p></tt:div></tt:body></tt:tt>",
            &[
                (10_500, Some("Al Moe"), "Why\nis it & so?"),
                (12_000, Some("b"), "Well"),
                (12_000, Some("Al Moe, b"), "yes."),
            ],
        );
        check(
            "<tt><head><metadata><agent xml:id='c'><name type='family'>Kern</name><name type='given'>Ilse</name></agent></metadata></head>\
             <body><div agent='c'><p>Ja?</p></div></body></tt>",
            &[(0, Some("Ilse Kern"), "Ja?")],
        );
        assert_eq!((found.metadata.title.as_str(), found.metadata.language.as_str()), ("A talk", "en"));
    }
}
