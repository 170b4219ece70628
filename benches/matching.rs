//! What it costs to compare one value of a record with everything that is loaded: the same values against 10,000,
//! 100,000 and 1,000,000 indicators. The columns should not differ by more than the machine's caches explain. And what
//! it costs to load that many, and to look through free text.

use std::hint::black_box;
use std::io::{BufWriter, Write};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use vigie::device::{DeviceFacts, Platform};
use vigie::finding::PackClass;
use vigie::matcher::{Found, Matcher, Setting};
use vigie::observable::{Kind, text};
use vigie::packs::{self, Family, Library, Owner, Pack, Text};
use vigie::record::{Field, Locator, Privacy, Record, Role, Value};
use vigie_fixtures::rng::Rng;
use vigie_fixtures::words;

const LOADED: [usize; 3] = [10_000, 100_000, 1_000_000];
const VALUES: usize = 10_000;
/// One value in so many is an indicator.
const ONE_IN: u64 = 1_000;

/// An indicator of each kind in turn. Their names occur nowhere else.
fn indicator(i: usize) -> (Kind, String) {
    match i % 4 {
        0 => (Kind::Domain, format!("relay{i}.planted.example")),
        1 => (Kind::Url, format!("https://drop{i}.planted.example/load/{i}")),
        2 => (Kind::FilePath, format!("/private/var/planted/{i}/agent")),
        _ => (Kind::Process, format!("planted{i}d")),
    }
}

fn matcher(count: usize) -> Matcher {
    let mut library = Library::default();
    let pack = library.add_pack(Pack { id: "bench".into(), ..Pack::default() }).expect("room for a pack");
    let family = Family { name: "Bench".into(), class: PackClass::Mercenary, references: Vec::new() };
    let family = library.add_family(family).expect("room for a family");
    let owner = Owner::new(pack, family);
    for i in 0..count {
        let (kind, value) = indicator(i);
        library.take(owner, &format!("i{i}"), Text::Value(kind, &value)).expect("room for an indicator");
    }
    Matcher::new(library)
}

/// Values of one role as phones have them, with an indicator here and there.
fn values(what: &str) -> Vec<String> {
    let mut rng = Rng::named(1, what);
    (0..VALUES)
        .map(|i| {
            let planted = rng.below(ONE_IN) == 0;
            let at = rng.index(LOADED[0] / 4) * 4;
            match what {
                "urls" if planted => indicator(at + 1).1,
                "urls" => words::url(&mut rng),
                "domains" if planted => indicator(at).1,
                "domains" => words::host(&mut rng),
                "paths" if planted => indicator(at + 2).1,
                "paths" => {
                    let app = words::app_id(&mut rng, i);
                    format!("/private/var/mobile/Containers/Data/{app}/Library/Caches/{i}.db")
                }
                "processes" if planted => indicator(at + 3).1,
                "processes" => words::app_id(&mut rng, i),
                _ if planted => format!("{} {}", words::text(&mut rng), indicator(at).1),
                _ => words::text(&mut rng),
            }
        })
        .collect()
}

static URL: Field = Field::new("url", &[Role::Url], Privacy::Content, "A URL.");
static DOMAIN: Field = Field::new("domain", &[Role::Domain], Privacy::Content, "A domain.");
static PATH: Field = Field::new("path", &[Role::FilePath], Privacy::Personal, "A path.");
static PROCESS: Field = Field::new("process", &[Role::Process], Privacy::Public, "A process.");
static TEXT: Field = Field::new("text", &[Role::Text], Privacy::Content, "Words.");

fn records(c: &mut Criterion) {
    let roles: [(&str, &'static Field); 5] =
        [("urls", &URL), ("domains", &DOMAIN), ("paths", &PATH), ("processes", &PROCESS), ("text", &TEXT)];
    for count in LOADED {
        let matcher = matcher(count);
        let mut group = c.benchmark_group("matching");
        group.throughput(Throughput::Elements(VALUES as u64));
        for (what, field) in roles {
            let values = values(what);
            group.bench_function(BenchmarkId::new(what, count), |b| {
                let mut hits = Found::default();
                let here = DeviceFacts::default();
                let setting = Setting { platform: Platform::Ios, device: &here };
                b.iter(|| {
                    let mut found = 0;
                    for value in &values {
                        let fields = [(field, Value::from(value.as_str()))];
                        let record = Record {
                            artifact: "ios.bench",
                            shape: "value",
                            order: &[],
                            source: "bench",
                            locator: Locator::Whole,
                            values: &fields,
                        };
                        matcher.matches(&record, &setting, &mut hits);
                        found += hits.hits.len();
                    }
                    assert!(found > 0, "the planted values are found");
                    found
                });
            });
        }
        group.finish();
    }
}

/// A bundle as publishers write it: an indicator, and what it is related to.
fn bundle(count: usize) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let mut out = BufWriter::new(&mut file);
    let malware = r#"{"type":"malware","spec_version":"2.1","id":"malware--0","name":"Bench","is_family":true}"#;
    write!(out, r#"{{"type":"bundle","id":"bundle--0","objects":[{malware}"#).expect("room");
    for i in 0..count {
        let (kind, value) = indicator(i);
        let id = format!("indicator--00000000-0000-4000-8000-{i:012x}");
        let dates = r#""created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z""#;
        write!(
            out,
            r#",{{"type":"indicator","spec_version":"2.1","id":"{id}",{dates},"indicator_types":["malicious-activity"],"#
        )
        .expect("room");
        write!(
            out,
            r#""pattern":"[{} = '{value}']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00.000Z"}},"#,
            kind.object_path()
        )
        .expect("room");
        write!(
            out,
            r#"{{"type":"relationship","spec_version":"2.1","id":"relationship--{i}",{dates},"relationship_type":"indicates","source_ref":"{id}","target_ref":"malware--0"}}"#
        )
        .expect("room");
    }
    write!(out, "]}}").expect("room");
    drop(out);
    file
}

fn loading(c: &mut Criterion) {
    let mut group = c.benchmark_group("loading");
    group.sample_size(10);
    for count in LOADED {
        group.throughput(Throughput::Elements(count as u64));
        let file = bundle(count);
        group.bench_function(BenchmarkId::new("bundle", count), |b| {
            b.iter(|| {
                let mut library = Library::default();
                packs::load_path(&mut library, file.path()).expect("a pack");
                assert_eq!(library.indicators.len(), count);
                black_box(library)
            });
        });
        group.bench_function(BenchmarkId::new("values", count), |b| b.iter(|| black_box(matcher(count))));
    }
    group.finish();
}

fn sweep(c: &mut Criterion) {
    let mut rng = Rng::named(2, "sweep");
    let mut long = String::new();
    while long.len() < 4 << 20 {
        long.push_str(&words::text(&mut rng));
        if rng.chance(100) {
            long.push(' ');
            long.push_str(&words::url(&mut rng));
        }
        long.push('\n');
    }
    let mut group = c.benchmark_group("text");
    group.throughput(Throughput::Bytes(long.len() as u64));
    group.bench_function("sweep", |b| {
        b.iter(|| {
            let mut found = 0_u64;
            text::scan(&long, &mut |_| found += 1);
            found
        });
    });
    // What a search for all indicators at once would cost on the same bytes; it would find parts of names too.
    for count in LOADED {
        let domains = (0..count).map(|i| format!("relay{i}.planted.example"));
        let Ok(automaton) = daachorse::DoubleArrayAhoCorasick::<u32>::new(domains) else { continue };
        group.bench_function(BenchmarkId::new("daachorse", count), |b| {
            b.iter(|| automaton.find_overlapping_iter(&long).count());
        });
    }
    group.finish();
}

criterion_group!(benches, records, loading, sweep);
criterion_main!(benches);
