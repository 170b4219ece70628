//! Zip archives as evidence: the central directory as it is written, duplicates included, and members inflated
//! within named limits. Format: PKWARE APPNOTE 6.3.10.
//!
//! Our own reader because libraries collapse members of the same name into one, and a second `main_entry.txt` is
//! exactly what an examiner must be told about.

use std::io::{self, Read};
use std::sync::Arc;

use flate2::read::DeflateDecoder;

use super::{ReadAt, Stream};

/// Members listed at the most.
pub const MAX_MEMBERS: u64 = 200_000;
/// Bytes of central directory at the most.
pub const MAX_DIRECTORY: u64 = 64 << 20;
/// Bytes one member may inflate to.
pub const MAX_MEMBER_SIZE: u64 = 4 << 30;
/// How many times larger than its compressed form a member may become; small members are let through.
pub const MAX_RATIO: u64 = 1_100;
/// Inflated sizes below this are never held against the ratio.
pub const RATIO_FREE: u64 = 16 << 20;
/// Archives inside archives, at the most.
pub const MAX_NESTING: u32 = 2;

const EOCD: [u8; 4] = *b"PK\x05\x06";
const EOCD64: [u8; 4] = *b"PK\x06\x06";
const EOCD64_LOCATOR: [u8; 4] = *b"PK\x06\x07";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";

/// Why an archive or a member could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// No end-of-central-directory record: cut short, or not a zip at all.
    #[error("no end of central directory: the archive is cut short (found {found})")]
    Truncated {
        /// What the file begins with.
        found: String,
    },
    /// A structure is not what it should be.
    #[error("offset {offset}: expected {expected}, found {found}")]
    Format {
        /// Where.
        offset: u64,
        /// What should stand there.
        expected: &'static str,
        /// What does.
        found: String,
    },
    /// A named limit was reached.
    #[error("{limit} exceeded: {detail}")]
    Limit {
        /// Its name.
        limit: &'static str,
        /// Numbers.
        detail: String,
    },
    /// The member cannot be read by anyone without more: encryption, unknown method.
    #[error("{0}")]
    Unsupported(String),
    /// The bytes could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// One entry of the central directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name, with bytes that are not UTF-8 replaced.
    pub name: String,
    /// Compressed size.
    pub packed: u64,
    /// Size after inflating, as the directory claims.
    pub size: u64,
    /// 0 stored, 8 deflated.
    pub method: u16,
    /// CRC-32 of the inflated bytes.
    pub crc: u32,
    /// Wall clock of the machine that wrote it: year, month, day, hour, minute, second; `None` when it is no date.
    pub modified: Option<(u16, u8, u8, u8, u8, u8)>,
    /// True when encrypted.
    pub encrypted: bool,
    /// True when it lies where another member lies already: a way to make a small archive inflate to a huge one.
    pub overlaps: bool,
    header: u64,
}

/// An archive's list of members.
pub struct Zip {
    file: Arc<dyn ReadAt>,
    /// In directory order, duplicates included; folders left out.
    pub members: Vec<Member>,
    /// Names that occur more than once, each once, in order.
    pub duplicates: Vec<String>,
    /// Members the directory claims beyond those that could be listed.
    pub unlisted: u64,
}

/// True when the bytes begin as a zip does.
pub fn looks_like(head: &[u8]) -> bool {
    head.starts_with(&LOCAL) || head.starts_with(&EOCD)
}

impl Zip {
    /// Reads the central directory.
    pub fn open(file: Arc<dyn ReadAt>) -> Result<Zip, ZipError> {
        let end = find_end(&*file)?;
        if end.size > MAX_DIRECTORY || end.count > MAX_MEMBERS {
            return Err(ZipError::Limit {
                limit: "MAX_MEMBERS",
                detail: format!("{} members in a directory of {} bytes", end.count, end.size),
            });
        }
        let mut directory = vec![0; end.size.min(file.len()) as usize];
        file.read_exact_at(&mut directory, end.offset).map_err(|_| ZipError::Format {
            offset: end.offset,
            expected: "a central directory",
            found: "the end of the file".into(),
        })?;
        let mut members = Vec::new();
        let mut at = 0;
        let mut read = 0;
        while let Some((member, next)) = central(&directory, at) {
            read += 1;
            if !member.name.ends_with('/') {
                members.push(member);
            }
            at = next;
        }
        mark_overlaps(&mut members);
        let mut names: Vec<&str> = members.iter().map(|m| m.name.as_str()).collect();
        names.sort_unstable();
        let mut duplicates: Vec<String> = names.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0].to_owned()).collect();
        duplicates.dedup();
        Ok(Zip { file, members, duplicates, unlisted: end.count.saturating_sub(read) })
    }

    /// A member's inflated bytes, checked against size, ratio and CRC. It never gives more than the directory says, so
    /// that [`Member::size`] can be relied on before anything is inflated.
    pub fn read(&self, member: &Member) -> Result<MemberReader, ZipError> {
        if member.encrypted {
            return Err(ZipError::Unsupported("the member is encrypted".into()));
        }
        if member.overlaps {
            return Err(ZipError::Format {
                offset: member.header,
                expected: "a member of its own",
                found: "bytes of the member before it (zip bomb)".into(),
            });
        }
        let mut head = [0; 30];
        self.file.read_exact_at(&mut head, member.header)?;
        if head[..4] != LOCAL {
            return Err(ZipError::Format {
                offset: member.header,
                expected: "a local file header (PK\\3\\4)",
                found: hex(&head[..4]),
            });
        }
        // What could be read at this offset lies within the file: no overflow.
        let start = member.header + 30 + u64::from(u16_at(&head, 26)) + u64::from(u16_at(&head, 28));
        let packed = super::Slice::new(self.file.clone(), start..start.saturating_add(member.packed));
        let body: Box<dyn Read + Send> = match member.method {
            0 => Box::new(Stream::new(packed)),
            8 => Box::new(DeflateDecoder::new(io::BufReader::with_capacity(64 << 10, Stream::new(packed)))),
            other => return Err(ZipError::Unsupported(format!("compression method {other} is not deflate"))),
        };
        let limit = MAX_MEMBER_SIZE.min(RATIO_FREE.max(member.packed.saturating_mul(MAX_RATIO)));
        let left = limit.min(member.size);
        Ok(MemberReader { body, crc: flate2::Crc::new(), expected: member.crc, left, size: member.size, done: false })
    }
}

/// Streams a member; an [`io::Error`] tells a broken limit or checksum.
pub struct MemberReader {
    body: Box<dyn Read + Send>,
    crc: flate2::Crc,
    expected: u32,
    left: u64,
    size: u64,
    done: bool,
}

impl Read for MemberReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.done || buf.is_empty() {
            return Ok(0);
        }
        let n = self.body.read(buf)?;
        if n == 0 {
            self.done = true;
            if self.crc.sum() != self.expected {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("CRC-32 is {:08x}, the archive says {:08x}", self.crc.sum(), self.expected),
                ));
            }
            return Ok(0);
        }
        if n as u64 > self.left {
            self.done = true;
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "more than the {} bytes the archive says, or MAX_RATIO or MAX_MEMBER_SIZE exceeded (zip bomb)",
                    self.size
                ),
            ));
        }
        self.left -= n as u64;
        self.crc.update(&buf[..n]);
        Ok(n)
    }
}

/// Marks members that begin before the one in front of them ends. The length of the local header is not known here; its
/// least is enough, since honest archives leave no doubt.
fn mark_overlaps(members: &mut [Member]) {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|&i| (members[i].header, i));
    let mut taken = 0;
    for i in order {
        let m = &mut members[i];
        m.overlaps = m.header < taken;
        if !m.overlaps {
            taken = m.header.saturating_add(30).saturating_add(m.packed);
        }
    }
}

struct End {
    count: u64,
    size: u64,
    offset: u64,
}

/// Finds the end-of-central-directory record, and its 64-bit form when the 32-bit one says so.
fn find_end(file: &dyn ReadAt) -> Result<End, ZipError> {
    let len = file.len();
    let tail_len = len.min(22 + 65_535);
    let mut tail = vec![0; tail_len as usize];
    file.read_exact_at(&mut tail, len - tail_len)?;
    let at = (0..tail.len().saturating_sub(21)).rev().find(|&i| tail[i..i + 4] == EOCD).ok_or_else(|| {
        let mut head = [0; 4];
        let n = file.read_at(&mut head, 0).unwrap_or(0);
        ZipError::Truncated { found: if n == 0 { "an empty file".into() } else { hex(&head[..n]) } }
    })?;
    let record = &tail[at..];
    let mut end = End {
        count: u64::from(u16_at(record, 10)),
        size: u64::from(u32_at(record, 12)),
        offset: u64::from(u32_at(record, 16)),
    };
    let is_64 = end.count == 0xffff || end.size == 0xffff_ffff || end.offset == 0xffff_ffff;
    if is_64 && at >= 20 && tail[at - 20..at - 16] == EOCD64_LOCATOR {
        let offset = u64_at(&tail, at - 12);
        let mut big = [0; 56];
        file.read_exact_at(&mut big, offset)?;
        if big[..4] != EOCD64 {
            return Err(ZipError::Format {
                offset,
                expected: "a zip64 end of central directory",
                found: hex(&big[..4]),
            });
        }
        end = End { count: u64_at(&big, 32), size: u64_at(&big, 40), offset: u64_at(&big, 48) };
    }
    Ok(end)
}

/// One central directory entry at `at`, and where the next begins.
fn central(directory: &[u8], at: usize) -> Option<(Member, usize)> {
    let head = directory.get(at..at + 46)?;
    if head[..4] != CENTRAL {
        return None;
    }
    let (name_len, extra_len, comment_len) =
        (usize::from(u16_at(head, 28)), usize::from(u16_at(head, 30)), usize::from(u16_at(head, 32)));
    let name = directory.get(at + 46..at + 46 + name_len)?;
    let extra = directory.get(at + 46 + name_len..at + 46 + name_len + extra_len)?;
    let mut member = Member {
        name: String::from_utf8_lossy(name).into_owned(),
        packed: u64::from(u32_at(head, 20)),
        size: u64::from(u32_at(head, 24)),
        method: u16_at(head, 10),
        crc: u32_at(head, 16),
        modified: dos_time(u16_at(head, 14), u16_at(head, 12)),
        encrypted: u16_at(head, 8) & 1 != 0,
        overlaps: false,
        header: u64::from(u32_at(head, 42)),
    };
    zip64_extra(extra, &mut member);
    Some((member, at + 46 + name_len + extra_len + comment_len))
}

fn zip64_extra(mut extra: &[u8], member: &mut Member) {
    while extra.len() >= 4 {
        let (id, len) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(mut body) = extra.get(4..4 + len) else { return };
        if id == 1 {
            for slot in [&mut member.size, &mut member.packed, &mut member.header] {
                if *slot == 0xffff_ffff && body.len() >= 8 {
                    *slot = u64_at(body, 0);
                    body = &body[8..];
                }
            }
        }
        extra = &extra[4 + len..];
    }
}

fn dos_time(date: u16, time: u16) -> Option<(u16, u8, u8, u8, u8, u8)> {
    let (month, day) = ((date >> 5 & 15) as u8, (date & 31) as u8);
    let (hour, minute, second) = ((time >> 11) as u8, (time >> 5 & 63) as u8, (time & 31) as u8 * 2);
    let real = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 60;
    real.then_some((1980 + (date >> 9), month, day, hour, minute, second))
}

fn u16_at(b: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([b[at], b[at + 1]])
}
fn u32_at(b: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]])
}
fn u64_at(b: &[u8], at: usize) -> u64 {
    u64::from(u32_at(b, at)) | u64::from(u32_at(b, at + 4)) << 32
}
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::MemFile;
    use std::io::Write;

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut directory = Vec::new();
        for (name, body) in members {
            let mut crc = flate2::Crc::new();
            crc.update(body);
            let mut z = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
            z.write_all(body).unwrap();
            let packed = z.finish().unwrap();
            let header = out.len() as u32;
            let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
            common.extend(crc.sum().to_le_bytes());
            common.extend((packed.len() as u32).to_le_bytes());
            common.extend((body.len() as u32).to_le_bytes());
            common.extend((name.len() as u16).to_le_bytes());
            common.extend([0, 0]);
            out.extend(LOCAL);
            out.extend(&common);
            out.extend(name.as_bytes());
            out.extend(&packed);
            directory.extend(CENTRAL);
            directory.extend([20, 0]);
            directory.extend(&common);
            directory.extend([0; 10]);
            directory.extend(header.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let offset = out.len() as u32;
        out.extend(&directory);
        out.extend(EOCD);
        out.extend([0; 4]);
        out.extend((members.len() as u16).to_le_bytes());
        out.extend((members.len() as u16).to_le_bytes());
        out.extend((directory.len() as u32).to_le_bytes());
        out.extend(offset.to_le_bytes());
        out.extend([0, 0]);
        out
    }

    fn open(bytes: Vec<u8>) -> Result<Zip, ZipError> {
        Zip::open(Arc::new(MemFile(bytes)))
    }

    #[test]
    fn duplicates_are_seen_and_both_read() {
        let zip = open(archive(&[("a", b"one"), ("b/c", b"two"), ("a", b"three")])).unwrap();
        assert_eq!(zip.duplicates, ["a"]);
        let bodies: Vec<String> = zip
            .members
            .iter()
            .map(|m| {
                let mut s = String::new();
                zip.read(m).unwrap().read_to_string(&mut s).unwrap();
                s
            })
            .collect();
        assert_eq!(bodies, ["one", "two", "three"]);
    }

    #[test]
    fn a_bomb_ends_at_its_limit() {
        let body = vec![0; (RATIO_FREE + (1 << 20)) as usize];
        let mut bytes = archive(&[("bomb", &body)]);
        // Lie about the compressed size, as bombs do: what is read is still bounded by the bytes that are there.
        let zip = open(bytes.clone()).unwrap();
        let mut m = zip.members[0].clone();
        m.packed = 64;
        let e = io::copy(&mut zip.read(&m).unwrap(), &mut io::sink()).unwrap_err();
        assert!(matches!(e.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData), "{e}");
        bytes.truncate(bytes.len() - 30);
        assert!(matches!(open(bytes), Err(ZipError::Truncated { .. })));
    }

    #[test]
    fn a_member_never_gives_more_than_the_directory_says() {
        let zip = open(archive(&[("a", b"hello")])).unwrap();
        let mut m = zip.members[0].clone();
        m.size = 4;
        let e = io::copy(&mut zip.read(&m).unwrap(), &mut io::sink()).unwrap_err();
        assert!(e.to_string().contains("4 bytes"), "{e}");
    }

    #[test]
    fn members_that_share_their_bytes_are_read_once() {
        let mut bytes = archive(&[("a", &[7; 500]), ("b", b"x"), ("c", b"y")]);
        let names: Vec<usize> = (0..bytes.len() - 4).filter(|&i| bytes[i..i + 4] == CENTRAL).collect();
        bytes[names[1] + 42..names[1] + 46].fill(0);
        let zip = open(bytes).unwrap();
        let readable: Vec<bool> = zip.members.iter().map(|m| zip.read(m).is_ok()).collect();
        assert_eq!(readable, [true, false, true]);
    }

    #[test]
    fn a_wrong_checksum_is_an_error_after_the_bytes() {
        let zip = open(archive(&[("a", b"hello")])).unwrap();
        let mut m = zip.members[0].clone();
        m.crc ^= 1;
        let mut bytes = Vec::new();
        assert!(zip.read(&m).unwrap().read_to_end(&mut bytes).is_err());
        assert_eq!(bytes, b"hello");
    }

    #[test]
    fn every_cut_ends_in_an_error_or_fewer_members() {
        let whole = archive(&[("a", b"hello"), ("main_entry.txt", b"dumpstate.txt")]);
        for cut in 0..whole.len() {
            if let Ok(zip) = open(whole[..cut].to_vec()) {
                for m in &zip.members {
                    let _ = zip.read(m).map(|mut r| io::copy(&mut r, &mut io::sink()));
                }
            }
        }
    }
}
