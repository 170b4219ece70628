//! Pages as people see them, checked in under `tests/golden/page/`.

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::finding::{Code, Cost, Severity, Status, Todo, reason};
use crate::report::golden::assert_fresh;
use crate::report::samples;
use crate::report::texts::Lang;

const PLAIN: Style = Style { color: false, width: 80 };

fn draw(report: &Report, lang: Lang, style: Style, extent: Extent, written: Written<'_>) -> String {
    let mut out = Vec::new();
    page(report, &Texts::new(lang), style, extent, written, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(report: &Report, lang: Lang) -> String {
    draw(report, lang, PLAIN, Extent::Short, Written::Nowhere)
}

/// The page without its line breaks, so that sentences are found in it.
fn flat(report: &Report, lang: Lang) -> String {
    plain(report, lang).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn golden_pages() {
    for (name, report) in samples::all() {
        for lang in Lang::ALL {
            let at = Written::At(Path::new("/cases/17/report"));
            let written = if name == "match" { at } else { Written::Nowhere };
            let text = draw(&report, lang, PLAIN, Extent::Short, written);
            assert_fresh(&format!("tests/golden/page/{name}.{}.txt", lang.as_str()), &text);
        }
    }
}

#[test]
fn pages_fit_and_are_safe() {
    for (name, report) in samples::all() {
        for lang in Lang::ALL {
            for (width, extent) in [(40, Extent::Short), (57, Extent::All), (80, Extent::Short), (100, Extent::All)] {
                let text = draw(&report, lang, Style { color: false, width }, extent, Written::Here);
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
fn colour_adds_nothing_but_colour_and_colours_labels_alone() {
    let codes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    let painted = regex::Regex::new("\u{1b}\\[(?:1;)?3[0-9]m([^\u{1b}]*)\u{1b}").unwrap();
    for (name, report) in samples::all() {
        let coloured = draw(&report, Lang::En, Style { color: true, width: 80 }, Extent::Short, Written::Nowhere);
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(codes.replace_all(&coloured, ""), plain(&report, Lang::En));
        assert!(!coloured.contains("\u{1b}[32m"), "green says clean");
        for label in painted.captures_iter(&coloured) {
            assert!(label[1].ends_with([':', ']']), "{name}: a sentence in colour: {}", &label[1]);
        }
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

/// The first lines of the verdict, unwrapped.
fn verdict_of(page: &str) -> String {
    let at = page.find("Result:").unwrap();
    page[at..].split_whitespace().take(40).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_lost_artifact_is_never_a_quiet_no_match() {
    let told = verdict_of(&plain(&samples::inconclusive(), Lang::En));
    assert!(told.starts_with("Result: no conclusion, because 3 things"), "{told}");
    assert!(told.contains("Network use by program"), "{told}");
    let told = verdict_of(&plain(&samples::invalid(), Lang::En));
    assert!(told.starts_with("Result: nothing was examined. It is an encrypted iOS backup"), "{told}");
    let page = flat(&samples::matching(), Lang::En);
    assert!(page.contains("The check was not complete: Messages (SMS, iMessage)"), "{page}");
}

/// The promise, on paper: whatever costs a verdict is told as its cause, with something to do about it.
#[test]
fn every_reason_that_costs_has_its_place_and_a_next_step() {
    for lang in Lang::ALL {
        let texts = Texts::new(lang);
        for code in Code::all().filter(|c| c.cost() >= Cost::Records) {
            assert_ne!(code.todo(), Todo::Nothing);
            let why = samples::reason(code, "of it").with("evidence", "e1").with("artifact", "ios.sms");
            let bare = samples::reason(code, "of it").with("path", "p").with("count", "7").with("pattern", "[x]");
            let bare = bare.with("missing", "7").with("listed", "9").with("app", "Signal").with("device", "d2");
            for why in [why, bare] {
                let mut r = samples::no_match();
                let verdict = &mut r.devices[0].verdict;
                (verdict.state, verdict.complete, verdict.reasons) = (State::Inconclusive, false, vec![why.clone()]);
                let page = flat(&r, lang);
                let spaces = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(page.contains(&spaces(texts.reason(&why))), "{code}: {page}");
                let todo = spaces(texts.todo(code.todo(), Some(crate::device::Platform::Ios)));
                assert!(page.contains(&todo), "{code} has no next step: {page}");
                assert!(!page.contains(&spaces(texts.ui("gaps-none", &[]))), "{code}: {page}");
            }
        }
    }
}

#[test]
fn what_a_trace_says_is_not_overstated() {
    let ran = flat(&samples::matching(), Lang::En);
    assert!(!ran.contains("Nothing that was found shows"), "{ran}");
    assert!(ran.contains(
        "The strongest one: Signs that Pegasus ran on this phone (2021-01-02 03:04 UTC to 2021-02-11 19:20 UTC)"
    ));
    assert!(!ran.contains("once"), "records are counted, not runs");
    let visited = flat(&samples::two_devices(), Lang::En);
    assert!(visited.contains("Nothing that was found shows that such a tool ran"), "{visited}");
}

#[test]
fn the_first_line_of_a_match_is_what_to_do_first() {
    let first = |report: &Report| {
        let page = plain(report, Lang::En);
        let verdict = page.split("Read:").nth(1).unwrap();
        verdict.split("\n\n").nth(1).unwrap().lines().next().unwrap().to_owned()
    };
    assert!(first(&samples::matching()).starts_with("First: take this conversation away from the phone."));
    assert!(first(&samples::two_devices()).starts_with("First: think of safety."));
    assert!(!plain(&samples::suspicious(), Lang::En).contains("First:"));
}

#[test]
fn help_stands_once_and_the_verdict_at_the_end_again() {
    for (name, report) in samples::all().into_iter().filter(|(name, _)| *name != "invalid") {
        let page = draw(&report, Lang::En, PLAIN, Extent::All, Written::Here);
        assert_eq!(page.matches("https://www.accessnow.org/help/").count(), 1, "{name}: {page}");
        assert_eq!(page.matches("https://stopstalkerware.org").count(), 1, "{name}");
    }
    let page = plain(&samples::matching(), Lang::En);
    let end = page.split("In short\n").nth(1).unwrap();
    assert_eq!(end.trim(), "2024-017, backup: traces match what is known of Pegasus.");
}

#[test]
fn traces_of_one_tool_are_told_as_one_event() {
    let page = flat(&samples::matching(), Lang::En);
    assert!(page.contains("3 traces of this tool, together: 2020-12-31 23:59 UTC to 2021-02-11 19:20 UTC"), "{page}");
    assert!(page.contains("Why it matters:"), "{page}");
    assert_eq!(page.matches(" 2. [").count(), 1);
}

#[test]
fn stalkerware_names_are_short() {
    let mut r = samples::two_devices();
    r.findings[0].indicator.malware = Some("TheTruthSpy, Copy9, MxSpy (hidden)".into());
    let page = plain(&r, Lang::En);
    assert!(page.contains("Result: traces match what is known of TheTruthSpy.\n"), "{page}");
}

#[test]
fn what_was_not_looked_for_is_said_class_by_class() {
    let page = flat(&samples::matching(), Lang::En);
    assert!(
        page.contains("Looked for: spyware that states use (1,489), links and addresses among these (1,438)"),
        "{page}"
    );
    assert!(
        page.contains(
            "Not looked for, because no loaded pack holds any: stalkerware and other apps to watch somebody close."
        ),
        "{page}"
    );
    assert!(page.contains("not to be seen in this kind of acquisition: tools that unlock and copy phones."), "{page}");
    assert!(page.contains("tools that unlock and copy phones (400 days), links and addresses (120 days)"), "{page}");
}

#[test]
fn numbers_of_indicators_stand_after_the_findings() {
    let page = flat(&samples::matching(), Lang::En);
    let numbers = page.find("Indicators and rules loaded: 1,620,").expect("the sum over packs");
    assert!(numbers > page.find("What was found").unwrap());
    assert!(page.contains("acquisition: 1,489."));
    let mut late = samples::matching();
    late.packs[0].outside_validity = 2;
    assert!(flat(&late, Lang::En).contains("2 records were left out"));
    assert!(!plain(&samples::invalid(), Lang::En).contains("1,620"));
    let mut none = samples::no_match();
    none.packs.clear();
    assert!(flat(&none, Lang::En).contains("No indicators were loaded"));
}

#[test]
fn long_lists_are_cut_and_counted_and_whole_in_the_report() {
    let page = plain(&samples::suspicious(), Lang::En);
    assert!(page.contains("\n  7. [LOW]") && !page.contains("\n  8. "), "{page}");
    assert!(page.contains("And 5 more findings, the gravest [LOW]; write a report with -o"), "{page}");
    let whole = draw(&samples::suspicious(), Lang::En, PLAIN, Extent::All, Written::Here);
    assert!(whole.contains("\n  12. [LOW]") && !whole.contains("more findings"), "{whole}");
    let mut many = samples::inconclusive();
    let lost = many.devices[0].verdict.reasons[1].clone();
    let more = (0..30).map(|i| lost.clone().with("artifact", format!("ios.future_{i}")));
    many.devices[0].verdict.reasons.extend(more);
    let page = flat(&many, Lang::En);
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
    r.devices[0].same_by = vec!["udid".into(), "serial".into()];
    let mut again = r.coverage[5].clone();
    (again.evidence, again.status) = ("e2".into(), Status::Locked);
    r.coverage.push(again);
    let locked = samples::reason(reason::LOCKED, "it is encrypted").with("artifact", "ios.sms").with("evidence", "e2");
    r.devices[0].verdict.reasons.push(locked);
    let page = flat(&r, Lang::En);
    for part in [
        "Messages (SMS, iMessage) (e1): listed, and not there.",
        "Messages (SMS, iMessage) (e2): locked.",
        "ask for the password",
        "newest acquisition",
        "Taken for one phone, because this is the same in all: UDID, serial number.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn what_lies_beside_is_named_or_counted() {
    let page = flat(&samples::two_devices(), Lang::En);
    for part in [
        "Not everything that was given could be examined",
        "- /day/\\u{202e}x: This folder cannot be opened",
        "Full Disk Access",
        "/day/old: is a report of vigie",
        "6 other files are no acquisitions and were not examined (pictures, films, sound: 3;",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn phones_are_called_what_they_were_given_as() {
    let mut r = samples::two_devices();
    let page = plain(&r, Lang::En);
    assert!(page.contains("Phone d1, a.zip: Xiaomi Redmi Note 9, Android 12"), "{page}");
    assert!(page.contains("  b.zip: nothing was examined."), "{page}");
    r.evidence[0].path = "/day/other/b.zip".into();
    assert!(plain(&r, Lang::En).contains("Phone d1, /day/other/b.zip:"));
}

#[test]
fn a_report_without_devices_still_has_a_verdict() {
    let mut r = samples::invalid();
    (r.devices, r.evidence) = (Vec::new(), Vec::new());
    assert!(verdict_of(&plain(&r, Lang::En)).starts_with("Result: nothing was examined. It is an encrypted"));
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
    let texts = Texts::new(Lang::En);
    let done = page(&samples::matching(), &texts, PLAIN, Extent::Short, Written::Nowhere, &mut Closed);
    assert_eq!(done.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn an_acquisition_that_is_not_whole_is_the_reason() {
    let mut r = samples::no_match();
    let verdict = &mut r.devices[0].verdict;
    (verdict.state, verdict.complete) = (State::Inconclusive, false);
    verdict.reasons = vec![
        samples::reason(reason::FINDINGS, "1 finding(s) of severity info"),
        samples::reason(reason::DUPLICATE_MEMBER, "x"),
        samples::reason(reason::FILES_MISSING, "12 of 40").with("missing", "12").with("listed", "40"),
    ];
    let told = verdict_of(&plain(&r, Lang::En));
    assert!(told.starts_with("Result: no conclusion. The backup is not whole: 12 of the 40 files"), "{told}");
}

#[test]
fn a_severity_says_nothing_about_the_order_of_a_ladder() {
    let mut r = samples::matching();
    r.findings[0].severity = Severity::Medium;
    assert!(flat(&r, Lang::En).contains("The strongest one: Signs that Pegasus ran"));
}
