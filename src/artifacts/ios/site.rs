//! Whether two web addresses belong to the same site, as far as that can be told without a list of public suffixes.
//!
//! Used to tell a redirect within a site from one to a stranger; never for comparing with indicators.

use std::net::Ipv4Addr;

/// Second-level names under which countries register names: `co.uk`, `com.br`. Only looked at before a two-letter
/// country code.
const SECOND_LEVEL: &[&str] = &[
    "ac", "asso", "co", "com", "ed", "edu", "gen", "go", "gob", "gouv", "gov", "gub", "id", "in", "info", "ltd", "me",
    "mil", "muni", "ne", "net", "nhs", "nic", "nom", "or", "org", "plc", "police", "sch", "school",
];

/// Names under which strangers live side by side.
const SHARED: &[&str] = &[
    "appspot.com",
    "azurewebsites.net",
    "blogspot.com",
    "cloudfront.net",
    "ddns.net",
    "duckdns.org",
    "firebaseapp.com",
    "github.io",
    "herokuapp.com",
    "hopto.org",
    "netlify.app",
    "ngrok-free.app",
    "ngrok.io",
    "no-ip.org",
    "pages.dev",
    "vercel.app",
    "web.app",
    "windows.net",
    "workers.dev",
    "zapto.org",
];

/// The host of an address with scheme, without user-info, port and trailing dot, as written.
pub(super) fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = if host.starts_with('[') {
        host.split_once(']')?.0.get(1..)?
    } else {
        host.split(':').next()?.trim_end_matches('.')
    };
    (!host.is_empty()).then_some(host)
}

/// Whether two hosts are the same but for case and `www.`, one is below the other, or both are below one registered
/// name. Addresses are the same only when they are equal.
pub(super) fn same_site(a: &str, b: &str) -> bool {
    let (a, b) = (without_www(a), without_www(b));
    if a.eq_ignore_ascii_case(b) {
        return true;
    }
    if is_address(a) || is_address(b) {
        return false;
    }
    registered(a).eq_ignore_ascii_case(registered(b))
}

fn without_www(host: &str) -> &str {
    match host.get(..4) {
        Some(www) if www.eq_ignore_ascii_case("www.") && host[4..].contains('.') => &host[4..],
        _ => host,
    }
}

fn is_address(host: &str) -> bool {
    host.contains(':') || host.parse::<Ipv4Addr>().is_ok()
}

/// The part of a name that somebody registered, by rule of thumb.
fn registered(host: &str) -> &str {
    let pair = tail(host, 2);
    let shared = SHARED.iter().any(|s| s.eq_ignore_ascii_case(pair));
    let second_level = pair.split_once('.').is_some_and(|(second, country)| {
        country.len() == 2 && SECOND_LEVEL.iter().any(|s| s.eq_ignore_ascii_case(second))
    });
    if shared || second_level { tail(host, 3) } else { pair }
}

/// The last `labels` labels.
fn tail(host: &str, labels: usize) -> &str {
    match host.rmatch_indices('.').nth(labels - 1) {
        Some((dot, _)) => &host[dot + 1..],
        None => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_cut_out_of_addresses() {
        for (url, expected) in [
            ("http://a.com/x", Some("a.com")),
            ("https://u:p@a.com:8080?x@y", Some("a.com")),
            ("https://A.com.", Some("A.com")),
            ("http://[::1]:80/", Some("::1")),
            ("http://evil.net\\@a.com/", Some("evil.net")),
            ("about:blank", None),
            ("http:///x", None),
            ("http://[::1", None),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }

    #[test]
    fn sites_are_told_apart() {
        assert!(same_site("www.a.com", "A.COM"));
        assert!(same_site("x.a.com", "y.z.a.com"));
        assert!(!same_site("a.github.io", "b.github.io"));
        assert!(same_site("x.a.github.io", "a.github.io"));
        assert!(!same_site("a.com", "a.net"));
        assert!(!same_site("1.2.3.4", "5.2.3.4"));
        assert!(!same_site("www.fr", "fr"), "www. is only dropped from a name of its own");
        assert!(same_site("localhost", "LOCALHOST"));
    }
}
