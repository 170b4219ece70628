//! What an artifact's file imports: its declaration, what it reads from ([`Input`]) and what it writes to ([`Emitter`]).

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::ops::RangeInclusive;
use std::sync::Arc;

pub use crate::evidence::{DeviceFacts, Entry, Evidence, EvidenceError, Kind, Place, Presence, Source};
pub use crate::finding::{Context, Reason};
pub use crate::formats::ReadAt;
use crate::formats::Stream;
use crate::formats::sqlite::{Db, SqliteError};
pub use crate::record::{Field, Locator, Precision, Privacy, Record, Role, RowState, Timestamp, Value, Zone};

/// Reads one entry and emits its records. Returns an error only when nothing (more) can be read; what was emitted
/// before it stays.
pub type ParseFn = fn(&Input<'_>, &mut Emitter<'_>) -> Result<(), ParseError>;

/// One kind of trace, declared once: documentation, coverage, schema and tests all derive from it.
#[derive(Debug)]
pub struct Artifact {
    /// `ios.sms`: platform, dot, the field's name for it.
    pub id: &'static str,
    /// What a person calls it.
    pub title: &'static str,
    /// Markdown: what it shows, where it comes from, what its limits are. Becomes `docs/artifacts.md`.
    pub about: &'static str,
    /// Where it lies in each kind of evidence.
    pub sources: &'static [Source],
    /// The records it emits.
    pub shapes: &'static [&'static Shape],
    /// Artifacts that must be parsed before.
    pub needs: &'static [&'static str],
    /// The MVT modules it answers to.
    pub mvt: &'static [&'static str],
    /// Reads one entry.
    pub parse: ParseFn,
}

impl Artifact {
    /// The STIX object type its records appear as: `x-ios-safari-history`.
    pub fn object_type(&self) -> String {
        format!("x-{}", self.id.replace(['.', '_'], "-"))
    }

    /// True when some source of this kind is required.
    pub fn required_in(&self, kind: Kind) -> bool {
        self.sources.iter().any(|s| s.kind == kind && s.required)
    }

    /// The sources of one kind of evidence.
    pub fn sources_in(&self, kind: Kind) -> impl Iterator<Item = &'static Source> {
        self.sources.iter().filter(move |s| s.kind == kind)
    }
}

/// One record type of an artifact.
#[derive(Debug)]
pub struct Shape {
    /// snake_case; unique within the artifact.
    pub name: &'static str,
    /// Its fields, in the order reports show them.
    pub fields: &'static [&'static Field],
    /// The moments it puts on the timeline.
    pub events: &'static [Event],
    /// What a record of it says happened, unless the emit says otherwise.
    pub context: Context,
}

/// One moment of a record.
#[derive(Debug)]
pub struct Event {
    /// The field that holds the time.
    pub time: &'static Field,
    /// snake_case name in the timeline.
    pub name: &'static str,
    /// Sentence with `{field}` slots.
    pub text: &'static str,
}

/// Why (more of) an entry could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// The container could not give the bytes.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The database could not be read.
    #[error(transparent)]
    Sqlite(#[from] SqliteError),
    /// Reading failed half-way.
    #[error("read error: {0}")]
    Io(#[from] std::io::Error),
    /// The bytes are not what the format says.
    #[error("{0}")]
    Format(String),
    /// The source is readable but lacks what the artifact is made of.
    #[error("{0}")]
    Missing(String),
    /// A named limit was reached.
    #[error("{limit} exceeded: {detail}")]
    Limit {
        /// The limit's name.
        limit: &'static str,
        /// Numbers.
        detail: String,
    },
}

impl ParseError {
    /// A format error from anything that can be displayed.
    pub fn format(e: impl std::fmt::Display) -> Self {
        ParseError::Format(e.to_string())
    }

    /// The stable code used in coverage notes.
    pub fn code(&self) -> &'static str {
        match self {
            ParseError::Evidence(EvidenceError::Missing { .. }) => "file-missing",
            ParseError::Evidence(_) => "evidence",
            ParseError::Sqlite(SqliteError::NotSqlite { looks_random: true, .. }) => "locked",
            ParseError::Sqlite(_) => "sqlite",
            ParseError::Io(_) => "io",
            ParseError::Format(_) => "format",
            ParseError::Missing(_) => "section-missing",
            ParseError::Limit { .. } => "limit",
        }
    }
}

/// The largest file an artifact may ask for as one block of memory.
pub const MAX_WHOLE_FILE: u64 = 64 << 20;

/// The entry a parser reads, and the little it may know of what lies around it.
pub struct Input<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// Rowids to read, where the engine cut a large table; `None` for all.
    pub slice: Option<RangeInclusive<i64>>,
    /// True for the slice that also emits what is told once per file.
    pub first_slice: bool,
    evidence: &'a dyn Evidence,
}

impl<'a> Input<'a> {
    /// An input over one entry; the engine makes these.
    pub fn new(
        evidence: &'a dyn Evidence,
        entry: &'a Entry,
        slice: Option<RangeInclusive<i64>>,
        first_slice: bool,
    ) -> Self {
        Input { entry, slice, first_slice, evidence }
    }

    /// The kind of evidence.
    pub fn kind(&self) -> Kind {
        self.evidence.kind()
    }

    /// What the acquisition says about its device.
    pub fn device(&self) -> &'a DeviceFacts {
        self.evidence.device()
    }

    /// The entry's bytes.
    pub fn open(&self) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        self.evidence.open(self.entry)
    }

    /// The entry's bytes as one block.
    pub fn bytes(&self) -> Result<Vec<u8>, ParseError> {
        whole(&*self.open()?)
    }

    /// The entry as a buffered stream.
    pub fn lines(&self) -> Result<impl BufRead + use<>, EvidenceError> {
        Ok(BufReader::with_capacity(64 << 10, Stream::new(self.open()?)))
    }

    /// The entry as a database, with its write-ahead log where it has one.
    pub fn db(&self) -> Result<Db, ParseError> {
        self.open_db(self.entry)
    }

    /// Another entry as a database.
    pub fn open_db(&self, entry: &Entry) -> Result<Db, ParseError> {
        let main = self.evidence.open(entry)?;
        let wal = match self.evidence.sibling(entry, "-wal") {
            Some(e) if e.presence == Presence::Stored => Some(self.evidence.open(&e)?),
            _ => None,
        };
        Ok(Db::open(main, wal)?)
    }

    /// The write-ahead log the acquisition lists for this entry but does not hold, if so.
    pub fn missing_wal(&self) -> Option<Entry> {
        self.evidence.sibling(self.entry, "-wal").filter(|e| e.presence == Presence::Missing)
    }

    /// The write-ahead log beside this entry, if the acquisition holds less of it than it says it does.
    pub fn cut_wal(&self) -> Option<Entry> {
        self.evidence.sibling(self.entry, "-wal").filter(|e| e.presence == Presence::Stored && e.truncated)
    }

    /// Entries elsewhere in the same acquisition.
    pub fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError> {
        self.evidence.find(place)
    }

    /// The bytes of an entry elsewhere.
    pub fn bytes_of(&self, entry: &Entry) -> Result<Vec<u8>, ParseError> {
        whole(&*self.evidence.open(entry)?)
    }

    /// For an iOS backup: whether the file with this id is stored.
    pub fn stored(&self, file_id: &str) -> Option<bool> {
        self.evidence.stored(file_id)
    }
}

fn whole(file: &dyn ReadAt) -> Result<Vec<u8>, ParseError> {
    if file.len() > MAX_WHOLE_FILE {
        return Err(ParseError::Limit {
            limit: "MAX_WHOLE_FILE",
            detail: format!("{} bytes, at most {MAX_WHOLE_FILE}", file.len()),
        });
    }
    let mut bytes = vec![0; file.len() as usize];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

/// Where records go; the engine implements it.
pub trait Sink {
    /// Takes one record. Nothing of it may be kept but copies.
    fn record(&mut self, shape: &'static Shape, context: Context, record: &Record<'_>);
}

/// What a parser says about its own reading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Records emitted.
    pub records: u64,
    /// Records the source says it holds.
    pub expected: Option<u64>,
    /// Records, rows or lines known to be lost.
    pub lost: u64,
    /// True when something was lost that cannot be counted.
    pub partial: bool,
    /// In the order they were made; at most [`MAX_NOTES`].
    pub notes: Vec<Reason>,
    /// Notes beyond the limit.
    pub notes_dropped: u64,
}

/// Notes kept per entry.
pub const MAX_NOTES: usize = 50;

/// Where a parser writes.
pub struct Emitter<'a> {
    artifact: &'static Artifact,
    source: &'a str,
    sink: &'a mut dyn Sink,
    tally: Tally,
}

impl<'a> Emitter<'a> {
    /// An emitter for one entry; the engine makes these.
    pub fn new(artifact: &'static Artifact, source: &'a str, sink: &'a mut dyn Sink) -> Self {
        Emitter { artifact, source, sink, tally: Tally::default() }
    }

    /// Emits a record of `shape`. Fields without a value are left out of `values`.
    pub fn emit(&mut self, shape: &'static Shape, locator: Locator<'_>, values: &[(&'static Field, Value<'_>)]) {
        self.emit_as(shape, shape.context, locator, values);
    }

    /// Emits a record whose context is not the shape's: a message that was sent, not received.
    pub fn emit_as(
        &mut self,
        shape: &'static Shape,
        context: Context,
        locator: Locator<'_>,
        values: &[(&'static Field, Value<'_>)],
    ) {
        self.tally.records += 1;
        let record = Record { artifact: self.artifact.id, shape: shape.name, source: self.source, locator, values };
        self.sink.record(shape, context, &record);
    }

    /// Something a reader of the coverage should know, though nothing was lost: a column this version does not have.
    pub fn note(&mut self, code: &str, text: impl Into<String>) {
        if self.tally.notes.len() >= MAX_NOTES {
            self.tally.notes_dropped += 1;
            return;
        }
        self.tally.notes.push(Reason { code: code.to_owned(), text: text.into(), args: BTreeMap::new() });
    }

    /// `count` records were lost (0: an unknown number); the artifact becomes partial.
    pub fn lost(&mut self, count: u64, code: &str, text: impl Into<String>) {
        self.tally.lost += count;
        self.tally.partial = true;
        self.note(code, text);
    }

    /// The source itself says how many records it holds.
    pub fn expect(&mut self, count: u64) {
        self.tally.expected = Some(self.tally.expected.unwrap_or(0) + count);
    }

    /// What was emitted and said so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Ends the reading.
    pub fn finish(self) -> Tally {
        self.tally
    }
}

/// Collects the values of one record; leaves out what is `None`. Reused between records, so that emitting allocates
/// nothing.
#[derive(Default)]
pub struct Values<'a>(Vec<(&'static Field, Value<'a>)>);

impl<'a> Values<'a> {
    /// Room for one record.
    pub fn new() -> Self {
        Values(Vec::with_capacity(24))
    }

    /// Adds a field when it has a value.
    pub fn put<V: Into<Value<'a>>>(&mut self, field: &'static Field, value: Option<V>) -> &mut Self {
        if let Some(v) = value {
            self.0.push((field, v.into()));
        }
        self
    }

    /// Adds a field.
    pub fn set<V: Into<Value<'a>>>(&mut self, field: &'static Field, value: V) -> &mut Self {
        self.0.push((field, value.into()));
        self
    }

    /// Forgets the values and gives the room back for the next record, whatever its lifetime.
    pub fn recycle<'b>(mut self) -> Values<'b> {
        self.0.clear();
        // An empty vector holds no borrow; collecting in place keeps its allocation.
        Values(self.0.into_iter().map_while(|_: (&'static Field, Value<'a>)| None).collect())
    }

    /// The values so far.
    pub fn as_slice(&self) -> &[(&'static Field, Value<'a>)] {
        &self.0
    }
}
