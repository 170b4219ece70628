//! Runs the built program as a user would, inside fences: a time after which it is ended, a limit on its memory, and
//! folders of its own for everything it could write.

#![allow(dead_code)] // each test program uses its part

pub mod schema;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A run that is still going after this hangs.
const PATIENCE: Duration = Duration::from_secs(240);
/// Kibibytes of address space a run may take (Linux); half of it is what threads and the C library set aside.
const MEMORY: u64 = 1 << 20;

/// What a run left behind.
pub struct Ran {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to stdout.
    pub stdout: Vec<u8>,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Ran {
    /// Its exit code; a run that a signal ended has none, and fails the test.
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("ended by a signal: {}\n{}", self.status, self.stderr))
    }

    /// Stdout as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("stdout is UTF-8")
    }

    /// Stdout as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|e| panic!("{e}\n{}\n{}", self.text(), self.stderr))
    }
}

/// The program, with its own home, working folder and temporary folder, and nothing of the tester's environment.
pub fn command(home: &Path) -> Command {
    let tmp = home.join("tmp");
    fs::create_dir_all(&tmp).unwrap();
    let mut command = limited();
    command.env_clear().env("HOME", home).env("TMPDIR", &tmp).current_dir(home);
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.stdin(Stdio::null());
    command
}

/// The program under test: what cargo built for these tests, or what `VIGIE_BIN` names (a release build, say).
fn program() -> PathBuf {
    std::env::var_os("VIGIE_BIN").map_or_else(|| env!("CARGO_BIN_EXE_vigie").into(), PathBuf::from)
}

#[cfg(target_os = "linux")]
fn limited() -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"")]).arg(program());
    command
}

#[cfg(not(target_os = "linux"))]
fn limited() -> Command {
    Command::new(program())
}

/// Waits for a run to end; one that does not is ended, and fails the test.
pub fn wait(child: &mut Child) -> ExitStatus {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if started.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            panic!("still running after {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// Runs a prepared command to its end.
pub fn finish(command: &mut Command) -> Ran {
    let scratch = tempfile::tempdir().unwrap();
    let (out, err) = (scratch.path().join("out"), scratch.path().join("err"));
    command.stdout(Stdio::from(File::create(&out).unwrap())).stderr(Stdio::from(File::create(&err).unwrap()));
    let status = wait(&mut command.spawn().unwrap());
    let stderr = String::from_utf8_lossy(&fs::read(&err).unwrap()).into_owned();
    assert!(!stderr.contains("panicked"), "a panic got out:\n{stderr}");
    Ran { status, stdout: fs::read(&out).unwrap(), stderr }
}

/// Runs the program with these arguments.
pub fn vigie<S: AsRef<OsStr>>(args: &[S]) -> Ran {
    let home = tempfile::tempdir().unwrap();
    finish(command(home.path()).args(args))
}

/// Every file below `root`: what it is, and the hash of what is in it.
pub fn tree(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root) {
        let entry = entry.unwrap();
        let kind = entry.file_type();
        let what = if kind.is_file() {
            let digest = Sha256::digest(fs::read(entry.path()).unwrap());
            digest.iter().map(|b| format!("{b:02x}")).collect()
        } else {
            format!("{kind:?}")
        };
        all.insert(entry.path().to_path_buf(), what);
    }
    all
}

/// A finished scan that kept every promise that holds for any input at all.
pub struct Scan {
    /// `findings.json`.
    pub report: Value,
    /// 0, 1 or 3.
    pub code: i32,
    /// The folder `-o` named; lives as long as this.
    pub home: TempDir,
}

/// Scans `evidence` and checks what must hold whatever it is: the program ends by itself within its limits, says
/// nothing of panics, its report keeps to the schema, it writes nothing anywhere but the report, and it is not content
/// with less than the coverage contract asks for.
pub fn scan(evidence: &Path) -> Scan {
    scan_with(evidence, &[])
}

/// The same, with further arguments.
pub fn scan_with(evidence: &Path, more: &[&str]) -> Scan {
    let home = tempfile::tempdir().unwrap();
    let before = tree(evidence);
    let mut command = command(home.path());
    command.arg("scan").arg(evidence).args(["--json", "--reproducible", "-j", "2", "-o", "report"]).args(more);
    let ran = finish(&mut command);
    assert_eq!(before, tree(evidence), "the evidence changed");
    let code = ran.code();
    assert!([0, 1, 3].contains(&code), "{code}: {}", ran.stderr);
    let beside: Vec<String> = names(home.path());
    assert_eq!(beside, ["report", "tmp"], "something was written outside the report");
    assert!(names(&home.path().join("tmp")).is_empty(), "temporary files were left behind");
    let report = ran.json();
    assert_eq!(fs::read(home.path().join("report/findings.json")).unwrap(), ran.stdout);
    schema::check_report(&report);
    contract(&report, code);
    Scan { report, code, home }
}

/// Names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    all.sort();
    all
}

/// Whatever is required and was not read whole makes the verdict incomplete, with a reason that names it; and what is
/// incomplete never ends with 0.
fn contract(report: &Value, code: i32) {
    let complete = report["verdict"]["complete"].as_bool().unwrap();
    assert!(complete || code != 0, "incomplete, and yet 0");
    assert!(complete || report["verdict"]["state"] != "no-match", "incomplete, and yet no-match");
    for line in report["coverage"].as_array().unwrap() {
        let notes = line["notes"].to_string();
        assert!(!notes.contains("internal-error"), "a parser panicked: {line:#}");
        let whole = ["parsed", "empty", "not-applicable"].contains(&line["status"].as_str().unwrap());
        if whole || line["required"] == false {
            continue;
        }
        let device = device_of(report, line["evidence"].as_str().unwrap());
        let elsewhere =
            report["coverage"].as_array().unwrap().iter().any(|l| {
                l["artifact"] == line["artifact"] && l["status"] == "parsed" && l["evidence"] != line["evidence"]
            });
        if elsewhere {
            continue;
        }
        assert_eq!(device["verdict"]["complete"], false, "{line:#}");
        let reasons = device["verdict"]["reasons"].to_string();
        assert!(reasons.contains(line["artifact"].as_str().unwrap()), "no reason names it: {line:#}\n{reasons}");
    }
    for device in report["devices"].as_array().unwrap() {
        let verdict = &device["verdict"];
        if verdict["complete"] == false {
            assert!(!verdict["reasons"].as_array().unwrap().is_empty(), "incomplete without a reason: {device:#}");
        }
    }
}

fn device_of<'r>(report: &'r Value, evidence: &str) -> &'r Value {
    let has = |d: &&Value| d["evidence"].as_array().unwrap().iter().any(|e| e == evidence);
    report["devices"].as_array().unwrap().iter().find(has).expect("every evidence has a device")
}

impl Scan {
    /// The coverage line of an artifact.
    pub fn line(&self, artifact: &str) -> &Value {
        let all = self.report["coverage"].as_array().unwrap();
        all.iter()
            .find(|l| l["artifact"] == artifact)
            .unwrap_or_else(|| panic!("no {artifact} in {:#}", self.report["devices"]))
    }

    /// Its status.
    pub fn status(&self, artifact: &str) -> &str {
        self.line(artifact)["status"].as_str().unwrap()
    }

    /// Its number of records.
    pub fn records(&self, artifact: &str) -> u64 {
        self.line(artifact)["records"].as_u64().unwrap()
    }

    /// `verdict.complete`.
    pub fn complete(&self) -> bool {
        self.report["verdict"]["complete"].as_bool().unwrap()
    }

    /// All reasons of all devices, and all notes, as one text.
    pub fn said(&self) -> String {
        let mut all = String::new();
        for device in self.report["devices"].as_array().unwrap() {
            all.push_str(&device["verdict"]["reasons"].to_string());
        }
        for line in
            self.report["coverage"].as_array().unwrap().iter().chain(self.report["evidence"].as_array().unwrap())
        {
            all.push_str(&line["notes"].to_string());
        }
        all
    }

    /// The scan did not call itself complete, did not end with 0, and said this.
    pub fn lost(&self, saying: &str) -> &Self {
        assert!(!self.complete(), "complete: {:#}", self.report["coverage"]);
        assert_ne!(self.code, 0);
        assert!(self.said().contains(saying), "nobody says {saying:?}: {}", self.said());
        self
    }
}

/// Calls `each` for every item, on a few threads: the runs are short and many.
pub fn in_parallel<T: Sync>(items: &[T], each: impl Fn(&T) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(1, 4));
    std::thread::scope(|s| {
        for _ in 0..threads {
            s.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    each(item);
                }
            });
        }
    });
}
