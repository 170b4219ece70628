//! `vigie-packs.lock`: what lies in a folder of fetched packs, where each came from, and what the next update may not
//! go back behind. TOML, sorted, so that the same packs give the same bytes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::names;
use crate::stix::time::{parse_timestamp, write_timestamp};

/// Its name in the folder.
pub const FILE: &str = "vigie-packs.lock";
/// The layout that is described here.
const FORMAT: u32 = 1;
/// Bytes of a lock file at the most.
const MAX_BYTES: u64 = 8 << 20;
/// Files of a folder that are looked at.
const MAX_FILES: usize = 50_000;
const HEAD: &str = "# Written by `vigie packs update`: what lies in this folder and may not go back.\n\n";

/// Why a lock file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The system refused.
    #[error("{FILE}: {0}")]
    Io(#[from] io::Error),
    /// It is not what was written. Starting anew would forget what may not go back.
    #[error("{FILE} is damaged: {0}; restore it, or remove it to start anew without protection against old packs")]
    Damaged(String),
    /// A later version of the program wrote it.
    #[error("{FILE} has format {0}, this program knows {FORMAT}")]
    Format(u32),
}

/// Numbers with dots between them, compared one by one: `12`, `2026.11.22`.
#[derive(Debug, Clone, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    text: String,
    parts: Vec<u64>,
}

impl Version {
    /// Reads a version; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Version> {
        const MAX_TEXT: usize = 64;
        let digits = |p: &str| if p.bytes().all(|b| b.is_ascii_digit()) { p.parse::<u64>().ok() } else { None };
        let mut parts: Vec<u64> =
            text.split('.').map(digits).collect::<Option<_>>().filter(|_| text.len() <= MAX_TEXT)?;
        while parts.len() > 1 && parts.last() == Some(&0) {
            parts.pop();
        }
        Some(Version { text: text.to_owned(), parts })
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.parts.cmp(&other.parts)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Version {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Version::parse(&text).ok_or_else(|| format!("{text} is no version"))
    }
}

impl From<Version> for String {
    fn from(v: Version) -> String {
        v.text
    }
}

/// An instant, written as STIX does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Instant(
    /// Microseconds since the Unix epoch.
    pub i64,
);

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_timestamp(self.0, f)
    }
}

impl Instant {
    /// Its day.
    #[must_use]
    pub fn day(&self) -> String {
        self.to_string().chars().take(10).collect()
    }
}

impl TryFrom<String> for Instant {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        parse_timestamp(&text).map(Instant).ok_or_else(|| format!("{text} is no timestamp"))
    }
}

impl From<Instant> for String {
    fn from(i: Instant) -> String {
        i.to_string()
    }
}

/// True for `YYYY-MM-DD`.
#[must_use]
pub fn is_date(text: &str) -> bool {
    text.len() == 10 && parse_timestamp(&format!("{text}T00:00:00Z")).is_some()
}

/// An index that was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexPin {
    /// Its address, or `file:` and its path.
    pub source: String,
    /// SHA-256 of what was last got.
    pub sha256: String,
    /// The day it was last asked.
    pub checked: String,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The minisign key that must have signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// A pack that lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackPin {
    /// `source` of its index.
    pub index: String,
    /// What it is known by in that index.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its file in the folder.
    pub file: String,
    /// Where it was got.
    pub url: String,
    /// The commit, where the index named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Bytes of the file.
    pub size: u64,
    /// The day these bytes were first got.
    pub fetched: String,
    /// Indicators of it that can be matched.
    pub indicators: u64,
    /// The latest `modified` of its objects; it never goes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<Instant>,
    /// The minisign key that must have signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    format: u32,
    /// By source.
    #[serde(default, rename = "index")]
    pub indexes: Vec<IndexPin>,
    /// By index and id.
    #[serde(default, rename = "pack")]
    pub packs: Vec<PackPin>,
}

impl Default for Lock {
    fn default() -> Self {
        Lock { format: FORMAT, indexes: Vec::new(), packs: Vec::new() }
    }
}

impl Lock {
    /// Reads the lock of a folder; an empty one when there is none.
    ///
    /// # Errors
    /// There is one and it cannot be used.
    pub fn read(folder: &Path) -> Result<Lock, LockError> {
        let file = match File::open(folder.join(FILE)) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Lock::default()),
            Err(e) => return Err(e.into()),
        };
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(LockError::Damaged(format!("more than {MAX_BYTES} bytes")));
        }
        let text = String::from_utf8(bytes).map_err(|_| LockError::Damaged("it is not UTF-8".to_owned()))?;
        Lock::parse(&text)
    }

    fn parse(text: &str) -> Result<Lock, LockError> {
        let lock: Lock = toml::from_str(text).map_err(|e| LockError::Damaged(e.message().to_owned()))?;
        if lock.format != FORMAT {
            return Err(LockError::Format(lock.format));
        }
        // It names files that are replaced and removed.
        match lock.packs.iter().find(|p| !names::is_safe(&p.file)) {
            Some(bad) => Err(LockError::Damaged(format!("`{}` is no name of a pack's file", bad.file))),
            None => Ok(lock),
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut sorted = self.clone();
        sorted.indexes.sort_by(|a, b| a.source.cmp(&b.source));
        sorted.packs.sort_by(|a, b| (&a.index, &a.id).cmp(&(&b.index, &b.id)));
        // Text, numbers and tables in this order cannot fail.
        let body = toml::to_string(&sorted).unwrap_or_default();
        format!("{HEAD}{body}").into_bytes()
    }

    /// The pin of a pack.
    #[must_use]
    pub fn pack(&self, index: &str, id: &str) -> Option<&PackPin> {
        self.packs.iter().find(|p| p.index == index && p.id == id)
    }

    /// Sets the pin of a pack.
    pub fn set_pack(&mut self, pin: PackPin) {
        self.remove_pack(&pin.index, &pin.id);
        self.packs.push(pin);
    }

    /// Forgets a pack.
    pub fn remove_pack(&mut self, index: &str, id: &str) {
        self.packs.retain(|p| p.index != index || p.id != id);
    }

    /// The pin of an index.
    #[must_use]
    pub fn index(&self, source: &str) -> Option<&IndexPin> {
        self.indexes.iter().find(|i| i.source == source)
    }

    /// Whether a key is pinned.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        self.indexes.iter().any(|i| i.public_key.is_some()) || self.packs.iter().any(|p| p.public_key.is_some())
    }

    /// Sets the pin of an index.
    pub fn set_index(&mut self, pin: IndexPin) {
        self.indexes.retain(|i| i.source != pin.source);
        self.indexes.push(pin);
    }
}

/// How a file stands to its pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Byte for byte what was got.
    Same,
    /// Other bytes.
    Changed,
    /// Not there, or not to be read.
    Missing,
}

/// A folder compared with its lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Every pinned pack, and how its file stands.
    pub packs: Vec<(PackPin, Standing)>,
    /// Files that nobody pinned and `-i` would load, as paths below the folder.
    pub foreign: Vec<String>,
}

impl Checked {
    /// Whether the folder is what was got, and nothing else.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.foreign.is_empty() && self.packs.iter().all(|(_, s)| *s == Standing::Same)
    }
}

/// Compares every file of a folder with its pin, and looks for files that have none.
///
/// # Errors
/// The lock cannot be used, or the folder not be read.
pub fn check(folder: &Path) -> Result<Checked, LockError> {
    let lock = Lock::read(folder)?;
    let standing = |pin: &PackPin| match super::hash_file(&folder.join(&pin.file)) {
        Ok((hash, size)) if hash == pin.sha256 && size == pin.size => Standing::Same,
        Ok(_) => Standing::Changed,
        Err(_) => Standing::Missing,
    };
    let packs = lock.packs.iter().map(|p| (p.clone(), standing(p))).collect();
    Ok(Checked { packs, foreign: foreign(folder, &lock)? })
}

/// Files below the folder that `-i` would load and nobody pinned.
fn foreign(folder: &Path, lock: &Lock) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for (looked_at, entry) in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().enumerate() {
        if looked_at > MAX_FILES {
            return Err(io::Error::other(format!("more than {MAX_FILES} files in the folder")));
        }
        let entry = entry?;
        let below = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().into_owned();
        let pinned = lock.packs.iter().any(|p| p.file == below);
        if !entry.file_type().is_dir() && !pinned && crate::packs::may_be_loaded(entry.path()) {
            found.push(below);
        }
    }
    Ok(found)
}

/// True when there is a lock in the folder.
#[must_use]
pub fn exists(folder: &Path) -> bool {
    fs::metadata(folder.join(FILE)).is_ok_and(|m| m.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(id: &str, file: &str) -> PackPin {
        PackPin {
            index: "https://example.org/i".into(),
            id: id.into(),
            name: "quote \" newline \n end".into(),
            file: file.into(),
            url: "https://example.org/p".into(),
            commit: None,
            sha256: "00".repeat(32),
            size: 7,
            fetched: "2026-11-22".into(),
            indicators: 3,
            modified: Some(Instant(1_700_000_000_000_000)),
            public_key: None,
        }
    }

    #[test]
    fn what_is_written_is_read_and_sorted() {
        let mut lock = Lock::default();
        lock.set_pack(pin("b", "b.stix2"));
        lock.set_pack(pin("a", "a.stix2"));
        lock.set_index(IndexPin {
            source: "https://example.org/i".into(),
            sha256: "11".repeat(32),
            checked: "2026-11-22".into(),
            version: Version::parse("3.10"),
            public_key: None,
        });
        let bytes = lock.to_bytes();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains("modified = \"2023-11-14T22:13:20Z\""), "{text}");
        let read = Lock::parse(&text).unwrap();
        assert_eq!(read.to_bytes(), bytes);
        assert_eq!(read.packs.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        lock.set_pack(pin("b", "c.stix2"));
        assert_eq!(lock.packs.len(), 2);
    }

    #[test]
    fn a_lock_cannot_name_a_file_elsewhere() {
        for file in ["../x.stix2", "/etc/passwd", "x", "nul.json", "a/b.json"] {
            let mut lock = Lock::default();
            lock.set_pack(pin("a", file));
            let text = String::from_utf8(lock.to_bytes()).unwrap();
            assert!(matches!(Lock::parse(&text), Err(LockError::Damaged(_))), "{file}");
        }
        assert!(matches!(Lock::parse("format = 2"), Err(LockError::Format(2))));
        assert!(matches!(Lock::parse("format = "), Err(LockError::Damaged(_))));
        assert!(matches!(Lock::parse(""), Err(LockError::Damaged(_))));
    }

    #[test]
    fn versions_compare_as_numbers() {
        let v = |t: &str| Version::parse(t).unwrap();
        assert!(v("2026.9.1") < v("2026.10") && v("9") < v("10") && v("1.0") == v("1") && v("0") < v("0.1"));
        for bad in ["", ".", "1.", "v1", "-1", "+1", "1.2-rc", "99999999999999999999"] {
            assert!(Version::parse(bad).is_none(), "{bad}");
        }
        assert!(is_date("2026-11-22") && !is_date("2026-02-30") && !is_date("2026-1-1") && !is_date("x"));
    }
}
