//! Indicators: where they come from, what they match, and the commands for those who write them, as a person types them.

#[path = "../support/mod.rs"]
mod support;

mod kit;
mod lint;
mod patterns;
mod selftest;
mod sources;
mod world;
