//! Patterns over several observations: workers leave behind which `[ … ]` held for which record and when; here, with
//! all records seen, it is decided whether the pieces make a match.

use std::collections::{BTreeMap, HashMap};

use super::plan::Plan;
use super::task::{Draft, Key, Span, TaskResult, begin_line};
use super::{Opening, finding_id};
use crate::device::DeviceFacts;
use crate::finding::{Context, Example, MAX_EXAMPLES, Severity, Step};
use crate::matcher::{Matcher, Part, Target};
use crate::record::{Precision, Timestamp, Zone};
use crate::stix::observe::{Hit, Outcome};

/// Records kept for one `[ … ]` within one task; beyond it the pattern is not decided whole.
pub const MAX_PART_RECORDS: usize = 1_000;
/// Records kept within one task for all patterns of this kind.
pub const MAX_PARTS: usize = 50_000;
/// Bytes of them, roughly.
pub const MAX_PART_BYTES: usize = 64 << 20;
/// How far the clock of a place can be from UTC, in microseconds.
const WIDEST_OFFSET: i64 = 14 * 3_600_000_000;

/// One `[ … ]` that held for a record.
#[derive(Debug, Clone)]
pub struct PartSeen {
    /// Which.
    pub part: Part,
    /// How the record led to it.
    pub step: Step,
    /// Number of the record within its task: a record is one observation.
    pub record: u64,
    /// When the record's events were: each a first and last instant it may have been.
    pub times: Vec<(i64, i64)>,
    /// From its earliest event to its latest.
    pub span: Span,
    /// What it would weigh.
    pub severity: Severity,
    /// What it says happened.
    pub context: Context,
    /// The indicator had run out by the as-of date.
    pub expired: bool,
    /// The record.
    pub example: Example,
    /// Its line of `matches.jsonl` without its beginning; empty when none is written.
    pub line: String,
}

/// A match of a pattern as a whole.
pub struct Combined {
    /// Index of the device.
    pub device: usize,
    /// Artifact of the first record bound.
    pub artifact: &'static str,
    /// What matched.
    pub key: Key,
    /// Its records, as any finding's.
    pub draft: Draft,
    /// Lines of `matches.jsonl`, one per record bound.
    pub lines: Vec<String>,
}

/// What could not be decided on a device.
pub struct Undecided {
    /// Index of the device.
    pub device: usize,
    /// Index of the pattern.
    pub pattern: u32,
}

/// The instants a moment may have been, in UTC microseconds: a wall clock without a known zone may be off by hours, a
/// day is a whole day. `None` when nothing is known.
pub fn instants(t: &Timestamp, device: &DeviceFacts) -> Option<(i64, i64)> {
    let length = match t.precision {
        Precision::Micro => 0,
        Precision::Milli => 999,
        Precision::Second => 999_999,
        Precision::Minute => 59_999_999,
        Precision::Day => 86_399_999_999,
    };
    match device.utc(t) {
        Some(utc) => Some((utc, utc.saturating_add(length))),
        None if t.zone == Zone::DeviceLocal => Some((
            t.micros.saturating_sub(WIDEST_OFFSET),
            t.micros.saturating_add(WIDEST_OFFSET).saturating_add(length),
        )),
        None => None,
    }
}

/// All pieces of one pattern on one device: the task each lies in, and the piece.
type Pieces<'a> = Vec<(usize, &'a PartSeen)>;

/// Decides every pattern on every device.
pub fn combine(
    opening: &Opening,
    plan: &Plan,
    results: &[TaskResult],
    matcher: &Matcher,
) -> (Vec<Combined>, Vec<Undecided>) {
    let mut pieces: BTreeMap<(usize, u32), (Pieces<'_>, bool)> = BTreeMap::new();
    for (at, (task, result)) in plan.tasks.iter().zip(results).enumerate() {
        let evidence = plan.cells[task.cell].evidence;
        let device = opening.evidence[evidence].device;
        for seen in &result.parts {
            pieces.entry((device, seen.part.pattern)).or_default().0.push((at, seen));
        }
        for &pattern in &result.parts_cut {
            pieces.entry((device, pattern)).or_default().1 = true;
        }
    }
    let (mut found, mut undecided) = (Vec::new(), Vec::new());
    for ((device, pattern), (pieces, cut)) in pieces {
        match decide(pattern, &pieces, matcher) {
            Outcome::Match(bound) => {
                let mut places: Vec<usize> = bound.iter().map(|b| b.observation).collect();
                places.dedup();
                found.push(combined(device, pattern, &places, &pieces, opening, plan, matcher));
            }
            Outcome::NoMatch if !cut => {}
            Outcome::NoMatch | Outcome::GaveUp => undecided.push(Undecided { device, pattern }),
        }
    }
    (found, undecided)
}

/// Asks the pattern about its pieces. Observations are numbered by their first piece.
fn decide(pattern: u32, pieces: &Pieces<'_>, matcher: &Matcher) -> Outcome {
    let Some(whole) = matcher.whole(pattern) else { return Outcome::NoMatch };
    let mut hits: Vec<Vec<Hit>> = vec![Vec::new(); whole.leaves().len()];
    let mut numbers: HashMap<(usize, u64), usize> = HashMap::new();
    for (i, (task, seen)) in pieces.iter().enumerate() {
        let observation = *numbers.entry((*task, seen.record)).or_insert(i);
        let Some(list) = hits.get_mut(usize::from(seen.part.leaf)) else { continue };
        if seen.times.is_empty() {
            list.push(Hit { observation, times: None, number: 1 });
        }
        list.extend(seen.times.iter().map(|&times| Hit { observation, times: Some(times), number: 1 }));
    }
    whole.decide(&hits)
}

fn combined(
    device: usize,
    pattern: u32,
    places: &[usize],
    pieces: &Pieces<'_>,
    opening: &Opening,
    plan: &Plan,
    matcher: &Matcher,
) -> Combined {
    let bound: Pieces<'_> = places.iter().filter_map(|&at| pieces.get(at).copied()).collect();
    let artifact_of = |task: usize| plan.cells[plan.tasks[task].cell].artifact.id;
    let worst = bound.iter().map(|(_, s)| *s).max_by_key(|s| s.severity);
    let mut draft = Draft {
        severity: worst.map_or(Severity::Info, |s| s.severity),
        context: worst.map_or(Context::Mentioned, |s| s.context),
        count: bound.len() as u64,
        span: Span::default(),
        examples: bound.iter().take(MAX_EXAMPLES).map(|(_, s)| s.example.clone()).collect(),
        expired: bound.iter().all(|(_, s)| s.expired),
        value: None,
    };
    for (_, seen) in &bound {
        draft.span.merge(&seen.span);
    }
    // A chain is as strong as its weakest link.
    let step = bound.iter().map(|(_, s)| s.step).max_by_key(|step| step.rank()).unwrap_or(Step::Exact);
    let key = Key { target: Target::Pattern(pattern), step };
    let artifact = bound.first().map_or("", |(task, _)| artifact_of(*task));
    let group = &opening.devices[device];
    let id = finding_id(&group.facts, &group.id, artifact, key.step, &matcher.canonical(key.target));
    Combined {
        device,
        artifact,
        key,
        draft,
        lines: bound.iter().filter(|(_, s)| !s.line.is_empty()).map(|(_, s)| begin_line(&id, &s.line)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_as_long_as_what_is_not_known_of_it() {
        let nowhere = DeviceFacts::default();
        let hour = 3_600_000_000;
        let exact = Timestamp::utc_micros(10 * hour, Precision::Micro).unwrap();
        assert_eq!(instants(&exact, &nowhere), Some((10 * hour, 10 * hour)));
        let day = Timestamp::utc_micros(0, Precision::Day).unwrap();
        assert_eq!(instants(&day, &nowhere), Some((0, 24 * hour - 1)));
        let local = Timestamp::device_local(20 * hour, Precision::Micro);
        assert_eq!(instants(&local, &nowhere), Some((6 * hour, 34 * hour)));
        let boot = Timestamp { zone: Zone::SinceBoot, ..exact };
        assert_eq!(instants(&boot, &nowhere), None);
    }
}
