//! A folder, an archive or a single file, as a list of members.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::EvidenceError;
use crate::formats::spool::SpoolWriter;
use crate::formats::zip::{Member as ZipMember, Zip, ZipError};
use crate::formats::{DiskFile, ReadAt, Stream};

/// Files listed in one folder tree at the most.
pub const MAX_FILES: usize = 1_000_000;
/// How deep a folder tree is walked.
pub const MAX_DEPTH: usize = 32;

/// One file of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Path inside the container with `/`; what is not UTF-8 is replaced.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    slot: usize,
}

/// Files by name.
pub struct Container {
    path: String,
    /// Sorted by name; members of one name keep their order.
    pub members: Vec<Member>,
    inner: Inner,
}

enum Inner {
    Folder(Vec<PathBuf>),
    Zip(Box<Zip>, Vec<ZipMember>),
    File(PathBuf),
}

impl Container {
    /// A folder and everything below it; links are not followed.
    pub fn folder(root: &Path) -> Result<Container, EvidenceError> {
        let mut paths = Vec::new();
        let mut members = Vec::new();
        for entry in walkdir::WalkDir::new(root).max_depth(MAX_DEPTH).sort_by_file_name() {
            let Ok(entry) = entry else { continue };
            if !entry.file_type().is_file() {
                continue;
            }
            if members.len() >= MAX_FILES {
                return Err(EvidenceError::Limit {
                    path: root.display().to_string(),
                    limit: "MAX_FILES",
                    detail: format!("more than {MAX_FILES} files"),
                });
            }
            let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
            let name = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            let size = entry.metadata().map_or(0, |m| m.len());
            members.push(Member { name, size, slot: paths.len() });
            paths.push(entry.into_path());
        }
        members.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Container { path: root.display().to_string(), members, inner: Inner::Folder(paths) })
    }

    /// An archive that is already open.
    pub fn zip(path: String, zip: Zip) -> Container {
        let list = zip.members.clone();
        let mut members: Vec<Member> =
            list.iter().enumerate().map(|(slot, m)| Member { name: m.name.clone(), size: m.size, slot }).collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        Container { path, members, inner: Inner::Zip(Box::new(zip), list) }
    }

    /// One file alone.
    pub fn file(path: &Path) -> Result<Container, EvidenceError> {
        let size = DiskFile::open(path).map_err(|e| io_error(&path.display().to_string(), e))?.len();
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        Ok(Container {
            path: path.display().to_string(),
            members: vec![Member { name, size, slot: 0 }],
            inner: Inner::File(path.to_path_buf()),
        })
    }

    /// The path the container was opened by.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Names that occur more than once.
    pub fn duplicates(&self) -> &[String] {
        match &self.inner {
            Inner::Zip(zip, _) => &zip.duplicates,
            _ => &[],
        }
    }

    /// Members the archive's directory counts beyond those it lists.
    pub fn unlisted(&self) -> u64 {
        match &self.inner {
            Inner::Zip(zip, _) => zip.unlisted,
            _ => 0,
        }
    }

    /// The bytes of a member where they lie on disk in clear, without copying.
    pub fn on_disk(&self, member: &Member) -> Result<Option<Arc<dyn ReadAt>>, EvidenceError> {
        let path = match &self.inner {
            Inner::Folder(paths) => &paths[member.slot],
            Inner::File(path) => path,
            Inner::Zip(..) => return Ok(None),
        };
        let file = match &self.inner {
            // The user named this file; a link to it is the user's own.
            Inner::File(_) => DiskFile::open(path),
            _ => DiskFile::open_unlinked(path),
        };
        Ok(Some(Arc::new(file.map_err(|e| io_error(&member.name, e))?)))
    }

    /// The bytes of a member as a stream.
    pub fn stream(&self, member: &Member) -> Result<Box<dyn Read + Send>, EvidenceError> {
        match &self.inner {
            Inner::Zip(zip, list) => {
                let reader = zip.read(&list[member.slot]).map_err(|e| zip_error(&member.name, e))?;
                Ok(Box::new(reader))
            }
            _ => match self.on_disk(member)? {
                Some(file) => Ok(Box::new(Stream::new(file))),
                None => Err(EvidenceError::Missing { path: member.name.clone() }),
            },
        }
    }

    /// The bytes of a member at random; an archive's member is inflated into working storage first.
    pub fn open(&self, member: &Member) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        if let Some(file) = self.on_disk(member)? {
            return Ok(file);
        }
        let mut reader = self.stream(member)?;
        let mut spool = SpoolWriter::new();
        copy(&mut reader, &mut spool).map_err(|e| io_error(&member.name, e))?;
        spool.finish().map_err(|e| io_error(&member.name, e))
    }
}

fn copy(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<u64> {
    io::copy(from, to)
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
