//! Packs as people write them: a folder with `collection.yaml`, text lists of values and `rules.toml`.
//!
//! The layout is that of mvt-indicators, with two files of ours: `patterns.txt` (one STIX pattern per line) and
//! `rules.toml` (patterns with severity, context and texts). Names of files count in any case. Lines that begin with `#`
//! are comments; `# platform: ios` (or `android`, `any`) limits the values and patterns below it to that platform. Below
//! a platform that is not known, nothing is used.

use serde::Deserialize;

use super::library::{Custody, Family, Full, Library, Owner, Rule};
use super::pack::{Pack, Spot};
use super::take::Written;
use super::{LoadText, NOT_TEXT, is_damaged};
use crate::device::Platform;
use crate::finding::{Context, PackClass, Severity, reason};
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
    path.file_name().and_then(|n| n.to_str()).is_some_and(|n| is_patterns(n) || ListKind::of_file(n).is_some())
}

/// True for the name of a list of patterns.
pub(super) fn is_patterns(name: &str) -> bool {
    name.eq_ignore_ascii_case("patterns.txt")
}

/// True for texts that go with a pack and are no lists.
pub(super) fn is_prose(name: &str) -> bool {
    const PROSE: [&str; 11] = [
        "authors",
        "changelog",
        "changes",
        "contributing",
        "contributors",
        "copying",
        "credits",
        "licence",
        "license",
        "notice",
        "readme",
    ];
    let lower = name.to_ascii_lowercase();
    PROSE.iter().any(|p| lower.starts_with(p))
}

/// The name a `collection.yaml` gives the bundle that is built of its folder.
pub(super) fn output_of(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Output {
        #[serde(default)]
        output: Option<serde_json::Value>,
    }
    let said: Output = serde_saphyr::from_str(text).ok()?;
    Some(said.output?.as_str()?.to_owned())
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
        LISTS.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, kind)| *kind)
    }

    /// The kind of one line.
    pub(super) fn kind_of(self, value: &str) -> Kind {
        match self {
            ListKind::One(kind) => kind,
            ListKind::Certificate => Kind::of_certificate(value),
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
            pack.problem_at(reason::PACK_FILE, why, Spot { file, line });
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
    let id = pack.id.clone();
    let folder = if pack.builtin { format!("indicators/{id}") } else { pack.source.clone() };
    let at = library.add_pack(pack)?;
    let class = collection.class.unwrap_or(PackClass::Other);
    let family = library.family_for(Owner::new(at, 0), Family { name: malware.name, class, references });
    let owner = Owner::new(at, family);
    for file in files {
        let list = ListKind::of_file(file.name);
        let rules = file.name.eq_ignore_ascii_case("rules.toml");
        if list.is_none() && !rules && !is_patterns(file.name) {
            let lower = file.name.to_ascii_lowercase();
            // Tools have settings of their own in TOML; only what may be meant for rules is told.
            let nearly_rules = lower.starts_with("rule") && lower.ends_with(".toml");
            if nearly_rules || (lower.ends_with(".txt") && !is_prose(&lower)) {
                let text = format!("{}: no list has this name (they are domains.txt, …); it was not read", file.name);
                let spot = Spot { file: format!("{folder}/{}", file.name), line: 0 };
                library.pack_mut(owner).problem_at(reason::PACK_FILE, text, spot);
            }
            continue;
        }
        let owner = Owner { file: library.add_file(&format!("{folder}/{}", file.name)), ..owner };
        match list {
            Some(kind) => load_list(library, owner, &id, file, kind)?,
            None if rules => load_rules(library, owner, file)?,
            None => load_patterns(library, owner, &id, file)?,
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

/// The platform a comment names, if it names one: `None` for any; the text where that is no platform.
fn platform(comment: &str) -> Option<Result<Option<Platform>, &str>> {
    const WORD: &str = "platform";
    let comment = comment.trim();
    if !comment.get(..WORD.len())?.eq_ignore_ascii_case(WORD) {
        return None;
    }
    let said = comment.get(WORD.len()..)?.trim_start().strip_prefix(':')?.trim();
    Some(match said.to_ascii_lowercase().as_str() {
        "ios" => Ok(Some(Platform::Ios)),
        "android" => Ok(Some(Platform::Android)),
        "any" => Ok(None),
        _ => Err(said),
    })
}

/// Calls `take` for every line that is a value, with its owner and id; comments that name a platform hold for what
/// follows. Lines that cannot be used are named.
pub(super) fn each_value(
    library: &mut Library,
    mut owner: Owner,
    pack: &str,
    file: &PackFile<'_>,
    take: &mut LoadText<'_>,
) -> Result<(), Full> {
    let mut known = true;
    for (line, value) in lines(file.text) {
        if let Some(comment) = value.strip_prefix('#') {
            match platform(comment) {
                None => {}
                Some(Ok(platform)) => (owner.platform, known) = (platform, true),
                Some(Err(said)) => {
                    let text = format!(
                        "{}:{line}: `{said}` is no platform (ios, android, any); what follows is not used",
                        file.name
                    );
                    let spot = library.spot(owner.at_line(line));
                    library.pack_mut(owner).problem_at(reason::PLATFORM_UNKNOWN, text, spot);
                    known = false;
                }
            }
            continue;
        }
        let id = format!("{pack}/{}:{line}", file.name);
        let owner = owner.at_line(line);
        if is_damaged(value) {
            library.take(owner, &id, Written::Foreign(value, NOT_TEXT))?;
        } else if !known {
            library.take(owner, &id, Written::Foreign(value, "it stands below a platform that is not known"))?;
        } else {
            take(library, owner, &id, value)?;
        }
    }
    Ok(())
}

pub(super) fn load_list(
    library: &mut Library,
    owner: Owner,
    pack: &str,
    file: &PackFile<'_>,
    list: ListKind,
) -> Result<(), Full> {
    each_value(library, owner, pack, file, &mut |library, owner, id, value| {
        library.take(owner, id, Written::Value(list.kind_of(value), value))
    })
}

fn load_patterns(library: &mut Library, owner: Owner, pack: &str, file: &PackFile<'_>) -> Result<(), Full> {
    each_value(library, owner, pack, file, &mut |library, owner, id, value| {
        library.take(owner, id, Written::Pattern(value))
    })
}

/// The line, from 1, of a byte.
fn line_of(text: &str, offset: usize) -> u64 {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    before.iter().filter(|&&b| b == b'\n').count() as u64 + 1
}

/// Loads rules. Where the file cannot be read as a whole, each `[[rule]]` is read by itself: a bad one costs itself.
fn load_rules(library: &mut Library, owner: Owner, file: &PackFile<'_>) -> Result<(), Full> {
    if let Ok(rules) = toml::from_str::<RuleFile>(file.text) {
        return take_rules(library, owner, file.text, 0, rules);
    }
    for (line, part) in rule_tables(file.text) {
        match toml::from_str::<RuleFile>(part) {
            Ok(rules) => take_rules(library, owner, part, line - 1, rules)?,
            Err(e) => {
                let at = line - 1 + line_of(part, e.span().map_or(0, |s| s.start));
                let what = e.message().lines().next().unwrap_or_default().to_owned();
                let spot = library.spot(owner.at_line(at));
                library.pack_mut(owner).problem_at(reason::OBJECT_DAMAGED, format!("{}:{at}: {what}", file.name), spot);
            }
        }
    }
    Ok(())
}

/// The text before the first `[[rule]]`, then each with its text; and the lines they begin at.
fn rule_tables(text: &str) -> Vec<(u64, &str)> {
    let mut starts = vec![(1, 0)];
    let mut at = 0;
    for (n, line) in text.split_inclusive('\n').enumerate() {
        if at > 0 && line.trim_start().starts_with("[[") {
            starts.push((n as u64 + 1, at));
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(_, at)| *at).chain([text.len()]);
    starts.iter().zip(ends).map(|((line, at), end)| (*line, text.get(*at..end).unwrap_or_default())).collect()
}

/// Takes rules; `before` are the lines before `text`.
fn take_rules(library: &mut Library, owner: Owner, text: &str, before: u64, rules: RuleFile) -> Result<(), Full> {
    let mut lines = LineCount::new(text);
    for r in rules.rule {
        let rule =
            Rule { id: r.id.clone(), severity: r.severity, context: r.context, custody: r.custody, sources: r.sources };
        let line = before + lines.of(r.pattern.span().start);
        library.take(owner.at_line(line), &r.id, Written::Rule(r.pattern.get_ref(), rule))?;
    }
    Ok(())
}

/// Lines of bytes of a text, counted from the last one asked for: places come nearly in order.
pub(super) struct LineCount<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> LineCount<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        LineCount { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line, from 1, of a byte.
    pub(super) fn of(&mut self, offset: usize) -> u64 {
        let offset = offset.min(self.text.len());
        let (from, to) = (self.at.min(offset), self.at.max(offset));
        let between = self.text.get(from..to).unwrap_or_default().iter().filter(|&&b| b == b'\n').count() as u64;
        self.line = if offset >= self.at { self.line + between } else { self.line.saturating_sub(between) };
        self.at = offset;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packs::Outcome;

    fn loaded(files: &[(&str, &str)]) -> Library {
        let mut library = Library::with_ledger();
        let files: Vec<PackFile<'_>> = files.iter().map(|(name, text)| PackFile { name, text }).collect();
        load(&mut library, Pack { source: "f".into(), ..Pack::default() }, &files).unwrap();
        library
    }

    const COLLECTION: (&str, &str) = ("collection.yaml", "id: p\nname: P\noutput: p.stix2\n");

    #[test]
    fn a_platform_counts_in_any_case_and_an_unknown_one_stops_the_list() {
        let list = "a.example\n# Platform: iOS\nb.example\n#platform:android\nc.example\n# platform: symbian\nd.example\n\
                    # platform: any\ne.example\n# platforms differ\n";
        let patterns =
            "#platform: IOS\n[domain-name:value LIKE 'x%']\n#platform: beos\n[domain-name:value LIKE 'y%']\n";
        let library = loaded(&[COLLECTION, ("domains.txt", list), ("patterns.txt", patterns)]);
        let platforms: Vec<Option<Platform>> = library.indicators.iter().map(|i| i.platform).collect();
        assert_eq!(platforms, [None, Some(Platform::Ios), Some(Platform::Android), None, Some(Platform::Ios)]);
        let pack = &library.packs[0];
        let codes: Vec<&str> = pack.problems.iter().map(|p| p.code.as_str()).collect();
        assert_eq!(codes, ["platform-unknown", "platform-unknown"]);
        assert_eq!(pack.not_evaluable_count, 2);
    }

    #[test]
    fn names_count_in_any_case_and_others_are_told() {
        let line = "x.example\n";
        let library = loaded(&[
            COLLECTION,
            ("Domains.TXT", line),
            ("domain.txt", line),
            ("ips.txt", line),
            ("README.txt", line),
            ("LICENSE-2.txt", line),
            ("rule.toml", ""),
        ]);
        assert_eq!(library.indicators.len(), 1);
        let told: Vec<&str> = library.packs[0].problems.iter().map(|p| p.text.split(':').next().unwrap()).collect();
        assert_eq!(told, ["domain.txt", "ips.txt", "rule.toml"]);
    }

    #[test]
    fn a_bad_rule_costs_itself() {
        let rule = |id: &str, severity: &str| {
            format!(
                "[[rule]]\nid = \"{id}\"\npattern = \"[x-a:b = 'c']\"\nseverity = \"{severity}\"\ncontext = \"configured\"\n"
            )
        };
        for bad in [rule("bad", "deadly"), rule("bad", "low") + "= 1\n", rule("bad", "low").replace("context", "c")] {
            let text = format!("# rules\n{}{bad}{}", rule("one", "low"), rule("two", "low"));
            let library = loaded(&[COLLECTION, ("rules.toml", &text)]);
            let ids: Vec<&str> = library.ledger().iter().map(|w| w.id.as_str()).collect();
            assert_eq!(ids, ["one", "two"], "{bad}");
            let problems: Vec<&str> = library.packs[0].problems.iter().map(|p| p.text.as_str()).collect();
            let [problem] = problems.as_slice() else { panic!("{problems:?}") };
            let line: u64 = problem.split(':').nth(1).unwrap().parse().unwrap();
            assert!(problem.starts_with("rules.toml:") && (7..=12).contains(&line), "{problem}");
        }
    }

    #[test]
    fn what_is_no_text_costs_its_line() {
        let library = loaded(&[COLLECTION, ("processes.txt", "bh\nb\u{fffd}d\nb\0h\n")]);
        let fine: Vec<bool> = library.ledger().iter().map(|w| matches!(w.outcome, Outcome::Loaded(_))).collect();
        assert_eq!(fine, [true, false, false]);
    }
}
