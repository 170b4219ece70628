//! What is tested: every value and every pattern once, whoever carries it.

use std::collections::{HashMap, HashSet};

use vigie_fixtures::devices::Exhibit;
use vigie_fixtures::time::Time;

use crate::artifact::Artifact;
use crate::artifacts::ALL;
use crate::device::Platform;
use crate::matcher::{Target, is_type_of};
use crate::observable::{Kind, normalize_indicator, path};
use crate::packs::{Body, Library, find_innocent, kind_of, literals};
use crate::record::Role;
use crate::scan::shown_by;
use crate::stix::ast::{Comparison, Literal, Observation, Op, Step, Test};

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

/// A row that may make a rule match: its other conditions are left to chance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The artifact the rule is about.
    pub artifact: &'static str,
    /// A value one of its fields is compared with.
    pub claim: Claim,
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
    /// For rules: rows that may help.
    pub attempts: Vec<Attempt>,
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
    let (target, claims, attempts, exact) = match body {
        Body::Value(kind, span) => {
            let claim = Claim { kind, value: library.text(span).to_owned() };
            (Target::Value(first as u32), Ok(vec![claim]), Vec::new(), true)
        }
        Body::Pattern(p) => {
            let pattern = &library.patterns[p as usize].pattern;
            let attempts = pattern.tests().into_iter().filter_map(attempt).collect();
            (Target::Pattern(p), claims(&pattern.root), attempts, alternatives(&pattern.root))
        }
    };
    Subject { target, indicators: Vec::new(), platforms: Vec::new(), time: USUAL, claims, attempts, exact }
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
    let why = mildest(&parts);
    let mut found: Vec<Claim> = parts.into_iter().flatten().flatten().collect();
    let mut seen = HashSet::new();
    found.retain(|c| {
        find_innocent(c.kind, &c.value).is_none_or(|i| i.only.is_some()) && seen.insert((c.kind, c.value.clone()))
    });
    match (found.is_empty(), why) {
        (false, _) => Ok(found),
        (true, Some(why)) => Err(why),
        (true, None) => Err(Why::new("innocent", "ordinary phones show every value in it")),
    }
}

/// Of several reasons, the one that leaves most hope: alternatives fail together.
fn mildest(parts: &[Result<Vec<Claim>, Why>]) -> Option<Why> {
    let errors = || parts.iter().filter_map(|p| p.as_ref().err());
    errors().find(|w| w.code != "no-artifact").or_else(|| errors().next()).cloned()
}

/// The artifact whose records are objects of this type.
fn artifact_of(object_type: &str) -> Option<&'static Artifact> {
    ALL.iter().copied().find(|a| is_type_of(object_type, a.id))
}

/// Why no value is made for a test of a record's own field.
fn of_rule(test: &Test) -> Why {
    let ty = &test.path.object_type;
    let Some(artifact) = artifact_of(ty) else {
        return Why::new("no-artifact", format!("no artifact that vigie reads makes records of {ty}"));
    };
    let Some(Step::Key(name)) = test.path.steps.first() else { return Why::new("rule", RULE) };
    let known = name == "shape" || artifact.shapes.iter().flat_map(|s| s.fields).any(|f| f.name == name);
    if known {
        Why::new("rule", RULE)
    } else {
        Why::new("no-artifact", format!("records of {ty} have no field {name}"))
    }
}

const RULE: &str = "a rule over the fields of a record";

/// A row for the first value a rule compares a field with, where that field is a name, a path or the like.
fn attempt(test: &Test) -> Option<Attempt> {
    let artifact = artifact_of(&test.path.object_type)?;
    let [Step::Key(name)] = test.path.steps.as_slice() else { return None };
    let platform = if artifact.id.starts_with("ios.") { Platform::Ios } else { Platform::Android };
    let role = artifact
        .shapes
        .iter()
        .flat_map(|s| s.fields)
        .filter(|f| f.name == name)
        .find_map(|f| f.roles.iter().find(|r| **r != Role::Text && !shown_by(**r, platform).is_empty()))?;
    let kind = *shown_by(*role, platform).first()?;
    match literals(&test.operand).first() {
        Some(Literal::Str(value)) if !test.negated && matches!(test.op, Op::Eq | Op::In) => {
            Some(Attempt { artifact: artifact.id, claim: Claim { kind, value: value.clone() } })
        }
        _ => None,
    }
}

fn of_leaf(leaf: &Comparison) -> Result<Vec<Claim>, Why> {
    match leaf {
        Comparison::Test(test) => of_test(test),
        Comparison::Or(list) => {
            let parts: Vec<Result<Vec<Claim>, Why>> = list.iter().map(of_leaf).collect();
            match mildest(&parts) {
                Some(why) if parts.iter().all(Result::is_err) => Err(why),
                _ => Ok(parts.into_iter().flatten().flatten().collect()),
            }
        }
        Comparison::And(list) => of_all(list),
    }
}

fn of_test(test: &Test) -> Result<Vec<Claim>, Why> {
    let Some(kind) = kind_of(test) else { return Err(of_rule(test)) };
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
    let parts: Vec<Result<Vec<Claim>, Why>> = list.iter().map(of_leaf).collect();
    // One condition that never holds is enough.
    let errors = || parts.iter().filter_map(|p| p.as_ref().err());
    if let Some(why) = errors().find(|w| w.code == "no-artifact").or_else(|| errors().next()) {
        return Err(why.clone());
    }
    let parts: Vec<Vec<Claim>> = parts.into_iter().flatten().collect();
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
            (
                "[domain-name:value IN ('a.b', 'C.D', 'a.b')]",
                list(&["domain-name:value a.b", "domain-name:value c.d"]),
                true,
            ),
            ("[app:id = 'a.b'] OR [process:name = 'c']", list(&["app:id a.b", "process:name c"]), true),
            ("[file:path = '/a' AND file:name = 'b']", list(&["file:path /a/b"]), false),
            ("[file:path = '/a/b' AND file:name = 'b']", list(&["file:path /a/b"]), false),
            ("[file:name = 'b' AND file:hashes.MD5 = '0123456789abcdef0123456789abcdef']", Err("conjunction"), false),
            ("[x-ios-sms:text = 'b']", Err("rule"), false),
            ("[x-ios-sms:text = 'b' AND x-ios-sms:nothing = 'b']", Err("no-artifact"), false),
            ("[x-ios-sms:text = 'b' OR x-ios-sms:nothing = 'b']", Err("rule"), false),
            ("[x-no-such-thing:a = 'b']", Err("no-artifact"), false),
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

    #[test]
    fn rules_about_names_are_tried() {
        let of = |p: &str| stix::parse(p).unwrap().tests().into_iter().filter_map(attempt).collect::<Vec<_>>();
        let found = of("[x-android-packages:shape = 'package' AND x-android-packages:name IN ('a.b', 'c.d')]");
        let claim = Claim { kind: Kind::AppId, value: "a.b".into() };
        assert_eq!(found, [Attempt { artifact: "android.packages", claim }]);
        assert!(of("[x-ios-sms:threat_notification_text = true]").is_empty());
        assert!(of("[x-ios-sms:text = 'a.b' OR x-ios-datausage:process != 'x']").is_empty());
    }
}
