//! The packs that are compiled in: folder, file, text. Checked in and sorted; `UPDATE=1 cargo test builtin` rewrites it.

/// Every file of every built-in pack.
#[rustfmt::skip]
pub static FILES: &[(&str, &str, &str)] = &[
    ("android_campaign", "android_properties.txt", include_str!("../../indicators/android_campaign/android_properties.txt")),
    ("android_campaign", "collection.yaml", include_str!("../../indicators/android_campaign/collection.yaml")),
    ("android_campaign", "file_paths.txt", include_str!("../../indicators/android_campaign/file_paths.txt")),
    ("coruna", "collection.yaml", include_str!("../../indicators/coruna/collection.yaml")),
    ("coruna", "file_names.txt", include_str!("../../indicators/coruna/file_names.txt")),
    ("coruna", "file_paths.txt", include_str!("../../indicators/coruna/file_paths.txt")),
    ("darksword", "collection.yaml", include_str!("../../indicators/darksword/collection.yaml")),
    ("darksword", "domains.txt", include_str!("../../indicators/darksword/domains.txt")),
    ("darksword", "file_names.txt", include_str!("../../indicators/darksword/file_names.txt")),
    ("darksword", "file_paths.txt", include_str!("../../indicators/darksword/file_paths.txt")),
    ("darksword", "ip-addresses.txt", include_str!("../../indicators/darksword/ip-addresses.txt")),
    ("darksword", "sha256.txt", include_str!("../../indicators/darksword/sha256.txt")),
    ("eaglemsgspy", "collection.yaml", include_str!("../../indicators/eaglemsgspy/collection.yaml")),
    ("eaglemsgspy", "domains.txt", include_str!("../../indicators/eaglemsgspy/domains.txt")),
    ("eaglemsgspy", "ip-addresses.txt", include_str!("../../indicators/eaglemsgspy/ip-addresses.txt")),
    ("eaglemsgspy", "sha256.txt", include_str!("../../indicators/eaglemsgspy/sha256.txt")),
    ("heuristics_android", "collection.yaml", include_str!("../../indicators/heuristics_android/collection.yaml")),
    ("heuristics_android", "rules.toml", include_str!("../../indicators/heuristics_android/rules.toml")),
    ("heuristics_ios", "collection.yaml", include_str!("../../indicators/heuristics_ios/collection.yaml")),
    ("heuristics_ios", "rules.toml", include_str!("../../indicators/heuristics_ios/rules.toml")),
    ("it_assistenza_clienti", "collection.yaml", include_str!("../../indicators/it_assistenza_clienti/collection.yaml")),
    ("it_assistenza_clienti", "domains.txt", include_str!("../../indicators/it_assistenza_clienti/domains.txt")),
    ("it_assistenza_clienti", "ip-addresses.txt", include_str!("../../indicators/it_assistenza_clienti/ip-addresses.txt")),
    ("it_assistenza_clienti", "package_names.txt", include_str!("../../indicators/it_assistenza_clienti/package_names.txt")),
    ("morpheus", "collection.yaml", include_str!("../../indicators/morpheus/collection.yaml")),
    ("morpheus", "domains.txt", include_str!("../../indicators/morpheus/domains.txt")),
    ("morpheus", "ip-addresses.txt", include_str!("../../indicators/morpheus/ip-addresses.txt")),
    ("morpheus", "package_names.txt", include_str!("../../indicators/morpheus/package_names.txt")),
    ("novispy", "collection.yaml", include_str!("../../indicators/novispy/collection.yaml")),
    ("novispy", "ip-addresses.txt", include_str!("../../indicators/novispy/ip-addresses.txt")),
    ("novispy", "package_cert_hashes.txt", include_str!("../../indicators/novispy/package_cert_hashes.txt")),
    ("novispy", "package_names.txt", include_str!("../../indicators/novispy/package_names.txt")),
    ("novispy", "sha256.txt", include_str!("../../indicators/novispy/sha256.txt")),
    ("pegasus", "collection.yaml", include_str!("../../indicators/pegasus/collection.yaml")),
    ("pegasus", "emails.txt", include_str!("../../indicators/pegasus/emails.txt")),
    ("pegasus", "file_names.txt", include_str!("../../indicators/pegasus/file_names.txt")),
    ("pegasus", "file_paths.txt", include_str!("../../indicators/pegasus/file_paths.txt")),
    ("pegasus", "patterns.txt", include_str!("../../indicators/pegasus/patterns.txt")),
    ("pegasus", "processes.txt", include_str!("../../indicators/pegasus/processes.txt")),
    ("physical_access", "collection.yaml", include_str!("../../indicators/physical_access/collection.yaml")),
    ("physical_access", "package_names.txt", include_str!("../../indicators/physical_access/package_names.txt")),
    ("physical_access", "patterns.txt", include_str!("../../indicators/physical_access/patterns.txt")),
    ("predator", "collection.yaml", include_str!("../../indicators/predator/collection.yaml")),
    ("predator", "config_profiles.txt", include_str!("../../indicators/predator/config_profiles.txt")),
    ("predator", "file_paths.txt", include_str!("../../indicators/predator/file_paths.txt")),
    ("quadream", "collection.yaml", include_str!("../../indicators/quadream/collection.yaml")),
    ("quadream", "file_paths.txt", include_str!("../../indicators/quadream/file_paths.txt")),
    ("quadream", "processes.txt", include_str!("../../indicators/quadream/processes.txt")),
    ("rcs_lab", "collection.yaml", include_str!("../../indicators/rcs_lab/collection.yaml")),
    ("rcs_lab", "domains.txt", include_str!("../../indicators/rcs_lab/domains.txt")),
    ("rcs_lab", "package_names.txt", include_str!("../../indicators/rcs_lab/package_names.txt")),
    ("rcs_lab", "sha256.txt", include_str!("../../indicators/rcs_lab/sha256.txt")),
    ("residentbat", "collection.yaml", include_str!("../../indicators/residentbat/collection.yaml")),
    ("residentbat", "ip-addresses.txt", include_str!("../../indicators/residentbat/ip-addresses.txt")),
    ("residentbat", "package_cert_hashes.txt", include_str!("../../indicators/residentbat/package_cert_hashes.txt")),
    ("residentbat", "package_names.txt", include_str!("../../indicators/residentbat/package_names.txt")),
    ("residentbat", "sha256.txt", include_str!("../../indicators/residentbat/sha256.txt")),
    ("rooting", "collection.yaml", include_str!("../../indicators/rooting/collection.yaml")),
    ("rooting", "rules.toml", include_str!("../../indicators/rooting/rules.toml")),
    ("spyrtacus", "collection.yaml", include_str!("../../indicators/spyrtacus/collection.yaml")),
    ("spyrtacus", "domains.txt", include_str!("../../indicators/spyrtacus/domains.txt")),
    ("spyrtacus", "ip-addresses.txt", include_str!("../../indicators/spyrtacus/ip-addresses.txt")),
    ("spyrtacus", "package_names.txt", include_str!("../../indicators/spyrtacus/package_names.txt")),
    ("triangulation", "collection.yaml", include_str!("../../indicators/triangulation/collection.yaml")),
    ("triangulation", "domains.txt", include_str!("../../indicators/triangulation/domains.txt")),
    ("triangulation", "emails.txt", include_str!("../../indicators/triangulation/emails.txt")),
    ("triangulation", "processes.txt", include_str!("../../indicators/triangulation/processes.txt")),
    ("wyrmspy_dragonegg", "collection.yaml", include_str!("../../indicators/wyrmspy_dragonegg/collection.yaml")),
    ("wyrmspy_dragonegg", "domains.txt", include_str!("../../indicators/wyrmspy_dragonegg/domains.txt")),
    ("wyrmspy_dragonegg", "ip-addresses.txt", include_str!("../../indicators/wyrmspy_dragonegg/ip-addresses.txt")),
    ("wyrmspy_dragonegg", "package_names.txt", include_str!("../../indicators/wyrmspy_dragonegg/package_names.txt")),
    ("wyrmspy_dragonegg", "sha256.txt", include_str!("../../indicators/wyrmspy_dragonegg/sha256.txt")),
];

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;

    #[test]
    fn builtin_list_is_the_folder() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut rows = String::new();
        let sorted = |p: &Path| {
            let mut v: Vec<_> = std::fs::read_dir(p).unwrap().map(|e| e.unwrap().path()).collect();
            v.sort();
            v
        };
        for folder in sorted(&root.join("indicators")) {
            if !folder.join("collection.yaml").is_file() {
                continue;
            }
            let dir = folder.file_name().unwrap().to_str().unwrap();
            for file in sorted(&folder) {
                let name = file.file_name().unwrap().to_str().unwrap();
                if !name.ends_with(".ftl") {
                    let path = format!("../../indicators/{dir}/{name}");
                    writeln!(rows, "    (\"{dir}\", \"{name}\", include_str!(\"{path}\")),").unwrap();
                }
            }
        }
        let source = root.join("src/packs/builtin.rs");
        let text = std::fs::read_to_string(&source).unwrap();
        let (head, rest) = text.split_once("= &[\n").unwrap();
        let (_, tail) = rest.split_once("];\n").unwrap();
        let wanted = format!("{head}= &[\n{rows}];\n{tail}");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&source, wanted).unwrap();
        } else {
            assert!(text == wanted, "src/packs/builtin.rs is stale: run UPDATE=1 cargo test builtin");
        }
    }
}
