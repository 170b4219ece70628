//! How the value of an indicator is written: as it is, in another spelling that must match too, and almost.
//!
//! `docs/selftest.md` has the table. The words here are for people who read a report.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::device::Platform;
use crate::observable::Kind;

/// One way to write a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What is written, as the object path of such a value.
    pub path: &'static str,
    /// The value.
    pub value: String,
    /// What was done to it.
    pub how: &'static str,
}

impl Form {
    fn new(path: &'static str, value: String, how: &'static str) -> Form {
        Form { path, value, how }
    }
}

/// Bytes of a process name that Android keeps.
const ANDROID_NAME: usize = 15;
/// Bytes of a process name that databases of iOS keep.
const IOS_NAME: usize = 16;

/// The object path of a value.
pub fn object_path(kind: Kind, value: &str) -> &'static str {
    match kind {
        Kind::Ip if value.contains(':') => "ipv6-addr:value",
        kind => kind.object_path(),
    }
}

/// The value as it is.
pub fn exact(kind: Kind, value: &str) -> Form {
    Form::new(object_path(kind, value), value.to_owned(), "as it is")
}

/// The value in spellings that `docs/matching.md` says mean the same; one or two.
pub fn rewritten(kind: Kind, value: &str, platform: Platform) -> Vec<Form> {
    let path = object_path(kind, value);
    let mut forms = match kind {
        Kind::Domain => {
            vec![Form::new("url:value", loud_link(value), "below the domain, upper case, with a user and a port")]
        }
        Kind::Ip => address(value)
            .map(|a| Form::new("url:value", odd_address(a), "another spelling of the address"))
            .into_iter()
            .collect(),
        Kind::Url => vec![Form::new(path, loud_url(value), "scheme and host in upper case, with a fragment")],
        Kind::Process => process(value, platform),
        Kind::FilePath => vec![Form::new(path, format!("{}/seen", value.trim_end_matches('/')), "a file inside")],
        Kind::AppId if platform == Platform::Android => {
            vec![Form::new(path, format!("{value}:remote"), "a process of the app")]
        }
        Kind::Email => vec![Form::new(path, value.to_ascii_uppercase(), "upper case")],
        Kind::ProfileId => vec![Form::new(path, value.to_ascii_uppercase(), "upper case")],
        Kind::Phone => spaced(value).map(|v| Form::new(path, v, "with blanks and hyphens")).into_iter().collect(),
        _ => Vec::new(),
    };
    forms.retain(|f| f.value != value);
    forms
}

fn loud_link(domain: &str) -> String {
    let host = if domain.contains('.') { format!("SEEN.{domain}") } else { domain.to_owned() };
    format!("HTTPS://user@{}:8443/x", host.to_ascii_uppercase())
}

fn address(value: &str) -> Option<IpAddr> {
    value.parse().ok()
}

fn odd_address(address: IpAddr) -> String {
    match address {
        IpAddr::V4(a) => format!("http://0x{:08x}:8080/seen", u32::from(a)),
        IpAddr::V6(a) => format!("http://[{}]:8080/seen", a.to_string().to_ascii_uppercase()),
    }
}

fn loud_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let fragment = if rest.contains('#') { "" } else { "#seen" };
    format!("{}://{}{rest}{fragment}", scheme.to_ascii_uppercase(), host.to_ascii_uppercase())
}

fn process(name: &str, platform: Platform) -> Vec<Form> {
    let (folder, kept) = match platform {
        Platform::Ios => ("/usr/libexec", IOS_NAME),
        Platform::Android => ("/system/bin", ANDROID_NAME),
    };
    let mut forms = vec![Form::new("process:name", format!("{folder}/{name}"), "by its path")];
    if let Some(head) = name.get(..kept).filter(|head| name.len() > kept && head.trim() == *head) {
        forms.push(Form::new("process:name", head.to_owned(), "cut by the system"));
    }
    forms
}

fn spaced(number: &str) -> Option<String> {
    let (front, back) = number.split_at_checked(3)?;
    let (middle, end) = back.split_at_checked(back.len() / 2)?;
    Some(format!("{front} {middle}-{end}"))
}

/// Neighbours of the value, which must not match; the nearest first.
pub fn near(kind: Kind, value: &str) -> Vec<Form> {
    let path = object_path(kind, value);
    let form = |value: String, how| Form::new(path, value, how);
    let mut forms = match kind {
        Kind::Domain => vec![
            form(format!("x{value}"), "a letter before the name"),
            form(format!("{value}.example"), "another domain behind it"),
            Form::new("url:value", format!("https://neighbour.invalid/{value}"), "the name in a path"),
        ],
        Kind::Ip => next_addresses(value).map(|v| form(v, "the next address")).collect(),
        Kind::Url => near_urls(value).map(|v| form(v, "another path")).collect(),
        Kind::Process => letters(value).map(|(v, how)| form(v, how)).collect(),
        Kind::FileName => {
            let longer = (format!("{value}x"), "a letter more");
            letters(value).chain([longer]).map(|(v, how)| form(v, how)).collect()
        }
        Kind::FilePath => near_paths(value).map(|(v, how)| form(v, how)).collect(),
        Kind::AppId => {
            let longer = [(format!("{value}.x"), "one more part"), (format!("{value}x"), "a letter more")];
            longer.into_iter().chain(other_case(value)).map(|(v, how)| form(v, how)).collect()
        }
        Kind::Property => {
            let longer = [(format!("{value}.x"), "one more part")];
            longer.into_iter().chain(letters(value)).map(|(v, how)| form(v, how)).collect()
        }
        Kind::Email => value.split_once('@').map_or_else(Vec::new, |(local, domain)| {
            vec![
                form(format!("x{local}@{domain}"), "another name before the @"),
                form(format!("{local}@x{domain}"), "another domain"),
            ]
        }),
        Kind::ProfileId => last_changed(value).map(|v| form(v, "the last character changed")).into_iter().collect(),
        Kind::Phone => last_changed(value).map(|v| form(v, "the last digit changed")).into_iter().collect(),
        _ => last_changed(value).map(|v| form(v, "the last digit changed")).into_iter().collect(),
    };
    forms.retain(|f| f.value != value);
    forms
}

fn next_addresses(value: &str) -> impl Iterator<Item = String> {
    let neighbours = match address(value) {
        Some(IpAddr::V4(a)) => {
            let [x, y, z, last] = a.octets();
            [last.wrapping_add(1), last.wrapping_sub(1)].map(|n| Ipv4Addr::new(x, y, z, n).to_string()).to_vec()
        }
        Some(IpAddr::V6(a)) => {
            let n = u128::from(a);
            [n.wrapping_add(1), n.wrapping_sub(1)].map(|n| Ipv6Addr::from(n).to_string()).to_vec()
        }
        None => Vec::new(),
    };
    neighbours.into_iter()
}

fn near_urls(url: &str) -> impl Iterator<Item = String> {
    let below = (!url.contains(['?', '#'])).then(|| format!("{}/x", url.trim_end_matches('/')));
    [Some(format!("{url}x")), below.filter(|b| *b != format!("{url}x"))].into_iter().flatten()
}

fn near_paths(path: &str) -> impl Iterator<Item = (String, &'static str)> {
    let mut shorter = path.to_owned();
    shorter.pop();
    let shorter = (!shorter.ends_with('/') && !shorter.is_empty()).then_some((shorter, "a letter less"));
    [(format!("{path}x"), "a longer name beside it")].into_iter().chain(shorter)
}

/// One letter changed, and one letter in the other case; both in what every system keeps of a name.
fn letters(name: &str) -> impl Iterator<Item = (String, &'static str)> {
    let end = name.len().min(ANDROID_NAME);
    let middle = end / 2;
    let at = (middle..end).chain(0..middle).find(|&i| name.as_bytes()[i].is_ascii_alphanumeric());
    let other = at.map(|i| (changed(name, i), "one letter changed"));
    other.into_iter().chain(other_case(name))
}

fn other_case(name: &str) -> Option<(String, &'static str)> {
    let at = name.bytes().take(ANDROID_NAME).position(|b| b.is_ascii_alphabetic())?;
    let mut bytes = name.as_bytes().to_vec();
    bytes[at] ^= 0x20;
    Some((String::from_utf8(bytes).ok()?, "one letter in the other case"))
}

fn last_changed(value: &str) -> Option<String> {
    let at = value.bytes().rposition(|b| b.is_ascii_alphanumeric())?;
    Some(changed(value, at))
}

/// The value with the letter or digit at `at` replaced by the next of its kind; hexadecimal stays hexadecimal.
fn changed(value: &str, at: usize) -> String {
    let next = |b: u8| match b {
        b'9' => b'0',
        b'f' => b'a',
        b'F' => b'A',
        b'z' => b'a',
        b'Z' => b'A',
        b => b + 1,
    };
    let replace = |(i, c): (usize, char)| if i == at && c.is_ascii() { char::from(next(c as u8)) } else { c };
    value.char_indices().map(replace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observable::normalize_indicator;

    const SAMPLES: [(Kind, &str); 18] = [
        (Kind::Url, "http://evil.example/a?b=c"),
        (Kind::Url, "http://evil.example/"),
        (Kind::Domain, "evil.example"),
        (Kind::Ip, "192.0.2.255"),
        (Kind::Ip, "2001:db8::1"),
        (Kind::Process, "a_very_long_process_name"),
        (Kind::FileName, "evil.plist"),
        (Kind::FilePath, "/private/var/tmp/evil"),
        (Kind::AppId, "com.evil"),
        (Kind::Md5, "0123456789abcdef0123456789abcdef"),
        (Kind::Sha1, "0123456789abcdef0123456789abcdef01234567"),
        (Kind::Sha256, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        (Kind::CertSha1, "0123456789abcdef0123456789abcdef01234567"),
        (Kind::Email, "evil@evil.example"),
        (Kind::ProfileId, "76dab334-7e17-475d-a5d6-0794eb5818a5"),
        (Kind::Property, "sys.evil.note"),
        (Kind::Phone, "+447700900001"),
        (Kind::CertMd5, "0123456789abcdef0123456789abcdef"),
    ];

    #[test]
    fn a_near_miss_is_a_value_of_its_kind_and_another_one() {
        for (kind, value) in SAMPLES {
            let forms = near(kind, value);
            assert!(!forms.is_empty(), "{kind:?}");
            for f in forms {
                assert_ne!(f.value, value);
                if f.path == object_path(kind, value) {
                    let key = normalize_indicator(kind, &f.value).map(|(_, v)| v.into_owned());
                    assert!(key.as_deref().is_ok_and(|k| k != value), "{kind:?} {f:?} {key:?}");
                }
            }
        }
    }

    #[test]
    fn spellings_are_other_spellings() {
        let link = &rewritten(Kind::Domain, "evil.example", Platform::Ios)[0];
        assert_eq!(link.value, "HTTPS://user@SEEN.EVIL.EXAMPLE:8443/x");
        assert_eq!(rewritten(Kind::Ip, "192.0.2.7", Platform::Ios)[0].value, "http://0xc0000207:8080/seen");
        assert_eq!(rewritten(Kind::Url, "http://evil.example/a", Platform::Ios)[0].value, "HTTP://EVIL.EXAMPLE/a#seen");
        assert_eq!(rewritten(Kind::Phone, "+33199000001", Platform::Ios)[0].value, "+33 1990-00001");
        let long = rewritten(Kind::Process, "a_very_long_process_name", Platform::Android);
        assert_eq!(long[1].value, "a_very_long_pro");
        assert!(rewritten(Kind::FileName, "x", Platform::Ios).is_empty(), "case counts");
        assert!(rewritten(Kind::ProfileId, "1234", Platform::Ios).is_empty(), "nothing to change");
    }

    #[test]
    fn letters_change_where_every_system_keeps_them() {
        for (name, expected) in
            [("agent", "agfnt"), ("bh", "bi"), ("f", "a"), ("a_very_long_process", "a_very_mong_process")]
        {
            let (other, _) = letters(name).next().unwrap();
            assert_eq!((other.as_str(), other.len()), (expected, name.len()));
            assert_ne!(other.get(..ANDROID_NAME.min(name.len())), name.get(..ANDROID_NAME.min(name.len())));
        }
        assert_eq!(letters("日本").count(), 0);
    }

    #[test]
    fn every_form_is_told_in_the_docs() {
        let page = include_str!("../../../docs/selftest.md");
        for platform in [Platform::Ios, Platform::Android] {
            for (kind, value) in SAMPLES {
                for form in near(kind, value).into_iter().chain(rewritten(kind, value, platform)) {
                    assert!(page.contains(form.how), "docs/selftest.md does not say `{}`", form.how);
                }
            }
        }
    }
}
