use super::*;

fn read(text: &str) -> Vec<Tombstone> {
    let mut out = Vec::new();
    read_text(text.as_bytes(), &mut |t| out.push(t.clone())).unwrap();
    out
}

const STARS: &str = "*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***\n";
const DASHES: &str = "--- --- --- --- --- --- --- --- --- --- --- --- --- --- --- ---\n";

fn modern() -> String {
    format!(
        "{STARS}Build fingerprint: 'a/b/c:16/X/1:user/release-keys'\nKernel Release: '6.1'\nRevision: 'r1'\nABI: 'arm64'\n\
         Timestamp: 2026-01-02 03:04:05.678901234+0100\nProcess uptime: 12s\nExecutable: /system/bin/x\nPage size: 4096 bytes\n\
         Cmdline: /vendor/bin/x --a  b\npid: 25541, tid: 21307, name: w, orker  >>> /vendor/bin/x <<<\nuid: 1046 (media)\n\
         signal 6 (SIGABRT), code -1 (SI_QUEUE from pid 7, uid 1000), fault addr 0x1c (read)\n\
         Abort message: 'first\nsignal 9 (SIGKILL) in text\nlast'\nCause: one\nCause: two\n    x0  0000000000000001  x1  02\n\n\
         backtrace:\n      #00 pc 000000000004bd80  /apex/lib/libc.so (abort+32) (BuildId: c3f4)\n\
         \x20     #01 pc 0000ff  /data/app/a b/base.apk (offset 0xbca000) (ns::f(int, char*)+8) (BuildId: 01)\n\
         \x20     #02 pc 0010  <anonymous:731a685000>\n\n\
         memory near x1:\n    0010 signal 4 (SIGILL), code 1\n{DASHES}pid: 25541, tid: 25541, name: main  >>> /vendor/bin/x <<<\n\
         uid: 99\nbacktrace:\n      #00 pc 1  /other\n"
    )
}

#[test]
fn every_field_of_a_modern_one() {
    let got = read(&modern());
    assert_eq!(got.len(), 1);
    let t = &got[0];
    assert_eq!(t.build_fingerprint.as_deref(), Some("a/b/c:16/X/1:user/release-keys"));
    assert_eq!(
        (t.kernel_release.as_deref(), t.revision.as_deref(), t.arch.as_deref()),
        (Some("6.1"), Some("r1"), Some("arm64"))
    );
    assert_eq!(t.timestamp.as_deref(), Some("2026-01-02 03:04:05.678901234+0100"));
    assert_eq!((t.process_uptime, t.page_size, t.uid), (Some(12), Some(4096), Some(1046)));
    assert_eq!(t.command_line, ["/vendor/bin/x", "--a", "b"]);
    assert_eq!((t.pid, t.tid), (Some(25541), Some(21307)));
    assert_eq!((t.thread_name.as_deref(), t.process_name.as_deref()), (Some("w, orker"), Some("/vendor/bin/x")));
    assert_eq!(t.executable.as_deref(), Some("/system/bin/x"));
    let s = t.signal.as_ref().unwrap();
    assert_eq!(
        (s.number, s.name.as_deref(), s.code, s.code_name.as_deref()),
        (Some(6), Some("SIGABRT"), Some(-1), Some("SI_QUEUE"))
    );
    assert_eq!((s.sender_pid, s.sender_uid, s.fault_address), (Some(7), Some(1000), Some(0x1c)));
    assert_eq!(t.abort_message.as_deref(), Some("first\nsignal 9 (SIGKILL) in text\nlast"));
    assert_eq!(t.causes, ["one", "two"]);
    assert_eq!(t.backtrace.len(), 3);
    let f = &t.backtrace[1];
    assert_eq!(
        (f.rel_pc, f.file.as_deref(), f.function.as_deref()),
        (0xff, Some("/data/app/a b/base.apk"), Some("ns::f(int, char*)"))
    );
    assert_eq!((f.function_offset, f.build_id.as_deref()), (Some(8), Some("01")));
    assert_eq!(t.backtrace[2].file.as_deref(), Some("<anonymous:731a685000>"));
    assert_eq!(t.threads, [Thread { tid: 25541, name: Some("main".into()) }]);
    assert!(!t.truncated);
}

#[test]
fn old_ones_lack_much() {
    let text = format!(
        "{STARS}Build fingerprint: 'x'\npid: 90, tid: 95  >>> /system/bin/y <<<\nsignal 11 (SIGSEGV), fault addr deadbaad\n\
         \x20r0 00000027  r1 00000001\n         #00  pc 0001a  /system/lib/libc.so\n         #01  pc 0002b  /z (f)\n\ncode around pc:\n"
    );
    let t = &read(&text)[0];
    assert_eq!((t.pid, t.tid, t.thread_name.clone(), t.uid), (Some(90), Some(95), None, None));
    assert_eq!(t.process_name.as_deref(), Some("/system/bin/y"));
    let s = t.signal.as_ref().unwrap();
    assert_eq!((s.code, s.fault_address), (None, Some(0xdead_baad)));
    assert_eq!((t.backtrace.len(), t.backtrace[1].function.as_deref()), (2, Some("f")));
}

#[test]
fn stack_dumps_of_several_processes() {
    let text = "----- pid 77 at 2026-01-02 03:04:05 -----\nCmd line: com.example:remote\nBuild fingerprint: 'x'\nABI: 'arm'\n\n\
                \"main\" sysTid=77\n    #00 pc 00041  /system/lib/libc.so (wait+1)\n\n\"Binder:77_1\" sysTid=80\n    #00 pc 1  /x\n\n\
                ----- end 77 -----\n\n----- pid 9 at 2026-01-02 03:04:06.123+0100 -----\nCmdline: /system/bin/z -k\n";
    let got = read(text);
    assert_eq!(
        got.iter().map(|t| (t.pid, t.source)).collect::<Vec<_>>(),
        [(Some(77), SourceKind::StackDump), (Some(9), SourceKind::StackDump)]
    );
    assert_eq!(got[0].command_line, ["com.example:remote"]);
    assert_eq!((got[0].tid, got[0].thread_name.as_deref(), got[0].backtrace.len()), (Some(77), Some("main"), 1));
    assert_eq!(got[0].threads, [Thread { tid: 80, name: Some("Binder:77_1".into()) }]);
    assert_eq!((got[1].timestamp.as_deref(), got[1].command_line.len()), (Some("2026-01-02 03:04:06.123+0100"), 2));
}

#[test]
fn a_message_without_its_quote_ends_at_the_registers() {
    let text = format!(
        "{STARS}pid: 1, tid: 1, name: a  >>> b <<<\nAbort message: 'open\nmore\n    r0 00000027  r1 00000001\nuid: 5\n"
    );
    let t = &read(&text)[0];
    assert_eq!((t.abort_message.as_deref(), t.uid), (Some("open\nmore"), Some(5)));
}

#[test]
fn cut_anywhere_keeps_what_came() {
    let text = modern();
    let uid_at = text.find("signal 6").unwrap();
    for end in 0..text.len() {
        let got = read(&text[..end]);
        if end >= uid_at {
            assert_eq!((got[0].pid, got[0].uid), (Some(25541), Some(1046)), "cut at {end}");
            assert_eq!(got[0].truncated, !text[..end].ends_with('\n'));
        }
    }
}

#[test]
fn hostile() {
    assert!(read(&"{\n".repeat(1_000_000)).is_empty());
    assert!(read(&"é{".repeat(5 << 20)).is_empty());
    let text = format!("{STARS}pid: 1, tid: 1, name: a  >>> b <<<\n{}", "    #00 pc 1 x\n".repeat(1000));
    assert_eq!((read(&text)[0].backtrace.len(), read(&text)[0].frames_lost), (MAX_FRAMES, 1000 - MAX_FRAMES as u64));
    assert_eq!(read(&format!("{STARS}pid: 1\n").repeat(1000)).len(), 1000);
    let text = format!("{STARS}pid: 1\nAbort message: '{}", "x\n".repeat(1_000_000));
    assert!(read(&text)[0].abort_message.as_ref().unwrap().len() < 2 * MAX_VALUE);
}
