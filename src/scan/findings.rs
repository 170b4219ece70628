//! Findings: what tasks left behind, merged over tasks and told in words.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::combine::Combined;
use super::plan::{Cell, Plan};
use super::task::{Draft, Key, TaskResult};
use super::{Opening, finding_id};
use crate::evidence::Entry;
use crate::finding::{Finding, FindingKind, IndicatorRef, IndicatorSource, MAX_EXAMPLES, PackClass, Where};
use crate::matcher::Matcher;
use crate::record::Timestamp;
use crate::report::{Lang, Texts, explain};

struct Merged {
    draft: Draft,
    device: usize,
    artifact: &'static str,
    key: Key,
}

/// One finding per device, artifact, indicator and step.
pub fn findings(
    opening: &Opening,
    plan: &Plan,
    results: &[TaskResult],
    combined: Vec<Combined>,
    matcher: &Matcher,
) -> Vec<Finding> {
    let mut merged: BTreeMap<(usize, &'static str, Key), Merged> = BTreeMap::new();
    for (task, result) in plan.tasks.iter().zip(results) {
        let cell = &plan.cells[task.cell];
        let device = opening.evidence[cell.evidence].device;
        let artifact = cell.artifact.id;
        for (key, draft) in &result.drafts {
            match merged.get_mut(&(device, artifact, *key)) {
                None => {
                    let m = Merged { draft: draft.clone(), device, artifact, key: *key };
                    merged.insert((device, artifact, *key), m);
                }
                Some(m) => m.take(draft),
            }
        }
    }
    for Combined { device, artifact, key, draft, .. } in combined {
        merged.insert((device, artifact, key), Merged { draft, device, artifact, key });
    }
    let hashes = hashes(merged.values(), opening, plan);
    let english = Texts::new(Lang::En);
    let mut all: Vec<Finding> =
        merged.into_values().map(|m| finding(m, opening, plan, matcher, &english, &hashes)).collect();
    all.sort_by(|a, b| {
        let place = |f: &Finding| (f.device.len(), f.device.clone(), f.artifact.clone());
        b.severity
            .cmp(&a.severity)
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| (&a.indicator.pattern, a.step).cmp(&(&b.indicator.pattern, b.step)))
    });
    all
}

impl Merged {
    /// Adds what a later task knows of the same finding.
    fn take(&mut self, more: &Draft) {
        let d = &mut self.draft;
        if more.severity > d.severity {
            (d.severity, d.context) = (more.severity, more.context);
        }
        d.count += more.count;
        d.expired &= more.expired;
        d.span.merge(&more.span);
        let room = MAX_EXAMPLES - d.examples.len().min(MAX_EXAMPLES);
        d.examples.extend(more.examples.iter().take(room).cloned());
    }
}

/// By evidence and file.
type Hashes = HashMap<(usize, String), String>;

fn finding(m: Merged, opening: &Opening, plan: &Plan, matcher: &Matcher, english: &Texts, hashes: &Hashes) -> Finding {
    let group = &opening.devices[m.device];
    let pattern = matcher.canonical(m.key.target);
    let library = matcher.library();
    let mut families: Vec<usize> = Vec::new();
    let mut sources = Vec::new();
    let mut references = Vec::new();
    for i in matcher.indicators_of(m.key.target) {
        let indicator = &library.indicators[i as usize];
        let family = usize::from(indicator.family);
        if !families.contains(&family) {
            families.push(family);
            references.extend(library.families[family].references.iter().cloned());
        }
        let pack = library.packs[usize::from(indicator.pack)].id.clone();
        let said = |date: Option<i64>| date.and_then(Timestamp::unix_seconds).map(|t| t.to_string());
        sources.push(IndicatorSource {
            pack,
            id: library.id(indicator),
            valid_from: said(indicator.valid_from()),
            valid_until: said(indicator.valid_until()),
            meta: library.meta(indicator).cloned().unwrap_or_default(),
        });
    }
    let rule = matcher.pattern(m.key.target).and_then(|p| p.rule.as_ref());
    if let Some(rule) = rule {
        references = rule.sources.iter().filter(|s| s.starts_with("http")).cloned().collect();
    }
    references.dedup();
    families.sort_by_key(|&f| library.families[f].class);
    let family = families.first().map(|&f| &library.families[f]);
    let value = matcher.value(m.key.target).map(str::to_owned).or_else(|| m.draft.value.clone());
    let class = family.map_or(PackClass::Other, |f| f.class);
    let named = families.iter().map(|&f| library.families[f].name.as_str());
    let mut names: Vec<&str> = named.filter(|name| !name.is_empty()).collect();
    names.dedup();
    let malware = (rule.is_none() && !names.is_empty()).then(|| names.join(", "));
    let key = rule.map_or_else(|| explain::hit_key(class, m.draft.context), |r| r.id.clone());
    let kind = if rule.is_some() { FindingKind::Rule } else { FindingKind::Indicator };
    let about = explain::About {
        kind,
        addresses: true,
        key: &key,
        malware: malware.as_deref(),
        value: value.as_deref().unwrap_or(&pattern),
        artifact: m.artifact,
    };
    let told = explain::explain(&about, english).unwrap_or_else(|| explain::untold(&about, english));
    let mut examples = m.draft.examples;
    for example in &mut examples {
        example.location.sha256 = entry_of(opening, plan, m.artifact, &example.location)
            .and_then(|(at, entry)| hashes.get(&(at, entry.file.clone())).cloned());
    }
    let (first, last) = m.draft.span.texts(&group.facts);
    Finding {
        id: finding_id(&group.facts, &group.id, m.artifact, m.key.step, &pattern),
        device: group.id.clone(),
        kind,
        severity: m.draft.severity,
        context: m.draft.context,
        artifact: m.artifact.to_owned(),
        title: told.title,
        explanation: told.explanation,
        indicator: IndicatorRef { pattern, value, malware, sources, references, expired: m.draft.expired },
        step: m.key.step,
        count: m.draft.count,
        first,
        last,
        year_inferred: m.draft.span.year_inferred(),
        examples,
    }
}

/// The entry an example lies in, and its evidence.
fn entry_of<'a>(opening: &Opening, plan: &'a Plan, artifact: &str, location: &Where) -> Option<(usize, &'a Entry)> {
    let at = opening.evidence.iter().position(|a| a.id == location.evidence)?;
    let entry = |c: &'a Cell| c.entries.iter().map(|(e, _)| e).find(|e| e.name == location.file);
    let mine = || plan.cells.iter().filter(|c| c.evidence == at);
    // The records of one finding may lie in several artifacts, when its pattern is over several records.
    let found = mine().filter(|c| c.artifact.id == artifact).find_map(entry).or_else(|| mine().find_map(entry))?;
    Some((at, found))
}

/// SHA-256 of every stored file that some example lies in; each file once, several side by side.
fn hashes<'a>(merged: impl Iterator<Item = &'a Merged>, opening: &Opening, plan: &Plan) -> Hashes {
    let mut files: BTreeMap<(usize, String), &Entry> = BTreeMap::new();
    for m in merged {
        for example in &m.draft.examples {
            if let Some((at, entry)) = entry_of(opening, plan, m.artifact, &example.location) {
                files.insert((at, entry.file.clone()), entry);
            }
        }
    }
    let hash = |((at, file), entry): ((usize, String), &Entry)| {
        let evidence = opening.evidence[at].what.as_ref().ok()?;
        Some(((at, file), evidence.sha256(entry).ok()?))
    };
    files.into_par_iter().filter_map(hash).collect()
}
