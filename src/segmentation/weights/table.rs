//! The table of weights: one per feature function, read from `weights.tsv`.

use std::sync::LazyLock;

use crate::segmentation::weights::feature_functions;
use crate::segmentation::weights::feature_functions::COUNT;
use crate::segmentation::weights::feature_functions::FeatureFunction;
use crate::segmentation::weights::feature_functions::FeatureIndex;

/// The table as it is committed: lines of a name, the weight expected before the fit, and the
/// weight.
const TABLE: &str = include_str!("weights.tsv");

/// A weight for each feature function.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    values: Vec<f32>,
}

/// One line of the table.
struct Row<'a> {
    name: &'a str,
    prior: f32,
    weight: f32,
}

impl Weights {
    /// The weights that were fitted.
    pub(crate) fn fitted() -> &'static Self {
        static FITTED: LazyLock<Weights> = LazyLock::new(|| Weights::read(|row| row.weight));
        &FITTED
    }

    /// The weights expected before the fit, set by hand.
    pub(crate) fn prior() -> Self {
        Self::read(|row| row.prior)
    }

    /// Weights in the order of [`feature_functions::names`]; 0 for those that lack.
    pub(crate) fn new(mut values: Vec<f32>) -> Self {
        values.resize(COUNT, 0.0);
        Self { values }
    }

    /// All weights in order.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// The weight at a place.
    pub(crate) fn at(&self, index: FeatureIndex) -> f32 {
        self.values.get(index).copied().unwrap_or_default()
    }

    /// The weight of a feature function.
    pub(crate) fn of(&self, function: FeatureFunction) -> f32 {
        self.at(feature_functions::index(function))
    }

    fn read(choose: impl Fn(&Row<'_>) -> f32) -> Self {
        let mut rows: Vec<Row<'_>> = rows(TABLE).collect();
        rows.sort_by_key(|row| row.name);
        let names = feature_functions::names();
        let find = |name: &String| {
            let at = rows.binary_search_by_key(&name.as_str(), |row| row.name).ok()?;
            rows.get(at).map(&choose)
        };
        // A feature function younger than the last fit has no line yet, and counts for nothing.
        Self::new(names.iter().map(|name| find(name).unwrap_or_default()).collect())
    }
}

/// The lines of a table; those with `#` explain it.
fn rows(table: &str) -> impl Iterator<Item = Row<'_>> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split('\t');
        let name = fields.next()?;
        let prior = fields.next()?.parse().ok()?;
        let weight = fields.next()?.parse().ok()?;
        Some(Row { name, prior, weight })
    })
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use super::Weights;
    use super::rows;
    use crate::segmentation::weights::feature_functions::COUNT;
    use crate::segmentation::weights::feature_functions::names;

    #[test]
    fn table_has_a_line_for_each_feature_function_and_no_other() {
        let mut names = names();
        let mut rows: Vec<String> = rows(TABLE).map(|row| row.name.to_owned()).collect();
        names.sort();
        rows.sort();
        assert_eq!(names, rows, "run tests/quality/fit, which writes the table");
        assert_eq!(names.len(), COUNT);
    }

    #[test]
    fn weights_are_finite() {
        assert!(Weights::fitted().values().iter().all(|weight| weight.is_finite()));
    }
}
