//! From what tasks left behind to the report: coverage, findings, verdicts.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::combine::{Combined, Undecided};
use super::plan::{Cell, Plan};
use super::task::{Draft, Key, Span, TaskResult};
use super::{DeviceGroup, Opening, Options, finding_id, reason, suppress};
use crate::evidence::{Entry, Evidence, Platform, Presence};
use crate::finding::{
    Coverage, Finding, IndicatorRef, IndicatorSource, MAX_EXAMPLES, PackClass, Reason, Severity, State, Status, Verdict,
};
use crate::matcher::{Matcher, Target, is_type_of};
use crate::observable::Kind;
use crate::packs::Body;
use crate::record::{Role, Timestamp};
use crate::report::{
    Device, EvidenceEntry, Lang, NotEvaluableEntry, PackEntry, Report, SCHEMA_VERSION, Texts, Tool, explain,
};

/// What a run saw.
pub struct Seen<'a> {
    /// What was opened.
    pub opening: &'a Opening,
    /// What was done.
    pub plan: &'a Plan,
    /// What came of it, task by task.
    pub results: &'a [TaskResult],
    /// Matches of patterns over several records.
    pub combined: Vec<Combined>,
    /// Patterns over several records that could not be decided.
    pub undecided: Vec<Undecided>,
}

/// Builds the report. Everything in it is in an order given by the input.
pub fn report(seen: Seen<'_>, matcher: &Matcher, options: &Options) -> Report {
    let Seen { opening, plan, results, combined, undecided } = seen;
    let coverage: Vec<Coverage> = (0..plan.cells.len()).map(|at| cover(opening, plan, at, results)).collect();
    let parted = suppress::part(findings(opening, plan, results, combined, matcher), opening, options);
    let findings = parted.findings;
    let mut devices: Vec<Device> =
        opening.devices.iter().map(|d| device(d, opening, plan, &coverage, &findings)).collect();
    suppress::tell(&mut devices, &parted.suppressed, &parted.files);
    for Undecided { device, pattern } in undecided {
        add_undecided(&mut devices[device].verdict, &matcher.canonical(Target::Pattern(pattern)));
    }
    if matcher.library().indicators.is_empty() {
        devices.iter_mut().for_each(|d| add_no_indicators(&mut d.verdict));
    }
    Report {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool { name: "vigie".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        run: None,
        verdict: overall(&devices),
        devices,
        evidence: opening.evidence.iter().map(evidence_entry).collect(),
        packs: packs(opening, plan, &coverage, results, matcher, options),
        coverage,
        findings,
        suppressed: parted.suppressed,
        suppressions: parted.files,
    }
}

/// A pattern that could not be decided is never "no match".
fn add_undecided(verdict: &mut Verdict, pattern: &str) {
    let text = format!("too many records match parts of {pattern}: it is not decided whether they match it as a whole");
    verdict.reasons.push(reason("pattern-undecided", text, &[("pattern", pattern)]));
    verdict.complete = false;
    if verdict.state == State::NoMatch {
        verdict.state = State::Inconclusive;
    }
}

/// Where nothing was looked for, nothing can be said.
fn add_no_indicators(verdict: &mut Verdict) {
    let text = "no indicators were loaded: nothing was looked for";
    verdict.reasons.push(reason("no-indicators", text.to_owned(), &[]));
    verdict.complete = false;
    if verdict.state == State::NoMatch {
        verdict.state = State::Inconclusive;
    }
}

fn evidence_entry(a: &super::Acquisition) -> EvidenceEntry {
    let (kind, path, notes) = match &a.what {
        Ok(e) => (e.kind().as_str(), e.path().to_owned(), e.notes()),
        Err(i) => (i.kind, i.path.clone(), vec![i.reason.clone()]),
    };
    EvidenceEntry { id: a.id.clone(), kind: kind.to_owned(), path, device: a.device.clone(), notes }
}

/// One line of the coverage contract.
fn cover(opening: &Opening, plan: &Plan, at: usize, results: &[TaskResult]) -> Coverage {
    let cell = &plan.cells[at];
    let acquisition = &opening.evidence[cell.evidence];
    let mine: Vec<&TaskResult> = plan.tasks.iter().zip(results).filter(|(t, _)| t.cell == at).map(|(_, r)| r).collect();
    let mut line = Coverage {
        evidence: acquisition.id.clone(),
        artifact: cell.artifact.id.to_owned(),
        status: Status::Absent,
        required: false,
        records: mine.iter().map(|r| r.tally.records).sum(),
        expected: None,
        lost: mine.iter().map(|r| r.tally.lost).sum(),
        first: None,
        last: None,
        source: cell.entries.iter().map(|e| e.name.clone()).collect(),
        notes: cell.trouble.clone(),
    };
    let Ok(evidence) = &acquisition.what else { return line };
    line.required = cell.artifact.required_in(evidence.kind());
    let mut span = Span::default();
    for r in &mine {
        span.merge(&r.span);
        if let Some(n) = r.tally.expected {
            line.expected = Some(line.expected.unwrap_or(0) + n);
        }
        for note in &r.tally.notes {
            if !line.notes.contains(note) {
                line.notes.push(note.clone());
            }
        }
        if let Some((code, text)) = &r.failure {
            let note = reason(code, text.clone(), &[]);
            if !line.notes.contains(&note) {
                line.notes.push(note);
            }
        }
    }
    (line.first, line.last) = span.texts(evidence.device());
    line.status = status(cell, &mine, &line);
    add_absence_notes(cell, &mut line, &**evidence);
    line
}

fn status(cell: &Cell, results: &[&TaskResult], line: &Coverage) -> Status {
    let stored = cell.entries.iter().filter(|e| e.presence == Presence::Stored).count();
    if stored == 0 {
        return if cell.trouble.is_empty() { Status::Absent } else { Status::Failed };
    }
    let failed = results.iter().filter(|r| r.failure.is_some()).count();
    if failed == results.len() && line.records == 0 {
        let locked = results.iter().all(|r| r.failure.as_ref().is_some_and(|(code, _)| code == "locked"));
        return if locked { Status::Locked } else { Status::Failed };
    }
    let cut = cell.entries.iter().any(|e| e.truncated || e.presence == Presence::Missing);
    if failed > 0 || cut || !cell.trouble.is_empty() || results.iter().any(|r| r.tally.partial) {
        return Status::Partial;
    }
    if line.records == 0 { Status::Empty } else { Status::Parsed }
}

/// Says why something is not there, as far as it is known.
fn add_absence_notes(cell: &Cell, line: &mut Coverage, evidence: &dyn Evidence) {
    for entry in cell.entries.iter().filter(|e| e.presence == Presence::Missing) {
        let text = format!("{} is listed in the acquisition, but its file is missing", entry.name);
        line.notes.push(reason("file-missing", text, &[("file", &entry.name)]));
    }
    for entry in cell.entries.iter().filter(|e| e.truncated) {
        let text = format!("{} ends in the middle", entry.name);
        if !line.notes.iter().any(|n| n.code == "truncated") {
            line.notes.push(reason("truncated", text, &[("file", &entry.name)]));
        }
    }
    if line.status == Status::Absent && cell.entries.is_empty() {
        line.notes.extend(evidence.why_absent(cell.artifact.id));
    }
}

struct Merged {
    draft: Draft,
    device: usize,
    artifact: &'static str,
    key: Key,
}

/// One finding per device, artifact, indicator and step.
fn findings(
    opening: &Opening,
    plan: &Plan,
    results: &[TaskResult],
    combined: Vec<Combined>,
    matcher: &Matcher,
) -> Vec<Finding> {
    let mut merged: BTreeMap<(usize, &'static str, Key), Merged> = BTreeMap::new();
    for (task, result) in plan.tasks.iter().zip(results) {
        let cell = &plan.cells[task.cell];
        let device = opening.devices.iter().position(|d| d.evidence.contains(&cell.evidence)).unwrap_or(0);
        let artifact = cell.artifact.id;
        for (key, draft) in &result.drafts {
            match merged.get_mut(&(device, artifact, *key)) {
                None => {
                    let m = Merged { draft: draft.clone(), device, artifact, key: *key };
                    merged.insert((device, artifact, *key), m);
                }
                Some(m) => m.take(draft),
            }
        }
    }
    for Combined { device, artifact, key, draft, .. } in combined {
        merged.insert((device, artifact, key), Merged { draft, device, artifact, key });
    }
    let hashes = hashes(merged.values(), opening, plan);
    let english = Texts::new(Lang::En);
    let mut all: Vec<Finding> =
        merged.into_values().map(|m| finding(m, opening, plan, matcher, &english, &hashes)).collect();
    all.sort_by(|a, b| {
        let place = |f: &Finding| (f.device.len(), f.device.clone(), f.artifact.clone());
        b.severity
            .cmp(&a.severity)
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| (&a.indicator.pattern, a.step).cmp(&(&b.indicator.pattern, b.step)))
    });
    all
}

impl Merged {
    /// Adds what a later task knows of the same finding.
    fn take(&mut self, more: &Draft) {
        let d = &mut self.draft;
        if more.severity > d.severity {
            (d.severity, d.context) = (more.severity, more.context);
        }
        d.count += more.count;
        d.expired &= more.expired;
        d.span.merge(&more.span);
        let room = MAX_EXAMPLES - d.examples.len().min(MAX_EXAMPLES);
        d.examples.extend(more.examples.iter().take(room).cloned());
    }
}

/// By evidence and file.
type Hashes = HashMap<(usize, String), String>;

fn finding(m: Merged, opening: &Opening, plan: &Plan, matcher: &Matcher, english: &Texts, hashes: &Hashes) -> Finding {
    let group = &opening.devices[m.device];
    let pattern = matcher.canonical(m.key.target);
    let library = matcher.library();
    let mut families: Vec<usize> = Vec::new();
    let mut sources = Vec::new();
    let mut references = Vec::new();
    for i in matcher.indicators_of(m.key.target) {
        let indicator = &library.indicators[i as usize];
        let family = usize::from(indicator.family);
        if !families.contains(&family) {
            families.push(family);
            references.extend(library.families[family].references.iter().cloned());
        }
        let pack = library.packs[usize::from(indicator.pack)].id.clone();
        let said = |date: Option<i64>| date.and_then(Timestamp::unix_seconds).map(|t| t.to_string());
        sources.push(IndicatorSource {
            pack,
            id: library.id(indicator),
            valid_from: said(indicator.valid_from()),
            valid_until: said(indicator.valid_until()),
            meta: library.meta(indicator).cloned().unwrap_or_default(),
        });
    }
    let rule = matcher.pattern(m.key.target).and_then(|p| p.rule.as_ref());
    if let Some(rule) = rule {
        references = rule.sources.iter().filter(|s| s.starts_with("http")).cloned().collect();
    }
    references.dedup();
    families.sort_by_key(|&f| library.families[f].class);
    let family = families.first().map(|&f| &library.families[f]);
    let value = matcher.value(m.key.target).map(str::to_owned).or_else(|| m.draft.value.clone());
    let class = family.map_or(PackClass::Other, |f| f.class);
    let mut names: Vec<&str> = families.iter().map(|&f| library.families[f].name.as_str()).collect();
    names.dedup();
    let malware = (rule.is_none() && !names.is_empty()).then(|| names.join(", "));
    let key = rule.map_or_else(|| explain::hit_key(class, m.draft.context), |r| r.id.clone());
    let about = explain::About {
        key: &key,
        malware: malware.as_deref(),
        value: value.as_deref().unwrap_or(&pattern),
        artifact: m.artifact,
    };
    let told = explain::explain(&about, english).unwrap_or_else(|| explain::untold(&about));
    let mut examples = m.draft.examples;
    for example in &mut examples {
        example.location.sha256 = entry_of(opening, plan, m.artifact, &example.location)
            .and_then(|(at, entry)| hashes.get(&(at, entry.file.clone())).cloned());
    }
    let (first, last) = m.draft.span.texts(&group.facts);
    Finding {
        id: finding_id(&group.facts, &group.id, m.artifact, m.key.step, &pattern),
        device: group.id.clone(),
        severity: m.draft.severity,
        context: m.draft.context,
        artifact: m.artifact.to_owned(),
        title: told.title,
        explanation: told.explanation,
        indicator: IndicatorRef { pattern, value, malware, sources, references, expired: m.draft.expired },
        step: m.key.step,
        count: m.draft.count,
        first,
        last,
        examples,
    }
}

/// The entry an example lies in, and its evidence.
fn entry_of<'a>(
    opening: &Opening,
    plan: &'a Plan,
    artifact: &str,
    location: &crate::finding::Where,
) -> Option<(usize, &'a Entry)> {
    let at = opening.evidence.iter().position(|a| a.id == location.evidence)?;
    let entry = |c: &'a Cell| c.entries.iter().find(|e| e.name == location.file);
    let mine = || plan.cells.iter().filter(|c| c.evidence == at);
    // The records of one finding may lie in several artifacts, when its pattern is over several records.
    let found = mine().filter(|c| c.artifact.id == artifact).find_map(entry).or_else(|| mine().find_map(entry))?;
    Some((at, found))
}

/// SHA-256 of every stored file that some example lies in; each file once, several side by side.
fn hashes<'a>(merged: impl Iterator<Item = &'a Merged>, opening: &Opening, plan: &Plan) -> Hashes {
    let mut files: BTreeMap<(usize, String), &Entry> = BTreeMap::new();
    for m in merged {
        for example in &m.draft.examples {
            if let Some((at, entry)) = entry_of(opening, plan, m.artifact, &example.location) {
                files.insert((at, entry.file.clone()), entry);
            }
        }
    }
    let hash = |((at, file), entry): ((usize, String), &Entry)| {
        let evidence = opening.evidence[at].what.as_ref().ok()?;
        Some(((at, file), evidence.sha256(entry).ok()?))
    };
    files.into_par_iter().filter_map(hash).collect()
}

fn device(group: &DeviceGroup, opening: &Opening, plan: &Plan, coverage: &[Coverage], findings: &[Finding]) -> Device {
    let mut facts = serde_json::Map::new();
    for (name, value) in &group.facts.facts {
        facts.insert((*name).to_owned(), value.clone().into());
    }
    Device {
        id: group.id.clone(),
        evidence: group.evidence.iter().map(|&e| opening.evidence[e].id.clone()).collect(),
        verdict: verdict(group, opening, plan, coverage, findings),
        facts,
        acquired: group.facts.acquired.map(|t| time_text(group, &t)),
        time_zone: group.facts.zone.as_ref().and_then(|z| z.iana_name()).map(str::to_owned),
    }
}

fn time_text(group: &DeviceGroup, t: &Timestamp) -> String {
    let mut text = String::new();
    let _ = group.facts.write_time(t, &mut text);
    text
}

/// The verdict on one device: what was found, then what could not be looked at.
fn verdict(
    group: &DeviceGroup,
    opening: &Opening,
    plan: &Plan,
    coverage: &[Coverage],
    findings: &[Finding],
) -> Verdict {
    let mut reasons = Vec::new();
    let mine: Vec<&Finding> = findings.iter().filter(|f| f.device == group.id).collect();
    for severity in Severity::ALL.iter().rev() {
        let n = mine.iter().filter(|f| f.severity == *severity).count();
        if n > 0 {
            let text = format!("{n} finding(s) of severity {}", severity.as_str());
            let args = [("count", n.to_string()), ("severity", severity.as_str().to_owned())];
            let args: Vec<(&str, &str)> = args.iter().map(|(k, v)| (*k, v.as_str())).collect();
            reasons.push(reason("findings", text, &args));
        }
    }
    let valid = group.evidence.iter().filter(|&&e| opening.evidence[e].what.is_ok()).count();
    let mut complete = valid == group.evidence.len();
    for &e in &group.evidence {
        match &opening.evidence[e].what {
            Err(i) => reasons.push(i.reason.clone()),
            Ok(evidence) => {
                for note in evidence.notes() {
                    complete &= !INCOMPLETE_NOTES.contains(&note.code.as_str());
                    reasons.push(note);
                }
            }
        }
    }
    let lacking = lacking(group, plan, coverage);
    complete &= lacking.is_empty();
    reasons.extend(lacking);
    let indicator_hit = |f: &&Finding, at: Severity| f.indicator.malware.is_some() && f.severity >= at;
    let state = if mine.iter().any(|f| indicator_hit(f, Severity::Medium)) {
        State::Match
    } else if mine.iter().any(|f| indicator_hit(f, Severity::Low) || f.severity >= Severity::Medium) {
        State::Suspicious
    } else if valid == 0 {
        State::Invalid
    } else if complete {
        State::NoMatch
    } else {
        State::Inconclusive
    };
    Verdict { state, complete, reasons }
}

/// Notes of an acquisition that say it is not whole.
const INCOMPLETE_NOTES: [&str; 6] =
    ["files-missing", "file-unlisted", "manifest-damaged", "dumpstate-damaged", "members-unlisted", "duplicate-member"];

/// What the coverage contract requires of a device and did not get. An artifact that one acquisition lacks and another
/// of the same device has is not lacking.
fn lacking(group: &DeviceGroup, plan: &Plan, coverage: &[Coverage]) -> Vec<Reason> {
    let mine: Vec<(&Cell, &Coverage)> =
        plan.cells.iter().zip(coverage).filter(|(c, _)| group.evidence.contains(&c.evidence)).collect();
    let whole: HashSet<&str> = mine
        .iter()
        .filter(|(_, l)| matches!(l.status, Status::Parsed | Status::Empty | Status::NotApplicable))
        .map(|(_, l)| l.artifact.as_str())
        .collect();
    let mut out = Vec::new();
    for (cell, line) in mine {
        if !line.required || whole.contains(line.artifact.as_str()) {
            continue;
        }
        let code = match line.status {
            Status::Absent if line.notes.iter().any(|n| n.code == "file-missing") => "required-missing",
            Status::Absent => "required-absent",
            Status::Locked => "required-locked",
            Status::Partial => "required-partial",
            Status::Failed => "required-failed",
            _ => continue,
        };
        let why = line.notes.first().map_or_else(String::new, |n| format!(": {}", n.text));
        let text = format!("{} ({}) is {}{why}", cell.artifact.title, line.artifact, line.status.as_str());
        let detail = line.notes.first().map_or("", |n| n.text.as_str());
        let args = [("artifact", line.artifact.as_str()), ("title", cell.artifact.title), ("detail", detail)];
        out.push(reason(code, text, &args));
    }
    out
}

/// The worst of the devices.
fn overall(devices: &[Device]) -> Verdict {
    let rank = |s: State| match s {
        State::Match => 4,
        State::Suspicious => 3,
        State::Invalid => 2,
        State::Inconclusive => 1,
        State::NoMatch => 0,
    };
    let worst = devices.iter().map(|d| d.verdict.state).max_by_key(|s| rank(*s)).unwrap_or(State::Invalid);
    let reasons = devices
        .iter()
        .map(|d| {
            let text = format!("{}: {}", d.id, d.verdict.state.as_str());
            reason("device", text, &[("device", &d.id), ("state", d.verdict.state.as_str())])
        })
        .collect();
    Verdict { state: worst, complete: devices.iter().all(|d| d.verdict.complete), reasons }
}

/// What was loaded, and how much of it this evidence could show.
fn packs(
    opening: &Opening,
    plan: &Plan,
    coverage: &[Coverage],
    results: &[TaskResult],
    matcher: &Matcher,
    options: &Options,
) -> Vec<PackEntry> {
    let read: Vec<(&Cell, Platform)> = plan
        .cells
        .iter()
        .zip(coverage)
        .filter(|(_, l)| matches!(l.status, Status::Parsed | Status::Empty | Status::Partial))
        .filter_map(|(c, _)| Some((c, opening.evidence[c.evidence].what.as_ref().ok()?.kind().platform())))
        .collect();
    let mut kinds: HashSet<Kind> = HashSet::new();
    for (cell, platform) in &read {
        for field in cell.artifact.shapes.iter().flat_map(|s| s.fields) {
            for role in field.roles {
                kinds.extend(shown_by(*role, *platform));
            }
        }
    }
    let newest = opening.devices.iter().filter_map(|d| d.facts.acquired).map(|t| t.micros).max();
    let as_of = options.as_of.map(|t| t.micros).or(newest);
    let library = matcher.library();
    let mut applicable = vec![0u64; library.packs.len()];
    let mut expired = vec![0u64; library.packs.len()];
    for indicator in &library.indicators {
        let shown = match indicator.body {
            Body::Value(kind, _) => kinds.contains(&kind),
            Body::Pattern(p) => library.patterns[p as usize].pattern.tests().iter().any(|t| {
                crate::packs::kind_of(t).is_some_and(|k| kinds.contains(&k))
                    || read.iter().any(|(c, _)| is_type_of(&t.path.object_type, c.artifact.id))
            }),
        };
        applicable[usize::from(indicator.pack)] += u64::from(shown);
        let past =
            matches!((indicator.valid_until(), as_of), (Some(u), Some(now)) if now > u.saturating_mul(1_000_000));
        expired[usize::from(indicator.pack)] += u64::from(past);
    }
    library
        .packs
        .iter()
        .enumerate()
        .map(|(i, p)| PackEntry {
            id: p.id.clone(),
            name: p.name.clone(),
            source: p.source.clone(),
            sha256: p.sha256.clone(),
            loaded: p.loaded,
            applicable: applicable[i],
            not_evaluable: p
                .not_evaluable
                .iter()
                .map(|n| NotEvaluableEntry {
                    id: n.id.clone(),
                    pattern: n.pattern.clone(),
                    reason: n.reason.clone(),
                    file: n.file.clone(),
                    line: n.line,
                })
                .collect(),
            not_evaluable_count: p.not_evaluable_count,
            revoked: p.revoked,
            expired: expired[i],
            outside_validity: results.iter().filter_map(|r| r.outside_validity.get(&(i as u16))).sum(),
            newest: p.newest.and_then(Timestamp::unix_seconds).map(|t| t.to_string()),
            age_days: age(p.newest, as_of),
            problems: p.told(),
        })
        .collect()
}

/// Whole days from a pack's last change (seconds) to a date (microseconds).
fn age(newest: Option<i64>, as_of: Option<i64>) -> Option<u64> {
    let days = (as_of?.div_euclid(1_000_000) - newest?).div_euclid(86_400);
    Some(u64::try_from(days).unwrap_or(0))
}

/// The kinds of observables a field in this role can lead to.
pub fn shown_by(role: Role, platform: Platform) -> Vec<Kind> {
    match role {
        Role::Url => vec![Kind::Url, Kind::Domain, Kind::Ip],
        Role::Domain => vec![Kind::Domain, Kind::Ip],
        Role::Ip => vec![Kind::Ip],
        Role::Email => vec![Kind::Email],
        Role::Phone => vec![Kind::Phone],
        Role::Process if platform == Platform::Android => vec![Kind::Process, Kind::AppId],
        Role::Process => vec![Kind::Process],
        Role::FilePath if platform == Platform::Android => vec![Kind::FilePath, Kind::FileName, Kind::AppId],
        Role::FilePath => vec![Kind::FilePath, Kind::FileName, Kind::Domain],
        Role::FileName => vec![Kind::FileName],
        Role::AppId => vec![Kind::AppId],
        Role::Md5 => vec![Kind::Md5],
        Role::Sha1 => vec![Kind::Sha1],
        Role::Sha256 => vec![Kind::Sha256],
        Role::CertMd5 => vec![Kind::CertMd5],
        Role::CertSha1 => vec![Kind::CertSha1],
        Role::CertSha256 => vec![Kind::CertSha256],
        Role::ProfileId => vec![Kind::ProfileId],
        Role::Property => vec![Kind::Property],
        Role::Text => vec![Kind::Url, Kind::Domain, Kind::Ip, Kind::Email],
        Role::Time | Role::Number | Role::Opaque => vec![],
    }
}
