//! `vigie packs selftest`: does every indicator fire, and only where it should?

use std::path::PathBuf;

use clap::Args;

use crate::cli::{Exit, ci_files, out};
use crate::kit::selftest::{self, Options, Report};
use crate::packs::{self, Library, LoadError};
use crate::report::{sanitize, write_json};

#[derive(Debug, Args)]
pub struct SelftestArgs {
    /// Packs to test: STIX bundles, pack folders, or folders of them; the compiled-in packs when none is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Test the packs that are compiled in
    #[arg(long, conflicts_with = "paths")]
    builtin: bool,
    /// Print the result as JSON, with every indicator named
    #[arg(long)]
    json: bool,
    /// Fail on indicators that no evidence can show, that cannot be evaluated, or that nothing was made for
    #[arg(long)]
    strict: bool,
    /// Leave the phones that were written in this folder, which must be new or empty
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Threads; the result does not depend on it
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
}

/// Tests, prints, and says how to end.
pub fn run(args: &SelftestArgs) -> anyhow::Result<Exit> {
    let library = match load(args) {
        Ok(library) => library,
        Err(e) => {
            out::complain(&e.to_string());
            return Ok(Exit::Packs);
        }
    };
    let jobs = ci_files::jobs(args.jobs);
    let report = selftest::run(library, &Options { jobs, keep: args.keep.clone() })?;
    if args.json {
        out::write(&write_json(&report))?;
    } else {
        let mut text = String::new();
        for line in report.page().lines() {
            text.push_str(&sanitize::terminal(line));
            text.push('\n');
        }
        out::write(text.as_bytes())?;
    }
    Ok(exit(&report, args.strict))
}

/// The built-in packs are not loaded beside others: they would hide what a pack lacks, and add what it has not.
fn load(args: &SelftestArgs) -> Result<Library, LoadError> {
    let mut library = Library::default();
    if args.builtin || args.paths.is_empty() {
        packs::load_builtin(&mut library)?;
    }
    for path in &args.paths {
        packs::load_path(&mut library, path)?;
    }
    Ok(library)
}

fn exit(report: &Report, strict: bool) -> Exit {
    let lacking = strict && report.packs.iter().any(|p| p.unshown() > 0);
    if report.passed && !lacking { Exit::Ok } else { Exit::Packs }
}
