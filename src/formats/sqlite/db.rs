//! The face: open a database, look at its tables, read rows.

use std::ops::{ControlFlow, RangeInclusive};
use std::sync::Arc;

use super::btree::{Kind, Node};
use super::cursor::Cursor;
use super::error::{Note, ScanReport, SqliteError};
use super::pager::{Encoding, Pager, Reader, SCAN_CACHE};
use super::pages;
use super::payload::Plan;
use super::record::Row;
use super::schema::{Entry, EntryKind, Schema, Table};
use super::walk::{Walk, count, edge};
use crate::formats::ReadAt;

/// Slices that one table is cut into at most.
pub const MAX_SLICES: usize = 4096;

/// An open database. Cheap to clone, shared by threads; holds the schema and the index of the log, no pages.
#[derive(Clone)]
pub struct Db {
    pager: Arc<Pager>,
    schema: Arc<Schema>,
    notes: Arc<[Note]>,
}

impl Db {
    /// Opens a database and, if there is one, the `-wal` file beside it. Nothing is ever written.
    ///
    /// # Errors
    /// When there is no readable header: [`SqliteError::Empty`], [`SqliteError::NotSqlite`] and their like. A damaged
    /// schema is no error: see [`Db::notes`].
    pub fn open(main: Arc<dyn ReadAt>, wal: Option<Arc<dyn ReadAt>>) -> Result<Db, SqliteError> {
        let pager = Arc::new(Pager::open(main, wal)?);
        let mut notes = pager.notes.clone();
        let schema = Arc::new(Schema::read(&pager, &mut notes));
        // A log that could not be applied leaves a file between two states.
        if !notes.iter().any(Note::costs_rows) {
            notes.extend(pages::faults(&pager, &schema));
        }
        Ok(Db { pager, schema, notes: notes.into() })
    }

    /// What is worth knowing about the state of the files and the schema.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Size of a page in bytes.
    pub fn page_size(&self) -> u32 {
        self.pager.header.page_size
    }

    /// Pages of the database as its last commit left it.
    pub fn pages(&self) -> u32 {
        self.pager.pages
    }

    /// How text is stored.
    pub fn encoding(&self) -> Encoding {
        self.pager.encoding
    }

    /// The tables that have rows of their own, in the order of the schema.
    pub fn tables(&self) -> &[Table] {
        &self.schema.tables
    }

    /// Everything the schema lists: also indexes, views, triggers and virtual tables.
    pub fn entries(&self) -> &[Entry] {
        &self.schema.entries
    }

    /// A table by its name, in any ASCII case. `sqlite_schema` and `sqlite_master` name the schema itself.
    pub fn table(&self, name: &str) -> Option<&Table> {
        let schema = || {
            let itself = ["sqlite_schema", "sqlite_master"].iter().any(|n| name.eq_ignore_ascii_case(n));
            itself.then_some(&self.schema.itself)
        };
        self.schema.tables.iter().find(|t| t.name.eq_ignore_ascii_case(name)).or_else(schema)
    }

    pub(super) fn pager(&self) -> &Arc<Pager> {
        &self.pager
    }

    fn reader(&self) -> Reader {
        Reader::new(self.pager.clone(), SCAN_CACHE)
    }

    /// Smallest and largest rowid, read at the edges of the tree; `None` for no rows. Damaged edges are gone round.
    ///
    /// # Errors
    /// [`SqliteError::NoRowid`] for a WITHOUT ROWID table, [`SqliteError::Damaged`] when no leaf can be read.
    pub fn rowid_bounds(&self, table: &Table) -> Result<Option<(i64, i64)>, SqliteError> {
        if table.without_rowid {
            return Err(SqliteError::NoRowid { table: table.name.clone() });
        }
        let mut reader = self.reader();
        let first = edge(&mut reader, table.root, false).map_err(SqliteError::Damaged)?;
        let last = edge(&mut reader, table.root, true).map_err(SqliteError::Damaged)?;
        Ok(first.zip(last))
    }

    /// Cuts a table into up to `wanted` ranges of rowids of about equally many pages, by the upper pages of its tree.
    /// Together they cover every rowid there can be, so that scans of all of them give every row exactly once. The same
    /// database always gives the same ranges. One range for a small, damaged or WITHOUT ROWID table.
    pub fn slices(&self, table: &Table, wanted: usize) -> Vec<RangeInclusive<i64>> {
        let wanted = wanted.clamp(1, MAX_SLICES);
        let mut reader = self.reader();
        let mut keys: Vec<i64> = Vec::new();
        let mut level = vec![table.root];
        // Two levels hold thousands of keys; deeper ones are not worth the reading.
        for _ in 0..2 {
            if table.without_rowid || keys.len() + 1 >= wanted {
                break;
            }
            let mut below = Vec::new();
            for page in level {
                let node = reader
                    .page(page)
                    .and_then(|bytes| Node::parse(page, bytes, self.pager.usable(), true))
                    .ok()
                    .filter(|node| node.kind == Kind::TableInterior);
                let Some(node) = node else { continue };
                for (child, key) in (0..node.cells).filter_map(|i| node.table_child(i).ok()) {
                    keys.push(key);
                    below.push(child);
                }
                below.push(node.right);
            }
            below.truncate(MAX_SLICES);
            level = below;
        }
        keys.sort_unstable();
        keys.dedup();
        let pieces = wanted.min(keys.len() + 1);
        let mut slices = Vec::with_capacity(pieces);
        let mut low = i64::MIN;
        for piece in 1..pieces {
            let Some(&key) = keys.get(piece * (keys.len() + 1) / pieces - 1) else { break };
            // The last rowid of all leaves nothing for a further slice.
            if key < low || key == i64::MAX {
                continue;
            }
            slices.push(low..=key);
            low = key + 1;
        }
        slices.push(low..=i64::MAX);
        slices
    }

    /// How many rows an index of the table counts: the first one that is whole and leaves no row out. `None` without such
    /// an index. Reads all pages of that index.
    pub fn expected_rows(&self, table: &Table) -> Option<u64> {
        let all_rows = |e: &&Entry| {
            e.kind == EntryKind::Index && e.root > 0 && e.table.eq_ignore_ascii_case(&table.name) && !is_partial(&e.sql)
        };
        let mut reader = self.reader();
        self.schema.entries.iter().filter(all_rows).find_map(|e| count(&mut reader, e.root))
    }

    /// Gives every row of `table` in key order, with the columns named; `rowids` limits it to a part.
    ///
    /// A column that the table does not have is NULL in every row ([`Table::has`] tells), as is a virtual generated
    /// column. Damaged places are left out and listed in the report; all other rows are given. In a WITHOUT ROWID table
    /// `rowids` counts rows in key order, from 1. Overflow pages are read only as far as the named columns need.
    ///
    /// # Errors
    /// None today: everything that can be wrong below an open database is damage.
    pub fn scan(
        &self,
        table: &Table,
        columns: &[&str],
        rowids: Option<RangeInclusive<i64>>,
        row: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>,
    ) -> Result<ScanReport, SqliteError> {
        let range = rowids.map_or((i64::MIN, i64::MAX), |r| (*r.start(), *r.end()));
        if range.0 > range.1 {
            return Ok(ScanReport::default());
        }
        let plan = Plan::new(table, columns);
        let walk = Walk::new(self.reader(), &plan, range, row);
        Ok(walk.run(table.root, !table.without_rowid))
    }

    /// A cursor for many lookups by rowid.
    ///
    /// # Errors
    /// [`SqliteError::NoRowid`] for a WITHOUT ROWID table.
    pub fn cursor(&self, table: &Table, columns: &[&str]) -> Result<Cursor, SqliteError> {
        if table.without_rowid {
            return Err(SqliteError::NoRowid { table: table.name.clone() });
        }
        Ok(Cursor::new(self.pager.clone(), Plan::new(table, columns), table.root))
    }

    /// One row by its rowid; tells whether there is one. For many, use [`Db::cursor`].
    ///
    /// # Errors
    /// As [`Cursor::get`] and [`Db::cursor`].
    pub fn get(
        &self,
        table: &Table,
        columns: &[&str],
        rowid: i64,
        row: &mut dyn FnMut(&Row<'_>),
    ) -> Result<bool, SqliteError> {
        let mut cursor = self.cursor(table, columns)?;
        let found = cursor.get(rowid)?;
        if let Some(found) = &found {
            row(found);
        }
        Ok(found.is_some())
    }
}

/// Whether an index leaves rows out: `CREATE INDEX … WHERE …`. A name that holds the word makes us doubt the index, which
/// costs no more than a count.
fn is_partial(sql: &str) -> bool {
    let words = || sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words().any(|word| word.eq_ignore_ascii_case("where"))
}
