//! `vigie packs build`: readable sources in the mvt-indicators layout become a STIX 2.1 bundle.
//!
//! The same sources give the same bytes: ids are UUIDs of version 5 over what an object says, and every time is the
//! `created` of `collection.yaml`. Objects stand in the order of the sources, so that one line more is one object and
//! its relationship more. Values are written as the lists have them; what has one spelling is the reader's work.
//!
//! What the lists say beside values (a platform, rules, the class of a tool) stands in a property extension, see
//! [`crate::packs::extension`]; a bundle loads back to the same indicators and rules.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sha1::{Digest as _, Sha1};

use super::collection::{self, Collection, Wrong};
use crate::finding::PackClass;
use crate::formats::uuid;
use crate::observable::Kind;
use crate::packs::extension::{self, Extension};
use crate::packs::{self, Body, Library, LoadError, Outcome};
use crate::stix;

/// Namespace of our UUIDs of version 5. Never changed: ids would.
const NAMESPACE: [u8; 16] =
    [0x6f, 0x0d, 0x1c, 0x52, 0x93, 0x4b, 0x5e, 0x1d, 0x8a, 0x27, 0x41, 0xe9, 0x0b, 0x6c, 0x3d, 0x74];
/// Folders that are looked for packs.
const MAX_FOLDERS: usize = 10_000;
/// When the extension and its author were defined.
const DEFINED: &str = "2026-11-21T00:00:00.000Z";

/// Why a folder cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// `collection.yaml` does not say what is needed.
    #[error("{file}:{line}: {text}")]
    Collection {
        /// The file.
        file: String,
        /// Line in it; 1 for what is missing.
        line: u64,
        /// What was expected.
        text: String,
    },
    /// A value cannot be an indicator.
    #[error("{file}:{line}: `{text}`: {why}")]
    Value {
        /// The list.
        file: String,
        /// Line in it.
        line: u32,
        /// The value.
        text: String,
        /// Why.
        why: String,
    },
    /// Something in the folder is damaged.
    #[error("{file}:{line}: {text}")]
    Damaged {
        /// The file.
        file: String,
        /// Line in it; 0 where none is known.
        line: u64,
        /// What is wrong.
        text: String,
    },
    /// It cannot be loaded at all.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// No folder with `collection.yaml`.
    #[error("{0}: no folder with collection.yaml")]
    NoCollection(String),
}

/// A bundle that was built, not yet written.
#[derive(Debug)]
pub struct Built {
    /// Its text.
    pub bytes: Vec<u8>,
    /// Where `collection.yaml` says it belongs.
    pub output: Option<PathBuf>,
    /// How many indicators it holds.
    pub indicators: usize,
}

/// The pack folders of a path: itself, or those below it.
///
/// # Errors
/// There is none.
pub fn folders(root: &Path) -> Result<Vec<PathBuf>, BuildError> {
    if root.join(collection::FILE_NAME).is_file() {
        return Ok(vec![root.to_owned()]);
    }
    let below: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .take(MAX_FOLDERS)
        .filter(|e| e.file_type().is_dir() && e.path().join(collection::FILE_NAME).is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    if below.is_empty() { Err(BuildError::NoCollection(root.display().to_string())) } else { Ok(below) }
}

/// Builds the bundle of a pack folder.
///
/// # Errors
/// A source is missing, damaged, or holds a value that can be no indicator: with file and line.
pub fn build(folder: &Path) -> Result<Built, BuildError> {
    let file = folder.join(collection::FILE_NAME);
    let shown = file.display().to_string();
    let text = fs::read_to_string(&file).map_err(|source| BuildError::Io { path: shown.clone(), source })?;
    let wrong = |w: Wrong| BuildError::Collection { file: shown.clone(), line: w.line, text: w.text };
    let missing = |key: &str| wrong(Wrong { line: 1, text: format!("expected a key `{key}`, found none") });
    let said = Collection::read(&text).map_err(wrong)?;
    let output = said.output(&text).map_err(wrong)?.map(|name| folder.join(name));
    let created = said.created(&text).map_err(wrong)?.ok_or_else(|| missing("created"))?;
    let id = said.id.clone().ok_or_else(|| missing("id"))?;
    let name = said.name.clone().ok_or_else(|| missing("name"))?;
    let mut library = Library::with_ledger();
    match packs::load_path(&mut library, folder) {
        // What nothing of can be used is told below, with its line.
        Ok(()) | Err(LoadError::NothingUsable { .. }) => {}
        Err(e) => return Err(e.into()),
    }
    damage(&library)?;
    let mut maker = Maker { id: &id, created: &created, said: &said, name: &name, objects: Vec::new() };
    let indicators = maker.bundle(&library)?;
    let bundle = json!({
        "type": "bundle",
        "id": format!("bundle--{}", uuid5(&format!("bundle|{id}"))),
        "objects": maker.objects,
    });
    // A tree of our own making always becomes text.
    let mut bytes = serde_json::to_vec_pretty(&bundle).unwrap_or_default();
    bytes.push(b'\n');
    Ok(Built { bytes, output, indicators })
}

/// What the loader met in the folder beside values.
fn damage(library: &Library) -> Result<(), BuildError> {
    for pack in &library.packs {
        for (problem, spot) in pack.problems.iter().zip(&pack.spots) {
            if ["pack-file", "object-damaged", "platform-unknown"].contains(&problem.code.as_str()) {
                let file = if spot.file.is_empty() { pack.source.clone() } else { spot.file.clone() };
                return Err(BuildError::Damaged { file, line: spot.line, text: problem.text.clone() });
            }
        }
    }
    Ok(())
}

struct Maker<'a> {
    id: &'a str,
    name: &'a str,
    created: &'a str,
    said: &'a Collection,
    objects: Vec<Value>,
}

impl Maker<'_> {
    fn bundle(&mut self, library: &Library) -> Result<usize, BuildError> {
        self.definition();
        let heuristic = self.said.class == Some(PackClass::Heuristic);
        let about = (!heuristic).then(|| self.tool());
        let mut patterns = HashSet::new();
        let mut members = Vec::new();
        for written in library.ledger() {
            let loaded = match &written.outcome {
                Outcome::Loaded(at) => library.indicators.get(*at as usize),
                Outcome::Cannot(why) if written.kind.is_some() || stix::parse(&written.text).is_err() => {
                    return Err(BuildError::Value {
                        file: library.files.get(written.file as usize).cloned().unwrap_or_default(),
                        line: written.line,
                        text: written.text.clone(),
                        why: why.clone(),
                    });
                }
                _ => None,
            };
            let pattern = match written.kind {
                Some(kind) => pattern_of(kind, &written.text),
                None => written.text.clone(),
            };
            let as_loaded = loaded.and_then(|i| match i.body {
                Body::Pattern(p) => library.patterns.get(p as usize)?.rule.as_ref(),
                Body::Value(..) => None,
            });
            let rule = as_loaded.or(written.rule.as_ref());
            let mut extension = Extension::new();
            extension.platform = loaded.and_then(|i| i.platform).map(|p| Extension::platform_text(p).to_owned());
            extension.rule = rule.map(Into::into);
            let what = match (&extension.rule, &extension.platform) {
                (Some(rule), _) => format!("rule|{}", rule.id),
                (None, Some(platform)) => format!("{pattern}|{platform}"),
                (None, None) => pattern.clone(),
            };
            if !patterns.insert(what.clone()) {
                continue;
            }
            let indicator = self.indicator(&what, &pattern, extension, heuristic);
            if let Some(about) = &about {
                self.relationship(&indicator, about);
            }
            members.push(indicator);
        }
        if heuristic {
            self.grouping(&members);
        }
        Ok(members.len())
    }

    /// An object with what all have. `what` tells it from the others of its type.
    fn object(&self, kind: &str, what: &str, created: &str) -> (String, Map<String, Value>) {
        let id = format!("{kind}--{}", uuid5(&format!("{kind}|{what}")));
        let mut object = Map::new();
        object.insert("type".into(), kind.into());
        object.insert("spec_version".into(), "2.1".into());
        object.insert("id".into(), id.as_str().into());
        object.insert("created".into(), created.into());
        object.insert("modified".into(), created.into());
        (id, object)
    }

    /// The extension that some objects below carry, and who defined it.
    fn definition(&mut self) {
        let (author, mut identity) = self.object("identity", "vigie", DEFINED);
        identity.insert("name".into(), "vigie".into());
        identity.insert("identity_class".into(), "system".into());
        let (_, mut definition) = self.object("extension-definition", "vigie", DEFINED);
        definition.insert("id".into(), extension::ID.into());
        definition.insert("created_by_ref".into(), author.into());
        definition.insert("name".into(), "vigie pack".into());
        let about = "What packs of vigie say beside STIX: the platform an indicator holds for, the severity, context \
                     and behaviour of a rule, the class of a tool.";
        definition.insert("description".into(), about.into());
        definition.insert("schema".into(), "docs/packs.md".into());
        definition.insert("version".into(), "1.0.0".into());
        definition.insert("extension_types".into(), json!(["property-extension"]));
        self.objects.extend([Value::Object(identity), Value::Object(definition)]);
    }

    /// What the pack is about, and its id.
    fn tool(&mut self) -> String {
        let malware = self.said.malware.clone().unwrap_or_default();
        let name = if malware.name.is_empty() { self.name.to_owned() } else { malware.name };
        let is_tool = self.said.class == Some(PackClass::Extraction);
        let kind = if is_tool { "tool" } else { "malware" };
        let (id, mut object) = self.object(kind, &format!("{}|{name}", self.id), self.created);
        object.insert("name".into(), name.into());
        self.describe(&mut object);
        if !is_tool {
            object.insert("is_family".into(), true.into());
        }
        if !malware.aliases.is_empty() {
            object.insert("aliases".into(), malware.aliases.into());
        }
        let mut references = malware.references;
        references.extend(self.said.references.iter().cloned());
        references.dedup();
        self.refer(&mut object, &references);
        self.class(&mut object);
        self.objects.push(object.into());
        id
    }

    /// The rules of a pack that names no tool, as a group.
    fn grouping(&mut self, members: &[String]) {
        let (_, mut object) = self.object("grouping", self.id, self.created);
        object.insert("name".into(), self.name.into());
        self.describe(&mut object);
        object.insert("context".into(), "suspicious-activity".into());
        object.insert("object_refs".into(), members.into());
        self.refer(&mut object, &self.said.references);
        self.class(&mut object);
        self.objects.push(object.into());
    }

    fn describe(&self, object: &mut Map<String, Value>) {
        if let Some(description) = &self.said.description {
            object.insert("description".into(), description.trim().into());
        }
    }

    fn refer(&self, object: &mut Map<String, Value>, references: &[String]) {
        if references.is_empty() {
            return;
        }
        let one = |url: &String| {
            let host = url.split_once("://").and_then(|(_, rest)| rest.split('/').next()).unwrap_or(url);
            json!({ "source_name": host, "url": url })
        };
        object.insert("external_references".into(), references.iter().map(one).collect());
    }

    fn class(&self, object: &mut Map<String, Value>) {
        if let Some(class) = self.said.class {
            extend(object, Extension { class: Some(class), ..Extension::new() });
        }
    }

    fn indicator(&mut self, what: &str, pattern: &str, extension: Extension, heuristic: bool) -> String {
        let (id, mut object) = self.object("indicator", &format!("{}|{what}", self.id), self.created);
        let kind = if heuristic { "anomalous-activity" } else { "malicious-activity" };
        object.insert("indicator_types".into(), json!([kind]));
        object.insert("pattern".into(), pattern.into());
        object.insert("pattern_type".into(), "stix".into());
        object.insert("pattern_version".into(), "2.1".into());
        object.insert("valid_from".into(), self.created.into());
        if extension != Extension::new() {
            extend(&mut object, extension);
        }
        self.objects.push(object.into());
        id
    }

    fn relationship(&mut self, source: &str, target: &str) {
        let (_, mut object) = self.object("relationship", &format!("{source}|{target}"), self.created);
        object.insert("relationship_type".into(), "indicates".into());
        object.insert("source_ref".into(), source.into());
        object.insert("target_ref".into(), target.into());
        self.objects.push(object.into());
    }
}

fn extend(object: &mut Map<String, Value>, extension: Extension) {
    // Text, enums and lists: nothing of it refuses to become JSON.
    let value = serde_json::to_value(extension).unwrap_or_default();
    object.insert("extensions".into(), json!({ extension::ID: value }));
}

/// `[path = 'value']`, the value as written.
fn pattern_of(kind: Kind, value: &str) -> String {
    packs::canonical_value(kind, value)
}

/// A UUID of version 5 (RFC 9562 §5.5) in our namespace.
fn uuid5(name: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(NAMESPACE);
    hash.update(name.as_bytes());
    let digest = hash.finalize();
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    uuid(bytes)
}

/// Whether the file holds just these bytes.
pub fn is_fresh(path: &Path, bytes: &[u8]) -> bool {
    fs::read(path).is_ok_and(|found| found == bytes)
}

/// Writes a bundle so that there is always the old or the new one.
///
/// # Errors
/// The folder cannot be written to.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    let failed = |source| BuildError::Io { path: path.display().to_string(), source };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".vigie-");
    #[cfg(unix)]
    {
        // A published file; the umask takes away what the user does not give.
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_are_of_version_five_and_stable() {
        let id = uuid5("bundle|pegasus");
        assert_eq!(id, uuid5("bundle|pegasus"));
        assert_ne!(id, uuid5("bundle|predator"));
        assert_eq!((id.len(), id.as_bytes()[14]), (36, b'5'));
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }

    #[test]
    fn values_are_escaped() {
        assert_eq!(pattern_of(Kind::Process, r"it's\"), r"[process:name = 'it\'s\\']");
        assert_eq!(pattern_of(Kind::Ip, "2001:db8::1"), "[ipv6-addr:value = '2001:db8::1']");
        assert_eq!(pattern_of(Kind::Sha256, "A"), "[file:hashes.'SHA-256' = 'A']");
    }
}
