//! One file per artifact. This list is checked in and sorted; `UPDATE=1 cargo test registry` rewrites it.

use crate::artifact::Artifact;

pub mod ios;
#[cfg(test)]
pub(crate) mod testing;

/// Every artifact vigie can read, sorted by id.
pub static ALL: &[&Artifact] = &[
    &ios::backup_info::ARTIFACT,
    &ios::configuration_profiles::ARTIFACT,
    &ios::datausage::ARTIFACT,
    &ios::manifest::ARTIFACT,
    &ios::safari_history::ARTIFACT,
    &ios::sms::ARTIFACT,
    &ios::tcc::ARTIFACT,
    &ios::whatsapp::ARTIFACT,
];
