//! `docs/lint.md`, made of the table of rules and nothing else.

use std::fmt::Write as _;

use super::rules::{self, FILE_RULES, LintRule, MVT_RULES, VALUE_RULES};

const HEAD: &str = "# Lint rules

Generated from `src/kit/lint/rules_*.rs`; `UPDATE=1 cargo test lint_docs` rewrites it.

`vigie packs lint PATH…` says where a pack looks for nothing, or for what every phone shows. An *error* ends with exit
code 4 and so fails a CI job; a *warning* does with `--strict`; an *info* never does. `vigie packs lint --explain ID`
prints a page of this text.

Whoever knows better waives a defect in `lint-waivers.toml` beside the path, or in the file that `--waivers` names:

```toml
[[waive]]
rule = \"duplicate-attribution\"
value = \"evil.com\"               # or file = \"path\", or id = \"indicator--…\"; several must all fit
reason = \"both families used this server\"
expires = \"2027-06-30\"           # the last day on which it holds
```

A waiver without a reason or an end, past its end, or without anything to hide is itself a defect.
";

/// The whole page.
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    let groups: [(&str, &[&LintRule]); 3] = [
        ("Indicators", VALUE_RULES),
        ("Files and folders", FILE_RULES),
        ("With `--target mvt`: what MVT 2026.10 cannot load or match", MVT_RULES),
    ];
    for (title, rules) in groups {
        let _ = writeln!(out, "\n## {title}\n\n| rule | | |\n|---|---|---|");
        for r in rules {
            let _ = writeln!(out, "| [`{}`](#{}) | {} | {} |", r.id, r.id, r.severity.as_str(), r.title);
        }
    }
    for rule in rules::all() {
        out.push('\n');
        out.push_str(&page(rule));
    }
    out
}

/// The page of one rule.
pub fn page(r: &LintRule) -> String {
    format!(
        "## {}\n\n**{}.** ({})\n\n{}\n\nExample: `{}`\n\nRepair: {}\n",
        r.id,
        r.title,
        r.severity.as_str(),
        r.about,
        r.example,
        r.repair
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn lint_docs_are_fresh() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lint.md");
        let wanted = super::markdown();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, wanted).unwrap();
        } else {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(text == wanted, "docs/lint.md is stale: run UPDATE=1 cargo test lint_docs");
        }
    }
}
