//! Paths on a device, brought to one spelling.

use std::borrow::Cow;

/// Longest path looked at.
const MAX_PATH: usize = 4_096;

/// Top-level folders that, without their leading slash, still name one place on a device.
const ROOTS: [&str; 14] = [
    "private/",
    "var/",
    "tmp/",
    "etc/",
    "data/",
    "system/",
    "vendor/",
    "product/",
    "system_ext/",
    "storage/",
    "sdcard/",
    "apex/",
    "proc/",
    "dev/",
];

/// An absolute path without doubled slashes, `.` and `..` components and trailing slash; `/var`, `/tmp` and `/etc` become
/// what they link to on iOS, `file://` is dropped, Android's names for shared storage become `/storage/emulated/0`.
/// `ios` says only whose home `~` is: both kinds of links are resolved everywhere, so that an indicator and a record
/// that were written alike compare alike. `None` for what cannot be made absolute.
pub fn normalize(raw: &str, ios: bool) -> Option<Cow<'_, str>> {
    let raw = raw.strip_prefix("file://").unwrap_or(raw);
    if raw.is_empty() || raw.len() > MAX_PATH {
        return None;
    }
    let absolute: Cow<'_, str> = if raw.starts_with('/') {
        Cow::Borrowed(raw)
    } else if let Some(home) = raw.strip_prefix("~/").filter(|_| ios) {
        Cow::Owned(format!("/private/var/mobile/{home}"))
    } else if ROOTS.iter().any(|r| raw.starts_with(r)) {
        Cow::Owned(format!("/{raw}"))
    } else {
        return None;
    };
    let path = tidy(absolute)?;
    Some(android_storage(ios_links(path)))
}

fn tidy(path: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let untidy = path.contains("//") || path.contains("/.") || (path.len() > 1 && path.ends_with('/'));
    if !untidy {
        return Some(path);
    }
    let mut out = String::with_capacity(path.len());
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => out.truncate(out.rfind('/').unwrap_or(0)),
            p => {
                out.push('/');
                out.push_str(p);
            }
        }
    }
    if out.is_empty() {
        out.push('/');
    }
    Some(Cow::Owned(out))
}

fn under<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(folder)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

fn ios_links(path: Cow<'_, str>) -> Cow<'_, str> {
    for (link, target) in [("/var", "/private/var"), ("/tmp", "/private/var/tmp"), ("/etc", "/private/etc")] {
        if let Some(rest) = under(&path, link) {
            return Cow::Owned(format!("{target}{rest}"));
        }
    }
    if let Some(rest) = under(&path, "/private/tmp") {
        return Cow::Owned(format!("/private/var/tmp{rest}"));
    }
    path
}

fn android_storage(path: Cow<'_, str>) -> Cow<'_, str> {
    for alias in ["/sdcard", "/mnt/sdcard", "/storage/self/primary", "/data/media/0"] {
        if let Some(rest) = under(&path, alias) {
            return Cow::Owned(format!("/storage/emulated/0{rest}"));
        }
    }
    path
}

/// The last component.
pub fn file_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

/// The package or bundle a path belongs to: below `/data/data`, `/data/user/N`, `/data/user_de/N`, `/data/app`,
/// `/data/misc/profiles`, and `Android/data` and its sisters on shared storage. Takes a normalized path.
pub fn package(path: &str) -> Option<&str> {
    let mut parts = path.split('/').skip(1);
    let component = match (parts.next()?, parts.next()?) {
        ("data", "data") => parts.next()?,
        ("data", "user" | "user_de") => {
            parts.next()?;
            parts.next()?
        }
        ("data", "app") => app_folder(parts.next()?, parts.next())?,
        ("data", "misc") if parts.next()? == "profiles" => match parts.next()? {
            "cur" => {
                parts.next()?;
                parts.next()?
            }
            _ => parts.next()?,
        },
        ("storage", "emulated") => {
            parts.next()?;
            match (parts.next()?, parts.next()?) {
                ("Android", "data" | "obb" | "media") => parts.next()?,
                _ => return None,
            }
        }
        _ => return None,
    };
    (component.contains('.') && !component.is_empty()).then_some(component)
}

/// `/data/app/com.x-1`, `/data/app/com.x-Ab3==`, `/data/app/~~Ab3==/com.x-Cd4==`.
fn app_folder<'a>(first: &'a str, second: Option<&'a str>) -> Option<&'a str> {
    let name = if first.starts_with("~~") { second? } else { first };
    Some(name.split('-').next().unwrap_or(name).trim_end_matches(".apk"))
}

/// The site a WebKit storage folder is named after: `https_evil.org_0` → `evil.org`.
pub fn webkit_origin(component: &str) -> Option<&str> {
    let rest = component.strip_prefix("https_").or_else(|| component.strip_prefix("http_"))?;
    let (host, port) = rest.rsplit_once('_')?;
    (port.split('.').next()?.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty() && host.contains('.'))
        .then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        let ios = |p| normalize(p, true).map(Cow::into_owned);
        assert_eq!(ios("/var/tmp/x/").as_deref(), Some("/private/var/tmp/x"));
        assert_eq!(ios("/private/var/tmp/x").as_deref(), Some("/private/var/tmp/x"));
        assert_eq!(ios("/tmp/l/").as_deref(), Some("/private/var/tmp/l"));
        assert_eq!(ios("/variant").as_deref(), Some("/variant"));
        assert_eq!(ios("private//var/./db").as_deref(), Some("/private/var/db"));
        assert_eq!(ios("~/Library/SMS/x").as_deref(), Some("/private/var/mobile/Library/SMS/x"));
        assert_eq!(ios("Library/Preferences/x.plist"), None);
        assert_eq!(ios("/a/../b").as_deref(), Some("/b"));
        assert_eq!(ios("/../../b/x/..").as_deref(), Some("/b"));
        assert_eq!(ios("/a/.hidden").as_deref(), Some("/a/.hidden"));
        let android = |p| normalize(p, false).map(Cow::into_owned);
        assert_eq!(android("/sdcard/x").as_deref(), Some("/storage/emulated/0/x"));
        assert_eq!(android("data/local/tmp/wd/").as_deref(), Some("/data/local/tmp/wd"));
    }

    #[test]
    fn paths_name_packages() {
        assert_eq!(package("/data/data/com.evil/files/x"), Some("com.evil"));
        assert_eq!(package("/data/user/0/com.evil/x"), Some("com.evil"));
        assert_eq!(package("/data/app/~~Ab==/com.evil-Cd==/base.apk"), Some("com.evil"));
        assert_eq!(package("/data/app/com.evil-1/base.apk"), Some("com.evil"));
        assert_eq!(package("/data/misc/profiles/cur/0/com.evil/primary.prof"), Some("com.evil"));
        assert_eq!(package("/data/misc/profiles/ref/com.evil/primary.prof"), Some("com.evil"));
        assert_eq!(package("/data/misc/wifi/a.b"), None);
        assert_eq!(package("/data/local/tmp/x.y"), None);
        assert_eq!(package("/storage/emulated/0/Android/data/com.evil/x"), Some("com.evil"));
    }

    #[test]
    fn storage_folders_name_sites() {
        assert_eq!(webkit_origin("https_evil.org_0"), Some("evil.org"));
        assert_eq!(webkit_origin("http_a_b.org_0.localstorage"), Some("a_b.org"));
        assert_eq!(webkit_origin("https_evil"), None);
    }
}
