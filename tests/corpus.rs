//! Real acquisitions, from end to end. The corpus is found through `VIGIE_CORPUS`; without it nothing is examined but
//! that `docs/parity.md` is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use vigie::artifact::Artifact;
use vigie::finding::{Severity, State, Status};
use vigie::matcher::Matcher;
use vigie::packs::{self, Library};
use vigie::report::Report;
use vigie::scan::{self, Options, Outputs, Records, Silent, Staging};

#[path = "corpus/parity.rs"]
mod parity;

use parity::{BACKUP, CASES, Case, DIFFERENCES, ENCRYPTED, GPHONE, NOT_RECORDS, SAILFISH, UNITS, Unit};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/parity.md");

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("VIGIE_CORPUS").map(PathBuf::from);
    if root.is_none() {
        eprintln!("skipped: VIGIE_CORPUS is not set");
    }
    root
}

/// Scans with the built-in packs and `packs`, and leaves the report in `folder`.
fn scan(path: &Path, packs: Option<&Path>, records: Records, folder: &Path) -> Report {
    let mut library = Library::default();
    packs::load_builtin(&mut library).unwrap();
    if let Some(packs) = packs {
        packs::load_path(&mut library, packs).unwrap();
    }
    let options = Options::reproducible(vec![path.to_owned()], 4, records);
    let opening = scan::open(&options.paths);
    let outputs = Outputs { folder: Some(Staging::begin(folder, false, &options.paths).unwrap()) };
    scan::scan(&opening, &Matcher::new(library), &options, outputs, &Silent).unwrap().report
}

/// The acquisition of a case; where it is to be wrapped, in a zip below `scratch`.
fn acquisition(case: &Case, root: &Path, scratch: &Path) -> PathBuf {
    let path = root.join(case.path);
    if !case.wrapped {
        return path;
    }
    let mut from = zip::ZipArchive::new(Cursor::new(fs::read(&path).unwrap())).unwrap();
    let name = from.file_names().flatten().find(|n| n.ends_with(".txt")).unwrap().into_owned();
    let mut text = Vec::new();
    from.by_name(&name).unwrap().read_to_end(&mut text).unwrap();
    let wrapped = scratch.join("wrapped.zip");
    let mut to = zip::ZipWriter::new(fs::File::create(&wrapped).unwrap());
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (file, bytes) in [("main_entry.txt", name.as_bytes()), (&name, &text)] {
        to.start_file(file, options).unwrap();
        to.write_all(bytes).unwrap();
    }
    to.finish().unwrap();
    wrapped
}

/// The records of a report, by artifact: shape and fields.
fn records(folder: &Path) -> BTreeMap<String, Vec<(String, Value)>> {
    let mut all = BTreeMap::new();
    for file in fs::read_dir(folder.join("records")).unwrap() {
        let path = file.unwrap().path();
        let artifact = path.file_name().unwrap().to_str().unwrap().strip_suffix(".jsonl").unwrap().to_owned();
        let lines = fs::read_to_string(&path).unwrap();
        let parsed = lines.lines().map(|l| {
            let mut line: Value = serde_json::from_str(l).unwrap();
            (line["shape"].as_str().unwrap().to_owned(), line["record"].take())
        });
        all.insert(artifact, parsed.collect());
    }
    all
}

/// MVT's counts: module and records, by name of the input. What MVT detected is no record.
fn mvt_counts(root: &Path) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for line in fs::read_to_string(root.join("mvt_counts.tsv")).unwrap().lines().skip(1) {
        let [name, _, module, count] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let modules = counts.entry(name.to_owned()).or_default();
        if module != "(none)" && !module.ends_with("_detected") {
            modules.insert(module.to_owned(), count.parse().unwrap());
        }
    }
    counts
}

fn unit(module: &str) -> &'static Unit {
    UNITS.iter().find(|(m, _)| *m == module).map_or(&Unit::All, |(_, u)| u)
}

fn count(unit: &Unit, records: &[(String, Value)]) -> u64 {
    let of = |shapes: &'static [&'static str]| records.iter().filter(move |(s, _)| shapes.contains(&s.as_str()));
    let n = match unit {
        Unit::Records(shapes) => of(shapes).count(),
        Unit::Distinct(shapes, fields) => {
            let key = |r: &Value| fields.iter().map(|f| r[*f].to_string()).collect::<Vec<_>>();
            of(shapes).map(|(_, r)| key(r)).collect::<BTreeSet<_>>().len()
        }
        Unit::Fields(shape) => {
            records.iter().filter(|(s, _)| s == shape).map(|(_, r)| r.as_object().unwrap().len()).sum()
        }
        Unit::All => records.len(),
    };
    n as u64
}

fn code(names: &[&str], between: &str) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(between)
}

fn describe(unit: &Unit) -> String {
    match unit {
        Unit::Records(shapes) => code(shapes, " + "),
        Unit::Distinct(shapes, fields) => format!("different {} in {}", code(fields, " × "), code(shapes, ", ")),
        Unit::Fields(shape) => format!("fields of `{shape}`"),
        Unit::All => "all records".to_owned(),
    }
}

/// One line of the comparison.
struct Line {
    module: String,
    artifact: Option<&'static Artifact>,
    mvt: u64,
    vigie: Option<u64>,
    why: String,
}

/// Compares one case; complains about differences without a reason and reasons without a difference.
fn compare(
    case: &Case,
    mvt: &BTreeMap<String, u64>,
    ours: &BTreeMap<String, Vec<(String, Value)>>,
    complaints: &mut Vec<String>,
) -> Vec<Line> {
    let artifact_of = |module: &str| vigie::artifacts::ALL.iter().copied().find(|a| a.mvt.contains(&module));
    let none = Vec::new();
    // Modules MVT has records of, and those our artifacts answer to first.
    let mut modules: BTreeSet<&str> = mvt.keys().map(String::as_str).collect();
    for artifact in vigie::artifacts::ALL.iter().filter(|a| ours.get(a.id).is_some_and(|r| !r.is_empty())) {
        if !artifact.mvt.iter().any(|m| modules.contains(m)) {
            modules.extend(artifact.mvt.first());
        }
    }
    let mut lines = Vec::new();
    for module in modules {
        let artifact = artifact_of(module);
        let theirs = mvt.get(module).copied().unwrap_or(0);
        let vigie = artifact.map(|a| count(unit(module), ours.get(a.id).unwrap_or(&none)));
        let known = DIFFERENCES.iter().find(|d| d.case == case.name && d.module == module);
        let why = match (vigie, known) {
            (None, _) => match NOT_RECORDS.iter().find(|(m, _)| *m == module) {
                Some((_, why)) => (*why).to_owned(),
                None => "Not read yet.".to_owned(),
            },
            (Some(v), None) if v == theirs => String::new(),
            (Some(v), Some(d)) if (d.mvt, d.vigie) == (theirs, v) && v != theirs => d.why.to_owned(),
            (Some(v), known) => {
                let says = known.map(|d| format!("; the table says {} and {}", d.mvt, d.vigie)).unwrap_or_default();
                complaints.push(format!("{} {module}: MVT {theirs}, vigie {v}{says}", case.name));
                String::new()
            }
        };
        lines.push(Line { module: module.to_owned(), artifact, mvt: theirs, vigie, why });
    }
    for d in DIFFERENCES.iter().filter(|d| d.case == case.name) {
        if !lines.iter().any(|l| l.module == d.module) {
            complaints.push(format!("{} {}: explained, but not compared", d.case, d.module));
        }
    }
    lines
}

const HEAD: &str = "\
# Parity with MVT

What vigie and MVT 2026.10.26 read from the same real acquisitions. This page is made by `tests/corpus.rs` from the
acquisitions themselves and from the reasons in `tests/corpus/parity.rs`; `UPDATE=1` rewrites it, and a difference
without a reason fails the test.

The two programs do not cut their records alike: MVT keeps one record per package with its permissions inside, vigie
one per package and one per permission. The third column says what of ours is the counterpart of one MVT record.
What MVT lists as detected is left out: it repeats records. `–` means that no artifact of vigie answers to the module.

## Contents

Counts alone prove little. The fields of both were compared once, on the same acquisitions, with these results.

Equal: paths, dates, modes and sizes of every file of the backup; programs, times and traffic of network use; privacy
permissions (TCC); messages; every property and setting; name, version, installer and dates of every package; package, mode
and entries of app-ops. Times agree to the last digit both keep; MVT leaves Android times on the phone's clock, vigie
converts them where the acquisition says which zone that is.

Different:

- TCC: a reason that has no name is `unknown` in MVT; vigie keeps the stored number.
- WhatsApp: MVT adds to a chat how many of its messages are stored, and when the first and last were written; vigie leaves
  that to the messages.
- App-ops of Android 9: MVT reads 2 of 291 uses. It does not know that version's padding before the equals sign (`Access: cch   = …`).
- App-ops that follow another one (`allow / switch COARSE_LOCATION=allow`): MVT keeps the whole as the mode; vigie has the
  mode, and the one in force as `effective_mode`.
- Settings: a value of `{null}` is no value in vigie.
- Packages: MVT counts the names of components that were switched on or off among the permissions of a package. vigie
  lists permissions only.
- Packages of Android 2.3 and 5.0: MVT reads no permissions, and for 2.3 no target version and no system flag.
- Processes: MVT drops the closing bracket of names such as `lowpool[0]`, and the first word of names such as
  `POSIX timer 0`.
";

fn page(sections: &[(&Case, State, Vec<Line>)]) -> String {
    let mut out = HEAD.to_owned();
    for (case, state, lines) in sections {
        let _ =
            write!(out, "\n## {}\n\n`{}`: {}. vigie says `{}`.\n\n", case.name, case.path, case.about, state.as_str());
        out.push_str("| MVT module | vigie | compared | MVT | vigie | why they differ |\n");
        out.push_str("|---|---|---|--:|--:|---|\n");
        for l in lines {
            let id = l.artifact.map_or("–".to_owned(), |a| format!("`{}`", a.id));
            let compared = l.artifact.map_or("–".to_owned(), |_| describe(unit(&l.module)));
            let vigie = l.vigie.map_or("–".to_owned(), |v| v.to_string());
            let _ = writeln!(out, "| `{}` | {id} | {compared} | {} | {vigie} | {} |", l.module, l.mvt, l.why);
        }
    }
    let _ = write!(
        out,
        "\n## ios_backup_encrypted_vigie-dev\n\n`{ENCRYPTED}`: encrypted iOS backup. MVT reads it after decrypting it with \
         its password. vigie refuses it: the result is `invalid`, the exit code 3, and nothing counts as examined.\n"
    );
    out
}

#[test]
fn parity_with_mvt() {
    let Some(root) = corpus() else {
        assert!(Path::new(PAGE).is_file(), "docs/parity.md is missing");
        return;
    };
    let mvt = mvt_counts(&root);
    let scratch = tempfile::tempdir().unwrap();
    let mut complaints = Vec::new();
    let mut sections = Vec::new();
    for (n, case) in CASES.iter().enumerate() {
        let folder = scratch.path().join(format!("report-{n}"));
        let report = scan(&acquisition(case, &root, scratch.path()), None, Records::Plain, &folder);
        let counts = mvt.get(case.name).unwrap_or_else(|| panic!("{} is not in mvt_counts.tsv", case.name));
        let ours = records(&folder);
        for c in &report.coverage {
            let written = ours.get(&c.artifact).map_or(0, Vec::len) as u64;
            assert_eq!(c.records, written, "{} {}: coverage and records differ", case.name, c.artifact);
            assert!(c.status != Status::Failed, "{} {}: {:?}", case.name, c.artifact, c.notes);
        }
        sections.push((case, report.verdict.state, compare(case, counts, &ours, &mut complaints)));
    }
    assert!(complaints.is_empty(), "differences without a reason:\n{}", complaints.join("\n"));
    let text = page(&sections);
    if std::env::var_os("UPDATE").is_some_and(|v| v == "1") {
        fs::write(PAGE, text).unwrap();
    } else {
        assert!(fs::read_to_string(PAGE).unwrap_or_default() == text, "docs/parity.md is stale; run with UPDATE=1");
    }
}

#[test]
fn a_backup_copied_in_part_is_inconclusive() {
    let Some(root) = corpus() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let report = scan(&root.join(BACKUP), None, Records::None, &scratch.path().join("out"));
    assert_eq!(report.verdict.state, State::Inconclusive);
    assert!(!report.verdict.complete);
    let device = &report.devices[0].verdict;
    assert_eq!((device.state, device.complete), (State::Inconclusive, false));
    let missing = device.reasons.iter().find(|r| r.code == "files-missing").expect("missing files are a reason");
    assert_eq!((missing.args["missing"].as_str(), missing.args["listed"].as_str()), ("1055", "1089"));
    let required = device.reasons.iter().find(|r| r.code == "file-missing").expect("so is one that is read");
    assert!(required.text.contains("HomeDomain/Library/Safari/History.db"), "{}", required.text);
    let history = report.coverage.iter().find(|c| c.artifact == "ios.safari_history").unwrap();
    // Nothing says that Safari was ever used; but the backup lists its history.
    assert_eq!((history.status, history.required), (Status::Missing, false));
    assert!(history.notes.iter().any(|n| n.code == "file-missing"));
    assert_eq!(ends_with(&root.join(BACKUP)), Some(3));
}

#[test]
fn an_encrypted_backup_is_refused() {
    let Some(root) = corpus() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("out");
    let report = scan(&root.join(ENCRYPTED), None, Records::Plain, &folder);
    assert_eq!((report.verdict.state, report.verdict.complete), (State::Invalid, false));
    assert_eq!(report.evidence[0].kind, "ios-backup-encrypted");
    assert!(report.coverage.iter().all(|c| c.records == 0) && report.findings.is_empty());
    assert!(records(&folder).is_empty());
    assert_eq!(ends_with(&root.join(ENCRYPTED)), Some(3));
}

/// The exit code of the program itself.
fn ends_with(path: &Path) -> Option<i32> {
    let mut run = std::process::Command::new(env!("CARGO_BIN_EXE_vigie"));
    run.args(["scan", "--quiet", "--records", "none"]).arg(path).output().unwrap().status.code()
}

/// How many indicators the bundles of a folder hold, as a plain JSON reader counts them.
fn published(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let bundles = files.filter(|p| p.extension().is_some_and(|e| e == "stix2"));
    let indicators = bundles.map(|p| {
        let bundle: Value = serde_json::from_slice(&fs::read(p).unwrap()).unwrap();
        bundle["objects"].as_array().unwrap().iter().filter(|o| o["type"] == "indicator").count() as u64
    });
    indicators.sum()
}

/// Ordinary phones, with every public pack of the corpus: nothing of weight may be found.
#[test]
fn ordinary_phones_match_no_public_pack() {
    let Some(root) = corpus() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let published = published(&root.join("stix2"));
    assert!(published > 9_000, "{published}");
    for (name, path, allowed) in
        [("gphone", GPHONE, &[][..]), ("sailfish", SAILFISH, &["android-getprop-boot-unlocked"])]
    {
        let report = scan(&root.join(path), Some(&root.join("stix2")), Records::None, &scratch.path().join(name));
        let loaded =
            |of: &str| -> u64 { report.packs.iter().filter(|p| p.source.ends_with(of)).map(|p| p.loaded).sum() };
        assert_eq!(loaded(".stix2"), published, "indicators loaded, and indicators in the bundles");
        assert!(loaded("echap_ioc.yaml") > 2_700, "{}", loaded("echap_ioc.yaml"));
        let weighty: Vec<_> = report.findings.iter().filter(|f| f.severity >= Severity::Medium).collect();
        let ids: Vec<_> = weighty.iter().map(|f| f.indicator.sources[0].id.as_str()).collect();
        assert_eq!(ids, allowed, "{name}: {weighty:#?}");
    }
}

/// Every file below a folder, by name.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|e| e.file_type().is_file());
    files.map(|e| (e.path().strip_prefix(folder).unwrap().to_owned(), fs::read(e.path()).unwrap())).collect()
}

#[test]
fn two_runs_give_the_same_bytes() {
    let Some(root) = corpus() else { return };
    let scratch = tempfile::tempdir().unwrap();
    for (name, path) in [("gphone", GPHONE), ("sailfish", SAILFISH)] {
        let runs = ["one", "two"].map(|run| {
            let folder = scratch.path().join(format!("{name}-{run}"));
            scan(&root.join(path), Some(&root.join("stix2")), Records::Zst, &folder);
            tree(&folder)
        });
        assert!(runs[0].len() > 4, "{name}: {:?}", runs[0].keys());
        assert_eq!(runs[0].keys().collect::<Vec<_>>(), runs[1].keys().collect::<Vec<_>>());
        for (file, bytes) in &runs[0] {
            assert!(bytes == &runs[1][file], "{name}: {} differs between two runs", file.display());
        }
    }
}
