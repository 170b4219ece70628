//! The texts that lie beside the indicators. Checked in and sorted; `UPDATE=1 cargo test text_list` rewrites it.

/// Folder, English, French.
#[rustfmt::skip]
pub const INDICATOR_TEXTS: &[(&str, &str, &str)] = &[
    // begin
    ("heuristics_android", include_str!("../../indicators/heuristics_android/en.ftl"), include_str!("../../indicators/heuristics_android/fr.ftl")),
    ("heuristics_ios", include_str!("../../indicators/heuristics_ios/en.ftl"), include_str!("../../indicators/heuristics_ios/fr.ftl")),
    ("rooting", include_str!("../../indicators/rooting/en.ftl"), include_str!("../../indicators/rooting/fr.ftl")),
    ("texts", include_str!("../../indicators/texts/en.ftl"), include_str!("../../indicators/texts/fr.ftl")),
    // end
];

#[cfg(test)]
mod tests {
    use crate::report::golden::{assert_fresh, tree};

    #[test]
    fn text_list_is_fresh() {
        let mut folders: Vec<String> = Vec::new();
        for entry in std::fs::read_dir(tree("indicators")).unwrap() {
            let path = entry.unwrap().path();
            let has = |lang: &str| path.join(lang).is_file();
            if has("en.ftl") || has("fr.ftl") {
                assert!(has("en.ftl") && has("fr.ftl"), "{}: a text in one language only", path.display());
                folders.push(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
        folders.sort();
        let mut table = String::new();
        for folder in &folders {
            let include = |lang: &str| format!("include_str!(\"../../indicators/{folder}/{lang}.ftl\")");
            table.push_str(&format!("    (\"{folder}\", {}, {}),\n", include("en"), include("fr")));
        }
        let this = std::fs::read_to_string(tree("src/report/text_list.rs")).unwrap();
        let (head, rest) = this.split_once("    // begin\n").unwrap();
        let (_, tail) = rest.split_once("    // end\n").unwrap();
        assert_fresh("src/report/text_list.rs", &format!("{head}    // begin\n{table}    // end\n{tail}"));
    }
}
