//! Timed cues, as WebVTT and SubRip share them: a timing line, and lines of text below it.

use std::collections::VecDeque;

use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::clock;
use crate::extraction::html;
use crate::extraction::html::entity;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::DiagnosticKind;
use crate::transcript::TimeSpan;

/// Longest tag in a cue, in bytes; a bracket that is not closed by then is text.
const LONGEST_TAG: usize = 1024;

/// One cue: when, and its lines.
#[derive(Debug)]
pub(crate) struct Cue {
    pub time: TimeSpan,
    pub lines: Vec<TextSpan>,
}

/// Splits a text into cues. A cue needs no blank line before it; numbers and names over the timing
/// line are left out. `more` says whether text after a cue's blank line still belongs to the cue.
pub(crate) fn split(text: &str, from: usize, more: impl Fn(&str) -> bool) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    let (mut offset, mut after_blank, mut skipping) = (from, true, false);
    let mut lines = text.get(from..).unwrap_or_default().split_inclusive(['\n', '\r']).peekable();
    while let Some(raw) = lines.next() {
        let span = TextSpan::new(offset, offset + raw.len()).trimmed(text);
        offset += raw.len();
        let line = span.of(text);
        if line.is_empty() {
            // The line feed of a CR LF is no blank line.
            let pair = raw == "\n" && text.get(..offset - 1).is_some_and(|before| before.ends_with('\r'));
            after_blank |= !pair;
            skipping &= pair;
            continue;
        }
        if let Some(time) = timing(line) {
            cues.push(Cue { time, lines: Vec::new() });
            (after_blank, skipping) = (false, false);
            continue;
        }
        if lines.peek() == Some(&"\n") && raw.ends_with('\r') {
            offset += 1;
            lines.next();
        }
        let names_next = lines.peek().is_some_and(|next| timing(next.trim()).is_some());
        let is_number = line.bytes().all(|byte| byte.is_ascii_digit());
        if names_next && (after_blank || is_number) {
            continue;
        }
        if after_blank {
            skipping = !more(line);
        }
        after_blank = false;
        if let Some(cue) = cues.last_mut().filter(|_| !skipping) {
            cue.lines.push(span);
        }
    }
    cues
}

/// Reads `00:01:02.500 --> 00:01:04,000`, with or without hours, and any settings after it.
pub(crate) fn timing(line: &str) -> Option<TimeSpan> {
    let (start, rest) = line.split_once("-->")?;
    let start = clock::clock_time(start.trim())?;
    let end = clock::clock_time(rest.split_whitespace().next()?)?;
    Some(TimeSpan { start, end: end.max(start) })
}

/// Writes cues as blocks.
pub(crate) fn write(draft: &mut ExtractionBuilder<'_>, text: &str, mut cues: Vec<Cue>) {
    unroll(draft, text, &mut cues);
    for cue in &cues {
        let dialogue = cue.lines.iter().filter(|line| is_dash(line.of(text))).count() > 1;
        let mut writer = CueWriter { draft, text, time: cue.time, speaker: None };
        for (index, line) in cue.lines.iter().enumerate() {
            if dialogue && is_dash(line.of(text)) {
                writer.draft.close();
            }
            if index > 0 && writer.draft.is_open() {
                writer.draft.synthetic("\n");
            }
            writer.line(*line);
        }
        draft.end_all();
        draft.close();
    }
}

/// A line of one of several speakers in a cue.
fn is_dash(line: &str) -> bool {
    line.starts_with(['-', '–', '—']) && !line.starts_with("--")
}

/// Live captions roll: each cue shows the line before once more. Where a file does so, the copies
/// go.
fn unroll(draft: &mut ExtractionBuilder<'_>, text: &str, cues: &mut Vec<Cue>) {
    let mut shown: VecDeque<String> = VecDeque::new();
    let mut copies = Vec::new();
    for (index, cue) in cues.iter().enumerate() {
        let lines: Vec<String> = cue.lines.iter().map(|line| plain(line.of(text))).collect();
        let repeated = lines.iter().take_while(|line| shown.contains(line)).count();
        if repeated > 0 {
            copies.push((index, repeated));
        }
        // Only what is on the screen can roll: at most two lines.
        shown.extend(lines.into_iter().skip(repeated));
        while shown.len() > 2 {
            shown.pop_front();
        }
    }
    if copies.len() * 10 < cues.len() * 3 || copies.len() < 3 {
        return;
    }
    for (index, repeated) in copies {
        let Some(cue) = cues.get_mut(index) else { continue };
        for line in cue.lines.drain(..repeated) {
            draft.left_out(DiagnosticKind::Banner, "lines that rolling captions repeat were left out", line);
        }
    }
    cues.retain(|cue| !cue.lines.is_empty());
}

/// A cue's line without tags.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, from)) = rest.split_once('<') {
        out.push_str(before);
        rest = from.split_once('>').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}

struct CueWriter<'d, 'a, 't> {
    draft: &'d mut ExtractionBuilder<'a>,
    text: &'t str,
    time: TimeSpan,
    speaker: Option<String>,
}

impl CueWriter<'_, '_, '_> {
    fn line(&mut self, line: TextSpan) {
        let text = line.of(self.text);
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| rest.find(['<', '&', '{'])) {
            let at = from + found;
            self.copy(line, from, at);
            let rest = text.get(at..).unwrap_or_default();
            let len = self.markup(rest, line.start() + at);
            if len == 0 {
                self.copy(line, at, at + 1);
            }
            from = at + len.max(1);
        }
        self.copy(line, from, text.len());
    }

    /// Follows the tag or reference at the start of `rest`; its length, or 0 where it is neither.
    fn markup(&mut self, rest: &str, at: usize) -> usize {
        if rest.starts_with('&') {
            let Some((meaning, len)) = entity::read(rest) else { return 0 };
            self.open();
            self.draft.replaced(TextSpan::new(at, at + len), &meaning);
            return len;
        }
        // `{\an8}` places a subtitle; other braces are text.
        let (end, is_brace) = if rest.starts_with('{') { ('}', true) } else { ('>', false) };
        let near = rest.get(..rest.floor_char_boundary(LONGEST_TAG)).unwrap_or_default();
        let Some(len) = near.find(end).map(|end| end + 1) else { return 0 };
        let inside = rest.get(1..len - 1).unwrap_or_default();
        if is_brace {
            return if inside.starts_with('\\') { len } else { 0 };
        }
        let is_tag = inside.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
        if !is_tag || inside.contains('<') || !is_known_tag(inside) {
            return 0;
        }
        if let Some(name) = voice(inside) {
            self.draft.close();
            self.speaker = Some(name).filter(|name| !name.is_empty());
        } else if inside == "/v" {
            self.draft.close();
            self.speaker = None;
        } else {
            html::inline_tag(self.draft, self.text, TextSpan::new(at, at + len));
        }
        len
    }

    fn open(&mut self) {
        if !self.draft.is_open() {
            self.draft.open(BlockKind::Cue);
            if let Some(block) = self.draft.opened() {
                block.speaker.clone_from(&self.speaker);
                block.time = Some(self.time);
            }
        }
    }

    fn copy(&mut self, line: TextSpan, from: usize, to: usize) {
        let span = TextSpan::new(line.start() + from, line.start() + to);
        if span.is_empty() || (!self.draft.is_open() && span.of(self.text).trim().is_empty()) {
            return;
        }
        self.open();
        self.draft.verbatim(span);
    }
}

/// Whether a tag is one that cues have; `<Speaker 1>` is a label in the text.
fn is_known_tag(inside: &str) -> bool {
    let name = inside.trim_start_matches('/');
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return name.contains(':');
    }
    let name =
        name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
    matches!(
        name.as_str(),
        "a" | "b"
            | "big"
            | "br"
            | "c"
            | "div"
            | "em"
            | "font"
            | "i"
            | "lang"
            | "p"
            | "rt"
            | "ruby"
            | "s"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "u"
            | "v"
    )
}

/// The name in `v Name` or `v.loud Name`.
fn voice(tag: &str) -> Option<String> {
    let rest = tag.strip_prefix('v')?;
    let name =
        if rest.starts_with('.') { rest.split_once([' ', '\t'])?.1 } else { rest.strip_prefix([' ', '\t'])? };
    Some(html::unescaped(name.trim()))
}
