//! A backup whose message database lost a page: every other message is still read and compared, what was lost is counted,
//! and nobody is told that everything was examined.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use vigie_fixtures::devices::{self, IosSize};
use vigie_fixtures::ios::{file_id, sms};

const MESSAGES: usize = 2000;
/// First byte of a page that holds rows of a table, and of one that points to others.
const LEAF: u8 = 0x0d;
const INTERIOR: u8 = 0x05;

/// A small device of which only the messages matter.
fn backup(folder: &Path, plant: bool) -> PathBuf {
    let size =
        IosSize { messages: MESSAGES, visits: 20, whatsapp: 20, files: 20, file_bytes: 16, apps: 4, plant, seed: 5 };
    devices::ios(size).0.write(folder).unwrap();
    let id = file_id(sms::DOMAIN, sms::PATH);
    folder.join(&id[..2]).join(id)
}

/// Size of a page, root page of `message`, and the rowid in the middle, by SQLite's own word.
fn facts(db: &Path) -> (usize, usize, i64) {
    let uri = format!("file:{}?immutable=1", db.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(uri, flags).unwrap();
    let one = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(one("SELECT count(*) FROM message"), MESSAGES as i64);
    let root = one("SELECT rootpage FROM sqlite_schema WHERE name = 'message'");
    (one("PRAGMA page_size") as usize, root as usize, one("SELECT max(ROWID) / 2 FROM message"))
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |n, b| n << 8 | usize::from(*b))
}

/// The first leaf of a tree whose rows all come after a rowid, found from the cells of its interior pages.
fn leaf_after(file: &[u8], size: usize, mut page: usize, rowid: i64) -> usize {
    loop {
        let bytes = &file[(page - 1) * size..page * size];
        if bytes[0] == LEAF {
            return page;
        }
        assert_eq!(bytes[0], INTERIOR, "page {page} is of another kind");
        let cells = big_endian(&bytes[3..5]);
        page = (0..cells)
            .map(|i| big_endian(&bytes[12 + 2 * i..14 + 2 * i]))
            .find(|at| varint(&bytes[at + 4..]) > rowid)
            .map_or_else(|| big_endian(&bytes[8..12]), |at| big_endian(&bytes[at..at + 4]));
    }
}

fn varint(bytes: &[u8]) -> i64 {
    let mut n = 0;
    for b in bytes {
        n = n << 7 | i64::from(b & 0x7f);
        if b & 0x80 == 0 {
            break;
        }
    }
    n
}

fn scan(folder: &Path, out: &Path) -> (i32, Value) {
    let done = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(["scan", folder.to_str().unwrap(), "--reproducible", "--json", "--records", "plain", "-o"])
        .arg(out)
        .output()
        .unwrap();
    (done.status.code().unwrap(), serde_json::from_slice(&done.stdout).unwrap())
}

fn line<'a>(report: &'a Value, artifact: &str) -> &'a Value {
    report["coverage"].as_array().unwrap().iter().find(|c| c["artifact"] == artifact).unwrap()
}

fn locators(out: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(out.join("records/ios.sms.jsonl")).unwrap();
    let locator = |l: &str| serde_json::from_str::<Value>(l).unwrap()["locator"].as_str().unwrap().to_owned();
    text.lines().map(locator).collect()
}

/// Destroys one leaf of `message`; gives how many messages it held.
fn destroy(db: &Path) -> usize {
    let (size, root, middle) = facts(db);
    let mut file = std::fs::read(db).unwrap();
    let page = leaf_after(&file, size, root, middle);
    let bytes = &mut file[(page - 1) * size..page * size];
    let held = big_endian(&bytes[3..5]);
    assert!(held > 1, "page {page} holds {held} messages");
    bytes.fill(0xff);
    std::fs::write(db, file).unwrap();
    held
}

#[test]
fn a_lost_page_of_messages() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("phone");
    let db = backup(&folder, false);
    let (code, report) = scan(&folder, &scratch.path().join("whole"));
    assert_eq!(code, 0, "{}", report["verdict"]);
    assert_eq!(report["verdict"]["state"], "no-match");
    let whole = locators(&scratch.path().join("whole"));
    assert_eq!(whole.len(), MESSAGES);

    let held = destroy(&db);
    let out = scratch.path().join("damaged");
    let (code, report) = scan(&folder, &out);
    let coverage = line(&report, "ios.sms");
    assert_eq!(coverage["status"], "partial", "{coverage}");
    assert_eq!(coverage["records"], MESSAGES - held, "{coverage}");
    assert_eq!(coverage["lost"], held, "{coverage}");
    assert!(!coverage["notes"].as_array().unwrap().is_empty(), "no reason: {coverage}");
    let read = locators(&out);
    assert_eq!(read.len(), MESSAGES - held);
    assert!(read.is_subset(&whole), "a message was made up");
    assert_eq!(report["verdict"]["state"], "inconclusive");
    assert_eq!(report["verdict"]["complete"], false);
    assert_eq!(code, 3);
}

#[test]
fn what_is_left_is_still_compared() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("phone");
    let db = backup(&folder, true);
    // The planted message is the middle one; the page that is lost begins after it or holds it.
    let (size, root, _) = facts(&db);
    let mut file = std::fs::read(&db).unwrap();
    let page = leaf_after(&file, size, root, 10);
    file[(page - 1) * size..page * size].fill(0);
    std::fs::write(&db, file).unwrap();
    let (code, report) = scan(&folder, &scratch.path().join("report"));
    let found = report["findings"].as_array().unwrap().iter().any(|f| f["artifact"] == "ios.sms");
    assert!(found, "the planted message lies on another page");
    assert_eq!(line(&report, "ios.sms")["status"], "partial");
    assert_eq!((&report["verdict"]["state"], &report["verdict"]["complete"]), (&"match".into(), &false.into()));
    assert_eq!(code, 1, "findings come before gaps");
}
