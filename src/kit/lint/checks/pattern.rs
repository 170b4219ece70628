//! Patterns: grammar, and whether they can hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifacts;
use crate::kit::lint::item::Item;
use crate::kit::lint::rules::values::{
    AND_OVER_TYPES, CONTRADICTION, EXPIRED, FROM_FUTURE, HASH_KEY, MATCHES_EVERYTHING, NEVER_MATCHES,
    PART_NEVER_MATCHES, SYNTAX, UNKNOWN_ARTIFACT, UNKNOWN_FIELD, VALIDITY_REVERSED,
};
use crate::kit::lint::{Context, Out};
use crate::observable::Kind;
use crate::packs::{self, Outcome};
use crate::stix::ast::{Comparison, Literal, Op, Operand, Step, Test};

/// Looks at one pattern, and at the dates of any indicator.
pub fn check(item: &Item<'_>, context: &Context<'_>, out: &mut Out) {
    dates(item, context, out);
    let pattern = match &item.pattern {
        None => return,
        Some(Err(e)) => {
            out.item(&SYNTAX, item, &item.written.text, format!("`{}`: {e}", item.written.text));
            return;
        }
        Some(Ok(pattern)) => pattern,
    };
    let before = out.errors();
    for leaf in pattern.leaves() {
        everything(item, leaf, out);
        walk(item, leaf, out);
    }
    let mut told = BTreeSet::new();
    for test in pattern.tests() {
        field(item, test, &mut told, out);
    }
    useless(item, before, out);
}

/// Parts that look for nothing, where the rest is loaded all the same.
fn useless(item: &Item<'_>, before: usize, out: &mut Out) {
    let (Some(Ok(pattern)), Outcome::Loaded(_)) = (&item.pattern, &item.written.outcome) else { return };
    if out.errors() > before || pattern.single_test().is_some() {
        return;
    }
    for test in pattern.tests() {
        if let Err(why) = packs::asks(test) {
            let part = item.written.text.get(test.span.start..test.span.end).unwrap_or(&item.written.text);
            out.item(&PART_NEVER_MATCHES, item, part, format!("`{part}`: {why}"));
        }
    }
}

/// True when nothing is wrong with the values and vigie just reads none of the types.
pub fn asks_only_unread(item: &Item<'_>) -> bool {
    let Some(Ok(pattern)) = &item.pattern else { return false };
    let tests = pattern.tests();
    let unread = |t: &&Test| packs::kind_of(t).is_none() && !t.path.object_type.starts_with("x-");
    tests.iter().any(|t| packs::asks(t).is_err()) && tests.iter().filter(|t| packs::asks(t).is_err()).all(unread)
}

fn walk(item: &Item<'_>, comparison: &Comparison, out: &mut Out) {
    match comparison {
        Comparison::Test(test) => {
            if let Operand::Set(list) = &test.operand
                && list.is_empty()
            {
                out.item(&NEVER_MATCHES, item, &item.written.text, format!("`{}` IN an empty list", test.path));
            }
        }
        Comparison::Or(list) => list.iter().for_each(|c| walk(item, c, out)),
        Comparison::And(list) => {
            let each: Vec<BTreeSet<&str>> = list.iter().map(types).collect();
            let common = each.iter().skip(1).fold(each.first().cloned().unwrap_or_default(), |a, b| &a & b);
            if common.is_empty() {
                let names: BTreeSet<&str> = each.into_iter().flatten().collect();
                let names: Vec<&str> = names.into_iter().collect();
                let told = format!("no object is {} at once", names.join(" and "));
                out.item(&AND_OVER_TYPES, item, &item.written.text, told);
            }
            contradiction(item, list, out);
            list.iter().for_each(|c| walk(item, c, out));
        }
    }
}

fn types(comparison: &Comparison) -> BTreeSet<&str> {
    match comparison {
        Comparison::Test(t) => BTreeSet::from([t.path.object_type.as_str()]),
        Comparison::Or(list) | Comparison::And(list) => list.iter().flat_map(types).collect(),
    }
}

/// Two values for one property of one object.
fn contradiction(item: &Item<'_>, list: &[Comparison], out: &mut Out) {
    let mut said: Vec<(String, &Literal)> = Vec::new();
    for comparison in list {
        let Comparison::Test(t) = comparison else { continue };
        let (Operand::Scalar(literal), Op::Eq, false) = (&t.operand, t.op, t.negated) else { continue };
        if t.path.steps.iter().any(|s| matches!(s, Step::Any)) {
            continue;
        }
        let path = t.path.to_string();
        match said.iter().find(|(p, _)| *p == path) {
            Some((_, other)) if *other != literal => {
                out.item(&CONTRADICTION, item, &item.written.text, format!("`{path}` cannot have two values at once"));
            }
            Some(_) => {}
            None => said.push((path, literal)),
        }
    }
}

/// A whole `[ ]` that any value passes.
fn everything(item: &Item<'_>, leaf: &Comparison, out: &mut Out) {
    let alternatives = match leaf {
        Comparison::Or(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    for comparison in alternatives {
        let Comparison::Test(t) = comparison else { continue };
        if packs::kind_of(t).is_none() {
            continue;
        }
        let literal = match &t.operand {
            Operand::Scalar(Literal::Str(text)) => Some(text.as_str()),
            _ => None,
        };
        let all = match (t.op, t.negated) {
            (Op::Ne, false) | (Op::Eq | Op::In | Op::Like | Op::Matches, true) | (Op::Exists, false) => true,
            (Op::Like, false) => literal.is_some_and(|l| !l.is_empty() && l.bytes().all(|b| b == b'%')),
            (Op::Matches, false) => literal.is_some_and(matches_empty),
            _ => false,
        };
        if all {
            let part = item.written.text.get(t.span.start..t.span.end).unwrap_or(&item.written.text);
            out.item(&MATCHES_EVERYTHING, item, part, format!("nearly every record passes `{part}`"));
        }
    }
}

/// A regular expression that finds itself in no text at all finds itself in any.
fn matches_empty(expression: &str) -> bool {
    /// Bytes a compiled expression may take.
    const MAX: usize = 1 << 20;
    regex::RegexBuilder::new(expression).size_limit(MAX).build().is_ok_and(|r| r.is_match(""))
}

/// Fields of records.
fn field<'a>(item: &Item<'_>, test: &'a Test, told: &mut BTreeSet<&'a str>, out: &mut Out) {
    let kind = &test.path.object_type;
    if !kind.starts_with("x-") || packs::kind_of(test).is_some() {
        return;
    }
    let path = test.path.to_string();
    let Some(artifact) = artifacts::ALL.iter().find(|a| a.object_type() == *kind) else {
        if told.insert(kind) {
            out.item(&UNKNOWN_ARTIFACT, item, &path, format!("`{kind}`: this version of vigie reads no such artifact"));
        }
        return;
    };
    let Some(Step::Key(name)) = test.path.steps.first() else { return };
    let known = name == "shape" || artifact.shapes.iter().flat_map(|s| s.fields).any(|f| f.name == name);
    if !known {
        out.item(&UNKNOWN_FIELD, item, &path, format!("`{path}`: {} has no field {name}", artifact.id));
    } else if name == "shape"
        && let Operand::Scalar(Literal::Str(shape)) = &test.operand
        && !artifact.shapes.iter().any(|s| s.name == shape)
    {
        out.item(&UNKNOWN_FIELD, item, &path, format!("`{path}`: {} has no shape {shape}", artifact.id));
    }
}

fn dates(item: &Item<'_>, context: &Context<'_>, out: &mut Out) {
    let Some(indicator) = item.indicator else { return };
    let day = |seconds: i64| jiff::Timestamp::from_second(seconds).map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date());
    let text = &item.written.text;
    if let (Some(from), Some(until)) = (indicator.valid_from(), indicator.valid_until())
        && until <= from
    {
        out.item(&VALIDITY_REVERSED, item, text, format!("`{text}` ends before it begins"));
    }
    if let Some(Ok(from)) = indicator.valid_from().map(day)
        && from > context.options.as_of
    {
        out.item(&FROM_FUTURE, item, text, format!("`{text}` begins on {from}, after {}", context.options.as_of));
    }
}

/// What is told once for a file.
#[derive(Default)]
pub struct Spellings {
    hashes: BTreeMap<String, (u64, u64, String)>,
    expired: BTreeMap<String, (u64, u64)>,
}

impl Spellings {
    /// Counts one indicator.
    pub fn take(&mut self, item: &Item<'_>, context: &Context<'_>) {
        let line = u64::from(item.written.line);
        if let Some(Ok(pattern)) = &item.pattern {
            for test in pattern.tests() {
                if let Some(key) = odd_hash_key(test) {
                    let first = || (0, line, key.to_owned());
                    self.hashes.entry(item.file.to_owned()).or_insert_with(first).0 += 1;
                }
            }
        }
        let until = item.indicator.and_then(packs::Indicator::valid_until);
        let day = until.and_then(|s| jiff::Timestamp::from_second(s).ok());
        if day.is_some_and(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date() < context.options.as_of) {
            self.expired.entry(item.file.to_owned()).or_insert((0, line)).0 += 1;
        }
    }

    /// Tells what was counted.
    pub fn finish(self, context: &Context<'_>, out: &mut Out) {
        for (file, (count, line, key)) in self.hashes {
            out.file(&HASH_KEY, &file, line, format!("{count} patterns name a hash as STIX does not: `{key}`"));
        }
        for (file, (count, line)) in self.expired {
            out.file(&EXPIRED, &file, line, format!("{count} indicators end before {}", context.options.as_of));
        }
    }
}

fn odd_hash_key(test: &Test) -> Option<&str> {
    match test.path.steps.as_slice() {
        [Step::Key(hashes), Step::Key(algorithm)] if test.path.object_type == "file" && hashes == "hashes" => {
            let known = matches!(packs::kind_of(test), Some(Kind::Md5 | Kind::Sha1 | Kind::Sha256));
            (known && !["MD5", "SHA-1", "SHA-256"].contains(&algorithm.as_str())).then_some(algorithm)
        }
        _ => None,
    }
}
