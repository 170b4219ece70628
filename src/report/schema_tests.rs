//! The schema is fresh, and what the program writes keeps to it.

use serde_json::{Value, json};

use super::*;
use crate::report::golden::assert_fresh;
use crate::report::samples;

/// Checks the part of JSON Schema that the generator uses; anything else in a schema is an error.
fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let Some(rules) = schema.as_object() else { return Ok(()) };
    for (name, rule) in rules {
        match (name.as_str(), rule) {
            ("$ref", Value::String(to)) => {
                let target = root.pointer(to.trim_start_matches('#')).ok_or(format!("{at}: no {to}"))?;
                check(root, target, value, at)?;
            }
            ("type", rule) => {
                let names: Vec<&Value> = rule.as_array().map_or(vec![rule], |a| a.iter().collect());
                if !names.iter().any(|n| is_a(value, n.as_str().unwrap_or_default())) {
                    return Err(format!("{at}: expected {rule}, found {value}"));
                }
            }
            ("properties", Value::Object(properties)) => {
                for (key, property) in properties {
                    if let Some(v) = value.get(key) {
                        check(root, property, v, &format!("{at}.{key}"))?;
                    }
                }
                let unknown = value.as_object().and_then(|o| o.keys().find(|k| !properties.contains_key(*k)));
                if let Some(key) = unknown {
                    return Err(format!("{at}: {key} is not in the schema"));
                }
            }
            ("required", Value::Array(keys)) => {
                if let Some(key) = keys.iter().filter_map(Value::as_str).find(|k| value.get(k).is_none()) {
                    return Err(format!("{at}: {key} is missing"));
                }
            }
            ("items", rule) => {
                for (i, v) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, v, &format!("{at}[{i}]"))?;
                }
            }
            ("additionalProperties", rule) => {
                for (key, v) in value.as_object().into_iter().flatten() {
                    check(root, rule, v, &format!("{at}.{key}"))?;
                }
            }
            ("anyOf" | "oneOf", Value::Array(some)) => {
                if !some.iter().any(|s| check(root, s, value, at).is_ok()) {
                    return Err(format!("{at}: {value} is none of those allowed"));
                }
            }
            ("const", rule) if rule != value => return Err(format!("{at}: expected {rule}, found {value}")),
            ("enum", Value::Array(some)) if !some.contains(value) => {
                return Err(format!("{at}: {value} is none of those allowed"));
            }
            ("minimum", rule) if value.is_number() && value.as_f64() < rule.as_f64() => {
                return Err(format!("{at}: {value} < {rule}"));
            }
            ("const" | "enum" | "minimum" | "description" | "title" | "format" | "$schema" | "$defs", _) => {}
            (other, _) => return Err(format!("{at}: this check does not know {other}")),
        }
    }
    Ok(())
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        _ => false,
    }
}

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
