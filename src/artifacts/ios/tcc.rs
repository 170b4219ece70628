//! `ios.tcc`: which apps asked for, and got, access to private data.
//!
//! `TCC.db`, table `access`. Three generations are told apart by their columns: `allowed` and `prompt_count` without a
//! time (up to iOS 11), the same with `last_modified` (12, 13), and `auth_value` with `auth_reason` (14 and later).
//! `last_modified` counts Unix seconds.

use crate::artifact::{Artifact, Context, Field, Fields, Reader, Source, shape, table::Row};

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.tcc",
    about: "\
Which programs asked for access to camera, microphone, contacts, photos and the like, and what was decided:
`HomeDomain/Library/TCC/TCC.db` (Transparency, Consent and Control), table `access`.

`client` is a bundle identifier (`client_type` = `bundle_id`) or the absolute path of a program. `last_modified` is the
time of the last decision (UTC, whole seconds), not of the last use.

A row made by a question to the user, or by the user in Settings, is evidence that the program ran on this device
(context *executed*). Rows that the system or a management profile made on its own only show that it is known to the
device (context *installed*).

Limits: iOS removes the rows of an app that is deleted. Spyware with root rights does not ask and leaves no row.",
    sources: &[Source::ios("HomeDomain", "Library/TCC/TCC.db", Reader::Rows(&access::ROWS, each))],
    shapes: &[&access::SHAPE],
    mvt: &["tcc"],
};

shape! {
    /// One permission of one program.
    access(Installed) from access {
        service         Public   []              text(service) key           "What was asked for: `kTCCServiceMicrophone`.";
        client          Personal [Process AppId] text(client) key            "Who asked: a bundle identifier, or the absolute path of a program.";
        client_type     Public   []                                          "`bundle_id` or `absolute_path`.";
        auth_value      Public   []                                          "`denied`, `unknown`, `allowed`, `limited`, or the number stored.";
        auth_reason     Public   []                                          "Who decided: `user_consent`, `system_set`, `mdm_policy`, …, or the number stored.";
        prompt_count    Public   [Number]        number(prompt_count) sometimes "How often the user was asked (up to iOS 13).";
        last_modified   Public   [Time]          unix_seconds(last_modified) sometimes "Time of the decision (UTC).";
        indirect_object Personal [AppId]                                     "The other program the access is about, where there is one.";
        _ number(client_type);
        _ number(auth_value) key(one_of decision);
        _ number(allowed) key(one_of decision);
        _ number(auth_reason) sometimes;
        _ text(indirect_object_identifier) sometimes;
    }
    events {
        access_decided(last_modified) "Access to {service} by {client}: {auth_value}";
    }
}

/// What the column holds when a permission is about no other program.
const UNUSED: &str = "UNUSED";

fn each<'r>(row: &Row<'r>, out: &mut Fields<'r>) -> Context {
    use access::col;
    let (auth, allowed) = (row.int(&col::auth_value), row.int(&col::allowed));
    put_word(out, &access::client_type, row.int(&col::client_type), client_type);
    match auth {
        Some(_) => put_word(out, &access::auth_value, auth, auth_value),
        None => put_word(out, &access::auth_value, allowed, allowed_value),
    }
    let reason = row.int(&col::auth_reason);
    put_word(out, &access::auth_reason, reason, auth_reason);
    out.put(&access::indirect_object, row.text(&col::indirect_object_identifier).filter(|other| other != UNUSED));
    if has_run(reason, row.int(&col::prompt_count)) { Context::Executed } else { Context::Installed }
}

/// Adds the word for a stored number; the number itself where nobody has named it.
fn put_word(out: &mut Fields<'_>, field: &'static Field, code: Option<i64>, word: fn(i64) -> Option<&'static str>) {
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
        assert!(out.tally.is_whole(), "{:?}", out.tally);
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
    fn a_table_without_decisions_still_gives_its_clients_and_is_not_whole() {
        let out = parsed("CREATE TABLE access (service TEXT, client TEXT); INSERT INTO access VALUES ('s', 'c');");
        assert_eq!(out.records[0].text("client"), "c");
        assert!(out.note("key-column-missing").contains("no column auth_value, allowed"));
        assert!(out.note("column-missing").contains("client_type"));
        assert!(!out.tally.is_whole());
        let out = parsed("CREATE TABLE access (service TEXT, klient TEXT, auth_value INTEGER);");
        assert!(out.note("key-column-missing").ends_with("stores it in another way"));
    }
}
