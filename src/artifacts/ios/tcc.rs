//! `ios.tcc`: which apps asked for, and got, access to private data.
//!
//! `TCC.db`, table `access`. Three generations are told apart by their columns: `allowed` and `prompt_count` without a
//! time (up to iOS 11), the same with `last_modified` (12, 13), and `auth_value` with `auth_reason` (14 and later).
//! `last_modified` counts Unix seconds.

use crate::artifact::{
    Artifact, Context, Emitter, Event, Input, Kind, Locator, ParseError, Place, Shape, Source, Timestamp,
};

use super::rows::{Pool, note_columns, open, scan, table};

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.tcc",
    title: "Privacy permissions",
    about: "\
Which programs asked for access to camera, microphone, contacts, photos and the like, and what was decided:
`HomeDomain/Library/TCC/TCC.db` (Transparency, Consent and Control), table `access`.

`client` is a bundle identifier (`client_type` = `bundle_id`) or the absolute path of a program. `last_modified` is the
time of the last decision (UTC, whole seconds), not of the last use.

A row made by a question to the user, or by the user in Settings, is evidence that the program ran on this device
(context *executed*). Rows that the system or a management profile made on its own only show that it is known to the
device (context *installed*).

Limits: iOS removes the rows of an app that is deleted. Spyware with root rights does not ask and leaves no row.",
    sources: &[Source::required(Kind::IosBackup, Place::Backup { domain: "HomeDomain", path: "Library/TCC/TCC.db" })],
    shapes: &[&ACCESS],
    needs: &[],
    mvt: &["tcc"],
    parse,
};

fields! {
    SERVICE "service" [] Public "What was asked for: `kTCCServiceMicrophone`.";
    CLIENT "client" [Process, AppId] Personal "Who asked: a bundle identifier, or the absolute path of a program.";
    CLIENT_TYPE "client_type" [] Public "`bundle_id` or `absolute_path`.";
    AUTH_VALUE "auth_value" [] Public "`denied`, `unknown`, `allowed`, `limited`, or the number stored.";
    AUTH_REASON "auth_reason" [] Public "Who decided: `user_consent`, `system_set`, `mdm_policy`, …, or the number stored.";
    PROMPT_COUNT "prompt_count" [Number] Public "How often the user was asked (up to iOS 13).";
    LAST_MODIFIED "last_modified" [Time] Public "Time of the decision (UTC).";
    INDIRECT_OBJECT "indirect_object" [AppId] Personal "The other program the access is about, where there is one.";
}

/// One permission of one program.
pub static ACCESS: Shape = Shape {
    name: "access",
    fields: &[
        &SERVICE,
        &CLIENT,
        &CLIENT_TYPE,
        &AUTH_VALUE,
        &AUTH_REASON,
        &PROMPT_COUNT,
        &LAST_MODIFIED,
        &INDIRECT_OBJECT,
    ],
    events: &[Event {
        time: &LAST_MODIFIED,
        name: "access_decided",
        text: "Access to {service} by {client}: {auth_value}",
    }],
    context: Context::Installed,
};

const TABLE: &str = "access";
/// Columns of every generation.
const ALWAYS: &[&str] = &["service", "client", "client_type"];
const COLUMNS: &[&str] = &[
    "service",
    "client",
    "client_type",
    "auth_value",
    "auth_reason",
    "allowed",
    "prompt_count",
    "last_modified",
    "indirect_object_identifier",
];

/// What the column holds when a permission is about no other program.
const UNUSED: &str = "UNUSED";

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let db = open(input, emit)?;
    let access = table(&db, TABLE)?;
    note_columns(input, emit, access, ALWAYS);
    if !access.has("auth_value") && !access.has("allowed") {
        emit.note("column-missing", "table access has neither auth_value nor allowed: decisions are unknown");
    }
    let mut pool = Pool::default();
    scan(&db, emit, access, COLUMNS, input.slice.clone(), |emit, row| {
        let auth = row.get(3).as_i64();
        let reason = row.get(4).as_i64();
        let allowed = row.get(5).as_i64();
        let prompts = row.get(6).as_i64();
        let mut out = pool.take();
        out.text(&SERVICE, row.get(0)).text(&CLIENT, row.get(1));
        put_word(&mut out, &CLIENT_TYPE, row.get(2).as_i64(), client_type);
        match auth {
            Some(_) => put_word(&mut out, &AUTH_VALUE, auth, auth_value),
            None => put_word(&mut out, &AUTH_VALUE, allowed, allowed_value),
        }
        put_word(&mut out, &AUTH_REASON, reason, auth_reason);
        out.put(&PROMPT_COUNT, prompts);
        out.put(&LAST_MODIFIED, row.get(7).as_i64().filter(|&t| t != 0).and_then(Timestamp::unix_seconds));
        if row.get(8).as_bytes() != Some(UNUSED.as_bytes()) {
            out.text(&INDIRECT_OBJECT, row.get(8));
        }
        let context = if has_run(reason, prompts) { Context::Executed } else { Context::Installed };
        emit.emit_as(&ACCESS, context, Locator::row(TABLE, row.rowid()), out.as_slice());
        pool.give(out);
    });
    Ok(())
}

/// Adds the word for a stored number; the number itself where nobody has named it.
fn put_word(
    out: &mut super::rows::Fields<'_>,
    field: &'static crate::record::Field,
    code: Option<i64>,
    word: fn(i64) -> Option<&'static str>,
) {
    let Some(code) = code else { return };
    match word(code) {
        Some(word) => out.set(field, word),
        None => out.set(field, code.to_string()),
    };
}

fn client_type(code: i64) -> Option<&'static str> {
    ["bundle_id", "absolute_path"].get(usize::try_from(code).ok()?).copied()
}

fn auth_value(code: i64) -> Option<&'static str> {
    ["denied", "unknown", "allowed", "limited"].get(usize::try_from(code).ok()?).copied()
}

fn allowed_value(code: i64) -> Option<&'static str> {
    ["denied", "allowed"].get(usize::try_from(code).ok()?).copied()
}

const AUTH_REASONS: [&str; 12] = [
    "error",
    "user_consent",
    "user_set",
    "system_set",
    "service_policy",
    "mdm_policy",
    "override_policy",
    "missing_usage_string",
    "prompt_timeout",
    "preflight_unknown",
    "entitled",
    "app_type_policy",
];

fn auth_reason(code: i64) -> Option<&'static str> {
    AUTH_REASONS.get(usize::try_from(code.checked_sub(1)?).ok()?).copied()
}

/// Whether the row exists because the program was running and asked: the user was asked or chose, the question timed
/// out, or it asked without saying why it needs the access.
fn has_run(reason: Option<i64>, prompts: Option<i64>) -> bool {
    matches!(reason, Some(2 | 3 | 8 | 9)) || (reason.is_none() && prompts.is_some_and(|n| n > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::testing::{Memory, Run, run, sqlite};

    const NAME: &str = "HomeDomain/Library/TCC/TCC.db";

    fn parsed(sql: &str) -> Run {
        run(&ARTIFACT, &Memory::new().file(NAME, sqlite(|c| c.execute_batch(sql))))
    }

    #[test]
    fn the_newest_generation() {
        let out = parsed(
            "CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER, auth_value INTEGER,
                auth_reason INTEGER, indirect_object_identifier TEXT, last_modified INTEGER);
             INSERT INTO access VALUES ('kTCCServiceMicrophone', 'com.evil', 0, 2, 2, 'UNUSED', 1597237996);
             INSERT INTO access VALUES ('kTCCServiceCamera', '/usr/libexec/evil', 1, 0, 4, 'com.other', 0);
             INSERT INTO access VALUES ('kTCCServiceCamera', 'com.x', 7, 9, 99, NULL, NULL);",
        );
        let r = &out.records[0];
        assert_eq!((r.text("client"), r.text("client_type")), ("com.evil", "bundle_id"));
        assert_eq!((r.text("auth_value"), r.text("auth_reason")), ("allowed", "user_consent"));
        assert_eq!(r.time("last_modified"), "2020-08-12T13:13:16Z");
        assert_eq!(r.get("indirect_object"), None);
        assert_eq!(r.context, Context::Executed);
        let r = &out.records[1];
        assert_eq!((r.text("client_type"), r.text("auth_reason")), ("absolute_path", "system_set"));
        assert_eq!((r.text("indirect_object"), r.get("last_modified")), ("com.other", None));
        assert_eq!(r.context, Context::Installed);
        let r = &out.records[2];
        assert_eq!((r.text("client_type"), r.text("auth_value"), r.text("auth_reason")), ("7", "9", "99"));
        assert!(out.tally.notes.is_empty(), "{:?}", out.tally.notes);
    }

    #[test]
    fn the_two_older_generations() {
        let out = parsed(
            "CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER, allowed INTEGER,
                prompt_count INTEGER, last_modified INTEGER);
             INSERT INTO access VALUES ('kTCCServicePhotos', 'com.a', 0, 1, 1, 1590754191);",
        );
        assert_eq!(out.records[0].text("auth_value"), "allowed");
        assert_eq!(out.records[0].time("last_modified"), "2020-05-29T12:09:51Z");
        assert_eq!(out.records[0].context, Context::Executed);
        let out = parsed(
            "CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER, allowed INTEGER, prompt_count INTEGER);
             INSERT INTO access VALUES ('kTCCServicePhotos', 'com.a', 0, 0, 0);",
        );
        assert_eq!(out.records[0].text("auth_value"), "denied");
        assert_eq!(out.records[0].context, Context::Installed);
    }

    #[test]
    fn a_table_without_decisions_still_gives_its_clients() {
        let out = parsed("CREATE TABLE access (service TEXT, client TEXT); INSERT INTO access VALUES ('s', 'c');");
        assert_eq!(out.records[0].text("client"), "c");
        assert_eq!(out.notes("column-missing").len(), 2);
    }
}
