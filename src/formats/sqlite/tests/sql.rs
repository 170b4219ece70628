//! SQLite on our pages: what it may and may not do.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::formats::sqlite::open_sql;

#[test]
fn queries_see_the_log() {
    let (main, wal) = build_wal(|conn| {
        conn.execute_batch(
            "CREATE TABLE t(a); INSERT INTO t VALUES (1); PRAGMA wal_checkpoint; INSERT INTO t VALUES (2);",
        )
        .unwrap();
    });
    let sql = open_sql(mem(main), Some(mem(wal))).unwrap();
    let sum = |query: &str| sql.query_row(query, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(sum("SELECT sum(a) FROM t"), 3);
    assert_eq!(sum("SELECT count(*) FROM (SELECT a FROM t ORDER BY random() + a)"), 2);
    let check: String = sql.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(check, "ok");
}

#[test]
fn nothing_is_written() {
    let sql = open(rows_of(10, 1024)).sql().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("out.db");
    let target = target.display();
    for statement in [
        "INSERT INTO t VALUES (99, 1, 1, 1)",
        "CREATE TABLE u(a)",
        "PRAGMA user_version = 3",
        "VACUUM",
        "DROP TABLE t",
        &format!("VACUUM INTO '{target}'"),
        &format!("ATTACH '{target}' AS m"),
        "ATTACH ':memory:' AS m",
        "CREATE TEMP TABLE u AS SELECT * FROM t",
        "SELECT load_extension('x')",
    ] {
        assert!(sql.execute_batch(statement).is_err(), "{statement}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    let mode: String = sql.query_row("PRAGMA journal_mode = WAL", [], |r| r.get(0)).unwrap_or_default();
    assert_ne!(mode, "wal");
}

#[test]
fn an_endless_query_is_stopped() {
    let sql = open(rows_of(10, 1024)).sql().unwrap();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    sql.set_budget(1_000_000);
    assert!(sql.query_row(endless, [], |r| r.get::<_, i64>(0)).is_err());
    assert!(sql.query_row("SELECT count(*) FROM t", [], |r| r.get::<_, i64>(0)).is_ok());
}

/// Storage that panics, or fails, once it is told to.
struct Trap {
    inner: MemFile,
    armed: Arc<AtomicBool>,
    panics: bool,
}

impl ReadAt for Trap {
    fn len(&self) -> u64 {
        self.inner.len()
    }
    fn read_at(&self, buf: &mut [u8], offset: u64) -> std::io::Result<usize> {
        if self.armed.load(Ordering::Relaxed) {
            if self.panics {
                // Unwinds as a panic does, without the message.
                std::panic::resume_unwind(Box::new("storage"));
            }
            return Err(std::io::ErrorKind::PermissionDenied.into());
        }
        self.inner.read_at(buf, offset)
    }
}

#[test]
fn trouble_below_becomes_an_error() {
    for panics in [false, true] {
        let armed = Arc::new(AtomicBool::new(false));
        let trap = Trap { inner: MemFile(rows_of(5000, 1024)), armed: armed.clone(), panics };
        let db = Db::open(Arc::new(trap), None).unwrap();
        let sql = db.sql().unwrap();
        let count = || sql.query_row("SELECT count(c) FROM t", [], |r| r.get::<_, i64>(0));
        armed.store(true, Ordering::Relaxed);
        assert!(count().is_err());
        armed.store(false, Ordering::Relaxed);
        assert_eq!(count().unwrap(), 5000);
    }
}

#[test]
fn connections_work_side_by_side() {
    let db = open(rows_of(5000, 1024));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let sql = db.sql().unwrap();
                assert_eq!(sql.query_row("SELECT sum(id) FROM t", [], |r| r.get::<_, i64>(0)).unwrap(), 12_502_500);
                assert_eq!(ints(&db, "t", "id").iter().sum::<i64>(), 12_502_500);
            });
        }
    });
}
