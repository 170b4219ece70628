//! What Android phones leave behind, one file per artifact.

pub mod appops;
#[cfg(test)]
mod corpus;
pub mod getprop;
pub mod packages;
pub mod processes;
pub mod settings;
pub mod tombstones;
