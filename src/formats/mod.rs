//! Bytes to values. The only rooms that touch hostile bytes: every reader here is bounded by named
//! constants beside the format it reads, and nothing in it knows what a phone is.

pub mod bplist;
pub mod keyed_archive;
pub mod mbfile;
pub mod plist;
mod read_at;
pub mod sqlite;
pub mod typedstream;

pub use read_at::{MemFile, ReadAt, Slice};
