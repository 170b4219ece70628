//! The Android text and protobuf readers against real reports. The corpus is found through `VIGIE_CORPUS`.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufReader, Cursor, Read};
use std::path::PathBuf;

use vigie::formats::dumpstate::{Kind, SectionEnd, SectionHead, Sink, split};
use vigie::formats::lines::{self, Line, Notes, Utf8Reader};
use vigie::formats::{dumpsys_appops, dumpsys_package, dumpsys_settings, getprop, ps, tombstone, tombstone_pb};

fn corpus(file: &str) -> Option<Vec<u8>> {
    let Some(root) = std::env::var_os("VIGIE_CORPUS") else {
        eprintln!("skipped: VIGIE_CORPUS is not set");
        return None;
    };
    let path = PathBuf::from(root).join("android").join(file);
    Some(fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

/// The report in a bugreport zip.
fn report(file: &str) -> Option<Vec<u8>> {
    let bytes = corpus(file)?;
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let is_report = |n: &str| n.starts_with("bugreport-") && n.ends_with(".txt");
    let name = zip.file_names().filter_map(Result::ok).find(|n| is_report(n)).unwrap().into_owned();
    let mut out = Vec::new();
    zip.by_name(&name).unwrap().read_to_end(&mut out).unwrap();
    Some(out)
}

#[derive(Default)]
struct Counts {
    sections: Vec<(SectionHead, SectionEnd)>,
    packages: Vec<dumpsys_package::Package>,
    package: dumpsys_package::Parser,
    appops: dumpsys_appops::Parser,
    op_packages: BTreeSet<(String, String)>,
    listed_packages: u64,
    ops: u64,
    op_entries: u64,
    uid_modes: u64,
    settings: dumpsys_settings::Parser,
    setting_count: u64,
    operations: u64,
    properties: getprop::Parser,
    property_count: u64,
    ps: ps::Parser,
    rows: u64,
    doubtful: u64,
    nameless: u64,
    open: u64,
    notes: u64,
}

impl Sink for Counts {
    fn begin(&mut self, head: &SectionHead) -> bool {
        self.open += 1;
        (head.kind == Kind::Service && matches!(head.name.as_str(), "package" | "appops" | "settings"))
            || (head.kind == Kind::Command && (head.name.starts_with("PROCESSES") || head.name == "SYSTEM PROPERTIES"))
    }

    fn line(&mut self, head: &SectionHead, line: Line<'_>) {
        let no = line.no - head.line;
        let text = line.text();
        match head.name.as_str() {
            "package" => self.package.line(no, &text, &mut |p| self.packages.push(p.clone())),
            "appops" => self.op_line(no, &text),
            "settings" => self.settings.line(no, &text, &mut |f| match f {
                dumpsys_settings::Fact::Setting(_) => self.setting_count += 1,
                dumpsys_settings::Fact::Operation(_) => self.operations += 1,
            }),
            "SYSTEM PROPERTIES" => self.properties.line(no, &text, &mut |_| self.property_count += 1),
            _ => self.ps.line(no, &text, &mut |p| {
                self.rows += 1;
                self.doubtful += u64::from(p.doubtful);
                self.nameless +=
                    u64::from(p.name.is_empty() || p.pid.is_none() || p.user.is_none() || p.state.is_none());
            }),
        }
    }

    fn end(&mut self, head: &SectionHead, end: SectionEnd) {
        match head.name.as_str() {
            "package" if head.kind == Kind::Service => {
                let notes = self.package.finish(&mut |p| self.packages.push(p.clone()));
                self.note(&notes);
            }
            "appops" => self.op_finish(),
            "settings" => {
                let notes = self.settings.finish(&mut |f| {
                    self.setting_count += u64::from(matches!(f, dumpsys_settings::Fact::Setting(_)));
                });
                self.note(&notes);
            }
            "SYSTEM PROPERTIES" => {
                let notes = self.properties.finish(&mut |_| self.property_count += 1);
                self.note(&notes);
            }
            title if title.starts_with("PROCESSES") => {
                let notes = self.ps.finish();
                self.note(&notes);
            }
            _ => {}
        }
        self.sections.push((head.clone(), end));
    }
}

impl Counts {
    fn read(bytes: &[u8]) -> Counts {
        let mut counts = Counts::default();
        split(Utf8Reader::new(BufReader::new(bytes)), &mut counts).unwrap();
        assert_eq!(counts.open as usize, counts.sections.len());
        counts
    }

    fn op_line(&mut self, no: u64, text: &str) {
        let mut parser = std::mem::take(&mut self.appops);
        parser.line(no, text, &mut |f| self.op_fact(f));
        self.appops = parser;
    }

    fn op_finish(&mut self) {
        let mut parser = std::mem::take(&mut self.appops);
        let notes = parser.finish(&mut |f| self.op_fact(f));
        self.appops = parser;
        self.note(&notes);
    }

    fn op_fact(&mut self, fact: dumpsys_appops::Fact<'_>) {
        match fact {
            dumpsys_appops::Fact::Op(op) => {
                assert!(op.uid.is_some(), "{}", op.uid_text);
                self.ops += 1;
                self.op_entries += op.entries.len() as u64;
                self.op_packages.insert((op.uid_text.clone(), op.package.clone()));
            }
            dumpsys_appops::Fact::UidMode(_) => self.uid_modes += 1,
            dumpsys_appops::Fact::Package { .. } => self.listed_packages += 1,
        }
    }

    fn kinds(&self) -> [usize; 3] {
        [Kind::Header, Kind::Command, Kind::Service].map(|k| self.sections.iter().filter(|(h, _)| h.kind == k).count())
    }

    fn note(&mut self, notes: &Notes) {
        self.notes += notes.count;
    }
}

/// Sections that the stream ended in.
fn cut(counts: &Counts) -> Vec<&str> {
    counts.sections.iter().filter(|s| s.1.truncated).map(|s| s.0.name.as_str()).collect()
}

// Counts below were checked against the text with grep and awk.

#[test]
fn android_9_report() {
    let Some(bytes) = report("bugreport/gphone_x86_android9.zip") else { return };
    let c = Counts::read(&bytes);
    assert_eq!((c.kinds()[2], cut(&c), c.notes), (136, vec![], 0));
    assert_eq!((c.packages.len(), c.packages.iter().filter(|p| p.system()).count()), (110, 108));
    assert_eq!(c.packages.iter().map(|p| p.permissions.len()).sum::<usize>(), 1486);
    assert!(c.packages.iter().all(|p| p.users.len() == 1 && p.users[0].installed.is_some() && p.code_path.is_some()));
    assert!(c.packages.iter().all(|p| p.version_code.is_some() && p.signatures.len() == 1));
    assert_eq!((c.listed_packages, c.op_packages.len(), c.ops, c.op_entries, c.uid_modes), (57, 57, 189, 291, 1));
    assert_eq!((c.setting_count, c.property_count), (192, 359));
    assert_eq!((c.rows, c.doubtful, c.nameless), (966, 0, 0));
}

#[test]
fn android_10_report() {
    let Some(bytes) = report("bugreport/sailfish_android10.zip") else { return };
    let c = Counts::read(&bytes);
    assert_eq!((c.kinds()[2], cut(&c), c.notes), (175, vec![], 0));
    assert_eq!((c.packages.len(), c.packages.iter().filter(|p| p.system()).count()), (134, 131));
    assert_eq!(c.packages.iter().map(|p| p.permissions.len()).sum::<usize>(), 1187);
    assert_eq!(c.packages.iter().map(|p| p.users.len()).sum::<usize>(), 268);
    assert_eq!((c.listed_packages, c.op_packages.len(), c.ops, c.op_entries, c.uid_modes), (41, 41, 83, 102, 84));
    assert_eq!((c.setting_count, c.operations, c.property_count), (299, 11, 606));
    // Thirty of them have a blank column.
    assert_eq!((c.rows, c.doubtful, c.nameless), (1618, 0, 0));
}

#[test]
fn old_and_minimized_reports() {
    let Some(bytes) = corpus("bugreport/miui_android2_deadlock.txt") else { return };
    let c = Counts::read(&bytes);
    assert_eq!((c.kinds(), cut(&c), c.notes), ([2, 40, 56], vec![], 0));
    assert_eq!((c.packages.len(), c.property_count, c.rows, c.doubtful, c.nameless), (72, 137, 521, 0, 0));
    for (file, rows) in [
        ("emulator_api34.minimized.dump", 2979),
        ("emulator_nougat.minimized.with-time-travel.dump", 1015),
        ("galaxy_nexus_jbmr2.minimized.dump", 872),
    ] {
        let c = Counts::read(&corpus(&format!("dumpstate_minimized/{file}")).unwrap());
        assert_eq!((c.rows, c.doubtful, c.nameless, c.notes, cut(&c)), (rows, 0, 0, 0, vec![]), "{file}");
    }
    // The second has a stray line among its packages.
    for (file, notes) in [("mvt_android_data/bugreport/dumpstate.txt", 0), ("mvt_androidqf/androidqf/dumpsys.txt", 1)] {
        let c = Counts::read(&corpus(file).unwrap());
        assert_eq!(
            (c.packages.len(), c.listed_packages, c.ops, c.op_entries, c.notes),
            (2, 12, 30, 16, notes),
            "{file}"
        );
        assert_eq!(cut(&c), ["platform_compat"], "its closing line was removed");
    }
}

#[test]
fn single_services() {
    for (file, count) in [
        ("dumpsys/package_android5_0.txt", 83),
        ("dumpsys/package_single_utf16le.txt", 1),
        ("mvt_android_data/dumpsys_packages.txt", 2),
    ] {
        let Some((packages, notes)) = packages(file) else { return };
        assert_eq!((packages.len(), notes.count), (count, 0), "{file}");
    }
    let (packages, _) = packages("dumpsys/package_single_utf16le.txt").unwrap();
    let p = &packages[0];
    assert_eq!((p.name.as_str(), p.initiating.as_deref()), ("com.wheelchair.cockpit", Some("com.android.shell")));
    assert_eq!((p.users.len(), p.users[1].first_install_time.as_deref()), (2, Some("2026-08-04 15:20:20")));
    assert_eq!(p.permissions.len(), 15);
    let mut c = Counts::default();
    let bytes = corpus("mvt_android_data/dumpsys_appops.txt").unwrap();
    lines::for_each(&bytes[..], |no, line| c.op_line(no, line)).unwrap();
    c.op_finish();
    assert_eq!((c.listed_packages, c.ops, c.op_entries, c.notes), (13, 37, 23, 0));
}

#[test]
fn small_lists() {
    for (file, count) in [("mvt_android_data/ps.txt", 17), ("mvt_androidqf/androidqf/ps.txt", 15)] {
        let Some(bytes) = corpus(file) else { return };
        let (mut parser, mut rows) = (ps::Parser::default(), 0);
        lines::for_each(&bytes[..], |no, line| parser.line(no, line, &mut |p| rows += u32::from(!p.doubtful))).unwrap();
        assert_eq!((rows, parser.finish().count), (count, 0), "{file}");
    }
    for (file, count) in [("mvt_android_data/getprop.txt", 13), ("mvt_androidqf/androidqf/getprop.txt", 10)] {
        let bytes = corpus(file).unwrap();
        let (mut parser, mut found) = (getprop::Parser::default(), 0);
        lines::for_each(&bytes[..], |no, line| parser.line(no, line, &mut |_| found += 1)).unwrap();
        let notes = parser.finish(&mut |_| found += 1);
        assert_eq!((found, notes.count), (count, 0), "{file}");
    }
    let bytes = corpus("mvt_androidqf/androidqf/settings_random.txt").unwrap();
    let (mut parser, mut found) = (dumpsys_settings::KeyValues::default(), 0);
    lines::for_each(&bytes[..], |no, line| parser.line(no, line, &mut |_, _, _| found += 1)).unwrap();
    let notes = parser.finish(&mut |_, _, _| found += 1);
    assert_eq!((found, notes.count), (9, 0));
}

#[test]
fn text_tombstones() {
    if corpus("mvt_android_data/tombstone_process.txt").is_none() {
        return;
    }
    // file, pid, tid, uid, signal, frames, other threads, process
    let table = [
        (
            "tombstones/samsung_j3_android8_0_tombstone_01",
            4330,
            4387,
            None,
            11,
            1,
            36,
            "com.android.chrome:privileged_process1",
        ),
        ("tombstones/moto_lake_android9_tombstone_00", 22334, 22349, Some(10176), 11, 22, 0, "io.sentry.sample"),
        (
            "tombstones/twoyi_android8_1_tombstone_00",
            11790,
            11790,
            None,
            6,
            13,
            0,
            "/vendor/bin/hw/android.hardware.graphics.allocator@2.0-service",
        ),
        (
            "mvt_android_data/tombstone_process.txt",
            25541,
            21307,
            Some(1046),
            0,
            12,
            0,
            "/vendor/bin/hw/android.hardware.media.c2@1.2-mediatek",
        ),
        (
            "mvt_android_data/bugreport/FS/data/tombstones/tombstone_00",
            9850,
            9893,
            Some(2000),
            6,
            10,
            0,
            "/system/bin/adbd",
        ),
        (
            "mvt_android_data/bugreport/FS/data/tombstones/tombstone_01",
            3559,
            3568,
            Some(1000),
            11,
            5,
            0,
            "/vendor/bin/tzts_daemon",
        ),
    ];
    for (file, pid, tid, uid, signal, frames, threads, process) in table {
        let got = stones(file);
        assert_eq!(got.len(), 1, "{file}");
        let t = &got[0];
        assert_eq!((t.pid, t.tid, t.uid), (Some(pid), Some(tid), uid), "{file}");
        assert_eq!(t.signal.as_ref().and_then(|s| s.number), Some(signal), "{file}");
        assert_eq!(
            (t.backtrace.len(), t.threads.len(), t.process_name.as_deref()),
            (frames, threads, Some(process)),
            "{file}"
        );
        assert_eq!(t.timestamp.is_some(), uid.is_some(), "{file}");
    }
}

#[test]
fn protobuf_tombstones() {
    let Some(bytes) = corpus("tombstones/emu_android13_tombstone_01.pb") else { return };
    let t = tombstone_pb::read(&bytes).unwrap();
    assert_eq!((t.pid, t.tid, t.uid, t.arch.as_deref()), (Some(30555), Some(30618), Some(1002), Some("arm64")));
    assert_eq!((t.command_line.len(), t.backtrace.len(), t.threads.len(), t.truncated), (1, 20, 38, false));
    for end in (200..bytes.len()).step_by(97) {
        let cut = tombstone_pb::read(&bytes[..end]).unwrap();
        assert_eq!((cut.pid, cut.uid, &cut.command_line), (t.pid, t.uid, &t.command_line), "cut at {end}");
    }
    // The text twin says the same.
    let pb = tombstone_pb::read(&corpus("mvt_android_data/tombstone_process.pb").unwrap()).unwrap();
    let text = &stones("mvt_android_data/tombstone_process.txt")[0];
    assert_eq!(
        (pb.pid, pb.tid, pb.uid, &pb.arch, &pb.timestamp),
        (text.pid, text.tid, text.uid, &text.arch, &text.timestamp)
    );
    assert_eq!(
        (&pb.command_line, &pb.build_fingerprint, &pb.causes),
        (&text.command_line, &text.build_fingerprint, &text.causes)
    );
    assert_eq!((&pb.thread_name, pb.process_uptime), (&text.thread_name, text.process_uptime));
    assert_eq!(pb.backtrace, text.backtrace);
}

#[test]
fn cut_anywhere() {
    for file in [
        "mvt_android_data/bugreport/dumpstate.txt",
        "mvt_androidqf/androidqf/dumpsys.txt",
        "dumpsys/package_single_utf16le.txt",
        "mvt_android_data/bugreport/FS/data/tombstones/tombstone_01",
    ] {
        let Some(bytes) = corpus(file) else { return };
        let whole = Counts::read(&bytes);
        for end in (0..bytes.len()).step_by(7) {
            let part = Counts::read(&bytes[..end]);
            assert!(part.packages.len() <= whole.packages.len() && part.ops <= whole.ops, "{file} cut at {end}");
            tombstone::read_text(&bytes[..end], &mut |_| ()).unwrap();
        }
    }
}

fn packages(file: &str) -> Option<(Vec<dumpsys_package::Package>, Notes)> {
    let bytes = corpus(file)?;
    let (mut parser, mut out) = (dumpsys_package::Parser::default(), Vec::new());
    lines::for_each(Utf8Reader::new(&bytes[..]), |no, line| parser.line(no, line, &mut |p| out.push(p.clone())))
        .unwrap();
    let notes = parser.finish(&mut |p| out.push(p.clone()));
    Some((out, notes))
}

fn stones(file: &str) -> Vec<tombstone::Tombstone> {
    let mut out = Vec::new();
    tombstone::read_text(&corpus(file).unwrap()[..], &mut |t| out.push(t.clone())).unwrap();
    out
}
