//! Binary property lists (`bplist00`), read in place.
//!
//! Source of the format: Apple's CoreFoundation, `CFBinaryPList.c` and its header comment. A file is the magic
//! `bplist00`, objects, an offset table (object number -> byte offset) and a 32-byte trailer: 5 unused bytes, sort
//! version, size of an offset, size of an object reference, then as big-endian 64-bit numbers the count of objects, the
//! number of the top object and the offset of the offset table. Containers hold object numbers, so one object may be
//! reached many times, or from within itself.
//!
//! Nothing is read before it is asked for and nothing is allocated; nothing here recurses. Who walks from object to
//! object must bound the walk: [`super::plist::parse`] and [`super::keyed_archive`] do.

use std::borrow::Cow;

const MAGIC: &[u8] = b"bplist0";
const HEADER_LEN: usize = 8;
const TRAILER_LEN: usize = 32;
/// Widest offset or reference accepted, in bytes. CoreFoundation writes 1, 2, 4 and 8; the odd sizes are legal.
const MAX_WIDTH: u8 = 8;
/// Seconds from 1970-01-01 to 2001-01-01 UTC, the epoch of property list dates.
pub const EPOCH_2001: i64 = 978_307_200;

/// Why bytes could not be read as a property list. Offsets count from the first byte given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlistError {
    /// Neither of the two encodings.
    #[error("expected a property list at offset 0, found bytes {found}")]
    NotAPlist {
        /// The first bytes in hexadecimal.
        found: String,
    },
    /// The NeXTSTEP text encoding (`{ key = value; }`), which phones do not write.
    #[error("expected an XML or binary property list, found an old-style (NeXT) text property list")]
    OldStyleText,
    /// UTF-32 and other encodings that no Apple writer uses.
    #[error("expected XML in UTF-8 or UTF-16, found another encoding")]
    Encoding,
    /// A binary property list of another version.
    #[error("expected bplist00, found bplist{0}")]
    Version(String),
    /// Something ends after the data does.
    #[error("{what} needs {need} bytes at offset {offset}, found {left}")]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// Where it starts.
        offset: u64,
        /// How long it claims to be.
        need: u64,
        /// How much is there.
        left: u64,
    },
    /// A field of the trailer cannot be true.
    #[error("trailer at offset {offset}: {what} is {found}")]
    Trailer {
        /// Where the trailer starts.
        offset: u64,
        /// Which field, and what was expected of it.
        what: &'static str,
        /// What it holds.
        found: u64,
    },
    /// A reference to an object that is not in the table.
    #[error("expected an object number below {count}, found {found}")]
    DanglingRef {
        /// The reference.
        found: u64,
        /// How many objects there are.
        count: u64,
    },
    /// An object whose marker byte is not known.
    #[error("expected an object at offset {offset}, found marker {marker:#04x}")]
    UnknownMarker {
        /// Where the object starts.
        offset: u64,
        /// Its first byte.
        marker: u8,
    },
    /// An object of another type than this place needs.
    #[error("expected {expected} at offset {offset}, found {found}")]
    WrongType {
        /// What this place needs.
        expected: &'static str,
        /// Type found.
        found: &'static str,
        /// Where that object starts.
        offset: u64,
    },
    /// A container that holds itself.
    #[error("the container at offset {offset} contains itself")]
    Cycle {
        /// Where the container starts.
        offset: u64,
    },
    /// Containers in containers, too deep.
    #[error("containers are nested deeper than {limit}")]
    TooDeep {
        /// Deepest level accepted.
        limit: usize,
    },
    /// The values of the tree, with shared ones counted each time, are too many or too large.
    #[error("the tree needs more than {limit} {unit}")]
    TooLarge {
        /// Where the budget ended.
        limit: u64,
        /// `values` or `bytes of content`.
        unit: &'static str,
    },
    /// XML that is not a property list, in the words of the XML reader. Its offsets count in the text it was given,
    /// which is UTF-8 without byte order mark.
    #[error("XML property list: {0}")]
    Xml(String),
    /// The XML ends within an element.
    #[error("XML property list ends inside {open} open elements")]
    XmlTruncated {
        /// How many arrays and dictionaries were open.
        open: usize,
    },
    /// A dictionary of the XML is not key, value, key, value.
    #[error("XML property list: expected {expected} in value {index}, found {found}")]
    XmlShape {
        /// What this place needs.
        expected: &'static str,
        /// What was found.
        found: &'static str,
        /// How many values were read before.
        index: u64,
    },
    /// Text that is not in the encoding it claims.
    #[error("expected UTF-8 text at offset {offset}, found byte {found:#04x}")]
    NotUtf8 {
        /// Where.
        offset: u64,
        /// The first byte that does not fit.
        found: u8,
    },
    /// A second value after the end of the first; nothing reads it.
    #[error("expected the end of the property list after its value, found more")]
    Trailing,
    /// No value at all.
    #[error("expected a value, found an empty property list")]
    Empty,
}

/// The number of an object in one property list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(pub u64);

/// The text of a string object, not yet decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text<'a> {
    /// Marker 0x5 (ASCII) or 0x7 (UTF-8, newer writers).
    Narrow(&'a [u8]),
    /// Marker 0x6: UTF-16, big-endian, an even number of bytes.
    Utf16(&'a [u8]),
}

/// One object, with everything it refers to left unread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Object<'a> {
    /// Null.
    Null,
    /// Boolean.
    Bool(bool),
    /// 1, 2 and 4 bytes are unsigned, 8 and 16 bytes signed.
    Int(i128),
    /// 32 or 64 bits; may be NaN.
    Real(f64),
    /// Seconds since 2001-01-01 UTC; may be NaN.
    Date(f64),
    /// Bytes.
    Data(&'a [u8]),
    /// Text.
    String(Text<'a>),
    /// Index into the objects of a keyed archive.
    Uid(u64),
    /// Ordered list.
    Array(Array<'a>),
    /// Set or ordered set.
    Set(Array<'a>),
    /// Pairs in file order; keys may repeat and need not be strings.
    Dict(Dict<'a>),
}

/// Object numbers of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Array<'a> {
    refs: &'a [u8],
    width: u8,
}

/// Object numbers of keys and values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dict<'a> {
    keys: Array<'a>,
    values: Array<'a>,
}

/// A binary property list over borrowed bytes. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Bplist<'a> {
    /// Everything before the trailer.
    body: &'a [u8],
    /// Of `count` offsets.
    table: &'a [u8],
    count: u64,
    top: u64,
    offset_width: u8,
    ref_width: u8,
}

impl<'a> Text<'a> {
    /// The text; borrowed where it is ASCII or UTF-8. Units that are no text become U+FFFD.
    pub fn decode(&self) -> Cow<'a, str> {
        match self {
            Text::Narrow(b) => super::lossy(b),
            Text::Utf16(b) => {
                let mut s = String::with_capacity(b.len());
                s.extend(char::decode_utf16(units(b)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
                Cow::Owned(s)
            }
        }
    }

    /// Whether the text is `other`, without decoding it into memory.
    #[inline]
    pub fn is(&self, other: &str) -> bool {
        match self {
            Text::Narrow(b) => *b == other.as_bytes(),
            Text::Utf16(b) => units(b).eq(other.encode_utf16()),
        }
    }

    /// Length in bytes as stored.
    pub fn byte_len(&self) -> usize {
        match self {
            Text::Narrow(b) | Text::Utf16(b) => b.len(),
        }
    }
}

fn units(b: &[u8]) -> impl Iterator<Item = u16> + '_ {
    b.chunks_exact(2).map(|c| match c {
        [hi, lo] => u16::from_be_bytes([*hi, *lo]),
        _ => 0,
    })
}

impl<'a> Object<'a> {
    /// Name of the type, for error texts.
    pub fn type_name(&self) -> &'static str {
        match self {
            Object::Null => "null",
            Object::Bool(_) => "a boolean",
            Object::Int(_) => "an integer",
            Object::Real(_) => "a real",
            Object::Date(_) => "a date",
            Object::Data(_) => "data",
            Object::String(_) => "a string",
            Object::Uid(_) => "a UID",
            Object::Array(_) => "an array",
            Object::Set(_) => "a set",
            Object::Dict(_) => "a dictionary",
        }
    }

    /// The integer, if it is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Object::Int(i) => i64::try_from(*i).ok(),
            _ => None,
        }
    }
}

impl<'a> Array<'a> {
    /// How many elements.
    pub fn len(&self) -> usize {
        self.refs.len() / usize::from(self.width.max(1))
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.refs.is_empty()
    }

    /// The `i`-th element.
    pub fn get(&self, i: usize) -> Option<Ref> {
        let w = usize::from(self.width);
        let start = i.checked_mul(w)?;
        self.refs.get(start..start.checked_add(w)?).map(|b| Ref(be(b)))
    }

    /// All elements in order.
    pub fn iter(&self) -> impl Iterator<Item = Ref> + use<'a> {
        self.refs.chunks_exact(usize::from(self.width.max(1))).map(|b| Ref(be(b)))
    }
}

impl<'a> Dict<'a> {
    /// How many pairs.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The `i`-th key and its value.
    pub fn get(&self, i: usize) -> Option<(Ref, Ref)> {
        Some((self.keys.get(i)?, self.values.get(i)?))
    }

    /// All pairs in file order.
    pub fn iter(&self) -> impl Iterator<Item = (Ref, Ref)> + use<'a> {
        self.keys.iter().zip(self.values.iter())
    }
}

/// Big-endian number of at most 8 bytes.
#[inline]
fn be(b: &[u8]) -> u64 {
    match *b {
        [a] => u64::from(a),
        [a, b] => u64::from(u16::from_be_bytes([a, b])),
        [a, b, c, d] => u64::from(u32::from_be_bytes([a, b, c, d])),
        _ => b.iter().fold(0, |n, &x| (n << 8) | u64::from(x)),
    }
}

fn f64_of(b: &[u8]) -> f64 {
    if b.len() == 4 { f64::from(f32::from_bits(be(b) as u32)) } else { f64::from_bits(be(b)) }
}

impl<'a> Bplist<'a> {
    /// True when the bytes begin like a binary property list of any version.
    pub fn looks_like(data: &[u8]) -> bool {
        data.starts_with(b"bplist")
    }

    /// Reads header and trailer; objects are read when asked for.
    pub fn parse(data: &'a [u8]) -> Result<Self, PlistError> {
        if !data.starts_with(MAGIC) {
            return Err(wrong_magic(data));
        }
        let truncated = || PlistError::Truncated {
            what: "binary property list (header and trailer)",
            offset: 0,
            need: (HEADER_LEN + TRAILER_LEN) as u64,
            left: data.len() as u64,
        };
        let body_len = data.len().checked_sub(TRAILER_LEN).filter(|&n| n >= HEADER_LEN).ok_or_else(truncated)?;
        let (body, trailer) = data.split_at(body_len);
        let bad = |what, found| PlistError::Trailer { offset: body_len as u64, what, found };
        let Some((head, numbers)) = trailer.split_at_checked(8) else { return Err(truncated()) };
        let (offset_width, ref_width) = match head {
            [.., o, r] => (*o, *r),
            _ => return Err(truncated()),
        };
        let mut n = numbers.chunks_exact(8).map(be);
        let (count, top, table_at) =
            (n.next().unwrap_or_default(), n.next().unwrap_or_default(), n.next().unwrap_or_default());
        if !(1..=MAX_WIDTH).contains(&offset_width) {
            return Err(bad("size of an offset (1 to 8)", u64::from(offset_width)));
        }
        if !(1..=MAX_WIDTH).contains(&ref_width) {
            return Err(bad("size of a reference (1 to 8)", u64::from(ref_width)));
        }
        if top >= count {
            return Err(bad("number of the top object (below the count of objects)", top));
        }
        let start = usize::try_from(table_at)
            .ok()
            .filter(|&t| t >= HEADER_LEN && t <= body_len)
            .ok_or_else(|| bad("offset of the offset table (between header and trailer)", table_at))?;
        let table = count
            .checked_mul(u64::from(offset_width))
            .and_then(|len| usize::try_from(len).ok())
            .and_then(|len| body.get(start..start.checked_add(len)?))
            .ok_or_else(|| bad("count of objects (their offsets end before the trailer)", count))?;
        Ok(Bplist { body, table, count, top, offset_width, ref_width })
    }

    /// The outermost object.
    pub fn top(&self) -> Ref {
        Ref(self.top)
    }

    /// How many objects the offset table lists.
    pub fn object_count(&self) -> u64 {
        self.count
    }

    /// Where an object starts.
    #[inline]
    pub fn offset_of(&self, r: Ref) -> Result<u64, PlistError> {
        let w = usize::from(self.offset_width);
        usize::try_from(r.0)
            .ok()
            .and_then(|i| i.checked_mul(w))
            .and_then(|s| self.table.get(s..s.checked_add(w)?))
            .map(be)
            .ok_or(PlistError::DanglingRef { found: r.0, count: self.count })
    }

    /// The object of that number.
    #[inline]
    pub fn object(&self, r: Ref) -> Result<Object<'a>, PlistError> {
        let offset = self.offset_of(r)?;
        let at = usize::try_from(offset).ok().filter(|&o| o >= HEADER_LEN);
        match at.and_then(|o| self.body.get(o..)).and_then(<[u8]>::split_first) {
            Some((&marker, rest)) => self.decode(marker, rest, offset),
            None => {
                let left = (self.body.len() as u64).saturating_sub(offset);
                Err(PlistError::Truncated { what: "object", offset, need: 1, left })
            }
        }
    }

    #[inline]
    fn decode(&self, marker: u8, rest: &'a [u8], offset: u64) -> Result<Object<'a>, PlistError> {
        let unknown = || PlistError::UnknownMarker { offset, marker };
        let low = marker & 0x0f;
        match marker >> 4 {
            0x0 => match low {
                0x0 => Ok(Object::Null),
                0x8 => Ok(Object::Bool(false)),
                0x9 => Ok(Object::Bool(true)),
                _ => Err(unknown()),
            },
            0x1 => match low {
                0..=2 => Ok(Object::Int(i128::from(be(take(rest, 1 << low, "integer", offset)?)))),
                3 => Ok(Object::Int(i128::from(be(take(rest, 8, "integer", offset)?) as i64))),
                4 => {
                    let b = take(rest, 16, "integer", offset)?;
                    Ok(Object::Int(b.iter().fold(0_i128, |n, &x| (n << 8) | i128::from(x))))
                }
                _ => Err(unknown()),
            },
            0x2 if low == 2 || low == 3 => Ok(Object::Real(f64_of(take(rest, 1 << low, "real", offset)?))),
            0x3 if low == 3 => Ok(Object::Date(f64_of(take(rest, 8, "date", offset)?))),
            0x4 => Ok(Object::Data(self.sized(low, rest, 1, "data", offset)?)),
            0x5 => Ok(Object::String(Text::Narrow(self.sized(low, rest, 1, "ASCII string", offset)?))),
            0x6 => Ok(Object::String(Text::Utf16(self.sized(low, rest, 2, "UTF-16 string", offset)?))),
            0x7 => Ok(Object::String(Text::Narrow(self.sized(low, rest, 1, "UTF-8 string", offset)?))),
            0x8 if low < MAX_WIDTH => Ok(Object::Uid(be(take(rest, u64::from(low) + 1, "UID", offset)?))),
            0xa => Ok(Object::Array(self.array(low, rest, "array", offset)?)),
            0xb | 0xc => Ok(Object::Set(self.array(low, rest, "set", offset)?)),
            0xd => {
                let width = self.ref_width;
                let both = self.sized(low, rest, 2 * u64::from(width), "dictionary", offset)?;
                let (keys, values) = both.split_at(both.len() / 2);
                Ok(Object::Dict(Dict { keys: Array { refs: keys, width }, values: Array { refs: values, width } }))
            }
            _ => Err(unknown()),
        }
    }

    fn array(&self, low: u8, rest: &'a [u8], what: &'static str, offset: u64) -> Result<Array<'a>, PlistError> {
        let width = self.ref_width;
        Ok(Array { refs: self.sized(low, rest, u64::from(width), what, offset)?, width })
    }

    /// The content of an object whose marker counts elements of `width` bytes; a count of 15 says that an integer
    /// object with the true count follows.
    #[inline]
    fn sized(
        &self,
        low: u8,
        rest: &'a [u8],
        width: u64,
        what: &'static str,
        offset: u64,
    ) -> Result<&'a [u8], PlistError> {
        if low != 0x0f {
            return take(rest, u64::from(low) * width, what, offset);
        }
        let (marker, rest) = match rest.split_first() {
            Some((&m, r)) => (m, r),
            None => return take(rest, 1, what, offset),
        };
        let len = 1_usize << (marker & 0x0f).min(4);
        if marker >> 4 != 1 || len > 8 {
            return Err(PlistError::UnknownMarker { offset: offset.saturating_add(1), marker });
        }
        let count = be(take(rest, len as u64, what, offset)?);
        let need = count.saturating_mul(width);
        take(rest.get(len..).unwrap_or_default(), need, what, offset)
    }

    /// The value of a key of `dict`. Of equal keys the last wins, as in a hash table filled in file order. A key that
    /// cannot be read is no match.
    pub fn get(&self, dict: &Dict<'a>, key: &str) -> Option<Ref> {
        dict.iter()
            .filter(|(k, _)| matches!(self.object(*k), Ok(Object::String(t)) if t.is(key)))
            .map(|(_, v)| v)
            .last()
    }

    /// The top object, which must be a dictionary.
    pub fn top_dict(&self) -> Result<Dict<'a>, PlistError> {
        self.dict(self.top())
    }

    /// The object of that number, which must be a dictionary.
    pub fn dict(&self, r: Ref) -> Result<Dict<'a>, PlistError> {
        match self.object(r)? {
            Object::Dict(d) => Ok(d),
            other => Err(self.wrong_type("a dictionary", &other, r)),
        }
    }

    /// The error for an object of the wrong type.
    pub fn wrong_type(&self, expected: &'static str, found: &Object<'_>, r: Ref) -> PlistError {
        PlistError::WrongType { expected, found: found.type_name(), offset: self.offset_of(r).unwrap_or_default() }
    }
}

/// The first `need` bytes.
#[inline]
fn take<'a>(rest: &'a [u8], need: u64, what: &'static str, offset: u64) -> Result<&'a [u8], PlistError> {
    usize::try_from(need).ok().and_then(|n| rest.get(..n)).ok_or(PlistError::Truncated {
        what,
        offset,
        need,
        left: rest.len() as u64,
    })
}

fn wrong_magic(data: &[u8]) -> PlistError {
    match data.strip_prefix(b"bplist") {
        Some(rest) => PlistError::Version(
            rest.iter().take(2).map(|b| char::from(*b)).filter(char::is_ascii_alphanumeric).collect(),
        ),
        None => PlistError::NotAPlist { found: hex_head(data) },
    }
}

/// The first eight bytes, for an error text.
pub(super) fn hex_head(data: &[u8]) -> String {
    super::hex(&data[..data.len().min(8)])
}

/// A property list date (seconds since 2001-01-01 UTC) as microseconds since 1970-01-01 UTC, rounded to the nearest;
/// `None` for NaN and for what does not fit.
pub fn date_to_unix_micros(seconds: f64) -> Option<i64> {
    // Whole seconds first: one f64 holding micros since 1970 would lose the last digits of far dates.
    let whole = seconds.floor();
    if !(-9.0e12..9.0e12).contains(&whole) {
        return None;
    }
    let micros = ((seconds - whole) * 1e6).round() as i64;
    (whole as i64).checked_add(EPOCH_2001)?.checked_mul(1_000_000)?.checked_add(micros)
}

#[cfg(test)]
pub(in crate::formats) mod maker;
#[cfg(test)]
mod tests;
