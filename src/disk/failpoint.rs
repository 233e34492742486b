//! Failpoints: places where a test can make the disk fail. Without the feature `failpoints` they
//! cost nothing.

/// What is done to a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A new name is made.
    Create,
    /// Bytes are written.
    Write,
    /// A length is changed.
    Resize,
    /// What was written is forced to disk.
    Sync,
    /// A name is changed.
    Rename,
}

/// Goes on, or fails where a test wants it to.
#[cfg(not(feature = "failpoints"))]
#[expect(clippy::unnecessary_wraps, reason = "it fails only in tests")]
#[inline]
pub(super) fn pass(_: Operation, _: &std::path::Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(feature = "failpoints")]
pub use armed::arm;
#[cfg(feature = "failpoints")]
pub use armed::armed;
#[cfg(feature = "failpoints")]
pub use armed::disarm;
#[cfg(feature = "failpoints")]
pub(super) use armed::pass;

#[cfg(feature = "failpoints")]
mod armed {
    use std::io;
    use std::path::Path;
    use std::path::PathBuf;
    use std::sync::Mutex;
    use std::sync::PoisonError;

    use super::Operation;

    struct Failpoint {
        operation: Operation,
        path: PathBuf,
        after: usize,
        times: usize,
        kind: io::ErrorKind,
    }

    static ARMED: Mutex<Vec<Failpoint>> = Mutex::new(Vec::new());

    /// Makes an operation on `path`, or on anything below it, fail with `kind`: after it went well
    /// `after` times, and then `times` times.
    pub fn arm(operation: Operation, path: &Path, after: usize, times: usize, kind: io::ErrorKind) {
        let failpoint = Failpoint { operation, path: path.to_owned(), after, times, kind };
        ARMED.lock().unwrap_or_else(PoisonError::into_inner).push(failpoint);
    }

    /// How many failures on `path` and below it have still to come.
    pub fn armed(path: &Path) -> usize {
        let armed = ARMED.lock().unwrap_or_else(PoisonError::into_inner);
        armed.iter().filter(|point| point.path.starts_with(path)).map(|point| point.times).sum()
    }

    /// Takes back what is armed on `path` and below it; says how many failures had not come yet.
    pub fn disarm(path: &Path) -> usize {
        let mut armed = ARMED.lock().unwrap_or_else(PoisonError::into_inner);
        let (mine, others) = armed.drain(..).partition::<Vec<_>, _>(|point| point.path.starts_with(path));
        *armed = others;
        mine.iter().map(|point| point.times).sum()
    }

    pub(crate) fn pass(operation: Operation, path: &Path) -> io::Result<()> {
        let mut armed = ARMED.lock().unwrap_or_else(PoisonError::into_inner);
        armed.retain(|failpoint| failpoint.times > 0);
        let mut matching =
            armed.iter_mut().filter(|point| point.operation == operation && path.starts_with(&point.path));
        let Some(failpoint) = matching.next() else { return Ok(()) };
        if failpoint.after > 0 {
            failpoint.after -= 1;
            return Ok(());
        }
        failpoint.times -= 1;
        Err(failpoint.kind.into())
    }
}
