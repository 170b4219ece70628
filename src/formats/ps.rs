//! Process lists: what `ps` of every Android prints, and dumpstate's PROCESSES and PROCESSES AND THREADS.
//!
//! The header names the columns. Android up to 7 (toolbox) leaves columns blank and has no name above the state letter;
//! Android 8 and later (toybox) may leave WCHAN blank. So a row is laid under the header by what each column can
//! hold, leaving out as few columns as possible. The last column takes the rest of the line: names hold spaces.
//!
//! ```text
//! USER     PID   PPID  VSIZE  RSS    PCY  WCHAN    PC         NAME
//! root      1     0     544    408       ffffffff 00000000 S /init
//! ```

use super::lines::Notes;

/// Columns of a header; more are ignored.
pub const MAX_COLUMNS: usize = 40;
/// Columns a row may leave blank.
pub const MAX_BLANK: usize = 3;

/// One row: a process, or a thread where the list holds threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Process<'a> {
    /// Line number, from 1.
    pub line: u64,
    /// SELinux label.
    pub label: Option<&'a str>,
    /// User as it is written: `root`, `u0_a12`, `system`.
    pub user: Option<&'a str>,
    /// Process id.
    pub pid: Option<u32>,
    /// Thread id, where the list holds threads.
    pub tid: Option<u32>,
    /// Parent's process id; in old thread lists, the process of a thread.
    pub ppid: Option<u32>,
    /// State letters.
    pub state: Option<&'a str>,
    /// Virtual size, KiB.
    pub vsz: Option<u64>,
    /// Resident size, KiB.
    pub rss: Option<u64>,
    /// Where it waits in the kernel.
    pub wchan: Option<&'a str>,
    /// CPU time, as it is written.
    pub time: Option<&'a str>,
    /// Scheduling policy: `fg`, `bg`.
    pub policy: Option<&'a str>,
    /// Name or command, without the brackets of a kernel thread.
    pub name: &'a str,
    /// Arguments, where the last column is the whole command line.
    pub args: Option<&'a str>,
    /// Printed in brackets: a thread of the kernel, or any process without a command line.
    pub brackets: bool,
    /// The row did not fit its header; only ids and name were taken from it.
    pub doubtful: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Label,
    User,
    Pid,
    Tid,
    Ppid,
    State,
    Vsz,
    Rss,
    Wchan,
    Address,
    Time,
    Policy,
    Number,
    NumberOrDash,
    Name,
    Args,
    Other,
}

impl Column {
    fn of(name: &str) -> Column {
        match name {
            "LABEL" => Column::Label,
            "USER" | "UID" => Column::User,
            "PID" => Column::Pid,
            "TID" => Column::Tid,
            "PPID" => Column::Ppid,
            "S" | "STAT" => Column::State,
            "VSZ" | "VSIZE" | "VIRT" => Column::Vsz,
            "RSS" | "RES" => Column::Rss,
            "WCHAN" => Column::Wchan,
            "ADDR" | "PC" => Column::Address,
            "TIME" | "TIME+" => Column::Time,
            "PCY" => Column::Policy,
            "PRI" | "PRIO" | "PR" | "NICE" => Column::Number,
            "NI" | "RTPRI" | "RTPRIO" | "SCHED" | "SCH" => Column::NumberOrDash,
            "NAME" | "CMD" => Column::Name,
            "ARGS" | "COMMAND" | "CMDLINE" => Column::Args,
            _ => Column::Other,
        }
    }

    /// Whether the column can hold this.
    fn fits(self, text: &str) -> bool {
        let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        match self {
            Column::Pid | Column::Tid | Column::Ppid => digits(text),
            Column::Vsz | Column::Rss => {
                digits(text.trim_end_matches(['K', 'M', 'G', '.', 'T'])) || number(text).is_some()
            }
            Column::Number => text.parse::<i64>().is_ok(),
            Column::NumberOrDash => text == "-" || text.parse::<i64>().is_ok(),
            Column::State => text.len() <= 6 && text.starts_with(|c| "RSDTtZXxKWPICL?".contains(c)),
            Column::Address => text == "-" || text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'x'),
            Column::Time => text.contains(':'),
            Column::Policy => text == "-" || (text.len() <= 3 && text.bytes().all(|b| b.is_ascii_alphabetic())),
            Column::Label => text == "-" || text.contains(':') || text == "kernel",
            _ => true,
        }
    }

    fn may_be_blank(self) -> bool {
        matches!(self, Column::Wchan | Column::Policy | Column::NumberOrDash | Column::Label | Column::Address)
    }
}

/// KiB, with toybox's `12M`, `1.5G`.
fn number(text: &str) -> Option<u64> {
    if let Ok(plain) = text.parse::<u64>() {
        return Some(plain);
    }
    let (value, factor) = match text.as_bytes().last()? {
        b'K' => (text.strip_suffix('K')?, 1.0),
        b'M' => (text.strip_suffix('M')?, 1024.0),
        b'G' => (text.strip_suffix('G')?, 1024.0 * 1024.0),
        _ => return None,
    };
    let value = value.parse::<f64>().ok().filter(|v| v.is_finite() && *v >= 0.0)?;
    Some((value * factor) as u64)
}

/// Takes lines, gives rows.
#[derive(Debug, Default)]
pub struct Parser {
    columns: Vec<Column>,
    /// Headers seen.
    pub headers: u64,
    notes: Notes,
}

impl Parser {
    /// One line.
    pub fn line(&mut self, no: u64, line: &str, each: &mut impl FnMut(&Process<'_>)) {
        if line.trim().is_empty() || is_noise(line) {
            return;
        }
        if let Some(columns) = header(line) {
            self.columns = columns;
            self.headers += 1;
            return;
        }
        if self.columns.is_empty() {
            self.notes.lost(no, "row before any header", line);
            return;
        }
        let mut fields = [""; MAX_COLUMNS];
        let short = line.split_ascii_whitespace().count() < self.columns.len();
        let row = match lay(&self.columns, line, &mut fields) {
            true => row(&self.columns, &fields[..self.columns.len()], no),
            // With fewer words than columns the last word may be anything, but for those that only names look like.
            false if short && !is_name_like(line) => None,
            false => doubtful(&self.columns, line, no),
        };
        match row {
            Some(row) if !row.name.is_empty() => {
                if row.doubtful && short {
                    self.notes.lost(no, "row does not fit its header", line);
                } else if row.doubtful {
                    self.notes.add(no, "row does not fit its header", line);
                }
                if two_rows(&self.columns, row.name) {
                    self.notes.lost(no, "two rows in one line", line);
                }
                each(&row);
            }
            _ => self.notes.lost(no, "row without a name or an id", line),
        }
    }

    /// What was not understood.
    pub fn finish(&mut self) -> Notes {
        std::mem::take(&mut self.notes)
    }
}

/// True for a name that goes on like another row: names hold spaces, but not numbers under every column of numbers. The
/// first column of that row may have grown together with the name.
fn two_rows(columns: &[Column], name: &str) -> bool {
    let Some((_, rest)) = name.trim_start().split_once(' ') else { return false };
    let mut fields = [""; MAX_COLUMNS];
    columns.len() > 4 && lay(&columns[1..], rest, &mut fields)
}

fn is_noise(line: &str) -> bool {
    line.starts_with("------")
        || line.starts_with("Skipping '")
        || line.starts_with("*** ")
        || (line.starts_with('[') && line.ends_with("s elapsed]"))
}

/// Columns, if this is a header.
fn header(line: &str) -> Option<Vec<Column>> {
    let names = || line.split_ascii_whitespace();
    let last = Column::of(names().next_back()?);
    if !names().any(|n| n == "PID") || !matches!(last, Column::Name | Column::Args) {
        return None;
    }
    let mut columns: Vec<Column> = Vec::with_capacity(20);
    let has_state = names().any(|n| Column::of(n) == Column::State);
    for name in names().take(MAX_COLUMNS - 1) {
        let column = Column::of(name);
        // A header made to be ambiguous would cost time: beyond the few that Android prints, blanks are not looked for.
        let repeated = column.may_be_blank() && columns.iter().filter(|c| **c == column).count() >= MAX_BLANK;
        columns.push(if repeated { Column::Other } else { column });
        if name == "PC" && !has_state {
            columns.push(Column::State); // toolbox prints it without a name
        }
    }
    Some(columns)
}

/// Cuts `line` into `fields` under `columns`; blank columns stay empty. False if it cannot be done.
fn lay<'a>(columns: &[Column], line: &'a str, fields: &mut [&'a str; MAX_COLUMNS]) -> bool {
    (0..=MAX_BLANK).any(|blanks| place(columns, 0, line, blanks, fields))
}

fn place<'a>(columns: &[Column], at: usize, rest: &'a str, blanks: usize, fields: &mut [&'a str; MAX_COLUMNS]) -> bool {
    let rest = rest.trim_start();
    let (Some(column), Some(_)) = (columns.get(at), fields.get(at)) else { return false };
    if at + 1 == columns.len() {
        fields[at] = rest.trim_end();
        return blanks == 0;
    }
    let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
    let (token, after) = rest.split_at(end);
    if !token.is_empty() && column.fits(token) && place(columns, at + 1, after, blanks, fields) {
        fields[at] = token;
        return true;
    }
    if blanks > 0 && column.may_be_blank() && place(columns, at + 1, rest, blanks - 1, fields) {
        fields[at] = "";
        return true;
    }
    false
}

fn row<'a>(columns: &[Column], fields: &[&'a str], line: u64) -> Option<Process<'a>> {
    let mut p = Process { line, ..Process::default() };
    for (column, &field) in columns.iter().zip(fields) {
        let text = (!field.is_empty()).then_some(field);
        match column {
            Column::Label => p.label = text.filter(|t| *t != "-"),
            Column::User => p.user = text,
            Column::Pid => p.pid = field.parse().ok(),
            Column::Tid => p.tid = field.parse().ok(),
            Column::Ppid => p.ppid = field.parse().ok(),
            Column::State => p.state = text,
            Column::Vsz => p.vsz = number(field),
            Column::Rss => p.rss = number(field),
            Column::Wchan => p.wchan = text.filter(|t| !matches!(*t, "0" | "-")),
            Column::Time => p.time = text,
            Column::Policy => p.policy = text.filter(|t| *t != "-"),
            _ => {}
        }
    }
    let (column, &last) = columns.last().zip(fields.last())?;
    name(&mut p, last, *column);
    Some(p)
}

fn name<'a>(p: &mut Process<'a>, last: &'a str, column: Column) {
    p.name = last;
    if let Some(inner) = last.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
        (p.name, p.brackets) = (inner, true);
    } else if column == Column::Args {
        let end = last.find(|c: char| c.is_ascii_whitespace()).unwrap_or(last.len());
        let (first, rest) = last.split_at(end);
        p.name = first;
        p.args = Some(rest.trim()).filter(|r| !r.is_empty());
    }
}

/// Whether the last word of a row is a path, a package or in brackets: no other column holds such words.
fn is_name_like(line: &str) -> bool {
    let last = line.split_ascii_whitespace().next_back().unwrap_or_default();
    last.starts_with(['[', '/']) || last.contains('.')
}

/// A row that fits nothing still names something that ran: numbers where the header counts them, and the last word.
fn doubtful<'a>(columns: &[Column], line: &'a str, no: u64) -> Option<Process<'a>> {
    let last = line.split_ascii_whitespace().next_back()?;
    let mut p = Process { line: no, doubtful: true, ..Process::default() };
    for (column, word) in columns.iter().zip(line.split_ascii_whitespace()) {
        match column {
            Column::Label if column.fits(word) => p.label = Some(word),
            Column::User => p.user = Some(word),
            Column::Pid => p.pid = word.parse().ok(),
            Column::Tid => p.tid = word.parse().ok(),
            Column::Ppid => p.ppid = word.parse().ok(),
            Column::Label => {}
            _ => break,
        }
    }
    name(&mut p, last, Column::Name);
    p.pid.is_some().then_some(p)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(text: &str, mut see: impl FnMut(&Process<'_>)) -> Notes {
        let mut parser = Parser::default();
        text.lines().enumerate().for_each(|(n, l)| parser.line(n as u64 + 1, l, &mut see));
        parser.finish()
    }

    fn names(text: &str) -> Vec<(Option<u32>, String, Option<String>)> {
        let mut out = Vec::new();
        let notes = each(text, |p| out.push((p.pid, p.name.to_owned(), p.state.map(str::to_owned))));
        assert_eq!(notes.count, 0, "{:?}", notes.first);
        out
    }

    fn some(pid: u32, name: &str, state: &str) -> (Option<u32>, String, Option<String>) {
        (Some(pid), name.into(), Some(state.into()))
    }

    #[test]
    fn toolbox_with_blank_columns() {
        let text = "USER     PID   PPID  VSIZE  RSS    PCY  WCHAN    PC         NAME\n\
                    root      1     0     544    408       ffffffff 00000000 S /init\n\
                    u0_a7     90    2     1      2     fg  ffffffff 00000000 R com.a b\n\
                    root      3     2     0      0         fg  00000000 S [kworker/0:0]\n";
        assert_eq!(names(text), [some(1, "/init", "S"), some(90, "com.a b", "R"), some(3, "kworker/0:0", "S")]);
    }

    #[test]
    fn toybox_threads_and_blank_wchan() {
        let text = "LABEL USER PID TID PPID VSZ RSS WCHAN ADDR S PRI NI RTPRIO SCH PCY TIME CMD\n\
                    u:r:init:s0 root 1 1 0 100 20 SyS_epoll 0 S 19 0 - 0 fg 00:00:02 init\n\
                    u:r:app:s0:c1 u0_a1 9 10 1 100 20 0 S 19 0 - 0 fg 00:00:02 Jit thread pool\n";
        let mut rows = 0;
        let notes = each(text, |p| {
            rows += 1;
            if p.pid == Some(9) {
                assert_eq!((p.tid, p.wchan, p.name), (Some(10), None, "Jit thread pool"));
                assert_eq!((p.label, p.policy, p.time), (Some("u:r:app:s0:c1"), Some("fg"), Some("00:00:02")));
            }
        });
        assert_eq!((rows, notes.count), (2, 0));
    }

    #[test]
    fn arguments_and_other_headers() {
        let text = "UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 10:00:00 ? 00:00:01 init second_stage\n\
                    USER PID PPID VSZ RSS WCHAN ADDR S ARGS\nshell 7 1 1.5G 2M 0 0 S /system/bin/sh -c id\n";
        let mut seen = Vec::new();
        let notes = each(text, |p| seen.push((p.name.to_owned(), p.args.map(str::to_owned), p.rss)));
        assert_eq!(seen[0], ("init second_stage".into(), None, None));
        assert_eq!(seen[1], ("/system/bin/sh".into(), Some("-c id".into()), Some(2048)));
        assert_eq!(notes.count, 0);
    }

    #[test]
    fn bad_rows_do_not_stop_it() {
        let text =
            "lost\nUSER PID PPID VSZ RSS WCHAN ADDR S NAME\nroot x\nroot 5 2 junk [evil]\nroot 6 2 1 1 0 0 S ok\n";
        let mut seen = Vec::new();
        let notes = each(text, |p| seen.push((p.pid, p.name.to_owned(), p.doubtful)));
        assert_eq!(seen, [(Some(5), "evil".into(), true), (Some(6), "ok".into(), false)]);
        assert_eq!((notes.count, notes.lost), (3, 3));
        // Cut behind another column: that is no name.
        let text = "USER PID PPID VSZ RSS WCHAN ADDR S NAME\nroot 5 2 1 1 do_epoll_wait\n";
        assert_eq!(each(text, |p| panic!("{}", p.name)).lost, 1);
    }

    #[test]
    fn hostile_lines_end_soon() {
        let wide = format!("{} NAME\n{}\n", "PID X ".repeat(5000), "1 ".repeat(500_000));
        drop(each(&wide, |_| ()));
        let mut text = String::from("USER PID A B C D E F G H I J K L M N O P Q R S T U V W X NAME\n");
        text.push_str(&"{\n".repeat(1_000_000));
        assert_eq!(each(&text, |_| ()).count, 1_000_000);
    }
}
