//! What the self-test says when the engine is wrong: it is given a matcher that was compiled from other indicators than
//! the phones were written for.

use super::*;
use crate::device::Platform;
use crate::finding::PackClass;
use crate::packs::{Family, Owner, Pack, Text};

/// A library of one pack with these patterns.
fn library(patterns: &[&str]) -> Library {
    limited(&patterns.iter().map(|p| (*p, None, None)).collect::<Vec<_>>())
}

fn limited(patterns: &[(&str, Option<Platform>, Option<i64>)]) -> Library {
    let mut library = Library::default();
    let pack = library.add_pack(Pack { id: "p".into(), ..Pack::default() }).unwrap();
    let family = Family { name: "x".into(), class: PackClass::Other, references: vec![] };
    let family = library.add_family(family).unwrap();
    for (i, &(pattern, platform, valid_until)) in patterns.iter().enumerate() {
        let owner = Owner { valid_until, platform, ..Owner::new(pack, family) };
        library.take(owner, &format!("i{i}"), Text::Pattern(pattern)).unwrap();
    }
    library
}

/// The report on phones written for `meant` and scanned with `used`.
fn test(meant: &Library, used: Library) -> Report {
    let subjects = subject::subjects(meant);
    let plan = plan::plan(&subjects, &Known::of(meant));
    let matcher = Matcher::new(used);
    let folder = Folder::new(None).unwrap();
    let paths = write(&plan, folder.path(), false, 2).unwrap();
    let (seen, troubles) = look(&plan, &subjects, &matcher, &paths, 2).unwrap();
    judge::judge(&Case { matcher: &matcher, subjects: &subjects, plan: &plan, seen: &seen }, troubles)
}

const EVERY_KIND: [&str; 13] = [
    "[url:value = 'http://links.example/a?b=c']",
    "[domain-name:value = 'evil.example']",
    "[ipv4-addr:value = '198.51.100.7']",
    "[ipv6-addr:value = '2001:db8::7']",
    "[process:name = 'a_name_longer_than_sixteen']",
    "[file:name = 'evil.plist']",
    "[file:path = '/private/var/mobile/Library/evil']",
    "[file:path = '/data/local/tmp/evil']",
    "[app:id = 'com.evil.app']",
    "[email-addr:value = 'evil@mail.example']",
    "[configuration-profile:id = '76dab334-7e17-475d-a5d6-0794eb5818a5']",
    "[android-property:name = 'sys.evil.note']",
    "[x-phone-number:value = '+447700900123']",
];

#[test]
fn a_sound_engine_passes_for_every_kind() {
    let report = test(&library(&EVERY_KIND), library(&EVERY_KIND));
    let pack = &report.packs[0];
    assert!(report.passed, "{}", report.page());
    assert_eq!((pack.fired, pack.indicators), (13, 13), "{}", report.page());
    assert_eq!((pack.near_misses.none_for, pack.never.len(), pack.not_made.len()), (0, 0, 0));
    assert!(report.unasked.is_empty() && report.troubles.is_empty(), "{report:?}");
    for artifact in crate::artifacts::ALL {
        assert!(pack.fired_in.contains_key(artifact.id), "nothing fired in {}", artifact.id);
    }
}

#[test]
fn an_engine_that_finds_nothing_fails_for_every_row() {
    let others: Vec<String> = (0..13).map(|i| format!("[domain-name:value = 'other{i}.invalid']")).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let report = test(&library(&EVERY_KIND), library(&others));
    assert!(!report.passed);
    assert_eq!(report.packs[0].fired, 0);
    let mut failed: Vec<&str> = report.packs[0].failed.iter().map(|f| f.id.as_str()).collect();
    failed.dedup();
    assert_eq!(failed.len(), 13);
    assert!(report.packs[0].failed.iter().all(|f| f.why == "no-match"), "every row is read all the same");
    assert!(report.page().contains("Failed"));
}

/// Each of these is what an engine would do that compared by substring, without case, or without boundaries.
#[test]
fn an_engine_that_finds_too_much_is_told_by_its_near_misses() {
    for (meant, used, how) in [
        ("[domain-name:value = 'evil.example']", "[domain-name:value = 'xevil.example']", "a letter before the name"),
        ("[domain-name:value = 'evil.test']", "[domain-name:value = 'test.example']", "another domain behind it"),
        ("[domain-name:value = 'evil.test']", "[domain-name:value = 'neighbour.invalid']", "the name in a path"),
        ("[ipv4-addr:value = '198.51.100.7']", "[ipv4-addr:value = '198.51.100.8']", "the next address"),
        ("[url:value = 'http://e.test/a']", "[domain-name:value = 'e.test']", "another path"),
        ("[process:name = 'agent']", "[process:name = 'Agent']", "one letter in the other case"),
        ("[file:name = 'evil.bin']", "[file:name = 'evil.binx']", "a letter more"),
        ("[file:path = '/data/x/ab']", "[file:path = '/data/x/abx']", "a longer name beside it"),
        ("[file:path = '/data/x/ab']", "[file:path = '/data/x/a']", "a letter less"),
        ("[app:id = 'com.evil']", "[app:id = 'com.evil.x']", "one more part"),
        ("[email-addr:value = 'a@e.test']", "[email-addr:value = 'xa@e.test']", "another name before the @"),
        ("[android-property:name = 'a.b']", "[android-property:name = 'a.b.x']", "one more part"),
        (
            "[x-phone-number:value = '+447700900123']",
            "[x-phone-number:value = '+447700900124']",
            "the last digit changed",
        ),
        (
            "[app:id = 'com.evil'] OR [process:name = 'agent']",
            "[app:id = 'com.evil.x'] OR [process:name = 'agent']",
            "one more part",
        ),
    ] {
        let report = test(&library(&[meant]), library(&[used]));
        assert!(!report.passed, "{meant}");
        let hit = &report.packs[0].near_misses.hit;
        assert!(hit.iter().any(|h| h.how == how && h.matched.is_some()), "{meant}: {hit:?}");
        assert!(hit.iter().all(|h| h.id == "i0"));
    }
}

#[test]
fn what_matches_neutral_rows_is_told_and_is_no_near_miss() {
    let both = ["[process:name = 'agent']", "[domain-name:value = 'neutral.invalid']"];
    let report = test(&library(&both[..1]), library(&both));
    assert!(report.passed, "{}", report.page());
    assert_eq!(report.unasked.len(), 5, "{:?}", report.unasked);
    assert!(report.unasked.iter().all(|u| u.pattern.contains("neutral.invalid")));
}

#[test]
fn platform_and_validity_are_kept() {
    let long_ago = 1_500_000_000;
    let indicators = [
        ("[process:name = 'agent']", Some(Platform::Android), None),
        ("[app:id = 'com.evil']", Some(Platform::Ios), Some(long_ago)),
        ("[file:path = '/private/var/mobile/Library/x']", Some(Platform::Android), None),
        ("[app:id = 'com.old']", None, Some(86_400)),
    ];
    let report = test(&limited(&indicators), limited(&indicators));
    let pack = &report.packs[0];
    assert!(report.passed, "{}", report.page());
    assert_eq!(pack.fired, 2);
    assert_eq!(pack.fired_in.get("ios.datausage"), Some(&1), "the app, not the process: {:?}", pack.fired_in);
    let never: Vec<(&str, &str)> = pack.never.iter().map(|n| (n.id.as_str(), n.code.as_str())).collect();
    assert_eq!(never, [("i2", "cannot-be-written"), ("i3", "ran-out")]);
}

#[test]
fn duplicates_are_judged_each_for_itself() {
    let indicators = [
        ("[process:name = 'agent']", Some(Platform::Android), None),
        ("[process:name = 'agent']", None, None),
        ("[file:hashes.MD5 = '0123456789abcdef0123456789abcdef']", None, None),
    ];
    let report = test(&limited(&indicators), limited(&indicators));
    let pack = &report.packs[0];
    assert_eq!((pack.fired, pack.fired_in["ios.tcc"], pack.fired_in["android.processes"]), (2, 1, 2));
    assert_eq!(pack.never[0].code, "no-artifact");
}
