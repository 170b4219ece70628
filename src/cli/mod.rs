//! One file per command: parse arguments, call the library, print.

mod artifacts;
mod ci_files;
mod out;
mod packs;
mod records;
mod report;
mod scan;
mod speech;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::report::{Lang, Texts};
use crate::scan::{OutputError, ScanError};

/// What the process ends with; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything was examined, nothing at or above `--fail-on`.
    Ok = 0,
    /// A finding at or above `--fail-on`.
    Findings = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Something required could not be examined, or the input is nothing that can be.
    Incomplete = 3,
    /// A named pack yields no usable indicator, or its check found errors.
    Packs = 4,
    /// An expectation, `--check` or comparison was not met.
    Mismatch = 5,
    /// Something could not be written, or the system failed; the message names the place.
    Io = 6,
}

impl From<Exit> for ExitCode {
    fn from(e: Exit) -> Self {
        ExitCode::from(e as u8)
    }
}

/// Checks a phone acquisition for traces of mercenary spyware, stalkerware and forensic extraction tools.
///
/// Only with the consent of the phone's owner. A result without matches is not proof that a phone was not attacked.
#[derive(Debug, Parser)]
#[command(name = "vigie", version, max_term_width = 100, arg_required_else_help = true)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Examine acquisitions and say what was found and what could not be checked
    Scan(scan::ScanArgs),
    /// List what can be read from which kind of acquisition
    Artifacts(artifacts::ArtifactsArgs),
    /// Print the page of a report folder again, with all findings, in any language
    Report(report::ReportArgs),
    /// Print the records of a report folder as JSON lines
    Records(records::RecordsArgs),
    /// Work on indicator packs
    #[command(subcommand)]
    Packs(packs::PacksCommand),
}

/// Runs the program and returns what it ends with.
pub fn run() -> ExitCode {
    let given: Vec<_> = std::env::args_os().collect();
    let texts = Texts::new(speech::lang_of_arguments(&given));
    let args = match speech::matches(Args::command(), given, &texts).and_then(|m| Args::from_arg_matches(&m)) {
        Ok(args) => args,
        Err(e) => return refuse(&e, &texts),
    };
    set_up_log();
    set_up_interrupt();
    let outcome = match args.command {
        Command::Scan(a) => scan::run(&a),
        Command::Artifacts(a) => artifacts::run(&a),
        Command::Report(a) => report::run(&a),
        Command::Records(a) => records::run(&a),
        Command::Packs(c) => packs::run(&c),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(e) if out::is_broken_pipe(&e) => ExitCode::SUCCESS,
        Err(e) => {
            out::complain(&speech::explain(e.as_ref(), &texts));
            exit_of(&e).into()
        }
    }
}

/// Help and version go to stdout, mistakes to stderr; a closed pipe is no error.
fn refuse(e: &clap::Error, texts: &Texts) -> ExitCode {
    let help = matches!(e.kind(), clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand);
    if texts.lang() == Lang::En || help || !e.use_stderr() {
        let _ = e.print();
    } else {
        out::refuse(&speech::usage(e, texts));
    }
    ExitCode::from(if e.use_stderr() { Exit::Usage as u8 } else { 0 })
}

/// How a failed command ends: whether the command line is wrong, or the world is.
fn exit_of(e: &anyhow::Error) -> Exit {
    let output = e.chain().find_map(|c| match c.downcast_ref::<ScanError>() {
        Some(ScanError::Output(output)) => Some(output),
        Some(_) => None,
        None => c.downcast_ref::<OutputError>(),
    });
    if let Some(output) = output {
        let world = matches!(output, OutputError::Io { .. } | OutputError::Busy(_) | OutputError::Filled(_));
        return if world { Exit::Io } else { Exit::Usage };
    }
    if e.chain().any(|c| c.is::<ScanError>()) {
        return Exit::Io;
    }
    // A path that is not there, or is of another kind, was typed wrong.
    let typed = |kind| {
        use std::io::ErrorKind::{InvalidInput, IsADirectory, NotADirectory, NotFound};
        matches!(kind, NotFound | InvalidInput | IsADirectory | NotADirectory)
    };
    match e.chain().find_map(|c| c.downcast_ref::<std::io::Error>()) {
        Some(io) if !typed(io.kind()) => Exit::Io,
        _ => Exit::Usage,
    }
}

/// `VIGIE_LOG=debug` shows what the engine does; nothing otherwise.
fn set_up_log() {
    let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("VIGIE_LOG") else { return };
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(std::io::stderr).try_init();
}

/// An interrupt ends the program at once and leaves no half report.
fn set_up_interrupt() {
    let _ = ctrlc::set_handler(|| {
        crate::scan::remove_unfinished();
        std::process::exit(130);
    });
}
