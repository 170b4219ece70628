//! One file per artifact. The list is checked in and sorted; `UPDATE=1 cargo test registry` rewrites it.

pub mod android;
pub mod ios;
#[cfg(test)]
mod testing;

use crate::artifact::Artifact;

/// Every artifact vigie can read, sorted by id.
#[rustfmt::skip]
pub static ALL: &[&Artifact] = &[
    &android::appops::ARTIFACT,
    &android::getprop::ARTIFACT,
    &android::packages::ARTIFACT,
    &android::processes::ARTIFACT,
    &android::settings::ARTIFACT,
    &android::tombstones::ARTIFACT,
    &ios::backup_info::ARTIFACT,
    &ios::configuration_profiles::ARTIFACT,
    &ios::datausage::ARTIFACT,
    &ios::manifest::ARTIFACT,
    &ios::safari_history::ARTIFACT,
    &ios::sms::ARTIFACT,
    &ios::tcc::ARTIFACT,
    &ios::whatsapp::ARTIFACT,
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fmt::Write as _;
    use std::path::Path;

    use super::ALL;

    #[test]
    fn registry_is_the_folder() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/artifacts");
        let mut rows = String::new();
        for platform in ["android", "ios"] {
            let mut names: Vec<String> = std::fs::read_dir(root.join(platform))
                .unwrap()
                .map(|e| e.unwrap().file_name().into_string().unwrap())
                .filter_map(|n| n.strip_suffix(".rs").map(str::to_owned))
                .filter(|n| {
                    n != "mod"
                        && std::fs::read_to_string(root.join(platform).join(format!("{n}.rs")))
                            .unwrap()
                            .contains("pub static ARTIFACT")
                })
                .collect();
            names.sort();
            for n in names {
                writeln!(rows, "    &{platform}::{n}::ARTIFACT,").unwrap();
            }
        }
        let file = root.join("mod.rs");
        let text = std::fs::read_to_string(&file).unwrap();
        let (head, rest) = text.split_once("= &[\n").unwrap();
        let (_, tail) = rest.split_once("];\n").unwrap();
        let wanted = format!("{head}= &[\n{rows}];\n{tail}");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, wanted).unwrap();
        } else {
            assert!(text == wanted, "src/artifacts/mod.rs is stale: run UPDATE=1 cargo test registry");
        }
    }

    #[test]
    fn registry_declarations_hold_together() {
        let mut ids = HashSet::new();
        for a in ALL {
            assert!(ids.insert(a.id), "{} twice", a.id);
            assert!(a.id.starts_with("ios.") || a.id.starts_with("android."), "{}", a.id);
            assert!(!a.about.is_empty() && !a.sources.is_empty() && !a.shapes.is_empty());
            let mut shapes = HashSet::new();
            for s in a.shapes {
                assert!(shapes.insert(s.name), "{} {}", a.id, s.name);
                let mut fields = HashSet::new();
                for f in s.fields {
                    assert!(fields.insert(f.name), "{} {} {}", a.id, s.name, f.name);
                    assert!(!f.doc.is_empty(), "{} {} {}", a.id, s.name, f.name);
                }
                for e in s.events {
                    assert!(fields.contains(e.time.name), "{} {}: {} is no field", a.id, s.name, e.time.name);
                    for slot in e.text.split('{').skip(1) {
                        let name = slot.split('}').next().unwrap();
                        assert!(fields.contains(name), "{} {}: slot {name} is no field", a.id, s.name);
                    }
                }
            }
        }
        assert!(ALL.is_sorted_by(|a, b| a.id < b.id));
    }
}
