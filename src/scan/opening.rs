//! What was given, opened and grouped by device.

use std::path::{Path, PathBuf};

use super::run;
use crate::device::{DeviceFacts, Identifier, Platform};
use crate::evidence::{self, Counted, Evidence, Explored, Found, Named, Place, Unexamined};
use crate::finding::{Reason, reason};

/// Things beside a phone that its verdict names one by one.
const MAX_BESIDE: u64 = 20;

/// Acquisitions of a run, and whose they are.
pub struct Opening {
    /// In the order given.
    pub evidence: Vec<Acquisition>,
    /// Devices, in the order of their first acquisition.
    pub devices: Vec<DeviceGroup>,
    /// What is no acquisition of its own and has a name.
    pub named: Vec<NamedThing>,
    /// What is none and has none.
    pub counted: Counted,
}

/// One acquisition, or why it is none.
pub struct Acquisition {
    /// `e1`, …; of one that lies in another, `e1.1`.
    pub id: String,
    /// Index into [`Opening::devices`].
    pub device: usize,
    /// The acquisition it lies in.
    pub parent: Option<usize>,
    /// What it is.
    pub what: Result<Box<dyn Evidence>, Unexamined>,
}

/// Something named, and the devices it may belong to.
pub struct NamedThing {
    /// What it is.
    pub what: Named,
    /// Id of the acquisition it lies in.
    pub parent: Option<String>,
}

/// Acquisitions of one device.
#[derive(Debug, Clone, Default)]
pub struct DeviceGroup {
    /// `d1`, …
    pub id: String,
    /// Indexes into [`Opening::evidence`].
    pub evidence: Vec<usize>,
    /// What they say together.
    pub facts: DeviceFacts,
    /// Kinds of the identifiers by which several acquisitions were taken for one device.
    pub ground: Vec<&'static str>,
    /// What lies beside its acquisitions, was not examined and may be its own; and other remarks on whose it is.
    pub beside: Vec<Reason>,
}

impl Acquisition {
    /// Where it is.
    pub fn path(&self) -> &str {
        match &self.what {
            Ok(e) => e.path(),
            Err(u) => &u.path,
        }
    }

    /// What it says of its device.
    pub fn facts(&self) -> &DeviceFacts {
        match &self.what {
            Ok(e) => e.device(),
            Err(u) => &u.facts,
        }
    }

    fn platform(&self) -> Option<Platform> {
        match &self.what {
            Ok(e) => Some(e.kind().platform),
            Err(u) => u.platform,
        }
    }
}

/// Every place some artifact asks for, so that an acquisition is looked through once.
fn places() -> Vec<Place> {
    let mut all: Vec<Place> = Vec::new();
    for source in crate::artifacts::ALL.iter().flat_map(|a| a.sources) {
        if !all.contains(&source.place) {
            all.push(source.place);
        }
    }
    all
}

/// Opens everything that was given and groups it by device.
pub fn open(paths: &[PathBuf]) -> Opening {
    let places = places();
    tracing::debug!(paths = paths.len(), "opening");
    let explored = run::opened(|| evidence::explore(paths, &places)).unwrap_or_else(|place| failed(paths, &place));
    let mut opening =
        Opening { evidence: Vec::new(), devices: Vec::new(), named: Vec::new(), counted: explored.counted };
    for found in explored.found {
        opening.add(found);
    }
    for what in explored.named {
        let parent = what.parent.map(|p| opening.evidence[p].id.clone());
        opening.named.push(NamedThing { what, parent });
    }
    opening.tell_neighbours();
    opening.tell_contradictions();
    opening
}

/// Looking failed because of a mistake of ours: one path after the other, so that the good ones are still examined.
fn failed(paths: &[PathBuf], place: &str) -> Explored {
    let mut all = Explored::default();
    if let [path] = paths {
        let shown = path.display().to_string();
        let text = format!("cannot be read, because of a mistake in vigie ({place}); please report this");
        let what = Unexamined::new(&shown, "unreadable", reason::INTERNAL_ERROR, &text);
        all.found.push(Found { path: shown, parent: None, what: Err(what) });
        return all;
    }
    let places = places();
    for path in paths {
        let one: &[PathBuf] = std::slice::from_ref(path);
        let more = run::opened(|| evidence::explore(one, &places)).unwrap_or_else(|place| failed(one, &place));
        let at = all.found.len();
        let below = |parent: Option<usize>| parent.map(|p| p + at);
        all.found.extend(more.found.into_iter().map(|f| Found { parent: below(f.parent), ..f }));
        all.named.extend(more.named.into_iter().map(|n| Named { parent: below(n.parent), ..n }));
    }
    all
}

impl Opening {
    fn add(&mut self, found: Found) {
        let at = self.evidence.len();
        let siblings = |e: &&Acquisition| e.parent == found.parent;
        let number = self.evidence.iter().filter(siblings).count() + 1;
        let id = match found.parent {
            Some(parent) => format!("{}.{number}", self.evidence[parent].id),
            None => format!("e{number}"),
        };
        let facts = match &found.what {
            Ok(e) => e.device().clone(),
            Err(u) => (*u.facts).clone(),
        };
        let device = self.group_of(found.parent, facts);
        self.devices[device].evidence.push(at);
        self.evidence.push(Acquisition { id, device, parent: found.parent, what: found.what });
    }

    /// The device an acquisition belongs to: that of the one it lies in, unless it names another; that of whoever names
    /// the same identifiers; else a new one.
    fn group_of(&mut self, parent: Option<usize>, facts: DeviceFacts) -> usize {
        let inherited = parent.map(|p| self.evidence[p].device).filter(|&d| {
            let known = &self.devices[d].facts;
            known.identifiers.is_empty() || facts.identifiers.is_empty() || known.same_device(&facts)
        });
        let same = || self.devices.iter().position(|d| d.facts.same_device(&facts));
        match inherited.or_else(same) {
            Some(at) => {
                let group = &mut self.devices[at];
                for id in &facts.identifiers {
                    if group.facts.identifiers.contains(id) && !group.ground.contains(&id.kind) {
                        group.ground.push(id.kind);
                    }
                }
                merge_facts(&mut group.facts, facts);
                at
            }
            None => {
                let id = format!("d{}", self.devices.len() + 1);
                self.devices.push(DeviceGroup { id, facts, ..DeviceGroup::default() });
                self.devices.len() - 1
            }
        }
    }

    /// What was not examined may be the own of every phone it lies beside: then that phone's verdict is not complete.
    fn tell_neighbours(&mut self) {
        let unexamined = self.evidence.iter().filter_map(|a| {
            let what = a.what.as_ref().err()?;
            // One that says whose it is belongs there, and nowhere else.
            what.facts.identifiers.is_empty().then(|| (&what.path, what.platform, a.device, what.reason.clone()))
        });
        let none = usize::MAX;
        let named = self.named.iter().filter(|n| n.what.reason.code.is_loss()).map(|n| {
            let device = n.what.parent.map_or(none, |p| self.evidence[p].device);
            (&n.what.path, None, device, n.what.reason.clone())
        });
        let mut told: Vec<(usize, Reason)> = Vec::new();
        let mut more = vec![0u64; self.devices.len()];
        for (path, platform, own, reason) in unexamined.chain(named) {
            for (at, group) in self.devices.iter().enumerate() {
                let mut mine = group.evidence.iter().map(|&e| &self.evidence[e]).filter(|a| a.what.is_ok());
                let fits = |a: &Acquisition| (platform.is_none() || a.platform() == platform) && beside(a.path(), path);
                if (own == at && group.evidence.len() > 1 && mine.clone().next().is_some())
                    || (own != at && mine.any(fits))
                {
                    more[at] += 1;
                    if more[at] <= MAX_BESIDE {
                        told.push((at, reason.clone().with("beside", path.clone())));
                    }
                }
            }
        }
        for (at, reason) in told {
            let own = |e: &&usize| self.evidence[**e].what.as_ref().is_err_and(|u| u.path == reason.args["beside"]);
            // The device's own unexamined acquisitions are told by themselves.
            if self.devices[at].evidence.iter().find(own).is_none() {
                self.devices[at].beside.push(reason);
            }
        }
        for (group, more) in self.devices.iter_mut().zip(more).filter(|(_, more)| *more > MAX_BESIDE) {
            let text = format!("{} more things that lie beside it were not examined", more - MAX_BESIDE);
            let count = (more - MAX_BESIDE).to_string();
            group.beside.push(Reason::new(reason::MORE_BESIDE, text).with("count", count));
        }
    }

    /// Two phones that share one identifier and differ in another are told apart, and that is said: somebody may have
    /// written into a copy.
    fn tell_contradictions(&mut self) {
        let ids: Vec<Vec<Identifier>> = self.devices.iter().map(|d| d.facts.identifiers.clone()).collect();
        for (a, mine) in ids.iter().enumerate() {
            for (b, others) in ids.iter().enumerate().filter(|(b, _)| *b != a) {
                let Some(shared) = mine.iter().find(|id| others.contains(id)) else { continue };
                let other = &self.devices[b].id;
                let text = format!("{other} names the same {} and another {}", shared.kind, contradicted(mine, others));
                let note = Reason::new(reason::IDENTITY_CONTRADICTED, text).with("device", other.clone());
                self.devices[a].beside.push(note);
            }
        }
    }
}

fn contradicted(mine: &[Identifier], others: &[Identifier]) -> &'static str {
    mine.iter()
        .find(|id| others.iter().any(|o| o.kind == id.kind && o.value != id.value))
        .map_or("identifier", |id| id.kind)
}

/// Whether two paths lie beside each other: the folder of one holds the other.
fn beside(a: &str, b: &str) -> bool {
    let (a, b) = (Path::new(a), Path::new(b));
    let (Some(of_a), Some(of_b)) = (a.parent(), b.parent()) else { return true };
    b.starts_with(of_a) || a.starts_with(of_b) || b.starts_with(a) || a.starts_with(b)
}

/// Adds what a further acquisition of the same device says; the newer acquisition's word counts.
fn merge_facts(known: &mut DeviceFacts, more: DeviceFacts) {
    let newer = match (known.acquired, more.acquired) {
        (Some(a), Some(b)) => b.micros > a.micros,
        (None, _) => true,
        _ => false,
    };
    for id in more.identifiers {
        if !known.identifiers.contains(&id) {
            known.identifiers.push(id);
        }
    }
    for (name, value) in more.facts {
        match known.facts.iter_mut().find(|(n, _)| *n == name) {
            Some(slot) if newer => slot.1 = value,
            Some(_) => {}
            None => known.facts.push((name, value)),
        }
    }
    known.zone = known.zone.take().or(more.zone);
    if newer {
        known.acquired = more.acquired.or(known.acquired);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_one_folder_lies_beside() {
        for (a, b, expected) in [
            ("desk/phone", "desk/x.ab", true),
            ("desk/phone", "desk/more/x.ab", true),
            ("desk/one/phone", "desk/two/x.ab", false),
            ("desk/one/phone", "desk/x.ab", true),
            ("desk/aqf/bugreport.zip", "desk/aqf", true),
            ("one/phone", "two/phone", false),
        ] {
            assert_eq!((beside(a, b), beside(b, a)), (expected, expected), "{a} {b}");
        }
    }
}
