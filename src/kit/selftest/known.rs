//! What the loaded indicators may match for good reason. A near miss that another indicator means is no near miss.
//!
//! This is not the matcher: it knows only what values there are, and answers "perhaps" too often rather than too
//! seldom. So it cannot hide a mistake of the matcher behind the same one.

use std::collections::HashSet;

use super::forms::Form;
use crate::observable::url::{self, Host};
use crate::observable::{Kind, normalize_indicator, path};
use crate::packs::{Body, Library, kind_of, literals};
use crate::stix::ast::Literal;

/// Bytes kept of a name: on Android, and in databases of iOS.
const CUTS: [usize; 2] = [15, 16];

/// The values of all indicators.
pub struct Known {
    keys: HashSet<(Kind, String)>,
    /// Beginnings of longer process names.
    heads: HashSet<String>,
    /// Ends of longer app ids.
    tails: HashSet<String>,
}

impl Known {
    /// Collects them.
    pub fn of(library: &Library) -> Known {
        let mut known = Known { keys: HashSet::new(), heads: HashSet::new(), tails: HashSet::new() };
        for indicator in &library.indicators {
            match indicator.body {
                Body::Value(kind, span) => known.add(kind, library.text(span)),
                Body::Pattern(p) => {
                    for test in library.patterns[p as usize].pattern.tests() {
                        let Some(kind) = kind_of(test) else { continue };
                        for literal in literals(&test.operand) {
                            if let Literal::Str(s) = literal
                                && let Ok((kind, key)) = normalize_indicator(kind, s)
                            {
                                known.add(kind, &key);
                            }
                        }
                    }
                }
            }
        }
        known
    }

    fn add(&mut self, kind: Kind, key: &str) {
        match kind {
            Kind::Process => {
                self.heads.extend(CUTS.iter().filter_map(|&n| key.get(..n)).map(str::to_owned));
            }
            Kind::AppId => {
                let tail = key.len().checked_sub(CUTS[0]).and_then(|n| key.get(n..));
                self.tails.extend(tail.map(str::to_owned));
            }
            _ => {}
        }
        self.keys.insert((kind, key.to_owned()));
    }

    fn has(&self, kind: Kind, key: &str) -> bool {
        // A set of pairs cannot be asked with a borrowed half; names are short.
        self.keys.contains(&(kind, key.to_owned()))
    }

    /// Whether some indicator may match this, wherever the self-test writes it.
    pub fn may_match(&self, form: &Form) -> bool {
        let v = form.value.as_str();
        match form.path {
            "url:value" => self.url(v),
            "domain-name:value" | "ipv4-addr:value" => self.url(&format!("https://{v}/seen")),
            "ipv6-addr:value" => self.url(&format!("http://[{v}]/seen")),
            "email-addr:value" => {
                self.has(Kind::Email, v) || v.rsplit_once('@').is_some_and(|(_, domain)| self.host(domain))
            }
            "x-phone-number:value" => self.has(Kind::Phone, v),
            "process:name" => self.name(v) || self.path(&format!("/system/bin/{v}")),
            "file:name" => ["/private/var/mobile/Library/Preferences", "/system/app", "/data/local/tmp"]
                .iter()
                .any(|folder| self.path(&format!("{folder}/{v}"))),
            "file:path" => self.path(v),
            // Apps are shown by their whole name; only names of programs are cut.
            "app:id" => self.uncut(v),
            "configuration-profile:id" => self.has(Kind::ProfileId, &v.to_ascii_lowercase()),
            "android-property:name" => self.has(Kind::Property, v),
            _ => Kind::INDICATORS.iter().any(|&k| self.has(k, v)),
        }
    }

    fn url(&self, text: &str) -> bool {
        let whole = url::normalize(text).is_some_and(|u| {
            self.has(Kind::Url, &u) || url::without_fragment(&u).is_some_and(|sent| self.has(Kind::Url, sent))
        });
        whole || url::split(text).is_some_and(|u| self.host(u.host))
    }

    /// A host, or any name it ends with.
    fn host(&self, host: &str) -> bool {
        match url::host(host) {
            Some(Host::Ip(ip)) => self.has(Kind::Ip, &ip),
            Some(Host::Domain(name)) => {
                let mut rest = name.as_ref();
                loop {
                    if self.has(Kind::Domain, rest) {
                        return true;
                    }
                    match rest.split_once('.') {
                        Some((_, parent)) => rest = parent,
                        None => return false,
                    }
                }
            }
            None => false,
        }
    }

    /// A path, any folder above it, its last part as a file and as a process, the app and the site it may be named for.
    fn path(&self, text: &str) -> bool {
        let Some(normal) = path::normalize(text, true) else { return true };
        let above = normal.match_indices('/').map(|(i, _)| &normal[..i]).filter(|p| !p.is_empty());
        let last = path::file_name(&normal);
        above.chain([normal.as_ref()]).any(|p| self.has(Kind::FilePath, p))
            || self.has(Kind::FileName, last)
            || self.name(last)
            || normal.contains("http_")
            || normal.contains("https_")
            || path::package(&normal).is_some_and(|app| self.has(Kind::AppId, app))
    }

    /// A name of a process: whole, and what systems keep of it.
    fn name(&self, name: &str) -> bool {
        self.uncut(name) || CUTS.iter().filter_map(|&n| name.get(..n)).any(|n| self.uncut(n))
    }

    /// A name as it stands, of a process or an app, and up to where a process or a folder of an app adds to it.
    fn uncut(&self, name: &str) -> bool {
        let fronts = name.match_indices([':', '/', '-']).map(|(i, _)| &name[..i]);
        std::iter::once(name).chain(fronts).any(|n| {
            self.has(Kind::Process, n) || self.has(Kind::AppId, n) || self.heads.contains(n) || self.tails.contains(n)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::PackClass;
    use crate::packs::{Family, Owner, Pack, Text};

    fn known(patterns: &[&str]) -> Known {
        let mut library = Library::default();
        let pack = library.add_pack(Pack::default()).unwrap();
        let family = Family { name: "x".into(), class: PackClass::Other, references: vec![] };
        let family = library.add_family(family).unwrap();
        let owner = Owner::new(pack, family);
        for p in patterns {
            library.take(owner, "x", Text::Pattern(p)).unwrap();
        }
        assert_eq!(library.indicators.len(), patterns.len());
        Known::of(&library)
    }

    #[test]
    fn neighbours_that_are_meant_are_known() {
        let known = known(&[
            "[domain-name:value = 'evil.example']",
            "[ipv4-addr:value = '192.0.2.7']",
            "[url:value = 'http://other.example/a']",
            "[process:name = 'a_long_name_of_a_process']",
            "[app:id = 'com.evil.application.long']",
            "[file:path = '/private/var/tmp/evil']",
            "[email-addr:value = 'x@y.example' OR file:name = 'evil.bin']",
        ]);
        for (path, value, expected) in [
            ("domain-name:value", "a.b.evil.example", true),
            ("domain-name:value", "xevil.example", false),
            ("url:value", "https://evil.example:81/x", true),
            ("url:value", "HTTP://other.example/a#b", true),
            ("url:value", "http://other.example/ax", false),
            ("ipv4-addr:value", "192.0.2.8", false),
            ("ipv4-addr:value", "192.0.2.7", true),
            ("email-addr:value", "z@evil.example", true),
            ("email-addr:value", "x@y.example", true),
            ("email-addr:value", "z@y.example", false),
            ("process:name", "a_long_name_of_b_process", true),
            ("process:name", "b_long_name_of_a_process", false),
            ("process:name", "evil.bin", true),
            ("app:id", "pplication.long", true),
            ("app:id", "com.evil.application.long.x", false),
            ("file:path", "/private/var/tmp/evil/x", true),
            ("file:path", "/private/var/tmp/evilx", false),
            ("file:path", "/a/evil.bin", true),
            ("file:name", "evil.bin", true),
            ("file:name", "evil.bix", false),
        ] {
            let form = Form { path, value: value.into(), how: "" };
            assert_eq!(known.may_match(&form), expected, "{path} {value}");
        }
    }
}
