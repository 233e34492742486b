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

/// At most `count` exchanges on either side of a hit; fewer at the borders of its document.
pub(super) fn context(view: &dyn View, hit: &Hit, count: u32) -> Result<Context, BackendError> {
    if count == 0 {
        return Ok(Context::default());
    }
    let lost = || BackendError::StoreDamaged("the document of a result is missing".into());
    let document = view.document(&hit.document_id)?.ok_or_else(lost)?;
    let read = |indices: std::ops::Range<u32>| -> Result<Vec<FoundExchange>, BackendError> {
        let mut found = Vec::with_capacity(indices.len());
        for index in indices {
            let Some(stored) = view.exchange(&hit.document_id, index)? else { break };
            found.push(FoundExchange::new(&document, &stored));
        }
        Ok(found)
    };
    let here = hit.exchange;
    Ok(Context {
        before: read(here.saturating_sub(count)..here)?,
        after: read(here.saturating_add(1)..here.saturating_add(count).saturating_add(1))?,
    })
}
