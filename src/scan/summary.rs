//! From what tasks left behind to the report.

use super::combine::{Combined, Undecided};
use super::plan::Plan;
use super::task::TaskResult;
use super::verdict::{self, Known};
use super::{Acquisition, Opening, Options, applicability, coverage, findings, suppress};
use crate::finding::Coverage;
use crate::matcher::Matcher;
use crate::report::{CountedFiles, Device, EvidenceEntry, NamedEntry, Report, SCHEMA_VERSION, Tool};

/// What a run saw.
pub struct Seen<'a> {
    /// What was opened.
    pub opening: &'a Opening,
    /// What was done.
    pub plan: &'a Plan,
    /// What came of it, task by task.
    pub results: &'a [TaskResult],
    /// Matches of patterns over several records.
    pub combined: Vec<Combined>,
    /// Patterns over several records that could not be decided.
    pub undecided: Vec<Undecided>,
}

/// Builds the report. Everything in it is in an order given by the input.
pub fn report(seen: Seen<'_>, matcher: &Matcher, options: &Options) -> Report {
    let Seen { opening, plan, results, combined, undecided } = seen;
    let coverage: Vec<Coverage> = (0..plan.cells.len()).map(|at| coverage::line(opening, plan, at, results)).collect();
    let found = findings::findings(opening, plan, results, combined, matcher);
    let parted = suppress::part(found, opening, options);
    let undecided: Vec<(usize, u32)> = undecided.into_iter().map(|u| (u.device, u.pattern)).collect();
    let sought = applicability::sought(opening, plan, &coverage, results, matcher, options);
    let not_shown = applicability::not_shown(&sought.packs, options);
    let known = Known {
        opening,
        plan,
        coverage: &coverage,
        findings: &parted.findings,
        undecided: &undecided,
        matcher,
        not_shown: &not_shown,
    };
    let mut devices: Vec<Device> = (0..opening.devices.len()).map(|at| device(at, &known)).collect();
    suppress::tell(&mut devices, &parted.suppressed, &parted.files);
    Report {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool { name: "vigie".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        run: None,
        verdict: verdict::overall(&devices, opening),
        devices,
        evidence: opening.evidence.iter().map(|a| evidence_entry(a, opening)).collect(),
        named: named(opening),
        counted: CountedFiles {
            media: opening.counted.media,
            documents: opening.counted.documents,
            others: opening.counted.others,
        },
        packs: sought.packs,
        looked_for: sought.classes,
        coverage,
        findings: parted.findings,
        suppressed: parted.suppressed,
        suppressions: parted.files,
    }
}

fn device(at: usize, known: &Known<'_>) -> Device {
    let group = &known.opening.devices[at];
    let facts = group.facts.facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
    Device {
        id: group.id.clone(),
        evidence: group.evidence.iter().map(|&e| known.opening.evidence[e].id.clone()).collect(),
        same_by: group.ground.iter().map(|kind| (*kind).to_owned()).collect(),
        verdict: verdict::of_device(at, known),
        facts,
        acquired: group.facts.acquired.map(|t| group.facts.time_text(&t)),
        time_zone: group.facts.zone.as_ref().and_then(|z| z.iana_name()).map(str::to_owned),
    }
}

fn evidence_entry(a: &Acquisition, opening: &Opening) -> EvidenceEntry {
    let (kind, notes) = match &a.what {
        Ok(e) => (e.kind().id, e.notes().to_vec()),
        Err(u) => (u.kind, vec![u.reason.clone()]),
    };
    EvidenceEntry {
        id: a.id.clone(),
        kind: kind.to_owned(),
        path: a.path().to_owned(),
        parent: a.parent.map(|p| opening.evidence[p].id.clone()),
        device: opening.devices[a.device].id.clone(),
        examined: a.what.is_ok(),
        notes,
    }
}

fn named(opening: &Opening) -> Vec<NamedEntry> {
    let entry = |n: &super::NamedThing| NamedEntry {
        path: n.what.path.clone(),
        kind: n.what.kind.to_owned(),
        parent: n.parent.clone(),
        reason: n.what.reason.clone(),
    };
    opening.named.iter().map(entry).collect()
}
