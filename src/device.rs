//! What an acquisition says about the device it was taken from. Ground floor: packs, matcher and evidence all speak of it.

use std::fmt;

use crate::record::{Timestamp, Zone, write_civil};

/// The operating system a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Platform {
    /// iOS, iPadOS.
    Ios,
    /// Android.
    Android,
}

impl Platform {
    /// Both.
    pub const ALL: [Platform; 2] = [Platform::Ios, Platform::Android];

    /// The first word of its artifacts' ids.
    pub fn as_str(self) -> &'static str {
        match self {
            Platform::Ios => "ios",
            Platform::Android => "android",
        }
    }
}

/// A name that one device has and no other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    /// `udid` or `serial`.
    pub kind: &'static str,
    /// In upper case.
    pub value: String,
}

impl Identifier {
    /// The UDID of an iPhone.
    pub const UDID: &'static str = "udid";
    /// A serial number.
    pub const SERIAL: &'static str = "serial";

    /// An identifier of a kind.
    pub fn new(kind: &'static str, value: &str) -> Identifier {
        Identifier { kind, value: value.trim().to_ascii_uppercase() }
    }
}

/// What an acquisition says about its device.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeviceFacts {
    /// What makes two acquisitions one device.
    pub identifiers: Vec<Identifier>,
    /// Named facts in reporting order: `("model", "iPhone9,3")`.
    pub facts: Vec<(&'static str, String)>,
    /// The device's time zone, where the acquisition says it.
    pub zone: Option<jiff::tz::TimeZone>,
    /// When the acquisition was taken.
    pub acquired: Option<Timestamp>,
}

impl DeviceFacts {
    /// A fact by its name.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str())
    }

    /// The first number of the system's version: 17 of `17.6.1`.
    pub fn os_major(&self) -> Option<u32> {
        let version = self.fact("os_version")?.trim();
        version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }

    /// Whether two acquisitions are of one device: every identifier that both name is the same, and there is one.
    pub fn same_device(&self, other: &DeviceFacts) -> bool {
        let mut agree = false;
        for id in &self.identifiers {
            match other.identifiers.iter().find(|o| o.kind == id.kind) {
                Some(o) if o.value == id.value => agree = true,
                Some(_) => return false,
                None => {}
            }
        }
        agree
    }

    /// UTC microseconds of a moment on this device; `None` when its clock cannot be related to UTC.
    pub fn utc(&self, t: &Timestamp) -> Option<i64> {
        match t.zone {
            Zone::Utc | Zone::Offset(_) => Some(t.micros),
            Zone::DeviceLocal => {
                let zone = self.zone.as_ref()?;
                let civil = jiff::Timestamp::from_microsecond(t.micros).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
                let zoned = civil.datetime().to_zoned(zone.clone()).ok()?;
                Some(zoned.timestamp().as_microsecond())
            }
            Zone::SinceBoot | Zone::Unknown => None,
        }
    }

    /// The moment as reports write it: UTC with `Z` where the clock is known, the wall clock without it where not.
    pub fn write_time(&self, t: &Timestamp, out: &mut dyn fmt::Write) -> fmt::Result {
        match self.utc(t) {
            Some(micros) => {
                write_civil(micros, t.precision, out)?;
                out.write_char('Z')
            }
            None => write!(out, "{t}"),
        }
    }

    /// The same, as text.
    pub fn time_text(&self, t: &Timestamp) -> String {
        let mut text = String::new();
        let _ = self.write_time(t, &mut text);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(ids: &[(&'static str, &str)]) -> DeviceFacts {
        let identifiers = ids.iter().map(|(kind, value)| Identifier::new(kind, value)).collect();
        DeviceFacts { identifiers, ..DeviceFacts::default() }
    }

    #[test]
    fn one_device_is_where_every_shared_identifier_agrees() {
        let both = facts(&[("udid", "a"), ("serial", "s")]);
        assert!(both.same_device(&facts(&[("serial", "S"), ("udid", "A ")])));
        assert!(both.same_device(&facts(&[("udid", "A")])));
        assert!(!both.same_device(&facts(&[("udid", "A"), ("serial", "other")])), "one agrees, one contradicts");
        assert!(!both.same_device(&facts(&[])));
        assert!(!facts(&[("udid", "s")]).same_device(&facts(&[("serial", "s")])), "two kinds are never compared");
    }

    #[test]
    fn the_major_version_is_the_first_number() {
        let of = |v: &str| DeviceFacts { facts: vec![("os_version", v.into())], ..DeviceFacts::default() }.os_major();
        assert_eq!((of("17.6.1"), of("9"), of("R"), of("")), (Some(17), Some(9), None, None));
    }
}
