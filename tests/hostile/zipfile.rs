//! Writes zip archives as nobody should: every number in them can lie.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// One member, and the lies told about it.
#[derive(Clone)]
pub struct Member {
    name: Vec<u8>,
    packed: Vec<u8>,
    size: u64,
    crc: u32,
    /// General purpose flags; bit 0 says "encrypted".
    pub flags: u16,
    /// Compression method.
    pub method: u16,
    /// Lies at the same place as this earlier member.
    pub same_as: Option<usize>,
    /// Claimed sizes, packed and inflated, where they are not the true ones.
    pub claims: Option<(u32, u32)>,
    /// Extra field of the directory.
    pub extra: Vec<u8>,
}

impl Member {
    /// An honest member.
    pub fn new(name: impl AsRef<[u8]>, body: &[u8]) -> Member {
        let mut crc = flate2::Crc::new();
        crc.update(body);
        let mut z = DeflateEncoder::new(Vec::new(), Compression::default());
        z.write_all(body).unwrap();
        Member { crc: crc.sum(), ..Member::packed(name, z.finish().unwrap(), body.len() as u64) }
    }

    /// A member of so many zero bytes, made without holding them.
    pub fn zeros(name: &str, size: u64) -> Member {
        let chunk = vec![0; 1 << 20];
        let mut crc = flate2::Crc::new();
        let mut z = DeflateEncoder::new(Vec::new(), Compression::default());
        let mut left = size;
        while left > 0 {
            let n = left.min(chunk.len() as u64) as usize;
            z.write_all(&chunk[..n]).unwrap();
            crc.update(&chunk[..n]);
            left -= n as u64;
        }
        Member { crc: crc.sum(), ..Member::packed(name, z.finish().unwrap(), size) }
    }

    fn packed(name: impl AsRef<[u8]>, packed: Vec<u8>, size: u64) -> Member {
        let name = name.as_ref().to_vec();
        let (crc, flags, method, same_as, claims, extra) = (0, 0, 8, None, None, Vec::new());
        Member { name, packed, size, crc, flags, method, same_as, claims, extra }
    }

    fn common(&self) -> Vec<u8> {
        let (packed, size) = self.claims.unwrap_or((self.packed.len() as u32, self.size as u32));
        let mut out = vec![20, 0];
        out.extend(self.flags.to_le_bytes());
        out.extend(self.method.to_le_bytes());
        out.extend([0, 0, 0x21, 0]);
        out.extend(self.crc.to_le_bytes());
        out.extend(packed.to_le_bytes());
        out.extend(size.to_le_bytes());
        out.extend((self.name.len() as u16).to_le_bytes());
        out
    }
}

/// An archive, with a count and a size of directory that may lie.
#[derive(Default)]
pub struct Archive {
    /// Members in order.
    pub members: Vec<Member>,
    /// Members the end record claims beyond the true ones.
    pub more: i32,
    /// Bytes of directory the end record claims beyond the true ones.
    pub longer: i64,
    /// Adds a 64-bit end record with these numbers: count, size of the directory, its offset.
    pub end64: Option<(u64, u64, u64)>,
}

impl Archive {
    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut directory = Vec::new();
        let mut places: Vec<u32> = Vec::new();
        for m in &self.members {
            let place = match m.same_as {
                Some(i) => places[i],
                None => {
                    let place = out.len() as u32;
                    out.extend(b"PK\x03\x04");
                    out.extend(m.common());
                    out.extend([0, 0]);
                    out.extend(&m.name);
                    out.extend(&m.packed);
                    place
                }
            };
            places.push(place);
            directory.extend(b"PK\x01\x02\x14\x00");
            directory.extend(m.common());
            directory.extend((m.extra.len() as u16).to_le_bytes());
            directory.extend([0; 10]);
            directory.extend(place.to_le_bytes());
            directory.extend(&m.name);
            directory.extend(&m.extra);
        }
        let offset = out.len() as u32;
        let size = (directory.len() as i64 + self.longer) as u32;
        out.extend(&directory);
        let mut count = (self.members.len() as i32 + self.more) as u16;
        if let Some((count64, size64, offset64)) = self.end64 {
            let place = out.len() as u64;
            out.extend(b"PK\x06\x06");
            out.extend(44u64.to_le_bytes());
            out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for n in [count64, count64, size64, offset64] {
                out.extend(n.to_le_bytes());
            }
            out.extend(b"PK\x06\x07\x00\x00\x00\x00");
            out.extend(place.to_le_bytes());
            out.extend(1u32.to_le_bytes());
            count = 0xffff;
        }
        out.extend(b"PK\x05\x06\x00\x00\x00\x00");
        out.extend(count.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(size.to_le_bytes());
        out.extend(offset.to_le_bytes());
        out.extend([0, 0]);
        out
    }
}
