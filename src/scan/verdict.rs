//! The verdict on a device, and on all: what was found, then what could not be looked at.

use super::plan::Plan;
use super::{DeviceGroup, Opening};
use crate::finding::{Coverage, Finding, FindingKind, Reason, Severity, State, Verdict, reason};
use crate::matcher::{Matcher, Target};
use crate::report::Device;

/// What a verdict is made of.
pub struct Known<'a> {
    /// What was opened.
    pub opening: &'a Opening,
    /// What was done.
    pub plan: &'a Plan,
    /// What came of it, line by line of the plan.
    pub coverage: &'a [Coverage],
    /// What was found.
    pub findings: &'a [Finding],
    /// Patterns over several records that could not be decided: index of the device, and of the pattern.
    pub undecided: &'a [(usize, u32)],
    /// What was looked for.
    pub matcher: &'a Matcher,
    /// Packs that were asked for and cannot show.
    pub not_shown: &'a [Reason],
}

/// The verdict on one device.
pub fn of_device(at: usize, known: &Known<'_>) -> Verdict {
    let group = &known.opening.devices[at];
    let mine: Vec<&Finding> = known.findings.iter().filter(|f| f.device == group.id).collect();
    let mut reasons = counts(&mine);
    for &e in &group.evidence {
        match &known.opening.evidence[e].what {
            Err(u) => reasons.push(u.reason.clone()),
            Ok(evidence) => reasons.extend(evidence.notes().iter().cloned()),
        }
    }
    reasons.extend(group.beside.iter().cloned());
    reasons.extend(lacking(group, known));
    for (_, pattern) in known.undecided.iter().filter(|(device, _)| *device == at) {
        let pattern = known.matcher.canonical(Target::Pattern(*pattern));
        let text =
            format!("too many records match parts of {pattern}: it is not decided whether they match it as a whole");
        reasons.push(Reason::new(reason::PATTERN_UNDECIDED, text).with("pattern", pattern));
    }
    if known.matcher.library().indicators.is_empty() {
        reasons.push(Reason::new(reason::NO_INDICATORS, "no indicators were loaded: nothing was looked for"));
    }
    let examined = group.evidence.iter().any(|&e| known.opening.evidence[e].what.is_ok());
    if examined {
        reasons.extend(known.not_shown.iter().cloned());
    }
    Verdict::of(found(&mine), examined, reasons)
}

/// What the findings alone say.
fn found(mine: &[&Finding]) -> Option<State> {
    let hit = |at: Severity| mine.iter().any(|f| f.kind == FindingKind::Indicator && f.severity >= at);
    if hit(Severity::Medium) {
        return Some(State::Match);
    }
    (hit(Severity::Low) || mine.iter().any(|f| f.severity >= Severity::Medium)).then_some(State::Suspicious)
}

/// How many findings there are of each severity, the worst first.
fn counts(mine: &[&Finding]) -> Vec<Reason> {
    let count = |severity: &Severity| {
        let n = mine.iter().filter(|f| f.severity == *severity).count();
        (n > 0).then(|| {
            let text = format!("{n} finding(s) of severity {}", severity.as_str());
            Reason::new(reason::FINDINGS, text).with("count", n.to_string()).with("severity", severity.as_str())
        })
    };
    Severity::ALL.iter().rev().filter_map(count).collect()
}

/// What was lost, acquisition by acquisition: the first reason of every line that is not whole. A place that an earlier
/// acquisition does not hold and a later one does is no loss; the other way round it is.
fn lacking(group: &DeviceGroup, known: &Known<'_>) -> Vec<Reason> {
    let mut out = Vec::new();
    let lines = known.plan.cells.iter().zip(known.coverage);
    for (cell, line) in lines.filter(|(c, _)| group.evidence.contains(&c.evidence)) {
        for note in line.notes.iter().filter(|n| n.code.is_loss()) {
            if note.code == reason::REQUIRED_ABSENT && later_holds(cell.evidence, line, group, known) {
                continue;
            }
            let text = format!("{} ({}): {}", line.artifact, line.evidence, note.text);
            let told = Reason { text, ..note.clone() };
            out.push(told.with("artifact", line.artifact.clone()).with("evidence", line.evidence.clone()));
        }
    }
    out
}

/// Whether an acquisition of the device that is known to be later holds the artifact whole.
fn later_holds(evidence: usize, line: &Coverage, group: &DeviceGroup, known: &Known<'_>) -> bool {
    let when = |e: usize| {
        let facts = known.opening.evidence[e].facts();
        facts.acquired.map(|t| facts.utc(&t).unwrap_or(t.micros))
    };
    let Some(mine) = when(evidence) else { return false };
    known.plan.cells.iter().zip(known.coverage).any(|(cell, other)| {
        other.artifact == line.artifact
            && group.evidence.contains(&cell.evidence)
            && when(cell.evidence).is_some_and(|t| t > mine)
            && other.is_whole()
            && !cell.entries.is_empty()
    })
}

/// The worst of the devices; and nothing that was named and not examined is forgotten.
pub fn overall(devices: &[Device], opening: &Opening) -> Verdict {
    let rank = |s: State| match s {
        State::Match => 4,
        State::Suspicious => 3,
        State::Invalid => 2,
        State::Inconclusive => 1,
        State::NoMatch => 0,
    };
    let mut reasons: Vec<Reason> = devices
        .iter()
        .map(|d| {
            let text = format!("{}: {}", d.id, d.verdict.state.as_str());
            let told = Reason::new(reason::DEVICE, text);
            told.with("device", d.id.clone()).with("state", d.verdict.state.as_str())
        })
        .collect();
    reasons.extend(opening.named.iter().map(|n| n.what.reason.clone()).filter(|r| r.code.is_loss()));
    let complete = devices.iter().all(|d| d.verdict.complete) && !devices.is_empty();
    let complete = complete && !reasons.iter().any(|r| r.code.is_loss());
    let worst = devices.iter().map(|d| d.verdict.state).max_by_key(|s| rank(*s)).unwrap_or(State::Invalid);
    let state = if worst == State::NoMatch && !complete { State::Inconclusive } else { worst };
    Verdict { state, complete, reasons }
}
