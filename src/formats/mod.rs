//! Bytes to values. The only rooms that touch hostile bytes: every reader here is bounded by named
//! constants beside the format it reads, and nothing in it knows what a phone is.

pub mod glob;
mod read_at;
pub mod spool;
pub mod zip;

pub use read_at::{DiskFile, MemFile, ReadAt, Slice, Stream};
