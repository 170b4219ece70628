//! Whether a hit counts, and what it weighs: the platform an indicator is meant for, how long it held, and the worst
//! of the packs that carry it.

use crate::device::Platform;
use crate::finding::{Context, PackClass, Severity};
use crate::packs::Indicator;

use super::{Hit, Matcher, severity};

/// The moments that decide about validity, in UTC microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moments {
    /// The record's earliest event; `None` for a record without a time.
    pub record: Option<i64>,
    /// `--as-of`, or when the evidence was acquired.
    pub as_of: Option<i64>,
}

/// What a hit that counts weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// From the table, or the rule's own.
    pub severity: Severity,
    /// The record's, or the rule's own.
    pub context: Context,
    /// Every indicator behind the hit had run out by the as-of date.
    pub expired: bool,
}

/// What becomes of a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It counts.
    Counts(Weight),
    /// Every indicator behind it is meant for another platform.
    OtherPlatform,
    /// The record is later than the `valid_until` of every indicator behind it. Index of the pack of each.
    TooLate(Vec<u16>),
}

impl Matcher {
    /// Judges a hit of a record with this context on this platform.
    pub fn judge(&self, hit: &Hit, platform: Platform, context: Context, moments: Moments) -> Judgement {
        let library = self.library();
        let mut here: Vec<&Indicator> = self
            .indicators_of(hit.target)
            .iter()
            .map(|&i| &library.indicators[i as usize])
            .filter(|i| i.platform.is_none_or(|p| p == platform))
            .collect();
        if here.is_empty() {
            return Judgement::OtherPlatform;
        }
        if !here.iter().any(|i| !ran_out(i, moments.record)) {
            return Judgement::TooLate(here.iter().map(|i| i.pack).collect());
        }
        here.retain(|i| !ran_out(i, moments.record));
        let expired = here.iter().all(|i| ran_out(i, moments.as_of));
        let rule = self.pattern(hit.target).and_then(|p| p.rule.as_ref());
        let (severity, context) = match rule {
            Some(rule) => (rule.severity, rule.context),
            None => {
                let classes = here.iter().map(|i| library.families[usize::from(i.family)].class);
                (severity::of(context, classes.min().unwrap_or(PackClass::Other), hit.step), context)
            }
        };
        Judgement::Counts(Weight { severity, context, expired })
    }
}

/// True when the moment is known and later than the indicator's `valid_until`.
fn ran_out(indicator: &Indicator, moment: Option<i64>) -> bool {
    matches!((indicator.valid_until(), moment), (Some(until), Some(t)) if t > until.saturating_mul(1_000_000))
}
