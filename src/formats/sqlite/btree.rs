//! One B-tree page and its cells.
//!
//! <https://www.sqlite.org/fileformat2.html#b_tree_pages>

use super::error::DamageReason;
use super::pager::{HEADER, PageRef};
use super::record::varint;

/// What a B-tree page holds, by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    IndexInterior,
    TableInterior,
    IndexLeaf,
    TableLeaf,
}

impl Kind {
    pub fn is_leaf(self) -> bool {
        matches!(self, Kind::IndexLeaf | Kind::TableLeaf)
    }

    pub fn is_table(self) -> bool {
        matches!(self, Kind::TableInterior | Kind::TableLeaf)
    }
}

/// A parsed page. Cells are checked when they are asked for.
pub(super) struct Node {
    pub page: u32,
    pub kind: Kind,
    pub cells: usize,
    /// Last child of an interior page.
    pub right: u32,
    pub bytes: PageRef,
    usable: usize,
    /// Offset of the cell pointers.
    pointers: usize,
}

/// One cell with a record: its payload as far as it lies in the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// 0 in an index page.
    pub rowid: i64,
    /// Length of the whole payload.
    pub payload: u64,
    /// Offsets of the payload in the page.
    pub start: usize,
    pub end: usize,
    /// Bytes the whole cell takes in the page.
    pub size: usize,
    /// First overflow page, 0 for none.
    pub overflow: u32,
}

impl Node {
    /// Reads the page header. `table` says which kind of tree is walked.
    pub fn parse(page: u32, bytes: PageRef, usable: usize, table: bool) -> Result<Node, DamageReason> {
        let base = if page == 1 { HEADER } else { 0 };
        let head: &[u8; 12] = bytes.get(base..).and_then(|b| b.first_chunk()).unwrap_or(&[0; 12]);
        let kind = match (head[0], table) {
            (0x02, false) => Kind::IndexInterior,
            (0x0a, false) => Kind::IndexLeaf,
            (0x05, true) => Kind::TableInterior,
            (0x0d, true) => Kind::TableLeaf,
            (found, _) => {
                let expected = if table { "table (0x05, 0x0d)" } else { "index (0x02, 0x0a)" };
                return Err(DamageReason::PageType { expected, found });
            }
        };
        let pointers = base + if kind.is_leaf() { 8 } else { 12 };
        let cells = usize::from(u16::from_be_bytes([head[3], head[4]]));
        // A cell takes two bytes of pointer and four of content at least.
        let max = usable.saturating_sub(pointers) / 6;
        if cells > max {
            return Err(DamageReason::CellCount { max, found: cells });
        }
        let right = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
        Ok(Node { page, kind, cells, right, bytes, usable, pointers })
    }

    /// Content of a cell from its start to the end of the page, and its offset.
    #[inline]
    fn cell(&self, index: usize) -> Result<(&[u8], usize), DamageReason> {
        let damaged = DamageReason::Cell { index };
        if index >= self.cells {
            return Err(damaged);
        }
        let at = self.pointers + 2 * index;
        let Some(&[high, low]) = self.bytes.get(at..).and_then(|b| b.first_chunk()) else { return Err(damaged) };
        // A 64 KiB page stores no offset 65536: a cell never starts there.
        let start = usize::from(u16::from_be_bytes([high, low]));
        if start < self.pointers + 2 * self.cells {
            return Err(damaged);
        }
        match self.bytes.get(start..self.usable) {
            Some(bytes) if !bytes.is_empty() => Ok((bytes, start)),
            _ => Err(damaged),
        }
    }

    /// Child and key of a cell of a table's interior page: the child holds rowids up to the key.
    #[inline]
    pub fn table_child(&self, index: usize) -> Result<(u32, i64), DamageReason> {
        let (bytes, _) = self.cell(index)?;
        let child = bytes.first_chunk().map(|b| u32::from_be_bytes(*b));
        let key = bytes.get(4..).and_then(varint);
        match (child, key) {
            (Some(child), Some((key, _))) => Ok((child, key as i64)),
            _ => Err(DamageReason::Cell { index }),
        }
    }

    /// Child of a cell of an index's interior page.
    pub fn index_child(&self, index: usize) -> Result<u32, DamageReason> {
        let (bytes, _) = self.cell(index)?;
        bytes.first_chunk().map(|b| u32::from_be_bytes(*b)).ok_or(DamageReason::Cell { index })
    }

    /// The rowid of a cell of a table's leaf.
    #[inline]
    pub fn rowid(&self, index: usize) -> Result<i64, DamageReason> {
        let (bytes, _) = self.cell(index)?;
        let damaged = DamageReason::Cell { index };
        let Some((_, n)) = varint(bytes) else { return Err(damaged) };
        bytes.get(n..).and_then(varint).map(|(rowid, _)| rowid as i64).ok_or(damaged)
    }

    /// The record of a cell; not for a table's interior pages, which hold none.
    #[inline]
    pub fn record(&self, index: usize) -> Result<Cell, DamageReason> {
        let (bytes, at) = self.cell(index)?;
        let damaged = DamageReason::Cell { index };
        let mut pos = if self.kind == Kind::IndexInterior { 4 } else { 0 };
        let Some((payload, n)) = bytes.get(pos..).and_then(varint) else { return Err(damaged) };
        pos += n;
        let mut rowid = 0;
        if self.kind.is_table() {
            let Some((id, n)) = bytes.get(pos..).and_then(varint) else { return Err(damaged) };
            rowid = id as i64;
            pos += n;
        }
        let local = local_len(payload, self.usable, self.kind.is_table());
        let end = pos + local;
        if end > bytes.len() {
            return Err(damaged);
        }
        let mut overflow = 0;
        if (local as u64) < payload {
            overflow = match bytes.get(end..).and_then(|b| b.first_chunk()) {
                Some(next) => u32::from_be_bytes(*next),
                None => return Err(damaged),
            };
        }
        let size = (end + if overflow != 0 { 4 } else { 0 }).max(MIN_CELL);
        Ok(Cell { rowid, payload, start: at + pos, end: at + end, size, overflow })
    }

    /// Bytes a cell takes in the page.
    pub fn size(&self, index: usize) -> Result<usize, DamageReason> {
        if self.kind != Kind::TableInterior {
            return self.record(index).map(|cell| cell.size);
        }
        let (bytes, _) = self.cell(index)?;
        let key = bytes.get(4..).and_then(varint).ok_or(DamageReason::Cell { index })?;
        Ok((4 + key.1).max(MIN_CELL))
    }

    /// Checks that the parts of the page add up to the whole: from the beginning of its content on, every byte belongs to
    /// a cell, to a free block or to a fragment too small for one. `cells` is what the cells take together. A cell that
    /// the page no longer counts leaves a hole.
    pub fn check_sum(&self, cells: usize) -> Result<(), DamageReason> {
        let base = if self.page == 1 { HEADER } else { 0 };
        let word = |at: usize| self.bytes.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u16::from_be_bytes(*b));
        let content = match word(base + 5) {
            // A page of 64 KiB without content.
            0 => 65536,
            at => usize::from(at),
        };
        let fragments = usize::from(self.bytes.get(base + 7).copied().unwrap_or(0));
        let mut free = 0;
        let mut block = usize::from(word(base + 1));
        let mut last = 0;
        while block != 0 {
            let (next, size) = (usize::from(word(block)), usize::from(word(block + 2)));
            if block <= last || size < MIN_CELL || block + size > self.usable {
                return Err(DamageReason::FreeBlock { offset: block });
            }
            free += size;
            (last, block) = (block, next);
        }
        let expected = self.usable.checked_sub(content).filter(|_| content >= self.pointers + 2 * self.cells);
        let found = cells + free + fragments;
        match expected {
            Some(expected) if expected == found => Ok(()),
            expected => Err(DamageReason::PageSum { expected: expected.unwrap_or(0), found }),
        }
    }

    /// The sizes of all cells together; an error where one of them is damaged.
    pub fn cell_bytes(&self) -> Result<usize, DamageReason> {
        (0..self.cells).try_fold(0, |sum, index| Ok(sum + self.size(index)?))
    }
}

/// The least a cell takes: what is freed later must have room for a free block.
const MIN_CELL: usize = 4;

/// Bytes of a payload that lie in its page; the rest is in overflow pages.
#[inline]
fn local_len(payload: u64, usable: usize, table: bool) -> usize {
    // usable is at least 480.
    let max = if table { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    if payload <= max as u64 {
        return payload as usize;
    }
    let min = (usable - 12) * 32 / 255 - 23;
    let fitting = min + ((payload - min as u64) % (usable as u64 - 4)) as usize;
    if fitting <= max { fitting } else { min }
}
