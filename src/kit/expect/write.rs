//! Writes expectations: what a run said, as what the next one should say.

use std::fmt::Write as _;

use super::VERSION;
use super::compare::Subject;
use crate::finding::{Finding, Step};
use crate::report::sanitize;
use crate::scan::selector::rule_of;

/// The text of a file that these devices meet exactly. The order of findings depends on what they are about and not on
/// their weight, so that a changed severity is one changed line.
pub fn write(subjects: &[Subject<'_>]) -> String {
    let mut out =
        String::from("# What vigie should say of these acquisitions. docs/expectations.md tells every key.\n\n");
    let _ = writeln!(out, "version = {VERSION}\nclosed = true");
    for subject in subjects {
        write_device(subject, &mut out);
    }
    out
}

fn write_device(subject: &Subject<'_>, out: &mut String) {
    let tails: Vec<String> = subject.evidence.iter().map(|e| quoted(e)).collect();
    let verdict = &subject.device().verdict;
    let _ = writeln!(out, "\n[[device]]\nevidence = [{}]", tails.join(", "));
    let _ = writeln!(out, "verdict = \"{}\"\ncomplete = {}\nclosed = true", verdict.state.as_str(), verdict.complete);
    let several = subject.evidence.len() > 1;
    let mut lines: Vec<String> = Vec::new();
    for c in subject.coverage() {
        let mut line = format!("artifact = {}", quoted(&c.artifact));
        if several {
            let _ = write!(line, ", evidence = {}", quoted(subject.tail(&c.evidence)));
        }
        let _ = write!(line, ", status = \"{}\", records = {}", c.status.as_str(), c.records);
        lines.push(line);
    }
    if !lines.is_empty() {
        out.push_str("coverage = [\n");
        for line in lines {
            let _ = writeln!(out, "    {{ {line} }},");
        }
        out.push_str("]\n");
    }
    let mut findings: Vec<&Finding> = subject.findings().collect();
    findings.sort_by_key(|f| (&f.artifact, rule_of(f), &f.indicator.pattern, f.step));
    for f in &findings {
        // Rules of two packs may share an id.
        let same = |g: &&&Finding| (&g.artifact, rule_of(g), g.step) == (&f.artifact, rule_of(f), f.step);
        let alone = findings.iter().filter(same).count() == 1;
        write_finding(f, rule_of(f).filter(|_| alone), out);
    }
}

fn write_finding(f: &Finding, rule: Option<&str>, out: &mut String) {
    let _ = writeln!(out, "\n[[device.finding]]\nartifact = {}", quoted(&f.artifact));
    let _ = match rule {
        Some(rule) => writeln!(out, "rule = {}", quoted(rule)),
        None => writeln!(out, "pattern = {}", quoted(&f.indicator.pattern)),
    };
    if f.step != Step::Rule {
        let _ = writeln!(out, "step = \"{}\"", f.step.as_str());
    }
    let _ = writeln!(out, "severity = \"{}\"\ncount = {}", f.severity.as_str(), f.count);
}

/// A basic string of TOML, in which nothing is hidden.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || sanitize::is_hidden(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_survives() {
        for text in ["", "a'b\"c\\d\n\t", "\u{1b}[2J\u{202e}\u{0}\u{7f}é😀\u{e0001}"] {
            let toml: toml::Table = format!("a = {}\n", quoted(text)).parse().unwrap();
            assert_eq!(toml["a"].as_str(), Some(text));
        }
        assert!(!quoted("\u{202e}").contains('\u{202e}'));
    }
}
