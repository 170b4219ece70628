//! Words for people, in their language.
//!
//! They live in Fluent files (<https://projectfluent.org>): what a finding means stands beside the indicators, in
//! `indicators/**/<lang>.ftl`, and the words of the interface in `src/report/text/<lang>.ftl`. All are compiled in. A
//! message that a language lacks is told in English, and one that English lacks is told by its key.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::sanitize;
use super::text_list::INDICATOR_TEXTS;
use crate::device::Platform;
use crate::finding::{Reason, Todo};

/// Characters of one argument that may enter a text; evidence may hold megabytes.
const MAX_ARG: usize = 600;
/// Characters of a reason's English detail that a page quotes.
const MAX_DETAIL: usize = 160;

/// The interface's own words, per language as in [`Lang::ALL`].
const INTERFACE_TEXTS: [&str; 2] = [include_str!("text/en.ftl"), include_str!("text/fr.ftl")];

/// Help and errors of the commands, per language; the English ones stand in the program.
const COMMAND_TEXTS: [&str; 2] = ["", include_str!("text/commands.fr.ftl")];

/// A language vigie speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Lang {
    /// All, the fallback first.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Fr];

    /// The word of the option: `en`, `fr`.
    pub fn as_str(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Fr => "fr",
        }
    }

    /// From an option or from a `LANG`-style variable: `fr`, `fr_FR.UTF-8`, `en-GB`. `None` for languages vigie does
    /// not speak; `C` and `POSIX` are English.
    pub fn parse(name: &str) -> Option<Lang> {
        let language = name.trim().split(['_', '-', '.', '@']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "en" | "c" | "posix" => Some(Lang::En),
            "fr" => Some(Lang::Fr),
            _ => None,
        }
    }

    fn identifier(self) -> LanguageIdentifier {
        self.as_str().parse().unwrap_or_default()
    }
}

impl std::str::FromStr for Lang {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Lang::parse(s).ok_or_else(|| format!("expected en or fr, found {s}"))
    }
}

/// A value that enters a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arg<'a> {
    /// Made safe for a terminal, and cut when it is very long.
    Text(&'a str),
    /// Written with its thousands grouped; also chooses singular or plural.
    Count(u64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(s: &'a str) -> Self {
        Arg::Text(s)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(s: &'a String) -> Self {
        Arg::Text(s)
    }
}

impl From<u64> for Arg<'_> {
    fn from(n: u64) -> Self {
        Arg::Count(n)
    }
}

impl From<usize> for Arg<'_> {
    fn from(n: usize) -> Self {
        Arg::Count(n as u64)
    }
}

/// Names and values of the placeholders of a text.
pub type Args<'a> = &'a [(&'a str, Arg<'a>)];

type Bundle = FluentBundle<FluentResource>;

/// The texts of one language: those that explain findings, and those of the interface. Kept apart, so that no key in a
/// report can ask for a word of the interface.
struct Words {
    explained: Bundle,
    interface: Bundle,
    commands: Bundle,
}

/// Every text, in one language with English behind it.
pub struct Texts {
    lang: Lang,
    words: Vec<Words>,
}

impl Texts {
    /// Loads the texts of a language.
    pub fn new(lang: Lang) -> Texts {
        let mut words = vec![load(lang)];
        if lang != Lang::En {
            words.push(load(Lang::En));
        }
        Texts { lang, words }
    }

    /// The language asked for.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// What was seen, in one line. `key` is a rule's id or `hit-<class>-<context>`.
    pub fn title(&self, key: &str, args: Args<'_>) -> String {
        self.explained(key, None, args).unwrap_or_else(|| sanitize::terminal_cut(key, MAX_ARG))
    }

    /// Why it matters.
    pub fn why(&self, key: &str, args: Args<'_>) -> String {
        self.part(key, "why", args)
    }

    /// What else explains it.
    pub fn innocent(&self, key: &str, args: Args<'_>) -> String {
        self.part(key, "innocent", args)
    }

    /// What to do now.
    pub fn next(&self, key: &str, args: Args<'_>) -> String {
        self.part(key, "next", args)
    }

    /// A word or sentence of the interface.
    pub fn ui(&self, key: &str, args: Args<'_>) -> String {
        self.try_ui(key, args).unwrap_or_else(|| sanitize::terminal_cut(key, MAX_ARG))
    }

    /// The same; `None` when no language has it, or when an argument it needs is not given.
    pub fn try_ui(&self, key: &str, args: Args<'_>) -> Option<String> {
        self.words.iter().find_map(|w| format(&w.interface, key, None, args))
    }

    /// Help or an error of a command, `key` or `key.part`; `None` in English, which stands in the program.
    pub fn command(&self, key: &str, args: Args<'_>) -> Option<String> {
        let (key, part) = key.split_once('.').map_or((key, None), |(key, part)| (key, Some(part)));
        self.words.first().and_then(|w| format(&w.commands, key, part, args))
    }

    /// The sentence of a reason: by its code where the texts know it, else the English one it carries.
    pub fn reason(&self, reason: &Reason) -> String {
        let text = told_without_path(reason);
        let mut args: Vec<(&str, Arg<'_>)> = reason.args.iter().map(|(k, v)| (k.as_str(), Arg::Text(v))).collect();
        let detail = sanitize::terminal_cut(text, MAX_DETAIL);
        args.push(("text", Arg::Text(&detail)));
        self.try_ui(&format!("reason-{}", reason.code), &args).unwrap_or_else(|| sanitize::terminal_cut(text, MAX_ARG))
    }

    /// What to do about a reason.
    pub fn todo(&self, todo: Todo, platform: Option<Platform>) -> String {
        let platform = platform.map_or("other", Platform::as_str);
        self.ui(&format!("todo-{}", todo.as_str()), &[("platform", Arg::Text(platform))])
    }

    /// What a person calls an artifact; one that is not known by its id.
    pub fn artifact(&self, id: &str) -> String {
        self.try_ui(&format!("artifact-{}", id.replace(['.', '_'], "-")), &[])
            .unwrap_or_else(|| sanitize::terminal_cut(id, MAX_ARG))
    }

    /// Where in a file something stands: `line 812`, `message row 4711`. What is none of ours is told as it is.
    pub fn locator(&self, written: &str) -> String {
        let named = |key: &str, name: &str, value: &str| {
            self.ui(&format!("locator-{key}"), &[("name", Arg::Text(name)), ("n", Arg::Text(value))])
        };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        if written == "whole file" {
            return named("whole", "", "");
        }
        for key in ["line", "offset", "element"] {
            if let Some(n) = written.strip_prefix(key).and_then(|r| r.strip_prefix(' ')).filter(|n| digits(n)) {
                return named(key, "", n);
            }
        }
        if let Some((table, rest)) = written.rsplit_once(" row ") {
            let (rowid, state) = rest.split_once(" (").map_or((rest, ""), |(r, s)| (r, s.trim_end_matches(')')));
            let key = match state {
                "" => "row",
                "old, in WAL" => "row-old",
                "free page" => "row-free",
                _ => return sanitize::terminal_cut(written, MAX_ARG),
            };
            if digits(rowid) {
                return named(key, table, rowid);
            }
        }
        match written.strip_prefix("key ") {
            Some(key) => named("key", key, ""),
            None => sanitize::terminal_cut(written, MAX_ARG),
        }
    }

    /// A number with its thousands grouped.
    pub fn number(&self, n: u64) -> String {
        group(n, self.lang)
    }

    /// True when some language has words for this rule or kind of hit.
    pub fn explains(&self, key: &str) -> bool {
        self.words.iter().any(|w| w.explained.has_message(key))
    }

    /// True when the language itself, not its fallback, has this word of the interface.
    #[cfg(test)]
    pub(super) fn has_own_ui(&self, key: &str) -> bool {
        self.words.first().is_some_and(|w| w.interface.has_message(key))
    }

    fn explained(&self, key: &str, attribute: Option<&str>, args: Args<'_>) -> Option<String> {
        self.words.iter().find_map(|w| format(&w.explained, key, attribute, args))
    }

    fn part(&self, key: &str, attribute: &str, args: Args<'_>) -> String {
        self.explained(key, Some(attribute), args)
            .unwrap_or_else(|| sanitize::terminal_cut(&format!("{key}.{attribute}"), MAX_ARG))
    }
}

/// The English sentence of a reason without the path some begin with: a page shows that path beside it.
fn told_without_path(reason: &Reason) -> &str {
    let text = reason.text.as_str();
    let path = reason.args.get("path").map_or("", String::as_str);
    text.strip_prefix(path).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(text)
}

fn format(bundle: &Bundle, key: &str, attribute: Option<&str>, args: Args<'_>) -> Option<String> {
    let message = bundle.get_message(key)?;
    let pattern = match attribute {
        None => message.value()?,
        Some(name) => message.get_attribute(name)?.value(),
    };
    let mut given = FluentArgs::with_capacity(args.len());
    for (name, arg) in args {
        match arg {
            Arg::Text(s) => given.set(*name, sanitize::terminal_cut(s, MAX_ARG)),
            Arg::Count(n) => given.set(*name, FluentValue::from(*n)),
        }
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&given), &mut errors);
    errors.is_empty().then(|| text.into_owned())
}

fn load(lang: Lang) -> Words {
    let mut explained = bundle(lang);
    for (_, en, fr) in INDICATOR_TEXTS {
        add(&mut explained, if lang == Lang::Fr { fr } else { en });
    }
    let mut interface = bundle(lang);
    add(&mut interface, INTERFACE_TEXTS[usize::from(lang == Lang::Fr)]);
    let mut commands = bundle(lang);
    add(&mut commands, COMMAND_TEXTS[usize::from(lang == Lang::Fr)]);
    Words { explained, interface, commands }
}

fn bundle(lang: Lang) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![lang.identifier()]);
    // The marks that keep right-to-left values apart would show as boxes on many terminals, and values from evidence
    // carry no direction marks of their own once they are made safe.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match lang {
        Lang::En => |value, _| grouped(value, Lang::En),
        Lang::Fr => |value, _| grouped(value, Lang::Fr),
    }));
    bundle
}

/// Our own files; tests see to it that they parse and that no key stands twice. What fails all the same costs itself.
fn add(bundle: &mut Bundle, source: &str) {
    let resource = match FluentResource::try_new(source.to_owned()) {
        Ok(resource) => resource,
        Err((resource, _)) => resource,
    };
    let _ = bundle.add_resource(resource);
}

fn grouped(value: &FluentValue<'_>, lang: Lang) -> Option<String> {
    match value {
        FluentValue::Number(n) if n.value >= 0.0 && n.value.fract() == 0.0 => Some(group(n.value as u64, lang)),
        _ => None,
    }
}

/// English separates thousands with commas, French with narrow no-break spaces.
fn group(n: u64, lang: Lang) -> String {
    let digits = n.to_string();
    let separator = match lang {
        Lang::En => ',',
        Lang::Fr => '\u{202f}',
    };
    let mut out = String::with_capacity(digits.len() * 2);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
