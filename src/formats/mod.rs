//! Bytes to values. The only rooms that touch hostile bytes: every reader here is bounded by named
//! constants beside the format it reads, and nothing in it knows what a phone is.

pub mod dumpstate;
pub mod dumpstate_facts;
pub mod dumpsys_appops;
pub mod dumpsys_package;
pub mod dumpsys_settings;
pub mod getprop;
pub mod lines;
pub mod ps;
mod read_at;
pub mod sqlite;
pub mod tombstone;
pub mod tombstone_pb;

pub use read_at::{MemFile, ReadAt, Slice};
