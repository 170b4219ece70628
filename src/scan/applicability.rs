//! Which of the loaded indicators the evidence at hand could show at all.

use std::collections::HashSet;
use std::path::Path;

use super::plan::Plan;
use super::task::TaskResult;
use super::{Opening, Options};
use crate::device::Platform;
use crate::finding::{Coverage, PackClass, Reason, Status, reason};
use crate::matcher::{Matcher, is_type_of};
use crate::observable::Kind;
use crate::packs::{Body, Indicator, Library, NotEvaluable, Pack};
use crate::record::{Role, Timestamp};
use crate::report::{LookedFor, NotEvaluableEntry, PackEntry};

/// What was looked for.
pub struct Sought {
    /// Pack by pack.
    pub packs: Vec<PackEntry>,
    /// Class by class.
    pub classes: Vec<LookedFor>,
}

/// What was loaded, and how much of it this evidence could show.
pub fn sought(
    opening: &Opening,
    plan: &Plan,
    coverage: &[Coverage],
    results: &[TaskResult],
    matcher: &Matcher,
    options: &Options,
) -> Sought {
    let shown = Shown::by(opening, plan, coverage);
    let newest = opening.devices.iter().filter_map(|d| d.facts.acquired).map(|t| t.micros).max();
    let as_of = options.as_of.map(|t| t.micros).or(newest);
    let library = matcher.library();
    let mut counts = vec![Counts::default(); library.packs.len()];
    let mut classes = CLASSES.map(|(class, _)| ClassCount { class, ..ClassCount::default() });
    for indicator in &library.indicators {
        let applies = shown.can_show(indicator, library);
        let past =
            matches!((indicator.valid_until(), as_of), (Some(u), Some(now)) if now > u.saturating_mul(1_000_000));
        let pack = &mut counts[usize::from(indicator.pack)];
        pack.applicable += u64::from(applies);
        pack.expired += u64::from(past);
        for (count, (_, holds)) in classes.iter_mut().zip(CLASSES) {
            if holds(indicator, library) {
                count.add(applies, library.packs[usize::from(indicator.pack)].newest);
            }
        }
    }
    let packs = library.packs.iter().zip(counts).enumerate();
    let outside = |i: usize| results.iter().filter_map(|r| r.outside_validity.get(&(i as u16))).sum();
    Sought {
        packs: packs.map(|(i, (pack, count))| entry(pack, count, outside(i), as_of)).collect(),
        classes: classes.map(|count| count.told(as_of)).into(),
    }
}

/// What the artifacts that were read can lead to.
struct Shown<'a> {
    kinds: HashSet<Kind>,
    artifacts: Vec<&'a str>,
}

impl<'a> Shown<'a> {
    fn by(opening: &Opening, plan: &'a Plan, coverage: &[Coverage]) -> Shown<'a> {
        let mut shown = Shown { kinds: HashSet::new(), artifacts: Vec::new() };
        let was_read = |l: &Coverage| matches!(l.status, Status::Parsed | Status::Empty | Status::Partial);
        for (cell, _) in plan.cells.iter().zip(coverage).filter(|(_, line)| was_read(line)) {
            let Ok(evidence) = &opening.evidence[cell.evidence].what else { continue };
            shown.artifacts.push(cell.artifact.id);
            let roles = cell.artifact.shapes.iter().flat_map(|s| s.fields).flat_map(|f| f.roles);
            roles.for_each(|role| shown.kinds.extend(shown_by(*role, evidence.kind().platform)));
        }
        shown
    }

    fn can_show(&self, indicator: &Indicator, library: &Library) -> bool {
        match indicator.body {
            Body::Value(kind, _) => self.kinds.contains(&kind),
            Body::Pattern(p) => library.patterns[p as usize].pattern.tests().iter().any(|t| {
                crate::packs::kind_of(t).is_some_and(|k| self.kinds.contains(&k))
                    || self.artifacts.iter().any(|id| is_type_of(&t.path.object_type, id))
            }),
        }
    }
}

type Holds = fn(&Indicator, &Library) -> bool;

/// The classes a result speaks of, and which indicators are of them.
const CLASSES: [(&str, Holds); 5] = [
    ("mercenary", |i, l| matches!(class(i, l), PackClass::Mercenary)),
    ("stalkerware", |i, l| matches!(class(i, l), PackClass::Stalkerware | PackClass::Watchware)),
    ("extraction", |i, l| matches!(class(i, l), PackClass::Extraction)),
    ("links", |i, _| matches!(i.body, Body::Value(Kind::Url | Kind::Domain | Kind::Ip, _))),
    ("rules", |i, l| matches!(i.body, Body::Pattern(p) if l.patterns[p as usize].rule.is_some())),
];

fn class(indicator: &Indicator, library: &Library) -> PackClass {
    library.families[usize::from(indicator.family)].class
}

#[derive(Default, Clone, Copy)]
struct Counts {
    applicable: u64,
    expired: u64,
}

#[derive(Default, Clone, Copy)]
struct ClassCount {
    class: &'static str,
    loaded: u64,
    applicable: u64,
    newest: Option<i64>,
}

impl ClassCount {
    fn add(&mut self, applies: bool, newest: Option<i64>) {
        self.loaded += 1;
        self.applicable += u64::from(applies);
        self.newest = self.newest.max(newest);
    }

    fn told(self, as_of: Option<i64>) -> LookedFor {
        let newest = self.newest.and_then(Timestamp::unix_seconds).map(|t| t.to_string());
        let (loaded, applicable, age_days) = (self.loaded, self.applicable, age(self.newest, as_of));
        LookedFor { class: self.class.to_owned(), loaded, applicable, newest, age_days }
    }
}

fn entry(p: &Pack, count: Counts, outside_validity: u64, as_of: Option<i64>) -> PackEntry {
    let named = |n: &NotEvaluable| NotEvaluableEntry {
        id: n.id.clone(),
        pattern: n.pattern.clone(),
        reason: n.reason.clone(),
        file: n.file.clone(),
        line: n.line,
    };
    PackEntry {
        id: p.id.clone(),
        name: p.name.clone(),
        source: p.source.clone(),
        sha256: p.sha256.clone(),
        loaded: p.loaded,
        applicable: count.applicable,
        not_evaluable: p.not_evaluable.iter().map(named).collect(),
        not_evaluable_count: p.not_evaluable_count,
        unraised: p.unraised,
        revoked: p.revoked,
        expired: count.expired,
        outside_validity,
        newest: p.newest.and_then(Timestamp::unix_seconds).map(|t| t.to_string()),
        age_days: age(p.newest, as_of),
        problems: p.told(),
    }
}

/// What was given with `-i` and cannot show in any of this evidence: then nothing was looked for that somebody asked for.
pub fn not_shown(packs: &[PackEntry], options: &Options) -> Vec<Reason> {
    let given = |path: &String| {
        let mine = || packs.iter().filter(|p| Path::new(&p.source).starts_with(path));
        let loaded: u64 = mine().map(|p| p.loaded).sum();
        (loaded > 0 && mine().all(|p| p.applicable == 0)).then(|| {
            let text = format!("none of the {loaded} indicators of {path} can show in this kind of acquisition");
            Reason::new(reason::PACK_NOT_SHOWN, text).with("path", path.clone()).with("count", loaded.to_string())
        })
    };
    options.run.indicators.iter().filter_map(given).collect()
}

/// Whole days from a pack's last change (seconds) to a date (microseconds).
fn age(newest: Option<i64>, as_of: Option<i64>) -> Option<u64> {
    let days = (as_of?.div_euclid(1_000_000) - newest?).div_euclid(86_400);
    Some(u64::try_from(days).unwrap_or(0))
}

/// The kinds of observables a field in this role can lead to.
pub fn shown_by(role: Role, platform: Platform) -> Vec<Kind> {
    match role {
        Role::Url => vec![Kind::Url, Kind::Domain, Kind::Ip],
        Role::Domain => vec![Kind::Domain, Kind::Ip],
        Role::Ip => vec![Kind::Ip],
        Role::Email => vec![Kind::Email],
        Role::Phone => vec![Kind::Phone],
        Role::Process if platform == Platform::Android => vec![Kind::Process, Kind::AppId],
        Role::Process => vec![Kind::Process],
        Role::FilePath if platform == Platform::Android => vec![Kind::FilePath, Kind::FileName, Kind::AppId],
        Role::FilePath => vec![Kind::FilePath, Kind::FileName, Kind::Domain],
        Role::FileName => vec![Kind::FileName],
        Role::AppId => vec![Kind::AppId],
        Role::Md5 => vec![Kind::Md5],
        Role::Sha1 => vec![Kind::Sha1],
        Role::Sha256 => vec![Kind::Sha256],
        Role::CertMd5 => vec![Kind::CertMd5],
        Role::CertSha1 => vec![Kind::CertSha1],
        Role::CertSha256 => vec![Kind::CertSha256],
        Role::ProfileId => vec![Kind::ProfileId],
        Role::Property => vec![Kind::Property],
        Role::Text => vec![Kind::Url, Kind::Domain, Kind::Ip, Kind::Email],
        Role::Time | Role::Number | Role::Opaque => vec![],
    }
}
