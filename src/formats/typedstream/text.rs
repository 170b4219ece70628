//! The text of a message out of `attributedBody`: an `NSAttributedString` in a typed stream or, from some exporters, in
//! a keyed archive.
//!
//! The stream holds the string, then for each run its length and the number of its attributes, with the dictionary of
//! the attributes when the number is new.

use std::borrow::Cow;

use super::{Handle, INT16, INT32, Item, Stream, TypedStreamError};
use crate::formats::bplist::{Bplist, Object};
use crate::formats::keyed_archive::{ArchiveError, KeyedArchive, join};
use crate::formats::plist::Value;

/// Attributes whose value is an address that was typed or sent.
const LINK_KEYS: [&str; 2] = ["__kIMLinkAttributeName", "NSLink"];
/// The attribute of a mention; its value is the handle of the person.
const MENTION_KEY: &str = "__kIMMentionConfirmedMention";
/// Links and mentions of one message that are kept.
const MAX_ATTRIBUTES: usize = 512;

/// What a person read, and where it led.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttributedText<'a> {
    /// The text; bytes that are no UTF-8 are U+FFFD, and each attachment is one U+FFFC.
    pub text: Cow<'a, str>,
    /// Addresses in link attributes, each once, in order. They may differ from the text shown.
    pub links: Vec<Cow<'a, str>>,
    /// Handles (phone numbers, e-mail addresses) of people mentioned, each once, in order.
    pub mentions: Vec<Cow<'a, str>>,
    /// Why the rest was not understood, if it was not; links and mentions may be missing then.
    pub note: Option<TypedStreamError>,
}

/// Reads `attributedBody`.
///
/// When the structure breaks before its text, the text is looked for by the bytes that come before it; `note` then says
/// what was broken. An error means that there is no text to be found.
pub fn attributed_body(data: &[u8]) -> Result<AttributedText<'_>, TypedStreamError> {
    if Bplist::looks_like(data) {
        return keyed(data);
    }
    let mut stream = Stream::parse(data)?;
    if let Some(text) = main_text(&stream) {
        let mut out = AttributedText { text, ..AttributedText::default() };
        attributes(&stream, &mut out);
        out.note = stream.error;
        return Ok(out);
    }
    let error = stream.error.take().unwrap_or(TypedStreamError::NoText { objects: stream.len() });
    match salvage(data) {
        Some(text) => Ok(AttributedText { text, note: Some(error), ..AttributedText::default() }),
        None => Err(error),
    }
}

/// The text of the first object of the stream, which is a string or holds one.
fn main_text<'a>(stream: &Stream<'a>) -> Option<Cow<'a, str>> {
    let &root = stream.roots().first()?;
    if stream.is_a(root, b"NSString") {
        return string(stream, root);
    }
    stream.items(root).find_map(|item| match item {
        Item::Object(h) if stream.is_a(h, b"NSString") => string(stream, h),
        _ => None,
    })
}

fn string<'a>(stream: &Stream<'a>, object: Handle) -> Option<Cow<'a, str>> {
    stream.items(object).find_map(|item| match item {
        Item::Bytes(b) => Some(crate::formats::lossy(b)),
        _ => None,
    })
}

/// Links and mentions out of every dictionary of the stream: a count, then key and value in turn.
fn attributes<'a>(stream: &Stream<'a>, out: &mut AttributedText<'a>) {
    for (dictionary, _) in stream.objects().filter(|(h, _)| stream.is_a(*h, b"NSDictionary")) {
        let mut objects = stream.items(dictionary).filter_map(|item| match item {
            Item::Object(h) => Some(Some(h)),
            Item::Nil => Some(None),
            _ => None,
        });
        while let (Some(key), Some(value)) = (objects.next(), objects.next()) {
            let (Some(key), Some(value)) = (key, value) else { continue };
            let Some(key) = string(stream, key) else { continue };
            if LINK_KEYS.contains(&key.as_ref()) {
                push(&mut out.links, url(stream, value));
            } else if key == MENTION_KEY {
                push(&mut out.mentions, string(stream, value));
            }
        }
    }
}

fn push<'a>(list: &mut Vec<Cow<'a, str>>, found: Option<Cow<'a, str>>) {
    if let Some(found) = found.filter(|f| list.len() < MAX_ATTRIBUTES && !list.contains(f)) {
        list.push(found);
    }
}

/// The address of an `NSURL`: whether it has a base, the base if so, the address. Or a string.
fn url<'a>(stream: &Stream<'a>, value: Handle) -> Option<Cow<'a, str>> {
    if !stream.is_a(value, b"NSURL") {
        return string(stream, value).filter(|_| stream.is_a(value, b"NSString"));
    }
    let own = own_url(stream, value)?;
    let base = stream.items(value).find_map(|item| match item {
        Item::Object(h) if stream.is_a(h, b"NSURL") => own_url(stream, h),
        _ => None,
    });
    match base {
        Some(base) => Some(Cow::Owned(join(Some(&base), &own))),
        None => Some(own),
    }
}

fn own_url<'a>(stream: &Stream<'a>, url: Handle) -> Option<Cow<'a, str>> {
    stream.items(url).find_map(|item| match item {
        Item::Object(h) if stream.is_a(h, b"NSString") => string(stream, h),
        _ => None,
    })
}

/// Looks for what stands before the text in every body: the name of a string class, a few bytes, `+` and a length.
fn salvage(data: &[u8]) -> Option<Cow<'_, str>> {
    const CLASS: &[u8] = b"String";
    /// Version, superclass and type encoding of the class stand between its name and the `+`.
    const GAP: usize = 12;
    let mut at = 0;
    while let Some(found) = data.get(at..)?.windows(CLASS.len()).position(|w| w == CLASS) {
        at += found + CLASS.len();
        let after = data.get(at..).unwrap_or_default();
        let Some(plus) = after.iter().take(GAP).position(|&b| b == b'+') else { continue };
        let Some(text) = counted(after.get(plus + 1..).unwrap_or_default()) else { continue };
        if !text.is_empty() {
            return Some(text);
        }
    }
    None
}

/// A length and as many bytes of UTF-8.
fn counted(data: &[u8]) -> Option<Cow<'_, str>> {
    let (len, rest) = match data {
        [INT16, a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
        [INT32, a, b, c, d, rest @ ..] => (usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).ok()?, rest),
        [n @ 0..=0x7f, rest @ ..] => (usize::from(*n), rest),
        _ => return None,
    };
    // A text cut short by the end of the data is still worth reading.
    match rest.get(..len) {
        Some(text) => std::str::from_utf8(text).ok().map(Cow::Borrowed),
        None => Some(crate::formats::lossy(rest)),
    }
}

/// The attributed string of a keyed archive: its class has the fields `NSString` and `NSAttributes`.
fn keyed(data: &[u8]) -> Result<AttributedText<'_>, TypedStreamError> {
    let archive = KeyedArchive::open(data)?;
    let root = archive.root()?;
    let object = archive.object(root)?;
    let no_text = || TypedStreamError::NoText { objects: archive.object_count() };
    let (string, attributes) = match &object {
        Object::Dict(d) => match archive.field(d, "NSString")? {
            Some(s) => (s, archive.plist().get(d, "NSAttributes")),
            None => (object, None),
        },
        other => (*other, None),
    };
    let text = archive.text(&string)?.ok_or_else(no_text)?;
    let mut out = AttributedText { text, ..AttributedText::default() };
    match attributes.map(|r| archive.follow(r).and_then(|r| archive.decode(r))) {
        Some(Ok(Value::Array(all))) => all.iter().for_each(|one| keyed_attributes(one, &mut out)),
        Some(Ok(one)) => keyed_attributes(&one, &mut out),
        Some(Err(e)) => out.note = Some(ArchiveError::into(e)),
        None => {}
    }
    Ok(out)
}

fn keyed_attributes(attributes: &Value, out: &mut AttributedText<'_>) {
    for (key, value) in attributes.as_dict().unwrap_or_default() {
        let owned = || value.as_str().map(|s| Cow::Owned(s.to_owned()));
        if LINK_KEYS.contains(&key.as_str()) {
            push(&mut out.links, owned());
        } else if key == MENTION_KEY {
            push(&mut out.mentions, owned());
        }
    }
}
