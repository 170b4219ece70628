//! A STIX bundle as a file: ids, relationships, what the standard requires.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::path::Path;

use serde_json::Value;

use crate::kit::lint::rules::files::{
    DANGLING, DUPLICATE_RELATION, ID_COLLISION, OBJECT_ID, REPEATED_OBJECT, REQUIRED_PROPERTY, UNATTRIBUTED,
};
use crate::kit::lint::rules::mvt::{MVT_ATTRIBUTION, MVT_FILE_NAME, MVT_OBJECT, MVT_PATTERN_TYPE};
use crate::kit::lint::{Options, Out, Target};
use crate::stix::bundle::read_objects;

/// What indicators can belong to.
const NAMED: [&str; 6] = ["malware", "tool", "campaign", "intrusion-set", "threat-actor", "infrastructure"];
/// What MVT does not follow a relationship to.
const MVT_LOSES: [&str; 3] = ["threat-actor", "campaign", "intrusion-set"];

/// Reads a bundle once more, object by object.
pub fn check(path: &Path, options: &Options, out: &mut Out) {
    let Ok(file) = File::open(path) else { return };
    let mut reader = BufReader::new(file);
    let first = reader.fill_buf().ok().and_then(|b| b.iter().copied().find(|b| !b.is_ascii_whitespace()));
    let mut seen = Seen { file: path.display().to_string(), ..Seen::default() };
    let read = read_objects(reader, |place, raw| {
        if let Some(Value::Object(o)) = raw.ok().and_then(|text| serde_json::from_str(text).ok()) {
            seen.take(place.line, &o, out);
        }
        ControlFlow::Continue(())
    });
    let Ok(summary) = read else { return };
    if let Some(id) = summary.id.as_deref().filter(|id| !is_id(id, "bundle")) {
        out.file(&OBJECT_ID, &seen.file, 1, format!("the bundle's id {id} is not bundle--UUID"));
    }
    let old = summary.spec_version.as_deref() == Some("2.0");
    seen.finish(old, options.target, out);
    if options.target == Target::Mvt {
        if first == Some(b'[') {
            out.file(&MVT_OBJECT, &seen.file, 1, "the file is a bare array of objects");
        }
        if path.extension().is_none_or(|e| e != "stix2") {
            out.file(&MVT_FILE_NAME, &seen.file, 1, "its name does not end in .stix2");
        }
    }
}

type Object = serde_json::Map<String, Value>;

struct Relation {
    source: String,
    target: String,
    kind: String,
    line: u64,
}

#[derive(Default)]
struct Seen {
    file: String,
    /// Type, modification and line of each object.
    objects: HashMap<String, (String, Option<String>, u64)>,
    indicators: Vec<(String, u64)>,
    relations: Vec<Relation>,
    members: HashSet<String>,
    /// How often a property of a type is missing, and where first.
    missing: BTreeMap<(String, &'static str), (u64, u64)>,
    bad_ids: Vec<(String, u64)>,
    nameless: Vec<(String, u64)>,
    foreign: Vec<(String, u64)>,
}

impl Seen {
    fn take(&mut self, line: u64, o: &Object, out: &mut Out) {
        let text = |key: &str| o.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (kind, id) = (text("type"), text("id"));
        let required: &[&'static str] = match kind.as_str() {
            "indicator" => &["id", "created", "modified", "spec_version", "pattern_type", "valid_from"],
            "malware" => &["id", "created", "modified", "spec_version", "is_family"],
            "relationship" => &["id", "created", "modified", "spec_version", "relationship_type"],
            _ => &["id"],
        };
        for property in required.iter().filter(|p| !o.contains_key(**p)) {
            self.missing.entry((kind.clone(), property)).or_insert((0, line)).0 += 1;
        }
        if !id.is_empty() && !is_id(&id, &kind) {
            self.bad_ids.push((id.clone(), line));
        }
        match kind.as_str() {
            "indicator" => {
                self.indicators.push((id.clone(), line));
                let foreign = o.get("pattern_type").and_then(Value::as_str).is_some_and(|t| t != "stix");
                if foreign || !o.contains_key("pattern") {
                    self.foreign.push((id.clone(), line));
                }
            }
            "relationship" => {
                let (source, target) = (text("source_ref"), text("target_ref"));
                self.relations.push(Relation { source, target, kind: text("relationship_type"), line });
            }
            "report" | "grouping" => {
                let refs = o.get("object_refs").and_then(Value::as_array);
                self.members.extend(refs.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
            }
            "malware" if !o.contains_key("name") => self.nameless.push((id.clone(), line)),
            _ => {}
        }
        self.object(line, kind, id, o, out);
    }

    fn object(&mut self, line: u64, kind: String, id: String, o: &Object, out: &mut Out) {
        if id.is_empty() {
            return;
        }
        let modified = o.get("modified").and_then(Value::as_str).map(str::to_owned);
        match self.objects.get(&id) {
            // Of indicators, the ledger tells more.
            Some(_) if kind == "indicator" => {}
            Some((_, other, at)) if *other == modified => {
                out.file(&ID_COLLISION, &self.file, line, format!("{id} stands at line {at} already"));
            }
            Some((_, _, at)) => {
                out.file(&REPEATED_OBJECT, &self.file, line, format!("another version of {id} stands at line {at}"));
            }
            None => {
                self.objects.insert(id, (kind, modified, line));
            }
        }
    }

    fn finish(&self, old: bool, target: Target, out: &mut Out) {
        for ((kind, property), (count, line)) in &self.missing {
            // STIX 2.0 has the version on the bundle, one pattern language, and other words for malware.
            if old && ["spec_version", "pattern_type", "is_family"].contains(property) {
                continue;
            }
            let told = format!("{count} objects of type {kind} lack `{property}`, first here");
            out.file(&REQUIRED_PROPERTY, &self.file, *line, told);
        }
        for (id, line) in &self.bad_ids {
            out.file(&OBJECT_ID, &self.file, *line, format!("{id} is not type--UUID"));
        }
        self.relations(out);
        self.attribution(out);
        if target == Target::Mvt {
            self.mvt(out);
        }
    }

    fn relations(&self, out: &mut Out) {
        let mut known: HashMap<(&str, &str, &str), u64> = HashMap::new();
        for r in &self.relations {
            for end in [&r.source, &r.target] {
                if !self.objects.contains_key(end) {
                    let told = format!("the relationship names {end}, which the bundle does not hold");
                    out.file(&DANGLING, &self.file, r.line, told);
                }
            }
            let ends = (r.kind.as_str(), r.source.as_str(), r.target.as_str());
            if let Some(at) = known.get(&ends) {
                let told = format!("{} {} {} stands at line {at} already", r.source, r.kind, r.target);
                out.file(&DUPLICATE_RELATION, &self.file, r.line, told);
            } else {
                known.insert(ends, r.line);
            }
        }
    }

    fn kind(&self, id: &str) -> &str {
        self.objects.get(id).map_or("", |o| o.0.as_str())
    }

    fn attribution(&self, out: &mut Out) {
        let mut linked: HashSet<&str> = self.members.iter().map(String::as_str).collect();
        for r in &self.relations {
            if NAMED.contains(&self.kind(&r.target)) {
                linked.insert(&r.source);
            }
            if NAMED.contains(&self.kind(&r.source)) {
                linked.insert(&r.target);
            }
        }
        let alone: Vec<_> = self.indicators.iter().filter(|(id, _)| !linked.contains(id.as_str())).collect();
        if let Some((_, line)) = alone.first() {
            let told = format!("{} indicators belong to no malware, tool or report, first this one", alone.len());
            out.file(&UNATTRIBUTED, &self.file, *line, told);
        }
    }

    fn mvt(&self, out: &mut Out) {
        for (id, line) in &self.nameless {
            out.file(&MVT_OBJECT, &self.file, *line, format!("{id} has no name"));
        }
        for (id, line) in &self.foreign {
            out.file(&MVT_PATTERN_TYPE, &self.file, *line, format!("{id} has no STIX pattern"));
        }
        let lost = |r: &&Relation| {
            let forward = self.kind(&r.source) == "indicator" && MVT_LOSES.contains(&self.kind(&r.target));
            forward || (self.kind(&r.target) == "indicator" && NAMED.contains(&self.kind(&r.source)))
        };
        let lost: Vec<&Relation> = self.relations.iter().filter(lost).collect();
        if let Some(first) = lost.first() {
            let told = format!("{} relationships lead to no malware, first this one", lost.len());
            out.file(&MVT_ATTRIBUTION, &self.file, first.line, told);
        }
    }
}

/// `type--xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`
fn is_id(id: &str, kind: &str) -> bool {
    let Some((front, uuid)) = id.split_once("--") else { return false };
    let bytes = uuid.as_bytes();
    let form = |(i, b): (usize, &u8)| match i {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    };
    front == kind && bytes.len() == 36 && bytes.iter().enumerate().all(form)
}
