//! Where in a JSON document the turns are.

use crate::extraction::common::utterances::Piece;
use crate::extraction::json::fields;
use crate::extraction::json::fields::Names;
use crate::extraction::json::fields::Parts;
use crate::extraction::json::scan;
use crate::extraction::json::scan::Node;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::Metadata;
use crate::transcript::TimeSpan;

/// Keys under which lists of turns stand, the best first: an output often holds the same words in several
/// cuts, of which the one by speakers serves best and single words least.
const LISTS: [&str; 41] = [
    "utterances",
    "monologues",
    "turns",
    "dialogue",
    "dialog",
    "conversation",
    "conversations",
    "messages",
    "exchanges",
    "qa",
    "qas",
    "pairs",
    "faq",
    "interview",
    "segments",
    "recognizedphrases",
    "events",
    "transcription",
    "captions",
    "subtitles",
    "cues",
    "results",
    "result",
    "channels",
    "response",
    "paragraphs",
    "entries",
    "lines",
    "sentences",
    "items",
    "transcript",
    "transcripts",
    "data",
    "alternatives",
    "chapters",
    "sections",
    "questions",
    "words",
    "content",
    "body",
    "text",
];
/// Of these, the ones that may be parts of a turn instead.
const PARTS: [&str; 8] =
    ["paragraphs", "sentences", "alternatives", "words", "content", "body", "text", "transcript"];
/// Names of a list of speakers beside a list of what each said.
const SPEAKERS: [&str; 5] = ["speaker", "speakers", "names", "roles", "from"];
const UTTERANCES: [&str; 9] =
    ["utt", "utts", "utterance", "utterances", "text", "texts", "turns", "lines", "sentences"];

/// A piece with its start and end in the document's unit, and whether the keys say that this is milliseconds.
type Timed = (Piece, Option<(f64, f64, bool)>);

/// What was found in the values so far.
#[derive(Debug)]
pub(crate) struct Harvest<'a> {
    pub text: &'a str,
    pub pieces: Vec<Piece>,
    pub metadata: Metadata,
    pub names: Names,
}

impl<'a> Harvest<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, pieces: Vec::new(), metadata: Metadata::default(), names: Names::new() }
    }

    /// Takes the turns out of the document's values.
    pub(crate) fn values(&mut self, values: &[Node]) {
        for node in values {
            self.describe(node);
            if let Some(node) = ["metadata", "meta", "info", "job"].iter().find_map(|key| node.get(key)) {
                self.describe(node);
            }
        }
        match values {
            // JSON Lines are a list without its brackets.
            [_, _, ..] => self.list(values, 0),
            [] => {}
            [node] => {
                if self.container(node, 0) == 0
                    && let Some(piece) = self.entry(node)
                {
                    self.pieces.push(piece.0);
                }
            }
        }
        self.merge_names();
    }

    /// Takes the turns out of a list or an object that holds one; how many pieces it found.
    fn container(&mut self, node: &Node, depth: usize) -> usize {
        let before = self.pieces.len();
        if depth > 12 {
            return 0;
        }
        match node {
            Node::List(items) => self.list(items, depth),
            Node::Object(entries) => {
                if self.pair(node) || self.parallel(node) || self.recognised_words(node) {
                    return self.pieces.len() - before;
                }
                // What has a structure tells more than the same words in one string.
                let known = || LISTS.iter().filter_map(|key| node.get(key));
                let (strings, structured): (Vec<&Node>, Vec<&Node>) =
                    known().partition(|value| value.text().is_some());
                for value in structured {
                    if self.container(value, depth + 1) > 0 {
                        return self.pieces.len() - before;
                    }
                }
                for (key, value) in entries {
                    let known = LISTS.contains(&key.as_str())
                        || matches!(key.as_str(), "metadata" | "meta" | "speakers" | "summary");
                    if !known
                        && matches!(value, Node::List(_) | Node::Object(_))
                        && self.container(value, depth + 1) > 0
                    {
                        break;
                    }
                }
                if self.pieces.len() > before {
                    return self.pieces.len() - before;
                }
                let spoken = self.entry(node).filter(|_| depth > 0);
                if let Some((piece, _)) = spoken {
                    self.pieces.push(piece);
                } else {
                    strings.into_iter().find(|value| self.container(value, depth + 1) > 0);
                }
            }
            // A whole transcript in one string, labels and all.
            Node::Text(span) if depth > 0 && span.len() > 200 => self.pieces.push(plain(*span)),
            Node::Text(_) | Node::Nothing | Node::Number(_) => {}
        }
        self.pieces.len() - before
    }

    fn list(&mut self, items: &[Node], depth: usize) {
        let strings: Vec<TextSpan> = items.iter().filter_map(Node::text).collect();
        if !strings.is_empty() && strings.len() == items.len() {
            // Lists of tags and names are no transcript.
            if strings.iter().map(|span| span.len()).sum::<usize>() > 40 * strings.len() / 2 {
                self.pieces.extend(strings.into_iter().map(plain));
            }
            return;
        }
        let mut turns: Vec<Timed> = Vec::new();
        // Keys of single words, by which even a short list of them is known.
        let words = items.iter().all(|item| item.first(&["word", "punctuatedword"]).is_some());
        for item in items {
            let is_container = LISTS.iter().any(|key| match item.get(key) {
                Some(inside @ (Node::List(_) | Node::Object(_))) => {
                    !PARTS.contains(key) || self.divides(item, inside)
                }
                _ => false,
            });
            let is_array_turn = matches!(item.list(), [Node::Text(_), Node::Text(_)]);
            if is_container
                || fields::pair(item).is_some()
                || (matches!(item, Node::List(_)) && !is_array_turn)
            {
                self.flush(&mut turns, words);
                self.container(item, depth + 1);
            } else if let Some(turn) = self.entry(item) {
                turns.push(turn);
            } else if matches!(item, Node::Object(_)) {
                self.flush(&mut turns, words);
                self.container(item, depth + 1);
            }
        }
        self.flush(&mut turns, words);
    }

    /// Whether the parts of what looks like one turn are said by others than the one it names.
    fn divides(&self, turn: &Node, parts: &Node) -> bool {
        let whole = turn.entries().iter().any(|(key, value)| key == "text" && value.text().is_some());
        match fields::speaker(self.text, turn, &self.names).filter(|_| whole) {
            Some(speaker) => parts.list().iter().any(|part| {
                fields::speaker(self.text, part, &self.names).is_some_and(|other| other != speaker)
            }),
            None => tells_speakers(parts),
        }
    }

    /// Reads an object, or an array of a name and a text, as one turn.
    fn entry(&self, node: &Node) -> Option<Timed> {
        if let [Node::Text(name), Node::Text(text)] = node.list() {
            let speaker = Some(scan::say(self.text, *name));
            return Some((
                Piece { kind: BlockKind::Turn, speaker, time: None, parts: vec![(*text, true)] },
                None,
            ));
        }
        if !matches!(node, Node::Object(_)) {
            return None;
        }
        let mut parts = Parts::new();
        fields::said(self.text, node, &mut parts, 0);
        if parts.is_empty() {
            return None;
        }
        let speaker = fields::speaker(self.text, node, &self.names);
        let kind = if speaker.is_some() { BlockKind::Turn } else { BlockKind::Paragraph };
        let punctuation =
            node.get("type").and_then(Node::text).is_some_and(|kind| kind.of(self.text).starts_with("punct"));
        if punctuation && let Some((_, space)) = parts.first_mut() {
            *space = false;
        }
        Some((Piece { kind, speaker, time: None, parts }, fields::time(self.text, node)))
    }

    /// Adds a list of turns, or of single words: times in one unit, words joined to what was said.
    fn flush(&mut self, turns: &mut Vec<Timed>, words: bool) {
        let letters = |piece: &Piece| piece.parts.iter().map(|(span, _)| span.len()).sum::<usize>();
        let whole: usize = turns.iter().map(|(piece, _)| letters(piece)).sum();
        let timed: Vec<(f64, f64, bool)> = turns.iter().filter_map(|(_, time)| *time).collect();
        let first = timed.first().map_or(0.0, |time| time.0);
        let last = timed.iter().fold(0.0, |last: f64, time| last.max(time.1).max(time.0));
        // People speak some fifteen letters a second, so less than one a unit means that the unit is shorter.
        let is_milliseconds = timed.iter().any(|time| time.2) || (whole as f64) < (last - first) * 0.5;
        let is_words = whole < turns.len() * 12 && (words || turns.len() > 8);
        let is_cues = timed.len() * 2 > turns.len() && whole < turns.len() * 200;
        for (mut piece, time) in turns.drain(..) {
            piece.time = time.map(|(start, end, _)| {
                let start = fields::duration(start, is_milliseconds);
                TimeSpan { start, end: fields::duration(end, is_milliseconds).max(start) }
            });
            if is_cues && !is_words && piece.kind != BlockKind::Question && piece.kind != BlockKind::Answer {
                piece.kind = BlockKind::Cue;
            }
            match self.pieces.last_mut() {
                Some(open) if is_words && continues(self.text, open, &piece) => {
                    open.parts.append(&mut piece.parts);
                    open.time = open.time.zip(piece.time).map(|(a, b)| a.hull(b)).or(open.time);
                }
                _ => self.pieces.push(piece),
            }
        }
    }

    /// A ready pair.
    fn pair(&mut self, node: &Node) -> bool {
        let Some((question, answer)) = fields::pair(node) else { return false };
        let (asker, answerer) = fields::pair_speakers(self.text, node, &self.names);
        let side = |kind, node: &Node, speaker: Option<String>| {
            let mut parts = Parts::new();
            // Of several answers the first is the best, as data sets order them.
            fields::said(self.text, node.list().first().unwrap_or(node), &mut parts, 0);
            let speaker = fields::speaker(self.text, node, &self.names).or(speaker);
            (!parts.is_empty()).then_some(Piece { kind, speaker, time: None, parts })
        };
        let Some(answer) = side(BlockKind::Answer, answer, answerer) else { return false };
        let question = question.and_then(|question| side(BlockKind::Question, question, asker));
        self.pieces.extend(question);
        self.pieces.push(answer);
        true
    }

    /// A list of speakers beside a list of what each said.
    fn parallel(&mut self, node: &Node) -> bool {
        let lists = |keys: &[&str]| {
            keys.iter().find_map(|key| Some(node.get(key)?.list()).filter(|list| !list.is_empty()))
        };
        let (Some(speakers), Some(texts)) = (lists(&SPEAKERS), lists(&UTTERANCES)) else { return false };
        if speakers.len() != texts.len() || !texts.iter().all(|text| text.text().is_some()) {
            return false;
        }
        for (speaker, text) in speakers.iter().zip(texts) {
            let parts: Parts = text.text().map(|span| (span, true)).into_iter().collect();
            let speaker = fields::name(self.text, speaker, &self.names);
            self.pieces.push(Piece { kind: BlockKind::Turn, speaker, time: None, parts });
        }
        true
    }

    /// Words with their speakers, where a recogniser gives those apart or only in its last result.
    fn recognised_words(&mut self, node: &Node) -> bool {
        if let (Some(items), Some(labels)) = (node.get("items"), node.get("speakerlabels")) {
            let spans = labels.get("segments").map(Node::list).unwrap_or_default();
            let mut turns: Vec<_> = items.list().iter().filter_map(|item| self.entry(item)).collect();
            let mut who = spans
                .iter()
                .filter_map(|segment| {
                    let (start, ..) = fields::time(self.text, segment)?;
                    Some((start, fields::speaker(self.text, segment, &self.names)))
                })
                .peekable();
            let mut current = None;
            for (piece, time) in &mut turns {
                while let Some((start, ..)) = *time
                    && let Some((_, speaker)) = who.next_if(|(from, _)| *from <= start)
                {
                    current = speaker;
                }
                piece.speaker = piece.speaker.take().or_else(|| current.clone());
                piece.kind = BlockKind::Turn;
            }
            let found = !turns.is_empty();
            self.flush(&mut turns, true);
            return found;
        }
        // With speakers told apart, the last result has every word once more, now with its speaker.
        let last = node.get("results").and_then(|results| results.list().last());
        let words = last.and_then(|last| last.get("alternatives")?.list().first()?.get("words"));
        let Some(words) =
            words.filter(|words| words.list().iter().any(|word| word.get("speakertag").is_some()))
        else {
            return false;
        };
        self.list(words.list(), 0);
        true
    }
}

/// Whether the parts of what looks like one turn say who speaks each of them.
fn tells_speakers(parts: &Node) -> bool {
    let first = parts.list().first().unwrap_or(parts);
    let inside = || first.entries().iter().map(|(_, value)| value);
    ["speaker", "speakertag", "speakerlabel"].iter().any(|key| first.get(key).is_some())
        || inside().any(|value| matches!(value, Node::List(_) | Node::Object(_)) && tells_speakers(value))
}

/// A string that stands alone.
fn plain(span: TextSpan) -> Piece {
    Piece { kind: BlockKind::Paragraph, speaker: None, time: None, parts: vec![(span, true)] }
}

/// Whether a word goes on with the piece before. Without speakers, a sentence's end or a pause ends a piece.
fn continues(text: &str, open: &Piece, word: &Piece) -> bool {
    if open.kind != word.kind || matches!(open.kind, BlockKind::Question | BlockKind::Answer) {
        return false;
    }
    let clings = word.parts.first().is_some_and(|(_, space)| !space);
    if open.speaker.is_some() || word.speaker.is_some() {
        return open.speaker == word.speaker || clings;
    }
    let ended = open
        .parts
        .last()
        .is_some_and(|(span, _)| span.of(text).trim_end().ends_with(['.', '?', '!', '。', '？']));
    clings || !ended
}
