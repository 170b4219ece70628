//! `vigie packs …`: work on indicator packs. One file per command.

mod attempt;
mod build;
mod diff;
mod expect;
mod lint;
mod list;
mod regress;
mod selftest;
mod show;
mod stats;
#[cfg(feature = "update")]
mod update;

use clap::Subcommand;

use super::Exit;

pub use list::SourceArgs;

#[derive(Debug, Subcommand)]
pub enum PacksCommand {
    /// List the packs that are loaded, from where, and how many of their indicators can be used
    List(list::ListArgs),
    /// Write the STIX bundle of a folder of lists
    Build(build::BuildArgs),
    /// Say what changed between two versions of packs
    Diff(diff::DiffArgs),
    /// Count what packs hold, and what of it which evidence can show
    Stats(stats::StatsArgs),
    /// Tell everything that is known of one indicator
    Show(show::ShowArgs),
    /// Say what is wrong with packs: what can never match, what every phone shows, what is not in its index
    Lint(lint::LintArgs),
    /// Try a STIX pattern on observed-data or on the records of a report, and show what matched
    Try(attempt::TryArgs),
    /// Write a first file of expectations from a report
    Expect(expect::ExpectArgs),
    /// Scan a folder of acquisitions and name every change against the last accepted run
    Regress(regress::RegressArgs),
    /// Fetch packs named by an index, check them, and pin what was got
    #[cfg(feature = "update")]
    Update(update::UpdateArgs),
    /// Write phones that show every indicator, and phones that nearly do, scan them, and say what fires
    Selftest(selftest::SelftestArgs),
}

/// Runs a command on packs.
pub fn run(command: &PacksCommand) -> anyhow::Result<Exit> {
    match command {
        PacksCommand::List(a) => list::run(a),
        PacksCommand::Build(a) => build::run(a),
        PacksCommand::Diff(a) => diff::run(a),
        PacksCommand::Stats(a) => stats::run(a),
        PacksCommand::Show(a) => show::run(a),
        PacksCommand::Lint(a) => lint::run(a),
        PacksCommand::Try(a) => attempt::run(a),
        PacksCommand::Expect(a) => expect::run(a),
        PacksCommand::Regress(a) => regress::run(a),
        #[cfg(feature = "update")]
        PacksCommand::Update(a) => update::run(a),
        PacksCommand::Selftest(a) => selftest::run(a),
    }
}

/// The day it is in UTC.
fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}
