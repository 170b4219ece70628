//! What was found, event by event: what says most in full, what belongs to it below.

use std::collections::HashMap;
use std::io;

use super::super::explain::{Told, class_of, retell};
use super::super::model::Device;
use super::super::sanitize::terminal_cut;
use super::super::texts::Arg;
use super::event::{Event, events};
use super::when::Clock;
use super::wrap::{Ink, Page};
use super::{MAX_LISTED, MAX_NAME, MAX_PATH, View, Written};
use crate::finding::{Example, Finding, Severity, Step};

/// Events told in full, on a page about one device.
const FULL_EVENTS: usize = 10;
/// Events told in full for each device, however many there are.
const FULL_EVENTS_AT_LEAST: usize = 3;
/// How many of them may be of low severity: a page of trifles hides what counts.
const FULL_LOW: usize = 5;
/// Further traces of one event.
const MAX_TRACES: usize = 4;

/// The findings of a device.
pub fn of<'a>(view: &View<'a>, device: &Device) -> impl Iterator<Item = &'a Finding> + use<'a> {
    let id = device.id.clone();
    view.report.findings.iter().filter(move |f| f.device == id)
}

/// Writes the section.
pub fn write(view: &View<'_>, p: &mut Page<'_>, device: &Device) -> io::Result<()> {
    view.heading(p, "findings-heading")?;
    let (info, others): (Vec<_>, Vec<_>) = of(view, device).partition(|f| f.severity == Severity::Info);
    let events = events(others.into_iter());
    if events.is_empty() {
        let key = if device.verdict.complete { "findings-none" } else { "findings-none-incomplete" };
        p.line(2, 2, Ink::Plain, &view.ui(key, &[]))?;
    }
    let grave = events.iter().filter(|e| e.severity() > Severity::Low).count();
    let most = (FULL_EVENTS / view.report.devices.len().max(1)).max(FULL_EVENTS_AT_LEAST);
    // However many they are, what is grave is never only counted.
    let gravest = events.iter().filter(|e| e.severity() >= Severity::High).count();
    let most = view.most(most.min(grave + FULL_LOW).max(gravest));
    let mut told = Teller { view, clock: Clock::of(device, view.texts), said: HashMap::new() };
    for (i, event) in events.iter().take(most).enumerate() {
        if i > 0 {
            p.blank()?;
        }
        told.event(p, i + 1, event)?;
    }
    if let more @ 1.. = events.iter().skip(most).map(|e| e.findings.len()).sum::<usize>() {
        let key = if view.written == Written::Nowhere { "findings-more-unwritten" } else { "findings-more" };
        p.blank()?;
        let gravest = events.iter().skip(most).map(Event::severity).max().unwrap_or(Severity::Info);
        let gravest = severity_word(view, gravest);
        p.line(2, 2, Ink::Plain, &view.ui(key, &[("n", more.into()), ("gravest", Arg::Text(&gravest))]))?;
    }
    if !info.is_empty() {
        let titles: Vec<String> = info.iter().map(|f| retell(f, view.texts).title).collect();
        let list = view.listed(&titles, view.most(MAX_LISTED), "sentence-separator");
        p.blank()?;
        p.line(2, 2, Ink::Plain, &view.ui("findings-info", &[("list", Arg::Text(&list))]))?;
    }
    Ok(())
}

/// The colour of a severity's label.
pub fn severity_ink(severity: Severity) -> Ink {
    match severity {
        Severity::Critical => Ink::BoldRed,
        Severity::High => Ink::Red,
        Severity::Medium => Ink::Yellow,
        Severity::Low => Ink::Cyan,
        Severity::Info => Ink::Plain,
    }
}

fn severity_word(view: &View<'_>, severity: Severity) -> String {
    view.ui(&format!("severity-{}", severity.as_str()), &[]).to_uppercase()
}

/// Fields of a record that name what it speaks of, where it is a program, a page or a profile.
const NAMES: [&str; 7] = ["package", "process", "bundle_id", "client", "url", "display_name", "identifier"];

struct Teller<'v, 'a> {
    view: &'v View<'a>,
    clock: Clock<'a>,
    /// Texts the page has told already, and under which number: repeated advice is not read.
    said: HashMap<String, usize>,
}

impl Teller<'_, '_> {
    fn event(&mut self, p: &mut Page<'_>, n: usize, event: &Event<'_>) -> io::Result<()> {
        let f = event.strongest();
        let Told { title, explanation } = retell(f, self.view.texts);
        let label = format!("{n}. [{}]", self.severity(event.severity()));
        p.labelled(2, 5, severity_ink(event.severity()), &label, &title)?;
        if event.findings.len() > 1 {
            let (first, last) = event.edges();
            let when = self.clock.span(first, last).unwrap_or_else(|| self.view.ui("finding-undated", &[]));
            let args = [("when", Arg::Text(&when)), ("n", event.findings.len().into())];
            p.line(5, 7, Ink::Plain, &self.view.ui("event-when", &args))?;
        }
        self.trace(p, 5, f)?;
        let more = &event.findings[1..];
        let most = self.view.most(MAX_TRACES);
        if !more.is_empty() {
            p.line(5, 7, Ink::Bold, &self.view.ui("event-more", &[]))?;
        }
        for f in more.iter().take(most) {
            let title = retell(f, self.view.texts).title;
            let label = format!("- [{}]", self.severity(f.severity));
            p.labelled(7, 9, severity_ink(f.severity), &label, &title)?;
            self.trace(p, 9, f)?;
        }
        if let more @ 1.. = more.len().saturating_sub(most) {
            p.line(7, 9, Ink::Plain, &self.view.left_out("event-left-out", more as u64))?;
        }
        for (what, text) in
            [("why", &explanation.why), ("innocent", &explanation.innocent), ("next", &explanation.next)]
        {
            self.explain(p, n, what, text)?;
        }
        Ok(())
    }

    fn explain(&mut self, p: &mut Page<'_>, n: usize, what: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let label = self.view.ui(&format!("finding-{what}"), &[]);
        match self.said.get(text) {
            Some(before) => {
                let as_said = self.view.ui("finding-as", &[("n", (*before).into())]);
                p.labelled(5, 7, Ink::Plain, &label, &as_said)
            }
            None => {
                self.said.insert(text.to_owned(), n);
                p.labelled(5, 7, Ink::Bold, &label, text)
            }
        }
    }

    /// What was seen, where, and who knows it.
    fn trace(&self, p: &mut Page<'_>, indent: usize, f: &Finding) -> io::Result<()> {
        let view = self.view;
        let context = view.ui(&format!("context-{}", f.context.as_str()), &[]);
        let args = [
            ("context", Arg::Text(&context)),
            ("count", f.count.into()),
            ("artifact", Arg::Text(&view.texts.artifact(&f.artifact))),
            ("when", Arg::Text(&self.clock.of_finding(f))),
        ];
        p.line(indent, indent + 2, Ink::Plain, &view.ui("finding-what", &args))?;
        if let Some(example) = f.examples.first() {
            let key = if f.count > 1 { "finding-example" } else { "finding-where" };
            let at = &example.location;
            let file = terminal_cut(&at.file, MAX_PATH);
            let locator = view.texts.locator(&at.locator);
            let args =
                [("file", Arg::Text(&file)), ("locator", Arg::Text(&locator)), ("evidence", Arg::Text(&at.evidence))];
            p.line(indent, indent + 2, Ink::Plain, &view.ui(key, &args))?;
        }
        if let Some(names) = self.names(f) {
            p.line(indent, indent + 2, Ink::Plain, &names)?;
        }
        p.line(indent, indent + 2, Ink::Plain, &self.source(f))
    }

    fn severity(&self, severity: Severity) -> String {
        severity_word(self.view, severity)
    }

    /// What a rule speaks of: "each app on the list" needs a list.
    fn names(&self, f: &Finding) -> Option<String> {
        if class_of(f).is_some() {
            return None;
        }
        let of_package = f.artifact == "android.packages";
        let key = |e: &Example| {
            let text = |name: &str| e.record.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
            NAMES.iter().find_map(|n| text(n)).or_else(|| text("name").filter(|_| of_package))
        };
        let mut names: Vec<String> = f.examples.iter().filter_map(key).map(|n| terminal_cut(&n, MAX_NAME)).collect();
        names.dedup();
        let list = self.view.list(&names, self.view.most(MAX_LISTED));
        (!names.is_empty()).then(|| self.view.ui("finding-names", &[("list", Arg::Text(&list))]))
    }

    /// Who says so, and how the record led to it where that is not plain.
    fn source(&self, f: &Finding) -> String {
        let view = self.view;
        let mut packs: Vec<String> = f.indicator.sources.iter().map(|s| terminal_cut(&s.pack, MAX_NAME)).collect();
        packs.sort_unstable();
        packs.dedup();
        let packs = view.list(&packs, MAX_LISTED);
        let hit = class_of(f).is_some();
        let name = match &f.indicator.malware {
            Some(malware) if hit => terminal_cut(malware, MAX_NAME),
            _ if hit => view.ui("unnamed-source", &[]),
            _ => terminal_cut(&f.explanation.key, MAX_NAME),
        };
        let sources = view.ui("finding-source", &[("name", Arg::Text(&name)), ("packs", Arg::Text(&packs))]);
        let key = if hit { "finding-known" } else { "finding-rule" };
        let mut text = view.ui(key, &[("sources", Arg::Text(&sources))]);
        if hit && f.step != Step::Exact {
            let step = view.ui(&format!("step-{}", f.step.as_str()), &[]);
            text.push_str(". ");
            text.push_str(&view.ui("finding-how", &[("step", Arg::Text(&step))]));
        }
        text.push('.');
        if f.indicator.expired {
            text.push(' ');
            text.push_str(&view.ui("finding-expired", &[]));
        }
        text
    }
}
