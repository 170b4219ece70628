//! STIX patterns over the records of the demo phones, as an analyst would write them into a list.

use crate::support;
use std::ffi::OsStr;
use std::path::Path;

use serde_json::Value;

const SEQUENCE: &str =
    "([domain-name:value = 'sahibndn.io'] FOLLOWEDBY [process:name = 'roleaboutd']) WITHIN 60 SECONDS";

/// The findings of one pattern on one demo phone: artifact, count, step.
fn ask(phone: &str, pattern: &str) -> Vec<(String, u64, String)> {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("patterns.txt");
    std::fs::write(&list, format!("# one pattern per line\n{pattern}\n")).unwrap();
    let phone = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo").join(phone);
    let done = support::vigie::<&OsStr>(&[
        "scan".as_ref(),
        phone.as_os_str(),
        "--no-builtin".as_ref(),
        "-i".as_ref(),
        list.as_os_str(),
        "--json".as_ref(),
        "--reproducible".as_ref(),
        "--fail-on".as_ref(),
        "none".as_ref(),
    ]);
    let report = done.json();
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|f| (text(&f["artifact"]), f["count"].as_u64().unwrap(), text(&f["step"]))).collect()
}

fn found(artifact: &str, count: u64, step: &str) -> Vec<(String, u64, String)> {
    vec![(artifact.to_owned(), count, step.to_owned())]
}

#[test]
fn records_of_several_artifacts_make_one_match() {
    assert_eq!(ask("iphone-ana", SEQUENCE), found("ios.safari_history", 2, "subdomain"));
    for none in [
        "[process:name = 'roleaboutd'] FOLLOWEDBY [domain-name:value = 'sahibndn.io']",
        "([domain-name:value = 'sahibndn.io'] FOLLOWEDBY [process:name = 'roleaboutd']) WITHIN 5 SECONDS",
        "([domain-name:value = 'mobilepays.info'] AND [process:name = 'roleaboutd']) WITHIN 60 SECONDS",
        "[domain-name:value = 'sahibndn.io'] AND [domain-name:value = 'nobody.example']",
    ] {
        assert_eq!(ask("iphone-ana", none), [], "{none}");
    }
    assert_eq!(ask("iphone-marko", SEQUENCE), []);
}

#[test]
fn times_and_repetitions_are_those_of_the_records() {
    let inside = "[process:name = 'roleaboutd'] START t'2025-10-14T00:00:00Z' STOP t'2025-10-15T00:00:00Z'";
    assert_eq!(ask("iphone-ana", inside), found("ios.datausage", 1, "exact"));
    let outside = "[process:name = 'roleaboutd'] START t'2025-10-15T00:00:00Z' STOP t'2025-10-16T00:00:00Z'";
    assert_eq!(ask("iphone-ana", outside), []);
    let often = |n| format!("[x-android-appops:package = 'com.serv.services'] REPEATS {n} TIMES");
    assert_eq!(ask("android-jelena", &often(4)), found("android.appops", 4, "rule"));
    assert_eq!(ask("android-jelena", &often(4_000)), []);
}

#[test]
fn every_operator_sees_records() {
    assert_eq!(ask("iphone-ana", "[process:name LIKE 'roleabout_']"), found("ios.datausage", 1, "exact"));
    assert_eq!(ask("iphone-ana", "[process:name MATCHES '^role[a-z]+d$']"), found("ios.datausage", 1, "exact"));
    assert_eq!(ask("iphone-marko", "[process:name MATCHES '^role[a-z]+d$']"), []);
    let rule = "[x-android-settings:name LIKE 'package_verifier%' AND x-android-settings:value < '1']";
    assert_eq!(ask("android-jelena", rule).first().map(|f| f.2.as_str()), Some("rule"));
}

#[test]
fn every_record_of_a_match_is_a_line_of_matches() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("patterns.txt");
    std::fs::write(&list, SEQUENCE).unwrap();
    let out = folder.path().join("report");
    let phone = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/iphone-ana");
    support::vigie::<&OsStr>(&[
        "scan".as_ref(),
        phone.as_os_str(),
        "--no-builtin".as_ref(),
        "-i".as_ref(),
        list.as_os_str(),
        "-o".as_ref(),
        out.as_os_str(),
        "--quiet".as_ref(),
    ]);
    let text = std::fs::read_to_string(out.join("matches.jsonl")).unwrap();
    let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let report: Value = serde_json::from_slice(&std::fs::read(out.join("findings.json")).unwrap()).unwrap();
    let artifacts: Vec<&str> = lines.iter().map(|l| l["artifact"].as_str().unwrap()).collect();
    assert_eq!(artifacts, ["ios.safari_history", "ios.datausage"]);
    let ids: Vec<&Value> = lines.iter().map(|l| &l["finding"]).collect();
    assert!(ids.iter().all(|id| **id == report["findings"][0]["id"]), "{ids:?}");
}
