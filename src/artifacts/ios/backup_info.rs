//! `ios.backup_info`: the device the backup was made of, and the apps installed on it.
//!
//! `Info.plist` in the backup's root, written by the computer. `Applications` has one entry per app with the App
//! Store's own record of it (`iTunesMetadata`, a property list inside the property list).

use crate::artifact::{
    Artifact, Emitter, Field, Fields, Found, Input, Locator, ParseError, Precision, Reader, Source, Timestamp, Value,
    reason, shape,
};
use crate::formats::plist;

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.backup_info",
    about: "\
What the backup says about itself: `Info.plist` in its root. One record `device` (model, system version, names, serial
numbers, date of the backup) and one record `application` per app the owner had installed.

For apps, `purchase_date` is when the account first got the app, not when it was installed; `source_app` is the program
that installed it. `has_store_metadata` is false for an app without a record of the App Store: built or signed by
somebody else, or installed by a company. `listed` is false for an app that has a record but is not in the list of
installed apps.

Limits: system apps are not listed. The file is written by the computer that made the backup and is not protected: who
had the backup could change it.",
    sources: &[Source::own("Info.plist", Reader::With(parse))],
    shapes: &[&device::SHAPE, &application::SHAPE],
    mvt: &["backup_info", "applications"],
};

shape! {
    /// The device and the backup.
    device(Mentioned) {
        product_name      Public   []       "Name of the model.";
        product_type      Public   []       "Identifier of the model: `iPhone9,3`.";
        product_version   Public   []       "Version of the system.";
        build_version     Public   []       "Build of the system.";
        last_backup_date  Public   [Time]   "When the backup was made (UTC).";
        device_name       Personal []       "Name the owner gave the device.";
        display_name      Personal []       "Name shown by the computer.";
        phone_number      Personal []       "Own telephone number.";
        serial_number     DeviceId []       "Serial number.";
        unique_identifier DeviceId []       "UDID.";
        target_identifier DeviceId []       "UDID, as the folder of the backup is named.";
        target_type       Public   []       "What was backed up: `Device`.";
        guid              DeviceId []       "Identifier of the backup.";
        iccid             DeviceId []       "Number of the SIM.";
        imei              DeviceId []       "Number of the modem.";
        imei2             DeviceId []       "Number of the modem's second slot.";
        meid              DeviceId []       "Number of a CDMA modem.";
        itunes_version    Public   []       "Version of the program that made the backup.";
        macos_version     Public   []       "Version of the computer's system.";
        application_count Public   [Number] "Entries in the list of installed apps.";
    }
    events {
        backup_made(last_backup_date) "{product_type} with iOS {product_version} ({build_version}) was backed up";
    }
}

shape! {
    /// One installed app.
    application(Installed) {
        bundle_id          Personal [AppId] "Bundle identifier.";
        listed             Public   []      "Whether the app is in the list of installed apps.";
        has_store_metadata Public   []      "Whether there is a record of the App Store; unknown in some backups.";
        store_bundle_id    Personal [AppId] "Bundle identifier in the App Store's record, where it is another one.";
        name               Personal []      "Name of the app.";
        version            Public   []      "Version shown to people.";
        build              Public   []      "Version of the bundle.";
        artist             Public   []      "Who sells it.";
        source_app         Public   []      "Program that installed it: `com.apple.AppStore`.";
        purchase_date      Public   [Time]  "When the account first got the app (UTC).";
        store_account      Personal [Email] "Account that got the app.";
    }
    events {
        app_acquired(purchase_date) "{bundle_id} {version} of {artist} was first acquired through {source_app}";
    }
}

/// Keys of text and the fields they fill.
const FACTS: &[(&str, &Field)] = &[
    ("Product Name", &device::product_name),
    ("Product Type", &device::product_type),
    ("Product Version", &device::product_version),
    ("Build Version", &device::build_version),
    ("Device Name", &device::device_name),
    ("Display Name", &device::display_name),
    ("Phone Number", &device::phone_number),
    ("Serial Number", &device::serial_number),
    ("Unique Identifier", &device::unique_identifier),
    ("Target Identifier", &device::target_identifier),
    ("Target Type", &device::target_type),
    ("GUID", &device::guid),
    ("ICCID", &device::iccid),
    ("IMEI", &device::imei),
    ("IMEI 2", &device::imei2),
    ("MEID", &device::meid),
    ("iTunes Version", &device::itunes_version),
    ("macOS Version", &device::macos_version),
];

/// Apps of one backup that are read.
const MAX_APPLICATIONS: usize = 20_000;

/// Keys that every backup has: one that is missing was damaged, or stands elsewhere now.
const KEYS: [&str; 3] = ["Product Type", "Product Version", "Installed Applications"];

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let info = input.dict(emit)?;
    let missing: Vec<&str> = KEYS.into_iter().filter(|k| info.get(k).is_none()).collect();
    if !missing.is_empty() {
        let text = format!("the property list has no key {}: every backup has it", missing.join(", "));
        emit.lost_unknown(reason::KEY_MISSING, text);
    }
    emit_device(emit, &info);
    emit_applications(emit, &info);
    Ok(())
}

fn emit_device(emit: &mut Emitter<'_>, info: &plist::Value) {
    let mut out = emit.fields();
    for &(key, field) in FACTS {
        out.found(field, info.get(key).map_or(Found::Absent, plain));
    }
    out.found(&device::last_backup_date, date(info.get("Last Backup Date")));
    let listed = info.get("Installed Applications").and_then(|v| v.as_array());
    out.put(&device::application_count, listed.and_then(|a| i64::try_from(a.len()).ok()));
    emit.emit(&device::SHAPE, Locator::Whole, out);
}

/// Every app of the list, then those that only have a record.
fn emit_applications(emit: &mut Emitter<'_>, info: &plist::Value) {
    let listed = emit.holder(info, "Installed Applications", |v| v.as_array()).unwrap_or_default();
    let records = emit.holder(info, "Applications", |v| v.as_dict());
    let by_id: std::collections::HashMap<&str, &plist::Value> =
        records.unwrap_or_default().iter().map(|(id, v)| (id.as_str(), v)).collect();
    let mut seen = std::collections::HashSet::new();
    let unreadable = listed.iter().filter(|v| v.as_str().is_none()).count() as u64;
    if unreadable > 0 {
        let text = format!("{unreadable} entries in the list of installed apps are no text");
        emit.lost(unreadable, reason::PLIST_DAMAGED, text);
    }
    for id in listed.iter().filter_map(|v| v.as_str()).take(MAX_APPLICATIONS) {
        if seen.insert(id) {
            let record = records.map(|_| by_id.get(id).copied());
            emit_application(emit, id, true, record);
        }
    }
    for (id, record) in records.unwrap_or_default().iter().take(MAX_APPLICATIONS) {
        if seen.insert(id) {
            emit_application(emit, id, false, Some(Some(record)));
        }
    }
    let most = listed.len().max(by_id.len());
    if most > MAX_APPLICATIONS {
        let lost = (most - MAX_APPLICATIONS) as u64;
        emit.lost(lost, reason::LIMIT, format!("{most} apps, at most {MAX_APPLICATIONS} are read"));
    }
}

/// `record`: `None` where the backup has no records at all, `Some(None)` where it has none of this app.
fn emit_application(emit: &mut Emitter<'_>, id: &str, listed: bool, record: Option<Option<&plist::Value>>) {
    let embedded = record.flatten().and_then(|r| r.get("iTunesMetadata"));
    let parsed = embedded.and_then(|v| v.as_data()).map(plist::parse);
    let metadata = match &parsed {
        Some(Ok(metadata)) => Some(metadata),
        Some(Err(e)) => {
            emit.note(reason::METADATA_DAMAGED, format!("iTunesMetadata of {id}: {e}"));
            None
        }
        // Some tools write it in place and not as bytes.
        None => embedded.filter(|v| v.as_dict().is_some()),
    };
    let mut out = emit.fields();
    out.set(&application::bundle_id, id).set(&application::listed, listed);
    out.put(&application::has_store_metadata, record.map(|_| embedded.is_some()));
    if let Some(metadata) = metadata {
        put_metadata(&mut out, id, metadata);
    }
    emit.emit(&application::SHAPE, Locator::Key(id.into()), out);
}

fn put_metadata<'a>(out: &mut Fields<'a>, id: &str, metadata: &'a plist::Value) {
    let get = |key: &str| metadata.get(key).map_or(Found::Absent, plain);
    let store_id = metadata.get("softwareVersionBundleId").and_then(|v| v.as_str());
    out.put(&application::store_bundle_id, store_id.filter(|s| *s != id))
        .found(&application::name, get("itemName"))
        .found(&application::version, get("bundleShortVersionString"))
        .found(&application::build, get("bundleVersion"))
        .found(&application::artist, get("artistName"))
        .found(&application::source_app, get("sourceApp"));
    let download = metadata.get("com.apple.iTunesStore.downloadInfo");
    out.found(&application::purchase_date, date(download.and_then(|d| d.get("purchaseDate"))));
    let account = download.and_then(|d| d.at(&["accountInfo", "AppleID"]));
    out.found(&application::store_account, account.map_or(Found::Absent, plain));
}

/// Text and numbers as a value; empty text is none.
fn plain(value: &plist::Value) -> Found<Value<'_>> {
    match value {
        plist::Value::String(s) if s.is_empty() => Found::Absent,
        plist::Value::String(s) => Found::Is(Value::from(s.as_str())),
        plist::Value::Int(i) => Found::Is(Value::from(i.to_string())),
        plist::Value::UInt(i) => Found::Is(Value::from(i.to_string())),
        _ => Found::Unreadable,
    }
}

/// A date, or its text `2021-01-14T20:57:31Z`.
fn date(value: Option<&plist::Value>) -> Found<Timestamp> {
    Found::of(value, |value| {
        let micros = match value {
            plist::Value::String(s) => s.parse::<jiff::Timestamp>().ok()?.as_microsecond(),
            other => other.as_unix_micros()?,
        };
        let precision = if micros % 1_000_000 == 0 { Precision::Second } else { Precision::Micro };
        Timestamp::utc_micros(micros, precision)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Context;
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
        let device = out.of("device")[0];
        assert_eq!((device.text("product_type"), device.text("imei")), ("iPhone9,3", "42"));
        assert_eq!(device.time("last_backup_date"), "2021-12-03T19:33:13Z");
        let apps = out.of("application");
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
        assert_eq!(out.of("application")[0].get("has_store_metadata"), None);
    }

    #[test]
    fn what_is_no_dictionary_is_an_error() {
        assert!(matches!(parsed("<string>x</string>").errors[..], [ParseError::Format(_)]));
        let out = run(&ARTIFACT, &Memory::new().file("Info.plist", Vec::new()));
        assert!(matches!(out.errors[..], [ParseError::Format(_)]));
    }
}
