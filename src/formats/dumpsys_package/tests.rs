use super::*;

fn read(text: &str) -> (Vec<Package>, Notes) {
    let (mut parser, mut out) = (Parser::default(), Vec::new());
    let mut each = |p: &Package| out.push(p.clone());
    text.lines().enumerate().for_each(|(n, l)| parser.line(n as u64 + 1, l, &mut each));
    let notes = parser.finish(&mut each);
    (out, notes)
}

const NEW: &str = "Key Set Manager:
  [not.this]
Packages:
  Package [org.new] (74ff):
    appId=10248
    sharedUser=SharedUserSetting{7fb54b1 org.shared/10248}
    codePath=/data/app/~~x==/org.new-y==
    versionCode=7 minSdk=33 targetSdk=35
    versionName=1.0 beta
    splits=[base, config.fr]
    flags=[ DEBUGGABLE HAS_CODE ]
    queriesIntents=[Intent { act=a.b }]
    usesOptionalLibraries:
      lib.one
    timeStamp=2026-01-02 03:04:05
    lastUpdateTime=2026-01-02 03:04:06
    installerPackageName=null
    initiatingPackageName=com.shell
    packageSource=1
    signatures=PackageSignatures{272 version:2, signatures:[aabb, ccdd], past signatures:[eeff]}
    pkgFlags=[ HAS_CODE ]
    declared permissions:
      org.new.P: prot=signature, INSTALLED
    requested permissions:
      a.b.CAMERA
      a.b.SCAN: restricted=true
    install permissions:
      a.b.INTERNET: granted=true
    User 0: ceDataInode=12 installed=false hidden=false stopped=true enabled=3 quarantined=true
      installReason=4
      dataDir=null
      firstInstallTime=2026-01-02 03:04:07
      lastDisabledCaller: org.killer
      gids=[3003]
      runtime permissions:
        a.b.CAMERA: granted=false, flags=[ USER_SET|USER_FIXED]
      disabledComponents:
        org.new.Receiver
    User 10: installed=true enabled=0
      runtime permissions:
        a.b.CAMERA: granted=true, flags=[]
  Package [org.two] (2):
    userId=1
    User 0: installed=true

Hidden system packages:
  Package [org.hidden] (3):
    pkgFlags=[ SYSTEM ]
    User 0: installed=true
Shared users:
  SharedUser [x] (1):
Active APEX packages:
  org.apex
    Version: 290
    Path: /system/apex/a.apex
    IsActive: true
    ApplicationInfo:
      name=x
";

#[test]
fn android_14_and_later() {
    let (got, notes) = read(NEW);
    assert_eq!(notes.count, 0, "{:?}", notes.first);
    let names: Vec<_> = got.iter().map(|p| (p.name.as_str(), p.listing)).collect();
    let want = [("org.new", Listing::Active), ("org.two", Listing::Active), ("org.hidden", Listing::HiddenSystem)];
    assert_eq!(names[..3], want);
    assert_eq!(names[3..], [("org.apex", Listing::Apex)]);
    let p = &got[0];
    assert_eq!(
        (p.line, p.app_id, p.version_code, p.min_sdk, p.target_sdk),
        (4, Some(10248), Some(7), Some(33), Some(35))
    );
    assert_eq!((p.version_name.as_deref(), p.shared_user.as_deref()), (Some("1.0 beta"), Some("org.shared")));
    assert_eq!((p.installer.as_deref(), p.initiating.as_deref(), p.package_source), (None, Some("com.shell"), Some(1)));
    assert_eq!(
        (&p.signatures[..], &p.past_signatures[..]),
        (&["aabb".into(), "ccdd".into()][..], &["eeff".into()][..])
    );
    assert_eq!(p.splits, ["base", "config.fr"]);
    assert!(!p.system() && got[2].system());
    let perms: Vec<_> = p.permissions.iter().map(|x| (x.kind, x.name.as_str(), x.granted, x.user)).collect();
    use PermissionKind::*;
    let want = [
        (Declared, "org.new.P", None, None),
        (Requested, "a.b.CAMERA", None, None),
        (Requested, "a.b.SCAN", None, None),
        (Install, "a.b.INTERNET", Some(true), None),
        (Runtime, "a.b.CAMERA", Some(false), Some(0)),
        (Runtime, "a.b.CAMERA", Some(true), Some(10)),
    ];
    assert_eq!(perms, want);
    assert_eq!(p.permissions[0].detail.as_deref(), Some("prot=signature, INSTALLED"));
    assert_eq!(p.permissions[4].flags, ["USER_SET", "USER_FIXED"]);
    let u = &p.users[0];
    assert_eq!((u.id, u.installed, u.stopped, u.enabled), (0, Some(false), Some(true), Some(3)));
    assert_eq!((u.install_reason, u.data_dir.as_deref(), u.quarantined), (Some(4), None, Some(true)));
    assert_eq!(u.first_install_time.as_deref(), Some("2026-01-02 03:04:07"));
    assert_eq!((&u.disabled_components[..], u.ce_data_inode), (&["org.new.Receiver".into()][..], Some(12)));
    assert_eq!(u.last_disabled_caller.as_deref(), Some("org.killer"));
    assert_eq!((got[3].version_code, got[3].code_path.as_deref()), (Some(290), Some("/system/apex/a.apex")));
}

#[test]
fn android_2_and_5() {
    let (got, notes) = read(
        "Packages:
  Package [old.app] (406eb6a8):
    userId=10032 gids=[3003, 1015]
    sharedUser=null
    versionCode=10
    versionName=2.3.5
    targetSdk=10
    signatures=PackageSignatures{4066a690 [406ecd70]}
    pkgFlags=0x1 installStatus=1 enabled=0
    User 0:  installed=true hidden=false enabled=0
    grantedPermissions:
      p.ONE
      p.TWO
",
    );
    assert_eq!(notes.count, 0, "{:?}", notes.first);
    let p = &got[0];
    assert_eq!((p.app_id, p.target_sdk, p.shared_user.as_deref()), (Some(10032), Some(10), None));
    assert!(p.system());
    assert_eq!(p.signatures, ["406ecd70"]);
    let granted: Vec<_> = p.permissions.iter().map(|x| (x.name.as_str(), x.granted, x.user)).collect();
    assert_eq!(granted, [("p.ONE", Some(true), None), ("p.TWO", Some(true), None)]);
}

#[test]
fn bounded_cut_and_hostile() {
    let mut text = String::from("Packages:\n  Package [a.b] (1):\n    requested permissions:\n");
    (0..10_000).for_each(|n| text.push_str(&format!("      p.N{n}\n")));
    let (got, _) = read(&text);
    assert_eq!((got[0].permissions.len(), got[0].permissions_lost), (MAX_PERMISSIONS, 10_000 - MAX_PERMISSIONS as u64));
    for end in 0..NEW.len() {
        drop(read(&NEW[..end]));
    }
    for prefix in ["", "  ", "    ", "        "] {
        let text = format!("Packages:\n  Package [a.b] (1):\n{}", format!("{prefix}{{\n").repeat(300_000));
        assert_eq!(read(&text).0.len(), 1);
    }
    drop(read(&format!("Packages:\n  Package [{}", "[".repeat(10 << 20))));
}
