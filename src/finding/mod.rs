//! The words in which vigie speaks of what it saw: severity, context, verdict, coverage, finding.
//!
//! These types are the public face of `findings.json`; a change here is a change of its schema.

mod meta;
pub mod reason;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use meta::Meta;
pub use reason::{Code, Cost, Reason, Todo};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, not a sign of attack.
    Info,
    /// Weak by itself.
    Low,
    /// Deserves a second look by a person.
    Medium,
    /// Strong sign of an attempt or of weakened protection.
    High,
    /// Sign that hostile software ran, was installed or persists.
    Critical,
}

impl Severity {
    /// All, weakest first.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The lower-case word used in reports and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// One step weaker; `Info` stays.
    pub fn lowered(self) -> Severity {
        match self {
            Severity::Critical => Severity::High,
            Severity::High => Severity::Medium,
            Severity::Medium => Severity::Low,
            Severity::Low | Severity::Info => Severity::Info,
        }
    }
}

/// What a record says happened: the difference between "someone sent you a link" and "this process ran".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Context {
    /// A program ran.
    Executed,
    /// A program is or was installed.
    Installed,
    /// A file, profile or setting that stays on the device.
    Persisted,
    /// The device talked to a host.
    Contacted,
    /// Somebody opened a page.
    Visited,
    /// Somebody sent it to the owner.
    Delivered,
    /// A protection or setting was changed.
    Configured,
    /// The owner sent it.
    Sent,
    /// It is merely mentioned.
    Mentioned,
}

impl Context {
    /// The lower-case word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Context::Executed => "executed",
            Context::Installed => "installed",
            Context::Persisted => "persisted",
            Context::Contacted => "contacted",
            Context::Visited => "visited",
            Context::Delivered => "delivered",
            Context::Configured => "configured",
            Context::Sent => "sent",
            Context::Mentioned => "mentioned",
        }
    }
}

/// How an observable came from the record, when it is not the value as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The value itself.
    Exact,
    /// Same value in another spelling: case, percent-encoding, punycode, defanging, hash spelling.
    Normalized,
    /// The host of a URL.
    Host,
    /// A parent domain at a label boundary.
    Subdomain,
    /// A URL carried inside another URL.
    Nested,
    /// Found inside free text.
    InText,
    /// The indicator's name, cut where the operating system cuts names.
    Truncated,
    /// The last component of a path.
    Basename,
    /// Below a folder that is an indicator.
    Inside,
    /// A package or site named by a path.
    Origin,
    /// The package of a process or component name.
    Package,
    /// A rule over the record's own fields.
    Rule,
}

impl Step {
    /// The kebab-case word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Exact => "exact",
            Step::Normalized => "normalized",
            Step::Host => "host",
            Step::Subdomain => "subdomain",
            Step::Nested => "nested",
            Step::InText => "in-text",
            Step::Truncated => "truncated",
            Step::Basename => "basename",
            Step::Inside => "inside",
            Step::Origin => "origin",
            Step::Package => "package",
            Step::Rule => "rule",
        }
    }

    /// Which of several steps counts when one is enough: the least. Weakening ones come last, then the more direct first.
    pub fn rank(self) -> (bool, Step) {
        (self.lowers(), self)
    }

    /// Steps that weaken the evidence cost one severity.
    pub fn lowers(self) -> bool {
        matches!(self, Step::InText | Step::Truncated)
    }
}

/// What kind of tool an indicator speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PackClass {
    /// Spyware sold to states.
    Mercenary,
    /// Forensic extraction tools used with the phone in hand.
    Extraction,
    /// Hidden consumer spyware.
    Stalkerware,
    /// Visible monitoring (parental control).
    Watchware,
    /// Anything else a pack names.
    Other,
    /// Rules about weakened protection or odd traces; name no tool.
    Heuristic,
}

/// The state of an investigation; never "clean".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing that was examined matched, and everything required was examined.
    NoMatch,
    /// Something required could not be examined.
    Inconclusive,
    /// The input is not something that can be examined.
    Invalid,
    /// Heuristics, or indicator hits below medium.
    Suspicious,
    /// An indicator hit of medium or more.
    Match,
}

impl State {
    /// The kebab-case word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            State::NoMatch => "no-match",
            State::Inconclusive => "inconclusive",
            State::Invalid => "invalid",
            State::Suspicious => "suspicious",
            State::Match => "match",
        }
    }
}

/// What can be said of a device, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// The state.
    pub state: State,
    /// True when nothing among the reasons costs the verdict: everything that is there was read whole, and everything the
    /// kind of acquisition must hold is there.
    pub complete: bool,
    /// Why it is what it is: findings first, then what was lost, then what is only worth knowing.
    pub reasons: Vec<Reason>,
}

impl Verdict {
    /// The verdict that findings and reasons lead to. `found` is what the findings alone say; `examined` whether anything
    /// was. A verdict that is not complete always has a reason that costs it, and with it a next step.
    pub fn of(found: Option<State>, examined: bool, reasons: Vec<Reason>) -> Verdict {
        let complete = examined && !reasons.iter().any(|r| r.code.is_loss());
        let state = match found {
            Some(state) => state,
            None if !examined => State::Invalid,
            None if complete => State::NoMatch,
            None => State::Inconclusive,
        };
        Verdict { state, complete, reasons }
    }

    /// What costs it.
    pub fn causes(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|r| r.code.is_loss())
    }
}

/// How the reading of one artifact from one evidence ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Read whole; it had records.
    Parsed,
    /// Read whole; it had none.
    Empty,
    /// Not in this evidence.
    Absent,
    /// Listed in this evidence, and not there.
    Missing,
    /// There, but encrypted or protected.
    Locked,
    /// This evidence is not expected to hold it.
    NotApplicable,
    /// Read in part; something was lost.
    Partial,
    /// Could not be read.
    Failed,
}

impl Status {
    /// The kebab-case word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Parsed => "parsed",
            Status::Empty => "empty",
            Status::Absent => "absent",
            Status::Missing => "missing",
            Status::Locked => "locked",
            Status::NotApplicable => "not-applicable",
            Status::Partial => "partial",
            Status::Failed => "failed",
        }
    }
}

/// One line of the coverage contract: what an evidence should hold, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Evidence id.
    pub evidence: String,
    /// Artifact id.
    pub artifact: String,
    /// How it ended.
    pub status: Status,
    /// Whether a complete verdict needs it.
    pub required: bool,
    /// Records read.
    pub records: u64,
    /// Records the source says it holds, where it says so.
    pub expected: Option<u64>,
    /// Records, rows or lines known to be lost.
    pub lost: u64,
    /// True when something was lost that nobody can count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost_unknown: bool,
    /// By name of the field: values that are there and could not be read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unreadable: BTreeMap<String, u64>,
    /// Earliest event time, RFC 3339.
    pub first: Option<String>,
    /// Latest event time, RFC 3339.
    pub last: Option<String>,
    /// Files or sections read.
    pub source: Vec<String>,
    /// What a reader should know: missing columns, damage, limits.
    pub notes: Vec<Reason>,
}

impl Coverage {
    /// True when nothing of it was lost.
    pub fn is_whole(&self) -> bool {
        !self.notes.iter().any(|n| n.code.is_loss())
    }
}

/// Who says that an indicator is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct IndicatorSource {
    /// Pack id.
    pub pack: String,
    /// The indicator's id in that pack.
    pub id: String,
    /// `valid_from`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// `valid_until`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// What its publisher says beside the pattern: markings, confidence, labels …
    #[serde(flatten)]
    pub meta: Meta,
}

/// The indicator or rule a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndicatorRef {
    /// Canonical STIX pattern.
    pub pattern: String,
    /// The value that matched, where the pattern has one.
    pub value: Option<String>,
    /// Malware, tool or rule family.
    pub malware: Option<String>,
    /// Every pack that carries it.
    pub sources: Vec<IndicatorSource>,
    /// Where to read more.
    pub references: Vec<String>,
    /// True when `valid_until` had passed at the time of the record (or of the run, for undated records).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
}

/// Words for people; codes are stable, the text is English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// Key of the texts in the message files.
    pub key: String,
    /// Why it matters.
    pub why: String,
    /// Common innocent causes.
    pub innocent: String,
    /// What to do next.
    pub next: String,
}

/// Where an example was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Where {
    /// Evidence id.
    pub evidence: String,
    /// Path on the device or in the acquisition.
    pub file: String,
    /// SHA-256 of that file as stored in the evidence, where it is one file.
    pub sha256: Option<String>,
    /// Row, line, key or offset.
    pub locator: String,
}

/// One of the records a finding stands on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Example {
    /// The record's fields.
    pub record: serde_json::Map<String, serde_json::Value>,
    /// Where it lies.
    #[serde(rename = "where")]
    pub location: Where,
    /// Its event times, RFC 3339; without `Z` when the device's zone is unknown.
    pub times: Vec<String>,
}

/// What found something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FindingKind {
    /// A published indicator of a tool.
    Indicator,
    /// A rule over what the phone's own records say.
    Rule,
}

/// One thing that was found: one per device, artifact, canonical indicator and step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable over rebuilt packs: a hash of what the finding is about.
    pub id: String,
    /// Device id.
    pub device: String,
    /// What found it.
    pub kind: FindingKind,
    /// How much it weighs.
    pub severity: Severity,
    /// What happened.
    pub context: Context,
    /// Artifact id.
    pub artifact: String,
    /// One line.
    pub title: String,
    /// Why it matters, innocent causes, next step.
    pub explanation: Explanation,
    /// What matched.
    pub indicator: IndicatorRef,
    /// How the record led to it.
    pub step: Step,
    /// Matching records.
    pub count: u64,
    /// Earliest time among them.
    pub first: Option<String>,
    /// Latest time among them, where a record has several its latest.
    pub last: Option<String>,
    /// True when the year of one of these was not written, and is the last in which the date had been.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub year_inferred: bool,
    /// Up to [`MAX_EXAMPLES`] of them, in reading order.
    pub examples: Vec<Example>,
}

/// Examples kept per finding; `matches.jsonl` has all.
pub const MAX_EXAMPLES: usize = 20;
