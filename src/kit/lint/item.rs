//! One indicator as it was written, taken apart.

use std::borrow::Cow;

use crate::observable::{Kind, normalize_indicator};
use crate::packs::{self, Indicator, Library, Outcome, Written};
use crate::stix::ast::{Literal, Pattern};
use crate::stix::{self, ParseError};

/// An indicator of the ledger.
pub struct Item<'a> {
    /// As the ledger has it.
    pub written: &'a Written,
    /// The file it stands in.
    pub file: &'a str,
    /// What was loaded of it.
    pub indicator: Option<&'a Indicator>,
    /// Its pattern; `None` for a value of a list.
    pub pattern: Option<Result<Pattern, ParseError>>,
    /// The values it compares with `=` or `IN`.
    pub values: Vec<Value<'a>>,
}

/// A value that an indicator compares whole.
pub struct Value<'a> {
    /// What it is.
    pub kind: Kind,
    /// As it is written.
    pub raw: Cow<'a, str>,
    /// In its one spelling, if it can be one.
    pub key: Option<(Kind, String)>,
}

impl Value<'_> {
    fn new(kind: Kind, raw: Cow<'_, str>) -> Value<'_> {
        let key = normalize_indicator(kind, &raw).ok().map(|(k, v)| (k, v.into_owned()));
        Value { kind, raw, key }
    }

    /// The one spelling, where it is of this kind.
    pub fn key_as(&self, kind: Kind) -> Option<&str> {
        self.key.as_ref().filter(|(k, _)| *k == kind).map(|(_, v)| v.as_str())
    }
}

impl<'a> Item<'a> {
    /// Takes an entry of the ledger apart.
    pub fn new(library: &'a Library, written: &'a Written) -> Item<'a> {
        let file = library.files.get(written.file as usize).map_or("", String::as_str);
        let indicator = match written.outcome {
            Outcome::Loaded(at) => library.indicators.get(at as usize),
            _ => None,
        };
        let mut item = Item { written, file, indicator, pattern: None, values: Vec::new() };
        if written.foreign {
            return item;
        }
        if let Some(kind) = written.kind {
            item.values.push(Value::new(kind, Cow::Borrowed(written.text.as_str())));
            return item;
        }
        let parsed = stix::parse(&written.text);
        if let Ok(pattern) = &parsed {
            for test in pattern.tests() {
                let Some(kind) = packs::kind_of(test).filter(|_| packs::is_equality(test)) else { continue };
                for literal in packs::literals(&test.operand) {
                    if let Literal::Str(text) = literal {
                        item.values.push(Value::new(kind, Cow::Owned(text.clone())));
                    }
                }
            }
        }
        item.pattern = Some(parsed);
        item
    }

    /// True for what its publisher withdrew.
    pub fn revoked(&self) -> bool {
        self.written.outcome == Outcome::Revoked
    }
}
