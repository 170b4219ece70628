//! The kinds of acquisitions: each is a declared static, like an artifact, and knows its own contract.

use super::explore::Opened;
use super::tree::{Child, Member, Tree};
use super::{Must, Place, bugreport, ios_backup};
use crate::device::Platform;

/// A kind of acquisition.
pub struct Kind {
    /// The name used in reports: `ios-backup`.
    pub id: &'static str,
    /// What a person calls it, in English.
    pub title: &'static str,
    /// The platform whose artifacts it holds.
    pub platform: Platform,
    /// What every whole one of them holds.
    pub requires: &'static [Must],
    /// Whether it can hold a place at all; what it cannot is *not in this kind*, never *absent*.
    pub holds: fn(&Place) -> bool,
    /// Opens a folder that is one of them, in whatever state; `None` for any other folder.
    pub folder: fn(&Tree, &[Child], &[Place]) -> Option<Opened>,
    /// Opens a file that is one by itself; gets the file's first bytes.
    pub file: fn(&Tree, &Member, &[u8], &[Place]) -> Option<Opened>,
}

/// Every kind vigie examines, in the order in which they are tried.
pub static KINDS: &[&Kind] = &[&ios_backup::KIND, &bugreport::KIND];

impl PartialEq for Kind {
    fn eq(&self, other: &Kind) -> bool {
        self.id == other.id
    }
}

impl Eq for Kind {}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart_and_hold_what_they_require() {
        for (i, kind) in KINDS.iter().enumerate() {
            assert!(KINDS[..i].iter().all(|k| k.id != kind.id), "{} twice", kind.id);
            for must in kind.requires {
                assert!((kind.holds)(&must.place), "{} requires {}, which it cannot hold", kind.id, must.place);
                let read = crate::artifacts::ALL.iter().flat_map(|a| a.sources).any(|s| s.place == must.place);
                assert!(read, "{} requires {}, which no artifact reads", kind.id, must.place);
            }
        }
    }
}
