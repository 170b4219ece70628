//! STIX 2.0 and 2.1 bundles: streamed, one object at a time; a bad object costs itself.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::classes;
use super::layout::add_compiled;
use super::library::{Family, Full, Library, Owner, Pack, pack_uuid};
use super::{LoadError, hex};
use crate::finding::PackClass;
use crate::stix::bundle::{Place, read_bundle};
use crate::stix::object::{Collection, Indicator, Named, NamedKind, Relationship, StixObject};
use crate::stix::time::parse_timestamp;

/// Loads one bundle file as one pack.
pub fn load_file(library: &mut Library, path: &Path) -> Result<(), LoadError> {
    let shown = path.display().to_string();
    let io = |source| LoadError::Io { path: shown.clone(), source };
    let file = File::open(path).map_err(io)?;
    let mut reader = Hashing { inner: BufReader::with_capacity(256 << 10, file), hash: Sha256::new() };
    let stem = path.file_stem().map_or_else(|| shown.clone(), |s| s.to_string_lossy().into_owned());
    let pack = Pack { id: unused_id(library, &stem), name: stem.clone(), source: shown.clone(), ..Pack::default() };
    let pack = library.add_pack(pack)?;
    let family = library.add_family(unnamed(&stem))?;
    let mut loader = Loader {
        library,
        owner: Owner { pack, family, valid_until: None, platform: None },
        named: Vec::new(),
        collections: Vec::new(),
        ids: HashMap::new(),
        links: Vec::new(),
        members: Vec::new(),
        full: None,
    };
    let before = loader.library.indicators.len();
    let read =
        read_bundle(BufReader::with_capacity(256 << 10, &mut reader), |place, object| loader.take(place, object));
    match read {
        Ok(summary) if !summary.complete => {
            loader.problem("bundle-damaged", "the file ends before the bundle does".into())
        }
        Ok(_) => {}
        Err(e) => loader.problem("not-stix", e.to_string()),
    }
    if let Some(full) = loader.full {
        return Err(full.into());
    }
    loader.attribute(before, &stem)?;
    io::copy(&mut reader, &mut io::sink()).map_err(io)?;
    library.packs[usize::from(pack)].sha256 = hex(&reader.hash.finalize());
    Ok(())
}

/// Two packs of one name must be told apart in a report.
fn unused_id(library: &Library, stem: &str) -> String {
    let taken = |id: &str| library.packs.iter().any(|p| p.id == id);
    if !taken(stem) {
        return stem.to_owned();
    }
    (2..).map(|n| format!("{stem}#{n}")).find(|id| !taken(id)).unwrap_or_default()
}

fn unnamed(stem: &str) -> Family {
    Family { name: stem.to_owned(), class: classes::of_pack(stem), references: Vec::new() }
}

struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.hash.update(&buf[..n]);
        Ok(n)
    }
}

/// Something indicators can be attributed to.
struct Target {
    id: String,
    rank: u8,
    name: String,
    references: Vec<String>,
}

struct Loader<'a> {
    library: &'a mut Library,
    owner: Owner,
    named: Vec<Target>,
    collections: Vec<Target>,
    /// Ids of relationship ends, each kept once.
    ids: HashMap<String, u32>,
    /// Indicator, and the number of the id it is related to.
    links: Vec<([u8; 16], u32)>,
    /// Indicator, and the number of the report or grouping it belongs to.
    members: Vec<([u8; 16], u32)>,
    full: Option<Full>,
}

impl Loader<'_> {
    fn problem(&mut self, code: &str, text: String) {
        self.library.packs[usize::from(self.owner.pack)].problem(code, text);
    }

    fn take(
        &mut self,
        place: Place,
        object: Result<crate::stix::object::Parsed<'_>, crate::stix::bundle::ObjectError>,
    ) -> ControlFlow<()> {
        let parsed = match object {
            Ok(parsed) => parsed,
            Err(e) => {
                self.problem("object-damaged", e.to_string());
                return ControlFlow::Continue(());
            }
        };
        if !parsed.wrong.is_empty() {
            let text = format!("line {}: ignored, of the wrong type: {}", place.line, parsed.wrong.join(", "));
            self.problem("property-ignored", text);
        }
        let done = match parsed.object {
            StixObject::Indicator(i) => self.indicator(place, &i),
            StixObject::Named(n) => {
                self.name(&n);
                Ok(())
            }
            StixObject::Collection(c) => {
                self.collection(&c);
                Ok(())
            }
            StixObject::Relationship(r) => {
                self.link(&r);
                Ok(())
            }
            _ => Ok(()),
        };
        match done {
            Ok(()) => ControlFlow::Continue(()),
            Err(full) => {
                self.full = Some(full);
                ControlFlow::Break(())
            }
        }
    }

    fn indicator(&mut self, place: Place, i: &Indicator<'_>) -> Result<(), Full> {
        let pack = usize::from(self.owner.pack);
        if i.common.revoked {
            self.library.packs[pack].revoked += 1;
            return Ok(());
        }
        let id = i.common.id.as_ref();
        if !i.is_stix() {
            let why = format!("the pattern is written in {}", i.pattern_type.as_deref().unwrap_or("another language"));
            self.library.packs[pack].cannot(id, &i.pattern, why, Some(place.line));
            return Ok(());
        }
        let valid_until = match i.valid_until.as_deref().map(|t| (t, parse_timestamp(t))) {
            Some((text, None)) => {
                self.problem("date-unreadable", format!("line {}: valid_until {text} is no date", place.line));
                None
            }
            Some((_, Some(micros))) => Some(micros.div_euclid(1_000_000)),
            None => None,
        };
        let owner = Owner { valid_until, ..self.owner };
        add_compiled(self.library, owner, id, &i.pattern, None, Some(place.line))
    }

    fn name(&mut self, n: &Named<'_>) {
        let rank = match n.kind {
            NamedKind::Malware => 0,
            NamedKind::Tool => 1,
            NamedKind::Campaign => 2,
            NamedKind::IntrusionSet => 3,
            NamedKind::ThreatActor => 4,
            NamedKind::Infrastructure => 5,
            _ => return,
        };
        let references =
            n.common.external_references.iter().filter_map(|r| r.url.as_deref().map(str::to_owned)).collect();
        let name = n.name.as_deref().unwrap_or(&n.common.id).to_owned();
        self.named.push(Target { id: n.common.id.to_string(), rank, name, references });
    }

    fn collection(&mut self, c: &Collection<'_>) {
        let references =
            c.common.external_references.iter().filter_map(|r| r.url.as_deref().map(str::to_owned)).collect();
        let at = self.collections.len() as u32;
        for member in &c.object_refs {
            if let Some(uuid) = pack_uuid(member) {
                self.members.push((uuid, at));
            }
        }
        let name = c.name.as_deref().unwrap_or(&c.common.id).to_owned();
        self.collections.push(Target { id: c.common.id.to_string(), rank: 9, name, references });
    }

    fn link(&mut self, r: &Relationship<'_>) {
        if r.common.revoked {
            return;
        }
        let (indicator, other) = match (pack_uuid(&r.source_ref), pack_uuid(&r.target_ref)) {
            (Some(uuid), None) => (uuid, &r.target_ref),
            (None, Some(uuid)) => (uuid, &r.source_ref),
            _ => return,
        };
        let next = self.ids.len() as u32;
        let at = match self.ids.get(other.as_ref()) {
            Some(&at) => at,
            None => *self.ids.entry(other.to_string()).or_insert(next),
        };
        self.links.push((indicator, at));
    }

    /// Gives every indicator loaded since `before` its family: what a relationship names, else the report it belongs
    /// to, else the only malware of the bundle, else the file.
    fn attribute(&mut self, before: usize, stem: &str) -> Result<(), Full> {
        let mut of_id: Vec<Option<(u8, u16)>> = vec![None; self.ids.len()];
        for target in std::mem::take(&mut self.named) {
            let family = self.family(&target, stem)?;
            if let Some(&at) = self.ids.get(&target.id) {
                of_id[at as usize] = Some((target.rank, family));
            }
        }
        let mut of_collection = Vec::new();
        for target in std::mem::take(&mut self.collections) {
            of_collection.push((target.rank, self.family(&target, stem)?));
        }
        let mut links: Vec<([u8; 16], (u8, u16))> = std::mem::take(&mut self.links)
            .into_iter()
            .filter_map(|(uuid, at)| Some((uuid, of_id[at as usize]?)))
            .chain(std::mem::take(&mut self.members).into_iter().map(|(uuid, at)| (uuid, of_collection[at as usize])))
            .collect();
        // Stable: of equal rank, the first written counts.
        links.sort_by_key(|(uuid, (rank, _))| (*uuid, *rank));
        links.dedup_by_key(|(uuid, _)| *uuid);
        for indicator in &mut self.library.indicators[before..] {
            let Some(uuid) = indicator.uuid() else { continue };
            if let Ok(at) = links.binary_search_by_key(&uuid, |(u, _)| *u) {
                indicator.family = links[at].1.1;
            }
        }
        Ok(())
    }

    fn family(&mut self, target: &Target, stem: &str) -> Result<u16, Full> {
        let class = match classes::of_family(&target.name) {
            PackClass::Other => classes::of_pack(stem),
            known => known,
        };
        self.library.add_family(Family { name: target.name.clone(), class, references: target.references.clone() })
    }
}
