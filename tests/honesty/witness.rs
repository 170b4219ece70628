//! What contradicts that all was read: a second opinion on mutated files, by other readers than vigie's own.

use std::io::{Cursor, Read};

use rusqlite::{Connection, OpenFlags};

use super::phone::Tree;

/// Whether something in `after` contradicts that it is whole, given what the phone was. The place is a file of the tree.
pub fn of(before: &Tree, after: &Tree, place: &str) -> Option<String> {
    let Some(bytes) = after.get(place) else { return Some("it is gone".into()) };
    if bytes.len() < before[place].len() {
        return Some("it is shorter".into());
    }
    if before[place].starts_with(b"SQLite format 3\0") {
        return database(after, place).or_else(|| (place == "Manifest.db").then(|| manifest(bytes)).flatten());
    }
    if before[place].starts_with(b"PK") {
        return archive(bytes);
    }
    if before[place].starts_with(b"bplist00") || before[place].starts_with(b"<?xml") {
        return plist::Value::from_reader(Cursor::new(bytes)).err().map(|e| e.to_string());
    }
    if place.ends_with("-wal") || before[place].starts_with(&[0x37, 0x7f, 0x06]) {
        return log(&before[place], bytes);
    }
    if place.ends_with(".txt") && place.contains("bugreport") {
        // A line that was a record's and is none stands where a record is expected, or two became one.
        return (before[place] != *bytes).then(|| "a line is another".into());
    }
    None
}

/// SQLite's own word on a database, with the log beside it where the list names one.
fn database(tree: &Tree, place: &str) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.db");
    std::fs::write(&path, &tree[place]).unwrap();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let checked = Connection::open_with_flags(&path, flags).and_then(|c| {
        let mut statement = c.prepare("PRAGMA integrity_check")?;
        let rows: Vec<String> = statement.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
        // A schema that another column would be needed of.
        let tables: Vec<String> = c
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?
            .query_map([], |r| r.get(0))?
            .collect::<Result<_, _>>()?;
        for table in tables {
            let sql = format!("SELECT * FROM \"{}\"", table.replace('"', "\"\""));
            let mut statement = c.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while rows.next()?.is_some() {}
        }
        Ok(rows)
    });
    match checked {
        Ok(rows) if rows == ["ok"] => None,
        Ok(rows) => Some(rows.join("; ")),
        Err(e) => Some(e.to_string()),
    }
}

/// Whether every row of a backup's list fits its own id.
fn manifest(bytes: &[u8]) -> Option<String> {
    use sha1::{Digest, Sha1};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.db");
    std::fs::write(&path, bytes).unwrap();
    let connection = Connection::open(&path).ok()?;
    let mut statement = connection.prepare("SELECT fileID, domain, relativePath FROM Files").ok()?;
    let mut rows = statement.query([]).ok()?;
    while let Ok(Some(row)) = rows.next() {
        let text = |i: usize| row.get_ref(i).map(|v| v.as_bytes().unwrap_or_default().to_vec()).unwrap_or_default();
        let name = [text(1), b"-".to_vec(), text(2)].concat();
        let id: String = Sha1::digest(&name).iter().map(|b| format!("{b:02x}")).collect();
        if id.as_bytes() != text(0) {
            return Some("a row does not fit its id".into());
        }
    }
    None
}

/// A second reader's word on a zip.
fn archive(bytes: &[u8]) -> Option<String> {
    let mut zip = match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(zip) => zip,
        Err(e) => return Some(e.to_string()),
    };
    for i in 0..zip.len() {
        let read = zip.by_index(i).map_err(|e| e.to_string()).and_then(|mut file| {
            let mut out = Vec::new();
            file.read_to_end(&mut out).map(|_| ()).map_err(|e| e.to_string())
        });
        if let Err(e) = read {
            return Some(e);
        }
    }
    None
}

/// Whether frames of the log's own run stand at or behind the place where it goes wrong.
fn log(before: &[u8], after: &[u8]) -> Option<String> {
    if after[..32] != before[..32] {
        return Some("its header is another".into());
    }
    let size = 24 + u32::from_be_bytes(before[8..12].try_into().unwrap()) as usize;
    let frames = |bytes: &[u8]| bytes[32..].chunks_exact(size).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (old, new) = (frames(before), frames(after));
    let first = old.iter().zip(&new).position(|(a, b)| a != b)?;
    let of_this_run = |f: &Vec<u8>| f[8..16] == before[16..24];
    new[first..].iter().any(of_this_run).then(|| "frames of its run stand behind a bad one".into())
}
