//! The verdict on a page: one sentence behind a coloured label, then what it means and what to do.

use std::io;

use super::super::explain::{class_of, headline as headline_of};
use super::super::model::Device;
use super::super::sanitize::terminal_cut;
use super::super::texts::Arg;
use super::event::strength;
use super::when::Clock;
use super::wrap::{Ink, Page};
use super::{MAX_LISTED, MAX_NAME, View, findings, gaps, hidden};
use crate::finding::{Context, Finding, Severity, State, Todo, Verdict};

/// Tools named in a headline, and names of one tool.
const MAX_TOOLS: usize = 8;

/// Writes it. `device` is `None` for a run without any.
pub fn write(view: &View<'_>, p: &mut Page<'_>, device: Option<&Device>, verdict: &Verdict) -> io::Result<()> {
    for key in first(view, device) {
        p.line(0, 2, Ink::Bold, &view.ui(key, &[]))?;
    }
    p.labelled(0, 2, ink(verdict.state), &view.ui("verdict-label", &[]), &headline(view, device, verdict))?;
    if let Some(hidden @ 1..) = device.map(|d| hidden::of(view.report, d).count()) {
        p.line(2, 2, Ink::Plain, &view.ui("verdict-suppressed", &[("n", hidden.into())]))?;
    }
    for sentence in sentences(view, device, verdict) {
        p.line(2, 2, Ink::Plain, &sentence)?;
    }
    if matches!(verdict.state, State::Match | State::Suspicious) && !verdict.complete {
        p.line(2, 2, Ink::Plain, &incomplete(view, device))?;
    }
    Ok(())
}

/// What is said before anything else is read aloud: who listens?
pub fn first<'d>(view: &View<'_>, devices: impl IntoIterator<Item = &'d Device>) -> Vec<&'static str> {
    let (mut safety, mut away) = (false, false);
    for device in devices {
        match device.verdict.state {
            State::Match => {
                let hits = hits(view, device);
                safety |= hits.iter().any(|f| is_close_by(f));
                away |= hits.iter().any(|f| !is_close_by(f));
            }
            State::Suspicious => away |= is_strong(view, device),
            _ => {}
        }
    }
    [("first-safety", safety), ("first-away", away)].into_iter().filter(|(_, said)| *said).map(|(key, _)| key).collect()
}

/// True when a suspicious verdict has a grave cause.
fn is_strong(view: &View<'_>, device: &Device) -> bool {
    findings::of(view, device).any(|f| f.severity >= Severity::High)
}

/// The colour of its label.
pub fn ink(state: State) -> Ink {
    match state {
        State::Match => Ink::BoldRed,
        State::Suspicious | State::Inconclusive | State::Invalid => Ink::Yellow,
        State::NoMatch => Ink::Bold,
    }
}

/// The verdict in one sentence.
pub fn headline(view: &View<'_>, device: Option<&Device>, verdict: &Verdict) -> String {
    match verdict.state {
        State::Match => match device.map(|d| tools(view, d)).unwrap_or_default().as_slice() {
            [] => view.ui("verdict-match", &[]),
            names => view.ui("verdict-match-named", &[("names", Arg::Text(&view.list(names, MAX_TOOLS)))]),
        },
        State::Suspicious => view.ui("verdict-suspicious", &[]),
        State::NoMatch => view.ui("verdict-no-match", &[]),
        State::Inconclusive => inconclusive(view, device, verdict),
        State::Invalid => match invalid_because(view, device, verdict) {
            Some(reason) => view.ui("verdict-invalid", &[("reason", Arg::Text(&view.texts.reason(reason)))]),
            None => view.ui("verdict-invalid-plain", &[]),
        },
    }
}

fn sentences(view: &View<'_>, device: Option<&Device>, verdict: &Verdict) -> Vec<String> {
    let ui = |key: &str| view.ui(key, &[]);
    match (verdict.state, device) {
        (State::Match, Some(device)) => of_match(view, device),
        (State::Suspicious, Some(device)) => {
            let strong = is_strong(view, device).then(|| ui("verdict-suspicious-strong"));
            [ui("verdict-suspicious-why")].into_iter().chain(strong).collect()
        }
        (State::Match | State::Suspicious, None) => Vec::new(),
        (State::NoMatch, _) => {
            ["verdict-no-match-why", "verdict-no-match-limits", "verdict-no-match-do"].map(ui).into()
        }
        (State::Inconclusive, _) => vec![ui("verdict-inconclusive-why")],
        (State::Invalid, _) => {
            let todo = invalid_because(view, device, verdict).map(|r| r.code.todo()).filter(|t| *t != Todo::Nothing);
            let platform = device.and_then(|d| gaps::platform(view.report, d));
            let advice = todo.map(|t| format!("{} {}", ui("advice-label"), view.texts.todo(t, platform)));
            [ui("verdict-invalid-why")].into_iter().chain(advice).collect()
        }
    }
}

fn of_match(view: &View<'_>, device: &Device) -> Vec<String> {
    let mut sentences = Vec::new();
    let hits = hits(view, device);
    if let Some(strongest) = hits.iter().min_by_key(|f| strength(f)) {
        let what = headline_of(strongest, view.texts);
        let same = |f: &&&Finding| f.context == strongest.context && f.indicator.malware == strongest.indicator.malware;
        let rung = || hits.iter().filter(same);
        let first = rung().filter_map(|f| f.first.as_deref()).min();
        let last = rung().filter_map(|f| f.last.as_deref()).max();
        let when = Clock::of(device, view.texts).between(first, last, rung().any(|f| f.year_inferred));
        let args = [("what", Arg::Text(&what)), ("when", Arg::Text(&when))];
        let agreed = hits.iter().all(|f| class_of(f) == Some("watchware"));
        sentences.push(view.ui(if agreed { "verdict-match-why-watched" } else { "verdict-match-why" }, &args));
    }
    // "A link was sent" and "a program ran" are worlds apart, and are mixed up all the time.
    let heavy = findings::of(view, device).filter(|f| f.severity >= Severity::Medium);
    let says = |f: &Finding| matches!(f.context, Context::Executed | Context::Installed | Context::Persisted);
    if !heavy.into_iter().any(says) {
        sentences.push(view.ui("verdict-match-not-run", &[]));
    }
    sentences.push(view.ui("verdict-match-do", &[]));
    sentences
}

/// The findings that make a match.
fn hits<'a>(view: &View<'a>, device: &Device) -> Vec<&'a Finding> {
    findings::of(view, device).filter(|f| f.severity >= Severity::Medium && class_of(f).is_some()).collect()
}

/// True for tools that somebody close to the owner uses.
fn is_close_by(f: &Finding) -> bool {
    matches!(class_of(f), Some("stalkerware" | "watchware"))
}

/// What the tools are called, the strongest trace first. Stalkerware goes by dozens of names; one is enough, and a page
/// that lies on a table should not shout.
fn tools(view: &View<'_>, device: &Device) -> Vec<String> {
    let mut hits = hits(view, device);
    hits.sort_by_key(|f| strength(f));
    let mut names: Vec<String> = Vec::new();
    for f in hits {
        let Some(malware) = f.indicator.malware.as_deref() else { continue };
        // One indicator may stand in the packs of several tools.
        for name in malware.split(", ") {
            let short = name.split(['/', '(']).next().unwrap_or(name).trim();
            let name = terminal_cut(if is_close_by(f) { short } else { name }, MAX_NAME);
            if !names.contains(&name) {
                names.push(name);
            }
            if is_close_by(f) {
                break;
            }
        }
    }
    names
}

fn inconclusive(view: &View<'_>, device: Option<&Device>, verdict: &Verdict) -> String {
    let lost = device.map(|d| gaps::lost_names(view, d)).unwrap_or_default();
    if lost.is_empty() {
        // Whose fault it is: a file beside is not this phone's.
        let why = match verdict.causes().next() {
            Some(r) => {
                let told = view.texts.reason(r);
                gaps::of_path(view, r, &told).unwrap_or(told)
            }
            None => String::new(),
        };
        return view.ui("verdict-inconclusive-reason", &[("reason", Arg::Text(&why))]);
    }
    let list = view.list(&lost, MAX_LISTED);
    view.ui("verdict-inconclusive", &[("n", lost.len().into()), ("list", Arg::Text(&list))])
}

fn invalid_because<'v>(
    view: &View<'v>,
    device: Option<&Device>,
    verdict: &'v Verdict,
) -> Option<&'v crate::finding::Reason> {
    let of_evidence = device.and_then(|d| view.evidence_of(d).find_map(|e| e.notes.first()));
    of_evidence.or(verdict.causes().next())
}

fn incomplete(view: &View<'_>, device: Option<&Device>) -> String {
    let lost = device.map(|d| gaps::lost_names(view, d)).unwrap_or_default();
    if lost.is_empty() {
        return view.ui("verdict-incomplete-plain", &[]);
    }
    view.ui("verdict-incomplete", &[("list", Arg::Text(&view.list(&lost, MAX_LISTED)))])
}
