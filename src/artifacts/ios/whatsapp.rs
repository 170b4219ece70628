//! `ios.whatsapp`: messages and conversations of WhatsApp and WhatsApp Business.
//!
//! `ChatStorage.sqlite`, a Core Data store: `ZWAMESSAGE` with `ZWAMEDIAITEM` (by `ZMEDIAITEM`), `ZWAGROUPMEMBER` (by
//! `ZGROUPMEMBER`) and `ZWACHATSESSION` (by `ZCHATSESSION`); `ZWAMESSAGEDATAITEM` holds link previews. `LID.sqlite` ties
//! the anonymous identifiers of newer versions (`…@lid`) to telephone numbers. Times are Mac absolute time.

use std::collections::HashSet;

use crate::artifact::table::{self, Lookup, Names, Row, fill, look, named, scan};
use crate::artifact::{
    Artifact, Context, Emitter, Fields, Input, Key, Locator, ParseError, Place, Reader, Source, reason, shape,
};
use crate::formats::sqlite::Db;

use super::jid::{Lids, phone};

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.whatsapp",
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
        Source::ios(PERSONAL, CHATS, Reader::With(parse)).sliced("ZWAMESSAGE"),
        Source::ios(BUSINESS, CHATS, Reader::With(parse)).sliced("ZWAMESSAGE"),
        Source::ios(PERSONAL, LIDS, Reader::With(parse)),
        Source::ios(BUSINESS, LIDS, Reader::With(parse)),
    ],
    shapes: &[&message::SHAPE, &link_preview::SHAPE, &stray_media::SHAPE, &chat_session::SHAPE, &lid_pair::SHAPE],
    mvt: &["whatsapp"],
};

const PERSONAL: &str = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared";
const BUSINESS: &str = "AppDomainGroup-group.net.whatsapp.WhatsAppSMB.shared";
const CHATS: &str = "ChatStorage.sqlite";
const LIDS: &str = "LID.sqlite";

shape! {
    /// One message.
    message(Delivered) from ZWAMESSAGE {
        date         Public   [Time]   mac_time(ZMESSAGEDATE) key "Time of the message (UTC).";
        direction    Public   []                                  "`sent` or `received`.";
        phone        Personal [Phone]                             "Number of the other party, or of the member who wrote: `+14155550100`.";
        text         Content  [Text]   text(ZTEXT) key            "What was written.";
        use stray_media::media_url;
        use stray_media::media_title;
        use stray_media::media_author;
        use stray_media::media_path;
        from_jid     Personal []       text(ZFROMJID) key         "Identifier the message came from: a person or a group.";
        to_jid       Personal []       text(ZTOJID) key           "Identifier the message went to.";
        member_jid   Personal []                                  "In a group: identifier of the member who wrote.";
        push_name    Personal []       text(ZPUSHNAME)            "Name the sender gave themselves.";
        chat         Personal []                                  "Identifier of the conversation.";
        chat_name    Personal []                                  "Name of the contact or group.";
        message_type Public   [Number] number(ZMESSAGETYPE)       "Kind of message as stored: 0 text, 1 picture, 2 video, 3 voice, 8 document.";
        sent_date    Public   [Time]   mac_time(ZSENTDATE)        "When an own message was sent (UTC).";
        stanza_id    Public   []       text(ZSTANZAID)            "Identifier of the message.";
        _ flag(ZISFROMME) key;
        _ number(ZCHATSESSION) key;
        _ number(ZMEDIAITEM) key;
        _ number(ZGROUPMEMBER) key;
    }
    events {
        message(date) "WhatsApp {direction}, {phone} ({chat_name}): {text}";
    }
}

shape! {
    /// The preview of a link in a message.
    link_preview(Delivered) from ZWAMESSAGEDATAITEM {
        message      Public   [Number] number(ZMESSAGE) key     "Number of the message it belongs to.";
        use message::date;
        use message::direction;
        title        Content  [Text]   text(ZTITLE)             "Title in the preview.";
        summary      Content  [Text]   text(ZSUMMARY)           "Description in the preview.";
        matched_text Content  [Text]   text(ZMATCHEDTEXT) key   "The part of the message that is the link.";
        content1     Content  [Text]   text(ZCONTENT1) key      "First address of the preview, as stored.";
        content2     Content  [Text]   text(ZCONTENT2)          "Second address of the preview, as stored.";
        sender_jid   Personal []       text(ZSENDERJID) sometimes "Identifier of the sender.";
        use message::phone;
        preview_date Public   [Time]   mac_time(ZDATE) sometimes "Time of the preview (UTC).";
    }
    events {
        link_preview(date) "WhatsApp {direction} a link: {matched_text} ({title})";
    }
}

shape! {
    /// A media file that no message points to.
    stray_media(Delivered) from ZWAMEDIAITEM {
        use link_preview::message;
        use message::date;
        use message::direction;
        media_url    Content  [Url]  text(ZMEDIAURL) key       "Address the media file was loaded from.";
        media_title  Content  [Text] text(ZTITLE) key          "Caption of the media file, or title of the document.";
        media_author Content  [Text] text(ZAUTHORNAME)         "Author field of the media file.";
        media_path   Content  []     text(ZMEDIALOCALPATH)     "Where the app keeps the media file, within its folder.";
        _ number(ZMESSAGE);
    }
    events {
        stray_media(date) "WhatsApp {direction} a file: {media_title} ({media_url})";
    }
}

shape! {
    /// One conversation.
    chat_session(Mentioned) from ZWACHATSESSION {
        use message::chat;
        use message::chat_name;
        use message::phone;
        session_type      Public   [Number] number(ZSESSIONTYPE)       "Kind of conversation as stored: 0 person, 1 group, 2 broadcast, 3 status.";
        archived          Public   []       flag(ZARCHIVED)            "The conversation is archived.";
        removed           Public   []       flag(ZREMOVED)             "The conversation was deleted from the list.";
        hidden            Public   []       flag(ZHIDDEN)              "The conversation is not shown.";
        message_counter   Public   [Number] number(ZMESSAGECOUNTER)    "Messages of the conversation as counted by the app.";
        last_message_date Public   [Time]   mac_time(ZLASTMESSAGEDATE) "Time of the last message (UTC).";
        group_created     Public   [Time]                              "When the group was made (UTC).";
        group_creator_jid Personal []                                  "Who made the group.";
        _ text(ZCONTACTJID) key;
        _ text(ZPARTNERNAME);
        _ number(ZGROUPINFO);
    }
    events {
        chat_last_message(last_message_date) "last WhatsApp message with {chat_name} ({chat})";
        group_created(group_created) "WhatsApp group {chat_name} ({chat}) was made";
    }
}

shape! {
    /// An anonymous identifier and its telephone number.
    lid_pair(Mentioned) from ZWAPHONENUMBERLIDPAIR {
        lid       Personal []     text(ZLID) key       "Anonymous identifier.";
        use message::phone;
        pair_date Public   [Time] mac_time(ZTIMESTAMP) "When the pair was learned (UTC).";
        _ text(ZPHONENUMBER) key;
    }
    events {
        lid_pair_learned(pair_date) "WhatsApp learned that {lid} is {phone}";
    }
}

/// Media files without a message that are told of; more are counted.
const MAX_STRAY: usize = 1 << 20;
/// What of a message its previews and media files need.
const PARENT: &[&str] = &["ZISFROMME", "ZMESSAGEDATE", "ZFROMJID", "ZTOJID", "ZMEDIAITEM"];

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let (messages, pairs) = (message::ROWS.table, lid_pair::ROWS.table);
    let db = input.db(emit)?;
    let wanted = if input.entry.name.ends_with(LIDS) { pairs } else { messages };
    if db.table(wanted).is_none() {
        return Err(ParseError::Missing(format!("expected table {wanted}, found none")));
    }
    if input.first_slice && db.table(pairs).is_some() {
        emit_pairs(input, emit, &db)?;
    }
    if db.table(messages).is_none() {
        return Ok(());
    }
    let lids = load_lids(input, emit, &db);
    emit_messages(input, emit, &db, &lids)?;
    if input.first_slice {
        emit_previews(input, emit, &db, &lids)?;
        emit_stray_media(input, emit, &db)?;
        emit_sessions(input, emit, &db, &lids)?;
    }
    Ok(())
}

/// The pairs of `LID.sqlite` beside this database, and of the database itself. What is wrong with them is told where
/// they are read for themselves.
fn load_lids(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db) -> Lids {
    let mut lids = Lids::default();
    lids.load(db, emit);
    let domain = if input.entry.name.starts_with(BUSINESS) { BUSINESS } else { PERSONAL };
    for entry in input.find(&Place::Ios { domain, path: LIDS }).unwrap_or_default() {
        if let Ok(db) = input.other_db(&entry) {
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

/// Who wrote it. Where the database does not say, neither do we.
fn put_direction(out: &mut Fields<'_>, from_me: Option<bool>) -> Context {
    out.put(&message::direction, from_me.map(|me| if me { "sent" } else { "received" }));
    match from_me {
        Some(true) => Context::Sent,
        Some(false) => Context::Delivered,
        None => Context::Mentioned,
    }
}

fn emit_messages(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db, lids: &Lids) -> Result<(), ParseError> {
    use message::col;
    let (sessions, media) = (chat_session::ROWS.table, &stray_media::ROWS);
    let table = db.table(media.table);
    match table {
        Some(t) => table::columns(input, emit, t, media),
        None => table::missing(input, emit, media.table),
    }
    let mut media = Lookup::new(db, table, media.names);
    let parties = Parties {
        chats: Names::load(input, emit, db, (sessions, "ZCONTACTJID", Key::Always)),
        chat_names: Names::load(input, emit, db, (sessions, "ZPARTNERNAME", Key::No)),
        members: Names::load(input, emit, db, ("ZWAGROUPMEMBER", "ZMEMBERJID", Key::Always)),
    };
    let messages = named(db, message::ROWS.table)?;
    table::columns(input, emit, messages, &message::ROWS);
    scan(input, emit, db, messages, message::ROWS.names, input.slice.clone(), |emit, row| {
        let item = row.int(&col::ZMEDIAITEM).and_then(|id| media.get(id));
        emit_message(emit, &row, item, &parties, lids);
    });
    media.close(emit, stray_media::ROWS.table);
    Ok(())
}

fn emit_message(emit: &mut Emitter<'_>, row: &Row<'_>, media: Option<Row<'_>>, parties: &Parties, lids: &Lids) {
    use message::col;
    let from_me = row.flag(&col::ZISFROMME);
    let chat_id = row.int(&col::ZCHATSESSION);
    let chat = chat_id.and_then(|id| parties.chats.get(id));
    let member = row.int(&col::ZGROUPMEMBER).and_then(|id| parties.members.get(id));
    let other = match from_me {
        Some(true) => row.text(&col::ZTOJID),
        Some(false) => row.text(&col::ZFROMJID),
        None => None,
    };
    let others = [member.filter(|_| from_me != Some(true)), other.as_deref(), chat];
    let mut out = emit.fields();
    fill(&message::ROWS, row, &mut out);
    if let Some(media) = &media {
        fill(&stray_media::ROWS, media, &mut out);
    }
    let context = put_direction(&mut out, from_me);
    out.put(&message::phone, others.into_iter().flatten().find_map(|jid| phone(jid, lids)));
    out.put(&message::member_jid, member).put(&message::chat, chat);
    out.put(&message::chat_name, chat_id.and_then(|id| parties.chat_names.get(id)));
    emit.emit_as(&message::SHAPE, context, Locator::row(message::ROWS.table, row.rowid()), out);
}

/// The message a preview or a media file belongs to, as far as they need it.
struct Parent<'r>(Row<'r>);

impl Parent<'_> {
    fn is_from_me(&self) -> Option<bool> {
        table::flag(self.0.at(0)).value()
    }

    fn put_date(&self, out: &mut Fields<'_>) {
        out.found(&message::date, table::mac_time(self.0.at(1)));
    }
}

fn emit_previews(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db, lids: &Lids) -> Result<(), ParseError> {
    use link_preview::col;
    // Newer versions only.
    if db.table(link_preview::ROWS.table).is_none() {
        return Ok(());
    }
    let mut parents = Lookup::new(db, db.table(message::ROWS.table), PARENT);
    table::records(input, emit, db, &link_preview::ROWS, |_, row, out| {
        let parent = row.int(&col::ZMESSAGE).and_then(|id| parents.get(id)).map(Parent);
        let from_me = parent.as_ref().and_then(Parent::is_from_me);
        let of = |at: usize| parent.as_ref().and_then(|p| table::text(p.0.at(at)));
        let other = match from_me {
            Some(true) => of(3),
            _ => row.text(&col::ZSENDERJID).or_else(|| of(2)),
        };
        out.put(&message::phone, other.and_then(|jid| phone(&jid, lids)));
        if let Some(parent) = &parent {
            parent.put_date(out);
        }
        put_direction(out, from_me)
    })
}

/// Media files whose message does not point to them. Most often there are none, and the messages are not read again.
fn emit_stray_media(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db) -> Result<(), ParseError> {
    use stray_media::col;
    let (Some(media), Some(messages)) = (db.table(stray_media::ROWS.table), db.table(message::ROWS.table)) else {
        return Ok(());
    };
    let mut parents = Lookup::new(db, Some(messages), PARENT);
    let mut stray = HashSet::new();
    let mut more = 0u64;
    look(db, media, &["ZMESSAGE"], |row| {
        let parent = row.at(0).as_i64().and_then(|id| parents.get(id));
        if parent.is_none_or(|p| p.at(4).as_i64() != Some(row.rowid())) {
            match stray.len() < MAX_STRAY {
                true => _ = stray.insert(row.rowid()),
                false => more += 1,
            }
        }
    });
    if !stray.is_empty() {
        look(db, messages, &["ZMEDIAITEM"], |row| {
            if let Some(id) = row.at(0).as_i64() {
                stray.remove(&id);
            }
        });
    }
    if more > 0 {
        let text = format!("table {}: more than {MAX_STRAY} files without a message", media.name);
        emit.lost(more, reason::LIMIT, text);
    }
    // Read in any case: what is wrong with the table is told here.
    scan(input, emit, db, media, stray_media::ROWS.names, None, |emit, row| {
        if !stray.contains(&row.rowid()) {
            return;
        }
        let id = row.int(&col::ZMESSAGE);
        let parent = id.and_then(|id| parents.get(id)).map(Parent);
        let mut out = emit.fields();
        fill(&stray_media::ROWS, &row, &mut out);
        out.put(&link_preview::message, id);
        if let Some(parent) = &parent {
            parent.put_date(&mut out);
        }
        let context = put_direction(&mut out, parent.as_ref().and_then(Parent::is_from_me));
        emit.emit_as(&stray_media::SHAPE, context, Locator::row(stray_media::ROWS.table, row.rowid()), out);
    });
    Ok(())
}

/// What is known of group conversations.
const GROUPS: &str = "ZWAGROUPINFO";

fn emit_sessions(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db, lids: &Lids) -> Result<(), ParseError> {
    use chat_session::col;
    let mut groups = Lookup::new(db, db.table(GROUPS), &["ZCREATIONDATE", "ZCREATORJID"]);
    table::records(input, emit, db, &chat_session::ROWS, |_, row, out| {
        let jid = row.text(&col::ZCONTACTJID);
        out.put(&message::phone, jid.as_deref().and_then(|jid| phone(jid, lids)));
        out.put(&message::chat, jid).put(&message::chat_name, row.text(&col::ZPARTNERNAME));
        if let Some(group) = row.int(&col::ZGROUPINFO).and_then(|id| groups.get(id)) {
            out.found(&chat_session::group_created, table::mac_time(group.at(0)));
            let creator = table::text(group.at(1)).map(|jid| jid.into_owned());
            out.put(&chat_session::group_creator_jid, creator);
        }
        chat_session::SHAPE.context
    })?;
    groups.close(emit, GROUPS);
    Ok(())
}

fn emit_pairs(input: &Input<'_>, emit: &mut Emitter<'_>, db: &Db) -> Result<(), ParseError> {
    table::records(input, emit, db, &lid_pair::ROWS, |_, row, out| {
        let number = row.text(&lid_pair::col::ZPHONENUMBER);
        out.put(&message::phone, number.as_deref().and_then(super::jid::e164));
        lid_pair::SHAPE.context
    })
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
            let m = out.of("message");
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
        let p = out.of("link_preview");
        assert_eq!((p[0].get("message"), p[0].text("content1")), (Some(&Value::Int(1)), "https://real.example/x"));
        assert_eq!(p[0].text("phone"), "+14155550100");
        assert_eq!((p[0].context, p[1].context, p[2].context), (Context::Delivered, Context::Sent, Context::Mentioned));
        assert_eq!(p[2].get("direction"), None);
        let s = out.of("chat_session");
        assert_eq!((s[0].text("phone"), s[1].get("phone")), ("+14155550100", None));
        assert_eq!(s[1].time("group_created"), "2025-08-21T20:13:20Z");
        let l = out.of("lid_pair");
        assert_eq!((l.len(), l[0].text("phone"), l[0].text("lid")), (1, "+14155550100", "100000000000001"));
    }

    #[test]
    fn media_that_no_message_points_to() {
        let out = run(&ARTIFACT, &evidence(PERSONAL));
        let m = out.of("stray_media");
        assert_eq!(m.len(), 2, "the file of message 1 is told with it");
        assert_eq!((m[0].text("media_url"), m[0].context), ("https://named.example/f", Context::Sent));
        assert_eq!(m[0].time("date"), "2025-08-27T15:06:41Z");
        assert_eq!((m[1].text("media_url"), m[1].get("message")), ("https://gone.example/f", Some(&Value::Int(78))));
        assert_eq!((m[1].get("date"), m[1].context), (None, Context::Mentioned));
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
