use std::time::{Duration, Instant};

use super::*;
use crate::formats::bplist::maker::{Maker, P, file, head};

/// Far more than any hostile input here needs, far less than an unbounded walk would.
const SOON: Duration = Duration::from_secs(120);

fn soon<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let out = work();
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    out
}

fn xml(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n{body}\n</plist>\n"
    )
}

fn s(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn everything() -> String {
    xml("<dict><key>z</key><string>a &amp; é</string><key>n</key><integer>-5</integer>\
         <key>big</key><integer>18446744073709551615</integer><key>r</key><real>1.5</real>\
         <key>d</key><date>2001-01-01T00:00:01Z</date><key>b</key><data>AAEC\n /w==</data>\
         <key>t</key><true/><key>f</key><false/><key>l</key><array><string>x</string><dict/><array/></array></dict>")
}

fn everything_value() -> Value {
    let pairs = [
        ("z", s("a & é")),
        ("n", Value::Int(-5)),
        ("big", Value::UInt(u64::MAX)),
        ("r", Value::Real(1.5)),
        ("d", Value::Date(1.0)),
        ("b", Value::Data(vec![0, 1, 2, 255])),
        ("t", Value::Bool(true)),
        ("f", Value::Bool(false)),
        ("l", Value::Array(vec![s("x"), Value::Dict(vec![]), Value::Array(vec![])])),
    ];
    Value::Dict(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}

#[test]
fn xml_of_every_type() {
    let value = parse(everything().as_bytes()).unwrap();
    assert_eq!(value, everything_value());
    assert_eq!(value.get("d").and_then(Value::as_unix_micros), Some(978_307_201_000_000));
    assert_eq!(value.get("big").and_then(Value::as_u64), Some(u64::MAX));
    assert_eq!(value.get("big").and_then(Value::as_i64), None);
    assert_eq!(value.at(&["l", "x"]), None);
}

#[test]
fn binary_of_every_type() {
    let bytes = file(&P::Dict(vec![
        ("z", P::Str("a é")),
        ("n", P::Int(-5)),
        ("u", P::Uid(9)),
        ("d", P::Date(-1.5)),
        ("l", P::Array(vec![P::Bool(true), P::Null, P::Data(vec![1]), P::Real(0.5), P::Dict(vec![])])),
    ]));
    let list =
        Value::Array(vec![Value::Bool(true), Value::Null, Value::Data(vec![1]), Value::Real(0.5), Value::Dict(vec![])]);
    let want = [("z", s("a é")), ("n", Value::Int(-5)), ("u", Value::Uid(9)), ("d", Value::Date(-1.5)), ("l", list)];
    let want = Value::Dict(want.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
    assert_eq!(parse(&bytes), Ok(want));
}

#[test]
fn integers_that_fit_nowhere_are_clipped() {
    assert_eq!(int(i128::from(i64::MAX) + 1), Value::UInt(1 << 63));
    assert_eq!(int(i128::MAX), Value::UInt(u64::MAX));
    assert_eq!(int(i128::MIN), Value::Int(i64::MIN));
}

#[test]
fn encodings_of_xml() {
    let text = everything().replace("UTF-8", "UTF-16");
    let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(parse(&le), Ok(everything_value()), "no mark, little-endian");
    assert_eq!(parse(&be), Ok(everything_value()), "no mark, big-endian");
    assert_eq!(parse(&[&[0xff, 0xfe], &le[..]].concat()), Ok(everything_value()));
    assert_eq!(parse(&[&[0xfe, 0xff], &be[..]].concat()), Ok(everything_value()));
    let utf8 = everything();
    assert_eq!(parse(&[&[0xef, 0xbb, 0xbf], utf8.as_bytes()].concat()), Ok(everything_value()));
    assert_eq!(parse(format!(" \n\t{utf8}\0\0").as_bytes()), Ok(everything_value()), "space around");
    let utf32: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    assert_eq!(parse(&utf32), Err(PlistError::Encoding));
    assert_eq!(parse(&le[..le.len() - 1]), Err(PlistError::Encoding));
}

#[test]
fn what_is_no_property_list_is_named() {
    for text in ["{ a = b; }", "( a, b )", "// !$*UTF8*$!\n{}", "/* c */ {}", "<dead beef>", " <0a>"] {
        assert_eq!(parse(text.as_bytes()), Err(PlistError::OldStyleText), "{text}");
    }
    assert_eq!(parse(b""), Err(PlistError::Empty));
    assert_eq!(parse(b" \n"), Err(PlistError::Empty));
    assert_eq!(parse(b"<plist></plist>"), Err(PlistError::Empty));
    assert!(matches!(parse(b"SQLite format 3\0"), Err(PlistError::NotAPlist { .. })));
    assert!(matches!(parse(&[0x80, 0xff, 0, 1]), Err(PlistError::NotAPlist { .. })));
    assert!(matches!(parse(b"<html><body/></html>"), Err(PlistError::Xml(_))));
}

#[test]
fn cdata_is_text() {
    let body = "<dict><key><![CDATA[a<b]]></key><string>x <![CDATA[<i>&amp;]]> y<!-- <![CDATA[ --></string></dict>";
    assert_eq!(parse(xml(body).as_bytes()), Ok(Value::Dict(vec![("a<b".to_owned(), s("x <i>&amp; y"))])));
}

#[test]
fn entities_are_not_expanded() {
    let bomb =
        "<!DOCTYPE plist [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><plist><string>&b;</string></plist>";
    let found = parse(bomb.as_bytes());
    assert!(found == Ok(s("")) || found.is_err(), "{found:?}");
}

#[test]
fn dictionaries_out_of_step_are_refused() {
    assert!(matches!(
        parse(xml("<dict><key>a</key></dict>").as_bytes()),
        Err(PlistError::XmlShape { expected: "a value for a key", .. })
    ));
    assert!(matches!(
        parse(xml("<dict><integer>1</integer><integer>2</integer></dict>").as_bytes()),
        Err(PlistError::XmlShape { expected: "a key", .. })
    ));
}

#[test]
fn what_follows_the_value_is_reported_but_no_reason_to_refuse() {
    let text = xml("<string>a</string><string>b</string>");
    assert_eq!(parse(text.as_bytes()), Ok(s("a")));
    assert_eq!(parse_lossy(text.as_bytes()), (Some(s("a")), Some(PlistError::Trailing)));
}

#[test]
fn damaged_xml_values_do_not_lose_their_neighbours() {
    for bad in ["<date>yesterday</date>", "<integer>1x</integer>", "<real>--</real>", "<data>A!</data>"] {
        let text = xml(&format!(
            "<dict><key>a</key><string>1</string><key>in</key><dict><key>b</key>{bad}<key>c</key><string>3</string></dict>\
             <key>d</key><array>{bad}<true/></array></dict>"
        ));
        assert!(matches!(parse(text.as_bytes()), Err(PlistError::Xml(_))), "{bad}");
        let (value, error) = parse_lossy(text.as_bytes());
        let value = value.unwrap();
        assert!(error.is_some());
        assert_eq!(value.get("a"), Some(&s("1")), "{bad}");
        assert_eq!(value.get("in"), Some(&Value::Dict(vec![("c".to_owned(), s("3"))])), "{bad}");
        assert_eq!(value.get("d"), Some(&Value::Array(vec![Value::Null, Value::Bool(true)])), "{bad}");
    }
}

#[test]
fn a_damaged_byte_in_text_is_replaced() {
    let mut text = everything().into_bytes();
    let at = text.windows(2).position(|w| w == "é".as_bytes()).unwrap();
    text[at] = 0xff;
    assert_eq!(parse(&text), Err(PlistError::NotUtf8 { offset: at as u64, found: 0xff }));
    let (value, error) = parse_lossy(&text);
    assert_eq!(error, Some(PlistError::NotUtf8 { offset: at as u64, found: 0xff }));
    let value = value.unwrap();
    assert_eq!(value.get("z").and_then(Value::as_str), Some("a & \u{fffd}\u{fffd}"));
    assert_eq!(value.get("l"), everything_value().get("l"));
}

#[test]
fn truncated_xml_keeps_what_was_complete() {
    let text = everything();
    let cut = text.find("<key>t</key>").unwrap();
    assert_eq!(parse(&text.as_bytes()[..cut]), Err(PlistError::XmlTruncated { open: 1 }));
    let (value, error) = parse_lossy(&text.as_bytes()[..cut]);
    let whole = everything_value();
    assert_eq!(value.as_ref().and_then(Value::as_dict), whole.as_dict().map(|d| &d[..6]));
    assert_eq!(error, Some(PlistError::XmlTruncated { open: 1 }));
}

#[test]
fn every_truncation_and_every_changed_byte_ends() {
    let binary = file(&P::Dict(vec![
        ("key", P::Array(vec![P::Int(1), P::Str("é"), P::Real(1.0)])),
        ("Data", P::Data(vec![0; 20])),
    ]));
    for original in [everything().into_bytes(), binary] {
        for cut in 0..original.len() {
            let part = &original[..cut];
            // After the closing tag of the outermost value nothing is missing.
            if parse(part).is_ok() {
                assert!(part.trim_ascii_end().ends_with(b"</dict>") || part.windows(7).any(|w| w == b"</dict>"));
            }
            let _ = parse_lossy(part);
        }
        for at in 0..original.len() {
            for bits in [0x01, 0x80, 0xff, 0x0f] {
                let mut changed = original.clone();
                changed[at] ^= bits;
                let (_, error) = parse_lossy(&changed);
                let strict = parse(&changed);
                assert_eq!(strict.is_err(), error.is_some_and(|e| e != PlistError::Trailing), "byte {at} ^ {bits:#x}");
            }
        }
    }
}

#[test]
fn a_container_in_itself_is_refused() {
    let mut m = Maker::default();
    m.array(&[0, 1]);
    m.text("x");
    let bytes = m.finish(0);
    assert_eq!(parse(&bytes), Err(PlistError::Cycle { offset: 8 }));
    let (value, error) = parse_lossy(&bytes);
    assert_eq!((value, error), (Some(Value::Array(vec![Value::Null, s("x")])), Some(PlistError::Cycle { offset: 8 })));

    let mut m = Maker::default();
    let key = m.text("k");
    m.dict(&[(key, 2)]);
    m.array(&[1]);
    assert!(matches!(parse(&m.finish(1)), Err(PlistError::Cycle { .. })));
}

#[test]
fn deep_nesting_is_refused() {
    for depth in [50_000_u32, 200_000] {
        let mut m = Maker::default();
        for i in 0..depth {
            m.array(&[i + 1]);
        }
        m.array(&[]);
        let bytes = m.finish(0);
        assert_eq!(soon(|| parse(&bytes)), Err(PlistError::TooDeep { limit: MAX_DEPTH }));
        assert!(soon(|| parse_lossy(&bytes)).0.is_some());
        for (open, close) in [("<array>", "</array>"), ("<dict><key>k</key>", "</dict>")] {
            let n = depth as usize;
            let text = xml(&(open.repeat(n) + &close.repeat(n)));
            assert_eq!(soon(|| parse(text.as_bytes())), Err(PlistError::TooDeep { limit: MAX_DEPTH }));
            assert!(soon(|| parse_lossy(text.as_bytes())).0.is_some());
        }
    }
    let mut m = Maker::default();
    for i in 1..MAX_DEPTH as u32 {
        m.array(&[i]);
    }
    m.array(&[]);
    assert!(parse(&m.finish(0)).is_ok(), "the limit itself is fine");
}

#[test]
fn doubling_is_refused() {
    for levels in [24_u32, 60] {
        let mut m = Maker::default();
        for i in 1..=levels {
            m.array(&[i, i]);
        }
        m.text("leaf");
        let bytes = m.finish(0);
        assert!(bytes.len() < 1200);
        let error = soon(|| parse(&bytes)).unwrap_err();
        assert!(matches!(error, PlistError::TooLarge { unit: "values", .. }), "{error}");
        soon(|| parse_lossy(&bytes));
    }
}

#[test]
fn shared_text_is_counted_each_time() {
    let mut m = Maker::default();
    let big = m.text(&"x".repeat(1 << 20));
    let top = m.array(&vec![big; 100_000]);
    let bytes = m.finish(top);
    assert!(matches!(soon(|| parse(&bytes)), Err(PlistError::TooLarge { unit: "bytes of content", .. })));
}

#[test]
fn unreadable_keys_and_values_cost_budget_too() {
    let mut m = Maker::default();
    let bad = m.raw(vec![0x01]);
    let inner = m.dict(&vec![(bad, bad); 100_000]);
    let list = m.array(&vec![bad; 100_000]);
    let top = m.array(&[vec![inner; 100_000], vec![list; 100_000]].concat());
    let bytes = m.finish(top);
    let (_, error) = soon(|| parse_lossy(&bytes));
    assert!(matches!(error, Some(PlistError::UnknownMarker { .. })));
}

#[test]
fn keys_that_are_no_text_are_refused_or_left_out() {
    let mut m = Maker::default();
    let one = m.put(&P::Int(1));
    let key = m.text("k");
    let top = m.dict(&[(one, one), (key, one)]);
    let bytes = m.finish(top);
    assert!(matches!(parse(&bytes), Err(PlistError::WrongType { found: "an integer", offset: 8, .. })));
    assert_eq!(parse_lossy(&bytes).0, Some(Value::Dict(vec![("k".to_owned(), Value::Int(1))])));
}

#[test]
fn a_plain_large_list_is_within_budget() {
    let mut m = Maker::default();
    let refs: Vec<u32> = (0..300_000).map(|i| m.raw(vec![0x10, i as u8])).collect();
    let top = m.array(&refs);
    let value = parse(&m.finish(top)).unwrap();
    assert_eq!(value.as_array().map(<[Value]>::len), Some(300_000));
    assert_eq!(head(0xa, 15), [0xaf, 0x12, 0, 0, 0, 15]);
}

#[test]
fn an_entity_nobody_knows_hides_no_text() {
    let text = xml("<dict><key>a</key><string>x&evil;y &amp; z</string><key>b</key><string>c</string></dict>");
    assert!(matches!(parse(text.as_bytes()), Err(PlistError::Xml(e)) if e.contains("&evil;")));
    let (value, error) = parse_lossy(text.as_bytes());
    assert_eq!(value.and_then(|v| v.get("b").cloned()), Some(s("c")));
    assert!(matches!(error, Some(PlistError::Xml(e)) if e.contains("&evil;")));
    let comment = xml("<string>a<!-- &nothing; -->b</string>");
    assert!(parse(comment.as_bytes()).is_ok());
    assert!(parse(xml("<string>&lt;&#65;&#x41;</string>").as_bytes()).is_ok());
}
