//! States → exchanges, with why each border is there, and what was left out.

use crate::segmentation::decoding::states::State;
use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::question_style::QuestionStyle;
use crate::segmentation::features::unit::Piece;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::segmentation::pairing::askers;
use crate::segmentation::pairing::decoded_transcript::DecodedTranscript;
use crate::segmentation::pairing::lead_in;
use crate::segmentation::pairing::no_pair;
use crate::span::ByteSpan;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Exchange;
use crate::transcript::TimeSpan;
use crate::transcript::Utterance;

/// Most speakers whose names are looked for in an introduction.
const MOST_NAMED: usize = 64;

/// The units of one exchange.
#[derive(Debug, Default)]
struct DraftExchange {
    question: Vec<usize>,
    askers: Vec<usize>,
    answer: Vec<usize>,
    skipped: Vec<usize>,
}

/// Makes the exchanges and tells what is in none of them.
pub(crate) fn exchanges(reading: &DecodedTranscript<'_>) -> (Vec<Exchange>, Vec<Diagnostic>) {
    let mut builder = PairBuilder {
        reading,
        exchanges: Vec::new(),
        diagnostics: Vec::new(),
        draft: DraftExchange::default(),
        asked_back: false,
    };
    for (index, state) in reading.states.iter().enumerate() {
        builder.take(index, *state);
    }
    builder.flush(true);
    (builder.exchanges, builder.diagnostics)
}

struct PairBuilder<'a> {
    reading: &'a DecodedTranscript<'a>,
    exchanges: Vec<Exchange>,
    diagnostics: Vec<Diagnostic>,
    draft: DraftExchange,
    /// Whether the last exchange was given up because the one who answers asked back.
    asked_back: bool,
}

impl PairBuilder<'_> {
    fn take(&mut self, index: usize, state: State) {
        match state {
            State::Before => {
                self.left_out(DiagnosticKind::Preamble, "comes before the first question", index);
            }
            State::After => {
                self.flush(true);
                self.left_out(DiagnosticKind::Trailing, "comes after the last answer", index);
            }
            State::QuestionSkip | State::AnswerSkip => self.draft.skipped.push(index),
            State::Question => {
                self.flush(false);
                self.draft.question.push(index);
            }
            State::QuestionContinued => {
                if self.opens_section(index) {
                    self.flush(false);
                }
                self.draft.question.push(index);
            }
            State::Answer => {
                if !self.draft.answer.is_empty() {
                    self.flush(false);
                }
                self.draft.answer.push(index);
            }
            State::AnswerContinued => self.draft.answer.push(index),
        }
    }

    /// Whether a label opens a new section, after a heading or a rule: what was asked before has no
    /// answer.
    fn opens_section(&self, index: usize) -> bool {
        let Some(last) = self.draft.question.last() else { return false };
        let units = self.reading.units.get(last + 1..=index).unwrap_or_default();
        let parted = |unit: &Unit| unit.after_rule || matches!(unit.kind, BlockKind::Heading(_));
        units.last().is_some_and(|unit| unit.labelled) && units.iter().any(parted)
    }

    /// Closes the exchange that is open.
    fn flush(&mut self, last: bool) {
        let mut draft = std::mem::take(&mut self.draft);
        if !draft.answer.is_empty() {
            let asking = askers::asking_turns(self.reading, &draft.question);
            for index in asking.others {
                self.left_out(DiagnosticKind::Unpaired, "is said by another than who asks", index);
            }
            (draft.question, draft.askers) = (asking.question, asking.speakers);
        }
        let end = draft.answer.last().copied();
        for index in &draft.skipped {
            if last && end.is_some_and(|end| *index > end) {
                self.left_out(DiagnosticKind::Trailing, "comes after the last answer", *index);
            } else {
                let (kind, what) = self.clutter_kind(*index);
                self.left_out(kind, what, *index);
            }
        }
        if draft.answer.is_empty() {
            for index in &draft.question {
                self.left_out(DiagnosticKind::Unpaired, "asks or greets, and no answer follows", *index);
            }
            return;
        }
        let (question, answer) = (draft.question.as_slice(), draft.answer.as_slice());
        let nothing = no_pair::reason(self.reading, question, answer, self.asked_back);
        self.asked_back = nothing.is_some() && answer.iter().any(|at| self.asks(*at));
        if let Some(why) = nothing {
            for index in draft.question.iter().chain(&draft.answer) {
                self.left_out(DiagnosticKind::Unpaired, why, *index);
            }
            return;
        }
        if self.only_asks(&draft) {
            for index in &draft.answer {
                self.left_out(
                    DiagnosticKind::Unpaired,
                    "asks, and no question of another is before it",
                    *index,
                );
            }
            return;
        }
        let exchange = self.exchange(&draft);
        self.exchanges.push(exchange);
    }

    /// Whether the first turn of one who answers is a question: what it answers is not in the
    /// document.
    fn only_asks(&self, draft: &DraftExchange) -> bool {
        let asks =
            |at: &usize| self.reading.features.get(*at).is_some_and(|features| features.has(Feature::Asks));
        draft.question.is_empty() && self.exchanges.is_empty() && draft.answer.last().is_some_and(asks)
    }

    fn asks(&self, unit: usize) -> bool {
        self.reading.features.get(unit).is_some_and(|features| features.has(Feature::Asks))
    }

    /// The kind of boilerplate that a unit is.
    fn clutter_kind(&self, index: usize) -> (DiagnosticKind, &'static str) {
        let Some(unit) = self.reading.units.get(index) else { return (DiagnosticKind::Banner, "") };
        let text = unit.text(&self.reading.extraction.text);
        let caption = || {
            lexicon::caption(&sentences::opening(&text)).is_some()
                || lexicon::credits_picture(&text.to_lowercase())
        };
        let sponsor = || lexicon::sponsor(&sentences::opening_of(&text, 400));
        let hands_over =
            || self.reading.features.get(index).is_some_and(|features| features.has(Feature::HandsOver));
        if matches!(unit.kind, BlockKind::Heading(_)) {
            (DiagnosticKind::Heading, "is a heading and does not ask")
        } else if unit.speaker.is_some() && hands_over() {
            (DiagnosticKind::Unpaired, "gives the floor to another")
        } else if unit.speaker.is_some() {
            (DiagnosticKind::Unpaired, "is a sign of listening inside an answer")
        } else if unit.kind == BlockKind::Caption || caption() {
            (DiagnosticKind::Caption, "is a picture's caption or credit")
        } else if sponsor() {
            (DiagnosticKind::Banner, "is a sponsor's message")
        } else {
            (DiagnosticKind::Banner, "is a short line that is no sentence of the interview")
        }
    }

    /// Tells that a unit is in no exchange; neighbours of one kind share a diagnostic.
    fn left_out(&mut self, kind: DiagnosticKind, why: &str, index: usize) {
        let Some(unit) = self.reading.units.get(index) else { return };
        let spans: Vec<ByteSpan> =
            unit.pieces.iter().flat_map(|(_, span)| self.reading.extraction.map.to_bytes(*span)).collect();
        self.tell(kind, why, &unit.text(&self.reading.extraction.text), spans);
    }

    fn tell(&mut self, kind: DiagnosticKind, why: &str, text: &str, spans: Vec<ByteSpan>) {
        let run = matches!(kind, DiagnosticKind::Preamble | DiagnosticKind::Trailing);
        match self.diagnostics.last_mut().filter(|last| run && last.kind == kind) {
            Some(last) => last.spans.extend(spans),
            None => self.diagnostics.push(Diagnostic {
                kind,
                message: format!("“{}” {why}", excerpt(text)),
                spans,
            }),
        }
    }

    fn exchange(&mut self, draft: &DraftExchange) -> Exchange {
        let reading = self.reading;
        let mut reasons = Vec::new();
        let mut question = self.pieces(&draft.question);
        if let Some(first) = draft.question.first() {
            self.trim_leads(*first, &mut question, &mut reasons);
            reasons.insert(0, self.question_reason(*first, draft.answer.first().copied()));
        } else {
            reasons.push(self.lost_reason(draft.answer.first().copied()));
        }
        if let Some(first) = draft.answer.first() {
            reasons.push(self.answer_reason(*first, draft.answer.len()));
        }
        for index in &draft.skipped {
            if let Some(unit) = reading.units.get(*index) {
                let (_, what) = self.clutter_kind(*index);
                reasons.push(format!("left out: “{}” {what}", excerpt(&unit.text(&reading.extraction.text))));
            }
        }
        for index in draft.question.iter().chain(&draft.answer) {
            if let Some(unit) = reading.units.get(*index).filter(|unit| unit.repaired()) {
                self.joined_words(unit);
                reasons.push("a word cut by a line break was joined".to_owned());
            }
        }
        let answerer = draft.answer.first().and_then(|at| reading.units.get(*at)?.speaker);
        let name = |speaker: Option<usize>| reading.speakers.get(speaker?)?.name.clone();
        let answer = self.pieces(&draft.answer);
        let blocks = || {
            draft.question.iter().chain(&draft.answer).filter_map(|at| reading.units.get(*at)).flat_map(
                |unit| reading.extraction.blocks.get(unit.block..=unit.last_block).unwrap_or_default(),
            )
        };
        Exchange {
            question: (!question.is_empty())
                .then(|| Utterance::collect(reading.extraction, self.names(&draft.askers), &question)),
            answer: Utterance::collect(
                reading.extraction,
                name(answerer).or_else(|| reading.guest.clone()),
                &answer,
            ),
            occurrences: Vec::new(),
            reasons,
            time: blocks().filter_map(|block| block.time).reduce(TimeSpan::hull),
            page: draft
                .answer
                .first()
                .and_then(|at| reading.extraction.blocks.get(reading.units.get(*at)?.block)?.page),
        }
    }

    /// The names of all who ask; `None` where one of them has none, for the words are not the
    /// others' alone.
    fn names(&self, askers: &[usize]) -> Option<String> {
        let names: Option<Vec<&str>> =
            askers.iter().map(|asker| self.reading.speakers.get(*asker)?.name.as_deref()).collect();
        names.filter(|names| !names.is_empty()).map(|names| names.join(", "))
    }

    fn pieces(&self, indices: &[usize]) -> Vec<Piece> {
        indices
            .iter()
            .filter_map(|at| self.reading.units.get(*at))
            .flat_map(|unit| unit.pieces.iter().copied())
            .collect()
    }

    /// Takes captions and sentences about the interview off the start of a question without a
    /// label.
    fn trim_leads(&mut self, index: usize, question: &mut Vec<Piece>, reasons: &mut Vec<String>) {
        let Some(unit) = self.reading.units.get(index).filter(|unit| unit.speaker.is_none()) else { return };
        let Some((_, span)) = unit.pieces.first().copied() else { return };
        let text = self.reading.extraction.text.as_str();
        let named = || self.reading.speakers.iter().filter_map(|speaker| speaker.name.as_deref());
        let named: Option<Vec<&str>> = self
            .exchanges
            .is_empty()
            .then(|| named().filter(|name| name.contains(' ')).take(MOST_NAMED).collect());
        let (leads, start) = lead_in::leads(text, span, named.as_deref(), self.reading.language);
        for (kind, lead) in leads {
            let why = if kind == DiagnosticKind::Caption {
                "is a picture's credit"
            } else {
                "is about the interview"
            };
            let spans = self.reading.extraction.map.to_bytes(lead);
            self.tell(kind, why, lead.of(text), spans);
            reasons.push(format!("left out before the question: “{}” {why}", excerpt(lead.of(text))));
        }
        if let Some((_, first)) = question.first_mut() {
            *first = TextSpan::new(start, first.end());
        }
    }

    fn joined_words(&mut self, unit: &Unit) {
        for pair in unit.pieces.windows(2) {
            if let [(_, before), ("", after)] = pair {
                let text = self.reading.extraction.text.as_str();
                let head = before.of(text).rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
                let tail = after.of(text).split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
                let start = before.end() - head.len();
                let spans =
                    self.reading.extraction.map.to_bytes(TextSpan::new(start, after.start() + tail.len()));
                self.diagnostics.push(Diagnostic {
                    kind: DiagnosticKind::JoinedWord,
                    message: format!("“{head}{tail}” was cut by a line break and is joined"),
                    spans,
                });
            }
        }
    }

    /// The label of a unit's speaker, for reasons.
    fn label(&self, index: usize) -> Option<&str> {
        let unit = self.reading.units.get(index)?;
        Some(self.reading.speakers.get(unit.speaker?)?.label.as_str())
    }

    fn question_reason(&self, index: usize, answer: Option<usize>) -> String {
        let (Some(unit), Some(features)) = (self.reading.units.get(index), self.reading.features.get(index))
        else {
            return String::new();
        };
        let next = answer.and_then(|at| self.label(at));
        let form = if features.has(Feature::Asks) {
            "it ends in a question mark"
        } else if features.has(Feature::Requests) {
            "it asks for something"
        } else if features.has(Feature::Asked) {
            "it asks before its end"
        } else {
            "its place makes it a question"
        };
        match (unit.kind, self.label(index)) {
            (BlockKind::Question, _) => "question: the format marks it as one".to_owned(),
            (_, Some(label)) => format!("question: “{label}” speaks, who asks in this document"),
            _ if self.reading.question_style.is_some_and(|question_style| question_style.sets(unit)) => {
                let how = if self.reading.question_style == Some(QuestionStyle::Mark) {
                    "after a dash or a number"
                } else {
                    style_name(unit.style)
                };
                format!("question: it is set {how}, as the questions of this document do")
            }
            _ => match next {
                Some(label) => format!("question: {form}, and the label “{label}” follows"),
                None => format!("question: {form}, and what follows does not ask"),
            },
        }
    }

    fn answer_reason(&self, index: usize, units: usize) -> String {
        let extent = if units == 1 { "one paragraph".to_owned() } else { format!("{units} paragraphs") };
        match self.label(index) {
            Some(label) => format!(
                "answer: “{label}” speaks, who answers in this document; {extent} up to the next turn"
            ),
            None => format!("answer: it follows its question; {extent} up to the next question"),
        }
    }

    fn lost_reason(&self, answer: Option<usize>) -> String {
        match answer.and_then(|at| self.label(at)) {
            Some(label) => {
                format!("no question: the label “{label}” opens a new turn and nothing before it asks")
            }
            None => "no question: nothing before the answer asks".to_owned(),
        }
    }
}

/// How a style is called.
fn style_name(style: Style) -> &'static str {
    match style {
        Style::Plain => "in running text",
        Style::Heading(_) => "as a heading",
        Style::Strong => "in bold",
        Style::Light => "in italics",
        Style::Term => "as a term",
        Style::Quotation => "as a quotation",
    }
}

/// The start of a text, for messages.
fn excerpt(text: &str) -> String {
    let mut excerpt: String =
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(48).collect();
    if excerpt.len() < text.trim().len() {
        excerpt.push('…');
    }
    excerpt
}
