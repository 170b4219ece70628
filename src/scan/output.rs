//! A report folder that appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::workplace::{self, Claim};

/// Folders and files to remove when the program is interrupted.
static STAGING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes whatever an interrupted run was building. Called by the interrupt handler, just before it ends the process.
pub fn remove_unfinished() {
    if let Ok(mut staging) = STAGING.lock() {
        for folder in staging.drain(..) {
            let _ = if folder.is_dir() { fs::remove_dir_all(folder) } else { fs::remove_file(folder) };
        }
    }
}

/// Has an interrupt remove this folder too.
pub fn remove_on_interrupt(folder: &Path) {
    if let Ok(mut staging) = STAGING.lock() {
        staging.push(folder.to_path_buf());
    }
}

/// Creates a file that only its owner can read.
pub fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Why a report folder cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// There is something in it.
    #[error("{0} is not empty; name a new folder, or replace it with --force")]
    NotEmpty(String),
    /// It is inside an acquisition.
    #[error("{0} lies inside the evidence {1}; a report is never written there")]
    InsideEvidence(String, String),
    /// An acquisition is inside it, or is it: replacing it would destroy evidence.
    #[error("{0} holds the evidence {1}; a report never replaces it")]
    HoldsEvidence(String, String),
    /// What stands there is no report.
    #[error(
        "{0} holds more than a report of vigie ({1}); --force replaces reports, and nothing else. Name a new folder"
    )]
    NotAReport(String, String),
    /// Another scan is at work there.
    #[error("{0}: another scan is writing there; wait for it, or name another folder")]
    Busy(String),
    /// Something came to stand there while the scan ran.
    #[error("{0} was filled while the scan ran, and is left as it is; scan again, into a new folder")]
    Filled(String),
    /// A file was asked for.
    #[error("{0} is a folder; expected the name of a file")]
    NotAFile(String),

    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// Folder or file.
        path: String,
        /// What it said.
        source: io::Error,
    },
}

fn at(path: &Path) -> impl Fn(io::Error) -> OutputError + '_ {
    |source| OutputError::Io { path: path.display().to_string(), source }
}

/// Refuses a place inside evidence, or one that evidence is in.
fn keep_off(target: &Path, place: &Path, evidence: &[PathBuf]) -> Result<(), OutputError> {
    for given in evidence {
        let names = || (target.display().to_string(), given.display().to_string());
        let Ok(real) = fs::canonicalize(given) else { continue };
        if real.starts_with(place) {
            let (target, given) = names();
            return Err(OutputError::HoldsEvidence(target, given));
        }
        if real.is_dir() && place.starts_with(&real) {
            let (target, given) = names();
            return Err(OutputError::InsideEvidence(target, given));
        }
    }
    Ok(())
}

/// Says, before the work begins, whether [`write_file`] may write there.
pub fn check_file(target: &Path, evidence: &[PathBuf]) -> Result<(), OutputError> {
    let absolute = std::path::absolute(target).map_err(at(target))?;
    keep_off(target, &resolved(&absolute), evidence)?;
    match absolute.file_name() {
        Some(_) if !absolute.is_dir() => Ok(()),
        _ => Err(OutputError::NotAFile(target.display().to_string())),
    }
}

/// Writes a file that appears whole or not at all, for its owner alone. One that is there is replaced.
pub fn write_file(target: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let absolute = std::path::absolute(target).map_err(at(target))?;
    let parent = absolute.parent().unwrap_or(Path::new("/")).to_path_buf();
    fs::create_dir_all(&parent).map_err(at(&parent))?;
    let name = absolute.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let unfinished = parent.join(format!(".{name}.unfinished-{}", std::process::id()));
    if let Ok(mut staging) = STAGING.lock() {
        staging.push(unfinished.clone());
    }
    let written = create_private(&unfinished)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, &absolute));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    if let Ok(mut staging) = STAGING.lock() {
        staging.retain(|f| *f != unfinished);
    }
    written.map_err(at(target))
}

/// A report being built beside the place where it will stand.
pub struct Staging {
    folder: PathBuf,
    target: PathBuf,
    /// What stands there and may be replaced.
    replaces: Option<Standing>,
    /// Held as long as the report is built: two scans never write into one place.
    claim: Claim,
    swept: Vec<PathBuf>,
    done: bool,
}

impl Staging {
    /// Begins a report that will become `target`. What killed runs left beside it is removed.
    pub fn begin(target: &Path, force: bool, evidence: &[PathBuf]) -> Result<Staging, OutputError> {
        let absolute = std::path::absolute(target).map_err(at(target))?;
        keep_off(target, &resolved(&absolute), evidence)?;
        let replaces = standing(target, &absolute, force)?;
        let parent = absolute.parent().unwrap_or(Path::new("/")).to_path_buf();
        fs::create_dir_all(&parent).map_err(at(&parent))?;
        let name = absolute.file_name().map_or_else(|| "report".into(), |n| n.to_string_lossy().into_owned());
        let claim = Claim::on(&parent, &name).map_err(at(&parent))?;
        let claim = claim.ok_or_else(|| OutputError::Busy(target.display().to_string()))?;
        let swept = workplace::sweep(&parent, &name);
        let folder = parent.join(workplace::working_name(&name));
        create_private_folder(&folder).map_err(at(&folder))?;
        if let Ok(mut staging) = STAGING.lock() {
            staging.extend([folder.clone(), claim.path().to_path_buf()]);
        }
        let this = Staging { folder, target: absolute, replaces, claim, swept, done: false };
        let records = this.path("records");
        create_private_folder(&records).map_err(at(&records))?;
        Ok(this)
    }

    /// Working folders of killed runs that were removed: they held records in clear.
    pub fn swept(&self) -> &[PathBuf] {
        &self.swept
    }

    /// A path inside the report.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A new file inside the report.
    pub fn create(&self, name: &str) -> Result<ReportFile, OutputError> {
        let path = self.path(name);
        let file = create_private(&path).map_err(at(&path))?;
        Ok(ReportFile { out: BufWriter::with_capacity(256 << 10, file), path })
    }

    /// Writes a whole file.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), OutputError> {
        let mut file = self.create(name)?;
        file.write_all(bytes).and_then(|()| file.flush()).map_err(at(&self.path(name)))
    }

    /// Joins part files into one and removes them.
    pub fn join(&self, name: &str, parts: &[PathBuf]) -> Result<(), OutputError> {
        let path = self.path(name);
        if let [only] = parts {
            return fs::rename(only, &path).map_err(at(&path));
        }
        let mut out = create_private(&path).map_err(at(&path))?;
        for part in parts {
            let mut from = File::open(part).map_err(at(part))?;
            io::copy(&mut from, &mut out).map_err(at(&path))?;
            fs::remove_file(part).map_err(at(part))?;
        }
        Ok(())
    }

    /// Makes the report appear: it is on the disk before it has its name, and nothing that came to stand there since the
    /// scan began is replaced.
    pub fn commit(mut self) -> Result<PathBuf, OutputError> {
        let target = self.target.clone();
        sync_tree(&self.folder).map_err(at(&self.folder))?;
        match &self.replaces {
            Some(before) => {
                let now = standing(&target, &target, true)?;
                if now.as_ref() != Some(before) {
                    return Err(OutputError::Filled(target.display().to_string()));
                }
                // Moved aside first, so that a failure leaves either the old report or the new one.
                let aside = self.folder.with_extension("replaced");
                fs::rename(&target, &aside).map_err(at(&target))?;
                if let Err(e) = fs::rename(&self.folder, &target) {
                    let _ = fs::rename(&aside, &target);
                    return Err(at(&target)(e));
                }
                fs::remove_dir_all(&aside).map_err(at(&aside))?;
            }
            None => {
                // Goes away only while it is empty; then the name is free, or somebody else's.
                let filled = |e: io::Error| match e.kind() {
                    io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                        OutputError::Filled(target.display().to_string())
                    }
                    _ => at(&target)(e),
                };
                match fs::remove_dir(&target) {
                    Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(filled(e)),
                    _ => {}
                }
                fs::rename(&self.folder, &target).map_err(filled)?;
            }
        }
        self.done = true;
        sync_folder(target.parent().unwrap_or(Path::new("/"))).map_err(at(&target))?;
        Ok(target)
    }
}

/// A file of a report; whatever goes wrong names it.
pub struct ReportFile {
    out: BufWriter<File>,
    path: PathBuf,
}

impl Write for ReportFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.out.write(buf).map_err(|e| named(&self.path, e))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().map_err(|e| named(&self.path, e))
    }
}

/// An error that says where it happened.
pub fn named(path: &Path, e: io::Error) -> io::Error {
    io::Error::new(e.kind(), format!("{}: {e}", path.display()))
}

/// A report that stands where one is to be written.
#[derive(Debug, PartialEq, Eq)]
struct Standing {
    /// Length and time of its `findings.json`.
    findings: (u64, Option<std::time::SystemTime>),
}

/// What stands at a place: nothing, or a report that may be replaced. Anything else is an error.
fn standing(shown: &Path, place: &Path, force: bool) -> Result<Option<Standing>, OutputError> {
    let shown_text = || shown.display().to_string();
    let names = match fs::symlink_metadata(place) {
        Err(_) => return Ok(None),
        Ok(meta) if meta.is_dir() => fs::read_dir(place).map_err(at(shown))?,
        Ok(_) if force => return Err(OutputError::NotAReport(shown_text(), "it is no folder".into())),
        Ok(_) => return Err(OutputError::NotEmpty(shown_text())),
    };
    let names: Vec<String> = names
        .map(|e| e.map(|e| e.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<_>>()
        .map_err(at(shown))?;
    match (names.is_empty(), force) {
        (true, _) => return Ok(None),
        (false, false) => return Err(OutputError::NotEmpty(shown_text())),
        (false, true) => {}
    }
    let foreign = workplace::foreign_to_a_report(place, &names);
    if let Some(name) = foreign {
        return Err(OutputError::NotAReport(shown_text(), format!("{name} is no part of one")));
    }
    let meta = fs::metadata(place.join("findings.json")).map_err(at(shown))?;
    Ok(Some(Standing { findings: (meta.len(), meta.modified().ok()) }))
}

/// Puts everything below a folder on the disk.
fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => sync_tree(&entry.path())?,
            false => File::open(entry.path())?.sync_all()?,
        }
    }
    sync_folder(folder)
}

/// Puts the names in a folder on the disk, where the system can.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    let _ = folder;
    Ok(())
}

/// The path with its existing part resolved.
fn resolved(path: &Path) -> PathBuf {
    let mut missing = Vec::new();
    let mut base = path.to_path_buf();
    loop {
        if let Ok(real) = fs::canonicalize(&base) {
            return missing.iter().rev().fold(real, |p, part| p.join(part));
        }
        match (base.file_name().map(ToOwned::to_owned), base.parent().map(Path::to_path_buf)) {
            (Some(name), Some(parent)) => {
                missing.push(name);
                base = parent;
            }
            _ => return path.to_path_buf(),
        }
    }
}

fn create_private_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut fs::DirBuilder::new(), 0o700).create(path)
    }
    #[cfg(not(unix))]
    {
        fs::create_dir(path)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Ok(mut staging) = STAGING.lock() {
            staging.retain(|f| *f != self.folder && *f != self.claim.path());
        }
        if !self.done {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &[u8] = b"{\n  \"schema_version\": \"1.2\",\n  \"tool\": {\n    \"name\": \"vigie\"";

    fn report(target: &Path, force: bool, more: &str) -> Result<PathBuf, OutputError> {
        let s = Staging::begin(target, force, &[])?;
        s.write("findings.json", REPORT)?;
        s.write("timeline.csv", more.as_bytes())?;
        s.commit()
    }

    #[test]
    fn a_report_appears_whole_or_not_at_all() {
        let tmp = tempfile::tempdir().unwrap();
        let target = tmp.path().join("out");
        let s = Staging::begin(&target, false, &[]).unwrap();
        s.write("findings.json", REPORT).unwrap();
        assert!(!target.exists());
        drop(s);
        assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 0);
        report(&target, false, "x").unwrap();
        assert_eq!(fs::read(target.join("timeline.csv")).unwrap(), b"x");
        assert!(matches!(Staging::begin(&target, false, &[]), Err(OutputError::NotEmpty(_))));
        report(&target, true, "y").unwrap();
        assert_eq!(fs::read(target.join("timeline.csv")).unwrap(), b"y");
        fs::remove_dir_all(&target).unwrap();
        fs::create_dir(&target).unwrap();
        report(&target, false, "an empty folder is filled").unwrap();
        assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_reports_are_replaced() {
        let tmp = tempfile::tempdir().unwrap();
        let target = tmp.path().join("out");
        let refused = |why: &str| match Staging::begin(&target, true, &[]).map(|_| ()) {
            Err(OutputError::NotAReport(_, found)) => assert!(found.contains(why), "{found}"),
            other => panic!("{why}: {other:?}"),
        };
        report(&target, false, "x").unwrap();
        fs::write(target.join("thesis.odt"), "years of work").unwrap();
        refused("thesis.odt");
        fs::remove_file(target.join("thesis.odt")).unwrap();
        fs::write(target.join("records/notes.txt"), "of a witness").unwrap();
        refused("records/notes.txt");
        fs::remove_file(target.join("records/notes.txt")).unwrap();
        fs::write(target.join("findings.json"), "{\"of\": \"another program\"}").unwrap();
        refused("findings.json");
        fs::remove_dir_all(&target).unwrap();
        fs::write(&target, "a file").unwrap();
        refused("no folder");
        assert_eq!(fs::read(&target).unwrap(), b"a file");
    }

    #[test]
    fn what_came_while_the_scan_ran_is_never_replaced() {
        let tmp = tempfile::tempdir().unwrap();
        for force in [false, true] {
            let target = tmp.path().join(format!("out{force}"));
            let s = Staging::begin(&target, force, &[]).unwrap();
            s.write("findings.json", REPORT).unwrap();
            fs::create_dir(&target).unwrap();
            fs::write(target.join("findings.json"), REPORT).unwrap();
            assert!(matches!(s.commit(), Err(OutputError::Filled(_))));
            assert_eq!(fs::read_dir(&target).unwrap().count(), 1);
        }
        // An old report that changed is not the one that was to be replaced.
        let target = tmp.path().join("old");
        report(&target, false, "x").unwrap();
        let s = Staging::begin(&target, true, &[]).unwrap();
        s.write("findings.json", REPORT).unwrap();
        fs::write(target.join("findings.json"), [REPORT, b" "].concat()).unwrap();
        assert!(matches!(s.commit(), Err(OutputError::Filled(_))));
    }

    #[test]
    fn of_two_scans_into_one_place_one_is_refused() {
        let tmp = tempfile::tempdir().unwrap();
        let target = tmp.path().join("out");
        let first = Staging::begin(&target, false, &[]).unwrap();
        assert!(matches!(Staging::begin(&target, false, &[]).map(|_| ()), Err(OutputError::Busy(_))));
        first.write("findings.json", REPORT).unwrap();
        first.commit().unwrap();
        assert!(report(&target, true, "later").is_ok());
    }

    #[test]
    fn leftovers_of_killed_runs_are_removed_and_said() {
        let tmp = tempfile::tempdir().unwrap();
        let left = tmp.path().join(".out.unfinished-1");
        fs::create_dir_all(left.join("records")).unwrap();
        let s = Staging::begin(&tmp.path().join("new"), false, &[]).unwrap();
        assert_eq!(s.swept(), std::slice::from_ref(&left));
        assert!(!left.exists());
    }

    #[test]
    fn evidence_is_never_written_to() {
        let tmp = tempfile::tempdir().unwrap();
        let evidence = tmp.path().join("backup");
        fs::create_dir(&evidence).unwrap();
        let inside = evidence.join("new").join("out");
        let refused = Staging::begin(&inside, false, std::slice::from_ref(&evidence));
        assert!(matches!(refused, Err(OutputError::InsideEvidence(..))));
        assert_eq!(fs::read_dir(&evidence).unwrap().count(), 0);
    }

    #[test]
    fn single_files_are_whole_and_off_the_evidence() {
        let tmp = tempfile::tempdir().unwrap();
        let evidence = tmp.path().join("backup");
        fs::create_dir(&evidence).unwrap();
        let given = std::slice::from_ref(&evidence);
        for target in [evidence.join("x.xml"), evidence.clone(), tmp.path().to_path_buf()] {
            assert!(check_file(&target, given).is_err(), "{}", target.display());
        }
        assert!(matches!(check_file(tmp.path(), &[]), Err(OutputError::NotAFile(_))));
        let target = tmp.path().join("new/x.xml");
        check_file(&target, given).unwrap();
        write_file(&target, b"one").unwrap();
        write_file(&target, b"two").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"two");
        assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_report_never_replaces_evidence() {
        let tmp = tempfile::tempdir().unwrap();
        let evidence = tmp.path().join("case").join("report.zip");
        fs::create_dir(tmp.path().join("case")).unwrap();
        fs::write(&evidence, b"PK").unwrap();
        for target in [evidence.clone(), tmp.path().join("case")] {
            let refused = Staging::begin(&target, true, std::slice::from_ref(&evidence));
            assert!(matches!(refused, Err(OutputError::HoldsEvidence(..))), "{}", target.display());
        }
        assert_eq!(fs::read(&evidence).unwrap(), b"PK");
        assert!(Staging::begin(&tmp.path().join("case/new"), true, std::slice::from_ref(&evidence)).is_ok());
    }
}
