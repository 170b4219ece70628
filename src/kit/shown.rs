//! Which artifacts of which evidence can show an indicator.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifacts;
use crate::evidence;
use crate::observable::Kind;
use crate::packs::{self, Body, Indicator, Library};
use crate::scan;

/// Artifacts by kind of evidence.
pub type Shown = BTreeMap<&'static str, BTreeSet<&'static str>>;

/// Where a kind of observable can be seen.
pub fn kind(wanted: Kind) -> Shown {
    let mut shown = Shown::new();
    for evidence in evidence::KINDS {
        for artifact in artifacts::ALL.iter().filter(|a| a.held_by(evidence)) {
            let mut roles = artifact.shapes.iter().flat_map(|s| s.fields).flat_map(|f| f.roles);
            if roles.any(|r| scan::shown_by(*r, evidence.platform).contains(&wanted)) {
                shown.entry(evidence.id).or_default().insert(artifact.id);
            }
        }
    }
    shown
}

/// Where the records of an object type (`x-ios-sms`) are read.
pub fn record(object_type: &str) -> Shown {
    let mut shown = Shown::new();
    for artifact in artifacts::ALL.iter().filter(|a| a.object_type() == object_type) {
        for evidence in evidence::KINDS.iter().filter(|k| artifact.held_by(k)) {
            shown.entry(evidence.id).or_default().insert(artifact.id);
        }
    }
    shown
}

/// Where an indicator can be seen: for a pattern, where any part of it can.
pub fn indicator(library: &Library, indicator: &Indicator) -> Shown {
    let mut shown = Shown::new();
    match indicator.body {
        Body::Value(k, _) => shown = kind(k),
        Body::Pattern(at) => {
            let tests = library.patterns.get(at as usize).map(|p| p.pattern.tests()).unwrap_or_default();
            for test in tests {
                let part = match packs::kind_of(test) {
                    Some(k) => kind(k),
                    None => record(&test.path.object_type),
                };
                for (evidence, artifacts) in part {
                    shown.entry(evidence).or_default().extend(artifacts);
                }
            }
        }
    }
    if let Some(platform) = indicator.platform {
        shown.retain(|name, _| evidence::KINDS.iter().any(|k| k.id == *name && k.platform == platform));
    }
    shown
}
