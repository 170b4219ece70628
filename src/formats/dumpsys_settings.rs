//! Service `settings` (AOSP `SettingsProvider`), and AndroidQF's `settings_<namespace>.txt`.
//!
//! ```text
//! GLOBAL SETTINGS (user 0)
//! _id:12 name:package_verifier_enable pkg:android value:1 default:1 defaultSystemSet:true
//! Historical operations
//! 2026-01-02 03:04:05 update package_verifier_enable
//! ```
//! A record may be followed by `History (n):` and lines `time:MM-DD hh:mm:ss.mmm mode:… oldValue:… newValue:… package:…`.
//! Values may span lines. Times are device-local and, in a record's history, without a year.

use super::lines::{Notes, before, clip};
use crate::record::ascii_digits;

/// A value is kept up to this many bytes.
pub const MAX_VALUE: usize = 64 << 10;
/// History entries kept per record.
pub const MAX_HISTORY: usize = 1024;

/// A change listed under a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Line number, from 1.
    pub line: u64,
    /// `MM-DD hh:mm:ss.mmm`, device-local, as written.
    pub time: String,
    /// `mode:`
    pub mode: Option<String>,
    /// Value before.
    pub old: Option<String>,
    /// Value after.
    pub new: Option<String>,
    /// Package that did it.
    pub package: Option<String>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Setting {
    /// Line it begins on, from 1.
    pub line: u64,
    /// `config`, `global`, `secure`, `system`, in lower case.
    pub namespace: String,
    /// User id; None if the heading does not say.
    pub user: Option<u32>,
    /// `_id:`
    pub id: Option<String>,
    /// `name:`
    pub name: String,
    /// Package that set it last.
    pub package: Option<String>,
    /// `value:`; None for `{null}`.
    pub value: Option<String>,
    /// `default:`
    pub default: Option<String>,
    /// `defaultSystemSet:`
    pub default_system_set: Option<bool>,
    /// `tag:`
    pub tag: Option<String>,
    /// `isValuePreservedInRestore:` or `notPreservedInRestore`.
    pub preserved_in_restore: Option<bool>,
    /// Its changes, if they are listed.
    pub history: Vec<Change>,
}

/// A line of `Historical operations`: what was done, without values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation<'a> {
    /// Line number, from 1.
    pub line: u64,
    /// As in [`Setting`].
    pub namespace: &'a str,
    /// As in [`Setting`].
    pub user: Option<u32>,
    /// `YYYY-MM-DD hh:mm:ss`, device-local.
    pub time: &'a str,
    /// `update`, `insert`, `delete`, `persist`, `reset`, `initialize` …
    pub what: &'a str,
    /// The setting, if one is named.
    pub name: Option<&'a str>,
}

/// What the service tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact<'a> {
    /// A setting.
    Setting(&'a Setting),
    /// Something that was done.
    Operation(Operation<'a>),
}

/// Takes the lines of the service, gives facts.
#[derive(Debug, Default)]
pub struct Parser {
    namespace: String,
    user: Option<u32>,
    operations: bool,
    raw: String,
    open: Option<u64>,
    /// The open record has said all it says: what follows is no more of its value.
    ended: bool,
    /// How many changes its history announced, and where.
    announced: Option<(u64, usize)>,
    /// An empty line behind a record that had ended, or behind the head of a namespace.
    empty: Option<u64>,
    /// No record has come since the head of the namespace.
    fresh: bool,
    changes: Vec<Change>,
    notes: Notes,
}

impl Parser {
    /// One line.
    pub fn line(&mut self, no: u64, line: &str, each: &mut impl FnMut(Fact<'_>)) {
        let said = line.trim();
        if let Some((namespace, user)) = heading(said) {
            self.close(each);
            (self.empty, self.fresh) = (None, true);
            (self.namespace, self.user, self.operations) = (namespace, user, false);
        } else if said.starts_with("_id:") && said.contains(" name:") {
            self.close(each);
            self.operations = false;
            if said.matches("_id:").count() > 1 && said.matches(" name:").count() > 1 {
                self.notes.lost(no, "two records in one line", said);
            }
            if let Some(empty) = self.empty.take() {
                self.notes.lost(empty, "an empty line among records", "");
            }
            let head = said.split_once(" name:").map_or("", |(_, rest)| rest);
            let name = head.split([' ']).next().unwrap_or_default();
            let next = head.get(name.len()..).unwrap_or_default();
            if !(next.starts_with(" pkg:") || next.starts_with(" value:")) || !next.contains(" value:") {
                self.notes.lost(no, "expected the package and the value behind the name", said);
            }
            if said.len() > MAX_VALUE {
                self.notes.lost(no, "a value that is longer than what is read", said);
            }
            (self.open, self.fresh) = (Some(no), false);
            self.ended = is_ended(said);
            self.raw.push_str(clip(said, MAX_VALUE));
        } else if said == "Historical operations" {
            self.close(each);
            self.operations = true;
        } else if is_closing(line) {
            self.close(each);
        } else if broken_head(said) {
            // Whatever follows may belong to it, or to another namespace.
            self.notes.lost(no, "expected the head of a record or of a namespace", line);
            self.close(each);
        } else if said.is_empty() && (self.ended || self.open.is_none()) {
            self.empty = self.empty.or(Some(no).filter(|_| self.open.is_some() || self.fresh));
        } else if self.open.is_some() {
            self.inside(no, line);
        } else if self.operations {
            self.operation(no, said, each);
        } else if !said.is_empty() && !said.starts_with("Unknown argument: ") && !is_version(said) {
            self.notes.lost(no, "outside any record", line);
        }
    }

    /// The end of the section: gives the last record, and what was not understood.
    pub fn finish(&mut self, each: &mut impl FnMut(Fact<'_>)) -> Notes {
        self.close(each);
        std::mem::take(&mut self.notes)
    }

    fn close(&mut self, each: &mut impl FnMut(Fact<'_>)) {
        let Some(line) = self.open.take() else { return };
        if let Some((at, announced)) = self.announced.take()
            && announced > self.changes.len()
        {
            self.notes.lost(at, "fewer changes than the history announces", "");
        }
        let mut setting = parse(self.raw.trim_end());
        setting.line = line;
        setting.namespace.push_str(&self.namespace);
        setting.user = self.user;
        setting.history = std::mem::take(&mut self.changes);
        self.raw.clear();
        if setting.name.is_empty() {
            self.notes.lost(line, "record without a name", "");
        } else {
            each(Fact::Setting(&setting));
        }
    }

    /// A further line of the open record: a change, or more of its value.
    fn inside(&mut self, no: u64, line: &str) {
        let said = line.trim();
        if said.starts_with("time:") && said.contains(" newValue:") {
            self.ended = true;
            let package = said.rsplit_once(" package:").map_or("", |(_, package)| package);
            if package.contains(|c: char| c.is_whitespace() || c.is_control()) {
                self.notes.lost(no, "two records in one line", said);
            }
            if self.changes.len() < MAX_HISTORY {
                self.changes.push(change(no, said));
            }
        } else if let Some(count) = said.strip_prefix("History (").and_then(|r| r.strip_suffix("):")) {
            self.ended = true;
            self.announced = count.parse().ok().map(|n| (no, n));
            if self.announced.is_none() {
                self.notes.lost(no, "expected a number of changes", said);
            }
        } else if self.ended {
            self.notes.lost(no, "behind a record that had ended", line);
        } else if self.raw.len() < MAX_VALUE {
            self.raw.push('\n');
            self.raw.push_str(clip(line, MAX_VALUE));
        }
    }

    fn operation(&mut self, no: u64, said: &str, each: &mut impl FnMut(Fact<'_>)) {
        if said.is_empty() {
            return;
        }
        let said = &*ascii_digits(said);
        let is_time = |t: &str| t.len() == 19 && t.starts_with(|c: char| c.is_ascii_digit());
        let (Some(time), Some(rest)) = (said.get(..19).filter(|t| is_time(t)), said.get(19..)) else {
            return self.notes.lost(no, "expected a time", said);
        };
        let (what, name) = before(rest.trim(), " ");
        let name = Some(name.trim()).filter(|n| !n.is_empty());
        let (namespace, user) = (self.namespace.as_str(), self.user);
        each(Fact::Operation(Operation { line: no, namespace, user, time, what, name }));
    }
}

/// True for a line that is the head of a record or a namespace but for some damage: values hold any text, but none that
/// names the parts of a record in their order.
fn broken_head(said: &str) -> bool {
    let record = said.contains(" name:") && said.contains(" pkg:") && said.contains(" value:");
    let namespace =
        said.contains(" (user ") && said.ends_with(')') && said.starts_with(|c: char| c.is_ascii_uppercase());
    record || (namespace && said.split(" (user ").next().is_some_and(|n| n.to_ascii_uppercase() == n))
}

fn is_closing(line: &str) -> bool {
    line.starts_with("---------") && line.contains("was the duration of")
}

/// Newer releases print the version of a namespace's file below its heading: `version: 213`.
fn is_version(said: &str) -> bool {
    said.strip_prefix("version: ").is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
}

/// `GLOBAL SETTINGS (user 0)`
fn heading(said: &str) -> Option<(String, Option<u32>)> {
    let (name, rest) = said.split_once(" SETTINGS")?;
    let plain = !name.is_empty() && name.len() < 64 && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let user = rest.trim().strip_prefix("(user ").and_then(|r| r.strip_suffix(')'));
    (plain && (user.is_some() || rest.is_empty()))
        .then(|| (name.to_ascii_lowercase(), user.and_then(|u| u.parse().ok())))
}

fn value_of(text: &str) -> Option<String> {
    (!matches!(text, "{null}" | "null")).then(|| text.to_owned())
}

/// Cuts the marks after the value from the right, as a value may hold any text.
fn parse(raw: &str) -> Setting {
    let mut s = Setting::default();
    let (id, rest) = before(raw.strip_prefix("_id:").unwrap_or(raw), " name:");
    s.id = value_of(id);
    let (head, mut value) = before(rest, " value:");
    let (name, package) = before(head, " pkg:");
    (s.name, s.package) = (name.to_owned(), Some(package.to_owned()).filter(|p| !p.is_empty() && p != "null"));
    if let Some(cut) = value.strip_suffix(" notPreservedInRestore") {
        (value, s.preserved_in_restore) = (cut, Some(false));
    }
    if let Some((cut, kept)) = value.rsplit_once(" isValuePreservedInRestore:").filter(|(_, k)| one_word(k)) {
        (value, s.preserved_in_restore) = (cut, kept.parse().ok());
    }
    if let Some((cut, tag)) = value.rsplit_once(" tag:").filter(|(_, t)| one_word(t)) {
        (value, s.tag) = (cut, value_of(tag));
    }
    if let Some((cut, set)) = value.rsplit_once(" defaultSystemSet:").filter(|(_, s)| one_word(s)) {
        s.default_system_set = set.parse().ok();
        let (now, default) = split_default(cut);
        (value, s.default) = (now, default.and_then(value_of));
    }
    s.value = value_of(value);
    s
}

fn one_word(text: &str) -> bool {
    !text.contains(char::is_whitespace)
}

/// `V default:D`, where V may itself hold ` default:`: most often D is V again, else the last mark counts.
fn split_default(text: &str) -> (&str, Option<&str>) {
    const MARK: &str = " default:";
    let half = text.len().saturating_sub(MARK.len()) / 2;
    if let (Some(a), Some(m), Some(b)) =
        (text.get(..half), text.get(half..half + MARK.len()), text.get(half + MARK.len()..))
        && m == MARK
        && a == b
    {
        return (a, Some(b));
    }
    text.rsplit_once(MARK).map_or((text, None), |(value, default)| (value, Some(default)))
}

fn change(line: u64, said: &str) -> Change {
    let (time, rest) = before(said.strip_prefix("time:").unwrap_or(said), " mode:");
    let (time, rest) = if rest.is_empty() { before(time, " oldValue:") } else { (time, rest) };
    let (mode, values) = rest.split_once(" oldValue:").unwrap_or(("", rest));
    let (old, rest) = before(values, " newValue:");
    let (new, package) = rest.rsplit_once(" package:").unwrap_or((rest, ""));
    let keep = |text: &str| (!text.is_empty() && text != "null").then(|| clip(text, MAX_VALUE).to_owned());
    let time = time.trim().to_owned();
    Change { line, time, mode: keep(mode), old: value_of(old), new: value_of(new), package: keep(package) }
}

/// AndroidQF's `key=value` files; a line without `=` goes on with the value before it.
#[derive(Debug, Default)]
pub struct KeyValues {
    open: Option<(u64, String, String)>,
    notes: Notes,
}

impl KeyValues {
    /// One line; `each` gets line number, key and value.
    pub fn line(&mut self, no: u64, line: &str, each: &mut impl FnMut(u64, &str, &str)) {
        let key_like = |k: &str| !k.is_empty() && !k.contains(char::is_whitespace);
        if let Some((key, value)) = line.split_once('=').filter(|(k, _)| key_like(k)) {
            self.close(each);
            self.open = Some((no, key.to_owned(), clip(value, MAX_VALUE).to_owned()));
            return;
        }
        match &mut self.open {
            Some((_, _, value)) if value.len() < MAX_VALUE => {
                value.push('\n');
                value.push_str(clip(line, MAX_VALUE));
            }
            None if !line.trim().is_empty() => self.notes.lost(no, "expected key=value", line),
            _ => {}
        }
    }

    /// The end of the file: gives the last one, and what was not understood.
    pub fn finish(&mut self, each: &mut impl FnMut(u64, &str, &str)) -> Notes {
        self.close(each);
        std::mem::take(&mut self.notes)
    }

    fn close(&mut self, each: &mut impl FnMut(u64, &str, &str)) {
        if let Some((line, key, value)) = self.open.take() {
            each(line, &key, value.trim_end_matches('\n'));
        }
    }
}

/// Whether the line of a record has said all that a record says: behind the default, and behind a tag, there is no more
/// of a value.
fn is_ended(said: &str) -> bool {
    let last = |key: &str| said.rfind(key).map(|at| &said[at + key.len()..]);
    let flag = |text: &str| text.starts_with("true") || text.starts_with("false");
    last(" defaultSystemSet:").is_some_and(flag) || last(" tag:").is_some() || said.ends_with("notPreservedInRestore")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Setting>, Vec<String>, Notes) {
        let (mut parser, mut out, mut done) = (Parser::default(), Vec::new(), Vec::new());
        let mut each = |fact: Fact<'_>| match fact {
            Fact::Setting(s) => out.push(s.clone()),
            Fact::Operation(o) => done.push(format!("{} {:?} {} {} {:?}", o.namespace, o.user, o.time, o.what, o.name)),
        };
        text.lines().enumerate().for_each(|(n, l)| parser.line(n as u64 + 1, l, &mut each));
        let notes = parser.finish(&mut each);
        (out, done, notes)
    }

    const TEXT: &str = "Unknown argument: -a; use -h for help
GLOBAL SETTINGS (user 0)
_id:1 name:a pkg:android value:0 default:1 defaultSystemSet:true
_id:2 name:b pkg:org.x value:{null}
_id:3 name:c pkg:org.x value:one
two

three default:{null} defaultSystemSet:false tag:t notPreservedInRestore
History (2):
time:01-02 03:04:05.678 mode:m oldValue:0 newValue:a b package:org.y
time:01-03 03:04:05.678 mode:m oldValue:null newValue:1 package:null

Historical operations
1970-01-01 00:00:10 update boot_count
1970-01-01 00:00:10 persist

SECURE SETTINGS (user 11)
version: 213
_id:4 name:d pkg:p value:x default: y default:x default: y defaultSystemSet:true isValuePreservedInRestore:true
_id:5 name:e pkg:p value:
--------- 0.004s was the duration of dumpsys settings, ending at: 2020-01-08 15:32:03
";

    #[test]
    fn records_operations_and_history() {
        let (got, done, notes) = read(TEXT);
        assert_eq!(got.iter().map(|s| s.name.as_str()).collect::<String>(), "abcde");
        assert_eq!(notes.count, 0);
        let [a, b, c, d, e] = &got[..] else { panic!("five records") };
        assert_eq!((a.line, a.value.as_deref(), a.default.as_deref()), (3, Some("0"), Some("1")));
        assert_eq!((a.namespace.as_str(), a.user, a.default_system_set), ("global", Some(0), Some(true)));
        assert_eq!((b.value.as_deref(), b.package.as_deref()), (None, Some("org.x")));
        assert_eq!((c.value.as_deref(), c.tag.as_deref()), (Some("one\ntwo\n\nthree"), Some("t")));
        assert_eq!((c.default.as_deref(), c.preserved_in_restore, c.history.len()), (None, Some(false), 2));
        let change = &c.history[0];
        assert_eq!((change.time.as_str(), change.old.as_deref()), ("01-02 03:04:05.678", Some("0")));
        assert_eq!((change.new.as_deref(), change.package.as_deref()), (Some("a b"), Some("org.y")));
        assert_eq!((c.history[1].old.as_deref(), c.history[1].package.as_deref()), (None, None));
        assert_eq!((d.value.as_deref(), d.default.as_deref()), (Some("x default: y"), Some("x default: y")));
        assert_eq!((d.namespace.as_str(), d.user, d.preserved_in_restore), ("secure", Some(11), Some(true)));
        assert_eq!(e.value.as_deref(), Some(""));
        assert_eq!(done[0], "global Some(0) 1970-01-01 00:00:10 update Some(\"boot_count\")");
        assert_eq!(done.len(), 2);
    }

    #[test]
    fn key_values() {
        let (mut parser, mut out) = (KeyValues::default(), Vec::new());
        let mut each = |line: u64, key: &str, value: &str| out.push((line, key.to_owned(), value.to_owned()));
        for (n, line) in ["junk", "a=1", "b=x=y", "more", "", "c="].iter().enumerate() {
            parser.line(n as u64 + 1, line, &mut each);
        }
        let notes = parser.finish(&mut each);
        let want = [(2, "a", "1"), (3, "b", "x=y\nmore"), (6, "c", "")].map(|(n, k, v)| (n, k.into(), v.into()));
        assert_eq!(out, want);
        assert_eq!(notes.lost, 1);
    }

    #[test]
    fn cut_and_hostile() {
        for end in 0..TEXT.len() {
            drop(read(&TEXT[..end]));
        }
        let text = format!("GLOBAL SETTINGS (user 0)\n_id:1 name:a pkg:p value:{}", "{\n".repeat(1_000_000));
        let (got, ..) = read(&text);
        assert!(got[0].value.as_ref().unwrap().len() <= 2 * MAX_VALUE);
        assert_eq!(read(&"{\n".repeat(1_000_000)).2.count, 1_000_000);
        drop(read(&format!("_id:1 name:{}", " default:".repeat(1 << 20))));
    }
}
