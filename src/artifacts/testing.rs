//! What tests of artifacts stand on, for both platforms: an acquisition in memory, and a sink that keeps what it is given
//! and checks it against the declaration.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::artifact::{
    Artifact, Context, Cut, DeviceFacts, Emitter, Entry, Evidence, EvidenceError, Field, Handle, Input, Kind,
    ParseError, Place, Platform, Presence, Privacy, ReadAt, Reason, Record, Shape, Sink, Source, Tally, Timestamp,
    Value,
};
use crate::evidence::KINDS;
use crate::formats::{MemFile, glob};

/// Named files and sections in memory. Files of a backup are named `domain/relative path`, those of a bug report by their
/// path on the phone, sections `dumpsys <service>` or by their title.
pub(crate) struct Memory {
    kind: &'static Kind,
    device: DeviceFacts,
    entries: Vec<Entry>,
    bytes: Vec<Arc<MemFile>>,
    stored: Option<BTreeSet<String>>,
}

impl Memory {
    fn of(platform: Platform) -> Memory {
        let kind = KINDS.iter().find(|k| k.platform == platform).expect("a kind of every platform");
        Memory { kind, device: DeviceFacts::default(), entries: Vec::new(), bytes: Vec::new(), stored: None }
    }

    /// An iOS backup without files.
    pub fn new() -> Memory {
        Memory::of(Platform::Ios)
    }

    /// A bug report with one section.
    pub fn section(name: &str, text: impl AsRef<[u8]>) -> Memory {
        let mut memory = Memory::of(Platform::Android).file(name, text);
        memory.entries[0].file = "dumpstate.txt".into();
        memory.entries[0].handle = Handle::Section(0);
        memory
    }

    /// A bug report with one file.
    pub fn report_file(path: &str, bytes: impl AsRef<[u8]>) -> Memory {
        Memory::of(Platform::Android).file(path, bytes)
    }

    /// Adds a file.
    pub fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Memory {
        self.add(name, bytes.as_ref().to_vec(), Presence::Stored)
    }

    /// Adds a file that is listed and not there.
    pub fn missing(self, name: &str) -> Memory {
        self.add(name, Vec::new(), Presence::Missing)
    }

    /// Says which file ids are stored.
    pub fn stored_ids(mut self, ids: &[&str]) -> Memory {
        self.stored = Some(ids.iter().map(|s| (*s).to_owned()).collect());
        self
    }

    /// The line the first entry begins on.
    pub fn line(mut self, line: u64) -> Memory {
        self.entries[0].first_line = line;
        self
    }

    /// The first entry was cut.
    pub fn truncated(mut self) -> Memory {
        self.entries[0].cut = Some(Cut::Short);
        self
    }

    /// When the acquisition was taken.
    pub fn acquired(mut self, at: Timestamp) -> Memory {
        self.device.acquired = Some(at);
        self
    }

    fn add(mut self, name: &str, bytes: Vec<u8>, presence: Presence) -> Memory {
        self.entries.push(Entry {
            name: name.to_owned(),
            file: name.to_owned(),
            size: bytes.len() as u64,
            presence,
            first_line: 0,
            cut: None,
            handle: Handle::Section(self.bytes.len()),
        });
        self.bytes.push(Arc::new(MemFile(bytes)));
        self
    }

    /// Reads an artifact from every entry of its places, each as a whole.
    pub fn run(&self, artifact: &'static Artifact) -> Run {
        run(artifact, self)
    }
}

impl Evidence for Memory {
    fn kind(&self) -> &'static Kind {
        self.kind
    }
    fn path(&self) -> &str {
        "memory"
    }
    fn device(&self) -> &DeviceFacts {
        &self.device
    }
    fn notes(&self) -> &[Reason] {
        &[]
    }
    fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError> {
        let fits = |e: &&Entry| match place {
            Place::Own(name) => e.name == *name,
            Place::Ios { .. } => e.name.split_once('/').is_some_and(|(d, p)| place.is_ios(d, p)),
            Place::Android(path) => glob::matches(path, &e.name, Some(b'/')),
            Place::Service(name) => e.name == format!("dumpsys {name}"),
            Place::Command(title) => e.name.starts_with(title),
        };
        Ok(self.entries.iter().filter(fits).cloned().collect())
    }
    fn open(&self, entry: &Entry) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        match entry.handle {
            Handle::Section(at) if entry.presence == Presence::Stored => Ok(self.bytes[at].clone()),
            _ => Err(EvidenceError::Missing { path: entry.name.clone() }),
        }
    }
    fn beside(&self, _: &Entry, name: &str) -> Result<Option<Entry>, EvidenceError> {
        Ok(self.entries.iter().find(|e| e.name == name).cloned())
    }
    fn sha256(&self, entry: &Entry) -> Result<String, EvidenceError> {
        Err(EvidenceError::Missing { path: entry.name.clone() })
    }
    fn stored(&self, file_id: &str) -> Option<bool> {
        self.stored.as_ref().map(|ids| ids.contains(file_id))
    }
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
    /// As emitted: name, privacy, value.
    pub values: Vec<(&'static str, Privacy, Value<'static>)>,
}

impl Kept {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value<'static>> {
        self.values.iter().find(|(n, ..)| *n == name).map(|(.., v)| v)
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

    /// The value as reports write it; empty when there is none.
    pub fn shown(&self, name: &str) -> String {
        self.get(name).map(write).unwrap_or_default()
    }

    /// How private the field of this record is.
    pub fn privacy(&self, name: &str) -> Privacy {
        self.values.iter().find(|(n, ..)| *n == name).expect("a field").1
    }
}

fn write(value: &Value<'_>) -> String {
    match value {
        Value::Str(s) => s.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Float(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Time(t) => t.to_string(),
        Value::Bytes(b) => format!("{b:02x?}"),
        Value::List(l) => l.iter().map(write).collect::<Vec<_>>().join(", "),
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
    pub fn of(&self, shape: &str) -> Vec<&Kept> {
        self.records.iter().filter(|r| r.shape == shape).collect()
    }

    /// The shapes of all records.
    pub fn shapes(&self) -> Vec<&'static str> {
        self.records.iter().map(|r| r.shape).collect()
    }

    /// The texts of the notes with a code.
    pub fn notes(&self, code: impl AsRef<str>) -> Vec<&str> {
        self.tally.notes.iter().filter(|n| n.code == code.as_ref()).map(|n| n.text.as_str()).collect()
    }

    /// The text of the note with this code; panics when there is none.
    pub fn note(&self, code: impl AsRef<str>) -> &str {
        let found = self.tally.notes.iter().find(|n| n.code == code.as_ref());
        &found.unwrap_or_else(|| panic!("no note {} among {:?}", code.as_ref(), self.tally.notes)).text
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
        let mut values: Vec<(&'static str, Privacy, Value<'static>)> = Vec::new();
        for (field, value) in record.values {
            let declared = |f: &&&'static Field| std::ptr::eq(**f, *field);
            assert!(shape.fields.iter().any(|f| declared(&f)), "field {} is not declared", field.name);
            assert!(values.iter().all(|(n, ..)| *n != field.name), "field {} comes twice", field.name);
            values.push((field.name, field.privacy, owned(value)));
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

/// Reads an artifact from every entry of its places, each as a whole.
pub(crate) fn run(artifact: &'static Artifact, evidence: &Memory) -> Run {
    read(artifact, evidence, &[None])
}

/// The same, with the entries of sliced places cut as the engine cuts them.
pub(crate) fn run_sliced(artifact: &'static Artifact, evidence: &Memory, slices: &[RangeInclusive<i64>]) -> Run {
    let slices: Vec<_> = slices.iter().cloned().map(Some).collect();
    read(artifact, evidence, &slices)
}

fn read(artifact: &'static Artifact, evidence: &Memory, slices: &[Option<RangeInclusive<i64>>]) -> Run {
    let mut run = Run::default();
    for source in artifact.sources {
        let entries = evidence.find(&source.place).expect("evidence in memory can be searched");
        let slices = if source.slice.is_some() { slices } else { &[None] };
        for entry in entries.iter().filter(|e| e.presence == Presence::Stored) {
            for (i, slice) in slices.iter().enumerate() {
                one(artifact, source, Input::new(evidence, entry, slice.clone(), i == 0), &mut run);
            }
        }
    }
    run
}

fn one(artifact: &'static Artifact, source: &Source, input: Input<'_>, run: &mut Run) {
    let mut keep = Keep { artifact, records: &mut run.records };
    let mut emit = Emitter::new(artifact, &input.entry.name, &mut keep);
    run.errors.extend(source.read(&input, &mut emit).err());
    run.tally.add(&emit.finish());
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
