//! Indicators from every kind of source, as a user names them on the command line.

use crate::support;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use crate::support::Ran;
use serde_json::{Value, json};
use sha2::Digest as _;
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
                // Only lists with a known name are taken from a folder; the others are told.
                let ran = scan(&path);
                assert!(ran.code() == 4 && ran.stderr.contains(name), "{}", ran.stderr);
                continue;
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
        report["findings"][0]["indicator"]["malware"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(name(&bundle(vec![one(1, DOMAIN), malware.clone()])), "Pegasus");
    let other = json!({"type": "malware", "id": "malware--2", "name": "Other"});
    assert_eq!(
        name(&bundle(vec![malware.clone(), other.clone(), one(1, DOMAIN)])),
        "",
        "the name of a file is not that of a tool"
    );
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

/// Everything the packs of a report say is wrong with them.
fn problems(report: &Value) -> Vec<String> {
    let packs = report["packs"].as_array().unwrap();
    packs
        .iter()
        .flat_map(|p| p["problems"].as_array().unwrap())
        .map(|p| format!("{}: {}", p["code"].as_str().unwrap(), p["text"].as_str().unwrap()))
        .collect()
}

fn one_problem(report: &Value, code: &str, says: &[&str]) {
    let all = problems(report);
    let found = all.iter().find(|p| p.starts_with(code) && says.iter().all(|s| p.contains(s)));
    assert!(found.is_some(), "no {code} with {says:?} in {all:#?}");
}

fn indicator(n: u32, pattern: &str, modified: &str, revoked: bool) -> Value {
    json!({"type": "indicator", "id": format!("indicator--01234567-89ab-4def-8123-45678900000{n}"), "pattern": pattern,
        "pattern_type": "stix", "modified": modified, "revoked": revoked})
}

#[test]
fn nothing_in_a_folder_is_passed_over_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let bundle = |n: u32, domain: &str| {
        let pattern = format!("[domain-name:value = '{domain}']");
        let objects = [indicator(n, &pattern, "2024-01-01T00:00:00Z", false)];
        json!({"type": "bundle", "id": "bundle--1", "objects": objects}).to_string()
    };
    put("spy/collection.yaml", "id: spy\nname: Spy\noutput: spy.stix2\n");
    put("spy/DOMAINS.txt", "one.example\n");
    put("spy/domain.txt", "two.example\n");
    put("spy/README.txt", "words\n");
    put("spy/spy.stix2", &bundle(1, "one.example"));
    put("spy/more.stix2", &bundle(2, "sahibndn.io"));
    put("spy/inner/collection.yaml", "id: inner\nname: Inner\n");
    put("spy/inner/processes.txt", "innerd\n");
    put("campaign.txt", "three.example\n");
    put("iocs.csv", "four.example\n");
    put("other.yaml", "a: b\n");
    put(".github/workflows/ci.yml", "a: b\n");
    put("LICENSE.txt", "words\n");
    let report = scan(folder.path()).json();
    assert_eq!(patterns(&report), [DOMAIN]);
    let loaded: u64 = report["packs"].as_array().unwrap().iter().map(|p| p["loaded"].as_u64().unwrap()).sum();
    assert_eq!(loaded, 3, "{:#}", report["packs"]);
    one_problem(&report, "pack-file", &["domain.txt", "no list has this name"]);
    one_problem(&report, "pack-file", &["3 files were passed over", "campaign.txt", "iocs.csv", "other.yaml"]);
    assert_eq!(problems(&report).len(), 2, "{:?}", problems(&report));
}

#[cfg(unix)]
#[test]
fn links_to_files_are_followed_and_others_are_told() {
    use std::os::unix::fs::symlink;
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(elsewhere.path().join("domains.txt"), "sahibndn.io\n").unwrap();
    symlink(elsewhere.path().join("domains.txt"), folder.path().join("domains.txt")).unwrap();
    symlink(elsewhere.path(), folder.path().join("all")).unwrap();
    symlink(elsewhere.path().join("gone.stix2"), folder.path().join("gone.stix2")).unwrap();
    fs::create_dir(folder.path().join("again")).unwrap();
    fs::write(folder.path().join("again/processes.txt"), "x1\n").unwrap();
    symlink(folder.path().join("again/processes.txt"), folder.path().join("processes.txt")).unwrap();
    let report = scan(folder.path()).json();
    assert_eq!(patterns(&report), [DOMAIN]);
    assert_eq!(report["packs"].as_array().unwrap().len(), 3, "{:#}", report["packs"]);
    one_problem(&report, "pack-file", &["all", "a link to a folder"]);
    one_problem(&report, "pack-file", &["gone.stix2"]);
}

#[test]
fn of_versions_of_one_indicator_the_newest_counts() {
    let load = |objects: &[Value]| {
        let text = json!({"type": "bundle", "id": "bundle--1", "objects": objects}).to_string();
        let folder = written("versions.stix2", &text);
        scan(&folder.path().join("versions.stix2"))
    };
    let (old, new) = ("2024-01-01T00:00:00Z", "2024-06-01T00:00:00.5Z");
    let other = "[domain-name:value = 'other.example']";
    let bystander = indicator(2, "[process:name = 'nobodyd']", old, false);
    // In any order; the newer version is another pattern.
    for objects in [
        [indicator(1, DOMAIN, old, false), indicator(1, other, new, false)],
        [indicator(1, other, new, false), indicator(1, DOMAIN, old, false)],
    ] {
        let report = load(&[&objects[..], std::slice::from_ref(&bystander)].concat()).json();
        assert!(patterns(&report).is_empty());
        assert_eq!(report["packs"][0]["loaded"], 2);
        one_problem(&report, "superseded", &["1 indicators"]);
    }
    let fixed = load(&[indicator(1, other, old, false), indicator(1, DOMAIN, new, false)]).json();
    assert_eq!(patterns(&fixed), [DOMAIN]);
    // Withdrawn later, and earlier.
    let objects = [indicator(1, DOMAIN, old, false), indicator(1, DOMAIN, new, true), bystander.clone()];
    let gone = load(&objects).json();
    assert!(patterns(&gone).is_empty());
    assert_eq!((&gone["packs"][0]["loaded"], &gone["packs"][0]["revoked"]), (&json!(1), &json!(1)));
    let back = load(&[indicator(1, DOMAIN, new, false), indicator(1, DOMAIN, old, true), bystander]).json();
    assert_eq!(patterns(&back), [DOMAIN]);
    assert!(problems(&back).is_empty());
    // Two malware objects that are one.
    let malware =
        |name: &str, modified: &str| json!({"type": "malware", "id": "malware--1", "name": name, "modified": modified});
    let named = load(&[malware("New Name", new), malware("Old Name", old), indicator(1, DOMAIN, new, false)]).json();
    assert_eq!(named["findings"][0]["indicator"]["malware"], "New Name");
}

#[test]
fn a_flattened_folder_gives_no_file_to_two_packs() {
    let index = "indicators:
- type: github
  name: One
  github: {owner: o, repo: r, branch: main, path: one/pack.stix2}
- type: github
  name: Two
  github: {owner: o, repo: s, branch: main, path: two/pack.stix2}
- type: github
  name: Away
  github: {owner: o, repo: s, branch: main, path: 'C:\\\\pack.stix2'}
";
    let folder = written("indicators.yaml", &index.replace("\\\\", "\\"));
    let objects = [indicator(1, DOMAIN, "2024-01-01T00:00:00Z", false)];
    let bundle = json!({"type": "bundle", "id": "bundle--1", "objects": objects}).to_string();
    fs::write(folder.path().join("pack.stix2"), bundle).unwrap();
    let report = scan(folder.path()).json();
    // It is loaded once, under no name of the index.
    assert_eq!(patterns(&report), [DOMAIN]);
    for name in ["One", "Two"] {
        one_problem(&report, "pack-missing", &[name, "several packs"]);
    }
    one_problem(&report, "pack-missing", &["Away"]);
    let names: Vec<&str> = report["packs"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["index", "pack"]);
}

#[test]
fn bytes_that_are_no_text_cost_their_line_and_are_hashed_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = b"sahibndn.io\nb\xffd.example\n";
    fs::write(folder.path().join("domains.txt"), bytes).unwrap();
    let report = scan(&folder.path().join("domains.txt")).json();
    assert_eq!(patterns(&report), [DOMAIN]);
    let pack = &report["packs"][0];
    let digest: String = sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!((&pack["sha256"], &pack["not_evaluable_count"]), (&json!(digest), &json!(1)));
    one_problem(&report, "pack-file", &["1 lines are not UTF-8"]);
}

#[test]
fn without_indicators_nothing_is_scanned() {
    let phone = demo("iphone-marko");
    let ran = support::vigie(&["scan", phone.as_str(), "--no-builtin"]);
    assert_eq!((ran.code(), ran.text()), (4, ""));
    assert!(ran.stderr.contains("-i"), "{}", ran.stderr);

    // A program that uses the library gets no "no match" either.
    use vigie::scan::{self, Options, Outputs, Records, Silent};
    let options = Options::reproducible(vec![phone.into()], 1, Records::None);
    let matcher = vigie::matcher::Matcher::new(vigie::packs::Library::default());
    let opening = scan::open(&options.paths);
    let report = scan::scan(&opening, &matcher, &options, Outputs { folder: None }, &Silent).unwrap().report;
    let verdict = &report.devices[0].verdict;
    assert_eq!((verdict.state, verdict.complete), (vigie::finding::State::Inconclusive, false));
    assert!(verdict.reasons.iter().any(|r| r.code == "no-indicators"));
    assert_eq!(report.verdict.state, vigie::finding::State::Inconclusive);
}

#[test]
fn problems_are_listed_counted_and_never_hide_a_cut_file() {
    let mut objects: Vec<Value> = (0..1_500).map(|n| json!({"type": "indicator", "id": format!("bad{n}")})).collect();
    objects.push(indicator(1, DOMAIN, "2024-01-01T00:00:00Z", false));
    let text = json!({"type": "bundle", "id": "bundle--1", "objects": objects}).to_string();
    let folder = written("cut.stix2", &text[..text.len() - 2]);
    let path = folder.path().join("cut.stix2");
    let report = scan(&path).json();
    let all = problems(&report);
    assert!(all[0].starts_with("bundle-damaged"), "{}", all[0]);
    assert!(all.last().unwrap().starts_with("problems-limit: 50"), "{}", all.last().unwrap());
    let (phone, file) = (demo("iphone-marko"), path.to_str().unwrap());
    let page = support::vigie(&["scan", phone.as_str(), "--no-builtin", "-i", file]);
    let words = page.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("file ends before the pack does") && words.contains("more problems"), "{words}");
    let listed = support::vigie(&["packs", "list", "--no-builtin", "-i", file]);
    assert!(listed.text().contains("cut: bundle-damaged: "), "{}", listed.text());
}

#[test]
fn json_about_packs_shows_no_hidden_characters() {
    let folder = tempfile::tempdir().unwrap();
    let seen = json!({"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "observed-data", "id": "observed-data--\u{202e}1", "first_observed": "2024-01-01T00:00:00Z",
         "last_observed": "2024-01-01T00:00:01Z", "number_observed": 1, "object_refs": ["domain-name--1"]},
        {"type": "domain-name", "id": "domain-name--1", "value": "evil.example"}]});
    let bundle = folder.path().join("seen.json");
    fs::write(&bundle, seen.to_string()).unwrap();
    let ran = support::vigie(&[
        "packs",
        "try",
        "--json",
        "-p",
        "[domain-name:value = 'evil.example']",
        bundle.to_str().unwrap(),
    ]);
    assert!(ran.text().contains("observed-data--\\u202e1"), "{}", ran.text());
    let pack = folder.path().join("pack");
    fs::create_dir(&pack).unwrap();
    fs::write(pack.join("collection.yaml"), "id: \"p\\u202ex\"\nname: P\n").unwrap();
    fs::write(pack.join("domains.txt"), "one.example\n").unwrap();
    let ran = support::vigie(&["packs", "selftest", "--json", pack.to_str().unwrap()]);
    assert!(ran.text().contains("p\\u202ex") && !ran.text().contains('\u{202e}'), "{}", ran.text());
}
