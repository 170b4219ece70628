//! A report as one page on a terminal: what was examined, what can be said of it, what was found, what could not be
//! checked, how it was checked, and where the rest is.
//!
//! It is read by frightened people and by tired ones. The verdict comes before the details; numbers of indicators come
//! last and say that they are no findings.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use super::explain::{Told, class_of, retell};
use super::gaps;
use super::hidden;
use super::model::{Device, EvidenceEntry, PackEntry, Report};
use super::sanitize::terminal_cut;
use super::texts::{Arg, Texts};
pub use super::wrap::Style;
use super::wrap::{Ink, Page};
use crate::finding::{Context, Finding, Reason, Severity, State, Step, Todo, Verdict};
use crate::packs::of_files;

/// Findings told in full, on a page about one device.
const FULL_FINDINGS: usize = 10;
/// Findings told in full for each device, however many there are.
const FULL_FINDINGS_AT_LEAST: usize = 3;
/// How many of them may be of low severity: a page of trifles hides what counts.
const FULL_LOW: usize = 5;
/// Names in a list within a sentence.
const MAX_LISTED: usize = 4;
/// Notes of one acquisition.
const MAX_NOTES: usize = 3;
/// Packs whose damage is told.
const MAX_PROBLEMS: usize = 3;
/// Characters of a name.
const MAX_NAME: usize = 80;
/// Characters of a path.
const MAX_PATH: usize = 240;

/// Writes the page. `written` is the report's folder, where there is one.
pub fn page(
    report: &Report,
    texts: &Texts,
    style: Style,
    written: Option<&Path>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut p = Page::new(out, style);
    let view = View { report, texts, written };
    view.head(&mut p)?;
    if report.devices.len() > 1 {
        view.summary(&mut p)?;
    }
    for device in &report.devices {
        view.device(&mut p, device)?;
    }
    if report.devices.is_empty() {
        p.blank()?;
        view.verdict(&mut p, None, &report.verdict)?;
    }
    view.indicators(&mut p)?;
    view.files(&mut p)?;
    p.blank()
}

/// Days after which nobody should rely on indicators alone.
const STALE_DAYS: u64 = 90;

/// The age of the newest pack, when even that one is old.
fn stale(packs: &[PackEntry]) -> Option<u64> {
    packs.iter().filter_map(|k| k.age_days).min().filter(|days| *days > STALE_DAYS)
}

/// What every part of the page looks at.
pub(super) struct View<'a> {
    pub(super) report: &'a Report,
    pub(super) texts: &'a Texts,
    pub(super) written: Option<&'a Path>,
}

impl<'a> View<'a> {
    pub(super) fn ui(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.texts.ui(key, args)
    }

    /// `a, b, c and 4 more`.
    pub(super) fn list(&self, items: &[String], separator: &str, most: usize) -> String {
        let shown: Vec<&str> = items.iter().take(most).map(String::as_str).collect();
        let shown = shown.join(separator);
        match items.len().saturating_sub(most) {
            0 => shown,
            more => self.ui("list-more", &[("list", Arg::Text(&shown)), ("n", more.into())]),
        }
    }

    /// `name:`, with the space that French wants.
    fn label(&self, name: &str) -> String {
        self.ui("label", &[("name", Arg::Text(name))])
    }

    pub(super) fn heading(&self, p: &mut Page<'_>, key: &str) -> io::Result<()> {
        p.blank()?;
        p.line(0, 0, Ink::Bold, &self.ui(key, &[]))
    }

    fn head(&self, p: &mut Page<'_>) -> io::Result<()> {
        p.line(0, 0, Ink::Bold, &self.ui("page-version", &[("version", Arg::Text(&self.report.tool.version))]))?;
        let Some(run) = &self.report.run else { return Ok(()) };
        for (key, name, value) in [
            ("case-number", "case", &run.case),
            ("case-operator", "operator", &run.operator),
            ("case-consent", "consent", &run.consent),
        ] {
            if let Some(value) = value {
                p.line(0, 2, Ink::Plain, &self.ui(key, &[(name, Arg::Text(value))]))?;
            }
        }
        Ok(())
    }

    /// With several devices: one line for each, before anything else.
    fn summary(&self, p: &mut Page<'_>) -> io::Result<()> {
        self.heading(p, "summary-heading")?;
        for device in &self.report.devices {
            let state = self.ui(&format!("state-{}", device.verdict.state.as_str()), &[]);
            let name = format!("{} {state} —", self.label(&self.device_heading(device)));
            p.labelled(2, 4, verdict_ink(device.verdict.state), &name, &self.device_name(device))?;
        }
        Ok(())
    }

    fn device(&self, p: &mut Page<'_>, device: &'a Device) -> io::Result<()> {
        p.blank()?;
        let mut about = self.device_name(device);
        if let Some(acquired) = &device.acquired {
            let key = if device.evidence.len() > 1 { "device-newest" } else { "device-acquired" };
            about.push_str(", ");
            about.push_str(&self.ui(key, &[("when", Arg::Text(&self.moment(acquired)))]));
        }
        p.labelled(0, 2, Ink::Bold, &self.label(&self.device_heading(device)), &about)?;
        self.evidence(p, device)?;
        p.blank()?;
        self.verdict(p, Some(device), &device.verdict)?;
        if device.verdict.state == State::Invalid {
            return Ok(());
        }
        self.findings(p, device)?;
        hidden::write(self, p, device)?;
        gaps::write(self, p, device)
    }

    fn device_heading(&self, device: &Device) -> String {
        let key = if device.verdict.state == State::Invalid { "input-heading" } else { "device-heading" };
        self.ui(key, &[("id", Arg::Text(&device.id))])
    }

    /// `iPhone10,4, iOS 14.3 (18C66)`; for what is no acquisition, what it seems to be. The owner's name for the phone
    /// stays away: pages are shown around.
    fn device_name(&self, device: &Device) -> String {
        let fact =
            |name: &str| device.facts.get(name).and_then(serde_json::Value::as_str).map(|v| terminal_cut(v, MAX_NAME));
        if device.verdict.state == State::Invalid {
            let kinds: Vec<String> = self.evidence_of(device).map(|e| self.kind(&e.kind)).collect();
            return self.list(&kinds, ", ", MAX_LISTED);
        }
        let model = match (fact("manufacturer"), fact("model")) {
            (Some(maker), Some(model)) => format!("{maker} {model}"),
            (maker, model) => model.or(maker).unwrap_or_else(|| self.ui("device-unknown", &[])),
        };
        let system = match (fact("platform"), fact("os_version")) {
            (Some(platform), Some(version)) => Some(format!("{platform} {version}")),
            (platform, version) => platform.or(version),
        };
        let build = fact("build").map(|b| format!(" ({b})")).unwrap_or_default();
        match system {
            Some(system) => format!("{model}, {system}{build}"),
            None => model,
        }
    }

    pub(super) fn evidence_of(&self, device: &'a Device) -> impl Iterator<Item = &'a EvidenceEntry> {
        self.report.evidence.iter().filter(|e| e.device == device.id)
    }

    fn kind(&self, kind: &str) -> String {
        self.texts.try_ui(&format!("kind-{kind}"), &[]).unwrap_or_else(|| terminal_cut(kind, MAX_NAME))
    }

    fn evidence(&self, p: &mut Page<'_>, device: &'a Device) -> io::Result<()> {
        for e in self.evidence_of(device) {
            let label = self.label(&format!("{} {}", e.id, self.kind(&e.kind)));
            p.labelled(2, 5, Ink::Plain, &label, &terminal_cut(&e.path, MAX_PATH))?;
            if device.verdict.state == State::Invalid {
                continue;
            }
            for note in e.notes.iter().take(MAX_NOTES) {
                p.line(5, 7, Ink::Plain, &self.ui("note", &[("note", Arg::Text(&self.texts.reason(note)))]))?;
            }
            if let more @ 1.. = e.notes.len().saturating_sub(MAX_NOTES) {
                p.line(5, 7, Ink::Plain, &self.ui("more-notes", &[("n", more.into())]))?;
            }
        }
        if device.verdict.state != State::Invalid {
            p.line(2, 5, Ink::Plain, &self.read(device))?;
        }
        Ok(())
    }

    /// How much was read, and from which time.
    fn read(&self, device: &Device) -> String {
        let lines: Vec<_> = gaps::coverage_of(self.report, device).filter(|c| c.records > 0).collect();
        let records: u64 = lines.iter().fold(0, |n, c| n.saturating_add(c.records));
        let mut artifacts: Vec<&str> = lines.iter().map(|c| c.artifact.as_str()).collect();
        artifacts.sort_unstable();
        artifacts.dedup();
        let (records, artifacts) = (("records", records.into()), ("artifacts", artifacts.len().into()));
        // RFC 3339 sorts as text; dates alone are shown, so a missing zone letter changes nothing.
        let from = lines.iter().filter_map(|c| c.first.as_deref()?.get(..10)).min();
        let to = lines.iter().filter_map(|c| c.last.as_deref()?.get(..10)).max();
        match (lines.is_empty(), from, to) {
            (true, ..) => self.ui("read-none", &[]),
            (false, Some(from), Some(to)) => {
                self.ui("read-dated", &[records, artifacts, ("from", from.into()), ("to", to.into())])
            }
            _ => self.ui("read", &[records, artifacts]),
        }
    }

    /// The verdict: one coloured sentence, then what it means and what to do.
    fn verdict(&self, p: &mut Page<'_>, device: Option<&'a Device>, verdict: &Verdict) -> io::Result<()> {
        let (headline, sentences) = match (verdict.state, device) {
            (State::Match, Some(d)) => self.told_match(d),
            (State::Suspicious, Some(d)) => self.told_suspicious(d),
            (State::Match | State::Suspicious, None) => {
                (self.ui(&format!("verdict-{}", verdict.state.as_str()), &[]), Vec::new())
            }
            (State::NoMatch, _) => {
                let mut keys = vec!["verdict-no-match-why", "verdict-no-match-limits", "verdict-no-match-do"];
                if self.report.packs.iter().all(|k| k.applicable == 0) {
                    keys.insert(1, "verdict-nothing-applicable");
                }
                (self.ui("verdict-no-match", &[]), keys.iter().map(|k| self.ui(k, &[])).collect())
            }
            (State::Inconclusive, _) => {
                (self.headline_inconclusive(device, verdict), vec![self.ui("verdict-inconclusive-why", &[])])
            }
            (State::Invalid, _) => self.told_invalid(device, verdict),
        };
        let label = self.ui("verdict-label", &[]);
        p.line(0, 2, verdict_ink(verdict.state), &format!("{label} {headline}"))?;
        if let Some(hidden @ 1..) = device.map(|d| hidden::of(self.report, d).count()) {
            p.line(2, 2, Ink::Plain, &self.ui("verdict-suppressed", &[("n", hidden.into())]))?;
        }
        for sentence in sentences {
            p.line(2, 2, Ink::Plain, &sentence)?;
        }
        let found = matches!(verdict.state, State::Match | State::Suspicious);
        if found && !verdict.complete {
            p.line(2, 2, Ink::Plain, &self.incomplete(device))?;
        }
        Ok(())
    }

    fn told_match(&self, device: &Device) -> (String, Vec<String>) {
        let strong: Vec<&Finding> = self.findings_of(device).filter(|f| f.severity >= Severity::Medium).collect();
        let hits: Vec<&Finding> = strong.iter().copied().filter(|f| class_of(&f.explanation.key).is_some()).collect();
        let mut names: Vec<String> = Vec::new();
        for name in hits.iter().filter_map(|f| f.indicator.malware.as_deref()) {
            let name = terminal_cut(name, MAX_NAME);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let headline = match names.as_slice() {
            [] => self.ui("verdict-match", &[]),
            names => self.ui("verdict-match-named", &[("names", Arg::Text(&self.list(names, ", ", MAX_LISTED)))]),
        };
        let mut sentences = Vec::new();
        if let Some(first) = hits.first() {
            let what = self.ui(&format!("context-{}", first.context.as_str()), &[]);
            sentences.push(self.ui("verdict-match-why", &[("what", Arg::Text(&what))]));
        }
        // "A link was sent" and "a program ran" are worlds apart, and are mixed up all the time.
        if !strong.iter().any(|f| matches!(f.context, Context::Executed | Context::Installed | Context::Persisted)) {
            sentences.push(self.ui("verdict-match-not-run", &[]));
        }
        sentences.push(self.ui("verdict-match-do", &[]));
        let close_by = |f: &&Finding| matches!(class_of(&f.explanation.key), Some("stalkerware" | "watchware"));
        if hits.iter().any(close_by) {
            sentences.push(self.ui("verdict-match-safety", &[]));
        }
        (headline, sentences)
    }

    fn told_suspicious(&self, device: &Device) -> (String, Vec<String>) {
        let mut sentences = vec![self.ui("verdict-suspicious-why", &[])];
        if self.findings_of(device).any(|f| f.severity >= Severity::High) {
            sentences.push(self.ui("verdict-suspicious-strong", &[]));
        }
        (self.ui("verdict-suspicious", &[]), sentences)
    }

    fn headline_inconclusive(&self, device: Option<&'a Device>, verdict: &Verdict) -> String {
        let lost = device.map(|d| gaps::lost_names(self, d)).unwrap_or_default();
        if lost.is_empty() {
            let why = verdict.causes().next().map(|r| self.texts.reason(r)).unwrap_or_default();
            return self.ui("verdict-inconclusive-reason", &[("reason", Arg::Text(&why))]);
        }
        let list = self.list(&lost, ", ", MAX_LISTED);
        self.ui("verdict-inconclusive", &[("n", lost.len().into()), ("list", Arg::Text(&list))])
    }

    fn told_invalid(&self, device: Option<&'a Device>, verdict: &Verdict) -> (String, Vec<String>) {
        let of_evidence = device.and_then(|d| self.evidence_of(d).find_map(|e| e.notes.first()));
        let reason = of_evidence.or(verdict.causes().next());
        let headline = match reason {
            Some(reason) => self.ui("verdict-invalid", &[("reason", Arg::Text(&self.texts.reason(reason)))]),
            None => self.ui("verdict-invalid-plain", &[]),
        };
        let mut sentences = vec![self.ui("verdict-invalid-why", &[])];
        if let Some(todo) = reason.map(|r| r.code.todo()).filter(|t| *t != Todo::Nothing) {
            sentences.push(format!("{} {}", self.ui("advice-label", &[]), self.texts.todo(todo, None)));
        }
        (headline, sentences)
    }

    fn incomplete(&self, device: Option<&'a Device>) -> String {
        let lost = device.map(|d| gaps::lost_names(self, d)).unwrap_or_default();
        if lost.is_empty() {
            return self.ui("verdict-incomplete-plain", &[]);
        }
        self.ui("verdict-incomplete", &[("list", Arg::Text(&self.list(&lost, ", ", MAX_LISTED)))])
    }

    fn findings_of(&self, device: &Device) -> impl Iterator<Item = &'a Finding> + use<'a> {
        let id = device.id.clone();
        self.report.findings.iter().filter(move |f| f.device == id)
    }

    fn findings(&self, p: &mut Page<'_>, device: &Device) -> io::Result<()> {
        self.heading(p, "findings-heading")?;
        let most = (FULL_FINDINGS / self.report.devices.len().max(1)).max(FULL_FINDINGS_AT_LEAST);
        let (info, others): (Vec<_>, Vec<_>) = self.findings_of(device).partition(|f| f.severity == Severity::Info);
        if others.is_empty() {
            let key = if device.verdict.complete { "findings-none" } else { "findings-none-incomplete" };
            p.line(2, 2, Ink::Plain, &self.ui(key, &[]))?;
        }
        let grave = others.iter().filter(|f| f.severity > Severity::Low).count();
        let most = most.min(grave + FULL_LOW);
        let mut said = Said::default();
        for (i, finding) in others.iter().take(most).enumerate() {
            if i > 0 {
                p.blank()?;
            }
            self.finding(p, i + 1, finding, &mut said)?;
        }
        if let more @ 1.. = others.len().saturating_sub(most) {
            let key = if self.written.is_some() { "findings-more" } else { "findings-more-unwritten" };
            p.blank()?;
            p.line(2, 2, Ink::Plain, &self.ui(key, &[("n", more.into())]))?;
        }
        if !info.is_empty() {
            let titles: Vec<String> = info.iter().map(|f| retell(f, self.texts).title).collect();
            let list = self.list(&titles, "; ", MAX_LISTED);
            p.blank()?;
            p.line(2, 2, Ink::Plain, &self.ui("findings-info", &[("list", Arg::Text(&list))]))?;
        }
        Ok(())
    }

    fn finding(&self, p: &mut Page<'_>, n: usize, f: &Finding, said: &mut Said) -> io::Result<()> {
        let Told { title, explanation } = retell(f, self.texts);
        let severity = self.ui(&format!("severity-{}", f.severity.as_str()), &[]).to_uppercase();
        p.labelled(2, 5, severity_ink(f.severity), &format!("{n}. [{severity}]"), &title)?;
        let context = self.ui(&format!("context-{}", f.context.as_str()), &[]);
        let artifact = self.texts.artifact(&f.artifact);
        let what = self.ui(
            "finding-what",
            &[
                ("context", Arg::Text(&context)),
                ("count", f.count.into()),
                ("artifact", Arg::Text(&artifact)),
                ("when", Arg::Text(&self.when(f))),
            ],
        );
        p.line(5, 7, Ink::Plain, &what)?;
        if let Some(example) = f.examples.first() {
            let key = if f.count > 1 { "finding-example" } else { "finding-where" };
            let at = &example.location;
            let file = terminal_cut(&at.file, MAX_PATH);
            let args = [
                ("file", Arg::Text(&file)),
                ("locator", Arg::Text(&at.locator)),
                ("evidence", Arg::Text(&at.evidence)),
            ];
            p.line(5, 7, Ink::Plain, &self.ui(key, &args))?;
        }
        p.line(5, 7, Ink::Plain, &self.source(f))?;
        for (what, text) in [("innocent", &explanation.innocent), ("next", &explanation.next)] {
            if text.is_empty() {
                continue;
            }
            match said.before(text, n) {
                Some(at) => {
                    p.line(5, 7, Ink::Plain, &self.ui(&format!("finding-{what}-as"), &[("n", at.into())]))?;
                }
                None => {
                    let label = self.ui(&format!("finding-{what}"), &[]);
                    p.labelled(5, 7, Ink::Bold, &label, text)?;
                }
            }
        }
        Ok(())
    }

    /// Who says so, and how the record led to it where that is not plain.
    fn source(&self, f: &Finding) -> String {
        let mut packs: Vec<String> = f.indicator.sources.iter().map(|s| terminal_cut(&s.pack, MAX_NAME)).collect();
        packs.sort_unstable();
        packs.dedup();
        let packs = self.list(&packs, ", ", MAX_LISTED);
        let hit = class_of(&f.explanation.key).is_some();
        let name = match &f.indicator.malware {
            Some(malware) if hit => terminal_cut(malware, MAX_NAME),
            _ if hit => self.ui("unnamed-tool", &[]),
            _ => f.explanation.key.clone(),
        };
        let sources = self.ui("finding-source", &[("name", Arg::Text(&name)), ("packs", Arg::Text(&packs))]);
        let key = if hit { "finding-known" } else { "finding-rule" };
        let mut text = self.ui(key, &[("sources", Arg::Text(&sources))]);
        if hit && f.step != Step::Exact {
            let step = self.ui(&format!("step-{}", f.step.as_str()), &[]);
            text.push_str(". ");
            text.push_str(&self.ui("finding-how", &[("step", Arg::Text(&step))]));
        }
        text.push('.');
        if f.indicator.expired {
            text.push(' ');
            text.push_str(&self.ui("finding-expired", &[]));
        }
        text
    }

    fn when(&self, f: &Finding) -> String {
        match (&f.first, &f.last) {
            (Some(first), Some(last)) if first != last => {
                let (from, to) = (self.moment(first), self.moment(last));
                self.ui("span", &[("from", Arg::Text(&from)), ("to", Arg::Text(&to))])
            }
            (Some(at), _) | (None, Some(at)) => self.moment(at),
            (None, None) => self.ui("finding-undated", &[]),
        }
    }

    /// `2021-03-04 05:06 UTC`: the same in every language, and to the minute.
    fn moment(&self, rfc3339: &str) -> String {
        match (rfc3339.get(..10), rfc3339.get(11..16), rfc3339.get(10..11)) {
            (Some(day), Some(minute), Some("T")) if rfc3339.ends_with('Z') => format!("{day} {minute} UTC"),
            (Some(day), Some(minute), Some("T")) => format!("{day} {minute} ({})", self.ui("phone-clock", &[])),
            _ => terminal_cut(rfc3339, MAX_NAME),
        }
    }

    /// How much was looked for. Stands apart from the findings and says so: such numbers are taken for hits. Where
    /// nothing was examined, nothing was looked for.
    fn indicators(&self, p: &mut Page<'_>) -> io::Result<()> {
        let packs = &self.report.packs;
        let mut damaged: Vec<_> = packs.iter().filter_map(|k| Some((k, k.problems.first()?))).collect();
        let examined = self.report.devices.iter().any(|d| d.verdict.state != State::Invalid);
        if !examined && damaged.is_empty() {
            return Ok(());
        }
        self.heading(p, "indicators-heading")?;
        if examined && packs.is_empty() {
            p.line(2, 2, Ink::Plain, &self.ui("indicators-none", &[]))?;
        } else if examined {
            p.line(2, 2, Ink::Plain, &self.numbers(packs))?;
            if let Some(days) = stale(packs) {
                p.line(2, 2, Ink::Plain, &self.ui("indicators-stale", &[("days", days.into())]))?;
            }
        }
        hidden::write_expired(self, p)?;
        // What costs a whole file comes before what costs an entry.
        damaged.sort_by_key(|(_, problem)| !of_files(problem.code));
        let all = packs.iter().flat_map(|k| &k.problems).fold(0u64, |sum, r| sum.saturating_add(times(r)));
        let more = all.saturating_sub(damaged.len().min(MAX_PROBLEMS) as u64);
        for (pack, problem) in damaged.into_iter().take(MAX_PROBLEMS) {
            let problem = self.texts.reason(problem);
            let args = [("pack", Arg::Text(&pack.id)), ("problem", Arg::Text(&problem))];
            p.line(2, 4, Ink::Plain, &self.ui("pack-problem", &args))?;
        }
        if more > 0 {
            p.line(2, 4, Ink::Plain, &self.ui("pack-problems-more", &[("n", more.into())]))?;
        }
        Ok(())
    }

    fn numbers(&self, packs: &[PackEntry]) -> String {
        let sum = |of: fn(&PackEntry) -> u64| packs.iter().fold(0u64, |n, k| n.saturating_add(of(k)));
        let (loaded, applicable) = (sum(|k| k.loaded), sum(|k| k.applicable));
        let args = [("loaded", loaded.into()), ("packs", packs.len().into()), ("applicable", applicable.into())];
        let mut told = vec![self.ui("indicators", &args)];
        for (key, n) in [
            ("indicators-unevaluated", sum(|k| k.not_evaluable_count)),
            ("indicators-expired", sum(|k| k.expired)),
            ("indicators-outside", sum(|k| k.outside_validity)),
        ] {
            if n > 0 {
                told.push(self.ui(key, &[("n", n.into())]));
            }
        }
        told.push(self.ui("indicators-not-hits", &[]));
        told.join(" ")
    }

    fn files(&self, p: &mut Page<'_>) -> io::Result<()> {
        self.heading(p, "report-heading")?;
        match self.written {
            Some(path) => {
                p.unbroken(2, &path.display().to_string())?;
                p.line(2, 2, Ink::Plain, &self.ui("report-written", &[]))
            }
            None => p.line(2, 2, Ink::Plain, &self.ui("report-unwritten", &[])),
        }
    }
}

/// How many problems an entry of the list stands for.
fn times(problem: &Reason) -> u64 {
    let counted = || problem.args.get("count").and_then(|n| n.parse().ok());
    if problem.code == "problems-limit" { counted().unwrap_or(1) } else { 1 }
}

/// Texts a page has already told, and under which number: repeated advice is not read.
#[derive(Default)]
struct Said(HashMap<String, usize>);

impl Said {
    fn before(&mut self, text: &str, n: usize) -> Option<usize> {
        let before = self.0.get(text).copied();
        if before.is_none() {
            self.0.insert(text.to_owned(), n);
        }
        before
    }
}

fn verdict_ink(state: State) -> Ink {
    match state {
        State::Match => Ink::BoldRed,
        State::Suspicious | State::Inconclusive | State::Invalid => Ink::Yellow,
        State::NoMatch => Ink::Bold,
    }
}

pub(super) fn severity_ink(severity: Severity) -> Ink {
    match severity {
        Severity::Critical => Ink::BoldRed,
        Severity::High => Ink::Red,
        Severity::Medium => Ink::Yellow,
        Severity::Low => Ink::Cyan,
        Severity::Info => Ink::Plain,
    }
}

#[cfg(test)]
#[path = "terminal_tests.rs"]
mod tests;
