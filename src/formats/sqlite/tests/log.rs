//! The write-ahead log.

use super::*;
use crate::formats::sqlite::{Note, SqliteError};

const FRAME: usize = 4096 + 24;

fn three_commits() -> (Vec<u8>, Vec<u8>) {
    build_wal(|conn| {
        conn.execute_batch("CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('one');").unwrap();
        conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES ('two');").unwrap();
        conn.execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
             INSERT INTO t SELECT 'more' || i FROM n;",
        )
        .unwrap();
        conn.execute_batch("INSERT INTO t VALUES ('last')").unwrap();
    })
}

fn applied(db: &Db) -> Option<(u32, u32)> {
    db.notes().iter().find_map(|n| match n {
        Note::WalApplied { frames, commits, .. } => Some((*frames, *commits)),
        _ => None,
    })
}

#[test]
fn committed_frames_are_read() {
    let (main, wal) = three_commits();
    assert_eq!(count(&open(main.clone()), "t"), 1);
    let frames = (wal.len() - 32) / FRAME;
    let db = open_wal(main, wal);
    assert_eq!(applied(&db), Some((frames as u32, 3)));
    assert_eq!(count(&db, "t"), 1003);
    assert_eq!(agree(&db), 1003);
}

#[test]
fn everything_in_the_log() {
    // The main file was never written.
    let (main, wal) = build_wal(|conn| {
        conn.execute_batch("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2);").unwrap();
    });
    assert_eq!(agree(&open_wal(main.clone(), wal.clone())), 2);
    assert_eq!(agree(&open_wal(Vec::new(), wal)), 2);
}

#[test]
fn a_checkpointed_log_changes_nothing() {
    let (main, wal) = build_wal(|conn| {
        conn.execute_batch("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2); PRAGMA wal_checkpoint(FULL);").unwrap();
    });
    assert_eq!(agree(&open(main.clone())), 2);
    assert_eq!(agree(&open_wal(main, wal)), 2);
}

#[test]
fn frames_of_an_earlier_run_are_left_out() {
    let (main, wal) = build_wal(|conn| {
        conn.execute_batch(
            "CREATE TABLE t(a); CREATE TABLE u(a);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO t SELECT hex(zeroblob(20)) FROM n;
             DELETE FROM t; PRAGMA wal_checkpoint(RESTART); INSERT INTO u VALUES (1);",
        )
        .unwrap();
    });
    let db = open_wal(main, wal);
    assert!(db.notes().iter().any(|n| matches!(n, Note::WalOldFrames { .. })), "{:?}", db.notes());
    assert_eq!((count(&db, "t"), count(&db, "u")), (0, 1));
    agree(&db);
}

#[test]
fn an_unfinished_transaction_is_left_out() {
    let (main, wal) = build_wal(|conn| {
        conn.execute_batch(
            "CREATE TABLE t(a); INSERT INTO t VALUES (1);
             PRAGMA cache_size = 4; PRAGMA cache_spill = 1; BEGIN;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO t SELECT hex(zeroblob(200)) FROM n;",
        )
        .unwrap();
    });
    let db = open_wal(main, wal);
    assert!(db.notes().iter().any(|n| matches!(n, Note::WalUncommitted { .. })), "{:?}", db.notes());
    assert_eq!(count(&db, "t"), 1);
    agree(&db);
}

#[test]
fn a_wrong_checksum_ends_the_log() {
    let (main, mut wal) = three_commits();
    let last = (wal.len() - 32) / FRAME - 1;
    let offset = 32 + last * FRAME;
    wal[offset + 2000] ^= 1;
    let db = open_wal(main, wal);
    assert!(db.notes().contains(&Note::WalChecksum { offset: offset as u64 }), "{:?}", db.notes());
    assert_eq!(applied(&db).unwrap().1, 2);
    assert_eq!(count(&db, "t"), 1002);
    agree(&db);
}

#[test]
fn a_cut_log_ends_at_its_last_commit() {
    let (main, wal) = three_commits();
    for keep in [wal.len() - 1, wal.len() - 4000, 32 + FRAME, 32 + FRAME + 10, 40, 32] {
        let db = open_wal(main.clone(), wal[..keep].to_vec());
        let commits = applied(&db).map_or(0, |(_, commits)| commits);
        assert_eq!(commits, if keep > wal.len() - 4097 { 2 } else { u32::from(keep >= 32 + FRAME) });
        agree(&db);
    }
}

#[test]
fn a_wrong_checksum_before_other_frames_is_damage() {
    let (main, mut wal) = three_commits();
    wal[32 + 2000] ^= 1;
    let db = open_wal(main, wal);
    assert!(db.notes().iter().any(|n| matches!(n, Note::WalDamaged { offset: 32, .. })), "{:?}", db.notes());
    assert!(applied(&db).is_none());
}

#[test]
fn a_log_that_is_none_is_not_used() {
    let (main, wal) = three_commits();
    let mut wrong = wal.clone();
    wrong[25] ^= 1;
    for bad in [vec![0; 5000], b"short".to_vec(), wrong, vec![0x37; 9000]] {
        let db = open_wal(main.clone(), bad);
        assert!(db.notes().iter().any(|n| matches!(n, Note::WalHeader { .. })), "{:?}", db.notes());
        assert_eq!(count(&db, "t"), 1);
    }
    assert!(open_wal(main.clone(), Vec::new()).notes().is_empty());
    // The log of a database with other pages.
    let other = rows_of(10, 1024);
    let db = open_wal(other, wal);
    assert_eq!(db.notes(), [Note::WalPageSize { wal: 4096, main: 1024 }]);
    assert_eq!(count(&db, "t"), 10);
}

/// Signs a log again with big-endian checksums, as a big-endian machine writes it.
fn big_endian(wal: &mut [u8]) {
    fn sum(state: &mut (u32, u32), bytes: &[u8]) {
        for words in bytes.chunks(8) {
            let word = |at: usize| u32::from_be_bytes(words[at..at + 4].try_into().unwrap());
            state.0 = state.0.wrapping_add(word(0)).wrapping_add(state.1);
            state.1 = state.1.wrapping_add(word(4)).wrapping_add(state.0);
        }
    }
    let put = |bytes: &mut [u8], state: (u32, u32)| {
        bytes[..4].copy_from_slice(&state.0.to_be_bytes());
        bytes[4..8].copy_from_slice(&state.1.to_be_bytes());
    };
    let mut state = (0, 0);
    wal[3] |= 1;
    sum(&mut state, &wal[..24]);
    put(&mut wal[24..32], state);
    for frame in wal[32..].chunks_mut(FRAME) {
        sum(&mut state, &frame[..8]);
        sum(&mut state, &frame[24..]);
        put(&mut frame[16..24], state);
    }
}

#[test]
fn checksums_in_either_byte_order() {
    let (main, mut wal) = three_commits();
    assert_eq!(wal[3], 0x82);
    big_endian(&mut wal);
    let db = open_wal(main, wal);
    assert_eq!(applied(&db).unwrap().1, 3);
    assert_eq!(agree(&db), 1003);
}

#[test]
fn the_last_commit_sets_the_size() {
    // Vacuumed in the log: the main file is longer than the database.
    let (main, wal) = build_wal(|conn| {
        conn.execute_batch(
            "CREATE TABLE t(a); CREATE TABLE u(a); INSERT INTO u VALUES (5);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO t SELECT hex(zeroblob(100)) FROM n;
             PRAGMA wal_checkpoint(TRUNCATE); DROP TABLE t; VACUUM;",
        )
        .unwrap();
    });
    let pages = main.len() as u32 / 4096;
    let db = open_wal(main, wal);
    assert!(db.pages() < pages);
    assert_eq!(agree(&db), 1);
}

#[test]
fn an_empty_file_says_so() {
    assert!(matches!(Db::open(mem(Vec::new()), None), Err(SqliteError::Empty)));
    assert!(matches!(Db::open(mem(Vec::new()), Some(mem(vec![0; 100]))), Err(SqliteError::Empty)));
}
