//! Files that are refused, and every kind of difference, on reports made by hand.

use super::*;
use crate::report::{Report, samples};

fn read(text: &str) -> Result<Expectations, String> {
    Expectations::of(&TomlFile::of("e.toml".into(), text.into())).map_err(|e| e.to_string())
}

#[test]
fn mistakes_are_told_with_their_line() {
    let wrong = |text: &str| read(text).unwrap_err();
    assert_eq!(wrong("version = 3\n"), "e.toml:1: expected version = 1");
    assert!(wrong("version = 1\nclose = true\n").starts_with("e.toml:2: unknown field `close`"));
    let device = "version = 1\n[[device]]\nevidence = ['a']\n";
    assert!(wrong(&device.replace("['a']", "[]")).starts_with("e.toml:2: evidence is empty"));
    assert!(wrong(&format!("{device}verdict = 'clean'\n")).starts_with("e.toml:4: unknown variant `clean`"));
    for (entry, why) in [
        ("[[device.finding]]\nartifact = 'ios.sms'\n", "e.toml:4: expected what was found"),
        ("[[device.finding]]\nvalue = 'x'\n", "e.toml:4: missing field `artifact`"),
        ("[[device.finding]]\nartifact = 'ios.smss'\nvalue = 'x'\n", "e.toml:4: there is no artifact ios.smss"),
        ("[[device.finding]]\nartifact = 'ios.sms'\nvalue = 'x'\nid = 'F-1'\n", "e.toml:7: unknown field `id`"),
        (
            "[[device.finding]]\nartifact = 'ios.sms'\nvalue = 'x'\ncount = 1\nmin = 1\n",
            "e.toml:4: count and min exclude",
        ),
        (
            "[[device.finding]]\nartifact = 'ios.sms'\nvalue = 'x'\ncount = 0\n",
            "e.toml:4: a finding stands on at least",
        ),
        ("[[device.finding]]\nartifact = 'ios.sms'\nvalue = 'x'\ncount = -1\n", "e.toml:7: invalid value"),
        ("[[device.finding]]\nartifact = 'ios.sms'\npattern = 'x'\n", "e.toml:4: not a STIX 2.1 pattern"),
        ("[[device.absent]]\nstep = 'exact'\n", "e.toml:4: expected what must not be found"),
        ("[[device.coverage]]\nartifact = 'ios.sms'\n", "e.toml:4: expected a status"),
        (
            "coverage = [\n {artifact = 'ios.sms', status = 'parsed', records = 1, min_records = 1}]\n",
            "e.toml:5: records and",
        ),
    ] {
        let found = wrong(&format!("{device}{entry}"));
        assert!(found.starts_with(why), "{entry}: {found}");
    }
}

/// The differences between a report and a file, and how many checks were made.
fn differences(text: &str, report: &Report, strict: bool) -> (Vec<(Change, String)>, usize) {
    let checks = compare(&read(text).unwrap(), &subjects(report), strict);
    let all = checks.len();
    let differ = checks.into_iter().filter(|c| c.difference.is_some());
    (differ.map(|c| (c.change, format!("{}: {c}", c.line.unwrap_or(0)))).collect(), all)
}

#[test]
fn what_is_written_is_met_by_its_own_report() {
    let unknown = regex::Regex::new(r#"pattern = "\[x:y = '(.*)'\]""#).unwrap();
    for (name, report) in samples::all() {
        let text = write(&subjects(&report));
        assert_eq!(text, write(&subjects(&report)));
        // The patterns of these reports are of an object nobody knows; real ones are compared in tests/cli.
        let text = unknown.replace_all(&text, "value = \"$1\"");
        let (found, checks) = differences(&text, &report, true);
        assert_eq!(found, [], "{name}: {text}");
        assert!(checks > report.coverage.len() + report.findings.len(), "{name}: only {checks} checks");
    }
}

#[test]
fn every_kind_of_difference() {
    let report = samples::matching();
    let kinds = |text: &str| {
        let text = format!("version = 1\n[[device]]\nevidence = ['backup']\nclosed = false\n{text}\n");
        differences(&text, &report, false).0
    };
    let one = |text: &str| {
        let found = kinds(text);
        let [(change, line)] = found.as_slice() else { panic!("{text}: {found:?}") };
        (*change, line.clone())
    };
    assert_eq!(kinds("verdict = 'match'\ncomplete = false"), []);
    assert_eq!(
        one("verdict = 'no-match'"),
        (Change::Verdict, "2: backup: verdict: expected no-match, got match".into())
    );
    assert_eq!(one("complete = true").0, Change::Complete);
    let finding = |more: &str| format!("[[device.finding]]\nartifact = 'ios.datausage'\nvalue = 'roleaboutd'\n{more}");
    assert_eq!(kinds(&finding("count = 3\nseverity = 'critical'\nstep = 'exact'")), []);
    assert_eq!(kinds(&finding("min = 2")), []);
    let (change, line) = one(&finding("count = 4"));
    assert_eq!(change, Change::Count);
    assert_eq!(line, "5: backup: ios.datausage roleaboutd: records: expected 4, got 3");
    assert_eq!(one(&finding("min = 4")).0, Change::Count);
    assert_eq!(one(&finding("severity = 'low'")).0, Change::Severity);
    let (change, line) = one(&finding("step = 'host'"));
    assert_eq!(change, Change::FindingVanished);
    assert!(line.ends_with("(host): expected a finding of at least 1 record(s), got no finding"), "{line}");
    assert_eq!(kinds(&finding("count = 4\nseverity = 'low'")).len(), 2);
    assert_eq!(kinds("[[device.absent]]\nvalue = 'other'"), []);
    let (change, line) = one("[[device.absent]]\nrule = 'ios-profile-managed'");
    assert_eq!(change, Change::FindingForbidden);
    assert!(
        line.contains("expected no finding, got ios.configuration_profiles rule ios-profile-managed: low"),
        "{line}"
    );
    assert_eq!(kinds("coverage = [{ artifact = 'ios.tcc', status = 'parsed', min_records = 40 }]"), []);
    let (change, line) = one("coverage = [{ artifact = 'ios.sms', status = 'parsed' }]");
    assert_eq!(change, Change::Coverage);
    assert!(line.contains("expected parsed, got partial (table message has no column is_corrupt)"), "{line}");
    assert_eq!(one("coverage = [{ artifact = 'ios.tcc', records = 41 }]").0, Change::Records);
    assert_eq!(one("coverage = [{ artifact = 'android.appops', status = 'parsed' }]").0, Change::Coverage);
}

#[test]
fn what_is_not_named_is_a_difference_where_the_file_is_closed() {
    let report = samples::matching();
    let file = |closed: bool| format!("version = 1\n[[device]]\nevidence = ['backup']\nclosed = {closed}\n");
    assert_eq!(differences(&file(false), &report, false).0, []);
    let (found, _) = differences(&file(true), &report, false);
    assert_eq!(found.len(), report.findings.len());
    assert!(found.iter().all(|(change, _)| *change == Change::FindingNew));
    // Closed is what holds when nothing is said.
    assert_eq!(differences(&file(true).replace("closed = true\n", ""), &report, false).0, found);
    let (found, _) = differences(&file(false), &report, true);
    assert!(found.iter().all(|(change, _)| *change == Change::CoverageNew), "{found:?}");
    assert_eq!(found.len(), 7, "all that is not absent: {found:?}");
}

#[test]
fn acquisitions_come_and_go() {
    let report = samples::two_devices();
    let empty = "version = 1\n";
    let (found, _) = differences(empty, &report, false);
    assert!(found.iter().all(|(c, _)| *c == Change::AcquisitionNew) && found.len() == 2, "{found:?}");
    assert_eq!(differences("version = 1\nclosed = false\n", &report, false).0, []);
    let file =
        |evidence: &str| format!("version = 1\nclosed = false\n[[device]]\nevidence = {evidence}\nclosed = false\n");
    assert_eq!(differences(&file("['a.zip']"), &report, false).0, []);
    assert_eq!(differences(&file("['/day/*.zip']"), &report, false).0.len(), 1, "two are meant");
    for (evidence, why) in [
        ("['c.zip']", "expected the acquisition c.zip, got none"),
        ("['a.zip', 'b.zip']", "b.zip from another device"),
        ("['a.zip', 'day/a.zip']", "expected 2 acquisition(s) of the device, got 1"),
    ] {
        let (found, _) = differences(&file(evidence), &report, false);
        assert!(
            matches!(&found[..], [(Change::AcquisitionVanished, line)] if line.contains(why)),
            "{evidence}: {found:?}"
        );
    }
    let twice = format!("{}[[device]]\nevidence = ['a.zip']\n", file("['a.zip']"));
    let (found, _) = differences(&twice, &report, false);
    assert!(matches!(&found[..], [(Change::AcquisitionVanished, _)]), "{found:?}");
}

/// The TOML of a page of docs/.
fn example(page: &str) -> String {
    let text = std::fs::read_to_string(crate::report::golden::tree(page)).unwrap();
    let (_, rest) = text.split_once("```toml\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_examples_of_the_documentation_are_good() {
    let expected = read(&example("docs/expectations.md")).unwrap();
    let device = &expected.devices[0];
    assert_eq!((device.findings.len(), device.absent.len(), device.coverage.len()), (2, 1, 2));
    assert_eq!(device.findings[1].count, Count::AtLeast(1));
    let file = TomlFile::of("s.toml".into(), example("docs/suppress.md"));
    crate::scan::SuppressFile::of(&file).unwrap();
}
