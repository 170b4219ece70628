//! A phone as files in memory, what vigie makes of it, and what in that is a fact.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use vigie::finding::Reason;
use vigie::matcher::Matcher;
use vigie::report::{Extent, Lang, Report, Style, Texts, Written, page};
use vigie::scan::{self, Options, Outputs, Records, Silent, Staging};

/// Files by their path below the folder that is scanned.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// Reads a folder, or one file under its own name.
pub fn load(path: &Path) -> Tree {
    let mut tree = Tree::new();
    if path.is_file() {
        tree.insert(path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap());
        return tree;
    }
    for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(path).unwrap().to_string_lossy().into_owned();
            tree.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    tree
}

/// Writes it into a folder.
pub fn write(tree: &Tree, folder: &Path) {
    for (name, bytes) in tree {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The same tree below a folder.
pub fn below(folder: &str, tree: &Tree) -> Tree {
    tree.iter().map(|(name, bytes)| (format!("{folder}/{name}"), bytes.clone())).collect()
}

/// What vigie says.
pub struct Seen {
    /// Records, by what they are of and where they stand, and how many stand there.
    pub facts: BTreeMap<(String, String), u64>,
    pub report: Report,
    pub page: String,
}

impl Seen {
    /// Whether all was read, of the run and of every device.
    pub fn complete(&self) -> bool {
        self.report.verdict.complete && self.report.devices.iter().all(|d| d.verdict.complete)
    }

    /// Codes of what was lost, wherever it is told.
    pub fn losses(&self) -> BTreeSet<&'static str> {
        let of_devices = self.report.devices.iter().flat_map(|d| &d.verdict.reasons);
        let all = of_devices.chain(&self.report.verdict.reasons).chain(self.report.named.iter().map(|n| &n.reason));
        all.filter(|r| r.code.is_loss()).map(|r| r.code.as_str()).collect()
    }

    /// Whether something says that this artifact lost records, or that its acquisition was not read.
    pub fn tells_of(&self, artifact: &str) -> bool {
        let costs = |notes: &[Reason]| notes.iter().any(|n| n.code.is_loss());
        let lines = self.report.coverage.iter().filter(|c| c.artifact == artifact);
        let of_device = self.report.devices.iter().any(|d| costs(&d.verdict.reasons));
        if self.report.devices.is_empty() {
            return costs(&self.report.verdict.reasons);
        }
        // What is wrong with the archive around an acquisition is told of the archive.
        let around =
            |path: &str| self.report.named.iter().any(|n| n.reason.code.is_loss() && path.starts_with(&n.path));
        let of_evidence = self.report.evidence.iter().any(|e| costs(&e.notes) || around(&e.path));
        of_device && (of_evidence || lines.clone().next().is_none() || lines.into_iter().any(|l| !l.is_whole()))
    }
}

/// Scans a tree written to disk.
pub fn scan_tree(tree: &Tree, matcher: &Matcher) -> Seen {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("given");
    fs::create_dir(&root).unwrap();
    write(tree, &root);
    scan_at(&root, dir.path(), matcher)
}

/// Scans a path; `scratch` is for the report.
pub fn scan_at(path: &Path, scratch: &Path, matcher: &Matcher) -> Seen {
    let paths = vec![path.to_path_buf()];
    let opening = scan::open(&paths);
    let options = Options::reproducible(paths, 1, Records::Plain);
    let folder = Staging::begin(&scratch.join("report"), false, &[]).unwrap();
    let report = scan::scan(&opening, matcher, &options, Outputs { folder: Some(folder) }, &Silent).unwrap().report;
    let mut facts = BTreeMap::new();
    for entry in fs::read_dir(scratch.join("report/records")).unwrap() {
        let path = entry.unwrap().path();
        let artifact = path.file_name().unwrap().to_str().unwrap().strip_suffix(".jsonl").unwrap().to_owned();
        for line in fs::read_to_string(&path).unwrap().lines() {
            if let Some(anchor) = anchor(&artifact, &serde_json::from_str(line).unwrap()) {
                *facts.entry((artifact.clone(), anchor)).or_default() += 1;
            }
        }
    }
    let mut text = Vec::new();
    let style = Style { color: false, width: 80 };
    page(&report, &Texts::new(Lang::En), style, Extent::All, Written::Here, &mut text).unwrap();
    Seen { facts, report, page: String::from_utf8(text).unwrap() }
}

/// Where a record stands; `None` for one that is made of the values of others.
fn anchor(artifact: &str, record: &Value) -> Option<String> {
    let text = |key: &str| record[key].as_str().unwrap_or_default();
    let shape = text("shape");
    let of_values = matches!(
        (artifact, shape),
        ("ios.datausage", "gap" | "deleted_process")
            | ("ios.whatsapp", "stray_media")
            | ("android.getprop", "security_patch")
            | ("android.settings", "component" | "endpoint")
    );
    if of_values {
        return None;
    }
    if artifact == "android.tombstones" {
        return Some(text("source").trim_end_matches(".pb").to_owned());
    }
    if artifact.starts_with("android.") {
        // Of lines of a text the heads count, not where they stand; a value may say that one is private.
        let head = match shape {
            "identifier" => "property",
            "personal_setting" => "setting",
            "personal_change" => "change",
            other => other,
        };
        return Some(head.to_owned());
    }
    Some(format!("{shape} {} {}", text("source"), text("locator")))
}

/// What the first has and the second has not: artifact, anchor, and how many.
pub fn lost(before: &Seen, after: &Seen) -> Vec<(String, String, u64)> {
    let left = |key: &(String, String)| after.facts.get(key).copied().unwrap_or_default();
    before
        .facts
        .iter()
        .filter(|(key, n)| **n > left(key))
        .map(|(key, n)| (key.0.clone(), key.1.clone(), n - left(key)))
        .collect()
}
