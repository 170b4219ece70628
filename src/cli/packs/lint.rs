//! `vigie packs lint`: what is wrong with packs, with file and line.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::cli::{Exit, out};
use crate::kit::lint::{self, Options, Severity, Target, docs, output, rules};

#[derive(Debug, Args)]
pub struct LintArgs {
    /// Packs: STIX bundles, lists, pack folders, folders of them
    #[arg(value_name = "PATH", required_unless_present = "explain")]
    paths: Vec<PathBuf>,
    /// How to write the report
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write the report to a file instead of the terminal
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Report also what this tool cannot load or match
    #[arg(long, value_enum)]
    target: Option<Tool>,
    /// Known defects, each with a reason and an end [default: lint-waivers.toml beside each PATH]
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,
    /// The day that dates are compared with [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<Date>,
    /// Let warnings fail as errors do
    #[arg(long)]
    strict: bool,
    /// Print the page of a rule, or of all
    #[arg(long, value_name = "RULE", num_args = 0..=1, default_missing_value = "", exclusive = true)]
    explain: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// One line per defect
    Text,
    Json,
    /// SARIF 2.1.0, for code hosts
    Sarif,
    /// JUnit XML, for CI systems
    Junit,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Tool {
    /// MVT 2026.10
    Mvt,
}

/// Examines packs and prints what is wrong.
pub fn run(args: &LintArgs) -> anyhow::Result<Exit> {
    if let Some(id) = &args.explain {
        return explain(id);
    }
    let options = Options {
        target: args.target.map_or(Target::Any, |Tool::Mvt| Target::Mvt),
        as_of: args.as_of.unwrap_or_else(super::today),
        waivers: args.waivers.clone(),
    };
    let report = match lint::run(&args.paths, &options) {
        Ok(report) => report,
        Err(e) => {
            out::complain(&e.to_string());
            return Ok(Exit::Packs);
        }
    };
    let bytes = match args.format {
        Format::Text => output::text(&report).into_bytes(),
        Format::Json => output::json(&report, &options),
        Format::Sarif => output::sarif(&report),
        Format::Junit => output::junit(&report, args.strict),
    };
    match &args.output {
        Some(file) => std::fs::write(file, bytes).with_context(|| file.display().to_string())?,
        None => out::write(&bytes)?,
    }
    let fails = report.count(Severity::Error) > 0 || (args.strict && report.count(Severity::Warning) > 0);
    Ok(if fails { Exit::Packs } else { Exit::Ok })
}

fn explain(id: &str) -> anyhow::Result<Exit> {
    let text = if id.is_empty() {
        docs::markdown()
    } else {
        let Some(rule) = rules::find(id) else {
            out::complain(&format!("there is no rule {id}; `vigie packs lint --explain` lists all"));
            return Ok(Exit::Usage);
        };
        docs::page(rule)
    };
    out::write(text.as_bytes())?;
    Ok(Exit::Ok)
}
