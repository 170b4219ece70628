//! Whether every page of a database belongs to exactly one thing.
//!
//! A tree that lost its root, a page written over another, a pointer into somebody else's tree: each leaves a page that two
//! things claim, or none. Looked at in small databases only: a large one has many pages for every tree, and there the
//! order of rowids and the sums of pages tell the same.
//!
//! <https://www.sqlite.org/fileformat2.html#the_freelist>, `#pointer_map_or_ptrmap_pages`

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;

use super::btree::{Kind, Node};
use super::error::Note;
use super::pager::{Pager, Reader, SCAN_CACHE};
use super::schema::{EntryKind, Schema};

/// Bytes of a database that is looked at page by page.
pub const MAX_MAPPED: u64 = 16 << 20;
/// Faults named; the first ones say enough.
const MAX_FAULTS: usize = 8;
/// Readable bytes in a row by which a page has something of its own to say: lists of small numbers may be alike in two
/// tables of an honest database.
const TELLING: usize = 6;

/// What contradicts that all pages are where they belong.
pub(super) fn faults(pager: &Arc<Pager>, schema: &Schema) -> Vec<Note> {
    let size = u64::from(pager.pages) * pager.page_size() as u64;
    if size > MAX_MAPPED || pager.pages == 0 {
        return Vec::new();
    }
    let mut map = Map {
        reader: Reader::new(pager.clone(), SCAN_CACHE),
        owned: vec![false; pager.pages as usize + 1],
        contents: HashMap::default(),
        hasher: foldhash::fast::RandomState::default(),
        walked: true,
        faults: Vec::new(),
    };
    map.tree(1, true);
    let rooted = schema.entries.iter().filter(|e| e.root > 0);
    for entry in rooted {
        let keyed = |t: &super::schema::Table| t.root == entry.root && t.without_rowid;
        let table = entry.kind == EntryKind::Table && !schema.tables.iter().any(keyed);
        map.tree(entry.root, table);
    }
    map.free_list();
    map.pointer_maps();
    map.unowned();
    map.faults
}

struct Map {
    reader: Reader,
    owned: Vec<bool>,
    /// Tables' leaves by what they hold.
    contents: HashMap<u64, Vec<u32>, foldhash::fast::RandomState>,
    hasher: foldhash::fast::RandomState,
    /// False once a part of some tree could not be followed: what lies below it belongs to nobody we know.
    walked: bool,
    faults: Vec<Note>,
}

impl Map {
    fn fault(&mut self, note: Note) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(note);
        }
    }

    /// Takes a page for something; false where it was taken before, or is none.
    fn take(&mut self, page: u32) -> bool {
        match self.owned.get_mut(page as usize) {
            Some(owned) if page > 0 => {
                if std::mem::replace(owned, true) {
                    self.fault(Note::PageTwice { page });
                    return false;
                }
                true
            }
            _ => {
                self.walked = false;
                false
            }
        }
    }

    fn tree(&mut self, root: u32, table: bool) {
        let mut left = vec![root];
        while let Some(page) = left.pop() {
            if !self.take(page) {
                continue;
            }
            let usable = self.reader.pager.usable();
            let parsed = self.reader.page(page).and_then(|bytes| Node::parse(page, bytes, usable, table));
            let Ok(node) = parsed else {
                self.walked = false;
                continue;
            };
            if node.kind == Kind::TableLeaf {
                self.compare(&node);
            }
            for index in 0..node.cells {
                let child = match node.kind {
                    Kind::TableInterior => Some(node.table_child(index).map(|(child, _)| child)),
                    Kind::IndexInterior => Some(node.index_child(index)),
                    _ => None,
                };
                self.walked &= child.as_ref().is_none_or(Result::is_ok);
                left.extend(child.and_then(Result::ok));
                let overflow =
                    if node.kind == Kind::TableInterior { Ok(0) } else { node.record(index).map(|c| c.overflow) };
                self.walked &= overflow.is_ok();
                self.chain(overflow.unwrap_or(0));
            }
            if !node.kind.is_leaf() {
                left.push(node.right);
            }
        }
    }

    /// Pages of a long record.
    fn chain(&mut self, mut page: u32) {
        while page != 0 && self.take(page) {
            page = match self.word(page, 0) {
                Some(next) => next,
                None => return self.walked = false,
            };
        }
    }

    /// A number in a page.
    fn word(&mut self, page: u32, at: usize) -> Option<u32> {
        let bytes = self.reader.page(page).ok()?;
        bytes.get(at..)?.first_chunk().map(|b| u32::from_be_bytes(*b))
    }

    fn free_list(&mut self) {
        let mut trunk = self.word(1, 32).unwrap_or(0);
        while trunk != 0 && self.take(trunk) {
            let (next, leaves) = (self.word(trunk, 0), self.word(trunk, 4).unwrap_or(0));
            let most = (self.reader.pager.usable() / 4).saturating_sub(2) as u32;
            for i in 0..leaves.min(most) {
                match self.word(trunk, 8 + 4 * i as usize) {
                    Some(page) => _ = self.take(page),
                    None => self.walked = false,
                }
            }
            trunk = next.unwrap_or(0);
        }
    }

    /// In a database that can shrink, pages that say who points to the pages behind them.
    fn pointer_maps(&mut self) {
        if self.word(1, 52).unwrap_or(0) == 0 {
            return;
        }
        let step = self.reader.pager.usable() as u32 / 5 + 1;
        let mut page = 2;
        while page <= self.reader.pager.pages {
            self.take(page);
            page += step;
        }
    }

    fn unowned(&mut self) {
        if !self.walked {
            return;
        }
        let none: Vec<u32> = (2..self.owned.len()).filter(|&p| !self.owned[p]).map(|p| p as u32).collect();
        if let Some(&page) = none.first() {
            self.fault(Note::PagesUnowned { page, count: none.len() as u32 });
        }
    }

    /// A leaf that holds byte for byte what another one holds was written over something.
    fn compare(&mut self, node: &Node) {
        let says = |bytes: &[u8]| {
            let mut run = 0;
            bytes.iter().any(|b| {
                run = if b.is_ascii_graphic() { run + 1 } else { 0 };
                run >= TELLING
            })
        };
        if node.cells == 0 || node.page == 1 || !says(node.bytes.get(8..).unwrap_or_default()) {
            return;
        }
        let alike = self.contents.entry(self.hasher.hash_one(&**node.bytes)).or_default();
        let others = std::mem::take(alike);
        let copy_of =
            others.iter().copied().find(|&other| self.reader.page(other).is_ok_and(|bytes| bytes == node.bytes));
        let alike = self.contents.entry(self.hasher.hash_one(&**node.bytes)).or_default();
        *alike = others;
        alike.push(node.page);
        if let Some(other) = copy_of {
            self.fault(Note::PageCopied { page: node.page, other });
        }
    }
}
