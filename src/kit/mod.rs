//! Work on packs: what a CI job that guards an indicator repository needs.

pub mod collection;
pub mod lint;
