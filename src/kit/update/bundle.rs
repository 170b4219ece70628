//! One file to carry to a machine without a network: a plain ZIP, stored, with the index as it was published, its
//! signature, and its packs. Whoever installs it checks all over again what could be checked when it was fetched. The
//! same packs give the same bytes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::folder::{place, unfinished_in};
use super::index::{Entry, MAX_INDEX_BYTES, MAX_PACKS, MAX_SIGNATURE_BYTES};
use super::source::{FetchError, Source};
use super::url::Url;
use super::{hash_file, lock, names};
use crate::formats::{DiskFile, zip};

/// Of the manifest; a reader that knows another one must not guess.
const FORMAT: u32 = 1;
const MANIFEST: &str = "vigie-bundle.json";
const INDEX: &str = "index.yaml";
const INDEX_SIGNATURE: &str = "index.yaml.minisig";
/// Bytes of the manifest at the most.
const MAX_MANIFEST: u64 = 4 << 20;
/// A plain ZIP counts in 32 bits.
const MAX_BUNDLE_BYTES: u64 = u32::MAX as u64;
/// 1 January 1980, midnight: the first day a ZIP can express.
const DOS_DATE: u16 = 1 << 5 | 1;

/// A pack that goes into a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// What it is known by in the index.
    pub id: String,
    /// Its file in the folder.
    pub file: String,
    /// SHA-256 of it.
    pub sha256: String,
    /// Bytes of it.
    pub size: u64,
    /// The day it was got.
    pub fetched: String,
    /// Its minisign signature.
    pub signature: Option<String>,
}

/// A bundle that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Where.
    pub file: String,
    /// SHA-256 of it, to be compared on the other side.
    pub sha256: String,
    /// Bytes of it.
    pub size: u64,
    /// Packs in it.
    pub packs: usize,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    /// What the index is known by.
    source: String,
    packs: Vec<ManifestPack>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestPack {
    id: String,
    file: String,
    sha256: String,
    size: u64,
    fetched: String,
}

/// Whether a file may be written: it is new, or a bundle. Anything else may be evidence.
///
/// # Errors
/// It may not, and why.
pub fn may_write(file: &Path) -> Result<(), String> {
    match std::fs::symlink_metadata(file) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e.to_string()),
        Ok(meta) if !meta.is_file() => Err("there is something there that is no file".to_owned()),
        Ok(_) => match Bundle::open(file) {
            Ok(_) => Ok(()),
            Err(_) => Err("there is a file that is not a bundle; name a new one".to_owned()),
        },
    }
}

/// Writes a bundle.
///
/// # Errors
/// The system refused, a pack is not what it was, or all of it is too large.
pub fn write(
    file: &Path,
    folder: &Path,
    source: &str,
    index: &[u8],
    index_signature: Option<&str>,
    mut packs: Vec<Carried>,
) -> io::Result<Written> {
    packs.sort_by(|a, b| a.file.cmp(&b.file));
    let manifest = Manifest {
        format: FORMAT,
        source: source.to_owned(),
        packs: packs
            .iter()
            .map(|p| ManifestPack {
                id: p.id.clone(),
                file: p.file.clone(),
                sha256: p.sha256.clone(),
                size: p.size,
                fetched: p.fetched.clone(),
            })
            .collect(),
    };
    let mut manifest = serde_json::to_vec_pretty(&manifest)?;
    manifest.push(b'\n');
    let beside = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unfinished = unfinished_in(beside)?;
    let mut zip = ZipWriter { out: BufWriter::new(unfinished.as_file()), at: 0, directory: Vec::new(), count: 0 };
    zip.small(MANIFEST, &manifest)?;
    zip.small(INDEX, index)?;
    if let Some(signature) = index_signature {
        zip.small(INDEX_SIGNATURE, signature.as_bytes())?;
    }
    for pack in &packs {
        let path = folder.join(&pack.file);
        if hash_file(&path)? != (pack.sha256.clone(), pack.size) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{} changed meanwhile", pack.file)));
        }
        zip.file(&member(&pack.file), &path, pack.size)?;
        if let Some(signature) = &pack.signature {
            zip.small(&member_signature(&pack.file), signature.as_bytes())?;
        }
    }
    zip.finish()?;
    place(unfinished, file)?;
    let (sha256, size) = hash_file(file)?;
    Ok(Written { file: file.display().to_string(), sha256, size, packs: packs.len() })
}

fn member(file: &str) -> String {
    format!("packs/{file}")
}

fn member_signature(file: &str) -> String {
    format!("packs/{file}.minisig")
}

/// Writes members as they are, without compression: an old tool on an old machine can look inside.
struct ZipWriter<W> {
    out: W,
    at: u64,
    directory: Vec<u8>,
    count: u16,
}

impl<W: Write> ZipWriter<W> {
    fn small(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        self.header(name, crc.sum(), bytes.len() as u64)?;
        self.out.write_all(bytes)
    }

    fn file(&mut self, name: &str, path: &Path, size: u64) -> io::Result<()> {
        let mut crc = flate2::Crc::new();
        let mut buffer = vec![0; 64 << 10];
        let mut file = File::open(path)?;
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                n => crc.update(&buffer[..n]),
            }
        }
        self.header(name, crc.sum(), size)?;
        let copied = io::copy(&mut File::open(path)?.take(size), &mut self.out)?;
        match copied == size {
            true => Ok(()),
            false => Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{name} became shorter meanwhile"))),
        }
    }

    fn header(&mut self, name: &str, crc: u32, size: u64) -> io::Result<()> {
        let after = self.at + 30 + name.len() as u64 + size;
        let too_large = || io::Error::new(io::ErrorKind::InvalidData, format!("more than {MAX_BUNDLE_BYTES} bytes"));
        let (at, size) = match (u32::try_from(self.at), u32::try_from(size)) {
            (Ok(at), Ok(size)) if after < MAX_BUNDLE_BYTES => (at, size),
            _ => return Err(too_large()),
        };
        let name_len = u16::try_from(name.len()).map_err(|_| too_large())?;
        let mut common = Vec::with_capacity(26);
        // Version 1.0, flag "names are UTF-8", stored.
        for part in [10, 0x0800, 0, 0, DOS_DATE] {
            common.extend(u16::to_le_bytes(part));
        }
        for part in [crc, size, size] {
            common.extend(part.to_le_bytes());
        }
        common.extend(name_len.to_le_bytes());
        common.extend([0, 0]);
        self.out.write_all(b"PK\x03\x04")?;
        self.out.write_all(&common)?;
        self.out.write_all(name.as_bytes())?;
        self.directory.extend(b"PK\x01\x02\x0a\x00");
        self.directory.extend(&common);
        self.directory.extend([0; 10]);
        self.directory.extend(at.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.at = after;
        self.count = self.count.checked_add(1).ok_or_else(too_large)?;
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        let size = u32::try_from(self.directory.len()).unwrap_or(u32::MAX);
        let at = u32::try_from(self.at).unwrap_or(u32::MAX);
        self.out.write_all(&self.directory)?;
        self.out.write_all(b"PK\x05\x06\0\0\0\0")?;
        self.out.write_all(&self.count.to_le_bytes())?;
        self.out.write_all(&self.count.to_le_bytes())?;
        self.out.write_all(&size.to_le_bytes())?;
        self.out.write_all(&at.to_le_bytes())?;
        self.out.write_all(&[0, 0])?;
        self.out.flush()
    }
}

/// A bundle, as a source of packs.
pub struct Bundle {
    zip: zip::Zip,
    manifest: Manifest,
    by_name: BTreeMap<String, usize>,
    path: PathBuf,
}

impl Bundle {
    /// Opens a bundle and reads its manifest.
    ///
    /// # Errors
    /// It is none, or damaged.
    pub fn open(path: &Path) -> Result<Bundle, FetchError> {
        let damaged = |e: String| FetchError::Damaged(format!("{}: {e}", path.display()));
        let file = DiskFile::open(path)?;
        let zip = zip::Zip::open(Arc::new(file)).map_err(|e| damaged(e.to_string()))?;
        if let Some(twice) = zip.duplicates.first() {
            return Err(damaged(format!("{twice} is in it twice")));
        }
        if zip.members.len() > 2 * MAX_PACKS + 3 || zip.unlisted > 0 {
            return Err(damaged("more files than a bundle has".to_owned()));
        }
        let by_name = zip.members.iter().enumerate().map(|(i, m)| (m.name.clone(), i)).collect();
        let manifest = Manifest { format: FORMAT, source: String::new(), packs: Vec::new() };
        let mut bundle = Bundle { zip, manifest, by_name, path: path.to_owned() };
        let Some(bytes) = bundle.small(MANIFEST, MAX_MANIFEST)? else {
            return Err(damaged(format!("no bundle of packs: there is no {MANIFEST} in it")));
        };
        bundle.manifest = serde_json::from_slice(&bytes).map_err(|e| damaged(format!("{MANIFEST}: {e}")))?;
        if bundle.manifest.format != FORMAT {
            return Err(damaged(format!("format {}, this program knows {FORMAT}", bundle.manifest.format)));
        }
        let odd = |p: &&ManifestPack| !names::is_safe(&p.file) || !lock::is_date(&p.fetched);
        match bundle.manifest.packs.iter().find(odd) {
            Some(p) => Err(damaged(format!("{MANIFEST}: a pack is named {} or dated {}", p.file, p.fetched))),
            None => Ok(bundle),
        }
    }

    /// Bytes of a member, `None` when there is no such member.
    fn small(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let mut bytes = Vec::new();
        match self.copy(name, limit, &mut bytes)? {
            true => Ok(Some(bytes)),
            false => Ok(None),
        }
    }

    /// Writes a member of at most `limit` bytes; false when there is no such member.
    fn copy(&self, name: &str, limit: u64, to: &mut dyn Write) -> Result<bool, FetchError> {
        let Some(member) = self.by_name.get(name).and_then(|&i| self.zip.members.get(i)) else { return Ok(false) };
        if member.size > limit {
            return Err(FetchError::TooLarge { url: self.shown(name), said: Some(member.size), limit });
        }
        let damaged = |e: String| FetchError::Damaged(format!("{}: {e}", self.shown(name)));
        // The reader never gives more than the directory says, and checks the sum at the end.
        let mut reader = BufReader::new(self.zip.read(member).map_err(|e| damaged(e.to_string()))?);
        let mut buffer = vec![0; 64 << 10];
        let mut got = 0;
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    got += n as u64;
                    to.write_all(&buffer[..n])?;
                }
                Err(e) => return Err(damaged(e.to_string())),
            }
        }
        match got == member.size {
            true => Ok(true),
            false => Err(damaged(format!("{got} bytes of {}", member.size))),
        }
    }

    fn shown(&self, name: &str) -> String {
        format!("{}:{name}", self.path.display())
    }

    fn entry(&self, entry: &Entry) -> Result<&ManifestPack, FetchError> {
        self.manifest.packs.iter().find(|p| p.id == entry.id).ok_or(FetchError::Absent)
    }
}

impl Source for Bundle {
    fn name(&self) -> &str {
        &self.manifest.source
    }

    fn is_chosen(&self) -> bool {
        false
    }

    fn base(&self) -> Option<Url> {
        Url::parse(&self.manifest.source).ok()
    }

    fn index(&mut self) -> Result<Vec<u8>, FetchError> {
        let missing = || FetchError::Damaged(format!("{} is missing", self.shown(INDEX)));
        self.small(INDEX, MAX_INDEX_BYTES)?.ok_or_else(missing)
    }

    fn index_signature(&mut self) -> Result<String, FetchError> {
        let bytes = self.small(INDEX_SIGNATURE, MAX_SIGNATURE_BYTES as u64)?.ok_or(FetchError::Absent)?;
        String::from_utf8(bytes)
            .map_err(|_| FetchError::Damaged(format!("{} is not text", self.shown(INDEX_SIGNATURE))))
    }

    fn pack(&mut self, entry: &Entry, limit: u64, to: &mut dyn Write) -> Result<(), FetchError> {
        let pack = self.entry(entry)?.clone();
        let mut watched = super::verify::Watched::new(to);
        if !self.copy(&member(&pack.file), limit, &mut watched)? {
            return Err(FetchError::Absent);
        }
        let (sha256, size, _) = watched.finish()?;
        match sha256 == pack.sha256 && size == pack.size {
            true => Ok(()),
            false => Err(FetchError::Damaged(format!("{}: not the bytes the manifest says", pack.file))),
        }
    }

    fn signature(&mut self, entry: &Entry, _: &Url) -> Result<String, FetchError> {
        let name = member_signature(&self.entry(entry)?.file);
        let bytes = self.small(&name, MAX_SIGNATURE_BYTES as u64)?.ok_or(FetchError::Absent)?;
        String::from_utf8(bytes).map_err(|_| FetchError::Damaged(format!("{} is not text", self.shown(&name))))
    }

    fn fetched(&self, entry: &Entry) -> Option<String> {
        self.entry(entry).ok().map(|p| p.fetched.clone())
    }
}
