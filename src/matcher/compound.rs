//! Patterns that are more than one equality: rules over a record's own fields, and alternatives or conjunctions of
//! observables. Patterns over several observations are only looked for here, `[ … ]` by `[ … ]`; whether the pieces
//! make a match is decided when all records were seen.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use super::Part;
use crate::evidence::Platform;
use crate::finding::Step;
use crate::matcher::expand::{self, Wanted};
use crate::matcher::index::{Index, Target};
use crate::observable::{Kind, normalize_indicator, path};
use crate::packs::{Asks, Body, Library, asks, is_equality, literals, never_alone};
use crate::record::{Record, Role, Value};
use crate::stix::ast::{Comparison, Literal, Step as PathStep, Test};
use crate::stix::observe::CompiledPattern;
use crate::stix::{self, Object, Pattern, Scalar};

/// The compiled patterns of a library.
pub struct Compounds {
    /// By object type (`x-android-settings`): patterns tried on every record of that artifact.
    rules: HashMap<String, Vec<u32>>,
    /// Patterns over observables without a constant they need, and the kinds of which a record must show one.
    scans: Vec<(u32, u32)>,
    /// Patterns that are only alternatives of equalities: a key is the whole match.
    any_of: HashSet<u32>,
    /// Patterns whose text an earlier one already has are that earlier one.
    indicators: HashMap<u32, Vec<u32>>,
    prepared: HashMap<u32, Prepared>,
}

/// One pattern, ready to be asked.
struct Prepared {
    /// The `[ … ]`, in the order of the text.
    leaves: Vec<Node>,
    /// For patterns that one observation does not decide.
    whole: Option<CompiledPattern>,
    /// All tests are about the record's own fields.
    rule: bool,
}

/// A `[ … ]`.
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    /// Nothing vigie reads can satisfy it.
    Never,
    /// A field of a record.
    Own(stix::Compiled),
    /// An observable that is one of these: derived observables serve too.
    Keys(Kind, Vec<(Kind, String)>),
    /// Any other test of an observable: it sees values as written.
    Written(Kind, String, stix::Compiled),
}

impl Node {
    fn new(c: &Comparison) -> Node {
        match c {
            Comparison::And(list) => Node::And(list.iter().map(Node::new).collect()),
            Comparison::Or(list) => Node::Or(list.iter().map(Node::new).collect()),
            Comparison::Test(t) => Node::of_test(t).unwrap_or(Node::Never),
        }
    }

    fn of_test(t: &Test) -> Option<Node> {
        let compiled = || stix::Compiled::new(&Comparison::Test(t.clone())).ok();
        Some(match asks(t).ok()? {
            Asks::Record => Node::Own(compiled()?),
            Asks::Observable(kind) if is_equality(t) => Node::Keys(kind, keys(kind, t)),
            Asks::Observable(kind) => Node::Written(kind, t.path.object_type.clone(), compiled()?),
        })
    }

    /// Whether one object satisfies it.
    fn holds(&self, test: &mut dyn FnMut(&Node) -> bool) -> bool {
        match self {
            Node::And(list) => list.iter().all(|n| n.holds(test)),
            Node::Or(list) => list.iter().any(|n| n.holds(test)),
            leaf => test(leaf),
        }
    }

    /// Whether all its tests are fields of records.
    fn is_own(&self) -> bool {
        match self {
            Node::And(list) | Node::Or(list) => list.iter().all(Node::is_own),
            Node::Own(_) | Node::Never => true,
            _ => false,
        }
    }

    /// Keys without one of which it cannot hold for an observable; `None` when there are none.
    fn anchors(&self) -> Option<Vec<(Kind, String)>> {
        match self {
            Node::Keys(_, keys) => Some(keys.clone()),
            // A record's own fields are asked through its artifact.
            Node::Own(_) | Node::Never => Some(Vec::new()),
            Node::Written(..) => None,
            Node::Or(list) => list.iter().map(Node::anchors).collect::<Option<Vec<_>>>().map(|v| v.concat()),
            Node::And(list) => list.iter().filter_map(Node::anchors).min_by_key(Vec::len),
        }
    }

    fn only_alternatives(&self) -> bool {
        match self {
            Node::Keys(..) | Node::Never => true,
            Node::Or(list) => list.iter().all(Node::only_alternatives),
            _ => false,
        }
    }

    /// The kinds of which a record must show one.
    fn kinds(&self) -> u32 {
        match self {
            Node::And(list) | Node::Or(list) => list.iter().fold(0, |all, n| all | n.kinds()),
            Node::Keys(kind, _) | Node::Written(kind, ..) => group(*kind).members(),
            Node::Own(_) | Node::Never => 0,
        }
    }
}

/// The keys of an equality or membership; a value that cannot be of its kind has none.
fn keys(kind: Kind, t: &Test) -> Vec<(Kind, String)> {
    let key = |l: &Literal| match l {
        Literal::Str(s) => normalize_indicator(kind, s).ok().map(|(k, v)| (k, v.into_owned())),
        _ => None,
    };
    literals(&t.operand).iter().filter_map(key).collect()
}

impl Compounds {
    /// Compiles the patterns; their constants become keys of `index`.
    pub fn build(library: &Library, index: &mut Index) -> Compounds {
        let mut this = Compounds {
            rules: HashMap::new(),
            scans: Vec::new(),
            any_of: HashSet::new(),
            indicators: HashMap::new(),
            prepared: HashMap::new(),
        };
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
        let pattern = &library.patterns[at as usize].pattern;
        let leaves: Vec<Node> = pattern.leaves().into_iter().map(Node::new).collect();
        for ty in record_types(pattern) {
            self.rules.entry(ty).or_default().push(at);
        }
        let whole = CompiledPattern::new(pattern).ok().filter(|p| !p.is_single());
        let rule = leaves.iter().all(Node::is_own);
        if !rule {
            let anchors: Option<Vec<_>> = leaves.iter().map(Node::anchors).collect();
            match anchors.map(|v| v.concat()) {
                Some(mut keys) => {
                    if whole.is_none() && leaves.iter().all(Node::only_alternatives) {
                        self.any_of.insert(at);
                        keys.retain(|(kind, key)| !never_alone(*kind, key));
                    }
                    for (kind, key) in keys {
                        index.insert_extra(library, kind, &key, Target::Pattern(at));
                    }
                }
                None => self.scans.push((at, leaves.iter().fold(0, |all, n| all | n.kinds()))),
            }
        }
        self.prepared.insert(at, Prepared { leaves, whole, rule });
    }

    /// True when a key of the pattern is the whole match.
    pub fn is_any_of(&self, pattern: u32) -> bool {
        self.any_of.contains(&pattern)
    }

    /// The indicators with this pattern.
    pub fn indicators_of(&self, pattern: u32) -> &[u32] {
        self.indicators.get(&pattern).map_or(&[], Vec::as_slice)
    }

    /// The pattern as a whole, when one observation does not decide it.
    pub fn whole(&self, pattern: u32) -> Option<&CompiledPattern> {
        self.prepared.get(&pattern)?.whole.as_ref()
    }

    /// How a match of the pattern as a whole came about.
    pub fn step_of(&self, pattern: u32) -> Step {
        if self.prepared.get(&pattern).is_some_and(|p| p.rule) { Step::Rule } else { Step::Exact }
    }

    /// Tries the rules of the record's artifact, the candidates its observables led to, and the scans.
    pub fn matches(
        &self,
        record: &Record<'_>,
        platform: Platform,
        candidates: &[u32],
        hit: &mut dyn FnMut(u32, Step),
        parts: &mut Vec<Part>,
    ) {
        if self.rules.is_empty() && self.scans.is_empty() && candidates.is_empty() {
            return;
        }
        let (ty, rules) = self.rules_of(record.artifact);
        let shown = if self.scans.is_empty() { 0 } else { shown(record) };
        let scans = self.scans.iter().filter(|(_, kinds)| kinds & shown != 0).map(|(p, _)| p);
        let mut view = View { record: RecordObject { record, ty }, platform, objects: None };
        for &p in rules.iter().chain(candidates.iter().filter(|p| !rules.contains(p))).chain(scans) {
            let Some(prepared) = self.prepared.get(&p) else { continue };
            if prepared.whole.is_some() {
                for (leaf, node) in prepared.leaves.iter().enumerate() {
                    let part = Part { pattern: p, leaf: leaf as u16 };
                    if !parts.contains(&part) && view.holds(node) {
                        parts.push(part);
                    }
                }
            } else if prepared.leaves.iter().any(|node| view.holds(node)) {
                hit(p, if prepared.rule || rules.contains(&p) { Step::Rule } else { Step::Exact });
            }
        }
    }

    fn rules_of(&self, artifact: &str) -> (&str, &[u32]) {
        // Record artifacts are `ios.sms`, object types `x-ios-sms`; compared without building the text.
        self.rules.iter().find(|(ty, _)| is_type_of(ty, artifact)).map_or(("", &[]), |(ty, v)| (ty, v.as_slice()))
    }
}

/// The types of records a pattern asks about.
fn record_types(pattern: &Pattern) -> HashSet<String> {
    let own = |t: &&Test| asks(t) == Ok(Asks::Record);
    pattern.tests().into_iter().filter(own).map(|t| t.path.object_type.clone()).collect()
}

/// True when `object_type` is how records of `artifact` appear as STIX objects.
pub fn is_type_of(object_type: &str, artifact: &str) -> bool {
    let Some(rest) = object_type.strip_prefix("x-") else { return false };
    rest.len() == artifact.len()
        && rest.bytes().zip(artifact.bytes()).all(|(a, b)| a == b || (a == b'-' && matches!(b, b'.' | b'_')))
}

/// One bit for each kind that a record shows as written.
fn shown(record: &Record<'_>) -> u32 {
    let roles = record.values.iter().flat_map(|(field, _)| field.roles);
    roles.filter_map(|&r| expand::written_kind(r)).fold(0, |all, kind| all | group(kind).members())
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

impl Group {
    /// One bit for each kind of the group.
    fn members(self) -> u32 {
        Kind::INDICATORS.iter().filter(|&&k| group(k) == self).fold(0, |all, &k| all | 1 << k as u32)
    }
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
    record: RecordObject<'a, 'r>,
    platform: Platform,
    objects: Option<Vec<Observable>>,
}

impl View<'_, '_> {
    /// Evaluates a `[ … ]` on the record as one object, or on one of its observables.
    fn holds(&mut self, node: &Node) -> bool {
        let own = |n: &Node| matches!(n, Node::Own(test) if test.matches(&self.record) == Ok(true));
        if !self.record.ty.is_empty() && node.holds(&mut { own }) {
            return true;
        }
        if node.is_own() {
            return false;
        }
        let objects = self.objects.get_or_insert_with(|| observables(self.record.record, self.platform));
        objects.iter().any(|o| node.holds(&mut |n| o.satisfies(n)))
    }
}

/// A record as a STIX object: its fields are its properties, and `shape` tells its kind.
struct RecordObject<'a, 'r> {
    record: &'a Record<'r>,
    ty: &'a str,
}

impl Object for RecordObject<'_, '_> {
    fn object_type(&self) -> &str {
        self.ty
    }

    /// A field without a value is no value at all: it satisfies nothing, not even `!=`. A list is each of its items.
    fn visit(&self, steps: &[PathStep], f: &mut dyn FnMut(Scalar<'_>) -> ControlFlow<()>) {
        let (name, index) = match steps {
            [PathStep::Key(name)] | [PathStep::Key(name), PathStep::Any] => (name, None),
            [PathStep::Key(name), PathStep::Index(i)] => (name, usize::try_from(*i).ok()),
            _ => return,
        };
        match self.record.get(name) {
            Some(Value::List(items)) => {
                for (_, item) in items.iter().enumerate().filter(|(i, _)| index.is_none_or(|wanted| wanted == *i)) {
                    if f(scalar(item)).is_break() {
                        return;
                    }
                }
            }
            Some(value) if index.is_none() => {
                let _ = f(scalar(value));
            }
            None if name == "shape" => {
                let _ = f(Scalar::Str(self.record.shape.into()));
            }
            _ => {}
        }
    }
}

fn scalar<'v>(value: &'v Value<'_>) -> Scalar<'v> {
    match value {
        Value::Str(s) => Scalar::Str(s.as_ref().into()),
        Value::Int(n) => Scalar::Int(i128::from(*n)),
        Value::Float(x) => Scalar::Float(*x),
        Value::Bool(b) => Scalar::Bool(*b),
        Value::Bytes(bytes) => Scalar::Bytes(bytes.as_ref().into()),
        Value::Time(t) if t.is_utc() => Scalar::Time(t.micros),
        Value::Time(_) | Value::List(_) => Scalar::Other,
    }
}

impl Observable {
    fn satisfies(&self, node: &Node) -> bool {
        match node {
            Node::Keys(kind, keys) => {
                group(*kind) == self.group && keys.iter().any(|key| self.keys.iter().any(|own| own == key))
            }
            Node::Written(kind, ty, test) => {
                group(*kind) == self.group
                    && self.is_of(ty)
                    && test.matches(&WrittenObject { object: self, ty, kind: *kind }) == Ok(true)
            }
            _ => false,
        }
    }

    /// An address has the type of its version; `file` and `directory` are one.
    fn is_of(&self, ty: &str) -> bool {
        let v6 = || self.written.iter().any(|(_, v)| v.matches(':').count() > 1);
        match ty {
            "ipv6-addr" => v6(),
            "ipv4-addr" => !v6(),
            _ => true,
        }
    }
}

/// An observable as a test sees it that asks about what was written.
struct WrittenObject<'a> {
    object: &'a Observable,
    ty: &'a str,
    kind: Kind,
}

impl Object for WrittenObject<'_> {
    fn object_type(&self) -> &str {
        self.ty
    }

    fn visit(&self, _: &[PathStep], f: &mut dyn FnMut(Scalar<'_>) -> ControlFlow<()>) {
        for (_, value) in self.object.written.iter().filter(|(kind, _)| *kind == self.kind) {
            if f(Scalar::Str(value.into())).is_break() {
                return;
            }
        }
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
        let object = object_of(kind, own, out);
        object.written.push((kind, raw.to_owned()));
        if kind == Kind::FilePath {
            // A path tells the file's name as well.
            object.written.push((Kind::FileName, path::file_name(raw).to_owned()));
        }
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
