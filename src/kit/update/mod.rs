//! Fetching packs: an index and what it names, checked, pinned, and put in place as a whole or not at all.
//!
//! The only part of the program that opens a connection, in `http.rs` and nowhere else. Built without the feature
//! `update`, what is left is the reading of a folder that was fetched elsewhere. `docs/packs-update.md` says what is
//! checked and what that protects from.

pub mod lock;
pub mod names;

#[cfg(feature = "update")]
pub mod bundle;
#[cfg(feature = "update")]
mod folder;
#[cfg(feature = "update")]
pub mod http;
#[cfg(feature = "update")]
pub mod index;
#[cfg(feature = "update")]
mod outcome;
#[cfg(feature = "update")]
mod run;
#[cfg(feature = "update")]
pub mod source;
#[cfg(feature = "update")]
pub mod url;
#[cfg(feature = "update")]
mod verify;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::formats::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};

#[cfg(feature = "update")]
pub use outcome::{Class, Outcome, PackOutcome, Request, RunError, State};
#[cfg(feature = "update")]
pub use run::run;
#[cfg(feature = "update")]
pub use verify::public_key;

/// The index of the MVT project, which lists the public packs of several publishers.
pub const DEFAULT_INDEX: &str = "https://raw.githubusercontent.com/mvt-project/mvt-indicators/main/indicators.yaml";

/// Why something was turned down: a short stable name, and words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// For programs.
    pub code: &'static str,
    /// For people.
    pub text: String,
}

/// Where fetched packs lie when nothing else is said: the user's data folder. `None` where the system names no such
/// folder.
#[must_use]
pub fn default_folder() -> Option<PathBuf> {
    // What is not absolute would depend on where the program was started.
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let data = if cfg!(windows) {
        var("LOCALAPPDATA")?
    } else if cfg!(target_os = "macos") {
        var("HOME")?.join("Library/Application Support")
    } else {
        var("XDG_DATA_HOME").or_else(|| Some(var("HOME")?.join(".local/share")))?
    };
    Some(data.join("vigie").join("packs"))
}

/// SHA-256 in hex, and size, of a regular file.
fn hash_file(path: &Path) -> io::Result<(String, u64)> {
    // Looked at before it is opened: opening a named pipe waits for somebody to write into it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    let mut size = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hex(&hash.finalize()), size)),
            n => {
                hash.update(&buffer[..n]);
                size += n as u64;
            }
        }
    }
}
