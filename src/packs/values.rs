//! A text list by itself: one value per line. A file named like a list of the mvt-indicators layout (`domains.txt`)
//! says what its lines are; in any other, each line must show it.
//!
//! Much does not show it: `app.evil.com` is a site or an app, forty hexadecimal digits are a file or a certificate.
//! Such a value is looked for as everything it could be. That costs nothing (no host is called `com.bad.spy`), and a
//! wrong guess would cost a match. The pack says how many there are.

use std::borrow::Cow;

use super::layout::{ListKind, PackFile, each_value, is_patterns, load_list};
use super::library::{Full, Library, Owner};
use super::site::site;
use super::take::Written;
use crate::finding::reason;
use crate::observable::{Kind, normalize_indicator};

/// Endings of files that are no top-level domains.
const FILE_ENDINGS: [&str; 27] = [
    "apk", "bin", "cfg", "conf", "csv", "dat", "db", "dex", "dll", "dylib", "exe", "gz", "html", "ipa", "ips", "jar",
    "jpg", "js", "json", "log", "pdf", "php", "plist", "png", "sqlite", "txt", "xml",
];
/// Endings of files that are top-level domains too.
const ENDINGS_OF_BOTH: [&str; 9] = ["app", "cab", "md", "mov", "pl", "py", "sh", "so", "zip"];

/// Loads a list. `stem` names it.
pub fn load(library: &mut Library, owner: Owner, stem: &str, name: &str, text: &str) -> Result<(), Full> {
    let file = PackFile { name, text };
    if let Some(kind) = ListKind::of_file(name) {
        return load_list(library, owner, stem, &file, kind);
    }
    let patterns = is_patterns(name);
    let (mut assumed, mut first) = (0_u64, None);
    each_value(library, owner, stem, &file, &mut |library, owner, id, value| {
        if patterns || is_pattern(value) {
            return library.take(owner, id, Written::Pattern(value));
        }
        let kinds = kinds_of(value);
        if kinds.is_empty() {
            let why = "it does not show what it is; name the file domains.txt, package_names.txt …";
            return library.take(owner, id, Written::Foreign(value, why));
        }
        if kinds.windows(2).any(|pair| pair[0].0 != pair[1].0) {
            assumed += 1;
            first.get_or_insert_with(|| (owner.line, value.to_owned()));
        }
        kinds.iter().try_for_each(|(kind, text)| library.take(owner, id, Written::Value(*kind, text)))
    })?;
    if let Some((line, value)) = first {
        let text = format!(
            "{name}: {assumed} values do not show what they are (line {line}: {value}) and are looked for as all they \
             could be; name the file domains.txt, package_names.txt … to say it"
        );
        let spot = library.spot(owner.at_line(u64::from(line)));
        library.pack_mut(owner).problem_at(reason::VALUE_ASSUMED, text, spot);
    }
    Ok(())
}

/// True for what can only be a STIX pattern.
fn is_pattern(value: &str) -> bool {
    value.trim_start_matches('(').trim_start().starts_with('[') && value.contains(':')
}

/// All that a value could be, as far as that shows.
fn kinds_of(value: &str) -> Vec<(Kind, Cow<'_, str>)> {
    let is = |kind: Kind| normalize_indicator(kind, value).is_ok();
    let all = |kinds: &[Kind]| kinds.iter().map(|k| (*k, Cow::Borrowed(value))).collect();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_hexdigit()) {
        return match value.len() {
            32 => all(&[Kind::Md5, Kind::CertMd5]),
            40 => all(&[Kind::Sha1, Kind::CertSha1]),
            64 => all(&[Kind::Sha256, Kind::CertSha256]),
            _ => Vec::new(),
        };
    }
    let fanged = value.replace("[://]", "://");
    if fanged.contains("://") || fanged.starts_with("hxxp") {
        return if is(Kind::Url) { all(&[Kind::Url]) } else { Vec::new() };
    }
    if value.starts_with('/') {
        return all(&[Kind::FilePath]);
    }
    if value.contains('@') || value.contains("[at]") {
        return if is(Kind::Email) { all(&[Kind::Email]) } else { Vec::new() };
    }
    if is(Kind::Ip) {
        return all(&[Kind::Ip]);
    }
    if let Some((host, _)) = value.split_once('/') {
        // A page of a site, written without its scheme.
        let pages = if is_dotted(host) { site(value) } else { Vec::new() };
        return pages.into_iter().filter(|(kind, text)| normalize_indicator(*kind, text).is_ok()).collect();
    }
    all(&named(value))
}

/// A name with dots at least, as a host has.
fn is_dotted(host: &str) -> bool {
    host.contains('.') && normalize_indicator(Kind::Domain, host).is_ok_and(|(kind, _)| kind == Kind::Domain)
}

/// What a name with dots could be.
fn named(value: &str) -> Vec<Kind> {
    let Some((_, last)) = value.rsplit_once('.') else { return Vec::new() };
    let ends = |list: &[&str]| list.iter().any(|e| last.eq_ignore_ascii_case(e));
    let mut kinds = Vec::new();
    if !ends(&FILE_ENDINGS) && normalize_indicator(Kind::Domain, value).is_ok() {
        kinds.push(Kind::Domain);
    }
    let label = |l: &str| {
        l.starts_with(|c: char| c.is_ascii_alphabetic())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    if value.split('.').all(label) {
        kinds.push(Kind::AppId);
    }
    if (ends(&FILE_ENDINGS) || ends(&ENDINGS_OF_BOTH)) && !value.contains(['[', '*', '(', '{', ' ']) {
        kinds.push(Kind::FileName);
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packs::Pack;

    fn kinds(value: &str) -> Vec<Kind> {
        kinds_of(value).into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn a_value_is_all_it_could_be_or_is_refused() {
        let (site_or_app, url) = (&[Kind::Domain, Kind::AppId][..], &[Kind::Url][..]);
        let known: [(&str, &[Kind]); 18] = [
            ("bad.example", site_or_app),
            ("app.evil-login.com", site_or_app),
            ("de.evil.com", site_or_app),
            ("com.bad.spy", site_or_app),
            ("com.bad_spy.x", site_or_app),
            ("bad[.]example", &[Kind::Domain]),
            ("*.bad.example", &[Kind::Domain]),
            ("1bad.example", &[Kind::Domain]),
            ("roleaboutd.plist", &[Kind::AppId, Kind::FileName]),
            ("mobidad.app", &[Kind::Domain, Kind::AppId, Kind::FileName]),
            ("http://bad.example/x", url),
            ("bad.example/x", &[Kind::Url, Kind::Url]),
            ("192.0.2.1", &[Kind::Ip]),
            ("2001:db8::1", &[Kind::Ip]),
            ("a@bad.example", &[Kind::Email]),
            ("/data/local/tmp/x", &[Kind::FilePath]),
            ("d41d8cd98f00b204e9800998ecf8427e", &[Kind::Md5, Kind::CertMd5]),
            ("da39a3ee5e6b4b0d3255bfef95601890afd80709", &[Kind::Sha1, Kind::CertSha1]),
        ];
        for (value, expected) in known {
            assert_eq!(kinds(value), expected, "{value}");
        }
        for value in ["bh", "not a thing", "d41d8cd98f00b204e9800998ecf8427", "", "a b/c", "x/y"] {
            assert!(kinds(value).is_empty(), "{value}");
        }
    }

    #[test]
    fn what_was_assumed_is_said_once() {
        let mut library = Library::default();
        let pack = library.add_pack(Pack::default()).unwrap();
        let text = "# c\ncom.bad.spy\nbad.example\nbad.example/x\n#platform: ios\nbh\n10.0.0.1\n";
        load(&mut library, Owner::new(pack, 0), "mixed", "mixed.txt", text).unwrap();
        let pack = &library.packs[0];
        assert_eq!((pack.loaded, pack.not_evaluable_count), (7, 1));
        let [problem] = pack.problems.as_slice() else { panic!("{:?}", pack.problems) };
        assert_eq!(problem.code, "value-assumed");
        assert!(problem.text.starts_with("mixed.txt: 2 values") && problem.text.contains("line 2: com.bad.spy"));
        assert_eq!(library.indicators.last().unwrap().platform, Some(crate::device::Platform::Ios));
    }
}
