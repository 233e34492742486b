//! The fields of one turn, by the names that people and speech recognisers give them.
//!
//! Keys are compared in lower case, without `_`, `-` and spaces: see [`Node::Object`].

use std::collections::BTreeMap;
use std::time::Duration;

use crate::extraction::json::scan;
use crate::extraction::json::scan::Node;
use crate::extraction::timed::cues;
use crate::span::TextSpan;

/// Keys of what was said.
const TEXT: [&str; 29] = [
    "text",
    "punctuatedword",
    "content",
    "utterance",
    "utt",
    "body",
    "value",
    "transcript",
    "message",
    "sentence",
    "speech",
    "line",
    "display",
    "said",
    "word",
    "quote",
    "paragraph",
    "utf8",
    "texto",
    "texte",
    "testo",
    "текст",
    "文本",
    "内容",
    "本文",
    "発言",
    "발언",
    "내용",
    "النص",
];
/// Keys of lists that what was said is made of.
const PARTS: [&str; 9] =
    ["sentences", "elements", "content", "text", "paragraphs", "words", "segs", "alternatives", "nbest"];
const SPEAKER: [&str; 34] = [
    "speaker",
    "speakername",
    "speakerlabel",
    "speakertag",
    "speakerid",
    "name",
    "from",
    "author",
    "who",
    "participant",
    "person",
    "user",
    "username",
    "sender",
    "character",
    "voice",
    "label",
    "displayname",
    "channeltag",
    "role",
    "party",
    "spk",
    "by",
    "sprecher",
    "sprecherin",
    "orador",
    "locuteur",
    "intervenant",
    "спикер",
    "发言人",
    "说话人",
    "話者",
    "화자",
    "المتحدث",
];
const QUESTION: [&str; 22] = [
    "question",
    "q",
    "prompt",
    "query",
    "instruction",
    "questiontext",
    "input",
    "pregunta",
    "pergunta",
    "frage",
    "domanda",
    "vraag",
    "fråga",
    "pytanie",
    "soru",
    "вопрос",
    "запитання",
    "问题",
    "問題",
    "質問",
    "질문",
    "السؤال",
];
const ANSWER: [&str; 24] = [
    "answer",
    "a",
    "response",
    "completion",
    "output",
    "reply",
    "answertext",
    "answers",
    "bestanswer",
    "respuesta",
    "resposta",
    "antwort",
    "réponse",
    "risposta",
    "antwoord",
    "svar",
    "odpowiedź",
    "cevap",
    "ответ",
    "відповідь",
    "回答",
    "答案",
    "답변",
    "الجواب",
];
const ASKER: [&str; 9] = [
    "asker",
    "interviewer",
    "questionspeaker",
    "questioner",
    "askedby",
    "host",
    "entrevistador",
    "entrevistadora",
    "интервьюер",
];
const ANSWERER: [&str; 11] = [
    "answerer",
    "interviewee",
    "answerspeaker",
    "respondent",
    "answeredby",
    "guest",
    "speaker",
    "author",
    "entrevistado",
    "entrevistada",
    "респондент",
];
const START: [&str; 9] =
    ["start", "starttime", "startsec", "ts", "begin", "begintime", "offset", "timestamp", "time"];
const START_MS: [&str; 5] = ["startms", "startmillis", "tstartms", "begin", "offsetmilliseconds"];
const END: [&str; 6] = ["end", "endtime", "endsec", "endts", "stop", "stoptime"];
const END_MS: [&str; 2] = ["endms", "endmillis"];
const LENGTH: [&str; 3] = ["duration", "dur", "length"];
const LENGTH_MS: [&str; 1] = ["ddurationms"];

/// Names of speakers by the ids that turns give them.
pub(crate) type Names = BTreeMap<String, String>;

/// The strings of what was said, each with whether a space belongs before it.
pub(crate) type Parts = Vec<(TextSpan, bool)>;

/// What the value under a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Question,
    Answer,
    Asker,
    Answerer,
    Speaker,
    Text,
    Start,
    End,
}

/// What a column of this name holds.
pub(crate) fn role(name: &str) -> Option<Role> {
    let key: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let roles: [(&[&str], Role); 8] = [
        (&QUESTION, Role::Question),
        (&ANSWER, Role::Answer),
        (&ASKER, Role::Asker),
        (&SPEAKER, Role::Speaker),
        (&ANSWERER, Role::Answerer),
        (&TEXT, Role::Text),
        (&START, Role::Start),
        (&END, Role::End),
    ];
    roles.iter().find(|(keys, _)| keys.contains(&key.as_str())).map(|(_, role)| *role)
}

/// What an object says was said.
pub(crate) fn said(text: &str, node: &Node, parts: &mut Parts, depth: usize) {
    if depth > 6 {
        return;
    }
    if let Some(span) = node.text() {
        if !span.is_empty() {
            parts.push((span, true));
        }
        return;
    }
    for item in node.list() {
        // An element of a recogniser says by its type that it holds no word, or that it clings to the last.
        let kind = item.get("type").and_then(Node::text).map(|span| span.of(text)).unwrap_or_default();
        let before = parts.len();
        said(text, item, parts, depth + 1);
        if kind.starts_with("punct")
            && let Some((_, space)) = parts.get_mut(before)
        {
            *space = false;
        }
    }
    if matches!(node, Node::List(_)) {
        return;
    }
    if let Some(span) = TEXT.iter().find_map(|key| {
        node.get(key)?.text().filter(|span| !span.trimmed(text).is_empty() || span.of(text) == " ")
    }) {
        parts.push((span, true));
        return;
    }
    for key in PARTS {
        let Some(list) = node.get(key) else { continue };
        let before = parts.len();
        // The best reading comes first; the others are of the same words.
        let readings = matches!(key, "alternatives" | "nbest");
        let best = if readings { list.list().first() } else { Some(list) };
        if let Some(best) = best {
            said(text, best, parts, depth + 1);
        }
        if parts.len() > before {
            return;
        }
    }
}

/// Who an object says speaks.
pub(crate) fn speaker(text: &str, node: &Node, names: &Names) -> Option<String> {
    by_keys(text, node, &SPEAKER, names).or_else(|| {
        let best = node.get("alternatives")?.list().first()?;
        by_keys(text, best, &["speaker"], names)
    })
}

/// The people of a pair: who asks, who answers.
pub(crate) fn pair_speakers(text: &str, node: &Node, names: &Names) -> (Option<String>, Option<String>) {
    (by_keys(text, node, &ASKER, names), by_keys(text, node, &ANSWERER, names))
}

/// The question and the answer of a ready pair.
pub(crate) fn pair(node: &Node) -> Option<(Option<&Node>, &Node)> {
    let answer = node.first(&ANSWER)?;
    let question = QUESTION.iter().find_map(|key| node.get(key))?;
    Some((Some(question).filter(|question| **question != Node::Nothing), answer))
}

fn by_keys(text: &str, node: &Node, keys: &[&str], names: &Names) -> Option<String> {
    keys.iter().find_map(|key| name(text, node.get(key)?, names)).filter(|name| name.len() <= 200)
}

/// A name, however it is written: a string, a number, an object with a name.
pub(crate) fn name(text: &str, node: &Node, names: &Names) -> Option<String> {
    let id = match node {
        Node::Text(span) => scan::say(text, *span).trim().to_owned(),
        Node::Number(number) => number.to_string(),
        Node::Object(_) => return by_keys(text, node, &["name", "displayname", "label", "id"], names),
        Node::Nothing | Node::List(_) => return None,
    };
    if let Some(name) = names.get(&id) {
        return Some(name.clone());
    }
    let is_number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Some(format!("Speaker {id}")) } else { Some(id).filter(|id| !id.is_empty()) }
}

/// When, as numbers in the unit of the document, with whether the keys say that it is milliseconds.
pub(crate) fn time(text: &str, node: &Node) -> Option<(f64, f64, bool)> {
    let number = |keys: &[&str]| keys.iter().find_map(|key| seconds(text, node.get(key)?));
    if let Some(start) = number(&START_MS[..3]).or_else(|| number(&START_MS[4..])) {
        let end = number(&END_MS).or_else(|| number(&LENGTH_MS).map(|length| start + length));
        return Some((start, end.unwrap_or(start), true));
    }
    let start = number(&START).or_else(|| seconds(text, node.get("timestamp")?.list().first()?))?;
    let end = number(&END)
        .or_else(|| seconds(text, node.get("timestamp")?.list().get(1)?))
        .or_else(|| number(&LENGTH).map(|length| start + length))
        .unwrap_or(start);
    Some((start, end, false))
}

/// A number, `"1.3"`, `"1.3s"`, `"00:01:02.5"` or `"PT1.3S"`.
fn seconds(text: &str, node: &Node) -> Option<f64> {
    let found = match node {
        Node::Number(number) => Some(*number),
        Node::Text(span) => clock(span.of(text)),
        Node::Nothing | Node::List(_) | Node::Object(_) => None,
    };
    found.filter(|number| number.is_finite() && *number >= 0.0)
}

/// A time of day or of a recording in seconds, however it is written.
pub(crate) fn clock(said: &str) -> Option<f64> {
    let number = said.strip_suffix('s').unwrap_or(said).parse::<f64>().ok();
    number
        .or_else(|| cues::instant(said).map(|time| time.as_secs_f64()))
        .or_else(|| said.parse::<jiff::SignedDuration>().ok().map(|time| time.as_secs_f64()))
        .filter(|number| number.is_finite() && *number >= 0.0)
}

/// A time of the document's unit.
pub(crate) fn duration(number: f64, is_milliseconds: bool) -> Duration {
    let seconds = if is_milliseconds { number / 1000.0 } else { number };
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
