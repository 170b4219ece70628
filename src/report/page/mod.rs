//! A report as one page: what was examined, what can be said of it, what was found, what could not be checked, how it was
//! checked, and where the rest is.
//!
//! It is read by frightened people and by tired ones. The verdict comes before the details and once more at the end;
//! numbers of indicators come last and say that they are no findings.

mod checked;
mod elsewhere;
mod event;
mod findings;
mod gaps;
mod hidden;
mod models;
mod verdict;
mod when;
mod wrap;

use std::io::{self, Write};
use std::path::Path;

use super::model::{Device, EvidenceEntry, Report};
use super::sanitize::terminal_cut;
use super::texts::{Arg, Texts};
use crate::finding::State;
use when::Clock;
pub use wrap::Style;
use wrap::{Ink, Page};

/// Names in a list within a sentence.
const MAX_LISTED: usize = 4;
/// Notes of one acquisition.
const MAX_NOTES: usize = 3;
/// Characters of a name.
const MAX_NAME: usize = 80;
/// Characters of a path.
const MAX_PATH: usize = 240;

/// How much a page tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What a screen is for: the gravest in full, the rest counted.
    Short,
    /// Every finding.
    All,
}

/// Where the rest of the report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written<'a> {
    /// Nowhere: none was asked for.
    Nowhere,
    /// In a folder.
    At(&'a Path),
    /// Beside the page itself.
    Here,
}

/// Writes the page.
pub fn page(
    report: &Report,
    texts: &Texts,
    style: Style,
    extent: Extent,
    written: Written<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut p = Page::new(out, style);
    let view = View { report, texts, extent, written };
    view.head(&mut p)?;
    if report.devices.len() > 1 {
        // The names of tools stand in the summary already.
        p.blank()?;
        for key in verdict::first(&view, &report.devices) {
            p.line(0, 2, Ink::Bold, &view.ui(key, &[]))?;
        }
        view.heading(&mut p, "summary-heading")?;
        view.in_short(&mut p)?;
    }
    for device in &report.devices {
        view.device(&mut p, device)?;
    }
    if report.devices.is_empty() {
        p.blank()?;
        verdict::write(&view, &mut p, None, &report.verdict)?;
    }
    elsewhere::write(&view, &mut p)?;
    checked::write(&view, &mut p)?;
    view.help(&mut p)?;
    view.files(&mut p)?;
    view.heading(&mut p, "short-heading")?;
    view.in_short(&mut p)?;
    p.blank()
}

/// What every part of the page looks at.
struct View<'a> {
    report: &'a Report,
    texts: &'a Texts,
    extent: Extent,
    written: Written<'a>,
}

impl<'a> View<'a> {
    fn ui(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.texts.ui(key, args)
    }

    /// That so many more are there, and where they can be seen.
    fn left_out(&self, key: &str, n: u64) -> String {
        let state = if self.written == Written::Nowhere { "unwritten" } else { "written" };
        let (place, named) = (self.ui(&format!("where-{state}"), &[]), self.ui(&format!("named-{state}"), &[]));
        self.ui(key, &[("n", n.into()), ("where", Arg::Text(&place)), ("named", Arg::Text(&named))])
    }

    /// `a, b, c and 4 more`.
    fn list(&self, items: &[String], most: usize) -> String {
        self.listed(items, most, "list-separator")
    }

    /// The same with another separator: sentences may hold commas.
    fn listed(&self, items: &[String], most: usize, separator: &str) -> String {
        let separator = self.ui(separator, &[]);
        let shown: Vec<&str> = items.iter().take(most).map(String::as_str).collect();
        let shown = shown.join(&format!("{separator} "));
        match items.len().saturating_sub(most) {
            0 => shown,
            more => self.ui("list-more", &[("list", Arg::Text(&shown)), ("n", more.into())]),
        }
    }

    /// `name:`, with the space that French wants.
    fn label(&self, name: &str) -> String {
        self.ui("label", &[("name", Arg::Text(name))])
    }

    fn heading(&self, p: &mut Page<'_>, key: &str) -> io::Result<()> {
        p.blank()?;
        p.line(0, 0, Ink::Bold, &self.ui(key, &[]))
    }

    fn most(&self, short: usize) -> usize {
        if self.extent == Extent::All { usize::MAX } else { short }
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

    /// One line for each device: whose result it is, in the words of whoever gave it, and the verdict.
    fn in_short(&self, p: &mut Page<'_>) -> io::Result<()> {
        let case = self.report.run.as_ref().and_then(|r| r.case.as_deref());
        for device in &self.report.devices {
            let name = self.name_given(device);
            let name = match case {
                Some(case) => format!("{}{} {name}", terminal_cut(case, MAX_NAME), self.ui("list-separator", &[])),
                None => name,
            };
            let told = verdict::headline(self, Some(device), &device.verdict);
            p.labelled(2, 4, verdict::ink(device.verdict.state), &self.label(&name), &told)?;
        }
        if self.report.devices.is_empty() {
            let told = verdict::headline(self, None, &self.report.verdict);
            p.labelled(2, 4, verdict::ink(self.report.verdict.state), &self.ui("verdict-label", &[]), &told)?;
        }
        if elsewhere::costs(self.report) {
            p.line(2, 4, Ink::Bold, &self.ui("elsewhere-incomplete", &[]))?;
        }
        Ok(())
    }

    fn device(&self, p: &mut Page<'_>, device: &'a Device) -> io::Result<()> {
        p.blank()?;
        let mut about = self.device_name(device);
        if let Some(acquired) = &device.acquired {
            let key = if device.evidence.len() > 1 { "device-newest" } else { "device-acquired" };
            about.push_str(&format!("{} ", self.ui("list-separator", &[])));
            about.push_str(&self.ui(key, &[("when", Arg::Text(&Clock::of(device, self.texts).moment(acquired)))]));
        }
        let key = if device.verdict.state == State::Invalid { "input-heading" } else { "device-heading" };
        let name = self.name_given(device);
        let heading = self.ui(key, &[("id", Arg::Text(&device.id)), ("name", Arg::Text(&name))]);
        p.labelled(0, 2, Ink::Bold, &self.label(&heading), &about)?;
        self.evidence(p, device)?;
        p.blank()?;
        verdict::write(self, p, Some(device), &device.verdict)?;
        if device.verdict.state == State::Invalid {
            return Ok(());
        }
        findings::write(self, p, device)?;
        hidden::write(self, p, device)?;
        gaps::write(self, p, device)
    }

    /// What whoever asked calls it: the name of the file or folder, and as much of its path as tells it from the others.
    fn name_given(&self, device: &Device) -> String {
        let path_of = |d: &Device| self.evidence_of(d).next().map(|e| e.path.as_str());
        let Some(path) = path_of(device) else { return device.id.clone() };
        // What was typed, where it led to this acquisition alone.
        let given = self.report.run.iter().flat_map(|r| &r.paths).find(|given| Path::new(path).starts_with(given));
        let only = |given: &&String| {
            let below = self.report.evidence.iter().filter(|e| Path::new(&e.path).starts_with(given));
            below.count() == 1 && !self.report.named.iter().any(|n| Path::new(&n.path).starts_with(given))
        };
        let path = given.filter(only).map_or(path, String::as_str);
        let tail = |path: &str| Path::new(path).file_name().map(|n| n.to_string_lossy().into_owned());
        let others = self.report.devices.iter().filter(|d| d.id != device.id);
        let alone = |name: &String| others.filter_map(path_of).filter_map(tail).all(|other| other != *name);
        let name = tail(path).filter(alone).unwrap_or_else(|| path.to_owned());
        terminal_cut(&name, MAX_NAME)
    }

    /// `iPhone 8 (iPhone10,4), iOS 14.3 (18C66)`; for what is no acquisition, what it seems to be. The owner's name for
    /// the phone stays away: pages are shown around.
    fn device_name(&self, device: &Device) -> String {
        let fact =
            |name: &str| device.facts.get(name).and_then(serde_json::Value::as_str).map(|v| terminal_cut(v, MAX_NAME));
        if device.verdict.state == State::Invalid {
            let kinds: Vec<String> = self.evidence_of(device).map(|e| self.kind(&e.kind)).collect();
            return self.list(&kinds, MAX_LISTED);
        }
        let model = match (fact("manufacturer"), fact("model")) {
            (Some(maker), Some(model)) if model.to_lowercase().starts_with(&maker.to_lowercase()) => model,
            (Some(maker), Some(model)) => format!("{maker} {model}"),
            (None, Some(model)) => match models::apple(&model) {
                Some(name) => format!("{name} ({model})"),
                None => model,
            },
            (maker, None) => maker.unwrap_or_else(|| self.ui("device-unknown", &[])),
        };
        let system = match (fact("platform"), fact("os_version")) {
            (Some(platform), Some(version)) => Some(format!("{platform} {version}")),
            (platform, version) => platform.or(version),
        };
        let build = fact("build").map(|b| format!(" ({b})")).unwrap_or_default();
        match system {
            Some(system) => format!("{model}{} {system}{build}", self.ui("list-separator", &[])),
            None => model,
        }
    }

    fn evidence_of(&self, device: &Device) -> impl Iterator<Item = &'a EvidenceEntry> + use<'a> {
        let id = device.id.clone();
        self.report.evidence.iter().filter(move |e| e.device == id)
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
            for note in e.notes.iter().take(self.most(MAX_NOTES)) {
                p.line(5, 7, Ink::Plain, &self.ui("note", &[("note", Arg::Text(&self.texts.reason(note)))]))?;
            }
            if let more @ 1.. = e.notes.len().saturating_sub(self.most(MAX_NOTES)) {
                p.line(5, 7, Ink::Plain, &self.left_out("more-notes", more as u64))?;
            }
        }
        if !device.same_by.is_empty() {
            let kinds: Vec<String> = device.same_by.iter().map(|k| self.ui(&format!("identifier-{k}"), &[])).collect();
            let ground = self.list(&kinds, MAX_LISTED);
            p.line(2, 5, Ink::Plain, &self.ui("device-same-by", &[("ground", Arg::Text(&ground))]))?;
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

    /// Where people find help: once on a page, so that it is read.
    fn help(&self, p: &mut Page<'_>) -> io::Result<()> {
        if self.report.devices.iter().all(|d| d.verdict.state == State::Invalid) {
            return Ok(());
        }
        self.heading(p, "help-heading")?;
        for key in ["help-experts", "help-close"] {
            p.line(2, 4, Ink::Plain, &self.ui(key, &[]))?;
        }
        Ok(())
    }

    fn files(&self, p: &mut Page<'_>) -> io::Result<()> {
        self.heading(p, "report-heading")?;
        if let Written::At(path) = self.written {
            p.unbroken(2, &path.display().to_string())?;
        }
        let key = if self.written == Written::Nowhere { "report-unwritten" } else { "report-written" };
        p.line(2, 2, Ink::Plain, &self.ui(key, &[]))
    }
}

#[cfg(test)]
mod tests;
