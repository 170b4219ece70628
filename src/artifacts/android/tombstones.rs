//! Crash reports of native processes: `tombstone_NN` and its protobuf twin `tombstone_NN.pb`.

use crate::artifact::{
    Artifact, Cut, Emitter, Entry, Input, Locator, ParseError, Precision, Presence, Reader, Source, Timestamp, Value,
    Zone, reason, section, shape,
};
use crate::formats::tombstone::{Signal, SourceKind, Tombstone, read_text};
use crate::formats::tombstone_pb;

shape! {
    /// Crash.
    crash(Executed) {
        process           Public  [Process AppId] "Process that crashed: name of the app's process, or path of the program.";
        program           Public  [Process]       "First word of the command line, where it is not the same as the process.";
        binary            Public  [FilePath]      "Path of the program, where one is written.";
        arguments         Content [Text]          "The rest of the command line; where only text is left, cut at spaces.";
        thread            Public  [Process]       "Name of the thread that crashed, at most 15 characters; the program chose it.";
        pid               Public  [Number]        "Process id.";
        tid               Public  [Number]        "Thread id.";
        uid               Public  [Number]        "Uid of the process.";
        privileged_uid    Public  []              "True for uid 0 (root), 1000 (system) and 2000 (shell); left out where no uid is written.";
        selinux_label     Public  []              "SELinux label of the process.";
        signal            Public  []              "Name of the signal, SIGSEGV.";
        signal_number     Public  [Number]        "Number of the signal.";
        code              Public  []              "Name of the signal's code, SEGV_MAPERR.";
        code_number       Public  [Number]        "Number of the code.";
        fault_address     Public  []              "Address of the fault, hexadecimal.";
        sender_pid        Public  [Number]        "Process that sent the signal, if one did.";
        sender_uid        Public  [Number]        "Uid of that process.";
        abort_message     Content [Text]          "What the program said when it gave up.";
        causes            Public  [Text]          "What the crash reporter thinks happened, most likely first.";
        libraries         Public  [FilePath]      "Files in the stack of the thread that crashed, innermost first, each once.";
        functions         Public  []              "Functions in that stack, innermost first, as far as they are named.";
        time              Public  [Time]          "Moment of the crash: UTC with the offset that is written; device-local where none is.";
        time_text         Public  []              "The time as written, where no date could be made of it.";
        uptime_seconds    Public  [Number]        "Seconds the process had lived.";
        arch              Public  []              "arm, arm64, x86, x86_64, riscv64.";
        build_fingerprint Public  []              "Build the device ran at that time.";
        form              Public  []              "`text`, `protobuf`, `both`, or `stack-dump` (stacks of a process that may live on).";
        differs           Public  []              "Fields in which text and protobuf do not say the same; the protobuf's are shown.";
    }
    events {
        crash(time) "{process} crashed: {signal} {code}";
    }
}

/// See its `about`.
pub static ARTIFACT: Artifact = Artifact {
    id: "android.tombstones",
    about: "One `crash` record per process that died of a signal: who it was, with whose rights, of what, and which \
libraries were in its stack. Exploits that fail leave such crashes in the libraries they attack, and privileged tools \
leave them under uid 0, 1000 or 2000.\n\n\
Text and protobuf of the same crash are one record: the protobuf's fields, those it lacks from the text, and `differs` \
where they contradict each other. What a file does not say is left out; Android 8 of some vendors has neither time nor \
uid, and the file is read all the same.\n\n\
Limits: a device keeps its last 32 crashes or fewer. Most crashes are faults of ordinary programs.",
    sources: &[
        Source::android("/data/tombstones/tombstone_*", Reader::With(parse)),
        Source::command("TOMBSTONE", Reader::With(parse)),
    ],
    shapes: &[&crash::SHAPE],
    mvt: &["tombstones"],
};

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
        if filled(input, text_name)?.is_some() {
            return Ok(()); // read with its text
        }
        return match input.entry.size {
            0 => set_aside(emit),
            _ => binary(input, emit, &tombstone_pb::read(&input.bytes()?).map_err(ParseError::format)?),
        };
    }
    if input.entry.size == 0 {
        return set_aside(emit);
    }
    let pb = match filled(input, &format!("{}{PB}", input.entry.name))? {
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
        emit.lost(dropped, reason::TOMBSTONES_LIMIT, format!("more than {MAX_TOMBSTONES} in one file"));
    }
    let mut stones = stones.into_iter();
    match (pb, stones.next()) {
        (Some(pb), Some(text)) if other_crash(&pb, &text) => {
            binary(input, emit, &pb)?;
            alone(input, emit, &text);
        }
        (Some(pb), Some(text)) => {
            close(input, emit, &pb);
            let (stone, differs) = join(pb, &text);
            crash(input, emit, &stone, "both", &differs);
        }
        (Some(pb), None) => {
            emit.lost_unknown(reason::TEXT_UNREADABLE, "the text holds no crash; its protobuf twin was read");
            binary(input, emit, &pb)?;
        }
        (None, Some(text)) => alone(input, emit, &text),
        (None, None) => {
            // Some tools drop the ending of the protobuf's name.
            let stone = tombstone_pb::read(&input.bytes()?)
                .map_err(|e| ParseError::Format(format!("neither text of a crash, nor protobuf: {e}")))?;
            binary(input, emit, &stone)?;
        }
    }
    stones.for_each(|stone| alone(input, emit, &stone));
    Ok(())
}

/// Newer systems keep files for crashes that never came.
fn set_aside(emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    emit.count(reason::EMPTY_TOMBSTONES, "files that are set aside for crash reports are empty");
    Ok(())
}

/// The entry of this name among the tombstones, if it holds anything.
fn filled(input: &Input<'_>, name: &str) -> Result<Option<Entry>, ParseError> {
    Ok(input.beside(name)?.filter(|e| e.presence == Presence::Stored && e.size > 0))
}

/// A twin that cannot be read costs what it alone knew, not the crash: the text is still there.
fn protobuf(input: &Input<'_>, emit: &mut Emitter<'_>, twin: &Entry) -> Result<Option<Tombstone>, ParseError> {
    let read = input.bytes_of(twin).and_then(|bytes| tombstone_pb::read(&bytes).map_err(ParseError::format));
    match read {
        Ok(stone) => Ok(Some(stone)),
        Err(e) => {
            emit.lost_unknown(
                reason::PROTOBUF_UNREADABLE,
                format!("{}: {e}; what is known of this crash is from the text", twin.name),
            );
            Ok(None)
        }
    }
}

/// True for two forms that tell of two crashes: files are overwritten in turn, and not at once.
fn other_crash(pb: &Tombstone, text: &Tombstone) -> bool {
    let differ = |a: Option<i64>, b: Option<i64>| a.zip(b).is_some_and(|(a, b)| a != b);
    let time = |s: &Tombstone| s.timestamp.as_deref().and_then(moment).map(|t| t.micros / 1_000_000);
    differ(pb.pid.map(i64::from), text.pid.map(i64::from)) && differ(time(pb), time(text))
}

fn binary(input: &Input<'_>, emit: &mut Emitter<'_>, stone: &Tombstone) -> Result<(), ParseError> {
    close(input, emit, stone);
    crash(input, emit, stone, "protobuf", &[]);
    Ok(())
}

fn alone(input: &Input<'_>, emit: &mut Emitter<'_>, stone: &Tombstone) {
    close(input, emit, stone);
    let form = if stone.source == SourceKind::StackDump { "stack-dump" } else { "text" };
    crash(input, emit, stone, form, &[]);
}

/// Says what of a tombstone is missing. A text without a line end at its end is none the worse for it.
fn close(input: &Input<'_>, emit: &mut Emitter<'_>, stone: &Tombstone) {
    if input.entry.cut == Some(Cut::Unclosed) {
        let text = "this section does not end as the others do: something in it was taken for the beginning of another";
        emit.lost_unknown(reason::SECTION_UNCLOSED, text);
    } else if input.entry.cut.is_some() || (stone.truncated && stone.source == SourceKind::Protobuf) {
        emit.lost_unknown(reason::TRUNCATED, "the file ends before the crash report does");
    } else if stone.source == SourceKind::Text
        && stone.build_fingerprint.is_some()
        && stone.signal.is_none()
        && stone.backtrace.is_empty()
    {
        let text = "the crash report begins, and names neither a signal nor a stack: the rest of it is missing";
        emit.lost_unknown(reason::TRUNCATED, text);
    }
    if stone.frames_lost > 0 {
        emit.note(reason::FRAMES_LIMIT, format!("{} frames of the stack were left out", stone.frames_lost));
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
    let mut out = emit.fields();
    out.put(&crash::process, process)
        .put(&crash::program, first.filter(|f| Some(*f) != process))
        .put(&crash::binary, path(stone.executable.as_deref()).or_else(|| path(process)).or_else(|| path(first)))
        .put(
            &crash::arguments,
            Some(stone.command_line.get(1..).unwrap_or_default().join(" ")).filter(|a| !a.is_empty()),
        )
        .put(&crash::thread, stone.thread_name.as_deref())
        .put(&crash::pid, stone.pid)
        .put(&crash::tid, stone.tid)
        .put(&crash::uid, stone.uid)
        .put(&crash::privileged_uid, stone.uid.map(|u| PRIVILEGED.contains(&u)))
        // debuggerd writes the label with the zero byte that ends it.
        .put(&crash::selinux_label, stone.selinux_label.as_deref().map(|l| l.trim_end_matches('\0')));
    if let Some(signal) = &stone.signal {
        out.put(&crash::signal, signal.name.as_deref())
            .put(&crash::signal_number, signal.number.map(i64::from))
            .put(&crash::code, signal.code_name.as_deref())
            .put(&crash::code_number, signal.code.map(i64::from))
            .put(&crash::fault_address, signal.fault_address.map(|a| format!("0x{a:x}")))
            .put(&crash::sender_pid, signal.sender_pid.map(i64::from))
            .put(&crash::sender_uid, signal.sender_uid.map(i64::from));
    }
    out.put(&crash::abort_message, stone.abort_message.as_deref())
        .put(&crash::causes, texts(stone.causes.iter().map(String::as_str).collect()))
        .put(&crash::libraries, texts(libraries(stone)))
        .put(&crash::functions, texts(functions))
        .put(&crash::time, time)
        .put(&crash::time_text, stone.timestamp.as_deref().filter(|_| time.is_none()))
        .put(&crash::uptime_seconds, stone.process_uptime.and_then(|u| i64::try_from(u).ok()))
        .put(&crash::arch, stone.arch.as_deref())
        .put(&crash::build_fingerprint, stone.build_fingerprint.as_deref())
        .set(&crash::form, form)
        .put(&crash::differs, texts(differs.to_vec()));
    let locator = if stone.line > 0 { section::locator(input, stone.line) } else { Locator::Whole };
    emit.emit(&crash::SHAPE, locator, out);
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
    let mut time = section::device_local(whole).value()?;
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
