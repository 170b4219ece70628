//! The records a scan left in its report folder, found and read again.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

/// The folder of records inside a report folder; any other folder is taken for one itself.
pub fn folder(path: &Path) -> PathBuf {
    let inside = path.join("records");
    if inside.is_dir() { inside } else { path.to_path_buf() }
}

/// The artifact that the name of a file of records tells.
pub fn artifact_of(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    name.strip_suffix(".jsonl.zst").or_else(|| name.strip_suffix(".jsonl"))
}

/// The lines of a file of records, compressed or not.
pub fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    let file = BufReader::new(File::open(path)?);
    Ok(match path.extension() {
        Some(e) if e == "zst" => Box::new(zstd::Decoder::new(file)?),
        _ => Box::new(file),
    })
}
