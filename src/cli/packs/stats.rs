//! `vigie packs stats`: what packs hold and what they can match on which evidence.

use clap::Args;
use jiff::civil::Date;

use super::SourceArgs;
use crate::cli::{Exit, out};
use crate::kit::stats;

#[derive(Debug, Args)]
pub struct StatsArgs {
    #[command(flatten)]
    sources: SourceArgs,
    /// The day that ends and ages are counted to [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<Date>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// Counts and prints.
pub fn run(args: &StatsArgs) -> anyhow::Result<Exit> {
    let library = match args.sources.load() {
        Ok(library) => library,
        Err(e) => {
            out::complain(&e.to_string());
            return Ok(Exit::Packs);
        }
    };
    let stats = stats::stats(&library, args.as_of.unwrap_or_else(super::today));
    if args.json {
        out::write(&stats::json(&stats))?;
    } else {
        out::write(stats::text(&stats).as_bytes())?;
    }
    Ok(Exit::Ok)
}
