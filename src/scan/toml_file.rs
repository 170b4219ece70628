//! Files that people write for a run: what to expect, what to suppress. TOML; a mistake is told with its line.

use std::fs;
use std::path::Path;

use crate::formats::hex;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Bytes of such a file at the most.
const MAX_BYTES: u64 = 64 << 20;

/// Why such a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TomlError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is larger than such files are.
    #[error("{path}: {size} bytes; at most {MAX_BYTES} are read")]
    TooLarge {
        /// The file.
        path: String,
        /// Its size.
        size: u64,
    },
    /// It is no text.
    #[error("{0}: expected UTF-8 text")]
    NotText(String),
    /// Something in it is not as it should be.
    #[error("{path}:{line}: {what}")]
    Wrong {
        /// The file.
        path: String,
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct TomlFile {
    path: String,
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl TomlFile {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<TomlFile, TomlError> {
        let shown = path.display().to_string();
        let io = |source| TomlError::Io { path: shown.clone(), source };
        let size = fs::metadata(path).map_err(io)?.len();
        if size > MAX_BYTES {
            return Err(TomlError::TooLarge { path: shown, size });
        }
        let bytes = crate::formats::disk::read(path).map_err(io)?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(TomlFile::of(shown, text)),
            Err(_) => Err(TomlError::NotText(shown)),
        }
    }

    /// The same for text that is at hand.
    pub fn of(path: String, text: String) -> TomlFile {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        TomlFile { path, text, lines }
    }

    /// Its path, as given.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// SHA-256 of its bytes.
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(self.text.as_bytes()))
    }

    /// Its content.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, TomlError> {
        toml::from_str(&self.text).map_err(|e| self.wrong(e.span().map_or(0, |s| s.start), e.message().to_owned()))
    }

    /// The line of a byte, from 1.
    pub fn line(&self, offset: usize) -> u64 {
        self.lines.partition_point(|&start| start <= offset) as u64
    }

    /// An error about what stands at a byte.
    pub fn wrong(&self, offset: usize, what: impl Into<String>) -> TomlError {
        TomlError::Wrong { path: self.path.clone(), line: self.line(offset), what: what.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(rename = "a")]
        _a: u64,
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let error = |text: &str| TomlFile::of("f.toml".into(), text.into()).parse::<Sample>().unwrap_err().to_string();
        assert_eq!(error("# x\na = 1\nb = 2\n"), "f.toml:3: unknown field `b`, expected `a`");
        assert!(error("\n\na = 'x'").starts_with("f.toml:3: invalid type"), "{}", error("\n\na = 'x'"));
        assert!(error("a = 1\nnonsense\n").starts_with("f.toml:2: "));
        assert!(error("").starts_with("f.toml:1: missing field"));
        let file = TomlFile::of("f".into(), "a\nb\n".into());
        assert_eq!([0, 1, 2, 3, 4, 99].map(|at| file.line(at)), [1, 1, 2, 2, 3, 3]);
    }
}
