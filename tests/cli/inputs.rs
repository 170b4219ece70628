//! Each kind of input that cannot be examined: a sentence that says what it is and what to do, and 3; and each kind of
//! command line that is wrong.

use std::fs;
use std::path::Path;

use vigie_fixtures::android::Container;
use vigie_fixtures::devices;

use super::demo;
use super::support::{scan, vigie};

/// Scans, expects 3, and the sentence on the page, in the report, and (with `--quiet`, with the next step) on stderr.
fn refused(path: &Path, code: &str, says: &[&str], todo: &str) {
    let report = scan(path);
    assert_eq!(report.code, 3);
    assert_eq!(report.report["verdict"]["state"], "invalid", "{}", report.said());
    let reasons = report.report["devices"][0]["verdict"]["reasons"].as_array().unwrap().clone();
    let reason = reasons.iter().find(|r| r["code"] == code).unwrap_or_else(|| panic!("no {code} in {reasons:#?}"));
    let text = reason["text"].as_str().unwrap();
    for word in says {
        assert!(text.contains(word), "no {word:?} in: {text}");
    }
    let quiet = vigie(&["scan".as_ref(), path.as_os_str(), "--quiet".as_ref()]);
    assert_eq!((quiet.code(), quiet.text()), (3, ""));
    assert!(quiet.stderr.contains(says[0]) && quiet.stderr.contains(todo), "{}", quiet.stderr);
    for lang in ["en", "fr"] {
        let page = vigie(&["scan".as_ref(), path.as_os_str(), "--lang".as_ref(), lang.as_ref()]);
        assert_eq!(page.code(), 3);
        assert!(!page.text().is_empty() && page.stderr.is_empty(), "{}", page.stderr);
    }
    // Beside a good acquisition it still counts.
    let good = demo("iphone-marko");
    let both = vigie(&["scan".as_ref(), good.as_os_str(), path.as_os_str(), "--json".as_ref()]);
    assert_eq!(both.code(), 3);
    assert_eq!(both.json()["verdict"]["complete"], false);
}

#[test]
fn an_encrypted_backup() {
    let dir = tempfile::tempdir().unwrap();
    let mut backup = devices::marko();
    backup.device().encrypted = true;
    backup.write(dir.path()).unwrap();
    let noise = vigie_fixtures::rng::Rng::new(1).bytes(40_000);
    fs::write(dir.path().join("Manifest.db"), &noise).unwrap();
    refused(
        dir.path(),
        "encrypted-backup",
        &["is an encrypted iOS backup", "password"],
        "decrypt it into a new folder",
    );
    // Without Manifest.plist there is only the noise to go by.
    fs::remove_file(dir.path().join("Manifest.plist")).unwrap();
    refused(dir.path(), "encrypted-backup", &["is an encrypted iOS backup"], "decrypt it into a new folder");
}

#[test]
fn a_backup_whose_list_is_damaged_or_empty() {
    let dir = tempfile::tempdir().unwrap();
    devices::marko().write(dir.path()).unwrap();
    fs::write(dir.path().join("Manifest.db"), b"").unwrap();
    refused(dir.path(), "manifest-empty", &["Manifest.db is empty"], "copy it again");
    fs::write(dir.path().join("Manifest.db"), b"this is not a database at all, whatever its name may say").unwrap();
    refused(dir.path(), "manifest-unreadable", &["cannot be read"], "copy it again");
}

#[test]
fn an_old_backup() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("Manifest.mbdb"), b"mbdb\x05\x00").unwrap();
    fs::write(dir.path().join("Info.plist"), b"<plist/>").unwrap();
    refused(dir.path(), "old-backup", &["iOS 9 or older"], "use the tool that reads them");
}

#[test]
fn a_wrong_folder() {
    let dir = tempfile::tempdir().unwrap();
    refused(dir.path(), "not-an-acquisition", &["is not an acquisition"], "vigie reads iOS backups");
    fs::create_dir_all(dir.path().join("holiday/pictures")).unwrap();
    fs::write(dir.path().join("holiday/pictures/IMG_0001.JPG"), b"\xff\xd8\xff").unwrap();
    fs::write(dir.path().join("notes.txt"), b"buy milk").unwrap();
    refused(dir.path(), "not-an-acquisition", &["is not an acquisition"], "Android bug reports");
    refused(&dir.path().join("notes.txt"), "not-an-acquisition", &["is not an acquisition"], "give its path");
}

#[test]
fn an_empty_dumpstate() {
    let dir = tempfile::tempdir().unwrap();
    let report = devices::milan();
    report.write(dir.path(), Container::Folder).unwrap();
    fs::write(dir.path().join(report.text_name()), b"").unwrap();
    refused(dir.path(), "empty-dumpstate", &["dumpstate", "is empty"], "make a new full bug report");
    fs::remove_file(dir.path().join(report.text_name())).unwrap();
    refused(dir.path(), "dumpstate-missing", &["which is not there"], "copy it again");
}

#[test]
fn a_truncated_zip() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bugreport.zip");
    devices::milan().write(&path, Container::Truncated).unwrap();
    refused(&path, "truncated-zip", &["was cut short"], "copy it again");
    refused(dir.path(), "truncated-zip", &["was cut short"], "copy it again");
}

#[test]
fn a_zip_of_something_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("photos.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    zip.start_file("a.jpg", zip::write::SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap();
    refused(&path, "not-an-acquisition", &["is not an acquisition"], "give its path");
}

#[test]
fn an_empty_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bugreport.zip");
    fs::write(&path, b"").unwrap();
    refused(&path, "empty-file", &["is an empty file (0 bytes)"], "copy it again");
}

#[test]
fn a_file_encrypted_with_age() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bugreport.zip.age");
    fs::write(&path, b"age-encryption.org/v1\n-> X25519 abc\n").unwrap();
    refused(&path, "age-encrypted", &["is encrypted with age"], "decrypt it into a new folder");
}

#[test]
fn a_path_that_is_not_there() {
    let ran = vigie(&["scan", "/no/such/place"]);
    assert_eq!((ran.code(), ran.text()), (2, ""));
    assert!(ran.stderr.contains("/no/such/place: no such file or folder"), "{}", ran.stderr);
}

#[test]
fn command_lines_that_are_wrong() {
    for args in [
        &["scan", "--no-such-option", "."][..],
        &["scan"],
        &["no-such-command"],
        &[],
        &["scan", ".", "--lang", "xx"],
        &["scan", ".", "--fail-on", "bad"],
        &["scan", ".", "--as-of", "yesterday"],
        &["scan", ".", "--as-of", "2026-02-31"],
        &["scan", ".", "--force"],
        &["scan", ".", "--jobs", "-1"],
        &["records", "/no/such/report"],
    ] {
        let ran = vigie(args);
        assert_eq!(ran.code(), 2, "{args:?}: {}", ran.stderr);
        assert_eq!(ran.text(), "", "{args:?}");
        assert!(!ran.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn packs_without_a_usable_indicator() {
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let empty = tempfile::tempdir().unwrap();
    let phone = demo("iphone-marko");
    for pack in [
        place("empty.stix2", b""),
        place("broken.stix2", b"{\"type\": \"bundle\", \"objects\": ["),
        place("none.stix2", b"{\"type\": \"bundle\", \"id\": \"bundle--1\", \"objects\": []}"),
        place("noise.json", &vigie_fixtures::rng::Rng::new(2).bytes(5_000)),
        empty.path().to_str().unwrap().to_owned(),
        "/no/such/pack.stix2".to_owned(),
    ] {
        for option in ["-i", "--iocs", "--indicators"] {
            let ran = vigie(&["scan".as_ref(), phone.as_os_str(), option.as_ref(), pack.as_ref()]);
            assert_eq!(ran.code(), 4, "{pack}: {}", ran.stderr);
            assert!(ran.text().is_empty() && !ran.stderr.is_empty());
        }
    }
}

#[test]
fn several_paths_and_folders_of_several() {
    let state = |args: &[&std::ffi::OsStr]| {
        let ran = vigie(args);
        (ran.code(), ran.json())
    };
    let (marko, milan) = (demo("iphone-marko"), demo("android-milan.zip"));
    let json = "--json".as_ref();
    let (code, two) = state(&["scan".as_ref(), marko.as_os_str(), milan.as_os_str(), json]);
    assert_eq!((code, two["devices"].as_array().unwrap().len()), (0, 2));
    let all = demo("");
    let (code, folder) = state(&["scan".as_ref(), all.as_os_str(), json]);
    assert_eq!((code, folder["evidence"].as_array().unwrap().len()), (1, 4));
    // A folder with exactly one backup inside.
    let outer = tempfile::tempdir().unwrap();
    devices::marko().write(&outer.path().join("Backup/00008130-0000000000000002")).unwrap();
    let (code, one) = state(&["scan".as_ref(), outer.path().as_os_str(), json]);
    assert_eq!((code, one["evidence"][0]["kind"].as_str()), (0, Some("ios-backup")));
}

#[test]
fn two_acquisitions_of_one_device_are_one_device() {
    let dir = tempfile::tempdir().unwrap();
    let mut later = devices::marko();
    later.device().backup = vigie_fixtures::time::Time::utc(2026, 1, 2, 3, 4, 5);
    devices::marko().write(&dir.path().join("a")).unwrap();
    later.write(&dir.path().join("b")).unwrap();
    devices::ana().write(&dir.path().join("c")).unwrap();
    let scan = scan(dir.path());
    let devices = scan.report["devices"].as_array().unwrap();
    let of: Vec<&str> = devices.iter().map(|d| d["verdict"]["state"].as_str().unwrap()).collect();
    assert_eq!(of, ["no-match", "match"]);
    assert_eq!(devices[0]["evidence"].as_array().unwrap().len(), 2);
    assert_eq!(devices[0]["acquired"], "2026-01-02T03:04:05Z");
}
