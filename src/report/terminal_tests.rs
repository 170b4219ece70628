//! Pages as people see them, checked in under `tests/golden/terminal/`.

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::finding::reason;
use crate::report::golden::assert_fresh;
use crate::report::samples;
use crate::report::texts::Lang;

fn draw(report: &Report, lang: Lang, style: Style, written: Option<&Path>) -> String {
    let mut out = Vec::new();
    page(report, &Texts::new(lang), style, written, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(report: &Report, lang: Lang) -> String {
    draw(report, lang, Style { color: false, width: 80 }, None)
}

#[test]
fn golden_pages() {
    for (name, report) in samples::all() {
        for lang in Lang::ALL {
            let written = (name == "match").then(|| Path::new("/cases/17/report"));
            let text = draw(&report, lang, Style { color: false, width: 80 }, written);
            assert_fresh(&format!("tests/golden/terminal/{name}.{}.txt", lang.as_str()), &text);
        }
    }
}

#[test]
fn pages_fit_and_are_safe() {
    for (name, report) in samples::all() {
        for lang in Lang::ALL {
            for width in [40, 57, 80, 100] {
                let text = draw(&report, lang, Style { color: false, width }, None);
                for line in text.lines() {
                    assert!(line.width() <= width, "{name} at {width}: {line}");
                    assert!(!line.chars().any(|c| c.is_control() || sanitize_would_hide(c)), "{name}: {line:?}");
                    assert!(!line.ends_with(' '), "{name}: {line:?}");
                    assert!(!line.contains("{$") && !line.contains("{ $"), "{name}: {line}");
                }
            }
        }
    }
}

fn sanitize_would_hide(c: char) -> bool {
    crate::report::sanitize::is_hidden(c)
}

#[test]
fn colour_adds_nothing_but_colour() {
    let codes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    for (_, report) in samples::all() {
        let coloured = draw(&report, Lang::En, Style { color: true, width: 80 }, None);
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(codes.replace_all(&coloured, ""), plain(&report, Lang::En));
        assert!(!coloured.contains("\u{1b}[32m"), "green says clean");
    }
}

#[test]
fn no_page_reassures_or_accuses() {
    for (name, report) in samples::all() {
        let en = plain(&report, Lang::En).to_lowercase();
        let fr = plain(&report, Lang::Fr).to_lowercase();
        for word in ["clean", "infected", "safe phone", "no spyware"] {
            assert!(!en.contains(word), "{name}: {word}");
        }
        for word in ["infecté", "est sain", "aucun logiciel espion"] {
            assert!(!fr.contains(word), "{name}: {word}");
        }
    }
}

/// The first line of the verdict, unwrapped enough to be searched.
fn verdict_of(page: &str) -> String {
    let at = page.find("Result:").unwrap();
    page[at..].lines().take(4).collect::<Vec<_>>().join(" ").replace("  ", " ")
}

#[test]
fn a_lost_artifact_is_never_a_quiet_no_match() {
    let told = verdict_of(&plain(&samples::inconclusive(), Lang::En));
    assert!(told.starts_with("Result: no conclusion, because 3 things"), "{told}");
    assert!(told.contains("Safari history"), "{told}");
    let told = verdict_of(&plain(&samples::invalid(), Lang::En));
    assert!(told.starts_with("Result: nothing was examined. This is an encrypted iOS backup"), "{told}");
    let page = plain(&samples::matching(), Lang::En);
    assert!(page.contains("The check was not complete: Messages (SMS, iMessage)"), "{page}");
}

#[test]
fn what_a_trace_says_is_not_overstated() {
    let ran = plain(&samples::matching(), Lang::En);
    assert!(!ran.contains("Nothing that was found shows"), "{ran}");
    let visited = plain(&samples::two_devices(), Lang::En);
    assert!(visited.contains("Nothing that was found shows that such a tool ran"), "{visited}");
    assert!(visited.contains("https://stopstalkerware.org"), "{visited}");
}

#[test]
fn numbers_of_indicators_stand_after_the_findings() {
    let page = plain(&samples::matching(), Lang::En);
    let numbers = page.find("(indicators and rules): 1,620,").expect("the sum over packs");
    assert!(numbers > page.find("What was found").unwrap());
    assert!(page.contains("acquisition: 1,489."));
    assert_eq!(page.matches("1,547").count(), 0);
    let mut late = samples::matching();
    late.packs[0].outside_validity = 2;
    assert!(plain(&late, Lang::En).replace("\n ", "").contains("2 records were left out"));
    assert!(!plain(&samples::invalid(), Lang::En).contains("1,620"));
    let mut none = samples::no_match();
    none.packs.iter_mut().for_each(|k| k.applicable = 0);
    assert!(plain(&none, Lang::En).contains("this result says almost nothing"));
    none.packs.clear();
    assert!(plain(&none, Lang::En).contains("No indicators were loaded"));
}

#[test]
fn long_lists_are_cut_and_counted() {
    let page = plain(&samples::suspicious(), Lang::En);
    assert!(page.contains("\n  7. [LOW]") && !page.contains("\n  8. "), "{page}");
    assert!(page.contains("And 5 more; write a report with -o"), "{page}");
    let mut many = samples::inconclusive();
    let lost = many.coverage[5].clone();
    many.coverage.extend((0..30).map(|i| {
        let mut line = lost.clone();
        line.artifact = format!("ios.future_{i}");
        line
    }));
    let page = plain(&many, Lang::En);
    assert!(page.contains("And 21 more lines of this kind"), "{page}");
    assert!(page.contains("and 29 more"), "{page}");
}

#[test]
fn several_acquisitions_of_a_device_are_told_apart() {
    let mut r = samples::inconclusive();
    let mut second = r.evidence[0].clone();
    second.id = "e2".into();
    r.evidence.push(second);
    r.devices[0].evidence.push("e2".into());
    let mut again = r.coverage[4].clone();
    (again.evidence, again.status) = ("e2".into(), crate::finding::Status::Locked);
    again.notes.clear();
    r.coverage.push(again);
    let page = plain(&r, Lang::En);
    // What one acquisition lacks and another of the same phone holds is not lacking.
    let mut whole = r.clone();
    for line in &mut whole.coverage.clone() {
        line.evidence = "e2".into();
        line.status = crate::finding::Status::Parsed;
        whole.coverage.retain(|c| !(c.evidence == "e2" && c.artifact == line.artifact));
        whole.coverage.push(line.clone());
    }
    let text = plain(&whole, Lang::En);
    assert!(text.contains("Everything this check needs was read whole."), "{text}");
    for part in
        ["Safari history (e1)", "Safari history (e2): locked.", "ask the owner for the password", "newest acquisition"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn a_report_without_devices_still_has_a_verdict() {
    let mut r = samples::invalid();
    (r.devices, r.evidence) = (Vec::new(), Vec::new());
    assert!(verdict_of(&plain(&r, Lang::En)).starts_with("Result: nothing was examined. This is an encrypted"));
}

#[test]
fn a_closed_pipe_is_an_error_not_a_panic() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let done = page(&samples::matching(), &Texts::new(Lang::En), Style { color: false, width: 80 }, None, &mut Closed);
    assert_eq!(done.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn an_acquisition_that_is_not_whole_is_the_reason() {
    let mut r = samples::no_match();
    let verdict = &mut r.devices[0].verdict;
    (verdict.state, verdict.complete) = (State::Inconclusive, false);
    verdict.reasons = vec![
        samples::reason(reason::FINDINGS, "1 finding(s) of severity info"),
        samples::reason(reason::MAIN_ENTRY_DANGLING, "x"),
        samples::reason(reason::FILES_MISSING, "12 of 40 files are missing"),
    ];
    let args = &mut verdict.reasons[2].args;
    args.insert("missing".into(), "12".into());
    args.insert("listed".into(), "40".into());
    let told = verdict_of(&plain(&r, Lang::En));
    assert!(told.starts_with("Result: no conclusion. The backup is not whole: 12 of the 40 files"), "{told}");
}
