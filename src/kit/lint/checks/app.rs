//! Identifiers of apps.

use crate::kit::lint::Out;
use crate::kit::lint::item::{Item, Value};
use crate::kit::lint::lists::names;
use crate::kit::lint::rules::values::{APP_IS_SYSTEM, APP_NOT_AN_ID, MASQUERADE};

/// Looks at one identifier.
pub fn check(item: &Item<'_>, value: &Value<'_>, out: &mut Out) {
    let id = value.raw.trim();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if names::is_app(id) {
        out.item(&APP_IS_SYSTEM, item, &value.raw, format!("`{id}` is an app that ordinary phones have"));
    } else if !id.is_empty() && !id.chars().all(plain) {
        out.item(&APP_NOT_AN_ID, item, &value.raw, format!("`{id}` is no app identifier"));
    } else if let Some(maker) = names::poses_as(id) {
        out.item(&MASQUERADE, item, &value.raw, format!("`{id}` poses as an app of {maker}"));
    }
}
