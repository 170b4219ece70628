//! Lists of stalkerware and watchware in the YAML of AssoEchap (`ioc.yaml`, `watchware.yaml`): one entry per app, with
//! its packages, certificates and hosts. Format: <https://github.com/AssoEchap/stalkerware-indicators>.
//!
//! `packages` are `app:id`; `certificates` are `app:cert.*`, the algorithm told by the length; `websites`,
//! `distribution`, `c2.domains` are domains (or addresses), and with a path URLs under both schemes: what is published
//! as a page of a shared host (`https://github.com/somebody/spy`) never means the host. `c2.ips` are addresses.
//! Certificate subjects (`certificate_organizations`, `certificate_cname_re`) are in nothing vigie reads; they are named
//! as such. An app that cannot be read costs itself.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use super::library::{Family, Full, Library, Owner};
use super::site::site;
use super::take::Written;
use super::{NOT_TEXT, is_damaged};
use crate::finding::PackClass;
use crate::finding::reason;
use crate::observable::Kind;

/// One app.
#[derive(Debug, Deserialize)]
struct App {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default, rename = "type")]
    class: Option<String>,
    #[serde(default)]
    packages: Values,
    #[serde(default)]
    certificates: Values,
    #[serde(default)]
    websites: Values,
    #[serde(default)]
    distribution: Values,
    #[serde(default)]
    c2: C2,
    #[serde(default)]
    certificate_organizations: Values,
    #[serde(default)]
    certificate_cname_re: Values,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

/// A list of values with their lines. A single value is a list of one, whose line is not known; nothing is an empty one.
#[derive(Debug, Default)]
struct Values(Vec<(String, u64)>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Values;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of texts")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Values, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = seq.next_element::<Option<Spanned<String>>>()? {
                    values.extend(value.map(|v| (v.value, v.referenced.line())));
                }
                Ok(Values(values))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Values, E> {
                Ok(Values(vec![(text.to_owned(), 0)]))
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Values, E> {
                Ok(Values::default())
            }
        }
        deserializer.deserialize_any(List)
    }
}

/// Servers an app talks to.
#[derive(Debug, Default, Deserialize)]
struct C2 {
    #[serde(default)]
    domains: Values,
    /// One of the two spellings is a slip of the pen that stands in the published file; its values count.
    #[serde(default, alias = "ip")]
    ips: Values,
}

/// Lines of its first entry that are looked at to know such a list.
const MAX_LOOKED_AT: usize = 200;
/// Entries of a damaged list that are read one by one.
const MAX_ENTRIES: usize = 100_000;

/// What stands before the `-` of a list's entry; `None` for other lines.
fn dash(line: &str) -> Option<&str> {
    let (indent, rest) = line.split_at(line.len() - line.trim_start_matches(' ').len());
    let rest = rest.trim_end().strip_prefix('-')?;
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then_some(indent)
}

/// True when a YAML file looks like such a list: its first entry has a key that only these have together with a name.
pub fn is_one(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{feff}').lines().filter(|l| {
        let l = l.trim();
        !l.is_empty() && !l.starts_with(['#', '%']) && l != "---"
    });
    let Some(first) = lines.next() else { return false };
    let Some(indent) = dash(first) else { return false };
    let rest = lines.take(MAX_LOOKED_AT).take_while(|l| dash(l) != Some(indent));
    let first = first.trim_start().trim_start_matches('-');
    std::iter::once(first).chain(rest).any(|line| {
        let key = line.split_once(':').map_or("", |(key, _)| key).trim().trim_matches(['"', '\'']);
        ["name", "names", "packages", "certificates"].contains(&key)
    })
}

/// The entries of a list and the lines they begin at, from 1: for when it cannot be read as a whole.
fn entries(text: &str) -> Vec<(u64, &str)> {
    let mut starts: Vec<(u64, usize)> = Vec::new();
    let (mut at, mut indent) = (0, None);
    for (n, line) in text.split_inclusive('\n').enumerate() {
        if let Some(found) = dash(line.trim_start_matches('\u{feff}'))
            && *indent.get_or_insert(found) == found
        {
            starts.push((n as u64 + 1, at));
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(_, at)| *at).chain([text.len()]);
    starts.iter().zip(ends).map(|((line, at), end)| (*line, text.get(*at..end).unwrap_or_default())).collect()
}

/// Loads a list. `stem` is the file's name without its extension; `watchware` is the class when an entry tells none.
pub fn load(library: &mut Library, owner: Owner, stem: &str, text: &str) -> Result<(), Full> {
    if let Ok(apps) = serde_saphyr::from_str::<Vec<App>>(text) {
        return apps.into_iter().try_for_each(|app| load_app(library, owner, stem, 0, app));
    }
    let entries = entries(text);
    if entries.len() > MAX_ENTRIES {
        let text = format!("damaged, and of its {} entries only the first {MAX_ENTRIES} are read", entries.len());
        library.pack_mut(owner).problem(reason::PACK_FILE, text);
    }
    for (line, entry) in entries.into_iter().take(MAX_ENTRIES) {
        match serde_saphyr::from_str::<Vec<App>>(entry) {
            Ok(apps) => apps.into_iter().try_for_each(|app| load_app(library, owner, stem, line - 1, app))?,
            Err(e) => {
                let at = line + e.location().map_or(1, |l| l.line()).saturating_sub(1);
                let text = format!("line {at}: the entry that begins on line {line}: {}", sentence(&e));
                let spot = library.spot(owner.at_line(at));
                library.pack_mut(owner).problem_at(reason::OBJECT_DAMAGED, text, spot);
            }
        }
    }
    Ok(())
}

/// What is wrong, in one line and without the place: that is counted from the entry.
fn sentence(e: &serde_saphyr::Error) -> String {
    let text = e.to_string();
    let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    match first.split_once(": ") {
        Some((place, what)) if place.starts_with("line ") => what.to_owned(),
        _ => first.to_owned(),
    }
}

/// Loads an app. `before` are the lines before the text it was read from.
fn load_app(library: &mut Library, owner: Owner, stem: &str, before: u64, app: App) -> Result<(), Full> {
    let Some(app_name) = app.name.as_ref().or(app.names.first()).cloned() else {
        library.pack_mut(owner).problem(reason::OBJECT_DAMAGED, format!("an entry without a name ({stem})"));
        return Ok(());
    };
    let class = match app.class.as_deref() {
        Some("watchware") => PackClass::Watchware,
        None if stem.contains("watchware") => PackClass::Watchware,
        _ => PackClass::Stalkerware,
    };
    let mut name = app_name.clone();
    let others: Vec<&str> = app.names.iter().map(String::as_str).filter(|n| *n != app_name).collect();
    if !others.is_empty() {
        name = format!("{name} ({})", others.join(", "));
    }
    let references = vec!["https://github.com/AssoEchap/stalkerware-indicators".to_owned()];
    let family = library.family_for(owner, Family { name, class, references });
    let owner = Owner { family, ..owner };
    let at = |line: u64| owner.at_line(if line == 0 { 0 } else { before + line });
    let lists: [(&str, &Values, Read); 6] = [
        ("packages", &app.packages, |v| vec![(Kind::AppId, v.into())]),
        ("certificates", &app.certificates, |v| vec![(Kind::of_certificate(v), v.into())]),
        ("websites", &app.websites, site),
        ("distribution", &app.distribution, site),
        ("c2.domains", &app.c2.domains, site),
        ("c2.ips", &app.c2.ips, |v| vec![(Kind::Ip, v.into())]),
    ];
    for (key, values, read) in lists {
        for (value, line) in &values.0 {
            let owner = at(*line);
            if is_damaged(value) {
                let id = format!("{stem}/{app_name}/{key}/{value}");
                library.take(owner, &id, Written::Foreign(value, NOT_TEXT))?;
                continue;
            }
            for (kind, text) in read(value) {
                let told = if kind == Kind::Url { &*text } else { value };
                let id = format!("{stem}/{app_name}/{key}/{told}");
                library.take(owner, &id, Written::Value(kind, &text))?;
            }
        }
    }
    for (value, line) in app.certificate_organizations.0.iter().chain(&app.certificate_cname_re.0) {
        let id = format!("{stem}/{app_name}/certificate-subject");
        let why = "the subject of a certificate is in nothing vigie reads";
        library.take(at(*line), &id, Written::Foreign(value, why))?;
    }
    for key in app.others.keys() {
        let text = format!("{app_name}: the key {key} is not known and was not read");
        library.pack_mut(owner).problem(reason::PROPERTY_IGNORED, text);
    }
    Ok(())
}

/// What a value is looked for as.
type Read = fn(&str) -> Vec<(Kind, Cow<'_, str>)>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packs::Pack;

    const LIST: &str = "---
- name: BadSpy
  names:
  - BadSpy
  - WorseSpy
  type: stalkerware
  packages:
  - com.bad.spy
  certificates:
  - 31A6ECECD97CF39BC4126B8745CD94A7C30BF81C
  - 36E6671BC4397F475A350905D9A649A5ADE97BB2
  websites:
  - https://bad.example/
  - https://shared.example/bad
  certificate_organizations: Bad Org
  certificate_cname_re:
  - ^Bad\\W[0-9]$
  c2:
    domains:
    - c2.bad.example
    ip:
    - 192.0.2.7
- name: Seen
  type: watchware
  packages:
  - com.seen
  colour: red
";

    #[test]
    fn every_certificate_and_address_is_read_and_classes_are_told_apart() {
        assert!(is_one(LIST));
        let mut library = Library::with_ledger();
        let pack = library.add_pack(Pack::default()).unwrap();
        let file = library.add_file("ioc.yaml");
        load(&mut library, Owner { file, ..Owner::new(pack, 0) }, "ioc", LIST).unwrap();
        let shown: Vec<String> = library
            .indicators
            .iter()
            .map(|i| format!("{} {:?}", library.canonical(i), library.families[usize::from(i.family)].class))
            .collect();
        assert_eq!(
            shown,
            [
                "[app:id = 'com.bad.spy'] Stalkerware",
                "[app:cert.sha1 = '31a6ececd97cf39bc4126b8745cd94a7c30bf81c'] Stalkerware",
                "[app:cert.sha1 = '36e6671bc4397f475a350905d9a649a5ade97bb2'] Stalkerware",
                "[domain-name:value = 'bad.example'] Stalkerware",
                "[url:value = 'https://shared.example/bad'] Stalkerware",
                "[url:value = 'http://shared.example/bad'] Stalkerware",
                "[domain-name:value = 'c2.bad.example'] Stalkerware",
                "[ipv4-addr:value = '192.0.2.7'] Stalkerware",
                "[app:id = 'com.seen'] Watchware",
            ]
        );
        assert_eq!(library.families[0].name, "BadSpy (WorseSpy)");
        let pack = &library.packs[0];
        assert_eq!(pack.not_evaluable_count, 2);
        assert_eq!(pack.problems.len(), 1, "{:?}", pack.problems);
        let lines: Vec<u32> = library.ledger().iter().map(|w| w.line).collect();
        assert_eq!(lines, [8, 10, 11, 13, 14, 14, 20, 22, 0, 17, 26]);
    }

    #[test]
    fn a_bad_app_costs_itself() {
        let text = "- name: One\n  packages:\n  - com.one\n  certificates:\n  - 1234567890123456789012345678901234567890\n- name: Two\n  packages: {a: b}\n- name: [\n- names: [Four]\n  \
                    packages: [com.four]\n- type: stalkerware\n";
        let mut library = Library::with_ledger();
        let pack = library.add_pack(Pack::default()).unwrap();
        load(&mut library, Owner::new(pack, 0), "ioc", text).unwrap();
        let lines: Vec<(u32, &str)> = library.ledger().iter().map(|w| (w.line, w.text.as_str())).collect();
        assert_eq!(lines, [(3, "com.one"), (5, "1234567890123456789012345678901234567890"), (10, "com.four")]);
        let problems: Vec<&str> = library.packs[0].problems.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[0].starts_with("line 7: the entry that begins on line 6"), "{problems:?}");
        assert!(problems[1].contains("begins on line 8"), "{problems:?}");
    }

    #[test]
    fn a_list_is_known_however_it_is_spaced() {
        for text in [
            "-   name: A\n",
            "  - name : A\n",
            "%YAML 1.2\n---\n-\n  \"name\": A\n",
            "- type: stalkerware\n  packages:\n  - x\n",
            "\u{feff}# c\n- 'names':\n  - x\n",
        ] {
            assert!(is_one(text), "{text}");
        }
        for text in ["name: A\n", "- x\n- name: y\n", "--- \nindicators:\n- name: x\n", ""] {
            assert!(!is_one(text), "{text}");
        }
    }
}
