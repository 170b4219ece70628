//! `vigie packs diff`: what changed between two versions of packs, by what indicators match and not by their ids.
//!
//! Generators give new ids and new dates to the same values each time; the canonical pattern stays. Two sides are
//! compared pattern by pattern: who it is attributed to, until when it holds, who may see it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use crate::packs::extension::Extension;
use crate::packs::{self, Library, LoadError, Outcome, Written};
use crate::report::{sanitize, write_json};

/// Version of the JSON report.
const SCHEMA_VERSION: &str = "1.0";
/// Equal changes that are named one by one for people; of more, some.
const MAX_NAMED: usize = 5;

/// Everything one side says of one canonical pattern.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Who it is attributed to.
    pub families: BTreeSet<String>,
    /// From when on.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub valid_from: BTreeSet<String>,
    /// Until when.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub valid_until: BTreeSet<String>,
    /// To whom it may be shown.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub markings: BTreeSet<String>,
    /// Where it holds.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub platforms: BTreeSet<String>,
    /// Severity, context and custody of a rule.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub rule: BTreeSet<String>,
    /// Why it cannot be used, where that is so.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unusable: BTreeSet<String>,
    /// Where it stands: `file:line`.
    pub places: BTreeSet<String>,
}

/// One property that changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// Its name.
    pub what: &'static str,
    /// On the first side.
    pub before: Vec<String>,
    /// On the second.
    pub after: Vec<String>,
}

/// A pattern that one side has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The canonical pattern.
    pub pattern: String,
    /// What is said of it there.
    #[serde(flatten)]
    pub said: Said,
}

/// A pattern that both have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The canonical pattern.
    pub pattern: String,
    /// What is different.
    pub changes: Vec<Change>,
    /// Where it stands on the second side.
    pub places: BTreeSet<String>,
}

/// What is different.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    schema_version: &'static str,
    /// Patterns of the first side.
    pub before: usize,
    /// Patterns of the second.
    pub after: usize,
    /// In the second only.
    pub added: Vec<Line>,
    /// In the first only.
    pub removed: Vec<Line>,
    /// Withdrawn by the second.
    pub revoked: Vec<Line>,
    /// Attributed to somebody else.
    pub reattributed: Vec<Changed>,
    /// The same but for dates, markings, platforms, rules.
    pub changed: Vec<Changed>,
    /// The same.
    pub unchanged: usize,
}

impl Diff {
    /// True when nothing is different.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.removed.is_empty()
            && self.revoked.is_empty()
            && self.reattributed.is_empty()
            && self.changed.is_empty()
    }
}

#[derive(Default)]
struct Side {
    active: BTreeMap<String, Said>,
    revoked: BTreeMap<String, Said>,
}

/// Compares two files or folders of packs.
///
/// # Errors
/// One of them cannot be loaded.
pub fn diff(before: &Path, after: &Path) -> Result<Diff, LoadError> {
    Ok(compare(side(before)?, side(after)?))
}

fn side(path: &Path) -> Result<Side, LoadError> {
    let mut library = Library::with_ledger();
    match packs::load_path(&mut library, path) {
        // A version that withdraws everything is a version.
        Ok(()) | Err(LoadError::NothingUsable { .. }) => {}
        Err(e) => return Err(e),
    }
    let mut side = Side::default();
    for written in library.ledger() {
        match &written.outcome {
            Outcome::Revoked => {
                let pattern = packs::canonical_pattern(&written.text).unwrap_or_else(|_| written.text.clone());
                add_place(side.revoked.entry(pattern).or_default(), &library, written);
            }
            Outcome::Loaded(at) => {
                if let Some(indicator) = library.indicators.get(*at as usize) {
                    let said = side.active.entry(library.canonical(indicator)).or_default();
                    say(said, &library, indicator);
                    add_place(said, &library, written);
                }
            }
            Outcome::Cannot(why) | Outcome::Innocent(why) => {
                let pattern =
                    written.kind.map_or_else(|| written.text.clone(), |k| packs::canonical_value(k, &written.text));
                let said = side.active.entry(pattern).or_default();
                said.unusable.insert(why.clone());
                add_place(said, &library, written);
            }
        }
    }
    Ok(side)
}

fn add_place(said: &mut Said, library: &Library, written: &Written) {
    let file = library.files.get(written.file as usize).map_or("", String::as_str);
    said.places.insert(if written.line > 0 { format!("{file}:{}", written.line) } else { file.to_owned() });
}

fn say(said: &mut Said, library: &Library, indicator: &packs::Indicator) {
    let date =
        |seconds: i64| jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |t| t.to_string());
    if let Some(family) = library.families.get(usize::from(indicator.family)) {
        said.families.insert(family.name.clone());
    }
    said.valid_from.extend(indicator.valid_from().map(date));
    said.valid_until.extend(indicator.valid_until().map(date));
    said.platforms.extend(indicator.platform.map(|p| Extension::platform_text(p).to_owned()));
    if let Some(meta) = library.meta(indicator) {
        said.markings.extend(meta.markings.iter().cloned());
    }
    if let packs::Body::Pattern(at) = indicator.body
        && let Some(rule) = library.patterns.get(at as usize).and_then(|p| p.rule.as_ref())
    {
        let custody = format!("{:?}", rule.custody).to_lowercase();
        let told = format!("{} {} {} custody {custody}", rule.id, rule.severity.as_str(), rule.context.as_str());
        said.rule.insert(told);
    }
}

fn compare(before: Side, mut after: Side) -> Diff {
    let mut diff = Diff {
        schema_version: SCHEMA_VERSION,
        before: before.active.len(),
        after: after.active.len(),
        ..Diff::default()
    };
    for (pattern, old) in before.active {
        match (after.active.remove(&pattern), after.revoked.get(&pattern)) {
            (Some(new), _) => both(pattern, &old, new, &mut diff),
            (None, Some(gone)) => {
                let said = Said { places: gone.places.clone(), ..old };
                diff.revoked.push(Line { pattern, said });
            }
            (None, None) => diff.removed.push(Line { pattern, said: old }),
        }
    }
    diff.added = after.active.into_iter().map(|(pattern, said)| Line { pattern, said }).collect();
    diff
}

fn both(pattern: String, old: &Said, new: Said, diff: &mut Diff) {
    let list = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>();
    let sets: [(&'static str, &BTreeSet<String>, &BTreeSet<String>); 6] = [
        ("valid_from", &old.valid_from, &new.valid_from),
        ("valid_until", &old.valid_until, &new.valid_until),
        ("markings", &old.markings, &new.markings),
        ("platform", &old.platforms, &new.platforms),
        ("rule", &old.rule, &new.rule),
        ("unusable", &old.unusable, &new.unusable),
    ];
    let mut changes: Vec<Change> = sets
        .into_iter()
        .filter(|(_, a, b)| a != b)
        .map(|(what, a, b)| Change { what, before: list(a), after: list(b) })
        .collect();
    if old.families != new.families {
        let (before, after) = (list(&old.families), list(&new.families));
        changes.insert(0, Change { what: "family", before, after });
        diff.reattributed.push(Changed { pattern, changes, places: new.places });
    } else if changes.is_empty() {
        diff.unchanged += 1;
    } else {
        diff.changed.push(Changed { pattern, changes, places: new.places });
    }
}

/// For people.
pub fn text(diff: &Diff) -> String {
    let mut out = String::new();
    for (sign, title, lines) in
        [('+', "added", &diff.added), ('-', "removed", &diff.removed), ('x', "withdrawn", &diff.revoked)]
    {
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{title} ({}):", lines.len());
        for line in lines {
            let families: Vec<&str> = line.said.families.iter().map(String::as_str).collect();
            let unusable = line.said.unusable.iter().next().map_or_else(String::new, |w| format!("  not usable: {w}"));
            let told = format!("{sign} {}  {}{unusable}", line.pattern, families.join(", "));
            let _ = writeln!(out, "  {}", sanitize::terminal(told.trim_end()));
        }
    }
    group(&mut out, "attributed to another family", &diff.reattributed);
    group(&mut out, "changed", &diff.changed);
    let _ = writeln!(
        out,
        "{} before, {} after: {} added, {} removed, {} withdrawn, {} re-attributed, {} changed, {} the same",
        diff.before,
        diff.after,
        diff.added.len(),
        diff.removed.len(),
        diff.revoked.len(),
        diff.reattributed.len(),
        diff.changed.len(),
        diff.unchanged
    );
    out
}

/// Equal changes together: a new date on all indicators is one fact.
fn group(out: &mut String, title: &str, list: &[Changed]) {
    if list.is_empty() {
        return;
    }
    let _ = writeln!(out, "{title} ({}):", list.len());
    let mut groups: BTreeMap<&[Change], Vec<&str>> = BTreeMap::new();
    for c in list {
        groups.entry(&c.changes).or_default().push(&c.pattern);
    }
    for (changes, patterns) in groups {
        let shown = if patterns.len() > MAX_NAMED { MAX_NAMED - 1 } else { patterns.len() };
        for pattern in patterns.iter().take(shown) {
            let _ = writeln!(out, "  ~ {}", sanitize::terminal(pattern));
        }
        if patterns.len() > shown {
            let _ = writeln!(out, "  ~ and {} more", patterns.len() - shown);
        }
        for c in changes {
            let none = |list: &[String]| if list.is_empty() { "nothing".to_owned() } else { list.join(", ") };
            let told = format!("{}: {} → {}", c.what, none(&c.before), none(&c.after));
            let _ = writeln!(out, "      {}", sanitize::terminal(&told));
        }
    }
}

/// For programs.
pub fn json(diff: &Diff) -> Vec<u8> {
    write_json(diff)
}
