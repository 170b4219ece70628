//! Finds out what lies under a path, recursively and through archives.
//!
//! Everything below a given path is *examined*, or *named* (where it is, what it seems to be, why it was not examined and
//! what to do), or *counted* as no acquisition. Nothing that is not understood vanishes.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::container::{Archive, zip_error};
use super::kind::KINDS;
use super::recognise::{self, Sort};
use super::tree::{Child, Member, Tree, What};
use super::{Evidence, EvidenceError, Place};
use crate::device::{DeviceFacts, Platform};
use crate::finding::{Code, Reason, reason};
use crate::formats::zip::{self, Zip, ZipError};

/// Folders below a given path that are looked into, one in the other.
pub const MAX_DEPTH: usize = 64;
/// Files and folders looked at below all given paths.
pub const MAX_LOOKED_AT: usize = 2_000_000;
/// Archives in archives that are looked into.
pub const MAX_NESTING: usize = 4;
/// Acquisitions of one run, examined or not.
pub const MAX_ACQUISITIONS: usize = 1_000;
/// Other things that are named one by one.
pub const MAX_NAMED: usize = 1_000;
/// Bytes of a file looked at to tell what it is.
pub const SNIFF: usize = 4 << 10;

/// What became of something that is an acquisition.
pub enum Opened {
    /// It can be examined. `claims` says which children of its folder are part of it: the others are looked at by
    /// themselves.
    Evidence(Box<dyn Evidence>, Claims),
    /// It cannot, and this is why and what to do.
    Unexamined(Unexamined, Claims),
}

/// Which children of its folder are part of an acquisition.
pub type Claims = Box<dyn Fn(&str) -> bool>;

/// An acquisition that was not examined.
#[derive(Debug, Clone, PartialEq)]
pub struct Unexamined {
    /// Where it is.
    pub path: String,
    /// What it seems to be: `ios-backup-encrypted`, `unknown`, …
    pub kind: &'static str,
    /// The platform, where that is known.
    pub platform: Option<Platform>,
    /// What it says about its device all the same.
    pub facts: Box<DeviceFacts>,
    /// What it is and what to do.
    pub reason: Reason,
}

impl Unexamined {
    /// Something of which no more is known.
    pub fn new(path: &str, kind: &'static str, code: Code, text: &str) -> Unexamined {
        Unexamined {
            path: path.to_owned(),
            kind,
            platform: None,
            facts: Box::default(),
            reason: told(path, code, text),
        }
    }

    /// The same, of a platform.
    pub fn on(mut self, platform: Platform) -> Unexamined {
        self.platform = Some(platform);
        self
    }
}

/// A reason that begins with the path it is about.
pub fn told(path: &str, code: Code, text: &str) -> Reason {
    Reason::new(code, format!("{path}: {text}")).with("path", path)
}

/// An acquisition, examined or not.
pub struct Found {
    /// Where it is.
    pub path: String,
    /// The acquisition it lies in, as an index of [`Explored::found`].
    pub parent: Option<usize>,
    /// It.
    pub what: Result<Box<dyn Evidence>, Unexamined>,
}

/// Something that is no acquisition of its own and is worth a name: it may hide one, or is what a tool left.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Where it is.
    pub path: String,
    /// What it seems to be.
    pub kind: &'static str,
    /// The acquisition it lies in.
    pub parent: Option<usize>,
    /// What it is and what to do.
    pub reason: Reason,
}

/// What was seen and is no acquisition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Pictures, films, sound.
    pub media: u64,
    /// Texts and documents.
    pub documents: u64,
    /// All else.
    pub others: u64,
}

/// What lies under the given paths.
#[derive(Default)]
pub struct Explored {
    /// Acquisitions, in the order given and, below one path, by name.
    pub found: Vec<Found>,
    /// The rest that has a name.
    pub named: Vec<Named>,
    /// The rest that has none.
    pub counted: Counted,
}

/// Looks at every path. `places` are what artifacts will ask for.
pub fn explore(paths: &[PathBuf], places: &[Place]) -> Explored {
    let mut explorer =
        Explorer { places, out: Explored::default(), left: MAX_LOOKED_AT, full: false, seen: HashSet::new() };
    for path in paths {
        let before = (explorer.out.found.len(), explorer.out.named.len());
        let repeated = explorer.path(path);
        if !repeated && before == (explorer.out.found.len(), explorer.out.named.len()) {
            explorer.unexamined(unknown(&path.display().to_string()), None);
        }
    }
    explorer.out
}

fn unknown(path: &str) -> Unexamined {
    let text = "is not an acquisition vigie can read";
    Unexamined::new(path, "unknown", reason::NOT_AN_ACQUISITION, text)
}

/// Where something lies, for those who look below it.
#[derive(Clone, Copy)]
struct At {
    depth: usize,
    nesting: usize,
    parent: Option<usize>,
}

struct Explorer<'p> {
    places: &'p [Place],
    out: Explored,
    left: usize,
    /// More acquisitions came than are taken.
    full: bool,
    /// What was looked at on disk already: a path given twice, or given and below another.
    seen: HashSet<PathBuf>,
}

impl Explorer<'_> {
    /// True where the path was looked at before.
    fn path(&mut self, path: &Path) -> bool {
        let shown = path.display().to_string();
        let at = At { depth: 0, nesting: 0, parent: None };
        match fs::metadata(path) {
            Err(e) => self.unexamined(unreadable(&shown, &format!("cannot be opened: {e}")), None),
            Ok(_) if self.repeated(path) => return true,
            Ok(meta) if meta.is_dir() => self.folder(&Tree::on_disk(path), at),
            Ok(meta) if meta.is_file() => match Tree::single(path) {
                Ok((tree, member)) => self.file(&tree, &member, at),
                Err(e) => self.unexamined(from_error(&shown, &e), None),
            },
            Ok(_) => self.unexamined(unknown(&shown), None),
        }
        false
    }

    /// True when this place on disk was looked at before.
    fn repeated(&mut self, path: &Path) -> bool {
        fs::canonicalize(path).is_ok_and(|real| !self.seen.insert(real))
    }

    fn unexamined(&mut self, what: Unexamined, parent: Option<usize>) {
        self.found(what.path.clone(), parent, Err(what));
    }

    /// Takes an acquisition, and gives its number for what lies in it. Those beyond the limit are not examined, and that
    /// is said.
    fn found(
        &mut self,
        path: String,
        parent: Option<usize>,
        what: Result<Box<dyn Evidence>, Unexamined>,
    ) -> Option<usize> {
        let at = self.out.found.len();
        if at < MAX_ACQUISITIONS {
            self.out.found.push(Found { path, parent, what });
            return Some(at);
        }
        if !self.full {
            self.full = true;
            let text = format!(
                "more than {MAX_ACQUISITIONS} acquisitions were given; from this one on they were not examined"
            );
            let reason = told(&path, reason::LOOKED_AT_LIMIT, &text);
            self.out.named.push(Named { path, kind: "limit", parent: None, reason });
        }
        parent
    }

    fn name(&mut self, path: String, kind: &'static str, code: Code, text: &str, at: At) {
        let reason = match self.out.named.len() {
            n if n < MAX_NAMED => told(&path, code, text),
            n if n == MAX_NAMED => {
                let text =
                    format!("more than {MAX_NAMED} things below these paths are worth a name; the others have none");
                told(&path, reason::LOOKED_AT_LIMIT, &text)
            }
            _ => return,
        };
        self.out.named.push(Named { path, kind, parent: at.parent, reason });
    }

    /// A folder: an acquisition, or something to look into.
    fn folder(&mut self, tree: &Tree, at: At) {
        let children = match tree.list() {
            Ok(children) => children,
            Err(e) => {
                let text = format!("this folder cannot be opened: {}", cause(&e));
                return self.name(tree.shown().to_owned(), "folder", reason::UNREADABLE_FOLDER, &text, at);
            }
        };
        let opened = KINDS.iter().find_map(|k| (k.folder)(tree, &children, self.places));
        let opened = opened.or_else(|| recognise::folder(tree, &children));
        let (at, claims): (At, Claims) = match opened {
            None => (at, Box::new(|_| false)),
            Some(Opened::Evidence(evidence, claims)) => {
                let index = self.found(tree.shown().to_owned(), at.parent, Ok(evidence));
                (At { parent: index, ..at }, claims)
            }
            Some(Opened::Unexamined(what, claims)) => {
                let index = self.found(tree.shown().to_owned(), at.parent, Err(what));
                (At { parent: index, ..at }, claims)
            }
        };
        let output = recognise::output(&children);
        if let Some(o) = &output {
            self.name(tree.shown().to_owned(), o.kind, reason::TOOL_OUTPUT, o.text, at);
        }
        let is_output = |name: &str| output.as_ref().is_some_and(|o| (o.files)(name));
        for child in children {
            if !claims(&child.name) && !is_output(&child.name) {
                self.child(tree, &child, At { depth: at.depth + 1, ..at });
            }
        }
    }

    fn child(&mut self, tree: &Tree, child: &Child, at: At) {
        let shown = tree.shown_as(&child.name);
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        if self.left == 0 {
            let text = format!("more than {MAX_LOOKED_AT} files and folders lie here; the others were not looked at");
            return self.name(tree.shown().to_owned(), "limit", reason::LOOKED_AT_LIMIT, &text, at);
        }
        let place = tree.path().map(|p| p.join(&child.name));
        let on_disk = place.as_deref();
        match &child.what {
            What::Folder if at.depth >= MAX_DEPTH => {
                let text =
                    format!("more than {MAX_DEPTH} folders lie in each other here; this one was not looked into");
                self.name(shown, "limit", reason::LOOKED_AT_LIMIT, &text, at);
            }
            What::Folder if on_disk.is_some_and(|p| self.repeated(p)) => {}
            What::Folder => self.folder(&tree.below(&child.name), at),
            What::File(_) if on_disk.is_some_and(|p| self.repeated(p)) => {}
            What::File(member) => self.file(tree, member, at),
            What::Link if on_disk.is_some_and(|p| self.leads_away(p)) => {
                self.name(shown, "link", reason::LINK_NOT_FOLLOWED, "is a link, and links are not followed", at);
            }
            What::Link | What::Special => self.out.counted.others += 1,
            What::Hidden(why) => {
                let text = format!("cannot be looked at: {why}");
                self.name(shown, "unreadable", reason::UNREADABLE_FOLDER, &text, at);
            }
        }
    }

    /// True for a link to something that is not looked at anyway.
    fn leads_away(&self, link: &Path) -> bool {
        let Ok(real) = fs::canonicalize(link) else { return false };
        !real.ancestors().any(|above| self.seen.contains(above))
    }

    fn file(&mut self, tree: &Tree, member: &Member, at: At) {
        let name = tree.name_of(member);
        let shown = tree.shown_as(name);
        let head = match tree.head(member, SNIFF) {
            Ok(head) => head,
            Err(e) if at.nesting == 0 && at.parent.is_none() => {
                return self.unexamined(from_error(&shown, &e), at.parent);
            }
            Err(e) => {
                let text = format!("cannot be read: {}", cause(&e));
                return self.name(shown, "unreadable", code_of(&e), &text, at);
            }
        };
        if zip::looks_like(&head) {
            return self.archive(tree, member, &shown, at);
        }
        for kind in KINDS {
            match (kind.file)(tree, member, &head, self.places) {
                Some(Opened::Evidence(evidence, _)) => {
                    self.found(shown, at.parent, Ok(evidence));
                    return;
                }
                Some(Opened::Unexamined(what, _)) => {
                    self.found(shown, at.parent, Err(what));
                    return;
                }
                None => {}
            }
        }
        match recognise::file(name, &shown, member.size, &head, self.places) {
            Sort::Acquisition(what) => self.unexamined(what, at.parent),
            Sort::Named(kind, code, text) => self.name(shown, kind, code, &text, at),
            Sort::Media => self.out.counted.media += 1,
            Sort::Document => self.out.counted.documents += 1,
            Sort::Other => self.out.counted.others += 1,
        }
    }

    /// A zip: whatever lies in it.
    fn archive(&mut self, tree: &Tree, member: &Member, shown: &str, at: At) {
        if at.nesting >= MAX_NESTING {
            let text = format!("more than {MAX_NESTING} archives lie in each other here; this one was not looked into");
            return self.name(shown.to_owned(), "limit", reason::LOOKED_AT_LIMIT, &text, at);
        }
        let opened = tree.open(member).and_then(|file| match Zip::open(file) {
            Err(ZipError::Truncated { found }) => Ok(Err(ZipError::Truncated { found })),
            other => other.map(Ok).map_err(|e| zip_error(shown, e)),
        });
        let zip = match opened {
            Ok(Ok(zip)) => zip,
            Ok(Err(e)) => {
                let text = format!("is a zip that was cut short ({e})");
                return self
                    .unexamined(Unexamined::new(shown, "zip-truncated", reason::TRUNCATED_ZIP, &text), at.parent);
            }
            Err(e) => return self.unexamined(from_error(shown, &e), at.parent),
        };
        let unlisted = zip.unlisted;
        let locked = zip.members.iter().filter(|m| m.encrypted).count();
        let before = self.out.found.len();
        let inside = Tree::of(Arc::new(Archive::new(shown.to_owned(), zip)), shown.to_owned());
        self.folder(&inside, At { nesting: at.nesting + 1, ..at });
        if locked > 0 {
            let text = format!("{locked} members of this archive are encrypted");
            self.name(shown.to_owned(), "zip-encrypted", reason::ARCHIVE_LOCKED, &text, at);
        }
        // An acquisition that is the archive tells of it; one that only lies in it does not.
        let tells =
            |f: &Found| f.what.as_ref().is_ok_and(|e| e.notes().iter().any(|n| n.code == reason::MEMBERS_UNLISTED));
        if unlisted > 0 && !self.out.found[before..].iter().any(tells) {
            let text = format!("the archive counts {unlisted} more members than its directory lists: it is damaged");
            self.name(shown.to_owned(), "zip", reason::MEMBERS_UNLISTED, &text, at);
        }
    }
}

/// What went wrong, without the path that stands before it anyway.
fn cause(e: &EvidenceError) -> String {
    match e {
        EvidenceError::Io { source, .. } => source.to_string(),
        EvidenceError::Damaged { reason, .. } => reason.clone(),
        EvidenceError::Limit { limit, detail, .. } => format!("{limit} exceeded ({detail})"),
        EvidenceError::Missing { .. } => "it is not there".into(),
    }
}

fn unreadable(path: &str, text: &str) -> Unexamined {
    Unexamined::new(path, "unreadable", reason::UNREADABLE, text)
}

/// The system's refusal is one thing, damage another: what to do differs.
fn code_of(e: &EvidenceError) -> Code {
    match e {
        EvidenceError::Io { .. } => reason::UNREADABLE,
        _ => reason::DAMAGED_FILE,
    }
}

fn from_error(path: &str, e: &EvidenceError) -> Unexamined {
    Unexamined::new(path, "unreadable", code_of(e), &format!("cannot be read: {}", cause(e)))
}
