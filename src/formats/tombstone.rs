//! Crash reports of native processes: `tombstone_NN` as text (AOSP `debuggerd`, Android 2 to 16 and vendors' variants),
//! and the stack dumps of ANR traces (`----- pid N at … -----`). [`super::tombstone_pb`] reads the protobuf twin into
//! the same [`Tombstone`].
//!
//! ```text
//! *** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***
//! Build fingerprint: 'a/b/c:13/X/1:user/release-keys'
//! ABI: 'arm64'
//! Timestamp: 2026-01-02 03:04:05.678901234+0100
//! Cmdline: com.example --flag
//! pid: 4330, tid: 4387, name: Watchdog  >>> com.example <<<
//! uid: 10176
//! signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x0
//! backtrace:
//!       #00 pc 0002c2a6  /system/lib/libc.so (abort+66) (BuildId: ab12)
//! --- --- --- --- --- --- --- --- --- --- --- --- --- --- --- ---
//! pid: 4330, tid: 4330, name: main  >>> com.example <<<
//! ```
//! Any line may be missing: Android 8 of Samsung has neither timestamp nor uid.

use std::io::{self, BufRead};

use super::lines::{Lines, before, clip};

/// Frames kept of the crashing thread.
pub const MAX_FRAMES: usize = 256;
/// Other threads kept.
pub const MAX_THREADS: usize = 1024;
/// Arguments, causes and the like kept.
pub const MAX_ITEMS: usize = 256;
/// Bytes kept of one value.
pub const MAX_VALUE: usize = 16 << 10;
/// Lines an abort message may span.
pub const MAX_MESSAGE_LINES: u32 = 256;

/// What a tombstone was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SourceKind {
    /// Text of a crash.
    #[default]
    Text,
    /// `----- pid N at … -----`: stacks without a crash.
    StackDump,
    /// Protobuf.
    Protobuf,
}

/// The signal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signal {
    /// 11
    pub number: Option<i32>,
    /// SIGSEGV
    pub name: Option<String>,
    /// 1
    pub code: Option<i32>,
    /// SEGV_MAPERR
    pub code_name: Option<String>,
    /// Process that sent it, if one did.
    pub sender_pid: Option<i32>,
    /// Uid of that process.
    pub sender_uid: Option<i32>,
    /// Address of the fault.
    pub fault_address: Option<u64>,
}

/// One step of a backtrace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// Program counter relative to the file.
    pub rel_pc: u64,
    /// File the code lies in.
    pub file: Option<String>,
    /// Function.
    pub function: Option<String>,
    /// Offset in the function.
    pub function_offset: Option<u64>,
    /// Build id, hexadecimal.
    pub build_id: Option<String>,
}

/// Another thread of the process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thread {
    /// Thread id.
    pub tid: u32,
    /// Its name; Linux keeps 15 bytes, Android the last 15 of an app's.
    pub name: Option<String>,
}

/// One crash, or one process of a stack dump. What the source does not say is None or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tombstone {
    /// Text, stack dump or protobuf.
    pub source: SourceKind,
    /// Line it begins on, from 1; 0 for protobuf.
    pub line: u64,
    /// Build fingerprint.
    pub build_fingerprint: Option<String>,
    /// Hardware revision.
    pub revision: Option<String>,
    /// `arm`, `arm64`, `x86`, `x86_64`, `riscv64`.
    pub arch: Option<String>,
    /// As written: `2026-01-02 03:04:05.678901234+0100`; stack dumps have no offset.
    pub timestamp: Option<String>,
    /// Seconds the process had lived.
    pub process_uptime: Option<u64>,
    /// Arguments, the program first.
    pub command_line: Vec<String>,
    /// `Executable:`, the program's file (Android 16).
    pub executable: Option<String>,
    /// Process id.
    pub pid: Option<u32>,
    /// Thread that crashed.
    pub tid: Option<u32>,
    /// Uid.
    pub uid: Option<u32>,
    /// Name of the thread that crashed.
    pub thread_name: Option<String>,
    /// What stands in `>>> <<<`: the process name or program path. Text only; the protobuf has the command line.
    pub process_name: Option<String>,
    /// SELinux label.
    pub selinux_label: Option<String>,
    /// The signal.
    pub signal: Option<Signal>,
    /// What the program said when it gave up.
    pub abort_message: Option<String>,
    /// What debuggerd thinks happened.
    pub causes: Vec<String>,
    /// Kernel release.
    pub kernel_release: Option<String>,
    /// Page size in bytes.
    pub page_size: Option<u32>,
    /// Stack of the crashing thread, innermost first; at most [`MAX_FRAMES`].
    pub backtrace: Vec<Frame>,
    /// Frames beyond that.
    pub frames_lost: u64,
    /// The other threads; at most [`MAX_THREADS`].
    pub threads: Vec<Thread>,
    /// The data ended inside it.
    pub truncated: bool,
}

impl Tombstone {
    fn is_worth_giving(&self) -> bool {
        self.pid.is_some() || self.signal.is_some() || self.process_name.is_some() || !self.command_line.is_empty()
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum At {
    /// No tombstone begun.
    #[default]
    Outside,
    /// Facts before the stack.
    Head,
    /// In an abort message of several lines.
    Message(u32),
    /// In the crashing thread's stack.
    Frames,
    /// Memory, maps, logs: nothing to read.
    Rest,
    /// Other threads.
    Threads,
}

/// Takes lines, gives tombstones.
#[derive(Debug, Default)]
pub struct Parser {
    at: At,
    open: bool,
    stone: Tombstone,
}

/// Reads every tombstone in a text.
///
/// # Errors
/// Whatever the reader fails with; what came before it has been given.
pub fn read_text(reader: impl BufRead, each: &mut impl FnMut(&Tombstone)) -> io::Result<()> {
    let (mut lines, mut parser) = (Lines::new(reader), Parser::default());
    loop {
        match lines.advance() {
            Ok(true) => {}
            Ok(false) => break,
            Err(e) => {
                parser.stone.truncated = true;
                parser.finish(each);
                return Err(e);
            }
        }
        let line = lines.current()?;
        parser.line(line.no, &line.text(), each);
    }
    parser.stone.truncated |= !lines.ended();
    parser.finish(each);
    Ok(())
}

impl Parser {
    /// One line.
    pub fn line(&mut self, no: u64, line: &str, each: &mut impl FnMut(&Tombstone)) {
        if line.starts_with("*** *** *** ***") {
            self.begin(no, SourceKind::Text, each);
            return;
        }
        if let Some((pid, time)) = stack_dump(line) {
            self.begin(no, SourceKind::StackDump, each);
            (self.stone.pid, self.stone.timestamp) = (Some(pid), Some(value(time)));
            return;
        }
        if line.starts_with("--- --- --- ---") {
            self.at = At::Threads;
            return;
        }
        match self.at {
            // Some carriers of tombstones cut the line of stars.
            At::Outside if is_head(line) => {
                self.begin(no, SourceKind::Text, each);
                self.head(line);
            }
            At::Outside => {}
            At::Head => self.head(line),
            At::Message(lines) => self.message(line, lines),
            At::Frames => self.frames(line),
            At::Rest => {}
            At::Threads => self.thread(line),
        }
    }

    /// The end of the text: gives the last one.
    pub fn finish(&mut self, each: &mut impl FnMut(&Tombstone)) {
        if std::mem::take(&mut self.open) && self.stone.is_worth_giving() {
            each(&self.stone);
        }
        self.stone = Tombstone::default();
        self.at = At::Outside;
    }

    fn begin(&mut self, line: u64, source: SourceKind, each: &mut impl FnMut(&Tombstone)) {
        self.finish(each);
        self.open = true;
        self.at = At::Head;
        (self.stone.line, self.stone.source) = (line, source);
    }

    fn head(&mut self, line: &str) {
        let said = line.trim();
        if is_body(said) {
            self.at = At::Rest;
            return;
        }
        if said == "backtrace:" {
            self.at = At::Frames;
            return;
        }
        if said.starts_with('#') {
            self.at = At::Frames; // Android 4.0 has no heading
            return self.frames(line);
        }
        if self.stone.source == SourceKind::StackDump {
            self.stack_head(said);
        }
        if said.starts_with("pid: ") {
            if self.stone.pid.is_none() {
                process_line(&mut self.stone, said);
            }
        } else if said.starts_with("signal ") {
            if self.stone.signal.is_none() {
                self.stone.signal = Some(signal(said));
            }
        } else if let Some((key, text)) = said.split_once(':') {
            self.fact(key, text.trim());
        }
    }

    fn fact(&mut self, key: &str, text: &str) {
        let stone = &mut self.stone;
        match key {
            "Build fingerprint" => set(&mut stone.build_fingerprint, text),
            "Revision" => set(&mut stone.revision, text),
            "ABI" => set(&mut stone.arch, text),
            "Timestamp" => set(&mut stone.timestamp, text),
            "Executable" => set(&mut stone.executable, text),
            "Kernel Release" => set(&mut stone.kernel_release, text),
            "Selinux label" | "SELinux label" => set(&mut stone.selinux_label, text),
            "Process uptime" => stone.process_uptime = text.trim_end_matches('s').parse().ok(),
            "Page size" => stone.page_size = before(text, " ").0.parse().ok(),
            "uid" => stone.uid = stone.uid.or(leading(text)),
            "Cmdline" | "Cmd line" if stone.command_line.is_empty() => {
                stone.command_line = text.split_ascii_whitespace().take(MAX_ITEMS).map(value).collect();
            }
            "Cause" if stone.causes.len() < MAX_ITEMS => stone.causes.push(value(text)),
            "Abort message" if stone.abort_message.is_none() => {
                let text = text.strip_prefix(['\'', '"']).unwrap_or(text);
                match text.strip_suffix(['\'', '"']) {
                    Some(whole) => stone.abort_message = Some(value(whole)),
                    None => {
                        stone.abort_message = Some(value(text));
                        self.at = At::Message(0);
                    }
                }
            }
            _ => {}
        }
    }

    /// A further line of an abort message; registers or a stack say that its closing quote never came.
    fn message(&mut self, line: &str, lines: u32) {
        let said = line.trim();
        if said == "backtrace:" || is_body(said) || is_registers(line) || lines >= MAX_MESSAGE_LINES {
            self.at = At::Head;
            return self.head(line);
        }
        self.at = At::Message(lines + 1);
        let (text, done) = match line.strip_suffix('\'') {
            Some(text) => (text, true),
            None => (line, false),
        };
        if let Some(message) = self.stone.abort_message.as_mut().filter(|m| m.len() < MAX_VALUE) {
            message.push('\n');
            message.push_str(clip(text, MAX_VALUE));
        }
        if done {
            self.at = At::Head;
        }
    }

    fn frames(&mut self, line: &str) {
        let said = line.trim();
        if said.starts_with('#') {
            let Some(frame) = frame(said) else { return };
            match self.stone.backtrace.len() < MAX_FRAMES {
                true => self.stone.backtrace.push(frame),
                false => self.stone.frames_lost += 1,
            }
        } else if said.starts_with("----- end ")
            || is_body(said)
            || (said.is_empty() && !self.stone.backtrace.is_empty())
        {
            let dump = self.stone.source == SourceKind::StackDump;
            self.at = if dump { At::Threads } else { At::Rest };
        } else if self.stone.source == SourceKind::StackDump && said.starts_with('"') {
            self.thread(line);
        }
    }

    /// The lines of a stack dump before its first stack.
    fn stack_head(&mut self, said: &str) {
        if let Some(thread) = dump_thread(said) {
            (self.stone.tid, self.stone.thread_name) = (Some(thread.tid), thread.name);
            self.at = At::Frames;
        }
    }

    fn thread(&mut self, line: &str) {
        let said = line.trim();
        let thread = match said.starts_with("pid: ") {
            true => {
                let mut other = Tombstone::default();
                process_line(&mut other, said);
                other.tid.map(|tid| Thread { tid, name: other.thread_name })
            }
            false if self.stone.source == SourceKind::StackDump => dump_thread(said),
            false => None,
        };
        if let Some(thread) = thread.filter(|_| self.stone.threads.len() < MAX_THREADS) {
            self.stone.threads.push(thread);
        }
    }
}

fn value(text: &str) -> String {
    clip(text, MAX_VALUE).to_owned()
}

fn set(slot: &mut Option<String>, text: &str) {
    let text = text.trim_matches('\'');
    if slot.is_none() && !text.is_empty() {
        *slot = Some(value(text));
    }
}

/// The number a text begins with.
fn leading(text: &str) -> Option<u32> {
    text[..text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len()].parse().ok()
}

fn is_head(line: &str) -> bool {
    line.starts_with("Build fingerprint: ") || (line.starts_with("pid: ") && line.contains(" >>> "))
}

/// Begins what lies behind the facts.
fn is_body(said: &str) -> bool {
    let begins = ["memory near ", "memory map", "code around ", "open files", "--------- "];
    said == "stack:" || begins.iter().any(|b| said.starts_with(b))
}

/// `    r0 00000000  r1 …`
fn is_registers(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let hex = |w: &str| w.len() >= 8 && w.bytes().all(|b| b.is_ascii_hexdigit());
    line.starts_with("    ") && words.next().is_some_and(|w| w.len() <= 4) && words.next().is_some_and(hex)
}

/// `----- pid 123 at 2026-01-02 03:04:05 -----`
fn stack_dump(line: &str) -> Option<(u32, &str)> {
    let (pid, time) = line.strip_prefix("----- pid ")?.trim_end().trim_end_matches('-').trim().split_once(" at ")?;
    Some((pid.parse().ok()?, time.trim()))
}

/// `"main" prio=5 tid=1 Native` with `sysTid=77` here or on the next lines; `"main" sysTid=77`.
fn dump_thread(said: &str) -> Option<Thread> {
    let (name, rest) = said.strip_prefix('"')?.rsplit_once('"')?;
    let number = |key: &str| rest.split_once(key).and_then(|(_, n)| leading(n));
    let tid = number("sysTid=").or_else(|| number(" tid="))?;
    Some(Thread { tid, name: Some(value(name)) })
}

/// `pid: 1, tid: 2, name: N  >>> P <<<`; a name may hold commas, Android 2 has no name.
fn process_line(stone: &mut Tombstone, said: &str) {
    let (facts, process) = match said.rsplit_once(">>> ") {
        Some((facts, process)) => (facts.trim_end(), Some(process)),
        None => (said, None),
    };
    stone.process_name = process.map(|p| value(before(p, " <<<").0.trim())).filter(|p| !p.is_empty());
    stone.pid = facts.strip_prefix("pid: ").and_then(leading);
    stone.tid = facts.split_once(" tid: ").and_then(|(_, t)| leading(t));
    stone.thread_name = facts.split_once(" name: ").map(|(_, n)| value(n.trim())).filter(|n| !n.is_empty());
    if stone.uid.is_none() {
        stone.uid = process.and_then(|p| p.split_once(" uid: ")).and_then(|(_, u)| leading(u));
    }
}

/// `signal 6 (SIGABRT), code -1 (SI_QUEUE from pid 7, uid 0), fault addr 0x1c`
fn signal(said: &str) -> Signal {
    let number = |text: &str| text.split([' ', ',', ')']).next().and_then(|n| n.parse().ok());
    let inside = |text: &str| before(before(text, "(").1, ")").0.to_owned();
    let mut signal = Signal::default();
    let rest = said.strip_prefix("signal ").unwrap_or(said);
    signal.number = number(rest);
    signal.name = Some(value(&inside(before(rest, ",").0))).filter(|n| !n.is_empty());
    if let Some((_, code)) = rest.split_once(" code ") {
        signal.code = number(code);
        let name = inside(code);
        let (name, sender) = before(&name, " from pid ");
        signal.code_name = Some(value(name)).filter(|n| !n.is_empty());
        signal.sender_pid = number(sender);
        signal.sender_uid = sender.split_once("uid ").and_then(|(_, u)| number(u));
    }
    signal.fault_address = rest.split_once("fault addr ").and_then(|(_, a)| hex(before(a, " ").0));
    signal
}

fn hex(text: &str) -> Option<u64> {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).ok()
}

/// `#00 pc 0004bd80  /path with spaces (offset 0x1000) (function(int)+32) (BuildId: ab)`
fn frame(said: &str) -> Option<Frame> {
    let rest = said.split_once("pc ")?.1.trim_start();
    let (pc, rest) = before(rest, " ");
    let mut frame = Frame { rel_pc: hex(pc)?, ..Frame::default() };
    let mut rest = rest.trim();
    if let Some((cut, id)) = rest.rsplit_once(" (BuildId: ") {
        (rest, frame.build_id) = (cut.trim_end(), Some(value(id.trim_end_matches(')'))));
    }
    let (file, function) = match rest.split_once(" (") {
        Some((file, more)) => (file, more.strip_suffix(')').unwrap_or(more)),
        None => (rest, ""),
    };
    let function = match function.strip_prefix("offset ") {
        Some(more) => before(more, ") (").1,
        None => function,
    };
    let (name, offset) = function.rsplit_once('+').unwrap_or((function, ""));
    frame.function_offset = offset.parse().ok();
    let name = if frame.function_offset.is_some() { name } else { function };
    frame.function = Some(value(name)).filter(|n| !n.is_empty());
    frame.file = Some(value(file.trim())).filter(|f| !f.is_empty());
    Some(frame)
}

#[cfg(test)]
mod tests;
