//! The part of JSON Schema that `docs/findings.schema.json` uses; anything else in it is an error.

use serde_json::Value;

/// Why `value` does not keep to `schema`; `root` is what its references lead into, `at` the place for messages.
pub fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
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
                for (key, v) in value.as_object().into_iter().flatten() {
                    let property = properties.get(key).ok_or(format!("{at}: {key} is not in the schema"))?;
                    check(root, property, v, &format!("{at}.{key}"))?;
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
            ("minimum", rule) if value.as_f64().is_some_and(|v| Some(v) < rule.as_f64()) => {
                return Err(format!("{at}: {value} < {rule}"));
            }
            (
                "const" | "enum" | "minimum" | "default" | "description" | "title" | "format" | "$schema" | "$defs",
                _,
            ) => {}
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
