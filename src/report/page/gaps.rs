//! The part of a page that says what could not be checked, and what to do about it. Both come from the reasons of the
//! verdict, and from nothing else: what makes it incomplete is what costs it.

use std::io;

use super::super::model::{Device, Report};
use super::super::texts::Arg;
use super::View;
use super::wrap::{Ink, Page};
use crate::device::Platform;
use crate::finding::{Coverage, Reason, Status, Todo, reason};

/// Causes told one by one.
const MAX_CAUSES: usize = 12;
/// Names of what is normally not there.
const MAX_NORMAL: usize = 12;

/// The coverage lines of a device's acquisitions.
pub fn coverage_of<'a>(report: &'a Report, device: &'a Device) -> impl Iterator<Item = &'a Coverage> {
    report.coverage.iter().filter(|c| device.evidence.contains(&c.evidence))
}

/// The causes of an incomplete verdict: the first of each artifact and acquisition, then those of no artifact.
fn causes(device: &Device) -> Vec<&Reason> {
    let mut told: Vec<(Option<&String>, Option<&String>)> = Vec::new();
    let mut out = Vec::new();
    for reason in device.verdict.causes() {
        let about = (reason.args.get("artifact"), reason.args.get("evidence"));
        if about.0.is_none() || !told.contains(&about) {
            told.push(about);
            out.push(reason);
        }
    }
    out
}

/// Names of the artifacts that could not be read whole.
pub fn lost_names(view: &View<'_>, device: &Device) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for reason in causes(device) {
        let Some(artifact) = reason.args.get("artifact") else { continue };
        let name = view.texts.artifact(artifact);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Writes the section.
pub fn write(view: &View<'_>, p: &mut Page<'_>, device: &Device) -> io::Result<()> {
    view.heading(p, "gaps-heading")?;
    let causes = causes(device);
    if causes.is_empty() {
        p.line(2, 2, Ink::Plain, &view.ui("gaps-none", &[]))?;
    } else {
        p.line(2, 2, Ink::Bold, &view.ui("gaps-needed", &[]))?;
        for cause in causes.iter().take(view.most(MAX_CAUSES)) {
            p.line(4, 6, Ink::Plain, &format!("- {}", cause_text(view, device, cause)))?;
        }
        if let more @ 1.. = causes.len().saturating_sub(view.most(MAX_CAUSES)) {
            p.line(4, 6, Ink::Plain, &view.left_out("gaps-more", more as u64))?;
        }
        advise(view, p, &todos(device.verdict.causes()), platform(view.report, device))?;
    }
    let mut normal: Vec<String> = Vec::new();
    let absent = |c: &&Coverage| matches!(c.status, Status::Absent | Status::NotApplicable) && c.is_whole();
    for line in coverage_of(view.report, device).filter(absent) {
        let name = name(view, device, &line.artifact, &line.evidence);
        if !normal.contains(&name) {
            normal.push(name);
        }
    }
    // Of a backup that was never finished nobody knows what is normal.
    let unfinished = device.verdict.causes().any(|r| r.code == reason::BACKUP_UNFINISHED);
    if !normal.is_empty() && !unfinished {
        let list = view.list(&normal, view.most(MAX_NORMAL));
        p.line(2, 4, Ink::Plain, &view.ui("gaps-normal", &[("list", Arg::Text(&list))]))?;
    }
    // What costs nothing and can be had all the same: a kind of acquisition that holds more.
    let notes = coverage_of(view.report, device).filter(absent).flat_map(|c| &c.notes);
    let mut offers = todos(notes.filter(|n| !n.code.is_loss()));
    // One advice to make a backup is enough.
    if todos(device.verdict.causes()).iter().any(|t| matches!(t, Todo::Acquire | Todo::CopyOrAcquire)) {
        offers.retain(|t| *t != Todo::AcquireEncrypted);
    }
    advise(view, p, &offers, platform(view.report, device))
}

/// What to do about some reasons, each thing once, in the order of the reasons.
pub fn todos<'r>(reasons: impl Iterator<Item = &'r Reason>) -> Vec<Todo> {
    let mut out: Vec<Todo> = Vec::new();
    for todo in reasons.map(|r| r.code.todo()).filter(|t| *t != Todo::Nothing) {
        if !out.contains(&todo) {
            out.push(todo);
        }
    }
    // Whoever makes a new one need not copy the old one again.
    if out.contains(&Todo::Acquire) {
        out.retain(|t| *t != Todo::CopyOrAcquire);
    }
    out
}

pub fn advise(view: &View<'_>, p: &mut Page<'_>, todos: &[Todo], platform: Option<Platform>) -> io::Result<()> {
    for todo in todos {
        p.labelled(2, 4, Ink::Bold, &view.ui("advice-label", &[]), &view.texts.todo(*todo, platform))?;
    }
    Ok(())
}

pub fn platform(report: &Report, device: &Device) -> Option<Platform> {
    let kinds = report.evidence.iter().filter(|e| e.device == device.id).map(|e| e.kind.as_str());
    kinds.into_iter().find_map(|kind| Platform::ALL.into_iter().find(|p| kind.starts_with(p.as_str())))
}

/// The artifact, and the acquisition where a device has several.
fn name(view: &View<'_>, device: &Device, artifact: &str, evidence: &str) -> String {
    let name = view.texts.artifact(artifact);
    if device.evidence.len() > 1 { format!("{name} ({evidence})") } else { name }
}

/// A reason that is about something beside, with its path.
pub fn of_path(view: &View<'_>, cause: &Reason, told: &str) -> Option<String> {
    let path = cause.args.get("beside")?;
    Some(view.ui("gap-beside", &[("path", Arg::Text(path)), ("reason", Arg::Text(told))]))
}

fn cause_text(view: &View<'_>, device: &Device, cause: &Reason) -> String {
    let told = view.texts.reason(cause);
    let (Some(artifact), Some(evidence)) = (cause.args.get("artifact"), cause.args.get("evidence")) else {
        // Named with its path: it lies beside, or is one of several.
        return of_path(view, cause, &told).unwrap_or(told);
    };
    let line = coverage_of(view.report, device).find(|c| c.artifact == *artifact && c.evidence == *evidence);
    let status = line.map_or(Status::Partial, |c| c.status);
    let (name, status) = (name(view, device, artifact, evidence), view.ui(&format!("status-{}", status.as_str()), &[]));
    let args = [("artifact", Arg::Text(&name)), ("status", Arg::Text(&status)), ("reason", Arg::Text(&told))];
    let mut text = view.ui("gap", &args);
    if let Some(lost @ 1..) = line.map(|c| c.lost) {
        text.push(' ');
        text.push_str(&view.ui("gap-lost", &[("n", lost.into())]));
    }
    text
}
