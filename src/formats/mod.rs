//! Bytes to values. The only rooms that touch hostile bytes: every reader here is bounded by named
//! constants beside the format it reads, and nothing in it knows what a phone is.

mod read_at;
pub mod sqlite;

pub use read_at::{MemFile, ReadAt, Slice};
