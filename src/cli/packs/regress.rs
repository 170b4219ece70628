//! `vigie packs regress`: packs over a corpus, against the last accepted run.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::SourceArgs;
use crate::cli::scan::parse_date;
use crate::cli::{Exit, ci_files, out};
use crate::kit::expect::{Check, Expectations, write};
use crate::kit::{ci, regress};
use crate::matcher::Matcher;
use crate::record::Timestamp;
use crate::report::{Sarif, sanitize};
use crate::scan;

#[derive(Debug, Args)]
pub struct RegressArgs {
    /// Packs: STIX bundles, pack folders, or folders of them
    #[arg(required = true, value_name = "PACK")]
    packs: Vec<PathBuf>,
    /// A folder of acquisitions; each is scanned alone
    #[arg(long, value_name = "DIR")]
    corpus: PathBuf,
    /// The accepted run
    #[arg(long, value_name = "FILE")]
    expect: PathBuf,
    /// Accept this run: write it into the file
    #[arg(long)]
    accept: bool,
    /// Use the packs that are compiled in too
    #[arg(long)]
    builtin: bool,
    /// The date that rules about age are computed for; each acquisition's own when not given
    #[arg(long, value_parser = parse_date, value_name = "YYYY-MM-DD")]
    as_of: Option<Timestamp>,
    /// Print the changes as JSON
    #[arg(long)]
    json: bool,
    /// Write a JUnit file: one case per check
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a SARIF 2.1.0 file: one result per change
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Threads; the result does not depend on it
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
}

/// Scans the corpus, names every change, and accepts them where that is asked for.
pub fn run(args: &RegressArgs) -> anyhow::Result<Exit> {
    let accepted = match args.expect.try_exists()? {
        true => Some(Expectations::read(&args.expect)?),
        false if args.accept => None,
        false => bail!(
            "{}: no such file. Write it from this run: add --accept, look at what it holds, and commit it",
            args.expect.display()
        ),
    };
    let sources = SourceArgs { indicators: args.packs.clone(), no_builtin: !args.builtin, mvt: false };
    let library = match sources.load() {
        Ok(library) => library,
        Err(e) => {
            out::complain(&e.to_string());
            return Ok(Exit::Packs);
        }
    };
    let matcher = Matcher::new(library);
    let acquired = regress::scan_corpus(&args.corpus, &matcher, args.as_of, ci_files::jobs(args.jobs))?;
    let evidence: Vec<PathBuf> = acquired.iter().map(|a| a.path.clone()).collect();
    for file in [Some(&args.expect).filter(|_| args.accept), args.junit.as_ref(), args.sarif.as_ref()] {
        file.map_or(Ok(()), |f| scan::check_file(f, &evidence))?;
    }
    let checks = accepted.as_ref().map_or_else(Vec::new, |a| regress::changes(a, &acquired));
    if args.accept {
        scan::write_file(&args.expect, write(&regress::subjects(&acquired)).as_bytes())?;
    }
    report(args, &checks)?;
    if args.json {
        out::write(&regress::json(&args.corpus, &args.expect, &acquired, &checks, args.accept))?;
    } else {
        out::write(text(args, acquired.len(), &checks).as_bytes())?;
    }
    let changed = checks.iter().any(|c| c.difference.is_some());
    Ok(if changed && !args.accept { Exit::Mismatch } else { Exit::Ok })
}

fn report(args: &RegressArgs, checks: &[Check]) -> anyhow::Result<()> {
    let file = args.expect.display().to_string();
    if let Some(target) = &args.junit {
        ci_files::junit(target, "vigie packs regress", &[ci::check_suite(&file, checks)])?;
    }
    if let Some(target) = &args.sarif {
        let mut sarif = Sarif { tool_version: env!("CARGO_PKG_VERSION").to_owned(), ..Sarif::default() };
        ci::add_checks(&file, checks, &mut sarif);
        ci_files::sarif(target, &sarif)?;
    }
    Ok(())
}

/// One line per change, and one that sums up.
fn text(args: &RegressArgs, acquisitions: usize, checks: &[Check]) -> String {
    let mut text = String::new();
    let changes: Vec<&Check> = checks.iter().filter(|c| c.difference.is_some()).collect();
    for change in &changes {
        let line = format!("{}: {change}", change.change.as_str());
        text.push_str(&sanitize::terminal(&line));
        text.push('\n');
    }
    let file = args.expect.display().to_string();
    let outcome = match (args.accept, changes.is_empty()) {
        (true, _) => format!("{} change(s) accepted in {file}", changes.len()),
        (false, true) => format!("nothing changed against {file}"),
        (false, false) => {
            format!("{} change(s) against {file}; if they are meant, accept them with --accept", changes.len())
        }
    };
    text.push_str(&sanitize::terminal(&format!("{acquisitions} acquisition(s) scanned: {outcome}")));
    text.push('\n');
    text
}
