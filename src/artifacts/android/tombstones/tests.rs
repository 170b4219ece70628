use super::*;
use crate::artifact::Context;
use crate::artifacts::testing::Memory;
use prost::Message;

const TEXT: &str = "\
*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***
Build fingerprint: 'a/b/c:12/X/1:user/release-keys'
Revision: '0'
ABI: 'arm64'
Timestamp: 2023-04-12 12:32:40.518290770+0200
Process uptime: 7s
Cmdline: /vendor/bin/codec --fast x
pid: 25541, tid: 21307, name: decoder  >>> /vendor/bin/codec <<<
uid: 1000
signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x1c
Cause: null pointer dereference
Abort message: 'see https://evil.example.org/x '

backtrace:
      #00 pc 000000000004bd80  /apex/lib/libc.so (je_free+32) (BuildId: c3)
      #01 pc 0000000000034cfb  /apex/lib/libc.so (BuildId: c3)
      #02 pc 0000000000005bad  /system/lib64/libimagecodec.quram.so (decode(int)+26)
      #03 pc 0000000000005bad  <anonymous:7000>

";
const NAME: &str = "/data/tombstones/tombstone_00";

#[derive(Clone, PartialEq, Message)]
struct Signal {
    #[prost(int32, tag = "1")]
    number: i32,
    #[prost(string, tag = "2")]
    name: String,
}

#[derive(Clone, PartialEq, Message)]
struct Stone {
    #[prost(int32, tag = "1")]
    arch: i32,
    #[prost(string, tag = "4")]
    timestamp: String,
    #[prost(uint32, tag = "5")]
    pid: u32,
    #[prost(uint32, tag = "6")]
    tid: u32,
    #[prost(uint32, tag = "7")]
    uid: u32,
    #[prost(string, tag = "8")]
    selinux_label: String,
    #[prost(string, repeated, tag = "9")]
    command_line: Vec<String>,
    #[prost(message, optional, tag = "10")]
    signal: Option<Signal>,
    #[prost(uint32, tag = "20")]
    uptime: u32,
}

fn pb(uid: u32) -> Stone {
    Stone {
        arch: 1,
        uptime: 7,
        timestamp: "2023-04-12 10:32:40.518290770+0000".into(),
        pid: 25541,
        tid: 21307,
        uid,
        selinux_label: "u:r:mediacodec:s0".into(),
        command_line: vec!["/vendor/bin/codec".into(), "--fast x".into()],
        signal: Some(Signal { number: 11, name: "SIGSEGV".into() }),
    }
}

#[test]
fn text_alone() {
    let got = Memory::report_file(NAME, TEXT).run(&ARTIFACT);
    let [c] = &got.records[..] else { panic!("{:?}", got.errors) };
    assert_eq!(
        (c.shown("process"), c.shown("binary"), c.get("program")),
        ("/vendor/bin/codec".into(), "/vendor/bin/codec".into(), None)
    );
    assert_eq!(
        (c.shown("arguments"), c.shown("thread"), c.shown("form")),
        ("--fast x".into(), "decoder".into(), "text".into())
    );
    assert_eq!(
        (c.shown("uid"), c.shown("privileged_uid"), c.shown("pid")),
        ("1000".into(), "true".into(), "25541".into())
    );
    assert_eq!(
        (c.shown("signal"), c.shown("code"), c.shown("fault_address")),
        ("SIGSEGV".into(), "SEGV_MAPERR".into(), "0x1c".into())
    );
    assert_eq!(c.shown("libraries"), "/apex/lib/libc.so, /system/lib64/libimagecodec.quram.so");
    assert_eq!(
        (c.shown("functions"), c.shown("causes")),
        ("je_free, decode(int)".into(), "null pointer dereference".into())
    );
    assert_eq!((c.shown("time"), c.shown("uptime_seconds")), ("2023-04-12T10:32:40.518290Z".into(), "7".into()));
    assert_eq!((c.locator.as_str(), c.context), ("line 1", Context::Executed));
    assert!(got.tally.is_whole(), "{:?}", got.tally.notes);
}

#[test]
fn twins_are_one_crash() {
    let case = Memory::report_file(NAME, TEXT).file(&format!("{NAME}.pb"), pb(0).encode_to_vec());
    let got = case.run(&ARTIFACT);
    let [c] = &got.records[..] else { panic!("{:?}", got.errors) };
    assert_eq!((c.shown("form"), c.shown("selinux_label")), ("both".into(), "u:r:mediacodec:s0".into()));
    assert_eq!((c.shown("uid"), c.shown("differs")), ("0".into(), "code_number, uid".into()));
    assert_eq!(
        (c.shown("thread"), c.shown("code"), c.shown("time")),
        ("decoder".into(), "SEGV_MAPERR".into(), "2023-04-12T10:32:40.518290Z".into())
    );
    assert!(c.shown("libraries").contains("quram"));
    assert!(got.errors.is_empty(), "the twin is read with its text: {:?}", got.errors);
}

#[test]
fn protobuf_alone_and_broken_twins() {
    let name = format!("{NAME}.pb");
    let got = Memory::report_file(&name, pb(0).encode_to_vec()).run(&ARTIFACT);
    let [c] = &got.records[..] else { panic!("{:?}", got.errors) };
    assert_eq!(
        (c.shown("form"), c.shown("uid"), c.shown("privileged_uid")),
        ("protobuf".into(), "0".into(), "true".into())
    );
    assert_eq!((c.shown("process"), c.locator.as_str()), ("/vendor/bin/codec".into(), "whole file"));
    let got = Memory::report_file(NAME, TEXT).file(&name, [0xFFu8; 40]).run(&ARTIFACT);
    assert_eq!((got.records.len(), got.records[0].shown("form")), (1, "text".into()));
    assert!(got.note(reason::PROTOBUF_UNREADABLE).starts_with(&name));
    let got = Memory::report_file(NAME, "nothing").file(&name, pb(10_050).encode_to_vec()).run(&ARTIFACT);
    assert_eq!((got.records.len(), got.records[0].shown("privileged_uid")), (1, "false".into()));
    assert!(got.note(reason::TEXT_UNREADABLE).contains("twin"));
    for bad in [&b"nothing"[..], &[0xFF; 9]] {
        let got = Memory::report_file(NAME, bad).run(&ARTIFACT);
        assert!(got.records.is_empty() && matches!(got.errors[..], [ParseError::Format(_)]), "{bad:?}");
    }
    let empty = Memory::report_file(NAME, "").run(&ARTIFACT);
    assert!(empty.errors.is_empty() && empty.tally.is_whole(), "set aside for a crash that never came");
    assert_eq!(empty.tally.counts[&reason::EMPTY_TOMBSTONES].0, 1);
}

#[test]
fn an_old_one_without_time_and_uid() {
    let text: String = TEXT
        .lines()
        .filter(|l| !l.starts_with("Timestamp") && !l.starts_with("uid"))
        .map(|l| format!("{l}\n"))
        .collect();
    let got = Memory::report_file(NAME, text).run(&ARTIFACT);
    let [c] = &got.records[..] else { panic!("{:?}", got.errors) };
    assert_eq!((c.get("time"), c.get("uid"), c.get("privileged_uid")), (None, None, None));
}

#[test]
fn moments() {
    let t = moment("2021-09-29 17:43:49+0200").unwrap();
    assert_eq!(
        (t.to_string().as_str(), t.zone, t.precision),
        ("2021-09-29T15:43:49Z", Zone::Offset(7_200), Precision::Second)
    );
    assert_eq!(moment("2023-08-21 23:28:59-0430").unwrap().to_string(), "2023-08-22T03:58:59Z");
    assert_eq!(moment("2021-09-29 17:43:49").unwrap().zone, Zone::DeviceLocal);
    assert_eq!(moment("2021-09-29 17:43:49.5Z").unwrap().to_string(), "2021-09-29T17:43:49.500000Z");
    for bad in [
        "",
        "2021-09-29",
        "2021-09-29 17:43:49+2",
        "2021-09-29 17:43:49+9900",
        "2021-09-29 17:43:49.x",
        "é 1",
        "2021-13-01 00:00:00",
    ] {
        assert_eq!(moment(bad), None, "{bad}");
    }
}
