//! `ios.configuration_profiles`: configuration profiles installed on the device.
//!
//! One property list `profile-<hash>.stub` per profile. The keys are those of Apple's "Device Management" profile
//! documentation (`PayloadContent`, `PayloadUUID`, …) and what the installer adds: `InstallDate`, `SignerCerts` (DER),
//! `ProfileWasEncrypted`, `IsManaged`.

use sha2::{Digest, Sha256};

use crate::artifact::{
    Artifact, Emitter, Field, Fields, Found, Input, Locator, ParseError, Precision, Reader, Source, Timestamp, Value,
    reason, shape,
};
use crate::formats::hex;
use crate::formats::plist;

/// The artifact.
pub static ARTIFACT: Artifact = Artifact {
    id: "ios.configuration_profiles",
    about: "\
Configuration profiles installed on the device: files `profile-*` below `Library/ConfigurationProfiles` of the system
group `systemgroup.com.apple.configurationprofiles`, and below `Library/ConfigurationProfiles` and
`Library/UserConfigurationProfiles` of `HomeDomain`.

A profile can route all traffic through somebody else's server, trust somebody else's certificates, hand the device over
to a management server, or silence notifications. `profile` is one profile, `payload` one element of its content
(`parent` is the UUID of its profile): what it sets up (`type`), the addresses and hosts in it, and the SHA-256 of a
certificate it installs. `install_date` is UTC. `signer_certificates` are the SHA-256 of the certificates the profile was
signed with, the signer's own first.

Limits: profiles of companies, schools and mobile carriers are common and harmless. A profile that was removed is gone.",
    sources: &[
        Source::ios(SYSTEM, "Library/ConfigurationProfiles/profile-*", Reader::With(parse)),
        Source::ios(SYSTEM, "Library/ConfigurationProfiles/*/profile-*", Reader::With(parse)),
        Source::ios("HomeDomain", "Library/ConfigurationProfiles/profile-*", Reader::With(parse)),
        Source::ios("HomeDomain", "Library/UserConfigurationProfiles/profile-*", Reader::With(parse)),
        Source::ios("HomeDomain", "Library/UserConfigurationProfiles/*/profile-*", Reader::With(parse)),
    ],
    shapes: &[&profile::SHAPE, &payload::SHAPE],
    mvt: &["configuration_profiles"],
};

const SYSTEM: &str = "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles";

shape! {
    /// One profile.
    profile(Persisted) {
        uuid                Public   [ProfileId]  "`PayloadUUID`.";
        identifier          Public   [ProfileId]  "`PayloadIdentifier`: a name in reverse DNS form.";
        r#type              Public   []           "`PayloadType`: what it sets up, `com.apple.mdm`, `com.apple.vpn.managed`, ….";
        display_name        Personal [Text]       "Name shown to the owner.";
        organization        Personal [Text]       "Who made it, as it says itself.";
        description         Personal [Text]       "What it is for, as it says itself.";
        install_date        Public   [Time]       "When it was installed (UTC).";
        expiration_date     Public   [Time]       "When it expires (UTC).";
        removal_date        Public   [Time]       "When it removes itself (UTC).";
        removal_disallowed  Public   []           "The owner cannot remove it.";
        is_encrypted        Public   []           "It was delivered encrypted.";
        is_managed          Public   []           "A management server installed it.";
        signer_certificates Public   [CertSha256] "SHA-256 of the certificates it was signed with.";
        payload_count       Public   [Number]     "Elements of its content.";
    }
    events {
        profile_installed(install_date) "Profile {display_name} ({identifier}, {uuid}) of {organization} was installed";
    }
}

shape! {
    /// One element of a profile.
    payload(Persisted) {
        parent             Public   []           "UUID of the profile.";
        parent_identifier  Public   []           "Identifier of the profile.";
        index              Public   [Number]     "Place in the content, from 0.";
        use profile::r#type;
        use profile::uuid;
        use profile::identifier;
        use profile::display_name;
        use profile::organization;
        use profile::description;
        urls               Personal [Url]        "Addresses in it: management, proxy, calendar and web clip servers.";
        hosts              Personal [Domain Ip]  "Servers in it that are named without a scheme: VPN, proxy, mail, DNS.";
        certificate_sha256 Public   [CertSha256] "SHA-256 of the certificate it installs.";
        certificate_name   Public   []           "File name of that certificate.";
        use profile::install_date;
    }
    events {
        profile_payload_installed(install_date) "Profile {parent_identifier} ({parent}) set up {type} ({display_name})";
    }
}

/// Elements of one profile that are read.
const MAX_PAYLOADS: usize = 10_000;
/// Addresses, and hosts, kept of one element.
const MAX_SERVERS: usize = 256;
/// Certificates of one signature.
const MAX_SIGNERS: usize = 64;

/// Keys whose text is the name or address of a server (compared without case).
const HOST_KEYS: &[&str] = &[
    "CommRemoteAddress",
    "CalDAVHostName",
    "CardDAVHostName",
    "Host",
    "HostName",
    "HTTPProxy",
    "HTTPSProxy",
    "IncomingMailServerHostName",
    "LDAPAccountHostName",
    "OutgoingMailServerHostName",
    "ProxyServer",
    "RemoteAddress",
    "ServerAddresses",
    "ServerName",
    "SOCKSProxy",
];

/// Keys that every profile has: one that is missing was damaged, or stands elsewhere now.
const KEYS: [&str; 2] = ["PayloadUUID", "PayloadIdentifier"];
/// Keys of which it has one.
const CONTENTS: [&str; 2] = ["PayloadContent", "EncryptedPayloadContent"];

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let profile = input.dict(emit)?;
    let has = |key: &&str| profile.get(key).is_some();
    let content = CONTENTS.iter().any(&has);
    let missing: Vec<&str> = KEYS.into_iter().filter(|k| !has(k)).chain((!content).then_some(CONTENTS[0])).collect();
    if !missing.is_empty() {
        let text = format!("the profile has no key {}: every profile has it", missing.join(", "));
        emit.lost_unknown(reason::KEY_MISSING, text);
    }
    let payloads = emit.holder(&profile, CONTENTS[0], payloads).unwrap_or_default();
    emit_profile(emit, &profile, payloads.len());
    for (i, payload) in payloads.iter().enumerate().take(MAX_PAYLOADS) {
        emit_payload(emit, &profile, i, payload);
    }
    if payloads.len() > MAX_PAYLOADS {
        let lost = (payloads.len() - MAX_PAYLOADS) as u64;
        emit.lost(lost, reason::LIMIT, format!("{} elements, at most {MAX_PAYLOADS} are read", payloads.len()));
    }
    Ok(())
}

/// The elements of the content: a list, or the one element itself; none that can be read where it is encrypted.
fn payloads(content: &plist::Value) -> Option<&[plist::Value]> {
    match content {
        plist::Value::Array(list) => Some(list),
        plist::Value::Dict(_) => Some(std::slice::from_ref(content)),
        plist::Value::Data(_) => Some(&[]),
        _ => None,
    }
}

fn emit_profile(emit: &mut Emitter<'_>, profile: &plist::Value, payloads: usize) {
    let mut out = emit.fields();
    put_names(&mut out, profile);
    out.found(&profile::install_date, date(profile, "InstallDate"))
        .found(&profile::expiration_date, date(profile, "PayloadExpirationDate"))
        .found(&profile::removal_date, date(profile, "RemovalDate"))
        .found(&profile::removal_disallowed, flag(profile, &["PayloadRemovalDisallowed"]))
        .found(&profile::is_encrypted, flag(profile, &["ProfileWasEncrypted", "IsEncrypted"]))
        .found(&profile::is_managed, flag(profile, &["IsManaged", "ProfileIsManaged"]));
    let signers = profile.get("SignerCerts").and_then(|v| v.as_array()).unwrap_or_default();
    let signers: Vec<Value<'_>> =
        signers.iter().filter_map(|c| c.as_data()).take(MAX_SIGNERS).map(|der| sha256(der).into()).collect();
    out.put(&profile::signer_certificates, (!signers.is_empty()).then_some(signers));
    out.put(&profile::payload_count, i64::try_from(payloads).ok());
    emit.emit(&profile::SHAPE, Locator::Whole, out);
}

fn emit_payload(emit: &mut Emitter<'_>, profile: &plist::Value, index: usize, payload: &plist::Value) {
    let servers = Servers::of(payload);
    let mut out = emit.fields();
    out.put(&payload::parent, string(profile, "PayloadUUID").value());
    out.put(&payload::parent_identifier, string(profile, "PayloadIdentifier").value());
    out.put(&payload::index, i64::try_from(index).ok());
    put_names(&mut out, payload);
    out.put(&payload::urls, list(&servers.urls)).put(&payload::hosts, list(&servers.hosts));
    let certificate = payload.get("PayloadContent").and_then(|v| v.as_data()).and_then(certificate);
    out.put(&payload::certificate_sha256, certificate);
    out.found(&payload::certificate_name, string(payload, "PayloadCertificateFileName"));
    out.put(&profile::install_date, date(profile, "InstallDate").value());
    emit.emit(&payload::SHAPE, Locator::Key(format!("PayloadContent.{index}").into()), out);
}

fn put_names<'a>(out: &mut Fields<'a>, from: &'a plist::Value) {
    let names: [(&'static Field, &str); 6] = [
        (&profile::uuid, "PayloadUUID"),
        (&profile::identifier, "PayloadIdentifier"),
        (&profile::r#type, "PayloadType"),
        (&profile::display_name, "PayloadDisplayName"),
        (&profile::organization, "PayloadOrganization"),
        (&profile::description, "PayloadDescription"),
    ];
    for (field, key) in names {
        out.found(field, string(from, key));
    }
}

fn string<'a>(from: &'a plist::Value, key: &str) -> Found<&'a str> {
    match from.get(key) {
        Some(plist::Value::String(s)) if s.is_empty() => Found::Absent,
        value => Found::of(value, |v| v.as_str()),
    }
}

fn flag(from: &plist::Value, keys: &[&str]) -> Found<bool> {
    Found::of(keys.iter().find_map(|k| from.get(k)), |v| v.as_bool().or_else(|| v.as_i64().map(|i| i != 0)))
}

fn date(from: &plist::Value, key: &str) -> Found<Timestamp> {
    Found::of(from.get(key), |value| {
        let micros = value.as_unix_micros()?;
        let precision = if micros % 1_000_000 == 0 { Precision::Second } else { Precision::Micro };
        Timestamp::utc_micros(micros, precision)
    })
}

fn list<'a>(items: &[&'a str]) -> Option<Vec<Value<'a>>> {
    (!items.is_empty()).then(|| items.iter().map(|i| Value::from(*i)).collect())
}

/// SHA-256 of a certificate in DER, or in PEM; `None` for a PKCS #12 container, whose certificates are encrypted.
fn certificate(bytes: &[u8]) -> Option<String> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some((_, rest)) = text.split_once(BEGIN)
    {
        use base64::Engine;
        let body: String = rest.split_once(END)?.0.split_ascii_whitespace().collect();
        let der = base64::engine::general_purpose::STANDARD.decode(body).ok()?;
        return Some(sha256(&der));
    }
    is_certificate(bytes).then(|| sha256(bytes))
}

/// Whether DER bytes are a certificate: a sequence that begins with a sequence. PKCS #12 begins with a number.
fn is_certificate(der: &[u8]) -> bool {
    let content = match der {
        [0x30, 0x82, _, _, content @ ..] | [0x30, 0x81, _, content @ ..] => content,
        [0x30, 0x83, _, _, _, content @ ..] => content,
        _ => return false,
    };
    content.first() == Some(&0x30)
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The servers an element names, each once.
#[derive(Default)]
struct Servers<'a> {
    urls: Vec<&'a str>,
    hosts: Vec<&'a str>,
}

impl<'a> Servers<'a> {
    /// Every text of the element is looked at, however deep; the property list's own limits bound the walk.
    fn of(payload: &'a plist::Value) -> Servers<'a> {
        let mut found = Servers::default();
        let mut left: Vec<(&str, &'a plist::Value)> = vec![("", payload)];
        while let Some((key, value)) = left.pop() {
            match value {
                plist::Value::Dict(pairs) => left.extend(pairs.iter().rev().map(|(k, v)| (k.as_str(), v))),
                plist::Value::Array(items) => left.extend(items.iter().rev().map(|v| (key, v))),
                plist::Value::String(text) => found.add(key, text),
                _ => {}
            }
        }
        found
    }

    fn add(&mut self, key: &str, text: &'a str) {
        let text = text.trim();
        let list = if text.contains("://") {
            &mut self.urls
        } else if HOST_KEYS.iter().any(|k| k.eq_ignore_ascii_case(key)) {
            &mut self.hosts
        } else {
            return;
        };
        if !text.is_empty() && list.len() < MAX_SERVERS && !list.contains(&text) {
            list.push(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::testing::{Memory, Run, run};

    const NAME: &str = "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles/Library/ConfigurationProfiles/profile-ab.stub";

    fn parsed(body: &str) -> Run {
        let xml = format!("<?xml version=\"1.0\"?><plist version=\"1.0\">{body}</plist>");
        run(&ARTIFACT, &Memory::new().file(NAME, xml.into_bytes()))
    }

    #[test]
    fn a_profile_and_each_element_of_it() {
        let out = parsed(
            "<dict><key>PayloadUUID</key><string>76DAB334-7E17-475D-A5D6-0794EB5818A5</string>
             <key>PayloadIdentifier</key><string>com.evil.profile</string>
             <key>PayloadType</key><string>Configuration</string>
             <key>InstallDate</key><date>2021-06-01T10:00:00Z</date>
             <key>PayloadRemovalDisallowed</key><true/><key>ProfileWasEncrypted</key><integer>1</integer>
             <key>SignerCerts</key><array><data>YWJj</data></array>
             <key>PayloadContent</key><array>
               <dict><key>PayloadType</key><string>com.apple.mdm</string>
                 <key>ServerURL</key><string>https://mdm.evil.net/a</string>
                 <key>CheckInURL</key><string>https://mdm.evil.net/a</string></dict>
               <dict><key>PayloadType</key><string>com.apple.notificationsettings</string></dict>
               <dict><key>PayloadType</key><string>com.apple.vpn.managed</string>
                 <key>IKEv2</key><dict><key>RemoteAddress</key><string>vpn.evil.net</string></dict>
                 <key>DNS</key><dict><key>ServerAddresses</key><array><string>10.1.1.1</string></array></dict></dict>
               <dict><key>PayloadType</key><string>com.apple.security.root</string>
                 <key>PayloadContent</key><data>MIIABTADAQEA</data></dict>
               <string>odd</string>
             </array></dict>",
        );
        let p = out.of("profile")[0];
        assert_eq!(
            (p.text("identifier"), p.text("uuid")),
            ("com.evil.profile", "76DAB334-7E17-475D-A5D6-0794EB5818A5")
        );
        assert_eq!(p.time("install_date"), "2021-06-01T10:00:00Z");
        assert_eq!(
            (p.get("removal_disallowed"), p.get("is_encrypted")),
            (Some(&Value::Bool(true)), Some(&Value::Bool(true)))
        );
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(p.get("signer_certificates"), Some(&Value::List(vec![abc.into()])));
        let l = out.of("payload");
        assert_eq!(l.len(), 5);
        assert_eq!(l[0].get("urls"), Some(&Value::List(vec!["https://mdm.evil.net/a".into()])));
        assert_eq!((l[1].text("type"), l[1].text("parent")), ("com.apple.notificationsettings", p.text("uuid")));
        assert_eq!(l[2].get("hosts"), Some(&Value::List(vec!["vpn.evil.net".into(), "10.1.1.1".into()])));
        assert_eq!(l[3].text("certificate_sha256").len(), 64);
        assert_eq!(l[4].get("type"), None);
        assert!(out.tally.notes.is_empty());
    }

    #[test]
    fn nothing_is_needed_but_a_dictionary() {
        let out = parsed("<dict><key>PayloadUUID</key><string>A</string></dict>");
        assert_eq!(out.records.len(), 1);
        assert_eq!(parsed("<dict/>").records.len(), 1);
        assert!(matches!(parsed("<array/>").errors[..], [ParseError::Format(_)]));
    }

    #[test]
    fn certificates_in_both_forms_and_containers() {
        let der = [0x30, 0x82, 0, 5, 0x30, 3, 1, 1, 0];
        use base64::Engine;
        let pem = format!(
            "x\n-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            base64::engine::general_purpose::STANDARD.encode(der)
        );
        assert_eq!(certificate(&der), certificate(pem.as_bytes()));
        assert!(certificate(&der).is_some());
        assert_eq!(certificate(&[0x30, 0x82, 0, 3, 2, 1, 3]), None);
        assert_eq!(certificate(b""), None);
    }

    #[test]
    fn every_place_is_looked_into() {
        let bytes = b"<plist version=\"1.0\"><dict/></plist>".to_vec();
        let evidence = Memory::new()
            .file("HomeDomain/Library/UserConfigurationProfiles/profile-x.stub", bytes.clone())
            .file("HomeDomain/Library/ConfigurationProfiles/profile-x.stub", bytes.clone())
            .file("HomeDomain/Library/ConfigurationProfiles/other.plist", bytes);
        assert_eq!(run(&ARTIFACT, &evidence).records.len(), 2);
    }
}
