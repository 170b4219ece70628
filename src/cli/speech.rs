//! Help and errors in the user's language. English stands where it is used: in the comments of the arguments and in the
//! errors themselves; other languages lie over it, from `report/text/commands.*.ftl`.

use std::error::Error;
use std::ffi::OsString;
use std::io;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg as ClapArg, ArgAction, ArgMatches, Command};

use crate::packs::LoadError;
use crate::report::{Arg, Lang, Texts};
use crate::scan::OutputError;

/// What a command refuses by itself.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A path of the command line leads nowhere.
    #[error("{0}: no such file or folder")]
    NoSuchPath(String),
    /// Nothing to look for.
    #[error("no indicators: --no-builtin leaves out those of vigie; name others with -i, or leave the option out")]
    NoIndicators,
    /// A file that should be a report.
    #[error("is no report of vigie")]
    NotAReport,
    /// A report of another version.
    #[error("is a report of shape {other}, and this vigie reads {own}")]
    OtherShape {
        /// Its version.
        other: String,
        /// Ours.
        own: String,
    },
    /// A report beyond all measure.
    #[error("{bytes} bytes, at most {most}")]
    TooLong {
        /// Its size.
        bytes: u64,
        /// The limit.
        most: u64,
    },
    /// Records were asked for that a report does not hold.
    #[error("{path} holds no records of {artifact}")]
    NoRecords {
        /// The folder.
        path: String,
        /// The artifact's id.
        artifact: String,
    },
}

/// The language of the system's settings, where it is one we speak; English otherwise.
pub fn lang_of_environment() -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|v| std::env::var(v).ok().filter(|v| !v.is_empty()));
    set.and_then(|v| Lang::parse(&v)).unwrap_or(Lang::En)
}

/// The language in which help and mistakes are told: `--lang` wherever it stands, else that of the system.
pub fn lang_of_arguments(arguments: &[OsString]) -> Lang {
    let words: Vec<_> = arguments.iter().map(|a| a.to_string_lossy()).collect();
    let after = words.iter().position(|w| w == "--lang").and_then(|at| words.get(at + 1)).map(AsRef::as_ref);
    let joined = words.iter().find_map(|w| w.strip_prefix("--lang="));
    after.or(joined).and_then(Lang::parse).unwrap_or_else(lang_of_environment)
}

/// What a command line says, with help and mistakes in the language of the texts.
pub fn matches(command: Command, mut given: Vec<OsString>, texts: &Texts) -> Result<ArgMatches, clap::Error> {
    if texts.lang() == Lang::En {
        return command.try_get_matches_from(given);
    }
    // clap's own command for help cannot be translated.
    if given.get(1).is_some_and(|word| word == "help") {
        given.remove(1);
        given.push("--help".into());
    }
    translate(command, "cli", texts).try_get_matches_from(given)
}

fn translate(command: Command, key: &str, texts: &Texts) -> Command {
    let word = |key: &str| texts.command(key, &[]);
    let flag = |id: &'static str, short, action| {
        let about = word(&format!("cli-flag-{id}")).unwrap_or_default();
        ClapArg::new(id).short(short).long(id).action(action).help(about)
    };
    let usage = word("cli-usage").unwrap_or_default();
    let root = key == "cli";
    let mut command = command
        .help_template(format!("{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}"))
        .disable_help_flag(true)
        .arg(flag("help", 'h', ArgAction::Help));
    if let Some(about) = word(key) {
        let long = word(&format!("{key}.long")).map(|long| format!("{about}\n\n{long}"));
        command = command.about(about);
        command = if let Some(long) = long { command.long_about(long) } else { command };
    }
    if root {
        command = command
            .subcommand_help_heading(word("cli-commands").unwrap_or_default())
            .subcommand_value_name(word("cli-command").unwrap_or_default())
            .disable_version_flag(true)
            .disable_help_subcommand(true)
            .arg(flag("version", 'V', ArgAction::Version))
            .subcommand(Command::new("help").about(word("cli-help").unwrap_or_default()));
    }
    command = command.mut_args(|arg| translate_argument(arg, key, texts));
    // The commands for packs are written for those who make packs, in the language packs are discussed in.
    let inside = |c: &Command| root && c.get_name() != "packs" && c.get_name() != "help";
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        let key = format!("{key}-{name}");
        command = command.mut_subcommand(&name, |c| match inside(&c) {
            true => translate(c, &key, texts),
            false => match texts.command(&key, &[]) {
                Some(about) => c.about(about),
                None => c,
            },
        });
    }
    command
}

/// Help, names of values, and what clap would add in English: the default and the possible values.
fn translate_argument(arg: ClapArg, key: &str, texts: &Texts) -> ClapArg {
    let Some(mut help) = texts.command(&format!("{key}.{}", arg.get_id()), &[]) else { return arg };
    if !arg.get_action().takes_values() {
        return arg.help(help);
    }
    let default: Vec<_> = arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
    let possible: Vec<_> = arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    for (key, name, values) in [("cli-default", "value", default), ("cli-possible", "values", possible)] {
        let told = texts.command(key, &[(name, Arg::Text(&values.join(", ")))]).filter(|_| !values.is_empty());
        if let Some(told) = told {
            help += &format!(" [{told}]");
        }
    }
    let names: Vec<String> = arg
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(|name| {
            let key = format!("cli-value-{}", name.to_lowercase());
            texts.command(&key, &[]).unwrap_or_else(|| name.to_string())
        })
        .collect();
    let arg = if names.is_empty() { arg } else { arg.value_names(names) };
    arg.help(help).hide_default_value(true).hide_possible_values(true)
}

/// What is wrong with a command line, for stderr.
pub fn usage(e: &clap::Error, texts: &Texts) -> String {
    let given = |kind| {
        e.get(kind).map(|value| match value {
            ContextValue::Strings(all) => all.join(" "),
            other => other.to_string(),
        })
    };
    let argument = given(ContextKind::InvalidArg).or_else(|| given(ContextKind::InvalidSubcommand)).unwrap_or_default();
    let value = given(ContextKind::InvalidValue).unwrap_or_default();
    let key = match e.kind() {
        ErrorKind::UnknownArgument => "usage-unknown-argument",
        ErrorKind::InvalidSubcommand => "usage-unknown-command",
        ErrorKind::MissingRequiredArgument => "usage-missing",
        ErrorKind::MissingSubcommand => "usage-missing-command",
        ErrorKind::ArgumentConflict => "usage-conflict",
        ErrorKind::InvalidValue if value.is_empty() => "usage-no-value",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "usage-invalid",
        _ => "usage-other",
    };
    let word = |key: &str, argument: &str| {
        let args = [("argument", Arg::Text(argument)), ("value", Arg::Text(&value))];
        texts.command(key, &args).unwrap_or_default()
    };
    let mut out = format!("{} {}\n", word("usage-error", ""), word(key, &argument));
    if let Some(possible) = given(ContextKind::ValidValue) {
        let values = possible.split(' ').collect::<Vec<_>>().join(", ");
        let told = texts.command("cli-possible", &[("values", Arg::Text(&values))]);
        out += &format!("  [{}]\n", told.unwrap_or_default());
    }
    let similar = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(similar) = similar.into_iter().find_map(given) {
        out += &format!("\n{}\n", word("usage-similar", &similar));
    }
    if let Some(usage) = given(ContextKind::Usage) {
        let usage = usage.strip_prefix("Usage:").unwrap_or(&usage).trim();
        out += &format!("\n{} {usage}\n", word("cli-usage", ""));
    }
    out + &format!("\n{}\n", word("usage-help", ""))
}

/// An error with its causes, in one line. What the language has no words for is told in English.
pub fn explain(error: &(dyn Error + 'static), texts: &Texts) -> String {
    let mut links: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(link) = next {
        let told = translated_error(link, texts).unwrap_or_else(|| link.to_string());
        // Some errors tell their cause themselves.
        if links.last().is_none_or(|last| !last.ends_with(&told)) {
            links.push(told);
        }
        next = link.source();
    }
    links.join(if texts.lang() == Lang::Fr { "\u{a0}: " } else { ": " })
}

fn translated_error(error: &(dyn Error + 'static), texts: &Texts) -> Option<String> {
    if texts.lang() == Lang::En {
        return None;
    }
    if let Some(e) = error.downcast_ref::<io::Error>() {
        return system(e, texts);
    }
    let text = |key: &str, args: &[(&str, &str)]| {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, Arg::Text(value))).collect();
        texts.command(key, &args)
    };
    if let Some(e) = error.downcast_ref::<OutputError>() {
        return match e {
            OutputError::NotEmpty(path) => text("error-output-not-empty", &[("path", path)]),
            OutputError::InsideEvidence(path, other) => {
                text("error-output-inside-evidence", &[("path", path), ("other", other)])
            }
            OutputError::HoldsEvidence(path, other) => {
                text("error-output-holds-evidence", &[("path", path), ("other", other)])
            }
            OutputError::NotAReport(path, other) => {
                text("error-output-not-a-report", &[("path", path), ("other", other)])
            }
            OutputError::Busy(path) => text("error-output-busy", &[("path", path)]),
            OutputError::Filled(path) => text("error-output-filled", &[("path", path)]),
            OutputError::NotAFile(path) => text("error-output-not-a-file", &[("path", path)]),
            OutputError::Io { path, source } => at(path, source, texts),
        };
    }
    if let Some(e) = error.downcast_ref::<LoadError>() {
        return match e {
            LoadError::Io { path, source } => at(path, source, texts),
            LoadError::NoPack(path) => text("error-pack-none", &[("path", path)]),
            LoadError::NothingUsable { path, why } => text("error-pack-unusable", &[("path", path), ("what", why)]),
            LoadError::NoMvt => text("error-pack-no-mvt", &[]),
            LoadError::Full(_) => None,
        };
    }
    match error.downcast_ref::<Refusal>()? {
        Refusal::NoSuchPath(path) => text("error-no-such-path", &[("path", path)]),
        Refusal::NoIndicators => text("error-no-indicators", &[]),
        Refusal::NotAReport => text("error-report-none", &[]),
        Refusal::OtherShape { other, own } => text("error-report-shape", &[("other", other), ("own", own)]),
        Refusal::TooLong { bytes, most } => {
            let args = [("bytes", Arg::Count(*bytes)), ("most", Arg::Count(*most))];
            texts.command("error-report-too-long", &args)
        }
        Refusal::NoRecords { path, artifact } => text("error-records-none", &[("path", path), ("artifact", artifact)]),
    }
}

fn at(path: &str, source: &io::Error, texts: &Texts) -> Option<String> {
    let what = system(source, texts).unwrap_or_else(|| source.to_string());
    texts.command("error-at", &[("path", Arg::Text(path)), ("what", Arg::Text(&what))])
}

/// What the system said, where it said it by number; an error with words of its own keeps them.
fn system(e: &io::Error, texts: &Texts) -> Option<String> {
    e.raw_os_error()?;
    let key = match e.kind() {
        io::ErrorKind::NotFound => "not-found",
        io::ErrorKind::PermissionDenied => "denied",
        io::ErrorKind::StorageFull => "full",
        io::ErrorKind::ReadOnlyFilesystem => "read-only",
        io::ErrorKind::AlreadyExists => "exists",
        io::ErrorKind::NotADirectory => "not-a-folder",
        io::ErrorKind::IsADirectory => "is-a-folder",
        io::ErrorKind::InvalidFilename => "too-long",
        io::ErrorKind::Interrupted => "interrupted",
        io::ErrorKind::OutOfMemory => "memory",
        _ => return None,
    };
    texts.command(&format!("error-system-{key}"), &[])
}

#[cfg(test)]
#[path = "speech_tests.rs"]
mod tests;
