//! STIX timestamps: RFC 3339 in UTC, `YYYY-MM-DDTHH:MM:SS[.s+]Z`, upper-case `T` and `Z` (STIX 2.1 §2.15).
//!
//! An instant is an `i64` of microseconds since 1970-01-01T00:00:00Z; digits beyond the sixth are cut off, as the
//! OASIS matcher does.

use std::fmt;

/// Microseconds in a second.
pub const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// Reads a timestamp. `None` if the form is wrong, if there is no such day (30 February), or for a leap second,
/// which no clock of the reference can express either.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<i64> {
    let b = text.as_bytes();
    if !has_timestamp_form(b) {
        return None;
    }
    let (year, month, day) = (digits(b, 0, 4)?, digits(b, 5, 2)?, digits(b, 8, 2)?);
    let (hour, minute, second) = (digits(b, 11, 2)?, digits(b, 14, 2)?, digits(b, 17, 2)?);
    if year == 0 || month == 0 || month > 12 || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut micros = 0_i64;
    if b.get(19) == Some(&b'.') {
        let fraction = b.get(20..b.len().checked_sub(1)?)?;
        for place in 0..6 {
            let digit = fraction.get(place).map_or(0, |d| i64::from(d - b'0'));
            micros = micros * 10 + digit;
        }
    }
    let seconds = days_from_civil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    seconds.checked_mul(MICROS_PER_SECOND)?.checked_add(micros)
}

/// Whether the bytes look like a timestamp, whatever its numbers say: `dddd-dd-ddTdd:dd:dd[.d+]Z`.
fn has_timestamp_form(b: &[u8]) -> bool {
    const FORM: &[u8; 19] = b"dddd-dd-ddTdd:dd:dd";
    if b.len() < 20 || b.last() != Some(&b'Z') {
        return false;
    }
    let head = b.iter().zip(FORM).all(|(c, f)| if *f == b'd' { c.is_ascii_digit() } else { c == f });
    let tail = &b[19..b.len() - 1];
    head && (tail.is_empty() || (tail.len() > 1 && tail[0] == b'.' && tail[1..].iter().all(u8::is_ascii_digit)))
}

/// The stricter form that the grammar's timestamp literal has: month 01–12, day 01–31, hour 00–23, minute 00–59,
/// second 00–60. It knows no calendar: `2024-02-30` passes here and is refused when the pattern is compiled.
pub(super) fn is_timestamp_literal(text: &str) -> bool {
    let b = text.as_bytes();
    let within = |at: usize, low: i64, high: i64| digits(b, at, 2).is_some_and(|n| (low..=high).contains(&n));
    has_timestamp_form(b)
        && within(5, 1, 12)
        && within(8, 1, 31)
        && within(11, 0, 23)
        && within(14, 0, 59)
        && within(17, 0, 60)
}

fn digits(b: &[u8], at: usize, count: usize) -> Option<i64> {
    let mut n = 0_i64;
    for c in b.get(at..at + count)? {
        if !c.is_ascii_digit() {
            return None;
        }
        n = n * 10 + i64::from(c - b'0');
    }
    Some(n)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. The year is counted from March, so that the
/// leap day is its last day and month lengths follow 153-day groups of five.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * m + 2) / 5 + day - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + day_of_year - 719_468
}

/// The date of a day counted from 1970-01-01: the inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let in_era = days.rem_euclid(146_097);
    let year_of_era = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
    let day_of_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let m = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * m + 2) / 5 + 1;
    let (month, carry) = if m < 10 { (m + 3, 0) } else { (m - 9, 1) };
    (year_of_era + era * 400 + carry, month, day)
}

/// Writes an instant as STIX does, with as many digits of the second as it needs.
pub fn write_timestamp(micros: i64, out: &mut dyn fmt::Write) -> fmt::Result {
    let seconds = micros.div_euclid(MICROS_PER_SECOND);
    let fraction = micros.rem_euclid(MICROS_PER_SECOND);
    let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
    let of_day = seconds.rem_euclid(SECONDS_PER_DAY);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
    if fraction != 0 {
        let text = format!("{fraction:06}");
        write!(out, ".{}", text.trim_end_matches('0'))?;
    }
    out.write_char('Z')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants() {
        assert_eq!(parse_timestamp("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse_timestamp("2000-02-29T00:00:00Z"), Some(951_782_400_000_000));
        assert_eq!(parse_timestamp("1969-12-31T23:59:59.5Z"), Some(-500_000));
        assert_eq!(parse_timestamp("2010-05-21T13:21:43.123456789Z"), Some(1_274_448_103_123_456));
        assert_eq!(parse_timestamp("0001-01-01T00:00:00Z"), Some(-62_135_596_800_000_000));
        assert_eq!(parse_timestamp("9999-12-31T23:59:59Z"), Some(253_402_300_799_000_000));
    }

    #[test]
    fn refused() {
        for text in [
            "",
            "2010-05-21T13:21:43",
            "2010-05-21t13:21:43Z",
            "2010-05-21T13:21:43z",
            "2010-05-21T13:21Z",
            "2010/05/21T13:21:43Z",
            "2010-05-21T13:21:99Z",
            "2024-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:00.Z",
            "0000-01-01T00:00:00Z",
            "2016-12-31T23:59:60Z",
            "2024-01-01T00:00:00+00:00",
            "２０24-01-01T00:00:00Z",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn literal_form_knows_no_calendar() {
        assert!(is_timestamp_literal("2024-02-30T12:00:00Z"));
        assert!(is_timestamp_literal("2016-12-31T23:59:60Z"));
        assert!(!is_timestamp_literal("2024-01-32T12:00:00Z"));
        assert!(!is_timestamp_literal("2024-00-10T12:00:00Z"));
        assert!(!is_timestamp_literal("2024-01-15T12:30:61Z"));
    }

    #[test]
    fn written_as_read() {
        for text in
            ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59.25Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]
        {
            let mut out = String::new();
            write_timestamp(parse_timestamp(text).unwrap(), &mut out).unwrap();
            assert_eq!(out, text);
        }
        for day in (-800_000..800_000).step_by(37) {
            let (y, m, d) = civil_from_days(day);
            assert_eq!(days_from_civil(y, m, d), day);
        }
    }
}
