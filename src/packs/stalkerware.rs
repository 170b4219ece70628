//! Lists of stalkerware and watchware in the YAML of AssoEchap (`ioc.yaml`, `watchware.yaml`): one entry per app, with
//! its packages, certificates and hosts. Format: <https://github.com/AssoEchap/stalkerware-indicators>.
//!
//! `packages` are `app:id`; `certificates` are `app:cert.*`, the algorithm told by the length; `websites`,
//! `distribution`, `c2.domains` are domains (or addresses), a page of `distribution` is a URL, and `c2.ips` are addresses. Certificate subjects
//! (`certificate_organizations`, `certificate_cname_re`) are in nothing vigie reads; they are named as such.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::library::{Family, Full, Library, Owner};
use super::take::Written;
use crate::finding::PackClass;
use crate::observable::Kind;

/// One app.
#[derive(Debug, Deserialize)]
struct App {
    name: String,
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
    certificate_cname_re: OneOrMany,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

/// What a value of a list is.
type KindOf = fn(&str) -> Kind;

type Values = Option<Vec<Option<Spanned<String>>>>;

/// A key that holds one text in some entries and a list in others.
#[derive(Debug, Default)]
struct OneOrMany(Vec<(u64, String)>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> serde::de::Visitor<'de> for Texts {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![(0, text.to_owned())]))
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<OneOrMany, E> {
                Ok(OneOrMany::default())
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = list.next_element::<Option<Spanned<String>>>()? {
                    all.extend(item.map(|s| (s.referenced.line(), s.value)));
                }
                Ok(OneOrMany(all))
            }
        }
        deserializer.deserialize_any(Texts)
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

/// True when a YAML file looks like such a list.
pub fn is_one(text: &str) -> bool {
    let first = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim_end)
        .find(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#') && *l != "---");
    first.is_some_and(|l| l.starts_with("- name:") || l.starts_with("- names:"))
}

/// Loads a list. `stem` is the file's name without its extension; `watchware` is the class when an entry tells none.
pub fn load(library: &mut Library, owner: Owner, stem: &str, text: &str) -> Result<(), Full> {
    let apps: Vec<App> = match serde_saphyr::from_str(text) {
        Ok(apps) => apps,
        Err(e) => {
            let line = e.location().map_or(0, |l| l.line());
            let spot = library.spot(owner.at_line(line));
            library.pack_mut(owner).problem_at("pack-file", e.to_string(), spot);
            return Ok(());
        }
    };
    for app in apps {
        load_app(library, owner, stem, app)?;
    }
    Ok(())
}

fn load_app(library: &mut Library, owner: Owner, stem: &str, app: App) -> Result<(), Full> {
    let class = match app.class.as_deref() {
        Some("watchware") => PackClass::Watchware,
        None if stem.contains("watchware") => PackClass::Watchware,
        _ => PackClass::Stalkerware,
    };
    let mut name = app.name.clone();
    let others: Vec<&str> = app.names.iter().map(String::as_str).filter(|n| *n != app.name).collect();
    if !others.is_empty() {
        name = format!("{name} ({})", others.join(", "));
    }
    let references = vec!["https://github.com/AssoEchap/stalkerware-indicators".to_owned()];
    let family = library.add_family(Family { name, class, references })?;
    let owner = Owner { family, ..owner };
    let lists: [(&str, &Values, KindOf); 6] = [
        ("packages", &app.packages, |_| Kind::AppId),
        ("certificates", &app.certificates, certificate),
        ("websites", &app.websites, |_| Kind::Domain),
        ("distribution", &app.distribution, place),
        ("c2.domains", &app.c2.domains, |_| Kind::Domain),
        ("c2.ips", &app.c2.ips, |_| Kind::Ip),
    ];
    for (key, values, kind) in lists {
        for value in values.iter().flatten().flatten() {
            let id = format!("{stem}/{}/{key}/{}", app.name, value.value);
            // Sites are published with their path: what is meant is the host.
            let text = if kind(&value.value) == Kind::Domain { host(&value.value) } else { &value.value };
            let line = value.referenced.line();
            library.take(owner.at_line(line), &id, Written::Value(kind(text), text))?;
        }
    }
    let organizations = app.certificate_organizations.iter().flatten().flatten();
    let organizations = organizations.map(|s| (s.referenced.line(), s.value.as_str()));
    let expressions = app.certificate_cname_re.0.iter().map(|(line, text)| (*line, text.as_str()));
    for (line, text) in organizations.chain(expressions) {
        let id = format!("{stem}/{}/certificate-subject", app.name);
        let why = "the subject of a certificate is in nothing vigie reads";
        library.take(owner.at_line(line), &id, Written::Foreign(text, why))?;
    }
    for key in app.others.keys() {
        let text = format!("{}: the key {key} is not known and was not read", app.name);
        library.pack_mut(owner).problem("property-ignored", text);
    }
    Ok(())
}

/// Where an app is handed out: a page of a site that others use too (a code host) is meant as that page.
fn place(value: &str) -> Kind {
    let path = value.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    if path.is_empty() { Kind::Domain } else { Kind::Url }
}

fn host(value: &str) -> &str {
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

fn certificate(value: &str) -> Kind {
    match value.chars().filter(char::is_ascii_hexdigit).count() {
        32 => Kind::CertMd5,
        40 => Kind::CertSha1,
        _ => Kind::CertSha256,
    }
}

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
  - https://bad.example/buy
  distribution:
  - https://code.example/somebody/bad
  - get.bad.example
  certificate_organizations:
  - Bad Org
  c2:
    domains:
    - c2.bad.example
    ip:
    - 192.0.2.7
- name: Seen
  type: watchware
  certificate_cname_re:
  - ^Seen.[0-9]$
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
                "[url:value = 'https://code.example/somebody/bad'] Stalkerware",
                "[domain-name:value = 'get.bad.example'] Stalkerware",
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
        assert_eq!(lines, [8, 10, 11, 13, 15, 16, 21, 23, 18, 29, 27]);
    }
}
