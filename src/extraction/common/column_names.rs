//! Kinds of values that names of columns and keys suggest. Names are weak evidence: values decide
//! where they can, and an unknown name excludes nothing.
//!
//! Names are compared in lower case, letters and digits alone: see [`normalised`].

/// Names of what was said.
const TEXT: [&str; 34] = [
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
    "words",
    "quote",
    "paragraph",
    "utf8",
    "spokentext",
    "transcription",
    "dialogue",
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
    "tekst",
];
/// Names of who speaks, the most certain first.
const SPEAKER: [&str; 37] = [
    "speaker",
    "speakername",
    "speakerdisplayname",
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
    "spreker",
    "orador",
    "locuteur",
    "intervenant",
    "спикер",
    "发言人",
    "说话人",
    "話者",
    "화자",
    "المتحدث",
    "parlante",
];
/// Of these, names of what speakers are.
const ROLES: [&str; 2] = ["role", "party"];
/// Parts of a name that speak of a speaker.
const SPEAKER_STEMS: [&str; 9] =
    ["speaker", "spkr", "spoke", "voice", "participant", "talker", "person", "who", "interlocut"];
/// Names of columns of few values that are no speakers.
const NO_SPEAKER: [&str; 27] = [
    "id",
    "key",
    "uuid",
    "guid",
    "index",
    "type",
    "kind",
    "lang",
    "language",
    "locale",
    "languagecode",
    "status",
    "format",
    "sentiment",
    "emotion",
    "confidence",
    "conf",
    "score",
    "style",
    "topic",
    "category",
    "tag",
    "tags",
    "code",
    "section",
    "channel",
    "depth",
];
/// Names of text about what was said.
const ABOUT: [&str; 12] = [
    "summary",
    "description",
    "abstract",
    "title",
    "headline",
    "notes",
    "note",
    "translation",
    "comment",
    "filename",
    "heading",
    "keywords",
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
const START: [&str; 17] = [
    "start",
    "starttime",
    "startsec",
    "startseconds",
    "ts",
    "begin",
    "begintime",
    "offset",
    "startoffset",
    "timestamp",
    "time",
    "timespan",
    "timecode",
    "from",
    "in",
    "startms",
    "tstartms",
];
const END: [&str; 10] =
    ["end", "endtime", "endsec", "endseconds", "endts", "endoffset", "stop", "stoptime", "to", "out"];
const LENGTH: [&str; 4] = ["duration", "dur", "length", "d"];
/// Endings of names that tell the unit of times, in seconds.
const UNITS: [(&str, f64); 9] = [
    ("milliseconds", 1e-3),
    ("millis", 1e-3),
    ("ms", 1e-3),
    ("microseconds", 1e-6),
    ("micros", 1e-6),
    ("inticks", 1e-7),
    ("ticks", 1e-7),
    ("nanoseconds", 1e-9),
    ("nanos", 1e-9),
];

/// The kind of values in a column of a known name.
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
    Length,
}

/// A name in lower case, letters and digits alone.
pub(crate) fn normalised(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The kind of values that a column of this name usually has.
pub(crate) fn role(name: &str) -> Option<Role> {
    let key = normalised(name);
    let roles: [(&[&str], Role); 9] = [
        (&QUESTION, Role::Question),
        (&ANSWER, Role::Answer),
        (&ASKER, Role::Asker),
        (&SPEAKER, Role::Speaker),
        (&ANSWERER, Role::Answerer),
        (&TEXT, Role::Text),
        (&START, Role::Start),
        (&END, Role::End),
        (&LENGTH, Role::Length),
    ];
    roles.iter().find(|(keys, _)| keys.contains(&key.as_str())).map(|(_, role)| *role)
}

/// Whether the last of these names, those of a column and of what it is nested in, is one of this
/// role.
pub(crate) fn is(names: &[String], role: Role) -> bool {
    let keys: &[&str] = match role {
        Role::Question => &QUESTION,
        Role::Answer => &ANSWER,
        Role::Asker => &ASKER,
        Role::Answerer => &ANSWERER,
        Role::Speaker => &SPEAKER,
        Role::Text => &TEXT,
        Role::Start => &START,
        Role::End => &END,
        Role::Length => &LENGTH,
    };
    names.last().is_some_and(|name| {
        let bare = UNITS.iter().find_map(|(ending, _)| name.strip_suffix(ending)).unwrap_or(name);
        // `dDurationMs`, `offsetInTicks`, `durationMilliseconds`.
        keys.contains(&name.as_str())
            || matches!(role, Role::Start | Role::End | Role::Length)
                && (keys.contains(&bare) || bare.get(1..).is_some_and(|rest| keys.contains(&rest)))
    })
}

/// How much a name suggests that a column holds speakers: from −6 (something else) to 6.
pub(crate) fn speaker_evidence(names: &[String]) -> f64 {
    let Some((last, outer)) = names.split_last() else { return 0.0 };
    if last == "#0" {
        // The first field of a row without names.
        return 4.0;
    }
    let within = outer.iter().any(|name| {
        SPEAKER.iter().take(6).chain(["user", "author", "participant"].iter()).any(|known| name == known)
    });
    if within {
        return match last.as_str() {
            "name" | "displayname" | "fullname" | "label" => 6.2,
            "id" | "role" | "tag" => 5.0,
            _ => 0.0,
        };
    }
    if let Some(rank) = SPEAKER.iter().position(|known| known == last) {
        #[expect(clippy::cast_precision_loss, reason = "a short list")]
        return 6.0 - rank as f64 * 0.08;
    }
    if NO_SPEAKER.contains(&last.as_str()) {
        return -6.0;
    }
    if SPEAKER_STEMS.iter().any(|stem| last.contains(stem)) { 3.0 } else { 0.0 }
}

/// Whether a column of this name tells what speakers are rather than who they are.
pub(crate) fn is_role(names: &[String]) -> bool {
    names.last().is_some_and(|name| ROLES.contains(&name.as_str()))
}

/// Whether a column of this name has speakers for certain, so that a bare `1` in it is "Speaker 1".
pub(crate) fn is_speaker(names: &[String]) -> bool {
    names.last().is_some_and(|name| SPEAKER.contains(&name.as_str())) || speaker_evidence(names) >= 5.0
}

/// How much a name suggests that a column holds what was said, as a factor.
pub(crate) fn text_factor(names: &[String]) -> f64 {
    let Some(last) = names.last() else { return 1.0 };
    if TEXT.contains(&last.as_str()) {
        3.0
    } else if ABOUT.contains(&last.as_str()) {
        0.2
    } else if speaker_evidence(names) >= 5.0 {
        0.3
    } else {
        1.0
    }
}

/// The unit in seconds of the times of a column, where its name tells.
pub(crate) fn unit(names: &[String]) -> Option<f64> {
    let last = names.last()?;
    UNITS.iter().find(|(ending, _)| last.ends_with(ending)).map(|(_, unit)| *unit)
}
