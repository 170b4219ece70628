//! Process edge: arguments, log set-up, interrupt, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    vigie::cli::run()
}
