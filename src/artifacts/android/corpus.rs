//! The Android artifacts on real reports: that everything the other readers of these files find is found here too.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use crate::artifact::Artifact;
use crate::formats::dumpstate::{Kind, SectionEnd, SectionHead, Sink, split};
use crate::formats::lines::Line;

use crate::artifact::section;
use crate::artifacts::testing::{Memory, Run};

fn root() -> Option<PathBuf> {
    let root = std::env::var_os("VIGIE_CORPUS");
    if root.is_none() {
        eprintln!("skipped: VIGIE_CORPUS is not set");
    }
    Some(PathBuf::from(root?).join("android"))
}

/// The first part of each name in a report: line after its head, truncated, text.
#[derive(Default)]
struct Parts {
    parts: BTreeMap<String, (u64, bool, Vec<u8>)>,
    acquired: Option<String>,
}

impl Sink for Parts {
    fn begin(&mut self, head: &SectionHead) -> bool {
        if let Some(time) = head.name.strip_prefix("dumpstate: ").filter(|_| self.acquired.is_none()) {
            self.acquired = Some(time.to_owned());
        }
        if head.kind == Kind::Header || head.occurrence > 1 {
            return false;
        }
        self.parts.insert(name(head), (head.line + 1, false, Vec::new()));
        true
    }
    fn line(&mut self, head: &SectionHead, line: Line<'_>) {
        if let Some((_, _, text)) = self.parts.get_mut(&name(head)) {
            text.extend_from_slice(line.bytes);
            text.push(b'\n');
        }
    }
    fn end(&mut self, head: &SectionHead, end: SectionEnd) {
        if let Some(part) = self.parts.get_mut(&name(head)).filter(|_| head.occurrence == 1) {
            part.1 = end.truncated;
        }
    }
}

fn name(head: &SectionHead) -> String {
    if head.kind == Kind::Service { format!("dumpsys {}", head.name) } else { head.name.clone() }
}

fn report(path: &Path) -> Parts {
    let bytes = std::fs::read(path).unwrap();
    let mut parts = Parts::default();
    if path.extension().is_some_and(|e| e == "zip") {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let is_report =
            |n: &str| n.rsplit('/').next().is_some_and(|n| n.starts_with("bugreport-") && n.ends_with(".txt"));
        let name = zip.file_names().flatten().find(|n| is_report(n)).unwrap().into_owned();
        let mut text = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut text).unwrap();
        split(&text[..], &mut parts).unwrap();
    } else {
        split(&bytes[..], &mut parts).unwrap();
    }
    parts
}

fn run(parts: &Parts, name: &str, artifact: &'static Artifact) -> Option<Run> {
    let (line, truncated, text) = parts.parts.get(name)?;
    let mut case = Memory::section(name, text).line(*line);
    if let Some(at) = parts.acquired.as_deref().and_then(|t| section::device_local(t).value()) {
        case = case.acquired(at);
    }
    if *truncated {
        case = case.truncated();
    }
    Some(case.run(artifact))
}

/// Records by shape.
fn counts(got: &Run) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    got.records.iter().for_each(|r| *counts.entry(r.shape).or_default() += 1);
    counts
}

const SECTIONS: [(&str, &Artifact); 5] = [
    ("dumpsys package", &super::packages::ARTIFACT),
    ("dumpsys appops", &super::appops::ARTIFACT),
    ("SYSTEM PROPERTIES", &super::getprop::ARTIFACT),
    ("dumpsys settings", &super::settings::ARTIFACT),
    ("PROCESSES AND THREADS", &super::processes::ARTIFACT),
];

const GPHONE: &str = "bugreport/gphone_x86_android9.zip";
const SAILFISH: &str = "bugreport/sailfish_android10.zip";
const MIUI: &str = "bugreport/miui_android2_deadlock.txt";
const FIXTURE: &str = "mvt_android_data/bugreport/dumpstate.txt";
const API34: &str = "dumpstate_minimized/emulator_api34.minimized.dump";
const NOUGAT: &str = "dumpstate_minimized/emulator_nougat.minimized.with-time-travel.dump";
const NEXUS: &str = "dumpstate_minimized/galaxy_nexus_jbmr2.minimized.dump";

/// Report, section, shapes that are added up, how many. Rows of processes are the lines between header and closing line.
const EXPECTED: [(&str, usize, &[&str], u64); 20] = [
    (GPHONE, 0, &["package"], 110),
    (GPHONE, 0, &["permission"], 808),
    (GPHONE, 2, &["property", "identifier"], 359),
    (GPHONE, 2, &["security_patch"], 1),
    (GPHONE, 3, &["setting", "personal_setting"], 192),
    (GPHONE, 4, &["process"], 966),
    (SAILFISH, 0, &["package"], 134),
    (SAILFISH, 0, &["package_user"], 268),
    (SAILFISH, 2, &["property", "identifier"], 606),
    (SAILFISH, 3, &["setting", "personal_setting"], 299),
    (SAILFISH, 3, &["operation"], 11),
    (SAILFISH, 4, &["process"], 1618),
    (MIUI, 0, &["package"], 72),
    (MIUI, 2, &["property", "identifier"], 137),
    (MIUI, 4, &["process"], 420),
    (FIXTURE, 0, &["package"], 2),
    (FIXTURE, 1, &["access"], 16),
    (API34, 4, &["process"], 2979),
    (NOUGAT, 4, &["process"], 1015),
    (NEXUS, 4, &["process"], 740),
];

#[test]
fn records_of_real_reports() {
    let Some(root) = root() else { return };
    for file in [GPHONE, SAILFISH, MIUI, FIXTURE, API34, NOUGAT, NEXUS] {
        let parts = report(&root.join(file));
        for (n, (name, artifact)) in SECTIONS.iter().enumerate() {
            let Some(got) = run(&parts, name, artifact) else { continue };
            assert!(got.errors.is_empty() && got.tally.lost == 0, "{file} {name}: {:?} {:?}", got.errors, got.tally);
            let counts = counts(&got);
            for (_, _, shapes, expected) in EXPECTED.iter().filter(|e| e.0 == file && e.1 == n) {
                let found: u64 = shapes.iter().filter_map(|s| counts.get(s)).sum();
                assert_eq!(found, *expected, "{file} {name} {shapes:?}");
            }
        }
    }
}

#[test]
fn packages_of_real_app_ops() {
    let Some(root) = root() else { return };
    for (file, expected, timed) in [(GPHONE, 57, true), (SAILFISH, 41, true), (FIXTURE, 12, true)] {
        let got = run(&report(&root.join(file)), "dumpsys appops", &super::appops::ARTIFACT).unwrap();
        let packages: BTreeSet<_> = got
            .records
            .iter()
            .filter(|r| r.get("package").is_some())
            .map(|r| (r.shown("uid"), r.shown("package")))
            .collect();
        assert_eq!(packages.len(), expected, "{file}");
        assert_eq!(got.of("access").iter().all(|r| r.get("time").is_some()), timed, "{file}");
    }
}

#[test]
fn real_tombstones() {
    let Some(root) = root() else { return };
    let read = |file: &str| std::fs::read(root.join(file)).unwrap();
    for (file, name, process, uid) in [
        ("tombstones/samsung_j3_android8_0_tombstone_01", "tombstone_01", "com.android.chrome:privileged_process1", ""),
        ("tombstones/emu_android13_tombstone_01.pb", "tombstone_01.pb", "com.android.bluetooth", "1002"),
        ("tombstones/moto_lake_android9_tombstone_00", "tombstone_00", "io.sentry.sample", "10176"),
        (
            "tombstones/twoyi_android8_1_tombstone_00",
            "tombstone_00",
            "/vendor/bin/hw/android.hardware.graphics.allocator@2.0-service",
            "",
        ),
        ("mvt_android_data/bugreport/FS/data/tombstones/tombstone_00", "tombstone_00", "/system/bin/adbd", "2000"),
        (
            "mvt_android_data/bugreport/FS/data/tombstones/tombstone_01",
            "tombstone_01",
            "/vendor/bin/tzts_daemon",
            "1000",
        ),
    ] {
        let got =
            Memory::report_file(&format!("/data/tombstones/{name}"), read(file)).run(&super::tombstones::ARTIFACT);
        let [crash] = &got.records[..] else { panic!("{file}: {:?}", got.errors) };
        assert_eq!((crash.shown("process").as_str(), crash.shown("uid").as_str()), (process, uid), "{file}");
        assert!(crash.shown("libraries").starts_with('/') && got.tally.is_whole(), "{file}: {:?}", got.tally);
    }
    let got = Memory::report_file("/data/tombstones/tombstone_07", read("mvt_android_data/tombstone_process.txt"))
        .file("/data/tombstones/tombstone_07.pb", read("mvt_android_data/tombstone_process.pb"))
        .run(&super::tombstones::ARTIFACT);
    let [crash] = &got.records[..] else { panic!("{:?}", got.errors) };
    assert_eq!((crash.shown("form"), crash.get("differs")), ("both".into(), None));
    assert_eq!(crash.shown("selinux_label"), "u:r:mtk_hal_c2:s0");
}
