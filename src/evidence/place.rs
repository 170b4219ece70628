//! Where traces lie on a phone, whatever it was acquired with.

use crate::formats::glob;

/// A place on a phone. No kind of evidence is named here: each kind says which places it can hold, and finds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// A file of an iPhone, in the words of a backup: domain and path relative to it. `*` in the domain stands for any
    /// run of characters; in the path, for any run without `/`.
    Ios {
        /// `HomeDomain`, `AppDomain-…`.
        domain: &'static str,
        /// Path relative to the domain.
        path: &'static str,
    },
    /// A file of an Android phone by its absolute path; `*` stands for any run of characters without `/`.
    Android(&'static str),
    /// What `dumpsys` prints of a service: a section of a dumpstate.
    Service(&'static str),
    /// What a command of a dumpstate prints, by the beginning of its title.
    Command(&'static str),
    /// A file that only one kind of acquisition writes, by its name in it: `Manifest.db`.
    Own(&'static str),
}

impl Place {
    /// Whether a file of a backup lies at this place.
    pub fn is_ios(&self, in_domain: &str, at: &str) -> bool {
        match self {
            Place::Ios { domain, path } => {
                glob::matches(domain, in_domain, None) && glob::matches(path, at, Some(b'/'))
            }
            _ => false,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Ios { domain, path } => write!(f, "{domain}/{path}"),
            Place::Android(path) | Place::Own(path) => f.write_str(path),
            Place::Service(name) => write!(f, "dumpsys {name}"),
            Place::Command(title) => f.write_str(title),
        }
    }
}

/// A place that every whole acquisition of a kind holds, whatever its owner installed or did: without it, "nothing found"
/// cannot be said. A database of an app is never such a place.
#[derive(Debug, Clone, Copy)]
pub struct Must {
    /// The place.
    pub place: Place,
    /// First version of the system that writes it.
    pub since: Option<u32>,
    /// Last version that does.
    pub until: Option<u32>,
    /// Asked only where this other place is there: a profile's history goes with a main one.
    pub with: Option<Place>,
}

impl Must {
    /// A place of every version.
    pub const fn always(place: Place) -> Must {
        Must { place, since: None, until: None, with: None }
    }

    /// The same, from a version of the system on.
    pub const fn since(mut self, major: u32) -> Must {
        self.since = Some(major);
        self
    }

    /// The same, only beside another place.
    pub const fn with(mut self, other: Place) -> Must {
        self.with = Some(other);
        self
    }

    /// Whether a system of this version writes it. A version that nobody knows is taken for one that does.
    pub fn holds_for(&self, major: Option<u32>) -> bool {
        let Some(major) = major else { return true };
        self.since.is_none_or(|first| major >= first) && self.until.is_none_or(|last| major <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_version_is_asked_for_everything() {
        let must = Must { until: Some(9), ..Must::always(Place::Own("a")).since(6) };
        let held: Vec<bool> = [Some(5), Some(6), Some(9), Some(10), None].map(|v| must.holds_for(v)).into();
        assert_eq!(held, [false, true, true, false, true]);
    }

    #[test]
    fn files_of_a_backup_are_matched_by_domain_and_path() {
        let place = Place::Ios { domain: "AppDomain-*", path: "Library/*.db" };
        assert!(place.is_ios("AppDomain-com.a", "Library/x.db"));
        assert!(!place.is_ios("AppDomain-com.a", "Library/y/x.db"));
        assert!(!place.is_ios("HomeDomain", "Library/x.db"));
        assert!(!Place::Own("x").is_ios("HomeDomain", "x"));
    }
}
