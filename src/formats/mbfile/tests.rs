use std::path::PathBuf;

use super::*;
use crate::formats::bplist::maker::{P, archive, class, file};

fn sample(last_modified: P, path: &'static str) -> Vec<u8> {
    archive(vec![
        P::Dict(vec![
            ("LastModified", last_modified),
            ("Flags", P::Int(0)),
            ("GroupID", P::Int(501)),
            ("LastStatusChange", P::Int(1_617_115_294)),
            ("Birth", P::Uid(6)),
            ("Size", P::Int(13_312)),
            ("Mode", P::Int(0o100_644)),
            ("InodeNumber", P::Int(294_276)),
            ("UserID", P::Int(-2)),
            ("RelativePath", P::Uid(2)),
            ("Target", P::Uid(0)),
            ("ProtectionClass", P::Int(3)),
            ("EncryptionKey", P::Uid(3)),
            ("Digest", P::Data(vec![9; 20])),
            ("ExtendedAttributes", P::Data(vec![5])),
            ("$class", P::Uid(5)),
        ]),
        P::Str(path),
        P::Dict(vec![("NS.data", P::Data(vec![3, 0, 0, 0, 7])), ("$class", P::Uid(4))]),
        class("NSMutableData"),
        class("MBFile"),
        P::Dict(vec![("NS.time", P::Real(0.5)), ("$class", P::Uid(7))]),
        class("NSDate"),
    ])
}

#[test]
fn all_fields() {
    let blob = sample(P::Int(1_617_115_287), "Library/é.db");
    let want = MbFile {
        relative_path: Some("Library/é.db".into()),
        target: None,
        size: Some(13_312),
        mode: Some(0o100_644),
        user_id: Some(-2),
        group_id: Some(501),
        inode: Some(294_276),
        protection_class: Some(3),
        flags: Some(0),
        birth: Some(978_307_200_500_000),
        last_modified: Some(1_617_115_287_000_000),
        last_status_change: Some(1_617_115_294_000_000),
        encryption_key: Some(&[3, 0, 0, 0, 7]),
        digest: Some(&[9; 20]),
        extended_attributes: Some(&[5]),
        odd: None,
    };
    assert_eq!(parse(&blob), Ok(want));
    let ascii = sample(P::Int(1), "a");
    assert!(matches!(parse(&ascii).unwrap().relative_path, Some(Cow::Borrowed("a"))));
}

#[test]
fn times_of_other_versions() {
    for (value, micros) in [
        (P::Real(1_617_115_287.25), 1_617_115_287_250_000),
        (P::Date(0.0), 978_307_200_000_000),
        (P::Int(-1), -1_000_000),
        (P::Uid(6), 978_307_200_500_000),
    ] {
        assert_eq!(parse(&sample(value, "a")).unwrap().last_modified, Some(micros));
    }
}

#[test]
fn values_that_cannot_be_are_named() {
    for value in [P::Str("soon"), P::Int(i64::MAX), P::Real(f64::NAN), P::Uid(99), P::Array(vec![]), P::Bool(true)] {
        let blob = sample(value, "a");
        let file = parse(&blob).unwrap();
        assert_eq!((file.last_modified, file.odd), (None, Some("LastModified")));
        assert_eq!(file.size, Some(13_312), "the rest is read");
    }
    let blob = sample(P::Null, "a");
    let nil = parse(&blob).unwrap();
    assert_eq!((nil.last_modified, nil.odd), (None, None));
}

#[test]
fn the_root_is_found_without_top() {
    let objects = || P::Array(vec![P::Str("$null"), P::Dict(vec![("Size", P::Int(5))])]);
    for top in [None, Some(P::Dict(vec![])), Some(P::Dict(vec![("root", P::Uid(77))]))] {
        let mut pairs = vec![("$objects", objects())];
        pairs.extend(top.map(|t| ("$top", t)));
        assert_eq!(parse(&file(&P::Dict(pairs))).unwrap().size, Some(5));
    }
    assert!(matches!(parse(&file(&P::Dict(vec![]))), Err(PlistError::WrongType { .. })));
    assert!(matches!(
        parse(&file(&P::Dict(vec![("$objects", P::Array(vec![]))]))),
        Err(PlistError::DanglingRef { found: 1, count: 0 })
    ));
    assert!(matches!(
        parse(&file(&P::Dict(vec![("$objects", P::Int(1))]))),
        Err(PlistError::WrongType { expected: "the array $objects", .. })
    ));
}

#[test]
fn every_truncation_and_every_changed_byte_ends() {
    let blob = sample(P::Int(1), "Library/é.db");
    for cut in 0..blob.len() {
        assert!(parse(&blob[..cut]).is_err());
    }
    for at in 0..blob.len() {
        for bits in [0x01, 0x0f, 0x80, 0xff] {
            let mut changed = blob.clone();
            changed[at] ^= bits;
            let _ = parse(&changed);
        }
    }
}

type Row = (String, String, i64, Vec<u8>);

fn manifest() -> Option<Vec<Row>> {
    let Some(corpus) = std::env::var_os("VIGIE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: VIGIE_CORPUS is not set");
        return None;
    };
    let path = corpus.join("ios/backup_mvt_ios14_3/Manifest.db");
    let uri = format!("file:{}?immutable=1", path.display());
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI;
    let db = rusqlite::Connection::open_with_flags(uri, flags).unwrap();
    let mut query = db.prepare("SELECT fileID, relativePath, flags, file FROM Files").unwrap();
    let rows = query.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))).unwrap();
    Some(rows.map(Result::unwrap).collect())
}

#[test]
fn a_real_backup() {
    let Some(rows) = manifest() else { return };
    let year = |micros: Option<i64>| 1970 + micros.unwrap() / 1_000_000 / 31_556_952;
    let (mut keys, mut digests, mut attributes, mut links) = (0, 0, 0, 0);
    for (id, path, flags, blob) in &rows {
        let f = parse(blob).unwrap_or_else(|e| panic!("{id}: {e}"));
        assert_eq!(f.odd, None, "{id}");
        assert_eq!(f.relative_path.as_deref(), Some(path.as_str()), "{id}");
        let kind = match f.mode.unwrap() & 0o170_000 {
            0o100_000 => 1,
            0o040_000 => 2,
            0o120_000 => 4,
            other => panic!("{id}: mode {other:o}"),
        };
        assert_eq!(kind, *flags, "{id}");
        for t in [f.birth, f.last_modified, f.last_status_change] {
            assert!((1970..=2022).contains(&year(t)), "{id}: {t:?}");
        }
        assert!(f.size.unwrap() < 1 << 40 && f.inode.unwrap() > 0, "{id}");
        assert!(f.user_id.is_some() && f.group_id.is_some() && f.flags.is_some(), "{id}");
        assert!(f.protection_class.unwrap() <= 11, "{id}");
        assert_eq!(f.target.is_some(), kind == 4, "{id}");
        if let Some(key) = f.encryption_key {
            assert_eq!(key.len(), 44, "{id}");
            assert_eq!(key.first().map(|c| u32::from(*c)), f.protection_class, "{id}");
            keys += 1;
        }
        digests += usize::from(f.digest.is_some_and(|d| !d.is_empty()));
        if let Some(x) = f.extended_attributes {
            assert!(Bplist::parse(x).is_ok(), "{id}");
            attributes += 1;
        }
        links += usize::from(f.target.is_some());
    }
    assert_eq!((rows.len(), keys, digests, attributes, links), (3721, 1089, 477, 77, 14));
}
