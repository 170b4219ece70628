//! What a parser reads from: one entry, and the little it may know of what lies around it.

use std::io::{BufRead, BufReader};
use std::ops::RangeInclusive;

use super::Emitter;
use crate::device::DeviceFacts;
use crate::evidence::{Cut, Entry, Evidence, EvidenceError, Place, Presence};
use crate::finding::{Code, reason};
use crate::formats::plist::{self, Value};
use crate::formats::sqlite::{Db, SqliteError};
use crate::formats::{ReadAt, Stream};

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

    /// Why, as coverage tells it.
    pub fn code(&self) -> Code {
        match self {
            ParseError::Evidence(EvidenceError::Missing { .. }) => reason::FILE_MISSING,
            ParseError::Evidence(EvidenceError::Io { source, .. })
                if source.kind() == std::io::ErrorKind::PermissionDenied =>
            {
                reason::UNREADABLE_PART
            }
            ParseError::Evidence(_) => reason::EVIDENCE,
            ParseError::Sqlite(SqliteError::NotSqlite { looks_random: true, .. }) => reason::LOCKED,
            ParseError::Sqlite(_) => reason::SQLITE_DAMAGE,
            ParseError::Io(_) => reason::IO,
            ParseError::Format(_) => reason::FORMAT,
            ParseError::Missing(_) => reason::SECTION_MISSING,
            ParseError::Limit { .. } => reason::LIMIT,
        }
    }
}

/// The largest file an artifact may ask for as one block of memory.
pub const MAX_WHOLE_FILE: u64 = 64 << 20;

/// The entry a parser reads.
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

    /// What the acquisition says about its device.
    pub fn device(&self) -> &'a DeviceFacts {
        self.evidence.device()
    }

    /// The entry's bytes as one block.
    pub fn bytes(&self) -> Result<Vec<u8>, ParseError> {
        whole(&*self.evidence.open(self.entry)?)
    }

    /// The entry as a buffered stream.
    pub fn lines(&self) -> Result<impl BufRead + use<>, EvidenceError> {
        Ok(BufReader::with_capacity(64 << 10, Stream::new(self.evidence.open(self.entry)?)))
    }

    /// The entry as a property list; what of it is damaged is told.
    pub fn plist(&self, emit: &mut Emitter<'_>) -> Result<Value, ParseError> {
        let bytes = self.bytes()?;
        let (value, error) = plist::parse_lossy(&bytes);
        let Some(value) = value else {
            return Err(match error {
                Some(e) => ParseError::format(e),
                None => ParseError::Format("expected a property list, found an empty file".to_owned()),
            });
        };
        if let Some(e) = error {
            emit.lost_unknown(reason::PLIST_DAMAGED, e.to_string());
        }
        Ok(value)
    }

    /// The entry as a property list that is a dictionary.
    pub fn dict(&self, emit: &mut Emitter<'_>) -> Result<Value, ParseError> {
        let value = self.plist(emit)?;
        match value.as_dict() {
            Some(_) => Ok(value),
            None => Err(ParseError::Format(format!("expected a dictionary, found {}", value.type_name()))),
        }
    }

    /// The entry as a database, with its write-ahead log where it has one. What is wrong with either is told once per
    /// file, by the first slice.
    pub fn db(&self, emit: &mut Emitter<'_>) -> Result<Db, ParseError> {
        let log = self.log_of(self.entry)?;
        if self.first_slice
            && let Some(wal) = &log
        {
            if wal.presence == Presence::Missing {
                let text = format!("{} is listed but not stored: the newest rows may be missing", wal.name);
                emit.lost_unknown(reason::WAL_MISSING, text);
            } else if wal.cut == Some(Cut::Short) {
                let text = format!("{} is shorter than the acquisition says: the newest rows may be missing", wal.name);
                emit.lost_unknown(reason::WAL_SHORT, text);
            }
        }
        let journal = self.evidence.beside(self.entry, &format!("{}-journal", self.entry.name))?;
        if let Some(journal) = journal.filter(|j| self.first_slice && j.presence == Presence::Stored)
            && crate::formats::sqlite::is_hot_journal(&*self.evidence.open(&journal)?)
        {
            let text = format!("{} holds pages that were never written back: rows may be missing", journal.name);
            emit.lost_unknown(reason::JOURNAL_HOT, text);
        }
        let db = self.open_with(self.entry, log.as_ref())?;
        for note in db.notes().iter().filter(|_| self.first_slice) {
            match note.costs_rows() {
                true => emit.lost_unknown(reason::SQLITE_DAMAGE, note.to_string()),
                false => emit.note(reason::SQLITE, note.to_string()),
            }
        }
        Ok(db)
    }

    /// Another entry of this artifact as a database. What is wrong with it is told where it is read for itself.
    pub fn other_db(&self, entry: &Entry) -> Result<Db, ParseError> {
        self.open_with(entry, self.log_of(entry)?.as_ref())
    }

    /// The entry as a database for those who only cut its tables.
    pub(crate) fn db_untold(&self) -> Result<Db, ParseError> {
        self.other_db(self.entry)
    }

    fn log_of(&self, entry: &Entry) -> Result<Option<Entry>, EvidenceError> {
        self.evidence.beside(entry, &format!("{}-wal", entry.name))
    }

    fn open_with(&self, entry: &Entry, log: Option<&Entry>) -> Result<Db, ParseError> {
        let main = self.evidence.open(entry)?;
        let stored = log.filter(|e| e.presence == Presence::Stored);
        let wal = stored.map(|e| self.evidence.open(e)).transpose()?;
        Ok(Db::open(main, wal)?)
    }

    /// Entries elsewhere in the same acquisition.
    pub fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError> {
        self.evidence.find(place)
    }

    /// Another entry by its name, where it lies as this one does.
    pub fn beside(&self, name: &str) -> Result<Option<Entry>, EvidenceError> {
        self.evidence.beside(self.entry, name)
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
