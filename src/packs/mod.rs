//! Loads indicators from any source, and keeps where each came from.

mod builtin;
mod bundle;
mod canonical;
mod classes;
mod compile;
pub mod extension;
mod folder;
pub mod index;
mod innocent;
mod layout;
mod library;
mod message;
mod misp;
mod pack;
mod site;
mod stalkerware;
mod take;
mod values;
mod versions;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

pub use builtin::FILES as BUILTIN_FILES;
pub use canonical::{canonical_pattern, canonical_value};
pub use compile::{Asks, asks, is_equality, kind_of, literals};
pub use innocent::find as find_innocent;
pub use layout::{is_list, list_names};
pub use library::{Body, Custody, Family, Full, Indicator, Library, Outcome, Owner, PatternEntry, Rule, Span, Written};
pub use pack::{MAX_NAMED, NotEvaluable, Pack, Spot, of_files};
pub use take::Written as Text;

use crate::finding::reason;
use crate::formats::hex;
use layout::PackFile;

/// Bytes of one text file of a pack folder at the most.
const MAX_TEXT_FILE: u64 = 64 << 20;

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
    #[error(
        "{0}: no indicators: no STIX bundle or MISP event (.stix2, .json), no list (.txt, .yaml), no folder with \
         collection.yaml"
    )]
    NoPack(String),
    /// It was read, and not one indicator of it can be used.
    #[error("{path}: not one usable indicator{why}")]
    NothingUsable {
        /// The path.
        path: String,
        /// The first reasons.
        why: String,
    },
    /// MVT's indicators were asked for, and there are none.
    #[error("--mvt: neither MVT_STIX2 nor MVT's folder of downloaded indicators leads to any file here")]
    NoMvt,
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
            sha256: hash_named(files.iter().map(|f| (f.name, f.text.as_bytes()))),
            builtin: true,
            ..Pack::default()
        };
        layout::load(library, pack, &files)?;
        at += same;
    }
    Ok(())
}

/// The hash of several files with their names.
fn hash_named<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name.as_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    hex(&hash.finalize())
}

/// Loads a file, or every pack below a folder. An error when not one usable indicator came of it.
pub fn load_path(library: &mut Library, path: &Path) -> Result<(), LoadError> {
    let shown = path.display().to_string();
    let io = |source| LoadError::Io { path: shown.clone(), source };
    let before = library.packs.len();
    tracing::debug!(path = shown, "loading indicators");
    let meta = fs::metadata(path).map_err(io)?;
    if meta.is_dir() {
        folder::load(library, path)?;
    } else if meta.is_file() {
        load_file(library, path)?;
    } else {
        // A pipe would be waited for, a device read for ever; and neither can be read twice.
        return Err(io(std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a regular file")));
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

/// What a file is, told by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Json,
    Yaml,
    Text,
    Other,
}

impl FileKind {
    fn of(path: &Path) -> FileKind {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "stix2" | "json" | "stix" => FileKind::Json,
            "yaml" | "yml" => FileKind::Yaml,
            "txt" => FileKind::Text,
            _ => FileKind::Other,
        }
    }
}

/// Whether a file in an `-i` folder would be looked into, by its name.
pub fn may_be_loaded(path: &Path) -> bool {
    match FileKind::of(path) {
        FileKind::Json | FileKind::Yaml => true,
        FileKind::Text => layout::is_list(path),
        FileKind::Other => path.file_name().is_some_and(|n| n.eq_ignore_ascii_case("rules.toml")),
    }
}

/// Loads one file, whatever it is. A name without a known ending is taken for a bundle.
fn load_file(library: &mut Library, path: &Path) -> Result<(), LoadError> {
    match FileKind::of(path) {
        FileKind::Yaml => load_yaml(library, path, true),
        FileKind::Text => load_text(library, path),
        FileKind::Json | FileKind::Other => load_json(library, path),
    }
}

/// Bytes looked at to tell one kind of JSON from another.
const HEAD: usize = 4 << 10;

fn load_json(library: &mut Library, path: &Path) -> Result<(), LoadError> {
    let io = |source| LoadError::Io { path: path.display().to_string(), source };
    let mut head = Vec::new();
    fs::File::open(path).map_err(io)?.take(HEAD as u64).read_to_end(&mut head).map_err(io)?;
    if !misp::is_one(&head) {
        return bundle::load_file(library, path);
    }
    with_text(library, path, misp::load)
}

fn load_text(library: &mut Library, path: &Path) -> Result<(), LoadError> {
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    with_text(library, path, |library, owner, stem, text| values::load(library, owner, stem, &name, text))
}

/// A list of stalkerware, or an index. Other YAML is told when it was named (`asked`), and passed over in a folder.
fn load_yaml(library: &mut Library, path: &Path, asked: bool) -> Result<(), LoadError> {
    let read = read_bytes(path)?;
    let text = String::from_utf8_lossy(&read);
    if stalkerware::is_one(&text) {
        return with_text(library, path, stalkerware::load);
    }
    if text.lines().any(|l| l.starts_with("indicators:")) {
        return load_index(library, path, &text);
    }
    match asked {
        true => Err(LoadError::NoPack(path.display().to_string())),
        false => Ok(()),
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, LoadError> {
    let io = |source| LoadError::Io { path: path.display().to_string(), source };
    let size = fs::metadata(path).map_err(io)?.len();
    if size > MAX_TEXT_FILE {
        let text = format!("{size} bytes, at most {MAX_TEXT_FILE}");
        return Err(io(std::io::Error::other(text)));
    }
    fs::read(path).map_err(io)
}

/// A file of text, and how many of its lines are none.
struct Decoded {
    text: String,
    damaged: usize,
}

/// Why a value that [`is_damaged`] is refused.
const NOT_TEXT: &str = "it is not UTF-8 text";

/// True for a value that came of bytes which are no text: a guess at them would match what nobody meant.
fn is_damaged(value: &str) -> bool {
    value.contains([char::REPLACEMENT_CHARACTER, '\0'])
}

impl Decoded {
    fn of(bytes: Vec<u8>) -> Decoded {
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(e) => String::from_utf8_lossy(e.as_bytes()).into_owned(),
        };
        let damaged = text.lines().filter(|l| is_damaged(l)).count();
        Decoded { text, damaged }
    }

    /// What is wrong with it.
    fn damage(&self) -> Option<String> {
        (self.damaged > 0)
            .then(|| format!("{} lines are not UTF-8 text, values in them are refused: convert the file", self.damaged))
    }
}

/// Takes what stands in a file, or on a line of it.
type LoadText<'a> = dyn FnMut(&mut Library, Owner, &str, &str) -> Result<(), Full> + 'a;

/// Loads a file that is read whole as a pack of its own.
fn with_text(
    library: &mut Library,
    path: &Path,
    mut load: impl FnMut(&mut Library, Owner, &str, &str) -> Result<(), Full>,
) -> Result<(), LoadError> {
    let load: &mut LoadText<'_> = &mut load;
    let bytes = read_bytes(path)?;
    let shown = path.display().to_string();
    let stem = path.file_stem().map_or_else(|| shown.clone(), |s| s.to_string_lossy().into_owned());
    let sha256 = hex(&Sha256::digest(&bytes));
    let decoded = Decoded::of(bytes);
    let id = library.unused_id(&stem);
    let mut pack = Pack { id, name: stem.clone(), source: shown.clone(), sha256, ..Pack::default() };
    decoded.damage().into_iter().for_each(|why| pack.problem(reason::PACK_FILE, why));
    let pack = library.add_pack(pack)?;
    let family = library.family_for(Owner::new(pack, 0), unnamed(&stem));
    let file = library.add_file(&shown);
    load(library, Owner { file, ..Owner::new(pack, family) }, &stem, &decoded.text)?;
    Ok(())
}

/// Who indicators speak of when nothing says it: nobody. The name of a file is not that of a tool; of its class it may
/// tell something.
fn unnamed(stem: &str) -> Family {
    Family { name: String::new(), class: classes::of_pack(stem), references: Vec::new() }
}

/// Loads the packs an index names, as far as they lie beside it; the others are told.
fn load_index(library: &mut Library, path: &Path, text: &str) -> Result<(), LoadError> {
    let shown = path.display().to_string();
    let folder = path.parent().unwrap_or(Path::new("."));
    let (entries, problems) = match index::read(text) {
        Ok(read) => read,
        Err(e) => (Vec::new(), vec![e]),
    };
    let mut missing = Vec::new();
    let mut taken: HashMap<PathBuf, String> = HashMap::new();
    let mut known = HashSet::new();
    let ambiguous = index::ambiguous(&entries);
    for entry in entries.iter().filter(|e| known.insert(&e.url)) {
        let Some(place) = entry.places(folder, &ambiguous).into_iter().find(|p| p.is_file()) else {
            let flat = entry.file_name().filter(|n| ambiguous.contains(*n) && folder.join(n).is_file());
            missing.push(match flat {
                Some(name) => format!(
                    "{} ({}): several packs {shown} names are called {name}, so it is not known whose the file is; put \
                     it in the folder the index says",
                    entry.name, entry.url
                ),
                None => format!("{} ({}) is named in {shown} and does not lie beside it", entry.name, entry.url),
            });
            continue;
        };
        if let Some(other) = taken.insert(place.clone(), entry.name.clone()) {
            let place = place.display();
            missing.push(format!("{} ({}): {place} was loaded as {other} already", entry.name, entry.url));
            continue;
        }
        let at = library.packs.len();
        load_json(library, &place)?;
        for pack in &mut library.packs[at..] {
            pack.name.clone_from(&entry.name);
            pack.references.extend(entry.references.iter().cloned());
        }
    }
    if !problems.is_empty() || !missing.is_empty() {
        let id = library.unused_id("index");
        let sha256 = hex(&Sha256::digest(text.as_bytes()));
        let mut pack = Pack { id, name: "index".to_owned(), source: shown.clone(), sha256, ..Pack::default() };
        for p in problems {
            pack.problem_at(reason::PACK_FILE, p.text, Spot { file: shown.clone(), line: p.line });
        }
        missing.into_iter().for_each(|p| pack.problem(reason::PACK_MISSING, p));
        library.add_pack(pack)?;
    }
    Ok(())
}

/// Folders and files that MVT on this machine would load: `MVT_STIX2` (paths separated as in `PATH`) and its download
/// folder, as far as they exist.
pub fn mvt_paths() -> Vec<PathBuf> {
    let named =
        std::env::var_os("MVT_STIX2").map(|v| std::env::split_paths(&v).collect::<Vec<_>>()).unwrap_or_default();
    let home = |tail: &str| std::env::home_dir().map(|h| h.join(tail));
    let data = if cfg!(target_os = "macos") {
        home("Library/Application Support/mvt")
    } else if cfg!(windows) {
        std::env::var_os("LOCALAPPDATA").map(|d| PathBuf::from(d).join("mvt").join("mvt"))
    } else {
        std::env::var_os("XDG_DATA_HOME").map(|d| PathBuf::from(d).join("mvt")).or_else(|| home(".local/share/mvt"))
    };
    let all = named.into_iter().chain(data.map(|d| d.join("indicators")));
    all.filter(|p| !p.as_os_str().is_empty() && p.exists()).collect()
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
            // Rules that wait for somebody to say when the phone was in other hands.
            let waits = |n: &NotEvaluable| n.reason.contains("custody");
            assert!(pack.not_evaluable.iter().all(waits), "{}: {:?}", pack.id, pack.not_evaluable);
        }
        let class = |id: &str| {
            let at = library.packs.iter().position(|p| p.id == id).unwrap();
            library.indicators.iter().filter(|i| usize::from(i.pack) == at).count()
        };
        assert!(class("pegasus") > 100 && class("novispy") == 18 && class("physical_access") > 0);
    }
}
