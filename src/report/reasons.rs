//! Every code a [`Reason`](crate::finding::Reason) may carry. Each has a sentence in every language, under
//! `reason-<code>` in `text/<lang>.ftl`; tests see to both, and to that no other code is written anywhere.

/// All codes, sorted.
pub const REASON_CODES: &[&str] = &[
    "age-encrypted",
    "blob-damaged",
    "body-damaged",
    "bundle-damaged",
    "column-missing",
    "components-limit",
    "date-unreadable",
    "deleted-process-unsure",
    "device",
    "dumpstate-damaged",
    "dumpstate-missing",
    "duplicate-member",
    "empty-dumpstate",
    "empty-file",
    "encrypted-backup",
    "endpoints-limit",
    "entries-limit",
    "evidence",
    "families-limit",
    "file-missing",
    "file-unlisted",
    "files-missing",
    "findings",
    "format",
    "frames-limit",
    "innocent-twin",
    "internal-error",
    "io",
    "limit",
    "line-cut",
    "lines-not-understood",
    "locked",
    "main-entry-dangling",
    "manifest-damaged",
    "manifest-empty",
    "manifest-unreadable",
    "members-unlisted",
    "metadata-damaged",
    "nested-archive",
    "no-dumpstate",
    "no-indicators",
    "not-an-acquisition",
    "not-stix",
    "object-damaged",
    "old-backup",
    "pack-file",
    "pack-missing",
    "patch-level-unreadable",
    "pattern-part",
    "pattern-undecided",
    "permissions-limit",
    "platform-unknown",
    "plist-damaged",
    "problems-limit",
    "property-ignored",
    "protobuf-unreadable",
    "required-absent",
    "required-failed",
    "required-locked",
    "required-missing",
    "required-partial",
    "section-failed",
    "section-missing",
    "section-timeout",
    "sqlite",
    "sqlite-damage",
    "superseded",
    "suppressed",
    "text-unreadable",
    "tombstones-limit",
    "truncated",
    "truncated-zip",
    "unencrypted-backup",
    "unreadable",
    "url-missing",
    "value-assumed",
    "wal-missing",
    "wal-short",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use regex::Regex;

    use super::*;
    use crate::report::golden::tree;
    use crate::report::texts::{Lang, Texts};

    /// Where codes are written: in calls that make a reason, in its literal, and in functions that choose one.
    const WRITTEN: [&str; 7] = [
        r#"\b(?:note|problem|reason)\(\s*"([a-z][a-z0-9-]*)""#,
        r#"\blost\([^,;]*,\s*"([a-z][a-z0-9-]*)""#,
        r#"\binvalid\(\s*\w+,\s*"[a-z-]+",\s*"([a-z][a-z0-9-]*)""#,
        r#"\bcode:\s*"([a-z][a-z0-9-]*)""#,
        r#"ParseError::\w+(?:\([^)]*\)+| \{ \.\. \}) => "([a-z][a-z0-9-]*)""#,
        r#"=> "(required-[a-z-]+)""#,
        r#"return Some\("(section-[a-z-]+)"\)"#,
    ];

    fn sources(folder: &Path, found: &mut String) {
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                // Work on packs has codes of its own: nothing of it is in a report.
                if !path.ends_with("kit") {
                    sources(&path, found);
                }
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy();
            let tests = ["tests.rs", "samples.rs", "reasons.rs"].iter().any(|end| name.ends_with(end));
            if name.ends_with(".rs") && !tests {
                found.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_code_that_is_written_is_listed() {
        let mut text = String::new();
        sources(&tree("src"), &mut text);
        let mut seen = BTreeSet::new();
        for pattern in WRITTEN {
            let found: Vec<_> = Regex::new(pattern).unwrap().captures_iter(&text).map(|c| c[1].to_owned()).collect();
            seen.extend(found);
        }
        assert!(seen.contains("unencrypted-backup") && seen.contains("limit"), "the patterns find nothing: {seen:?}");
        let missing: Vec<_> = seen.iter().filter(|c| !REASON_CODES.contains(&c.as_str())).collect();
        assert!(missing.is_empty(), "add to REASON_CODES and, as reason-<code>, to text/*.ftl: {missing:?}");
        let dead: Vec<_> = REASON_CODES.iter().filter(|c| !text.contains(&format!("\"{c}\""))).collect();
        assert!(dead.is_empty(), "nothing writes these codes: {dead:?}");
        assert!(REASON_CODES.is_sorted());
    }

    #[test]
    fn every_code_has_a_sentence_in_every_language() {
        for lang in Lang::ALL {
            let texts = Texts::new(lang);
            for code in REASON_CODES {
                let told = texts.has_own_ui(&format!("reason-{code}"));
                assert!(told, "{} has no reason-{code}", lang.as_str());
            }
        }
    }
}
