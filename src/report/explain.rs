//! Words for findings.

use crate::finding::{Context, Explanation, PackClass};

/// What a finding is about.
pub struct Subject<'a> {
    /// Rule id, for heuristics.
    pub rule: Option<&'a str>,
    /// Class of the pack.
    pub class: PackClass,
    /// What happened.
    pub context: Context,
    /// Family.
    pub malware: Option<&'a str>,
    /// The value that matched.
    pub value: Option<&'a str>,
    /// Artifact id.
    pub artifact: &'a str,
}

/// Title and explanation in English.
pub fn english(s: &Subject<'_>) -> (String, Explanation) {
    let key = s.rule.unwrap_or("x").to_owned();
    (key.clone(), Explanation { key, why: String::new(), innocent: String::new(), next: String::new() })
}
