//! `--suppress FILE`: what a desk or lab knows to be innocent. Each entry gives a reason and ends on a date. What it
//! hides is moved, whole, from the findings to a list of its own; nothing is ever dropped.
//!
//! `docs/suppress.md` is the description for people.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::selector::{Named, Selector, path_ends};
use super::toml_file::{TomlError, TomlFile};
use super::{DeviceGroup, Opening, Options};
use crate::finding::{Finding, Reason, reason};
use crate::formats::hex;
use crate::report::{Device, ExpiredSuppression, Suppressed, SuppressionFile};

/// Version of the format.
const VERSION: u32 = 1;
/// Entries of one file at the most.
const MAX_ENTRIES: usize = 100_000;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A suppression file that was read and checked.
#[derive(Debug, Clone)]
pub struct SuppressFile {
    path: String,
    sha256: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    line: u64,
    about: Selector,
    device: Option<String>,
    evidence: Option<String>,
    sha256: Option<String>,
    reason: String,
    expires: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: Spanned<u32>,
    #[serde(default)]
    suppress: Vec<Spanned<RawEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    pattern: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    value: Option<String>,
    rule: Option<String>,
    artifact: Option<String>,
    device: Option<String>,
    evidence: Option<String>,
    sha256: Option<String>,
    reason: Spanned<String>,
    expires: Spanned<String>,
}

impl SuppressFile {
    /// Reads a file and checks every entry.
    pub fn read(path: &Path) -> Result<SuppressFile, TomlError> {
        SuppressFile::of(&TomlFile::read(path)?)
    }

    /// Checks a file's entries.
    pub fn of(file: &TomlFile) -> Result<SuppressFile, TomlError> {
        let raw: RawFile = file.parse()?;
        if *raw.version.get_ref() != VERSION {
            return Err(file.wrong(raw.version.span().start, format!("expected version = {VERSION}")));
        }
        if let Some(one_too_many) = raw.suppress.get(MAX_ENTRIES) {
            return Err(file.wrong(one_too_many.span().start, format!("at most {MAX_ENTRIES} entries are read")));
        }
        let entries = raw.suppress.into_iter().map(|e| entry(file, e)).collect::<Result<_, _>>()?;
        Ok(SuppressFile { path: file.path().to_owned(), sha256: file.sha256(), entries })
    }
}

fn entry(file: &TomlFile, raw: Spanned<RawEntry>) -> Result<Entry, TomlError> {
    let start = raw.span().start;
    let raw = raw.into_inner();
    if raw.reason.get_ref().trim().is_empty() {
        return Err(file.wrong(raw.reason.span().start, "the reason is empty; say why this is innocent"));
    }
    let expires: Date = match raw.expires.get_ref().parse() {
        Ok(date) if raw.expires.get_ref().len() == "2026-01-31".len() => date,
        _ => return Err(file.wrong(raw.expires.span().start, "expires is not a date like \"2026-01-31\"")),
    };
    if raw.value.is_some() && raw.kind.is_none() {
        return Err(file.wrong(start, "value needs a type beside it: type = \"domain-name:value\""));
    }
    if let Some(hash) = &raw.sha256
        && crate::observable::hash(hash).is_none_or(|h| h.len() != 64)
    {
        return Err(file.wrong(start, "sha256 is not 64 hexadecimal digits"));
    }
    let named = Named {
        artifact: raw.artifact,
        pattern: raw.pattern,
        kind: raw.kind,
        value: raw.value,
        rule: raw.rule,
        step: None,
    };
    let about = Selector::new(named).map_err(|what| file.wrong(start, what))?;
    if !about.names_indicator() {
        return Err(file.wrong(start, "expected the indicator it is about: pattern, type and value, or rule"));
    }
    Ok(Entry {
        line: file.line(start),
        about,
        device: raw.device,
        evidence: raw.evidence,
        sha256: raw.sha256.map(|h| h.to_ascii_lowercase()),
        reason: raw.reason.into_inner().trim().to_owned(),
        expires,
    })
}

impl Entry {
    /// True when the finding, on this device, is what the entry is about. Where an entry is limited to some evidence,
    /// everything the finding stands on must be known to lie in it.
    fn is_about(&self, f: &Finding, group: &DeviceGroup, opening: &Opening) -> bool {
        self.about.selects(f)
            && self.device.as_ref().is_none_or(|d| group.facts.identifiers.iter().any(|id| names_device(d, &id.value)))
            && self.evidence.as_ref().is_none_or(|glob| {
                !group.evidence.is_empty()
                    && group.evidence.iter().all(|&e| path_ends(opening.evidence[e].path(), glob))
            })
            && self.sha256.as_ref().is_none_or(|hash| {
                f.count == f.examples.len() as u64
                    && f.examples.iter().all(|e| e.location.sha256.as_deref() == Some(hash))
            })
    }
}

/// A device is named by one of its identifiers, or by the SHA-256 of one, for lists that travel.
fn names_device(named: &str, identifier: &str) -> bool {
    let hash = hex(&Sha256::digest(identifier.as_bytes()));
    named.eq_ignore_ascii_case(identifier) || named.eq_ignore_ascii_case(&hash)
}

/// Findings, parted.
pub struct Parted {
    /// Those that count.
    pub findings: Vec<Finding>,
    /// Those that do not, and why.
    pub suppressed: Vec<Suppressed>,
    /// The files that were used.
    pub files: Vec<SuppressionFile>,
}

/// Parts what counts from what the suppression files hide. The first entry that holds takes a finding.
pub fn part(findings: Vec<Finding>, opening: &Opening, options: &Options) -> Parted {
    let today = today(opening, options);
    let mut parted = Parted { findings: Vec::new(), suppressed: Vec::new(), files: Vec::new() };
    // By entry: what it would have hidden.
    let mut expired: HashMap<(usize, usize), Vec<String>> = HashMap::new();
    let in_force = |e: &Entry| today.is_some_and(|t| t <= e.expires);
    for finding in findings {
        let group = opening.devices.iter().find(|d| d.id == finding.device);
        let entries = || {
            let numbered = options.suppress.iter().enumerate();
            numbered
                .flat_map(|(i, file)| file.entries.iter().enumerate().map(move |(j, entry)| ((i, j), file, entry)))
                .filter(|(_, _, entry)| group.is_some_and(|g| entry.is_about(&finding, g, opening)))
        };
        match entries().find(|(_, _, entry)| in_force(entry)) {
            None => {
                for (at, _, _) in entries() {
                    expired.entry(at).or_default().push(finding.id.clone());
                }
                parted.findings.push(finding);
            }
            Some((_, file, entry)) => parted.suppressed.push(Suppressed {
                file: file.path.clone(),
                line: entry.line,
                reason: entry.reason.clone(),
                expires: entry.expires.to_string(),
                finding,
            }),
        }
    }
    for (i, file) in options.suppress.iter().enumerate() {
        let past = file.entries.iter().enumerate().filter(|(_, e)| !in_force(e)).map(|(j, e)| ExpiredSuppression {
            line: e.line,
            about: e.about.to_string(),
            reason: e.reason.clone(),
            expires: e.expires.to_string(),
            findings: expired.remove(&(i, j)).unwrap_or_default(),
        });
        parted.files.push(SuppressionFile {
            path: file.path.clone(),
            sha256: file.sha256.clone(),
            entries: file.entries.len() as u64,
            as_of: today.map(|t| t.to_string()),
            expired: past.collect(),
        });
    }
    parted
}

/// The date that entries must not have passed: `--as-of`; else the newest acquisition's for a run that shall be
/// repeatable, and today's for any other. Without a date, no entry holds.
fn today(opening: &Opening, options: &Options) -> Option<Date> {
    let micros = match (options.as_of, options.reproducible) {
        (Some(t), _) => t.micros,
        (None, true) => opening.devices.iter().filter_map(|d| d.facts.acquired).map(|t| t.micros).max()?,
        (None, false) => jiff::Timestamp::now().as_microsecond(),
    };
    let days = i32::try_from(micros.div_euclid(MICROS_PER_DAY)).ok()?;
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Says in each device's verdict that something does not count.
pub fn tell(devices: &mut [Device], parted: &[Suppressed], files: &[SuppressionFile]) {
    for device in devices {
        for file in files {
            let n = parted.iter().filter(|s| s.file == file.path && s.finding.device == device.id).count();
            if n > 0 {
                let text = format!("{n} finding(s) hidden by {}", file.path);
                let told = Reason::new(reason::SUPPRESSED, text).with("count", n.to_string());
                device.verdict.reasons.push(told.with("file", file.path.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<SuppressFile, String> {
        SuppressFile::of(&TomlFile::of("s.toml".into(), text.into())).map_err(|e| e.to_string())
    }

    fn with(entry: &str) -> String {
        of(&format!("version = 1\n[[suppress]]\n{entry}\n")).unwrap_err()
    }

    #[test]
    fn every_entry_says_what_why_and_until_when() {
        let good = "pattern = \"[domain-name:value = 'a.example']\"\nreason = 'ours'\nexpires = '2027-01-31'";
        let file = of(&format!("version = 1\n# x\n[[suppress]]\n{good}\n")).unwrap();
        assert_eq!((file.entries.len(), file.entries[0].line), (1, 3));
        assert!(of("version = 1\n").unwrap().entries.is_empty());
        assert!(with(&good.replace("reason = 'ours'\n", "")).contains("s.toml:2: missing field `reason`"));
        assert!(with(&good.replace("'ours'", "'  '")).starts_with("s.toml:4: the reason is empty"));
        assert!(with(&good.replace("expires = '2027-01-31'", "")).contains("missing field `expires`"));
        for date in ["2027-13-01", "2027-02-30", "31.01.2027", "2027-01-31T00:00:00", ""] {
            assert!(with(&good.replace("2027-01-31", date)).starts_with("s.toml:5: expires is not a date"), "{date}");
        }
        assert!(with(&format!("{good}\nseverity = 'low'")).starts_with("s.toml:6: unknown field `severity`"));
        assert!(with(&good.replace("pattern", "artifact")).contains("no artifact"));
        assert!(with("artifact = 'ios.sms'\nreason = 'x'\nexpires = '2027-01-31'").contains("expected the indicator"));
        assert!(with("value = 'a.example'\nreason = 'x'\nexpires = '2027-01-31'").contains("value needs a type"));
        assert!(with(&format!("{good}\nsha256 = 'abc'")).contains("64 hexadecimal"));
        assert_eq!(of("version = 2\n").unwrap_err(), "s.toml:1: expected version = 1");
    }

    #[test]
    fn devices_are_named_openly_or_by_hash() {
        assert!(names_device("abc", "ABC"));
        assert!(names_device("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", "abc"));
        assert!(!names_device("ab", "abc"));
    }
}
