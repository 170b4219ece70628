//! `ios.backup_info`: the device the backup was made of, and the apps installed on it.
//!
//! `Info.plist` in the backup's root, written by the computer. `Applications` has one entry per app with the App
//! Store's own record of it (`iTunesMetadata`, a property list inside the property list).

use crate::artifact::{
    Artifact, Context, Emitter, Event, Field, Input, Kind, Locator, ParseError, Place, Precision, Shape, Source,
    Timestamp, Value,
};
use crate::formats::plist;

use super::rows::{Fields, Pool};

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.backup_info",
    title: "Device and installed apps",
    about: "\
What the backup says about itself: `Info.plist` in its root. One record `device` (model, system version, names, serial
numbers, date of the backup) and one record `application` per app the owner had installed.

For apps, `purchase_date` is when the account first got the app, not when it was installed; `source_app` is the program
that installed it. `has_store_metadata` is false for an app without a record of the App Store: built or signed by
somebody else, or installed by a company. `listed` is false for an app that has a record but is not in the list of
installed apps.

Limits: system apps are not listed. The file is written by the computer that made the backup and is not protected: who
had the backup could change it.",
    sources: &[Source::required(Kind::IosBackup, Place::File("Info.plist"))],
    shapes: &[&DEVICE, &APPLICATION],
    needs: &[],
    mvt: &["backup_info", "applications"],
    parse,
};

fields! {
    PRODUCT_NAME "product_name" [] Public "Name of the model.";
    PRODUCT_TYPE "product_type" [] Public "Identifier of the model: `iPhone9,3`.";
    PRODUCT_VERSION "product_version" [] Public "Version of the system.";
    BUILD_VERSION "build_version" [] Public "Build of the system.";
    LAST_BACKUP_DATE "last_backup_date" [Time] Public "When the backup was made (UTC).";
    DEVICE_NAME "device_name" [] Personal "Name the owner gave the device.";
    DISPLAY_NAME "display_name" [] Personal "Name shown by the computer.";
    PHONE_NUMBER "phone_number" [] Personal "Own telephone number.";
    SERIAL_NUMBER "serial_number" [] DeviceId "Serial number.";
    UNIQUE_IDENTIFIER "unique_identifier" [] DeviceId "UDID.";
    TARGET_IDENTIFIER "target_identifier" [] DeviceId "UDID, as the folder of the backup is named.";
    TARGET_TYPE "target_type" [] Public "What was backed up: `Device`.";
    GUID "guid" [] DeviceId "Identifier of the backup.";
    ICCID "iccid" [] DeviceId "Number of the SIM.";
    IMEI "imei" [] DeviceId "Number of the modem.";
    IMEI2 "imei2" [] DeviceId "Number of the modem's second slot.";
    MEID "meid" [] DeviceId "Number of a CDMA modem.";
    ITUNES_VERSION "itunes_version" [] Public "Version of the program that made the backup.";
    MACOS_VERSION "macos_version" [] Public "Version of the computer's system.";
    APPLICATION_COUNT "application_count" [Number] Public "Entries in the list of installed apps.";

    BUNDLE_ID "bundle_id" [AppId] Personal "Bundle identifier.";
    LISTED "listed" [] Public "Whether the app is in the list of installed apps.";
    HAS_STORE_METADATA "has_store_metadata" [] Public "Whether there is a record of the App Store; unknown in some backups.";
    STORE_BUNDLE_ID "store_bundle_id" [AppId] Personal "Bundle identifier in the App Store's record, where it is another one.";
    NAME "name" [] Personal "Name of the app.";
    VERSION "version" [] Public "Version shown to people.";
    BUILD "build" [] Public "Version of the bundle.";
    ARTIST "artist" [] Public "Who sells it.";
    SOURCE_APP "source_app" [] Public "Program that installed it: `com.apple.AppStore`.";
    PURCHASE_DATE "purchase_date" [Time] Public "When the account first got the app (UTC).";
    STORE_ACCOUNT "store_account" [Email] Personal "Account that got the app.";
}

/// The device and the backup.
pub static DEVICE: Shape = Shape {
    name: "device",
    fields: &[
        &PRODUCT_NAME,
        &PRODUCT_TYPE,
        &PRODUCT_VERSION,
        &BUILD_VERSION,
        &LAST_BACKUP_DATE,
        &DEVICE_NAME,
        &DISPLAY_NAME,
        &PHONE_NUMBER,
        &SERIAL_NUMBER,
        &UNIQUE_IDENTIFIER,
        &TARGET_IDENTIFIER,
        &TARGET_TYPE,
        &GUID,
        &ICCID,
        &IMEI,
        &IMEI2,
        &MEID,
        &ITUNES_VERSION,
        &MACOS_VERSION,
        &APPLICATION_COUNT,
    ],
    events: &[Event {
        time: &LAST_BACKUP_DATE,
        name: "backup_made",
        text: "{product_type} with iOS {product_version} ({build_version}) was backed up",
    }],
    context: Context::Mentioned,
};

/// One installed app.
pub static APPLICATION: Shape = Shape {
    name: "application",
    fields: &[
        &BUNDLE_ID,
        &LISTED,
        &HAS_STORE_METADATA,
        &STORE_BUNDLE_ID,
        &NAME,
        &VERSION,
        &BUILD,
        &ARTIST,
        &SOURCE_APP,
        &PURCHASE_DATE,
        &STORE_ACCOUNT,
    ],
    events: &[Event {
        time: &PURCHASE_DATE,
        name: "app_acquired",
        text: "{bundle_id} {version} of {artist} was first acquired through {source_app}",
    }],
    context: Context::Installed,
};

/// Keys of text and the fields they fill.
const FACTS: &[(&str, &Field)] = &[
    ("Product Name", &PRODUCT_NAME),
    ("Product Type", &PRODUCT_TYPE),
    ("Product Version", &PRODUCT_VERSION),
    ("Build Version", &BUILD_VERSION),
    ("Device Name", &DEVICE_NAME),
    ("Display Name", &DISPLAY_NAME),
    ("Phone Number", &PHONE_NUMBER),
    ("Serial Number", &SERIAL_NUMBER),
    ("Unique Identifier", &UNIQUE_IDENTIFIER),
    ("Target Identifier", &TARGET_IDENTIFIER),
    ("Target Type", &TARGET_TYPE),
    ("GUID", &GUID),
    ("ICCID", &ICCID),
    ("IMEI", &IMEI),
    ("IMEI 2", &IMEI2),
    ("MEID", &MEID),
    ("iTunes Version", &ITUNES_VERSION),
    ("macOS Version", &MACOS_VERSION),
];

/// Apps of one backup that are read.
const MAX_APPLICATIONS: usize = 20_000;

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let bytes = input.bytes()?;
    let (info, error) = plist::parse_lossy(&bytes);
    drop(bytes);
    let Some(info) = info else {
        return Err(match error {
            Some(e) => ParseError::format(e),
            None => ParseError::Format("expected a property list, found an empty file".to_owned()),
        });
    };
    if info.as_dict().is_none() {
        return Err(ParseError::Format(format!("expected a dictionary, found {}", info.type_name())));
    }
    if let Some(e) = error {
        emit.lost(0, "plist-damaged", e.to_string());
    }
    let mut pool = Pool::default();
    emit_device(emit, &mut pool, &info);
    emit_applications(emit, &mut pool, &info);
    Ok(())
}

fn emit_device(emit: &mut Emitter<'_>, pool: &mut Pool, info: &plist::Value) {
    let mut out = pool.take();
    for &(key, field) in FACTS {
        out.put(field, info.get(key).and_then(plain));
    }
    out.put(&LAST_BACKUP_DATE, info.get("Last Backup Date").and_then(date));
    let listed = info.get("Installed Applications").and_then(|v| v.as_array());
    out.put(&APPLICATION_COUNT, listed.and_then(|a| i64::try_from(a.len()).ok()));
    emit.emit(&DEVICE, Locator::Whole, out.as_slice());
    pool.give(out);
}

/// Every app of the list, then those that only have a record.
fn emit_applications(emit: &mut Emitter<'_>, pool: &mut Pool, info: &plist::Value) {
    let listed = info.get("Installed Applications").and_then(|v| v.as_array()).unwrap_or_default();
    let records = info.get("Applications").and_then(|v| v.as_dict());
    let by_id: std::collections::HashMap<&str, &plist::Value> =
        records.unwrap_or_default().iter().map(|(id, v)| (id.as_str(), v)).collect();
    let mut seen = std::collections::HashSet::new();
    for id in listed.iter().filter_map(|v| v.as_str()).take(MAX_APPLICATIONS) {
        if seen.insert(id) {
            let record = records.map(|_| by_id.get(id).copied());
            emit_application(emit, pool, id, true, record);
        }
    }
    for (id, record) in records.unwrap_or_default().iter().take(MAX_APPLICATIONS) {
        if seen.insert(id) {
            emit_application(emit, pool, id, false, Some(Some(record)));
        }
    }
    let most = listed.len().max(by_id.len());
    if most > MAX_APPLICATIONS {
        let lost = (most - MAX_APPLICATIONS) as u64;
        emit.lost(lost, "limit", format!("{most} apps, at most {MAX_APPLICATIONS} are read"));
    }
}

/// `record`: `None` where the backup has no records at all, `Some(None)` where it has none of this app.
fn emit_application(
    emit: &mut Emitter<'_>,
    pool: &mut Pool,
    id: &str,
    listed: bool,
    record: Option<Option<&plist::Value>>,
) {
    let embedded = record.flatten().and_then(|r| r.get("iTunesMetadata"));
    let parsed = embedded.and_then(|v| v.as_data()).map(plist::parse);
    let metadata = match &parsed {
        Some(Ok(metadata)) => Some(metadata),
        Some(Err(e)) => {
            emit.note("metadata-damaged", format!("iTunesMetadata of {id}: {e}"));
            None
        }
        // Some tools write it in place and not as bytes.
        None => embedded.filter(|v| v.as_dict().is_some()),
    };
    let mut out = pool.take();
    out.set(&BUNDLE_ID, id).set(&LISTED, listed);
    out.put(&HAS_STORE_METADATA, record.map(|_| embedded.is_some()));
    if let Some(metadata) = metadata {
        put_metadata(&mut out, id, metadata);
    }
    emit.emit(&APPLICATION, Locator::Key(id.into()), out.as_slice());
    pool.give(out);
}

fn put_metadata<'a>(out: &mut Fields<'a>, id: &str, metadata: &'a plist::Value) {
    let get = |key: &str| metadata.get(key).and_then(plain);
    let store_id = metadata.get("softwareVersionBundleId").and_then(|v| v.as_str());
    out.put(&STORE_BUNDLE_ID, store_id.filter(|s| *s != id))
        .put(&NAME, get("itemName"))
        .put(&VERSION, get("bundleShortVersionString"))
        .put(&BUILD, get("bundleVersion"))
        .put(&ARTIST, get("artistName"))
        .put(&SOURCE_APP, get("sourceApp"));
    let download = metadata.get("com.apple.iTunesStore.downloadInfo");
    out.put(&PURCHASE_DATE, download.and_then(|d| d.get("purchaseDate")).and_then(date));
    out.put(&STORE_ACCOUNT, download.and_then(|d| d.at(&["accountInfo", "AppleID"])).and_then(plain));
}

/// Text and numbers as a value; empty text is none.
fn plain(value: &plist::Value) -> Option<Value<'_>> {
    match value {
        plist::Value::String(s) if !s.is_empty() => Some(Value::from(s.as_str())),
        plist::Value::Int(i) => Some(Value::from(i.to_string())),
        plist::Value::UInt(i) => Some(Value::from(i.to_string())),
        _ => None,
    }
}

/// A date, or its text `2021-01-14T20:57:31Z`.
fn date(value: &plist::Value) -> Option<Timestamp> {
    let micros = match value {
        plist::Value::String(s) => s.parse::<jiff::Timestamp>().ok()?.as_microsecond(),
        other => other.as_unix_micros()?,
    };
    let precision = if micros % 1_000_000 == 0 { Precision::Second } else { Precision::Micro };
    Timestamp::utc_micros(micros, precision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::testing::{Memory, Run, run};

    fn parsed(xml_body: &str) -> Run {
        let xml = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\">{xml_body}</plist>");
        run(&ARTIFACT, &Memory::new().file("Info.plist", xml.into_bytes()))
    }

    #[test]
    fn device_and_apps() {
        // <dict><key>…: the App Store's record, in base64.
        let metadata = "<plist version=\"1.0\"><dict>\
            <key>softwareVersionBundleId</key><string>com.other</string>\
            <key>bundleShortVersionString</key><string>2.1</string>\
            <key>sourceApp</key><string>com.apple.AppStore</string>\
            <key>com.apple.iTunesStore.downloadInfo</key><dict>\
            <key>purchaseDate</key><string>2021-01-14T20:57:31Z</string>\
            <key>accountInfo</key><dict><key>AppleID</key><string>a@b.org</string></dict></dict></dict></plist>";
        use base64::Engine;
        let metadata = base64::engine::general_purpose::STANDARD.encode(metadata);
        let out = parsed(&format!(
            "<dict><key>Product Type</key><string>iPhone9,3</string><key>IMEI</key><string>42</string>
             <key>Last Backup Date</key><date>2021-12-03T19:33:13Z</date>
             <key>Installed Applications</key><array><string>com.a</string><string>com.side</string>
               <string>com.a</string></array>
             <key>Applications</key><dict>
               <key>com.a</key><dict><key>iTunesMetadata</key><data>{metadata}</data></dict>
               <key>com.gone</key><dict><key>iTunesMetadata</key><data>AAAA</data></dict>
             </dict></dict>"
        ));
        let device = out.of("device").next().unwrap();
        assert_eq!((device.text("product_type"), device.text("imei")), ("iPhone9,3", "42"));
        assert_eq!(device.time("last_backup_date"), "2021-12-03T19:33:13Z");
        let apps: Vec<_> = out.of("application").collect();
        assert_eq!(apps.iter().map(|a| a.text("bundle_id")).collect::<Vec<_>>(), ["com.a", "com.side", "com.gone"]);
        assert_eq!((apps[0].text("store_bundle_id"), apps[0].text("version")), ("com.other", "2.1"));
        assert_eq!(apps[0].time("purchase_date"), "2021-01-14T20:57:31Z");
        assert_eq!(apps[0].text("store_account"), "a@b.org");
        assert_eq!(apps[1].get("has_store_metadata"), Some(&Value::Bool(false)));
        assert_eq!(apps[2].get("listed"), Some(&Value::Bool(false)));
        assert_eq!(apps[2].context, Context::Installed);
        assert_eq!(out.notes("metadata-damaged").len(), 1);
    }

    #[test]
    fn without_records_nothing_is_said_about_the_store() {
        let out = parsed("<dict><key>Installed Applications</key><array><string>com.a</string></array></dict>");
        assert_eq!(out.of("application").next().unwrap().get("has_store_metadata"), None);
    }

    #[test]
    fn what_is_no_dictionary_is_an_error() {
        assert!(matches!(parsed("<string>x</string>").errors[..], [ParseError::Format(_)]));
        let out = run(&ARTIFACT, &Memory::new().file("Info.plist", Vec::new()));
        assert!(matches!(out.errors[..], [ParseError::Format(_)]));
    }
}
