//! `ios.datausage`: which programs used the network, and how much.
//!
//! `DataUsage.sqlite`, a Core Data store: `ZPROCESS` has one row per program ever seen, `ZLIVEUSAGE` the traffic of
//! those that used mobile data, tied to it by `ZHASPROCESS`. Times are Mac absolute time, counters bytes.

use std::borrow::Cow;

use crate::artifact::table::{self, Row, fill, named, scan};
use crate::artifact::{
    Artifact, Emitter, Fields, Found, Input, Locator, ParseError, Reader, Source, Timestamp, Value, reason, shape,
};
use crate::formats::sqlite::Db;

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.datausage",
    about: "\
Programs that used the network, with first and last time and traffic: `WirelessDomain/Library/Databases/DataUsage.sqlite`.
It reaches back to the first start of the phone and survives updates, which makes it the best list of programs that ran
in an iOS backup.

`proc_name` is stored as `process/bundle` when a program worked on behalf of another (`mDNSResponder/com.apple.AppStore`);
`process` is the part before the slash, `on_behalf_of` the part after it. The system cuts process names at 16
characters. Times are UTC; counters are bytes as stored, since the statistics were last reset.

Two traces of clean-up are records of their own. `deleted_process`: traffic whose process row is gone, which iOS itself
does not leave behind. `gap`: numbers that the list of programs has skipped, one record per run of numbers, with the
times of its neighbours; programs removed by the system leave gaps too, so that a gap alone means little.

Limits: programs that used Wi-Fi only may be missing.",
    sources: &[Source::ios("WirelessDomain", "Library/Databases/DataUsage.sqlite", Reader::With(parse))],
    shapes: &[&process::SHAPE, &deleted_process::SHAPE, &gap::SHAPE],
    mvt: &["datausage"],
};

shape! {
    /// One program, with one row of its traffic where there is any.
    process(Executed) from ZPROCESS {
        proc_name    Public   []              text(ZPROCNAME) key       "Name as stored: `process` or `process/bundle`.";
        process      Public   [Process]                                 "The program: what stands before the slash; cut by the system at 16 characters.";
        on_behalf_of Public   [Process AppId]                           "What stands after the slash: for whom the program worked.";
        bundle_name  Personal [AppId]         text(ZBUNDLENAME)         "Bundle identifier, where the program has one.";
        proc_id      Public   [Number]                                  "Number of the program in `ZPROCESS`.";
        first_seen   Public   [Time]          mac_time(ZFIRSTTIMESTAMP) key "First network use (UTC).";
        last_seen    Public   [Time]          mac_time(ZTIMESTAMP)      "Last change of the program's row (UTC).";
        use deleted_process::live_id;
        use deleted_process::live_time;
        use deleted_process::wifi_in;
        use deleted_process::wifi_out;
        use deleted_process::wwan_in;
        use deleted_process::wwan_out;
    }
    events {
        process_first_seen(first_seen) "{proc_name} ({bundle_name}) used the network first";
        process_last_seen(last_seen) "{proc_name} ({bundle_name}) was last recorded";
        process_traffic(live_time) "{proc_name} ({bundle_name}) mobile data in: {wwan_in}, out: {wwan_out} bytes";
    }
}

shape! {
    /// Traffic of a program whose row in `ZPROCESS` is gone.
    deleted_process(Executed) from ZLIVEUSAGE {
        use process::proc_id;
        live_id   Public [Number]                          "Number of the row in `ZLIVEUSAGE`.";
        live_time Public [Time]   mac_time(ZTIMESTAMP) key "Time of the traffic counters (UTC).";
        wifi_in   Public [Number] number(ZWIFIIN)          "Bytes received over Wi-Fi, as stored.";
        wifi_out  Public [Number] number(ZWIFIOUT)         "Bytes sent over Wi-Fi, as stored.";
        wwan_in   Public [Number] number(ZWWANIN)          "Bytes received over mobile data, as stored.";
        wwan_out  Public [Number] number(ZWWANOUT)         "Bytes sent over mobile data, as stored.";
        _ number(ZHASPROCESS) key;
    }
    events {
        deleted_process_traffic(live_time) "a program whose record was deleted (number {proc_id}) mobile data in: {wwan_in}, out: {wwan_out} bytes";
    }
}

shape! {
    /// Numbers that `ZPROCESS` has skipped.
    gap(Mentioned) {
        first       Public [Number] "First number that is missing.";
        last        Public [Number] "Last number that is missing.";
        count       Public [Number] "How many numbers are missing.";
        place       Public []       "`inside` the list, or at its `end`: numbers given out after the last row.";
        after_name  Public []       "Name of the program before the gap.";
        after_time  Public [Time]   "First network use of the program before the gap (UTC).";
        before_name Public []       "Name of the program behind the gap.";
        before_time Public [Time]   "First network use of the program behind the gap (UTC).";
    }
    events {
        process_gap(after_time) "program numbers {first} to {last} are missing after {after_name}";
    }
}

/// Rows of traffic kept in memory; a phone used for years has a few thousand.
const MAX_USAGE: usize = 300_000;

/// One row of `ZLIVEUSAGE`.
struct Usage {
    process: i64,
    rowid: i64,
    time: Found<Timestamp>,
    /// In the order of the columns: Wi-Fi in and out, mobile data in and out.
    counters: [Found<Counter>; 4],
    met: bool,
}

/// A counter as stored: Core Data keeps them as reals.
#[derive(Clone, Copy)]
enum Counter {
    Whole(i64),
    Real(f64),
}

/// The program a row of `ZPROCESS` is about, as the next gap needs it.
#[derive(Default, Clone)]
struct Neighbour {
    rowid: i64,
    name: Option<String>,
    first_seen: Option<Timestamp>,
}

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    use process::col;
    let db = input.db(emit)?;
    let processes = named(&db, process::ROWS.table)?;
    table::columns(input, emit, processes, &process::ROWS);
    let mut usage = load_usage(input, emit, &db);
    let mut previous: Option<Neighbour> = None;
    let whole = scan(input, emit, &db, processes, process::ROWS.names, input.slice.clone(), |emit, row| {
        let here = Neighbour {
            rowid: row.rowid(),
            name: row.text(&col::ZPROCNAME).map(Cow::into_owned),
            first_seen: table::mac_time(row.raw(&col::ZFIRSTTIMESTAMP)).value(),
        };
        if input.first_slice
            && let Some(before) = &previous
            && here.rowid.checked_sub(before.rowid).is_some_and(|d| d > 1)
        {
            emit_gap(emit, before, Some(&here), here.rowid - 1);
        }
        previous = Some(here);
        let from = usage.partition_point(|u| u.process < row.rowid());
        let mut own = usage.iter_mut().skip(from).take_while(|u| u.process == row.rowid()).peekable();
        if own.peek().is_none() {
            emit_process(emit, &row, None);
        }
        for live in own {
            live.met = true;
            emit_process(emit, &row, Some(live));
        }
    });
    if input.first_slice {
        if let Some(last) = &previous
            && let Some(highest) = highest_number(&db)
            && highest > last.rowid
        {
            emit_gap(emit, last, None, highest);
        }
        if !whole {
            let text = "ZPROCESS is damaged: a deleted_process may be a row that was lost";
            emit.note(reason::DELETED_PROCESS_UNSURE, text);
        }
        for live in usage.iter().filter(|u| !u.met) {
            let mut out = emit.fields();
            out.set(&process::proc_id, live.process);
            put_usage(&mut out, live);
            emit.emit(&deleted_process::SHAPE, Locator::row(deleted_process::ROWS.table, live.rowid), out);
        }
    }
    Ok(())
}

/// The traffic, sorted by program. A row that names no program at all is kept under 0, which no program has.
fn load_usage(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db) -> Vec<Usage> {
    use deleted_process::{ROWS, col};
    let Some(live) = db.table(ROWS.table) else {
        table::missing(input, emit, ROWS.table);
        return Vec::new();
    };
    table::columns(input, emit, live, &ROWS);
    let mut usage = Vec::new();
    let mut left_out = 0;
    scan(input, emit, db, live, ROWS.names, None, |_, row| {
        if usage.len() >= MAX_USAGE {
            left_out += 1;
            return;
        }
        let counter = |col| match table::number(row.raw(col)) {
            Found::Is(Value::Int(n)) => Found::Is(Counter::Whole(n)),
            Found::Is(Value::Float(n)) => Found::Is(Counter::Real(n)),
            Found::Absent => Found::Absent,
            _ => Found::Unreadable,
        };
        usage.push(Usage {
            process: row.int(&col::ZHASPROCESS).unwrap_or(0),
            rowid: row.rowid(),
            time: table::mac_time(row.raw(&col::ZTIMESTAMP)),
            counters: [&col::ZWIFIIN, &col::ZWIFIOUT, &col::ZWWANIN, &col::ZWWANOUT].map(counter),
            met: false,
        });
    });
    if left_out > 0 {
        let text = format!("table {}: {left_out} rows beyond the {MAX_USAGE} that are read", ROWS.table);
        emit.lost(left_out, reason::LIMIT, text);
    }
    usage.sort_by_key(|u| (u.process, u.rowid));
    usage
}

fn emit_process(emit: &mut Emitter<'_>, row: &Row<'_>, live: Option<&Usage>) {
    let name = row.text(&process::col::ZPROCNAME);
    let mut out = emit.fields();
    fill(&process::ROWS, row, &mut out);
    if let Some(name) = name.as_deref() {
        let (process, on_behalf_of) = split_name(name);
        out.set(&process::process, process).put(&process::on_behalf_of, on_behalf_of);
    }
    out.set(&process::proc_id, row.rowid());
    if let Some(live) = live {
        put_usage(&mut out, live);
    }
    emit.emit(&process::SHAPE, Locator::row(process::ROWS.table, row.rowid()), out);
}

/// `process/bundle` in its parts. An absolute path is a process as a whole.
fn split_name(name: &str) -> (&str, Option<&str>) {
    match name.split_once('/') {
        Some((process, rest)) if !process.is_empty() && !rest.is_empty() => (process, Some(rest)),
        _ => (name, None),
    }
}

fn put_usage(out: &mut Fields<'_>, live: &Usage) {
    use deleted_process::{live_id, live_time, wifi_in, wifi_out, wwan_in, wwan_out};
    out.set(&live_id, live.rowid).found(&live_time, live.time);
    for (field, counter) in [&wifi_in, &wifi_out, &wwan_in, &wwan_out].into_iter().zip(live.counters) {
        let value = counter.map(|c| match c {
            Counter::Whole(n) => Value::Int(n),
            Counter::Real(n) => Value::Float(n),
        });
        out.found(field, value);
    }
}

fn emit_gap(emit: &mut Emitter<'_>, after: &Neighbour, before: Option<&Neighbour>, last: i64) {
    let Some(first) = after.rowid.checked_add(1) else { return };
    let mut out = emit.fields();
    out.set(&gap::first, first)
        .set(&gap::last, last)
        .set(&gap::count, last.saturating_sub(first).saturating_add(1))
        .set(&gap::place, if before.is_some() { "inside" } else { "end" })
        .put(&gap::after_name, after.name.as_deref())
        .put(&gap::after_time, after.first_seen);
    if let Some(before) = before {
        out.put(&gap::before_name, before.name.as_deref()).put(&gap::before_time, before.first_seen);
    }
    emit.emit(&gap::SHAPE, Locator::row(process::ROWS.table, first), out);
}

/// The highest number Core Data ever gave to a program.
fn highest_number(db: &Db) -> Option<i64> {
    let keys = db.table("Z_PRIMARYKEY")?;
    let mut highest = None;
    let read = db.scan(keys, &["Z_NAME", "Z_MAX"], None, &mut |row| {
        if row.get(0).as_bytes() == Some(b"Process") {
            highest = row.get(1).as_i64();
        }
        std::ops::ControlFlow::Continue(())
    });
    read.ok().and(highest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::testing::{Memory, Run, run, sqlite};

    const SCHEMA: &str = "
        CREATE TABLE ZPROCESS (Z_PK INTEGER PRIMARY KEY, ZFIRSTTIMESTAMP TIMESTAMP, ZTIMESTAMP TIMESTAMP,
            ZBUNDLENAME VARCHAR, ZPROCNAME VARCHAR);
        CREATE TABLE ZLIVEUSAGE (Z_PK INTEGER PRIMARY KEY, ZHASPROCESS INTEGER, ZTIMESTAMP TIMESTAMP, ZWIFIIN FLOAT,
            ZWIFIOUT FLOAT, ZWWANIN FLOAT, ZWWANOUT FLOAT);
        CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY, Z_NAME VARCHAR, Z_SUPER INTEGER, Z_MAX INTEGER);";

    fn parsed(sql: &str) -> Run {
        let db = sqlite(|c| c.execute_batch(&format!("{SCHEMA}{sql}")));
        run(&ARTIFACT, &Memory::new().file("WirelessDomain/Library/Databases/DataUsage.sqlite", db))
    }

    #[test]
    fn programs_come_with_each_row_of_their_traffic() {
        let out = parsed(
            "INSERT INTO ZPROCESS VALUES (1, 588611289.25, 588611290, 'com.apple.AppStore', 'mDNSResponder/com.apple.AppStore');
             INSERT INTO ZPROCESS VALUES (2, NULL, NULL, NULL, 'bh');
             INSERT INTO ZPROCESS VALUES (3, 588611289, 588611290, NULL, NULL);
             INSERT INTO ZPROCESS VALUES (4, 588611289, 588611290, NULL, '/private/var/tmp/x');
             INSERT INTO ZLIVEUSAGE VALUES (1, 1, 588812862.5, 0, 1, 253438, 9.5);
             INSERT INTO ZLIVEUSAGE VALUES (2, 1, NULL, NULL, NULL, NULL, NULL);",
        );
        let names: Vec<_> = out.records.iter().map(|r| (r.shape, r.get("proc_id"), r.get("live_id"))).collect();
        let int = |i| Value::Int(i);
        assert_eq!(
            names,
            [
                ("process", Some(&int(1)), Some(&int(1))),
                ("process", Some(&int(1)), Some(&int(2))),
                ("process", Some(&int(2)), None),
                ("process", Some(&int(3)), None),
                ("process", Some(&int(4)), None),
            ]
        );
        let r = &out.records[0];
        assert_eq!((r.text("process"), r.text("on_behalf_of")), ("mDNSResponder", "com.apple.AppStore"));
        assert_eq!(r.time("first_seen"), "2019-08-27T15:08:09.250000Z");
        assert_eq!(r.get("wwan_in"), Some(&Value::Int(253_438)));
        assert_eq!(r.get("wwan_out"), Some(&Value::Float(9.5)));
        assert_eq!(out.records[2].text("process"), "bh");
        assert_eq!(out.records[2].get("on_behalf_of"), None);
        assert_eq!(out.records[4].text("process"), "/private/var/tmp/x");
    }

    #[test]
    fn traffic_without_a_program_is_a_deleted_program() {
        let out = parsed(
            "INSERT INTO ZPROCESS VALUES (1, 1, 1, NULL, 'a');
             INSERT INTO ZLIVEUSAGE VALUES (1, 7, 588812862, 0, 0, 5, 6);
             INSERT INTO ZLIVEUSAGE VALUES (2, 7, 588812863, 0, 0, 5, 6);
             INSERT INTO ZLIVEUSAGE VALUES (3, NULL, 588812864, 0, 0, 5, 6);",
        );
        let deleted: Vec<_> =
            out.of("deleted_process").into_iter().map(|r| (r.get("proc_id").cloned(), r.time("live_time"))).collect();
        assert_eq!(
            deleted,
            [
                (Some(Value::Int(0)), "2019-08-29T23:07:44Z".to_owned()),
                (Some(Value::Int(7)), "2019-08-29T23:07:42Z".to_owned()),
                (Some(Value::Int(7)), "2019-08-29T23:07:43Z".to_owned()),
            ]
        );
    }

    #[test]
    fn a_gap_is_one_record_however_wide() {
        let out = parsed(
            "INSERT INTO ZPROCESS VALUES (1, 588611289, 1, NULL, 'a');
             INSERT INTO ZPROCESS VALUES (3, 588611290, 1, NULL, 'b');
             INSERT INTO ZPROCESS VALUES (9223372036854775807, 588611291, 1, NULL, 'c');
             INSERT INTO Z_PRIMARYKEY VALUES (7, 'Process', 0, 45);",
        );
        let gaps = out.of("gap");
        assert_eq!(gaps.len(), 2);
        assert_eq!(gaps[0].get("first"), Some(&Value::Int(2)));
        assert_eq!(gaps[0].get("count"), Some(&Value::Int(1)));
        assert_eq!((gaps[0].text("after_name"), gaps[0].text("before_name")), ("a", "b"));
        assert_eq!(gaps[1].get("last"), Some(&Value::Int(i64::MAX - 1)));
        let out = parsed(
            "INSERT INTO ZPROCESS VALUES (-5, 1, 1, NULL, 'a');
             INSERT INTO Z_PRIMARYKEY VALUES (7, 'Process', 0, 45);",
        );
        assert_eq!(out.of("gap")[0].text("place"), "end");
        assert_eq!(out.of("gap")[0].get("count"), Some(&Value::Int(50)));
    }

    #[test]
    fn without_a_list_of_programs_the_database_is_not_one() {
        let db = sqlite(|c| c.execute_batch("CREATE TABLE ZLIVEUSAGE (Z_PK INTEGER PRIMARY KEY)"));
        let out = run(&ARTIFACT, &Memory::new().file("WirelessDomain/Library/Databases/DataUsage.sqlite", db));
        assert!(matches!(out.errors[..], [ParseError::Missing(_)]));
    }
}
