use super::*;
use crate::artifact::Value;
use crate::artifacts::testing::Memory;

const TEXT: &str = "\
Packages:
  Package [com.wheel.cockpit] (74ff918):
    appId=10248
    codePath=/data/app/~~325smTR9oZ4UGISDj0YEkQ==/com.wheel.cockpit-b9EuZSUHjb7Ri4ctS29gMQ==
    versionCode=7 minSdk=33 targetSdk=35
    versionName=1.0
    flags=[ DEBUGGABLE HAS_CODE ]
    timeStamp=2026-08-04 18:48:32
    lastUpdateTime=2026-08-04 18:48:33
    installerPackageName=null
    initiatingPackageName=com.android.shell
    originatingPackageName=null
    packageSource=1
    signatures=PackageSignatures{272a63c version:2, signatures:[293a2c13], past signatures:[]}
    pkgFlags=[ DEBUGGABLE HAS_CODE ]
    declared permissions:
      com.wheel.cockpit.OWN: prot=signature
    requested permissions:
      android.permission.INTERNET
      android.permission.RECORD_AUDIO
      android.permission.READ_SMS
    install permissions:
      android.permission.INTERNET: granted=true
    User 0: ceDataInode=0 installed=false hidden=false suspended=false stopped=true notLaunched=true enabled=0 instant=false
      installReason=0
      firstInstallTime=1970-01-01 07:00:00
      runtime permissions:
    User 10: ceDataInode=491773 installed=true hidden=true suspended=false stopped=false notLaunched=false enabled=3 instant=false
      installReason=4
      firstInstallTime=2026-08-04 15:20:20
      runtime permissions:
        android.permission.RECORD_AUDIO: granted=true, flags=[ USER_SET|USER_SENSITIVE_WHEN_GRANTED]
  Package [com.store.app] (1):
    userId=10001
    installerPackageName=com.android.vending
    pkgFlags=[ HAS_CODE ]
    User 0: installed=true hidden=false stopped=false notLaunched=false enabled=0

Hidden system packages:
  Package [com.android.chrome] (2):
    userId=10002
    pkgFlags=[ SYSTEM HAS_CODE ]
    timeStamp=2009-01-01 16:00:00
    firstInstallTime=2009-01-01 16:00:00
    lastUpdateTime=2009-01-01 16:00:00
    User 0: installed=true hidden=false stopped=false notLaunched=false enabled=0
";

#[test]
fn the_package_and_where_it_came_from() {
    let got = Memory::section("dumpsys package", TEXT).line(1000).run(&ARTIFACT);
    let packages = got.of("package");
    assert_eq!(packages.len(), 3);
    let p = packages[0];
    assert_eq!((p.shown("name"), p.locator.as_str()), ("com.wheel.cockpit".into(), "line 1001"));
    assert_eq!(
        (p.shown("uid"), p.shown("version"), p.shown("version_code")),
        ("10248".into(), "1.0".into(), "7".into())
    );
    assert_eq!((p.get("installer"), p.shown("initiating")), (None, "com.android.shell".into()));
    assert_eq!((p.shown("no_installer"), p.shown("is_system")), ("true".into(), "false".into()));
    assert_eq!((p.shown("installed"), p.shown("package_source")), ("true".into(), "other".into()));
    assert_eq!((p.shown("dangerous_permissions"), p.shown("dangerous_granted")), ("2".into(), "1".into()));
    assert_eq!((p.shown("debuggable"), p.shown("signatures")), ("true".into(), "293a2c13".into()));
    assert_eq!((p.shown("last_update"), p.get("first_install")), ("2026-08-04T18:48:33".into(), None));
    assert_eq!(
        (packages[1].shown("no_installer"), packages[1].shown("installer")),
        ("false".into(), "com.android.vending".into())
    );
    assert_eq!((packages[2].shown("listing"), packages[2].shown("is_system")), ("hidden-system".into(), "true".into()));
    assert_eq!(
        (packages[2].shown("no_installer"), packages[2].get("installed")),
        ("false".into(), Some(&Value::Bool(true)))
    );
    assert!(got.tally.is_whole(), "{:?}", got.tally.notes);
}

#[test]
fn users_keep_their_own_state() {
    let got = Memory::section("dumpsys package", TEXT).run(&ARTIFACT);
    let users = got.of("package_user");
    assert_eq!(users.len(), 4);
    assert_eq!(
        (users[0].shown("user"), users[0].shown("installed"), users[0].get("first_install")),
        ("0".into(), "false".into(), None)
    );
    assert_eq!(
        (users[1].shown("user"), users[1].shown("hidden"), users[1].shown("enabled")),
        ("10".into(), "true".into(), "disabled-by-user".into())
    );
    assert_eq!(
        (users[1].shown("install_reason"), users[1].shown("first_install")),
        ("user".into(), "2026-08-04T15:20:20".into())
    );
}

#[test]
fn one_record_per_permission() {
    let got = Memory::section("dumpsys package", TEXT).run(&ARTIFACT);
    let mut seen: Vec<_> = got
        .of("permission")
        .iter()
        .map(|r| {
            [r.shown("permission"), r.shown("kind"), r.shown("granted"), r.shown("user"), r.shown("dangerous")]
                .join(" ")
        })
        .collect();
    seen.sort();
    assert_eq!(
        seen,
        [
            "android.permission.INTERNET install true  false",
            "android.permission.READ_SMS requested   true",
            "android.permission.RECORD_AUDIO runtime true 10 true",
        ]
    );
}

#[test]
fn installers_by_hand() {
    let with = |installer: Option<&str>, initiating: Option<&str>| Package {
        installer: installer.map(str::to_owned),
        initiating: initiating.map(str::to_owned),
        ..Package::default()
    };
    for by_hand in [None, Some("adb"), Some("com.google.android.packageinstaller"), Some("com.miui.packageinstaller")] {
        assert!(no_installer(&with(by_hand, None)), "{by_hand:?}");
    }
    assert!(no_installer(&with(Some("com.android.vending"), Some("com.android.shell"))));
    assert!(!no_installer(&with(Some("com.android.vending"), Some("com.android.vending"))));
}

#[test]
fn names_can_be_searched_and_words_are_told() {
    assert!(DANGEROUS_NAMES.is_sorted());
    assert!(
        dangerous("android.permission.CAMERA") && !dangerous("CAMERA") && !dangerous("android.permission.INTERNET")
    );
    assert_eq!((enabled(2), enabled(9), enabled(-1)), (Value::from("disabled"), Value::from("9"), Value::from("-1")));
}

#[test]
fn no_packages_is_an_error() {
    let got = Memory::section("dumpsys package", "Database versions:\n  1\n").run(&ARTIFACT);
    assert!(matches!(got.errors[..], [ParseError::Missing(_)]));
}
