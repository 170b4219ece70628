//! What an artifact's file imports: how it is declared ([`Artifact`], [`shape!`](crate::shape)), what it reads from
//! ([`Input`]), what it writes to ([`Emitter`]), and what readers of one kind share ([`table`], [`section`]).

mod emit;
mod input;
pub mod section;
mod shape;
pub mod table;

pub use emit::{Counted, Emitter, Fields, MAX_NOTES, Sink, Tally};
pub use input::{Input, MAX_WHOLE_FILE, ParseError};
pub use table::{Col, Column, Conversion, Key, Rows};

pub use crate::device::{DeviceFacts, Platform};
pub use crate::evidence::{Cut, Entry, Evidence, EvidenceError, Handle, Kind, Place, Presence};
pub use crate::finding::{Code, Context, Reason, reason};
pub use crate::formats::ReadAt;
pub use crate::record::{Field, Locator, Precision, Privacy, Record, Role, RowState, Timestamp, Value, Zone};
pub use crate::shape;

/// Reads one entry and emits its records. What is lost on the way goes to the emitter where it is noticed; an error says
/// that nothing (more) can be read, and what was emitted before it stays.
pub type ReadFn = fn(&Input<'_>, &mut Emitter<'_>) -> Result<(), ParseError>;

/// Fills what of a record no column gives, and says what the record means.
pub type RowFn = for<'r> fn(&table::Row<'r>, &mut Fields<'r>) -> Context;

/// How the bytes at a place become records.
#[derive(Debug, Clone, Copy)]
pub enum Reader {
    /// By a function.
    With(ReadFn),
    /// Row by row from one table of a database.
    Rows(&'static Rows, RowFn),
}

/// One kind of trace, declared once: documentation, coverage, schema and tests all derive from it. What a person calls it
/// stands in `report/text/<lang>.ftl`, under `artifact-<id>`.
#[derive(Debug)]
pub struct Artifact {
    /// `ios.sms`: platform, dot, the field's name for it.
    pub id: &'static str,
    /// Markdown: what it shows, where it comes from, what its limits are. Becomes `docs/artifacts.md`.
    pub about: &'static str,
    /// Where it lies on the phone, and in which format.
    pub sources: &'static [Source],
    /// The records it emits.
    pub shapes: &'static [&'static Shape],
    /// The MVT modules it answers to.
    pub mvt: &'static [&'static str],
}

impl Artifact {
    /// The STIX object type its records appear as: `x-ios-safari-history`.
    pub fn object_type(&self) -> String {
        format!("x-{}", self.id.replace(['.', '_'], "-"))
    }

    /// True when some place of it can be in this kind of acquisition.
    pub fn held_by(&self, kind: &Kind) -> bool {
        self.sources.iter().any(|s| (kind.holds)(&s.place))
    }
}

/// One place an artifact is read from, with the reader of the format it has there.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// Where.
    pub place: Place,
    /// How.
    pub reader: Reader,
    /// For a database: the table whose rowids may be cut into slices that are parsed side by side.
    pub slice: Option<&'static str>,
    /// How many times longer a byte takes than a byte of other sources: large tasks begin first, and are cut.
    pub times: u64,
}

impl Source {
    /// A file of an iPhone, by domain and path in a backup's words.
    pub const fn ios(domain: &'static str, path: &'static str, reader: Reader) -> Self {
        Source { place: Place::Ios { domain, path }, reader, slice: None, times: 1 }
    }

    /// A file of an Android phone, by its absolute path.
    pub const fn android(path: &'static str, reader: Reader) -> Self {
        Source { place: Place::Android(path), reader, slice: None, times: 1 }
    }

    /// What dumpsys prints of a service.
    pub const fn service(name: &'static str, reader: Reader) -> Self {
        Source { place: Place::Service(name), reader, slice: None, times: 1 }
    }

    /// What a command of a dumpstate prints, by the beginning of its title.
    pub const fn command(title: &'static str, reader: Reader) -> Self {
        Source { place: Place::Command(title), reader, slice: None, times: 1 }
    }

    /// A file that one kind of acquisition writes itself.
    pub const fn own(name: &'static str, reader: Reader) -> Self {
        Source { place: Place::Own(name), reader, slice: None, times: 1 }
    }

    /// The same, sliced by the rowids of `table`.
    pub const fn sliced(mut self, table: &'static str) -> Self {
        self.slice = Some(table);
        self
    }

    /// The same, of which a byte takes this many times as long.
    pub const fn slow(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// Reads one entry of this place.
    pub fn read(&self, input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
        match self.reader {
            Reader::With(read) => read(input, emit),
            Reader::Rows(rows, each) => table::read(input, emit, rows, each),
        }
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

/// What reading one value gave. A value that is there and cannot be read is never taken for one that is not there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Found<T> {
    /// It is this.
    Is(T),
    /// There is none.
    Absent,
    /// There is one, and nobody can say what it is.
    Unreadable,
}

impl<T> Found<T> {
    /// What `read` makes of a text, where there is one.
    pub fn of<S>(text: Option<S>, read: impl FnOnce(S) -> Option<T>) -> Found<T> {
        match text.map(read) {
            Some(Some(value)) => Found::Is(value),
            Some(None) => Found::Unreadable,
            None => Found::Absent,
        }
    }

    /// The value.
    pub fn value(self) -> Option<T> {
        match self {
            Found::Is(value) => Some(value),
            _ => None,
        }
    }

    /// The same of another type.
    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Found<U> {
        match self {
            Found::Is(value) => Found::Is(to(value)),
            Found::Absent => Found::Absent,
            Found::Unreadable => Found::Unreadable,
        }
    }
}
