//! What MVT 2026.10 cannot load or match. Its behaviour was measured, not read: see the page of each rule.

use std::collections::BTreeMap;

use crate::kit::lint::item::{Item, Value};
use crate::kit::lint::lists::hosts;
use crate::kit::lint::rules::mvt::{
    MVT_EQUALS, MVT_ESCAPE, MVT_IDN, MVT_IOS_PATH, MVT_OPERATOR, MVT_REVOKED, MVT_SUBDOMAIN, MVT_TYPE, MVT_URL_ONLY,
    MVT_WWW,
};
use crate::kit::lint::{Context, Out};
use crate::observable::Kind;
use crate::packs;
use crate::stix::ast::{Op, Pattern, Test};

/// Looks at one indicator with MVT's eyes.
pub fn item(item: &Item<'_>, context: &Context<'_>, out: &mut Out) {
    let text = &item.written.text;
    let until = item.indicator.and_then(packs::Indicator::valid_until);
    let day = until.and_then(|s| jiff::Timestamp::from_second(s).ok());
    let ended = day.is_some_and(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date() < context.options.as_of);
    if item.revoked() || ended {
        let how = if ended { "expired" } else { "withdrawn" };
        out.item(&MVT_REVOKED, item, text, format!("`{text}` is {how}, and MVT matches it"));
    }
    match &item.pattern {
        Some(Ok(pattern)) => whole(item, pattern, out),
        None if !item.written.foreign => list_value(item, out),
        _ => return,
    }
    for value in &item.values {
        one(item, value, context, out);
    }
}

fn whole(item: &Item<'_>, pattern: &Pattern, out: &mut Out) {
    let text = &item.written.text;
    let signs = text.matches('=').count();
    let Some(test) = pattern.single_test() else {
        out.item(&MVT_OPERATOR, item, text, format!("MVT cannot read `{text}`: more than one comparison"));
        return;
    };
    if test.op != Op::Eq || test.negated {
        let end = if signs == 1 { "is passed over by MVT" } else { "ends MVT's load of all files" };
        out.item(&MVT_OPERATOR, item, text, format!("`{text}`: {} {end}", test.op.as_str()));
        return;
    }
    if signs != 1 {
        out.item(
            &MVT_EQUALS,
            item,
            text,
            format!("`{text}` holds {signs} signs `=`; MVT's load of all files ends here"),
        );
    }
    if text.contains('\\') {
        out.item(&MVT_ESCAPE, item, text, format!("MVT does not undo the escape in `{text}`"));
    }
    if !knows(test, text) {
        out.item(&MVT_TYPE, item, text, format!("MVT passes over `{}` without a word", test.path));
    }
}

fn knows(test: &Test, text: &str) -> bool {
    let other = ["ipv6-addr", "directory", "x-phone-number"].contains(&test.path.object_type.as_str());
    packs::kind_of(test).is_some() && !other && !text.contains(".\"")
}

/// A value of a list, as it stands in a bundle that is built of it.
fn list_value(item: &Item<'_>, out: &mut Out) {
    let (text, kind) = (&item.written.text, item.written.kind);
    if text.contains('=') {
        out.item(&MVT_EQUALS, item, text, format!("`{text}` holds `=`; MVT's load of all files ends at its pattern"));
    }
    if text.contains(['\'', '\\']) {
        out.item(&MVT_ESCAPE, item, text, format!("`{text}` needs an escape, which MVT does not undo"));
    }
    let v6 = item.values.iter().any(|v| v.key_as(Kind::Ip).is_some_and(|ip| ip.contains(':')));
    if v6 || kind == Some(Kind::Phone) {
        out.item(&MVT_TYPE, item, text, format!("MVT passes over `{text}` without a word"));
    }
}

fn one(item: &Item<'_>, value: &Value<'_>, context: &Context<'_>, out: &mut Out) {
    let raw = value.raw.trim();
    match &value.key {
        Some((Kind::Domain, name)) => {
            // Beside the domain itself it does no harm.
            if let Some(bare) = name.strip_prefix("www.")
                && !context.domains.contains(&(item.written.pack, bare.to_owned()))
            {
                out.item(&MVT_WWW, item, &value.raw, format!("MVT never matches `{name}`; write `{bare}`"));
            }
            if !raw.is_ascii() || name.split('.').any(|l| l.starts_with("xn--")) {
                out.item(&MVT_IDN, item, &value.raw, format!("MVT compares `{raw}` as it is written"));
            }
        }
        Some((Kind::FilePath, path)) if path.starts_with("/private/") => {
            out.item(&MVT_IOS_PATH, item, &value.raw, format!("MVT never finds `{raw}` in a backup"));
        }
        _ => {}
    }
}

/// What packs hold.
#[derive(Default)]
pub struct Packs {
    /// By file: how many names lie below a registered domain, the first of them and its line.
    below: BTreeMap<String, (u64, String, u64)>,
    /// By pack: the file and line of its first URL, and whether it has a host.
    urls: BTreeMap<u16, (Option<(String, u64)>, bool)>,
}

impl Packs {
    /// Counts one indicator.
    pub fn take(&mut self, item: &Item<'_>) {
        let entry = self.urls.entry(item.written.pack).or_default();
        for value in &item.values {
            if let Some(name) = value.key_as(Kind::Domain)
                && !name.starts_with("www.")
                && hosts::has_tld(name)
                && !hosts::is_registered(name)
            {
                let first = || (0, name.to_owned(), u64::from(item.written.line));
                self.below.entry(item.file.to_owned()).or_insert_with(first).0 += 1;
            }
            match value.kind {
                Kind::Url if entry.0.is_none() => entry.0 = Some((item.file.to_owned(), u64::from(item.written.line))),
                Kind::Domain | Kind::Ip => entry.1 = true,
                _ => {}
            }
        }
    }

    /// Tells which packs have URLs and no host.
    pub fn finish(self, context: &Context<'_>, out: &mut Out) {
        for (file, (count, first, line)) in self.below {
            let told = format!("MVT matches {count} domains alone and nothing below them, first `{first}`");
            out.file(&MVT_SUBDOMAIN, &file, line, told);
        }
        for (pack, (first, hosts)) in self.urls {
            if let (Some((file, line)), false) = (first, hosts) {
                let name = context.library.packs.get(usize::from(pack)).map_or("", |p| p.id.as_str());
                out.file(&MVT_URL_ONLY, &file, line, format!("{name} holds URLs and no domain or address"));
            }
        }
    }
}
