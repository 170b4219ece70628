//! Expectations: what a scan of known acquisitions should say, in a file people read and write.
//!
//! Nothing in it is a finding's id, a date of a run or a word of a text: what is compared is the verdict, which artifact
//! showed which indicator how often, and what could be read. `docs/expectations.md` is the description for people.

mod compare;
mod write;

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::finding::{Severity, State, Status, Step};
use crate::scan::selector::{Named, Selector};
use crate::scan::{TomlError, TomlFile};

pub use compare::{Change, Check, Difference, Subject, compare, subjects};
pub use write::write;

/// Version of the format.
pub const VERSION: u32 = 1;

/// What is expected, of every device of a run.
#[derive(Debug, Clone)]
pub struct Expectations {
    /// The file, as given.
    pub path: String,
    /// No other device than those named.
    pub closed: bool,
    /// In the order of the file.
    pub devices: Vec<DeviceExpectation>,
}

/// What is expected of one device.
#[derive(Debug, Clone)]
pub struct DeviceExpectation {
    /// Line in the file.
    pub line: u64,
    /// How the paths of its acquisitions end; one for each.
    pub evidence: Vec<String>,
    /// Its verdict.
    pub verdict: Option<State>,
    /// Whether everything required was read whole.
    pub complete: Option<bool>,
    /// No other finding than those named.
    pub closed: bool,
    /// What must be found.
    pub findings: Vec<FindingExpectation>,
    /// What must not be found.
    pub absent: Vec<AbsentExpectation>,
    /// What must have been read.
    pub coverage: Vec<CoverageExpectation>,
}

/// Something that must be found.
#[derive(Debug, Clone)]
pub struct FindingExpectation {
    /// Line in the file.
    pub line: u64,
    /// What it is.
    pub about: Selector,
    /// How much it weighs; of several findings that are meant, the worst.
    pub severity: Option<Severity>,
    /// Records; of several findings that are meant, all together.
    pub count: Count,
}

/// Something that must not be found.
#[derive(Debug, Clone)]
pub struct AbsentExpectation {
    /// Line in the file.
    pub line: u64,
    /// What it is.
    pub about: Selector,
}

/// Something that must have been read.
#[derive(Debug, Clone)]
pub struct CoverageExpectation {
    /// Line in the file.
    pub line: u64,
    /// Artifact id.
    pub artifact: String,
    /// How the acquisition's path ends; for a device with several.
    pub evidence: Option<String>,
    /// How reading it ended.
    pub status: Option<Status>,
    /// How many records it gave.
    pub records: Option<Count>,
}

/// A number that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// This many.
    Exact(u64),
    /// This many or more.
    AtLeast(u64),
}

impl Count {
    fn holds(self, n: u64) -> bool {
        match self {
            Count::Exact(m) => n == m,
            Count::AtLeast(m) => n >= m,
        }
    }

    fn of(exact: Option<u64>, min: Option<u64>, names: [&str; 2]) -> Result<Option<Count>, String> {
        match (exact, min) {
            (Some(_), Some(_)) => Err(format!("{} and {} exclude each other", names[0], names[1])),
            (Some(n), None) => Ok(Some(Count::Exact(n))),
            (None, Some(n)) => Ok(Some(Count::AtLeast(n))),
            (None, None) => Ok(None),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: Spanned<u32>,
    #[serde(default = "yes")]
    closed: bool,
    #[serde(default)]
    device: Vec<Spanned<RawDevice>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDevice {
    evidence: Vec<String>,
    verdict: Option<State>,
    complete: Option<bool>,
    #[serde(default = "yes")]
    closed: bool,
    #[serde(default)]
    finding: Vec<Spanned<RawFinding>>,
    #[serde(default)]
    absent: Vec<Spanned<RawAbsent>>,
    #[serde(default)]
    coverage: Vec<Spanned<RawCoverage>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFinding {
    artifact: String,
    pattern: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    value: Option<String>,
    rule: Option<String>,
    step: Option<Step>,
    severity: Option<Severity>,
    count: Option<u64>,
    min: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAbsent {
    artifact: Option<String>,
    pattern: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    value: Option<String>,
    rule: Option<String>,
    step: Option<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCoverage {
    artifact: String,
    evidence: Option<String>,
    status: Option<Status>,
    records: Option<u64>,
    min_records: Option<u64>,
}

/// A forgotten `closed` must not let anything through.
fn yes() -> bool {
    true
}

impl Expectations {
    /// Reads a file and checks all of it.
    pub fn read(path: &Path) -> Result<Expectations, TomlError> {
        Expectations::of(&TomlFile::read(path)?)
    }

    /// Checks a file.
    pub fn of(file: &TomlFile) -> Result<Expectations, TomlError> {
        let raw: RawFile = file.parse()?;
        if *raw.version.get_ref() != VERSION {
            return Err(file.wrong(raw.version.span().start, format!("expected version = {VERSION}")));
        }
        let devices = raw.device.into_iter().map(|d| device(file, d)).collect::<Result<_, _>>()?;
        Ok(Expectations { path: file.path().to_owned(), closed: raw.closed, devices })
    }
}

fn device(file: &TomlFile, raw: Spanned<RawDevice>) -> Result<DeviceExpectation, TomlError> {
    let start = raw.span().start;
    let raw = raw.into_inner();
    if raw.evidence.is_empty() {
        return Err(file.wrong(start, "evidence is empty; name how the paths of the device's acquisitions end"));
    }
    Ok(DeviceExpectation {
        line: file.line(start),
        evidence: raw.evidence,
        verdict: raw.verdict,
        complete: raw.complete,
        closed: raw.closed,
        findings: raw.finding.into_iter().map(|f| finding(file, f)).collect::<Result<_, _>>()?,
        absent: raw.absent.into_iter().map(|a| absent(file, a)).collect::<Result<_, _>>()?,
        coverage: raw.coverage.into_iter().map(|c| coverage(file, c)).collect::<Result<_, _>>()?,
    })
}

fn finding(file: &TomlFile, raw: Spanned<RawFinding>) -> Result<FindingExpectation, TomlError> {
    let start = raw.span().start;
    let wrong = |what: String| file.wrong(start, what);
    let RawFinding { artifact, pattern, kind, value, rule, step, severity, count, min } = raw.into_inner();
    let about = Selector::new(Named { artifact: Some(artifact), pattern, kind, value, rule, step }).map_err(wrong)?;
    if !about.names_indicator() {
        return Err(wrong("expected what was found: pattern, value (with or without type), or rule".into()));
    }
    let count = Count::of(count, min, ["count", "min"]).map_err(wrong)?.unwrap_or(Count::AtLeast(1));
    if matches!(count, Count::Exact(0) | Count::AtLeast(0)) {
        return Err(wrong(
            "a finding stands on at least one record; what must not be there belongs under absent".into(),
        ));
    }
    Ok(FindingExpectation { line: file.line(start), about, severity, count })
}

fn absent(file: &TomlFile, raw: Spanned<RawAbsent>) -> Result<AbsentExpectation, TomlError> {
    let start = raw.span().start;
    let RawAbsent { artifact, pattern, kind, value, rule, step } = raw.into_inner();
    let about = Selector::new(Named { artifact, pattern, kind, value, rule, step });
    let about = about.map_err(|what| file.wrong(start, what))?;
    if !about.names_something() {
        return Err(file.wrong(start, "expected what must not be found: artifact, pattern, value or rule"));
    }
    Ok(AbsentExpectation { line: file.line(start), about })
}

fn coverage(file: &TomlFile, raw: Spanned<RawCoverage>) -> Result<CoverageExpectation, TomlError> {
    let start = raw.span().start;
    let wrong = |what: String| file.wrong(start, what);
    let raw = raw.into_inner();
    // Only for its check of the name.
    Selector::new(Named { artifact: Some(raw.artifact.clone()), ..Named::default() }).map_err(wrong)?;
    let records = Count::of(raw.records, raw.min_records, ["records", "min_records"]).map_err(wrong)?;
    if raw.status.is_none() && records.is_none() {
        return Err(wrong("expected a status, records or min_records beside the artifact".into()));
    }
    Ok(CoverageExpectation {
        line: file.line(start),
        artifact: raw.artifact,
        evidence: raw.evidence,
        status: raw.status,
        records,
    })
}

#[cfg(test)]
mod tests;
