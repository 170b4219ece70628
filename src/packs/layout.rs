//! Packs as people write them: a folder with `collection.yaml`, text lists of values and `rules.toml`.
//!
//! The layout is that of mvt-indicators, with two files of ours: `patterns.txt` (one STIX pattern per line) and
//! `rules.toml` (patterns with severity, context and texts). Lines that begin with `#` are comments; `# platform: ios`
//! (or `android`, `any`) limits the values below it to that platform.

use serde::Deserialize;

use super::library::{Custody, Family, Full, Library, Owner, Pack, Rule, Spot};
use super::take::Written;
use crate::evidence::Platform;
use crate::finding::{Context, PackClass, Severity};
use crate::observable::Kind;
use crate::stix::time::parse_timestamp;

/// One file of a pack folder.
pub struct PackFile<'a> {
    /// Name inside the folder.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// `collection.yaml`.
#[derive(Debug, Deserialize)]
struct Collection {
    id: String,
    name: String,
    #[serde(default)]
    class: Option<PackClass>,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    malware: Option<MalwareEntry>,
    #[serde(default)]
    references: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct MalwareEntry {
    name: String,
    #[serde(default)]
    references: Vec<String>,
}

/// `rules.toml`.
#[derive(Debug, Deserialize)]
struct RuleFile {
    #[serde(default)]
    rule: Vec<RuleEntry>,
}

#[derive(Debug, Deserialize)]
struct RuleEntry {
    id: String,
    pattern: toml::Spanned<String>,
    severity: Severity,
    context: Context,
    #[serde(default = "any")]
    custody: Custody,
    #[serde(default)]
    sources: Vec<String>,
}

fn any() -> Custody {
    Custody::Any
}

/// The text lists and what their lines are.
const LISTS: [(&str, ListKind); 15] = [
    ("domains.txt", ListKind::One(Kind::Domain)),
    ("ip-addresses.txt", ListKind::One(Kind::Ip)),
    ("urls.txt", ListKind::One(Kind::Url)),
    ("emails.txt", ListKind::One(Kind::Email)),
    ("processes.txt", ListKind::One(Kind::Process)),
    ("file_names.txt", ListKind::One(Kind::FileName)),
    ("file_paths.txt", ListKind::One(Kind::FilePath)),
    ("md5.txt", ListKind::One(Kind::Md5)),
    ("sha1.txt", ListKind::One(Kind::Sha1)),
    ("sha256.txt", ListKind::One(Kind::Sha256)),
    ("favicon_hash.txt", ListKind::One(Kind::Sha256)),
    ("package_names.txt", ListKind::One(Kind::AppId)),
    ("package_cert_hashes.txt", ListKind::Certificate),
    ("config_profiles.txt", ListKind::One(Kind::ProfileId)),
    ("android_properties.txt", ListKind::One(Kind::Property)),
];

/// True for a file named like a list.
pub fn is_list(path: &std::path::Path) -> bool {
    path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n == "patterns.txt" || ListKind::of_file(n).is_some())
}

/// The names that lists have.
pub fn list_names() -> impl Iterator<Item = &'static str> {
    LISTS.iter().map(|(name, _)| *name)
}

/// What the lines of a list are.
#[derive(Clone, Copy)]
pub(super) enum ListKind {
    One(Kind),
    /// The algorithm is told by the length.
    Certificate,
}

impl ListKind {
    /// What the lines of a file with this name are.
    pub(super) fn of_file(name: &str) -> Option<ListKind> {
        LISTS.iter().find(|(n, _)| *n == name).map(|(_, kind)| *kind)
    }

    /// The kind of one line.
    pub(super) fn kind_of(self, value: &str) -> Kind {
        match self {
            ListKind::One(kind) => kind,
            ListKind::Certificate => match value.chars().filter(char::is_ascii_hexdigit).count() {
                32 => Kind::CertMd5,
                40 => Kind::CertSha1,
                _ => Kind::CertSha256,
            },
        }
    }
}

/// A date, with or without a time, in Unix seconds.
fn seconds(text: &str) -> Option<i64> {
    let micros = parse_timestamp(text).or_else(|| parse_timestamp(&format!("{text}T00:00:00Z")))?;
    Some(micros.div_euclid(1_000_000))
}

/// Loads a pack folder. `pack` brings source, hash and whether it is built in.
pub fn load(library: &mut Library, mut pack: Pack, files: &[PackFile<'_>]) -> Result<u16, Full> {
    let collection = files.iter().find(|f| f.name == "collection.yaml").map(|f| serde_saphyr::from_str(f.text));
    let collection: Collection = match collection {
        Some(Ok(c)) => c,
        other => {
            let (why, line) = match other {
                Some(Err(e)) => (format!("collection.yaml: {e}"), e.location().map_or(0, |l| l.line())),
                _ => ("collection.yaml is missing".to_owned(), 0),
            };
            let file = format!("{}/collection.yaml", pack.source);
            pack.problem_at("pack-file", why, Spot { file, line });
            return library.add_pack(pack);
        }
    };
    pack.id.clone_from(&collection.id);
    pack.name.clone_from(&collection.name);
    pack.references.clone_from(&collection.references);
    pack.dated(collection.created.as_deref().and_then(seconds));
    let malware = collection.malware.unwrap_or(MalwareEntry { name: collection.name, references: Vec::new() });
    let mut references = malware.references;
    references.extend(collection.references);
    references.dedup();
    let family = library.add_family(Family {
        name: malware.name,
        class: collection.class.unwrap_or(PackClass::Other),
        references,
    })?;
    let id = pack.id.clone();
    let folder = if pack.builtin { format!("indicators/{id}") } else { pack.source.clone() };
    let at = library.add_pack(pack)?;
    let owner = Owner::new(at, family);
    for file in files {
        let list = ListKind::of_file(file.name);
        if list.is_none() && !["patterns.txt", "rules.toml"].contains(&file.name) {
            continue;
        }
        let owner = Owner { file: library.add_file(&format!("{folder}/{}", file.name)), ..owner };
        match list {
            Some(kind) => load_list(library, owner, &id, file, kind)?,
            None if file.name == "patterns.txt" => load_patterns(library, owner, &id, file)?,
            None => load_rules(library, owner, file)?,
        }
    }
    Ok(at)
}

pub(super) fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .map(|(i, l)| (i as u64 + 1, l.trim()))
        .filter(|(_, l)| !l.is_empty())
}

pub(super) fn load_list(
    library: &mut Library,
    owner: Owner,
    pack: &str,
    file: &PackFile<'_>,
    list: ListKind,
) -> Result<(), Full> {
    let mut owner = owner;
    for (line, value) in lines(file.text) {
        if let Some(platform) = value.strip_prefix("# platform:") {
            owner.platform = match platform.trim() {
                "ios" => Some(Platform::Ios),
                "android" => Some(Platform::Android),
                _ => None,
            };
        }
        if value.starts_with('#') {
            continue;
        }
        let id = format!("{pack}/{}:{line}", file.name);
        library.take(owner.at_line(line), &id, Written::Value(list.kind_of(value), value))?;
    }
    Ok(())
}

fn load_patterns(library: &mut Library, owner: Owner, pack: &str, file: &PackFile<'_>) -> Result<(), Full> {
    for (line, text) in lines(file.text).filter(|(_, l)| !l.starts_with('#')) {
        let id = format!("{pack}/{}:{line}", file.name);
        library.take(owner.at_line(line), &id, Written::Pattern(text))?;
    }
    Ok(())
}

/// The line, from 1, of a byte.
pub(super) fn line_of(text: &str, offset: usize) -> u64 {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    before.iter().filter(|&&b| b == b'\n').count() as u64 + 1
}

fn load_rules(library: &mut Library, owner: Owner, file: &PackFile<'_>) -> Result<(), Full> {
    let rules: RuleFile = match toml::from_str(file.text) {
        Ok(r) => r,
        Err(e) => {
            let text = format!("{}: {}", file.name, e.message());
            let line = e.span().map_or(0, |s| line_of(file.text, s.start));
            let spot = library.spot(owner.at_line(line));
            library.pack_mut(owner).problem_at("pack-file", text, spot);
            return Ok(());
        }
    };
    for r in rules.rule {
        let rule =
            Rule { id: r.id.clone(), severity: r.severity, context: r.context, custody: r.custody, sources: r.sources };
        let line = line_of(file.text, r.pattern.span().start);
        library.take(owner.at_line(line), &r.id, Written::Rule(r.pattern.get_ref(), rule))?;
    }
    Ok(())
}
