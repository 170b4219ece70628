use std::time::{Duration, Instant};

use super::*;
use crate::formats::bplist::maker::{Maker, P, archive, class};

fn decoded(bytes: &[u8]) -> Result<Value, ArchiveError> {
    let start = Instant::now();
    let archive = KeyedArchive::open(bytes)?;
    let out = archive.root().and_then(|r| archive.decode(r));
    assert!(start.elapsed() < Duration::from_secs(120), "took {:?}", start.elapsed());
    out
}

fn s(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn dict(pairs: Vec<(&str, Value)>) -> Value {
    Value::Dict(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}

#[test]
fn foundation_classes() {
    let bytes = archive(vec![
        /* 1 */
        P::Dict(vec![
            ("$class", P::Uid(2)),
            ("NS.keys", P::Array((3..=11).map(P::Uid).collect())),
            ("NS.objects", P::Array((12..=20).map(P::Uid).collect())),
        ]),
        class("NSDictionary"),
        P::Str("text"),
        P::Str("data"),
        P::Str("date"),
        P::Str("url"),
        P::Str("uuid"),
        P::Str("list"),
        P::Str("nothing"),
        P::Str("own"),
        P::Int(7),
        /* 12 */
        P::Dict(vec![("NS.string", P::Str("hé")), ("$class", P::Uid(21))]),
        P::Dict(vec![("NS.data", P::Data(vec![1, 2])), ("$class", P::Uid(22))]),
        P::Dict(vec![("NS.time", P::Real(2.5)), ("$class", P::Uid(23))]),
        P::Dict(vec![("NS.base", P::Uid(29)), ("NS.relative", P::Str("x?y=1")), ("$class", P::Uid(24))]),
        P::Dict(vec![("NS.uuidbytes", P::Data((0..16).map(|i| i * 16 + 1).collect())), ("$class", P::Uid(25))]),
        P::Dict(vec![("NS.objects", P::Array(vec![P::Uid(3), P::Uid(0), P::Uid(11)])), ("$class", P::Uid(26))]),
        P::Dict(vec![("$class", P::Uid(27))]),
        P::Dict(vec![("$class", P::Uid(28)), ("field", P::Uid(11)), ("nil", P::Uid(0)), ("flag", P::Bool(true))]),
        P::Bool(true),
        /* 21 */
        class("NSMutableString"),
        class("NSMutableData"),
        class("NSDate"),
        class("NSURL"),
        class("NSUUID"),
        class("NSOrderedSet"),
        class("NSNull"),
        class("MyThing"),
        P::Dict(vec![("NS.base", P::Uid(0)), ("NS.relative", P::Str("https://h.example/a/b")), ("$class", P::Uid(24))]),
    ]);
    let want = dict(vec![
        ("text", s("hé")),
        ("data", Value::Data(vec![1, 2])),
        ("date", Value::Date(2.5)),
        ("url", s("https://h.example/a/x?y=1")),
        ("uuid", s("01112131-4151-6171-8191-A1B1C1D1E1F1")),
        ("list", Value::Array(vec![s("text"), Value::Null, Value::Int(7)])),
        ("nothing", Value::Null),
        (
            "own",
            dict(vec![
                ("$class", s("MyThing")),
                ("field", Value::Int(7)),
                ("nil", Value::Null),
                ("flag", Value::Bool(true)),
            ]),
        ),
        ("7", Value::Bool(true)),
    ]);
    assert_eq!(decoded(&bytes), Ok(want));
    let open = KeyedArchive::open(&bytes).unwrap();
    let root = open.plist().dict(open.root().unwrap()).unwrap();
    assert_eq!(open.class_name(&root).unwrap().as_deref(), Some("NSDictionary"));
    assert_eq!(open.object_count(), 30);
    assert_eq!(open.tops().map(|(n, _)| n.into_owned()).collect::<Vec<_>>(), ["root"]);
}

#[test]
fn numbered_arrays_of_old_archives() {
    let bytes = archive(vec![
        P::Dict(vec![("NS.object.0", P::Uid(3)), ("$class", P::Uid(2)), ("NS.object.1", P::Uid(4))]),
        class("NSArray"),
        P::Str("a"),
        P::Int(1),
    ]);
    assert_eq!(decoded(&bytes), Ok(Value::Array(vec![s("a"), Value::Int(1)])));
}

#[test]
fn an_object_in_itself_is_refused() {
    let list = P::Dict(vec![("NS.objects", P::Array(vec![P::Uid(1)])), ("$class", P::Uid(2))]);
    let found = decoded(&archive(vec![list, class("NSArray")]));
    assert!(matches!(found, Err(ArchiveError::Plist(PlistError::Cycle { .. }))), "{found:?}");
    // Through a field of another class, and with a class that is its own class.
    let found = decoded(&archive(vec![P::Dict(vec![("next", P::Uid(2))]), P::Dict(vec![("back", P::Uid(1))])]));
    assert!(matches!(found, Err(ArchiveError::Plist(PlistError::Cycle { .. }))), "{found:?}");
    let found = decoded(&archive(vec![P::Dict(vec![("$class", P::Uid(1)), ("a", P::Int(1))])]));
    assert_eq!(found, Ok(dict(vec![("a", Value::Int(1))])));
}

#[test]
fn references_to_nothing_are_refused() {
    let dangling = ArchiveError::DanglingUid { uid: 99, count: 2 };
    assert_eq!(decoded(&archive(vec![P::Dict(vec![("a", P::Uid(99))])])), Err(dangling.clone()));
    assert_eq!(decoded(&archive(vec![P::Dict(vec![("$class", P::Uid(99))])])), Err(dangling));
    let found = decoded(&archive(vec![P::Uid(1)]));
    assert_eq!(found, Err(ArchiveError::Indirect { uid: 1 }));
    let plain = crate::formats::bplist::maker::file(&P::Dict(vec![("a", P::Int(1))]));
    assert_eq!(decoded(&plain), Err(ArchiveError::NotAnArchive { missing: "$objects" }));
}

/// An archive whose object `i` is an array of the object after it, `width` times.
fn chain(levels: u32, width: usize) -> Vec<u8> {
    let mut m = Maker::default();
    let keys: Vec<u32> = ["$top", "$objects", "root", "NS.objects", "$class", "$classname"].map(|k| m.text(k)).into();
    let [top_key, objects_key, root_key, ns_key, class_key, name_key] = keys[..] else { panic!("six keys") };
    let uid = |m: &mut Maker, n: u32| m.raw([&[0x83][..], &n.to_be_bytes()].concat());
    let class_uid = uid(&mut m, levels + 2);
    let mut objects = vec![m.text(NIL)];
    for i in 1..=levels {
        let next = uid(&mut m, i + 1);
        let list = m.array(&vec![next; width]);
        objects.push(m.dict(&[(ns_key, list), (class_key, class_uid)]));
    }
    objects.push(m.text("leaf"));
    let name = m.text("NSArray");
    objects.push(m.dict(&[(name_key, name)]));
    let all = m.array(&objects);
    let one = uid(&mut m, 1);
    let root = m.dict(&[(root_key, one)]);
    let top = m.dict(&[(top_key, root), (objects_key, all)]);
    m.finish(top)
}

#[test]
fn deep_chains_and_doubling_are_refused() {
    assert_eq!(decoded(&chain(2, 1)), Ok(Value::Array(vec![Value::Array(vec![s("leaf")])])));
    for levels in [50_000, 200_000] {
        let found = decoded(&chain(levels, 1));
        assert!(matches!(found, Err(ArchiveError::Plist(PlistError::TooDeep { .. }))), "{found:?}");
    }
    for levels in [24, 60] {
        let found = decoded(&chain(levels, 2));
        assert!(matches!(found, Err(ArchiveError::Plist(PlistError::TooLarge { .. }))), "{found:?}");
    }
}

#[test]
fn every_truncation_and_every_changed_byte_ends() {
    let bytes = archive(vec![
        P::Dict(vec![("NS.relative", P::Uid(3)), ("NS.base", P::Uid(1)), ("$class", P::Uid(2))]),
        class("NSURL"),
        P::Str("a/b"),
    ]);
    for cut in 0..bytes.len() {
        assert!(decoded(&bytes[..cut]).is_err());
    }
    for at in 0..bytes.len() {
        for bits in [0x01, 0x0f, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= bits;
            let _ = decoded(&changed);
        }
    }
}

#[test]
fn relative_addresses() {
    let base = Some("https://h.example/a/b?q#f");
    for (relative, want) in [
        ("c", "https://h.example/a/c"),
        ("/c", "https://h.example/c"),
        ("?x", "https://h.example/a/b?x"),
        ("", "https://h.example/a/b"),
        ("//o.example/c", "https://o.example/c"),
        ("http://o.example", "http://o.example"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ] {
        assert_eq!(join(base, relative), want, "{relative}");
    }
    assert_eq!(join(None, "c"), "c");
    assert_eq!(join(Some("https://h.example"), "c"), "https://h.example/c");
}
