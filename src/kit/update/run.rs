//! One update, from the index to the lock file.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Read};
use std::path::Path;
use std::time::{Duration, Instant as Clock};

use minisign_verify::PublicKey;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::Reason;
use super::bundle::{self, Carried};
use super::folder::Folder;
use super::index::{BadEntry, Entry, Index, SignatureAt};
use super::lock::{IndexPin, Instant, Lock, PackPin, Version};
use super::names::{Names, safe_name};
use super::outcome::{Outcome, PackOutcome, Request, RunError, State};
use super::source::{FetchError, Source};
use super::verify::{self, Facts, Signed, Watched};
use crate::formats::hex;

/// Bytes of all packs of an index together.
pub const MAX_TOTAL_BYTES: u64 = 2 << 30;
/// Time after which no further pack is asked for.
const MAX_RUN: Duration = Duration::from_secs(3_600);
/// A pack that keeps less than one of this many indicators is a rollback in disguise.
const KEEP: u64 = 2;

/// Why a pack was not taken.
struct Declined {
    refused: bool,
    reason: Reason,
}

impl From<FetchError> for Declined {
    fn from(e: FetchError) -> Self {
        Declined { refused: e.refused(), reason: Reason { code: e.code(), text: e.to_string() } }
    }
}

impl From<Reason> for Declined {
    fn from(reason: Reason) -> Self {
        Declined { refused: reason.code != "io", reason }
    }
}

impl From<io::Error> for Declined {
    fn from(e: io::Error) -> Self {
        Declined { refused: false, reason: Reason { code: "io", text: e.to_string() } }
    }
}

fn no<T>(code: &'static str, text: impl Into<String>) -> Result<T, Declined> {
    Err(Declined { refused: true, reason: Reason { code, text: text.into() } })
}

/// Updates a folder from a source. `told` hears of every pack as it ends.
///
/// # Errors
/// Nothing was done: the folder, the lock or the index cannot be used.
pub fn run(
    request: &Request,
    source: &mut dyn Source,
    told: &mut dyn FnMut(&PackOutcome),
) -> Result<Outcome, RunError> {
    if let Some(file) = &request.offline_bundle {
        bundle::may_write(file).map_err(|e| RunError::Bundle(file.display().to_string(), e))?;
    }
    let name = source.name().to_owned();
    let bytes = source.index().map_err(RunError::Fetch)?;
    let folder = Folder::open(&request.folder)?;
    let shown = request.folder.display().to_string();
    let lock = Lock::read(&request.folder).map_err(|e| RunError::Lock(shown.clone(), e))?;
    let key_text = request.public_key.clone().or_else(|| lock.index(&name)?.public_key.clone());
    let stranger = !source.is_chosen() && lock.index(&name).is_none();
    if stranger && lock.has_keys() && request.public_key.is_none() {
        return Err(RunError::Stranger(name));
    }
    let (key, signature) = index_key(source, key_text.as_deref(), &bytes)?;
    let index = Index::parse(&bytes, source.base().as_ref()).map_err(|e| RunError::NotIndex(name.clone(), e))?;
    let pinned = lock.index(&name).and_then(|i| i.version.clone());
    check_version(&name, &index, pinned.as_ref(), request.allow_rollback)?;
    let pin = IndexPin {
        source: name.clone(),
        sha256: hex(&Sha256::digest(&bytes)),
        checked: request.now.day(),
        version: index.version.clone(),
        public_key: key.as_ref().map(|(text, _)| text.clone()),
    };
    let names = names_in_use(&folder, &lock).map_err(|e| RunError::Io(shown.clone(), e))?;
    let mut update = Update {
        request,
        source,
        folder,
        lock,
        index_name: name,
        key,
        names: names.0,
        foreign: names.1,
        left: MAX_TOTAL_BYTES,
        began: Clock::now(),
        carried: Vec::new(),
    };
    let packs = update.packs(&index, told);
    update.lock.set_index(pin.clone());
    update.folder.write_lock(&update.lock).map_err(|e| RunError::Io(shown.clone(), e))?;
    let bundle = match &request.offline_bundle {
        None => None,
        Some(file) => {
            let carried = std::mem::take(&mut update.carried);
            let written = bundle::write(file, update.folder.path(), &pin.source, &bytes, signature.as_deref(), carried);
            Some(written.map_err(|e| RunError::Bundle(file.display().to_string(), e.to_string()))?)
        }
    };
    Ok(Outcome { index: pin, folder: shown, packs, bundle })
}

type Key = (String, PublicKey);

/// The key the index must be signed with, if there is one, after checking that it is; and the signature.
fn index_key(
    source: &mut dyn Source,
    key_text: Option<&str>,
    bytes: &[u8],
) -> Result<(Option<Key>, Option<String>), RunError> {
    let Some(text) = key_text else { return Ok((None, None)) };
    let wrong = |why: String| RunError::Signature(source.name().to_owned(), why);
    let (key_text, key) = verify::public_key(text).map_err(wrong)?;
    let signature =
        source.index_signature().map_err(|e| RunError::Signature(source.name().to_owned(), e.to_string()))?;
    let signed = Signed { key_text: key_text.clone(), key: key.clone(), signature };
    signed.verify(bytes).map_err(|r| RunError::Signature(source.name().to_owned(), r.text))?;
    Ok((Some((key_text, key)), Some(signed.signature)))
}

fn check_version(name: &str, index: &Index, pinned: Option<&Version>, allowed: bool) -> Result<(), RunError> {
    let Some(pinned) = pinned.filter(|p| !allowed && index.version.as_ref() < Some(p)) else { return Ok(()) };
    Err(RunError::Rollback {
        source_name: name.to_owned(),
        found: index.version.as_ref().map_or_else(|| "no version".to_owned(), |v| format!("version {v}")),
        pinned: pinned.to_string(),
    })
}

/// Names that are taken, and those of files that are not ours.
fn names_in_use(folder: &Folder, lock: &Lock) -> io::Result<(Names, BTreeSet<String>)> {
    let mut names = Names::default();
    let ours: BTreeSet<&str> = lock.packs.iter().map(|p| p.file.as_str()).collect();
    ours.iter().for_each(|n| names.reserve(n));
    let foreign: BTreeSet<String> = folder.names()?.into_iter().filter(|n| !ours.contains(n.as_str())).collect();
    foreign.iter().for_each(|n| names.reserve(n));
    Ok((names, foreign))
}

struct Update<'a> {
    request: &'a Request,
    source: &'a mut dyn Source,
    folder: Folder,
    lock: Lock,
    index_name: String,
    key: Option<Key>,
    names: Names,
    foreign: BTreeSet<String>,
    left: u64,
    began: Clock,
    carried: Vec<Carried>,
}

/// A pack that came, in a file that is not in its place yet.
struct Got {
    file: NamedTempFile,
    sha256: String,
    size: u64,
}

impl Update<'_> {
    fn packs(&mut self, index: &Index, told: &mut dyn FnMut(&PackOutcome)) -> Vec<PackOutcome> {
        let mut all = Vec::new();
        let mut push = |p: PackOutcome| {
            told(&p);
            all.push(p);
        };
        for entry in &index.entries {
            push(match entry {
                Ok(entry) => self.pack(entry),
                Err(bad) => of_bad(bad),
            });
        }
        let named: BTreeSet<&str> = index.entries.iter().flatten().map(|e| e.id.as_str()).collect();
        let mut gone: Vec<PackPin> = self.lock.packs.clone();
        gone.retain(|p| p.index == self.index_name && !named.contains(p.id.as_str()));
        gone.sort_by(|a, b| a.id.cmp(&b.id));
        for pin in gone {
            push(self.vanished(pin));
        }
        all
    }

    fn pack(&mut self, entry: &Entry) -> PackOutcome {
        let pin = self.lock.pack(&self.index_name, &entry.id).cloned();
        let done = self.take(entry, pin.as_ref());
        let (state, reason, notes) = match done {
            Ok((state, notes)) => (state, None, notes),
            Err(d) => (if d.refused { State::Refused } else { State::Unreachable }, Some(d.reason), Vec::new()),
        };
        let installed = self.lock.pack(&self.index_name, &entry.id).cloned();
        PackOutcome { id: entry.id.clone(), name: entry.name.clone(), state, reason, notes, installed }
    }

    /// Fetches a pack, checks it, and puts it in its place.
    fn take(&mut self, entry: &Entry, pin: Option<&PackPin>) -> Result<(State, Vec<String>), Declined> {
        if self.began.elapsed() > MAX_RUN {
            let text = format!("not asked for: the update took more than {} s (MAX_RUN)", MAX_RUN.as_secs());
            return Err(Declined { refused: false, reason: Reason { code: "timeout", text } });
        }
        let signed = self.signature(entry, pin)?;
        let got = self.fetch(entry)?;
        check_bytes(entry, &got, signed.as_ref())?;
        let on_disk = pin.and_then(|p| self.folder.hash(&p.file));
        let mut notes = Vec::new();
        let same = pin.is_some_and(|p| p.sha256 == got.sha256);
        let mut next = match pin {
            Some(pin) if same => pin.clone(),
            _ => self.admit(entry, &got, pin, &mut notes)?,
        };
        next.name.clone_from(&entry.name);
        next.url = entry.url.to_string();
        next.commit.clone_from(&entry.commit);
        if let Some(s) = &signed {
            next.public_key = Some(s.key_text.clone());
        } else if self.request.allow_rollback {
            next.public_key = None;
        }
        let state = match pin {
            None => State::New,
            Some(_) if same && on_disk.as_ref() == Some(&got.sha256) => State::Unchanged,
            Some(_) => State::Updated,
        };
        if same && state == State::Updated {
            notes.push("the file in the folder was changed or removed since; it was put back".to_owned());
        }
        self.carried.push(Carried {
            id: next.id.clone(),
            file: next.file.clone(),
            sha256: next.sha256.clone(),
            size: next.size,
            fetched: next.fetched.clone(),
            signature: signed.map(|s| s.signature),
        });
        if state != State::Unchanged {
            self.folder.place(got.file, &next.file)?;
        }
        self.lock.set_pack(next);
        // At once: after a crash, what lies in the folder is what is pinned.
        self.folder.write_lock(&self.lock)?;
        Ok((state, notes))
    }

    /// What the entry says of its signature, against what is pinned.
    fn signature(&mut self, entry: &Entry, pin: Option<&PackPin>) -> Result<Option<Signed>, Declined> {
        let must = pin.and_then(|p| p.public_key.as_deref()).filter(|_| !self.request.allow_rollback);
        let Some(at) = &entry.signature else {
            return match must {
                None => Ok(None),
                Some(key) => no("signature", format!("it was signed with key {key}, and now is not signed at all")),
            };
        };
        let (key_text, key) = match (&entry.public_key, &self.key) {
            (Some(text), _) => verify::public_key(text).or_else(|e| no("signature", e))?,
            (None, Some(key)) => key.clone(),
            (None, None) => return no("signature", "it is signed, and no key is known: name it with --public-key"),
        };
        if let Some(must) = must.filter(|m| *m != key_text) {
            return no("signature", format!("it was signed with key {must}, and now with key {key_text}"));
        }
        let signature = match at {
            SignatureAt::Text(text) => text.clone(),
            SignatureAt::Url(url) => self.source.signature(entry, url)?,
        };
        Ok(Some(Signed { key_text, key, signature }))
    }

    fn fetch(&mut self, entry: &Entry) -> Result<Got, Declined> {
        let limit = self.request.max_pack_bytes.min(self.left);
        if let Some(size) = entry.size.filter(|s| *s > limit) {
            return no("too-large", format!("{size} bytes, at most {limit} are taken"));
        }
        let file = self.folder.unfinished()?;
        let mut watched = Watched::new(BufWriter::with_capacity(256 << 10, file.as_file()));
        let fetched = self.source.pack(entry, limit, &mut watched);
        let (sha256, size, utf8) = watched.finish()?;
        self.left = self.left.saturating_sub(size);
        fetched?;
        let got = Got { file, sha256, size };
        let head = got.head()?;
        if let Some(what) = verify::markup(&head) {
            return no("html", format!("{}: expected a STIX bundle, found {what}", entry.url));
        }
        if !utf8 {
            return no("not-utf8", format!("{}: expected UTF-8 text, found other bytes", entry.url));
        }
        Ok(got)
    }

    /// Looks into a pack that is not the one that lies here, and makes its pin.
    fn admit(
        &mut self,
        entry: &Entry,
        got: &Got,
        pin: Option<&PackPin>,
        notes: &mut Vec<String>,
    ) -> Result<PackPin, Declined> {
        const CLOCKS_DIFFER: i64 = 2 * 86_400 * 1_000_000;
        let until = Instant(self.request.now.0.saturating_add(CLOCKS_DIFFER));
        let facts = verify::inspect(got.file.path(), until)?;
        let mut modified = facts.newest_until;
        if let Some(pin) = pin {
            match went_back(&facts, pin) {
                None => modified = modified.max(pin.modified),
                Some(_) if self.request.allow_rollback => {}
                Some(reason) => return Err(reason.into()),
            }
        }
        if facts.newest > facts.newest_until {
            notes.push("it has dates in the future; they are not pinned".to_owned());
        }
        if facts.unusable > 0 {
            notes.push(format!("{} of its indicators cannot be evaluated", facts.unusable));
        }
        if facts.damaged > 0 {
            notes.push(format!("{} of its objects are damaged", facts.damaged));
        }
        let file = match pin {
            Some(pin) => pin.file.clone(),
            None => self.file_name(entry, &got.sha256),
        };
        Ok(PackPin {
            index: self.index_name.clone(),
            id: entry.id.clone(),
            name: String::new(),
            file,
            url: String::new(),
            commit: None,
            sha256: got.sha256.clone(),
            size: got.size,
            fetched: self.source.fetched(entry).unwrap_or_else(|| self.request.now.day()),
            indicators: facts.indicators,
            modified,
            public_key: None,
        })
    }

    /// A name for a pack that was not here. A file of that name with these very bytes is what a crash left behind.
    fn file_name(&mut self, entry: &Entry, sha256: &str) -> String {
        let plain = safe_name(entry.url.path());
        if self.foreign.contains(&plain) && self.folder.hash(&plain).is_some_and(|h| h == sha256) {
            self.foreign.remove(&plain);
            return plain;
        }
        self.names.assign(&plain, &format!("{} {}", self.index_name, entry.id))
    }

    fn vanished(&mut self, pin: PackPin) -> PackOutcome {
        let mut outcome = PackOutcome {
            id: pin.id.clone(),
            name: pin.name.clone(),
            state: State::Refused,
            reason: None,
            notes: Vec::new(),
            installed: Some(pin.clone()),
        };
        if !self.request.allow_rollback {
            let text = "the index no longer names it; --allow-rollback removes it".to_owned();
            outcome.reason = Some(Reason { code: "vanished", text });
            return outcome;
        }
        match self.folder.remove(&pin.file) {
            Ok(()) => {
                self.lock.remove_pack(&pin.index, &pin.id);
                outcome.state = State::Removed;
                outcome.installed = None;
            }
            Err(e) => {
                outcome.state = State::Unreachable;
                outcome.reason = Some(Reason { code: "io", text: format!("{}: {e}", pin.file) });
            }
        }
        outcome
    }
}

impl Got {
    fn head(&self) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        open(self.file.path())?.take(1_024).read_to_end(&mut head)?;
        Ok(head)
    }
}

fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

fn of_bad(bad: &BadEntry) -> PackOutcome {
    PackOutcome {
        id: format!("entry {}", bad.number),
        name: bad.name.clone(),
        state: State::Refused,
        reason: Some(Reason { code: "entry", text: bad.why.clone() }),
        notes: Vec::new(),
        installed: None,
    }
}

/// Size, hash and signature, as far as the index gives them.
fn check_bytes(entry: &Entry, got: &Got, signed: Option<&Signed>) -> Result<(), Declined> {
    if let Some(size) = entry.size.filter(|s| *s != got.size) {
        return no("size", format!("{}: {} bytes, the index says {size}", entry.url, got.size));
    }
    if let Some(sha256) = entry.sha256.as_ref().filter(|s| **s != got.sha256) {
        return no("sha256", format!("{}: its SHA-256 is {}, the index says {sha256}", entry.url, got.sha256));
    }
    if let Some(signed) = signed {
        signed.verify(open(got.file.path())?)?;
    }
    Ok(())
}

/// Why a pack is older or poorer than the one that lies here.
fn went_back(facts: &Facts, pin: &PackPin) -> Option<Reason> {
    let accept = "--allow-rollback accepts it";
    if facts.newest < pin.modified {
        let day = |i: Option<Instant>| i.map_or_else(|| "no date".to_owned(), |i| i.to_string());
        let text = format!(
            "its newest object is of {}, older than that of the pack that lies here, {}; {accept}",
            day(facts.newest),
            day(pin.modified)
        );
        return Some(Reason { code: "rollback", text });
    }
    if facts.indicators.saturating_mul(KEEP) < pin.indicators {
        let text = format!(
            "it has {} usable indicators, the pack that lies here has {}: more than half of them are gone; {accept}",
            facts.indicators, pin.indicators
        );
        return Some(Reason { code: "shrunk", text });
    }
    None
}
