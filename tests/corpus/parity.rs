//! What is compared with MVT's output, and why numbers differ. `docs/parity.md` is made from here.

/// One acquisition of the corpus.
pub struct Case {
    /// Its name in `mvt_counts.tsv`.
    pub name: &'static str,
    /// What it is, for the page.
    pub about: &'static str,
    /// Path below the corpus.
    pub path: &'static str,
    /// Whether the report is first put into a zip of its own, with a `main_entry.txt` that names it.
    pub wrapped: bool,
}

const fn case(name: &'static str, path: &'static str, about: &'static str) -> Case {
    Case { name, about, path, wrapped: false }
}

/// The encrypted backup; it is refused, so that there is nothing to count.
pub const ENCRYPTED: &str = "derived/ios_backup_mvt_encrypted_pw-vigie-dev";
/// The backup of iOS 14.3.
pub const BACKUP: &str = "ios/backup_mvt_ios14_3";
/// The bug report of an Android 9 emulator.
pub const GPHONE: &str = "android/bugreport/gphone_x86_android9.zip";
/// The bug report of a Pixel with Android 10.
pub const SAILFISH: &str = "android/bugreport/sailfish_android10.zip";

/// Everything in the corpus that can be read, in the order of the page.
pub const CASES: &[Case] = &[
    case("ios_backup_mvt_ios14_3", BACKUP, "iOS backup, iOS 14.3, copied in part"),
    case("br_gphone_android9", GPHONE, "bug report zip, Android 9 emulator"),
    case("br_sailfish_android10_raw", SAILFISH, "bug report zip without main_entry.txt, Pixel, Android 10"),
    Case {
        name: "br_sailfish_android10_wrapped",
        about: "the same report in a zip with main_entry.txt",
        path: SAILFISH,
        wrapped: true,
    },
    case(
        "br_miui_android2_deadlock",
        "android/bugreport/miui_android2_deadlock.txt",
        "bug report text, Nexus One, Android 2.3",
    ),
    case(
        "br_composed_dev",
        "derived/bugreport_composed_dev.zip",
        "bug report zip composed of package and battery dumps and four tombstones",
    ),
    case("br_mvt_fixture", "android/mvt_android_data/bugreport", "bug report folder with a few sections"),
    case(
        "br_andlogview_emulator_api34.minimized.dump",
        "android/dumpstate_minimized/emulator_api34.minimized.dump",
        "bug report text cut to logs and processes, Android 14 emulator",
    ),
    case(
        "br_andlogview_emulator_nougat.minimized.with-time-travel.dump",
        "android/dumpstate_minimized/emulator_nougat.minimized.with-time-travel.dump",
        "bug report text cut to logs and processes, Android 7 emulator",
    ),
    case(
        "br_andlogview_galaxy_nexus_jbmr2.minimized.dump",
        "android/dumpstate_minimized/galaxy_nexus_jbmr2.minimized.dump",
        "bug report text cut to logs and processes, Galaxy Nexus, Android 4.3",
    ),
];

/// What of an artifact is the counterpart of one record of an MVT module.
pub enum Unit {
    /// Records of these shapes.
    Records(&'static [&'static str]),
    /// Different values of these fields, taken together, in records of these shapes.
    Distinct(&'static [&'static str], &'static [&'static str]),
    /// Fields that have a value in records of this shape.
    Fields(&'static str),
    /// Every record.
    All,
}

/// Units, by MVT module; [`Unit::All`] for those not named.
pub const UNITS: &[(&str, Unit)] = &[
    ("backup_info", Unit::Fields("device")),
    ("datausage", Unit::Records(&["process"])),
    ("dumpsys_appops", Unit::Distinct(&["access", "op_mode"], &["uid", "package"])),
    ("dumpsys_get_prop", Unit::Records(&["property", "identifier"])),
    ("dumpsys_packages", Unit::Records(&["package"])),
    ("settings", Unit::Records(&["setting", "personal_setting"])),
];

/// Why one number is not the other. The numbers stand here too, so that a change of either is seen.
pub struct Difference {
    /// Name of the case.
    pub case: &'static str,
    /// MVT module.
    pub module: &'static str,
    /// MVT's records.
    pub mvt: u64,
    /// Ours, in the unit of the module.
    pub vigie: u64,
    /// Reason, for an examiner.
    pub why: &'static str,
}

const NO_MAIN_ENTRY: &str = "MVT finds the report only through `main_entry.txt`, which this zip does not hold. vigie also \
    takes a report by its name.";
const BLANK_COLUMN: &str = "Threads without a scheduling group have a blank column in `ps`. MVT leaves these lines out, among \
    them servicemanager, lmkd, statsd, storaged and gatekeeperd; vigie reads columns by their position. \
    Every line MVT has is in vigie too.";
const OLD_PS: &str = "Android up to 7 writes the columns of `ps` in another order and without a thread number. MVT does \
    not read that form.";

/// Every difference there is; one that is not here, or no longer one, fails the test.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        case: "ios_backup_mvt_ios14_3",
        module: "backup_info",
        mvt: 18,
        vigie: 15,
        why: "MVT counts a fixed list of 18 keys of Info.plist. Three of them (MEID, Phone Number, Product Name) are not \
              in this file; vigie has no field for what is not there.",
    },
    Difference {
        case: "ios_backup_mvt_ios14_3",
        module: "datausage",
        mvt: 42,
        vigie: 41,
        why: "MVT makes up a row for program number 5, which the list of programs skips. vigie does not invent a \
    program: the skipped number is a `gap` record of its own, and a second one tells that four numbers \
    at the end are gone. 40 programs, one of them with two rows of traffic, are the same in both.",
    },
    Difference { case: "br_sailfish_android10_raw", module: "dumpsys_appops", mvt: 0, vigie: 41, why: NO_MAIN_ENTRY },
    Difference {
        case: "br_sailfish_android10_raw",
        module: "dumpsys_get_prop",
        mvt: 0,
        vigie: 606,
        why: NO_MAIN_ENTRY,
    },
    Difference {
        case: "br_sailfish_android10_raw",
        module: "dumpsys_packages",
        mvt: 0,
        vigie: 134,
        why: NO_MAIN_ENTRY,
    },
    Difference { case: "br_sailfish_android10_raw", module: "processes", mvt: 0, vigie: 1618, why: NO_MAIN_ENTRY },
    Difference { case: "br_sailfish_android10_raw", module: "settings", mvt: 0, vigie: 299, why: NO_MAIN_ENTRY },
    Difference {
        case: "br_sailfish_android10_wrapped",
        module: "processes",
        mvt: 1588,
        vigie: 1618,
        why: BLANK_COLUMN,
    },
    Difference { case: "br_miui_android2_deadlock", module: "processes", mvt: 0, vigie: 420, why: OLD_PS },
    Difference {
        case: "br_composed_dev",
        module: "tombstones",
        mvt: 2,
        vigie: 4,
        why: "MVT refuses crash reports without a time and a user id, as Android 8 wrote them (tombstone_00 \
    and tombstone_03). vigie reads them and leaves the two fields out.",
    },
    Difference {
        case: "br_andlogview_emulator_api34.minimized.dump",
        module: "processes",
        mvt: 2944,
        vigie: 2979,
        why: BLANK_COLUMN,
    },
    Difference {
        case: "br_andlogview_emulator_nougat.minimized.with-time-travel.dump",
        module: "processes",
        mvt: 0,
        vigie: 1015,
        why: OLD_PS,
    },
    Difference {
        case: "br_andlogview_galaxy_nexus_jbmr2.minimized.dump",
        module: "processes",
        mvt: 0,
        vigie: 740,
        why: OLD_PS,
    },
];

/// MVT modules that are no source of records for vigie, and why. Others without an artifact are called unread.
pub const NOT_RECORDS: &[(&str, &str)] =
    &[("urls", "MVT lists the URLs it met in other modules; vigie takes them out of every text while matching.")];
