//! `vigie packs …`: work on indicator packs. One file per command.

mod attempt;
mod list;

use clap::Subcommand;

use super::Exit;

pub use list::SourceArgs;

#[derive(Debug, Subcommand)]
pub enum PacksCommand {
    /// List the packs that are loaded, from where, and how many of their indicators can be used
    List(list::ListArgs),
    /// Try a STIX pattern on observed-data or on the records of a report, and show what matched
    Try(attempt::TryArgs),
}

/// Runs a command on packs.
pub fn run(command: &PacksCommand) -> anyhow::Result<Exit> {
    match command {
        PacksCommand::List(a) => list::run(a),
        PacksCommand::Try(a) => attempt::run(a),
    }
}
