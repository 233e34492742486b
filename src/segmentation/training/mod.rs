//! Access for a program that fits the weights: the feature functions of all that is decided, and
//! segmentation with other weights.
//!
//! `tests/quality/fit` is that program; nothing that serves uses this.

mod decisions;
mod lattice;
mod parameters;

pub use self::decisions::Claim;
pub use self::decisions::Decisions;
pub use self::decisions::alternation;
pub use self::decisions::decisions;
pub use self::lattice::Lattice;
pub use self::lattice::LatticeUnit;
pub use self::lattice::lattice;
pub use self::parameters::FeatureVector;
pub use self::parameters::Part;
pub use self::parameters::feature_names;
pub use self::parameters::fitted;
pub use self::parameters::part;
pub use self::parameters::prior;
pub use self::parameters::segment_with;
pub use self::parameters::states;
