//! Signs before a line that mark a change of speaker: dashes of dialogue, arrows of captions,
//! numbers of questions.

use std::collections::BTreeMap;

use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::segmentation::lines::line::Line;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

/// Returns the length of one kind of sign at a line's start, with the space after it; 0 where there
/// is none.
type Reader = fn(&str) -> usize;

/// Which signs open turns in a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// Signs of a change of speaker.
    turns: Vec<Reader>,
    /// Signs before questions only.
    questions: Vec<Reader>,
}

/// Signs that set a question off where nothing else has them.
const BULLETS: [char; 23] = [
    '►', '▶', '▸', '■', '●', '◆', '◇', '▷', '★', '☞', '▪', '•', '▲', '△', '▼', '▽', '◎', '○', '□', '☆', '※',
    '＝', '=',
];

/// Fewest lines with a sign that show it is one.
const FEWEST: usize = 3;

impl Marks {
    /// Looks at all lines: a sign opens turns where many lines have it, numbers where they count
    /// questions.
    pub(crate) fn of(extraction: &Extraction, lines: &[Line]) -> Self {
        let (mut dashes, mut arrows, mut next, mut asking, mut openings) = (0, 0, 1, 0, 0);
        // How many of the numbers are in headings.
        let mut headed = 0;
        // How many dashes are before questions, and how many follow another line with a dash.
        let (mut dashes_ask, mut dashes_meet, mut line_before) = (0, 0, false);
        // Per sign, how many lines it opens, and how many of them ask.
        let mut bullets: BTreeMap<char, (usize, usize)> = BTreeMap::new();
        for line in lines {
            let text = line.span.of(&extraction.text);
            if bullet_len(text) > 0 {
                let (all, asking) = bullets.entry(text.chars().next().unwrap_or_default()).or_default();
                *all += 1;
                *asking += usize::from(sentences::ends_in_question(text) || lexicon::request_ending(text));
            }
            openings += usize::from(line.opens_block);
            let dash = dash_len(text) > 0;
            dashes += usize::from(dash);
            dashes_meet += usize::from(dash && line_before);
            dashes_ask +=
                usize::from(dash && (sentences::ends_in_question(text) || lexicon::request_ending(text)));
            line_before = dash;
            arrows += usize::from(arrow_len(text) > 0);
            if let Some((_, len)) = number(text).filter(|(number, _)| *number == next) {
                next += 1;
                let block = extraction.blocks.get(line.block).filter(|_| line.opens_block);
                headed += usize::from(block.is_some_and(|b| matches!(b.kind, BlockKind::Heading(_))));
                let asks = sentences::ends_in_question(text.get(len..).unwrap_or_default())
                    || block
                        .is_some_and(|block| sentences::ends_in_question(block.span.of(&extraction.text)));
                asking += usize::from(asks);
            }
        }
        // Paragraphs count where blank lines part them; lines do where nothing else parts the text.
        let all = if openings > FEWEST { openings } else { lines.len() };
        let cues = extraction.blocks.iter().filter(|block| block.kind == BlockKind::Cue).count() * 2
            > extraction.blocks.len();
        let share = if cues { 30 } else { 4 };
        let chosen = |readers: &[(bool, Reader)]| {
            readers.iter().filter(|(opens, _)| *opens).map(|(_, reader)| *reader).collect()
        };
        Self {
            turns: chosen(&[
                (arrows >= FEWEST, arrow_len),
                (dashes > FEWEST && dashes * share >= all, dash_len),
            ]),
            questions: chosen(&[
                // Dashes that are before questions only, with answers between them.
                (dashes >= 2 && dashes_meet == 0 && dashes_ask * 2 >= dashes && dashes * 4 >= all, dash_len),
                (next > FEWEST && asking * 2 >= next - 1, number_len),
                // Two numbered headings that both ask are enough.
                (next == FEWEST && asking == next - 1 && headed == next - 1, number_len),
                (bullets.values().any(|(all, asking)| *all >= FEWEST && asking * 2 >= *all), bullet_len),
            ]),
        }
    }

    /// Whether a sign marks each change of speaker.
    pub(crate) fn open_turns(&self) -> bool {
        !self.turns.is_empty()
    }

    /// The length of the sign that opens a line, with the space after it; 0 where there is none.
    pub(crate) fn len(&self, line: &str) -> usize {
        let readers = self.turns.iter().chain(&self.questions);
        readers.map(|reader| reader(line)).find(|len| *len > 0).unwrap_or_default()
    }
}

/// A dash, or two; a hyphen counts before a letter or a space.
fn dash_len(line: &str) -> usize {
    let rest = line.trim_start_matches(['–', '—', '―', '－', '─', '-']);
    let content = rest.trim_start();
    let hyphens = line.starts_with('-') && line.len() - rest.len() > 1;
    let number = content.starts_with(|c: char| c.is_ascii_digit()) && line.starts_with('-');
    if rest.len() == line.len() || hyphens || number || content.is_empty() {
        0
    } else {
        line.len() - content.len()
    }
}

/// A sign of a list or a pointer, with the space after it.
fn bullet_len(line: &str) -> usize {
    line.strip_prefix(BULLETS).map_or(0, |rest| line.len() - rest.trim_start().len())
}

/// Two or three arrows, as live captions have at a change of speaker.
fn arrow_len(line: &str) -> usize {
    let content = line.trim_start_matches('>');
    if line.len() - content.len() >= 2 { line.len() - content.trim_start().len() } else { 0 }
}

/// A number with a point or a bracket.
fn number_len(line: &str) -> usize {
    number(line).map_or(0, |(_, len)| len)
}

/// A number with a point or a bracket, and the length of both with the space after them.
fn number(line: &str) -> Option<(usize, usize)> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let value = line.get(..digits).filter(|digits| (1..=3).contains(&digits.len()))?.parse().ok()?;
    let rest = line.get(digits..)?.strip_prefix(['.', ')', '、', '．'])?;
    let content = rest.trim_start();
    (content.len() < rest.len() || !rest.is_ascii()).then_some((value, line.len() - content.len()))
}
