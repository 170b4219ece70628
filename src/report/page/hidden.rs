//! The part of a page that lists what a suppression file hides. It stands where findings stand, so that nobody can take
//! a hidden finding for one that was not there.

use std::io;

use super::super::explain::retell;
use super::super::model::{Device, Report, Suppressed};
use super::super::sanitize::terminal_cut;
use super::super::texts::Arg;
use super::View;
use super::findings::severity_ink;
use super::wrap::{Ink, Page};

/// Hidden findings of one file told one by one.
const MAX_TOLD: usize = 10;
/// Expired entries of one file told one by one.
const MAX_EXPIRED: usize = 5;
/// Characters of a reason, a file's name or an indicator.
const MAX_TEXT: usize = 240;

/// What is hidden of a device.
pub fn of<'a>(report: &'a Report, device: &'a Device) -> impl Iterator<Item = &'a Suppressed> {
    report.suppressed.iter().filter(|s| s.finding.device == device.id)
}

/// Lists what is hidden of a device, file by file.
pub fn write(view: &View<'_>, p: &mut Page<'_>, device: &Device) -> io::Result<()> {
    let mut files: Vec<&str> = Vec::new();
    for s in of(view.report, device) {
        if !files.contains(&s.file.as_str()) {
            files.push(&s.file);
        }
    }
    for file in files {
        let hidden: Vec<&Suppressed> = of(view.report, device).filter(|s| s.file == file).collect();
        p.blank()?;
        let name = terminal_cut(file, MAX_TEXT);
        p.line(2, 2, Ink::Plain, &view.ui("suppressed-by", &[("n", hidden.len().into()), ("file", Arg::Text(&name))]))?;
        for s in hidden.iter().take(view.most(MAX_TOLD)) {
            let severity = view.ui(&format!("severity-{}", s.finding.severity.as_str()), &[]).to_uppercase();
            let title = retell(&s.finding, view.texts).title;
            p.labelled(4, 6, severity_ink(s.finding.severity), &format!("[{severity}]"), &title)?;
            let reason = terminal_cut(&s.reason, MAX_TEXT);
            let args = [("reason", Arg::Text(reason.trim_end_matches('.'))), ("date", Arg::Text(&s.expires))];
            p.line(6, 6, Ink::Plain, &view.ui("suppressed-why", &args))?;
        }
        if let more @ 1.. = hidden.len().saturating_sub(view.most(MAX_TOLD)) {
            p.line(4, 4, Ink::Plain, &view.left_out("suppressed-more", more as u64))?;
        }
    }
    Ok(())
}

/// Says which entries have expired; those that would hide something now, one by one.
pub fn write_expired(view: &View<'_>, p: &mut Page<'_>) -> io::Result<()> {
    for file in view.report.suppressions.iter().filter(|f| !f.expired.is_empty()) {
        let name = terminal_cut(&file.path, MAX_TEXT);
        let args = [("n", file.expired.len().into()), ("file", Arg::Text(&name))];
        p.line(2, 4, Ink::Plain, &view.ui("suppress-expired", &args))?;
        for e in file.expired.iter().filter(|e| !e.findings.is_empty()).take(MAX_EXPIRED) {
            let about = terminal_cut(&e.about, MAX_TEXT);
            let line = e.line.to_string();
            let args = [
                ("line", Arg::Text(&line)),
                ("date", Arg::Text(&e.expires)),
                ("n", e.findings.len().into()),
                ("about", Arg::Text(&about)),
            ];
            p.line(4, 6, Ink::Plain, &view.ui("suppress-expired-entry", &args))?;
        }
    }
    Ok(())
}
