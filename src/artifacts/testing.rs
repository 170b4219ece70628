//! Evidence in memory and a sink that keeps everything, to test one artifact without the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::artifact::{
    Artifact, Context, DeviceFacts, Emitter, Entry, Evidence, EvidenceError, Input, Kind, ParseError, Place, Presence,
    ReadAt, Shape, Sink, Tally, Value,
};
use crate::formats::MemFile;
use crate::record::Record;

/// Named files in memory. Entries of a backup are named `domain/relative path`.
pub(crate) struct Memory {
    kind: Kind,
    device: DeviceFacts,
    entries: Vec<Entry>,
    bytes: Vec<Arc<MemFile>>,
    stored: Option<BTreeSet<String>>,
}

impl Memory {
    /// An iOS backup without files.
    pub fn new() -> Self {
        Memory {
            kind: Kind::IosBackup,
            device: DeviceFacts::default(),
            entries: Vec::new(),
            bytes: Vec::new(),
            stored: None,
        }
    }

    /// Adds a file.
    pub fn file(self, name: &str, bytes: Vec<u8>) -> Self {
        self.add(name, bytes, Presence::Stored)
    }

    /// Adds a file that is listed and not there.
    pub fn missing(self, name: &str) -> Self {
        self.add(name, Vec::new(), Presence::Missing)
    }

    /// Says which file ids are stored.
    pub fn stored_ids(mut self, ids: &[&str]) -> Self {
        self.stored = Some(ids.iter().map(|s| (*s).to_owned()).collect());
        self
    }

    fn add(mut self, name: &str, bytes: Vec<u8>, presence: Presence) -> Self {
        self.entries.push(Entry {
            name: name.to_owned(),
            file: name.to_owned(),
            size: bytes.len() as u64,
            presence,
            first_line: 0,
            truncated: false,
            key: self.bytes.len() as u64,
        });
        self.bytes.push(Arc::new(MemFile(bytes)));
        self
    }
}

impl Evidence for Memory {
    fn kind(&self) -> Kind {
        self.kind
    }
    fn path(&self) -> &str {
        "memory"
    }
    fn device(&self) -> &DeviceFacts {
        &self.device
    }
    fn notes(&self) -> Vec<crate::finding::Reason> {
        Vec::new()
    }
    fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError> {
        let fits = |e: &&Entry| match place {
            Place::File(path) => glob(path, &e.name, false),
            Place::Backup { domain, path } => {
                e.name.split_once('/').is_some_and(|(d, p)| glob(domain, d, true) && glob(path, p, false))
            }
            Place::Service(name) => e.name == *name,
            Place::Command(name) => e.name.starts_with(name),
        };
        Ok(self.entries.iter().filter(fits).cloned().collect())
    }
    fn open(&self, entry: &Entry) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        match self.bytes.get(entry.key as usize) {
            Some(bytes) if entry.presence == Presence::Stored => Ok(bytes.clone()),
            _ => Err(EvidenceError::Missing { path: entry.name.clone() }),
        }
    }
    fn sibling(&self, entry: &Entry, suffix: &str) -> Option<Entry> {
        let name = format!("{}{suffix}", entry.name);
        self.entries.iter().find(|e| e.name == name).cloned()
    }
    fn stored(&self, file_id: &str) -> Option<bool> {
        self.stored.as_ref().map(|ids| ids.contains(file_id))
    }
}

/// Whether `name` is described by `pattern`, whose `*` stands for anything (but `/`, unless `across`).
fn glob(pattern: &str, name: &str, across: bool) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(head) else { return false };
    let limit = if across { rest.len() } else { rest.find('/').unwrap_or(rest.len()) };
    (0..=limit).any(|at| rest.is_char_boundary(at) && glob(tail, &rest[at..], across))
}

/// A record that was emitted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    /// Name of the shape.
    pub shape: &'static str,
    /// As emitted.
    pub context: Context,
    /// As displayed.
    pub locator: String,
    /// By name of the field.
    pub values: BTreeMap<&'static str, Value<'static>>,
}

impl Kept {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value<'static>> {
        self.values.get(name)
    }

    /// The text of a field that must have one.
    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Value::Str(s)) => s,
            other => panic!("{name}: expected text, found {other:?} in {self:?}"),
        }
    }

    /// The time of a field that must have one, as written.
    pub fn time(&self, name: &str) -> String {
        match self.get(name) {
            Some(Value::Time(t)) => t.to_string(),
            other => panic!("{name}: expected a time, found {other:?} in {self:?}"),
        }
    }
}

/// What reading an artifact gave.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// In the order emitted.
    pub records: Vec<Kept>,
    /// Of all entries together.
    pub tally: Tally,
    /// What entries ended with.
    pub errors: Vec<ParseError>,
}

impl Run {
    /// The records of one shape.
    pub fn of<'a>(&'a self, shape: &'a str) -> impl Iterator<Item = &'a Kept> {
        self.records.iter().filter(move |r| r.shape == shape)
    }

    /// The texts of the notes with a code.
    pub fn notes(&self, code: &str) -> Vec<&str> {
        self.tally.notes.iter().filter(|n| n.code == code).map(|n| n.text.as_str()).collect()
    }
}

/// Keeps records; insists that an artifact emits what it declares.
struct Keep<'a> {
    artifact: &'static Artifact,
    records: &'a mut Vec<Kept>,
}

impl Sink for Keep<'_> {
    fn record(&mut self, shape: &'static Shape, context: Context, record: &Record<'_>) {
        assert!(self.artifact.shapes.iter().any(|s| std::ptr::eq(*s, shape)), "shape {} is not declared", shape.name);
        let mut values = BTreeMap::new();
        for (field, value) in record.values {
            assert!(shape.fields.iter().any(|f| std::ptr::eq(*f, *field)), "field {} is not declared", field.name);
            assert!(values.insert(field.name, owned(value)).is_none(), "field {} comes twice", field.name);
        }
        self.records.push(Kept { shape: shape.name, context, locator: record.locator.to_string(), values });
    }
}

fn owned(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Str(s) => Value::Str(s.clone().into_owned().into()),
        Value::Int(i) => Value::Int(*i),
        Value::Float(f) => Value::Float(*f),
        Value::Bool(b) => Value::Bool(*b),
        Value::Time(t) => Value::Time(*t),
        Value::Bytes(b) => Value::Bytes(b.clone().into_owned().into()),
        Value::List(l) => Value::List(l.iter().map(owned).collect()),
    }
}

/// Reads an artifact from every entry of its sources, each as a whole.
pub(crate) fn run(artifact: &'static Artifact, evidence: &dyn Evidence) -> Run {
    read(artifact, evidence, &[None])
}

/// The same, with the entries of sliced sources cut as the engine cuts them.
pub(crate) fn run_sliced(artifact: &'static Artifact, evidence: &dyn Evidence, slices: &[RangeInclusive<i64>]) -> Run {
    let slices: Vec<_> = slices.iter().cloned().map(Some).collect();
    read(artifact, evidence, &slices)
}

fn read(artifact: &'static Artifact, evidence: &dyn Evidence, slices: &[Option<RangeInclusive<i64>>]) -> Run {
    let mut run = Run::default();
    for source in artifact.sources_in(evidence.kind()) {
        let entries = evidence.find(&source.place).expect("evidence in memory can be searched");
        let slices = if source.slice.is_some() { slices } else { &[None] };
        for entry in &entries {
            for (i, slice) in slices.iter().enumerate() {
                let mut keep = Keep { artifact, records: &mut run.records };
                let mut emit = Emitter::new(artifact, &entry.name, &mut keep);
                let input = Input::new(evidence, entry, slice.clone(), i == 0);
                if let Err(e) = (artifact.parse)(&input, &mut emit) {
                    run.errors.push(e);
                }
                let tally = emit.finish();
                run.tally.records += tally.records;
                run.tally.lost += tally.lost;
                run.tally.partial |= tally.partial;
                run.tally.notes.extend(tally.notes);
            }
        }
    }
    run
}

/// The bytes of a database made by `fill`.
pub(crate) fn sqlite(fill: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<()>) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("test.db");
    let connection = rusqlite::Connection::open(&path).expect("a new database");
    fill(&connection).expect("the test's own SQL is right");
    connection.close().expect("the database can be closed");
    std::fs::read(&path).expect("the database that was written")
}
