//! A dumpstate report (`bugreport-….txt`, `dumpState_….log`), or the output of `dumpsys`, split into its parts in one
//! pass: header blocks, command sections and dumps of services. Format: what AOSP's `frameworks/native/cmds/dumpstate`
//! and `cmds/dumpsys` print, Android 2 to 16.
//!
//! ```text
//! ========================================================
//! == dumpstate: 2021-03-04 05:06:07                              header block
//! ========================================================
//! Build: …
//! ------ UPTIME (uptime) ------                                   command section
//! ------ 0.002s was the duration of 'UPTIME' ------
//! -------------------------------------------------------------------------------
//! DUMP OF SERVICE HIGH package:                                   service
//! --------- 0.053s was the duration of dumpsys package, ending at: 2021-03-04 05:06:09
//! ```
//! Services print dash rules of their own, so a rule alone ends nothing: only the head of another part does.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufRead};

use super::lines::{Line, Lines, before, clip};

/// Dashes (or 40 equals signs) that make a rule; AOSP prints 79 and 56.
pub const MIN_RULE: usize = 78;
/// Longer runs are plain lines.
pub const MAX_RULE: usize = 512;
const MIN_BANNER_RULE: usize = 40;
/// Bytes kept of a section's title.
pub const MAX_TITLE: usize = 512;
/// Troubles kept per section.
pub const MAX_TROUBLES: usize = 16;
/// Closing lines of other services that are kept per section.
pub const MAX_STRANGERS: usize = 16;
/// Releases that name only slow commands name those that took this long.
const SLOW_MS: u64 = 500;
/// Different section names whose repetitions are counted; later new names all say occurrence 1.
pub const MAX_NAMES: usize = 1 << 16;

/// What a part of the report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text under a `== …` banner, or before the first head.
    Header,
    /// `------ TITLE (command) ------`.
    Command,
    /// `DUMP OF SERVICE name:`.
    Service,
}

/// The priority a service was dumped with (Android 8 and later).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Dumped first.
    Critical,
    /// Dumped second.
    High,
    /// The rest, where it is said at all.
    Normal,
}

/// How a part begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionHead {
    /// Header, command or service.
    pub kind: Kind,
    /// Service name, heading without its command, or banner text (`dumpstate: 2021-…`); empty when text comes first.
    pub name: String,
    /// The whole heading.
    pub title: String,
    /// What stands in parentheses after a command heading, or the arguments after a service name.
    pub command: Option<String>,
    /// CRITICAL, HIGH, NORMAL; None when it is not said.
    pub priority: Option<Priority>,
    /// Number of the part in the stream, from 0.
    pub index: u32,
    /// 1 for the first part of this kind and name, 2 for the second …
    pub occurrence: u32,
    /// Line of the head, from 1; for text without a head, its first line.
    pub line: u64,
    /// Byte offset of the head.
    pub offset: u64,
}

/// Why a part may hold less than it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What happened.
    pub kind: TroubleKind,
    /// Where it is said.
    pub line: u64,
    /// How it is said.
    pub text: String,
}

/// Kinds of [`Trouble`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// The service or command was given up on.
    Timeout,
    /// There is no such service or file.
    NotFound,
    /// It was not allowed.
    Denied,
    /// It failed in another way.
    Failed,
}

/// How a part ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionEnd {
    /// That of the head.
    pub index: u32,
    /// Lines after the head.
    pub lines: u64,
    /// Byte offset just past the part.
    pub end: u64,
    /// How long the command or dump took, if it is said.
    pub duration_ms: Option<u64>,
    /// When a service's dump ended, device-local `YYYY-MM-DD hh:mm:ss`, if it is said.
    pub ended_at: Option<String>,
    /// The stream ended inside it: mid-line, or before the closing line that its sisters have.
    pub truncated: bool,
    /// Its own closing line came: the one that names what ended.
    pub closed: bool,
    /// A closing line came by which every part of its kind in this report must have one.
    pub all_close: bool,
    /// Services whose closing line stands in this part, and not in their own: somewhere between, something was taken for
    /// an end and a beginning. At most [`MAX_STRANGERS`].
    pub strangers: Vec<String>,
    /// Lines longer than [`super::lines::MAX_LINE`], which were cut.
    pub cut_lines: u64,
    /// At most [`MAX_TROUBLES`].
    pub troubles: Vec<Trouble>,
}

/// What a [`Splitter`] comes upon.
#[derive(Debug)]
pub enum Event<'a> {
    /// A part begins.
    Begin(&'a SectionHead),
    /// One line of it.
    Line(Line<'a>),
    /// It ended.
    End(SectionEnd),
}

/// Takes the parts of a report as they come; see [`split`].
pub trait Sink {
    /// A part begins; true asks for its lines.
    fn begin(&mut self, head: &SectionHead) -> bool;
    /// One line of a part that was asked for.
    fn line(&mut self, head: &SectionHead, line: Line<'_>);
    /// A part ended.
    fn end(&mut self, head: &SectionHead, end: SectionEnd);
}

/// Gives every part of `reader` to `sink`.
///
/// # Errors
/// Whatever the reader fails with; what came before it has been given.
pub fn split(reader: impl BufRead, sink: &mut impl Sink) -> io::Result<()> {
    let mut splitter = Splitter::new(reader);
    let mut wanted = false;
    loop {
        let step = splitter.step()?;
        match step {
            Step::Begin => wanted = sink.begin(&splitter.head),
            Step::Line if wanted => {
                let line = splitter.lines.current()?;
                sink.line(&splitter.head, line);
            }
            Step::Rule if wanted => sink.line(&splitter.head, splitter.rule.line()),
            Step::Line | Step::Rule => {}
            Step::End(end) => sink.end(&splitter.head, end),
            Step::Done => return Ok(()),
        }
    }
}

/// The splitter itself, to be pulled from.
#[derive(Debug)]
pub struct Splitter<R> {
    lines: Lines<R>,
    head: SectionHead,
    open: Option<Open>,
    queued: Option<SectionHead>,
    rule: Rule,
    names: HashMap<(Kind, String), u32>,
    sections: u32,
    closing_lines: [bool; 3],
}

#[derive(Debug, Default)]
struct Open {
    lines: u64,
    end: u64,
    duration_ms: Option<u64>,
    ended_at: Option<String>,
    cut_lines: u64,
    closed: bool,
    strangers: Vec<String>,
    troubles: Vec<Trouble>,
}

/// A rule whose meaning the next line decides.
#[derive(Debug, Default)]
struct Rule {
    held: Option<u8>,
    bytes: Vec<u8>,
    no: u64,
    offset: u64,
    end: u64,
}

impl Rule {
    fn line(&self) -> Line<'_> {
        Line { no: self.no, offset: self.offset, bytes: &self.bytes, cut: false }
    }
}

enum Step {
    Begin,
    Line,
    Rule,
    End(SectionEnd),
    Done,
}

enum Class<'a> {
    Plain,
    Rule(u8),
    Service(Cow<'a, str>),
    Command(Cow<'a, str>),
    Banner(Cow<'a, str>),
}

impl<R: BufRead> Splitter<R> {
    /// Splits what `reader` gives.
    pub fn new(reader: R) -> Self {
        Splitter {
            lines: Lines::new(reader),
            head: head_of(Kind::Header, "", None, None, 0, 0),
            open: None,
            queued: None,
            rule: Rule::default(),
            names: HashMap::new(),
            sections: 0,
            closing_lines: [false; 3],
        }
    }

    /// The next event; None at the end of the stream.
    ///
    /// # Errors
    /// Whatever the reader fails with; what came before it has been given.
    #[allow(clippy::should_implement_trait)] // an iterator cannot lend its lines
    pub fn next(&mut self) -> io::Result<Option<Event<'_>>> {
        Ok(Some(match self.step()? {
            Step::Begin => Event::Begin(&self.head),
            Step::Line => Event::Line(self.lines.current()?),
            Step::Rule => Event::Line(self.rule.line()),
            Step::End(end) => Event::End(end),
            Step::Done => return Ok(None),
        }))
    }

    /// Skips to the next head; None at the end of the stream.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn next_section(&mut self) -> io::Result<Option<&SectionHead>> {
        loop {
            match self.step()? {
                Step::Begin => return Ok(Some(&self.head)),
                Step::Done => return Ok(None),
                _ => {}
            }
        }
    }

    fn step(&mut self) -> io::Result<Step> {
        loop {
            if self.queued.is_some() {
                if let Some(end) = self.close(false) {
                    return Ok(Step::End(end));
                }
                return Ok(self.begin());
            }
            if !self.lines.advance()? {
                return Ok(self.at_end());
            }
            let offset_end = self.lines.position();
            let line = self.lines.current()?;
            let (no, offset) = (line.no, line.offset);
            let class = classify(line.bytes, self.rule.held);
            let head = match class {
                Class::Service(text) => Some(service_head(&text, no, offset)),
                Class::Command(text) => Some(command_head(&text, no, offset)),
                Class::Banner(text) => Some(head_of(Kind::Header, &text, None, None, no, offset)),
                Class::Rule(byte) if self.rule.held.is_none() => {
                    self.rule.bytes.clear();
                    self.rule.bytes.extend_from_slice(line.bytes);
                    (self.rule.held, self.rule.no, self.rule.offset) = (Some(byte), no, offset);
                    self.rule.end = offset_end;
                    continue;
                }
                Class::Rule(_) | Class::Plain => None,
            };
            if let Some(head) = head {
                self.rule.held = None;
                self.queued = Some(head);
                continue;
            }
            if self.open.is_none() {
                let start = if self.rule.held.is_some() { (self.rule.no, self.rule.offset) } else { (no, offset) };
                self.queued = Some(head_of(Kind::Header, "", None, None, start.0, start.1));
                self.lines.again();
                continue;
            }
            if self.rule.held.take().is_some() {
                self.lines.again();
                return Ok(self.count_rule());
            }
            self.look_at_line(offset_end)?;
            return Ok(Step::Line);
        }
    }

    fn begin(&mut self) -> Step {
        if let Some(mut head) = self.queued.take() {
            head.index = self.sections;
            self.sections = self.sections.saturating_add(1);
            let key = (head.kind, head.name.clone());
            if self.names.len() < MAX_NAMES || self.names.contains_key(&key) {
                let count = self.names.entry(key).or_insert(0);
                *count = count.saturating_add(1);
                head.occurrence = *count;
            }
            self.open = Some(Open { end: self.lines.position(), ..Open::default() });
            self.head = head;
        }
        Step::Begin
    }

    fn count_rule(&mut self) -> Step {
        if let Some(open) = &mut self.open {
            open.lines += 1;
            open.end = self.rule.end;
        }
        Step::Rule
    }

    fn at_end(&mut self) -> Step {
        if self.rule.held.is_some() {
            if self.open.is_none() {
                self.queued = Some(head_of(Kind::Header, "", None, None, self.rule.no, self.rule.offset));
                return self.begin();
            }
            self.rule.held = None;
            return self.count_rule();
        }
        self.close(true).map_or(Step::Done, Step::End)
    }

    fn close(&mut self, at_end: bool) -> Option<SectionEnd> {
        let open = self.open.take()?;
        let kind = self.head.kind;
        let sisters_closed = self.closing_lines[kind as usize];
        let truncated = at_end && !open.closed && (sisters_closed || !self.lines.ended());
        let Open { lines, end, duration_ms, ended_at, cut_lines, closed, strangers, troubles } = open;
        Some(SectionEnd {
            index: self.head.index,
            lines,
            end,
            duration_ms,
            ended_at,
            truncated,
            closed,
            all_close: sisters_closed,
            strangers,
            cut_lines,
            troubles,
        })
    }

    /// Keeps what a line says about its own section.
    fn look_at_line(&mut self, end: u64) -> io::Result<()> {
        let line = self.lines.current()?;
        let Some(open) = &mut self.open else { return Ok(()) };
        open.lines += 1;
        open.end = end;
        open.cut_lines += u64::from(line.cut);
        let tail = line.bytes.ends_with(b"EXPIRED ***");
        if !tail && !matches!(line.bytes.first(), Some(b'-' | b'*' | b'C' | b'E' | b'[')) {
            return Ok(());
        }
        let text = line.text();
        if let Some(Closing { kind, name, ms, at }) = closing_line(&text) {
            self.closing_lines[kind as usize] |= all_close(kind, name, ms);
            // Before Android 5 the line of a command does not name it as its head does.
            if kind == self.head.kind && name.is_none_or(|n| is_head_of(n, &self.head)) {
                (open.closed, open.duration_ms) = (true, ms);
                open.ended_at = at.map(|at| clip(at, MAX_TITLE).to_owned());
            } else if let (Kind::Service, Some(name)) = (kind, name)
                && open.strangers.len() < MAX_STRANGERS
            {
                open.strangers.push(clip(name, MAX_TITLE).to_owned());
            }
        } else if let Some(kind) = trouble(&text)
            && open.troubles.len() < MAX_TROUBLES
        {
            open.troubles.push(Trouble { kind, line: line.no, text: clip(&text, MAX_TITLE).to_owned() });
        }
        Ok(())
    }
}

/// Whether a closing line shows that all parts of its kind have one. Dumps of services do, since Android 8. Commands do
/// in some releases; others say only which took longer than half a second, and before Android 5 not all have one.
fn all_close(kind: Kind, name: Option<&str>, ms: Option<u64>) -> bool {
    match kind {
        Kind::Service => true,
        Kind::Command => name.is_some() && ms.is_some_and(|ms| ms < SLOW_MS),
        Kind::Header => false,
    }
}

fn head_of(kind: Kind, title: &str, name: Option<&str>, command: Option<&str>, line: u64, offset: u64) -> SectionHead {
    let keep = |text: &str| clip(text, MAX_TITLE).to_owned();
    let command = command.filter(|c| !c.is_empty()).map(keep);
    let (name, title) = (keep(name.unwrap_or(title)), keep(title));
    SectionHead { kind, name, title, command, priority: None, index: 0, occurrence: 1, line, offset }
}

fn service_head(text: &str, line: u64, offset: u64) -> SectionHead {
    let said = text.trim_end().trim_end_matches(':');
    let (priority, rest) = match said.split_once(' ') {
        Some(("CRITICAL", rest)) => (Some(Priority::Critical), rest),
        Some(("HIGH", rest)) => (Some(Priority::High), rest),
        Some(("NORMAL", rest)) => (Some(Priority::Normal), rest),
        _ => (None, said),
    };
    let (name, args) = before(rest, " ");
    SectionHead { priority, ..head_of(Kind::Service, said, Some(name), Some(args.trim()), line, offset) }
}

fn command_head(text: &str, line: u64, offset: u64) -> SectionHead {
    match text.split_once(" (") {
        Some((name, command)) if command.ends_with(')') => {
            let command = command.strip_suffix(')').unwrap_or(command);
            head_of(Kind::Command, text, Some(name.trim()), Some(command), line, offset)
        }
        _ => head_of(Kind::Command, text, None, None, line, offset),
    }
}

/// What a line means to the splitter. Most lines leave after one look at their first byte.
fn classify(bytes: &[u8], held: Option<u8>) -> Class<'_> {
    match bytes.first() {
        Some(b'-') => classify_dashes(bytes),
        Some(b'=') if held == Some(b'=') && bytes.starts_with(b"== ") => {
            Class::Banner(String::from_utf8_lossy(bytes[3..].trim_ascii()))
        }
        Some(b'=') if is_rule(bytes, b'=', MIN_BANNER_RULE) => Class::Rule(b'='),
        Some(b'D') => service_line(bytes),
        // Only under a rule may the head be indented.
        Some(b' ' | b'\t') if held == Some(b'-') => service_line(bytes.trim_ascii_start()),
        _ => Class::Plain,
    }
}

fn service_line(bytes: &[u8]) -> Class<'_> {
    match bytes.trim_ascii_end().strip_prefix(b"DUMP OF SERVICE ") {
        Some(rest) if rest.ends_with(b":") && rest.len() > 1 => Class::Service(String::from_utf8_lossy(rest)),
        _ => Class::Plain,
    }
}

fn classify_dashes(bytes: &[u8]) -> Class<'_> {
    if is_rule(bytes, b'-', MIN_RULE) {
        return Class::Rule(b'-');
    }
    let dashes = bytes.iter().take_while(|&&b| b == b'-').count();
    let bytes = bytes.trim_ascii_end();
    // Six dashes; some headings ("STORAGED IO INFO") have seven in front.
    if !(6..=7).contains(&dashes) || bytes.get(dashes) != Some(&b' ') || !bytes.ends_with(b" ------") {
        return Class::Plain;
    }
    let inner = bytes.get(dashes + 1..bytes.len() - 7).unwrap_or_default().trim_ascii();
    let text = String::from_utf8_lossy(inner);
    if text.is_empty() || text.contains("s was the duration of '") {
        return Class::Plain;
    }
    Class::Command(text)
}

fn is_rule(bytes: &[u8], byte: u8, least: usize) -> bool {
    let bytes = bytes.trim_ascii_end();
    (least..=MAX_RULE).contains(&bytes.len()) && bytes.iter().all(|&b| b == byte)
}

/// A line that says how long something took: what it names, milliseconds and when it ended.
struct Closing<'a> {
    kind: Kind,
    name: Option<&'a str>,
    ms: Option<u64>,
    at: Option<&'a str>,
}

fn closing_line(text: &str) -> Option<Closing<'_>> {
    let said = text.trim_start_matches('-').trim_start();
    if let Some(rest) = text.strip_prefix('[').and_then(|t| t.strip_suffix("s elapsed]")) {
        // Before Android 5.
        let ms = millis(rest.rsplit(' ').next()?);
        return Some(Closing { kind: Kind::Command, name: None, ms, at: None });
    }
    let (seconds, rest) = said.split_once("s was the duration of ")?;
    if let Some(service) = rest.strip_prefix("dumpsys ") {
        let (name, at) = service.split_once(", ending at: ").map_or((service, None), |(n, at)| (n, Some(at.trim())));
        return Some(Closing { kind: Kind::Service, name: Some(name.trim()), ms: millis(seconds), at });
    }
    let name = rest.trim_end_matches(['-', ' ']).strip_prefix('\'')?.strip_suffix('\'')?;
    Some(Closing { kind: Kind::Command, name: Some(name), ms: millis(seconds), at: None })
}

/// Whether a closing line names this section.
fn is_head_of(name: &str, head: &SectionHead) -> bool {
    name == head.name || name == head.title || head.title.starts_with(name)
}

fn millis(seconds: &str) -> Option<u64> {
    let (whole, part) = before(seconds.trim(), ".");
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(part.parse().ok()?)
}

fn trouble(text: &str) -> Option<TroubleKind> {
    let has = |what: &str| text.contains(what);
    if text.starts_with("Can't find service") {
        return Some(TroubleKind::NotFound);
    }
    if text.starts_with("Error dumping service") || text.starts_with("Error with service") {
        return Some(TroubleKind::Failed);
    }
    if text.ends_with("EXPIRED ***") && has("DUMP TIMEOUT") {
        return Some(TroubleKind::Timeout);
    }
    let star = text.starts_with("*** ") && !text.starts_with("*** ***");
    star.then(|| match text.to_ascii_lowercase() {
        t if t.contains("timed out") || t.contains("timeout") => TroubleKind::Timeout,
        t if t.contains("no such file") => TroubleKind::NotFound,
        t if t.contains("permission denied") => TroubleKind::Denied,
        _ => TroubleKind::Failed,
    })
}

#[cfg(test)]
mod tests;
