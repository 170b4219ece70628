//! What artifacts read from databases share: one table row by row, columns by name with their conversion, what was lost,
//! and small tables beside the one that is read.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::{ControlFlow, RangeInclusive};

use super::{Emitter, Fields, Found, Input, ParseError, RowFn, Shape};
use crate::finding::{Context, reason};
use crate::formats::sqlite::{self, Cursor, Db, ScanReport, Table, ValueRef};
use crate::record::{Field, Locator, Timestamp, Value};

/// Damaged places of one table that are named in the coverage; the rest is counted.
const MAX_DAMAGE_NAMED: usize = 8;
/// Rows a small table may have to be kept in memory beside the table that is read.
const MAX_NAMES: usize = 200_000;
/// Bytes of text such a table may hold.
const MAX_NAME_BYTES: usize = 16 << 20;

/// A table and what is read of it; [`shape!`](crate::shape) makes these.
#[derive(Debug)]
pub struct Rows {
    /// Its name.
    pub table: &'static str,
    /// The shape its rows become.
    pub shape: &'static Shape,
    /// Names of the columns.
    pub names: &'static [&'static str],
    /// What becomes of them, in the same order.
    pub columns: &'static [Column],
}

/// One column.
#[derive(Debug)]
pub struct Column {
    /// The field it fills, where it fills one.
    pub field: Option<&'static Field>,
    /// How.
    pub read: Conversion,
    /// Whether the table can do without it.
    pub key: Key,
}

/// How a stored value becomes a field's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// Text; bytes are read as UTF-8 with replacement, numbers as they are written. Empty text is none.
    Text,
    /// A number, whole where it is stored whole.
    Number,
    /// Yes or no; NULL is neither.
    Flag,
    /// Mac absolute time in seconds or nanoseconds, whole or fractional; 0 is none.
    MacTime,
    /// Unix seconds; 0 is none.
    UnixSeconds,
    /// As stored: only for what reads the column itself.
    Raw,
}

impl Conversion {
    /// False for a value that is there and cannot be read so.
    fn can_read(self, value: ValueRef<'_>) -> bool {
        match self {
            Conversion::Text | Conversion::Raw => true,
            Conversion::Number => !matches!(number(value), Found::Unreadable),
            Conversion::Flag => !matches!(flag(value), Found::Unreadable),
            Conversion::MacTime => !matches!(mac_time(value), Found::Unreadable),
            Conversion::UnixSeconds => !matches!(unix_seconds(value), Found::Unreadable),
        }
    }
}

/// Whether a table can do without a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// It can; its field is missing then.
    No,
    /// It can: only some versions have it.
    Sometimes,
    /// It cannot, in any version.
    Always,
    /// It cannot, from this version of the system on; a version nobody knows is taken for a later one.
    Since(u32),
    /// It cannot do without all columns that carry this word.
    OneOf(&'static str),
}

/// A column as a typed handle.
pub struct Col<T: ?Sized> {
    at: usize,
    of: PhantomData<T>,
}

impl<T: ?Sized> Col<T> {
    /// The column at this place of its list.
    pub const fn new(at: usize) -> Self {
        Col { at, of: PhantomData }
    }
}

/// One row, its columns by handle.
#[derive(Clone, Copy)]
pub struct Row<'r>(pub sqlite::Row<'r>);

impl<'r> Row<'r> {
    /// The rowid.
    pub fn rowid(&self) -> i64 {
        self.0.rowid()
    }

    /// A text; empty text is none.
    pub fn text(&self, col: &Col<str>) -> Option<Cow<'r, str>> {
        text(self.at(col.at))
    }

    /// A whole number; `None` for NULL, for a missing column, and for what is no whole number.
    pub fn int(&self, col: &Col<i64>) -> Option<i64> {
        self.at(col.at).as_i64()
    }

    /// Yes or no; `None` for NULL, for a missing column, and for what is neither.
    pub fn flag(&self, col: &Col<bool>) -> Option<bool> {
        flag(self.at(col.at)).value()
    }

    /// The value at a place of the list of columns, as stored.
    pub fn at(&self, place: usize) -> ValueRef<'r> {
        self.0.get(place)
    }

    /// The value as stored.
    pub fn raw<T: ?Sized>(&self, col: &Col<T>) -> ValueRef<'r> {
        self.at(col.at)
    }
}

/// Reads a table whose rows are records.
pub(super) fn read(
    input: &Input<'_>,
    emit: &mut Emitter<'_>,
    rows: &'static Rows,
    each: RowFn,
) -> Result<(), ParseError> {
    let db = input.db(emit)?;
    emit_rows(input, emit, &db, rows, input.slice.clone(), |_, row, out| each(row, out))
}

/// Reads a table beside the sliced one, whole, whose rows are records. Only for the first slice.
pub fn records(
    input: &Input<'_>,
    emit: &mut Emitter<'_>,
    db: &Db,
    rows: &'static Rows,
    each: impl for<'r> FnMut(&mut Emitter<'_>, &Row<'r>, &mut Fields<'r>) -> Context,
) -> Result<(), ParseError> {
    emit_rows(input, emit, db, rows, None, each)
}

fn emit_rows(
    input: &Input<'_>,
    emit: &mut Emitter<'_>,
    db: &Db,
    rows: &'static Rows,
    range: Option<RangeInclusive<i64>>,
    mut each: impl for<'r> FnMut(&mut Emitter<'_>, &Row<'r>, &mut Fields<'r>) -> Context,
) -> Result<(), ParseError> {
    let table = named(db, rows.table)?;
    columns(input, emit, table, rows);
    scan(input, emit, db, table, rows.names, range, |emit, row| {
        let mut out = emit.fields();
        fill(rows, &row, &mut out);
        let context = each(emit, &row, &mut out);
        emit.emit_as(rows.shape, context, Locator::row(rows.table, row.rowid()), out);
    });
    Ok(())
}

/// Fills the fields that columns give.
pub fn fill<'r>(rows: &'static Rows, row: &Row<'r>, out: &mut Fields<'r>) {
    for (at, column) in rows.columns.iter().enumerate() {
        if column.read == Conversion::Raw {
            continue;
        }
        let value = row.at(at);
        if value.is_null() {
            continue;
        }
        let Some(field) = column.field else {
            if !column.read.can_read(value) {
                out.unreadable(rows.names[at]);
            }
            continue;
        };
        match column.read {
            Conversion::Raw => {}
            // Any value has a text.
            Conversion::Text => drop(out.put(field, text(value))),
            Conversion::Number => drop(out.found(field, number(value))),
            Conversion::Flag => drop(out.found(field, flag(value))),
            Conversion::MacTime => drop(out.found(field, mac_time(value))),
            Conversion::UnixSeconds => drop(out.found(field, unix_seconds(value))),
        }
    }
}

/// The table the artifact is made of.
pub fn named<'d>(db: &'d Db, name: &str) -> Result<&'d Table, ParseError> {
    db.table(name).ok_or_else(|| ParseError::Missing(format!("expected table {name}, found none in the database")))
}

/// Says, once per file, which columns are missing: a key column costs records, another its field.
pub fn columns(input: &Input<'_>, emit: &mut Emitter<'_>, table: &Table, rows: &'static Rows) {
    if !input.first_slice {
        return;
    }
    let version = input.device().os_major();
    let has = |at: usize| table.has(rows.names[at]);
    let (mut keys, mut others): (Vec<&str>, Vec<&str>) = Default::default();
    for (at, column) in rows.columns.iter().enumerate().filter(|(at, _)| !has(*at)) {
        let list = match column.key {
            Key::No => &mut others,
            Key::Always => &mut keys,
            Key::Since(first) if version.is_none_or(|v| v >= first) => &mut keys,
            Key::OneOf(group) => {
                let mut same = rows.columns.iter().enumerate().filter(|(_, c)| c.key == Key::OneOf(group));
                if same.any(|(other, _)| has(other)) {
                    continue;
                }
                &mut keys
            }
            Key::Sometimes | Key::Since(_) => continue,
        };
        list.push(rows.names[at]);
    }
    let table = &table.name;
    if !keys.is_empty() {
        let text = format!(
            "table {table} has no column {}: this version of the system stores it in another way",
            keys.join(", ")
        );
        emit.lost_unknown(reason::KEY_COLUMN_MISSING, text);
    }
    if !others.is_empty() {
        emit.note(reason::COLUMN_MISSING, format!("table {table} has no column {}", others.join(", ")));
    }
}

/// Says that a table every version has is not there.
pub fn missing(input: &Input<'_>, emit: &mut Emitter<'_>, name: &str) {
    if input.first_slice {
        emit.lost_unknown(reason::TABLE_MISSING, format!("expected table {name}, found none in the database"));
    }
}

/// Reads rows of a table in rowid order and says what was lost. A column the table does not have reads as NULL. Without
/// a range, only the first slice tells of the table. True when all of it was read.
pub fn scan(
    input: &Input<'_>,
    emit: &mut Emitter<'_>,
    db: &Db,
    table: &Table,
    names: &[&str],
    rows: Option<RangeInclusive<i64>>,
    mut each: impl FnMut(&mut Emitter<'_>, Row<'_>),
) -> bool {
    let told = input.first_slice || rows.is_some();
    let expected = (input.first_slice && told).then(|| db.expected_rows(table)).flatten();
    let report = db.scan(table, names, rows, &mut |row| {
        each(emit, Row(*row));
        ControlFlow::Continue(())
    });
    match report {
        Ok(report) => {
            if told {
                emit.counted(&table.name, report.rows, expected);
                tell(emit, &table.name, &report);
            }
            report.is_whole()
        }
        Err(e) => {
            if told {
                emit.lost_unknown(reason::SQLITE_DAMAGE, format!("table {}: {e}", table.name));
            }
            false
        }
    }
}

/// Reads rows of a table that is also read for its records: what is wrong with it is told there.
pub fn look(db: &Db, table: &Table, names: &[&str], mut each: impl FnMut(Row<'_>)) {
    let read = db.scan(table, names, None, &mut |row| {
        each(Row(*row));
        ControlFlow::Continue(())
    });
    drop(read);
}

/// Puts damage met while reading `table` into the coverage.
fn tell(emit: &mut Emitter<'_>, table: &str, report: &ScanReport) {
    let mut lost = report.rows_lost;
    for damage in report.damage.iter().take(MAX_DAMAGE_NAMED) {
        emit.lost(std::mem::take(&mut lost), reason::SQLITE_DAMAGE, format!("table {table}: {damage}"));
    }
    let named = report.damage.len().min(MAX_DAMAGE_NAMED) as u64;
    if report.damage_total > named {
        let more = report.damage_total - named;
        emit.lost_unknown(reason::SQLITE_DAMAGE, format!("table {table}: {more} more damaged places"));
    }
    if let Some(budget) = &report.budget_hit {
        emit.lost_unknown(reason::LIMIT, format!("table {table}: {budget}"));
    }
}

/// Rows of a table beside the one that is read, by rowid.
pub struct Lookup {
    /// None for a table that has no rowids, or is not there.
    cursor: Option<Cursor>,
    /// Lookups that ended at a damaged page.
    damaged: u64,
}

impl Lookup {
    /// Lookups into `table`; without one, nothing is ever found.
    pub fn new(db: &Db, table: Option<&Table>, columns: &[&str]) -> Lookup {
        Lookup { cursor: table.and_then(|t| db.cursor(t, columns).ok()), damaged: 0 }
    }

    /// The row with this rowid. `None` also where the way to it is damaged; that is counted.
    pub fn get(&mut self, rowid: i64) -> Option<Row<'_>> {
        match self.cursor.as_mut()?.get(rowid) {
            Ok(row) => row.map(Row),
            Err(_) => {
                self.damaged += 1;
                None
            }
        }
    }

    /// Says what could not be looked up. For a table that is not read for its own sake.
    pub fn close(self, emit: &mut Emitter<'_>, table: &str) {
        if self.damaged > 0 {
            let text = format!("table {table}: {} rows that others point to could not be read", self.damaged);
            emit.lost_unknown(reason::SQLITE_DAMAGE, text);
        }
    }
}

/// The text of a value. Bytes in a text column are read as UTF-8 with replacement, numbers as they are written, so that
/// no odd value hides a record. Empty text is no value.
pub fn text(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
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
pub fn number(value: ValueRef<'_>) -> Found<Value<'static>> {
    if value.is_null() {
        return Found::Absent;
    }
    match value.as_i64().map(Value::Int).or_else(|| value.as_f64().map(Value::Float)) {
        Some(number) => Found::Is(number),
        None => Found::Unreadable,
    }
}

/// Yes or no. What is neither is not *no*.
pub fn flag(value: ValueRef<'_>) -> Found<bool> {
    match value {
        ValueRef::Null => Found::Absent,
        value => Found::of(Some(value), |v| v.as_i64().map(|i| i != 0)),
    }
}

/// Mac absolute time in seconds or nanoseconds, whole or fractional. Zero is how "never" is stored.
pub fn mac_time(value: ValueRef<'_>) -> Found<Timestamp> {
    /// From here on a fractional value counts nanoseconds; see [`Timestamp::mac_int`].
    const NANOS_FROM: f64 = 1e10;
    match value {
        ValueRef::Null | ValueRef::Int(0) => Found::Absent,
        ValueRef::Real(0.0) => Found::Absent,
        ValueRef::Int(i) => Found::of(Some(i), Timestamp::mac_int),
        ValueRef::Real(r) if r.abs() >= NANOS_FROM => Found::of(Some(r as i64), Timestamp::mac_int),
        ValueRef::Real(r) => Found::of(Some(r), Timestamp::mac_float),
        ValueRef::Text(_) | ValueRef::Blob(_) => Found::Unreadable,
    }
}

/// Unix seconds. Zero is how "never" is stored.
pub fn unix_seconds(value: ValueRef<'_>) -> Found<Timestamp> {
    match value {
        ValueRef::Null | ValueRef::Int(0) => Found::Absent,
        ValueRef::Real(0.0) => Found::Absent,
        ValueRef::Int(i) => Found::of(Some(i), Timestamp::unix_seconds),
        ValueRef::Real(r) => Found::of(Some(r), Timestamp::unix_float),
        ValueRef::Text(_) | ValueRef::Blob(_) => Found::Unreadable,
    }
}

/// A small table kept in memory: rowid to text.
#[derive(Default)]
pub struct Names {
    text: String,
    at: hashbrown::HashMap<i64, (u32, u32), foldhash::fast::RandomState>,
}

impl Names {
    /// Reads `column` of a table; says what is missing, and when it is larger than what is kept. `key` says whether every
    /// version has both.
    pub fn load(
        input: &Input<'_>,
        emit: &mut Emitter<'_>,
        db: &Db,
        (table, column, key): (&str, &'static str, Key),
    ) -> Names {
        let mut names = Names::default();
        let found = db.table(table);
        if input.first_slice && !found.is_some_and(|t| t.has(column)) {
            let text = format!("expected column {column} in table {table}, found none");
            match key {
                Key::No => emit.note(reason::COLUMN_MISSING, text),
                _ => emit.lost_unknown(reason::KEY_COLUMN_MISSING, text),
            }
        }
        let Some(found) = found else { return names };
        let mut left_out = 0u64;
        scan(input, emit, db, found, &[column], None, |_, row| {
            let Some(value) = text(row.at(0)) else { return };
            if names.at.len() >= MAX_NAMES || names.text.len() + value.len() > MAX_NAME_BYTES {
                left_out += 1;
                return;
            }
            // MAX_NAME_BYTES is far below 4 GiB.
            let start = names.text.len() as u32;
            names.text.push_str(&value);
            names.at.insert(row.rowid(), (start, names.text.len() as u32));
        });
        if left_out > 0 && input.first_slice {
            let text = format!(
                "table {table}: {left_out} rows beyond {MAX_NAMES} rows or {MAX_NAME_BYTES} bytes are not looked up"
            );
            emit.note(reason::NAMES_LIMIT, text);
        }
        names
    }

    /// The text of a row.
    pub fn get(&self, rowid: i64) -> Option<&str> {
        let &(start, end) = self.at.get(&rowid)?;
        self.text.get(start as usize..end as usize)
    }
}
