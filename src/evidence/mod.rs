//! What was acquired: a tree of containers, one file per kind of acquisition, and the search that tells them apart.

mod bugreport;
mod container;
mod explore;
mod ios_backup;
pub mod ios_domains;
mod kind;
mod place;
mod recognise;
mod tree;

use std::sync::Arc;

pub use bugreport::{MAX_DUMPSTATE, MAX_SECTIONS, MAX_TEXT_RATIO, TEXT_RATIO_FREE};
pub use explore::{
    Counted, Explored, Found, MAX_ACQUISITIONS, MAX_DEPTH, MAX_LOOKED_AT, MAX_NAMED, MAX_NESTING, Named, Unexamined,
    explore, told,
};
pub use ios_backup::MAX_WANTED;
pub use kind::{KINDS, Kind};
pub use place::{Must, Place};
use tree::Member;

use crate::device::DeviceFacts;
use crate::finding::Reason;
use crate::formats::ReadAt;

/// Whether the bytes of an entry are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// They can be opened.
    Stored,
    /// A list names the file, but it is not in the acquisition.
    Missing,
}

/// How an entry is known to be less than it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The source ends before it does, or its list says that it was longer.
    Short,
    /// It does not end as its sisters do: something in it was taken for the beginning of another.
    Unclosed,
}

/// How the evidence finds an entry again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Handle {
    /// It cannot be opened.
    None,
    /// A file.
    Member(Member),
    /// A section of a dumpstate.
    Section(usize),
}

/// One file or section that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// How the device or archive names it: `HomeDomain/Library/SMS/sms.db`, `dumpsys appops`.
    pub name: String,
    /// The file that holds it, relative to the acquisition: `3d/3d0d7e5f…`, `dumpstate.txt`.
    pub file: String,
    /// Size in bytes, where known before opening.
    pub size: u64,
    /// Whether it can be opened.
    pub presence: Presence,
    /// For a section: the line its first line stands on in `file`, counted from 1; else 0.
    pub first_line: u64,
    /// How it is known to be less than it was.
    pub cut: Option<Cut>,
    /// The evidence's own handle.
    pub handle: Handle,
}

/// Why evidence could not be read.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What it said.
        source: std::io::Error,
    },
    /// The container is damaged.
    #[error("{path}: {reason}")]
    Damaged {
        /// The file.
        path: String,
        /// What was expected and what was found.
        reason: String,
    },
    /// A named limit was reached.
    #[error("{path}: {limit} exceeded ({detail})")]
    Limit {
        /// The file or member.
        path: String,
        /// The limit's name.
        limit: &'static str,
        /// Numbers.
        detail: String,
    },
    /// The bytes are not in the acquisition.
    #[error("{path}: listed in the acquisition, but its file is missing")]
    Missing {
        /// The file.
        path: String,
    },
}

/// What an acquisition answers when it is asked for a place.
#[derive(Debug)]
pub enum Answer {
    /// This is there: stored, or listed and missing.
    Entries(Vec<Entry>),
    /// Not here, and why, where that is known.
    NotHere(Option<Reason>),
    /// This kind of acquisition never holds it.
    NotInThisKind,
}

/// An opened acquisition: files by name, read-only.
pub trait Evidence: Send + Sync {
    /// What it is.
    fn kind(&self) -> &'static Kind;
    /// The path it was given as, or found under.
    fn path(&self) -> &str;
    /// What it says about its device.
    fn device(&self) -> &DeviceFacts;
    /// What is to be said of the acquisition as a whole.
    fn notes(&self) -> &[Reason];
    /// The entries at a place, in a fixed order.
    fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError>;
    /// The bytes of an entry.
    fn open(&self, entry: &Entry) -> Result<Arc<dyn ReadAt>, EvidenceError>;
    /// Another entry by its name, where it lies as this one does: the log of a database, the twin of a file.
    fn beside(&self, entry: &Entry, name: &str) -> Result<Option<Entry>, EvidenceError>;
    /// SHA-256, in hexadecimal, of the stored file an entry lies in.
    fn sha256(&self, entry: &Entry) -> Result<String, EvidenceError>;
    /// For an iOS backup: whether the file with this id is stored. `None` where that cannot be said.
    fn stored(&self, file_id: &str) -> Option<bool> {
        let _ = file_id;
        None
    }
    /// Why nothing is at a place of this kind, where the evidence knows.
    fn why_absent(&self, place: &Place) -> Option<Reason> {
        let _ = place;
        None
    }
}

/// Asks an acquisition for a place.
pub fn ask(evidence: &dyn Evidence, place: &Place) -> Result<Answer, EvidenceError> {
    if !(evidence.kind().holds)(place) {
        return Ok(Answer::NotInThisKind);
    }
    let entries = evidence.find(place)?;
    Ok(match entries.is_empty() {
        true => Answer::NotHere(evidence.why_absent(place)),
        false => Answer::Entries(entries),
    })
}
