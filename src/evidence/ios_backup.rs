//! An iTunes/Finder backup whose files are in clear: `Manifest.db` lists every file by domain and path, the bytes lie
//! under the SHA-1 of `domain-path` in 256 folders.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::container::io_error;
use super::{DeviceFacts, Entry, Evidence, EvidenceError, Kind, Place, Presence};
use crate::finding::Reason;
use crate::formats::hex;
use crate::formats::plist::{self, Value};
use crate::formats::sqlite::{Db, Table, ValueRef};
use crate::formats::{DiskFile, ReadAt, glob, mbfile};
use crate::record::{Precision, Timestamp};

/// Listed files kept for the places artifacts ask for; more than this and the manifest is not a phone's.
const MAX_WANTED: usize = 100_000;

/// A backup of which more than one listed file in this many is missing is not whole.
const MISSING_MATTERS: u64 = 100;

/// Pieces the manifest is read in, side by side.
const LIST_SLICES: usize = 16;

/// An opened backup.
pub struct IosBackup {
    root: PathBuf,
    path: String,
    facts: DeviceFacts,
    encrypted_origin: Option<bool>,
    wanted: Vec<Listed>,
    stored: Vec<u64>,
    /// What the manifest says of the size of write-ahead logs, by file id: a log that was cut cannot be told from one
    /// that ended there by itself.
    logs: BTreeMap<String, u64>,
    notes: Vec<Reason>,
}

/// A file the manifest lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    domain: String,
    path: String,
    id: String,
}

/// What stands in a backup folder's way.
#[derive(Debug)]
pub enum NotABackup {
    /// The files are encrypted.
    Encrypted,
    /// An iOS 9 or older backup (`Manifest.mbdb`).
    Old,
    /// `Manifest.db` holds nothing.
    Empty,
    /// `Manifest.db` is damaged or something else.
    Damaged(String),
}

/// True when a folder holds the files of an iOS backup, in whatever state.
pub fn looks_like(folder: &Path) -> bool {
    folder.join("Manifest.db").is_file()
        || (folder.join("Manifest.mbdb").is_file() && folder.join("Info.plist").is_file())
}

impl IosBackup {
    /// Opens a backup; `places` are what artifacts will ask for, so that the manifest is read once.
    pub fn open(folder: &Path, places: &[Place]) -> Result<Result<IosBackup, NotABackup>, EvidenceError> {
        let manifest = folder.join("Manifest.db");
        if !manifest.is_file() {
            return Ok(Err(NotABackup::Old));
        }
        let meta = read_plist(&folder.join("Manifest.plist"));
        let encrypted = meta.as_ref().and_then(|m| m.get("IsEncrypted")).and_then(Value::as_bool);
        let mut head = [0; 16];
        let mut file = fs::File::open(&manifest).map_err(|e| io_error("Manifest.db", e))?;
        let n = file.read(&mut head).map_err(|e| io_error("Manifest.db", e))?;
        if n == 0 {
            return Ok(Err(NotABackup::Empty));
        }
        if &head != b"SQLite format 3\0" {
            return Ok(Err(match encrypted {
                Some(false) => NotABackup::Damaged("Manifest.db is not an SQLite database".into()),
                _ => NotABackup::Encrypted,
            }));
        }
        let mut backup = IosBackup {
            root: folder.to_path_buf(),
            path: folder.display().to_string(),
            facts: device_facts(folder, meta.as_ref()),
            encrypted_origin: encrypted,
            wanted: Vec::new(),
            stored: inventory(folder),
            logs: BTreeMap::new(),
            notes: Vec::new(),
        };
        if let Err(why) = backup.list(places) {
            return Ok(Err(NotABackup::Damaged(why)));
        }
        Ok(Ok(backup))
    }

    /// Reads the manifest once and keeps what artifacts will ask for.
    fn list(&mut self, places: &[Place]) -> Result<(), String> {
        let main = DiskFile::open(&self.root.join("Manifest.db")).map_err(|e| e.to_string())?;
        let wal: Option<Arc<dyn ReadAt>> =
            DiskFile::open_unlinked(&self.root.join("Manifest.db-wal")).ok().map(|f| Arc::new(f) as Arc<dyn ReadAt>);
        let db = Db::open(Arc::new(main), wal).map_err(|e| e.to_string())?;
        let table = db.table("Files").ok_or("Manifest.db has no table Files")?;
        let parts: Result<Vec<Part>, String> = db
            .slices(table, LIST_SLICES)
            .into_par_iter()
            .map(|slice| list_slice(&db, table, slice, places, &self.stored))
            .collect();
        let (mut listed_files, mut missing, mut whole) = (0, 0, true);
        let mut logs = Vec::new();
        for part in parts? {
            listed_files += part.files;
            missing += part.missing;
            whole &= part.whole;
            self.wanted.extend(part.wanted);
            logs.extend(part.logs);
        }
        whole &= self.wanted.len() <= MAX_WANTED;
        self.wanted.truncate(MAX_WANTED);
        for (rowid, id) in logs {
            let mut size = None;
            let found = db.get(table, &["file"], rowid, &mut |row| {
                size = row.get(0).as_bytes().and_then(|b| mbfile::parse(b).ok()).and_then(|f| f.size);
            });
            if let (Ok(true), Some(size)) = (found, size) {
                self.logs.insert(id, size);
            }
        }
        if missing * MISSING_MATTERS > listed_files {
            let text = format!(
                "{missing} of the {listed_files} files that Manifest.db lists are not in the backup: it was copied in \
                 part, or files were removed"
            );
            let args = [("missing".to_owned(), missing.to_string()), ("listed".to_owned(), listed_files.to_string())];
            self.notes.push(Reason { code: "files-missing".into(), text, args: args.into() });
        }
        if !whole {
            self.notes.push(reason(
                "manifest-damaged",
                "Manifest.db is damaged: files may be listed in the part that cannot be read".into(),
            ));
        }
        self.add_unlisted(places);
        self.wanted.sort();
        self.wanted.dedup();
        Ok(())
    }

    /// Files that are stored under the id of a place artifacts ask for, though the manifest does not list them.
    fn add_unlisted(&mut self, places: &[Place]) {
        for place in places {
            let Place::Backup { domain, path } = *place else { continue };
            if domain.contains('*') || path.contains('*') {
                continue;
            }
            for path in [path.to_owned(), format!("{path}-wal")] {
                let id = file_id(domain, &path);
                let stored = id_prefix(&id).is_some_and(|p| self.stored.binary_search(&p).is_ok());
                if stored && !self.wanted.iter().any(|l| l.id == id) {
                    let text =
                        format!("{domain}/{path} is stored, but Manifest.db does not list it; it is read all the same");
                    let args = [("file".to_owned(), format!("{domain}/{path}"))];
                    self.notes.push(Reason { code: "file-unlisted".into(), text, args: args.into() });
                    self.wanted.push(Listed { domain: domain.to_owned(), path, id });
                }
            }
        }
    }

    fn entry(&self, listed: &Listed) -> Entry {
        let nested = format!("{}/{}", &listed.id[..2], listed.id);
        let file = if self.root.join(&nested).is_file() || !self.root.join(&listed.id).is_file() {
            nested
        } else {
            listed.id.clone()
        };
        let meta = fs::symlink_metadata(self.root.join(&file)).ok().filter(fs::Metadata::is_file);
        let stored = meta.as_ref().map_or(0, fs::Metadata::len);
        Entry {
            name: format!("{}/{}", listed.domain, listed.path),
            size: stored,
            presence: if meta.is_some() { Presence::Stored } else { Presence::Missing },
            file,
            first_line: 0,
            truncated: self.logs.get(&listed.id).is_some_and(|&listed| stored < listed),
            key: 0,
        }
    }

    fn root_entry(&self, name: &str) -> Option<Entry> {
        let meta = fs::symlink_metadata(self.root.join(name)).ok().filter(fs::Metadata::is_file)?;
        Some(Entry {
            name: name.to_owned(),
            file: name.to_owned(),
            size: meta.len(),
            presence: Presence::Stored,
            first_line: 0,
            truncated: false,
            key: 1,
        })
    }
}

/// What one slice of the manifest lists.
#[derive(Default)]
struct Part {
    wanted: Vec<Listed>,
    /// Write-ahead logs among them: rowid and file id.
    logs: Vec<(i64, String)>,
    files: u64,
    missing: u64,
    whole: bool,
}

fn list_slice(
    db: &Db,
    table: &Table,
    slice: RangeInclusive<i64>,
    places: &[Place],
    stored: &[u64],
) -> Result<Part, String> {
    let mut part = Part::default();
    let report = db
        .scan(table, &["fileID", "domain", "relativePath", "flags"], Some(slice), &mut |row| {
            let (domain, path) = (text(row.get(1)), text(row.get(2)));
            let (Some(domain), Some(path)) = (domain, path) else { return ControlFlow::Continue(()) };
            let regular = row.get(3).as_i64().is_none_or(|flags| flags == 1);
            let Some(id) = text(row.get(0)).filter(|id| regular && is_file_id(id)) else {
                return ControlFlow::Continue(());
            };
            if let Some(prefix) = id_prefix(&id) {
                part.files += 1;
                part.missing += u64::from(stored.binary_search(&prefix).is_err());
            }
            let base = path.strip_suffix("-wal").unwrap_or(&path);
            if places.iter().any(|p| place_matches(p, &domain, base)) && part.wanted.len() < MAX_WANTED {
                if path.ends_with("-wal") {
                    part.logs.push((row.rowid(), id.clone().into()));
                }
                part.wanted.push(Listed { domain: domain.into(), path: path.into(), id: id.into() });
            }
            ControlFlow::Continue(())
        })
        .map_err(|e| e.to_string())?;
    part.whole = report.is_whole() && part.wanted.len() < MAX_WANTED;
    Ok(part)
}

/// Text of a column, also where somebody stored it as bytes: what names a file must not hide it.
fn text(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Text(t) => Some(t.to_str()),
        ValueRef::Blob(b) => Some(String::from_utf8_lossy(b)),
        _ => None,
    }
}

fn place_matches(place: &Place, domain: &str, path: &str) -> bool {
    match place {
        Place::Backup { domain: d, path: p } => glob::matches(d, domain, None) && glob::matches(p, path, Some(b'/')),
        _ => false,
    }
}

fn is_file_id(id: &str) -> bool {
    id.len() == 40 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn reason(code: &str, text: String) -> Reason {
    Reason { code: code.into(), text, args: BTreeMap::new() }
}

/// SHA-1 of `domain-path`: the name a file is stored under.
fn file_id(domain: &str, path: &str) -> String {
    use sha1::{Digest, Sha1};
    hex(&Sha1::digest(format!("{domain}-{path}")))
}

/// The first eight bytes of every stored file id, sorted: enough to tell which listed files are there.
fn inventory(root: &Path) -> Vec<u64> {
    let mut stored = Vec::new();
    let mut add = |name: &std::ffi::OsStr| {
        if let Some(prefix) = name.to_str().filter(|n| is_file_id(n)).and_then(id_prefix) {
            stored.push(prefix);
        }
    };
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.len() == 2 && entry.file_type().is_ok_and(|t| t.is_dir()) {
            for file in fs::read_dir(entry.path()).into_iter().flatten().flatten() {
                add(&file.file_name());
            }
        } else {
            add(&name);
        }
    }
    stored.sort_unstable();
    stored.shrink_to_fit();
    stored
}

fn id_prefix(id: &str) -> Option<u64> {
    u64::from_str_radix(id.get(..16)?, 16).ok()
}

fn read_plist(path: &Path) -> Option<Value> {
    const MAX_ROOT_PLIST: u64 = 64 << 20;
    let file = DiskFile::open_unlinked(path).ok().filter(|f| f.len() <= MAX_ROOT_PLIST)?;
    let mut bytes = vec![0; file.len() as usize];
    file.read_exact_at(&mut bytes, 0).ok()?;
    plist::parse_lossy(&bytes).0
}

/// Facts from `Info.plist`, and from the lockdown block of `Manifest.plist` where that is all there is.
fn device_facts(root: &Path, manifest: Option<&Value>) -> DeviceFacts {
    let info = read_plist(&root.join("Info.plist"));
    let lockdown = manifest.and_then(|m| m.get("Lockdown"));
    let text = |info_key: &str, lockdown_key: &str| {
        let from_info = info.as_ref().and_then(|i| i.get(info_key)).and_then(Value::as_str);
        let found = from_info.or_else(|| lockdown.and_then(|l| l.get(lockdown_key)).and_then(Value::as_str));
        found.filter(|s| !s.is_empty()).map(str::to_owned)
    };
    let mut facts = DeviceFacts::default();
    facts.facts.push(("platform", "iOS".to_owned()));
    for (name, info_key, lockdown_key) in [
        ("name", "Device Name", "DeviceName"),
        ("model", "Product Type", "ProductType"),
        ("os_version", "Product Version", "ProductVersion"),
        ("build", "Build Version", "BuildVersion"),
    ] {
        if let Some(value) = text(info_key, lockdown_key) {
            facts.facts.push((name, value));
        }
    }
    for (info_key, lockdown_key) in [("Unique Identifier", "UniqueDeviceID"), ("Serial Number", "SerialNumber")] {
        if let Some(id) = text(info_key, lockdown_key) {
            facts.identifiers.push(id.to_ascii_uppercase());
        }
    }
    facts.acquired = info
        .as_ref()
        .and_then(|i| i.get("Last Backup Date"))
        .or_else(|| manifest.and_then(|m| m.get("Date")))
        .and_then(Value::as_unix_micros)
        .and_then(|micros| Timestamp::utc_micros(micros, Precision::Second));
    facts
}

impl Evidence for IosBackup {
    fn kind(&self) -> Kind {
        Kind::IosBackup
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn device(&self) -> &DeviceFacts {
        &self.facts
    }

    fn notes(&self) -> Vec<Reason> {
        self.notes.clone()
    }

    fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError> {
        Ok(match place {
            Place::File(name) => self.root_entry(name).into_iter().collect(),
            Place::Backup { .. } => {
                self.wanted.iter().filter(|l| place_matches(place, &l.domain, &l.path)).map(|l| self.entry(l)).collect()
            }
            Place::Service(_) | Place::Command(_) => Vec::new(),
        })
    }

    fn open(&self, entry: &Entry) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        if entry.presence == Presence::Missing {
            return Err(EvidenceError::Missing { path: entry.name.clone() });
        }
        let file = DiskFile::open_unlinked(&self.root.join(&entry.file)).map_err(|e| io_error(&entry.file, e))?;
        Ok(Arc::new(file))
    }

    fn sibling(&self, entry: &Entry, suffix: &str) -> Option<Entry> {
        if entry.key == 1 {
            return self.root_entry(&format!("{}{suffix}", entry.name));
        }
        let (domain, path) = entry.name.split_once('/')?;
        let path = format!("{path}{suffix}");
        let at = self.wanted.iter().find(|l| l.domain == domain && l.path == path)?;
        let found = self.entry(at);
        // Backups list empty files without storing them: an empty log is as good as none.
        let nothing = found.presence == Presence::Missing && self.logs.get(&at.id) == Some(&0);
        (!nothing).then_some(found)
    }

    fn stored(&self, file_id: &str) -> Option<bool> {
        Some(self.stored.binary_search(&id_prefix(file_id)?).is_ok())
    }

    fn why_absent(&self, artifact: &str) -> Option<Reason> {
        const ENCRYPTED_ONLY: [&str; 1] = ["ios.safari_history"];
        (self.encrypted_origin == Some(false) && ENCRYPTED_ONLY.contains(&artifact)).then(|| {
            reason(
                "unencrypted-backup",
                "this backup was made without encryption, and such backups do not hold it; \
                 make a new backup with encryption switched on"
                    .into(),
            )
        })
    }
}
