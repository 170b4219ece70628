//! Indicators that come twice, and what they then say of each other.

use std::collections::{BTreeMap, HashMap};

use crate::device::Platform;
use crate::kit::lint::item::Item;
use crate::kit::lint::rules::files::{ID_COLLISION, REPEATED_OBJECT};
use crate::kit::lint::rules::values::{DUPLICATE, DUPLICATE_ATTRIBUTION, DUPLICATE_PACKS, REVOKED_ACTIVE};
use crate::kit::lint::{Context, Out};
use crate::packs::{self, Body, Outcome};

/// Where an indicator was seen first.
struct First {
    place: String,
    pack: u16,
    /// `None` where nothing says it.
    family: Option<u16>,
    id: String,
}

/// What was seen so far.
#[derive(Default)]
pub struct Duplicates {
    active: HashMap<(String, Option<Platform>), First>,
    revoked: BTreeMap<String, First>,
    ids: HashMap<String, (String, String)>,
    /// File and id of each object.
    objects: HashMap<(u32, String), String>,
    /// Of two packs: the line of the first shared indicator in the second, and how many there are.
    shared: BTreeMap<(u16, u16), (u64, u64)>,
}

impl Duplicates {
    /// Remembers one indicator.
    pub fn take(&mut self, item: &Item<'_>, context: &Context<'_>, out: &mut Out) {
        let w = item.written;
        let place = format!("{}:{}", item.file, w.line);
        if let Some(indicator) = item.indicator {
            let canonical = context.library.canonical(indicator);
            self.id(item, &canonical, &place, context, out);
            let key = (canonical, indicator.platform);
            let first =
                First { place, pack: w.pack, family: family_of(item, indicator.family, context), id: w.id.clone() };
            match self.active.get(&key) {
                None => {
                    self.active.insert(key, first);
                }
                Some(known) => twice(item, known, &first, &key.0, context, &mut self.shared, out),
            }
        } else if w.outcome == Outcome::Revoked
            && let Ok(canonical) = packs::canonical_pattern(&w.text)
        {
            self.revoked.entry(canonical).or_insert(First { place, pack: w.pack, family: None, id: w.id.clone() });
        }
    }

    fn id(&mut self, item: &Item<'_>, canonical: &str, place: &str, context: &Context<'_>, out: &mut Out) {
        let w = item.written;
        let is_rule = matches!(item.indicator.map(|i| i.body), Some(Body::Pattern(p))
            if context.library.patterns.get(p as usize).is_some_and(|p| p.rule.is_some()));
        if !w.id.starts_with("indicator--") && !is_rule {
            return;
        }
        match self.ids.get(&w.id) {
            None => {
                self.ids.insert(w.id.clone(), (canonical.to_owned(), place.to_owned()));
            }
            Some((other, there)) if other != canonical => {
                let told = format!("{} is {canonical} here and {other} at {there}", w.id);
                out.item(&ID_COLLISION, item, &w.text, told);
            }
            Some((_, there)) if is_rule => {
                out.item(&ID_COLLISION, item, &w.text, format!("the rule {} stands at {there} too", w.id));
            }
            Some(_) => {}
        }
        match self.objects.get(&(w.file, w.id.clone())) {
            Some(there) => {
                out.item(&REPEATED_OBJECT, item, &w.text, format!("{} stands at {there} already", w.id));
            }
            None => {
                self.objects.insert((w.file, w.id.clone()), place.to_owned());
            }
        }
    }

    /// What only the end shows.
    pub fn finish(self, context: &Context<'_>, out: &mut Out) {
        for (canonical, gone) in &self.revoked {
            let Some(active) = self.active.get(&(canonical.clone(), None)).filter(|a| a.pack == gone.pack) else {
                continue;
            };
            let (file, line) = split(&gone.place);
            let told =
                format!("{canonical} is withdrawn here ({}) and active at {} ({})", gone.id, active.place, active.id);
            out.file(&REVOKED_ACTIVE, file, line, told);
        }
        for ((first, second), (line, count)) in self.shared {
            let pack = |at: u16| context.library.packs.get(usize::from(at));
            let (Some(first), Some(second)) = (pack(first), pack(second)) else { continue };
            let told = format!("{count} of its indicators stand in {} too, of the same family", first.source);
            out.file(&DUPLICATE_PACKS, &second.source, line, told);
        }
    }
}

fn twice(
    item: &Item<'_>,
    known: &First,
    now: &First,
    canonical: &str,
    context: &Context<'_>,
    shared: &mut BTreeMap<(u16, u16), (u64, u64)>,
    out: &mut Out,
) {
    let family = |at: u16| context.library.families.get(usize::from(at)).map_or("", |f| f.name.as_str());
    let text = &item.written.text;
    let differ = known.family.zip(now.family).map(|(a, b)| (family(a), family(b))).filter(|(a, b)| !same_family(a, b));
    if let Some((one, other)) = differ {
        let told = format!("{canonical} is {other} here and {one} at {}", known.place);
        out.item(&DUPLICATE_ATTRIBUTION, item, text, told);
    } else if known.pack == now.pack && known.id == now.id {
        // The same object once more, which its id tells.
    } else if known.pack == now.pack {
        out.item(&DUPLICATE, item, text, format!("{canonical} stands at {} already", known.place));
    } else {
        let line = u64::from(item.written.line);
        shared.entry((known.pack, now.pack)).or_insert((line, 0)).1 += 1;
    }
}

/// Who an indicator speaks of, unless it is only the name of its file.
fn family_of(item: &Item<'_>, family: u16, context: &Context<'_>) -> Option<u16> {
    let pack = context.library.packs.get(usize::from(item.written.pack))?;
    let named = context.library.families.get(usize::from(family))?;
    (pack.source != item.file || named.name != pack.name).then_some(family)
}

/// Whether two names mean one family: lists of apps put other names into brackets.
fn same_family(a: &str, b: &str) -> bool {
    let names = |text: &str| -> Vec<String> {
        let plain =
            |t: &str| t.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
        text.trim_end_matches(')').split(['(', ',']).map(plain).filter(|n| !n.is_empty()).collect()
    };
    let (a, b) = (names(a), names(b));
    a == b || a.iter().any(|n| b.contains(n))
}

fn split(place: &str) -> (&str, u64) {
    place.rsplit_once(':').map_or((place, 0), |(f, l)| (f, l.parse().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_one_family() {
        assert!(same_family("TheTruthSpy", "TheTruthSpy (Copy9, MxSpy)"));
        assert!(same_family("MxSpy", "TheTruthSpy (Copy9, MxSpy)"));
        assert!(same_family("Wintego Helios", "wintego_helios"));
        assert!(!same_family("Predator", "Pegasus"));
    }
}
