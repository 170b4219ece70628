//! XML property lists, over the event stream of the `plist` crate.
//!
//! The crate's own tree builder recurses and shares no budget, so only its stream is used. Before the stream sees the
//! text, three things are settled that it does not do: UTF-16 becomes UTF-8, CDATA sections (which it drops, with what
//! they hold) become escaped text, and in lossy mode bytes that are no text become U+FFFD.

use std::borrow::Cow;
use std::io::Read;
use std::time::{SystemTime, UNIX_EPOCH};

use ::plist::stream::{OwnedEvent, XmlReader};

use super::{Builder, EPOCH_2001, PlistError, Value, budget};
use crate::formats::bplist::hex_head;

/// Damaged values of one file that lossy reading steps over.
const MAX_SKIPS: usize = 64;

pub(super) fn read(data: &[u8], lossy: bool) -> (Option<Value>, Option<PlistError>) {
    let (text, mut first_error) = match to_utf8(data, lossy) {
        Ok(found) => found,
        Err(e) => return (None, Some(e)),
    };
    let text = text.trim_end_matches('\0').trim_start();
    if let Err(e) = sniff(text, data) {
        return (None, Some(first_error.unwrap_or(e)));
    }
    let text = without_cdata(text);
    if let Some(e) = unknown_entity(&text) {
        if !lossy {
            return (None, Some(e));
        }
        first_error.get_or_insert(e);
    }
    let mut out = Builder::new(budget(data.len()));
    let mut rest: &[u8] = text.as_bytes();
    for _ in 0..=MAX_SKIPS {
        let before = rest.len();
        let error = match run(&mut rest, &mut out) {
            Ok(()) => break,
            Err(e) => e,
        };
        let step_over = lossy && is_leaf_error(&error) && !out.wants_key() && out.depth() > 0 && rest.len() < before;
        first_error.get_or_insert(error);
        if !step_over {
            break;
        }
        if let Err(e) = out.skip() {
            first_error.get_or_insert(e);
            break;
        }
    }
    (out.finish(), first_error)
}

/// Feeds events to the builder until the outermost value is complete. `rest` is left where the reader stopped.
///
/// When the builder already holds open containers, the text goes on inside of them: the reader is given their opening
/// tags again, so that it knows which closing tags belong.
fn run(rest: &mut &[u8], out: &mut Builder) -> Result<(), PlistError> {
    let mut prefix = String::new();
    let reopened = out.depth();
    if reopened > 0 {
        prefix.push_str("<plist>");
        prefix.extend(out.open_dicts().map(|dict| if dict { "<dict>" } else { "<array>" }));
    }
    let mut reader = XmlReader::new(prefix.as_bytes().chain(*rest));
    let mut result = Ok(());
    for event in reader.by_ref().skip(reopened) {
        result = match event {
            Err(e) => Err(PlistError::Xml(e.to_string())),
            Ok(_) if out.done() => Err(PlistError::Trailing),
            Ok(event) => take(event, out),
        };
        if result.is_err() {
            break;
        }
    }
    *rest = reader.into_inner().into_inner().1;
    match result {
        // What stands after the last value is no reason to refuse it.
        Err(PlistError::Xml(_)) if out.done() => Err(PlistError::Trailing),
        Ok(()) if out.depth() > 0 => Err(PlistError::XmlTruncated { open: out.depth() }),
        Ok(()) if !out.done() => Err(PlistError::Empty),
        other => other,
    }
}

/// Errors after which the reader stands behind one complete element, so that key and value stay in step.
fn is_leaf_error(error: &PlistError) -> bool {
    const LEAF: [&str; 4] = ["InvalidDataString", "InvalidDateString", "InvalidIntegerString", "InvalidRealString"];
    matches!(error, PlistError::Xml(text) if LEAF.iter().any(|l| text.starts_with(l)))
}

fn take(event: OwnedEvent, out: &mut Builder) -> Result<(), PlistError> {
    if out.wants_key() {
        return match event {
            OwnedEvent::String(s) => {
                out.charge(s.len())?;
                out.key(s.into_owned())
            }
            OwnedEvent::EndCollection => {
                out.close();
                Ok(())
            }
            other => Err(shape("a key", &other, out)),
        };
    }
    match event {
        OwnedEvent::StartArray(_) => out.open_array(0),
        OwnedEvent::StartDictionary(_) => out.open_dict(0),
        OwnedEvent::EndCollection if out.wants_value() => {
            Err(shape("a value for a key", &OwnedEvent::EndCollection, out))
        }
        OwnedEvent::EndCollection => {
            out.close();
            Ok(())
        }
        OwnedEvent::Boolean(b) => out.leaf(Value::Bool(b)),
        OwnedEvent::Data(d) => {
            out.charge(d.len())?;
            out.leaf(Value::Data(d.into_owned()))
        }
        OwnedEvent::Date(d) => out.leaf(Value::Date(seconds_since_2001(d.into()))),
        OwnedEvent::Integer(i) => out.leaf(match (i.as_signed(), i.as_unsigned()) {
            (Some(i), _) => Value::Int(i),
            (None, Some(u)) => Value::UInt(u),
            (None, None) => Value::Null,
        }),
        OwnedEvent::Real(r) => out.leaf(Value::Real(r)),
        OwnedEvent::String(s) => {
            out.charge(s.len())?;
            out.leaf(Value::String(s.into_owned()))
        }
        OwnedEvent::Uid(u) => out.leaf(Value::Uid(u.get())),
        other => Err(shape("a value", &other, out)),
    }
}

fn shape(expected: &'static str, event: &OwnedEvent, out: &Builder) -> PlistError {
    let found = match event {
        OwnedEvent::StartArray(_) => "an array",
        OwnedEvent::StartDictionary(_) => "a dictionary",
        OwnedEvent::EndCollection => "the end of the dictionary",
        _ => "another value",
    };
    PlistError::XmlShape { expected, found, index: out.nodes() }
}

fn seconds_since_2001(t: SystemTime) -> f64 {
    let unix = match t.duration_since(UNIX_EPOCH) {
        Ok(d) => d.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    };
    unix - EPOCH_2001 as f64
}

/// Tells XML from what only looks like text.
fn sniff(text: &str, data: &[u8]) -> Result<(), PlistError> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some('<'), Some('?' | '!')) => Ok(()),
        // `<dead beef>` is data in the old text encoding; no element of a property list is made of hex digits alone.
        (Some('<'), Some(c)) if c.is_ascii_alphabetic() && !is_hex_data(text) => Ok(()),
        (Some('<'), Some(_)) if is_hex_data(text) => Err(PlistError::OldStyleText),
        (Some('{' | '('), _) => Err(PlistError::OldStyleText),
        (Some('/'), Some('/' | '*')) => Err(PlistError::OldStyleText),
        (None, _) => Err(PlistError::Empty),
        _ => Err(PlistError::NotAPlist { found: hex_head(data) }),
    }
}

fn is_hex_data(text: &str) -> bool {
    let inner = text.strip_prefix('<').and_then(|t| t.split_once('>')).map(|(inner, _)| inner);
    inner.is_some_and(|t| t.chars().all(|c| c.is_ascii_hexdigit() || c.is_ascii_whitespace()))
}

/// The text as UTF-8 and, in lossy mode, what was wrong with it.
fn to_utf8(data: &[u8], lossy: bool) -> Result<(Cow<'_, str>, Option<PlistError>), PlistError> {
    match data {
        [0, 0, 0xfe, 0xff, ..] | [0xff, 0xfe, 0, 0, ..] | [0, 0, 0, b'<', ..] | [b'<', 0, 0, 0, ..] => {
            Err(PlistError::Encoding)
        }
        [0xff, 0xfe, rest @ ..] | rest @ [b'<', 0, ..] => utf16(rest, u16::from_le_bytes, lossy),
        [0xfe, 0xff, rest @ ..] | rest @ [0, b'<', ..] => utf16(rest, u16::from_be_bytes, lossy),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest, 3, lossy),
        _ => utf8(data, 0, lossy),
    }
}

fn utf8(data: &[u8], skipped: u64, lossy: bool) -> Result<(Cow<'_, str>, Option<PlistError>), PlistError> {
    let error = match std::str::from_utf8(data) {
        Ok(s) => return Ok((Cow::Borrowed(s), None)),
        Err(e) => e.valid_up_to(),
    };
    let found = data.get(error).copied().unwrap_or_default();
    // Without a tag in sight it is something else altogether.
    if !data.trim_ascii_start().starts_with(b"<") {
        return Err(PlistError::NotAPlist { found: hex_head(data) });
    }
    let error = PlistError::NotUtf8 { offset: skipped + error as u64, found };
    if lossy { Ok((String::from_utf8_lossy(data), Some(error))) } else { Err(error) }
}

fn utf16(
    data: &[u8],
    unit: fn([u8; 2]) -> u16,
    lossy: bool,
) -> Result<(Cow<'static, str>, Option<PlistError>), PlistError> {
    let mut bad = !data.len().is_multiple_of(2);
    let mut text = String::with_capacity(data.len() / 2);
    let units = data.chunks_exact(2).map(|c| match c {
        [a, b] => unit([*a, *b]),
        _ => 0,
    });
    text.extend(char::decode_utf16(units).map(|c| {
        bad |= c.is_err();
        c.unwrap_or(char::REPLACEMENT_CHARACTER)
    }));
    match (bad, lossy) {
        (false, _) => Ok((Cow::Owned(text), None)),
        (true, true) => Ok((Cow::Owned(text), Some(PlistError::Encoding))),
        (true, false) => Err(PlistError::Encoding),
    }
}

/// The first entity that is none of XML's own. Property lists define none, and the stream leaves them out without a
/// word, with what they stand for: text could be hidden behind one.
fn unknown_entity(text: &str) -> Option<PlistError> {
    const OWN: [&str; 5] = ["amp", "lt", "gt", "quot", "apos"];
    const MAX_NAME: usize = 32;
    memchr::memchr_iter(b'&', text.as_bytes()).find_map(|at| {
        let rest = text.get(at + 1..)?;
        let name = &rest[..rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.' | ':'))?];
        let own = name.is_empty() || OWN.contains(&name) || !rest[name.len()..].starts_with(';');
        let short: String = name.chars().take(MAX_NAME).collect();
        (!own).then(|| PlistError::Xml(format!("entity &{short}; at byte {at} is none that property lists have")))
    })
}

/// The text with every CDATA section written as escaped characters. Comments and processing instructions are passed
/// over, because what looks like CDATA inside of them is not.
fn without_cdata(text: &str) -> Cow<'_, str> {
    const OPEN: &str = "<![CDATA[";
    if !text.contains(OPEN) && !text.contains("<!--") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let (end, skip) = match tag {
            t if t.starts_with(OPEN) => ("]]>", OPEN.len()),
            t if t.starts_with("<!--") => ("-->", 4),
            t if t.starts_with("<?") => ("?>", 2),
            _ => ("<", 1),
        };
        let inner = tag.get(skip..).unwrap_or_default();
        if skip == 1 {
            out.push('<');
            rest = inner;
            continue;
        }
        let (inner, after) = inner.split_once(end).unwrap_or((inner, ""));
        // Comments and instructions say nothing about the value and are left out.
        if skip == OPEN.len() {
            for c in inner.chars() {
                match c {
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    '&' => out.push_str("&amp;"),
                    c => out.push(c),
                }
            }
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}
