//! A text list by itself: one value per line. A file named like a list of the mvt-indicators layout (`domains.txt`)
//! says what its lines are; in any other, each line must show it.

use super::layout::{ListKind, PackFile, lines, load_list};
use super::library::{Full, Library, Owner};
use super::take::Written;
use crate::observable::{Kind, normalize_indicator};

/// Loads a list. `stem` names it.
pub fn load(library: &mut Library, owner: Owner, stem: &str, name: &str, text: &str) -> Result<(), Full> {
    let file = PackFile { name, text };
    if let Some(kind) = ListKind::of_file(name) {
        return load_list(library, owner, stem, &file, kind);
    }
    for (line, value) in lines(text).filter(|(_, v)| !v.starts_with('#')) {
        let id = format!("{stem}/{name}:{line}");
        let owner = owner.at_line(line);
        let written = match kind_of(value) {
            _ if name == "patterns.txt" || is_pattern(value) => Written::Pattern(value),
            Some(kind) => Written::Value(kind, value),
            None => {
                Written::Foreign(value, "it does not show what it is; name the file domains.txt, package_names.txt …")
            }
        };
        library.take(owner, &id, written)?;
    }
    Ok(())
}

/// True for what can only be a STIX pattern.
fn is_pattern(value: &str) -> bool {
    value.trim_start_matches('(').trim_start().starts_with('[') && value.contains(':')
}

/// What a value is, where it shows: an app id and a domain look alike, so names that read like one of the usual
/// reversed domains are app ids.
fn kind_of(value: &str) -> Option<Kind> {
    const REVERSED: [&str; 8] = ["com", "org", "net", "io", "android", "me", "app", "de"];
    let is = |kind: Kind| normalize_indicator(kind, value).is_ok();
    let hex = !value.is_empty() && value.bytes().all(|b| b.is_ascii_hexdigit());
    if hex {
        return match value.len() {
            32 => Some(Kind::Md5),
            40 => Some(Kind::Sha1),
            64 => Some(Kind::Sha256),
            _ => None,
        };
    }
    if value.contains("://") || value.starts_with("hxxp") {
        return Some(Kind::Url).filter(|k| is(*k));
    }
    if value.starts_with('/') {
        return Some(Kind::FilePath);
    }
    if value.contains('@') || value.contains("[at]") {
        return Some(Kind::Email).filter(|k| is(*k));
    }
    if is(Kind::Ip) {
        return Some(Kind::Ip);
    }
    let labels: Vec<&str> = value.split('.').collect();
    if labels.len() > 2 && REVERSED.contains(&labels[0]) && !value.contains('[') {
        return Some(Kind::AppId);
    }
    (labels.len() > 1 && is(Kind::Domain)).then_some(Kind::Domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_shows_what_it_is_or_is_refused() {
        let known = [
            ("bad.example", Kind::Domain),
            ("bad[.]example", Kind::Domain),
            ("http://bad.example/x", Kind::Url),
            ("192.0.2.1", Kind::Ip),
            ("2001:db8::1", Kind::Ip),
            ("a@bad.example", Kind::Email),
            ("com.bad.spy", Kind::AppId),
            ("/data/local/tmp/x", Kind::FilePath),
            ("d41d8cd98f00b204e9800998ecf8427e", Kind::Md5),
        ];
        for (value, kind) in known {
            assert_eq!(kind_of(value), Some(kind), "{value}");
        }
        for value in ["bh", "not a thing", "d41d8cd98f00b204e9800998ecf8427", ""] {
            assert_eq!(kind_of(value), None, "{value}");
        }
    }
}
