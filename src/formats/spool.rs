//! Working storage that nobody else can read: bytes written once and read at random, kept in memory while they are
//! few and in an unlinked temporary file, under a ChaCha20 key that lives only in memory, when they are many.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};

use super::read_at::{MemFile, ReadAt, read_file_at};

/// Spools up to this size stay in memory.
pub const SPOOL_IN_MEMORY: usize = 1 << 20;

/// Bytes being written.
pub struct SpoolWriter {
    buffer: Vec<u8>,
    file: Option<Encrypted>,
    written: u64,
    in_memory: usize,
}

struct Encrypted {
    file: File,
    key: [u8; 32],
    cipher: ChaCha20,
}

impl Default for SpoolWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl SpoolWriter {
    /// An empty spool that moves to disk beyond [`SPOOL_IN_MEMORY`].
    pub fn new() -> Self {
        Self::with_memory(SPOOL_IN_MEMORY)
    }

    /// An empty spool that moves to disk beyond `in_memory` bytes.
    pub fn with_memory(in_memory: usize) -> Self {
        SpoolWriter { buffer: Vec::new(), file: None, written: 0, in_memory }
    }

    /// Bytes written so far.
    pub fn len(&self) -> u64 {
        self.written
    }

    /// True when nothing was written.
    pub fn is_empty(&self) -> bool {
        self.written == 0
    }

    /// Ends writing; the bytes can be read from now on.
    pub fn finish(mut self) -> io::Result<Arc<dyn ReadAt>> {
        if self.file.is_some() {
            self.spill()?;
        }
        Ok(match self.file {
            None => {
                self.buffer.shrink_to_fit();
                Arc::new(MemFile(self.buffer))
            }
            Some(e) => Arc::new(SpoolFile { file: e.file, key: e.key, len: self.written }),
        })
    }

    fn spill(&mut self) -> io::Result<()> {
        self.write_out().map_err(|e| {
            io::Error::new(e.kind(), format!("working storage in {}: {e}", std::env::temp_dir().display()))
        })
    }

    fn write_out(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            let mut key = [0; 32];
            getrandom::fill(&mut key).map_err(|e| io::Error::other(e.to_string()))?;
            let cipher = ChaCha20::new(&key.into(), &[0; 12].into());
            self.file = Some(Encrypted { file: tempfile::tempfile()?, key, cipher });
        }
        if let Some(e) = &mut self.file {
            e.cipher.apply_keystream(&mut self.buffer);
            e.file.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }
}

impl Write for SpoolWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        self.written += bytes.len() as u64;
        let limit = if self.file.is_some() { 64 << 10 } else { self.in_memory };
        if self.buffer.len() > limit {
            self.spill()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct SpoolFile {
    file: File,
    key: [u8; 32],
    len: u64,
}

impl ReadAt for SpoolFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let n = read_file_at(&self.file, buf, offset)?;
        let mut cipher = ChaCha20::new(&self.key.into(), &[0; 12].into());
        cipher.try_seek(offset).map_err(|e| io::Error::other(e.to_string()))?;
        cipher.apply_keystream(&mut buf[..n]);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_from_memory_and_from_disk() {
        for (memory, size) in [(1 << 20, 1000usize), (16, 1000), (1000, 500_000)] {
            let bytes: Vec<u8> = (0..size).map(|i| (i * 7 % 251) as u8).collect();
            let mut w = SpoolWriter::with_memory(memory);
            for chunk in bytes.chunks(333) {
                w.write_all(chunk).unwrap();
            }
            let r = w.finish().unwrap();
            assert_eq!(r.len(), size as u64);
            let mut back = vec![0; size];
            r.read_exact_at(&mut back, 0).unwrap();
            assert_eq!(back, bytes);
            let mut some = [0; 100];
            r.read_exact_at(&mut some, 777).unwrap_or_default();
            if size > 877 {
                assert_eq!(some[..], bytes[777..877]);
            }
        }
    }

    #[test]
    fn what_lies_on_disk_is_not_the_plaintext() {
        let mut w = SpoolWriter::with_memory(0);
        w.write_all(b"a very private message, a very private message").unwrap();
        w.spill().unwrap();
        let e = w.file.as_ref().unwrap();
        let mut raw = vec![0; 40];
        read_file_at(&e.file, &mut raw, 0).unwrap();
        assert!(!raw.windows(7).any(|w| w == b"private"));
    }
}
