//! Running processes and threads: command section `PROCESSES AND THREADS` of a dumpstate.

use crate::artifact::{Artifact, Emitter, Input, ParseError, Reader, Source, section, shape};
use crate::formats::ps::{Parser, Process};

shape! {
    /// Process.
    process(Executed) {
        name      Public  [Process AppId] "Name of the process or thread; of a command line, its first word. The kernel keeps 15 characters of it, and Android gives it the last 15 of a package's name.";
        args      Content [Text]          "Arguments, where the list shows whole command lines.";
        pid       Public  [Number]        "Process id.";
        tid       Public  [Number]        "Thread id, where the list holds threads.";
        ppid      Public  [Number]        "Process id of the parent; in thread lists of Android 7 and before, of the process a thread belongs to.";
        user      Public  []              "User as written: root, system, u0_a12.";
        label     Public  []              "SELinux label.";
        state     Public  []              "State letters of ps.";
        is_thread Public  []              "True for a thread other than the first of its process: the program chose its name.";
        is_kernel Public  []              "True for a thread of the kernel: labelled `u:r:kernel:`, or process 2 or its child; in lists without labels and parents, one in brackets that no app owns.";
        cpu_time  Public  []              "Time on the processor since it was started, `hh:mm:ss` as written.";
        rss_kib   Public  [Number]        "Resident memory in KiB.";
    }
}

/// See its `about`.
pub static ARTIFACT: Artifact = Artifact {
    id: "android.processes",
    about: "What ran while the report was made: one `process` record for every process and every thread of it, with \
its user, SELinux label and parent.\n\n\
Limits: a snapshot, without start times. Since Android 8 the list shows what the kernel calls a thread, at most 15 \
characters: a package `com.example.chat` reads `om.example.chat`, and a name is compared with an indicator's cut the \
same way. A program may rename its threads as it likes. Rows that do not fit their header still give name and ids \
(a note counts them).",
    sources: &[Source::command("PROCESSES AND THREADS", Reader::With(parse))],
    shapes: &[&process::SHAPE],
    mvt: &["processes", "aqf_processes"],
};

/// Process id of the kernel's `kthreadd`.
const KTHREADD: u32 = 2;

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let mut parser = Parser::default();
    let mut take = |p: &Process<'_>| process(input, emit, p);
    let read = section::each_line(input, |no, line| parser.line(no, line, &mut take))?;
    section::close(input, emit, read, parser.finish(), "rows of processes under a header with PID")
}

fn process(input: &Input<'_>, emit: &mut Emitter<'_>, p: &Process<'_>) {
    if p.name.is_empty() {
        return;
    }
    let is_thread = p.tid.zip(p.pid).map(|(tid, pid)| tid != pid);
    let mut out = emit.fields();
    out.set(&process::name, p.name)
        .put(&process::args, p.args)
        .put(&process::pid, p.pid)
        .put(&process::tid, p.tid)
        .put(&process::ppid, p.ppid)
        .put(&process::user, p.user)
        .put(&process::label, p.label)
        .put(&process::state, p.state)
        .put(&process::is_thread, is_thread)
        .set(&process::is_kernel, is_kernel(p))
        .put(&process::cpu_time, p.time)
        .put(&process::rss_kib, p.rss.and_then(|r| i64::try_from(r).ok()));
    emit.emit(&process::SHAPE, section::locator(input, p.line), out);
}

/// Brackets alone say little: `ps` puts them around every name without a command line, that of a zombie or of a program
/// that emptied its own.
fn is_kernel(p: &Process<'_>) -> bool {
    let parent = p.ppid == Some(KTHREADD) || (p.pid == Some(KTHREADD) && p.ppid == Some(0));
    match (p.label, p.ppid) {
        (Some(label), _) => parent || label.starts_with("u:r:kernel:") || label == "kernel",
        (None, Some(_)) => parent,
        (None, None) => p.brackets && !p.user.is_some_and(|user| user.starts_with('u') && user.contains("_a")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Context;
    use crate::artifact::Value;
    use crate::artifacts::testing::Memory;

    const TEXT: &str = "\
LABEL                          USER           PID   TID  PPID     VSZ    RSS WCHAN            ADDR S PRI  NI RTPRIO SCH PCY     TIME CMD
u:r:init:s0                    root             1     1     0   51308   6620 SyS_epoll_wait      0 S  19   0      -   0  fg 00:00:02 init
u:r:kernel:s0                  root             3     3     2       0      0                     0 S  19   0      -   0  fg 00:00:00 ksoftirqd/0
u:r:untrusted_app:s0:c149,c256 u0_a149       4330  4387   700 1151308  66200 0                   0 S  19   0      -   0  fg 00:10:02 Jit thread pool
u:r:untrusted_app:s0:c149,c256 u0_a149       4330  4330   700 1151308  66200 0                   0 S  19   0      -   0  fg 00:10:02 com.evil:remote
";

    #[test]
    fn threads_kernel_and_apps() {
        let got = Memory::section("PROCESSES AND THREADS", TEXT).line(50).run(&ARTIFACT);
        let names: Vec<_> = got.records.iter().map(|r| r.shown("name")).collect();
        assert_eq!(names, ["init", "ksoftirqd/0", "Jit thread pool", "com.evil:remote"]);
        let [init, kernel, thread, app] = &got.records[..] else { panic!("four records") };
        assert_eq!((init.shown("is_kernel"), init.locator.as_str()), ("false".into(), "line 51"));
        assert_eq!((kernel.shown("is_kernel"), kernel.get("wchan")), ("true".into(), None));
        assert_eq!((thread.shown("is_thread"), thread.shown("tid")), ("true".into(), "4387".into()));
        assert_eq!((app.shown("is_thread"), app.shown("user")), ("false".into(), "u0_a149".into()));
        assert_eq!(app.get("rss_kib"), Some(&Value::Int(66_200)));
        assert_eq!(app.context, Context::Executed);
        assert!(got.tally.notes.is_empty() && got.tally.is_whole());
    }

    #[test]
    fn a_list_of_android_4_and_bad_rows() {
        let text = "USER     PID   PPID  VSIZE  RSS    PCY  WCHAN    PC         NAME\n\
                    root      1     0     544    408       ffffffff 00000000 S /init\n\
                    root      2     0     0      0         ffffffff 00000000 S kthreadd\n\
                    root      77    2     what is this [evil]\n";
        let got = Memory::section("PROCESSES AND THREADS", text).run(&ARTIFACT);
        assert_eq!(got.records.iter().map(|r| r.shown("name")).collect::<Vec<_>>(), ["/init", "kthreadd", "evil"]);
        assert_eq!((got.records[0].get("is_thread"), got.records[1].shown("is_kernel")), (None, "true".into()));
        assert!(got.note("records-not-understood").contains("line 4 (row does not fit its header)"));
    }

    #[test]
    fn no_header_is_an_error() {
        let got = Memory::section("PROCESSES AND THREADS", "root 1 0 0 init\n").run(&ARTIFACT);
        assert!(matches!(got.errors[..], [ParseError::Missing(_)]), "{:?}", got.errors);
    }
}
