//! Input made to hurt: whatever an acquisition holds, a scan ends by itself, stays within its memory, writes nothing
//! but its report, and says what it could not read. See [`support::scan`] for what every single scan here is held to.

#[path = "../support/mod.rs"]
mod support;

mod databases;
mod dumps;
mod files;
mod phones;
mod plists;
mod zipfile;
mod zips;
