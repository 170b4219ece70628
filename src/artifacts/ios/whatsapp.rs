//! `ios.whatsapp`: messages and conversations of WhatsApp and WhatsApp Business.
//!
//! `ChatStorage.sqlite`, a Core Data store: `ZWAMESSAGE` with `ZWAMEDIAITEM` (by `ZMEDIAITEM`), `ZWAGROUPMEMBER` (by
//! `ZGROUPMEMBER`) and `ZWACHATSESSION` (by `ZCHATSESSION`); `ZWAMESSAGEDATAITEM` holds link previews. `LID.sqlite` ties
//! the anonymous identifiers of newer versions (`…@lid`) to telephone numbers. Times are Mac absolute time.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::ControlFlow;

use crate::artifact::{Artifact, Context, Emitter, Event, Input, Kind, Locator, ParseError, Place, Shape, Source};
use crate::formats::sqlite::{Db, Row};

use super::jid::{Lids, phone};
use super::rows::{Lookup, Names, Pool, note_columns, open, scan, table, text};

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.whatsapp",
    title: "WhatsApp messages",
    about: "\
Messages and conversations of WhatsApp and WhatsApp Business: `ChatStorage.sqlite` of the app group
`group.net.whatsapp.WhatsApp.shared` (`WhatsAppSMB` for Business), and the table of anonymous identifiers in `LID.sqlite`.

`message` is one message with what belongs to it: the address of its media file, its caption and, in groups, the member
who wrote it. `link_preview` is the preview of a link in a message (`message` is its number), as the sender's phone made
it: its addresses may differ from the text. `stray_media` is a media file that no message points to: what is left of a
message that is gone, or one that names its message by itself. `chat_session` is one conversation, `lid_pair` one anonymous identifier with
its telephone number. `phone` is the number of the other party in international form, found in the identifier itself or
through the table of pairs. Times are UTC.

Addresses of WhatsApp's own media servers are kept as they are. Limits: deleted and disappearing messages are gone; calls
are not in this database.",
    sources: &[
        Source::optional(Kind::IosBackup, Place::Backup { domain: PERSONAL, path: CHATS }).sliced("ZWAMESSAGE"),
        Source::optional(Kind::IosBackup, Place::Backup { domain: BUSINESS, path: CHATS }).sliced("ZWAMESSAGE"),
        Source::optional(Kind::IosBackup, Place::Backup { domain: PERSONAL, path: LIDS }),
        Source::optional(Kind::IosBackup, Place::Backup { domain: BUSINESS, path: LIDS }),
    ],
    shapes: &[&MESSAGE, &LINK_PREVIEW, &STRAY_MEDIA, &CHAT_SESSION, &LID_PAIR],
    needs: &[],
    mvt: &["whatsapp"],
    parse,
};

const PERSONAL: &str = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared";
const BUSINESS: &str = "AppDomainGroup-group.net.whatsapp.WhatsAppSMB.shared";
const CHATS: &str = "ChatStorage.sqlite";
const LIDS: &str = "LID.sqlite";

fields! {
    DATE "date" [Time] Public "Time of the message (UTC).";
    DIRECTION "direction" [] Public "`sent` or `received`.";
    PHONE "phone" [Phone] Personal "Number of the other party, or of the member who wrote: `+14155550100`.";
    TEXT "text" [Text] Content "What was written.";
    MEDIA_URL "media_url" [Url] Content "Address the media file was loaded from.";
    MEDIA_TITLE "media_title" [Text] Content "Caption of the media file, or title of the document.";
    MEDIA_AUTHOR "media_author" [Text] Content "Author field of the media file.";
    MEDIA_PATH "media_path" [] Content "Where the app keeps the media file, within its folder.";
    FROM_JID "from_jid" [] Personal "Identifier the message came from: a person or a group.";
    TO_JID "to_jid" [] Personal "Identifier the message went to.";
    MEMBER_JID "member_jid" [] Personal "In a group: identifier of the member who wrote.";
    PUSH_NAME "push_name" [] Personal "Name the sender gave themselves.";
    CHAT "chat" [] Personal "Identifier of the conversation.";
    CHAT_NAME "chat_name" [] Personal "Name of the contact or group.";
    MESSAGE_TYPE "message_type" [Number] Public "Kind of message as stored: 0 text, 1 picture, 2 video, 3 voice, 8 document.";
    SENT_DATE "sent_date" [Time] Public "When an own message was sent (UTC).";
    STANZA_ID "stanza_id" [] Public "Identifier of the message.";

    MESSAGE_ID "message" [Number] Public "Number of the message it belongs to.";
    PREVIEW_TITLE "title" [Text] Content "Title in the preview.";
    PREVIEW_SUMMARY "summary" [Text] Content "Description in the preview.";
    MATCHED_TEXT "matched_text" [Text] Content "The part of the message that is the link.";
    CONTENT1 "content1" [Text] Content "First address of the preview, as stored.";
    CONTENT2 "content2" [Text] Content "Second address of the preview, as stored.";
    SENDER_JID "sender_jid" [] Personal "Identifier of the sender.";
    PREVIEW_DATE "preview_date" [Time] Public "Time of the preview (UTC).";

    SESSION_TYPE "session_type" [Number] Public "Kind of conversation as stored: 0 person, 1 group, 2 broadcast, 3 status.";
    ARCHIVED "archived" [] Public "The conversation is archived.";
    REMOVED "removed" [] Public "The conversation was deleted from the list.";
    HIDDEN "hidden" [] Public "The conversation is not shown.";
    MESSAGE_COUNTER "message_counter" [Number] Public "Messages of the conversation as counted by the app.";
    LAST_MESSAGE_DATE "last_message_date" [Time] Public "Time of the last message (UTC).";
    GROUP_CREATED "group_created" [Time] Public "When the group was made (UTC).";
    GROUP_CREATOR_JID "group_creator_jid" [] Personal "Who made the group.";

    LID "lid" [] Personal "Anonymous identifier.";
    PAIR_DATE "pair_date" [Time] Public "When the pair was learned (UTC).";
}

/// One message.
pub static MESSAGE: Shape = Shape {
    name: "message",
    fields: &[
        &DATE,
        &DIRECTION,
        &PHONE,
        &TEXT,
        &MEDIA_URL,
        &MEDIA_TITLE,
        &MEDIA_AUTHOR,
        &MEDIA_PATH,
        &FROM_JID,
        &TO_JID,
        &MEMBER_JID,
        &PUSH_NAME,
        &CHAT,
        &CHAT_NAME,
        &MESSAGE_TYPE,
        &SENT_DATE,
        &STANZA_ID,
    ],
    events: &[Event { time: &DATE, name: "message", text: "WhatsApp {direction}, {phone} ({chat_name}): {text}" }],
    context: Context::Delivered,
};

/// The preview of a link in a message.
pub static LINK_PREVIEW: Shape = Shape {
    name: "link_preview",
    fields: &[
        &MESSAGE_ID,
        &DATE,
        &DIRECTION,
        &PREVIEW_TITLE,
        &PREVIEW_SUMMARY,
        &MATCHED_TEXT,
        &CONTENT1,
        &CONTENT2,
        &SENDER_JID,
        &PHONE,
        &PREVIEW_DATE,
    ],
    events: &[Event {
        time: &DATE,
        name: "link_preview",
        text: "WhatsApp {direction} a link: {matched_text} ({title})",
    }],
    context: Context::Delivered,
};

/// A media file that no message points to.
pub static STRAY_MEDIA: Shape = Shape {
    name: "stray_media",
    fields: &[&MESSAGE_ID, &DATE, &DIRECTION, &MEDIA_URL, &MEDIA_TITLE, &MEDIA_AUTHOR, &MEDIA_PATH],
    events: &[Event {
        time: &DATE,
        name: "stray_media",
        text: "WhatsApp {direction} a file: {media_title} ({media_url})",
    }],
    context: Context::Delivered,
};

/// One conversation.
pub static CHAT_SESSION: Shape = Shape {
    name: "chat_session",
    fields: &[
        &CHAT,
        &CHAT_NAME,
        &PHONE,
        &SESSION_TYPE,
        &ARCHIVED,
        &REMOVED,
        &HIDDEN,
        &MESSAGE_COUNTER,
        &LAST_MESSAGE_DATE,
        &GROUP_CREATED,
        &GROUP_CREATOR_JID,
    ],
    events: &[
        Event {
            time: &LAST_MESSAGE_DATE,
            name: "chat_last_message",
            text: "last WhatsApp message with {chat_name} ({chat})",
        },
        Event { time: &GROUP_CREATED, name: "group_created", text: "WhatsApp group {chat_name} ({chat}) was made" },
    ],
    context: Context::Mentioned,
};

/// An anonymous identifier and its telephone number.
pub static LID_PAIR: Shape = Shape {
    name: "lid_pair",
    fields: &[&LID, &PHONE, &PAIR_DATE],
    events: &[Event { time: &PAIR_DATE, name: "lid_pair_learned", text: "WhatsApp learned that {lid} is {phone}" }],
    context: Context::Mentioned,
};

const MESSAGES: &str = "ZWAMESSAGE";
const MESSAGE_COLUMNS: &[&str] = &[
    "ZTEXT",
    "ZMESSAGEDATE",
    "ZISFROMME",
    "ZFROMJID",
    "ZTOJID",
    "ZMESSAGETYPE",
    "ZCHATSESSION",
    "ZMEDIAITEM",
    "ZGROUPMEMBER",
    "ZSTANZAID",
    "ZSENTDATE",
    "ZPUSHNAME",
];
const MEDIA: &str = "ZWAMEDIAITEM";
const MEDIA_COLUMNS: &[&str] = &["ZMEDIAURL", "ZAUTHORNAME", "ZTITLE", "ZMEDIALOCALPATH"];
/// [`MEDIA_COLUMNS`], and the message a file says it belongs to.
const STRAY_COLUMNS: &[&str] = &["ZMEDIAURL", "ZAUTHORNAME", "ZTITLE", "ZMEDIALOCALPATH", "ZMESSAGE"];
/// Media files without a message that are told of; more are counted.
const MAX_STRAY: usize = 1 << 20;
const PREVIEWS: &str = "ZWAMESSAGEDATAITEM";
const PREVIEW_COLUMNS: &[&str] =
    &["ZMESSAGE", "ZTITLE", "ZSUMMARY", "ZMATCHEDTEXT", "ZCONTENT1", "ZCONTENT2", "ZSENDERJID", "ZDATE"];
/// Newer versions only.
const PREVIEW_EXPECTED: usize = 6;
const SESSIONS: &str = "ZWACHATSESSION";
const SESSION_COLUMNS: &[&str] = &[
    "ZCONTACTJID",
    "ZPARTNERNAME",
    "ZSESSIONTYPE",
    "ZARCHIVED",
    "ZREMOVED",
    "ZHIDDEN",
    "ZMESSAGECOUNTER",
    "ZLASTMESSAGEDATE",
    "ZGROUPINFO",
];
const PAIRS: &str = "ZWAPHONENUMBERLIDPAIR";
const PAIR_COLUMNS: &[&str] = &["ZLID", "ZPHONENUMBER", "ZTIMESTAMP"];

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let db = open(input, emit)?;
    let has_messages = db.table(MESSAGES).is_some();
    if !has_messages && db.table(PAIRS).is_none() {
        return Err(ParseError::Missing(format!("expected table {MESSAGES} or {PAIRS}, found neither")));
    }
    if input.first_slice {
        emit_pairs(input, emit, &db);
    }
    if !has_messages {
        return Ok(());
    }
    let lids = load_lids(input, emit, &db);
    emit_messages(input, emit, &db, &lids)?;
    if input.first_slice {
        emit_previews(input, emit, &db, &lids);
        emit_stray_media(emit, &db);
        emit_sessions(input, emit, &db, &lids);
    }
    Ok(())
}

/// The pairs of `LID.sqlite` beside this database, and of the database itself.
fn load_lids(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db) -> Lids {
    let mut lids = Lids::default();
    lids.load(db, emit);
    let domain = if input.entry.name.starts_with(BUSINESS) { BUSINESS } else { PERSONAL };
    let beside = input.find(&Place::Backup { domain, path: LIDS }).unwrap_or_default();
    for entry in beside {
        // The file is an entry of its own: what is wrong with it is told there.
        if let Ok(db) = input.open_db(&entry) {
            lids.load(&db, emit);
        }
    }
    lids
}

/// Identifiers and names of the conversations, and the members of groups.
struct Parties {
    chats: Names,
    chat_names: Names,
    members: Names,
}

fn emit_messages(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db, lids: &Lids) -> Result<(), ParseError> {
    let messages = table(db, MESSAGES)?;
    note_columns(input, emit, messages, MESSAGE_COLUMNS);
    let media_table = db.table(MEDIA);
    if let Some(t) = media_table {
        note_columns(input, emit, t, MEDIA_COLUMNS);
    }
    let mut media = Lookup::new(db, media_table, MEDIA_COLUMNS);
    let parties = Parties {
        chats: Names::load(db, emit, SESSIONS, "ZCONTACTJID"),
        chat_names: Names::load(db, emit, SESSIONS, "ZPARTNERNAME"),
        members: Names::load(db, emit, "ZWAGROUPMEMBER", "ZMEMBERJID"),
    };
    let mut pool = Pool::default();
    scan(db, emit, messages, MESSAGE_COLUMNS, input.slice.clone(), |emit, row| {
        let item = row.get(7).as_i64().and_then(|id| media.get(id));
        emit_message(emit, &mut pool, row, item, &parties, lids);
    });
    if media.damaged > 0 {
        emit.lost(0, "sqlite-damage", format!("{} media rows of messages could not be read", media.damaged));
    }
    Ok(())
}

fn emit_message(
    emit: &mut Emitter<'_>,
    pool: &mut Pool,
    row: Row<'_>,
    media: Option<Row<'_>>,
    parties: &Parties,
    lids: &Lids,
) {
    let from_me = row.get(2).as_i64() == Some(1);
    let (from, to) = (text(row.get(3)), text(row.get(4)));
    let chat_id = row.get(6).as_i64();
    let chat = chat_id.and_then(|id| parties.chats.get(id));
    let member = row.get(8).as_i64().and_then(|id| parties.members.get(id));
    let other = [if from_me { None } else { member }, if from_me { to.as_deref() } else { from.as_deref() }, chat];
    let mut out = pool.take();
    out.mac_time(&DATE, row.get(1)).set(&DIRECTION, if from_me { "sent" } else { "received" });
    out.put(&PHONE, other.into_iter().flatten().find_map(|jid| phone(jid, lids)));
    out.text(&TEXT, row.get(0));
    if let Some(media) = media {
        out.text(&MEDIA_URL, media.get(0)).text(&MEDIA_TITLE, media.get(2));
        out.text(&MEDIA_AUTHOR, media.get(1)).text(&MEDIA_PATH, media.get(3));
    }
    out.put(&FROM_JID, from.as_deref()).put(&TO_JID, to.as_deref()).put(&MEMBER_JID, member);
    out.text(&PUSH_NAME, row.get(11));
    out.put(&CHAT, chat).put(&CHAT_NAME, chat_id.and_then(|id| parties.chat_names.get(id)));
    out.number(&MESSAGE_TYPE, row.get(5)).mac_time(&SENT_DATE, row.get(10)).text(&STANZA_ID, row.get(9));
    let context = if from_me { Context::Sent } else { Context::Delivered };
    emit.emit_as(&MESSAGE, context, Locator::row(MESSAGES, row.rowid()), out.as_slice());
    pool.give(out);
}

fn emit_previews(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db, lids: &Lids) {
    let Some(previews) = db.table(PREVIEWS) else { return };
    note_columns(input, emit, previews, &PREVIEW_COLUMNS[..PREVIEW_EXPECTED]);
    let mut parents = Lookup::new(db, db.table(MESSAGES), &["ZISFROMME", "ZMESSAGEDATE", "ZFROMJID", "ZTOJID"]);
    let mut pool = Pool::default();
    scan(db, emit, previews, PREVIEW_COLUMNS, None, |emit, row| {
        let message = row.get(0).as_i64();
        let parent = message.and_then(|id| parents.get(id));
        let from_me = parent.map(|p| p.get(0).as_i64() == Some(1));
        let sender = text(row.get(6));
        let other: Option<Cow<'_, str>> = match (&sender, parent, from_me) {
            (_, Some(p), Some(true)) => text(p.get(3)),
            (Some(sender), _, _) => Some(Cow::Borrowed(sender)),
            (None, Some(p), _) => text(p.get(2)),
            (None, None, _) => None,
        };
        let mut out = pool.take();
        out.put(&MESSAGE_ID, message);
        if let Some(p) = parent {
            out.mac_time(&DATE, p.get(1));
        }
        out.put(&DIRECTION, from_me.map(|me| if me { "sent" } else { "received" }));
        out.text(&PREVIEW_TITLE, row.get(1)).text(&PREVIEW_SUMMARY, row.get(2)).text(&MATCHED_TEXT, row.get(3));
        out.text(&CONTENT1, row.get(4)).text(&CONTENT2, row.get(5)).put(&SENDER_JID, sender.as_deref());
        out.put(&PHONE, other.and_then(|jid| phone(&jid, lids))).mac_time(&PREVIEW_DATE, row.get(7));
        let context = if from_me == Some(true) { Context::Sent } else { Context::Delivered };
        emit.emit_as(&LINK_PREVIEW, context, Locator::row(PREVIEWS, row.rowid()), out.as_slice());
        pool.give(out);
    });
}

/// Media files whose message does not point to them. Most often there are none, and the messages are not read again.
fn emit_stray_media(emit: &mut Emitter<'_>, db: &Db) {
    let (Some(media), Some(messages)) = (db.table(MEDIA), db.table(MESSAGES)) else { return };
    let mut parents = Lookup::new(db, Some(messages), &["ZMEDIAITEM", "ZISFROMME", "ZMESSAGEDATE"]);
    let mut stray = HashSet::new();
    let mut more = 0u64;
    // What is wrong with either table is told where it is read for its records.
    let _ = db.scan(media, &["ZMESSAGE"], None, &mut |row| {
        let parent = row.get(0).as_i64().and_then(|id| parents.get(id));
        if parent.is_none_or(|p| p.get(0).as_i64() != Some(row.rowid())) {
            match stray.len() < MAX_STRAY {
                true => _ = stray.insert(row.rowid()),
                false => more += 1,
            }
        }
        ControlFlow::Continue(())
    });
    if stray.is_empty() {
        return;
    }
    let _ = db.scan(messages, &["ZMEDIAITEM"], None, &mut |row| {
        row.get(0).as_i64().map(|id| stray.remove(&id));
        ControlFlow::Continue(())
    });
    if more > 0 {
        emit.lost(more, "limit", format!("table {MEDIA}: more than {MAX_STRAY} files without a message"));
    }
    let mut pool = Pool::default();
    scan(db, emit, media, STRAY_COLUMNS, None, |emit, row| {
        if !stray.contains(&row.rowid()) {
            return;
        }
        let message = row.get(4).as_i64();
        let parent = message.and_then(|id| parents.get(id));
        let from_me = parent.map(|p| p.get(1).as_i64() == Some(1));
        let mut out = pool.take();
        out.put(&MESSAGE_ID, message);
        if let Some(p) = parent {
            out.mac_time(&DATE, p.get(2));
        }
        out.put(&DIRECTION, from_me.map(|me| if me { "sent" } else { "received" }));
        out.text(&MEDIA_URL, row.get(0)).text(&MEDIA_TITLE, row.get(2));
        out.text(&MEDIA_AUTHOR, row.get(1)).text(&MEDIA_PATH, row.get(3));
        let context = if from_me == Some(true) { Context::Sent } else { Context::Delivered };
        emit.emit_as(&STRAY_MEDIA, context, Locator::row(MEDIA, row.rowid()), out.as_slice());
        pool.give(out);
    });
}

fn emit_sessions(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db, lids: &Lids) {
    let Some(sessions) = db.table(SESSIONS) else { return };
    note_columns(input, emit, sessions, SESSION_COLUMNS);
    let mut groups = Lookup::new(db, db.table("ZWAGROUPINFO"), &["ZCREATIONDATE", "ZCREATORJID"]);
    let mut pool = Pool::default();
    scan(db, emit, sessions, SESSION_COLUMNS, None, |emit, row| {
        let jid = text(row.get(0));
        let group = row.get(8).as_i64().and_then(|id| groups.get(id));
        let mut out = pool.take();
        out.put(&CHAT, jid.as_deref()).text(&CHAT_NAME, row.get(1));
        out.put(&PHONE, jid.as_deref().and_then(|jid| phone(jid, lids)));
        out.number(&SESSION_TYPE, row.get(2)).flag(&ARCHIVED, row.get(3)).flag(&REMOVED, row.get(4));
        out.flag(&HIDDEN, row.get(5)).number(&MESSAGE_COUNTER, row.get(6)).mac_time(&LAST_MESSAGE_DATE, row.get(7));
        if let Some(group) = group {
            out.mac_time(&GROUP_CREATED, group.get(0)).text(&GROUP_CREATOR_JID, group.get(1));
        }
        emit.emit(&CHAT_SESSION, Locator::row(SESSIONS, row.rowid()), out.as_slice());
        pool.give(out);
    });
}

fn emit_pairs(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db) {
    let Some(pairs) = db.table(PAIRS) else { return };
    note_columns(input, emit, pairs, PAIR_COLUMNS);
    let mut pool = Pool::default();
    scan(db, emit, pairs, PAIR_COLUMNS, None, |emit, row| {
        let number = text(row.get(1));
        let mut out = pool.take();
        out.text(&LID, row.get(0)).put(&PHONE, number.as_deref().and_then(super::jid::e164));
        out.mac_time(&PAIR_DATE, row.get(2));
        emit.emit(&LID_PAIR, Locator::row(PAIRS, row.rowid()), out.as_slice());
        pool.give(out);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Value;
    use crate::artifacts::testing::{Memory, run, run_sliced, sqlite};

    const SCHEMA: &str = "
        CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY, ZISFROMME INTEGER, ZMESSAGETYPE INTEGER, ZCHATSESSION INTEGER,
            ZGROUPMEMBER INTEGER, ZMEDIAITEM INTEGER, ZMESSAGEDATE TIMESTAMP, ZSENTDATE TIMESTAMP, ZFROMJID VARCHAR,
            ZPUSHNAME VARCHAR, ZSTANZAID VARCHAR, ZTEXT VARCHAR, ZTOJID VARCHAR);
        CREATE TABLE ZWAMEDIAITEM (Z_PK INTEGER PRIMARY KEY, ZAUTHORNAME VARCHAR, ZMEDIALOCALPATH VARCHAR,
            ZMEDIAURL VARCHAR, ZTITLE VARCHAR, ZMESSAGE INTEGER);
        CREATE TABLE ZWAMESSAGEDATAITEM (Z_PK INTEGER PRIMARY KEY, ZMESSAGE INTEGER, ZCONTENT1 VARCHAR, ZCONTENT2 VARCHAR,
            ZMATCHEDTEXT VARCHAR, ZSUMMARY VARCHAR, ZTITLE VARCHAR);
        CREATE TABLE ZWACHATSESSION (Z_PK INTEGER PRIMARY KEY, ZCONTACTJID VARCHAR, ZPARTNERNAME VARCHAR,
            ZSESSIONTYPE INTEGER, ZARCHIVED INTEGER, ZREMOVED INTEGER, ZHIDDEN INTEGER, ZMESSAGECOUNTER INTEGER,
            ZLASTMESSAGEDATE TIMESTAMP, ZGROUPINFO INTEGER);
        CREATE TABLE ZWAGROUPINFO (Z_PK INTEGER PRIMARY KEY, ZCREATIONDATE TIMESTAMP, ZCREATORJID VARCHAR);
        CREATE TABLE ZWAGROUPMEMBER (Z_PK INTEGER PRIMARY KEY, ZMEMBERJID VARCHAR);
        INSERT INTO ZWACHATSESSION VALUES (1, '100000000000001@lid', 'Alice', 0, 0, 0, 0, 2, 778100000, NULL);
        INSERT INTO ZWACHATSESSION VALUES (2, '120000000000000001@g.us', 'Group', 1, 0, 0, 0, 2, 778300000, 1);
        INSERT INTO ZWAGROUPINFO VALUES (1, 777500000, 'x@lid');
        INSERT INTO ZWAGROUPMEMBER VALUES (5, '33612345678@s.whatsapp.net');
        INSERT INTO ZWAMEDIAITEM VALUES (9, 'author', 'Media/x.jpg', 'https://mmg.whatsapp.net/d/f', 'caption', NULL);
        INSERT INTO ZWAMEDIAITEM VALUES (10, NULL, NULL, 'https://named.example/f', NULL, 2);
        INSERT INTO ZWAMEDIAITEM VALUES (11, NULL, NULL, 'https://gone.example/f', 'left', 78);
        INSERT INTO ZWAMESSAGE (Z_PK, ZISFROMME, ZCHATSESSION, ZMESSAGEDATE, ZFROMJID, ZTEXT, ZMEDIAITEM)
            VALUES (1, 0, 1, 778000000, '100000000000001@lid', 'https://evil.example', 9);
        INSERT INTO ZWAMESSAGE (Z_PK, ZISFROMME, ZCHATSESSION, ZMESSAGEDATE, ZTOJID, ZTEXT)
            VALUES (2, 1, 1, 778000001, '14155550100@s.whatsapp.net', x'6f6bff');
        INSERT INTO ZWAMESSAGE (Z_PK, ZISFROMME, ZCHATSESSION, ZGROUPMEMBER, ZFROMJID)
            VALUES (3, 0, 2, 5, '120000000000000001@g.us');
        INSERT INTO ZWAMESSAGEDATAITEM VALUES (1, 1, 'https://real.example/x', NULL, 'https://evil.example', 's', 't');
        INSERT INTO ZWAMESSAGEDATAITEM VALUES (2, 2, NULL, NULL, 'https://mine.example', NULL, NULL);
        INSERT INTO ZWAMESSAGEDATAITEM VALUES (3, 77, NULL, NULL, 'https://orphan.example', NULL, NULL);";

    const LID_SCHEMA: &str = "
        CREATE TABLE ZWAPHONENUMBERLIDPAIR (Z_PK INTEGER PRIMARY KEY, ZTIMESTAMP REAL, ZLID TEXT, ZPHONENUMBER TEXT);
        INSERT INTO ZWAPHONENUMBERLIDPAIR VALUES (3, 777800000, '100000000000001', '14155550100');";

    fn evidence(domain: &str) -> Memory {
        Memory::new()
            .file(&format!("{domain}/{CHATS}"), sqlite(|c| c.execute_batch(SCHEMA)))
            .file(&format!("{domain}/{LIDS}"), sqlite(|c| c.execute_batch(LID_SCHEMA)))
    }

    #[test]
    fn messages_with_media_members_and_numbers() {
        for domain in [PERSONAL, BUSINESS] {
            let out = run(&ARTIFACT, &evidence(domain));
            let m: Vec<_> = out.of("message").collect();
            assert_eq!(m.len(), 3);
            assert_eq!((m[0].text("phone"), m[0].text("text")), ("+14155550100", "https://evil.example"));
            assert_eq!((m[0].text("media_url"), m[0].text("media_title")), ("https://mmg.whatsapp.net/d/f", "caption"));
            assert_eq!((m[0].text("chat_name"), m[0].context), ("Alice", Context::Delivered));
            assert_eq!(m[0].time("date"), "2025-08-27T15:06:40Z");
            assert_eq!((m[1].text("phone"), m[1].text("text")), ("+14155550100", "ok\u{fffd}"));
            assert_eq!(m[1].context, Context::Sent);
            assert_eq!((m[2].text("phone"), m[2].text("chat_name")), ("+33612345678", "Group"));
        }
    }

    #[test]
    fn previews_sessions_and_pairs() {
        let out = run(&ARTIFACT, &evidence(PERSONAL));
        let p: Vec<_> = out.of("link_preview").collect();
        assert_eq!((p[0].get("message"), p[0].text("content1")), (Some(&Value::Int(1)), "https://real.example/x"));
        assert_eq!(p[0].text("phone"), "+14155550100");
        assert_eq!((p[0].context, p[1].context, p[2].context), (Context::Delivered, Context::Sent, Context::Delivered));
        assert_eq!(p[2].get("direction"), None);
        let s: Vec<_> = out.of("chat_session").collect();
        assert_eq!((s[0].text("phone"), s[1].get("phone")), ("+14155550100", None));
        assert_eq!(s[1].time("group_created"), "2025-08-21T20:13:20Z");
        let l: Vec<_> = out.of("lid_pair").collect();
        assert_eq!((l.len(), l[0].text("phone"), l[0].text("lid")), (1, "+14155550100", "100000000000001"));
    }

    #[test]
    fn media_that_no_message_points_to() {
        let out = run(&ARTIFACT, &evidence(PERSONAL));
        let m: Vec<_> = out.of("stray_media").collect();
        assert_eq!(m.len(), 2, "the file of message 1 is told with it");
        assert_eq!((m[0].text("media_url"), m[0].context), ("https://named.example/f", Context::Sent));
        assert_eq!(m[0].time("date"), "2025-08-27T15:06:41Z");
        assert_eq!((m[1].text("media_url"), m[1].get("message")), ("https://gone.example/f", Some(&Value::Int(78))));
        assert_eq!((m[1].get("date"), m[1].context), (None, Context::Delivered));
    }

    #[test]
    fn what_belongs_to_the_file_comes_from_the_first_slice_only() {
        let evidence = evidence(PERSONAL);
        let whole = run(&ARTIFACT, &evidence);
        let sliced = run_sliced(&ARTIFACT, &evidence, &[1..=2, 3..=3, 4..=i64::MAX]);
        let sorted = |mut r: Vec<_>| {
            r.sort_by_key(|x: &crate::artifacts::testing::Kept| format!("{x:?}"));
            r
        };
        assert_eq!(sorted(whole.records), sorted(sliced.records));
    }

    #[test]
    fn a_database_of_something_else_is_named_as_such() {
        let name = format!("{PERSONAL}/{CHATS}");
        let out = run(&ARTIFACT, &Memory::new().file(&name, sqlite(|c| c.execute_batch("CREATE TABLE a (b)"))));
        assert!(matches!(out.errors[..], [ParseError::Missing(_)]));
    }
}
