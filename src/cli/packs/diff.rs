//! `vigie packs diff`: what changed between two versions of packs.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{Exit, out};
use crate::kit::diff;

#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The older version: a bundle, a list, a pack folder, a folder of them
    #[arg(value_name = "A")]
    before: PathBuf,
    /// The newer version
    #[arg(value_name = "B")]
    after: PathBuf,
    /// Write JSON
    #[arg(long)]
    json: bool,
    /// End with exit code 5 when something is different
    #[arg(long)]
    exit_code: bool,
}

/// Compares and prints.
pub fn run(args: &DiffArgs) -> anyhow::Result<Exit> {
    let diff = match diff::diff(&args.before, &args.after) {
        Ok(diff) => diff,
        Err(e) => {
            out::complain(&e.to_string());
            return Ok(Exit::Packs);
        }
    };
    if args.json {
        out::write(&diff::json(&diff))?;
    } else {
        out::write(diff::text(&diff).as_bytes())?;
    }
    Ok(if args.exit_code && !diff.is_empty() { Exit::Mismatch } else { Exit::Ok })
}
