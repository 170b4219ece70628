//! MISP events as JSON (one event, a list, or a server's answer). Format: the MISP core format,
//! <https://www.misp-standard.org/rfc/misp-standard-core.html>.
//!
//! An attribute is an indicator when its `to_ids` says so; the rest is context and is counted as such. A deleted
//! attribute is revoked. Of types with two values (`filename|sha256`, `domain|ip`), each value that means something
//! alone is an indicator: the hash, the domain and the address.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::layout::line_of;
use super::library::{Family, Full, Library, Owner};
use super::take::Written;
use super::{classes, unnamed};
use crate::finding::{Meta, PackClass};
use crate::observable::Kind;
use crate::stix::object::Tlp;

#[derive(Deserialize)]
struct Wrapped<'a> {
    #[serde(borrow, rename = "Event")]
    event: Event<'a>,
}

/// What a server answers.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    response: Vec<Wrapped<'a>>,
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
    objects: Vec<Group<'a>>,
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
    let parsed = serde_json::from_str::<Wrapped<'_>>(text)
        .map(|w| vec![w])
        .or_else(|_| serde_json::from_str::<Vec<Wrapped<'_>>>(text))
        .or_else(|_| serde_json::from_str::<Answer<'_>>(text).map(|a| a.response));
    let events = match parsed {
        Ok(events) => events,
        Err(e) => {
            let spot = library.spot(owner.at_line(e.line() as u64));
            library.pack_mut(owner).problem_at("pack-file", format!("no MISP event: {e}"), spot);
            return Ok(());
        }
    };
    let mut context = 0u64;
    for Wrapped { event } in events {
        load_event(library, owner, stem, text, &event, &mut context)?;
    }
    if context > 0 {
        let text = format!("{context} attributes without to_ids are context, not indicators");
        library.pack_mut(owner).problem("property-ignored", text);
    }
    Ok(())
}

fn load_event(
    library: &mut Library,
    owner: Owner,
    stem: &str,
    text: &str,
    event: &Event<'_>,
    context: &mut u64,
) -> Result<(), Full> {
    let family = match family_of(&event.tags) {
        Some(name) => Family { class: classes::of_family(&name), name, references: Vec::new() },
        None if event.info.is_empty() => unnamed(stem),
        None => Family { class: classes::of_family(&event.info), name: event.info.clone(), references: Vec::new() },
    };
    let class = if family.class == PackClass::Other { classes::of_pack(stem) } else { family.class };
    let family = library.add_family(Family { class, ..family })?;
    let owner = Owner { family, ..owner };
    let alone = event.attributes.iter().map(|a| (*a, false));
    let grouped = event.objects.iter().flat_map(|g| g.attributes.iter().map(move |a| (*a, g.deleted)));
    for (raw, gone) in alone.chain(grouped) {
        let offset = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let owner = owner.at_line(line_of(text, offset));
        match serde_json::from_str::<Attribute>(raw.get()) {
            Ok(a) if a.to_ids => load_attribute(library, owner, event, &a, gone)?,
            Ok(_) => *context += 1,
            Err(e) => {
                let spot = library.spot(owner);
                let text = format!("line {}: {e}", owner.line);
                library.pack_mut(owner).problem_at("object-damaged", text, spot);
            }
        }
    }
    Ok(())
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
}
