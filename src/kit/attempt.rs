//! Tries one STIX pattern on files: bundles with observed-data, or the records that a scan wrote. What matched is told
//! piece by piece, so that the author of a pattern sees why.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::artifact::{Artifact, Shape};
use crate::artifacts;
use crate::device::{DeviceFacts, Platform};
use crate::finding::PackClass;
use crate::matcher::{Found, Matcher, Setting};
use crate::packs::{Family, Full, Library, Owner, Pack, Text};
use crate::record::{Field, Locator, Precision, Record, Role, Timestamp, Value};
use crate::scan::{instants, stored};
use crate::stix::observe::{CompiledPattern, Hit, Outcome};
use crate::stix::observed_data::observed_data;
use crate::stix::time::parse_timestamp;
use crate::stix::{self, Pattern};

/// Bytes of one JSON file of observed-data.
const MAX_BUNDLE: u64 = 256 << 20;
/// Bytes of one line of records.
const MAX_LINE: u64 = 16 << 20;
/// Records remembered for each `[ … ]` of a pattern over several.
const MAX_PARTS: usize = 100_000;
/// Matching records told.
const MAX_TOLD: usize = 1_000;

/// Why a pattern could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// The pattern breaks the grammar.
    #[error("the pattern: {0}")]
    Pattern(#[from] stix::ParseError),
    /// It is grammatical and cannot be answered.
    #[error("the pattern cannot be evaluated: {0}")]
    NotEvaluable(String),
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{path}: {reason}")]
    Format {
        /// The file.
        path: String,
        /// Why, and where.
        reason: String,
    },
    /// A value was not what its test needs.
    #[error("{0}")]
    Value(String),
    /// The search gave up.
    #[error("too many combinations: it is not known whether the pattern matches")]
    GaveUp,
    /// The library is full.
    #[error(transparent)]
    Full(#[from] Full),
}

/// What a try came to.
#[derive(Debug, Default, Serialize)]
pub struct Tried {
    /// The pattern in its canonical spelling.
    pub pattern: String,
    /// Whether it matched anything.
    pub matched: bool,
    /// Observations or records looked at.
    pub looked_at: u64,
    /// Matches beyond those told.
    pub more: u64,
    /// What matched.
    pub matches: Vec<Told>,
    /// Parts of the pattern that nothing vigie reads could satisfy.
    pub never: Vec<String>,
}

/// One observation or record that matched, or takes part in a match.
#[derive(Debug, Serialize)]
pub struct Told {
    /// Which `[ … ]`, from 1, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<usize>,
    /// File it was read from.
    pub file: String,
    /// Id of the observed-data, or place of the record.
    pub what: String,
    /// How the record led to it, and the value that was equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
}

/// Tries a pattern on files and report folders.
pub fn attempt(pattern: &str, paths: &[PathBuf]) -> Result<Tried, TryError> {
    let parsed = stix::parse(pattern)?;
    let mut tried = Tried { pattern: parsed.canonical(), ..Tried::default() };
    let (mut bundles, mut records) = (Vec::new(), Vec::new());
    for path in paths {
        collect(path, &mut bundles, &mut records)?;
    }
    if !bundles.is_empty() {
        on_observed_data(&parsed, &bundles, &mut tried)?;
    }
    if !records.is_empty() {
        on_records(pattern, &records, &mut tried)?;
    }
    tried.matched = !tried.matches.is_empty();
    Ok(tried)
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> TryError + '_ {
    |source| TryError::Io { path: path.display().to_string(), source }
}

/// Tells bundles from records.
fn collect(path: &Path, bundles: &mut Vec<PathBuf>, records: &mut Vec<PathBuf>) -> Result<(), TryError> {
    if !path.is_dir() {
        let list = if artifact_of(path).is_some() { records } else { bundles };
        list.push(path.to_path_buf());
        return Ok(());
    }
    let folder = stored::folder(path);
    let entries = std::fs::read_dir(&folder).map_err(io_error(&folder))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|p| artifact_of(p).is_some()).collect();
    files.sort();
    if files.is_empty() {
        let reason = "no records: expected files like ios.sms.jsonl.zst, as `vigie scan -o` writes them".to_owned();
        return Err(TryError::Format { path: path.display().to_string(), reason });
    }
    records.append(&mut files);
    Ok(())
}

/// The artifact a file of records is of.
fn artifact_of(path: &Path) -> Option<&'static Artifact> {
    let id = stored::artifact_of(path)?;
    artifacts::ALL.iter().copied().find(|a| a.id == id)
}

fn on_observed_data(parsed: &Pattern, files: &[PathBuf], tried: &mut Tried) -> Result<(), TryError> {
    let compiled = CompiledPattern::new(parsed).map_err(|e| TryError::NotEvaluable(e.to_string()))?;
    let mut sources = Vec::new();
    for path in files {
        let mut text = String::new();
        let file = File::open(path).map_err(io_error(path))?;
        file.take(MAX_BUNDLE).read_to_string(&mut text).map_err(io_error(path))?;
        let json: Json = serde_json::from_str(&text)
            .map_err(|e| TryError::Format { path: path.display().to_string(), reason: e.to_string() })?;
        sources.push(json);
    }
    let data = observed_data(&sources).map_err(|e| TryError::Value(e.to_string()))?;
    let observed: Vec<_> = data.iter().map(|d| d.as_observed()).collect();
    tried.looked_at += data.len() as u64;
    let file_of = |id: &str| {
        let has =
            |json: &Json| json.get("objects").and_then(Json::as_array).is_some_and(|o| o.iter().any(|o| o["id"] == id));
        let at = sources.iter().position(has).unwrap_or(0);
        files[at].display().to_string()
    };
    match compiled.matches(&observed).map_err(|e| TryError::Value(e.to_string()))? {
        Outcome::NoMatch => {}
        Outcome::GaveUp => return Err(TryError::GaveUp),
        Outcome::Match(bound) => {
            for b in bound {
                let Some(d) = data.get(b.observation) else { continue };
                let part = (compiled.leaves().len() > 1).then_some(b.leaf + 1);
                tried.matches.push(Told { part, file: file_of(&d.id), what: d.id.clone(), how: None });
            }
        }
    }
    Ok(())
}

/// The pieces of a pattern over several records.
#[derive(Default)]
struct Pieces {
    hits: Vec<Vec<Hit>>,
    places: Vec<(String, String)>,
}

fn on_records(pattern: &str, files: &[PathBuf], tried: &mut Tried) -> Result<(), TryError> {
    let mut library = Library::default();
    let pack = library.add_pack(Pack::default())?;
    let family = library.add_family(Family { name: String::new(), class: PackClass::Other, references: Vec::new() })?;
    library.take(Owner::new(pack, family), "tried", Text::Pattern(pattern))?;
    if let Some(not) = library.packs[0].not_evaluable.first() {
        return Err(TryError::NotEvaluable(not.reason.clone()));
    }
    tried.never = library.packs[0].problems.iter().map(|p| p.text.clone()).collect();
    let matcher = Matcher::new(library);
    let mut pieces = Pieces::default();
    for path in files {
        let Some(artifact) = artifact_of(path) else { continue };
        each_line(path, |number, line| {
            tried.looked_at += 1;
            on_record(&matcher, artifact, path, number, line, &mut pieces, tried)
        })?;
    }
    let Some(whole) = matcher.whole(0) else { return Ok(()) };
    match whole.decide(&pieces.hits) {
        Outcome::NoMatch => {}
        Outcome::GaveUp => return Err(TryError::GaveUp),
        Outcome::Match(bound) => {
            for b in bound {
                let Some((file, what)) = pieces.places.get(b.observation).cloned() else { continue };
                tried.matches.push(Told { part: Some(b.leaf + 1), file, what, how: None });
            }
        }
    }
    Ok(())
}

/// Calls `each` with every line of a file of records.
fn each_line(path: &Path, mut each: impl FnMut(u64, &str) -> Result<(), TryError>) -> Result<(), TryError> {
    let mut reader = BufReader::new(stored::open(path).map_err(io_error(path))?);
    let mut line = String::new();
    for number in 1.. {
        line.clear();
        if (&mut reader).take(MAX_LINE).read_line(&mut line).map_err(io_error(path))? == 0 {
            break;
        }
        each(number, &line)?;
    }
    Ok(())
}

fn on_record(
    matcher: &Matcher,
    artifact: &'static Artifact,
    path: &Path,
    number: u64,
    line: &str,
    pieces: &mut Pieces,
    tried: &mut Tried,
) -> Result<(), TryError> {
    let wrong = |reason: String| TryError::Format { path: path.display().to_string(), reason };
    let json: Map<String, Json> = serde_json::from_str(line).map_err(|e| wrong(format!("line {number}: {e}")))?;
    let text = |key: &str| json.get(key).and_then(Json::as_str).unwrap_or("");
    let shape = artifact.shapes.iter().copied().find(|s| s.name == text("shape"));
    let (Some(shape), Some(Json::Object(fields))) = (shape, json.get("record")) else {
        return Err(wrong(format!("line {number}: no record of {}", artifact.id)));
    };
    let values: Vec<(&'static Field, Value<'_>)> =
        shape.fields.iter().filter_map(|f| Some((*f, value(f, fields.get(f.name)?)?))).collect();
    let locator = Locator::Key(text("locator").into());
    let record = Record {
        artifact: artifact.id,
        shape: shape.name,
        order: shape.fields,
        source: text("source"),
        locator,
        values: &values,
    };
    let platform = if artifact.id.starts_with("android.") { Platform::Android } else { Platform::Ios };
    let mut found = Found::default();
    let setting = Setting { platform, device: &DeviceFacts::default() };
    matcher.matches(&record, &setting, &mut found);
    let what = || format!("{} {} {}, {}", artifact.id, text("evidence"), text("source"), text("locator"));
    let file = || path.display().to_string();
    for hit in &found.hits {
        if tried.matches.len() >= MAX_TOLD {
            tried.more += 1;
            continue;
        }
        let value = hit.key.as_ref().map_or_else(String::new, |k| format!(" {k}"));
        tried.matches.push(Told {
            part: None,
            file: file(),
            what: what(),
            how: Some(format!("{}{value}", hit.step.as_str())),
        });
    }
    if found.parts.is_empty() {
        return Ok(());
    }
    let times = times(shape, &values);
    let observation = pieces.places.len();
    pieces.places.push((file(), what()));
    for (part, _) in found.parts {
        let leaf = usize::from(part.leaf);
        if pieces.hits.len() <= leaf {
            pieces.hits.resize(leaf + 1, Vec::new());
        }
        if pieces.hits[leaf].len() >= MAX_PARTS {
            return Err(TryError::GaveUp);
        }
        if times.is_empty() {
            pieces.hits[leaf].push(Hit { observation, times: None, number: 1 });
        }
        pieces.hits[leaf].extend(times.iter().map(|&t| Hit { observation, times: Some(t), number: 1 }));
    }
    Ok(())
}

fn times(shape: &Shape, values: &[(&'static Field, Value<'_>)]) -> Vec<(i64, i64)> {
    let here = DeviceFacts::default();
    let of = |field: &'static Field| {
        values.iter().find_map(|(f, v)| match v {
            Value::Time(t) if std::ptr::eq(*f, field) => instants(t, &here),
            _ => None,
        })
    };
    shape.events.iter().filter_map(|e| of(e.time)).collect()
}

/// A field's value as the parser had it, from what the report wrote.
fn value<'a>(field: &Field, json: &'a Json) -> Option<Value<'a>> {
    Some(match json {
        Json::Null | Json::Object(_) => return None,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => n.as_i64().map(Value::Int).or_else(|| n.as_f64().map(Value::Float))?,
        Json::String(s) if field.roles.contains(&Role::Time) => Value::Time(time(s)?),
        Json::String(s) => Value::Str(s.as_str().into()),
        Json::Array(list) => Value::List(list.iter().filter_map(|item| value(field, item)).collect()),
    })
}

/// A time as reports write it: with `Z` in UTC, without it on the device's own clock.
fn time(text: &str) -> Option<Timestamp> {
    let precision = match text.len() {
        0..=10 => Precision::Day,
        _ if text.contains('.') => Precision::Micro,
        _ => Precision::Second,
    };
    if text.ends_with('Z') {
        return Timestamp::utc_micros(parse_timestamp(text)?, precision);
    }
    let whole = if text.len() <= 10 { format!("{text}T00:00:00Z") } else { format!("{text}Z") };
    Some(Timestamp::device_local(parse_timestamp(&whole)?, precision))
}
