//! `ios.manifest`: the list of files of an iOS backup.
//!
//! `Manifest.db`, table `Files`: `fileID` (SHA-1 of `domain-relativePath`), `domain`, `relativePath`, `flags` (1 file,
//! 2 folder, 4 symbolic link) and `file`, a keyed archive of what `stat` said on the device. In use since iOS 10.

use std::borrow::Cow;
use std::fmt::Write;

use crate::artifact::table::{self, fill, named, scan};
use crate::artifact::{
    Artifact, Emitter, Fields, Found, Input, Locator, ParseError, Precision, Reader, Source, Timestamp, reason, shape,
};
use crate::evidence::ios_domains::{app_id, device_path};
use crate::formats::mbfile::{self, MbFile};

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.manifest",
    about: "\
Every file, folder and symbolic link of an iOS backup, as `Manifest.db` in the backup's root lists them (table `Files`).

It shows which files the phone held when the backup was made, even those of apps no other artifact reads, and when they
were created, changed, and had their metadata changed (UTC, whole seconds). `path` is the place on the device: the
backup's domain is mapped to its folder (`HomeDomain` is `/private/var/mobile`). The folder of an app container has a
random name on the device that backups do not keep; its identifier stands in its place. A domain vigie does not know
keeps its name, as `domain/relative path`.

Limits: a backup holds user data only, no programs and no system folders, so that most paths known for spyware cannot
appear in it. Unencrypted backups leave out keychain, health, call history and Safari history. `missing` marks files
that are listed but whose bytes are not in the backup: an interrupted backup, or files removed afterwards.",
    sources: &[Source::own("Manifest.db", Reader::With(parse)).sliced("Files")],
    shapes: &[&file::SHAPE],
    mvt: &["manifest"],
};

shape! {
    /// One entry of the list.
    file(Persisted) from Files {
        path             Content  [FilePath]                   "Absolute path on the device, mapped from domain and relative path.";
        domain           Personal []                           "Domain of the backup; `AppDomain-` names an installed app.";
        relative_path    Content  []                           "Path within the domain.";
        app_id           Personal [AppId]                      "Bundle identifier of the app or app extension whose container this is.";
        flags            Public   [Number]   number(flags) key "1 file, 2 folder, 4 symbolic link.";
        created          Public   [Time]                       "Creation on the device (UTC).";
        modified         Public   [Time]                       "Last change of the content (UTC).";
        status_changed   Public   [Time]                       "Last change of name, owner or permissions (UTC).";
        mode             Public   []                           "File type and permissions, octal, as in `st_mode`: `100644`.";
        owner            Public   [Number]                     "User id; 0 is root, 501 mobile.";
        size             Public   [Number]                     "Size in bytes on the device.";
        protection_class Public   [Number]                     "Data protection class; 0 for none.";
        target           Content  [FilePath]                   "Where a symbolic link points.";
        missing          Public   []                           "True when the file is listed but its bytes are not in the backup.";
        file_id          Public   []         text(fileID) key  "Name of the file in the backup: SHA-1 of `domain-relativePath`.";
        _ text(domain) key;
        _ text(relativePath) key;
        _ raw(file);
    }
    events {
        file_created(created) "{path} was created";
        file_modified(modified) "{path} was changed";
        file_status_changed(status_changed) "{path}: name, owner or permissions changed";
    }
}

/// Value of `flags` for a file with content.
const REGULAR: i64 = 1;

/// Memory used again for every row.
#[derive(Default)]
struct Scratch {
    path: String,
    mode: String,
    bad_blobs: u64,
    first_bad: Option<(i64, String)>,
}

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    use file::col;
    let db = input.db(emit)?;
    let files = named(&db, file::ROWS.table)?;
    table::columns(input, emit, files, &file::ROWS);
    let mut scratch = Scratch::default();
    scan(input, emit, &db, files, file::ROWS.names, input.slice.clone(), |emit, row| {
        let id = row.text(&col::fileID);
        let domain = row.text(&col::domain).unwrap_or_default();
        let relative = row.text(&col::relativePath).unwrap_or_default();
        let blob = row.raw(&col::file).as_bytes().filter(|b| !b.is_empty());
        let stat = match blob.map(mbfile::parse) {
            Some(Ok(file)) => file,
            Some(Err(e)) => {
                scratch.bad_blobs += 1;
                scratch.first_bad.get_or_insert_with(|| (row.rowid(), e.to_string()));
                MbFile::default()
            }
            None => MbFile::default(),
        };
        if let Some(odd) = stat.odd {
            scratch.bad_blobs += 1;
            scratch.first_bad.get_or_insert_with(|| (row.rowid(), format!("field {odd} has an impossible value")));
        }
        device_path(&domain, &relative, &mut scratch.path);
        let mut out = emit.fields();
        fill(&file::ROWS, &row, &mut out);
        if !(domain.is_empty() && relative.is_empty()) {
            out.set(&file::path, scratch.path.as_str());
        }
        out.set(&file::domain, &*domain);
        if !relative.is_empty() {
            out.set(&file::relative_path, &*relative);
        }
        out.put(&file::app_id, app_id(&domain));
        put_stat(&mut out, &stat, &mut scratch.mode);
        if row.int(&col::flags) == Some(REGULAR)
            && let Some(id) = &id
            && stat.size != Some(0)
            && input.stored(id) == Some(false)
        {
            out.set(&file::missing, true);
        }
        emit.emit(&file::SHAPE, Locator::row(file::ROWS.table, row.rowid()), out);
    });
    if let Some((rowid, error)) = scratch.first_bad {
        let count = scratch.bad_blobs;
        let text = format!("{count} rows without full file details; first, row {rowid}: {error}");
        emit.note(reason::BLOB_DAMAGED, text);
    }
    Ok(())
}

/// What the archive says about the file.
fn put_stat<'a>(out: &mut Fields<'a>, file: &'a MbFile<'_>, mode: &'a mut String) {
    out.found(&file::created, time(file.birth))
        .found(&file::modified, time(file.last_modified))
        .found(&file::status_changed, time(file.last_status_change));
    if let Some(m) = file.mode {
        mode.clear();
        // Writing to a String cannot fail.
        let _ = write!(mode, "{m:o}");
        out.set(&file::mode, mode.as_str());
    }
    out.put(&file::owner, file.user_id)
        .put(&file::size, file.size.and_then(|s| i64::try_from(s).ok()))
        .put(&file::protection_class, file.protection_class)
        .put(&file::target, file.target.as_deref().filter(|t| !t.is_empty()).map(Cow::Borrowed));
}

/// The archive's times are whole seconds (microseconds only in its date form); zero means "not known".
fn time(micros: Option<i64>) -> Found<Timestamp> {
    let precision = |micros| if micros % 1_000_000 == 0 { Precision::Second } else { Precision::Micro };
    Found::of(micros.filter(|m| *m != 0), |m| Timestamp::utc_micros(m, precision(m)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Context;
    use crate::artifact::Value;
    use crate::artifacts::testing::{Memory, run, run_sliced, sqlite};

    fn archive(fields: Vec<(&str, plist::Value)>) -> Vec<u8> {
        let mut file = plist::Dictionary::new();
        for (k, v) in fields {
            file.insert(k.into(), v);
        }
        file.insert("$class".into(), plist::Value::Uid(plist::Uid::new(2)));
        let mut class = plist::Dictionary::new();
        class.insert("$classname".into(), "MBFile".into());
        class.insert("$classes".into(), plist::Value::Array(vec!["MBFile".into(), "NSObject".into()]));
        let mut top = plist::Dictionary::new();
        top.insert("root".into(), plist::Value::Uid(plist::Uid::new(1)));
        let mut all = plist::Dictionary::new();
        all.insert("$version".into(), 100_000.into());
        all.insert("$archiver".into(), "NSKeyedArchiver".into());
        all.insert("$top".into(), top.into());
        all.insert("$objects".into(), plist::Value::Array(vec!["$null".into(), file.into(), class.into()]));
        let mut bytes = Vec::new();
        plist::Value::from(all).to_writer_binary(&mut bytes).unwrap();
        bytes
    }

    /// fileID, domain, relativePath, flags, file
    type FileRow<'a> = (&'a str, &'a str, &'a str, i64, Option<Vec<u8>>);

    fn manifest(rows: &[FileRow<'_>]) -> Vec<u8> {
        sqlite(|c| {
            c.execute_batch(
                "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)",
            )?;
            for r in rows {
                c.execute("INSERT INTO Files VALUES (?,?,?,?,?)", rusqlite::params![r.0, r.1, r.2, r.3, r.4])?;
            }
            Ok(())
        })
    }

    #[test]
    fn a_row_becomes_a_file_with_its_place_and_times() {
        let blob = archive(vec![
            ("Birth", 1_600_000_000.into()),
            ("LastModified", 1_600_000_001.into()),
            ("LastStatusChange", plist::Value::Integer(1_600_000_002.into())),
            ("Mode", 0o100_644.into()),
            ("UserID", 501.into()),
            ("Size", 42.into()),
            ("ProtectionClass", 3.into()),
        ]);
        let db = manifest(&[
            ("aa", "AppDomain-com.evil.app", "Library/x.db", 1, Some(blob.clone())),
            ("bb", "HomeDomain", "", 2, None),
            ("cc", "HomeDomain", "Library/bad", 1, Some(b"bplist00 broken".to_vec())),
        ]);
        let evidence = Memory::new().file("Manifest.db", db).stored_ids(&["cc"]);
        let out = run(&ARTIFACT, &evidence);
        assert_eq!(out.records.len(), 3);
        let r = &out.records[0];
        assert_eq!(r.text("path"), "/private/var/mobile/Containers/Data/Application/com.evil.app/Library/x.db");
        assert_eq!(r.text("app_id"), "com.evil.app");
        assert_eq!(r.time("created"), "2020-09-13T12:26:40Z");
        assert_eq!(r.time("status_changed"), "2020-09-13T12:26:42Z");
        assert_eq!(r.text("mode"), "100644");
        assert_eq!(r.get("size"), Some(&Value::Int(42)));
        assert_eq!(r.get("missing"), Some(&Value::Bool(true)));
        assert_eq!(r.context, Context::Persisted);
        assert_eq!(out.records[1].text("path"), "/private/var/mobile");
        assert_eq!(out.records[1].get("missing"), None, "folders have no bytes");
        assert_eq!(out.records[2].text("path"), "/private/var/mobile/Library/bad");
        assert_eq!(out.records[2].get("missing"), None);
        assert_eq!(out.notes("blob-damaged").len(), 1);
        assert!(out.tally.is_whole(), "the rows themselves are whole");
    }

    #[test]
    fn slices_together_are_the_whole() {
        let rows: Vec<(String, String)> = (0..500).map(|i| (format!("{i:04}"), format!("Library/{i}"))).collect();
        let rows: Vec<_> = rows.iter().map(|(id, p)| (id.as_str(), "HomeDomain", p.as_str(), 1, None)).collect();
        let evidence = Memory::new().file("Manifest.db", manifest(&rows));
        let whole = run(&ARTIFACT, &evidence);
        let sliced = run_sliced(&ARTIFACT, &evidence, &[1..=100, 101..=499, 500..=500]);
        assert_eq!(whole.records.len(), 500);
        assert_eq!(whole.records, sliced.records);
    }

    #[test]
    fn a_database_without_the_table_is_named_as_such() {
        let evidence = Memory::new().file("Manifest.db", sqlite(|c| c.execute_batch("CREATE TABLE x (a)")));
        let out = run(&ARTIFACT, &evidence);
        assert!(matches!(out.errors[..], [ParseError::Missing(_)]), "{:?}", out.errors);
    }

    #[test]
    fn missing_columns_are_told_once_and_key_columns_cost() {
        let db = sqlite(|c| {
            c.execute_batch(
                "CREATE TABLE Files (fileID TEXT, domain TEXT, relativePath TEXT);
                INSERT INTO Files VALUES ('a', 'RootDomain', 'x')",
            )
        });
        let out = run_sliced(&ARTIFACT, &Memory::new().file("Manifest.db", db), &[1..=1, 2..=9]);
        assert_eq!(out.records[0].text("path"), "/private/var/root/x");
        assert_eq!(out.notes("column-missing"), ["table Files has no column file"]);
        assert!(out.note("key-column-missing").contains("flags"), "without them folders cannot be told from files");
    }
}
