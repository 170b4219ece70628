//! Work on packs: what a CI job that guards an indicator repository needs.

pub mod attempt;
pub mod ci;
pub mod expect;
pub mod regress;
pub mod selftest;
pub mod update;
