//! What packages were allowed to do and did: service `appops` of a dumpstate.

use crate::artifact::{
    Artifact, Context, Emitter, Event, Field, Input, Kind, ParseError, Place, Privacy, Role, Shape, Source, Timestamp,
    Values,
};
use crate::formats::dumpsys_appops::{self as format, Entry, Fact, OpUse, Parser, UidMode};

use super::section;

static PACKAGE: Field = Field::new("package", &[Role::AppId], Privacy::Public, "Name of the package.");
static UID: Field = Field::new("uid", &[Role::Number], Privacy::Public, "Uid of the package.");
static USER: Field =
    Field::new("user", &[Role::Number], Privacy::Public, "User id the uid belongs to; 0 is the owner.");
static OP: Field = Field::new(
    "op",
    &[Role::Opaque],
    Privacy::Public,
    "The operation: RECORD_AUDIO, READ_SMS, REQUEST_INSTALL_PACKAGES.",
);
static MODE: Field = Field::new(
    "mode",
    &[Role::Opaque],
    Privacy::Public,
    "Mode as written for the package, or for the whole uid in `uid_mode`: allow, ignore, deny, default, foreground.",
);
static UID_MODE_OF_OP: Field = Field::new(
    "mode_of_uid",
    &[Role::Opaque],
    Privacy::Public,
    "The uid's own mode of this operation, where it has one; it goes before the package's.",
);
static SWITCH_OP: Field = Field::new(
    "switch_op",
    &[Role::Opaque],
    Privacy::Public,
    "The operation whose mode decides about this one, where it is another (Android 9 and later).",
);
static EFFECTIVE_MODE: Field = Field::new(
    "effective_mode",
    &[Role::Opaque],
    Privacy::Public,
    "The mode that counts: the uid's, else that of the operation that decides, else the package's.",
);
static EVENT: Field = Field::new(
    "event",
    &[Role::Opaque],
    Privacy::Public,
    "`access`: done; `reject`: tried and refused; `running`: going on while the report was made.",
);
static UID_STATE: Field = Field::new(
    "uid_state",
    &[Role::Opaque],
    Privacy::Public,
    "State of the uid at that moment: pers, top, fgsvc, fg, bg, cch; `bg` and `cch` are out of sight.",
);
static OP_FLAGS: Field = Field::new(
    "op_flags",
    &[Role::Opaque],
    Privacy::Public,
    "On whose behalf: s itself, tp and up as a trusted or other proxy, tpd and upd through one (Android 10 and later).",
);
static ATTRIBUTION: Field = Field::new(
    "attribution",
    &[Role::Opaque],
    Privacy::Public,
    "Part of the app that did it, by the tag the app gave (Android 11 and later).",
);
static PROXY: Field =
    Field::new("proxy", &[Role::AppId], Privacy::Public, "Package that acted for it, where one is named.");
static PROXY_UID: Field = Field::new("proxy_uid", &[Role::Opaque], Privacy::Public, "Uid of that package, as written.");
static DURATION_MS: Field = Field::new("duration_ms", &[Role::Number], Privacy::Public, "How long, in milliseconds.");
static TIME: Field = Field::new(
    "time",
    &[Role::Time],
    Privacy::Public,
    "Moment of the last such access, device-local. Where only a distance to the report is written, it is counted back \
     from the acquisition and holds to the minute.",
);
static BEFORE_REPORT_MS: Field = Field::new(
    "before_report_ms",
    &[Role::Number],
    Privacy::Public,
    "Milliseconds before the report, where the source writes no date.",
);

static ACCESS: Shape = Shape {
    name: "access",
    fields: &[
        &PACKAGE,
        &UID,
        &USER,
        &OP,
        &MODE,
        &UID_MODE_OF_OP,
        &SWITCH_OP,
        &EFFECTIVE_MODE,
        &EVENT,
        &UID_STATE,
        &OP_FLAGS,
        &ATTRIBUTION,
        &PROXY,
        &PROXY_UID,
        &DURATION_MS,
        &TIME,
        &BEFORE_REPORT_MS,
    ],
    events: &[Event {
        time: &TIME,
        name: "app_op",
        text: "{package}: {op}, {event} ({effective_mode}), state {uid_state}",
    }],
    context: Context::Executed,
};
static OP_MODE: Shape = Shape {
    name: "op_mode",
    fields: &[&PACKAGE, &UID, &USER, &OP, &MODE, &UID_MODE_OF_OP, &SWITCH_OP, &EFFECTIVE_MODE],
    events: &[],
    context: Context::Installed,
};
static UID_MODE: Shape =
    Shape { name: "uid_mode", fields: &[&UID, &USER, &OP, &MODE], events: &[], context: Context::Configured };
static PACKAGE_ONLY: Shape =
    Shape { name: "package", fields: &[&PACKAGE, &UID, &USER], events: &[], context: Context::Installed };

/// See its `about`.
pub static ARTIFACT: Artifact = Artifact {
    id: "android.appops",
    title: "App operations",
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
    sources: &[Source::required(Kind::AndroidBugreport, Place::Service("appops"))],
    shapes: &[&ACCESS, &OP_MODE, &UID_MODE, &PACKAGE_ONLY],
    needs: &[],
    mvt: &["dumpsys_appops"],
    parse,
};

/// A uid is a user times this, plus the app's id.
const PER_USER: u32 = 100_000;

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let mut parser = Parser::default();
    let mut reader = Reader { input, emit, listed: None };
    let read = section::each_line(input, |no, line| parser.line(no, line, &mut |f| reader.fact(f)))?;
    parser.finish(&mut |f| reader.fact(f));
    reader.listed();
    section::close(input, emit, &read, &parser.notes, "`Uid …:` with packages and operations")
}

struct Reader<'r, 'i, 'e> {
    input: &'r Input<'i>,
    emit: &'r mut Emitter<'e>,
    /// A package no operation has been seen of yet: line, uid, name.
    listed: Option<(u64, Option<u32>, String)>,
}

impl Reader<'_, '_, '_> {
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
        let mut values = Values::new();
        values.set(&PACKAGE, name.as_str()).put(&UID, uid).put(&USER, uid.map(|u| u / PER_USER));
        self.emit.emit(&PACKAGE_ONLY, section::locator(self.input, line), values.as_slice());
    }

    fn uid_mode(&mut self, m: UidMode<'_>) {
        let mut values = Values::new();
        values.put(&UID, m.uid).put(&USER, m.uid.map(|u| u / PER_USER)).set(&OP, m.op).set(&MODE, m.mode);
        self.emit.emit(&UID_MODE, section::locator(self.input, m.line), values.as_slice());
    }

    fn op(&mut self, op: &OpUse) {
        if op.entries.is_empty() {
            let values = op_values(op);
            self.emit.emit(&OP_MODE, section::locator(self.input, op.line), values.as_slice());
        }
        for entry in &op.entries {
            self.access(op, entry);
        }
        if op.entries_lost > 0 {
            let what = format!("{} of {}: too many accesses", op.op, op.package);
            self.emit.lost(op.entries_lost, "entries-limit", what);
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
        let mut values = op_values(op);
        values
            .set(&EVENT, event)
            .put(&UID_STATE, entry.state.as_deref())
            .put(&OP_FLAGS, entry.flags.as_deref())
            .put(&ATTRIBUTION, entry.attribution.as_deref())
            .put(&PROXY, proxy.and_then(|p| p.package.as_deref()))
            .put(&PROXY_UID, proxy.and_then(|p| p.uid.as_deref()))
            .put(&DURATION_MS, entry.duration_ms)
            .put(&TIME, self.time(entry, before))
            .put(&BEFORE_REPORT_MS, before);
        self.emit.emit(&ACCESS, section::locator(self.input, entry.line), values.as_slice());
    }

    fn time(&self, entry: &Entry, before_report_ms: Option<i64>) -> Option<Timestamp> {
        match &entry.time {
            Some(time) => section::device_local(time),
            None => section::before_acquisition(self.input, before_report_ms?),
        }
    }
}

fn op_values(op: &OpUse) -> Values<'_> {
    let switch = op.switched_to.as_ref();
    let effective = op.uid_mode.as_deref().or(switch.map(|(_, mode)| mode.as_str())).unwrap_or(&op.mode);
    let mut values = Values::new();
    values
        .set(&PACKAGE, op.package.as_str())
        .put(&UID, op.uid)
        .put(&USER, op.uid.map(|u| u / PER_USER))
        .set(&OP, op.op.as_str())
        .set(&MODE, op.mode.as_str())
        .put(&UID_MODE_OF_OP, op.uid_mode.as_deref())
        .put(&SWITCH_OP, switch.map(|(op, _)| op.as_str()))
        .set(&EFFECTIVE_MODE, effective);
    values
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, Got};
    use super::*;
    use crate::artifact::{Precision, Value, Zone};

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

    fn run(text: &str) -> Got {
        let acquired = section::device_local("2022-03-29 23:30:10").unwrap();
        Case::section("dumpsys appops", text).line(10).acquired(acquired).run(&ARTIFACT)
    }

    #[test]
    fn a_refused_op_never_reads_as_allowed() {
        let got = run(TEXT);
        assert_eq!(got.shapes(), ["uid_mode", "package", "op_mode", "access", "access", "access", "package"]);
        let install = &got.of("op_mode")[0];
        assert_eq!((install.text("op"), install.text("mode")), ("REQUEST_INSTALL_PACKAGES".into(), "deny".into()));
        assert_eq!(install.text("effective_mode"), "deny");
        assert_eq!((install.text("user"), install.text("uid")), ("10".into(), "1010104".into()));
        let location = &got.of("access")[0];
        assert_eq!(
            (location.text("event"), location.text("mode"), location.text("effective_mode")),
            ("reject".into(), "allow".into(), "ignore".into())
        );
        assert_eq!(location.get("proxy"), None);
        assert_eq!(got.records[1].text("package"), "org.empty");
        assert!(got.tally.notes.is_empty(), "{:?}", got.tally.notes);
    }

    #[test]
    fn an_access_has_its_own_time_state_and_proxy() {
        let got = run(TEXT);
        let [_, used, running] = &got.of("access")[..] else { panic!("three") };
        assert_eq!(
            (used.text("time"), used.text("uid_state"), used.text("op_flags")),
            ("2022-03-29T18:37:30.315".into(), "bg".into(), "tpd".into())
        );
        assert_eq!(
            (used.text("proxy"), used.text("duration_ms"), used.text("attribution")),
            ("com.helper".into(), "33".into(), "mic".into())
        );
        assert_eq!(
            (used.context, used.locator.as_str(), used.get("before_report_ms")),
            (Context::Executed, "line 28", None)
        );
        assert_eq!((running.text("event"), running.text("before_report_ms")), ("running".into(), "121389".into()));
        let Some(Value::Time(began)) = running.get("time") else { panic!("a time") };
        assert_eq!((began.zone, began.precision), (Zone::DeviceLocal, Precision::Minute));
        assert_eq!(began.to_string(), "2022-03-29T23:28:08");
    }

    #[test]
    fn distances_without_an_acquisition_stay_distances() {
        let text = "Current AppOps Service state:\n  Uid u0a12:\n    Package com.a:\n      CAMERA: mode=0; time=+1d2h ago; duration=+3ms\n";
        let got = Case::section("dumpsys appops", text).run(&ARTIFACT);
        let [access] = &got.records[..] else { panic!("one") };
        assert_eq!((access.text("mode"), access.get("time")), ("allow".into(), None));
        assert_eq!((access.text("before_report_ms"), access.text("duration_ms")), ("93600000".into(), "3".into()));
        let got = run(text);
        assert_eq!(got.records[0].text("time"), "2022-03-28T21:30:10");
    }

    #[test]
    fn a_failed_dump_is_said() {
        let got = run("*** SERVICE 'appops' DUMP TIMEOUT (10000ms) EXPIRED ***\n");
        assert!(got.tally.partial && got.error.is_none());
        let got = run("Can't find service: appops\n");
        assert_eq!(got.tally.notes[0].code, "section-failed");
    }
}
