//! Whole patterns over observations (STIX 2.1 §9.5 to §9.8): `AND`, `OR`, `FOLLOWEDBY`, `WITHIN`, `REPEATS`,
//! `START … STOP`.
//!
//! Each `[ … ]` binds an observation of its own; an observation seen `n` times may be bound `n` times. Its time is an
//! interval, and a condition holds if instants inside the intervals can be chosen that satisfy it: `A FOLLOWEDBY B` if
//! no A begins after a B has ended, `START a STOP b` if the interval reaches into `a..b` (b outside). An observation
//! without time satisfies no time condition.
//!
//! `START`/`STOP` and `REPEATS` are answered as the OASIS matcher does: each observation on its own for the former,
//! disjoint copies for the latter.

use std::sync::Arc;

use super::ast::{self, Pattern, Qualifier, Span};
use super::eval::{Compiled, EvalError, NotEvaluable};
use super::solve::{Found, Plan, solve};
use super::time::MICROS_PER_SECOND;
use super::value::Object;

pub use super::solve::MAX_STEPS;

/// What was observed together: some objects, at some time, some number of times.
pub struct Observed<'a> {
    /// First and last time, in microseconds since 1970-01-01T00:00:00Z; `None` if unknown.
    pub times: Option<(i64, i64)>,
    /// How often.
    pub number: u64,
    /// The objects; a `[ … ]` must hold for one of them.
    pub objects: Vec<Box<dyn Object + 'a>>,
}

/// A `[ … ]` matched an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The caller's number for the observation; the same in every leaf.
    pub observation: usize,
    /// First and last time of the observation, in microseconds since 1970-01-01T00:00:00Z.
    pub times: Option<(i64, i64)>,
    /// How often it was observed; the same in every leaf.
    pub number: u64,
}

/// One observation's part in a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Which `[ … ]`, counted from zero in the order of the text.
    pub leaf: usize,
    /// The number from its [`Hit`].
    pub observation: usize,
    /// How often it stands for it (`REPEATS`).
    pub times: u64,
}

/// Whether a pattern matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It did; one way how, sorted by leaf and observation.
    Match(Vec<Bound>),
    /// It did not.
    NoMatch,
    /// Not known: the search ran out of steps. Never to be reported as no match.
    GaveUp,
}

/// A pattern, ready to be asked often. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CompiledPattern {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    leaves: Vec<Compiled>,
    plan: Plan,
}

impl CompiledPattern {
    /// Prepares a pattern.
    ///
    /// # Errors
    /// As [`Compiled::new`]; also for `WITHIN 0`, `REPEATS 0` and dates that are in no calendar.
    pub fn new(pattern: &Pattern) -> Result<Self, NotEvaluable> {
        let mut leaves = Vec::new();
        let plan = plan(&pattern.root, &mut leaves)?;
        Ok(Self { inner: Arc::new(Inner { leaves, plan }) })
    }

    /// The `[ … ]` in the order of the text.
    #[must_use]
    pub fn leaves(&self) -> &[Compiled] {
        &self.inner.leaves
    }

    /// Whether a single observation decides, whatever its time and however often it was seen: a pattern of one
    /// `[ … ]`, or several with `OR`, and no qualifier. Then any hit of any leaf is a match.
    #[must_use]
    pub fn is_single(&self) -> bool {
        matches!(self.inner.plan, Plan::Leaf(_))
    }

    /// Decides from the hits of each leaf: `hits[leaf]`, in the order of [`leaves`](Self::leaves). Within one leaf an
    /// observation counts once. Missing lists count as empty.
    #[must_use]
    pub fn decide(&self, hits: &[Vec<Hit>]) -> Outcome {
        self.decide_within(hits, MAX_STEPS)
    }

    /// [`decide`](Self::decide) with a budget of one's own.
    #[must_use]
    pub fn decide_within(&self, hits: &[Vec<Hit>], max_steps: u64) -> Outcome {
        match solve(&self.inner.plan, hits, max_steps) {
            Found::Binding(binding) => Outcome::Match(binding),
            Found::Nothing => Outcome::NoMatch,
            Found::GaveUp => Outcome::GaveUp,
        }
    }

    /// Asks every `[ … ]` about every observation, then decides.
    ///
    /// # Errors
    /// A value was not what its test needs, and the pattern's answer depends on it.
    pub fn matches(&self, observations: &[Observed<'_>]) -> Result<Outcome, EvalError> {
        let mut error = None;
        let (mut sure, mut possible) = (Vec::new(), Vec::new());
        for leaf in &self.inner.leaves {
            let (mut leaf_sure, mut leaf_possible) = (Vec::new(), Vec::new());
            for (i, observed) in observations.iter().enumerate() {
                let hit = Hit { observation: i, times: observed.times, number: observed.number };
                match any_object(leaf, &observed.objects) {
                    Ok(true) => {
                        leaf_sure.push(hit);
                        leaf_possible.push(hit);
                    }
                    Ok(false) => {}
                    Err(bad) => {
                        error = error.or(Some(bad));
                        leaf_possible.push(hit);
                    }
                }
            }
            sure.push(leaf_sure);
            possible.push(leaf_possible);
        }
        let outcome = self.decide(&sure);
        match (outcome, error) {
            // A pattern can only gain from more hits: if it fails with all that might be, the errors do not matter.
            (Outcome::NoMatch, Some(error)) if self.decide(&possible) != Outcome::NoMatch => Err(error),
            (outcome, _) => Ok(outcome),
        }
    }
}

fn any_object(leaf: &Compiled, objects: &[Box<dyn Object + '_>]) -> Result<bool, EvalError> {
    let mut error = None;
    for object in objects {
        match leaf.matches(object.as_ref()) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(bad) => error = error.or(Some(bad)),
        }
    }
    error.map_or(Ok(false), Err)
}

fn plan(node: &ast::Observation, leaves: &mut Vec<Compiled>) -> Result<Plan, NotEvaluable> {
    let mut list =
        |nodes: &[ast::Observation]| nodes.iter().map(|node| plan(node, leaves)).collect::<Result<Vec<_>, _>>();
    Ok(match node {
        ast::Observation::Test(comparison) => {
            leaves.push(Compiled::new(comparison)?);
            Plan::Leaf(vec![leaves.len() - 1])
        }
        ast::Observation::And(nodes) => Plan::And(list(nodes)?),
        ast::Observation::Or(nodes) => merge_or(list(nodes)?),
        ast::Observation::FollowedBy(nodes) => Plan::FollowedBy(list(nodes)?),
        ast::Observation::Qualified { inner, qualifier, span } => {
            let inner = Box::new(plan(inner, leaves)?);
            qualified(inner, qualifier, *span)?
        }
    })
}

/// `[a] OR [b]` is one leaf that takes what either takes: no choice to search through.
fn merge_or(plans: Vec<Plan>) -> Plan {
    let mut merged = Vec::new();
    let mut others = Vec::new();
    for plan in plans {
        match plan {
            Plan::Leaf(leaves) => merged.extend(leaves),
            other => others.push(other),
        }
    }
    if others.is_empty() {
        return Plan::Leaf(merged);
    }
    if !merged.is_empty() {
        others.insert(0, Plan::Leaf(merged));
    }
    Plan::Or(others)
}

fn qualified(inner: Box<Plan>, qualifier: &Qualifier, span: Span) -> Result<Plan, NotEvaluable> {
    let refuse = |reason: String| Err(NotEvaluable { span, reason });
    match qualifier {
        Qualifier::Within { seconds } if *seconds <= 0.0 => refuse("WITHIN must be more than 0 seconds".to_owned()),
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "saturates; longer than time")]
        Qualifier::Within { seconds } => Ok(Plan::Within(inner, (seconds * MICROS_PER_SECOND as f64).round() as i64)),
        Qualifier::Repeats { times: 0 } => refuse("REPEATS must be at least 1".to_owned()),
        Qualifier::Repeats { times: 1 } => Ok(*inner),
        Qualifier::Repeats { times } => Ok(Plan::Repeats(inner, *times)),
        Qualifier::StartStop { start, stop } => match (start.micros, stop.micros) {
            (Some(start), Some(stop)) if start < stop => Ok(Plan::Between(inner, start, stop - 1)),
            (Some(_), Some(_)) => Ok(Plan::Never),
            (None, _) => refuse(format!("`{}` is in no calendar", start.text)),
            (_, None) => refuse(format!("`{}` is in no calendar", stop.text)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(text: &str) -> CompiledPattern {
        CompiledPattern::new(&super::super::parse(text).unwrap()).unwrap()
    }

    fn hit(observation: usize, first: i64, last: i64) -> Hit {
        Hit { observation, times: Some((first * MICROS_PER_SECOND, last * MICROS_PER_SECOND)), number: 1 }
    }

    fn points(range: std::ops::Range<usize>) -> Vec<Hit> {
        range.map(|n| hit(n, n as i64, n as i64)).collect()
    }

    /// How many steps a decision takes at most.
    fn decide(text: &str, hits: &[Vec<Hit>], max_steps: u64) -> Outcome {
        compile(text).decide_within(hits, max_steps)
    }

    #[test]
    fn a_binding_says_who() {
        let hits = [vec![hit(7, 0, 0), hit(8, 5, 5)], vec![hit(8, 5, 5)]];
        assert_eq!(
            decide("[a:b = 1] AND [a:b = 2]", &hits, 1_000),
            Outcome::Match(vec![
                Bound { leaf: 0, observation: 7, times: 1 },
                Bound { leaf: 1, observation: 8, times: 1 }
            ])
        );
        assert_eq!(
            decide("[a:b = 1] AND [a:b = 2]", &[vec![hit(8, 0, 0)], vec![hit(8, 0, 0)]], 1_000),
            Outcome::NoMatch
        );
        let twice = Hit { number: 3, ..hit(4, 0, 0) };
        assert_eq!(
            decide("[a:b = 1] REPEATS 3 TIMES", &[vec![twice, twice]], 1_000),
            Outcome::Match(vec![Bound { leaf: 0, observation: 4, times: 3 }])
        );
    }

    #[test]
    fn undated_observations_satisfy_no_time_condition() {
        let undated = Hit { observation: 1, times: None, number: 1 };
        let hits = [vec![undated], vec![hit(2, 0, 0)]];
        assert!(matches!(decide("[a:b = 1] AND [a:b = 2]", &hits, 1_000), Outcome::Match(_)));
        assert!(matches!(decide("[a:b = 1] REPEATS 1 TIMES", &hits, 1_000), Outcome::Match(_)));
        for text in [
            "[a:b = 1] FOLLOWEDBY [a:b = 2]",
            "[a:b = 2] AND [a:b = 2]",
            "([a:b = 1] AND [a:b = 2]) WITHIN 5000 SECONDS",
            "[a:b = 1] WITHIN 5 SECONDS",
            "[a:b = 1] START t'0001-01-01T00:00:00Z' STOP t'9999-01-01T00:00:00Z'",
        ] {
            let hits = if text.starts_with("[a:b = 2] AND") { [vec![undated], vec![undated]] } else { hits.clone() };
            assert_eq!(decide(text, &hits, 1_000), Outcome::NoMatch, "{text}");
        }
    }

    #[test]
    fn many_observations_are_decided_quickly() {
        let many = 10_000;
        let all = points(0..many);
        // Each needs a step for each candidate, perhaps a few; combinations would need more than the age of the world.
        for (text, expected) in [
            ("[a:b = 1] REPEATS 10000 TIMES", true),
            ("[a:b = 1] REPEATS 10001 TIMES", false),
            ("[a:b = 1] REPEATS 5000 TIMES AND [a:b = 1] REPEATS 5000 TIMES", true),
            ("[a:b = 1] REPEATS 5000 TIMES AND [a:b = 1] REPEATS 5001 TIMES", false),
            ("[a:b = 1] REPEATS 10 TIMES WITHIN 8 SECONDS", false),
            ("[a:b = 1] REPEATS 10 TIMES WITHIN 9 SECONDS", true),
            ("([a:b = 1] AND [a:b = 1] AND [a:b = 1]) WITHIN 1 SECONDS", false),
            ("[a:b = 1] FOLLOWEDBY [a:b = 1] FOLLOWEDBY [a:b = 1] FOLLOWEDBY [a:b = 1]", true),
            ("([a:b = 1] FOLLOWEDBY [a:b = 1]) REPEATS 50 TIMES", true),
            ("(([a:b = 1] OR [a:b = 1]) AND ([a:b = 1] OR [a:b = 1])) REPEATS 5000 TIMES", true),
            ("([a:b = 1] REPEATS 6000 TIMES OR [a:b = 1]) REPEATS 2 TIMES", true),
        ] {
            let leaves = compile(text).leaves().len();
            let outcome = decide(text, &vec![all.clone(); leaves], 5_000_000);
            assert_eq!(matches!(outcome, Outcome::Match(_)), expected, "{text}");
            assert_ne!(outcome, Outcome::GaveUp, "{text}");
        }
    }

    #[test]
    fn giving_up_is_not_no() {
        let hits = vec![points(0..2_000); 6];
        let text = "(([a:b = 1] FOLLOWEDBY [a:b = 1]) WITHIN 1 SECONDS AND ([a:b = 1] FOLLOWEDBY [a:b = 1]) WITHIN 1 SECONDS \
                    AND [a:b = 1] REPEATS 1997 TIMES)";
        assert_eq!(decide(text, &hits, 10_000), Outcome::GaveUp);
        assert_eq!(decide("([a:b = 1] FOLLOWEDBY [a:b = 1]) REPEATS 900 TIMES", &hits, MAX_STEPS), Outcome::GaveUp);
    }

    type Fits<'f> = &'f dyn Fn(&[(i64, i64)]) -> bool;

    /// All assignments of up to four slots, tried one by one.
    fn brute(slots: usize, times: &[(i64, i64)], fits: Fits<'_>) -> bool {
        fn go(slots: usize, times: &[(i64, i64)], used: &mut Vec<usize>, fits: Fits<'_>) -> bool {
            if used.len() == slots {
                return fits(&used.iter().map(|n| times[*n]).collect::<Vec<_>>());
            }
            (0..times.len()).any(|n| {
                if used.contains(&n) {
                    return false;
                }
                used.push(n);
                let found = go(slots, times, used, fits);
                used.pop();
                found
            })
        }
        go(slots, times, &mut Vec::new(), fits)
    }

    #[test]
    fn agrees_with_trying_everything() {
        let within = |d: i64| {
            move |chosen: &[(i64, i64)]| {
                let low = chosen.iter().map(|t| t.1).min().unwrap_or(0);
                chosen.iter().all(|t| t.0 <= low + d)
            }
        };
        let before = |a: (i64, i64), b: (i64, i64)| a.0 <= b.1;
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = |n: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            i64::try_from(state % n).unwrap()
        };
        for _ in 0..300 {
            let times: Vec<(i64, i64)> = (0..5)
                .map(|_| {
                    let first = random(12);
                    (first, first + random(4))
                })
                .collect();
            let hits: Vec<Hit> = times.iter().enumerate().map(|(n, t)| hit(n, t.0, t.1)).collect();
            let cases: [(&str, bool); 3] = [
                ("[a:b = 1] REPEATS 3 TIMES WITHIN 3 SECONDS", brute(3, &times, &within(3))),
                (
                    "([a:b = 1] FOLLOWEDBY [a:b = 1] FOLLOWEDBY [a:b = 1]) WITHIN 2 SECONDS",
                    brute(3, &times, &|c| {
                        before(c[0], c[1]) && before(c[0], c[2]) && before(c[1], c[2]) && within(2)(c)
                    }),
                ),
                (
                    "(([a:b = 1] AND [a:b = 1]) WITHIN 1 SECONDS FOLLOWEDBY [a:b = 1] START t'1970-01-01T00:00:06Z' \
                     STOP t'1970-01-01T00:00:09Z') WITHIN 4 SECONDS",
                    brute(3, &times, &|c| {
                        let in_window = c[2].0 < 9 && c[2].1 >= 6;
                        in_window && before(c[0], c[2]) && before(c[1], c[2]) && within(1)(&c[..2]) && within(4)(c)
                    }),
                ),
            ];
            for (text, expected) in cases {
                let outcome = decide(text, &vec![hits.clone(); 3], MAX_STEPS);
                assert_eq!(matches!(outcome, Outcome::Match(_)), expected, "{text} {times:?}");
                assert_ne!(outcome, Outcome::GaveUp);
            }
        }
    }
}
