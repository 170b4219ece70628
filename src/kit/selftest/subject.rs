//! What is tested: every value and every pattern once, whoever carries it.

use std::collections::{HashMap, HashSet};

use vigie_fixtures::devices::Exhibit;
use vigie_fixtures::time::Time;

use crate::evidence::Platform;
use crate::matcher::Target;
use crate::observable::{Kind, normalize_indicator, path};
use crate::packs::{Body, Library, kind_of, literals, never_alone};
use crate::stix::ast::{Comparison, Literal, Observation, Op, Test};

/// Why something was not shown. The code is stable, the text is for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Why {
    /// `rule`, `negation`, `no-artifact`, …
    pub code: &'static str,
    /// In words.
    pub text: String,
}

impl Why {
    /// A reason.
    pub fn new(code: &'static str, text: impl Into<String>) -> Why {
        Why { code, text: text.into() }
    }
}

/// A value that is a match by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its kind.
    pub kind: Kind,
    /// The value, normalized.
    pub value: String,
}

/// One thing the matcher knows, and what must show it.
#[derive(Debug)]
pub struct Subject {
    /// What the matcher calls it.
    pub target: Target,
    /// The indicators behind it.
    pub indicators: Vec<u32>,
    /// The platforms it holds for.
    pub platforms: Vec<Platform>,
    /// A moment at which all of its indicators hold.
    pub time: Time,
    /// Each of these must match, or why none can be made.
    pub claims: Result<Vec<Claim>, Why>,
    /// Whether what is near a claim must not match. Not so where a pattern also matches without any of them.
    pub exact: bool,
}

/// When rows are written, unless an indicator had run out by then.
const USUAL: Time = Exhibit::ACQUIRED.plus(-86_400);
/// No phone of these systems is older.
const FIRST_PHONES: Time = Time::utc(2007, 6, 29, 0, 0, 0);

/// All subjects of a library, in the order of their first indicators.
pub fn subjects(library: &Library) -> Vec<Subject> {
    let mut values: HashMap<(Kind, &str), usize> = HashMap::new();
    let mut patterns: HashMap<&str, usize> = HashMap::new();
    let mut all: Vec<Subject> = Vec::new();
    for (i, indicator) in library.indicators.iter().enumerate() {
        let next = all.len();
        let at = match indicator.body {
            Body::Value(kind, span) => *values.entry((kind, library.text(span))).or_insert(next),
            Body::Pattern(p) => *patterns.entry(&library.patterns[p as usize].canonical).or_insert(next),
        };
        if at == next {
            all.push(subject(library, i, indicator.body));
        }
        all[at].indicators.push(i as u32);
    }
    for subject in &mut all {
        hold(library, subject);
    }
    all
}

fn subject(library: &Library, first: usize, body: Body) -> Subject {
    let (target, claims, exact) = match body {
        Body::Value(kind, span) => {
            let claim = Claim { kind, value: library.text(span).to_owned() };
            (Target::Value(first as u32), Ok(vec![claim]), true)
        }
        Body::Pattern(p) => {
            let root = &library.patterns[p as usize].pattern.root;
            (Target::Pattern(p), claims(root), alternatives(root))
        }
    };
    Subject { target, indicators: Vec::new(), platforms: Vec::new(), time: USUAL, claims, exact }
}

/// Where and when all indicators of a subject hold.
fn hold(library: &Library, subject: &mut Subject) {
    let indicators = || subject.indicators.iter().map(|&i| &library.indicators[i as usize]);
    let held = |p: Platform| indicators().any(|i| i.platform.is_none_or(|only| only == p));
    let platforms = [Platform::Ios, Platform::Android].into_iter().filter(|&p| held(p)).collect();
    let until = indicators().filter_map(|i| i.valid_until()).min();
    subject.platforms = platforms;
    if let Some(until) = until.map(|seconds| Time(seconds.saturating_mul(1_000_000)).plus(-86_400)) {
        subject.time = subject.time.min(until);
        if until < FIRST_PHONES && subject.claims.is_ok() {
            subject.claims = Err(Why::new("ran-out", "its valid_until lies before the first phones"));
        }
    }
}

/// The values that make a pattern match; an error when there is none that can be made.
fn claims(root: &Observation) -> Result<Vec<Claim>, Why> {
    let several = || Err(Why::new("several-observations", "a pattern over several observations"));
    let parts: Vec<Result<Vec<Claim>, Why>> = match root {
        Observation::Test(leaf) => vec![of_leaf(leaf)],
        Observation::Or(list) => list.iter().map(claims).collect(),
        _ => vec![several()],
    };
    let why = parts.iter().find_map(|p| p.as_ref().err()).cloned();
    let mut found: Vec<Claim> = parts.into_iter().flatten().flatten().collect();
    let mut seen = HashSet::new();
    found.retain(|c| !never_alone(c.kind, &c.value) && seen.insert((c.kind, c.value.clone())));
    match (found.is_empty(), why) {
        (false, _) => Ok(found),
        (true, Some(why)) => Err(why),
        (true, None) => Err(Why::new("innocent", "ordinary phones show every value in it")),
    }
}

fn of_leaf(leaf: &Comparison) -> Result<Vec<Claim>, Why> {
    match leaf {
        Comparison::Test(test) => of_test(test),
        Comparison::Or(list) => {
            let parts: Vec<Result<Vec<Claim>, Why>> = list.iter().map(of_leaf).collect();
            if parts.iter().all(Result::is_err) {
                return parts.into_iter().next().unwrap_or_else(|| Ok(Vec::new()));
            }
            Ok(parts.into_iter().flatten().flatten().collect())
        }
        Comparison::And(list) => of_all(list),
    }
}

fn of_test(test: &Test) -> Result<Vec<Claim>, Why> {
    let Some(kind) = kind_of(test) else {
        return Err(Why::new("rule", "a rule over the fields of a record"));
    };
    if test.negated || test.op == Op::Ne {
        return Err(Why::new("negation", "it asks for what is not there"));
    }
    if !matches!(test.op, Op::Eq | Op::In) {
        return Err(Why::new("operator", format!("no value is made for the operator {}", test.op.as_str())));
    }
    let claim = |l: &Literal| match l {
        Literal::Str(s) => normalize_indicator(kind, s).ok().map(|(kind, v)| Claim { kind, value: v.into_owned() }),
        _ => None,
    };
    Ok(literals(&test.operand).iter().filter_map(claim).collect())
}

/// Several tests of one object: a file whose path and name are both told is a path.
fn of_all(list: &[Comparison]) -> Result<Vec<Claim>, Why> {
    let mut parts = Vec::new();
    for part in list {
        parts.push(of_leaf(part)?);
    }
    let first = |kind: Kind| parts.iter().flatten().find(|c| c.kind == kind);
    let kinds: HashSet<Kind> = parts.iter().flatten().map(|c| c.kind).collect();
    if kinds.len() == 2
        && let (Some(folder), Some(name)) = (first(Kind::FilePath), first(Kind::FileName))
    {
        let whole = match path::file_name(&folder.value) == name.value {
            true => folder.value.clone(),
            false => format!("{}/{}", folder.value.trim_end_matches('/'), name.value),
        };
        return Ok(vec![Claim { kind: Kind::FilePath, value: whole }]);
    }
    Err(Why::new("conjunction", "several properties of one object, which no file is made for"))
}

/// True when a pattern is nothing but values of which any one is enough.
fn alternatives(root: &Observation) -> bool {
    fn leaf(c: &Comparison) -> bool {
        match c {
            Comparison::Test(t) => of_test(t).is_ok(),
            Comparison::Or(list) => list.iter().all(leaf),
            Comparison::And(_) => false,
        }
    }
    match root {
        Observation::Test(c) => leaf(c),
        Observation::Or(list) => list.iter().all(alternatives),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stix;

    fn of(pattern: &str) -> (Result<Vec<String>, &'static str>, bool) {
        let root = stix::parse(pattern).unwrap().root;
        let told = |c: Claim| format!("{} {}", c.kind.object_path(), c.value);
        (claims(&root).map(|c| c.into_iter().map(told).collect()).map_err(|w| w.code), alternatives(&root))
    }

    #[test]
    fn patterns_say_what_makes_them_match() {
        let list = |items: &[&str]| Ok(items.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        for (pattern, expected, exact) in [
            ("[domain-name:value IN ('a.b', 'C.D', 'a.b')]", list(&["domain-name:value a.b", "domain-name:value c.d"]), true),
            ("[app:id = 'a.b'] OR [process:name = 'c']", list(&["app:id a.b", "process:name c"]), true),
            ("[file:path = '/a' AND file:name = 'b']", list(&["file:path /a/b"]), false),
            ("[file:path = '/a/b' AND file:name = 'b']", list(&["file:path /a/b"]), false),
            ("[file:name = 'b' AND file:hashes.MD5 = '0123456789abcdef0123456789abcdef']", Err("conjunction"), false),
            ("[x-ios-sms:text = 'b']", Err("rule"), false),
            ("[file:name != 'b']", Err("negation"), false),
            ("[file:name NOT = 'b' OR file:name = 'c']", list(&["file:name c"]), false),
            ("[domain-name:value IN ('duckdns.org', 'a.b')]", list(&["domain-name:value a.b"]), true),
            ("[domain-name:value IN ('duckdns.org', 'dyndns.org')]", Err("innocent"), true),
            ("[app:id = 'a.b'] FOLLOWEDBY [app:id = 'c.d']", Err("several-observations"), false),
            ("[file:name LIKE 'b%']", Err("operator"), false),
        ] {
            assert_eq!(of(pattern), (expected, exact), "{pattern}");
        }
    }
}
