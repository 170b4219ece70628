//! Everything that was loaded, packed tightly: a million indicators are a hundred megabytes, not a gigabyte.

use std::collections::HashMap;

use crate::evidence::Platform;
use crate::finding::{Context, PackClass, Reason, Severity};
use crate::observable::Kind;
use crate::stix;

use super::innocent;

/// A stretch of the library's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    start: u32,
    len: u32,
}

/// Who an indicator speaks of: a malware family, a tool, a rule pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// Name as the pack writes it.
    pub name: String,
    /// What kind of tool it is.
    pub class: PackClass,
    /// Where to read more.
    pub references: Vec<String>,
}

/// An indicator that was loaded but cannot be evaluated, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotEvaluable {
    /// Indicator id.
    pub id: String,
    /// Its pattern, or the value it was made of.
    pub pattern: String,
    /// Why.
    pub reason: String,
    /// Line in the pack's file, where known.
    pub line: Option<u64>,
}

/// One source of indicators.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    /// Short stable name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Path, or `builtin`.
    pub source: String,
    /// SHA-256 of the pack's bytes.
    pub sha256: String,
    /// Compiled in.
    pub builtin: bool,
    /// Where to read more.
    pub references: Vec<String>,
    /// Indicators that can be matched.
    pub loaded: u64,
    /// Indicators the publisher withdrew; never matched.
    pub revoked: u64,
    /// Loaded indicators whose `valid_until` lies before the as-of date.
    pub expired: u64,
    /// Loaded or named, but not evaluable; at most [`MAX_NAMED`] are named.
    pub not_evaluable: Vec<NotEvaluable>,
    /// How many are not evaluable in all.
    pub not_evaluable_count: u64,
    /// Damage and oddities met while loading.
    pub problems: Vec<Reason>,
    /// Loaded indicators by kind; rules count under `None`.
    pub by_kind: HashMap<Option<Kind>, u64>,
}

/// Not-evaluable indicators named per pack.
pub const MAX_NAMED: usize = 1_000;

impl Pack {
    /// Counts, and names while there is room, an indicator that cannot be evaluated.
    pub fn cannot(&mut self, id: &str, pattern: &str, reason: impl Into<String>, line: Option<u64>) {
        self.not_evaluable_count += 1;
        if self.not_evaluable.len() < MAX_NAMED {
            self.not_evaluable.push(NotEvaluable {
                id: id.to_owned(),
                pattern: pattern.to_owned(),
                reason: reason.into(),
                line,
            });
        }
    }

    /// Notes damage or an oddity.
    pub fn problem(&mut self, code: &str, text: impl Into<String>) {
        if self.problems.len() < MAX_NAMED {
            self.problems.push(Reason { code: code.to_owned(), text: text.into(), args: Default::default() });
        }
    }
}

/// What an indicator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// One kind equals one value; the value, normalized, is the key.
    Value(Kind, Span),
    /// A pattern: index into [`Library::patterns`].
    Pattern(u32),
}

/// One loaded indicator.
#[derive(Debug, Clone, Copy)]
pub struct Indicator {
    /// What it compares.
    pub body: Body,
    id: Id,
    /// Index into [`Library::packs`].
    pub pack: u16,
    /// Index into [`Library::families`].
    pub family: u16,
    /// Seconds since the Unix epoch, `u32::MAX` for "forever".
    valid_until: u32,
    /// The platform it holds for; `None` for any.
    pub platform: Option<Platform>,
}

impl Indicator {
    /// The sixteen bytes of its id, where that is `indicator--<uuid>`.
    pub fn uuid(&self) -> Option<[u8; 16]> {
        match self.id {
            Id::Uuid(u) => Some(u),
            Id::Text(_) => None,
        }
    }

    /// `valid_until` in Unix seconds.
    pub fn valid_until(&self) -> Option<i64> {
        (self.valid_until != u32::MAX).then_some(i64::from(self.valid_until))
    }
}

/// `indicator--<uuid>` packed into sixteen bytes, or a text as it is.
#[derive(Debug, Clone, Copy)]
enum Id {
    Uuid([u8; 16]),
    Text(Span),
}

/// What a rule adds to its pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Stable id; key of its texts.
    pub id: String,
    /// Its weight.
    pub severity: Severity,
    /// What it says happened.
    pub context: Context,
    /// How the custody window changes it: `any`, `only`, `raise`.
    pub custody: Custody,
    /// Where the fact is from.
    pub sources: Vec<String>,
}

/// How a rule behaves when the analyst names a window in which the phone was out of its owner's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Custody {
    /// The same everywhere.
    Any,
    /// Counts only inside a custody window.
    Only,
    /// One severity higher inside it.
    Raise,
}

/// A pattern that is more than one equality.
#[derive(Debug)]
pub struct PatternEntry {
    /// As parsed.
    pub pattern: stix::Pattern,
    /// Its canonical text; equal texts are one indicator.
    pub canonical: String,
    /// For rules.
    pub rule: Option<Rule>,
}

/// All that was loaded.
#[derive(Debug, Default)]
pub struct Library {
    /// In loading order.
    pub packs: Vec<Pack>,
    /// In loading order.
    pub families: Vec<Family>,
    /// In loading order.
    pub indicators: Vec<Indicator>,
    /// Patterns that are not one equality.
    pub patterns: Vec<PatternEntry>,
    text: String,
}

/// Packs, families and text are counted in fixed widths; these are their limits.
const MAX_PACKS: usize = u16::MAX as usize;
const MAX_TEXT: usize = u32::MAX as usize;

/// The library is full.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Full(&'static str);

impl Library {
    /// Adds a pack; what follows belongs to it.
    pub fn add_pack(&mut self, pack: Pack) -> Result<u16, Full> {
        if self.packs.len() >= MAX_PACKS {
            return Err(Full("more than 65,535 packs"));
        }
        self.packs.push(pack);
        Ok((self.packs.len() - 1) as u16)
    }

    /// Adds a family.
    pub fn add_family(&mut self, family: Family) -> Result<u16, Full> {
        if let Some(known) = self.families.iter().rposition(|f| *f == family) {
            return Ok(known as u16);
        }
        if self.families.len() >= MAX_PACKS {
            return Err(Full("more than 65,535 families"));
        }
        self.families.push(family);
        Ok((self.families.len() - 1) as u16)
    }

    /// Adds an indicator that compares one value. What is known to be innocent is not added, or only for the platform
    /// where it is not; the pack says so.
    pub fn add_value(&mut self, mut owner: Owner, id: &str, kind: Kind, value: &str) -> Result<(), Full> {
        if let Some(innocent) = innocent::find(kind, value) {
            let pack = &mut self.packs[usize::from(owner.pack)];
            match innocent.only {
                None => {
                    pack.cannot(id, value, innocent.why, None);
                    return Ok(());
                }
                Some(platform) => {
                    pack.problem("innocent-twin", format!("{value}: {}", innocent.why));
                    owner.platform = Some(platform);
                }
            }
        }
        let span = self.keep(value)?;
        self.add(owner, id, Body::Value(kind, span), Some(kind))
    }

    /// Adds an indicator that is a whole pattern.
    pub fn add_pattern(&mut self, owner: Owner, id: &str, entry: PatternEntry) -> Result<(), Full> {
        let at = u32::try_from(self.patterns.len()).map_err(|_| Full("more than 4,294,967,295 patterns"))?;
        self.patterns.push(entry);
        self.add(owner, id, Body::Pattern(at), None)
    }

    fn add(&mut self, owner: Owner, id: &str, body: Body, kind: Option<Kind>) -> Result<(), Full> {
        let id = match pack_uuid(id) {
            Some(uuid) => Id::Uuid(uuid),
            None => Id::Text(self.keep(id)?),
        };
        let valid_until = owner.valid_until.map_or(u32::MAX, |s| s.clamp(0, i64::from(u32::MAX) - 1) as u32);
        self.indicators.push(Indicator {
            body,
            id,
            pack: owner.pack,
            family: owner.family,
            valid_until,
            platform: owner.platform,
        });
        let pack = &mut self.packs[usize::from(owner.pack)];
        pack.loaded += 1;
        *pack.by_kind.entry(kind).or_default() += 1;
        Ok(())
    }

    fn keep(&mut self, text: &str) -> Result<Span, Full> {
        if self.text.len() + text.len() > MAX_TEXT {
            return Err(Full("more than 4 GiB of indicator text"));
        }
        let span = Span { start: self.text.len() as u32, len: text.len() as u32 };
        self.text.push_str(text);
        Ok(span)
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        &self.text[span.start as usize..(span.start + span.len) as usize]
    }

    /// An indicator's id.
    pub fn id(&self, indicator: &Indicator) -> String {
        match indicator.id {
            Id::Text(span) => self.text(span).to_owned(),
            Id::Uuid(u) => {
                let hex: String = u.iter().map(|b| format!("{b:02x}")).collect();
                format!("indicator--{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
            }
        }
    }

    /// The canonical pattern of an indicator.
    pub fn canonical(&self, indicator: &Indicator) -> String {
        match indicator.body {
            Body::Pattern(i) => self.patterns[i as usize].canonical.clone(),
            Body::Value(kind, span) => super::canonical_value(kind, self.text(span)),
        }
    }

    /// Gives back what loading reserved in excess.
    pub fn shrink(&mut self) {
        self.indicators.shrink_to_fit();
        self.text.shrink_to_fit();
    }
}

/// To whom an indicator belongs, and until when it holds.
#[derive(Debug, Clone, Copy)]
pub struct Owner {
    /// Index into [`Library::packs`].
    pub pack: u16,
    /// Index into [`Library::families`].
    pub family: u16,
    /// Unix seconds.
    pub valid_until: Option<i64>,
    /// The platform it holds for; `None` for any.
    pub platform: Option<Platform>,
}

/// The sixteen bytes of `indicator--xxxxxxxx-xxxx-…` in lower case; `None` for any other text.
pub fn pack_uuid(id: &str) -> Option<[u8; 16]> {
    let uuid = id.strip_prefix("indicator--")?;
    let bytes = uuid.as_bytes();
    if bytes.len() != 36 || [8, 13, 18, 23].iter().any(|&i| bytes[i] != b'-') {
        return None;
    }
    let mut out = [0; 16];
    let mut digits = bytes.iter().filter(|&&b| b != b'-');
    for slot in &mut out {
        *slot = nibble(*digits.next()?)? << 4 | nibble(*digits.next()?)?;
    }
    digits.next().is_none().then_some(out)
}

fn nibble(b: u8) -> Option<u8> {
    match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_packing() {
        let mut lib = Library::default();
        let pack = lib.add_pack(Pack::default()).unwrap();
        let family = lib.add_family(Family { name: "x".into(), class: PackClass::Other, references: vec![] }).unwrap();
        let owner = Owner { pack, family, valid_until: None, platform: None };
        for id in ["indicator--01234567-89ab-cdef-0123-456789abcdef", "indicator--01234567-89AB-cdef", "x"] {
            lib.add_value(owner, id, Kind::Domain, "o'evil.example").unwrap();
            assert_eq!(lib.id(lib.indicators.last().unwrap()), id);
        }
        assert_eq!(lib.canonical(&lib.indicators[0]), "[domain-name:value = 'o\\'evil.example']");
        // With its text and its place in the index, an indicator stays below a hundred bytes.
        assert!(size_of::<Indicator>() <= 44, "{}", size_of::<Indicator>());
    }
}
