//! STIX bundles, read object by object from a stream (STIX 2.1 §8: a JSON object with an array `objects`).
//!
//! Memory is one object. Accepted besides a bundle, as found in the wild: a bare array of objects, and a single object.
//! A UTF-8 byte order mark is skipped; UTF-16 is named and refused.
//!
//! One bad object costs itself. Where the text between objects is broken (a lost brace or quote), reading goes on at
//! the next place that looks like the start of an object: a brace after a comma, followed by a key that STIX objects
//! have. What was skipped is reported with its place.

use std::io::{self, BufRead};
use std::ops::ControlFlow;

use super::json_scan::{End, Scan};
use super::object::{Parsed, parse_object};

/// Largest object that is kept, in bytes. Larger ones are skipped and reported; the largest published ones are
/// reports of some 100 kB.
pub const MAX_OBJECT_BYTES: usize = 8 << 20;
/// How deep an object may nest; STIX itself needs 6.
pub const MAX_JSON_DEPTH: u32 = 100;
/// How far the search for the next object goes after damage.
const MAX_RESYNC_BYTES: u64 = 256 << 20;
/// Bytes that may be read again after damage: so many for each byte of the stream, and so many at least. Objects that
/// are never closed would else be read once for each of them.
const AGAIN_PER_BYTE: u64 = 8;
const AGAIN_AT_LEAST: u64 = 64 << 20;
/// Longest key of the bundle itself.
const MAX_KEY_BYTES: usize = 1 << 10;

/// Where an object begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Bytes from the start of the stream.
    pub offset: u64,
    /// Line, from 1.
    pub line: u64,
}

/// An object that is lost, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("object at byte {} (line {}): {reason}", place.offset, place.line)]
pub struct ObjectError {
    /// Where it begins; for text between objects, where that begins.
    pub place: Place,
    /// What is wrong.
    pub reason: String,
}

/// A stream that is no STIX at all.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The stream failed.
    #[error("reading: {0}")]
    Io(#[from] io::Error),
    /// Nothing but white space.
    #[error("expected a STIX bundle, found no text")]
    Empty,
    /// Bytes FF FE, FE FF, or every other byte zero.
    #[error("expected UTF-8, found UTF-16: convert the file first")]
    Utf16,
    /// It begins otherwise than JSON objects and arrays do.
    #[error("expected `{{` or `[` at byte {offset}, found {found}")]
    NotJson {
        /// Where.
        offset: u64,
        /// What stands there.
        found: String,
    },
    /// A JSON object that is no STIX object: neither `objects` nor `type`.
    #[error("expected a STIX bundle or object, found a JSON object without `objects` and `type`")]
    NotStix,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// `id` of the bundle, if it is text.
    pub id: Option<String>,
    /// `spec_version` of the bundle; STIX 2.0 has it here, 2.1 on each object.
    pub spec_version: Option<String>,
    /// Objects handed over.
    pub objects: u64,
    /// Objects and stretches of text that were lost.
    pub lost: u64,
    /// Whether the text went on to its proper end. If not, `lost` says where it broke.
    pub complete: bool,
}

/// Reads a stream and hands over each object with its type, or the reason why it is lost, in the order of the text.
///
/// # Errors
/// The stream fails, or is no STIX at all. Damage inside is told to `each` instead.
pub fn read_bundle<R: BufRead>(
    reader: R,
    mut each: impl FnMut(Place, Result<Parsed<'_>, ObjectError>) -> ControlFlow<()>,
) -> Result<Summary, BundleError> {
    read(reader, |place, raw| match raw.map(parse_object) {
        Ok(Ok(parsed)) => each(place, Ok(parsed)).into(),
        Ok(Err(reason)) => Next::Refused(reason),
        Err(error) => each(place, Err(error)).into(),
    })
}

/// Reads a stream and hands over the JSON text of each object. Its braces are balanced; what is inside is not checked.
///
/// # Errors
/// As [`read_bundle`].
pub fn read_objects<R: BufRead>(
    reader: R,
    mut each: impl FnMut(Place, Result<&str, ObjectError>) -> ControlFlow<()>,
) -> Result<Summary, BundleError> {
    read(reader, |place, raw| each(place, raw).into())
}

/// What is to be done after an object.
enum Next {
    Go,
    Stop,
    /// It was no object after all. The same call is made again with the error.
    Refused(String),
}

impl From<ControlFlow<()>> for Next {
    fn from(flow: ControlFlow<()>) -> Self {
        if flow.is_break() { Self::Stop } else { Self::Go }
    }
}

fn read<R: BufRead>(
    reader: R,
    each: impl FnMut(Place, Result<&str, ObjectError>) -> Next,
) -> Result<Summary, BundleError> {
    let mut reader = Reader {
        input: Input { reader, back: Vec::new(), back_at: 0, offset: 0, line: 1, again: 0, furthest: 0 },
        each,
        buffer: Vec::new(),
        summary: Summary::default(),
        stopped: false,
    };
    reader.start()?;
    Ok(reader.summary)
}

/// A stream into which bytes can be put back.
struct Input<R> {
    reader: R,
    back: Vec<u8>,
    back_at: usize,
    offset: u64,
    line: u64,
    /// Bytes put back so far.
    again: u64,
    /// The furthest place that was reached.
    furthest: u64,
}

impl<R: BufRead> Input<R> {
    /// Whether so many bytes may still be put back.
    fn may_put_back(&self, count: usize) -> bool {
        let limit = self.furthest.max(self.offset).saturating_mul(AGAIN_PER_BYTE).saturating_add(AGAIN_AT_LEAST);
        self.again.saturating_add(count as u64) <= limit
    }

    fn chunk(&mut self) -> io::Result<&[u8]> {
        if self.back_at < self.back.len() {
            return Ok(&self.back[self.back_at..]);
        }
        loop {
            match self.reader.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.reader.fill_buf()
    }

    fn consume(&mut self, count: usize, newlines: u64) {
        self.offset += count as u64;
        self.line += newlines;
        if self.back_at < self.back.len() {
            self.back_at += count;
        } else {
            self.reader.consume(count);
        }
    }

    /// Puts back bytes that were taken last, before anything put back earlier and not yet taken again.
    fn put_back(&mut self, bytes: &[u8]) {
        self.again = self.again.saturating_add(bytes.len() as u64);
        self.furthest = self.furthest.max(self.offset);
        let mut back = bytes.to_vec();
        back.extend_from_slice(self.back.get(self.back_at..).unwrap_or(&[]));
        self.back = back;
        self.back_at = 0;
        self.offset -= bytes.len() as u64;
        self.line -= count_lines(bytes);
    }

    fn place(&self) -> Place {
        Place { offset: self.offset, line: self.line }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.chunk()?.first().copied())
    }

    fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.consume(1, u64::from(byte == b'\n'));
        }
        Ok(byte)
    }

    /// The next byte that is no white space; not taken.
    fn skip_space(&mut self) -> io::Result<Option<u8>> {
        loop {
            let chunk = self.chunk()?;
            let Some(count) = (!chunk.is_empty()).then(|| chunk.iter().take_while(|b| is_space(**b)).count()) else {
                return Ok(None);
            };
            let (found, lines) = (chunk.get(count).copied(), count_lines(&chunk[..count]));
            self.consume(count, lines);
            if found.is_some() {
                return Ok(found);
            }
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn count_lines(bytes: &[u8]) -> u64 {
    // Sums of bytes cannot overflow in 255 of them, and let the compiler count sixteen at once.
    bytes.chunks(255).map(|part| u64::from(part.iter().map(|b| u8::from(*b == b'\n')).sum::<u8>())).sum()
}

/// How the scan of a value ended.
enum Scanned {
    Whole,
    /// Too large; the rest of it was skipped.
    TooLarge,
    TooDeep,
    /// The text ended inside.
    Ended,
    /// This is not JSON; the value so far is in the buffer.
    Broken(&'static str),
}

struct Reader<R, F> {
    input: Input<R>,
    each: F,
    buffer: Vec<u8>,
    summary: Summary,
    stopped: bool,
}

impl<R: BufRead, F: FnMut(Place, Result<&str, ObjectError>) -> Next> Reader<R, F> {
    fn start(&mut self) -> Result<(), BundleError> {
        self.skip_byte_order_mark()?;
        match self.input.skip_space()? {
            None => Err(BundleError::Empty),
            Some(b'[') => {
                self.input.next()?;
                if self.array()? {
                    self.finish()?;
                }
                Ok(())
            }
            Some(b'{') => self.outer_object(),
            Some(byte) => {
                let found = format!("`{}`", char::from(byte).escape_default());
                Err(BundleError::NotJson { offset: self.input.offset, found })
            }
        }
    }

    fn skip_byte_order_mark(&mut self) -> Result<(), BundleError> {
        // A stream may give single bytes; four are needed at most.
        let mut head = Vec::new();
        while head.len() < 4 {
            match self.input.next()? {
                Some(byte) => head.push(byte),
                None => break,
            }
        }
        match head.as_slice() {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, b'{' | b'[', ..] | [b'{' | b'[', 0, ..] => {
                return Err(BundleError::Utf16);
            }
            [0xef, 0xbb, 0xbf, rest @ ..] => {
                let rest = rest.to_vec();
                self.input.put_back(&rest);
            }
            _ => self.input.put_back(&head),
        }
        Ok(())
    }

    /// Nothing but white space may follow.
    fn finish(&mut self) -> Result<(), BundleError> {
        if self.input.skip_space()?.is_some() {
            self.lose(self.input.place(), "text behind the end");
        } else {
            self.summary.complete = true;
        }
        Ok(())
    }

    fn lose(&mut self, place: Place, reason: impl Into<String>) {
        self.summary.lost += 1;
        let error = ObjectError { place, reason: reason.into() };
        if !self.stopped && matches!((self.each)(place, Err(error)), Next::Stop) {
            self.stopped = true;
        }
    }

    /// Hands over the buffer.
    fn hand_over(&mut self, place: Place) {
        if self.stopped {
            return;
        }
        let next = match std::str::from_utf8(&self.buffer) {
            Ok(text) => (self.each)(place, Ok(text)),
            Err(error) => Next::Refused(format!("expected UTF-8, found other bytes {} bytes in", error.valid_up_to())),
        };
        match next {
            Next::Go => self.summary.objects += 1,
            Next::Stop => {
                self.summary.objects += 1;
                self.stopped = true;
            }
            Next::Refused(reason) => {
                // A lost quote may have made this text swallow the objects that follow.
                let start = find_start(&self.buffer, 1);
                if let Some(at) = start.filter(|at| self.input.may_put_back(self.buffer.len().saturating_sub(*at))) {
                    let buffer = std::mem::take(&mut self.buffer);
                    self.input.put_back(buffer.get(at..).unwrap_or(&[]));
                    self.lose(place, reason);
                } else if start.is_some() {
                    self.lose(place, format!("{reason}; too much of the text is broken, what it swallowed is lost"));
                } else {
                    self.lose(place, reason);
                }
            }
        }
    }

    /// A bundle, or a single object. Which of them is known when `objects` comes, or does not; until then the text is
    /// kept, up to the size of one object.
    fn outer_object(&mut self) -> Result<(), BundleError> {
        let start = self.input.place();
        self.input.next()?;
        let mut kept = Some(b"{".to_vec());
        let mut is_bundle = false;
        let mut has_type = false;
        loop {
            match self.input.skip_space()? {
                Some(b'}') => {
                    self.input.next()?;
                    break;
                }
                Some(b',') => {
                    self.input.next()?;
                    continue;
                }
                Some(b'"') => {}
                _ => {
                    self.lose(self.input.place(), "expected a key or `}` of the bundle; the rest is lost");
                    return Ok(());
                }
            }
            let Some(key) = self.outer_key()? else { return Ok(()) };
            if key == "\"objects\"" && self.input.skip_space()? == Some(b'[') {
                is_bundle = true;
                kept = None;
                self.input.next()?;
                if !self.array()? {
                    return Ok(());
                }
                continue;
            }
            has_type |= key == "\"type\"";
            self.input.skip_space()?;
            let at = self.input.place();
            self.buffer.clear();
            match self.value()? {
                Scanned::Whole => {}
                Scanned::TooLarge | Scanned::TooDeep => {
                    kept = None;
                    continue;
                }
                Scanned::Ended => {
                    self.lose(at, "the text ends inside the bundle");
                    return Ok(());
                }
                Scanned::Broken(what) => {
                    self.lose(at, format!("{what}; the rest is lost"));
                    return Ok(());
                }
            }
            self.note_outer(&key);
            kept = kept.filter(|kept| kept.len() + key.len() + self.buffer.len() < MAX_OBJECT_BYTES);
            if let Some(kept) = &mut kept {
                if kept.len() > 1 {
                    kept.push(b',');
                }
                kept.extend_from_slice(key.as_bytes());
                kept.push(b':');
                kept.extend_from_slice(&self.buffer);
            }
        }
        if !is_bundle {
            self.single(start, kept, has_type)?;
        }
        if self.stopped { Ok(()) } else { self.finish() }
    }

    fn single(&mut self, start: Place, kept: Option<Vec<u8>>, has_type: bool) -> Result<(), BundleError> {
        if !has_type {
            return Err(BundleError::NotStix);
        }
        match kept {
            // A bundle without objects is allowed, and empty.
            Some(kept) if parse_type(&kept).as_deref() == Some("bundle") => {}
            Some(mut kept) => {
                kept.push(b'}');
                self.buffer = kept;
                (self.summary.id, self.summary.spec_version) = (None, None);
                self.hand_over(start);
            }
            None => self.lose(start, format!("larger than {MAX_OBJECT_BYTES} bytes or too deep")),
        }
        Ok(())
    }

    /// A key of the bundle, with its quotes; the colon behind it is taken.
    fn outer_key(&mut self) -> Result<Option<String>, BundleError> {
        let at = self.input.place();
        self.buffer.clear();
        let scanned = self.value()?;
        let colon = self.input.skip_space()? == Some(b':');
        match std::str::from_utf8(&self.buffer) {
            Ok(key) if matches!(scanned, Scanned::Whole) && colon && key.len() <= MAX_KEY_BYTES => {
                let key = key.to_owned();
                self.input.next()?;
                Ok(Some(key))
            }
            _ => {
                self.lose(at, "expected a key and `:`; the rest is lost");
                Ok(None)
            }
        }
    }

    fn note_outer(&mut self, key: &str) {
        let text = || serde_json::from_slice::<String>(&self.buffer).ok();
        match key {
            "\"id\"" => self.summary.id = text(),
            "\"spec_version\"" => self.summary.spec_version = text(),
            _ => {}
        }
    }

    /// The objects behind `[`. `false` if there is nothing more to read.
    fn array(&mut self) -> Result<bool, BundleError> {
        while !self.stopped {
            let place = {
                let next = self.input.skip_space()?;
                match next {
                    None => {
                        self.lose(self.input.place(), "the text ends before the list of objects does");
                        return Ok(false);
                    }
                    Some(b']') => {
                        self.input.next()?;
                        return Ok(true);
                    }
                    Some(b',') => {
                        self.input.next()?;
                        continue;
                    }
                    Some(_) => self.input.place(),
                }
            };
            let is_object = self.input.peek()? == Some(b'{');
            self.buffer.clear();
            match self.value()? {
                Scanned::Whole if is_object => self.hand_over(place),
                Scanned::Whole => self.lose(place, "expected an object, found another value"),
                Scanned::TooLarge => self.lose(place, format!("larger than {MAX_OBJECT_BYTES} bytes")),
                Scanned::TooDeep => self.lose(place, format!("nested deeper than {MAX_JSON_DEPTH}")),
                Scanned::Ended => {
                    if !self.resync(place, "the text ends inside the object")? {
                        return Ok(false);
                    }
                }
                Scanned::Broken(what) => {
                    if !self.resync(place, what)? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(false)
    }

    /// Takes one JSON value into the buffer, without looking at more than strings and brackets.
    fn value(&mut self) -> Result<Scanned, BundleError> {
        let mut scan = Scan::default();
        let mut too_large = false;
        loop {
            let chunk = self.input.chunk()?;
            if chunk.is_empty() {
                return Ok(if scan.may_end() && !self.buffer.is_empty() { Scanned::Whole } else { Scanned::Ended });
            }
            let (used, end) = scan.run(chunk);
            if !too_large {
                self.buffer.extend_from_slice(&chunk[..used]);
            }
            let lines = count_lines(&chunk[..used]);
            self.input.consume(used, lines);
            if self.buffer.len() > MAX_OBJECT_BYTES {
                if find_start(&self.buffer, 1).is_some() {
                    return Ok(Scanned::Broken("larger than an object may be, with others inside"));
                }
                too_large = true;
                self.buffer.clear();
            }
            match end {
                None => {}
                Some(End::Broken(what)) => return Ok(Scanned::Broken(what)),
                Some(End::Whole) if too_large => return Ok(Scanned::TooLarge),
                Some(End::Whole) if scan.deepest() > MAX_JSON_DEPTH => return Ok(Scanned::TooDeep),
                Some(End::Whole) => return Ok(Scanned::Whole),
            }
        }
    }

    /// After damage in the object at `place`: finds the next start of an object, first in what was taken, then ahead.
    fn resync(&mut self, place: Place, what: &str) -> Result<bool, BundleError> {
        let mut taken = std::mem::take(&mut self.buffer);
        let mut gone = 0_u64;
        // Not the object that broke: its own first byte is no next start.
        let mut from = 1;
        loop {
            if let Some(at) = find_start(&taken, from) {
                if !self.input.may_put_back(taken.len().saturating_sub(at)) {
                    self.lose(place, format!("{what}; too much of the text is broken, the rest is lost"));
                    return Ok(false);
                }
                self.lose(place, format!("{what}; {} bytes are lost", gone + at as u64));
                self.input.put_back(taken.get(at..).unwrap_or(&[]));
                return Ok(true);
            }
            // A start that the end of the chunk cuts in two must be seen whole.
            let keep = taken.len().saturating_sub(START_WINDOW).max(from.min(taken.len()));
            taken.drain(..keep);
            gone += keep as u64;
            from = 0;
            let chunk = self.input.chunk()?;
            if chunk.is_empty() || gone > MAX_RESYNC_BYTES {
                self.lose(place, format!("{what}; no further object was found, the rest is lost"));
                return Ok(false);
            }
            taken.extend_from_slice(chunk);
            let (count, lines) = (chunk.len(), count_lines(chunk));
            self.input.consume(count, lines);
        }
    }
}

/// `type` of a JSON object whose last brace may be missing.
fn parse_type(text: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Head {
        r#type: String,
    }
    let mut text = text.to_vec();
    text.push(b'}');
    serde_json::from_slice::<Head>(&text).ok().map(|head| head.r#type)
}

/// Bytes within which a start of an object is recognized: brace, white space, first key.
const START_WINDOW: usize = 256;

/// Keys that begin STIX objects in practice and no objects inside them.
const FIRST_KEYS: [&[u8]; 5] = [b"\"type\"", b"\"id\"", b"\"spec_version\"", b"\"created\"", b"\"modified\""];

/// Finds `,` `{` `"type"` with any white space between; gives the place of the brace.
fn find_start(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|b| *b == b'{')?;
        let before = bytes.get(..at)?.iter().rev().take(START_WINDOW).find(|b| !is_space(**b));
        let mut after = bytes.get(at + 1..)?;
        while let Some((first, rest)) = after.split_first() {
            if !is_space(*first) {
                break;
            }
            after = rest;
        }
        if before == Some(&b',') && FIRST_KEYS.iter().any(|key| after.starts_with(key)) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
#[path = "bundle_tests.rs"]
mod tests;
