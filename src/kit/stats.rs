//! `vigie packs list` and `vigie packs stats`: what is loaded, how old it is, and what it can match on which evidence.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Serialize;

use super::shown::{self, Shown};
use crate::finding::Meta;
use crate::observable::Kind;
use crate::packs::{Body, Library};
use crate::report::{sanitize, write_json};

/// Version of the JSON report.
const SCHEMA_VERSION: &str = "1.0";

/// What there is to say of one pack.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PackStats {
    /// Short stable name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Path, or `builtin`.
    pub source: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Indicators that can be matched.
    pub usable: u64,
    /// By object path; rules and other patterns as `pattern`.
    pub by_type: BTreeMap<String, u64>,
    /// Withdrawn by the publisher.
    pub revoked: u64,
    /// Usable, and past their end.
    pub expired: u64,
    /// Not evaluable.
    pub not_evaluable: u64,
    /// What was met while loading.
    pub problems: usize,
    /// Who they speak of.
    pub families: Vec<String>,
    /// Markings they carry.
    pub markings: Vec<String>,
    /// Earliest `valid_from`, as a date.
    pub oldest: Option<String>,
    /// Latest `valid_from`, as a date.
    pub newest: Option<String>,
    /// When the pack last changed, as far as it says.
    pub changed: Option<String>,
    /// Days from then to the day that is asked about.
    pub age_days: Option<i64>,
    /// By kind of evidence.
    pub shown: BTreeMap<String, ShownBy>,
    /// Usable, and in nothing that this version reads.
    pub shown_nowhere: u64,
}

/// What one kind of evidence can show of a pack.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ShownBy {
    /// So many indicators.
    pub indicators: u64,
    /// The artifacts that can, and how many of them each can show.
    pub artifacts: BTreeMap<String, u64>,
}

/// What there is to say of all packs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stats {
    schema_version: &'static str,
    /// The day that ends are compared with.
    pub as_of: String,
    /// In loading order.
    pub packs: Vec<PackStats>,
}

/// Counts.
pub fn stats(library: &Library, as_of: Date) -> Stats {
    let end = as_of.to_zoned(jiff::tz::TimeZone::UTC).map_or(i64::MAX, |z| z.timestamp().as_second());
    let mut kinds: BTreeMap<Kind, Shown> = BTreeMap::new();
    let mut dates: Vec<(Option<i64>, Option<i64>)> = vec![(None, None); library.packs.len()];
    let mut packs: Vec<PackStats> = library
        .packs
        .iter()
        .map(|p| PackStats {
            id: p.id.clone(),
            name: p.name.clone(),
            source: p.source.clone(),
            sha256: p.sha256.clone(),
            usable: p.loaded,
            revoked: p.revoked,
            not_evaluable: p.not_evaluable_count,
            problems: p.problems.len(),
            changed: p.newest.and_then(day),
            age_days: p.newest.map(|n| (end - n).div_euclid(86_400).max(0)),
            ..PackStats::default()
        })
        .collect();
    for indicator in &library.indicators {
        let at = usize::from(indicator.pack);
        let (Some(pack), Some(date)) = (packs.get_mut(at), dates.get_mut(at)) else { continue };
        let name = match indicator.body {
            Body::Value(kind, _) => kind.object_path(),
            Body::Pattern(_) => "pattern",
        };
        *pack.by_type.entry(name.to_owned()).or_default() += 1;
        pack.expired += u64::from(indicator.valid_until().is_some_and(|u| u <= end));
        if let Some(from) = indicator.valid_from() {
            date.0 = Some(date.0.map_or(from, |d| d.min(from)));
            date.1 = Some(date.1.map_or(from, |d| d.max(from)));
        }
        let family = library.families.get(usize::from(indicator.family)).map(|f| &f.name);
        if let Some(family) = family.filter(|f| pack.families.last() != Some(f) && !pack.families.contains(f)) {
            pack.families.push(family.clone());
        }
        for marking in library.meta(indicator).map_or(&Meta::default().markings, |m| &m.markings) {
            if !pack.markings.contains(marking) {
                pack.markings.push(marking.clone());
            }
        }
        let whole;
        let shown = match indicator.body {
            Body::Value(kind, _) if indicator.platform.is_none() => {
                kinds.entry(kind).or_insert_with(|| shown::kind(kind))
            }
            _ => {
                whole = shown::indicator(library, indicator);
                &whole
            }
        };
        pack.shown_nowhere += u64::from(shown.is_empty());
        for (evidence, artifacts) in shown {
            let by = pack.shown.entry((*evidence).to_owned()).or_default();
            by.indicators += 1;
            for artifact in artifacts {
                *by.artifacts.entry((*artifact).to_owned()).or_default() += 1;
            }
        }
    }
    for (pack, (oldest, newest)) in packs.iter_mut().zip(dates) {
        (pack.oldest, pack.newest) = (oldest.and_then(day), newest.and_then(day));
    }
    Stats { schema_version: SCHEMA_VERSION, as_of: as_of.to_string(), packs }
}

/// The UTC day of a moment.
pub fn day(seconds: i64) -> Option<String> {
    let stamp = jiff::Timestamp::from_second(seconds).ok()?;
    Some(stamp.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

/// A table for people: one line per pack.
pub fn table(stats: &Stats) -> String {
    let head = ["pack", "usable", "not", "changed", "age", "source"].map(str::to_owned);
    let mut rows = vec![head];
    for p in &stats.packs {
        rows.push([
            p.id.clone(),
            p.usable.to_string(),
            (p.not_evaluable + p.revoked).to_string(),
            p.changed.clone().unwrap_or_else(|| "-".to_owned()),
            p.age_days.map_or_else(|| "-".to_owned(), age),
            p.source.clone(),
        ]);
    }
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(sanitize::terminal(cell).chars().count());
        }
    }
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
            let cell = sanitize::terminal(cell);
            // Numbers end where their column does.
            match at {
                1 | 2 | 4 => drop(write!(line, "{cell:>width$}  ")),
                _ => drop(write!(line, "{cell:width$}  ")),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Days in words that fit a column.
fn age(days: i64) -> String {
    match days {
        ..=60 => format!("{days} d"),
        61..=730 => format!("{} mo", days / 30),
        _ => format!("{} y", days / 365),
    }
}

/// For people: all there is to say.
pub fn text(stats: &Stats) -> String {
    let mut out = String::new();
    for p in &stats.packs {
        let mut line = |indent: &str, text: &str| {
            let _ = writeln!(out, "{indent}{}", sanitize::terminal(text));
        };
        line("", &format!("{} — {}", p.id, p.name));
        line("  ", &format!("from {}", p.source));
        if !p.families.is_empty() {
            line("  ", &format!("speaks of {}", short(&p.families)));
        }
        let types: Vec<String> = p.by_type.iter().map(|(name, n)| format!("{name} {n}")).collect();
        line("  ", &format!("{} usable: {}", p.usable, types.join(", ")));
        line(
            "  ",
            &format!(
                "{} withdrawn, {} expired, {} not evaluable, {} problems",
                p.revoked, p.expired, p.not_evaluable, p.problems
            ),
        );
        if let (Some(oldest), Some(newest)) = (&p.oldest, &p.newest) {
            line("  ", &format!("valid from {oldest} to {newest}"));
        }
        if let (Some(changed), Some(days)) = (&p.changed, p.age_days) {
            line("  ", &format!("last changed {changed}, {} ago", age(days)));
        }
        for (evidence, by) in &p.shown {
            let artifacts: Vec<String> = by.artifacts.iter().map(|(a, n)| format!("{a} {n}")).collect();
            line("  ", &format!("{evidence} can show {}: {}", by.indicators, artifacts.join(", ")));
        }
        if p.shown_nowhere > 0 {
            line("  ", &format!("{} are in nothing that this version of vigie reads", p.shown_nowhere));
        }
        out.push('\n');
    }
    let total: u64 = stats.packs.iter().map(|p| p.usable).sum();
    let _ = writeln!(out, "{} packs, {total} usable indicators, as of {}", stats.packs.len(), stats.as_of);
    out
}

fn short(names: &[String]) -> String {
    const MAX: usize = 6;
    let more = if names.len() > MAX { format!(" and {} more", names.len() - MAX) } else { String::new() };
    let first: Vec<&str> = names.iter().take(MAX).map(String::as_str).collect();
    format!("{}{more}", first.join(", "))
}

/// For programs.
pub fn json(stats: &Stats) -> Vec<u8> {
    write_json(stats)
}
