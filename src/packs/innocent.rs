//! Values that packs carry, or carried, and that ordinary phones show too. Each was withdrawn by its publisher or is part
//! of a system; matching it would frighten people for nothing.

use crate::device::Platform;
use crate::observable::Kind;

/// A value with an innocent twin.
pub struct Innocent {
    kind: Kind,
    value: &'static str,
    /// Where it is still a sign; `None`: nowhere.
    pub only: Option<Platform>,
    /// Why, with its source.
    pub why: &'static str,
}

const KNOWN: [Innocent; 7] = [
    Innocent {
        kind: Kind::Process,
        value: "gatekeeperd",
        only: Some(Platform::Ios),
        why: "an ordinary Android daemon has this name (AOSP system/gatekeeper); matched on iOS only",
    },
    Innocent {
        kind: Kind::FileName,
        value: "com.apple.CrashReporter.plist",
        only: None,
        why: "withdrawn by its publisher on 2021-07-29 as a false positive (AmnestyTech/investigations 928ea5a, issue 19)",
    },
    Innocent {
        kind: Kind::FilePath,
        value: "/private/var/root/Library/Preferences/com.apple.CrashReporter.plist",
        only: None,
        why: "withdrawn by its publisher on 2021-07-29 as a false positive (AmnestyTech/investigations 928ea5a, issue 19)",
    },
    Innocent {
        kind: Kind::FileName,
        value: "com.apple.softwareupdateservicesd.plist",
        only: None,
        why: "withdrawn by its publisher on 2021-07-19 as a false positive (AmnestyTech/investigations 1c69421)",
    },
    Innocent {
        kind: Kind::FilePath,
        value: "/private/var/db/com.apple.xpc.roleaccountd.staging",
        only: None,
        why: "system updates use this folder too; withdrawn by its publisher on 2021-07-29 (AmnestyTech/investigations ad04b54)",
    },
    Innocent {
        kind: Kind::Domain,
        value: "dyndns.org",
        only: None,
        why: "a hosting service's own domain; withdrawn by its publisher on 2021-07-21 (AmnestyTech/investigations)",
    },
    Innocent {
        kind: Kind::Domain,
        value: "duckdns.org",
        only: None,
        why: "a hosting service's own domain: every customer's site would match",
    },
];

/// The entry of a normalized value, if it is known.
pub fn find(kind: Kind, value: &str) -> Option<&'static Innocent> {
    KNOWN.iter().find(|i| i.kind == kind && i.value == value)
}
