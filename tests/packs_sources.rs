//! Indicators from every kind of source, as a user names them on the command line.

mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::Digest as _;
use support::Ran;
use tempfile::TempDir;

fn demo(name: &str) -> String {
    format!("{}/fixtures/demo/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Scans the demo iPhone with traces, with these indicators alone.
fn scan(indicators: &Path) -> Ran {
    let phone = demo("iphone-ana");
    let args: [&OsStr; 9] = [
        "scan".as_ref(),
        phone.as_ref(),
        "--no-builtin".as_ref(),
        "-i".as_ref(),
        indicators.as_os_str(),
        "--json".as_ref(),
        "--reproducible".as_ref(),
        "--fail-on".as_ref(),
        "none".as_ref(),
    ];
    support::vigie(&args)
}

fn patterns(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|f| f["indicator"]["pattern"].as_str().unwrap().to_owned()).collect()
}

fn written(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    folder
}

const DOMAIN: &str = "[domain-name:value = 'sahibndn.io']";

#[test]
fn lists_yaml_and_misp_find_the_same() {
    let misp = json!({"Event": {"info": "x", "Attribute": [
        {"type": "domain", "value": "sahibndn.io", "to_ids": true, "uuid": "a"}]}});
    for (name, text) in [
        ("domains.txt", "# C2\nsahibndn.io\n".to_owned()),
        ("mixed.txt", "hxxps://nobody.example/x\nsahibndn[.]io\n".to_owned()),
        ("patterns.txt", format!("{DOMAIN}\n")),
        ("ioc.yaml", "- name: Spy\n  type: stalkerware\n  websites:\n  - sahibndn.io\n".to_owned()),
        ("event.json", misp.to_string()),
    ] {
        let folder = written(name, &text);
        for path in [folder.path().join(name), folder.path().to_path_buf()] {
            if name == "mixed.txt" && path.is_dir() {
                continue; // only lists with a known name are taken from a folder
            }
            let ran = scan(&path);
            assert_eq!(patterns(&ran.json()), [DOMAIN], "{name}: {}", ran.stderr);
        }
    }
}

#[test]
fn an_index_names_packs_and_says_which_are_missing() {
    let folder = written(
        "indicators.yaml",
        "indicators:
- type: github
  name: Known Campaign
  references: [https://report.example/]
  github: {owner: o, repo: r, branch: main, path: here/pack.stix2}
- type: github
  name: Elsewhere
  github: {owner: o, repo: r, branch: main, path: there/gone.stix2}
",
    );
    let id = "indicator--01234567-89ab-4def-8123-456789abcdef";
    let bundle = json!({"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "indicator", "spec_version": "2.1", "id": id, "pattern": DOMAIN, "pattern_type": "stix",
         "created": "2024-01-01T00:00:00Z", "modified": "2024-02-03T00:00:00Z", "valid_from": "2024-01-01T00:00:00Z",
         "confidence": 85, "labels": ["c2"], "indicator_types": ["malicious-activity"],
         "object_marking_refs": ["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"],
         "kill_chain_phases": [{"kill_chain_name": "k", "phase_name": "command"}],
         "external_references": [{"source_name": "lab", "url": "https://lab.example/1"}],
         "extensions": {"extension-definition--1": {"extension_type": "property-extension", "weight": 3}}}]});
    fs::create_dir(folder.path().join("here")).unwrap();
    fs::write(folder.path().join("here/pack.stix2"), bundle.to_string()).unwrap();
    let report = scan(folder.path()).json();
    assert_eq!(patterns(&report), [DOMAIN]);
    let source = &report["findings"][0]["indicator"]["sources"][0];
    assert_eq!(
        *source,
        json!({"pack": "pack", "id": id, "valid_from": "2024-01-01T00:00:00Z", "markings": ["TLP:RED"], "confidence": 85,
            "labels": ["c2"], "indicator_types": ["malicious-activity"], "kill_chain_phases": ["k/command"],
            "references": ["https://lab.example/1"],
            "extensions": "{\"extension-definition--1\":{\"extension_type\":\"property-extension\",\"weight\":3}}"})
    );
    let packs = report["packs"].as_array().unwrap();
    assert_eq!(packs[0]["name"], "Known Campaign");
    assert_eq!(packs[0]["newest"], "2024-02-03T00:00:00Z");
    assert!(packs[0]["age_days"].as_u64().unwrap() > 600);
    let missing: Vec<&Value> = packs[1]["problems"].as_array().unwrap().iter().collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0]["code"], "pack-missing");
    assert!(missing[0]["text"].as_str().unwrap().contains("Elsewhere"));
}

#[test]
fn the_only_malware_of_a_bundle_is_meant_unless_something_else_is_said() {
    let id = |n: u32| format!("indicator--01234567-89ab-4def-8123-45678900000{n}");
    let one =
        |n: u32, pattern: &str| json!({"type": "indicator", "id": id(n), "pattern": pattern, "pattern_type": "stix"});
    let malware = json!({"type": "malware", "id": "malware--1", "name": "Pegasus"});
    let bundle = |objects: Vec<Value>| json!({"type": "bundle", "id": "bundle--1", "objects": objects}).to_string();
    let name = |text: &str| {
        let folder = written("flat.stix2", text);
        let report = scan(&folder.path().join("flat.stix2")).json();
        report["findings"][0]["indicator"]["malware"].as_str().unwrap().to_owned()
    };
    assert_eq!(name(&bundle(vec![one(1, DOMAIN), malware.clone()])), "Pegasus");
    let other = json!({"type": "malware", "id": "malware--2", "name": "Other"});
    assert_eq!(name(&bundle(vec![malware.clone(), other.clone(), one(1, DOMAIN)])), "flat");
    let link = json!({"type": "relationship", "id": "relationship--1", "relationship_type": "indicates",
        "source_ref": id(1), "target_ref": "malware--2"});
    assert_eq!(name(&bundle(vec![malware, other, one(1, DOMAIN), link])), "Other");
}

#[test]
fn a_large_bundle_is_read_like_a_small_one() {
    // Beyond the size from which reading, hashing and loading go on side by side.
    let mut objects = vec![json!({"type": "malware", "id": "malware--1", "name": "Pegasus"})];
    for n in 0..20_000 {
        objects.push(json!({"type": "indicator", "id": format!("indicator--01234567-89ab-4def-8123-4567{n:08x}"),
            "pattern": format!("[domain-name:value = 'h{n}.planted.example']"), "pattern_type": "stix",
            "description": "a".repeat(100)}));
    }
    objects.push(json!({"type": "indicator", "id": "indicator--x", "pattern": DOMAIN, "pattern_type": "stix"}));
    objects.push(json!({"type": "indicator", "id": "indicator--bad"}));
    let text = json!({"type": "bundle", "id": "bundle--1", "objects": objects}).to_string();
    assert!(text.len() > 4 << 20);
    let folder = written("large.stix2", &text);
    let path = folder.path().join("large.stix2");
    let report = scan(&path).json();
    assert_eq!(patterns(&report), [DOMAIN]);
    let pack = &report["packs"][0];
    assert_eq!((pack["loaded"].as_u64(), pack["problems"].as_array().unwrap().len()), (Some(20_001), 1));
    let digest: String = sha2::Sha256::digest(&text).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(pack["sha256"], digest);
    fs::write(&path, &text[..text.len() - 50]).unwrap();
    let cut = scan(&path).json();
    let codes: Vec<&str> =
        cut["packs"][0]["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"bundle-damaged"), "{codes:?}");
}

#[test]
fn what_mvt_would_load_is_loaded_when_asked_for() {
    let folder =
        written("data/mvt/indicators/pack.stix2", &json!({"type": "bundle", "id": "b", "objects": []}).to_string());
    let list = folder.path().join("more/domains.txt");
    fs::create_dir(folder.path().join("more")).unwrap();
    fs::write(&list, "sahibndn.io\n").unwrap();
    let run = |env: &[(&str, &Path)]| {
        let mut command = support::command(folder.path());
        command.args(["scan", &demo("iphone-ana"), "--no-builtin", "--mvt", "--json", "--fail-on", "none"]);
        command.envs(env.iter().copied());
        support::finish(&mut command)
    };
    let with = run(&[("MVT_STIX2", list.parent().unwrap())]);
    assert_eq!(patterns(&with.json()), [DOMAIN]);
    let without = run(&[]);
    assert_eq!(without.code(), 4);
    assert!(without.stderr.contains("--mvt"), "{}", without.stderr);
    let empty = run(&[("XDG_DATA_HOME", &folder.path().join("data"))]);
    assert_eq!(empty.code(), 4, "a pack without a usable indicator is said");
}

#[test]
fn a_try_shows_what_a_pattern_matches() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("seen.json");
    let seen = json!({"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "observed-data", "id": "observed-data--1", "first_observed": "2024-01-01T00:00:00Z",
         "last_observed": "2024-01-01T00:00:01Z", "number_observed": 1, "object_refs": ["domain-name--1"]},
        {"type": "domain-name", "id": "domain-name--1", "value": "evil.example"}]});
    fs::write(&bundle, seen.to_string()).unwrap();
    let attempt = |pattern: &str, more: &[&str]| {
        let mut command = support::command(folder.path());
        command.args(["packs", "try", "-p", pattern]).args(more);
        support::finish(&mut command)
    };
    let file = bundle.to_str().unwrap();
    let ran = attempt("[domain-name:value LIKE 'evil%']", &[file]);
    assert_eq!(ran.code(), 0);
    assert!(ran.text().contains("observed-data--1") && ran.text().ends_with("match (1 looked at)\n"), "{}", ran.text());
    let ran = attempt("[domain-name:value = 'other.example']", &[file, "--expect", "match"]);
    assert_eq!((ran.code(), ran.text()), (5, "no match (1 looked at)\n"));
    let ran = attempt("[domain-name:value ?? 'x']", &[file]);
    assert_eq!(ran.code(), 2);
    assert!(ran.stderr.contains("line 1, column 20") && ran.stderr.contains('^'), "{}", ran.stderr);

    let out = folder.path().join("report");
    let phone = demo("iphone-ana");
    support::vigie::<&OsStr>(&["scan".as_ref(), phone.as_ref(), "-o".as_ref(), out.as_os_str(), "-q".as_ref()]);
    let report = out.to_str().unwrap();
    let ran = attempt("[process:name MATCHES '^roleabout.$']", &[report, "--json"]);
    let tried = ran.json();
    assert_eq!(tried["matches"].as_array().unwrap().len(), 1, "{tried}");
    assert!(tried["matches"][0]["what"].as_str().unwrap().starts_with("ios.datausage"));
    let sequence = "([domain-name:value = 'sahibndn.io'] FOLLOWEDBY [process:name = 'roleaboutd']) WITHIN 60 SECONDS";
    let tried = attempt(sequence, &[report, "--json"]).json();
    let parts: Vec<u64> = tried["matches"].as_array().unwrap().iter().map(|m| m["part"].as_u64().unwrap()).collect();
    assert_eq!(parts, [1, 2]);
    let never = attempt("[software:name = 'x']", &[report]);
    assert_eq!(never.code(), 2);
    assert!(never.stderr.contains("nothing vigie reads"), "{}", never.stderr);
}
