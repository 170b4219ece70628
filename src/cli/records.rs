//! `vigie records`: the records of a report folder as plain JSON lines.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::Exit;
use super::speech::Refusal;
use crate::scan::stored;

#[derive(Debug, Args)]
pub struct RecordsArgs {
    /// A report folder written with -o, or one file of its records/ folder
    path: PathBuf,
    /// Only these artifacts (ios.sms, …); all when none is named
    #[arg(value_name = "ARTIFACT")]
    artifacts: Vec<String>,
}

/// Prints the records.
pub fn run(args: &RecordsArgs) -> anyhow::Result<Exit> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let files = if args.path.is_dir() { list(&args.path, &args.artifacts)? } else { vec![args.path.clone()] };
    for file in files {
        print(&file, &mut out).with_context(|| file.display().to_string())?;
    }
    out.flush()?;
    Ok(Exit::Ok)
}

fn list(folder: &Path, artifacts: &[String]) -> anyhow::Result<Vec<PathBuf>> {
    let records = stored::folder(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&records)
        .with_context(|| records.display().to_string())?
        .flatten()
        .map(|e| e.path())
        .collect();
    files.sort();
    let asked = |found: &str| artifacts.is_empty() || artifacts.iter().any(|a| a == found);
    files.retain(|p| stored::artifact_of(p).is_some_and(asked));
    if let Some(unknown) = artifacts.iter().find(|a| !files.iter().any(|f| stored::artifact_of(f) == Some(a))) {
        bail!(Refusal::NoRecords { path: records.display().to_string(), artifact: unknown.clone() });
    }
    Ok(files)
}

fn print(path: &Path, out: &mut dyn Write) -> io::Result<()> {
    io::copy(&mut stored::open(path)?, out)?;
    Ok(())
}
