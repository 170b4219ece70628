//! Lines of text from a phone: what every text format in this room reads from.
//!
//! A line ends at `\n`; any `\r` before it is dropped (old `adb shell` wrote `\r\r\n`). Nothing else ends a line, so
//! that line numbers agree with those of other tools on Unix. Bytes that are not UTF-8 become U+FFFD.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

/// A longer line is cut here; the rest of it is read and dropped.
pub const MAX_LINE: usize = 1 << 20;
/// Notes kept word for word by [`Notes`]; the others are only counted.
pub const MAX_NOTES: usize = 20;
/// A note keeps at most this many bytes of the line it is about.
pub const MAX_NOTE_TEXT: usize = 160;

/// One line, without its end.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Counted from 1.
    pub no: u64,
    /// Where the line begins, in bytes of the stream it was read from.
    pub offset: u64,
    /// The line, at most [`MAX_LINE`] bytes.
    pub bytes: &'a [u8],
    /// The line was longer than [`MAX_LINE`].
    pub cut: bool,
}

impl<'a> Line<'a> {
    /// The line as text; borrowed when it is UTF-8 already.
    pub fn text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.bytes)
    }
}

/// Reads lines without copying them where the reader's buffer holds them whole.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    /// Bytes of the reader's buffer the current line occupies, not yet consumed.
    lent: usize,
    /// The current line when it did not fit the reader's buffer.
    copy: Vec<u8>,
    copied: bool,
    cut: bool,
    ended: bool,
    no: u64,
    start: u64,
    next: u64,
    again: bool,
}

impl<R: BufRead> Lines<R> {
    /// Lines of `reader` from where it stands.
    pub fn new(reader: R) -> Self {
        let (copied, cut, ended, again) = (false, false, true, false);
        Lines { reader, lent: 0, copy: Vec::new(), copied, cut, ended, no: 0, start: 0, next: 0, again }
    }

    /// Goes to the next line; false at the end.
    ///
    /// # Errors
    /// Whatever the reader fails with; the lines before it have been given.
    pub fn advance(&mut self) -> io::Result<bool> {
        if self.again {
            self.again = false;
            return Ok(true);
        }
        self.reader.consume(std::mem::take(&mut self.lent));
        (self.start, self.copied, self.cut) = (self.next, false, false);
        let buffer = fill(&mut self.reader)?;
        if buffer.is_empty() {
            return Ok(false);
        }
        self.no += 1;
        self.ended = true;
        if let Some(end) = find_newline(buffer).filter(|&end| end <= MAX_LINE) {
            self.lent = end + 1;
            self.next += self.lent as u64;
            return Ok(true);
        }
        self.copied = true;
        self.copy.clear();
        self.gather()?;
        Ok(true)
    }

    /// The slow way: a line across buffers, or a very long one.
    fn gather(&mut self) -> io::Result<()> {
        loop {
            let buffer = fill(&mut self.reader)?;
            if buffer.is_empty() {
                self.ended = false;
                return Ok(());
            }
            let end = find_newline(buffer);
            let piece = &buffer[..end.unwrap_or(buffer.len())];
            let room = MAX_LINE - self.copy.len().min(MAX_LINE);
            self.cut |= piece.len() > room;
            self.copy.extend_from_slice(&piece[..piece.len().min(room)]);
            let used = piece.len() + usize::from(end.is_some());
            self.reader.consume(used);
            self.next += used as u64;
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// The line the last [`advance`](Self::advance) went to.
    ///
    /// # Errors
    /// As `advance`; a `BufRead` that keeps its contract does not fail here.
    pub fn current(&mut self) -> io::Result<Line<'_>> {
        let (no, offset, cut) = (self.no, self.start, self.cut);
        let mut bytes: &[u8] = if self.copied {
            &self.copy
        } else {
            let buffer = self.reader.fill_buf()?;
            buffer.get(..self.lent.saturating_sub(1)).unwrap_or(buffer)
        };
        while let [head @ .., b'\r'] = bytes {
            bytes = head;
        }
        Ok(Line { no, offset, bytes, cut })
    }

    /// Makes the next `advance` stay on the current line.
    pub fn again(&mut self) {
        self.again = true;
    }

    /// False when the current line stopped at the end of the stream without a line end.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Bytes read so far, up to the end of the current line.
    pub fn position(&self) -> u64 {
        self.next
    }
}

/// `fill_buf`, tried again when a signal interrupts it.
fn fill<R: BufRead>(reader: &mut R) -> io::Result<&[u8]> {
    loop {
        match reader.fill_buf() {
            Ok(_) => break,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    reader.fill_buf()
}

/// Position of the first `\n`, eight bytes at a time.
fn find_newline(bytes: &[u8]) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (chunks, _) = bytes.as_chunks::<8>();
    for (at, chunk) in chunks.iter().enumerate() {
        let x = u64::from_le_bytes(*chunk) ^ (LOW * b'\n' as u64);
        let hit = x.wrapping_sub(LOW) & !x & HIGH;
        if hit != 0 {
            return Some(at * 8 + hit.trailing_zeros() as usize / 8);
        }
    }
    let done = chunks.len() * 8;
    bytes.get(done..)?.iter().position(|&b| b == b'\n').map(|at| done + at)
}

/// Calls `each` with number and text of every line.
///
/// # Errors
/// Whatever the reader fails with; the lines before it have been given.
pub fn for_each(reader: impl BufRead, mut each: impl FnMut(u64, &str)) -> io::Result<()> {
    let mut lines = Lines::new(reader);
    while lines.advance()? {
        let line = lines.current()?;
        each(line.no, &line.text());
    }
    Ok(())
}

/// What a parser did not understand: the first few word for word, the others counted. Some of it stood where a record was
/// expected: that record is lost.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
#[must_use = "what was not understood must reach the coverage"]
pub struct Notes {
    /// At most [`MAX_NOTES`] of each sort, in the order of the lines.
    pub first: Vec<Note>,
    /// All of them.
    pub count: u64,
    /// Those that cost a record.
    pub lost: u64,
}

/// One thing that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Line number in the section or file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub what: &'static str,
    /// How the line begins.
    pub text: String,
    /// It cost a record.
    pub lost: bool,
}

impl Notes {
    /// Adds one that cost nothing.
    pub fn add(&mut self, line: u64, what: &'static str, text: &str) {
        self.keep(line, what, text, false);
    }

    /// Adds one that stood where a record was expected.
    pub fn lost(&mut self, line: u64, what: &'static str, text: &str) {
        self.lost += 1;
        self.keep(line, what, text, true);
    }

    fn keep(&mut self, line: u64, what: &'static str, text: &str, lost: bool) {
        self.count += 1;
        if self.first.iter().filter(|n| n.lost == lost).count() < MAX_NOTES {
            self.first.push(Note { line, what, text: clip(text, MAX_NOTE_TEXT).to_owned(), lost });
        }
    }
}

/// The first `max` bytes of `text`, back to a character boundary.
pub fn clip(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max)]
}

/// Text before and after the first `sep`.
pub(super) fn before<'a>(text: &'a str, sep: &str) -> (&'a str, &'a str) {
    text.split_once(sep).unwrap_or((text, ""))
}

/// Leading spaces of a line.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// `null`, `{null}` and nothing are no value.
pub(super) fn stated(value: &str) -> Option<String> {
    (!matches!(value, "" | "null" | "{null}")).then(|| value.to_owned())
}

/// Reads any reader as UTF-8: text that PowerShell's `>` wrote as UTF-16 (by its byte order mark, or by the zero byte in
/// every pair) is converted, a UTF-8 mark is dropped, and all else goes through untouched and uncopied.
#[derive(Debug)]
pub struct Utf8Reader<R> {
    inner: R,
    form: Form,
    out: Vec<u8>,
    at: usize,
    odd: Option<u8>,
    high: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Unknown,
    Utf8,
    Le,
    Be,
}

/// Bytes looked at to tell UTF-16 without a mark.
const SNIFF: usize = 64;

impl<R: BufRead> Utf8Reader<R> {
    /// Reads `inner` from its beginning.
    pub fn new(inner: R) -> Self {
        Utf8Reader { inner, form: Form::Unknown, out: Vec::new(), at: 0, odd: None, high: None }
    }

    fn sniff(&mut self) -> io::Result<()> {
        let start = fill(&mut self.inner)?;
        let head = &start[..start.len().min(SNIFF)];
        let zeros = |at: usize| head.iter().skip(at).step_by(2).filter(|&&b| b == 0).count() * 5 >= head.len() * 2;
        let (form, skip) = match head {
            [0xEF, 0xBB, 0xBF, ..] => (Form::Utf8, 3),
            [0xFF, 0xFE, ..] => (Form::Le, 2),
            [0xFE, 0xFF, ..] => (Form::Be, 2),
            _ if head.len() >= 8 && zeros(1) && !zeros(0) => (Form::Le, 0),
            _ if head.len() >= 8 && zeros(0) && !zeros(1) => (Form::Be, 0),
            _ => (Form::Utf8, 0),
        };
        self.inner.consume(skip);
        self.form = form;
        Ok(())
    }

    /// Converts one buffer of the inner reader.
    fn convert(&mut self) -> io::Result<()> {
        self.out.clear();
        self.at = 0;
        let little = self.form == Form::Le;
        let buffer = fill(&mut self.inner)?;
        let used = buffer.len();
        if used == 0 {
            if self.odd.take().is_some() || self.high.take().is_some() {
                self.out.extend_from_slice("\u{FFFD}".as_bytes());
            }
            return Ok(());
        }
        for &byte in buffer {
            let Some(first) = self.odd.take() else {
                self.odd = Some(byte);
                continue;
            };
            let unit = if little { u16::from_le_bytes([first, byte]) } else { u16::from_be_bytes([first, byte]) };
            push_unit(&mut self.out, &mut self.high, unit);
        }
        self.inner.consume(used);
        Ok(())
    }
}

fn push_unit(out: &mut Vec<u8>, high: &mut Option<u16>, unit: u16) {
    let mut put = |c: char| out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    let held = high.take();
    if (0xD800..0xDC00).contains(&unit) {
        if held.is_some() {
            put('\u{FFFD}');
        }
        *high = Some(unit);
        return;
    }
    let units = held.into_iter().chain([unit]);
    char::decode_utf16(units).for_each(|c| put(c.unwrap_or('\u{FFFD}')));
}

impl<R: BufRead> BufRead for Utf8Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.form == Form::Unknown {
            self.sniff()?;
        }
        if self.form == Form::Utf8 {
            return self.inner.fill_buf();
        }
        // A buffer of one odd byte, or of half a pair, gives nothing yet.
        while self.at >= self.out.len() {
            let more = !fill(&mut self.inner)?.is_empty();
            self.convert()?;
            if !more {
                break;
            }
        }
        Ok(self.out.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        match self.form {
            Form::Utf8 => self.inner.consume(amount),
            _ => self.at = self.at.saturating_add(amount).min(self.out.len()),
        }
    }
}

impl<R: BufRead> Read for Utf8Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let buffer = self.fill_buf()?;
        let count = buffer.len().min(into.len());
        into[..count].copy_from_slice(&buffer[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn all(bytes: &[u8], buffer: usize) -> Vec<(u64, u64, String)> {
        let mut lines = Lines::new(BufReader::with_capacity(buffer, bytes));
        let mut out = Vec::new();
        while lines.advance().unwrap() {
            let line = lines.current().unwrap();
            out.push((line.no, line.offset, line.text().into_owned()));
        }
        out
    }

    #[test]
    fn same_lines_whatever_the_buffer() {
        let text = b"one\r\n\ntwo\0x\nthree\xff\r\r\nfour is a longer line than the others\nlast";
        let want = all(text, 4096);
        assert_eq!(want.len(), 6);
        assert_eq!(want[3].2, "three\u{FFFD}");
        assert_eq!(want[5], (6, text.len() as u64 - 4, "last".into()));
        for size in 1..40 {
            assert_eq!(all(text, size), want, "buffer of {size}");
        }
    }

    #[test]
    fn ten_megabytes_without_an_end() {
        let mut text = vec![b'{'; 10 << 20];
        text.extend_from_slice(b"\nnext");
        let mut lines = Lines::new(BufReader::new(&text[..]));
        assert!(lines.advance().unwrap());
        let line = lines.current().unwrap();
        assert!(line.cut && line.bytes.len() == MAX_LINE);
        assert!(lines.advance().unwrap());
        assert_eq!(lines.current().unwrap().bytes, b"next");
        assert!(!lines.ended());
    }

    #[test]
    fn a_line_can_be_read_again() {
        let mut lines = Lines::new(&b"a\nb\n"[..]);
        assert!(lines.advance().unwrap());
        lines.again();
        assert!(lines.advance().unwrap());
        assert_eq!((lines.current().unwrap().no, lines.current().unwrap().bytes), (1, &b"a"[..]));
        assert!(lines.advance().unwrap());
        assert_eq!(lines.current().unwrap().bytes, b"b");
    }

    #[test]
    fn utf16_both_ways_with_and_without_mark() {
        let text = "Pakete: \u{1F600} größer\nzwei\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let with = |mark: &[u8], rest: &[u8]| [mark, rest].concat();
        for bytes in [le.clone(), be.clone(), with(&[0xFF, 0xFE], &le), with(&[0xFE, 0xFF], &be)] {
            for size in [1, 2, 3, 4096] {
                let mut out = String::new();
                let sized = BufReader::with_capacity(size, &bytes[..]);
                // Without a mark the first buffer must hold enough to tell.
                if size < SNIFF && bytes[0] != 0xFF && bytes[0] != 0xFE {
                    continue;
                }
                if size < 2 {
                    continue;
                }
                Utf8Reader::new(sized).read_to_string(&mut out).unwrap();
                assert_eq!(out, text, "buffer of {size}");
            }
        }
        let mut out = String::new();
        Utf8Reader::new(&b"\xEF\xBB\xBFplain"[..]).read_to_string(&mut out).unwrap();
        assert_eq!(out, "plain");
        let mut out = String::new();
        Utf8Reader::new(&b"\xFF\xFEa\0b"[..]).read_to_string(&mut out).unwrap();
        assert_eq!(out, "a\u{FFFD}");
    }

    #[test]
    fn notes_are_bounded() {
        let mut notes = Notes::default();
        (0..1000).for_each(|n| notes.add(n, "odd", &"é".repeat(500)));
        assert_eq!((notes.first.len(), notes.count), (MAX_NOTES, 1000));
        assert!(notes.first.iter().all(|n| n.text.len() <= MAX_NOTE_TEXT));
    }
}
