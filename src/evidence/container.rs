//! Files by name, wherever they lie: in a folder on disk, in an archive, in a single file.
//!
//! Names use `/`, never begin with it, and are looked up, not searched through. What cannot be listed is an error and not
//! an empty folder.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

use super::EvidenceError;
use crate::finding::{Reason, reason};
use crate::formats::spool::SpoolWriter;
use crate::formats::zip::{Member as ZipMember, Zip, ZipError};
use crate::formats::{DiskFile, ReadAt, Stream, disk, hex};

/// One file of a container.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Member {
    /// Path inside the container; what is not UTF-8 is replaced.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    /// Bytes it takes in the container, where that says something of what reading it costs.
    pub packed: u64,
    /// The container's own handle.
    pub slot: usize,
}

/// What lies directly in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Its name, without the folder's.
    pub name: String,
    /// What it is.
    pub what: What,
}

/// What a name in a folder stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A file.
    File(Member),
    /// A folder.
    Folder,
    /// A link: it leads elsewhere and is not followed.
    Link,
    /// A pipe, a socket, a device.
    Special,
    /// Something of which the system tells nothing.
    Hidden(String),
}

/// Files by name.
pub trait Container: Send + Sync {
    /// What lies directly in a folder, sorted by name; `""` is the root. A folder that is not there is empty.
    fn list(&self, folder: &str) -> Result<Vec<Child>, EvidenceError>;
    /// The file of a name; of several, the first. `None` where there is none, or where it is no file.
    fn find(&self, name: &str) -> Result<Option<Member>, EvidenceError>;
    /// The bytes of a file at random.
    fn open(&self, member: &Member) -> Result<Arc<dyn ReadAt>, EvidenceError>;
    /// The bytes of a file once, in order.
    fn stream(&self, member: &Member) -> Result<Box<dyn Read + Send>, EvidenceError>;
    /// SHA-256 of a file, in hexadecimal.
    fn sha256(&self, member: &Member) -> Result<String, EvidenceError>;
    /// True where the bytes lie on disk in clear, and reading them at random costs nothing beforehand.
    fn in_place(&self) -> bool;
    /// The place on disk of a folder, where there is one.
    fn on_disk(&self, folder: &str) -> Option<PathBuf> {
        let _ = folder;
        None
    }
    /// What is odd about the container itself.
    fn notes(&self) -> Vec<Reason> {
        Vec::new()
    }
}

/// A folder on disk. Nothing is read before it is asked for, and links are not followed.
pub struct Dir {
    root: PathBuf,
    /// Real names of files whose names are no UTF-8, by the name they are shown under.
    odd: Mutex<HashMap<String, OsString>>,
}

impl Dir {
    /// A folder.
    pub fn new(root: &Path) -> Dir {
        Dir { root: root.to_path_buf(), odd: Mutex::default() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(self.below(name))
    }

    fn below(&self, name: &str) -> PathBuf {
        let mut path = PathBuf::new();
        let odd = self.odd.lock().ok().filter(|o| !o.is_empty());
        let mut at = String::new();
        for part in name.split('/').filter(|p| !p.is_empty() && *p != "." && *p != "..") {
            if !at.is_empty() {
                at.push('/');
            }
            at.push_str(part);
            match odd.as_ref().and_then(|o| o.get(&at)) {
                Some(real) => path.push(real),
                None => path.push(part),
            }
        }
        path
    }

    fn remember(&self, folder: &str, name: &std::ffi::OsStr) -> String {
        let shown = name.to_string_lossy();
        if let std::borrow::Cow::Owned(shown) = &shown
            && let Ok(mut odd) = self.odd.lock()
        {
            odd.insert(join(folder, shown), name.to_owned());
        }
        shown.into_owned()
    }
}

impl Container for Dir {
    fn list(&self, folder: &str) -> Result<Vec<Child>, EvidenceError> {
        let path = self.path(folder);
        let failed = |e| io_error(&path.display().to_string(), e);
        let names = match disk::names(&self.root, &self.below(folder)) {
            Ok(names) => names,
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(Vec::new());
            }
            Err(e) => return Err(failed(e)),
        };
        let mut all = Vec::new();
        for real in names {
            let name = self.remember(folder, &real);
            let what = match fs::symlink_metadata(path.join(&real)) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => What::Hidden(e.to_string()),
                Ok(meta) if meta.is_symlink() => What::Link,
                Ok(meta) if meta.is_dir() => What::Folder,
                Ok(meta) if meta.is_file() => What::File(member(join(folder, &name), &meta)),
                Ok(_) => What::Special,
            };
            all.push(Child { name, what });
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    fn find(&self, name: &str) -> Result<Option<Member>, EvidenceError> {
        let path = self.path(name);
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_file() => Ok(Some(member(name.to_owned(), &meta))),
            Ok(_) => Ok(None),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(e) => Err(io_error(name, e)),
        }
    }

    fn open(&self, member: &Member) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        let file =
            DiskFile::open_below(&self.root, &self.below(&member.name)).map_err(|e| io_error(&member.name, e))?;
        Ok(Arc::new(file))
    }

    fn stream(&self, member: &Member) -> Result<Box<dyn Read + Send>, EvidenceError> {
        Ok(Box::new(Stream::new(self.open(member)?)))
    }

    fn sha256(&self, member: &Member) -> Result<String, EvidenceError> {
        hash(&mut *self.stream(member)?).map_err(|e| io_error(&member.name, e))
    }

    fn in_place(&self) -> bool {
        true
    }

    fn on_disk(&self, folder: &str) -> Option<PathBuf> {
        Some(self.path(folder))
    }
}

fn member(name: String, meta: &fs::Metadata) -> Member {
    Member { name, size: meta.len(), packed: meta.len(), slot: 0 }
}

/// One file, as a container of itself. The user named it: a link to it is the user's own.
pub struct Single {
    path: PathBuf,
    name: String,
}

impl Single {
    /// A file.
    pub fn new(path: &Path) -> Single {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        Single { path: path.to_path_buf(), name }
    }

    /// The file.
    pub fn member(&self) -> Result<Member, EvidenceError> {
        let meta = fs::metadata(&self.path).map_err(|e| io_error(&self.name, e))?;
        Ok(member(self.name.clone(), &meta))
    }
}

impl Container for Single {
    fn list(&self, folder: &str) -> Result<Vec<Child>, EvidenceError> {
        let child = || Ok(Child { name: self.name.clone(), what: What::File(self.member()?) });
        if folder.is_empty() { Ok(vec![child()?]) } else { Ok(Vec::new()) }
    }

    fn find(&self, name: &str) -> Result<Option<Member>, EvidenceError> {
        if name == self.name { self.member().map(Some) } else { Ok(None) }
    }

    fn open(&self, _: &Member) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        Ok(Arc::new(DiskFile::open(&self.path).map_err(|e| io_error(&self.name, e))?))
    }

    fn stream(&self, member: &Member) -> Result<Box<dyn Read + Send>, EvidenceError> {
        Ok(Box::new(Stream::new(self.open(member)?)))
    }

    fn sha256(&self, member: &Member) -> Result<String, EvidenceError> {
        hash(&mut *self.stream(member)?).map_err(|e| io_error(&member.name, e))
    }

    fn in_place(&self) -> bool {
        true
    }
}

/// An archive's members. What was inflated for somebody is shared while anybody reads it, and hashed on the way.
pub struct Archive {
    shown: String,
    zip: Zip,
    list: Vec<ZipMember>,
    /// Sorted by name; members of one name in the order of the archive.
    members: Vec<Member>,
    opened: Mutex<HashMap<usize, Arc<Mutex<Weak<Inflated>>>>>,
    hashes: Arc<Mutex<HashMap<usize, String>>>,
}

/// A member in working storage.
struct Inflated(Arc<dyn ReadAt>);

impl ReadAt for Inflated {
    fn len(&self) -> u64 {
        self.0.len()
    }
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buf, offset)
    }
}

impl Archive {
    /// An archive that is already open, as it is shown to people.
    pub fn new(shown: String, zip: Zip) -> Archive {
        let list = zip.members.clone();
        let member =
            |(slot, m): (usize, &ZipMember)| Member { name: clean(&m.name), size: m.size, packed: m.packed, slot };
        let mut members: Vec<Member> = list.iter().enumerate().map(member).filter(|m| !m.name.is_empty()).collect();
        members.sort_by(|a, b| a.name.cmp(&b.name).then(a.slot.cmp(&b.slot)));
        Archive { shown, zip, list, members, opened: Mutex::default(), hashes: Arc::default() }
    }

    /// Where the members below a folder begin.
    fn first_below(&self, prefix: &str) -> usize {
        self.members.partition_point(|m| m.name.as_str() < prefix)
    }
}

/// A name without a root, empty parts and `.`; `..` stays a name like any other, and leads nowhere.
fn clean(name: &str) -> String {
    let plain = !name.starts_with('/') && !name.contains("//") && !name.contains("./");
    if plain {
        return name.to_owned();
    }
    name.split('/').filter(|p| !p.is_empty() && *p != ".").collect::<Vec<_>>().join("/")
}

impl Container for Archive {
    fn list(&self, folder: &str) -> Result<Vec<Child>, EvidenceError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut all: Vec<Child> = Vec::new();
        let mut at = self.first_below(&prefix);
        while let Some(m) = self.members.get(at) {
            let Some(rest) = m.name.strip_prefix(prefix.as_str()) else { break };
            match rest.split_once('/') {
                None => {
                    all.push(Child { name: rest.to_owned(), what: What::File(m.clone()) });
                    at += 1;
                }
                Some((name, _)) => {
                    all.push(Child { name: name.to_owned(), what: What::Folder });
                    // `0` comes right behind `/`: the first name that is not below this folder.
                    at = self.first_below(&format!("{prefix}{name}0"));
                }
            }
        }
        Ok(all)
    }

    fn find(&self, name: &str) -> Result<Option<Member>, EvidenceError> {
        Ok(self.members.get(self.first_below(name)).filter(|m| m.name == name).cloned())
    }

    fn open(&self, member: &Member) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        let slot = match self.opened.lock() {
            Ok(mut opened) => opened.entry(member.slot).or_default().clone(),
            Err(_) => Arc::default(),
        };
        // Whoever comes while it is being inflated waits for it.
        let mut shared = slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(file) = shared.upgrade() {
            return Ok(file);
        }
        let mut spool = SpoolWriter::new();
        io::copy(&mut *self.stream(member)?, &mut spool).map_err(|e| io_error(&member.name, e))?;
        let file = Arc::new(Inflated(spool.finish().map_err(|e| io_error("working storage", e))?));
        *shared = Arc::downgrade(&file);
        Ok(file)
    }

    fn stream(&self, member: &Member) -> Result<Box<dyn Read + Send>, EvidenceError> {
        let reader = self.zip.read(&self.list[member.slot]).map_err(|e| zip_error(&member.name, e))?;
        Ok(Box::new(Hashing { reader, hash: Some(Default::default()), slot: member.slot, all: self.hashes.clone() }))
    }

    fn sha256(&self, member: &Member) -> Result<String, EvidenceError> {
        let known = || self.hashes.lock().ok().and_then(|h| h.get(&member.slot).cloned());
        if let Some(hash) = known() {
            return Ok(hash);
        }
        io::copy(&mut *self.stream(member)?, &mut io::sink()).map_err(|e| io_error(&member.name, e))?;
        known().ok_or_else(|| EvidenceError::Missing { path: member.name.clone() })
    }

    fn in_place(&self) -> bool {
        false
    }

    fn notes(&self) -> Vec<Reason> {
        let shown = &self.shown;
        let twice = |name: &String| {
            let text = format!("{shown}: the archive holds more than one member named {name}; each is looked at");
            Reason::new(reason::DUPLICATE_MEMBER, text).with("file", name.clone())
        };
        let mut notes: Vec<Reason> = self.zip.duplicates.iter().map(twice).collect();
        if self.zip.unlisted > 0 {
            let n = self.zip.unlisted;
            let text = format!("{shown}: the archive counts {n} more members than its directory lists: it is damaged");
            notes.push(Reason::new(reason::MEMBERS_UNLISTED, text));
        }
        notes
    }
}

/// Hashes a member while somebody reads it to its end.
struct Hashing<R> {
    reader: R,
    hash: Option<sha2::Sha256>,
    slot: usize,
    all: Arc<Mutex<HashMap<usize, String>>>,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        use sha2::Digest;
        let n = self.reader.read(buf)?;
        match (n, &mut self.hash) {
            (0, hash) if !buf.is_empty() => {
                if let Some(hash) = hash.take()
                    && let Ok(mut all) = self.all.lock()
                {
                    all.insert(self.slot, hex(&hash.finalize()));
                }
            }
            (n, Some(hash)) => hash.update(&buf[..n]),
            _ => {}
        }
        Ok(n)
    }
}

/// SHA-256 of a stream, in hexadecimal.
fn hash(stream: &mut dyn Read) -> io::Result<String> {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 128 << 10];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// A name in a folder.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// An I/O error with the name of what was being read.
pub fn io_error(path: &str, source: io::Error) -> EvidenceError {
    match source.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            EvidenceError::Damaged { path: path.to_owned(), reason: source.to_string() }
        }
        _ => EvidenceError::Io { path: path.to_owned(), source },
    }
}

/// An archive error with the name of what was being read.
pub fn zip_error(path: &str, e: ZipError) -> EvidenceError {
    match e {
        ZipError::Limit { limit, detail } => EvidenceError::Limit { path: path.to_owned(), limit, detail },
        ZipError::Io(source) => io_error(path, source),
        other => EvidenceError::Damaged { path: path.to_owned(), reason: other.to_string() },
    }
}
