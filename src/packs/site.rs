//! A site as people publish it: a host, or a page of one.
//!
//! A page is never widened to its host: `https://github.com/somebody/spy` speaks of one project, not of all. Pages are
//! compared whole, so one is looked for under both schemes of the web; a redirect from one to the other changes nothing
//! else.

use std::borrow::Cow;

use crate::observable::Kind;

/// What a site is looked for as. `hxxp` and `[.]` are left to the one spelling of values.
pub fn site(value: &str) -> Vec<(Kind, Cow<'_, str>)> {
    let value = value.trim();
    let plain = match value.contains('[') {
        true => Cow::Owned(value.replace("[:]", ":").replace("[://]", "://").replace("[/]", "/")),
        false => Cow::Borrowed(value),
    };
    let (scheme, rest) = plain.split_once("://").map_or((None, &*plain), |(scheme, rest)| (Some(scheme), rest));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, page) = rest.split_at(end);
    if matches!(page, "" | "/") {
        return vec![(Kind::Domain, Cow::Owned(host.to_owned()))];
    }
    let is_web = |s: &str| ["http", "https", "hxxp", "hxxps"].iter().any(|web| s.eq_ignore_ascii_case(web));
    if scheme.is_some_and(|s| !is_web(s)) {
        return vec![(Kind::Url, plain)];
    }
    ["https://", "http://"].map(|scheme| (Kind::Url, Cow::Owned(format!("{scheme}{rest}")))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_never_its_host() {
        let shown = |value: &str| -> Vec<String> {
            site(value).into_iter().map(|(kind, text)| format!("{kind:?} {text}")).collect()
        };
        for host in ["bad.example", "https://bad.example", "http://bad.example/", "hxxps[://]bad.example[/]"] {
            assert_eq!(shown(host), ["Domain bad.example"], "{host}");
        }
        let page = ["Url https://bad.example/a?b#c", "Url http://bad.example/a?b#c"];
        for text in ["bad.example/a?b#c", "http://bad.example/a?b#c", "hXXps://bad.example[/]a?b#c"] {
            assert_eq!(shown(text), page, "{text}");
        }
        assert_eq!(shown("bad.example?b")[0], "Url https://bad.example?b");
        assert_eq!(shown("market://details?id=x"), ["Url market://details?id=x"]);
    }
}
