//! From a key to the indicators that have it: one hash table for all kinds, whatever their number.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::observable::Kind;
use crate::packs::{Body, Library};

/// What a key leads to: indicators that compare one value share the number of the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// Index of the first indicator with this value.
    Value(u32),
    /// Index of a pattern in the library.
    Pattern(u32),
}

/// A key that is not an indicator's own value: a truncated name, a constant inside a pattern.
struct Extra {
    kind: Kind,
    key: Box<str>,
    target: Target,
}

/// The table. Entries below the number of indicators are indicators, those above are extras.
pub struct Index {
    table: HashTable<u32>,
    extras: Vec<Extra>,
    /// Indicators whose value an earlier one already has, by that earlier one.
    duplicates: HashMap<u32, Vec<u32>>,
    /// Targets behind one extra key beyond the first.
    more: HashMap<u32, Vec<Target>>,
    counts: [u32; 32],
    hasher: FixedState,
}

fn hash(hasher: &FixedState, kind: Kind, key: &str) -> u64 {
    let mut h = hasher.build_hasher();
    h.write(key.as_bytes());
    h.write_u8(kind as u8);
    h.finish()
}

/// Bytes Linux keeps of a process name.
pub const LINUX_COMM: usize = 15;
/// Bytes iOS databases keep of a process name.
pub const IOS_COMM: usize = 16;

/// Indicators that may share one cut name.
const MAX_SHARING: usize = 100;

/// What systems keep of a name that is longer than that.
pub fn cut_names(kind: Kind, text: &str) -> impl Iterator<Item = (Kind, &str)> {
    let head = |kept: usize| text.get(..kept).filter(|_| text.len() > kept);
    let tail = text.len().checked_sub(LINUX_COMM).filter(|&n| n > 0).and_then(|n| text.get(n..));
    let cut = match kind {
        Kind::Process => [(Kind::ProcessHead15, head(LINUX_COMM)), (Kind::ProcessHead16, head(IOS_COMM))],
        Kind::AppId => [(Kind::AppTail15, tail), (Kind::AppTail15, None)],
        _ => [(kind, None), (kind, None)],
    };
    cut.into_iter().filter_map(|(kind, part)| Some((kind, part?)))
}

impl Index {
    /// Indexes every indicator that compares one value.
    pub fn build(library: &Library) -> Index {
        let mut index = Index {
            table: HashTable::with_capacity(library.indicators.len()),
            extras: Vec::new(),
            duplicates: HashMap::new(),
            more: HashMap::new(),
            counts: [0; 32],
            hasher: FixedState::with_seed(0),
        };
        for (i, indicator) in library.indicators.iter().enumerate() {
            if let Body::Value(kind, span) = indicator.body {
                index.insert_value(library, kind, library.text(span), i as u32);
            }
        }
        index.add_truncated(library);
        index
    }

    fn insert_value(&mut self, library: &Library, kind: Kind, key: &str, at: u32) {
        let h = hash(&self.hasher, kind, key);
        if let Some(&first) = self.table.find(h, |&e| own_key(library, e) == Some((kind, key))) {
            self.duplicates.entry(first).or_default().push(at);
            return;
        }
        self.counts[kind as usize] += 1;
        let hasher = &self.hasher;
        self.table.insert_unique(h, at, |&e| match own_key(library, e) {
            Some((k, text)) => hash(hasher, k, text),
            None => 0,
        });
    }

    /// Names longer than the system keeps are also found by what it keeps of them. What very many names share says
    /// nothing about any of them.
    fn add_truncated(&mut self, library: &Library) {
        let mut cut: HashMap<(Kind, &str), Vec<Target>> = HashMap::new();
        for (i, indicator) in library.indicators.iter().enumerate() {
            let Body::Value(kind, span) = indicator.body else { continue };
            let text = library.text(span);
            for (k, part) in cut_names(kind, text) {
                let target = Target::Value(self.first_of(library, kind, text).unwrap_or(i as u32));
                let sharing = cut.entry((k, part)).or_default();
                if sharing.len() <= MAX_SHARING && sharing.last() != Some(&target) {
                    sharing.push(target);
                }
            }
        }
        let mut cut: Vec<_> = cut.into_iter().filter(|(_, sharing)| sharing.len() <= MAX_SHARING).collect();
        cut.sort_unstable_by_key(|(key, _)| *key);
        for ((kind, key), sharing) in cut {
            for target in sharing {
                self.insert_extra(library, kind, key, target);
            }
        }
    }

    fn first_of(&self, library: &Library, kind: Kind, key: &str) -> Option<u32> {
        let h = hash(&self.hasher, kind, key);
        self.table.find(h, |&e| own_key(library, e) == Some((kind, key))).copied()
    }

    /// Adds a key that leads to `target`.
    pub fn insert_extra(&mut self, library: &Library, kind: Kind, key: &str, target: Target) {
        let h = hash(&self.hasher, kind, key);
        if let Some(&found) = self.table.find(h, |&e| self.key(library, e) == (kind, key)) {
            let known = self.more.entry(found).or_default();
            if !known.contains(&target) {
                known.push(target);
            }
            return;
        }
        self.counts[kind as usize] += 1;
        let at = (library.indicators.len() + self.extras.len()) as u32;
        self.extras.push(Extra { kind, key: key.into(), target });
        let (extras, hasher) = (&self.extras, &self.hasher);
        self.table.insert_unique(h, at, |&e| {
            let (k, text) = key_of(library, extras, e);
            hash(hasher, k, text)
        });
    }

    fn key<'a>(&'a self, library: &'a Library, entry: u32) -> (Kind, &'a str) {
        key_of(library, &self.extras, entry)
    }

    /// How many keys of a kind there are; kinds without any are not looked up at all.
    pub fn count(&self, kind: Kind) -> u32 {
        self.counts[kind as usize]
    }

    /// Calls `each` for every target of a key.
    pub fn lookup(&self, library: &Library, kind: Kind, key: &str, each: &mut dyn FnMut(Target)) {
        if self.counts[kind as usize] == 0 {
            return;
        }
        let h = hash(&self.hasher, kind, key);
        let Some(&entry) = self.table.find(h, |&e| self.key(library, e) == (kind, key)) else { return };
        match (entry as usize).checked_sub(library.indicators.len()) {
            None => each(Target::Value(entry)),
            Some(extra) => each(self.extras[extra].target),
        }
        for &target in self.more.get(&entry).into_iter().flatten() {
            each(target);
        }
    }

    /// Every indicator of a value target: the first, and those that repeat its value.
    pub fn indicators_of(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::once(first).chain(self.duplicates.get(&first).into_iter().flatten().copied())
    }
}

fn own_key(library: &Library, entry: u32) -> Option<(Kind, &str)> {
    match library.indicators.get(entry as usize)?.body {
        Body::Value(kind, span) => Some((kind, library.text(span))),
        Body::Pattern(_) => None,
    }
}

fn key_of<'a>(library: &'a Library, extras: &'a [Extra], entry: u32) -> (Kind, &'a str) {
    match (entry as usize).checked_sub(library.indicators.len()) {
        None => own_key(library, entry).unwrap_or((Kind::Url, "")),
        Some(extra) => (extras[extra].kind, &extras[extra].key),
    }
}
