//! Crash reports of native processes: `tombstone_NN` and its protobuf twin `tombstone_NN.pb`.

use crate::artifact::{
    Artifact, Context, Emitter, Entry, Event, Field, Input, Kind, Locator, ParseError, Place, Precision, Presence,
    Privacy, Role, Shape, Source, Timestamp, Value, Values, Zone,
};
use crate::formats::tombstone::{Signal, SourceKind, Tombstone, read_text};
use crate::formats::tombstone_pb;

use super::section;

static PROCESS: Field = Field::new(
    "process",
    &[Role::Process, Role::AppId],
    Privacy::Public,
    "Process that crashed: name of the app's process, or path of the program.",
);
static PROGRAM: Field = Field::new(
    "program",
    &[Role::Process],
    Privacy::Public,
    "First word of the command line, where it is not the same as the process.",
);
static BINARY: Field =
    Field::new("binary", &[Role::FilePath], Privacy::Public, "Path of the program, where one is written.");
static ARGUMENTS: Field = Field::new(
    "arguments",
    &[Role::Text],
    Privacy::Content,
    "The rest of the command line; where only text is left, cut at spaces.",
);
static THREAD: Field = Field::new(
    "thread",
    &[Role::Process],
    Privacy::Public,
    "Name of the thread that crashed, at most 15 characters; the program chose it.",
);
static PID: Field = Field::new("pid", &[Role::Number], Privacy::Public, "Process id.");
static TID: Field = Field::new("tid", &[Role::Number], Privacy::Public, "Thread id.");
static UID: Field = Field::new("uid", &[Role::Number], Privacy::Public, "Uid of the process.");
static PRIVILEGED_UID: Field = Field::new(
    "privileged_uid",
    &[Role::Opaque],
    Privacy::Public,
    "True for uid 0 (root), 1000 (system) and 2000 (shell); left out where no uid is written.",
);
static SELINUX_LABEL: Field =
    Field::new("selinux_label", &[Role::Opaque], Privacy::Public, "SELinux label of the process.");
static SIGNAL: Field = Field::new("signal", &[Role::Opaque], Privacy::Public, "Name of the signal, SIGSEGV.");
static SIGNAL_NUMBER: Field = Field::new("signal_number", &[Role::Number], Privacy::Public, "Number of the signal.");
static CODE: Field = Field::new("code", &[Role::Opaque], Privacy::Public, "Name of the signal's code, SEGV_MAPERR.");
static CODE_NUMBER: Field = Field::new("code_number", &[Role::Number], Privacy::Public, "Number of the code.");
static FAULT_ADDRESS: Field =
    Field::new("fault_address", &[Role::Opaque], Privacy::Public, "Address of the fault, hexadecimal.");
static SENDER_PID: Field =
    Field::new("sender_pid", &[Role::Number], Privacy::Public, "Process that sent the signal, if one did.");
static SENDER_UID: Field = Field::new("sender_uid", &[Role::Number], Privacy::Public, "Uid of that process.");
static ABORT_MESSAGE: Field =
    Field::new("abort_message", &[Role::Text], Privacy::Content, "What the program said when it gave up.");
static CAUSES: Field =
    Field::new("causes", &[Role::Text], Privacy::Public, "What the crash reporter thinks happened, most likely first.");
static LIBRARIES: Field = Field::new(
    "libraries",
    &[Role::FilePath],
    Privacy::Public,
    "Files in the stack of the thread that crashed, innermost first, each once.",
);
static FUNCTIONS: Field = Field::new(
    "functions",
    &[Role::Opaque],
    Privacy::Public,
    "Functions in that stack, innermost first, as far as they are named.",
);
static TIME: Field = Field::new(
    "time",
    &[Role::Time],
    Privacy::Public,
    "Moment of the crash: UTC with the offset that is written; device-local where none is.",
);
static TIME_TEXT: Field = Field::new(
    "time_text",
    &[Role::Opaque],
    Privacy::Public,
    "The time as written, where no date could be made of it.",
);
static UPTIME_SECONDS: Field =
    Field::new("uptime_seconds", &[Role::Number], Privacy::Public, "Seconds the process had lived.");
static ARCH: Field = Field::new("arch", &[Role::Opaque], Privacy::Public, "arm, arm64, x86, x86_64, riscv64.");
static BUILD_FINGERPRINT: Field =
    Field::new("build_fingerprint", &[Role::Opaque], Privacy::Public, "Build the device ran at that time.");
static FORM: Field = Field::new(
    "form",
    &[Role::Opaque],
    Privacy::Public,
    "`text`, `protobuf`, `both`, or `stack-dump` (stacks of a process that may live on).",
);
static DIFFERS: Field = Field::new(
    "differs",
    &[Role::Opaque],
    Privacy::Public,
    "Fields in which text and protobuf do not say the same; the protobuf's are shown.",
);

static CRASH: Shape = Shape {
    name: "crash",
    fields: &[
        &PROCESS,
        &PROGRAM,
        &BINARY,
        &ARGUMENTS,
        &THREAD,
        &PID,
        &TID,
        &UID,
        &PRIVILEGED_UID,
        &SELINUX_LABEL,
        &SIGNAL,
        &SIGNAL_NUMBER,
        &CODE,
        &CODE_NUMBER,
        &FAULT_ADDRESS,
        &SENDER_PID,
        &SENDER_UID,
        &ABORT_MESSAGE,
        &CAUSES,
        &LIBRARIES,
        &FUNCTIONS,
        &TIME,
        &TIME_TEXT,
        &UPTIME_SECONDS,
        &ARCH,
        &BUILD_FINGERPRINT,
        &FORM,
        &DIFFERS,
    ],
    events: &[Event { time: &TIME, name: "crash", text: "{process} crashed: {signal} {code}" }],
    context: Context::Executed,
};

/// See its `about`.
pub static ARTIFACT: Artifact = Artifact {
    id: "android.tombstones",
    title: "Crash reports of native code",
    about: "One `crash` record per process that died of a signal: who it was, with whose rights, of what, and which \
libraries were in its stack. Exploits that fail leave such crashes in the libraries they attack, and privileged tools \
leave them under uid 0, 1000 or 2000.\n\n\
Text and protobuf of the same crash are one record: the protobuf's fields, those it lacks from the text, and `differs` \
where they contradict each other. What a file does not say is left out; Android 8 of some vendors has neither time nor \
uid, and the file is read all the same.\n\n\
Limits: a device keeps its last 32 crashes or fewer. Most crashes are faults of ordinary programs.",
    sources: &[
        Source::optional(Kind::AndroidBugreport, Place::File(FILES)),
        Source::optional(Kind::AndroidBugreport, Place::Command("TOMBSTONE")),
    ],
    shapes: &[&CRASH],
    needs: &[],
    mvt: &["tombstones"],
    parse,
};

const FILES: &str = "FS/data/tombstones/tombstone_*";
/// Ending of the protobuf twin's name.
const PB: &str = ".pb";
/// Tombstones taken from one text; a file holds one, an ANR trace one per process.
const MAX_TOMBSTONES: usize = 4096;
/// Bytes of one file; those of phones have a few hundred kilobytes.
const MAX_FILE: u64 = 64 << 20;
/// Uids with rights over the whole device: root, system, shell.
const PRIVILEGED: [u32; 3] = [0, 1000, 2000];

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    if input.entry.size > MAX_FILE {
        let detail = format!("{} bytes, at most {MAX_FILE}", input.entry.size);
        return Err(ParseError::Limit { limit: "MAX_FILE", detail });
    }
    if let Some(text_name) = input.entry.name.strip_suffix(PB) {
        return match stored(input, text_name)? {
            Some(_) => Ok(()), // read with its text
            None => {
                let stone = tombstone_pb::read(&input.bytes()?).map_err(ParseError::format)?;
                close(input, emit, &stone);
                crash(input, emit, &stone, "protobuf", &[]);
                Ok(())
            }
        };
    }
    let pb = match stored(input, &format!("{}{PB}", input.entry.name))? {
        Some(twin) => protobuf(input, emit, &twin)?,
        None => None,
    };
    let mut stones = Vec::new();
    let mut dropped = 0u64;
    read_text(input.lines()?, &mut |s| match stones.len() < MAX_TOMBSTONES {
        true => stones.push(s.clone()),
        false => dropped += 1,
    })?;
    if dropped > 0 {
        emit.lost(dropped, "tombstones-limit", format!("more than {MAX_TOMBSTONES} in one file"));
    }
    let mut stones = stones.into_iter();
    match (pb, stones.next()) {
        (Some(pb), Some(text)) => {
            close(input, emit, &pb);
            let (stone, differs) = join(pb, &text);
            crash(input, emit, &stone, "both", &differs);
        }
        (Some(pb), None) => {
            emit.note("text-unreadable", "the text holds no crash; its protobuf twin was read");
            close(input, emit, &pb);
            crash(input, emit, &pb, "protobuf", &[]);
        }
        (None, Some(text)) => alone(input, emit, &text),
        (None, None) if input.entry.size > 0 => {
            // Some tools drop the ending of the protobuf's name.
            let stone = tombstone_pb::read(&input.bytes()?)
                .map_err(|e| ParseError::Format(format!("neither text of a crash, nor protobuf: {e}")))?;
            close(input, emit, &stone);
            crash(input, emit, &stone, "protobuf", &[]);
        }
        (None, None) => return Err(ParseError::Format("expected a tombstone, found an empty file".to_owned())),
    }
    stones.for_each(|stone| alone(input, emit, &stone));
    Ok(())
}

/// The entry of this name among the tombstones, if its bytes are there.
fn stored(input: &Input<'_>, name: &str) -> Result<Option<Entry>, ParseError> {
    let twin = input.find(&Place::File(FILES))?.into_iter().find(|e| e.name == name);
    Ok(twin.filter(|e| e.presence == Presence::Stored))
}

/// A twin that cannot be read costs its extra fields, not the crash: the text is still there.
fn protobuf(input: &Input<'_>, emit: &mut Emitter<'_>, twin: &Entry) -> Result<Option<Tombstone>, ParseError> {
    let read = input.bytes_of(twin).and_then(|bytes| tombstone_pb::read(&bytes).map_err(ParseError::format));
    match read {
        Ok(stone) => Ok(Some(stone)),
        Err(e) => {
            emit.note("protobuf-unreadable", format!("{}: {e}; the text was read", twin.name));
            Ok(None)
        }
    }
}

fn alone(input: &Input<'_>, emit: &mut Emitter<'_>, stone: &Tombstone) {
    close(input, emit, stone);
    let form = if stone.source == SourceKind::StackDump { "stack-dump" } else { "text" };
    crash(input, emit, stone, form, &[]);
}

/// Says what of a tombstone is missing. A text without a line end at its end is none the worse for it.
fn close(input: &Input<'_>, emit: &mut Emitter<'_>, stone: &Tombstone) {
    if input.entry.truncated || (stone.truncated && stone.source == SourceKind::Protobuf) {
        emit.lost(0, "truncated", "the file ends before the crash report does");
    }
    if stone.frames_lost > 0 {
        emit.note("frames-limit", format!("{} frames of the stack were left out", stone.frames_lost));
    }
}

/// The protobuf's fields, completed from the text, and the names of those that contradict each other.
fn join(mut pb: Tombstone, text: &Tombstone) -> (Tombstone, Vec<&'static str>) {
    let mut differs = Vec::new();
    let signal = pb.signal.get_or_insert_default();
    let said = text.signal.clone().unwrap_or_default();
    join_signal(signal, &said, &mut differs);
    if *signal == Signal::default() {
        pb.signal = None;
    }
    let mut join = Joiner { differs: &mut differs };
    join.field("build_fingerprint", &mut pb.build_fingerprint, &text.build_fingerprint);
    join.field("arch", &mut pb.arch, &text.arch);
    join.time(&mut pb.timestamp, &text.timestamp);
    join.field("uptime_seconds", &mut pb.process_uptime, &text.process_uptime);
    join.field("executable", &mut pb.executable, &text.executable);
    join.field("pid", &mut pb.pid, &text.pid);
    join.field("tid", &mut pb.tid, &text.tid);
    join.field("uid", &mut pb.uid, &text.uid);
    join.field("thread", &mut pb.thread_name, &text.thread_name);
    join.field("selinux_label", &mut pb.selinux_label, &text.selinux_label);
    join.message(&mut pb.abort_message, &text.abort_message);
    // The text repeats the first word of the command line as the name of the process.
    let mut process = pb.process_name.take().or_else(|| pb.command_line.first().cloned());
    join.field("process", &mut process, &text.process_name);
    pb.process_name = process;
    if pb.command_line.is_empty() {
        pb.command_line = text.command_line.clone();
    } else if !text.command_line.is_empty() && words(&pb.command_line) != words(&text.command_line) {
        differs.push("arguments");
    }
    if pb.causes.is_empty() {
        pb.causes = text.causes.clone();
    } else if !text.causes.is_empty() && pb.causes.first() != text.causes.first() {
        differs.push("causes");
    }
    if pb.backtrace.is_empty() {
        pb.backtrace = text.backtrace.clone();
    } else if !text.backtrace.is_empty() && libraries(&pb) != libraries(text) {
        differs.push("libraries");
    }
    pb.line = text.line;
    (pb, differs)
}

fn join_signal(pb: &mut Signal, text: &Signal, differs: &mut Vec<&'static str>) {
    let mut join = Joiner { differs };
    join.field("signal_number", &mut pb.number, &text.number);
    join.field("signal", &mut pb.name, &text.name);
    join.field("code_number", &mut pb.code, &text.code);
    join.field("code", &mut pb.code_name, &text.code_name);
    join.field("fault_address", &mut pb.fault_address, &text.fault_address);
    join.field("sender_pid", &mut pb.sender_pid, &text.sender_pid);
    join.field("sender_uid", &mut pb.sender_uid, &text.sender_uid);
}

/// Text cuts its command line at spaces, protobuf does not.
fn words(line: &[String]) -> Vec<&str> {
    line.iter().flat_map(|w| w.split_ascii_whitespace()).collect()
}

struct Joiner<'d> {
    differs: &'d mut Vec<&'static str>,
}

impl Joiner<'_> {
    fn field<T: Clone + PartialEq>(&mut self, name: &'static str, pb: &mut Option<T>, text: &Option<T>) {
        match (&*pb, text) {
            (None, _) => pb.clone_from(text),
            (Some(a), Some(b)) if a != b => self.differs.push(name),
            _ => {}
        }
    }

    /// The same moment may be written in two ways.
    fn time(&mut self, pb: &mut Option<String>, text: &Option<String>) {
        let of = |text: &Option<String>| text.as_deref().and_then(moment).map(|t| (t.micros, t.is_utc()));
        let same = of(pb).is_some() && of(pb) == of(text);
        if !same {
            self.field("time", pb, text);
        }
    }

    /// The text form loses white space at the ends.
    fn message(&mut self, pb: &mut Option<String>, text: &Option<String>) {
        if pb.as_deref().map(str::trim) != text.as_deref().map(str::trim) {
            self.field("abort_message", pb, text);
        }
    }
}

/// Paths in the stack, innermost first, each once.
fn libraries(stone: &Tombstone) -> Vec<&str> {
    let mut seen: Vec<&str> = Vec::new();
    for file in stone.backtrace.iter().filter_map(|f| f.file.as_deref()).filter(|f| f.starts_with('/')) {
        if !seen.contains(&file) {
            seen.push(file);
        }
    }
    seen
}

fn crash(input: &Input<'_>, emit: &mut Emitter<'_>, stone: &Tombstone, form: &str, differs: &[&'static str]) {
    let first = stone.command_line.first().map(String::as_str).filter(|f| !f.is_empty());
    let process = stone.process_name.as_deref().or(first);
    let path = |text: Option<&'_ str>| text.filter(|t| t.starts_with('/')).map(str::to_owned);
    let texts = |items: Vec<&str>| {
        (!items.is_empty()).then(|| items.into_iter().map(|i| Value::from(i.to_owned())).collect::<Vec<_>>())
    };
    let functions = stone.backtrace.iter().filter_map(|f| f.function.as_deref()).collect();
    let time = stone.timestamp.as_deref().and_then(moment);
    let mut values = Values::new();
    values
        .put(&PROCESS, process)
        .put(&PROGRAM, first.filter(|f| Some(*f) != process))
        .put(&BINARY, path(stone.executable.as_deref()).or_else(|| path(process)).or_else(|| path(first)))
        .put(&ARGUMENTS, Some(stone.command_line.get(1..).unwrap_or_default().join(" ")).filter(|a| !a.is_empty()))
        .put(&THREAD, stone.thread_name.as_deref())
        .put(&PID, stone.pid)
        .put(&TID, stone.tid)
        .put(&UID, stone.uid)
        .put(&PRIVILEGED_UID, stone.uid.map(|u| PRIVILEGED.contains(&u)))
        // debuggerd writes the label with the zero byte that ends it.
        .put(&SELINUX_LABEL, stone.selinux_label.as_deref().map(|l| l.trim_end_matches('\0')));
    if let Some(signal) = &stone.signal {
        values
            .put(&SIGNAL, signal.name.as_deref())
            .put(&SIGNAL_NUMBER, signal.number.map(i64::from))
            .put(&CODE, signal.code_name.as_deref())
            .put(&CODE_NUMBER, signal.code.map(i64::from))
            .put(&FAULT_ADDRESS, signal.fault_address.map(|a| format!("0x{a:x}")))
            .put(&SENDER_PID, signal.sender_pid.map(i64::from))
            .put(&SENDER_UID, signal.sender_uid.map(i64::from));
    }
    values
        .put(&ABORT_MESSAGE, stone.abort_message.as_deref())
        .put(&CAUSES, texts(stone.causes.iter().map(String::as_str).collect()))
        .put(&LIBRARIES, texts(libraries(stone)))
        .put(&FUNCTIONS, texts(functions))
        .put(&TIME, time)
        .put(&TIME_TEXT, stone.timestamp.as_deref().filter(|_| time.is_none()))
        .put(&UPTIME_SECONDS, stone.process_uptime.and_then(|u| i64::try_from(u).ok()))
        .put(&ARCH, stone.arch.as_deref())
        .put(&BUILD_FINGERPRINT, stone.build_fingerprint.as_deref())
        .set(&FORM, form)
        .put(&DIFFERS, texts(differs.to_vec()));
    let locator = if stone.line > 0 { section::locator(input, stone.line) } else { Locator::Whole };
    emit.emit(&CRASH, locator, values.as_slice());
}

/// `2023-04-12 12:32:40.518290770+0200`, with or without fraction and offset.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let clock_at = text.find([' ', 'T'])? + 1;
    let offset_at = text.get(clock_at..)?.find(['+', '-', 'Z']).map(|n| clock_at + n);
    let (local, offset) = match offset_at {
        Some(at) => (text.get(..at)?.trim_end(), Some(offset(text.get(at..)?)?)),
        None => (text, None),
    };
    let (whole, fraction) = local.split_once('.').unwrap_or((local, ""));
    if fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let mut time = section::device_local(whole)?;
    time.micros = time.micros.checked_add(micros)?;
    if !fraction.is_empty() {
        time.precision = Precision::Micro;
    }
    if let Some(seconds) = offset {
        time.micros = time.micros.checked_sub(i64::from(seconds) * 1_000_000)?;
        time.zone = Zone::Offset(seconds);
    }
    Some(time)
}

/// Seconds of `+0200`, `-04:00`, `Z`.
fn offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = (number / 100, number % 100);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

#[cfg(test)]
mod tests;
