//! Both readers on every database of a folder of real artifacts.

use std::path::PathBuf;

use super::*;

/// Files looked at.
const MAX_FILES: usize = 100_000;

fn files_below(folder: PathBuf) -> Vec<PathBuf> {
    let mut folders = vec![folder];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && files.len() < MAX_FILES {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files
}

fn is_database(path: &Path) -> bool {
    let mut head = [0; 16];
    std::fs::File::open(path).is_ok_and(|mut f| std::io::Read::read_exact(&mut f, &mut head).is_ok())
        && &head == b"SQLite format 3\0"
}

#[test]
fn both_readers_agree_on_the_corpus() {
    let Some(folder) = std::env::var_os("VIGIE_CORPUS") else {
        eprintln!("skipped: VIGIE_CORPUS is not set");
        return;
    };
    let (mut databases, mut tables, mut rows, mut refused) = (0, 0, 0, 0);
    for path in files_below(folder.into()).into_iter().filter(|path| is_database(path)) {
        let mut log = path.clone().into_os_string();
        log.push("-wal");
        let log = PathBuf::from(log);
        let db = Db::open(read_file(&path), log.exists().then(|| read_file(&log))).unwrap();
        databases += 1;
        let sql = match db.sql() {
            Ok(sql) => sql,
            Err(e) => {
                eprintln!("{}: SQLite refuses: {e}", path.display());
                refused += 1;
                continue;
            }
        };
        for table in db.tables() {
            tables += 1;
            match compare(&db, &sql, table) {
                Compared::Rows(n) => rows += n,
                Compared::Refused(why) => {
                    eprintln!("{}: {}: SQLite refuses: {why}", path.display(), table.name);
                    refused += 1;
                }
            }
        }
    }
    eprintln!("{databases} databases, {tables} tables, {rows} rows; {refused} refused by SQLite");
    assert!(databases > 0, "VIGIE_CORPUS holds no database");
    assert!(refused * 10 <= tables, "{refused} of {tables} refused");
}
