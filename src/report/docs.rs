//! The lists of artifacts and of reasons for people, made of the declarations and nothing else.

use std::fmt::Write as _;

use super::texts::{Lang, Texts};
use crate::artifact::{Artifact, Place};
use crate::artifacts::ALL;
use crate::evidence::{KINDS, Kind};
use crate::finding::{Code, Cost, Todo};
use crate::record::{Privacy, Role};

/// Whether a kind of acquisition must hold some place of an artifact.
fn required(artifact: &Artifact, kind: &Kind) -> bool {
    let always = |s: &crate::artifact::Source| kind.requires.iter().any(|m| m.place == s.place && m.with.is_none());
    artifact.sources.iter().any(always)
}

/// A table for the terminal.
pub fn table(texts: &Texts) -> String {
    let width = ALL.iter().map(|a| a.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for kind in KINDS {
        let _ = writeln!(out, "{} ({})", kind.title, kind.id);
        for artifact in ALL.iter().filter(|a| a.held_by(kind)) {
            let need = if required(artifact, kind) { "required" } else { "if there" };
            let _ = writeln!(out, "  {:width$}  {need:8}  {}", artifact.id, texts.artifact(artifact.id));
        }
        out.push('\n');
    }
    out
}

/// `docs/artifacts.md`.
pub fn artifacts() -> String {
    let texts = Texts::new(Lang::En);
    let mut out = String::from(
        "# Artifacts\n\nGenerated from the declarations in `src/artifacts/`; `UPDATE=1 cargo test registry` rewrites it.\n\n\
         A verdict is complete only when every *required* place is there, and when everything that is there was read \
         whole.\n\n",
    );
    for kind in KINDS {
        let _ = writeln!(out, "## {}\n\n| artifact | what it is | |\n|---|---|---|", kind.title);
        for a in ALL.iter().filter(|a| a.held_by(kind)) {
            let need = if required(a, kind) { "required" } else { "if there" };
            let anchor = a.id.replace('.', "");
            let _ = writeln!(out, "| [`{}`](#{anchor}) | {} | {need} |", a.id, texts.artifact(a.id));
        }
        out.push('\n');
    }
    for a in ALL {
        one(a, &texts, &mut out);
    }
    out
}

/// `docs/reasons.md`.
pub fn reasons() -> String {
    let texts = Texts::new(Lang::En);
    let mut out = String::from(
        "# Reasons\n\nEvery reason a verdict, a line of the coverage, an acquisition or a pack can give, by its code. \
         Generated from `src/finding/reason.rs`; `UPDATE=1 cargo test registry` rewrites it.\n\n\
         What it costs: *nothing*; a *field* of some records; *records*, so that the verdict is not complete; or the \
         *verdict*, because something it stands on was not read at all. A verdict is complete exactly when none of its \
         reasons costs records or the verdict.\n\n| code | it costs | what to do |\n|---|---|---|\n",
    );
    for code in Code::all() {
        let cost = match code.cost() {
            Cost::Nothing => "nothing",
            Cost::Field => "a field",
            Cost::Records => "records",
            Cost::Verdict => "the verdict",
        };
        let todo = match code.todo() {
            Todo::Nothing => String::new(),
            todo => texts.todo(todo, None),
        };
        let _ = writeln!(out, "| `{code}` | {cost} | {todo} |");
    }
    out
}

fn one(a: &Artifact, texts: &Texts, out: &mut String) {
    let _ = writeln!(out, "## {}\n\n**{}.** {}\n", a.id, texts.artifact(a.id), a.about.trim());
    let _ = writeln!(out, "Read from:\n");
    for s in a.sources {
        let place = match s.place {
            Place::Ios { domain, path } => format!("`{domain}` : `{path}`"),
            Place::Android(path) | Place::Own(path) => format!("`{path}`"),
            Place::Service(s) => format!("`dumpsys {s}`"),
            Place::Command(c) => format!("section `{c}` of the dumpstate"),
        };
        let _ = writeln!(out, "- {place}");
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn registry_docs_are_fresh() {
        for (name, wanted) in [("artifacts.md", super::artifacts()), ("reasons.md", super::reasons())] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&file, wanted).unwrap();
            } else {
                let text = std::fs::read_to_string(&file).unwrap_or_default();
                assert!(text == wanted, "docs/{name} is stale: run UPDATE=1 cargo test registry");
            }
        }
    }
}
