//! Service `package`: the installed packages, as `dumpsys package` prints them from Android 2 to 16
//! (AOSP `Settings.dumpPackagesLPr`, `ApexManager.dump`).
//!
//! ```text
//! Packages:
//!   Package [com.example] (1a2b3c):
//!     userId=10012
//!     versionCode=27 minSdk=24 targetSdk=24
//!     install permissions:
//!       android.permission.INTERNET: granted=true
//!     User 0: ceDataInode=1 installed=true … enabled=0
//!       firstInstallTime=2026-01-02 03:04:05
//!       runtime permissions:
//!         android.permission.CAMERA: granted=true, flags=[ USER_SET]
//! ```
//! Meaning follows the indent: 2 a package, 4 its facts, 6 and more what belongs to the last list or user.
//! Times are device-local `YYYY-MM-DD hh:mm:ss`.

use super::lines::{Notes, before, clip, indent, stated};

/// Permissions kept per package, over all kinds; the rest are counted in [`Package::permissions_lost`].
pub const MAX_PERMISSIONS: usize = 4096;
/// Users kept per package.
pub const MAX_USERS: usize = 256;
/// Items kept of each other list (flags, splits, signatures, components).
pub const MAX_ITEMS: usize = 512;
/// Bytes kept of one value.
pub const MAX_VALUE: usize = 16 << 10;

/// Where a package is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listing {
    /// `Packages:`
    #[default]
    Active,
    /// `Hidden system packages:`, the version an update replaced.
    HiddenSystem,
    /// `… APEX packages:`
    Apex,
}

/// Which list a permission stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermissionKind {
    /// Made by the package; `detail` is its protection.
    Declared,
    /// Asked for in the manifest.
    Requested,
    /// Decided at installation; before Android 6 `grantedPermissions:`.
    Install,
    /// Decided by a user.
    Runtime,
}

/// One permission of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// The list it stands in.
    pub kind: PermissionKind,
    /// Its name.
    pub name: String,
    /// `granted=`; None where it is not said.
    pub granted: Option<bool>,
    /// `flags=[A|B]`.
    pub flags: Vec<String>,
    /// The user it is said of.
    pub user: Option<u32>,
    /// Whatever else follows the name: `prot=signature`, `restricted=true`.
    pub detail: Option<String>,
}

/// State of a package for one user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// User id: 0 the owner, 10 and up others and work profiles.
    pub id: u32,
    /// `installed=`
    pub installed: Option<bool>,
    /// `hidden=`
    pub hidden: Option<bool>,
    /// `suspended=`
    pub suspended: Option<bool>,
    /// `stopped=`
    pub stopped: Option<bool>,
    /// `notLaunched=`
    pub not_launched: Option<bool>,
    /// `instant=`
    pub instant: Option<bool>,
    /// `quarantined=`
    pub quarantined: Option<bool>,
    /// `enabled=`: 0 default, 1 enabled, 2 disabled, 3 disabled by the user, 4 disabled until used.
    pub enabled: Option<i32>,
    /// Inode of the data folder.
    pub ce_data_inode: Option<i64>,
    /// `installReason=`: 0 unknown, 1 policy, 2 restore, 3 setup, 4 user.
    pub install_reason: Option<i32>,
    /// `uninstallReason=`
    pub uninstall_reason: Option<i32>,
    /// `dataDir=`
    pub data_dir: Option<String>,
    /// `firstInstallTime=`, Android 14 and later.
    pub first_install_time: Option<String>,
    /// `lastDisabledCaller:`
    pub last_disabled_caller: Option<String>,
    /// `enabledComponents:`
    pub enabled_components: Vec<String>,
    /// `disabledComponents:`
    pub disabled_components: Vec<String>,
}

/// One package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Package {
    /// Line it begins on, from 1.
    pub line: u64,
    /// Package name.
    pub name: String,
    /// Where it is listed.
    pub listing: Listing,
    /// `appId=` or `userId=`.
    pub app_id: Option<u32>,
    /// `sharedUser=`: the name of the shared user, without object numbers.
    pub shared_user: Option<String>,
    /// `codePath=`; for an APEX `Path:`.
    pub code_path: Option<String>,
    /// `resourcePath=`
    pub resource_path: Option<String>,
    /// `dataDir=` of the package itself.
    pub data_dir: Option<String>,
    /// `versionName=`
    pub version_name: Option<String>,
    /// `versionCode=`
    pub version_code: Option<i64>,
    /// `minSdk=`
    pub min_sdk: Option<i32>,
    /// `targetSdk=`
    pub target_sdk: Option<i32>,
    /// `timeStamp=`: the code file's time.
    pub time_stamp: Option<String>,
    /// `firstInstallTime=`, before Android 14.
    pub first_install_time: Option<String>,
    /// `lastUpdateTime=`
    pub last_update_time: Option<String>,
    /// `installerPackageName=`; None also for `null`.
    pub installer: Option<String>,
    /// `initiatingPackageName=`: who began the installation.
    pub initiating: Option<String>,
    /// `originatingPackageName=`: who the installer says it got it from.
    pub originating: Option<String>,
    /// `updateOwnerPackageName=`
    pub update_owner: Option<String>,
    /// `packageSource=`: 0 unspecified, 1 other, 2 store, 3 local file, 4 downloaded file.
    pub package_source: Option<i32>,
    /// `flags=[ … ]`
    pub flags: Vec<String>,
    /// `privateFlags=[ … ]`
    pub private_flags: Vec<String>,
    /// `pkgFlags=[ … ]`; the old `pkgFlags=0x1` is kept as written.
    pub pkg_flags: Vec<String>,
    /// Short hashes of the signing certificates: what stands in `signatures:[…]`. (Before Android 9 the numbers are hashes
    /// of objects, and differ from boot to boot.)
    pub signatures: Vec<String>,
    /// `past signatures:[…]`
    pub past_signatures: Vec<String>,
    /// `apkSigningVersion=`
    pub signing_version: Option<i32>,
    /// `splits=[base, …]`
    pub splits: Vec<String>,
    /// `apexModuleName=`
    pub apex_module: Option<String>,
    /// All permission lists.
    pub permissions: Vec<Permission>,
    /// Permissions beyond [`MAX_PERMISSIONS`].
    pub permissions_lost: u64,
    /// State per user.
    pub users: Vec<User>,
}

impl Package {
    /// On the system image: `SYSTEM` among the flags, or bit 0 of the old number.
    pub fn system(&self) -> bool {
        let hex = |f: &String| f.strip_prefix("0x").and_then(|h| u64::from_str_radix(h, 16).ok());
        let says = |f: &String| f == "SYSTEM" || hex(f).is_some_and(|n| n & 1 == 1);
        self.pkg_flags.iter().chain(&self.flags).any(says)
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum List {
    #[default]
    None,
    Permissions(PermissionKind),
    EnabledComponents,
    DisabledComponents,
}

/// Takes the lines of the service, gives packages.
///
/// Values come from apps, and may hold line ends and whatever looks like the end of a list. So nothing but the head of
/// another list ends one, heads of packages are read wherever they stand, and one that stands behind a line that should
/// not be there is told as a loss: something in between may have been hidden.
#[derive(Debug, Default)]
pub struct Parser {
    block: Option<Listing>,
    /// A line without indent that opens no list that is known.
    odd: Option<Odd>,
    open: bool,
    /// Facts without a head were met, and told.
    orphaned: bool,
    package: Package,
    in_user: bool,
    list: List,
    list_indent: usize,
    /// Packages given.
    pub count: u64,
    with_users: u64,
    /// Active packages without any user's state: line and name of the first, and how many.
    without_users: Option<(u64, String, u64)>,
    notes: Notes,
}

#[derive(Debug, Clone)]
struct Odd {
    no: u64,
    text: String,
}

impl Parser {
    /// One line; `each` is called with a package when the next begins.
    pub fn line(&mut self, no: u64, line: &str, each: &mut impl FnMut(&Package)) {
        let line = line.trim_end();
        let depth = indent(line);
        if line.is_empty() {
            return;
        }
        if depth == 0 {
            return self.at_margin(no, line, each);
        }
        if let Some(name) = package_name(line, depth, self.block) {
            if self.block.is_none() || self.odd.is_some() {
                let odd = self.odd.take().unwrap_or(Odd { no, text: line.to_owned() });
                self.notes.lost(odd.no, "expected the head of a list of packages, packages follow", &odd.text);
            }
            self.close(each);
            (self.open, self.orphaned) = (true, false);
            (self.package.line, self.package.listing) = (no, *self.block.get_or_insert(Listing::Active));
            self.package.name.push_str(clip(name, MAX_VALUE));
            return;
        }
        let Some(listing) = self.block else { return };
        if self.odd.is_some() && depth < 4 {
            // Another part of the dump, which nobody asked for.
            self.close(each);
            self.block = None;
            return;
        }
        match depth {
            // An APEX block ends with the state of its sessions.
            ..4 if listing == Listing::Apex => self.close(each),
            ..4 => {
                self.close(each);
                self.notes.lost(no, "expected `Package [name] (…):`", line);
                self.orphaned = true;
            }
            _ if !self.open => {
                if listing != Listing::Apex && !self.orphaned {
                    self.notes.lost(no, "facts of a package without its head", line);
                    self.orphaned = true;
                }
            }
            4 | 5 => self.fact(no, line.trim_start(), each),
            _ => self.detail(no, depth, line.trim_start()),
        }
    }

    fn at_margin(&mut self, no: u64, line: &str, each: &mut impl FnMut(&Package)) {
        // Some vendors print the overlay list of a user without indent.
        if line.ends_with(" overlay paths:") {
            return;
        }
        match block_of(line) {
            Some(block) => {
                self.close(each);
                (self.block, self.odd, self.orphaned) = (block, None, false);
            }
            None => self.odd = Some(Odd { no, text: clip(line, 80).to_owned() }),
        }
    }

    /// The end of the section: gives the last package, and what was not understood.
    pub fn finish(&mut self, each: &mut impl FnMut(&Package)) -> Notes {
        self.close(each);
        if self.with_users > 0
            && let Some((line, name, count)) = self.without_users.take()
        {
            (0..count).for_each(|_| self.notes.lost(line, "a package without the state of any user", &name));
        }
        std::mem::take(&mut self.notes)
    }

    fn close(&mut self, each: &mut impl FnMut(&Package)) {
        if std::mem::take(&mut self.open) {
            self.count += 1;
            if self.package.listing != Listing::Apex {
                match self.package.users.is_empty() {
                    false => self.with_users += 1,
                    true => {
                        let first = || (self.package.line, self.package.name.clone(), 0);
                        self.without_users.get_or_insert_with(first).2 += 1;
                    }
                }
            }
            each(&self.package);
        }
        self.package = Package::default();
        (self.in_user, self.list) = (false, List::None);
    }

    /// A line at the package's own indent.
    fn fact(&mut self, no: u64, said: &str, each: &mut impl FnMut(&Package)) {
        (self.list, self.list_indent) = (list_of(said), 6);
        self.in_user = false;
        if self.list != List::None {
            return;
        }
        if let Some((id, rest)) = user_head(said) {
            self.user(id, rest);
            return;
        }
        if said.ends_with(':') && !said.contains('=') {
            return; // a list nobody asked for
        }
        let (key, value) = match (said.split_once('='), said.split_once(": ")) {
            (Some(pair), _) => pair,
            (None, Some(pair)) => pair,
            _ => return self.notes.add(no, "expected key=value", said),
        };
        if matches!(key, "userId" | "appId") && self.package.app_id.is_some() {
            self.notes.lost(no, "a second id: the head of a package is missing", said);
            // Whose facts follow is not known.
            self.orphaned = true;
            return self.close(each);
        }
        set_fact(&mut self.package, key, clip(value, MAX_VALUE));
    }

    /// A line of a list or a user.
    fn detail(&mut self, no: u64, depth: usize, said: &str) {
        let list = list_of(said);
        if list != List::None && (self.in_user || depth <= self.list_indent) {
            (self.list, self.list_indent) = (list, depth + 2);
            return;
        }
        // A user's own facts stand beside the heads of its lists.
        if self.in_user && (self.list == List::None || depth < self.list_indent) {
            self.list = List::None;
            if said.contains(": granted=") {
                self.notes.lost(no, "a permission outside any list", said);
            }
            return self.user_fact(said);
        }
        let user = if self.in_user { self.package.users.last_mut() } else { None };
        match (self.list, user) {
            (List::Permissions(kind), user) => {
                let user = user.map(|u| u.id);
                self.permission(no, kind, user, said);
            }
            (List::EnabledComponents, Some(user)) => push(&mut user.enabled_components, said),
            (List::DisabledComponents, Some(user)) => push(&mut user.disabled_components, said),
            // Under the head of a list that is not known.
            (List::None, _) if said.starts_with("android.permission.") || said.contains(": granted=") => {
                self.notes.lost(no, "a permission outside any list", said);
            }
            _ => {}
        }
    }

    fn permission(&mut self, no: u64, kind: PermissionKind, user: Option<u32>, said: &str) {
        if self.package.permissions.len() >= MAX_PERMISSIONS {
            self.package.permissions_lost += 1;
            return;
        }
        let (name, rest) = before(said, ": ");
        let name = name.trim_end_matches(':');
        if name.is_empty() || name.contains(' ') {
            return self.notes.lost(no, "expected a permission", said);
        }
        if rest.matches("granted=").count() > 1 || said.contains(|c: char| c.is_control()) {
            self.notes.lost(no, "two records in one line", said);
        }
        let mut granted = (kind == PermissionKind::Install && rest.is_empty()).then_some(true);
        let mut flags = Vec::new();
        let (plain, flag_text) = before(rest, "flags=[");
        for flag in before(flag_text, "]").0.split(['|', ' ', ',']).filter(|f| !f.is_empty()) {
            push(&mut flags, flag);
        }
        let mut detail = String::new();
        for part in plain.split(", ").map(|p| p.trim().trim_end_matches(',')).filter(|p| !p.is_empty()) {
            match part.strip_prefix("granted=") {
                Some(value) => granted = value.parse().ok(),
                None => {
                    let comma = if detail.is_empty() { "" } else { ", " };
                    detail.push_str(comma);
                    detail.push_str(clip(part, MAX_VALUE));
                }
            }
        }
        let detail = Some(detail).filter(|d| !d.is_empty());
        let name = clip(name, MAX_VALUE).to_owned();
        self.package.permissions.push(Permission { kind, name, granted, flags, user, detail });
    }

    fn user(&mut self, id: u32, rest: &str) {
        self.in_user = true;
        // Beyond the limit the facts go to the last one kept; a phone has a handful.
        if self.package.users.len() < MAX_USERS {
            self.package.users.push(User { id, ..User::default() });
        }
        for pair in rest.split_ascii_whitespace() {
            self.user_fact(pair);
        }
    }

    fn user_fact(&mut self, said: &str) {
        let Some(user) = self.package.users.last_mut() else { return };
        let Some((key, value)) = said.split_once('=').or_else(|| said.split_once(": ")) else { return };
        let (flag, value) = (value.parse().ok(), clip(value, MAX_VALUE));
        match key {
            "installed" => user.installed = flag,
            "hidden" | "blocked" => user.hidden = flag,
            "suspended" => user.suspended = flag,
            "stopped" => user.stopped = flag,
            "notLaunched" => user.not_launched = flag,
            "instant" => user.instant = flag,
            "quarantined" => user.quarantined = flag,
            "enabled" => user.enabled = value.parse().ok(),
            "ceDataInode" => user.ce_data_inode = value.parse().ok(),
            "installReason" => user.install_reason = value.parse().ok(),
            "uninstallReason" => user.uninstall_reason = value.parse().ok(),
            "dataDir" => user.data_dir = stated(value),
            "firstInstallTime" => user.first_install_time = stated(value),
            "lastDisabledCaller" | "lastDisabledAppCaller" => user.last_disabled_caller = stated(value),
            _ => {}
        }
    }
}

/// The list a line without indent opens: one of packages, or another that is known (`Some(None)`).
fn block_of(line: &str) -> Option<Option<Listing>> {
    const OTHERS: [&str; 26] = [
        "Database versions:",
        "Verifiers:",
        "Intent Filter Verifier:",
        "Domain Verifier:",
        "Libraries:",
        "Features:",
        "Activity Resolver Table:",
        "Receiver Resolver Table:",
        "Service Resolver Table:",
        "Provider Resolver Table:",
        "Preferred Activities User ",
        "Registered ContentProviders:",
        "ContentProvider Authorities:",
        "Key Set Manager:",
        "Permissions:",
        "AppOp Permissions:",
        "Queries:",
        "Renamed packages:",
        "Shared users:",
        "Package Changes:",
        "Frozen packages:",
        "Loaded volumes:",
        "Service permissions:",
        "Package warning messages:",
        "Active install sessions:",
        "Historical install sessions:",
    ];
    match line {
        "Packages:" => Some(Some(Listing::Active)),
        "Hidden system packages:" => Some(Some(Listing::HiddenSystem)),
        _ if line.ends_with("APEX packages:") => Some(Some(Listing::Apex)),
        _ => OTHERS.iter().any(|o| line.starts_with(o)).then_some(None),
    }
}

fn package_name(line: &str, depth: usize, listing: Option<Listing>) -> Option<&str> {
    let said = line.trim_start();
    if depth > 3 {
        return None;
    }
    if let Some(rest) = said.strip_prefix("Package [") {
        let (name, after) = rest.split_once(']')?;
        let head = after.is_empty() || after.starts_with(" (") || after.starts_with(':');
        return (head && !name.is_empty()).then_some(name);
    }
    // Before Android 14 an APEX is its bare name.
    let bare = !said.contains([' ', '=', ':', '/']) && said.contains('.');
    (listing == Some(Listing::Apex) && bare).then_some(said)
}

fn list_of(said: &str) -> List {
    match said {
        "declared permissions:" => List::Permissions(PermissionKind::Declared),
        "requested permissions:" => List::Permissions(PermissionKind::Requested),
        "install permissions:" | "grantedPermissions:" => List::Permissions(PermissionKind::Install),
        "runtime permissions:" => List::Permissions(PermissionKind::Runtime),
        "enabledComponents:" => List::EnabledComponents,
        "disabledComponents:" => List::DisabledComponents,
        _ => List::None,
    }
}

fn user_head(said: &str) -> Option<(u32, &str)> {
    let (id, rest) = said.strip_prefix("User ")?.split_once(':')?;
    Some((id.trim().parse().ok()?, rest))
}

fn set_fact(package: &mut Package, key: &str, value: &str) {
    let text = || stated(value);
    match key {
        "userId" | "appId" => package.app_id = before(value, " ").0.parse().ok(),
        "sharedUser" => package.shared_user = shared_user(value),
        "codePath" | "Path" => package.code_path = text(),
        "resourcePath" => package.resource_path = text(),
        "dataDir" => package.data_dir = text(),
        "versionName" => package.version_name = text(),
        "versionCode" | "Version" => versions(package, value),
        "targetSdk" => package.target_sdk = value.parse().ok(),
        "minSdk" => package.min_sdk = value.parse().ok(),
        "timeStamp" => package.time_stamp = text(),
        "firstInstallTime" => package.first_install_time = text(),
        "lastUpdateTime" => package.last_update_time = text(),
        "installerPackageName" => package.installer = text(),
        "initiatingPackageName" | "installInitiatingPackageName" => package.initiating = text(),
        "originatingPackageName" | "installOriginatingPackageName" => package.originating = text(),
        "updateOwnerPackageName" => package.update_owner = text(),
        "packageSource" => package.package_source = value.parse().ok(),
        "flags" => package.flags = bracketed(value),
        "privateFlags" => package.private_flags = bracketed(value),
        "pkgFlags" => package.pkg_flags = bracketed(value),
        "splits" => package.splits = bracketed(value),
        "signatures" => signatures(package, value),
        "apkSigningVersion" => package.signing_version = value.parse().ok(),
        "apexModuleName" => package.apex_module = text(),
        _ => {}
    }
}

/// `27 minSdk=24 targetSdk=24`
fn versions(package: &mut Package, value: &str) {
    let mut words = value.split_ascii_whitespace();
    package.version_code = words.next().and_then(|w| w.parse().ok());
    for (key, value) in words.filter_map(|w| w.split_once('=')) {
        match key {
            "minSdk" => package.min_sdk = value.parse().ok(),
            "targetSdk" => package.target_sdk = value.parse().ok(),
            _ => {}
        }
    }
}

/// `SharedUserSetting{7fb54b1 android.uid.phone/1001}` → `android.uid.phone`
fn shared_user(value: &str) -> Option<String> {
    let inner = before(value, "{").1.trim_end_matches('}');
    let name = inner.split_once(' ').map_or(value, |(_, name)| name);
    stated(before(name, "/").0)
}

/// `[ A B ]` and `[base, config.en]`; without brackets, the first word.
fn bracketed(value: &str) -> Vec<String> {
    let Some(inner) = value.strip_prefix('[') else {
        return value.split_ascii_whitespace().next().map(str::to_owned).into_iter().collect();
    };
    let mut out = Vec::new();
    for item in before(inner, "]").0.split([' ', ',']).filter(|i| !i.is_empty()) {
        push(&mut out, item);
    }
    out
}

/// `PackageSignatures{3f0b80c version:1, signatures:[d7f1f224], past signatures:[]}`, before Android 9
/// `PackageSignatures{40685050 [406ea1d0]}`
fn signatures(package: &mut Package, value: &str) {
    let list = |text: &str| bracketed(&format!("[{}]", before(text, "]").0));
    let (now, past) = before(value, "past signatures:[");
    package.past_signatures = list(past);
    package.signatures = list(before(now, "[").1);
}

fn push(list: &mut Vec<String>, item: &str) {
    if list.len() < MAX_ITEMS {
        list.push(clip(item, MAX_VALUE).to_owned());
    }
}

#[cfg(test)]
mod tests;
