//! Hosts that ordinary phones talk to, and services that strangers share.
//!
//! Sources: the publishers' own lists of hosts that their systems need (Apple support 101555, "Use Apple products on
//! enterprise networks"; Google's Android Enterprise network requirements; Microsoft 365 URLs), the first places of
//! public rankings of domains, and for services the publishers' own pages. Public suffixes come from the list of
//! <https://publicsuffix.org>.

/// Domains whose every name belongs to the operator: the domain and its usual names are ordinary.
const CLOSED: [&str; 117] = [
    "aaplimg.com",
    "abc.xyz",
    "akadns.net",
    "alipay.com",
    "aliyun.com",
    "amazon.co.uk",
    "amazon.com",
    "amazon.de",
    "android.com",
    "app-measurement.com",
    "apple-cloudkit.com",
    "apple-dns.net",
    "apple.com",
    "apple.news",
    "baidu.com",
    "bbc.co.uk",
    "bbc.com",
    "bing.com",
    "bytedance.com",
    "byteoversea.com",
    "cdn-apple.com",
    "cdninstagram.com",
    "chrome.com",
    "chromium.org",
    "cloudflare-dns.com",
    "cloudflare.com",
    "cnn.com",
    "crashlytics.com",
    "discord.com",
    "discord.gg",
    "doubleclick.net",
    "duckduckgo.com",
    "ebay.com",
    "facebook.com",
    "facebook.net",
    "fb.com",
    "fb.me",
    "fbcdn.net",
    "fbsbx.com",
    "firefox.com",
    "ggpht.com",
    "gmail.com",
    "google-analytics.com",
    "google.com",
    "googleadservices.com",
    "googlesyndication.com",
    "googletagmanager.com",
    "googlevideo.com",
    "gstatic.com",
    "gvt1.com",
    "gvt2.com",
    "hicloud.com",
    "hotmail.com",
    "huawei.com",
    "icloud-content.com",
    "icloud.com",
    "instagram.com",
    "itunes.com",
    "licdn.com",
    "linkedin.com",
    "live.com",
    "mail.ru",
    "messenger.com",
    "meta.com",
    "microsoft.com",
    "microsoftonline.com",
    "miui.com",
    "mozilla.org",
    "msn.com",
    "mzstatic.com",
    "netflix.com",
    "nflxvideo.net",
    "ntp.org",
    "nytimes.com",
    "office.com",
    "office365.com",
    "ok.ru",
    "outlook.com",
    "paypal.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "redd.it",
    "redditmedia.com",
    "samsung.com",
    "samsungcloud.com",
    "samsungdm.com",
    "sc-cdn.net",
    "scdn.co",
    "signal.org",
    "skype.com",
    "snapchat.com",
    "spotify.com",
    "telegram.org",
    "theguardian.com",
    "threads.net",
    "tiktok.com",
    "tiktokcdn.com",
    "tiktokv.com",
    "twimg.com",
    "twitter.com",
    "viber.com",
    "vk.com",
    "wechat.com",
    "whatsapp.com",
    "whatsapp.net",
    "whispersystems.org",
    "wikimedia.org",
    "wikipedia.org",
    "windows.com",
    "windowsupdate.com",
    "xiaomi.com",
    "yahoo.com",
    "yandex.ru",
    "youtube.com",
    "ytimg.com",
    "zoom.us",
];

/// Domains that everybody visits and where customers have names of their own: only the domain itself, and its `www.`,
/// is ordinary.
const OPEN: [&str; 31] = [
    "adobe.com",
    "akamai.net",
    "akamaihd.net",
    "akamaized.net",
    "amazonaws.com",
    "archive.org",
    "discordapp.com",
    "dropbox.com",
    "edgekey.net",
    "edgesuite.net",
    "fastly.net",
    "github.com",
    "gitlab.com",
    "googleapis.com",
    "googleusercontent.com",
    "line.me",
    "medium.com",
    "opera.com",
    "pinterest.com",
    "reddit.com",
    "sharepoint.com",
    "slack.com",
    "stackoverflow.com",
    "telegra.ph",
    "tumblr.com",
    "twitch.tv",
    "vimeo.com",
    "w3.org",
    "wordpress.org",
    "x.com",
    "zendesk.com",
];

/// First labels of names below those that ordinary phones reach. Others may be those of a product that not everybody
/// has, as `family.` of a maker is, which lists of watchware name.
const USUAL: [&str; 30] = [
    "accounts",
    "api",
    "app",
    "apps",
    "calendar",
    "cdn",
    "chat",
    "dl",
    "docs",
    "drive",
    "graph",
    "i",
    "img",
    "login",
    "m",
    "mail",
    "maps",
    "mobile",
    "music",
    "news",
    "play",
    "push",
    "sites",
    "static",
    "store",
    "support",
    "translate",
    "video",
    "web",
    "www",
];

/// Private suffixes that are registries of domains, not hosts of customers' pages.
const REGISTRIES: [&str; 26] = [
    "ae.org", "br.com", "cn.com", "co.com", "co.nl", "co.no", "com.de", "com.se", "de.com", "eu.com", "gb.net",
    "gr.com", "hu.net", "in.net", "jp.net", "jpn.com", "mex.com", "ru.com", "sa.com", "se.net", "uk.com", "uk.net",
    "us.com", "us.org", "za.bz", "za.com",
];

/// Services whose domain is shared by strangers: dynamic DNS, web hosts, shorteners, places for files and texts, besides
/// those that the list of public suffixes names.
const SHARED: [&str; 68] = [
    "000webhost.com",
    "000webhostapp.com",
    "3utilities.com",
    "altervista.org",
    "anonfiles.com",
    "bit.ly",
    "bitly.com",
    "blogspot.com",
    "buff.ly",
    "changeip.com",
    "cutt.ly",
    "ddns.net",
    "dlinkddns.com",
    "dnsdynamic.org",
    "duckdns.org",
    "dyn.com",
    "dyndns.com",
    "dyndns.org",
    "dynu.com",
    "dynu.net",
    "freedns.afraid.org",
    "gg.gg",
    "github.io",
    "gofile.io",
    "goo.gl",
    "hopto.org",
    "is.gd",
    "lnkd.in",
    "mediafire.com",
    "mega.nz",
    "mooo.com",
    "myftp.biz",
    "myftp.org",
    "netlify.app",
    "ngrok.io",
    "no-ip.biz",
    "no-ip.com",
    "no-ip.info",
    "no-ip.org",
    "noip.com",
    "onthewifi.com",
    "ow.ly",
    "pages.dev",
    "pastebin.com",
    "rb.gy",
    "rebrand.ly",
    "redirectme.net",
    "serveblog.net",
    "serveftp.com",
    "servehttp.com",
    "shorturl.at",
    "sytes.net",
    "t.co",
    "t.ly",
    "t.me",
    "tiny.cc",
    "tinyurl.com",
    "trycloudflare.com",
    "v.gd",
    "vercel.app",
    "wa.me",
    "web.app",
    "weebly.com",
    "wixsite.com",
    "workers.dev",
    "youtu.be",
    "zapto.org",
    "zohosites.com",
];

/// What a name is to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host<'a> {
    /// The name, or one that it lies below, is one that ordinary phones talk to.
    Popular(&'a str),
    /// It is the domain of a service that strangers share.
    Shared,
    /// It is a public suffix under which domains are registered.
    Suffix,
    /// It lies below a service that strangers share.
    OnShared(&'a str),
}

/// What is known of a normalized domain.
pub fn look_up(name: &str) -> Option<Host<'_>> {
    let bare = name.strip_prefix("www.").unwrap_or(name);
    if SHARED.binary_search(&bare).is_ok() {
        return Some(Host::Shared);
    }
    if OPEN.binary_search(&bare).is_ok() {
        return Some(Host::Popular(bare));
    }
    let known = |p: &str| CLOSED.binary_search(&p).is_ok();
    if let Some(of) = name.split_once('.').filter(|(first, of)| USUAL.contains(first) && known(of)).map(|(_, of)| of) {
        return Some(Host::Popular(of));
    }
    if known(name) {
        return Some(Host::Popular(name));
    }
    let suffix = psl::suffix(name.as_bytes()).filter(psl::Suffix::is_known)?;
    let private = suffix.typ() == Some(psl::Type::Private);
    let text = std::str::from_utf8(suffix.as_bytes()).ok()?;
    let private = private && REGISTRIES.binary_search(&text).is_err();
    if text.len() == name.len() {
        return Some(if private { Host::Shared } else { Host::Suffix });
    }
    if private && name.len() > text.len() {
        return Some(Host::OnShared(&name[name.len() - text.len()..]));
    }
    parents(name).skip(1).find(|p| SHARED.binary_search(p).is_ok()).map(Host::OnShared)
}

/// The name and each that it lies below.
fn parents(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |n| n.split_once('.').map(|(_, rest)| rest))
}

/// Whether a name ends in a top-level domain that exists.
pub fn has_tld(name: &str) -> bool {
    name.contains('.') && psl::suffix(name.as_bytes()).is_some_and(|s| s.is_known())
}

/// Whether a name is one that somebody registered, rather than one below it.
pub fn is_registered(name: &str) -> bool {
    psl::domain(name.as_bytes()).is_some_and(|d| d.as_bytes().len() == name.len())
}

/// Endings kept for examples (RFC 2606, RFC 6761).
pub fn is_example(name: &str) -> bool {
    let reserved = ["example", "test", "invalid", "example.com", "example.net", "example.org"];
    parents(name).any(|p| reserved.contains(&p))
}

/// Endings of names that hold inside one network only (RFC 6761, 6762, 8375; ICANN 2024 for `internal`).
pub fn is_private(name: &str) -> bool {
    let private = ["local", "localhost", "lan", "internal", "intranet", "home.arpa", "localdomain", "corp", "home"];
    parents(name).any(|p| private.contains(&p))
}

/// Endings of names that no public registry gives and that phones reach all the same.
pub fn is_overlay(name: &str) -> bool {
    ["onion", "i2p", "bit", "eth", "arpa"].iter().any(|tld| name.rsplit('.').next() == Some(*tld))
}

/// Files of ordinary phones whose names end as a domain does: libraries of Android.
const LIBRARIES: [&str; 34] = [
    "libEGL.so",
    "libGLESv2.so",
    "libandroid.so",
    "libbase.so",
    "libbinder.so",
    "libc++.so",
    "libc.so",
    "libcamera_client.so",
    "libcrypto.so",
    "libcups.so",
    "libcutils.so",
    "libdl.so",
    "libhardware.so",
    "libicuuc.so",
    "libjpeg.so",
    "liblog.so",
    "liblz4.so",
    "libm.so",
    "libmedia.so",
    "libnetd_client.so",
    "libpng.so",
    "libprocessgroup.so",
    "libselinux.so",
    "libskia.so",
    "libsqlite.so",
    "libssl.so",
    "libstagefright.so",
    "libstdc++.so",
    "libui.so",
    "libusb.so",
    "libutils.so",
    "libvulkan.so",
    "libxml2.so",
    "libz.so",
];

/// The file of ordinary phones whose name ends in this domain.
pub fn file_named(name: &str) -> Option<&'static str> {
    LIBRARIES.into_iter().find(|f| {
        let lower = f.to_ascii_lowercase();
        lower == name || lower.ends_with(name)
    })
}

/// Whether a domain of two labels reads like the name of a script, a library or an archive.
pub fn reads_like_file(name: &str) -> bool {
    let ends = [".so", ".sh", ".py", ".zip"].iter().any(|e| name.ends_with(e));
    ends && name.matches('.').count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_answers_are_right() {
        assert!(REGISTRIES.is_sorted() && CLOSED.is_sorted() && OPEN.is_sorted() && SHARED.is_sorted());
        assert_eq!(look_up("mail.google.com"), Some(Host::Popular("google.com")));
        assert_eq!(look_up("family.microsoft.com"), None);
        assert_eq!((look_up("gr.com"), look_up("x.gr.com")), (Some(Host::Suffix), None));
        assert_eq!(look_up("github.com"), Some(Host::Popular("github.com")));
        assert_eq!(look_up("x.zendesk.com"), None);
        assert_eq!(look_up("co.uk"), Some(Host::Suffix));
        assert_eq!(look_up("com"), Some(Host::Suffix));
        assert_eq!(look_up("duckdns.org"), Some(Host::Shared));
        assert_eq!(look_up("evil.duckdns.org"), Some(Host::OnShared("duckdns.org")));
        assert_eq!(look_up("1ca43.appspot.com"), Some(Host::OnShared("appspot.com")));
        assert_eq!(look_up("www.bit.ly"), Some(Host::Shared));
        assert_eq!(look_up("evil.com"), None);
        assert_eq!(look_up("notgoogle.com"), None);
        assert_eq!(file_named("ups.so"), Some("libcups.so"));
        assert_eq!(file_named("intech.so"), None);
        assert!(has_tld("evil.com") && !has_tld("evil.comv") && !has_tld("evil") && !has_tld("amazing.lab"));
        assert!(is_registered("evil.co.uk") && !is_registered("a.evil.co.uk"));
    }
}
