//! Which tasks there are: artifacts × sources × entries × slices, and what is already known without running any.

use std::ops::RangeInclusive;

use super::Opening;
use crate::artifact::{Artifact, Input};
use crate::evidence::{Entry, Evidence, Presence, Source};
use crate::finding::Reason;

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
    /// What was found, sources in declaration order.
    pub entries: Vec<Entry>,
    /// The looking itself failed.
    pub trouble: Vec<Reason>,
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
            if artifact.sources_in(evidence.kind()).next().is_some() {
                plan.add_cell(artifact, at, &**evidence);
            }
        }
    }
    plan
}

impl Plan {
    fn add_cell(&mut self, artifact: &'static Artifact, at: usize, evidence: &dyn Evidence) {
        let cell = self.cells.len();
        let mut entries: Vec<Entry> = Vec::new();
        let mut trouble = Vec::new();
        for source in artifact.sources_in(evidence.kind()) {
            match evidence.find(&source.place) {
                Ok(found) => {
                    for entry in found {
                        if entries.iter().any(|e| e.name == entry.name && e.key == entry.key) {
                            continue;
                        }
                        if entry.presence == Presence::Stored {
                            self.add_tasks(cell, entries.len(), source, &entry, evidence);
                        }
                        entries.push(entry);
                    }
                }
                Err(e) => trouble.push(super::reason("evidence", e.to_string(), &[])),
            }
        }
        self.cells.push(Cell { artifact, evidence: at, entries, trouble });
    }

    fn add_tasks(&mut self, cell: usize, at: usize, source: &Source, entry: &Entry, evidence: &dyn Evidence) {
        let slices = slices(source, entry, evidence);
        let weight = entry.size / slices.len().max(1) as u64 + 1;
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
    let Ok(db) = input.db() else { return Vec::new() };
    let wanted = (entry.size / SLICE_BYTES).clamp(2, MAX_SLICES) as usize;
    db.table(table).map_or_else(Vec::new, |t| db.slices(t, wanted))
}
