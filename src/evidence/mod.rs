//! What was acquired, as files by name. One file per kind of acquisition; `detect` tells them apart.

mod bugreport;
mod container;
mod detect;
mod ios_backup;

use std::fmt;
use std::sync::Arc;

pub use detect::{Invalid, Opened, open};

use crate::formats::ReadAt;
use crate::formats::hex;
use crate::record::{Timestamp, Zone, write_civil};

/// A kind of acquisition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// An iTunes/Finder backup whose files are in clear.
    IosBackup,
    /// An Android bug report: zip, unpacked folder, or the dumpstate text alone.
    AndroidBugreport,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 2] = [Kind::IosBackup, Kind::AndroidBugreport];

    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::IosBackup => "ios-backup",
            Kind::AndroidBugreport => "android-bugreport",
        }
    }

    /// What a person calls it.
    pub fn title(self) -> &'static str {
        match self {
            Kind::IosBackup => "iOS backup (decrypted)",
            Kind::AndroidBugreport => "Android bug report",
        }
    }

    /// The platform whose artifacts it holds: `ios` or `android`.
    pub fn platform(self) -> Platform {
        match self {
            Kind::IosBackup => Platform::Ios,
            Kind::AndroidBugreport => Platform::Android,
        }
    }
}

/// The operating system a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Platform {
    /// iOS, iPadOS.
    Ios,
    /// Android.
    Android,
}

/// Where a kind of evidence keeps an artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A file of the acquisition by its path inside it; `*` stands for any run of characters but `/`.
    File(&'static str),
    /// A file of an iOS backup by domain and relative path. `*` in the domain stands for anything; in the path, for
    /// anything but `/`. `flags` other than a regular file are left out.
    Backup {
        /// `HomeDomain`, `AppDomain-…`, or `*`.
        domain: &'static str,
        /// Path relative to the domain.
        path: &'static str,
    },
    /// A `DUMP OF SERVICE` section of a dumpstate.
    Service(&'static str),
    /// A `------ TITLE (…) ------` section of a dumpstate, by the beginning of its title.
    Command(&'static str),
}

/// One place an artifact is read from, in one kind of evidence.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The kind of evidence this holds for.
    pub kind: Kind,
    /// Where.
    pub place: Place,
    /// True when a complete verdict needs the artifact from this kind of evidence (the coverage contract).
    pub required: bool,
    /// For a database: the table whose rowids may be cut into slices that are parsed side by side.
    pub slice: Option<&'static str>,
}

impl Source {
    /// A place that may be missing without making a verdict incomplete.
    pub const fn optional(kind: Kind, place: Place) -> Self {
        Source { kind, place, required: false, slice: None }
    }

    /// A place the coverage contract requires.
    pub const fn required(kind: Kind, place: Place) -> Self {
        Source { kind, place, required: true, slice: None }
    }

    /// The same, sliced by the rowids of `table`.
    pub const fn sliced(mut self, table: &'static str) -> Self {
        self.slice = Some(table);
        self
    }
}

/// Whether the bytes of an entry are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// They can be opened.
    Stored,
    /// A list names the file, but it is not in the acquisition.
    Missing,
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
    /// True where the source ended before the section did.
    pub truncated: bool,
    /// The evidence's own handle.
    pub key: u64,
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

/// What an acquisition says about the device it was taken from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeviceFacts {
    /// Serial number, UDID or Android serial; what makes two acquisitions one device.
    pub identifiers: Vec<String>,
    /// Named facts in reporting order: `("model", "iPhone9,3")`.
    pub facts: Vec<(&'static str, String)>,
    /// The device's time zone, where the acquisition says it.
    pub zone: Option<jiff::tz::TimeZone>,
    /// When the acquisition was taken.
    pub acquired: Option<Timestamp>,
}

impl DeviceFacts {
    /// UTC microseconds of a moment on this device; `None` when its clock cannot be related to UTC.
    pub fn utc(&self, t: &Timestamp) -> Option<i64> {
        match t.zone {
            Zone::Utc | Zone::Offset(_) => Some(t.micros),
            Zone::DeviceLocal => {
                let zone = self.zone.as_ref()?;
                let civil = jiff::Timestamp::from_microsecond(t.micros).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
                let zoned = civil.datetime().to_zoned(zone.clone()).ok()?;
                Some(zoned.timestamp().as_microsecond())
            }
            Zone::SinceBoot | Zone::Unknown => None,
        }
    }

    /// The moment as reports write it: UTC with `Z` where the clock is known, the wall clock without it where not.
    pub fn write_time(&self, t: &Timestamp, out: &mut dyn fmt::Write) -> fmt::Result {
        match self.utc(t) {
            Some(micros) => {
                write_civil(micros, t.precision, out)?;
                out.write_char('Z')
            }
            None => write!(out, "{t}"),
        }
    }
}

/// An opened acquisition: files by name, read-only.
pub trait Evidence: Send + Sync {
    /// What it is.
    fn kind(&self) -> Kind;
    /// The path it was given as.
    fn path(&self) -> &str;
    /// What it says about its device.
    fn device(&self) -> &DeviceFacts;
    /// What was odd about the container: duplicate members, wrappers, damage.
    fn notes(&self) -> Vec<crate::finding::Reason>;
    /// The entries at a place, in a fixed order.
    fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError>;
    /// The bytes of an entry.
    fn open(&self, entry: &Entry) -> Result<Arc<dyn ReadAt>, EvidenceError>;
    /// The entry beside another, by suffix (`-wal`); in a backup it has its own file id.
    fn sibling(&self, entry: &Entry, suffix: &str) -> Option<Entry>;
    /// SHA-256, in hexadecimal, of the stored file an entry lies in.
    fn sha256(&self, entry: &Entry) -> Result<String, EvidenceError> {
        let mut stream = crate::formats::Stream::new(self.open(entry)?);
        hash_stream(&mut stream).map_err(|source| EvidenceError::Io { path: entry.file.clone(), source })
    }
    /// For an iOS backup: whether the file with this id is stored. `None` where that cannot be said.
    fn stored(&self, file_id: &str) -> Option<bool> {
        let _ = file_id;
        None
    }
    /// True when the place cannot be expected here, for a reason the evidence knows (an app that is not installed, a
    /// file that only encrypted backups hold); the reason goes into the coverage.
    fn why_absent(&self, artifact: &str) -> Option<crate::finding::Reason> {
        let _ = artifact;
        None
    }
}

/// SHA-256 of a stream, in hexadecimal.
pub fn hash_stream(stream: &mut dyn std::io::Read) -> std::io::Result<String> {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 128 << 10];
    loop {
        match stream.read(&mut buffer)? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    Ok(hex(&hash.finalize()))
}
