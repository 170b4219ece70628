//! Dumpstates and tombstones that no phone ever wrote.

use std::fs;

use vigie_fixtures::android::Container;

use super::phones::{dumpstate, noise, report, report_folder};
use super::support::{Scan, scan};

fn scanned(text: &[u8]) -> Scan {
    scan(report_folder(text).path())
}

/// The honest dumpstate with `more` after its last line, and with it before its first.
fn around(more: &[u8]) -> [Scan; 2] {
    [
        scanned(&[&dumpstate(), b"\n".as_slice(), more].concat()),
        scanned(&[more, b"\n".as_slice(), &dumpstate()].concat()),
    ]
}

#[test]
fn one_line_of_100_megabytes() {
    assert_eq!(scanned(&vec![b'x'; 100 << 20]).code, 3);
    let line = vec![b'-'; 100 << 20];
    for after in around(&line) {
        assert_eq!(after.status("android.packages"), "parsed", "{}", after.said());
    }
    // Inside a section that is read.
    let text = String::from_utf8(dumpstate()).unwrap();
    let long = text.replacen("Packages:\n", &format!("Packages:\n  Package [{}] (1):\n", "y".repeat(30 << 20)), 1);
    assert_ne!(long.len(), text.len());
    assert!(scanned(long.as_bytes()).records("android.packages") > 0);
}

#[test]
fn five_million_heads() {
    let mut heads = Vec::with_capacity(200 << 20);
    for i in 0..5_000_000u32 {
        heads.extend_from_slice(format!("------ S{i} (x) ------\n").as_bytes());
    }
    for after in around(&heads) {
        assert_eq!(after.status("android.packages"), "parsed", "{}", after.said());
    }
    let mut wanted = Vec::new();
    for _ in 0..200_000 {
        wanted.extend_from_slice(&[b'-'; 79]);
        wanted.extend_from_slice(b"\nDUMP OF SERVICE appops:\n");
    }
    // More sections of a wanted name than are kept: what lies behind them is lost, and that must be said.
    let [_, before] = around(&wanted);
    assert!(!before.complete(), "sections were dropped in silence: {:#}", before.line("android.appops"));
}

#[test]
fn line_ends_of_other_systems() {
    let text = String::from_utf8(dumpstate()).unwrap();
    let whole = scanned(text.as_bytes());
    for end in ["\r\n", "\r\r\n"] {
        let after = scanned(text.replace('\n', end).as_bytes());
        for artifact in
            ["android.packages", "android.appops", "android.getprop", "android.settings", "android.processes"]
        {
            assert_eq!(after.records(artifact), whole.records(artifact), "{artifact} with {end:?}");
        }
    }
    assert_eq!(scanned(text.replace('\n', "\r").as_bytes()).code, 3);
}

#[test]
fn bytes_that_are_no_text() {
    let text = dumpstate();
    // Something else in every seventh place, then noise in the middle of everything.
    for (step, byte) in [(7, 0u8), (211, 0xff), (1_009, b'\n'), (3_001, 0x1b)] {
        let mut bad = text.clone();
        bad.iter_mut().step_by(step).for_each(|b| *b = byte);
        scanned(&bad);
    }
    let nuls = [text.clone(), vec![0; 1 << 20]].concat();
    assert_eq!(scanned(&nuls).status("android.packages"), "parsed");
    for seed in 0..12 {
        let mut bad = text.clone();
        let at = (seed as usize * 3_571) % (bad.len() - 2_000);
        bad[at..at + 2_000].copy_from_slice(&noise(2_000, seed));
        scanned(&bad);
    }
    assert_eq!(scanned(&noise(4 << 20, 1)).code, 3);
    let utf16: Vec<u8> = text.iter().flat_map(|b| [*b, 0]).collect();
    assert_eq!(scanned(&utf16).status("android.packages"), "parsed", "a text is a text, whatever wrote it");
}

#[test]
fn every_section_without_its_lines() {
    // Only what begins and ends sections: everything is there, and nothing is in it.
    let text = String::from_utf8(dumpstate()).unwrap();
    let hollow: String = text
        .lines()
        .filter(|l| l.starts_with("------") || l.starts_with("DUMP OF") || l.starts_with("=="))
        .flat_map(|l| [l, "\n"])
        .collect();
    let after = scanned(hollow.as_bytes());
    assert!(!after.complete(), "hollow sections look whole: {:#}", after.report["coverage"]);
}

#[test]
fn tombstones_of_noise() {
    let dir = tempfile::tempdir().unwrap();
    report().write(dir.path(), Container::Folder).unwrap();
    let stones = dir.path().join("FS/data/tombstones");
    fs::create_dir_all(&stones).unwrap();
    let real = vigie_fixtures::devices::jelena().tombstones.remove(0);
    for i in 0..40u64 {
        let mut pb = real.proto();
        let text = real.text().unwrap().into_bytes();
        let at = (i as usize * 37) % (pb.len() - 8);
        pb[at..at + 8].copy_from_slice(&noise(8, i));
        fs::write(stones.join(format!("tombstone_{i:02}.pb")), pb).unwrap();
        let cut = text.len() * i as usize / 40;
        fs::write(stones.join(format!("tombstone_{i:02}")), [&text[..cut], &noise(300, i)].concat()).unwrap();
    }
    // Groups nested without end, lengths beyond the end, a field of every number.
    fs::write(stones.join("tombstone_50.pb"), vec![0x0b; 1 << 20]).unwrap();
    fs::write(stones.join("tombstone_51.pb"), [vec![0x12], vec![0xff; 9], vec![0x01]].concat()).unwrap();
    fs::write(stones.join("tombstone_52.pb"), (0..=255).collect::<Vec<u8>>()).unwrap();
    let mut nested = vec![0x0a, 0x00];
    for _ in 0..20_000 {
        let mut outer = vec![0x82, 0x01];
        let mut n = nested.len();
        while n >= 0x80 {
            outer.push((n & 0x7f) as u8 | 0x80);
            n >>= 7;
        }
        outer.push(n as u8);
        outer.append(&mut nested);
        nested = outer;
        if nested.len() > 1 << 20 {
            break;
        }
    }
    fs::write(stones.join("tombstone_53.pb"), nested).unwrap();
    let after = scan(dir.path());
    assert!(["partial", "failed"].contains(&after.status("android.tombstones")), "{}", after.said());
    assert_eq!(after.status("android.packages"), "parsed");
}
