//! Runs the plan, merges what the tasks leave behind, and writes the report.

use std::cell::RefCell;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use rayon::prelude::*;

use super::output::Staging;
use super::plan::{Plan, Task, plan};
use super::task::{OutOfBudget, RecordFile, Shared, TaskResult, TaskSink};
use super::{Opening, Options, Progress, Records, ScanError, Scanned, combine, summary, timeline};
use crate::artifact::{Artifact, Emitter, Input, Source, Tally};
use crate::finding::{Reason, reason};
use crate::formats::Stream;
use crate::matcher::Matcher;
use crate::report::{Extent, Report, Run, Style, Texts, Written, page};

/// What a run writes.
#[derive(Default)]
pub struct Outputs {
    /// The report folder.
    pub folder: Option<Staging>,
}

thread_local! {
    /// What the last panic of this thread said, and where; kept from the terminal.
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
    static FENCED: RefCell<bool> = const { RefCell::new(false) };
}

/// Keeps panics behind the fence off the terminal; others are shown as before.
pub(super) fn install_quiet_hook() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if FENCED.with(|f| *f.borrow()) {
                let place = info.location().map_or_else(String::new, |l| format!("{}:{}", l.file(), l.line()));
                LAST_PANIC.with(|p| *p.borrow_mut() = Some(place));
            } else {
                before(info);
            }
        }));
    });
}

/// Scans what was opened.
pub fn scan(
    opening: &Opening,
    matcher: &Matcher,
    options: &Options,
    outputs: Outputs,
    progress: &dyn Progress,
) -> Result<Scanned, ScanError> {
    install_quiet_hook();
    let started = Instant::now();
    let began = jiff::Timestamp::now();
    let plan = plan(opening);
    let as_of = options.as_of.map(|t| t.micros);
    let shared = Shared {
        matcher,
        as_of,
        matches: outputs.folder.is_some(),
        timeline: outputs.folder.is_some(),
        onlooker: None,
    };
    tracing::debug!(cells = plan.cells.len(), tasks = plan.tasks.len(), "planned");
    progress.planned(plan.tasks.iter().map(|t| t.weight).sum());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.jobs.max(1)).build()?;
    let how = How { jobs: options.jobs, records: options.records, folder: outputs.folder.as_ref() };
    let results = pool.install(|| run_tasks(&plan, opening, &shared, how, progress))?;
    tracing::debug!(seconds = started.elapsed().as_secs_f64(), "all tasks done");
    let (combined, undecided) = combine::combine(opening, &plan, &results, matcher);
    let lines: Vec<String> = combined.iter().flat_map(|c| c.lines.iter().cloned()).collect();
    let seen = summary::Seen { opening, plan: &plan, results: &results, combined, undecided };
    let mut report = pool.install(|| summary::report(seen, matcher, options));
    tracing::debug!(findings = report.findings.len(), seconds = started.elapsed().as_secs_f64(), "summed up");
    if !options.reproducible {
        report.run = Some(Run {
            started: began.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            seconds: (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            case: options.case.clone(),
            operator: options.operator.clone(),
            consent: options.consent.clone(),
            paths: options.paths.iter().map(|p| p.display().to_string()).collect(),
            options: options.run.clone(),
        });
    }
    let written = match outputs.folder {
        Some(staging) => Some(write(staging, &report, &plan, results, &lines, options)?),
        None => None,
    };
    tracing::debug!(written = written.is_some(), seconds = started.elapsed().as_secs_f64(), "finished");
    Ok(Scanned { report, written })
}

/// How tasks are run, and where they leave their records.
#[derive(Clone, Copy)]
pub(super) struct How<'a> {
    /// Threads.
    pub jobs: usize,
    /// How records are written.
    pub records: Records,
    /// Where, if at all.
    pub folder: Option<&'a Staging>,
}

/// Runs every task, the largest first; results come back in plan order.
pub(super) fn run_tasks(
    plan: &Plan,
    opening: &Opening,
    shared: &Shared<'_>,
    how: How<'_>,
    progress: &dyn Progress,
) -> Result<Vec<TaskResult>, ScanError> {
    let mut order: Vec<usize> = (0..plan.tasks.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(plan.tasks[i].weight), i));
    let slots: Mutex<Vec<Option<TaskResult>>> = Mutex::new((0..plan.tasks.len()).map(|_| None).collect());
    // One queue, taken from in order: a static split would leave one thread with the large tasks.
    let next = std::sync::atomic::AtomicUsize::new(0);
    (0..how.jobs.max(1)).into_par_iter().try_for_each(|_| -> Result<(), ScanError> {
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(&i) = order.get(at) else { return Ok(()) };
            let task = &plan.tasks[i];
            let records = match (how.folder, how.records) {
                (Some(staging), Records::Zst | Records::Plain) => {
                    let name = format!("records/.part-{i:05}");
                    Some(RecordFile::create(staging.path(&name), how.records == Records::Zst)?)
                }
                _ => None,
            };
            let result = run_task(plan, task, opening, shared, records)?;
            progress.done(task.weight, plan.cells[task.cell].artifact.id);
            if let Ok(mut slots) = slots.lock() {
                slots[i] = Some(result);
            }
        }
    })?;
    let slots = slots.into_inner().unwrap_or_default();
    Ok(slots.into_iter().flatten().collect())
}

fn run_task(
    plan: &Plan,
    task: &Task,
    opening: &Opening,
    shared: &Shared<'_>,
    records: Option<RecordFile>,
) -> Result<TaskResult, ScanError> {
    let cell = &plan.cells[task.cell];
    let acquisition = &opening.evidence[cell.evidence];
    let Ok(evidence) = &acquisition.what else { unreachable!("only acquisitions are planned") };
    let (entry, source) = &cell.entries[task.entry];
    let input = Input::new(&**evidence, entry, task.slice.clone(), task.first_slice);
    let mut sink = TaskSink::new(
        shared,
        cell.artifact,
        evidence.kind().platform,
        evidence.device(),
        &opening.devices[acquisition.device].id,
        &acquisition.id,
        entry,
        records,
    );
    let began = Instant::now();
    let (tally, failure) = fenced(cell.artifact, source, &input, &mut sink);
    // No names from evidence here: a log line is not sanitized.
    tracing::debug!(
        artifact = cell.artifact.id,
        evidence = acquisition.id,
        entry = task.entry,
        first_slice = task.first_slice,
        bytes = entry.size,
        seconds = began.elapsed().as_secs_f64(),
        failure = failure.as_ref().map_or("", |f| f.code.as_str()),
        "task done"
    );
    Ok(sink.finish(tally, failure)?)
}

/// Runs what opens an acquisition so that a panic in it ends nothing but itself; the error says where it was.
pub(super) fn opened<T>(open: impl FnOnce() -> T) -> Result<T, String> {
    install_quiet_hook();
    FENCED.with(|f| *f.borrow_mut() = true);
    let outcome = catch_unwind(AssertUnwindSafe(open));
    FENCED.with(|f| *f.borrow_mut() = false);
    outcome.map_err(|_| LAST_PANIC.with(|p| p.borrow_mut().take()).unwrap_or_default())
}

/// Runs a parser so that nothing it does can end the program: an error, a used-up budget and a panic all become a
/// reason, and what was emitted before stays.
fn fenced(
    artifact: &'static Artifact,
    source: &Source,
    input: &Input<'_>,
    sink: &mut TaskSink<'_>,
) -> (Tally, Option<Reason>) {
    let mut emitter = Emitter::new(artifact, &input.entry.name, sink);
    FENCED.with(|f| *f.borrow_mut() = true);
    let outcome = catch_unwind(AssertUnwindSafe(|| source.read(input, &mut emitter)));
    FENCED.with(|f| *f.borrow_mut() = false);
    let tally = emitter.finish();
    let failure = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(e)) => Some(Reason::new(e.code(), e.to_string())),
        Err(payload) => Some(match payload.downcast::<OutOfBudget>() {
            Ok(budget) => Reason::new(reason::LIMIT, budget.0),
            Err(_) => {
                let place = LAST_PANIC.with(|p| p.borrow_mut().take()).unwrap_or_default();
                Reason::new(reason::INTERNAL_ERROR, format!("the parser failed ({place}); please report this"))
            }
        }),
    };
    (tally, failure)
}

/// How `page.txt` is drawn: for any program that shows text.
const PAGE: Style = Style { color: false, width: 80 };

/// Writes everything that goes into a report folder.
fn write(
    staging: Staging,
    report: &Report,
    plan: &Plan,
    results: Vec<TaskResult>,
    lines: &[String],
    options: &Options,
) -> Result<PathBuf, ScanError> {
    write_matches(&staging, &results, lines)?;
    write_records(&staging, plan, &results, options)?;
    let mut text = Vec::new();
    page(report, &Texts::new(options.lang), PAGE, Extent::All, Written::Here, &mut text)?;
    staging.write("page.txt", &text)?;
    let mut out = staging.create("timeline.csv")?;
    out.write_all(b"time,device,evidence,artifact,event,description\n")?;
    timeline::merge(results.into_iter().map(|r| r.events).collect(), &mut out)?;
    out.flush()?;
    staging.write("findings.json", &report.to_json())?;
    Ok(staging.commit()?)
}

/// Matches of single records in plan order, then the records of patterns over several.
fn write_matches(staging: &Staging, results: &[TaskResult], lines: &[String]) -> Result<(), ScanError> {
    let mut out = staging.create("matches.jsonl")?;
    for r in results {
        io::copy(&mut Stream::new(r.matches.clone()), &mut out)?;
    }
    for line in lines {
        out.write_all(line.as_bytes())?;
    }
    out.flush()?;
    Ok(())
}

fn write_records(staging: &Staging, plan: &Plan, results: &[TaskResult], options: &Options) -> Result<(), ScanError> {
    let extension = match options.records {
        Records::Zst => "jsonl.zst",
        Records::Plain => "jsonl",
        Records::None => return Ok(()),
    };
    let mut at = 0;
    while at < results.len() {
        let artifact = plan.cells[plan.tasks[at].cell].artifact.id;
        let same = results[at..]
            .iter()
            .zip(&plan.tasks[at..])
            .take_while(|(_, t)| plan.cells[t.cell].artifact.id == artifact)
            .count();
        let parts: Vec<PathBuf> = results[at..at + same].iter().filter_map(|r| r.records.clone()).collect();
        staging.join(&format!("records/{artifact}.{extension}"), &parts)?;
        at += same;
    }
    Ok(())
}
