//! Installed packages: service `package` of a dumpstate.

use crate::artifact::{Artifact, Emitter, Found, Input, ParseError, Reader, Source, Value, reason, section, shape};
use crate::formats::dumpsys_package::{Listing, Package, Parser, Permission, PermissionKind, User};

shape! {
    /// Package.
    package(Installed) {
        name                  Public [AppId]    "Name of the package.";
        listing               Public []         "Where it is listed: `active`; `hidden-system`, the version on the system image that an update replaced; `apex`, a module of the system.";
        is_system             Public []         "True for a package of the system image.";
        installed             Public []         "True when some user has it installed. False for one that was removed and left its data, or that only other users have.";
        uid                   Public [Number]   "App id: the uid of user 0.";
        shared_user           Public []         "Shared user it belongs to; its permissions are then those of all its members.";
        version               Public []         "Version name.";
        version_code          Public [Number]   "Version number.";
        target_sdk            Public [Number]   "API level it is written for.";
        code_path             Public [FilePath] "Folder (before Android 5: file) of its code.";
        installer             Public [AppId]    "Package that answers for the installation, a store as a rule. Left out where the device says `null`.";
        initiating            Public [AppId]    "Package that began the installation: `com.android.shell` for adb (Android 11 and later).";
        originating           Public [AppId]    "Package the installer says it got it from; not verified by the system.";
        update_owner          Public [AppId]    "Package that alone may update it (Android 14 and later).";
        package_source        Public []         "What the installer said of its origin: unspecified, other, store, local-file, downloaded-file (Android 13 and later).";
        no_installer          Public []         "True for a package that is neither of the system nor from a store: the installer is missing, `null`, `adb`, `com.android.shell`, `pm`, or a package installer by hand (a name that ends in `.packageinstaller`); or the installation was begun by `com.android.shell`.";
        dangerous_permissions Public [Number]   "How many different permissions into private life it asks for or was given (see the description).";
        dangerous_granted     Public [Number]   "How many of them at least one user has given.";
        debuggable            Public []         "True when it is built for debugging: adb may read its data.";
        signatures            Public []         "Short hashes of the signing certificates as written; not a digest, and before Android 9 different at each boot.";
        flags                 Public []         "Flags of the package, by name.";
        apk_time              Public [Time]     "When the code file was last written, device-local; on a system image, when the image was built.";
        first_install         Public [Time]     "When it was first installed, device-local; from Android 14 on each user has an own.";
        last_update           Public [Time]     "When it was last installed or updated, device-local.";
    }
    events {
        package_code_written(apk_time) "The code of {name} was written";
        package_first_install(first_install) "{name} was first installed";
        package_last_update(last_update) "{name} {version} was installed or updated";
    }
}

shape! {
    /// Package user.
    package_user(Installed) {
        package             Public []       "Name of the package, whose own record is matched.";
        user                Public [Number] "User id: 0 is the owner; others are further users, work profiles and hidden spaces.";
        use package::is_system;
        installed           Public []       "Whether this user has it installed.";
        hidden              Public []       "Whether a device owner hides it from this user.";
        suspended           Public []       "Whether it is suspended for this user.";
        stopped             Public []       "Whether it was stopped by force, or never started since its installation.";
        not_launched        Public []       "Whether it was never opened by this user since its installation.";
        instant             Public []       "Whether it is an instant app.";
        quarantined         Public []       "Whether the system keeps it in quarantine.";
        enabled             Public []       "default, enabled, disabled, disabled-by-user, disabled-until-used; or the number as written.";
        install_reason      Public []       "unknown, policy, device-restore, device-setup, user, rollback; or the number as written.";
        disabled_by         Public [AppId]  "Package that last enabled or disabled it.";
        disabled_components Public []       "Components that are switched off; an app without a launcher activity has no icon.";
        data_dir            Public []       "Folder of its data.";
        use package::first_install;
    }
    events {
        package_first_install(first_install) "{package} was first installed for user {user}";
    }
}

shape! {
    /// Permission.
    permission(Installed) {
        use package_user::package;
        use package::is_system;
        permission       Public [] "Full name of the permission.";
        kind             Public [] "`install`: decided by the system at installation; `runtime`: decided by a user; `requested`: the manifest asks for it and the dump of this package does not say what was decided.";
        use package_user::user;
        granted          Public [] "Whether it is given; left out where it is not said.";
        dangerous        Public [] "True for a permission into private life (see the description).";
        permission_flags Public [] "Flags as written: USER_SET, POLICY_FIXED, GRANTED_BY_DEFAULT.";
    }
}

/// See its `about`.
pub static ARTIFACT: Artifact = Artifact {
    id: "android.packages",
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
    sources: &[Source::service("package", Reader::With(parse))],
    shapes: &[&package::SHAPE, &package_user::SHAPE, &permission::SHAPE],
    mvt: &["dumpsys_packages", "aqf_packages"],
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
    let notes = parser.finish(&mut take);
    section::close(input, emit, read, notes, "`Package [name] (…):` under `Packages:`")
}

fn package(input: &Input<'_>, emit: &mut Emitter<'_>, p: &Package) {
    let (granted, asked) = count_dangerous(p);
    let is_system = p.listing != Listing::Active || p.system();
    let list = |items: &[String]| {
        (!items.is_empty()).then(|| items.iter().map(|i| Value::from(i.clone())).collect::<Vec<_>>())
    };
    let time = |t: &Option<String>| t.as_deref().map_or(Found::Absent, section::device_local);
    let says = |flag: &str| p.pkg_flags.iter().chain(&p.flags).any(|f| f == flag);
    let mut out = emit.fields();
    out.set(&package::name, p.name.as_str())
        .set(&package::listing, listing(p.listing))
        .set(&package::is_system, is_system)
        .put(&package::installed, installed(p))
        .put(&package::uid, p.app_id)
        .put(&package::shared_user, p.shared_user.as_deref())
        .put(&package::version, p.version_name.as_deref())
        .put(&package::version_code, p.version_code)
        .put(&package::target_sdk, p.target_sdk.map(i64::from))
        .put(&package::code_path, p.code_path.as_deref())
        .put(&package::installer, p.installer.as_deref())
        .put(&package::initiating, p.initiating.as_deref())
        .put(&package::originating, p.originating.as_deref())
        .put(&package::update_owner, p.update_owner.as_deref())
        .put(&package::package_source, p.package_source.map(package_source))
        .set(&package::no_installer, !is_system && no_installer(p))
        .set(&package::dangerous_permissions, asked)
        .set(&package::dangerous_granted, granted)
        .set(&package::debuggable, says("DEBUGGABLE"))
        .put(&package::signatures, list(&p.signatures))
        .put(&package::flags, list(if p.pkg_flags.is_empty() { &p.flags } else { &p.pkg_flags }))
        .found(&package::apk_time, time(&p.time_stamp))
        .found(&package::first_install, time(&p.first_install_time))
        .found(&package::last_update, time(&p.last_update_time));
    emit.emit(&package::SHAPE, section::locator(input, p.line), out);
    for user in &p.users {
        package_user(input, emit, p, user, is_system);
    }
    permissions(input, emit, p, is_system);
    if p.permissions_lost > 0 {
        emit.lost(p.permissions_lost, reason::PERMISSIONS_LIMIT, format!("{}: too many permissions", p.name));
    }
}

fn package_user(input: &Input<'_>, emit: &mut Emitter<'_>, p: &Package, user: &User, is_system: bool) {
    let disabled = (!user.disabled_components.is_empty())
        .then(|| user.disabled_components.iter().map(|c| Value::from(c.as_str())).collect::<Vec<_>>());
    let mut out = emit.fields();
    out.set(&package_user::package, p.name.as_str())
        .set(&package_user::user, user.id)
        .set(&package::is_system, is_system)
        .put(&package_user::installed, user.installed)
        .put(&package_user::hidden, user.hidden)
        .put(&package_user::suspended, user.suspended)
        .put(&package_user::stopped, user.stopped)
        .put(&package_user::not_launched, user.not_launched)
        .put(&package_user::instant, user.instant)
        .put(&package_user::quarantined, user.quarantined)
        .put(&package_user::enabled, user.enabled.map(enabled))
        .put(&package_user::install_reason, user.install_reason.map(install_reason))
        .put(&package_user::disabled_by, user.last_disabled_caller.as_deref())
        .put(&package_user::disabled_components, disabled)
        .put(&package_user::data_dir, user.data_dir.as_deref())
        .found(
            &package::first_install,
            user.first_install_time.as_deref().map_or(Found::Absent, section::device_local),
        );
    emit.emit(&package_user::SHAPE, section::locator(input, p.line), out);
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
        let mut out = emit.fields();
        out.set(&package_user::package, p.name.as_str())
            .set(&package::is_system, is_system)
            .set(&permission::permission, name)
            .set(&permission::kind, kind)
            .put(&package_user::user, permission.user)
            .put(&permission::granted, permission.granted)
            .set(&permission::dangerous, dangerous(name))
            .put(&permission::permission_flags, flags);
        emit.emit(&permission::SHAPE, section::locator(input, p.line), out);
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
