//! Addresses and URLs.

use crate::kit::lint::Out;
use crate::kit::lint::item::{Item, Value};
use crate::kit::lint::lists::hosts::{self, Host};
use crate::kit::lint::lists::networks::{self, Address};
use crate::kit::lint::rules::values::{
    ADDRESS_PRIVATE, ADDRESS_RANGE, ADDRESS_RESERVED, ADDRESS_SHARED, URL_POPULAR, URL_WITHOUT_SCHEME,
};
use crate::observable::{Kind, url};

/// Looks at one address.
pub fn address(item: &Item<'_>, value: &Value<'_>, out: &mut Out) {
    let raw = value.raw.trim();
    if let Some(address) = value.key_as(Kind::Ip) {
        known_address(item, &value.raw, address, out);
    } else if let Some((front, bits)) = raw.split_once('/')
        && front.parse::<std::net::IpAddr>().is_ok()
        && bits.bytes().all(|b| b.is_ascii_digit())
    {
        let told = format!("`{raw}` is a range; no address is equal to it");
        out.item(&ADDRESS_RANGE, item, &value.raw, told);
    }
}

/// Says whose an address is, where it is everybody's or nobody's.
pub fn known_address(item: &Item<'_>, raw: &str, address: &str, out: &mut Out) {
    match networks::look_up(address) {
        Some(Address::Shared(whose)) => {
            out.item(&ADDRESS_SHARED, item, raw, format!("`{address}` belongs to {whose}: ordinary phones talk to it"));
        }
        Some(Address::Private(why)) => {
            out.item(&ADDRESS_PRIVATE, item, raw, format!("`{address}` is no address of one machine: {why}"));
        }
        Some(Address::Example) => {
            out.item(&ADDRESS_RESERVED, item, raw, format!("`{address}` is reserved for examples"));
        }
        None => {}
    }
}

/// Looks at one URL.
pub fn url(item: &Item<'_>, value: &Value<'_>, out: &mut Out) {
    let raw = value.raw.trim();
    let plain = url::refang(raw).unwrap_or_else(|| raw.to_owned());
    let Some(parts) = url::split(&plain) else { return };
    if parts.scheme.is_empty() {
        out.item(&URL_WITHOUT_SCHEME, item, &value.raw, format!("`{raw}` has no scheme; it is taken for http://"));
    }
    match url::host(parts.host) {
        Some(url::Host::Ip(ip)) => {
            if let Some(Address::Private(why)) = networks::look_up(&ip) {
                let told = format!("`{raw}` leads to no one machine: {ip} is {why}");
                out.item(&ADDRESS_PRIVATE, item, &value.raw, told);
            }
        }
        Some(url::Host::Domain(name)) if matches!(parts.rest, "" | "/") => {
            if let Some(Host::Popular(of)) = hosts::look_up(&name) {
                let told = format!("`{raw}` is a front page of {of}: ordinary phones visit it");
                out.item(&URL_POPULAR, item, &value.raw, told);
            }
        }
        _ => {}
    }
}
