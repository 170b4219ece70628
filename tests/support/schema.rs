//! Whether a report keeps to its schema (`docs/findings.schema.json`, whose freshness another test checks).

use serde_json::Value;

#[path = "json_schema.rs"]
mod json_schema;

use json_schema::check;

/// Fails the test when the report does not keep to the schema.
pub fn check_report(report: &Value) {
    static SCHEMA: std::sync::OnceLock<Value> = std::sync::OnceLock::new();
    let schema = SCHEMA.get_or_init(vigie::report::schema);
    if let Err(e) = check(schema, schema, report, "report") {
        panic!("{e}");
    }
}
