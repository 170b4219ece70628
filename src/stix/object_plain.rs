//! The form nearly all published indicators and relationships have, read without a JSON parser: an object whose values
//! are plain strings, lists of plain strings, and `true` or `false`. Whatever else comes is left to [`object_json`](super::object_json).

use std::borrow::Cow;

use super::json_scan::plain_text;
use super::object::{Common, Indicator, Parsed, Relationship, StixObject};

/// A value of the simple form.
enum Member<'a> {
    Text(&'a str),
    List(Vec<Cow<'a, str>>),
    Bool(bool),
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')).count();
        self.at += blanks;
        rest.get(blanks).copied()
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// A string without escapes.
    fn string(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let start = self.at;
        let end = start + plain_text(self.text.as_bytes().get(start..)?);
        self.at = end;
        let string = self.text.get(start..end)?;
        self.take_exact(b'"')?;
        Some(string)
    }

    fn take_exact(&mut self, wanted: u8) -> Option<()> {
        (*self.text.as_bytes().get(self.at)? == wanted).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    fn member(&mut self) -> Option<Member<'a>> {
        Some(match self.peek()? {
            b'"' => Member::Text(self.string()?),
            b't' => self.word("true").map(|()| Member::Bool(true))?,
            b'f' => self.word("false").map(|()| Member::Bool(false))?,
            b'[' => {
                self.at += 1;
                let mut list = Vec::new();
                if self.peek()? == b']' {
                    self.at += 1;
                    return Some(Member::List(list));
                }
                loop {
                    list.push(Cow::Borrowed(self.string()?));
                    if self.peek()? == b']' {
                        self.at += 1;
                        return Some(Member::List(list));
                    }
                    self.take(b',')?;
                }
            }
            _ => return None,
        })
    }

    /// Calls `each` with every member; `None` when the object, or one that `each` refuses, is not of the simple form.
    fn members(mut self, mut each: impl FnMut(&'a str, Member<'a>) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        loop {
            let key = self.string()?;
            self.take(b':')?;
            let member = self.member()?;
            each(key, member)?;
            if self.peek()? == b'}' {
                self.at += 1;
                break;
            }
            self.take(b',')?;
        }
        self.peek().is_none().then_some(())
    }
}

/// Reads an indicator or a relationship of the simple form.
pub(super) fn read(text: &str) -> Option<Parsed<'_>> {
    // Its type nearly always comes first; if not, the other reader takes it.
    let mut head = Reader { text, at: 0 };
    head.take(b'{')?;
    if head.string()? != "type" {
        return None;
    }
    head.take(b':')?;
    let object = match head.string()? {
        "relationship" => StixObject::Relationship(Box::new(relationship(text)?)),
        "indicator" => StixObject::Indicator(Box::new(indicator(text)?)),
        _ => return None,
    };
    Some(Parsed { object, wrong: Vec::new() })
}

fn common<'a>(into: &mut Common<'a>, key: &str, member: Member<'a>) -> Option<()> {
    match (key, member) {
        ("type", Member::Text(_)) => {}
        ("id", Member::Text(t)) => into.id = t.into(),
        ("spec_version", Member::Text(t)) => into.spec_version = Some(t.into()),
        ("created", Member::Text(t)) => into.created = Some(t.into()),
        ("modified", Member::Text(t)) => into.modified = Some(t.into()),
        ("created_by_ref", Member::Text(t)) => into.created_by_ref = Some(t.into()),
        ("revoked", Member::Bool(b)) => into.revoked = b,
        ("labels", Member::List(l)) => into.labels = l,
        ("object_marking_refs", Member::List(l)) => into.object_marking_refs = l,
        _ => return None,
    }
    Some(())
}

fn relationship(text: &str) -> Option<Relationship<'_>> {
    let mut all = Common::default();
    let (mut kind, mut source, mut target) = (None, None, None);
    Reader { text, at: 0 }.members(|key, member| {
        match (key, member) {
            ("relationship_type", Member::Text(t)) => kind = Some(t),
            ("source_ref", Member::Text(t)) => source = Some(t),
            ("target_ref", Member::Text(t)) => target = Some(t),
            (key, member) => common(&mut all, key, member)?,
        }
        Some(())
    })?;
    Some(Relationship {
        common: all,
        relationship_type: kind.unwrap_or_default().into(),
        source_ref: source?.into(),
        target_ref: target?.into(),
    })
}

fn indicator(text: &str) -> Option<Indicator<'_>> {
    let mut out = Indicator {
        common: Common::default(),
        name: None,
        description: None,
        pattern: Cow::Borrowed(""),
        pattern_type: None,
        pattern_version: None,
        valid_from: None,
        valid_until: None,
        indicator_types: Vec::new(),
        kill_chain_phases: Vec::new(),
    };
    let mut has_pattern = false;
    Reader { text, at: 0 }.members(|key, member| {
        match (key, member) {
            ("pattern", Member::Text(t)) => {
                out.pattern = t.into();
                has_pattern = true;
            }
            ("name", Member::Text(t)) => out.name = Some(t.into()),
            ("description", Member::Text(t)) => out.description = Some(t.into()),
            ("pattern_type", Member::Text(t)) => out.pattern_type = Some(t.into()),
            ("pattern_version", Member::Text(t)) => out.pattern_version = Some(t.into()),
            ("valid_from", Member::Text(t)) => out.valid_from = Some(t.into()),
            ("valid_until", Member::Text(t)) => out.valid_until = Some(t.into()),
            ("indicator_types", Member::List(l)) => out.indicator_types = l,
            (key, member) => common(&mut out.common, key, member)?,
        }
        Some(())
    })?;
    has_pattern.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::super::object::parse_any;
    use super::*;

    #[test]
    fn the_simple_form_is_read_as_the_general_reader_reads_it() {
        let simple = [
            r#"{"type":"indicator","id":"indicator--1","pattern":"[a:b='é']","labels":["x","y"],"revoked":false}"#,
            r#"{"type": "indicator", "spec_version":"2.1", "pattern":"p", "indicator_types": [], "valid_from": "2024-01-01T00:00:00Z"} "#,
            "{\"type\":\"relationship\",\n\"source_ref\":\"a\",\"target_ref\":\"b\",\"target_ref\":\"c\"}",
            r#"{"type":"relationship","relationship_type":"indicates","source_ref":"a","target_ref":"b","revoked":true}"#,
        ];
        for text in simple {
            let quick = read(text).unwrap_or_else(|| panic!("{text}"));
            let slow = parse_any(text).unwrap();
            assert_eq!(format!("{quick:?}"), format!("{slow:?}"), "{text}");
        }
    }

    #[test]
    fn anything_else_is_left_alone() {
        for text in [
            "",
            "{}",
            r#"{"type":"indicator"}"#,
            r#"{"type":"indicator","pattern":"p""#,
            r#"{"type":"indicator","pattern":"p"}x"#,
            r#"{"type":"indicator","pattern":"a\u0041"}"#,
            r#"{"type":"indicator","pattern":"p","confidence":80}"#,
            r#"{"type":"indicator","pattern":"p","extensions":{}}"#,
            r#"{"type":"indicator","pattern":"p","labels":[1]}"#,
            r#"{"type":"indicator","pattern":"p","labels":["a",]}"#,
            r#"{"type":"indicator","pattern":null}"#,
            r#"{"type":"indicator","pattern":"p","revoked":"no"}"#,
            r#"{"type":"relationship","source_ref":"a"}"#,
            r#"{"type":"malware","name":"x"}"#,
            r#"{"id":"x","type":"indicator","pattern":"p"}"#,
            "{\"type\":\"indicator\",\"pattern\":\"a\nb\"}",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
