//! The schema table (root page 1): what tables there are and how their rows are laid out. Views, triggers and
//! generated columns are listed, never run: a seized phone's databases are written by its attacker.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::ddl::{self, Literal};
use super::error::Note;
use super::pager::{Pager, Reader, SCAN_CACHE};
use super::payload::Plan;
use super::record::Row;
use super::walk::Walk;

/// Entries of the schema that are read.
pub const MAX_SCHEMA_ENTRIES: usize = 20_000;
/// Bytes of all definitions together that are read.
pub const MAX_SCHEMA_BYTES: usize = 16 << 20;

/// A constant of a definition.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL
    Null,
    /// Integer
    Int(i64),
    /// Real
    Real(f64),
    /// Text
    Text(String),
    /// Bytes
    Blob(Vec<u8>),
}

/// What SQLite prefers to store in a column, by its declared type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affinity {
    /// Integers where possible.
    Integer,
    /// Text.
    Text,
    /// As given.
    Blob,
    /// Reals.
    Real,
    /// Numbers where possible.
    Numeric,
}

impl Affinity {
    /// The rules of <https://www.sqlite.org/datatype3.html#determination_of_column_affinity>.
    pub(super) fn of(declared_type: &str) -> Affinity {
        let upper = declared_type.to_ascii_uppercase();
        let has = |words: &[&str]| words.iter().any(|w| upper.contains(w));
        if has(&["INT"]) {
            Affinity::Integer
        } else if has(&["CHAR", "CLOB", "TEXT"]) {
            Affinity::Text
        } else if upper.is_empty() || has(&["BLOB"]) {
            Affinity::Blob
        } else if has(&["REAL", "FLOA", "DOUB"]) {
            Affinity::Real
        } else {
            Affinity::Numeric
        }
    }

    /// What a default becomes in a column of this affinity.
    pub(super) fn apply(self, literal: Literal) -> Value {
        match (self, literal.value) {
            (Affinity::Text, Value::Int(_) | Value::Real(_)) => Value::Text(literal.written.unwrap_or_default()),
            (Affinity::Real, Value::Int(i)) => Value::Real(i as f64),
            (Affinity::Integer | Affinity::Numeric | Affinity::Real, Value::Text(text)) => {
                match (text.trim().parse::<i64>(), number(text.trim())) {
                    (Ok(i), _) if self != Affinity::Real => Value::Int(i),
                    (_, Some(r)) if self != Affinity::Real => whole(r),
                    (_, Some(r)) => Value::Real(r),
                    _ => Value::Text(text),
                }
            }
            (Affinity::Integer | Affinity::Numeric, Value::Real(r)) => whole(r),
            (_, value) => value,
        }
    }
}

/// A text that is a number as a whole; words like "inf" are none.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    plain.then(|| text.parse().ok())?
}

fn whole(real: f64) -> Value {
    // Beyond 2^51 SQLite keeps the real, as it may have lost digits.
    if real.fract() == 0.0 && real.abs() < 2_251_799_813_685_248.0 {
        Value::Int(real as i64)
    } else {
        Value::Real(real)
    }
}

/// How a generated column comes to its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generated {
    /// Computed on reading, not stored: always NULL here.
    Virtual,
    /// Stored in the row.
    Stored,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name, without quotes.
    pub name: String,
    /// Its type as declared; empty when there is none.
    pub declared_type: String,
    /// What follows from the type.
    pub affinity: Affinity,
    /// Stands for the value in rows older than the column. NULL when it is an expression.
    pub default: Value,
    /// Set for a generated column.
    pub generated: Option<Generated>,
    /// Where it lies in the record.
    pub(super) position: Option<usize>,
}

/// A table that has rows of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// First page of its tree.
    pub root: u32,
    /// Its columns in the order of the definition; empty when that could not be read.
    pub columns: Vec<Column>,
    /// Its rows lie in key order in an index tree.
    pub without_rowid: bool,
    /// The INTEGER PRIMARY KEY column: another name for the rowid.
    pub rowid_alias: Option<usize>,
}

/// Where a column's value comes from.
pub(super) enum Storage<'a> {
    Rowid,
    Virtual,
    At { position: usize, real: bool, default: &'a Value },
}

impl Table {
    /// Index of a column, by its name in any ASCII case.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name.eq_ignore_ascii_case(name))
    }

    /// True when the table has this column and stores it: a virtual one is computed by its reader, which this one does
    /// not. `rowid`, `oid` and `_rowid_` count where they mean the rowid.
    pub fn has(&self, name: &str) -> bool {
        self.storage_of(name).is_some_and(|s| !matches!(s, Storage::Virtual))
    }

    pub(super) fn storage_of(&self, name: &str) -> Option<Storage<'_>> {
        let Some(index) = self.column(name) else {
            let rowid = ["rowid", "oid", "_rowid_"].iter().any(|n| name.eq_ignore_ascii_case(n));
            return (rowid && !self.without_rowid).then_some(Storage::Rowid);
        };
        if self.rowid_alias == Some(index) {
            return Some(Storage::Rowid);
        }
        let column = self.columns.get(index)?;
        Some(match column.position {
            Some(position) => {
                Storage::At { position, real: column.affinity == Affinity::Real, default: &column.default }
            }
            None => Storage::Virtual,
        })
    }

    /// The schema table itself.
    fn schema() -> Table {
        let column = |(position, (name, declared)): (usize, (&str, &str))| Column {
            name: name.to_owned(),
            declared_type: declared.to_owned(),
            affinity: Affinity::of(declared),
            default: Value::Null,
            generated: None,
            position: Some(position),
        };
        let columns = [("type", "TEXT"), ("name", "TEXT"), ("tbl_name", "TEXT"), ("rootpage", "INT"), ("sql", "TEXT")];
        let columns = columns.into_iter().enumerate().map(column).collect();
        Table { name: "sqlite_schema".to_owned(), root: 1, columns, without_rowid: false, rowid_alias: None }
    }
}

/// What an entry of the schema is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A table with rows of its own.
    Table,
    /// A table whose rows a module computes.
    VirtualTable,
    /// An index.
    Index,
    /// A view.
    View,
    /// A trigger.
    Trigger,
    /// Anything else.
    Unknown,
}

/// One entry of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// Its name.
    pub name: String,
    /// The table it belongs to.
    pub table: String,
    /// First page of its tree; 0 when it has none.
    pub root: u32,
    /// Its definition; empty for automatic indexes.
    pub sql: String,
}

/// All of it.
pub(super) struct Schema {
    pub entries: Vec<Entry>,
    pub tables: Vec<Table>,
    pub itself: Table,
}

impl Schema {
    pub fn read(pager: &Arc<Pager>, notes: &mut Vec<Note>) -> Schema {
        let itself = Table::schema();
        let plan = Plan::new(&itself, &["type", "name", "tbl_name", "rootpage", "sql"]);
        let mut entries = Vec::new();
        let mut bytes = 0usize;
        let mut collect = |row: &Row<'_>| {
            let entry = entry(row);
            bytes = bytes.saturating_add(entry.sql.len() + entry.name.len() + entry.table.len());
            if entries.len() >= MAX_SCHEMA_ENTRIES || bytes > MAX_SCHEMA_BYTES {
                return ControlFlow::Break(());
            }
            entries.push(entry);
            ControlFlow::Continue(())
        };
        let reader = Reader::new(pager.clone(), SCAN_CACHE);
        let report = Walk::new(reader, &plan, (i64::MIN, i64::MAX), &mut collect).run(1, true);
        notes.extend(report.damage.into_iter().map(Note::SchemaDamage));
        if report.stopped {
            notes.push(Note::SchemaTooLong { max: entries.len() });
        }
        for entry in &entries {
            if let Some(what) = contradiction(entry) {
                notes.push(Note::SchemaEntry { name: entry.name.clone(), what });
            }
        }
        let stored = |entry: &&Entry| entry.kind == EntryKind::Table && entry.root > 0;
        let tables = entries.iter().filter(stored).map(|entry| table(entry, notes)).collect();
        Schema { entries, tables, itself }
    }
}

fn entry(row: &Row<'_>) -> Entry {
    let text = |i: usize| row.get(i).as_str().unwrap_or_default().into_owned();
    let root = row.get(3).as_i64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    let sql = text(4);
    let kind = match text(0).to_ascii_lowercase().as_str() {
        "table" if root == 0 => EntryKind::VirtualTable,
        "table" => EntryKind::Table,
        "index" => EntryKind::Index,
        "view" => EntryKind::View,
        "trigger" => EntryKind::Trigger,
        _ => EntryKind::Unknown,
    };
    Entry { kind, name: text(1), table: text(2), root, sql }
}

/// What in an entry contradicts the rest of it. The definition of a table names it.
fn contradiction(entry: &Entry) -> Option<String> {
    match entry.kind {
        EntryKind::Unknown => Some("expected a table, an index, a view or a trigger".to_owned()),
        EntryKind::VirtualTable if ddl::name_of(&entry.sql, "VIRTUAL").is_none() => {
            Some("a table without a page of its own".to_owned())
        }
        EntryKind::Table => {
            let defined = ddl::name_of(&entry.sql, "")?;
            let other = !defined.eq_ignore_ascii_case(&entry.name);
            other.then(|| format!("its definition is that of a table {defined}"))
        }
        _ => None,
    }
}

fn names_twice(columns: &[Column]) -> bool {
    let mut names: Vec<String> = columns.iter().map(|c| c.name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

fn table(entry: &Entry, notes: &mut Vec<Note>) -> Table {
    let name = entry.name.clone();
    // SQLite refuses a definition that names a column twice: whoever wrote it wanted another column to be read.
    match ddl::parse(&entry.sql).filter(|definition| !names_twice(&definition.columns)) {
        Some(definition) => Table {
            name,
            root: entry.root,
            columns: definition.columns,
            without_rowid: definition.without_rowid,
            rowid_alias: definition.alias,
        },
        None => {
            notes.push(Note::SchemaText { table: name.clone() });
            Table { name, root: entry.root, columns: Vec::new(), without_rowid: false, rowid_alias: None }
        }
    }
}
