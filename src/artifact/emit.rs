//! Where a parser writes: records, and what was lost on the way.

use std::collections::BTreeMap;

use super::{Artifact, Found, Shape};
use crate::finding::{Code, Context, Reason, reason};
use crate::formats::plist;
use crate::record::{Field, Locator, Record, Value};

/// Where records go; the engine implements it.
pub trait Sink {
    /// Takes one record. Nothing of it may be kept but copies.
    fn record(&mut self, shape: &'static Shape, context: Context, record: &Record<'_>);
}

/// How many rows of a table were read, and how many an independent count says there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Rows read.
    pub read: u64,
    /// Rows there should be, where something else counts them.
    pub expected: Option<u64>,
}

/// What a parser says about its own reading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Records emitted.
    pub records: u64,
    /// Records known to be lost.
    pub lost: u64,
    /// True when something was lost that nobody can count.
    pub unknown: bool,
    /// By name of the field: values that are there and could not be read.
    pub unreadable: BTreeMap<&'static str, u64>,
    /// By name of the table.
    pub tables: BTreeMap<String, Counted>,
    /// Things that are met again and again and cost nothing: how often, and in words.
    pub counts: BTreeMap<Code, (u64, &'static str)>,
    /// In the order they were made; at most [`MAX_NOTES`] of those that cost nothing, and as many of the others.
    pub notes: Vec<Reason>,
    /// Notes beyond the limit.
    pub notes_dropped: u64,
}

impl Tally {
    /// True when nothing was lost.
    pub fn is_whole(&self) -> bool {
        self.lost == 0 && !self.unknown
    }

    /// Adds what another reading of the same artifact said; tables of two files are two, see [`Tally::add_tables`].
    pub fn add(&mut self, more: &Tally) {
        self.records += more.records;
        self.lost += more.lost;
        self.unknown |= more.unknown;
        self.notes_dropped += more.notes_dropped;
        for (name, n) in &more.unreadable {
            *self.unreadable.entry(name).or_default() += n;
        }
        for (code, (n, text)) in &more.counts {
            self.counts.entry(*code).or_insert((0, text)).0 += n;
        }
        self.notes.extend(more.notes.iter().cloned());
    }

    /// Adds the tables of another reading of the same file.
    pub fn add_tables(&mut self, more: &Tally) {
        for (name, counted) in &more.tables {
            let all = self.tables.entry(name.clone()).or_default();
            all.read += counted.read;
            all.expected = all.expected.or(counted.expected);
        }
    }

    fn note(&mut self, note: Reason) {
        let loss = note.code.is_loss();
        // A flood of notes that cost nothing must not hide one that does.
        let same = self.notes.iter().filter(|n| n.code.is_loss() == loss).count();
        if same >= MAX_NOTES { self.notes_dropped += 1 } else { self.notes.push(note) }
    }
}

/// Notes of each sort kept per entry.
pub const MAX_NOTES: usize = 50;

/// Where a parser writes.
pub struct Emitter<'a> {
    artifact: &'static Artifact,
    source: &'a str,
    sink: &'a mut dyn Sink,
    tally: Tally,
    pool: Vec<(&'static Field, Value<'static>)>,
}

impl<'a> Emitter<'a> {
    /// An emitter for one entry; the engine makes these.
    pub fn new(artifact: &'static Artifact, source: &'a str, sink: &'a mut dyn Sink) -> Self {
        Emitter { artifact, source, sink, tally: Tally::default(), pool: Vec::with_capacity(24) }
    }

    /// An empty record; its memory is that of the last one.
    pub fn fields<'v>(&mut self) -> Fields<'v> {
        Fields { values: recycle(std::mem::take(&mut self.pool)), unreadable: Vec::new() }
    }

    /// Emits a record of `shape`.
    pub fn emit(&mut self, shape: &'static Shape, locator: Locator<'_>, fields: Fields<'_>) {
        self.emit_as(shape, shape.context, locator, fields);
    }

    /// Emits a record whose context is not the shape's: a message that was sent, not received.
    pub fn emit_as(&mut self, shape: &'static Shape, context: Context, locator: Locator<'_>, mut fields: Fields<'_>) {
        self.tally.records += 1;
        for name in fields.unreadable.drain(..) {
            *self.tally.unreadable.entry(name).or_default() += 1;
        }
        let (artifact, source, values) = (self.artifact.id, self.source, fields.values.as_slice());
        self.sink.record(
            shape,
            context,
            &Record { artifact, shape: shape.name, order: shape.fields, source, locator, values },
        );
        self.pool = recycle(fields.values);
    }

    /// Something a reader of the coverage should know, though no record was lost.
    pub fn note(&mut self, code: Code, text: impl Into<String>) {
        debug_assert!(!code.is_loss(), "{code} costs records: use lost or lost_unknown");
        self.tally.note(Reason::new(code, text));
    }

    /// Something that is met again and again, and costs nothing: counted over all entries, told once.
    pub fn count(&mut self, code: Code, text: &'static str) {
        debug_assert!(!code.is_loss(), "{code} costs records");
        self.tally.counts.entry(code).or_insert((0, text)).0 += 1;
    }

    /// `count` records were lost, and this is why.
    pub fn lost(&mut self, count: u64, code: Code, text: impl Into<String>) {
        debug_assert!(code.is_loss(), "{code} costs nothing: use note");
        self.tally.lost += count;
        self.tally.unknown |= count == 0;
        self.tally.note(Reason::new(code, text));
    }

    /// Records were lost that nobody can count, and this is why.
    pub fn lost_unknown(&mut self, code: Code, text: impl Into<String>) {
        self.lost(0, code, text);
    }

    /// What a key of a property list holds, as a list or a dictionary; where it is something else, what it should hold is
    /// lost.
    pub fn holder<'v, T>(
        &mut self,
        from: &'v plist::Value,
        key: &str,
        read: impl Fn(&'v plist::Value) -> Option<T>,
    ) -> Option<T> {
        let value = from.get(key)?;
        let held = read(value);
        if held.is_none() {
            let text = format!("{key} holds something else than a list of records: what it should hold is lost");
            self.lost_unknown(reason::PLIST_DAMAGED, text);
        }
        held
    }

    /// Rows of a table that were read, and how many something else says there are.
    pub fn counted(&mut self, table: &str, read: u64, expected: Option<u64>) {
        let all = match self.tally.tables.get_mut(table) {
            Some(all) => all,
            None => self.tally.tables.entry(table.to_owned()).or_default(),
        };
        all.read += read;
        all.expected = all.expected.or(expected);
    }

    /// What was emitted and said so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Ends the reading.
    pub fn finish(mut self) -> Tally {
        if self.tally.notes_dropped > 0 {
            let text = format!("{} more notes of this kind were left out", self.tally.notes_dropped);
            self.tally.notes.push(Reason::new(reason::NOTES_LIMIT, text));
        }
        self.tally
    }
}

/// The same allocation for values of another lifetime: values borrow from what they were read from, so the list itself
/// cannot outlive that, but its memory can; collecting a list of equal layout happens in place.
fn recycle<'b>(mut list: Vec<(&'static Field, Value<'_>)>) -> Vec<(&'static Field, Value<'b>)> {
    list.clear();
    list.into_iter().map_while(|_| None).collect()
}

/// The fields of one record while it is put together.
pub struct Fields<'v> {
    values: Vec<(&'static Field, Value<'v>)>,
    unreadable: Vec<&'static str>,
}

impl<'v> Fields<'v> {
    /// Adds a field.
    pub fn set<V: Into<Value<'v>>>(&mut self, field: &'static Field, value: V) -> &mut Self {
        self.values.push((field, value.into()));
        self
    }

    /// Adds a field when it has a value.
    pub fn put<V: Into<Value<'v>>>(&mut self, field: &'static Field, value: Option<V>) -> &mut Self {
        if let Some(value) = value {
            self.values.push((field, value.into()));
        }
        self
    }

    /// Adds a field as it was found; one that could not be read is counted.
    #[inline]
    pub fn found<V: Into<Value<'v>>>(&mut self, field: &'static Field, value: Found<V>) -> &mut Self {
        match value {
            Found::Is(value) => self.values.push((field, value.into())),
            Found::Absent => {}
            Found::Unreadable => self.unreadable(field.name),
        }
        self
    }

    /// Counts a value that is there and could not be read.
    pub fn unreadable(&mut self, name: &'static str) {
        self.unreadable.push(name);
    }

    /// The fields so far.
    pub fn as_slice(&self) -> &[(&'static Field, Value<'v>)] {
        &self.values
    }
}
