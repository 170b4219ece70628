//! `vigie packs build`: lists become STIX bundles.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::{Exit, out};
use crate::kit::build::{self, Built};

#[derive(Debug, Args)]
pub struct BuildArgs {
    /// A pack folder with collection.yaml, or a folder of them
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write the bundle here instead of where collection.yaml says; - for the terminal
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write nothing; say whether what is there is what would be built
    #[arg(long)]
    check: bool,
}

/// Builds each folder.
pub fn run(args: &BuildArgs) -> anyhow::Result<Exit> {
    let folders = match build::folders(&args.folder) {
        Ok(folders) => folders,
        Err(e) => {
            out::complain(&e.to_string());
            return Ok(Exit::Usage);
        }
    };
    if args.output.is_some() && folders.len() > 1 {
        out::complain(&format!("{} packs cannot be written to one file", folders.len()));
        return Ok(Exit::Usage);
    }
    let (mut failed, mut stale) = (false, false);
    for folder in &folders {
        let built = match build::build(folder) {
            Ok(built) => built,
            Err(e) => {
                out::complain(&e.to_string());
                failed = true;
                continue;
            }
        };
        let Some(place) = args.output.as_ref().or(built.output.as_ref()) else {
            let file = folder.join(crate::kit::collection::FILE_NAME);
            out::complain(&format!("{}:1: expected a key `output`, found none; or give -o FILE", file.display()));
            failed = true;
            continue;
        };
        stale |= !one(args, &built, place)?;
    }
    Ok(match (failed, stale) {
        (true, _) => Exit::Packs,
        (_, true) => Exit::Mismatch,
        _ => Exit::Ok,
    })
}

/// Writes or checks one bundle; false when it is not what is there.
fn one(args: &BuildArgs, built: &Built, place: &Path) -> anyhow::Result<bool> {
    let shown = place.display();
    if args.check {
        let fresh = build::is_fresh(place, &built.bytes);
        if !fresh {
            let why = if place.exists() { "is not what its sources say" } else { "does not exist" };
            out::complain(&format!("{shown} {why}: run `vigie packs build`"));
        }
        return Ok(fresh);
    }
    if place == Path::new("-") {
        out::write(&built.bytes)?;
        return Ok(true);
    }
    build::write(place, &built.bytes)?;
    out::write(format!("{shown}: {} indicators\n", built.indicators).as_bytes())?;
    Ok(true)
}
