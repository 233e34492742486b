//! Whether one run is better than another by more than chance.
//!
//! The paired randomisation test (Smucker, Allan and Carterette, "A Comparison of Statistical
//! Significance Tests for Information Retrieval Evaluation", 2007): if the two runs were alike,
//! each query's two scores could as well be swapped; how often do random swaps give a difference as
//! large as the one seen?

/// How many random assignments are drawn.
const TRIALS: u32 = 100_000;

/// What the test says of two runs over the same queries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Comparison {
    /// The mean of the second run less that of the first.
    pub difference: f64,
    /// The chance of a difference at least as large, either way, between runs that are alike;
    /// two-sided.
    pub p_value: f64,
    /// Queries on which the second run is better.
    pub better: usize,
    /// Queries on which it is worse.
    pub worse: usize,
}

/// Compares two runs by one measure: the queries' values, in the same order. The same input gives
/// the same answer: the draws are those of a generator that always starts alike. Without queries
/// nothing differs.
#[must_use]
pub(super) fn compare(first: &[f64], second: &[f64]) -> Comparison {
    let differences: Vec<f64> = first.iter().zip(second).map(|(one, other)| other - one).collect();
    let count = differences.len().max(1) as f64;
    let sum: f64 = differences.iter().sum();
    let nonzero: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    let mut random = SplitMix(0x6f6e_7265_636f_7264);
    // A sum of the same numbers in another order may differ in its last bits; it is as large all
    // the same.
    let seen = sum.abs() - 1e-9;
    let as_large = (0..TRIALS).filter(|_| random.signed_sum(&nonzero).abs() >= seen).count();
    Comparison {
        difference: sum / count,
        // The assignment seen is one of those possible, hence the ones (Phipson and Smyth, 2010).
        p_value: (as_large as f64 + 1.0) / (f64::from(TRIALS) + 1.0),
        better: differences.iter().filter(|difference| **difference > 0.0).count(),
        worse: differences.iter().filter(|difference| **difference < 0.0).count(),
    }
}

/// Steele, Lea and Flood's generator ("Fast Splittable Pseudorandom Number Generators", 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The sum of the numbers, each with a random sign.
    fn signed_sum(&mut self, numbers: &[f64]) -> f64 {
        let mut sum = 0.0;
        for chunk in numbers.chunks(64) {
            let mut signs = self.next();
            for number in chunk {
                sum += if signs & 1 == 1 { *number } else { -number };
                signs >>= 1;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::compare;

    /// The p-value may lie this far from the exact one.
    const TOLERANCE: f64 = 0.01;

    fn check(first: &[f64], second: &[f64], difference: f64, p_value: f64) {
        let comparison = compare(first, second);
        assert!((comparison.difference - difference).abs() < 1e-12, "{comparison:?}");
        assert!((comparison.p_value - p_value).abs() < TOLERANCE, "{comparison:?}");
        assert_eq!(comparison, compare(first, second));
    }

    #[test]
    fn alike() {
        check(&[], &[], 0.0, 1.0);
        check(&[0.5, 0.2], &[0.5, 0.2], 0.0, 1.0);
        check(&[0.0, 1.0], &[1.0, 0.0], 0.0, 1.0);
    }

    #[test]
    fn exact_chances() {
        // All of n equal differences point one way in 2 of 2^n assignments.
        check(&[0.0; 4], &[0.5; 4], 0.5, 2.0 / 16.0);
        check(&[0.5; 10], &[0.0; 10], -0.5, 2.0 / 1024.0);
        // Differences 1, 2 and 3: a sum of 6 either way in 2 of 8, of at least 4 in 4 of 8.
        check(&[0.0; 3], &[1.0, 2.0, 3.0], 2.0, 2.0 / 8.0);
        check(&[0.0, 1.0, 0.0], &[0.0 - 1.0 + 1.0 + 2.0, 0.0, 3.0], 4.0 / 3.0, 4.0 / 8.0);
    }

    #[test]
    fn counts() {
        let comparison = compare(&[0.1, 0.2, 0.3, 0.4], &[0.2, 0.1, 0.5, 0.4]);
        assert_eq!((comparison.better, comparison.worse), (2, 1));
    }
}
