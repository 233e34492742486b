//! Counts of matches on a terminal.

use std::io::Write;

use crate::cli::CliError;
use crate::cli::render::FAINT;
use crate::cli::render::INDENT;
use crate::cli::render::NAME;
use crate::cli::render::harmless;
use crate::cli::render::width;
use crate::cli::render::wrapped;
use crate::grpc::pb;

/// Prints the counts of each facet.
pub(super) fn print(out: &mut impl Write, facets: &[pb::Facet]) -> Result<(), CliError> {
    for facet in facets {
        let name = match facet.field() {
            pb::FacetField::Unspecified => harmless(&facet.label).replace('\n', " "),
            pb::FacetField::Speaker => "speaker".to_owned(),
            pb::FacetField::Document => "document".to_owned(),
            pb::FacetField::Publisher => "publisher".to_owned(),
            pb::FacetField::Year => "year".to_owned(),
            pb::FacetField::Language => "language".to_owned(),
            pb::FacetField::Asker => "asker".to_owned(),
        };
        writeln!(out, "By {NAME}{name}{NAME:#}")?;
        for value in &facet.values {
            line(out, value.count, &harmless(&value.value).replace('\n', " "))?;
        }
        if facet.missing > 0 {
            line(out, facet.missing, &format!("{FAINT}(none){FAINT:#}"))?;
        }
        if facet.more_values > 0 {
            writeln!(out, "{INDENT}{FAINT}and {} more{FAINT:#}", facet.more_values)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Prints a count and a value.
fn line(out: &mut impl Write, count: i64, value: &str) -> Result<(), CliError> {
    const NEXT: &str = "          ";
    writeln!(out, "{}", wrapped(value, width(), &format!("{count:8}  "), NEXT))?;
    Ok(())
}
