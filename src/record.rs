//! One fact read from evidence, in the shape every later room understands. Imports nothing of ours.

use std::borrow::Cow;
use std::fmt;

/// What a field's value means to the matcher. A field may play several roles (TCC's client is a process and an app id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A URL as written.
    Url,
    /// A host or domain name.
    Domain,
    /// An IPv4 or IPv6 address.
    Ip,
    /// An e-mail address (`mailto:` tolerated).
    Email,
    /// A telephone number.
    Phone,
    /// A process name, or the path of its executable.
    Process,
    /// A path on the device.
    FilePath,
    /// The last component of a path.
    FileName,
    /// A bundle identifier or package name.
    AppId,
    /// MD5 of a file, hexadecimal.
    Md5,
    /// SHA-1 of a file, hexadecimal.
    Sha1,
    /// SHA-256 of a file, hexadecimal.
    Sha256,
    /// MD5 of a signing certificate.
    CertMd5,
    /// SHA-1 of a signing certificate.
    CertSha1,
    /// SHA-256 of a signing certificate.
    CertSha256,
    /// Identifier or UUID of a configuration profile.
    ProfileId,
    /// Name of an Android system property.
    Property,
    /// Free text written by people or programs: links, domains and addresses are looked for inside.
    Text,
    /// A moment.
    Time,
    /// A count or measure.
    Number,
    /// Anything the matcher does not look into; rules may still compare it.
    Opaque,
}

/// How private a field is; decides what a redacted report may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Privacy {
    /// Says nothing about a person.
    Public,
    /// Names a person or an account.
    Personal,
    /// What somebody wrote, read or visited.
    Content,
    /// Identifies the device.
    DeviceId,
}

/// One column of a record: its name, meaning, privacy and documentation.
#[derive(Debug)]
pub struct Field {
    /// snake_case, as it stands in records, rules and documentation.
    pub name: &'static str,
    /// What the value means.
    pub roles: &'static [Role],
    /// How private it is.
    pub privacy: Privacy,
    /// One sentence: meaning, unit, epoch.
    pub doc: &'static str,
}

impl Field {
    /// A field with its declaration; usable in statics.
    pub const fn new(name: &'static str, roles: &'static [Role], privacy: Privacy, doc: &'static str) -> Self {
        Field { name, roles, privacy, doc }
    }
}

/// A name without the mark of a raw identifier: a field may be called `type`.
pub const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// In which clock a [`Timestamp`] was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Zone {
    /// `micros` counts from the Unix epoch, UTC.
    Utc,
    /// As [`Zone::Utc`], but written with this offset from UTC, in seconds.
    Offset(i32),
    /// `micros` is the wall clock of the device, as if it were UTC.
    DeviceLocal,
    /// `micros` counts from the device's boot.
    SinceBoot,
    /// A wall clock nobody named.
    Unknown,
}

/// The finest unit the source wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precision {
    /// Microseconds.
    Micro,
    /// Milliseconds.
    Milli,
    /// Whole seconds.
    Second,
    /// Whole minutes.
    Minute,
    /// Whole days.
    Day,
}

/// A moment as the source wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timestamp {
    /// Microseconds; from which epoch is said by `zone`.
    pub micros: i64,
    /// The clock.
    pub zone: Zone,
    /// The finest unit written.
    pub precision: Precision,
    /// False where the source wrote no year and one had to be inferred.
    pub year_known: bool,
}

/// See [`Timestamp::is_placeholder`].
const PLACEHOLDERS: [(i64, u32, u32); 5] = [(1970, 1, 1), (1980, 1, 1), (2001, 1, 1), (2008, 8, 1), (2009, 1, 1)];

/// Seconds between the Unix epoch and 2001-01-01 UTC, the epoch of Mac absolute time.
pub const MAC_EPOCH: i64 = 978_307_200;

/// Moments before 1970 or from 2200 on are taken as damage, not as dates.
const MAX_PLAUSIBLE_MICROS: i64 = 7_258_118_400 * 1_000_000;

impl Timestamp {
    /// UTC microseconds since the Unix epoch; `None` outside 1970..2200.
    pub fn utc_micros(micros: i64, precision: Precision) -> Option<Self> {
        (0..MAX_PLAUSIBLE_MICROS).contains(&micros).then_some(Timestamp {
            micros,
            zone: Zone::Utc,
            precision,
            year_known: true,
        })
    }

    /// Unix seconds.
    pub fn unix_seconds(seconds: i64) -> Option<Self> {
        Self::utc_micros(seconds.checked_mul(1_000_000)?, Precision::Second)
    }

    /// Unix milliseconds.
    pub fn unix_millis(millis: i64) -> Option<Self> {
        Self::utc_micros(millis.checked_mul(1_000)?, Precision::Milli)
    }

    /// Unix seconds with a fraction.
    pub fn unix_float(seconds: f64) -> Option<Self> {
        let micros = (seconds * 1e6).round();
        if !micros.is_finite() || !(0.0..MAX_PLAUSIBLE_MICROS as f64).contains(&micros) {
            return None;
        }
        Self::utc_micros(micros as i64, Precision::Micro)
    }

    /// Seconds since 2001-01-01 UTC with a fraction (Core Data, Safari). Zero means "never" and gives `None`.
    pub fn mac_float(seconds: f64) -> Option<Self> {
        if seconds == 0.0 { None } else { Self::unix_float(seconds + MAC_EPOCH as f64) }
    }

    /// Mac absolute time as databases write it: seconds, or nanoseconds since 2001 on newer systems.
    /// The unit is told by magnitude: no plausible date in seconds reaches 10¹⁰. Zero means "never".
    pub fn mac_int(value: i64) -> Option<Self> {
        if value == 0 {
            return None;
        }
        if value.unsigned_abs() < 10_000_000_000 {
            return Self::unix_seconds(value.checked_add(MAC_EPOCH)?);
        }
        Self::utc_micros((value / 1_000).checked_add(MAC_EPOCH * 1_000_000)?, Precision::Micro)
    }

    /// Wall clock of the device; `micros` as if the wall clock were UTC.
    pub fn device_local(micros: i64, precision: Precision) -> Self {
        Timestamp { micros, zone: Zone::DeviceLocal, precision, year_known: true }
    }

    /// `YYYY-MM-DD` with or without `hh:mm:ss[.mmm]`, in the digits of any script, as a wall clock of the device. `None`
    /// for what is no date or no time of day; the thirty-first of February is none.
    pub fn civil(text: &str) -> Option<Self> {
        let text = ascii_digits(text.trim());
        let (date, clock) = text.split_once([' ', 'T']).map_or((&*text, None), |(d, c)| (d, Some(c)));
        let micros = civil_date(date)?.checked_mul(86_400_000_000)?;
        let Some(clock) = clock else { return Some(Self::device_local(micros, Precision::Day)) };
        let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(c, f)| (c, Some(f)));
        let mut parts = clock.splitn(3, ':').map(|part| digits(part, 1..=2));
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let millis = fraction.map(|f| digits(f, 3..=3)).map_or(Some(None), |m| m.map(Some))?;
        let precision = if millis.is_some() { Precision::Milli } else { Precision::Second };
        let day = (hour * 3_600 + minute * 60 + second) * 1_000_000 + millis.unwrap_or(0) * 1_000;
        Some(Self::device_local(micros.checked_add(day)?, precision))
    }

    /// True for a day that is written where no date is known: the zero of Unix, of zip and FAT, and of Apple's clock, and
    /// the two days that files of an Android system image carry; a day more or less, for the zones. A file is rarely made
    /// on one of these, and then nothing but the span of an overview leaves it out.
    pub fn is_placeholder(&self) -> bool {
        const DAY: i64 = 86_400_000_000;
        PLACEHOLDERS.iter().any(|&(y, m, d)| (self.micros.div_euclid(DAY) - days_from_civil(y, m, d)).abs() <= 1)
    }

    /// True for UTC.
    pub fn is_utc(&self) -> bool {
        matches!(self.zone, Zone::Utc | Zone::Offset(_))
    }
}

/// Days since 1970-01-01 of `YYYY-MM-DD`, in the digits of any script, if there is such a date.
pub fn civil_date(text: &str) -> Option<i64> {
    let text = ascii_digits(text.trim());
    let mut parts = text.split('-');
    let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (y, m, d) = (digits(y, 4..=4)?, digits(m, 2..=2)?, digits(d, 2..=2)?);
    let date = jiff::civil::Date::new(y as i16, m as i8, d as i8).ok()?;
    Some(days_from_civil(i64::from(date.year()), date.month() as u32, date.day() as u32))
}

/// A run of ASCII digits of this length.
fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<i64> {
    (length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The zeros of the decimal digits of every script (Unicode category Nd); each is followed by its one to nine.
const ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
    0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136,
    0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0,
    0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8,
    0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// The text with the digits of every script as ASCII digits: phones set to Arabic, Persian or Hindi write their dates in
/// those.
pub fn ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let ascii = |c: char| {
        let code = u32::from(c);
        let zero = ZEROS.partition_point(|z| *z <= code).checked_sub(1).map_or(0, |at| ZEROS[at]);
        match code.checked_sub(zero) {
            Some(n @ 0..=9) if !c.is_ascii() => char::from(b'0' + n as u8),
            _ => c,
        }
    };
    Cow::Owned(text.chars().map(ascii).collect())
}

/// Writes `YYYY-MM-DDThh:mm:ss[.fff[fff]]` of microseconds since the Unix epoch, without a zone letter.
pub fn write_civil(micros: i64, precision: Precision, out: &mut dyn fmt::Write) -> fmt::Result {
    let seconds = micros.div_euclid(1_000_000);
    let fraction = micros.rem_euclid(1_000_000);
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
    let s = seconds.rem_euclid(86_400);
    let mut text = [0; 27];
    let mut at = 0;
    let mut digits = |n: i64, width: usize, end: u8| {
        let mut n = n.unsigned_abs();
        for slot in text[at..at + width].iter_mut().rev() {
            *slot = b'0' + (n % 10) as u8;
            n /= 10;
        }
        text[at + width] = end;
        at += width + 1;
    };
    if !(0..=9999).contains(&year) {
        return write!(out, "{year}-{month:02}-{day:02}");
    }
    digits(year, 4, b'-');
    digits(i64::from(month), 2, b'-');
    digits(i64::from(day), 2, b'T');
    digits(s / 3600, 2, b':');
    digits(s / 60 % 60, 2, b':');
    digits(s % 60, 2, b'.');
    match precision {
        Precision::Micro if fraction != 0 => digits(fraction, 6, b'.'),
        Precision::Milli if fraction != 0 => digits(fraction / 1000, 3, b'.'),
        _ => {}
    }
    // The last separator is none.
    out.write_str(std::str::from_utf8(&text[..at - 1]).unwrap_or_default())
}

/// Proleptic Gregorian date of a count of days since 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u32, day as u32)
}

/// Days since 1970-01-01 of a proleptic Gregorian date; the date must exist for the answer to mean anything.
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let m = i64::from(month);
    let day_of_year = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.zone {
            Zone::SinceBoot => write!(f, "boot+{}s", self.micros as f64 / 1e6),
            zone => {
                write_civil(self.micros, self.precision, f)?;
                if matches!(zone, Zone::Utc | Zone::Offset(_)) { f.write_str("Z") } else { Ok(()) }
            }
        }
    }
}

/// One value. Lists hold scalars only.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Text.
    Str(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// A fractional number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A moment.
    Time(Timestamp),
    /// Raw bytes.
    Bytes(Cow<'a, [u8]>),
    /// Several scalars of one meaning.
    List(Vec<Value<'a>>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(v: &'a str) -> Self {
        Value::Str(Cow::Borrowed(v))
    }
}
impl From<String> for Value<'_> {
    fn from(v: String) -> Self {
        Value::Str(Cow::Owned(v))
    }
}
impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(v: Cow<'a, str>) -> Self {
        Value::Str(v)
    }
}
impl From<i64> for Value<'_> {
    fn from(v: i64) -> Self {
        Value::Int(v)
    }
}
impl From<u32> for Value<'_> {
    fn from(v: u32) -> Self {
        Value::Int(i64::from(v))
    }
}
impl From<f64> for Value<'_> {
    fn from(v: f64) -> Self {
        Value::Float(v)
    }
}
impl From<bool> for Value<'_> {
    fn from(v: bool) -> Self {
        Value::Bool(v)
    }
}
impl From<Timestamp> for Value<'_> {
    fn from(v: Timestamp) -> Self {
        Value::Time(v)
    }
}
impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(v: &'a [u8]) -> Self {
        Value::Bytes(Cow::Borrowed(v))
    }
}
impl<'a> From<Vec<Value<'a>>> for Value<'a> {
    fn from(v: Vec<Value<'a>>) -> Self {
        Value::List(v)
    }
}

impl Value<'_> {
    /// The text, if this is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }
}

/// Whether a database row is part of the live table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowState {
    /// Part of the table as last committed.
    Live,
    /// An older version of the row, still in the write-ahead log.
    WalOld,
    /// Left behind in a free page.
    Free,
}

/// Where in its source a record was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Locator<'a> {
    /// The source as a whole.
    Whole,
    /// A database row.
    Row {
        /// Table name.
        table: &'a str,
        /// Its rowid.
        rowid: i64,
        /// Live, or recovered.
        state: RowState,
    },
    /// A line, counted from 1 in the file the source names.
    Line(u64),
    /// A byte offset.
    Offset(u64),
    /// The n-th element, from 0.
    Index(u64),
    /// A key, or a path of keys.
    Key(Cow<'a, str>),
}

impl Locator<'_> {
    /// A live row.
    pub fn row(table: &str, rowid: i64) -> Locator<'_> {
        Locator::Row { table, rowid, state: RowState::Live }
    }
}

impl fmt::Display for Locator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Locator::Whole => f.write_str("whole file"),
            Locator::Row { table, rowid, state: RowState::Live } => write!(f, "{table} row {rowid}"),
            Locator::Row { table, rowid, state: RowState::WalOld } => write!(f, "{table} row {rowid} (old, in WAL)"),
            Locator::Row { table, rowid, state: RowState::Free } => write!(f, "{table} row {rowid} (free page)"),
            Locator::Line(n) => write!(f, "line {n}"),
            Locator::Offset(n) => write!(f, "offset {n}"),
            Locator::Index(n) => write!(f, "element {n}"),
            Locator::Key(k) => write!(f, "key {k}"),
        }
    }
}

/// One fact whose fields a rule may AND. Borrowed from the parser, never stored.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// `ios.sms`.
    pub artifact: &'static str,
    /// Name of the shape within the artifact: `message`.
    pub shape: &'static str,
    /// The fields of the shape, in the order in which they are written.
    pub order: &'static [&'static Field],
    /// The file or section it was read from, as the device or the archive names it.
    pub source: &'a str,
    /// Where in that source.
    pub locator: Locator<'a>,
    /// The fields that have a value, in the order in which they were found.
    pub values: &'a [(&'static Field, Value<'a>)],
}

impl<'a> Record<'a> {
    /// The value of a field by name.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.values.iter().find(|(f, _)| f.name == name).map(|(_, v)| v)
    }

    /// Gives the values in the order in which they are written.
    pub fn in_order(&self, mut each: impl FnMut(&'static Field, &Value<'a>)) {
        /// More fields than a shape has.
        const MOST: usize = 64;
        let mut places = [0u16; MOST];
        // Nearly in order already: the next is looked for behind the last.
        let mut behind = 0;
        for (at, (field, _)) in self.values.iter().enumerate().take(MOST) {
            let is = |of: &&'static Field| std::ptr::eq(*of, *field);
            let (before, after) = self.order.split_at(behind);
            let found = after.iter().position(is).map(|n| n + behind).or_else(|| before.iter().position(is));
            behind = found.map_or(behind, |n| n + 1);
            places[at] = (found.unwrap_or(usize::from(u8::MAX)) as u16) << 8 | at as u16;
        }
        let places = &mut places[..self.values.len().min(MOST)];
        places.sort_unstable();
        for place in places.iter() {
            let (field, value) = &self.values[usize::from(place & 0xFF)];
            each(field, value);
        }
        self.values.iter().skip(MOST).for_each(|(field, value)| each(field, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_dates_round_trip() {
        for days in [-1, 0, 1, 59, 60, 11_016, 18_628, 19_782, 20_000, 47_482] {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(days_from_civil(y, m, d), days);
        }
        assert_eq!(civil_from_days(19_782), (2024, 2, 29));
    }

    #[test]
    fn mac_times_tell_seconds_from_nanoseconds() {
        let s = Timestamp::mac_int(633_000_000).unwrap();
        let ns = Timestamp::mac_int(633_000_000_123_456_789).unwrap();
        assert_eq!(s.to_string(), "2021-01-22T09:20:00Z");
        assert_eq!(ns.to_string(), "2021-01-22T09:20:00.123456Z");
        assert_eq!(Timestamp::mac_int(0), None);
        assert_eq!(Timestamp::mac_int(i64::MAX), None);
        assert_eq!(Timestamp::mac_float(f64::NAN), None);
    }

    #[test]
    fn wall_clocks() {
        let t = Timestamp::civil("2022-03-29 18:37:30.315").unwrap();
        assert_eq!((t.to_string().as_str(), t.precision), ("2022-03-29T18:37:30.315", Precision::Milli));
        assert_eq!(Timestamp::civil("2019-12-11T11:17:04").unwrap().to_string(), "2019-12-11T11:17:04");
        for (script, text) in [
            (
                "Arabic",
                "\u{662}\u{660}\u{662}\u{665}-\u{660}\u{661}-\u{660}\u{662} \u{660}\u{663}:\u{660}\u{664}:\u{660}\u{665}",
            ),
            ("Persian", "\u{6F2}\u{6F0}\u{6F2}\u{6F5}-\u{6F0}\u{6F1}-\u{6F0}\u{6F2} 03:04:05"),
            ("Devanagari", "\u{968}\u{966}\u{968}\u{96B}-\u{966}\u{967}-\u{966}\u{968} 03:04:05"),
        ] {
            assert_eq!(Timestamp::civil(text).unwrap().to_string(), "2025-01-02T03:04:05", "{script}");
        }
        for bad in [
            "",
            "2022-02-30 00:00:00",
            "2021-02-31",
            "2022-03-29 24:00:00",
            "2022-3-29 1:1:1",
            "x y",
            "2022-03-29 1:-1:1",
            "2022-03-29 01:01",
            "2022-03-29 01:01:01.1",
            "2022-03-29 01:01:01.x",
        ] {
            assert_eq!(Timestamp::civil(bad), None, "{bad}");
        }
    }

    #[test]
    fn digits_of_every_script_are_digits() {
        let nd = regex::Regex::new(r"^\p{Nd}$").unwrap();
        let mut buffer = [0; 4];
        for c in (0..=0x10FFFF).filter_map(char::from_u32) {
            let text = c.encode_utf8(&mut buffer);
            let ascii = ascii_digits(text).bytes().all(|b| b.is_ascii_digit());
            if nd.is_match(text) {
                assert!(ascii, "U+{:04X}", u32::from(c));
            } else {
                assert!(!ascii, "U+{:04X} is no digit", u32::from(c));
            }
        }
    }

    #[test]
    fn device_local_time_never_claims_utc() {
        let t = Timestamp::device_local(0, Precision::Second);
        assert_eq!(t.to_string(), "1970-01-01T00:00:00");
    }
}
