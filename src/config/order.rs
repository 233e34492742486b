//! The orders of results, as a flag names them.

use clap::ValueEnum;

/// An order of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// The best first.
    #[default]
    Relevance,
    /// The latest first.
    Newest,
    /// The earliest first.
    Oldest,
    /// By document, then by position in it.
    Document,
}
