//! `ios.safari_history`: pages visited in Safari.
//!
//! `History.db`: `history_items` has one row per address, `history_visits` one per visit (`visit_time`: seconds since
//! 2001-01-01 UTC). A visit that led elsewhere names the next visit in `redirect_destination`, and that one names it in
//! `redirect_source`.

use std::borrow::Cow;

use crate::artifact::table::{self, Lookup, fill, named, scan};
use crate::artifact::{Artifact, Emitter, Input, Locator, ParseError, Reader, Source, reason, shape};

use super::site::{host, same_site};

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.safari_history",
    about: "\
Pages visited in Safari: `Library/Safari/History.db` of `HomeDomain` or of Safari's own domain, and `History.db` of every
Safari profile (iOS 17 and later). Files of the same name in other apps are theirs. **Backups without encryption usually
do not hold it.**

Times are UTC. `redirect_source` and `redirect_destination` are numbers of other visits in the same file: who sent the
browser here, and where it was sent on. `redirect_ms` is the time between this visit and its destination. Visits of other
devices of the same iCloud account are in the list too and marked `synced`.

`redirect_injection` is true where a page asked for without encryption (`http://`) led to a different site in less than
a second: how spyware operators in the network path send a browser to their exploit server. Link shorteners and
advertisements do the same every day. Hosts count as one site when they are equal but for `www.`, one is below the other,
or both are below the same registered name.

Limits: private browsing leaves no trace. The owner can delete visits; Safari itself forgets them after at most a year.",
    sources: &[
        Source::ios("HomeDomain", HISTORY, Reader::With(parse)).sliced("history_visits").slow(3),
        Source::ios(SAFARI, HISTORY, Reader::With(parse)).sliced("history_visits").slow(3),
        Source::ios("HomeDomain", PROFILES, Reader::With(parse)).sliced("history_visits").slow(3),
        Source::ios(SAFARI, PROFILES, Reader::With(parse)).sliced("history_visits").slow(3),
        Source::ios(SAFARI_GROUPS, HISTORY, Reader::With(parse)).sliced("history_visits").slow(3),
        Source::ios(SAFARI_GROUPS, PROFILES, Reader::With(parse)).sliced("history_visits").slow(3),
    ],
    shapes: &[&visit::SHAPE],
    mvt: &["safari_history"],
};

const SAFARI: &str = "AppDomain-com.apple.mobilesafari";
const SAFARI_GROUPS: &str = "AppDomainGroup-*.com.apple.mobilesafari*";
const HISTORY: &str = "Library/Safari/History.db";
const PROFILES: &str = "Library/Safari/Profiles/*/History.db";

shape! {
    /// One visit.
    visit(Visited) from history_visits {
        url                  Content  [Url]                                     "Address visited.";
        title                Content  []       text(title)                      "Title of the page.";
        visit_time           Public   [Time]   mac_time(visit_time) key         "Time of the visit (UTC).";
        visit_id             Public   [Number]                                  "Number of the visit in its file.";
        item_id              Public   [Number] number(history_item) key         "Number of the address in its file.";
        visit_count          Public   [Number]                                  "How often the address was visited.";
        redirect_source      Public   [Number] number(redirect_source)          "Number of the visit that led here.";
        redirect_destination Public   [Number] number(redirect_destination) key "Number of the visit this one led to.";
        redirect_url         Content  []                                        "Address this visit led to; a visit of its own in the list.";
        redirect_ms          Public   [Number]                                  "Milliseconds between this visit and its destination; never negative.";
        redirect_injection   Public   []                                        "An http:// page led to a different site in less than a second.";
        load_successful      Public   []       flag(load_successful)            "False when the page did not load.";
        http_non_get         Public   []       flag(http_non_get) sometimes     "True when a form was sent, not a page asked for.";
        synthesized          Public   []       flag(synthesized) sometimes      "True when Safari made the visit up to complete a chain of redirects.";
        origin               Public   [Number] number(origin)                   "0 this device, 1 another device of the account.";
        synced               Public   []                                        "True when the visit was made on another device of the account.";
        profile              Personal []                                        "Identifier of the Safari profile; none for the default one.";
    }
    events {
        page_visited(visit_time) "Safari visited {url}";
    }
}

const ITEMS: &str = "history_items";
const ITEM_COLUMNS: &[&str] = &["url", "visit_count"];

/// A redirect below this many milliseconds is taken for one that no person made.
const INJECTION_BELOW_MS: i64 = 1000;

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    use visit::col;
    let db = input.db(emit)?;
    let visits = named(&db, visit::ROWS.table)?;
    let items = named(&db, ITEMS)?;
    table::columns(input, emit, visits, &visit::ROWS);
    if input.first_slice && !items.has(ITEM_COLUMNS[0]) {
        let text = format!("table {ITEMS} has no column {}: addresses are stored in another way", ITEM_COLUMNS[0]);
        emit.lost_unknown(reason::KEY_COLUMN_MISSING, text);
    }
    let profile = profile_of(&input.entry.name);
    let mut address = Lookup::new(&db, Some(items), ITEM_COLUMNS);
    let mut destinations = Destinations {
        visits: Lookup::new(&db, Some(visits), &["history_item", "visit_time"]),
        items: Lookup::new(&db, Some(items), ITEM_COLUMNS),
    };
    let mut without_address = 0u64;
    scan(input, emit, &db, visits, visit::ROWS.names, input.slice.clone(), |emit, row| {
        let item = row.int(&col::history_item).and_then(|id| address.get(id));
        let url = item.and_then(|i| table::text(i.at(0)));
        without_address += u64::from(url.is_none());
        let destination = row.int(&col::redirect_destination).filter(|&id| id != 0);
        let destination = destination.and_then(|id| destinations.get(id));
        let mut out = emit.fields();
        fill(&visit::ROWS, &row, &mut out);
        out.put(&visit::url, url.as_deref()).set(&visit::visit_id, row.rowid());
        if let Some(item) = item {
            out.found(&visit::visit_count, table::number(item.at(1)));
        }
        if let Some((time, next)) = &destination {
            let ms = row.raw(&col::visit_time).as_f64().zip(*time).and_then(|(a, b)| distance_ms(a, b));
            out.put(&visit::redirect_url, next.as_deref()).put(&visit::redirect_ms, ms);
            if let (Some(url), Some(next), Some(ms)) = (&url, next, ms) {
                out.set(&visit::redirect_injection, is_injection(url, next, ms));
            }
        }
        out.put(&visit::synced, row.int(&col::origin).map(|o| o != 0)).put(&visit::profile, profile);
        emit.emit(&visit::SHAPE, Locator::row(visit::ROWS.table, row.rowid()), out);
    });
    if without_address > 0 {
        let text = format!("{without_address} visits without a readable row in {ITEMS}: no address");
        emit.lost_unknown(reason::URL_MISSING, text);
    }
    // The visits themselves do not show that an address is missing where a page of the other table is damaged.
    if input.first_slice {
        scan(input, emit, &db, items, &[], None, |_, _| {});
    }
    Ok(())
}

/// Looks up the visit a redirect led to.
struct Destinations {
    visits: Lookup,
    items: Lookup,
}

impl Destinations {
    /// Its time, as stored, and its address.
    fn get(&mut self, visit: i64) -> Option<(Option<f64>, Option<Cow<'_, str>>)> {
        let row = self.visits.get(visit)?;
        let (item, time) = (row.at(0).as_i64(), row.at(1).as_f64());
        Some((time, item.and_then(|id| self.items.get(id)).and_then(|i| table::text(i.at(0)))))
    }
}

/// The folder after `Profiles/`.
fn profile_of(name: &str) -> Option<&str> {
    let (_, rest) = name.split_once("/Library/Safari/Profiles/")?;
    rest.split_once('/').map(|(profile, _)| profile)
}

/// Milliseconds between two moments in seconds; days count.
fn distance_ms(a: f64, b: f64) -> Option<i64> {
    /// Three hundred years: beyond it the stored numbers are no times.
    const MAX_MS: f64 = 1e13;
    let ms = ((a - b).abs() * 1000.0).round();
    (ms <= MAX_MS).then_some(ms as i64)
}

/// Whether a visit to `url` that led to `next` after `ms` looks like an injected redirect.
fn is_injection(url: &str, next: &str, ms: i64) -> bool {
    const PLAIN: &str = "http://";
    if ms >= INJECTION_BELOW_MS || !url.get(..PLAIN.len()).is_some_and(|s| s.eq_ignore_ascii_case(PLAIN)) {
        return false;
    }
    match (host(url), host(next)) {
        (Some(a), Some(b)) => !same_site(a, b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Value;
    use crate::artifacts::testing::{Memory, run, run_sliced, sqlite};

    const NAME: &str = "HomeDomain/Library/Safari/History.db";
    const SCHEMA: &str = "
        CREATE TABLE history_items (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, visit_count INTEGER NOT NULL);
        CREATE TABLE history_visits (id INTEGER PRIMARY KEY, history_item INTEGER NOT NULL, visit_time REAL NOT NULL,
            title TEXT, load_successful BOOLEAN, http_non_get BOOLEAN, synthesized BOOLEAN, redirect_source INTEGER,
            redirect_destination INTEGER, origin INTEGER);";

    fn history(sql: &str) -> Vec<u8> {
        sqlite(|c| c.execute_batch(&format!("{SCHEMA}{sql}")))
    }

    #[test]
    fn a_chain_of_visits() {
        let db = history(
            "INSERT INTO history_items VALUES (1, 'http://yahoo.fr/', 3), (2, 'https://x.evil.net:30495/a', 1);
             INSERT INTO history_visits VALUES (10, 1, 588813210.539, 'Y', 1, 0, 0, NULL, 11, 0);
             INSERT INTO history_visits VALUES (11, 2, 588813210.989, NULL, 0, 1, 1, 10, NULL, 1);
             INSERT INTO history_visits VALUES (12, 99, 588813211, NULL, 0, 1, 1, 10, 77, 1);",
        );
        let out = run(&ARTIFACT, &Memory::new().file(NAME, db));
        let r = &out.records[0];
        assert_eq!((r.text("url"), r.text("title")), ("http://yahoo.fr/", "Y"));
        assert_eq!(r.time("visit_time"), "2019-08-29T23:13:30.539000Z");
        assert_eq!(r.text("redirect_url"), "https://x.evil.net:30495/a");
        assert_eq!(r.get("redirect_ms"), Some(&Value::Int(450)));
        assert_eq!(r.get("redirect_injection"), Some(&Value::Bool(true)));
        assert_eq!(r.get("synced"), Some(&Value::Bool(false)));
        assert_eq!(r.get("profile"), None);
        let r = &out.records[1];
        assert_eq!(r.get("redirect_injection"), None);
        assert_eq!(r.get("synced"), Some(&Value::Bool(true)));
        assert_eq!(r.get("load_successful"), Some(&Value::Bool(false)));
        assert_eq!(out.records[2].get("url"), None, "a visit without its address is still a visit");
        assert_eq!(out.notes("url-missing").len(), 1);
        assert!(!out.tally.is_whole());
    }

    #[test]
    fn what_counts_as_an_injected_redirect() {
        for (url, next, ms, expected) in [
            ("http://a.com/", "https://b.com/", 999, true),
            ("http://a.com/", "https://b.com/", 1000, false),
            ("http://a.com/", "https://b.com/", 86_400_500, false),
            ("https://a.com/", "https://b.com/", 10, false),
            ("HTTP://A.com/", "https://www.a.com:8443/", 10, false),
            ("http://a.com/", "https://m.a.com/", 10, false),
            ("http://x.a.co.uk/", "https://y.a.co.uk/", 10, false),
            ("http://a.co.uk/", "https://b.co.uk/", 10, true),
            ("http://10.0.0.1/", "http://10.0.0.2/", 10, true),
            ("http://10.0.0.1/", "http://10.0.0.1:81/", 10, false),
            ("http://[2001:db8::1]/", "http://[2001:db8::2]/", 10, true),
            ("http://a.com@evil.net/", "https://a.com/", 10, true),
            ("http://a.com", "about:blank", 10, false),
        ] {
            assert_eq!(is_injection(url, next, ms), expected, "{url} {next} {ms}");
        }
    }

    #[test]
    fn the_distance_of_two_visits_has_days_and_no_sign() {
        assert_eq!(distance_ms(588_813_210.5, 588_813_210.0), Some(500));
        assert_eq!(distance_ms(0.0, 86_400.5), Some(86_400_500));
        assert_eq!(distance_ms(0.0, f64::INFINITY), None);
        assert_eq!(distance_ms(0.0, 1e300), None);
    }

    #[test]
    fn profiles_and_slices() {
        let db = history(
            "INSERT INTO history_items VALUES (1, 'http://a.com/', 3), (2, 'https://b.com/', 1);
             INSERT INTO history_visits VALUES (1, 1, 588813210.5, NULL, 1, 0, 0, NULL, 2, 0);
             INSERT INTO history_visits VALUES (2, 2, 588813210.6, NULL, 1, 0, 0, 1, NULL, 0);",
        );
        let name = "AppDomain-com.apple.mobilesafari/Library/Safari/Profiles/ABCD/History.db";
        let evidence = Memory::new().file(name, db.clone()).file(NAME, db);
        let whole = run(&ARTIFACT, &evidence);
        assert_eq!(whole.records.len(), 4);
        assert_eq!(whole.records[2].text("profile"), "ABCD");
        let sliced = run_sliced(&ARTIFACT, &evidence, &[1..=1, 2..=2]);
        assert_eq!(whole.records, sliced.records, "a redirect is found across slices");
    }
}
