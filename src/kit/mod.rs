//! Work on packs: what a CI job that guards an indicator repository needs.

pub mod attempt;
pub mod build;
pub mod ci;
pub mod collection;
pub mod diff;
pub mod expect;
pub mod lint;
pub mod regress;
pub mod selftest;
pub mod show;
pub mod shown;
pub mod stats;
pub mod update;
