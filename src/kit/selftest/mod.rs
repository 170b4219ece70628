//! The self-test of packs: writes phones that show every indicator, and phones that show what is nearly one, scans them
//! with the engine, and says which indicators fire, which near misses do, and what no evidence can show.
//!
//! The phones are files as phones and computers write them, made by the writers of our fixtures. Nothing is handed to
//! the matcher behind the parsers' back. `docs/selftest.md` says what is written for which kind of indicator.

mod forms;
mod judge;
mod known;
mod onlook;
mod plan;
mod report;
mod subject;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use vigie_fixtures::android::Container;
use vigie_fixtures::devices;

use crate::matcher::Matcher;
use crate::packs::Library;
use crate::scan::{self, ScanError};

pub use report::{Failed, NearHit, NearMisses, Never, PackReport, Phone, Report, Unasked};

use judge::Case;
use known::Known;
use onlook::{Eyes, Seen};
use plan::Plan;
use subject::Subject;

/// Folders of the phones, in the order of [`plan::PHONES`].
const FOLDERS: [&str; 4] = ["ios-positive", "ios-near-miss", "android-positive", "android-near-miss"];

/// How a self-test is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads; the result does not depend on it.
    pub jobs: usize,
    /// Leave the phones in this folder, which must be new or empty.
    pub keep: Option<PathBuf>,
}

/// Why a self-test could not be done.
#[derive(Debug, thiserror::Error)]
pub enum SelftestError {
    /// The folder for the phones is of no use.
    #[error("{path}: {why}")]
    Folder {
        /// The folder.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A phone could not be written.
    #[error("cannot write {phone}: {why}")]
    Write {
        /// Which.
        phone: String,
        /// What the system or SQLite said.
        why: String,
    },
    /// A phone that was just written is not recognised.
    #[error("cannot open {phone}: {why}")]
    Open {
        /// Which.
        phone: String,
        /// What was said of it.
        why: String,
    },
    /// The scan itself failed.
    #[error(transparent)]
    Scan(#[from] ScanError),
}

/// Tests everything that a library holds.
pub fn run(library: Library, options: &Options) -> Result<Report, SelftestError> {
    let subjects = subject::subjects(&library);
    let plan = plan::plan(&subjects, &Known::of(&library));
    let matcher = Matcher::new(library);
    tracing::debug!(subjects = subjects.len(), rows = plan.shows.len(), "planned");
    let folder = Folder::new(options.keep.as_deref())?;
    // Rules over fields are not made up: the demonstration phones hold what ours are about.
    let rules = subjects.iter().any(|s| s.claims.is_err());
    let paths = write(&plan, folder.path(), rules, options.jobs)?;
    tracing::debug!(phones = paths.len(), "written");
    let (seen, troubles) = look(&plan, &subjects, &matcher, &paths, options.jobs)?;
    tracing::debug!(hits = seen.hits.len(), "scanned");
    let case = Case { matcher: &matcher, subjects: &subjects, plan: &plan, seen: &seen };
    Ok(judge::judge(&case, troubles))
}

/// Where the phones are written.
enum Folder {
    Kept(PathBuf),
    Passing(tempfile::TempDir),
}

impl Folder {
    fn new(keep: Option<&Path>) -> Result<Folder, SelftestError> {
        let wrong = |path: &Path, why: String| SelftestError::Folder { path: path.display().to_string(), why };
        let Some(keep) = keep else {
            let made = tempfile::Builder::new().prefix("vigie-selftest-").tempdir();
            let made = made.map_err(|e| wrong(&std::env::temp_dir(), e.to_string()))?;
            scan::remove_on_interrupt(made.path());
            return Ok(Folder::Passing(made));
        };
        std::fs::create_dir_all(keep).map_err(|e| wrong(keep, e.to_string()))?;
        let mut held = std::fs::read_dir(keep).map_err(|e| wrong(keep, e.to_string()))?;
        if held.next().is_some() {
            return Err(wrong(keep, "it is not empty; name a new folder".to_owned()));
        }
        Ok(Folder::Kept(keep.to_path_buf()))
    }

    fn path(&self) -> &Path {
        match self {
            Folder::Kept(path) => path,
            Folder::Passing(made) => made.path(),
        }
    }
}

/// Writes all phones side by side; those with rows first, in their order.
fn write(plan: &Plan, root: &Path, rules: bool, jobs: usize) -> Result<Vec<PathBuf>, SelftestError> {
    let mut names = FOLDERS.to_vec();
    if rules {
        names.extend(["demo-ios", "demo-android"]);
    }
    let one = |(i, name): (usize, &&str)| -> Result<PathBuf, SelftestError> {
        let path = root.join(name);
        let written = match (plan.phones.get(i), *name) {
            (Some(phone), _) => phone.write(&path),
            (None, "demo-ios") => devices::ana().write(&path),
            (None, _) => devices::jelena().write(&path, Container::Folder),
        };
        written.map_err(|e| SelftestError::Write { phone: (*name).to_owned(), why: format!("{e:#}") })?;
        Ok(path)
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build().map_err(ScanError::from)?;
    pool.install(|| names.par_iter().enumerate().map(one).collect())
}

/// Scans the phones.
fn look(
    plan: &Plan,
    subjects: &[Subject],
    matcher: &Matcher,
    paths: &[PathBuf],
    jobs: usize,
) -> Result<(Seen, Vec<String>), SelftestError> {
    let opening = scan::open(paths);
    let mut phones = HashMap::new();
    for (at, acquisition) in opening.evidence.iter().enumerate() {
        match &acquisition.what {
            Ok(_) if at < plan.phones.len() => _ = phones.insert(acquisition.id.clone(), at),
            Ok(_) => {}
            Err(e) => {
                let phone = paths.get(at).map_or_else(String::new, |p| p.display().to_string());
                return Err(SelftestError::Open { phone, why: e.reason.text.clone() });
            }
        }
    }
    let eyes = Eyes::new(plan, subjects, phones.clone());
    let troubles = scan::watch(&opening, matcher, jobs, &eyes)?;
    // What the demonstration phones lack is their own affair.
    let told = |t: scan::Trouble| {
        let phone = phones.get(&t.evidence)?;
        Some(format!("{}: {}: {}", FOLDERS[*phone], t.artifact, t.text))
    };
    Ok((eyes.close(), troubles.into_iter().filter_map(told).collect()))
}

#[cfg(test)]
mod tests;
