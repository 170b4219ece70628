//! What kind of tool a name stands for. Public packs do not say it in a field of their own.

use crate::finding::PackClass;

/// Names as packs write them, letters and digits only, in lower case.
const FAMILIES: [(&str, PackClass); 24] = [
    ("candiru", PackClass::Mercenary),
    ("cellebrite", PackClass::Extraction),
    ("coruna", PackClass::Mercenary),
    ("darksword", PackClass::Mercenary),
    ("eaglemsgspy", PackClass::Mercenary),
    ("graphite", PackClass::Mercenary),
    ("hermit", PackClass::Mercenary),
    ("kingspawn", PackClass::Mercenary),
    ("mercenaryspywarecampaign", PackClass::Mercenary),
    ("morpheus", PackClass::Mercenary),
    ("novispy", PackClass::Mercenary),
    ("novispyaccess", PackClass::Mercenary),
    ("novispyadmin", PackClass::Mercenary),
    ("operationtriangulation", PackClass::Mercenary),
    ("paragon", PackClass::Mercenary),
    ("pegasus", PackClass::Mercenary),
    ("predator", PackClass::Mercenary),
    ("rcslab", PackClass::Mercenary),
    ("reign", PackClass::Mercenary),
    ("residentbat", PackClass::Mercenary),
    ("spyrtacus", PackClass::Mercenary),
    ("triangulation", PackClass::Mercenary),
    ("wintegohelios", PackClass::Mercenary),
    ("wyrmspydragonegg", PackClass::Mercenary),
];

/// The class of a family by its name; `Other` when it is not known.
pub fn of_family(name: &str) -> PackClass {
    let key: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    FAMILIES.binary_search_by_key(&key.as_str(), |(n, _)| n).map_or(PackClass::Other, |at| FAMILIES[at].1)
}

/// The class a pack's own name tells.
pub fn of_pack(name: &str) -> PackClass {
    let lower = name.to_ascii_lowercase();
    if lower.contains("stalkerware") {
        PackClass::Stalkerware
    } else if lower.contains("watchware") {
        PackClass::Watchware
    } else {
        PackClass::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_spelling() {
        assert!(FAMILIES.is_sorted_by_key(|(n, _)| *n));
        assert_eq!(of_family("WyrmSpy_DragonEgg"), PackClass::Mercenary);
        assert_eq!(of_family("Cellebrite"), PackClass::Extraction);
        assert_eq!(of_family("something"), PackClass::Other);
        assert_eq!(of_pack("echap_stalkerware"), PackClass::Stalkerware);
    }
}
