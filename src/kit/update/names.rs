//! Names of files, made from what an index says. The index is written by others, and the name ends up on a disk.

use std::collections::HashSet;

use crate::formats::hex;
use sha2::{Digest, Sha256};

/// Longest name without its extension.
const MAX_STEM: usize = 64;
/// Extensions under which `-i FOLDER` finds a bundle.
const EXTENSIONS: [&str; 3] = [".stix2", ".json", ".stix"];
/// Names that Windows gives to devices, whatever stands behind a dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A name that every system can hold, made of the last part of an address: letters, digits, `.`, `_` and `-`, with an
/// extension that `-i FOLDER` looks for.
#[must_use]
pub fn safe_name(hint: &str) -> String {
    let last = hint.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String =
        last.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let lower = plain.to_ascii_lowercase();
    let extension = EXTENSIONS.iter().find(|e| lower.ends_with(**e)).copied();
    let stem = extension.map_or(plain.as_str(), |e| &plain[..plain.len() - e.len()]);
    let cut: String = stem.trim_start_matches(['.', '_', '-']).chars().take(MAX_STEM).collect();
    let cut = cut.trim_end_matches(['.', '_', '-']);
    let stem = match cut {
        "" => "pack".to_owned(),
        device if is_device(device) => format!("pack-{device}"),
        good => good.to_owned(),
    };
    format!("{stem}{}", extension.unwrap_or(EXTENSIONS[0]))
}

fn is_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered =
        |p: &str| first.strip_prefix(p).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()));
    DEVICES.contains(&first.as_str()) || numbered("com") || numbered("lpt")
}

/// True for a name that [`safe_name`] could have made. A lock file is read with this: it names files to be replaced.
#[must_use]
pub fn is_safe(name: &str) -> bool {
    name.len() <= MAX_STEM + 32 && safe_name(name) == name
}

/// Gives out names, each once. Names that differ in case alone are one: some file systems see no difference.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// Nobody else gets this name.
    pub fn reserve(&mut self, name: &str) {
        self.taken.insert(name.to_ascii_lowercase());
    }

    /// A name for the pack `id`. Where the plain one is taken, a part of the hash of its id tells it apart: the same
    /// on every machine, whatever else is in the index.
    pub fn assign(&mut self, hint: &str, id: &str) -> String {
        let plain = safe_name(hint);
        let mut name = plain.clone();
        let mut digits = 4;
        while self.taken.contains(&name.to_ascii_lowercase()) && digits <= 16 {
            let hash = hex(&Sha256::digest(id)[..digits]);
            let (stem, extension) = plain.rsplit_once('.').unwrap_or((&plain, "stix2"));
            let stem: String = stem.chars().take(MAX_STEM - 33).collect();
            name = format!("{stem}-{hash}.{extension}");
            digits += 4;
        }
        self.reserve(&name);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_folder() {
        for (hint, name) in [
            ("pegasus.stix2", "pegasus.stix2"),
            ("2021-07-18_nso/pegasus.stix2", "pegasus.stix2"),
            ("a.STIX2", "a.stix2"),
            ("../../etc/passwd", "passwd.stix2"),
            ("..", "pack.stix2"),
            ("", "pack.stix2"),
            ("/", "pack.stix2"),
            ("..\\..\\autoexec.bat", "autoexec.bat.stix2"),
            ("C:evil.json", "C_evil.json"),
            ("-rf.json", "rf.json"),
            (".hidden.json", "hidden.json"),
            ("NUL.json", "pack-NUL.json"),
            ("com1.tar.json", "pack-com1.tar.json"),
            ("com10.json", "com10.json"),
            ("a\u{202e}b\0c\n.json", "a_b_c.json"),
            ("..%2f..%2fx.json", "2f.._2fx.json"),
            ("vigie-packs.lock", "vigie-packs.lock.stix2"),
            ("x. ", "x.stix2"),
        ] {
            let made = safe_name(hint);
            assert_eq!(made, name, "{hint:?}");
            assert!(is_safe(&made), "{made}");
        }
        let long = safe_name(&"x".repeat(5_000));
        assert_eq!(long.len(), MAX_STEM + 6);
        for bad in ["../x.stix2", "x", "a/b.stix2", "nul.stix2", "", ".", "x..stix2/"] {
            assert!(!is_safe(bad), "{bad}");
        }
    }

    #[test]
    fn equal_names_are_told_apart() {
        let mut names = Names::default();
        assert_eq!(names.assign("a/x.stix2", "one"), "x.stix2");
        let second = names.assign("b/X.stix2", "two");
        assert!(second.starts_with("X-") && is_safe(&second), "{second}");
        let mut again = Names::default();
        again.reserve("x.stix2");
        assert_eq!(again.assign("b/X.stix2", "two"), second);
        // A hostile index names what the first answer would be.
        let mut third = Names::default();
        third.reserve("x.stix2");
        third.reserve(&second);
        let other = third.assign("b/X.stix2", "two");
        assert!(other.len() > second.len() && is_safe(&other), "{other}");
    }
}
