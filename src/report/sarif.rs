//! SARIF 2.1.0 (OASIS), the form in which code hosts show results beside the lines they are about.
//!
//! Text may come from evidence or packs. It is made safe like text for a terminal, and cannot become a link: SARIF reads
//! `[words](address)` in a message as one.

use serde_json::{Map, Value, json};

use super::{sanitize, write_json};
use crate::finding::Severity;

/// Characters of a message, name or paragraph.
const MAX_TEXT: usize = 4_000;
/// Results that are written; code hosts take no more either, and the file says how many were left out.
pub const MAX_RESULTS: usize = 25_000;
/// Where the schema of the format is published.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run of one command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sarif {
    /// vigie's own version.
    pub tool_version: String,
    /// The rules that the results name, in the order they shall be written.
    pub rules: Vec<SarifRule>,
    /// In the order they shall be shown.
    pub results: Vec<SarifResult>,
}

/// What kind of thing was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SarifRule {
    /// Stable id.
    pub id: String,
    /// One sentence.
    pub short: String,
    /// What it means, as long as it takes.
    pub full: String,
    /// What to do about it.
    pub help: String,
    /// Page with more, where there is one.
    pub help_uri: Option<String>,
    /// The level of its results, where they say no other.
    pub level: SarifLevel,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SarifResult {
    /// Id of one of the rules.
    pub rule: String,
    /// How much it weighs.
    pub level: SarifLevel,
    /// What was found, in one sentence.
    pub message: String,
    /// Where; the first one counts for viewers that show only one.
    pub locations: Vec<SarifLocation>,
    /// What stays the same when the same thing is found again by a later run.
    pub fingerprint: Option<String>,
    /// Why it does not count, for what somebody suppressed or waived.
    pub suppressed: Option<String>,
}

/// Where something was found: a place in a file, a place inside evidence, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SarifLocation {
    /// URI of the file, as [`file_uri`] makes it.
    pub uri: Option<String>,
    /// Line, from 1.
    pub line: Option<u64>,
    /// Column in characters, from 1.
    pub column: Option<u64>,
    /// A place that is no line of a file: `HomeDomain/Library/SMS/sms.db: message row 4711`.
    pub logical: Option<String>,
}

impl SarifLocation {
    /// A place in a file.
    pub fn file(path: &str, line: Option<u64>, column: Option<u64>) -> SarifLocation {
        SarifLocation { uri: Some(file_uri(path)), line, column, logical: None }
    }

    /// A place inside an acquisition.
    pub fn evidence(path: &str, place: impl Into<String>) -> SarifLocation {
        SarifLocation { uri: Some(file_uri(path)), logical: Some(place.into()), ..SarifLocation::default() }
    }
}

/// The three levels of SARIF that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SarifLevel {
    /// Must be seen to.
    Error,
    /// Should be looked at.
    Warning,
    /// Worth knowing.
    Note,
}

impl SarifLevel {
    fn as_str(self) -> &'static str {
        match self {
            SarifLevel::Error => "error",
            SarifLevel::Warning => "warning",
            SarifLevel::Note => "note",
        }
    }
}

impl From<Severity> for SarifLevel {
    fn from(severity: Severity) -> SarifLevel {
        match severity {
            Severity::Critical | Severity::High => SarifLevel::Error,
            Severity::Medium => SarifLevel::Warning,
            Severity::Low | Severity::Info => SarifLevel::Note,
        }
    }
}

/// A path as a URI: relative ones stay relative, so that a code host finds the file in its own tree.
pub fn file_uri(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let mut relative = path.as_str();
    while let Some(rest) = relative.strip_prefix("./") {
        relative = rest.trim_start_matches('/');
    }
    let absolute = relative.starts_with('/') || relative.as_bytes().get(1..3) == Some(b":/");
    let mut uri = match (absolute, relative.starts_with('/')) {
        (true, true) => "file://".to_owned(),
        (true, false) => "file:///".to_owned(),
        (false, _) => String::new(),
    };
    for byte in relative.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// The bytes of a SARIF file.
pub fn write_sarif(sarif: &Sarif) -> Vec<u8> {
    let results: Vec<Value> = sarif.results.iter().take(MAX_RESULTS).map(|r| result(r, &sarif.rules)).collect();
    let mut run = json!({
        "tool": {
            "driver": {
                "name": "vigie",
                "version": line(&sarif.tool_version),
                "rules": sarif.rules.iter().map(rule).collect::<Vec<_>>(),
            },
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    if let more @ 1.. = sarif.results.len().saturating_sub(MAX_RESULTS) {
        let text = format!("{more} more result(s) are left out: code hosts take {MAX_RESULTS}");
        let notification = json!({ "level": "warning", "message": { "text": text } });
        run["invocations"] = json!([{ "executionSuccessful": true, "toolExecutionNotifications": [notification] }]);
    }
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    write_json(&log)
}

fn rule(r: &SarifRule) -> Value {
    let mut rule = Map::new();
    rule.insert("id".into(), line(&r.id).into());
    rule.insert("shortDescription".into(), json!({ "text": paragraphs(&r.short) }));
    rule.insert("fullDescription".into(), json!({ "text": paragraphs(&r.full) }));
    rule.insert("help".into(), json!({ "text": paragraphs(&r.help) }));
    if let Some(uri) = &r.help_uri {
        rule.insert("helpUri".into(), uri.as_str().into());
    }
    rule.insert("defaultConfiguration".into(), json!({ "level": r.level.as_str() }));
    rule.into()
}

fn result(r: &SarifResult, rules: &[SarifRule]) -> Value {
    let mut result = Map::new();
    result.insert("ruleId".into(), line(&r.rule).into());
    if let Some(at) = rules.iter().position(|rule| rule.id == r.rule) {
        result.insert("ruleIndex".into(), at.into());
    }
    result.insert("level".into(), r.level.as_str().into());
    result.insert("message".into(), json!({ "text": message(&r.message) }));
    result.insert("locations".into(), r.locations.iter().map(location).collect());
    if let Some(print) = &r.fingerprint {
        result.insert("fingerprints".into(), json!({ "vigie/v1": line(print) }));
        // The only name GitHub looks at; without it, everything in one acquisition would be one alert.
        result.insert("partialFingerprints".into(), json!({ "primaryLocationLineHash": line(print) }));
    }
    if let Some(why) = &r.suppressed {
        result.insert("suppressions".into(), json!([{ "kind": "external", "justification": paragraphs(why) }]));
    }
    result.into()
}

fn location(at: &SarifLocation) -> Value {
    let mut location = Map::new();
    if let Some(uri) = &at.uri {
        let mut physical = Map::new();
        physical.insert("artifactLocation".into(), json!({ "uri": uri }));
        let mut region = Map::new();
        if let Some(line) = at.line.filter(|n| *n > 0) {
            region.insert("startLine".into(), line.into());
            if let Some(column) = at.column.filter(|n| *n > 0) {
                region.insert("startColumn".into(), column.into());
            }
        }
        if !region.is_empty() {
            physical.insert("region".into(), region.into());
        }
        location.insert("physicalLocation".into(), physical.into());
    }
    if let Some(place) = &at.logical {
        location.insert("logicalLocations".into(), json!([{ "fullyQualifiedName": line(place) }]));
    }
    location.into()
}

fn line(text: &str) -> String {
    sanitize::terminal_cut(text, MAX_TEXT)
}

/// Text of several lines, each made safe; never empty, as readers expect words where a description stands.
fn paragraphs(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(line).collect();
    let text = message(&lines.join("\n"));
    if text.is_empty() { "-".to_owned() } else { text }
}

/// A text in which nothing is read as a link.
fn message(text: &str) -> String {
    let safe: Vec<String> = text.lines().map(line).collect();
    let safe = safe.join("\n");
    if !safe.contains("](") {
        return safe;
    }
    safe.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Sarif {
        let hostile = "a\u{1b}[2J\u{202e}[click](https://evil.example)\nb";
        Sarif {
            tool_version: "0.1.0".into(),
            rules: vec![
                SarifRule {
                    id: "never-matches".into(),
                    short: "It can never match".into(),
                    full: "Why.\nAnd more.".into(),
                    help: String::new(),
                    help_uri: Some("https://example.org/lint#never-matches".into()),
                    level: SarifLevel::Error,
                },
                SarifRule {
                    id: "hit".into(),
                    short: hostile.into(),
                    full: hostile.into(),
                    help: hostile.into(),
                    help_uri: None,
                    level: SarifLevel::Note,
                },
            ],
            results: vec![
                SarifResult {
                    rule: "never-matches".into(),
                    level: SarifLevel::Error,
                    message: "[domain-name:value = 'ups.so'] is a file name".into(),
                    locations: vec![SarifLocation::file("./packs/a b/é:x.txt", Some(3), Some(9))],
                    fingerprint: Some("L-1".into()),
                    suppressed: Some("known".into()),
                },
                SarifResult {
                    rule: "hit".into(),
                    level: Severity::Medium.into(),
                    message: hostile.into(),
                    locations: vec![SarifLocation::evidence("/cases/17", "sms.db: row 1\u{7}")],
                    fingerprint: None,
                    suppressed: None,
                },
            ],
        }
    }

    fn written() -> (String, Value) {
        let text = String::from_utf8(write_sarif(&sample())).unwrap();
        let value = serde_json::from_str(&text).unwrap();
        (text, value)
    }

    #[test]
    fn what_the_format_requires_is_there() {
        let (_, log) = written();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["name"], "vigie");
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for (i, result) in run["results"].as_array().unwrap().iter().enumerate() {
            let at = result["ruleIndex"].as_u64().unwrap();
            assert_eq!((rules[at as usize]["id"].clone(), at), (result["ruleId"].clone(), i as u64));
            assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        }
        for rule in rules {
            for part in ["shortDescription", "fullDescription", "help"] {
                assert!(!rule[part]["text"].as_str().unwrap().is_empty(), "{part}");
            }
        }
        let first = &run["results"][0];
        let physical = &first["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "packs/a%20b/%C3%A9%3Ax.txt");
        assert_eq!(physical["region"], json!({ "startLine": 3, "startColumn": 9 }));
        assert_eq!(first["partialFingerprints"]["primaryLocationLineHash"], "L-1");
        assert_eq!(first["suppressions"], json!([{ "kind": "external", "justification": "known" }]));
        assert_eq!(first["message"]["text"], "[domain-name:value = 'ups.so'] is a file name");
        let second = &run["results"][1]["locations"][0];
        assert_eq!(second["physicalLocation"], json!({ "artifactLocation": { "uri": "file:///cases/17" } }));
        assert_eq!(second["logicalLocations"][0]["fullyQualifiedName"], "sms.db: row 1\\u{7}");
    }

    #[test]
    fn no_text_is_a_link_or_hidden() {
        let (text, log) = written();
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
        let links = regex::Regex::new(r"(?:^|[^\\])\[[^\]\\]*\]\(").unwrap();
        let run = &log["runs"][0];
        let rule = &run["tool"]["driver"]["rules"][1];
        for told in [&run["results"][1]["message"], &rule["help"], &rule["fullDescription"], &rule["shortDescription"]]
        {
            let told = told["text"].as_str().unwrap();
            assert!(told.contains("click") && !links.is_match(told), "{told}");
        }
        assert!(links.is_match("see [click](https://evil.example)"));
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let mut sarif = sample();
        let one = sarif.results[0].clone();
        sarif.results.resize(MAX_RESULTS + 2, one);
        let log: Value = serde_json::from_slice(&write_sarif(&sarif)).unwrap();
        let run = &log["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), MAX_RESULTS);
        let told = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
        assert!(told.starts_with("2 more result(s)"), "{told}");
        assert!(written().1["runs"][0].get("invocations").is_none());
    }

    #[test]
    fn paths_become_addresses() {
        assert_eq!(file_uri("packs/x.txt"), "packs/x.txt");
        assert_eq!(file_uri("././/x#?.txt"), "x%23%3F.txt");
        assert_eq!(file_uri("/a b"), "file:///a%20b");
        assert_eq!(file_uri("a%41"), "a%2541");
    }
}
