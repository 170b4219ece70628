//! How much was looked for. Stands apart from the findings and says so: such numbers are taken for hits. Where nothing
//! was examined, nothing was looked for.

use std::io;

use super::super::model::{LookedFor, PackEntry};
use super::super::texts::Arg;
use super::wrap::{Ink, Page};
use super::{View, hidden};
use crate::finding::{Reason, State};
use crate::packs::of_files;

/// Days after which nobody should rely on indicators alone.
const STALE_DAYS: u64 = 90;
/// Packs whose damage is told.
const MAX_PROBLEMS: usize = 3;
/// More classes than there are.
const ALL_CLASSES: usize = 16;

/// Writes the section.
pub fn write(view: &View<'_>, p: &mut Page<'_>) -> io::Result<()> {
    let packs = &view.report.packs;
    let damaged: Vec<_> = packs.iter().filter_map(|k| Some((k, k.problems.first()?))).collect();
    let examined = view.report.devices.iter().any(|d| d.verdict.state != State::Invalid);
    if !examined && damaged.is_empty() {
        return Ok(());
    }
    view.heading(p, "indicators-heading")?;
    if examined && packs.is_empty() {
        p.line(2, 2, Ink::Plain, &view.ui("indicators-none", &[]))?;
    } else if examined {
        classes(view, p)?;
        p.line(2, 4, Ink::Plain, &numbers(view, packs))?;
    }
    hidden::write_expired(view, p)?;
    problems(view, p, damaged)
}

/// What was looked for, what was not, and what is old, class by class.
fn classes(view: &View<'_>, p: &mut Page<'_>) -> io::Result<()> {
    let name = |c: &LookedFor| view.ui(&format!("class-{}", c.class), &[]);
    let all = &view.report.looked_for;
    let list = |of: &dyn Fn(&LookedFor) -> Option<String>| {
        let names: Vec<String> = all.iter().filter_map(of).collect();
        (!names.is_empty()).then(|| view.list(&names, ALL_CLASSES))
    };
    // Links are counted with their tools too.
    let among = |c: &LookedFor| c.class == "links" && all.iter().any(|o| o.class != "links" && o.applicable > 0);
    let counted = |c: &LookedFor| {
        let name = if among(c) { view.ui("class-links-among", &[]) } else { name(c) };
        let args = [("class", Arg::Text(&name)), ("n", c.applicable.into())];
        (c.applicable > 0).then(|| view.ui("class-count", &args))
    };
    let old = |c: &LookedFor| {
        let days = c.age_days.filter(|days| *days > STALE_DAYS && c.loaded > 0)?;
        Some(view.ui("class-age", &[("class", Arg::Text(&name(c))), ("days", days.into())]))
    };
    for (key, told) in [
        ("classes-sought", list(&counted)),
        ("classes-not-sought", list(&|c| (c.loaded == 0).then(|| name(c)))),
        ("classes-not-shown", list(&|c| (c.loaded > 0 && c.applicable == 0).then(|| name(c)))),
        ("classes-old", list(&old)),
    ] {
        if let Some(told) = told {
            p.line(2, 4, Ink::Plain, &view.ui(key, &[("list", Arg::Text(&told))]))?;
        }
    }
    Ok(())
}

fn numbers(view: &View<'_>, packs: &[PackEntry]) -> String {
    let sum = |of: fn(&PackEntry) -> u64| packs.iter().fold(0u64, |n, k| n.saturating_add(of(k)));
    let (loaded, applicable) = (sum(|k| k.loaded), sum(|k| k.applicable));
    let args = [("loaded", loaded.into()), ("packs", packs.len().into()), ("applicable", applicable.into())];
    let mut told = vec![view.ui("indicators", &args)];
    for (key, n) in [
        ("indicators-unevaluated", sum(|k| k.not_evaluable_count)),
        ("indicators-unraised", sum(|k| k.unraised)),
        ("indicators-expired", sum(|k| k.expired)),
        ("indicators-outside", sum(|k| k.outside_validity)),
    ] {
        if n > 0 {
            told.push(view.left_out(key, n));
        }
    }
    told.push(view.ui("indicators-not-hits", &[]));
    told.join(" ")
}

fn problems(view: &View<'_>, p: &mut Page<'_>, mut damaged: Vec<(&PackEntry, &Reason)>) -> io::Result<()> {
    // What costs a whole file comes before what costs an entry.
    damaged.sort_by_key(|(_, problem)| !of_files(problem.code));
    let all = view.report.packs.iter().flat_map(|k| &k.problems).fold(0u64, |sum, r| sum.saturating_add(times(r)));
    let most = view.most(MAX_PROBLEMS);
    let more = all.saturating_sub(damaged.len().min(most) as u64);
    for (pack, problem) in damaged.into_iter().take(most) {
        let problem = view.texts.reason(problem);
        let args = [("pack", Arg::Text(&pack.id)), ("problem", Arg::Text(&problem))];
        p.line(2, 4, Ink::Plain, &view.ui("pack-problem", &args))?;
    }
    if more > 0 {
        p.line(2, 4, Ink::Plain, &view.ui("pack-problems-more", &[("n", more.into())]))?;
    }
    Ok(())
}

/// How many problems an entry of the list stands for.
fn times(problem: &Reason) -> u64 {
    let counted = || problem.args.get("count").and_then(|n| n.parse().ok());
    if problem.code == "problems-limit" { counted().unwrap_or(1) } else { 1 }
}
