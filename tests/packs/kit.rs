//! `vigie packs build | diff | stats | show | list` as their users type them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use vigie::packs::{self, Body, Library};

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn vigie(folder: &Path, args: &[&str]) -> Ran {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_vigie"));
    let ran = command.current_dir(folder).arg("packs").args(args).output().unwrap();
    Ran {
        code: ran.status.code().unwrap(),
        stdout: String::from_utf8(ran.stdout).unwrap(),
        stderr: String::from_utf8(ran.stderr).unwrap(),
    }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

/// What a pack looks for: the canonical pattern, its platform, its rule, its family and class.
fn meaning(path: &Path) -> BTreeSet<String> {
    let mut library = Library::default();
    packs::load_path(&mut library, path).unwrap();
    for pack in &library.packs {
        assert!(pack.problems.is_empty(), "{}: {:?}", path.display(), pack.problems);
    }
    let one = |i: &packs::Indicator| {
        let family = &library.families[usize::from(i.family)];
        let rule = match i.body {
            Body::Pattern(p) => format!("{:?}", library.patterns[p as usize].rule),
            Body::Value(..) => String::new(),
        };
        format!("{} {:?} {rule} {} {:?}", library.canonical(i), i.platform, family.name, family.class)
    };
    library.indicators.iter().map(one).collect()
}

fn own_packs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("indicators");
    let mut all: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    all.retain(|p| p.join("collection.yaml").is_file());
    all.sort();
    all
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn our_own_packs_are_built_and_read_back_the_same() {
    let dir = TempDir::new().unwrap();
    let own = own_packs();
    assert!(own.len() > 15);
    for pack in &own {
        copy(pack, &dir.path().join(pack.file_name().unwrap()));
    }
    assert_eq!(vigie(dir.path(), &["build", ".", "--check"]).code, 5);
    let ran = vigie(dir.path(), &["build", "."]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for pack in &own {
        let name = pack.file_name().unwrap().to_str().unwrap();
        let bundle = dir.path().join(name).join(format!("{name}.stix2"));
        assert_eq!(meaning(&bundle), meaning(pack), "{name}");
        let text = std::fs::read_to_string(&bundle).unwrap();
        let parsed: Value = serde_json::from_str(&text).unwrap();
        for object in parsed["objects"].as_array().unwrap() {
            let id = object["id"].as_str().unwrap();
            let same = object["type"] == "identity" || object["type"] == "extension-definition";
            if let Some(other) = ids.insert(id.to_owned(), name.to_owned()) {
                assert!(same && other != name, "{id} in {name} and {other}");
            }
        }
        let again = vigie(dir.path(), &["build", name, "-o", "-"]);
        assert_eq!((again.code, again.stdout == text), (0, true), "{name}");
    }
    assert_eq!(vigie(dir.path(), &["build", ".", "--check"]).code, 0);
    let lint = vigie(dir.path(), &["lint", ".", "--as-of", "2026-12-01"]);
    for rule in ["required-property", "object-id", "unattributed", "dangling", "output-stale", "id-collision"] {
        assert!(!lint.stdout.contains(rule), "{rule}\n{}", lint.stdout);
    }
    std::fs::write(dir.path().join("novispy/domains.txt"), "evil-one.com\n").unwrap();
    let ran = vigie(dir.path(), &["build", "novispy", "--check"]);
    assert!(ran.code == 5 && ran.stderr.contains("novispy.stix2"), "{}", ran.stderr);
    let lint = vigie(dir.path(), &["lint", "novispy"]);
    assert!(lint.code == 4 && lint.stdout.contains("error[output-stale]"), "{}", lint.stdout);
}

#[test]
fn one_line_more_is_one_object_and_its_relationship_more() {
    let collection = "id: p\nname: P\ncreated: 2026-03-30\noutput: out/p.stix2\nmalware:\n  name: Evil\n  aliases: [Bad]\n\
                      references: ['https://report.example/x']\n";
    let lists = "it's-one\n# platform: ios\nkilled\n";
    let dir = folder(&[("p/collection.yaml", collection), ("p/processes.txt", lists)]);
    assert_eq!(vigie(dir.path(), &["build", "p"]).code, 0);
    let file = dir.path().join("p/out/p.stix2");
    let ids = || {
        let parsed: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let list = parsed["objects"].as_array().unwrap().clone();
        (list.iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), list)
    };
    let (before, objects) = ids();
    let malware = objects.iter().find(|o| o["type"] == "malware").unwrap();
    assert_eq!(malware["external_references"][0]["url"], "https://report.example/x");
    assert_eq!(malware["aliases"][0], "Bad");
    let indicators: Vec<&Value> = objects.iter().filter(|o| o["type"] == "indicator").collect();
    assert_eq!(indicators[0]["pattern"], "[process:name = 'it\\'s-one']");
    assert_eq!(indicators[0]["valid_from"], "2026-03-30T00:00:00.000Z");
    assert!(indicators[0].get("extensions").is_none());
    let platform = indicators[1]["extensions"].as_object().unwrap().values().next().unwrap();
    assert_eq!(platform["platform"], "ios");
    std::fs::write(dir.path().join("p/processes.txt"), format!("newone\n{lists}")).unwrap();
    assert_eq!(vigie(dir.path(), &["build", "p"]).code, 0);
    let (after, _) = ids();
    assert!(before.is_subset(&after) && after.len() == before.len() + 2);
}

#[test]
fn what_cannot_be_built_is_named_with_its_line() {
    let collection = "id: p\nname: P\ncreated: 2026-03-30\noutput: p.stix2\n";
    let cases = [
        (vec![("p/collection.yaml", collection), ("p/domains.txt", "evil-one.com\nxyz/x\n")], "p/domains.txt:2:"),
        (
            vec![("p/collection.yaml", "id: p\nname: P\noutput: p.stix2\n"), ("p/domains.txt", "a.com\n")],
            "p/collection.yaml:1:",
        ),
        (
            vec![("p/collection.yaml", "id: p\nname: P\ncreated: soon\n"), ("p/domains.txt", "a.com\n")],
            "p/collection.yaml:3:",
        ),
        (
            vec![
                ("p/collection.yaml", "id: p\nname: P\ncreated: 2026-03-30\noutput: ../../p\n"),
                ("p/domains.txt", "a.com\n"),
            ],
            "p/collection.yaml:4:",
        ),
        (
            vec![
                ("p/collection.yaml", collection),
                ("p/domains.txt", "a.com\n"),
                ("p/rules.toml", "[[rule]]\nid = 1\n"),
            ],
            "p/rules.toml:2:",
        ),
        (vec![("p/collection.yaml", "id: p\nname: P\ncreated: 2026-03-30\n"), ("p/domains.txt", "a.com\n")], "output"),
    ];
    for (files, wanted) in cases {
        let dir = folder(&files);
        let ran = vigie(dir.path(), &["build", "p"]);
        assert!(ran.code == 4 && ran.stderr.contains(wanted), "{wanted}: {} {}", ran.code, ran.stderr);
        assert!(!dir.path().join("p/p.stix2").exists());
    }
    let dir = folder(&[("README.md", "x")]);
    assert_eq!(vigie(dir.path(), &["build", "."]).code, 2);
}

fn bundle(indicators: &[(&str, &str, &str)]) -> String {
    let date = "2026-01-01T00:00:00Z";
    let mut objects = Vec::new();
    for (i, (pattern, family, extra)) in indicators.iter().enumerate() {
        let indicator = format!("indicator--00000000-0000-4000-8000-{i:012}");
        let malware = format!("malware--{family:0>8}-0000-4000-8000-000000000000");
        objects.push(format!("{{\"type\": \"malware\", \"id\": \"{malware}\", \"name\": \"{family}\"}}"));
        objects.push(format!(
            "{{\"type\": \"indicator\", \"id\": \"{indicator}\", \"pattern\": \"{pattern}\", \"pattern_type\": \"stix\", \
             \"valid_from\": \"{date}\" {extra}}}"
        ));
        objects.push(format!(
            "{{\"type\": \"relationship\", \"id\": \"relationship--00000000-0000-4000-8000-{i:012}\", \
             \"relationship_type\": \"indicates\", \"source_ref\": \"{indicator}\", \"target_ref\": \"{malware}\"}}"
        ));
    }
    format!("{{\"type\": \"bundle\", \"id\": \"bundle--1\", \"objects\": [{}]}}", objects.join(",\n"))
}

#[test]
fn versions_are_compared_by_what_they_match() {
    let a = bundle(&[
        ("[domain-name:value='same.com']", "Evil", ""),
        ("[domain-name:value='GONE.com']", "Evil", ""),
        ("[domain-name:value='revoked.com']", "Evil", ""),
        ("[domain-name:value='moved.com']", "Evil", ""),
        ("[domain-name:value='dated.com']", "Evil", ""),
        ("[domain-name:value='marked.com']", "Evil", ""),
        ("[software:name='x']", "Evil", ""),
    ]);
    let b = bundle(&[
        (
            "[domain-name:value = 'marked.com']",
            "Evil",
            ", \"object_marking_refs\": [\"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed\"]",
        ),
        ("[domain-name:value = 'SAME.com']", "Evil", ""),
        ("[domain-name:value='revoked.com']", "Evil", ", \"revoked\": true"),
        ("[domain-name:value='moved.com']", "Other", ""),
        ("[domain-name:value='dated.com']", "Evil", ", \"valid_until\": \"2026-06-01T00:00:00Z\""),
        ("[domain-name:value='new.com']", "Other", ""),
        ("[software:name='x']", "Evil", ""),
    ]);
    let dir = folder(&[("a.stix2", &a), ("b.stix2", &b)]);
    let ran = vigie(dir.path(), &["diff", "a.stix2", "b.stix2", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let diff: Value = serde_json::from_str(&ran.stdout).unwrap();
    let patterns = |key: &str| -> Vec<&str> {
        diff[key].as_array().unwrap().iter().map(|l| l["pattern"].as_str().unwrap()).collect()
    };
    assert_eq!(patterns("added"), ["[domain-name:value = 'new.com']"]);
    assert_eq!(patterns("removed"), ["[domain-name:value = 'gone.com']"]);
    assert_eq!(patterns("revoked"), ["[domain-name:value = 'revoked.com']"]);
    assert_eq!(patterns("reattributed"), ["[domain-name:value = 'moved.com']"]);
    assert_eq!(patterns("changed"), ["[domain-name:value = 'dated.com']", "[domain-name:value = 'marked.com']"]);
    assert_eq!(diff["unchanged"], 2);
    assert_eq!(diff["reattributed"][0]["changes"][0]["after"][0], "Other");
    assert_eq!(diff["changed"][0]["changes"][0]["what"], "valid_until");
    assert_eq!(diff["changed"][1]["changes"][0]["after"][0], "TLP:RED");
    assert!(diff["added"][0]["places"][0].as_str().unwrap().starts_with("b.stix2:"));
    let ran = vigie(dir.path(), &["diff", "a.stix2", "b.stix2", "--exit-code"]);
    assert_eq!(ran.code, 5);
    assert!(ran.stdout.contains("+ [domain-name:value = 'new.com']  Other"), "{}", ran.stdout);
    assert!(ran.stdout.contains("family: Evil → Other"), "{}", ran.stdout);
    let ran = vigie(dir.path(), &["diff", "a.stix2", "a.stix2", "--exit-code"]);
    assert!(ran.code == 0 && ran.stdout.contains("0 added, 0 removed"), "{}", ran.stdout);
    assert_eq!(vigie(dir.path(), &["diff", "a.stix2", "gone.stix2"]).code, 4);
}

#[test]
fn stats_count_and_say_what_can_be_seen_where() {
    let collection = "id: p\nname: P\ncreated: 2026-03-30\noutput: p.stix2\nmalware:\n  name: Evil\n";
    let dir = folder(&[
        ("p/collection.yaml", collection),
        ("p/domains.txt", "evil-one.com\nevil-two.com\n"),
        ("p/package_names.txt", "com.evil.app\n"),
        ("p/processes.txt", "# platform: ios\nevild\n"),
        ("p/file_paths.txt", "relative/x\n"),
        ("p/patterns.txt", "[x-ios-sms:text = 'evil']\n[x-ios-nothing:a = 'b']\n"),
    ]);
    let args = ["stats", "--no-builtin", "-i", "p", "--as-of", "2026-04-09"];
    let ran = vigie(dir.path(), &[&args[..], &["--json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let stats: Value = serde_json::from_str(&ran.stdout).unwrap();
    let pack = &stats["packs"][0];
    assert_eq!((&pack["usable"], &pack["not_evaluable"]), (&Value::from(6), &Value::from(1)));
    assert_eq!(pack["by_type"]["domain-name:value"], 2);
    assert_eq!(pack["by_type"]["pattern"], 2);
    assert_eq!((&pack["changed"], &pack["age_days"]), (&Value::from("2026-03-30"), &Value::from(10)));
    assert_eq!(pack["families"][0], "Evil");
    assert_eq!(pack["shown_nowhere"], 1);
    assert_eq!(pack["shown"]["ios-backup"]["artifacts"]["ios.sms"], 3);
    let android = &pack["shown"]["android-bugreport"];
    assert!(android["artifacts"]["android.packages"].as_u64() >= Some(1), "{android}");
    let text = vigie(dir.path(), &args).stdout;
    assert!(text.contains("6 usable") && text.contains("ios-backup can show"), "{text}");
    let ran = vigie(dir.path(), &["list", "--no-builtin", "-i", "p"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("pack ") && lines.len() == 2, "{}", ran.stdout);
    let cells: Vec<&str> = lines[1].split_whitespace().collect();
    assert_eq!((cells[0], cells[1], cells[2], cells[3]), ("p", "6", "1", "2026-03-30"));
}

#[test]
fn show_tells_all_that_is_known() {
    let dir = TempDir::new().unwrap();
    let ran = vigie(dir.path(), &["show", "com.client.appA", "--json"]);
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    let one = &shown["indicators"][0];
    assert_eq!(one["pattern"], "[app:id = 'com.client.appA']");
    assert_eq!(
        (&one["pack"], &one["class"], &one["state"]),
        (&"physical_access".into(), &"extraction".into(), &"usable".into())
    );
    assert!(one["place"].as_str().unwrap().starts_with("indicators/physical_access/package_names.txt:"));
    assert!(one["matches_on"]["android-bugreport"].as_array().unwrap().contains(&"android.packages".into()));
    let ran = vigie(dir.path(), &["show", "ios-sms-threat-notification"]);
    assert!(
        ran.code == 0 && ran.stdout.contains("rule         ios-sms-threat-notification: high, delivered"),
        "{}",
        ran.stdout
    );
    let text = bundle(&[
        ("[domain-name:value='evil.com']", "Evil", ", \"confidence\": 60, \"labels\": [\"c2\"]"),
        ("[domain-name:value='old.com']", "Evil", ", \"revoked\": true"),
        ("[file:path='relative/x']", "Evil", ""),
        ("[domain-name:value='a.com' OR domain-name:value='evil.com']", "Evil", ""),
    ]);
    let dir = folder(&[("x.stix2", &text)]);
    let show = |wanted: &str| vigie(dir.path(), &["show", wanted, "--no-builtin", "-i", "x.stix2"]).stdout;
    let shown = show("EVIL[.]com");
    assert!(shown.contains("confidence   60") && shown.contains("label        c2"), "{shown}");
    assert_eq!(shown.matches("id           ").count(), 1, "{shown}");
    let shown = show("evil.com");
    assert_eq!(shown.matches("id           ").count(), 2, "{shown}");
    assert_eq!(show("[domain-name:value = 'evil.com']").matches("id           ").count(), 1);
    assert!(show("indicator--00000000-0000-4000-8000-000000000000").contains("evil.com"));
    assert!(show("old.com").contains("state        withdrawn"));
    assert!(show("relative/x").contains("state        not evaluable: "));
    let ran = vigie(dir.path(), &["show", "nothing.com", "--no-builtin", "-i", "x.stix2"]);
    assert!(ran.code == 0 && ran.stdout.is_empty() && ran.stderr.contains("nothing.com"), "{}", ran.stderr);
}
