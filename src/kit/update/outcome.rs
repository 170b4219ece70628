//! What is asked of an update, and what became of it.

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use super::Reason;
use super::bundle;
use super::folder::FolderError;
use super::index::NotIndex;
use super::lock::{IndexPin, Instant, LockError, PackPin};
use super::source::FetchError;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where packs lie.
    pub folder: PathBuf,
    /// The minisign key that must have signed the index.
    pub public_key: Option<String>,
    /// Older, smaller and vanished packs are accepted.
    pub allow_rollback: bool,
    /// Bytes of one pack at the most.
    pub max_pack_bytes: u64,
    /// Now.
    pub now: Instant,
    /// Write the index and its packs into this file too.
    pub offline_bundle: Option<PathBuf>,
}

/// What a failure means for whoever called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Something was offered and turned down.
    Refused,
    /// Something could not be got.
    Unreachable,
    /// Nothing that is there can be used.
    Unusable,
}

/// Why nothing was done at all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// What is pinned cannot be read.
    #[error("{0}: {1}")]
    Lock(String, LockError),
    /// The index cannot be got.
    #[error("the index: {0}")]
    Fetch(FetchError),
    /// It is none.
    #[error("{0}: {1}")]
    NotIndex(String, NotIndex),
    /// Its signature is missing or wrong.
    #[error("{0}: the signature of the index: {1}")]
    Signature(String, String),
    /// Keys are pinned, and this index is none of those that are.
    #[error(
        "{0}: a key is pinned in this folder, and this index never was followed here: whoever made the bundle chose \
         its name; --public-key says who must have signed it"
    )]
    Stranger(String),
    /// It is older than the last one.
    #[error(
        "{source_name}: the index has {found}, the last one had version {pinned}: an old index may hide new packs; --allow-rollback accepts it"
    )]
    Rollback {
        /// Which index.
        source_name: String,
        /// What it is now.
        found: String,
        /// What it was.
        pinned: String,
    },
    /// The bundle cannot be written.
    #[error("{0}: {1}")]
    Bundle(String, String),
    /// The lock cannot be written.
    #[error("{0}: {1}")]
    Io(String, io::Error),
}

impl RunError {
    /// What it means.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            RunError::NotIndex(..) => Class::Unusable,
            RunError::Fetch(e) if !e.refused() => Class::Unreachable,
            RunError::Fetch(_)
            | RunError::Signature(..)
            | RunError::Stranger(_)
            | RunError::Rollback { .. }
            | RunError::Lock(..) => Class::Refused,
            RunError::Folder(_) | RunError::Bundle(..) | RunError::Io(..) => Class::Unreachable,
        }
    }
}

/// How a pack ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It was not here before.
    New,
    /// It took the place of another version.
    Updated,
    /// What was offered is what lies here.
    Unchanged,
    /// The index no longer has it, and that was accepted.
    Removed,
    /// It was turned down.
    Refused,
    /// It could not be got.
    Unreachable,
}

/// What became of one pack.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PackOutcome {
    /// What it is known by.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// How it ended.
    pub state: State,
    /// Why it was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What should be known of one that was taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What lies in the folder now; `None` when that is nothing.
    pub installed: Option<PackPin>,
}

/// What became of an update.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The index, as it is pinned now.
    pub index: IndexPin,
    /// Where packs lie.
    pub folder: String,
    /// In the order of the index, what vanished from it last.
    pub packs: Vec<PackOutcome>,
    /// The bundle that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<bundle::Written>,
}

impl Outcome {
    /// Packs that ended so.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.packs.iter().filter(|p| p.state == state).count()
    }

    /// The worst that happened, if anything did.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        const OF_CONTENT: [&str; 5] = ["html", "not-utf8", "not-stix", "no-indicators", "entry"];
        let failed = || self.packs.iter().filter_map(|p| p.reason.as_ref());
        let useless = failed().count() > 0 && failed().all(|r| OF_CONTENT.contains(&r.code));
        if useless && self.packs.iter().all(|p| p.installed.is_none()) {
            Some(Class::Unusable)
        } else if self.count(State::Refused) > 0 {
            Some(Class::Refused)
        } else if self.count(State::Unreachable) > 0 {
            Some(Class::Unreachable)
        } else {
            None
        }
    }
}
