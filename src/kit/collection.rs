//! `collection.yaml`, as those who build and check packs read it: every key may be missing, and each has a line.
//!
//! The layout is that of mvt-indicators; `class`, `malware`, `references` and `licence` are keys of ours, which other
//! readers pass over.

use jiff::civil::Date;
use serde::Deserialize;

use crate::finding::PackClass;

/// Name of the file.
pub const FILE_NAME: &str = "collection.yaml";

/// What a pack folder says of itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Collection {
    /// Stable name.
    #[serde(default)]
    pub id: Option<String>,
    /// For people.
    #[serde(default)]
    pub name: Option<String>,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// What kind of tool it speaks of.
    #[serde(default)]
    pub class: Option<PackClass>,
    /// Date of the facts; see [`Collection::created`].
    #[serde(default)]
    pub created: Option<String>,
    /// File name of the built bundle.
    #[serde(default)]
    pub output: Option<String>,
    /// The tool.
    #[serde(default)]
    pub malware: Option<Malware>,
    /// Where the facts are from.
    #[serde(default)]
    pub references: Vec<String>,
}

/// What a collection says of the tool.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Malware {
    /// Its name.
    pub name: String,
    /// Other names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Where to read more.
    #[serde(default)]
    pub references: Vec<String>,
}

/// Why a collection cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Wrong {
    /// Line, from 1; 0 where none is known.
    pub line: u64,
    /// What was expected and what was found.
    pub text: String,
}

impl Collection {
    /// Reads the text of a `collection.yaml`.
    ///
    /// # Errors
    /// It is no YAML, or a key has a value of another kind.
    pub fn read(text: &str) -> Result<Collection, Wrong> {
        serde_saphyr::from_str(text)
            .map_err(|e| Wrong { line: e.location().map_or(0, |l| l.line()), text: e.to_string() })
    }

    /// `created` as STIX writes it: a date (`2026-03-30`) begins at midnight UTC. `None` without the key.
    ///
    /// # Errors
    /// It is no date.
    pub fn created(&self, text: &str) -> Result<Option<String>, Wrong> {
        let Some(created) = self.created.as_deref() else { return Ok(None) };
        let stamp = match created.parse::<jiff::Timestamp>() {
            Ok(stamp) => Some(stamp),
            Err(_) => created
                .parse::<Date>()
                .ok()
                .and_then(|d| d.to_zoned(jiff::tz::TimeZone::UTC).ok())
                .map(|z| z.timestamp()),
        };
        match stamp {
            Some(stamp) => Ok(Some(format!("{stamp:.3}"))),
            None => Err(Wrong {
                line: line_of(text, "created"),
                text: format!("`created: {created}`: expected a date, like 2026-03-30 or 2026-03-30T00:00:00Z"),
            }),
        }
    }

    /// `output`, where it is the name of a file inside the folder. `None` without the key.
    ///
    /// # Errors
    /// It leads out of the folder.
    pub fn output(&self, text: &str) -> Result<Option<&str>, Wrong> {
        let Some(output) = self.output.as_deref() else { return Ok(None) };
        let inside = output.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if inside && !output.contains(['\\', ':']) {
            return Ok(Some(output));
        }
        Err(Wrong {
            line: line_of(text, "output"),
            text: format!("`output: {output}`: expected the name of a file inside the folder"),
        })
    }
}

/// The line of a key at the top of a YAML text; 0 where it is not.
pub fn line_of(text: &str, key: &str) -> u64 {
    let is_it = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'));
    text.lines().position(is_it).map_or(0, |at| at as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_file_names_are_checked() {
        let read = |text: &str| Collection::read(text).unwrap();
        let created = |text: &str| read(text).created(text);
        assert_eq!(created("id: a\ncreated: 2026-03-30\n").unwrap().as_deref(), Some("2026-03-30T00:00:00.000Z"));
        assert_eq!(created("created: 2026-03-30T01:02:03Z\n").unwrap().as_deref(), Some("2026-03-30T01:02:03.000Z"));
        assert_eq!(created("id: a\ncreated: soon\n").unwrap_err().line, 2);
        assert_eq!(created("id: a\n").unwrap(), None);
        for bad in ["../x.stix2", "/x", "a//b", "c:x", ""] {
            let text = format!("id: a\noutput: '{bad}'\n");
            assert_eq!(read(&text).output(&text).unwrap_err().line, 2, "{bad}");
        }
        let text = "output: x.stix2\n";
        assert_eq!(read(text).output(text).unwrap(), Some("x.stix2"));
    }
}
