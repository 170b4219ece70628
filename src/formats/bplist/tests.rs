use super::maker::{Maker, P, file};
use super::*;

fn top(bytes: &[u8]) -> Object<'_> {
    let plist = Bplist::parse(bytes).unwrap();
    plist.object(plist.top()).unwrap()
}

fn raw(bytes: &[u8]) -> Vec<u8> {
    let mut m = Maker::default();
    let top = m.raw(bytes.to_vec());
    m.finish(top)
}

#[test]
fn scalars() {
    assert_eq!(top(&raw(&[0x00])), Object::Null);
    assert_eq!(top(&raw(&[0x08])), Object::Bool(false));
    assert_eq!(top(&raw(&[0x09])), Object::Bool(true));
    assert_eq!(top(&raw(&[0x10, 0xff])), Object::Int(255));
    assert_eq!(top(&raw(&[0x11, 0xff, 0xfe])), Object::Int(0xfffe));
    assert_eq!(top(&raw(&[0x12, 0xff, 0xff, 0xff, 0xff])), Object::Int(0xffff_ffff));
    assert_eq!(top(&file(&P::Int(-1))), Object::Int(-1));
    let mut wide = vec![0x14; 1];
    wide.extend(u128::from(u64::MAX).to_be_bytes());
    assert_eq!(top(&raw(&wide)), Object::Int(i128::from(u64::MAX)));
    assert_eq!(top(&raw(&[0x22, 0x3f, 0xc0, 0, 0])), Object::Real(1.5));
    assert_eq!(top(&file(&P::Real(-0.25))), Object::Real(-0.25));
    assert_eq!(top(&file(&P::Date(1.5))), Object::Date(1.5));
    assert_eq!(top(&raw(&[0x42, 7, 8])), Object::Data(&[7, 8]));
    assert_eq!(top(&raw(&[0x82, 1, 2, 3])), Object::Uid(0x010203));
}

#[test]
fn text_is_borrowed_where_it_can_be() {
    let narrow = file(&P::Str("Library/x"));
    let Object::String(t) = top(&narrow) else { panic!("a string") };
    assert!(matches!(t.decode(), Cow::Borrowed("Library/x")));
    let wide = file(&P::Str("é\u{1f600}"));
    let Object::String(t) = top(&wide) else { panic!("a string") };
    assert_eq!(t.decode(), "é\u{1f600}");
    assert!(t.is("é\u{1f600}") && !t.is("é") && !t.is("é\u{1f600}x"));
    let half_a_pair = raw(&[0x62, 0xd8, 0x3d, 0, b'a']);
    let Object::String(t) = top(&half_a_pair) else { panic!("a string") };
    assert_eq!(t.decode(), "\u{fffd}a");
    let utf8 = raw(&[0x72, 0xc3, 0xa9]);
    let Object::String(t) = top(&utf8) else { panic!("a string") };
    assert_eq!(t.decode(), "é");
}

#[test]
fn containers_are_walked_in_file_order() {
    let bytes = file(&P::Dict(vec![("b", P::Int(1)), ("a", P::Array(vec![P::Int(2), P::Null])), ("b", P::Int(3))]));
    let plist = Bplist::parse(&bytes).unwrap();
    let dict = plist.top_dict().unwrap();
    let keys: Vec<_> = dict
        .iter()
        .map(|(k, _)| match plist.object(k).unwrap() {
            Object::String(t) => t.decode().into_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(keys, ["b", "a", "b"]);
    assert_eq!(plist.object(plist.get(&dict, "b").unwrap()).unwrap(), Object::Int(3), "the last of equal keys");
    assert_eq!(plist.get(&dict, "c"), None);
    let Object::Array(a) = plist.object(plist.get(&dict, "a").unwrap()).unwrap() else { panic!("an array") };
    assert_eq!((a.len(), a.iter().count(), a.get(2)), (2, 2, None));
}

#[test]
fn counts_that_lie_are_refused() {
    for kind in [0x4f, 0x5f, 0x6f, 0x7f, 0xaf, 0xcf, 0xdf] {
        for count in [u64::MAX, 1 << 63, 1 << 32, 1000] {
            let mut bytes = vec![kind, 0x13];
            bytes.extend(count.to_be_bytes());
            let bytes = raw(&bytes);
            let plist = Bplist::parse(&bytes).unwrap();
            let found = plist.object(plist.top());
            assert!(matches!(found, Err(PlistError::Truncated { offset: 8, .. })), "{kind:#x} {count} {found:?}");
        }
        let bytes = raw(&[kind, 0x52]);
        let plist = Bplist::parse(&bytes).unwrap();
        assert!(matches!(plist.object(plist.top()), Err(PlistError::UnknownMarker { offset: 9, marker: 0x52 })));
    }
}

#[test]
fn trailers_that_lie_are_refused() {
    let good = file(&P::Int(1));
    let end = good.len();
    let with = |at: usize, bytes: &[u8]| {
        let mut b = good.clone();
        b[end - at..end - at + bytes.len()].copy_from_slice(bytes);
        b
    };
    for (bytes, word) in [
        (with(26, &[0]), "size of an offset"),
        (with(26, &[9]), "size of an offset"),
        (with(25, &[0]), "size of a reference"),
        (with(25, &[255]), "size of a reference"),
        (with(24, &[0; 8]), "top object"),
        (with(24, &[0xff; 8]), "count of objects"),
        (with(16, &[0xff; 8]), "top object"),
        (with(8, &[0xff; 8]), "offset table"),
        (with(8, &[0; 8]), "offset table"),
    ] {
        let error = Bplist::parse(&bytes).unwrap_err();
        assert!(matches!(error, PlistError::Trailer { .. }) && error.to_string().contains(word), "{error}");
    }
    assert!(matches!(Bplist::parse(b"bplist15xx"), Err(PlistError::Version(v)) if v == "15"));
    assert!(matches!(Bplist::parse(b"hello"), Err(PlistError::NotAPlist { found }) if found == "68656c6c6f"));
    assert!(matches!(Bplist::parse(b"bplist00"), Err(PlistError::Truncated { .. })));
}

#[test]
fn offsets_outside_the_file_are_refused() {
    let mut bytes = file(&P::Int(1));
    let table = bytes.len() - 32 - 4;
    for offset in [0_u32, 7, 0xffff_ffff, bytes.len() as u32 - 32] {
        bytes[table..table + 4].copy_from_slice(&offset.to_be_bytes());
        let plist = Bplist::parse(&bytes).unwrap();
        assert!(matches!(plist.object(plist.top()), Err(PlistError::Truncated { .. })), "{offset}");
    }
    let plist = Bplist::parse(&bytes).unwrap();
    assert_eq!(plist.object(Ref(u64::MAX)), Err(PlistError::DanglingRef { found: u64::MAX, count: 1 }));
}

#[test]
fn dates_become_unix_micros() {
    assert_eq!(date_to_unix_micros(0.0), Some(978_307_200_000_000));
    assert_eq!(date_to_unix_micros(0.000_001), Some(978_307_200_000_001));
    assert_eq!(date_to_unix_micros(-0.5), Some(978_307_199_500_000));
    assert_eq!(date_to_unix_micros(631_152_000.123_456), Some(1_609_459_200_123_456));
    assert_eq!(date_to_unix_micros(f64::NAN), None);
    assert_eq!(date_to_unix_micros(f64::INFINITY), None);
    assert_eq!(date_to_unix_micros(1e300), None);
    assert!(date_to_unix_micros(8.9e12).is_some(), "the last year that fits is far beyond any clock");
}
