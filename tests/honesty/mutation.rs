//! What can happen to an acquisition. Every mutation says what must follow from it.

use rusqlite::Connection;
use vigie_fixtures::rng::Rng;

use super::phone::Tree;

/// What must follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It cannot be overlooked: the verdict is not complete.
    Must,
    /// Built so that a witness stays: where facts are lost, the verdict is not complete.
    Tell,
    /// Anything: where facts are lost and a second reader finds a witness, the verdict is not complete.
    Any,
    /// A change that is none, or that nobody can see: nothing is claimed.
    Still,
}

/// A mutation that was made.
pub struct Mutated {
    pub class: Class,
    /// What was done, and where.
    pub what: String,
    /// The file it was done to.
    pub place: String,
    pub tree: Tree,
}

/// A phone that things happen to.
pub struct Subject {
    pub name: &'static str,
    pub tree: Tree,
    /// Files of a backup by what they are: name in the tree, domain and path.
    pub files: Vec<(String, String)>,
}

impl Subject {
    pub fn new(name: &'static str, tree: Tree) -> Subject {
        let files = tree.get("Manifest.db").map(|bytes| listed(bytes, &tree)).unwrap_or_default();
        Subject { name, tree, files }
    }

    fn is_backup(&self) -> bool {
        !self.files.is_empty()
    }

    /// Databases of the backup that vigie reads.
    fn databases(&self) -> Vec<&(String, String)> {
        self.files.iter().filter(|(place, _)| self.tree[place].starts_with(b"SQLite format 3\0")).collect()
    }

    fn read_files(&self) -> Vec<&(String, String)> {
        self.files.iter().filter(|(_, what)| READ.iter().any(|end| what.ends_with(end))).collect()
    }

    /// The text of a report, where it is one file.
    fn text(&self) -> Option<&String> {
        self.tree.keys().find(|n| n.ends_with(".txt") && n.contains("bugreport"))
    }

    fn zip(&self) -> Option<&String> {
        self.tree.keys().find(|n| n.ends_with(".zip"))
    }
}

/// Ends of the paths of what artifacts read.
const READ: [&str; 7] = [
    "Library/SMS/sms.db",
    "Library/SMS/sms.db-wal",
    "Library/TCC/TCC.db",
    "Library/Safari/History.db",
    "DataUsage.sqlite",
    "ChatStorage.sqlite",
    ".stub",
];

fn listed(manifest: &[u8], tree: &Tree) -> Vec<(String, String)> {
    with_database(manifest, |c| {
        let mut statement = c.prepare("SELECT fileID, domain || '/' || relativePath FROM Files").unwrap();
        let rows = statement.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))).unwrap();
        rows.map(Result::unwrap).map(|(id, what)| (format!("{}/{id}", &id[..2]), what)).collect::<Vec<_>>()
    })
    .0
    .into_iter()
    .filter(|(place, _)| tree.contains_key(place))
    .collect()
}

/// Opens the bytes of a database, and gives what became of them.
fn with_database<T>(bytes: &[u8], work: impl FnOnce(&Connection) -> T) -> (T, Vec<u8>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.db");
    let mut bytes = bytes.to_vec();
    // Out of the mode in which it waits for its log.
    let wal = bytes[18] == 2;
    bytes[18..20].fill(1);
    std::fs::write(&path, bytes).unwrap();
    let connection = Connection::open(&path).unwrap();
    let found = work(&connection);
    connection.close().unwrap();
    let mut after = std::fs::read(&path).unwrap();
    if wal {
        after[18..20].fill(2);
    }
    (found, after)
}

fn below(rng: &mut Rng, n: usize) -> usize {
    rng.below(n as u64) as usize
}

fn pick<'a, T>(rng: &mut Rng, list: &'a [T]) -> Option<&'a T> {
    list.get(below(rng, list.len()))
}

fn page_size(bytes: &[u8]) -> usize {
    match u16::from_be_bytes([bytes[16], bytes[17]]) {
        1 => 65_536,
        n => usize::from(n),
    }
}

type Make = fn(&Subject, &mut Rng) -> Option<Mutated>;

/// All that can happen.
pub const ALL: [Make; 33] = [
    cut_file,
    empty_file,
    remove_file,
    page_header,
    cell_count,
    zero_page,
    page_over_page,
    rename_column,
    drop_table,
    root_list,
    unfinished,
    interrupted,
    listed_path,
    log_frame,
    any_byte_of_database,
    any_byte_of_list,
    any_byte_of_plist,
    vacuum,
    delete_row,
    free_page,
    letter_of_a_text,
    stale_frames,
    twin_damaged,
    twin_beside,
    neighbour,
    stranger,
    cut_text,
    head_line,
    any_byte_of_text,
    spoil_line,
    forge,
    shuffle_sections,
    archive,
];

fn made(s: &Subject, class: Class, place: &str, what: String, bytes: Option<Vec<u8>>) -> Option<Mutated> {
    let mut tree = s.tree.clone();
    match bytes {
        Some(bytes) if bytes == s.tree[place] => return None,
        Some(bytes) => drop(tree.insert(place.to_owned(), bytes)),
        None => drop(tree.remove(place)),
    }
    let shown = s.files.iter().find(|(p, _)| p == place).map_or(place, |(_, what)| what);
    Some(Mutated { class, what: format!("{shown}: {what}"), place: place.to_owned(), tree })
}

fn cut_file(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, _) = *pick(rng, &s.read_files())?;
    let keep = below(rng, s.tree[place].len());
    made(s, Class::Must, place, format!("cut after {keep} bytes"), Some(s.tree[place][..keep].to_vec()))
}

fn empty_file(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, _) = *pick(rng, &s.read_files())?;
    made(s, Class::Must, place, "emptied".into(), Some(Vec::new()))
}

fn remove_file(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, _) = *pick(rng, &s.read_files())?;
    made(s, Class::Must, place, "removed".into(), None)
}

/// A page that belongs to something: leaves and interior pages of tables and indexes.
fn a_page(rng: &mut Rng, bytes: &[u8], kinds: &[u8]) -> Option<(usize, usize)> {
    let size = page_size(bytes);
    let head = |n: usize| n * size + if n == 0 { 100 } else { 0 };
    let pages: Vec<usize> = (0..bytes.len() / size).filter(|&n| kinds.contains(&bytes[head(n)])).collect();
    let n = *pick(rng, &pages)?;
    Some((n, head(n)))
}

fn page_header(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, _) = *pick(rng, &s.databases())?;
    let mut bytes = s.tree[place].clone();
    let (page, at) = a_page(rng, &bytes, &[0x0d, 0x05, 0x0a, 0x02])?;
    let (byte, bit) = (below(rng, 8), below(rng, 8));
    bytes[at + byte] ^= 1 << bit;
    made(s, Class::Tell, place, format!("page {}: bit {bit} of byte {byte} of its header", page + 1), Some(bytes))
}

fn cell_count(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, _) = *pick(rng, &s.databases())?;
    let mut bytes = s.tree[place].clone();
    let (page, at) = a_page(rng, &bytes, &[0x0d])?;
    let count = u16::from_be_bytes([bytes[at + 3], bytes[at + 4]]);
    let less = below(rng, usize::from(count)) as u16;
    bytes[at + 3..at + 5].copy_from_slice(&less.to_be_bytes());
    made(s, Class::Tell, place, format!("page {}: {less} cells instead of {count}", page + 1), Some(bytes))
}

fn zero_page(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, _) = *pick(rng, &s.databases())?;
    let mut bytes = s.tree[place].clone();
    let size = page_size(&bytes);
    let page = below(rng, bytes.len() / size);
    bytes[page * size..(page + 1) * size].fill(0);
    made(s, Class::Tell, place, format!("page {} zeroed", page + 1), Some(bytes))
}

fn page_over_page(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, _) = *pick(rng, &s.databases())?;
    let mut bytes = s.tree[place].clone();
    let size = page_size(&bytes);
    let pages = bytes.len() / size;
    let (from, to) = (below(rng, pages), below(rng, pages));
    // An empty table is one that lost all its rows honestly.
    let empty = bytes[from * size] == 0x0d && bytes[from * size + 3..from * size + 5] == [0, 0];
    let class = if empty { Class::Any } else { Class::Tell };
    bytes.copy_within(from * size..(from + 1) * size, to * size);
    made(s, class, place, format!("page {} over page {}", from + 1, to + 1), Some(bytes))
}

/// Columns without which records lose what they say.
const KEYS: [(&str, &str, &[&str]); 8] = [
    ("sms.db", "message", &["text", "attributedBody", "date", "handle_id", "is_from_me"]),
    ("sms.db", "handle", &["id"]),
    ("TCC.db", "access", &["service", "client"]),
    ("DataUsage.sqlite", "ZPROCESS", &["ZPROCNAME", "ZFIRSTTIMESTAMP"]),
    ("ChatStorage.sqlite", "ZWAMESSAGE", &["ZTEXT", "ZMESSAGEDATE", "ZFROMJID", "ZISFROMME", "ZCHATSESSION"]),
    ("ChatStorage.sqlite", "ZWACHATSESSION", &["ZCONTACTJID"]),
    ("History.db", "history_items", &["url"]),
    ("History.db", "history_visits", &["history_item", "visit_time"]),
];

fn rename_column(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (file, table, columns) = *pick(rng, &KEYS)?;
    let (place, _) = s.files.iter().find(|(_, what)| what.ends_with(file))?;
    let column = pick(rng, columns)?;
    let ((), bytes) = with_database(&s.tree[place], |c| {
        let sql = format!(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(replace(replace(sql, ' {column} ', ' x{column} '), \
             '({column} ', '(x{column} '), '\"{column}\"', '\"x{column}\"') WHERE name = '{table}'"
        );
        c.execute_batch(&sql).unwrap();
    });
    made(s, Class::Must, place, format!("column {table}.{column} renamed"), Some(bytes))
}

fn drop_table(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (file, table, _) = *pick(rng, &KEYS)?;
    let (place, _) = s.files.iter().find(|(_, what)| what.ends_with(file))?;
    let ((), bytes) = with_database(&s.tree[place], |c| {
        let sql = format!(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET name = 'x', tbl_name = 'x', sql = 'CREATE TABLE x(a)' WHERE name = '{table}'"
        );
        c.execute_batch(&sql).unwrap();
    });
    made(s, Class::Must, place, format!("table {table} renamed"), Some(bytes))
}

fn root_list(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    if !s.is_backup() {
        return None;
    }
    let (name, keep) =
        *pick(rng, &[("Manifest.db", 0), ("Manifest.db", 3_000), ("Info.plist", 0), ("Info.plist", 700)])?;
    if below(rng, 2) == 0 {
        return made(s, Class::Must, name, "removed".into(), None);
    }
    made(s, Class::Must, name, format!("cut after {keep} bytes"), Some(s.tree[name][..keep].to_vec()))
}

fn unfinished(s: &Subject, _: &mut Rng) -> Option<Mutated> {
    let mut status = plist::Value::from_reader(std::io::Cursor::new(s.tree.get("Status.plist")?)).unwrap();
    status.as_dictionary_mut()?.insert("SnapshotState".into(), "uploading".into());
    let mut bytes = Vec::new();
    status.to_writer_binary(&mut bytes).unwrap();
    made(s, Class::Must, "Status.plist", "the backup was not finished".into(), Some(bytes))
}

fn interrupted(s: &Subject, _: &mut Rng) -> Option<Mutated> {
    if !s.is_backup() {
        return None;
    }
    let mut m = made(s, Class::Must, "Info.plist", String::new(), None)?;
    m.tree = s.tree.clone();
    m.tree.insert("Snapshot/00/00aa".into(), b"x".to_vec());
    Some(Mutated { what: "a folder Snapshot".into(), ..m })
}

fn listed_path(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (_, what) = *pick(rng, &s.read_files())?;
    let (_, path) = what.split_once('/')?;
    let mut bytes = s.tree.get("Manifest.db")?.clone();
    // In the row, in its details, or in an index.
    let all: Vec<usize> =
        (0..bytes.len() - path.len()).filter(|&at| bytes[at..].starts_with(path.as_bytes())).collect();
    let at = *pick(rng, &all)?;
    let (byte, bit) = (below(rng, path.len()), below(rng, 7));
    bytes[at + byte] ^= 1 << bit;
    made(s, Class::Tell, "Manifest.db", format!("bit {bit} of letter {byte} of {path}"), Some(bytes))
}

/// The log of a database: its place in the tree.
fn log_of(s: &Subject) -> Option<&String> {
    s.files.iter().find(|(_, what)| what.ends_with("-wal")).map(|(place, _)| place)
}

fn log_frame(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let place = log_of(s)?;
    let mut bytes = s.tree[place].clone();
    let size = 24 + u32::from_be_bytes(bytes[8..12].try_into().unwrap()) as usize;
    // Not in the last: whether that was ever written nobody can tell when its mark is gone.
    let frame = below(rng, ((bytes.len() - 32) / size).saturating_sub(1));
    let (byte, bit) = (below(rng, size), below(rng, 8));
    *bytes.get_mut(32 + frame * size + byte)? ^= 1 << bit;
    made(s, Class::Tell, place, format!("bit {bit} of byte {byte} of frame {frame}"), Some(bytes))
}

/// A bit, a byte, a word or a run of zeros.
fn spoil(rng: &mut Rng, bytes: &mut [u8]) -> String {
    if bytes.is_empty() {
        return "nothing".into();
    }
    let at = below(rng, bytes.len());
    match below(rng, 4) {
        0 => bytes[at] = rng.next_u64() as u8,
        1 => bytes[at..].iter_mut().take(4).for_each(|b| *b = rng.next_u64() as u8),
        2 => bytes[at..].iter_mut().take(16).for_each(|b| *b = 0),
        _ => bytes[at] ^= 1 << below(rng, 8),
    }
    format!("spoilt at {at}")
}

fn any_byte_of_database(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, _) = *pick(rng, &s.databases())?;
    let mut bytes = s.tree[place].clone();
    let what = spoil(rng, &mut bytes);
    made(s, Class::Any, place, what, Some(bytes))
}

fn any_byte_of_list(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let mut bytes = s.tree.get("Manifest.db")?.clone();
    let what = spoil(rng, &mut bytes);
    made(s, Class::Any, "Manifest.db", what, Some(bytes))
}

fn any_byte_of_plist(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let is_plist = |b: &[u8]| b.starts_with(b"bplist00") || b.starts_with(b"<?xml");
    let places: Vec<&String> = s.tree.keys().filter(|n| is_plist(&s.tree[*n])).collect();
    let place = *pick(rng, &places)?;
    let mut bytes = s.tree[place].clone();
    let what = spoil(rng, &mut bytes);
    made(s, Class::Any, place, what, Some(bytes))
}

fn edited(s: &Subject, place: &str, what: &str, sql: &str) -> Option<Mutated> {
    let ((), bytes) = with_database(&s.tree[place], |c| c.execute_batch(sql).unwrap());
    // The list would contradict another size, and a log of another file.
    (bytes.len() == s.tree[place].len()).then(|| made(s, Class::Still, place, what.into(), Some(bytes))).flatten()
}

/// Databases without a log: a log is about the pages as they are.
fn alone(s: &Subject) -> Vec<&(String, String)> {
    let logged = |what: &String| s.files.iter().any(|(_, other)| *other == format!("{what}-wal"));
    s.databases().into_iter().filter(|(_, what)| !logged(what) && READ.iter().any(|e| what.ends_with(e))).collect()
}

fn vacuum(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, _) = *pick(rng, &alone(s))?;
    edited(s, place, "vacuumed", "VACUUM")
}

/// Tables whose rows may go.
const ROWS: [(&str, &str); 4] = [
    ("TCC.db", "access"),
    ("ChatStorage.sqlite", "ZWAMESSAGE"),
    ("DataUsage.sqlite", "ZPROCESS"),
    ("History.db", "history_visits"),
];

fn delete_row(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (file, table) = *pick(rng, &ROWS)?;
    let (place, _) = *alone(s).iter().find(|(_, what)| what.ends_with(file))?;
    let nth = below(rng, 5);
    let sql = format!("DELETE FROM {table} WHERE rowid = (SELECT rowid FROM {table} LIMIT 1 OFFSET {nth})");
    edited(s, place, &format!("row {nth} of {table} deleted"), &sql)
}

fn free_page(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, _) = *pick(rng, &alone(s))?;
    let mut bytes = s.tree[place].clone();
    let size = page_size(&bytes);
    let (page, at) = a_page(rng, &bytes, &[0x0d])?;
    // Between the pointers and the first cell nothing stands.
    let number = |i: usize| usize::from(u16::from_be_bytes([bytes[at + i], bytes[at + i + 1]]));
    let (from, to) = (at + 8 + 2 * number(3), page * size + number(5));
    if from + 4 >= to {
        return None;
    }
    bytes[from + 2..to - 1].fill(0x5a);
    made(s, Class::Still, place, format!("slack of page {}", page + 1), Some(bytes))
}

fn letter_of_a_text(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let (place, what) = *pick(rng, &alone(s))?;
    let sql = match what.rsplit('/').next()? {
        "ChatStorage.sqlite" => "UPDATE ZWAMESSAGE SET ZTEXT = replace(ZTEXT, 'e', 'a') WHERE ZTEXT IS NOT NULL",
        "TCC.db" => "UPDATE access SET last_modified = last_modified + 1",
        "History.db" => "UPDATE history_visits SET title = replace(title, 'e', 'a') WHERE title IS NOT NULL",
        _ => return None,
    };
    edited(s, place, "another value", sql)
}

fn stale_frames(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let place = log_of(s)?;
    let mut bytes = s.tree[place].clone();
    let size = 24 + u32::from_be_bytes(bytes[8..12].try_into().unwrap()) as usize;
    // What a log that was begun anew has behind its end: frames of the run before.
    let mut frame = bytes[32..32 + size].to_vec();
    frame[8..16].iter_mut().for_each(|b| *b = rng.next_u64() as u8);
    bytes.extend(frame);
    made(s, Class::Still, place, "a frame of an earlier run behind it".into(), Some(bytes))
}

/// The phone once more, in another folder, as another acquisition of it.
fn twins(s: &Subject, first: &str, second: &str, other: &Tree) -> Tree {
    let mut tree = super::phone::below(first, &s.tree);
    tree.extend(super::phone::below(second, other));
    tree
}

fn twin_damaged(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    if !s.is_backup() {
        return None;
    }
    let m = cut_file(s, rng)?;
    let names = if below(rng, 2) == 0 { ("a", "b") } else { ("b", "a") };
    let tree = twins(s, names.0, names.1, &m.tree);
    Some(Mutated { tree, what: format!("whole in {}, and in {} {}", names.0, names.1, m.what), ..m })
}

fn twin_beside(s: &Subject, _: &mut Rng) -> Option<Mutated> {
    let tree = twins(s, "a", "b", &s.tree);
    let place = s.tree.keys().next()?.clone();
    Some(Mutated { class: Class::Still, what: "the same acquisition twice".into(), place, tree })
}

fn neighbour(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let mut tree = super::phone::below("phone", &s.tree);
    let (name, bytes): (&str, Vec<u8>) = match below(rng, 8) {
        0 => ("x.ab", b"ANDROID BACKUP\n5\n1\nnone\nxyz".to_vec()),
        1 => ("bugreport-2.zip", b"PK\x03\x04 and then nothing".to_vec()),
        2 => ("bugreport.zip", Vec::new()),
        3 => ("other/Manifest.mbdb", b"mbdb\x05\x00".to_vec()),
        4 => ("other/64/64d0019cb3d46bfc8cce545a8ba54b93e7ea9347", b"x".to_vec()),
        5 => ("aqf/acquisition.json", b"{}".to_vec()),
        6 => ("deep/er/sysdiagnose_2025.tar.gz", b"\x1f\x8b\x08\x00".to_vec()),
        _ => ("phone.zip.age", b"age-encryption.org/v1\n-> X25519 abc\n".to_vec()),
    };
    tree.insert(name.into(), bytes);
    if name.starts_with("aqf/") {
        tree.insert("aqf/packages.json".into(), b"[]".to_vec());
    }
    Some(Mutated { class: Class::Must, what: format!("{name} beside"), place: name.into(), tree })
}

fn stranger(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let mut tree = super::phone::below("phone", &s.tree);
    let (name, bytes): (&str, &[u8]) = match below(rng, 4) {
        0 => ("IMG_0001.JPG", b"\xff\xd8\xff\xe0 picture"),
        1 => ("statement.pdf", b"%PDF-1.7 text"),
        2 => ("notes/day.txt", b"met the owner at ten"),
        _ => ("out/findings.json", b"{\"schema_version\": \"1.2\"}"),
    };
    tree.insert(name.into(), bytes.to_vec());
    if name.starts_with("out/") {
        tree.insert("out/matches.jsonl".into(), Vec::new());
    }
    Some(Mutated { class: Class::Still, what: format!("{name} beside"), place: name.into(), tree })
}

fn cut_text(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let place = s.text()?;
    let keep = below(rng, s.tree[place].len());
    made(s, Class::Tell, place, format!("cut after {keep} bytes"), Some(s.tree[place][..keep].to_vec()))
}

/// Lines of the text that begin a section, a list or a record, or end one.
fn head_line(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let place = s.text()?;
    let mut bytes = s.tree[place].clone();
    let heads: Vec<(usize, usize)> = lines(&bytes).filter(|(a, b)| is_head(&bytes[*a..*b])).collect();
    let (from, to) = *pick(rng, &heads)?;
    let (byte, bit) = (below(rng, to - from), below(rng, 7));
    let line = String::from_utf8_lossy(&bytes[from..to]).into_owned();
    bytes[from + byte] ^= 1 << bit;
    made(s, Class::Tell, place, format!("bit {bit} of letter {byte} of {line:?}"), Some(bytes))
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut from = 0;
    bytes.split(|b| *b == b'\n').map(move |line| {
        let at = (from, from + line.len());
        from += line.len() + 1;
        at
    })
}

fn is_head(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    ["------ ", "--------- ", "DUMP OF SERVICE ", "Packages:", "  Package [", "    Package ", "  Uid ", "_id:"]
        .iter()
        .any(|h| text.starts_with(h))
        || text.ends_with("SETTINGS (user 0)")
}

fn any_byte_of_text(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let place = s.text()?;
    let mut bytes = s.tree[place].clone();
    let what = spoil(rng, &mut bytes);
    made(s, Class::Any, place, what, Some(bytes))
}

fn spoil_line(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let place = s.text()?;
    let mut bytes = s.tree[place].clone();
    let heads: Vec<(usize, usize)> = lines(&bytes).filter(|(a, b)| is_head(&bytes[*a..*b])).collect();
    let (from, to) = *pick(rng, &heads)?;
    let line = String::from_utf8_lossy(&bytes[from..to]).into_owned();
    let (with, what): (Vec<u8>, &str) = match below(rng, 3) {
        0 => (b"what is this".to_vec(), "replaced"),
        // Lists of settings end with an empty line: there it is one more, and nobody can tell.
        1 if line.starts_with("_id:") => return None,
        1 => (Vec::new(), "emptied"),
        _ => (b"\xff\xfe\x00\x01\x02".to_vec(), "made noise"),
    };
    bytes.splice(from..to, with);
    made(s, Class::Tell, place, format!("{line:?} {what}"), Some(bytes))
}

/// Values that look like structure: an app says what it likes in its version, a property in its value.
const FORGED: [&str; 9] = [
    "X:",
    "Packages:",
    "Hidden system packages:",
    "DUMP OF SERVICE meminfo:",
    "-------------------------------------------------------------------------------\nDUMP OF SERVICE meminfo:",
    "--------- 0.001s was the duration of dumpsys package, ending at: 2025-11-06 16:20:29",
    "------ 0.001s was the duration of 'SYSTEM PROPERTIES' ------",
    "------ MEMORY INFO (/proc/meminfo) ------",
    "Shared users:\n  SharedUser [a] (1):",
];

fn forge(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let place = s.text()?;
    let text = String::from_utf8_lossy(&s.tree[place]).into_owned();
    let value = if below(rng, 3) == 0 { "]: [" } else { "versionName=" };
    let at: Vec<usize> = text.match_indices(value).map(|(at, _)| at + value.len()).collect();
    let (at, forged) = (*pick(rng, &at)?, *pick(rng, &FORGED)?);
    let after = format!("{}1\n{forged}\n{}", &text[..at], &text[at..]);
    made(s, Class::Tell, place, format!("{value}…{forged:?} at {at}"), Some(after.into_bytes()))
}

/// Sections of services in another order: a report is the same whatever the order its services are asked in.
fn shuffle_sections(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    const RULE: &str =
        "-------------------------------------------------------------------------------\nDUMP OF SERVICE ";
    let place = s.text()?;
    let text = String::from_utf8_lossy(&s.tree[place]).into_owned();
    let starts: Vec<usize> = text.match_indices(RULE).map(|(at, _)| at).collect();
    let end = text.rfind("\n--------- ")? + 1;
    let end = end + text[end..].find('\n')? + 1;
    let mut parts: Vec<&str> =
        starts.iter().zip(starts[1..].iter().chain([&end])).map(|(from, to)| &text[*from..*to]).collect();
    for i in (1..parts.len()).rev() {
        parts.swap(i, below(rng, i + 1));
    }
    let after = format!("{}{}{}", &text[..starts[0]], parts.concat(), &text[end..]);
    made(s, Class::Still, place, "services in another order".into(), Some(after.into_bytes()))
}

fn archive(s: &Subject, rng: &mut Rng) -> Option<Mutated> {
    let place = s.zip()?;
    let mut bytes = s.tree[place].clone();
    match below(rng, 3) {
        0 => {
            let keep = below(rng, bytes.len());
            made(s, Class::Must, place, format!("cut after {keep} bytes"), Some(bytes[..keep].to_vec()))
        }
        _ => {
            let what = spoil(rng, &mut bytes);
            made(s, Class::Any, place, what, Some(bytes))
        }
    }
}
