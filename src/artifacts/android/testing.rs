//! What tests of artifacts stand on: evidence in memory, and a sink that keeps what it is given and checks it against
//! the declaration.

use std::sync::Arc;

use crate::artifact::{
    Artifact, Context, DeviceFacts, Emitter, Entry, Evidence, EvidenceError, Field, Input, Kind, ParseError, Place,
    Presence, Privacy, ReadAt, Record, Shape, Timestamp, Value,
};
use crate::artifact::{Sink, Tally};
use crate::finding::Reason;
use crate::formats::MemFile;

/// An acquisition in memory. The first entry is the one that is parsed.
pub(super) struct Case {
    entries: Vec<(Entry, Vec<u8>)>,
    device: DeviceFacts,
    kind: Kind,
}

impl Case {
    /// A bug report with one section: `dumpsys appops` for a service, the title for a command.
    pub fn section(name: &str, text: impl AsRef<[u8]>) -> Case {
        Case { entries: Vec::new(), device: DeviceFacts::default(), kind: Kind::AndroidBugreport }.entry(
            name,
            "dumpstate.txt",
            text,
        )
    }

    /// A bug report with one file.
    pub fn file(name: &str, bytes: impl AsRef<[u8]>) -> Case {
        Case { entries: Vec::new(), device: DeviceFacts::default(), kind: Kind::AndroidBugreport }.and(name, bytes)
    }

    /// One more file.
    pub fn and(self, name: &str, bytes: impl AsRef<[u8]>) -> Case {
        self.entry(name, name, bytes)
    }

    fn entry(mut self, name: &str, file: &str, bytes: impl AsRef<[u8]>) -> Case {
        let bytes = bytes.as_ref().to_vec();
        let (name, file) = (name.to_owned(), file.to_owned());
        let (size, key) = (bytes.len() as u64, self.entries.len() as u64);
        let entry = Entry { name, file, size, presence: Presence::Stored, first_line: 0, truncated: false, key };
        self.entries.push((entry, bytes));
        self
    }

    /// The line the first entry begins on.
    pub fn line(mut self, line: u64) -> Case {
        self.entries[0].0.first_line = line;
        self
    }

    /// The first entry was cut.
    pub fn truncated(mut self) -> Case {
        self.entries[0].0.truncated = true;
        self
    }

    /// When the acquisition was taken.
    pub fn acquired(mut self, at: Timestamp) -> Case {
        self.device.acquired = Some(at);
        self
    }

    /// Parses the first entry.
    pub fn run(&self, artifact: &'static Artifact) -> Got {
        self.run_entry(artifact, 0)
    }

    /// Parses the n-th entry, from 0.
    pub fn run_entry(&self, artifact: &'static Artifact, n: usize) -> Got {
        let entry = &self.entries[n].0;
        let mut kept = Kept { artifact, records: Vec::new() };
        let mut emit = Emitter::new(artifact, &entry.name, &mut kept);
        let error = (artifact.parse)(&Input::new(self, entry, None, true), &mut emit).err();
        let tally = emit.finish();
        Got { records: kept.records, tally, error }
    }
}

impl Evidence for Case {
    fn kind(&self) -> Kind {
        self.kind
    }
    fn path(&self) -> &str {
        "memory"
    }
    fn device(&self) -> &DeviceFacts {
        &self.device
    }
    fn notes(&self) -> Vec<Reason> {
        Vec::new()
    }
    fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError> {
        let fits = |name: &str| match place {
            Place::File(pattern) => glob(pattern, name),
            Place::Service(service) => name == format!("dumpsys {service}"),
            Place::Command(title) => name.starts_with(title),
            Place::Backup { .. } => false,
        };
        Ok(self.entries.iter().map(|(e, _)| e).filter(|e| fits(&e.name)).cloned().collect())
    }
    fn open(&self, entry: &Entry) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        Ok(Arc::new(MemFile(self.entries[entry.key as usize].1.clone())))
    }
    fn sibling(&self, entry: &Entry, suffix: &str) -> Option<Entry> {
        let name = format!("{}{suffix}", entry.name);
        self.entries.iter().map(|(e, _)| e).find(|e| e.name == name).cloned()
    }
}

/// `*` stands for anything but `/`.
fn glob(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, tail)) => name.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.find('/').unwrap_or(rest.len())).any(|n| rest.get(n..).is_some_and(|r| glob(tail, r)))
        }),
    }
}

/// What a parse function did.
pub(super) struct Got {
    /// In the order they came.
    pub records: Vec<Owned>,
    /// What it said of itself.
    pub tally: Tally,
    /// How it failed.
    pub error: Option<ParseError>,
}

impl Got {
    /// The shapes of all records.
    pub fn shapes(&self) -> Vec<&'static str> {
        self.records.iter().map(|r| r.shape).collect()
    }

    /// The records of one shape.
    pub fn of(&self, shape: &str) -> Vec<&Owned> {
        self.records.iter().filter(|r| r.shape == shape).collect()
    }

    /// The text of the note with this code; panics when there is none.
    pub fn note(&self, code: &str) -> &str {
        let found = self.tally.notes.iter().find(|n| n.code == code);
        &found.unwrap_or_else(|| panic!("no note {code} among {:?}", self.tally.notes)).text
    }
}

/// A record that was kept.
#[derive(Debug)]
pub(super) struct Owned {
    /// Name of its shape.
    pub shape: &'static str,
    /// What it says happened.
    pub context: Context,
    /// Where it stands.
    pub locator: String,
    /// Its fields.
    pub values: Vec<(&'static Field, Value<'static>)>,
}

impl Owned {
    /// A value by the name of its field.
    pub fn get(&self, name: &str) -> Option<&Value<'static>> {
        self.values.iter().find(|(f, _)| f.name == name).map(|(_, v)| v)
    }

    /// The value as reports write it; empty when there is none.
    pub fn text(&self, name: &str) -> String {
        self.get(name).map(write).unwrap_or_default()
    }

    /// How private the field of this record is.
    pub fn privacy(&self, name: &str) -> Privacy {
        self.values.iter().find(|(f, _)| f.name == name).expect("field").0.privacy
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

struct Kept {
    artifact: &'static Artifact,
    records: Vec<Owned>,
}

impl Sink for Kept {
    fn record(&mut self, shape: &'static Shape, context: Context, record: &Record<'_>) {
        assert!(self.artifact.shapes.iter().any(|s| std::ptr::eq(*s, shape)), "{} is not declared", shape.name);
        for (n, (field, _)) in record.values.iter().enumerate() {
            assert!(shape.fields.iter().any(|f| std::ptr::eq(*f, *field)), "{}.{}", shape.name, field.name);
            let again = record.values[..n].iter().any(|(f, _)| f.name == field.name);
            assert!(!again, "{}.{} twice", shape.name, field.name);
        }
        let values = record.values.iter().map(|(f, v)| (*f, own(v))).collect();
        self.records.push(Owned { shape: shape.name, context, locator: record.locator.to_string(), values });
    }
}

fn own(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Str(s) => Value::Str(s.to_string().into()),
        Value::Bytes(b) => Value::Bytes(b.to_vec().into()),
        Value::List(l) => Value::List(l.iter().map(own).collect()),
        Value::Int(n) => Value::Int(*n),
        Value::Float(n) => Value::Float(*n),
        Value::Bool(b) => Value::Bool(*b),
        Value::Time(t) => Value::Time(*t),
    }
}

/// Checks what every declaration of an artifact must hold.
pub(super) fn check(artifact: &Artifact) {
    let name_like =
        |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    assert!(!artifact.about.is_empty() && !artifact.title.is_empty() && !artifact.sources.is_empty());
    for (n, shape) in artifact.shapes.iter().enumerate() {
        assert!(name_like(shape.name) && artifact.shapes[..n].iter().all(|s| s.name != shape.name), "{}", shape.name);
        for (n, field) in shape.fields.iter().enumerate() {
            assert!(name_like(field.name) && shape.fields[..n].iter().all(|f| f.name != field.name), "{}", field.name);
            assert!(field.doc.ends_with('.'), "{}.{}: a sentence ends with a full stop", shape.name, field.name);
        }
        for event in shape.events {
            assert!(shape.fields.iter().any(|f| std::ptr::eq(*f, event.time)), "{}.{}", shape.name, event.name);
            for slot in event.text.split('{').skip(1) {
                let slot = slot.split('}').next().unwrap_or_default();
                assert!(shape.fields.iter().any(|f| f.name == slot), "{}: {{{slot}}} in {}", shape.name, event.name);
            }
        }
    }
}
