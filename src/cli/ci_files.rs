//! Files for CI systems, the same for every command that writes some.

use std::path::Path;

use crate::report::{JunitSuite, Sarif, write_junit, write_sarif};
use crate::scan::{OutputError, write_file};

/// Writes a JUnit file; `command` is its name: `vigie scan`.
pub fn junit(target: &Path, command: &str, suites: &[JunitSuite]) -> Result<(), OutputError> {
    write_file(target, &write_junit(command, suites))
}

/// Writes a SARIF file.
pub fn sarif(target: &Path, sarif: &Sarif) -> Result<(), OutputError> {
    write_file(target, &write_sarif(sarif))
}

/// More threads than this only cost memory.
const MAX_JOBS: usize = 64;

/// Threads: as asked for, else as many as there are cores.
pub fn jobs(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).clamp(1, MAX_JOBS)
}
