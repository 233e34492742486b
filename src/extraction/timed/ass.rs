//! Advanced `SubStation` Alpha and its forerunner: events of named actors, with times.

use std::time::Duration;

use crate::extraction::Decoded;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::clock;
use crate::extraction::common::speech;
use crate::extraction::common::speech::Escapes;
use crate::extraction::common::speech::Part;
use crate::extraction::common::speech::Utterance;
use crate::extraction::timed::sbv;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// Most fields of an event; ten are known.
const MOST_FIELDS: usize = 64;

/// Which field of an event is which, by their order in the `Format:` line. Text is always the last.
#[derive(Clone, Copy, Debug)]
struct Fields {
    count: usize,
    start: Option<usize>,
    end: Option<usize>,
    name: Option<usize>,
}

impl Default for Fields {
    fn default() -> Self {
        Self { count: 10, start: Some(1), end: Some(2), name: Some(4) }
    }
}

impl Fields {
    fn read(line: &str) -> Self {
        let names: Vec<String> =
            line.split(',').take(MOST_FIELDS).map(|name| name.trim().to_ascii_lowercase()).collect();
        let at = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
        Self { count: names.len(), start: at(&["start"]), end: at(&["end"]), name: at(&["name", "actor"]) }
    }
}

/// Whether a text begins as a script does.
pub(crate) fn is_script(head: &str) -> bool {
    let first = head.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with(';'));
    first.is_some_and(|line| line.eq_ignore_ascii_case("[script info]"))
}

/// Reads a script.
pub(crate) fn extract(decoded: &Decoded<'_>) -> Extraction {
    let text: &str = &decoded.text;
    let mut draft = ExtractionBuilder::new(decoded);
    let mut fields = Fields::default();
    let (mut section, mut said) = (String::new(), Vec::new());
    for span in sbv::lines(text) {
        let line = span.of(text);
        if line.starts_with('[') && line.ends_with(']') {
            section = line.to_ascii_lowercase();
            continue;
        }
        let Some((key, _)) = line.split_once(':') else { continue };
        let value = TextSpan::new(span.start() + key.len() + 1, span.end());
        match (section.as_str(), key.trim()) {
            ("[script info]", "Title") => value.trimmed(text).of(text).clone_into(&mut draft.metadata.title),
            ("[events]", "Format") => fields = Fields::read(value.of(text)),
            ("[events]", "Dialogue") => said.extend(event(text, value, fields)),
            ("[events]", "Comment") => {
                let why = "events that are comments were left out";
                draft.left_out(DiagnosticKind::Banner, why, value.trimmed(text));
            }
            _ => {}
        }
    }
    // An event that is drawn over others may come anywhere in the file.
    said.sort_by_key(|utterance| utterance.time.map(|time| time.start));
    speech::write(draft, text, &said, Format::Ass, Escapes::None)
}

/// Reads the fields of an event.
fn event(text: &str, value: TextSpan, fields: Fields) -> Option<Utterance> {
    let mut start = value.start();
    let mut before = Vec::with_capacity(fields.count);
    for _ in 1..fields.count {
        let rest = TextSpan::new(start, value.end()).of(text);
        let comma = rest.find(',')?;
        before.push(rest.get(..comma).unwrap_or_default().trim());
        start += comma + 1;
    }
    let field = |at: Option<usize>| before.get(at?).copied();
    let time = |at: Option<usize>| -> Option<Duration> { clock::clock_time(field(at)?) };
    let time =
        time(fields.start).map(|start| TimeSpan { start, end: time(fields.end).unwrap_or(start).max(start) });
    let speaker = field(fields.name).filter(|name| !name.is_empty() && name.len() <= 200).map(str::to_owned);
    let mut utterance = Utterance::new(BlockKind::Cue, speaker, time);
    utterance.parts = parts(text, TextSpan::new(start, value.end()));
    Some(utterance)
}

/// The text of an event without overrides in braces and without drawings.
fn parts(text: &str, span: TextSpan) -> Vec<Part> {
    let said = span.of(text);
    let (mut parts, mut from, mut drawing) = (Vec::new(), 0, false);
    let last_brace = said.rfind('}');
    loop {
        let rest = said.get(from..).unwrap_or_default();
        let at = rest.find(['{', '\\']).unwrap_or(rest.len());
        if at > 0 && !drawing {
            parts.push(Part::Text(TextSpan::new(span.start() + from, span.start() + from + at)));
        }
        let rest = rest.get(at..).unwrap_or_default();
        from += at;
        let length = match rest.as_bytes() {
            [] => return parts,
            [b'\\', b'N' | b'n', ..] => {
                parts.push(Part::Break);
                2
            }
            [b'\\', b'h', ..] => {
                parts.push(Part::Space);
                2
            }
            [b'{', ..] if last_brace.is_some_and(|last| last > from) => {
                let length = rest.find('}').map_or(rest.len(), |end| end + 1);
                drawing = draws(rest.get(..length).unwrap_or_default()).unwrap_or(drawing);
                length
            }
            _ => {
                if !drawing {
                    parts.push(Part::Text(TextSpan::new(span.start() + from, span.start() + from + 1)));
                }
                1
            }
        };
        from += length;
    }
}

/// Whether what follows an override is a drawing (`\p1`); `None` where it does not say.
fn draws(tags: &str) -> Option<bool> {
    let mut scales = tags.split('\\').filter_map(|tag| tag.strip_prefix('p'));
    let scale = scales.rfind(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(!scale.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn check(events: &str, expect: &[(Option<&str>, &str)]) {
        let document = format!("[Script Info]\r\nTitle: A talk\r\n\r\n[Events]\r\n{events}");
        let extraction = extract(&decoding::decode(document.as_bytes(), None).unwrap());
        assert_eq!(extraction.metadata.title, "A talk");
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| (block.speaker.as_deref(), block.span.of(&extraction.text)))
            .collect();
        assert_eq!(blocks, expect, "{events}");
    }

    #[test]
    fn overrides_breaks_and_drawings() {
        check(
            "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n\
             Dialogue: 0,0:00:01.00,0:00:02.00,Default,Ann Moe,0,0,0,,{\\i1}Why{\\i0}, then,\\Nis\\hit {so?\r\n\
             Comment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Look here\r\n\
             Dialogue: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,{\\p1}m 0 0 l 9 9{\\p0}So \\ so.\r\n",
            &[(Some("Ann Moe"), "Why, then,\nis it {so?"), (None, "So \\ so.")],
        );
    }

    #[test]
    fn events_out_of_order_and_without_a_format_line() {
        check(
            "Dialogue: Marked=0,0:00:05.00,0:00:06.00,Default,Bo,0,0,0,,Yes.\nDialogue: Marked=0,0:00:01.00,0:00:02.00,Default,Ann,0,0,0,,Is it?\n\
             Dialogue: 1,2\n",
            &[(Some("Ann"), "Is it?"), (Some("Bo"), "Yes.")],
        );
    }
}
