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

    /// Decides from the hits of each leaf: `hits[leaf]`, in the order of [`leaves`](Self::leaves). An observation may be
    /// listed with several times; it is still bound no more often than it was observed. Missing lists count as empty.
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
#[path = "observe_tests.rs"]
mod tests;
