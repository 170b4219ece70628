//! An iTunes/Finder backup whose files are in clear: `Manifest.db` lists every file by domain and path, the bytes lie
//! under the SHA-1 of `domain-path` in 256 folders (in old copies without folders). `Status.plist` says whether the
//! backup was finished.

mod list;

use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;

pub use self::list::MAX_WANTED;
use self::list::{Index, Listed, Part, file_id};
use super::explore::{Opened, Unexamined};
use super::kind::Kind;
use super::recognise::backup_facts;
use super::tree::{Child, Member, Tree, What};
use super::{Cut, Entry, Evidence, EvidenceError, Handle, Must, Place, Presence};
use crate::device::{DeviceFacts, Identifier, Platform};
use crate::finding::{Reason, reason};
use crate::formats::plist::{self, Value};
use crate::formats::sqlite::{Db, is_hot_journal};
use crate::formats::{ReadAt, glob};
use crate::record::{Precision, Timestamp};

/// A backup of which more than one listed file in this many is missing was copied in part.
const MISSING_MATTERS: u64 = 100;
/// Pieces the manifest is read in, side by side.
const LIST_SLICES: usize = 16;
/// Bytes of a property list in the root.
const MAX_ROOT_PLIST: u64 = 64 << 20;

const SMS: Place = Place::Ios { domain: "HomeDomain", path: "Library/SMS/sms.db" };
const TCC: Place = Place::Ios { domain: "HomeDomain", path: "Library/TCC/TCC.db" };
const DATAUSAGE: Place = Place::Ios { domain: "WirelessDomain", path: "Library/Databases/DataUsage.sqlite" };
const SAFARI: Place = Place::Ios { domain: "HomeDomain", path: "Library/Safari/History.db" };
const SAFARI_PROFILES: Place =
    Place::Ios { domain: "AppDomain-com.apple.mobilesafari", path: "Library/Safari/Profiles/*/History.db" };

/// An iOS backup in clear: made without encryption, or decrypted.
pub static KIND: Kind = Kind {
    id: "ios-backup",
    title: "iOS backup (decrypted)",
    platform: Platform::Ios,
    requires: &[
        Must::always(Place::Own("Manifest.db")),
        Must::always(Place::Own("Info.plist")),
        Must::always(SMS),
        Must::always(TCC).since(6),
        Must::always(DATAUSAGE),
        Must::always(SAFARI).with(SAFARI_PROFILES),
    ],
    holds: |place| matches!(place, Place::Ios { .. } | Place::Own(_)),
    folder,
    file: |_, _, _, _| None,
};

/// What only encrypted backups hold, as domain and the beginning of the path. Apple's list of what is backed up
/// (`Domains.plist`, keys `RelativePathsToOnlyBackupEncrypted`, iOS 16.4), and the three of which Apple's support page
/// 108353 says the same though the list does not.
const ONLY_ENCRYPTED: [(&str, &str); 21] = [
    ("HomeDomain", "Library/Safari/History.db"),
    ("HomeDomain", "Library/Safari/BrowserState.db"),
    ("HomeDomain", "Library/CallHistoryDB"),
    ("AppDomain-com.apple.mobilesafari", "Library/Safari"),
    ("HealthDomain", "Health"),
    ("HealthDomain", "MedicalID"),
    ("HealthDomain", "locationd/user.plist"),
    ("HomeKitDomain", "Library/homed"),
    ("HomeDomain", "Library/CoreDuet/People/interactionC.db"),
    ("HomeDomain", "Library/Safari/SafariTabs.db"),
    ("HomeDomain", "Library/com.apple.geod"),
    ("HomeDomain", "Library/com.apple.siri.remembers"),
    ("HomeDomain", "Library/PersonalizationPortrait"),
    ("HomeDomain", "Library/DuetExpertCenter/D2DBackups"),
    ("HomeDomain", "Library/VoiceTrigger/SAT"),
    ("HomeDomain", "Library/DoNotDisturb/DB/ModeConfigurations.json"),
    ("HomeDomain", "Library/DoNotDisturb/DB/ModeConfigurationsSecure.json"),
    ("HomeDomain", "Library/DoNotDisturb/DB/Settings.sqlite"),
    ("SystemPreferencesDomain", "com.apple.wifi.known-networks.plist"),
    ("SystemPreferencesDomain", "SystemConfiguration/com.apple.wifi.plist"),
    ("SystemPreferencesDomain", "SystemConfiguration/com.apple.wifi-private-mac-networks.plist"),
];

/// An opened backup.
pub struct IosBackup {
    tree: Tree,
    facts: DeviceFacts,
    encrypted_origin: Option<bool>,
    /// Sorted by domain and path.
    wanted: Vec<Listed>,
    stored: Vec<u64>,
    /// Names of the root that look like parts of a backup and are none, or hold something else besides.
    odd: HashSet<String>,
    notes: Vec<Reason>,
}

/// A folder that holds the files of an iOS backup, in whatever state.
fn folder(tree: &Tree, children: &[Child], places: &[Place]) -> Option<Opened> {
    let file = |name: &str| {
        children.iter().find_map(|c| match &c.what {
            What::File(m) if c.name == name => Some(m),
            _ => None,
        })
    };
    let Some(manifest) = file("Manifest.db") else {
        file("Manifest.mbdb")?;
        let text = "is a backup of iOS 9 or older (Manifest.mbdb), which vigie does not read";
        let mut what = Unexamined::new(tree.shown(), "ios-backup-old", reason::OLD_BACKUP, text).on(Platform::Ios);
        *what.facts = backup_facts(tree);
        return Some(Opened::Unexamined(what, Box::new(is_of_backup)));
    };
    Some(match IosBackup::open(tree, manifest, children, places) {
        Ok(backup) => {
            let odd = backup.odd.clone();
            Opened::Evidence(Box::new(backup), Box::new(move |name| is_of_backup(name) && !odd.contains(name)))
        }
        Err(mut what) => {
            *what.facts = backup_facts(tree);
            Opened::Unexamined(what.on(Platform::Ios), Box::new(is_of_backup))
        }
    })
}

/// What a backup's folder holds; anything else in it is looked at by itself.
fn is_of_backup(name: &str) -> bool {
    const ROOT: [&str; 11] = [
        "Manifest.db",
        "Manifest.db-wal",
        "Manifest.db-shm",
        "Manifest.db-journal",
        "Manifest.mbdb",
        "Manifest.plist",
        "Info.plist",
        "Status.plist",
        "Snapshot",
        ".DS_Store",
        "com.apple.mobile.backup",
    ];
    ROOT.contains(&name) || is_hex(name, 2) || is_hex(name, 40)
}

fn is_hex(name: &str, len: usize) -> bool {
    name.len() == len && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

impl IosBackup {
    /// Opens a backup; `places` are what artifacts will ask for, so that the manifest is read once.
    fn open(tree: &Tree, manifest: &Member, children: &[Child], places: &[Place]) -> Result<IosBackup, Unexamined> {
        let shown = tree.shown();
        let not = |code, text: &str| Unexamined::new(shown, KIND.id, code, text);
        let (meta, meta_note) = read_plist(tree, "Manifest.plist");
        let encrypted = meta.as_ref().and_then(|m| m.get("IsEncrypted")).and_then(Value::as_bool);
        if manifest.size == 0 {
            let text = "is an iOS backup whose Manifest.db is empty (0 bytes)";
            return Err(not(reason::MANIFEST_EMPTY, text));
        }
        let damaged = |why: &str| {
            not(reason::MANIFEST_UNREADABLE, &format!("is an iOS backup whose list of files cannot be read ({why})"))
        };
        let head = tree.head(manifest, 16).map_err(|e| damaged(&e.to_string()))?;
        if head != b"SQLite format 3\0" && encrypted != Some(false) {
            let text = "is an encrypted iOS backup: nothing in it can be read without its password";
            let what = Unexamined::new(shown, "ios-backup-encrypted", reason::ENCRYPTED_BACKUP, text);
            return Err(what);
        }
        let Inventory { stored, odd, notes: unlistable } = inventory(tree, children);
        let (facts, mixed) = device_facts(tree, meta.as_ref());
        let mut backup = IosBackup {
            tree: tree.clone(),
            facts,
            odd,
            encrypted_origin: encrypted,
            wanted: Vec::new(),
            stored,
            notes: meta_note.into_iter().chain(mixed).chain(unlistable).chain(no_files(children)).collect(),
        };
        backup.list(manifest, places).map_err(|why| damaged(&why))?;
        backup.notes.extend(unfinished(tree, children));
        backup.notes.extend(tree.notes());
        Ok(backup)
    }

    /// Reads the manifest once and keeps what artifacts will ask for.
    fn list(&mut self, manifest: &Member, places: &[Place]) -> Result<(), String> {
        let text = |e: EvidenceError| e.to_string();
        let main = self.tree.open(manifest).map_err(text)?;
        let wal = self.tree.find("Manifest.db-wal").map_err(text)?;
        let wal = wal.map(|m| self.tree.open(&m)).transpose().map_err(text)?;
        if let Some(journal) = self.tree.find("Manifest.db-journal").map_err(text)?
            && is_hot_journal(&*self.tree.open(&journal).map_err(text)?)
        {
            let text = "Manifest.db-journal holds pages that were never written back: listed files may be missing";
            self.notes.push(Reason::new(reason::JOURNAL_HOT, text).with("file", "Manifest.db-journal"));
        }
        let db = Db::open(main, wal).map_err(|e| e.to_string())?;
        let table = db.table("Files").ok_or("Manifest.db has no table Files")?;
        if let Some(column) = ["fileID", "domain", "relativePath"].iter().find(|c| !table.has(c)) {
            return Err(format!("table Files has no column {column}"));
        }
        let index = Index::new(places);
        let parts: Result<Vec<Part>, String> = db
            .slices(table, LIST_SLICES)
            .into_par_iter()
            .map(|slice| list::slice(&db, table, slice, &index, &self.stored))
            .collect();
        let mut all = Part { whole: !db.notes().iter().any(|n| n.costs_rows()), ..Part::default() };
        parts?.into_iter().for_each(|part| all.add(part));
        all.whole &= all.wanted.len() <= MAX_WANTED;
        all.wanted.truncate(MAX_WANTED);
        self.wanted = all.wanted;
        self.tell_list(all.missing, all.files, all.whole, all.odd);
        for whose in all.sealed {
            let text =
                format!("the messages of {whose} are there, under a key that no backup holds: nobody can read them");
            self.notes.push(Reason::new(reason::STORE_SEALED, text).with("app", whose));
        }
        self.add_unlisted(places);
        self.wanted.sort();
        self.wanted.dedup();
        Ok(())
    }

    fn tell_list(&mut self, missing: u64, listed: u64, whole: bool, odd: u64) {
        if missing > 0 {
            let many = missing * MISSING_MATTERS > listed;
            let code = if many { reason::FILES_MISSING } else { reason::FEW_FILES_MISSING };
            let text = format!("{missing} of the {listed} files that Manifest.db lists are not in the backup");
            let note = Reason::new(code, text).with("missing", missing.to_string()).with("listed", listed.to_string());
            self.notes.push(note);
        }
        if !whole {
            let text = "Manifest.db is damaged: files may be listed in the part that cannot be read";
            self.notes.push(Reason::new(reason::MANIFEST_DAMAGED, text));
        }
        if odd > 0 {
            let text = format!(
                "{odd} rows of Manifest.db do not fit the id of their file: a name or an id in them is damaged"
            );
            self.notes.push(Reason::new(reason::MANIFEST_ROWS, text).with("count", odd.to_string()));
        }
    }

    /// Files that are stored under the id of a place artifacts ask for, though the manifest does not list them.
    fn add_unlisted(&mut self, places: &[Place]) {
        let known: HashSet<&str> = self.wanted.iter().map(|l| l.id.as_str()).collect();
        let mut found = Vec::new();
        for place in places {
            let Place::Ios { domain, path } = *place else { continue };
            if domain.contains('*') || path.contains('*') {
                continue;
            }
            for path in [path.to_owned(), format!("{path}-wal"), format!("{path}-journal")] {
                let id = file_id(domain, &path);
                if id_prefix(&id).is_some_and(|p| self.stored.binary_search(&p).is_ok()) && !known.contains(id.as_str())
                {
                    found.push(Listed { domain: domain.to_owned(), path, id, size: None });
                }
            }
        }
        for listed in found {
            let name = format!("{}/{}", listed.domain, listed.path);
            let text = format!("{name} is stored, but Manifest.db does not list it; it is read all the same");
            self.notes.push(Reason::new(reason::FILE_UNLISTED, text).with("file", name));
            self.wanted.push(listed);
        }
    }

    /// What is stored of a listed file; nothing for an empty one.
    fn entry(&self, listed: &Listed) -> Result<Option<Entry>, EvidenceError> {
        let nested = format!("{}/{}", &listed.id[..2], listed.id);
        let stored = match self.tree.find(&nested)? {
            Some(member) => Some(member),
            None => self.tree.find(&listed.id)?,
        };
        if stored.is_none() && listed.size == Some(0) {
            return Ok(None);
        }
        let size = stored.as_ref().map_or(0, |m| m.size);
        let short = stored.is_some() && listed.size.is_some_and(|listed| size < listed);
        Ok(Some(Entry {
            name: format!("{}/{}", listed.domain, listed.path),
            file: stored.as_ref().map_or(nested, |m| self.tree.name_of(m).to_owned()),
            size,
            presence: if stored.is_some() { Presence::Stored } else { Presence::Missing },
            first_line: 0,
            cut: short.then_some(Cut::Short),
            handle: stored.map_or(Handle::None, Handle::Member),
        }))
    }

    fn root_entry(&self, name: &str) -> Result<Option<Entry>, EvidenceError> {
        Ok(self.tree.find(name)?.map(|member| Entry {
            name: name.to_owned(),
            file: name.to_owned(),
            size: member.size,
            presence: Presence::Stored,
            first_line: 0,
            cut: None,
            handle: Handle::Member(member),
        }))
    }

    /// The listed files of a domain, or of all where the domain is a pattern.
    fn of_domain(&self, domain: &str) -> &[Listed] {
        if domain.contains('*') {
            return &self.wanted;
        }
        let from = self.wanted.partition_point(|l| l.domain.as_str() < domain);
        let to = self.wanted.partition_point(|l| l.domain.as_str() <= domain);
        &self.wanted[from..to]
    }

    fn listed(&self, domain: &str, path: &str) -> &[Listed] {
        let all = self.of_domain(domain);
        let from = all.partition_point(|l| l.path.as_str() < path);
        let to = all.partition_point(|l| l.path.as_str() <= path);
        &all[from..to]
    }
}

/// What is stored.
#[derive(Default)]
struct Inventory {
    /// The first eight bytes of every file id, sorted: enough to tell which listed files are there.
    stored: Vec<u64>,
    odd: HashSet<String>,
    /// Folders that cannot be opened.
    notes: Vec<Reason>,
}

fn inventory(tree: &Tree, children: &[Child]) -> Inventory {
    let mut all = Inventory::default();
    let unreadable = |name: &str, why: String| {
        Reason::new(reason::UNREADABLE_PART, format!("{name} of the backup {why}")).with("file", name.to_owned())
    };
    for child in children {
        let name = child.name.as_str();
        match &child.what {
            What::Folder if is_hex(name, 2) => match tree.below(name).list() {
                Ok(files) => {
                    for file in &files {
                        match file.what {
                            What::File(_) if is_hex(&file.name, 40) && file.name.starts_with(name) => {
                                all.stored.extend(id_prefix(&file.name));
                            }
                            _ if file.name == ".DS_Store" => {}
                            _ => drop(all.odd.insert(name.to_owned())),
                        }
                    }
                }
                Err(e) => all.notes.push(unreadable(name, format!("cannot be opened: {e}"))),
            },
            What::Hidden(why) => all.notes.push(unreadable(name, format!("cannot be looked at: {why}"))),
            What::File(_) if is_hex(name, 40) => all.stored.extend(id_prefix(name)),
            What::File(_) if is_hex(name, 2) => drop(all.odd.insert(name.to_owned())),
            What::Folder if is_hex(name, 40) || name == "com.apple.mobile.backup" => {
                all.odd.insert(name.to_owned());
            }
            _ => {}
        }
    }
    all.stored.sort_unstable();
    all.stored.shrink_to_fit();
    all
}

/// Names of the root under which a backup keeps a file, and something else is there: a link is not followed.
fn no_files(children: &[Child]) -> Vec<Reason> {
    const FILES: [&str; 5] = ["Manifest.db-wal", "Manifest.db-journal", "Manifest.plist", "Info.plist", "Status.plist"];
    let other = |c: &&Child| FILES.contains(&c.name.as_str()) && !matches!(c.what, What::File(_) | What::Hidden(_));
    let told = |c: &Child| {
        let text = format!("{} of the backup is a link or a folder, and no file: it was not read", c.name);
        Reason::new(reason::UNREADABLE_PART, text).with("file", c.name.clone())
    };
    children.iter().filter(other).map(told).collect()
}

fn id_prefix(id: &str) -> Option<u64> {
    u64::from_str_radix(id.get(..16)?, 16).ok()
}

/// A property list of the root, and what is wrong with it.
fn read_plist(tree: &Tree, name: &str) -> (Option<Value>, Option<Reason>) {
    let damaged =
        |why: &str| Some(Reason::new(reason::ROOT_PLIST_DAMAGED, format!("{name}: {why}")).with("file", name));
    match tree.find(name) {
        Ok(None) => (None, None),
        Err(e) => (None, damaged(&e.to_string())),
        Ok(Some(_)) => match tree.small(name, MAX_ROOT_PLIST) {
            None => (None, damaged("it cannot be read")),
            Some(bytes) => {
                let (value, error) = plist::parse_lossy(&bytes);
                let note = match (&value, error) {
                    (_, Some(e)) => damaged(&e.to_string()),
                    (None, None) => damaged("expected a property list, found an empty file"),
                    _ => None,
                };
                (value, note)
            }
        },
    }
}

/// What says that the backup was not finished.
fn unfinished(tree: &Tree, children: &[Child]) -> Option<Reason> {
    let not = |code, text: String| Some(Reason::new(code, text));
    let (status, damage) = read_plist(tree, "Status.plist");
    if let Some(damage) = damage {
        return not(
            reason::STATUS_UNREADABLE,
            format!("whether the backup was finished cannot be told: {}", damage.text),
        );
    }
    let state = status.as_ref().map(|s| s.get("SnapshotState").and_then(Value::as_str));
    match state {
        Some(Some("finished")) | None => {}
        Some(Some(state)) => {
            let text = format!("Status.plist says that the backup was not finished (SnapshotState {state:?})");
            return not(reason::BACKUP_UNFINISHED, text);
        }
        Some(None) => {
            let text = "whether the backup was finished cannot be told: Status.plist has no SnapshotState".to_owned();
            return not(reason::STATUS_UNREADABLE, text);
        }
    }
    let filled = children.iter().find(|c| c.name == "Snapshot").is_some_and(|snapshot| match snapshot.what {
        // What Finder leaves in every folder is no newer file.
        What::Folder => tree.below("Snapshot").list().map_or(true, |l| l.iter().any(|c| !c.name.starts_with('.'))),
        _ => true,
    });
    match filled {
        true => not(
            reason::BACKUP_UNFINISHED,
            "newer files lie, or may lie, in Snapshot, which a finished backup does not have".into(),
        ),
        false => None,
    }
}

/// Facts from `Info.plist`, and from the lockdown block of `Manifest.plist` where that is all there is; and what the two
/// say differently of one phone. Of two versions the higher one counts: a lower one is asked for less.
fn device_facts(tree: &Tree, manifest: Option<&Value>) -> (DeviceFacts, Option<Reason>) {
    let (info, _) = read_plist(tree, "Info.plist");
    let lockdown = manifest.and_then(|m| m.get("Lockdown"));
    let text = |info_key: &str, lockdown_key: &str| {
        let from_info = info.as_ref().and_then(|i| i.get(info_key)).and_then(Value::as_str);
        let found = from_info.or_else(|| lockdown.and_then(|l| l.get(lockdown_key)).and_then(Value::as_str));
        found.filter(|s| !s.is_empty()).map(str::to_owned)
    };
    let both = |info_key: &str, lockdown_key: &str| {
        let of = |value: Option<&Value>, key: &str| value?.get(key)?.as_str().map(str::to_owned);
        of(info.as_ref(), info_key).zip(of(lockdown, lockdown_key)).filter(|(a, b)| !a.eq_ignore_ascii_case(b))
    };
    let version = both("Product Version", "ProductVersion").map(|(a, b)| if newer(&b, &a) { b } else { a });
    let mixed: Vec<String> = [
        ("Unique Identifier", "UniqueDeviceID"),
        ("Serial Number", "SerialNumber"),
        ("Product Version", "ProductVersion"),
    ]
    .into_iter()
    .filter_map(|(key, other)| both(key, other).map(|(a, b)| format!("{key} {a} and {b}")))
    .collect();
    let mixed = (!mixed.is_empty()).then(|| {
        let text = format!("Info.plist and Manifest.plist do not say the same: {}", mixed.join(", "));
        Reason::new(reason::IDENTITY_MIXED, text)
    });
    let mut facts = DeviceFacts::default();
    facts.facts.push(("platform", "iOS".to_owned()));
    for (name, info_key, lockdown_key) in [
        ("name", "Device Name", "DeviceName"),
        ("model", "Product Type", "ProductType"),
        ("os_version", "Product Version", "ProductVersion"),
        ("build", "Build Version", "BuildVersion"),
    ] {
        let told = if name == "os_version" { version.clone() } else { None };
        if let Some(value) = told.or_else(|| text(info_key, lockdown_key)) {
            facts.facts.push((name, value));
        }
    }
    for (kind, info_key, lockdown_key) in [
        (Identifier::UDID, "Unique Identifier", "UniqueDeviceID"),
        (Identifier::SERIAL, "Serial Number", "SerialNumber"),
    ] {
        facts.identifiers.extend(text(info_key, lockdown_key).map(|id| Identifier::new(kind, &id)));
    }
    facts.acquired = info
        .as_ref()
        .and_then(|i| i.get("Last Backup Date"))
        .or_else(|| manifest.and_then(|m| m.get("Date")))
        .and_then(Value::as_unix_micros)
        .and_then(|micros| Timestamp::utc_micros(micros, Precision::Second));
    (facts, mixed)
}

/// Whether one version is higher than another, number by number.
fn newer(one: &str, other: &str) -> bool {
    let numbers = |v: &str| v.split('.').map(|n| n.parse::<u32>().unwrap_or(0)).collect::<Vec<_>>();
    numbers(one) > numbers(other)
}

impl Evidence for IosBackup {
    fn kind(&self) -> &'static Kind {
        &KIND
    }

    fn path(&self) -> &str {
        self.tree.shown()
    }

    fn device(&self) -> &DeviceFacts {
        &self.facts
    }

    fn notes(&self) -> &[Reason] {
        &self.notes
    }

    fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError> {
        let entries = |listed: &[Listed], fits: &dyn Fn(&Listed) -> bool| {
            let mut found = Vec::new();
            for l in listed.iter().filter(|l| fits(l)) {
                found.extend(self.entry(l)?);
            }
            Ok(found)
        };
        match place {
            Place::Own(name) => Ok(self.root_entry(name)?.into_iter().collect()),
            Place::Ios { domain, path } if path.contains('*') || domain.contains('*') => {
                entries(self.of_domain(domain), &|l| {
                    glob::matches(domain, &l.domain, None) && glob::matches(path, &l.path, Some(b'/'))
                })
            }
            Place::Ios { domain, path } => entries(self.listed(domain, path), &|_| true),
            Place::Android(_) | Place::Service(_) | Place::Command(_) => Ok(Vec::new()),
        }
    }

    fn open(&self, entry: &Entry) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        match &entry.handle {
            Handle::Member(member) => self.tree.open(member),
            _ => Err(EvidenceError::Missing { path: entry.name.clone() }),
        }
    }

    fn beside(&self, entry: &Entry, name: &str) -> Result<Option<Entry>, EvidenceError> {
        if entry.name == entry.file {
            return self.root_entry(name);
        }
        match name.split_once('/').and_then(|(domain, path)| self.listed(domain, path).first()) {
            Some(listed) => self.entry(listed),
            None => Ok(None),
        }
    }

    fn sha256(&self, entry: &Entry) -> Result<String, EvidenceError> {
        match &entry.handle {
            Handle::Member(member) => self.tree.sha256(member),
            _ => Err(EvidenceError::Missing { path: entry.name.clone() }),
        }
    }

    fn stored(&self, file_id: &str) -> Option<bool> {
        Some(self.stored.binary_search(&id_prefix(file_id)?).is_ok())
    }

    fn why_absent(&self, place: &Place) -> Option<Reason> {
        let Place::Ios { domain, path } = *place else { return None };
        let only = ONLY_ENCRYPTED.iter().any(|(d, p)| *d == domain && path.starts_with(p));
        (only && self.encrypted_origin == Some(false)).then(|| {
            let text = "this backup was made without encryption, and such backups do not hold it";
            Reason::new(reason::UNENCRYPTED_BACKUP, text)
        })
    }
}
