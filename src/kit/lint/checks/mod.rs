//! One file per kind of check; each is a small function that looks at one thing.

mod app;
mod bundle;
mod domain;
mod duplicates;
mod file;
mod hash;
pub mod loader;
mod mvt;
mod network;
mod pattern;
mod process;
mod text;

pub use bundle::check as bundle;

use super::item::Item;
use super::rules::values::{INNOCENT, NEVER_MATCHES, NOT_READ};
use super::{Context, Out, Target};
use crate::observable::Kind;
use crate::packs::Outcome;

/// Everything that can be said of one indicator by itself.
pub fn item(item: &Item<'_>, context: &Context<'_>, out: &mut Out) {
    let before = out.errors();
    let w = item.written;
    if item.revoked() {
        if context.options.target == Target::Mvt {
            mvt::item(item, context, out);
        }
        return;
    }
    if w.foreign {
        if let Outcome::Cannot(why) = &w.outcome {
            out.item(&NOT_READ, item, &w.text, format!("`{}`: {why}", w.text));
        }
    } else {
        pattern::check(item, context, out);
        for value in &item.values {
            if text::check(item, value, out) {
                continue;
            }
            match value.kind {
                Kind::Domain => domain::check(item, value, context, out),
                Kind::Ip => network::address(item, value, out),
                Kind::Url => network::url(item, value, out),
                Kind::Process => process::check(item, value, out),
                Kind::FileName => file::name(item, value, out),
                Kind::FilePath => file::path(item, value, out),
                Kind::AppId => app::check(item, value, out),
                k => hash::check(item, value, k, out),
            }
        }
    }
    match &w.outcome {
        Outcome::Innocent(why) => out.item(&INNOCENT, item, &w.text, format!("`{}`: {why}", shown(item))),
        Outcome::Cannot(why) if !w.foreign && out.errors() == before => {
            let rule = if pattern::asks_only_unread(item) { &NOT_READ } else { &NEVER_MATCHES };
            out.item(rule, item, &w.text, format!("`{}`: {why}", w.text));
        }
        _ => {}
    }
    if context.options.target == Target::Mvt {
        mvt::item(item, context, out);
    }
}

/// The value of an indicator that compares one, else the whole text.
fn shown<'a>(item: &'a Item<'_>) -> &'a str {
    match item.values.as_slice() {
        [one] => &one.raw,
        _ => &item.written.text,
    }
}

/// Checks that need all indicators.
#[derive(Default)]
pub struct All {
    duplicates: duplicates::Duplicates,
    mvt: mvt::Packs,
    keys: pattern::Spellings,
}

impl All {
    /// Remembers one indicator, and says what is wrong with it beside those before.
    pub fn take(&mut self, item: &Item<'_>, context: &Context<'_>, out: &mut Out) {
        self.duplicates.take(item, context, out);
        self.keys.take(item, context);
        if context.options.target == Target::Mvt {
            self.mvt.take(item);
        }
    }

    /// Says what only the end shows.
    pub fn finish(self, context: &Context<'_>, out: &mut Out) {
        self.duplicates.finish(context, out);
        self.keys.finish(context, out);
        self.mvt.finish(context, out);
    }
}
