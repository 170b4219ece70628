//! From what was seen to the report. Nothing is read or written here.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::onlook::Seen;
use super::plan::{PHONES, Plan, Purpose, Show};
use super::report::{Failed, NearHit, Never, PackReport, Phone, Report, Unasked};
use super::subject::{Subject, Why};
use crate::device::Platform;
use crate::matcher::{Matcher, Target};
use crate::packs::{Indicator, Library};

/// Reasons that no evidence can take away.
const NEVER: [&str; 6] = ["no-artifact", "cannot-be-made", "cannot-be-written", "innocent", "ran-out", "empty"];

/// What a judge looks at.
pub struct Case<'a> {
    /// The compiled indicators.
    pub matcher: &'a Matcher,
    /// What was tested.
    pub subjects: &'a [Subject],
    /// What was written.
    pub plan: &'a Plan,
    /// What came of it.
    pub seen: &'a Seen,
}

/// Judges.
pub fn judge(case: &Case<'_>, troubles: Vec<String>) -> Report {
    let library = case.matcher.library();
    let rows = case.rows();
    let unasked = case.unasked();
    let mut packs: Vec<PackReport> = library.packs.iter().map(begin).collect();
    for (at, subject) in case.subjects.iter().enumerate() {
        let mine = rows.get(&(at as u32)).map_or(&[][..], Vec::as_slice);
        case.subject(at as u32, subject, mine, &unasked, &mut packs);
    }
    let unasked: BTreeSet<Unasked> = unasked
        .iter()
        .map(|(artifact, target)| Unasked { pattern: case.matcher.canonical(*target), artifact })
        .collect();
    let failed = |p: &PackReport| !p.failed.is_empty() || !p.near_misses.hit.is_empty();
    Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        passed: !packs.iter().any(failed),
        phones: case.phones(),
        packs,
        unasked: unasked.into_iter().collect(),
        troubles,
    }
}

fn begin(pack: &crate::packs::Pack) -> PackReport {
    let cannot = |n: &crate::packs::NotEvaluable| Never {
        id: n.id.clone(),
        pattern: n.pattern.clone(),
        code: "not-evaluable".to_owned(),
        why: n.reason.clone(),
    };
    PackReport {
        id: pack.id.clone(),
        name: pack.name.clone(),
        source: pack.source.clone(),
        indicators: pack.loaded,
        revoked: pack.revoked,
        never: pack.not_evaluable.iter().map(cannot).collect(),
        never_unnamed: pack.not_evaluable_count.saturating_sub(pack.not_evaluable.len() as u64),
        ..PackReport::default()
    }
}

/// What an indicator is called in a report.
struct Name {
    id: String,
    pattern: String,
}

impl Case<'_> {
    /// The rows of each subject.
    fn rows(&self) -> BTreeMap<u32, Vec<u32>> {
        let mut rows: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (i, show) in self.plan.shows.iter().enumerate() {
            if let Purpose::Fires(subject) | Purpose::Near(subject) = show.purpose {
                rows.entry(subject).or_default().push(i as u32);
            }
        }
        rows
    }

    /// What matched rows that say nothing, and records that belong to no row.
    fn unasked(&self) -> BTreeSet<(&'static str, Target)> {
        let neutral = self.seen.hits.iter().filter_map(|&(row, target)| {
            let show = &self.plan.shows[row as usize];
            (show.purpose == Purpose::Neutral).then_some((show.artifact, target))
        });
        let rules: HashSet<Target> = self.subjects.iter().filter(|s| s.claims.is_err()).map(|s| s.target).collect();
        // A rule may well hold for a phone that is made of oddities; a value may not.
        neutral.chain(self.seen.frame.iter().copied()).filter(|(_, t)| !rules.contains(t)).collect()
    }

    fn phones(&self) -> Vec<Phone> {
        let names = ["ios-positive", "ios-near-miss", "android-positive", "android-near-miss"];
        let rows = |i: usize| self.plan.phones.get(i).map_or(0, |p| p.len() as u64);
        names.iter().enumerate().map(|(i, n)| Phone { name: (*n).to_owned(), rows: rows(i) }).collect()
    }

    fn subject(
        &self,
        at: u32,
        subject: &Subject,
        rows: &[u32],
        unasked: &BTreeSet<(&'static str, Target)>,
        packs: &mut [PackReport],
    ) {
        let library = self.matcher.library();
        let near = self.near(subject, rows, unasked);
        let mut first_of_pack = HashSet::new();
        for &i in &subject.indicators {
            let indicator = &library.indicators[i as usize];
            let pack = &mut packs[usize::from(indicator.pack)];
            let name = name(library, indicator);
            self.indicator(at, subject, indicator, &name, rows, pack);
            // Rows of a value that a pack repeats are counted once for it.
            if first_of_pack.insert(indicator.pack) {
                pack.near_misses.left_out += self.plan.left_out.get(&at).copied().unwrap_or(0);
                pack.near_misses.tried += near.tried;
                let bare = subject.exact && !self.plan.unshown.contains_key(&at) && near.tried == 0;
                pack.near_misses.none_for += u64::from(bare);
                for &(row, matched) in &near.wrong {
                    pack.near_misses.hit.push(self.near_hit(&name, row, matched));
                }
            }
        }
    }

    /// Adds what became of one indicator.
    fn indicator(
        &self,
        at: u32,
        subject: &Subject,
        indicator: &Indicator,
        name: &Name,
        rows: &[u32],
        pack: &mut PackReport,
    ) {
        let unshown = |why: &Why| Never {
            id: name.id.clone(),
            pattern: name.pattern.clone(),
            code: why.code.to_owned(),
            why: why.text.clone(),
        };
        if let Some(why) = self.plan.unshown.get(&at) {
            if let Some(places) = self.seen.elsewhere.get(&subject.target) {
                pack.fired += 1;
                places.iter().for_each(|a| *pack.fired_in.entry(a).or_default() += 1);
            } else if NEVER.contains(&why.code) {
                pack.never.push(unshown(why));
            } else {
                pack.not_made.push(unshown(why));
            }
            return;
        }
        let holds = |show: &Show| {
            let platform: Platform = PHONES[show.phone].0;
            matches!(show.purpose, Purpose::Fires(_)) && indicator.platform.is_none_or(|p| p == platform)
        };
        let (mut shown, mut whole) = (0, true);
        let mut places = BTreeSet::new();
        for &row in rows {
            let show = &self.plan.shows[row as usize];
            if !holds(show) {
                continue;
            }
            shown += 1;
            if self.seen.fired[row as usize] {
                places.insert(show.artifact);
                continue;
            }
            whole = false;
            pack.failed.push(Failed {
                id: name.id.clone(),
                pattern: name.pattern.clone(),
                artifact: show.artifact,
                how: show.how,
                written: show.written.clone(),
                why: if self.seen.read[row as usize] { "no-match" } else { "not-read" },
            });
        }
        if shown == 0 {
            let why = Why::new("cannot-be-written", "on the platform it is for, no artifact can hold it");
            return pack.never.push(unshown(&why));
        }
        pack.fired += u64::from(whole);
        pack.only_aside += u64::from(whole && self.plan.aside.contains(&at));
        places.into_iter().for_each(|a| *pack.fired_in.entry(a).or_default() += 1);
    }

    /// What became of the near misses of a subject.
    fn near(&self, subject: &Subject, rows: &[u32], unasked: &BTreeSet<(&'static str, Target)>) -> Near {
        let mut near = Near::default();
        for &row in rows {
            if !matches!(self.plan.shows[row as usize].purpose, Purpose::Near(_)) {
                continue;
            }
            if !self.seen.read[row as usize] {
                near.wrong.push((row, None));
                continue;
            }
            near.tried += 1;
            let hits = self.seen.hits.range((row, Target::Value(0))..).take_while(|(r, _)| *r == row);
            for &(_, target) in hits {
                let usual = unasked.iter().any(|(_, t)| *t == target);
                let counts = matches!(target, Target::Value(_)) || target == subject.target;
                if counts && !usual {
                    near.wrong.push((row, Some(target)));
                }
            }
        }
        near
    }

    fn near_hit(&self, name: &Name, row: u32, matched: Option<Target>) -> NearHit {
        let show = &self.plan.shows[row as usize];
        NearHit {
            id: name.id.clone(),
            pattern: name.pattern.clone(),
            artifact: show.artifact,
            how: show.how,
            written: show.written.clone(),
            matched: matched.map(|t| self.matcher.canonical(t)),
        }
    }
}

#[derive(Default)]
struct Near {
    tried: u64,
    wrong: Vec<(u32, Option<Target>)>,
}

fn name(library: &Library, indicator: &Indicator) -> Name {
    Name { id: library.id(indicator), pattern: library.canonical(indicator) }
}
