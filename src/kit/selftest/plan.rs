//! What is written on which phone, and what must come of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use vigie_fixtures::devices::{self, Exhibit, Os, Shown};
use vigie_fixtures::time::Time;

use super::forms::{self, Form};
use super::known::Known;
use super::subject::{Claim, Subject, Why};
use crate::artifact::Artifact;
use crate::device::Platform;
use crate::evidence::KINDS;
use crate::observable::Kind;
use crate::scan::shown_by;

/// Above this many subjects each is shown in one artifact per kind of evidence, not in all.
const EVERYWHERE: usize = 60_000;

/// The phones of a test, by their place in [`Plan::phones`].
pub const PHONES: [(Platform, Part); 4] = [
    (Platform::Ios, Part::Positive),
    (Platform::Ios, Part::NearMiss),
    (Platform::Android, Part::Positive),
    (Platform::Android, Part::NearMiss),
];

/// What a phone is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Everything on it must match.
    Positive,
    /// Nothing on it may.
    NearMiss,
}

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It must match this subject.
    Fires(u32),
    /// It is near this subject and must match nothing.
    Near(u32),
    /// It says nothing: what matches it matches every phone.
    Neutral,
}

/// One row that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// Place in [`PHONES`].
    pub phone: usize,
    /// The artifact that must read it.
    pub artifact: &'static str,
    /// What for.
    pub purpose: Purpose,
    /// What was done to the value.
    pub how: &'static str,
    /// The value as written.
    pub written: String,
}

/// Everything that is written.
pub struct Plan {
    /// The phones, as in [`PHONES`].
    pub phones: Vec<Exhibit>,
    /// The rows.
    pub shows: Vec<Show>,
    /// By phone and artifact, by mark: the rows a record with that mark is of.
    pub marks: HashMap<(usize, &'static str), HashMap<String, Vec<u32>>>,
    /// By subject: why it is not shown anywhere.
    pub unshown: BTreeMap<u32, Why>,
    /// Subjects that stand in an artifact only as something else than the thing itself.
    pub aside: HashSet<u32>,
    /// By subject: near misses that were left out because some indicator means them.
    pub left_out: BTreeMap<u32, u64>,
}

/// Values that say nothing, one for each object path.
const NEUTRAL: [(&str, &str); 11] = [
    ("domain-name:value", "neutral.invalid"),
    ("ipv4-addr:value", "192.0.2.1"),
    ("ipv6-addr:value", "2001:db8::1"),
    ("email-addr:value", "nobody@neutral.invalid"),
    ("x-phone-number:value", "+447700900999"),
    ("process:name", "neutrald"),
    ("file:name", "neutral.note"),
    ("file:path", "/private/var/mobile/Library/Neutral/note"),
    ("file:path", "/data/local/tmp/neutral/note"),
    ("configuration-profile:id", "00000000-0000-4000-8000-00006e657574"),
    ("android-property:name", "neutral.property"),
];

/// Plans a test.
pub fn plan(subjects: &[Subject], known: &Known) -> Plan {
    let phones = PHONES.iter().zip(1..).map(|((platform, _), n)| Exhibit::new(os(*platform), n)).collect();
    let mut plan = Plan {
        phones,
        shows: Vec::new(),
        marks: HashMap::new(),
        unshown: BTreeMap::new(),
        aside: HashSet::new(),
        left_out: BTreeMap::new(),
    };
    let one_way = subjects.len() > EVERYWHERE;
    for (at, subject) in subjects.iter().enumerate() {
        plan.add(at as u32, subject, known, one_way);
    }
    for (path, value) in NEUTRAL.into_iter().chain([("app:id", "invalid.neutral.app")]) {
        let form = Form { path, value: value.into(), how: "nothing" };
        for phone in [1, 3] {
            plan.show(phone, &form, Purpose::Neutral, Exhibit::ACQUIRED.plus(-86_400), false);
        }
    }
    plan
}

fn os(platform: Platform) -> Os {
    match platform {
        Platform::Ios => Os::Ios,
        Platform::Android => Os::Android,
    }
}

impl Plan {
    fn add(&mut self, at: u32, subject: &Subject, known: &Known, one_way: bool) {
        let claims = match &subject.claims {
            Ok(claims) => claims,
            Err(why) => {
                self.unshown.insert(at, why.clone());
                for attempt in &subject.attempts {
                    let phone = if attempt.artifact.starts_with("ios.") { 0 } else { 2 };
                    let form = forms::exact(attempt.claim.kind, &attempt.claim.value);
                    self.show_in(attempt.artifact, phone, &form, Purpose::Fires(at), subject.time);
                }
                return;
            }
        };
        let (mut shown, mut aside) = (false, true);
        for claim in claims {
            for (phone, (platform, part)) in PHONES.iter().enumerate() {
                if !subject.platforms.contains(platform) {
                    continue;
                }
                match part {
                    Part::Positive => {
                        let form = forms::exact(claim.kind, &claim.value);
                        let rows = self.show(phone, &form, Purpose::Fires(at), subject.time, one_way);
                        shown |= !rows.is_empty();
                        aside &= rows.iter().all(|r| r.aside);
                        // Of several properties of one object, another spelling of one may miss the rest.
                        let others = forms::rewritten(claim.kind, &claim.value, *platform);
                        for form in others.into_iter().filter(|_| subject.exact) {
                            self.show(phone, &form, Purpose::Fires(at), subject.time, true);
                        }
                    }
                    Part::NearMiss if subject.exact => {
                        for form in forms::near(claim.kind, &claim.value) {
                            if known.may_match(&form) {
                                *self.left_out.entry(at).or_default() += 1;
                            } else {
                                self.show(phone, &form, Purpose::Near(at), subject.time, one_way);
                            }
                        }
                    }
                    Part::NearMiss => {}
                }
            }
        }
        if !shown {
            self.unshown.insert(at, why_unshown(claims, &subject.platforms));
        } else if aside {
            self.aside.insert(at);
        }
    }

    /// Writes a row in every artifact of the phone that can hold it, or in the first.
    fn show(&mut self, phone: usize, form: &Form, purpose: Purpose, time: Time, once: bool) -> Vec<Shown> {
        let mut rows = Vec::new();
        for artifact in ways(PHONES[phone].0, form.path) {
            rows.extend(self.show_in(artifact.id, phone, form, purpose, time));
            if once && !rows.is_empty() {
                break;
            }
        }
        rows
    }

    /// Writes a row in one artifact, if that can hold it.
    fn show_in(
        &mut self,
        artifact: &'static str,
        phone: usize,
        form: &Form,
        purpose: Purpose,
        time: Time,
    ) -> Option<Shown> {
        let shown = self.phones[phone].show(artifact, form.path, &form.value, time)?;
        let number = self.shows.len() as u32;
        self.shows.push(Show { phone, artifact, purpose, how: form.how, written: form.value.clone() });
        self.marks.entry((phone, artifact)).or_default().entry(shown.mark.clone()).or_default().push(number);
        Some(shown)
    }
}

/// The artifacts vigie reads that such a value can be written into.
fn ways(platform: Platform, path: &'static str) -> impl Iterator<Item = &'static Artifact> {
    let known = move |id: &&&str| id.starts_with(os(platform).prefix());
    devices::ways(path)
        .iter()
        .filter(known)
        .filter_map(|id| crate::artifacts::ALL.iter().copied().find(|a| a.id == *id))
}

/// The artifacts in which a value of this kind can show at all, by what they declare.
pub fn showing(kind: Kind, platform: Platform) -> Vec<&'static str> {
    let here = |a: &&&Artifact| KINDS.iter().any(|k| k.platform == platform && a.held_by(k));
    let shows = |a: &&&Artifact| {
        let mut roles = a.shapes.iter().flat_map(|s| s.fields).flat_map(|f| f.roles);
        roles.any(|r| shown_by(*r, platform).contains(&kind))
    };
    crate::artifacts::ALL.iter().filter(here).filter(shows).map(|a| a.id).collect()
}

/// Why no phone could show any of the claims.
fn why_unshown(claims: &[Claim], platforms: &[Platform]) -> Why {
    let Some(claim) = claims.first() else { return Why::new("empty", "it names no value") };
    let path = forms::object_path(claim.kind, &claim.value);
    let showing: Vec<&str> = platforms.iter().flat_map(|&p| showing(claim.kind, p)).collect();
    let limited = match platforms {
        [Platform::Ios] => " on iOS",
        [Platform::Android] => " on Android",
        _ => "",
    };
    if showing.is_empty() {
        return Why::new("no-artifact", format!("no artifact that vigie reads{limited} shows {path}"));
    }
    let showing = showing.join(", ");
    if platforms.iter().all(|&p| ways(p, path).next().is_none()) {
        return Why::new(
            "cannot-be-made",
            format!("{path} shows in {showing}, but is computed there from a file nobody can make"),
        );
    }
    Why::new("cannot-be-written", format!("{path} shows in {showing}, but none of them can hold this value"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that are computed from a file: none can be made for a given hash.
    const COMPUTED: [Kind; 8] = [
        Kind::Md5,
        Kind::Sha1,
        Kind::Sha256,
        Kind::CertMd5,
        Kind::CertSha1,
        Kind::CertSha256,
        // Beginnings and ends of names, which are not indicators.
        Kind::ProcessHead15,
        Kind::AppTail15,
    ];

    #[test]
    fn whatever_an_artifact_shows_the_phones_can_hold() {
        for (platform, _) in PHONES {
            for kind in Kind::INDICATORS {
                let shows = !showing(kind, platform).is_empty();
                let held = ways(platform, kind.object_path()).next().is_some();
                assert!(
                    held || !shows || COMPUTED.contains(&kind),
                    "{platform:?}: nothing can be made to show {kind:?}"
                );
                assert!(shows || !held, "{platform:?}: {kind:?} is written where nothing reads it");
            }
        }
    }
}
