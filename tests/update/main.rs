//! `vigie packs update` as a person types it, against a real server on loopback that tells the truth, half of it, or
//! something else. `vectors.py` says how the signatures and certificates were made.
#![cfg(feature = "update")]

#[path = "../support/mod.rs"]
mod support;

mod carried;
mod hostile;
mod server;
mod signed;
mod updates;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use server::{Reply, Server};
use support::Ran;

/// The day all of this happens.
const NOW: &str = "2026-11-22T12:00:00Z";

fn vector(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/update/vectors").join(name)).unwrap()
}

fn vector_text(name: &str) -> String {
    String::from_utf8(vector(name)).unwrap()
}

/// A bundle with one indicator per domain, all modified on that day.
fn pack(day: &str, domains: &[&str]) -> Vec<u8> {
    let objects: Vec<Value> = domains
        .iter()
        .enumerate()
        .map(|(i, domain)| {
            json!({
                "type": "indicator", "spec_version": "2.1", "id": format!("indicator--00000000-0000-4000-8000-{i:012x}"),
                "created": "2024-01-01T00:00:00Z", "modified": format!("{day}T00:00:00Z"),
                "valid_from": "2024-01-01T00:00:00Z", "pattern_type": "stix",
                "pattern": format!("[domain-name:value = '{domain}']"),
            })
        })
        .collect();
    serde_json::to_vec_pretty(&json!({
        "type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects,
    }))
    .unwrap()
}

const MANY: [&str; 4] = ["one.example", "two.example", "three.example", "four.example"];

/// A server, a folder for packs, and a home of its own.
struct Desk {
    server: Server,
    home: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { server: Server::start(), home: tempfile::tempdir().unwrap() }
    }

    /// Puts up an index of these packs at `/index.yaml`; each is a name and where it is.
    fn index(&self, packs: &[(&str, &str)]) {
        self.index_with("", &packs.iter().map(|(n, at)| (*n, *at, "")).collect::<Vec<_>>());
    }

    /// The same, with lines on top and keys of each pack.
    fn index_with(&self, top: &str, packs: &[(&str, &str, &str)]) {
        let mut text = format!("{top}\nindicators:\n");
        for (name, at, more) in packs {
            text += &format!("  - type: download\n    name: {name}\n    download_url: \"{at}\"\n{more}");
        }
        self.server.put("/index.yaml", Reply::Ok(text.into_bytes()));
    }

    /// The index of one pack at `/a.stix2`.
    fn one(&self, reply: Reply) {
        self.index(&[("Pack A", "a.stix2")]);
        self.server.put("/a.stix2", reply);
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("packs")
    }

    fn file(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.folder().join(name)).ok()
    }

    /// The names in the folder that a person would look at.
    fn names(&self) -> Vec<String> {
        let mut all = support::names(&self.folder());
        all.retain(|n| n != ".vigie-packs.busy");
        all
    }

    fn lock(&self) -> String {
        String::from_utf8(self.file("vigie-packs.lock").unwrap()).unwrap()
    }

    /// `vigie packs update --to packs --now …` with further arguments.
    fn run(&self, more: &[&str]) -> Ran {
        let mut command = support::command(self.home.path());
        command.args(["packs", "update", "--to", "packs", "--now", NOW]).args(more);
        support::finish(&mut command)
    }

    /// The same from this server's index.
    fn update(&self, more: &[&str]) -> Ran {
        let index = self.server.url("/index.yaml");
        self.run(&[&["--index", index.as_str()], more].concat())
    }

    /// Updates, and expects this exit code and these words on stdout or stderr.
    fn ends(&self, more: &[&str], code: i32, says: &[&str]) -> Ran {
        let ran = self.update(more);
        ended(&ran, code, says);
        ran
    }
}

fn ended(ran: &Ran, code: i32, says: &[&str]) {
    let all = format!("{}{}", ran.text(), ran.stderr);
    assert_eq!(ran.code(), code, "{all}");
    for word in says {
        assert!(all.contains(word), "no {word:?} in:\n{all}");
    }
    assert!(!all.chars().any(|c| c.is_control() && c != '\n'), "control characters in {all:?}");
}
