//! Records: variable-length integers, serial types, values and rows.
//!
//! <https://www.sqlite.org/fileformat2.html#record_format>

use std::borrow::Cow;

use super::pager::Encoding;
use super::schema::Value;

/// Decodes a big-endian base-128 integer of up to nine bytes at the start of `bytes`; gives it and its length.
#[inline]
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    if first < 0x80 {
        return Some((u64::from(first), 1));
    }
    let mut value = u64::from(first & 0x7f);
    for (i, &byte) in bytes.iter().enumerate().take(8).skip(1) {
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value, i + 1));
        }
    }
    // The ninth byte gives all its eight bits.
    Some((value << 8 | u64::from(*bytes.get(8)?), 9))
}

/// Bytes that a value of this serial type takes in the body of its record.
#[inline]
pub(super) fn serial_len(serial: u64) -> u64 {
    match serial {
        0 | 8..=11 => 0,
        1..=4 => serial,
        5 => 6,
        6 | 7 => 8,
        _ => (serial - 12) / 2,
    }
}

/// A text value, in the encoding of its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    bytes: &'a [u8],
    encoding: Encoding,
}

impl<'a> Text<'a> {
    /// The bytes as stored.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How the bytes are to be read.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The text; what is invalid in its encoding becomes U+FFFD. Borrowed when it is valid UTF-8.
    pub fn to_str(&self) -> Cow<'a, str> {
        let units = |read: fn([u8; 2]) -> u16| {
            let (pairs, rest) = self.bytes.as_chunks::<2>();
            let mut text: String = char::decode_utf16(pairs.iter().map(|&pair| read(pair)))
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect();
            if !rest.is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
            Cow::Owned(text)
        };
        match self.encoding {
            Encoding::Utf8 => crate::formats::lossy(self.bytes),
            Encoding::Utf16Le => units(u16::from_le_bytes),
            Encoding::Utf16Be => units(u16::from_be_bytes),
        }
    }
}

/// One value of a row, borrowed from the page or from the scan's buffer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueRef<'a> {
    /// NULL, and every column that the table does not have.
    Null,
    /// A signed 64-bit integer.
    Int(i64),
    /// An IEEE 754 double; never NaN.
    Real(f64),
    /// Text.
    Text(Text<'a>),
    /// Bytes.
    Blob(&'a [u8]),
}

impl<'a> ValueRef<'a> {
    /// True for NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, ValueRef::Null)
    }

    /// An integer, or a real that is one exactly.
    pub fn as_i64(&self) -> Option<i64> {
        match *self {
            ValueRef::Int(i) => Some(i),
            // From -2^63 to below 2^63, which a real can hold exactly.
            ValueRef::Real(r) if r.fract() == 0.0 && (i64::MIN as f64..-(i64::MIN as f64)).contains(&r) => {
                Some(r as i64)
            }
            _ => None,
        }
    }

    /// A number as a real.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            ValueRef::Int(i) => Some(i as f64),
            ValueRef::Real(r) => Some(r),
            _ => None,
        }
    }

    /// A text; lossy where it is invalid. Borrowed when it is valid UTF-8.
    pub fn as_str(&self) -> Option<Cow<'a, str>> {
        match self {
            ValueRef::Text(text) => Some(text.to_str()),
            _ => None,
        }
    }

    /// The stored bytes of a text or a blob.
    pub fn as_bytes(&self) -> Option<&'a [u8]> {
        match self {
            ValueRef::Text(text) => Some(text.bytes),
            ValueRef::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn of(value: &'a Value) -> ValueRef<'a> {
        match value {
            Value::Null => ValueRef::Null,
            Value::Int(i) => ValueRef::Int(*i),
            Value::Real(r) => ValueRef::Real(*r),
            Value::Text(text) => ValueRef::Text(Text { bytes: text.as_bytes(), encoding: Encoding::Utf8 }),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }
    }

    /// Decodes a value; `bytes` has the length its serial type gives, or less when it was cut.
    #[inline]
    pub(super) fn decode(serial: u64, bytes: &'a [u8], encoding: Encoding) -> ValueRef<'a> {
        match serial {
            8 => ValueRef::Int(0),
            9 => ValueRef::Int(1),
            1..=6 if bytes.len() as u64 == serial_len(serial) => {
                let negative = bytes.first().is_some_and(|&b| b >= 0x80);
                let start = if negative { -1i64 } else { 0 };
                ValueRef::Int(bytes.iter().fold(start, |n, &b| n << 8 | i64::from(b)))
            }
            7 => match bytes.first_chunk() {
                Some(bits) => {
                    let real = f64::from_be_bytes(*bits);
                    // SQLite has no NaN: it reads one as NULL.
                    if real.is_nan() { ValueRef::Null } else { ValueRef::Real(real) }
                }
                None => ValueRef::Null,
            },
            n if n >= 12 && n % 2 == 0 => ValueRef::Blob(bytes),
            n if n >= 13 => ValueRef::Text(Text { bytes, encoding }),
            // 10 and 11 are reserved; SQLite reads NULL.
            _ => ValueRef::Null,
        }
    }
}

/// Where a row was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// Part of the database as its last commit left it.
    Live,
    /// Only in an older version of a page in the write-ahead log.
    WalOld,
    /// In free space: deleted.
    Free,
}

/// Where the bytes of a wanted value lie.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Loc {
    pub serial: u64,
    pub at: usize,
    pub len: usize,
    /// In the spill buffer, not in the page.
    pub spilled: bool,
    /// Bytes of it are missing.
    pub cut: bool,
    /// The record holds this column; else its default stands.
    pub stored: bool,
}

/// Where the values of one wanted column come from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// The table has no such column, or it is computed and not stored.
    Absent,
    /// The rowid, or the column that stands for it.
    Rowid,
    Stored {
        /// REAL affinity: whole numbers are stored as integers to save space.
        real: bool,
        /// For rows older than the column.
        default: Value,
    },
}

/// One row. Valid within the callback only.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    pub(super) rowid: i64,
    pub(super) page: u32,
    pub(super) encoding: Encoding,
    pub(super) sources: &'a [Source],
    pub(super) locs: &'a [Loc],
    pub(super) local: &'a [u8],
    pub(super) spill: &'a [u8],
}

impl<'a> Row<'a> {
    /// The rowid; in a WITHOUT ROWID table the position in key order, from 1.
    pub fn rowid(&self) -> i64 {
        self.rowid
    }

    /// The page that holds the row.
    pub fn page(&self) -> u32 {
        self.page
    }

    /// Where the row was found.
    pub fn state(&self) -> RowState {
        RowState::Live
    }

    /// Number of columns asked for.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// True when no column was asked for.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The value of the `i`-th column asked for; NULL past the last.
    #[inline]
    pub fn get(&self, i: usize) -> ValueRef<'a> {
        match self.sources.get(i) {
            None | Some(Source::Absent) => ValueRef::Null,
            Some(Source::Rowid) => ValueRef::Int(self.rowid),
            Some(Source::Stored { real, default }) => match self.locs.get(i) {
                Some(loc) if loc.stored => {
                    let from = if loc.spilled { self.spill } else { self.local };
                    let bytes = from.get(loc.at..loc.at.saturating_add(loc.len)).unwrap_or(&[]);
                    match ValueRef::decode(loc.serial, bytes, self.encoding) {
                        ValueRef::Int(i) if *real => ValueRef::Real(i as f64),
                        value => value,
                    }
                }
                _ => ValueRef::of(default),
            },
        }
    }

    /// True when bytes of the `i`-th value are missing: its page chain is damaged, or it exceeds the limit.
    pub fn is_cut(&self, i: usize) -> bool {
        self.locs.get(i).is_some_and(|loc| loc.cut)
    }
}
