//! `vigie packs show`: everything that packs say of one indicator.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::shown;
use super::stats::day;
use crate::finding::PackClass;
use crate::observable::{Kind, normalize_indicator};
use crate::packs::extension::{Extension, RuleText};
use crate::packs::{self, Body, Library, Outcome, Written};
use crate::report::{sanitize, write_json};
use crate::stix::ast::{Literal, Pattern};

/// Version of the JSON report.
const SCHEMA_VERSION: &str = "1.0";

/// What one pack says of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Shown {
    /// Id of the pack.
    pub pack: String,
    /// SHA-256 of the pack.
    pub pack_sha256: String,
    /// Where it stands: `file:line`.
    pub place: String,
    /// Its id.
    pub id: String,
    /// As it is written.
    pub written: String,
    /// `usable`, `withdrawn`, `innocent` or `not evaluable`.
    pub state: &'static str,
    /// Why, for the last two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// In its one spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Who it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// What kind of tool that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<PackClass>,
    /// From when on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// The platform it is limited to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Where it is a rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleText>,
    /// What its publisher says beside the pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<crate::finding::Meta>,
    /// Where to read more of the family.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Artifacts that can show it, by kind of evidence.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub matches_on: BTreeMap<String, Vec<String>>,
}

/// Everything that is known of an id, a value or a pattern. The library needs a ledger.
pub fn find(library: &Library, wanted: &str) -> Vec<Shown> {
    let wanted = wanted.trim();
    let keys: Vec<(Kind, String)> = Kind::INDICATORS
        .into_iter()
        .filter_map(|k| normalize_indicator(k, wanted).ok())
        .map(|(k, v)| (k, v.into_owned()))
        .collect();
    let canonical = packs::canonical_pattern(wanted).ok();
    let mut found = Vec::new();
    for written in library.ledger() {
        let loaded = match written.outcome {
            Outcome::Loaded(at) => library.indicators.get(at as usize),
            _ => None,
        };
        let meant = match loaded.map(|i| i.body) {
            Some(Body::Value(kind, span)) => {
                let value = library.text(span);
                keys.iter().any(|(k, v)| *k == kind && v == value)
            }
            Some(Body::Pattern(at)) => library
                .patterns
                .get(at as usize)
                .is_some_and(|p| Some(&p.canonical) == canonical.as_ref() || names(&p.pattern, wanted)),
            None => written.text.contains(&format!("'{wanted}'")),
        };
        let by_pattern = || {
            let canonical = canonical.as_deref()?;
            loaded.map(|i| library.canonical(i) == canonical)
        };
        if meant || written.id == wanted || written.text == wanted || by_pattern() == Some(true) {
            found.push(shown(library, written));
        }
    }
    found
}

/// Whether a pattern compares something with a text.
fn names(pattern: &Pattern, wanted: &str) -> bool {
    let tests = pattern.tests();
    let mut literals = tests.iter().flat_map(|t| packs::literals(&t.operand));
    literals.any(|l| matches!(l, Literal::Str(text) if text == wanted))
}

fn shown(library: &Library, written: &Written) -> Shown {
    let file = library.files.get(written.file as usize).map_or("", String::as_str);
    let pack = library.packs.get(usize::from(written.pack));
    let (state, why) = match &written.outcome {
        Outcome::Loaded(_) => ("usable", None),
        Outcome::Revoked => ("withdrawn", None),
        Outcome::Innocent(why) => ("innocent", Some(why.clone())),
        Outcome::Cannot(why) => ("not evaluable", Some(why.clone())),
    };
    let mut shown = Shown {
        pack: pack.map_or_else(String::new, |p| p.id.clone()),
        pack_sha256: pack.map_or_else(String::new, |p| p.sha256.clone()),
        place: if written.line > 0 { format!("{file}:{}", written.line) } else { file.to_owned() },
        id: written.id.clone(),
        written: written.text.clone(),
        state,
        why,
        ..Shown::default()
    };
    let Outcome::Loaded(at) = written.outcome else { return shown };
    let Some(indicator) = library.indicators.get(at as usize) else { return shown };
    shown.pattern = Some(library.canonical(indicator));
    if let Some(family) = library.families.get(usize::from(indicator.family)) {
        shown.family = Some(family.name.clone());
        shown.class = Some(family.class);
        shown.references.clone_from(&family.references);
    }
    shown.valid_from = indicator.valid_from().and_then(day);
    shown.valid_until = indicator.valid_until().and_then(day);
    shown.platform = indicator.platform.map(|p| Extension::platform_text(p).to_owned());
    if let Body::Pattern(p) = indicator.body {
        shown.rule = library.patterns.get(p as usize).and_then(|p| p.rule.as_ref()).map(RuleText::from);
    }
    shown.said = library.meta(indicator).cloned();
    shown.matches_on = shown::indicator(library, indicator)
        .into_iter()
        .map(|(evidence, artifacts)| (evidence.to_owned(), artifacts.into_iter().map(str::to_owned).collect()))
        .collect();
    shown
}

/// For people.
pub fn text(found: &[Shown]) -> String {
    let mut out = String::new();
    for (at, s) in found.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let mut line = |key: &str, text: &str| {
            let _ = writeln!(out, "{key:<12} {}", sanitize::terminal(text));
        };
        line("indicator", s.pattern.as_deref().unwrap_or(&s.written));
        if s.pattern.as_deref() != Some(s.written.as_str()) {
            line("written", &s.written);
        }
        line("id", &s.id);
        line("pack", &format!("{} ({})", s.pack, s.place));
        line("state", &s.why.as_ref().map_or_else(|| s.state.to_owned(), |why| format!("{}: {why}", s.state)));
        if let (Some(family), Some(class)) = (&s.family, s.class) {
            line("speaks of", &format!("{family} ({})", format!("{class:?}").to_lowercase()));
        }
        if let Some(rule) = &s.rule {
            let custody = format!("{:?}", rule.custody).to_lowercase();
            let (severity, context) = (rule.severity.as_str(), rule.context.as_str());
            line("rule", &format!("{}: {severity}, {context}, custody {custody}", rule.id));
            rule.sources.iter().for_each(|source| line("source", source));
        }
        if let Some(from) = &s.valid_from {
            line("valid from", from);
        }
        if let Some(until) = &s.valid_until {
            line("valid until", until);
        }
        if let Some(platform) = &s.platform {
            line("platform", platform);
        }
        if let Some(said) = &s.said {
            said.name.iter().for_each(|t| line("name", t));
            said.description.iter().for_each(|t| line("description", t));
            said.markings.iter().for_each(|t| line("marking", t));
            said.labels.iter().chain(&said.indicator_types).for_each(|t| line("label", t));
            said.kill_chain_phases.iter().for_each(|t| line("phase", t));
            said.references.iter().for_each(|t| line("reference", t));
            said.confidence.iter().for_each(|c| line("confidence", &c.to_string()));
        }
        s.references.iter().for_each(|t| line("reference", t));
        for (evidence, artifacts) in &s.matches_on {
            line("matches on", &format!("{evidence}: {}", artifacts.join(", ")));
        }
        if s.state == "usable" && s.matches_on.is_empty() {
            line("matches on", "nothing that this version of vigie reads");
        }
    }
    out
}

/// For programs.
pub fn json(found: &[Shown]) -> Vec<u8> {
    let all = serde_json::json!({ "schema_version": SCHEMA_VERSION, "indicators": found });
    write_json(&all)
}
