//! Text that an attacker wrote never reaches a terminal or a spreadsheet as it is.

use std::fs;

use vigie_fixtures::android::{Container, Op, OpEvent, Package, UidOps};
use vigie_fixtures::devices;
use vigie_fixtures::ios::{Backup, Db, Device, Meta, sms};
use vigie_fixtures::time::Time;

use super::support::{command, finish};

/// Moves the cursor, sets the window's title, turns text around, hides in it, runs in a spreadsheet, ends a line.
const EVIL: &str = "=HYPERLINK(\"http://x\")\u{1b}[2J\u{1b}]0;title\u{7}\u{202e}exe.txt\u{200b}\u{9b}31m\r\n\u{2066}+cmd|' /C calc'!A0";
const LINK: &str = "https://free247downloads.com/a";

fn looks_safe(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let bad = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if let Some((at, c)) = text.char_indices().find(|(_, c)| bad(*c)) {
        let from = (0..=at.saturating_sub(60)).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        panic!("{what}: {c:?} after {:?}", &text[from..at]);
    }
}

fn check(path: &std::path::Path) {
    let home = tempfile::tempdir().unwrap();
    for args in [&["-o", "out", "--records", "plain"][..], &["--lang", "fr"], &["--json"], &["--quiet"]] {
        let ran = finish(command(home.path()).arg("scan").arg(path).args(args));
        assert!(ran.code() <= 3);
        looks_safe("stdout", &ran.stdout);
        looks_safe("stderr", ran.stderr.as_bytes());
    }
    let records = finish(command(home.path()).args(["records", "out"]));
    looks_safe("records", &records.stdout);
    assert!(records.text().contains("HYPERLINK"), "the planted text is not there at all");
    for name in ["findings.json", "matches.jsonl", "timeline.csv"] {
        looks_safe(name, &fs::read(home.path().join("out").join(name)).unwrap());
    }
    let csv = fs::read_to_string(home.path().join("out/timeline.csv")).unwrap();
    for line in csv.lines().skip(1) {
        for cell in cells(line) {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a formula: {line}");
        }
        assert_eq!(cells(line).len(), 6, "{line}");
    }
}

/// Cells of a CSV line in which every cell is quoted.
fn cells(line: &str) -> Vec<String> {
    let inner =
        line.strip_prefix('"').and_then(|l| l.strip_suffix('"')).unwrap_or_else(|| panic!("not quoted: {line}"));
    inner.split("\",\"").map(|c| c.replace("\"\"", "\"")).collect()
}

#[test]
fn messages() {
    let dir = tempfile::tempdir().unwrap();
    let mut backup =
        Backup::new(Device { name: EVIL.into(), product_type: EVIL.into(), version: EVIL.into(), ..Device::default() });
    let db = Db::new(|conn| {
        let mut w = sms::Writer::create(conn, sms::Schema::Ios17, true)?;
        let evil = w.handle(EVIL, EVIL)?;
        let formula = w.handle("=1+1", "SMS")?;
        for (i, handle) in [evil, formula].into_iter().enumerate() {
            let date = Time::utc(2025, 5, 5, 5, 5, i as i64);
            for text in [EVIL.to_owned(), format!("{EVIL} {LINK} {EVIL}"), "=1+1".into(), "@SUM(A1)".into()] {
                w.message(&sms::Message::received(handle, date, &text))?;
            }
        }
        Ok(())
    });
    backup.add_db(sms::DOMAIN, sms::PATH, db, Meta::default());
    backup.add_file("HomeDomain", &format!("Library/{EVIL}"), b"x".to_vec(), Meta::default());
    backup.write(dir.path()).unwrap();
    check(dir.path());
}

#[test]
fn packages() {
    let dir = tempfile::tempdir().unwrap();
    let line = EVIL.replace(['\r', '\n'], "");
    let mut report = devices::milan();
    let when = Time::utc(2025, 5, 5, 5, 5, 5);
    for name in [format!("com.{line}"), "=1+1".into(), "@evil".into(), line.clone()] {
        report.packages.get_or_insert_default().push(Package::sideloaded(&name, 10_500, when));
        let op = Op::new("CAMERA", "allow", vec![OpEvent::access("top", when, None)]);
        report.appops.get_or_insert_default().push(UidOps::one("u0a500", &name, vec![op]));
    }
    report.properties.get_or_insert_default().push(("ro.product.model".into(), line));
    report.write(&dir.path().join("r"), Container::Folder).unwrap();
    check(&dir.path().join("r"));
}

#[test]
fn names_of_files() {
    let dir = tempfile::tempdir().unwrap();
    let name: String = EVIL.chars().filter(|c| *c != '/' && *c != '\0').collect();
    let evil = dir.path().join(&name);
    if fs::create_dir(&evil).is_err() {
        return; // this file system does not take such names
    }
    devices::marko().write(&evil.join("backup")).unwrap();
    fs::write(evil.join("bugreport.zip"), b"PK\x03\x04 cut").unwrap();
    let home = tempfile::tempdir().unwrap();
    for args in [&[][..], &["--json"], &["--lang", "fr"], &["--quiet"]] {
        let ran = finish(command(home.path()).arg("scan").arg(&evil).args(args));
        assert_eq!(ran.code(), 3);
        looks_safe("stdout", &ran.stdout);
        looks_safe("stderr", ran.stderr.as_bytes());
    }
    let missing = finish(command(home.path()).args(["scan", EVIL]));
    assert_eq!(missing.code(), 2);
    looks_safe("stderr", missing.stderr.as_bytes());
    let option = finish(command(home.path()).args(["scan", &format!("--{EVIL}")]));
    assert_eq!(option.code(), 2);
    looks_safe("stderr", option.stderr.as_bytes());
}
