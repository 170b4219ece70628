//! STIX 2.0 and 2.1 bundles: streamed, one object at a time; a bad object costs itself.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::classes;
use super::extension::{self, Extension};
use super::library::{Family, Full, Library, Owner, Pack, Spot, pack_uuid};
use super::take::Written;
use super::{LoadError, hex, unnamed, unused_id};
use crate::finding::{Meta, PackClass};
use crate::stix::bundle::{Place, read_bundle};
use crate::stix::object::{
    Collection, ExternalReference, Indicator, KillChainPhase, Named, NamedKind, Relationship, StixObject, Tlp,
};
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
    let file = library.add_file(&shown);
    let metas = library.metas.len();
    let mut loader = Loader {
        library,
        owner: Owner { file, ..Owner::new(pack, family) },
        named: Vec::new(),
        collections: Vec::new(),
        ids: HashMap::new(),
        links: Vec::new(),
        members: Vec::new(),
        markings: HashMap::new(),
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
    loader.name_markings(metas);
    io::copy(&mut reader, &mut io::sink()).map_err(io)?;
    library.packs[usize::from(pack)].sha256 = hex(&reader.hash.finalize());
    Ok(())
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
    class: Option<PackClass>,
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
    /// What marking definitions of the bundle say, by id.
    markings: HashMap<String, String>,
    full: Option<Full>,
}

impl Loader<'_> {
    fn problem(&mut self, code: &str, text: String) {
        self.problem_at(code, text, 0);
    }

    fn problem_at(&mut self, code: &str, text: String, line: u64) {
        let spot = Spot { line, ..self.library.spot(self.owner) };
        self.library.packs[usize::from(self.owner.pack)].problem_at(code, text, spot);
    }

    fn take(
        &mut self,
        place: Place,
        object: Result<crate::stix::object::Parsed<'_>, crate::stix::bundle::ObjectError>,
    ) -> ControlFlow<()> {
        let parsed = match object {
            Ok(parsed) => parsed,
            Err(e) => {
                self.problem_at("object-damaged", e.to_string(), e.place.line);
                return ControlFlow::Continue(());
            }
        };
        if !parsed.wrong.is_empty() {
            let text = format!("line {}: ignored, of the wrong type: {}", place.line, parsed.wrong.join(", "));
            self.problem_at("property-ignored", text, place.line);
        }
        if let (false, Some(common)) = (matches!(parsed.object, StixObject::Marking(_)), parsed.object.common()) {
            let written = common.modified.as_deref().or(common.created.as_deref());
            let seconds = written.and_then(parse_timestamp).map(|m| m.div_euclid(1_000_000));
            self.library.packs[usize::from(self.owner.pack)].dated(seconds);
        }
        let done = match parsed.object {
            StixObject::Indicator(i) => self.indicator(place, &i),
            StixObject::Named(n) => {
                self.name(place, &n);
                Ok(())
            }
            StixObject::Collection(c) => {
                self.collection(place, &c);
                Ok(())
            }
            StixObject::Relationship(r) => {
                self.link(&r);
                Ok(())
            }
            StixObject::Marking(m) => {
                let told = m.tlp.map(|t| t.as_str().to_owned()).or(m.statement);
                let id = m.common.id.into_owned();
                self.markings.extend(told.map(|text| (id, text)));
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
        let id = i.common.id.as_ref();
        let owner = Owner { offset: place.offset, ..self.owner.at_line(place.line) };
        if i.common.revoked {
            return self.library.take(owner, id, Written::Revoked(&i.pattern));
        }
        if !i.is_stix() {
            let why = format!("the pattern is written in {}", i.pattern_type.as_deref().unwrap_or("another language"));
            return self.library.take(owner, id, Written::Foreign(&i.pattern, &why));
        }
        let valid_from = self.date(place, "valid_from", i.valid_from.as_deref());
        let valid_until = self.date(place, "valid_until", i.valid_until.as_deref());
        let ours = self.extension(place, i.common.extensions.as_ref());
        let meta = self.library.add_meta(meta_of(i))?;
        let platform = ours.as_ref().and_then(Extension::platform);
        let written = match ours.and_then(|e| e.rule) {
            Some(rule) => Written::Rule(&i.pattern, rule.into()),
            None => Written::Pattern(&i.pattern),
        };
        self.library.take(Owner { valid_from, valid_until, meta, platform, ..owner }, id, written)
    }

    /// What our own extension says of an object.
    fn extension(
        &mut self,
        place: Place,
        all: Option<&serde_json::Map<String, serde_json::Value>>,
    ) -> Option<Extension> {
        Extension::read(all).unwrap_or_else(|e| {
            let told = format!("line {}: the extension of vigie: {e}", place.line);
            self.problem_at("property-ignored", told, place.line);
            None
        })
    }

    /// Unix seconds of a date.
    fn date(&mut self, place: Place, name: &str, text: Option<&str>) -> Option<i64> {
        let text = text?;
        let micros = parse_timestamp(text);
        if micros.is_none() {
            let told = format!("line {}: {name} {text} is no date", place.line);
            self.problem_at("date-unreadable", told, place.line);
        }
        micros.map(|m| m.div_euclid(1_000_000))
    }

    fn name(&mut self, place: Place, n: &Named<'_>) {
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
        let class = self.extension(place, n.common.extensions.as_ref()).and_then(|e| e.class);
        self.named.push(Target { id: n.common.id.to_string(), rank, name, class, references });
    }

    fn collection(&mut self, place: Place, c: &Collection<'_>) {
        let references =
            c.common.external_references.iter().filter_map(|r| r.url.as_deref().map(str::to_owned)).collect();
        let at = self.collections.len() as u32;
        for member in &c.object_refs {
            if let Some(uuid) = pack_uuid(member) {
                self.members.push((uuid, at));
            }
        }
        let name = c.name.as_deref().unwrap_or(&c.common.id).to_owned();
        let class = self.extension(place, c.common.extensions.as_ref()).and_then(|e| e.class);
        self.collections.push(Target { id: c.common.id.to_string(), rank: 9, name, class, references });
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

    fn family(&mut self, target: &Target, stem: &str) -> Result<u16, Full> {
        let class = target.class.unwrap_or_else(|| match classes::of_family(&target.name) {
            PackClass::Other => classes::of_pack(stem),
            known => known,
        });
        self.library.add_family(Family { name: target.name.clone(), class, references: target.references.clone() })
    }
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

/// What the publisher says beside the pattern.
fn meta_of(i: &Indicator<'_>) -> Meta {
    let owned = |list: &[std::borrow::Cow<'_, str>]| list.iter().map(|s| s.to_string()).collect();
    let text = |value: &Option<std::borrow::Cow<'_, str>>| value.as_deref().map(str::to_owned);
    let reference = |r: &ExternalReference<'_>| {
        r.url
            .as_deref()
            .map(str::to_owned)
            .or_else(|| Some(format!("{} {}", r.source_name.as_deref()?, r.external_id.as_deref()?)))
    };
    let phase = |p: &KillChainPhase<'_>| {
        format!("{}/{}", p.kill_chain_name.as_deref().unwrap_or(""), p.phase_name.as_deref().unwrap_or(""))
    };
    Meta {
        // Names of published indicators repeat the value; they tell nothing, and would be one saying each.
        name: text(&i.name).filter(|name| !i.pattern.contains(name.as_str())),
        description: text(&i.description).filter(|d| !d.is_empty()),
        markings: owned(&i.common.object_marking_refs),
        confidence: i.common.confidence,
        labels: owned(&i.common.labels),
        indicator_types: owned(&i.indicator_types),
        kill_chain_phases: i.kill_chain_phases.iter().map(phase).collect(),
        references: i.common.external_references.iter().filter_map(reference).collect(),
        extensions: i.common.extensions.as_ref().and_then(others),
    }
}

/// Extensions besides our own, which the loader itself reads.
fn others(all: &serde_json::Map<String, serde_json::Value>) -> Option<String> {
    let rest: serde_json::Map<_, _> =
        all.iter().filter(|(id, _)| *id != extension::ID).map(|(k, v)| (k.clone(), v.clone())).collect();
    (!rest.is_empty()).then(|| serde_json::Value::Object(rest).to_string())
}
