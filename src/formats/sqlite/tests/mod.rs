//! Databases written by SQLite itself, read back by both readers; then the same with damage.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::types::ValueRef as SqlValue;

use super::{Db, Encoding, ScanReport, Sql, Table, ValueRef};
use crate::formats::{MemFile, ReadAt};

mod corpus;
mod damage;
mod hostile;
mod layout;
mod log;
mod sql;

fn mem(bytes: Vec<u8>) -> Arc<dyn ReadAt> {
    Arc::new(MemFile(bytes))
}

/// The bytes of a database that `act` wrote.
fn build(act: impl FnOnce(&Connection)) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("made.db");
    let conn = Connection::open(&path).unwrap();
    act(&conn);
    drop(conn);
    std::fs::read(&path).unwrap()
}

/// As [`build`], from statements.
fn build_sql(sql: &str) -> Vec<u8> {
    build(|conn| conn.execute_batch(sql).unwrap())
}

/// A database and its log as `act` left them, with the connection still open.
fn build_wal(act: impl FnOnce(&Connection)) -> (Vec<u8>, Vec<u8>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("made.db");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;").unwrap();
    act(&conn);
    let log = path.with_file_name("made.db-wal");
    (std::fs::read(&path).unwrap(), std::fs::read(log).unwrap())
}

fn open(main: Vec<u8>) -> Db {
    Db::open(mem(main), None).unwrap()
}

fn open_wal(main: Vec<u8>, wal: Vec<u8>) -> Db {
    Db::open(mem(main), Some(mem(wal))).unwrap()
}

/// Rowids and pages of a table, and how the scan ended.
fn rowids(db: &Db, table: &str) -> (Vec<(i64, u32)>, ScanReport) {
    let mut rows = Vec::new();
    let report = db
        .scan(db.table(table).unwrap(), &[], None, &mut |row| {
            rows.push((row.rowid(), row.page()));
            ControlFlow::Continue(())
        })
        .unwrap();
    (rows, report)
}

fn count(db: &Db, table: &str) -> u64 {
    let (rows, report) = rowids(db, table);
    assert_eq!(report.rows, rows.len() as u64);
    assert!(report.is_whole(), "{report:?}");
    report.rows
}

/// Integers of one column.
fn ints(db: &Db, table: &str, column: &str) -> Vec<i64> {
    let mut values = Vec::new();
    let mut take = |row: &super::Row<'_>| {
        values.extend(row.get(0).as_i64());
        ControlFlow::Continue(())
    };
    assert!(db.scan(db.table(table).unwrap(), &[column], None, &mut take).unwrap().is_whole());
    values
}

fn same(ours: ValueRef<'_>, theirs: SqlValue<'_>) -> bool {
    match (ours, theirs) {
        (ValueRef::Null, SqlValue::Null) => true,
        (ValueRef::Int(a), SqlValue::Integer(b)) => a == b,
        (ValueRef::Real(a), SqlValue::Real(b)) => a.to_bits() == b.to_bits() || a == b,
        (ValueRef::Text(a), SqlValue::Text(b)) if a.encoding() == Encoding::Utf8 => a.as_bytes() == b,
        (ValueRef::Text(a), SqlValue::Text(b)) => a.to_str() == String::from_utf8_lossy(b),
        (ValueRef::Blob(a), SqlValue::Blob(b)) => a == b,
        _ => false,
    }
}

/// How the comparison of one table went.
enum Compared {
    Rows(u64),
    /// SQLite refused the table.
    Refused(String),
}

/// Every row and stored column of `table` by both readers, by scan, by slices and by lookups.
fn compare(db: &Db, sql: &Sql, table: &Table) -> Compared {
    let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let stored = table.columns.iter().filter(|c| c.generated != Some(super::Generated::Virtual));
    let names: Vec<&str> = stored.map(|c| c.name.as_str()).collect();
    let rowid = ["rowid", "_rowid_", "oid"].into_iter().find(|n| table.column(n).is_none());
    let rowid = rowid.filter(|_| !table.without_rowid);
    let mut wanted: Vec<String> = names.iter().map(|n| quote(n)).collect();
    wanted.insert(0, rowid.unwrap_or("0").to_owned());
    let query = format!("SELECT {} FROM {} NOT INDEXED", wanted.join(", "), quote(&table.name));
    let mut statement = match sql.prepare(&query) {
        Ok(statement) => statement,
        Err(e) => return Compared::Refused(e.to_string()),
    };
    let mut rows = statement.query([]).unwrap();
    let mut ids = Vec::new();
    let report = db
        .scan(table, &names, None, &mut |row| {
            let theirs = rows.next().unwrap().unwrap_or_else(|| panic!("{}: SQL has fewer rows", table.name));
            if rowid.is_some() {
                assert_eq!(row.rowid(), theirs.get::<_, i64>(0).unwrap(), "{}", table.name);
            }
            for (i, name) in names.iter().enumerate() {
                let (a, b) = (row.get(i), theirs.get_ref(i + 1).unwrap());
                assert!(same(a, b), "{}.{name}, row {}: {a:?} is not {b:?}", table.name, row.rowid());
            }
            ids.push(row.rowid());
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(report.is_whole(), "{}: {report:?}", table.name);
    assert!(rows.next().unwrap().is_none(), "{}: SQL has more rows", table.name);
    if rowid.is_some() {
        compare_ways(db, table, &names, &ids);
    }
    Compared::Rows(report.rows)
}

/// Slices and lookups give what the scan gave.
fn compare_ways(db: &Db, table: &Table, names: &[&str], ids: &[i64]) {
    let bounds = db.rowid_bounds(table).unwrap();
    assert_eq!(bounds, ids.first().copied().zip(ids.last().copied()));
    let mut sliced = Vec::new();
    for slice in db.slices(table, 7) {
        let mut take = |row: &super::Row<'_>| {
            sliced.push(row.rowid());
            ControlFlow::Continue(())
        };
        assert!(db.scan(table, &[], Some(slice), &mut take).unwrap().is_whole());
    }
    assert_eq!(sliced, ids);
    let mut cursor = db.cursor(table, names).unwrap();
    let step = (ids.len() / 500).max(1);
    for &id in ids.iter().step_by(step) {
        assert_eq!(cursor.get(id).unwrap().map(|row| row.rowid()), Some(id));
    }
    for missing in [i64::MIN, i64::MAX, -1, 0] {
        assert_eq!(cursor.get(missing).unwrap().is_some(), ids.binary_search(&missing).is_ok());
    }
}

/// Both readers agree on every table; gives the rows compared.
fn agree(db: &Db) -> u64 {
    let sql = db.sql().unwrap();
    let tables: i64 = sql
        .query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND rootpage > 0", [], |r| r.get(0))
        .unwrap();
    assert_eq!(db.tables().len() as i64, tables);
    let mut total = 0;
    for table in db.tables() {
        match compare(db, &sql, table) {
            Compared::Rows(rows) => total += rows,
            Compared::Refused(why) => panic!("{}: {why}", table.name),
        }
    }
    total
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

/// A database of `n` rows in `t(id, a, b, c)` with pages of `page_size` bytes.
fn rows_of(n: u32, page_size: u32) -> Vec<u8> {
    build_sql(&format!(
        "PRAGMA page_size = {page_size};
         CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b REAL, c BLOB);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})
         INSERT INTO t SELECT i, 'text number ' || i, i / 2.0, zeroblob(i % 40) FROM n;"
    ))
}

fn read_file(path: &Path) -> Arc<dyn ReadAt> {
    mem(std::fs::read(path).unwrap())
}
