//! The exchanges around a result.

use crate::engine::BackendError;
use crate::engine::FoundExchange;
use crate::engine::Hit;
use crate::engine::View;

/// What was said before and after an exchange, in the order it was said.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The exchanges before it, the nearest last.
    pub before: Vec<FoundExchange>,
    /// The exchanges after it.
    pub after: Vec<FoundExchange>,
}

/// The most text on either side of a result, in bytes: an answer may be as long as its document.
const MAX_BYTES: usize = 512 << 10;

/// At most `count` exchanges on either side of a hit; fewer at the borders of its document, and
/// where the next one would be too much text.
pub(super) fn context(view: &dyn View, hit: &Hit, count: u32) -> Result<Context, BackendError> {
    if count == 0 {
        return Ok(Context::default());
    }
    let lost = || BackendError::StoreDamaged("the document of a result is missing".into());
    let document = view.document(&hit.document_id)?.ok_or_else(lost)?;
    // The nearest first.
    let read = |indices: &mut dyn Iterator<Item = u32>| -> Result<Vec<FoundExchange>, BackendError> {
        let (mut found, mut bytes) = (Vec::new(), 0_usize);
        for index in indices {
            let Some(stored) = view.exchange(&hit.document_id, index)? else { break };
            let question = stored.exchange.question.as_ref().map_or(0, |question| question.text.len());
            bytes = bytes.saturating_add(question).saturating_add(stored.exchange.answer.text.len());
            if bytes > MAX_BYTES {
                break;
            }
            found.push(FoundExchange::new(&document, &stored));
        }
        Ok(found)
    };
    let here = hit.exchange;
    let mut before = read(&mut (here.saturating_sub(count)..here).rev())?;
    before.reverse();
    let after = read(&mut (here.saturating_add(1)..here.saturating_add(count).saturating_add(1)))?;
    Ok(Context { before, after })
}
