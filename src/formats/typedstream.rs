//! Typed streams (`NSArchiver`), as found in `message.attributedBody` of `sms.db`.
//!
//! There is no specification; the facts come from NeXT's `NXTypedStream` documentation, GNUstep and observation.
//!
//! A stream is a version byte (4), a counted signature (`streamtyped` little-endian, `typedstream` big-endian) and the
//! number of the system that wrote it. Then come typed values: a type encoding (`@`, `i`, `iI`, `[12c]`, …), and one
//! value for each type in it. A number is one signed byte, or 0x81 and two bytes, or 0x82 and four (0x83: a real).
//! 0x84 begins something new, 0x85 is nil, 0x86 ends an object; from 0x92 on a number is a reference, 0x92 to the first.
//! Type encodings and class names share one table; objects, classes and C strings share another, filled in the order in
//! which they begin. An object is its class, then typed values up to 0x86. A class is name, version and superclass.
//!
//! The reader keeps its own stack and counts its steps; it notes every value with the object it belongs to and makes
//! sense of them afterwards, so that what stands before damage survives it.

mod text;

pub use text::{AttributedText, attributed_body};

/// Objects in objects. A message body stays below 8.
pub const MAX_DEPTH: usize = 128;
/// Superclasses of a class.
const MAX_SUPERCLASSES: usize = 64;
/// Steps for each byte of input, and for none: repeated type encodings of empty structures cost steps but no bytes.
const STEPS_PER_BYTE: usize = 16;
/// Steps that any archive may take, however short.
const STEPS_FREE: usize = 4096;

const INT16: u8 = 0x81;
const INT32: u8 = 0x82;
const REAL: u8 = 0x83;
const NEW: u8 = 0x84;
const NIL: u8 = 0x85;
const END: u8 = 0x86;
/// The number that refers to entry 0 of a table: 0x92 as a signed byte.
const FIRST_REFERENCE: i64 = -110;

/// Why a typed stream could not be read. Offsets count from its first byte.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TypedStreamError {
    /// No signature.
    #[error("expected a typed stream at offset 0, found bytes {found}")]
    NotATypedStream {
        /// The first bytes in hexadecimal.
        found: String,
    },
    /// The stream ends too early.
    #[error("expected {what} at offset {offset}, found the end ({need} bytes missing)")]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// Where it starts.
        offset: usize,
        /// How many bytes are missing.
        need: u64,
    },
    /// A byte that cannot stand here.
    #[error("expected {expected} at offset {offset}, found {found:#04x}")]
    Unexpected {
        /// What this place needs.
        expected: &'static str,
        /// Where.
        offset: usize,
        /// The byte.
        found: u8,
    },
    /// A reference to something that has not begun yet, or is something else.
    #[error("expected a reference to {expected} at offset {offset}, found number {found}")]
    BadReference {
        /// What this place needs.
        expected: &'static str,
        /// Where.
        offset: usize,
        /// The reference, counted from 0.
        found: i64,
    },
    /// A type encoding that is not known.
    #[error("expected a type encoding before offset {offset}, found {found:?}")]
    UnknownType {
        /// End of the encoding's first use.
        offset: usize,
        /// The encoding.
        found: String,
    },
    /// Objects in objects, too deep.
    #[error("objects are nested deeper than {MAX_DEPTH} at offset {offset}")]
    TooDeep {
        /// Where.
        offset: usize,
    },
    /// More work than a stream of this size can need.
    #[error("the stream needs more than {limit} steps")]
    TooManySteps {
        /// The limit.
        limit: usize,
    },
    /// The structure was read, and no text is where it should be.
    #[error("expected an attributed string, found none in {objects} objects")]
    NoText {
        /// How many objects, classes and C strings there are.
        objects: usize,
    },
    /// The body is a keyed archive that cannot be read.
    #[error("attributed string in a keyed archive: {0}")]
    Archive(#[from] super::keyed_archive::ArchiveError),
}

/// Number of an object, class or C string, in the order in which they begin.
pub type Handle = u32;

/// One value of an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Item<'a> {
    /// Any integer type.
    Int(i64),
    /// `f`, `d`.
    Real(f64),
    /// `+`, and arrays of `c` or `C`.
    Bytes(&'a [u8]),
    /// `@`.
    Object(Handle),
    /// `#`, `*` that refers to an earlier one, `:` and `%`.
    Other,
    /// Nil of any type.
    Nil,
}

#[derive(Debug, Clone, Copy)]
enum Entry<'a> {
    /// With its class, known once that is read.
    Object(Option<Handle>),
    Class {
        name: &'a [u8],
        superclass: Option<Handle>,
    },
    CString,
}

/// A stream, as far as it could be read.
#[derive(Debug, Default)]
pub struct Stream<'a> {
    table: Vec<Entry<'a>>,
    /// Values with the object that holds them; by object, then in stream order.
    items: Vec<(Handle, Item<'a>)>,
    /// Objects at the top of the stream.
    roots: Vec<Handle>,
    /// What ended reading early.
    pub error: Option<TypedStreamError>,
}

impl<'a> Stream<'a> {
    /// Reads as much as can be read. Only bytes without the signature are an error.
    pub fn parse(data: &'a [u8]) -> Result<Stream<'a>, TypedStreamError> {
        let mut reader = Reader::begin(data)?;
        reader.out.error = reader.run().err();
        // Stable, so that the values of one object keep their order.
        reader.out.items.sort_by_key(|(owner, _)| *owner);
        Ok(reader.out)
    }

    /// How many objects, classes and C strings began.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// True when nothing was read.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Objects at the top of the stream, in order.
    pub fn roots(&self) -> &[Handle] {
        &self.roots
    }

    /// The values of an object, in order.
    pub fn items(&self, object: Handle) -> impl Iterator<Item = Item<'a>> + '_ {
        let start = self.items.partition_point(|(o, _)| *o < object);
        self.items.iter().skip(start).take_while(move |(o, _)| *o == object).map(|(_, item)| *item)
    }

    /// All objects with their class names, in the order in which they begin.
    pub fn objects(&self) -> impl Iterator<Item = (Handle, &'a [u8])> + '_ {
        (0..).zip(&self.table).filter_map(|(h, e)| match e {
            Entry::Object(Some(class)) => Some((h, self.class_name(*class)?)),
            _ => None,
        })
    }

    /// Whether the object is of that class or of one below it.
    pub fn is_a(&self, object: Handle, class: &[u8]) -> bool {
        let mut at = match self.entry(object) {
            Some(Entry::Object(c)) => *c,
            _ => None,
        };
        for _ in 0..MAX_SUPERCLASSES {
            match at.and_then(|h| self.entry(h)) {
                Some(Entry::Class { name, .. }) if *name == class => return true,
                Some(Entry::Class { superclass, .. }) => at = *superclass,
                _ => return false,
            }
        }
        false
    }

    fn entry(&self, h: Handle) -> Option<&Entry<'a>> {
        self.table.get(usize::try_from(h).ok()?)
    }

    fn class_name(&self, class: Handle) -> Option<&'a [u8]> {
        match self.entry(class) {
            Some(Entry::Class { name, .. }) => Some(name),
            _ => None,
        }
    }
}

/// An object whose values are being read; at the top of the stream there is none.
struct Frame<'a> {
    object: Option<Handle>,
    /// Types of the current group that are still to be read.
    types: &'a [u8],
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    big_endian: bool,
    strings: Vec<&'a [u8]>,
    frames: Vec<Frame<'a>>,
    steps: usize,
    max_steps: usize,
    out: Stream<'a>,
}

/// What a number's first byte says.
enum Head {
    New,
    Nil,
    Number(i64),
}

type Step<T> = Result<T, TypedStreamError>;

impl<'a> Reader<'a> {
    fn begin(data: &'a [u8]) -> Step<Self> {
        let big_endian = match data {
            [4, 11, rest @ ..] if rest.starts_with(b"streamtyped") => false,
            [4, 11, rest @ ..] if rest.starts_with(b"typedstream") => true,
            _ => return Err(TypedStreamError::NotATypedStream { found: super::bplist::hex_head(data) }),
        };
        let max_steps = data.len().saturating_mul(STEPS_PER_BYTE).saturating_add(STEPS_FREE);
        let (strings, frames, out) = (Vec::new(), Vec::new(), Stream::default());
        Ok(Reader { data, at: 13, big_endian, strings, frames, steps: 0, max_steps, out })
    }

    fn run(&mut self) -> Step<()> {
        self.number("the system version")?;
        self.frames.push(Frame { object: None, types: b"" });
        loop {
            self.step()?;
            let Some(frame) = self.frames.last() else { return Ok(()) };
            if frame.types.is_empty() {
                match (frame.object, self.data.get(self.at)) {
                    (None, None) => return Ok(()),
                    (Some(_), Some(&END)) => {
                        self.at += 1;
                        self.frames.pop();
                        continue;
                    }
                    _ => {}
                }
                let types = self.shared_string("a type encoding")?.unwrap_or_default();
                if let Some(frame) = self.frames.last_mut() {
                    frame.types = types;
                }
                continue;
            }
            self.value()?;
        }
    }

    fn step(&mut self) -> Step<()> {
        self.steps += 1;
        if self.steps > self.max_steps {
            return Err(TypedStreamError::TooManySteps { limit: self.max_steps });
        }
        Ok(())
    }

    /// Reads the value of the next type of the innermost object.
    fn value(&mut self) -> Step<()> {
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let Some((&kind, rest)) = frame.types.split_first() else { return Ok(()) };
        let all = frame.types;
        frame.types = rest;
        let item = match kind {
            b'@' => return self.object(),
            b'c' | b'C' => {
                let b = self.byte("a byte")?;
                Item::Int(if kind == b'c' { i64::from(b as i8) } else { i64::from(b) })
            }
            b's' | b'S' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' | b'B' => Item::Int(self.number("an integer")?),
            b'f' => self.real(4)?,
            b'd' => self.real(8)?,
            b'+' => self.unshared_string("bytes")?.map_or(Item::Nil, Item::Bytes),
            b'#' => self.class()?.map_or(Item::Nil, |_| Item::Other),
            b'*' => self.c_string()?,
            b':' | b'%' => self.shared_string("a name")?.map_or(Item::Nil, |_| Item::Other),
            b'[' => return self.array(all),
            b'{' => {
                // The members of a structure stand in the stream one after the other; its name says nothing.
                let skip = rest.iter().position(|&b| b == b'=' || b == b'}').ok_or_else(|| self.unknown(all))?;
                let keep_brace = usize::from(rest.get(skip) == Some(&b'='));
                if let Some(frame) = self.frames.last_mut() {
                    frame.types = rest.get(skip + keep_brace..).unwrap_or_default();
                }
                self.steps = self.steps.saturating_add(skip);
                return Ok(());
            }
            b'}' => return Ok(()),
            _ => return Err(self.unknown(all)),
        };
        self.note(item);
        Ok(())
    }

    fn unknown(&self, types: &[u8]) -> TypedStreamError {
        let head = types.get(..types.len().min(32)).unwrap_or_default();
        TypedStreamError::UnknownType { offset: self.at, found: String::from_utf8_lossy(head).into_owned() }
    }

    /// Notes a value for the innermost object.
    fn note(&mut self, item: Item<'a>) {
        match (self.frames.last().and_then(|f| f.object), item) {
            (Some(object), item) => self.out.items.push((object, item)),
            (None, Item::Object(h)) => self.out.roots.push(h),
            (None, _) => {}
        }
    }

    fn object(&mut self) -> Step<()> {
        let at = self.at;
        let handle = match self.head("an object")? {
            Head::Nil => {
                self.note(Item::Nil);
                return Ok(());
            }
            Head::Number(n) => {
                let h = self.reference(n, at, "an object", |e| matches!(e, Entry::Object(_)))?;
                self.note(Item::Object(h));
                return Ok(());
            }
            Head::New => self.add(Entry::Object(None)),
        };
        self.note(Item::Object(handle));
        let class = self.class()?;
        if let Some(slot) = self.out.table.get_mut(handle as usize) {
            *slot = Entry::Object(class);
        }
        if self.frames.len() >= MAX_DEPTH {
            return Err(TypedStreamError::TooDeep { offset: at });
        }
        self.frames.push(Frame { object: Some(handle), types: b"" });
        Ok(())
    }

    /// A class with those above it. Returns the handle of the first.
    fn class(&mut self) -> Step<Option<Handle>> {
        let mut first = None;
        let mut below: Option<Handle> = None;
        for _ in 0..MAX_SUPERCLASSES {
            let at = self.at;
            let found = match self.head("a class")? {
                Head::Nil => None,
                Head::Number(n) => Some(self.reference(n, at, "a class", |e| matches!(e, Entry::Class { .. }))?),
                Head::New => {
                    let name = self.shared_string("a class name")?.unwrap_or_default();
                    self.number("a class version")?;
                    let h = self.add(Entry::Class { name, superclass: None });
                    self.link(below, Some(h));
                    first = first.or(Some(h));
                    below = Some(h);
                    continue;
                }
            };
            self.link(below, found);
            return Ok(first.or(found));
        }
        Err(TypedStreamError::TooDeep { offset: self.at })
    }

    fn link(&mut self, below: Option<Handle>, above: Option<Handle>) {
        if let Some(Entry::Class { superclass, .. }) = below.and_then(|h| self.out.table.get_mut(h as usize)) {
            *superclass = above;
        }
    }

    fn c_string(&mut self) -> Step<Item<'a>> {
        let at = self.at;
        match self.head("a C string")? {
            Head::Nil => Ok(Item::Nil),
            Head::Number(n) => {
                self.reference(n, at, "a C string", |e| matches!(e, Entry::CString))?;
                Ok(Item::Other)
            }
            Head::New => {
                self.add(Entry::CString);
                Ok(self.shared_string("a C string")?.map_or(Item::Nil, Item::Bytes))
            }
        }
    }

    /// `[` count, element type, `]`: bytes at once, other numbers one by one.
    fn array(&mut self, all: &'a [u8]) -> Step<()> {
        let end = all.iter().position(|&b| b == b']').ok_or_else(|| self.unknown(all))?;
        let inner = all.get(1..end).unwrap_or_default();
        let digits = inner.iter().take_while(|b| b.is_ascii_digit()).count();
        let (count, kind) = inner.split_at(digits);
        let count = std::str::from_utf8(count).ok().and_then(|c| c.parse::<usize>().ok());
        let (Some(count), [kind]) = (count, kind) else { return Err(self.unknown(all)) };
        if let Some(frame) = self.frames.last_mut() {
            frame.types = all.get(end + 1..).unwrap_or_default();
        }
        self.steps = self.steps.saturating_add(end);
        match kind {
            b'c' | b'C' => {
                let bytes = self.take(count, "an array of bytes")?;
                self.note(Item::Bytes(bytes));
            }
            b's' | b'S' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' | b'f' | b'd' => {
                // Each element is at least one byte, so the end of the data bounds this.
                for _ in 0..count {
                    let item = match kind {
                        b'f' => self.real(4)?,
                        b'd' => self.real(8)?,
                        _ => Item::Int(self.number("an integer")?),
                    };
                    self.note(item);
                }
            }
            _ => return Err(self.unknown(all)),
        }
        Ok(())
    }

    fn add(&mut self, entry: Entry<'a>) -> Handle {
        self.out.table.push(entry);
        // A stream of four thousand million entries does not fit in memory.
        Handle::try_from(self.out.table.len() - 1).unwrap_or(Handle::MAX)
    }

    fn reference(
        &self,
        number: i64,
        offset: usize,
        expected: &'static str,
        fits: fn(&Entry<'a>) -> bool,
    ) -> Step<Handle> {
        let found = number - FIRST_REFERENCE;
        Handle::try_from(found)
            .ok()
            .filter(|&h| self.out.entry(h).is_some_and(fits))
            .ok_or(TypedStreamError::BadReference { expected, offset, found })
    }

    /// A type encoding or a name: new, or one that was there before.
    fn shared_string(&mut self, what: &'static str) -> Step<Option<&'a [u8]>> {
        let at = self.at;
        match self.head(what)? {
            Head::Nil => Ok(None),
            Head::New => {
                let s = self.unshared_string(what)?;
                self.strings.extend(s);
                Ok(s)
            }
            Head::Number(n) => {
                let found = n - FIRST_REFERENCE;
                let s = usize::try_from(found).ok().and_then(|i| self.strings.get(i)).copied();
                s.map(Some).ok_or(TypedStreamError::BadReference { expected: what, offset: at, found })
            }
        }
    }

    fn unshared_string(&mut self, what: &'static str) -> Step<Option<&'a [u8]>> {
        let at = self.at;
        match self.head(what)? {
            Head::Nil => Ok(None),
            Head::New => Err(TypedStreamError::Unexpected { expected: "a length", offset: at, found: NEW }),
            Head::Number(n) => {
                // Lengths are unsigned: two bytes from 0x8000 on arrive here as a negative number.
                let width_mask = if self.data.get(at) == Some(&INT16) { 0xffff } else { 0xffff_ffff };
                let n = if n < 0 { n & width_mask } else { n };
                self.take(usize::try_from(n).unwrap_or(usize::MAX), what).map(Some)
            }
        }
    }

    fn head(&mut self, what: &'static str) -> Step<Head> {
        match self.data.get(self.at) {
            Some(&NEW) => {
                self.at += 1;
                Ok(Head::New)
            }
            Some(&NIL) => {
                self.at += 1;
                Ok(Head::Nil)
            }
            _ => self.number(what).map(Head::Number),
        }
    }

    fn number(&mut self, what: &'static str) -> Step<i64> {
        let offset = self.at;
        match self.byte(what)? {
            INT16 => Ok(i64::from(self.fixed(2, what)? as u16 as i16)),
            INT32 => Ok(i64::from(self.fixed(4, what)? as u32 as i32)),
            found @ (REAL..=0x91) => Err(TypedStreamError::Unexpected { expected: what, offset, found }),
            small => Ok(i64::from(small as i8)),
        }
    }

    fn real(&mut self, width: usize) -> Step<Item<'a>> {
        if self.data.get(self.at) != Some(&REAL) {
            // Whole numbers are written as integers.
            return Ok(Item::Real(self.number("a real")? as f64));
        }
        self.at += 1;
        let bits = self.fixed(width, "a real")?;
        Ok(Item::Real(if width == 4 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits) }))
    }

    fn fixed(&mut self, width: usize, what: &'static str) -> Step<u64> {
        let big_endian = self.big_endian;
        let bytes = self.take(width, what)?;
        let add = |n: u64, b: &u8| (n << 8) | u64::from(*b);
        Ok(if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) })
    }

    fn byte(&mut self, what: &'static str) -> Step<u8> {
        Ok(self.take(1, what)?.first().copied().unwrap_or_default())
    }

    fn take(&mut self, len: usize, what: &'static str) -> Step<&'a [u8]> {
        let end = self.at.checked_add(len);
        match end.and_then(|end| self.data.get(self.at..end)) {
            Some(bytes) => {
                self.at += len;
                Ok(bytes)
            }
            None => {
                let need = len.saturating_sub(self.data.len().saturating_sub(self.at)) as u64;
                Err(TypedStreamError::Truncated { what, offset: self.at, need })
            }
        }
    }
}

#[cfg(test)]
mod tests;
