//! Names and paths of files.

use crate::kit::lint::Out;
use crate::kit::lint::item::{Item, Value};
use crate::kit::lint::lists::names;
use crate::kit::lint::rules::values::{
    FILE_NAME_GENERIC, FILE_NAME_WITH_PATH, MASQUERADE, PATH_RELATIVE, PATH_TOO_BROAD,
};
use crate::observable::Kind;

/// Looks at one file name.
pub fn name(item: &Item<'_>, value: &Value<'_>, out: &mut Out) {
    let raw = value.raw.trim();
    if raw.contains('/') {
        let told = format!("`{raw}` is a path; a file name is what follows its last slash");
        out.item(&FILE_NAME_WITH_PATH, item, &value.raw, told);
    } else if names::is_file(raw) {
        out.item(&FILE_NAME_GENERIC, item, &value.raw, format!("ordinary phones hold files named `{raw}`"));
    }
}

/// Looks at one path.
pub fn path(item: &Item<'_>, value: &Value<'_>, out: &mut Out) {
    let raw = value.raw.trim();
    let Some(path) = value.key_as(Kind::FilePath) else {
        if !raw.is_empty() {
            out.item(&PATH_RELATIVE, item, &value.raw, format!("`{raw}` is relative: it is the path of nothing"));
        }
        return;
    };
    if names::is_system_folder(path) {
        let told = format!("`{raw}` is a folder of the system; everything below it would match");
        out.item(&PATH_TOO_BROAD, item, &value.raw, told);
        return;
    }
    let (folder, last) = path.rsplit_once('/').unwrap_or(("", path));
    let in_place = ["/usr/", "/System/", "/system/", "/sbin", "/bin", "/Applications"];
    if let Some(system) = names::process_of(last)
        && !in_place.iter().any(|p| folder.starts_with(p))
        && last.len() > 3
    {
        out.item(&MASQUERADE, item, &value.raw, format!("`{raw}` bears the name of a process of {system}"));
    }
}
