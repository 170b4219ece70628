//! Every artifact against acquisitions that hold hardly more than it: `fixtures/<platform>/<artifact>/<case>/`.
//!
//! `input/` is written by `fixtures/maker`. `expected.jsonl` holds the records as `records/<artifact>.jsonl` does,
//! without the acquisition's id, and `coverage.json` what the coverage contract says of the artifact. `UPDATE=1` writes
//! both anew; what it writes is to be read against what the maker planted.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vigie::matcher::Matcher;
use vigie::packs::Library;
use vigie::scan::{self, Options, Outputs, Records, Silent, Staging};

/// Fewer cases than this, and the walk has gone wrong.
const AT_LEAST: usize = 36;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Folders in a folder, sorted.
fn folders(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// What vigie makes of a case: the artifact's records, and its line of the coverage contract.
fn read(input: &Path, artifact: &str) -> (String, String) {
    let scratch = tempfile::tempdir().unwrap();
    let paths = vec![input.to_path_buf()];
    let opening = scan::open(&paths);
    let options = Options::reproducible(paths, 1, Records::Plain);
    let folder = Staging::begin(&scratch.path().join("report"), false, &[]).unwrap();
    let matcher = Matcher::new(Library::default());
    let scanned = scan::scan(&opening, &matcher, &options, Outputs { folder: Some(folder) }, &Silent).unwrap();
    let file = scratch.path().join(format!("report/records/{artifact}.jsonl"));
    let mut records = String::new();
    if file.exists() {
        for line in fs::read_to_string(&file).unwrap().lines() {
            let rest = line.strip_prefix("{\"evidence\":\"e1\",").expect("a record of the one acquisition");
            writeln!(records, "{{{rest}").unwrap();
        }
    }
    let codes = |notes: &[vigie::finding::Reason]| notes.iter().map(|n| n.code).collect::<Vec<_>>();
    let line = scanned.report.coverage.iter().find(|c| c.artifact == artifact);
    let coverage = line.map_or(Value::Null, |c| {
        json!({
            "status": c.status,
            "records": c.records,
            "expected": c.expected,
            "lost": c.lost,
            "first": c.first,
            "last": c.last,
            "source": c.source,
            "notes": codes(&c.notes),
            "acquisition_notes": codes(&scanned.report.evidence[0].notes),
        })
    });
    (records, format!("{coverage:#}\n"))
}

/// The first line in which two texts differ.
fn difference(expected: &str, found: &str) -> Option<String> {
    let (mut a, mut b) = (expected.lines(), found.lines());
    for number in 1.. {
        match (a.next(), b.next()) {
            (None, None) => return (expected != found).then(|| "only the line ends differ".to_owned()),
            (x, y) if x == y => {}
            (x, y) => {
                let [x, y] = [x, y].map(|side| side.unwrap_or("(nothing)"));
                return Some(format!("line {number}\n  expected: {x}\n  found:    {y}"));
            }
        }
    }
    None
}

#[test]
fn every_case_reads_as_expected() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut cases = 0;
    let mut failures = String::new();
    for platform in ["android", "ios"] {
        for folder in folders(&fixtures().join(platform)) {
            let artifact = format!("{platform}.{}", name(&folder));
            assert!(vigie::artifacts::ALL.iter().any(|a| a.id == artifact), "{}: no such artifact", folder.display());
            for case in folders(&folder) {
                cases += 1;
                let shown = format!("fixtures/{platform}/{}/{}", name(&folder), name(&case));
                let (records, coverage) = read(&case.join("input"), &artifact);
                for (file, found) in [("expected.jsonl", records), ("coverage.json", coverage)] {
                    let path = case.join(file);
                    if update {
                        fs::write(&path, &found).unwrap();
                        continue;
                    }
                    let told = match fs::read_to_string(&path) {
                        Ok(expected) => difference(&expected, &found),
                        Err(_) => Some("does not exist; UPDATE=1 writes it".to_owned()),
                    };
                    if let Some(told) = told {
                        writeln!(failures, "{shown}/{file}: {told}").unwrap();
                    }
                }
            }
        }
    }
    assert!(cases >= AT_LEAST, "only {cases} cases were visited");
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn differences_are_told_by_line() {
    assert_eq!(difference("a\nb\n", "a\nb\n"), None);
    assert_eq!(difference("a\nb\n", "a\nc\n").unwrap(), "line 2\n  expected: b\n  found:    c");
    assert_eq!(difference("a\n", "a\nc\n").unwrap(), "line 2\n  expected: (nothing)\n  found:    c");
    assert!(difference("a\n", "a").is_some());
}
