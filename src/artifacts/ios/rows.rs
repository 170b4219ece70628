//! What the artifacts read from iOS databases share: opening with its notes, reading one table row by row, reporting
//! what was lost, and turning stored values into record values.

use std::borrow::Cow;
use std::ops::{ControlFlow, RangeInclusive};

use crate::artifact::{Emitter, Field, Input, ParseError, Timestamp, Value};
use crate::formats::sqlite::{Cursor, Db, Note, Row, ScanReport, Table, ValueRef};

/// Damaged places of one table that are named in the coverage; the rest is counted.
const MAX_DAMAGE_NAMED: usize = 8;
/// Rows a small table may have to be kept in memory beside the table that is read.
const MAX_NAMES: usize = 200_000;
/// Bytes of text such a table may hold.
const MAX_NAME_BYTES: usize = 16 << 20;

/// Opens the entry as a database. Notes about its state are made once per file, by the first slice.
pub(super) fn open(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<Db, ParseError> {
    if input.first_slice {
        if let Some(wal) = input.missing_wal() {
            let text = format!("{} is listed but not stored: the newest rows may be missing", wal.name);
            emit.lost(0, "wal-missing", text);
        }
        if let Some(wal) = input.cut_wal() {
            let text = format!("{} is shorter than the acquisition says: the newest rows may be missing", wal.name);
            emit.lost(0, "wal-short", text);
        }
    }
    let db = input.db()?;
    if input.first_slice {
        for note in db.notes() {
            if costs_rows(note) {
                emit.lost(0, "sqlite-damage", note.to_string());
            } else {
                emit.note("sqlite", note.to_string());
            }
        }
    }
    Ok(db)
}

/// Whether rows may be missing because of what the note says. A log that ends early is how every log ends.
fn costs_rows(note: &Note) -> bool {
    matches!(
        note,
        Note::WalHeader { .. }
            | Note::WalUnreadable { .. }
            | Note::WalPageSize { .. }
            | Note::WalTooLong { .. }
            | Note::WalDamaged { .. }
            | Note::Truncated { .. }
            | Note::SchemaDamage(_)
            | Note::SchemaTooLong { .. }
            | Note::SchemaText { .. }
    )
}

/// The table the artifact is made of.
pub(super) fn table<'d>(db: &'d Db, name: &str) -> Result<&'d Table, ParseError> {
    db.table(name).ok_or_else(|| ParseError::Missing(format!("expected table {name}, found none in the database")))
}

/// Notes, once per file, which of the columns this version of the table does not have.
pub(super) fn note_columns(input: &Input<'_>, emit: &mut Emitter<'_>, table: &Table, columns: &[&str]) {
    if !input.first_slice {
        return;
    }
    let missing: Vec<&str> = columns.iter().copied().filter(|c| !table.has(c)).collect();
    if !missing.is_empty() {
        emit.note("column-missing", format!("table {} has no column {}", table.name, missing.join(", ")));
    }
}

/// Reads rows of a table in rowid order and says what was lost. A column the table does not have reads as NULL.
pub(super) fn scan(
    db: &Db,
    emit: &mut Emitter<'_>,
    table: &Table,
    columns: &[&str],
    rows: Option<RangeInclusive<i64>>,
    mut each: impl FnMut(&mut Emitter<'_>, Row<'_>),
) -> ScanReport {
    let report = db.scan(table, columns, rows, &mut |row| {
        each(emit, *row);
        ControlFlow::Continue(())
    });
    match report {
        Ok(report) => {
            report_loss(emit, &table.name, &report);
            report
        }
        Err(e) => {
            emit.lost(0, "sqlite-damage", format!("table {}: {e}", table.name));
            ScanReport { stopped: true, ..ScanReport::default() }
        }
    }
}

/// Puts damage met while reading `table` into the coverage.
fn report_loss(emit: &mut Emitter<'_>, table: &str, report: &ScanReport) {
    let mut lost = report.rows_lost;
    for damage in report.damage.iter().take(MAX_DAMAGE_NAMED) {
        emit.lost(std::mem::take(&mut lost), "sqlite-damage", format!("table {table}: {damage}"));
    }
    let named = report.damage.len().min(MAX_DAMAGE_NAMED) as u64;
    if report.damage_total > named {
        let more = report.damage_total - named;
        emit.lost(0, "sqlite-damage", format!("table {table}: {more} more damaged places"));
    }
    if let Some(budget) = &report.budget_hit {
        emit.lost(0, "limit", format!("table {table}: {budget}"));
    }
}

/// Rows of a table beside the one that is read, by rowid.
pub(super) struct Lookup {
    /// None for a table that has no rowids, or is not there.
    cursor: Option<Cursor>,
    /// Lookups that ended at a damaged page.
    pub damaged: u64,
}

impl Lookup {
    /// Lookups into `table`; without one, nothing is ever found.
    pub fn new(db: &Db, table: Option<&Table>, columns: &[&str]) -> Lookup {
        Lookup { cursor: table.and_then(|t| db.cursor(t, columns).ok()), damaged: 0 }
    }

    /// The row with this rowid. `None` also where the way to it is damaged; that is counted.
    pub fn get(&mut self, rowid: i64) -> Option<Row<'_>> {
        match self.cursor.as_mut()?.get(rowid) {
            Ok(row) => row,
            Err(_) => {
                self.damaged += 1;
                None
            }
        }
    }
}

/// The text of a value. Bytes in a text column are read as UTF-8 with replacement, numbers as they are written, so that
/// no odd value hides a record. Empty text is no value.
pub(super) fn text(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    let text = match value {
        ValueRef::Null => return None,
        ValueRef::Int(i) => Cow::Owned(i.to_string()),
        ValueRef::Real(r) => Cow::Owned(r.to_string()),
        ValueRef::Text(t) => t.to_str(),
        ValueRef::Blob(b) => String::from_utf8_lossy(b),
    };
    (!text.is_empty()).then_some(text)
}

/// A number, whole where it is stored whole (counters of Core Data are reals).
pub(super) fn number<'a>(value: ValueRef<'_>) -> Option<Value<'a>> {
    match value.as_i64() {
        Some(i) => Some(Value::Int(i)),
        None => value.as_f64().map(Value::Float),
    }
}

/// Mac absolute time in seconds or nanoseconds, whole or fractional.
pub(super) fn mac_time(value: ValueRef<'_>) -> Option<Timestamp> {
    /// From here on a fractional value counts nanoseconds; see [`Timestamp::mac_int`].
    const NANOS_FROM: f64 = 1e10;
    match value {
        ValueRef::Int(i) => Timestamp::mac_int(i),
        ValueRef::Real(r) if r.abs() >= NANOS_FROM => Timestamp::mac_int(r as i64),
        ValueRef::Real(r) => Timestamp::mac_float(r),
        _ => None,
    }
}

/// Fields of one record while it is put together.
pub(super) struct Fields<'a>(Vec<(&'static Field, Value<'a>)>);

impl<'a> Fields<'a> {
    /// Adds a field.
    pub fn set<V: Into<Value<'a>>>(&mut self, field: &'static Field, value: V) -> &mut Self {
        self.0.push((field, value.into()));
        self
    }

    /// Adds a field when it has a value.
    pub fn put<V: Into<Value<'a>>>(&mut self, field: &'static Field, value: Option<V>) -> &mut Self {
        if let Some(value) = value {
            self.0.push((field, value.into()));
        }
        self
    }

    /// Adds a text column.
    pub fn text(&mut self, field: &'static Field, value: ValueRef<'a>) -> &mut Self {
        self.put(field, text(value))
    }

    /// Adds a number column.
    pub fn number(&mut self, field: &'static Field, value: ValueRef<'_>) -> &mut Self {
        self.put(field, number(value))
    }

    /// Adds a yes/no column.
    pub fn flag(&mut self, field: &'static Field, value: ValueRef<'_>) -> &mut Self {
        self.put(field, value.as_i64().map(|i| i != 0))
    }

    /// Adds a column of Mac absolute time.
    pub fn mac_time(&mut self, field: &'static Field, value: ValueRef<'_>) -> &mut Self {
        self.put(field, mac_time(value))
    }

    /// The fields so far.
    pub fn as_slice(&self) -> &[(&'static Field, Value<'a>)] {
        &self.0
    }
}

/// The memory of one record, used again for the next: values borrow from the row they were read from, so the list
/// itself cannot outlive a row, but its allocation can.
#[derive(Default)]
pub(super) struct Pool(Vec<(&'static Field, Value<'static>)>);

impl Pool {
    /// An empty record.
    pub fn take<'a>(&mut self) -> Fields<'a> {
        Fields(recycle(std::mem::take(&mut self.0)))
    }

    /// Gives the memory back.
    pub fn give(&mut self, fields: Fields<'_>) {
        self.0 = recycle(fields.0);
    }
}

/// The same allocation for values of another lifetime; collecting a list of equal layout happens in place.
fn recycle<'b>(mut list: Vec<(&'static Field, Value<'_>)>) -> Vec<(&'static Field, Value<'b>)> {
    list.clear();
    list.into_iter().map_while(|_| None).collect()
}

/// A small table kept in memory: rowid to text.
#[derive(Default)]
pub(super) struct Names {
    text: String,
    at: hashbrown::HashMap<i64, (u32, u32), foldhash::fast::RandomState>,
}

impl Names {
    /// Reads `column` of a table; says so when the table is larger than what is kept.
    pub fn load(db: &Db, emit: &mut Emitter<'_>, table: &str, column: &str) -> Names {
        let mut names = Names::default();
        let Some(table) = db.table(table) else { return names };
        let mut left_out = 0u64;
        scan(db, emit, table, &[column], None, |_, row| {
            let Some(value) = text(row.get(0)) else { return };
            if names.at.len() >= MAX_NAMES || names.text.len() + value.len() > MAX_NAME_BYTES {
                left_out += 1;
                return;
            }
            // MAX_NAME_BYTES is far below 4 GiB.
            let start = names.text.len() as u32;
            names.text.push_str(&value);
            names.at.insert(row.rowid(), (start, names.text.len() as u32));
        });
        if left_out > 0 {
            let name = &table.name;
            emit.lost(
                0,
                "limit",
                format!(
                    "table {name}: {left_out} rows beyond {MAX_NAMES} rows or {MAX_NAME_BYTES} bytes are not looked up"
                ),
            );
        }
        names
    }

    /// The text of a row.
    pub fn get(&self, rowid: i64) -> Option<&str> {
        let &(start, end) = self.at.get(&rowid)?;
        self.text.get(start as usize..end as usize)
    }
}
