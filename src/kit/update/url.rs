//! Addresses, read strictly: what two parsers could understand in two ways is refused, and what is handed to the HTTP
//! client is written anew from the parts that were checked.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Longest address.
const MAX_URL: usize = 2_048;
/// Longest host name (RFC 1035).
const MAX_HOST: usize = 253;

/// Hosts that may send us on to another host, and to which. GitHub serves the files of a repository from there.
const MAY_REDIRECT: &[(&str, &[&str])] = &[
    (
        "github.com",
        &["raw.githubusercontent.com", "objects.githubusercontent.com", "release-assets.githubusercontent.com"],
    ),
    ("raw.githubusercontent.com", &["objects.githubusercontent.com"]),
];

/// An address that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{url}: {why}")]
pub struct UrlError {
    /// The address, shortened.
    pub url: String,
    /// What is wrong with it.
    pub why: String,
}

/// The schemes there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// In clear.
    Http,
    /// Over TLS.
    Https,
}

/// An `http` or `https` address without user, password and fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    scheme: Scheme,
    /// Lower case; an IPv6 address in brackets.
    host: String,
    port: Option<u16>,
    /// From the first `/`, the query included.
    path: String,
}

impl Url {
    /// Reads an address.
    ///
    /// # Errors
    /// It is not one, or could be read in more than one way.
    pub fn parse(text: &str) -> Result<Url, UrlError> {
        let wrong = |why: &str| UrlError { url: shorten(text), why: why.to_owned() };
        if text.len() > MAX_URL {
            return Err(wrong("longer than 2,048 bytes"));
        }
        let odd = |b: u8| !(0x21..=0x7e).contains(&b) || b"\"<>\\^`{|}".contains(&b);
        if text.bytes().any(odd) {
            return Err(wrong("characters that must be percent-encoded in an address"));
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((s, rest)) if s.eq_ignore_ascii_case("https") => (Scheme::Https, rest),
            Some((s, rest)) if s.eq_ignore_ascii_case("http") => (Scheme::Http, rest),
            _ => return Err(wrong("expected https://")),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(wrong("a user name before the host hides where it leads"));
        }
        let (host, port) = split_port(authority).ok_or_else(|| wrong("the port is no number"))?;
        let host = host.to_ascii_lowercase();
        if !is_host(&host) {
            return Err(wrong("the host is neither a name nor an address"));
        }
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Url { scheme, host, port, path })
    }

    /// How it is spoken.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host, and the port where one is named.
    #[must_use]
    pub fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The path without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// True for an address of this machine, written as a number: a name could be made to lead elsewhere.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let v6 = self.host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        match v6 {
            Some(v6) => v6.parse::<Ipv6Addr>().is_ok_and(|a| a.is_loopback()),
            None => self.host.parse::<Ipv4Addr>().is_ok_and(|a| a.is_loopback()),
        }
    }

    /// The same address with something behind its path.
    ///
    /// # Errors
    /// The result is no address.
    pub fn with_suffix(&self, suffix: &str) -> Result<Url, UrlError> {
        let (path, query) = self.path.split_once('?').map_or((self.path.as_str(), None), |(p, q)| (p, Some(q)));
        let query = query.map_or_else(String::new, |q| format!("?{q}"));
        Url::parse(&format!("{}{path}{suffix}{query}", self.origin()))
    }

    /// What a `Location` header means here.
    ///
    /// # Errors
    /// The result is no address.
    pub fn join(&self, location: &str) -> Result<Url, UrlError> {
        let has_scheme = location.find(':').is_some_and(|colon| location.find(['/', '?']).is_none_or(|at| colon < at));
        if has_scheme {
            return Url::parse(location);
        }
        let origin = self.origin();
        if location.starts_with("//") {
            let scheme = origin.split("//").next().unwrap_or_default();
            return Url::parse(&format!("{scheme}{location}"));
        }
        if location.starts_with('/') {
            return Url::parse(&format!("{origin}{location}"));
        }
        if location.starts_with('?') {
            return Url::parse(&format!("{origin}{}{location}", self.path()));
        }
        let folder = self.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        Url::parse(&format!("{origin}{folder}/{location}"))
    }

    /// Whether a redirect from here to there is followed: on the same host and port, or along [`MAY_REDIRECT`], and
    /// never from TLS into the clear.
    #[must_use]
    pub fn may_lead_to(&self, to: &Url) -> bool {
        if self.scheme == Scheme::Https && to.scheme == Scheme::Http {
            return false;
        }
        if self.host == to.host {
            let upgraded = self.scheme != to.scheme && self.has_default_port() && to.has_default_port();
            return upgraded || (self.scheme == to.scheme && self.effective_port() == to.effective_port());
        }
        let listed = MAY_REDIRECT.iter().any(|(from, to_hosts)| *from == self.host && to_hosts.contains(&&*to.host));
        listed && to.scheme == Scheme::Https && self.has_default_port() && to.has_default_port()
    }

    fn effective_port(&self) -> u16 {
        self.port.unwrap_or(match self.scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        })
    }

    fn has_default_port(&self) -> bool {
        self.effective_port() == if self.scheme == Scheme::Http { 80 } else { 443 }
    }

    fn origin(&self) -> String {
        let scheme = if self.scheme == Scheme::Http { "http" } else { "https" };
        format!("{scheme}://{}", self.authority())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path)
    }
}

fn shorten(text: &str) -> String {
    const SHOWN: usize = 200;
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

/// Host and port; `None` when there is a port that is no number.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let after_bracket = authority.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = authority.get(after_bracket..)?.find(':') else { return Some((authority, None)) };
    let (host, port) = authority.split_at(after_bracket + colon);
    let digits = port.get(1..)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((host, Some(digits.parse::<u16>().ok().filter(|p| *p != 0)?)))
}

fn is_host(host: &str) -> bool {
    if let Some(v6) = host.strip_prefix('[') {
        return v6.strip_suffix(']').is_some_and(|v6| v6.parse::<Ipv6Addr>().is_ok());
    }
    let name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.' || b == b'_';
    !host.is_empty() && host.len() <= MAX_HOST && host.bytes().all(name) && !host.starts_with('.')
}

/// A path segment with everything escaped that is not plainly a name.
#[must_use]
pub fn escape_segment(segment: &str) -> String {
    use fmt::Write as _;
    let mut out = String::with_capacity(segment.len());
    for b in segment.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_one_reading_is_accepted() {
        assert_eq!(url("HTTPS://Example.ORG:8443/a?b#c").to_string(), "https://example.org:8443/a?b");
        assert_eq!(url("https://example.org").to_string(), "https://example.org/");
        assert_eq!(url("https://example.org?x").to_string(), "https://example.org/?x");
        for bad in [
            "",
            "example.org",
            "file:///etc/passwd",
            "ftp://example.org/",
            "https://",
            "https:///x",
            "https://user@example.org/",
            "https://good.example@evil.example/",
            "https://good.example\\@evil.example/",
            "https://exa mple.org/",
            "https://example.org/\r\nHost: evil",
            "https://example.org:/",
            "https://example.org:0/",
            "https://example.org:99999/",
            "https://example.org:80:90/",
            "https://[::1/",
            "https://[zz]/",
            "https://bücher.example/",
            "https://.example/",
        ] {
            assert!(Url::parse(bad).is_err(), "{bad}");
        }
        assert!(Url::parse(&format!("https://example.org/{}", "a".repeat(MAX_URL))).is_err());
    }

    #[test]
    fn loopback_is_a_number() {
        for yes in ["http://127.0.0.1/", "http://127.9.9.9:80/", "http://[::1]:8080/x"] {
            assert!(url(yes).is_loopback(), "{yes}");
        }
        for no in ["http://localhost/", "http://10.0.0.1/", "http://127.0.0.1.evil.example/", "http://2130706433/"] {
            assert!(!url(no).is_loopback(), "{no}");
        }
    }

    #[test]
    fn locations_are_joined() {
        let base = url("https://a.example:8443/x/y?q=1");
        for (location, wanted) in [
            ("https://b.example/z", "https://b.example/z"),
            ("//b.example/z", "https://b.example/z"),
            ("/z", "https://a.example:8443/z"),
            ("z?p", "https://a.example:8443/x/z?p"),
            ("?p=a:b", "https://a.example:8443/x/y?p=a:b"),
        ] {
            assert_eq!(base.join(location).unwrap().to_string(), wanted);
        }
        for bad in ["javascript:alert(1)", "file:///x", "//", "http:/x"] {
            assert!(base.join(bad).is_err(), "{bad}");
        }
        assert_eq!(base.with_suffix(".minisig").unwrap().to_string(), "https://a.example:8443/x/y.minisig?q=1");
    }

    #[test]
    fn redirects_stay_at_home_or_on_the_list() {
        let may = |from: &str, to: &str| url(from).may_lead_to(&url(to));
        assert!(may("https://a.example/1", "https://a.example:443/2"));
        assert!(may("http://a.example/1", "https://a.example/2"));
        assert!(may("https://github.com/a", "https://raw.githubusercontent.com/a"));
        assert!(!may("https://raw.githubusercontent.com/a", "https://github.com/a"));
        assert!(!may("https://github.com/a", "https://raw.githubusercontent.com:8443/a"));
        assert!(!may("https://github.com/a", "https://raw.githubusercontent.com.evil.example/a"));
        assert!(!may("https://a.example/1", "http://a.example/1"));
        assert!(!may("https://a.example/1", "https://b.example/1"));
        assert!(!may("https://a.example/1", "https://a.example:8443/1"));
        assert!(!may("http://127.0.0.1:1000/", "http://127.0.0.1:1001/"));
    }

    #[test]
    fn segments_are_escaped() {
        assert_eq!(escape_segment("a b/ü%?#.stix2"), "a%20b%2F%C3%BC%25%3F%23.stix2");
    }
}
