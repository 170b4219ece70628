//! What artifacts that read a section of text share: reading it line by line, saying what was not understood, and the ways
//! such sections write time.
//!
//! Times: `YYYY-MM-DD hh:mm:ss[.mmm]` is the wall clock of the device (`SimpleDateFormat` without a zone in AOSP's dump
//! methods), in the digits of the phone's language.

use std::io::BufRead;

use super::{Emitter, Found, Input, ParseError};
use crate::evidence::Cut;
use crate::finding::{Code, reason};
use crate::formats::lines::{Lines, Note, Notes};
use crate::record::{Locator, Precision, Timestamp};

/// Lines not understood that a note shows.
const SHOWN: usize = 3;
/// Characters of such a line that a note shows.
const SHOWN_CHARS: usize = 80;

/// What reading a section found beside its records.
#[derive(Debug, Default)]
#[must_use = "how a section ended must reach the coverage: give it to close"]
pub struct Read {
    /// Lines that are not blank.
    pub lines: u64,
    /// Lines that were cut for their length.
    pub cut: u64,
    /// Lines with bytes that no text holds: something was written over them, or copied as nothing.
    pub blank_bytes: u64,
    /// Line and kind of a message of dumpstate in place of (the rest of) the section.
    trouble: Option<(u64, Code)>,
}

/// Gives every line of the entry, numbered from 1, to `each`.
pub fn each_line(input: &Input<'_>, mut each: impl FnMut(u64, &str)) -> Result<Read, ParseError> {
    let mut lines = Lines::new(input.lines()?);
    read_lines(&mut lines, &mut each)
}

fn read_lines(lines: &mut Lines<impl BufRead>, each: &mut dyn FnMut(u64, &str)) -> Result<Read, ParseError> {
    let mut read = Read::default();
    while lines.advance()? {
        let line = lines.current()?;
        read.lines += u64::from(!line.bytes.trim_ascii().is_empty());
        read.cut += u64::from(line.cut);
        read.blank_bytes += u64::from(line.bytes.contains(&0) || line.bytes.windows(8).any(|w| w == [0xff; 8]));
        if let Some(code) = trouble(line.bytes) {
            read.trouble.get_or_insert((line.no, code));
            continue;
        }
        each(line.no, &line.text());
    }
    Ok(read)
}

/// A line by which dumpstate says that the section is not what it should be.
fn trouble(line: &[u8]) -> Option<Code> {
    let star = line.starts_with(b"*** ") && !line.starts_with(b"*** ***");
    if star && (line.ends_with(b"EXPIRED ***") || line.windows(9).any(|w| w == b"timed out")) {
        return Some(reason::SECTION_TIMEOUT);
    }
    if star || line.starts_with(b"Error dumping service") || line.starts_with(b"Can't find service") {
        return Some(reason::SECTION_FAILED);
    }
    None
}

/// Says in the coverage what became of the section: truncation, the dump's own failure, lines not understood. `what`
/// names the records that were expected; none at all from a section that has lines is an error.
pub fn close(
    input: &Input<'_>,
    emit: &mut Emitter<'_>,
    read: Read,
    notes: Notes,
    what: &str,
) -> Result<(), ParseError> {
    match input.entry.cut {
        Some(Cut::Short) => emit.lost_unknown(reason::TRUNCATED, "the source ends before this section does"),
        Some(Cut::Unclosed) => {
            let text =
                "this section does not end as the others do: something in it was taken for the beginning of another";
            emit.lost_unknown(reason::SECTION_UNCLOSED, text);
        }
        None => {}
    }
    if read.cut > 0 {
        emit.lost_unknown(reason::LINE_CUT, format!("{} lines were too long and were cut", read.cut));
    }
    if read.blank_bytes > 0 {
        let text = format!("{} lines hold bytes that no text holds: what stood there is gone", read.blank_bytes);
        emit.lost_unknown(reason::RECORDS_NOT_UNDERSTOOD, text);
    }
    if let Some((line, code)) = read.trouble {
        emit.lost_unknown(code, format!("line {}: the device says that this dump failed", at_line(input, line)));
    }
    if notes.lost > 0 {
        let text = format!(
            "{} of the lines where records stand were not understood: {}",
            notes.lost,
            shown(input, &notes, true)
        );
        emit.lost(notes.lost, reason::RECORDS_NOT_UNDERSTOOD, text);
    }
    let rest = notes.count - notes.lost;
    if rest > 0 {
        let text = format!("{rest} lines were not understood: {}", shown(input, &notes, false));
        emit.note(reason::LINES_NOT_UNDERSTOOD, text);
    }
    if emit.tally().records == 0 && read.lines > 0 && read.trouble.is_none() {
        return Err(ParseError::Missing(format!("expected {what}, found none in {} lines", read.lines)));
    }
    Ok(())
}

fn shown(input: &Input<'_>, notes: &Notes, lost: bool) -> String {
    let told = |n: &Note| format!("line {} ({}): {}", at_line(input, n.line), n.what, sanitised(&n.text));
    notes.first.iter().filter(|n| n.lost == lost).take(SHOWN).map(told).collect::<Vec<_>>().join("; ")
}

/// Where a line of the section stands in the file that holds it.
pub fn locator(input: &Input<'_>, line: u64) -> Locator<'static> {
    Locator::Line(at_line(input, line))
}

fn at_line(input: &Input<'_>, line: u64) -> u64 {
    input.entry.first_line.max(1).saturating_add(line.saturating_sub(1))
}

/// A short quotation of evidence that cannot act on whatever shows it.
fn sanitised(text: &str) -> String {
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    text.trim().chars().take(SHOWN_CHARS).map(|c| if acts(c) { '\u{FFFD}' } else { c }).collect()
}

/// `YYYY-MM-DD hh:mm:ss[.mmm]` as wall clock of the device. A date in the first days of 1970 or the last of 1969 is an
/// epoch of zero in whatever zone, which means "never".
pub fn device_local(text: &str) -> Found<Timestamp> {
    const DAY: i64 = 86_400_000_000;
    match Timestamp::civil(text).filter(|t| t.precision != Precision::Day) {
        Some(t) if (-1..=1).contains(&t.micros.div_euclid(DAY)) => Found::Absent,
        Some(t) => Found::Is(t),
        None => Found::Unreadable,
    }
}

/// The moment `millis` before the acquisition. Whole minutes only: dumpstate says when it began, and a section may be
/// dumped minutes later.
pub fn before_acquisition(input: &Input<'_>, millis: i64) -> Option<Timestamp> {
    let acquired = input.device().acquired?;
    let micros = acquired.micros.checked_sub(millis.checked_mul(1_000)?)?;
    Some(Timestamp { micros, precision: Precision::Minute, ..acquired })
}

/// True for what can be a package name: words of letters, digits and underscores, joined by dots, at least two of them.
pub fn is_package(text: &str) -> bool {
    let mut parts = 0;
    text.split('.').all(|part| {
        parts += 1;
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    }) && parts > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_never_dates_and_no_dates() {
        let t = device_local("2022-03-29 18:37:30.315").value().unwrap();
        assert_eq!((t.to_string().as_str(), t.precision), ("2022-03-29T18:37:30.315", Precision::Milli));
        for never in ["1970-01-01 07:00:00", "1969-12-31 16:00:00"] {
            assert_eq!(device_local(never), Found::Absent, "{never}");
        }
        for bad in ["", "2022-02-30 00:00:00", "2022-03-29", "yesterday"] {
            assert_eq!(device_local(bad), Found::Unreadable, "{bad}");
        }
    }

    #[test]
    fn quotations_are_harmless() {
        assert_eq!(sanitised("a\u{1b}[31m\u{202e}b\t"), "a\u{FFFD}[31m\u{FFFD}b");
        assert_eq!(sanitised(&"x".repeat(500)).len(), SHOWN_CHARS);
    }

    #[test]
    fn packages() {
        for good in ["com.a", "com.evil.x_1", "_a.b"] {
            assert!(is_package(good), "{good}");
        }
        for bad in ["", "android", "com.", ".a.b", "1.2", "kworker/0.0", "a.b-c", "com.a:b", "u.9a"] {
            assert!(!is_package(bad), "{bad}");
        }
    }
}
