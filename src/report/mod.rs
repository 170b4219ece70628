//! Findings to people and programs.

pub mod docs;
pub mod explain;
#[cfg(test)]
pub(crate) mod golden;
pub mod junit;
pub mod model;
pub mod page;
#[cfg(test)]
pub(crate) mod samples;
pub mod sanitize;
pub mod sarif;
mod schema;
mod text_list;
pub mod texts;

use serde::Serialize;

pub use junit::{JunitCase, JunitOutcome, JunitSuite, write_junit};
pub use model::{
    CountedFiles, Device, EvidenceEntry, ExpiredSuppression, LookedFor, NamedEntry, NotEvaluableEntry, PackEntry,
    Report, Run, RunOptions, SCHEMA_VERSION, Suppressed, SuppressionFile, Tool,
};
pub use page::{Extent, Style, Written, page};
pub use sarif::{Sarif, SarifLevel, SarifLocation, SarifResult, SarifRule, file_uri, write_sarif};
pub use schema::schema;
pub use texts::{Arg, Args, Lang, Texts};

impl Report {
    /// The bytes of `findings.json`: indented, in a fixed order, and safe to show on a terminal.
    pub fn to_json(&self) -> Vec<u8> {
        write_json(self)
    }
}

/// What commands write for programs: JSON, indented, in a fixed order, and safe to show on a terminal.
pub fn write_json(value: &impl Serialize) -> Vec<u8> {
    // Serialising our own types cannot fail: their maps have text keys and no value refuses.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut safe = sanitize::json(&text).into_owned().into_bytes();
    safe.push(b'\n');
    safe
}
