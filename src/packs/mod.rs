//! Loads indicators from any source, and keeps where each came from.

mod builtin;
mod bundle;
mod canonical;
mod classes;
mod compile;
mod innocent;
mod layout;
mod library;

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

pub use builtin::FILES as BUILTIN_FILES;
pub use canonical::{canonical_pattern, canonical_value};
pub use compile::{kind_of, literals};
pub use innocent::never_alone;
pub use layout::add_compiled;
pub use library::{
    Body, Custody, Family, Full, Indicator, Library, MAX_NAMED, NotEvaluable, Owner, Pack, PatternEntry, Rule, Span,
};

use layout::PackFile;

/// Bytes of one text file of a pack folder at the most.
const MAX_TEXT_FILE: u64 = 64 << 20;
/// Files of one `-i` folder looked at.
const MAX_FILES: usize = 50_000;

/// Why a named source gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The path.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing in it is a pack.
    #[error("{0}: no indicators: neither a STIX bundle (.stix2, .json) nor a folder with collection.yaml")]
    NoPack(String),
    /// It was read, and not one indicator of it can be used.
    #[error("{path}: not one usable indicator{why}")]
    NothingUsable {
        /// The path.
        path: String,
        /// The first reasons.
        why: String,
    },
    /// Too much was loaded.
    #[error(transparent)]
    Full(#[from] Full),
}

/// Loads the packs that are compiled in.
pub fn load_builtin(library: &mut Library) -> Result<(), LoadError> {
    let mut at = 0;
    while at < builtin::FILES.len() {
        let folder = builtin::FILES[at].0;
        let same = builtin::FILES[at..].iter().take_while(|f| f.0 == folder).count();
        let files: Vec<PackFile<'_>> =
            builtin::FILES[at..at + same].iter().map(|(_, name, text)| PackFile { name, text }).collect();
        let pack = Pack {
            id: folder.to_owned(),
            source: "builtin".to_owned(),
            sha256: hash_files(&files),
            builtin: true,
            ..Pack::default()
        };
        layout::load(library, pack, &files)?;
        at += same;
    }
    Ok(())
}

fn hash_files(files: &[PackFile<'_>]) -> String {
    let mut hash = Sha256::new();
    for f in files {
        hash.update((f.name.len() as u64).to_le_bytes());
        hash.update(f.name.as_bytes());
        hash.update((f.text.len() as u64).to_le_bytes());
        hash.update(f.text.as_bytes());
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Loads a file, or every pack below a folder. An error when not one usable indicator came of it.
pub fn load_path(library: &mut Library, path: &Path) -> Result<(), LoadError> {
    let shown = path.display().to_string();
    let io = |source| LoadError::Io { path: shown.clone(), source };
    let before = library.packs.len();
    tracing::debug!(path = shown, "loading indicators");
    let meta = fs::metadata(path).map_err(io)?;
    if meta.is_dir() {
        load_folder(library, path)?;
    } else {
        bundle::load_file(library, path)?;
    }
    let new = &library.packs[before..];
    if new.is_empty() {
        return Err(LoadError::NoPack(shown));
    }
    if new.iter().all(|p| p.loaded == 0) {
        let mut why: Vec<String> = new.iter().flat_map(|p| p.problems.iter().map(|r| r.text.clone())).collect();
        why.extend(new.iter().flat_map(|p| p.not_evaluable.iter().map(|n| format!("{}: {}", n.pattern, n.reason))));
        why.truncate(3);
        let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join("; ")) };
        return Err(LoadError::NothingUsable { path: shown, why });
    }
    Ok(())
}

fn load_folder(library: &mut Library, root: &Path) -> Result<(), LoadError> {
    let mut looked_at = 0;
    let mut walk = walkdir::WalkDir::new(root).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let Ok(entry) = entry else { continue };
        looked_at += 1;
        if looked_at > MAX_FILES {
            break;
        }
        if entry.file_type().is_dir() {
            if entry.path().join("collection.yaml").is_file() {
                load_layout(library, entry.path())?;
                walk.skip_current_dir();
            }
            continue;
        }
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if entry.file_type().is_file() && [".stix2", ".json", ".stix"].iter().any(|e| name.ends_with(e)) {
            bundle::load_file(library, entry.path())?;
        }
    }
    Ok(())
}

/// Loads a pack folder in the mvt-indicators layout.
fn load_layout(library: &mut Library, folder: &Path) -> Result<(), LoadError> {
    let shown = folder.display().to_string();
    let io = |source| LoadError::Io { path: shown.clone(), source };
    let mut pack = Pack { id: shown.clone(), source: shown.clone(), ..Pack::default() };
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut names: Vec<_> = fs::read_dir(folder).map_err(io)?.flatten().collect();
    names.sort_by_key(fs::DirEntry::file_name);
    for file in names {
        let name = file.file_name().to_string_lossy().into_owned();
        let known = [".txt", ".yaml", ".toml"].iter().any(|e| name.ends_with(e));
        let size = file.metadata().map_or(0, |m| m.len());
        if !known {
            continue;
        }
        if size > MAX_TEXT_FILE {
            pack.problem("pack-file", format!("{name}: {size} bytes, at most {MAX_TEXT_FILE}"));
            continue;
        }
        match fs::read(file.path()) {
            Ok(bytes) => texts.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            Err(e) => pack.problem("pack-file", format!("{name}: {e}")),
        }
    }
    let files: Vec<PackFile<'_>> = texts.iter().map(|(name, text)| PackFile { name, text }).collect();
    pack.sha256 = hash_files(&files);
    layout::load(library, pack, &files)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_value_and_rule_can_be_matched() {
        let mut library = Library::default();
        load_builtin(&mut library).unwrap();
        for pack in &library.packs {
            assert!(pack.loaded > 0, "{}", pack.id);
            assert!(pack.problems.is_empty(), "{}: {:?}", pack.id, pack.problems);
            assert!(pack.not_evaluable.is_empty(), "{}: {:?}", pack.id, pack.not_evaluable);
        }
        let class = |id: &str| {
            let at = library.packs.iter().position(|p| p.id == id).unwrap();
            library.indicators.iter().filter(|i| usize::from(i.pack) == at).count()
        };
        assert!(class("pegasus") > 100 && class("novispy") == 18 && class("physical_access") > 0);
    }
}
