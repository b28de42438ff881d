//! What is prepared for the source sizes that a pipeline has seen.

#[cfg(feature = "std")]
use alloc::sync::Arc;

#[cfg(feature = "std")]
use arc_swap::ArcSwap;

use crate::cut::Part;
use crate::kernel::{Prepared, Room, Source};
#[cfg(feature = "std")]
use crate::memory;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Dims, Error};

/// How many source sizes one pipeline remembers; the one seen first is forgotten first.
#[cfg(feature = "std")]
const CAPACITY: usize = 32;

/// The most bytes of tables that one pipeline remembers. Those of a photo of 1080 x 1920 and a filter take less than 300
/// KB; larger ones than all of this are made for one run.
#[cfg(feature = "std")]
const BUDGET: usize = 8 << 20;

/// All that a run needs to know about one source size.
pub(crate) struct PreparedSize {
    /// The shape of the tensor.
    pub(crate) dims: Dims,
    /// What it is made of: one part, or tiles and their thumbnail.
    pub(crate) parts: Vec<Part>,
    /// Of each part one for each band of rows, as many as there are threads; none when the window is empty: nothing but
    /// margins.
    pub(crate) bands: Vec<Band>,
}

/// Some rows of a part.
pub(crate) struct Band {
    pub(crate) prepared: Box<dyn Prepared>,
    /// Bytes of the tensor in front of the part.
    pub(crate) start: usize,
}

impl PreparedSize {
    /// The scratch of a run.
    pub(crate) fn room(&self) -> Room {
        self.bands.iter().map(|band| band.prepared.room()).fold(Room::default(), Room::max)
    }

    /// What they hold, in bytes.
    #[cfg(feature = "std")]
    fn bytes(&self) -> usize {
        let runs = self.parts.iter().filter_map(|part| part.runs.as_ref());
        runs.map(|runs| memory::bytes(&runs.rows) + memory::bytes(&runs.columns)).sum::<usize>()
            + self.bands.iter().map(|band| band.prepared.bytes()).sum::<usize>()
    }
}

/// Prepared sizes by source, read without a lock: a run looks at a list that nobody changes, and a new size replaces the list.
/// Without the standard library nothing is remembered.
#[derive(Default)]
pub(crate) struct PreparedCache {
    #[cfg(feature = "std")]
    list: ArcSwap<Vec<CacheEntry>>,
}

/// What a size is prepared for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Key {
    pub(crate) source: Source,
    pub(crate) threads: usize,
    /// Rows and columns of the frame that the output lies in, if there is one.
    pub(crate) frame: Option<[usize; 2]>,
}

#[cfg(feature = "std")]
#[derive(Clone)]
struct CacheEntry {
    key: Key,
    prepared: Arc<PreparedSize>,
    bytes: usize,
}

impl PreparedCache {
    /// Calls `run` with what `prepare` makes.
    #[cfg(not(feature = "std"))]
    pub(crate) fn with<T>(
        &self,
        _: Key,
        prepare: impl FnOnce() -> Result<PreparedSize, Error>,
        run: impl FnOnce(&PreparedSize) -> Result<T, Error>,
    ) -> Result<T, Error> {
        run(&prepare()?)
    }

    /// Calls `run` with what is prepared for `key`, by `prepare` if it is new.
    #[cfg(feature = "std")]
    pub(crate) fn with<T>(
        &self,
        key: Key,
        prepare: impl FnOnce() -> Result<PreparedSize, Error>,
        run: impl FnOnce(&PreparedSize) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let list = self.list.load();
        if let Some(entry) = list.iter().find(|entry| entry.key == key) {
            return run(&entry.prepared);
        }
        drop(list);
        run(&self.add(key, prepare()?))
    }

    /// What is prepared for `key`, by `prepare` if it is new, to keep.
    #[cfg(feature = "std")]
    pub(crate) fn get(
        &self,
        key: Key,
        prepare: impl FnOnce() -> Result<PreparedSize, Error>,
    ) -> Result<Arc<PreparedSize>, Error> {
        let known = self.list.load().iter().find(|entry| entry.key == key).map(|entry| Arc::clone(&entry.prepared));
        known.map_or_else(|| Ok(self.add(key, prepare()?)), Ok)
    }

    /// Remembers what was prepared, if there is room for it.
    #[cfg(feature = "std")]
    fn add(&self, key: Key, prepared: PreparedSize) -> Arc<PreparedSize> {
        let prepared = Arc::new(prepared);
        let bytes = prepared.bytes();
        if bytes > BUDGET {
            return prepared;
        }
        let new = CacheEntry { key, prepared: Arc::clone(&prepared), bytes };
        // Two threads may prepare the same size at once. Both are right, and one of them stays.
        self.list.rcu(|list| {
            let mut list: Vec<CacheEntry> = list.iter().filter(|entry| entry.key != key).cloned().collect();
            list.push(new.clone());
            // From the last one back, as many as there is room for.
            let mut left = BUDGET;
            let kept = list.iter().rev().take(CAPACITY).take_while(|entry| {
                let fits = entry.bytes <= left;
                left = left.saturating_sub(entry.bytes);
                fits
            });
            list.drain(..list.len() - kept.count());
            list
        });
        prepared
    }
}
