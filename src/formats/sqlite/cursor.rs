//! Point lookups by rowid, made to be called many times: the way down to the last leaf is kept.

use std::sync::Arc;

use super::btree::{Cell, Kind, Node};
use super::error::{Damage, DamageReason, SqliteError};
use super::pager::{LOOKUP_CACHE, Pager, Reader};
use super::payload::{Loaded, Plan, Scratch};
use super::record::Row;
use super::walk::{MAX_DEPTH, row_of};

/// Overflow pages that each lookup adds to what the cursor may read in all.
const OVERFLOW_PER_LOOKUP: u64 = 64;

/// Looks up rows of one table by rowid. Lookups in near order stay within a page most of the time.
///
/// One cursor serves one thread; make one per worker with [`super::Db::cursor`].
pub struct Cursor {
    reader: Reader,
    plan: Plan,
    root: u32,
    path: Vec<Step>,
    leaf: Option<Step>,
    /// Where the last row was found in the leaf.
    hint: usize,
    scratch: Scratch,
}

/// A page on the way down and the rowids it is responsible for.
struct Step {
    node: Node,
    low: i64,
    high: i64,
}

impl Step {
    fn covers(&self, rowid: i64) -> bool {
        self.low <= rowid && rowid <= self.high
    }
}

impl Cursor {
    pub(super) fn new(pager: Arc<Pager>, plan: Plan, root: u32) -> Cursor {
        let scratch = Scratch { pages_left: u64::from(pager.present) * 4, ..Scratch::default() };
        let reader = Reader::new(pager, LOOKUP_CACHE);
        Cursor { reader, plan, root, path: Vec::new(), leaf: None, hint: 0, scratch }
    }

    /// The row with this rowid; `None` when there is none.
    ///
    /// # Errors
    /// [`SqliteError::Damaged`] when the way to it is damaged: then it is not known whether the row exists.
    pub fn get(&mut self, rowid: i64) -> Result<Option<Row<'_>>, SqliteError> {
        self.scratch.pages_left = self.scratch.pages_left.saturating_add(OVERFLOW_PER_LOOKUP);
        if !self.leaf.as_ref().is_some_and(|leaf| leaf.covers(rowid)) {
            self.leaf = None;
            self.hint = 0;
            self.leaf = Some(self.descend(rowid)?);
        }
        let Some(leaf) = &self.leaf else { return Ok(None) };
        let Some((index, cell)) = find(&leaf.node, rowid, self.hint) else { return Ok(None) };
        self.hint = index + 1;
        let local = leaf.node.bytes.get(cell.start..cell.end).unwrap_or(&[]);
        if let Loaded::Lost(reason) = self.scratch.load(&self.plan, &cell, local, &mut self.reader) {
            let page = leaf.node.page;
            let offset = self.reader.pager.offset_of(page) + cell.start as u64;
            return Err(SqliteError::Damaged(Damage { page, offset, reason }));
        }
        Ok(Some(row_of(&self.plan, &self.scratch, &self.reader, leaf.node.page, rowid, local)))
    }

    /// Goes down to the leaf that would hold `rowid`, from the deepest kept page that covers it.
    fn descend(&mut self, rowid: i64) -> Result<Step, SqliteError> {
        while self.path.last().is_some_and(|step| !step.covers(rowid)) {
            self.path.pop();
        }
        let (mut page, mut low, mut high) = (self.root, i64::MIN, i64::MAX);
        if let Some(step) = self.path.last() {
            (page, low, high) = child_for(step, rowid).map_err(|reason| self.damaged(step.node.page, reason))?;
        }
        loop {
            if self.path.len() >= MAX_DEPTH {
                return Err(self.damaged(page, DamageReason::TooDeep { max: MAX_DEPTH }));
            }
            let usable = self.reader.pager.usable();
            let node = self.reader.page(page).and_then(|bytes| Node::parse(page, bytes, usable, true));
            let step = Step { node: node.map_err(|reason| self.damaged(page, reason))?, low, high };
            if step.node.kind == Kind::TableLeaf {
                return Ok(step);
            }
            let next = child_for(&step, rowid).map_err(|reason| self.damaged(page, reason));
            self.path.push(step);
            (page, low, high) = next?;
        }
    }

    fn damaged(&self, page: u32, reason: DamageReason) -> SqliteError {
        SqliteError::Damaged(Damage { page, offset: self.reader.pager.offset_of(page), reason })
    }
}

/// The child of an interior page that is responsible for `rowid`, with its limits.
fn child_for(step: &Step, rowid: i64) -> Result<(u32, i64, i64), DamageReason> {
    let node = &step.node;
    let (mut from, mut to) = (0, node.cells);
    let mut found = (node.right, step.low, step.high);
    while from < to {
        let middle = from + (to - from) / 2;
        let (child, key) = node.table_child(middle)?;
        if key >= rowid {
            (found.0, found.2) = (child, key);
            to = middle;
        } else {
            found.1 = key.saturating_add(1);
            from = middle + 1;
        }
    }
    Ok(found)
}

/// The cell of a leaf with this rowid. `hint` is tried first.
fn find(node: &Node, rowid: i64, hint: usize) -> Option<(usize, Cell)> {
    if hint < node.cells && node.rowid(hint) == Ok(rowid) {
        return Some((hint, node.record(hint).ok()?));
    }
    let (mut from, mut to) = (0, node.cells);
    while from < to {
        let middle = from + (to - from) / 2;
        match node.rowid(middle) {
            Ok(key) if key == rowid => return Some((middle, node.record(middle).ok()?)),
            Ok(key) if key < rowid => from = middle + 1,
            Ok(_) => to = middle,
            // A damaged cell says nothing about its neighbours: look at all of them.
            Err(_) => {
                let index = (0..node.cells).find(|&i| node.rowid(i) == Ok(rowid))?;
                return Some((index, node.record(index).ok()?));
            }
        }
    }
    None
}
