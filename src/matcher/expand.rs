//! From a field's value to the keys it is looked up by. `docs/matching.md` is the specification of this file.

use crate::device::Platform;
use crate::finding::Step;
use crate::matcher::index::{IOS_COMM, LINUX_COMM};
use crate::observable::text::Found;
use crate::observable::url::Host;
use crate::observable::{self, Kind, path, text, url};
use crate::record::{Role, Value};

/// Depth at which a link is not searched for others: all that lie in it were found with the outermost.
const MAX_NESTING: u32 = 3;
/// Links inside one link that are compared whole; of the others their hosts are.
const MAX_WHOLE: usize = 256;
/// Bytes of a link inside another that is compared whole.
const MAX_LINK: usize = 8 << 10;
/// Characters in which the host of a longer one is looked for.
const MAX_HEAD: usize = 512;

/// Takes each key with the step that led to it.
pub type Keys<'a> = dyn FnMut(Kind, &str, Step) + 'a;

/// Which kinds have any indicator; nothing is computed for the others.
pub struct Wanted {
    /// `url:value`.
    pub url: bool,
    /// Domains or addresses.
    pub host: bool,
    /// `file:path`.
    pub path: bool,
    /// Anything that free text can show.
    pub text: bool,
}

/// Expands one value in one role.
pub fn expand(role: Role, value: &Value<'_>, platform: Platform, wanted: &Wanted, keys: &mut Keys<'_>) {
    match value {
        Value::Str(s) => expand_str(role, s, platform, wanted, keys),
        Value::List(items) => {
            for item in items {
                expand(role, item, platform, wanted, keys);
            }
        }
        _ => {}
    }
}

fn expand_str(role: Role, s: &str, platform: Platform, wanted: &Wanted, keys: &mut Keys<'_>) {
    if s.is_empty() {
        return;
    }
    match role {
        Role::Url => expand_url(s, wanted, 0, None, keys),
        Role::Domain => expand_domain(s, None, keys),
        Role::Ip => {
            if let Some(ip) = url::ip(s) {
                keys(Kind::Ip, &ip, same(s, &ip));
            }
        }
        Role::Email => {
            if let Some(email) = observable::email(s) {
                keys(Kind::Email, &email, same(s, &email));
            }
        }
        Role::Phone => {
            if let Some(phone) = observable::phone(s) {
                keys(Kind::Phone, &phone, same(s, &phone));
            }
        }
        Role::Process => expand_process(s, platform, keys),
        Role::FilePath => expand_path(s, platform, wanted, keys),
        Role::FileName => keys(Kind::FileName, s, Step::Exact),
        Role::AppId => expand_app(s, keys),
        Role::Md5 => expand_hash(&[Kind::Md5], s, keys),
        Role::Sha1 => expand_hash(&[Kind::Sha1], s, keys),
        Role::Sha256 => expand_hash(&[Kind::Sha256], s, keys),
        Role::CertMd5 => expand_hash(&[Kind::CertMd5], s, keys),
        Role::CertSha1 => expand_hash(&[Kind::CertSha1], s, keys),
        Role::CertSha256 => expand_hash(&[Kind::CertSha256], s, keys),
        Role::ProfileId => {
            let lower = s.to_ascii_lowercase();
            keys(Kind::ProfileId, &lower, same(s, &lower));
        }
        Role::Property => keys(Kind::Property, s, Step::Exact),
        Role::Text => expand_text(s, wanted, keys),
        Role::Time | Role::Number | Role::Opaque => {}
    }
}

/// The kind of a value in a role, as it stands; free text has none.
pub fn written_kind(role: Role) -> Option<Kind> {
    Some(match role {
        Role::Url => Kind::Url,
        Role::Domain => Kind::Domain,
        Role::Ip => Kind::Ip,
        Role::Email => Kind::Email,
        Role::Phone => Kind::Phone,
        Role::Process => Kind::Process,
        Role::FilePath => Kind::FilePath,
        Role::FileName => Kind::FileName,
        Role::AppId => Kind::AppId,
        Role::Md5 => Kind::Md5,
        Role::Sha1 => Kind::Sha1,
        Role::Sha256 => Kind::Sha256,
        Role::CertMd5 => Kind::CertMd5,
        Role::CertSha1 => Kind::CertSha1,
        Role::CertSha256 => Kind::CertSha256,
        Role::ProfileId => Kind::ProfileId,
        Role::Property => Kind::Property,
        Role::Text | Role::Time | Role::Number | Role::Opaque => return None,
    })
}

fn same(raw: &str, key: &str) -> Step {
    if raw == key { Step::Exact } else { Step::Normalized }
}

/// A URL: itself, its host with every parent domain, and the URLs it carries. `mark` replaces the steps when the URL
/// stands in text in a spelling that is not a plain link.
fn expand_url(s: &str, wanted: &Wanted, depth: u32, mark: Option<Step>, keys: &mut Keys<'_>) {
    let parts = url::split(s);
    let host = parts.and_then(|p| url::host(p.host));
    // A defanged address where a URL should be. Undone once: the depth says that it was.
    if host.is_none()
        && depth <= MAX_NESTING
        && let Some(plain) = url::refang(s)
    {
        expand_url(&plain, wanted, MAX_NESTING + 1, mark.or(Some(Step::Normalized)), keys);
    }
    let Some(parts) = parts else {
        // `blob:https://…`, `view-source:https://…`, `about:reader?url=https%3A…`: no host of its own, yet it leads to one.
        return expand_nested(s, wanted, depth, mark, keys);
    };
    let mark = mark.or((depth > 0).then_some(Step::Nested));
    if wanted.url
        && let Some(normal) = url::normalize(s)
    {
        keys(Kind::Url, &normal, mark.unwrap_or(same(s, &normal)));
        if let Some(sent) = url::without_fragment(&normal) {
            keys(Kind::Url, sent, mark.unwrap_or(Step::Normalized));
        }
    }
    if wanted.host
        && let Some(host) = host
    {
        expand_host(&host, mark, Step::Host, keys);
    }
    if !parts.rest.is_empty() {
        expand_nested(parts.rest, wanted, depth, mark, keys);
    }
}

fn expand_nested(s: &str, wanted: &Wanted, depth: u32, mark: Option<Step>, keys: &mut Keys<'_>) {
    if depth < MAX_NESTING {
        // What was found in text stays marked so, however deep it lies.
        let mark = mark.filter(|m| *m == Step::InText);
        let mut whole = 0;
        url::each_nested(s, &mut |inner| {
            let mark = mark.or(spoken(inner));
            if whole < MAX_WHOLE && inner.len() <= MAX_LINK {
                whole += 1;
                expand_url(inner, wanted, MAX_NESTING, mark, keys);
            } else if wanted.host {
                let head = inner.char_indices().nth(MAX_HEAD).map_or(inner, |(at, _)| &inner[..at]);
                if let Some(host) = url::split(head).and_then(|parts| url::host(parts.host)) {
                    expand_host(&host, mark.or(Some(Step::Nested)), Step::Host, keys);
                }
            }
        });
    }
}

/// `hxxp` is somebody speaking of a link, not a link that can be opened.
fn spoken(url: &str) -> Option<Step> {
    url.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("hxxp")).then_some(Step::InText)
}

fn expand_host(host: &Host<'_>, mark: Option<Step>, whole: Step, keys: &mut Keys<'_>) {
    match host {
        Host::Ip(ip) => keys(Kind::Ip, ip, mark.unwrap_or(whole)),
        Host::Domain(domain) => {
            keys(Kind::Domain, domain, mark.unwrap_or(whole));
            for parent in parents(domain) {
                keys(Kind::Domain, parent, mark.unwrap_or(Step::Subdomain));
            }
        }
    }
}

/// Parent domains at label boundaries, nearest first; never a single label.
fn parents(domain: &str) -> impl Iterator<Item = &str> {
    let mut rest = domain;
    std::iter::from_fn(move || {
        rest = rest.split_once('.')?.1;
        rest.contains('.').then_some(rest)
    })
}

fn expand_domain(s: &str, mark: Option<Step>, keys: &mut Keys<'_>) {
    // Cookies write `.evil.org` for a site and all below it; other lists write `*.evil.org`.
    let name = observable::without_wildcard(s.trim());
    let bare = url::split(name).map_or(name, |u| u.host);
    let Some(host) = url::host(bare) else {
        if let Some(plain) = url::refang(name)
            && let Some(host) = url::host(&plain)
        {
            expand_host(&host, mark, Step::Normalized, keys);
        }
        return;
    };
    let whole = match &host {
        Host::Domain(d) => same(s, d),
        Host::Ip(ip) => same(s, ip),
    };
    expand_host(&host, mark, whole, keys);
}

fn expand_process(s: &str, platform: Platform, keys: &mut Keys<'_>) {
    let name = path::file_name(s);
    let step = if name.len() == s.len() { Step::Exact } else { Step::Basename };
    keys(Kind::Process, name, step);
    match platform {
        Platform::Ios => {
            if name.len() == IOS_COMM {
                keys(Kind::ProcessHead16, name, Step::Truncated);
            }
        }
        Platform::Android => {
            if name.len() == LINUX_COMM {
                keys(Kind::ProcessHead15, name, Step::Truncated);
                keys(Kind::AppTail15, name, Step::Truncated);
            }
            expand_app(name, keys);
        }
    }
}

fn expand_app(s: &str, keys: &mut Keys<'_>) {
    // An absolute path names no package; "com.evil:remote" and "com.evil/.Service" do.
    if s.starts_with('/') {
        return;
    }
    keys(Kind::AppId, s, Step::Exact);
    if let Some(end) = s.find([':', '/']) {
        keys(Kind::AppId, &s[..end], Step::Package);
    }
}

fn expand_path(s: &str, platform: Platform, wanted: &Wanted, keys: &mut Keys<'_>) {
    let name = path::file_name(s);
    if !name.is_empty() {
        keys(Kind::FileName, name, Step::Basename);
    }
    let normal = path::normalize(s, platform == Platform::Ios);
    if wanted.path
        && let Some(normal) = &normal
    {
        keys(Kind::FilePath, normal, same(s, normal));
        let mut end = normal.len();
        while let Some(slash) = normal[..end].rfind('/').filter(|&i| i > 0) {
            keys(Kind::FilePath, &normal[..slash], Step::Inside);
            end = slash;
        }
    }
    match platform {
        Platform::Android => {
            if let Some(package) = normal.as_deref().and_then(path::package) {
                keys(Kind::AppId, package, Step::Origin);
            }
        }
        Platform::Ios => {
            if wanted.host && (s.contains("http_") || s.contains("https_")) {
                for component in s.split('/') {
                    if let Some(site) = path::webkit_origin(component) {
                        expand_domain(site, Some(Step::Origin), keys);
                    }
                }
            }
        }
    }
}

fn expand_hash(kinds: &[Kind], s: &str, keys: &mut Keys<'_>) {
    if let Some(h) = observable::hash(s) {
        for &kind in kinds {
            keys(kind, &h, same(s, &h));
        }
    }
}

/// Free text. A link with its scheme is the link; everything else found in text is marked so.
fn expand_text(s: &str, wanted: &Wanted, keys: &mut Keys<'_>) {
    if !wanted.text {
        return;
    }
    scan_text(s, None, wanted, keys);
    if s.contains('%') {
        // An escaped link outside any other: `u=https%3A%2F%2F…` in a form or a log line.
        expand_nested(s, wanted, 0, None, keys);
    }
    if let Some(refanged) = url::refang(s) {
        scan_text(&refanged, Some(Step::InText), wanted, keys);
    }
}

fn scan_text(s: &str, mark: Option<Step>, wanted: &Wanted, keys: &mut Keys<'_>) {
    text::scan(s, &mut |found| match found {
        Found::Url(u) => expand_url(u, wanted, 0, mark.or(spoken(u)), keys),
        Found::Bare(domain, tail) => {
            if wanted.url && !tail.is_empty() {
                for scheme in ["http://", "https://"] {
                    if let Some(normal) = url::normalize(&format!("{scheme}{domain}{tail}")) {
                        keys(Kind::Url, &normal, Step::InText);
                    }
                }
            }
            if wanted.host {
                expand_domain(domain, Some(Step::InText), keys);
            }
        }
        Found::Email(e) => {
            if let Some(email) = observable::email(e) {
                keys(Kind::Email, &email, Step::InText);
                if let Some((_, domain)) = email.split_once('@').filter(|_| wanted.host) {
                    expand_domain(domain, Some(Step::InText), keys);
                }
            }
        }
        Found::Ip(ip) => {
            if let Some(ip) = url::ip(ip) {
                keys(Kind::Ip, &ip, Step::InText);
            }
        }
    });
}
