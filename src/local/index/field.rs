//! What is kept for each field that is searched.

use std::convert::Infallible;

pub(crate) use crate::query::Field;

/// Something for each [`Field`].
#[derive(Clone, Debug, Default)]
pub(crate) struct ByField<T> {
    question: T,
    answer: T,
    speaker: T,
    asker: T,
    title: T,
    publisher: T,
}

impl<T> ByField<T> {
    /// What `make` makes for each field.
    pub(crate) fn from_fn(mut make: impl FnMut(Field) -> T) -> Self {
        let Ok(all) = Self::try_from_fn(|field| Ok::<T, Infallible>(make(field)));
        all
    }

    /// What `make` makes for each field, or its first error.
    pub(crate) fn try_from_fn<E>(mut make: impl FnMut(Field) -> Result<T, E>) -> Result<Self, E> {
        Ok(Self {
            question: make(Field::Question)?,
            answer: make(Field::Answer)?,
            speaker: make(Field::Speaker)?,
            asker: make(Field::Asker)?,
            title: make(Field::Title)?,
            publisher: make(Field::Publisher)?,
        })
    }

    /// That of a field.
    pub(crate) const fn of(&self, field: Field) -> &T {
        match field {
            Field::Question => &self.question,
            Field::Answer => &self.answer,
            Field::Speaker => &self.speaker,
            Field::Asker => &self.asker,
            Field::Title => &self.title,
            Field::Publisher => &self.publisher,
        }
    }

    /// That of a field.
    pub(crate) const fn of_mut(&mut self, field: Field) -> &mut T {
        match field {
            Field::Question => &mut self.question,
            Field::Answer => &mut self.answer,
            Field::Speaker => &mut self.speaker,
            Field::Asker => &mut self.asker,
            Field::Title => &mut self.title,
            Field::Publisher => &mut self.publisher,
        }
    }

    /// Those of [`Field::ALL`].
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        Field::ALL.into_iter().map(|field| self.of(field))
    }
}
