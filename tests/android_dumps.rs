//! The Android text and protobuf readers against real reports. The corpus is found through `VIGIE_CORPUS`.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufReader, Cursor, Read};
use std::path::PathBuf;

use vigie::formats::dumpstate::{Kind, SectionEnd, SectionHead, Sink, split};
use vigie::formats::lines::{self, Line, Notes, Utf8Reader};
use vigie::formats::{dumpstate_facts, dumpsys_appops, dumpsys_package, dumpsys_settings, getprop, ps, tombstone, tombstone_pb};

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
    let name = zip.file_names().find(|n| is_report(n)).unwrap().to_owned();
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
                self.nameless += u64::from(p.name.is_empty() || p.pid.is_none() || p.user.is_none() || p.state.is_none());
            }),
        }
    }

    fn end(&mut self, head: &SectionHead, end: SectionEnd) {
        match head.name.as_str() {
            "package" if head.kind == Kind::Service => self.package.finish(&mut |p| self.packages.push(p.clone())),
            "appops" => self.op_finish(),
            "settings" => self.settings.finish(&mut |f| {
                self.setting_count += u64::from(matches!(f, dumpsys_settings::Fact::Setting(_)));
            }),
            "SYSTEM PROPERTIES" => self.properties.finish(&mut |_| self.property_count += 1),
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
        parser.finish(&mut |f| self.op_fact(f));
        self.appops = parser;
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

    fn print(&self, name: &str) {
        eprintln!(
            "{name}: sections {:?} truncated {:?}\n packages {} hidden {} | appops listed {} with ops {} ops {} entries {} uid modes {}\n \
             settings {} operations {} | properties {} | rows {} doubtful {} nameless {}",
            self.kinds(),
            self.sections.iter().filter(|s| s.1.truncated).map(|s| &s.0.name).collect::<Vec<_>>(),
            self.packages.len(),
            self.packages.iter().filter(|p| p.listing == dumpsys_package::Listing::HiddenSystem).count(),
            self.listed_packages,
            self.op_packages.len(),
            self.ops,
            self.op_entries,
            self.uid_modes,
            self.setting_count,
            self.operations,
            self.property_count,
            self.rows,
            self.doubtful,
            self.nameless,
        );
        let show = |what: &str, notes: &Notes| {
            if notes.count > 0 {
                eprintln!("  {what}: {} notes {:#?}", notes.count, notes.first);
            }
        };
        show("package", &self.package.notes);
        show("appops", &self.appops.notes);
        show("settings", &self.settings.notes);
        show("getprop", &self.properties.notes);
        show("ps", &self.ps.notes);
    }
}

#[test]
fn explore() {
    for zip in ["bugreport/gphone_x86_android9.zip", "bugreport/sailfish_android10.zip"] {
        let Some(bytes) = report(zip) else { return };
        Counts::read(&bytes).print(zip);
        eprintln!("{:#?}", dumpstate_facts::read(&bytes[..]).unwrap());
    }
    for file in [
        "bugreport/miui_android2_deadlock.txt",
        "dumpstate_minimized/emulator_api34.minimized.dump",
        "dumpstate_minimized/emulator_nougat.minimized.with-time-travel.dump",
        "dumpstate_minimized/galaxy_nexus_jbmr2.minimized.dump",
        "mvt_android_data/bugreport/dumpstate.txt",
        "mvt_androidqf/androidqf/dumpsys.txt",
    ] {
        Counts::read(&corpus(file).unwrap()).print(file);
    }
    for file in ["dumpsys/package_android5_0.txt", "dumpsys/package_single_utf16le.txt", "mvt_android_data/dumpsys_packages.txt"] {
        let (packages, notes) = packages(file).unwrap();
        eprintln!("{file}: {} {:?}", packages.len(), notes);
    }
    for file in [
        "tombstones/samsung_j3_android8_0_tombstone_01",
        "tombstones/moto_lake_android9_tombstone_00",
        "tombstones/twoyi_android8_1_tombstone_00",
        "mvt_android_data/tombstone_process.txt",
        "mvt_android_data/bugreport/FS/data/tombstones/tombstone_00",
        "mvt_android_data/bugreport/FS/data/tombstones/tombstone_01",
    ] {
        for mut t in stones(file) {
            t.backtrace.truncate(2);
            eprintln!("{file}: {:?} threads {}", tombstone::Tombstone { threads: vec![], ..t.clone() }, t.threads.len());
        }
    }
    for file in ["tombstones/emu_android13_tombstone_01.pb", "mvt_android_data/tombstone_process.pb"] {
        let mut t = tombstone_pb::read(&corpus(file).unwrap()).unwrap();
        eprintln!("{file}: frames {} threads {}", t.backtrace.len(), t.threads.len());
        t.threads.clear();
        t.backtrace.truncate(2);
        eprintln!("{t:?}");
    }
}

fn packages(file: &str) -> Option<(Vec<dumpsys_package::Package>, Notes)> {
    let bytes = corpus(file)?;
    let (mut parser, mut out) = (dumpsys_package::Parser::default(), Vec::new());
    lines::for_each(Utf8Reader::new(&bytes[..]), |no, line| parser.line(no, line, &mut |p| out.push(p.clone()))).unwrap();
    parser.finish(&mut |p| out.push(p.clone()));
    Some((out, parser.notes))
}

fn stones(file: &str) -> Vec<tombstone::Tombstone> {
    let mut out = Vec::new();
    tombstone::read_text(&corpus(file).unwrap()[..], &mut |t| out.push(t.clone())).unwrap();
    out
}
