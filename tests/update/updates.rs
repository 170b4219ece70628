//! What goes well, and what may not go back.

use std::fs;
use std::path::Path;

use super::server::{Reply, with_header};
use super::support::{command, finish, tree};
use super::{Desk, MANY, ended, pack};

#[test]
fn two_packs_come_and_are_used_and_do_not_come_again() {
    let desk = Desk::new();
    desk.index(&[("Pack A", "a.stix2"), ("Pack B", "sub/b.json")]);
    desk.server.put("/a.stix2", Reply::Ok(pack("2026-01-02", &MANY)));
    desk.server.put("/sub/b.json", Reply::Chunked(pack("2026-02-03", &["five.example"]), 7));
    let first = desk.ends(&[], 0, &["new", "4 indicators, newest 2026-01-02", "Pack B", "2 new"]);
    assert_eq!(first.text().lines().filter(|l| l.starts_with("new ")).count(), 2);
    assert_eq!(desk.names(), ["a.stix2", "b.json", "vigie-packs.lock"]);
    assert_eq!(desk.file("a.stix2").unwrap(), pack("2026-01-02", &MANY));
    let lock = desk.lock();
    for line in ["fetched = \"2026-11-22\"", "modified = \"2026-02-03T00:00:00Z\"", "indicators = 4", "size = "] {
        assert!(lock.contains(line), "{lock}");
    }
    let before = tree(&desk.folder());
    desk.ends(&[], 0, &["2 unchanged"]);
    assert_eq!(before, tree(&desk.folder()), "a second run changed something");

    let listed = finish(command(desk.home.path()).args(["packs", "list", "--no-builtin", "-i", "packs"]));
    assert_eq!(listed.code(), 0, "{}", listed.stderr);
    // A head, and a line for each pack.
    assert_eq!(listed.text().lines().count(), 3);
}

#[test]
fn a_later_version_takes_the_place_of_the_old_one() {
    let desk = Desk::new();
    desk.one(Reply::Ok(pack("2026-01-02", &MANY)));
    desk.ends(&[], 0, &["1 new"]);
    desk.server.put("/a.stix2", Reply::Ok(pack("2026-01-03", &MANY[..3])));
    let ran = desk.ends(&["--json"], 0, &[]);
    let report = ran.json();
    assert_eq!(report["packs"][0]["state"], "updated");
    assert_eq!(report["packs"][0]["installed"]["indicators"], 3);
    assert_eq!(report["index"]["source"], desk.server.url("/index.yaml").as_str());
    assert_eq!(desk.names(), ["a.stix2", "vigie-packs.lock"]);
}

#[test]
fn an_older_or_poorer_pack_is_refused_until_accepted() {
    let desk = Desk::new();
    desk.one(Reply::Ok(pack("2026-01-02", &MANY)));
    desk.ends(&[], 0, &[]);
    let before = tree(&desk.folder());
    for (reply, word) in [
        (pack("2026-01-01", &MANY), "older than"),
        (pack("2026-05-01", &MANY[..1]), "more than half"),
        (pack("2025-05-01", &MANY[..1]), "2025-05-01T00:00:00Z"),
    ] {
        desk.server.put("/a.stix2", Reply::Ok(reply.clone()));
        desk.ends(&[], 5, &["refused", word, "a.stix2 of 2026-11-22 stays", "--allow-rollback"]);
        assert_eq!(before, tree(&desk.folder()));
    }
    // Exactly half is not more than half.
    desk.server.put("/a.stix2", Reply::Ok(pack("2026-01-02", &MANY[..2])));
    desk.ends(&[], 0, &["updated"]);
    desk.server.put("/a.stix2", Reply::Ok(pack("2025-05-01", &["x.example"])));
    desk.ends(&[], 5, &[]);
    desk.ends(&["--allow-rollback"], 0, &["updated", "newest 2025-05-01"]);
    desk.ends(&[], 0, &["unchanged"]);
}

#[test]
fn a_pack_that_vanished_is_kept_and_said() {
    let desk = Desk::new();
    desk.index(&[("Pack A", "a.stix2"), ("Pack B", "b.stix2")]);
    desk.server.put("/a.stix2", Reply::Ok(pack("2026-01-02", &MANY)));
    desk.server.put("/b.stix2", Reply::Ok(pack("2026-01-02", &["b.example"])));
    desk.ends(&[], 0, &[]);
    desk.index(&[("Pack A", "a.stix2")]);
    desk.ends(&[], 5, &["Pack B: the index no longer names it", "1 unchanged", "1 refused"]);
    assert_eq!(desk.names(), ["a.stix2", "b.stix2", "vigie-packs.lock"]);
    desk.ends(&["--allow-rollback"], 0, &["1 removed"]);
    assert_eq!(desk.names(), ["a.stix2", "vigie-packs.lock"]);
    assert!(!desk.lock().contains("Pack B"));
}

#[test]
fn the_version_of_an_index_never_goes_back() {
    let desk = Desk::new();
    desk.server.put("/a.stix2", Reply::Ok(pack("2026-01-02", &MANY)));
    let with = |top: &str| desk.index_with(top, &[("Pack A", "a.stix2", "")]);
    with("version: 9");
    desk.ends(&[], 0, &[]);
    with("version: \"10.1\"");
    desk.ends(&[], 0, &[]);
    let asked = desk.server.asked().len();
    for old in ["version: 9", "version: 10", ""] {
        with(old);
        desk.ends(&[], 5, &["the last one had version 10.1"]);
    }
    assert_eq!(desk.server.asked().len(), asked + 3, "packs of an old index were fetched");
    with("version: 9");
    desk.ends(&["--allow-rollback"], 0, &["1 unchanged"]);
    desk.ends(&[], 0, &[]);
}

#[test]
fn dates_in_the_future_do_not_lock_out_what_comes() {
    let desk = Desk::new();
    desk.one(Reply::Ok(pack("2199-01-01", &MANY)));
    desk.ends(&[], 0, &["dates in the future"]);
    assert!(!desk.lock().contains("2199"));
    desk.server.put("/a.stix2", Reply::Ok(pack("2026-11-21", &MANY)));
    desk.ends(&[], 0, &["updated"]);
}

#[test]
fn a_file_that_was_changed_is_put_back_and_one_of_others_is_left_alone() {
    let desk = Desk::new();
    fs::create_dir(desk.folder()).unwrap();
    fs::write(desk.folder().join("A.stix2"), b"somebody's own").unwrap();
    desk.one(Reply::Ok(pack("2026-01-02", &MANY)));
    desk.ends(&[], 0, &["1 new"]);
    assert_eq!(desk.file("A.stix2").unwrap(), b"somebody's own");
    let ours = desk.names().into_iter().find(|n| n.starts_with("a-")).expect("a name of its own");
    desk.ends(&[], 0, &["1 unchanged"]);
    fs::write(desk.folder().join(&ours), b"{}").unwrap();
    ended(&desk.run(&["--check"]), 5, &["changed", &ours]);
    desk.ends(&[], 0, &["updated", "it was put back"]);
    assert_eq!(desk.file(&ours).unwrap(), pack("2026-01-02", &MANY));
    // The other one's file is no part of what was got, and `-i` would load it.
    fs::create_dir(desk.folder().join("sub")).unwrap();
    fs::write(desk.folder().join("sub/domains.txt"), b"x.example").unwrap();
    fs::write(desk.folder().join("NOTES.md"), b"x").unwrap();
    ended(&desk.run(&["--check"]), 5, &["same", "foreign   A.stix2", "domains.txt"]);
    let told = desk.run(&["--check", "--json"]).json();
    assert_eq!(told["foreign"].as_array().unwrap().len(), 2, "{told}");
    fs::remove_file(desk.folder().join("A.stix2")).unwrap();
    fs::remove_dir_all(desk.folder().join("sub")).unwrap();
    ended(&desk.run(&["--check"]), 0, &["same"]);
    fs::remove_file(desk.folder().join(&ours)).unwrap();
    ended(&desk.run(&["--check"]), 5, &["missing"]);
    desk.ends(&[], 0, &["it was put back"]);
}

#[test]
fn a_crash_half_way_leaves_what_the_next_run_finishes() {
    let desk = Desk::new();
    desk.index(&[("Pack A", "a.stix2"), ("Pack B", "b.stix2")]);
    desk.server.put("/a.stix2", Reply::Ok(pack("2026-01-02", &MANY)));
    desk.server.put("/b.stix2", Reply::Ok(pack("2026-01-02", &["b.example"])));
    desk.ends(&[], 0, &[]);
    let whole = tree(&desk.folder());
    // Pack B was renamed into its place, and the lock was not written any more; another file was half written.
    let lock = desk.lock();
    let (head, rest) = lock.split_once("[[pack]]").unwrap();
    let (a, b) = rest.split_once("[[pack]]").unwrap();
    assert!(b.contains("Pack B"));
    fs::write(desk.folder().join("vigie-packs.lock"), format!("{head}[[pack]]{a}")).unwrap();
    fs::write(desk.folder().join(".vigie-fetch-Ab12"), b"{\"type\": \"bun").unwrap();
    desk.ends(&[], 0, &["1 unchanged", "1 new"]);
    assert_eq!(whole, tree(&desk.folder()));
}

#[test]
fn what_came_before_a_kill_is_pinned() {
    let desk = Desk::new();
    desk.index(&[("Pack A", "a.stix2"), ("Pack B", "b.stix2")]);
    desk.server.put("/a.stix2", Reply::Ok(pack("2026-01-02", &MANY)));
    desk.server.put("/b.stix2", Reply::Silence);
    let index = desk.server.url("/index.yaml");
    let mut run = command(desk.home.path());
    run.args(["packs", "update", "--to", "packs", "--now", super::NOW, "--index", &index]);
    let mut running = run.stdout(std::process::Stdio::null()).spawn().unwrap();
    while !desk.server.asked().iter().any(|p| p == "/b.stix2") {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    ended(&desk.run(&["--check"]), 0, &["same      a.stix2"]);
    desk.server.put("/b.stix2", Reply::Ok(pack("2026-01-02", &["b.example"])));
    desk.ends(&[], 0, &["1 unchanged", "1 new"]);
    assert_eq!(desk.names(), ["a.stix2", "b.stix2", "vigie-packs.lock"]);
}

#[test]
fn two_at_once_do_not_meet() {
    let desk = Desk::new();
    desk.one(Reply::Trickle(pack("2026-01-02", &["a.example"])));
    let index = desk.server.url("/index.yaml");
    let mut first = command(desk.home.path());
    first.args(["packs", "update", "--to", "packs", "--now", super::NOW, "--index", &index]);
    let mut running = first.stdout(std::process::Stdio::null()).spawn().unwrap();
    while !desk.server.asked().iter().any(|p| p == "/a.stix2") {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    desk.ends(&[], 3, &["another update is at work"]);
    running.kill().unwrap();
    running.wait().unwrap();
    desk.one(with_header("Content-Type: application/json", &pack("2026-01-02", &["a.example"])));
    desk.ends(&[], 0, &["1 new"]);
    assert_eq!(desk.names(), ["a.stix2", "vigie-packs.lock"], "the killed run left something behind");
}

#[test]
fn a_damaged_lock_is_not_forgotten() {
    let desk = Desk::new();
    desk.one(Reply::Ok(pack("2026-01-02", &MANY)));
    desk.ends(&[], 0, &[]);
    for bad in ["format = 1\npack = 3", "\u{0}", "format = 99"] {
        fs::write(desk.folder().join("vigie-packs.lock"), bad).unwrap();
        desk.ends(&[], 5, &["vigie-packs.lock"]);
        ended(&desk.run(&["--check"]), 5, &["vigie-packs.lock"]);
    }
    let elsewhere = desk.home.path().join("victim");
    fs::write(&elsewhere, b"precious").unwrap();
    let hostile = "format = 1\n[[pack]]\nindex = \"i\"\nid = \"x\"\nname = \"\"\nfile = \"../victim\"\nurl = \"\"\n\
                   sha256 = \"\"\nsize = 1\nfetched = \"2026-01-01\"\nindicators = 1\n";
    fs::write(desk.folder().join("vigie-packs.lock"), hostile).unwrap();
    desk.ends(&["--allow-rollback"], 5, &["no name of a pack's file"]);
    assert_eq!(fs::read(elsewhere).unwrap(), b"precious");
}

#[test]
fn two_indexes_share_a_folder() {
    let (desk, other) = (Desk::new(), Desk::new());
    desk.one(Reply::Ok(pack("2026-01-02", &MANY)));
    other.one(Reply::Ok(pack("2020-01-01", &["old.example"])));
    desk.ends(&[], 0, &[]);
    ended(&desk.run(&["--index", &other.server.url("/index.yaml")]), 0, &["1 new"]);
    assert_eq!(desk.names().len(), 3, "{:?}", desk.names());
    desk.ends(&[], 0, &["1 unchanged"]);
}

#[test]
fn the_folder_of_the_user_is_the_default() {
    let desk = Desk::new();
    desk.one(Reply::Ok(pack("2026-01-02", &MANY)));
    let data = if cfg!(target_os = "macos") { "Library/Application Support" } else { "data" };
    let mut run = command(desk.home.path());
    run.env("XDG_DATA_HOME", desk.home.path().join("data")).env("LOCALAPPDATA", desk.home.path().join("data"));
    run.args(["packs", "update", "--index", &desk.server.url("/index.yaml")]);
    assert_eq!(finish(&mut run).code(), 0);
    assert!(desk.home.path().join(data).join("vigie/packs/a.stix2").is_file());
}

#[test]
fn an_index_in_a_file_may_not_lead_into_the_clear() {
    let desk = Desk::new();
    let index = desk.home.path().join("index.yaml");
    let at = desk.server.url("/a.stix2");
    fs::write(&index, format!("indicators: [{{type: download, name: A, download_url: \"{at}\"}}]")).unwrap();
    ended(&desk.run(&["--index", "index.yaml"]), 4, &["not HTTPS"]);
    assert!(desk.server.asked().is_empty());
    ended(&desk.run(&["--index", "missing.yaml"]), 2, &["missing.yaml"]);
    ended(&desk.run(&["--index", "http://example.org/index.yaml"]), 5, &["not HTTPS"]);
    ended(&desk.run(&["--index", "ftp://example.org/index.yaml"]), 2, &["https://"]);
    ended(&desk.run(&["--check", "--index", "index.yaml"]), 2, &[]);
    ended(&desk.run(&["--check"]), 0, &[]);
    ended(&desk.run(&["--public-key", "nonsense", "--index", "index.yaml"]), 2, &["neither a minisign key"]);
}

/// Only one file of the program may open a connection.
#[test]
fn nothing_else_speaks_to_a_network() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut looked_at = 0;
    for entry in walkdir::WalkDir::new(&src) {
        let entry = entry.unwrap();
        if entry.path().extension().is_none_or(|e| e != "rs") {
            continue;
        }
        looked_at += 1;
        let text = fs::read_to_string(entry.path()).unwrap();
        let name = entry.path().strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        for word in [
            "ureq",
            "rustls",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "UnixStream",
            "ToSocketAddrs",
            "process::Command",
        ] {
            let allowed = name == "kit/update/http.rs";
            assert!(allowed || !text.contains(word), "{name} names {word}");
        }
    }
    assert!(looked_at > 100);
}
