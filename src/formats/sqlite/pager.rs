//! Pages of a database: the 100-byte header, the main file with the log over it, and small page caches.
//!
//! Header and page layout: <https://www.sqlite.org/fileformat2.html#database_header>.

use std::sync::Arc;

use super::error::{DamageReason, Note, SqliteError};
use super::wal::{self, WalIndex};
use crate::formats::ReadAt;

/// Bytes of the header of page 1.
pub(super) const HEADER: usize = 100;
pub(super) const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The least usable bytes per page that the format allows.
const MIN_USABLE: u32 = 480;
/// Bytes read ahead when pages are asked for in order.
const WINDOW: usize = 64 << 10;
/// How far ahead of the last page one still counts as "in order".
const NEAR: u32 = 4;
/// Bytes that page caches of point lookups may hold.
pub(super) const LOOKUP_CACHE: usize = 2 << 20;
/// Bytes that the page cache of a scan may hold: a scan asks for each page once.
pub(super) const SCAN_CACHE: usize = 64 << 10;
/// Bytes looked at to tell noise from structure.
const NOISE_SAMPLE: usize = 4096;

/// How text is stored in a database (header offset 56).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// 1
    Utf8,
    /// 2
    Utf16Le,
    /// 3
    Utf16Be,
}

/// The fields of the database header that reading needs.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub page_size: u32,
    pub usable: u32,
    /// Pages by offset 28, when the writer kept it up to date.
    pub declared: Option<u32>,
    pub encoding: u32,
}

impl Header {
    fn parse(head: &[u8]) -> Result<Header, SqliteError> {
        let be16 = |at: usize| head.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u16::from_be_bytes(*b));
        let be32 = |at: usize| head.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_be_bytes(*b));
        if !head.starts_with(MAGIC) {
            let first = head.get(..16).unwrap_or(head).to_vec();
            return Err(SqliteError::NotSqlite { first, looks_random: false });
        }
        if head.len() < HEADER {
            return Err(SqliteError::HeaderCut { found: head.len() as u64 });
        }
        let page_size = match be16(16) {
            1 => 65536,
            n if n >= 512 && n.is_power_of_two() => u32::from(n),
            found => return Err(SqliteError::PageSize { found }),
        };
        let reserved = head.get(20).copied().unwrap_or(0);
        let usable = page_size - u32::from(reserved);
        if usable < MIN_USABLE {
            return Err(SqliteError::Reserved { page_size, reserved });
        }
        // Writers older than 3.7.0 leave offset 28 alone; the two counters tell.
        let declared = (be32(24) == be32(92) && be32(28) != 0).then(|| be32(28));
        Ok(Header { page_size, usable, declared, encoding: be32(56) })
    }
}

/// Reads pages of one database. Shared by all that read it; holds no page itself.
pub(super) struct Pager {
    main: Arc<dyn ReadAt>,
    log: Option<(Arc<dyn ReadAt>, WalIndex)>,
    pub header: Header,
    pub encoding: Encoding,
    /// Pages of the database, by the last commit, the header, or the size of the file.
    pub pages: u32,
    /// Pages that can be read at all; bounds what a hostile header can make us allocate.
    pub present: u32,
    pub notes: Vec<Note>,
}

impl Pager {
    pub fn open(main: Arc<dyn ReadAt>, wal: Option<Arc<dyn ReadAt>>) -> Result<Pager, SqliteError> {
        let mut notes = Vec::new();
        let mut log = wal.and_then(|w| wal::index(&*w, &mut notes).map(|index| (w, index)));
        let main_header = main_header(&*main);
        let header = match &log {
            Some((wal, index)) => match logged_header(&**wal, index, main_header.as_ref().ok()) {
                Ok(header) => header,
                Err(note) => {
                    notes.extend(note);
                    log = None;
                    main_header?
                }
            },
            None => main_header?,
        };
        let page_size = u64::from(header.page_size);
        let file_pages = u32::try_from(main.len() / page_size).unwrap_or(u32::MAX);
        let (pages, present) = match &log {
            Some((_, index)) => {
                let (frames, distinct, commits) = (index.frames, index.distinct(), index.commits);
                notes.push(Note::WalApplied { frames, distinct, commits });
                (index.db_pages, file_pages.max(index.last_page()))
            }
            None => (header.declared.map_or(file_pages, |declared| declared.max(file_pages)), file_pages),
        };
        if log.is_none() {
            if let Some(declared) = header.declared.filter(|&declared| declared > file_pages) {
                notes.push(Note::Truncated { declared, present: file_pages });
            }
            if !main.len().is_multiple_of(page_size) {
                notes.push(Note::PartialPage { bytes: (main.len() % page_size) as u32 });
            }
        }
        let encoding = match header.encoding {
            0 | 1 => Encoding::Utf8,
            2 => Encoding::Utf16Le,
            3 => Encoding::Utf16Be,
            found => {
                notes.push(Note::Encoding { found });
                Encoding::Utf8
            }
        };
        Ok(Pager { main, log, header, encoding, pages, present: present.min(pages), notes })
    }

    pub fn page_size(&self) -> usize {
        self.header.page_size as usize
    }

    /// Bytes of a page that hold content; the rest is reserved.
    pub fn usable(&self) -> usize {
        self.header.usable as usize
    }

    /// Offset of a page in the image of the database.
    pub fn offset_of(&self, page: u32) -> u64 {
        u64::from(page.saturating_sub(1)) * u64::from(self.header.page_size)
    }

    /// True when `page` comes from the log.
    fn logged(&self, page: u32) -> bool {
        self.log.as_ref().is_some_and(|(_, index)| index.offset_of(page).is_some())
    }

    /// Reads the whole of `page`; `buf` has the size of a page.
    pub fn read(&self, page: u32, buf: &mut [u8]) -> Result<(), DamageReason> {
        if page == 0 || page > self.pages {
            return Err(DamageReason::BeyondEnd { pages: self.pages });
        }
        let logged = self.log.as_ref().and_then(|(wal, index)| Some((wal, index.offset_of(page)?)));
        match logged {
            Some((wal, offset)) => wal.read_exact_at(buf, offset),
            None => self.main.read_exact_at(buf, self.offset_of(page)),
        }
        .map_err(|e| DamageReason::Unreadable(e.kind()))
    }

    /// Reads consecutive pages of the main file, as many as there are; gives the number of whole pages read.
    fn read_run(&self, first: u32, buf: &mut [u8]) -> usize {
        let offset = self.offset_of(first);
        let left = usize::try_from(self.main.len().saturating_sub(offset)).unwrap_or(usize::MAX);
        let whole = left.min(buf.len()) / self.page_size();
        let buf = &mut buf[..whole * self.page_size()];
        if self.main.read_exact_at(buf, offset).is_ok() { whole } else { 0 }
    }
}

fn main_header(main: &dyn ReadAt) -> Result<Header, SqliteError> {
    let mut head = [0u8; HEADER];
    let len = usize::try_from(main.len()).unwrap_or(HEADER).min(HEADER);
    if len == 0 {
        return Err(SqliteError::Empty);
    }
    main.read_exact_at(&mut head[..len], 0).map_err(|source| SqliteError::Io { offset: 0, source })?;
    match Header::parse(&head[..len]) {
        Err(SqliteError::NotSqlite { first, .. }) => {
            Err(SqliteError::NotSqlite { first, looks_random: looks_random(main) })
        }
        other => other,
    }
}

/// The header as the log has it. An error means that the log does not belong to this file.
fn logged_header(wal: &dyn ReadAt, index: &WalIndex, main: Option<&Header>) -> Result<Header, Option<Note>> {
    let page_size = index.page_size;
    // A page size never changes while a log is in use.
    if let Some(main) = main.filter(|main| main.page_size != page_size) {
        return Err(Some(Note::WalPageSize { wal: page_size, main: main.page_size }));
    }
    let Some(offset) = index.offset_of(1) else { return main.cloned().ok_or(None) };
    let mut head = [0u8; HEADER];
    wal.read_exact_at(&mut head, offset).map_err(|e| Some(Note::WalUnreadable { offset, kind: e.kind() }))?;
    match Header::parse(&head) {
        Ok(header) if header.page_size == page_size => Ok(header),
        _ => Err(Some(Note::WalHeader { found: "a first page that is no database header" })),
    }
}

/// Encrypted and compressed bytes use all values about equally often; files of any known format do not.
fn looks_random(main: &dyn ReadAt) -> bool {
    let mut sample = vec![0; usize::try_from(main.len()).unwrap_or(NOISE_SAMPLE).min(NOISE_SAMPLE)];
    if sample.len() < 256 || main.read_exact_at(&mut sample, 0).is_err() {
        return false;
    }
    let mut counts = [0u32; 256];
    for &byte in &sample {
        counts[usize::from(byte)] += 1;
    }
    let expected = sample.len() as f64 / 256.0;
    let chi: f64 = counts.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum();
    // 255 degrees of freedom: noise lies at 255 ± 23, text and tables in the thousands.
    chi < 400.0
}

/// The bytes of one page, shared between a cache and its users.
pub(super) type PageRef = Arc<Vec<u8>>;

/// One user's view of the pages: a small cache of its own, so that parallel scans share no lock.
pub(super) struct Reader {
    pub pager: Arc<Pager>,
    slots: Vec<Option<(u32, PageRef)>>,
    window: Vec<u8>,
    /// First page of the window and how many it holds.
    ahead: (u32, usize),
    last: u32,
}

impl Reader {
    /// A reader whose cache holds at most `bytes`, but 8 pages at least.
    pub fn new(pager: Arc<Pager>, bytes: usize) -> Reader {
        let slots = (bytes / pager.page_size()).clamp(8, 512).next_power_of_two();
        let slots = slots.min((pager.pages as usize).max(1).next_power_of_two());
        Reader { pager, slots: vec![None; slots], window: Vec::new(), ahead: (0, 0), last: 0 }
    }

    /// The content of `page`.
    pub fn page(&mut self, page: u32) -> Result<PageRef, DamageReason> {
        let slot = page as usize & (self.slots.len() - 1);
        if let Some((held, bytes)) = &self.slots[slot]
            && *held == page
        {
            return Ok(bytes.clone());
        }
        let size = self.pager.page_size();
        let mut bytes = match self.slots[slot].take() {
            Some((_, bytes)) if Arc::strong_count(&bytes) == 1 => bytes,
            _ => Arc::new(vec![0; size]),
        };
        match Arc::get_mut(&mut bytes) {
            Some(buf) => self.load(page, buf)?,
            None => {
                let mut buf = vec![0; size];
                self.load(page, &mut buf)?;
                bytes = Arc::new(buf);
            }
        }
        self.slots[slot] = Some((page, bytes.clone()));
        Ok(bytes)
    }

    fn load(&mut self, page: u32, buf: &mut [u8]) -> Result<(), DamageReason> {
        let size = buf.len();
        let in_order = page > self.last && page - self.last <= NEAR;
        self.last = page;
        if page == 0 || page > self.pager.pages || self.pager.logged(page) {
            return self.pager.read(page, buf);
        }
        let held = |(first, count): (u32, usize)| {
            page.checked_sub(first).map(|i| i as usize).filter(|&i| first > 0 && i < count)
        };
        let mut at = held(self.ahead);
        if at.is_none() && in_order && size < WINDOW {
            self.window.resize(WINDOW, 0);
            self.ahead = (page, self.pager.read_run(page, &mut self.window));
            at = held(self.ahead);
        }
        match at.and_then(|i| self.window.get(i * size..(i + 1) * size)) {
            Some(bytes) => {
                buf.copy_from_slice(bytes);
                Ok(())
            }
            // Also when reading ahead failed: one bad page must not take its neighbours with it.
            None => self.pager.read(page, buf),
        }
    }
}
