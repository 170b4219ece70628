//! The engine: opens what was given, plans tasks, runs them side by side behind a fence, accounts for every one, and
//! puts the results together in an order that depends on nothing but the input.

mod applicability;
mod combine;
mod coverage;
mod findings;
mod json;
mod opening;
pub mod output;
mod plan;
mod run;
pub mod selector;
pub mod stored;
mod summary;
mod suppress;
mod task;
mod timeline;
mod toml_file;
mod verdict;
mod watch;
mod workplace;

use std::path::PathBuf;

use crate::device::DeviceFacts;
use crate::finding::Step;
use crate::formats::hex;
use crate::record::Timestamp;
use crate::report::{Lang, Report, RunOptions};

pub use applicability::shown_by;
pub use combine::instants;
pub use opening::{Acquisition, DeviceGroup, NamedThing, Opening, open};
pub use output::{OutputError, Staging, check_file, remove_on_interrupt, remove_unfinished, write_file};
pub use run::{Outputs, scan};
pub use suppress::SuppressFile;
pub use task::{MAX_RECORDS, MAX_SECONDS};
pub use toml_file::{TomlError, TomlFile};
pub use watch::{Onlooker, Trouble, watch};

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Records {
    /// `records/<artifact>.jsonl.zst`
    Zst,
    /// `records/<artifact>.jsonl`
    Plain,
    /// Not at all.
    None,
}

impl Records {
    /// The word of the option.
    pub fn as_str(self) -> &'static str {
        match self {
            Records::Zst => "zst",
            Records::Plain => "plain",
            Records::None => "none",
        }
    }
}

/// What a run is told.
#[derive(Debug, Clone)]
pub struct Options {
    /// Acquisitions, or folders that hold some.
    pub paths: Vec<PathBuf>,
    /// Threads; the result does not depend on it.
    pub jobs: usize,
    /// How records are written.
    pub records: Records,
    /// The date that age rules are computed for.
    pub as_of: Option<Timestamp>,
    /// What is known to be innocent.
    pub suppress: Vec<SuppressFile>,
    /// Language of `page.txt`.
    pub lang: Lang,
    /// Leave out whatever differs between two runs over the same input.
    pub reproducible: bool,
    /// Case number.
    pub case: Option<String>,
    /// Who runs it.
    pub operator: Option<String>,
    /// How the owner consented.
    pub consent: Option<String>,
    /// For the report.
    pub run: RunOptions,
}

impl Options {
    /// A run of which two over the same input leave the same bytes, with nothing asked for beside.
    pub fn reproducible(paths: Vec<PathBuf>, jobs: usize, records: Records) -> Options {
        let told = RunOptions {
            indicators: Vec::new(),
            builtin: false,
            as_of: None,
            records: records.as_str().to_owned(),
            jobs,
        };
        Options {
            paths,
            jobs,
            records,
            as_of: None,
            suppress: Vec::new(),
            lang: Lang::En,
            reproducible: true,
            case: None,
            operator: None,
            consent: None,
            run: told,
        }
    }
}

/// Who is told how far the work is.
pub trait Progress: Sync {
    /// There is this much to do, in bytes or so.
    fn planned(&self, total: u64);
    /// This much of it is done; what comes next.
    fn done(&self, weight: u64, what: &str);
}

/// Nobody.
pub struct Silent;

impl Progress for Silent {
    fn planned(&self, _: u64) {}
    fn done(&self, _: u64, _: &str) {}
}

/// The id of a finding: a hash of what it is about, so that a rebuilt pack or a moved folder does not make it new.
fn finding_id(device: &DeviceFacts, device_id: &str, artifact: &str, step: Step, pattern: &str) -> String {
    use sha2::{Digest, Sha256};
    let whose = device.identifiers.first().map_or(device_id, |id| id.value.as_str());
    let mut hash = Sha256::new();
    for part in [whose, artifact, step.as_str(), pattern] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    format!("F-{}", hex(&hash.finalize()[..6]))
}

/// A finished scan.
pub struct Scanned {
    /// The report.
    pub report: Report,
    /// Where it was written.
    pub written: Option<PathBuf>,
}

/// Why a scan could not be done at all.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The report could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Writing failed, or working storage; the error names the place.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The threads could not be started.
    #[error("{0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}
