//! Which tasks there are: artifacts × places × entries × slices, and what is already known without running any.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::Opening;
use crate::artifact::{Artifact, Input, Source};
use crate::evidence::{Answer, Entry, Evidence, EvidenceError, Place, Presence, ask};
use crate::finding::{Reason, reason};

/// A database smaller than this is one task.
const SLICE_FROM: u64 = 8 << 20;
/// Bytes of database per slice.
const SLICE_BYTES: u64 = 16 << 20;
/// Slices of one database at the most.
const MAX_SLICES: u64 = 64;

/// One unit of work.
pub struct Task {
    /// Index into [`Plan::cells`].
    pub cell: usize,
    /// Index into the cell's entries.
    pub entry: usize,
    /// Rowids, where the entry was cut.
    pub slice: Option<RangeInclusive<i64>>,
    /// The first slice also tells what is told once per file.
    pub first_slice: bool,
    /// What it will cost, roughly, in bytes.
    pub weight: u64,
}

/// One artifact in one acquisition: a line of the coverage contract.
pub struct Cell {
    /// The artifact.
    pub artifact: &'static Artifact,
    /// Index into [`Opening::evidence`].
    pub evidence: usize,
    /// What was found, with the place it was found at, places in declaration order.
    pub entries: Vec<(Entry, &'static Source)>,
    /// Places where nothing is, why, and whether the kind of acquisition must hold them.
    pub absent: Vec<Absent>,
    /// True when the kind of acquisition must hold some place of it.
    pub required: bool,
    /// The looking itself failed.
    pub trouble: Vec<Reason>,
}

/// A place where nothing is.
pub struct Absent {
    /// The place.
    pub place: Place,
    /// Why, where that is known.
    pub why: Option<Reason>,
    /// The kind of acquisition must hold it.
    pub required: bool,
}

/// The work of a run. Cells are in the order of the report: by artifact, then by evidence.
pub struct Plan {
    /// Coverage contract lines.
    pub cells: Vec<Cell>,
    /// In the order of cells, entries and slices.
    pub tasks: Vec<Task>,
}

/// Plans the work.
pub fn plan(opening: &Opening) -> Plan {
    let mut plan = Plan { cells: Vec::new(), tasks: Vec::new() };
    for artifact in crate::artifacts::ALL {
        for (at, acquisition) in opening.evidence.iter().enumerate() {
            let Ok(evidence) = &acquisition.what else { continue };
            if artifact.held_by(evidence.kind()) {
                plan.add_cell(artifact, at, &**evidence);
            }
        }
    }
    plan
}

/// Whether the kind of acquisition must hold a place, with this version of the system and what else is there.
fn required(evidence: &dyn Evidence, place: &Place) -> Result<bool, EvidenceError> {
    let version = evidence.device().os_major();
    for must in evidence.kind().requires.iter().filter(|m| m.place == *place && m.holds_for(version)) {
        match must.with {
            Some(other) if evidence.find(&other)?.is_empty() => {}
            _ => return Ok(true),
        }
    }
    Ok(false)
}

impl Plan {
    fn add_cell(&mut self, artifact: &'static Artifact, at: usize, evidence: &dyn Evidence) {
        let index = self.cells.len();
        let (entries, absent, trouble) = (Vec::new(), Vec::new(), Vec::new());
        let mut cell = Cell { artifact, evidence: at, entries, absent, required: false, trouble };
        let mut seen = HashSet::new();
        for source in artifact.sources {
            let asked = ask(evidence, &source.place).and_then(|a| Ok((a, required(evidence, &source.place)?)));
            match asked {
                Err(e) => cell.trouble.push(Reason::new(reason::EVIDENCE, e.to_string())),
                Ok((Answer::NotInThisKind, _)) => {}
                Ok((Answer::NotHere(why), required)) => {
                    cell.required |= required;
                    cell.absent.push(Absent { place: source.place, why, required });
                }
                Ok((Answer::Entries(found), required)) => {
                    cell.required |= required;
                    for entry in found {
                        if !seen.insert((entry.name.clone(), entry.handle.clone())) {
                            continue;
                        }
                        if entry.presence == Presence::Stored {
                            self.add_tasks(index, cell.entries.len(), source, &entry, evidence);
                        }
                        cell.entries.push((entry, source));
                    }
                }
            }
        }
        self.cells.push(cell);
    }

    fn add_tasks(&mut self, cell: usize, at: usize, source: &Source, entry: &Entry, evidence: &dyn Evidence) {
        let slices = slices(source, entry, evidence);
        let weight = entry.size.saturating_mul(source.times) / slices.len().max(1) as u64 + 1;
        if slices.len() < 2 {
            self.tasks.push(Task { cell, entry: at, slice: None, first_slice: true, weight });
            return;
        }
        for (i, slice) in slices.into_iter().enumerate() {
            self.tasks.push(Task { cell, entry: at, slice: Some(slice), first_slice: i == 0, weight });
        }
    }
}

/// Cuts a large table by its own tree, so that the cuts depend on the data alone.
fn slices(source: &Source, entry: &Entry, evidence: &dyn Evidence) -> Vec<RangeInclusive<i64>> {
    let (Some(table), true) = (source.slice, entry.size >= SLICE_FROM) else { return Vec::new() };
    let input = Input::new(evidence, entry, None, true);
    let Ok(db) = input.db_untold() else { return Vec::new() };
    let wanted = (entry.size.saturating_mul(source.times) / SLICE_BYTES).clamp(2, MAX_SLICES) as usize;
    db.table(table).map_or_else(Vec::new, |t| db.slices(t, wanted))
}
