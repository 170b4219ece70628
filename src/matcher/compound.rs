//! Patterns that are more than one equality: rules over a record's own fields, and alternatives or conjunctions of
//! observables.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use crate::evidence::Platform;
use crate::finding::Step;
use crate::matcher::expand::{self, Wanted};
use crate::matcher::index::{Index, Target};
use crate::observable::{Kind, normalize_indicator};
use crate::packs::{Body, Library, kind_of, literals, never_alone};
use crate::record::{Record, Role, Value};
use crate::stix::ast::{Comparison, Literal, Observation, Op, Step as PathStep, Test};

/// The compiled patterns of a library.
pub struct Compounds {
    /// By object type (`x-android-settings`): patterns tried on every record of that artifact.
    rules: HashMap<String, Vec<u32>>,
    /// Patterns over observables without a constant they need: tried on every record.
    scans: Vec<u32>,
    /// Patterns that are only alternatives of equalities: a key is the whole match.
    any_of: HashSet<u32>,
    /// Patterns whose text an earlier one already has are that earlier one.
    indicators: HashMap<u32, Vec<u32>>,
}

impl Compounds {
    /// Compiles the patterns; their constants become keys of `index`.
    pub fn build(library: &Library, index: &mut Index) -> Compounds {
        let mut this =
            Compounds { rules: HashMap::new(), scans: Vec::new(), any_of: HashSet::new(), indicators: HashMap::new() };
        let mut by_text: HashMap<&str, u32> = HashMap::new();
        for (i, indicator) in library.indicators.iter().enumerate() {
            let Body::Pattern(at) = indicator.body else { continue };
            let first = *by_text.entry(&library.patterns[at as usize].canonical).or_insert(at);
            this.indicators.entry(first).or_default().push(i as u32);
            if first == at {
                this.add(library, index, at);
            }
        }
        this
    }

    fn add(&mut self, library: &Library, index: &mut Index, at: u32) {
        let leaves = leaves(&library.patterns[at as usize].pattern.root);
        let types: HashSet<&str> = leaves.iter().flat_map(|l| l.tests()).map(|t| t.path.object_type.as_str()).collect();
        for ty in types.iter().filter(|t| t.starts_with("x-") && **t != "x-phone-number") {
            self.rules.entry((*ty).to_owned()).or_default().push(at);
        }
        if types.iter().all(|t| t.starts_with("x-") && *t != "x-phone-number") {
            return;
        }
        let anchors: Option<Vec<(Kind, String)>> =
            leaves.iter().map(|l| anchors(l)).collect::<Option<Vec<_>>>().map(|v| v.concat());
        match anchors {
            Some(mut keys) => {
                if leaves.iter().all(|l| only_alternatives(l)) {
                    self.any_of.insert(at);
                    keys.retain(|(kind, key)| !never_alone(*kind, key));
                }
                for (kind, key) in keys {
                    index.insert_extra(library, kind, &key, Target::Pattern(at));
                }
            }
            None => self.scans.push(at),
        }
    }

    /// True when a key of the pattern is the whole match.
    pub fn is_any_of(&self, pattern: u32) -> bool {
        self.any_of.contains(&pattern)
    }

    /// True when every record's observables must be computed.
    pub fn scans_observables(&self) -> bool {
        !self.scans.is_empty()
    }

    /// The indicators with this pattern.
    pub fn indicators_of(&self, pattern: u32) -> &[u32] {
        self.indicators.get(&pattern).map_or(&[], Vec::as_slice)
    }

    /// Tries the rules of the record's artifact, the candidates its observables led to, and the scans.
    pub fn matches(
        &self,
        library: &Library,
        record: &Record<'_>,
        platform: Platform,
        candidates: &[u32],
        hit: &mut dyn FnMut(u32, Step),
    ) {
        if self.rules.is_empty() && self.scans.is_empty() && candidates.is_empty() {
            return;
        }
        let rules = self.rules_of(record.artifact);
        let mut view = View { record, platform, objects: None };
        for &p in rules.iter().chain(candidates).chain(&self.scans) {
            let root = &library.patterns[p as usize].pattern.root;
            if any_leaf(root, &mut |leaf| view.holds(leaf)) {
                let own = rules.contains(&p);
                hit(p, if own { Step::Rule } else { Step::Exact });
            }
        }
    }

    fn rules_of(&self, artifact: &str) -> &[u32] {
        // Record artifacts are `ios.sms`, object types `x-ios-sms`; compared without building the text.
        self.rules.iter().find(|(ty, _)| is_type_of(ty, artifact)).map_or(&[], |(_, v)| v.as_slice())
    }
}

/// True when `object_type` is how records of `artifact` appear as STIX objects.
pub fn is_type_of(object_type: &str, artifact: &str) -> bool {
    let Some(rest) = object_type.strip_prefix("x-") else { return false };
    rest.len() == artifact.len()
        && rest.bytes().zip(artifact.bytes()).all(|(a, b)| a == b || (a == b'-' && matches!(b, b'.' | b'_')))
}

fn leaves(root: &Observation) -> Vec<&Comparison> {
    match root {
        Observation::Test(c) => vec![c],
        Observation::Or(list) => list.iter().flat_map(leaves).collect(),
        _ => Vec::new(),
    }
}

/// True when some `[ … ]` satisfies `test`; nothing is allocated, as this is asked for every record.
fn any_leaf(root: &Observation, test: &mut dyn FnMut(&Comparison) -> bool) -> bool {
    match root {
        Observation::Test(c) => test(c),
        Observation::Or(list) => list.iter().any(|o| any_leaf(o, test)),
        _ => false,
    }
}

/// True when every test of a comparison satisfies `test`.
fn all_tests(c: &Comparison, test: &mut dyn FnMut(&Test) -> bool) -> bool {
    match c {
        Comparison::Test(t) => test(t),
        Comparison::And(list) | Comparison::Or(list) => list.iter().all(|c| all_tests(c, test)),
    }
}

/// Keys without one of which the comparison cannot hold; `None` when there are none.
fn anchors(c: &Comparison) -> Option<Vec<(Kind, String)>> {
    match c {
        Comparison::Test(t) => test_keys(t),
        Comparison::Or(list) => list.iter().map(anchors).collect::<Option<Vec<_>>>().map(|v| v.concat()),
        Comparison::And(list) => list.iter().filter_map(anchors).min_by_key(Vec::len),
    }
}

/// The keys of a positive equality or membership over an observable.
fn test_keys(t: &Test) -> Option<Vec<(Kind, String)>> {
    if t.negated || !matches!(t.op, Op::Eq | Op::In) {
        return None;
    }
    let kind = kind_of(t)?;
    literals(&t.operand)
        .iter()
        .map(|l| match l {
            Literal::Str(s) => normalize_indicator(kind, s).ok().map(|(k, v)| (k, v.into_owned())),
            _ => None,
        })
        .collect()
}

fn only_alternatives(c: &Comparison) -> bool {
    match c {
        Comparison::Test(t) => test_keys(t).is_some(),
        Comparison::Or(list) => list.iter().all(only_alternatives),
        Comparison::And(_) => false,
    }
}

/// One object of a record: its values as written, and every key derived from them.
struct Observable {
    group: Group,
    written: Vec<(Kind, String)>,
    keys: Vec<(Kind, String)>,
}

/// Kinds that are properties of one type of object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    File,
    App,
    Process,
    Address,
    /// Types with one property.
    Alone(Kind),
}

fn group(kind: Kind) -> Group {
    match kind {
        Kind::FileName | Kind::FilePath | Kind::Md5 | Kind::Sha1 | Kind::Sha256 => Group::File,
        Kind::AppId | Kind::AppTail15 | Kind::CertMd5 | Kind::CertSha1 | Kind::CertSha256 => Group::App,
        Kind::Process | Kind::ProcessHead15 | Kind::ProcessHead16 => Group::Process,
        Kind::Ip => Group::Address,
        Kind::Url | Kind::Domain | Kind::Email | Kind::ProfileId | Kind::Property | Kind::Phone => Group::Alone(kind),
    }
}

struct View<'a, 'r> {
    record: &'a Record<'r>,
    platform: Platform,
    objects: Option<Vec<Observable>>,
}

impl View<'_, '_> {
    /// Evaluates a comparison on the record as one object, or on one of its observables.
    fn holds(&mut self, c: &Comparison) -> bool {
        if all_tests(c, &mut |t| is_type_of(&t.path.object_type, self.record.artifact)) {
            return holds(c, &mut |t| own_test(self.record, t));
        }
        // Alternatives need not be met by the same object.
        if let Comparison::Or(list) = c {
            return list.iter().any(|c| self.holds(c));
        }
        let objects = self.objects.get_or_insert_with(|| observables(self.record, self.platform));
        objects.iter().any(|o| holds(c, &mut |t| observable_test(o, t)))
    }
}

fn holds(c: &Comparison, test: &mut dyn FnMut(&Test) -> bool) -> bool {
    match c {
        Comparison::Test(t) => test(t),
        Comparison::And(list) => list.iter().all(|c| holds(c, test)),
        Comparison::Or(list) => list.iter().any(|c| holds(c, test)),
    }
}

/// A test over a record's own field. A field without a value satisfies nothing, not even `!=`.
fn own_test(record: &Record<'_>, t: &Test) -> bool {
    let [PathStep::Key(name)] = t.path.steps.as_slice() else { return false };
    if name == "shape" {
        let shape = Value::from(record.shape);
        return compare(&shape, t);
    }
    match record.get(name) {
        Some(Value::List(items)) => items.iter().any(|v| compare(v, t)),
        Some(v) => compare(v, t),
        None => false,
    }
}

fn compare(value: &Value<'_>, t: &Test) -> bool {
    if let Some(wanted) = order_of(t.op) {
        let holds = literals(&t.operand).iter().find_map(|l| order(value, l)).map(wanted);
        return holds.is_some_and(|h| h != t.negated);
    }
    let any_equal = literals(&t.operand).iter().any(|l| equal(value, l));
    match t.op {
        Op::Eq | Op::In => any_equal != t.negated,
        Op::Ne => any_equal == t.negated,
        _ => false,
    }
}

fn order_of(op: Op) -> Option<fn(Ordering) -> bool> {
    Some(match op {
        Op::Lt => Ordering::is_lt,
        Op::Le => Ordering::is_le,
        Op::Gt => Ordering::is_gt,
        Op::Ge => Ordering::is_ge,
        _ => return None,
    })
}

/// Numbers have an order among themselves, and text by code points; what has none satisfies neither side.
fn order(value: &Value<'_>, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Str(a), Literal::Str(b)) => Some(a.as_ref().cmp(b.as_str())),
        (Value::Int(a), Literal::Int(b)) => Some(i128::from(*a).cmp(b)),
        (Value::Int(a), Literal::Float(b)) => (*a as f64).partial_cmp(b),
        (Value::Float(a), Literal::Float(b)) => a.partial_cmp(b),
        (Value::Float(a), Literal::Int(b)) => a.partial_cmp(&(*b as f64)),
        _ => None,
    }
}

fn equal(value: &Value<'_>, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Str(a), Literal::Str(b)) => a == b,
        (Value::Int(a), Literal::Int(b)) => i128::from(*a) == *b,
        (Value::Int(a), Literal::Float(b)) => *a as f64 == *b,
        (Value::Float(a), Literal::Float(b)) => a == b,
        (Value::Float(a), Literal::Int(b)) => *a == *b as f64,
        (Value::Bool(a), Literal::Bool(b)) => a == b,
        (Value::Bytes(a), Literal::Bytes(b)) => a.as_ref() == b.as_slice(),
        (Value::Time(a), Literal::Time(b)) => a.is_utc() && Some(a.micros) == b.micros,
        _ => false,
    }
}

/// Derived observables serve `=` and `IN`; `!=` sees values as written.
fn observable_test(object: &Observable, t: &Test) -> bool {
    let Some(kind) = kind_of(t).filter(|&k| group(k) == object.group) else { return false };
    match (t.op, t.negated) {
        (Op::Eq | Op::In, false) | (Op::Ne, true) => literals(&t.operand).iter().any(|l| match l {
            Literal::Str(s) => normalize_indicator(kind, s)
                .is_ok_and(|(k, key)| object.keys.iter().any(|(ok, ov)| *ok == k && *ov == key)),
            _ => false,
        }),
        (Op::Ne, false) | (Op::Eq | Op::In, true) => object.written.iter().any(|(k, raw)| {
            *k == kind && !literals(&t.operand).iter().any(|l| matches!(l, Literal::Str(s) if s == raw))
        }),
        _ => false,
    }
}

/// The objects of a record. Its file properties are one file and its app properties one app, as a record is one fact;
/// every other value is an object of its own.
fn observables(record: &Record<'_>, platform: Platform) -> Vec<Observable> {
    let mut out = Vec::new();
    for (field, value) in record.values {
        for &role in field.roles {
            match value {
                Value::List(items) => items.iter().for_each(|v| add_objects(role, v, platform, &mut out)),
                one => add_objects(role, one, platform, &mut out),
            }
        }
    }
    out
}

fn add_objects(role: Role, value: &Value<'_>, platform: Platform, out: &mut Vec<Observable>) {
    let Some(raw) = value.as_str() else { return };
    let wanted = Wanted { url: true, host: true, path: true, text: true };
    let own = out.len();
    if let Some(kind) = expand::written_kind(role) {
        object_of(kind, own, out).written.push((kind, raw.to_owned()));
    }
    expand::expand(role, value, platform, &wanted, &mut |kind, key, _| {
        object_of(kind, own, out).keys.push((kind, key.to_owned()));
    });
}

/// The object a property of this kind belongs to: files and apps are looked for in the whole record, others among the
/// objects from `own` on.
fn object_of(kind: Kind, own: usize, out: &mut Vec<Observable>) -> &mut Observable {
    let group = group(kind);
    let from = if matches!(group, Group::File | Group::App) { 0 } else { own };
    let known = out.iter().skip(from).position(|o| o.group == group).map(|i| i + from);
    let at = known.unwrap_or_else(|| {
        out.push(Observable { group, written: Vec::new(), keys: Vec::new() });
        out.len() - 1
    });
    &mut out[at]
}
