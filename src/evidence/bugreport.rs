//! An Android bug report: its unpacked folder, the root of its zip, or the dumpstate text alone.
//!
//! The dumpstate is split once, when the report is opened. Text that lies on disk in clear is read in place afterwards;
//! text from an archive, and text that PowerShell wrote as UTF-16, is kept in working storage as far as an artifact asks
//! for it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{BufReader, Read, Write};
use std::sync::Arc;

use super::container::io_error;
use super::explore::{Opened, Unexamined};
use super::kind::Kind;
use super::tree::{Child, Member, Tree, What};
use super::{Cut, Entry, Evidence, EvidenceError, Handle, Must, Place, Presence};
use crate::device::{DeviceFacts, Identifier, Platform};
use crate::finding::{Code, Reason, reason};
use crate::formats::dumpstate::{self, SectionEnd, SectionHead};
use crate::formats::getprop;
use crate::formats::lines::{Line, Utf8Reader};
use crate::formats::spool::SpoolWriter;
use crate::formats::{ReadAt, Slice, glob};
use crate::record::{Precision, Timestamp};

/// A bug report.
pub static KIND: Kind = Kind {
    id: "android-bugreport",
    title: "Android bug report",
    platform: Platform::Android,
    requires: &[
        Must::always(Place::Command("SYSTEM PROPERTIES")),
        Must::always(Place::Command("PROCESSES AND THREADS")),
        Must::always(Place::Service("package")),
        // Android 4.2 and 4.3 brought them.
        Must::always(Place::Service("settings")).since(4),
        Must::always(Place::Service("appops")).since(4),
    ],
    holds: |place| match place {
        Place::Service(_) | Place::Command(_) => true,
        Place::Android(path) => IN_REPORT.iter().any(|folder| path.starts_with(folder)),
        Place::Ios { .. } | Place::Own(_) => false,
    },
    folder,
    file,
};

/// Folders of the phone of which a report holds files, below `FS/`.
const IN_REPORT: [&str; 4] = ["/data/tombstones/", "/data/anr/", "/proc/", "/data/misc/"];
/// Bytes of a text file looked at to tell whether it is a dumpstate.
const SNIFF: usize = 64 << 10;
/// Sections of one report that are kept.
pub const MAX_SECTIONS: usize = 10_000;
/// Bytes of text that are read of one dumpstate; those of phones have a few hundred million at the most.
pub const MAX_DUMPSTATE: u64 = 2 << 30;
/// How many times larger than its compressed form a dumpstate may be; honest ones stay below thirty …
pub const MAX_TEXT_RATIO: u64 = 100;
/// … and whatever is smaller than this is read in any case.
pub const TEXT_RATIO_FREE: u64 = 64 << 20;
/// Properties looked at for what they say of the device.
const MAX_PROPERTIES: usize = 5_000;
/// Bytes of `main_entry.txt` that are read.
const MAX_POINTER: usize = 4_096;

/// An opened bug report.
pub struct Bugreport {
    tree: Tree,
    /// False for a text alone: what lies beside it is not its own.
    folder: bool,
    main: Member,
    path: String,
    sections: Vec<Section>,
    by_name: HashMap<(dumpstate::Kind, String), Vec<usize>>,
    text: Arc<dyn ReadAt>,
    facts: DeviceFacts,
    notes: Vec<Reason>,
}

struct Section {
    kind: dumpstate::Kind,
    name: String,
    start: u64,
    end: u64,
    first_line: u64,
    truncated: bool,
    closed: bool,
}

/// A folder that is an unpacked report, or the root of a report's zip.
fn folder(tree: &Tree, children: &[Child], places: &[Place]) -> Option<Opened> {
    let files = || {
        children.iter().filter_map(|c| match &c.what {
            What::File(m) => Some((c.name.as_str(), m)),
            _ => None,
        })
    };
    let pointer = files().find(|(name, _)| *name == "main_entry.txt").map(|(_, m)| m);
    let has_files = children.iter().any(|c| c.name == "FS" && c.what == What::Folder);
    if pointer.is_none() && !has_files {
        return None;
    }
    let shown = tree.shown();
    let no_main = |code: Code, text: &str| {
        let what = Unexamined::new(shown, KIND.id, code, text).on(Platform::Android);
        Some(Opened::Unexamined(what, Box::new(|name| REPORT_FILES.contains(&name))))
    };
    let mut notes = Vec::new();
    let name_in = |bytes: Vec<u8>| {
        let text = String::from_utf8_lossy(&text_of(&bytes)).into_owned();
        let name = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        name.strip_prefix("./").unwrap_or(name).to_owned()
    };
    let wanted = pointer.map(|m| tree.head(m, MAX_POINTER).map(name_in));
    let named = match &wanted {
        Some(Ok(name)) => files().find(|(n, _)| n == name).map(|(_, m)| m.clone()),
        _ => None,
    };
    let main = named.or_else(|| {
        let mut texts: Vec<&Member> = files().map(|(_, m)| m).filter(|m| is_report_text(tree, m)).collect();
        texts.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
        let main = texts.first().copied().cloned();
        if let (Some(main), Some(wanted)) = (&main, &wanted) {
            let wanted = wanted.as_ref().map_or("something that cannot be read", |w| w.as_str());
            let text = format!("main_entry.txt names {wanted}, which is not there; {} is read instead", main.name);
            notes.push(Reason::new(reason::MAIN_ENTRY_DANGLING, text));
        }
        main
    });
    let Some(main) = main else {
        return match wanted {
            Some(Ok(name)) => no_main(
                reason::DUMPSTATE_MISSING,
                &format!("is an Android bug report whose main_entry.txt names {name}, which is not there"),
            ),
            // A folder `FS` alone is a folder like any other.
            None => None,
            Some(Err(e)) => no_main(
                reason::DUMPSTATE_MISSING,
                &format!("is an Android bug report whose main_entry.txt cannot be read ({e})"),
            ),
        };
    };
    let name = tree.name_of(&main).to_owned();
    if files().filter(|(n, _)| *n == name).count() > 1 {
        let text = format!("{name} stands more than once in the report, and only the first of them is read");
        notes.push(Reason::new(reason::MAIN_TEXT_TWICE, text).with("file", name.clone()));
    }
    notes.extend(not_files(tree, places));
    let claims = Box::new(move |child: &str| child == name || REPORT_FILES.contains(&child));
    Some(match Bugreport::open(tree, main, true, places, notes) {
        Ok(report) => Opened::Evidence(Box::new(report), claims),
        Err(mut what) => {
            what.path = shown.to_owned();
            Opened::Unexamined(what, claims)
        }
    })
}

/// Places of the report's files at which something else is: a link is not followed.
fn not_files(tree: &Tree, places: &[Place]) -> Vec<Reason> {
    const MOST: usize = 20;
    let mut odd = BTreeSet::new();
    for place in places {
        let Place::Android(path) = place else { continue };
        let path = format!("FS{path}");
        let mut folder = String::new();
        let parts: Vec<&str> = path.split('/').collect();
        for (at, part) in parts.iter().enumerate() {
            let here = if folder.is_empty() { tree.clone() } else { tree.below(&folder) };
            let last = at + 1 == parts.len();
            let fits = |c: &Child| match part.contains('*') {
                true => glob::matches(part, &c.name, None),
                false => c.name == *part,
            };
            for child in here.list().unwrap_or_default().iter().filter(|c| fits(c)) {
                let expected = matches!((&child.what, last), (What::Folder, false) | (What::File(_), true));
                if !expected && odd.len() < MOST {
                    odd.insert(format!("{folder}/{}", child.name).trim_start_matches('/').to_owned());
                }
            }
            if !folder.is_empty() {
                folder.push('/');
            }
            folder.push_str(part);
            if part.contains('*') {
                break;
            }
        }
    }
    let told = |name: String| {
        let text = format!("{name} is a link, or no file: it was not read");
        Reason::new(reason::UNREADABLE_PART, text).with("file", name)
    };
    odd.into_iter().map(told).collect()
}

/// What lies at the root of a report beside its main part.
const REPORT_FILES: [&str; 3] = ["main_entry.txt", "version.txt", "FS"];

/// A text that is a dumpstate by itself.
fn file(tree: &Tree, member: &Member, head: &[u8], places: &[Place]) -> Option<Opened> {
    if head.is_empty() || !(is_dumpstate(&text_of(head)) || is_report_text(tree, member)) {
        return None;
    }
    Some(match Bugreport::open(tree, member.clone(), false, places, Vec::new()) {
        Ok(report) => Opened::Evidence(Box::new(report), Box::new(|_| false)),
        Err(what) => Opened::Unexamined(what, Box::new(|_| false)),
    })
}

/// Bytes as the text they are, whatever PowerShell did to it.
fn text_of(head: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    // Reading from memory does not fail.
    let _ = Utf8Reader::new(head).read_to_end(&mut text);
    text
}

/// True for a file that a dumpstate may be, and is.
fn is_report_text(tree: &Tree, member: &Member) -> bool {
    let name = tree.name_of(member);
    let named = glob::matches("dumpState_*.log", name, None) || name == "dumpstate.txt" || name == "dumpsys.txt";
    let text = [".txt", ".log", ".dump"].iter().any(|e| name.ends_with(e)) || !name.contains('.');
    named || (text && tree.head(member, SNIFF).is_ok_and(|head| is_dumpstate(&text_of(&head))))
}

/// True for text that begins as dumpstate or dumpsys writes it.
pub fn is_dumpstate(head: &[u8]) -> bool {
    head.split(|b| *b == b'\n').any(|line| {
        let line = line.trim_ascii();
        line.starts_with(b"== dumpstate: ")
            || (line.starts_with(b"DUMP OF SERVICE ") && line.ends_with(b":"))
            || (line.starts_with(b"------ ") && line.ends_with(b" ------") && line.len() > 14)
    })
}

impl Bugreport {
    /// Opens a report whose main part is known.
    fn open(
        tree: &Tree,
        main: Member,
        folder: bool,
        places: &[Place],
        mut notes: Vec<Reason>,
    ) -> Result<Bugreport, Unexamined> {
        let path = if folder { tree.shown().to_owned() } else { tree.shown_as(tree.name_of(&main)) };
        let empty = || {
            let text = format!("is an Android bug report whose dumpstate ({}) is empty", tree.name_of(&main));
            Unexamined::new(&path, KIND.id, reason::EMPTY_DUMPSTATE, &text).on(Platform::Android)
        };
        if main.size == 0 {
            return Err(empty());
        }
        let failed = |e: &EvidenceError| {
            let text = format!("is an Android bug report that cannot be read ({e})");
            Unexamined::new(&path, KIND.id, reason::DAMAGED_FILE, &text).on(Platform::Android)
        };
        let plain = tree.head(&main, 64).is_ok_and(|head| text_of(&head) == head);
        let in_place = match tree.in_place() && plain {
            true => Some(tree.open(&main).map_err(|e| failed(&e))?),
            false => None,
        };
        let limit = MAX_DUMPSTATE.min(TEXT_RATIO_FREE.max(main.packed.saturating_mul(MAX_TEXT_RATIO)));
        let mut left = limit;
        let stream = tree.stream(&main).map_err(|e| failed(&e))?;
        let stream = Counted { inner: stream, left: &mut left };
        let mut split = Splitting::new(places, in_place.is_none());
        let ended = dumpstate::split(Utf8Reader::new(BufReader::with_capacity(256 << 10, stream)), &mut split);
        if let Some(source) = split.spool_error.take() {
            return Err(failed(&EvidenceError::Io { path: "working storage".into(), source }));
        }
        // A header without sections is a report that was cut short: files beside it may still tell something.
        if split.sections_seen == 0 && split.banner.is_none() {
            return Err(ended.err().map_or_else(empty, |e| failed(&io_error(&main.name, e))));
        }
        if let Err(e) = ended {
            let text = format!("{}: {}", main.name, io_error(&main.name, e));
            notes.push(Reason::new(reason::DUMPSTATE_DAMAGED, text));
            if let Some(last) = split.sections.last_mut() {
                last.truncated = true;
            }
        }
        if left == 0 {
            let text = format!("{}: only the first {limit} bytes of the dumpstate are read", main.name);
            notes.push(Reason::new(reason::DUMPSTATE_LIMIT, text));
        }
        notes.extend(split.notes());
        if folder {
            notes.extend(tree.notes());
        }
        let facts = split.facts();
        let Splitting { sections, spool, .. } = split;
        let text = match in_place {
            Some(file) => file,
            None => spool
                .finish()
                .map_err(|source| failed(&EvidenceError::Io { path: "working storage".into(), source }))?,
        };
        let mut by_name: HashMap<(dumpstate::Kind, String), Vec<usize>> = HashMap::new();
        for (i, s) in sections.iter().enumerate() {
            by_name.entry((s.kind, s.name.clone())).or_default().push(i);
        }
        Ok(Bugreport { tree: tree.clone(), folder, main, path, sections, by_name, text, facts, notes })
    }
}

/// Ends a stream where its budget ends.
struct Counted<'a, R> {
    inner: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let most = buf.len().min(usize::try_from(*self.left).unwrap_or(usize::MAX));
        let n = self.inner.read(&mut buf[..most])?;
        *self.left -= n as u64;
        Ok(n)
    }
}

/// Collects the sections that are asked for, and what the report says about the device.
struct Splitting<'p> {
    places: &'p [Place],
    keep_bytes: bool,
    spool: SpoolWriter,
    spool_error: Option<std::io::Error>,
    sections: Vec<Section>,
    sections_seen: u64,
    open: bool,
    banner: Option<String>,
    properties: getprop::Parser,
    in_properties: bool,
    found: Vec<(String, String)>,
    sections_left_out: u64,
    /// Kinds of sections of which some end with the line that says how long they took.
    closing: [bool; 3],
    /// Services whose end was met in another section.
    strangers: HashSet<String>,
    /// The section in whose middle the text ends.
    broken_off: Option<String>,
}

impl<'p> Splitting<'p> {
    fn new(places: &'p [Place], keep_bytes: bool) -> Self {
        Splitting {
            places,
            keep_bytes,
            spool: SpoolWriter::with_memory(8 << 20),
            spool_error: None,
            sections: Vec::new(),
            sections_seen: 0,
            open: false,
            banner: None,
            properties: getprop::Parser::default(),
            in_properties: false,
            found: Vec::new(),
            sections_left_out: 0,
            closing: [false; 3],
            strangers: HashSet::new(),
            broken_off: None,
        }
    }

    fn wants(&self, head: &SectionHead) -> bool {
        self.places.iter().any(|p| section_matches(p, head.kind, &head.name))
    }

    fn facts(&self) -> DeviceFacts {
        let get = |name: &str| self.found.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let mut facts = DeviceFacts::default();
        facts.facts.push(("platform", "Android".to_owned()));
        for (fact, names) in [
            ("manufacturer", &["ro.product.manufacturer", "ro.product.vendor.manufacturer"][..]),
            ("model", &["ro.product.model", "ro.product.vendor.model", "ro.product.name"]),
            ("os_version", &["ro.build.version.release", "ro.system.build.version.release"]),
            ("build", &["ro.build.display.id", "ro.build.id"]),
            ("security_patch", &["ro.build.version.security_patch"]),
        ] {
            if let Some(value) = names.iter().find_map(|n| get(n)).filter(|v| !v.is_empty()) {
                facts.facts.push((fact, value));
            }
        }
        let usable = |v: &String| !v.is_empty() && v != "unknown" && !v.starts_with("EMULATOR");
        let serial = ["ro.serialno", "ro.boot.serialno"].iter().find_map(|name| get(name).filter(usable));
        facts.identifiers.extend(serial.map(|v| Identifier::new(Identifier::SERIAL, &v)));
        facts.zone = get("persist.sys.timezone").and_then(|z| jiff::tz::TimeZone::get(z.trim()).ok());
        facts.acquired = self.banner.as_deref().and_then(banner_time);
        facts
    }
}

impl Splitting<'_> {
    /// What the splitting itself has to say. A section counts as closed where none of its kind says when it ends:
    /// old releases write no such lines.
    fn notes(&mut self) -> Vec<Reason> {
        for s in &mut self.sections {
            s.closed |= !self.closing[s.kind as usize];
            s.closed &= s.kind != dumpstate::Kind::Service || !self.strangers.contains(&s.name);
        }
        let mut notes = Vec::new();
        if let Some(title) = &self.broken_off {
            let text = format!("the report ends in the middle of its section {title:?}: others may be missing");
            notes.push(Reason::new(reason::DUMPSTATE_DAMAGED, text));
        }
        if let Some(banner) = self.banner.as_deref().filter(|b| banner_time(b).is_none()) {
            let text = format!("the report says that it was made at {banner:?}, which is no date");
            notes.push(Reason::new(reason::REPORT_DATE_UNREADABLE, text));
        }
        if self.sections_left_out > 0 {
            let text = format!("{} sections beyond the {MAX_SECTIONS} that are read", self.sections_left_out);
            notes.push(Reason::new(reason::SECTIONS_LIMIT, text));
        }
        notes
    }
}

/// The moment of `dumpstate: 2021-03-04 05:06:07`, the device's wall clock.
fn banner_time(name: &str) -> Option<Timestamp> {
    Timestamp::civil(name.strip_prefix("dumpstate:")?.trim()).filter(|t| t.precision != Precision::Day)
}

fn section_matches(place: &Place, kind: dumpstate::Kind, name: &str) -> bool {
    match place {
        Place::Service(s) => kind == dumpstate::Kind::Service && name == *s,
        Place::Command(c) => kind == dumpstate::Kind::Command && name.starts_with(c),
        Place::Ios { .. } | Place::Android(_) | Place::Own(_) => false,
    }
}

impl dumpstate::Sink for Splitting<'_> {
    fn begin(&mut self, head: &SectionHead) -> bool {
        match head.kind {
            dumpstate::Kind::Header => {
                if head.name.starts_with("dumpstate:") {
                    self.banner.get_or_insert_with(|| head.name.clone());
                }
            }
            _ => self.sections_seen += 1,
        }
        self.in_properties = head.kind == dumpstate::Kind::Command && head.name.starts_with("SYSTEM PROPERTIES");
        self.open = self.wants(head);
        if self.open && self.sections.len() >= MAX_SECTIONS {
            self.open = false;
            self.sections_left_out += 1;
        }
        if self.open {
            let start = if self.keep_bytes { self.spool.len() } else { u64::MAX };
            self.sections.push(Section {
                kind: head.kind,
                name: head.name.clone(),
                start,
                end: start,
                first_line: head.line + 1,
                truncated: false,
                closed: false,
            });
        }
        self.open || self.in_properties
    }

    fn line(&mut self, _: &SectionHead, line: Line<'_>) {
        if self.in_properties {
            let found = &mut self.found;
            self.properties.line(line.no, &line.text(), &mut |p| {
                if found.len() < MAX_PROPERTIES {
                    found.push((p.name.to_owned(), p.value.to_owned()));
                }
            });
        }
        let Some(section) = self.sections.last_mut().filter(|_| self.open) else { return };
        if self.keep_bytes {
            if let Err(e) = self.spool.write_all(line.bytes).and_then(|()| self.spool.write_all(b"\n")) {
                self.spool_error.get_or_insert(e);
            }
            section.end = self.spool.len();
        } else {
            section.start = section.start.min(line.offset);
        }
    }

    fn end(&mut self, head: &SectionHead, end: SectionEnd) {
        if self.in_properties {
            let found = &mut self.found;
            // What of the properties is lost is told by the artifact that reads them.
            let _ = self.properties.finish(&mut |p| found.push((p.name.to_owned(), p.value.to_owned())));
        }
        self.closing[head.kind as usize] |= end.all_close;
        let wanted = |name: &&String| self.places.iter().any(|p| section_matches(p, dumpstate::Kind::Service, name));
        self.strangers.extend(end.strangers.iter().filter(wanted).cloned());
        if end.truncated {
            self.broken_off = Some(head.title.clone());
        }
        if let Some(section) = self.sections.last_mut().filter(|_| self.open) {
            section.truncated = end.truncated;
            section.closed = end.closed;
            if !self.keep_bytes {
                section.start = section.start.min(end.end);
                section.end = end.end;
            }
        }
        self.open = false;
    }
}

impl Evidence for Bugreport {
    fn kind(&self) -> &'static Kind {
        &KIND
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn device(&self) -> &DeviceFacts {
        &self.facts
    }

    fn notes(&self) -> &[Reason] {
        &self.notes
    }

    fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError> {
        let sections = |kind, wanted: &dyn Fn(&str) -> bool| {
            let mut found: Vec<usize> = self
                .by_name
                .iter()
                .filter(|((k, name), _)| *k == kind && wanted(name))
                .flat_map(|(_, i)| i)
                .copied()
                .collect();
            found.sort_unstable();
            found.into_iter().map(|i| self.section_entry(i)).collect()
        };
        Ok(match place {
            Place::Service(name) => sections(dumpstate::Kind::Service, &|n| n == *name),
            Place::Command(title) => sections(dumpstate::Kind::Command, &|n| n.starts_with(title)),
            Place::Android(path) if self.folder => {
                self.tree.files(&format!("FS{path}"))?.into_iter().map(|m| self.file_entry(m)).collect()
            }
            Place::Android(_) | Place::Ios { .. } | Place::Own(_) => Vec::new(),
        })
    }

    fn open(&self, entry: &Entry) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        let missing = || EvidenceError::Missing { path: entry.name.clone() };
        match &entry.handle {
            Handle::Section(at) => {
                let s = self.sections.get(*at).ok_or_else(missing)?;
                Ok(Arc::new(Slice::new(self.text.clone(), s.start..s.end)))
            }
            Handle::Member(member) => self.tree.open(member),
            Handle::None => Err(missing()),
        }
    }

    fn sha256(&self, entry: &Entry) -> Result<String, EvidenceError> {
        match &entry.handle {
            Handle::Member(member) => self.tree.sha256(member),
            _ => self.tree.sha256(&self.main),
        }
    }

    fn beside(&self, entry: &Entry, name: &str) -> Result<Option<Entry>, EvidenceError> {
        match entry.handle {
            Handle::Member(_) => Ok(self.tree.find(name)?.map(|m| self.file_entry(m))),
            _ => Ok(None),
        }
    }
}

impl Bugreport {
    fn section_entry(&self, at: usize) -> Entry {
        let s = &self.sections[at];
        Entry {
            name: match s.kind {
                dumpstate::Kind::Service => format!("dumpsys {}", s.name),
                _ => s.name.clone(),
            },
            file: self.tree.name_of(&self.main).to_owned(),
            size: s.end - s.start,
            presence: Presence::Stored,
            first_line: s.first_line,
            cut: match (s.truncated, s.closed) {
                (true, _) => Some(Cut::Short),
                (false, false) => Some(Cut::Unclosed),
                (false, true) => None,
            },
            handle: Handle::Section(at),
        }
    }

    fn file_entry(&self, member: Member) -> Entry {
        let name = self.tree.name_of(&member).to_owned();
        Entry {
            file: name.clone(),
            name,
            size: member.size,
            presence: Presence::Stored,
            first_line: 0,
            cut: None,
            handle: Handle::Member(member),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_tells_the_time() {
        let t = banner_time("dumpstate: 2021-03-04 05:06:07").unwrap();
        assert_eq!(t.to_string(), "2021-03-04T05:06:07");
        for none in ["never", "2021-13-04 05:06:07", "2021-02-31 05:06:07", "2021-03-04"] {
            assert_eq!(banner_time(&format!("dumpstate: {none}")), None, "{none}");
        }
    }

    #[test]
    fn a_dumpstate_is_told_from_other_texts() {
        for yes in ["== dumpstate: 2021", "x\nDUMP OF SERVICE package:\n", "------ UPTIME (uptime) ------\r\n"] {
            assert!(is_dumpstate(yes.as_bytes()), "{yes}");
        }
        for no in ["", "------ \n", "a ------ b ------", "------ not closed", "a DUMP OF SERVICE x:"] {
            assert!(!is_dumpstate(no.as_bytes()), "{no}");
        }
        let wide: Vec<u8> = "\u{feff}== dumpstate: 2021\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(is_dumpstate(&text_of(&wide)));
    }
}
