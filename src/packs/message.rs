//! Objects of a bundle as the library needs them, free of the text they were read from, so that reading and loading can
//! go on side by side.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::extension::{self, Extension};
use super::library::pack_uuid;
use crate::finding::reason::{self, Code};
use crate::finding::{Meta, PackClass};
use crate::stix::bundle::{ObjectError, Place};
use crate::stix::object::{
    Collection, Common, ExternalReference, Indicator, KillChainPhase, Named, NamedKind, Parsed, Relationship,
    StixObject,
};
use crate::stix::time::parse_timestamp;

/// What an object says that a library keeps.
pub enum Message {
    /// An indicator.
    Indicator(Taken),
    /// Something indicators are attributed to.
    Named(Target),
    /// A report or grouping, and the indicators in it.
    Collection(Target, Vec<[u8; 16]>),
    /// An indicator, and the id of what it is related to.
    Link([u8; 16], Text),
    /// Id and words of a marking.
    Marking(String, String),
    /// Damage or an oddity: code, sentence and line.
    Problem(Code, String, u64),
    /// When the newest object so far was written, in Unix seconds.
    Dated(i64),
}

/// Messages, and the text most of them speak of: a million small strings that one thread makes and another frees would
/// cost more than all the reading.
#[derive(Default)]
pub struct Batch {
    /// In the order of the objects.
    pub messages: Vec<Message>,
    text: String,
}

/// A stretch of a batch's text.
#[derive(Clone, Copy)]
pub struct Text {
    start: usize,
    end: usize,
}

impl Batch {
    /// A batch with room for so many messages.
    pub fn with_room(messages: usize) -> Batch {
        Batch { messages: Vec::with_capacity(messages), text: String::with_capacity(messages * BYTES_EACH) }
    }

    /// The text of a message.
    pub fn text(&self, at: Text) -> &str {
        self.text.get(at.start..at.end).unwrap_or_default()
    }

    fn keep(&mut self, text: &str) -> Text {
        let start = self.text.len();
        self.text.push_str(text);
        Text { start, end: self.text.len() }
    }

    fn push(&mut self, message: Message) {
        self.messages.push(message);
    }
}

/// Bytes of text a message takes, roughly.
const BYTES_EACH: usize = 96;

/// An indicator as it was written.
pub struct Taken {
    /// Line in the file, from 1.
    pub line: u64,
    /// Byte at which its object begins.
    pub offset: u64,
    /// Its id.
    pub id: Text,
    /// When this version of it was written, in microseconds; the least number where it does not say.
    pub modified: i64,
    /// Its pattern.
    pub pattern: Text,
    /// Withdrawn.
    pub revoked: bool,
    /// The language of the pattern, when it is not STIX.
    pub foreign: Option<String>,
    /// Unix seconds.
    pub valid_from: Option<i64>,
    /// Unix seconds.
    pub valid_until: Option<i64>,
    /// What its publisher says beside; `None` for what was said of the indicator before it.
    pub meta: Option<Box<Meta>>,
    /// What our own extension says of it.
    pub extension: Option<Box<Extension>>,
}

/// Something indicators can be attributed to.
pub struct Target {
    /// Its id.
    pub id: String,
    /// When this version of it was written, in microseconds; the least number where it does not say.
    pub modified: i64,
    /// Of several, the least counts.
    pub rank: u8,
    /// Its name.
    pub name: String,
    /// What kind of tool it is, where our own extension says so.
    pub class: Option<PackClass>,
    /// Where to read more.
    pub references: Vec<String>,
}

/// Turns objects into messages.
#[derive(Default)]
pub struct Converter {
    /// The latest date so far, as written and in seconds. Dates of one bundle are nearly always written alike, and then
    /// compare as text.
    newest: (String, i64),
    /// What was said of the last indicator: neighbours mostly say the same.
    said: Meta,
}

impl Converter {
    /// Converts one object, or the reason why it is lost; a problem comes before what it is about.
    pub fn convert(&mut self, place: Place, object: Result<Parsed<'_>, ObjectError>, out: &mut Batch) {
        let parsed = match object {
            Ok(parsed) => parsed,
            Err(e) => {
                out.push(Message::Problem(reason::OBJECT_DAMAGED, e.to_string(), e.place.line));
                return;
            }
        };
        if !parsed.wrong.is_empty() {
            let text = format!("line {}: ignored, of the wrong type: {}", place.line, parsed.wrong.join(", "));
            out.push(Message::Problem(reason::PROPERTY_IGNORED, text, place.line));
        }
        if !matches!(parsed.object, StixObject::Marking(_))
            && let Some(written) = parsed.object.common().and_then(|c| c.modified.as_deref().or(c.created.as_deref()))
        {
            self.date(written, out);
        }
        match parsed.object {
            StixObject::Indicator(i) => {
                let taken = self.indicator(place, &i, out);
                out.push(Message::Indicator(taken));
            }
            StixObject::Named(n) => {
                let ours = extension_of(place, n.common.extensions.as_ref(), out);
                out.messages.extend(named(&n, ours.and_then(|e| e.class)));
            }
            StixObject::Collection(c) => {
                let ours = extension_of(place, c.common.extensions.as_ref(), out);
                out.push(collection(&c, ours.and_then(|e| e.class)));
            }
            StixObject::Relationship(r) => link(&r, out),
            StixObject::Marking(m) => {
                let id = m.common.id.into_owned();
                let told = m.tlp.map(|t| t.as_str().to_owned()).or(m.statement);
                out.messages.extend(told.map(|text| Message::Marking(id, text)));
            }
            _ => {}
        }
    }

    fn indicator(&mut self, place: Place, i: &Indicator<'_>, out: &mut Batch) -> Taken {
        let mut date = |name: &str, text: Option<&str>| {
            let text = text?;
            let micros = parse_timestamp(text);
            if micros.is_none() {
                let text = format!("line {}: {name} {text} is no date", place.line);
                out.push(Message::Problem(reason::DATE_UNREADABLE, text, place.line));
            }
            micros.map(|m| m.div_euclid(1_000_000))
        };
        let (valid_from, valid_until) =
            (date("valid_from", i.valid_from.as_deref()), date("valid_until", i.valid_until.as_deref()));
        let extension = extension_of(place, i.common.extensions.as_ref(), out).map(Box::new);
        let language = || i.pattern_type.as_deref().unwrap_or("another language").to_owned();
        let meta = (!says(i, &self.said)).then(|| {
            self.said = meta_of(i);
            Box::new(self.said.clone())
        });
        Taken {
            line: place.line,
            modified: modified(&i.common),
            offset: place.offset,
            revoked: i.common.revoked,
            foreign: (!i.is_stix()).then(language),
            valid_from,
            valid_until,
            meta,
            extension,
            id: out.keep(&i.common.id),
            pattern: out.keep(&i.pattern),
        }
    }

    fn date(&mut self, written: &str, out: &mut Batch) {
        if written.len() == self.newest.0.len() && written <= self.newest.0.as_str() {
            return;
        }
        let Some(seconds) = parse_timestamp(written).map(|m| m.div_euclid(1_000_000)) else { return };
        if seconds > self.newest.1 || self.newest.0.is_empty() {
            if seconds != self.newest.1 {
                out.push(Message::Dated(seconds));
            }
            self.newest = (written.to_owned(), seconds);
        }
    }
}

/// What our own extension says of an object.
fn extension_of(place: Place, all: Option<&Map<String, Value>>, out: &mut Batch) -> Option<Extension> {
    Extension::read(all).unwrap_or_else(|e| {
        let told = format!("line {}: the extension of vigie: {e}", place.line);
        out.push(Message::Problem(reason::PROPERTY_IGNORED, told, place.line));
        None
    })
}

fn named(n: &Named<'_>, class: Option<PackClass>) -> Option<Message> {
    let rank = match n.kind {
        NamedKind::Malware => 0,
        NamedKind::Tool => 1,
        NamedKind::Campaign => 2,
        NamedKind::IntrusionSet => 3,
        NamedKind::ThreatActor => 4,
        NamedKind::Infrastructure => 5,
        _ => return None,
    };
    Some(Message::Named(target(&n.common, rank, n.name.as_deref(), class)))
}

fn collection(c: &Collection<'_>, class: Option<PackClass>) -> Message {
    let members = c.object_refs.iter().filter_map(|m| pack_uuid(m)).collect();
    Message::Collection(target(&c.common, 9, c.name.as_deref(), class), members)
}

fn target(common: &Common<'_>, rank: u8, name: Option<&str>, class: Option<PackClass>) -> Target {
    let references = common.external_references.iter().filter_map(|r| r.url.as_deref().map(str::to_owned)).collect();
    let id = common.id.to_string();
    Target { modified: modified(common), rank, name: name.unwrap_or(&id).to_owned(), class, references, id }
}

fn modified(common: &Common<'_>) -> i64 {
    let written = common.modified.as_deref().or(common.created.as_deref());
    written.and_then(parse_timestamp).unwrap_or(i64::MIN)
}

fn link(r: &Relationship<'_>, out: &mut Batch) {
    if r.common.revoked {
        return;
    }
    let (indicator, other) = match (pack_uuid(&r.source_ref), pack_uuid(&r.target_ref)) {
        (Some(uuid), None) => (uuid, &r.target_ref),
        (None, Some(uuid)) => (uuid, &r.source_ref),
        _ => return,
    };
    let other = out.keep(other);
    out.push(Message::Link(indicator, other));
}

/// Whether what a publisher says of an indicator is this; where that takes long to tell, it is not.
fn says(i: &Indicator<'_>, meta: &Meta) -> bool {
    let same = |a: &[Cow<'_, str>], b: &[String]| a.iter().map(|s| s.as_ref()).eq(b.iter().map(String::as_str));
    i.common.extensions.is_none()
        && meta.extensions.is_none()
        && i.common.external_references.is_empty()
        && meta.references.is_empty()
        && i.kill_chain_phases.is_empty()
        && meta.kill_chain_phases.is_empty()
        && i.common.confidence == meta.confidence
        && name_of(i) == meta.name.as_deref()
        && i.description.as_deref().filter(|d| !d.is_empty()) == meta.description.as_deref()
        && same(&i.common.object_marking_refs, &meta.markings)
        && same(&i.common.labels, &meta.labels)
        && same(&i.indicator_types, &meta.indicator_types)
}

/// Names of published indicators mostly repeat the value; those tell nothing, and would be one saying each.
fn name_of<'a>(i: &'a Indicator<'_>) -> Option<&'a str> {
    i.name.as_deref().filter(|name| !i.pattern.contains(name))
}

/// What the publisher says beside the pattern.
fn meta_of(i: &Indicator<'_>) -> Meta {
    let owned = |list: &[Cow<'_, str>]| list.iter().map(|s| s.to_string()).collect();
    let text = |value: &Option<Cow<'_, str>>| value.as_deref().map(str::to_owned);
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
        name: name_of(i).map(str::to_owned),
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
fn others(all: &Map<String, Value>) -> Option<String> {
    let rest: Map<_, _> =
        all.iter().filter(|(id, _)| *id != extension::ID).map(|(k, v)| (k.clone(), v.clone())).collect();
    (!rest.is_empty()).then(|| Value::Object(rest).to_string())
}
