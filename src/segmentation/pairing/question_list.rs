//! Guides for interviews and questionnaires: questions that nobody answers.

use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::language_data::sentences;
use crate::transcript::BlockKind;
use crate::transcript::Exchange;

/// Fewest units that ask in a list of questions.
const FEWEST: usize = 4;

/// Whether a document without named speakers only asks: three quarters of its paragraphs end with a
/// question mark, or half of what would be answers do. In an interview the answers do not ask back
/// every second time.
pub(crate) fn is_one(units: &[Unit], features: &[Features], exchanges: &[Exchange]) -> bool {
    let said = || {
        units.iter().zip(features).filter(|(unit, _)| {
            matches!(unit.kind, BlockKind::Paragraph | BlockKind::ListItem | BlockKind::Quotation)
                && unit.speaker.is_none()
        })
    };
    let asking = said().filter(|(_, seen)| seen.has(Feature::Asks)).count();
    let all = said().filter(|(_, seen)| seen.words > 0).count();
    let asking_back = exchanges
        .iter()
        .filter(|exchange| exchange.question.is_some() && sentences::ends_in_question(&exchange.answer.text))
        .count();
    asking >= FEWEST && (asking * 4 >= all * 3 || asking_back * 2 >= exchanges.len().max(1))
}
