//! What the loader told, as defects.

use std::path::{Path, PathBuf};

use crate::kit::lint::Out;
use crate::kit::lint::rules::files::{
    COLLECTION, DAMAGED, DATE_UNREADABLE, INDEX_ENTRY, NO_INDICATORS, PROPERTY_IGNORED,
};
use crate::kit::lint::rules::values::INNOCENT_TWIN;
use crate::packs::Library;

/// Every problem of every pack.
pub fn check(paths: &[PathBuf], library: &Library, out: &mut Out) {
    for pack in &library.packs {
        for (problem, spot) in pack.problems.iter().zip(&pack.spots) {
            let file = if spot.file.is_empty() { &pack.source } else { &spot.file };
            let named = paths.iter().any(|p| p == Path::new(file));
            let rule = match problem.code.as_str() {
                // JSON of other programs lies in many folders; only who names it means it.
                "not-stix" if file.ends_with(".json") && !named => continue,
                "property-ignored" | "superseded" | "value-assumed" => &PROPERTY_IGNORED,
                "date-unreadable" => &DATE_UNREADABLE,
                "pack-file" if file.ends_with("collection.yaml") => &COLLECTION,
                "pack-file" if pack.name == "index" => &INDEX_ENTRY,
                // Told by checks of their own, with more to say.
                "pattern-part" | "pack-missing" => continue,
                "innocent-twin" => &INNOCENT_TWIN,
                _ => &DAMAGED,
            };
            // Readers of YAML add the lines around the place; the place says enough.
            let told = problem.text.lines().next().unwrap_or_default();
            out.file(rule, file, spot.line, told.replacen("error: ", "", 1));
        }
        // A list without values is told as such, and an index holds none.
        let silent = pack.problems.is_empty() && pack.not_evaluable_count + pack.revoked == 0;
        if pack.loaded == 0 && silent && !pack.source.ends_with(".txt") {
            out.file(&NO_INDICATORS, &pack.source, 1, "it holds no indicator");
        }
    }
}
