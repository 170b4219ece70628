//! Random access to the bytes of one file of evidence, wherever they lie: on disk, in an archive, behind a cipher.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Positioned, shared, read-only access to bytes. Implementations never write and never move a shared cursor.
pub trait ReadAt: Send + Sync {
    /// Size in bytes.
    fn len(&self) -> u64;

    /// True when there are no bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads into `buf` from `offset`; returns how many bytes were read, 0 at or past the end.
    /// May return fewer than asked for.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Reads until `buf` is full; an early end is [`io::ErrorKind::UnexpectedEof`].
    fn read_exact_at(&self, mut buf: &mut [u8], mut offset: u64) -> io::Result<()> {
        while !buf.is_empty() {
            match self.read_at(buf, offset) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    buf = &mut buf[n..];
                    offset += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

impl<T: ReadAt + ?Sized> ReadAt for Arc<T> {
    fn len(&self) -> u64 {
        (**self).len()
    }
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        (**self).read_at(buf, offset)
    }
}

/// Reads from a file at an offset without moving a shared cursor where the system can.
pub(crate) fn read_file_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::read_at(file, buf, offset)
    }
    #[cfg(windows)]
    {
        std::os::windows::fs::FileExt::seek_read(file, buf, offset)
    }
}

/// A cursor over random-access bytes, for readers that want a stream.
pub struct Stream<T> {
    inner: T,
    offset: u64,
}

impl<T: ReadAt> Stream<T> {
    /// A stream from the first byte.
    pub fn new(inner: T) -> Self {
        Stream { inner, offset: 0 }
    }
}

impl<T: ReadAt> io::Read for Stream<T> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read_at(buf, self.offset)?;
        self.offset += n as u64;
        Ok(n)
    }
}

/// A file that lies in memory.
#[derive(Debug, Clone)]
pub struct MemFile(pub Vec<u8>);

impl ReadAt for MemFile {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let n = buf.len().min(self.0.len() - start);
        buf[..n].copy_from_slice(&self.0[start..start + n]);
        Ok(n)
    }
}

/// A window onto part of another file.
pub struct Slice {
    inner: Arc<dyn ReadAt>,
    range: Range<u64>,
}

impl Slice {
    /// The bytes `range` of `inner`, cut at its end.
    pub fn new(inner: Arc<dyn ReadAt>, range: Range<u64>) -> Self {
        let end = range.end.min(inner.len());
        let start = range.start.min(end);
        Slice { inner, range: start..end }
    }
}

impl ReadAt for Slice {
    fn len(&self) -> u64 {
        self.range.end - self.range.start
    }
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = self.len().saturating_sub(offset);
        let n = buf.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if n == 0 {
            return Ok(0);
        }
        self.inner.read_at(&mut buf[..n], self.range.start + offset)
    }
}
