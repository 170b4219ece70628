//! Files on disk, opened so that evidence stays as it is: no access time changes where the system allows it, no link is
//! followed that was not there before, and nothing is waited for.

use std::fs::File;
use std::io;
use std::path::Path;

use super::ReadAt;

/// A regular file on disk.
pub struct DiskFile {
    file: File,
    len: u64,
}

impl DiskFile {
    /// Opens what somebody named. Anything but a regular file is refused, links are followed.
    pub fn open(path: &Path) -> io::Result<DiskFile> {
        DiskFile::of(system::open(path, true)?)
    }

    /// Opens what lies below a folder: no part of the way may be a link, whoever put it there since the folder was listed.
    pub fn open_below(root: &Path, below: &Path) -> io::Result<DiskFile> {
        DiskFile::of(system::open_below(root, below)?)
    }

    fn of(file: File) -> io::Result<DiskFile> {
        let meta = file.metadata()?;
        match meta.is_file() {
            true => Ok(DiskFile { file, len: meta.len() }),
            false => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
        }
    }
}

impl ReadAt for DiskFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        super::read_at::read_file_at(&self.file, buf, offset)
    }
}

/// The bytes of a regular file; a pipe or a device is refused, and not waited for.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = DiskFile::open(path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(file.len).unwrap_or(0).min(1 << 30));
    io::Read::read_to_end(&mut { file.file }, &mut bytes)?;
    Ok(bytes)
}

/// Names in a folder below another one, without touching access times where the system allows it. No part of the way may
/// be a link.
pub fn names(root: &Path, below: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    system::names(root, below)
}

#[cfg(unix)]
mod system {
    use std::ffi::OsString;
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStringExt;
    use std::path::{Component, Path};

    use rustix::fs::{CWD, Dir, Mode, OFlags, openat};
    use rustix::io::Errno;

    /// Only the owner of a file may ask for this.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const NO_ACCESS_TIME: OFlags = OFlags::NOATIME;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const NO_ACCESS_TIME: OFlags = OFlags::empty();

    /// Opening a named pipe waits for somebody to write into it, for ever.
    const READ: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC).union(OFlags::NOCTTY);

    fn quietly<F: std::os::fd::AsFd>(at: F, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        let opened = openat(&at, path, flags | NO_ACCESS_TIME, Mode::empty());
        Ok(match opened {
            Err(Errno::PERM) => openat(&at, path, flags, Mode::empty())?,
            other => other?,
        })
    }

    fn not_a_link(e: io::Error) -> io::Error {
        match Errno::from_io_error(&e) {
            // What a link gives that must not be followed; macOS and BSD have words of their own.
            Some(Errno::LOOP | Errno::MLINK) => {
                io::Error::new(io::ErrorKind::InvalidInput, "a link, which acquisitions do not hold")
            }
            _ => e,
        }
    }

    pub fn open(path: &Path, follow: bool) -> io::Result<File> {
        let flags = if follow { READ } else { READ | OFlags::NOFOLLOW };
        quietly(CWD, path, flags).map(File::from).map_err(not_a_link)
    }

    /// A folder on the way from `root`, which itself may be a link: somebody named it.
    fn folder(root: &Path, below: &Path) -> io::Result<OwnedFd> {
        let mut at = quietly(CWD, root, READ | OFlags::DIRECTORY)?;
        for part in below.components().filter(|c| matches!(c, Component::Normal(_))) {
            at = quietly(&at, part.as_ref(), READ | OFlags::DIRECTORY | OFlags::NOFOLLOW).map_err(not_a_link)?;
        }
        Ok(at)
    }

    pub fn open_below(root: &Path, below: &Path) -> io::Result<File> {
        let (Some(name), Some(way)) = (below.file_name(), below.parent()) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let folder = folder(root, way)?;
        quietly(&folder, name.as_ref(), READ | OFlags::NOFOLLOW).map(File::from).map_err(not_a_link)
    }

    pub fn names(root: &Path, below: &Path) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::new(folder(root, below)?)? {
            let name = entry?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        Ok(names)
    }
}

#[cfg(not(unix))]
mod system {
    use std::ffi::OsString;
    use std::fs::File;
    use std::io;
    use std::path::Path;

    pub fn open(path: &Path, follow: bool) -> io::Result<File> {
        if !follow && std::fs::symlink_metadata(path)?.is_symlink() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a link, which acquisitions do not hold"));
        }
        File::open(path)
    }

    pub fn open_below(root: &Path, below: &Path) -> io::Result<File> {
        open(&root.join(below), false)
    }

    pub fn names(root: &Path, below: &Path) -> io::Result<Vec<OsString>> {
        std::fs::read_dir(root.join(below))?.map(|e| Ok(e?.file_name())).collect()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn text(file: io::Result<DiskFile>) -> Result<String, String> {
        let file = file.map_err(|e| e.to_string())?;
        let mut out = String::new();
        io::Read::read_to_string(&mut super::super::Stream::new(file), &mut out).map_err(|e| e.to_string())?;
        Ok(out)
    }

    #[test]
    fn a_link_anywhere_on_the_way_is_refused() {
        let tmp = tempfile::tempdir().unwrap();
        let root = tmp.path().join("root");
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::fs::create_dir(tmp.path().join("secret")).unwrap();
        std::fs::write(root.join("a/b/file"), "inside").unwrap();
        std::fs::write(tmp.path().join("secret/file"), "outside").unwrap();
        symlink(tmp.path().join("secret/file"), root.join("a/link")).unwrap();
        symlink(tmp.path().join("secret"), root.join("a/folder")).unwrap();
        symlink(&root, tmp.path().join("way")).unwrap();
        let open = |below: &str| text(DiskFile::open_below(&root, Path::new(below)));
        assert_eq!(open("a/b/file").unwrap(), "inside");
        for link in ["a/link", "a/folder/file"] {
            assert!(open(link).is_err(), "{link}: {:?}", open(link));
        }
        assert!(open("a/link").unwrap_err().contains("a link, which acquisitions do not hold"));
        assert!(names(&root, Path::new("a/folder")).is_err());
        assert!(open("a/b").unwrap_err().contains("not a regular file"));
        assert!(open("a/none").is_err());
        let by_link = DiskFile::open_below(&tmp.path().join("way"), Path::new("a/b/file"));
        assert_eq!(text(by_link).unwrap(), "inside", "the folder itself was named by its owner");
        assert_eq!(text(DiskFile::open(&root.join("a/link"))).unwrap(), "outside", "so was this file");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        let tmp = tempfile::tempdir().unwrap();
        let pipe = tmp.path().join("pipe");
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        assert!(text(DiskFile::open(&pipe)).unwrap_err().contains("not a regular file"));
        assert!(read(&pipe).is_err());
    }

    #[test]
    fn names_are_those_of_the_folder() {
        let tmp = tempfile::tempdir().unwrap();
        for name in ["b", "a"] {
            std::fs::write(tmp.path().join(name), "").unwrap();
        }
        let mut found = names(tmp.path(), Path::new("")).unwrap();
        found.sort();
        assert_eq!(found, ["a", "b"]);
        assert!(names(tmp.path(), Path::new("a")).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn reading_leaves_the_access_time() {
        use std::os::unix::fs::MetadataExt;
        let tmp = tempfile::tempdir().unwrap();
        let path = tmp.path().join("file");
        std::fs::write(&path, "x").unwrap();
        // An access time before the change would be renewed by any ordinary reading.
        let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        let set = |p: &Path| {
            let file = File::open(p).unwrap();
            file.set_times(std::fs::FileTimes::new().set_accessed(old)).unwrap();
        };
        set(&path);
        set(tmp.path());
        assert_eq!(text(DiskFile::open_below(tmp.path(), Path::new("file"))).unwrap(), "x");
        assert_eq!(names(tmp.path(), Path::new("")).unwrap().len(), 1);
        assert_eq!(std::fs::metadata(&path).unwrap().atime(), 1_000_000);
        assert_eq!(std::fs::metadata(tmp.path()).unwrap().atime(), 1_000_000);
    }
}
