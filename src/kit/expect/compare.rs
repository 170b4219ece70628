//! Compares reports with expectations. Every check that was made is told, met or not.

use std::fmt;

use super::{Count, CoverageExpectation, DeviceExpectation, Expectations, FindingExpectation};
use crate::finding::{Coverage, Finding, Status};
use crate::report::{Device, EvidenceEntry, Report};
use crate::scan::selector::{name_of, path_ends, shortest_tail};

/// A device that was examined, and the report it stands in.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// What messages call it.
    pub name: String,
    /// How the paths of its acquisitions end, so that no other's does.
    pub evidence: Vec<String>,
    report: &'a Report,
    device: &'a Device,
}

/// The devices of a report.
pub fn subjects(report: &Report) -> Vec<Subject<'_>> {
    let paths: Vec<&str> = report.evidence.iter().map(|e| e.path.as_str()).collect();
    let of = |device| {
        let evidence: Vec<String> = entries(report, device).map(|e| shortest_tail(&e.path, &paths)).collect();
        Subject { name: evidence.join(" + "), evidence, report, device }
    };
    report.devices.iter().map(of).collect()
}

fn entries<'a>(report: &'a Report, device: &Device) -> impl Iterator<Item = &'a EvidenceEntry> {
    report.evidence.iter().filter(|e| device.evidence.contains(&e.id))
}

impl<'a> Subject<'a> {
    /// The only device of a report, under a name of the caller's.
    pub fn named(name: &str, report: &'a Report) -> Option<Subject<'a>> {
        let device = report.devices.first()?;
        Some(Subject { name: name.to_owned(), evidence: vec![name.to_owned()], report, device })
    }

    /// Its report.
    pub fn report(&self) -> &'a Report {
        self.report
    }

    /// It.
    pub fn device(&self) -> &'a Device {
        self.device
    }

    /// Its findings.
    pub fn findings(&self) -> impl Iterator<Item = &'a Finding> + use<'a> {
        let id = self.device.id.as_str();
        self.report.findings.iter().filter(move |f| f.device == id)
    }

    /// Its coverage lines.
    pub fn coverage(&self) -> impl Iterator<Item = &'a Coverage> + use<'a> {
        let device = self.device;
        self.report.coverage.iter().filter(move |c| device.evidence.contains(&c.evidence))
    }

    /// How the path of one of its acquisitions ends.
    pub fn tail(&self, evidence: &str) -> &str {
        let at = entries(self.report, self.device).position(|e| e.id == evidence);
        at.and_then(|at| self.evidence.get(at)).map_or(&self.name, String::as_str)
    }

    /// True when one of its acquisitions is meant: by its exact name, or by how its path ends.
    fn is_at(&self, tail: &str, exact: bool) -> bool {
        if exact {
            return self.evidence.iter().any(|e| e == tail) || self.paths().any(|p| p == tail);
        }
        self.paths().any(|p| path_ends(p, tail))
    }

    fn paths(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        entries(self.report, self.device).map(|e| e.path.as_str())
    }
}

/// What kind of thing was compared, and so what kind of change a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An acquisition is there that nobody expected.
    AcquisitionNew,
    /// An acquisition is not there, or is not one device's with the others.
    AcquisitionVanished,
    /// Another verdict.
    Verdict,
    /// Whether everything required was read.
    Complete,
    /// A finding that was expected is not there.
    FindingVanished,
    /// Another number of records.
    Count,
    /// Another severity.
    Severity,
    /// A finding is there that was declared absent.
    FindingForbidden,
    /// A finding is there that nobody expected.
    FindingNew,
    /// An artifact was read otherwise.
    Coverage,
    /// An artifact gave another number of records.
    Records,
    /// An artifact was read that nobody expected.
    CoverageNew,
}

impl Change {
    /// The word in JSON, JUnit and SARIF.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::AcquisitionNew => "acquisition-new",
            Change::AcquisitionVanished => "acquisition-vanished",
            Change::Verdict => "verdict-changed",
            Change::Complete => "complete-changed",
            Change::FindingVanished => "finding-vanished",
            Change::Count => "count-changed",
            Change::Severity => "severity-changed",
            Change::FindingForbidden => "finding-forbidden",
            Change::FindingNew => "finding-new",
            Change::Coverage => "coverage-changed",
            Change::Records => "records-changed",
            Change::CoverageNew => "coverage-new",
        }
    }
}

/// Something that was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What kind of thing.
    pub change: Change,
    /// Line of the expectation, where there is one.
    pub line: Option<u64>,
    /// The device, by its acquisitions.
    pub device: String,
    /// What was compared: `verdict`, `ios.sms [domain-name:value = 'x'] (host)`.
    pub about: String,
    /// `None` when it is as expected.
    pub difference: Option<Difference>,
}

/// Something is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What was expected.
    pub expected: String,
    /// What there is.
    pub got: String,
}

impl fmt::Display for Check {
    /// One line, without the file: `iphone-ana: verdict: expected match, got suspicious`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: ", self.device, self.about)?;
        match &self.difference {
            None => f.write_str("as expected"),
            Some(d) => write!(f, "expected {}, got {}", d.expected, d.got),
        }
    }
}

/// Compares what was examined with what is expected. `strict` is for a corpus: acquisitions are
/// named exactly, and an artifact that was read and is not named is a difference too. The checks come in the order of the file, then those of what it does not name.
pub fn compare(expectations: &Expectations, subjects: &[Subject<'_>], strict: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut taken = vec![false; subjects.len()];
    for wanted in &expectations.devices {
        let mut about = Comparison { checks: &mut checks, name: wanted.evidence.join(" + "), line: wanted.line };
        match find(wanted, subjects, strict) {
            Err(difference) => about.check(Change::AcquisitionVanished, wanted.line, "acquisition", Some(difference)),
            Ok(at) if taken[at] => {
                let difference = differ("each device once", "a second expectation of the same device");
                about.check(Change::AcquisitionVanished, wanted.line, "acquisition", difference);
            }
            Ok(at) => {
                taken[at] = true;
                about.check(Change::AcquisitionVanished, wanted.line, "acquisition", None);
                about.device(wanted, &subjects[at], strict);
            }
        }
    }
    for (subject, _) in subjects.iter().zip(&taken).filter(|(_, taken)| expectations.closed && !**taken) {
        let got = format!("verdict {}", subject.device.verdict.state.as_str());
        checks.push(Check {
            change: Change::AcquisitionNew,
            line: None,
            device: subject.name.clone(),
            about: "acquisition".into(),
            difference: differ("none", got),
        });
    }
    checks
}

fn differ(expected: impl Into<String>, got: impl Into<String>) -> Option<Difference> {
    Some(Difference { expected: expected.into(), got: got.into() })
}

/// The one device that is meant.
fn find(wanted: &DeviceExpectation, subjects: &[Subject<'_>], strict: bool) -> Result<usize, Difference> {
    let difference = |expected: String, got: String| Difference { expected, got };
    let mut found = None;
    for tail in &wanted.evidence {
        let at = |exact| (0..subjects.len()).filter(|&i| subjects[i].is_at(tail, exact)).collect::<Vec<usize>>();
        let mut all = at(true);
        if all.is_empty() && !strict {
            all = at(false);
        }
        match (all.as_slice(), found) {
            ([one], None) => found = Some(*one),
            ([one], Some(before)) if *one == before => {}
            ([_], Some(_)) => return Err(difference("one device".into(), format!("{tail} from another device"))),
            ([], _) => return Err(difference(format!("the acquisition {tail}"), "none".into())),
            (several, _) => {
                let names: Vec<&str> = several.iter().map(|&i| subjects[i].name.as_str()).collect();
                return Err(difference("one device".into(), format!("{tail} of {}", names.join(" and of "))));
            }
        }
    }
    let at = found.ok_or_else(|| difference("an acquisition".into(), "none named".into()))?;
    let subject = &subjects[at];
    if subject.evidence.len() != wanted.evidence.len() {
        let expected = format!("{} acquisition(s) of the device", wanted.evidence.len());
        return Err(difference(expected, format!("{} ({})", subject.evidence.len(), subject.name)));
    }
    Ok(at)
}

/// The comparison of one device.
struct Comparison<'c> {
    checks: &'c mut Vec<Check>,
    name: String,
    line: u64,
}

impl Comparison<'_> {
    fn check(&mut self, change: Change, line: u64, about: impl Into<String>, difference: Option<Difference>) {
        let (device, about) = (self.name.clone(), about.into());
        self.checks.push(Check { change, line: Some(line), device, about, difference });
    }

    fn device(&mut self, wanted: &DeviceExpectation, subject: &Subject<'_>, strict: bool) {
        let verdict = &subject.device.verdict;
        if let Some(state) = wanted.verdict {
            let difference = differ(state.as_str(), verdict.state.as_str()).filter(|_| state != verdict.state);
            self.check(Change::Verdict, self.line, "verdict", difference);
        }
        if let Some(complete) = wanted.complete {
            let difference =
                differ(complete.to_string(), verdict.complete.to_string()).filter(|_| complete != verdict.complete);
            self.check(Change::Complete, self.line, "complete", difference);
        }
        let findings: Vec<&Finding> = subject.findings().collect();
        let mut named = vec![false; findings.len()];
        for f in &wanted.findings {
            let meant: Vec<usize> = (0..findings.len()).filter(|&i| f.about.selects(findings[i])).collect();
            meant.iter().for_each(|&i| named[i] = true);
            let meant: Vec<&Finding> = meant.into_iter().map(|i| findings[i]).collect();
            self.finding(f, &meant);
        }
        for a in &wanted.absent {
            let there: Vec<usize> = (0..findings.len()).filter(|&i| a.about.selects(findings[i])).collect();
            there.iter().for_each(|&i| named[i] = true);
            let got = there.iter().map(|&i| told(findings[i])).collect::<Vec<_>>().join("; ");
            let difference = differ("no finding", got).filter(|_| !there.is_empty());
            self.check(Change::FindingForbidden, a.line, a.about.to_string(), difference);
        }
        for (f, _) in findings.iter().zip(&named).filter(|(_, named)| wanted.closed && !**named) {
            self.check(Change::FindingNew, self.line, name_of(f), differ("no finding", weight(f)));
        }
        self.coverage(wanted, subject, strict);
    }

    fn finding(&mut self, wanted: &FindingExpectation, found: &[&Finding]) {
        let name = wanted.about.to_string();
        let Some(worst) = found.iter().map(|f| f.severity).max() else {
            let severity = wanted.severity.map_or(String::new(), |s| format!(", {}", s.as_str()));
            let expected = format!("a finding of {} record(s){severity}", records(wanted.count));
            return self.check(Change::FindingVanished, wanted.line, name, differ(expected, "no finding"));
        };
        let n = found.iter().fold(0u64, |n, f| n.saturating_add(f.count));
        let count = differ(records(wanted.count), n.to_string()).filter(|_| !wanted.count.holds(n));
        let severity = wanted.severity.filter(|s| *s != worst).and_then(|s| differ(s.as_str(), worst.as_str()));
        match (count, severity) {
            (None, None) => self.check(Change::FindingVanished, wanted.line, name, None),
            (count, severity) => {
                if count.is_some() {
                    self.check(Change::Count, wanted.line, format!("{name}: records"), count);
                }
                if severity.is_some() {
                    self.check(Change::Severity, wanted.line, format!("{name}: severity"), severity);
                }
            }
        }
    }

    fn coverage(&mut self, wanted: &DeviceExpectation, subject: &Subject<'_>, all: bool) {
        let lines: Vec<&Coverage> = subject.coverage().collect();
        let mut named = vec![false; lines.len()];
        for c in &wanted.coverage {
            let meant: Vec<usize> = (0..lines.len()).filter(|&i| is_meant(c, lines[i], subject)).collect();
            meant.iter().for_each(|&i| named[i] = true);
            let about = format!("coverage of {}", c.artifact);
            if meant.is_empty() {
                let expected = c.status.map_or("a line", Status::as_str);
                self.check(Change::Coverage, c.line, about, differ(expected, "no line for it in such evidence"));
                continue;
            }
            for i in meant {
                self.coverage_line(c, lines[i], &about);
            }
        }
        let unread = |c: &Coverage| matches!(c.status, Status::Absent | Status::NotApplicable);
        for (line, _) in lines.iter().zip(&named).filter(|(line, named)| all && !**named && !unread(line)) {
            let about = format!("coverage of {}", line.artifact);
            let got = format!("{} ({} records)", line.status.as_str(), line.records);
            self.check(Change::CoverageNew, self.line, about, differ("no line", got));
        }
    }

    fn coverage_line(&mut self, wanted: &CoverageExpectation, line: &Coverage, about: &str) {
        let status = wanted.status.and_then(|s| {
            let note = line.notes.first().map_or(String::new(), |n| format!(" ({})", n.text));
            differ(s.as_str(), format!("{}{note}", line.status.as_str())).filter(|_| s != line.status)
        });
        let count = wanted
            .records
            .and_then(|r| differ(records(r), line.records.to_string()).filter(|_| !r.holds(line.records)));
        match (status, count) {
            (None, None) => self.check(Change::Coverage, wanted.line, about, None),
            (status, count) => {
                if status.is_some() {
                    self.check(Change::Coverage, wanted.line, about, status);
                }
                if count.is_some() {
                    self.check(Change::Records, wanted.line, format!("{about}: records"), count);
                }
            }
        }
    }
}

fn is_meant(wanted: &CoverageExpectation, line: &Coverage, subject: &Subject<'_>) -> bool {
    let here = |tail: &String| {
        let own = subject.tail(&line.evidence);
        let path = subject.report.evidence.iter().find(|e| e.id == line.evidence).map_or(own, |e| e.path.as_str());
        own == tail || path_ends(path, tail)
    };
    wanted.artifact == line.artifact && wanted.evidence.as_ref().is_none_or(here)
}

fn records(count: Count) -> String {
    match count {
        Count::Exact(n) => n.to_string(),
        Count::AtLeast(n) => format!("at least {n}"),
    }
}

fn weight(f: &Finding) -> String {
    format!("{}, {} record(s)", f.severity.as_str(), f.count)
}

fn told(f: &Finding) -> String {
    format!("{}: {}", name_of(f), weight(f))
}
