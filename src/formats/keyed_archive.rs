//! Keyed archives: objects of Foundation classes inside a property list.
//!
//! Source of the format: the output of Apple's `NSKeyedArchiver`. The top dictionary has `$archiver`, `$version`,
//! `$objects` (an array; entry 0 is the string `$null`) and `$top`, whose entries (mostly one, `root`) are UIDs. A UID is
//! an index into `$objects`. An object is a scalar, or a dictionary whose `$class` is the UID of a dictionary with
//! `$classname` and `$classes`.
//!
//! Objects may refer to each other in circles; [`KeyedArchive::decode`] walks with a stack of its own, knows the objects
//! it is inside of, and counts what it makes.

use std::borrow::Cow;

use super::bplist::{Array, Bplist, Dict, Object, PlistError, Ref};
use super::plist::{Builder, Value, budget, scalar, stored_len};

/// The string that `NSKeyedArchiver` writes for nil.
const NIL: &str = "$null";
/// Fields of an object that is looked into on behalf of others (a class, the base of a URL). Real ones have at most
/// four; the limit keeps a shared one from being walked at length each time.
const MAX_CLASS_FIELDS: usize = 64;

/// Why an archive or an object of it could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The property list itself is damaged, unfolds to too much, or an object contains itself.
    #[error(transparent)]
    Plist(#[from] PlistError),
    /// The property list is not a keyed archive.
    #[error("expected a keyed archive, found a property list without {missing}")]
    NotAnArchive {
        /// Which part is missing.
        missing: &'static str,
    },
    /// A UID outside of `$objects`.
    #[error("expected a UID below {count}, found {uid}")]
    DanglingUid {
        /// The UID.
        uid: u64,
        /// How many objects there are.
        count: usize,
    },
    /// `$objects` has a UID where an object should be.
    #[error("object {uid} of the archive is itself a reference")]
    Indirect {
        /// Index of the object.
        uid: u64,
    },
}

/// A keyed archive over borrowed bytes; nothing of it is read before it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct KeyedArchive<'a> {
    plist: Bplist<'a>,
    objects: Array<'a>,
    top: Dict<'a>,
    len: usize,
}

/// A container being decoded.
struct Walk<'a> {
    at: Ref,
    next: usize,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// Elements of an array or a set.
    List(Array<'a>),
    /// `NS.keys` and `NS.objects`.
    Pairs(Array<'a>, Array<'a>),
    /// Fields of an object of a class not known here, or of a plain dictionary.
    Fields(Dict<'a>),
    /// `NS.object.0`, `NS.object.1`, … in file order.
    Numbered(Dict<'a>),
}

/// What one object is before its content is decoded.
enum Shape<'a> {
    Done(Value),
    Open(Kind<'a>, Option<Cow<'a, str>>),
}

impl<'a> KeyedArchive<'a> {
    /// Opens the binary property list of an archive.
    pub fn open(data: &'a [u8]) -> Result<Self, ArchiveError> {
        Self::from_plist(Bplist::parse(data)?, data.len())
    }

    /// Opens an archive whose property list is open already; `len` is its size in bytes.
    pub fn from_plist(plist: Bplist<'a>, len: usize) -> Result<Self, ArchiveError> {
        let (objects, top) = parts(&plist)?;
        let objects = objects.ok_or(ArchiveError::NotAnArchive { missing: "$objects" })?;
        let top = top.ok_or(ArchiveError::NotAnArchive { missing: "$top" })?;
        Ok(KeyedArchive { plist, objects, top, len })
    }

    /// The property list below.
    pub fn plist(&self) -> &Bplist<'a> {
        &self.plist
    }

    /// How many objects there are.
    pub fn object_count(&self) -> usize {
        self.objects.len()
    }

    /// Names and references of `$top`, in file order.
    pub fn tops(&self) -> impl Iterator<Item = (Cow<'a, str>, Ref)> + '_ {
        self.top.iter().filter_map(|(k, v)| match self.plist.object(k) {
            Ok(Object::String(t)) => Some((t.decode(), v)),
            _ => None,
        })
    }

    /// The root: the entry `root` of `$top`, or else its first.
    pub fn root(&self) -> Result<Ref, ArchiveError> {
        let entry = self.plist.get(&self.top, "root").or_else(|| self.top.get(0).map(|(_, v)| v));
        self.follow(entry.ok_or(ArchiveError::NotAnArchive { missing: "an entry in $top" })?)
    }

    /// The object a UID stands for.
    pub fn uid(&self, uid: u64) -> Result<Ref, ArchiveError> {
        let found = usize::try_from(uid).ok().and_then(|i| self.objects.get(i));
        found.ok_or(ArchiveError::DanglingUid { uid, count: self.objects.len() })
    }

    /// `r` itself or, if it is a UID, the object behind it.
    pub fn follow(&self, r: Ref) -> Result<Ref, ArchiveError> {
        let Object::Uid(uid) = self.plist.object(r)? else { return Ok(r) };
        let target = self.uid(uid)?;
        match self.plist.object(target)? {
            Object::Uid(_) => Err(ArchiveError::Indirect { uid }),
            _ => Ok(target),
        }
    }

    /// The object at `r`, behind a UID if it is one. Nil (`$null`) is [`Object::Null`].
    pub fn object(&self, r: Ref) -> Result<Object<'a>, ArchiveError> {
        match self.plist.object(self.follow(r)?)? {
            Object::String(t) if t.is(NIL) => Ok(Object::Null),
            other => Ok(other),
        }
    }

    /// A field of an object, behind a UID if it is one; `None` if there is none or it is nil.
    pub fn field(&self, object: &Dict<'a>, key: &str) -> Result<Option<Object<'a>>, ArchiveError> {
        let Some(r) = self.plist.get(object, key) else { return Ok(None) };
        Ok(Some(self.object(r)?).filter(|o| *o != Object::Null))
    }

    /// The class name of an object; `None` if it has no `$class` (a plain dictionary).
    pub fn class_name(&self, object: &Dict<'a>) -> Result<Option<Cow<'a, str>>, ArchiveError> {
        match self.field(object, "$class")? {
            Some(Object::Dict(class)) if class.len() <= MAX_CLASS_FIELDS => match self.field(&class, "$classname")? {
                Some(Object::String(t)) => Ok(Some(t.decode())),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// The text of a string object, plain or of class `NSString` or `NSMutableString`.
    pub fn text(&self, object: &Object<'a>) -> Result<Option<Cow<'a, str>>, ArchiveError> {
        match object {
            Object::String(t) => Ok(Some(t.decode())),
            Object::Dict(d) => match self.first(d, &["NS.string", "NS.bytes"])? {
                Some(Object::String(t)) => Ok(Some(t.decode())),
                Some(Object::Data(b)) => Ok(Some(String::from_utf8_lossy(b))),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// The bytes of a data object, plain or of class `NSData` or `NSMutableData`.
    pub fn data(&self, object: &Object<'a>) -> Result<Option<&'a [u8]>, ArchiveError> {
        match object {
            Object::Data(b) => Ok(Some(b)),
            Object::Dict(d) => match self.first(d, &["NS.data", "NS.bytes"])? {
                Some(Object::Data(b)) => Ok(Some(b)),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// The address of an `NSURL`, joined with its base if it has one.
    pub fn url(&self, object: &Dict<'a>) -> Result<Option<String>, ArchiveError> {
        let Some(relative) = self.field(object, "NS.relative")? else { return Ok(None) };
        let Some(relative) = self.text(&relative)? else { return Ok(None) };
        let base = match self.field(object, "NS.base")? {
            // A base may have a base; one level is all that Foundation writes.
            Some(Object::Dict(b)) if b.len() <= MAX_CLASS_FIELDS => match self.field(&b, "NS.relative")? {
                Some(o) => self.text(&o)?,
                None => None,
            },
            _ => None,
        };
        Ok(Some(join(base.as_deref(), &relative)))
    }

    fn first(&self, object: &Dict<'a>, keys: &[&str]) -> Result<Option<Object<'a>>, ArchiveError> {
        for key in keys {
            if let Some(found) = self.field(object, key)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The object and all it holds as one tree.
    ///
    /// Strings, data, dates, numbers, URLs and UUIDs (as text in capitals) become scalars; arrays, sets and ordered sets
    /// arrays; dictionaries dictionaries, with keys that are no text written as text. An object of another class is a
    /// dictionary of its fields with the class name under `$class`. Nil and `NSNull` are null.
    pub fn decode(&self, r: Ref) -> Result<Value, ArchiveError> {
        let mut out = Builder::new(budget(self.len));
        let mut walks: Vec<Walk<'a>> = Vec::new();
        let mut here = self.follow(r)?;
        loop {
            self.visit(here, &mut out, &mut walks)?;
            match self.next(&mut out, &mut walks)? {
                Some(r) => here = self.follow(r)?,
                None => break,
            }
        }
        Ok(out.finish().unwrap_or(Value::Null))
    }

    fn visit(&self, at: Ref, out: &mut Builder, walks: &mut Vec<Walk<'a>>) -> Result<(), ArchiveError> {
        let object = self.object(at)?;
        out.charge(stored_len(&object))?;
        let (kind, class) = match self.shape(object, out)? {
            Shape::Done(value) => return Ok(out.leaf(value)?),
            Shape::Open(kind, class) => (kind, class),
        };
        if walks.iter().any(|w| w.at == at) {
            return Err(PlistError::Cycle { offset: self.plist.offset_of(at)? }.into());
        }
        match &kind {
            Kind::List(a) => out.open_array(a.len())?,
            Kind::Numbered(d) => out.open_array(d.len())?,
            Kind::Pairs(k, _) => out.open_dict(k.len())?,
            Kind::Fields(d) => out.open_dict(d.len())?,
        }
        if let Some(class) = class {
            out.charge(class.len())?;
            out.key("$class".to_owned())?;
            out.leaf(Value::String(class.into_owned()))?;
        }
        walks.push(Walk { at, next: 0, kind });
        Ok(())
    }

    fn shape(&self, object: Object<'a>, out: &mut Builder) -> Result<Shape<'a>, ArchiveError> {
        let dict = match object {
            Object::Array(a) | Object::Set(a) => return Ok(Shape::Open(Kind::List(a), None)),
            Object::Dict(d) => d,
            other => return Ok(Shape::Done(scalar(&other).unwrap_or(Value::Null))),
        };
        // Every question about a field walks the dictionary, so its length is paid for each time it is visited.
        out.spend(dict.len())?;
        let Some(class) = self.class_name(&dict)? else {
            return Ok(Shape::Open(Kind::Fields(dict), None));
        };
        let known = match class.as_ref() {
            "NSString" | "NSMutableString" => self.text(&object)?.map(|t| Value::String(t.into_owned())),
            "NSData" | "NSMutableData" => self.data(&object)?.map(|b| Value::Data(b.to_vec())),
            "NSDate" => self.field(&dict, "NS.time")?.and_then(|o| number(&o)).map(Value::Date),
            "NSURL" => self.url(&dict)?.map(Value::String),
            "NSUUID" => match self.field(&dict, "NS.uuidbytes")? {
                Some(Object::Data(b)) => uuid(b).map(Value::String),
                _ => None,
            },
            "NSNull" => Some(Value::Null),
            "NSNumber" => {
                let found = self.first(&dict, &["NS.intval", "NS.dblval", "NS.boolval"])?;
                found.and_then(|o| scalar(&o))
            }
            _ => None,
        };
        if let Some(value) = known {
            out.charge(match &value {
                Value::String(s) => s.len(),
                Value::Data(d) => d.len(),
                _ => 0,
            })?;
            return Ok(Shape::Done(value));
        }
        self.container(dict, class)
    }

    fn container(&self, dict: Dict<'a>, class: Cow<'a, str>) -> Result<Shape<'a>, ArchiveError> {
        let list = |o: Option<Object<'a>>| match o {
            Some(Object::Array(a) | Object::Set(a)) => Some(a),
            _ => None,
        };
        let objects = list(self.field(&dict, "NS.objects")?);
        let kind = match class.as_ref() {
            "NSArray" | "NSMutableArray" | "NSSet" | "NSMutableSet" | "NSOrderedSet" | "NSMutableOrderedSet" => {
                Some(objects.map_or(Kind::Numbered(dict), Kind::List))
            }
            "NSDictionary" | "NSMutableDictionary" => {
                let keys = list(self.field(&dict, "NS.keys")?);
                keys.zip(objects).map(|(k, o)| Kind::Pairs(k, o))
            }
            _ => None,
        };
        Ok(match kind {
            Some(kind) => Shape::Open(kind, None),
            None => Shape::Open(Kind::Fields(dict), Some(class)),
        })
    }

    /// The next object to visit; closes containers that are done.
    fn next(&self, out: &mut Builder, walks: &mut Vec<Walk<'a>>) -> Result<Option<Ref>, ArchiveError> {
        while let Some(walk) = walks.last_mut() {
            let i = walk.next;
            walk.next += 1;
            let found = match &walk.kind {
                Kind::List(a) => a.get(i),
                Kind::Pairs(keys, values) => match keys.get(i).zip(values.get(i)) {
                    Some((key, value)) => {
                        self.key(key, i, out)?;
                        Some(value)
                    }
                    None => None,
                },
                Kind::Fields(d) => match d.get(i) {
                    Some((key, _)) if self.is_key(key, |k| k == "$class")? => {
                        out.spend(1)?;
                        continue;
                    }
                    Some((key, value)) => {
                        self.key(key, i, out)?;
                        Some(value)
                    }
                    None => None,
                },
                Kind::Numbered(d) => match d.get(i) {
                    Some((key, value)) if self.is_key(key, |k| k.starts_with("NS.object."))? => Some(value),
                    Some(_) => {
                        out.spend(1)?;
                        continue;
                    }
                    None => None,
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

    fn is_key(&self, key: Ref, test: impl Fn(&str) -> bool) -> Result<bool, ArchiveError> {
        Ok(matches!(self.plist.object(key)?, Object::String(t) if test(&t.decode())))
    }

    /// Writes a key of any type as text; a container gets the name of its place.
    fn key(&self, key: Ref, index: usize, out: &mut Builder) -> Result<(), ArchiveError> {
        let object = self.object(key)?;
        if let Object::Dict(d) = &object {
            out.spend(d.len())?;
        }
        let text = match (self.text(&object)?, &object) {
            (Some(t), _) => t.into_owned(),
            (None, Object::Int(i)) => i.to_string(),
            (None, Object::Real(r) | Object::Date(r)) => r.to_string(),
            (None, Object::Bool(b)) => b.to_string(),
            (None, _) => format!("$key{index}"),
        };
        out.charge(text.len())?;
        Ok(out.key(text)?)
    }
}

/// `$objects` and `$top` of a property list.
type Parts<'a> = (Option<Array<'a>>, Option<Dict<'a>>);

/// Finds both in one pass. Also used where a whole archive would be too slow ([`super::mbfile`]).
pub(super) fn parts<'a>(plist: &Bplist<'a>) -> Result<Parts<'a>, PlistError> {
    let (mut objects, mut top) = (None, None);
    for (key, value) in plist.top_dict()?.iter() {
        let Ok(Object::String(name)) = plist.object(key) else { continue };
        if name.is("$objects") {
            match plist.object(value)? {
                Object::Array(a) => objects = Some(a),
                other => return Err(plist.wrong_type("the array $objects", &other, value)),
            }
        } else if name.is("$top") {
            match plist.object(value)? {
                Object::Dict(d) => top = Some(d),
                other => return Err(plist.wrong_type("the dictionary $top", &other, value)),
            }
        }
    }
    Ok((objects, top))
}

fn number(object: &Object<'_>) -> Option<f64> {
    match object {
        Object::Real(r) | Object::Date(r) => Some(*r),
        Object::Int(i) => Some(*i as f64),
        _ => None,
    }
}

/// Sixteen bytes as a UUID in capitals.
fn uuid(bytes: &[u8]) -> Option<String> {
    let bytes: [u8; 16] = bytes.try_into().ok()?;
    let mut out = String::with_capacity(36);
    for (i, b) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        for nibble in [b >> 4, b & 15] {
            out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
        }
    }
    Some(out)
}

/// A relative reference against its base: enough of RFC 3986 for what Foundation stores.
pub(super) fn join(base: Option<&str>, relative: &str) -> String {
    let Some(base) = base.filter(|b| !b.is_empty()) else { return relative.to_owned() };
    let has_scheme = relative.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    if has_scheme {
        return relative.to_owned();
    }
    let (scheme, after) = base.split_once("://").unwrap_or(("", base));
    let (host, path) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
    let prefix = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    if let Some(rest) = relative.strip_prefix("//") {
        return format!("{}//{rest}", prefix.trim_end_matches("//"));
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if relative.starts_with('/') {
        format!("{prefix}{host}{relative}")
    } else if relative.is_empty() || relative.starts_with(['?', '#']) {
        format!("{prefix}{host}{path}{relative}")
    } else {
        let folder = path.rfind('/').and_then(|i| path.get(..=i)).unwrap_or("/");
        format!("{prefix}{host}{folder}{relative}")
    }
}

#[cfg(test)]
mod tests;
