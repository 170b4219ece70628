//! The part of a page that says what could not be checked, and what to do about it.

use std::io;

use super::model::{Device, Report};
use super::terminal::View;
use super::texts::Arg;
use super::wrap::{Ink, Page};
use crate::finding::{Coverage, Reason, Status};

/// Lines told for what a result needs.
const MAX_NEEDED: usize = 12;
/// Lines told for the rest.
const MAX_OTHER: usize = 6;
/// Names of what is normally not there.
const MAX_NORMAL: usize = 12;

/// Notes that say nothing of a loss; where another note stands beside them, that one is the reason.
const HARMLESS: [&str; 10] = [
    "blob-damaged",
    "column-missing",
    "deleted-process-unsure",
    "frames-limit",
    "lines-not-understood",
    "metadata-damaged",
    "patch-level-unreadable",
    "protobuf-unreadable",
    "sqlite",
    "text-unreadable",
];

/// Reasons whose text already says what to do.
const SAY_WHAT_TO_DO: [&str; 1] = ["unencrypted-backup"];

/// The coverage lines of a device's acquisitions.
pub(super) fn coverage_of<'a>(report: &'a Report, device: &'a Device) -> impl Iterator<Item = &'a Coverage> {
    report.coverage.iter().filter(|c| device.evidence.contains(&c.evidence))
}

/// Names of what a result needs and could not be read whole.
pub(super) fn needed_names(view: &View<'_>, device: &Device) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in coverage_of(view.report, device).filter(|c| is_needed(view.report, device, c)) {
        let name = view.texts.artifact(&line.artifact);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn is_gap(status: Status) -> bool {
    matches!(status, Status::Absent | Status::Locked | Status::Partial | Status::Failed)
}

/// True for what a result lacks: required, and not read whole from this or another acquisition of the device.
fn is_needed(report: &Report, device: &Device, line: &Coverage) -> bool {
    line.required
        && is_gap(line.status)
        && !coverage_of(report, device).any(|c| c.artifact == line.artifact && !is_gap(c.status))
}

/// Writes the section.
pub(super) fn write(view: &View<'_>, p: &mut Page<'_>, device: &Device) -> io::Result<()> {
    view.heading(p, "gaps-heading")?;
    let mut needed = Vec::new();
    let mut other = Vec::new();
    let mut normal: Vec<String> = Vec::new();
    for line in coverage_of(view.report, device) {
        match line.status {
            _ if is_needed(view.report, device, line) => needed.push(line),
            Status::Partial | Status::Failed | Status::Locked => other.push(line),
            Status::Absent | Status::NotApplicable => {
                let name = name(view, device, line);
                if !normal.contains(&name) {
                    normal.push(name);
                }
            }
            Status::Parsed | Status::Empty => {}
        }
    }
    if needed.is_empty() {
        p.line(2, 2, Ink::Plain, &view.ui("gaps-none", &[]))?;
    } else {
        p.line(2, 2, Ink::Bold, &view.ui("gaps-needed", &[]))?;
        lines(view, p, device, &needed, MAX_NEEDED)?;
        for advice in advice(view, &needed) {
            p.labelled(2, 4, Ink::Bold, &view.ui("advice-label", &[]), &advice)?;
        }
    }
    if !other.is_empty() {
        p.line(2, 2, Ink::Plain, &view.ui("gaps-other", &[]))?;
        lines(view, p, device, &other, MAX_OTHER)?;
    }
    if !normal.is_empty() {
        let list = view.list(&normal, ", ", MAX_NORMAL);
        p.line(2, 4, Ink::Plain, &view.ui("gaps-normal", &[("list", Arg::Text(&list))]))?;
    }
    Ok(())
}

/// The artifact, and the acquisition where a device has several.
fn name(view: &View<'_>, device: &Device, line: &Coverage) -> String {
    let name = view.texts.artifact(&line.artifact);
    if device.evidence.len() > 1 { format!("{name} ({})", line.evidence) } else { name }
}

fn lines(view: &View<'_>, p: &mut Page<'_>, device: &Device, all: &[&Coverage], most: usize) -> io::Result<()> {
    for line in all.iter().take(most) {
        let (name, status) = (name(view, device, line), view.ui(&format!("status-{}", line.status.as_str()), &[]));
        let args = [("artifact", Arg::Text(&name)), ("status", Arg::Text(&status))];
        let mut text = match reason(line) {
            Some(reason) => {
                let reason = view.texts.reason(reason);
                view.ui("gap", &[args[0], args[1], ("reason", Arg::Text(&reason))])
            }
            None => view.ui("gap-plain", &args),
        };
        if line.lost > 0 {
            text.push(' ');
            text.push_str(&view.ui("gap-lost", &[("n", line.lost.into())]));
        }
        p.line(4, 6, Ink::Plain, &format!("- {text}"))?;
    }
    match all.len().saturating_sub(most) {
        0 => Ok(()),
        more => p.line(4, 6, Ink::Plain, &view.ui("gaps-more", &[("n", more.into())])),
    }
}

/// The note that tells of the loss.
fn reason(line: &Coverage) -> Option<&Reason> {
    line.notes.iter().find(|n| !HARMLESS.contains(&n.code.as_str())).or(line.notes.first())
}

/// What to do, once for each way in which something is lost.
fn advice(view: &View<'_>, needed: &[&Coverage]) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for line in needed {
        if reason(line).is_some_and(|r| SAY_WHAT_TO_DO.contains(&r.code.as_str())) {
            continue;
        }
        let evidence = view.report.evidence.iter().find(|e| e.id == line.evidence);
        let ios = evidence.is_some_and(|e| e.kind.starts_with("ios"));
        let missing = reason(line).is_some_and(|r| r.code == "file-missing");
        let key = match line.status {
            // The phone had it; the copy lost it.
            Status::Absent if missing => "advice-failed",
            Status::Absent if ios => "advice-absent-ios",
            Status::Absent => "advice-absent-android",
            Status::Locked => "advice-locked",
            Status::Partial => "advice-partial",
            _ => "advice-failed",
        };
        let text = view.ui(key, &[]);
        if !told.contains(&text) {
            told.push(text);
        }
    }
    told
}
