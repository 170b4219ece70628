//! The cases of `docs/matching.md`: what an indicator and a record say, and whether that is a match.
//!
//! Each file of `tests/vectors/matching` is a list of cases:
//!
//! - `name`, `why`: what the case is about, and why the answer is right.
//! - `indicator`: a STIX pattern, or a list of patterns and of objects `{pattern, class, platform, valid_until}`.
//! - `platform`: `ios` or `android`.
//! - `record`: `{artifact, shape?, context?, time?, fields: [{name, roles, value}]}`. `time` is the record's event.
//! - `as_of`: the date of the acquisition.
//! - `expect`: `{match, step?, severity?, expired?, sources?, cannot?}`. `cannot` is part of the reason why the
//!   indicator is not loaded; `sources` is how many indicators stand behind the one hit.
//!
//! The class is `mercenary` and the context `contacted` unless a case says otherwise, so that `high` is the full weight.

use std::io::Write as _;
use std::path::Path;

use serde::Deserialize;
use vigie::device::{DeviceFacts, Platform};
use vigie::finding::{Context, PackClass, Severity, Step};
use vigie::matcher::{Found, Judgement, Matcher, Moments, Setting, Weight};
use vigie::packs::{Family, Library, Owner, Pack, Text};
use vigie::record::{Field, Locator, Privacy, Record, Role, Value};

/// Fewer cases than this mean that files were lost.
const LEAST_CASES: usize = 150;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    indicator: OneOrMany,
    platform: String,
    record: CaseRecord,
    #[serde(default)]
    as_of: Option<String>,
    expect: Expect,
    why: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<CaseIndicator>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum CaseIndicator {
    Pattern(String),
    Full(FullIndicator),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullIndicator {
    pattern: String,
    #[serde(default)]
    class: Option<PackClass>,
    #[serde(default)]
    platform: Option<String>,
    #[serde(default)]
    valid_until: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseRecord {
    artifact: String,
    #[serde(default)]
    shape: Option<String>,
    #[serde(default)]
    context: Option<Context>,
    #[serde(default)]
    time: Option<String>,
    fields: Vec<CaseField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseField {
    name: String,
    roles: Vec<String>,
    value: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(rename = "match")]
    matches: bool,
    #[serde(default)]
    step: Option<Step>,
    #[serde(default)]
    severity: Option<Severity>,
    #[serde(default)]
    expired: Option<bool>,
    #[serde(default)]
    sources: Option<usize>,
    #[serde(default)]
    cannot: Option<String>,
}

fn platform(name: &str) -> Platform {
    match name {
        "ios" => Platform::Ios,
        "android" => Platform::Android,
        other => panic!("no platform: {other}"),
    }
}

fn role(name: &str) -> Role {
    match name {
        "url" => Role::Url,
        "domain" => Role::Domain,
        "ip" => Role::Ip,
        "email" => Role::Email,
        "phone" => Role::Phone,
        "process" => Role::Process,
        "file-path" => Role::FilePath,
        "file-name" => Role::FileName,
        "app-id" => Role::AppId,
        "md5" => Role::Md5,
        "sha1" => Role::Sha1,
        "sha256" => Role::Sha256,
        "cert-md5" => Role::CertMd5,
        "cert-sha1" => Role::CertSha1,
        "cert-sha256" => Role::CertSha256,
        "profile-id" => Role::ProfileId,
        "property" => Role::Property,
        "text" => Role::Text,
        "number" => Role::Number,
        "opaque" => Role::Opaque,
        other => panic!("no role: {other}"),
    }
}

fn seconds(date: &str) -> i64 {
    date.parse::<jiff::Timestamp>().unwrap_or_else(|e| panic!("{date}: {e}")).as_second()
}

fn value(json: &serde_json::Value) -> Value<'static> {
    match json {
        serde_json::Value::String(s) => Value::from(s.clone()),
        serde_json::Value::Bool(b) => Value::from(*b),
        serde_json::Value::Number(n) => match n.as_i64() {
            Some(i) => Value::from(i),
            None => Value::from(n.as_f64().unwrap()),
        },
        serde_json::Value::Array(items) => Value::List(items.iter().map(value).collect()),
        other => panic!("no value of a record: {other}"),
    }
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn library(case: &Case) -> Library {
    let one =
        |pattern: &String| FullIndicator { pattern: pattern.clone(), class: None, platform: None, valid_until: None };
    let list: Vec<FullIndicator> = match &case.indicator {
        OneOrMany::One(p) => vec![one(p)],
        OneOrMany::Many(list) => list
            .iter()
            .map(|i| match i {
                CaseIndicator::Pattern(p) => one(p),
                CaseIndicator::Full(f) => FullIndicator {
                    pattern: f.pattern.clone(),
                    class: f.class,
                    platform: f.platform.clone(),
                    valid_until: f.valid_until.clone(),
                },
            })
            .collect(),
    };
    let mut library = Library::default();
    for (i, indicator) in list.iter().enumerate() {
        let pack = library.add_pack(Pack { id: format!("pack{i}"), ..Pack::default() }).unwrap();
        let class = indicator.class.unwrap_or(PackClass::Mercenary);
        let family = Family { name: format!("Family {i}"), class, references: Vec::new() };
        let owner = Owner {
            valid_until: indicator.valid_until.as_deref().map(seconds),
            platform: indicator.platform.as_deref().map(platform),
            ..Owner::new(pack, library.add_family(family).unwrap())
        };
        library.take(owner, &format!("i{i}"), Text::Pattern(&indicator.pattern)).unwrap();
    }
    library
}

struct Answer {
    step: Step,
    weight: Weight,
    sources: usize,
}

/// The heaviest hit that counts; `Err` when the indicators could not be loaded.
fn ask(case: &Case) -> Result<Option<Answer>, String> {
    let library = library(case);
    let problems: Vec<String> =
        library.packs.iter().flat_map(|p| p.not_evaluable.iter().map(|n| n.reason.clone())).collect();
    if !problems.is_empty() {
        return Err(problems.join("; "));
    }
    let matcher = Matcher::new(library);
    let values: Vec<(&'static Field, Value<'static>)> = case
        .record
        .fields
        .iter()
        .map(|f| {
            let roles: &'static [Role] =
                Box::leak(f.roles.iter().map(|r| role(r)).collect::<Vec<_>>().into_boxed_slice());
            let field: &'static Field = Box::leak(Box::new(Field::new(leak(&f.name), roles, Privacy::Public, "")));
            (field, value(&f.value))
        })
        .collect();
    let record = Record {
        artifact: leak(&case.record.artifact),
        shape: leak(case.record.shape.as_deref().unwrap_or("record")),
        order: &[],
        source: "case",
        locator: Locator::Whole,
        values: &values,
    };
    let platform = platform(&case.platform);
    let micros = |date: &Option<String>| date.as_deref().map(|d| seconds(d) * 1_000_000);
    let moments = Moments { record: micros(&case.record.time), as_of: micros(&case.as_of) };
    let mut found = Found::default();
    let setting = Setting { platform, device: &DeviceFacts::default() };
    matcher.matches(&record, &setting, &mut found);
    let context = case.record.context.unwrap_or(Context::Contacted);
    let answers = found.hits.iter().filter_map(|hit| match matcher.judge(hit, platform, context, moments) {
        Judgement::Counts(weight) => {
            Some(Answer { step: hit.step, weight, sources: matcher.indicators_of(hit.target).len() })
        }
        Judgement::OtherPlatform | Judgement::TooLate(_) => None,
    });
    Ok(answers.max_by_key(|a| a.weight.severity))
}

/// What is wrong with the answer to a case; nothing when it is right.
fn complaint(case: &Case) -> Option<String> {
    let answer = match (ask(case), &case.expect.cannot) {
        (Err(why), Some(part)) if why.contains(part.as_str()) => return None,
        (Err(why), _) => return Some(format!("not evaluable: {why}")),
        (Ok(_), Some(part)) => return Some(format!("loaded, but should be refused: {part}")),
        (Ok(answer), None) => answer,
    };
    let expect = &case.expect;
    match answer {
        None => expect.matches.then(|| "no match".to_owned()),
        Some(a) if !expect.matches => Some(format!("a match, by {:?}", a.step)),
        Some(a) => {
            let wrong = expect.step.is_some_and(|s| s != a.step)
                || expect.severity.is_some_and(|s| s != a.weight.severity)
                || expect.expired.is_some_and(|e| e != a.weight.expired)
                || expect.sources.is_some_and(|n| n != a.sources);
            wrong.then(|| format!("step {:?}, {:?}, {} source(s)", a.step, a.weight, a.sources))
        }
    }
}

#[test]
fn matching_is_as_specified() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/matching");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let (mut count, mut wrong) = (0, Vec::new());
    let mut names = std::collections::HashSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let cases: Vec<Case> = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        assert!(!cases.is_empty(), "{}", file.display());
        for case in cases {
            let place = format!("{}: {}", file.file_name().unwrap().to_string_lossy(), case.name);
            assert!(!case.why.is_empty(), "{place}: why?");
            assert!(names.insert(place.clone()), "{place}: twice");
            count += 1;
            if let Some(what) = complaint(&case) {
                wrong.push(format!("{place}: {what}\n    {}", case.why));
            }
        }
    }
    let _ = writeln!(std::io::stderr(), "{count} matching cases, {} wrong", wrong.len());
    assert!(count >= LEAST_CASES, "only {count} cases");
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
}
