//! What can be wrong with a database: errors that end the reading, damage that does not, and notes about its state.

use std::fmt;

/// Damages listed one by one in a report; beyond it they are only counted.
pub const MAX_DAMAGE_LISTED: usize = 256;

/// Why a database, or an operation on it, could not be done at all.
#[derive(Debug, thiserror::Error)]
pub enum SqliteError {
    /// Neither the file nor its write-ahead log holds a page.
    #[error("expected an SQLite database, found an empty file")]
    Empty,
    /// The file does not start with the SQLite magic.
    #[error("expected \"SQLite format 3\" at offset 0, found {}{}", Hex(first), if *looks_random { " (encrypted or not a database)" } else { "" })]
    NotSqlite {
        /// Up to 16 bytes found there.
        first: Vec<u8>,
        /// The first page has no structure: encrypted, compressed, or noise.
        looks_random: bool,
    },
    /// The file ends within its 100-byte header.
    #[error("expected a database header of 100 bytes, found {found} bytes")]
    HeaderCut {
        /// Length of the file in bytes.
        found: u64,
    },
    /// Bytes 16 and 17 of the header.
    #[error("expected a page size that is a power of two from 512 to 65536 at offset 16, found {found}")]
    PageSize {
        /// The value found; 1 means 65536 and is never reported.
        found: u16,
    },
    /// Byte 20 of the header.
    #[error(
        "expected at least 480 usable bytes per page, found page size {page_size} with {reserved} reserved (offset 20)"
    )]
    Reserved {
        /// Page size in bytes.
        page_size: u32,
        /// Reserved bytes at the end of each page.
        reserved: u8,
    },
    /// The file could not be read where its header lies.
    #[error("cannot read the database at offset {offset}: {source}")]
    Io {
        /// Offset in the main file.
        offset: u64,
        /// What the storage said.
        source: std::io::Error,
    },
    /// A lookup ran into a damaged page.
    #[error("{0}")]
    Damaged(Damage),
    /// An operation by rowid on a WITHOUT ROWID table.
    #[error("table {table} has no rowid")]
    NoRowid {
        /// Name of the table.
        table: String,
    },
    /// SQLite itself refused.
    #[error("SQLite: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The read-only file layer under SQLite could not be set up.
    #[error("the read-only file layer of SQLite could not be set up (code {code})")]
    Vfs {
        /// SQLite result code.
        code: i32,
    },
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            write!(f, "{}{byte:02x}", if i == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

/// One place of a database that could not be read as it should. Every row outside it is still read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Page number, from 1.
    pub page: u32,
    /// Offset in bytes in the image of the database (pages in order, with the log applied).
    pub offset: u64,
    /// What was expected and found.
    pub reason: DamageReason,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {} (offset {}): {}", self.page, self.offset, self.reason)
    }
}

/// What is wrong at a damaged place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DamageReason {
    /// A pointer leads to page 0 or past the last page.
    #[error("page is outside the database of {pages} pages")]
    BeyondEnd {
        /// Pages there are.
        pages: u32,
    },
    /// The storage under the page failed.
    #[error("page could not be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// First byte of a B-tree page.
    #[error("expected a {expected} page, found type {found:#04x}")]
    PageType {
        /// Kind of tree that was walked.
        expected: &'static str,
        /// The byte found.
        found: u8,
    },
    /// More cells than fit the page.
    #[error("expected at most {max} cells, found {found}")]
    CellCount {
        /// Cells that can fit.
        max: usize,
        /// Cells claimed.
        found: usize,
    },
    /// A cell pointer leads outside the cell area, or a cell runs past its page.
    #[error("cell {index} runs outside its page")]
    Cell {
        /// Index of the cell in its page, from 0.
        index: usize,
    },
    /// Cells lie over each other: together they are longer than twice their page.
    #[error("cells from {index} on overlap others")]
    CellsOverlap {
        /// Index of the first cell left out.
        index: usize,
    },
    /// The parts of a page do not add up: rows were in it that it no longer counts.
    #[error("page holds {expected} bytes of content, its parts add up to {found}: rows may be missing from it")]
    PageSum {
        /// Bytes from the beginning of the content to the end of the page.
        expected: usize,
        /// Bytes of cells, free blocks and fragments.
        found: usize,
    },
    /// The list of free blocks of a page leads elsewhere.
    #[error("list of free blocks is broken at offset {offset} of the page")]
    FreeBlock {
        /// Offset in the page.
        offset: usize,
    },
    /// A leaf without rows below another page: SQLite leaves none.
    #[error("page is empty, though others lead to it: its rows are lost")]
    EmptyLeaf,
    /// The page was reached before in this tree: a cycle, or two parents.
    #[error("page is reached twice")]
    SeenTwice,
    /// The tree is deeper than SQLite ever makes one.
    #[error("tree is deeper than {max} levels")]
    TooDeep {
        /// Levels allowed.
        max: usize,
    },
    /// A rowid outside the limits its parent page gives, or not above the one before it.
    #[error("rowid {rowid} is out of order")]
    RowidOrder {
        /// The rowid found.
        rowid: i64,
    },
    /// A chain of overflow pages ends early or leaves the database.
    #[error("overflow chain is broken at page {next}")]
    Overflow {
        /// The page the chain points to.
        next: u32,
    },
    /// The header of a record is malformed.
    #[error("record header is malformed")]
    RecordHeader,
    /// A value runs past the end of its record.
    #[error("value of {len} bytes runs past its record of {payload} bytes")]
    ValueCut {
        /// Length of the value.
        len: u64,
        /// Length of the record.
        payload: u64,
    },
    /// A value lies beyond the payload limit.
    #[error("record of {payload} bytes exceeds the limit; values beyond it are cut")]
    TooBig {
        /// Length of the record.
        payload: u64,
    },
}

/// A limit that a scan reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// Overflow pages: later long values of the scan came cut.
    OverflowPages,
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Budget::OverflowPages => {
                f.write_str("more overflow pages than the database can hold; long values were cut")
            }
        }
    }
}

/// How a scan ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "what a scan lost must reach the coverage"]
pub struct ScanReport {
    /// Rows given to the caller.
    pub rows: u64,
    /// The first [`MAX_DAMAGE_LISTED`] damaged places, in the order they were met.
    pub damage: Vec<Damage>,
    /// All of them.
    pub damage_total: u64,
    /// Rows that the lost pages held at most: the rowids between those of their neighbours. A page at either end of a
    /// table, without a neighbour that tells where its rows begin or end, adds nothing.
    pub rows_lost: u64,
    /// A limit that was reached.
    pub budget_hit: Option<Budget>,
    /// The caller asked to stop.
    pub stopped: bool,
}

impl ScanReport {
    /// True when nothing was lost.
    pub fn is_whole(&self) -> bool {
        self.damage_total == 0 && self.budget_hit.is_none() && !self.stopped
    }

    pub(super) fn note(&mut self, damage: Damage) {
        self.damage_total += 1;
        if self.damage.len() < MAX_DAMAGE_LISTED {
            self.damage.push(damage);
        }
    }
}

/// What is worth knowing about the state of a database that could be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Note {
    /// Committed frames of the write-ahead log are part of what is read.
    #[error("write-ahead log applied: {commits} commits, {frames} frames, {distinct} pages")]
    WalApplied {
        /// Valid frames up to the last commit.
        frames: u32,
        /// Distinct pages among them.
        distinct: u32,
        /// Commits.
        commits: u32,
    },
    /// Valid frames after the last commit: a transaction that was not finished.
    #[error("write-ahead log: {frames} uncommitted frames from offset {offset} not applied")]
    WalUncommitted {
        /// Frames left out.
        frames: u32,
        /// Offset of the first one in the log.
        offset: u64,
    },
    /// The log ends at a frame whose checksum does not fit.
    #[error("write-ahead log: checksum of the frame at offset {offset} is wrong; the log ends there")]
    WalChecksum {
        /// Offset of the frame in the log.
        offset: u64,
    },
    /// A frame does not fit, and frames of the same run follow it: not a write that was interrupted, but damage, and what
    /// was committed behind it is lost.
    #[error(
        "write-ahead log: the frame at offset {offset} is damaged; {behind} frames of the same run behind it are not applied"
    )]
    WalDamaged {
        /// Offset of the frame in the log.
        offset: u64,
        /// Frames behind it that carry the log's current salts.
        behind: u64,
    },
    /// Frames of an earlier run of the log follow: normal after a checkpoint.
    #[error("write-ahead log: frames of an earlier run from offset {offset}")]
    WalOldFrames {
        /// Offset of the first one in the log.
        offset: u64,
    },
    /// The log ends within a frame.
    #[error("write-ahead log: frame at offset {offset} is cut short")]
    WalCut {
        /// Offset of the frame in the log.
        offset: u64,
    },
    /// The header of the log is not one; the log was not used.
    #[error("write-ahead log: expected a valid header, found {found}; the log is not applied")]
    WalHeader {
        /// What was found.
        found: &'static str,
    },
    /// The log could not be read from here on.
    #[error("write-ahead log: cannot read at offset {offset}: {kind}")]
    WalUnreadable {
        /// Offset in the log.
        offset: u64,
        /// What the storage said.
        kind: std::io::ErrorKind,
    },
    /// The log belongs to another database, or is damaged: page sizes differ.
    #[error("write-ahead log: page size {wal} differs from the database's {main}; the log is not applied")]
    WalPageSize {
        /// Page size of the log.
        wal: u32,
        /// Page size of the main file.
        main: u32,
    },
    /// The log has more frames than are indexed.
    #[error("write-ahead log: more than {max} frames; the log ends at offset {offset}")]
    WalTooLong {
        /// Frames indexed.
        max: usize,
        /// Offset of the first frame left out.
        offset: u64,
    },
    /// The header counts more pages than the file holds: truncated.
    #[error("header says {declared} pages, the file holds {present}")]
    Truncated {
        /// Pages by the header.
        declared: u32,
        /// Whole pages in the file.
        present: u32,
    },
    /// Bytes after the last whole page.
    #[error("{bytes} bytes after the last whole page")]
    PartialPage {
        /// How many.
        bytes: u32,
    },
    /// The text encoding at offset 56 is none of 1, 2, 3; UTF-8 is assumed.
    #[error("expected text encoding 1, 2 or 3 at offset 56, found {found}; reading as UTF-8")]
    Encoding {
        /// The value found.
        found: u32,
    },
    /// Damage in the schema table: tables may be missing.
    #[error("schema: {0}")]
    SchemaDamage(Damage),
    /// The schema has more entries than are read.
    #[error("schema: more than {max} entries; the rest is left out")]
    SchemaTooLong {
        /// Entries read.
        max: usize,
    },
    /// An entry of the schema contradicts itself.
    #[error("schema: {name}: {what}")]
    SchemaEntry {
        /// Its name.
        name: String,
        /// What is wrong with it.
        what: String,
    },
    /// Two things claim one page: one of them has lost what was there.
    #[error("page {page} belongs to two things: what one of them held is lost")]
    PageTwice {
        /// The page.
        page: u32,
    },
    /// A page holds byte for byte what another one holds: what was there before is lost.
    #[error("page {page} is a copy of page {other}: what it held may be lost")]
    PageCopied {
        /// The page.
        page: u32,
        /// The page it is a copy of.
        other: u32,
    },
    /// Pages belong to nothing: what led to them is lost.
    #[error("{count} pages from page {page} on belong to nothing: what led to them is lost")]
    PagesUnowned {
        /// The first of them.
        page: u32,
        /// How many.
        count: u32,
    },
    /// The CREATE TABLE text of a table could not be read; its columns have no names.
    #[error("schema: the definition of table {table} could not be read")]
    SchemaText {
        /// Name of the table.
        table: String,
    },
}

impl Note {
    /// Whether rows may be missing because of it. Frames of an earlier run behind the last commit are how every log ends;
    /// frames of the current run that cannot be applied are not.
    pub fn costs_rows(&self) -> bool {
        match self {
            Note::WalApplied { .. } | Note::WalOldFrames { .. } | Note::PartialPage { .. } | Note::Encoding { .. } => {
                false
            }
            Note::WalUncommitted { .. }
            | Note::WalChecksum { .. }
            | Note::WalDamaged { .. }
            | Note::WalCut { .. }
            | Note::WalHeader { .. }
            | Note::WalUnreadable { .. }
            | Note::WalPageSize { .. }
            | Note::WalTooLong { .. }
            | Note::Truncated { .. }
            | Note::SchemaDamage(_)
            | Note::SchemaTooLong { .. }
            | Note::SchemaEntry { .. }
            | Note::PageTwice { .. }
            | Note::PageCopied { .. }
            | Note::PagesUnowned { .. }
            | Note::SchemaText { .. } => true,
        }
    }
}
