//! From a pattern's text to what the matcher indexes.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::observable::{Kind, normalize_indicator};
use crate::stix;
use crate::stix::ast::{Comparison, Literal, Observation, Op, Operand, Step, Test};

/// What a pattern became.
#[derive(Debug)]
pub enum Compiled {
    /// One kind equals one value.
    Value(Kind, String),
    /// More than that.
    Pattern(stix::Pattern),
    /// Grammatical or not, it cannot be evaluated; why.
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
    match objection(&parsed) {
        Some(why) => Compiled::Cannot(why),
        None => Compiled::Pattern(parsed),
    }
}

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

/// Why a parsed pattern cannot be evaluated by this version; `None` when it can.
fn objection(pattern: &stix::Pattern) -> Option<String> {
    let leaves: Vec<&Comparison> = match &pattern.root {
        Observation::Test(c) => vec![c],
        Observation::Or(list) => {
            let simple: Option<Vec<_>> = list
                .iter()
                .map(|o| match o {
                    Observation::Test(c) => Some(c),
                    _ => None,
                })
                .collect();
            match simple {
                Some(leaves) => leaves,
                None => return Some("observation operators and qualifiers are not evaluated yet".into()),
            }
        }
        Observation::And(_) => return Some("AND between observations is not evaluated yet".into()),
        Observation::FollowedBy(_) => return Some("FOLLOWEDBY is not evaluated yet".into()),
        Observation::Qualified { .. } => {
            return Some("the qualifiers WITHIN, REPEATS and START/STOP are not evaluated yet".into());
        }
    };
    leaves.iter().find_map(|leaf| leaf.tests().into_iter().find_map(test_objection).or_else(|| and_objection(leaf)))
}

fn test_objection(test: &Test) -> Option<String> {
    let ours = test.path.object_type.starts_with("x-") && kind_of(test).is_none();
    let ordered = ours && matches!(test.op, Op::Lt | Op::Le | Op::Gt | Op::Ge);
    if !ordered && !matches!(test.op, Op::Eq | Op::Ne | Op::In) {
        return Some(format!("the operator {} is not evaluated yet", test.op.as_str()));
    }
    match kind_of(test) {
        None if !ours => Some(format!("nothing vigie reads shows `{}`", test.path)),
        None if !matches!(test.path.steps.as_slice(), [Step::Key(_)]) => {
            Some(format!("a record's fields have no parts: `{}`", test.path))
        }
        Some(kind) => literals(&test.operand).iter().find_map(|l| match l {
            Literal::Str(s) => normalize_indicator(kind, s).err().map(|e| e.to_string()),
            _ => Some(format!("`{}` is text; it is compared with something else", test.path)),
        }),
        None => None,
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

/// AND inside one `[ ]` binds one object, so tests of different types under it never hold together.
fn and_objection(comparison: &Comparison) -> Option<String> {
    match comparison {
        Comparison::Test(_) => None,
        Comparison::Or(list) => list.iter().find_map(and_objection),
        Comparison::And(list) => {
            if !object_types(comparison).is_empty() {
                return list.iter().find_map(and_objection);
            }
            let all: BTreeSet<&str> = comparison.tests().iter().map(|t| t.path.object_type.as_str()).collect();
            let all: Vec<&str> = all.into_iter().collect();
            Some(format!("never matches: AND over different object types ({})", all.join(", ")))
        }
    }
}

/// The types of object a comparison can hold for.
fn object_types(comparison: &Comparison) -> BTreeSet<&str> {
    match comparison {
        Comparison::Test(t) => BTreeSet::from([t.path.object_type.as_str()]),
        Comparison::Or(list) => list.iter().flat_map(object_types).collect(),
        Comparison::And(list) => {
            list.iter().map(object_types).reduce(|a, b| a.intersection(&b).copied().collect()).unwrap_or_default()
        }
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
        assert!(cannot("[domain-name:value LIKE '%evil%']").contains("LIKE"));
        assert!(cannot("[a:b = 'c'] FOLLOWEDBY [d:e = 'f']").contains("FOLLOWEDBY"));
        assert!(cannot("[software:name = 'x']").contains("software:name"));
        assert!(cannot("[domain-name:value = 'a.b' AND url:value = 'http://c.d']").contains("never matches"));
        let nested = "[(domain-name:value = 'a.b' OR file:name = 'f') AND url:value = 'http://c.d']";
        assert!(cannot(nested).contains("never matches"));
        assert!(cannot("[x-ios-sms:a.b = 'c']").contains("no parts"));
        assert!(cannot("[file:path > 'c']").contains('>'));
        assert!(matches!(compile("[x-ios-sms:a > 5]"), Compiled::Pattern(_)));
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
        ] {
            assert!(matches!(compile(p), Compiled::Pattern(_)), "{p}");
        }
    }
}
