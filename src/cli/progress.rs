//! How far an import is: one line on standard error, where that is a terminal.

use std::fmt;
use std::io;
use std::io::IsTerminal as _;
use std::io::Write as _;
use std::time::Duration;
use std::time::Instant;

/// The shortest time between two drawings: a faster line cannot be read.
const REDRAW: Duration = Duration::from_millis(200);

/// Columns of the bar.
const WIDTH: u64 = 30;

/// Returns to the start of the line and erases it (ECMA-48, EL).
const ERASE: &str = "\r\u{1b}[2K";

/// Documents that are done, of those that were found.
#[derive(Debug)]
pub(super) struct Progress {
    is_terminal: bool,
    started: Instant,
    drawn: Option<Instant>,
    done: u64,
    total: u64,
}

impl Progress {
    pub(super) fn new(total: usize) -> Self {
        let is_terminal = io::stderr().is_terminal();
        Self { is_terminal, started: Instant::now(), drawn: None, done: 0, total: total as u64 }
    }

    /// Counts one more document; `failures` is how many of all so far failed.
    pub(super) fn advance(&mut self, failures: u64) -> io::Result<()> {
        self.done += 1;
        // An archive has more documents than the one file it was counted as.
        self.total = self.total.max(self.done);
        if !self.is_terminal || self.drawn.is_some_and(|drawn| drawn.elapsed() < REDRAW) {
            return Ok(());
        }
        self.drawn = Some(Instant::now());
        let mut out = io::stderr().lock();
        write!(out, "{ERASE}{}", line(self.done, self.total, failures, self.started.elapsed()))?;
        out.flush()
    }

    /// Writes a line of text above the bar.
    pub(super) fn print(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        self.erase()?;
        writeln!(io::stderr(), "{text}")
    }

    /// Takes the bar away; the next document draws it again.
    pub(super) fn erase(&mut self) -> io::Result<()> {
        if self.drawn.take().is_some() { write!(io::stderr(), "{ERASE}") } else { Ok(()) }
    }
}

fn line(done: u64, total: u64, failures: u64, elapsed: Duration) -> String {
    let filled = usize::try_from(WIDTH * done / total.max(1)).unwrap_or_default();
    let empty = usize::try_from(WIDTH).unwrap_or_default().saturating_sub(filled);
    let seconds = elapsed.as_secs_f64();
    let rate = if seconds > 0.0 { done as f64 / seconds } else { 0.0 };
    let left = if done == 0 { 0.0 } else { seconds / done as f64 * (total - done.min(total)) as f64 };
    let failed = if failures > 0 { format!(", {failures} failed") } else { String::new() };
    let (full, open) = ("█".repeat(filled), "░".repeat(empty));
    format!("{full}{open} {done} of {total} documents, {rate:.1}/s, {left:.0} s left{failed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_how_fast_and_how_long() {
        let half = format!("{}{} 10 of 20 documents, 2.0/s, 5 s left", "█".repeat(15), "░".repeat(15));
        assert_eq!(line(10, 20, 0, Duration::from_secs(5)), half);
        assert!(line(20, 20, 3, Duration::from_secs(5)).ends_with("4.0/s, 0 s left, 3 failed"));
        assert!(line(0, 0, 0, Duration::ZERO).ends_with("0 of 0 documents, 0.0/s, 0 s left"));
    }
}
