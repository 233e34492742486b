//! Ready pairs: what the format itself marks as questions and answers is taken at its word.

use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Exchange;
use crate::transcript::Extraction;
use crate::transcript::Utterance;

/// Whether a document is nothing but ready questions and answers.
pub(crate) fn is_ready(extraction: &Extraction) -> bool {
    let ready = |block: &Block| matches!(block.kind, BlockKind::Question | BlockKind::Answer);
    !extraction.blocks.is_empty() && extraction.blocks.iter().all(ready)
}

/// Pairs each answer with the question before it; neither is cut, joined or left out.
pub(crate) fn exchanges(extraction: &Extraction) -> (Vec<Exchange>, Vec<Diagnostic>) {
    let (mut exchanges, mut diagnostics) = (Vec::new(), Vec::new());
    let mut open: Option<&Block> = None;
    for block in &extraction.blocks {
        if block.kind == BlockKind::Question {
            diagnostics.extend(open.replace(block).map(|question| unanswered(extraction, question)));
            continue;
        }
        let question = open.take();
        let mut reasons = vec!["answer: the format marks it as one".to_owned()];
        if question.is_some() {
            reasons.insert(0, "question: the format marks it as one".to_owned());
        }
        exchanges.push(Exchange {
            question: question.map(|question| utterance(extraction, question)),
            answer: utterance(extraction, block),
            occurrences: Vec::new(),
            reasons,
            time: block.time,
            page: block.page,
        });
    }
    diagnostics.extend(open.map(|question| unanswered(extraction, question)));
    (exchanges, diagnostics)
}

fn utterance(extraction: &Extraction, block: &Block) -> Utterance {
    Utterance::collect(extraction, block.speaker.clone(), &[("", block.span)])
}

fn unanswered(extraction: &Extraction, question: &Block) -> Diagnostic {
    Diagnostic {
        kind: DiagnosticKind::Unpaired,
        message: "a question without an answer".to_owned(),
        spans: extraction.map.to_bytes(question.span),
    }
}
