//! Compiled indicators; a record becomes observables, observables become matches.
//!
//! The cost of a record does not depend on how many equality indicators are loaded: each observable is one look-up in
//! one hash table. Patterns that are more than one equality are found through the constants they cannot match
//! without, or, when they have none, tried on the records of the artifact they name.

mod compound;
mod expand;
mod index;
mod judge;
pub mod severity;

pub use compound::is_type_of;
pub use index::Target;
pub use judge::{Judgement, Moments, Weight};

use std::collections::HashMap;

use crate::device::{DeviceFacts, Platform};
use crate::finding::Step;
use crate::observable::Kind;
use crate::packs::{Body, Library, PatternEntry};
use crate::record::{Record, Role};
use crate::stix::observe::CompiledPattern;

use compound::Compounds;
use expand::Wanted;
use index::Index;

/// One match of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What matched.
    pub target: Target,
    /// How the record led to it.
    pub step: Step,
    /// The field whose value did; `None` for patterns over several.
    pub field: Option<&'static str>,
    /// The observable that was equal, in its one spelling.
    pub key: Option<String>,
}

/// One `[ … ]` of a pattern over several observations held for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Part {
    /// Index of the pattern in the library.
    pub pattern: u32,
    /// Which `[ … ]`, in the order of the text.
    pub leaf: u16,
}

/// What one record led to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// At most one per target, the most direct one.
    pub hits: Vec<Hit>,
    /// Pieces of patterns that this record alone does not decide, and how each came about.
    pub parts: Vec<(Part, Step)>,
    /// Where in `hits` a target stands.
    places: HashMap<Target, usize>,
    candidates: Vec<u32>,
}

/// Where a record was found.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The platform of its evidence.
    pub platform: Platform,
    /// The device, whose clock some times are on.
    pub device: &'a DeviceFacts,
}

impl Found {
    /// True when the record led to nothing.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty() && self.parts.is_empty()
    }
}

/// The compiled indicators. Shared by all workers.
pub struct Matcher {
    library: Library,
    index: Index,
    compounds: Compounds,
    wanted: Wanted,
}

impl Matcher {
    /// Compiles a library. Linear in the number of indicators.
    pub fn new(mut library: Library) -> Matcher {
        library.shrink();
        let mut index = Index::build(&library);
        let compounds = Compounds::build(&library, &mut index);
        let any = |kinds: &[Kind]| kinds.iter().any(|&k| index.count(k) > 0);
        let wanted = Wanted {
            url: any(&[Kind::Url]),
            host: any(&[Kind::Domain, Kind::Ip]),
            path: any(&[Kind::FilePath]),
            text: any(&[Kind::Url, Kind::Domain, Kind::Ip, Kind::Email]),
        };
        tracing::debug!(indicators = library.indicators.len(), patterns = library.patterns.len(), "compiled");
        Matcher { library, index, compounds, wanted }
    }

    /// What was compiled.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Every indicator behind a target, in loading order.
    pub fn indicators_of(&self, target: Target) -> Vec<u32> {
        match target {
            Target::Value(first) => self.index.indicators_of(first).collect(),
            Target::Pattern(p) => self.compounds.indicators_of(p).to_vec(),
        }
    }

    /// The pattern behind a target, when it is more than one equality.
    pub fn pattern(&self, target: Target) -> Option<&PatternEntry> {
        match target {
            Target::Pattern(p) => self.library.patterns.get(p as usize),
            Target::Value(_) => None,
        }
    }

    /// The canonical pattern of a target.
    pub fn canonical(&self, target: Target) -> String {
        match target {
            Target::Pattern(p) => self.library.patterns[p as usize].canonical.clone(),
            Target::Value(i) => self.library.canonical(&self.library.indicators[i as usize]),
        }
    }

    /// The value a target compares, when it compares one.
    pub fn value(&self, target: Target) -> Option<&str> {
        let Target::Value(i) = target else { return None };
        match self.library.indicators[i as usize].body {
            Body::Value(_, span) => Some(self.library.text(span)),
            Body::Pattern(_) => None,
        }
    }

    /// The pattern as a whole, when one observation does not decide it.
    pub fn whole(&self, pattern: u32) -> Option<&CompiledPattern> {
        self.compounds.whole(pattern)
    }

    /// Matches one record; `found` is cleared first.
    pub fn matches(&self, record: &Record<'_>, setting: &Setting<'_>, found: &mut Found) {
        found.hits.clear();
        found.parts.clear();
        found.places.clear();
        found.candidates.clear();
        let Found { hits, parts, places, candidates } = found;
        for (field, value) in record.values {
            for &role in field.roles {
                if matches!(role, Role::Time | Role::Number | Role::Opaque) {
                    continue;
                }
                expand::expand(role, value, setting.platform, &self.wanted, &mut |kind, key, step| {
                    self.index.lookup(&self.library, kind, key, &mut |target| match target {
                        Target::Pattern(p) if !self.compounds.is_any_of(p) => {
                            if candidates.last() != Some(&p) {
                                candidates.push(p);
                            }
                        }
                        _ => add(hits, places, target, step, Some(field.name), Some(key)),
                    });
                });
            }
        }
        let mut hit = |p, step| add(hits, places, Target::Pattern(p), step, None, None);
        self.compounds.matches(record, setting, candidates, &mut hit, parts);
    }
}

/// Keeps one hit per target: a step that does not weaken the evidence before one that does, then the most direct, and
/// of equals the first.
fn add(
    hits: &mut Vec<Hit>,
    places: &mut HashMap<Target, usize>,
    target: Target,
    step: Step,
    field: Option<&'static str>,
    key: Option<&str>,
) {
    let hit = || Hit { target, step, field, key: key.map(str::to_owned) };
    match places.get(&target) {
        Some(&at) if step.rank() < hits[at].step.rank() => hits[at] = hit(),
        Some(_) => {}
        None => {
            places.insert(target, hits.len());
            hits.push(hit());
        }
    }
}
