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

/// Threads for each core at the most: more only cost memory, and the result does not depend on them.
const MAX_JOBS_PER_CORE: usize = 4;

/// Threads: as asked for, else as many as there are cores.
pub fn jobs(asked: Option<usize>) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    asked.unwrap_or(cores).clamp(1, cores * MAX_JOBS_PER_CORE)
}
