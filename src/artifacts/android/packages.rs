//! Installed packages: service `package` of a dumpstate.

use crate::artifact::{
    Artifact, Context, Emitter, Event, Field, Input, Kind, ParseError, Place, Privacy, Role, Shape, Source, Value,
    Values,
};
use crate::formats::dumpsys_package::{Listing, Package, Parser, Permission, PermissionKind, User};

use super::section;

static NAME: Field = Field::new("name", &[Role::AppId], Privacy::Public, "Name of the package.");
static LISTING: Field = Field::new(
    "listing",
    &[Role::Opaque],
    Privacy::Public,
    "Where it is listed: `active`; `hidden-system`, the version on the system image that an update replaced; `apex`, a \
     module of the system.",
);
static IS_SYSTEM: Field =
    Field::new("is_system", &[Role::Opaque], Privacy::Public, "True for a package of the system image.");
static INSTALLED: Field = Field::new(
    "installed",
    &[Role::Opaque],
    Privacy::Public,
    "True when some user has it installed. False for one that was removed and left its data, or that only other users \
     have.",
);
static UID: Field = Field::new("uid", &[Role::Number], Privacy::Public, "App id: the uid of user 0.");
static SHARED_USER: Field = Field::new(
    "shared_user",
    &[Role::Opaque],
    Privacy::Public,
    "Shared user it belongs to; its permissions are then those of all its members.",
);
static VERSION: Field = Field::new("version", &[Role::Opaque], Privacy::Public, "Version name.");
static VERSION_CODE: Field = Field::new("version_code", &[Role::Number], Privacy::Public, "Version number.");
static TARGET_SDK: Field = Field::new("target_sdk", &[Role::Number], Privacy::Public, "API level it is written for.");
static CODE_PATH: Field =
    Field::new("code_path", &[Role::FilePath], Privacy::Public, "Folder (before Android 5: file) of its code.");
static INSTALLER: Field = Field::new(
    "installer",
    &[Role::AppId],
    Privacy::Public,
    "Package that answers for the installation, a store as a rule. Left out where the device says `null`.",
);
static INITIATING: Field = Field::new(
    "initiating",
    &[Role::AppId],
    Privacy::Public,
    "Package that began the installation: `com.android.shell` for adb (Android 11 and later).",
);
static ORIGINATING: Field = Field::new(
    "originating",
    &[Role::AppId],
    Privacy::Public,
    "Package the installer says it got it from; not verified by the system.",
);
static UPDATE_OWNER: Field = Field::new(
    "update_owner",
    &[Role::AppId],
    Privacy::Public,
    "Package that alone may update it (Android 14 and later).",
);
static PACKAGE_SOURCE: Field = Field::new(
    "package_source",
    &[Role::Opaque],
    Privacy::Public,
    "What the installer said of its origin: unspecified, other, store, local-file, downloaded-file (Android 13 and \
     later).",
);
static NO_INSTALLER: Field = Field::new(
    "no_installer",
    &[Role::Opaque],
    Privacy::Public,
    "True for a package that is neither of the system nor from a store: the installer is missing, `null`, `adb`, \
     `com.android.shell`, `pm`, or a package installer by hand (a name that ends in `.packageinstaller`); or the \
     installation was begun by `com.android.shell`.",
);
static DANGEROUS_PERMISSIONS: Field = Field::new(
    "dangerous_permissions",
    &[Role::Number],
    Privacy::Public,
    "How many different permissions into private life it asks for or was given (see the description).",
);
static DANGEROUS_GRANTED: Field =
    Field::new("dangerous_granted", &[Role::Number], Privacy::Public, "How many of them at least one user has given.");
static DEBUGGABLE: Field = Field::new(
    "debuggable",
    &[Role::Opaque],
    Privacy::Public,
    "True when it is built for debugging: adb may read its data.",
);
static SIGNATURES: Field = Field::new(
    "signatures",
    // 32 bits of a Java hash: too short for a certificate indicator, enough to tell two signers apart.
    &[Role::Opaque],
    Privacy::Public,
    "Short hashes of the signing certificates as written; not a digest, and before Android 9 different at each boot.",
);
static FLAGS: Field = Field::new("flags", &[Role::Opaque], Privacy::Public, "Flags of the package, by name.");
static APK_TIME: Field = Field::new(
    "apk_time",
    &[Role::Time],
    Privacy::Public,
    "When the code file was last written, device-local; on a system image, when the image was built.",
);
static FIRST_INSTALL: Field = Field::new(
    "first_install",
    &[Role::Time],
    Privacy::Public,
    "When it was first installed, device-local; from Android 14 on each user has an own.",
);
static LAST_UPDATE: Field =
    Field::new("last_update", &[Role::Time], Privacy::Public, "When it was last installed or updated, device-local.");

static PACKAGE: Shape = Shape {
    name: "package",
    fields: &[
        &NAME,
        &LISTING,
        &IS_SYSTEM,
        &INSTALLED,
        &UID,
        &SHARED_USER,
        &VERSION,
        &VERSION_CODE,
        &TARGET_SDK,
        &CODE_PATH,
        &INSTALLER,
        &INITIATING,
        &ORIGINATING,
        &UPDATE_OWNER,
        &PACKAGE_SOURCE,
        &NO_INSTALLER,
        &DANGEROUS_PERMISSIONS,
        &DANGEROUS_GRANTED,
        &DEBUGGABLE,
        &SIGNATURES,
        &FLAGS,
        &APK_TIME,
        &FIRST_INSTALL,
        &LAST_UPDATE,
    ],
    events: &[
        Event { time: &APK_TIME, name: "package_code_written", text: "The code of {name} was written" },
        Event { time: &FIRST_INSTALL, name: "package_first_install", text: "{name} was first installed" },
        Event { time: &LAST_UPDATE, name: "package_last_update", text: "{name} {version} was installed or updated" },
    ],
    context: Context::Installed,
};

// The package's own record carries the name to the matcher; matching it again for each of its users and permissions
// would only multiply one finding.
static PACKAGE_NAME: Field =
    Field::new("package", &[Role::Opaque], Privacy::Public, "Name of the package, whose own record is matched.");
static USER: Field = Field::new(
    "user",
    &[Role::Number],
    Privacy::Public,
    "User id: 0 is the owner; others are further users, work profiles and hidden spaces.",
);
static USER_INSTALLED: Field =
    Field::new("installed", &[Role::Opaque], Privacy::Public, "Whether this user has it installed.");
static HIDDEN: Field =
    Field::new("hidden", &[Role::Opaque], Privacy::Public, "Whether a device owner hides it from this user.");
static SUSPENDED: Field =
    Field::new("suspended", &[Role::Opaque], Privacy::Public, "Whether it is suspended for this user.");
static STOPPED: Field = Field::new(
    "stopped",
    &[Role::Opaque],
    Privacy::Public,
    "Whether it was stopped by force, or never started since its installation.",
);
static NOT_LAUNCHED: Field = Field::new(
    "not_launched",
    &[Role::Opaque],
    Privacy::Public,
    "Whether it was never opened by this user since its installation.",
);
static INSTANT: Field = Field::new("instant", &[Role::Opaque], Privacy::Public, "Whether it is an instant app.");
static QUARANTINED: Field =
    Field::new("quarantined", &[Role::Opaque], Privacy::Public, "Whether the system keeps it in quarantine.");
static ENABLED: Field = Field::new(
    "enabled",
    &[Role::Opaque],
    Privacy::Public,
    "default, enabled, disabled, disabled-by-user, disabled-until-used; or the number as written.",
);
static INSTALL_REASON: Field = Field::new(
    "install_reason",
    &[Role::Opaque],
    Privacy::Public,
    "unknown, policy, device-restore, device-setup, user, rollback; or the number as written.",
);
static DISABLED_BY: Field =
    Field::new("disabled_by", &[Role::AppId], Privacy::Public, "Package that last enabled or disabled it.");
static DISABLED_COMPONENTS: Field = Field::new(
    "disabled_components",
    &[Role::Opaque],
    Privacy::Public,
    "Components that are switched off; an app without a launcher activity has no icon.",
);
static DATA_DIR: Field = Field::new("data_dir", &[Role::Opaque], Privacy::Public, "Folder of its data.");

static PACKAGE_USER: Shape = Shape {
    name: "package_user",
    fields: &[
        &PACKAGE_NAME,
        &USER,
        &IS_SYSTEM,
        &USER_INSTALLED,
        &HIDDEN,
        &SUSPENDED,
        &STOPPED,
        &NOT_LAUNCHED,
        &INSTANT,
        &QUARANTINED,
        &ENABLED,
        &INSTALL_REASON,
        &DISABLED_BY,
        &DISABLED_COMPONENTS,
        &DATA_DIR,
        &FIRST_INSTALL,
    ],
    events: &[Event {
        time: &FIRST_INSTALL,
        name: "package_first_install",
        text: "{package} was first installed for user {user}",
    }],
    context: Context::Installed,
};

static PERMISSION_NAME: Field =
    Field::new("permission", &[Role::Opaque], Privacy::Public, "Full name of the permission.");
static PERMISSION_KIND: Field = Field::new(
    "kind",
    &[Role::Opaque],
    Privacy::Public,
    "`install`: decided by the system at installation; `runtime`: decided by a user; `requested`: the manifest asks for \
     it and the dump of this package does not say what was decided.",
);
static GRANTED: Field =
    Field::new("granted", &[Role::Opaque], Privacy::Public, "Whether it is given; left out where it is not said.");
static DANGEROUS: Field = Field::new(
    "dangerous",
    &[Role::Opaque],
    Privacy::Public,
    "True for a permission into private life (see the description).",
);
static PERMISSION_FLAGS: Field = Field::new(
    "permission_flags",
    &[Role::Opaque],
    Privacy::Public,
    "Flags as written: USER_SET, POLICY_FIXED, GRANTED_BY_DEFAULT.",
);

static PERMISSION: Shape = Shape {
    name: "permission",
    fields: &[
        &PACKAGE_NAME,
        &IS_SYSTEM,
        &PERMISSION_NAME,
        &PERMISSION_KIND,
        &USER,
        &GRANTED,
        &DANGEROUS,
        &PERMISSION_FLAGS,
    ],
    events: &[],
    context: Context::Installed,
};

/// See its `about`.
pub static ARTIFACT: Artifact = Artifact {
    id: "android.packages",
    title: "Installed packages",
    about: "Every package the device knows: apps, parts of the system, system modules (APEX), and the versions on the \
system image that an update hides.\n\n\
* `package`: one record per package and listing, with its origin, signer and times.\n\
* `package_user`: its state for one user or profile.\n\
* `permission`: one record per package, permission and user. Permissions a package only declares for others are left \
out.\n\n\
`dangerous_permissions` counts the permissions Android calls dangerous and some that watch a person without that name: \
calendar, call log, camera, contacts, location, microphone, telephone, sensors, SMS, shared storage, nearby devices, \
activity recognition; and SYSTEM_ALERT_WINDOW, PACKAGE_USAGE_STATS, QUERY_ALL_PACKAGES, REQUEST_INSTALL_PACKAGES, \
MANAGE_EXTERNAL_STORAGE.\n\n\
Limits: removed packages are not listed unless their data stayed. The signer is a hash of 32 bits, so that certificate \
indicators cannot match here. A package of a shared user shows no decided permissions of its own: they then read \
`requested`. Times of 1970 are left out: they mean `never`.",
    sources: &[Source::required(Kind::AndroidBugreport, Place::Service("package"))],
    shapes: &[&PACKAGE, &PACKAGE_USER, &PERMISSION],
    needs: &[],
    mvt: &["dumpsys_packages", "aqf_packages"],
    parse,
};

/// Permissions into private life, sorted: those of protection level `dangerous` in AOSP's manifest up to API 36 but
/// POST_NOTIFICATIONS, and the special accesses named in the artifact's description.
const DANGEROUS_NAMES: [&str; 49] = [
    "ACCEPT_HANDOVER",
    "ACCESS_BACKGROUND_LOCATION",
    "ACCESS_COARSE_LOCATION",
    "ACCESS_FINE_LOCATION",
    "ACCESS_MEDIA_LOCATION",
    "ACTIVITY_RECOGNITION",
    "ADD_VOICEMAIL",
    "ANSWER_PHONE_CALLS",
    "BLUETOOTH_ADVERTISE",
    "BLUETOOTH_CONNECT",
    "BLUETOOTH_SCAN",
    "BODY_SENSORS",
    "BODY_SENSORS_BACKGROUND",
    "CALL_PHONE",
    "CAMERA",
    "GET_ACCOUNTS",
    "MANAGE_EXTERNAL_STORAGE",
    "NEARBY_WIFI_DEVICES",
    "PACKAGE_USAGE_STATS",
    "PROCESS_OUTGOING_CALLS",
    "QUERY_ALL_PACKAGES",
    "READ_CALENDAR",
    "READ_CALL_LOG",
    "READ_CELL_BROADCASTS",
    "READ_CONTACTS",
    "READ_EXTERNAL_STORAGE",
    "READ_MEDIA_AUDIO",
    "READ_MEDIA_IMAGES",
    "READ_MEDIA_VIDEO",
    "READ_MEDIA_VISUAL_USER_SELECTED",
    "READ_PHONE_NUMBERS",
    "READ_PHONE_STATE",
    "READ_SMS",
    "RECEIVE_MMS",
    "RECEIVE_SMS",
    "RECEIVE_WAP_PUSH",
    "RECORD_AUDIO",
    "REQUEST_INSTALL_PACKAGES",
    "SEND_SMS",
    "SYSTEM_ALERT_WINDOW",
    "USE_SIP",
    "UWB_RANGING",
    "WRITE_CALENDAR",
    "WRITE_CALL_LOG",
    "WRITE_CONTACTS",
    "WRITE_EXTERNAL_STORAGE",
    "health.READ_HEART_RATE",
    "health.READ_OXYGEN_SATURATION",
    "health.READ_SKIN_TEMPERATURE",
];

fn dangerous(permission: &str) -> bool {
    permission.strip_prefix("android.permission.").is_some_and(|p| DANGEROUS_NAMES.binary_search(&p).is_ok())
}

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let mut parser = Parser::default();
    let mut take = |p: &Package| package(input, emit, p);
    let read = section::each_line(input, |no, line| parser.line(no, line, &mut take))?;
    parser.finish(&mut take);
    section::close(input, emit, &read, &parser.notes, "`Package [name] (…):` under `Packages:`")
}

fn package(input: &Input<'_>, emit: &mut Emitter<'_>, p: &Package) {
    let (granted, asked) = count_dangerous(p);
    let is_system = p.listing != Listing::Active || p.system();
    let list = |items: &[String]| {
        (!items.is_empty()).then(|| items.iter().map(|i| Value::from(i.clone())).collect::<Vec<_>>())
    };
    let time = |t: &Option<String>| t.as_deref().and_then(section::device_local);
    let says = |flag: &str| p.pkg_flags.iter().chain(&p.flags).any(|f| f == flag);
    let mut values = Values::new();
    values
        .set(&NAME, p.name.as_str())
        .set(&LISTING, listing(p.listing))
        .set(&IS_SYSTEM, is_system)
        .put(&INSTALLED, installed(p))
        .put(&UID, p.app_id)
        .put(&SHARED_USER, p.shared_user.as_deref())
        .put(&VERSION, p.version_name.as_deref())
        .put(&VERSION_CODE, p.version_code)
        .put(&TARGET_SDK, p.target_sdk.map(i64::from))
        .put(&CODE_PATH, p.code_path.as_deref())
        .put(&INSTALLER, p.installer.as_deref())
        .put(&INITIATING, p.initiating.as_deref())
        .put(&ORIGINATING, p.originating.as_deref())
        .put(&UPDATE_OWNER, p.update_owner.as_deref())
        .put(&PACKAGE_SOURCE, p.package_source.map(package_source))
        .set(&NO_INSTALLER, !is_system && no_installer(p))
        .set(&DANGEROUS_PERMISSIONS, asked)
        .set(&DANGEROUS_GRANTED, granted)
        .set(&DEBUGGABLE, says("DEBUGGABLE"))
        .put(&SIGNATURES, list(&p.signatures))
        .put(&FLAGS, list(if p.pkg_flags.is_empty() { &p.flags } else { &p.pkg_flags }))
        .put(&APK_TIME, time(&p.time_stamp))
        .put(&FIRST_INSTALL, time(&p.first_install_time))
        .put(&LAST_UPDATE, time(&p.last_update_time));
    emit.emit(&PACKAGE, section::locator(input, p.line), values.as_slice());
    for user in &p.users {
        package_user(input, emit, p, user, is_system);
    }
    permissions(input, emit, p, is_system);
    if p.permissions_lost > 0 {
        emit.lost(p.permissions_lost, "permissions-limit", format!("{}: too many permissions", p.name));
    }
}

fn package_user(input: &Input<'_>, emit: &mut Emitter<'_>, p: &Package, user: &User, is_system: bool) {
    let disabled = (!user.disabled_components.is_empty())
        .then(|| user.disabled_components.iter().map(|c| Value::from(c.as_str())).collect::<Vec<_>>());
    let mut values = Values::new();
    values
        .set(&PACKAGE_NAME, p.name.as_str())
        .set(&USER, user.id)
        .set(&IS_SYSTEM, is_system)
        .put(&USER_INSTALLED, user.installed)
        .put(&HIDDEN, user.hidden)
        .put(&SUSPENDED, user.suspended)
        .put(&STOPPED, user.stopped)
        .put(&NOT_LAUNCHED, user.not_launched)
        .put(&INSTANT, user.instant)
        .put(&QUARANTINED, user.quarantined)
        .put(&ENABLED, user.enabled.map(enabled))
        .put(&INSTALL_REASON, user.install_reason.map(install_reason))
        .put(&DISABLED_BY, user.last_disabled_caller.as_deref())
        .put(&DISABLED_COMPONENTS, disabled)
        .put(&DATA_DIR, user.data_dir.as_deref())
        .put(&FIRST_INSTALL, user.first_install_time.as_deref().and_then(section::device_local));
    emit.emit(&PACKAGE_USER, section::locator(input, p.line), values.as_slice());
}

/// One record per decided permission, and per permission that was asked for and is not among them.
fn permissions(input: &Input<'_>, emit: &mut Emitter<'_>, p: &Package, is_system: bool) {
    let mut decided: Vec<&str> = p.permissions.iter().filter(|p| is_decided(p)).map(|p| p.name.as_str()).collect();
    decided.sort_unstable();
    for permission in &p.permissions {
        let name = permission.name.as_str();
        let kind = match permission.kind {
            PermissionKind::Declared => continue,
            PermissionKind::Install => "install",
            PermissionKind::Runtime => "runtime",
            PermissionKind::Requested if decided.binary_search(&name).is_ok() => continue,
            PermissionKind::Requested => "requested",
        };
        let flags = (!permission.flags.is_empty())
            .then(|| permission.flags.iter().map(|f| Value::from(f.as_str())).collect::<Vec<_>>());
        let mut values = Values::new();
        values
            .set(&PACKAGE_NAME, p.name.as_str())
            .set(&IS_SYSTEM, is_system)
            .set(&PERMISSION_NAME, name)
            .set(&PERMISSION_KIND, kind)
            .put(&USER, permission.user)
            .put(&GRANTED, permission.granted)
            .set(&DANGEROUS, dangerous(name))
            .put(&PERMISSION_FLAGS, flags);
        emit.emit(&PERMISSION, section::locator(input, p.line), values.as_slice());
    }
}

fn is_decided(permission: &Permission) -> bool {
    matches!(permission.kind, PermissionKind::Install | PermissionKind::Runtime)
}

/// Different dangerous permissions: granted to some user, and asked for or granted at all.
fn count_dangerous(p: &Package) -> (i64, i64) {
    let mut granted = [false; DANGEROUS_NAMES.len()];
    let mut asked = granted;
    for permission in p.permissions.iter().filter(|p| p.kind != PermissionKind::Declared) {
        let Some(short) = permission.name.strip_prefix("android.permission.") else { continue };
        let Ok(n) = DANGEROUS_NAMES.binary_search(&short) else { continue };
        asked[n] = true;
        granted[n] |= permission.granted == Some(true);
    }
    let count = |seen: &[bool]| seen.iter().filter(|s| **s).count() as i64;
    (count(&granted), count(&asked))
}

/// `None` when no user's state says it (APEX, Android before 4.2).
fn installed(p: &Package) -> Option<bool> {
    let mut said = p.users.iter().filter_map(|u| u.installed).peekable();
    said.peek()?;
    Some(said.any(|i| i))
}

/// See the field.
fn no_installer(p: &Package) -> bool {
    const BY_HAND: [&str; 4] = ["null", "adb", "pm", "com.android.shell"];
    let by_hand = |name: &str| BY_HAND.contains(&name) || name.ends_with(".packageinstaller");
    p.installer.as_deref().is_none_or(by_hand) || p.initiating.as_deref() == Some("com.android.shell")
}

fn listing(l: Listing) -> &'static str {
    match l {
        Listing::Active => "active",
        Listing::HiddenSystem => "hidden-system",
        Listing::Apex => "apex",
    }
}

/// `PackageInstaller.PACKAGE_SOURCE_…`
fn package_source(n: i32) -> Value<'static> {
    word(n, &["unspecified", "other", "store", "local-file", "downloaded-file"])
}

/// `PackageManager.COMPONENT_ENABLED_STATE_…`
fn enabled(n: i32) -> Value<'static> {
    word(n, &["default", "enabled", "disabled", "disabled-by-user", "disabled-until-used"])
}

/// `PackageManager.INSTALL_REASON_…`
fn install_reason(n: i32) -> Value<'static> {
    word(n, &["unknown", "policy", "device-restore", "device-setup", "user", "rollback"])
}

fn word(n: i32, words: &[&'static str]) -> Value<'static> {
    match usize::try_from(n).ok().and_then(|n| words.get(n)) {
        Some(word) => Value::from(*word),
        None => Value::from(n.to_string()),
    }
}

#[cfg(test)]
mod tests;
