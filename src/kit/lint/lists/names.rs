//! Names of processes, apps, files and folders that ordinary phones have.
//!
//! Sources: process lists and package lists of the bug reports and sysdiagnose archives that Apple, Google and makers
//! of phones document or that public test sets hold; AOSP's `system/core` and `packages/`.

/// Daemons and apps of iOS.
const IOS_PROCESSES: [&str; 138] = [
    "AppStore",
    "BackupAgent2",
    "CommCenter",
    "MobileMail",
    "MobilePhone",
    "MobileSMS",
    "MobileSafari",
    "OTACrashCopier",
    "OTATaskingAgent",
    "Preferences",
    "ReportCrash",
    "SpringBoard",
    "UserEventAgent",
    "accountsd",
    "adid",
    "aggregated",
    "akd",
    "amfid",
    "amsaccountsd",
    "amsengagementd",
    "appstored",
    "apsd",
    "assetsd",
    "assistantd",
    "atc",
    "backboardd",
    "biomed",
    "biomesyncd",
    "bird",
    "bluetoothd",
    "bluetoothuserd",
    "calaccessd",
    "callservicesd",
    "cfprefsd",
    "chronod",
    "ckkeyrolld",
    "cloudd",
    "com.apple.MobileSoftwareUpdate.UpdateBrainService",
    "com.apple.WebKit.GPU",
    "com.apple.WebKit.Networking",
    "com.apple.WebKit.WebContent",
    "configd",
    "contactsd",
    "containermanagerd",
    "coreduetd",
    "crash_mover",
    "cryptexd",
    "ctkd",
    "dasd",
    "destinationd",
    "diagnosticd",
    "distnoted",
    "dmd",
    "duetexpertd",
    "eventkitsyncd",
    "fileproviderd",
    "findmydeviced",
    "fmfd",
    "fseventsd",
    "geod",
    "healthd",
    "homed",
    "identityservicesd",
    "imagent",
    "installd",
    "itunesstored",
    "kbd",
    "kernel_task",
    "keybagd",
    "launchd",
    "locationd",
    "lockdownd",
    "logd",
    "lsd",
    "mDNSResponder",
    "mdmd",
    "mediaanalysisd",
    "medialibraryd",
    "mediaserverd",
    "misd",
    "mobile_assertion_agent",
    "mobileactivationd",
    "mobileassetd",
    "mobiletimerd",
    "neagent",
    "nehelper",
    "nesessionmanager",
    "networkd",
    "notifyd",
    "nsurlsessiond",
    "osanalyticshelper",
    "parsecd",
    "passd",
    "photoanalysisd",
    "photolibraryd",
    "powerd",
    "profiled",
    "ptpd",
    "rapportd",
    "remotemanagementd",
    "routined",
    "rtcreportingd",
    "runningboardd",
    "searchd",
    "searchpartyd",
    "securityd",
    "sharingd",
    "siriknowledged",
    "softwareupdated",
    "softwareupdateservicesd",
    "spindump",
    "storekitd",
    "suggestd",
    "swcd",
    "symptomsd",
    "sysdiagnose",
    "syslogd",
    "tccd",
    "thermalmonitord",
    "timed",
    "tipsd",
    "transparencyd",
    "trustd",
    "tzd",
    "tzlinkd",
    "usermanagerd",
    "videosubscriptionsd",
    "vm_stat",
    "voiced",
    "wapic",
    "watchdogd",
    "wcd",
    "webbookmarksd",
    "wifid",
    "wifivelocityd",
    "wirelessproxd",
    "xpcproxy",
    "xpcroleaccountd",
];

/// Daemons and tools of Android.
const ANDROID_PROCESSES: [&str; 52] = [
    "adbd",
    "apexd",
    "app_process",
    "app_process32",
    "app_process64",
    "audioserver",
    "cameraserver",
    "credstore",
    "drmserver",
    "dumpstate",
    "gpuservice",
    "hwservicemanager",
    "incidentd",
    "init",
    "iorapd",
    "kernel",
    "keystore",
    "keystore2",
    "kswapd0",
    "kthreadd",
    "linker64",
    "lmkd",
    "logcat",
    "mdnsd",
    "media.codec",
    "media.extractor",
    "media.metrics",
    "media.swcodec",
    "mediaextractor",
    "mediaserver",
    "netd",
    "perfetto",
    "rild",
    "servicemanager",
    "sh",
    "statsd",
    "storaged",
    "surfaceflinger",
    "system_server",
    "thermald",
    "tombstoned",
    "toolbox",
    "toybox",
    "traced",
    "traced_probes",
    "ueventd",
    "vndservicemanager",
    "vold",
    "webview_zygote",
    "wificond",
    "wpa_supplicant",
    "zygote64",
];

/// Words that many programs call their helpers by.
const GENERIC: [&str; 34] = [
    "agent", "app", "binder", "client", "config", "core", "daemon", "data", "default", "demo", "download", "exec",
    "helper", "install", "launcher", "loader", "main", "manager", "module", "monitor", "payload", "proxy", "root",
    "run", "server", "service", "setup", "shell", "system", "test", "update", "updater", "worker", "zygote",
];

/// Letters that a process name has at least, to say something.
const SHORT: usize = 3;

/// The system that has a process of this name.
pub fn process_of(name: &str) -> Option<&'static str> {
    if IOS_PROCESSES.binary_search(&name).is_ok() {
        return Some("iOS");
    }
    ANDROID_PROCESSES.binary_search(&name).is_ok().then_some("Android")
}

/// Why a process name says little.
pub fn is_generic(name: &str) -> Option<&'static str> {
    if name.chars().count() < SHORT {
        return Some("very short");
    }
    GENERIC.binary_search(&name.to_ascii_lowercase().as_str()).is_ok().then_some("a common word")
}

/// The process of a system from which a name differs by one letter.
pub fn process_near(name: &str) -> Option<&'static str> {
    const MIN: usize = 5;
    if name.len() < MIN {
        return None;
    }
    IOS_PROCESSES.iter().chain(&ANDROID_PROCESSES).find(|p| p.len() >= MIN && one_edit(name, p)).copied()
}

/// Whether one letter inserted, removed, changed or exchanged with its neighbour makes one of the other.
fn one_edit(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let front = short.iter().zip(long.iter()).take_while(|(x, y)| x == y).count();
    let back = short[front..].iter().rev().zip(long[front..].iter().rev()).take_while(|(x, y)| x == y).count();
    let left = long.len() - front - back;
    if short.len() < long.len() {
        return left <= 1;
    }
    left == 1 || (left == 2 && short[front] == long[front + 1] && short[front + 1] == long[front])
}

/// Apps that ordinary phones have.
const APPS: [&str; 84] = [
    "android",
    "com.android.bluetooth",
    "com.android.calendar",
    "com.android.camera2",
    "com.android.captiveportallogin",
    "com.android.cellbroadcastreceiver",
    "com.android.certinstaller",
    "com.android.chrome",
    "com.android.contacts",
    "com.android.deskclock",
    "com.android.dialer",
    "com.android.documentsui",
    "com.android.email",
    "com.android.externalstorage",
    "com.android.gallery3d",
    "com.android.inputmethod.latin",
    "com.android.keychain",
    "com.android.launcher3",
    "com.android.managedprovisioning",
    "com.android.mms",
    "com.android.mtp",
    "com.android.nfc",
    "com.android.packageinstaller",
    "com.android.permissioncontroller",
    "com.android.phone",
    "com.android.providers.calendar",
    "com.android.providers.contacts",
    "com.android.providers.downloads",
    "com.android.providers.media",
    "com.android.providers.settings",
    "com.android.providers.telephony",
    "com.android.server.telecom",
    "com.android.settings",
    "com.android.shell",
    "com.android.stk",
    "com.android.systemui",
    "com.android.vending",
    "com.android.vpndialogs",
    "com.android.webview",
    "com.apple.AppStore",
    "com.apple.MobileSMS",
    "com.apple.Preferences",
    "com.apple.camera",
    "com.apple.mobilemail",
    "com.apple.mobilephone",
    "com.apple.mobilesafari",
    "com.apple.mobileslideshow",
    "com.apple.springboard",
    "com.burbn.instagram",
    "com.facebook.Facebook",
    "com.facebook.katana",
    "com.facebook.orca",
    "com.google.Gmail",
    "com.google.Maps",
    "com.google.android.apps.maps",
    "com.google.android.apps.messaging",
    "com.google.android.apps.photos",
    "com.google.android.calendar",
    "com.google.android.contacts",
    "com.google.android.dialer",
    "com.google.android.gm",
    "com.google.android.gms",
    "com.google.android.googlequicksearchbox",
    "com.google.android.gsf",
    "com.google.android.inputmethod.latin",
    "com.google.android.packageinstaller",
    "com.google.android.permissioncontroller",
    "com.google.android.webview",
    "com.google.android.youtube",
    "com.google.chrome.ios",
    "com.instagram.android",
    "com.samsung.android.messaging",
    "com.sec.android.app.launcher",
    "com.skype.raider",
    "com.snapchat.android",
    "com.tencent.mm",
    "com.twitter.android",
    "com.viber.voip",
    "com.whatsapp",
    "com.zhiliaoapp.musically",
    "jp.naver.line.android",
    "net.whatsapp.WhatsApp",
    "org.telegram.messenger",
    "org.thoughtcrime.securesms",
];

/// Beginnings of names that the makers of systems use.
const MAKERS: [&str; 16] = [
    "android.",
    "com.android.",
    "com.apple.",
    "com.google.",
    "com.hihonor.",
    "com.huawei.",
    "com.mediatek.",
    "com.miui.",
    "com.motorola.",
    "com.oneplus.",
    "com.oppo.",
    "com.qualcomm.",
    "com.samsung.",
    "com.sec.",
    "com.vivo.",
    "com.xiaomi.",
];

/// True for an app that ordinary phones have.
pub fn is_app(id: &str) -> bool {
    APPS.binary_search(&id).is_ok()
}

/// The maker's name that an app identifier uses without being known as one of the maker's apps.
pub fn poses_as(id: &str) -> Option<&'static str> {
    if let Some(maker) = MAKERS.iter().find(|m| id.starts_with(**m)) {
        return Some(maker.trim_end_matches('.'));
    }
    const WORDS: [&str; 6] = ["service", "setting", "system", "play", "sync", "update"];
    let label = id.split('.').nth(1)?;
    ["android", "google", "huawei", "oneplus", "samsung"]
        .into_iter()
        .find(|m| label.strip_prefix(m).is_some_and(|rest| WORDS.iter().any(|w| rest.starts_with(w))))
}

/// File names that ordinary phones have in many places.
const FILES: [&str; 33] = [
    ".DS_Store",
    "AndroidManifest.xml",
    "Cache.db",
    "Favicons.db",
    "History.db",
    "Info.plist",
    "Manifest.db",
    "Manifest.plist",
    "PkgInfo",
    "Status.plist",
    "Thumbs.db",
    "TrustedPeers.plist",
    "app.apk",
    "base.apk",
    "base.odex",
    "base.vdex",
    "build.prop",
    "classes.dex",
    "com.apple.Preferences.plist",
    "com.apple.locationd.plist",
    "config.json",
    "config.xml",
    "data.db",
    "hosts",
    "image.jpg",
    "index.html",
    "libc.so",
    "main.js",
    "mmssms.db",
    "resources.arsc",
    "settings.db",
    "sms.db",
    "store.db",
];

/// True for a file name that ordinary phones have.
pub fn is_file(name: &str) -> bool {
    FILES.binary_search(&name).is_ok()
}

/// Folders of the systems, in their one spelling.
const FOLDERS: [&str; 52] = [
    "/",
    "/Applications",
    "/Library",
    "/System",
    "/System/Library",
    "/bin",
    "/cache",
    "/data",
    "/data/app",
    "/data/data",
    "/data/local",
    "/data/local/tmp",
    "/data/media",
    "/data/system",
    "/data/user",
    "/data/user/0",
    "/dev",
    "/mnt",
    "/private",
    "/private/etc",
    "/private/var",
    "/private/var/containers",
    "/private/var/db",
    "/private/var/db/com.apple.xpc.roleaccountd.staging",
    "/private/var/keybags",
    "/private/var/log",
    "/private/var/logs",
    "/private/var/mobile",
    "/private/var/mobile/Containers",
    "/private/var/mobile/Library",
    "/private/var/mobile/Library/Caches",
    "/private/var/mobile/Library/Preferences",
    "/private/var/mobile/Media",
    "/private/var/root",
    "/private/var/root/Library",
    "/private/var/run",
    "/private/var/tmp",
    "/private/var/wireless",
    "/proc",
    "/product",
    "/sbin",
    "/storage",
    "/storage/emulated",
    "/storage/emulated/0",
    "/storage/emulated/0/Download",
    "/sys",
    "/system",
    "/system/bin",
    "/system/lib64",
    "/system/xbin",
    "/usr",
    "/vendor",
];

/// True for a folder of the system; everything below it would match.
pub fn is_system_folder(path: &str) -> bool {
    FOLDERS.binary_search(&path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_answers_are_right() {
        assert!(IOS_PROCESSES.is_sorted() && ANDROID_PROCESSES.is_sorted() && GENERIC.is_sorted());
        assert!(APPS.is_sorted() && FILES.is_sorted() && FOLDERS.is_sorted());
        assert_eq!(process_of("launchd"), Some("iOS"));
        assert_eq!(process_of("BackupAgent"), None);
        for (near, real) in [("cfprefssd", "cfprefsd"), ("passsd", "passd"), ("vm_stats", "vm_stat")] {
            assert_eq!(process_near(near), Some(real));
        }
        assert_eq!(process_near("roleaboutd"), None);
        assert!(one_edit("ab", "ba") && one_edit("abc", "adc") && one_edit("abc", "ab") && !one_edit("abcd", "badc"));
        assert_eq!(is_generic("bh"), Some("very short"));
        assert_eq!(poses_as("com.android.core.monitor"), Some("com.android"));
        assert_eq!(poses_as("com.androidservices.support"), Some("android"));
        assert_eq!(poses_as("com.androidlost"), None);
        assert!(is_system_folder("/private/var/tmp") && !is_system_folder("/data/local/tmp/wd"));
    }
}
