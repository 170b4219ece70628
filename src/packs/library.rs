//! Everything that was loaded, packed tightly: a million indicators are a hundred megabytes, not a gigabyte.

use std::collections::{HashMap, HashSet};

use super::pack::{Pack, Spot};
use crate::device::Platform;
use crate::finding::{Context, Meta, PackClass, Severity, reason};
use crate::formats::uuid;
use crate::observable::Kind;
use crate::stix;

/// A stretch of the library's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    start: u32,
    len: u32,
}

/// Who an indicator speaks of: a malware family, a tool, a rule pack.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Family {
    /// Name as the pack writes it; empty where it writes none.
    pub name: String,
    /// What kind of tool it is.
    pub class: PackClass,
    /// Where to read more.
    pub references: Vec<String>,
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
    /// Seconds since the Unix epoch, `u32::MAX` for "not said".
    valid_from: u32,
    /// Seconds since the Unix epoch, `u32::MAX` for "forever".
    valid_until: u32,
    /// Index into [`Library::metas`].
    pub meta: u32,
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

    /// `valid_from` in Unix seconds.
    pub fn valid_from(&self) -> Option<i64> {
        (self.valid_from != u32::MAX).then_some(i64::from(self.valid_from))
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
    /// What publishers say about indicators beside the pattern; the first says nothing.
    pub metas: Vec<Meta>,
    meta_numbers: HashMap<Meta, u32, foldhash::fast::RandomState>,
    family_numbers: HashMap<Family, u16, foldhash::fast::RandomState>,
    pack_ids: HashSet<String>,
    /// The number to try next for a second pack of a name.
    next_ids: HashMap<String, u32>,
    /// Files read, by the number in [`Owner::file`].
    pub files: Vec<String>,
    ledger: Option<Vec<Written>>,
    /// How many expressions its patterns hold.
    pub(super) expressions: usize,
    text: String,
}

/// One indicator as its source wrote it, and what became of it: what tools for pack authors need and a scan does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Index into [`Library::packs`].
    pub pack: u16,
    /// Index into [`Library::files`].
    pub file: u32,
    /// Line, from 1; 0 where the source has none.
    pub line: u32,
    /// Byte at which the object begins that it was read from; 0 where the line says it all.
    pub offset: u64,
    /// Indicator id.
    pub id: String,
    /// The pattern, or the value of a list.
    pub text: String,
    /// What kind of value it is, where the source says so outside the pattern.
    pub kind: Option<Kind>,
    /// True where it is in no language vigie reads.
    pub foreign: bool,
    /// What it says as a rule, where it could not be loaded as one.
    pub rule: Option<Rule>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Loaded; index into [`Library::indicators`].
    Loaded(u32),
    /// Withdrawn by its publisher, or replaced by a newer version of itself.
    Revoked,
    /// Known to be innocent; why.
    Innocent(String),
    /// It cannot be evaluated; why.
    Cannot(String),
}

/// Packs, families and text are counted in fixed widths; these are their limits.
const MAX_PACKS: usize = u16::MAX as usize;
/// Families with a name of their own; the numbers above are for those that found no room.
const MAX_FAMILIES: usize = MAX_PACKS - 16;
/// The name of all families that found no room.
const TOO_MANY: &str = "(one of too many names)";
/// Bytes of all values and names together.
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
        self.pack_ids.insert(pack.id.clone());
        self.packs.push(pack);
        Ok((self.packs.len() - 1) as u16)
    }

    /// An id no pack has: two packs of one name must be told apart in a report.
    pub(super) fn unused_id(&mut self, stem: &str) -> String {
        if !self.pack_ids.contains(stem) {
            return stem.to_owned();
        }
        let next = self.next_ids.entry(stem.to_owned()).or_insert(2);
        loop {
            let id = format!("{stem}#{next}");
            *next += 1;
            if !self.pack_ids.contains(&id) {
                return id;
            }
        }
    }

    /// Adds a family.
    ///
    /// # Errors
    /// There are too many names.
    pub fn add_family(&mut self, family: Family) -> Result<u16, Full> {
        self.number_family(family, MAX_FAMILIES).ok_or(Full("more than 65,519 families"))
    }

    /// Numbers a family. One too many loses its name and keeps its class: that decides what a match weighs.
    pub(super) fn family_for(&mut self, owner: Owner, family: Family) -> u16 {
        let (name, class) = (family.name.clone(), family.class);
        if let Some(number) = self.number_family(family, MAX_FAMILIES) {
            return number;
        }
        self.pack_mut(owner)
            .problem(reason::FAMILIES_LIMIT, format!("{name}: its indicators are used without this name"));
        let nameless = Family { name: TOO_MANY.to_owned(), class, references: Vec::new() };
        self.number_family(nameless, MAX_PACKS).unwrap_or(owner.family)
    }

    fn number_family(&mut self, family: Family, limit: usize) -> Option<u16> {
        if let Some(&known) = self.family_numbers.get(&family) {
            return Some(known);
        }
        let number = u16::try_from(self.families.len()).ok().filter(|n| usize::from(*n) < limit)?;
        self.families.push(family.clone());
        self.family_numbers.insert(family, number);
        Some(number)
    }

    /// A library that also remembers every indicator as it was written.
    pub fn with_ledger() -> Library {
        Library { ledger: Some(Vec::new()), ..Library::default() }
    }

    /// Every indicator as it was written, in reading order; empty unless asked for with [`Library::with_ledger`].
    pub fn ledger(&self) -> &[Written] {
        self.ledger.as_deref().unwrap_or_default()
    }

    /// Numbers a file that indicators are read from.
    pub fn add_file(&mut self, name: &str) -> u32 {
        self.files.push(name.to_owned());
        (self.files.len() - 1) as u32
    }

    /// Numbers what a publisher says about indicators; equal sayings share a number.
    pub fn add_meta(&mut self, meta: Meta) -> Result<u32, Full> {
        if self.metas.is_empty() {
            self.metas.push(Meta::default());
            self.meta_numbers.insert(Meta::default(), 0);
        }
        if let Some(&known) = self.meta_numbers.get(&meta) {
            return Ok(known);
        }
        let at = u32::try_from(self.metas.len()).map_err(|_| Full("more than 4,294,967,295 descriptions"))?;
        self.metas.push(meta.clone());
        self.meta_numbers.insert(meta, at);
        Ok(at)
    }

    /// What its publisher says about an indicator beside the pattern.
    pub fn meta(&self, indicator: &Indicator) -> Option<&Meta> {
        self.metas.get(indicator.meta as usize).filter(|_| indicator.meta > 0)
    }

    /// Writes down what became of an indicator.
    pub(super) fn note(&mut self, owner: Owner, id: &str, text: &str, kind: Option<Kind>, outcome: Outcome) {
        if let Some(ledger) = &mut self.ledger {
            let (id, text) = (id.to_owned(), text.to_owned());
            let Owner { pack, file, line, offset, .. } = owner;
            ledger.push(Written { pack, file, line, offset, id, text, kind, foreign: false, rule: None, outcome });
        }
    }

    /// Marks what was written down last as foreign.
    pub(super) fn note_foreign(&mut self) {
        if let Some(last) = self.ledger.as_mut().and_then(|l| l.last_mut()) {
            last.foreign = true;
        }
    }

    /// Keeps the rule of what was written down last.
    pub(super) fn note_rule(&mut self, rule: Rule) {
        if let Some(last) = self.ledger.as_mut().and_then(|l| l.last_mut()) {
            last.rule = Some(rule);
        }
    }

    /// The place of an owner.
    pub(super) fn spot(&self, owner: Owner) -> Spot {
        let file = self.files.get(owner.file as usize).cloned().unwrap_or_default();
        Spot { file, line: u64::from(owner.line) }
    }

    /// The pack of an owner.
    pub(super) fn pack_mut(&mut self, owner: Owner) -> &mut Pack {
        &mut self.packs[usize::from(owner.pack)]
    }

    /// Adds an indicator that compares one value, in its one spelling.
    pub(super) fn add_value(&mut self, owner: Owner, id: &str, kind: Kind, value: &str) -> Result<(), Full> {
        let span = self.keep(value)?;
        self.add(owner, id, Body::Value(kind, span), Some(kind))
    }

    /// Adds an indicator that is a whole pattern.
    pub(super) fn add_pattern(&mut self, owner: Owner, id: &str, entry: PatternEntry) -> Result<(), Full> {
        let at = u32::try_from(self.patterns.len()).map_err(|_| Full("more than 4,294,967,295 patterns"))?;
        self.patterns.push(entry);
        self.add(owner, id, Body::Pattern(at), None)
    }

    fn add(&mut self, owner: Owner, id: &str, body: Body, kind: Option<Kind>) -> Result<(), Full> {
        let id = match pack_uuid(id) {
            Some(uuid) => Id::Uuid(uuid),
            None => Id::Text(self.keep(id)?),
        };
        let packed = |date: Option<i64>| date.map_or(u32::MAX, |s| s.clamp(0, i64::from(u32::MAX) - 1) as u32);
        self.indicators.push(Indicator {
            body,
            id,
            pack: owner.pack,
            family: owner.family,
            valid_from: packed(owner.valid_from),
            valid_until: packed(owner.valid_until),
            meta: owner.meta,
            platform: owner.platform,
        });
        let pack = &mut self.packs[usize::from(owner.pack)];
        pack.loaded += 1;
        *pack.by_kind.entry(kind).or_default() += 1;
        Ok(())
    }

    /// Takes indicators out again: of those since `from`, each that is true in `gone`.
    pub(super) fn withdraw(&mut self, from: usize, gone: &[bool]) {
        let is_gone = |i: usize| i >= from && gone.get(i - from).copied().unwrap_or(false);
        if let Some(ledger) = &mut self.ledger {
            let mut before = 0;
            let moved: Vec<Option<u32>> = (from..self.indicators.len())
                .map(|i| {
                    before += u32::from(is_gone(i));
                    (!is_gone(i)).then(|| i as u32 - before)
                })
                .collect();
            for written in ledger.iter_mut() {
                if let Outcome::Loaded(at) = written.outcome
                    && let Some(new) = (at as usize).checked_sub(from).and_then(|i| moved.get(i))
                {
                    written.outcome = new.map_or(Outcome::Revoked, Outcome::Loaded);
                }
            }
        }
        for (_, indicator) in self.indicators.iter().enumerate().filter(|(i, _)| is_gone(*i)) {
            let pack = &mut self.packs[usize::from(indicator.pack)];
            pack.loaded -= 1;
            let kind = match indicator.body {
                Body::Value(kind, _) => Some(kind),
                Body::Pattern(_) => None,
            };
            if let Some(n) = pack.by_kind.get_mut(&kind) {
                *n -= 1;
            }
        }
        let mut at = 0;
        self.indicators.retain(|_| {
            at += 1;
            !is_gone(at - 1)
        });
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
            Id::Uuid(u) => format!("indicator--{}", uuid(u)),
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
        self.meta_numbers = HashMap::default();
        self.family_numbers = HashMap::default();
        self.metas.shrink_to_fit();
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
    pub valid_from: Option<i64>,
    /// Unix seconds.
    pub valid_until: Option<i64>,
    /// The platform it holds for; `None` for any.
    pub platform: Option<Platform>,
    /// Index into [`Library::metas`]; 0 for nothing.
    pub meta: u32,
    /// Index into [`Library::files`].
    pub file: u32,
    /// Line in that file, from 1; 0 where it has none.
    pub line: u32,
    /// Byte at which its object begins; 0 where the line says it all.
    pub offset: u64,
}

impl Owner {
    /// What is true for every indicator of a pack unless it says otherwise.
    pub fn new(pack: u16, family: u16) -> Owner {
        Owner {
            pack,
            family,
            valid_from: None,
            valid_until: None,
            platform: None,
            meta: 0,
            file: 0,
            line: 0,
            offset: 0,
        }
    }

    /// The same, at another line.
    pub fn at_line(self, line: u64) -> Owner {
        Owner { line: u32::try_from(line).unwrap_or(u32::MAX), ..self }
    }
}

/// The sixteen bytes of `indicator--xxxxxxxx-xxxx-…` in lower case; `None` for any other text.
pub fn pack_uuid(id: &str) -> Option<[u8; 16]> {
    let bytes = id.strip_prefix("indicator--")?.as_bytes();
    let text: &[u8; 36] = bytes.try_into().ok()?;
    if [8, 13, 18, 23].iter().any(|&i| text[i] != b'-') {
        return None;
    }
    /// Where the pairs of digits stand.
    const PAIRS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    let mut out = [0; 16];
    // Anything but a digit sets a high bit somewhere, which is looked at once.
    let mut bad = 0;
    for (slot, at) in out.iter_mut().zip(PAIRS) {
        let (high, low) = (NIBBLES[usize::from(text[at])], NIBBLES[usize::from(text[at + 1])]);
        bad |= high | low;
        *slot = high << 4 | (low & 15);
    }
    (bad < 16).then_some(out)
}

/// Values of lower-case hexadecimal digits; all others have a high bit.
const NIBBLES: [u8; 256] = {
    let mut table = [0x80; 256];
    let mut i = 0;
    while i < 10 {
        table[b'0' as usize + i] = i as u8;
        i += 1;
    }
    let mut i = 0;
    while i < 6 {
        table[b'a' as usize + i] = 10 + i as u8;
        i += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_packing() {
        let mut lib = Library::default();
        let pack = lib.add_pack(Pack::default()).unwrap();
        let family = lib.add_family(Family { name: "x".into(), class: PackClass::Other, references: vec![] }).unwrap();
        let owner = Owner::new(pack, family);
        for id in ["indicator--01234567-89ab-cdef-0123-456789abcdef", "indicator--01234567-89AB-cdef", "x"] {
            lib.add_value(owner, id, Kind::Domain, "o'evil.example").unwrap();
            assert_eq!(lib.id(lib.indicators.last().unwrap()), id);
        }
        assert_eq!(lib.canonical(&lib.indicators[0]), "[domain-name:value = 'o\\'evil.example']");
        // With its text and its place in the index, an indicator stays below a hundred bytes.
        assert!(size_of::<Indicator>() <= 52, "{}", size_of::<Indicator>());
    }

    #[test]
    fn a_family_too_many_costs_its_name() {
        let mut lib = Library::default();
        let pack = lib.add_pack(Pack::default()).unwrap();
        let owner = Owner::new(pack, 0);
        let family = |n: usize| Family { name: n.to_string(), class: PackClass::Stalkerware, references: vec![] };
        for n in 0..MAX_FAMILIES {
            assert_eq!(usize::from(lib.family_for(owner, family(n))), n);
        }
        assert!(lib.packs[0].problems.is_empty());
        let (one, two) = (lib.family_for(owner, family(70_000)), lib.family_for(owner, family(70_001)));
        assert_eq!((one, lib.families[usize::from(one)].class), (two, PackClass::Stalkerware));
        assert_eq!(lib.packs[0].problems.len(), 2);
        assert_eq!(usize::from(lib.family_for(owner, family(5))), 5);
    }
}
