//! What a publisher says about an indicator beside its pattern; kept so that a finding can tell it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The sayings of one indicator. Nearly all indicators of a pack say the same, so equal ones are stored once.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Meta {
    /// `name`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `description`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// To whom it may be shown, most restrictive first: `TLP:AMBER`, or a statement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markings: Vec<String>,
    /// `confidence`, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<i64>,
    /// `labels`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// `indicator_types`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indicator_types: Vec<String>,
    /// `kill_chain_phases`, as `chain/phase`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kill_chain_phases: Vec<String>,
    /// URLs of `external_references`, or their source and id where they have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// `extensions`, as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extensions: Option<String>,
}
