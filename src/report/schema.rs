//! JSON Schema of `findings.json`, generated from its types. `docs/findings.schema.json` is this, checked in.

use schemars::generate::SchemaSettings;

use super::model::{Report, SCHEMA_VERSION};

/// The schema, in the dialect of JSON Schema 2020-12.
pub fn schema() -> serde_json::Value {
    // As written, not as read: what the program always writes is required, even where reading would forgive its absence.
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.root_schema_for::<Report>();
    schema.insert("title".into(), format!("vigie findings.json, version {SCHEMA_VERSION}").into());
    schema.to_value()
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
