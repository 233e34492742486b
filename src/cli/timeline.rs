//! Matches over time on a terminal.

use std::io::Write as _;

use crate::cli::CliError;
use crate::cli::render::FAINT;
use crate::cli::render::cited;
use crate::cli::render::harmless;
use crate::cli::render::width;
use crate::grpc::pb;

/// The columns of a date, a count and what is between them and the bar.
const BEFORE_BAR: usize = 24;

/// Prints a bar for each bucket, and where the first and the last match were said.
pub(super) fn print(query: &str, response: &pb::GetTimelineResponse) -> Result<(), CliError> {
    let mut out = anstream::stdout().lock();
    let most = response.buckets.iter().map(|bucket| bucket.matches).max().unwrap_or_default();
    if most == 0 && response.undated == 0 {
        writeln!(out, "Nothing on the record about {query:?}.")?;
        return Ok(());
    }
    let room = width().saturating_sub(BEFORE_BAR).max(1);
    for bucket in &response.buckets {
        let line = format!(
            "{:10}  {:8}  {}",
            harmless(&bucket.date),
            bucket.matches,
            bar(bucket.matches, most, room)
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    if response.undated > 0 {
        writeln!(out, "{:10}  {:8}", "undated", response.undated)?;
    }
    for (name, citation) in [("first", &response.first), ("last", &response.last)] {
        if citation.is_some() {
            writeln!(out, "\n{FAINT}{name} on record{FAINT:#}")?;
            cited(&mut out, citation.as_ref())?;
        }
    }
    Ok(())
}

/// A bar of at most `room` columns, in eighths of one; the longest is that of `most` matches. Any
/// match shows.
fn bar(matches: i64, most: i64, room: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let (Ok(matches), Ok(most)) = (usize::try_from(matches), usize::try_from(most)) else {
        return String::new();
    };
    if matches == 0 || most == 0 {
        return String::new();
    }
    let eighths = (matches.min(most).saturating_mul(room * 8) / most).max(1);
    let part = EIGHTHS.get(eighths % 8).copied().unwrap_or_default();
    format!("{}{part}", "█".repeat(eighths / 8))
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn bars_are_in_proportion() {
        let bars = [0, 1, 2, 3, 4, 1000].map(|matches| bar(matches, 1000, 4));
        assert_eq!(bars, ["", "▏", "▏", "▏", "▏", "████"]);
        assert_eq!(bar(5, 8, 2), "█▎");
        // Counts of a server that are none.
        assert_eq!([bar(-1, 5, 3), bar(5, 0, 3), bar(9, 5, 3)], ["", "", "███"]);
    }
}
