//! From "the object that begins at byte n" to the line and column of the value itself. Files are read again, once each,
//! and only those that defects were found in.

use std::collections::BTreeMap;
use std::fs;

use super::Defect;
use crate::stix::bundle::MAX_OBJECT_BYTES;

/// Files larger than this keep the line at which the object begins.
const MAX_FILE: u64 = 256 << 20;

/// Puts line and column to each defect that names a value.
pub fn locate(defects: &mut [Defect]) {
    let mut by_file: BTreeMap<String, Vec<&mut Defect>> = BTreeMap::new();
    for d in defects.iter_mut().filter(|d| !d.needle.0.is_empty() && d.line > 0) {
        by_file.entry(d.file.clone()).or_default().push(d);
    }
    for (file, defects) in by_file {
        if fs::metadata(&file).map_or(true, |m| m.len() > MAX_FILE) {
            continue;
        }
        let Ok(bytes) = fs::read(&file) else { continue };
        let text = Text::new(&bytes);
        let mut placed: Vec<(usize, &mut Defect)> =
            defects.into_iter().filter_map(|d| Some((text.find(d)?, d))).collect();
        placed.sort_by_key(|(byte, _)| *byte);
        text.place(placed);
    }
}

struct Text<'a> {
    bytes: &'a [u8],
    /// Where each line begins.
    lines: Vec<usize>,
}

impl<'a> Text<'a> {
    fn new(bytes: &'a [u8]) -> Text<'a> {
        let breaks = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
        Text { bytes, lines: std::iter::once(0).chain(breaks).collect() }
    }

    /// The byte at which the value of a defect stands.
    fn find(&self, d: &Defect) -> Option<usize> {
        let line_start = self.lines.get(d.line as usize - 1).copied().unwrap_or(0);
        let from = if d.offset > 0 { usize::try_from(d.offset).unwrap_or(line_start) } else { line_start };
        let rest = self.bytes.get(from..)?;
        let window = &rest[..rest.len().min(MAX_OBJECT_BYTES)];
        let (whole, part) = (&d.needle.0, &d.needle.1);
        let at = find(window, whole, 0)?;
        let inside = match find(&window[at..], part, 0).filter(|p| *p <= json(whole).len().max(whole.len())) {
            Some(p) if !part.is_empty() => at + p,
            _ => at,
        };
        Some(from + inside)
    }

    /// Gives lines and columns to defects in the order of their bytes: a bundle may be one line of megabytes, which is
    /// counted once.
    fn place(&self, placed: Vec<(usize, &mut Defect)>) {
        let (mut counted, mut column) = (0, 0);
        for (byte, d) in placed {
            let line = self.lines.partition_point(|s| *s <= byte);
            let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
            if start > counted {
                (counted, column) = (start, 0);
            }
            let between = self.bytes.get(counted..byte).unwrap_or_default();
            column += between.iter().filter(|b| **b & 0xc0 != 0x80).count() as u64;
            counted = byte;
            (d.line, d.column) = (line as u64, column + 1);
        }
    }
}

/// Where a text stands, as it is or as JSON writes it.
fn find(bytes: &[u8], text: &str, from: usize) -> Option<usize> {
    let plain = || memchr::memmem::find(bytes.get(from..)?, text.as_bytes());
    let escaped = json(text);
    let coded = || memchr::memmem::find(bytes.get(from..)?, escaped.as_bytes());
    plain().or_else(coded).map(|at| at + from)
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}
