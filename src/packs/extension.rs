//! What a bundle of ours says beside the standard: the platform a value holds for, what makes a pattern a rule, the
//! class of a tool. STIX 2.1 §7.3: a property extension; readers that do not know it pass over it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::library::{Custody, Rule};
use crate::device::Platform;
use crate::finding::{Context, PackClass, Severity};

/// Id of its definition. Never used for something else.
pub const ID: &str = "extension-definition--5b1c3d46-7a0e-5d0c-9c3e-2f6b8a41d7e9";

/// What the extension of one object says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// Always `property-extension`.
    pub extension_type: String,
    /// `ios` or `android`: an indicator that holds there only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// An indicator that is a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleText>,
    /// What kind of tool a malware, tool or grouping is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<PackClass>,
}

/// A rule beside its pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleText {
    /// Stable id; key of its texts.
    pub id: String,
    /// Its weight.
    pub severity: Severity,
    /// What it says happened.
    pub context: Context,
    /// How the custody window changes it.
    #[serde(default = "any")]
    pub custody: Custody,
    /// Where the fact is from.
    #[serde(default)]
    pub sources: Vec<String>,
}

fn any() -> Custody {
    Custody::Any
}

impl Extension {
    /// An extension that says nothing yet.
    pub fn new() -> Extension {
        Extension { extension_type: "property-extension".to_owned(), ..Extension::default() }
    }

    /// What the extensions of an object say, if ours is among them.
    ///
    /// # Errors
    /// Ours is there and not understood.
    pub fn read(extensions: Option<&Map<String, Value>>) -> Result<Option<Extension>, String> {
        let Some(ours) = extensions.and_then(|e| e.get(ID)) else { return Ok(None) };
        let read: Extension = serde_json::from_value(ours.clone()).map_err(|e| e.to_string())?;
        match read.platform() {
            None if read.platform.is_some() => Err("`platform`: expected ios or android".to_owned()),
            _ => Ok(Some(read)),
        }
    }

    /// The platform it limits an indicator to.
    pub fn platform(&self) -> Option<Platform> {
        match self.platform.as_deref() {
            Some("ios") => Some(Platform::Ios),
            Some("android") => Some(Platform::Android),
            _ => None,
        }
    }

    /// The same, as it is written.
    pub fn platform_text(platform: Platform) -> &'static str {
        match platform {
            Platform::Ios => "ios",
            Platform::Android => "android",
        }
    }
}

impl From<RuleText> for Rule {
    fn from(r: RuleText) -> Rule {
        Rule { id: r.id, severity: r.severity, context: r.context, custody: r.custody, sources: r.sources }
    }
}

impl From<&Rule> for RuleText {
    fn from(r: &Rule) -> RuleText {
        let (severity, context, custody) = (r.severity, r.context, r.custody);
        RuleText { id: r.id.clone(), severity, context, custody, sources: r.sources.clone() }
    }
}
