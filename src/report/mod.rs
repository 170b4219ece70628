//! Findings to people and programs.

pub mod explain;
pub mod model;
pub mod sanitize;
pub mod terminal;
pub mod texts;

pub use model::{
    Device, EvidenceEntry, NotEvaluableEntry, PackEntry, Report, Run, RunOptions, SCHEMA_VERSION, Tool,
};

impl Report {
    /// The bytes of `findings.json`: indented, in a fixed order, and safe to show on a terminal.
    pub fn to_json(&self) -> Vec<u8> {
        // Serialising our own types cannot fail: their maps have text keys and no value refuses.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        let mut safe = sanitize::json(&text).into_owned().into_bytes();
        safe.push(b'\n');
        safe
    }
}
