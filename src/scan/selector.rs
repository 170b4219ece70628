//! How files that people write name findings: by what they are about, never by their id, so that a moved folder or a
//! rebuilt pack changes nothing.

use std::collections::BTreeSet;
use std::fmt;

use crate::artifacts;
use crate::finding::{Finding, FindingKind, Step};
use crate::observable::{Kind, normalize_indicator};
use crate::packs::canonical_pattern;

/// What such a file says, before it is checked.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// Artifact id.
    pub artifact: Option<String>,
    /// A STIX pattern in any spelling.
    pub pattern: Option<String>,
    /// An object path: `domain-name:value`. Only beside `value`.
    pub kind: Option<String>,
    /// An indicator's value.
    pub value: Option<String>,
    /// A rule's id.
    pub rule: Option<String>,
    /// How the record led to it.
    pub step: Option<Step>,
}

/// Which findings are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    artifact: Option<String>,
    indicator: Option<Indicator>,
    step: Option<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Indicator {
    /// Canonical.
    Pattern(String),
    /// As written, and what it is in any kind's own spelling.
    Value(String, BTreeSet<String>),
    Rule(String),
}

impl Selector {
    /// Checks what was written. An error is one sentence.
    pub fn new(named: Named) -> Result<Selector, String> {
        if let Some(id) = &named.artifact
            && !artifacts::ALL.iter().any(|a| a.id == id)
        {
            return Err(format!("there is no artifact {id}; `vigie artifacts` lists them"));
        }
        let indicator = match (named.pattern, named.kind, named.value, named.rule) {
            (None, None, None, None) => None,
            (Some(pattern), None, None, None) => Some(Indicator::Pattern(canonical_pattern(&pattern)?)),
            (None, Some(kind), Some(value), None) => {
                let quoted = value.replace('\\', "\\\\").replace('\'', "\\'");
                Some(Indicator::Pattern(canonical_pattern(&format!("[{kind} = '{quoted}']"))?))
            }
            (None, None, Some(value), None) => {
                let spellings = spellings(&value);
                Some(Indicator::Value(value, spellings))
            }
            (None, None, None, Some(rule)) => Some(Indicator::Rule(rule)),
            (None, Some(_), None, _) => return Err("type needs a value beside it".into()),
            _ => return Err("an indicator is named by one of pattern, value (with or without type) and rule".into()),
        };
        Ok(Selector { artifact: named.artifact, indicator, step: named.step })
    }

    /// True when it names an indicator or a rule.
    pub fn names_indicator(&self) -> bool {
        self.indicator.is_some()
    }

    /// True when it names an artifact, an indicator or a rule.
    pub fn names_something(&self) -> bool {
        self.names_indicator() || self.artifact.is_some()
    }

    /// True when the finding is one of those meant.
    pub fn selects(&self, f: &Finding) -> bool {
        let artifact = self.artifact.as_ref().is_none_or(|a| *a == f.artifact);
        let step = self.step.is_none_or(|s| s == f.step);
        artifact
            && step
            && match &self.indicator {
                None => true,
                Some(Indicator::Pattern(p)) => *p == f.indicator.pattern,
                Some(Indicator::Value(_, spellings)) => {
                    f.indicator.value.as_ref().is_some_and(|v| spellings.contains(v))
                }
                Some(Indicator::Rule(id)) => rule_of(f) == Some(id),
            }
    }
}

/// The id of the rule a finding comes from; `None` for a hit of an indicator.
pub fn rule_of(f: &Finding) -> Option<&str> {
    (f.kind == FindingKind::Rule).then_some(f.explanation.key.as_str())
}

/// A finding as such files and messages name it: artifact, then rule or pattern, then how it was seen.
pub fn name_of(f: &Finding) -> String {
    match rule_of(f) {
        Some(rule) => format!("{} rule {rule}", f.artifact),
        None => format!("{} {} ({})", f.artifact, f.indicator.pattern, f.step.as_str()),
    }
}

/// A value in the spelling of every kind it can be of.
fn spellings(value: &str) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = Kind::INDICATORS
        .iter()
        .filter_map(|kind| Some(normalize_indicator(*kind, value).ok()?.1.into_owned()))
        .collect();
    all.insert(value.to_owned());
    all
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.artifact.clone());
        match &self.indicator {
            None => {}
            Some(Indicator::Pattern(p)) => parts.push(p.clone()),
            Some(Indicator::Value(v, _)) => parts.push(v.clone()),
            Some(Indicator::Rule(id)) => parts.push(format!("rule {id}")),
        }
        parts.extend(self.step.map(|s| format!("({})", s.as_str())));
        f.write_str(&parts.join(" "))
    }
}

/// The parts of a path; `/` and, as people on Windows write, `\`.
fn parts(path: &str) -> Vec<&str> {
    path.split(['/', '\\']).filter(|p| !p.is_empty() && *p != ".").collect()
}

/// True when a path ends with `tail`, part by part; `*` in a part stands for any run of characters. A tail that begins
/// with `/` is a whole path.
pub fn path_ends(path: &str, tail: &str) -> bool {
    let (whole, wanted) = (parts(path), parts(tail));
    if wanted.len() > whole.len() || (tail.starts_with('/') && wanted.len() != whole.len()) {
        return false;
    }
    let end = &whole[whole.len() - wanted.len()..];
    end.iter().zip(&wanted).all(|(part, glob)| crate::formats::glob::matches(glob, part, None))
}

/// The shortest end of a path that no other of `paths` ends with, in whole parts.
pub fn shortest_tail(path: &str, paths: &[&str]) -> String {
    let own = parts(path);
    for n in 1..own.len() {
        let tail = own[own.len() - n..].join("/");
        let alone = paths.iter().filter(|p| parts(p).ends_with(&own[own.len() - n..])).count() <= 1;
        // A star would be read as one.
        if alone && !tail.contains('*') {
            return tail;
        }
    }
    if own.is_empty() { path.to_owned() } else { own.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_part_by_part() {
        assert!(path_ends("/mnt/cases/17/backup", "backup"));
        assert!(path_ends("/mnt/cases/17/backup/", "17/*"));
        assert!(path_ends("cases\\17\\backup", "cases/17/backup"));
        assert!(path_ends("/mnt/x", "/mnt/x"));
        assert!(!path_ends("/mnt/cases/17/backup", "up"));
        assert!(!path_ends("/mnt/cases/17/backup", "cases/*"));
        assert!(!path_ends("/mnt/x", "/x"));
        assert!(!path_ends("x", "y/x"));
    }

    #[test]
    fn the_shortest_end_that_is_alone() {
        let paths = ["/c/a/phone", "/c/b/phone", "/c/other.zip"];
        assert_eq!(shortest_tail(paths[0], &paths), "a/phone");
        assert_eq!(shortest_tail(paths[2], &paths), "other.zip");
        assert_eq!(shortest_tail("phone", &["phone"]), "phone");
        assert_eq!(shortest_tail("/c/phone", &["/c/phone", "phone"]), "c/phone");
    }

    #[test]
    fn what_is_written_is_checked() {
        let error = |named: Named| Selector::new(named).unwrap_err();
        let text = |s: &str| Some(s.to_owned());
        assert!(error(Named { artifact: text("ios.smss"), ..Named::default() }).contains("no artifact ios.smss"));
        assert!(error(Named { pattern: text("[file:path = 'x/y']"), ..Named::default() }).contains("relative path"));
        assert!(error(Named { kind: text("url:value"), ..Named::default() }).contains("needs a value"));
        assert!(error(Named { value: text("a"), rule: text("b"), ..Named::default() }).contains("one of"));
        let typed = Named { kind: text("domain-name:value"), value: text("EVIL.example"), ..Named::default() };
        assert_eq!(Selector::new(typed).unwrap().to_string(), "[domain-name:value = 'evil.example']");
        assert!(!Selector::new(Named::default()).unwrap().names_something());
    }
}
