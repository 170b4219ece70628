//! Every pack below a folder. What looks like indicators and is not read is told, in an entry of the folder's own.

use crate::finding::reason;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::layout::{self, PackFile};
use super::library::Library;
use super::pack::Pack;
use super::{Decoded, FileKind, LoadError, MAX_TEXT_FILE, hash_named, load_json, load_text, load_yaml};

/// Files of one `-i` folder looked at.
const MAX_FILES: usize = 50_000;
/// Files named in one sentence.
const MAX_SHOWN: usize = 5;

/// Loads every pack below a folder. What an index of it names is loaded through the index, once.
pub fn load(library: &mut Library, root: &Path) -> Result<(), LoadError> {
    let index = root.join("indicators.yaml");
    let before = library.packs.len();
    if index.is_file() {
        load_yaml(library, &index, false)?;
    }
    let mut walk = Walk {
        root,
        real: fs::canonicalize(root).ok(),
        known: library.packs[before..].iter().map(|p| p.source.clone()).collect(),
        layouts: HashSet::new(),
        outputs: HashSet::new(),
        unread: Vec::new(),
        unread_count: 0,
        problems: Pack::default(),
    };
    walk.known.insert(index.display().to_string());
    walk.all(library)?;
    walk.tell(library)
}

struct Walk<'a> {
    root: &'a Path,
    /// The folder without links on the way to it.
    real: Option<PathBuf>,
    /// Sources that were loaded already.
    known: HashSet<String>,
    /// Folders with a `collection.yaml`.
    layouts: HashSet<PathBuf>,
    /// Bundles built of such folders: what is in them was loaded from its sources.
    outputs: HashSet<PathBuf>,
    /// Files that could hold indicators and were passed over: the first of them, and how many.
    unread: Vec<String>,
    unread_count: u64,
    problems: Pack,
}

impl Walk<'_> {
    fn all(&mut self, library: &mut Library) -> Result<(), LoadError> {
        for (looked_at, entry) in walkdir::WalkDir::new(self.root).sort_by_file_name().into_iter().enumerate() {
            if looked_at > MAX_FILES {
                let text = format!("{}: more than {MAX_FILES} files, the rest was not looked at", self.root.display());
                self.problems.problem(reason::PACK_FILE, text);
                break;
            }
            match entry {
                Err(e) => self.problems.problem(reason::PACK_FILE, e.to_string()),
                Ok(entry) if entry.file_type().is_dir() => self.folder(library, entry.path())?,
                Ok(entry) if entry.file_type().is_file() => self.file(library, entry.path())?,
                Ok(entry) if entry.path_is_symlink() => self.link(library, entry.path())?,
                Ok(_) => {}
            }
        }
        Ok(())
    }

    fn folder(&mut self, library: &mut Library, path: &Path) -> Result<(), LoadError> {
        if path.join("collection.yaml").is_file() {
            if let Some(output) = load_layout(library, path)? {
                self.outputs.insert(path.join(output));
            }
            self.layouts.insert(path.to_owned());
        }
        Ok(())
    }

    /// A link to a file is the file; one to a folder could lead anywhere, and round in circles.
    fn link(&mut self, library: &mut Library, path: &Path) -> Result<(), LoadError> {
        let shown = path.display();
        let target = match fs::canonicalize(path) {
            Ok(target) => target,
            Err(e) => {
                self.problems.problem(reason::PACK_FILE, format!("{shown}: {e}"));
                return Ok(());
            }
        };
        if target.is_dir() {
            self.problems
                .problem(reason::PACK_FILE, format!("{shown}: a link to a folder is not followed; name the folder"));
            return Ok(());
        }
        let same = FileKind::of(&target) == FileKind::of(path) && target.file_name() == path.file_name();
        if same && self.real.as_ref().is_some_and(|real| target.starts_with(real)) {
            return Ok(()); // it is met under its own name
        }
        if target.is_file() { self.file(library, path) } else { Ok(()) }
    }

    fn file(&mut self, library: &mut Library, path: &Path) -> Result<(), LoadError> {
        if self.known.contains(&path.display().to_string()) {
            return Ok(());
        }
        let in_layout = path.parent().is_some_and(|p| self.layouts.contains(p));
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        match FileKind::of(path) {
            FileKind::Json if self.outputs.contains(path) => Ok(()),
            FileKind::Json => load_json(library, path),
            FileKind::Yaml if in_layout && name == "collection.yaml" => Ok(()),
            FileKind::Yaml => {
                let before = library.packs.len();
                load_yaml(library, path, false)?;
                if library.packs.len() == before {
                    self.pass_over(path, &name);
                }
                Ok(())
            }
            // The pack they lie in has read them, or said why not.
            FileKind::Text if in_layout => Ok(()),
            FileKind::Text if layout::is_list(path) => load_text(library, path),
            FileKind::Text => {
                self.pass_over(path, &name);
                Ok(())
            }
            FileKind::Other => {
                let lower = name.to_ascii_lowercase();
                if [".csv", ".tsv", ".ioc"].iter().any(|e| lower.ends_with(e)) {
                    self.pass_over(path, &name);
                }
                Ok(())
            }
        }
    }

    fn pass_over(&mut self, path: &Path, name: &str) {
        let below = path.strip_prefix(self.root).unwrap_or(path);
        let hidden = below.components().any(|c| c.as_os_str().to_string_lossy().starts_with('.'));
        if hidden || layout::is_prose(name) {
            return;
        }
        self.unread_count += 1;
        if self.unread.len() < MAX_SHOWN {
            self.unread.push(below.display().to_string());
        }
    }

    /// The folder's own entry, when there is something to tell.
    fn tell(mut self, library: &mut Library) -> Result<(), LoadError> {
        if self.unread_count > 0 {
            let more = if self.unread_count > MAX_SHOWN as u64 { " …" } else { "" };
            let text = format!(
                "{} files were passed over, because their names do not say that they are lists: {}{more}; name a list \
                 with -i to load it",
                self.unread_count,
                self.unread.join(", ")
            );
            self.problems.problem(reason::PACK_FILE, text);
        }
        if self.problems.problems.is_empty() {
            return Ok(());
        }
        let shown = self.root.display().to_string();
        let name = self.root.file_name().map_or_else(|| shown.clone(), |n| n.to_string_lossy().into_owned());
        let pack = Pack {
            id: library.unused_id(&name),
            name,
            source: shown,
            sha256: hash_named(std::iter::empty()),
            ..self.problems
        };
        library.add_pack(pack)?;
        Ok(())
    }
}

/// Loads a pack folder in the mvt-indicators layout; the name of the bundle that is built of it.
fn load_layout(library: &mut Library, folder: &Path) -> Result<Option<String>, LoadError> {
    let shown = folder.display().to_string();
    let io = |source| LoadError::Io { path: shown.clone(), source };
    let mut pack = Pack { id: shown.clone(), source: shown.clone(), ..Pack::default() };
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(e) => pack.problem(reason::PACK_FILE, e.to_string()),
        }
    }
    paths.sort();
    for path in paths {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let lower = name.to_ascii_lowercase();
        if name != "collection.yaml" && ![".txt", ".toml"].iter().any(|e| lower.ends_with(e)) {
            continue;
        }
        match fs::metadata(&path) {
            Ok(meta) if meta.is_dir() => {}
            Ok(meta) if !meta.is_file() => pack.problem(reason::PACK_FILE, format!("{name}: it is no file")),
            Ok(meta) if meta.len() > MAX_TEXT_FILE => {
                pack.problem(reason::PACK_FILE, format!("{name}: {} bytes, at most {MAX_TEXT_FILE}", meta.len()));
            }
            Ok(_) => match fs::read(&path) {
                Ok(bytes) => texts.push((name, bytes)),
                Err(e) => pack.problem(reason::PACK_FILE, format!("{name}: {e}")),
            },
            Err(e) => pack.problem(reason::PACK_FILE, format!("{name}: {e}")),
        }
    }
    pack.sha256 = hash_named(texts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
    let texts: Vec<(String, Decoded)> = texts.into_iter().map(|(name, bytes)| (name, Decoded::of(bytes))).collect();
    for (name, text) in &texts {
        pack_says(&mut pack, name, text);
    }
    let files: Vec<PackFile<'_>> = texts.iter().map(|(name, text)| PackFile { name, text: &text.text }).collect();
    layout::load(library, pack, &files)?;
    let collection = files.iter().find(|f| f.name == "collection.yaml");
    Ok(collection.and_then(|f| layout::output_of(f.text)))
}

fn pack_says(pack: &mut Pack, name: &str, text: &Decoded) {
    if let Some(why) = text.damage() {
        pack.problem(reason::PACK_FILE, format!("{name}: {why}"));
    }
}
