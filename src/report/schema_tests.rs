//! The schema is fresh, and what the program writes keeps to it.

use serde_json::{Value, json};

use super::*;
use crate::report::golden::assert_fresh;
use crate::report::samples;

#[path = "../../tests/support/json_schema.rs"]
mod json_schema;

use json_schema::check;

#[test]
fn schema_is_fresh() {
    let mut text = serde_json::to_string_pretty(&schema()).unwrap();
    text.push('\n');
    assert_fresh("docs/findings.schema.json", &text);
}

#[test]
fn reports_keep_to_the_schema() {
    let schema = schema();
    for (name, report) in samples::all() {
        let value: Value = serde_json::from_slice(&report.to_json()).unwrap();
        check(&schema, &schema, &value, name).unwrap();
        let back: Report = serde_json::from_value(value).unwrap();
        assert_eq!(back, report, "{name} does not survive being written and read");
    }
}

#[test]
fn the_check_can_fail() {
    let schema = schema();
    let good: Value = serde_json::from_slice(&samples::matching().to_json()).unwrap();
    let broken = |pointer: &str, with: Option<Value>| {
        let mut value = good.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let object = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match with {
            Some(v) => object.insert(key.to_owned(), v),
            None => object.remove(key),
        };
        check(&schema, &schema, &value, "report").unwrap_err()
    };
    assert!(broken("/verdict/complete", None).contains("complete is missing"));
    assert!(broken("/verdict/state", Some(json!("clean"))).contains("clean"));
    assert!(broken("/findings/0/severity", Some(json!("huge"))).contains("huge"));
    assert!(broken("/findings/0/count", Some(json!(-1))).contains("-1"));
    assert!(broken("/findings/0/invented", Some(json!(1))).contains("invented"));
    assert!(broken("/packs/0/loaded", Some(json!("many"))).contains("many"));
}
