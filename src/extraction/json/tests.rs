//! JSON of the shapes that people and speech recognisers write.

use crate::extraction::Limits;
use crate::extraction::charset::decoding;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

fn read(document: &str) -> Extraction {
    super::extract(&decoding::decode(document.as_bytes(), None).unwrap(), &Limits::default()).unwrap()
}

/// Reads, compares, and proves that each block's bytes hold its words.
fn check(document: &str, expect: &[(BlockKind, Option<&str>, &str)]) -> Extraction {
    let extraction = read(document);
    let blocks: Vec<_> = extraction
        .blocks
        .iter()
        .map(|block| (block.kind, block.speaker.as_deref(), block.span.of(&extraction.text)))
        .collect();
    assert_eq!(blocks, expect, "{document}");
    if extraction.rendition.is_none() {
        for block in &extraction.blocks {
            let bytes: Vec<u8> = extraction
                .map
                .to_bytes(block.span)
                .iter()
                .flat_map(|span| span.of(document.as_bytes()).unwrap().to_vec())
                .collect();
            let said: String =
                serde_json::from_str(&format!("\"{}\"", String::from_utf8(bytes).unwrap())).unwrap();
            let tight = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(tight(&said), tight(block.span.of(&extraction.text)));
        }
    }
    extraction
}

use BlockKind::Answer as A;
use BlockKind::Cue as C;
use BlockKind::Paragraph as P;
use BlockKind::Question as Q;
use BlockKind::Turn as T;

#[test]
fn lists_of_turns() {
    let expect = [(T, Some("Ann"), "Why \"now\"?"), (T, Some("Bob"), "It’s 😀 time.")];
    check(
        r#"[{"speaker":"Ann","text":"Why \"now\"?"},{"speaker":"Bob","text":"It\u2019s \ud83d\ude00 time."}]"#,
        &expect,
    );
    let titled = check(
        r#"{"title":"A talk","date":"April 3, 2017","url":"https://example.org/1","program":"Radio","summary":"They talk about it.",
        "speaker":["Ann","Bob"],"utt":["Why \"now\"?","It’s 😀 time."]}"#,
        &expect,
    );
    assert_eq!(titled.metadata.published, "2017-04-03");
    assert_eq!((titled.metadata.title.as_str(), titled.metadata.publisher.as_str()), ("A talk", "Radio"));
    check(
        "{\"name\":\"Ann\",\"content\":\"Why \\\"now\\\"?\"}\n{\"name\":\"Bob\",\"content\":\"It’s 😀 time.\"}\n",
        &expect,
    );
    check(r#"{"dialogue":[["Ann","Why \"now\"?"],["Bob","It’s 😀 time."]]}"#, &expect);
    check(
        r#"{"speakers":[{"id":1,"name":"Ann"},{"id":2,"name":"Bob"}],"turns":[{"speaker":1,"text":"Why \"now\"?"},{"speaker":2,"text":"It’s 😀 time."}]}"#,
        &expect,
    );
}

#[test]
fn speech_recognisers() {
    let whisper = check(
        r#"{"text":"Why now? It is time.","segments":[{"id":0,"start":0.0,"end":1.5,"text":" Why now?"},{"id":1,"start":1.5,"end":3.0,"text":" It is time."}],"language":"en"}"#,
        &[(C, None, "Why now?"), (C, None, "It is time.")],
    );
    assert_eq!(whisper.blocks[1].time.unwrap().start.as_millis(), 1500);
    assert_eq!(whisper.metadata.language, "en");
    let assembly = check(
        r#"{"text":"Why now? It is time.","words":[{"text":"Why","start":250,"end":400,"speaker":"A"}],"utterances":[{"speaker":"A","start":250,"end":1400,"text":"Why now?"},{"speaker":"B","start":1500,"end":4000,"text":"It is time."}]}"#,
        &[(C, Some("Speaker A"), "Why now?"), (C, Some("Speaker B"), "It is time.")],
    );
    assert_eq!(assembly.blocks[1].time.unwrap().end.as_secs(), 4);
    check(
        r#"{"monologues":[{"speaker":0,"elements":[{"type":"text","value":"Why","ts":0.2},{"type":"punct","value":" "},{"type":"text","value":"now"},{"type":"punct","value":"?"}]},{"speaker":1,"elements":[{"type":"text","value":"So"},{"type":"punct","value":"."}]}]}"#,
        &[(T, Some("Speaker 0"), "Why now?"), (T, Some("Speaker 1"), "So.")],
    );
    check(
        r#"{"results":{"transcripts":[{"transcript":"Why now? So."}],"speaker_labels":{"segments":[{"start_time":"0.0","speaker_label":"spk_0","end_time":"1.0"},{"start_time":"1.0","speaker_label":"spk_1","end_time":"2.0"}]},"items":[{"start_time":"0.0","end_time":"0.5","alternatives":[{"content":"Why"}],"type":"pronunciation"},{"start_time":"0.5","end_time":"0.9","alternatives":[{"content":"now"}],"type":"pronunciation"},{"alternatives":[{"content":"?"}],"type":"punctuation"},{"start_time":"1.0","end_time":"1.2","alternatives":[{"content":"So"}],"type":"pronunciation"},{"alternatives":[{"content":"."}],"type":"punctuation"},{"start_time":"1.3","end_time":"1.4","alternatives":[{"content":"It"}],"type":"pronunciation"},{"start_time":"1.4","end_time":"1.5","alternatives":[{"content":"is"}],"type":"pronunciation"},{"start_time":"1.5","end_time":"1.6","alternatives":[{"content":"time"}],"type":"pronunciation"},{"alternatives":[{"content":"."}],"type":"punctuation"}]}}"#,
        &[(T, Some("spk_0"), "Why now?"), (T, Some("spk_1"), "So. It is time.")],
    );
    check(
        r#"{"results":[{"alternatives":[{"transcript":"why now it is time to go on with it","words":[{"word":"why"}]}]},{"alternatives":[{"words":[{"startTime":"0s","word":"why","speakerTag":1},{"word":"now","speakerTag":1},{"word":"it","speakerTag":2},{"word":"is","speakerTag":2},{"word":"time","speakerTag":2},{"word":"to","speakerTag":2},{"word":"go","speakerTag":2},{"word":"on","speakerTag":2},{"word":"so","speakerTag":2}]}]}]}"#,
        &[(T, Some("Speaker 1"), "why now"), (T, Some("Speaker 2"), "it is time to go on so")],
    );
    check(
        r#"{"metadata":{"duration":3},"results":{"channels":[{"alternatives":[{"transcript":"Why now? So.","paragraphs":{"transcript":"\nSpeaker 0: Why now?","paragraphs":[{"sentences":[{"text":"Why now?","start":0.1,"end":0.9},{"text":"Tell me.","start":0.9,"end":1.2}],"speaker":0,"start":0.1,"end":1.2},{"sentences":[{"text":"So.","start":1.3,"end":1.5}],"speaker":1,"start":1.3,"end":1.5}]}}]}]}}"#,
        &[(C, Some("Speaker 0"), "Why now? Tell me."), (C, Some("Speaker 1"), "So.")],
    );
}

#[test]
fn chats_and_words() {
    let long = "and so on and so forth ".repeat(12);
    let long = long.trim();
    check(
        &format!(
            "{{\"role\":\"host\",\"content\":\"Why now?\"}}\n{{\"role\":\"guest\",\"content\":\"So, {long}\"}}"
        ),
        &[(T, Some("host"), "Why now?"), (T, Some("guest"), &format!("So, {long}"))],
    );
    let word =
        |word: &str, speaker: u8| format!(r#"{{"word":"{word}","start":1.0,"end":1.1,"speaker":{speaker}}}"#);
    let words: Vec<String> = ["why", "now", "please"]
        .map(|w| word(w, 0))
        .into_iter()
        .chain(long.split(' ').map(|w| word(w, 1)))
        .collect();
    check(
        &format!(
            r#"{{"results":{{"channels":[{{"alternatives":[{{"transcript":"why now please {long}","words":[{}]}}]}}]}}}}"#,
            words.join(",")
        ),
        &[(T, Some("Speaker 0"), "why now please"), (T, Some("Speaker 1"), long)],
    );
}

#[test]
fn ready_pairs() {
    let expect = [(Q, None, "Why?"), (A, Some("Bob"), "So."), (Q, None, "When?"), (A, None, "Now.")];
    check(r#"[{"question":"Why?","answer":"So.","answerer":"Bob"},{"q":"When?","a":"Now."}]"#, &expect);
    check(
        "{\"prompt\":\"Why?\",\"completion\":\"So.\",\"speaker\":\"Bob\"}\nnot json\n{\"question\":\"When?\",\"answers\":[\"Now.\"]}",
        &expect,
    );
    check(
        r#"{"exchanges":[{"question":{"text":"Why?"},"answer":{"text":"So.","speaker":"Bob"}},{"question":"When?","answer":"Now."}]}"#,
        &expect,
    );
    let reversed = check(
        r#"[{"answer":"So.","answerer":"Bob","question":"Why?"},{"answer":"Now.","question":"When?"}]"#,
        &expect,
    );
    assert_eq!(reversed.rendition.as_deref(), Some("Why?\n\nSo.\n\nWhen?\n\nNow."));
}

#[test]
fn a_whole_transcript_in_one_string() {
    let speech = "and so on and so forth ".repeat(12);
    check(
        &format!(r#"{{"id":7,"transcript":"Ann: Why?\n\nBob: So, {speech}"}}"#),
        &[(P, None, "Ann: Why?"), (P, None, format!("Bob: So, {speech}").trim())],
    );
}

#[test]
fn what_is_not_speech_is_left() {
    // A list of tags next to the turns, times that are ids, a table of people that is no
    // transcript.
    check(
        r#"{"tags":["ferry","harbour"],"cast":[{"id":1,"name":"Ann","bio":"She writes about harbours and the people in them."},{"id":2,"name":"Bob","bio":"He has run the ferry for thirty years, as his uncle did."}],
        "turns":[{"nr":1,"speaker":"Ann","text":"How did you come to it?"},{"nr":2,"speaker":"Bob","text":"My uncle had the licence before me."},{"nr":3,"speaker":"Ann","text":"And who pays for the crossings at night?"}]}"#,
        &[
            (T, Some("Ann"), "How did you come to it?"),
            (T, Some("Bob"), "My uncle had the licence before me."),
            (T, Some("Ann"), "And who pays for the crossings at night?"),
        ],
    );
    // Nobody is named by a number that many lists have.
    check(
        r#"{"chapters":[{"id":0,"title":"The licence"},{"id":1,"title":"At night"}],"turns":[{"speaker":0,"text":"How did you come to it?"},{"speaker":1,"text":"My uncle had it."}]}"#,
        &[(T, Some("Speaker 0"), "How did you come to it?"), (T, Some("Speaker 1"), "My uncle had it.")],
    );
}

#[test]
fn escapes_are_read_before_values_are_judged() {
    check(
        r#"[{"speaker":"Andr\u00e9","text":"Why \"now\"\uff1f"},{"speaker":"\u738b\u6797","text":"\u591a\u534a\u662f\u96fe\u3002"},{"speaker":"Andr\u00e9","text":"Und dann?\nSagen Sie es."}]"#,
        &[
            (T, Some("André"), "Why \"now\"？"),
            (T, Some("王林"), "多半是雾。"),
            (T, Some("André"), "Und dann?\nSagen Sie es."),
        ],
    );
}

#[test]
fn units_of_time() {
    let start = |times: [&str; 3]| {
        let turns: Vec<String> = times
            .iter()
            .zip(["How did you come to it?", "My uncle had the licence before me.", "And who pays at night?"])
            .map(|(time, text)| format!(r#"{{"speaker":"A","ts":{time},"text":"{text}"}}"#))
            .collect();
        read(&format!("[{}]", turns.join(","))).blocks[2].time.map(|time| time.start.as_millis())
    };
    assert_eq!(start(["0.5", "3.25", "7.5"]), Some(7500));
    assert_eq!(start(["500", "3250", "7500"]), Some(7500));
    assert_eq!(start(["5000000", "32500000", "75000000"]), Some(7500));
    assert_eq!(start(["\"PT0.5S\"", "\"PT3.25S\"", "\"PT7.5S\""]), Some(7500));
    assert_eq!(start(["\"00:00:00.5\"", "\"00:00:03.25\"", "\"00:00:07.5\""]), Some(7500));
}

#[test]
fn what_is_refused() {
    use crate::extraction::ExtractError;
    let refuse = |document: &str| {
        super::extract(&decoding::decode(document.as_bytes(), None).unwrap(), &Limits::default()).unwrap_err()
    };
    assert!(matches!(refuse(r#"{"a":1}"#), ExtractError::Unreadable(_)));
    assert!(matches!(refuse(r#"{"a":"#), ExtractError::Unreadable(_)));
    let over = |text: &str| matches!(refuse(text), ExtractError::OverLimit { limit: "nesting", .. });
    assert!(over(&"[".repeat(5000)));
    // Valid JSON of any depth, also after a line whose quotation mark hides the brackets.
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(over(&deep) && over(&format!("\"\n{deep}")));
}
