//! Moments as a page tells them: in the phone's own zone where that is known, with UTC beside.

use jiff::tz::TimeZone;

use super::super::model::Device;
use super::super::sanitize::terminal_cut;
use super::super::texts::{Arg, Texts};
use crate::finding::Finding;

/// Characters of a moment that cannot be read as one.
const MAX_ODD: usize = 80;

/// How a phone's moments are told.
pub struct Clock<'t> {
    texts: &'t Texts,
    zone: Option<TimeZone>,
}

impl<'t> Clock<'t> {
    /// The clock of a phone.
    pub fn of(device: &Device, texts: &'t Texts) -> Clock<'t> {
        let zone = device.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        Clock { texts, zone }
    }

    /// `2021-03-04 06:06 (05:06 UTC)`, to the minute; without the phone's zone `2021-03-04 05:06 UTC`, and without any
    /// zone the phone's wall clock, and that it is one.
    pub fn moment(&self, rfc3339: &str) -> String {
        let (Some(day), Some(minute)) = (rfc3339.get(..10), rfc3339.get(11..16)) else {
            return terminal_cut(rfc3339, MAX_ODD);
        };
        let written = format!("{day} {minute}");
        if rfc3339.get(10..) == Some("T00:00:00") {
            // A date: no clock of a phone writes midnight to the second so often.
            return day.to_owned();
        }
        if !rfc3339.ends_with('Z') {
            return self.texts.ui("moment-local", &[("at", Arg::Text(&written))]);
        }
        let zoned = self.zone.as_ref().zip(rfc3339.parse::<jiff::Timestamp>().ok());
        let Some((zone, at)) = zoned else { return self.texts.ui("moment-utc", &[("at", Arg::Text(&written))]) };
        let local = at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
        if local == written {
            return self.texts.ui("moment-utc", &[("at", Arg::Text(&written))]);
        }
        let utc = if local.starts_with(day) { minute } else { &written };
        self.texts.ui("moment-both", &[("local", Arg::Text(&local)), ("utc", Arg::Text(utc))])
    }

    /// From one moment to another; `None` where neither is known.
    pub fn span(&self, first: Option<&str>, last: Option<&str>) -> Option<String> {
        match (first, last) {
            (Some(first), Some(last)) if first != last => {
                let (from, to) = (self.moment(first), self.moment(last));
                Some(self.texts.ui("span", &[("from", Arg::Text(&from)), ("to", Arg::Text(&to))]))
            }
            (Some(at), _) | (None, Some(at)) => Some(self.moment(at)),
            (None, None) => None,
        }
    }

    /// When what was found was, and whether the year is a guess.
    pub fn of_finding(&self, f: &Finding) -> String {
        self.between(f.first.as_deref(), f.last.as_deref(), f.year_inferred)
    }

    /// From one moment to another, in words also where none is known.
    pub fn between(&self, first: Option<&str>, last: Option<&str>, year_inferred: bool) -> String {
        match self.span(first, last) {
            Some(when) if year_inferred => self.texts.ui("year-inferred", &[("when", Arg::Text(&when))]),
            Some(when) => when,
            None => self.texts.ui("finding-undated", &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::texts::Lang;
    use super::*;

    #[test]
    fn the_phones_zone_comes_first_and_utc_beside() {
        let texts = Texts::new(Lang::En);
        let clock = |zone: Option<&str>| Clock { texts: &texts, zone: zone.map(|z| TimeZone::get(z).unwrap()) };
        let belgrade = clock(Some("Europe/Belgrade"));
        assert_eq!(belgrade.moment("2021-03-04T05:06:07Z"), "2021-03-04 06:06 (05:06\u{a0}UTC)");
        assert_eq!(belgrade.moment("2021-03-04T23:30:00.5Z"), "2021-03-05 00:30 (2021-03-04 23:30\u{a0}UTC)");
        assert_eq!(clock(Some("Africa/Accra")).moment("2021-03-04T05:06:07Z"), "2021-03-04 05:06\u{a0}UTC");
        assert_eq!(clock(None).moment("2021-03-04T05:06:07Z"), "2021-03-04 05:06\u{a0}UTC");
        assert_eq!(belgrade.moment("2021-03-04T05:06:07"), "2021-03-04 05:06 (phone's clock)");
        assert_eq!(belgrade.moment("2021-03\u{1b}"), "2021-03\\u{1b}");
        assert_eq!(belgrade.moment("2021-03-04T05:06Z"), "2021-03-04 06:06 (05:06\u{a0}UTC)");
    }
}
