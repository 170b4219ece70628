//! Reports and comparisons in the forms CI systems show: JUnit suites and SARIF results.

use super::expect::{Check, Subject, subjects};
use crate::finding::{Coverage, Finding, Reason, Severity, State, Status};
use crate::report::explain::{About, explain};
use crate::report::{
    JunitCase, JunitOutcome, JunitSuite, Lang, Report, Sarif, SarifLevel, SarifLocation, SarifResult, SarifRule, Texts,
};
use crate::scan::selector::{name_of, rule_of};

/// Examples of a finding that become locations.
const MAX_LOCATIONS: usize = 5;
/// The rule of what could not be examined.
const INCOMPLETE: &str = "incomplete";
/// The rule of what is not as expected.
const UNEXPECTED: &str = "unexpected";

/// One suite per device: its verdict, every coverage line, every finding. A finding fails from `fail_on` on. What was
/// lost and belongs to no device, an acquisition that nobody could examine for one, has a suite of its own.
pub fn scan_suites(report: &Report, fail_on: Option<Severity>) -> Vec<JunitSuite> {
    let mut suites: Vec<_> = subjects(report).iter().map(|s| scan_suite(s, fail_on)).collect();
    let case = |r: &Reason| {
        let outcome = JunitOutcome::failed(INCOMPLETE, r.text.as_str(), r.text.as_str());
        JunitCase::new("run.incomplete", r.code.as_str(), outcome)
    };
    let cases: Vec<_> = run_losses(report).map(case).collect();
    if !cases.is_empty() {
        suites.push(JunitSuite { name: "run".into(), cases });
    }
    suites
}

/// Losses of the run that are no device's.
fn run_losses(report: &Report) -> impl Iterator<Item = &Reason> {
    report.verdict.reasons.iter().filter(|r| r.code.is_loss())
}

fn scan_suite(subject: &Subject<'_>, fail_on: Option<Severity>) -> JunitSuite {
    let class = |kind: &str| format!("{}.{kind}", subject.name);
    let mut cases = vec![JunitCase::new(class("verdict"), "verdict", verdict(subject))];
    let several = subject.evidence.len() > 1;
    for line in subject.coverage() {
        let from = if several { format!(" from {}", subject.tail(&line.evidence)) } else { String::new() };
        let name = format!("{}{from}", line.artifact);
        cases.push(JunitCase::new(class("coverage"), name, coverage(line)));
    }
    for f in subject.findings() {
        let outcome = match fail_on {
            Some(threshold) if f.severity >= threshold => {
                JunitOutcome::failed(f.severity.as_str(), &f.title, details(subject, f))
            }
            _ => JunitOutcome::Passed,
        };
        cases.push(JunitCase::new(class("finding"), name_of(f), outcome));
    }
    for s in subject.report().suppressed.iter().filter(|s| s.finding.device == subject.device().id) {
        let why = format!("hidden by {}:{} until {}: {}", s.file, s.line, s.expires, s.reason);
        cases.push(JunitCase::new(class("suppressed"), name_of(&s.finding), JunitOutcome::skipped(why)));
    }
    JunitSuite { name: subject.name.clone(), cases }
}

/// A device about which nothing can be said is not one that passed.
fn verdict(subject: &Subject<'_>) -> JunitOutcome {
    let verdict = &subject.device().verdict;
    if verdict.complete && !matches!(verdict.state, State::Invalid | State::Inconclusive) {
        return JunitOutcome::Passed;
    }
    let text: Vec<&str> = verdict.reasons.iter().map(|r| r.text.as_str()).collect();
    JunitOutcome::failed(verdict.state.as_str(), format!("{}, not complete", verdict.state.as_str()), text.join("\n"))
}

fn coverage(line: &Coverage) -> JunitOutcome {
    let notes: Vec<&str> = line.notes.iter().map(|n| n.text.as_str()).collect();
    let told = match notes.first() {
        Some(note) => format!("{}: {note}", line.status.as_str()),
        None => line.status.as_str().to_owned(),
    };
    if !line.is_whole() {
        return JunitOutcome::failed(line.status.as_str(), told, notes.join("\n"));
    }
    match line.status {
        Status::Parsed | Status::Empty => JunitOutcome::Passed,
        // Lost, but the verdict does not need it: not a failure, and not a pass.
        _ => JunitOutcome::skipped(told),
    }
}

fn details(subject: &Subject<'_>, f: &Finding) -> String {
    let mut lines = vec![format!("{} record(s); {}", f.count, f.explanation.why)];
    for e in f.examples.iter().take(MAX_LOCATIONS) {
        let at = &e.location;
        lines.push(format!("{}: {}, {}", subject.tail(&at.evidence), at.file, at.locator));
    }
    lines.join("\n")
}

/// One case per check, pointing at the line of the file.
pub fn check_suite(file: &str, checks: &[Check]) -> JunitSuite {
    let case = |c: &Check| {
        let outcome = match &c.difference {
            None => JunitOutcome::Passed,
            Some(d) => JunitOutcome::failed(
                c.change.as_str(),
                format!("expected {}, got {}", d.expected, d.got),
                format!("expected: {}\ngot: {}", d.expected, d.got),
            ),
        };
        JunitCase::new(format!("{}.expectation", c.device), &c.about, outcome).at(file, c.line)
    };
    JunitSuite { name: format!("expectations of {file}"), cases: checks.iter().map(case).collect() }
}

/// Findings, those that are suppressed, and what could not be examined.
pub fn scan_sarif(report: &Report) -> Sarif {
    let mut sarif = Sarif { tool_version: report.tool.version.clone(), ..Sarif::default() };
    for f in &report.findings {
        add_finding(report, f, None, &mut sarif);
    }
    for s in &report.suppressed {
        let why = format!("{} ({}:{}, until {})", s.reason, s.file, s.line, s.expires);
        add_finding(report, &s.finding, Some(why), &mut sarif);
    }
    for subject in subjects(report).iter().filter(|s| !s.device().verdict.complete) {
        for reason in &subject.device().verdict.reasons {
            if reason.code.is_loss() {
                add_gap(report, &subject.name, &subject.device().evidence, reason, &mut sarif);
            }
        }
    }
    for reason in run_losses(report) {
        add_gap(report, "run", &[], reason, &mut sarif);
    }
    sarif
}

fn add_finding(report: &Report, f: &Finding, suppressed: Option<String>, sarif: &mut Sarif) {
    let id = sarif_id(f);
    if !sarif.rules.iter().any(|r| r.id == id) {
        sarif.rules.push(rule(f));
    }
    let path = |evidence: &str| report.evidence.iter().find(|e| e.id == evidence).map_or("", |e| e.path.as_str());
    let place = |e: &crate::finding::Example| {
        let at = &e.location;
        SarifLocation::evidence(path(&at.evidence), format!("{}: {}", at.file, at.locator))
    };
    sarif.results.push(SarifResult {
        rule: id,
        level: f.severity.into(),
        message: format!("{} ({}; {} record(s))", f.title, name_of(f), f.count),
        locations: f.examples.iter().take(MAX_LOCATIONS).map(place).collect(),
        fingerprint: Some(f.id.clone()),
        suppressed,
    });
}

fn add_gap(report: &Report, whose: &str, evidence: &[String], reason: &Reason, sarif: &mut Sarif) {
    if !sarif.rules.iter().any(|r| r.id == INCOMPLETE) {
        sarif.rules.push(SarifRule {
            id: INCOMPLETE.into(),
            short: "Something needed could not be examined".into(),
            full: "The verdict is not complete: a trace could lie in what could not be read.".into(),
            help: "See coverage in findings.json for what was lost, and acquire or copy it again.".into(),
            help_uri: None,
            level: SarifLevel::Warning,
        });
    }
    let place = |e: &String| {
        let path = report.evidence.iter().find(|entry| entry.id == *e).map_or("", |entry| entry.path.as_str());
        SarifLocation { uri: Some(crate::report::file_uri(path)), ..SarifLocation::default() }
    };
    sarif.results.push(SarifResult {
        rule: INCOMPLETE.into(),
        level: SarifLevel::Warning,
        message: format!("{whose}: {}", reason.text),
        locations: evidence.iter().map(place).collect(),
        fingerprint: None,
        suppressed: None,
    });
}

/// Rules and classes of indicators stand in one list: a rule named like a class is told apart.
fn sarif_id(f: &Finding) -> String {
    match rule_of(f) {
        Some(id) if id.starts_with("hit-") => format!("rule-{id}"),
        _ => f.explanation.key.clone(),
    }
}

/// A finding's rule: a rule of a pack, or a class of indicators with what the record says happened. Its words are about
/// no single finding.
fn rule(f: &Finding) -> SarifRule {
    let key = f.explanation.key.as_str();
    let unnamed = About { kind: f.kind, key, malware: None, value: "…", artifact: &f.artifact, addresses: true };
    let told = match rule_of(f) {
        Some(_) => None,
        None => explain(&unnamed, &Texts::new(Lang::En)),
    };
    let words = told.map_or_else(|| f.explanation.clone(), |t| t.explanation);
    let short = match rule_of(f) {
        Some(_) => f.title.clone(),
        None => format!("Indicator hit: {}", key.trim_start_matches("hit-").replace('-', ", ")),
    };
    let full = format!("{}\n{}", words.why, words.innocent);
    SarifRule { id: sarif_id(f), short, full, help: words.next, help_uri: None, level: f.severity.into() }
}

/// Every difference, at the line of the file that expected otherwise.
pub fn add_checks(file: &str, checks: &[Check], sarif: &mut Sarif) {
    for check in checks.iter().filter(|c| c.difference.is_some()) {
        if !sarif.rules.iter().any(|r| r.id == UNEXPECTED) {
            sarif.rules.push(SarifRule {
                id: UNEXPECTED.into(),
                short: "A scan is not as expected".into(),
                full: "What a scan of a known acquisition says differs from what a file of expectations holds.".into(),
                help: "Mend what changed, or, if the change is meant, the file: docs/expectations.md.".into(),
                help_uri: None,
                level: SarifLevel::Error,
            });
        }
        sarif.results.push(SarifResult {
            rule: UNEXPECTED.into(),
            level: SarifLevel::Error,
            message: check.to_string(),
            locations: vec![SarifLocation::file(file, check.line.or(Some(1)), None)],
            fingerprint: None,
            suppressed: None,
        });
    }
}
