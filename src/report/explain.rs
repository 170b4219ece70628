//! What a finding means, in words: its title, why it matters, what else explains it, what to do next.

use super::texts::{Arg, Texts};
use crate::finding::{Context, Explanation, Finding, FindingKind, PackClass};

/// Characters of a matching value that a title shows.
const MAX_VALUE: usize = 120;

/// What there is to explain.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// What found it.
    pub kind: FindingKind,
    /// A rule's id, or what [`hit_key`] gives.
    pub key: &'a str,
    /// The pack's name for the tool, where it has one.
    pub malware: Option<&'a str>,
    /// What matched; where that is no single value, the pattern.
    pub value: &'a str,
    /// Artifact id.
    pub artifact: &'a str,
    /// Whether the next step also says where help is found; a page says that once.
    pub addresses: bool,
}

/// A finding in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// One line.
    pub title: String,
    /// The rest.
    pub explanation: Explanation,
}

/// The key of the texts for an indicator hit: `hit-mercenary-executed`. A pack of rules names no tool, so plain values in
/// it are told like those of any other pack.
pub fn hit_key(class: PackClass, context: Context) -> String {
    let class = match class {
        PackClass::Mercenary => "mercenary",
        PackClass::Extraction => "extraction",
        PackClass::Stalkerware => "stalkerware",
        PackClass::Watchware => "watchware",
        PackClass::Other | PackClass::Heuristic => "other",
    };
    format!("{HIT}{class}-{}", context.as_str())
}

/// The class word of an indicator's finding; `None` for rules, whatever their ids look like.
pub fn class_of(finding: &Finding) -> Option<&str> {
    match finding.kind {
        FindingKind::Indicator => finding.explanation.key.strip_prefix(HIT)?.split('-').next(),
        FindingKind::Rule => None,
    }
}

/// How the keys of texts begin that tell of indicators.
const HIT: &str = "hit-";

/// Explains in the language of `texts`; `None` when no language has words for the key (a rule of somebody else's pack).
pub fn explain(about: &About<'_>, texts: &Texts) -> Option<Told> {
    // A rule of somebody's pack may be named like a class of indicators, and is none.
    if !texts.explains(about.key) || (about.kind == FindingKind::Rule && about.key.starts_with(HIT)) {
        return None;
    }
    let unnamed = texts.ui("unnamed-tool", &[]);
    let artifact = texts.artifact(about.artifact);
    let value = super::sanitize::terminal_cut(about.value, MAX_VALUE);
    let address = |key: &str| if about.addresses { texts.ui(key, &[]) } else { String::new() };
    let (help, survivors) = (address("help-addresses"), address("help-survivors"));
    let args = [
        ("malware", Arg::Text(about.malware.filter(|m| !m.is_empty()).unwrap_or(&unnamed))),
        ("value", Arg::Text(&value)),
        ("artifact", Arg::Text(&artifact)),
        ("help", Arg::Text(&help)),
        ("survivors", Arg::Text(&survivors)),
    ];
    Some(Told {
        title: capital(texts.title(about.key, &args)),
        explanation: Explanation {
            key: about.key.to_owned(),
            why: capital(texts.why(about.key, &args)),
            innocent: capital(texts.innocent(about.key, &args)),
            next: capital(texts.next(about.key, &args)),
        },
    })
}

/// What a report, which is English, says of a rule without words.
const UNTOLD: &str = "The pack that holds this rule gives no explanation.";

/// What can be said of a rule in somebody else's pack that brought no words.
pub fn untold(about: &About<'_>, texts: &Texts) -> Told {
    Told {
        title: super::sanitize::terminal_cut(about.key, MAX_VALUE),
        explanation: Explanation {
            key: about.key.to_owned(),
            why: texts.ui("rule-untold-why", &[]),
            innocent: String::new(),
            next: texts.ui("rule-untold-next", &[]),
        },
    }
}

/// The title of a finding without the value: what was seen, and of which tool.
pub fn headline(finding: &Finding, texts: &Texts) -> String {
    let indicator = &finding.indicator;
    let about = About {
        kind: finding.kind,
        addresses: false,
        key: &finding.explanation.key,
        malware: indicator.malware.as_deref(),
        value: "",
        artifact: &finding.artifact,
    };
    let title = explain(&about, texts).map_or_else(|| finding.title.clone(), |told| told.title);
    title.trim_end_matches([' ', ':', '\u{a0}']).to_owned()
}

/// A finding of a report, told again for a page in the language of `texts`; where there are no words for its key, those
/// that the report carries.
pub fn retell(finding: &Finding, texts: &Texts) -> Told {
    let indicator = &finding.indicator;
    let about = About {
        kind: finding.kind,
        addresses: false,
        key: &finding.explanation.key,
        malware: indicator.malware.as_deref(),
        value: indicator.value.as_deref().unwrap_or(&indicator.pattern),
        artifact: &finding.artifact,
    };
    explain(&about, texts).unwrap_or_else(|| {
        let told = Told { title: finding.title.clone(), explanation: finding.explanation.clone() };
        // A pack that brought no words of its own: then they are ours, in any language.
        if told.explanation.why == UNTOLD { Told { title: told.title, ..untold(&about, texts) } } else { told }
    })
}

/// A sentence may begin with the words for an unnamed tool.
fn capital(text: String) -> String {
    match text.chars().next() {
        Some(first) if first.is_lowercase() => {
            let rest = text.get(first.len_utf8()..).unwrap_or_default();
            first.to_uppercase().chain(rest.chars()).collect()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::texts::Lang;
    use super::*;

    fn hit(key: &str) -> About<'_> {
        let kind = FindingKind::Indicator;
        About { kind, key, malware: None, value: "v", artifact: "ios.sms", addresses: true }
    }

    #[test]
    fn rules_without_words_are_told_in_any_language() {
        let about = About { kind: FindingKind::Rule, ..hit("somebodys-rule") };
        assert_eq!(untold(&about, &Texts::new(Lang::En)).explanation.why, UNTOLD);
        assert!(untold(&about, &Texts::new(Lang::Fr)).explanation.why.starts_with("La liste"));
    }

    #[test]
    fn hits_are_told_with_their_values() {
        let key = hit_key(PackClass::Mercenary, Context::Executed);
        let about = About { malware: Some("Pegasus"), value: "bh\u{1b}[2J", ..hit(&key) };
        let en = explain(&about, &Texts::new(Lang::En)).unwrap();
        assert_eq!(en.title, "Signs that Pegasus ran on this phone: bh\\u{1b}[2J");
        assert!(en.explanation.next.contains("https://www.accessnow.org/help/"));
        let fr = explain(&about, &Texts::new(Lang::Fr)).unwrap();
        assert!(fr.title.starts_with("Des signes laissent penser que l’outil Pegasus a fonctionné"), "{}", fr.title);
        assert_ne!(en.explanation.why, fr.explanation.why);
        let page = explain(&About { addresses: false, ..about }, &Texts::new(Lang::En)).unwrap();
        assert!(page.explanation.next.ends_with("Ask for expert help."), "{}", page.explanation.next);
    }

    #[test]
    fn every_class_and_context_has_words() {
        use Context::*;
        let classes = [
            PackClass::Mercenary,
            PackClass::Extraction,
            PackClass::Stalkerware,
            PackClass::Watchware,
            PackClass::Other,
            PackClass::Heuristic,
        ];
        for lang in Lang::ALL {
            let texts = Texts::new(lang);
            for class in classes {
                for context in
                    [Executed, Installed, Persisted, Contacted, Visited, Delivered, Configured, Sent, Mentioned]
                {
                    let key = hit_key(class, context);
                    let about = hit(&key);
                    let told = explain(&about, &texts).unwrap();
                    let e = &told.explanation;
                    for text in [&told.title, &e.why, &e.innocent, &e.next] {
                        assert!(!text.is_empty() && !text.contains("{$") && !text.starts_with("hit-"), "{key}: {text}");
                        assert!(!text.starts_with(char::is_lowercase), "{key}: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_rule_without_words_keeps_its_own() {
        let about = About { kind: FindingKind::Rule, ..hit("somebody-elses-rule") };
        assert_eq!(explain(&about, &Texts::new(Lang::Fr)), None);
        let like_a_hit = About { kind: FindingKind::Rule, ..hit("hit-mercenary-executed") };
        assert_eq!(explain(&like_a_hit, &Texts::new(Lang::En)), None, "a rule is told as a rule");
    }
}
