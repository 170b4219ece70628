//! `vigie packs lint`: says where a pack looks for nothing, or for what every phone shows.
//!
//! Packs are loaded as a scan loads them, with a ledger of every indicator as it was written ([`crate::packs`]). What
//! the loader refused is told with its reason; what it took is held against what is known of the world ([`lists`]);
//! then files, folders and indexes are looked at for what a loader passes over in silence.

mod checks;
pub mod docs;
mod item;
mod lists;
mod locate;
pub mod output;
pub mod rules;
pub mod rules_files;
pub mod rules_mvt;
pub mod rules_values;
mod tree;
pub mod waivers;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Serialize;

use crate::observable::Kind;
use crate::packs::{self, Library, LoadError};
use item::Item;
pub use rules::{LintRule, Severity};

/// Defects that are kept; a file of a million wrong lines needs no million sentences.
const MAX_DEFECTS: usize = 50_000;

/// For whom the packs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// Tools that follow the standards.
    #[default]
    Any,
    /// MVT 2026.10 as well.
    Mvt,
}

/// What the linter is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// For whom the packs are.
    pub target: Target,
    /// The day that dates are compared with.
    pub as_of: Date,
    /// A file of waivers; without one, `lint-waivers.toml` beside each path is read where it exists.
    pub waivers: Option<PathBuf>,
}

/// One defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// What is wrong.
    pub rule: &'static LintRule,
    /// The file.
    pub file: String,
    /// Line in it, from 1; 0 where it has none.
    pub line: u64,
    /// Column in characters, from 1; 0 where it is not known.
    pub column: u64,
    /// What is wrong here, in one sentence.
    pub message: String,
    /// The value or pattern it is about.
    pub value: Option<String>,
    /// Id of the indicator it is about.
    pub id: Option<String>,
    /// Byte at which the object begins that holds the value.
    offset: u64,
    /// Text that the place is found by: the pattern, and the value inside.
    needle: (String, String),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// Files that hold indicators.
    pub files: BTreeSet<String>,
    /// Packs that were loaded.
    pub packs: usize,
    /// Indicators that were read, usable or not.
    pub indicators: usize,
    /// What counts, in the order of files and lines.
    pub defects: Vec<Defect>,
    /// What somebody waived, and why.
    pub waived: Vec<(Defect, String)>,
    /// Defects beyond those that are kept.
    pub more: u64,
}

impl Report {
    /// How many defects weigh this much.
    pub fn count(&self, severity: Severity) -> usize {
        self.defects.iter().filter(|d| d.rule.severity == severity).count()
    }
}

/// Where checks write what they find.
#[derive(Default)]
pub(crate) struct Out {
    defects: Vec<Defect>,
    errors: usize,
    more: u64,
}

impl Out {
    fn push(&mut self, defect: Defect) {
        self.errors += usize::from(defect.rule.severity == Severity::Error);
        if self.defects.len() < MAX_DEFECTS {
            self.defects.push(defect);
        } else {
            self.more += 1;
        }
    }

    /// A defect of one indicator. `value` is the part of it that is meant.
    fn item(&mut self, rule: &'static LintRule, item: &Item<'_>, value: &str, message: impl Into<String>) {
        let w = item.written;
        self.push(Defect {
            rule,
            file: item.file.to_owned(),
            line: u64::from(w.line),
            column: 0,
            message: message.into(),
            value: Some(value.to_owned()),
            id: Some(w.id.clone()),
            offset: w.offset,
            needle: (w.text.clone(), value.to_owned()),
        });
    }

    /// A defect of a file.
    fn file(&mut self, rule: &'static LintRule, file: &str, line: u64, message: impl Into<String>) {
        self.push(Defect {
            rule,
            file: file.to_owned(),
            line,
            column: 0,
            message: message.into(),
            value: None,
            id: None,
            offset: 0,
            needle: Default::default(),
        });
    }

    /// Defects that weigh as errors, so far.
    fn errors(&self) -> usize {
        self.errors
    }
}

/// What checks of one indicator may know of the others.
pub(crate) struct Context<'a> {
    library: &'a Library,
    options: &'a Options,
    /// Domains by pack, in their one spelling.
    domains: HashSet<(u16, String)>,
}

/// Examines packs.
///
/// # Errors
/// Too much was loaded. Whatever else is wrong is a defect.
pub fn run(paths: &[PathBuf], options: &Options) -> Result<Report, LoadError> {
    let mut library = Library::with_ledger();
    let mut out = Out::default();
    for path in paths {
        match packs::load_path(&mut library, path) {
            Ok(()) => {}
            Err(e @ LoadError::Full(_)) => return Err(e),
            Err(e) => {
                let rule = match e {
                    LoadError::Io { .. } => &rules::files::UNREADABLE,
                    _ => &rules::files::NO_INDICATORS,
                };
                let shown = path.display().to_string();
                let told = e.to_string();
                let told = told.strip_prefix(&format!("{shown}: ")).unwrap_or(&told).to_owned();
                out.file(rule, &shown, 0, told);
            }
        }
    }
    let context = Context { library: &library, options, domains: domains(&library) };
    let mut all = checks::All::default();
    for written in library.ledger() {
        let item = Item::new(&library, written);
        checks::item(&item, &context, &mut out);
        all.take(&item, &context, &mut out);
    }
    all.finish(&context, &mut out);
    checks::loader::check(paths, &library, &mut out);
    for path in paths {
        tree::check(path, options, &mut out);
    }
    let mut report = Report {
        files: library.files.iter().cloned().collect(),
        packs: library.packs.len(),
        indicators: library.ledger().len(),
        more: out.more,
        ..Report::default()
    };
    let mut defects = out.defects;
    locate::locate(&mut defects);
    sort(&mut defects);
    waive(paths, options, defects, &mut report);
    Ok(report)
}

fn sort(defects: &mut Vec<Defect>) {
    let key = |d: &Defect| (d.file.clone(), d.line, d.column, d.rule.severity, d.rule.id, d.message.clone());
    defects.sort_by_cached_key(key);
    defects.dedup_by(|a, b| {
        (&a.file, a.line, a.column, a.rule.id) == (&b.file, b.line, b.column, b.rule.id) && a.message == b.message
    });
}

fn domains(library: &Library) -> HashSet<(u16, String)> {
    let value = |i: &packs::Indicator| match i.body {
        packs::Body::Value(Kind::Domain, span) => Some((i.pack, library.text(span).to_owned())),
        _ => None,
    };
    library.indicators.iter().filter_map(value).collect()
}

/// Takes out what is waived, and tells what is wrong with waivers.
fn waive(paths: &[PathBuf], options: &Options, defects: Vec<Defect>, report: &mut Report) {
    let files: BTreeMap<PathBuf, bool> = match &options.waivers {
        Some(file) => BTreeMap::from([(file.clone(), true)]),
        None => paths.iter().map(|p| (beside(p), false)).collect(),
    };
    let mut out = Out::default();
    let mut waivers = Vec::new();
    for (file, named) in files {
        if named || file.is_file() {
            waivers.extend(waivers::read(&file, options.as_of, &mut out));
        }
    }
    for defect in defects {
        // Every waiver that fits is used, so that none is called useless for another's sake.
        let mut reason = None;
        for waiver in waivers.iter_mut().filter(|w| w.fits(&defect)) {
            waiver.used = true;
            reason.get_or_insert_with(|| waiver.reason.clone());
        }
        match reason {
            Some(reason) => report.waived.push((defect, reason)),
            None => report.defects.push(defect),
        }
    }
    for w in waivers.iter().filter(|w| !w.used) {
        out.file(&rules::files::WAIVER_UNUSED, &w.file, w.line, format!("no defect of {} fits it", w.rule));
    }
    report.defects.extend(out.defects);
    sort(&mut report.defects);
}

/// Where waivers of a path lie.
fn beside(path: &Path) -> PathBuf {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    folder.join(waivers::FILE_NAME)
}
