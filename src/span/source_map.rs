//! [`SourceMap`]: which source bytes a stretch of text was read from.

use crate::span::ByteSpan;
use crate::span::TextSpan;

/// A monotone map from extracted text to source bytes.
///
/// It is total: every text offset is inside a run or is synthetic (a paragraph break the extractor
/// put in), and synthetic text maps to no bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceMap {
    runs: Vec<Mapped>,
}

/// A run of `units` characters that each take `text_unit` bytes of text and `byte_unit` bytes of
/// source.
///
/// `1/1` is text copied verbatim; `2/1` a Latin-1 letter, `1/2` ASCII in UTF-16; a single unit with
/// other lengths is a replacement, such as a character reference of HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// Offset of the first unit in the text.
    pub text_start: usize,
    /// Offset of the first unit in the source.
    pub byte_start: usize,
    /// How many units follow each other.
    pub units: usize,
    /// Length of one unit in the text.
    pub text_unit: usize,
    /// Length of one unit in the source.
    pub byte_unit: usize,
}

impl Mapped {
    const fn text_end(&self) -> usize {
        self.text_start + self.units * self.text_unit
    }

    const fn byte_end(&self) -> usize {
        self.byte_start + self.units * self.byte_unit
    }

    /// The parts of the run that `span` touches: whole units, and at either end a unit that the
    /// span splits. Of such a unit only the text inside counts, and it represents all the bytes
    /// that it was read from.
    fn clip(self, span: TextSpan) -> impl Iterator<Item = Self> {
        let start = span.start().max(self.text_start);
        let end = span.end().min(self.text_end());
        let unit = self.text_unit.max(1);
        let first = start.saturating_sub(self.text_start) / unit;
        let last = end.saturating_sub(self.text_start) / unit;
        let (head, whole, tail) = if first == last {
            (Some((first, start, end)), 0..0, None)
        } else {
            let second = self.text_start + (first + 1) * unit;
            let splits_first = start > self.text_start + first * unit;
            let whole = first + usize::from(splits_first)..last;
            (
                splits_first.then_some((first, start, second)),
                whole,
                Some((last, self.text_start + last * unit, end)),
            )
        };
        let part = move |(at, start, end): (usize, usize, usize)| {
            let byte_start = self.byte_start + at * self.byte_unit;
            (start < end).then_some(Self {
                text_start: start,
                byte_start,
                units: 1,
                text_unit: end - start,
                ..self
            })
        };
        let whole = Self {
            text_start: self.text_start + whole.start * unit,
            byte_start: self.byte_start + whole.start * self.byte_unit,
            units: whole.len(),
            ..self
        };
        let whole = (whole.units > 0).then_some(whole);
        [head.and_then(part), whole, tail.and_then(part)].into_iter().flatten()
    }
}

impl SourceMap {
    /// The map of text that is the source itself, read from `byte_start` on.
    #[must_use]
    pub fn verbatim(byte_start: usize, len: usize) -> Self {
        let mut map = Self::default();
        map.push(Mapped { text_start: 0, byte_start, units: len, text_unit: 1, byte_unit: 1 });
        map
    }

    /// A map of these runs, in order.
    #[must_use]
    pub fn from_runs(runs: impl IntoIterator<Item = Mapped>) -> Self {
        let mut map = Self::default();
        runs.into_iter().for_each(|run| map.push(run));
        map
    }

    /// The runs, in order of text.
    #[must_use]
    pub fn runs(&self) -> &[Mapped] {
        &self.runs
    }

    /// Adds a run behind the last; a run that would break the order is left out.
    pub fn push(&mut self, run: Mapped) {
        if run.units == 0 || run.text_unit == 0 {
            return;
        }
        match self.runs.last_mut() {
            Some(last) if run.text_start < last.text_end() || run.byte_start < last.byte_end() => {}
            Some(last)
                if last.text_end() == run.text_start
                    && last.byte_end() == run.byte_start
                    && (last.text_unit, last.byte_unit) == (run.text_unit, run.byte_unit) =>
            {
                last.units += run.units;
            }
            _ => self.runs.push(run),
        }
    }

    /// The runs that `span` touches, clipped to it.
    pub fn clip(&self, span: TextSpan) -> impl Iterator<Item = Mapped> {
        let first = self.runs.partition_point(|run| run.text_end() <= span.start());
        self.runs
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take_while(move |run| run.text_start < span.end())
            .flat_map(move |run| run.clip(span))
    }

    /// The source bytes that `span` was read from: ordered, disjoint, adjacent ones merged.
    ///
    /// Empty where the span holds only synthetic text.
    #[must_use]
    pub fn to_bytes(&self, span: TextSpan) -> Vec<ByteSpan> {
        let mut spans: Vec<ByteSpan> = Vec::new();
        for run in self.clip(span) {
            match spans.last_mut() {
                Some(last) if last.end() == run.byte_start => {
                    *last = ByteSpan::new(last.start(), run.byte_end());
                }
                _ => spans.push(ByteSpan::new(run.byte_start, run.byte_end())),
            }
        }
        spans
    }

    /// The smallest single stretch of source that holds all of `span`.
    #[must_use]
    pub fn hull(&self, span: TextSpan) -> Option<ByteSpan> {
        let mut runs = self.clip(span);
        let first = runs.next()?;
        let last = runs.last().unwrap_or(first);
        Some(ByteSpan::new(first.byte_start, last.byte_end()))
    }
}

/// Builds a text from stretches of another one (the decoded source), keeping the map to the
/// source's bytes.
#[derive(Debug)]
pub struct TextBuilder<'a> {
    from: &'a str,
    base: &'a SourceMap,
    text: String,
    map: SourceMap,
}

impl<'a> TextBuilder<'a> {
    /// A builder that reads from `from`, whose own map is `base`.
    #[must_use]
    pub fn new(from: &'a str, base: &'a SourceMap) -> Self {
        Self { from, base, text: String::with_capacity(from.len()), map: SourceMap::default() }
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How long the text is so far: where the next push will start.
    #[must_use]
    pub fn position(&self) -> usize {
        self.text.len()
    }

    /// Copies `span` of the text read from.
    pub fn verbatim(&mut self, span: TextSpan) {
        let text_start = self.text.len();
        self.text.push_str(span.of(self.from));
        for run in self.base.clip(span) {
            self.map.push(Mapped { text_start: text_start + (run.text_start - span.start()), ..run });
        }
    }

    /// Writes `with` for `span`, as for an escape or a character reference.
    pub fn replaced(&mut self, span: TextSpan, with: &str) {
        if let Some(bytes) = self.base.hull(span) {
            self.map.push(Mapped {
                text_start: self.text.len(),
                byte_start: bytes.start(),
                units: 1,
                text_unit: with.len(),
                byte_unit: bytes.len(),
            });
        }
        self.text.push_str(with);
    }

    /// Writes text that is nowhere in the source, such as the break between two paragraphs.
    pub fn synthetic(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The text and its map.
    #[must_use]
    pub fn finish(self) -> (String, SourceMap) {
        (self.text, self.map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjacent_runs_merge_and_gaps_stay() {
        let source = "one <b>two</b> &amp; three";
        let base = SourceMap::verbatim(0, source.len());
        let mut built = TextBuilder::new(source, &base);
        built.verbatim(TextSpan::new(0, 4));
        built.verbatim(TextSpan::new(7, 10));
        built.verbatim(TextSpan::new(14, 15));
        built.replaced(TextSpan::new(15, 20), "&");
        built.verbatim(TextSpan::new(20, 26));
        let (text, map) = built.finish();
        assert_eq!(text, "one two & three");
        let spans = map.to_bytes(TextSpan::new(0, text.len()));
        assert_eq!(spans, [ByteSpan::new(0, 4), ByteSpan::new(7, 10), ByteSpan::new(14, 26)]);
        assert_eq!(map.to_bytes(TextSpan::new(4, 6)), [ByteSpan::new(7, 9)]);
    }

    #[test]
    fn units_of_other_lengths_are_clipped_whole() {
        // "aé" in UTF-16: two bytes each.
        let map = SourceMap::from_runs([
            Mapped { text_start: 0, byte_start: 2, units: 1, text_unit: 1, byte_unit: 2 },
            Mapped { text_start: 1, byte_start: 4, units: 1, text_unit: 2, byte_unit: 2 },
        ]);
        assert_eq!(map.to_bytes(TextSpan::new(1, 3)), [ByteSpan::new(4, 6)]);
        assert_eq!(map.to_bytes(TextSpan::new(0, 3)), [ByteSpan::new(2, 6)]);
    }

    #[test]
    fn a_replacement_cut_in_two_stays_inside_the_span() {
        // Two ligatures of two letters each, written as references of seven bytes.
        let map = SourceMap::from_runs([Mapped {
            text_start: 4,
            byte_start: 10,
            units: 2,
            text_unit: 2,
            byte_unit: 7,
        }]);
        let check = |start, end, expect: &[(usize, usize, usize)]| {
            let parts: Vec<_> = map
                .clip(TextSpan::new(start, end))
                .map(|run| (run.text_start, run.units * run.text_unit, run.byte_start))
                .collect();
            assert_eq!(parts, expect, "{start}..{end}");
        };
        check(0, 4, &[]);
        check(5, 5, &[]);
        check(0, 9, &[(4, 4, 10)]);
        check(5, 6, &[(5, 1, 10)]);
        check(5, 7, &[(5, 1, 10), (6, 1, 17)]);
        check(4, 7, &[(4, 2, 10), (6, 1, 17)]);
        check(7, 8, &[(7, 1, 17)]);
        assert_eq!(map.to_bytes(TextSpan::new(5, 7)), [ByteSpan::new(10, 24)]);
    }
}
