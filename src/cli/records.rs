//! `vigie records`: the records of a report folder as plain JSON lines.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::Exit;

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
    let records = if folder.join("records").is_dir() { folder.join("records") } else { folder.to_path_buf() };
    let mut files: Vec<PathBuf> = std::fs::read_dir(&records)
        .with_context(|| records.display().to_string())?
        .flatten()
        .map(|e| e.path())
        .collect();
    files.sort();
    let artifact_of = |p: &Path| {
        let name = p.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        name.strip_suffix(".jsonl.zst").or_else(|| name.strip_suffix(".jsonl")).map(str::to_owned)
    };
    files.retain(|p| artifact_of(p).is_some_and(|a| artifacts.is_empty() || artifacts.contains(&a)));
    if let Some(unknown) = artifacts.iter().find(|a| !files.iter().any(|f| artifact_of(f).as_ref() == Some(a))) {
        bail!("{} holds no records of {unknown}", records.display());
    }
    Ok(files)
}

fn print(path: &Path, out: &mut dyn Write) -> io::Result<()> {
    let file = BufReader::new(File::open(path)?);
    let mut reader: Box<dyn Read> =
        if path.extension().is_some_and(|e| e == "zst") { Box::new(zstd::Decoder::new(file)?) } else { Box::new(file) };
    io::copy(&mut reader, out)?;
    Ok(())
}
