//! Waivers: what a pack's authors know and keep, each with a reason and an end.
//!
//! ```toml
//! [[waive]]
//! rule = "duplicate-attribution"
//! value = "tribunnews.org"          # or file = "path", or id = "indicator--…"; several must all fit
//! reason = "the site was used by both campaigns"
//! expires = "2027-06-30"            # the last day on which it holds
//! ```

use std::fs;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::rules::files::{WAIVER_EXPIRED, WAIVER_INVALID};
use super::{Defect, Out, rules};

/// Name of the file that is looked for beside a path.
pub const FILE_NAME: &str = "lint-waivers.toml";
/// Bytes of such a file at the most.
const MAX_FILE: u64 = 4 << 20;

/// One waiver that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Id of the rule.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// The file it stands in, and the line.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Whether it hid something.
    pub used: bool,
    value: Option<String>,
    path: Option<String>,
    id: Option<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    waive: Vec<Spanned<toml::Table>>,
    #[serde(flatten)]
    others: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: Option<String>,
    value: Option<String>,
    file: Option<String>,
    id: Option<String>,
    reason: Option<String>,
    expires: Option<toml::Value>,
}

impl Waiver {
    /// Whether a defect is one that it speaks of.
    pub fn fits(&self, defect: &Defect) -> bool {
        let text = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        let value = match (&self.value, &defect.value) {
            (None, _) => true,
            // The value, the whole pattern, or the value inside a message about a pattern.
            (Some(w), Some(v)) => w == v || w.trim() == v.trim() || *w == defect.needle.0 || defect.quotes(w),
            (Some(w), None) => defect.quotes(w),
        };
        let path = self.path.as_ref().is_none_or(|p| Path::new(&defect.file).ends_with(p.trim_start_matches("./")));
        self.rule == defect.rule.id && value && path && text(&self.id, &defect.id)
    }
}

impl Defect {
    /// Whether the message names a value: between the quotes of a pattern, or between back quotes.
    fn quotes(&self, value: &str) -> bool {
        self.message.contains(&format!("'{value}'")) || self.message.contains(&format!("`{value}`"))
    }
}

/// Reads the waivers of a file. What is wrong with them is told, and they then hide nothing.
pub(super) fn read(file: &Path, as_of: Date, out: &mut Out) -> Vec<Waiver> {
    let shown = file.display().to_string();
    let too_large = fs::metadata(file).is_ok_and(|m| m.len() > MAX_FILE);
    let text = match fs::read_to_string(file) {
        _ if too_large => {
            out.file(&WAIVER_INVALID, &shown, 0, format!("more than {MAX_FILE} bytes"));
            return Vec::new();
        }
        Ok(text) => text,
        Err(e) => {
            out.file(&WAIVER_INVALID, &shown, 0, e.to_string());
            return Vec::new();
        }
    };
    let line_of = |at: usize| text.bytes().take(at).filter(|b| *b == b'\n').count() as u64 + 1;
    let parsed: File = match toml::from_str(&text) {
        Ok(parsed) => parsed,
        Err(e) => {
            let line = e.span().map_or(0, |s| line_of(s.start));
            out.file(&WAIVER_INVALID, &shown, line, e.message().to_owned());
            return Vec::new();
        }
    };
    if let Some(key) = parsed.others.keys().next() {
        out.file(&WAIVER_INVALID, &shown, 0, format!("`{key}` is not known; waivers are `[[waive]]`"));
    }
    let mut waivers = Vec::new();
    for entry in parsed.waive {
        let line = line_of(entry.span().start);
        match waiver(entry.into_inner(), &shown, line) {
            Ok((w, expires)) if expires < as_of => {
                let told = format!("the waiver of {} ended on {expires}: {}", w.rule, w.reason);
                out.file(&WAIVER_EXPIRED, &shown, line, told);
            }
            Ok((w, _)) => waivers.push(w),
            Err(why) => out.file(&WAIVER_INVALID, &shown, line, why),
        }
    }
    waivers
}

fn waiver(table: toml::Table, file: &str, line: u64) -> Result<(Waiver, Date), String> {
    let e: Entry = table.try_into().map_err(|e: toml::de::Error| e.message().to_owned())?;
    let rule = e.rule.ok_or("`rule` is missing")?;
    if rules::find(&rule).is_none() {
        return Err(format!("there is no rule {rule}"));
    }
    let reason = e.reason.filter(|r| !r.trim().is_empty()).ok_or("`reason` is missing")?;
    let expires = match e.expires.ok_or("`expires` is missing")? {
        toml::Value::String(text) => text,
        toml::Value::Datetime(date) => date.to_string(),
        other => return Err(format!("`expires`: expected a date, found {other}")),
    };
    let day = expires.get(..10).unwrap_or(&expires);
    let expires: Date = day.parse().map_err(|_| format!("`expires`: expected a date, found {expires}"))?;
    if e.value.is_none() && e.file.is_none() && e.id.is_none() {
        return Err("one of `value`, `file`, `id` is needed".to_owned());
    }
    let (value, path, id) = (e.value, e.file, e.id);
    Ok((Waiver { rule, reason, file: file.to_owned(), line, used: false, value, path, id }, expires))
}
