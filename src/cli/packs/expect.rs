//! `vigie packs expect`: a first file of expectations, from a report.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::cli::{Exit, out};
use crate::kit::expect;
use crate::report::{Report, SCHEMA_VERSION};
use crate::scan;

/// Bytes of a report at the most.
const MAX_REPORT: u64 = 1 << 30;

#[derive(Debug, Args)]
pub struct ExpectArgs {
    /// A report folder written with -o, or its findings.json
    report: PathBuf,
    /// Write into this file; on stdout when not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file
    #[arg(long, requires = "output")]
    force: bool,
}

/// Writes what the report says as what is expected.
pub fn run(args: &ExpectArgs) -> anyhow::Result<Exit> {
    let report = read(&args.report)?;
    let text = expect::write(&expect::subjects(&report));
    match &args.output {
        None => out::write(text.as_bytes())?,
        Some(file) => {
            scan::check_file(file, &[])?;
            if file.exists() && !args.force {
                bail!("{} is there already; replace it with --force", file.display());
            }
            scan::write_file(file, text.as_bytes())?;
        }
    }
    Ok(Exit::Ok)
}

fn read(path: &Path) -> anyhow::Result<Report> {
    let file = if path.is_dir() { path.join("findings.json") } else { path.to_path_buf() };
    let shown = file.display();
    let size = std::fs::metadata(&file).with_context(|| shown.to_string())?.len();
    if size > MAX_REPORT {
        bail!("{shown}: {size} bytes; at most {MAX_REPORT} are read");
    }
    let bytes = std::fs::read(&file).with_context(|| shown.to_string())?;
    let report: Report = serde_json::from_slice(&bytes).with_context(|| format!("{shown}: not a findings.json"))?;
    let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
    if major(&report.schema_version) != major(SCHEMA_VERSION) {
        bail!("{shown}: expected schema_version {SCHEMA_VERSION}, found {}", report.schema_version);
    }
    Ok(report)
}
