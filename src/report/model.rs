//! `findings.json`, as a type. Its schema is generated from here into `docs/findings.schema.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Coverage, Finding, Reason, Verdict};

/// Version of the shape of `findings.json`. The first number changes when something is removed or means something
/// else, the second when something is added.
pub const SCHEMA_VERSION: &str = "1.2";

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: String,
    /// What wrote it.
    pub tool: Tool,
    /// What differs between two runs over the same input; absent with `--reproducible`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// The worst of the devices.
    pub verdict: Verdict,
    /// The devices examined, in the order of their first evidence.
    pub devices: Vec<Device>,
    /// The acquisitions, in the order given.
    pub evidence: Vec<EvidenceEntry>,
    /// What lies among the acquisitions, is none of its own and has a name: it was not examined, or is the output of a
    /// tool.
    #[serde(default)]
    pub named: Vec<NamedEntry>,
    /// What lies among them and is no acquisition.
    #[serde(default)]
    pub counted: CountedFiles,
    /// The indicators they were checked against.
    pub packs: Vec<PackEntry>,
    /// What was looked for: always every class, also those of which no pack holds anything.
    #[serde(default)]
    pub looked_for: Vec<LookedFor>,
    /// What was read, and what was not.
    pub coverage: Vec<Coverage>,
    /// What was found, most severe first.
    pub findings: Vec<Finding>,
    /// What was found and hidden by a suppression file: it counts neither for a verdict nor for the exit code.
    #[serde(default)]
    pub suppressed: Vec<Suppressed>,
    /// The suppression files of the run.
    #[serde(default)]
    pub suppressions: Vec<SuppressionFile>,
}

/// A finding that somebody declared innocent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suppressed {
    /// The suppression file, as given.
    pub file: String,
    /// Line of the entry in it.
    pub line: u64,
    /// The reason the entry gives.
    pub reason: String,
    /// The last day the entry holds, `YYYY-MM-DD`.
    pub expires: String,
    /// The finding, whole.
    pub finding: Finding,
}

/// A suppression file of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuppressionFile {
    /// As given.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Entries in it.
    pub entries: u64,
    /// The day their end dates were compared with; without one, none of them held.
    pub as_of: Option<String>,
    /// Entries whose end date had passed; they hide nothing.
    pub expired: Vec<ExpiredSuppression>,
}

/// An entry of a suppression file whose end date had passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExpiredSuppression {
    /// Its line.
    pub line: u64,
    /// What it is about.
    pub about: String,
    /// The reason it gives.
    pub reason: String,
    /// The last day it held, `YYYY-MM-DD`.
    pub expires: String,
    /// Ids of the findings it would have hidden.
    pub findings: Vec<String>,
}

/// The program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `vigie`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The circumstances of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// When it began, RFC 3339, UTC.
    pub started: String,
    /// How long it took.
    pub seconds: f64,
    /// Case number, as given.
    pub case: Option<String>,
    /// Who ran it, as given.
    pub operator: Option<String>,
    /// How the owner consented, as given.
    pub consent: Option<String>,
    /// Paths given.
    pub paths: Vec<String>,
    /// Options that change the result.
    pub options: RunOptions,
}

/// Options that change the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunOptions {
    /// Indicator paths given.
    pub indicators: Vec<String>,
    /// Whether the built-in packs were used.
    pub builtin: bool,
    /// The date age rules were computed for, where one was given.
    pub as_of: Option<String>,
    /// `zst`, `plain` or `none`.
    pub records: String,
    /// Threads.
    pub jobs: usize,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Device {
    /// `d1`, `d2`, …
    pub id: String,
    /// Its acquisitions.
    pub evidence: Vec<String>,
    /// Kinds of the identifiers by which several acquisitions were taken for one device: `udid`, `serial`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_by: Vec<String>,
    /// What can be said of it.
    pub verdict: Verdict,
    /// What the acquisitions say it is: platform, name, model, system version.
    pub facts: serde_json::Map<String, serde_json::Value>,
    /// When the newest acquisition was taken.
    pub acquired: Option<String>,
    /// Its time zone, where an acquisition says it.
    pub time_zone: Option<String>,
}

/// One acquisition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceEntry {
    /// `e1`, `e2`, …
    pub id: String,
    /// `ios-backup`, `android-bugreport`, or why it is none: `ios-backup-encrypted`, `unknown`, …
    pub kind: String,
    /// As given, or found below what was given.
    pub path: String,
    /// The acquisition it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The device it was taken from.
    pub device: String,
    /// False for one that could not be examined.
    #[serde(default = "yes")]
    pub examined: bool,
    /// What was odd about it, or why it cannot be examined.
    pub notes: Vec<Reason>,
}

fn yes() -> bool {
    true
}

/// Something with a name that is no acquisition of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NamedEntry {
    /// Where it is.
    pub path: String,
    /// What it seems to be: `folder`, `limit`, `link`, `mvt-output`, `single-file`, `unreadable`, `vigie-report`, …
    pub kind: String,
    /// The acquisition it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Why it was not examined, and what it costs.
    pub reason: Reason,
}

/// Files that are no acquisition and cost nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountedFiles {
    /// Pictures, films, sound.
    pub media: u64,
    /// Texts and documents.
    pub documents: u64,
    /// All else.
    pub others: u64,
}

/// A class of what can be looked for. An indicator counts under the tool it speaks of, and one that is a link or an
/// address once more under that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LookedFor {
    /// `mercenary`, `stalkerware`, `extraction`, `links`, `rules`.
    pub class: String,
    /// Indicators of it that were loaded.
    pub loaded: u64,
    /// Those of them that the evidence at hand could show at all.
    pub applicable: u64,
    /// When the newest pack that holds some last changed, as far as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
    /// Days from then to the as-of date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_days: Option<u64>,
}

/// One pack of indicators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackEntry {
    /// Short stable name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// `builtin`, or the path it was loaded from.
    pub source: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Indicators that can be matched.
    pub loaded: u64,
    /// Those of them that the evidence at hand could show at all.
    pub applicable: u64,
    /// Those that cannot be evaluated, and why; the first thousand.
    pub not_evaluable: Vec<NotEvaluableEntry>,
    /// How many those are.
    pub not_evaluable_count: u64,
    /// Rules that would weigh more while the phone was out of its owner's hands (`custody = "raise"`). Nothing can tell
    /// yet when that was: they count with their lower weight.
    #[serde(default)]
    pub unraised: u64,
    /// Withdrawn by their publisher; never matched.
    pub revoked: u64,
    /// Past their `valid_until` at the as-of date.
    pub expired: u64,
    /// Matches left out because the record is later than the indicator's `valid_until`.
    pub outside_validity: u64,
    /// When the pack last changed, as far as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
    /// Days from then to the as-of date; what is newer than the pack, it cannot know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_days: Option<u64>,
    /// Damage met while loading.
    pub problems: Vec<Reason>,
}

/// An indicator that cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotEvaluableEntry {
    /// Its id in the pack.
    pub id: String,
    /// Its pattern or value.
    pub pattern: String,
    /// Why not.
    pub reason: String,
    /// File it was read from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Line in that file, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}
