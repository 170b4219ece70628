//! The report of the linter, for people and for CI systems.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::rules::{LintRule, Severity};
use super::{Defect, Options, Report};
use crate::formats::hex;
use crate::report::junit::{JunitCase, JunitOutcome, JunitSuite, write_junit};
use crate::report::sarif::{Sarif, SarifLevel, SarifLocation, SarifResult, SarifRule, write_sarif};
use crate::report::{sanitize, write_json};

/// Version of the JSON report.
const SCHEMA_VERSION: &str = "1.0";
/// Where the pages of the rules are, in the repository.
const PAGES: &str = "docs/lint.md";

fn n(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// For people: one line per defect, file by file, and a sum.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    let mut file = "";
    for d in &report.defects {
        if !file.is_empty() && file != d.file {
            out.push('\n');
        }
        file = &d.file;
        let line = if d.line > 0 { format!(":{}", d.line) } else { String::new() };
        let told = format!("{}{line}: {}[{}]: {}", d.file, d.rule.severity.as_str(), d.rule.id, d.message);
        let _ = writeln!(out, "{}", sanitize::terminal(&told));
    }
    if !report.defects.is_empty() {
        out.push('\n');
    }
    if report.more > 0 {
        let _ = writeln!(out, "and {} defects more", report.more);
    }
    let _ = writeln!(
        out,
        "{}, {}, {} in {}, {} ({}); {} waived",
        n(report.count(Severity::Error), "error", "errors"),
        n(report.count(Severity::Warning), "warning", "warnings"),
        n(report.count(Severity::Info), "note", "notes"),
        n(report.indicators, "indicator", "indicators"),
        n(report.files.len(), "file", "files"),
        n(report.packs, "pack", "packs"),
        report.waived.len(),
    );
    out
}

#[derive(Serialize)]
struct Json<'a> {
    schema_version: &'a str,
    tool: Tool<'a>,
    as_of: String,
    target: super::Target,
    summary: Summary,
    defects: Vec<Line<'a>>,
    waived: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
struct Summary {
    packs: usize,
    files: usize,
    indicators: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    waived: usize,
    not_listed: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    rule: &'a str,
    severity: Severity,
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

fn known(number: u64) -> Option<u64> {
    (number > 0).then_some(number)
}

fn line<'a>(d: &'a Defect, reason: Option<&'a str>) -> Line<'a> {
    Line {
        rule: d.rule.id,
        severity: d.rule.severity,
        file: &d.file,
        line: known(d.line),
        column: known(d.column),
        message: &d.message,
        value: d.value.as_deref(),
        id: d.id.as_deref(),
        reason,
    }
}

/// For programs.
pub fn json(report: &Report, options: &Options) -> Vec<u8> {
    let json = Json {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "vigie", version: env!("CARGO_PKG_VERSION") },
        as_of: options.as_of.to_string(),
        target: options.target,
        summary: Summary {
            packs: report.packs,
            files: report.files.len(),
            indicators: report.indicators,
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            infos: report.count(Severity::Info),
            waived: report.waived.len(),
            not_listed: report.more,
        },
        defects: report.defects.iter().map(|d| line(d, None)).collect(),
        waived: report.waived.iter().map(|(d, why)| line(d, Some(why))).collect(),
    };
    write_json(&json)
}

fn level(severity: Severity) -> SarifLevel {
    match severity {
        Severity::Error => SarifLevel::Error,
        Severity::Warning => SarifLevel::Warning,
        Severity::Info => SarifLevel::Note,
    }
}

/// For code hosts.
pub fn sarif(report: &Report) -> Vec<u8> {
    let all = || report.defects.iter().chain(report.waived.iter().map(|(d, _)| d));
    let used: BTreeMap<&str, &'static LintRule> = all().map(|d| (d.rule.id, d.rule)).collect();
    let rules = used
        .values()
        .map(|r| SarifRule {
            id: r.id.to_owned(),
            short: r.title.to_owned(),
            full: r.about.to_owned(),
            help: format!("{}\n\nMore: {PAGES}#{}", r.repair, r.id),
            help_uri: None,
            level: level(r.severity),
        })
        .collect();
    let result = |d: &Defect, why: Option<&str>| SarifResult {
        rule: d.rule.id.to_owned(),
        level: level(d.rule.severity),
        message: d.message.clone(),
        locations: vec![SarifLocation::file(&d.file, known(d.line), known(d.column))],
        fingerprint: Some(fingerprint(d)),
        suppressed: why.map(str::to_owned),
    };
    let results = report
        .defects
        .iter()
        .map(|d| result(d, None))
        .chain(report.waived.iter().map(|(d, why)| result(d, Some(why))))
        .collect();
    write_sarif(&Sarif { tool_version: env!("CARGO_PKG_VERSION").to_owned(), rules, results })
}

/// What stays the same when lines above are added or removed.
fn fingerprint(d: &Defect) -> String {
    use sha2::Digest as _;
    let about = d.value.as_deref().unwrap_or(&d.message);
    let text = format!("{}\0{}\0{about}", d.rule.id, d.file);
    hex(&sha2::Sha256::digest(text.as_bytes())[..16])
}

/// For CI systems. A warning fails only where `strict` says so.
pub fn junit(report: &Report, strict: bool) -> Vec<u8> {
    let mut suites: BTreeMap<&str, Vec<JunitCase>> = BTreeMap::new();
    for file in &report.files {
        suites.entry(file).or_default();
    }
    for d in &report.defects {
        let fails = d.rule.severity == Severity::Error || (strict && d.rule.severity == Severity::Warning);
        let outcome = if fails {
            let about = format!("{}\n{}", d.rule.about, d.rule.repair);
            JunitOutcome::failed(d.rule.id, &d.message, about)
        } else {
            JunitOutcome::skipped(format!("{}: {}", d.rule.severity.as_str(), d.message))
        };
        suites.entry(&d.file).or_default().push(case(d, outcome));
    }
    for (d, why) in &report.waived {
        suites.entry(&d.file).or_default().push(case(d, JunitOutcome::skipped(format!("waived: {why}"))));
    }
    let suites: Vec<JunitSuite> = suites
        .into_iter()
        .map(|(file, mut cases)| {
            if cases.is_empty() {
                cases.push(JunitCase::new("lint", "no defects", JunitOutcome::Passed).at(file, None));
            }
            JunitSuite { name: file.to_owned(), cases }
        })
        .collect();
    write_junit("vigie packs lint", &suites)
}

fn case(d: &Defect, outcome: JunitOutcome) -> JunitCase {
    let about = d.value.as_deref().unwrap_or(&d.message);
    JunitCase::new(format!("lint.{}", d.rule.id), about, outcome).at(&d.file, known(d.line))
}
