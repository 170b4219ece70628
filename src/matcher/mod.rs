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

use crate::evidence::Platform;
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
    /// Pieces of patterns that this record alone does not decide.
    pub parts: Vec<Part>,
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

    /// How a match of a pattern as a whole came about.
    pub fn step_of(&self, pattern: u32) -> Step {
        self.compounds.step_of(pattern)
    }

    /// Matches one record; `found` is cleared first.
    pub fn matches(&self, record: &Record<'_>, platform: Platform, found: &mut Found) {
        found.hits.clear();
        found.parts.clear();
        let hits = &mut found.hits;
        let mut candidates: Vec<u32> = Vec::new();
        for (field, value) in record.values {
            for &role in field.roles {
                if matches!(role, Role::Time | Role::Number | Role::Opaque) {
                    continue;
                }
                expand::expand(role, value, platform, &self.wanted, &mut |kind, key, step| {
                    self.index.lookup(&self.library, kind, key, &mut |target| match target {
                        Target::Pattern(p) if !self.compounds.is_any_of(p) => candidates.push(p),
                        _ => add(hits, Hit { target, step, field: Some(field.name), key: Some(key.to_owned()) }),
                    });
                });
            }
        }
        let mut hit = |p, step| add(hits, Hit { target: Target::Pattern(p), step, field: None, key: None });
        self.compounds.matches(record, platform, &candidates, &mut hit, &mut found.parts);
    }
}

/// Keeps one hit per target: a step that does not weaken the evidence before one that does, then the most direct, and
/// of equals the first.
fn add(hits: &mut Vec<Hit>, hit: Hit) {
    let rank = |step: Step| (step.lowers(), step);
    match hits.iter_mut().find(|h| h.target == hit.target) {
        Some(known) if rank(hit.step) < rank(known.step) => *known = hit,
        Some(_) => {}
        None => hits.push(hit),
    }
}
