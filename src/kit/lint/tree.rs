//! Files and folders: what a loader passes over in silence.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::rules::files::{
    COLLECTION, COLLECTION_INCOMPLETE, COLLECTION_MISSING, EMPTY_LIST, ENCODING, ID_COLLISION, INDEX_MISSING_FILE,
    INDEX_MISSING_PACK, NO_FINAL_NEWLINE, OUTPUT_STALE, UNKNOWN_KEY, UNKNOWN_LIST,
};
use super::{Options, Out, checks};
use crate::kit::build;
use crate::kit::collection::{self, Collection};
use crate::packs;

/// Files that are looked at below one path.
const MAX_FILES: usize = 50_000;
/// Text files larger than this are left to the loader.
const MAX_TEXT: u64 = 64 << 20;
/// Bytes looked at to tell a bundle from other JSON.
const HEAD: usize = 4 << 10;

/// Looks at a file, or at everything below a folder.
pub fn check(path: &Path, options: &Options, out: &mut Out) {
    let files = list(path);
    let layouts: HashSet<&Path> =
        files.iter().filter(|f| f.ends_with(collection::FILE_NAME)).filter_map(|f| f.parent()).collect();
    let mut bundles = Vec::new();
    for file in &files {
        match kind(file) {
            Some(What::Bundle) => {
                checks::bundle(file, options, out);
                bundles.push(file.as_path());
            }
            Some(What::List) => list_text(file, out),
            Some(What::Yaml) => yaml(file, out),
            None => {}
        }
    }
    if path.is_dir() {
        folders(&files, &layouts, out);
        let outputs = collections(&layouts, out);
        for index in files.iter().filter(|f| f.ends_with("indicators.yaml")) {
            check_index(index, &bundles, &outputs, out);
        }
    }
}

fn list(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return if path.is_file() { vec![path.to_owned()] } else { Vec::new() };
    }
    let walk = walkdir::WalkDir::new(path).sort_by_file_name().into_iter();
    let hidden = |e: &walkdir::DirEntry| e.depth() > 0 && e.file_name().to_string_lossy().starts_with('.');
    walk.filter_entry(|e| !hidden(e))
        .flatten()
        .take(MAX_FILES)
        .filter(|e| e.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

enum What {
    Bundle,
    List,
    Yaml,
}

fn kind(file: &Path) -> Option<What> {
    let extension = file.extension()?.to_string_lossy().to_lowercase();
    match extension.as_str() {
        "stix2" => Some(What::Bundle),
        "json" | "stix" => is_bundle(file).then_some(What::Bundle),
        "txt" => Some(What::List),
        "yaml" | "yml" => Some(What::Yaml),
        _ => None,
    }
}

fn is_bundle(file: &Path) -> bool {
    use std::io::Read as _;
    let mut head = Vec::new();
    let read = fs::File::open(file).and_then(|f| f.take(HEAD as u64).read_to_end(&mut head));
    read.is_ok() && memchr::memmem::find(&head, b"\"bundle\"").is_some()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn read(file: &Path) -> Option<Vec<u8>> {
    let small = fs::metadata(file).is_ok_and(|m| m.len() <= MAX_TEXT);
    if small { fs::read(file).ok() } else { None }
}

/// A list of values: its characters, its last line, whether it holds anything.
fn list_text(file: &Path, out: &mut Out) {
    if !packs::is_list(file) && !file.ends_with("patterns.txt") {
        return;
    }
    let Some(bytes) = read(file) else { return };
    let shown = shown(file);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        out.file(&ENCODING, &shown, 1, "expected UTF-8, found UTF-16");
        return;
    }
    if let Err(e) = std::str::from_utf8(&bytes) {
        let front = bytes.get(..e.valid_up_to()).unwrap_or_default();
        out.file(&ENCODING, &shown, lines(front), "expected UTF-8, found other bytes");
    }
    if bytes.last().is_some_and(|b| *b != b'\n') {
        out.file(&NO_FINAL_NEWLINE, &shown, lines(&bytes), "the last line does not end with a line feed");
    }
    let text = String::from_utf8_lossy(&bytes);
    if text.trim_start_matches('\u{feff}').lines().all(|l| l.trim().is_empty() || l.trim().starts_with('#')) {
        out.file(&EMPTY_LIST, &shown, 1, "no value stands in this list");
    }
}

fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64 + 1
}

/// Lists of stalkerware: the misspelled key whose values every exporter lost.
fn yaml(file: &Path, out: &mut Out) {
    let Some(bytes) = read(file) else { return };
    let text = String::from_utf8_lossy(&bytes);
    let mut c2: Option<usize> = None;
    for (at, line) in text.lines().enumerate() {
        let key = line.trim_start();
        let indent = line.len() - key.len();
        if key.is_empty() {
            continue;
        }
        if c2.is_some_and(|outer| indent <= outer) {
            c2 = None;
        }
        if key.trim_end() == "c2:" {
            c2 = Some(indent);
        } else if c2.is_some() && key.trim_end() == "ip:" {
            let told = "`ip` below `c2` is read as `ips`; other readers of this format drop its values";
            out.file(&UNKNOWN_KEY, &shown(file), at as u64 + 1, told);
        }
    }
}

/// Lists that nothing reads, and lists that nothing names.
fn folders(files: &[PathBuf], layouts: &HashSet<&Path>, out: &mut Out) {
    let mut alone: BTreeMap<&Path, &Path> = BTreeMap::new();
    for file in files {
        let (Some(folder), true) = (file.parent(), file.extension().is_some_and(|e| e == "txt")) else { continue };
        let known = packs::is_list(file) || file.ends_with("patterns.txt");
        let above = folder.ancestors().skip(1).any(|a| layouts.contains(a));
        if layouts.contains(folder) {
            if !known && !is_prose(file) {
                out.file(&UNKNOWN_LIST, &shown(file), 1, told_unknown(file));
            }
        } else if known && above {
            let told = "it lies below the folder of a pack, where nothing looks for lists";
            out.file(&UNKNOWN_LIST, &shown(file), 1, told);
        } else if known && !layouts.is_empty() {
            alone.entry(folder).or_insert(file);
        }
    }
    for file in alone.values() {
        let told = "this list, and others beside it, belong to no collection.yaml";
        out.file(&COLLECTION_MISSING, &shown(file), 1, told);
    }
}

fn told_unknown(file: &Path) -> String {
    let name = file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let stem = |n: &str| n.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_lowercase();
    let mine = stem(name.trim_end_matches(".txt")).trim_end_matches('s').to_owned();
    let near = packs::list_names().find(|known| {
        let other = stem(known.trim_end_matches(".txt"));
        other.trim_end_matches('s') == mine || (mine.len() > 2 && other.starts_with(&mine))
    });
    match near {
        Some(near) => format!("nothing reads a list named {name}; is {near} meant?"),
        None => format!("nothing reads a list named {name}"),
    }
}

/// Texts for people that may lie beside lists.
fn is_prose(file: &Path) -> bool {
    const PROSE: [&str; 9] =
        ["readme", "license", "licence", "notice", "changelog", "copying", "sources", "notes", "credits"];
    let name = file.file_name().map_or_else(String::new, |n| n.to_string_lossy().to_lowercase());
    PROSE.iter().any(|p| name.starts_with(p))
}

/// What a layout folder is built to.
struct Output {
    /// Path of the bundle.
    bundle: PathBuf,
    /// The collection that names it, and where.
    collection: String,
    line: u64,
}

/// Looks at each `collection.yaml`.
fn collections(layouts: &HashSet<&Path>, out: &mut Out) -> Vec<Output> {
    let mut folders: Vec<&Path> = layouts.iter().copied().collect();
    folders.sort();
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut outputs = Vec::new();
    for folder in folders {
        let file = folder.join(collection::FILE_NAME);
        let Some(bytes) = read(&file) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let shown = shown(&file);
        // What is no YAML at all, the loader told.
        let Ok(c) = Collection::read(&text) else { continue };
        if let Some(id) = &c.id {
            if let Some(other) = ids.get(id) {
                let told = format!("the id {id} is that of {other} too");
                out.file(&ID_COLLISION, &shown, collection::line_of(&text, "id"), told);
            } else {
                ids.insert(id.clone(), shown.clone());
            }
        }
        for wrong in [c.created(&text).err(), c.output(&text).err()].into_iter().flatten() {
            out.file(&COLLECTION, &shown, wrong.line, wrong.text);
        }
        for (key, missing) in [("created", c.created.is_none()), ("output", c.output.is_none())] {
            if missing {
                out.file(&COLLECTION_INCOMPLETE, &shown, 1, format!("the key `{key}` is missing"));
            }
        }
        if let Ok(Some(output)) = c.output(&text) {
            let line = collection::line_of(&text, "output");
            let bundle = folder.join(output);
            // What cannot be built, other rules tell.
            if bundle.is_file() && build::build(folder).is_ok_and(|b| !build::is_fresh(&bundle, &b.bytes)) {
                let told = format!("{output} is not what the lists beside it say");
                out.file(&OUTPUT_STALE, &shown, line, told);
            }
            outputs.push(Output { bundle: folder.join(output), collection: shown, line });
        }
    }
    outputs
}

/// Holds an index against the packs that lie below its folder.
fn check_index(index: &Path, bundles: &[&Path], outputs: &[Output], out: &mut Out) {
    let Some(bytes) = read(index) else { return };
    let text = String::from_utf8_lossy(&bytes);
    // What cannot be read, the loader told.
    let Ok((entries, _)) = packs::index::read(&text) else { return };
    let folder = index.parent().unwrap_or(Path::new(""));
    let shown = shown(index);
    let mut named: HashSet<PathBuf> = HashSet::new();
    let built = |place: &Path| outputs.iter().any(|o| o.bundle == place);
    let mut own: HashSet<&str> = HashSet::new();
    let mut gone = Vec::new();
    let ambiguous = packs::index::ambiguous(&entries);
    for entry in &entries {
        let places = entry.places(folder, &ambiguous);
        match places.iter().find(|p| p.is_file() || built(p)) {
            Some(_) => own.extend(entry.repository.as_deref()),
            None => gone.push(entry),
        }
        named.extend(places);
    }
    for entry in gone {
        // Packs of other repositories need not lie here.
        if let (Some(repository), Some(path)) = (&entry.repository, &entry.path)
            && own.contains(repository.as_str())
        {
            let told = format!("{} names {path}, which does not exist", entry.name);
            out.file(&INDEX_MISSING_FILE, &shown, entry.line, told);
        }
    }
    for bundle in bundles.iter().filter(|b| b.starts_with(folder) && !named.contains(**b)) {
        let inside = bundle.strip_prefix(folder).unwrap_or(bundle);
        let told = format!("{} is not named in {shown}", inside.display());
        out.file(&INDEX_MISSING_PACK, &bundle.display().to_string(), 1, told);
    }
    for o in outputs.iter().filter(|o| o.bundle.starts_with(folder) && !named.contains(&o.bundle)) {
        if !bundles.contains(&o.bundle.as_path()) {
            let inside = o.bundle.strip_prefix(folder).unwrap_or(&o.bundle);
            let told = format!("{}, which this folder is built to, is not named in {shown}", inside.display());
            out.file(&INDEX_MISSING_PACK, &o.collection, o.line, told);
        }
    }
}
