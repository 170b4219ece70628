//! From a cell to the values asked for, following overflow pages no further than they need.

use super::btree::Cell;
use super::error::{Budget, DamageReason};
use super::pager::{PageRef, Reader};
use super::record::{Loc, Source, serial_len, varint};
use super::schema::{Storage, Table};

/// Bytes of a record that are read; what lies beyond is cut. SQLite allows 2 GiB.
pub const MAX_PAYLOAD: u64 = 64 << 20;
/// Bytes of a record's header: SQLite's 32767 columns of nine bytes each would be less.
const MAX_RECORD_HEADER: usize = 512 << 10;
/// Spill buffers larger than this are given back after the row.
const KEEP_SPILL: usize = 1 << 20;

/// Which values a caller wants, worked out once per scan.
pub(super) struct Plan {
    /// One per column asked for.
    pub sources: Vec<Source>,
    /// (position in the record, index of the column asked for), sorted.
    order: Vec<(usize, usize)>,
}

impl Plan {
    pub fn new(table: &Table, columns: &[&str]) -> Plan {
        let mut plan = Plan { sources: Vec::with_capacity(columns.len()), order: Vec::new() };
        for (slot, name) in columns.iter().enumerate() {
            let source = match table.storage_of(name) {
                None | Some(Storage::Virtual) => Source::Absent,
                Some(Storage::Rowid) => Source::Rowid,
                Some(Storage::At { position, real, default }) => {
                    plan.order.push((position, slot));
                    Source::Stored { real, default: default.clone() }
                }
            };
            plan.sources.push(source);
        }
        plan.order.sort_unstable();
        plan
    }
}

/// Buffers of one scan, used again for every row.
#[derive(Default)]
pub(super) struct Scratch {
    pub locs: Vec<Loc>,
    pub spill: Vec<u8>,
    pub head: Vec<u8>,
    /// Overflow pages that may still be read.
    pub pages_left: u64,
    pub budget_hit: Option<Budget>,
}

/// What became of a record.
pub(super) enum Loaded {
    Whole,
    /// Some values are cut.
    Cut(DamageReason),
    /// No values can be told.
    Lost(DamageReason),
}

impl Scratch {
    /// Locates the values of one record. `local` is its payload as far as it lies in its page.
    #[inline]
    pub fn load(&mut self, plan: &Plan, cell: &Cell, local: &[u8], reader: &mut Reader) -> Loaded {
        self.locs.clear();
        self.locs.resize(plan.sources.len(), Loc::default());
        if plan.order.is_empty() {
            return Loaded::Whole;
        }
        let Some((header_len, first)) = varint(local) else { return Loaded::Lost(DamageReason::RecordHeader) };
        if header_len > cell.payload || header_len < first as u64 || header_len > MAX_RECORD_HEADER as u64 {
            return Loaded::Lost(DamageReason::RecordHeader);
        }
        let header_len = header_len as usize;
        let end = match local.get(first..header_len) {
            Some(types) => locate(&mut self.locs, plan, types, header_len as u64),
            None => {
                let mut head = std::mem::take(&mut self.head);
                head.clear();
                let mut chain = Chain::new(cell, local);
                let read = chain.copy(0, header_len as u64, &mut head, self, reader);
                let end = match (read, head.get(first..header_len)) {
                    (Ok(()), Some(types)) => locate(&mut self.locs, plan, types, header_len as u64),
                    (Err(reason), _) => Err(reason),
                    _ => Err(DamageReason::RecordHeader),
                };
                self.head = head;
                end
            }
        };
        match end {
            Err(reason) => Loaded::Lost(reason),
            Ok(end) if end <= local.len() as u64 => Loaded::Whole,
            Ok(_) => self.spill(plan, cell, local, reader),
        }
    }

    /// Copies the values that do not lie in the page as a whole.
    #[cold]
    fn spill(&mut self, plan: &Plan, cell: &Cell, local: &[u8], reader: &mut Reader) -> Loaded {
        if self.spill.capacity() > KEEP_SPILL {
            self.spill = Vec::new();
        }
        let mut spill = std::mem::take(&mut self.spill);
        spill.clear();
        let mut chain = Chain::new(cell, local);
        let mut damage = None;
        let mut before: Option<(usize, usize)> = None;
        for &(position, slot) in &plan.order {
            // The same column asked for twice shares its bytes.
            if let Some((_, twin)) = before.filter(|&(p, _)| p == position) {
                self.locs[slot] = self.locs[twin];
                continue;
            }
            before = Some((position, slot));
            let mut loc = self.locs[slot];
            let start = loc.at as u64;
            let wanted = start.saturating_add(loc.len as u64);
            if !loc.stored || wanted <= local.len() as u64 {
                continue;
            }
            let end = wanted.min(cell.payload).min(MAX_PAYLOAD);
            if end < wanted {
                let len = loc.len as u64;
                let payload = cell.payload;
                let reason = if wanted > payload {
                    DamageReason::ValueCut { len, payload }
                } else {
                    DamageReason::TooBig { payload }
                };
                damage.get_or_insert(reason);
                loc.cut = true;
            }
            loc.at = spill.len();
            loc.spilled = true;
            if let Err(reason) = chain.copy(start, end, &mut spill, self, reader) {
                damage.get_or_insert(reason);
                loc.cut = true;
            }
            loc.len = spill.len() - loc.at;
            self.locs[slot] = loc;
        }
        self.spill = spill;
        damage.map_or(Loaded::Whole, Loaded::Cut)
    }
}

/// Walks the serial types in `types`; gives where the last wanted value ends in the payload.
#[inline]
fn locate(locs: &mut [Loc], plan: &Plan, types: &[u8], body: u64) -> Result<u64, DamageReason> {
    let (mut pos, mut position, mut at, mut end) = (0, 0, body, 0);
    let mut wanted = plan.order.iter().peekable();
    while pos < types.len() {
        let Some(&&(next, _)) = wanted.peek() else { break };
        let Some((serial, n)) = types.get(pos..).and_then(varint) else { return Err(DamageReason::RecordHeader) };
        pos += n;
        let len = serial_len(serial);
        if next == position {
            while let Some(&&(_, slot)) = wanted.peek().filter(|w| w.0 == position) {
                // Lengths stay below 2^63, so they fit a 64-bit usize; elsewhere they saturate and are cut.
                let fit = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
                locs[slot] = Loc { serial, at: fit(at), len: fit(len), stored: true, ..Loc::default() };
                wanted.next();
            }
            if len > 0 {
                end = at.saturating_add(len);
            }
        }
        at = at.saturating_add(len);
        position += 1;
    }
    Ok(end)
}

/// A payload read from its start to its end: the part in the page, then the overflow pages.
struct Chain<'a> {
    local: &'a [u8],
    /// The overflow page at hand and the payload offset of its first byte.
    page: Option<PageRef>,
    start: u64,
    next: u32,
}

impl<'a> Chain<'a> {
    fn new(cell: &Cell, local: &'a [u8]) -> Self {
        Chain { local, page: None, start: local.len() as u64, next: cell.overflow }
    }

    /// Appends the bytes `from..to` of the payload to `out`. Ranges come in ascending order.
    fn copy(
        &mut self,
        from: u64,
        to: u64,
        out: &mut Vec<u8>,
        scratch: &mut Scratch,
        reader: &mut Reader,
    ) -> Result<(), DamageReason> {
        let mut at = from;
        if at < self.local.len() as u64 {
            let end = to.min(self.local.len() as u64);
            out.extend_from_slice(self.local.get(at as usize..end as usize).unwrap_or(&[]));
            at = end;
        }
        let content = reader.pager.usable() as u64 - 4;
        while at < to {
            if self.page.is_none() || at >= self.start + content {
                self.advance(content, scratch, reader)?;
                continue;
            }
            let Some(page) = &self.page else { break };
            let end = to.min(self.start + content);
            let range = (4 + at - self.start) as usize..(4 + end - self.start) as usize;
            out.extend_from_slice(page.get(range).unwrap_or(&[]));
            at = end;
        }
        Ok(())
    }

    fn advance(&mut self, content: u64, scratch: &mut Scratch, reader: &mut Reader) -> Result<(), DamageReason> {
        let broken = DamageReason::Overflow { next: self.next };
        if scratch.pages_left == 0 {
            scratch.budget_hit = Some(Budget::OverflowPages);
            return Err(broken);
        }
        scratch.pages_left -= 1;
        let page = reader.page(self.next).map_err(|_| broken)?;
        if self.page.is_some() {
            self.start += content;
        }
        self.next = page.first_chunk().map_or(0, |b| u32::from_be_bytes(*b));
        self.page = Some(page);
        Ok(())
    }
}
