//! `packs regress`: a corpus against the last accepted run.

use std::fs;
use std::path::Path;

use serde_json::Value;
use vigie_fixtures::devices;

use super::demo;
use super::expect::{check_sarif, vigie};
use super::support::{Ran, tree};

fn regress(home: &Path, more: &[&str]) -> Ran {
    vigie(home, &[&["packs", "regress", "packs", "--corpus", "corpus", "--expect", "accepted.toml"], more].concat())
}

/// A corpus of three phones and things that are none, one pack, and an accepted run.
fn prepared() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let corpus = home.path().join("corpus");
    devices::ana().write(&corpus.join("ana")).unwrap();
    devices::marko().write(&corpus.join("apple/marko")).unwrap();
    fs::copy(demo("android-milan.zip"), corpus.join("milan.zip")).unwrap();
    fs::write(corpus.join("README.md"), "not a phone").unwrap();
    fs::write(corpus.join(".keep"), "").unwrap();
    let pack = home.path().join("packs/known");
    fs::create_dir_all(&pack).unwrap();
    fs::write(pack.join("collection.yaml"), "id: known\nname: Known\nclass: mercenary\n").unwrap();
    fs::write(pack.join("domains.txt"), "mobilepays.info\n").unwrap();
    fs::write(pack.join("processes.txt"), "roleaboutd\n").unwrap();
    let ran = regress(home.path(), &["--accept"]);
    assert_eq!(ran.code(), 0, "{}", ran.stderr);
    assert_eq!(ran.text(), "3 acquisition(s) scanned: 0 change(s) accepted in accepted.toml\n");
    home
}

fn accepted(home: &Path) -> String {
    fs::read_to_string(home.join("accepted.toml")).unwrap()
}

#[test]
fn a_missing_file_says_what_to_do() {
    let home = prepared();
    let home = home.path();
    fs::remove_file(home.join("accepted.toml")).unwrap();
    let ran = regress(home, &[]);
    assert_eq!((ran.code(), ran.text()), (2, ""));
    assert!(ran.stderr.contains("no such file") && ran.stderr.contains("--accept"), "{}", ran.stderr);
    assert!(!home.join("accepted.toml").exists());
    // What is no file of expectations is never replaced.
    fs::write(home.join("accepted.toml"), "precious = true\n").unwrap();
    assert_eq!(regress(home, &["--accept"]).code(), 2);
    assert_eq!(accepted(home), "precious = true\n");
}

#[test]
fn nothing_changed_is_0_and_the_same_file() {
    let home = prepared();
    let home = home.path();
    let text = accepted(home);
    for part in ["evidence = [\"ana\"]", "evidence = [\"apple/marko\"]", "evidence = [\"milan.zip\"]"] {
        assert_eq!(text.matches(part).count(), 1, "{part}: {text}");
    }
    assert_eq!(text.matches("[[device.finding]]").count(), 2, "the packs compiled in are not asked: {text}");
    let before = tree(&home.join("corpus"));
    let ran = regress(home, &["-j", "1"]);
    assert_eq!((ran.code(), ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.text(), "3 acquisition(s) scanned: nothing changed against accepted.toml\n");
    assert_eq!(regress(home, &["--accept"]).code(), 0);
    assert_eq!(accepted(home), text);
    assert_eq!(tree(&home.join("corpus")), before);
    assert_eq!(regress(home, &["--builtin"]).code(), 5, "they are, when asked for");
}

/// The changes by kind and acquisition, as JSON tells them.
fn changes(home: &Path) -> Vec<(String, String)> {
    let ran = regress(home, &["--json"]);
    let all = ran.json();
    let changes = all["changes"].as_array().unwrap();
    assert_eq!(ran.code(), if changes.is_empty() { 0 } else { 5 });
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    changes.iter().map(|c| (text(&c["change"]), text(&c["acquisition"]))).collect()
}

#[test]
fn every_change_is_named_and_can_be_accepted() {
    let home = prepared();
    let home = home.path();
    let (pack, corpus) = (home.join("packs/known"), home.join("corpus"));
    let of = |kinds: &[(&str, &str)]| kinds.iter().map(|(k, a)| ((*k).to_owned(), (*a).to_owned())).collect::<Vec<_>>();
    assert_eq!(changes(home), []);
    fs::write(pack.join("domains.txt"), "mobilepays.info\nmy190.info\n").unwrap();
    assert_eq!(changes(home), of(&[("finding-new", "ana")]));
    fs::write(pack.join("domains.txt"), "nothing.example\n").unwrap();
    assert_eq!(changes(home), of(&[("finding-vanished", "ana")]));
    fs::remove_file(pack.join("processes.txt")).unwrap();
    let gone = of(&[("verdict-changed", "ana"), ("finding-vanished", "ana"), ("finding-vanished", "ana")]);
    assert_eq!(changes(home), gone);
    let ran = regress(home, &[]);
    assert_eq!(ran.code(), 5);
    assert!(ran.text().contains("verdict-changed: ana: verdict: expected match, got no-match\n"), "{}", ran.text());
    assert!(ran.text().ends_with("3 change(s) against accepted.toml; if they are meant, accept them with --accept\n"));
    let ran = regress(home, &["--accept"]);
    assert_eq!(ran.code(), 0);
    assert!(ran.text().ends_with("3 change(s) accepted in accepted.toml\n"), "{}", ran.text());
    assert_eq!(changes(home), []);
    // Acquisitions come, go and break; a class that changes a severity; a file lost from a phone.
    devices::jelena().write(&corpus.join("j.zip"), vigie_fixtures::android::Container::Zip).unwrap();
    fs::remove_dir_all(corpus.join("apple")).unwrap();
    let moved = changes(home);
    assert_eq!(moved, of(&[("acquisition-vanished", "apple/marko"), ("acquisition-new", "j.zip")]));
    fs::write(corpus.join("milan.zip"), b"").unwrap();
    assert!(changes(home).contains(&("verdict-changed".into(), "milan.zip".into())));
    assert_eq!(regress(home, &["--accept"]).code(), 0);
    assert!(accepted(home).contains("verdict = \"invalid\""));
    fs::remove_file(corpus.join("ana/Info.plist")).unwrap();
    let lost = changes(home);
    for kind in ["verdict-changed", "complete-changed", "coverage-changed"] {
        assert!(lost.contains(&(kind.into(), "ana".into())), "{kind}: {lost:?}");
    }
}

#[test]
fn counts_and_severities_are_compared() {
    let home = prepared();
    let home = home.path();
    let text = accepted(home);
    fs::write(home.join("accepted.toml"), text.replacen("count = 1", "count = 9", 1)).unwrap();
    assert_eq!(changes(home), [("count-changed".to_owned(), "ana".to_owned())]);
    fs::write(home.join("accepted.toml"), text.replacen("records = ", "records = 9", 1)).unwrap();
    assert_eq!(changes(home), [("records-changed".to_owned(), "ana".to_owned())]);
    fs::write(home.join("accepted.toml"), &text).unwrap();
    let pack = home.join("packs/known/collection.yaml");
    fs::write(&pack, "id: known\nname: Known\nclass: watchware\n").unwrap();
    let kinds: Vec<String> = changes(home).into_iter().map(|(kind, _)| kind).collect();
    assert!(kinds.contains(&"severity-changed".to_owned()), "{kinds:?}");
    // A coverage line that nobody accepted is a change.
    fs::write(&pack, "id: known\nname: Known\nclass: mercenary\n").unwrap();
    let without: Vec<&str> = text.lines().filter(|l| !l.contains("ios.sms\", status")).collect();
    fs::write(home.join("accepted.toml"), without.join("\n")).unwrap();
    let mut kinds = changes(home);
    kinds.dedup();
    assert!(kinds.iter().all(|(kind, _)| kind == "coverage-new") && kinds.len() == 2, "{kinds:?}");
}

#[test]
fn files_for_machines() {
    let home = prepared();
    let home = home.path();
    fs::write(home.join("packs/known/processes.txt"), "nothing\n").unwrap();
    let ran = regress(home, &["--junit", "j.xml", "--sarif", "s.sarif"]);
    assert_eq!(ran.code(), 5, "{}", ran.stderr);
    let log: Value = serde_json::from_slice(&fs::read(home.join("s.sarif")).unwrap()).unwrap();
    check_sarif(&log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().all(|r| r["ruleId"] == "unexpected"));
    let junit = fs::read_to_string(home.join("j.xml")).unwrap();
    assert_eq!(junit.matches("<failure ").count(), results.len());
    assert!(junit.contains("<testsuites name=\"vigie packs regress\""), "{junit}");
    let line: u64 = results[0]["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap();
    assert!(junit.contains(&format!("line=\"{line}\"")), "{junit}");
    // Never into the corpus' phones, and no run without one.
    assert_eq!(regress(home, &["--junit", "corpus/ana/j.xml"]).code(), 2);
    let none = vigie(home, &["packs", "regress", "packs", "--corpus", "packs", "--expect", "accepted.toml"]);
    assert_eq!(none.code(), 2);
    assert!(none.stderr.contains("no acquisition"), "{}", none.stderr);
    let bad = vigie(home, &["packs", "regress", "corpus", "--corpus", "corpus", "--expect", "accepted.toml"]);
    assert_eq!(bad.code(), 4, "{}", bad.stderr);
}
