//! `packs regress`: scans every acquisition of a folder with packs and compares with the last accepted run.
//!
//! Each acquisition is scanned alone and is a device of its own, named by its path below the folder; so a change is told
//! of one acquisition, and a new one changes nothing about the others.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::expect::{Check, Expectations, Subject, compare};
use crate::matcher::Matcher;
use crate::record::Timestamp;
use crate::report::{Report, write_json};
use crate::scan::{self, Opening, Options, Outputs, Records, ScanError, Silent};

/// Acquisitions of a corpus at the most.
const MAX_ACQUISITIONS: usize = 10_000;

/// Why a corpus cannot be scanned.
#[derive(Debug, thiserror::Error)]
pub enum RegressError {
    /// The folder cannot be listed.
    #[error("{path}: {source}")]
    Io {
        /// The folder.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is nothing to scan.
    #[error("{0}: no acquisition in it; expected a folder of backups and bug reports")]
    Nothing(String),
    /// There is too much.
    #[error("{0}: more than {MAX_ACQUISITIONS} acquisitions")]
    TooMany(String),
    /// A scan failed.
    #[error(transparent)]
    Scan(#[from] ScanError),
}

/// One acquisition of the corpus, scanned.
#[derive(Debug)]
pub struct Acquired {
    /// Its path below the corpus, with `/`.
    pub name: String,
    /// Its own path.
    pub path: PathBuf,
    /// What the scan says.
    pub report: Report,
}

/// Scans every acquisition of the folder, in the order of their paths. Files that are no acquisition are passed over,
/// as are hidden ones; what should be one and cannot be examined (encrypted, cut short) is not.
pub fn scan_corpus(
    corpus: &Path,
    matcher: &Matcher,
    as_of: Option<Timestamp>,
    jobs: usize,
) -> Result<Vec<Acquired>, RegressError> {
    let shown = || corpus.display().to_string();
    let io = |source| RegressError::Io { path: shown(), source };
    let mut children: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(corpus).map_err(io)? {
        let entry = entry.map_err(io)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            children.push(entry.path());
        }
    }
    children.sort();
    let mut all: Vec<Acquired> = Vec::new();
    for child in children {
        for path in acquisitions(&child) {
            if all.len() >= MAX_ACQUISITIONS {
                return Err(RegressError::TooMany(shown()));
            }
            let opening = scan::open(std::slice::from_ref(&path));
            let options = Options { as_of, ..Options::reproducible(vec![path.clone()], jobs, Records::None) };
            let report = scan::scan(&opening, matcher, &options, Outputs::default(), &Silent)?.report;
            all.push(Acquired { name: name(corpus, &path), path, report });
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    if all.is_empty() { Err(RegressError::Nothing(shown())) } else { Ok(all) }
}

/// The acquisitions a path is, or holds.
fn acquisitions(path: &Path) -> Vec<PathBuf> {
    let Opening { evidence, .. } = scan::open(&[path.to_path_buf()]);
    let path_of = |a: &scan::Acquisition| match &a.what {
        Ok(e) => Some(PathBuf::from(e.path())),
        Err(i) => Some(PathBuf::from(&i.path)).filter(|_| i.kind != "unknown"),
    };
    evidence.iter().filter_map(path_of).collect()
}

fn name(corpus: &Path, path: &Path) -> String {
    let below = path.strip_prefix(corpus).unwrap_or(path);
    below.to_string_lossy().replace('\\', "/")
}

/// The acquisitions as subjects of a comparison.
pub fn subjects(acquired: &[Acquired]) -> Vec<Subject<'_>> {
    acquired.iter().filter_map(|a| Subject::named(&a.name, &a.report)).collect()
}

/// Compares with the accepted run.
pub fn changes(accepted: &Expectations, acquired: &[Acquired]) -> Vec<Check> {
    compare(accepted, &subjects(acquired), true)
}

/// The comparison as JSON, for programs.
pub fn json(corpus: &Path, file: &Path, acquired: &[Acquired], checks: &[Check], accepted: bool) -> Vec<u8> {
    let change = |c: &Check| {
        let difference = c.difference.as_ref()?;
        Some(json!({
            "change": c.change.as_str(),
            "acquisition": c.device,
            "about": c.about,
            "expected": difference.expected,
            "got": difference.got,
            "line": c.line,
        }))
    };
    let acquisition = |a: &Acquired| {
        let verdict = &a.report.verdict;
        json!({
            "name": a.name,
            "verdict": verdict.state.as_str(),
            "complete": verdict.complete,
            "findings": a.report.findings.len(),
        })
    };
    let all: Value = json!({
        "corpus": corpus.display().to_string(),
        "expect": file.display().to_string(),
        "accepted": accepted,
        "checks": checks.len(),
        "acquisitions": acquired.iter().map(acquisition).collect::<Vec<_>>(),
        "changes": checks.iter().filter_map(change).collect::<Vec<_>>(),
    });
    write_json(&all)
}
