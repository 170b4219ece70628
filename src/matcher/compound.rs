//! Patterns that are more than one equality: rules over a record's own fields, and alternatives or conjunctions of
//! observables. Patterns over several observations are only looked for here, `[ … ]` by `[ … ]`; whether the pieces
//! make a match is decided when all records were seen.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use super::{Part, Setting};
use crate::device::{DeviceFacts, Platform};
use crate::finding::Step;
use crate::matcher::expand::{self, Wanted};
use crate::matcher::index::{Index, Target, cut_names};
use crate::observable::{Kind, normalize_indicator, path};
use crate::packs::{Asks, Body, Library, asks, find_innocent, is_equality, literals};
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
    Keys(Vec<Key>),
    /// Any other test of an observable: it sees values as written.
    Written(Kind, String, stix::Compiled),
}

/// One value an observable may have.
#[derive(Clone)]
struct Key {
    kind: Kind,
    text: String,
    /// The only platform on which it means something; `None` for any.
    only: Option<Platform>,
}

impl Node {
    /// `alone` is true while no AND lies above: what is innocent by itself may still be a part of a sign.
    fn new(c: &Comparison, alone: bool) -> Node {
        match c {
            Comparison::And(list) => Node::And(list.iter().map(|c| Node::new(c, false)).collect()),
            Comparison::Or(list) => Node::Or(list.iter().map(|c| Node::new(c, alone)).collect()),
            Comparison::Test(t) => Node::of_test(t, alone).unwrap_or(Node::Never),
        }
    }

    fn of_test(t: &Test, alone: bool) -> Option<Node> {
        let compiled = |t: Test| stix::Compiled::new(&Comparison::Test(t)).ok();
        Some(match asks(t).ok()? {
            Asks::Record => {
                let mut own = t.clone();
                own.path.object_type = canonical_type(&t.path.object_type);
                Node::Own(compiled(own)?)
            }
            Asks::Observable(kind) if is_equality(t) => Node::Keys(keys(kind, t, alone)),
            Asks::Observable(kind) => Node::Written(kind, t.path.object_type.clone(), compiled(t.clone())?),
        })
    }

    /// How one object satisfies it: of alternatives the most direct way, of conditions that must all hold the least.
    fn holds(&self, test: &mut dyn FnMut(&Node) -> Option<Step>) -> Option<Step> {
        match self {
            Node::And(list) => {
                let mut worst = None;
                for node in list {
                    worst = worst.max(Some(node.holds(test)?.rank()));
                }
                worst.map(|(_, step)| step)
            }
            Node::Or(list) => list.iter().filter_map(|n| n.holds(test)).min_by_key(|step| step.rank()),
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

    /// Keys that lead to it. False when an observable without any of them may satisfy it: then it must be tried on
    /// every record that shows one of its kinds.
    fn anchors(&self, out: &mut Vec<Key>) -> bool {
        match self {
            Node::Keys(keys) => {
                out.extend(keys.iter().cloned());
                true
            }
            // A record's own fields are asked through its artifact.
            Node::Own(_) | Node::Never => true,
            Node::Written(..) => false,
            Node::Or(list) => list.iter().filter(|n| !n.anchors(out)).count() == 0,
            Node::And(list) => {
                let sure = list.iter().filter_map(|n| {
                    let mut keys = Vec::new();
                    n.anchors(&mut keys).then_some(keys)
                });
                match sure.min_by_key(Vec::len) {
                    Some(keys) => {
                        out.extend(keys);
                        true
                    }
                    None => false,
                }
            }
        }
    }

    /// Whether one key of it, found on the platform it is for, is the whole match.
    fn only_alternatives(&self) -> bool {
        match self {
            Node::Keys(keys) => keys.iter().all(|k| k.only.is_none()),
            Node::Never => true,
            Node::Or(list) => list.iter().all(Node::only_alternatives),
            _ => false,
        }
    }

    /// The kinds of which a record must show one to satisfy it without any of its keys.
    fn kinds(&self) -> u32 {
        match self {
            Node::And(list) | Node::Or(list) => list.iter().fold(0, |all, n| all | n.kinds()),
            Node::Written(kind, ..) => group(*kind).members(),
            Node::Keys(_) | Node::Own(_) | Node::Never => 0,
        }
    }
}

/// The keys of an equality or membership, with what systems keep of long names; a value that cannot be of its kind, or
/// is innocent by itself everywhere, has none.
fn keys(kind: Kind, t: &Test, alone: bool) -> Vec<Key> {
    let mut out = Vec::new();
    for literal in literals(&t.operand) {
        let Literal::Str(value) = literal else { continue };
        let Ok((kind, text)) = normalize_indicator(kind, value) else { continue };
        let innocent = find_innocent(kind, &text).filter(|_| alone);
        if innocent.is_some_and(|i| i.only.is_none()) {
            continue;
        }
        let only = innocent.and_then(|i| i.only);
        let cut = cut_names(kind, &text).map(|(kind, text)| Key { kind, text: text.to_owned(), only });
        out.extend(cut);
        out.push(Key { kind, text: text.into_owned(), only });
    }
    out
}

/// The one spelling of a record's type: `x-ios-safari-history`.
fn canonical_type(object_type: &str) -> String {
    object_type.replace('_', "-")
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
        // A rule is not the same as an indicator with its pattern: each has its own words and weight.
        let mut by_text: HashMap<(&str, Option<&str>), u32> = HashMap::new();
        for (i, indicator) in library.indicators.iter().enumerate() {
            let Body::Pattern(at) = indicator.body else { continue };
            let entry = &library.patterns[at as usize];
            let name = (entry.canonical.as_str(), entry.rule.as_ref().map(|r| r.id.as_str()));
            let first = *by_text.entry(name).or_insert(at);
            this.indicators.entry(first).or_default().push(i as u32);
            if first == at {
                this.add(library, index, at);
            }
        }
        this
    }

    fn add(&mut self, library: &Library, index: &mut Index, at: u32) {
        let pattern = &library.patterns[at as usize].pattern;
        let leaves: Vec<Node> = pattern.leaves().into_iter().map(|c| Node::new(c, true)).collect();
        for ty in record_types(pattern) {
            self.rules.entry(ty).or_default().push(at);
        }
        let whole = CompiledPattern::new(pattern).ok().filter(|p| !p.is_single());
        let rule = leaves.iter().all(Node::is_own);
        if !rule {
            let mut keys = Vec::new();
            let unsure = leaves.iter().filter(|n| !n.anchors(&mut keys)).fold(0, |all, n| all | n.kinds());
            if unsure != 0 {
                self.scans.push((at, unsure));
            }
            if whole.is_none() && leaves.iter().all(Node::only_alternatives) {
                self.any_of.insert(at);
            }
            for key in keys {
                index.insert_extra(library, key.kind, &key.text, Target::Pattern(at));
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

    /// Tries the rules of the record's artifact, the candidates its observables led to, and the scans.
    pub fn matches(
        &self,
        record: &Record<'_>,
        setting: &Setting<'_>,
        candidates: &mut Vec<u32>,
        hit: &mut dyn FnMut(u32, Step),
        parts: &mut Vec<(Part, Step)>,
    ) {
        if self.rules.is_empty() && self.scans.is_empty() && candidates.is_empty() {
            return;
        }
        let (ty, rules) = self.rules_of(record.artifact);
        let shown = if self.scans.is_empty() { 0 } else { shown(record) };
        candidates.extend(self.scans.iter().filter(|(_, kinds)| kinds & shown != 0).map(|(p, _)| *p));
        candidates.extend_from_slice(rules);
        candidates.sort_unstable();
        candidates.dedup();
        let mut view = View { record: RecordObject { record, ty, device: setting.device }, setting, objects: None };
        for &p in candidates.iter() {
            let Some(prepared) = self.prepared.get(&p) else { continue };
            let held = prepared.leaves.iter().map(|node| view.holds(node));
            if prepared.whole.is_some() {
                let leaves = held.enumerate().filter_map(|(leaf, step)| Some((leaf, step?)));
                parts.extend(leaves.map(|(leaf, step)| (Part { pattern: p, leaf: leaf as u16 }, step)));
            } else if let Some(step) = held.flatten().min_by_key(|step| step.rank()) {
                hit(p, if prepared.rule { Step::Rule } else { step });
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
    pattern.tests().into_iter().filter(own).map(|t| canonical_type(&t.path.object_type)).collect()
}

/// True when `object_type` is how records of `artifact` appear as STIX objects; an underscore in it is taken for the
/// hyphen it should be.
pub fn is_type_of(object_type: &str, artifact: &str) -> bool {
    let Some(rest) = object_type.strip_prefix("x-") else { return false };
    let same = |(a, b): (u8, u8)| a == b || (matches!(a, b'-' | b'_') && matches!(b, b'.' | b'_'));
    rest.len() == artifact.len() && rest.bytes().zip(artifact.bytes()).all(same)
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
    /// With the most direct step that leads to it.
    keys: HashMap<(Kind, String), Step>,
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
    setting: &'a Setting<'a>,
    objects: Option<Vec<Observable>>,
}

impl View<'_, '_> {
    /// Evaluates a `[ … ]` on the record as one object, or on one of its observables.
    fn holds(&mut self, node: &Node) -> Option<Step> {
        let own = |n: &Node| match n {
            Node::Own(test) if test.matches(&self.record) == Ok(true) => Some(Step::Rule),
            _ => None,
        };
        let as_record = if self.record.ty.is_empty() { None } else { node.holds(&mut { own }) };
        if as_record.is_some() || node.is_own() {
            return as_record;
        }
        let platform = self.setting.platform;
        let objects = self.objects.get_or_insert_with(|| observables(self.record.record, platform));
        let held = objects.iter().filter_map(|o| node.holds(&mut |n| o.satisfies(n, platform)));
        held.min_by_key(|step| step.rank())
    }
}

/// A record as a STIX object: its fields are its properties, and `shape` tells its kind.
struct RecordObject<'a, 'r> {
    record: &'a Record<'r>,
    ty: &'a str,
    device: &'a DeviceFacts,
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
                    if f(scalar(item, self.device)).is_break() {
                        return;
                    }
                }
            }
            Some(value) if index.is_none() => {
                let _ = f(scalar(value, self.device));
            }
            None if name == "shape" => {
                let _ = f(Scalar::Str(self.record.shape.into()));
            }
            _ => {}
        }
    }
}

/// A time on the device's own clock compares only where its zone is known; else it is unequal to everything.
fn scalar<'v>(value: &'v Value<'_>, device: &DeviceFacts) -> Scalar<'v> {
    match value {
        Value::Str(s) => Scalar::Str(s.as_ref().into()),
        Value::Int(n) => Scalar::Int(i128::from(*n)),
        Value::Float(x) => Scalar::Float(*x),
        Value::Bool(b) => Scalar::Bool(*b),
        Value::Bytes(bytes) => Scalar::Bytes(bytes.as_ref().into()),
        Value::Time(t) => device.utc(t).map_or(Scalar::Other, Scalar::Time),
        Value::List(_) => Scalar::Other,
    }
}

impl Observable {
    fn satisfies(&self, node: &Node, platform: Platform) -> Option<Step> {
        match node {
            Node::Keys(keys) => {
                let here = keys.iter().filter(|k| k.only.is_none_or(|p| p == platform));
                let steps = here.filter_map(|k| self.keys.get(&(k.kind, k.text.clone())));
                steps.copied().min_by_key(|step| step.rank())
            }
            Node::Written(kind, ty, test) => {
                let asked = group(*kind) == self.group && self.is_of(ty);
                let object = WrittenObject { object: self, ty, kind: *kind };
                (asked && test.matches(&object) == Ok(true)).then_some(Step::Exact)
            }
            _ => None,
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
    expand::expand(role, value, platform, &wanted, &mut |kind, key, step| {
        let known = object_of(kind, own, out).keys.entry((kind, key.to_owned())).or_insert(step);
        if step.rank() < known.rank() {
            *known = step;
        }
    });
}

/// The object a property of this kind belongs to: files and apps are looked for in the whole record, others among the
/// objects from `own` on.
fn object_of(kind: Kind, own: usize, out: &mut Vec<Observable>) -> &mut Observable {
    let group = group(kind);
    let from = if matches!(group, Group::File | Group::App) { 0 } else { own };
    let known = out.iter().skip(from).position(|o| o.group == group).map(|i| i + from);
    let at = known.unwrap_or_else(|| {
        out.push(Observable { group, written: Vec::new(), keys: HashMap::new() });
        out.len() - 1
    });
    &mut out[at]
}
