//! Work on packs: what a CI job that guards an indicator repository needs.

pub mod attempt;
pub mod ci;
pub mod build;
pub mod collection;
pub mod expect;
pub mod lint;
pub mod regress;
pub mod selftest;
pub mod update;
