//! Where the domains of an iOS backup lie on the device.
//!
//! A backup names files by domain and relative path. On the device each domain has a root folder, named in
//! `/System/Library/Backup/Domains.plist`. Containers of apps have a random folder name on the device that the backup
//! does not keep; their identifier stands in its place.

/// Roots of the domains that have one fixed folder.
fn fixed_root(domain: &str) -> Option<&'static str> {
    Some(match domain {
        // The relative paths of these begin with `Library/` or `Media/`.
        "HomeDomain" | "CameraRollDomain" | "MediaDomain" | "TonesDomain" | "KeyboardDomain" | "HomeKitDomain" => {
            "/private/var/mobile"
        }
        // Relative paths begin with `Health/`.
        "HealthDomain" => "/private/var/mobile/Library",
        "BooksDomain" => "/private/var/mobile/Media/Books",
        "RootDomain" => "/private/var/root",
        "WirelessDomain" => "/private/var/wireless",
        "SystemPreferencesDomain" => "/private/var/preferences",
        "ManagedPreferencesDomain" => "/private/var/Managed Preferences",
        "KeychainDomain" => "/private/var/Keychains",
        "MobileDeviceDomain" => "/private/var/MobileDevice",
        "DatabaseDomain" => "/private/var/db",
        "InstallDomain" => "/private/var/installd",
        "NetworkDomain" => "/private/var/networkd",
        "ProtectedDomain" => "/private/var/protected",
        _ => return None,
    })
}

/// Parent folder of a family of containers.
fn container_root(family: &str) -> Option<&'static str> {
    Some(match family {
        "AppDomain" => "/private/var/mobile/Containers/Data/Application",
        "AppDomainGroup" => "/private/var/mobile/Containers/Shared/AppGroup",
        "AppDomainPlugin" => "/private/var/mobile/Containers/Data/PluginKitPlugin",
        "SysContainerDomain" => "/private/var/containers/Data/System",
        "SysSharedContainerDomain" => "/private/var/containers/Shared/SystemGroup",
        _ => return None,
    })
}

/// Writes the absolute path of a backup file on its device into `out`; of an unknown domain, `domain/relative`.
pub(super) fn device_path(domain: &str, relative: &str, out: &mut String) {
    out.clear();
    if let Some(root) = fixed_root(domain) {
        out.push_str(root);
    } else if let Some((root, id)) = domain.split_once('-').and_then(|(f, id)| Some((container_root(f)?, id))) {
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

/// The bundle identifier a domain belongs to: of an app, or of an app's extension. Groups are shared and have none.
pub(super) fn app_id(domain: &str) -> Option<&str> {
    let (family, id) = domain.split_once('-')?;
    (matches!(family, "AppDomain" | "AppDomainPlugin") && !id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(domain: &str, relative: &str) -> String {
        let mut out = String::from("left over");
        device_path(domain, relative, &mut out);
        out
    }

    #[test]
    fn domains_have_their_place_on_the_device() {
        for (domain, relative, expected) in [
            ("HomeDomain", "Library/SMS/sms.db", "/private/var/mobile/Library/SMS/sms.db"),
            ("HealthDomain", "Health/healthdb.sqlite", "/private/var/mobile/Library/Health/healthdb.sqlite"),
            ("ManagedPreferencesDomain", "mobile/a.plist", "/private/var/Managed Preferences/mobile/a.plist"),
            ("RootDomain", "", "/private/var/root"),
            ("AppDomain-com.a-b.c", "Library/x", "/private/var/mobile/Containers/Data/Application/com.a-b.c/Library/x"),
            (
                "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles",
                "Library/p",
                "/private/var/containers/Shared/SystemGroup/systemgroup.com.apple.configurationprofiles/Library/p",
            ),
            ("NewDomain", "a/b", "NewDomain/a/b"),
            ("New-Domain", "a", "New-Domain/a"),
        ] {
            assert_eq!(path(domain, relative), expected);
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
