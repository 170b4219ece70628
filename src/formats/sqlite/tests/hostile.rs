//! Schemas written by an attacker.

use super::*;
use crate::formats::sqlite::{EntryKind, Note};

/// A database whose schema table got rows that SQLite would not write.
fn with_schema_rows(rows: &[(&str, &str, &str, i64, &str)]) -> Vec<u8> {
    build(|conn| {
        conn.execute_batch("CREATE TABLE t(a, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y');").unwrap();
        conn.execute_batch("PRAGMA writable_schema = ON").unwrap();
        for row in rows {
            conn.execute("INSERT INTO sqlite_schema VALUES (?1, ?2, ?3, ?4, ?5)", *row).unwrap();
        }
    })
}

#[test]
fn a_view_posing_as_a_table_is_not_run() {
    let endless =
        "CREATE VIEW message AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i AS text FROM n";
    let db = open(with_schema_rows(&[("view", "message", "message", 0, endless)]));
    assert!(db.table("message").is_none());
    assert_eq!(db.entries().iter().find(|e| e.name == "message").unwrap().kind, EntryKind::View);
    assert_eq!(count(&db, "t"), 2);
    let sql = db.sql().unwrap();
    assert!(sql.prepare("SELECT * FROM message").is_err());
}

#[test]
fn tables_on_one_root() {
    let db = open(with_schema_rows(&[
        ("table", "twin", "twin", 2, "CREATE TABLE twin(z INTEGER PRIMARY KEY, y)"),
        ("table", "schema_again", "schema_again", 1, "CREATE TABLE schema_again(type)"),
        ("table", "far", "far", 1 << 40, "CREATE TABLE far(x)"),
        ("table", "minus", "minus", -2, "CREATE TABLE minus(x)"),
        ("table", "past", "past", 999_999, "CREATE TABLE past(x)"),
        ("table", "index", "index", 2, "CREATE TABLE \"index\"(x PRIMARY KEY) WITHOUT ROWID"),
    ]));
    assert_eq!(ints(&db, "twin", "z"), [1, 2]);
    assert_eq!(count(&db, "schema_again"), db.entries().len() as u64);
    assert_eq!(rowids(&db, "past").1.damage_total, 1);
    assert_eq!(rowids(&db, "index").1.damage_total, 1);
    assert!(db.table("far").is_none() && db.table("minus").is_none());
    assert_eq!(count(&db, "t"), 2);
}

#[test]
fn definitions_that_make_no_sense() {
    let many = format!("CREATE TABLE many({})", "c,".repeat(200_000));
    let deep = format!("CREATE TABLE deep(a DEFAULT {}1{})", "(".repeat(50_000), ")".repeat(50_000));
    let wide = format!("CREATE TABLE wide(a, b, PRIMARY KEY({}b)) WITHOUT ROWID", "a,".repeat(400_000));
    let unclosed = format!("CREATE TABLE unclosed(a DEFAULT {}", "(".repeat(900_000));
    let open_quote = "CREATE TABLE q(a, \"b";
    let texts = [
        "",
        "CREATE",
        "CREATE TABLE",
        "CREATE TABLE x",
        "CREATE TABLE x(",
        "CREATE TABLE x()",
        "CREATE TABLE x(,)",
        "DROP TABLE x",
        "CREATE TABLE x(a DEFAULT",
        "CREATE TABLE x(a DEFAULT (",
        "CREATE TABLE x(PRIMARY KEY",
        "CREATE TABLE x(a,",
        "[",
        "x'",
        "'",
        "CREATE TABLE x(a) WITHOUT",
        "CREATE TABLE IF",
        "CREATE TABLE x.(a)",
        "CREATE TABLE x(a /*",
        "CREATE TABLE x(a --",
        "CREATE TABLE x(a, PRIMARY KEY(nowhere)) WITHOUT ROWID",
        "CREATE TABLE é[(ü]",
        "CREATE TABLE x(a]b 😀 x😀'q)",
        "CREATE TABLE x(a x'é')",
        &wide,
        &unclosed,
        open_quote,
        &many,
        &deep,
    ];
    let names: Vec<String> = (0..texts.len()).map(|i| format!("n{i}")).collect();
    let rows: Vec<_> = texts.iter().zip(&names).map(|(t, n)| ("table", n.as_str(), n.as_str(), 2, *t)).collect();
    let db = open(with_schema_rows(&rows));
    assert_eq!(db.tables().len(), texts.len() + 1);
    assert!(db.notes().iter().any(|n| matches!(n, Note::SchemaText { .. })));
    for table in db.tables() {
        let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).take(100).collect();
        let report = db.scan(table, &names, None, &mut |row| {
            let _ = (0..row.len()).map(|i| row.get(i)).filter(|v| v.is_null()).count();
            ControlFlow::Continue(())
        });
        assert!(report.unwrap().rows <= 2);
    }
    assert!(db.table(&names[names.len() - 2]).unwrap().columns.len() <= crate::formats::sqlite::MAX_COLUMNS);
    assert_eq!(db.table(&names[names.len() - 3]).unwrap().columns.len(), 2);
}

#[test]
fn schemas_are_bounded() {
    let db = open(build(|conn| {
        conn.execute_batch("CREATE TABLE t(a); PRAGMA writable_schema = ON;").unwrap();
        conn.execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
             INSERT INTO sqlite_schema SELECT 'table', 't' || i, 't' || i, 2, 'CREATE TABLE t' || i || '(a)' FROM n;",
        )
        .unwrap();
    }));
    assert_eq!(db.entries().len(), crate::formats::sqlite::MAX_SCHEMA_ENTRIES);
    assert!(db.notes().iter().any(|n| matches!(n, Note::SchemaTooLong { .. })));
}

#[test]
fn generated_columns_are_not_computed() {
    let db = open(build_sql(
        "CREATE TABLE t(a INTEGER PRIMARY KEY, v AS (zeroblob(200000000)), s TEXT AS ('s' || a) STORED, z);
         INSERT INTO t(a, z) VALUES (5, 'end');",
    ));
    let report = db
        .scan(db.table("t").unwrap(), &["v", "s", "z"], None, &mut |row| {
            assert!(row.get(0).is_null());
            assert_eq!(row.get(1).as_str().unwrap(), "s5");
            assert_eq!(row.get(2).as_str().unwrap(), "end");
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(report.is_whole());
    agree(&db);
    assert!(db.sql().unwrap().query_row("SELECT length(v) FROM t", [], |r| r.get::<_, i64>(0)).is_err());
}

#[test]
fn a_damaged_schema_page_still_opens() {
    let mut bytes = rows_of(100, 1024);
    bytes[100] = 0;
    let db = open(bytes);
    assert!(db.tables().is_empty());
    assert!(matches!(db.notes(), [Note::SchemaDamage(d)] if d.page == 1), "{:?}", db.notes());
}

#[test]
fn cells_over_each_other() {
    // Thousands of pointers to one long record.
    let size = 65536;
    let bytes = build_sql(
        "PRAGMA page_size = 65536; CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('short'), (hex(zeroblob(20000)));",
    );
    let mut bad = bytes.clone();
    let page = &mut bad[size..2 * size];
    let long = [page[10], page[11]];
    page[3..5].copy_from_slice(&5000u16.to_be_bytes());
    page[8..8 + 2 * 5000].as_chunks_mut::<2>().0.fill(long);
    let (rows, report) = rowids(&open(bad), "t");
    assert_eq!((rows.len(), report.damage_total), (3, 2), "{report:?}");
}

#[test]
fn a_payload_of_absurd_length() {
    // The length of the only record is replaced by one of nine bytes: 2^63 and more.
    let bytes = build_sql("CREATE TABLE t(a TEXT); INSERT INTO t VALUES (hex(zeroblob(100)));");
    let cell = bytes.len() - 4096 + usize::from(u16::from_be_bytes([bytes[4096 + 8], bytes[4096 + 9]]));
    for length in [[0xffu8; 9], [0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]] {
        let mut bad = bytes.clone();
        bad[cell..cell + 9].copy_from_slice(&length);
        let db = open(bad);
        let report = db.scan(db.table("t").unwrap(), &["a"], None, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(report.damage_total, 1, "{report:?}");
    }
}

#[test]
fn values_of_absurd_lengths_behind_each_other() {
    // Three serial types of nine bytes: each value ends beyond what 64 bits count.
    let bytes = build_sql("CREATE TABLE t(a, b, c); INSERT INTO t VALUES (hex(zeroblob(30)), 1, 2);");
    let cell = bytes.len() - 4096 + usize::from(u16::from_be_bytes([bytes[4096 + 8], bytes[4096 + 9]]));
    let mut bad = bytes;
    // Behind the length of the payload and the rowid, one byte each, stands the length of the header.
    bad[cell + 2] = 28;
    bad[cell + 3..cell + 30].fill(0xff);
    let db = open(bad);
    let each = &mut |_: &crate::formats::sqlite::Row<'_>| ControlFlow::Continue(());
    let report = db.scan(db.table("t").unwrap(), &["a", "b", "c"], None, each).unwrap();
    assert!(!report.is_whole(), "{report:?}");
}
