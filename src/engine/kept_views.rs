//! Earlier generations that page tokens refer to, within bounds of time, number, memory and disk.
//!
//! A view is immutable and shares with later ones whatever did not change, so keeping one costs
//! what only earlier generations hold: segments that were merged since, sets of live passages, and
//! pages of the store that cannot be used again.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use crate::engine::Backend;
use crate::engine::View;

/// What keeping earlier generations may cost. Past a bound, page tokens of the generation that was
/// used least recently are not answered any more.
#[derive(Clone, Copy, Debug)]
pub struct KeepSettings {
    /// How long a generation is kept once the last page token of it was made.
    pub time: Duration,
    /// How many are kept at most.
    pub generations: usize,
    /// How much memory they may take, in bytes.
    pub memory_bytes: usize,
    /// How much fuller the disk may get while they are kept, in bytes; without it, by a tenth of
    /// its size.
    pub disk_bytes: Option<u64>,
}

impl Default for KeepSettings {
    /// Fifteen minutes of twenty commits a second, each of which some page token refers to.
    fn default() -> Self {
        let time = Duration::from_mins(15);
        Self { time, generations: 20_000, memory_bytes: 256 << 20, disk_bytes: None }
    }
}

/// The views that are kept.
#[derive(Debug)]
pub(super) struct KeptViews {
    settings: KeepSettings,
    clock: fn() -> SystemTime,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    views: BTreeMap<u64, Kept>,
    /// When each generation was last used, in seconds, and its number.
    uses: BTreeSet<(u64, u64)>,
    /// How many views share a block of memory, and its length, by its address.
    blocks: HashMap<usize, (usize, usize)>,
    /// Length of all blocks, in bytes.
    bytes: usize,
    /// Generations that exports are reading, and how many.
    exported: BTreeMap<u64, usize>,
    /// Documents that were purged: the generation without them, and when.
    purged: BTreeMap<String, (u64, u64)>,
}

#[derive(Debug)]
struct Kept {
    view: Arc<dyn View>,
    used: u64,
    /// Addresses of the blocks of memory that it holds.
    blocks: Vec<usize>,
    /// How much of the disk was free when it was kept, in bytes.
    free: u64,
}

impl State {
    fn insert(&mut self, view: Arc<dyn View>, used: u64, free: u64) {
        let generation = view.generation();
        let held = view.memory();
        let mut blocks = Vec::with_capacity(held.len());
        for block in held {
            let (holders, _) = self.blocks.entry(block.address).or_insert((0, block.bytes));
            if *holders == 0 {
                self.bytes = self.bytes.saturating_add(block.bytes);
            }
            *holders += 1;
            blocks.push(block.address);
        }
        self.uses.insert((used, generation));
        self.views.insert(generation, Kept { view, used, blocks, free });
    }

    /// Returns the view, so that it is dropped once the lock is released.
    fn remove(&mut self, generation: u64) -> Option<Arc<dyn View>> {
        let Kept { view, used, blocks, .. } = self.views.remove(&generation)?;
        self.uses.remove(&(used, generation));
        for address in blocks {
            if let Some((holders, bytes)) = self.blocks.get_mut(&address) {
                *holders -= 1;
                if *holders == 0 {
                    self.bytes = self.bytes.saturating_sub(*bytes);
                    self.blocks.remove(&address);
                }
            }
        }
        Some(view)
    }

    /// Removes what was not used since `expired`, and then the views that were used least recently
    /// until the rest is within the bounds.
    fn shrink(&mut self, settings: &KeepSettings, expired: u64) -> Vec<Arc<dyn View>> {
        let mut removed = Vec::new();
        while let Some((used, generation)) = self.uses.first().copied()
            && (used < expired
                || self.views.len() > settings.generations
                || self.bytes > settings.memory_bytes)
        {
            removed.extend(self.remove(generation));
        }
        // A search that began before can still end, and make a page token.
        let kept = self.views.first_key_value().map(|(generation, _)| *generation);
        let exported = self.exported.first_key_value().map(|(generation, _)| *generation);
        let earliest = kept.into_iter().chain(exported).min().unwrap_or(u64::MAX);
        self.purged.retain(|_, (generation, when)| *when >= expired || *generation > earliest);
        removed
    }
}

impl KeptViews {
    pub(super) fn new(settings: KeepSettings, clock: fn() -> SystemTime) -> Self {
        Self { settings, clock, state: Mutex::default() }
    }

    /// The view of a generation, if it is kept.
    pub(super) fn get(&self, generation: u64) -> Option<Arc<dyn View>> {
        self.state().views.get(&generation).map(|kept| Arc::clone(&kept.view))
    }

    /// Keeps the view that a page token is made for.
    pub(super) fn keep(&self, view: &Arc<dyn View>, backend: &dyn Backend) {
        let (now, generation) = (self.seconds(), view.generation());
        let known = self.state().views.get(&generation).map(|kept| (kept.used, kept.free));
        let free = match known {
            Some((used, _)) if used == now => return,
            Some((_, free)) => free,
            None => backend.disk().map_or(0, |disk| disk.free),
        };
        let mut state = self.state();
        // Inserted once more, because a view can have cached something since.
        let mut removed: Vec<_> = state.remove(generation).into_iter().collect();
        let first = removed.first().map_or_else(|| Arc::clone(view), Arc::clone);
        state.insert(first, now, free);
        removed.extend(state.shrink(&self.settings, self.expired(now)));
        drop(state);
        drop(removed);
    }

    /// Lets go of what is past the bounds or cannot be read any more; called for every new
    /// generation.
    pub(super) fn refresh(&self, backend: &dyn Backend) {
        let mut state = self.state();
        if state.views.is_empty() && state.purged.is_empty() {
            return;
        }
        let mut removed = state.shrink(&self.settings, self.expired(self.seconds()));
        let unreadable: Vec<u64> = state
            .views
            .iter()
            .filter_map(|(generation, kept)| kept.view.ensure_current().is_err().then_some(*generation))
            .collect();
        removed.extend(unreadable.into_iter().filter_map(|generation| state.remove(generation)));
        if let Some(disk) = backend.disk() {
            let most = self.settings.disk_bytes.unwrap_or(disk.total / 10);
            // The earliest generation keeps the store's pages of all later ones from being used
            // again.
            while let Some((generation, kept)) = state.views.first_key_value()
                && kept.free.saturating_sub(disk.free) > most
            {
                let generation = *generation;
                removed.extend(state.remove(generation));
            }
        }
        drop(state);
        drop(removed);
    }

    /// Remembers, until the guard is dropped, what is purged after a generation that is exported: a
    /// client may read an export slowly.
    pub(super) fn exporting(self: &Arc<Self>, generation: u64) -> Exporting {
        *self.state().exported.entry(generation).or_default() += 1;
        Exporting { kept: Arc::clone(self), generation }
    }

    /// Notes that a document was purged: earlier generations must not show it.
    pub(super) fn purged(&self, id: &str, generation: u64) {
        let now = self.seconds();
        self.state().purged.insert(id.to_owned(), (generation, now));
    }

    /// The documents that were purged after a generation.
    pub(super) fn purged_since(&self, generation: u64) -> BTreeSet<String> {
        let state = self.state();
        let purged = state.purged.iter().filter(|(_, (purged, _))| *purged > generation);
        purged.map(|(id, _)| id.clone()).collect()
    }

    /// Views that were last used before this second have expired.
    const fn expired(&self, now: u64) -> u64 {
        now.saturating_sub(self.settings.time.as_secs())
    }

    fn seconds(&self) -> u64 {
        (self.clock)().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in it is half written by a panic that would matter: at worst a view is counted
        // that is gone.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An export that is being read.
#[derive(Debug)]
pub(super) struct Exporting {
    kept: Arc<KeptViews>,
    generation: u64,
}

impl Drop for Exporting {
    fn drop(&mut self) {
        let mut state = self.kept.state();
        if let Some(exports) = state.exported.get_mut(&self.generation) {
            *exports -= 1;
            if *exports == 0 {
                state.exported.remove(&self.generation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;
    use std::sync::atomic::Ordering;
    use std::time::Duration;
    use std::time::SystemTime;
    use std::time::UNIX_EPOCH;

    use super::KeepSettings;
    use super::KeptViews;

    static SECONDS: AtomicU64 = AtomicU64::new(0);

    fn clock() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(SECONDS.load(Ordering::Relaxed))
    }

    #[test]
    fn purges_are_remembered_as_long_as_an_export_is_read() {
        let kept = Arc::new(KeptViews::new(KeepSettings::default(), clock));
        let export = kept.exporting(6);
        kept.purged("gone", 7);
        SECONDS.store(100_000, Ordering::Relaxed);
        let shrink = || {
            let expired = kept.expired(kept.seconds());
            kept.state().shrink(&kept.settings, expired);
        };
        shrink();
        assert!(kept.purged_since(6).contains("gone"));
        assert!(kept.purged_since(7).is_empty());
        drop(export);
        shrink();
        assert!(kept.purged_since(6).is_empty());
    }
}
