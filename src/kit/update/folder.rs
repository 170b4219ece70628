//! The folder packs lie in. A file in it is the old one or the new one, at any moment and after any crash; two updates
//! at once do not meet.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::hash_file;
use super::lock::{self, Lock};

/// Held by whoever works in the folder. The system lets go of it when a process ends, however it ends.
const BUSY: &str = ".vigie-packs.busy";
/// How unfinished files begin; `-i FOLDER` does not look at them.
const UNFINISHED: &str = ".vigie-fetch-";
/// Names in a folder that are looked at.
const MAX_NAMES: usize = 50_000;

/// Why the folder cannot be worked in.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// The folder.
        path: String,
        /// What it said.
        source: io::Error,
    },
    /// Somebody else is at it.
    #[error("{0}: another update is at work in this folder; try again when it is done")]
    Busy(String),
}

/// A folder that nobody else updates while this value lives.
pub struct Folder {
    path: PathBuf,
    _busy: File,
}

impl Folder {
    /// Makes the folder where it is missing, and removes what a crash left unfinished.
    ///
    /// # Errors
    /// The system refused, or another update is running.
    pub fn open(path: &Path) -> Result<Folder, FolderError> {
        let io = |source| FolderError::Io { path: path.display().to_string(), source };
        fs::create_dir_all(path).map_err(io)?;
        let busy = OpenOptions::new().create(true).append(true).open(path.join(BUSY)).map_err(io)?;
        match busy.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::Busy(path.display().to_string())),
            // A file system without locks: every file is still replaced as a whole.
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(e)) => return Err(io(e)),
        }
        let folder = Folder { path: path.to_owned(), _busy: busy };
        for name in folder.names().map_err(io)? {
            if name.starts_with(UNFINISHED) {
                let _ = fs::remove_file(path.join(name));
            }
        }
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What lies in it.
    ///
    /// # Errors
    /// The system refused.
    pub fn names(&self) -> io::Result<BTreeSet<String>> {
        let entries = fs::read_dir(&self.path)?.take(MAX_NAMES);
        entries.map(|e| Ok(e?.file_name().to_string_lossy().into_owned())).collect()
    }

    /// An unfinished file, which vanishes unless it is put in its place.
    ///
    /// # Errors
    /// The system refused.
    pub fn unfinished(&self) -> io::Result<NamedTempFile> {
        unfinished_in(&self.path)
    }

    /// Puts a finished file in its place.
    ///
    /// # Errors
    /// The system refused; what was there is still there.
    pub fn place(&self, file: NamedTempFile, name: &str) -> io::Result<()> {
        place(file, &self.path.join(name))
    }

    /// SHA-256 of a file, `None` where there is none that can be read.
    #[must_use]
    pub fn hash(&self, name: &str) -> Option<String> {
        hash_file(&self.path.join(name)).ok().map(|(hash, _)| hash)
    }

    /// Writes the lock, if that changes anything.
    ///
    /// # Errors
    /// The system refused.
    pub fn write_lock(&self, lock: &Lock) -> io::Result<()> {
        let bytes = lock.to_bytes();
        if fs::read(self.path.join(lock::FILE)).is_ok_and(|old| old == bytes) {
            return Ok(());
        }
        let mut file = self.unfinished()?;
        file.write_all(&bytes)?;
        self.place(file, lock::FILE)
    }

    /// Removes a file; one that is not there is no error.
    ///
    /// # Errors
    /// The system refused.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path.join(name)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
}

/// An unfinished file in a folder. Packs are public: others may read them, as far as the user's own mask allows.
///
/// # Errors
/// The system refused.
pub fn unfinished_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(folder)
}

/// Renames a finished file, its bytes safely on disk first.
///
/// # Errors
/// The system refused.
pub fn place(file: NamedTempFile, to: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(to).map_err(|e| e.error)?;
    // The name is safe only when the folder is; not every system lets a folder be opened.
    if let Some(folder) = to.parent().and_then(|p| File::open(p).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_nothing_left_behind() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("a/b");
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join(".vigie-fetch-dead"), b"half").unwrap();
        fs::write(root.join("mine.stix2"), b"mine").unwrap();
        let folder = Folder::open(&root).unwrap();
        assert!(matches!(Folder::open(&root), Err(FolderError::Busy(_))));
        let mut file = folder.unfinished().unwrap();
        file.write_all(b"new").unwrap();
        folder.place(file, "x.stix2").unwrap();
        drop(folder.unfinished().unwrap());
        let names: Vec<String> = folder.names().unwrap().into_iter().collect();
        assert_eq!(names, [BUSY, "mine.stix2", "x.stix2"]);
        drop(folder);
        assert!(Folder::open(&root).is_ok());
    }
}
