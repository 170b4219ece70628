use super::*;

fn read(text: &str) -> (Vec<OpUse>, Vec<String>, Notes) {
    let (mut parser, mut ops, mut modes) = (Parser::default(), Vec::new(), Vec::new());
    let mut each = |fact: Fact<'_>| match fact {
        Fact::Op(op) => ops.push(op.clone()),
        Fact::UidMode(m) => modes.push(format!("{} {} {}", m.uid_text, m.op, m.mode)),
        Fact::Package { .. } => {}
    };
    text.lines().enumerate().for_each(|(n, l)| parser.line(n as u64 + 1, l, &mut each));
    let notes = parser.finish(&mut each);
    (ops, modes, notes)
}

const NINE: &str = "  Op mode watchers:
    Op CAMERA:
      #0: ModeCallback{1}
  Uid u10a103:
    state=fgs
    pendingState=cch
    startNesting=1
      WRITE_SMS: mode=allow
    Package org.one:
      CAMERA (allow / switch COARSE=ignore): 
          Access: fgsvc = 2019-04-09 08:15:17.948 (-128d6h53m52s688ms)
                  bg    = 2019-08-15 14:35:13.536 (-33m57s100ms)
          Reject: pers  = 2019-08-15 14:35:08.481 (-277ms)
          duration=+158ms
          Running start at: +3h1m31s107ms
          startNesting=1
      WRITE_SMS (ignore): 
    Package org.two:
  Uid 0:
    Package root:
      VIBRATE (deny): 
";

#[test]
fn android_9() {
    let (ops, modes, notes) = read(NINE);
    assert_eq!(notes.count, 0, "{:?}", notes.first);
    assert_eq!(modes, ["u10a103 WRITE_SMS allow"]);
    assert_eq!(ops.len(), 3);
    let op = &ops[0];
    assert_eq!((op.uid, op.uid_state.as_deref(), op.package.as_str()), (Some(1_010_103), Some("fgs"), "org.one"));
    assert_eq!((op.mode.as_str(), op.switched_to.clone()), ("allow", Some(("COARSE".into(), "ignore".into()))));
    let events: Vec<_> = op.entries.iter().map(|e| (e.event, e.state.as_deref())).collect();
    let want = [
        (Event::Access, Some("fgsvc")),
        (Event::Access, Some("bg")),
        (Event::Reject, Some("pers")),
        (Event::Running, None),
    ];
    assert_eq!(events, want);
    assert_eq!(op.entries[0].time.as_deref(), Some("2019-04-09 08:15:17.948"));
    assert_eq!(op.entries[1].relative_ms, Some(-(33 * 60_000 + 57_100)));
    assert_eq!(op.entries[1].duration_ms, Some(158));
    assert_eq!(op.entries[3].relative_ms, Some(-10_891_107));
    assert_eq!((ops[1].op.as_str(), ops[1].uid_mode.as_deref()), ("WRITE_SMS", Some("allow")));
    assert!(ops[1].entries.is_empty());
    assert_eq!((ops[2].uid, ops[2].package.as_str(), ops[2].uid_state.as_deref()), (Some(0), "root", None));
}

#[test]
fn android_10_and_11() {
    let (ops, _, notes) = read(
        "  Uid 1000:
    foregroundOps:
      COARSE_LOCATION: WATCHER
    Package android:
      CAMERA (default):
          Reject: [top-s]2021-10-25 23:46:46.738 (-100d15h) proxy[uid=0, pkg=null]
          Access: [bg-tpd] 2022-01-24 05:16:25.882 (+8h) duration=+1s942ms proxy[uid=10, pkg=a.b, attributionTag=t]
      READ_SMS (allow):
        null=[
          Access: [cch-s] 2022-01-24 05:16:25 (-10d8h47m39s979ms)
        ]
        my.tag=[
          Running start at: 2022-01-24 05:16:25.882 (-1s)
        ]
",
    );
    assert_eq!(notes.count, 0, "{:?}", notes.first);
    let [camera, sms] = &ops[..] else { panic!("two ops") };
    assert_eq!((camera.entries[0].proxy.clone(), camera.entries[0].flags.as_deref()), (None, Some("s")));
    let access = &camera.entries[1];
    assert_eq!((access.state.as_deref(), access.flags.as_deref()), (Some("bg"), Some("tpd")));
    assert_eq!((access.relative_ms, access.duration_ms), (Some(28_800_000), Some(1942)));
    let proxy = access.proxy.clone().unwrap();
    assert_eq!((proxy.package.as_deref(), proxy.tag.as_deref()), (Some("a.b"), Some("t")));
    assert_eq!(sms.entries[0].attribution, None);
    assert_eq!(sms.entries[1].attribution.as_deref(), Some("my.tag"));
    assert_eq!((sms.entries[1].event, sms.entries[1].relative_ms), (Event::Running, Some(-1000)));
}

#[test]
fn android_6_to_8() {
    let (ops, modes, notes) = read(
        "  Uid u0a12:
      GPS: mode=1
    Package old.app:
      VIBRATE: mode=0; time=+1d2h ago; duration=+3ms
      CAMERA: deny; rejectTime=+5s ago; running
      GPS: mode=3
",
    );
    assert_eq!((notes.count, &modes[..]), (0, &["u0a12 GPS ignore".to_owned()][..]));
    assert_eq!(ops[0].mode, "allow");
    assert_eq!((ops[0].entries[0].relative_ms, ops[0].entries[0].duration_ms), (Some(-93_600_000), Some(3)));
    assert_eq!((ops[1].mode.as_str(), ops[1].entries.len()), ("deny", 2));
    assert_eq!((ops[2].mode.as_str(), ops[2].uid_mode.as_deref()), ("default", Some("ignore")));
}

#[test]
fn numbers_and_uids() {
    assert_eq!(millis("+1d2h3m4s5ms"), Some(93_784_005));
    assert_eq!(
        (millis("-277ms"), millis("0"), millis(""), millis("x"), millis("5")),
        (Some(-277), Some(0), None, None, None)
    );
    assert_eq!(millis("+99999999999999999d"), None);
    assert_eq!(
        (parse_uid("u0a0"), parse_uid("u11s1000"), parse_uid("u0i5")),
        (Some(10_000), Some(1_101_000), Some(99_005))
    );
    assert_eq!(
        (parse_uid("2000"), parse_uid("ué"), parse_uid("u99999999a1"), parse_uid("")),
        (Some(2000), None, None, None)
    );
}

#[test]
fn cut_and_hostile() {
    for end in 0..NINE.len() {
        drop(read(&NINE[..end]));
    }
    for prefix in ["  Uid 1:\n    Package a:\n      CAMERA (allow):\n", "  Uid 1:\n", ""] {
        for pad in ["      ", "          "] {
            drop(read(&format!("{prefix}{}", format!("{pad}{{\n").repeat(200_000))));
            drop(read(&format!("{prefix}{}", format!("{pad}Access: [a=[\n").repeat(20_000))));
        }
    }
    let (ops, ..) = read(&format!(
        "  Uid 1:\n    Package a:\n      C (allow):\n{}",
        "          Access: [t-s]2021-10-25 23:46:46\n".repeat(5000)
    ));
    assert_eq!((ops[0].entries.len(), ops[0].entries_lost), (MAX_ENTRIES, 904));
    drop(read(&format!("  Uid 1:\n    Package a:\n      C {}", "(".repeat(10 << 20))));
}
