//! One file per artifact. This list is checked in and sorted; `UPDATE=1 cargo test registry` rewrites it.

pub mod android;

use crate::artifact::Artifact;

/// Every artifact vigie can read, sorted by id.
pub static ALL: &[&Artifact] = &[
    &android::appops::ARTIFACT,
    &android::getprop::ARTIFACT,
    &android::packages::ARTIFACT,
    &android::processes::ARTIFACT,
    &android::settings::ARTIFACT,
    &android::tombstones::ARTIFACT,
];
