//! From a pattern's text to what the matcher indexes.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::innocent;
use crate::observable::{Kind, normalize_indicator};
use crate::stix;
use crate::stix::ast::{Comparison, Literal, Observation, Op, Operand, Step, Test};
use crate::stix::observe::CompiledPattern;

/// What a pattern became.
#[derive(Debug)]
pub enum Compiled {
    /// One kind equals one value.
    Value(Kind, String),
    /// More than that; and why some of its alternatives can never hold.
    Pattern(stix::Pattern, Vec<String>),
    /// Grammatical or not, it cannot be evaluated, or can never match; why.
    Cannot(String),
}

/// Compiles one STIX pattern.
pub fn compile(pattern: &str) -> Compiled {
    if let Some((kind, value)) = quick(pattern) {
        return value_of(kind, &value);
    }
    let parsed = match stix::parse(pattern) {
        Ok(p) => p,
        Err(e) => return Compiled::Cannot(format!("not a STIX 2.1 pattern: {e}")),
    };
    if let Some((kind, value)) = parsed.single_test().and_then(equality) {
        return value_of(kind, value);
    }
    let parts = parsed.leaves().len();
    if parts > MAX_PARTS {
        return Compiled::Cannot(format!("{parts} observations in one pattern, at most {MAX_PARTS}"));
    }
    if let Err(not) = CompiledPattern::new(&parsed) {
        return Compiled::Cannot(not.to_string());
    }
    let mut useless = Vec::new();
    if can_hold(&parsed.root, &mut useless) {
        return Compiled::Pattern(parsed, useless);
    }
    useless.truncate(MAX_WHY);
    Compiled::Cannot(useless.join("; "))
}

/// Reasons told for one pattern.
const MAX_WHY: usize = 3;
/// Observations of one pattern.
const MAX_PARTS: usize = 1_000;

fn value_of(kind: Kind, value: &str) -> Compiled {
    match normalize_indicator(kind, value) {
        Ok((kind, key)) => Compiled::Value(kind, key.into_owned()),
        Err(not) => Compiled::Cannot(not.to_string()),
    }
}

/// The one form nearly all published indicators have, `[type:path = 'value']` without escapes, read without building
/// a tree. Anything else is left to the parser.
fn quick(pattern: &str) -> Option<(Kind, Cow<'_, str>)> {
    let inner = pattern.trim().strip_prefix('[')?.strip_suffix(']')?;
    let (path, rest) = inner.split_once('=')?;
    let path = path.trim();
    let value = rest.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    if value.contains(['\'', '\\']) || path.ends_with(['!', '<', '>']) {
        return None;
    }
    let (object_type, property) = path.split_once(':')?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'\'');
    if !property.bytes().all(plain) || !object_type.bytes().all(plain) {
        return None;
    }
    let kind = match property.split_once('.') {
        None => Kind::of(object_type, &[property])?,
        Some((first, second)) if !second.contains('.') => Kind::of(object_type, &[first, second])?,
        Some(_) => return None,
    };
    Some((kind, Cow::Borrowed(value)))
}

fn equality(test: &Test) -> Option<(Kind, &str)> {
    match (&test.operand, test.op, test.negated) {
        (Operand::Scalar(Literal::Str(value)), Op::Eq, false) => Some((kind_of(test)?, value)),
        _ => None,
    }
}

/// The observable kind a test's path names.
pub fn kind_of(test: &Test) -> Option<Kind> {
    let keys: Option<Vec<&str>> = test
        .path
        .steps
        .iter()
        .map(|s| match s {
            Step::Key(k) => Some(k.as_str()),
            _ => None,
        })
        .collect();
    Kind::of(&test.path.object_type, &keys?)
}

/// What a test asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// A field of a record: `x-ios-sms:text`.
    Record,
    /// An observable.
    Observable(Kind),
}

/// What a test asks about, or why nothing can ever satisfy it.
pub fn asks(test: &Test) -> Result<Asks, String> {
    let Some(kind) = kind_of(test) else {
        return match test.path.steps.as_slice() {
            _ if !test.path.object_type.starts_with("x-") => Err(format!("nothing vigie reads shows `{}`", test.path)),
            [Step::Key(_)] | [Step::Key(_), Step::Any | Step::Index(_)] => Ok(Asks::Record),
            _ => Err(format!("a record's fields have no parts: `{}`", test.path)),
        };
    };
    if matches!(test.op, Op::IsSubset | Op::IsSuperset) && kind != Kind::Ip {
        return Err(format!("`{}` is no address", test.path));
    }
    if literals(&test.operand).iter().any(|l| !matches!(l, Literal::Str(_))) {
        return Err(format!("`{}` is text; it is compared with something else", test.path));
    }
    let refused = refused(kind, test);
    if !refused.is_empty() && refused.len() == literals(&test.operand).len() {
        return Err(refused.join("; "));
    }
    Ok(Asks::Observable(kind))
}

/// Why constants of an equality can never be equal to anything, or are innocent by themselves on every platform.
fn refused(kind: Kind, test: &Test) -> Vec<String> {
    if !is_equality(test) {
        return Vec::new();
    }
    let why = |l: &Literal| match l {
        Literal::Str(s) => match normalize_indicator(kind, s) {
            Err(not) => Some(not.to_string()),
            Ok((kind, key)) => {
                innocent::find(kind, &key).filter(|i| i.only.is_none()).map(|i| format!("{s}: {}", i.why))
            }
        },
        _ => None,
    };
    literals(&test.operand).iter().filter_map(why).collect()
}

/// True for `=`, `IN` and `NOT !=`: the tests that derived observables serve.
pub fn is_equality(test: &Test) -> bool {
    matches!((test.op, test.negated), (Op::Eq | Op::In, false) | (Op::Ne, true))
}

/// Whether observations could ever satisfy it; says which parts they cannot.
fn can_hold(node: &Observation, useless: &mut Vec<String>) -> bool {
    match node {
        Observation::Test(c) => !types(c, useless).is_empty(),
        Observation::Or(list) => list.iter().filter(|o| can_hold(o, useless)).count() > 0,
        Observation::And(list) | Observation::FollowedBy(list) => {
            list.iter().filter(|o| !can_hold(o, useless)).count() == 0
        }
        Observation::Qualified { inner, .. } => can_hold(inner, useless),
    }
}

/// The types of object a comparison can hold for. AND inside one `[ ]` binds one object, so tests of different types
/// under it never hold together.
fn types<'a>(comparison: &'a Comparison, useless: &mut Vec<String>) -> BTreeSet<&'a str> {
    match comparison {
        Comparison::Test(t) => match asks(t) {
            Ok(asks) => {
                if let Asks::Observable(kind) = asks {
                    useless.extend(refused(kind, t));
                }
                BTreeSet::from([t.path.object_type.as_str()])
            }
            Err(why) => {
                useless.push(why);
                BTreeSet::new()
            }
        },
        Comparison::Or(list) => list.iter().flat_map(|c| types(c, useless)).collect(),
        Comparison::And(list) => {
            let each: Vec<BTreeSet<&str>> = list.iter().map(|c| types(c, useless)).collect();
            let all = each.iter().skip(1).fold(each.first().cloned().unwrap_or_default(), |a, b| &a & b);
            if all.is_empty() && each.iter().all(|t| !t.is_empty()) {
                let names: BTreeSet<&str> = each.into_iter().flatten().collect();
                let names: Vec<&str> = names.into_iter().collect();
                useless.push(format!("never matches: AND over different object types ({})", names.join(", ")));
            }
            all
        }
    }
}

/// The constants on the right side of a test.
pub fn literals(operand: &Operand) -> &[Literal] {
    match operand {
        Operand::None => &[],
        Operand::Scalar(l) => std::slice::from_ref(l),
        Operand::Set(list) => list,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(pattern: &str) -> Option<(Kind, String)> {
        match compile(pattern) {
            Compiled::Value(k, v) => Some((k, v)),
            _ => None,
        }
    }

    fn cannot(pattern: &str) -> String {
        match compile(pattern) {
            Compiled::Cannot(why) => why,
            other => panic!("{pattern}: {other:?}"),
        }
    }

    #[test]
    fn published_forms_become_values() {
        for p in
            ["[domain-name:value='evil.com']", "[ domain-name:value = 'EVIL.com' ]", "([domain-name:value='evil.com'])"]
        {
            assert_eq!(value(p), Some((Kind::Domain, "evil.com".into())), "{p}");
        }
        let sha = "a".repeat(64);
        for p in ["file:hashes.sha256", "file:hashes.'SHA-256'", "file:hashes.\"SHA-256\""] {
            let p = format!("[{p}='{sha}']");
            if !p.contains('"') {
                assert_eq!(value(&p), Some((Kind::Sha256, sha.clone())), "{p}");
            }
        }
        assert_eq!(
            value("[url:value='http://evil.com/?a=b&c=d']"),
            Some((Kind::Url, "http://evil.com/?a=b&c=d".into()))
        );
        assert_eq!(value(r"[process:name='it\'s']"), Some((Kind::Process, "it's".into())));
    }

    #[test]
    fn what_cannot_be_evaluated_says_why() {
        assert!(cannot("[a:b = 'c'] FOLLOWEDBY [d:e = 'f']").contains("nothing vigie reads shows `a:b`"));
        assert!(cannot("[url:value ISSUBSET '10.0.0.0/8']").contains("no address"));
        assert!(cannot("[url:value MATCHES '(']").contains("at byte"));
        assert!(cannot("[software:name = 'x']").contains("software:name"));
        assert!(cannot("[domain-name:value = 'a.b' AND url:value = 'http://c.d']").contains("never matches"));
        let nested = "[(domain-name:value = 'a.b' OR file:name = 'f') AND url:value = 'http://c.d']";
        assert!(cannot(nested).contains("never matches"));
        assert!(cannot("[x-ios-sms:a.b = 'c']").contains("no parts"));
        assert!(cannot("domain").contains("not a STIX"));
        assert!(cannot("[file:path = 'relative/x']").contains("relative"));
        assert!(cannot("[domain-name:value = 'evil.xyz/x']").contains("host name"));
    }

    #[test]
    fn alternatives_stay_patterns() {
        for p in [
            "[domain-name:value = 'a.b' OR ipv4-addr:value = '1.2.3.4']",
            "[domain-name:value IN ('a.b', 'c.d')]",
            "[domain-name:value = 'a.b'] OR [url:value = 'http://c.d/']",
            "[x-ios-sms:threat_notification_text = true]",
            "[x-ios-sms:a > 5]",
            "[domain-name:value LIKE '%.evil.com']",
            "[file:path > 'c']",
            "[ipv4-addr:value ISSUBSET '10.0.0.0/8']",
            "[process:name = 'a'] FOLLOWEDBY [file:path = '/b'] WITHIN 5 SECONDS",
        ] {
            assert!(matches!(compile(p), Compiled::Pattern(_, useless) if useless.is_empty()), "{p}");
        }
    }

    #[test]
    fn an_alternative_that_cannot_hold_costs_itself() {
        for p in [
            "[domain-name:value = 'a.b' OR software:name = 'x']",
            "[domain-name:value = 'a.b'] OR [software:name = 'x']",
            "[domain-name:value = 'a.b' OR (file:name = 'f' AND url:value = 'http://c.d')]",
        ] {
            assert!(matches!(compile(p), Compiled::Pattern(_, useless) if useless.len() == 1), "{p}");
        }
    }
}
