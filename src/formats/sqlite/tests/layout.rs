//! What a healthy database can look like.

use super::*;
use crate::formats::sqlite::{Affinity, EntryKind, Generated};

#[test]
fn a_database_can_be_shared() {
    fn shared<T: Send + Sync + Clone>() {}
    fn sent<T: Send>() {}
    shared::<Db>();
    sent::<crate::formats::sqlite::Cursor>();
}

#[test]
fn every_page_size() {
    for shift in 9..=16 {
        let db = open(rows_of(3000, 1 << shift));
        assert_eq!(db.page_size(), 1 << shift);
        assert_eq!(agree(&db), 3000);
    }
}

#[test]
fn values_are_what_was_written() {
    let db = open(build(|conn| {
        conn.execute_batch("CREATE TABLE t(a, b TEXT, c REAL)").unwrap();
        let ints = [0, 1, -1, 127, -128, 128, 32767, -32769, 1 << 23, -(1 << 31), 1 << 31, 1 << 47, i64::MIN, i64::MAX];
        for i in ints {
            conn.execute("INSERT INTO t VALUES (?1, ?2, ?3)", (i, i.to_string(), i as f64)).unwrap();
        }
        conn.execute("INSERT INTO t VALUES (?1, NULL, 1.5)", [&b"\x00\xff"[..]]).unwrap();
    }));
    let table = db.table("t").unwrap();
    let mut rows = 0;
    let report = db
        .scan(table, &["C", "b", "a", "a", "rowid", "nowhere"], None, &mut |row| {
            rows += 1;
            assert_eq!(row.get(4), ValueRef::Int(rows));
            assert_eq!(row.get(5), ValueRef::Null);
            assert_eq!(row.get(99), ValueRef::Null);
            assert_eq!(row.get(2), row.get(3));
            match row.get(2).as_i64() {
                Some(a) => {
                    assert_eq!(row.get(1).as_str().unwrap(), a.to_string());
                    assert_eq!(row.get(0), ValueRef::Real(a as f64));
                }
                None => {
                    assert_eq!(row.get(2), ValueRef::Blob(b"\x00\xff"));
                    assert!(row.get(1).is_null());
                }
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(report.is_whole());
    assert_eq!(rows, 15);
    assert_eq!(ValueRef::Real(-3.0).as_i64(), Some(-3));
    assert_eq!(ValueRef::Real(i64::MIN as f64).as_i64(), Some(i64::MIN));
    assert_eq!([2.5, f64::INFINITY, 9.3e18].map(|r| ValueRef::Real(r).as_i64()), [None; 3]);
    assert!(table.has("A") && table.has("oid") && !table.has("nowhere"));
    assert_eq!(agree(&db), 15);
}

#[test]
fn long_values_cross_pages() {
    for page_size in [512, 4096, 65536] {
        let db = open(build(|conn| {
            conn.execute_batch(&format!(
                "PRAGMA page_size = {page_size}; CREATE TABLE t(a TEXT, b BLOB, c TEXT); BEGIN;"
            ))
            .unwrap();
            let long: String = (0..1 << 20).map(|i| char::from(b'a' + (i % 23) as u8)).collect();
            for len in (0..200).map(|i| i * 37).chain([page_size - 36, page_size - 35, page_size - 34, 1 << 20]) {
                let values = (&long[..len], &long.as_bytes()[..len / 2], format!("end {len}"));
                conn.execute("INSERT INTO t VALUES (?1, ?2, ?3)", values).unwrap();
            }
            conn.execute_batch("COMMIT").unwrap();
        }));
        assert_eq!(agree(&db), 204);
        // Only the last column, behind the long ones; and the first again after it.
        let mut n = 0;
        let report = db
            .scan(db.table("t").unwrap(), &["c", "a", "c"], None, &mut |row| {
                n += 1;
                let len = row.get(1).as_bytes().unwrap().len();
                assert_eq!(row.get(0).as_str().unwrap(), format!("end {len}"));
                assert_eq!(row.get(2), row.get(0));
                assert!(!row.is_cut(0));
                ControlFlow::Continue(())
            })
            .unwrap();
        assert!(report.is_whole());
        assert_eq!(n, 204);
    }
}

/// Counts the bytes that are read.
struct Meter(MemFile, std::sync::atomic::AtomicU64);

impl ReadAt for Meter {
    fn len(&self) -> u64 {
        self.0.len()
    }
    fn read_at(&self, buf: &mut [u8], offset: u64) -> std::io::Result<usize> {
        let n = self.0.read_at(buf, offset)?;
        self.1.fetch_add(n as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(n)
    }
}

#[test]
fn columns_not_asked_for_are_not_read() {
    let bytes = build_sql(
        "CREATE TABLE t(a INTEGER, b BLOB);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
         INSERT INTO t SELECT i, zeroblob(1000000) FROM n;",
    );
    assert!(bytes.len() > 50_000_000);
    let meter = Arc::new(Meter(MemFile(bytes), Default::default()));
    let db = Db::open(meter.clone(), None).unwrap();
    assert_eq!(ints(&db, "t", "a").len(), 50);
    let read = meter.1.load(std::sync::atomic::Ordering::Relaxed);
    assert!(read < 5_000_000, "{read} bytes were read");
}

#[test]
fn tables_without_rowid() {
    let db = open(build_sql(
        "PRAGMA page_size = 512;
         CREATE TABLE t(a TEXT, n INTEGER, b REAL, k TEXT, PRIMARY KEY(k DESC, n, K)) WITHOUT ROWID;
         CREATE TABLE u(id INTEGER PRIMARY KEY, x TEXT) WITHOUT ROWID, STRICT;
         CREATE TABLE v(a, b, c, PRIMARY KEY(b COLLATE nocase, b, a)) WITHOUT ROWID;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
         INSERT INTO t SELECT 'a' || i, i, i, 'key ' || (i * 7919 % 2003) FROM n;
         INSERT INTO u SELECT n * 3, k || hex(zeroblob(n % 700)) FROM t;
         INSERT INTO v SELECT a, k, n FROM t;",
    ));
    let table = db.table("t").unwrap();
    assert!(table.without_rowid && !table.has("rowid") && table.rowid_alias.is_none());
    assert_eq!(agree(&db), 6000);
    let mut ids = ints(&db, "u", "id");
    assert!(ids.is_sorted());
    ids.dedup();
    assert_eq!(ids.len(), 2000);
    assert!(db.cursor(table, &[]).is_err() && db.rowid_bounds(table).is_err());
    // Positions count as rowids.
    let mut part = 0;
    let mut take = |_: &crate::formats::sqlite::Row<'_>| {
        part += 1;
        ControlFlow::Continue(())
    };
    assert!(db.scan(table, &["a"], Some(11..=20), &mut take).unwrap().is_whole());
    assert_eq!(part, 10);
}

#[test]
fn added_columns_have_their_defaults() {
    let defaults = [
        ("TEXT", "'it''s'"),
        ("INTEGER", "-5"),
        ("INT", "+7"),
        ("REAL", "3"),
        ("TEXT", "12"),
        ("TEXT", "1.50"),
        ("INTEGER", "'42'"),
        ("NUMERIC", "'4.0'"),
        ("NUMERIC", "1e3"),
        ("BLOB", "x'00ff'"),
        ("", "5.0"),
        ("REAL", "'x'"),
        ("INTEGER", "0x10"),
        ("BOOLEAN", "true"),
        ("TEXT", "NULL"),
        ("TEXT", "\"word\""),
        ("VARCHAR(20)", "-1.5"),
        ("DOUBLE PRECISION", "7"),
        ("INTEGER", "3.0"),
        ("INTEGER", "3.5"),
        ("TEXT", "''"),
        ("NUMERIC", "' 12 '"),
    ];
    let db = open(build(|conn| {
        conn.execute_batch("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2);").unwrap();
        for (i, (declared, default)) in defaults.iter().enumerate() {
            conn.execute_batch(&format!("ALTER TABLE t ADD COLUMN c{i} {declared} DEFAULT {default}")).unwrap();
        }
        conn.execute_batch("INSERT INTO t(a) VALUES (3)").unwrap();
    }));
    assert_eq!(agree(&db), 3);
    let mut cursor = db.cursor(db.table("t").unwrap(), &["c0", "c1", "c3", "c9"]).unwrap();
    let row = cursor.get(1).unwrap().unwrap();
    assert_eq!(row.get(0).as_str().unwrap(), "it's");
    assert_eq!((row.get(1), row.get(2)), (ValueRef::Int(-5), ValueRef::Real(3.0)));
    assert_eq!(row.get(3), ValueRef::Blob(b"\x00\xff"));
}

#[test]
fn utf16() {
    for (name, encoding) in [("UTF-16le", Encoding::Utf16Le), ("UTF-16be", Encoding::Utf16Be)] {
        let db = open(build_sql(&format!(
            "PRAGMA encoding = '{name}';
             CREATE TABLE naïve(clé TEXT, v INTEGER DEFAULT 3);
             INSERT INTO naïve(clé) VALUES ('plain'), ('œuvre 🦉'), (''), (hex(zeroblob(5000)));
             ALTER TABLE naïve ADD COLUMN w TEXT DEFAULT 'dé';"
        )));
        assert_eq!(db.encoding(), encoding);
        assert_eq!(agree(&db), 4);
        let table = db.table("naïve").unwrap();
        let mut row_2 = String::new();
        assert!(db.get(table, &["clé"], 2, &mut |row| row_2 = row.get(0).as_str().unwrap().into_owned()).unwrap());
        assert_eq!(row_2, "œuvre 🦉");
    }
}

#[test]
fn invalid_text_keeps_its_bytes() {
    let db = open(build_sql("CREATE TABLE t(a TEXT); INSERT INTO t VALUES (CAST(x'61ff62' AS TEXT));"));
    assert!(
        db.get(db.table("t").unwrap(), &["a"], 1, &mut |row| {
            assert_eq!(row.get(0).as_bytes(), Some(&b"a\xffb"[..]));
            assert_eq!(row.get(0).as_str().unwrap(), "a\u{fffd}b");
        })
        .unwrap()
    );
}

#[test]
fn deleted_rows_and_vacuumed_pages() {
    for vacuum in ["NONE", "FULL", "INCREMENTAL"] {
        let db = open(build_sql(&format!(
            "PRAGMA page_size = 1024; PRAGMA auto_vacuum = {vacuum};
             CREATE TABLE t(a TEXT); CREATE TABLE u(a TEXT);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             INSERT INTO t SELECT hex(zeroblob(i % 1500)) FROM n;
             INSERT INTO u SELECT a FROM t WHERE rowid % 9 = 0;
             DELETE FROM t WHERE rowid % 3 > 0; DELETE FROM t WHERE rowid BETWEEN 1000 AND 2000;"
        )));
        assert_eq!(agree(&db), count(&db, "t") + count(&db, "u"));
        assert_eq!(count(&db, "u"), 555);
        assert!(ints(&db, "t", "rowid").iter().all(|id| id % 3 == 0 && !(1000..=2000).contains(id)));
    }
}

#[test]
fn reserved_bytes() {
    // A database of one empty page in which 32 bytes per page are set aside, then filled by SQLite.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("r.db");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA page_size = 1024; CREATE TABLE x(a); DROP TABLE x; VACUUM;").unwrap();
    drop(conn);
    let mut bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes.len(), 1024);
    bytes[20] = 32;
    bytes[105..107].copy_from_slice(&(1024u16 - 32).to_be_bytes());
    std::fs::write(&path, bytes).unwrap();
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(
        "CREATE TABLE t(a TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
         INSERT INTO t SELECT hex(zeroblob(i * 3)) FROM n;",
    )
    .unwrap();
    drop(conn);
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes[20], 32);
    assert_eq!(agree(&open(bytes)), 900);
}

#[test]
fn ranges_and_lookups() {
    let db = open(build(|conn| {
        conn.execute_batch("PRAGMA page_size = 512; CREATE TABLE t(id INTEGER PRIMARY KEY, v); BEGIN;").unwrap();
        for id in (-3000..3000i64).map(|i| i * 5).chain([i64::MIN, i64::MAX]) {
            conn.execute("INSERT INTO t VALUES (?1, ?1)", [id]).unwrap();
        }
        conn.execute_batch("COMMIT").unwrap();
    }));
    assert_eq!(agree(&db), 6002);
    let table = db.table("t").unwrap();
    assert_eq!(db.rowid_bounds(table).unwrap(), Some((i64::MIN, i64::MAX)));
    let all = ints(&db, "t", "v");
    let mut dice = Dice(7);
    for _ in 0..300 {
        let (from, to) = (dice.roll(32000) as i64 - 16000, dice.roll(32000) as i64 - 16000);
        let mut got = Vec::new();
        let mut take = |row: &crate::formats::sqlite::Row<'_>| {
            got.push(row.rowid());
            ControlFlow::Continue(())
        };
        assert!(db.scan(table, &["v"], Some(from..=to), &mut take).unwrap().is_whole());
        let expected: Vec<i64> = all.iter().copied().filter(|id| (from..=to).contains(id)).collect();
        assert_eq!(got, expected);
    }
    let mut cursor = db.cursor(table, &["v"]).unwrap();
    for _ in 0..5000 {
        let id = dice.roll(32000) as i64 - 16000;
        let found = cursor.get(id).unwrap().map(|row| row.get(0));
        assert_eq!(found, (id % 5 == 0 && (-15000..15000).contains(&id)).then_some(ValueRef::Int(id)));
    }
    for parts in [1, 2, 16, 1000] {
        let slices = db.slices(table, parts);
        assert!(slices.len() <= parts);
        assert_eq!((*slices[0].start(), *slices[slices.len() - 1].end()), (i64::MIN, i64::MAX));
        assert!(slices.windows(2).all(|w| w[0].end().checked_add(1) == Some(*w[1].start())));
    }
    assert_eq!(db.slices(table, 16).len(), 16);
}

#[test]
fn a_scan_stops_when_asked() {
    let db = open(rows_of(1000, 1024));
    let mut left = 10;
    let report = db
        .scan(db.table("t").unwrap(), &["a"], None, &mut |_| {
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert_eq!((report.rows, report.stopped), (10, true));
}

#[test]
fn definitions_are_read() {
    let db = open(build_sql(
        "PRAGMA foreign_keys = OFF;
         CREATE TABLE [odd \"name\"](
           -- a comment, with a comma
           `a``b` VARCHAR ( 10 , 2 ) NOT NULL DEFAULT 'x, y' CHECK (length(\"a`b\") > 0), /* , */
           \"primary\" UNSIGNED BIG INT CONSTRAINT \"default\" NOT NULL ON CONFLICT IGNORE,
           c DOUBLE REFERENCES other(x) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
           d AS (c * 2), e TEXT GENERATED ALWAYS AS (c || ',') STORED, f,
           CONSTRAINT pk PRIMARY KEY (f, c) FOREIGN KEY (c) REFERENCES other(y), UNIQUE (f));
         CREATE TABLE k1(x INTEGER PRIMARY KEY DESC); CREATE TABLE k2(x INTEGER, PRIMARY KEY (x DESC));
         CREATE TABLE k3(x INT PRIMARY KEY); CREATE TABLE k4(x INTEGER, y, PRIMARY KEY (x, y));
         CREATE TABLE k5('x' INTEGER CONSTRAINT c PRIMARY KEY AUTOINCREMENT, rowid TEXT);
         CREATE TABLE k6 AS SELECT 1 AS x, 'a' AS y;
         INSERT INTO [odd \"name\"](`a``b`, \"primary\", c, f) VALUES ('v', 3, 4, 5);
         INSERT INTO k1 VALUES (9); INSERT INTO k2 VALUES (9); INSERT INTO k5 VALUES (9, 'r');
         CREATE VIEW w AS SELECT 1; CREATE INDEX i ON k3(x);
         CREATE TRIGGER tr AFTER INSERT ON k1 BEGIN DELETE FROM k1; END;
         CREATE VIRTUAL TABLE ft USING fts5(body); INSERT INTO ft VALUES ('some words');",
    ));
    let table = db.table("ODD \"name\"").unwrap();
    let names: Vec<_> = table.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["a`b", "primary", "c", "d", "e", "f"]);
    let types: Vec<_> = table.columns.iter().map(|c| c.declared_type.as_str()).collect();
    assert_eq!(types, ["VARCHAR(10,2)", "UNSIGNED BIG INT", "DOUBLE", "", "TEXT", ""]);
    assert_eq!(table.columns[1].affinity, Affinity::Integer);
    assert_eq!(table.columns[3].generated, Some(Generated::Virtual));
    assert_eq!(table.columns[4].generated, Some(Generated::Stored));
    let alias = |name: &str| db.table(name).unwrap().rowid_alias;
    assert_eq!([alias("k1"), alias("k2"), alias("k3"), alias("k4"), alias("k5")], [None, Some(0), None, None, Some(0)]);
    assert!(agree(&db) > 5);
    let kind = |name: &str| db.entries().iter().find(|e| e.name == name).unwrap().kind;
    assert_eq!(kind("w"), EntryKind::View);
    assert_eq!(kind("tr"), EntryKind::Trigger);
    assert_eq!(kind("i"), EntryKind::Index);
    assert_eq!(kind("ft"), EntryKind::VirtualTable);
    assert!(db.table("w").is_none() && db.table("ft").is_none() && db.table("ft_content").is_some());
    assert_eq!(count(&db, "sqlite_master"), db.entries().len() as u64);
}
