//! Reports made by hand, for tests of what people and programs read.

use std::collections::BTreeMap;

use serde_json::json;

use super::explain::{About, explain, hit_key};
use super::model::*;
use super::texts::{Lang, Texts};
use crate::evidence::KINDS;
use crate::finding::*;

/// One of each state, with the name of its golden page.
pub fn all() -> Vec<(&'static str, Report)> {
    vec![
        ("match", matching()),
        ("suspicious", suspicious()),
        ("no_match", no_match()),
        ("inconclusive", inconclusive()),
        ("invalid", invalid()),
        ("two_devices", two_devices()),
        ("suppressed", suppressed()),
    ]
}

pub fn reason(code: Code, text: &str) -> Reason {
    Reason::new(code, text)
}

fn verdict(state: State, complete: bool, reasons: Vec<Reason>) -> Verdict {
    Verdict { state, complete, reasons }
}

fn facts(pairs: &[(&str, &str)]) -> serde_json::Map<String, serde_json::Value> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect()
}

fn iphone(id: &str, evidence: &str, verdict: Verdict) -> Device {
    Device {
        id: id.into(),
        evidence: vec![evidence.into()],
        same_by: Vec::new(),
        verdict,
        facts: facts(&[
            ("platform", "iOS"),
            ("name", "Amina's iPhone"),
            ("model", "iPhone10,4"),
            ("os_version", "14.3"),
            ("build", "18C66"),
        ]),
        acquired: Some("2021-03-04T05:06:07Z".into()),
        time_zone: None,
    }
}

fn android(id: &str, evidence: &str, verdict: Verdict) -> Device {
    Device {
        id: id.into(),
        evidence: vec![evidence.into()],
        same_by: Vec::new(),
        verdict,
        facts: facts(&[
            ("platform", "Android"),
            ("manufacturer", "Xiaomi"),
            ("model", "Redmi Note 9"),
            ("os_version", "12"),
            ("build", "SP1A.210812.016"),
            ("security_patch", "2022-10-01"),
        ]),
        acquired: Some("2023-02-01T10:20:30".into()),
        time_zone: Some("Europe/Belgrade".into()),
    }
}

fn evidence(id: &str, device: &str, kind: &str, path: &str, notes: Vec<Reason>) -> EvidenceEntry {
    EvidenceEntry {
        id: id.into(),
        kind: kind.into(),
        path: path.into(),
        parent: None,
        device: device.into(),
        examined: KINDS.iter().any(|k| k.id == kind),
        notes,
    }
}

fn line(evidence: &str, artifact: &str, status: Status, required: bool, records: u64) -> Coverage {
    let dated = records > 0;
    Coverage {
        evidence: evidence.into(),
        artifact: artifact.into(),
        status,
        required,
        records,
        expected: None,
        lost: 0,
        lost_unknown: false,
        unreadable: BTreeMap::new(),
        first: dated.then(|| "2019-06-01T08:00:00Z".into()),
        last: dated.then(|| "2021-03-03T22:10:00Z".into()),
        source: Vec::new(),
        notes: Vec::new(),
    }
}

fn pack(id: &str, name: &str, source: &str, loaded: u64, applicable: u64) -> PackEntry {
    PackEntry {
        id: id.into(),
        name: name.into(),
        source: source.into(),
        sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into(),
        loaded,
        applicable,
        not_evaluable: Vec::new(),
        not_evaluable_count: 0,
        unraised: 0,
        revoked: 0,
        expired: 0,
        outside_validity: 0,
        newest: None,
        age_days: None,
        problems: Vec::new(),
    }
}

fn packs() -> Vec<PackEntry> {
    let mut public = pack("pegasus_domains", "Pegasus domains", "/packs/pegasus.stix2", 1_547, 1_438);
    public.not_evaluable = vec![NotEvaluableEntry {
        id: "indicator--1".into(),
        pattern: "[software:name = 'x']".into(),
        reason: "nothing vigie reads shows `software:name`".into(),
        file: "/packs/pegasus.stix2".into(),
        line: Some(12),
    }];
    public.not_evaluable_count = 12;
    public.expired = 1;
    public.problems = vec![reason(reason::PACK_FILE, "/packs/notes.txt: expected a bundle, found text")];
    vec![pack("pegasus", "Pegasus (NSO Group)", "builtin", 73, 51), public]
}

fn looked_for() -> Vec<LookedFor> {
    let class = |class: &str, loaded, applicable, age_days| LookedFor {
        class: class.into(),
        loaded,
        applicable,
        newest: None,
        age_days,
    };
    vec![
        class("mercenary", 1_620, 1_489, Some(40)),
        class("stalkerware", 0, 0, None),
        class("extraction", 45, 0, Some(400)),
        class("links", 1_547, 1_438, Some(120)),
        class("rules", 49, 21, None),
    ]
}

fn run() -> Run {
    Run {
        started: "2024-05-06T07:08:09Z".into(),
        seconds: 1.25,
        case: Some("2024-017".into()),
        operator: Some("N. D.".into()),
        consent: Some("signed form of 2024-05-05".into()),
        paths: vec!["/cases/17/backup".into()],
        options: RunOptions {
            indicators: vec!["/packs".into()],
            builtin: true,
            as_of: None,
            records: "zst".into(),
            jobs: 2,
        },
    }
}

/// What a finding of the samples is made of.
struct Made<'a> {
    device: &'a str,
    key: &'a str,
    severity: Severity,
    context: Context,
    artifact: &'a str,
    malware: Option<&'a str>,
    value: Option<&'a str>,
    pack: &'a str,
    step: Step,
    count: u64,
    file: &'a str,
    locator: &'a str,
    times: [Option<&'a str>; 2],
}

impl Made<'_> {
    fn finding(self) -> Finding {
        let texts = Texts::new(Lang::En);
        let pattern = format!("[x:y = '{}']", self.value.unwrap_or(self.key));
        let value = self.value.unwrap_or(&pattern);
        let kind = if self.step == Step::Rule { FindingKind::Rule } else { FindingKind::Indicator };
        let (key, malware, artifact) = (self.key, self.malware, self.artifact);
        let about = About { kind, key, malware, value, artifact, addresses: true };
        let told = explain(&about, &texts).unwrap();
        let times: Vec<String> = self.times.iter().flatten().map(|t| (*t).to_owned()).collect();
        let evidence = self.device.replace('d', "e");
        Finding {
            id: format!("F-{}", self.key),
            device: self.device.into(),
            kind,
            severity: self.severity,
            context: self.context,
            artifact: self.artifact.into(),
            title: told.title,
            explanation: told.explanation,
            indicator: IndicatorRef {
                pattern: pattern.clone(),
                value: self.value.map(str::to_owned),
                malware: self.malware.map(str::to_owned),
                sources: vec![IndicatorSource {
                    pack: self.pack.into(),
                    id: "indicator--7".into(),
                    valid_from: None,
                    valid_until: None,
                    meta: Default::default(),
                }],
                references: vec!["https://example.org/report".into()],
                expired: false,
            },
            step: self.step,
            count: self.count,
            first: times.first().cloned(),
            last: times.last().cloned(),
            year_inferred: false,
            examples: vec![Example {
                record: facts(&[("process", "roleaboutd")]),
                location: Where { evidence, file: self.file.into(), sha256: None, locator: self.locator.into() },
                times,
            }],
        }
    }
}

fn rule<'a>(device: &'a str, key: &'a str, severity: Severity, artifact: &'a str) -> Made<'a> {
    Made {
        device,
        key,
        severity,
        context: Context::Configured,
        artifact,
        malware: None,
        value: None,
        pack: if device == "d1" && artifact.starts_with("ios") { "heuristics_ios" } else { "heuristics_android" },
        step: Step::Rule,
        count: 1,
        file: "dumpsys settings",
        locator: "line 812",
        times: [None, None],
    }
}

fn report(devices: Vec<Device>, evidence: Vec<EvidenceEntry>) -> Report {
    Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: Tool { name: "vigie".into(), version: "0.1.0".into() },
        run: None,
        verdict: devices.iter().map(|d| d.verdict.clone()).max_by_key(|v| v.state).unwrap(),
        devices,
        evidence,
        named: Vec::new(),
        counted: CountedFiles::default(),
        packs: packs(),
        looked_for: looked_for(),
        coverage: Vec::new(),
        findings: Vec::new(),
        suppressed: Vec::new(),
        suppressions: Vec::new(),
    }
}

fn backup_coverage(evidence: &str) -> Vec<Coverage> {
    vec![
        line(evidence, "ios.backup_info", Status::Parsed, true, 64),
        line(evidence, "ios.configuration_profiles", Status::Empty, false, 0),
        line(evidence, "ios.datausage", Status::Parsed, true, 1_322),
        line(evidence, "ios.manifest", Status::Parsed, true, 22_831),
        line(evidence, "ios.safari_history", Status::Parsed, true, 4_420),
        line(evidence, "ios.sms", Status::Parsed, true, 8_911),
        line(evidence, "ios.tcc", Status::Parsed, false, 40),
        line(evidence, "ios.whatsapp", Status::Absent, false, 0),
    ]
}

fn report_coverage(evidence: &str) -> Vec<Coverage> {
    vec![
        line(evidence, "android.appops", Status::Parsed, true, 5_120),
        line(evidence, "android.getprop", Status::Parsed, true, 812),
        line(evidence, "android.packages", Status::Parsed, true, 391),
        line(evidence, "android.processes", Status::Parsed, false, 604),
        line(evidence, "android.settings", Status::Parsed, true, 950),
        line(evidence, "android.tombstones", Status::Absent, false, 0),
    ]
}

pub fn pegasus_ran(device: &str) -> Finding {
    Made {
        device,
        key: &hit_key(PackClass::Mercenary, Context::Executed),
        severity: Severity::Critical,
        context: Context::Executed,
        artifact: "ios.datausage",
        malware: Some("Pegasus"),
        value: Some("roleaboutd"),
        pack: "pegasus",
        step: Step::Exact,
        count: 3,
        file: "WirelessDomain/Library/Databases/DataUsage.sqlite",
        locator: "ZPROCESS row 151",
        times: [Some("2021-01-02T03:04:05Z"), Some("2021-02-11T19:20:21Z")],
    }
    .finding()
}

/// A process that ran, links in messages, a profile; and one damaged database.
pub fn matching() -> Report {
    let page = "table message: page 812 is not a B-tree page";
    let damage = loss(reason::SQLITE_DAMAGE, page, "ios.sms");
    let devices =
        vec![iphone("d1", "e1", verdict(State::Match, false, vec![reason(reason::FINDINGS, "1 finding(s)"), damage]))];
    let note = reason(reason::STORE_SEALED, "the messages of Signal are there").with("app", "Signal");
    let mut r = report(devices, vec![evidence("e1", "d1", "ios-backup", "/cases/17/backup", vec![note])]);
    r.run = Some(run());
    r.coverage = backup_coverage("e1");
    let sms = &mut r.coverage[5];
    (sms.status, sms.lost) = (Status::Partial, 312);
    sms.notes = vec![
        reason(reason::COLUMN_MISSING, "table message has no column is_corrupt"),
        reason(reason::SQLITE_DAMAGE, page),
    ];
    let delivered = |value, step, count| {
        Made {
            device: "d1",
            key: &hit_key(PackClass::Mercenary, Context::Delivered),
            severity: Severity::High,
            context: Context::Delivered,
            artifact: "ios.sms",
            malware: Some("Pegasus"),
            value: Some(value),
            pack: "pegasus_domains",
            step,
            count,
            file: "HomeDomain/Library/SMS/sms.db",
            locator: "message row 4711",
            times: [Some("2020-12-31T23:59:00Z"), None],
        }
        .finding()
    };
    let mut hostile = rule("d1", "ios-profile-managed", Severity::Low, "ios.configuration_profiles");
    hostile.file = "SysSharedContainerDomain/\u{1b}[2J\u{202e}fdp.exe";
    hostile.locator = "whole file";
    r.findings = vec![
        pegasus_ran("d1"),
        delivered("free247downloads.example", Step::Subdomain, 1),
        delivered("https://get1tn0w.free247downloads.example:30495/xn/abc", Step::Exact, 2),
        hostile.finding(),
        rule("d1", "ios-datausage-gap", Severity::Info, "ios.datausage").finding(),
    ];
    r
}

/// Settings that weaken a phone; more findings than a page tells.
pub fn suspicious() -> Report {
    let devices =
        vec![android("d1", "e1", verdict(State::Suspicious, true, vec![reason(reason::FINDINGS, "2 finding(s)")]))];
    let mut r = report(devices, vec![evidence("e1", "d1", "android-bugreport", "/cases/18/bugreport.zip", vec![])]);
    r.coverage = report_coverage("e1");
    let rules = [
        ("android-settings-verifier-off", Severity::Medium),
        ("android-settings-accessibility-services", Severity::Medium),
        ("android-settings-adb-install-unconfirmed", Severity::Low),
        ("android-settings-adb-on", Severity::Low),
        ("android-settings-adb-verifier-off", Severity::Low),
        ("android-settings-adb-wifi-on", Severity::Low),
        ("android-settings-accessibility-on", Severity::Low),
        ("android-settings-proxy", Severity::Low),
        ("android-settings-developer-on", Severity::Low),
        ("android-settings-error-reports-off", Severity::Low),
        ("android-settings-unknown-sources", Severity::Low),
        ("android-settings-app-upload-off", Severity::Low),
    ];
    r.findings = rules.iter().map(|(key, s)| rule("d1", key, *s, "android.settings").finding()).collect();
    r.findings[1].first = Some("2023-01-31T09:00:00".into());
    r.findings[1].last = r.findings[1].first.clone();
    r
}

/// All was read, nothing matched.
pub fn no_match() -> Report {
    let complete = verdict(State::NoMatch, true, Vec::new());
    let mut r = report(
        vec![iphone("d1", "e1", complete)],
        vec![evidence("e1", "d1", "ios-backup", "/cases/19/backup", vec![])],
    );
    r.coverage = backup_coverage("e1");
    r.findings = vec![rule("d1", "ios-datausage-gap", Severity::Info, "ios.datausage").finding()];
    r
}

/// A loss of the coverage, as a verdict carries it.
fn loss(code: Code, text: &str, artifact: &str) -> Reason {
    reason(code, text).with("artifact", artifact).with("evidence", "e1")
}

/// Needed files are missing, damaged, and not in such backups.
pub fn inconclusive() -> Report {
    let unencrypted = "this backup was made without encryption, and such backups do not hold it";
    let lost = [
        (2, Status::Absent, reason::REQUIRED_ABSENT, "DataUsage.sqlite is not in this acquisition"),
        (5, Status::Missing, reason::FILE_MISSING, "sms.db is listed in the acquisition, but its file is missing"),
        (6, Status::Partial, reason::LIMIT, "MAX_ROWS exceeded: 9000001 rows, at most 9000000"),
    ];
    let mut coverage = backup_coverage("e1");
    let mut reasons = Vec::new();
    for (at, status, code, text) in lost {
        let line = &mut coverage[at];
        (line.status, line.records, line.first, line.last) = (status, 0, None, None);
        line.notes = vec![reason(code, text)];
        reasons.push(loss(code, text, &line.artifact));
    }
    (coverage[4].status, coverage[4].records) = (Status::Absent, 0);
    coverage[4].notes = vec![reason(reason::UNENCRYPTED_BACKUP, unencrypted)];
    let mut r = report(
        vec![iphone("d1", "e1", verdict(State::Inconclusive, false, reasons))],
        vec![evidence("e1", "d1", "ios-backup", "/cases/20/backup", vec![])],
    );
    r.coverage = coverage;
    r
}

/// An encrypted backup, given alone.
pub fn invalid() -> Report {
    let path = "/cases/21/00008030-001A";
    let why = reason(reason::ENCRYPTED_BACKUP, &format!("{path}: is an encrypted iOS backup")).with("path", path);
    let device = Device {
        id: "d1".into(),
        evidence: vec!["e1".into()],
        same_by: Vec::new(),
        verdict: verdict(State::Invalid, false, vec![why.clone()]),
        facts: serde_json::Map::new(),
        acquired: None,
        time_zone: None,
    };
    report(vec![device], vec![evidence("e1", "d1", "ios-backup-encrypted", path, vec![why])])
}

/// A process that is known to be innocent, beside an entry that no longer holds.
pub fn suppressed() -> Report {
    let told =
        vec![reason(reason::FINDINGS, "1 finding(s)"), reason(reason::SUPPRESSED, "1 finding(s) hidden by known.toml")];
    let mut r = report(
        vec![iphone("d1", "e1", verdict(State::NoMatch, true, told))],
        vec![evidence("e1", "d1", "ios-backup", "/cases/22/backup", vec![])],
    );
    r.coverage = backup_coverage("e1");
    r.findings = vec![rule("d1", "ios-datausage-gap", Severity::Info, "ios.datausage").finding()];
    let entry = |line, reason: &str, finding| Suppressed {
        file: "/desk/known.toml".into(),
        line,
        reason: reason.into(),
        expires: "2027-01-31".into(),
        finding,
    };
    r.suppressed = vec![
        entry(3, "our own test process\u{1b}[2J", pegasus_ran("d1")),
        entry(
            9,
            "the desk's own profile",
            rule("d1", "ios-profile-managed", Severity::Low, "ios.configuration_profiles").finding(),
        ),
    ];
    let expired = |line, findings: &[&str]| ExpiredSuppression {
        line,
        about: "ios.sms [domain-name:value = 'a.example']".into(),
        reason: "a campaign of ours".into(),
        expires: "2023-12-31".into(),
        findings: findings.iter().map(|s| (*s).to_owned()).collect(),
    };
    r.suppressions = vec![SuppressionFile {
        path: "/desk/known.toml".into(),
        sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into(),
        entries: 4,
        as_of: Some("2024-05-06".into()),
        expired: vec![expired(15, &["F-ios-datausage-gap"]), expired(21, &[])],
    }];
    r
}

/// Stalkerware on one phone, an empty file beside it.
pub fn two_devices() -> Report {
    let hit = verdict(State::Match, true, vec![reason(reason::FINDINGS, "1 finding(s)")]);
    let empty = reason(reason::EMPTY_FILE, "/day/b.zip: is an empty file (0 bytes)");
    let mut invalid = invalid().devices.remove(0);
    (invalid.id, invalid.evidence) = ("d2".into(), vec!["e2".into()]);
    invalid.verdict.reasons = vec![empty.clone()];
    let mut r = report(
        vec![android("d1", "e1", hit), invalid],
        vec![
            evidence("e1", "d1", "android-bugreport", "/day/a.zip", vec![]),
            evidence("e2", "d2", "empty", "/day/b.zip", vec![empty]),
        ],
    );
    r.coverage = report_coverage("e1");
    r.packs = vec![pack("stalkerware", "Stalkerware", "/packs/ioc.yaml", 1, 1)];
    let unread = |path: &str, kind: &str, code, text: &str| NamedEntry {
        path: path.into(),
        kind: kind.into(),
        parent: None,
        reason: reason(code, &format!("{path}: {text}")).with("path", path),
    };
    r.named = vec![
        unread("/day/old", "vigie-report", reason::TOOL_OUTPUT, "is a report of vigie, and no acquisition"),
        unread(
            "/day/\u{202e}x",
            "folder",
            reason::UNREADABLE_FOLDER,
            "this folder cannot be opened: permission denied",
        ),
    ];
    r.counted = CountedFiles { media: 3, documents: 2, others: 1 };
    r.verdict.complete = false;
    r.findings = vec![
        Made {
            device: "d1",
            key: &hit_key(PackClass::Stalkerware, Context::Visited),
            severity: Severity::Medium,
            context: Context::Visited,
            artifact: "android.packages",
            malware: Some("TheTruthSpy"),
            value: Some("thetruthspy.example"),
            pack: "stalkerware",
            step: Step::Host,
            count: 1,
            file: "dumpsys package",
            locator: "line 90",
            times: [Some("2023-01-31T09:00:00Z"), None],
        }
        .finding(),
    ];
    r
}
