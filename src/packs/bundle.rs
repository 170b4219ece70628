//! STIX 2.0 and 2.1 bundles: streamed, one object at a time; a bad object costs itself.
//!
//! Large bundles are hashed, read and loaded side by side; what comes of it does not depend on that.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use foldhash::fast::RandomState;
use sha2::{Digest, Sha256};

use super::classes;
use super::library::{Family, Full, Library, Owner};
use super::message::{Batch, Converter, Message, Taken, Target};
use super::pack::{Pack, Spot};
use super::take::Written;
use super::versions::Versions;
use super::{LoadError, unnamed};
use crate::finding::PackClass;
use crate::finding::{Code, reason};
use crate::formats::hex;
use crate::stix::bundle::{BundleError, Summary, read_bundle};
use crate::stix::object::Tlp;

/// From this size on, threads of their own cost less than they gain.
const SIDE_BY_SIDE: u64 = 4 << 20;
/// Messages handed over at once.
const BATCH: usize = 2_048;
/// Bytes of the file after which messages are handed over however few they are: one object may hold megabytes.
const BATCH_BYTES: u64 = 1 << 20;
/// Batches and blocks that may wait.
const WAITING: usize = 8;
/// Ranks of targets that are malware or a tool.
const MALWARE_OR_TOOL: u8 = 1;
/// Bytes read at once.
const BLOCK: usize = 256 << 10;

/// Loads one bundle file as one pack.
pub fn load_file(library: &mut Library, path: &Path) -> Result<(), LoadError> {
    let shown = path.display().to_string();
    let io = |source| LoadError::Io { path: shown.clone(), source };
    let file = File::open(path).map_err(io)?;
    let size = file.metadata().map_err(io)?.len();
    let stem = path.file_stem().map_or_else(|| shown.clone(), |s| s.to_string_lossy().into_owned());
    let pack = Pack { id: library.unused_id(&stem), name: stem.clone(), source: shown.clone(), ..Pack::default() };
    let pack = library.add_pack(pack)?;
    let family = library.family_for(Owner::new(pack, 0), unnamed(&stem));
    let number = library.add_file(&shown);
    let (metas, before) = (library.metas.len(), library.indicators.len());
    let mut loader = Loader::new(library, Owner { file: number, ..Owner::new(pack, family) });
    let (read, sha256) = if size < SIDE_BY_SIDE { in_turn(file, &mut loader) } else { side_by_side(file, &mut loader) };
    match read {
        Ok(summary) if !summary.complete => {
            loader.problem(reason::BUNDLE_DAMAGED, "the file ends before the bundle does".into())
        }
        Ok(_) => {}
        Err(e) => loader.problem(reason::NOT_STIX, e.to_string()),
    }
    if let Some(full) = loader.full {
        return Err(full.into());
    }
    loader.keep_newest(before);
    loader.attribute(before, &stem);
    loader.name_markings(metas);
    library.packs[usize::from(pack)].sha256 = sha256.map_err(io)?;
    Ok(())
}

/// How the reading ended, and the SHA-256 of the file.
type Done = (Result<Summary, BundleError>, io::Result<String>);

/// Hashes, reads and loads.
fn in_turn(file: File, loader: &mut Loader<'_>) -> Done {
    let mut hash = Sha256::new();
    let tee = Tee { inner: file, each: |bytes: &[u8]| hash.update(bytes) };
    let mut rest = BufReader::with_capacity(BLOCK, tee);
    let mut converter = Converter::default();
    let mut batch = Batch::default();
    let read = read_bundle(&mut rest, |place, object| {
        converter.convert(place, object, &mut batch);
        loader.apply(std::mem::take(&mut batch))
    });
    let drained = io::copy(&mut rest, &mut io::sink());
    drop(rest);
    (read, drained.map(|_| hex(&hash.finalize())))
}

/// The same on three threads: one hashes, one reads, and this one loads.
fn side_by_side(file: File, loader: &mut Loader<'_>) -> Done {
    let (blocks, hashed) = sync_channel::<Vec<u8>>(WAITING);
    let (batches, received) = sync_channel::<Batch>(WAITING);
    thread::scope(|scope| {
        let hashing = scope.spawn(move || hash_blocks(&hashed));
        let reading = scope.spawn(move || read_batches(file, blocks, &batches));
        for batch in received {
            if loader.apply(batch).is_break() {
                break; // the reader sees that nobody listens
            }
        }
        let digest = hashing.join().unwrap_or_default();
        match reading.join() {
            Ok((read, drained)) => (read, drained.map(|()| digest)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn hash_blocks(blocks: &Receiver<Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for block in blocks {
        hash.update(&block);
    }
    hex(&hash.finalize())
}

/// Reads all of the file, whatever its end is worth: the hash is over all of it.
fn read_batches(
    file: File,
    blocks: SyncSender<Vec<u8>>,
    batches: &SyncSender<Batch>,
) -> (Result<Summary, BundleError>, io::Result<()>) {
    let tee = Tee {
        inner: file,
        each: move |bytes: &[u8]| {
            let _ = blocks.send(bytes.to_vec());
        },
    };
    let mut rest = BufReader::with_capacity(BLOCK, tee);
    let mut converter = Converter::default();
    let mut batch = Batch::with_room(BATCH);
    let mut sent_until = 0;
    let read = read_bundle(&mut rest, |place, object| {
        converter.convert(place, object, &mut batch);
        if batch.messages.len() < BATCH && place.offset.saturating_sub(sent_until) < BATCH_BYTES {
            return ControlFlow::Continue(());
        }
        sent_until = place.offset;
        match batches.send(std::mem::replace(&mut batch, Batch::with_room(BATCH))) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    let _ = batches.send(batch);
    let drained = io::copy(&mut rest, &mut io::sink()).map(|_| ());
    (read, drained)
}

/// Shows what is read to somebody else.
struct Tee<R, F> {
    inner: R,
    each: F,
}

impl<R: Read, F: FnMut(&[u8])> Read for Tee<R, F> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        (self.each)(&buf[..n]);
        Ok(n)
    }
}

struct Loader<'a> {
    library: &'a mut Library,
    owner: Owner,
    named: Vec<Target>,
    collections: Vec<Target>,
    /// Ids of relationship ends, each kept once.
    ids: HashMap<String, u32, RandomState>,
    /// Indicator, and the number of the id it is related to.
    links: Vec<([u8; 16], u32)>,
    /// Indicator, and the number of the report or grouping it belongs to.
    members: Vec<([u8; 16], u32)>,
    /// What marking definitions of the bundle say, by id.
    markings: HashMap<String, String>,
    /// The number of what was said last.
    last_meta: u32,
    /// When each indicator was last changed.
    versions: Versions,
    full: Option<Full>,
}

impl<'a> Loader<'a> {
    fn new(library: &'a mut Library, owner: Owner) -> Self {
        Loader {
            library,
            owner,
            named: Vec::new(),
            collections: Vec::new(),
            ids: HashMap::default(),
            links: Vec::new(),
            members: Vec::new(),
            markings: HashMap::new(),
            last_meta: 0,
            versions: Versions::default(),
            full: None,
        }
    }

    fn problem(&mut self, code: Code, text: String) {
        self.problem_at(code, text, 0);
    }

    fn problem_at(&mut self, code: Code, text: String, line: u64) {
        let spot = Spot { line, ..self.library.spot(self.owner) };
        self.library.pack_mut(self.owner).problem_at(code, text, spot);
    }

    /// Takes what messages say; breaks when the library is full.
    fn apply(&mut self, mut batch: Batch) -> ControlFlow<()> {
        for message in std::mem::take(&mut batch.messages) {
            match message {
                Message::Indicator(taken) => {
                    if let Err(full) = self.indicator(taken, &batch) {
                        self.full = Some(full);
                        return ControlFlow::Break(());
                    }
                }
                Message::Named(target) => self.named.push(target),
                Message::Collection(target, members) => {
                    let at = self.collections.len() as u32;
                    self.members.extend(members.into_iter().map(|uuid| (uuid, at)));
                    self.collections.push(target);
                }
                Message::Link(indicator, other) => {
                    let (other, next) = (batch.text(other), self.ids.len() as u32);
                    let at = match self.ids.get(other) {
                        Some(&at) => at,
                        None => *self.ids.entry(other.to_owned()).or_insert(next),
                    };
                    self.links.push((indicator, at));
                }
                Message::Marking(id, text) => {
                    self.markings.insert(id, text);
                }
                Message::Problem(code, text, line) => self.problem_at(code, text, line),
                Message::Dated(seconds) => self.library.pack_mut(self.owner).dated(Some(seconds)),
            }
        }
        ControlFlow::Continue(())
    }

    fn indicator(&mut self, mut i: Taken, batch: &Batch) -> Result<(), Full> {
        let (id, modified, known) = (batch.text(i.id), i.modified, self.library.indicators.len());
        if let Some(meta) = i.meta.take() {
            self.last_meta = self.library.add_meta(*meta)?;
        }
        self.take(i, batch)?;
        match self.library.indicators.len() > known {
            true => self.versions.loaded(modified),
            false => self.versions.unused(id, modified),
        }
        Ok(())
    }

    fn take(&mut self, i: Taken, batch: &Batch) -> Result<(), Full> {
        let (id, pattern) = (batch.text(i.id), batch.text(i.pattern));
        let owner = Owner { offset: i.offset, ..self.owner.at_line(i.line) };
        if i.revoked {
            return self.library.take(owner, id, Written::Revoked(pattern));
        }
        if let Some(language) = i.foreign {
            let why = format!("the pattern is written in {language}");
            return self.library.take(owner, id, Written::Foreign(pattern, &why));
        }
        let platform = i.extension.as_ref().and_then(|e| e.platform());
        let owner =
            Owner { valid_from: i.valid_from, valid_until: i.valid_until, meta: self.last_meta, platform, ..owner };
        let written = match i.extension.and_then(|e| e.rule) {
            Some(rule) => Written::Rule(pattern, rule.into()),
            None => Written::Pattern(pattern),
        };
        self.library.take(owner, id, written)
    }

    /// Of an object's versions, the newest counts; what it withdrew is withdrawn.
    fn keep_newest(&mut self, before: usize) {
        let gone = std::mem::take(&mut self.versions).superseded(self.library, before);
        let count = gone.iter().filter(|g| **g).count();
        if count > 0 {
            self.library.withdraw(before, &gone);
            let text = format!("{count} indicators were replaced or withdrawn by newer versions of themselves");
            self.problem(reason::SUPERSEDED, text);
        }
    }

    /// Gives every indicator loaded since `before` its family: what a relationship names, else the report it belongs
    /// to, else the only malware of the bundle, else nobody. Names nobody uses are not kept.
    fn attribute(&mut self, before: usize, stem: &str) {
        let mut targets = newest_of_each(std::mem::take(&mut self.named));
        let malware: Vec<usize> = (0..targets.len()).filter(|&t| targets[t].rank <= MALWARE_OR_TOOL).collect();
        let only = match malware.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let mut of_id: Vec<Option<usize>> = vec![None; self.ids.len()];
        for (t, target) in targets.iter().enumerate() {
            if let Some(&at) = self.ids.get(&target.id) {
                of_id[at as usize] = Some(t);
            }
        }
        let collections = targets.len();
        targets.append(&mut self.collections);
        let mut links: Vec<([u8; 16], u8, usize)> = std::mem::take(&mut self.links)
            .into_iter()
            .filter_map(|(uuid, at)| Some((uuid, of_id[at as usize]?)))
            .chain(std::mem::take(&mut self.members).into_iter().map(|(uuid, at)| (uuid, collections + at as usize)))
            .map(|(uuid, t)| (uuid, targets[t].rank, t))
            .collect();
        // Most bundles link each indicator once, in the order in which they stand: then there is nothing to sort.
        let new = &self.library.indicators[before..];
        let in_order =
            links.len() == new.len() && new.iter().zip(&links).all(|(i, (uuid, ..))| i.uuid().as_ref() == Some(uuid));
        if !in_order {
            // Stable: of equal rank, the first written counts.
            links.sort_by_key(|(uuid, rank, _)| (*uuid, *rank));
            links.dedup_by_key(|(uuid, ..)| *uuid);
        }
        let mut numbers: Vec<Option<u16>> = vec![None; targets.len()];
        for at in before..self.library.indicators.len() {
            let uuid = self.library.indicators[at].uuid();
            let linked = match in_order {
                true => Some(at - before),
                false => uuid.and_then(|uuid| links.binary_search_by_key(&uuid, |(u, ..)| *u).ok()),
            };
            let Some(t) = linked.map(|at| links[at].2).or(only) else { continue };
            let number = match numbers[t] {
                Some(number) => number,
                None => self.family(&targets[t], stem),
            };
            numbers[t] = Some(number);
            self.library.indicators[at].family = number;
        }
    }

    /// Puts what markings say in the place of their ids, most restrictive first.
    fn name_markings(&mut self, from: usize) {
        for meta in self.library.metas.iter_mut().skip(from) {
            for marking in &mut meta.markings {
                let known = self.markings.get(marking.as_str()).map(String::as_str).or_else(|| tlp_of_id(marking));
                if let Some(text) = known {
                    *marking = text.to_owned();
                }
            }
            meta.markings.sort_by_key(|m| std::cmp::Reverse(Tlp::parse(m)));
            meta.markings.dedup();
        }
    }

    fn family(&mut self, target: &Target, stem: &str) -> u16 {
        let class = target.class.unwrap_or_else(|| match classes::of_family(&target.name) {
            PackClass::Other => classes::of_pack(stem),
            known => known,
        });
        let family = Family { name: target.name.clone(), class, references: target.references.clone() };
        self.library.family_for(self.owner, family)
    }
}

/// Of the versions of one object, the newest; of equal ones the last written. The order stays.
fn newest_of_each(named: Vec<Target>) -> Vec<Target> {
    let mut newest: HashMap<&str, usize, RandomState> = HashMap::default();
    for (at, target) in named.iter().enumerate() {
        let best = newest.entry(&target.id).or_insert(at);
        if target.modified >= named[*best].modified {
            *best = at;
        }
    }
    let keep: Vec<bool> = named.iter().enumerate().map(|(at, t)| newest.get(t.id.as_str()) == Some(&at)).collect();
    named.into_iter().zip(keep).filter_map(|(target, keep)| keep.then_some(target)).collect()
}

/// The marking definitions that STIX and FIRST fix once for all; bundles need not repeat them.
fn tlp_of_id(id: &str) -> Option<&'static str> {
    Some(match id.strip_prefix("marking-definition--")? {
        "613f2e26-407d-48c7-9eca-b8e91df99dc9" | "94868c89-83c2-464b-929b-a1a8aa3c8487" => "TLP:CLEAR",
        "34098fce-860f-48ae-8e50-ebd3cc5e41da" | "bab4a63c-aed9-4cf5-a766-dfca5abac2bb" => "TLP:GREEN",
        "f88d31f6-486f-44da-b317-01333bde0b82" | "55d920b0-5e8b-4f79-9ee9-91f868d9b421" => "TLP:AMBER",
        "939a9414-2ddd-4d32-a0cd-375ea402b003" => "TLP:AMBER+STRICT",
        "5e57c739-391a-4eb3-b6be-7d15ca92d5ed" | "e828b379-4e03-4974-9ac4-e53a884c97c1" => "TLP:RED",
        _ => return None,
    })
}
