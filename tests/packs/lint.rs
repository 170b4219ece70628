//! `vigie packs lint` as its users type it: every seeded defect is named with file and line.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

const AS_OF: &str = "2026-06-01";

/// What a run gave.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn lint(folder: &Path, args: &[&str]) -> Ran {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_vigie"));
    let ran = command.current_dir(folder).args(["packs", "lint"]).args(args).args(["--as-of", AS_OF]).output().unwrap();
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

const COLLECTION: &str = "id: p\nname: P\ncreated: 2026-01-01\noutput: p.stix2\n";

/// The lines of the report that begin with a place.
#[track_caller]
fn expect(ran: &Ran, place: &str, severity: &str, rule: &str) {
    let begin = format!("{place}: {severity}[{rule}]: ");
    assert!(ran.stdout.lines().any(|l| l.starts_with(&begin)), "no `{begin}` in\n{}{}", ran.stdout, ran.stderr);
}

/// One indicator per pattern, pretty-printed, with everything that STIX requires.
fn bundle(patterns: &[&str]) -> String {
    let date = "2026-01-01T00:00:00.000Z";
    let malware = "malware--00000000-0000-4000-8000-000000000001";
    let mut objects = vec![serde_json::json!({
        "type": "malware", "spec_version": "2.1", "id": malware, "created": date, "modified": date, "name": "Evil",
        "is_family": false
    })];
    for (i, pattern) in patterns.iter().enumerate() {
        let id = format!("indicator--00000000-0000-4000-8000-{:012}", i + 1);
        objects.push(serde_json::json!({
            "type": "indicator", "spec_version": "2.1", "id": id, "created": date, "modified": date,
            "pattern": pattern, "pattern_type": "stix", "pattern_version": "2.1", "valid_from": date
        }));
        objects.push(serde_json::json!({
            "type": "relationship", "spec_version": "2.1", "created": date, "modified": date,
            "id": format!("relationship--00000000-0000-4000-8000-{:012}", i + 1),
            "relationship_type": "indicates", "source_ref": id, "target_ref": malware
        }));
    }
    let id = "bundle--00000000-0000-4000-8000-000000000002";
    serde_json::to_string_pretty(&serde_json::json!({ "type": "bundle", "id": id, "objects": objects })).unwrap()
}

/// The line of a text in a file, from 1.
fn line_of(text: &str, needle: &str) -> usize {
    text.lines().position(|l| l.contains(needle)).unwrap_or_else(|| panic!("{needle}")) + 1
}

#[test]
fn a_pack_without_defects_passes() {
    let dir = folder(&[("p/collection.yaml", COLLECTION), ("p/domains.txt", "# source: x\nevil-one.com\n")]);
    let ran = lint(dir.path(), &["p"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(ran.stdout.starts_with("0 errors, 0 warnings, 0 notes"), "{}", ran.stdout);
    let dir = folder(&[("x.stix2", &bundle(&["[domain-name:value='evil-one.com']", "[url:value='http://a.com/x']"]))]);
    let ran = lint(dir.path(), &["x.stix2"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.starts_with("0 errors, 0 warnings, 0 notes"), "{}", ran.stdout);
}

#[test]
fn seeded_values_of_lists_are_named_with_file_and_line() {
    let sha256 = "a1".repeat(32);
    let cases: &[(&str, &str, &str, &str)] = &[
        ("domains.txt", "ups.so", "error", "domain-is-file-name"),
        ("domains.txt", "fgr1w2gnsdvsb.xyz/x", "error", "domain-with-path"),
        ("domains.txt", "https://evil-one.com", "error", "domain-with-path"),
        ("domains.txt", "evil-one.com:8080", "error", "domain-with-path"),
        ("domains.txt", "evil-one.com evil-two.com", "error", "two-values"),
        ("domains.txt", "evil-one.com,evil-two.com", "error", "two-values"),
        ("domains.txt", "84.110.47.86forti.external-Staging-02.com", "error", "lines-concatenated"),
        ("domains.txt", "46.183.184.91summerartcamp.net", "error", "lines-concatenated"),
        ("domains.txt", "evil-one.com # seen", "error", "comment-behind-value"),
        ("domains.txt", "evil\u{200b}one.com", "error", "invisible-character"),
        ("domains.txt", "bad.comworse.net", "warning", "maybe-concatenated"),
        ("domains.txt", "peticaonline.comv", "error", "domain-unknown-tld"),
        ("domains.txt", "despachosnegocios", "error", "domain-unknown-tld"),
        ("domains.txt", "amazing.lab", "error", "domain-unknown-tld"),
        ("domains.txt", "printer.local", "error", "domain-private"),
        ("domains.txt", "evil.example", "info", "domain-reserved"),
        ("domains.txt", "co.uk", "error", "domain-is-public-suffix"),
        ("domains.txt", "duckdns.org", "error", "known-innocent"),
        ("domains.txt", "ngrok.io", "error", "domain-is-shared"),
        ("domains.txt", "bit.ly", "error", "domain-is-shared"),
        ("domains.txt", "evil.appspot.com", "info", "domain-on-shared"),
        ("domains.txt", "www.google.com", "error", "domain-is-popular"),
        ("domains.txt", "whatsapp.net", "error", "domain-is-popular"),
        ("domains.txt", "www.andropwn.xyz", "warning", "domain-www"),
        ("domains.txt", "5.188.1.1", "warning", "address-as-domain"),
        ("domains.txt", "evil[.]com", "warning", "defanged"),
        ("domains.txt", "evil.so", "info", "domain-like-file-name"),
        ("ip-addresses.txt", "142.251.183.138", "error", "address-shared"),
        ("ip-addresses.txt", "173.194.222.100", "error", "address-shared"),
        ("ip-addresses.txt", "192.168.1.1", "error", "address-private"),
        ("ip-addresses.txt", "203.0.113.9", "info", "address-reserved"),
        ("ip-addresses.txt", "5.188.1.0/24", "error", "address-range"),
        ("ip-addresses.txt", "evil-one.com", "error", "never-matches"),
        ("urls.txt", "https://www.facebook.com/", "error", "url-is-popular"),
        ("urls.txt", "http://10.0.0.1/x", "error", "address-private"),
        ("urls.txt", "evil-one.com/x", "info", "url-without-scheme"),
        ("urls.txt", "http://a.comhttp://b.com", "error", "lines-concatenated"),
        ("file_paths.txt", "Library/Preferences/com.apple.photolibraryd.plist", "error", "path-relative"),
        ("file_paths.txt", "/private/var/tmp/", "error", "path-too-broad"),
        ("file_paths.txt", "/private/var/tmp/UserEventAgent", "info", "masquerades-as-system"),
        ("file_names.txt", "Info.plist", "error", "file-name-generic"),
        ("file_names.txt", "tmp/evil", "error", "file-name-with-path"),
        ("file_names.txt", "com.apple.CrashReporter.plist", "error", "known-innocent"),
        ("processes.txt", "launchd", "error", "process-is-system"),
        ("processes.txt", "bh", "warning", "process-generic"),
        ("processes.txt", "cfprefssd", "info", "masquerades-as-system"),
        ("processes.txt", "gatekeeperd", "warning", "innocent-twin"),
        ("package_names.txt", "com.android.systemui", "error", "app-is-system"),
        ("package_names.txt", "com.android.cored", "info", "masquerades-as-system"),
        ("package_names.txt", "com.evil.app*", "error", "wildcard-in-value"),
        ("package_names.txt", "Evil App", "error", "app-not-an-id"),
        ("sha256.txt", "d41d8cd98f00b204e9800998ecf8427e", "error", "hash-length"),
        ("md5.txt", "d41d8cd98f00b204e9800998ecf842", "error", "hash-length"),
        ("sha256.txt", "zz", "error", "hash-not-hex"),
        ("sha1.txt", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "error", "hash-of-nothing"),
        ("sha256.txt", &format!("{sha256}{sha256}"), "error", "lines-concatenated"),
        ("package_cert_hashes.txt", "abc", "error", "hash-length"),
        ("patterns.txt", "[domain-name:value = 'a.com'", "error", "pattern-syntax"),
        ("patterns.txt", "[software:name = 'x']", "warning", "not-read"),
        ("patterns.txt", "[x-ios-sms:colour = 'x']", "error", "unknown-field"),
        ("patterns.txt", "[x-ios-nothing:colour = 'x']", "info", "unknown-artifact"),
    ];
    for (list, value, severity, rule) in cases {
        let fine = match *list {
            "domains.txt" => "fine-one.com",
            "ip-addresses.txt" => "5.188.9.9",
            "urls.txt" => "http://fine-one.com/y",
            "file_paths.txt" => "/data/local/tmp/fine",
            "patterns.txt" => "[process:name = 'finebin']",
            "sha256.txt" => &sha256,
            "sha1.txt" | "package_cert_hashes.txt" => "a23456789012345678901234567890123456789b",
            "md5.txt" => "a234567890123456789012345678901b",
            "package_names.txt" => "net.fine.one",
            _ => "finebin",
        };
        let text = format!("# source: x\n{fine}\n\n{value}\n");
        let dir = folder(&[("p/collection.yaml", COLLECTION), (&format!("p/{list}"), &text)]);
        let ran = lint(dir.path(), &["p"]);
        expect(&ran, &format!("p/{list}:4"), severity, rule);
        let told = ran.stdout.lines().filter(|l| l.contains("]: ")).count();
        assert!(
            ran.stdout.lines().filter(|l| l.contains("]: ")).all(|l| l.starts_with(&format!("p/{list}:4"))),
            "{}",
            ran.stdout
        );
        assert!(told <= 2, "{value}: {}", ran.stdout);
        assert_eq!(ran.code, if *severity == "error" { 4 } else { 0 }, "{value}: {}", ran.stdout);
        if *severity == "warning" {
            assert_eq!(lint(dir.path(), &["p", "--strict"]).code, 4, "{value}");
        }
    }
}

#[test]
fn seeded_patterns_of_bundles_are_named_with_the_line_of_the_pattern() {
    let cases = [
        ("[domain-name:value='ups.so']", "domain-is-file-name"),
        ("[domain-name:value='xyz/x']", "domain-with-path"),
        ("[domain-name:value='84.110.47.86forti.external-Staging-02.com']", "lines-concatenated"),
        ("[domain-name:value='a.com b.com']", "two-values"),
        ("[file:path='Library/Preferences/x.plist']", "path-relative"),
        ("[file:hashes.'SHA-256'='d41d8cd98f00b204e9800998ecf8427e']", "hash-length"),
        ("[ipv4-addr:value='142.250.1.1']", "address-shared"),
        ("[domain-name:value = 'a.com' AND url:value = 'http://a.com/x']", "and-over-types"),
        ("[process:name = 'aaaa' AND process:name = 'bbbb']", "contradiction"),
        ("[domain-name:value LIKE '%']", "matches-everything"),
        ("[process:name MATCHES '.*']", "matches-everything"),
        ("[process:name != 'aaaa']", "matches-everything"),
        ("[domain-name:value IN ('a.com', 'google.com')]", "domain-is-popular"),
        ("[domain-name:value = ]", "pattern-syntax"),
    ];
    for (pattern, rule) in cases {
        let text = bundle(&["[process:name='finebin']", pattern]);
        let dir = folder(&[("x.stix2", &text)]);
        let ran = lint(dir.path(), &["x.stix2"]);
        let line = line_of(&text, &serde_json::to_string(pattern).unwrap());
        expect(&ran, &format!("x.stix2:{line}"), "error", rule);
        assert_eq!(ran.code, 4, "{pattern}");
    }
}

#[test]
fn what_belongs_to_nobody_has_no_second_owner() {
    let alone = bundle(&["[domain-name:value='evil-one.com']"])
        .replace("indicates", "related-to")
        .replace("target_ref\": \"malware", "target_ref\": \"x");
    let dir = folder(&[("a.stix2", &alone), ("b.stix2", &alone)]);
    let ran = lint(dir.path(), &["."]);
    assert!(!ran.stdout.contains("duplicate-attribution"), "{}", ran.stdout);
    let dir = folder(&[(
        "a.stix2",
        &bundle(&["[process:name='finebin']", "[process:name='finebin']"]).replace("000000000002", "000000000001"),
    )]);
    let ran = lint(dir.path(), &["a.stix2"]);
    assert!(ran.stdout.contains("warning[repeated-object]") && !ran.stdout.contains("[duplicate]"), "{}", ran.stdout);
}

#[test]
fn duplicates_and_collisions() {
    let malware =
        |name: &str| format!("{COLLECTION}malware:\n  name: {name}\n").replace("id: p", &format!("id: {name}"));
    let dir = folder(&[
        ("a/collection.yaml", &malware("Alpha")),
        ("a/domains.txt", "evil-one.com\nEVIL-one.com\nshared-one.com\n"),
        ("b/collection.yaml", &malware("Beta")),
        ("b/domains.txt", "evil-three.com\n\nshared-one.com\n"),
        ("c/collection.yaml", &malware("Beta")),
        ("c/domains.txt", "evil-three.com\n"),
    ]);
    let ran = lint(dir.path(), &["."]);
    expect(&ran, "./a/domains.txt:2", "warning", "duplicate");
    expect(&ran, "./b/domains.txt:3", "error", "duplicate-attribution");
    expect(&ran, "./c:1", "info", "duplicate-across-packs");
    expect(&ran, "./c/collection.yaml:1", "error", "id-collision");
    assert_eq!(ran.code, 4);

    let same_id = bundle(&["[domain-name:value='evil-one.com']", "[domain-name:value='evil-two.com']"])
        .replace("indicator--00000000-0000-4000-8000-000000000002", "indicator--00000000-0000-4000-8000-000000000001");
    let dir = folder(&[("x.stix2", &same_id)]);
    let ran = lint(dir.path(), &["x.stix2"]);
    expect(&ran, &format!("x.stix2:{}", line_of(&same_id, "evil-two.com")), "error", "id-collision");

    let gone = bundle(&["[domain-name:value='evil-one.com']", "[domain-name:value='EVIL-one.com']"]).replacen(
        "\"pattern\": \"[domain-name:value='EVIL",
        "\"revoked\": true, \"pattern\": \"[domain-name:value='EVIL",
        1,
    );
    let dir = folder(&[("x.stix2", &gone)]);
    let ran = lint(dir.path(), &["x.stix2"]);
    assert!(ran.stdout.contains("error[revoked-and-active]"), "{}", ran.stdout);
}

#[test]
fn dates_are_compared_with_the_day_that_is_given() {
    let text = bundle(&[
        "[domain-name:value='evil-one.com']",
        "[domain-name:value='evil-two.com']",
        "[domain-name:value='evil-three.com']",
    ])
    .replacen(
        "\"valid_from\": \"2026-01-01T00:00:00.000Z\"",
        "\"valid_from\": \"2026-01-02T00:00:00Z\", \"valid_until\": \"2026-01-01T00:00:00Z\"",
        1,
    )
    .replacen("\"valid_from\": \"2026-01-01T00:00:00.000Z\"", "\"valid_from\": \"2126-01-01T00:00:00Z\"", 1)
    .replacen(
        "\"valid_from\": \"2026-01-01T00:00:00.000Z\"",
        "\"valid_from\": \"2026-01-01T00:00:00Z\", \"valid_until\": \"soon\"",
        1,
    );
    let dir = folder(&[("x.stix2", &text)]);
    let ran = lint(dir.path(), &["x.stix2"]);
    expect(&ran, &format!("x.stix2:{}", line_of(&text, "evil-one.com")), "error", "validity-reversed");
    expect(&ran, &format!("x.stix2:{}", line_of(&text, "evil-two.com")), "warning", "valid-from-future");
    assert!(ran.stdout.contains("error[date-unreadable]"), "{}", ran.stdout);
    assert!(ran.stdout.contains("info[expired]: 1 indicators"), "{}", ran.stdout);
}

#[test]
fn folders_and_indexes_are_held_against_each_other() {
    let index = "indicators:
- type: github
  name: There
  github: {owner: o, repo: r, path: a/a.stix2}
- type: github
  name: Gone
  github: {owner: o, repo: r, path: gone/gone.stix2}
- type: github
  name: Built later
  github: {owner: o, repo: r, path: l/l.stix2}
- type: github
  name: Of others
  github: {owner: other, repo: r, path: z/z.stix2}
- type: pigeon
  name: P
";
    let named = COLLECTION.replace("p.stix2", "l.stix2").replace("id: p", "id: l");
    let dir = folder(&[
        ("indicators.yaml", index),
        ("a/a.stix2", &bundle(&["[domain-name:value='evil-one.com']"])),
        ("b/b.stix2", &bundle(&["[domain-name:value='evil-two.com']"]).replace("8000", "8001")),
        ("l/collection.yaml", &named),
        ("l/domains.txt", "evil-three.com\n"),
        ("m/collection.yaml", COLLECTION),
        ("m/domains.txt", "evil-four.com"),
        ("m/domain.txt", "evil-five.com\n"),
        ("m/README.txt", "Read me.\n"),
        ("m/sha256.txt", "# nothing yet\n"),
        ("m/old/domains.txt", "evil-six.com\n"),
        ("n/domains.txt", "evil-seven.com\n"),
        ("o/collection.yaml", "id: o\nname: O\ncreated: soon\n"),
        ("o/domains.txt", "evil-eight.com\n"),
        ("q/collection.yaml", "id: q\nnome: Q\n"),
        ("package.json", "{\"name\": \"site\"}"),
    ]);
    let ran = lint(dir.path(), &["."]);
    expect(&ran, "./b/b.stix2:1", "error", "index-missing-pack");
    expect(&ran, "./m/collection.yaml:4", "error", "index-missing-pack");
    expect(&ran, "./indicators.yaml:5", "error", "index-missing-file");
    expect(&ran, "./indicators.yaml:14", "error", "index-entry");
    expect(&ran, "./m/domain.txt:1", "error", "unknown-list");
    expect(&ran, "./m/old/domains.txt:1", "error", "unknown-list");
    expect(&ran, "./m/domains.txt:1", "warning", "no-final-newline");
    expect(&ran, "./m/sha256.txt:1", "warning", "empty-list");
    expect(&ran, "./n/domains.txt:1", "warning", "collection-missing");
    expect(&ran, "./o/collection.yaml:3", "error", "collection");
    expect(&ran, "./o/collection.yaml:1", "warning", "collection-incomplete");
    expect(&ran, "./q/collection.yaml:2", "error", "collection");
    for fine in ["z/z.stix2", "Built later", "README.txt", "a.stix2:", "package.json"] {
        assert!(!ran.stdout.contains(fine), "{fine}\n{}", ran.stdout);
    }
    assert!(ran.stdout.contains("is domains.txt meant?"), "{}", ran.stdout);
}

#[test]
fn files_that_are_damaged_or_nothing() {
    let dir = folder(&[("empty/README.md", "x"), ("x.stix2", "{\"type\": \"bundle\", \"objects\": [{\"type\": ")]);
    std::fs::write(dir.path().join("domains.txt"), b"evil-one.com\n\xff\xfe.com\n").unwrap();
    let ran = lint(dir.path(), &["empty", "x.stix2", "gone.stix2", "domains.txt"]);
    assert_eq!(ran.code, 4);
    expect(&ran, "empty", "error", "no-indicators");
    expect(&ran, "gone.stix2", "error", "unreadable");
    expect(&ran, "domains.txt:2", "error", "encoding");
    assert!(ran.stdout.contains("x.stix2") && ran.stdout.contains("error[damaged]"), "{}", ran.stdout);
    assert_eq!(lint(dir.path(), &[]).code, 2);
}

#[test]
fn bundles_are_held_to_the_standard() {
    let date = "2026-01-01T00:00:00.000Z";
    let relation = |n: u32, source: &str, target: &str| {
        format!(
            "{{\"type\": \"relationship\", \"spec_version\": \"2.1\", \"created\": \"{date}\", \"modified\": \"{date}\", \
             \"relationship_type\": \"indicates\", \"id\": \"relationship--00000000-0000-4000-8000-{n:012}\", \
             \"source_ref\": \"{source}\", \"target_ref\": \"{target}\"}}"
        )
    };
    let (i, m) = ("indicator--00000000-0000-4000-8000-000000000001", "malware--00000000-0000-4000-8000-000000000001");
    let text = format!(
        "{{\"type\": \"bundle\", \"id\": \"bundle--merged\", \"objects\": [\n{}\n]}}",
        [
            format!("{{\"type\": \"malware\", \"id\": \"{m}\", \"name\": \"Evil\"}}"),
            format!("{{\"type\": \"indicator\", \"id\": \"{i}\", \"pattern\": \"[process:name = 'finebin']\"}}"),
            "{\"type\": \"indicator\", \"id\": \"indicator--2\", \"pattern\": \"[process:name = 'otherbin']\"}"
                .to_owned(),
            relation(1, i, m),
            relation(2, i, m),
            relation(3, i, "malware--gone"),
        ]
        .join(",\n")
    );
    let dir = folder(&[("x.stix2", &text)]);
    let ran = lint(dir.path(), &["x.stix2"]);
    expect(&ran, "x.stix2:1", "warning", "object-id");
    expect(&ran, "x.stix2:4", "warning", "object-id");
    expect(&ran, "x.stix2:4", "warning", "unattributed");
    expect(&ran, "x.stix2:6", "info", "duplicate-relationship");
    expect(&ran, "x.stix2:7", "warning", "dangling-reference");
    expect(&ran, "x.stix2:3", "warning", "required-property");
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}

#[test]
fn the_target_mvt_names_what_mvt_cannot_load() {
    let cases = [
        ("[url:value='http://evil-one.com/?a=b']", "mvt-equals"),
        ("[domain-name:value='a1.com' OR domain-name:value='b1.com']", "mvt-operator"),
        ("[domain-name:value='a1.com'] AND [domain-name:value='b1.com']", "mvt-operator"),
        ("[domain-name:value LIKE '%.evil-one.com']", "mvt-operator"),
        ("[domain-name:value IN ('a1.com')]", "mvt-operator"),
        ("[ipv6-addr:value='2a0b:1::1']", "mvt-type"),
        ("[process:name='it\\'s']", "mvt-escape"),
        ("[domain-name:value='www.evil-one.com']", "mvt-www"),
        ("[software:name='x']", "mvt-type"),
    ];
    for (pattern, rule) in cases {
        let text = bundle(&["[domain-name:value='fine-one.com']", pattern]);
        let dir = folder(&[("x.stix2", &text)]);
        let line = line_of(&text, &serde_json::to_string(pattern).unwrap());
        let ran = lint(dir.path(), &["--target", "mvt", "x.stix2"]);
        expect(&ran, &format!("x.stix2:{line}"), "error", rule);
        assert_eq!(ran.code, 4, "{pattern}");
        let ran = lint(dir.path(), &["x.stix2"]);
        assert!(!ran.stdout.contains("mvt-") && ran.code == 0, "{pattern}: {}", ran.stdout);
    }
    let dir = folder(&[
        ("p/collection.yaml", COLLECTION),
        ("p/urls.txt", "http://evil-one.com/?a=b\n"),
        ("p/ip-addresses.txt", "2a0b:1::1\n"),
        ("x.json", &bundle(&["[url:value='http://evil-one.com/x']", "[domain-name:value='a.evil-one.com']"])),
    ]);
    let ran = lint(dir.path(), &["p", "--target", "mvt"]);
    expect(&ran, "p/urls.txt:1", "error", "mvt-equals");
    expect(&ran, "p/ip-addresses.txt:1", "error", "mvt-type");
    let ran = lint(dir.path(), &["x.json", "--target", "mvt"]);
    expect(&ran, "x.json:1", "warning", "mvt-file-name");
    assert!(ran.stdout.contains("info[mvt-subdomain]") && ran.code == 0, "{}", ran.stdout);
    let dir = folder(&[("p/collection.yaml", COLLECTION), ("p/urls.txt", "http://evil-one.com/x\n")]);
    expect(&lint(dir.path(), &["p", "--target", "mvt"]), "p/urls.txt:1", "error", "mvt-url-only");
}

#[test]
fn waivers_need_a_reason_and_an_end() {
    let waiver =
        |extra: &str| format!("# known\n\n[[waive]]\nrule = \"domain-is-file-name\"\nvalue = \"ups.so\"\n{extra}");
    let run = |waivers: &str| {
        let dir = folder(&[("x/domains.txt", "ups.so\nevil-one.com\n"), ("x/lint-waivers.toml", waivers)]);
        lint(dir.path(), &["x/domains.txt"])
    };
    let ran = run(&waiver("reason = \"known\"\nexpires = \"2026-06-01\"\n"));
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("0 errors") && ran.stdout.contains("1 waived"), "{}", ran.stdout);
    let ran = run(&waiver("reason = \"known\"\nexpires = 2026-06-01\n"));
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    for (extra, rule, line) in [
        ("reason = \"known\"\nexpires = \"2026-05-31\"\n", "waiver-expired", 3),
        ("reason = \"known\"\n", "waiver-invalid", 3),
        ("expires = \"2026-12-31\"\n", "waiver-invalid", 3),
        ("reason = \" \"\nexpires = \"2026-12-31\"\n", "waiver-invalid", 3),
        ("reason = \"known\"\nexpires = \"soon\"\n", "waiver-invalid", 3),
        ("reason = \"known\"\nexpires = \"2026-12-31\"\ncolour = 1\n", "waiver-invalid", 3),
        ("reason = \n", "waiver-invalid", 6),
    ] {
        let ran = run(&waiver(extra));
        expect(&ran, &format!("x/lint-waivers.toml:{line}"), "error", rule);
        expect(&ran, "x/domains.txt:1", "error", "domain-is-file-name");
        assert_eq!(ran.code, 4, "{extra}");
    }
    let other = waiver("reason = \"known\"\nexpires = \"2026-12-31\"\n");
    let ran = run(&other.replace("ups.so", "upps.so"));
    expect(&ran, "x/lint-waivers.toml:3", "warning", "waiver-unused");
    let ran = run(&other.replace("domain-is-file-name", "no-such-rule"));
    expect(&ran, "x/lint-waivers.toml:3", "error", "waiver-invalid");
    let ran = run(&other.replace("value = \"ups.so\"", "file = \"x/domains.txt\""));
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let ran = run(&other.replace("value = \"ups.so\"", "file = \"domains.txt\""));
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let ran = run(&other.replace("value = \"ups.so\"", "file = \"omains.txt\""));
    assert_eq!(ran.code, 4, "{}", ran.stdout);
    let dir = folder(&[("domains.txt", "ups.so\n"), ("w.toml", &other)]);
    assert_eq!(lint(dir.path(), &["domains.txt", "--waivers", "w.toml"]).code, 0);
    assert_eq!(lint(dir.path(), &["domains.txt"]).code, 4);
    assert_eq!(lint(dir.path(), &["domains.txt", "--waivers", "gone.toml"]).code, 4);
}

#[test]
fn reports_for_programs_hold_the_same() {
    let waivers = "[[waive]]\nrule = \"process-generic\"\nvalue = \"bh\"\nreason = \"r\"\nexpires = \"2030-01-01\"\n";
    let dir = folder(&[
        ("p/collection.yaml", COLLECTION),
        ("p/domains.txt", "# x\nups.so\nwww.andropwn.xyz\nevil.appspot.com\n"),
        ("p/processes.txt", "bh\n"),
        ("p/file_names.txt", "evil<&>\u{1b}[2J\n"),
        ("p/lint-waivers.toml", waivers),
    ]);
    let json: Value = serde_json::from_str(&lint(dir.path(), &["p", "--format", "json"]).stdout).unwrap();
    assert_eq!(json["summary"]["errors"], 2, "{json:#}");
    assert_eq!(json["summary"]["waived"], 1);
    assert_eq!(json["waived"][0]["reason"], "r");
    assert_eq!(json["as_of"], AS_OF);
    let first = &json["defects"][0];
    let shown = (first["rule"].as_str(), first["file"].as_str(), first["line"].as_u64(), first["column"].as_u64());
    assert_eq!(shown, (Some("domain-is-file-name"), Some("p/domains.txt"), Some(2), Some(1)));

    let ran = lint(dir.path(), &["p", "--format", "sarif", "--output", "out.sarif"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""));
    let sarif: Value = serde_json::from_slice(&std::fs::read(dir.path().join("out.sarif")).unwrap()).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(sarif["version"], "2.1.0");
    let results = run["results"].as_array().unwrap();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(results.iter().all(|r| rules.iter().any(|rule| rule["id"] == r["ruleId"])));
    let first = &results[0];
    assert_eq!(first["level"], "error");
    let place = &first["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "p/domains.txt");
    assert_eq!(place["region"]["startLine"], 2);
    let waived: Vec<&Value> = results.iter().filter(|r| r.get("suppressions").is_some()).collect();
    assert!(waived.len() == 1 && waived[0]["ruleId"] == "process-generic");

    let junit = lint(dir.path(), &["p", "--format", "junit"]).stdout;
    assert!(junit.starts_with("<?xml") && junit.contains("failures=\"2\""), "{junit}");
    assert!(junit.contains("file=\"p/domains.txt\" line=\"2\""), "{junit}");
    assert!(junit.contains("waived: r") && !junit.contains('\u{1b}'), "{junit}");
    let strict = lint(dir.path(), &["p", "--format", "junit", "--strict"]).stdout;
    assert!(strict.contains("failures=\"3\""), "{strict}");
    let text = lint(dir.path(), &["p"]).stdout;
    assert!(!text.contains('\u{1b}'), "{text}");
    assert_eq!(lint(dir.path(), &["p"]).stdout, text);
}

#[test]
fn every_rule_has_a_page() {
    let run = |args: &[&str]| {
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_vigie"))
            .args(["packs", "lint"])
            .args(args)
            .output()
            .unwrap();
        (ran.status.code(), String::from_utf8(ran.stdout).unwrap())
    };
    let (code, page) = run(&["--explain", "two-values"]);
    assert!(code == Some(0) && page.starts_with("## two-values\n"), "{page}");
    let (code, all) = run(&["--explain"]);
    let docs = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lint.md")).unwrap();
    assert!(code == Some(0) && all == docs);
    assert_eq!(run(&["--explain", "no-such-rule"]).0, Some(2));
}

/// What ends or confuses the load of other readers: each file loads here, and costs itself at the most.
#[test]
fn what_ends_other_readers_loads() {
    let pattern = |p: &str| bundle(&["[domain-name:value='fine-one.com']", p]);
    let fine = bundle(&["[domain-name:value='fine-one.com']"]);
    let array = {
        let parsed: Value = serde_json::from_str(&fine).unwrap();
        parsed["objects"].to_string()
    };
    let mut latin = pattern("[process:name='caf\u{e9}bin']").into_bytes();
    let at = latin.windows(2).position(|w| w == "\u{e9}".as_bytes()).unwrap();
    latin.splice(at..at + 2, [0xe9]);
    let cases: Vec<(&str, Vec<u8>, u64)> = vec![
        ("equals in a value", pattern("[url:value='http://evil-one.com/?a=b&c=d']").into(), 2),
        ("or", pattern("[domain-name:value='a1.com' OR domain-name:value='b1.com']").into(), 2),
        ("two comparisons with blanks", pattern("[file:name = 'evil1' AND file:path = '/data/evil1']").into(), 2),
        ("followedby", pattern("[process:name='aaaa1'] FOLLOWEDBY [process:name='bbbb1']").into(), 2),
        ("like", pattern("[domain-name:value LIKE '%.evil-one.com']").into(), 2),
        ("matches", pattern("[process:name MATCHES '^evil']").into(), 2),
        ("in", pattern("[domain-name:value IN ('a1.com', 'b1.com')]").into(), 2),
        ("ipv6", pattern("[ipv6-addr:value='2a0b:1::1']").into(), 2),
        ("directory", pattern("[directory:path='/data/local/tmp/evil']").into(), 2),
        ("escapes", pattern("[process:name='it\\'s']").into(), 2),
        ("software", pattern("[software:name='x']").into(), 1),
        ("no pattern", pattern("x").replace("\"pattern\": \"x\",", "").into(), 1),
        (
            "yara",
            pattern("rule x {}").replacen("\"stix\"", "\"yara\"", 3).replacen("\"yara\"", "\"stix\"", 1).into(),
            1,
        ),
        ("malware without a name", fine.replace("\"name\": \"Evil\",", "").into(), 1),
        ("a bare array", array.into(), 1),
        ("latin-1", latin, 1),
        ("cut off", fine.as_bytes()[..fine.len() - 20].to_vec(), 1),
        (
            "an id twice",
            pattern("[domain-name:value='fine-one.com']").replace("000000000002", "000000000001").into(),
            2,
        ),
        ("an actor", fine.replace("malware", "threat-actor").into(), 1),
    ];
    for (name, bytes, usable) in cases {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("x.stix2");
        std::fs::write(&path, bytes).unwrap();
        let mut library = vigie::packs::Library::default();
        let loaded = vigie::packs::load_path(&mut library, &path);
        assert!(loaded.is_ok(), "{name}: {loaded:?}");
        assert_eq!(library.packs[0].loaded, usable, "{name}: {:?}", library.packs[0].problems);
        let ran = lint(dir.path(), &["x.stix2", "--target", "mvt"]);
        assert!(ran.stderr.is_empty() && ran.stdout.contains("]: "), "{name}: {}{}", ran.stdout, ran.stderr);
    }
    let dir = folder(&[("x.stix2", "{\"type\": \"bundle\", \"id\": \"bundle--1\", \"objects\": null}")]);
    expect(&lint(dir.path(), &["x.stix2"]), "x.stix2", "error", "no-indicators");
}

/// The public packs: what is known to be wrong with them is named, and what was looked at and found right is not.
#[test]
fn the_public_packs() {
    let Some(corpus) = std::env::var_os("VIGIE_CORPUS") else {
        eprintln!("skipped: VIGIE_CORPUS is not set");
        return;
    };
    let packs = PathBuf::from(corpus).join("stix2");
    let before = std::time::Instant::now();
    let ran = lint(&packs, &["."]);
    assert!(before.elapsed().as_secs() < 30, "{:?}", before.elapsed());
    assert_eq!(ran.code, 4);
    let has = |file: &str, rule: &str, value: &str| {
        let wanted = format!("[{rule}]");
        assert!(
            ran.stdout.lines().any(|l| l.contains(file) && l.contains(&wanted) && l.contains(value)),
            "{file} {rule} {value}"
        );
    };
    has("amnesty_wintego_helios.stix2:1128", "domain-is-file-name", "ups.so");
    has("amnesty_cytrox.stix2:5400", "domain-unknown-tld", "amazing.lab");
    has("amnesty_novispy.stix2:24", "address-as-domain", "176.223.111.131");
    has("mvt_wyrmspy_dragonegg.stix2", "domain-www", "www.andropwn.xyz");
    has("mvt_eaglemsgspy.stix2", "domain-www", "www.tzsafe.com");
    has("amnesty_wintego_helios.stix2", "duplicate-attribution", "tribunnews.org");
    has("amnesty_pegasus.stix2:1", "process-generic", "`bh`");
    has("amnesty_pegasus.stix2:1", "innocent-twin", "gatekeeperd");
    has("echap_ioc.yaml:3610", "unknown-key", "`ip`");
    has("echap_stalkerware.stix2", "repeated-object", "indicator--");
    has("mvt_rcs.stix2", "hash-key-spelling", "sha256");
    has("mvt_rcs.stix2", "masquerades-as-system", "com.androidservices.support");
    has("echap_stalkerware.stix2", "masquerades-as-system", "com.android.core.mng");
    has("mvt_rcs.stix2", "domain-on-shared", "appspot.com");
    has("mvt_wyrmspy_dragonegg.stix2", "domain-on-shared", "duckdns.org");
    // Each error was looked at by a person; a new one must be, too.
    let known = [
        "domain-is-file-name]: `ups.so`",
        "domain-unknown-tld]: `amazing.lab`",
        "duplicate-attribution]:",
        "belongs to Cloudflare",
    ];
    for error in ran.stdout.lines().filter(|l| l.contains(": error[")) {
        assert!(known.iter().any(|k| error.contains(k)), "{error}");
    }
    let mvt = lint(&packs, &[".", "--target", "mvt"]);
    assert!(!mvt.stdout.contains("[mvt-equals]") && !mvt.stdout.contains("[mvt-operator]"), "all load in MVT");
}
