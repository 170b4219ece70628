//! System properties: command section `SYSTEM PROPERTIES (getprop)` of a dumpstate.

use crate::artifact::{
    Artifact, Emitter, Input, ParseError, Precision, Reader, Source, Timestamp, Zone, reason, section, shape,
};
use crate::formats::getprop::{Parser, Property};
use crate::record::civil_date;

/// Half a year: monthly patches that stayed away this long are no longer an accident of the maker's calendar.
const OUTDATED_DAYS: i64 = 186;

shape! {
    /// Property.
    property(Persisted) {
        name  Public [Property] "Name of the property.";
        value Public [Text]     "Value as written; lines of a longer value are joined by a line feed. May be empty.";
    }
}
shape! {
    /// Identifier.
    identifier(Persisted) {
        use property::name;
        value DeviceId [Text] "Value as written, of a property that names this one device, its owner's line or its network.";
    }
}
shape! {
    /// Security patch.
    security_patch(Configured) {
        property Public []       "The property that states it: of Android, or of the vendor's part.";
        patch    Public [Time]   "The security patch level: a date, without a time of day.";
        age_days Public [Number] "Days from the patch level to the acquisition; never to the day of the analysis. Left out when the acquisition's date is not known.";
        outdated Public []       "True when the patch level was more than 186 days old at the acquisition.";
    }
    events {
        security_patch_level(patch) "Security patch level of {property}";
    }
}

/// See its `about`.
pub static ARTIFACT: Artifact = Artifact {
    id: "android.getprop",
    about: "Every system property at the time of the report: build, hardware, radio, network and whatever programs \
set with enough rights.\n\n\
* `property`: one record per property. Exploits have left properties of their own (`sys.brand.note`).\n\
* `identifier`: the same, for properties whose value names this device, its SIM or its network (serial numbers, IMEI, \
MAC addresses, host names). Only the privacy of the value differs.\n\
* `security_patch`: the patch level of Android (`ro.build.version.security_patch`) and of the vendor's part, with its \
age in days **at the time of the acquisition**.\n\n\
Limits: a snapshot. Properties vanish at reboot unless their name begins with `persist.` or `ro.`, and some are hidden \
from the shell user that makes the report.",
    sources: &[Source::command("SYSTEM PROPERTIES", Reader::With(parse))],
    shapes: &[&property::SHAPE, &identifier::SHAPE, &security_patch::SHAPE],
    mvt: &["dumpsys_get_prop", "aqf_get_prop"],
};

/// Properties that state a security patch level.
const PATCH_LEVELS: [&str; 2] = ["ro.build.version.security_patch", "ro.vendor.build.security_patch"];

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let mut parser = Parser::default();
    let mut take = |p: Property<'_>| property(input, emit, p);
    let read = section::each_line(input, |no, line| parser.line(no, line, &mut take))?;
    let notes = parser.finish(&mut take);
    section::close(input, emit, read, notes, "`[name]: [value]` lines")
}

fn property(input: &Input<'_>, emit: &mut Emitter<'_>, p: Property<'_>) {
    let (shape, value) = match identifies(p.name) {
        true => (&identifier::SHAPE, &identifier::value),
        false => (&property::SHAPE, &property::value),
    };
    let locator = || section::locator(input, p.line);
    let mut out = emit.fields();
    out.set(&property::name, p.name).set(value, p.value);
    emit.emit(shape, locator(), out);
    if !PATCH_LEVELS.contains(&p.name) || p.value.trim().is_empty() {
        return;
    }
    let Some(days) = civil_date(p.value) else {
        let text = format!("{} is not a date (expected YYYY-MM-DD)", p.name);
        return emit.note(reason::PATCH_LEVEL_UNREADABLE, text);
    };
    let patch =
        Timestamp { micros: days * 86_400_000_000, zone: Zone::Unknown, precision: Precision::Day, year_known: true };
    let age = input.device().acquired.map(|t| t.micros.div_euclid(86_400_000_000) - days);
    let mut out = emit.fields();
    out.set(&security_patch::property, p.name).set(&security_patch::patch, patch);
    out.put(&security_patch::age_days, age).put(&security_patch::outdated, age.map(|a| a > OUTDATED_DAYS));
    emit.emit(&security_patch::SHAPE, locator(), out);
}

/// True for a property whose value names the device, its SIM, its owner's line or its network.
fn identifies(name: &str) -> bool {
    const PARTS: [&str; 12] = [
        "serial",
        "imei",
        "meid",
        "imsi",
        "iccid",
        "msisdn",
        "macaddr",
        "bdaddr",
        "hostname",
        "ipaddress",
        "androidid",
        "uuid",
    ];
    const WORDS: [&str; 4] = ["mac", "esn", "cpuid", "chipid"];
    const NAMES: [&str; 4] = ["ro.boot.em.did", "net.bt.name", "ro.boot.cid", "ro.boot.uid"];
    // The last word alone may say little (`ro.ril.oem.imei`, `ro.mot.wifi_mac`, `gsm.imei1.x`), so each one counts.
    let word = |w: &str| {
        let w = w.to_ascii_lowercase();
        WORDS.contains(&w.as_str()) || PARTS.iter().any(|part| w.contains(part))
    };
    NAMES.contains(&name) || name.split(['.', '_', '-']).any(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{Privacy, Value};
    use crate::artifacts::testing::Memory;

    const TEXT: &str = "[ro.serialno]: [FA69]\n[sys.brand.note]: [x]\n[ro.build.version.security_patch]: [2019-10-01]\n\
                        [ro.vendor.build.security_patch]: []\n[long]: [a\nb]\nwhat\u{7}ever\n";

    fn acquired() -> Timestamp {
        section::device_local("2020-01-08 15:30:07").value().unwrap()
    }

    #[test]
    fn properties_identifiers_and_patch_age() {
        let got = Memory::section("SYSTEM PROPERTIES", TEXT).line(100).acquired(acquired()).run(&ARTIFACT);
        assert_eq!(got.shapes(), ["identifier", "property", "property", "security_patch", "property", "property"]);
        assert_eq!(got.records[0].shown("value"), "FA69");
        assert_eq!(got.records[0].privacy("value"), Privacy::DeviceId);
        assert_eq!(got.records[1].privacy("value"), Privacy::Public);
        assert_eq!(got.records[3].get("age_days"), Some(&Value::Int(99)));
        assert_eq!(got.records[5].shown("value"), "a\nb");
        assert_eq!(got.records[5].locator, "line 104");
        assert_eq!(
            got.note("records-not-understood"),
            "1 of the lines where records stand were not understood: line 106 (neither [name]: [value] nor name=value): what\u{FFFD}ever"
        );
        assert_eq!(got.tally.lost, 1);
    }

    #[test]
    fn age_needs_the_acquisition_and_a_date() {
        let got = Memory::section("SYSTEM PROPERTIES", TEXT).run(&ARTIFACT);
        assert_eq!(got.records[3].get("age_days"), None);
        assert_eq!(
            got.records[3].get("patch").unwrap(),
            &Value::Time(Timestamp {
                zone: Zone::Unknown,
                precision: Precision::Day,
                ..section::device_local("2019-10-01 00:00:00").value().unwrap()
            })
        );
        let odd = Memory::section("SYSTEM PROPERTIES", "[ro.build.version.security_patch]: [October]\n[a]: [1]\n");
        let got = odd.run(&ARTIFACT);
        assert_eq!(got.shapes(), ["property", "property"]);
        assert!(got.note("patch-level-unreadable").starts_with("ro.build.version"));
    }

    #[test]
    fn nothing_cut_or_failed_is_said() {
        let got = Memory::section("SYSTEM PROPERTIES", "*** getprop: timed out after 10s\n").run(&ARTIFACT);
        assert!(!got.tally.is_whole() && got.errors.is_empty());
        assert_eq!(got.tally.notes[0].code, "section-timeout");
        let got = Memory::section("SYSTEM PROPERTIES", "[a]: [1]\n").truncated().run(&ARTIFACT);
        assert!(!got.tally.is_whole());
        let got = Memory::section("SYSTEM PROPERTIES", "nothing here\n").run(&ARTIFACT);
        assert!(matches!(got.errors[..], [ParseError::Missing(_)]));
    }

    #[test]
    fn what_names_a_device() {
        for name in [
            "ro.serialno",
            "ro.boot.serialno",
            "ro.ril.oem.imei",
            "ro.ril.miui.imei0",
            "ro.mot.wifi_mac",
            "net.hostname",
            "ro.boot.btmacaddr",
        ] {
            assert!(identifies(name), "{name}");
        }
        for name in ["ro.build.version.sdk", "ro.machine", "persist.sys.usb.config", "ro.boottime.x"] {
            assert!(!identifies(name), "{name}");
        }
    }
}
