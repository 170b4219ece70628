//! Where reports are built: one scan at a time for one place, and nothing that a killed one left stays behind.
//!
//! A report called `out` is built in `.out.unfinished-<process>` beside it, and `.out.claim` is locked meanwhile. The
//! system gives a lock back when its process ends, however it ends: a working folder without a locked claim is a leftover.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What stands in the name of a working folder before the number of its process.
const WORKING: &str = ".unfinished-";
/// The end of the name of a file that is locked while a report is built.
const CLAIM: &str = ".claim";
/// How often a claim is tried for that others give up in the same moment.
const TRIES: usize = 8;
/// Bytes of `findings.json` that tell a report.
const HEAD: u64 = 512;

/// The name of the working folder of this process for a report.
pub fn working_name(report: &str) -> String {
    format!(".{report}{WORKING}{}", std::process::id())
}

/// The right to build a report at a place.
pub struct Claim {
    path: PathBuf,
    // Locked as long as it is open.
    _file: File,
}

impl Claim {
    /// Claims a place; `None` while somebody else has it.
    pub fn on(parent: &Path, report: &str) -> io::Result<Option<Claim>> {
        let path = parent.join(format!(".{report}{CLAIM}"));
        for _ in 0..TRIES {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(&path)?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Ok(None),
                // A file system without locks: the working folder alone keeps two scans apart.
                Err(TryLockError::Error(e)) if e.kind() != io::ErrorKind::Unsupported => return Err(e),
                _ => {}
            }
            // Whoever had it before may have removed it in between: then this is the lock of a file without a name.
            if is_at(&file, &path) {
                return Ok(Some(Claim { path, _file: file }));
            }
        }
        Ok(None)
    }

    /// The file that is locked.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Still locked: nobody else has it.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether an open file is the one that has this name.
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let id = |m: fs::Metadata| (m.dev(), m.ino());
        matches!((file.metadata().map(id), fs::metadata(path).map(id)), (Ok(a), Ok(b)) if a == b)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

/// Removes the working folders in `parent` that no living scan builds in; `mine` is claimed by the caller. Gives what was
/// removed. What cannot be removed is left: the scan itself is what was asked for.
pub fn sweep(parent: &Path, mine: &str) -> Vec<PathBuf> {
    let mut removed = Vec::new();
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(report) = report_of(&name) else { continue };
        if !entry.file_type().is_ok_and(|t| t.is_dir()) || !is_working_folder(&entry.path()) {
            continue;
        }
        let claim = match report == mine {
            true => None,
            false => match Claim::on(parent, report) {
                Ok(Some(claim)) => Some(claim),
                _ => continue,
            },
        };
        if fs::remove_dir_all(entry.path()).is_ok() {
            removed.push(entry.path());
        }
        drop(claim);
    }
    removed.sort();
    removed
}

/// The report that a working folder of this name is for: `.out.unfinished-4711`, also when it was put aside.
fn report_of(name: &str) -> Option<&str> {
    let (report, process) = name.strip_prefix('.')?.rsplit_once(WORKING)?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (!report.is_empty() && digits(process)).then_some(report)
}

/// Whether a folder holds what a scan writes while it works, and nothing else.
fn is_working_folder(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().all(|e| PARTS.contains(&&*e.file_name().to_string_lossy()))
}

/// What lies in a report folder.
const PARTS: [&str; 5] = ["findings.json", "matches.jsonl", "page.txt", "records", "timeline.csv"];

/// The first thing in a folder that is no part of a report of vigie, of its names; `findings.json` itself where it is none.
pub fn foreign_to_a_report(folder: &Path, names: &[String]) -> Option<String> {
    let mut names: Vec<&String> = names.iter().collect();
    names.sort();
    if let Some(foreign) = names.iter().find(|n| !PARTS.contains(&n.as_str())) {
        return Some((**foreign).clone());
    }
    let is_record = |name: &str| super::stored::artifact_of(Path::new(name)).is_some();
    for entry in fs::read_dir(folder.join("records")).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_record(&name) || !entry.file_type().is_ok_and(|t| t.is_file()) {
            return Some(format!("records/{name}"));
        }
    }
    let mut head = Vec::new();
    let read = File::open(folder.join("findings.json")).and_then(|f| f.take(HEAD).read_to_end(&mut head));
    let head = String::from_utf8_lossy(&head);
    let ours = read.is_ok() && head.trim_start().starts_with("{") && head.contains("\"schema_version\"");
    (!ours || !head.contains("\"vigie\"")).then(|| "findings.json".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_scan_at_a_time_claims_a_place() {
        let tmp = tempfile::tempdir().unwrap();
        let first = Claim::on(tmp.path(), "out").unwrap().expect("nobody has it");
        assert!(Claim::on(tmp.path(), "out").unwrap().is_none());
        assert!(Claim::on(tmp.path(), "other").unwrap().is_some());
        drop(first);
        assert!(Claim::on(tmp.path(), "out").unwrap().is_some());
        assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 0, "claims leave nothing");
    }

    #[test]
    fn what_killed_runs_left_is_removed_and_nothing_else() {
        let tmp = tempfile::tempdir().unwrap();
        let make = |name: &str, inside: &str| {
            fs::create_dir_all(tmp.path().join(name).join("records")).unwrap();
            fs::write(tmp.path().join(name).join(inside), "private").unwrap();
        };
        make(".out.unfinished-1", "matches.jsonl");
        make(".old.unfinished-2", "timeline.csv");
        make(".busy.unfinished-3", "timeline.csv");
        make(".mine.unfinished-4", "diary.txt");
        make("out.unfinished-5", "matches.jsonl");
        make(".out.unfinished-x", "matches.jsonl");
        let busy = Claim::on(tmp.path(), "busy").unwrap();
        let removed = sweep(tmp.path(), "out");
        let names: Vec<_> = removed.iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
        assert_eq!(names, [".old.unfinished-2", ".out.unfinished-1"]);
        drop(busy);
        assert_eq!(sweep(tmp.path(), "out").len(), 1);
        assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 3, "a folder with a diary is nobody's working folder");
    }
}
