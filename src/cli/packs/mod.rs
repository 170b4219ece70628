//! `vigie packs …`: work on indicator packs. One file per command.

mod lint;
mod list;

use clap::Subcommand;

use super::Exit;

pub use list::SourceArgs;

#[derive(Debug, Subcommand)]
pub enum PacksCommand {
    /// List the packs that are loaded, from where, and how many of their indicators can be used
    List(list::ListArgs),
    /// Say what is wrong with packs: what can never match, what every phone shows, what is not in its index
    Lint(lint::LintArgs),
}

/// Runs a command on packs.
pub fn run(command: &PacksCommand) -> anyhow::Result<Exit> {
    match command {
        PacksCommand::List(a) => list::run(a),
        PacksCommand::Lint(a) => lint::run(a),
    }
}
