//! `scan --expect`, `--junit`, `--sarif` and `packs expect`, on the demonstration phones.

use std::fs;
use std::path::Path;

use serde_json::Value;
use vigie_fixtures::devices;

use super::demo;
use super::support::{Ran, command, finish, names, tree};

/// Runs the program in `home` with these arguments.
pub fn vigie(home: &Path, args: &[&str]) -> Ran {
    finish(command(home).args(args))
}

/// Ana's phone and a file that it meets.
fn ana(home: &Path) -> String {
    devices::ana().write(&home.join("phone")).unwrap();
    let ran = vigie(home, &["scan", "phone", "--reproducible", "-q", "-o", "report", "--fail-on", "none"]);
    assert_eq!(ran.code(), 0, "{}", ran.stderr);
    let ran = vigie(home, &["packs", "expect", "report"]);
    assert_eq!((ran.code(), ran.stderr.as_str()), (0, ""));
    ran.text().to_owned()
}

/// Scans with a changed file; exit code and what was said.
fn compared(home: &Path, text: &str) -> (i32, String) {
    fs::write(home.join("e.toml"), text).unwrap();
    let ran = vigie(home, &["scan", "phone", "-q", "--fail-on", "none", "--expect", "e.toml"]);
    (ran.code(), ran.stderr)
}

#[test]
fn what_a_report_says_is_met_by_the_same_phone() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let text = ana(home);
    for part in ["evidence = [\"phone\"]", "verdict = \"match\"", "[process:name = 'roleaboutd']", "rule = \"ios-sms-"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("F-"), "an id of a finding: {text}");
    assert_eq!(vigie(home, &["packs", "expect", "report/findings.json"]).text(), text);
    assert_eq!(compared(home, &text), (0, String::new()));
    // Findings and gaps count as ever; wherever the phone lies, and whatever else the report holds.
    let scan = |more: &[&str]| vigie(home, &[&["scan", "phone", "-q", "--expect", "e.toml"], more].concat()).code();
    assert_eq!(scan(&[]), 1);
    assert_eq!(scan(&["--fail-on", "critical"]), 1);
    fs::create_dir(home.join("elsewhere")).unwrap();
    fs::rename(home.join("phone"), home.join("elsewhere/phone")).unwrap();
    let moved = ["scan", "elsewhere", "-q", "--expect", "e.toml", "--fail-on", "none", "--records", "none", "-o", "r2"];
    assert_eq!(vigie(home, &moved).code(), 0);
    // Into a file: whole, and never over another without being asked.
    assert_eq!(vigie(home, &["packs", "expect", "r2", "-o", "new.toml"]).code(), 0);
    assert_eq!(fs::read_to_string(home.join("new.toml")).unwrap(), text);
    let ran = vigie(home, &["packs", "expect", "r2", "-o", "new.toml"]);
    assert_eq!(ran.code(), 2);
    assert!(ran.stderr.contains("--force"), "{}", ran.stderr);
    assert_eq!(vigie(home, &["packs", "expect", "r2", "-o", "new.toml", "--force"]).code(), 0);
    assert_eq!(vigie(home, &["packs", "expect", "nowhere"]).code(), 2);
    let ran = vigie(home, &["packs", "expect", "e.toml"]);
    assert_eq!(ran.code(), 2);
    assert!(ran.stderr.contains("not a findings.json"), "{}", ran.stderr);
}

#[test]
fn every_kind_of_difference_ends_with_5_and_one_line() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let text = ana(home);
    let sms = "[domain-name:value = 'mobilepays.info']";
    let at = text.find(sms).unwrap();
    let finding = &text[text[..at].rfind("[[device.finding]]").unwrap()..];
    let finding = &finding[..finding[2..].find("[[").map_or(finding.len(), |n| n + 2)];
    for (from, to, said) in [
        ("verdict = \"match\"", "verdict = \"no-match\"", "verdict: expected no-match, got match"),
        ("complete = true", "complete = false", "complete: expected false, got true"),
        (finding, "", "[domain-name:value = 'mobilepays.info'] (host): expected no finding, got high, 1 record(s)"),
        (
            "'mobilepays.info'",
            "'nobody.example'",
            "'nobody.example'] (host): expected a finding of 1 record(s), high, got",
        ),
        ("\"phone\"", "\"other\"", "acquisition: expected the acquisition other, got none"),
        (
            "artifact = \"ios.sms\", status = \"parsed\"",
            "artifact = \"ios.sms\", status = \"empty\"",
            "expected empty, got parsed",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let (code, error) = compared(home, &text.replacen(from, to, 1));
        assert_eq!(code, 5, "{to}: {error}");
        assert!(error.lines().any(|l| l.starts_with("vigie: e.toml:") && l.contains(said)), "{said}: {error}");
    }
    let (code, error) = compared(home, &text.replace("count = 1\n", "count = 7\n"));
    assert_eq!(code, 5);
    assert!(error.lines().count() >= 5 && error.lines().all(|l| l.ends_with("expected 7, got 1")), "{error}");
    let (code, error) = compared(home, &format!("{text}\n[[device.absent]]\nvalue = \"my190.info\"\n"));
    assert_eq!(code, 5);
    assert!(error.contains("my190.info: expected no finding, got ios.sms"), "{error}");
    let absent = "\n[[device.absent]]\nartifact = \"ios.sms\"\nvalue = \"mobilepays.info.example.org\"\n";
    assert_eq!(compared(home, &format!("{text}{absent}")), (0, String::new()));
    // A difference comes before findings.
    fs::write(home.join("e.toml"), text.replace("verdict = \"match\"", "verdict = \"invalid\"")).unwrap();
    assert_eq!(vigie(home, &["scan", "phone", "-q", "--expect", "e.toml"]).code(), 5);
    // The page is there all the same, and JSON is JSON alone.
    let ran = vigie(home, &["scan", "phone", "--json", "--expect", "e.toml"]);
    assert_eq!((ran.code(), ran.json()["verdict"]["state"].clone()), (5, "match".into()));
}

#[test]
fn a_bad_file_is_told_before_anything_is_scanned() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let text = ana(home);
    for (broken, said) in [
        (text.replacen("verdict", "veredict", 1), "e.toml:8: unknown field `veredict`"),
        (text.replacen("version = 1", "version = 2", 1), "e.toml:3: expected version = 1"),
        (format!("{text}\nnonsense\n"), "e.toml:"),
    ] {
        let (code, error) = compared(home, &broken);
        assert_eq!(code, 2, "{error}");
        assert!(error.contains(said), "{said}: {error}");
    }
    let ran = vigie(home, &["scan", "phone", "-q", "--expect", "missing.toml", "-o", "never"]);
    assert_eq!(ran.code(), 2);
    assert!(ran.stderr.contains("missing.toml"), "{}", ran.stderr);
    assert!(!home.join("never").exists());
}

/// Elements of XML that is well-formed, by name, with their attributes; anything else fails the test. It knows what
/// JUnit files use: a declaration, elements, attributes in double quotes, text and five entities.
fn xml(text: &str) -> Vec<(String, String)> {
    let body = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
    let entity = regex::Regex::new("^(?:amp|lt|gt|quot|apos);").unwrap();
    let tag = regex::Regex::new(r#"^(/?)([a-z]+)((?: [a-z]+="[^"<>]*")*)(/?)>"#).unwrap();
    assert!(body.split('&').skip(1).all(|rest| entity.is_match(rest)), "a bare ampersand");
    assert!(!body.chars().any(|c| (c.is_control() && c != '\n') || ['\u{fffe}', '\u{ffff}'].contains(&c)));
    let (mut open, mut found) = (Vec::new(), Vec::new());
    for (i, part) in body.split('<').enumerate() {
        if i == 0 {
            assert_eq!(part, "");
            continue;
        }
        let parts = tag.captures(part).unwrap_or_else(|| panic!("not a tag: <{part}"));
        let text = &part[parts[0].len()..];
        assert!(!text.contains('>'), "{text}");
        if &parts[1] == "/" {
            assert_eq!(open.pop().as_deref(), Some(&parts[2]), "closed out of turn");
        } else {
            found.push((parts[2].to_owned(), parts[3].to_owned()));
            if &parts[4] != "/" {
                open.push(parts[2].to_owned());
            }
        }
        assert!(!open.is_empty() || text.trim().is_empty(), "text outside: {text}");
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    found
}

/// How many elements of a name have this in their attributes.
fn count(found: &[(String, String)], name: &str, with: &str) -> usize {
    found.iter().filter(|(n, a)| n == name && a.contains(with)).count()
}

#[test]
fn junit_has_a_case_for_everything_that_was_looked_at() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let text = ana(home);
    devices::marko().write(&home.join("marko")).unwrap();
    fs::write(home.join("broken.zip"), b"").unwrap();
    let args = ["scan", "phone", "marko", "broken.zip", "--json", "--reproducible", "--junit", "out/j.xml"];
    let ran = vigie(home, &args);
    assert_eq!(ran.code(), 1);
    let report = ran.json();
    let written = fs::read_to_string(home.join("out/j.xml")).unwrap();
    assert_eq!(names(&home.join("out")), ["j.xml"]);
    let found = xml(&written);
    assert_eq!(count(&found, "testsuite", ""), 3);
    let len = |key: &str| report[key].as_array().unwrap().len();
    assert_eq!(count(&found, "testcase", ""), len("coverage") + len("findings") + len("devices"));
    let severe = |f: &&Value| !["info", "low"].contains(&f["severity"].as_str().unwrap());
    let failing = report["findings"].as_array().unwrap().iter().filter(severe).count();
    assert!(failing > 3);
    assert_eq!(count(&found, "failure", ""), failing + 3, "and the verdicts: the empty file may be of either phone");
    assert_eq!(count(&found, "failure", "type=\"invalid\""), 1);
    assert!(count(&found, "skipped", "message=\"absent") > 0);
    let total = format!("tests=\"{}\" failures=\"{}\"", count(&found, "testcase", ""), failing + 3);
    assert_eq!(count(&found, "testsuites", &total), 1, "{written}");
    // Again, and into the same place: the same bytes.
    assert_eq!(vigie(home, &args).code(), 1);
    assert_eq!(fs::read_to_string(home.join("out/j.xml")).unwrap(), written);
    // Nothing fails where findings do not count, but what is lost does; expectations are a suite of their own.
    fs::write(home.join("e.toml"), text.replace("verdict = \"match\"", "verdict = \"invalid\"")).unwrap();
    let more = ["scan", "phone", "-q", "--fail-on", "none", "--junit", "e.xml", "--expect", "e.toml"];
    assert_eq!(vigie(home, &more).code(), 5);
    let found = xml(&fs::read_to_string(home.join("e.xml")).unwrap());
    assert_eq!(count(&found, "testsuite", "name=\"expectations of e.toml\""), 1);
    assert_eq!(count(&found, "failure", ""), 1);
    assert!(count(&found, "testcase", "file=\"e.toml\" line=\"") > 20);
}

/// What SARIF requires and code hosts rely on.
pub fn check_sarif(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"].as_array().unwrap()[0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let at = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[at]["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let first = &result["locations"][0]["physicalLocation"];
        let uri = first["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.is_empty() && !uri.contains(' '), "{uri}");
        assert!(first.get("region").is_none_or(|r| r["startLine"].as_u64().unwrap() >= 1));
    }
}

#[test]
fn sarif_has_findings_gaps_and_differences() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let text = ana(home);
    fs::remove_file(home.join("phone/Info.plist")).unwrap();
    fs::write(home.join("e.toml"), text).unwrap();
    let args = ["scan", "phone", "--json", "--sarif", "s.sarif", "--expect", "e.toml", "-o", "again"];
    let ran = vigie(home, &args);
    assert_eq!(ran.code(), 5, "{}", ran.stderr);
    let log: Value = serde_json::from_slice(&fs::read(home.join("s.sarif")).unwrap()).unwrap();
    check_sarif(&log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let of = |rule: &str| results.iter().filter(|r| r["ruleId"] == rule).collect::<Vec<_>>();
    let report = ran.json();
    for finding in report["findings"].as_array().unwrap() {
        let id = &finding["id"];
        let same: Vec<_> = results.iter().filter(|r| r["fingerprints"]["vigie/v1"] == *id).collect();
        let [result] = same.as_slice() else { panic!("{id}: {same:?}") };
        let level = match finding["severity"].as_str().unwrap() {
            "critical" | "high" => "error",
            "medium" => "warning",
            _ => "note",
        };
        assert_eq!(result["level"], level);
        assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "phone");
        let place = result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].as_str().unwrap();
        assert!(place.contains(finding["examples"][0]["where"]["file"].as_str().unwrap()), "{place}");
    }
    assert!(of("incomplete").iter().any(|r| r["message"]["text"].as_str().unwrap().contains("ios.backup_info")));
    let unexpected = of("unexpected");
    assert!(unexpected.len() >= 2, "{unexpected:?}");
    assert_eq!(unexpected[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "e.toml");
}

#[test]
fn files_for_machines_stay_off_the_evidence() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    devices::marko().write(&home.join("phone")).unwrap();
    fs::copy(demo("android-milan.zip"), home.join("m.zip")).unwrap();
    fs::create_dir(home.join("folder")).unwrap();
    let before = tree(home);
    for option in ["--junit", "--sarif"] {
        for (path, target) in [("phone", "phone/x.xml"), ("phone", "phone"), ("m.zip", "m.zip"), ("phone", "folder")] {
            let ran = vigie(home, &["scan", path, "-q", option, target]);
            assert_eq!(ran.code(), 2, "{option} {target}: {}", ran.stderr);
        }
    }
    assert_eq!(tree(home).len(), before.len() + 1, "only the folder for temporary files is new");
}
