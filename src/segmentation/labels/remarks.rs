//! Remarks between turns: what has a label or its own place and is nobody's words.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::labels::counted;
use crate::segmentation::labels::heads::Head;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::segmentation::lines::line::Line;
use crate::transcript::BlockKind;
use crate::transcript::Emphasis;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;

/// Longest caption that is left out, in bytes.
const LONGEST_CAPTION: usize = 200;

/// The paragraphs that begin with the number of a figure and a point: `Figure 12. The bench.`
pub(crate) fn numbered_captions(text: &str, lines: &[Line]) -> Vec<usize> {
    let caption = |line: &&Line| {
        let words = line.span.of(text);
        let word = words.split([' ', '\u{a0}']).next().unwrap_or_default();
        let rest = words.get(word.len()..).unwrap_or_default().trim_start();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let bare = sentences::bare(word);
        line.opens_block
            && words.len() <= LONGEST_CAPTION
            && (1..=3).contains(&digits)
            && rest.get(digits..).is_some_and(|rest| {
                rest.starts_with(['.', ':', '-', '–', '—']) && sentences::starts_sentence(rest)
            })
            && lexicon::numbered_matter(&bare)
    };
    lines.iter().enumerate().filter(|(_, line)| caption(line)).map(|(index, _)| index).collect()
}

/// The lines of labels that number a figure or another part of the document, as `Fig. 12:`.
pub(crate) fn numbered_matter(plain: &BTreeMap<String, Vec<usize>>) -> Vec<usize> {
    let of_speakers: BTreeSet<&str> = plain
        .iter()
        .filter(|(_, lines)| lines.len() > 1)
        .filter_map(|(key, _)| counted::split(key).map(|(base, _)| base))
        .collect();
    let matter = plain.iter().filter(|(key, lines)| {
        lines.len() == 1
            && counted::split(key)
                .is_some_and(|(base, _)| lexicon::numbered_matter(base) && !of_speakers.contains(base))
    });
    matter.flat_map(|(_, lines)| lines.iter().copied()).collect()
}

/// The lines of questions that a form lists and nobody asked: the box before them is not ticked,
/// and others are.
pub(crate) fn unasked(text: &str, lines: &[Line], heads: &[Option<Head>]) -> Vec<usize> {
    const TICKED: [&str; 4] = ["[x]", "[X]", "☑", "☒"];
    const EMPTY: [&str; 3] = ["[ ]", "[]", "☐"];
    let (mut ticked, mut empty) = (0, Vec::new());
    for (index, (head, line)) in heads.iter().zip(lines).enumerate() {
        let Some(head) = head.as_ref().filter(|head| head.is_plain()) else { continue };
        let said = text.get(head.end..line.span.end()).unwrap_or_default();
        let boxed = |boxes: &[&str]| boxes.iter().any(|sign| said.starts_with(sign));
        ticked += usize::from(boxed(&TICKED));
        if boxed(&EMPTY) {
            empty.push(index);
        }
    }
    if ticked > 0 { empty } else { Vec::new() }
}

/// The lines in italics between a heading and the first label after it: notes on the section, which
/// nobody speaks.
pub(crate) fn section_notes(extraction: &Extraction, lines: &[Line], heads: &[Option<Head>]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut notes: Option<Vec<usize>> = None;
    for (index, line) in lines.iter().enumerate() {
        let Some(block) = extraction.blocks.get(line.block) else { continue };
        let light = |emphasis: &&Emphasis| emphasis.kind == EmphasisKind::Light;
        let covered: usize = block.emphasis.iter().filter(light).map(|emphasis| emphasis.span.len()).sum();
        if matches!(block.kind, BlockKind::Heading(_)) {
            // A heading of a lower level may follow the notes.
            notes.get_or_insert_default();
        } else if covered * 10 >= block.span.len() * 9 {
            if let Some(notes) = &mut notes {
                notes.push(index);
            }
        } else {
            let labelled = heads.get(index).and_then(Option::as_ref).is_some_and(Head::is_plain);
            found.extend(notes.take().filter(|_| labelled).into_iter().flatten());
        }
    }
    found
}
