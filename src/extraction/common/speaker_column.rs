//! How well a column fits the speakers of what another holds.

use std::collections::HashMap;

use crate::extraction::common::column_names;
use crate::extraction::common::columns::LONG;
use crate::extraction::common::columns::Profile;
use crate::extraction::common::columns::SAMPLE;

impl Profile {
    /// How well a column fits the speakers of what `said` holds: for each row, the speaker's hash
    /// and whether the text asks. `None` where it cannot be that. `rows` is the number of rows with
    /// text.
    pub(crate) fn speaker_score(
        &self,
        names: &[String],
        rows: usize,
        said: impl Iterator<Item = (u64, bool)>,
    ) -> Option<f64> {
        /// Less evidence than this names nobody.
        const ENOUGH: f64 = 3.5;
        let by_name = column_names::speaker_evidence(names);
        let known = by_name >= 4.0;
        let numeric = self.numbers * 2 > self.seen;
        if self.seen == 0
            || self.mean() > LONG
            || (numeric && (self.whole < self.numbers || self.distinct > 100))
            || (numeric && self.seen > 3 && self.steps * 10 >= (self.seen - 1) * 9)
            || self.clocks * 2 > self.seen
            || self.addresses * 4 > self.seen
            || (self.running * 2 > self.seen && self.asking * 4 > self.seen)
            || (!known && (self.distinct < 2 || !self.repeats() || self.filled * 10 < rows * 6))
        {
            return None;
        }
        let ratio = |part: usize| {
            #[expect(clippy::cast_precision_loss, reason = "counts of at most a few thousand")]
            let ratio = part as f64 / self.seen as f64;
            ratio
        };
        let (separation, speakers, sampled) = separation(said);
        if !known && sampled > 3 && speakers > 2 && speakers * 10 > sampled * 6 {
            return None;
        }
        let mut score = by_name + ratio(self.capitals) + separation * 3.0;
        // Speakers return, and they take turns.
        score += if self.distinct >= 2 && self.repeats() { 2.0 + ratio(self.changes) } else { 0.0 };
        score +=
            if (self.codes.max(self.numbered)) * 2 > self.seen && self.distinct >= 2 { 0.7 } else { 0.0 };
        score -= if self.seen > 40 && ratio(self.changes) < 0.03 { 2.0 } else { 0.0 };
        // A name decides the role and the party; of several columns the finest is the name.
        #[expect(clippy::cast_precision_loss, reason = "a number up to five")]
        let fine = self.distinct.min(5) as f64 * 0.1;
        // Roles and parties replace names only where there are none.
        let coarse = if column_names::is_role(names) { 4.5 } else { 0.0 };
        (score >= ENOUGH).then_some(score + fine - coarse)
    }
}

/// How far the values of a column set questions apart from the rest: the share of the variance that
/// they explain, less what as many values explain by chance (the adjusted coefficient of
/// determination), from 0 to 1. And how many values and rows there are.
fn separation(said: impl Iterator<Item = (u64, bool)>) -> (f64, usize, usize) {
    let mut groups: HashMap<u64, (f64, f64)> = HashMap::new();
    let (mut rows, mut asking) = (0_u32, 0.0_f64);
    for (speaker, asks) in said.take(SAMPLE) {
        let group = groups.entry(speaker).or_default();
        group.0 += 1.0;
        rows += 1;
        if asks {
            group.1 += 1.0;
            asking += 1.0;
        }
    }
    let values = groups.len();
    let sampled = usize::try_from(rows).unwrap_or(SAMPLE);
    let rows = f64::from(rows);
    if sampled < 4 || asking < 1.0 || asking >= rows || values >= sampled {
        return (0.0, values, sampled);
    }
    let share = asking / rows;
    let mut between: Vec<f64> =
        groups.into_values().map(|(rows, asking)| rows * (asking / rows - share).powi(2)).collect();
    // A sum of floating-point numbers depends on their order, which a hash map does not fix.
    between.sort_by(f64::total_cmp);
    let explained = between.iter().sum::<f64>() / (rows * share * (1.0 - share));
    #[expect(clippy::cast_precision_loss, reason = "counts of at most a few thousand")]
    let freedom = (sampled - 1) as f64 / (sampled - values) as f64;
    ((1.0 - (1.0 - explained) * freedom).max(0.0), values, sampled)
}

#[cfg(test)]
mod tests {
    use crate::extraction::common::columns::tests::profile;

    #[test]
    fn speakers_are_few_short_values_that_set_questions_apart() {
        let score = |name: &str, cells: &[&str]| {
            let (profile, said) = profile(cells);
            profile.speaker_score(&[name.to_owned()], cells.len(), said.into_iter())
        };
        assert!(score("x", &["IR", "KB", "IR", "KB", "IR", "KB"]).is_some());
        assert!(score("speaker", &["Ann", "Bob"]).is_some());
        assert!(score("x", &["Ann (0:01)", "Bob (0:04)", "Ann (0:09)", "Bob (1:15)"]).is_some());
        // Something about the words, a count of the rows, times, and what never returns.
        assert!(score("type", &["Word", "Mark", "Word", "Mark", "Word", "Mark"]).is_none());
        assert!(score("x", &["warm", "warm", "cold", "warm", "cold", "cold"]).is_none());
        assert!(score("x", &["0:01", "0:01", "0:02", "0:02", "0:03", "0:03"]).is_none());
        assert!(score("x", &["Ann", "Bob", "Cem", "Dag", "Eva", "Fay"]).is_none());
    }
}
