//! ELAN: tiers of annotations on a time line. A tier that depends on another (a translation,
//! glosses) is not speech, unless the tier above it only numbers the utterances.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::annotation::tiers;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::date;
use crate::extraction::common::speech;
use crate::extraction::common::speech::Escapes;
use crate::extraction::common::speech::Part;
use crate::extraction::common::speech::Utterance;
use crate::extraction::common::xml::Element;
use crate::extraction::common::xml::Node;
use crate::extraction::common::xml::XmlReader;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// The most tiers that are read; more are no interview.
const MOST_TIERS: usize = 2_000;

/// Reads a document.
pub(crate) fn extract(decoded: &Decoded<'_>, limits: &Limits) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let mut xml = XmlReader::new(text, limits);
    let mut document = Document::default();
    let mut in_value = false;
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => {
                in_value = element.name() == "ANNOTATION_VALUE";
                document.start(&element)?;
            }
            Node::End(_) => in_value = false,
            Node::Text(span) if in_value => document.text(span),
            Node::Text(_) => {}
        }
    }
    let date = std::mem::take(&mut document.date);
    let (tiers, mut left_out) = document.spoken(text);
    let (said, parallel) = tiers::merge(tiers);
    left_out.extend(parallel);
    let mut draft = ExtractionBuilder::new(decoded);
    draft.metadata.published = date::normalise(&date).unwrap_or_default();
    let mut extraction = speech::write(draft, text, &said, Format::Elan, Escapes::References);
    extraction.diagnostics.extend(xml.into_damage());
    if !left_out.is_empty() {
        left_out.truncate(20);
        let message = format!("tiers that are no one's speech were left out: {}", left_out.join(", "));
        extraction.diagnostics.push(Diagnostic { kind: DiagnosticKind::Banner, message, spans: Vec::new() });
    }
    Ok(extraction)
}

#[derive(Debug, Default)]
struct Document {
    /// Times of the slots by their ids; a slot may have none.
    slots: BTreeMap<String, Duration>,
    tiers: Vec<Tier>,
    date: String,
}

#[derive(Debug, Default)]
struct Tier {
    id: String,
    parent: Option<String>,
    participant: Option<String>,
    annotations: Vec<Annotation>,
}

#[derive(Debug, Default)]
struct Annotation {
    id: String,
    /// The slots where it starts and ends.
    slots: Option<(String, String)>,
    /// The annotation that it is about.
    about: Option<String>,
    value: Vec<TextSpan>,
}

impl Document {
    fn start(&mut self, element: &Element<'_>) -> Result<(), ExtractError> {
        let attribute = |name| element.attribute(name).unwrap_or_default();
        match element.name() {
            "ANNOTATION_DOCUMENT" => self.date = attribute("DATE"),
            "TIME_SLOT" => {
                let time = attribute("TIME_VALUE").parse().ok().map(Duration::from_millis);
                self.slots.extend(time.map(|time| (attribute("TIME_SLOT_ID"), time)));
            }
            "TIER" => {
                if self.tiers.len() == MOST_TIERS {
                    return Err(ExtractError::OverLimit { limit: "tiers", allowed: MOST_TIERS });
                }
                self.tiers.push(Tier {
                    id: attribute("TIER_ID"),
                    parent: element.attribute("PARENT_REF"),
                    participant: element.attribute("PARTICIPANT"),
                    annotations: Vec::new(),
                });
            }
            "ALIGNABLE_ANNOTATION" | "REF_ANNOTATION" => {
                let Some(tier) = self.tiers.last_mut() else { return Ok(()) };
                let slots = element.attribute("TIME_SLOT_REF1").zip(element.attribute("TIME_SLOT_REF2"));
                tier.annotations.push(Annotation {
                    id: attribute("ANNOTATION_ID"),
                    slots,
                    about: element.attribute("ANNOTATION_REF"),
                    value: Vec::new(),
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, span: TextSpan) {
        let annotation = self.tiers.last_mut().and_then(|tier| tier.annotations.last_mut());
        if let Some(annotation) = annotation {
            annotation.value.push(span);
        }
    }

    /// The tiers of speech, and the names of the others.
    fn spoken(&self, text: &str) -> (Vec<tiers::Tier>, Vec<String>) {
        let roots = || self.tiers.iter().filter(|tier| tier.parent.is_none());
        // Notes and topics have no participant where speakers have one.
        let named = roots().any(|tier| tier.participant.is_some() && !tier.annotations.is_empty());
        let (mut spoken, mut left_out) = (Vec::new(), Vec::new());
        for root in roots() {
            if named && root.participant.is_none() {
                left_out.push(root.id.clone());
                continue;
            }
            let speech = if root.numbers_only(text) { self.speech_below(root, text) } else { None };
            spoken.push(self.tier(root, speech, text));
        }
        left_out.extend(self.tiers.iter().filter(|tier| tier.parent.is_some()).map(|tier| tier.id.clone()));
        (spoken, left_out)
    }

    /// The first tier that depends on `root` and has words.
    fn speech_below(&self, root: &Tier, text: &str) -> Option<&Tier> {
        let below = |tier: &&Tier| tier.parent.as_ref() == Some(&root.id);
        self.tiers.iter().filter(below).find(|tier| !tier.numbers_only(text))
    }

    /// A tier's utterances: its own annotations, or those of the tier below that has their words.
    fn tier(&self, root: &Tier, below: Option<&Tier>, text: &str) -> tiers::Tier {
        let speaker = root.participant.clone().unwrap_or_else(|| {
            // `ref@Ann`, as converted files name their tiers.
            root.id.rsplit_once('@').map_or(root.id.as_str(), |(_, name)| name).to_owned()
        });
        let speaker = Some(speaker).filter(|speaker| !speaker.is_empty() && speaker.len() <= 200);
        let mut words: BTreeMap<&str, Vec<&Annotation>> = BTreeMap::new();
        for annotation in below.into_iter().flat_map(|tier| &tier.annotations) {
            if let Some(about) = &annotation.about {
                words.entry(about).or_default().push(annotation);
            }
        }
        let utterance = |annotation: &Annotation| {
            let mut utterance = Utterance::new(BlockKind::Cue, speaker.clone(), self.time(annotation));
            let own = [annotation];
            let values: &[&Annotation] = match below {
                Some(_) => words.get(annotation.id.as_str()).map(Vec::as_slice).unwrap_or_default(),
                None => &own,
            };
            for value in values {
                utterance.parts.push(Part::Space);
                utterance.parts.extend(value.value.iter().copied().map(Part::Text));
            }
            utterance
        };
        let utterances = root.annotations.iter().map(utterance);
        tiers::Tier {
            name: root.id.clone(),
            utterances: utterances.filter(|utterance| utterance.has_words(text)).collect(),
        }
    }

    fn time(&self, annotation: &Annotation) -> Option<TimeSpan> {
        let (start, end) = annotation.slots.as_ref()?;
        let start = *self.slots.get(start)?;
        let end = self.slots.get(end).copied().unwrap_or(start);
        Some(TimeSpan { start, end: end.max(start) })
    }
}

impl Tier {
    /// Whether no annotation has more than one word: numbers of utterances, or marks.
    fn numbers_only(&self, text: &str) -> bool {
        let is_word = |annotation: &Annotation| {
            let mut words = annotation.value.iter().flat_map(|span| span.of(text).split_whitespace());
            words.next().is_none_or(|word| word.contains(|c: char| c.is_ascii_digit()))
                && words.next().is_none()
        };
        self.annotations.iter().all(is_word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn check(tiers: &str, expect: &[(&str, u128, &str)]) {
        let slots: Vec<String> = (1..10)
            .map(|slot| format!("<TIME_SLOT TIME_SLOT_ID='t{slot}' TIME_VALUE='{slot}000'/>"))
            .collect();
        let slots = slots.concat();
        let document = format!(
            "<?xml version='1.0'?><ANNOTATION_DOCUMENT DATE='2021-03-01T10:00:00+01:00'><TIME_ORDER>{slots}<TIME_SLOT TIME_SLOT_ID='u'/></TIME_ORDER>{tiers}</ANNOTATION_DOCUMENT>"
        );
        let decoded = decoding::decode(document.as_bytes(), None).unwrap();
        let extraction = extract(&decoded, &Limits::default()).unwrap();
        assert_eq!(extraction.metadata.published, "2021-03-01");
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| {
                let start = block.time.map_or(0, |time| time.start.as_millis());
                (block.speaker.as_deref().unwrap(), start, block.span.of(&extraction.text))
            })
            .collect();
        assert_eq!(blocks, expect, "{tiers}");
    }

    fn aligned(id: &str, from: u8, to: u8, value: &str) -> String {
        format!(
            "<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID='{id}' TIME_SLOT_REF1='t{from}' TIME_SLOT_REF2='t{to}'><ANNOTATION_VALUE>{value}\
             </ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
        )
    }

    fn about(id: &str, other: &str, value: &str) -> String {
        format!(
            "<ANNOTATION><REF_ANNOTATION ANNOTATION_ID='{id}' ANNOTATION_REF='{other}'><ANNOTATION_VALUE>{value}</ANNOTATION_VALUE>\
             </REF_ANNOTATION></ANNOTATION>"
        )
    }

    #[test]
    fn speakers_take_turns_and_translations_go() {
        let tiers = format!(
            "<TIER TIER_ID='a' PARTICIPANT='Ann'>{}{}</TIER><TIER TIER_ID='a-en' PARENT_REF='a' PARTICIPANT='Ann'>{}</TIER>\
             <TIER TIER_ID='b' PARTICIPANT='Bo'>{}</TIER><TIER TIER_ID='b2' PARTICIPANT='Bo'>{}</TIER><TIER TIER_ID='notes'>{}</TIER>",
            aligned("a1", 1, 2, "¿Por &amp; qué?"),
            aligned("a2", 5, 6, "¿Y luego?"),
            about("x1", "a1", "Why?"),
            aligned("b1", 3, 4, "No sé."),
            aligned("y1", 3, 4, "I do not know."),
            aligned("n1", 1, 9, "It rains."),
        );
        check(&tiers, &[("Ann", 1000, "¿Por & qué?"), ("Bo", 3000, "No sé."), ("Ann", 5000, "¿Y luego?")]);
    }

    #[test]
    fn words_below_numbered_utterances() {
        let tiers = format!(
            "<TIER TIER_ID='ref@Ann'>{}</TIER><TIER TIER_ID='tx@Ann' PARENT_REF='ref@Ann'>{}{}</TIER><TIER TIER_ID='ft@Ann' \
             PARENT_REF='ref@Ann'>{}</TIER>",
            aligned("a1", 1, 2, "text.001"),
            about("w1", "a1", "Ni"),
            about("w2", "a1", "nani?"),
            about("f1", "a1", "Who is it?"),
        );
        check(&tiers, &[("Ann", 1000, "Ni nani?")]);
    }
}
