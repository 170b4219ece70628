//! Looking on while the engine reads and matches, without a report: what a test of indicators needs. Plan, parsers,
//! fence, matcher and judgement are those of a scan.

use super::plan::plan;
use super::run::{How, install_quiet_hook, run_tasks};
use super::task::Shared;
use super::{Opening, Records, ScanError, Silent};
use crate::matcher::{Matcher, Target};
use crate::record::Record;

/// Who looks on. Called by several threads, and in no fixed order.
pub trait Onlooker: Sync {
    /// A record was read in the acquisition with this id, and matched these. Nothing of it may be kept but copies.
    fn record(&self, evidence: &str, record: &Record<'_>, matched: &[Target]);
}

/// An artifact that was not read, or not read whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trouble {
    /// Id of the acquisition.
    pub evidence: String,
    /// Id of the artifact.
    pub artifact: &'static str,
    /// What is wrong, in words.
    pub text: String,
}

/// Reads and matches everything that was opened, and tells `onlooker`. Gives what could not be read, in the order of
/// the plan.
pub fn watch(
    opening: &Opening,
    matcher: &Matcher,
    jobs: usize,
    onlooker: &dyn Onlooker,
) -> Result<Vec<Trouble>, ScanError> {
    install_quiet_hook();
    let plan = plan(opening);
    let shared = Shared { matcher, as_of: None, matches: false, timeline: false, onlooker: Some(onlooker) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build()?;
    let how = How { jobs, records: Records::None, folder: None };
    let results = pool.install(|| run_tasks(&plan, opening, &shared, how, &Silent))?;
    let mut troubles = Vec::new();
    for (task, result) in plan.tasks.iter().zip(&results) {
        let cell = &plan.cells[task.cell];
        let lost = result.tally.notes.iter().filter(|n| n.code.is_loss()).map(|n| n.text.clone());
        for text in result.failure.iter().map(|f| f.text.clone()).chain(lost) {
            let evidence = opening.evidence[cell.evidence].id.clone();
            troubles.push(Trouble { evidence, artifact: cell.artifact.id, text });
        }
    }
    troubles.dedup();
    Ok(troubles)
}
