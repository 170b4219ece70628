//! What a message of `sms.db` says: its text, the addresses behind it, and what it said before it was edited.
//!
//! Three columns besides `text` hold some of it. `attributedBody` is an attributed string in a typed stream.
//! `payload_data` is the keyed archive of an app extension; for a link preview it holds the address as `NSURL`.
//! `message_summary_info` is a property list; since iOS 16 its key `ec` holds, for each part of an edited message, the
//! list of its versions, each with time `d` and typed stream `t`.

use std::borrow::Cow;

use crate::formats::bplist::{Bplist, Object};
use crate::formats::keyed_archive::KeyedArchive;
use crate::formats::plist;
use crate::formats::typedstream::attributed_body;

/// Stands for an attachment in the text of a message.
pub(super) const ATTACHMENT: char = '\u{fffc}';
/// Addresses kept of one message.
const MAX_LINKS: usize = 64;
/// Earlier versions kept of one message; the system allows five edits.
const MAX_EARLIER: usize = 64;
/// Objects of a payload that are looked at.
const MAX_PAYLOAD_OBJECTS: usize = 10_000;
/// Fields an object may have to be taken for an `NSURL`, which has three.
const MAX_URL_FIELDS: usize = 8;
/// A summary larger than this is not one.
const MAX_SUMMARY: usize = 4 << 20;

/// What one message says.
#[derive(Default)]
pub(super) struct Body<'a> {
    /// The text, without what stands for attachments alone.
    pub text: Option<Cow<'a, str>>,
    /// The text comes from `attributedBody`.
    pub from_attributed: bool,
    /// Addresses behind the text, each once.
    pub links: Vec<Cow<'a, str>>,
    /// Texts of earlier versions.
    pub earlier: Vec<Cow<'a, str>>,
    /// `attributedBody` could not be read in full: links may be missing.
    pub damaged: bool,
    /// It could not be read at all and there is no other text.
    pub unreadable: bool,
}

impl<'a> Body<'a> {
    /// Reads the four columns.
    pub fn read(
        text: Option<Cow<'a, str>>,
        attributed: Option<&'a [u8]>,
        payload: Option<&[u8]>,
        summary: Option<&[u8]>,
    ) -> Body<'a> {
        let mut body = Body { text, ..Body::default() };
        if let Some(bytes) = attributed.filter(|b| !b.is_empty()) {
            body.add_attributed(bytes);
        }
        if let Some(bytes) = payload.filter(|b| Bplist::looks_like(b)) {
            // A payload of an app that is no archive is that app's own business.
            let _ = body.add_payload(bytes);
        }
        if let Some(bytes) = summary.filter(|b| !b.is_empty() && b.len() <= MAX_SUMMARY) {
            body.add_earlier(bytes);
        }
        body
    }

    fn add_attributed(&mut self, bytes: &'a [u8]) {
        match attributed_body(bytes) {
            Ok(found) => {
                self.damaged = found.note.is_some();
                for link in found.links {
                    self.add_link(link);
                }
                if self.text.is_none() && !found.text.is_empty() {
                    self.text = Some(found.text);
                    self.from_attributed = true;
                }
            }
            Err(_) => {
                self.damaged = true;
                self.unreadable = self.text.is_none();
            }
        }
    }

    fn add_payload(&mut self, bytes: &[u8]) -> Result<(), crate::formats::keyed_archive::ArchiveError> {
        let archive = KeyedArchive::open(bytes)?;
        for i in 0..archive.object_count().min(MAX_PAYLOAD_OBJECTS) {
            match archive.object(archive.uid(i as u64)?)? {
                Object::Dict(d) if d.len() <= MAX_URL_FIELDS => {
                    if let Ok(Some(url)) = archive.url(&d) {
                        self.add_link(Cow::Owned(url));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn add_link(&mut self, link: Cow<'a, str>) {
        if self.links.len() < MAX_LINKS && !link.is_empty() && !self.links.contains(&link) {
            self.links.push(link);
        }
    }

    fn add_earlier(&mut self, bytes: &[u8]) {
        let Ok(summary) = plist::parse(bytes) else { return };
        let Some(parts) = summary.get("ec").and_then(|v| v.as_dict()) else { return };
        let versions = parts.iter().filter_map(|(_, versions)| versions.as_array()).flatten();
        for version in versions {
            let Some(stream) = version.get("t").and_then(|t| t.as_data()) else { continue };
            let Ok(found) = attributed_body(stream) else { continue };
            for link in found.links {
                self.add_link(Cow::Owned(link.into_owned()));
            }
            let known = self.text.as_deref() == Some(&*found.text) || self.earlier.contains(&found.text);
            if !known && !found.text.is_empty() && self.earlier.len() < MAX_EARLIER {
                self.earlier.push(Cow::Owned(found.text.into_owned()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `NSString` in a typed stream, as short texts are written.
    fn stream(text: &str) -> Vec<u8> {
        let mut bytes = b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x08NSString\x01\x84\x84\x08NSObject\x00\x85\x84\x01+"
            .to_vec();
        bytes.push(text.len() as u8);
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0x86);
        bytes
    }

    #[test]
    fn the_attributed_text_stands_in_for_a_missing_one() {
        let bytes = stream("go to evil.example");
        let body = Body::read(None, Some(&bytes), None, None);
        assert_eq!(body.text.as_deref(), Some("go to evil.example"));
        assert!(body.from_attributed && !body.damaged);
        let body = Body::read(Some("shown".into()), Some(&bytes), None, None);
        assert_eq!(body.text.as_deref(), Some("shown"));
        assert!(!body.from_attributed);
    }

    #[test]
    fn a_body_that_is_no_stream_is_damage() {
        let body = Body::read(None, Some(b"\x04\x0bstr"), None, None);
        assert!(body.damaged && body.unreadable && body.text.is_none());
        let body = Body::read(Some("shown".into()), Some(b"\x04\x0bstr"), None, None);
        assert!(body.damaged && !body.unreadable);
        assert!(!Body::read(None, Some(b""), None, None).damaged);
    }

    #[test]
    fn earlier_versions_of_an_edited_message() {
        let version = |text: &str| {
            let mut d = ::plist::Dictionary::new();
            d.insert("d".into(), ::plist::Value::Real(1.0));
            d.insert("t".into(), ::plist::Value::Data(stream(text)));
            ::plist::Value::from(d)
        };
        let mut parts = ::plist::Dictionary::new();
        parts.insert(
            "0".into(),
            ::plist::Value::Array(vec![version("http://evil.example"), version("now"), version("now")]),
        );
        let mut all = ::plist::Dictionary::new();
        all.insert("ec".into(), parts.into());
        let mut bytes = Vec::new();
        ::plist::Value::from(all).to_writer_binary(&mut bytes).unwrap();
        let body = Body::read(Some("now".into()), None, None, Some(&bytes));
        assert_eq!(body.earlier, ["http://evil.example"]);
        assert!(Body::read(None, None, None, Some(b"junk")).earlier.is_empty());
    }

    #[test]
    fn a_link_preview_gives_its_address_once() {
        let url = |relative: u64| {
            let mut d = ::plist::Dictionary::new();
            d.insert("NS.relative".into(), ::plist::Value::Uid(::plist::Uid::new(relative)));
            d.insert("NS.base".into(), ::plist::Value::Uid(::plist::Uid::new(0)));
            ::plist::Value::from(d)
        };
        let mut top = ::plist::Dictionary::new();
        top.insert("root".into(), ::plist::Value::Uid(::plist::Uid::new(1)));
        let mut all = ::plist::Dictionary::new();
        all.insert("$version".into(), 100_000.into());
        all.insert("$archiver".into(), "NSKeyedArchiver".into());
        all.insert("$top".into(), top.into());
        let objects = vec!["$null".into(), url(2), "https://evil.example/p".into(), url(2)];
        all.insert("$objects".into(), ::plist::Value::Array(objects));
        let mut bytes = Vec::new();
        ::plist::Value::from(all).to_writer_binary(&mut bytes).unwrap();
        assert_eq!(Body::read(None, None, Some(&bytes), None).links, ["https://evil.example/p"]);
        assert!(Body::read(None, None, Some(b"bplist00junk"), None).links.is_empty());
    }
}
