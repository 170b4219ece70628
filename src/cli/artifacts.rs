//! `vigie artifacts`: what can be read from which evidence.

use clap::Args;

use super::{Exit, out};
use crate::report::{Lang, Texts, docs};

#[derive(Debug, Args)]
pub struct ArtifactsArgs {
    /// As Markdown; this is what docs/artifacts.md is made of
    #[arg(long)]
    markdown: bool,
}

/// Prints the list.
pub fn run(args: &ArtifactsArgs) -> anyhow::Result<Exit> {
    let text = if args.markdown { docs::artifacts() } else { docs::table(&Texts::new(Lang::En)) };
    out::write(text.as_bytes())?;
    Ok(Exit::Ok)
}
