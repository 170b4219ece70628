//! Looks on while the phones are scanned, and notes which rows were read and what they matched.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::plan::{PHONES, Part, Plan, Purpose};
use super::subject::Subject;
use crate::matcher::Target;
use crate::record::{Record, Value};
use crate::scan::Onlooker;

/// What came of the rows.
#[derive(Debug, Default)]
pub struct Seen {
    /// By row: a record of it was read.
    pub read: Vec<bool>,
    /// By row: it matched the subject it was written for.
    pub fired: Vec<bool>,
    /// Rows of the near-miss phones, and what matched them all the same.
    pub hits: BTreeSet<(u32, Target)>,
    /// What matched records of the near-miss phones that belong to no row: every phone has these.
    pub frame: BTreeSet<(&'static str, Target)>,
    /// Patterns no value was made for, and the artifacts they fired in, on any phone.
    pub elsewhere: BTreeMap<Target, BTreeSet<&'static str>>,
}

/// The onlooker.
pub struct Eyes<'a> {
    plan: &'a Plan,
    subjects: &'a [Subject],
    /// Ids of acquisitions, and the phones they are; those of other phones are not in it.
    phones: HashMap<String, usize>,
    read: Vec<AtomicBool>,
    fired: Vec<AtomicBool>,
    rest: Mutex<Rest>,
}

#[derive(Default)]
struct Rest {
    hits: BTreeSet<(u32, Target)>,
    frame: BTreeSet<(&'static str, Target)>,
    elsewhere: BTreeMap<Target, BTreeSet<&'static str>>,
}

impl<'a> Eyes<'a> {
    /// An onlooker who knows which acquisition is which phone.
    pub fn new(plan: &'a Plan, subjects: &'a [Subject], phones: HashMap<String, usize>) -> Eyes<'a> {
        let flags = || plan.shows.iter().map(|_| AtomicBool::new(false)).collect();
        Eyes { plan, subjects, phones, read: flags(), fired: flags(), rest: Mutex::default() }
    }

    /// What was seen.
    pub fn close(self) -> Seen {
        let told = |flags: Vec<AtomicBool>| flags.into_iter().map(AtomicBool::into_inner).collect();
        let rest = self.rest.into_inner().unwrap_or_default();
        Seen {
            read: told(self.read),
            fired: told(self.fired),
            hits: rest.hits,
            frame: rest.frame,
            elsewhere: rest.elsewhere,
        }
    }

    fn rest(&self, change: impl FnOnce(&mut Rest)) {
        // A thread that failed while it held the lock has left whole sets behind.
        change(&mut self.rest.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    /// The rows a record is of.
    fn rows(&self, phone: usize, record: &Record<'_>) -> Vec<u32> {
        let Some(marks) = self.plan.marks.get(&(phone, record.artifact)) else { return Vec::new() };
        let mut rows = Vec::new();
        for (_, value) in record.values {
            let values = match value {
                Value::List(items) => items.as_slice(),
                one => std::slice::from_ref(one),
            };
            for row in values.iter().filter_map(Value::as_str).filter_map(|v| marks.get(v)).flatten() {
                if !rows.contains(row) {
                    rows.push(*row);
                }
            }
        }
        rows
    }

    fn row(&self, row: u32, matched: &[Target]) {
        let at = row as usize;
        self.read[at].store(true, Ordering::Relaxed);
        match self.plan.shows[at].purpose {
            Purpose::Fires(subject) => {
                if matched.contains(&self.subjects[subject as usize].target) {
                    self.fired[at].store(true, Ordering::Relaxed);
                }
            }
            Purpose::Near(_) | Purpose::Neutral if matched.is_empty() => {}
            Purpose::Near(_) | Purpose::Neutral => {
                self.rest(|r| r.hits.extend(matched.iter().map(|&t| (row, t))));
            }
        }
    }
}

impl Onlooker for Eyes<'_> {
    fn record(&self, evidence: &str, record: &Record<'_>, matched: &[Target]) {
        if matched.iter().any(|t| matches!(t, Target::Pattern(_))) {
            let patterns = matched.iter().filter(|t| matches!(t, Target::Pattern(_)));
            self.rest(|r| patterns.for_each(|&t| _ = r.elsewhere.entry(t).or_default().insert(record.artifact)));
        }
        let Some(&phone) = self.phones.get(evidence) else { return };
        let rows = self.rows(phone, record);
        for &row in &rows {
            self.row(row, matched);
        }
        if rows.is_empty() && PHONES[phone].1 == Part::NearMiss && !matched.is_empty() {
            self.rest(|r| r.frame.extend(matched.iter().map(|&t| (record.artifact, t))));
        }
    }
}
