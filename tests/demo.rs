//! The demonstration phones through the program itself: exactly what `fixtures/demo/README.md` says is found, in two
//! languages, with the promised exit codes, and the same bytes however many threads there are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const DEMO: [(&str, &str); 4] = [
    ("Ana's iPhone", "iphone-ana"),
    ("Jelena's phone", "android-jelena"),
    ("Marko's iPhone", "iphone-marko"),
    ("Milan's phone", "android-milan.zip"),
];

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo")
}

/// The program, in a fixed language and without the surroundings' say.
fn vigie(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(args)
        .env_remove("VIGIE_LOG")
        .env("LC_ALL", "C")
        .output()
        .expect("the program runs")
}

fn scan(report: &Path, more: &[&str]) -> Output {
    let demo = demo();
    let mut args = vec!["scan", demo.to_str().unwrap(), "--reproducible", "-o", report.to_str().unwrap()];
    args.extend(more);
    vigie(&args)
}

/// What a finding is about: artifact, then the rule's id or the indicator's value with how it was seen.
type About = (String, String);

/// One row of the tables of `fixtures/demo/README.md`.
struct Row {
    artifact: String,
    /// `None` for what is innocent.
    about: Option<String>,
    pack: String,
    written: String,
}

/// The planted things of each phone.
fn planted() -> BTreeMap<&'static str, Vec<Row>> {
    let text = std::fs::read_to_string(demo().join("README.md")).unwrap();
    let mut out: BTreeMap<&'static str, Vec<Row>> = DEMO.iter().map(|(_, folder)| (*folder, Vec::new())).collect();
    for part in text.split("\n## Planted in ").skip(1) {
        let (title, table) = part.split_once('\n').unwrap();
        let (_, folder) = DEMO.iter().find(|(name, _)| *name == title).expect("a phone that is known");
        for line in table.lines().filter(|l| l.starts_with("| ios.") || l.starts_with("| android.")) {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(|c| c.trim().trim_matches('`')).collect();
            let [artifact, finder, pack, indicator, written] = cells[..] else { panic!("{line}") };
            let about = match (finder.strip_prefix("rule "), finder.ends_with(", truncated")) {
                _ if finder.starts_with("nothing") => None,
                (Some(rule), _) => Some(format!("rule {rule}")),
                (None, cut) => Some(format!("{}{}", indicator.to_lowercase(), if cut { " truncated" } else { "" })),
            };
            let row = Row { artifact: artifact.into(), about, pack: pack.into(), written: written.into() };
            out.get_mut(folder).unwrap().push(row);
        }
    }
    out
}

fn about(finding: &Value) -> About {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let told = match finding["step"].as_str().unwrap() {
        "rule" => format!("rule {}", text(&finding["explanation"]["key"])),
        "truncated" => format!("{} truncated", text(&finding["indicator"]["value"]).to_lowercase()),
        _ => text(&finding["indicator"]["value"]).to_lowercase(),
    };
    (text(&finding["artifact"]), told)
}

fn list(v: &Value) -> &[Value] {
    v.as_array().unwrap()
}

/// The device whose only acquisition is this folder of the demonstration.
fn device<'a>(report: &'a Value, folder: &str) -> &'a Value {
    let evidence = list(&report["evidence"]).iter().find(|e| e["path"].as_str().unwrap().ends_with(folder)).unwrap();
    let device = list(&report["devices"]).iter().find(|d| d["id"] == evidence["device"]).unwrap();
    assert_eq!(list(&device["evidence"]).len(), 1, "{folder} is taken for the same phone as another");
    device
}

#[test]
fn exactly_what_was_planted_is_found() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("report");
    let out = scan(&folder, &["--fail-on", "none", "--json"]);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    let written: Value = serde_json::from_slice(&std::fs::read(folder.join("findings.json")).unwrap()).unwrap();
    assert_eq!(report, written, "--json prints what is written");
    let matches = std::fs::read_to_string(folder.join("matches.jsonl")).unwrap();

    let readable = |artifact: &str| vigie::artifacts::ALL.iter().any(|a| a.id == artifact);
    let mut seen = 0;
    for (phone, rows) in planted() {
        let id = &device(&report, phone)["id"];
        let found: BTreeSet<About> =
            list(&report["findings"]).iter().filter(|f| f["device"] == *id).map(about).collect();
        let expected: BTreeSet<About> = rows
            .iter()
            .filter(|r| readable(&r.artifact))
            .filter_map(|r| Some((r.artifact.clone(), r.about.clone()?)))
            .collect();
        let missed: Vec<_> = expected.difference(&found).collect();
        let surplus: Vec<_> = found.difference(&expected).collect();
        assert!(missed.is_empty() && surplus.is_empty(), "{phone}: missed {missed:?}, not planted {surplus:?}");
        seen += expected.len();
        for row in rows.iter().filter(|r| r.about.is_some() && readable(&r.artifact)) {
            let finding = list(&report["findings"])
                .iter()
                .find(|f| f["device"] == *id && about(f) == (row.artifact.clone(), row.about.clone().unwrap()))
                .unwrap();
            let packs: Vec<&Value> = list(&finding["indicator"]["sources"]).iter().map(|s| &s["pack"]).collect();
            assert!(packs.iter().any(|p| **p == *row.pack), "{phone} {:?}: {packs:?}", row.about);
        }
        for row in rows.iter().filter(|r| r.about.is_none()) {
            let quoted = serde_json::to_string(&row.written).unwrap();
            assert!(!matches.contains(quoted.trim_matches('"')), "{phone}: {} is innocent and matched", row.written);
        }
    }
    assert!(seen >= 28, "only {seen} planted things were compared");
}

#[test]
fn verdicts_and_gaps() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scan(&scratch.path().join("report"), &["--fail-on", "none", "--json"]);
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    for (phone, state) in [
        ("iphone-ana", "match"),
        ("android-jelena", "match"),
        ("iphone-marko", "no-match"),
        ("android-milan.zip", "no-match"),
    ] {
        let verdict = &device(&report, phone)["verdict"];
        assert_eq!(verdict["state"], state, "{phone}: {verdict}");
        assert_eq!(verdict["complete"], true, "{phone}: {verdict}");
    }
    assert_eq!(report["verdict"]["state"], "match");
    for line in list(&report["coverage"]) {
        assert!(["parsed", "absent"].contains(&line["status"].as_str().unwrap()), "{line}");
        assert_eq!(line["lost"], 0, "{line}");
        assert!(list(&line["notes"]).iter().all(|n| n["code"] != "lines-not-understood"), "{line}");
    }
}

#[test]
fn exit_codes() {
    let demo = demo();
    let path = |name: &str| demo.join(name).to_str().unwrap().to_owned();
    let code = |args: &[&str]| vigie(args).status.code().unwrap();
    let (ana, marko, milan) = (path("iphone-ana"), path("iphone-marko"), path("android-milan.zip"));
    assert_eq!(code(&["scan", "-q", &ana]), 1, "findings of medium and more");
    assert_eq!(code(&["scan", "-q", &ana, "--fail-on", "critical"]), 1);
    assert_eq!(code(&["scan", "-q", &ana, "--fail-on", "none"]), 0);
    assert_eq!(code(&["scan", "-q", &marko, "--fail-on", "info"]), 0, "nothing at all");
    assert_eq!(code(&["scan", "-q", &milan]), 0, "a remark without weight");
    assert_eq!(code(&["scan", "-q", &milan, "--fail-on", "info"]), 1, "the same remark, asked for");
    assert_eq!(code(&["scan", "-q", &path("nobody")]), 2, "no such path");
    assert_eq!(code(&["scan", "-q"]), 2, "nothing to scan");
    assert_eq!(code(&["scan", "-q", &marko, "--no-builtin", "-i", &path("README.md")]), 4, "not a pack");
    assert_eq!(code(&["scan", "-q", &path("README.md")]), 3, "not an acquisition");
}

/// Keys and texts of a message file: `key = text`, joined over its lines; attributes (`.why`) follow their key.
fn messages(path: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let (mut key, mut message) = (String::new(), String::new());
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        match line.split_once('=') {
            Some((k, v)) if !line.starts_with(' ') || k.trim_start().starts_with('.') => {
                if !k.trim_start().starts_with('.') {
                    message = k.trim().to_owned();
                }
                key = format!("{message}{}", if k.trim() == message { "" } else { k.trim() });
                out.insert(key.clone(), v.trim().to_owned());
            }
            _ => {
                let text = out.entry(key.clone()).or_default();
                text.push(' ');
                text.push_str(line.trim());
            }
        }
    }
    out
}

/// Runs of words, without line breaks.
fn flat(page: &[u8]) -> String {
    String::from_utf8_lossy(page).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_french_page_is_french() {
    let demo = demo();
    let page = |lang: &str| {
        let out = vigie(&["scan", demo.to_str().unwrap(), "--lang", lang, "--fail-on", "none"]);
        assert_eq!(out.status.code(), Some(0));
        flat(&out.stdout)
    };
    let (english, french) = (page("en"), page("fr"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec!["src/report/text".to_owned()];
    for pack in std::fs::read_dir(root.join("indicators")).unwrap() {
        files.push(format!("indicators/{}", pack.unwrap().file_name().to_string_lossy()));
    }
    let mut compared = 0;
    for folder in files.iter().filter(|f| root.join(f).join("en.ftl").exists()) {
        let (en, fr) = (messages(&format!("{folder}/en.ftl")), messages(&format!("{folder}/fr.ftl")));
        for (key, text) in &en {
            // A rule is named by its id, on purpose.
            let named = folder.starts_with("indicators/");
            let is_key = |word: &str| word.trim_matches([':', ',', '.', ';']) == key;
            assert!(
                named || !key.contains('-') || !french.split(' ').any(is_key),
                "the key {key} is on the French page"
            );
            // The pieces between the slots, where they are long enough to be told from names.
            for piece in text.split(['{', '}']).step_by(2).map(str::trim).filter(|p| p.split(' ').count() >= 3) {
                compared += usize::from(english.contains(piece));
                let same = fr.get(key).is_some_and(|f| f.contains(piece));
                assert!(same || !french.contains(piece), "the French page says {piece:?} ({key})");
            }
        }
    }
    assert!(compared >= 20, "only {compared} sentences of the message files were on the English page");
    assert!(french.contains("Résultats") && french.contains("aucune correspondance"), "{french}");
}

/// Every file of a folder.
fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                out.insert(path.strip_prefix(root).unwrap().to_path_buf(), std::fs::read(&path).unwrap());
            }
        }
    }
    out
}

#[test]
fn threads_do_not_change_a_byte() {
    let scratch = tempfile::tempdir().unwrap();
    let run = |name: &str, more: &[&str]| {
        let folder = scratch.path().join(name);
        let out = scan(&folder, &[&["--fail-on", "none", "-q"], more].concat());
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
        files(&folder)
    };
    let (one, four) = (run("one", &["--jobs", "1"]), run("four", &["--jobs", "4"]));
    assert_eq!(one.keys().collect::<Vec<_>>(), four.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        // The options of the run are told apart from its result.
        assert!(*bytes == four[name], "{} depends on the number of threads", name.display());
    }
    for name in ["findings.json", "matches.jsonl", "timeline.csv"] {
        assert!(one[Path::new(name)].len() > 1000, "{name} says hardly anything");
    }
    let plain = run("plain", &["--records", "plain"]);
    let mut records = 0;
    for (name, bytes) in &one {
        let Some(stem) = name.to_str().unwrap().strip_suffix(".zst") else { continue };
        let text = zstd::decode_all(&bytes[..]).unwrap();
        assert!(text == plain[Path::new(stem)], "{stem} differs from its plain form");
        records += text.iter().filter(|b| **b == b'\n').count();
    }
    assert!(records > 400, "only {records} records");
    for name in ["matches.jsonl", "timeline.csv"] {
        assert!(one[Path::new(name)] == plain[Path::new(name)], "{name} depends on how records are written");
    }
}
