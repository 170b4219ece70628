//! `ios.sms`: messages sent and received with Messages: SMS, MMS, RCS and iMessage.
//!
//! `sms.db`: `message` has one row per message, `handle` the other parties, `chat` the conversations, tied to messages
//! by `chat_message_join`. Times are Mac absolute time, in nanoseconds since iOS 11, in seconds before.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::artifact::{
    Artifact, Context, Emitter, Event, Input, Kind, Locator, ParseError, Place, Shape, Source, Value,
};
use crate::formats::sqlite::{Db, Row};

use super::message_body::{self, Body};
use super::rows::{Names, Pool, note_columns, open, scan, table, text};

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.sms",
    title: "Messages (SMS, iMessage, RCS)",
    about: "\
Every message of the Messages app, sent and received: `HomeDomain/Library/SMS/sms.db`. Links in messages are the most
common way mercenary spyware is delivered.

The text is the column `text` or, where newer systems leave it empty, the text inside `attributedBody`. `links` holds
addresses that stand behind the text or in a link preview and may differ from what was shown. `earlier_texts` holds what
an edited message said before. Messages without a party (`handle_id` 0) are included; in a conversation of two the party
is then taken from the conversation. Times are UTC.

`threat_notification_text` is true when the text begins like the threat notifications that Apple sends about mercenary
spyware. Anybody can send such a text: Apple's real notices also appear after signing in to the Apple account.

Limits: deleted messages are gone from the table after 30 days at most. Attachments are not part of this artifact.",
    sources: &[Source::required(Kind::IosBackup, Place::Backup { domain: "HomeDomain", path: "Library/SMS/sms.db" })
        .sliced("message")],
    shapes: &[&MESSAGE],
    needs: &[],
    mvt: &["sms"],
    parse,
};

fields! {
    DATE "date" [Time] Public "When it was sent or, for received ones, reached the service (UTC).";
    DIRECTION "direction" [] Public "`sent` or `received`.";
    HANDLE "handle" [Phone, Email] Personal "The other party: telephone number, e-mail address or sender name.";
    TEXT "text" [Text] Content "What was written.";
    SUBJECT "subject" [Text] Content "Subject line, where there is one.";
    LINKS "links" [Url] Content "Addresses behind the text and in link previews, each once.";
    EARLIER_TEXTS "earlier_texts" [Text] Content "Texts the message had before it was edited.";
    TEXT_SOURCE "text_source" [] Public "Column the text was read from: `text` or `attributedBody`.";
    SERVICE "service" [] Public "`SMS`, `iMessage`, `RCS`.";
    ACCOUNT "account" [] Personal "Own account used: `p:+1555…`, `e:name@…`.";
    DESTINATION "destination" [] Personal "Own number or address the message went to or came from.";
    CHAT "chat" [] Personal "Identifier of the conversation.";
    CHAT_NAME "chat_name" [] Personal "Name of the group.";
    GUID "guid" [] Public "Identifier of the message.";
    DATE_READ "date_read" [Time] Public "When it was read (UTC).";
    DATE_DELIVERED "date_delivered" [Time] Public "When it was delivered (UTC).";
    DATE_EDITED "date_edited" [Time] Public "When it was last edited (UTC).";
    DATE_RETRACTED "date_retracted" [Time] Public "When it was taken back (UTC).";
    APP "balloon_app" [] Public "App extension that made the message, where one did.";
    THREAT_NOTIFICATION_TEXT "threat_notification_text" [] Public "The text begins like Apple's threat notifications.";
}

/// One message.
pub static MESSAGE: Shape = Shape {
    name: "message",
    fields: &[
        &DATE,
        &DIRECTION,
        &HANDLE,
        &TEXT,
        &SUBJECT,
        &LINKS,
        &EARLIER_TEXTS,
        &TEXT_SOURCE,
        &SERVICE,
        &ACCOUNT,
        &DESTINATION,
        &CHAT,
        &CHAT_NAME,
        &GUID,
        &DATE_READ,
        &DATE_DELIVERED,
        &DATE_EDITED,
        &DATE_RETRACTED,
        &APP,
        &THREAT_NOTIFICATION_TEXT,
    ],
    events: &[
        Event { time: &DATE, name: "message", text: "{service} {direction}, {handle}: {text}" },
        Event { time: &DATE_READ, name: "message_read", text: "{service} message of {handle} was read: {text}" },
        Event { time: &DATE_EDITED, name: "message_edited", text: "{service} message of {handle} was edited: {text}" },
        Event {
            time: &DATE_RETRACTED,
            name: "message_retracted",
            text: "{service} message of {handle} was taken back",
        },
    ],
    context: Context::Delivered,
};

const TABLE: &str = "message";

/// Columns read; the constants below are their places.
const COLUMNS: &[&str] = &[
    "text",
    "attributedBody",
    "handle_id",
    "is_from_me",
    "date",
    "date_read",
    "date_delivered",
    "service",
    "account",
    "guid",
    "subject",
    "payload_data",
    "message_summary_info",
    "balloon_bundle_id",
    "destination_caller_id",
    "date_edited",
    "date_retracted",
    "group_title",
];
const TEXT_AT: usize = 0;
const BODY_AT: usize = 1;
const HANDLE_AT: usize = 2;
const FROM_ME_AT: usize = 3;
const DATE_AT: usize = 4;
const READ_AT: usize = 5;
const DELIVERED_AT: usize = 6;
const SERVICE_AT: usize = 7;
const ACCOUNT_AT: usize = 8;
const GUID_AT: usize = 9;
const SUBJECT_AT: usize = 10;
const PAYLOAD_AT: usize = 11;
const SUMMARY_AT: usize = 12;
const APP_AT: usize = 13;
const DESTINATION_AT: usize = 14;
const EDITED_AT: usize = 15;
const RETRACTED_AT: usize = 16;
const GROUP_TITLE_AT: usize = 17;
/// Columns of every version; the later ones are no loss where they are missing.
const EXPECTED: usize = DESTINATION_AT;

/// Ties of messages to conversations kept in memory, per slice (16 bytes each).
const MAX_CHAT_LINKS: usize = 500_000;

/// How Apple's threat notifications by SMS and iMessage begin.
const THREAT_NOTIFICATIONS: [&str; 2] = [
    "ALERT: State-sponsored attackers may be targeting your iPhone",
    "ALERT: Apple detected a targeted mercenary spyware attack against your iPhone",
];

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let db = open(input, emit)?;
    let messages = table(&db, TABLE)?;
    note_columns(input, emit, messages, &COLUMNS[..EXPECTED]);
    if db.table("handle").is_none() {
        emit.lost(0, "section-missing", "expected table handle, found none: the other parties are unknown");
    }
    let handles = Names::load(&db, emit, "handle", "id");
    let chats = Chats::load(input, emit, &db);
    let mut pool = Pool::default();
    let (mut damaged, mut unreadable) = (0u64, 0u64);
    scan(&db, emit, messages, COLUMNS, input.slice.clone(), |emit, row| {
        let body = Body::read(
            text(row.get(TEXT_AT)),
            row.get(BODY_AT).as_bytes(),
            row.get(PAYLOAD_AT).as_bytes(),
            row.get(SUMMARY_AT).as_bytes(),
        );
        damaged += u64::from(body.damaged);
        unreadable += u64::from(body.unreadable);
        let from_me = row.get(FROM_ME_AT).as_i64() == Some(1);
        let chat = chats.of(row.rowid());
        let handle = row.get(HANDLE_AT).as_i64().and_then(|id| handles.get(id));
        let mut out = pool.take();
        out.mac_time(&DATE, row.get(DATE_AT)).set(&DIRECTION, if from_me { "sent" } else { "received" });
        out.put(&HANDLE, handle.or_else(|| chat.and_then(|c| c.party())));
        put_body(&mut out, &body);
        out.text(&SUBJECT, row.get(SUBJECT_AT));
        out.text(&SERVICE, row.get(SERVICE_AT)).text(&ACCOUNT, row.get(ACCOUNT_AT));
        out.text(&DESTINATION, row.get(DESTINATION_AT));
        out.put(&CHAT, chat.map(|c| c.identifier));
        match chat.and_then(|c| c.name) {
            Some(name) => out.set(&CHAT_NAME, name),
            None => out.text(&CHAT_NAME, row.get(GROUP_TITLE_AT)),
        };
        out.text(&GUID, row.get(GUID_AT));
        put_times(&mut out, row);
        out.text(&APP, row.get(APP_AT));
        let context = if from_me { Context::Sent } else { Context::Delivered };
        emit.emit_as(&MESSAGE, context, Locator::row(TABLE, row.rowid()), out.as_slice());
        pool.give(out);
    });
    if unreadable > 0 {
        emit.lost(0, "body-damaged", format!("{unreadable} messages whose text could not be read from attributedBody"));
    }
    if damaged > unreadable {
        let more = damaged - unreadable;
        emit.note("body-damaged", format!("{more} messages with an odd attributedBody: links in it may be missing"));
    }
    Ok(())
}

fn put_body<'a>(out: &mut super::rows::Fields<'a>, body: &'a Body<'_>) {
    if let Some(text) = &body.text {
        let text: &str = text;
        out.set(&TEXT, text);
        out.set(&TEXT_SOURCE, if body.from_attributed { "attributedBody" } else { "text" });
        if is_threat_notification(text) {
            out.set(&THREAT_NOTIFICATION_TEXT, true);
        }
    }
    out.put(&LINKS, list(&body.links)).put(&EARLIER_TEXTS, list(&body.earlier));
}

fn list<'a>(items: &'a [Cow<'_, str>]) -> Option<Vec<Value<'a>>> {
    (!items.is_empty()).then(|| items.iter().map(|i| Value::from(&**i)).collect())
}

fn put_times(out: &mut super::rows::Fields<'_>, row: Row<'_>) {
    out.mac_time(&DATE_READ, row.get(READ_AT))
        .mac_time(&DATE_DELIVERED, row.get(DELIVERED_AT))
        .mac_time(&DATE_EDITED, row.get(EDITED_AT))
        .mac_time(&DATE_RETRACTED, row.get(RETRACTED_AT));
}

fn is_threat_notification(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == message_body::ATTACHMENT);
    THREAT_NOTIFICATIONS.iter().any(|t| text.starts_with(t))
}

/// A conversation.
#[derive(Clone, Copy)]
struct Chat<'a> {
    identifier: &'a str,
    name: Option<&'a str>,
}

impl<'a> Chat<'a> {
    /// The other party of a conversation of two; groups are called `chat` and a number.
    fn party(&self) -> Option<&'a str> {
        (self.identifier.starts_with('+') || self.identifier.contains('@')).then_some(self.identifier)
    }
}

/// Which conversation a message belongs to.
struct Chats {
    identifiers: Names,
    names: Names,
    /// (message, chat), sorted.
    links: Vec<(i64, i64)>,
}

impl Chats {
    fn load(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db) -> Chats {
        let identifiers = Names::load(db, emit, "chat", "chat_identifier");
        let names = Names::load(db, emit, "chat", "display_name");
        Chats { identifiers, names, links: links(emit, db, input.slice.clone()) }
    }

    fn of(&self, message: i64) -> Option<Chat<'_>> {
        let at = self.links.partition_point(|l| l.0 < message);
        let &(found, chat) = self.links.get(at)?;
        if found != message {
            return None;
        }
        Some(Chat { identifier: self.identifiers.get(chat)?, name: self.names.get(chat) })
    }
}

/// The ties of the messages of one slice.
fn links(emit: &mut Emitter<'_>, db: &Db, slice: Option<RangeInclusive<i64>>) -> Vec<(i64, i64)> {
    let Some(join) = db.table("chat_message_join") else { return Vec::new() };
    let mut links = Vec::new();
    let mut left_out = 0u64;
    scan(db, emit, join, &["message_id", "chat_id"], None, |_, row| {
        let (Some(message), Some(chat)) = (row.get(0).as_i64(), row.get(1).as_i64()) else { return };
        if slice.as_ref().is_some_and(|s| !s.contains(&message)) {
            return;
        }
        if links.len() >= MAX_CHAT_LINKS {
            left_out += 1;
        } else {
            links.push((message, chat));
        }
    });
    if left_out > 0 {
        emit.note(
            "limit",
            format!("chat_message_join: {left_out} rows beyond {MAX_CHAT_LINKS}: their messages come without a chat"),
        );
    }
    links.sort_unstable();
    links
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::testing::{Memory, Run, run, run_sliced, sqlite};

    const NAME: &str = "HomeDomain/Library/SMS/sms.db";
    const SCHEMA: &str = "
        CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT NOT NULL);
        CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, chat_identifier TEXT, display_name TEXT);
        CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, PRIMARY KEY (chat_id, message_id));
        CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT, text TEXT, handle_id INTEGER, subject TEXT,
            attributedBody BLOB, service TEXT, account TEXT, date INTEGER, date_read INTEGER, date_delivered INTEGER,
            is_from_me INTEGER, payload_data BLOB, message_summary_info BLOB, balloon_bundle_id TEXT,
            date_edited INTEGER);
        INSERT INTO handle VALUES (1, '+33612345678'), (2, 'a@b.org');
        INSERT INTO chat VALUES (1, 'chat831', 'Friends'), (2, '+4915112345678', '');";

    fn parsed(sql: &str) -> Run {
        let db = sqlite(|c| c.execute_batch(&format!("{SCHEMA}{sql}")));
        run(&ARTIFACT, &Memory::new().file(NAME, db))
    }

    #[test]
    fn sent_and_received_with_their_parties() {
        let out = parsed(
            "INSERT INTO message (ROWID, guid, text, handle_id, service, date, date_read, is_from_me)
                VALUES (1, 'G', 'see https://evil.example/x', 1, 'SMS', 588813210539788032, 0, 0);
             INSERT INTO message (ROWID, text, handle_id, date, is_from_me) VALUES (2, 'ok', 0, 588813210, 1);
             INSERT INTO message (ROWID, text, handle_id, is_from_me) VALUES (3, 'hi', 2, 0);
             INSERT INTO chat_message_join VALUES (2, 2), (1, 3);",
        );
        let r = &out.records[0];
        assert_eq!(
            (r.text("text"), r.text("handle"), r.text("guid")),
            ("see https://evil.example/x", "+33612345678", "G")
        );
        assert_eq!(r.time("date"), "2019-08-29T23:13:30.539788Z");
        assert_eq!((r.get("date_read"), r.get("chat")), (None, None));
        assert_eq!((r.context, r.text("direction")), (Context::Delivered, "received"));
        let r = &out.records[1];
        assert_eq!((r.text("handle"), r.context), ("+4915112345678", Context::Sent));
        assert_eq!(r.time("date"), "2019-08-29T23:13:30Z");
        let r = &out.records[2];
        assert_eq!((r.text("handle"), r.text("chat"), r.text("chat_name")), ("a@b.org", "chat831", "Friends"));
    }

    #[test]
    fn apple_threat_notifications_are_told_by_their_beginning() {
        let out = parsed(
            "INSERT INTO message (ROWID, text) VALUES
                (1, 'ALERT: State-sponsored attackers may be targeting your iPhone. Apple believes'),
                (2, ' ALERT: Apple detected a targeted mercenary spyware attack against your iPhone'),
                (3, 'They wrote: ALERT: State-sponsored attackers may be targeting your iPhone');",
        );
        let flags: Vec<_> = out.records.iter().map(|r| r.get("threat_notification_text").is_some()).collect();
        assert_eq!(flags, [true, true, false]);
    }

    #[test]
    fn bytes_in_the_text_column_are_text() {
        let out = parsed("INSERT INTO message (ROWID, text, handle_id) VALUES (1, x'6869ff', 'x');");
        assert_eq!(out.records[0].text("text"), "hi\u{fffd}");
    }

    #[test]
    fn slices_together_are_the_whole_and_notes_come_once() {
        let db = sqlite(|c| {
            c.execute_batch(&format!(
                "{SCHEMA}
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
                 INSERT INTO message (ROWID, text, handle_id) SELECT i, 'm' || i, i % 3 FROM n;
                 INSERT INTO chat_message_join SELECT 1, ROWID FROM message;"
            ))
        });
        let evidence = Memory::new().file(NAME, db);
        let whole = run(&ARTIFACT, &evidence);
        let sliced = run_sliced(&ARTIFACT, &evidence, &[1..=7, 8..=299, 300..=1000]);
        assert_eq!(whole.records.len(), 300);
        assert_eq!(whole.records, sliced.records);
        assert_eq!(sliced.notes("column-missing").len(), 0);
    }

    #[test]
    fn without_a_table_of_messages_nothing_was_read() {
        let db = sqlite(|c| c.execute_batch("CREATE TABLE handle (id TEXT)"));
        let out = run(&ARTIFACT, &Memory::new().file(NAME, db));
        assert!(matches!(out.errors[..], [ParseError::Missing(_)]));
    }

    #[test]
    fn a_log_that_is_listed_but_missing_is_told() {
        let db = sqlite(|c| c.execute_batch(SCHEMA));
        let out = run(&ARTIFACT, &Memory::new().file(NAME, db).missing(&format!("{NAME}-wal")));
        assert_eq!(out.notes("wal-missing").len(), 1);
    }
}
