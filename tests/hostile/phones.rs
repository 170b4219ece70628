//! The phones that are damaged here, and where things lie on them.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;
use vigie_fixtures::android::{BugReport, Container};
use vigie_fixtures::devices;
use vigie_fixtures::ios::file_id;
use vigie_fixtures::tree::files;

/// An iOS backup that can be damaged.
pub struct IPhone {
    /// Its folder.
    pub dir: TempDir,
}

impl IPhone {
    /// Everything present, nothing planted: whole, it ends with 0.
    pub fn new() -> IPhone {
        let dir = tempfile::tempdir().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/iphone-marko"), dir.path());
        IPhone { dir }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Where a file of the phone is stored.
    pub fn file(&self, domain: &str, path: &str) -> PathBuf {
        stored(self.path(), domain, path)
    }

    /// `sms.db`.
    pub fn sms(&self) -> PathBuf {
        self.file("HomeDomain", "Library/SMS/sms.db")
    }

    /// Changes a database with SQL, with SQLite's own guards switched off.
    pub fn sql(&self, database: &Path, sql: &str) {
        let conn = Connection::open(database).unwrap();
        conn.execute_batch("PRAGMA foreign_keys=OFF; PRAGMA journal_mode=OFF; PRAGMA writable_schema=ON;").unwrap();
        conn.execute_batch(sql).unwrap_or_else(|e| panic!("{e}: {sql}"));
        conn.close().unwrap();
    }

    /// Stores a file and lists it in the manifest.
    pub fn add(&self, domain: &str, path: &str, bytes: &[u8]) {
        let id = file_id(domain, path);
        let place = self.file(domain, path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, bytes).unwrap();
        let conn = Connection::open(self.path().join("Manifest.db")).unwrap();
        conn.execute("INSERT OR REPLACE INTO Files VALUES (?1, ?2, ?3, 1, NULL)", [&id, domain, path]).unwrap();
    }
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    for file in files(from).unwrap() {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
}

/// Where a file of a phone is stored in its backup.
pub fn stored(root: &Path, domain: &str, path: &str) -> PathBuf {
    let id = file_id(domain, path);
    root.join(&id[..2]).join(&id)
}

/// An Android report with every section, and nothing planted.
pub fn report() -> BugReport {
    devices::milan()
}

/// Its dumpstate.
pub fn dumpstate() -> Vec<u8> {
    let mut text = Vec::new();
    report().write_text(&mut text).unwrap();
    text
}

/// A folder with a bug report in it whose dumpstate is `text`.
pub fn report_folder(text: &[u8]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    report().write(dir.path(), Container::Folder).unwrap();
    fs::write(dir.path().join(report().text_name()), text).unwrap();
    dir
}

/// Always the same numbers.
pub fn noise(len: usize, seed: u64) -> Vec<u8> {
    vigie_fixtures::rng::Rng::new(seed).bytes(len)
}
