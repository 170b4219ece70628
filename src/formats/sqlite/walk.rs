//! The B-tree walker: every row of a table in key order, whatever else is damaged.
//!
//! It trusts no pointer: each page is entered once, trees have a depth limit, and a page that is not what it should be
//! is noted and left out.

use std::ops::ControlFlow;

use super::btree::{Cell, Kind, Node};
use super::error::{Damage, DamageReason, ScanReport};
use super::pager::Reader;
use super::payload::{Loaded, Plan, Scratch};
use super::record::Row;

/// Levels of a tree; SQLite's own limit.
pub const MAX_DEPTH: usize = 20;
/// A scan may read this many overflow pages per page of the database …
const OVERFLOW_FACTOR: u64 = 2;
/// … and this many more. Without damage each is read once at most.
const OVERFLOW_BASE: u64 = 1024;

/// Pages entered already, one bit each.
pub(super) struct Seen(Vec<u64>);

impl Seen {
    pub fn new(pages: u32) -> Seen {
        Seen(vec![0; pages as usize / 64 + 1])
    }

    /// True when `page` is new. Pages past the end are new: reading them fails anyway.
    pub fn insert(&mut self, page: u32) -> bool {
        match self.0.get_mut(page as usize / 64) {
            Some(word) => {
                let bit = 1 << (page % 64);
                let new = *word & bit == 0;
                *word |= bit;
                new
            }
            None => true,
        }
    }
}

/// An interior page on the way down, and the rowids it may hold.
struct Level {
    node: Node,
    next: usize,
    low: i64,
    high: i64,
    /// Bytes that further records of the page may have.
    room: usize,
}

/// One walk over one tree.
pub(super) struct Walk<'a> {
    reader: Reader,
    plan: &'a Plan,
    seen: Seen,
    stack: Vec<Level>,
    scratch: Scratch,
    range: (i64, i64),
    ordinal: i64,
    report: ScanReport,
    emit: &'a mut dyn FnMut(&Row<'_>) -> ControlFlow<()>,
}

impl<'a> Walk<'a> {
    pub fn new(
        reader: Reader,
        plan: &'a Plan,
        range: (i64, i64),
        emit: &'a mut dyn FnMut(&Row<'_>) -> ControlFlow<()>,
    ) -> Self {
        let seen = Seen::new(reader.pager.present);
        let pages_left = u64::from(reader.pager.present) * OVERFLOW_FACTOR + OVERFLOW_BASE;
        let scratch = Scratch { pages_left, ..Scratch::default() };
        Walk { reader, plan, seen, stack: Vec::new(), scratch, range, ordinal: 0, report: ScanReport::default(), emit }
    }

    /// Walks the tree under `root`; `table` tells its kind.
    pub fn run(mut self, root: u32, table: bool) -> ScanReport {
        let mut flow = self.enter(root, table, i64::MIN, i64::MAX);
        if flow.is_continue() {
            flow = if table { self.tables() } else { self.indexes() };
        }
        self.report.stopped = flow.is_break();
        self.report.budget_hit = self.scratch.budget_hit;
        self.report
    }

    fn damage(&mut self, page: u32, within: usize, reason: DamageReason) {
        let offset = self.reader.pager.offset_of(page) + within as u64;
        self.report.note(Damage { page, offset, reason });
    }

    /// A page that should hold the rowids `low` to `high` is lost.
    fn lose(&mut self, low: i64, high: i64) {
        let (from, to) = (low.max(self.range.0), high.min(self.range.1));
        if low > i64::MIN && high < i64::MAX && from <= to {
            self.report.rows_lost = self.report.rows_lost.saturating_add(to.abs_diff(from).saturating_add(1));
        }
    }

    /// Reads `page`: rows of a leaf are given out at once, an interior page goes on the stack.
    fn enter(&mut self, page: u32, table: bool, low: i64, high: i64) -> ControlFlow<()> {
        let node = if self.stack.len() >= MAX_DEPTH {
            Err(DamageReason::TooDeep { max: MAX_DEPTH })
        } else if !self.seen.insert(page) {
            Err(DamageReason::SeenTwice)
        } else {
            let usable = self.reader.pager.usable();
            self.reader.page(page).and_then(|bytes| Node::parse(page, bytes, usable, table))
        };
        // A page that loses its last row leaves the tree; only a tree that is one page can be empty.
        let node = match node {
            Ok(node) if node.kind.is_leaf() && node.cells == 0 && !self.stack.is_empty() => {
                Err(DamageReason::EmptyLeaf)
            }
            other => other,
        };
        match node {
            Err(reason) => {
                if table {
                    self.lose(low, high);
                }
                self.damage(page, 0, reason);
            }
            Ok(node) if node.kind == Kind::TableLeaf => return self.table_leaf(&node, low, high),
            Ok(node) if node.kind == Kind::IndexLeaf => {
                self.check_sum(&node);
                let mut room = self.cell_room();
                for index in 0..node.cells {
                    self.index_row(&node, index, &mut room)?;
                }
            }
            Ok(node) => {
                self.check_sum(&node);
                let room = self.cell_room();
                self.stack.push(Level { node, next: 0, low, high, room });
            }
        }
        ControlFlow::Continue(())
    }

    /// Notes a page whose parts do not add up. Cells that are damaged by themselves are noted where they are read.
    fn check_sum(&mut self, node: &Node) {
        if let Err(reason) = node.cell_bytes().and_then(|cells| node.check_sum(cells))
            && !matches!(reason, DamageReason::Cell { .. })
        {
            self.damage(node.page, 0, reason);
        }
    }

    fn tables(&mut self) -> ControlFlow<()> {
        while let Some(level) = self.stack.last_mut() {
            let index = level.next;
            if index > level.node.cells {
                self.stack.pop();
                continue;
            }
            level.next += 1;
            let child = if index == level.node.cells {
                Ok((level.node.right, level.high))
            } else {
                level.node.table_child(index)
            };
            match child {
                Ok((child, key)) => {
                    // Keys out of order must not make a subtree unreachable: each child keeps one rowid at least.
                    let low = level.low;
                    let high = key.min(level.high).max(low);
                    level.low = high.saturating_add(1).min(level.high);
                    if self.range.1 < low {
                        self.stack.pop();
                    } else if high >= self.range.0 {
                        self.enter(child, true, low, high)?;
                    }
                }
                Err(reason) => {
                    let page = level.node.page;
                    self.damage(page, 0, reason);
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn table_leaf(&mut self, node: &Node, low: i64, high: i64) -> ControlFlow<()> {
        let (from, to) = self.range;
        let whole = from <= low && high <= to;
        let mut order_noted = false;
        let mut room = self.cell_room();
        let (mut bytes, mut sound) = (0, true);
        let mut last = None;
        for index in 0..node.cells {
            let cell = match node.record(index) {
                Ok(cell) => cell,
                Err(reason) => {
                    sound = false;
                    self.damage_here(node, low, 0, reason);
                    continue;
                }
            };
            bytes += cell.size;
            match room.checked_sub(cell.end - cell.start) {
                Some(left) => room = left,
                None => {
                    sound = false;
                    self.damage_here(node, low, cell.start, DamageReason::CellsOverlap { index });
                    break;
                }
            }
            // A rowid that does not belong here counts as the nearest that does, so that of several slices of a table
            // exactly one gives the row out.
            let rank = cell.rowid.max(low).min(high);
            let ordered = last.replace(cell.rowid).is_none_or(|last| last < cell.rowid);
            if !whole && (rank < from || rank > to) {
                continue;
            }
            if (rank != cell.rowid || !ordered) && !order_noted {
                order_noted = true;
                self.damage(node.page, cell.start, DamageReason::RowidOrder { rowid: cell.rowid });
            }
            self.row(node, &cell, cell.rowid)?;
        }
        if sound && let Err(reason) = node.check_sum(bytes) {
            self.damage_here(node, low, 0, reason);
        }
        ControlFlow::Continue(())
    }

    /// Damage of a leaf as a whole: of several slices that touch it, the one with its first rowid tells.
    fn damage_here(&mut self, node: &Node, low: i64, within: usize, reason: DamageReason) {
        if (self.range.0..=self.range.1).contains(&low) {
            self.damage(node.page, within, reason);
        }
    }

    fn indexes(&mut self) -> ControlFlow<()> {
        while let Some(level) = self.stack.last_mut() {
            // Children and cells take turns: child 0, cell 0, child 1, …, the last child.
            let (index, is_cell) = (level.next / 2, level.next % 2 == 1);
            if index > level.node.cells || (is_cell && index == level.node.cells) {
                self.stack.pop();
                continue;
            }
            level.next += 1;
            if is_cell {
                // The node goes back on its stack: only its page is shared with the row.
                let Some(mut level) = self.stack.pop() else { break };
                let flow = self.index_row(&level.node, index, &mut level.room);
                self.stack.push(level);
                flow?;
                continue;
            }
            let child = if index == level.node.cells { Ok(level.node.right) } else { level.node.index_child(index) };
            let page = level.node.page;
            match child {
                Ok(child) => self.enter(child, false, i64::MIN, i64::MAX)?,
                Err(reason) => self.damage(page, 0, reason),
            }
        }
        ControlFlow::Continue(())
    }

    fn index_row(&mut self, node: &Node, index: usize, room: &mut usize) -> ControlFlow<()> {
        let cell = match node.record(index) {
            Ok(cell) => cell,
            Err(reason) => {
                self.damage(node.page, 0, reason);
                return ControlFlow::Continue(());
            }
        };
        self.ordinal = self.ordinal.saturating_add(1);
        let rowid = self.ordinal;
        match room.checked_sub(cell.end - cell.start) {
            Some(left) => *room = left,
            None => {
                self.damage(node.page, cell.start, DamageReason::CellsOverlap { index });
                return ControlFlow::Continue(());
            }
        }
        if rowid < self.range.0 || rowid > self.range.1 {
            return ControlFlow::Continue(());
        }
        self.row(node, &cell, rowid)
    }

    /// Bytes that the records of one page may have together. Cells of a sound page do not overlap, so a page would do;
    /// the double spares the last rows of a page in which one pointer went wrong. Without this limit a small hostile
    /// file gives thousands of times its size in rows.
    fn cell_room(&self) -> usize {
        2 * self.reader.pager.usable()
    }

    #[inline]
    fn row(&mut self, node: &Node, cell: &Cell, rowid: i64) -> ControlFlow<()> {
        let local = node.bytes.get(cell.start..cell.end).unwrap_or(&[]);
        match self.scratch.load(self.plan, cell, local, &mut self.reader) {
            Loaded::Whole => {}
            Loaded::Cut(reason) => self.damage(node.page, cell.start, reason),
            Loaded::Lost(reason) => {
                self.damage(node.page, cell.start, reason);
                return ControlFlow::Continue(());
            }
        }
        self.report.rows += 1;
        (self.emit)(&row_of(self.plan, &self.scratch, &self.reader, node.page, rowid, local))
    }
}

/// Entries of an index, as an independent count of its table's rows. `None` where anything about it is damaged: then it
/// counts nothing.
pub(super) fn count(reader: &mut Reader, root: u32) -> Option<u64> {
    let usable = reader.pager.usable();
    let mut seen = Seen::new(reader.pager.present);
    let mut left = vec![(root, 0)];
    let mut entries = 0u64;
    while let Some((page, depth)) = left.pop() {
        if depth >= MAX_DEPTH || !seen.insert(page) {
            return None;
        }
        let node = reader.page(page).and_then(|bytes| Node::parse(page, bytes, usable, false)).ok()?;
        node.check_sum(node.cell_bytes().ok()?).ok()?;
        entries += node.cells as u64;
        if node.kind == Kind::IndexInterior {
            for index in 0..node.cells {
                left.push((node.index_child(index).ok()?, depth + 1));
            }
            left.push((node.right, depth + 1));
        }
    }
    Some(entries)
}

/// The row that `scratch` was loaded with.
#[inline]
pub(super) fn row_of<'a>(
    plan: &'a Plan,
    scratch: &'a Scratch,
    reader: &Reader,
    page: u32,
    rowid: i64,
    local: &'a [u8],
) -> Row<'a> {
    Row {
        rowid,
        page,
        encoding: reader.pager.encoding,
        sources: &plan.sources,
        locs: &scratch.locs,
        local,
        spill: &scratch.spill,
    }
}

/// Smallest or largest rowid that can be read: an edge descent that goes round damaged pages.
pub(super) fn edge(reader: &mut Reader, root: u32, last: bool) -> Result<Option<i64>, Damage> {
    let usable = reader.pager.usable();
    let mut seen = Seen::new(reader.pager.present);
    let mut at = Some(root);
    let mut first_damage = None;
    let mut nodes: Vec<(Node, usize)> = Vec::new();
    while let Some(page) = at.take().or_else(|| next_child(&mut nodes, last)) {
        let node = if nodes.len() >= MAX_DEPTH {
            Err(DamageReason::TooDeep { max: MAX_DEPTH })
        } else if !seen.insert(page) {
            Err(DamageReason::SeenTwice)
        } else {
            reader.page(page).and_then(|bytes| Node::parse(page, bytes, usable, true))
        };
        match node {
            Ok(node) if node.kind == Kind::TableLeaf => {
                let index = |i: usize| if last { node.cells - 1 - i } else { i };
                if let Some(rowid) = (0..node.cells).find_map(|i| node.rowid(index(i)).ok()) {
                    return Ok(Some(rowid));
                }
            }
            Ok(node) => nodes.push((node, 0)),
            Err(reason) => {
                let offset = reader.pager.offset_of(page);
                first_damage.get_or_insert(Damage { page, offset, reason });
            }
        }
    }
    first_damage.map_or(Ok(None), Err)
}

/// The next child to look at, from the edge inwards.
fn next_child(nodes: &mut Vec<(Node, usize)>, last: bool) -> Option<u32> {
    while let Some((node, next)) = nodes.last_mut() {
        if *next > node.cells {
            nodes.pop();
            continue;
        }
        let index = if last { node.cells - *next } else { *next };
        *next += 1;
        let child = if index == node.cells { Some(node.right) } else { node.table_child(index).ok().map(|c| c.0) };
        if let Some(child) = child {
            return Some(child);
        }
    }
    None
}
