//! Versions of one object in one bundle: STIX writes a changed object again, with the same id and a later `modified`.
//! Only the newest counts; when that is revoked, or cannot be used, the older ones do not come back.
//!
//! A million indicators that are all there once cost twelve bytes each, and only while their bundle is loaded.

use sha2::{Digest, Sha256};

use super::library::{Indicator, Library, pack_uuid};

/// When the indicators of a bundle were last changed, in the order they were loaded.
#[derive(Default)]
pub struct Versions {
    loaded: Vec<i64>,
    /// Those that were not loaded: revoked, innocent, not evaluable.
    unused: Vec<([u8; 16], i64)>,
}

impl Versions {
    /// The next indicator was loaded.
    pub fn loaded(&mut self, modified: i64) {
        self.loaded.push(modified);
    }

    /// An indicator was read and not loaded.
    pub fn unused(&mut self, id: &str, modified: i64) {
        // One that does not say when it was written is newer than nothing.
        if modified > i64::MIN {
            self.unused.push((key(id), modified));
        }
    }

    /// For every indicator since `from`: whether there is a newer version of it. Of equally new ones all count.
    pub fn superseded(mut self, library: &Library, from: usize) -> Vec<bool> {
        let new = library.indicators.get(from..).unwrap_or_default();
        // Ids that are no UUID are rare; one of them makes all keys be kept, so that none is made twice.
        let made: Option<Vec<[u8; 16]>> = new
            .iter()
            .any(|i| i.uuid().is_none())
            .then(|| new.iter().map(|i| i.uuid().unwrap_or_else(|| key(&library.id(i)))).collect());
        let keys = |at: u32| match &made {
            Some(made) => made.get(at as usize).copied().unwrap_or_default(),
            None => new.get(at as usize).and_then(Indicator::uuid).unwrap_or_default(),
        };
        let mut gone = vec![false; self.loaded.len()];
        let mut order: Vec<u32> = (0..self.loaded.len() as u32).collect();
        order.sort_unstable_by_key(|&at| (keys(at), at));
        self.unused.sort_unstable();
        for group in order.chunk_by(|a, b| keys(*a) == keys(*b)) {
            let Some(&first) = group.first() else { continue };
            let id = keys(first);
            let until = self.unused.partition_point(|(k, _)| *k <= id);
            let not_loaded = until.checked_sub(1).and_then(|at| self.unused.get(at)).filter(|(k, _)| *k == id);
            if group.len() == 1 && not_loaded.is_none() {
                continue;
            }
            let times = group.iter().map(|&at| self.loaded[at as usize]);
            let newest = times.chain(not_loaded.map(|(_, modified)| *modified)).max();
            for &at in group {
                gone[at as usize] = Some(self.loaded[at as usize]) < newest;
            }
        }
        gone
    }
}

/// The sixteen bytes an id is compared by.
fn key(id: &str) -> [u8; 16] {
    pack_uuid(id).unwrap_or_else(|| {
        let hash = Sha256::digest(id.as_bytes());
        std::array::from_fn(|i| hash[i])
    })
}
