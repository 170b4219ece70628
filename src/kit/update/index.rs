//! The list of packs: the `indicators.yaml` of mvt-indicators, and keys of ours that it may also have.
//!
//! ```yaml
//! version: 12                       # ours: never goes back
//! indicators:
//!   - type: github
//!     name: Example
//!     github: {owner: example, repo: packs, branch: main, path: a/b.stix2}
//!     sha256: "…"                   # ours
//!   - type: download
//!     name: Other
//!     download_url: https://example.org/other.stix2
//! ```
//! `docs/packs-update.md` describes every key.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::lock::Version;
use super::url::{Scheme, Url, escape_segment};
use crate::report::sanitize;

/// Bytes of an index at the most.
pub const MAX_INDEX_BYTES: u64 = 1 << 20;
/// Packs of an index at the most.
pub const MAX_PACKS: usize = 1_000;
/// Characters of a name that are kept.
const MAX_NAME: usize = 160;
/// Bytes of a signature or key written in the index.
pub const MAX_SIGNATURE_BYTES: usize = 2_048;
/// Where GitHub serves the files of a repository.
const RAW: &str = "https://raw.githubusercontent.com";

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its number, where it has one.
    pub version: Option<Version>,
    /// In its order; what cannot be understood is kept as a reason.
    pub entries: Vec<Result<Entry, BadEntry>>,
}

/// One pack of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is known by from run to run: its address, or its place on GitHub without branch and commit.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Where it is.
    pub url: Url,
    /// The commit it is fetched at, where the index says so.
    pub commit: Option<String>,
    /// SHA-256 in lower-case hex.
    pub sha256: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Its minisign signature.
    pub signature: Option<SignatureAt>,
    /// The key it is signed with, where that is not the index's own.
    pub public_key: Option<String>,
}

/// Where a signature is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureAt {
    /// In the index.
    Text(String),
    /// At an address.
    Url(Url),
}

/// An entry that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {number}: {why}")]
pub struct BadEntry {
    /// From 1.
    pub number: usize,
    /// Its name, where it has one.
    pub name: String,
    /// What is wrong.
    pub why: String,
}

/// A file that is no index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an index of packs: {0}")]
pub struct NotIndex(pub String);

impl Index {
    /// Reads an index. `base` is its own address: others may be written relative to it, and where it is this machine
    /// over plain HTTP, so may be those of its packs.
    ///
    /// # Errors
    /// It is no index at all. Entries that cannot be used are among the result.
    pub fn parse(bytes: &[u8], base: Option<&Url>) -> Result<Index, NotIndex> {
        let not = |why: &str| NotIndex(why.to_owned());
        let text = std::str::from_utf8(bytes).map_err(|_| not("it is not UTF-8"))?;
        if let Some(what) = super::verify::markup(bytes) {
            return Err(NotIndex(format!("it is {what}")));
        }
        let value: Value = serde_saphyr::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|e| NotIndex(e.to_string().lines().next().unwrap_or_default().to_owned()))?;
        let Value::Object(top) = value else { return Err(not("expected a mapping with `indicators`")) };
        let Some(Value::Array(list)) = top.get("indicators") else {
            return Err(not("expected a list under `indicators`"));
        };
        if list.is_empty() {
            return Err(not("it names no pack"));
        }
        if list.len() > MAX_PACKS {
            return Err(NotIndex(format!("{} packs, at most {MAX_PACKS} (MAX_PACKS)", list.len())));
        }
        let version = match top.get("version") {
            None | Some(Value::Null) => None,
            Some(v) => Some(version(v).map_err(NotIndex)?),
        };
        let mut seen = HashSet::new();
        let entries = list.iter().enumerate().map(|(i, v)| {
            let entry = entry(v, base).and_then(|e| match seen.insert(e.id.clone()) {
                true => Ok(e),
                false => Err(format!("{} is named twice", e.id)),
            });
            entry.map_err(|why| BadEntry { number: i + 1, name: name_of(v), why })
        });
        Ok(Index { version, entries: entries.collect() })
    }
}

fn name_of(v: &Value) -> String {
    v.get("name").and_then(Value::as_str).map_or_else(String::new, |n| sanitize::terminal_cut(n.trim(), MAX_NAME))
}

fn version(v: &Value) -> Result<Version, String> {
    let text = match v {
        Value::Number(n) if n.is_u64() => n.to_string(),
        Value::String(s) => s.clone(),
        _ => return Err("`version` must be a whole number, or dotted numbers in quotes".to_owned()),
    };
    Version::parse(&text).ok_or_else(|| format!("`version`: expected a number or dotted numbers, found {text}"))
}

/// A key that is text. YAML reads digits without quotes as a number, and would lose zeros in front.
fn text<'a>(map: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, String> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(s)) => Ok(Some(s)),
        Some(_) => Err(format!("`{key}` must be text (in quotes)")),
    }
}

fn required<'a>(map: &'a Map<String, Value>, key: &str) -> Result<&'a str, String> {
    text(map, key)?.filter(|s| !s.is_empty()).ok_or_else(|| format!("`{key}` is missing"))
}

fn entry(v: &Value, base: Option<&Url>) -> Result<Entry, String> {
    let Value::Object(map) = v else { return Err("expected a mapping".to_owned()) };
    let (id, url, commit) = match required(map, "type")? {
        "github" => github(map)?,
        "download" => {
            let url = address(required(map, "download_url")?, base)?;
            (url.to_string(), url, None)
        }
        other => {
            return Err(format!("type `{}` is neither github nor download", sanitize::terminal_cut(other, MAX_NAME)));
        }
    };
    let sha256 = match text(map, "sha256")? {
        None => None,
        Some(hash) if hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Some(hash.to_ascii_lowercase())
        }
        Some(_) => return Err("`sha256` is not 64 hexadecimal digits".to_owned()),
    };
    let size = match map.get("size") {
        None | Some(Value::Null) => None,
        Some(n) => Some(n.as_u64().ok_or("`size` must be a whole number of bytes")?),
    };
    let signature = match (text(map, "minisig")?, text(map, "signature")?) {
        (Some(_), Some(_)) => return Err("`minisig` and `signature` are one key with two names".to_owned()),
        (Some(s), None) | (None, Some(s)) => Some(signature(s, base)?),
        (None, None) => None,
    };
    let public_key = text(map, "public_key")?.map(str::to_owned);
    if public_key.as_ref().is_some_and(|k| k.len() > MAX_SIGNATURE_BYTES) {
        return Err("`public_key` is too long".to_owned());
    }
    let name = Some(name_of(v)).filter(|n| !n.is_empty()).unwrap_or_else(|| id.clone());
    Ok(Entry { id, name, url, commit, sha256, size, signature, public_key })
}

fn signature(text: &str, base: Option<&Url>) -> Result<SignatureAt, String> {
    if text.trim_start().starts_with("untrusted comment:") {
        if text.len() > MAX_SIGNATURE_BYTES {
            return Err("`minisig` is too long".to_owned());
        }
        return Ok(SignatureAt::Text(text.trim_start().to_owned()));
    }
    Ok(SignatureAt::Url(address(text.trim(), base)?))
}

/// An address in an index: TLS, or this machine where the index came from it.
fn address(text: &str, base: Option<&Url>) -> Result<Url, String> {
    let url = match base.filter(|_| !text.contains("://")) {
        None => Url::parse(text),
        Some(_) if text.split(['/', '?']).any(|part| part == "." || part == "..") => {
            return Err(format!("{}: `..` in an address", sanitize::terminal_cut(text, MAX_NAME)));
        }
        Some(base) => base.join(text),
    };
    let url = url.map_err(|e| e.to_string())?;
    let loopback = base.is_some_and(|b| b.scheme() == Scheme::Http && b.is_loopback());
    match url.scheme() {
        Scheme::Https => Ok(url),
        Scheme::Http if loopback && url.is_loopback() => Ok(url),
        Scheme::Http => Err(format!("{url}: not HTTPS: on its way anybody could change it")),
    }
}

fn github(map: &Map<String, Value>) -> Result<(String, Url, Option<String>), String> {
    let Some(Value::Object(at)) = map.get("github") else { return Err("`github` is missing".to_owned()) };
    let (owner, repo) = (slug(at, "owner")?, slug(at, "repo")?);
    let path = escape_path("path", required(at, "path")?)?;
    let commit = match text(at, "commit")? {
        None => None,
        Some(c) if (c.len() == 40 || c.len() == 64) && c.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Some(c.to_ascii_lowercase())
        }
        Some(_) => return Err("`commit` is no full commit id".to_owned()),
    };
    let at = match (&commit, text(at, "branch")?) {
        (Some(commit), _) => commit.clone(),
        (None, Some(branch)) => escape_path("branch", branch)?,
        (None, None) => return Err("`branch` is missing".to_owned()),
    };
    let url = Url::parse(&format!("{RAW}/{owner}/{repo}/{at}/{path}")).map_err(|e| e.to_string())?;
    Ok((format!("github.com/{owner}/{repo}/{path}"), url, commit))
}

fn slug<'a>(map: &'a Map<String, Value>, key: &str) -> Result<&'a str, String> {
    let value = required(map, key)?;
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    match plain && value.len() <= 100 && !value.starts_with('.') {
        true => Ok(value),
        false => Err(format!("`{key}` is no name on GitHub")),
    }
}

fn escape_path(key: &str, path: &str) -> Result<String, String> {
    let bad = |part: &str| part.is_empty() || part == "." || part == "..";
    if path.split('/').any(bad) || path.contains(['\\', '\0']) {
        return Err(format!("`{key}` leads out of the repository"));
    }
    Ok(path.split('/').map(escape_segment).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Result<Entry, BadEntry> {
        let mut index = Index::parse(format!("indicators:\n  - {text}\n").as_bytes(), None).unwrap();
        assert_eq!(index.entries.len(), 1);
        index.entries.remove(0)
    }

    #[test]
    fn the_layout_of_mvt_indicators_is_read() {
        let text = "indicators:
  -
    type: github
    name: Some Spyware Indicators of Compromise
    sources:
      - Somebody
    references:
      - https://example.org/report
    github:
      owner: SomeOrg
      repo: investigations
      branch: master
      path: 2021 a/some.stix2

  -
    type: download
    name: Other
    download_url: https://example.org/o.json
";
        let index = Index::parse(text.as_bytes(), None).unwrap();
        assert_eq!(index.version, None);
        let first = index.entries[0].as_ref().unwrap();
        assert_eq!(first.id, "github.com/SomeOrg/investigations/2021%20a/some.stix2");
        assert_eq!(
            first.url.to_string(),
            "https://raw.githubusercontent.com/SomeOrg/investigations/master/2021%20a/some.stix2"
        );
        assert_eq!(index.entries[1].as_ref().unwrap().id, "https://example.org/o.json");
    }

    #[test]
    fn a_commit_stands_for_the_branch_and_not_for_another_pack() {
        let at = "github: {owner: o, repo: r, branch: main, path: a.stix2";
        let plain = one(&format!("{{type: github, name: x, {at}}}}}")).unwrap();
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let pinned = one(&format!("{{type: github, name: x, {at}, commit: \"{commit}\"}}}}")).unwrap();
        assert_eq!(plain.id, pinned.id);
        assert_eq!(pinned.url.to_string(), format!("{RAW}/o/r/{commit}/a.stix2"));
        assert_eq!(pinned.commit.as_deref(), Some(commit));
    }

    #[test]
    fn hostile_entries_cost_themselves() {
        for bad in [
            "just text",
            "{name: x}",
            "{type: torrent, name: x}",
            "{type: download, name: x}",
            "{type: download, name: x, download_url: http://example.org/a}",
            "{type: download, name: x, download_url: http://127.0.0.1/a}",
            "{type: download, name: x, download_url: file:///etc/passwd}",
            "{type: download, name: x, download_url: [1]}",
            "{type: download, name: x, download_url: https://u@example.org/a}",
            "{type: download, name: x, download_url: https://example.org/a, sha256: 12}",
            "{type: download, name: x, download_url: https://example.org/a, sha256: abc}",
            "{type: download, name: x, download_url: https://example.org/a, size: -1}",
            "{type: download, name: x, download_url: https://example.org/a, minisig: x}",
            "{type: download, name: x, download_url: https://example.org/a, minisig: http://example.org/a.minisig}",
            "{type: github, name: x}",
            "{type: github, github: {owner: o, repo: r, branch: main, path: ../../../evil}}",
            "{type: github, github: {owner: o, repo: r, branch: \"../..\", path: a}}",
            "{type: github, github: {owner: \"o/..\", repo: r, branch: main, path: a}}",
            "{type: github, github: {owner: o, repo: \"r?x\", branch: main, path: a}}",
            "{type: github, github: {owner: o, repo: r, branch: main, path: /a}}",
            "{type: github, github: {owner: o, repo: r, path: a}}",
            "{type: github, github: {owner: o, repo: r, branch: m, path: a, commit: main}}",
        ] {
            assert!(one(bad).is_err(), "{bad}");
        }
        assert!(one("{type: download, download_url: https://example.org/a}").is_ok());
    }

    #[test]
    fn what_is_no_index_is_said_to_be_none() {
        for (bytes, says) in [
            (&b"\xff\xfe"[..], "UTF-8"),
            (b"<!DOCTYPE html><html><title>Sign in</title></html>", "HTML"),
            (b"[1, 2]", "indicators"),
            (b"indicators: 3", "indicators"),
            (b"indicators: []", "no pack"),
            (b"a: b: c", ""),
            (b"version: 1.5\nindicators: [{}]", "quotes"),
            (b"version: new\nindicators: [{}]", "number"),
        ] {
            let e = Index::parse(bytes, None).unwrap_err().to_string();
            assert!(e.contains(says), "{e}");
        }
        let many = format!("indicators: [{}]", "{},".repeat(MAX_PACKS + 1));
        assert!(Index::parse(many.as_bytes(), None).unwrap_err().to_string().contains("MAX_PACKS"));
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned()
            + &(1..9)
                .map(|i| {
                    format!(
                        "{0}: &{0} [{1}]\n",
                        char::from(b'a' + i),
                        format!("*{},", char::from(b'a' + i - 1)).repeat(10)
                    )
                })
                .collect::<String>()
            + "indicators: *i\n";
        assert!(Index::parse(bomb.as_bytes(), None).is_err());
    }

    #[test]
    fn addresses_may_be_relative_to_the_index() {
        let parse = |base: &str, at: &str| {
            let base = Url::parse(base).unwrap();
            let text = format!("indicators: [{{type: download, download_url: \"{at}\"}}]");
            Index::parse(text.as_bytes(), Some(&base)).unwrap().entries.remove(0).map(|e| e.url.to_string())
        };
        let base = "https://example.org/a/index.yaml";
        assert_eq!(parse(base, "p/x.stix2").unwrap(), "https://example.org/a/p/x.stix2");
        assert_eq!(parse(base, "/x.stix2").unwrap(), "https://example.org/x.stix2");
        for bad in ["../x", "p/../../x", "http://127.0.0.1/x", "http://example.org/x", "x y"] {
            assert!(parse(base, bad).is_err(), "{bad}");
        }
        let here = "http://127.0.0.1:8080/index.yaml";
        assert_eq!(parse(here, "x").unwrap(), "http://127.0.0.1:8080/x");
        assert!(parse(here, "http://127.0.0.2/x").is_ok());
        assert!(parse(here, "http://192.168.0.1/x").is_err() && parse(here, "http://localhost/x").is_err());
    }

    #[test]
    fn a_pack_named_twice_is_taken_once() {
        let text = "indicators:
  - {type: download, name: a, download_url: https://example.org/a}
  - {type: download, name: b, download_url: https://EXAMPLE.org/a}";
        let index = Index::parse(text.as_bytes(), None).unwrap();
        assert!(index.entries[0].is_ok());
        assert!(index.entries[1].as_ref().unwrap_err().to_string().contains("twice"));
    }
}
