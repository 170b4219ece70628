//! What a self-test found, for programs and for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

/// The whole result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Version of vigie.
    pub version: String,
    /// True when every row fired that had to, and no near miss did.
    pub passed: bool,
    /// What was written and read.
    pub phones: Vec<Phone>,
    /// One for each pack, in loading order.
    pub packs: Vec<PackReport>,
    /// Indicators that match rows and records nothing of which was written for them; their near misses prove little.
    pub unasked: Vec<Unasked>,
    /// What could not be read of the written phones.
    pub troubles: Vec<String>,
}

/// One acquisition that was written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phone {
    /// `ios-positive`, `android-near-miss`, …
    pub name: String,
    /// Rows with a value.
    pub rows: u64,
}

/// The result of one pack.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PackReport {
    /// Short name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Path, or `builtin`.
    pub source: String,
    /// Indicators that were loaded.
    pub indicators: u64,
    /// Those that fired wherever they were shown.
    pub fired: u64,
    /// By artifact: indicators that fired there.
    pub fired_in: BTreeMap<&'static str, u64>,
    /// Indicators that stand in an artifact only as something else than the thing itself: where a link points.
    pub only_aside: u64,
    /// Indicators the publisher withdrew; never matched.
    pub revoked: u64,
    /// Rows that did not match, though they had to.
    pub failed: Vec<Failed>,
    /// What was nearly an indicator.
    pub near_misses: NearMisses,
    /// Indicators that no evidence can show.
    pub never: Vec<Never>,
    /// Indicators no file was made for, though one may exist.
    pub not_made: Vec<Never>,
    /// Indicators that cannot be evaluated, beyond those that are named in `never`.
    pub never_unnamed: u64,
}

/// A row that did not match.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failed {
    /// The indicator's id.
    pub id: String,
    /// Its pattern.
    pub pattern: String,
    /// Where the row was.
    pub artifact: &'static str,
    /// What was done to the value.
    pub how: &'static str,
    /// What was written.
    pub written: String,
    /// `not-read`: no record was made of the row; `no-match`: the record matched something else or nothing.
    pub why: &'static str,
}

/// What became of the near misses of a pack.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct NearMisses {
    /// Rows that were written and read.
    pub tried: u64,
    /// Left out, because an indicator means them.
    pub left_out: u64,
    /// Indicators with values but without a single near miss that was read.
    pub none_for: u64,
    /// Rows that matched all the same, or were not read.
    pub hit: Vec<NearHit>,
}

/// A near miss that went wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearHit {
    /// The indicator it is near.
    pub id: String,
    /// Its pattern.
    pub pattern: String,
    /// Where the row was.
    pub artifact: &'static str,
    /// What was done to the value.
    pub how: &'static str,
    /// What was written.
    pub written: String,
    /// What matched it; `None`: the row was not read.
    pub matched: Option<String>,
}

/// An indicator that was not shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Never {
    /// Its id.
    pub id: String,
    /// Its pattern, or the value it was made of.
    pub pattern: String,
    /// Stable word for the reason.
    pub code: String,
    /// The reason.
    pub why: String,
}

/// An indicator that matches what says nothing of it: a neutral row, or what every phone has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unasked {
    /// Its pattern.
    pub pattern: String,
    /// Where.
    pub artifact: &'static str,
}

/// Things of one sort that the page names; the rest is counted. `--json` names all.
const NAMED: usize = 20;

impl Report {
    /// The page for people; not made safe for a terminal yet.
    pub fn page(&self) -> String {
        let mut out = String::new();
        for pack in &self.packs {
            pack.page(&mut out);
        }
        let some = |what: &str, list: &[String], out: &mut String| {
            if !list.is_empty() {
                line(out, 0, &format!("{what} ({}):", list.len()));
                named(out, 2, list);
            }
        };
        let unasked: Vec<String> = self.unasked.iter().map(|e| format!("{}: {}", e.artifact, e.pattern)).collect();
        some("Matches records in which nothing was written for it", &unasked, &mut out);
        some("Could not be read", &self.troubles, &mut out);
        let rows: u64 = self.phones.iter().map(|p| p.rows).sum();
        let told: Vec<String> = self.phones.iter().map(|p| format!("{} {}", p.name, p.rows)).collect();
        line(&mut out, 0, &format!("{rows} rows were written and scanned ({}).", told.join(", ")));
        let (indicators, fired): (u64, u64) =
            self.packs.iter().fold((0, 0), |(i, f), p| (i + p.indicators, f + p.fired));
        let end = match self.passed {
            true => {
                let rest = indicators - fired;
                format!(
                    "Passed: {fired} of {indicators} indicators fired, {rest} could not be shown; no near miss did."
                )
            }
            false => {
                let failed: usize = self.packs.iter().map(|p| p.failed.len()).sum();
                let hit: usize = self.packs.iter().map(|p| p.near_misses.hit.len()).sum();
                format!("Failed: {failed} rows did not match, {hit} near misses went wrong.")
            }
        };
        line(&mut out, 0, &end);
        out
    }
}

impl PackReport {
    /// Indicators that were not shown.
    pub fn unshown(&self) -> u64 {
        (self.never.len() + self.not_made.len()) as u64 + self.never_unnamed
    }

    fn page(&self, out: &mut String) {
        line(out, 0, &format!("{} ({})", self.id, self.source));
        line(out, 2, &format!("{} of {} indicators fired", self.fired, self.indicators));
        if !self.fired_in.is_empty() {
            let places: Vec<String> = self.fired_in.iter().map(|(a, n)| format!("{a} {n}")).collect();
            line(out, 2, &format!("in {}", places.join(", ")));
        }
        if self.only_aside > 0 {
            line(out, 2, &format!("{} of them only where a symbolic link points", self.only_aside));
        }
        let near = &self.near_misses;
        line(
            out,
            2,
            &format!("{} near misses, {} left out as another indicator means them", near.tried, near.left_out),
        );
        if near.none_for > 0 {
            line(out, 2, &format!("{} of the indicators have no near miss", near.none_for));
        }
        if self.revoked > 0 {
            line(out, 2, &format!("{} were withdrawn by their publisher", self.revoked));
        }
        reasons(out, "never", &self.never, self.never_unnamed);
        reasons(out, "not made", &self.not_made, 0);
        let failed: Vec<String> = self
            .failed
            .iter()
            .map(|f| format!("{}: {} {}, {} in {}: `{}`", f.why, f.id, f.pattern, f.how, f.artifact, f.written))
            .collect();
        if !failed.is_empty() {
            line(out, 2, &format!("did NOT match ({}):", failed.len()));
            named(out, 4, &failed);
        }
        let hit: Vec<String> = near
            .hit
            .iter()
            .map(|h| {
                let by = h.matched.as_ref().map_or_else(|| "was not read".to_owned(), |m| format!("matched {m}"));
                format!("`{}` in {}, near {} {} ({}), {by}", h.written, h.artifact, h.id, h.pattern, h.how)
            })
            .collect();
        if !hit.is_empty() {
            line(out, 2, &format!("near misses that went WRONG ({}):", hit.len()));
            named(out, 4, &hit);
        }
    }
}

/// Reasons with their numbers, and an example of each.
fn reasons(out: &mut String, title: &str, list: &[Never], unnamed: u64) {
    let mut by_reason: BTreeMap<&str, Vec<&Never>> = BTreeMap::new();
    for n in list {
        by_reason.entry(&n.why).or_default().push(n);
    }
    for (n, (why, some)) in by_reason.iter().enumerate() {
        if n == NAMED {
            line(out, 2, &format!("{title}: for {} more reasons", by_reason.len() - NAMED));
            break;
        }
        let example = some.first().map_or("", |n| n.pattern.as_str());
        line(out, 2, &format!("{title}: {} – {why}; such as {example}", some.len()));
    }
    if unnamed > 0 {
        line(out, 2, &format!("{title}: {unnamed} more that cannot be evaluated"));
    }
}

fn line(out: &mut String, indent: usize, text: &str) {
    // What stands in a pack may hold line breaks; a line of the page is one line.
    let text = text.replace(['\n', '\r'], " ");
    let _ = writeln!(out, "{:indent$}{text}", "");
}

fn named(out: &mut String, indent: usize, list: &[String]) {
    for item in list.iter().take(NAMED) {
        line(out, indent, item);
    }
    if list.len() > NAMED {
        line(out, indent, &format!("and {} more", list.len() - NAMED));
    }
}
