//! Where the domains of an iOS backup lie on the device: one table, read in both directions.
//!
//! A backup names files by domain and relative path. On the device each domain has a root folder, named in
//! `/System/Library/Backup/Domains.plist` (since iOS 17 in the MobileBackup framework), key `SystemDomains/<name>/RootPath`.
//! Containers of apps have a random folder name on the device that the backup does not keep; their identifier stands in
//! its place. Several domains share a root: from a domain the path follows, from a path only the likely domain.

/// Root of everything below.
const VAR: &str = "/private/var/";

/// A domain with one fixed root, and which paths below that root are its own where domains share it.
struct Fixed {
    name: &'static str,
    /// Below `/private/var/`.
    root: &'static str,
    /// First components of its relative paths; empty where the root is its own.
    first: &'static [&'static str],
}

const fn own(name: &'static str, root: &'static str) -> Fixed {
    Fixed { name, root, first: &[] }
}

const fn shared(name: &'static str, root: &'static str, first: &'static [&'static str]) -> Fixed {
    Fixed { name, root, first }
}

/// In the order in which a path on the device is compared: what is narrower comes first.
const FIXED: [Fixed; 18] = [
    shared(
        "MediaDomain",
        "mobile",
        &["Library/SMS/Attachments", "Library/SMS/Parts", "Library/SMS/StickerCache", "Library/Recordings"],
    ),
    shared("HealthDomain", "mobile/Library", &["Health", "MedicalID"]),
    shared("HomeKitDomain", "mobile", &["Library/homed"]),
    shared("KeyboardDomain", "mobile", &["Library/Keyboard"]),
    shared(
        "CameraRollDomain",
        "mobile",
        &["Media/DCIM", "Media/PhotoData", "Media/Memories", "Media/MediaAnalysis", "Media/Deferred"],
    ),
    own("BooksDomain", "mobile/Media/Books"),
    shared("TonesDomain", "mobile", &["Media/iTunes_Control/iTunes/Ringtones.plist", "Media/Purchases"]),
    shared("MediaDomain", "mobile", &["Media"]),
    own("HomeDomain", "mobile"),
    own("RootDomain", "root"),
    own("WirelessDomain", "wireless"),
    own("SystemPreferencesDomain", "preferences"),
    own("ManagedPreferencesDomain", "Managed Preferences"),
    own("KeychainDomain", "Keychains"),
    own("MobileDeviceDomain", "MobileDevice"),
    own("DatabaseDomain", "db"),
    own("InstallDomain", "installd"),
    own("NetworkDomain", "networkd"),
];

/// Also a domain of its own; its files lie in one folder with nothing else.
const PROTECTED: Fixed = own("ProtectedDomain", "protected");

/// Families of containers, and the folder that holds the containers.
const CONTAINERS: [(&str, &str); 5] = [
    ("AppDomain", "mobile/Containers/Data/Application"),
    ("AppDomainGroup", "mobile/Containers/Shared/AppGroup"),
    ("AppDomainPlugin", "mobile/Containers/Data/PluginKitPlugin"),
    ("SysContainerDomain", "containers/Data/System"),
    ("SysSharedContainerDomain", "containers/Shared/SystemGroup"),
];

fn fixed() -> impl Iterator<Item = &'static Fixed> {
    FIXED.iter().chain([&PROTECTED])
}

/// Writes the absolute path of a backup file on its device into `out`; of an unknown domain, `domain/relative`.
pub fn device_path(domain: &str, relative: &str, out: &mut String) {
    out.clear();
    let container = || domain.split_once('-').and_then(|(f, id)| Some((CONTAINERS.iter().find(|c| c.0 == f)?.1, id)));
    if let Some(f) = fixed().find(|f| f.name == domain) {
        out.push_str(VAR);
        out.push_str(f.root);
    } else if let Some((root, id)) = container() {
        out.push_str(VAR);
        out.push_str(root);
        out.push('/');
        out.push_str(id);
    } else {
        out.push_str(domain);
    }
    if !relative.is_empty() {
        out.push('/');
        out.push_str(relative);
    }
}

/// The likely domain and relative path of a path on the device. For showing, never for finding: eight domains share one
/// folder, and the identifier of a container is not part of its path.
pub fn domain_of(path: &str) -> Option<(String, &str)> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_prefix("private/").unwrap_or(path).strip_prefix("var/")?;
    for (family, root) in CONTAINERS {
        if let Some((id, rest)) = below(path, root).and_then(|p| p.split_once('/').or(Some((p, ""))))
            && !id.is_empty()
        {
            return Some((format!("{family}-{id}"), rest));
        }
    }
    let fits = |f: &&Fixed| {
        let rest = below(path, f.root);
        rest.is_some_and(|r| f.first.is_empty() || f.first.iter().any(|first| r == *first || below(r, first).is_some()))
    };
    let found = fixed().find(fits)?;
    Some((found.name.to_owned(), below(path, found.root)?))
}

/// What of `path` lies below `root`.
fn below<'p>(path: &'p str, root: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(root)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// The bundle identifier a domain belongs to: of an app, or of an app's extension. Groups are shared and have none.
pub fn app_id(domain: &str) -> Option<&str> {
    let (family, id) = domain.split_once('-')?;
    (matches!(family, "AppDomain" | "AppDomainPlugin") && !id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: [(&str, &str, &str); 14] = [
        ("HomeDomain", "Library/SMS/sms.db", "/private/var/mobile/Library/SMS/sms.db"),
        ("MediaDomain", "Library/SMS/Attachments/a", "/private/var/mobile/Library/SMS/Attachments/a"),
        ("MediaDomain", "Media/Recordings/a", "/private/var/mobile/Media/Recordings/a"),
        ("CameraRollDomain", "Media/DCIM/a.jpg", "/private/var/mobile/Media/DCIM/a.jpg"),
        ("HealthDomain", "Health/healthdb.sqlite", "/private/var/mobile/Library/Health/healthdb.sqlite"),
        ("HomeKitDomain", "Library/homed/a", "/private/var/mobile/Library/homed/a"),
        ("BooksDomain", "a.epub", "/private/var/mobile/Media/Books/a.epub"),
        ("ManagedPreferencesDomain", "mobile/a.plist", "/private/var/Managed Preferences/mobile/a.plist"),
        ("ProtectedDomain", "trustd/private/a", "/private/var/protected/trustd/private/a"),
        ("RootDomain", "", "/private/var/root"),
        ("AppDomain-com.a-b.c", "Library/x", "/private/var/mobile/Containers/Data/Application/com.a-b.c/Library/x"),
        ("AppDomainGroup-group.a", "x", "/private/var/mobile/Containers/Shared/AppGroup/group.a/x"),
        ("SysContainerDomain-a", "x", "/private/var/containers/Data/System/a/x"),
        (
            "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles",
            "Library/p",
            "/private/var/containers/Shared/SystemGroup/systemgroup.com.apple.configurationprofiles/Library/p",
        ),
    ];

    fn path(domain: &str, relative: &str) -> String {
        let mut out = String::from("left over");
        device_path(domain, relative, &mut out);
        out
    }

    #[test]
    fn domains_have_their_place_on_the_device_and_back() {
        for (domain, relative, expected) in PAIRS {
            assert_eq!(path(domain, relative), expected);
            assert_eq!(domain_of(expected), Some((domain.to_owned(), relative)), "{expected}");
            assert_eq!(domain_of(expected.strip_prefix("/private").unwrap()), domain_of(expected), "/var is a link");
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert_eq!(path("NewDomain", "a/b"), "NewDomain/a/b");
        assert_eq!(path("New-Domain", "a"), "New-Domain/a");
        for elsewhere in ["/System/Library/x", "/private/var/tmp/x", "NewDomain/a", ""] {
            assert_eq!(domain_of(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn only_apps_and_their_extensions_have_an_app_id() {
        assert_eq!(app_id("AppDomain-com.evil.app"), Some("com.evil.app"));
        assert_eq!(app_id("AppDomainPlugin-com.evil.app.keyboard"), Some("com.evil.app.keyboard"));
        assert_eq!(app_id("AppDomainGroup-group.com.evil"), None);
        assert_eq!(app_id("AppDomain-"), None);
        assert_eq!(app_id("HomeDomain"), None);
    }
}
