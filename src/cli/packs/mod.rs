//! `vigie packs …`: work on indicator packs. One file per command.

mod list;
mod selftest;

use clap::Subcommand;

use super::Exit;

pub use list::SourceArgs;

#[derive(Debug, Subcommand)]
pub enum PacksCommand {
    /// List the packs that are loaded, from where, and how many of their indicators can be used
    List(list::ListArgs),
    /// Write phones that show every indicator, and phones that nearly do, scan them, and say what fires
    Selftest(selftest::SelftestArgs),
}

/// Runs a command on packs.
pub fn run(command: &PacksCommand) -> anyhow::Result<Exit> {
    match command {
        PacksCommand::List(a) => list::run(a),
        PacksCommand::Selftest(a) => selftest::run(a),
    }
}
