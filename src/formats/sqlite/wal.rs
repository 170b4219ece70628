//! The write-ahead log beside a database (`<name>-wal`).
//!
//! A 32-byte header, then frames of 24 bytes and one page each, all numbers big-endian. A frame counts when its
//! salts are the header's and its checksum, which runs on from frame to frame, fits; a transaction counts when its last
//! frame carries the size of the database. Specified at <https://www.sqlite.org/fileformat2.html#walformat>.

use super::error::Note;
use crate::formats::ReadAt;

/// Frames indexed (8 bytes of memory each); a log of 4 KiB pages would be 16 GiB.
pub const MAX_WAL_FRAMES: usize = 4 << 20;

const MAGIC: u32 = 0x377f_0682;
const VERSION: u32 = 3_007_000;
const HEADER: usize = 32;
pub(super) const FRAME_HEADER: usize = 24;
/// Bytes of the log read at a time.
const CHUNK: usize = 256 << 10;

/// Where the newest committed version of each page lies in the log.
#[derive(Debug)]
pub(super) struct WalIndex {
    pub page_size: u32,
    /// Size of the database in pages after the last commit.
    pub db_pages: u32,
    pub frames: u32,
    pub commits: u32,
    /// (page, frame from 0), sorted by page, one entry per page.
    pages: Vec<(u32, u32)>,
}

impl WalIndex {
    /// Offset in the log of the content of `page`.
    pub fn offset_of(&self, page: u32) -> Option<u64> {
        let at = self.pages.binary_search_by_key(&page, |&(p, _)| p).ok()?;
        let frame = u64::from(self.pages.get(at)?.1);
        Some(HEADER as u64 + frame * (u64::from(self.page_size) + FRAME_HEADER as u64) + FRAME_HEADER as u64)
    }

    pub fn distinct(&self) -> u32 {
        u32::try_from(self.pages.len()).unwrap_or(u32::MAX)
    }

    /// The highest page the log holds.
    pub fn last_page(&self) -> u32 {
        self.pages.last().map_or(0, |&(page, _)| page)
    }
}

/// The running checksum of a log: pairs of 32-bit words, in the byte order its magic names.
#[derive(Clone, Copy)]
struct Sum {
    big_endian: bool,
    a: u32,
    b: u32,
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let word = |w: [u8; 4]| if self.big_endian { u32::from_be_bytes(w) } else { u32::from_le_bytes(w) };
        let (mut a, mut b) = (self.a, self.b);
        for pair in bytes.as_chunks::<8>().0 {
            let [x0, x1, x2, x3, y0, y1, y2, y3] = *pair;
            a = a.wrapping_add(word([x0, x1, x2, x3])).wrapping_add(b);
            b = b.wrapping_add(word([y0, y1, y2, y3])).wrapping_add(a);
        }
        (self.a, self.b) = (a, b);
    }
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..).and_then(|b| b.first_chunk()) {
        Some(word) => u32::from_be_bytes(*word),
        None => 0,
    }
}

/// Reads up to `buf.len()` bytes; fewer at the end of the file.
fn fill(file: &dyn ReadAt, buf: &mut [u8], offset: u64) -> std::io::Result<usize> {
    let mut got = 0;
    while got < buf.len() {
        match file.read_at(&mut buf[got..], offset + got as u64) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(got)
}

/// Indexes the committed frames of `wal`. `None` when there are none; what ended the log goes to `notes`.
pub(super) fn index(wal: &dyn ReadAt, notes: &mut Vec<Note>) -> Option<WalIndex> {
    if wal.is_empty() {
        return None;
    }
    let mut header = [0u8; HEADER];
    match fill(wal, &mut header, 0) {
        Ok(HEADER) => {}
        Ok(_) => {
            notes.push(Note::WalHeader { found: "fewer than 32 bytes" });
            return None;
        }
        Err(e) => {
            notes.push(Note::WalUnreadable { offset: 0, kind: e.kind() });
            return None;
        }
    }
    match check_header(&header) {
        Ok((page_size, sum)) => Frames::new(wal, &header, page_size, sum).run(notes),
        Err(found) => {
            notes.push(Note::WalHeader { found });
            None
        }
    }
}

fn check_header(header: &[u8; HEADER]) -> Result<(u32, Sum), &'static str> {
    let magic = be32(header, 0);
    if header.iter().all(|&b| b == 0) {
        return Err("zeroes");
    }
    if magic & !1 != MAGIC {
        return Err("another magic");
    }
    if be32(header, 4) != VERSION {
        return Err("another version");
    }
    let page_size = be32(header, 8);
    if !page_size.is_power_of_two() || !(512..=65536).contains(&page_size) {
        return Err("an impossible page size");
    }
    let mut sum = Sum { big_endian: magic & 1 == 1, a: 0, b: 0 };
    sum.add(&header[..24]);
    if (sum.a, sum.b) != (be32(header, 24), be32(header, 28)) {
        return Err("a wrong checksum");
    }
    Ok((page_size, sum))
}

/// One pass over the frames of a log.
struct Frames<'a> {
    wal: &'a dyn ReadAt,
    salts: [u8; 8],
    page_size: u32,
    sum: Sum,
    pages: Vec<(u32, u32)>,
    committed: usize,
    commits: u32,
    db_pages: u32,
}

impl<'a> Frames<'a> {
    fn new(wal: &'a dyn ReadAt, header: &[u8; HEADER], page_size: u32, sum: Sum) -> Self {
        let mut salts = [0; 8];
        salts.copy_from_slice(&header[16..24]);
        Frames { wal, salts, page_size, sum, pages: Vec::new(), committed: 0, commits: 0, db_pages: 0 }
    }

    fn run(mut self, notes: &mut Vec<Note>) -> Option<WalIndex> {
        let frame_len = self.page_size as usize + FRAME_HEADER;
        let mut buf = vec![0; (CHUNK / frame_len).max(1) * frame_len];
        let mut offset = HEADER as u64;
        let end = 'log: loop {
            let got = match fill(self.wal, &mut buf, offset) {
                Ok(got) => got,
                Err(e) => break Some(Note::WalUnreadable { offset, kind: e.kind() }),
            };
            let mut frames = buf[..got].chunks_exact(frame_len);
            for frame in frames.by_ref() {
                if let Err(end) = self.frame(frame, offset) {
                    break 'log self.damaged(end, offset, frame_len);
                }
                offset += frame_len as u64;
            }
            if got < buf.len() {
                break (!frames.remainder().is_empty()).then_some(Note::WalCut { offset });
            }
        };
        self.finish(end, notes)
    }

    /// Takes one frame; an error ends the log, with what is worth saying about it.
    fn frame(&mut self, frame: &[u8], offset: u64) -> Result<(), Option<Note>> {
        if self.pages.len() >= MAX_WAL_FRAMES {
            return Err(Some(Note::WalTooLong { max: MAX_WAL_FRAMES, offset }));
        }
        let (head, content) = frame.split_at(FRAME_HEADER);
        let page = be32(head, 0);
        if head[8..16] != self.salts {
            // Zeroes are space set aside for frames to come.
            return Err(head.iter().any(|&b| b != 0).then_some(Note::WalOldFrames { offset }));
        }
        let mut sum = self.sum;
        sum.add(&head[..8]);
        sum.add(content);
        if page == 0 || (sum.a, sum.b) != (be32(head, 16), be32(head, 20)) {
            return Err(Some(Note::WalChecksum { offset }));
        }
        self.sum = sum;
        // Bounded by MAX_WAL_FRAMES, so it fits.
        self.pages.push((page, self.pages.len() as u32));
        let size = be32(head, 4);
        if size != 0 {
            self.committed = self.pages.len();
            self.commits += 1;
            self.db_pages = size;
        }
        Ok(())
    }

    /// Where the log ends early: how many frames behind that place carry its current salts. An earlier run of the log left
    /// others; the current ones were written after the frame that does not fit.
    fn current_behind(&self, offset: u64, frame_len: usize) -> u64 {
        let mut found = 0;
        let mut head = [0; FRAME_HEADER];
        let mut at = offset.saturating_add(frame_len as u64);
        for _ in self.pages.len()..MAX_WAL_FRAMES {
            if self.wal.read_exact_at(&mut head, at).is_err() {
                break;
            }
            found += u64::from(head[8..16] == self.salts);
            at = at.saturating_add(frame_len as u64);
        }
        found
    }

    /// What ended the log, in the light of what lies behind it.
    fn damaged(&self, end: Option<Note>, offset: u64, frame_len: usize) -> Option<Note> {
        match self.current_behind(offset, frame_len) {
            0 => end,
            behind => Some(Note::WalDamaged { offset, behind }),
        }
    }

    fn finish(mut self, end: Option<Note>, notes: &mut Vec<Note>) -> Option<WalIndex> {
        let loose = self.pages.len() - self.committed;
        if loose > 0 {
            let frame_len = u64::from(self.page_size) + FRAME_HEADER as u64;
            let offset = HEADER as u64 + self.committed as u64 * frame_len;
            notes.push(Note::WalUncommitted { frames: loose as u32, offset });
        }
        notes.extend(end);
        if self.committed == 0 {
            return None;
        }
        self.pages.truncate(self.committed);
        // Newest frame first within a page, so that dedup keeps it.
        self.pages.sort_unstable_by_key(|&(page, frame)| (page, u32::MAX - frame));
        self.pages.dedup_by_key(|&mut (page, _)| page);
        self.pages.shrink_to_fit();
        let index = WalIndex {
            page_size: self.page_size,
            db_pages: self.db_pages,
            frames: self.committed as u32,
            commits: self.commits,
            pages: self.pages,
        };
        Some(index)
    }
}
