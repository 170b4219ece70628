//! Domains that are none, and those that speak of millions.

use super::network;
use crate::kit::lint::item::{Item, Value};
use crate::kit::lint::lists::hosts::{self, Host};
use crate::kit::lint::rules::values::{
    ADDRESS_AS_DOMAIN, DOMAIN_IS_FILE_NAME, DOMAIN_IS_POPULAR, DOMAIN_IS_PUBLIC_SUFFIX, DOMAIN_IS_SHARED,
    DOMAIN_LIKE_FILE_NAME, DOMAIN_ON_SHARED, DOMAIN_PRIVATE, DOMAIN_RESERVED, DOMAIN_UNKNOWN_TLD, DOMAIN_WITH_PATH,
    DOMAIN_WWW, MAYBE_CONCATENATED,
};
use crate::kit::lint::{Context, Out};
use crate::observable::Kind;

/// Looks at one domain.
pub fn check(item: &Item<'_>, value: &Value<'_>, context: &Context<'_>, out: &mut Out) {
    let raw = value.raw.trim();
    if let Some(what) = beyond_host(raw, value) {
        out.item(&DOMAIN_WITH_PATH, item, &value.raw, format!("`{raw}` holds {what}; a domain is the host alone"));
        return;
    }
    if let Some(address) = value.key_as(Kind::Ip) {
        out.item(&ADDRESS_AS_DOMAIN, item, &value.raw, format!("`{raw}` is an address, written as a domain"));
        network::known_address(item, &value.raw, address, out);
        return;
    }
    let Some(name) = value.key_as(Kind::Domain) else { return };
    if hosts::is_private(name) {
        out.item(&DOMAIN_PRIVATE, item, &value.raw, format!("`{raw}` is a name of private networks"));
    } else if hosts::is_example(name) {
        out.item(&DOMAIN_RESERVED, item, &value.raw, format!("`{raw}` is reserved for examples"));
    } else if let Some(host) = hosts::look_up(name) {
        known_host(item, &value.raw, name, host, out);
    } else if !hosts::has_tld(name) && !hosts::is_overlay(name) {
        let told = match name.contains('.') {
            true => format!("`{raw}` ends in no top-level domain that exists"),
            false => format!("`{raw}` has no dot and no top-level domain"),
        };
        out.item(&DOMAIN_UNKNOWN_TLD, item, &value.raw, told);
    }
    www(item, value, name, context, out);
    file_name(item, &value.raw, name, out);
    if let Some((first, second)) = maybe_joined(name) {
        let told = format!("`{raw}` may be two names joined: `{first}` and `{second}`");
        out.item(&MAYBE_CONCATENATED, item, &value.raw, told);
    }
}

/// What a value holds beside a host.
fn beyond_host(raw: &str, value: &Value<'_>) -> Option<&'static str> {
    if raw.contains("://") || raw.starts_with("hxxp") && raw.contains('/') {
        return Some("a scheme");
    }
    if raw.contains(['/', '?', '#', '\\']) {
        return Some("a path");
    }
    if raw.contains('@') {
        return Some("a user name");
    }
    let port = |(host, port): (&str, &str)| host.contains('.') && port.bytes().all(|b| b.is_ascii_digit());
    (value.key.is_none() && raw.rsplit_once(':').is_some_and(port)).then_some("a port")
}

fn known_host(item: &Item<'_>, raw: &str, name: &str, host: Host<'_>, out: &mut Out) {
    match host {
        Host::Popular(of) => {
            out.item(&DOMAIN_IS_POPULAR, item, raw, format!("`{name}`: ordinary phones talk to {of}"));
        }
        Host::Shared => {
            let told = format!("`{name}` is shared by strangers; every customer's name or page would match");
            out.item(&DOMAIN_IS_SHARED, item, raw, told);
        }
        Host::Suffix => {
            let told = format!("`{name}` is a public suffix; every domain below it would match");
            out.item(&DOMAIN_IS_PUBLIC_SUFFIX, item, raw, told);
        }
        Host::OnShared(of) => {
            let told = format!("`{name}` is a customer's name on {of}; it may pass to somebody else");
            out.item(&DOMAIN_ON_SHARED, item, raw, told);
        }
    }
}

fn www(item: &Item<'_>, value: &Value<'_>, name: &str, context: &Context<'_>, out: &mut Out) {
    let Some(bare) = name.strip_prefix("www.").filter(|b| b.contains('.')) else { return };
    // Beside the domain itself it does no harm.
    if !context.domains.contains(&(item.written.pack, bare.to_owned())) {
        out.item(&DOMAIN_WWW, item, &value.raw, format!("`{name}` matches neither {bare} nor its other names"));
    }
}

fn file_name(item: &Item<'_>, raw: &str, name: &str, out: &mut Out) {
    if let Some(file) = hosts::file_named(name) {
        let told = format!("`{name}` is the end of {file}, a file of ordinary Android phones");
        out.item(&DOMAIN_IS_FILE_NAME, item, raw, told);
    } else if hosts::reads_like_file(name) {
        let told = format!(
            "`{name}` reads like the name of a file; in text it is taken for a domain only with a scheme, port or path"
        );
        out.item(&DOMAIN_LIKE_FILE_NAME, item, raw, told);
    }
}

/// Words that names go on with after `com`, `net` or `org`, so that the label is a word of its own.
const GOES_ON: [&str; 42] = [
    "comb", "comc", "comd", "come", "comf", "comi", "comm", "como", "comp", "comr", "comu", "netb", "netc", "netd",
    "neter", "netf", "neti", "netl", "netm", "neto", "netp", "netr", "nets", "nett", "netv", "netw", "netz", "orga",
    "orgi", "orgo", "orgs", "orgu", "orgy", "net-", "com-", "org-", "net1", "net2", "coma", "neta", "netg", "net4",
];

/// A label that begins with a top-level domain and goes on as no word does.
fn maybe_joined(name: &str) -> Option<(&str, &str)> {
    let mut at = name.find('.')? + 1;
    while let Some(dot) = name.get(at..)?.find('.') {
        let label = name.get(at..at + dot)?;
        let tld = label.starts_with("com") || label.starts_with("net") || label.starts_with("org");
        if tld && label.len() > 4 && !GOES_ON.iter().any(|w| label.starts_with(w)) {
            return Some(name.split_at(at + 3));
        }
        at += dot + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_names_are_told_from_words() {
        assert_eq!(maybe_joined("bad.comworse.net"), Some(("bad.com", "worse.net")));
        for fine in ["a.company.com", "m.comune.roma.it", "www.netspy.net", "x.netlify.app", "a.com", "a.net-b.com"] {
            assert_eq!(maybe_joined(fine), None, "{fine}");
        }
    }
}
