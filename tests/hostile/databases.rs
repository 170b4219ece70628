//! Databases that are built to mislead: other things under the names of the real tables, values of the wrong kind,
//! pages that lead in circles.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::phones::{IPhone, noise};
use super::support::{Scan, in_parallel, scan};

const MESSAGE: &str = "guid TEXT, text TEXT, handle_id INTEGER, attributedBody BLOB, service TEXT, date INTEGER, \
                       date_read INTEGER, is_from_me INTEGER, payload_data BLOB, message_summary_info BLOB";

/// Replaces the phone's messages by a database that `sql` makes.
fn with_sms(sql: &str) -> Scan {
    let phone = IPhone::new();
    fs::remove_file(phone.sms()).unwrap();
    phone.sql(&phone.sms(), sql);
    scan(phone.path())
}

fn never_whole(after: &Scan, what: &str) {
    let status = after.status("ios.sms");
    assert!(["failed", "partial"].contains(&status), "{what}: {status} {:#}", after.line("ios.sms"));
    after.lost("ios.sms");
}

#[test]
fn something_else_under_the_name_of_the_table() {
    for sql in [
        "CREATE VIEW message AS SELECT 1 AS ROWID, 'x' AS text",
        "CREATE VIEW message AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) SELECT n AS ROWID FROM r",
        "CREATE TABLE a(x); CREATE VIEW message AS SELECT * FROM message2; CREATE VIEW message2 AS SELECT * FROM message",
        "CREATE VIRTUAL TABLE message USING fts5(text, guid)",
        "CREATE VIRTUAL TABLE message USING rtree(id, a, b)",
        "CREATE TABLE x(a); CREATE INDEX message ON x(a)",
        "CREATE TABLE \"message \"(text)",
    ] {
        never_whole(&with_sms(sql), sql);
    }
}

#[test]
fn tables_without_rowids() {
    let sql = format!(
        "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, {MESSAGE}) WITHOUT ROWID; \
        INSERT INTO message (ROWID, guid, text, date) VALUES (1, 'a', 'hello', 700000000000000000)"
    );
    let after = with_sms(&sql);
    assert!(after.records("ios.sms") == 1 || !after.complete(), "{:#}", after.line("ios.sms"));
}

#[test]
fn triggers_do_nothing() {
    let phone = IPhone::new();
    let whole = scan(phone.path());
    phone.sql(
        &phone.sms(),
        "CREATE TRIGGER t AFTER INSERT ON message BEGIN DELETE FROM message; END; \
         CREATE TRIGGER u AFTER UPDATE ON message BEGIN SELECT load_extension('/tmp/evil.so'); END;",
    );
    let after = scan(phone.path());
    assert_eq!(after.records("ios.sms"), whole.records("ios.sms"));
    assert_eq!(after.status("ios.sms"), "parsed");
}

#[test]
fn generated_columns() {
    let after = with_sms(
        "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT, date INTEGER, \
         text TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL, \
         handle_id INTEGER GENERATED ALWAYS AS (ROWID) STORED, is_from_me INTEGER); \
         INSERT INTO message (ROWID, guid, date, is_from_me) VALUES (1, 'a', 700000000000000000, 0)",
    );
    assert_eq!(after.records("ios.sms"), 1, "{:#}", after.line("ios.sms"));
}

#[test]
fn values_of_the_wrong_kind_in_every_column() {
    let values = [
        "NULL",
        "X'FFFE00'",
        "X''",
        "''",
        "'text'",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "1e308",
        "-1e308",
        "9e999",
        "0.1",
        "zeroblob(20000)",
        "CAST(X'80FF00C328' AS TEXT)",
        "CAST(X'610062' AS TEXT)",
        "'=1+1'",
    ];
    let phone = IPhone::new();
    let whole = scan(phone.path());
    let databases: Vec<(String, std::path::PathBuf)> =
        ["ios.sms", "ios.safari_history", "ios.whatsapp", "ios.datausage", "ios.tcc"]
            .iter()
            .map(|a| {
                let source = whole.line(a)["source"][0].as_str().unwrap().to_owned();
                let (domain, path) = source.split_once('/').unwrap();
                ((*a).to_owned(), phone.file(domain, path).strip_prefix(phone.path()).unwrap().to_owned())
            })
            .collect();
    let cases: Vec<(&(String, std::path::PathBuf), &str)> =
        databases.iter().flat_map(|d| values.iter().map(move |v| (d, *v))).collect();
    in_parallel(&cases, |((artifact, file), value)| {
        let phone = IPhone::new();
        rewrite(&phone.path().join(file), value);
        let after = scan(phone.path());
        let status = after.status(artifact);
        assert!(["parsed", "partial", "empty"].contains(&status), "{artifact} with {value}: {status}");
        let rows = after.records(artifact);
        assert!(rows * 3 >= whole.records(artifact) || !after.complete(), "{artifact} with {value}: {rows} records");
    });
}

/// Sets every column of every row to this value, as far as the table's own constraints are removed.
fn rewrite(database: &Path, value: &str) {
    let conn = Connection::open(database).unwrap();
    conn.execute_batch("PRAGMA foreign_keys=OFF; PRAGMA journal_mode=OFF;").unwrap();
    let tables: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        .unwrap()
        .query_map([], |r| r.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for table in tables {
        let columns: Vec<String> = conn
            .prepare("SELECT name FROM pragma_table_info(?1)")
            .unwrap()
            .query_map([&table], |r| r.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for column in columns {
            // Keys and NOT NULL columns refuse; the others are enough.
            let _ = conn.execute_batch(&format!("UPDATE OR IGNORE \"{table}\" SET \"{column}\" = {value}"));
        }
    }
    conn.close().unwrap();
}

#[test]
fn every_value_wrong_in_the_manifest() {
    for value in ["NULL", "X'FF00FE'", "''", "7", "1e300", "zeroblob(100000)", "CAST(X'80FF' AS TEXT)"] {
        for column in ["domain", "relativePath", "flags", "file"] {
            let phone = IPhone::new();
            let conn = Connection::open(phone.path().join("Manifest.db")).unwrap();
            conn.execute_batch(&format!("UPDATE Files SET {column} = {value}")).unwrap();
            conn.close().unwrap();
            let after = scan(phone.path());
            if column == "domain" || column == "relativePath" {
                let said = after.said();
                assert!(after.code != 0 || said.contains("does not list it"), "{column} = {value}: {said}");
            }
        }
    }
}

#[test]
fn names_stored_as_bytes_hide_nothing() {
    let phone = IPhone::new();
    let whole = scan(phone.path());
    let conn = Connection::open(phone.path().join("Manifest.db")).unwrap();
    conn.execute_batch(
        "UPDATE Files SET domain = CAST(domain AS BLOB), relativePath = CAST(relativePath AS BLOB), \
                        fileID = CAST(fileID AS BLOB)",
    )
    .unwrap();
    conn.close().unwrap();
    let after = scan(phone.path());
    for artifact in ["ios.sms", "ios.safari_history", "ios.manifest", "ios.tcc"] {
        assert_eq!(after.records(artifact), whole.records(artifact), "{artifact}: {}", after.said());
    }
}

#[test]
fn rowids_at_the_edges() {
    let sql = format!(
        "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, {MESSAGE}); CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT, \
         service TEXT); INSERT INTO handle VALUES (9223372036854775807, '+447700900001', 'SMS'), (-9223372036854775808, 'b', 'c'); \
         INSERT INTO message (ROWID, guid, text, handle_id, date) VALUES \
         (9223372036854775807, 'a', 'one', 9223372036854775807, 9223372036854775807), \
         (-9223372036854775808, 'b', 'two', -9223372036854775808, -9223372036854775808), (0, 'c', 'three', 0, 0), \
         (-1, 'd', 'four', -1, 1)"
    );
    assert_eq!(with_sms(&sql).records("ios.sms"), 4);
}

#[test]
fn headers_that_lie() {
    let phone = IPhone::new();
    let real = fs::read(phone.sms()).unwrap();
    let set = |at: usize, bytes: &[u8]| {
        let mut bad = real.clone();
        bad[at..at + bytes.len()].copy_from_slice(bytes);
        bad
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("a gigabyte of pages", set(28, &0x0020_0000u32.to_be_bytes())),
        ("every page there can be", set(28, &u32::MAX.to_be_bytes())),
        ("pages of one byte", set(16, &[0, 2])),
        ("pages of no power of two", set(16, &[3, 1])),
        ("pages of 64 KiB", set(16, &[0, 1])),
        ("all reserved", set(20, &[255])),
        ("another encoding", set(56, &3u32.to_be_bytes())),
        ("no such encoding", set(56, &9u32.to_be_bytes())),
        ("a format of the future", set(18, &[9, 9])),
        ("a log that is not there", set(18, &[2, 2])),
        ("a freelist in a circle", set(32, &[0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff])),
        ("a first page of another kind", set(100, &[13])),
        ("no cells", set(103, &[0, 0])),
        ("all cells", set(103, &[0xff, 0xff])),
        ("noise after the header", [real[..100].to_vec(), noise(real.len() - 100, 8)].concat()),
        ("only a header", real[..100].to_vec()),
        ("zeros after the header", [real[..100].to_vec(), vec![0; real.len() - 100]].concat()),
    ];
    in_parallel(&cases, |(name, bytes)| {
        let phone = IPhone::new();
        fs::write(phone.sms(), bytes).unwrap();
        let whole = 24;
        let after = scan(phone.path());
        let found = after.records("ios.sms");
        assert!(found >= whole || !after.complete(), "{name}: {found} records, complete: {:#}", after.line("ios.sms"));
    });
}

#[test]
fn pages_that_lead_in_circles() {
    let phone = IPhone::new();
    let real = fs::read(phone.sms()).unwrap();
    let whole = scan(phone.path()).records("ios.sms");
    let page = usize::from(u16::from_be_bytes([real[16], real[17]]));
    let pages = real.len() / page;
    // Each page in turn is replaced: by the one before it, by page 1 without its header, by one that holds itself.
    let cases: Vec<(usize, usize)> = (1..pages).flat_map(|p| [(p, 0), (p, 1), (p, 2), (p, 3)]).collect();
    in_parallel(&cases, |&(at, how)| {
        let phone = IPhone::new();
        let mut bad = real.clone();
        let start = at * page;
        match how {
            0 => bad.copy_within(start - page..start, start),
            1 => {
                // An interior table page whose only child is itself.
                bad[start..start + page].fill(0);
                bad[start] = 5;
                bad[start + 8..start + 12].copy_from_slice(&(at as u32 + 1).to_be_bytes());
            }
            2 => bad[start..start + page].copy_from_slice(&noise(page, at as u64)),
            _ => bad[start..start + page].fill(0),
        }
        fs::write(phone.sms(), bad).unwrap();
        let after = scan(phone.path());
        let found = after.records("ios.sms");
        // A valid page in another one's place is not to be told from the right one.
        assert!(
            how == 0 || found >= whole || !after.complete(),
            "page {at}, way {how}: {found} of {whole} records and complete"
        );
    });
}

#[test]
fn logs_that_lie() {
    let dir = tempfile::tempdir().unwrap();
    vigie_fixtures::devices::ana().write(dir.path()).unwrap();
    let log = super::phones::stored(dir.path(), "HomeDomain", "Library/SMS/sms.db-wal");
    let real = fs::read(&log).unwrap();
    let whole = scan(dir.path());
    for at in [0, 4, 8, 12, 16, 24, 32, 36, 40, 48, 56, 60, real.len() - 10] {
        let mut bad = real.clone();
        bad[at..at + 4].fill(0xff);
        fs::write(&log, bad).unwrap();
        let after = scan(dir.path());
        let fewer = after.records("ios.sms") < whole.records("ios.sms");
        // Another salt is how the frames of an earlier run look, and a torn last frame is how a crash leaves it.
        let normal = at == 40 || at > real.len() - 100;
        let status = after.status("ios.sms");
        assert!(!fewer || normal || status == "partial", "byte {at}: {:#}", after.line("ios.sms"));
        assert!(!fewer || after.said().contains("write-ahead log"), "byte {at}: {:#}", after.line("ios.sms"));
    }
    for cut in [0, 10, 32, 100, real.len() / 2, real.len() - 1] {
        fs::write(&log, &real[..cut]).unwrap();
        assert_eq!(scan(dir.path()).status("ios.sms"), "partial", "cut at {cut}");
    }
    fs::remove_file(&log).unwrap();
    let after = scan(dir.path());
    assert_eq!(after.status("ios.sms"), "partial");
    assert!(after.said().contains("newest rows may be missing"));
}

#[test]
fn a_schema_without_end() {
    let many = "INSERT INTO sqlite_schema WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20500) \
                SELECT 'table', 't' || i, 't' || i, 2, 'CREATE TABLE t' || i || '(a)' FROM n";
    let after = with_sms(&format!(
        "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, {MESSAGE}); INSERT INTO message (guid, text) VALUES ('a', 'b'); {many}"
    ));
    assert!(after.records("ios.sms") == 1 || !after.complete());
    let columns: Vec<String> = (0..1_900).map(|i| format!("c{i} TEXT DEFAULT '{}'", "x".repeat(400))).collect();
    let after = with_sms(&format!(
        "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, {}, {MESSAGE}); INSERT INTO message (guid) VALUES ('a')",
        columns.join(",")
    ));
    assert!(after.records("ios.sms") == 1 || !after.complete());
    // Definitions rewritten to what SQLite would never accept.
    for bad in [
        "CREATE TABLE message",
        "CREATE TABLE message ((((((((((",
        "",
        "DROP TABLE message",
        "CREATE TABLE message(text TEXT, text TEXT)",
    ] {
        let phone = IPhone::new();
        phone.sql(&phone.sms(), &format!("UPDATE sqlite_schema SET sql = '{bad}' WHERE name = 'message'"));
        never_whole(&scan(phone.path()), bad);
    }
    let deep = "(".repeat(200_000);
    let phone = IPhone::new();
    phone.sql(
        &phone.sms(),
        &format!("UPDATE sqlite_schema SET sql = 'CREATE TABLE message(a DEFAULT {deep}' WHERE name = 'message'"),
    );
    scan(phone.path());
    // Two tables of one name, and a table that is another one's pages.
    let phone = IPhone::new();
    phone.sql(&phone.sms(), "INSERT INTO sqlite_schema SELECT type, 'handle2', tbl_name, rootpage, sql FROM sqlite_schema WHERE name = 'message'; \
        UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'handle'");
    scan(phone.path());
}
