//! One task: an artifact, an entry, perhaps a slice of it. What it saw leaves as [`TaskResult`]; nothing is shared
//! between tasks while they run.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::combine::{MAX_PART_BYTES, MAX_PART_RECORDS, MAX_PARTS, PartSeen, instants};
use super::json;
use super::timeline::{EventSorter, Runs};
use super::watch::Onlooker;
use crate::artifact::{Artifact, Event, Shape, Sink, Tally};
use crate::device::{DeviceFacts, Platform};
use crate::evidence::Entry;
use crate::finding::{Context, Example, MAX_EXAMPLES, Reason, Severity, Step, Where};
use crate::formats::ReadAt;
use crate::formats::spool::SpoolWriter;
use crate::matcher::{Found, Hit, Judgement, Matcher, Moments, Part, Setting, Target, Weight};
use crate::record::{Record, Timestamp, Value};
use crate::report::sanitize;

/// Records one task may emit; beyond this it is stopped and the artifact is partial.
pub const MAX_RECORDS: u64 = 100_000_000;
/// Seconds one task may run; the last fence.
pub const MAX_SECONDS: u64 = 3_600;
/// Uncompressed bytes of one frame of `records/*.jsonl.zst`.
const FRAME: usize = 1 << 20;
/// Fast, and still a tenth of the size.
const ZSTD_LEVEL: i32 = 1;

/// Where a task writes its records.
pub struct RecordFile {
    file: File,
    compress: bool,
    path: PathBuf,
}

impl RecordFile {
    /// A part file that is later joined with the others of its artifact.
    pub fn create(path: PathBuf, compress: bool) -> io::Result<RecordFile> {
        let file = super::output::create_private(&path).map_err(|e| super::output::named(&path, e))?;
        Ok(RecordFile { file, compress, path })
    }

    fn write(&mut self, lines: &str) -> io::Result<()> {
        let written = match self.compress {
            true => zstd::bulk::compress(lines.as_bytes(), ZSTD_LEVEL).and_then(|frame| self.file.write_all(&frame)),
            false => self.file.write_all(lines.as_bytes()),
        };
        written.map_err(|e| super::output::named(&self.path, e))
    }
}

/// What identifies a finding within a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What matched.
    pub target: Target,
    /// How.
    pub step: Step,
}

/// What a task knows of a finding.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The worst of its records.
    pub severity: Severity,
    /// The context of that record.
    pub context: Context,
    /// Records.
    pub count: u64,
    /// Sort key and text of the earliest and latest event time.
    pub span: Span,
    /// Up to [`MAX_EXAMPLES`].
    pub examples: Vec<Example>,
    /// The indicator had expired for every record seen so far.
    pub expired: bool,
    /// The value that was equal in the first record.
    pub value: Option<String>,
}

/// The earliest and the latest of some moments, by a sort key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Span {
    first: Option<(i64, Timestamp)>,
    last: Option<(i64, Timestamp)>,
}

impl Span {
    /// Takes a moment. What is no date, but written in place of one, is not taken.
    pub fn add(&mut self, key: i64, t: Timestamp) {
        if t.is_placeholder() {
            return;
        }
        if self.first.is_none_or(|(k, _)| key < k) {
            self.first = Some((key, t));
        }
        if self.last.is_none_or(|(k, _)| key > k) {
            self.last = Some((key, t));
        }
    }

    /// Takes the edges of another.
    pub fn merge(&mut self, other: &Span) {
        for (key, t) in other.first.iter().chain(&other.last) {
            self.add(*key, *t);
        }
    }

    /// True when the year of an edge was inferred.
    pub fn year_inferred(&self) -> bool {
        self.first.iter().chain(&self.last).any(|(_, t)| !t.year_known)
    }

    /// The edges as reports write them.
    pub fn texts(&self, device: &DeviceFacts) -> (Option<String>, Option<String>) {
        let text = |edge: Option<(i64, Timestamp)>| edge.map(|(_, t)| device.time_text(&t));
        (text(self.first), text(self.last))
    }
}

/// What every task of a run is told.
pub struct Shared<'a> {
    /// Compiled indicators.
    pub matcher: &'a Matcher,
    /// UTC microseconds of `--as-of`, or of the acquisition.
    pub as_of: Option<i64>,
    /// Write `matches.jsonl`.
    pub matches: bool,
    /// Collect `timeline.csv`.
    pub timeline: bool,
    /// Is told of every record; nothing else is then kept of it.
    pub onlooker: Option<&'a dyn Onlooker>,
}

/// The engine's end of an emitter.
pub struct TaskSink<'a> {
    shared: &'a Shared<'a>,
    artifact: &'static Artifact,
    platform: Platform,
    device: &'a DeviceFacts,
    device_id: &'a str,
    evidence_id: &'a str,
    entry: &'a Entry,
    found: Found,
    parts: Vec<PartSeen>,
    part_counts: HashMap<Part, usize>,
    part_bytes: usize,
    parts_cut: BTreeSet<u32>,
    drafts: HashMap<Key, Draft>,
    matches: SpoolWriter,
    records: Option<RecordFile>,
    lines: String,
    events: EventSorter,
    span: Span,
    emitted: u64,
    started: Instant,
    outside_validity: HashMap<u16, u64>,
    error: Option<io::Error>,
}

/// What a task leaves behind.
pub struct TaskResult {
    /// Findings.
    pub drafts: HashMap<Key, Draft>,
    /// Pieces of patterns over several observations.
    pub parts: Vec<PartSeen>,
    /// Patterns of which more pieces were seen than are kept.
    pub parts_cut: BTreeSet<u32>,
    /// Lines of `matches.jsonl`.
    pub matches: Arc<dyn ReadAt>,
    /// The part file of its records.
    pub records: Option<PathBuf>,
    /// Its events.
    pub events: Runs,
    /// Earliest and latest event.
    pub span: Span,
    /// By pack: matches left out because the record is later than the indicator's `valid_until`.
    pub outside_validity: HashMap<u16, u64>,
    /// What the parser said.
    pub tally: Tally,
    /// Why it ended early.
    pub failure: Option<Reason>,
}

/// Unwinds a task that used up a budget.
pub struct OutOfBudget(pub String);

impl<'a> TaskSink<'a> {
    /// A sink for one task.
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        shared: &'a Shared<'a>,
        artifact: &'static Artifact,
        platform: Platform,
        device: &'a DeviceFacts,
        device_id: &'a str,
        evidence_id: &'a str,
        entry: &'a Entry,
        records: Option<RecordFile>,
    ) -> Self {
        TaskSink {
            shared,
            artifact,
            platform,
            device,
            device_id,
            evidence_id,
            entry,
            found: Found::default(),
            parts: Vec::new(),
            part_counts: HashMap::new(),
            part_bytes: 0,
            parts_cut: BTreeSet::new(),
            drafts: HashMap::new(),
            matches: SpoolWriter::with_memory(256 << 10),
            records,
            lines: String::new(),
            events: EventSorter::default(),
            span: Span::default(),
            emitted: 0,
            started: Instant::now(),
            outside_validity: HashMap::new(),
            error: None,
        }
    }

    /// Ends the task.
    pub fn finish(mut self, tally: Tally, failure: Option<Reason>) -> io::Result<TaskResult> {
        self.flush_lines()?;
        if let Some(e) = self.error {
            return Err(e);
        }
        Ok(TaskResult {
            drafts: self.drafts,
            parts: self.parts,
            parts_cut: self.parts_cut,
            matches: self.matches.finish()?,
            records: self.records.map(|r| r.path),
            events: self.events.finish()?,
            span: self.span,
            outside_validity: self.outside_validity,
            tally,
            failure,
        })
    }

    fn flush_lines(&mut self) -> io::Result<()> {
        if let Some(r) = self.records.as_mut().filter(|_| !self.lines.is_empty()) {
            r.write(&self.lines)?;
        }
        self.lines.clear();
        Ok(())
    }

    fn keep_error(&mut self, result: io::Result<()>) {
        if let Err(e) = result {
            self.error.get_or_insert(e);
        }
    }

    fn write_record(&mut self, record: &Record<'_>) {
        let before = self.lines.len();
        json::record_line(self.evidence_id, record, self.device, &mut self.lines);
        if self.lines.len() > FRAME && before > 0 {
            let last = self.lines.split_off(before);
            let flushed = self.flush_lines();
            self.keep_error(flushed);
            self.lines = last;
        }
    }

    fn write_events(&mut self, shape: &'static Shape, record: &Record<'_>) {
        for event in shape.events {
            let Some(t) = time_of(record, event) else { continue };
            let key = self.device.utc(&t).unwrap_or(t.micros);
            let device = self.device;
            self.span.add(key, t);
            if self.shared.timeline {
                let (device_id, evidence_id, artifact) = (self.device_id, self.evidence_id, self.artifact.id);
                let added = self.events.add(key, |line| {
                    line.push('"');
                    let _ = device.write_time(&t, line);
                    line.push_str("\",\"");
                    for part in [device_id, evidence_id, artifact, event.name] {
                        line.push_str(part);
                        line.push_str("\",\"");
                    }
                    line.pop();
                    let mut text = fill(event.text, record, device);
                    if !t.year_known {
                        text.push_str(" (year inferred)");
                    }
                    sanitize::csv_cell(&text, line);
                });
                self.keep_error(added);
            }
        }
    }

    fn earliest(&self, times: &[Timestamp]) -> Option<(i64, Timestamp)> {
        times.iter().map(|t| (self.device.utc(t).unwrap_or(t.micros), *t)).min_by_key(|(key, _)| *key)
    }

    fn span_of(&self, times: &[Timestamp]) -> Span {
        let mut span = Span::default();
        times.iter().for_each(|t| span.add(self.device.utc(t).unwrap_or(t.micros), *t));
        span
    }

    fn moments(&self, earliest: Option<(i64, Timestamp)>) -> Moments {
        Moments {
            record: earliest.map(|(key, _)| key),
            as_of: self.shared.as_of.or(self.device.acquired.map(|t| t.micros)),
        }
    }

    /// Tells the onlooker which targets the record led to, as far as they count.
    fn tell(&self, onlooker: &dyn Onlooker, shape: &'static Shape, context: Context, record: &Record<'_>) {
        let mut matched: Vec<Target> = Vec::new();
        if !self.found.hits.is_empty() {
            let times: Vec<Timestamp> = shape.events.iter().filter_map(|e| time_of(record, e)).collect();
            let moments = self.moments(self.earliest(&times));
            for hit in &self.found.hits {
                let judged = self.shared.matcher.judge(hit, self.platform, context, moments);
                if matches!(judged, Judgement::Counts(_)) {
                    matched.push(hit.target);
                }
            }
        }
        onlooker.record(self.evidence_id, record, &matched);
    }

    fn take_hits(&mut self, shape: &'static Shape, context: Context, record: &Record<'_>) {
        let times: Vec<Timestamp> = shape.events.iter().filter_map(|e| time_of(record, e)).collect();
        let earliest = self.earliest(&times);
        for hit in std::mem::take(&mut self.found.hits) {
            self.take_hit(context, record, &times, earliest, &hit);
        }
        for (part, step) in std::mem::take(&mut self.found.parts) {
            self.take_part(context, record, &times, earliest, part, step);
        }
    }

    /// Whether a hit counts, and what it weighs.
    fn weigh(&mut self, hit: &Hit, context: Context, earliest: Option<(i64, Timestamp)>) -> Option<Weight> {
        let moments = self.moments(earliest);
        match self.shared.matcher.judge(hit, self.platform, context, moments) {
            Judgement::Counts(weight) => Some(weight),
            Judgement::OtherPlatform => None,
            Judgement::TooLate(packs) => {
                for pack in packs {
                    *self.outside_validity.entry(pack).or_default() += 1;
                }
                None
            }
        }
    }

    /// Keeps a piece of a pattern over several observations until all records were seen.
    fn take_part(
        &mut self,
        context: Context,
        record: &Record<'_>,
        times: &[Timestamp],
        earliest: Option<(i64, Timestamp)>,
        part: Part,
        step: Step,
    ) {
        let hit = Hit { target: Target::Pattern(part.pattern), step, field: None, key: None };
        let Some(weight) = self.weigh(&hit, context, earliest) else { return };
        let count = self.part_counts.entry(part).or_default();
        *count += 1;
        if *count > MAX_PART_RECORDS || self.parts.len() >= MAX_PARTS || self.part_bytes > MAX_PART_BYTES {
            self.parts_cut.insert(part.pattern);
            return;
        }
        let texts: Vec<String> = times.iter().map(|t| self.device.time_text(t)).collect();
        let line = match self.shared.matches {
            true => self.match_line(record, &hit, weight.severity, weight.context, &texts),
            false => String::new(),
        };
        let values = record.values.iter().map(|(_, v)| v.as_str().map_or(16, str::len)).sum::<usize>();
        self.part_bytes += 2 * values + line.len() + 1_024;
        self.parts.push(PartSeen {
            part,
            step,
            record: self.emitted,
            times: times.iter().filter_map(|t| instants(t, self.device)).collect(),
            span: self.span_of(times),
            severity: weight.severity,
            context: weight.context,
            expired: weight.expired,
            example: example(self.evidence_id, self.entry, record, self.device, texts),
            line,
        });
    }

    fn take_hit(
        &mut self,
        context: Context,
        record: &Record<'_>,
        times: &[Timestamp],
        earliest: Option<(i64, Timestamp)>,
        hit: &Hit,
    ) {
        let Some(Weight { severity, context, expired }) = self.weigh(hit, context, earliest) else { return };
        let texts: Vec<String> = times.iter().map(|t| self.device.time_text(t)).collect();
        let span = self.span_of(times);
        let draft = self.drafts.entry(Key { target: hit.target, step: hit.step }).or_insert_with(|| Draft {
            severity,
            context,
            count: 0,
            span: Span::default(),
            examples: Vec::new(),
            expired: true,
            value: hit.key.clone(),
        });
        draft.count += 1;
        draft.expired &= expired;
        if severity > draft.severity {
            (draft.severity, draft.context) = (severity, context);
        }
        draft.span.merge(&span);
        if draft.examples.len() < MAX_EXAMPLES {
            draft.examples.push(example(self.evidence_id, self.entry, record, self.device, texts.clone()));
        }
        if self.shared.matches {
            let pattern = self.shared.matcher.canonical(hit.target);
            let id = super::finding_id(self.device, self.device_id, self.artifact.id, hit.step, &pattern);
            let line = begin_line(&id, &self.match_line(record, hit, severity, context, &texts));
            let written = self.matches.write_all(line.as_bytes());
            self.keep_error(written);
        }
    }

    /// A line of `matches.jsonl` without its beginning, which names the finding.
    fn match_line(
        &self,
        record: &Record<'_>,
        hit: &Hit,
        severity: Severity,
        context: Context,
        times: &[String],
    ) -> String {
        let mut line = String::with_capacity(512);
        for (name, text) in [
            ("device", self.device_id),
            ("artifact", self.artifact.id),
            ("severity", severity.as_str()),
            ("context", context.as_str()),
            ("step", hit.step.as_str()),
        ] {
            line.push_str("\",\"");
            line.push_str(name);
            line.push_str("\":\"");
            line.push_str(text);
        }
        line.push('"');
        if let Some(field) = hit.field {
            line.push_str(",\"field\":\"");
            line.push_str(field);
            line.push('"');
        }
        if let Some(key) = &hit.key {
            line.push_str(",\"value\":");
            json::string(key, &mut line);
        }
        line.push_str(",\"times\":[");
        for (i, t) in times.iter().enumerate() {
            if i > 0 {
                line.push(',');
            }
            json::string(t, &mut line);
        }
        line.push_str("],");
        let mut rest = String::new();
        json::record_line(self.evidence_id, record, self.device, &mut rest);
        line.push_str(&rest[1..]);
        line
    }

    fn check_budget(&self) {
        if self.emitted > MAX_RECORDS {
            std::panic::resume_unwind(Box::new(OutOfBudget(format!("MAX_RECORDS ({MAX_RECORDS}) exceeded"))));
        }
        if self.emitted.is_multiple_of(4_096) && self.started.elapsed().as_secs() > MAX_SECONDS {
            std::panic::resume_unwind(Box::new(OutOfBudget(format!("MAX_SECONDS ({MAX_SECONDS}) exceeded"))));
        }
    }
}

impl Sink for TaskSink<'_> {
    fn record(&mut self, shape: &'static Shape, context: Context, record: &Record<'_>) {
        self.emitted += 1;
        self.check_budget();
        let setting = Setting { platform: self.platform, device: self.device };
        self.shared.matcher.matches(record, &setting, &mut self.found);
        if let Some(onlooker) = self.shared.onlooker {
            return self.tell(onlooker, shape, context, record);
        }
        if self.records.is_some() {
            self.write_record(record);
        }
        self.write_events(shape, record);
        if !self.found.is_empty() {
            self.take_hits(shape, context, record);
        }
    }
}

/// A line of `matches.jsonl`: the finding it belongs to, then the rest.
pub fn begin_line(finding: &str, rest: &str) -> String {
    format!("{{\"finding\":\"{finding}{rest}")
}

fn time_of(record: &Record<'_>, event: &Event) -> Option<Timestamp> {
    record.values.iter().find_map(|(f, v)| match v {
        Value::Time(t) if std::ptr::eq(*f, event.time) => Some(*t),
        _ => None,
    })
}

/// Bytes of one value in a timeline's sentence.
const MAX_SLOT: usize = 500;

/// Appends a value, cut at a character boundary. What it holds is made safe when the sentence becomes a cell.
fn push_cut(s: &str, out: &mut String) {
    if s.len() <= MAX_SLOT {
        out.push_str(s);
        return;
    }
    out.push_str(&s[..s.floor_char_boundary(MAX_SLOT)]);
    out.push('…');
}

/// A sentence with its `{field}` slots filled, as evidence wrote the values.
fn fill(template: &str, record: &Record<'_>, device: &DeviceFacts) -> String {
    let mut out = String::with_capacity(template.len() + 128);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            rest = after;
            break;
        };
        match record.get(name) {
            Some(Value::Str(s)) => push_cut(s, &mut out),
            Some(v) => json::value(v, device, &mut out),
            None => out.push('–'),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn example(evidence: &str, entry: &Entry, record: &Record<'_>, device: &DeviceFacts, times: Vec<String>) -> Example {
    let mut text = String::new();
    json::fields(record, device, &mut text);
    let fields = serde_json::from_str(&text).unwrap_or_default();
    Example {
        record: fields,
        location: Where {
            evidence: evidence.to_owned(),
            file: entry.name.clone(),
            sha256: None,
            locator: record.locator.to_string(),
        },
        times,
    }
}
