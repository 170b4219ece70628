//! Real property lists: the edge cases of other readers' tests, and every `*.plist` of acquired phones.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use ::plist::Value as Other;

use super::*;

/// Where the two readers disagree although both accept, and why ours is right.
const DIFFERENCES: [(&str, &str); 1] = [("cdata.plist", "the crate drops CDATA sections with the text in them")];
/// What Apple's own reader refuses as well.
const BROKEN: [&str; 4] = ["amp.plist", "invalid_tag.plist", "malformed_dict.bplist", "recursion.bplist"];

fn corpus() -> Option<PathBuf> {
    let found = std::env::var_os("VIGIE_CORPUS").map(PathBuf::from);
    if found.is_none() {
        eprintln!("skipped: VIGIE_CORPUS is not set");
    }
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Equal, if dictionaries are compared as maps in which the last of equal keys wins.
fn same(ours: &Value, other: &Other) -> bool {
    match (ours, other) {
        (Value::Dict(d), Other::Dictionary(o)) => {
            o.iter().all(|(k, v)| ours.get(k).is_some_and(|mine| same(mine, v)))
                && d.iter().all(|(k, _)| o.contains_key(k))
        }
        (Value::Array(a), Other::Array(o)) => a.len() == o.len() && a.iter().zip(o).all(|(a, o)| same(a, o)),
        (Value::Bool(a), Other::Boolean(b)) => a == b,
        (Value::Int(a), Other::Integer(b)) => b.as_signed() == Some(*a),
        (Value::UInt(a), Other::Integer(b)) => b.as_unsigned() == Some(*a),
        (Value::Real(a), Other::Real(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Value::Data(a), Other::Data(b)) => a == b,
        (Value::String(a), Other::String(b)) => a == b,
        (Value::Uid(a), Other::Uid(b)) => *a == b.get(),
        (Value::Date(a), Other::Date(b)) => {
            let micros = match std::time::SystemTime::from(*b).duration_since(std::time::UNIX_EPOCH) {
                Ok(after) => after.as_micros() as i64,
                Err(before) => -(before.duration().as_micros() as i64),
            };
            // The crate cuts what we round.
            date_to_unix_micros(*a).is_some_and(|mine| mine.abs_diff(micros) <= 1)
        }
        _ => false,
    }
}

#[test]
fn edge_cases() {
    let Some(corpus) = corpus() else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(corpus.join("ios/plist_edge_cases")).unwrap() {
        let path = entry.unwrap().path();
        let (bytes, name) = (std::fs::read(&path).unwrap(), name(&path));
        seen += 1;
        let ours = parse(&bytes);
        let (lossy, lossy_error) = parse_lossy(&bytes);
        assert_eq!(ours.is_err(), BROKEN.contains(&name.as_str()), "{name}: {ours:?}");
        let Ok(value) = ours else {
            assert!(lossy_error.is_some(), "{name}");
            continue;
        };
        assert_eq!((lossy.as_ref(), lossy_error), (Some(&value), None), "{name}");
        // None of these files is deep or doubles, so the crate's recursive reader may see them.
        let Ok(other) = Other::from_reader(Cursor::new(&bytes)) else {
            eprintln!("{name}: read here, refused by the crate");
            continue;
        };
        assert_eq!(same(&value, &other), !DIFFERENCES.iter().any(|(n, _)| *n == name), "{name}: {value:?} {other:?}");
    }
    assert_eq!(seen, 41);
    let cdata = std::fs::read(corpus.join("ios/plist_edge_cases/cdata.plist")).unwrap();
    let text = parse(&cdata).unwrap();
    assert!(text.get("cdata&key").and_then(Value::as_str).is_some_and(|t| t.contains("\"#$%&'()*+,-./0123")));
}

#[test]
fn property_lists_of_phones() {
    let Some(corpus) = corpus() else { return };
    let (mut read, mut refused) = (0, Vec::new());
    for entry in walkdir::WalkDir::new(&corpus).sort_by_file_name() {
        let entry = entry.unwrap();
        if !entry.file_type().is_file() || entry.path().parent().is_some_and(|p| p.ends_with("plist_edge_cases")) {
            continue;
        }
        let is_plist = entry.path().extension().is_some_and(|e| e == "plist");
        let Ok(bytes) = std::fs::read(entry.path()) else { continue };
        if !is_plist && !Bplist::looks_like(&bytes) {
            continue;
        }
        match parse(&bytes) {
            Ok(value) => {
                read += 1;
                let other = Other::from_reader(Cursor::new(&bytes)).unwrap();
                assert!(same(&value, &other), "{}", entry.path().display());
            }
            Err(e) => refused.push(format!("{}: {e}", entry.path().display())),
        }
    }
    eprintln!("{read} property lists read, {} refused: {refused:#?}", refused.len());
    assert!(read >= 20, "{read} read");
    assert!(refused.is_empty(), "{refused:#?}");
}
