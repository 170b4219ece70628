//! Which of the loaded indicators the evidence at hand could show at all.

use std::collections::HashSet;

use super::plan::{Cell, Plan};
use super::task::TaskResult;
use super::{Opening, Options};
use crate::device::Platform;
use crate::finding::{Coverage, Status};
use crate::matcher::{Matcher, is_type_of};
use crate::observable::Kind;
use crate::packs::Body;
use crate::record::{Role, Timestamp};
use crate::report::{NotEvaluableEntry, PackEntry};

/// What was loaded, and how much of it this evidence could show.
pub fn packs(
    opening: &Opening,
    plan: &Plan,
    coverage: &[Coverage],
    results: &[TaskResult],
    matcher: &Matcher,
    options: &Options,
) -> Vec<PackEntry> {
    let read: Vec<(&Cell, Platform)> = plan
        .cells
        .iter()
        .zip(coverage)
        .filter(|(_, l)| matches!(l.status, Status::Parsed | Status::Empty | Status::Partial))
        .filter_map(|(c, _)| Some((c, opening.evidence[c.evidence].what.as_ref().ok()?.kind().platform)))
        .collect();
    let mut kinds: HashSet<Kind> = HashSet::new();
    for (cell, platform) in &read {
        for field in cell.artifact.shapes.iter().flat_map(|s| s.fields) {
            for role in field.roles {
                kinds.extend(shown_by(*role, *platform));
            }
        }
    }
    let newest = opening.devices.iter().filter_map(|d| d.facts.acquired).map(|t| t.micros).max();
    let as_of = options.as_of.map(|t| t.micros).or(newest);
    let library = matcher.library();
    let mut applicable = vec![0u64; library.packs.len()];
    let mut expired = vec![0u64; library.packs.len()];
    for indicator in &library.indicators {
        let shown = match indicator.body {
            Body::Value(kind, _) => kinds.contains(&kind),
            Body::Pattern(p) => library.patterns[p as usize].pattern.tests().iter().any(|t| {
                crate::packs::kind_of(t).is_some_and(|k| kinds.contains(&k))
                    || read.iter().any(|(c, _)| is_type_of(&t.path.object_type, c.artifact.id))
            }),
        };
        applicable[usize::from(indicator.pack)] += u64::from(shown);
        let past =
            matches!((indicator.valid_until(), as_of), (Some(u), Some(now)) if now > u.saturating_mul(1_000_000));
        expired[usize::from(indicator.pack)] += u64::from(past);
    }
    library
        .packs
        .iter()
        .enumerate()
        .map(|(i, p)| PackEntry {
            id: p.id.clone(),
            name: p.name.clone(),
            source: p.source.clone(),
            sha256: p.sha256.clone(),
            loaded: p.loaded,
            applicable: applicable[i],
            not_evaluable: p
                .not_evaluable
                .iter()
                .map(|n| NotEvaluableEntry {
                    id: n.id.clone(),
                    pattern: n.pattern.clone(),
                    reason: n.reason.clone(),
                    file: n.file.clone(),
                    line: n.line,
                })
                .collect(),
            not_evaluable_count: p.not_evaluable_count,
            revoked: p.revoked,
            expired: expired[i],
            outside_validity: results.iter().filter_map(|r| r.outside_validity.get(&(i as u16))).sum(),
            newest: p.newest.and_then(Timestamp::unix_seconds).map(|t| t.to_string()),
            age_days: age(p.newest, as_of),
            problems: p.told(),
        })
        .collect()
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
