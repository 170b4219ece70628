//! Bundles as they are in the world: forms on which other tools abort the whole load, skip in silence or misread. Each
//! costs itself at the most, and a good indicator beside it is still found.

use crate::support;
use std::ffi::OsStr;
use std::fs;

use serde_json::{Value, json};

const GOOD: &str = "[domain-name:value = 'sahibndn.io']";

fn indicator(n: usize, pattern: &str) -> Value {
    json!({"type": "indicator", "spec_version": "2.1", "id": format!("indicator--01234567-89ab-4def-8123-4567{n:08x}"),
        "pattern": pattern, "pattern_type": "stix", "valid_from": "2021-01-01T00:00:00Z"})
}

/// The report on the demo iPhone with traces, with one pack of these bytes.
fn scan(bytes: &[u8], code: i32) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack.stix2");
    fs::write(&pack, bytes).unwrap();
    let phone = format!("{}/fixtures/demo/iphone-ana", env!("CARGO_MANIFEST_DIR"));
    let args: [&OsStr; 9] = [
        "scan".as_ref(),
        phone.as_ref(),
        "--no-builtin".as_ref(),
        "-i".as_ref(),
        pack.as_os_str(),
        "--json".as_ref(),
        "--reproducible".as_ref(),
        "--fail-on".as_ref(),
        "none".as_ref(),
    ];
    let ran = support::vigie(&args);
    assert_eq!(ran.code(), code, "{}", ran.stderr);
    if ran.stdout.is_empty() { Value::Null } else { ran.json() }
}

fn bundle(objects: Vec<Value>) -> Vec<u8> {
    json!({"type": "bundle", "id": "bundle--1", "objects": objects}).to_string().into_bytes()
}

fn found(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|f| f["indicator"]["pattern"].as_str().unwrap()).collect()
}

/// Patterns, and what must become of each: loaded, or a part of the reason why not.
const PATTERNS: [(&str, Option<&str>); 20] = [
    ("[url:value = 'https://bad.example/x?a=b&c=d']", None),
    ("[file:path = '/private/var/tmp/a=b']", None),
    ("[domain-name:value = 'a.example' OR domain-name:value = 'b.example']", None),
    ("[file:name = 'a' AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", None),
    ("[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']", None),
    ("[domain-name:value LIKE '%.a.example']", None),
    ("[url:value MATCHES '^https://.*/x$']", None),
    ("[domain-name:value IN ('c.example', 'd.example')]", None),
    ("[ipv6-addr:value = '2001:db8::1']", None),
    ("[directory:path = '/private/var/tmp/bad']", None),
    ("[file:hashes.\"SHA-256\" = 'x']", Some("not a STIX 2.1 pattern")),
    ("[file:name = 'it\\'s\\\\']", None),
    ("[process:name != 'x']", None),
    ("[software:name = 'x']", Some("software:name")),
    ("[x509-certificate:serial_number = '1']", Some("x509-certificate")),
    ("[file:hashes.'SHA-512' = 'aa']", Some("SHA-512")),
    ("[network-traffic:dst_port = 443]", Some("network-traffic")),
    ("[process:command_line = 'x']", Some("command_line")),
    ("[domain-name:value = 'bad.xyz/x']", Some("host name")),
    ("domain-name:value = 'a.example'", Some("not a STIX 2.1 pattern")),
];

#[test]
fn a_pattern_costs_itself_at_the_most() {
    let mut objects: Vec<Value> = PATTERNS.iter().enumerate().map(|(n, (p, _))| indicator(n, p)).collect();
    objects.push(indicator(100, GOOD));
    let report = scan(&bundle(objects), 0);
    assert!(found(&report).contains(&GOOD), "{:?}", found(&report));
    let pack = &report["packs"][0];
    let named = pack["not_evaluable"].as_array().unwrap();
    for (pattern, why) in PATTERNS {
        let told = named.iter().find(|n| n["pattern"] == pattern).map(|n| n["reason"].as_str().unwrap());
        match why {
            None => assert_eq!(told, None, "{pattern}"),
            Some(part) => assert!(told.is_some_and(|t| t.contains(part)), "{pattern}: {told:?}"),
        }
    }
    let usable = PATTERNS.iter().filter(|(_, why)| why.is_none()).count() + 1;
    assert_eq!(pack["loaded"].as_u64(), Some(usable as u64));
}

#[test]
fn an_object_costs_itself_at_the_most() {
    let without = json!({"type": "indicator", "id": "indicator--1"});
    let yara = json!({"type": "indicator", "id": "indicator--2", "pattern": "rule x {}", "pattern_type": "yara"});
    let nameless = json!({"type": "malware", "id": "malware--1"});
    let reversed = json!({"type": "relationship", "id": "relationship--1", "relationship_type": "indicates",
        "source_ref": "malware--2", "target_ref": indicator(7, GOOD)["id"]});
    let named = json!({"type": "malware", "id": "malware--2", "name": "Pegasus"});
    let mut revoked = indicator(8, "[process:name = 'roleaboutd']");
    revoked["revoked"] = json!(true);
    let twin = indicator(7, "[domain-name:value = 'mobilepays.info']");
    let objects =
        vec![without, yara, nameless, json!(7), json!(null), indicator(7, GOOD), reversed, named, revoked, twin];
    let report = scan(&bundle(objects), 0);
    assert!(found(&report).contains(&GOOD), "{:?}", found(&report));
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["indicator"]["pattern"] == GOOD).unwrap();
    assert_eq!(finding["indicator"]["malware"], "Pegasus");
    assert!(!found(&report).iter().any(|p| p.contains("roleaboutd")), "revoked");
    assert_eq!(report["packs"][0]["revoked"], 1);
    let reasons = report["packs"][0]["not_evaluable"].as_array().unwrap();
    assert!(reasons.iter().any(|n| n["reason"].as_str().unwrap().contains("yara")), "{reasons:?}");
}

#[test]
fn a_file_is_read_as_far_as_it_can_be() {
    let list = serde_json::to_vec(&json!([indicator(1, GOOD)])).unwrap();
    assert_eq!(found(&scan(&list, 0)), [GOOD], "a list without a bundle");
    let single = serde_json::to_vec(&indicator(1, GOOD)).unwrap();
    assert_eq!(found(&scan(&single, 0)), [GOOD], "one object");
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend(bundle(vec![indicator(1, GOOD)]));
    assert_eq!(found(&scan(&marked, 0)), [GOOD], "a byte order mark");
    let mut foreign = bundle(vec![json!({"type": "malware", "id": "malware--1", "name": "caf#"}), indicator(1, GOOD)]);
    let at = foreign.iter().position(|b| *b == b'#').unwrap();
    foreign[at] = 0xe9;
    let report = scan(&foreign, 0);
    assert_eq!(found(&report), [GOOD], "latin-1 in another object");
    assert_eq!(report["packs"][0]["problems"][0]["code"], "object-damaged");
    let cut = &bundle(vec![indicator(1, GOOD), indicator(2, "[domain-name:value = 'b.example']")]);
    let report = scan(&cut[..cut.len() - 40], 0);
    assert_eq!(found(&report), [GOOD], "the end is missing");
    for nothing in [&b"{\"type\": \"bundle\", \"id\": \"b\", \"objects\": null}"[..], b"{}", b"", b"<html>", b"[]"] {
        scan(nothing, 4);
    }
}
