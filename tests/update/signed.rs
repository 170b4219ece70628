//! Hashes, sizes and minisign signatures.

use super::server::Reply;
use super::support::tree;
use super::{Desk, MANY, ended, pack, vector, vector_text};

#[test]
fn a_hash_and_a_size_in_the_index_hold() {
    let desk = Desk::new();
    let body = vector("pack.stix2");
    let index = vector_text("index.yaml");
    let sha256 =
        index.lines().find_map(|l| l.trim().strip_prefix("sha256: \"")).unwrap().trim_end_matches('"').to_owned();
    let with = |keys: &str| desk.index_with("", &[("Pack", "p.stix2", keys)]);
    desk.server.put("/p.stix2", Reply::Ok(body.clone()));
    with(&format!("    sha256: \"{}\"\n", sha256.replace(&sha256[..2], "00")));
    desk.ends(&[], 5, &["its SHA-256 is", &sha256]);
    with(&format!("    size: {}\n", body.len() + 1));
    desk.ends(&[], 5, &[&format!("{} bytes, the index says {}", body.len(), body.len() + 1)]);
    with("    size: 99999999999\n");
    desk.ends(&[], 5, &["99999999999 bytes, at most"]);
    assert_eq!(desk.server.asked().iter().filter(|p| *p == "/p.stix2").count(), 2, "too large, and asked for");
    assert_eq!(desk.names(), ["vigie-packs.lock"]);
    with(&format!("    sha256: \"{}\"\n    size: {}\n", sha256.to_uppercase(), body.len()));
    desk.ends(&[], 0, &["1 new"]);
}

/// A desk whose server has the signed index and pack.
fn signed() -> Desk {
    let desk = Desk::new();
    for name in ["index.yaml", "index.yaml.minisig", "pack.stix2", "pack.stix2.minisig"] {
        desk.server.put(&format!("/{name}"), Reply::Ok(vector(name)));
    }
    std::fs::write(desk.home.path().join("good.pub"), vector("good.pub")).unwrap();
    std::fs::write(desk.home.path().join("other.pub"), vector("other.pub")).unwrap();
    desk
}

fn key(name: &str) -> String {
    vector_text(name).lines().nth(1).unwrap().to_owned()
}

#[test]
fn a_signed_index_and_pack_are_taken_and_their_key_is_pinned() {
    let desk = signed();
    // Signed, and nobody said with which key.
    desk.ends(&[], 5, &["no key is known", "--public-key"]);
    desk.ends(&["--public-key", "good.pub"], 0, &["1 new"]);
    assert_eq!(desk.lock().matches(&key("good.pub")).count(), 2);
    // From now on without being named, and as the bare line.
    desk.ends(&[], 0, &["1 unchanged"]);
    desk.ends(&["--public-key", &key("good.pub")], 0, &["1 unchanged"]);
    let before = tree(&desk.folder());
    // The index without its signature, with that of another index, and changed.
    desk.server.put("/index.yaml.minisig", super::server::status(404));
    desk.ends(&[], 5, &["signature of the index", "404"]);
    desk.server.put("/index.yaml.minisig", Reply::Ok(vector("index-old.yaml.minisig")));
    desk.ends(&["--allow-rollback"], 5, &["signature of the index"]);
    desk.server.put("/index.yaml.minisig", Reply::Ok(vector("index.yaml.minisig")));
    desk.server.put("/index.yaml", Reply::Ok([vector("index.yaml"), b"# more\n".to_vec()].concat()));
    desk.ends(&[], 5, &["signature verification failed"]);
    assert_eq!(before, tree(&desk.folder()));
    // An old index with its own good signature.
    desk.server.put("/index.yaml", Reply::Ok(vector("index-old.yaml")));
    desk.server.put("/index.yaml.minisig", Reply::Ok(vector("index-old.yaml.minisig")));
    desk.ends(&[], 5, &["version 1", "version 2"]);
    assert_eq!(before, tree(&desk.folder()));
}

#[test]
fn another_key_is_another_signer() {
    let desk = signed();
    desk.ends(&["--public-key", "other.pub"], 5, &["different key"]);
    assert_eq!(desk.names(), Vec::<String>::new());
    desk.ends(&["--public-key", "good.pub"], 0, &[]);
    desk.ends(&["--public-key", "other.pub"], 5, &["different key"]);
    desk.ends(&[], 0, &["1 unchanged"]);
}

#[test]
fn signatures_that_do_not_hold() {
    for (name, says) in [
        ("pack.stix2.other.minisig", "different key"),
        ("index.yaml.minisig", "signature verification failed"),
        ("pack.stix2.legacy.minisig", "non-legacy"),
        ("good.pub", "encoding"),
    ] {
        let desk = signed();
        desk.server.put("/pack.stix2.minisig", Reply::Ok(vector(name)));
        desk.ends(&["--public-key", "good.pub"], 5, &["minisign with key", says]);
        assert_eq!(desk.names(), ["vigie-packs.lock"]);
    }
    let desk = signed();
    let changed = vector_text("pack.stix2").replace("signed-one", "forged-one");
    let text = vector_text("pack.stix2.minisig").replace("trusted comment: pack", "trusted comment: evil");
    desk.server.put("/pack.stix2.minisig", Reply::Ok(text.into_bytes()));
    desk.ends(&["--public-key", "good.pub"], 5, &["signature verification failed"]);
    desk.server.put("/pack.stix2.minisig", Reply::Endless);
    desk.ends(&["--public-key", "good.pub"], 5, &["at most 2048"]);
    desk.server.put("/pack.stix2.minisig", super::server::status(404));
    desk.ends(&["--public-key", "good.pub"], 3, &["404"]);
    desk.server.put("/pack.stix2.minisig", Reply::Ok(vector("pack.stix2.minisig")));
    // The hash of the index alone would find this; here the signature must.
    let keys = signature_keys("good.pub", "pack.stix2.minisig");
    desk.index_with("", &[("Pack", "pack.stix2", &keys)]);
    desk.server.put("/pack.stix2", Reply::Ok(changed.into_bytes()));
    desk.ends(&[], 5, &["signature verification failed"]);
}

/// Keys of an entry whose signature stands in the index.
fn signature_keys(public: &str, signature: &str) -> String {
    let text: String = vector_text(signature).lines().map(|l| format!("      {l}\n")).collect();
    format!("    public_key: \"{}\"\n    minisig: |\n{text}", key(public))
}

#[test]
fn a_pack_that_was_signed_once_stays_signed() {
    let desk = Desk::new();
    desk.server.put("/pack.stix2", Reply::Ok(vector("pack.stix2")));
    let good = signature_keys("good.pub", "pack.stix2.minisig");
    desk.index_with("", &[("Pack", "pack.stix2", &good)]);
    desk.ends(&[], 0, &["1 new"]);
    desk.ends(&[], 0, &["1 unchanged"]);
    desk.index_with("", &[("Pack", "pack.stix2", "")]);
    desk.ends(&[], 5, &["now is not signed at all"]);
    desk.index_with("", &[("Pack", "pack.stix2", &signature_keys("other.pub", "pack.stix2.other.minisig"))]);
    desk.ends(&[], 5, &["and now with key"]);
    desk.index_with("", &[("Pack", "pack.stix2", &good.replace("RWQ", "XXX"))]);
    desk.ends(&[], 5, &["not a minisign public key"]);
    desk.index_with("", &[("Pack", "pack.stix2", "")]);
    desk.server.put("/pack.stix2", Reply::Ok(pack("2026-09-01", &MANY)));
    desk.ends(&[], 5, &["now is not signed at all"]);
    desk.ends(&["--allow-rollback"], 0, &["updated"]);
    ended(&desk.run(&["--check"]), 0, &["same"]);
}
