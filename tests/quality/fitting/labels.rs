//! Which states each unit of a labelled transcript can have.

use std::ops::Range;

use onrecord::segmentation::training;
use onrecord::segmentation::training::Lattice;
use onrecord::span::ByteSpan;
use onrecord::span::TextSpan;

use crate::corpus::Transcript;
use crate::crf::Example;

/// States as a set of bits, in the order of [`training::states`].
type Allowed = u8;

const BEFORE: Allowed = 1;
const QUESTION: Allowed = 1 << 1 | 1 << 2;
const ANSWER_BEGINS: Allowed = 1 << 3;
const ANSWER: Allowed = ANSWER_BEGINS | 1 << 4;
const SKIP: Allowed = 1 << 5 | 1 << 6;
const AFTER: Allowed = 1 << 7;
const ANY: Allowed = Allowed::MAX;

/// Least share of a unit's bytes that make it of a side.
const SHARE: f64 = 0.3;

/// Whose a stretch of bytes is.
#[derive(Clone)]
pub(crate) struct Stretch {
    pub bytes: Range<usize>,
    allowed: Allowed,
    /// Whether it is the reading that the others are compared with.
    pub main: bool,
    pub optional: bool,
}

impl Stretch {
    pub(crate) fn is_question(&self) -> bool {
        self.allowed == QUESTION
    }
}

/// The transcript to fit on; `None` where its exchanges have no bytes, or its format leaves nothing
/// to decide.
pub(crate) fn example(transcript: &Transcript) -> Option<Example> {
    let lattice = training::lattice(&transcript.extraction)?;
    let stretches = stretches(transcript);
    let first = stretches.iter().filter(|s| s.main).map(|s| s.bytes.start).min()?;
    let last = stretches.iter().map(|s| s.bytes.end).max()?;
    let unasked: Vec<usize> = transcript
        .exchanges
        .iter()
        .filter(|exchange| exchange.question.is_empty() && !exchange.optional)
        .filter_map(|exchange| exchange.answer.first().map(|span| span.start))
        .collect();
    let allowed = allowed(transcript, &lattice, &stretches, first..last, &unasked);
    let is_empty = lattice.units.is_empty();
    (!is_empty).then_some(Example { lattice, allowed, weight: 1.0 })
}

/// What is said, in order of the bytes.
pub(crate) fn stretches(transcript: &Transcript) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for exchange in &transcript.exchanges {
        let sides = [
            (&exchange.question, QUESTION, true),
            (&exchange.answer, ANSWER, true),
            (&exchange.other_questions, QUESTION, false),
            (&exchange.other_answers, ANSWER, false),
        ];
        for (spans, allowed, main) in sides {
            let stretch = |bytes: &Range<usize>| Stretch {
                bytes: bytes.clone(),
                allowed,
                main,
                optional: exchange.optional,
            };
            stretches.extend(spans.iter().map(stretch));
        }
    }
    stretches.sort_by_key(|stretch| (stretch.bytes.start, stretch.bytes.end));
    stretches
}

/// How many bytes of some text are of required questions, how many of required answers, and how
/// many there are.
pub(crate) fn sides(
    transcript: &Transcript,
    stretches: &[Stretch],
    spans: &[TextSpan],
) -> (usize, usize, usize) {
    let (mut question, mut answer, mut all) = (0, 0, 0);
    for bytes in spans.iter().flat_map(|span| transcript.extraction.map.to_bytes(*span)).map(ByteSpan::range)
    {
        all += bytes.len();
        for stretch in near(stretches, &bytes).filter(|s| s.main && !s.optional) {
            let side = if stretch.is_question() { &mut question } else { &mut answer };
            *side += overlap(&bytes, &stretch.bytes);
        }
    }
    (question, answer, all)
}

/// Whether any reading of an exchange has some of a text.
pub(crate) fn is_said(transcript: &Transcript, stretches: &[Stretch], span: TextSpan) -> bool {
    let mut bytes = transcript.extraction.map.to_bytes(span).into_iter().map(ByteSpan::range);
    bytes.any(|bytes| near(stretches, &bytes).any(|stretch| overlap(&bytes, &stretch.bytes) > 0))
}

/// The stretches that may have some of these bytes.
fn near<'a>(stretches: &'a [Stretch], bytes: &Range<usize>) -> impl Iterator<Item = &'a Stretch> {
    let longest = stretches.iter().map(|stretch| stretch.bytes.len()).max().unwrap_or_default();
    let from = stretches.partition_point(|s| s.bytes.start + longest < bytes.start);
    let end = bytes.end;
    stretches.iter().skip(from).take_while(move |s| s.bytes.start < end)
}

fn allowed(
    transcript: &Transcript,
    lattice: &Lattice,
    stretches: &[Stretch],
    interview: Range<usize>,
    unasked: &[usize],
) -> Vec<Allowed> {
    let longest = stretches.iter().map(|stretch| stretch.bytes.len()).max().unwrap_or_default();
    let unit = |unit: &training::LatticeUnit| {
        let bytes: Vec<Range<usize>> = unit
            .spans
            .iter()
            .flat_map(|span| transcript.extraction.map.to_bytes(*span))
            .map(ByteSpan::range)
            .collect();
        let (Some(start), Some(end)) =
            (bytes.iter().map(|b| b.start).min(), bytes.iter().map(|b| b.end).max())
        else {
            return ANY;
        };
        let length: usize = bytes.iter().map(Range::len).sum();
        let enough = |covered: usize| covered as f64 >= SHARE * length.max(1) as f64;
        let from = stretches.partition_point(|s| s.bytes.start + longest < start);
        let near = stretches.iter().skip(from).take_while(|s| s.bytes.start < end);
        let (mut covered, mut other, mut is_optional) = ([0_usize; 2], 0, true);
        for stretch in near {
            let common: usize = bytes.iter().map(|b| overlap(b, &stretch.bytes)).sum();
            if common == 0 {
                continue;
            }
            if stretch.main {
                if let Some(sum) = covered.get_mut(usize::from(stretch.allowed == ANSWER)) {
                    *sum += common;
                }
                is_optional &= stretch.optional;
            } else if enough(common) {
                other |= stretch.allowed;
            }
        }
        let [question, answer] = covered;
        if !enough(question + answer) {
            // What only another reading has may be in the exchange or not.
            let outside = if end <= interview.start {
                BEFORE
            } else if start >= interview.end {
                AFTER | 1 << 6
            } else if unit.speaks {
                // A speaker's words that the labels leave out: a reading of rules, an aside.
                ANY
            } else {
                SKIP | AFTER
            };
            return outside | other;
        }
        let mut sides = other;
        sides |= if enough(question) { QUESTION } else { 0 };
        sides |= if enough(answer) { ANSWER } else { 0 };
        if is_optional {
            return sides | BEFORE | SKIP | AFTER;
        }
        if sides == ANSWER && unasked.iter().any(|at| (start..end).contains(at)) {
            return ANSWER_BEGINS;
        }
        sides
    };
    lattice.units.iter().map(unit).collect()
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}
