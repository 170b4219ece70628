//! What the artifacts of a dumpstate share: reading a section line by line, saying what was not understood, and the
//! ways such sections write time.
//!
//! Times: `YYYY-MM-DD hh:mm:ss[.mmm]` is the wall clock of the device (`SimpleDateFormat` without a zone in AOSP's dump
//! methods).

use std::io::BufRead;

use crate::artifact::{Emitter, Input, Locator, ParseError, Precision, Timestamp};
use crate::formats::lines::{Lines, Notes};
use crate::record::days_from_civil;

/// Lines not understood that a note shows.
const SHOWN: usize = 3;
/// Characters of such a line that a note shows.
const SHOWN_CHARS: usize = 80;

/// What reading a section found beside its records.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Lines that are not blank.
    pub lines: u64,
    /// Lines that were cut for their length.
    pub cut: u64,
    /// Line and kind of a message of dumpstate in place of (the rest of) the section.
    trouble: Option<(u64, &'static str)>,
}

/// Gives every line of the entry, numbered from 1, to `each`.
pub(super) fn each_line(input: &Input<'_>, mut each: impl FnMut(u64, &str)) -> Result<Read, ParseError> {
    let mut lines = Lines::new(input.lines()?);
    read_lines(&mut lines, &mut each)
}

fn read_lines(lines: &mut Lines<impl BufRead>, each: &mut dyn FnMut(u64, &str)) -> Result<Read, ParseError> {
    let mut read = Read::default();
    while lines.advance()? {
        let line = lines.current()?;
        read.lines += u64::from(!line.bytes.trim_ascii().is_empty());
        read.cut += u64::from(line.cut);
        if let Some(code) = trouble(line.bytes) {
            read.trouble.get_or_insert((line.no, code));
            continue;
        }
        each(line.no, &line.text());
    }
    Ok(read)
}

/// A line by which dumpstate says that the section is not what it should be.
fn trouble(line: &[u8]) -> Option<&'static str> {
    let star = line.starts_with(b"*** ") && !line.starts_with(b"*** ***");
    if star && (line.ends_with(b"EXPIRED ***") || line.windows(9).any(|w| w == b"timed out")) {
        return Some("section-timeout");
    }
    if star || line.starts_with(b"Error dumping service") || line.starts_with(b"Can't find service") {
        return Some("section-failed");
    }
    None
}

/// Says in the coverage what became of the section: truncation, the dump's own failure, lines not understood. `what`
/// names the records that were expected; none at all from a section that has lines is an error.
pub(super) fn close(
    input: &Input<'_>,
    emit: &mut Emitter<'_>,
    read: &Read,
    notes: &Notes,
    what: &str,
) -> Result<(), ParseError> {
    if input.entry.truncated {
        emit.lost(0, "truncated", "the source ends before this section does");
    }
    if read.cut > 0 {
        emit.lost(0, "line-cut", format!("{} lines were too long and were cut", read.cut));
    }
    if let Some((line, code)) = read.trouble {
        emit.lost(0, code, format!("line {}: the device says that this dump failed", at_line(input, line)));
    }
    if notes.count > 0 {
        let shown: Vec<String> = notes
            .first
            .iter()
            .take(SHOWN)
            .map(|n| format!("line {} ({}): {}", at_line(input, n.line), n.what, sanitised(&n.text)))
            .collect();
        emit.note("lines-not-understood", format!("{} lines were not understood: {}", notes.count, shown.join("; ")));
    }
    if emit.tally().records == 0 && read.lines > 0 && read.trouble.is_none() {
        return Err(ParseError::Missing(format!("expected {what}, found none in {} lines", read.lines)));
    }
    Ok(())
}

/// Where a line of the section stands in the file that holds it.
pub(super) fn locator(input: &Input<'_>, line: u64) -> Locator<'static> {
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

/// A date in the first days of 1970 or the last of 1969: an epoch of zero in whatever zone, which means "never".
fn is_zero(days: i64) -> bool {
    (-1..=1).contains(&days)
}

/// `YYYY-MM-DD hh:mm:ss[.mmm]` as wall clock of the device. `None` for what is no date, and for the epoch itself.
pub(super) fn device_local(text: &str) -> Option<Timestamp> {
    let (date, clock) = text.trim().split_once([' ', 'T'])?;
    let days = civil_date(date)?;
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(c, f)| (c, Some(f)));
    let mut parts = clock.splitn(3, ':').map(digits);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if hour > 23 || minute > 59 || second > 60 || is_zero(days) {
        return None;
    }
    let seconds = days.checked_mul(86_400)?.checked_add(hour * 3_600 + minute * 60 + second)?;
    let millis = match fraction {
        Some(f) if f.len() == 3 => Some(digits(f)?),
        Some(_) => return None,
        None => None,
    };
    let precision = if millis.is_some() { Precision::Milli } else { Precision::Second };
    Some(Timestamp::device_local(seconds.checked_mul(1_000_000)?.checked_add(millis.unwrap_or(0) * 1_000)?, precision))
}

/// Days since 1970-01-01 of `YYYY-MM-DD`, if there is such a date.
pub(super) fn civil_date(text: &str) -> Option<i64> {
    let mut parts = text.trim().split('-');
    let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || y.len() != 4 || m.len() != 2 || d.len() != 2 {
        return None;
    }
    let date = jiff::civil::Date::new(digits(y)? as i16, digits(m)? as i8, digits(d)? as i8).ok()?;
    Some(days_from_civil(i64::from(date.year()), date.month() as u32, date.day() as u32))
}

/// A short run of digits.
fn digits(text: &str) -> Option<i64> {
    (!text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The moment `millis` before the acquisition. Whole minutes only: dumpstate says when it began, and a section may be
/// dumped minutes later.
pub(super) fn before_acquisition(input: &Input<'_>, millis: i64) -> Option<Timestamp> {
    let acquired = input.device().acquired?;
    let micros = acquired.micros.checked_sub(millis.checked_mul(1_000)?)?;
    Some(Timestamp { micros, precision: Precision::Minute, ..acquired })
}

/// True for what can be a package name: words of letters, digits and underscores, joined by dots, at least two of them.
pub(super) fn is_package(text: &str) -> bool {
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
    fn wall_clocks() {
        let t = device_local("2022-03-29 18:37:30.315").unwrap();
        assert_eq!((t.to_string().as_str(), t.precision), ("2022-03-29T18:37:30.315", Precision::Milli));
        assert_eq!(device_local("2019-12-11 11:17:04").unwrap().to_string(), "2019-12-11T11:17:04");
        for bad in [
            "",
            "2022-02-30 00:00:00",
            "2022-03-29",
            "2022-03-29 24:00:00",
            "2022-3-29 1:1:1",
            "x y",
            "2022-03-29 1:-1:1",
        ] {
            assert_eq!(device_local(bad), None, "{bad}");
        }
        for never in ["1970-01-01 07:00:00", "1969-12-31 16:00:00"] {
            assert_eq!(device_local(never), None, "{never}");
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
