//! The command line as a person types it: what is printed, what is written, and what it ends with.

#[path = "../support/mod.rs"]
mod support;

mod expect;
mod inputs;
mod output;
mod promise;
mod regress;
mod safety;
mod suppress;

use std::path::{Path, PathBuf};

/// A folder of the demonstration phones.
fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo").join(name)
}
