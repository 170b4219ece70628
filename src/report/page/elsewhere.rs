//! What lies among the acquisitions and is none: told by name where it can matter, counted where it cannot.

use std::io;

use super::super::model::Report;
use super::super::sanitize::terminal_cut;
use super::super::texts::Arg;
use super::wrap::{Ink, Page};
use super::{MAX_PATH, View, gaps};

/// Things told one by one.
const MAX_NAMED: usize = 10;

/// True when something that was given was not examined, and so the run is not complete.
pub fn costs(report: &Report) -> bool {
    report.named.iter().any(|n| n.reason.code.is_loss())
}

/// Writes the section, where there is anything to say.
pub fn write(view: &View<'_>, p: &mut Page<'_>) -> io::Result<()> {
    let (named, counted) = (&view.report.named, view.report.counted);
    let files = counted.media + counted.documents + counted.others;
    if named.is_empty() && files == 0 {
        return Ok(());
    }
    view.heading(p, "elsewhere-heading")?;
    if costs(view.report) {
        p.line(2, 2, Ink::Bold, &view.ui("elsewhere-incomplete", &[]))?;
    }
    // What costs something first.
    let (costly, others): (Vec<_>, Vec<_>) = named.iter().partition(|n| n.reason.code.is_loss());
    let most = view.most(MAX_NAMED);
    for thing in costly.iter().chain(&others).take(most) {
        let (path, told) = (terminal_cut(&thing.path, MAX_PATH), view.texts.reason(&thing.reason));
        let args = [("path", Arg::Text(&path)), ("reason", Arg::Text(&told))];
        p.line(2, 4, Ink::Plain, &format!("- {}", view.ui("gap-beside", &args)))?;
    }
    if let more @ 1.. = named.len().saturating_sub(most) {
        p.line(2, 4, Ink::Plain, &view.left_out("elsewhere-more", more as u64))?;
    }
    gaps::advise(view, p, &gaps::todos(costly.iter().map(|n| &n.reason)), None)?;
    if files > 0 {
        let args = [
            ("n", files.into()),
            ("media", counted.media.into()),
            ("documents", counted.documents.into()),
            ("others", counted.others.into()),
        ];
        p.line(2, 4, Ink::Plain, &view.ui("elsewhere-counted", &args))?;
    }
    Ok(())
}
