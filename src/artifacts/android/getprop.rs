//! System properties: command section `SYSTEM PROPERTIES (getprop)` of a dumpstate.

use crate::artifact::{
    Artifact, Context, Emitter, Event, Field, Input, Kind, ParseError, Place, Precision, Privacy, Role, Shape, Source,
    Timestamp, Value, Zone,
};
use crate::formats::getprop::{Parser, Property};

use super::section;

static NAME: Field = Field::new("name", &[Role::Property], Privacy::Public, "Name of the property.");
static VALUE: Field = Field::new(
    "value",
    &[Role::Text],
    Privacy::Public,
    "Value as written; lines of a longer value are joined by a line feed. May be empty.",
);
static DEVICE_VALUE: Field = Field::new(
    "value",
    &[Role::Text],
    Privacy::DeviceId,
    "Value as written, of a property that names this one device, its owner's line or its network.",
);
static PATCH: Field =
    Field::new("patch", &[Role::Time], Privacy::Public, "The security patch level: a date, without a time of day.");
static AGE_DAYS: Field = Field::new(
    "age_days",
    &[Role::Number],
    Privacy::Public,
    "Days from the patch level to the acquisition; never to the day of the analysis. Left out when the acquisition's \
     date is not known.",
);
static OUTDATED: Field = Field::new(
    "outdated",
    &[Role::Opaque],
    Privacy::Public,
    "True when the patch level was more than 186 days old at the acquisition.",
);
/// Half a year: monthly patches that stayed away this long are no longer an accident of the maker's calendar.
const OUTDATED_DAYS: i64 = 186;

static PROPERTY: Shape = Shape {
    name: "property",
    fields: &[&NAME, &VALUE],
    events: &[],
    // A property is state of the whole system that only privileged code may set: nearer to a file than to a mention.
    context: Context::Persisted,
};
static IDENTIFIER: Shape =
    Shape { name: "identifier", fields: &[&NAME, &DEVICE_VALUE], events: &[], context: Context::Persisted };
static SECURITY_PATCH: Shape = Shape {
    name: "security_patch",
    fields: &[&PATCH_OF, &PATCH, &AGE_DAYS, &OUTDATED],
    events: &[Event { time: &PATCH, name: "security_patch_level", text: "Security patch level of {property}" }],
    context: Context::Configured,
};
static PATCH_OF: Field = Field::new(
    "property",
    &[Role::Opaque],
    Privacy::Public,
    "The property that states it: of Android, or of the vendor's part.",
);

/// See its `about`.
pub static ARTIFACT: Artifact = Artifact {
    id: "android.getprop",
    title: "System properties",
    about: "Every system property at the time of the report: build, hardware, radio, network and whatever programs \
set with enough rights.\n\n\
* `property`: one record per property. Exploits have left properties of their own (`sys.brand.note`).\n\
* `identifier`: the same, for properties whose value names this device, its SIM or its network (serial numbers, IMEI, \
MAC addresses, host names). Only the privacy of the value differs.\n\
* `security_patch`: the patch level of Android (`ro.build.version.security_patch`) and of the vendor's part, with its \
age in days **at the time of the acquisition**.\n\n\
Limits: a snapshot. Properties vanish at reboot unless their name begins with `persist.` or `ro.`, and some are hidden \
from the shell user that makes the report.",
    sources: &[Source::required(Kind::AndroidBugreport, Place::Command("SYSTEM PROPERTIES"))],
    shapes: &[&PROPERTY, &IDENTIFIER, &SECURITY_PATCH],
    needs: &[],
    mvt: &["dumpsys_get_prop", "aqf_get_prop"],
    parse,
};

/// Properties that state a security patch level.
const PATCH_LEVELS: [&str; 2] = ["ro.build.version.security_patch", "ro.vendor.build.security_patch"];

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let mut parser = Parser::default();
    let mut take = |p: Property<'_>| property(input, emit, p);
    let read = section::each_line(input, |no, line| parser.line(no, line, &mut take))?;
    parser.finish(&mut take);
    section::close(input, emit, &read, &parser.notes, "`[name]: [value]` lines")
}

fn property(input: &Input<'_>, emit: &mut Emitter<'_>, p: Property<'_>) {
    let (shape, value) = if identifies(p.name) { (&IDENTIFIER, &DEVICE_VALUE) } else { (&PROPERTY, &VALUE) };
    let locator = || section::locator(input, p.line);
    emit.emit(shape, locator(), &[(&NAME, Value::from(p.name)), (value, Value::from(p.value))]);
    if !PATCH_LEVELS.contains(&p.name) || p.value.trim().is_empty() {
        return;
    }
    let Some(days) = section::civil_date(p.value) else {
        emit.note("patch-level-unreadable", format!("{} is not a date (expected YYYY-MM-DD)", p.name));
        return;
    };
    let patch =
        Timestamp { micros: days * 86_400_000_000, zone: Zone::Unknown, precision: Precision::Day, year_known: true };
    let age = input.device().acquired.map(|t| t.micros.div_euclid(86_400_000_000) - days);
    let mut values = vec![(&PATCH_OF, Value::from(p.name)), (&PATCH, Value::from(patch))];
    if let Some(age) = age {
        values.push((&AGE_DAYS, Value::Int(age)));
        values.push((&OUTDATED, Value::Bool(age > OUTDATED_DAYS)));
    }
    emit.emit(&SECURITY_PATCH, locator(), &values);
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
    use super::super::testing::Case;
    use super::*;

    const TEXT: &str = "[ro.serialno]: [FA69]\n[sys.brand.note]: [x]\n[ro.build.version.security_patch]: [2019-10-01]\n\
                        [ro.vendor.build.security_patch]: []\n[long]: [a\nb]\nwhat\u{7}ever\n";

    fn acquired() -> Timestamp {
        section::device_local("2020-01-08 15:30:07").unwrap()
    }

    #[test]
    fn properties_identifiers_and_patch_age() {
        let got = Case::section("SYSTEM PROPERTIES", TEXT).line(100).acquired(acquired()).run(&ARTIFACT);
        assert_eq!(got.shapes(), ["identifier", "property", "property", "security_patch", "property", "property"]);
        assert_eq!(got.records[0].text("value"), "FA69");
        assert_eq!(got.records[0].privacy("value"), Privacy::DeviceId);
        assert_eq!(got.records[1].privacy("value"), Privacy::Public);
        assert_eq!(got.records[3].get("age_days"), Some(&Value::Int(99)));
        assert_eq!(got.records[5].text("value"), "a\nb");
        assert_eq!(got.records[5].locator, "line 104");
        assert_eq!(
            got.note("lines-not-understood"),
            "1 lines were not understood: line 106 (neither [name]: [value] nor name=value): what\u{FFFD}ever"
        );
        assert!(!got.tally.partial);
    }

    #[test]
    fn age_needs_the_acquisition_and_a_date() {
        let got = Case::section("SYSTEM PROPERTIES", TEXT).run(&ARTIFACT);
        assert_eq!(got.records[3].get("age_days"), None);
        assert_eq!(
            got.records[3].get("patch").unwrap(),
            &Value::Time(Timestamp {
                zone: Zone::Unknown,
                precision: Precision::Day,
                ..section::device_local("2019-10-01 00:00:00").unwrap()
            })
        );
        let odd = Case::section("SYSTEM PROPERTIES", "[ro.build.version.security_patch]: [October]\n[a]: [1]\n");
        let got = odd.run(&ARTIFACT);
        assert_eq!(got.shapes(), ["property", "property"]);
        assert!(got.note("patch-level-unreadable").starts_with("ro.build.version"));
    }

    #[test]
    fn nothing_cut_or_failed_is_said() {
        let got = Case::section("SYSTEM PROPERTIES", "*** getprop: timed out after 10s\n").run(&ARTIFACT);
        assert!(got.tally.partial && got.error.is_none());
        assert_eq!(got.tally.notes[0].code, "section-timeout");
        let got = Case::section("SYSTEM PROPERTIES", "[a]: [1]\n").truncated().run(&ARTIFACT);
        assert!(got.tally.partial);
        let got = Case::section("SYSTEM PROPERTIES", "nothing here\n").run(&ARTIFACT);
        assert!(matches!(got.error, Some(ParseError::Missing(_))));
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
