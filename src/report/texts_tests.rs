//! Every language says the same things.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;

use super::*;
use crate::device::Platform;
use crate::finding::Code;
use crate::report::golden::tree;

/// Messages of a file: key (`hit-…` or `hit-….why`) → the placeholders it uses.
fn messages(name: &str, source: &str) -> BTreeMap<String, BTreeSet<String>> {
    if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
        panic!("{name}: {errors:?}");
    }
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut message, mut key) = (String::new(), String::new());
    for line in source.lines() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            message = line.split(" =").next().unwrap().to_owned();
            key = message.clone();
            assert!(!found.contains_key(&key), "{name}: {key} stands twice");
        } else if let Some(rest) = line.trim_start().strip_prefix('.') {
            key = format!("{message}.{}", rest.split(" =").next().unwrap());
            assert!(!found.contains_key(&key), "{name}: {key} stands twice");
        }
        let variables = found.entry(key.clone()).or_default();
        for part in line.split('$').skip(1) {
            let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
            variables.insert(part[..end].to_owned());
        }
    }
    found
}

#[test]
fn every_text_exists_in_every_language() {
    let mut pairs: Vec<(&str, &str, &str)> = INDICATOR_TEXTS.to_vec();
    pairs.push(("interface", INTERFACE_TEXTS[0], INTERFACE_TEXTS[1]));
    let mut seen = BTreeSet::new();
    for (name, en, fr) in pairs {
        let (en, fr) = (messages(name, en), messages(name, fr));
        assert!(!en.is_empty(), "{name}");
        let keys = |m: &BTreeMap<String, BTreeSet<String>>| m.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&en), keys(&fr), "{name}");
        for (key, variables) in &en {
            assert_eq!(variables, &fr[key], "{name}: {key} uses other placeholders in French");
            assert!(seen.insert(key.clone()), "{name}: {key} stands in another file too");
        }
        if name != "interface" {
            for key in en.keys().filter(|k| !k.contains('.')) {
                for part in ["why", "innocent", "next"] {
                    assert!(en.contains_key(&format!("{key}.{part}")), "{name}: {key} has no {part}");
                }
            }
        }
    }
}

/// What is written alike in both.
const SAME: [&str; 7] =
    ["page-version", "severity-info", "artifact-ios-sms", "list-separator", "moment-utc", "moment-both", "class-count"];

#[test]
fn every_reason_and_every_advice_has_words_of_its_own() {
    for lang in Lang::ALL {
        let texts = Texts::new(lang);
        for code in Code::all() {
            assert!(texts.has_own_ui(&format!("reason-{code}")), "{} has no reason-{code}", lang.as_str());
            let todo = code.todo();
            let told = |platform| texts.todo(todo, platform);
            for platform in Platform::ALL.into_iter().map(Some).chain([None]) {
                assert!(todo == Todo::Nothing || !told(platform).starts_with("todo-"), "{}: {todo:?}", lang.as_str());
            }
        }
    }
}

#[test]
fn no_words_are_left_of_reasons_that_are_gone() {
    let keys = messages("interface", INTERFACE_TEXTS[0]);
    for key in keys.keys().filter_map(|k| k.strip_prefix("reason-")) {
        assert_eq!(Code::named(key).as_str(), key, "nothing writes reason-{key}");
    }
    for key in keys.keys().filter_map(|k| k.strip_prefix("todo-")) {
        assert!(Code::all().any(|c| c.todo().as_str() == key), "nothing advises todo-{key}");
    }
}

#[test]
fn places_in_files_are_told_in_the_language_of_the_page() {
    let (en, fr) = (Texts::new(Lang::En), Texts::new(Lang::Fr));
    for (written, in_english, in_french) in [
        ("whole file", "whole file", "fichier entier"),
        ("line 812", "line 812", "ligne 812"),
        ("ZPROCESS row 61", "ZPROCESS, row 61", "ZPROCESS, enregistrement 61"),
        (
            "message row 7 (old, in WAL)",
            "message, row 7 (an older version of it)",
            "message, enregistrement 7 (une version plus ancienne)",
        ),
        ("element 3", "element 3", "élément 3"),
        ("key a.b", "key a.b", "clé a.b"),
        ("line of a newer vigie", "line of a newer vigie", "line of a newer vigie"),
        ("a row b", "a row b", "a row b"),
    ] {
        assert_eq!((en.locator(written), fr.locator(written)), (in_english.into(), in_french.into()));
    }
}

#[test]
fn french_is_not_english() {
    let (en, fr) = (Texts::new(Lang::En), Texts::new(Lang::Fr));
    for (key, variables) in messages("interface", INTERFACE_TEXTS[0]) {
        let args: Vec<(&str, Arg<'_>)> = variables.iter().map(|v| (v.as_str(), Arg::Count(2_000))).collect();
        let (e, f) = (en.try_ui(&key, &args).expect(&key), fr.try_ui(&key, &args).expect(&key));
        assert!(!e.is_empty() && !f.is_empty(), "{key}");
        assert!(!f.contains(" :") && !f.contains(" ;") && !f.contains(" ?"), "{key}: no-break space missing in {f}");
        for word in ["clean", "infected"] {
            assert!(!e.contains(word), "{key}: {e}");
        }
        let same = SAME.contains(&key.as_str());
        assert!(same || e != f, "{key} is not translated: {f}");
    }
}

/// What a next step may say beside.
const HELP: Args<'_> = &[("help", Arg::Text("")), ("survivors", Arg::Text(""))];

#[test]
fn every_rule_has_its_words() {
    let mut rules = 0;
    for entry in std::fs::read_dir(tree("indicators")).unwrap() {
        let Ok(source) = std::fs::read_to_string(entry.unwrap().path().join("rules.toml")) else { continue };
        let table: toml::Table = source.parse().unwrap();
        for rule in table["rule"].as_array().unwrap() {
            let id = rule["id"].as_str().unwrap();
            rules += 1;
            for lang in Lang::ALL {
                let texts = Texts { lang, words: vec![load(lang)] };
                assert!(texts.explains(id), "{id} has no words in {}", lang.as_str());
                let told = [texts.title(id, &[]), texts.why(id, &[]), texts.innocent(id, &[]), texts.next(id, HELP)];
                for told in told {
                    assert!(!told.is_empty() && !told.starts_with(id) && !told.contains("{$"), "{id}: {told}");
                }
            }
        }
    }
    assert!(rules > 40, "{rules} rules found");
}

#[test]
fn languages_are_read_from_options_and_environment() {
    for (name, lang) in [
        ("en", Some(Lang::En)),
        ("fr", Some(Lang::Fr)),
        ("fr_FR.UTF-8", Some(Lang::Fr)),
        ("FR-ca", Some(Lang::Fr)),
        ("en_GB@euro", Some(Lang::En)),
        ("C.UTF-8", Some(Lang::En)),
        ("POSIX", Some(Lang::En)),
        ("de_DE.UTF-8", None),
        ("french", None),
        ("", None),
    ] {
        assert_eq!(Lang::parse(name), lang, "{name}");
    }
    assert_eq!("tlh".parse::<Lang>().unwrap_err(), "expected en or fr, found tlh");
}

#[test]
fn arguments_are_safe_and_numbers_grouped() {
    let (en, fr) = (Texts::new(Lang::En), Texts::new(Lang::Fr));
    let args = [("note", Arg::Text("a\u{1b}[2J\u{202e}b\nc"))];
    assert_eq!(en.ui("note", &args), "Note: a\\u{1b}[2J\\u{202e}b\\nc");
    assert_eq!(en.ui("gap-lost", &[("n", Arg::Count(1))]), "One record is lost.");
    assert_eq!(en.ui("gap-lost", &[("n", Arg::Count(1_234_567))]), "1,234,567 records are lost.");
    assert_eq!(fr.ui("gap-lost", &[("n", Arg::Count(1_234))]), "1\u{202f}234 enregistrements sont perdus.");
    assert_eq!((en.number(0), en.number(999), fr.number(1_000)), ("0".into(), "999".into(), "1\u{202f}000".into()));
}

#[test]
fn a_missing_text_falls_back() {
    let fr = Texts::new(Lang::Fr);
    assert_eq!(fr.ui("no-such-key", &[]), "no-such-key");
    assert_eq!(fr.title("no\u{1b}rule", &[]), "no\\u{1b}rule");
    assert_eq!(fr.try_ui("note", &[]), None);
    let lame = Texts {
        lang: Lang::Fr,
        words: vec![
            Words { explained: bundle(Lang::Fr), interface: bundle(Lang::Fr), commands: bundle(Lang::Fr) },
            load(Lang::En),
        ],
    };
    assert_eq!(lame.ui("gaps-heading", &[]), "What could not be checked");
}

#[test]
fn unknown_reasons_are_told_in_english() {
    let fr = Texts::new(Lang::Fr);
    let mut reason = Reason::new(Code::named("of-the-future"), "/x/y: something new\u{7}");
    assert_eq!(fr.reason(&reason), "Raison inconnue de cette version. (En anglais\u{a0}: /x/y: something new\\u{7})");
    reason.args.insert("path".into(), "/x/y".into());
    reason.code = crate::finding::reason::IO;
    assert_eq!(fr.reason(&reason), "La lecture s’est arrêtée sur une erreur. (En anglais\u{a0}: something new\\u{7})");
}
