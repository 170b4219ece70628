//! `vigie packs selftest` as a person types it. With `VIGIE_CORPUS`, the public packs pass too.

use crate::support;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::support::{Ran, tree, vigie};
use serde_json::Value;

/// A pack folder with these lists.
fn pack(root: &Path, name: &str, lists: &[(&str, &str)]) -> PathBuf {
    let folder = root.join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("collection.yaml"), format!("id: {name}\nname: Pack {name}\nclass: mercenary\n")).unwrap();
    for (list, text) in lists {
        fs::write(folder.join(list), text).unwrap();
    }
    folder
}

const EVERY_TYPE: &[(&str, &str)] = &[
    ("domains.txt", "evil.example\ndeep.evil.example\nxn--bcher-kva.example\n"),
    ("ip-addresses.txt", "198.51.100.7\n198.51.100.8\n2001:db8::7\n"),
    ("urls.txt", "http://links.example/a?b=c\nhttps://evil.example/below\n"),
    ("emails.txt", "someone@mail.example\n"),
    ("processes.txt", "agent\na_name_longer_than_sixteen\n# platform: ios\nbh\n"),
    ("file_names.txt", "com.evil.plist\nname with blanks.bin\n"),
    ("file_paths.txt", "/private/var/mobile/Library/evil\n/private/var/tmp/evil\n/data/local/tmp/evil\n"),
    ("package_names.txt", "com.evil.app\ncom.evil.app.remote\n"),
    ("config_profiles.txt", "76DAB334-7E17-475D-A5D6-0794EB5818A5\n"),
    ("android_properties.txt", "sys.evil.note\n"),
    (
        "patterns.txt",
        "[domain-name:value IN ('one.example', 'two.example')]\n[x-phone-number:value = '+447700900123']\n\
         [file:path = '/private/var/mobile/x' AND file:name = 'y']\n",
    ),
];

fn run(args: &[&str]) -> Ran {
    let mut all = vec!["packs", "selftest"];
    all.extend(args);
    vigie(&all)
}

fn only(report: &Value) -> &Value {
    let packs = report["packs"].as_array().unwrap();
    assert_eq!(packs.len(), 1);
    &packs[0]
}

#[test]
fn every_type_fires_on_every_kind_of_evidence() {
    let home = tempfile::tempdir().unwrap();
    let pack = pack(home.path(), "types", EVERY_TYPE);
    let ran = run(&["--json", "--strict", pack.to_str().unwrap()]);
    assert_eq!(ran.code(), 0, "{}{}", ran.text(), ran.stderr);
    let report = ran.json();
    let pack = only(&report);
    assert_eq!((&report["passed"], &pack["fired"], &pack["indicators"]), (&Value::from(true), &24.into(), &24.into()));
    assert_eq!(pack["fired_in"]["ios.sms"], 11, "{pack}");
    assert_eq!(pack["fired_in"]["android.tombstones"], 4, "{pack}");
    assert_eq!(pack["only_aside"], 1, "no backup holds /private/var/tmp");
    assert!(pack["near_misses"]["tried"].as_u64().unwrap() > 150);
    // The second address is the next of the first, and the other way round.
    assert!(pack["near_misses"]["left_out"].as_u64().unwrap() >= 2);
    for list in [&pack["failed"], &pack["never"], &pack["not_made"], &pack["near_misses"]["hit"], &report["troubles"]] {
        assert_eq!(list.as_array().map(Vec::len), Some(0), "{list}");
    }
}

#[test]
fn the_page_says_what_fired_and_the_same_again() {
    let home = tempfile::tempdir().unwrap();
    let pack = pack(home.path(), "types", EVERY_TYPE);
    let first = run(&[pack.to_str().unwrap()]);
    assert_eq!(first.code(), 0);
    assert!(first.text().contains("24 of 24 indicators fired"), "{}", first.text());
    assert!(first.text().ends_with("Passed: 24 of 24 indicators fired, 0 could not be shown; no near miss did.\n"));
    let again = run(&["-j", "1", pack.to_str().unwrap()]);
    assert_eq!(first.text(), again.text(), "the result does not depend on the number of threads");
}

#[test]
fn what_can_never_fire_is_told_and_fails_only_when_asked() {
    let home = tempfile::tempdir().unwrap();
    let md5 = "0123456789abcdef0123456789abcdef";
    let lists = [
        ("md5.txt", format!("{md5}\n")),
        ("domains.txt", "evil.example\nevil.example/path\n".to_owned()),
        (
            "patterns.txt",
            "[x-ios-nothing:a = 'b']\n[app:id LIKE 'zz.%']\n[app:id = 'a.b' AND url:value = 'http://c.d']\n".to_owned(),
        ),
        ("file_paths.txt", "# platform: android\n/private/var/mobile/x\n".to_owned()),
    ];
    let lists: Vec<(&str, &str)> = lists.iter().map(|(n, t)| (*n, t.as_str())).collect();
    let pack = pack(home.path(), "never", &lists);
    let ran = run(&["--json", pack.to_str().unwrap()]);
    assert_eq!(ran.code(), 0, "a warning: {}", ran.text());
    let report = ran.json();
    let told = |list: &str| -> BTreeSet<String> {
        let all = only(&report)[list].as_array().unwrap();
        all.iter().map(|n| format!("{} {}", n["code"].as_str().unwrap(), n["id"].as_str().unwrap())).collect()
    };
    let expected = [
        "cannot-be-written never/file_paths.txt:2",
        "no-artifact never/md5.txt:1",
        "no-artifact never/patterns.txt:1",
        "not-evaluable never/domains.txt:2",
        "not-evaluable never/patterns.txt:3",
    ];
    assert_eq!(told("never"), expected.map(str::to_owned).into());
    assert_eq!(told("not_made"), ["operator never/patterns.txt:2".to_owned()].into());
    assert_eq!(run(&["--strict", pack.to_str().unwrap()]).code(), 4);
    let page = run(&[pack.to_str().unwrap()]);
    assert!(page.text().contains("never: 1 – no artifact that vigie reads shows file:hashes.MD5"), "{}", page.text());
}

#[test]
fn packs_without_anything_usable_and_wrong_lines() {
    let home = tempfile::tempdir().unwrap();
    let useless = pack(home.path(), "useless", &[("domains.txt", "not a name\n")]);
    assert_eq!(run(&[useless.to_str().unwrap()]).code(), 4);
    assert_eq!(run(&["/no/such/pack"]).code(), 4);
    assert_eq!(run(&["--builtin", useless.to_str().unwrap()]).code(), 2);
}

#[test]
fn phones_are_left_only_where_asked() {
    let home = tempfile::tempdir().unwrap();
    let pack = pack(home.path(), "one", &[("domains.txt", "evil.example\n")]);
    let before = tree(home.path());
    let ran = support::finish(support::command(home.path()).args(["packs", "selftest"]).arg(&pack));
    assert_eq!(ran.code(), 0);
    let after: Vec<_> = tree(home.path()).into_iter().filter(|(p, _)| !p.ends_with("tmp")).collect();
    assert_eq!(after, before.into_iter().collect::<Vec<_>>(), "nothing stays behind");

    let kept = home.path().join("phones");
    let args = ["--keep", kept.to_str().unwrap(), pack.to_str().unwrap()];
    assert_eq!(run(&args).code(), 0);
    let scanned = vigie(&["scan", "--json", "--no-builtin", "-i", pack.to_str().unwrap(), kept.to_str().unwrap()]);
    let report = scanned.json();
    let evidence = report["evidence"].as_array().unwrap();
    assert_eq!(evidence.len(), 4);
    for finding in report["findings"].as_array().unwrap() {
        for example in finding["examples"].as_array().unwrap() {
            let of = evidence.iter().find(|e| e["id"] == example["where"]["evidence"]).unwrap();
            assert!(of["path"].as_str().unwrap().ends_with("-positive"), "{finding}");
        }
    }
    let ran = run(&args);
    assert_eq!(ran.code(), 2, "the folder is not empty any more");
    assert!(ran.stderr.contains("not empty"), "{}", ran.stderr);
}

#[test]
fn phones_are_whole_however_little_is_shown() {
    let home = tempfile::tempdir().unwrap();
    let pack = pack(home.path(), "little", &[("android_properties.txt", "sys.evil.note\n")]);
    let report = run(&["--json", pack.to_str().unwrap()]).json();
    assert_eq!((&report["passed"], &report["troubles"]), (&Value::from(true), &Value::Array(vec![])));
}

#[test]
fn what_a_pack_says_cannot_move_the_cursor() {
    let home = tempfile::tempdir().unwrap();
    let pack = pack(home.path(), "odd", &[("file_names.txt", "evil\u{1b}[2Jname\n"), ("md5.txt", "\u{202e}\n")]);
    let ran = run(&[pack.to_str().unwrap()]);
    assert!(!ran.text().contains(['\u{1b}', '\u{202e}']), "{}", ran.text());
}

#[test]
fn the_compiled_in_packs_pass() {
    let ran = run(&["--json"]);
    assert_eq!(ran.code(), 0, "{}", ran.text());
    let report = ran.json();
    assert_eq!((&report["unasked"], &report["troubles"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    let packs = report["packs"].as_array().unwrap();
    assert!(packs.len() >= 19);
    let rules: u64 = packs
        .iter()
        .filter(|p| p["id"].as_str().unwrap().starts_with("heuristics_"))
        .map(|p| p["fired"].as_u64().unwrap())
        .sum();
    assert!(rules >= 14, "the demonstration phones show what our rules are about: {rules}");
    assert_eq!(run(&["--builtin", "--json"]).text(), ran.text());
}

#[test]
fn the_public_packs_pass() {
    let Some(corpus) = std::env::var_os("VIGIE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: VIGIE_CORPUS is not set");
        return;
    };
    let started = Instant::now();
    let ran = run(&["--json", corpus.join("stix2").to_str().unwrap()]);
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(ran.code(), 0, "{}", ran.text());
    let report = ran.json();
    let sum = |f: &dyn Fn(&Value) -> u64| -> u64 { report["packs"].as_array().unwrap().iter().map(f).sum() };
    let indicators = sum(&|p| p["indicators"].as_u64().unwrap());
    let fired = sum(&|p| p["fired"].as_u64().unwrap());
    let near = sum(&|p| p["near_misses"]["tried"].as_u64().unwrap());
    eprintln!("{fired} of {indicators} indicators fired, {near} near misses did not, in {seconds:.1} s");
    assert!(indicators > 9_000 && fired > 6_500 && near > 50_000);
    // Hashes and certificates, and the subjects of these, are all that no phone shows.
    let shown = |p: &Value| {
        p["never"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|n| {
                let has = |key: &str, part: &str| n[key].as_str().unwrap().contains(part);
                !has("pattern", "hashes") && !has("pattern", "cert") && !has("id", "certificate-subject")
            })
            .count() as u64
    };
    assert_eq!(sum(&shown), 0);
}
