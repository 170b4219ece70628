//! Files and folders that vigie knows by name or by their first bytes, and does not examine: other acquisitions, what
//! other tools leave, and what is no evidence at all.

use super::Place;
use super::explore::{Opened, Unexamined};
use super::tree::{Child, Tree, What};
use crate::device::{DeviceFacts, Identifier, Platform};
use crate::finding::{Code, reason};
use crate::formats::plist;

/// What a file is, as far as its name and its first bytes tell.
pub enum Sort {
    /// An acquisition that cannot be examined.
    Acquisition(Unexamined),
    /// No acquisition of its own, but worth a name: kind, reason, sentence.
    Named(&'static str, Code, String),
    /// A picture, a film, a sound.
    Media,
    /// A text or document.
    Document,
    /// Something else.
    Other,
}

/// Bytes of a root property list that are read for what a phone is called.
const MAX_ROOT_PLIST: u64 = 64 << 20;
/// Folders of two hexadecimal digits that are looked into to tell a backup.
const HEX_LOOKED_AT: usize = 8;

/// A folder that is an acquisition vigie does not read.
pub fn folder(tree: &Tree, children: &[Child]) -> Option<Opened> {
    let file = |name: &str| children.iter().any(|c| c.name == name && matches!(c.what, What::File(_)));
    let folder = |name: &str| children.iter().any(|c| c.name == name && c.what == What::Folder);
    let shown = tree.shown();
    if let Some(found) = backup_without_list(tree, children) {
        return Some(found);
    }
    let of_aqf = AQF_FILES.iter().filter(|name| file(name)).count();
    if of_aqf > usize::from(!file("acquisition.json")) * 2 && of_aqf > 1 {
        let text = "is an AndroidQF collection. vigie examines the bug report in it, if there is one, and not yet its other \
                    files";
        let what = Unexamined::new(shown, "androidqf", reason::NOT_READ_YET, text).on(Platform::Android);
        return Some(Opened::Unexamined(
            what,
            Box::new(|name| AQF_FILES.contains(&name) || name.starts_with("settings_")),
        ));
    }
    if file("sysdiagnose.log") || folder("system_logs.logarchive") {
        let text = "is a sysdiagnose of an iPhone, which vigie does not read yet";
        let what = Unexamined::new(shown, "sysdiagnose", reason::NOT_READ_YET, text).on(Platform::Ios);
        return Some(Opened::Unexamined(what, all_but_acquisitions(tree)));
    }
    if let Some((kind, platform)) = file_system(tree, children) {
        let text = "is a copy of a phone's file system, which vigie does not read yet";
        let what = Unexamined::new(shown, kind, reason::NOT_READ_YET, text).on(platform);
        return Some(Opened::Unexamined(what, all_but_acquisitions(tree)));
    }
    None
}

/// Everything in a folder is part of what it is, but folders that are acquisitions of their own.
fn all_but_acquisitions(tree: &Tree) -> Box<dyn Fn(&str) -> bool> {
    const HEADS: [&str; 3] = ["Manifest.db", "Manifest.mbdb", "main_entry.txt"];
    let tree = tree.clone();
    Box::new(move |name| {
        let below = tree.below(name).list().unwrap_or_default();
        !below.iter().any(|c| HEADS.contains(&c.name.as_str()))
    })
}

/// Files of an AndroidQF collection that hold no other acquisition. Two of them tell one with its `acquisition.json`, three
/// without.
const AQF_FILES: [&str; 14] = [
    "acquisition.json",
    "command.log",
    "hashes.csv",
    "packages.json",
    "getprop.txt",
    "processes.txt",
    "processes.json",
    "dumpsys.txt",
    "files.json",
    "services.txt",
    "env.txt",
    "mounts.json",
    "root_binaries.json",
    "selinux.txt",
];

/// The folder of an iOS backup whose list of files is gone.
fn backup_without_list(tree: &Tree, children: &[Child]) -> Option<Opened> {
    let is_hex = |name: &str, len| name.len() == len && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let holds = |c: &Child| {
        let below = tree.below(&c.name).list().unwrap_or_default();
        below.iter().any(|f| is_hex(&f.name, 40) && f.name.starts_with(&c.name))
    };
    let mut hex = children.iter().filter(|c| c.what == What::Folder && is_hex(&c.name, 2)).take(HEX_LOOKED_AT);
    let flat = || children.iter().any(|c| matches!(c.what, What::File(_)) && is_hex(&c.name, 40));
    let plists = ["Info.plist", "Manifest.plist", "Status.plist"];
    let named = plists.iter().any(|n| children.iter().any(|c| c.name == *n));
    if !(hex.any(holds) || (named && flat())) {
        return None;
    }
    let text = "is an iOS backup without its list of files (Manifest.db): what its files are cannot be told";
    let mut what = Unexamined::new(tree.shown(), "ios-backup", reason::MANIFEST_MISSING, text).on(Platform::Ios);
    *what.facts = backup_facts(tree);
    Some(Opened::Unexamined(what, all_but_acquisitions(tree)))
}

/// What `Info.plist` of a backup says about its phone, where nothing else can be read.
pub fn backup_facts(tree: &Tree) -> DeviceFacts {
    let mut facts = DeviceFacts::default();
    let bytes = tree.small("Info.plist", MAX_ROOT_PLIST).unwrap_or_default();
    let Some(info) = plist::parse_lossy(&bytes).0 else { return facts };
    let text = |key: &str| info.get(key).and_then(plist::Value::as_str).filter(|s| !s.is_empty());
    facts.facts.push(("platform", "iOS".to_owned()));
    for (name, key) in [("model", "Product Type"), ("os_version", "Product Version"), ("build", "Build Version")] {
        facts.facts.extend(text(key).map(|v| (name, v.to_owned())));
    }
    for (kind, key) in [(Identifier::UDID, "Unique Identifier"), (Identifier::SERIAL, "Serial Number")] {
        facts.identifiers.extend(text(key).map(|v| Identifier::new(kind, v)));
    }
    facts
}

/// The root of a phone's file system: what makers' dumps and plain copies have in common.
fn file_system(tree: &Tree, children: &[Child]) -> Option<(&'static str, Platform)> {
    let folder = |name: &str| children.iter().any(|c| c.name == name && c.what == What::Folder);
    let below = |path: &str| {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let at = if above.is_empty() { tree.clone() } else { tree.below(above) };
        at.list().unwrap_or_default().iter().any(|c| c.name == name && c.what == What::Folder)
    };
    let ios = |root: &str| below(&format!("{root}mobile/Library")) || below(&format!("{root}mobile/Containers"));
    if folder("private") && ios("private/var/") || folder("mobile") && ios("") {
        return Some(("ios-file-system", Platform::Ios));
    }
    let volumes = || children.iter().filter(|c| c.name.starts_with("filesystem") && c.what == What::Folder);
    if volumes().any(|c| ios(&format!("{}/", c.name)) || ios(&format!("{}/private/var/", c.name))) {
        return Some(("ios-file-system", Platform::Ios));
    }
    let android = |root: &str| below(&format!("{root}data/data")) && below(&format!("{root}data/system"));
    if folder("data") && android("") || volumes().any(|c| android(&format!("{}/", c.name))) {
        return Some(("android-file-system", Platform::Android));
    }
    None
}

/// What a tool left behind.
pub struct Output {
    /// What it seems to be.
    pub kind: &'static str,
    /// In a sentence.
    pub text: &'static str,
    /// Which files of the folder are part of it.
    pub files: fn(&str) -> bool,
}

/// A folder that holds the output of a tool. It may hold acquisitions beside it.
pub fn output(children: &[Child]) -> Option<Output> {
    let file = |name: &str| children.iter().any(|c| c.name == name && matches!(c.what, What::File(_)));
    if file("findings.json") && (file("matches.jsonl") || file("timeline.csv")) {
        return Some(Output {
            kind: "vigie-report",
            text: "is a report of vigie, and no acquisition",
            files: |name| ["findings.json", "matches.jsonl", "timeline.csv", "page.txt", "records"].contains(&name),
        });
    }
    let json = children.iter().any(|c| c.name.ends_with(".json"));
    (json && (file("command.log") || file("info.json")) && !file("acquisition.json")).then_some(Output {
        kind: "mvt-output",
        text: "holds the output of MVT, and no acquisition",
        files: |name| [".json", ".csv", ".log"].iter().any(|end| name.ends_with(end)),
    })
}

/// What a single file is.
pub fn file(name: &str, shown: &str, size: u64, head: &[u8], places: &[Place]) -> Sort {
    let name = name.rsplit('/').next().unwrap_or(name);
    let lower = name.to_lowercase();
    let ends = |list: &[&str]| list.iter().any(|e| lower.ends_with(e));
    if size == 0 {
        return empty(&lower, shown);
    }
    let not_read = |kind, platform: Option<Platform>, text: &str| {
        let what = Unexamined::new(shown, kind, reason::NOT_READ_YET, text);
        Sort::Acquisition(Unexamined { platform, ..what })
    };
    if head.starts_with(b"age-encryption.org/") {
        let text = "is encrypted with age";
        return Sort::Acquisition(Unexamined::new(shown, "encrypted", reason::AGE_ENCRYPTED, text));
    }
    if head.starts_with(b"ANDROID BACKUP\n") {
        return not_read(
            "android-backup",
            Some(Platform::Android),
            "is an Android backup (.ab), which vigie does not read yet",
        );
    }
    if lower.starts_with("sysdiagnose") && ends(&[".tar.gz", ".tgz", ".tar"]) {
        return not_read(
            "sysdiagnose",
            Some(Platform::Ios),
            "is a sysdiagnose of an iPhone, which vigie does not read yet",
        );
    }
    if ends(&[".ufd", ".ufdx", ".clbx"]) {
        return not_read(
            "cellebrite",
            None,
            "belongs to an acquisition made with Cellebrite's tools, which vigie does not read yet",
        );
    }
    if let Some(form) = archive(head) {
        let text = format!("is an archive ({form}) that vigie does not look into");
        return Sort::Acquisition(Unexamined::new(shown, "archive", reason::ARCHIVE_UNREAD, &text));
    }
    if is_wanted(name, places) {
        let text = "is a file of a phone without the acquisition it belongs to";
        return Sort::Named("single-file", reason::LOOSE_FILE, text.into());
    }
    // A zip whose beginning is gone, by its name: its members cannot be read.
    if ends(&[".zip"]) {
        let text = "is named like a zip, and is none: it was cut or damaged";
        return Sort::Acquisition(Unexamined::new(shown, "zip-truncated", reason::TRUNCATED_ZIP, text));
    }
    if is_media(head) || ends(&MEDIA) {
        return Sort::Media;
    }
    if head.starts_with(b"%PDF") || ends(&DOCUMENTS) { Sort::Document } else { Sort::Other }
}

/// Ends of the names of files that acquisitions come in.
const ACQUISITIONS: [&str; 11] = [".zip", ".ab", ".tar", ".gz", ".tgz", ".7z", ".rar", ".age", ".bz2", ".xz", ".zst"];
/// Ends of the names of files that a report may come in, as text.
const TEXTS: [&str; 3] = [".txt", ".log", ".dump"];
const MEDIA: [&str; 16] = [
    ".jpg", ".jpeg", ".png", ".heic", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".mov", ".mp4", ".m4a", ".mp3", ".wav",
    ".3gp", ".opus",
];
const DOCUMENTS: [&str; 14] =
    [".pdf", ".txt", ".md", ".doc", ".docx", ".odt", ".rtf", ".csv", ".html", ".htm", ".xlsx", ".ods", ".eml", ".json"];

/// An empty file in the place of an acquisition.
fn empty(lower: &str, shown: &str) -> Sort {
    let named = ["bugreport", "dumpstate", "sysdiagnose", "backup"].iter().any(|n| lower.starts_with(n));
    let ends = |list: &[&str]| list.iter().any(|e| lower.ends_with(e));
    let text = "is an empty file (0 bytes): the acquisition failed or was not copied whole";
    if named || ends(&ACQUISITIONS) {
        return Sort::Acquisition(Unexamined::new(shown, "empty", reason::EMPTY_FILE, text));
    }
    match ends(&TEXTS) {
        true => Sort::Named("empty", reason::EMPTY_FILE, text.into()),
        false => Sort::Other,
    }
}

/// The form of an archive that is not looked into.
fn archive(head: &[u8]) -> Option<&'static str> {
    let tar = head.get(257..262) == Some(b"ustar");
    let forms: [(&[u8], &str); 7] = [
        (b"\x1f\x8b", "gzip"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07", "rar"),
        (b"\xfd7zXZ\0", "xz"),
        (b"BZh", "bzip2"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\x04\x22\x4d\x18", "lz4"),
    ];
    forms.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, form)| *form).or(tar.then_some("tar"))
}

fn is_media(head: &[u8]) -> bool {
    let magics: [&[u8]; 8] = [b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"ID3", b"OggS", b"II*\0", b"MM\0*"];
    magics.iter().any(|m| head.starts_with(m)) || head.get(4..8) == Some(b"ftyp")
}

/// True for a database or property list that some artifact reads where its acquisition is whole.
fn is_wanted(name: &str, places: &[Place]) -> bool {
    let base = name.strip_suffix("-wal").unwrap_or(name);
    places.iter().any(|p| match p {
        Place::Ios { path, .. } => {
            let file = path.rsplit('/').next().unwrap_or(path);
            !file.starts_with('*') && crate::formats::glob::matches(file, base, None)
        }
        Place::Own(file) => *file == base && base != "Info.plist",
        _ => false,
    })
}
