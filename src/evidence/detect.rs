//! Finds out what a path is.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bugreport::{Bugreport, NotAReport, is_dumpstate};
use super::container::{Container, zip_error};
use super::ios_backup::{self, IosBackup, NotABackup};
use super::{Evidence, EvidenceError, Place};
use crate::finding::Reason;
use crate::formats::DiskFile;
use crate::formats::zip::{self, Zip};

/// How deep acquisitions are looked for below a folder.
const MAX_DEPTH: usize = 3;
/// Files and folders looked at while looking for acquisitions.
const MAX_LOOKED_AT: usize = 20_000;

/// What became of a path.
pub enum Opened {
    /// An acquisition.
    Evidence(Box<dyn Evidence>),
    /// Something that cannot be examined, and what to do about it.
    Invalid(Invalid),
}

/// Why a path cannot be examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The path.
    pub path: String,
    /// What it seems to be: `ios-backup-encrypted`, `unknown`, …
    pub kind: &'static str,
    /// What it is and what to do, in one or two sentences.
    pub reason: Reason,
}

/// Opens a path: an acquisition, or every acquisition below a folder. Never empty.
pub fn open(path: &Path, places: &[Place]) -> Vec<Opened> {
    let mut found = Vec::new();
    match fs::metadata(path) {
        Err(e) => found.push(invalid(path, "unreadable", "unreadable", format!("cannot be opened: {e}"))),
        Ok(meta) if meta.is_dir() => {
            let mut budget = MAX_LOOKED_AT;
            open_folder(path, places, 0, &mut budget, &mut found);
            if found.is_empty() {
                found.push(unknown(path));
            }
        }
        Ok(meta) if meta.is_file() => found.push(open_file(path, places).unwrap_or_else(|| unknown(path))),
        Ok(_) => found.push(unknown(path)),
    }
    found
}

fn invalid(path: &Path, kind: &'static str, code: &str, text: String) -> Opened {
    let path = path.display().to_string();
    let text = format!("{path}: {text}");
    let args = [("path".to_owned(), path.clone())].into();
    Opened::Invalid(Invalid { path, kind, reason: Reason { code: code.into(), text, args } })
}

fn unknown(path: &Path) -> Opened {
    invalid(
        path,
        "unknown",
        "not-an-acquisition",
        "is not an acquisition vigie can read. It reads decrypted iOS backups (the folder with Manifest.db) and Android \
         bug reports (the zip, its unpacked folder, or the dumpstate text); name that file or folder itself"
            .into(),
    )
}

fn from_error(path: &Path, e: &EvidenceError) -> Opened {
    invalid(path, "unreadable", "unreadable", format!("cannot be read: {e}; acquire or copy it again"))
}

fn open_folder(path: &Path, places: &[Place], depth: usize, budget: &mut usize, found: &mut Vec<Opened>) {
    if ios_backup::looks_like(path) {
        found.push(open_backup(path, places));
        return;
    }
    if is_unpacked_report(path) {
        found.push(open_report(path, Container::folder(path), places));
        return;
    }
    if depth >= MAX_DEPTH {
        return;
    }
    for child in children(path) {
        if *budget == 0 {
            return;
        }
        *budget -= 1;
        let Ok(meta) = fs::symlink_metadata(&child) else { continue };
        if meta.is_dir() {
            open_folder(&child, places, depth + 1, budget, found);
        } else if meta.is_file() && worth_opening(&child) {
            found.extend(open_file(&child, places));
        }
    }
}

fn children(path: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path()).collect();
    all.sort();
    all
}

/// Inside a folder, only files whose name says that they may be a bug report are opened.
fn worth_opening(path: &Path) -> bool {
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().to_lowercase());
    name.ends_with(".zip") || name.starts_with("bugreport") || name.starts_with("dumpstate")
}

fn is_unpacked_report(path: &Path) -> bool {
    if path.join("main_entry.txt").is_file() {
        return true;
    }
    let texts = children(path);
    texts.iter().any(|p| {
        let name = p.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let text = [".txt", ".log"].iter().any(|e| name.ends_with(e));
        let named = name.starts_with("bugreport") || name.starts_with("dumpState") || name.starts_with("dumpstate");
        text && named && p.is_file()
    })
}

fn open_backup(path: &Path, places: &[Place]) -> Opened {
    match IosBackup::open(path, places) {
        Ok(Ok(backup)) => Opened::Evidence(Box::new(backup)),
        Ok(Err(NotABackup::Encrypted)) => invalid(
            path,
            "ios-backup-encrypted",
            "encrypted-backup",
            "is an encrypted iOS backup: nothing in it can be read without its password. Decrypt it into a new folder \
             with a tool that reads iOS backups, and scan that folder"
                .into(),
        ),
        Ok(Err(NotABackup::Old)) => invalid(
            path,
            "ios-backup-old",
            "old-backup",
            "is a backup of iOS 9 or older (Manifest.mbdb), which vigie does not read".into(),
        ),
        Ok(Err(NotABackup::Empty)) => invalid(
            path,
            "ios-backup",
            "manifest-empty",
            "is an iOS backup whose Manifest.db is empty (0 bytes). Copy the backup again from the computer that made it"
                .into(),
        ),
        Ok(Err(NotABackup::Damaged(why))) => invalid(
            path,
            "ios-backup",
            "manifest-unreadable",
            format!("is an iOS backup whose list of files cannot be read ({why}). Make or copy the backup again"),
        ),
        Err(e) => from_error(path, &e),
    }
}

/// `None` when the file is nothing vigie knows.
fn open_file(path: &Path, places: &[Place]) -> Option<Opened> {
    let mut head = Vec::new();
    let mut file = match fs::File::open(path) {
        Ok(f) => f,
        Err(e) => return Some(invalid(path, "unreadable", "unreadable", format!("cannot be opened: {e}"))),
    };
    if file.by_ref().take(64 << 10).read_to_end(&mut head).is_err() {
        return Some(invalid(path, "unreadable", "unreadable", "cannot be read".into()));
    }
    if head.is_empty() {
        return Some(invalid(
            path,
            "empty",
            "empty-file",
            "is an empty file (0 bytes): the acquisition failed or was not copied whole. Acquire or copy it again"
                .into(),
        ));
    }
    if zip::looks_like(&head) {
        return Some(open_zip(path, places));
    }
    if is_dumpstate(&head) {
        return Some(open_report(path, Container::file(path), places));
    }
    if head.starts_with(b"age-encryption.org/") {
        return Some(invalid(
            path,
            "encrypted",
            "age-encrypted",
            "is encrypted with age: decrypt it with the lab's key first, and scan what comes out".into(),
        ));
    }
    None
}

fn open_zip(path: &Path, places: &[Place]) -> Opened {
    let disk = match DiskFile::open(path) {
        Ok(d) => Arc::new(d),
        Err(e) => return invalid(path, "unreadable", "unreadable", format!("cannot be opened: {e}")),
    };
    match Zip::open(disk) {
        Ok(zip) => open_report(path, Ok(Container::zip(path.display().to_string(), zip)), places),
        Err(e @ zip::ZipError::Truncated { .. }) => invalid(
            path,
            "zip-truncated",
            "truncated-zip",
            format!("is a zip that was cut short ({e}). Copy it again, or make a new bug report"),
        ),
        Err(e) => from_error(path, &zip_error(&path.display().to_string(), e)),
    }
}

fn open_report(path: &Path, container: Result<Container, EvidenceError>, places: &[Place]) -> Opened {
    match container.and_then(|c| Bugreport::open(c, places)) {
        Ok(Ok(report)) => Opened::Evidence(Box::new(report)),
        Ok(Err(NotAReport::NoDumpstate)) => invalid(
            path,
            "zip",
            "no-dumpstate",
            "holds no Android dumpstate (no main_entry.txt, dumpState_*.log or dumpstate text), so it is not a bug \
             report vigie can read"
                .into(),
        ),
        Ok(Err(NotAReport::Empty(name))) => invalid(
            path,
            "android-bugreport",
            "empty-dumpstate",
            format!("is an Android bug report whose dumpstate ({name}) is empty. Make a new bug report on the phone"),
        ),
        Ok(Err(NotAReport::Dangling(name))) => invalid(
            path,
            "android-bugreport",
            "dumpstate-missing",
            format!(
                "is an Android bug report whose main_entry.txt names {name}, which is not there. Copy the whole report \
                 again"
            ),
        ),
        Err(e) => from_error(path, &e),
    }
}
