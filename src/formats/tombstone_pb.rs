//! Crash reports as protobuf, `tombstone_NN.pb` (AOSP `system/core/debuggerd/proto/tombstone.proto`, Android 12 and
//! later), read into [`Tombstone`].
//!
//! The outermost message is walked field by field, so that a file cut short gives all fields before the cut; what
//! lies inside them is decoded by prost, which bounds recursion at 100. Unknown fields are passed over. Registers,
//! memory, mappings, logs and open files are not read.

use std::ops::Range;

use prost::Message;
use thiserror::Error;

use super::lines::clip;
use super::tombstone::{self, Frame, Signal, SourceKind, Thread, Tombstone};

/// Larger files are refused; real ones are below 2 MiB.
pub const MAX_FILE: usize = 64 << 20;

/// Why nothing could be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// The file is too large to be a tombstone.
    #[error("expected a tombstone of at most {MAX_FILE} bytes, found {0}")]
    TooLarge(usize),
    /// It is not a protobuf message, or not this one.
    #[error("expected a field of a tombstone at offset {offset}, found {what}")]
    NotATombstone {
        /// Where.
        offset: usize,
        /// What is there.
        what: &'static str,
    },
}

#[derive(Clone, PartialEq, Message)]
struct SignalPb {
    #[prost(int32, tag = "1")]
    number: i32,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(int32, tag = "3")]
    code: i32,
    #[prost(string, tag = "4")]
    code_name: String,
    #[prost(bool, tag = "5")]
    has_sender: bool,
    #[prost(int32, tag = "6")]
    sender_uid: i32,
    #[prost(int32, tag = "7")]
    sender_pid: i32,
    #[prost(bool, tag = "8")]
    has_fault_address: bool,
    #[prost(uint64, tag = "9")]
    fault_address: u64,
}

#[derive(Clone, PartialEq, Message)]
struct CausePb {
    #[prost(string, tag = "1")]
    human_readable: String,
}

/// An entry of `map<uint32, Thread>`.
#[derive(Clone, PartialEq, Message)]
struct ThreadEntryPb {
    #[prost(uint32, tag = "1")]
    key: u32,
    #[prost(message, optional, tag = "2")]
    thread: Option<ThreadPb>,
}

#[derive(Clone, PartialEq, Message)]
struct ThreadPb {
    #[prost(int32, tag = "1")]
    id: i32,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "4")]
    backtrace: Vec<FramePb>,
}

#[derive(Clone, PartialEq, Message)]
struct FramePb {
    #[prost(uint64, tag = "1")]
    rel_pc: u64,
    #[prost(string, tag = "4")]
    function_name: String,
    #[prost(uint64, tag = "5")]
    function_offset: u64,
    #[prost(string, tag = "6")]
    file_name: String,
    #[prost(string, tag = "8")]
    build_id: String,
}

enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Other,
}

/// Walks the fields of one message.
struct Walker<'a> {
    bytes: &'a [u8],
    at: usize,
}

enum Stop {
    /// The data ended inside a field.
    Cut,
    /// What is there is no field.
    Bad(&'static str),
}

impl<'a> Walker<'a> {
    fn varint(&mut self) -> Result<u64, Stop> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.bytes.get(self.at).ok_or(Stop::Cut)?;
            self.at += 1;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Stop::Bad("a number longer than ten bytes"))
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], Stop> {
        let count = usize::try_from(count).map_err(|_| Stop::Cut)?;
        let end = self.at.checked_add(count).ok_or(Stop::Cut)?;
        let taken = self.bytes.get(self.at..end).ok_or(Stop::Cut)?;
        self.at = end;
        Ok(taken)
    }

    /// Field number and value; None at the end.
    fn field(&mut self) -> Result<Option<(u64, Wire<'a>)>, Stop> {
        if self.at >= self.bytes.len() {
            return Ok(None);
        }
        let key = self.varint()?;
        let wire = match key & 7 {
            0 => Wire::Number(self.varint()?),
            1 => self.take(8).map(|_| Wire::Other)?,
            2 => {
                let length = self.varint()?;
                Wire::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Wire::Other)?,
            _ => return Err(Stop::Bad("a wire type that proto3 does not have")),
        };
        match key >> 3 {
            0 => Err(Stop::Bad("field number 0")),
            number => Ok(Some((number, wire))),
        }
    }
}

/// Reads one file.
///
/// # Errors
/// [`Error::TooLarge`], and [`Error::NotATombstone`] when no field at all names a process, a time or a build before the
/// data ends or stops being protobuf. A file that is cut later is given with `truncated`.
pub fn read(bytes: &[u8]) -> Result<Tombstone, Error> {
    if bytes.len() > MAX_FILE {
        return Err(Error::TooLarge(bytes.len()));
    }
    let mut stone = Tombstone { source: SourceKind::Protobuf, ..Tombstone::default() };
    let mut walker = Walker { bytes, at: 0 };
    let mut threads: Vec<Range<usize>> = Vec::new();
    let (mut offset, mut what) = (0, "nothing that names a process");
    let (mut seen, mut furthest) = (0u64, 0);
    loop {
        offset = walker.at.max(offset);
        match walker.field() {
            Ok(None) => break,
            Ok(Some((16, Wire::Bytes(entry)))) if threads.len() < tombstone::MAX_THREADS => {
                threads.push(walker.at - entry.len()..walker.at);
            }
            Ok(Some((number, wire))) => {
                seen |= 1u64.checked_shl(u32::try_from(number).unwrap_or(u32::MAX)).unwrap_or(0);
                furthest = number.max(furthest);
                set_field(&mut stone, number, wire);
            }
            Err(stop) => {
                stone.truncated = true;
                if let Stop::Bad(said) = stop {
                    what = said;
                }
                break;
            }
        }
    }
    let named = stone.pid.is_some() || stone.timestamp.is_some() || stone.build_fingerprint.is_some();
    if !named && stone.command_line.is_empty() {
        return Err(Error::NotATombstone { offset, what });
    }
    // proto3 does not write zeros: no uid is root, no architecture is 32-bit ARM. Fields are written in the order of their
    // numbers, so one that the walk has passed is zero, and one beyond a cut is unknown.
    let zero = |field: u64| seen & (1 << field) == 0 && (!stone.truncated || furthest > field);
    let (arm, root, young) = (zero(1), zero(7), zero(20));
    stone.uid = stone.uid.or(root.then_some(0));
    stone.process_uptime = stone.process_uptime.or(young.then_some(0));
    stone.arch = stone.arch.or_else(|| arm.then(|| "arm".to_owned()));
    for entry in threads.into_iter().filter_map(|range| bytes.get(range)) {
        match ThreadEntryPb::decode(entry) {
            Ok(entry) => add_thread(&mut stone, entry),
            Err(_) => stone.truncated = true,
        }
    }
    Ok(stone)
}

fn set_field(stone: &mut Tombstone, number: u64, wire: Wire<'_>) {
    match wire {
        Wire::Number(value) => set_number(stone, number, value),
        Wire::Bytes(bytes) => set_bytes(stone, number, bytes),
        Wire::Other => {}
    }
}

fn set_number(stone: &mut Tombstone, number: u64, value: u64) {
    let small = u32::try_from(value).ok();
    match number {
        1 => stone.arch = arch(value).map(str::to_owned),
        5 => stone.pid = small,
        6 => stone.tid = small,
        7 => stone.uid = small,
        20 => stone.process_uptime = Some(value),
        22 => stone.page_size = small,
        _ => {}
    }
}

fn set_bytes(stone: &mut Tombstone, number: u64, bytes: &[u8]) {
    let text = || Some(text(bytes)).filter(|t| !t.is_empty());
    match number {
        2 => stone.build_fingerprint = text(),
        3 => stone.revision = text(),
        4 => stone.timestamp = text(),
        8 => stone.selinux_label = text(),
        9 if stone.command_line.len() < tombstone::MAX_ITEMS => stone.command_line.push(self::text(bytes)),
        10 => match SignalPb::decode(bytes) {
            Ok(signal) => stone.signal = Some(signal_of(signal)),
            Err(_) => stone.truncated = true,
        },
        14 => stone.abort_message = text(),
        15 if stone.causes.len() < tombstone::MAX_ITEMS => match CausePb::decode(bytes) {
            Ok(cause) => stone.causes.push(clip(&cause.human_readable, tombstone::MAX_VALUE).to_owned()),
            Err(_) => stone.truncated = true,
        },
        _ => {}
    }
}

fn text(bytes: &[u8]) -> String {
    let head = bytes.get(..tombstone::MAX_VALUE).unwrap_or(bytes);
    String::from_utf8_lossy(head).into_owned()
}

fn arch(value: u64) -> Option<&'static str> {
    ["arm", "arm64", "x86", "x86_64", "riscv64"].get(usize::try_from(value).ok()?).copied()
}

fn keep(text: String) -> Option<String> {
    (!text.is_empty()).then(|| clip(&text, tombstone::MAX_VALUE).to_owned())
}

fn signal_of(s: SignalPb) -> Signal {
    Signal {
        number: Some(s.number),
        name: keep(s.name),
        code: Some(s.code),
        code_name: keep(s.code_name),
        sender_pid: s.has_sender.then_some(s.sender_pid),
        sender_uid: s.has_sender.then_some(s.sender_uid),
        fault_address: s.has_fault_address.then_some(s.fault_address),
    }
}

fn add_thread(stone: &mut Tombstone, entry: ThreadEntryPb) {
    let thread = entry.thread.unwrap_or_default();
    let tid = u32::try_from(thread.id).ok().filter(|id| *id != 0).unwrap_or(entry.key);
    if stone.tid != Some(tid) {
        stone.threads.push(Thread { tid, name: keep(thread.name) });
        return;
    }
    stone.thread_name = keep(thread.name);
    stone.frames_lost = thread.backtrace.len().saturating_sub(tombstone::MAX_FRAMES) as u64;
    stone.backtrace = thread.backtrace.into_iter().take(tombstone::MAX_FRAMES).map(frame_of).collect();
}

fn frame_of(f: FramePb) -> Frame {
    let function = keep(f.function_name);
    let function_offset = function.is_some().then_some(f.function_offset);
    Frame { rel_pc: f.rel_pc, file: keep(f.file_name), function, function_offset, build_id: keep(f.build_id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, PartialEq, Message)]
    struct Whole {
        #[prost(uint32, tag = "1")]
        arch: u32,
        #[prost(string, tag = "2")]
        build: String,
        #[prost(string, tag = "4")]
        time: String,
        #[prost(uint32, tag = "5")]
        pid: u32,
        #[prost(uint32, tag = "6")]
        tid: u32,
        #[prost(uint32, tag = "7")]
        uid: u32,
        #[prost(string, tag = "8")]
        label: String,
        #[prost(string, repeated, tag = "9")]
        command_line: Vec<String>,
        #[prost(message, optional, tag = "10")]
        signal: Option<SignalPb>,
        #[prost(string, tag = "14")]
        abort: String,
        #[prost(message, repeated, tag = "15")]
        causes: Vec<CausePb>,
        #[prost(message, repeated, tag = "16")]
        threads: Vec<ThreadEntryPb>,
        #[prost(uint32, tag = "20")]
        uptime: u32,
        #[prost(fixed64, tag = "99")]
        unknown: u64,
        #[prost(fixed32, tag = "98")]
        unknown_too: u32,
    }

    fn thread(id: i32, name: &str, frames: usize) -> ThreadEntryPb {
        let frame =
            FramePb { rel_pc: 16, function_name: "f".into(), file_name: "/lib.so".into(), ..FramePb::default() };
        let thread = ThreadPb { id, name: name.into(), backtrace: vec![frame; frames] };
        ThreadEntryPb { key: id as u32, thread: Some(thread) }
    }

    fn sample() -> Vec<u8> {
        Whole {
            arch: 1,
            build: "a/b/c".into(),
            time: "2026-01-02 03:04:05+0100".into(),
            pid: 70,
            tid: 71,
            uid: 10_001,
            label: "u:r:app:s0".into(),
            command_line: vec!["com.example".into(), "--x".into()],
            signal: Some(SignalPb {
                number: 11,
                name: "SIGSEGV".into(),
                has_fault_address: true,
                fault_address: 8,
                ..Default::default()
            }),
            abort: "gone".into(),
            causes: vec![CausePb { human_readable: "null pointer".into() }],
            threads: vec![thread(70, "main", 1), thread(71, "worker", 300)],
            uptime: 5,
            unknown: 1,
            unknown_too: 2,
        }
        .encode_to_vec()
    }

    #[test]
    fn every_field() {
        let t = read(&sample()).unwrap();
        assert_eq!((t.arch.as_deref(), t.pid, t.tid, t.uid), (Some("arm64"), Some(70), Some(71), Some(10_001)));
        assert_eq!(
            (t.command_line.len(), t.selinux_label.as_deref(), t.process_uptime),
            (2, Some("u:r:app:s0"), Some(5))
        );
        let s = t.signal.clone().unwrap();
        assert_eq!((s.number, s.fault_address, s.sender_pid), (Some(11), Some(8), None));
        assert_eq!((t.thread_name.as_deref(), t.backtrace.len(), t.frames_lost), (Some("worker"), 256, 44));
        assert_eq!(t.threads, [Thread { tid: 70, name: Some("main".into()) }]);
        assert_eq!(
            (t.causes[0].as_str(), t.abort_message.as_deref(), t.truncated),
            ("null pointer", Some("gone"), false)
        );
    }

    #[test]
    fn zeros_are_not_written_but_mean_something() {
        let root = Whole { pid: 7, tid: 7, build: "b".into(), abort: "x".into(), ..Whole::default() }.encode_to_vec();
        let t = read(&root).unwrap();
        assert_eq!((t.uid, t.arch.as_deref(), t.process_uptime), (Some(0), Some("arm"), Some(0)));
        let cut = read(&root[..root.len() - 4]).unwrap();
        assert_eq!((cut.pid, cut.uid, cut.process_uptime, cut.truncated), (Some(7), None, None, true));
    }

    #[test]
    fn a_cut_file_keeps_its_head() {
        let bytes = sample();
        let with_command = bytes.windows(3).position(|w| w == b"--x").unwrap() + 3;
        for end in 0..bytes.len() {
            match read(&bytes[..end]) {
                Ok(t) if end >= with_command => {
                    assert_eq!((t.pid, t.uid, t.command_line.len()), (Some(70), Some(10_001), 2), "cut at {end}");
                }
                Ok(_) => {}
                Err(_) => assert!(end < 10, "cut at {end}"),
            }
        }
        assert!(read(&bytes[..bytes.len() - 20]).unwrap().truncated);
    }

    #[test]
    fn flipped_bytes_and_other_files() {
        let bytes = sample();
        for at in 0..bytes.len() {
            for bit in [0x01, 0x80, 0xFF] {
                let mut bad = bytes.clone();
                bad[at] ^= bit;
                let _ = read(&bad);
            }
        }
        assert!(matches!(read(b""), Err(Error::NotATombstone { .. })));
        assert!(matches!(read(b"*** *** ***"), Err(Error::NotATombstone { .. })));
        assert!(matches!(read(&vec![b'{'; 1 << 20]), Err(Error::NotATombstone { .. })));
        assert!(read(&vec![0x82; 1 << 20]).is_err());
    }
}
