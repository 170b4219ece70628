//! Service `appops`: which package may do, and did, what (AOSP `AppOpsService.dump`, Android 6 to 16).
//!
//! ```text
//!   Uid u0a12:
//!     state=cch
//!       COARSE_LOCATION: mode=foreground                      default of the uid
//!     Package com.example:
//!       CAMERA (allow / switch CAMERA=allow):                 Android 9 and later
//!         tag=[                                               Android 11 and later
//!           Access: [top-s] 2026-01-02 03:04:05.678 (-1d2h3m4s5ms) duration=+6ms proxy[uid=1, pkg=a]
//!         ]
//!       VIBRATE: mode=0; time=+1d2h ago; duration=+3ms        Android 6 to 8
//! ```
//! Android 9 writes the state before an equals sign, further states on lines of their own without `Access:`, and the
//! duration on the line after. Meaning follows the indent: 2 a uid, 4 a package, 6 an op, more its entries.

use super::lines::{Notes, clip, indent};
use crate::record::ascii_digits;

/// Entries kept per op; the rest are counted in [`OpUse::entries_lost`].
pub const MAX_ENTRIES: usize = 4096;
/// Uid defaults kept per uid.
pub const MAX_DEFAULTS: usize = 1024;
/// Depth of `label=[ … ]` that is followed.
pub const MAX_LABELS: usize = 8;
/// Bytes kept of a package name or label.
pub const MAX_NAME: usize = 1024;

/// What an entry tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The op was used.
    Access,
    /// The op was refused.
    Reject,
    /// The op was in use when the report was made.
    Running,
}

/// Who did it for whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proxy {
    /// Uid as written.
    pub uid: Option<String>,
    /// Package.
    pub package: Option<String>,
    /// Attribution tag.
    pub tag: Option<String>,
}

/// One use of an op: the last one in this state of the uid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Line number, from 1.
    pub line: u64,
    /// Access, reject, running.
    pub event: Event,
    /// State of the uid: `pers`, `top`, `fgsvc`, `fg`, `bg`, `cch`.
    pub state: Option<String>,
    /// Flags: `s` self, `tp` trusted proxy, `up` untrusted proxy, `tpd`, `upd` proxied.
    pub flags: Option<String>,
    /// Device-local `YYYY-MM-DD hh:mm:ss.mmm`.
    pub time: Option<String>,
    /// Milliseconds relative to the report: negative is before it.
    pub relative_ms: Option<i64>,
    /// How long, milliseconds.
    pub duration_ms: Option<i64>,
    /// Attribution tag; None for `null`.
    pub attribution: Option<String>,
    /// Stands where a proxy is named with a uid other than 0 or a package.
    pub proxy: Option<Proxy>,
}

/// One op of one package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpUse {
    /// Line it begins on, from 1.
    pub line: u64,
    /// Uid as written: `1000`, `u0a12`.
    pub uid_text: String,
    /// The uid as a number.
    pub uid: Option<u32>,
    /// State of the uid when the report was made.
    pub uid_state: Option<String>,
    /// Package name.
    pub package: String,
    /// Op, `COARSE_LOCATION`.
    pub op: String,
    /// Mode: `allow`, `ignore`, `deny`, `default`, `foreground`; numbers are translated.
    pub mode: String,
    /// `(mode / switch OP=mode)`: the op that decides, and its mode.
    pub switched_to: Option<(String, String)>,
    /// The uid's own mode of this op, which goes before the package's.
    pub uid_mode: Option<String>,
    /// Its entries, in the order they are written.
    pub entries: Vec<Entry>,
    /// Entries beyond [`MAX_ENTRIES`].
    pub entries_lost: u64,
}

/// A mode that holds for all packages of a uid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UidMode<'a> {
    /// Line number, from 1.
    pub line: u64,
    /// Uid as written.
    pub uid_text: &'a str,
    /// The uid as a number.
    pub uid: Option<u32>,
    /// Op.
    pub op: &'a str,
    /// Mode.
    pub mode: &'a str,
}

/// What the service tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact<'a> {
    /// One op of one package.
    Op(&'a OpUse),
    /// One default of a uid.
    UidMode(UidMode<'a>),
    /// A package is listed, with or without ops.
    Package {
        /// Line number, from 1.
        line: u64,
        /// Uid as written.
        uid_text: &'a str,
        /// Its name.
        name: &'a str,
    },
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before the list of uids, or behind it.
    #[default]
    Outside,
    Uid,
    Package,
    Op,
    /// Behind a line that should be the head of a package or an op: whose what follows is, nobody can say.
    Lost,
}

/// Takes the lines of the service, gives facts.
#[derive(Debug, Default)]
pub struct Parser {
    at: At,
    op: OpUse,
    defaults: Vec<(String, String)>,
    labels: Vec<String>,
    last: Option<Event>,
    /// Whether the package is known that ops belong to.
    in_package: bool,
    /// A line in the list of uids that is the head of none.
    odd: Option<(u64, String)>,
    /// The list of uids has begun.
    listing: bool,
    /// A line among the packages of a uid that may have been the head of one: an unknown one, or an empty one.
    strange: Option<(u64, String)>,
    notes: Notes,
}

impl Parser {
    /// One line.
    pub fn line(&mut self, no: u64, line: &str, each: &mut impl FnMut(Fact<'_>)) {
        let line = line.trim_end();
        let said = line.trim_start();
        if said.is_empty() {
            if self.at != At::Outside {
                self.strange.get_or_insert((no, String::new()));
            }
            return;
        }
        if self.listing && said.contains(|c: char| c.is_control() && c != '\t') {
            // No name that Android writes here holds any: what stood in this line, or how many lines it was, is unknown.
            self.notes.lost(no, "control characters", said);
        }
        match indent(line) {
            ..4 => {
                self.close(each);
                match said.strip_prefix("Uid ").and_then(|s| s.strip_suffix(':')) {
                    Some(uid) => {
                        // What stands before the first uid are other parts of the dump.
                        if let (true, Some((line, text))) = (self.listing, self.odd.take()) {
                            self.notes.lost(line, "a line among the uids that is the head of none", &text);
                        }
                        self.listing = true;
                        self.begin_uid(uid);
                    }
                    None => {
                        self.astray(no, said);
                        self.at = At::Outside;
                        self.odd = Some((no, clip(said, MAX_NAME).to_owned()));
                    }
                }
            }
            depth if self.at == At::Outside => self.outside(no, depth, said, each),
            4 | 5 => self.at_uid(no, said, each),
            6 | 7 => self.at_op(no, said, each),
            _ if self.at == At::Op => self.at_entry(no, said),
            _ if self.at == At::Lost && is_entry(said) => self.notes.lost(no, "an access of an unknown op", said),
            _ => self.astray(no, said),
        }
    }

    /// The end of the section: gives the last op, and what was not understood.
    pub fn finish(&mut self, each: &mut impl FnMut(Fact<'_>)) -> Notes {
        self.close(each);
        std::mem::take(&mut self.notes)
    }

    fn close(&mut self, each: &mut impl FnMut(Fact<'_>)) {
        if self.at == At::Op {
            each(Fact::Op(&self.op));
            self.at = At::Package;
        }
        self.op.entries.clear();
        self.op.entries_lost = 0;
        self.labels.clear();
        self.last = None;
    }

    /// Below a line that opens no uid: other parts of the dump, unless packages or ops follow. Then that line was a head,
    /// and is one no more.
    fn outside(&mut self, no: u64, depth: usize, said: &str, each: &mut impl FnMut(Fact<'_>)) {
        let package = (4..6).contains(&depth) && package_head(said).is_some();
        let op = (6..8).contains(&depth) && is_op(said);
        let entry = depth >= 8 && is_entry(said);
        let Some((line, text)) = self.odd.take_if(|_| package || op || entry) else { return };
        self.notes.lost(line, "expected the head of a uid, packages or operations follow", &text);
        if package {
            self.begin_uid("");
            self.at_uid(no, said, each);
        } else {
            (self.at, self.in_package) = (At::Lost, false);
            if op {
                self.at_op(no, said, each);
            }
        }
    }

    /// An access that stands where none should.
    fn astray(&mut self, no: u64, said: &str) {
        if self.listing && ["Access:", "Reject:", "Running start at"].iter().any(|head| said.contains(head)) {
            self.notes.lost(no, "an access where none is expected", said);
        }
    }

    fn begin_uid(&mut self, uid: &str) {
        self.strange = None;
        (self.at, self.in_package) = (At::Uid, false);
        self.defaults.clear();
        self.op.uid_text = clip(uid, MAX_NAME).to_owned();
        self.op.uid = parse_uid(uid);
        self.op.uid_state = None;
        self.op.package.clear();
    }

    fn at_uid(&mut self, no: u64, said: &str, each: &mut impl FnMut(Fact<'_>)) {
        if let Some(name) = package_head(said) {
            self.close(each);
            self.strange = None;
            self.at = At::Package;
            self.in_package = true;
            self.op.package = clip(name, MAX_NAME).to_owned();
            each(Fact::Package { line: no, uid_text: &self.op.uid_text, name: &self.op.package });
        } else if let Some(state) = said.strip_prefix("state=") {
            self.op.uid_state = Some(clip(state.trim(), MAX_NAME).to_owned());
        } else if said.ends_with(':') && said.contains(['.', ' ']) {
            self.close(each);
            self.notes.lost(no, "expected a package", said);
            (self.at, self.in_package) = (At::Lost, false);
        } else if said != "foregroundOps:" && fact_name(said).is_none() {
            self.astray(no, said);
            self.strange.get_or_insert((no, clip(said, MAX_NAME).to_owned()));
        }
    }

    fn at_op(&mut self, no: u64, said: &str, each: &mut impl FnMut(Fact<'_>)) {
        if let Some((line, text)) = self.strange.take_if(|_| is_op(said)) {
            self.close(each);
            self.notes.lost(line, "operations follow, and of which package is not said", &text);
            (self.at, self.in_package) = (At::Lost, false);
        }
        let Some((name, rest)) = op_name(said) else {
            self.astray(no, said);
            if said.contains(": mode=") {
                self.notes.lost(no, "expected an op", said);
            } else if !said.contains('=') && self.at != At::Uid {
                // Not startNesting=1 and the like.
                self.close(each);
                self.notes.lost(no, "expected an op", said);
                self.at = At::Lost;
            }
            return;
        };
        match self.at {
            At::Uid => {
                if let Some(mode) = rest.trim().strip_prefix("mode=") {
                    self.uid_mode(no, name, mode.trim(), each);
                }
                return;
            }
            At::Lost if !self.in_package => {
                return self.notes.lost(no, "an op of an unknown package", said);
            }
            _ => {}
        }
        self.close(each);
        let Some((mode, switched, facts)) = op_mode(rest) else {
            self.at = At::Lost;
            return self.notes.lost(no, "expected a mode", said);
        };
        self.astray(no, facts);
        self.at = At::Op;
        self.op.line = no;
        self.op.op.clear();
        self.op.op.push_str(name);
        self.op.mode.clear();
        self.op.mode.push_str(mode);
        self.op.switched_to = switched;
        self.op.uid_mode = self.defaults.iter().find(|(op, _)| op == name).map(|(_, mode)| mode.clone());
        self.old_facts(no, facts);
    }

    fn uid_mode(&mut self, line: u64, op: &str, mode: &str, each: &mut impl FnMut(Fact<'_>)) {
        let mode = mode_name(mode);
        if self.defaults.len() < MAX_DEFAULTS {
            self.defaults.push((op.to_owned(), clip(mode, MAX_NAME).to_owned()));
        }
        each(Fact::UidMode(UidMode { line, uid_text: &self.op.uid_text, uid: self.op.uid, op, mode }));
    }

    /// `time=+1d2h ago; rejectTime=+3s ago; duration=+3ms; running` behind an op, before Android 9.
    fn old_facts(&mut self, line: u64, facts: &str) {
        let (mut access, mut reject, mut duration, mut running) = (None, None, None, false);
        for fact in facts.split(';').map(str::trim) {
            let ago = |v: &str| millis(v.trim_end_matches(" ago")).map(|ms| -ms);
            match fact.split_once('=') {
                Some(("time", value)) => access = ago(value),
                Some(("rejectTime", value)) => reject = ago(value),
                Some(("duration", value)) => duration = millis(value),
                _ => running |= fact == "running",
            }
        }
        for (event, at) in [(Event::Access, access), (Event::Reject, reject)] {
            if at.is_some() {
                let mut entry = blank(line, event);
                (entry.relative_ms, entry.duration_ms) = (at, duration.filter(|_| event == Event::Access));
                self.push(entry);
            }
        }
        if running {
            self.push(blank(line, Event::Running));
        }
    }

    fn at_entry(&mut self, no: u64, said: &str) {
        let said = &*ascii_digits(said);
        if let Some(label) = said.strip_suffix("=[") {
            if self.labels.len() < MAX_LABELS {
                self.labels.push(clip(label, MAX_NAME).to_owned());
            }
        } else if said == "]" {
            self.labels.pop();
        } else if let Some(duration) = said.strip_prefix("duration=") {
            // Android 9: of the op, after its times.
            let used = self.op.entries.iter_mut().rev().find(|e| e.event != Event::Reject);
            if let Some(entry) = used {
                entry.duration_ms = millis(duration);
            }
        } else if let Some(rest) = said.strip_prefix("Running start at:") {
            self.entry(no, Event::Running, rest);
        } else if let Some(rest) = said.strip_prefix("Access:") {
            self.entry(no, Event::Access, rest);
        } else if let Some(rest) = said.strip_prefix("Reject:") {
            self.entry(no, Event::Reject, rest);
        } else if let (Some(event), Some(_)) = (self.last, state_then_time(said)) {
            self.entry(no, event, said);
        } else if let Some(fact) = fact_name(said) {
            if fact != "startNesting" {
                self.notes.add(no, "unknown fact of an op", said);
            }
        } else {
            self.notes.lost(no, "expected an access", said);
        }
    }

    fn entry(&mut self, no: u64, event: Event, rest: &str) {
        self.last = Some(event);
        let mut entry = blank(no, event);
        let mut rest = rest.trim();
        if let Some((key, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            let (state, flags) = key.split_once('-').unwrap_or((key, ""));
            entry.state = Some(clip(state, MAX_NAME).to_owned());
            entry.flags = Some(clip(flags, MAX_NAME).to_owned()).filter(|f| !f.is_empty());
            rest = after.trim_start();
        } else if let Some((state, after)) = state_then_time(rest) {
            entry.state = Some(state.to_owned());
            rest = after;
        }
        if let Some((time, after)) = timestamp(rest) {
            entry.time = Some(time.to_owned());
            rest = after.trim_start();
        }
        let relative = rest.strip_prefix('(').and_then(|r| r.split_once(')')).map(|(inside, _)| inside);
        // "+3h" of a running op is how long ago it began.
        entry.relative_ms = match relative {
            Some(text) => millis(text),
            None => millis(rest.split_ascii_whitespace().next().unwrap_or("")).map(|ms| -ms),
        };
        if let Some((_, duration)) = rest.split_once("duration=") {
            entry.duration_ms = millis(duration.split_ascii_whitespace().next().unwrap_or(""));
        }
        entry.proxy = rest.split_once("proxy[").and_then(|(_, p)| proxy(p.split(']').next().unwrap_or(p)));
        let label = self.labels.last().filter(|l| *l != "null" && !l.is_empty());
        entry.attribution = label.cloned();
        if entry.time.is_none() && entry.relative_ms.is_none() {
            self.notes.add(no, "access without a time", rest);
        }
        self.push(entry);
    }

    fn push(&mut self, entry: Entry) {
        match self.op.entries.len() < MAX_ENTRIES {
            true => self.op.entries.push(entry),
            false => self.op.entries_lost += 1,
        }
    }
}

fn blank(line: u64, event: Event) -> Entry {
    let (state, flags, time, attribution, proxy) = (None, None, None, None, None);
    Entry { line, event, state, flags, time, relative_ms: None, duration_ms: None, attribution, proxy }
}

/// The package of `Package com.example:`.
fn package_head(said: &str) -> Option<&str> {
    said.strip_prefix("Package ").and_then(|s| s.strip_suffix(':')).filter(|name| !name.contains([' ', '(']))
}

/// True for what can only be an op: `CAMERA (allow):`, `CAMERA: mode=0`.
fn is_op(said: &str) -> bool {
    let mode = |rest: &str| rest.starts_with('(') && rest.contains("):") || rest.trim().starts_with("mode=");
    op_name(said).is_some_and(|(name, rest)| !name.contains(|c: char| c.is_ascii_lowercase()) && mode(rest))
}

/// True for what can only be an access.
fn is_entry(said: &str) -> bool {
    ["Access:", "Reject:", "Running start at:"].iter().any(|head| said.starts_with(head))
}

/// The name of a `name=value` of an op. Accesses are written `state = time`.
fn fact_name(said: &str) -> Option<&str> {
    said.split_once('=').map(|(name, _)| name).filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// Op name and what follows its colon or stands in its parentheses.
fn op_name(said: &str) -> Option<(&str, &str)> {
    let end = said.find([' ', ':', '('])?;
    let (name, rest) = said.split_at(end);
    // Custom roms name unknown ops by number: "Unknown(123)".
    let plain = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.len() <= MAX_NAME
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.:-".contains(&b));
    let rest = rest.trim_start();
    (plain && rest.starts_with([':', '('])).then(|| (name, rest.strip_prefix(':').unwrap_or(rest)))
}

/// The op that decides, and its mode.
type Switch = (String, String);

/// Mode, switch and further facts of what follows an op's name.
fn op_mode(rest: &str) -> Option<(&str, Option<Switch>, &str)> {
    if let Some(inner) = rest.trim_start().strip_prefix('(') {
        let (inside, facts) = inner.rsplit_once("):").unwrap_or((inner.trim_end_matches(')'), ""));
        let (mode, switch) = inside.split_once(" / switch ").unwrap_or((inside, ""));
        let keep = |t: &str| clip(t, MAX_NAME).to_owned();
        let switched = switch.split_once('=').map(|(op, mode)| (keep(op), keep(mode_name(mode))));
        return Some((clip(mode_name(mode.trim()), MAX_NAME), switched, facts));
    }
    let (mode, facts) = rest.split_once(';').unwrap_or((rest, ""));
    let mode = mode.trim();
    let mode = mode.strip_prefix("mode=").unwrap_or(mode);
    let plain = !mode.is_empty() && mode.len() <= 32 && mode.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plain.then(|| (mode_name(mode), None, facts))
}

fn mode_name(mode: &str) -> &str {
    match mode {
        "0" => "allow",
        "1" => "ignore",
        "2" => "deny",
        "3" => "default",
        "4" => "foreground",
        other => other,
    }
}

/// `pers  = 2019-…` of Android 9.
fn state_then_time(said: &str) -> Option<(&str, &str)> {
    let (state, rest) = said.split_once('=')?;
    let (state, rest) = (state.trim_end(), rest.trim_start());
    let plain = !state.is_empty() && state.len() <= 16 && state.bytes().all(|b| b.is_ascii_alphanumeric());
    (plain && timestamp(rest).is_some()).then_some((state, rest))
}

/// `YYYY-MM-DD hh:mm:ss.mmm` at the beginning.
fn timestamp(text: &str) -> Option<(&str, &str)> {
    const SHAPE: &[u8] = b"0000-00-00 00:00:00";
    let head = text.as_bytes().get(..SHAPE.len())?;
    let same = head.iter().zip(SHAPE).all(|(b, s)| if *s == b'0' { b.is_ascii_digit() } else { b == s });
    let rest = text.get(SHAPE.len()..).filter(|_| same)?;
    let fraction = rest.len() - rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()).len();
    text.split_at_checked((SHAPE.len() + fraction).min(SHAPE.len() + 10))
}

/// `+1d2h3m4s5ms`, `-277ms`, `0` to milliseconds.
pub fn millis(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut sum: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let unit = after.len() - after.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let (unit, after) = after.split_at(unit);
        let factor = match unit {
            "d" => 86_400_000,
            "h" => 3_600_000,
            "m" => 60_000,
            "s" => 1000,
            "ms" => 1,
            _ => return None,
        };
        sum = sum.checked_add(number.parse::<i64>().ok()?.checked_mul(factor)?)?;
        rest = after;
    }
    (!text.is_empty()).then_some(if negative { -sum } else { sum })
}

/// `uid=0, pkg=null, attributionTag=x`; None when it says nobody.
fn proxy(inside: &str) -> Option<Proxy> {
    let mut proxy = Proxy::default();
    for (key, value) in inside.split(',').filter_map(|p| p.trim().split_once('=')) {
        let value = Some(clip(value, MAX_NAME).to_owned()).filter(|v| v != "null" && !v.is_empty());
        match key {
            "uid" => proxy.uid = value,
            "pkg" => proxy.package = value,
            "attributionTag" | "featureId" => proxy.tag = value,
            _ => {}
        }
    }
    let somebody = proxy.package.is_some() || proxy.uid.as_deref().is_some_and(|u| u != "0" && u != "-1");
    somebody.then_some(proxy)
}

/// `1000`, `u0a12`, `u10s1000`, `u0i5`, `u0ai7` to the number the kernel knows (AOSP `UserHandle.formatUid`).
pub fn parse_uid(text: &str) -> Option<u32> {
    let Some(rest) = text.strip_prefix('u') else { return text.parse().ok() };
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (user, rest) = rest.split_at_checked(digits)?;
    let kind = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    let (kind, number) = rest.split_at_checked(kind)?;
    let base: u32 = match kind {
        "a" => 10_000,
        "i" => 99_000,
        "ai" => 90_000,
        "s" => 0,
        _ => return None,
    };
    let app = base.checked_add(number.parse().ok()?)?;
    user.parse::<u32>().ok()?.checked_mul(100_000)?.checked_add(app)
}

#[cfg(test)]
mod tests;
