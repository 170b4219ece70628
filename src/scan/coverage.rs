//! What was read and what was not: one line for each artifact in each acquisition. Whatever costs a line something is a
//! reason with a cost; nothing else makes it partial.

use std::collections::{BTreeMap, HashSet};

use super::Opening;
use super::plan::{Cell, Plan};
use super::task::{Span, TaskResult};
use crate::artifact::Tally;
use crate::evidence::{Cut, Handle, Presence};
use crate::finding::{Coverage, Reason, Status, reason};

/// One line of the coverage contract.
pub fn line(opening: &Opening, plan: &Plan, at: usize, results: &[TaskResult]) -> Coverage {
    let cell = &plan.cells[at];
    let acquisition = &opening.evidence[cell.evidence];
    let (mut tally, mut span) = (Tally::default(), Span::default());
    // Slices of one file count its tables together.
    let (mut mine, mut files) = (Vec::new(), BTreeMap::<usize, Tally>::new());
    for (task, result) in plan.tasks.iter().zip(results).filter(|(t, _)| t.cell == at) {
        tally.add(&result.tally);
        files.entry(task.entry).or_default().add_tables(&result.tally);
        span.merge(&result.span);
        mine.push(result);
    }
    let (first, last) = span.texts(acquisition.facts());
    let mut line = Coverage {
        evidence: acquisition.id.clone(),
        artifact: cell.artifact.id.to_owned(),
        status: Status::Absent,
        required: cell.required,
        records: tally.records,
        expected: None,
        lost: tally.lost,
        lost_unknown: tally.unknown,
        unreadable: tally.unreadable.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect(),
        first,
        last,
        source: cell.entries.iter().map(|(e, _)| e.name.clone()).collect(),
        notes: cell.trouble.clone(),
    };
    line.notes.extend(mine.iter().filter_map(|r| r.failure.clone()));
    line.notes.append(&mut tally.notes);
    tell_entries(cell, &mut line);
    for (entry, file) in &files {
        let name = cell.entries.get(*entry).map_or("", |(e, _)| e.name.as_str());
        tell_counts(name, file, &mut line);
    }
    tell_unreadable(&tally, &mut line);
    tell_absent(cell, &mut line);
    for (code, (n, text)) in &tally.counts {
        line.notes.push(Reason::new(*code, format!("{n} {text}")).with("count", n.to_string()));
    }
    tidy(&mut line.notes);
    line.status = status(cell, &mine, &line);
    line
}

/// Notes of one line that are told, of those that cost it and of the others.
const MAX_NOTES: usize = 100;

/// Each note once, those that cost the line first, and no more than anybody reads.
fn tidy(notes: &mut Vec<Reason>) {
    let mut seen = HashSet::new();
    notes.retain(|n| seen.insert(n.clone()));
    notes.sort_by_key(|n| !n.code.is_loss());
    let (mut told, mut left_out) = ([0; 2], 0);
    notes.retain(|n| {
        let n = &mut told[usize::from(n.code.is_loss())];
        *n += 1;
        left_out += usize::from(*n > MAX_NOTES);
        *n <= MAX_NOTES
    });
    if left_out > 0 {
        notes.push(Reason::new(reason::NOTES_LIMIT, format!("{left_out} more notes were left out")));
    }
}

/// Files that are listed and missing, and files that are shorter than their list says.
fn tell_entries(cell: &Cell, line: &mut Coverage) {
    for (entry, _) in &cell.entries {
        if entry.presence == Presence::Missing {
            let text = format!("{} is listed in the acquisition, but its file is missing", entry.name);
            line.notes.push(Reason::new(reason::FILE_MISSING, text).with("file", entry.name.clone()));
        } else if entry.cut == Some(Cut::Short) && matches!(entry.handle, Handle::Member(_)) {
            let text = format!("{} is shorter than the acquisition's list says", entry.name);
            line.notes.push(Reason::new(reason::TRUNCATED, text).with("file", entry.name.clone()));
            line.lost_unknown = true;
        }
    }
}

/// Tables of a file of which an index counts more rows than were read.
fn tell_counts(file: &str, tally: &Tally, line: &mut Coverage) {
    for (table, counted) in &tally.tables {
        let Some(expected) = counted.expected else { continue };
        line.expected = Some(line.expected.unwrap_or(0) + expected);
        if let Some(missing @ 1..) = expected.checked_sub(counted.read) {
            let text = format!("{file}: table {table}: its index counts {expected} rows, {} were read", counted.read);
            line.notes.push(Reason::new(reason::ROWS_MISSING, text).with("count", missing.to_string()));
            // Damage that was met may have counted the same rows.
            line.lost = line.lost.max(missing);
        }
    }
}

/// Fields that are there and could not be read.
fn tell_unreadable(tally: &Tally, line: &mut Coverage) {
    if !tally.unreadable.is_empty() {
        let list: Vec<String> = tally.unreadable.iter().map(|(name, n)| format!("{name} ({n})")).collect();
        let text = format!("values that are there and could not be read: {}", list.join(", "));
        line.notes.push(Reason::new(reason::FIELD_UNREADABLE, text).with("fields", list.join(", ")));
    }
}

/// Places where nothing is: what the kind must hold is a loss, for the rest only the reason is told, where there is one.
fn tell_absent(cell: &Cell, line: &mut Coverage) {
    for absent in &cell.absent {
        let place = absent.place.to_string();
        if absent.required {
            let text = format!("{place} is not in this acquisition, and every whole one of its kind holds it");
            line.notes.push(Reason::new(reason::REQUIRED_ABSENT, text).with("place", place));
            line.lost_unknown = true;
        }
        line.notes.extend(absent.why.clone());
    }
}

fn status(cell: &Cell, results: &[&TaskResult], line: &Coverage) -> Status {
    let stored = cell.entries.iter().filter(|(e, _)| e.presence == Presence::Stored).count();
    if stored == 0 {
        return match (cell.entries.is_empty(), cell.trouble.is_empty()) {
            (false, _) => Status::Missing,
            (true, false) => Status::Failed,
            (true, true) => Status::Absent,
        };
    }
    let failed = results.iter().filter(|r| r.failure.is_some()).count();
    if failed == results.len() && line.records == 0 {
        let locked = results.iter().all(|r| r.failure.as_ref().is_some_and(|f| f.code == reason::LOCKED));
        return if locked { Status::Locked } else { Status::Failed };
    }
    match (line.is_whole(), line.records) {
        (false, _) => Status::Partial,
        (true, 0) => Status::Empty,
        (true, _) => Status::Parsed,
    }
}
