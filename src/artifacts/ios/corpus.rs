//! The iOS artifacts on real databases. Needs `VIGIE_CORPUS`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::artifact::{Artifact, Value};
use crate::artifacts::testing::{Memory, Run, run};

use super::{backup_info, configuration_profiles, datausage, manifest, safari_history, sms, tcc, whatsapp};

/// The folder with real files; `None` when the tests are to be skipped.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("VIGIE_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: VIGIE_CORPUS is not set");
    }
    folder
}

/// A backup folder as evidence: its stored files under `domain/relative path`.
fn backup(folder: &Path) -> Memory {
    let read = |p: PathBuf| std::fs::read(p).unwrap();
    let mut memory = Memory::new()
        .file("Info.plist", read(folder.join("Info.plist")))
        .file("Manifest.db", read(folder.join("Manifest.db")));
    let uri = format!("file:{}?immutable=1", folder.join("Manifest.db").display());
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI;
    let db = rusqlite::Connection::open_with_flags(uri, flags).unwrap();
    let mut statement = db.prepare("SELECT fileID, domain || '/' || relativePath FROM Files WHERE flags = 1").unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut stored = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let (id, name): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let path = folder.join(&id[..2]).join(&id);
        if path.is_file() {
            memory = memory.file(&name, read(path));
            stored.push(id);
        } else {
            memory = memory.missing(&name);
        }
    }
    let stored: Vec<&str> = stored.iter().map(String::as_str).collect();
    memory.stored_ids(&stored)
}

/// A database with its log, under the name it has in a backup.
fn database(path: &Path, name: &str) -> Memory {
    let wal = PathBuf::from(format!("{}-wal", path.display()));
    let memory = Memory::new().file(name, std::fs::read(path).unwrap());
    if wal.is_file() { memory.file(&format!("{name}-wal"), std::fs::read(wal).unwrap()) } else { memory }
}

fn counts(run: &Run) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for record in &run.records {
        *counts.entry(record.shape).or_default() += 1;
    }
    counts
}

fn read(artifact: &'static Artifact, evidence: &Memory) -> Run {
    let out = run(artifact, evidence);
    eprintln!("{}: {:?}, notes {:?}, errors {:?}", artifact.id, counts(&out), out.tally.notes, out.errors);
    out
}

#[test]
fn a_backup_of_ios_14() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("ios/backup_mvt_ios14_3");
    // Stored, but not in the list of files.
    let lids = std::fs::read(folder.join("e7/e794f6ffcc3c222535f47684a63d5178da3c4500")).unwrap();
    let evidence = backup(&folder).file("AppDomainGroup-group.net.whatsapp.WhatsApp.shared/LID.sqlite", lids);
    let files = read(&manifest::ARTIFACT, &evidence);
    assert_eq!(counts(&files), [("file", 3721)].into());
    assert_eq!(files.notes("blob-damaged").len(), 0);
    let file = files.records.iter().find(|r| r.text("path") == "/private/var/mobile/Library/SMS/sms.db").unwrap();
    assert_eq!(file.get("missing"), None);
    assert_eq!(
        files.records.iter().filter(|r| r.get("missing").is_none()).count(),
        3721 - (1089 - 10 - 24),
        "files of no bytes are listed, and stored nowhere"
    );

    let info = read(&backup_info::ARTIFACT, &evidence);
    assert_eq!(counts(&info), [("device", 1), ("application", 6)].into());
    let messages = read(&sms::ARTIFACT, &evidence);
    assert_eq!(messages.records[0].text("text"), "Please click here https://badbadbad.example.org/");
    assert_eq!(messages.records[0].text("handle"), "apple");
    let usage = read(&datausage::ARTIFACT, &evidence);
    assert_eq!(counts(&usage), [("process", 41), ("gap", 2)].into());
    assert_eq!(usage.of("gap").iter().filter(|g| g.text("place") == "inside").count(), 1);
    assert_eq!(counts(&read(&tcc::ARTIFACT, &evidence)), [("access", 11)].into());
    let chats = read(&whatsapp::ARTIFACT, &evidence);
    assert_eq!(counts(&chats), [("message", 3), ("chat_session", 2), ("lid_pair", 1)].into());
    assert!(chats.of("message").iter().all(|m| m.get("phone").is_some()));
    let history = read(&safari_history::ARTIFACT, &evidence);
    assert!(history.records.is_empty());
    assert!(read(&configuration_profiles::ARTIFACT, &evidence).records.is_empty());
}

#[test]
fn single_databases() {
    let Some(corpus) = corpus() else { return };
    let ios = corpus.join("ios");
    let out = read(&tcc::ARTIFACT, &database(&ios.join("plaso/TCC-test.db"), "HomeDomain/Library/TCC/TCC.db"));
    assert_eq!(out.records.len(), 21);
    assert!(out.records.iter().all(|r| r.get("auth_value").is_some() && r.get("prompt_count").is_some()));

    let path = ios.join("db_schema_ios18/messages.1.sms.db");
    let out = read(&sms::ARTIFACT, &database(&path, "HomeDomain/Library/SMS/sms.db"));
    assert_eq!(out.records.len(), 10);
    assert!(out.records.iter().any(|r| r.get("text_source") == Some(&Value::from("attributedBody"))));

    let path = ios.join("db_schema_ios18/safari.1.History.db");
    let out = read(&safari_history::ARTIFACT, &database(&path, "HomeDomain/Library/Safari/History.db"));
    assert_eq!(out.records.len(), 4);
    assert!(out.records.iter().all(|r| r.get("url").is_some()));

    let folder =
        "ffs_josh_ios15_3_1/filesystem2/mobile/Containers/Shared/AppGroup/694FBBC5-2E69-480A-A25B-FF8CC038BEF8";
    let path = ios.join(folder).join("ChatStorage.sqlite");
    let name = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared/ChatStorage.sqlite";
    let out = read(&whatsapp::ARTIFACT, &database(&path, name));
    assert_eq!(counts(&out), [("message", 32), ("chat_session", 5)].into());

    let path = ios.join("plaso/netusage.sqlite");
    let out = read(&datausage::ARTIFACT, &database(&path, "WirelessDomain/Library/Databases/DataUsage.sqlite"));
    assert_eq!(counts(&out), [("process", 335), ("gap", 17)].into());
    let missing = out.of("gap").into_iter().map(|g| g.get("count").cloned());
    let missing: i64 = missing.map(|c| if let Some(Value::Int(n)) = c { n } else { 0 }).sum();
    assert_eq!(missing, 22);
}
