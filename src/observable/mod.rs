//! What indicators and records are both made of: the kinds of observables, and one spelling of each.
//!
//! An indicator's value and a record's value pass through the same function, so that what compares equal here is the
//! whole truth about equality; `docs/matching.md` says it in words.

pub mod path;
pub mod text;
pub mod url;

use std::borrow::Cow;
use std::fmt;

/// A kind of observable: the STIX object path an indicator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// `url:value`
    Url,
    /// `domain-name:value`
    Domain,
    /// `ipv4-addr:value`, `ipv6-addr:value`
    Ip,
    /// `process:name`
    Process,
    /// `file:name`
    FileName,
    /// `file:path`, `directory:path`
    FilePath,
    /// `app:id`
    AppId,
    /// `file:hashes.MD5`
    Md5,
    /// `file:hashes.'SHA-1'`
    Sha1,
    /// `file:hashes.'SHA-256'`
    Sha256,
    /// `app:cert.md5`
    CertMd5,
    /// `app:cert.sha1`
    CertSha1,
    /// `app:cert.sha256`
    CertSha256,
    /// `email-addr:value`
    Email,
    /// `configuration-profile:id`
    ProfileId,
    /// `android-property:name`
    Property,
    /// `x-phone-number:value`
    Phone,
    /// First 15 bytes of a longer `process:name`, as Linux keeps them.
    ProcessHead15,
    /// First 16 bytes of a longer `process:name`, as iOS databases keep them.
    ProcessHead16,
    /// Last 15 bytes of a longer `app:id`, as Android names its threads.
    AppTail15,
}

impl Kind {
    /// Kinds an indicator can have.
    pub const INDICATORS: [Kind; 17] = [
        Kind::Url,
        Kind::Domain,
        Kind::Ip,
        Kind::Process,
        Kind::FileName,
        Kind::FilePath,
        Kind::AppId,
        Kind::Md5,
        Kind::Sha1,
        Kind::Sha256,
        Kind::CertMd5,
        Kind::CertSha1,
        Kind::CertSha256,
        Kind::Email,
        Kind::ProfileId,
        Kind::Property,
        Kind::Phone,
    ];

    /// The object path in its canonical spelling.
    pub fn object_path(self) -> &'static str {
        match self {
            Kind::Url => "url:value",
            Kind::Domain => "domain-name:value",
            Kind::Ip => "ipv4-addr:value",
            Kind::Process | Kind::ProcessHead15 | Kind::ProcessHead16 => "process:name",
            Kind::FileName => "file:name",
            Kind::FilePath => "file:path",
            Kind::AppId | Kind::AppTail15 => "app:id",
            Kind::Md5 => "file:hashes.MD5",
            Kind::Sha1 => "file:hashes.'SHA-1'",
            Kind::Sha256 => "file:hashes.'SHA-256'",
            Kind::CertMd5 => "app:cert.md5",
            Kind::CertSha1 => "app:cert.sha1",
            Kind::CertSha256 => "app:cert.sha256",
            Kind::Email => "email-addr:value",
            Kind::ProfileId => "configuration-profile:id",
            Kind::Property => "android-property:name",
            Kind::Phone => "x-phone-number:value",
        }
    }

    /// The kind an object path names, with any spelling of a hash algorithm.
    pub fn of(object_type: &str, keys: &[&str]) -> Option<Kind> {
        Some(match (object_type, keys) {
            ("url", ["value"]) => Kind::Url,
            ("domain-name", ["value"]) => Kind::Domain,
            ("ipv4-addr" | "ipv6-addr", ["value"]) => Kind::Ip,
            ("process", ["name"]) => Kind::Process,
            ("file", ["name"]) => Kind::FileName,
            ("file" | "directory", ["path"]) => Kind::FilePath,
            ("app", ["id"]) => Kind::AppId,
            ("email-addr", ["value"]) => Kind::Email,
            ("configuration-profile", ["id"]) => Kind::ProfileId,
            ("android-property", ["name"]) => Kind::Property,
            ("x-phone-number", ["value"]) => Kind::Phone,
            ("file", ["hashes", algorithm]) => match algorithm_name(algorithm).as_str() {
                "md5" => Kind::Md5,
                "sha1" => Kind::Sha1,
                "sha256" => Kind::Sha256,
                _ => return None,
            },
            ("app", ["cert", algorithm]) => match algorithm_name(algorithm).as_str() {
                "md5" => Kind::CertMd5,
                "sha1" => Kind::CertSha1,
                "sha256" => Kind::CertSha256,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// The kind of a certificate's hash, told by how many digits it has; the separators people write do not count.
    pub fn of_certificate(value: &str) -> Kind {
        match value.chars().filter(char::is_ascii_hexdigit).count() {
            32 => Kind::CertMd5,
            40 => Kind::CertSha1,
            _ => Kind::CertSha256,
        }
    }

    /// Length of a hash of this kind in hexadecimal digits.
    fn hash_len(self) -> Option<usize> {
        match self {
            Kind::Md5 | Kind::CertMd5 => Some(32),
            Kind::Sha1 | Kind::CertSha1 => Some(40),
            Kind::Sha256 | Kind::CertSha256 => Some(64),
            _ => None,
        }
    }
}

fn algorithm_name(s: &str) -> String {
    s.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Why a value cannot be an observable of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotA {
    /// The kind.
    pub kind: Kind,
    /// What is wrong with the value.
    pub why: &'static str,
}

impl fmt::Display for NotA {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} can never match: {}", self.kind.object_path(), self.why)
    }
}

/// Brings an indicator's value to the spelling records are compared in. A domain that is an address becomes one.
pub fn normalize_indicator(kind: Kind, value: &str) -> Result<(Kind, Cow<'_, str>), NotA> {
    let not = |why| NotA { kind, why };
    let trimmed = value.trim();
    if trimmed.is_empty() {
        return Err(not("the value is empty"));
    }
    if let Some(len) = kind.hash_len() {
        return match hash(trimmed) {
            Some(h) if h.len() == len => Ok((kind, h)),
            Some(_) => Err(not("a hash of this algorithm has another length")),
            None => Err(not("the value is not hexadecimal")),
        };
    }
    let refanged = match kind {
        Kind::Url | Kind::Domain | Kind::Ip | Kind::Email => url::refang(trimmed),
        _ => None,
    };
    let text: Cow<'_, str> = refanged.map_or(Cow::Borrowed(trimmed), Cow::Owned);
    match kind {
        Kind::Domain => domain_indicator(text).ok_or(not("the value is not a host name")),
        Kind::Ip => match single_address(&text) {
            t if t.contains('/') => Err(not("an address range is compared with ISSUBSET, not with =")),
            t => url::ip(t).map(|ip| (Kind::Ip, Cow::Owned(ip))).ok_or(not("the value is not an IP address")),
        },
        Kind::Url => match url::normalize(&text) {
            Some(u) => Ok((kind, Cow::Owned(u))),
            None => Err(not("the value is not a URL")),
        },
        Kind::FilePath => path_indicator(&text).ok_or(not("a relative path matches nowhere")),
        Kind::FileName if text.contains('/') => Err(not("a file name holds no slash")),
        Kind::Email => email(&text).map(|e| (kind, Cow::Owned(e))).ok_or(not("the value is not an e-mail address")),
        Kind::Phone => phone(&text).map(|p| (kind, Cow::Owned(p))).ok_or(not("the value is not a phone number")),
        Kind::ProfileId => Ok((kind, lower(text))),
        Kind::Process => Ok((kind, process_indicator(text))),
        _ => Ok((kind, text)),
    }
}

/// Drops the prefix length that leaves one address; any other makes a range.
fn single_address(text: &str) -> &str {
    text.strip_suffix(if text.contains(':') { "/128" } else { "/32" }).unwrap_or(text)
}

/// A name without the `*.` or `.` that says "and everything below", which domains mean anyway.
pub fn without_wildcard(name: &str) -> &str {
    let name = name.strip_prefix('*').unwrap_or(name);
    name.strip_prefix('.').unwrap_or(name)
}

fn domain_indicator(text: Cow<'_, str>) -> Option<(Kind, Cow<'_, str>)> {
    let found = match url::host(without_wildcard(&text))? {
        url::Host::Domain(d) => (Kind::Domain, d.into_owned()),
        url::Host::Ip(ip) => (Kind::Ip, ip),
    };
    Some(match (found, text) {
        ((kind, same), Cow::Borrowed(t)) if same == t => (kind, Cow::Borrowed(t)),
        ((kind, other), _) => (kind, Cow::Owned(other)),
    })
}

/// A path indicator is stored with iOS's links resolved when it can only be iOS's, else as Android's.
fn path_indicator(text: &str) -> Option<(Kind, Cow<'static, str>)> {
    let ios = is_ios_path(text);
    path::normalize(text, ios).map(|p| (Kind::FilePath, Cow::Owned(p.into_owned())))
}

/// True for paths that exist on iOS and not on Android.
pub fn is_ios_path(text: &str) -> bool {
    let t = text.trim_start_matches('/');
    ["private/", "var/", "tmp/", "etc/", "~/"].iter().any(|p| t.starts_with(p)) || text.starts_with("~/")
}

fn process_indicator(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('/') { Cow::Owned(path::file_name(&text).to_owned()) } else { text }
}

fn lower(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(text.to_ascii_lowercase()) } else { text }
}

/// A hash in lower case without separators; `None` when it is not hexadecimal of a known length.
pub fn hash(raw: &str) -> Option<Cow<'_, str>> {
    let raw = raw.trim();
    let tidy: Cow<'_, str> = if raw.contains([':', ' ']) {
        Cow::Owned(raw.chars().filter(|c| !matches!(c, ':' | ' ')).collect())
    } else {
        Cow::Borrowed(raw)
    };
    let known = matches!(tidy.len(), 32 | 40 | 64) && tidy.bytes().all(|b| b.is_ascii_hexdigit());
    known.then(|| lower(tidy))
}

/// An e-mail address: a display name, what stands before a colon (`mailto:`) and what follows a question mark dropped,
/// lower case, IDNA domain.
pub fn email(raw: &str) -> Option<String> {
    let raw = raw.rsplit_once('<').map_or(raw, |(_, inside)| inside);
    let bare = raw.split('?').next().unwrap_or(raw).trim().trim_matches(['<', '>', '"', '\'']);
    let (local, domain) = bare.rsplit_once('@')?;
    let local = local.rsplit_once(':').map_or(local, |(_, l)| l).trim_start_matches(['"', '\'']);
    if local.is_empty() || local.contains(char::is_whitespace) {
        return None;
    }
    match url::host(domain)? {
        url::Host::Domain(d) => Some(format!("{}@{d}", local.to_lowercase())),
        url::Host::Ip(_) => None,
    }
}

/// Characters people and systems write between the digits of a number: blanks, hyphens, marks of direction.
fn is_phone_filler(c: char) -> bool {
    " -().\u{a0}\u{feff}".contains(c)
        || matches!(c, '\u{2000}'..='\u{2015}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}')
}

/// A phone number as E.164 where it says its country (`+` or `00`), else its digits. At least six digits. `tel:` and
/// the like are dropped, and the `(0)` of `+44 (0)20`.
pub fn phone(raw: &str) -> Option<String> {
    const MIN_DIGITS: usize = 6;
    const MAX_DIGITS: usize = 20;
    let raw = match raw.split_once(':') {
        Some((scheme, number)) if scheme.trim().bytes().all(|b| b.is_ascii_alphabetic()) => number,
        _ => raw,
    };
    let raw = raw.trim();
    if raw.chars().any(|c| !(c.is_ascii_digit() || c == '+' || is_phone_filler(c))) {
        return None;
    }
    let plus = raw.trim_start_matches(is_phone_filler).starts_with('+');
    let trunk = if plus { raw.split_once("(0)") } else { None };
    let (front, back) = trunk.unwrap_or((raw, ""));
    let digits: String = front.chars().chain(back.chars()).filter(char::is_ascii_digit).collect();
    if !(MIN_DIGITS..=MAX_DIGITS).contains(&digits.len()) {
        return None;
    }
    Some(match digits.strip_prefix("00") {
        Some(rest) if !plus => format!("+{rest}"),
        _ if plus => format!("+{digits}"),
        _ => digits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: Kind, value: &str) -> Option<(Kind, String)> {
        normalize_indicator(kind, value).ok().map(|(k, v)| (k, v.into_owned()))
    }

    #[test]
    fn indicators_have_one_spelling() {
        assert_eq!(key(Kind::Domain, "EVIL.com."), Some((Kind::Domain, "evil.com".into())));
        assert_eq!(key(Kind::Domain, "evil[.]com"), Some((Kind::Domain, "evil.com".into())));
        assert_eq!(key(Kind::Domain, "1.2.3.4"), Some((Kind::Ip, "1.2.3.4".into())));
        assert_eq!(key(Kind::Domain, "evil.xyz/x"), None);
        assert_eq!(key(Kind::Ip, "1.2.3.4/32"), Some((Kind::Ip, "1.2.3.4".into())));
        assert_eq!(key(Kind::Ip, "1.2.3.0/24"), None);
        assert_eq!(key(Kind::Ip, "2001:db8::/32"), None);
        assert_eq!(key(Kind::Ip, "2001:db8::1/128"), Some((Kind::Ip, "2001:db8::1".into())));
        assert_eq!(key(Kind::Domain, "*.evil.com"), Some((Kind::Domain, "evil.com".into())));
        assert_eq!(key(Kind::FilePath, "/private/var/tmp/l/"), Some((Kind::FilePath, "/private/var/tmp/l".into())));
        assert_eq!(key(Kind::FilePath, "Library/x"), None);
        assert_eq!(key(Kind::Sha256, &"A".repeat(64)), Some((Kind::Sha256, "a".repeat(64))));
        assert_eq!(key(Kind::Sha256, &"a".repeat(63)), None);
        assert_eq!(key(Kind::AppId, "com.client.appA"), Some((Kind::AppId, "com.client.appA".into())));
        assert_eq!(key(Kind::Email, "Some.One@Example.ORG"), Some((Kind::Email, "some.one@example.org".into())));
        for spelling in
            ["MAILTO:x@Evil.example?subject=hi", "X <x@evil.example>", "<x@evil.example>", "e:x@evil.example"]
        {
            assert_eq!(email(spelling).as_deref(), Some("x@evil.example"), "{spelling}");
        }
        for spelling in ["+44 (0)20 7946 0000", "TEL:+44-20-7946-0000", "\u{202a}+44 20 7946\u{2011}0000\u{202c}"] {
            assert_eq!(phone(spelling).as_deref(), Some("+442079460000"), "{spelling}");
        }
        assert_eq!(key(Kind::Phone, "0033 6 12-34-56-78"), Some((Kind::Phone, "+33612345678".into())));
    }

    #[test]
    fn hash_algorithms_are_spelled_in_many_ways() {
        for spelling in ["SHA-256", "sha256", "SHA256", "'SHA-256'"] {
            assert_eq!(Kind::of("file", &["hashes", spelling]), Some(Kind::Sha256));
        }
        assert_eq!(Kind::of("file", &["hashes", "SHA-512"]), None);
    }
}
