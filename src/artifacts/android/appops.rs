//! What packages were allowed to do and did: service `appops` of a dumpstate.

use crate::artifact::{
    Artifact, Emitter, Fields, Found, Input, ParseError, Reader, Source, Timestamp, reason, section, shape,
};
use crate::formats::dumpsys_appops::{self as format, Entry, Fact, OpUse, Parser, UidMode};

shape! {
    /// Access.
    access(Executed) {
        package          Public [AppId]  "Name of the package.";
        uid              Public [Number] "Uid of the package.";
        user             Public [Number] "User id the uid belongs to; 0 is the owner.";
        op               Public []       "The operation: RECORD_AUDIO, READ_SMS, REQUEST_INSTALL_PACKAGES.";
        mode             Public []       "Mode as written for the package, or for the whole uid in `uid_mode`: allow, ignore, deny, default, foreground.";
        mode_of_uid      Public []       "The uid's own mode of this operation, where it has one; it goes before the package's.";
        switch_op        Public []       "The operation whose mode decides about this one, where it is another (Android 9 and later).";
        effective_mode   Public []       "The mode that counts: the uid's, else that of the operation that decides, else the package's.";
        event            Public []       "`access`: done; `reject`: tried and refused; `running`: going on while the report was made.";
        uid_state        Public []       "State of the uid at that moment: pers, top, fgsvc, fg, bg, cch; `bg` and `cch` are out of sight.";
        op_flags         Public []       "On whose behalf: s itself, tp and up as a trusted or other proxy, tpd and upd through one (Android 10 and later).";
        attribution      Public []       "Part of the app that did it, by the tag the app gave (Android 11 and later).";
        proxy            Public [AppId]  "Package that acted for it, where one is named.";
        proxy_uid        Public []       "Uid of that package, as written.";
        duration_ms      Public [Number] "How long, in milliseconds.";
        time             Public [Time]   "Moment of the last such access, device-local. Where only a distance to the report is written, it is counted back from the acquisition and holds to the minute.";
        before_report_ms Public [Number] "Milliseconds before the report, where the source writes no date.";
    }
    events {
        app_op(time) "{package}: {op}, {event} ({effective_mode}), state {uid_state}";
    }
}
shape! {
    /// Op mode.
    op_mode(Installed) {
        use access::package;
        use access::uid;
        use access::user;
        use access::op;
        use access::mode;
        use access::mode_of_uid;
        use access::switch_op;
        use access::effective_mode;
    }
}
shape! {
    /// Uid mode.
    uid_mode(Configured) {
        use access::uid;
        use access::user;
        use access::op;
        use access::mode;
    }
}
shape! {
    /// Package.
    package(Installed) {
        use access::package;
        use access::uid;
        use access::user;
    }
}

/// See its `about`.
pub static ARTIFACT: Artifact = Artifact {
    id: "android.appops",
    about: "Which package may use microphone, camera, location, messages and other guarded operations, and when it \
last did.\n\n\
* `access`: the last use, refusal or use in progress of one operation by one package in one state of its uid.\n\
* `op_mode`: an operation whose mode is set and that was not seen in use.\n\
* `uid_mode`: a mode that holds for every package of a uid.\n\
* `package`: a package that is listed without any operation.\n\n\
Mode and access stand in one record, so that a rule about an operation that is allowed never meets one that is \
refused.\n\n\
Limits: only the **last** access per state and attribution is kept, and entries go with the package. Android 8 and \
before write no dates but distances to the report. A clock that was changed leaves accesses in the future.",
    sources: &[Source::service("appops", Reader::With(parse))],
    shapes: &[&access::SHAPE, &op_mode::SHAPE, &uid_mode::SHAPE, &package::SHAPE],
    mvt: &["dumpsys_appops"],
};

/// A uid is a user times this, plus the app's id.
const PER_USER: u32 = 100_000;

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let mut parser = Parser::default();
    let mut facts = Facts { input, emit, listed: None };
    let read = section::each_line(input, |no, line| parser.line(no, line, &mut |f| facts.fact(f)))?;
    let notes = parser.finish(&mut |f| facts.fact(f));
    facts.listed();
    section::close(input, emit, read, notes, "`Uid …:` with packages and operations")
}

struct Facts<'r, 'i, 'e> {
    input: &'r Input<'i>,
    emit: &'r mut Emitter<'e>,
    /// A package no operation has been seen of yet: line, uid, name.
    listed: Option<(u64, Option<u32>, String)>,
}

impl Facts<'_, '_, '_> {
    fn fact(&mut self, fact: Fact<'_>) {
        match fact {
            Fact::Package { line, uid_text, name } => {
                self.listed();
                self.listed = Some((line, format::parse_uid(uid_text), name.to_owned()));
            }
            Fact::Op(op) => {
                self.listed = None;
                self.op(op);
            }
            Fact::UidMode(mode) => self.uid_mode(mode),
        }
    }

    /// Emits the package whose operations never came.
    fn listed(&mut self) {
        let Some((line, uid, name)) = self.listed.take() else { return };
        let mut out = self.emit.fields();
        out.set(&access::package, name.as_str()).put(&access::uid, uid).put(&access::user, uid.map(|u| u / PER_USER));
        self.emit.emit(&package::SHAPE, section::locator(self.input, line), out);
    }

    fn uid_mode(&mut self, m: UidMode<'_>) {
        let mut out = self.emit.fields();
        out.put(&access::uid, m.uid)
            .put(&access::user, m.uid.map(|u| u / PER_USER))
            .set(&access::op, m.op)
            .set(&access::mode, m.mode);
        self.emit.emit(&uid_mode::SHAPE, section::locator(self.input, m.line), out);
    }

    fn op(&mut self, op: &OpUse) {
        if op.entries.is_empty() {
            let mut out = self.emit.fields();
            put_op(&mut out, op);
            self.emit.emit(&op_mode::SHAPE, section::locator(self.input, op.line), out);
        }
        for entry in &op.entries {
            self.access(op, entry);
        }
        if op.entries_lost > 0 {
            let what = format!("{} of {}: too many accesses", op.op, op.package);
            self.emit.lost(op.entries_lost, reason::ENTRIES_LIMIT, what);
        }
    }

    fn access(&mut self, op: &OpUse, entry: &Entry) {
        let before = entry.relative_ms.and_then(i64::checked_neg).filter(|_| entry.time.is_none());
        let event = match entry.event {
            format::Event::Access => "access",
            format::Event::Reject => "reject",
            format::Event::Running => "running",
        };
        let proxy = entry.proxy.as_ref();
        let mut out = self.emit.fields();
        put_op(&mut out, op);
        out.set(&access::event, event)
            .put(&access::uid_state, entry.state.as_deref())
            .put(&access::op_flags, entry.flags.as_deref())
            .put(&access::attribution, entry.attribution.as_deref())
            .put(&access::proxy, proxy.and_then(|p| p.package.as_deref()))
            .put(&access::proxy_uid, proxy.and_then(|p| p.uid.as_deref()))
            .put(&access::duration_ms, entry.duration_ms)
            .found(&access::time, self.time(entry, before))
            .put(&access::before_report_ms, before);
        self.emit.emit(&access::SHAPE, section::locator(self.input, entry.line), out);
    }

    fn time(&self, entry: &Entry, before_report_ms: Option<i64>) -> Found<Timestamp> {
        match &entry.time {
            Some(time) => section::device_local(time),
            None => before_report_ms
                .and_then(|ms| section::before_acquisition(self.input, ms))
                .map_or(Found::Absent, Found::Is),
        }
    }
}

fn put_op<'v>(out: &mut Fields<'v>, op: &'v OpUse) {
    let switch = op.switched_to.as_ref();
    let effective = op.uid_mode.as_deref().or(switch.map(|(_, mode)| mode.as_str())).unwrap_or(&op.mode);
    out.set(&access::package, op.package.as_str())
        .put(&access::uid, op.uid)
        .put(&access::user, op.uid.map(|u| u / PER_USER))
        .set(&access::op, op.op.as_str())
        .set(&access::mode, op.mode.as_str())
        .put(&access::mode_of_uid, op.uid_mode.as_deref())
        .put(&access::switch_op, switch.map(|(op, _)| op.as_str()))
        .set(&access::effective_mode, effective);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Context;
    use crate::artifact::{Precision, Value, Zone};
    use crate::artifacts::testing::{Memory, Run};

    const TEXT: &str = "\
Current AppOps Service state:
  Settings:
    top_state_settle_time=+30s0ms

  Op mode watchers:
    Op COARSE_LOCATION:
      #0: ModeCallback{b8f1a14 watchinguid=-1 flags=0x1 from uid=1000 pid=4098}

  Uid u10a104:
    state=cch
      COARSE_LOCATION: mode=ignore
    Package org.empty:
    Package org.browser:
      REQUEST_INSTALL_PACKAGES (deny):
      COARSE_LOCATION (allow):
          Reject: [top-s]2021-10-25 23:46:46.738 (-100d15h17m19s123ms) proxy[uid=0, pkg=null]
      RECORD_AUDIO (allow):
        mic=[
          Access: [bg-tpd] 2022-03-29 18:37:30.315 (-4h50m23s772ms) duration=+33ms proxy[uid=10012, pkg=com.helper]
          Running start at: +2m1s389ms
        ]
    Package org.last:
";

    fn run(text: &str) -> Run {
        let acquired = section::device_local("2022-03-29 23:30:10").value().unwrap();
        Memory::section("dumpsys appops", text).line(10).acquired(acquired).run(&ARTIFACT)
    }

    #[test]
    fn a_refused_op_never_reads_as_allowed() {
        let got = run(TEXT);
        assert_eq!(got.shapes(), ["uid_mode", "package", "op_mode", "access", "access", "access", "package"]);
        let install = &got.of("op_mode")[0];
        assert_eq!((install.shown("op"), install.shown("mode")), ("REQUEST_INSTALL_PACKAGES".into(), "deny".into()));
        assert_eq!(install.shown("effective_mode"), "deny");
        assert_eq!((install.shown("user"), install.shown("uid")), ("10".into(), "1010104".into()));
        let location = &got.of("access")[0];
        assert_eq!(
            (location.shown("event"), location.shown("mode"), location.shown("effective_mode")),
            ("reject".into(), "allow".into(), "ignore".into())
        );
        assert_eq!(location.get("proxy"), None);
        assert_eq!(got.records[1].shown("package"), "org.empty");
        assert!(got.tally.notes.is_empty(), "{:?}", got.tally.notes);
    }

    #[test]
    fn an_access_has_its_own_time_state_and_proxy() {
        let got = run(TEXT);
        let [_, used, running] = &got.of("access")[..] else { panic!("three") };
        assert_eq!(
            (used.shown("time"), used.shown("uid_state"), used.shown("op_flags")),
            ("2022-03-29T18:37:30.315".into(), "bg".into(), "tpd".into())
        );
        assert_eq!(
            (used.shown("proxy"), used.shown("duration_ms"), used.shown("attribution")),
            ("com.helper".into(), "33".into(), "mic".into())
        );
        assert_eq!(
            (used.context, used.locator.as_str(), used.get("before_report_ms")),
            (Context::Executed, "line 28", None)
        );
        assert_eq!((running.shown("event"), running.shown("before_report_ms")), ("running".into(), "121389".into()));
        let Some(Value::Time(began)) = running.get("time") else { panic!("a time") };
        assert_eq!((began.zone, began.precision), (Zone::DeviceLocal, Precision::Minute));
        assert_eq!(began.to_string(), "2022-03-29T23:28:08");
    }

    #[test]
    fn distances_without_an_acquisition_stay_distances() {
        let text = "Current AppOps Service state:\n  Uid u0a12:\n    Package com.a:\n      CAMERA: mode=0; time=+1d2h ago; duration=+3ms\n";
        let got = Memory::section("dumpsys appops", text).run(&ARTIFACT);
        let [access] = &got.records[..] else { panic!("one") };
        assert_eq!((access.shown("mode"), access.get("time")), ("allow".into(), None));
        assert_eq!((access.shown("before_report_ms"), access.shown("duration_ms")), ("93600000".into(), "3".into()));
        let got = run(text);
        assert_eq!(got.records[0].shown("time"), "2022-03-28T21:30:10");
    }

    #[test]
    fn a_failed_dump_is_said() {
        let got = run("*** SERVICE 'appops' DUMP TIMEOUT (10000ms) EXPIRED ***\n");
        assert!(!got.tally.is_whole() && got.errors.is_empty());
        let got = run("Can't find service: appops\n");
        assert_eq!(got.tally.notes[0].code, "section-failed");
    }
}
