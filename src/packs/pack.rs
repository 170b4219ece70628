//! One source of indicators: what it is, how much of it can be used, and what was wrong with it.

use std::collections::{BTreeMap, HashMap};

use crate::finding::{Code, Reason, reason};
use crate::observable::Kind;

/// An indicator that was loaded but cannot be evaluated, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotEvaluable {
    /// Indicator id.
    pub id: String,
    /// Its pattern, or the value it was made of.
    pub pattern: String,
    /// Why.
    pub reason: String,
    /// File it was read from.
    pub file: String,
    /// Line in that file, where known.
    pub line: Option<u64>,
}

/// One source of indicators.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    /// Short stable name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Path, or `builtin`.
    pub source: String,
    /// SHA-256 of the pack's bytes.
    pub sha256: String,
    /// Compiled in.
    pub builtin: bool,
    /// Where to read more.
    pub references: Vec<String>,
    /// Indicators that can be matched.
    pub loaded: u64,
    /// Indicators the publisher withdrew; never matched.
    pub revoked: u64,
    /// Loaded indicators whose `valid_until` lies before the as-of date.
    pub expired: u64,
    /// Loaded or named, but not evaluable; at most [`MAX_NAMED`] are named.
    pub not_evaluable: Vec<NotEvaluable>,
    /// How many are not evaluable in all.
    pub not_evaluable_count: u64,
    /// Rules that would weigh more while the phone was out of its owner's hands, which nothing can tell yet.
    pub unraised: u64,
    /// Damage and oddities met while loading, as they came; at most [`MAX_NAMED`] of whole files and as many of single
    /// entries. [`Pack::told`] gives them as people should read them.
    pub problems: Vec<Reason>,
    /// How many more there were, by code.
    pub more_problems: BTreeMap<Code, u64>,
    /// Where each of `problems` stands, in the same order.
    pub spots: Vec<Spot>,
    /// When it last changed, as far as it says: Unix seconds.
    pub newest: Option<i64>,
    /// Loaded indicators by kind; rules count under `None`.
    pub by_kind: HashMap<Option<Kind>, u64>,
}

/// Where a problem of a pack stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spot {
    /// The file; empty for the pack as a whole.
    pub file: String,
    /// Line in it, from 1; 0 where none is known.
    pub line: u64,
}

/// Not-evaluable indicators named per pack.
pub const MAX_NAMED: usize = 1_000;

/// Codes of what costs a whole file. A thousand damaged entries must not hide them.
const OF_FILES: [Code; 4] = [reason::BUNDLE_DAMAGED, reason::NOT_STIX, reason::PACK_FILE, reason::PACK_MISSING];

/// True for the code of a problem that costs a whole file.
pub fn of_files(code: Code) -> bool {
    OF_FILES.contains(&code)
}

impl Pack {
    /// Counts, and names while there is room, an indicator that cannot be evaluated.
    pub fn cannot(&mut self, what: NotEvaluable) {
        self.not_evaluable_count += 1;
        if self.not_evaluable.len() < MAX_NAMED {
            self.not_evaluable.push(what);
        }
    }

    /// Notes when something in it was written.
    pub fn dated(&mut self, seconds: Option<i64>) {
        self.newest = self.newest.max(seconds);
    }

    /// Notes damage or an oddity. Beyond [`MAX_NAMED`] of a sort they are counted.
    pub fn problem(&mut self, code: Code, text: impl Into<String>) {
        self.problem_at(code, text, Spot::default());
    }

    /// Notes damage or an oddity that has a place. Beyond [`MAX_NAMED`] of a sort they are counted.
    pub fn problem_at(&mut self, code: Code, text: impl Into<String>, spot: Spot) {
        // Two sorts fill the list; below its first limit neither can be full.
        let room = self.problems.len() < MAX_NAMED
            || (!self.more_problems.contains_key(&code)
                && self.problems.iter().filter(|p| of_files(p.code) == of_files(code)).count() < MAX_NAMED);
        if room {
            self.problems.push(Reason::new(code, text));
            self.spots.push(spot);
        } else {
            *self.more_problems.entry(code).or_default() += 1;
        }
    }

    /// The problems: those of whole files first, then those of entries, then how many more of each code there were.
    pub fn told(&self) -> Vec<Reason> {
        let (files, entries): (Vec<&Reason>, Vec<&Reason>) = self.problems.iter().partition(|p| of_files(p.code));
        let more = self.more_problems.iter().map(|(code, n)| {
            let told = Reason::new(reason::PROBLEMS_LIMIT, format!("{n} more of the kind {code}"));
            told.with("count", n.to_string()).with("kind", code.as_str())
        });
        files.into_iter().chain(entries).cloned().chain(more).collect()
    }

    /// How many problems there were in all.
    pub fn problem_count(&self) -> u64 {
        self.more_problems.values().fold(self.problems.len() as u64, |sum, n| sum.saturating_add(*n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_of_files_is_kept_beside_a_thousand_damaged_entries_and_comes_first() {
        let mut pack = Pack::default();
        (0..MAX_NAMED + 5).for_each(|n| pack.problem(reason::OBJECT_DAMAGED, n.to_string()));
        pack.problem(reason::DATE_UNREADABLE, "x");
        pack.problem(reason::BUNDLE_DAMAGED, "the end");
        let told = pack.told();
        assert_eq!((told[0].code.as_str(), told[1].text.as_str()), ("bundle-damaged", "0"));
        let last: Vec<&str> = told.iter().rev().take(3).map(|r| r.text.as_str()).collect();
        assert_eq!(last, ["5 more of the kind object-damaged", "1 more of the kind date-unreadable", "999"]);
        assert_eq!(pack.problem_count(), 1_007);
    }
}
