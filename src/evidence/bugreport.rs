//! An Android bug report: a zip, an unpacked folder, or the dumpstate text alone; in a zip of the maker's wrapping too.
//!
//! The dumpstate is split once, when the report is opened. Text that lies on disk in clear is read in place
//! afterwards; text from an archive is kept, as far as an artifact asks for it, in working storage.

use std::io::{BufReader, Read, Write};
use std::sync::Arc;

use super::container::{Container, Member, io_error, zip_error};
use super::{DeviceFacts, Entry, Evidence, EvidenceError, Kind, Place, Presence};
use crate::finding::Reason;
use crate::formats::dumpstate::{self, SectionEnd, SectionHead};
use crate::formats::getprop;
use crate::formats::lines::Line;
use crate::formats::spool::SpoolWriter;
use crate::formats::zip::{MAX_NESTING, Zip};
use crate::formats::{ReadAt, Slice, glob};
use crate::record::{Precision, Timestamp, days_from_civil};

/// Bytes of a text file looked at to tell whether it is a dumpstate.
const SNIFF: usize = 64 << 10;
/// Sections of one report that are kept.
const MAX_SECTIONS: usize = 10_000;

/// An opened bug report.
pub struct Bugreport {
    container: Container,
    prefix: String,
    main: String,
    sections: Vec<Section>,
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
}

/// What stands in a bug report's way.
#[derive(Debug)]
pub enum NotAReport {
    /// Nothing in it is a dumpstate.
    NoDumpstate,
    /// There is a dumpstate, and it is empty; its name.
    Empty(String),
    /// `main_entry.txt` names a file that is not there.
    Dangling(String),
}

impl Bugreport {
    /// Opens a report in a container; `places` are the sections artifacts will ask for.
    pub fn open(container: Container, places: &[Place]) -> Result<Result<Bugreport, NotAReport>, EvidenceError> {
        let (container, main, notes) = match locate(container, 0)? {
            Ok(found) => found,
            Err(why) => return Ok(Err(why)),
        };
        if main.size == 0 {
            return Ok(Err(NotAReport::Empty(main.name)));
        }
        let prefix = main.name.rfind('/').map_or("", |i| &main.name[..=i]).to_owned();
        let on_disk = container.on_disk(&main)?;
        let mut split = Splitting::new(places, on_disk.is_none());
        let stream = container.stream(&main)?;
        let ended = dumpstate::split(BufReader::with_capacity(256 << 10, stream), &mut split);
        let mut report = Bugreport {
            prefix,
            main: main.name.clone(),
            sections: Vec::new(),
            text: Arc::new(crate::formats::MemFile(Vec::new())),
            facts: DeviceFacts::default(),
            notes,
            container,
        };
        if let Err(e) = ended {
            report.note("dumpstate-damaged", format!("{}: {}", main.name, io_error(&main.name, e)));
            if let Some(last) = split.sections.last_mut() {
                last.truncated = true;
            }
        }
        // A header without sections is a report that was cut short: files beside it may still tell something.
        if split.sections_seen == 0 && split.banner.is_none() {
            return Ok(Err(NotAReport::Empty(main.name)));
        }
        report.facts = split.facts();
        let Splitting { sections, spool, spool_error, .. } = split;
        if let Some(source) = spool_error {
            return Err(EvidenceError::Io { path: "working storage".into(), source });
        }
        report.sections = sections;
        report.text = match on_disk {
            Some(file) => file,
            None => spool.finish().map_err(|e| io_error(&main.name, e))?,
        };
        Ok(Ok(report))
    }

    fn note(&mut self, code: &str, text: String) {
        self.notes.push(Reason { code: code.into(), text, args: Default::default() });
    }
}

type Located = (Container, Member, Vec<Reason>);

/// Finds the dumpstate: what `main_entry.txt` names, `dumpState_*.log`, a text that begins like one; else the same
/// inside an archive in the archive.
fn locate(container: Container, depth: u32) -> Result<Result<Located, NotAReport>, EvidenceError> {
    let mut notes: Vec<Reason> = container
        .duplicates()
        .iter()
        .map(|name| Reason {
            code: "duplicate-member".into(),
            text: format!(
                "{}: the archive holds more than one member named {name}; the first is read",
                container.path()
            ),
            args: Default::default(),
        })
        .collect();
    if container.unlisted() > 0 {
        let (n, path) = (container.unlisted(), container.path());
        let text = format!("{path}: the archive counts {n} more members than its directory lists: it is damaged");
        notes.push(Reason { code: "members-unlisted".into(), text, args: Default::default() });
    }
    let mut dangling = None;
    if let Some(pointer) = by_file_name(&container, "main_entry.txt") {
        let named = read_small(&container, &pointer)?;
        let folder = pointer.name.rfind('/').map_or("", |i| &pointer.name[..=i]);
        let wanted = format!("{folder}{}", named.trim());
        match container.members.iter().find(|m| m.name == wanted) {
            Some(main) => {
                let main = main.clone();
                return Ok(Ok((container, main, notes)));
            }
            None => dangling = Some(named.trim().to_owned()),
        }
    }
    if let Some(main) = candidate(&container)? {
        if let Some(name) = dangling {
            let text = format!("main_entry.txt names {name}, which is not there; {} is read instead", main.name);
            notes.push(Reason { code: "main-entry-dangling".into(), text, args: Default::default() });
        }
        return Ok(Ok((container, main, notes)));
    }
    if let Some(name) = dangling {
        return Ok(Err(NotAReport::Dangling(name)));
    }
    nested(container, depth, notes)
}

fn by_file_name(container: &Container, name: &str) -> Option<Member> {
    let is = |m: &&Member| m.name == name || m.name.ends_with(&format!("/{name}"));
    container.members.iter().filter(is).min_by_key(|m| (m.name.matches('/').count(), m.name.clone())).cloned()
}

fn read_small(container: &Container, member: &Member) -> Result<String, EvidenceError> {
    const MAX_POINTER: u64 = 4_096;
    let mut bytes = Vec::new();
    let stream = container.stream(member)?;
    stream.take(MAX_POINTER).read_to_end(&mut bytes).map_err(|e| io_error(&member.name, e))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The text that is the dumpstate, by name first, by content second; the largest of several.
fn candidate(container: &Container) -> Result<Option<Member>, EvidenceError> {
    let file_name = |m: &Member| m.name.rsplit('/').next().unwrap_or(&m.name).to_owned();
    let named = |m: &&Member| {
        let name = file_name(m);
        glob::matches("dumpState_*.log", &name, None) || name == "dumpstate.txt" || name == "dumpsys.txt"
    };
    let by_size = |a: &&Member, b: &&Member| a.size.cmp(&b.size).then_with(|| b.name.cmp(&a.name));
    if let Some(m) = container.members.iter().filter(named).max_by(by_size) {
        return Ok(Some(m.clone()));
    }
    let mut texts: Vec<&Member> = container
        .members
        .iter()
        .filter(|m| container.members.len() == 1 || [".txt", ".log", ".dump"].iter().any(|e| m.name.ends_with(e)))
        .filter(|m| !m.name.contains("/FS/") && !m.name.starts_with("FS/"))
        .collect();
    texts.sort_by(|a, b| by_size(b, a));
    // A text that cannot be read does not hide the next one; it is the answer only when there is no other.
    let mut unreadable = None;
    for m in texts.into_iter().take(20) {
        let mut head = vec![0; SNIFF];
        let stream = container.stream(m);
        match stream.and_then(|mut s| read_full(&mut *s, &mut head).map_err(|e| io_error(&m.name, e))) {
            Ok(n) if is_dumpstate(&head[..n]) => return Ok(Some(m.clone())),
            Ok(_) => {}
            Err(e) => unreadable = unreadable.or(Some(e)),
        }
    }
    unreadable.map_or(Ok(None), Err)
}

fn read_full(from: &mut dyn Read, buf: &mut [u8]) -> std::io::Result<usize> {
    let mut n = 0;
    while n < buf.len() {
        match from.read(&mut buf[n..])? {
            0 => break,
            more => n += more,
        }
    }
    Ok(n)
}

/// True for text that begins as dumpstate writes it.
pub fn is_dumpstate(head: &[u8]) -> bool {
    const SIGNS: [&[u8]; 4] = [b"== dumpstate: ", b"DUMP OF SERVICE ", b"------ UPTIME", b"\n------ "];
    let head = &head[..head.len().min(SNIFF)];
    SIGNS.iter().any(|sign| head.windows(sign.len()).any(|w| w == *sign))
}

/// A report inside an archive inside this one, as some makers wrap it.
fn nested(
    container: Container,
    depth: u32,
    mut notes: Vec<Reason>,
) -> Result<Result<Located, NotAReport>, EvidenceError> {
    if depth >= MAX_NESTING {
        return Ok(Err(NotAReport::NoDumpstate));
    }
    let mut archives: Vec<&Member> = container.members.iter().filter(|m| m.name.ends_with(".zip")).collect();
    let likely = |m: &Member| m.name.contains("bugreport") || m.name.contains("dumpstate");
    archives.sort_by_key(|m| (!likely(m), m.name.clone()));
    let mut unreadable = None;
    for m in archives.into_iter().take(8) {
        let path = format!("{}/{}", container.path(), m.name);
        let inner = container.open(m).and_then(|file| Zip::open(file).map_err(|e| zip_error(&m.name, e)));
        match inner.and_then(|zip| locate(Container::zip(path, zip), depth + 1)) {
            Ok(Ok((found, main, mut more))) => {
                let text = format!("the report lies in {} inside the archive", m.name);
                notes.push(Reason { code: "nested-archive".into(), text, args: Default::default() });
                notes.append(&mut more);
                return Ok(Ok((found, main, notes)));
            }
            Ok(Err(_)) => {}
            Err(e) => unreadable = unreadable.or(Some(e)),
        }
    }
    unreadable.map_or(Ok(Err(NotAReport::NoDumpstate)), Err)
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
        for name in ["ro.serialno", "ro.boot.serialno"] {
            let usable = |v: &String| !v.is_empty() && v != "unknown" && !v.starts_with("EMULATOR");
            facts.identifiers.extend(get(name).filter(usable));
        }
        facts.identifiers.dedup();
        facts.zone = get("persist.sys.timezone").and_then(|z| jiff::tz::TimeZone::get(z.trim()).ok());
        facts.acquired = self.banner.as_deref().and_then(banner_time);
        facts
    }
}

fn section_matches(place: &Place, kind: dumpstate::Kind, name: &str) -> bool {
    match place {
        Place::Service(s) => kind == dumpstate::Kind::Service && name == *s,
        Place::Command(c) => kind == dumpstate::Kind::Command && name.starts_with(c),
        Place::File(_) | Place::Backup { .. } => false,
    }
}

/// `dumpstate: 2021-03-04 05:06:07` → the device's wall clock.
fn banner_time(name: &str) -> Option<Timestamp> {
    let text = name.strip_prefix("dumpstate:")?.trim();
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let sane = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61;
    let seconds = days_from_civil(year, month as u32, day as u32) * 86_400 + hour * 3_600 + minute * 60 + second;
    sane.then(|| Timestamp::device_local(seconds * 1_000_000, Precision::Second))
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
        self.open = self.wants(head) && self.sections.len() < MAX_SECTIONS;
        if self.open {
            let start = if self.keep_bytes { self.spool.len() } else { u64::MAX };
            self.sections.push(Section {
                kind: head.kind,
                name: head.name.clone(),
                start,
                end: start,
                first_line: head.line + 1,
                truncated: false,
            });
        }
        self.open || self.in_properties
    }

    fn line(&mut self, _: &SectionHead, line: Line<'_>) {
        if self.in_properties {
            let found = &mut self.found;
            self.properties.line(line.no, &line.text(), &mut |p| {
                if found.len() < 5_000 {
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

    fn end(&mut self, _: &SectionHead, end: SectionEnd) {
        if self.in_properties {
            let found = &mut self.found;
            self.properties.finish(&mut |p| found.push((p.name.to_owned(), p.value.to_owned())));
        }
        if let Some(section) = self.sections.last_mut().filter(|_| self.open) {
            section.truncated = end.truncated;
            if !self.keep_bytes {
                section.start = section.start.min(end.end);
                section.end = end.end;
            }
        }
        self.open = false;
    }
}

impl Evidence for Bugreport {
    fn kind(&self) -> Kind {
        Kind::AndroidBugreport
    }

    fn path(&self) -> &str {
        self.container.path()
    }

    fn device(&self) -> &DeviceFacts {
        &self.facts
    }

    fn notes(&self) -> Vec<Reason> {
        self.notes.clone()
    }

    fn find(&self, place: &Place) -> Result<Vec<Entry>, EvidenceError> {
        if let Place::File(pattern) = place {
            return Ok(self.files(pattern));
        }
        let entry = |(i, s): (usize, &Section)| Entry {
            name: match s.kind {
                dumpstate::Kind::Service => format!("dumpsys {}", s.name),
                _ => s.name.clone(),
            },
            file: self.main.clone(),
            size: s.end - s.start,
            presence: Presence::Stored,
            first_line: s.first_line,
            truncated: s.truncated,
            key: i as u64,
        };
        Ok(self
            .sections
            .iter()
            .enumerate()
            .filter(|(_, s)| section_matches(place, s.kind, &s.name))
            .map(entry)
            .collect())
    }

    fn open(&self, entry: &Entry) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        if entry.first_line > 0 {
            let s = self
                .sections
                .get(entry.key as usize)
                .ok_or_else(|| EvidenceError::Missing { path: entry.name.clone() })?;
            return Ok(Arc::new(Slice::new(self.text.clone(), s.start..s.end)));
        }
        let member = self
            .container
            .members
            .get(entry.key as usize)
            .ok_or_else(|| EvidenceError::Missing { path: entry.name.clone() })?;
        self.container.open(member)
    }

    fn sha256(&self, entry: &Entry) -> Result<String, EvidenceError> {
        let missing = || EvidenceError::Missing { path: entry.file.clone() };
        let member = self.container.members.iter().find(|m| m.name == entry.file).ok_or_else(missing)?;
        super::hash_stream(&mut *self.container.stream(member)?).map_err(|e| io_error(&entry.file, e))
    }

    fn sibling(&self, entry: &Entry, suffix: &str) -> Option<Entry> {
        let name = format!("{}{suffix}", entry.name);
        self.files("*").into_iter().find(|e| e.name == name)
    }
}

impl Bugreport {
    /// Members below the folder of the dumpstate, by their path from there.
    fn files(&self, pattern: &str) -> Vec<Entry> {
        let all = pattern == "*";
        self.container
            .members
            .iter()
            .enumerate()
            .filter_map(|(i, m)| {
                let name = m.name.strip_prefix(self.prefix.as_str())?;
                (all || glob::matches(pattern, name, Some(b'/'))).then(|| Entry {
                    name: name.to_owned(),
                    file: m.name.clone(),
                    size: m.size,
                    presence: Presence::Stored,
                    first_line: 0,
                    truncated: false,
                    key: i as u64,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_tells_the_time() {
        let t = banner_time("dumpstate: 2021-03-04 05:06:07").unwrap();
        assert_eq!(t.to_string(), "2021-03-04T05:06:07");
        assert_eq!(banner_time("dumpstate: never"), None);
        assert_eq!(banner_time("dumpstate: 2021-13-04 05:06:07"), None);
    }
}
