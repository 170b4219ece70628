//! Files that are empty, cut, links, pipes, folders, or have names nobody would choose.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vigie_fixtures::android::Container;
use vigie_fixtures::tree::files;

use super::phones::{IPhone, copy, report, stored};
use super::support::{Scan, in_parallel, scan, tree};

/// Artifact and stored file of everything that is read from a backup.
fn sources(root: &Path, whole: &Scan) -> Vec<(String, PathBuf)> {
    let mut all = Vec::new();
    for line in whole.report["coverage"].as_array().unwrap() {
        for source in line["source"].as_array().unwrap().iter().filter_map(Value::as_str) {
            let file = match source.split_once('/') {
                Some((domain, path)) => stored(root, domain, path),
                None => root.join(source),
            };
            all.push((line["artifact"].as_str().unwrap().to_owned(), file.strip_prefix(root).unwrap().to_owned()));
        }
    }
    all
}

/// The damage done to each file in turn: emptied, cut in half, cut at some other place.
fn cuts(len: usize, number: usize) -> BTreeSet<usize> {
    let somewhere = (number * 7_919 + 13) % len.max(1);
    [0, len / 2, somewhere].into_iter().filter(|&cut| cut < len).collect()
}

#[test]
fn a_whole_phone_ends_with_0() {
    let phone = IPhone::new();
    let whole = scan(phone.path());
    assert_eq!((whole.code, whole.complete()), (0, true), "{}", whole.said());
    let dir = tempfile::tempdir().unwrap();
    report().write(dir.path(), Container::Folder).unwrap();
    let whole = scan(dir.path());
    assert_eq!((whole.code, whole.complete()), (0, true), "{}", whole.said());
}

#[test]
fn every_file_of_a_backup_emptied_and_cut() {
    let phone = IPhone::new();
    let whole = scan(phone.path());
    let sources = sources(phone.path(), &whole);
    assert!(sources.len() > 7, "{sources:?}");
    let all = files(phone.path()).unwrap();
    let cases: Vec<(usize, &PathBuf, usize)> = all
        .iter()
        .enumerate()
        .flat_map(|(i, f)| {
            let len = fs::metadata(phone.path().join(f)).unwrap().len() as usize;
            cuts(len, i).into_iter().map(move |cut| (i, f, cut))
        })
        .collect();
    in_parallel(&cases, |(_, file, cut)| {
        let dir = tempfile::tempdir().unwrap();
        copy(phone.path(), dir.path());
        let bytes = fs::read(dir.path().join(file)).unwrap();
        fs::write(dir.path().join(file), &bytes[..*cut]).unwrap();
        let after = scan(dir.path());
        if file.as_path() == Path::new("Manifest.db") && after.report["coverage"].as_array().unwrap().is_empty() {
            assert_eq!(after.code, 3);
            return;
        }
        for (artifact, _) in sources.iter().filter(|(_, f)| f == *file) {
            let status = after.status(artifact);
            let same = after.records(artifact) == whole.records(artifact);
            assert!(
                !["parsed", "empty", "absent", "not-applicable"].contains(&status) || (same && *cut > 0),
                "{} cut at {cut}: {artifact} is {status} with {} of {} records",
                file.display(),
                after.records(artifact),
                whole.records(artifact),
            );
            if after.line(artifact)["required"] == true && !same {
                after.lost(artifact);
            }
        }
    });
}

#[test]
fn every_file_of_a_report_emptied_and_cut() {
    let whole_dir = tempfile::tempdir().unwrap();
    let mut phone = report();
    phone.tombstones = vigie_fixtures::devices::jelena().tombstones;
    phone.write(whole_dir.path(), Container::Folder).unwrap();
    let whole = scan(whole_dir.path());
    let all = files(whole_dir.path()).unwrap();
    let cases: Vec<(&PathBuf, usize)> = all
        .iter()
        .enumerate()
        .flat_map(|(i, f)| {
            let len = fs::metadata(whole_dir.path().join(f)).unwrap().len() as usize;
            cuts(len, i).into_iter().chain((1..8).map(move |n| n * len / 8)).map(move |cut| (f, cut))
        })
        .collect();
    in_parallel(&cases, |(file, cut)| {
        let dir = tempfile::tempdir().unwrap();
        copy(whole_dir.path(), dir.path());
        let bytes = fs::read(dir.path().join(file)).unwrap();
        fs::write(dir.path().join(file), &bytes[..*cut]).unwrap();
        let after = scan(dir.path());
        let lines = after.report["coverage"].as_array().unwrap();
        if lines.is_empty() {
            assert_eq!(after.code, 3);
            return;
        }
        let fewer = whole.report["coverage"].as_array().unwrap().iter().any(|l| {
            let artifact = l["artifact"].as_str().unwrap();
            l["required"] == true && after.records(artifact) < whole.records(artifact)
        });
        assert!(!fewer || !after.complete(), "{} cut at {cut}: records are gone, and nobody says so", file.display());
    });
}

#[test]
fn what_is_not_a_file_where_one_should_be() {
    let phone = IPhone::new();
    let whole = scan(phone.path());
    let sources = sources(phone.path(), &whole);
    let cases: Vec<(&str, &PathBuf, &String)> =
        ["folder", "pipe", "link"].iter().flat_map(|k| sources.iter().map(move |(a, f)| (*k, f, a))).collect();
    in_parallel(&cases, |(kind, file, artifact)| {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("backup");
        copy(phone.path(), &root);
        let place = root.join(file);
        let outside = dir.path().join("outside");
        fs::rename(&place, &outside).unwrap();
        match *kind {
            "folder" => fs::create_dir(&place).unwrap(),
            "pipe" if !pipe(&place) => return,
            "link" if !link(&outside, &place) => return,
            _ => {}
        }
        let after = scan(&root);
        if after.report["coverage"].as_array().unwrap().is_empty() {
            assert_eq!(after.code, 3);
        } else {
            assert!(
                ["absent", "missing", "failed", "partial"].contains(&after.status(artifact)),
                "{kind} for {artifact}: {}",
                after.said()
            );
        }
    });
}

#[test]
fn pipes_links_and_folders_beside_the_manifest() {
    for name in ["Info.plist", "Manifest.plist", "Status.plist", "Manifest.db-wal", "Manifest.db-shm"] {
        let phone = IPhone::new();
        let _ = fs::remove_file(phone.path().join(name));
        if pipe(&phone.path().join(name)) {
            scan(phone.path());
        }
        let phone = IPhone::new();
        let _ = fs::remove_file(phone.path().join(name));
        fs::create_dir(phone.path().join(name)).unwrap();
        scan(phone.path());
    }
}

#[test]
fn a_pipe_is_not_an_acquisition() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("bugreport-x.zip");
    if !pipe(&place) {
        return;
    }
    let one = scan(&place);
    assert_eq!((one.code, one.report["verdict"]["state"].as_str()), (3, Some("invalid")));
    let folder = scan(dir.path());
    assert_eq!((folder.code, folder.report["verdict"]["state"].as_str()), (3, Some("invalid")));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_backup_is_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.plist");
    fs::write(
        &secret,
        "<plist version=\"1.0\"><dict><key>Device Name</key><string>the examiner's own</string></dict></plist>",
    )
    .unwrap();
    let phone = IPhone::new();
    fs::remove_file(phone.path().join("Info.plist")).unwrap();
    assert!(link(&secret, &phone.path().join("Info.plist")));
    let after = scan(phone.path());
    assert!(!after.report.to_string().contains("examiner's own"));
    assert_eq!(after.status("ios.backup_info"), "absent");
}

#[test]
fn names_that_are_no_text() {
    let phone = IPhone::new();
    let folder = phone.path().join("00");
    fs::create_dir_all(&folder).unwrap();
    for name in odd_names() {
        let _ = fs::write(folder.join(&name), b"x");
        let _ = fs::write(phone.path().join(&name), b"x");
    }
    let after = scan(phone.path());
    assert_eq!(after.code, 0, "{}", after.said());

    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("report");
    report().write(&root, Container::Folder).unwrap();
    fs::create_dir_all(root.join("FS/data/tombstones")).unwrap();
    for (i, name) in odd_names().into_iter().enumerate() {
        let _ = fs::write(root.join(&name), b"x");
        let mut tombstone = std::ffi::OsString::from(format!("tombstone_{i}"));
        tombstone.push(&name);
        let _ = fs::write(root.join("FS/data/tombstones").join(tombstone), b"x");
    }
    let before = tree(&root).len();
    let after = scan(&root);
    assert!(before > 5 && !after.report.to_string().contains('\u{1b}'));
    assert_eq!(after.status("android.packages"), "parsed");
}

#[cfg(unix)]
fn odd_names() -> Vec<std::ffi::OsString> {
    use std::os::unix::ffi::OsStringExt;
    let names: [&[u8]; 6] =
        [b"\xff\xfe\x80", b"a\x1b[31mred", b"line\nbreak", b"\xe2\x80\xaetxt.exe", b"-o", b"caf\xe9.txt"];
    names.iter().map(|n| std::ffi::OsString::from_vec(n.to_vec())).collect()
}

#[cfg(not(unix))]
fn odd_names() -> Vec<std::ffi::OsString> {
    vec!["caf\u{e9}.txt".into(), "\u{202e}txt.exe".into()]
}

/// Makes a named pipe; false where there are none.
fn pipe(place: &Path) -> bool {
    cfg!(unix) && std::process::Command::new("mkfifo").arg(place).status().is_ok_and(|s| s.success())
}

#[cfg(unix)]
fn link(to: &Path, place: &Path) -> bool {
    std::os::unix::fs::symlink(to, place).is_ok()
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> bool {
    false
}
