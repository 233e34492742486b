//! Takes boilerplate out of the lines, with a diagnostic for each stretch.

use crate::segmentation::boilerplate::candidate_lines::Boilerplate;
use crate::segmentation::boilerplate::candidate_lines::Lines;
use crate::segmentation::boilerplate::comments;
use crate::segmentation::boilerplate::contents;
use crate::segmentation::boilerplate::footnotes;
use crate::segmentation::boilerplate::people_lists;
use crate::segmentation::boilerplate::references;
use crate::segmentation::boilerplate::running_heads;
use crate::segmentation::lines::line::Line;
use crate::transcript::Diagnostic;
use crate::transcript::Extraction;

/// Removes boilerplate from the lines of a document.
pub(crate) fn remove(extraction: &Extraction, lines: &mut Vec<Line>) -> Vec<Diagnostic> {
    let comments = comments::cut(extraction, lines);
    let view = Lines { extraction, lines };
    let mut found: Vec<Option<Boilerplate>> = vec![None; lines.len()];
    running_heads::mark(view, &mut found);
    people_lists::mark(view, &mut found);
    references::mark(view, &mut found);
    contents::mark(view, &mut found);
    footnotes::mark(view, &mut found);
    let mut diagnostics = report(extraction, lines, &found);
    diagnostics.extend(comments);
    let mut kept = found.iter().map(Option::is_none);
    // The first line that is left of a block opens it.
    let mut opens_block = false;
    lines.retain_mut(|line| {
        opens_block |= line.opens_block;
        let keep = kept.next().unwrap_or(true);
        if keep {
            line.opens_block = std::mem::take(&mut opens_block);
        }
        keep
    });
    diagnostics
}

/// One diagnostic for each run of lines that are left out for the same reason.
fn report(extraction: &Extraction, lines: &[Line], found: &[Option<Boilerplate>]) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let mut last = None;
    for (line, why) in lines.iter().zip(found) {
        if let Some(why) = why {
            let spans = extraction.map.to_bytes(line.span);
            match diagnostics.last_mut().filter(|_| last == Some(*why)) {
                Some(diagnostic) => diagnostic.spans.extend(spans),
                None => diagnostics.push(Diagnostic {
                    kind: why.kind(),
                    message: format!("“{}” {}", excerpt(line.span.of(&extraction.text)), why.reason()),
                    spans,
                }),
            }
        }
        last = *why;
    }
    diagnostics
}

/// Most characters of a line in a message.
const EXCERPT: usize = 48;

/// The start of a line, for messages.
fn excerpt(line: &str) -> String {
    let mut excerpt: String = line.chars().take(EXCERPT).collect();
    if excerpt.len() < line.len() {
        excerpt.push('…');
    }
    excerpt
}
