//! MISP events as JSON (one event, a list, or a server's answer). Format: the MISP core format,
//! <https://www.misp-standard.org/rfc/misp-standard-core.html>.
//!
//! An attribute is an indicator when its `to_ids` says so; the rest is context and is counted as such. A deleted
//! attribute is revoked. Of types with two values (`filename|sha256`, `domain|ip`), each value that means something
//! alone is an indicator: the hash, the domain and the address. An event or attribute that cannot be read costs itself.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::layout::LineCount;
use super::library::{Family, Full, Library, Owner};
use super::take::Written;
use super::{NOT_TEXT, classes, is_damaged, unnamed};
use crate::finding::{Meta, PackClass, reason};
use crate::observable::Kind;
use crate::stix::object::Tlp;

/// An event, as it is exported, or what a server answers.
#[derive(Deserialize)]
struct Wrapped<'a> {
    #[serde(default, borrow, rename = "Event")]
    event: Option<&'a RawValue>,
    #[serde(default, borrow)]
    response: Option<&'a RawValue>,
    /// A search for attributes is answered without their events.
    #[serde(default, borrow, rename = "Attribute")]
    attributes: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(default)]
    info: String,
    #[serde(default)]
    uuid: String,
    #[serde(default, borrow, rename = "Attribute")]
    attributes: Vec<&'a RawValue>,
    #[serde(default, borrow, rename = "Object")]
    objects: Vec<&'a RawValue>,
    #[serde(default, rename = "Tag")]
    tags: Vec<Tag>,
}

/// What MISP calls an object: attributes that belong together.
#[derive(Deserialize)]
struct Group<'a> {
    #[serde(default, borrow, rename = "Attribute")]
    attributes: Vec<&'a RawValue>,
    #[serde(default)]
    deleted: bool,
}

#[derive(Deserialize)]
struct Tag {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Attribute {
    #[serde(default)]
    uuid: String,
    #[serde(rename = "type")]
    kind: String,
    value: String,
    #[serde(default)]
    to_ids: bool,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    comment: String,
    #[serde(default, rename = "Tag")]
    tags: Vec<Tag>,
}

/// True when JSON text looks like a MISP event.
pub fn is_one(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let first_key = text.split('"').nth(1);
    matches!(first_key, Some("Event" | "response"))
}

/// Loads all events of a file.
pub fn load(library: &mut Library, owner: Owner, stem: &str, text: &str) -> Result<(), Full> {
    let text = text.trim_start_matches('\u{feff}');
    let mut file = Misp { library, owner, stem, text, lines: LineCount::new(text), context: 0 };
    match serde_json::from_str::<&RawValue>(text) {
        Ok(whole) => file.some(whole, true)?,
        Err(e) => {
            let spot = file.library.spot(owner.at_line(e.line() as u64));
            file.library.pack_mut(owner).problem_at(reason::PACK_FILE, format!("damaged: {e}"), spot);
        }
    }
    let context = file.context;
    if context > 0 {
        let text = format!("{context} attributes without to_ids are context, not indicators");
        library.pack_mut(owner).problem(reason::PROPERTY_IGNORED, text);
    }
    Ok(())
}

/// A file while it is loaded.
struct Misp<'l, 'a> {
    library: &'l mut Library,
    owner: Owner,
    stem: &'a str,
    text: &'a str,
    lines: LineCount<'a>,
    /// Attributes that are no indicators.
    context: u64,
}

impl<'a> Misp<'_, 'a> {
    fn line_of(&mut self, raw: &RawValue) -> u64 {
        self.lines.of((raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize))
    }

    fn damaged(&mut self, raw: &RawValue, what: &str, e: &serde_json::Error) {
        // The place it tells is counted from where the part begins.
        let line = (self.line_of(raw) + e.line() as u64).saturating_sub(1);
        let e = e.to_string();
        let e = e.split(" at line ").next().unwrap_or(&e);
        let spot = self.library.spot(self.owner.at_line(line));
        self.library.pack_mut(self.owner).problem_at(reason::OBJECT_DAMAGED, format!("line {line}: {what}: {e}"), spot);
    }

    /// One event or answer, or a list of them. `outer` is false inside an answer, which holds no further one.
    fn some(&mut self, raw: &'a RawValue, outer: bool) -> Result<(), Full> {
        if raw.get().starts_with('[') {
            return match serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
                Ok(list) => list.into_iter().try_for_each(|one| self.one(one, outer)),
                Err(e) => {
                    self.damaged(raw, "a list of events", &e);
                    Ok(())
                }
            };
        }
        self.one(raw, outer)
    }

    fn one(&mut self, raw: &'a RawValue, outer: bool) -> Result<(), Full> {
        let wrapped = match serde_json::from_str::<Wrapped<'_>>(raw.get()) {
            Ok(wrapped) => wrapped,
            Err(e) => {
                self.damaged(raw, "an event", &e);
                return Ok(());
            }
        };
        match wrapped {
            Wrapped { event: Some(event), .. } => self.event(event),
            Wrapped { response: Some(response), .. } if outer => self.some(response, false),
            Wrapped { attributes: Some(attributes), .. } => {
                let event = Event {
                    info: String::new(),
                    uuid: String::new(),
                    attributes,
                    objects: Vec::new(),
                    tags: Vec::new(),
                };
                self.attributes(&event)
            }
            _ => {
                let line = self.line_of(raw);
                let spot = self.library.spot(self.owner.at_line(line));
                let text = format!("line {line}: expected a MISP event, found none");
                self.library.pack_mut(self.owner).problem_at(reason::OBJECT_DAMAGED, text, spot);
                Ok(())
            }
        }
    }

    fn event(&mut self, raw: &'a RawValue) -> Result<(), Full> {
        match serde_json::from_str::<Event<'_>>(raw.get()) {
            Ok(event) => self.attributes(&event),
            Err(e) => {
                self.damaged(raw, "an event", &e);
                Ok(())
            }
        }
    }

    fn attributes(&mut self, event: &Event<'a>) -> Result<(), Full> {
        let family = match family_of(&event.tags) {
            Some(name) => Family { class: classes::of_family(&name), name, references: Vec::new() },
            None if event.info.is_empty() => unnamed(self.stem),
            None => Family { class: classes::of_family(&event.info), name: event.info.clone(), references: Vec::new() },
        };
        let class = if family.class == PackClass::Other { classes::of_pack(self.stem) } else { family.class };
        let family = self.library.family_for(self.owner, Family { class, ..family });
        let owner = Owner { family, ..self.owner };
        for raw in &event.attributes {
            self.attribute(owner, event, raw, false)?;
        }
        for raw in &event.objects {
            match serde_json::from_str::<Group<'_>>(raw.get()) {
                Ok(group) => {
                    group.attributes.iter().try_for_each(|a| self.attribute(owner, event, a, group.deleted))?;
                }
                Err(e) => self.damaged(raw, "an object", &e),
            }
        }
        Ok(())
    }

    fn attribute(&mut self, owner: Owner, event: &Event<'_>, raw: &RawValue, gone: bool) -> Result<(), Full> {
        match serde_json::from_str::<Attribute>(raw.get()) {
            Ok(a) if a.to_ids => {
                let owner = owner.at_line(self.line_of(raw));
                load_attribute(self.library, owner, event, &a, gone)?;
            }
            Ok(_) => self.context += 1,
            Err(e) => self.damaged(raw, "an attribute", &e),
        }
        Ok(())
    }
}

fn load_attribute(
    library: &mut Library,
    owner: Owner,
    event: &Event<'_>,
    a: &Attribute,
    gone: bool,
) -> Result<(), Full> {
    let id = format!("misp--{}", if a.uuid.is_empty() { &event.uuid } else { &a.uuid });
    if gone || a.deleted {
        return library.take(owner, &id, Written::Revoked(&a.value));
    }
    if is_damaged(&a.value) {
        return library.take(owner, &id, Written::Foreign(&a.value, NOT_TEXT));
    }
    let tags = || event.tags.iter().chain(&a.tags).map(|t| t.name.as_str());
    let meta = library.add_meta(Meta {
        description: Some(a.comment.clone()).filter(|c| !c.is_empty()),
        markings: tags().filter_map(Tlp::parse).map(|t| t.as_str().to_owned()).collect(),
        labels: tags().filter(|t| Tlp::parse(t).is_none()).map(str::to_owned).collect(),
        references: if event.uuid.is_empty() { vec![] } else { vec![format!("MISP event {}", event.uuid)] },
        ..Meta::default()
    })?;
    let owner = Owner { meta, ..owner };
    let values = values(&a.kind, &a.value);
    if values.is_empty() {
        let why = format!("vigie reads nothing that a MISP attribute of type {} describes", a.kind);
        return library.take(owner, &id, Written::Foreign(&a.value, &why));
    }
    for (kind, value) in values {
        library.take(owner, &id, Written::Value(kind, value))?;
    }
    Ok(())
}

/// The malware an event's tags name: `misp-galaxy:malpedia="Pegasus"`.
fn family_of(tags: &[Tag]) -> Option<String> {
    const GALAXIES: [&str; 4] = ["malpedia", "tool", "surveillance-vendor", "mitre-malware"];
    tags.iter().find_map(|t| {
        let (galaxy, name) = t.name.strip_prefix("misp-galaxy:")?.split_once('=')?;
        GALAXIES.contains(&galaxy).then(|| name.trim_matches('"').to_owned())
    })
}

/// What an attribute says, of the types that phones show.
fn values<'a>(kind: &str, value: &'a str) -> Vec<(Kind, &'a str)> {
    if let Some((first, second)) = kind.split_once('|') {
        let (a, b) = value.split_once('|').unwrap_or((value, ""));
        let alone =
            |kind: &str, v: &'a str| simple(kind, v).filter(|(k, _)| !matches!(k, Kind::FileName | Kind::FilePath));
        return [alone(first, a), alone(second, b)].into_iter().flatten().filter(|(_, v)| !v.is_empty()).collect();
    }
    simple(kind, value).into_iter().collect()
}

fn simple<'a>(kind: &str, value: &'a str) -> Option<(Kind, &'a str)> {
    let kind = match kind {
        "domain" | "hostname" => Kind::Domain,
        "url" | "uri" => Kind::Url,
        "ip-src" | "ip-dst" | "ip" => Kind::Ip,
        "email" | "email-src" | "email-dst" => Kind::Email,
        "md5" => Kind::Md5,
        "sha1" => Kind::Sha1,
        "sha256" => Kind::Sha256,
        "x509-fingerprint-md5" => Kind::CertMd5,
        "x509-fingerprint-sha1" => Kind::CertSha1,
        "x509-fingerprint-sha256" => Kind::CertSha256,
        "filename" if value.contains('/') => Kind::FilePath,
        "filename" => Kind::FileName,
        "mobile-application-id" => Kind::AppId,
        "process-name" => Kind::Process,
        "phone-number" => Kind::Phone,
        _ => return None,
    };
    Some((kind, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packs::{Outcome, Pack};

    const EVENT: &str = r#"{"Event": {"info": "A campaign", "uuid": "5f-1", "Tag": [{"name": "tlp:amber"}],
 "Attribute": [
  {"type": "domain", "value": "bad.example", "to_ids": true, "uuid": "a1", "comment": "C2"},
  {"type": "link", "value": "https://report.example/", "to_ids": false, "uuid": "a2"},
  {"type": "filename|sha256", "value": "x.apk|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "to_ids": true, "uuid": "a3"},
  {"type": "mutex", "value": "m", "to_ids": true, "uuid": "a4"},
  {"type": "ip-dst", "value": "192.0.2.1", "to_ids": true, "uuid": "a5", "deleted": true},
  {"type": "url"}],
 "Object": [{"name": "domain-ip", "Attribute": [{"type": "ip-dst|port", "value": "192.0.2.9|443", "to_ids": true, "uuid": "a6"}]}]}}"#;

    #[test]
    fn what_is_meant_for_detection_is_loaded_and_the_rest_is_told() {
        assert!(is_one(EVENT.as_bytes()));
        let mut library = Library::with_ledger();
        let pack = library.add_pack(Pack::default()).unwrap();
        load(&mut library, Owner::new(pack, 0), "x", EVENT).unwrap();
        let shown: Vec<String> = library.indicators.iter().map(|i| library.canonical(i)).collect();
        let hash = format!("[file:hashes.'SHA-256' = '{}']", "a".repeat(64));
        assert_eq!(shown, ["[domain-name:value = 'bad.example']", hash.as_str(), "[ipv4-addr:value = '192.0.2.9']"]);
        let meta = library.meta(&library.indicators[0]).unwrap();
        assert_eq!(
            (meta.markings.as_slice(), meta.description.as_deref()),
            (&["TLP:AMBER".to_owned()][..], Some("C2"))
        );
        assert_eq!((library.packs[0].revoked, library.packs[0].not_evaluable_count), (1, 1));
        assert_eq!(library.packs[0].problems.len(), 2);
        assert_eq!(library.families[0].name, "A campaign");
        let lines: Vec<(u32, bool)> =
            library.ledger().iter().map(|w| (w.line, matches!(w.outcome, Outcome::Loaded(_)))).collect();
        assert_eq!(lines, [(3, true), (5, true), (6, false), (7, false), (9, true)]);
    }

    fn loaded(text: &str) -> Library {
        let mut library = Library::with_ledger();
        let pack = library.add_pack(Pack::default()).unwrap();
        load(&mut library, Owner::new(pack, 0), "x", text).unwrap();
        library
    }

    fn event(domain: &str) -> String {
        format!(
            r#"{{"Event": {{"info": "x", "Attribute": [{{"type": "domain", "value": "{domain}", "to_ids": true}}]}}}}"#
        )
    }

    #[test]
    fn a_bad_event_or_object_costs_itself() {
        let (one, two) = (event("one.example"), event("two.example"));
        let bad = "{\"Event\": {\"info\": 5}}";
        for text in [
            format!("[{one},\n{bad},\n{two}]"),
            format!("{{\"response\": [{one},\n{bad},\n{two}]}}"),
            format!("[{one},\n{{\"Event\": {{\"Object\": [{{\"Attribute\": 1}}]}}}},\n{two}]"),
            format!("[{one},\n7,\n{two}]"),
            format!("[{one},\n{{}},\n{two}]"),
        ] {
            let library = loaded(&text);
            let lines: Vec<u32> = library.ledger().iter().map(|w| w.line).collect();
            assert_eq!(lines, [1, 3], "{text}");
            let problems = &library.packs[0].problems;
            assert!(problems.len() == 1 && problems[0].text.starts_with("line 2: "), "{problems:?}");
        }
        let cut = loaded(&one[..one.len() - 1]);
        assert_eq!(cut.packs[0].problems[0].code, "pack-file");
        assert!(cut.packs[0].problems[0].text.contains("EOF"), "{:?}", cut.packs[0].problems);
        let answer = r#"{"response": {"Attribute": [{"type": "domain", "value": "a.example", "to_ids": true}]}}"#;
        assert_eq!(loaded(answer).indicators.len(), 1);
    }

    #[test]
    fn lines_of_many_attributes_are_counted_once() {
        let attribute = r#"{"type": "domain", "value": "a.example", "to_ids": true}"#;
        let many = vec![attribute; 30_000].join(",\n");
        let began = std::time::Instant::now();
        let library = loaded(&format!("{{\"Event\": {{\"Attribute\": [{many}]}}}}"));
        assert_eq!(library.ledger().last().unwrap().line, 30_000);
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }
}
