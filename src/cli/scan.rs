//! `vigie scan`: the main job.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::packs::SourceArgs;
use super::speech::{self, Refusal, lang_of_environment};
use super::{Exit, ci_files, out};
use crate::finding::{Severity, State};
use crate::kit::ci;
use crate::kit::expect::{self, Check, Expectations};
use crate::matcher::Matcher;
use crate::record::{Precision, Timestamp, days_from_civil};
use crate::report::{Arg, Extent, Lang, Report, RunOptions, Style, Texts, Written, page};
use crate::scan::{self, Opening, Options, Outputs, Progress, Records, Silent, Staging, SuppressFile};

#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Acquisitions (iOS backup folder, Android bug report), or folders that hold some
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    sources: SourceArgs,
    /// Write the report into this folder, which must be new or empty
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Replace the report of vigie that is in the folder
    #[arg(long, requires = "output")]
    force: bool,
    /// How records are written into the report folder
    #[arg(long, value_enum, default_value_t = RecordsArg::Zst)]
    records: RecordsArg,
    /// Print findings.json instead of the page for people
    #[arg(long)]
    json: bool,
    /// End with 1 when there is a finding of this severity or more
    #[arg(long, value_enum, default_value_t = FailOn::Medium, value_name = "SEVERITY")]
    fail_on: FailOn,
    /// Language of the page
    #[arg(long, value_parser = parse_lang, value_name = "en|fr")]
    lang: Option<Lang>,
    /// The date that rules about age are computed for; the acquisition's own when not given
    #[arg(long, value_parser = parse_date, value_name = "YYYY-MM-DD")]
    as_of: Option<Timestamp>,
    /// What is known to be innocent: a TOML file of indicators, each with a reason and an end date; repeatable
    #[arg(long, value_name = "FILE")]
    suppress: Vec<PathBuf>,
    /// What the scan should say: a TOML file of expectations; ends with 5 when it says something else
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
    /// Write a JUnit file: one suite per device, one case per kind of trace and per finding
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a SARIF 2.1.0 file: one result per finding
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Leave out of the report whatever differs between two runs over the same input
    #[arg(long)]
    reproducible: bool,
    /// Case number, for the report
    #[arg(long)]
    case: Option<String>,
    /// Who runs this, for the report
    #[arg(long)]
    operator: Option<String>,
    /// How and when the owner consented, for the report
    #[arg(long)]
    consent: Option<String>,
    /// Threads; the result does not depend on it
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// No progress bar
    #[arg(long)]
    no_progress: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RecordsArg {
    Zst,
    Plain,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum FailOn {
    None,
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl FailOn {
    fn severity(self) -> Option<Severity> {
        Some(match self {
            FailOn::None => return None,
            FailOn::Info => Severity::Info,
            FailOn::Low => Severity::Low,
            FailOn::Medium => Severity::Medium,
            FailOn::High => Severity::High,
            FailOn::Critical => Severity::Critical,
        })
    }
}

/// A language of an option.
pub fn parse_lang(s: &str) -> Result<Lang, String> {
    Lang::parse(s).ok_or_else(|| format!("{s}: there are en and fr"))
}

/// A date of an option.
pub fn parse_date(s: &str) -> Result<Timestamp, String> {
    let wrong = || format!("{s} is not a date like 2026-01-31");
    let mut parts = s.splitn(3, '-').map(str::parse::<i64>);
    let (Some(Ok(y)), Some(Ok(m)), Some(Ok(d))) = (parts.next(), parts.next(), parts.next()) else {
        return Err(wrong());
    };
    let date = jiff::civil::Date::new(
        i16::try_from(y).map_err(|_| wrong())?,
        i8::try_from(m).map_err(|_| wrong())?,
        i8::try_from(d).map_err(|_| wrong())?,
    );
    date.map_err(|_| wrong())?;
    Timestamp::utc_micros(days_from_civil(y, m as u32, d as u32) * 86_400_000_000, Precision::Day).ok_or_else(wrong)
}

/// Scans, prints, and says how to end.
pub fn run(args: &ScanArgs) -> anyhow::Result<Exit> {
    let lang = args.lang.unwrap_or_else(lang_of_environment);
    let texts = Texts::new(lang);
    for path in &args.paths {
        if std::fs::symlink_metadata(path).is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound) {
            bail!(Refusal::NoSuchPath(path.display().to_string()));
        }
    }
    let library = match args.sources.load() {
        Ok(library) => library,
        Err(e) => {
            out::complain(&speech::explain(&e, &texts));
            return Ok(Exit::Packs);
        }
    };
    if library.indicators.is_empty() {
        out::complain(&speech::explain(&Refusal::NoIndicators, &texts));
        return Ok(Exit::Packs);
    }
    let expectations = args.expect.as_deref().map(Expectations::read).transpose()?;
    let suppress = args.suppress.iter().map(|p| SuppressFile::read(p)).collect::<Result<_, _>>()?;
    let matcher = Matcher::new(library);
    let opening = scan::open(&args.paths);
    let evidence = evidence_paths(&opening);
    for file in [&args.junit, &args.sarif].into_iter().flatten() {
        scan::check_file(file, &evidence)?;
    }
    let folder = args.output.as_ref().map(|o| Staging::begin(o, args.force, &evidence)).transpose()?;
    for left in folder.iter().flat_map(Staging::swept) {
        let left = left.display().to_string();
        out::complain(&texts.ui("swept", &[("path", Arg::Text(&left))]));
    }
    let bar = (!args.quiet && !args.no_progress && std::io::stderr().is_terminal()).then(Bar::new);
    let progress: &dyn Progress = bar.as_ref().map_or(&Silent, |b| b);
    let scanned = scan::scan(&opening, &matcher, &options(args, lang, suppress), Outputs { folder }, progress)?;
    if let Some(bar) = &bar {
        bar.0.finish_and_clear();
    }
    let checks = expectations.map(|e| expect::compare(&e, &expect::subjects(&scanned.report), false));
    write_for_ci(args, &scanned.report, checks.as_deref())?;
    if args.json {
        out::write(&scanned.report.to_json())?;
    } else if !args.quiet {
        let style = Style { color: out::colour(), width: out::width() };
        let mut text = Vec::new();
        let written = scanned.written.as_deref().map_or(Written::Nowhere, Written::At);
        page(&scanned.report, &texts, style, Extent::Short, written, &mut text).context("the page")?;
        out::write(&text)?;
    }
    if args.quiet || args.json {
        complain_about_invalid(&opening, &texts);
    }
    if complain_about_differences(args, checks.as_deref().unwrap_or_default()) {
        return Ok(Exit::Mismatch);
    }
    Ok(exit(&scanned.report, args.fail_on))
}

/// Writes what CI systems read; the comparison with expectations is part of it.
fn write_for_ci(args: &ScanArgs, report: &Report, checks: Option<&[Check]>) -> anyhow::Result<()> {
    let file = args.expect.as_ref().map_or_else(String::new, |f| f.display().to_string());
    if let Some(target) = &args.junit {
        let mut suites = ci::scan_suites(report, args.fail_on.severity());
        suites.extend(checks.map(|c| ci::check_suite(&file, c)));
        ci_files::junit(target, "vigie scan", &suites)?;
    }
    if let Some(target) = &args.sarif {
        let mut sarif = ci::scan_sarif(report);
        ci::add_checks(&file, checks.unwrap_or_default(), &mut sarif);
        ci_files::sarif(target, &sarif)?;
    }
    Ok(())
}

/// Says every difference, one a line; true when there is one.
fn complain_about_differences(args: &ScanArgs, checks: &[Check]) -> bool {
    let file = args.expect.as_ref().map_or_else(String::new, |f| f.display().to_string());
    let mut differs = false;
    for check in checks.iter().filter(|c| c.difference.is_some()) {
        let line = check.line.map_or_else(String::new, |n| format!(":{n}"));
        out::complain(&format!("{file}{line}: {check}").replace('\n', " "));
        differs = true;
    }
    differs
}

/// Acquisitions that were not examined, one a line, where no page says so.
fn complain_about_invalid(opening: &Opening, texts: &Texts) {
    const MOST: usize = 20;
    let invalid: Vec<_> = opening.evidence.iter().filter_map(|a| a.what.as_ref().err()).collect();
    for what in invalid.iter().take(MOST) {
        let todo = texts.todo(what.reason.code.todo(), what.platform);
        out::complain(&format!("{}. {} {todo}", what.reason.text, texts.ui("advice-label", &[])));
    }
    if let more @ 1.. = invalid.len().saturating_sub(MOST) {
        out::complain(&texts.ui("elsewhere-more-short", &[("n", more.into())]));
    }
}

/// What a report must not touch: everything that was looked at. What cannot be examined today may be evidence all the
/// same; only a folder in which nothing was found is no acquisition.
fn evidence_paths(opening: &Opening) -> Vec<PathBuf> {
    let path = |a: &scan::Acquisition| match &a.what {
        Ok(evidence) => Some(PathBuf::from(evidence.path())),
        Err(i) => Some(PathBuf::from(&i.path)).filter(|p| i.kind != "unknown" || !p.is_dir()),
    };
    opening.evidence.iter().filter_map(path).collect()
}

fn options(args: &ScanArgs, lang: Lang, suppress: Vec<SuppressFile>) -> Options {
    let records = match args.records {
        RecordsArg::Zst => Records::Zst,
        RecordsArg::Plain => Records::Plain,
        RecordsArg::None => Records::None,
    };
    let jobs = ci_files::jobs(args.jobs);
    Options {
        paths: args.paths.clone(),
        jobs,
        records,
        as_of: args.as_of,
        suppress,
        lang,
        reproducible: args.reproducible,
        case: args.case.clone(),
        operator: args.operator.clone(),
        consent: args.consent.clone(),
        run: RunOptions {
            indicators: args.sources.indicators.iter().map(|p| p.display().to_string()).collect(),
            builtin: !args.sources.no_builtin,
            as_of: args.as_of.map(|t| t.to_string()),
            records: records.as_str().to_owned(),
            jobs,
        },
    }
}

/// A finding at or above the threshold first; then whatever could not be examined.
fn exit(report: &Report, fail_on: FailOn) -> Exit {
    let threshold = fail_on.severity();
    if report.findings.iter().any(|f| threshold.is_some_and(|t| f.severity >= t)) {
        return Exit::Findings;
    }
    let lacking = |s: State| matches!(s, State::Inconclusive | State::Invalid);
    if !report.verdict.complete || report.devices.iter().any(|d| lacking(d.verdict.state)) {
        return Exit::Incomplete;
    }
    Exit::Ok
}

/// A bar on stderr.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let _ = std::io::stderr().flush();
        Bar(bar)
    }
}

impl Progress for Bar {
    fn planned(&self, total: u64) {
        self.0.set_length(total);
    }

    fn done(&self, weight: u64, what: &str) {
        self.0.inc(weight);
        self.0.set_message(what.to_owned());
    }
}
