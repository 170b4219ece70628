//! Names of processes.

use crate::kit::lint::Out;
use crate::kit::lint::item::{Item, Value};
use crate::kit::lint::lists::names;
use crate::kit::lint::rules::values::{MASQUERADE, PROCESS_GENERIC, PROCESS_IS_SYSTEM};
use crate::observable::Kind;

/// Looks at one name.
pub fn check(item: &Item<'_>, value: &Value<'_>, out: &mut Out) {
    let Some(name) = value.key_as(Kind::Process) else { return };
    if let Some(system) = names::process_of(name) {
        out.item(&PROCESS_IS_SYSTEM, item, &value.raw, format!("`{name}` is an ordinary process of {system}"));
    } else if let Some(why) = names::is_generic(name) {
        out.item(&PROCESS_GENERIC, item, &value.raw, format!("`{name}` is {why}: a match alone says little"));
    } else if let Some(near) = names::process_near(name) {
        out.item(&MASQUERADE, item, &value.raw, format!("`{name}` is one letter from {near}, a part of the system"));
    }
}
