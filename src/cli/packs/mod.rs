//! `vigie packs …`: work on indicator packs. One file per command.

mod list;
#[cfg(feature = "update")]
mod update;

use clap::Subcommand;

use super::Exit;

pub use list::SourceArgs;

#[derive(Debug, Subcommand)]
pub enum PacksCommand {
    /// List the packs that are loaded, from where, and how many of their indicators can be used
    List(list::ListArgs),
    /// Fetch packs named by an index, check them, and pin what was got
    #[cfg(feature = "update")]
    Update(update::UpdateArgs),
}

/// Runs a command on packs.
pub fn run(command: &PacksCommand) -> anyhow::Result<Exit> {
    match command {
        PacksCommand::List(a) => list::run(a),
        #[cfg(feature = "update")]
        PacksCommand::Update(a) => update::run(a),
    }
}
