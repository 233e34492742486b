//! One segment of the index, as a search reads it.

mod live;
mod opening;

pub(crate) use live::Segment;
