//! CHAT, the format of `TalkBank` and CHILDES: headers (`@`), what each speaker says (`*INV:`), and
//! tiers of analysis that depend on it (`%mor:`). B. `MacWhinney`, "Tools for Analyzing Talk, Part
//! 1: The CHAT Transcription Format".

use crate::extraction::Decoded;
use crate::extraction::annotation::chat_codes;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::date;
use crate::extraction::common::speech;
use crate::extraction::common::speech::Escapes;
use crate::extraction::common::speech::Utterance;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// Longest code of a speaker, in bytes. The format allows seven letters; old files have more.
const LONGEST_CODE: usize = 40;

/// Whether a text begins as CHAT does.
pub(crate) fn is_chat(head: &str) -> bool {
    let mut lines = head.lines().map(str::trim_end).filter(|line| !line.is_empty()).take(8);
    lines.next().is_some_and(|first| first == "@Begin" || first.starts_with("@UTF8"))
        && (head.starts_with("@Begin") || lines.any(|line| line == "@Begin"))
}

/// Reads a transcript.
pub(crate) fn extract(decoded: &Decoded<'_>) -> Extraction {
    let text: &str = &decoded.text;
    let mut draft = ExtractionBuilder::new(decoded);
    let mut said = Vec::new();
    for line in lines(text) {
        let whole = line.of(text);
        let Some((key, _)) = whole.split_once(':') else { continue };
        let value = TextSpan::new(line.start() + key.len() + 1, line.end());
        if let Some(code) = key.strip_prefix('*') {
            if code.is_empty() || code.len() > LONGEST_CODE || code.contains(char::is_whitespace) {
                let why = "lines that name no speaker as CHAT does were left out";
                draft.left_out(DiagnosticKind::Undecodable, why, line);
                continue;
            }
            let cleaned = chat_codes::clean(text, value);
            let mut utterance = Utterance::new(BlockKind::Cue, Some(code.into()), cleaned.time);
            utterance.parts = cleaned.parts;
            for span in cleaned.left_out {
                let why = "sounds, pauses and codes that are no words were left out";
                draft.left_out(DiagnosticKind::Banner, why, span);
            }
            said.push(utterance);
        } else if let Some(header) = key.strip_prefix('@') {
            describe(&mut draft, header, value.of(text).trim());
        }
    }
    speech::write(draft, text, &said, Format::Chat, Escapes::None)
}

/// The lines of a transcript; one that begins with white space continues the line before.
fn lines(text: &str) -> Vec<TextSpan> {
    let mut lines: Vec<TextSpan> = Vec::new();
    let mut offset = 0;
    for raw in text.split_inclusive(['\n', '\r']) {
        let span = TextSpan::new(offset, offset + raw.len());
        offset = span.end();
        match lines.last_mut() {
            _ if raw.trim().is_empty() => {}
            Some(last) if !raw.starts_with(['@', '*', '%']) => {
                *last = TextSpan::new(last.start(), span.end());
            }
            _ => lines.push(span),
        }
    }
    lines
}

/// Reads what a header says about the document.
fn describe(draft: &mut ExtractionBuilder<'_>, header: &str, value: &str) {
    let metadata = &mut draft.metadata;
    match header {
        "Languages" if metadata.language.is_empty() => {
            let first = value.split([',', ' ']).next().unwrap_or_default();
            first.clone_into(&mut metadata.language);
        }
        "Date" if metadata.published.is_empty() => {
            metadata.published = date::normalise(&value.replace('-', " ")).unwrap_or_default();
        }
        "Title" if metadata.title.is_empty() => value.clone_into(&mut metadata.title),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn check(body: &str, expect: &[(&str, u128, &str)]) {
        let document = format!(
            "@UTF8\n@Begin\n@Languages:\tspa, eng\n@Participants:\tINV Ann_Moe Investigator, CHI\n\tTarget_Child\n@Date:\t01-MAR-2021\n{body}\n@End\n"
        );
        let extraction = extract(&decoding::decode(document.as_bytes(), None).unwrap());
        assert_eq!(extraction.metadata.language, "spa");
        assert_eq!(extraction.metadata.published, "2021-03-01");
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| {
                let start = block.time.map_or(0, |time| time.start.as_millis());
                (block.speaker.as_deref().unwrap(), start, block.span.of(&extraction.text))
            })
            .collect();
        assert_eq!(blocks, expect, "{body}");
        for block in &extraction.blocks {
            let bytes = extraction.map.to_bytes(block.span);
            let quoted: String = bytes.iter().filter_map(|span| document.get(span.range())).collect();
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            let said = bare(block.span.of(&extraction.text));
            assert_eq!(bare(&quoted).replace('_', ""), said.replace('_', ""), "{body}");
        }
    }

    #[test]
    fn what_is_said_and_by_whom() {
        check(
            "*INV:\twhat did you see\n\tthere ? \u{15}500_1200\u{15}\n%mor:\tno\n\tno\n*CHI:\t&=laughs .\n*CHI:\ta dog . \u{15}1300_2000\u{15}",
            &[("INV", 500, "what did you see there ?"), ("CHI", 1300, "a dog .")],
        );
    }

    #[test]
    fn codes_go_and_words_stay_apart() {
        check(
            "*CHI:\t<I want> [//] I need &-uh the(.)dog [= points] [* m:+s] xxx .\n*CHI:\t(be)cause 0is no:w it's@q a Ann_Moe@n thing +//.",
            &[("CHI", 0, "I want I need the dog xxx ."), ("CHI", 0, "because now it's a Ann Moe thing")],
        );
        check(
            "*CHI:\tis it [/] it‡ +/?\n*CHI:\t\u{201c}so\u{201d} +... ",
            &[("CHI", 0, "is it it ?"), ("CHI", 0, "\u{201c}so\u{201d}")],
        );
        check(
            "*CHI:\tunclosed [ here\n*CHI:\tand (so on",
            &[("CHI", 0, "unclosed [ here"), ("CHI", 0, "and so on")],
        );
    }
}
