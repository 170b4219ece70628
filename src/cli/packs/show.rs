//! `vigie packs show`: everything that is known of one indicator.

use clap::Args;

use super::SourceArgs;
use crate::cli::{Exit, out};
use crate::kit::show;
use crate::packs::Library;

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// An id, a value (domain, address, app, hash, …) or a pattern
    #[arg(value_name = "ID|VALUE")]
    wanted: String,
    #[command(flatten)]
    sources: SourceArgs,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// Looks and prints. Exit code 1 would mean a finding, so that nothing found is no failure either.
pub fn run(args: &ShowArgs) -> anyhow::Result<Exit> {
    let mut library = Library::with_ledger();
    if let Err(e) = args.sources.load_into(&mut library) {
        out::complain(&e.to_string());
        return Ok(Exit::Packs);
    }
    let found = show::find(&library, &args.wanted);
    if args.json {
        out::write(&show::json(&found))?;
    } else if found.is_empty() {
        out::complain(&format!("no pack that is loaded speaks of {}", args.wanted));
    } else {
        out::write(show::text(&found).as_bytes())?;
    }
    Ok(Exit::Ok)
}
