//! The list of a backup: one pass over `Files` of `Manifest.db`, which checks every row against the id of its file and
//! keeps what artifacts ask for.

use std::borrow::Cow;
use std::ops::{ControlFlow, RangeInclusive};

use super::super::Place;
use super::{id_prefix, is_hex};
use crate::formats::sqlite::{Db, Encoding, Table, ValueRef};
use crate::formats::{hex, mbfile};

/// Listed files kept for the places artifacts ask for; more than this and the manifest is not a phone's.
pub const MAX_WANTED: usize = 100_000;
/// Stores that a backup holds under a key it does not hold, and nobody else has: domain, path, whose they are.
const SEALED: [(&str, &str, &str); 1] =
    [("AppDomainGroup-group.org.whispersystems.signal.group", "grdb/signal.sqlite", "Signal")];

/// A file the manifest lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    pub domain: String,
    pub path: String,
    pub id: String,
    /// In bytes, as far as the list says: a file that was cut cannot be told from one that ended there by itself.
    pub size: Option<u64>,
}

/// The places artifacts ask for, by path where they have no pattern.
pub struct Index<'p> {
    exact: hashbrown::HashSet<(&'static str, &'static str), foldhash::fast::RandomState>,
    /// What a path must end with, and the place.
    patterns: Vec<(&'static str, &'p Place)>,
}

impl<'p> Index<'p> {
    pub fn new(places: &'p [Place]) -> Index<'p> {
        let mut index = Index { exact: hashbrown::HashSet::default(), patterns: Vec::new() };
        for place in places {
            match place {
                Place::Ios { domain, path } if !domain.contains('*') && !path.contains('*') => {
                    index.exact.insert((domain, path));
                }
                Place::Ios { path, .. } => {
                    index.patterns.push((path.rsplit_once('*').map_or(path, |(_, tail)| tail), place));
                }
                _ => {}
            }
        }
        index
    }

    pub fn holds(&self, domain: &str, path: &str) -> bool {
        self.exact.contains(&(domain, path))
            || self.patterns.iter().any(|(tail, p)| path.ends_with(tail) && p.is_ios(domain, path))
    }
}

/// What one slice of the manifest lists.
#[derive(Default)]
pub struct Part {
    pub wanted: Vec<Listed>,
    pub files: u64,
    /// Regular files with content that are not stored.
    pub missing: u64,
    /// Rows whose id is not that of their name.
    pub odd: u64,
    pub sealed: Vec<&'static str>,
    pub whole: bool,
}

impl Part {
    pub fn add(&mut self, more: Part) {
        self.wanted.extend(more.wanted);
        self.files += more.files;
        self.missing += more.missing;
        self.odd += more.odd;
        self.sealed.extend(more.sealed);
        self.whole &= more.whole;
    }
}

/// Value of `flags` for a file with content.
const REGULAR: i64 = 1;
/// Of a folder.
const FOLDER: i64 = 2;
/// Of a symbolic link.
const LINK: i64 = 4;

pub fn slice(
    db: &Db,
    table: &Table,
    slice: RangeInclusive<i64>,
    index: &Index<'_>,
    stored: &[u64],
) -> Result<Part, String> {
    let mut part = Part::default();
    let mut ids = Ids::default();
    let utf8 = db.encoding() == Encoding::Utf8;
    let report = db
        .scan(table, &["fileID", "domain", "relativePath", "flags", "file"], Some(slice), &mut |row| {
            let (id, domain, path) = (text(row.get(0)), text(row.get(1)), text(row.get(2)));
            let (Some(id), Some(domain), Some(path)) = (id, domain, path) else {
                part.odd += 1;
                return ControlFlow::Continue(());
            };
            // The id is computed from the bytes of the name, whatever text they are.
            let raw = |i: usize, text: &str| match (utf8, row.get(i).as_bytes()) {
                (true, Some(bytes)) => bytes.to_vec(),
                _ => text.as_bytes().to_vec(),
            };
            let fits =
                ids.fits(domain.as_bytes(), path.as_bytes(), &id) || ids.fits(&raw(1, &domain), &raw(2, &path), &id);
            if !is_hex(&id, 40) || !fits {
                part.odd += 1;
            }
            let Some(prefix) = id_prefix(&id) else { return ControlFlow::Continue(()) };
            let is_stored = stored.binary_search(&prefix).is_ok();
            if let Some(flags @ (FOLDER | LINK)) = row.get(3).as_i64() {
                // Nothing is stored of a folder or a link, and the details say the same.
                let base = path.strip_suffix("-wal").unwrap_or(&path);
                let file = is_stored || (index.holds(&domain, base) && is_file(row.get(4)));
                if !file {
                    return ControlFlow::Continue(());
                }
                tracing::debug!(flags, %path, "a file listed as something else");
                part.odd += 1;
            } else if row.get(3).as_i64().is_some_and(|flags| flags != REGULAR) {
                part.odd += 1;
            }
            part.files += 1;
            let base = ["-wal", "-journal"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(&path);
            let is_wanted = index.holds(&domain, base) && part.wanted.len() < MAX_WANTED;
            let size = (is_wanted || !is_stored).then(|| listed_size(row.get(4))).flatten();
            // Details that are there and cannot be read; some tools write none at all.
            if is_wanted && size.is_none() && !row.get(4).is_null() {
                part.odd += 1;
            }
            // Empty files are listed without being stored.
            part.missing += u64::from(!is_stored && size != Some(0));
            if let Some((.., whose)) = SEALED.iter().find(|(d, p, _)| *d == domain && *p == path) {
                part.sealed.push(whose);
            }
            if is_wanted {
                part.wanted.push(Listed { domain: domain.into(), path: path.into(), id: id.into(), size });
            }
            ControlFlow::Continue(())
        })
        .map_err(|e| e.to_string())?;
    part.whole = report.is_whole() && part.wanted.len() < MAX_WANTED;
    Ok(part)
}

/// Whether the details of a row speak of a file with content.
fn is_file(details: ValueRef<'_>) -> bool {
    const KIND: u32 = 0o170_000;
    const FILE: u32 = 0o100_000;
    let parsed = details.as_bytes().and_then(|blob| mbfile::parse(blob).ok());
    parsed.and_then(|f| f.mode).is_some_and(|mode| mode & KIND == FILE)
}

fn listed_size(details: ValueRef<'_>) -> Option<u64> {
    details.as_bytes().and_then(mbfile::size)
}

fn text(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Text(t) => Some(t.to_str()),
        ValueRef::Blob(b) => Some(String::from_utf8_lossy(b)),
        _ => None,
    }
}

/// Checks ids of files without allocating for each.
#[derive(Default)]
struct Ids {
    name: Vec<u8>,
}

impl Ids {
    fn fits(&mut self, domain: &[u8], path: &[u8], id: &str) -> bool {
        use sha1::{Digest, Sha1};
        self.name.clear();
        self.name.extend_from_slice(domain);
        self.name.push(b'-');
        self.name.extend_from_slice(path);
        let digest = Sha1::digest(&self.name);
        let nibble = |b: u8| if b < 10 { b'0' + b } else { b'a' + b - 10 };
        id.len() == 40 && id.as_bytes().chunks_exact(2).zip(&digest).all(|(c, b)| c == [nibble(b >> 4), nibble(b & 15)])
    }
}

/// SHA-1 of `domain-path`: the name a file is stored under.
pub fn file_id(domain: &str, path: &str) -> String {
    use sha1::{Digest, Sha1};
    hex(&Sha1::digest(format!("{domain}-{path}")))
}
