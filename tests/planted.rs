//! Seeded devices of some size, through the library: everything that was planted is found and nothing else, and as many
//! records come out as rows went in.
//!
//! With `VIGIE_TOOLS` (a folder with `perf/make_ios_backup.py`, `make_bugreport.py` and `make_stix.py`) and Python, devices
//! of another maker are read too, with its own indicators.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use vigie::artifacts::ALL;
use vigie::matcher::Matcher;
use vigie::packs::{self, Library};
use vigie::scan::{self, Options, Outputs, Records, Silent, Staging};
use vigie_fixtures::android::Container;
use vigie_fixtures::devices::{self, AndroidSize, IosSize, Planted};
use vigie_fixtures::ios::{datausage, file_id, safari, sms, tcc, whatsapp};

/// What a scan left.
struct Scanned {
    findings: Vec<Value>,
    /// Lines of `matches.jsonl`, with the finding each belongs to.
    matches: Vec<(String, String)>,
    /// Records by artifact and shape.
    records: BTreeMap<(String, String), usize>,
    coverage: Vec<Value>,
}

fn scan(path: &Path, packs: &[&Path]) -> Scanned {
    let scratch = tempfile::tempdir().unwrap();
    let mut library = Library::default();
    packs::load_builtin(&mut library).unwrap();
    for pack in packs {
        packs::load_path(&mut library, pack).unwrap();
    }
    let paths = vec![path.to_path_buf()];
    let options = Options::reproducible(paths.clone(), 2, Records::Plain);
    let root = scratch.path().join("report");
    let folder = Some(Staging::begin(&root, false, &[]).unwrap());
    let opening = scan::open(&paths);
    let done = scan::scan(&opening, &Matcher::new(library), &options, Outputs { folder }, &Silent).unwrap();
    let report = serde_json::to_value(&done.report).unwrap();
    let lines = |file: &Path| -> Vec<Value> {
        let text = std::fs::read_to_string(file).unwrap();
        text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    };
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let mut records = BTreeMap::new();
    for file in std::fs::read_dir(root.join("records")).unwrap() {
        let file = file.unwrap().path();
        let artifact = file.file_stem().unwrap().to_string_lossy().into_owned();
        for line in lines(&file) {
            *records.entry((artifact.clone(), text(&line["shape"]))).or_default() += 1;
        }
    }
    Scanned {
        findings: report["findings"].as_array().unwrap().clone(),
        matches: lines(&root.join("matches.jsonl")).iter().map(|m| (text(&m["finding"]), m.to_string())).collect(),
        records,
        coverage: report["coverage"].as_array().unwrap().clone(),
    }
}

impl Scanned {
    fn count(&self, artifact: &str, shape: &str) -> usize {
        self.records.get(&(artifact.to_owned(), shape.to_owned())).copied().unwrap_or(0)
    }

    /// Every finding by artifact, and by the rule's id or the indicator's value.
    fn about(&self) -> BTreeSet<(String, String)> {
        let about = |f: &Value| {
            let named = if f["step"] == "rule" { &f["explanation"]["key"] } else { &f["indicator"]["value"] };
            (f["artifact"].as_str().unwrap().to_owned(), named.as_str().unwrap().to_lowercase())
        };
        self.findings.iter().map(about).collect()
    }

    fn assert_found(&self, planted: &[Planted]) {
        let expected: BTreeSet<(String, String)> = planted
            .iter()
            .filter(|p| ALL.iter().any(|a| a.id == p.artifact))
            .filter_map(|p| {
                let finder = p.finder.as_deref()?;
                let named = finder.strip_prefix("rule ").map_or_else(|| p.indicator.clone(), |r| Some(r.to_owned()));
                Some((p.artifact.clone(), named?.to_lowercase()))
            })
            .collect();
        assert_eq!(planted.is_empty(), expected.is_empty());
        let found = self.about();
        let missed: Vec<_> = expected.difference(&found).collect();
        let surplus: Vec<_> = found.difference(&expected).collect();
        assert!(missed.is_empty() && surplus.is_empty(), "missed {missed:?}, not planted {surplus:?}");
    }

    fn assert_whole(&self) {
        for line in &self.coverage {
            assert_eq!(line["lost"], 0, "{line}");
            assert!(line["status"] == "parsed" || line["status"] == "absent", "{line}");
        }
    }
}

fn stored(backup: &Path, domain: &str, path: &str) -> PathBuf {
    let id = file_id(domain, path);
    backup.join(&id[..2]).join(id)
}

/// Rows of a table, by SQLite's own word.
fn rows(db: &Path, table: &str) -> usize {
    let uri = format!("file:{}?immutable=1", db.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(uri, flags).unwrap();
    conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)).unwrap() as usize
}

#[test]
fn a_seeded_iphone() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("phone");
    let size = IosSize::small();
    let (backup, planted) = devices::ios(size);
    backup.write(&folder).unwrap();
    let got = scan(&folder, &[]);
    got.assert_found(&planted);
    got.assert_whole();
    let chats = stored(&folder, whatsapp::DOMAIN, whatsapp::PATH);
    let history = stored(&folder, safari::DOMAIN, safari::PATH);
    for (artifact, shape, written) in [
        ("ios.sms", "message", rows(&stored(&folder, sms::DOMAIN, sms::PATH), "message")),
        ("ios.safari_history", "visit", rows(&history, "history_visits")),
        ("ios.whatsapp", "message", rows(&chats, "ZWAMESSAGE")),
        ("ios.whatsapp", "chat_session", rows(&chats, "ZWACHATSESSION")),
        ("ios.whatsapp", "link_preview", rows(&chats, "ZWAMESSAGEDATAITEM")),
        ("ios.datausage", "process", rows(&stored(&folder, datausage::DOMAIN, datausage::PATH), "ZPROCESS")),
        ("ios.tcc", "access", rows(&stored(&folder, tcc::DOMAIN, tcc::PATH), "access")),
        ("ios.manifest", "file", rows(&folder.join("Manifest.db"), "Files")),
        ("ios.backup_info", "application", size.apps),
        ("ios.sms", "message", size.messages),
        ("ios.whatsapp", "message", size.whatsapp),
        ("ios.datausage", "process", size.apps),
    ] {
        assert!(written >= size.apps, "{artifact} {shape}: only {written} were written");
        assert_eq!(got.count(artifact, shape), written, "{artifact} {shape}");
    }
    assert!(got.count("ios.safari_history", "visit") >= size.visits);
}

#[test]
fn an_innocent_iphone() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("phone");
    let n = 3000;
    let (backup, planted) = devices::ios(IosSize {
        messages: n,
        visits: n,
        whatsapp: n,
        files: n,
        plant: false,
        seed: 7,
        ..IosSize::small()
    });
    backup.write(&folder).unwrap();
    let got = scan(&folder, &[]);
    assert!(planted.is_empty());
    got.assert_found(&planted);
    assert_eq!(got.count("ios.sms", "message"), n);
}

#[test]
fn a_seeded_android_phone() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("bugreport.zip");
    let size = AndroidSize::small();
    let (report, planted) = devices::android(size);
    let events: usize =
        report.appops.iter().flatten().flat_map(|u| &u.packages).flat_map(|p| &p.ops).map(|o| o.events.len()).sum();
    let properties = report.properties.as_ref().unwrap().len();
    let processes = report.processes.as_ref().unwrap().1.len();
    report.write(&file, Container::Zip).unwrap();
    let got = scan(&file, &[]);
    got.assert_found(&planted);
    got.assert_whole();
    let named = got.count("android.getprop", "property") + got.count("android.getprop", "identifier");
    assert_eq!(named, properties);
    assert!(events >= size.appops && processes > size.processes);
    for (artifact, shape, written) in [
        ("android.packages", "package", size.packages),
        ("android.appops", "access", events),
        ("android.processes", "process", processes),
        ("android.settings", "setting", size.settings),
        ("android.tombstones", "crash", size.tombstones as usize),
        ("android.getprop", "security_patch", 1),
    ] {
        assert_eq!(got.count(artifact, shape), written, "{artifact} {shape}");
    }
}

/// The fields a rule asks for, as `x-<artifact>:<field>` in its pattern.
fn asked(pattern: &str) -> Vec<(String, String)> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut out = Vec::new();
    for (at, _) in pattern.match_indices("x-") {
        let inside = pattern[..at].ends_with(word);
        let Some((ty, rest)) = pattern[at + 2..].split_once(':') else { continue };
        let end = rest.find(|c: char| !word(c)).unwrap_or(rest.len());
        if !inside && ty.chars().all(word) && end > 0 {
            out.push((ty.to_owned(), rest[..end].to_owned()));
        }
    }
    out
}

#[test]
fn built_in_rules_ask_for_what_there_is() {
    let mut library = Library::default();
    packs::load_builtin(&mut library).unwrap();
    for pack in &library.packs {
        let waits = |n: &&packs::NotEvaluable| !n.reason.contains("custody");
        let cannot: Vec<_> =
            pack.not_evaluable.iter().filter(waits).map(|n| format!("{}: {}", n.id, n.reason)).collect();
        assert!(cannot.is_empty(), "pack {}: {cannot:?}", pack.id);
        assert!(pack.problems.is_empty(), "pack {}: {:?}", pack.id, pack.problems);
    }
    let mut fields = 0;
    for entry in &library.patterns {
        for (ty, field) in asked(&entry.canonical) {
            if ty == "phone-number" {
                continue;
            }
            let artifact = ALL.iter().find(|a| a.id.replace(['.', '_'], "-") == ty);
            let Some(artifact) = artifact else {
                // An indicator may wait for its artifact; a rule is written for one.
                assert!(entry.rule.is_none(), "{}: no artifact {ty}", entry.canonical);
                continue;
            };
            let known = field == "shape" || artifact.shapes.iter().any(|s| s.fields.iter().any(|f| f.name == field));
            assert!(known, "{}: {} has no field {field}", entry.canonical, artifact.id);
            fields += 1;
        }
    }
    assert!(fields >= 60, "only {fields} fields were looked up");
}

#[test]
fn fields_of_a_pattern() {
    let both = [("ios-sms".to_owned(), "text".to_owned()), ("a-b".to_owned(), "c_d".to_owned())];
    assert_eq!(asked("[x-ios-sms:text = 'x-y: z' AND x-a-b:c_d IN ('e')]"), both);
}

/// A device and its list, made by another program.
fn made(tools: &Path, script: &str, args: &[&str]) {
    let done = Command::new("python3").arg(tools.join("perf").join(script)).args(args).output().unwrap();
    assert!(done.status.success(), "{script}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn devices_of_another_maker() {
    let Some(tools) = std::env::var_os("VIGIE_TOOLS").map(PathBuf::from) else {
        return eprintln!("skipped: VIGIE_TOOLS is not set");
    };
    if Command::new("python3").arg("--version").output().is_err() {
        return eprintln!("skipped: there is no python3");
    }
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (pack, phone, zip) = (at("pack.stix2"), at("phone"), at("report.zip"));
    made(&tools, "make_stix.py", &[&text(&pack), "--only-plant"]);
    let counts = ["--messages", "2000", "--history", "2000", "--whatsapp", "2000", "--files", "500", "--seed", "3"];
    made(&tools, "make_ios_backup.py", &[&[text(&phone).as_str()], &counts[..]].concat());
    made(&tools, "make_bugreport.py", &[&text(&zip), "--logcat-mb", "1", "--seed", "3"]);
    let mut compared = 0;
    for (device, platform) in [(&phone, "ios."), (&zip, "android.")] {
        let list = std::fs::read(format!("{}.planted.json", device.display())).unwrap();
        let list: Value = serde_json::from_slice(&list).unwrap();
        compared += compare(&scan(device, &[&pack]), &list, platform);
    }
    assert!(compared >= 60, "only {compared} planted things belong to artifacts that are read");
}

/// How many planted things of a list were looked for; fails with those that were not found.
fn compare(got: &Scanned, list: &Value, platform: &str) -> usize {
    let value_of: BTreeMap<&str, String> = got
        .findings
        .iter()
        .filter_map(|f| {
            Some((
                f["id"].as_str()?,
                format!("{} {}", f["artifact"].as_str()?, f["indicator"]["value"].as_str()?.to_lowercase()),
            ))
        })
        .collect();
    let mut compared = 0;
    let mut missed = Vec::new();
    for p in list["positives"].as_array().unwrap() {
        let word = |name: &str| p[name].as_str().unwrap();
        let Some(artifact) = ALL.iter().find(|a| a.id.starts_with(platform) && a.mvt.contains(&word("module"))) else {
            continue;
        };
        compared += 1;
        let wanted = format!("{} {}", artifact.id, word("ioc").to_lowercase());
        let found = got
            .matches
            .iter()
            .any(|(id, line)| value_of.get(id.as_str()) == Some(&wanted) && line.contains(word("marker")));
        if !found {
            missed.push(p.to_string());
        }
    }
    assert!(missed.is_empty(), "not found:\n{}", missed.join("\n"));
    for n in list["negatives"].as_array().unwrap() {
        let quoted = serde_json::to_string(&n["value"]).unwrap();
        let hit = got.matches.iter().find(|(_, line)| line.contains(quoted.trim_matches('"')));
        assert!(hit.is_none(), "{n} matched: {hit:?}");
    }
    compared
}
