//! A timeline of any length in a few megabytes: events are sorted in runs, runs are merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufRead, BufReader, Write};
use std::sync::Arc;

use crate::formats::spool::SpoolWriter;
use crate::formats::{ReadAt, Slice, Stream};

/// Bytes of lines sorted at a time.
const RUN_BYTES: usize = 4 << 20;
/// Buffer per run while merging.
const MERGE_BUFFER: usize = 64 << 10;

/// The events of one task, in the order they were added.
pub struct EventSorter {
    lines: String,
    index: Vec<(i64, u32, u32)>,
    spool: SpoolWriter,
    runs: Vec<(u64, u64)>,
}

impl Default for EventSorter {
    fn default() -> Self {
        EventSorter {
            lines: String::new(),
            index: Vec::new(),
            spool: SpoolWriter::with_memory(256 << 10),
            runs: Vec::new(),
        }
    }
}

impl EventSorter {
    /// Adds an event: its key, and its line (without a line end), written by `line`.
    pub fn add(&mut self, key: i64, line: impl FnOnce(&mut String)) -> io::Result<()> {
        let start = self.lines.len() as u32;
        line(&mut self.lines);
        self.index.push((key, start, self.lines.len() as u32));
        if self.lines.len() >= RUN_BYTES { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.index.is_empty() {
            return Ok(());
        }
        self.index.sort_by_key(|&(key, start, _)| (key, start));
        let from = self.spool.len();
        for &(key, start, end) in &self.index {
            self.spool.write_all(&key.to_le_bytes())?;
            self.spool.write_all(self.lines.as_bytes().get(start as usize..end as usize).unwrap_or_default())?;
            self.spool.write_all(b"\n")?;
        }
        self.runs.push((from, self.spool.len()));
        self.lines.clear();
        self.index.clear();
        Ok(())
    }

    /// Ends the task's part.
    pub fn finish(mut self) -> io::Result<Runs> {
        self.spill()?;
        let runs = self.runs;
        Ok(Runs { file: self.spool.finish()?, runs })
    }
}

/// Sorted runs of one task.
pub struct Runs {
    file: Arc<dyn ReadAt>,
    runs: Vec<(u64, u64)>,
}

struct RunReader {
    reader: BufReader<Stream<Slice>>,
    line: Vec<u8>,
    key: i64,
}

impl RunReader {
    /// Reads the next event; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let mut key = [0; 8];
        if self.reader.fill_buf()?.is_empty() {
            return Ok(false);
        }
        io::Read::read_exact(&mut self.reader, &mut key)?;
        self.key = i64::from_le_bytes(key);
        self.line.clear();
        self.reader.read_until(b'\n', &mut self.line)?;
        Ok(true)
    }
}

/// Writes all events in the order of their keys; equal keys keep the order of the tasks, and within a task their own.
pub fn merge(tasks: Vec<Runs>, out: &mut dyn Write) -> io::Result<u64> {
    let mut readers = Vec::new();
    for task in tasks {
        for (start, end) in task.runs {
            let slice = Slice::new(task.file.clone(), start..end);
            let reader = BufReader::with_capacity(MERGE_BUFFER, Stream::new(slice));
            readers.push(RunReader { reader, line: Vec::new(), key: 0 });
        }
    }
    let mut heap = BinaryHeap::new();
    for (i, r) in readers.iter_mut().enumerate() {
        if r.advance()? {
            heap.push(Reverse((r.key, i)));
        }
    }
    let mut written = 0;
    while let Some(Reverse((_, i))) = heap.pop() {
        let r = &mut readers[i];
        out.write_all(&r.line)?;
        written += 1;
        if r.advance()? {
            heap.push(Reverse((r.key, i)));
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_runs_become_one_order() {
        let mut tasks = Vec::new();
        for t in 0..3i64 {
            let mut s = EventSorter::default();
            for i in 0..40_000i64 {
                let key = (i * 7_919 + t) % 1_000;
                s.add(key, |l| l.push_str(&format!("{key:04},{t},{i:06},{}", "x".repeat(100)))).unwrap();
            }
            tasks.push(s.finish().unwrap());
        }
        assert!(tasks[0].runs.len() > 1);
        let mut out = Vec::new();
        assert_eq!(merge(tasks, &mut out).unwrap(), 120_000);
        let lines: Vec<&[u8]> = out.split(|&b| b == b'\n').filter(|l| !l.is_empty()).collect();
        assert_eq!(lines.len(), 120_000);
        assert!(lines.is_sorted());
    }
}
