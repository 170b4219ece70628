//! What once vanished behind a clean answer: what lies beside a phone, what hides behind another acquisition of it, and
//! what is wrong with what stands around its data. `tests/honesty` damages the data itself.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use vigie_fixtures::android::Container;
use vigie_fixtures::devices;
use vigie_fixtures::time::Time;

use super::demo;
use super::support::{Scan, scan, scan_with, vigie};

/// An iPhone on which nothing is to be found.
fn phone(at: &Path) {
    devices::marko().write(at).unwrap();
}

fn write(root: &Path, files: &[(&str, &[u8])]) {
    for (name, bytes) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The file of a backup that holds a path of the phone.
fn stored(backup: &Path, domain: &str, path: &str) -> std::path::PathBuf {
    let id = vigie_fixtures::ios::file_id(domain, path);
    backup.join(&id[..2]).join(id)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn has(reasons: &Value, code: &str) -> bool {
    reasons.as_array().unwrap().iter().any(|r| r["code"] == code)
}

/// The whole run is incomplete, with a reason of this code somewhere, and a page that says what to do.
#[track_caller]
fn incomplete(scan: &Scan, root: &Path, code: &str) {
    assert_eq!((scan.code, scan.report["verdict"]["complete"].as_bool()), (3, Some(false)), "{code}: {}", scan.said());
    let everything = scan.report.to_string();
    assert!(everything.contains(&format!("\"{code}\"")), "no {code}: {}", scan.said());
    for (lang, todo) in [("en", "What to do:"), ("fr", "Que faire")] {
        let page = vigie(&["scan".as_ref(), root.as_os_str(), "--lang".as_ref(), lang.as_ref()]);
        assert!(page.text().contains(todo), "{code}: {}", page.text());
    }
}

#[test]
fn acquisitions_that_are_not_read_are_named_and_cost() {
    type Case<'a> = (&'a str, &'a [(&'a str, &'a [u8])], &'a str);
    let cut = {
        let whole = fs::read(demo("android-milan.zip")).unwrap();
        whole[..whole.len() - 4].to_vec()
    };
    let cases: &[Case<'_>] = &[
        ("not-read-yet", &[("x/backup.ab", b"ANDROID BACKUP\n5\n1\nnone\nxyz")], "backup.ab"),
        (
            "not-read-yet",
            &[("aqf/acquisition.json", b"{}"), ("aqf/command.log", b"x"), ("aqf/hashes.csv", b"x")],
            "aqf",
        ),
        ("not-read-yet", &[("s/sysdiagnose_2025.11.01_iPhone.tar.gz", b"\x1f\x8b\x08rest")], "sysdiagnose_2025"),
        ("not-read-yet", &[("sd/sysdiagnose.log", b"x")], "sd"),
        ("not-read-yet", &[("ufed/EXTRACTION.ufd", b"[General]")], "EXTRACTION.ufd"),
        ("not-read-yet", &[("fs/private/var/mobile/Library/SMS/sms.db", b"x")], "fs"),
        ("not-read-yet", &[("fs/data/data/a/b", b"x"), ("fs/data/system/packages.xml", b"x")], "fs"),
        ("archive-unread", &[("dump.7z", b"7z\xbc\xaf\x27\x1c..")], "dump.7z"),
        ("age-encrypted", &[("q.zip.age", b"age-encryption.org/v1\n")], "q.zip.age"),
        ("manifest-missing", &[("b/Info.plist", b"x"), ("b/ab/abcdef0123456789abcdef0123456789abcdef01", b"x")], "b"),
        ("truncated-zip", &[("milan.zip", &cut)], "milan.zip"),
        ("empty-file", &[("bugreport-x.zip", b"")], "bugreport-x.zip"),
        ("loose-file", &[("copy/sms.db", b"SQLite format 3\0")], "sms.db"),
    ];
    for (code, files, named) in cases {
        let dir = tempfile::tempdir().unwrap();
        phone(&dir.path().join("phone"));
        write(dir.path(), files);
        let scan = scan(dir.path());
        incomplete(&scan, dir.path(), code);
        let page = vigie(&["scan".as_ref(), dir.path().as_os_str()]);
        assert!(page.text().contains(named), "{named}: {}", page.text());
        // The phone beside it was read, and is not made worse than it is.
        assert!(list(&scan.report, "coverage").iter().any(|c| c["artifact"] == "ios.sms" && c["status"] == "parsed"));
    }
}

#[test]
fn other_files_are_counted_and_cost_nothing() {
    let dir = tempfile::tempdir().unwrap();
    phone(&dir.path().join("phone"));
    write(
        dir.path(),
        &[("a.jpg", b"\xff\xd8\xff"), ("notes.pdf", b"%PDF-1"), ("x/readme.txt", b"hello"), ("y.bin", b"\0")],
    );
    let scan = scan(dir.path());
    assert_eq!((scan.code, scan.report["verdict"]["complete"].as_bool()), (0, Some(true)), "{}", scan.said());
    let counted: u64 = scan.report["counted"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(counted, 4, "{}", scan.report["counted"]);
}

#[test]
fn output_of_tools_is_named_and_costs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    phone(&dir.path().join("phone"));
    write(dir.path(), &[("mvt/info.json", b"{}"), ("mvt/sms.json", b"[]"), ("mvt/command.log", b"x")]);
    let scan = scan(dir.path());
    assert_eq!(scan.code, 0, "{}", scan.said());
    assert!(list(&scan.report, "named").iter().any(|n| n["kind"] == "mvt-output"), "{}", scan.report["named"]);
}

#[test]
fn phones_are_found_wherever_they_lie() {
    // Deep, and behind more files than anybody looks through by hand.
    let dir = tempfile::tempdir().unwrap();
    phone(&dir.path().join("a/b/c/d/e/f/phone"));
    for i in 0..21_000 {
        fs::write(dir.path().join(format!("a{i}.jpg")), "").unwrap();
    }
    let found = scan(dir.path());
    assert_eq!((found.code, list(&found.report, "devices").len()), (0, 1), "{}", found.said());
    // Three reports in one archive are three.
    let dir = tempfile::tempdir().unwrap();
    let zip = dir.path().join("desk.zip");
    let mut archive = zip::ZipWriter::new(fs::File::create(&zip).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    for (name, phone) in [
        ("one.zip", devices::milan()),
        ("two.zip", devices::jelena()),
        ("three.zip", {
            let mut other = devices::milan();
            other.serial = "OTHER000001".into();
            other
        }),
    ] {
        let at = dir.path().join(name);
        phone.write(&at, Container::Zip).unwrap();
        archive.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut archive, &fs::read(&at).unwrap()).unwrap();
        fs::remove_file(at).unwrap();
    }
    archive.finish().unwrap();
    let three = scan(dir.path());
    assert_eq!((three.code, list(&three.report, "evidence").len()), (1, 3), "{}", three.said());
}

#[test]
fn an_acquisition_given_twice_is_one() {
    let dir = tempfile::tempdir().unwrap();
    phone(&dir.path().join("phone"));
    let inner = dir.path().join("phone");
    let twice = vigie(&["scan".as_ref(), dir.path().as_os_str(), inner.as_os_str(), "--json".as_ref()]);
    assert_eq!((twice.code(), list(&twice.json(), "evidence").len()), (0, 1));
}

/// A later acquisition stands on its own: what it lost is not made good by an earlier one.
#[test]
fn a_damaged_later_acquisition_does_not_hide_behind_an_earlier_one() {
    type Harm = fn(&Path);
    let harms: [(&str, &str, Harm); 3] = [
        ("file-missing", "ios.sms", |b| fs::remove_file(stored(b, "HomeDomain", "Library/SMS/sms.db")).unwrap()),
        ("not-a-database", "ios.sms", |b| {
            fs::write(stored(b, "HomeDomain", "Library/SMS/sms.db"), vec![b'x'; 9000]).unwrap();
        }),
        ("source-missing", "ios.sms", |b| {
            let list = Connection::open(b.join("Manifest.db")).unwrap();
            list.execute("delete from Files where relativePath = 'Library/SMS/sms.db'", []).unwrap();
            fs::remove_file(stored(b, "HomeDomain", "Library/SMS/sms.db")).unwrap();
        }),
    ];
    for (code, artifact, harm) in harms {
        let dir = tempfile::tempdir().unwrap();
        phone(&dir.path().join("earlier"));
        let mut later = devices::marko();
        later.device().backup = Time::utc(2026, 6, 1, 12, 0, 0);
        later.write(&dir.path().join("later")).unwrap();
        harm(&dir.path().join("later"));
        let scan = scan(dir.path());
        let device = &scan.report["devices"][0]["verdict"];
        assert_eq!((scan.code, device["complete"].as_bool()), (3, Some(false)), "{code}: {}", scan.said());
        assert!(device["reasons"].to_string().contains(artifact), "{code}: {}", device["reasons"]);
    }
}

#[test]
fn an_unfinished_backup_is_no_whole_one() {
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    let status = dir.path().join("Status.plist");
    let mut value = plist::Value::from_file(&status).unwrap();
    value.as_dictionary_mut().unwrap().insert("SnapshotState".into(), "uploading".into());
    value.to_file_binary(&status).unwrap();
    incomplete(&scan(dir.path()), dir.path(), "backup-unfinished");
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    write(dir.path(), &[("Snapshot/ab/abcdef0123456789abcdef0123456789abcdef01", b"x")]);
    incomplete(&scan(dir.path()), dir.path(), "backup-unfinished");
}

/// One bit in a path of the manifest hides a file: its id no longer fits.
#[test]
fn a_row_of_the_manifest_whose_id_does_not_fit() {
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    let list = Connection::open(dir.path().join("Manifest.db")).unwrap();
    list.execute("update Files set relativePath = 'Library/SMS/smr.db' where relativePath = 'Library/SMS/sms.db'", [])
        .unwrap();
    drop(list);
    let scan = scan(dir.path());
    assert_eq!((scan.code, scan.report["verdict"]["complete"].as_bool()), (3, Some(false)), "{}", scan.said());
}

/// What stands in the root under a name of the backup and is no file of it hides nothing.
#[test]
fn what_a_backup_does_not_hold_as_a_file_is_told() {
    // A whole phone in a folder that looks like part of another.
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    devices::ana().write(&dir.path().join("ab/ana")).unwrap();
    let inside = scan(dir.path());
    assert_eq!((inside.code, list(&inside.report, "devices").len()), (1, 2), "{}", inside.said());
    // A folder where the log should be.
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    fs::create_dir(dir.path().join("Manifest.db-wal")).unwrap();
    incomplete(&scan(dir.path()), dir.path(), "unreadable-part");
    // What Finder leaves everywhere is no newer backup.
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    write(dir.path(), &[("Snapshot/.DS_Store", b"x")]);
    assert_eq!(scan(dir.path()).code, 0);
}

#[test]
fn a_journal_that_was_never_written_back() {
    let journal = [&[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, 0, 0, 0, 1][..], &[0; 600]].concat();
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    fs::write(dir.path().join("Manifest.db-journal"), &journal).unwrap();
    incomplete(&scan(dir.path()), dir.path(), "journal-hot");
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    let place = stored(dir.path(), "HomeDomain", "Library/SMS/sms.db-journal");
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(&place, &journal).unwrap();
    incomplete(&scan(dir.path()), dir.path(), "journal-hot");
    // Closed in order: its count is none.
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    fs::write(dir.path().join("Manifest.db-journal"), [0; 512]).unwrap();
    assert_eq!(scan(dir.path()).code, 0);
}

/// A row that calls a file a folder hides it no more than it hides a file without a row.
#[test]
fn a_file_that_is_listed_as_a_folder() {
    for flags in [2, 4, 33] {
        let dir = tempfile::tempdir().unwrap();
        devices::ana().write(dir.path()).unwrap();
        let rows = Connection::open(dir.path().join("Manifest.db")).unwrap();
        let sql =
            format!("update Files set flags = {flags} where relativePath like '%ConfigurationProfiles/profile-%'");
        assert!(rows.execute(&sql, []).unwrap() > 0);
        drop(rows);
        let scan = scan(dir.path());
        assert_eq!(scan.report["verdict"]["complete"], false, "{flags}");
        assert_eq!(scan.line("ios.configuration_profiles")["records"], 2, "{flags}");
    }
}

#[test]
fn files_of_two_phones_in_one_backup() {
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    let other = tempfile::tempdir().unwrap();
    devices::ana().write(other.path()).unwrap();
    fs::copy(other.path().join("Info.plist"), dir.path().join("Info.plist")).unwrap();
    incomplete(&scan(dir.path()), dir.path(), "identity-mixed");
}

/// A key column that is computed and not stored is as good as missing.
#[test]
fn a_key_column_that_is_only_computed() {
    let dir = tempfile::tempdir().unwrap();
    phone(dir.path());
    let place = stored(dir.path(), "HomeDomain", "Library/TCC/TCC.db");
    let db = Connection::open(place).unwrap();
    db.execute_batch(
        "alter table access rename column client to hidden;
         alter table access add column client text generated always as (hidden) virtual;
         vacuum;",
    )
    .unwrap();
    drop(db);
    incomplete(&scan(dir.path()), dir.path(), "key-column-missing");
}

/// Two acquisitions are one phone only when both of their strong identifiers agree.
#[test]
fn a_forged_identifier_merges_nothing_in_silence() {
    let dir = tempfile::tempdir().unwrap();
    phone(&dir.path().join("one"));
    let mut other = devices::ana();
    other.device().udid = devices::marko().device().udid.clone();
    other.write(&dir.path().join("two")).unwrap();
    let scan = scan(dir.path());
    assert_eq!(list(&scan.report, "devices").len(), 2, "{}", scan.said());
}

#[test]
fn a_pack_that_this_evidence_cannot_show_is_3() {
    let dir = tempfile::tempdir().unwrap();
    phone(&dir.path().join("phone"));
    let pack = dir.path().join("android.json");
    let bundle = r#"{"type":"bundle","id":"bundle--11111111-1111-4111-8111-111111111111","objects":[{"type":"indicator",
        "spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-111111111112","created":"2025-01-01T00:00:00Z",
        "modified":"2025-01-01T00:00:00Z","valid_from":"2025-01-01T00:00:00Z","pattern_type":"stix",
        "pattern":"[android-property:name = 'ro.spy']"}]}"#;
    fs::write(&pack, bundle).unwrap();
    let scan = scan_with(&dir.path().join("phone"), &["-i", pack.to_str().unwrap()]);
    assert_eq!(scan.code, 3, "{}", scan.said());
    let verdict = &scan.report["devices"][0]["verdict"];
    assert!(has(&verdict["reasons"], "pack-not-shown") && verdict["complete"] == false, "{verdict}");
}

/// What `-o` wrote as a page is what `vigie report` prints, in either language.
#[test]
fn a_report_is_printed_again() {
    let scan = scan(&demo("iphone-ana"));
    let folder = scan.home.path().join("report");
    let page = fs::read_to_string(folder.join("page.txt")).unwrap();
    let again = vigie(&["report".as_ref(), folder.as_os_str(), "--lang".as_ref(), "en".as_ref()]);
    assert_eq!(again.code(), 0);
    let results = |page: &str| page.split("\nReport\n").next().unwrap().to_owned();
    assert_eq!(results(&page), results(again.text()));
    let french =
        vigie(&["report".as_ref(), folder.join("findings.json").as_os_str(), "--lang".as_ref(), "fr".as_ref()]);
    assert!(french.code() == 0 && french.text().contains("Des signes"), "{}", french.text());
    for (what, bytes) in [("nothing", "{}"), ("newer", r#"{"schema_version":"9.0"}"#)] {
        let file = scan.home.path().join(what);
        fs::write(&file, bytes).unwrap();
        let refused = vigie(&["report".as_ref(), file.as_os_str()]);
        assert!(refused.code() == 2 && refused.stderr.contains(what), "{}", refused.stderr);
    }
}

/// Losses that are no phone's are told to CI systems too.
#[test]
fn files_for_machines_tell_what_lies_beside() {
    let dir = tempfile::tempdir().unwrap();
    phone(&dir.path().join("given/phone"));
    write(
        dir.path(),
        &[("given/x.ab", b"ANDROID BACKUP\n5\n1\nnone\nxyz"), ("given/copy/sms.db", b"SQLite format 3\0")],
    );
    let (junit, sarif) = (dir.path().join("j.xml"), dir.path().join("s.json"));
    let given = dir.path().join("given");
    let args = ["scan".as_ref(), given.as_os_str(), "-q".as_ref(), "--junit".as_ref(), junit.as_os_str()];
    let ran = vigie(&[&args[..], &["--sarif".as_ref(), sarif.as_os_str()]].concat());
    assert_eq!(ran.code(), 3);
    let junit = fs::read_to_string(junit).unwrap();
    for told in ["x.ab", "run.incomplete", "loose-file", "copy/sms.db"] {
        assert!(junit.contains(told), "{told}: {junit}");
    }
    let sarif = fs::read_to_string(sarif).unwrap();
    assert!(sarif.contains("x.ab") && sarif.contains("copy/sms.db") && sarif.contains("\"incomplete\""), "{sarif}");
}

#[test]
fn any_number_of_threads_says_the_same() {
    let bytes = |jobs: &str| {
        let ran = vigie(&[
            "scan".as_ref(),
            demo("").as_os_str(),
            "--json".as_ref(),
            "--reproducible".as_ref(),
            "-j".as_ref(),
            jobs.as_ref(),
        ]);
        assert_eq!(ran.code(), 1, "{}", ran.stderr);
        ran.stdout
    };
    let one = bytes("1");
    assert!(bytes("0") == one && bytes("100000") == one);
}

/// A bug report unpacked, with its text changed.
fn changed(at: &Path, change: impl Fn(&str) -> String) {
    devices::jelena().write(at, Container::Folder).unwrap();
    let texts = fs::read_dir(at).unwrap().map(|e| e.unwrap().path());
    let main = texts.into_iter().find(|p| p.file_name().unwrap().to_string_lossy().starts_with("bugreport")).unwrap();
    let text = fs::read_to_string(&main).unwrap();
    let other = change(&text);
    assert_ne!(text, other, "the change found its place");
    fs::write(main, other).unwrap();
}

/// What an attacker, a bad copy or a new release does to a bug report that still looks whole.
#[test]
fn a_bug_report_that_only_looks_whole() {
    type Case = (&'static str, fn(&str) -> String);
    let cases: [Case; 7] = [
        ("a forged end and a forged beginning in a value", |t| {
            let forged = format!(
                "versionName=1.0\n    User 0: installed=true\n--------- 0.053s was the duration of dumpsys package, ending \
                 at: 2025-11-06 16:20:10\n{}\nDUMP OF SERVICE meminfo:\n",
                "-".repeat(79)
            );
            t.replacen("versionName=", &format!("{forged}    x="), 1)
        }),
        ("zeros over the head of a package", |t| t.replacen("Package [com.serv", &"\0".repeat(17), 1)),
        ("a head of app-ops with something behind the name", |t| {
            t.replace("Package com.serv.services:", "Package com.serv.services (x):")
        }),
        ("another key for the package of a setting", |t| t.replace(" pkg:", " package:")),
        ("another key for the value of a setting", |t| t.replace(" value:", " val:")),
        ("a row of ps that was cut", |t| {
            t.replacen("do_epoll_wait       0 S  19   0      -   0  fg 00:00:02 m.serv.services", "do_epoll_wait", 1)
        }),
        ("an end in the middle", |t| t[..t.rfind("was the duration of").unwrap() - 14].to_owned()),
    ];
    for (what, change) in cases {
        let dir = tempfile::tempdir().unwrap();
        changed(dir.path(), change);
        let scan = scan(dir.path());
        assert_eq!(scan.report["verdict"]["complete"], false, "{what}: {}", scan.said());
    }
}

/// The main entry is gone and another report lies in its place, or its text stands twice.
#[test]
fn a_bug_report_with_another_main_text() {
    let dir = tempfile::tempdir().unwrap();
    devices::jelena().write(dir.path(), Container::Folder).unwrap();
    fs::write(dir.path().join("main_entry.txt"), "bugreport-demo1-gone.txt").unwrap();
    let scan = scan(dir.path());
    assert_eq!(scan.report["verdict"]["complete"], false, "{}", scan.said());
}

/// A tombstone that is a link, and what follows it is not read.
#[cfg(unix)]
#[test]
fn a_link_among_the_files_of_a_report() {
    let dir = tempfile::tempdir().unwrap();
    devices::jelena().write(dir.path(), Container::Folder).unwrap();
    let place = dir.path().join("FS/data/tombstones/tombstone_31");
    std::os::unix::fs::symlink("/nonexistent", place).unwrap();
    let linked = super::support::vigie(&["scan".as_ref(), dir.path().as_os_str(), "--json".as_ref()]).json();
    assert!(linked.to_string().contains("unreadable-part") && linked["verdict"]["complete"] == false);
}
