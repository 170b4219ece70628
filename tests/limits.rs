//! `docs/limits.md`: every limit on what evidence and packs may cost, read out of the source, so that the table cannot
//! say anything else than the program does. `UPDATE=1 cargo test --test limits` rewrites it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use walkdir::WalkDir;

const PAGE: &str = "docs/limits.md";

/// Rooms whose code meets what others wrote, and what that is.
const ROOMS: [(&str, &str); 8] = [
    ("evidence", "Opening: what is looked into to find acquisitions"),
    ("formats", "Formats"),
    ("artifact", "Reading an artifact"),
    ("artifacts", "Single artifacts"),
    ("scan", "A scan"),
    ("matcher", "Matching"),
    ("packs", "Packs"),
    ("stix", "STIX patterns and bundles"),
];

/// A constant that limits something: its name, its value, and the comment above it.
struct Limit {
    file: String,
    name: String,
    value: String,
    about: String,
}

fn is_limit(name: &str) -> bool {
    let ends = ["_BUDGET", "_FREE", "_MAX", "_PER_BYTE", "_IN_MEMORY"];
    name.starts_with("MAX_") || name.starts_with("NODES_") || ends.iter().any(|e| name.ends_with(e))
}

/// The limits of one file.
fn limits(file: &str, source: &str) -> Vec<Limit> {
    let lines: Vec<&str> = source.lines().take_while(|l| *l != "#[cfg(test)]").collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let bare = ["pub ", "pub(super) ", "pub(crate) "].iter().find_map(|p| line.strip_prefix(p)).unwrap_or(line);
        let Some((name, rest)) = bare.strip_prefix("const ").and_then(|r| r.split_once(": ")) else { continue };
        if !is_limit(name) {
            continue;
        }
        let value = rest.split_once(" = ").expect("a value").1.trim_end_matches(';').to_owned();
        let above = lines[..at].iter().rev().take_while(|l| l.starts_with("///"));
        let mut about: Vec<&str> = above.map(|l| l.trim_start_matches('/').trim()).collect();
        about.reverse();
        found.push(Limit { file: file.to_owned(), name: name.to_owned(), value, about: about.join(" ") });
    }
    found
}

#[test]
fn every_limit_is_told() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut page = "# Limits\n\n\
        What evidence and packs may cost. An attacker chooses sizes, counts and depths; each has a limit here, and what lies beyond \
        one is said in the report, with what it costs the verdict. Work grows no faster than its input: `tests/work.rs` scans \
        every kind of input at two sizes. Generated from the constants of the source; `UPDATE=1 cargo test --test limits` \
        rewrites it.\n"
        .to_owned();
    let mut untold = Vec::new();
    for (room, title) in ROOMS {
        let mut found = Vec::new();
        let src = root.join("src");
        let in_room = |path: &Path| path.starts_with(src.join(room)) || path == src.join(format!("{room}.rs"));
        for entry in WalkDir::new(&src).sort_by_file_name() {
            let entry = entry.unwrap();
            let path = entry.path();
            let name = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
            if in_room(path) && name.ends_with(".rs") && !name.contains("test") && !name.ends_with("corpus.rs") {
                found.extend(limits(&name, &fs::read_to_string(path).unwrap()));
            }
        }
        assert!(!found.is_empty(), "{room}");
        write!(page, "\n## {title}\n\n| limit | value | of |\n|---|---|---|\n").unwrap();
        for limit in found {
            if limit.about.is_empty() {
                untold.push(format!("{}: {}", limit.file, limit.name));
            }
            let about = limit.about.replace("[`", "`").replace("`]", "`").replace('|', "\\|");
            writeln!(page, "| `{}` ({}) | `{}` | {about} |", limit.name, limit.file, limit.value).unwrap();
        }
    }
    assert!(untold.is_empty(), "without a comment:\n{}", untold.join("\n"));
    let at = root.join(PAGE);
    if std::env::var_os("UPDATE").is_some_and(|v| v == "1") {
        fs::write(at, page).unwrap();
    } else {
        assert!(fs::read_to_string(at).unwrap_or_default() == page, "{PAGE} is stale; run with UPDATE=1");
    }
}
