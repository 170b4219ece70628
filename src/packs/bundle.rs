//! STIX bundles.

use std::path::Path;

use super::{Library, LoadError};

/// Loads a bundle.
pub fn load_file(_: &mut Library, _: &Path) -> Result<(), LoadError> {
    Ok(())
}
