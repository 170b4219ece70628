//! Damaged databases: every row outside the damage comes back, and the damage is named.

use super::*;
use crate::formats::sqlite::{DamageReason, Note, SqliteError};

fn page(bytes: &mut [u8], size: usize, number: u32) -> &mut [u8] {
    let start = (number as usize - 1) * size;
    &mut bytes[start..start + size]
}

/// Children of an interior page of a table.
fn children(bytes: &[u8], size: usize, number: u32) -> Vec<u32> {
    let page = &bytes[(number as usize - 1) * size..][..size];
    assert_eq!(page[0], 5);
    let be32 = |at: usize| u32::from_be_bytes(page[at..at + 4].try_into().unwrap());
    let cells = usize::from(u16::from_be_bytes([page[3], page[4]]));
    let cell = |i: usize| usize::from(u16::from_be_bytes([page[12 + 2 * i], page[13 + 2 * i]]));
    (0..cells).map(|i| be32(cell(i))).chain([be32(8)]).collect()
}

fn root(bytes: &[u8]) -> u32 {
    open(bytes.to_vec()).table("t").unwrap().root
}

#[test]
fn a_damaged_leaf() {
    let good = rows_of(5000, 1024);
    let (all, _) = rowids(&open(good.clone()), "t");
    let leaf = all[2500].1;
    for fill in [0u8, 0xff, 0x0d, 0x41] {
        let mut bad = good.clone();
        page(&mut bad, 1024, leaf).fill(fill);
        let db = open(bad);
        let (got, report) = rowids(&db, "t");
        let expected: Vec<_> = all.iter().copied().filter(|row| row.1 != leaf).collect();
        assert_eq!(got, expected);
        assert_eq!((report.damage_total, report.damage[0].page), (1, leaf));
        assert_eq!(report.damage[0].offset, u64::from(leaf - 1) * 1024);
        assert_eq!(report.rows_lost, (all.len() - expected.len()) as u64);
        assert!(!report.is_whole());
        let lost = all.iter().find(|row| row.1 == leaf).unwrap().0;
        let table = db.table("t").unwrap();
        let mut cursor = db.cursor(table, &["a"]).unwrap();
        assert!(matches!(cursor.get(lost), Err(SqliteError::Damaged(d)) if d.page == leaf));
        assert!(cursor.get(1).unwrap().is_some());
        // Slices lose no more than the whole scan does.
        let (mut rows, mut lost) = (0, 0);
        for slice in db.slices(table, 9) {
            let part = db.scan(table, &["a"], Some(slice), &mut |_| ControlFlow::Continue(())).unwrap();
            (rows, lost) = (rows + part.rows, lost + part.rows_lost);
        }
        assert_eq!((rows, lost), (expected.len() as u64, report.rows_lost));
    }
}

#[test]
fn damaged_edges_still_have_bounds() {
    let good = rows_of(5000, 1024);
    let (all, _) = rowids(&open(good.clone()), "t");
    let (first, last) = (all[0].1, all[all.len() - 1].1);
    let mut bad = good.clone();
    page(&mut bad, 1024, first).fill(0);
    page(&mut bad, 1024, last).fill(0);
    let db = open(bad);
    let readable: Vec<i64> = all.iter().filter(|r| r.1 != first && r.1 != last).map(|r| r.0).collect();
    let bounds = db.rowid_bounds(db.table("t").unwrap()).unwrap();
    assert_eq!(bounds, Some((readable[0], readable[readable.len() - 1])));
}

#[test]
fn a_damaged_cell() {
    let good = rows_of(500, 1024);
    let (all, _) = rowids(&open(good.clone()), "t");
    let leaf = all[250].1;
    let mut bad = good.clone();
    // The pointer of the second cell leads past the page.
    page(&mut bad, 1024, leaf)[10..12].copy_from_slice(&[0xff, 0xff]);
    let (got, report) = rowids(&open(bad), "t");
    let second = all.iter().filter(|row| row.1 == leaf).nth(1).unwrap();
    let expected: Vec<_> = all.iter().copied().filter(|row| row != second).collect();
    assert_eq!(got, expected);
    assert_eq!(report.damage[0].reason, DamageReason::Cell { index: 1 });
}

#[test]
fn a_damaged_interior_page() {
    let good = rows_of(20_000, 512);
    let (all, _) = rowids(&open(good.clone()), "t");
    let top = children(&good, 512, root(&good));
    let interior = top[top.len() / 2];
    let below = children(&good, 512, interior);
    let mut bad = good.clone();
    page(&mut bad, 512, interior).fill(0x55);
    let (got, report) = rowids(&open(bad), "t");
    // All that hangs on the page is lost, and nothing else.
    let expected: Vec<_> = all.iter().copied().filter(|row| !below.contains(&row.1)).collect();
    assert!(expected.len() < all.len());
    assert_eq!(got, expected);
    assert_eq!((report.damage_total, report.damage[0].page), (1, interior));
    assert_eq!(report.rows_lost, (all.len() - expected.len()) as u64);
    assert_eq!(report.damage[0].reason, DamageReason::PageType { expected: "table (0x05, 0x0d)", found: 0x55 });
}

#[test]
fn pointers_in_circles() {
    let good = rows_of(20_000, 512);
    let (all, _) = rowids(&open(good.clone()), "t");
    let top = root(&good);
    let last = *children(&good, 512, top).last().unwrap();
    let below = children(&good, 512, last);
    // The last child of the root: the root again, a sibling, page 0, a page past the end, a page of another kind.
    for (target, reason) in [
        (top, Some(DamageReason::SeenTwice)),
        (children(&good, 512, top)[0], Some(DamageReason::SeenTwice)),
        (0, Some(DamageReason::BeyondEnd { pages: good.len() as u32 / 512 })),
        (u32::MAX, Some(DamageReason::BeyondEnd { pages: good.len() as u32 / 512 })),
        (1, None),
    ] {
        let mut bad = good.clone();
        page(&mut bad, 512, top)[8..12].copy_from_slice(&target.to_be_bytes());
        let db = open(bad);
        let (got, report) = rowids(&db, "t");
        let expected: Vec<_> = all.iter().copied().filter(|row| !below.contains(&row.1)).collect();
        if let Some(reason) = reason {
            assert_eq!(got, expected);
            assert_eq!((report.damage_total, &report.damage[0].reason), (1, &reason));
        }
        // Ends, whatever it finds.
        let mut cursor = db.cursor(db.table("t").unwrap(), &["a"]).unwrap();
        let _ = cursor.get(20_000);
        let _ = db.rowid_bounds(db.table("t").unwrap());
        db.slices(db.table("t").unwrap(), 50);
    }
}

#[test]
fn keys_out_of_order_hide_no_row_from_slices() {
    let good = rows_of(20_000, 512);
    let (all, _) = rowids(&open(good.clone()), "t");
    let mut dice = Dice(99);
    for _ in 0..60 {
        let mut bad = good.clone();
        // Keys of the root are varints of two or three bytes at the end of its cells.
        let top = page(&mut bad, 512, root(&good));
        let cells = usize::from(u16::from_be_bytes([top[3], top[4]]));
        let i = dice.roll(cells);
        let cell = usize::from(u16::from_be_bytes([top[12 + 2 * i], top[13 + 2 * i]]));
        top[cell + 5] = (top[cell + 5] & 0x80) | dice.roll(128) as u8;
        let db = open(bad);
        let table = db.table("t").unwrap();
        assert_eq!(rowids(&db, "t").0, all);
        let mut sliced = Vec::new();
        for slice in db.slices(table, 13) {
            let mut take = |row: &crate::formats::sqlite::Row<'_>| {
                sliced.push((row.rowid(), row.page()));
                ControlFlow::Continue(())
            };
            drop(db.scan(table, &[], Some(slice), &mut take).unwrap());
        }
        sliced.sort_unstable();
        assert_eq!(sliced, all);
    }
}

#[test]
fn a_broken_overflow_chain() {
    let good = build_sql(
        "PRAGMA page_size = 512; CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT, c INTEGER);
         INSERT INTO t VALUES (1, 'x', 'y', 1), (2, 'head', hex(zeroblob(3000)), 77), (3, 'x', 'y', 3);",
    );
    let size = 512;
    let db = open(good.clone());
    // The first page of the chain is the one whose content is all text zeroes and that no tree holds.
    let chain: Vec<u32> =
        (2..=db.pages()).filter(|&n| good[(n as usize - 1) * size + 4..][..400].iter().all(|&b| b == b'0')).collect();
    assert!(chain.len() > 8);
    let mut bad = good.clone();
    page(&mut bad, size, chain[5])[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    let db = open(bad);
    let mut rows = Vec::new();
    let report = db
        .scan(db.table("t").unwrap(), &["a", "b", "c"], None, &mut |row| {
            rows.push((row.get(0).as_str().unwrap().into_owned(), row.is_cut(1), row.get(1).as_bytes().unwrap().len()));
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!((rows[1].0.as_str(), rows[1].1), ("head", true));
    assert!(rows[1].2 > 2000 && rows[1].2 < 6000);
    assert!(!rows[0].1 && !rows[2].1);
    assert_eq!((report.damage_total, &report.damage[0].reason), (1, &DamageReason::Overflow { next: u32::MAX }));
    // Who does not ask for the long value meets no damage.
    assert!(db.scan(db.table("t").unwrap(), &["a"], None, &mut |_| ControlFlow::Continue(())).unwrap().is_whole());
}

#[test]
fn a_chain_in_circles_ends() {
    let size = 512;
    let good = build_sql(
        "PRAGMA page_size = 512; CREATE TABLE t(a TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
         INSERT INTO t SELECT hex(zeroblob(2000)) FROM n;",
    );
    let mut bad = good.clone();
    // Every overflow page points to itself.
    for number in 2..=(good.len() / size) as u32 {
        let page = page(&mut bad, size, number);
        if page[4..500].iter().all(|&b| b == b'0') {
            page[..4].copy_from_slice(&number.to_be_bytes());
        }
    }
    // As long as the records say: SQLite reads the same.
    assert_eq!(agree(&open(bad)), 300);
}

#[test]
fn a_truncated_file() {
    let good = rows_of(20_000, 1024);
    let (all, _) = rowids(&open(good.clone()), "t");
    for keep in [good.len() / 2, good.len() / 3 + 100, good.len() - 1] {
        let db = open(good[..keep].to_vec());
        let present = (keep / 1024) as u32;
        assert!(db.notes().contains(&Note::Truncated { declared: good.len() as u32 / 1024, present }));
        assert_eq!(keep % 1024 != 0, db.notes().contains(&Note::PartialPage { bytes: keep as u32 % 1024 }));
        let (got, report) = rowids(&db, "t");
        let top = open(good.clone()).table("t").unwrap().root;
        assert!(top <= present);
        let kept = |leaf: u32| leaf <= present;
        let expected = all.iter().filter(|row| kept(row.1)).count();
        // Interior pages past the cut take leaves before it with them: a few.
        assert!(got.len() <= expected && got.len() * 10 >= expected * 5, "{} of {expected}", got.len());
        assert!(report.damage_total > 0);
        assert!(report.damage.len() <= crate::formats::sqlite::MAX_DAMAGE_LISTED);
    }
}

#[test]
fn no_database() {
    let first = |bytes: &[u8]| match Db::open(mem(bytes.to_vec()), None) {
        Err(e) => e.to_string(),
        Ok(_) => panic!("opened"),
    };
    assert!(first(b"").contains("empty"));
    assert!(first(b"bplist00 and so on").contains("62 70 6c 69 73 74"));
    assert!(first(b"SQLite format 3\0 cut").contains("100 bytes"));
    let mut dice = Dice(5);
    let noise: Vec<u8> = (0..8192).map(|_| dice.roll(256) as u8).collect();
    assert!(first(&noise).contains("encrypted or not a database"));
    assert!(!first(&b"<plist>ordinary text</plist>".repeat(100)).contains("encrypted"));
    let good = rows_of(10, 1024);
    let mut bad = good.clone();
    bad[16..18].copy_from_slice(&[3, 0]);
    assert!(first(&bad).contains("page size"));
    bad = good.clone();
    (bad[16], bad[17], bad[20]) = (2, 0, 200);
    assert!(first(&bad).contains("usable"));
    // The right magic, then noise: opens or not, but ends.
    for seed in 1..200 {
        let mut dice = Dice(seed);
        let mut bad: Vec<u8> = (0..6000).map(|_| dice.roll(256) as u8).collect();
        bad[..16].copy_from_slice(b"SQLite format 3\0");
        if seed % 2 == 0 {
            bad[16..24].copy_from_slice(&[2, 0, 1, 1, 0, 64, 32, 32]);
            bad[100] = 0x0d;
            bad[103] = 0;
        }
        if let Ok(db) = Db::open(mem(bad), None) {
            exercise(&db);
        }
    }
}

/// Uses everything a database offers; results do not matter.
fn exercise(db: &Db) {
    for table in db.tables() {
        let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        let mut bytes = 0;
        let report = db
            .scan(table, &names, None, &mut |row| {
                bytes += (0..row.len()).filter_map(|i| row.get(i).as_str()).map(|s| s.len()).sum::<usize>();
                ControlFlow::Continue(())
            })
            .unwrap();
        assert!(report.rows < 1_000_000);
        let _ = db.rowid_bounds(table);
        for slice in db.slices(table, 4) {
            drop(db.scan(table, &names, Some(slice), &mut |_| ControlFlow::Continue(())).unwrap());
        }
        if let Ok(mut cursor) = db.cursor(table, &names) {
            for id in [1, 2, 50, 51, 400, -1, i64::MAX] {
                let _ = cursor.get(id).map(|row| row.map(|r| (r.get(1).as_i64(), r.len())));
            }
        }
    }
    if let Ok(sql) = db.sql() {
        sql.set_budget(2_000_000);
        for table in db.tables() {
            let query = format!("SELECT * FROM \"{}\"", table.name.replace('"', "\"\""));
            let Ok(mut statement) = sql.prepare(&query) else { continue };
            let Ok(mut rows) = statement.query([]) else { continue };
            while let Ok(Some(_)) = rows.next() {}
        }
    }
}

#[test]
fn three_thousand_flipped_bits() {
    let script = "PRAGMA page_size = 512;
         CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b REAL DEFAULT 2, c BLOB);
         CREATE TABLE u(k TEXT, v TEXT, n INT, PRIMARY KEY(k, n)) WITHOUT ROWID;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
         INSERT INTO t SELECT i, 'text ' || i, i / 3.0, zeroblob(i * i % 900) FROM n;
         INSERT INTO u SELECT a, hex(c), id FROM t WHERE id % 3 = 0;";
    let main = build_sql(script);
    let (log_main, log) = build_wal(|conn| {
        conn.execute_batch(script).unwrap();
        conn.execute_batch("PRAGMA wal_checkpoint(PASSIVE); UPDATE t SET a = 'new' WHERE id % 40 = 0;").unwrap();
    });
    let mut dice = Dice(20_260_401);
    let mut flip = |bytes: &mut [u8], within: usize| {
        let at = dice.roll(within.min(bytes.len()));
        bytes[at] ^= 1 << dice.roll(8);
    };
    let mut opened = 0;
    for round in 0..3000 {
        let (mut a, mut w) = if round % 4 == 3 { (log_main.clone(), log.clone()) } else { (main.clone(), Vec::new()) };
        for _ in 0..=round % 3 {
            match round % 4 {
                0 => flip(&mut a, 1024),
                3 if round % 8 == 3 => flip(&mut w, 1200),
                3 => flip(&mut w, usize::MAX),
                _ => flip(&mut a, usize::MAX),
            }
        }
        let wal = (!w.is_empty()).then(|| mem(w));
        if let Ok(db) = Db::open(mem(a), wal) {
            opened += 1;
            exercise(&db);
        }
    }
    assert!(opened > 2500, "{opened}");
}
