//! The bundle reader on whole, damaged and hostile streams.

use super::*;
use crate::stix::object::StixObject;

/// One line for each object or error.
fn read_all(bytes: &[u8], chunk: usize) -> Result<(Vec<String>, Summary), BundleError> {
    let mut out = Vec::new();
    let reader = io::BufReader::with_capacity(chunk, bytes);
    let summary = read_bundle(reader, |place, result| {
        out.push(match result {
            Ok(parsed) => match parsed.object {
                StixObject::Other { object_type, id } => {
                    format!("{}:{} {object_type} {}", place.offset, place.line, id.as_deref().unwrap_or("-"))
                }
                StixObject::Indicator(i) => format!("{}:{} {}", place.offset, place.line, i.pattern),
                other => format!("{other:?}"),
            },
            Err(error) => {
                assert_eq!(error.place, place);
                format!("lost {}:{} {}", place.offset, place.line, error.reason)
            }
        });
        ControlFlow::Continue(())
    })?;
    Ok((out, summary))
}

/// However the stream is cut, the answer is the same.
fn read_any(text: &[u8]) -> (Vec<String>, Summary) {
    let whole = read_all(text, 1 << 16).unwrap();
    for chunk in [1, 2, 3, 7, 64] {
        assert_eq!(read_all(text, chunk).unwrap(), whole, "chunks of {chunk}");
    }
    whole
}

fn object(n: u32) -> String {
    format!(r#"{{"type":"x","id":"x--{n}","text":"a ] }} \" , {{ \\"}}"#)
}

fn bundle(objects: &[String]) -> String {
    format!(r#"{{"type":"bundle","id":"bundle--1","objects":[{}]}}"#, objects.join(","))
}

#[test]
fn a_bundle_wherever_its_list_stands() {
    let (a, b) = (object(1), object(2));
    for text in [
        bundle(&[a.clone(), b.clone()]),
        format!(r#"{{"objects":[{a},{b}],"id":"bundle--1","type":"bundle"}}"#),
        format!("\n{{ \"x\" : [1,{{\"objects\":[3]}}] ,\n \"objects\" : [ {a} ,\n{b} ] , \"id\":\"bundle--1\" }}\n"),
        format!("\u{feff}{}", bundle(&[a.clone(), b.clone()])),
    ] {
        let (out, summary) = read_any(text.as_bytes());
        assert_eq!(out.len(), 2, "{out:?}");
        assert!(out[0].ends_with("x x--1") && out[1].ends_with("x x--2"), "{out:?}");
        let at: usize = out[1].split(':').next().unwrap().parse().unwrap();
        assert!(text.as_bytes()[at..].starts_with(b.as_bytes()));
        assert_eq!((summary.objects, summary.lost, summary.complete), (2, 0, true));
        assert_eq!(summary.id.as_deref(), Some("bundle--1"));
    }
}

#[test]
fn lists_and_single_objects() {
    let (out, summary) = read_any(format!("[{},\n{}]", object(1), object(2)).as_bytes());
    assert_eq!(out[1].split(' ').next(), Some(&*format!("{}:2", 3 + object(1).len())));
    assert!(summary.complete);
    let (out, summary) = read_any(br#" {"type":"indicator","pattern":"[a:b = 1]"}"#);
    assert_eq!((out.as_slice(), summary.complete), (&["1:1 [a:b = 1]".to_owned()][..], true));
    let (out, summary) = read_any(br#"{"type":"bundle","id":"bundle--2","spec_version":"2.0"}"#);
    assert!(out.is_empty() && summary.complete);
    assert_eq!(summary.spec_version.as_deref(), Some("2.0"));
    // STIX 2.0 has a dictionary of this name in observed-data.
    let (out, _) = read_any(br#"{"type":"x-seen","id":"x-seen--1","objects":{"0":{"type":"file"}}}"#);
    assert_eq!(out, ["0:1 x-seen x-seen--1"]);
}

#[test]
fn a_bad_object_costs_itself() {
    let bad = r#"{"type":"indicator","id":"indicator--1"}"#.to_owned();
    let (out, summary) =
        read_any(bundle(&[object(1), bad, "null".into(), "[1]".into(), "\"s\"".into(), object(2)]).as_bytes());
    assert_eq!(out.len(), 6);
    assert!(out[1].contains("pattern") && out[2].contains("expected an object"), "{out:?}");
    assert!(out[5].ends_with("x--2"));
    assert_eq!((summary.objects, summary.lost, summary.complete), (2, 4, true));

    let mut text = bundle(&[object(1), r#"{"type":"x","id":"?"}"#.into(), object(2)]).into_bytes();
    let at = text.iter().position(|b| *b == b'?').unwrap();
    text[at] = 0xff;
    let (out, summary) = read_any(&text);
    assert!(out[1].contains("UTF-8") && out[2].ends_with("x--2"), "{out:?}");
    assert_eq!((summary.objects, summary.lost), (2, 1));

    let deep = format!(r#"{{"type":"x","a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let (out, summary) = read_all(bundle(&[deep, object(2)]).as_bytes(), 4096).unwrap();
    assert!(out[0].contains("deeper") && out[1].ends_with("x--2"), "{out:?}");
    assert!(summary.complete);
}

#[test]
fn too_large_an_object_is_skipped() {
    let large = format!(r#"{{"type":"x","a":"{}"}}"#, "a".repeat(MAX_OBJECT_BYTES));
    let (out, summary) = read_all(bundle(&[object(1), large, object(2)]).as_bytes(), 1 << 16).unwrap();
    assert!(out[1].contains("larger") && out[2].ends_with("x--2"), "{}", out.len());
    assert_eq!((summary.objects, summary.lost, summary.complete), (2, 1, true));
}

#[test]
fn reading_goes_on_after_damage() {
    for (damaged, why) in [
        (r#"{"type":"x","id":"x--9""#, "brackets"),
        (r#"{"type":"x","id":"x--9}"#, "brackets"),
        (r#"{"type":"x","id":"x--9]}"#, "brackets"),
        (r#"{"type":"x","id":["x--9"}"#, "brackets"),
        ("{\"type\":\"x\",\"id\":\"x--9\n\"}", "not closed"),
        (r#"{"type":"x"}}"#, "brackets"),
        (r#"{"type":"x" "id":5}"#, "expected"),
        (":", "missing"),
    ] {
        let text = bundle(&[object(1), damaged.into(), object(2), object(3)]);
        let (out, _) = read_any(text.as_bytes());
        assert!(out.first().is_some_and(|line| line.ends_with("x--1")), "{damaged}: {out:?}");
        assert!(out.last().is_some_and(|line| line.ends_with("x--3")), "{damaged}: {out:?}");
        assert!(out.iter().any(|line| line.ends_with("x--2")), "{damaged}: {out:?}");
        assert!(out.iter().any(|line| line.starts_with("lost") && line.contains(why)), "{damaged}: {out:?}");
    }
}

#[test]
fn an_early_end_is_told() {
    let text = bundle(&[object(1), object(2)]);
    for cut in 1..text.len() {
        match read_all(&text.as_bytes()[..cut], 16) {
            Ok((out, summary)) => {
                assert!(!summary.complete && summary.lost > 0, "{cut}");
                assert!(out.iter().any(|line| line.starts_with("lost")), "{cut}");
            }
            Err(error) => panic!("{cut}: {error}"),
        }
    }
    let (out, summary) = read_any(format!("{text} x").as_bytes());
    assert!(out[2].contains("behind the end") && !summary.complete);
}

#[test]
fn what_is_no_stix() {
    assert!(matches!(read_all(b"", 16), Err(BundleError::Empty)));
    assert!(matches!(read_all(b" \n", 16), Err(BundleError::Empty)));
    assert!(matches!(read_all(b"\xef\xbb\xbf ", 16), Err(BundleError::Empty)));
    assert!(matches!(read_all(b"<xml", 16), Err(BundleError::NotJson { offset: 0, .. })));
    assert!(matches!(read_all(b"{}", 16), Err(BundleError::NotStix)));
    assert!(matches!(read_all(br#"{"a":1}"#, 1), Err(BundleError::NotStix)));
    for text in [&b"\xff\xfe{\0"[..], b"\xfe\xff\0{", b"{\0\"\0", b"\0{\0\""] {
        assert!(matches!(read_all(text, 1), Err(BundleError::Utf16)), "{text:?}");
    }
}

#[test]
fn stops_when_told() {
    let text = bundle(&[object(1), object(2), object(3)]);
    let mut seen = 0;
    let summary = read_objects(text.as_bytes(), |_, _| {
        seen += 1;
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((seen, summary.unwrap().objects), (2, 2));
}

/// Any single byte may be wrong: reading ends, and objects before the damage are kept.
#[test]
fn any_byte_may_be_wrong() {
    let text = bundle(&[object(1), r#"{"type":"tool","labels":["a"],"n":1.5}"#.into(), object(3)]).into_bytes();
    let first_end = text.windows(4).position(|part| part == b"},{\"").unwrap();
    for at in 0..text.len() {
        for wrong in [0, b'"', b'\\', b'{', b'}', b'[', b']', b',', b':', b'\n', 0xff] {
            let mut text = text.clone();
            text[at] = wrong;
            if let Ok((out, _)) = read_all(&text, 32)
                && at > first_end + 1
            {
                assert!(out[0].ends_with("x--1"), "{at} {wrong}: {out:?}");
            }
        }
    }
}

/// Objects that are never closed would each be read to the end of the text.
#[test]
fn much_damage_does_not_take_forever() {
    let mut text = br#"{"type":"bundle","objects":["#.to_vec();
    while text.len() < 8 << 20 {
        text.extend_from_slice(br#"{"type":"a","#);
    }
    let began = std::time::Instant::now();
    let (out, summary) = read_all(&text, 1 << 16).unwrap();
    // Without a limit this takes hours.
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    assert!(out.last().unwrap().contains("too much of the text is broken"), "{:?}", out.last());
    assert!(!summary.complete && summary.lost < 100);

    // A handful of broken objects is far below the limit.
    let mut objects: Vec<String> = (0..2_000).map(object).collect();
    (0..20).for_each(|n| objects[n * 100] = r#"{"type":"x","id":"x--9""#.to_owned());
    let (_, summary) = read_all(bundle(&objects).as_bytes(), 1 << 16).unwrap();
    assert_eq!(summary.objects, 1_980);
}
