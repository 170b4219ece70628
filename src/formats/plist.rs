//! Property lists of both encodings as one owned tree.
//!
//! Source of the formats: Apple's `PropertyList-1.0.dtd` and `plist(5)` for XML, [`super::bplist`] for binary.
//!
//! A property list from a seized phone may be built to break its reader: containers nested until the stack ends, a few
//! hundred bytes whose shared objects unfold to gigabytes, containers that hold themselves. The walk here keeps its own
//! stack and counts every value and byte it makes, so that it ends with an error instead.

mod build;
mod xml;

use super::bplist::{Array, Bplist, Dict, Object};
pub use super::bplist::{EPOCH_2001, PlistError, Ref, date_to_unix_micros};
pub(super) use build::Builder;

/// Deepest nesting of arrays and dictionaries. Apple's own files stay below 20.
pub const MAX_DEPTH: usize = 128;
/// Values any property list may unfold to, however small it is.
const NODES_FREE: u64 = 200_000;
/// Values per byte of input: a tree without shared containers cannot have more than one per byte.
const NODES_PER_BYTE: u64 = 4;
/// Values at most, whatever the size of the input (half a gigabyte of tree).
const NODES_MAX: u64 = 16_000_000;
/// Bytes of text and data any property list may unfold to.
const PAYLOAD_FREE: u64 = 64 << 20;
/// Bytes of text and data per byte of input. UTF-16 needs at most 1.5; the rest is room for shared strings.
const PAYLOAD_PER_BYTE: u64 = 8;
/// Bytes of text and data at most.
const PAYLOAD_MAX: u64 = 1 << 30;

/// A value of a property list.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Binary null, and what a damaged place of an array was in [`parse_lossy`].
    Null,
    /// `<true/>`, `<false/>`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// A floating point number; may be NaN.
    Real(f64),
    /// Seconds since 2001-01-01 UTC; see [`date_to_unix_micros`]. May be NaN.
    Date(f64),
    /// Bytes.
    Data(Vec<u8>),
    /// Text.
    String(String),
    /// Index into the objects of a keyed archive.
    Uid(u64),
    /// Arrays and sets.
    Array(Vec<Value>),
    /// Pairs in file order. Keys may repeat.
    Dict(Vec<(String, Value)>),
}

impl Value {
    /// The value of a key of a dictionary; of equal keys the last one.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_dict()?.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// The value at the end of a path of dictionary keys.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |v, k| v.get(k))
    }

    /// Text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    /// An integer that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(i) => Some(*i),
            _ => None,
        }
    }

    /// An integer that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Int(i) => u64::try_from(*i).ok(),
            Value::UInt(u) => Some(*u),
            _ => None,
        }
    }

    /// Any number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Int(i) => Some(*i as f64),
            Value::UInt(u) => Some(*u as f64),
            Value::Real(r) => Some(*r),
            _ => None,
        }
    }

    /// A boolean; numbers are not taken for one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// Bytes.
    pub fn as_data(&self) -> Option<&[u8]> {
        match self {
            Value::Data(d) => Some(d),
            _ => None,
        }
    }

    /// A date, as microseconds since 1970-01-01 UTC.
    pub fn as_unix_micros(&self) -> Option<i64> {
        match self {
            Value::Date(d) => date_to_unix_micros(*d),
            _ => None,
        }
    }

    /// Elements of an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Value::Array(a) => Some(a),
            _ => None,
        }
    }

    /// Pairs of a dictionary in file order.
    pub fn as_dict(&self) -> Option<&[(String, Value)]> {
        match self {
            Value::Dict(d) => Some(d),
            _ => None,
        }
    }

    /// Name of the type, for error texts.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::UInt(_) => "an integer",
            Value::Real(_) => "a real",
            Value::Date(_) => "a date",
            Value::Data(_) => "data",
            Value::String(_) => "a string",
            Value::Uid(_) => "a UID",
            Value::Array(_) => "an array",
            Value::Dict(_) => "a dictionary",
        }
    }
}

/// Reads a property list of either encoding; anything wrong inside it is an error. What follows the end of an XML
/// property list is not looked at.
pub fn parse(data: &[u8]) -> Result<Value, PlistError> {
    match read(data, false) {
        (Some(value), None | Some(PlistError::Trailing)) => Ok(value),
        (_, Some(error)) => Err(error),
        (None, None) => Err(PlistError::Empty),
    }
}

/// Reads what can be read: a damaged value is left out (in an array of a binary list: null) and its neighbours are kept;
/// XML whose structure is damaged is kept up to there. The error is the first thing that was wrong.
pub fn parse_lossy(data: &[u8]) -> (Option<Value>, Option<PlistError>) {
    match read(data, true) {
        (None, None) => (None, Some(PlistError::Empty)),
        other => other,
    }
}

fn read(data: &[u8], lossy: bool) -> (Option<Value>, Option<PlistError>) {
    if Bplist::looks_like(data) {
        return match Bplist::parse(data) {
            Ok(plist) => read_binary(&plist, data.len(), lossy),
            Err(e) => (None, Some(e)),
        };
    }
    xml::read(data, lossy)
}

/// Limits for an input of that many bytes: values, bytes of content.
pub(super) fn budget(len: usize) -> (u64, u64) {
    let len = len as u64;
    let nodes = len.saturating_mul(NODES_PER_BYTE).saturating_add(NODES_FREE).min(NODES_MAX);
    let payload = len.saturating_mul(PAYLOAD_PER_BYTE).clamp(PAYLOAD_FREE, PAYLOAD_MAX);
    (nodes, payload)
}

/// A container being walked.
struct Walk<'a> {
    at: Ref,
    next: usize,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Array(Array<'a>),
    Dict(Dict<'a>),
}

/// One scalar as a value; containers are the walker's business.
pub(super) fn scalar(object: &Object<'_>) -> Option<Value> {
    Some(match object {
        Object::Null => Value::Null,
        Object::Bool(b) => Value::Bool(*b),
        Object::Int(i) => int(*i),
        Object::Real(r) => Value::Real(*r),
        Object::Date(d) => Value::Date(*d),
        Object::Data(d) => Value::Data(d.to_vec()),
        Object::String(t) => Value::String(t.decode().into_owned()),
        Object::Uid(u) => Value::Uid(*u),
        Object::Array(_) | Object::Set(_) | Object::Dict(_) => return None,
    })
}

/// Clips what fits neither `i64` nor `u64`; only a 16-byte integer written by hand does not.
pub(super) fn int(i: i128) -> Value {
    match (i64::try_from(i), u64::try_from(i)) {
        (Ok(i), _) => Value::Int(i),
        (_, Ok(u)) => Value::UInt(u),
        _ if i < 0 => Value::Int(i64::MIN),
        _ => Value::UInt(u64::MAX),
    }
}

/// Bytes of content of a scalar, counted before it is copied.
pub(super) fn stored_len(object: &Object<'_>) -> usize {
    match object {
        Object::Data(d) => d.len(),
        // A byte of text that is not UTF-8, and two bytes of UTF-16, become at most three.
        Object::String(t) => t.byte_len(),
        _ => 0,
    }
}

fn read_binary(plist: &Bplist<'_>, len: usize, lossy: bool) -> (Option<Value>, Option<PlistError>) {
    let mut out = Builder::new(budget(len));
    let mut walks: Vec<Walk<'_>> = Vec::new();
    let mut first_error = None;
    let mut here = plist.top();
    loop {
        let step = visit(plist, here, &mut out, &mut walks);
        if let Err(error) = step {
            let fatal = !lossy || matches!(error, PlistError::TooLarge { .. });
            first_error.get_or_insert(error);
            if fatal || walks.is_empty() {
                break;
            }
            if let Err(error) = out.skip() {
                first_error.get_or_insert(error);
                break;
            }
        }
        match next(plist, &mut out, &mut walks, lossy, &mut first_error) {
            Ok(Some(r)) => here = r,
            Ok(None) => break,
            Err(error) => {
                first_error.get_or_insert(error);
                break;
            }
        }
    }
    (out.finish(), first_error)
}

/// Adds the object to the tree and, if it is a container, makes it the one being walked.
fn visit<'a>(plist: &Bplist<'a>, r: Ref, out: &mut Builder, walks: &mut Vec<Walk<'a>>) -> Result<(), PlistError> {
    let object = plist.object(r)?;
    let kind = match object {
        Object::Array(a) | Object::Set(a) => Kind::Array(a),
        Object::Dict(d) => Kind::Dict(d),
        scalar_object => {
            out.charge(stored_len(&scalar_object))?;
            return out.leaf(scalar(&scalar_object).unwrap_or(Value::Null));
        }
    };
    // At most MAX_DEPTH ancestors, so looking through them is cheap.
    if walks.iter().any(|w| w.at == r) {
        return Err(PlistError::Cycle { offset: plist.offset_of(r)? });
    }
    match &kind {
        Kind::Array(a) => out.open_array(a.len())?,
        Kind::Dict(d) => out.open_dict(d.len())?,
    }
    walks.push(Walk { at: r, next: 0, kind });
    Ok(())
}

/// The next object to visit; closes containers that are done.
fn next(
    plist: &Bplist<'_>,
    out: &mut Builder,
    walks: &mut Vec<Walk<'_>>,
    lossy: bool,
    first_error: &mut Option<PlistError>,
) -> Result<Option<Ref>, PlistError> {
    while let Some(walk) = walks.last_mut() {
        let i = walk.next;
        walk.next += 1;
        let found = match &walk.kind {
            Kind::Array(a) => a.get(i),
            Kind::Dict(d) => match d.get(i) {
                None => None,
                Some((key, value)) => match dict_key(plist, key, out) {
                    Ok(()) => Some(value),
                    Err(e) if lossy && !matches!(e, PlistError::TooLarge { .. }) => {
                        first_error.get_or_insert(e);
                        out.spend(1)?;
                        continue;
                    }
                    Err(e) => return Err(e),
                },
            },
        };
        if found.is_some() {
            return Ok(found);
        }
        walks.pop();
        out.close();
    }
    Ok(None)
}

fn dict_key(plist: &Bplist<'_>, key: Ref, out: &mut Builder) -> Result<(), PlistError> {
    match plist.object(key)? {
        Object::String(t) => {
            out.charge(t.byte_len())?;
            out.key(t.decode().into_owned())
        }
        other => Err(plist.wrong_type("a string as dictionary key", &other, key)),
    }
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
