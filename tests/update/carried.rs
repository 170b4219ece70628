//! The way to a machine without a network: one file, checked again where it arrives.

use std::fs;
use std::io::{Cursor, Read, Write};

use super::server::{Reply, status};
use super::support::{command, finish, tree};
use super::{Desk, MANY, ended, pack, vector};

/// A desk that wrote `carry.zip` with two packs.
fn written() -> Desk {
    let desk = Desk::new();
    desk.index_with("version: 5", &[("Pack B", "b.stix2", ""), ("Pack A", "a.stix2", "")]);
    desk.server.put("/a.stix2", Reply::Ok(pack("2026-01-02", &MANY)));
    desk.server.put("/b.stix2", Reply::Ok(pack("2026-01-02", &["b.example"])));
    desk.ends(&["--offline-bundle", "carry.zip"], 0, &["2 packs", "SHA-256"]);
    desk
}

fn carry(from: &Desk, to: &Desk) {
    fs::copy(from.home.path().join("carry.zip"), to.home.path().join("carry.zip")).unwrap();
}

/// The members of a bundle, rewritten; written by another program's ZIP.
fn rewrite(desk: &Desk, change: impl Fn(&str, Vec<u8>) -> Vec<u8>) {
    let path = desk.home.path().join("carry.zip");
    let mut old = zip::ZipArchive::new(Cursor::new(fs::read(&path).unwrap())).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..old.len() {
        let mut member = old.by_index(i).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        let name = member.name().unwrap().into_owned();
        new.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(&change(&name, bytes)).unwrap();
    }
    fs::write(path, new.finish().unwrap().into_inner()).unwrap();
}

#[test]
fn what_was_carried_is_what_was_fetched() {
    let (here, there) = (written(), Desk::new());
    carry(&here, &there);
    // Another program reads it too.
    let bytes = fs::read(here.home.path().join("carry.zip")).unwrap();
    let archive = zip::ZipArchive::new(Cursor::new(bytes.clone())).unwrap();
    let names: Vec<String> = archive.file_names().map(|n| n.unwrap().into_owned()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    let asked = here.server.asked().len();
    ended(&there.run(&["--from-bundle", "carry.zip"]), 0, &["2 new", &here.server.url("/index.yaml")]);
    assert_eq!(here.server.asked().len(), asked, "a connection was opened");
    assert_eq!(there.file("a.stix2"), here.file("a.stix2"));
    assert_eq!(there.lock(), here.lock());
    ended(&there.run(&["--from-bundle", "carry.zip"]), 0, &["2 unchanged"]);
    // The same packs give the same bytes, and an old bundle may be replaced.
    here.ends(&["--offline-bundle", "carry.zip"], 0, &["2 unchanged"]);
    assert_eq!(fs::read(here.home.path().join("carry.zip")).unwrap(), bytes);
}

#[test]
fn a_bundle_goes_back_no_more_than_the_network_does() {
    let (here, there) = (written(), Desk::new());
    carry(&here, &there);
    let old = fs::read(here.home.path().join("carry.zip")).unwrap();
    here.server.put("/a.stix2", Reply::Ok(pack("2026-02-02", &MANY)));
    here.ends(&["--offline-bundle", "carry.zip"], 0, &["1 updated"]);
    carry(&here, &there);
    ended(&there.run(&["--from-bundle", "carry.zip"]), 0, &["2 new"]);
    fs::write(there.home.path().join("carry.zip"), old).unwrap();
    let before = tree(&there.folder());
    ended(&there.run(&["--from-bundle", "carry.zip"]), 5, &["older than", "1 unchanged", "1 refused"]);
    assert_eq!(before, tree(&there.folder()));
    here.index_with("version: 6", &[("Pack B", "b.stix2", "")]);
    here.ends(&["--allow-rollback", "--offline-bundle", "carry.zip"], 0, &["1 removed"]);
    carry(&here, &there);
    ended(&there.run(&["--from-bundle", "carry.zip"]), 5, &["no longer names it"]);
    ended(&there.run(&["--from-bundle", "carry.zip", "--allow-rollback"]), 0, &["1 removed"]);
}

#[test]
fn a_bundle_that_was_changed_is_refused() {
    let here = written();
    let good = fs::read(here.home.path().join("carry.zip")).unwrap();
    // Every byte matters: flip some of them, everywhere.
    for at in (0..good.len()).step_by(61) {
        let there = Desk::new();
        let mut bad = good.clone();
        bad[at] ^= 0x20;
        fs::write(there.home.path().join("carry.zip"), &bad).unwrap();
        let ran = there.run(&["--from-bundle", "carry.zip"]);
        let same = |name: &str| there.file(name).is_none_or(|bytes| Some(bytes) == here.file(name));
        assert!(same("a.stix2") && same("b.stix2"), "byte {at}: a changed pack was installed\n{}", ran.text());
    }
    for cut in [0, 1, 100, good.len() / 2, good.len() - 1] {
        let there = Desk::new();
        fs::write(there.home.path().join("carry.zip"), &good[..cut]).unwrap();
        ended(&there.run(&["--from-bundle", "carry.zip"]), 5, &["damaged"]);
        assert!(!there.folder().exists());
    }
    // A sound archive with another pack in it.
    let there = Desk::new();
    carry(&here, &there);
    rewrite(&there, |name, bytes| if name == "packs/a.stix2" { pack("2026-09-09", &MANY) } else { bytes });
    ended(&there.run(&["--from-bundle", "carry.zip"]), 5, &["not the bytes the manifest says", "1 new"]);
    assert_eq!(there.names(), ["b.stix2", "vigie-packs.lock"]);
}

#[test]
fn a_signed_bundle_cannot_be_forged() {
    let here = Desk::new();
    for name in ["index.yaml", "index.yaml.minisig", "pack.stix2", "pack.stix2.minisig"] {
        here.server.put(&format!("/{name}"), Reply::Ok(vector(name)));
    }
    fs::write(here.home.path().join("good.pub"), vector("good.pub")).unwrap();
    here.ends(&["--public-key", "good.pub", "--offline-bundle", "carry.zip"], 0, &["1 packs"]);
    let there = Desk::new();
    fs::write(there.home.path().join("good.pub"), vector("good.pub")).unwrap();
    let install = |code: i32, says: &[&str]| {
        ended(&there.run(&["--from-bundle", "carry.zip", "--public-key", "good.pub"]), code, says);
    };
    // The forger changes the pack and everything that speaks of its bytes.
    let forged = pack("2026-09-09", &MANY);
    let sum = |bytes: &[u8]| -> String {
        use sha2::Digest as _;
        sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
    };
    let (old_sum, old_size) = (sum(&vector("pack.stix2")), vector("pack.stix2").len().to_string());
    let adapt = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace(&old_sum, &sum(&forged)).replace(&old_size, &forged.len().to_string()).into_bytes()
    };
    carry(&here, &there);
    rewrite(&there, |name, bytes| match name {
        "packs/pack.stix2" => forged.clone(),
        "vigie-bundle.json" => adapt(bytes),
        _ => bytes,
    });
    install(5, &["the index says"]);
    carry(&here, &there);
    rewrite(&there, |name, bytes| match name {
        "packs/pack.stix2" => forged.clone(),
        "vigie-bundle.json" | "index.yaml" => adapt(bytes),
        _ => bytes,
    });
    install(5, &["signature of the index"]);
    assert_eq!(there.file("pack.stix2"), None);
    carry(&here, &there);
    install(0, &["1 new"]);
    // A bundle of an index nobody followed here gets round no pinned key by its name.
    let told = here.server.url("/index.yaml");
    rewrite(&there, |name, bytes| match name {
        "vigie-bundle.json" => {
            String::from_utf8(bytes).unwrap().replace(&told, "https://other.example/index.yaml").into_bytes()
        }
        _ => bytes,
    });
    let before = tree(&there.folder());
    ended(&there.run(&["--from-bundle", "carry.zip"]), 5, &["a key is pinned", "--public-key"]);
    assert_eq!(before, tree(&there.folder()));
    carry(&here, &there);
    // Pinned: the next bundle must be signed without being told.
    rewrite(&there, |name, bytes| if name == "index.yaml.minisig" { vector("other.pub") } else { bytes });
    ended(&there.run(&["--from-bundle", "carry.zip"]), 5, &["signature of the index"]);
}

#[test]
fn a_bundle_says_what_is_not_in_it() {
    let here = Desk::new();
    here.index(&[("Pack A", "a.stix2"), ("Gone", "gone.stix2")]);
    here.server.put("/a.stix2", Reply::Ok(pack("2026-01-02", &MANY)));
    here.server.put("/gone.stix2", status(404));
    here.ends(&["--offline-bundle", "carry.zip"], 3, &["1 packs"]);
    let there = Desk::new();
    carry(&here, &there);
    ended(&there.run(&["--from-bundle", "carry.zip"]), 3, &["1 new", "Gone: not in this bundle"]);
}

#[test]
fn a_bundle_never_replaces_something_else() {
    let desk = written();
    for (name, bytes) in [("evidence.zip", &b"PK\x03\x04 something"[..]), ("notes.txt", b"x"), ("empty", b"")] {
        fs::write(desk.home.path().join(name), bytes).unwrap();
        desk.ends(&["--offline-bundle", name], 2, &["not a bundle"]);
        assert_eq!(fs::read(desk.home.path().join(name)).unwrap(), bytes);
    }
    desk.ends(&["--offline-bundle", "packs"], 2, &["no file"]);
    ended(&desk.run(&["--from-bundle", "missing.zip"]), 2, &["missing.zip"]);
    ended(&desk.run(&["--from-bundle", "carry.zip", "--offline-bundle", "x.zip"]), 2, &[]);
    ended(&desk.run(&["--from-bundle", "carry.zip", "--index", "x"]), 2, &[]);
    // No bundle of packs at all, and one of another time.
    fs::write(desk.home.path().join("notes.zip"), b"not a zip").unwrap();
    ended(&desk.run(&["--from-bundle", "notes.zip"]), 5, &["damaged"]);
    rewrite(&desk, |name, bytes| match name {
        "vigie-bundle.json" => String::from_utf8(bytes).unwrap().replace("\"format\": 1", "\"format\": 2").into_bytes(),
        _ => bytes,
    });
    ended(&desk.run(&["--from-bundle", "carry.zip"]), 5, &["format 2"]);
    // A scan is not offered the bundle by mistake: it is no pack.
    let listed = finish(command(desk.home.path()).args(["packs", "list", "--no-builtin", "-i", "packs"]));
    // A head, and a line for each pack.
    assert_eq!(listed.text().lines().count(), 3);
}
