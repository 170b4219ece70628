//! `observed-data` from JSON, as observations that patterns can be asked about (STIX 2.1 §4.14, STIX 2.0 part 2 §2.8).
//!
//! STIX 2.1 names its objects in `object_refs` and puts them beside the observed-data in the bundle; STIX 2.0 holds
//! them inside, in the dictionary `objects`, and refers to them by key. References are followed only to objects of the
//! same observation, and a path that ends at one reaches the object, not its id: such a value exists and is equal to
//! nothing, as in the OASIS matcher.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::ast::Step;
use super::observe::Observed;
use super::time::parse_timestamp;
use super::value::{Object, Scalar};

/// Values that one path may reach in one object: references in references can multiply.
const MAX_VISITED: usize = 100_000;

const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// STIX objects that are no observables. No pattern matches them, even if an observation refers to one.
const NOT_OBSERVABLE: [&str; 25] = [
    "attack-pattern",
    "bundle",
    "campaign",
    "course-of-action",
    "extension-definition",
    "grouping",
    "identity",
    "incident",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "language-content",
    "location",
    "malware",
    "malware-analysis",
    "marking-definition",
    "note",
    "observed-data",
    "opinion",
    "relationship",
    "report",
    "threat-actor",
    "tool",
    "sighting",
    "vulnerability",
];

/// Observed-data that breaks the specification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{id}: expected {expected}, found {found}")]
pub struct DataError {
    /// The id of the observed-data, or what there is of it.
    pub id: String,
    /// What should be there.
    pub expected: &'static str,
    /// What is.
    pub found: String,
}

/// One observed-data with its objects.
#[derive(Debug, Clone)]
pub struct ObservedData {
    /// Its id.
    pub id: String,
    /// `first_observed`, microseconds since 1970-01-01T00:00:00Z.
    pub first: i64,
    /// `last_observed`, the same.
    pub last: i64,
    /// `number_observed`, at least 1.
    pub number: u64,
    /// Its objects, under the name by which references find them.
    pub objects: Vec<(String, Arc<Value>)>,
}

/// Collects the observed-data of bundles, lists of objects, or single objects. All of them are one context: an
/// observation in one bundle may refer to objects in another; of two objects with one id the later counts.
///
/// # Errors
/// An observed-data without its times, its number (at least 1) or its objects.
pub fn observed_data(sources: &[Value]) -> Result<Vec<ObservedData>, DataError> {
    let mut observed = Vec::new();
    let mut by_id = HashMap::new();
    for source in sources {
        let single = std::slice::from_ref(source);
        let objects = match source {
            Value::Array(list) => list.as_slice(),
            Value::Object(map) => map.get("objects").and_then(Value::as_array).map_or(single, Vec::as_slice),
            _ => single,
        };
        for object in objects {
            if object.get("type").and_then(Value::as_str) == Some("observed-data") {
                observed.push(object);
            } else if let Some(id) = object.get("id").and_then(Value::as_str) {
                by_id.insert(id, object);
            }
        }
    }
    let mut shared = HashMap::new();
    observed.into_iter().map(|object| one(object, &by_id, &mut shared)).collect()
}

fn one<'v>(
    object: &'v Value,
    by_id: &HashMap<&'v str, &'v Value>,
    shared: &mut HashMap<&'v str, Arc<Value>>,
) -> Result<ObservedData, DataError> {
    let id = object.get("id").and_then(Value::as_str).unwrap_or("observed-data without id").to_owned();
    let fail = |expected: &'static str, found: Option<&Value>| DataError {
        id: id.clone(),
        expected,
        found: found.map_or_else(|| "nothing".to_owned(), shorten),
    };
    let time = |key: &str, expected: &'static str| {
        let value = object.get(key);
        value.and_then(Value::as_str).and_then(parse_timestamp).ok_or_else(|| fail(expected, value))
    };
    let first = time("first_observed", "a timestamp in first_observed")?;
    let last = time("last_observed", "a timestamp in last_observed")?;
    if first > last {
        return Err(fail("first_observed not after last_observed", object.get("last_observed")));
    }
    let number = object.get("number_observed");
    let number = number
        .and_then(Value::as_u64)
        .filter(|number| *number > 0)
        .ok_or_else(|| fail("a whole number of at least 1 in number_observed", number))?;
    let objects = match (object.get("object_refs"), object.get("objects")) {
        (Some(Value::Array(refs)), _) => referred(refs, by_id, shared),
        (_, Some(Value::Object(map))) => {
            map.iter().map(|(key, value)| (key.clone(), Arc::new(value.clone()))).collect()
        }
        (refs, objects) => return Err(fail("a list object_refs or a dictionary objects", refs.or(objects))),
    };
    Ok(ObservedData { id: id.clone(), first, last, number, objects })
}

fn referred<'v>(
    refs: &'v [Value],
    by_id: &HashMap<&'v str, &'v Value>,
    shared: &mut HashMap<&'v str, Arc<Value>>,
) -> Vec<(String, Arc<Value>)> {
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    for id in refs.iter().filter_map(Value::as_str) {
        let Some(object) = by_id.get(id) else { continue };
        let observable = object.get("type").and_then(Value::as_str).is_some_and(|t| !NOT_OBSERVABLE.contains(&t));
        if observable && seen.insert(id) {
            let object = shared.entry(id).or_insert_with(|| Arc::new((*object).clone()));
            out.push((id.to_owned(), Arc::clone(object)));
        }
    }
    out
}

/// Most characters of a wrong value that an error repeats.
const MAX_SHOWN: usize = 60;

fn shorten(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text,
    }
}

impl ObservedData {
    /// As patterns take it.
    #[must_use]
    pub fn as_observed(&self) -> Observed<'_> {
        let object = |(_, value): &'_ (String, Arc<Value>)| Arc::clone(value);
        Observed {
            times: Some((self.first, self.last)),
            number: self.number,
            objects: self
                .objects
                .iter()
                .map(|entry| Box::new(JsonObject { value: object(entry), all: &self.objects }) as Box<dyn Object>)
                .collect(),
        }
    }
}

/// A JSON object among those it may refer to.
struct JsonObject<'a> {
    value: Arc<Value>,
    all: &'a [(String, Arc<Value>)],
}

impl Object for JsonObject<'_> {
    fn object_type(&self) -> &str {
        self.value.get("type").and_then(Value::as_str).unwrap_or("")
    }

    fn visit(&self, steps: &[Step], f: &mut dyn FnMut(Scalar<'_>) -> ControlFlow<()>) {
        let mut walk = Walk { all: self.all, left: MAX_VISITED };
        // Nothing comes after the walk, so it does not matter who ended it.
        let _ = walk.go(&Place::Json(&self.value), steps, f);
    }
}

/// Where a walk stands.
enum Place<'v> {
    Json(&'v Value),
    Bytes(Vec<u8>),
    /// What a `_refs` list refers to; places that refer to nothing are kept, so that indexes stay right.
    Referred(Vec<Option<&'v Value>>),
    Bad(&'static str),
}

struct Walk<'a> {
    all: &'a [(String, Arc<Value>)],
    left: usize,
}

type Visitor<'f> = &'f mut dyn FnMut(Scalar<'_>) -> ControlFlow<()>;

impl<'a> Walk<'a> {
    fn go(&mut self, place: &Place<'_>, steps: &[Step], f: Visitor<'_>) -> ControlFlow<()> {
        let Some(left) = self.left.checked_sub(1) else {
            f(Scalar::Bad("fewer values than references here multiply to"))?;
            return ControlFlow::Break(());
        };
        self.left = left;
        let Some((step, steps)) = steps.split_first() else { return f(scalar(place)) };
        match (place, step) {
            (Place::Bad(expected), _) => f(Scalar::Bad(expected)),
            (Place::Json(Value::Object(map)), Step::Key(key)) => match map.get(key) {
                Some(value) => match self.arrive(key, value) {
                    Some(place) => self.go(&place, steps, f),
                    None => ControlFlow::Continue(()),
                },
                None => ControlFlow::Continue(()),
            },
            (Place::Json(Value::Array(list)), Step::Any) => {
                list.iter().try_for_each(|item| self.go(&Place::Json(item), steps, f))
            }
            (Place::Json(Value::Array(list)), Step::Index(n)) => {
                match usize::try_from(*n).ok().and_then(|n| list.get(n)) {
                    Some(item) => self.go(&Place::Json(item), steps, f),
                    None => ControlFlow::Continue(()),
                }
            }
            (Place::Referred(list), Step::Any) => {
                list.iter().flatten().try_for_each(|item| self.go(&Place::Json(item), steps, f))
            }
            (Place::Referred(list), Step::Index(n)) => {
                match usize::try_from(*n).ok().and_then(|n| list.get(n).copied().flatten()) {
                    Some(item) => self.go(&Place::Json(item), steps, f),
                    None => ControlFlow::Continue(()),
                }
            }
            _ => ControlFlow::Continue(()),
        }
    }

    /// The endings of property names say what their values mean (STIX 2.1 §3.1, §2.2, §2.9).
    fn arrive<'v>(&self, key: &str, value: &'v Value) -> Option<Place<'v>>
    where
        'a: 'v,
    {
        if key.ends_with("_hex") {
            let bytes = value.as_str().and_then(decode_hex);
            return Some(bytes.map_or(Place::Bad("hexadecimal digits"), Place::Bytes));
        }
        if key.ends_with("_bin") {
            let bytes = value.as_str().and_then(decode_base64);
            return Some(bytes.map_or(Place::Bad("base64"), Place::Bytes));
        }
        if key.ends_with("_ref") {
            return match value.as_str() {
                Some(id) => self.find(id).map(Place::Json),
                None => Some(Place::Bad("a reference")),
            };
        }
        if key.ends_with("_refs") {
            let Some(list) = value.as_array() else { return Some(Place::Bad("a list of references")) };
            if !list.iter().all(Value::is_string) {
                return Some(Place::Bad("a list of references"));
            }
            let found: Vec<_> = list.iter().map(|id| id.as_str().and_then(|id| self.find(id))).collect();
            return found.iter().any(Option::is_some).then_some(Place::Referred(found));
        }
        Some(Place::Json(value))
    }

    fn find(&self, id: &str) -> Option<&'a Value> {
        self.all.iter().find(|(name, _)| name == id).map(|(_, value)| value.as_ref())
    }
}

fn scalar<'p>(place: &'p Place<'_>) -> Scalar<'p> {
    match place {
        Place::Json(Value::String(text)) => Scalar::Str(Cow::Borrowed(text)),
        Place::Json(Value::Bool(b)) => Scalar::Bool(*b),
        Place::Json(Value::Number(n)) => match (n.as_i64(), n.as_u64(), n.as_f64()) {
            (Some(n), _, _) => Scalar::Int(n.into()),
            (_, Some(n), _) => Scalar::Int(n.into()),
            (_, _, Some(x)) => Scalar::Float(x),
            _ => Scalar::Other,
        },
        Place::Json(_) | Place::Referred(_) => Scalar::Other,
        Place::Bytes(bytes) => Scalar::Bytes(Cow::Borrowed(bytes)),
        Place::Bad(expected) => Scalar::Bad(expected),
    }
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let nibble = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    text.as_bytes().chunks(2).map(|pair| Some(nibble(*pair.first()?)? << 4 | nibble(*pair.get(1)?)?)).collect()
}

/// Line breaks and other characters outside the alphabet are skipped, as common decoders do.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok().or_else(|| {
        let kept: String = text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')).collect();
        BASE64.decode(kept).ok()
    })
}
