//! Columns of values, which matches are counted by.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::columnar::ColumnValues;
use tantivy::columnar::StrColumn;

use crate::local::index::error::IndexError;
use crate::local::index::sorted_strings::SortedStrings;

/// What an exchange has one value of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    /// Who answers.
    Speaker,
    /// Who asks.
    Asker,
    /// The document's publisher.
    Publisher,
    /// The document's language tag.
    Language,
    /// All labels of the document.
    Labels,
}

impl Attribute {
    /// All, in the order in which they are kept.
    pub(crate) const ALL: [Self; 5] =
        [Self::Speaker, Self::Asker, Self::Publisher, Self::Language, Self::Labels];

    /// The name of its column in files.
    pub(super) const fn column_name(self) -> &'static str {
        match self {
            Self::Speaker => "speaker_value",
            Self::Asker => "asker_value",
            Self::Publisher => "publisher_value",
            Self::Language => "language_value",
            Self::Labels => "labels_value",
        }
    }
}

/// One for each of [`Attribute::ALL`].
#[derive(Clone, Debug, Default)]
pub(super) struct OfEach<T>([T; Attribute::ALL.len()]);

impl<T> OfEach<T> {
    /// Made by a function.
    pub(super) fn new(of: impl FnMut(Attribute) -> T) -> Self {
        Self(Attribute::ALL.map(of))
    }

    /// As [`OfEach::new`], where making one can fail.
    pub(super) fn try_new<E>(of: impl FnMut(Attribute) -> Result<T, E>) -> Result<Self, E>
    where
        T: Default,
    {
        let mut all = Self(Default::default());
        for (slot, made) in all.0.iter_mut().zip(Attribute::ALL.map(of)) {
            *slot = made?;
        }
        Ok(all)
    }

    /// Each as a function makes it into another.
    pub(super) fn map<U>(self, into: impl FnMut(T) -> U) -> OfEach<U> {
        OfEach(self.0.map(into))
    }

    /// That of an attribute.
    pub(super) const fn of(&self, attribute: Attribute) -> &T {
        let [speaker, asker, publisher, language, labels] = &self.0;
        match attribute {
            Attribute::Speaker => speaker,
            Attribute::Asker => asker,
            Attribute::Publisher => publisher,
            Attribute::Language => language,
            Attribute::Labels => labels,
        }
    }

    /// Each, with its attribute.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Attribute, &T)> {
        Attribute::ALL.into_iter().zip(&self.0)
    }

    /// Each, with its attribute.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (Attribute, &mut T)> {
        Attribute::ALL.into_iter().zip(&mut self.0)
    }
}

/// A value for each passage that begins an exchange: the rank of it among the values that the
/// segment has. Values are as [`crate::local::index::values`] writes them.
#[derive(Default)]
pub(crate) struct ValueColumn {
    values: SortedStrings,
    ordinals: Ordinals,
}

enum Ordinals {
    Memory(Vec<u32>),
    Files(Arc<dyn ColumnValues<u64>>),
}

impl Default for Ordinals {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

impl ValueColumn {
    /// A column in files. Values are read into memory, as document ids are.
    pub(super) fn open(column: Option<StrColumn>) -> Result<Self, IndexError> {
        let Some(column) = column else { return Ok(Self::default()) };
        let ranks: Vec<u64> = (0..column.num_terms() as u64).collect();
        let mut values = SortedStrings::default();
        column.dictionary().sorted_ords_to_term_cb(&ranks, |value| values.push(value))?;
        Ok(Self { values, ordinals: Ordinals::Files(column.ords().clone().first_or_default_col(0)) })
    }

    /// The rank of a passage's value.
    #[must_use]
    pub(crate) fn ordinal(&self, passage: u32) -> usize {
        match &self.ordinals {
            Ordinals::Memory(ordinals) => {
                ordinals.get(passage as usize).map_or(0, |ordinal| *ordinal as usize)
            }
            Ordinals::Files(ordinals) => usize::try_from(ordinals.get_val(passage)).unwrap_or_default(),
        }
    }

    /// Its values, ascending.
    #[must_use]
    pub(crate) const fn values(&self) -> &SortedStrings {
        &self.values
    }

    /// The value of a passage.
    pub(super) fn value(&self, passage: u32) -> &str {
        self.values.get(self.ordinal(passage))
    }
}

/// Makes a column in memory, passage by passage.
#[derive(Debug, Default)]
pub(super) struct ValueColumnBuilder {
    /// The values so far, numbered as they came.
    numbers: BTreeMap<String, u32>,
    passages: Vec<u32>,
}

impl ValueColumnBuilder {
    /// Adds the value of the next passage.
    pub(super) fn push(&mut self, value: &str) {
        let number = self.number_of(value);
        self.passages.push(number);
    }

    /// Adds all passages of a segment in memory.
    pub(super) fn append(&mut self, other: &ValueColumn) {
        let Ordinals::Memory(ordinals) = &other.ordinals else { return };
        let numbers: Vec<u32> = other.values.iter().map(|value| self.number_of(value)).collect();
        let number = |ordinal: &u32| numbers.get(*ordinal as usize).copied().unwrap_or_default();
        self.passages.extend(ordinals.iter().map(number));
    }

    fn number_of(&mut self, value: &str) -> u32 {
        if let Some(number) = self.numbers.get(value) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(value.to_owned(), number);
        number
    }

    /// The column.
    pub(super) fn build(self) -> ValueColumn {
        let Self { numbers, mut passages } = self;
        let mut values = SortedStrings::default();
        let mut ordinals = vec![0; numbers.len()];
        for (ordinal, (value, number)) in (0..).zip(&numbers) {
            values.push(value.as_bytes());
            if let Some(slot) = ordinals.get_mut(*number as usize) {
                *slot = ordinal;
            }
        }
        for passage in &mut passages {
            *passage = ordinals.get(*passage as usize).copied().unwrap_or_default();
        }
        ValueColumn { values, ordinals: Ordinals::Memory(passages) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[&str]) -> ValueColumn {
        let mut builder = ValueColumnBuilder::default();
        for value in values {
            builder.push(value);
        }
        builder.build()
    }

    #[test]
    fn values_have_ranks() {
        let mut joined = ValueColumnBuilder::default();
        joined.push("m");
        joined.append(&column(&["z", "a", "z"]));
        joined.push("a");
        let joined = joined.build();
        assert_eq!(joined.values().iter().collect::<Vec<_>>(), ["a", "m", "z"]);
        assert_eq!([0, 1, 2, 3, 4].map(|passage| joined.ordinal(passage)), [1, 2, 0, 2, 0]);
        assert_eq!([0, 4].map(|passage| joined.value(passage)), ["m", "a"]);
    }
}
