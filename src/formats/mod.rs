//! Bytes to values. The only rooms that touch hostile bytes: every reader here is bounded by named
//! constants beside the format it reads, and nothing in it knows what a phone is.

pub mod bplist;
pub mod dumpstate;
pub mod dumpstate_facts;
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

pub use read_at::{DiskFile, MemFile, ReadAt, Slice, Stream};

/// Bytes as text; borrowed when they are UTF-8, which the standard library checks faster than it repairs.
pub(crate) fn lossy(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}
