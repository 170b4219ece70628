//! `ios.sms`: messages sent and received with Messages: SMS, MMS, RCS and iMessage.
//!
//! `sms.db`: `message` has one row per message, `handle` the other parties, `chat` the conversations, tied to messages
//! by `chat_message_join`. Times are Mac absolute time, in nanoseconds since iOS 11, in seconds before.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::artifact::table::{self, Names, fill, named, scan};
use crate::artifact::{
    Artifact, Context, Emitter, Fields, Input, Key, Locator, ParseError, Reader, Source, Value, reason, shape,
};
use crate::formats::sqlite::Db;

use super::message_body::{self, Body};

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.sms",
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
    sources: &[Source::ios("HomeDomain", "Library/SMS/sms.db", Reader::With(parse)).sliced("message")],
    shapes: &[&message::SHAPE],
    mvt: &["sms"],
};

shape! {
    /// One message.
    message(Delivered) from message {
        date                     Public   [Time]        mac_time(date) key                    "When it was sent or, for received ones, reached the service (UTC).";
        direction                Public   []                                                  "`sent` or `received`.";
        handle                   Personal [Phone Email]                                       "The other party: telephone number, e-mail address or sender name.";
        text                     Content  [Text]                                              "What was written.";
        subject                  Content  [Text]        text(subject)                         "Subject line, where there is one.";
        links                    Content  [Url]                                               "Addresses behind the text and in link previews, each once.";
        earlier_texts            Content  [Text]                                              "Texts the message had before it was edited.";
        text_source              Public   []                                                  "Column the text was read from: `text` or `attributedBody`.";
        service                  Public   []            text(service)                         "`SMS`, `iMessage`, `RCS`.";
        account                  Personal []            text(account)                         "Own account used: `p:+1555…`, `e:name@…`.";
        destination              Personal []            text(destination_caller_id) sometimes "Own number or address the message went to or came from.";
        chat                     Personal []                                                  "Identifier of the conversation.";
        chat_name                Personal []                                                  "Name of the group.";
        guid                     Public   []            text(guid)                            "Identifier of the message.";
        date_read                Public   [Time]        mac_time(date_read)                   "When it was read (UTC).";
        date_delivered           Public   [Time]        mac_time(date_delivered)              "When it was delivered (UTC).";
        date_edited              Public   [Time]        mac_time(date_edited) sometimes       "When it was last edited (UTC).";
        date_retracted           Public   [Time]        mac_time(date_retracted) sometimes    "When it was taken back (UTC).";
        balloon_app              Public   []            text(balloon_bundle_id)               "App extension that made the message, where one did.";
        threat_notification_text Public   []                                                  "The text begins like Apple's threat notifications.";
        _ text(text) key;
        _ raw(attributedBody) key(since 7);
        _ number(handle_id) key;
        _ flag(is_from_me) key;
        _ raw(payload_data);
        _ raw(message_summary_info);
        _ text(group_title) sometimes;
    }
    events {
        message(date) "{service} {direction}, {handle}: {text}";
        message_read(date_read) "{service} message of {handle} was read: {text}";
        message_edited(date_edited) "{service} message of {handle} was edited: {text}";
        message_retracted(date_retracted) "{service} message of {handle} was taken back";
    }
}

/// Ties of messages to conversations kept in memory, per slice (16 bytes each).
const MAX_CHAT_LINKS: usize = 500_000;

/// How Apple's threat notifications by SMS and iMessage begin.
const THREAT_NOTIFICATIONS: [&str; 2] = [
    "ALERT: State-sponsored attackers may be targeting your iPhone",
    "ALERT: Apple detected a targeted mercenary spyware attack against your iPhone",
];

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    use message::col;
    let db = input.db(emit)?;
    let messages = named(&db, message::ROWS.table)?;
    table::columns(input, emit, messages, &message::ROWS);
    let handles = Names::load(input, emit, &db, ("handle", "id", Key::Always));
    let chats = Chats::load(input, emit, &db);
    let (mut damaged, mut unreadable) = (0u64, 0u64);
    scan(input, emit, &db, messages, message::ROWS.names, input.slice.clone(), |emit, row| {
        let body = Body::read(
            row.text(&col::text),
            row.raw(&col::attributedBody).as_bytes(),
            row.raw(&col::payload_data).as_bytes(),
            row.raw(&col::message_summary_info).as_bytes(),
        );
        damaged += u64::from(body.damaged);
        unreadable += u64::from(body.unreadable);
        let chat = chats.of(row.rowid());
        let handle = row.int(&col::handle_id).and_then(|id| handles.get(id));
        let mut out = emit.fields();
        fill(&message::ROWS, &row, &mut out);
        let context = put_direction(&mut out, row.flag(&col::is_from_me));
        out.put(&message::handle, handle.or_else(|| chat.and_then(|c| c.party())));
        put_body(&mut out, &body);
        out.put(&message::chat, chat.map(|c| c.identifier));
        match chat.and_then(|c| c.name) {
            Some(name) => out.set(&message::chat_name, name),
            None => out.put(&message::chat_name, row.text(&col::group_title)),
        };
        emit.emit_as(&message::SHAPE, context, Locator::row(message::ROWS.table, row.rowid()), out);
    });
    if unreadable > 0 {
        let text = format!("{unreadable} messages whose text could not be read from attributedBody");
        emit.lost_unknown(reason::BODY_DAMAGED, text);
    }
    if damaged > unreadable {
        let more = damaged - unreadable;
        let text = format!("{more} messages with an odd attributedBody: links in it may be missing");
        emit.note(reason::BODY_ODD, text);
    }
    Ok(())
}

/// Who wrote it. Where the database does not say, neither do we.
fn put_direction(out: &mut Fields<'_>, from_me: Option<bool>) -> Context {
    out.put(&message::direction, from_me.map(|me| if me { "sent" } else { "received" }));
    match from_me {
        Some(true) => Context::Sent,
        Some(false) => Context::Delivered,
        None => Context::Mentioned,
    }
}

fn put_body<'a>(out: &mut Fields<'a>, body: &'a Body<'_>) {
    if let Some(text) = &body.text {
        let text: &str = text;
        out.set(&message::text, text);
        out.set(&message::text_source, if body.from_attributed { "attributedBody" } else { "text" });
        if is_threat_notification(text) {
            out.set(&message::threat_notification_text, true);
        }
    }
    out.put(&message::links, list(&body.links)).put(&message::earlier_texts, list(&body.earlier));
}

fn list<'a>(items: &'a [Cow<'_, str>]) -> Option<Vec<Value<'a>>> {
    (!items.is_empty()).then(|| items.iter().map(|i| Value::from(&**i)).collect())
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
        let identifiers = Names::load(input, emit, db, ("chat", "chat_identifier", Key::No));
        let names = Names::load(input, emit, db, ("chat", "display_name", Key::No));
        Chats { identifiers, names, links: links(input, emit, db) }
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
fn links(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db) -> Vec<(i64, i64)> {
    const JOIN: &str = "chat_message_join";
    let slice: Option<&RangeInclusive<i64>> = input.slice.as_ref();
    let Some(join) = db.table(JOIN) else {
        if input.first_slice {
            emit.note(reason::COLUMN_MISSING, format!("expected table {JOIN}, found none: conversations are unknown"));
        }
        return Vec::new();
    };
    let mut links = Vec::new();
    let mut left_out = 0u64;
    scan(input, emit, db, join, &["message_id", "chat_id"], None, |_, row| {
        let (Some(message), Some(chat)) = (row.at(0).as_i64(), row.at(1).as_i64()) else { return };
        if slice.is_some_and(|s| !s.contains(&message)) {
            return;
        }
        if links.len() >= MAX_CHAT_LINKS {
            left_out += 1;
        } else {
            links.push((message, chat));
        }
    });
    if left_out > 0 {
        let text = format!("{JOIN}: {left_out} rows beyond {MAX_CHAT_LINKS}: their messages come without a chat");
        emit.note(reason::NAMES_LIMIT, text);
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
