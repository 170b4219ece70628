//! `indicators.yaml`: the index of a pack repository in the mvt-indicators layout, which names packs that lie beside it
//! and packs of other repositories. It is read for the names and references it gives; nothing is fetched here.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_saphyr::Spanned;

#[derive(Debug, Deserialize)]
struct Index {
    indicators: Vec<Spanned<serde_json::Value>>,
}

#[derive(Debug, Deserialize)]
struct RawEntry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    references: Vec<String>,
    #[serde(default)]
    github: Option<Github>,
    #[serde(default)]
    download_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Github {
    owner: String,
    repo: String,
    #[serde(default = "main_branch")]
    branch: String,
    path: String,
}

fn main_branch() -> String {
    "main".to_owned()
}

/// One pack an index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name for people.
    pub name: String,
    /// Where to read more.
    pub references: Vec<String>,
    /// Path inside its repository, where it lies in one.
    pub path: Option<String>,
    /// Where it is fetched from.
    pub url: String,
    /// Its repository, `owner/repo`, where it lies in one.
    pub repository: Option<String>,
    /// Line at which it begins, from 1.
    pub line: u64,
}

/// Why an index, or an entry of it, cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1; 0 where none is known.
    pub line: u64,
    /// What is wrong.
    pub text: String,
}

impl Entry {
    /// The places where a copy may lie: beside the index by its path, or under the name MVT gives what it fetched, or
    /// by its bare name, where that is not one of the `ambiguous` ones.
    pub fn places(&self, folder: &Path, ambiguous: &HashSet<String>) -> Vec<PathBuf> {
        let mut places: Vec<PathBuf> = self.path.iter().filter(|p| is_below(p)).map(|p| folder.join(p)).collect();
        let fetched = self.url.trim_start_matches("https://").replace('/', "_");
        if is_below(&fetched) {
            places.push(folder.join(fetched));
        }
        if let Some(name) = self.file_name().filter(|n| !ambiguous.contains(*n)) {
            places.push(folder.join(name));
        }
        places
    }

    /// The last part of its path.
    pub fn file_name(&self) -> Option<&str> {
        self.path.as_deref().filter(|p| is_below(p))?.rsplit('/').next()
    }
}

/// True for a path that leads down, on every system: no `..`, no backslash, no drive letter.
fn is_below(path: &str) -> bool {
    let part = |p: &str| !p.is_empty() && p != "." && p != "..";
    path.split('/').all(part) && !path.contains(['\\', ':', '\0'])
}

/// Bare names that several entries share, though they are different packs.
pub fn ambiguous(entries: &[Entry]) -> HashSet<String> {
    let mut first: HashMap<&str, &str> = HashMap::new();
    let mut shared = HashSet::new();
    for entry in entries {
        if let Some(name) = entry.file_name()
            && *first.entry(name).or_insert(&entry.url) != entry.url
        {
            shared.insert(name.to_owned());
        }
    }
    shared
}

/// Reads an index; entries that cannot be understood are told, each by itself.
pub fn read(text: &str) -> Result<(Vec<Entry>, Vec<Problem>), Problem> {
    let index: Index = serde_saphyr::from_str(text)
        .map_err(|e| Problem { line: e.location().map_or(0, |l| l.line()), text: e.to_string() })?;
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    for (n, value) in index.indicators.into_iter().enumerate() {
        let line = value.referenced.line();
        match serde_json::from_value::<RawEntry>(value.value).map_err(|e| e.to_string()).and_then(entry) {
            Ok(e) => entries.push(Entry { line, ..e }),
            Err(e) => problems.push(Problem { line, text: format!("entry {}: {e}", n + 1) }),
        }
    }
    Ok((entries, problems))
}

fn entry(raw: RawEntry) -> Result<Entry, String> {
    let repository = raw.github.as_ref().map(|g| format!("{}/{}", g.owner, g.repo));
    let (path, url) = match (raw.kind.as_str(), raw.github, raw.download_url) {
        ("github", Some(g), _) => {
            let url = format!("https://raw.githubusercontent.com/{}/{}/{}/{}", g.owner, g.repo, g.branch, g.path);
            (Some(g.path), url)
        }
        ("download", _, Some(url)) => (None, url),
        (kind, ..) => return Err(format!("{}: a source of type {kind} is not known, or is not complete", raw.name)),
    };
    Ok(Entry { name: raw.name, references: raw.references, path, url, repository, line: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_name_places_inside_their_folder_only() {
        let text = "indicators:
- type: github
  name: A
  references: [https://a.example/]
  github: {owner: o, repo: r, branch: main, path: a/b.stix2}
- type: github
  name: B
  github: {owner: o, repo: r, branch: main, path: ../../etc/passwd}
- type: carrier-pigeon
  name: C
";
        let (entries, problems) = read(text).unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(problems.len(), 1);
        assert_eq!((entries[0].line, entries[1].line, problems[0].line), (2, 6, 9));
        let dir = Path::new("d");
        assert_eq!(
            entries[0].places(dir, &HashSet::new()),
            [dir.join("a/b.stix2"), dir.join("raw.githubusercontent.com_o_r_main_a_b.stix2"), dir.join("b.stix2")]
        );
        assert!(entries[1].places(dir, &HashSet::new()).iter().all(|p| p.parent() == Some(dir)));
    }

    #[test]
    fn a_name_two_packs_share_is_nobodys_and_no_path_leads_away() {
        let of = |path: &str| Entry {
            name: path.into(),
            references: vec![],
            path: Some(path.into()),
            url: format!("https://x.example/{path}"),
            repository: None,
            line: 0,
        };
        let entries = [of("a/p.stix2"), of("b/p.stix2"), of("c/q.stix2"), of("c/q.stix2")];
        let shared = ambiguous(&entries);
        assert_eq!(shared, HashSet::from(["p.stix2".to_owned()]));
        let dir = Path::new("d");
        assert!(!entries[0].places(dir, &shared).contains(&dir.join("p.stix2")));
        assert!(entries[2].places(dir, &shared).contains(&dir.join("q.stix2")));
        for away in ["..\\x.json", "C:/x.json", "C:x.json", "a/../../x.json", "/etc/x.json"] {
            let mut entry = of(away);
            entry.url = away.into();
            let places = entry.places(dir, &shared);
            assert!(
                places.iter().all(|p| p.parent() == Some(dir) && !p.to_string_lossy().contains(['\\', ':'])),
                "{away}"
            );
        }
    }
}
