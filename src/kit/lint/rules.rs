//! Every rule of the linter: its id, how much it weighs, and its page. `docs/lint.md` is made of this table.

use serde::Serialize;

/// How much a defect weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The pack does harm or looks for nothing: it fails a CI job.
    Error,
    /// It works, and less well than its author thinks.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// As it is written in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

/// One rule.
#[derive(Debug, PartialEq, Eq)]
pub struct LintRule {
    /// Stable name, kebab-case; waivers and CI logs quote it.
    pub id: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence.
    pub title: &'static str,
    /// Markdown: what it is and why it harms.
    pub about: &'static str,
    /// How to put it right.
    pub repair: &'static str,
    /// Text that the rule speaks of.
    pub example: &'static str,
}

macro_rules! rules {
    ($($name:ident $id:literal $severity:ident $title:literal $about:literal repair $repair:literal example $example:literal;)*) => {
        $(
            #[doc = $title]
            pub static $name: LintRule = LintRule {
                id: $id,
                severity: Severity::$severity,
                title: $title,
                about: $about,
                repair: $repair,
                example: $example,
            };
        )*
        /// The rules of this file, in the order of the documentation.
        pub const RULES: &[&LintRule] = &[$(&$name),*];
    };
}
pub(super) use rules;

pub use super::rules_files::{self as files, RULES as FILE_RULES};
pub use super::rules_mvt::{self as mvt, RULES as MVT_RULES};
pub use super::rules_values::{self as values, RULES as VALUE_RULES};

/// All rules: about values, about files, about the target `mvt`.
pub fn all() -> impl Iterator<Item = &'static LintRule> {
    VALUE_RULES.iter().chain(FILE_RULES).chain(MVT_RULES).copied()
}

/// The rule of an id.
pub fn find(id: &str) -> Option<&'static LintRule> {
    all().find(|r| r.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn rules_are_complete_and_their_ids_are_their_own() {
        let mut ids = HashSet::new();
        for r in all() {
            assert!(ids.insert(r.id), "{} twice", r.id);
            assert!(r.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", r.id);
            for text in [r.title, r.about, r.repair, r.example] {
                assert!(!text.trim().is_empty(), "{}", r.id);
            }
            assert!(!r.title.ends_with('.') && r.about.ends_with('.') && r.repair.ends_with('.'), "{}", r.id);
        }
        assert_eq!(find("two-values").map(|r| r.severity), Some(Severity::Error));
    }
}
