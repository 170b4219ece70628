//! Twice the input is twice the work: no count that an attacker chooses costs more than its size.
//!
//! Every kind of input is scanned at one size and at four times that size. What is compared is the time the processor spent
//! on either, never a time with a limit: linear work grows fourfold, quadratic work sixteenfold, and the line between
//! them is so far from both that a busy machine does not cross it.

#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use vigie::matcher::Matcher;
use vigie::packs::{self, Library};
use vigie::scan::{self, Options, Outputs, Records, Silent};
use vigie_fixtures::android::{BugReport, Container, Dialect, Tombstone};
use vigie_fixtures::devices::{AndroidSize, IosSize, android, ios};
use vigie_fixtures::ios::profiles::{self, Profile};
use vigie_fixtures::ios::{Backup, Device, Meta};
use vigie_fixtures::time::Time;

/// How much more the second input is.
const TIMES: usize = 4;
/// What the work may have grown by; quadratic work grows by the square of [`TIMES`].
const MOST: u32 = 9;
/// Work below this is that of opening and closing, and grows with nothing.
const FLOOR: Duration = Duration::from_millis(30);

fn spent() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
}

fn matcher() -> Matcher {
    let mut library = Library::default();
    packs::load_builtin(&mut library).unwrap();
    Matcher::new(library)
}

/// What a scan of a path costs.
fn cost(path: &Path, matcher: &Matcher) -> Duration {
    let paths = vec![path.to_path_buf()];
    let options = Options::reproducible(paths.clone(), 1, Records::None);
    let before = spent();
    let opening = scan::open(&paths);
    scan::scan(&opening, matcher, &options, Outputs { folder: None }, &Silent).unwrap();
    spent() - before
}

/// Writes an input of a size below a folder and says where it is.
type Make = fn(usize, &Path) -> PathBuf;

#[test]
fn four_times_the_input_is_four_times_the_work() {
    let matcher = matcher();
    let kinds: &[(&str, usize, Make)] = &[
        ("messages", 4000, |n, at| phone(at, IosSize { messages: n, ..nothing() })),
        ("visits", 8000, |n, at| phone(at, IosSize { visits: n, ..nothing() })),
        ("WhatsApp messages", 6000, |n, at| phone(at, IosSize { whatsapp: n, ..nothing() })),
        ("links in one link", 4000, links),
        ("rows of the manifest", 20_000, |n, at| phone(at, IosSize { files: n, ..nothing() })),
        ("apps of an iPhone", 2000, |n, at| phone(at, IosSize { apps: n, ..nothing() })),
        ("rows of the manifest that are read", 4000, wanted_rows),
        ("packages", 2500, |n, at| report(at, AndroidSize { packages: n, ..no_android() })),
        ("accesses", 10_000, |n, at| report(at, AndroidSize { appops: n, ..no_android() })),
        ("processes", 20_000, |n, at| report(at, AndroidSize { processes: n, ..no_android() })),
        ("settings", 10_000, |n, at| report(at, AndroidSize { settings: n, ..no_android() })),
        ("lines of a log", 100_000, |n, at| report(at, AndroidSize { log_lines: n, ..no_android() })),
        ("tombstones in an archive", 1500, tombstones),
        ("sections of a dumpstate", 20_000, |n, at| text(at, n, "------ S{} (echo {}) ------\nx\n")),
        ("services of a dumpstate", 20_000, |n, at| {
            text(
                at,
                n,
                "-------------------------------------------------------------------------------\nDUMP OF SERVICE s{}:\n{}\n",
            )
        }),
        ("lines nobody understands", 100_000, |n, at| {
            text(at, n, "DUMP OF SERVICE package:\nPackages:\n  Package [a.b{}] (1):\n {}\n")
        }),
        ("members of an archive", 8000, members),
        ("files of a folder", 8000, |n, at| files(at, n, |i| format!("photo{i}.jpg"))),
        ("folders", 1500, |n, at| files(at, n, |i| format!("{}/{}/f.txt", i % 40, i))),
        ("acquisitions that are only named", 600, |n, at| files(at, n, |i| format!("{i}.ab"))),
    ];
    let mut grown = Vec::new();
    for (what, n, make) in kinds {
        let dir = tempfile::tempdir().unwrap();
        let (one, more) = (make(*n, &dir.path().join("one")), make(n * TIMES, &dir.path().join("more")));
        // Once is not enough to blame anyone: what else this process did is in the figure.
        let measured = || (cost(&one, &matcher).max(FLOOR), cost(&more, &matcher));
        let fine = |(a, b): &(Duration, Duration)| *b <= *a * MOST;
        let (a, b) = (0..3).map(|_| measured()).find(fine).unwrap_or_else(measured);
        let told = format!("{what}: {n} cost {a:?}, {} cost {b:?}", n * TIMES);
        eprintln!("{told}");
        if !fine(&(a, b)) {
            grown.push(told);
        }
    }
    assert!(grown.is_empty(), "the work grows faster than the input:\n{}", grown.join("\n"));
}

/// One message that is one long link of links.
fn links(n: usize, at: &Path) -> PathBuf {
    phone(at, nothing());
    let id = vigie_fixtures::ios::file_id("HomeDomain", "Library/SMS/sms.db");
    let db = rusqlite::Connection::open(at.join(&id[..2]).join(&id)).unwrap();
    let text = "hxxp://a@b.example/".repeat(n);
    db.execute("update message set text = ?1, attributedBody = null where rowid = 1", [&text]).unwrap();
    at.to_path_buf()
}

fn nothing() -> IosSize {
    IosSize { messages: 10, visits: 10, whatsapp: 10, files: 10, apps: 10, plant: false, ..IosSize::small() }
}

fn phone(at: &Path, size: IosSize) -> PathBuf {
    ios(size).0.write(at).unwrap();
    at.to_path_buf()
}

fn no_android() -> AndroidSize {
    AndroidSize {
        packages: 10,
        appops: 10,
        processes: 10,
        log_lines: 10,
        settings: 10,
        tombstones: 1,
        plant: false,
        ..AndroidSize::small()
    }
}

fn report(at: &Path, size: AndroidSize) -> PathBuf {
    written(&android(size).0, at)
}

fn written(report: &BugReport, at: &Path) -> PathBuf {
    fs::create_dir_all(at).unwrap();
    let zip = at.join(report.text_name()).with_extension("zip");
    report.write(&zip, Container::Zip).unwrap();
    zip
}

/// Every row of the manifest names a file that an artifact wants.
fn wanted_rows(n: usize, at: &Path) -> PathBuf {
    let mut backup = Backup::new(Device::default());
    for i in 0..n {
        let profile = Profile {
            uuid: format!("{i:036}"),
            identifier: format!("org.example.{i}"),
            name: "n".into(),
            description: "d".into(),
            organization: "o".into(),
            installed: Time::utc(2025, 1, 1, 0, 0, 0),
            payloads: None,
        };
        backup.add_missing(profiles::DOMAIN, &profiles::path(&profile), Meta::at(profile.installed));
    }
    backup.write(at).unwrap();
    at.to_path_buf()
}

fn tombstones(n: usize, at: &Path) -> PathBuf {
    let (mut report, _) = android(no_android());
    let one = report.tombstones.first().cloned().expect("a crash");
    report.tombstones = (0..n).map(|i| Tombstone { number: i as u32, ..one.clone() }).collect();
    written(&report, at)
}

/// A bug report as text with something repeated in front of its end.
fn text(at: &Path, n: usize, repeated: &str) -> PathBuf {
    let report = BugReport::new(Dialect::Android13, Time::utc(2025, 1, 1, 0, 0, 0));
    let mut bytes = Vec::new();
    report.write_text(&mut bytes).unwrap();
    let mut whole = String::from_utf8(bytes).unwrap();
    let pieces: Vec<&str> = repeated.split("{}").collect();
    for i in 0..n {
        for (k, piece) in pieces.iter().enumerate() {
            if k > 0 {
                write!(whole, "{i}").unwrap();
            }
            whole.push_str(piece);
        }
    }
    fs::create_dir_all(at).unwrap();
    fs::write(at.join(report.text_name()), whole).unwrap();
    at.to_path_buf()
}

/// A report whose archive holds many files more.
fn members(n: usize, at: &Path) -> PathBuf {
    let (report, _) = android(no_android());
    let zipped = written(&report, at);
    let options = zip::write::SimpleFileOptions::default();
    let mut archive =
        zip::ZipWriter::new_append(fs::OpenOptions::new().read(true).write(true).open(&zipped).unwrap()).unwrap();
    for i in 0..n {
        archive.start_file(format!("FS/data/misc/{i}/file"), options).unwrap();
        std::io::Write::write_all(&mut archive, b"x").unwrap();
    }
    archive.finish().unwrap();
    zipped
}

/// A folder of small files beside a phone.
fn files(at: &Path, n: usize, name: impl Fn(usize) -> String) -> PathBuf {
    phone(&at.join("phone"), nothing());
    for i in 0..n {
        let path = at.join(name(i));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "ANDROID BACKUP\n5\n").unwrap();
    }
    at.to_path_buf()
}
