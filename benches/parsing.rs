//! How fast bytes become values: the readers that see the most bytes of a phone, each on synthetic data of a fixed
//! seed, without the engine and without matching.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vigie::formats::dumpstate::{Event, Kind, Splitter};
use vigie::formats::sqlite::Db;
use vigie::formats::{DiskFile, ReadAt, dumpsys_appops, dumpsys_package, mbfile, ps};
use vigie_fixtures::devices::{AndroidSize, IosSize, android, ios};
use vigie_fixtures::ios::file_id;

const IPHONE: IosSize = IosSize { messages: 50_000, visits: 0, whatsapp: 0, files: 20_000, ..IosSize::small() };
const REPORT: AndroidSize = AndroidSize { log_lines: 100_000, ..AndroidSize::small() };

fn open(folder: &Path, domain: &str, path: &str) -> Db {
    let stored = |path: &str| {
        let id = file_id(domain, path);
        DiskFile::open(&folder.join(&id[..2]).join(&id)).ok().map(|f| Arc::new(f) as Arc<dyn ReadAt>)
    };
    Db::open(stored(path).expect("the backup has the file"), stored(&format!("{path}-wal"))).expect("a database")
}

/// Reads the named columns of every row; gives the number of rows and of bytes in them.
fn scan(db: &Db, table: &str, columns: &[&str]) -> (u64, u64) {
    let table = db.table(table).expect("the database has the table");
    let (mut rows, mut bytes) = (0, 0);
    let report = db.scan(table, columns, None, &mut |row| {
        rows += 1;
        for i in 0..row.len() {
            bytes += row.get(i).as_bytes().map_or(8, <[u8]>::len) as u64;
        }
        ControlFlow::Continue(())
    });
    assert!(black_box(report.expect("an undamaged table")).is_whole());
    (rows, bytes)
}

fn databases(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let backup = folder.path().join("backup");
    ios(IPHONE).0.write(&backup).expect("the backup is written");

    let mut group = c.benchmark_group("sqlite");
    let db = open(&backup, "HomeDomain", "Library/SMS/sms.db");
    let columns = ["guid", "text", "attributedBody", "handle_id", "date", "is_from_me"];
    group.throughput(Throughput::Elements(scan(&db, "message", &columns).0));
    group.bench_function("rows of message", |b| b.iter(|| scan(&db, "message", &columns)));

    let id = backup.join("Manifest.db");
    let manifest = Db::open(Arc::new(DiskFile::open(&id).expect("a manifest")), None).expect("a database");
    let columns = ["fileID", "domain", "relativePath", "flags", "file"];
    group.throughput(Throughput::Elements(scan(&manifest, "Files", &columns).0));
    group.bench_function("rows of Files", |b| b.iter(|| scan(&manifest, "Files", &columns)));
    group.finish();

    let mut blobs: Vec<Vec<u8>> = Vec::new();
    let files = manifest.table("Files").expect("the manifest has files");
    let read = manifest.scan(files, &["file"], None, &mut |row| {
        blobs.extend(row.get(0).as_bytes().map(<[u8]>::to_vec));
        ControlFlow::Continue(())
    });
    assert!(black_box(read.expect("an undamaged table")).is_whole());
    let mut group = c.benchmark_group("mbfile");
    group.throughput(Throughput::Elements(blobs.len() as u64));
    group.bench_function("parse", |b| {
        b.iter(|| blobs.iter().filter(|blob| mbfile::parse(blob).is_ok_and(|f| f.size.is_some())).count());
    });
    group.finish();
}

/// The lines of every section that `wanted` picks.
fn section(text: &[u8], wanted: impl Fn(Kind, &str) -> bool) -> Vec<String> {
    let mut splitter = Splitter::new(text);
    let mut lines = Vec::new();
    let mut inside = false;
    while let Some(event) = splitter.next().expect("memory does not fail") {
        match event {
            Event::Begin(head) => inside = wanted(head.kind, &head.name),
            Event::Line(line) if inside => lines.push(line.text().into_owned()),
            Event::Line(_) | Event::End(_) => {}
        }
    }
    assert!(!lines.is_empty(), "the report has the section");
    lines
}

fn numbered(lines: &[String]) -> impl Iterator<Item = (u64, &str)> {
    lines.iter().enumerate().map(|(i, line)| (i as u64 + 1, line.as_str()))
}

fn size(lines: &[String]) -> Throughput {
    Throughput::Bytes(lines.iter().map(|l| l.len() as u64 + 1).sum())
}

fn reports(c: &mut Criterion) {
    let mut text = Vec::new();
    android(REPORT).0.write_text(&mut text).expect("the report is written");

    let mut group = c.benchmark_group("dumpstate");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("split", |b| {
        b.iter(|| {
            let mut splitter = Splitter::new(&text[..]);
            let mut sections = 0;
            while splitter.next_section().expect("memory does not fail").is_some() {
                sections += 1;
            }
            sections
        });
    });

    let lines = section(&text, |kind, name| kind == Kind::Service && name == "package");
    group.throughput(size(&lines));
    group.bench_function("service package", |b| {
        b.iter(|| {
            let mut parser = dumpsys_package::Parser::default();
            let mut packages = 0;
            let mut each = |_: &dumpsys_package::Package| packages += 1;
            for (no, line) in numbered(&lines) {
                parser.line(no, line, &mut each);
            }
            drop(parser.finish(&mut each));
            packages
        });
    });

    let lines = section(&text, |kind, name| kind == Kind::Service && name == "appops");
    group.throughput(size(&lines));
    group.bench_function("service appops", |b| {
        b.iter(|| {
            let mut parser = dumpsys_appops::Parser::default();
            let mut facts = 0;
            let mut each = |_: dumpsys_appops::Fact<'_>| facts += 1;
            for (no, line) in numbered(&lines) {
                parser.line(no, line, &mut each);
            }
            drop(parser.finish(&mut each));
            facts
        });
    });

    let lines = section(&text, |kind, name| kind == Kind::Command && name.starts_with("PROCESSES"));
    group.throughput(size(&lines));
    group.bench_function("process list", |b| {
        b.iter(|| {
            let mut parser = ps::Parser::default();
            let mut rows = 0;
            for (no, line) in numbered(&lines) {
                parser.line(no, line, &mut |_| rows += 1);
            }
            rows
        });
    });
    group.finish();
}

criterion_group!(benches, databases, reports);
criterion_main!(benches);
