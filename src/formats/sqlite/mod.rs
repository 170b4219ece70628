//! SQLite databases, read from evidence without writing to or beside it.
//!
//! One pager reads pages from any [`ReadAt`](crate::formats::ReadAt), with the committed frames of the write-ahead log
//! over them. On it stand two readers: [`Db`], a B-tree walker in safe Rust that reads on where a database is damaged,
//! and [`Sql`], SQLite itself through a read-only file layer, for second opinions and queries. The file format is
//! specified at <https://www.sqlite.org/fileformat2.html>.

mod btree;
mod cursor;
mod db;
mod ddl;
mod error;
mod pager;
mod pages;
mod payload;
mod record;
mod schema;
mod sql;
mod vfs;
mod wal;
mod walk;

pub use cursor::Cursor;
pub use db::{Db, MAX_SLICES};
pub use ddl::{MAX_COLUMNS, MAX_SQL};
pub use error::{Budget, Damage, DamageReason, MAX_DAMAGE_LISTED, Note, ScanReport, SqliteError};
pub use pager::Encoding;
pub use pages::MAX_MAPPED;
pub use payload::MAX_PAYLOAD;
pub use record::{Row, RowState, Text, ValueRef};
pub use schema::{Affinity, Column, Entry, EntryKind, Generated, MAX_SCHEMA_BYTES, MAX_SCHEMA_ENTRIES, Table, Value};
pub use sql::{STEP_BUDGET, Sql, open as open_sql};
pub use wal::MAX_WAL_FRAMES;
pub use walk::MAX_DEPTH;

/// Whether a rollback journal holds pages that were never written back: it begins with its magic number, and counts some.
pub fn is_hot_journal(journal: &dyn super::ReadAt) -> bool {
    const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    let mut head = [0; 12];
    // A count of none is what a journal that was closed in order holds, one of 2^32-1 "as many as there are".
    journal.read_exact_at(&mut head, 0).is_ok() && head[..8] == MAGIC && head[8..] != [0; 4]
}

#[cfg(test)]
mod tests;
