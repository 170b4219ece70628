//! Servers that fail, lie, or mean harm. Whatever they do, the pack that lies here stays.

use std::time::{Duration, Instant};

use super::server::{Reply, Server, status, with_header};
use super::support::tree;
use super::{Desk, MANY, ended, pack, vector};

/// A desk with a good pack, and what the folder looks like.
fn settled() -> Desk {
    let desk = Desk::new();
    desk.one(Reply::Ok(pack("2026-01-02", &MANY)));
    desk.ends(&[], 0, &["1 new"]);
    desk
}

/// With this answer the update ends so, says so, and the old pack stays.
fn turned_down(reply: Reply, more: &[&str], code: i32, says: &[&str]) {
    let desk = settled();
    let before = tree(&desk.folder());
    desk.server.put("/a.stix2", reply.clone());
    desk.ends(more, code, &[says, &["a.stix2 of 2026-11-22 stays"]].concat());
    assert_eq!(before, tree(&desk.folder()), "the folder changed");
    // Where nothing lies yet, nothing comes.
    let empty = Desk::new();
    empty.one(reply);
    let ran = empty.update(more);
    assert!([3, 4, 5].contains(&ran.code()), "{}", ran.code());
    assert_eq!(empty.names(), ["vigie-packs.lock"]);
}

fn cut(body: &[u8], said: usize) -> Reply {
    Reply::Raw([format!("HTTP/1.1 200 OK\r\nContent-Length: {said}\r\n\r\n").as_bytes(), body].concat())
}

#[test]
fn bodies_that_end_early() {
    let good = pack("2026-05-01", &MANY);
    turned_down(cut(&good[..200], good.len()), &[], 3, &["cut short after 200 bytes of"]);
    turned_down(cut(&good, good.len() + 1), &[], 3, &["cut short"]);
    // A good pack, but nobody knows whether that is all of it.
    let unframed = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &good].concat();
    turned_down(Reply::Raw(unframed), &[], 5, &["neither Content-Length nor chunks"]);
    // Cut between two chunks, and inside one.
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("{:x}\r\n{}\r\n", good.len(), String::from_utf8(good.clone()).unwrap());
    turned_down(Reply::Raw(format!("{head}{chunk}").into_bytes()), &[], 3, &["a.stix2"]);
    turned_down(Reply::Raw(format!("{head}{}", &chunk[..300]).into_bytes()), &[], 3, &["a.stix2"]);
    // Whole by its length, but the bundle ends before its end.
    turned_down(Reply::Ok(good[..good.len() - 3].to_vec()), &[], 5, &["ends before the bundle does"]);
}

#[test]
fn servers_that_are_not_there_or_say_no() {
    turned_down(status(404), &[], 3, &["HTTP status 404"]);
    turned_down(status(500), &[], 3, &["HTTP status 500"]);
    turned_down(status(206), &[], 3, &["HTTP status 206"]);
    turned_down(Reply::Raw(Vec::new()), &[], 3, &["a.stix2"]);
    turned_down(Reply::Raw(b"SSH-2.0-OpenSSH\r\n".to_vec()), &[], 3, &["a.stix2"]);
    turned_down(Reply::Raw([b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'x'; 200_000]].concat()), &[], 3, &["a.stix2"]);
    let desk = Desk::new();
    ended(&desk.run(&["--index", "http://127.0.0.1:1/index.yaml"]), 3, &["http://127.0.0.1:1/index.yaml"]);
    assert!(!desk.folder().exists(), "nothing was got, and a folder was made");
    desk.server.put("/index.yaml", status(503));
    desk.ends(&["--json"], 3, &["503"]);
}

#[test]
fn slow_servers() {
    for reply in [Reply::Silence, Reply::Trickle(pack("2026-05-01", &MANY))] {
        let desk = settled();
        desk.server.put("/a.stix2", reply);
        let began = Instant::now();
        desk.ends(&["--timeout", "1"], 3, &["within 1 s", "stays"]);
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }
}

#[test]
fn redirects() {
    let desk = settled();
    let other = Server::start();
    other.put("/a.stix2", Reply::Ok(pack("2026-06-01", &MANY)));
    let refused = |to: &str, says: &[&str]| {
        desk.server.put("/a.stix2", Reply::Redirect(302, to.to_owned()));
        desk.ends(&[], 5, says);
    };
    let hosts = [desk.server.origin.trim_start_matches("http://"), other.origin.trim_start_matches("http://")];
    refused(&other.url("/a.stix2"), &["another host", hosts[0], hosts[1]]);
    refused(&other.url("/a.stix2").replace("127.0.0.1", "127.0.0.2"), &["127.0.0.2", "another host"]);
    refused("https://evil.example/a.stix2", &[hosts[0], "redirects to evil.example", "not followed"]);
    refused("//evil.example/a.stix2", &["evil.example"]);
    refused("file:///etc/passwd", &["expected https://"]);
    refused("http://127.0.0.1@evil.example/", &["user name"]);
    refused("/a.stix2", &["more than 5 redirects"]);
    assert!(other.asked().is_empty(), "a redirect to another host was followed");
    desk.server.put("/a.stix2", Reply::Raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n".to_vec()));
    desk.ends(&[], 3, &["without a Location"]);
    // To the same host it is followed, whichever way it is written.
    desk.server.put("/deep/b", Reply::Redirect(307, "c?x=1".to_owned()));
    desk.server.put("/deep/c?x=1", Reply::Redirect(308, desk.server.url("/new.stix2")));
    desk.server.put("/new.stix2", Reply::Ok(pack("2026-06-01", &MANY)));
    desk.server.put("/a.stix2", Reply::Redirect(301, "/deep/b".to_owned()));
    desk.ends(&[], 0, &["updated", "newest 2026-06-01"]);
    assert_eq!(desk.names(), ["a.stix2", "vigie-packs.lock"]);
}

#[test]
fn more_than_is_taken() {
    let limit = ["--max-pack-bytes", "20000"];
    turned_down(cut(b"{", 20_001), &limit, 5, &["20001 bytes, at most 20000"]);
    turned_down(cut(b"{", usize::MAX), &[], 5, &["at most"]);
    turned_down(Reply::Endless, &limit, 5, &["at most 20000"]);
    let desk = Desk::new();
    desk.server.put("/index.yaml", Reply::Endless);
    desk.ends(&[], 5, &["at most 1048576"]);
    desk.server.put("/index.yaml", cut(b"", 1 << 40));
    desk.ends(&[], 5, &["at most 1048576"]);
}

#[test]
fn content_that_is_no_pack() {
    let page = b"<!DOCTYPE html><html><head><title>Please log in\x1b[2J</title></head></html>".to_vec();
    turned_down(Reply::Ok(page.clone()), &[], 5, &["an HTML page (Please log in\\u{1b}[2J)"]);
    turned_down(Reply::Ok(b"{\"type\": \"bundle\", \"objects\": [\"\xff\xfe\"]}".to_vec()), &[], 5, &["UTF-8"]);
    // One byte, in an otherwise good pack, where no reader of STIX would look at it.
    let mut one = pack("2026-05-01", &MANY);
    let id = one.windows(8).position(|w| w == b"bundle--").unwrap();
    one[id + 8] = 0xe9;
    turned_down(Reply::Ok(one), &[], 5, &["expected UTF-8 text, found other bytes"]);
    let utf16: Vec<u8> = "{\"type\": \"bundle\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    turned_down(Reply::Ok(utf16), &[], 5, &["expected"]);
    turned_down(Reply::Ok(b"{\"name\": \"not STIX\"}".to_vec()), &[], 5, &["without `objects` and `type`"]);
    turned_down(Reply::Ok(b"[1, 2, 3]".to_vec()), &[], 5, &["a.stix2"]);
    turned_down(Reply::Ok(b"just words".to_vec()), &[], 5, &["expected `{` or `[`"]);
    turned_down(Reply::Ok(Vec::new()), &[], 5, &["found no text"]);
    turned_down(Reply::Ok(pack("2026-05-01", &[])), &[], 5, &["a.stix2"]);
    turned_down(Reply::Ok(pack("2026-05-01", &["not a domain"])), &[], 5, &["not one usable indicator"]);
    turned_down(Reply::Ok(vec![b'['; 100_000]), &[], 5, &["a.stix2"]);
    turned_down(with_header("Content-Encoding: gzip", b"\x1f\x8b"), &[], 5, &["encoded as gzip"]);
    let desk = Desk::new();
    desk.one(Reply::Ok(page.clone()));
    desk.ends(&[], 4, &["an HTML page"]);
    desk.server.put("/index.yaml", Reply::Ok(page));
    desk.ends(&[], 4, &["not an index of packs: it is an HTML page (Please log in\\u{1b}[2J)"]);
    desk.server.put("/index.yaml", Reply::Ok(b"indicators: \x1b[31m".to_vec()));
    desk.ends(&[], 4, &["not an index"]);
}

#[test]
fn one_bad_pack_does_not_keep_the_others_away() {
    let desk = Desk::new();
    desk.index(&[("Bad", "bad.stix2"), ("Good", "good.stix2"), ("In clear", "http://example.org/x"), ("Gone", "gone")]);
    desk.server.put("/bad.stix2", Reply::Ok(b"<html>".to_vec()));
    desk.server.put("/good.stix2", Reply::Ok(pack("2026-05-01", &MANY)));
    let ran = desk.ends(&["--json"], 5, &[]);
    let report = ran.json();
    let ended: Vec<_> =
        report["packs"].as_array().unwrap().iter().map(|p| (&p["state"], &p["reason"]["code"])).collect();
    assert_eq!(ended[0], (&"refused".into(), &"html".into()));
    assert_eq!(ended[1].0, "new");
    assert_eq!(ended[2], (&"refused".into(), &"entry".into()));
    assert_eq!(ended[3], (&"unreachable".into(), &"http-status".into()));
    assert_eq!(desk.names(), ["good.stix2", "vigie-packs.lock"]);
}

#[test]
fn names_that_lead_elsewhere() {
    let desk = Desk::new();
    let paths = [
        "/x/..%2f..%2f..%2fescape.stix2",
        "/%2e%2e/%2e%2e",
        "/..",
        "/C:%5Cevil.stix2",
        "/nul.json",
        "/.hidden.stix2",
        "/vigie-packs.lock",
        "/.vigie-packs.busy",
        "/collection.yaml",
        "/same.stix2",
        "/other/SAME.stix2",
    ];
    let long = format!("/{}.stix2", "l".repeat(1_500));
    let mut packs = Vec::new();
    for path in paths.iter().copied().chain([long.as_str()]) {
        desk.server.put(path, Reply::Ok(pack("2026-05-01", &[&format!("p{}.example", packs.len())])));
        packs.push(("\"\\u001b[2J\\u202eevil\\r\\nname\"", desk.server.url(path)));
    }
    desk.index(&packs.iter().map(|(n, at)| (*n, at.as_str())).collect::<Vec<_>>());
    let ran = desk.ends(&[], 0, &["\\u{1b}[2J\\u{202e}evil"]);
    assert_eq!(ran.text().lines().filter(|l| l.starts_with("new ")).count(), packs.len(), "{}", ran.text());
    let names = desk.names();
    assert_eq!(names.len(), packs.len() + 1, "{names:?}");
    for name in names.iter().filter(|n| *n != "vigie-packs.lock") {
        assert!(name.len() <= 100 && !name.starts_with('.'), "{name}");
        assert!(name.ends_with(".stix2") || name.ends_with(".json"), "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{name}");
    }
    let home = super::support::names(desk.home.path());
    assert_eq!(home, ["packs", "tmp"], "something was written outside the folder");
    desk.ends(&[], 0, &["12 unchanged"]);
}

#[test]
fn tls_is_checked() {
    let server = Server::start_tls();
    let desk = Desk::new();
    std::fs::write(desk.home.path().join("ca.pem"), vector("ca.pem")).unwrap();
    let put = |packs: &str| server.put("/index.yaml", Reply::Ok(format!("indicators: [{packs}]").into_bytes()));
    put("{type: download, name: A, download_url: a.stix2}");
    server.put("/a.stix2", Reply::Ok(pack("2026-05-01", &MANY)));
    let index = server.url("/index.yaml");
    // Nobody vouches for this server.
    ended(&desk.run(&["--index", &index]), 3, &["index.yaml", "ertificate"]);
    assert!(server.asked().is_empty(), "something was asked of a server that nobody vouches for");
    let with = |code: i32, says: &[&str]| ended(&desk.run(&["--index", &index, "--ca-file", "ca.pem"]), code, says);
    with(0, &["1 new"]);
    // The certificate is for 127.0.0.1 only.
    let elsewhere = index.replace("127.0.0.1", "localhost");
    ended(&desk.run(&["--index", &elsewhere, "--ca-file", "ca.pem"]), 3, &["ertificate"]);
    // Never from there into the clear: not by an index, not by a redirect.
    put(&format!("{{type: download, name: A, download_url: \"{}\"}}", desk.server.url("/a.stix2")));
    with(5, &["not HTTPS"]);
    put("{type: download, name: A, download_url: a.stix2}");
    server.put("/a.stix2", Reply::Redirect(302, server.url("/b.stix2").replace("https", "http")));
    with(5, &["from HTTPS into the clear"]);
    assert!(desk.server.asked().is_empty());
    std::fs::write(desk.home.path().join("ca.pem"), b"no certificate").unwrap();
    with(2, &["certificate"]);
}
