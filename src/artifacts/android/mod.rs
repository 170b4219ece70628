//! The artifacts of Android acquisitions, one file each.

pub mod appops;
#[cfg(test)]
mod corpus;
pub mod getprop;
pub mod packages;
pub mod processes;
mod section;
pub mod settings;
#[cfg(test)]
mod testing;
pub mod tombstones;

use crate::artifact::Artifact;

/// Every Android artifact, sorted by id.
pub static ALL: &[&Artifact] = &[
    &appops::ARTIFACT,
    &getprop::ARTIFACT,
    &packages::ARTIFACT,
    &processes::ARTIFACT,
    &settings::ARTIFACT,
    &tombstones::ARTIFACT,
];

#[cfg(test)]
mod tests {
    #[test]
    fn sorted_and_sound() {
        assert!(super::ALL.is_sorted_by(|a, b| a.id < b.id));
        for artifact in super::ALL {
            assert!(artifact.id.starts_with("android."));
            super::testing::check(artifact);
        }
    }
}
