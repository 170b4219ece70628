use clap::CommandFactory as _;

use super::*;
use crate::cli::Args;

/// Every command and argument that is told in a language has words in it.
#[test]
fn all_help_is_translated() {
    let texts = Texts::new(Lang::Fr);
    let root = Args::command();
    let mut asked = vec![("cli".to_owned(), &root)];
    asked.extend(root.get_subcommands().map(|c| (format!("cli-{}", c.get_name()), c)));
    let mut count = 0;
    for (key, command) in asked {
        assert!(texts.command(&key, &[]).is_some(), "{key} has no French");
        if command.get_name() == "packs" {
            continue;
        }
        for arg in command.get_arguments() {
            let key = format!("{key}.{}", arg.get_id());
            assert!(texts.command(&key, &[]).is_some(), "{key} has no French");
            count += 1;
        }
    }
    assert!(count > 25, "{count}");
}

fn refused(words: &[&str], texts: &Texts) -> clap::Error {
    matches(Args::command(), words.iter().map(OsString::from).collect(), texts).unwrap_err()
}

#[test]
fn help_is_french_and_nothing_of_it_english() {
    let texts = Texts::new(Lang::Fr);
    for words in [&["vigie", "--help"][..], &["vigie", "scan", "--help"], &["vigie", "help", "report"]] {
        let e = refused(words, &texts);
        assert_eq!(e.kind(), ErrorKind::DisplayHelp, "{words:?}");
        let help = e.to_string();
        assert!(help.contains("Utilisation"), "{help}");
        for english in ["Usage:", "Print", "default", "possible values", "Commands:", "Write", "PATH", "DIR"] {
            assert!(!help.contains(english), "{english} in {help}");
        }
    }
    assert_eq!(refused(&["vigie", "--version"], &texts).kind(), ErrorKind::DisplayVersion);
}

#[test]
fn mistakes_are_told_in_french() {
    let texts = Texts::new(Lang::Fr);
    let told = |words: &[&str]| usage(&refused(words, &texts), &texts);
    let unknown = told(&["vigie", "scan", "--outptu", "x", "y"]);
    assert!(unknown.contains("argument inconnu\u{a0}: --outptu"));
    assert!(unknown.contains("--output") && unknown.contains("CHEMIN"), "{unknown}");
    assert!(told(&["vigie", "scn"]).contains("scan"));
    let severity = told(&["vigie", "scan", "x", "--fail-on", "loud"]);
    assert!(severity.contains("loud") && severity.contains("critical"), "{severity}");
    assert!(told(&["vigie", "scan"]).contains("CHEMIN"));
    for text in [&unknown, &severity, &told(&["vigie", "scan", "x", "--jobs", "many"]), &told(&["vigie", "report"])] {
        assert!(!text.contains("usage-") && !text.contains("Usage") && !text.contains("error"), "{text}");
    }
}

/// Errors are told with their causes, and no cause twice.
#[test]
fn errors_in_both_languages() {
    let source = io::Error::from_raw_os_error(2);
    let e = OutputError::Io { path: "/x".into(), source };
    let english = explain(&e, &Texts::new(Lang::En));
    assert!(english.starts_with("/x: No such file") && english.matches("No such").count() == 1, "{english}");
    let french = explain(&e, &Texts::new(Lang::Fr));
    assert!(french.ends_with("aucun fichier ni dossier de ce nom") && french.matches("aucun").count() == 1, "{french}");
    for e in [
        OutputError::NotEmpty("/x".into()),
        OutputError::InsideEvidence("/x".into(), "/y".into()),
        OutputError::HoldsEvidence("/x".into(), "/y".into()),
        OutputError::NotAReport("/x".into(), "/y".into()),
        OutputError::Busy("/x".into()),
        OutputError::Filled("/x".into()),
        OutputError::NotAFile("/x".into()),
    ] {
        assert_ne!(explain(&e, &Texts::new(Lang::Fr)), e.to_string());
        assert!(translated_error(&e, &Texts::new(Lang::Fr)).is_some());
    }
}

#[test]
fn the_language_is_asked_for_anywhere() {
    let of = |words: &[&str]| lang_of_arguments(&words.iter().map(OsString::from).collect::<Vec<_>>());
    assert_eq!(of(&["vigie", "scan", "--lang", "fr"]), Lang::Fr);
    assert_eq!(of(&["vigie", "--lang=fr", "--help"]), Lang::Fr);
    assert_eq!(of(&["vigie", "scan", "x", "--lang", "en"]), Lang::En);
}
