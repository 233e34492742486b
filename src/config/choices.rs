//! What flags choose from: orders of results, what matches are counted by, units of time.

use std::str::FromStr;

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

/// The size of a bucket of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// A calendar year.
    Year,
    /// A calendar month.
    Month,
    /// A day.
    Day,
}

/// What matches are counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Facet {
    /// Who answers.
    Speaker,
    /// Who asks.
    Asker,
    /// The document.
    Document,
    /// The publisher.
    Publisher,
    /// The year of publication.
    Year,
    /// The language.
    Language,
    /// The label of this key.
    Label(String),
}

impl FromStr for Facet {
    type Err = &'static str;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        Ok(match typed {
            "speaker" => Self::Speaker,
            "asker" => Self::Asker,
            "document" => Self::Document,
            "publisher" => Self::Publisher,
            "year" => Self::Year,
            "language" => Self::Language,
            _ => {
                let key = typed.strip_prefix("label:").filter(|key| !key.is_empty());
                let known = "write speaker, asker, document, publisher, year, language or label:KEY";
                Self::Label(key.ok_or(known)?.to_owned())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facets_have_names() {
        assert_eq!("year".parse(), Ok(Facet::Year));
        assert_eq!("label:beat".parse(), Ok(Facet::Label("beat".into())));
        assert_eq!("label:a:b".parse(), Ok(Facet::Label("a:b".into())));
        for typed in ["", "Year", "label", "label:", "beat"] {
            assert!(typed.parse::<Facet>().is_err_and(|error| error.contains("label:KEY")), "{typed:?}");
        }
    }
}
