//! The features of a unit.

/// Something seen in a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// It ends with a question mark.
    Asks,
    /// One of its last sentences has a question mark, but not the last.
    Asked,
    /// A sentence begins as a request.
    Requests,
    /// It begins with a question word.
    OpensAsking,
    /// It speaks to someone.
    SecondPerson,
    /// It speaks of its speaker.
    FirstPerson,
    /// It ends as a sentence does.
    Stops,
    /// It begins as matter after an interview does, or is a credit.
    Trailing,
    /// It is only a sign of listening.
    Listens,
    /// It gives the floor to another.
    HandsOver,
    /// It is a date, with few words around it.
    Dated,
    /// It ends a quotation that began before, or a question that it quotes: someone reports what
    /// was said.
    ClosesQuotation,
}

/// What is seen in one unit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Features {
    /// Words.
    pub words: usize,
    /// Log-odds that it is boilerplate.
    pub boilerplate: f32,
    /// One bit for each feature.
    pub(super) signs: u16,
}

impl Features {
    /// Whether a sign is there.
    pub(crate) fn has(&self, sign: Feature) -> bool {
        self.signs & (1 << sign as u16) != 0
    }

    pub(crate) fn note(&mut self, sign: Feature, there: bool) {
        self.signs |= u16::from(there) << sign as u16;
    }
}
