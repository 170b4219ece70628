//! `scan --suppress`: hidden, and never silently.

use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::demo;
use super::expect::{check_sarif, vigie};
use super::support::{Ran, schema};

const PROFILE: &str = "[configuration-profile:id = '76DAB334-7E17-475D-A5D6-0794EB5818A5']";

fn entry(what: &str, more: &str) -> String {
    format!("\n[[suppress]]\n{what}\nreason = \"our own management\"\nexpires = \"2027-01-31\"\n{more}\n")
}

/// Scans Ana's phone with a suppression file of these entries.
fn scan(home: &Path, entries: &str, more: &[&str]) -> Ran {
    fs::write(home.join("known.toml"), format!("version = 1\n{entries}")).unwrap();
    let phone = demo("iphone-ana");
    let args = [&["scan", phone.to_str().unwrap(), "--suppress", "known.toml", "--reproducible"], more].concat();
    vigie(home, &args)
}

fn json(home: &Path, entries: &str) -> Value {
    let report = scan(home, entries, &["--json", "--fail-on", "none"]).json();
    schema::check_report(&report);
    report
}

fn list<'v>(report: &'v Value, key: &str) -> &'v [Value] {
    report[key].as_array().unwrap()
}

#[test]
fn what_is_hidden_is_moved_whole_and_told() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let all = json(home, "");
    assert_eq!(list(&all, "suppressed").len(), 0);
    let report = json(home, &entry(&format!("pattern = \"{PROFILE}\""), ""));
    let hidden = list(&report, "suppressed");
    assert_eq!((hidden.len(), list(&report, "findings").len()), (1, list(&all, "findings").len() - 1));
    let told = &hidden[0];
    assert_eq!((&told["file"], &told["line"]), (&"known.toml".into(), &3.into()));
    assert_eq!((&told["reason"], &told["expires"]), (&"our own management".into(), &"2027-01-31".into()));
    let before = list(&all, "findings").iter().find(|f| f["id"] == told["finding"]["id"]).unwrap();
    assert_eq!(before, &told["finding"], "it is the finding, whole");
    let reasons = report["devices"][0]["verdict"]["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|r| r["code"] == "suppressed" && r["text"] == "1 finding(s) hidden by known.toml"));
    let file = &list(&report, "suppressions")[0];
    assert_eq!((&file["entries"], &file["as_of"]), (&1.into(), &"2025-11-03".into()));
    assert_eq!(file["expired"], Value::Array(Vec::new()));
    // On the page, in both languages.
    let page = |lang: &str| {
        let ran = scan(home, &entry(&format!("pattern = \"{PROFILE}\""), ""), &["--lang", lang]);
        ran.text().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let english = page("en");
    assert!(english.contains("One finding is hidden by known.toml and does not count: [CRITICAL]"), "{english}");
    assert!(english.contains("Reason given: our own management. Holds until 2027-01-31."), "{english}");
    assert!(english.contains("One finding does not count here"), "{english}");
    let french = page("fr");
    assert!(french.contains("Un constat est masqué par known.toml et ne compte pas"), "{french}");
}

#[test]
fn verdict_and_exit_code_leave_out_what_is_hidden() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let all = json(home, "");
    let entries: String = list(&all, "findings")
        .iter()
        .map(|f| match f["step"].as_str().unwrap() {
            "rule" => entry(&format!("rule = {}", f["explanation"]["key"]), ""),
            _ => entry(&format!("pattern = {}", f["indicator"]["pattern"]), ""),
        })
        .collect();
    let report = json(home, &entries);
    assert_eq!(list(&report, "findings").len(), 0);
    assert_eq!(list(&report, "suppressed").len(), list(&all, "findings").len());
    assert_eq!((&report["verdict"]["state"], &all["verdict"]["state"]), (&"no-match".into(), &"match".into()));
    let ran = scan(home, &entries, &["--sarif", "s.sarif", "--junit", "j.xml", "-o", "report"]);
    assert_eq!(ran.code(), 0, "{}", ran.stderr);
    assert!(ran.text().contains("findings do not count here"), "{}", ran.text());
    // Every match stays in matches.jsonl; machines see what is hidden as suppressed.
    assert!(fs::read_to_string(home.join("report/matches.jsonl")).unwrap().lines().count() >= 10);
    let log: Value = serde_json::from_slice(&fs::read(home.join("s.sarif")).unwrap()).unwrap();
    check_sarif(&log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), list(&all, "findings").len());
    assert!(results.iter().all(|r| r["suppressions"][0]["kind"] == "external"));
    let junit = fs::read_to_string(home.join("j.xml")).unwrap();
    assert_eq!(junit.matches("<skipped message=\"hidden by known.toml:").count(), results.len());
    assert!(!junit.contains("<failure"));
}

#[test]
fn an_expired_entry_hides_nothing_and_is_told() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let what = entry(&format!("pattern = \"{PROFILE}\""), "");
    let hidden = |more: &[&str]| {
        let args = [&["--json", "--fail-on", "none"], more].concat();
        let report = scan(home, &what, &args).json();
        let file = &report["suppressions"][0];
        (list(&report, "suppressed").len(), file["as_of"].clone(), file["expired"].clone())
    };
    assert_eq!(hidden(&["--as-of", "2027-01-31"]).0, 1, "the last day counts");
    let (n, as_of, expired) = hidden(&["--as-of", "2027-02-01"]);
    assert_eq!((n, as_of), (0, "2027-02-01".into()));
    assert_eq!((&expired[0]["line"], &expired[0]["expires"]), (&3.into(), &"2027-01-31".into()));
    assert_eq!(expired[0]["findings"].as_array().unwrap().len(), 1);
    let ran = scan(home, &what, &["--as-of", "2027-02-01"]);
    assert_eq!(ran.code(), 1);
    let page = ran.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("One entry of known.toml is past its end date and hides nothing."), "{page}");
    assert!(page.contains("Line 3 ended on 2027-01-31 and would hide one finding that counts now"), "{page}");
}

#[test]
fn limits_of_an_entry() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let hidden = |more: &str| {
        let report = json(home, &entry("type = \"domain-name:value\"\nvalue = \"MOBILEPAYS.info\"", more));
        list(&report, "suppressed").len()
    };
    let all = json(home, "");
    let sms = list(&all, "findings").iter().find(|f| f["indicator"]["value"] == "mobilepays.info").unwrap();
    let file_hash = sms["examples"][0]["where"]["sha256"].as_str().unwrap();
    let info = fs::read_to_string(demo("iphone-ana").join("Info.plist")).unwrap();
    let (_, rest) = info.split_once("<key>Unique Identifier</key>").unwrap();
    let udid = rest.split_once("<string>").unwrap().1.split_once("</string>").unwrap().0.to_uppercase();
    let udid_hash: String = Sha256::digest(udid.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    for (more, expected) in [
        (String::new(), 1),
        ("artifact = \"ios.sms\"".into(), 1),
        ("artifact = \"ios.whatsapp\"".into(), 0),
        ("evidence = \"demo/iphone-*\"".into(), 1),
        ("evidence = \"iphone\"".into(), 0),
        (format!("device = \"{udid}\""), 1),
        (format!("device = \"{udid_hash}\""), 1),
        ("device = \"00008030-0000000000000000\"".into(), 0),
        (format!("sha256 = \"{file_hash}\""), 1),
        (format!("sha256 = \"{}\"", "0".repeat(64)), 0),
    ] {
        assert_eq!(hidden(&more), expected, "{more}");
    }
}

#[test]
fn a_bad_file_stops_the_run() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    for (entries, said) in [
        (entry("value = \"x\"", ""), "known.toml:3: value needs a type"),
        (entry(&format!("pattern = \"{PROFILE}\"\nwhy = 1"), ""), "known.toml:5: unknown field `why`"),
        ("[[suppress]]\nrule = \"x\"\nexpires = \"2027-01-31\"\n".into(), "known.toml:2: missing field `reason`"),
    ] {
        let ran = scan(home, &entries, &["-o", "never"]);
        assert_eq!((ran.code(), ran.text()), (2, ""));
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert!(!home.join("never").exists());
    }
}
