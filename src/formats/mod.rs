//! Bytes to values. The only rooms that touch hostile bytes: every reader here is bounded by named
//! constants beside the format it reads, and nothing in it knows what a phone is.

pub mod bplist;
pub mod disk;
pub mod dumpstate;
pub mod dumpsys_appops;
pub mod dumpsys_package;
pub mod dumpsys_settings;
pub mod getprop;
pub mod glob;
pub mod keyed_archive;
pub mod lines;
pub mod mbfile;
pub mod plist;
pub mod ps;
mod read_at;
pub mod spool;
pub mod sqlite;
pub mod tombstone;
pub mod tombstone_pb;
pub mod typedstream;
pub mod zip;

pub use disk::DiskFile;
pub use read_at::{MemFile, ReadAt, Slice, Stream};

/// Bytes as lower-case hexadecimal digits, two each.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).collect()
}

/// The sixteen bytes of a UUID as it is written (RFC 9562).
pub(crate) fn uuid(bytes: [u8; 16]) -> String {
    let hex = hex(&bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Bytes as text; borrowed when they are UTF-8, which the standard library checks faster than it repairs.
pub(crate) fn lossy(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}
