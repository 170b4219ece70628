//! `vigie packs try`: what a pattern matches.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::{Exit, out};
use crate::kit::attempt::{Tried, TryError, attempt};
use crate::report::{sanitize, write_json};
use crate::stix;

#[derive(Debug, Args)]
pub struct TryArgs {
    /// The STIX pattern
    #[arg(short, long, value_name = "PATTERN")]
    pattern: String,
    /// STIX bundles with observed-data, report folders, records/ folders or files of records
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    /// End with 5 when the answer is another
    #[arg(long, value_enum, value_name = "ANSWER")]
    expect: Option<Answer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Answer {
    Match,
    NoMatch,
}

/// Tries the pattern and tells what matched.
pub fn run(args: &TryArgs) -> anyhow::Result<Exit> {
    let tried = match attempt(&args.pattern, &args.paths) {
        Ok(tried) => tried,
        Err(TryError::Pattern(e)) => {
            out::complain(&format!("the pattern: {e}\n{}", pointer(&args.pattern, &e)));
            return Ok(Exit::Usage);
        }
        Err(e) => {
            out::complain(&e.to_string());
            // Whether it matches is open: that is no mistake of whoever asked.
            return Ok(if matches!(e, TryError::GaveUp) { Exit::Incomplete } else { Exit::Usage });
        }
    };
    let bytes = if args.json { write_json(&tried) } else { page(&tried).into_bytes() };
    out::write(&bytes)?;
    let answer = if tried.matched { Answer::Match } else { Answer::NoMatch };
    Ok(if args.expect.is_some_and(|wanted| wanted != answer) { Exit::Mismatch } else { Exit::Ok })
}

/// The line of the mistake, and a mark below it.
fn pointer(pattern: &str, e: &stix::ParseError) -> String {
    let line = pattern.lines().nth(e.line - 1).unwrap_or("");
    format!("  {line}\n  {:>width$}", "^", width = e.column)
}

fn page(tried: &Tried) -> String {
    let mut text = String::new();
    for m in &tried.matches {
        let part = m.part.map_or_else(String::new, |p| format!("[{p}] "));
        let how = m.how.as_ref().map_or_else(String::new, |h| format!("  ({h})"));
        let line = format!("{part}{}: {}{how}", m.file, m.what);
        let _ = writeln!(text, "{}", sanitize::terminal(&line));
    }
    if tried.more > 0 {
        let _ = writeln!(text, "… and {} more", tried.more);
    }
    for never in &tried.never {
        let _ = writeln!(text, "note: {}", sanitize::terminal(never));
    }
    let answer = if tried.matched { "match" } else { "no match" };
    let _ = writeln!(text, "{answer} ({} looked at)", tried.looked_at);
    text
}
