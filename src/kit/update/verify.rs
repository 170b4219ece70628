//! Is this a pack? What was fetched is looked at before it takes the place of anything: text, JSON, whole, STIX, of
//! use; and the hash and signature it should have.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use minisign_verify::{PublicKey, Signature};
use sha2::{Digest, Sha256};

use super::Reason;
use super::lock::Instant;
use crate::formats::hex;
use crate::packs::{self, Library, LoadError};
use crate::report::sanitize;
use crate::stix::bundle::read_bundle;
use crate::stix::object::{Common, Parsed, StixObject};
use crate::stix::time::parse_timestamp;

/// Bytes looked at to tell pages from packs.
const HEAD: usize = 1_024;
/// Characters of a page's title that are shown.
const MAX_TITLE: usize = 80;

/// What a pack holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Indicators that can be matched.
    pub indicators: u64,
    /// Indicators that cannot.
    pub unusable: u64,
    /// Objects that are damaged.
    pub damaged: u64,
    /// The latest `modified` of its objects.
    pub newest: Option<Instant>,
    /// The same, of those not after the given instant.
    pub newest_until: Option<Instant>,
}

/// Says what kind of markup the bytes are, if they are any: captive portals and error pages come with status 200.
#[must_use]
pub fn markup(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('<') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if !["<html", "<!doctype html", "<head", "<body"].iter().any(|t| lower.contains(t)) {
        return Some("XML".to_owned());
    }
    // Lower case of ASCII alone keeps every offset.
    let title = lower.find("<title").and_then(|at| {
        let from = at + lower.get(at..)?.find('>')? + 1;
        let to = from + lower.get(from..)?.find('<')?;
        text.get(from..to)
    });
    match title.map(str::trim).filter(|t| !t.is_empty()) {
        Some(title) => Some(format!("an HTML page ({})", sanitize::terminal_cut(title, MAX_TITLE))),
        None => Some("an HTML page".to_owned()),
    }
}

/// Looks into a file. `until` is now: dates after it are no reason to refuse what comes later.
///
/// # Errors
/// It is no pack that could be used, and why.
pub fn inspect(path: &Path, until: Instant) -> Result<Facts, Reason> {
    let not = |code: &'static str, text: String| Reason { code, text };
    let open = || File::open(path).map_err(|e| not("io", e.to_string()));
    let mut head = Vec::with_capacity(HEAD);
    open()?.take(HEAD as u64).read_to_end(&mut head).map_err(|e| not("io", e.to_string()))?;
    if let Some(what) = markup(&head) {
        return Err(not("html", format!("expected a STIX bundle, found {what}")));
    }
    let mut facts = Facts { indicators: 0, unusable: 0, damaged: 0, newest: None, newest_until: None };
    let summary = read_bundle(BufReader::with_capacity(256 << 10, open()?), |_, object| {
        match object {
            Ok(parsed) => facts.date(&parsed, until),
            Err(_) => facts.damaged += 1,
        }
        ControlFlow::Continue(())
    });
    match summary {
        Err(e) => return Err(not("not-stix", e.to_string())),
        Ok(s) if !s.complete => return Err(not("truncated", "the file ends before the bundle does".to_owned())),
        Ok(_) => {}
    }
    let mut library = Library::default();
    match packs::load_path(&mut library, path) {
        Ok(()) => {}
        Err(LoadError::NothingUsable { why, .. }) => {
            return Err(not("no-indicators", format!("not one usable indicator{why}")));
        }
        Err(e) => return Err(not("not-stix", e.to_string())),
    }
    for pack in &library.packs {
        facts.indicators += pack.loaded;
        facts.unusable += pack.not_evaluable_count;
    }
    Ok(facts)
}

impl Facts {
    fn date(&mut self, parsed: &Parsed<'_>, until: Instant) {
        let common = match &parsed.object {
            StixObject::Indicator(o) => &o.common,
            StixObject::Named(o) => &o.common,
            StixObject::Collection(o) => &o.common,
            StixObject::Relationship(o) => &o.common,
            _ => return,
        };
        let Some(modified) = modified(common) else { return };
        self.newest = self.newest.max(Some(modified));
        if modified <= until {
            self.newest_until = self.newest_until.max(Some(modified));
        }
    }
}

fn modified(common: &Common<'_>) -> Option<Instant> {
    let text = common.modified.as_deref().or(common.created.as_deref())?;
    parse_timestamp(text).map(Instant)
}

/// A minisign key as people have it: the line of base64, or the text of the `.pub` file around it.
///
/// # Errors
/// It is none.
pub fn public_key(text: &str) -> Result<(String, PublicKey), String> {
    let line = text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with("untrusted comment:"));
    let line = line.ok_or("no minisign public key")?;
    match PublicKey::from_base64(line) {
        Ok(key) => Ok((line.to_owned(), key)),
        Err(e) => Err(format!("not a minisign public key: {e}")),
    }
}

/// What a signature must hold for.
pub struct Signed {
    /// The key, as base64.
    pub key_text: String,
    /// The key.
    pub key: PublicKey,
    /// The text of the signature.
    pub signature: String,
}

impl Signed {
    /// Whether the signature is this key's, over these bytes.
    ///
    /// # Errors
    /// It is not, and why.
    pub fn verify(&self, mut bytes: impl Read) -> Result<(), Reason> {
        let not = |e: minisign_verify::Error| Reason {
            code: "signature",
            text: format!("minisign with key {}: {e}", self.key_text),
        };
        let signature = Signature::decode(&self.signature).map_err(not)?;
        let mut verifier = self.key.verify_stream(&signature).map_err(not)?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            match bytes.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => verifier.update(&buffer[..n]),
                Err(e) => return Err(Reason { code: "io", text: e.to_string() }),
            }
        }
        verifier.finalize().map_err(not)
    }
}

/// Writes through to a file, and knows size, hash, and whether all of it is UTF-8.
pub struct Watched<W> {
    inner: W,
    hash: Sha256,
    size: u64,
    utf8: Utf8,
}

impl<W: Write> Watched<W> {
    /// Nothing written yet.
    pub fn new(inner: W) -> Self {
        Watched { inner, hash: Sha256::new(), size: 0, utf8: Utf8::default() }
    }

    /// What was written: SHA-256 in hex, size, and whether it was all UTF-8.
    ///
    /// # Errors
    /// What is buffered cannot be written.
    pub fn finish(mut self) -> io::Result<(String, u64, bool)> {
        self.inner.flush()?;
        Ok((hex(&self.hash.finalize()), self.size, self.utf8.is_valid()))
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(buf)?;
        let done = &buf[..n];
        self.hash.update(done);
        self.size += n as u64;
        self.utf8.push(done);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Checks UTF-8 that comes in pieces.
#[derive(Debug, Default)]
struct Utf8 {
    /// The beginning of a character whose rest has not come yet.
    open: Vec<u8>,
    broken: bool,
}

impl Utf8 {
    fn push(&mut self, mut piece: &[u8]) {
        // A character has four bytes at the most.
        while !self.open.is_empty() && !self.broken && !piece.is_empty() {
            self.open.push(piece[0]);
            piece = &piece[1..];
            match std::str::from_utf8(&self.open) {
                Ok(_) => self.open.clear(),
                Err(e) if e.error_len().is_some() || self.open.len() >= 4 => self.broken = true,
                Err(_) => {}
            }
        }
        if self.broken || piece.is_empty() {
            return;
        }
        if let Err(e) = std::str::from_utf8(piece) {
            match e.error_len() {
                Some(_) => self.broken = true,
                None => self.open = piece[e.valid_up_to()..].to_vec(),
            }
        }
    }

    fn is_valid(&self) -> bool {
        !self.broken && self.open.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_the_same_in_pieces_of_any_size() {
        let texts: [&[u8]; 7] = [
            "plain é € 😀 end".as_bytes(),
            b"\xff",
            b"a\xc3",
            b"\xe2\x82",
            b"\xf0\x9f\x98\x80",
            b"\xc3\x28x",
            b"\xed\xa0\x80",
        ];
        for text in texts {
            for size in 1..=text.len() {
                let mut utf8 = Utf8::default();
                text.chunks(size).for_each(|c| utf8.push(c));
                assert_eq!(utf8.is_valid(), std::str::from_utf8(text).is_ok(), "{text:?} by {size}");
            }
        }
    }

    #[test]
    fn pages_are_known() {
        assert_eq!(markup(b"{\"type\": \"bundle\"}"), None);
        assert_eq!(markup(b""), None);
        assert_eq!(
            markup(b"  <!DOCTYPE HTML><TITLE>Log\x1b[2J in</TITLE>").unwrap(),
            "an HTML page (Log\\u{1b}[2J in)"
        );
        assert_eq!(markup(b"\xef\xbb\xbf<html>").unwrap(), "an HTML page");
        assert_eq!(markup(b"<html><title").unwrap(), "an HTML page");
        assert_eq!(markup(b"<?xml version='1.0'?><x/>").unwrap(), "XML");
    }
}
