//! STIX patterning against recorded cases: ours under `tests/vectors/stix`, and those of any folder that the
//! environment variable `VIGIE_STIX_CASES` names (`match-cases.json` and `validate-cases.json` of the same shape).
//!
//! A match case is `{pattern, observations, expect}`: `observations` is a list of bundles with observed-data and their
//! objects, `expect` is `match`, `no-match` or `error` (the pattern or the data is invalid). A validate case is
//! `{pattern, valid}`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vigie::stix::observe::{CompiledPattern, Outcome};
use vigie::stix::observed_data::observed_data;

fn say(text: &str) {
    // A closed pipe must not fail a test.
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn own_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/stix")
}

fn read_cases(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    match serde_json::from_str(&text) {
        Ok(Value::Array(cases)) => cases,
        other => panic!("{}: not a list of cases: {other:?}", path.display()),
    }
}

fn text<'c>(case: &'c Value, key: &str) -> &'c str {
    case.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("case without {key}: {case}"))
}

/// `match`, `no-match`, or what went wrong.
fn answer(pattern: &str, bundles: &[Value]) -> Result<&'static str, String> {
    let pattern = vigie::stix::parse(pattern).map_err(|error| error.to_string())?;
    let compiled = CompiledPattern::new(&pattern).map_err(|error| error.to_string())?;
    let data = observed_data(bundles).map_err(|error| error.to_string())?;
    let observed: Vec<_> = data.iter().map(|one| one.as_observed()).collect();
    match compiled.matches(&observed).map_err(|error| error.to_string())? {
        Outcome::Match(binding) => {
            assert!(!binding.is_empty());
            Ok("match")
        }
        Outcome::NoMatch => Ok("no-match"),
        Outcome::GaveUp => Err("gave up".to_owned()),
    }
}

/// First and last time of every observed-data of a case.
fn times(bundles: &[Value]) -> Value {
    let objects = bundles.iter().filter_map(|bundle| bundle.get("objects")?.as_array()).flatten();
    let observed = objects.filter(|object| object.get("type").is_some_and(|name| name == "observed-data"));
    observed
        .map(|object| Value::from(vec![object["first_observed"].clone(), object["last_observed"].clone()]))
        .collect()
}

/// What a case should give. A recording of the OASIS suite exists in which some observations carry the times of a
/// later test, so that it contradicts itself (one pattern on the same data, once `match`, once `no-match`);
/// `recorded-wrong.json` holds those, with the answer that the OASIS matcher gives to the data as recorded.
fn expected<'c>(case: &'c Value, bundles: &[Value], wrong: &'c [Value], corrected: &mut usize) -> &'c str {
    let same = |entry: &&Value| entry["pattern"] == case["pattern"] && entry["times"] == times(bundles);
    match wrong.iter().find(same) {
        Some(entry) if entry["expect"] != case["expect"] => {
            *corrected += 1;
            text(entry, "expect")
        }
        _ => text(case, "expect"),
    }
}

fn run_match_cases(cases: &[Value], corrected: &mut usize) -> Vec<String> {
    let wrong = read_cases(&own_folder().join("recorded-wrong.json"));
    let mut failures = Vec::new();
    for case in cases {
        let pattern = text(case, "pattern");
        let bundles = case.get("observations").and_then(Value::as_array).unwrap_or_else(|| panic!("{case}"));
        let found = answer(pattern, bundles);
        let expected = expected(case, bundles, &wrong, corrected);
        if found.as_ref().copied().unwrap_or("error") != expected {
            failures.push(format!("{pattern}: expected {expected}, found {found:?}"));
        }
        // The canonical text must mean the same.
        if let Ok(parsed) = vigie::stix::parse(pattern) {
            let again = answer(&parsed.canonical(), bundles);
            if again.is_err() != found.is_err() || again.ok() != found.ok() {
                failures.push(format!("{pattern}: its canonical text {parsed} means something else"));
            }
        }
    }
    failures
}

fn run_validate_cases(cases: &[Value]) -> Vec<String> {
    let mut failures = Vec::new();
    for case in cases {
        let pattern = text(case, "pattern");
        let expected = case.get("valid").and_then(Value::as_bool).unwrap_or_else(|| panic!("{case}"));
        let problem = match vigie::stix::parse(pattern) {
            Ok(parsed) => parsed.problems().first().map(ToString::to_string),
            Err(error) => Some(error.to_string()),
        };
        if problem.is_none() != expected {
            failures.push(format!("{pattern:?}: expected valid = {expected}, found {problem:?}"));
        }
    }
    failures
}

/// Runs both files and returns how many cases they hold.
fn run_folder(folder: &Path, match_file: &str, validate_file: &str) -> (usize, usize, usize) {
    let match_cases = read_cases(&folder.join(match_file));
    let validate_cases = read_cases(&folder.join(validate_file));
    let mut corrected = 0;
    let mut failures = run_match_cases(&match_cases, &mut corrected);
    failures.extend(run_validate_cases(&validate_cases));
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    (match_cases.len(), validate_cases.len(), corrected)
}

#[test]
fn own_cases() {
    let (matches, validates, corrected) = run_folder(&own_folder(), "match.json", "validate.json");
    assert_eq!(corrected, 0);
    assert!(matches >= 60 && validates >= 40, "cases went missing: {matches}, {validates}");
    say(&format!("{matches} match cases, {validates} validate cases (our own)"));
}

#[test]
fn recorded_cases() {
    let Some(folder) = std::env::var_os("VIGIE_STIX_CASES") else {
        return say("skipped: VIGIE_STIX_CASES is not set");
    };
    let (matches, validates, corrected) = run_folder(Path::new(&folder), "match-cases.json", "validate-cases.json");
    say(&format!("{matches} match cases, {validates} validate cases"));
    if corrected > 0 {
        say(&format!("{corrected} of them with the answer to the data as recorded, see recorded-wrong.json"));
    }
}
