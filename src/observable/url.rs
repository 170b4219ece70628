//! URLs and hosts as they occur in evidence: taken apart without trusting them, and brought to one spelling.
//!
//! Nothing here may hide a host: ports, user information, trailing dots, letter case, percent-encoding, IDNA,
//! backslashes, defanging and the odd spellings of IPv4 addresses all lead to the same one.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Longest host looked at; DNS allows 253 characters.
const MAX_HOST: usize = 512;

/// The parts of a URL that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Url<'a> {
    /// Scheme without `://`; empty when there was none.
    pub scheme: &'a str,
    /// Host as written, without user information, port and brackets.
    pub host: &'a str,
    /// Port digits, if any.
    pub port: Option<&'a str>,
    /// Path, query and fragment, from the first `/`, `?`, `#` or `\`.
    pub rest: &'a str,
}

/// A host in its one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host<'a> {
    /// A domain name: lower case, IDNA ASCII, no trailing dot.
    Domain(Cow<'a, str>),
    /// An IPv4 or IPv6 address in its usual form.
    Ip(String),
}

/// Takes a URL apart. Without a scheme, only something that looks like a host is accepted.
pub fn split(url: &str) -> Option<Url<'_>> {
    let url = url.trim();
    let (scheme, after) = match url.find(':') {
        Some(colon) if is_scheme(&url[..colon]) && starts_with_slashes(&url[colon + 1..]) => {
            (&url[..colon], url[colon + 1..].trim_start_matches(['/', '\\']))
        }
        _ => ("", url.strip_prefix("//").unwrap_or(url)),
    };
    let end = after.find(['/', '?', '#', '\\']).unwrap_or(after.len());
    let (authority, rest) = after.split_at(end);
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, h)| h);
    let (host, port) = split_port(host_port);
    let plausible = !host.is_empty() && host.len() <= MAX_HOST && (!scheme.is_empty() || bare_host(host));
    plausible.then_some(Url { scheme, host, port, rest })
}

fn is_scheme(s: &str) -> bool {
    s.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && s.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

fn starts_with_slashes(s: &str) -> bool {
    let mut bytes = s.bytes();
    matches!(bytes.next(), Some(b'/' | b'\\')) && matches!(bytes.next(), Some(b'/' | b'\\'))
}

/// Without a scheme, a host has a dot and only characters of names.
fn bare_host(host: &str) -> bool {
    host.contains('.') && !host.contains(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !"-_.".contains(c))
}

fn split_port(s: &str) -> (&str, Option<&str>) {
    if let Some(inner) = s.strip_prefix('[') {
        return match inner.split_once(']') {
            Some((host, tail)) => (host, tail.strip_prefix(':')),
            None => (inner, None),
        };
    }
    match s.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !host.contains(':') => {
            (host, (!port.is_empty()).then_some(port))
        }
        _ => (s, None),
    }
}

/// Brings a host to its one spelling. `None` for what cannot be one.
pub fn host(raw: &str) -> Option<Host<'_>> {
    let raw = raw.trim_matches(['[', ']']);
    if raw.is_empty() || raw.len() > MAX_HOST {
        return None;
    }
    if raw.bytes().filter(|&b| b == b':').count() > 1 {
        let bare = raw.split('%').next().unwrap_or(raw);
        return bare.parse::<Ipv6Addr>().ok().map(|ip| Host::Ip(ip_text(ip)));
    }
    let mut name: Cow<'_, str> = Cow::Borrowed(raw);
    if name.contains('%') {
        name = Cow::Owned(percent_decode(&name));
    }
    if !name.is_ascii() {
        name = Cow::Owned(idna::domain_to_ascii(&name).ok()?);
    }
    let trimmed = name.trim_end_matches('.');
    if trimmed.len() != name.len() {
        name = Cow::Owned(trimmed.to_owned());
    }
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        name = Cow::Owned(name.to_ascii_lowercase());
    }
    if name.is_empty() {
        return None;
    }
    if name.as_bytes().last().is_some_and(u8::is_ascii_hexdigit)
        && name.as_bytes()[0].is_ascii_digit()
        && let Some(ip) = ipv4(&name)
    {
        return Some(Host::Ip(ip.to_string()));
    }
    let label_ok = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (name.bytes().all(label_ok) && !name.starts_with('.') && !name.contains("..")).then_some(Host::Domain(name))
}

fn ip_text(ip: Ipv6Addr) -> String {
    match ip.to_ipv4_mapped() {
        Some(v4) => v4.to_string(),
        None => ip.to_string(),
    }
}

/// An IPv4 address in any spelling that browsers resolve: dotted, short (`1.2`), octal, hexadecimal, one number.
pub fn ipv4(s: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = s.split('.').collect();
    if parts.len() > 4 {
        return None;
    }
    let numbers: Vec<u64> = parts.iter().map(|p| number(p)).collect::<Option<_>>()?;
    let (last, front) = numbers.split_last()?;
    if front.iter().any(|&n| n > 255) || *last >= 1 << (8 * (4 - front.len())) {
        return None;
    }
    let mut value = *last as u32;
    for (i, n) in front.iter().enumerate() {
        value |= (*n as u32) << (24 - 8 * i);
    }
    Some(Ipv4Addr::from(value))
}

fn number(s: &str) -> Option<u64> {
    if s.is_empty() || s.len() > 12 {
        return None;
    }
    if let Some(hex) = s.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok();
    }
    if s.len() > 1 && s.starts_with('0') {
        return u64::from_str_radix(s, 8).ok();
    }
    s.parse().ok()
}

/// An address as fields hold it: `1.2.3.4`, `host/1.2.3.4`, `[::1]:443`, `fe80::1%wlan0`, `1.2.3.4/24`. Text form, or
/// `None`. Numbers in other bases are no addresses here: `1` is a count far more often than `0.0.0.1`.
pub fn ip(raw: &str) -> Option<String> {
    const MAX_PREFIX_DIGITS: usize = 3;
    let raw = raw.trim();
    let Some((front, last)) = raw.rsplit_once('/') else { return address(raw) };
    let prefix = !last.is_empty() && last.len() <= MAX_PREFIX_DIGITS && last.bytes().all(|b| b.is_ascii_digit());
    address(if prefix { front.rsplit('/').next()? } else { last })
}

fn address(raw: &str) -> Option<String> {
    let bare = match raw.strip_prefix('[') {
        Some(inner) => inner.split(']').next()?,
        None if raw.matches(':').count() == 1 => raw.split(':').next()?,
        None => raw,
    };
    let bare = bare.split('%').next()?;
    if let Ok(v4) = bare.parse::<Ipv4Addr>() {
        return Some(v4.to_string());
    }
    bare.parse::<Ipv6Addr>().ok().map(ip_text)
}

/// Decodes `%XX`; what is no UTF-8 afterwards is replaced.
pub fn percent_decode(s: &str) -> String {
    let bytes = s.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let pair = (bytes[i] == b'%').then(|| bytes.get(i + 1..i + 3)).flatten();
        match pair.and_then(|p| std::str::from_utf8(p).ok()).and_then(|p| u8::from_str_radix(p, 16).ok()) {
            Some(b) => {
                out.push(b);
                i += 3;
            }
            None => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The one spelling of a whole URL: scheme and host in lower case, no user information, no default port, `/` for an
/// empty path, no slash at the end of a longer one, escapes of unreserved characters decoded and others in upper case.
/// `None` for what is no URL.
pub fn normalize(url: &str) -> Option<String> {
    let parts = split(url)?;
    let host = match host(parts.host)? {
        Host::Domain(d) => d.into_owned(),
        Host::Ip(ip) if ip.contains(':') => format!("[{ip}]"),
        Host::Ip(ip) => ip,
    };
    let scheme = if parts.scheme.is_empty() { "http".to_owned() } else { refang_scheme(parts.scheme) };
    let mut out = format!("{scheme}://{host}");
    let default = match scheme.as_str() {
        "http" => "80",
        "https" => "443",
        _ => "",
    };
    if let Some(port) = parts.port.filter(|&p| p != default) {
        out.push(':');
        out.push_str(port);
    }
    let rest = parts.rest;
    let root = out.len();
    if rest.is_empty() || rest.starts_with(['?', '#']) {
        out.push('/');
    }
    push_normalized_escapes(rest, &mut out);
    if !rest.contains(['?', '#']) {
        while out.len() > root + 1 && out.ends_with('/') {
            out.pop();
        }
    }
    Some(out)
}

/// A normalized URL up to its fragment, as the server sees it; `None` when it has none.
pub fn without_fragment(normal: &str) -> Option<&str> {
    let (sent, _) = normal.split_once('#')?;
    let path = sent.find("://").map_or(0, |i| i + 3);
    let root = sent[path..].find('/').map_or(sent.len(), |i| path + i + 1);
    if sent.contains('?') {
        return Some(sent);
    }
    let (front, tail) = sent.split_at(root);
    Some(&sent[..front.len() + tail.trim_end_matches('/').len()])
}

fn refang_scheme(scheme: &str) -> String {
    let lower = scheme.to_ascii_lowercase();
    match lower.as_str() {
        "hxxp" | "hxxps" => lower.replace("xx", "tt"),
        _ => lower,
    }
}

fn push_normalized_escapes(rest: &str, out: &mut String) {
    let bytes = rest.as_bytes();
    let mut i = 0;
    while i < rest.len() {
        if bytes[i] == b'\\' && bytes.get(i + 1) == Some(&b'/') {
            // `\/` is how JSON may write a slash.
            i += 1;
            continue;
        }
        let escaped = (bytes[i] == b'%').then(|| rest.get(i + 1..i + 3)).flatten();
        if let Some(b) = escaped.and_then(|p| u8::from_str_radix(p, 16).ok()) {
            if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(b));
            } else {
                out.push_str(&format!("%{b:02X}"));
            }
            i += 3;
            continue;
        }
        let c = rest[i..].chars().next().unwrap_or(' ');
        out.push(if c == '\\' { '/' } else { c });
        i += c.len_utf8();
    }
}

/// Undoes the spellings analysts use so that nobody clicks: `hxxp`, `[.]`, `(.)`, `[dot]`, `[:]`, `[at]`.
/// `None` when there is nothing to undo.
pub fn refang(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if memchr::memchr3(b'[', b'(', b'{', bytes).is_none() && !has_xxp(bytes) {
        return None;
    }
    const UNDO: [(&str, &str); 17] = [
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[DOT]", "."),
        ("[Dot]", "."),
        ("(DOT)", "."),
        ("[:]", ":"),
        ("[://]", "://"),
        ("[/]", "/"),
        ("[@]", "@"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("hxxp", "http"),
        ("hXXp", "http"),
        ("HXXP", "http"),
    ];
    let mut out = Cow::Borrowed(text);
    for (from, to) in UNDO {
        if out.contains(from) {
            out = Cow::Owned(out.replace(from, to));
        }
    }
    match out {
        Cow::Owned(s) => Some(s),
        Cow::Borrowed(_) => None,
    }
}

/// `xxp` or `XXp`, as in `hxxp`; the letter x is rare enough to be looked for.
fn has_xxp(bytes: &[u8]) -> bool {
    memchr::memchr2_iter(b'x', b'X', bytes).any(|i| bytes.get(i..i + 3).is_some_and(|w| w.eq_ignore_ascii_case(b"xxp")))
}

/// How often a link is percent-decoded in search of links inside it.
const MAX_DECODED: usize = 3;

/// URLs carried inside the path, query or fragment of another, decoded as often as something new shows; each once, in
/// order. Linear in the length of the text, but for what is done with each.
pub fn each_nested(rest: &str, each: &mut dyn FnMut(&str)) {
    if !rest.contains("://") && !contains_encoded_scheme(rest) {
        return;
    }
    let mut seen = std::collections::HashSet::new();
    let mut decoded = percent_decode(rest);
    for _ in 0..MAX_DECODED {
        links_in(&decoded, &mut |start, end| {
            // Where a link ends is where the next separator is: the same for all that begin before it.
            if seen.insert((decoded.len() - start, hash_of(&decoded[start..end.min(floor(&decoded, start + 64))]))) {
                each(&decoded[start..end]);
            }
        });
        if !contains_encoded_scheme(&decoded) {
            break;
        }
        let more = percent_decode(&decoded);
        if more == decoded {
            break;
        }
        decoded = more;
    }
}

/// Where links with a scheme begin and end. A separator ends all that began before it.
fn links_in(text: &str, each: &mut dyn FnMut(usize, usize)) {
    let stop = |c: char| c.is_whitespace() || c.is_control() || "&\"'<>;".contains(c);
    let (mut from, mut end) = (0, 0);
    while let Some(at) = text[from..].find("://").map(|i| i + from) {
        let scheme = text.as_bytes()[from.saturating_sub(3)..at].iter().rev().take_while(|b| b.is_ascii_alphanumeric());
        let start = at - scheme.count();
        if end <= at {
            end = text[start..].find(stop).map_or(text.len(), |i| i + start);
        }
        if at > start {
            each(start, end);
        }
        from = at + 3;
    }
}

fn hash_of(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

fn contains_encoded_scheme(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    bytes.windows(3).any(|w| w.eq_ignore_ascii_case(b"%3a") || w.eq_ignore_ascii_case(b"%25"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_of(url: &str) -> Option<String> {
        match host(split(url)?.host)? {
            Host::Domain(d) => Some(d.into_owned()),
            Host::Ip(ip) => Some(ip),
        }
    }

    #[test]
    fn nothing_hides_a_host() {
        for url in [
            "http://evil.example.org/",
            "https://evil.example.org:8443/x?y#z",
            "http://user:pass@evil.example.org/",
            "HTTP://EVIL.Example.ORG",
            "http://evil.example.org./",
            "http:\\\\evil.example.org\\x",
            "http://a@b@evil.example.org",
            "http://evil%2Eexample.org/",
            "//evil.example.org/x",
            "evil.example.org/x",
            "evil.example.org:443",
        ] {
            assert_eq!(host_of(url).as_deref(), Some("evil.example.org"), "{url}");
        }
        assert_eq!(host_of("http://bücher.example/").as_deref(), Some("xn--bcher-kva.example"));
        for url in
            ["http://1.2.3.4/", "http://0x01020304/", "http://16909060/", "http://01.02.03.04/", "http://1.2.772"]
        {
            assert_eq!(host_of(url).as_deref(), Some("1.2.3.4"), "{url}");
        }
        assert_eq!(host_of("http://[2001:DB8::1]:80/").as_deref(), Some("2001:db8::1"));
        assert_eq!(host_of("http://[::ffff:1.2.3.4]/").as_deref(), Some("1.2.3.4"));
    }

    #[test]
    fn what_is_no_host_gives_none() {
        for url in ["", "hello", "mailto:a@b.c d", "http:///", "http://..", "a b.c/", "C:\\x.y"] {
            assert_eq!(host_of(url), None, "{url}");
        }
    }

    #[test]
    fn urls_have_one_spelling() {
        let n = |u| normalize(u).unwrap();
        assert_eq!(n("HTTP://u@Evil.org:80"), "http://evil.org/");
        assert_eq!(n("http://evil.org"), n("http://evil.org/"));
        assert_eq!(n("http://evil.org/a"), n("http://evil.org/a/"));
        assert_ne!(n("http://evil.org/?a"), n("http://evil.org/?a/"));
        assert_eq!(n("https:\\/\\/evil.org\\/a\\/b"), "https://evil.org/a/b");
        assert_ne!(n("http://evil.org/A"), n("http://evil.org/a"));
        assert_eq!(n("https://evil.org/%7euser%2f"), "https://evil.org/~user%2F");
        assert_eq!(n("hxxps://evil.org?q=1"), "https://evil.org/?q=1");
    }

    fn nested(rest: &str) -> Vec<String> {
        let mut all = Vec::new();
        each_nested(rest, &mut |link| all.push(link.to_owned()));
        all
    }

    #[test]
    fn nested_urls_are_decoded() {
        assert_eq!(nested("/l?u=https%3A%2F%2Fevil.org%2Fx&h=1"), ["https://evil.org/x"]);
        assert_eq!(nested("/https://evil.org/x"), ["https://evil.org/x"]);
        assert_eq!(nested("?u=https%253A%252F%252Fevil.org"), ["https://evil.org"]);
        assert_eq!(nested("/éhttps://evil.org"), ["https://evil.org"]);
        assert!(nested("/plain?x=1").is_empty());
        // No number of them hides the last, and none is told twice.
        let many: String = (0..5000).map(|i| format!("http://d{i}.example/?u=")).collect();
        let found = nested(&many);
        assert_eq!(found.len(), 5000);
        assert!(found[4999].starts_with("http://d4999."), "{}", found[4999]);
        assert_eq!(nested("?u=http%3A%2F%2Fa.b%2F%3Fu%3Dhttp%253A%252F%252Fc.d").last().unwrap(), "http://c.d");
    }

    #[test]
    fn fragments_are_for_the_browser_alone() {
        assert_eq!(without_fragment("http://evil.org/a/#x"), Some("http://evil.org/a"));
        assert_eq!(without_fragment("http://evil.org/#x"), Some("http://evil.org/"));
        assert_eq!(without_fragment("http://evil.org/?a/#x"), Some("http://evil.org/?a/"));
        assert_eq!(without_fragment("http://evil.org/"), None);
    }

    #[test]
    fn defanging_is_undone() {
        assert_eq!(refang("hxxp://evil[.]org").as_deref(), Some("http://evil.org"));
        assert_eq!(refang("evil[dot]org").as_deref(), Some("evil.org"));
        assert_eq!(refang("nothing here"), None);
        assert_eq!(refang("array[0]"), None);
    }

    #[test]
    fn addresses_lose_their_wrapping() {
        assert_eq!(ip("/1.2.3.4").as_deref(), Some("1.2.3.4"));
        assert_eq!(ip("host/1.2.3.4:443").as_deref(), Some("1.2.3.4"));
        assert_eq!(ip("[fe80::1%wlan0]:5").as_deref(), Some("fe80::1"));
        assert_eq!(ip("101.2.3.45").as_deref(), Some("101.2.3.45"));
        assert_eq!(ip("192.0.2.7/24").as_deref(), Some("192.0.2.7"));
        assert_eq!(ip("/24"), None);
        assert_eq!(ip("evil.org"), None);
    }
}
