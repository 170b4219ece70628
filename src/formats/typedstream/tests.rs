use std::borrow::Cow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::*;
use crate::formats::bplist::maker::{P, archive, class};

/// Writes typed streams as the archiver does, with its two tables.
struct Writer {
    out: Vec<u8>,
    strings: Vec<Vec<u8>>,
    classes: Vec<(&'static str, u8)>,
    objects: u8,
}

const STRING: &[(&str, u8)] = &[("NSString", 1), ("NSObject", 0)];
const DICTIONARY: &[(&str, u8)] = &[("NSDictionary", 0), ("NSObject", 0)];
const URL: &[(&str, u8)] = &[("NSURL", 0), ("NSObject", 0)];
const NUMBER: &[(&str, u8)] = &[("NSNumber", 0), ("NSValue", 0), ("NSObject", 0)];

impl Writer {
    fn new() -> Self {
        let out = b"\x04\x0bstreamtyped\x81\xe8\x03".to_vec();
        Writer { out, strings: vec![], classes: vec![], objects: 0 }
    }

    fn int(&mut self, n: i32) {
        match n {
            -110..=127 => self.out.push(n as i8 as u8),
            -32768..=32767 => {
                self.out.push(INT16);
                self.out.extend((n as i16).to_le_bytes());
            }
            _ => {
                self.out.push(INT32);
                self.out.extend(n.to_le_bytes());
            }
        }
    }

    fn shared(&mut self, s: &[u8]) {
        match self.strings.iter().position(|t| t == s) {
            Some(i) => self.out.push(0x92 + i as u8),
            None => {
                self.out.push(NEW);
                self.int(s.len() as i32);
                self.out.extend(s);
                self.strings.push(s.to_vec());
            }
        }
    }

    fn types(&mut self, t: &str) {
        self.shared(t.as_bytes());
    }

    fn begin(&mut self, chain: &[(&'static str, u8)]) -> u8 {
        self.types("@");
        self.begin_untyped(chain)
    }

    fn begin_untyped(&mut self, chain: &[(&'static str, u8)]) -> u8 {
        self.out.push(NEW);
        let handle = self.objects;
        self.objects += 1;
        for (name, version) in chain {
            if let Some((_, h)) = self.classes.iter().find(|(n, _)| n == name) {
                self.out.push(0x92 + h);
                return handle;
            }
            self.out.push(NEW);
            self.shared(name.as_bytes());
            self.out.push(*version);
            self.classes.push((name, self.objects));
            self.objects += 1;
        }
        self.out.push(NIL);
        handle
    }

    fn end(&mut self) {
        self.out.push(END);
    }

    fn text(&mut self, s: &str) -> u8 {
        let handle = self.begin(STRING);
        self.types("+");
        self.int(s.len() as i32);
        self.out.extend(s.as_bytes());
        self.end();
        handle
    }

    fn url(&mut self, s: &str) {
        self.begin(URL);
        self.types("c");
        self.out.push(0);
        self.text(s);
        self.end();
    }
}

/// One run with a link, one with a mention that uses the same string as its text, one whose attributes came before.
fn message() -> Vec<u8> {
    let mut w = Writer::new();
    w.begin(&[("NSMutableAttributedString", 0), ("NSAttributedString", 0), ("NSObject", 0)]);
    w.text("see bank.example and Ana ✓");
    w.types("iI");
    w.int(1);
    w.int(12);
    w.begin(DICTIONARY);
    w.types("i");
    w.int(2);
    w.text("__kIMLinkAttributeName");
    w.url("https://evil.example/path?x=1");
    w.text("__kIMMessagePartAttributeName");
    w.begin(NUMBER);
    w.types("*");
    w.out.extend([NEW]);
    w.objects += 1;
    w.shared(b"i");
    w.types("i");
    w.int(0);
    w.end();
    w.end();
    w.types("iI");
    w.int(2);
    w.int(300);
    w.begin(DICTIONARY);
    w.types("i");
    w.int(1);
    w.text("__kIMMentionConfirmedMention");
    w.text("+15550100");
    w.end();
    w.types("iI");
    w.int(1);
    w.int(70_000);
    w.end();
    w.out
}

#[test]
fn text_links_and_mentions() {
    let bytes = message();
    let found = attributed_body(&bytes).unwrap();
    assert_eq!(found.note, None);
    assert_eq!(found.text, "see bank.example and Ana ✓");
    assert_eq!(found.links, ["https://evil.example/path?x=1"]);
    assert_eq!(found.mentions, ["+15550100"]);
    assert!(matches!(found.text, Cow::Borrowed(_)));
    let stream = Stream::parse(&bytes).unwrap();
    let &root = stream.roots().first().unwrap();
    assert!(stream.is_a(root, b"NSAttributedString") && !stream.is_a(root, b"NSString"));
    let runs: Vec<_> = stream.items(root).filter(|i| matches!(i, Item::Int(_))).collect();
    assert_eq!(runs, [1, 12, 2, 300, 1, 70_000].map(Item::Int));
}

/// Bytes of a message as a phone writes it: no link, the number of the message part as only attribute.
#[test]
fn a_plain_message() {
    let mut bytes =
        b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x12NSAttributedString\x00\x84\x84\x08NSObject\
        \x00\x85\x92\x84\x84\x84\x08NSString\x01\x94\x84\x01+\x81\xc8\x00"
            .to_vec();
    bytes.extend([b'a'; 200]);
    bytes.extend(
        b"\x86\x84\x02iI\x01\x81\xc8\x00\x92\x84\x84\x84\x0cNSDictionary\x00\x94\x84\x01i\x01\x92\x84\x96\x96\x1d\
          __kIMMessagePartAttributeName\x86\x92\x84\x84\x84\x08NSNumber\x00\x84\x84\x07NSValue\x00\x94\x84\x01*\x84\x99\
          \x99\x00\x86\x86\x86",
    );
    let found = attributed_body(&bytes).unwrap();
    assert_eq!(found, AttributedText { text: "a".repeat(200).into(), ..AttributedText::default() });
}

#[test]
fn other_values() {
    let mut w = Writer::new();
    w.begin(&[("Thing", 3), ("NSObject", 0)]);
    w.types("{_NSRange=QQ}f[3c]d[2i]%:#C");
    w.int(4);
    w.int(-5);
    w.out.extend([REAL]);
    w.out.extend(1.5_f32.to_le_bytes());
    w.out.extend(b"xyz");
    w.int(7);
    w.int(200);
    w.int(-200);
    w.shared(b"atom");
    w.out.push(NIL);
    w.out.push(0x92 + 1);
    w.out.push(0x92);
    w.end();
    let stream = Stream::parse(&w.out).unwrap();
    assert_eq!(stream.error, None);
    let want = [
        Item::Int(4),
        Item::Int(-5),
        Item::Real(1.5),
        Item::Bytes(b"xyz"),
        Item::Real(7.0),
        Item::Int(200),
        Item::Int(-200),
        Item::Other,
        Item::Nil,
        Item::Other,
        Item::Int(0x92),
    ];
    assert_eq!(stream.items(0).collect::<Vec<_>>(), want);
}

#[test]
fn big_endian_streams() {
    let mut bytes =
        b"\x04\x0btypedstream\x81\x03\xe8\x84\x01@\x84\x84\x84\x08NSString\x01\x85\x84\x01+\x81\x00\xc8".to_vec();
    bytes.extend([b'b'; 200]);
    bytes.push(END);
    assert_eq!(attributed_body(&bytes).unwrap().text, "b".repeat(200));
}

#[test]
fn damage_after_the_text_keeps_the_text() {
    let bytes = message();
    let text_end = bytes.windows(3).position(|w| w == "✓".as_bytes()).unwrap() + 3;
    for cut in 0..bytes.len() {
        let found = attributed_body(&bytes[..cut]);
        if cut >= text_end {
            let found = found.unwrap();
            assert_eq!(found.text, "see bank.example and Ana ✓", "cut at {cut}");
            assert!(found.note.is_some(), "cut at {cut}");
        } else if let Ok(part) = found {
            assert!(part.note.is_some(), "cut at {cut}");
        }
    }
    for at in 0..bytes.len() {
        for bits in [0x01, 0x0f, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= bits;
            let _ = attributed_body(&changed);
        }
    }
}

#[test]
fn text_is_salvaged_from_a_broken_structure() {
    let mut bytes = b"\x04\x0bstreamtyped\x81\xe8\x03\xff\xff NSMutableString\x01\x95\x84\x01+".to_vec();
    bytes.extend(b"\x06hi \xe2\x9c\x93");
    let found = attributed_body(&bytes).unwrap();
    assert_eq!(found.text, "hi ✓");
    assert!(found.note.is_some());
    assert!(matches!(attributed_body(b"hello"), Err(TypedStreamError::NotATypedStream { .. })));
    assert!(matches!(attributed_body(b""), Err(TypedStreamError::NotATypedStream { .. })));
    assert!(matches!(
        attributed_body(b"\x04\x0bstreamtyped\x81\xe8\x03"),
        Err(TypedStreamError::NoText { objects: 0 })
    ));
}

fn ends_with_error(bytes: &[u8]) -> TypedStreamError {
    let start = Instant::now();
    let error = Stream::parse(bytes).unwrap().error.unwrap();
    let _ = attributed_body(bytes);
    assert!(start.elapsed() < Duration::from_secs(120), "took {:?}", start.elapsed());
    error
}

#[test]
fn hostile_streams_end() {
    let start = b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@".to_vec();
    // Objects in objects: each one new, of no class, with one object.
    let deep = [start.clone(), vec![NEW, NIL], [0x92, NEW, NIL].repeat(200_000)].concat();
    assert!(matches!(ends_with_error(&deep), TypedStreamError::TooDeep { .. }));
    // Superclasses without end.
    let classes = [start.clone(), vec![NEW], b"\x84\x84\x01A\x00".repeat(100_000)].concat();
    assert!(matches!(ends_with_error(&classes), TypedStreamError::TooDeep { .. }));
    // A long type encoding that reads nothing, over and over.
    let empty = b"{a=}".repeat(8000);
    let mut idle = [start.clone(), vec![NEW, NIL, NEW, INT16]].concat();
    idle.extend((empty.len() as u16).to_le_bytes());
    idle.extend(&empty);
    idle.extend([0x93].repeat(100_000));
    assert!(matches!(ends_with_error(&idle), TypedStreamError::TooManySteps { .. }));
    // Counts and lengths beyond the end.
    let array = [start.clone(), vec![NEW, NIL, NEW, 13], b"[99999999999i".to_vec()].concat();
    assert!(matches!(ends_with_error(&array), TypedStreamError::UnknownType { .. }));
    let array = [start.clone(), vec![NEW, NIL, NEW, 14], b"[99999999999i]".to_vec(), vec![0; 50]].concat();
    assert!(matches!(ends_with_error(&array), TypedStreamError::Truncated { .. }));
    let length = [start.clone(), vec![NEW, NIL, NEW, 1, b'+', INT32, 0xff, 0xff, 0xff, 0xff, 1]].concat();
    assert!(matches!(ends_with_error(&length), TypedStreamError::Truncated { need: 0xffff_fffe, .. }));
    // References ahead, and to what is something else.
    let ahead = [start.clone(), vec![0x99]].concat();
    assert!(matches!(ends_with_error(&ahead), TypedStreamError::BadReference { found: 7, .. }));
    let class_is_object = [start, vec![NEW, 0x92]].concat();
    assert!(matches!(ends_with_error(&class_is_object), TypedStreamError::BadReference { expected: "a class", .. }));
}

#[test]
fn attributed_strings_in_keyed_archives() {
    let bytes = archive(vec![
        P::Dict(vec![("NSString", P::Uid(2)), ("NSAttributes", P::Uid(3)), ("$class", P::Uid(9))]),
        P::Str("see this"),
        P::Dict(vec![
            ("NS.keys", P::Array(vec![P::Uid(4), P::Uid(5)])),
            ("NS.objects", P::Array(vec![P::Uid(6), P::Uid(7)])),
            ("$class", P::Uid(8)),
        ]),
        P::Str("NSLink"),
        P::Str("__kIMMentionConfirmedMention"),
        P::Dict(vec![("NS.relative", P::Str("https://evil.example/")), ("NS.base", P::Uid(0)), ("$class", P::Uid(10))]),
        P::Str("a@b.example"),
        class("NSDictionary"),
        class("NSAttributedString"),
        class("NSURL"),
    ]);
    let found = attributed_body(&bytes).unwrap();
    assert_eq!((found.text.as_ref(), found.note), ("see this", None));
    assert_eq!(found.links, ["https://evil.example/"]);
    assert_eq!(found.mentions, ["a@b.example"]);
    assert!(matches!(attributed_body(&bytes[..60]), Err(TypedStreamError::Archive(_))));
}

#[test]
fn bodies_of_real_databases() {
    let Some(corpus) = std::env::var_os("VIGIE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: VIGIE_CORPUS is not set");
        return;
    };
    let databases =
        ["derived/ffs_composed/private/var/mobile/Library/SMS/sms.db", "ios/db_schema_ios18/messages.1.sms.db"];
    for path in databases {
        let uri = format!("file:{}?immutable=1", corpus.join(path).display());
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI;
        let db = rusqlite::Connection::open_with_flags(uri, flags).unwrap();
        let sql = "SELECT ROWID, attributedBody FROM message WHERE attributedBody IS NOT NULL ORDER BY ROWID";
        let mut query = db.prepare(sql).unwrap();
        let rows = query.query_map([], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, Vec<u8>>(1)?))).unwrap();
        let found: Vec<_> = rows
            .map(|r| {
                let (id, body) = r.unwrap();
                (id, attributed_body(&body).map(|t| t.text.into_owned()).ok())
            })
            .collect();
        let long = "The quick brown fox jumped. ".repeat(8);
        let want = [
            (2, Some("Reply via attributedBody".to_owned())),
            (3, Some(long)),
            (4, Some("Hi \u{1f44b} group \u{1f30d}".to_owned())),
            (5, Some("\u{fffc}".to_owned())),
            (9, None),
        ];
        assert_eq!(found, want, "{path}");
    }
}
