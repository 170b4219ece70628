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

#[cfg(test)]
mod tests;
