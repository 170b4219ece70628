//! `vigie packs list`: what is loaded and from where.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::cli::{Exit, out};
use crate::kit::stats;
use crate::packs::{self, Library, LoadError};
use crate::report::sanitize;

/// Where indicators come from; the same for every command that loads some.
#[derive(Debug, Clone, Args)]
pub struct SourceArgs {
    /// Indicators: a STIX bundle, a pack folder, or a folder of them; repeatable
    #[arg(short, long, alias = "iocs", value_name = "PATH")]
    pub indicators: Vec<PathBuf>,
    /// Leave out the packs that are compiled in
    #[arg(long)]
    pub no_builtin: bool,
    /// Also load what MVT on this machine would: $MVT_STIX2 and its folder of downloaded indicators
    #[arg(long)]
    pub mvt: bool,
}

impl SourceArgs {
    /// Loads them.
    pub fn load(&self) -> Result<Library, LoadError> {
        let mut library = Library::default();
        self.load_into(&mut library)?;
        Ok(library)
    }

    /// Loads them beside what a library holds.
    pub fn load_into(&self, library: &mut Library) -> Result<(), LoadError> {
        if !self.no_builtin {
            packs::load_builtin(library)?;
        }
        for path in &self.indicators {
            packs::load_path(library, path)?;
        }
        if self.mvt {
            let paths = packs::mvt_paths();
            if paths.is_empty() {
                return Err(LoadError::NoMvt);
            }
            for path in paths {
                packs::load_path(library, &path)?;
            }
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    sources: SourceArgs,
}

/// Prints the list.
pub fn run(args: &ListArgs) -> anyhow::Result<Exit> {
    let library = match args.sources.load() {
        Ok(library) => library,
        Err(e) => {
            out::complain(&e.to_string());
            return Ok(Exit::Packs);
        }
    };
    let stats = stats::stats(&library, super::today());
    let mut text = stats::table(&stats);
    for p in &library.packs {
        for problem in p.told() {
            let _ = writeln!(
                text,
                "{}: {}: {}",
                sanitize::terminal(&p.id),
                problem.code,
                sanitize::terminal(&problem.text)
            );
        }
    }
    out::write(text.as_bytes())?;
    Ok(Exit::Ok)
}
