//! The list of artifacts for people, made of the declarations and nothing else.

use std::fmt::Write as _;

use crate::artifact::{Artifact, Place};
use crate::evidence::Kind;
use crate::record::{Privacy, Role};

/// A table for the terminal.
pub fn table() -> String {
    let width = super::ALL.iter().map(|a| a.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for kind in Kind::ALL {
        let _ = writeln!(out, "{} ({})", kind.title(), kind.as_str());
        for artifact in super::ALL.iter().filter(|a| a.sources_in(kind).next().is_some()) {
            let need = if artifact.required_in(kind) { "required" } else { "if there" };
            let _ = writeln!(out, "  {:width$}  {need:8}  {}", artifact.id, artifact.title);
        }
        out.push('\n');
    }
    out
}

/// `docs/artifacts.md`.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Artifacts\n\nGenerated from the declarations in `src/artifacts/`; `UPDATE=1 cargo test registry` rewrites it.\n\n\
         A verdict is complete only when every *required* artifact of the acquisition was read whole.\n\n",
    );
    for kind in Kind::ALL {
        let _ = writeln!(out, "## {}\n\n| artifact | what it is | |\n|---|---|---|", kind.title());
        for a in super::ALL.iter().filter(|a| a.sources_in(kind).next().is_some()) {
            let need = if a.required_in(kind) { "required" } else { "if there" };
            let anchor = a.id.replace('.', "");
            let _ = writeln!(out, "| [`{}`](#{anchor}) | {} | {need} |", a.id, a.title);
        }
        out.push('\n');
    }
    for a in super::ALL {
        one(a, &mut out);
    }
    out
}

fn one(a: &Artifact, out: &mut String) {
    let _ = writeln!(out, "## {}\n\n**{}.** {}\n", a.id, a.title, a.about.trim());
    let _ = writeln!(out, "Read from:\n");
    for s in a.sources {
        let place = match s.place {
            Place::File(f) => format!("`{f}`"),
            Place::Backup { domain, path } => format!("`{domain}` : `{path}`"),
            Place::Service(s) => format!("`dumpsys {s}`"),
            Place::Command(c) => format!("section `{c}` of the dumpstate"),
        };
        let need = if s.required { ", required" } else { "" };
        let _ = writeln!(out, "- {}: {place}{need}", s.kind.title());
    }
    if !a.mvt.is_empty() {
        let _ = writeln!(
            out,
            "\nAnswers to MVT's {}.",
            a.mvt.iter().map(|m| format!("`{m}`")).collect::<Vec<_>>().join(", ")
        );
    }
    let _ = writeln!(out, "\nIn rules: `{}:<field>`.\n", a.object_type());
    for shape in a.shapes {
        let _ = writeln!(
            out,
            "### `{}` ({})\n\n| field | roles | privacy | meaning |\n|---|---|---|---|",
            shape.name,
            shape.context.as_str()
        );
        for f in shape.fields {
            let roles: Vec<String> = f.roles.iter().map(|r| role_name(*r)).collect();
            let doc = f.doc.replace('|', "\\|");
            let _ = writeln!(
                out,
                "| `{}` | {} | {} | {doc} |",
                f.name,
                if roles.is_empty() { "opaque".to_owned() } else { roles.join(", ") },
                privacy_name(f.privacy)
            );
        }
        for e in shape.events {
            let _ = writeln!(out, "\nTimeline: `{}` at `{}` — {}", e.name, e.time.name, e.text);
        }
        out.push('\n');
    }
}

fn role_name(role: Role) -> String {
    let debug = format!("{role:?}");
    let mut out = String::new();
    for (i, c) in debug.char_indices() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push(' ');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn privacy_name(p: Privacy) -> &'static str {
    match p {
        Privacy::Public => "public",
        Privacy::Personal => "personal",
        Privacy::Content => "content",
        Privacy::DeviceId => "device id",
    }
}
