//! The engine: opens what was given, plans tasks, runs them side by side behind a fence, accounts for every one, and
//! puts the results together in an order that depends on nothing but the input.

mod combine;
mod json;
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
mod watch;

use std::path::{Path, PathBuf};

use crate::evidence::{DeviceFacts, Evidence, Invalid, Opened, Place};
use crate::finding::{Reason, Step};
use crate::formats::hex;
use crate::record::Timestamp;
use crate::report::{Report, RunOptions};

pub use combine::instants;
pub use output::{OutputError, Staging, check_file, remove_on_interrupt, remove_unfinished, write_file};
pub use run::{Outputs, scan};
pub use summary::shown_by;
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

/// Acquisitions of a run, and whose they are.
pub struct Opening {
    /// In the order given.
    pub evidence: Vec<Acquisition>,
    /// Devices, in the order of their first acquisition.
    pub devices: Vec<DeviceGroup>,
}

/// One acquisition, or why it is none.
pub struct Acquisition {
    /// `e1`, …
    pub id: String,
    /// `d1`, …
    pub device: String,
    /// What it is.
    pub what: Result<Box<dyn Evidence>, Invalid>,
}

/// Acquisitions of one device.
#[derive(Debug, Clone, Default)]
pub struct DeviceGroup {
    /// `d1`, …
    pub id: String,
    /// Indexes into [`Opening::evidence`].
    pub evidence: Vec<usize>,
    /// What they say together.
    pub facts: DeviceFacts,
}

/// Every place some artifact asks for, so that an acquisition is looked through once.
fn places() -> Vec<Place> {
    let mut all: Vec<Place> = Vec::new();
    for artifact in crate::artifacts::ALL {
        for source in artifact.sources {
            if !all.contains(&source.place) {
                all.push(source.place);
            }
        }
    }
    all
}

/// Opens everything that was given and groups it by device.
pub fn open(paths: &[PathBuf]) -> Opening {
    let places = places();
    tracing::debug!(paths = paths.len(), "opening");
    let mut opening = Opening { evidence: Vec::new(), devices: Vec::new() };
    for opened in paths.iter().flat_map(|p| open_one(p, &places)) {
        let what = match opened {
            Opened::Evidence(e) => Ok(e),
            Opened::Invalid(i) => Err(i),
        };
        let at = opening.evidence.len();
        let group = opening.group_of(&what);
        opening.devices[group].evidence.push(at);
        let device = opening.devices[group].id.clone();
        opening.evidence.push(Acquisition { id: format!("e{}", at + 1), device, what });
    }
    opening
}

/// Opens one path behind the fence.
fn open_one(path: &Path, places: &[Place]) -> Vec<Opened> {
    run::opened(|| crate::evidence::open(path, places)).unwrap_or_else(|place| {
        let path = path.display().to_string();
        let text = format!("{path}: cannot be read, because of a mistake in vigie ({place}); please report this");
        let reason = reason("internal-error", text, &[("path", &path)]);
        vec![Opened::Invalid(Invalid { path, kind: "unreadable", reason })]
    })
}

impl Opening {
    /// The device an acquisition belongs to; a new one when it names no device that is known already.
    fn group_of(&mut self, what: &Result<Box<dyn Evidence>, Invalid>) -> usize {
        let facts = what.as_ref().map(|e| e.device().clone()).unwrap_or_default();
        let known =
            self.devices.iter().position(|d| facts.identifiers.iter().any(|id| d.facts.identifiers.contains(id)));
        match known {
            Some(at) => {
                merge_facts(&mut self.devices[at].facts, facts);
                at
            }
            None => {
                let id = format!("d{}", self.devices.len() + 1);
                self.devices.push(DeviceGroup { id, evidence: Vec::new(), facts });
                self.devices.len() - 1
            }
        }
    }
}

/// Adds what a further acquisition of the same device says; the newer acquisition's word counts.
fn merge_facts(known: &mut DeviceFacts, more: DeviceFacts) {
    let newer = match (known.acquired, more.acquired) {
        (Some(a), Some(b)) => b.micros > a.micros,
        (None, _) => true,
        _ => false,
    };
    for id in more.identifiers {
        if !known.identifiers.contains(&id) {
            known.identifiers.push(id);
        }
    }
    for (name, value) in more.facts {
        match known.facts.iter_mut().find(|(n, _)| *n == name) {
            Some(slot) if newer => slot.1 = value,
            Some(_) => {}
            None => known.facts.push((name, value)),
        }
    }
    known.zone = known.zone.take().or(more.zone);
    if newer {
        known.acquired = more.acquired.or(known.acquired);
    }
}

/// The id of a finding: a hash of what it is about, so that a rebuilt pack or a moved folder does not make it new.
fn finding_id(device: &DeviceFacts, device_id: &str, artifact: &str, step: Step, pattern: &str) -> String {
    use sha2::{Digest, Sha256};
    let whose = device.identifiers.first().map_or(device_id, String::as_str);
    let mut hash = Sha256::new();
    for part in [whose, artifact, step.as_str(), pattern] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    format!("F-{}", hex(&hash.finalize()[..6]))
}

fn reason(code: &str, text: String, args: &[(&str, &str)]) -> Reason {
    let args = args.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Reason { code: code.to_owned(), text, args }
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
    /// Working storage failed.
    #[error("working storage: {0}")]
    Io(#[from] std::io::Error),
    /// The threads could not be started.
    #[error("{0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}
