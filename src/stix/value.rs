//! Values that patterns test, objects that hold them, and how two values compare (STIX 2.1 §9.3, §9.6.1).
//!
//! Values of different types never compare, except whole numbers with fractions, text with bytes (each character
//! below U+0100 is one byte; other text is unequal to any bytes), and text with timestamps.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::ast::Step;
use super::time::parse_timestamp;

/// One value that a path reached.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<'a> {
    /// Text.
    Str(Cow<'a, str>),
    /// A whole number; wide enough for `u64` fields.
    Int(i128),
    /// A number with a fraction.
    Float(f64),
    /// True or false; not a number.
    Bool(bool),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
    /// Microseconds since 1970-01-01T00:00:00Z. JSON has none: there a timestamp is text, and read when compared.
    Time(i64),
    /// There, but none of these: a list, a dictionary, null. It exists, and is unequal to everything.
    Other,
    /// There, but not what its name promises, e.g. a `…_hex` property without hexadecimal digits. Says what was
    /// expected; tests on it end in an error unless another value decides them.
    Bad(&'static str),
}

/// Something with a type and properties that `[ … ]` can be asked about.
pub trait Object {
    /// The type that stands before the colon of a path.
    fn object_type(&self) -> &str;

    /// Calls `f` with each value that `steps` reach from this object, and stops when `f` breaks. An absent property
    /// is no call.
    fn visit(&self, steps: &[Step], f: &mut dyn FnMut(Scalar<'_>) -> ControlFlow<()>);
}

/// What two values are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    /// They have an order.
    Order(Ordering),
    /// Types that can be equal and have no order: unequal or equal.
    Equal(bool),
    /// Text that can be no bytes: unequal, neither less nor greater.
    Incomparable,
    /// Types that have nothing to do with each other.
    TypesDiffer,
    /// The value should have been something else.
    Bad(&'static str),
}

impl Compared {
    pub(super) fn is_equal(self) -> bool {
        matches!(self, Self::Order(Ordering::Equal) | Self::Equal(true))
    }
}

/// Compares a value with a constant of the pattern. Text is compared by code points, without normalization: only
/// LIKE and MATCHES normalize.
pub(super) fn compare(value: &Scalar<'_>, constant: &Scalar<'_>) -> Compared {
    use Scalar::{Bad, Bool, Bytes, Float, Int, Str, Time};
    match (value, constant) {
        (Bad(expected), _) => Compared::Bad(expected),
        // UTF-8 sorts as its code points do.
        (Str(a), Str(b)) => Compared::Order(a.as_bytes().cmp(b.as_bytes())),
        (Int(a), Int(b)) => Compared::Order(a.cmp(b)),
        (Float(a), Float(b)) => order(a.partial_cmp(b)),
        (Int(a), Float(b)) => order(cmp_int_float(*a, *b)),
        (Float(a), Int(b)) => order(cmp_int_float(*b, *a).map(Ordering::reverse)),
        (Bool(a), Bool(b)) => Compared::Equal(a == b),
        (Bytes(a), Bytes(b)) => Compared::Order(a.as_ref().cmp(b.as_ref())),
        (Bytes(a), Str(b)) => order(cmp_text_bytes(b, a).map(Ordering::reverse)),
        (Str(a), Bytes(b)) => order(cmp_text_bytes(a, b)),
        (Time(a), Time(b)) => Compared::Order(a.cmp(b)),
        (Str(a), Time(b)) => match parse_timestamp(a) {
            Some(a) => Compared::Order(a.cmp(b)),
            None => Compared::Bad("a timestamp like 2024-01-31T00:00:00Z"),
        },
        (Time(a), Str(b)) => match parse_timestamp(b) {
            Some(b) => Compared::Order(a.cmp(&b)),
            None => Compared::TypesDiffer,
        },
        _ => Compared::TypesDiffer,
    }
}

fn order(ordering: Option<Ordering>) -> Compared {
    ordering.map_or(Compared::Incomparable, Compared::Order)
}

/// Exact: neither side is rounded. `None` for NaN.
fn cmp_int_float(int: i128, float: f64) -> Option<Ordering> {
    // 2^127: the first whole number that an i128 cannot hold.
    const LIMIT: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    if float.is_nan() {
        return None;
    }
    if float >= LIMIT {
        return Some(Ordering::Less);
    }
    if float < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = float.trunc();
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range: checked above")]
    let by_whole = int.cmp(&(whole as i128));
    Some(by_whole.then_with(|| whole.partial_cmp(&float).unwrap_or(Ordering::Equal)))
}

/// `None` if the text has a character that is no byte.
fn cmp_text_bytes(text: &str, bytes: &[u8]) -> Option<Ordering> {
    if text.chars().any(|c| u32::from(c) > 0xff) {
        return None;
    }
    Some(text.chars().map(u32::from).cmp(bytes.iter().map(|b| u32::from(*b))))
}

/// Text in Unicode normalization form C, copied only if it is not.
pub(super) fn nfc(text: &str) -> Cow<'_, str> {
    use unicode_normalization::UnicodeNormalization as _;
    if text.is_ascii() || unicode_normalization::is_nfc(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

/// An IP network; an address is one with all its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    bits: u128,
    width: u32,
    prefix: u32,
}

impl Network {
    /// `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1`, `2001:db8::/32`. Bits behind the prefix may be set.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let (bits, width) = match address.parse().ok()? {
            std::net::IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
            std::net::IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        let prefix = match prefix {
            None => width,
            Some(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().ok().filter(|prefix| *prefix <= width)?
            }
            Some(_) => return None,
        };
        Some(Self { bits, width, prefix })
    }

    /// Whether every address of `inner` is one of `self`.
    pub(super) fn holds(self, inner: Self) -> bool {
        let shift = self.width - self.prefix;
        let head = |bits: u128| bits.checked_shr(shift).unwrap_or(0);
        self.width == inner.width && self.prefix <= inner.prefix && head(self.bits) == head(inner.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_exactly() {
        let big = (1_i128 << 53) + 1;
        assert_eq!(cmp_int_float(big, 9_007_199_254_740_992.0), Some(Ordering::Greater));
        assert_eq!(cmp_int_float(5, 5.0), Some(Ordering::Equal));
        assert_eq!(cmp_int_float(5, 5.1), Some(Ordering::Less));
        assert_eq!(cmp_int_float(-5, -5.1), Some(Ordering::Greater));
        assert_eq!(cmp_int_float(i128::MAX, f64::INFINITY), Some(Ordering::Less));
        assert_eq!(cmp_int_float(i128::MIN, f64::NEG_INFINITY), Some(Ordering::Greater));
        assert_eq!(
            cmp_int_float(i128::MIN, -170_141_183_460_469_231_731_687_303_715_884_105_728.0),
            Some(Ordering::Equal)
        );
        assert_eq!(cmp_int_float(0, f64::NAN), None);
    }

    #[test]
    fn text_and_bytes() {
        assert_eq!(cmp_text_bytes("alice", b"alice"), Some(Ordering::Equal));
        assert_eq!(cmp_text_bytes("\u{ff}", &[0xff]), Some(Ordering::Equal));
        assert_eq!(cmp_text_bytes("\u{100}", &[0xff]), None);
        assert_eq!(cmp_text_bytes("b", b"aa"), Some(Ordering::Greater));
    }

    #[test]
    fn networks() {
        let net = |text: &str| Network::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert!(net("11.22.41.123/20").holds(net("11.22.33.44")));
        assert!(!net("11.22.123.41/20").holds(net("11.22.33.44")));
        assert!(net("0.0.0.0/0").holds(net("255.255.255.255")));
        assert!(net("10.0.0.0/8").holds(net("10.0.0.0/8")));
        assert!(!net("10.0.0.0/9").holds(net("10.0.0.0/8")));
        assert!(net("2001:db8::/32").holds(net("2001:0db8:dead::1/64")));
        assert!(net("::/0").holds(net("ffff::")));
        assert!(!net("::/0").holds(net("1.2.3.4")));
        for text in
            ["", "/", "1.2.3", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/+1", "1.2.3.4/-1", "::/129", "1.2.3.4/ 8", "a/8"]
        {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
