//! Ranges of addresses that belong to everybody's services, and those that belong to nobody.
//!
//! Sources, read in 2026: <https://www.gstatic.com/ipranges/goog.json> without the ranges of `cloud.json` (customers'
//! machines are no service of Google's); Apple's 17.0.0.0/8 (ARIN) and its IPv6 ranges (support 101555); the routes of
//! AS32934 (Meta); the Microsoft 365 list of addresses; <https://www.cloudflare.com/ips/>;
//! <https://api.fastly.com/public-ip-list>; <https://core.telegram.org/resources/cidr.txt>; GitHub's
//! <https://api.github.com/meta> (`pages`). Reserved ranges: the IANA special-purpose registries (RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Services by range.
const SHARED_V4: [(&str, u8, &str); 72] = [
    ("1.0.0.0", 24, "Cloudflare DNS"),
    ("1.1.1.0", 24, "Cloudflare DNS"),
    ("8.8.4.0", 24, "Google DNS"),
    ("8.8.8.0", 24, "Google DNS"),
    ("9.9.9.0", 24, "Quad9 DNS"),
    ("13.107.6.0", 24, "Microsoft"),
    ("13.107.18.0", 24, "Microsoft"),
    ("13.107.128.0", 22, "Microsoft"),
    ("13.107.136.0", 22, "Microsoft"),
    ("17.0.0.0", 8, "Apple"),
    ("23.235.32.0", 20, "Fastly"),
    ("31.13.24.0", 21, "Meta"),
    ("31.13.64.0", 18, "Meta"),
    ("40.96.0.0", 13, "Microsoft"),
    ("45.64.40.0", 22, "Meta"),
    ("52.96.0.0", 14, "Microsoft"),
    ("52.112.0.0", 14, "Microsoft"),
    ("64.233.160.0", 19, "Google"),
    ("66.102.0.0", 20, "Google"),
    ("66.220.144.0", 20, "Meta"),
    ("66.249.64.0", 19, "Google"),
    ("69.63.176.0", 20, "Meta"),
    ("69.171.224.0", 19, "Meta"),
    ("72.14.192.0", 18, "Google"),
    ("74.119.76.0", 22, "Meta"),
    ("74.125.0.0", 16, "Google"),
    ("91.108.4.0", 22, "Telegram"),
    ("91.108.8.0", 22, "Telegram"),
    ("91.108.12.0", 22, "Telegram"),
    ("91.108.16.0", 22, "Telegram"),
    ("91.108.56.0", 22, "Telegram"),
    ("91.195.240.0", 23, "Sedo (parked domains)"),
    ("102.132.96.0", 20, "Meta"),
    ("103.4.96.0", 22, "Meta"),
    ("103.21.244.0", 22, "Cloudflare"),
    ("103.22.200.0", 22, "Cloudflare"),
    ("103.31.4.0", 22, "Cloudflare"),
    ("104.16.0.0", 13, "Cloudflare"),
    ("104.24.0.0", 14, "Cloudflare"),
    ("108.162.192.0", 18, "Cloudflare"),
    ("108.177.0.0", 17, "Google"),
    ("129.134.0.0", 17, "Meta"),
    ("131.0.72.0", 22, "Cloudflare"),
    ("141.101.64.0", 18, "Cloudflare"),
    ("142.250.0.0", 15, "Google"),
    ("149.154.160.0", 20, "Telegram"),
    ("151.101.0.0", 16, "Fastly"),
    ("157.240.0.0", 17, "Meta"),
    ("157.240.192.0", 18, "Meta"),
    ("162.158.0.0", 15, "Cloudflare"),
    ("163.70.128.0", 17, "Meta"),
    ("172.64.0.0", 13, "Cloudflare"),
    ("172.217.0.0", 16, "Google"),
    ("172.253.0.0", 16, "Google"),
    ("173.194.0.0", 16, "Google"),
    ("173.245.48.0", 20, "Cloudflare"),
    ("173.252.64.0", 18, "Meta"),
    ("179.60.192.0", 22, "Meta"),
    ("185.60.216.0", 22, "Meta"),
    ("185.199.108.0", 22, "GitHub Pages"),
    ("188.114.96.0", 20, "Cloudflare"),
    ("190.93.240.0", 20, "Cloudflare"),
    ("197.234.240.0", 22, "Cloudflare"),
    ("198.41.128.0", 17, "Cloudflare"),
    ("199.232.0.0", 16, "Fastly"),
    ("204.15.20.0", 22, "Meta"),
    ("204.79.197.0", 24, "Microsoft"),
    ("208.67.220.0", 24, "OpenDNS"),
    ("208.67.222.0", 24, "OpenDNS"),
    ("209.85.128.0", 17, "Google"),
    ("216.58.192.0", 19, "Google"),
    ("216.239.32.0", 19, "Google"),
];

const SHARED_V6: [(&str, u8, &str); 20] = [
    ("2001:4860::", 32, "Google"),
    ("2400:cb00::", 32, "Cloudflare"),
    ("2403:300::", 32, "Apple"),
    ("2404:6800::", 32, "Google"),
    ("2405:8100::", 32, "Cloudflare"),
    ("2405:b500::", 32, "Cloudflare"),
    ("2606:4700::", 32, "Cloudflare"),
    ("2607:f8b0::", 32, "Google"),
    ("2620:fe::", 48, "Quad9 DNS"),
    ("2620:149::", 32, "Apple"),
    ("2800:3f0::", 32, "Google"),
    ("2803:f800::", 32, "Cloudflare"),
    ("2a00:1450::", 32, "Google"),
    ("2a01:b740::", 32, "Apple"),
    ("2a03:2880::", 32, "Meta"),
    ("2a04:4e40::", 32, "Fastly"),
    ("2a06:98c0::", 29, "Cloudflare"),
    ("2c0f:f248::", 32, "Cloudflare"),
    ("2c0f:fb50::", 32, "Google"),
    ("2001:67c:4e8::", 48, "Telegram"),
];

const PRIVATE_V4: [(&str, u8, &str); 11] = [
    ("0.0.0.0", 8, "this network"),
    ("10.0.0.0", 8, "private"),
    ("100.64.0.0", 10, "shared by a provider's customers"),
    ("127.0.0.0", 8, "loopback"),
    ("169.254.0.0", 16, "link-local"),
    ("172.16.0.0", 12, "private"),
    ("192.0.0.0", 24, "reserved"),
    ("192.168.0.0", 16, "private"),
    ("198.18.0.0", 15, "for benchmarks"),
    ("224.0.0.0", 4, "multicast"),
    ("240.0.0.0", 4, "reserved"),
];

const PRIVATE_V6: [(&str, u8, &str); 5] = [
    ("::", 128, "unspecified"),
    ("::1", 128, "loopback"),
    ("fc00::", 7, "private"),
    ("fe80::", 10, "link-local"),
    ("ff00::", 8, "multicast"),
];

const EXAMPLES_V4: [(&str, u8, &str); 3] =
    [("192.0.2.0", 24, "for examples"), ("198.51.100.0", 24, "for examples"), ("203.0.113.0", 24, "for examples")];

const EXAMPLES_V6: [(&str, u8, &str); 1] = [("2001:db8::", 32, "for examples")];

/// Whose an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// Of a service that everybody uses; which.
    Shared(&'static str),
    /// Of no public network; why.
    Private(&'static str),
    /// Kept for documentation.
    Example,
}

/// What is known of an address.
pub fn look_up(text: &str) -> Option<Address> {
    let ip: IpAddr = text.parse().ok()?;
    let find = |v4: &[(&'static str, u8, &'static str)], v6: &[(&'static str, u8, &'static str)]| match ip {
        IpAddr::V4(a) => v4.iter().find(|(net, bits, _)| holds_v4(net, *bits, a)).map(|r| r.2),
        IpAddr::V6(a) => v6.iter().find(|(net, bits, _)| holds_v6(net, *bits, a)).map(|r| r.2),
    };
    find(&EXAMPLES_V4, &EXAMPLES_V6)
        .map(|_| Address::Example)
        .or_else(|| find(&PRIVATE_V4, &PRIVATE_V6).map(Address::Private))
        .or_else(|| find(&SHARED_V4, &SHARED_V6).map(Address::Shared))
}

fn holds_v4(net: &str, bits: u8, ip: Ipv4Addr) -> bool {
    let shift = 32 - u32::from(bits);
    net.parse::<Ipv4Addr>().is_ok_and(|n| u32::from(n) >> shift == u32::from(ip) >> shift)
}

fn holds_v6(net: &str, bits: u8, ip: Ipv6Addr) -> bool {
    let shift = 128 - u32::from(bits);
    net.parse::<Ipv6Addr>().is_ok_and(|n| u128::from(n) >> shift == u128::from(ip) >> shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_is_one_and_addresses_are_found() {
        for (net, bits, _) in SHARED_V4.iter().chain(&PRIVATE_V4).chain(&EXAMPLES_V4) {
            let n = u32::from(net.parse::<Ipv4Addr>().unwrap());
            assert!((1..=32).contains(bits) && n << bits.min(&31) == 0, "{net}/{bits}");
        }
        for (net, bits, _) in SHARED_V6.iter().chain(&PRIVATE_V6).chain(&EXAMPLES_V6) {
            let n = u128::from(net.parse::<Ipv6Addr>().unwrap());
            assert!((1..=128).contains(bits) && (*bits == 128 || n << bits == 0), "{net}/{bits}");
        }
        for google in ["142.251.183.138", "173.194.1.1", "74.125.200.1", "8.8.8.8", "2a00:1450:4001::1"] {
            assert!(matches!(look_up(google), Some(Address::Shared(s)) if s.starts_with("Google")), "{google}");
        }
        assert_eq!(look_up("192.168.0.1"), Some(Address::Private("private")));
        assert_eq!(look_up("192.0.2.1"), Some(Address::Example));
        assert_eq!(look_up("::1"), Some(Address::Private("loopback")));
        for other in ["46.183.184.91", "149.28.21.203", "34.102.136.1", "2001:41d0::1", "x"] {
            assert_eq!(look_up(other), None, "{other}");
        }
    }
}
