//! `ios.datausage`: which programs used the network, and how much.
//!
//! `DataUsage.sqlite`, a Core Data store: `ZPROCESS` has one row per program ever seen, `ZLIVEUSAGE` the traffic of
//! those that used mobile data, tied to it by `ZHASPROCESS`. Times are Mac absolute time, counters bytes.

use std::borrow::Cow;

use crate::artifact::{
    Artifact, Context, Emitter, Event, Input, Kind, Locator, ParseError, Place, Shape, Source, Timestamp, Value,
};
use crate::formats::sqlite::{Db, Row};

use super::rows::{Fields, Pool, mac_time, note_columns, number, open, scan, table};

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.datausage",
    title: "Network use by program",
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
    sources: &[Source::required(
        Kind::IosBackup,
        Place::Backup { domain: "WirelessDomain", path: "Library/Databases/DataUsage.sqlite" },
    )],
    shapes: &[&PROCESS, &DELETED_PROCESS, &GAP],
    needs: &[],
    mvt: &["datausage"],
    parse,
};

fields! {
    PROC_NAME "proc_name" [] Public "Name as stored: `process` or `process/bundle`.";
    PROCESS_NAME "process" [Process] Public "The program: what stands before the slash; cut by the system at 16 characters.";
    ON_BEHALF_OF "on_behalf_of" [Process, AppId] Public "What stands after the slash: for whom the program worked.";
    BUNDLE_NAME "bundle_name" [AppId] Personal "Bundle identifier, where the program has one.";
    PROC_ID "proc_id" [Number] Public "Number of the program in `ZPROCESS`.";
    FIRST_SEEN "first_seen" [Time] Public "First network use (UTC).";
    LAST_SEEN "last_seen" [Time] Public "Last change of the program's row (UTC).";
    LIVE_ID "live_id" [Number] Public "Number of the row in `ZLIVEUSAGE`.";
    LIVE_TIME "live_time" [Time] Public "Time of the traffic counters (UTC).";
    WIFI_IN "wifi_in" [Number] Public "Bytes received over Wi-Fi, as stored.";
    WIFI_OUT "wifi_out" [Number] Public "Bytes sent over Wi-Fi, as stored.";
    WWAN_IN "wwan_in" [Number] Public "Bytes received over mobile data, as stored.";
    WWAN_OUT "wwan_out" [Number] Public "Bytes sent over mobile data, as stored.";
    GAP_FIRST "first" [Number] Public "First number that is missing.";
    GAP_LAST "last" [Number] Public "Last number that is missing.";
    GAP_COUNT "count" [Number] Public "How many numbers are missing.";
    GAP_PLACE "place" [] Public "`inside` the list, or at its `end`: numbers given out after the last row.";
    AFTER_NAME "after_name" [] Public "Name of the program before the gap.";
    AFTER_TIME "after_time" [Time] Public "First network use of the program before the gap (UTC).";
    BEFORE_NAME "before_name" [] Public "Name of the program behind the gap.";
    BEFORE_TIME "before_time" [Time] Public "First network use of the program behind the gap (UTC).";
}

/// One program, with one row of its traffic where there is any.
pub static PROCESS: Shape = Shape {
    name: "process",
    fields: &[
        &PROC_NAME,
        &PROCESS_NAME,
        &ON_BEHALF_OF,
        &BUNDLE_NAME,
        &PROC_ID,
        &FIRST_SEEN,
        &LAST_SEEN,
        &LIVE_ID,
        &LIVE_TIME,
        &WIFI_IN,
        &WIFI_OUT,
        &WWAN_IN,
        &WWAN_OUT,
    ],
    events: &[
        Event {
            time: &FIRST_SEEN,
            name: "process_first_seen",
            text: "{proc_name} ({bundle_name}) used the network first",
        },
        Event { time: &LAST_SEEN, name: "process_last_seen", text: "{proc_name} ({bundle_name}) was last recorded" },
        Event {
            time: &LIVE_TIME,
            name: "process_traffic",
            text: "{proc_name} ({bundle_name}) mobile data in: {wwan_in}, out: {wwan_out} bytes",
        },
    ],
    context: Context::Executed,
};

/// Traffic of a program whose row in `ZPROCESS` is gone.
pub static DELETED_PROCESS: Shape = Shape {
    name: "deleted_process",
    fields: &[&PROC_ID, &LIVE_ID, &LIVE_TIME, &WIFI_IN, &WIFI_OUT, &WWAN_IN, &WWAN_OUT],
    events: &[Event {
        time: &LIVE_TIME,
        name: "deleted_process_traffic",
        text: "a program whose record was deleted (number {proc_id}) mobile data in: {wwan_in}, out: {wwan_out} bytes",
    }],
    context: Context::Executed,
};

/// Numbers that `ZPROCESS` has skipped.
pub static GAP: Shape = Shape {
    name: "gap",
    fields: &[&GAP_FIRST, &GAP_LAST, &GAP_COUNT, &GAP_PLACE, &AFTER_NAME, &AFTER_TIME, &BEFORE_NAME, &BEFORE_TIME],
    events: &[Event {
        time: &AFTER_TIME,
        name: "process_gap",
        text: "program numbers {first} to {last} are missing after {after_name}",
    }],
    context: Context::Mentioned,
};

const PROCESSES: &str = "ZPROCESS";
const PROCESS_COLUMNS: &[&str] = &["ZFIRSTTIMESTAMP", "ZTIMESTAMP", "ZBUNDLENAME", "ZPROCNAME"];
const USAGE: &str = "ZLIVEUSAGE";
const USAGE_COLUMNS: &[&str] = &["ZHASPROCESS", "ZTIMESTAMP", "ZWIFIIN", "ZWIFIOUT", "ZWWANIN", "ZWWANOUT"];

/// Rows of traffic kept in memory; a phone used for years has a few thousand.
const MAX_USAGE: usize = 300_000;

/// One row of `ZLIVEUSAGE`.
struct Usage {
    process: i64,
    rowid: i64,
    time: Option<Timestamp>,
    counters: [Option<Counter>; 4],
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
    let db = open(input, emit)?;
    let processes = table(&db, PROCESSES)?;
    note_columns(input, emit, processes, PROCESS_COLUMNS);
    let mut usage = load_usage(input, emit, &db);
    let mut pool = Pool::default();
    let mut previous: Option<Neighbour> = None;
    let report = scan(&db, emit, processes, PROCESS_COLUMNS, input.slice.clone(), |emit, row| {
        let here = Neighbour {
            rowid: row.rowid(),
            name: super::rows::text(row.get(3)).map(Cow::into_owned),
            first_seen: mac_time(row.get(0)),
        };
        if input.first_slice
            && let Some(before) = &previous
            && here.rowid.checked_sub(before.rowid).is_some_and(|d| d > 1)
        {
            emit_gap(emit, &mut pool, before, Some(&here), here.rowid - 1);
        }
        previous = Some(here);
        let from = usage.partition_point(|u| u.process < row.rowid());
        let mut own = usage.iter_mut().skip(from).take_while(|u| u.process == row.rowid()).peekable();
        if own.peek().is_none() {
            emit_process(emit, &mut pool, row, None);
        }
        for live in own {
            live.met = true;
            emit_process(emit, &mut pool, row, Some(live));
        }
    });
    if input.first_slice {
        if let Some(last) = &previous
            && let Some(highest) = highest_number(&db)
            && highest > last.rowid
        {
            emit_gap(emit, &mut pool, last, None, highest);
        }
        if !report.is_whole() {
            emit.note("deleted-process-unsure", "ZPROCESS is damaged: a deleted_process may be a row that was lost");
        }
        for live in usage.iter().filter(|u| !u.met) {
            let mut out = pool.take();
            out.set(&PROC_ID, live.process);
            put_usage(&mut out, live);
            emit.emit(&DELETED_PROCESS, Locator::row(USAGE, live.rowid), out.as_slice());
            pool.give(out);
        }
    }
    Ok(())
}

/// The traffic, sorted by program. A row that names no program at all is kept under 0, which no program has.
fn load_usage(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db) -> Vec<Usage> {
    let Some(live) = db.table(USAGE) else {
        emit.lost(0, "section-missing", "expected table ZLIVEUSAGE, found none: traffic is unknown");
        return Vec::new();
    };
    note_columns(input, emit, live, USAGE_COLUMNS);
    let mut usage = Vec::new();
    let mut left_out = 0;
    scan(db, emit, live, USAGE_COLUMNS, None, |_, row| {
        if usage.len() >= MAX_USAGE {
            left_out += 1;
            return;
        }
        let counter = |i| match number(row.get(i)) {
            Some(Value::Int(n)) => Some(Counter::Whole(n)),
            Some(Value::Float(n)) => Some(Counter::Real(n)),
            _ => None,
        };
        usage.push(Usage {
            process: row.get(0).as_i64().unwrap_or(0),
            rowid: row.rowid(),
            time: mac_time(row.get(1)),
            counters: [counter(2), counter(3), counter(4), counter(5)],
            met: false,
        });
    });
    if left_out > 0 {
        emit.lost(left_out, "limit", format!("table {USAGE}: {left_out} rows beyond the {MAX_USAGE} that are read"));
    }
    usage.sort_by_key(|u| (u.process, u.rowid));
    usage
}

fn emit_process(emit: &mut Emitter<'_>, pool: &mut Pool, row: Row<'_>, live: Option<&Usage>) {
    let name = super::rows::text(row.get(3));
    let mut out = pool.take();
    if let Some(name) = name.as_deref() {
        let (process, on_behalf_of) = split_name(name);
        out.set(&PROC_NAME, name).set(&PROCESS_NAME, process).put(&ON_BEHALF_OF, on_behalf_of);
    }
    out.text(&BUNDLE_NAME, row.get(2))
        .set(&PROC_ID, row.rowid())
        .mac_time(&FIRST_SEEN, row.get(0))
        .mac_time(&LAST_SEEN, row.get(1));
    if let Some(live) = live {
        put_usage(&mut out, live);
    }
    emit.emit(&PROCESS, Locator::row(PROCESSES, row.rowid()), out.as_slice());
    pool.give(out);
}

/// `process/bundle` in its parts. An absolute path is a process as a whole.
fn split_name(name: &str) -> (&str, Option<&str>) {
    match name.split_once('/') {
        Some((process, rest)) if !process.is_empty() && !rest.is_empty() => (process, Some(rest)),
        _ => (name, None),
    }
}

fn put_usage(out: &mut Fields<'_>, live: &Usage) {
    out.set(&LIVE_ID, live.rowid).put(&LIVE_TIME, live.time);
    for (field, counter) in [&WIFI_IN, &WIFI_OUT, &WWAN_IN, &WWAN_OUT].into_iter().zip(live.counters) {
        match counter {
            Some(Counter::Whole(n)) => out.set(field, n),
            Some(Counter::Real(n)) => out.set(field, n),
            None => out,
        };
    }
}

fn emit_gap(emit: &mut Emitter<'_>, pool: &mut Pool, after: &Neighbour, before: Option<&Neighbour>, last: i64) {
    let Some(first) = after.rowid.checked_add(1) else { return };
    let mut out = pool.take();
    out.set(&GAP_FIRST, first)
        .set(&GAP_LAST, last)
        .set(&GAP_COUNT, last.saturating_sub(first).saturating_add(1))
        .set(&GAP_PLACE, if before.is_some() { "inside" } else { "end" })
        .put(&AFTER_NAME, after.name.as_deref())
        .put(&AFTER_TIME, after.first_seen);
    if let Some(before) = before {
        out.put(&BEFORE_NAME, before.name.as_deref()).put(&BEFORE_TIME, before.first_seen);
    }
    emit.emit(&GAP, Locator::row(PROCESSES, first), out.as_slice());
    pool.give(out);
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
            out.of("deleted_process").map(|r| (r.get("proc_id").cloned(), r.time("live_time"))).collect();
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
        let gaps: Vec<_> = out.of("gap").collect();
        assert_eq!(gaps.len(), 2);
        assert_eq!(gaps[0].get("first"), Some(&Value::Int(2)));
        assert_eq!(gaps[0].get("count"), Some(&Value::Int(1)));
        assert_eq!((gaps[0].text("after_name"), gaps[0].text("before_name")), ("a", "b"));
        assert_eq!(gaps[1].get("last"), Some(&Value::Int(i64::MAX - 1)));
        let out = parsed(
            "INSERT INTO ZPROCESS VALUES (-5, 1, 1, NULL, 'a');
             INSERT INTO Z_PRIMARYKEY VALUES (7, 'Process', 0, 45);",
        );
        assert_eq!(out.of("gap").next().unwrap().text("place"), "end");
        assert_eq!(out.of("gap").next().unwrap().get("count"), Some(&Value::Int(50)));
    }

    #[test]
    fn without_a_list_of_programs_the_database_is_not_one() {
        let db = sqlite(|c| c.execute_batch("CREATE TABLE ZLIVEUSAGE (Z_PK INTEGER PRIMARY KEY)"));
        let out = run(&ARTIFACT, &Memory::new().file("WirelessDomain/Library/Databases/DataUsage.sqlite", db));
        assert!(matches!(out.errors[..], [ParseError::Missing(_)]));
    }
}
