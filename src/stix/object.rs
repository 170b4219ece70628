//! STIX objects with types: what a bundle says about indicators and what they belong to (STIX 2.1 parts 2 to 5, 7).
//!
//! Text is borrowed from the object's JSON where it has no escapes. A property of the wrong type is left out and named
//! in [`Parsed::wrong`]: a description that is a number does not cost an indicator. Only what makes an object useless
//! (no type; an indicator without pattern; a relationship without ends) is an error. Of a key that comes twice the last
//! counts.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::object_json::Raw;
use super::object_plain;

/// The extension that carries TLP 2.0 markings in STIX 2.1 (FIRST, August 2022).
const TLP_2_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// An object and what was wrong with it.
#[derive(Debug)]
pub struct Parsed<'a> {
    /// The object.
    pub object: StixObject<'a>,
    /// Properties, or items of lists, that were left out because they have the wrong type.
    pub wrong: Vec<&'static str>,
}

/// Any STIX object.
#[derive(Debug)]
pub enum StixObject<'a> {
    /// `indicator`
    Indicator(Box<Indicator<'a>>),
    /// What an indicator may point at; see [`NamedKind`].
    Named(Box<Named<'a>>),
    /// `report` and `grouping`.
    Collection(Box<Collection<'a>>),
    /// `relationship`
    Relationship(Box<Relationship<'a>>),
    /// `sighting`
    Sighting(Box<Sighting<'a>>),
    /// `marking-definition`
    Marking(Box<Marking<'a>>),
    /// `observed-data`
    ObservedData(Box<ObservedDataObject<'a>>),
    /// Everything else: observables, other domain objects, custom types.
    Other {
        /// Its type.
        object_type: Cow<'a, str>,
        /// Its id, which observables of STIX 2.0 lack.
        id: Option<Cow<'a, str>>,
    },
}

impl<'a> StixObject<'a> {
    /// What it shares with all objects; nothing for objects that are not read.
    #[must_use]
    pub fn common(&self) -> Option<&Common<'a>> {
        Some(match self {
            Self::Indicator(o) => &o.common,
            Self::Named(o) => &o.common,
            Self::Collection(o) => &o.common,
            Self::Relationship(o) => &o.common,
            Self::Sighting(o) => &o.common,
            Self::Marking(o) => &o.common,
            Self::ObservedData(o) => &o.common,
            Self::Other { .. } => return None,
        })
    }
}

/// Properties that all STIX objects share (STIX 2.1 §3.2). Times are text as written; see
/// [`parse_timestamp`](super::time::parse_timestamp).
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Common<'a> {
    /// `type--UUID`; packs in the wild have others too. Empty if absent.
    pub id: Cow<'a, str>,
    /// `2.1`; absent in STIX 2.0.
    pub spec_version: Option<Cow<'a, str>>,
    /// When its author made it.
    pub created: Option<Cow<'a, str>>,
    /// When this version of it was made.
    pub modified: Option<Cow<'a, str>>,
    /// Id of the identity that made it.
    pub created_by_ref: Option<Cow<'a, str>>,
    /// Taken back by its author.
    pub revoked: bool,
    /// How sure the author is, 0 to 100.
    pub confidence: Option<i64>,
    /// Language of its texts (RFC 5646).
    pub lang: Option<Cow<'a, str>>,
    /// Words of the author's own.
    pub labels: Vec<Cow<'a, str>>,
    /// Where more is written.
    pub external_references: Vec<ExternalReference<'a>>,
    /// Ids of marking definitions.
    pub object_marking_refs: Vec<Cow<'a, str>>,
    /// How many granular markings it has; they are not read.
    pub granular_markings: usize,
    /// Extensions by the id of their definition.
    pub extensions: Option<Map<String, Value>>,
}

/// STIX 2.1 §2.5.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct ExternalReference<'a> {
    /// Name of the source.
    pub source_name: Option<Cow<'a, str>>,
    /// What is found there.
    pub description: Option<Cow<'a, str>>,
    /// Where.
    pub url: Option<Cow<'a, str>>,
    /// Its name there, e.g. a CVE.
    pub external_id: Option<Cow<'a, str>>,
}

/// STIX 2.1 §2.11.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct KillChainPhase<'a> {
    /// Which kill chain.
    pub kill_chain_name: Option<Cow<'a, str>>,
    /// Which phase of it.
    pub phase_name: Option<Cow<'a, str>>,
}

/// `indicator` (STIX 2.1 §4.7).
#[derive(Debug)]
pub struct Indicator<'a> {
    /// Shared properties.
    pub common: Common<'a>,
    /// For people.
    pub name: Option<Cow<'a, str>>,
    /// For people.
    pub description: Option<Cow<'a, str>>,
    /// What to look for; in STIX patterning if [`is_stix`](Self::is_stix).
    pub pattern: Cow<'a, str>,
    /// `stix`, `yara`, `sigma`, …; absent in STIX 2.0, which has only STIX patterns.
    pub pattern_type: Option<Cow<'a, str>>,
    /// Version of the pattern's language.
    pub pattern_version: Option<Cow<'a, str>>,
    /// From when it is meant to be looked for.
    pub valid_from: Option<Cow<'a, str>>,
    /// Until when; absent means for ever.
    pub valid_until: Option<Cow<'a, str>>,
    /// `malicious-activity`, …; STIX 2.0 has these words in `labels`.
    pub indicator_types: Vec<Cow<'a, str>>,
    /// Where in an attack it belongs.
    pub kill_chain_phases: Vec<KillChainPhase<'a>>,
}

impl Indicator<'_> {
    /// Whether the pattern is a STIX pattern.
    #[must_use]
    pub fn is_stix(&self) -> bool {
        self.pattern_type.as_deref().is_none_or(|name| name == "stix")
    }
}

/// Types that [`Named`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NamedKind {
    /// `malware`
    Malware,
    /// `tool`
    Tool,
    /// `threat-actor`
    ThreatActor,
    /// `intrusion-set`
    IntrusionSet,
    /// `campaign`
    Campaign,
    /// `infrastructure`
    Infrastructure,
    /// `attack-pattern`
    AttackPattern,
    /// `identity`
    Identity,
    /// `vulnerability`
    Vulnerability,
    /// `course-of-action`
    CourseOfAction,
}

impl NamedKind {
    const ALL: [(&'static str, Self); 10] = [
        ("malware", Self::Malware),
        ("tool", Self::Tool),
        ("threat-actor", Self::ThreatActor),
        ("intrusion-set", Self::IntrusionSet),
        ("campaign", Self::Campaign),
        ("infrastructure", Self::Infrastructure),
        ("attack-pattern", Self::AttackPattern),
        ("identity", Self::Identity),
        ("vulnerability", Self::Vulnerability),
        ("course-of-action", Self::CourseOfAction),
    ];

    fn of(object_type: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == object_type).map(|(_, kind)| *kind)
    }

    /// The STIX type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

/// An object that gives a name to what indicators indicate (STIX 2.1 §4).
#[derive(Debug)]
pub struct Named<'a> {
    /// Which type it is.
    pub kind: NamedKind,
    /// Shared properties.
    pub common: Common<'a>,
    /// Its name; optional for malware in STIX 2.1.
    pub name: Option<Cow<'a, str>>,
    /// For people.
    pub description: Option<Cow<'a, str>>,
    /// Other names.
    pub aliases: Vec<Cow<'a, str>>,
    /// `malware_types`, `tool_types`, `threat_actor_types` or `infrastructure_types`.
    pub types: Vec<Cow<'a, str>>,
    /// Malware: a family and not one sample.
    pub is_family: Option<bool>,
    /// Identity: `individual`, `organization`, ….
    pub identity_class: Option<Cow<'a, str>>,
    /// When it was first seen.
    pub first_seen: Option<Cow<'a, str>>,
    /// When it was last seen.
    pub last_seen: Option<Cow<'a, str>>,
    /// Where in an attack it belongs.
    pub kill_chain_phases: Vec<KillChainPhase<'a>>,
}

/// Types that [`Collection`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CollectionKind {
    /// `report`: published.
    Report,
    /// `grouping`: not.
    Grouping,
}

/// Objects that belong together (STIX 2.1 §4.4, §4.15).
#[derive(Debug)]
pub struct Collection<'a> {
    /// Which type it is.
    pub kind: CollectionKind,
    /// Shared properties.
    pub common: Common<'a>,
    /// Its title.
    pub name: Option<Cow<'a, str>>,
    /// For people.
    pub description: Option<Cow<'a, str>>,
    /// Report: when it was published.
    pub published: Option<Cow<'a, str>>,
    /// What belongs to it.
    pub object_refs: Vec<Cow<'a, str>>,
}

/// `relationship` (STIX 2.1 §5.1).
#[derive(Debug)]
pub struct Relationship<'a> {
    /// Shared properties.
    pub common: Common<'a>,
    /// `indicates`, `uses`, ….
    pub relationship_type: Cow<'a, str>,
    /// From which object.
    pub source_ref: Cow<'a, str>,
    /// To which.
    pub target_ref: Cow<'a, str>,
}

/// `sighting` (STIX 2.1 §5.2).
#[derive(Debug)]
pub struct Sighting<'a> {
    /// Shared properties.
    pub common: Common<'a>,
    /// What was seen.
    pub sighting_of_ref: Cow<'a, str>,
    /// In which observations.
    pub observed_data_refs: Vec<Cow<'a, str>>,
    /// By whom.
    pub where_sighted_refs: Vec<Cow<'a, str>>,
    /// When first.
    pub first_seen: Option<Cow<'a, str>>,
    /// When last.
    pub last_seen: Option<Cow<'a, str>>,
    /// How often.
    pub count: Option<i64>,
}

/// `marking-definition` (STIX 2.1 §7.2).
#[derive(Debug)]
pub struct Marking<'a> {
    /// Shared properties.
    pub common: Common<'a>,
    /// Its name.
    pub name: Option<Cow<'a, str>>,
    /// `tlp`, `statement`; absent where an extension defines it.
    pub definition_type: Option<Cow<'a, str>>,
    /// The traffic light, if it is one.
    pub tlp: Option<Tlp>,
    /// The statement, if it is one.
    pub statement: Option<String>,
}

/// Traffic Light Protocol 1.0 and 2.0: to whom something may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tlp {
    /// TLP:CLEAR, in 1.0 TLP:WHITE: everybody.
    Clear,
    /// TLP:GREEN: the community.
    Green,
    /// TLP:AMBER: the organization and its clients.
    Amber,
    /// TLP:AMBER+STRICT: the organization; 2.0 only.
    AmberStrict,
    /// TLP:RED: the recipients.
    Red,
}

impl Tlp {
    /// Reads `white`, `TLP:AMBER+STRICT` and what lies between, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        match text.strip_prefix("tlp:").unwrap_or(&text).trim() {
            "clear" | "white" => Some(Self::Clear),
            "green" => Some(Self::Green),
            "amber" => Some(Self::Amber),
            "amber+strict" => Some(Self::AmberStrict),
            "red" => Some(Self::Red),
            _ => None,
        }
    }

    /// As TLP 2.0 writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }
}

/// `observed-data` (STIX 2.1 §4.14), without its observables; for evaluation see
/// [`observed_data`](super::observed_data::observed_data).
#[derive(Debug)]
pub struct ObservedDataObject<'a> {
    /// Shared properties.
    pub common: Common<'a>,
    /// When first.
    pub first_observed: Option<Cow<'a, str>>,
    /// When last.
    pub last_observed: Option<Cow<'a, str>>,
    /// How often.
    pub number_observed: Option<i64>,
    /// Ids of its observables.
    pub object_refs: Vec<Cow<'a, str>>,
}

/// Gives the JSON text of one object its type. The error says what makes it useless, with serde's line and column
/// inside the text.
///
/// # Errors
/// No JSON object; no type; an indicator without pattern; a relationship or sighting without its ends.
pub fn parse_object(text: &str) -> Result<Parsed<'_>, String> {
    object_plain::read(text).map_or_else(|| parse_any(text), Ok)
}

/// The same, whatever form it has.
pub(super) fn parse_any(text: &str) -> Result<Parsed<'_>, String> {
    let mut raw = Raw::default();
    let wrong = raw.read(text).map_err(|error| error.to_string())?;
    let raw = &mut raw;
    let object_type = raw.object_type.take().ok_or("expected a type, found none")?;
    let object = match object_type.as_ref() {
        "indicator" => StixObject::Indicator(Box::new(indicator(raw)?)),
        "relationship" => StixObject::Relationship(Box::new(relationship(raw)?)),
        "report" => StixObject::Collection(Box::new(collection(CollectionKind::Report, raw))),
        "grouping" => StixObject::Collection(Box::new(collection(CollectionKind::Grouping, raw))),
        "sighting" => StixObject::Sighting(Box::new(sighting(raw)?)),
        "marking-definition" => StixObject::Marking(Box::new(marking(raw))),
        "observed-data" => StixObject::ObservedData(Box::new(observed(raw))),
        name => match NamedKind::of(name) {
            Some(kind) => StixObject::Named(Box::new(named(kind, raw))),
            None => StixObject::Other { object_type, id: raw.id.take() },
        },
    };
    Ok(Parsed { object, wrong })
}

fn common<'a>(raw: &mut Raw<'a>) -> Common<'a> {
    Common {
        id: raw.id.take().unwrap_or_default(),
        spec_version: raw.spec_version.take(),
        created: raw.created.take(),
        modified: raw.modified.take(),
        created_by_ref: raw.created_by_ref.take(),
        revoked: raw.revoked.take().unwrap_or(false),
        confidence: raw.confidence.take(),
        lang: raw.lang.take(),
        labels: raw.labels.take().unwrap_or_default(),
        external_references: raw.external_references.take().unwrap_or_default(),
        object_marking_refs: raw.object_marking_refs.take().unwrap_or_default(),
        granular_markings: raw.granular_markings.take().map_or(0, |list| list.len()),
        extensions: raw.extensions.take(),
    }
}

fn indicator<'a>(raw: &mut Raw<'a>) -> Result<Indicator<'a>, String> {
    Ok(Indicator {
        common: common(raw),
        name: raw.name.take(),
        description: raw.description.take(),
        pattern: raw.pattern.take().ok_or("expected an indicator's pattern as text, found none")?,
        pattern_type: raw.pattern_type.take(),
        pattern_version: raw.pattern_version.take(),
        valid_from: raw.valid_from.take(),
        valid_until: raw.valid_until.take(),
        indicator_types: raw.indicator_types.take().unwrap_or_default(),
        kill_chain_phases: raw.kill_chain_phases.take().unwrap_or_default(),
    })
}

fn named<'a>(kind: NamedKind, raw: &mut Raw<'a>) -> Named<'a> {
    let types = match kind {
        NamedKind::Malware => raw.malware_types.take(),
        NamedKind::Tool => raw.tool_types.take(),
        NamedKind::ThreatActor => raw.threat_actor_types.take(),
        NamedKind::Infrastructure => raw.infrastructure_types.take(),
        _ => None,
    };
    Named {
        kind,
        common: common(raw),
        name: raw.name.take(),
        description: raw.description.take(),
        aliases: raw.aliases.take().unwrap_or_default(),
        types: types.unwrap_or_default(),
        is_family: raw.is_family.take(),
        identity_class: raw.identity_class.take(),
        first_seen: raw.first_seen.take(),
        last_seen: raw.last_seen.take(),
        kill_chain_phases: raw.kill_chain_phases.take().unwrap_or_default(),
    }
}

fn collection<'a>(kind: CollectionKind, raw: &mut Raw<'a>) -> Collection<'a> {
    Collection {
        kind,
        common: common(raw),
        name: raw.name.take(),
        description: raw.description.take(),
        published: raw.published.take(),
        object_refs: raw.object_refs.take().unwrap_or_default(),
    }
}

fn relationship<'a>(raw: &mut Raw<'a>) -> Result<Relationship<'a>, String> {
    Ok(Relationship {
        common: common(raw),
        relationship_type: raw.relationship_type.take().unwrap_or_default(),
        source_ref: raw.source_ref.take().ok_or("expected a relationship's source_ref, found none")?,
        target_ref: raw.target_ref.take().ok_or("expected a relationship's target_ref, found none")?,
    })
}

fn sighting<'a>(raw: &mut Raw<'a>) -> Result<Sighting<'a>, String> {
    Ok(Sighting {
        common: common(raw),
        sighting_of_ref: raw.sighting_of_ref.take().ok_or("expected a sighting's sighting_of_ref, found none")?,
        observed_data_refs: raw.observed_data_refs.take().unwrap_or_default(),
        where_sighted_refs: raw.where_sighted_refs.take().unwrap_or_default(),
        first_seen: raw.first_seen.take(),
        last_seen: raw.last_seen.take(),
        count: raw.count.take(),
    })
}

fn marking<'a>(raw: &mut Raw<'a>) -> Marking<'a> {
    let common = common(raw);
    let defined = |key: &str| raw.definition.as_ref().and_then(|map| map.get(key)).and_then(Value::as_str);
    let extended = common.extensions.as_ref().and_then(|map| map.get(TLP_2_EXTENSION)).and_then(|e| e.get("tlp_2_0"));
    let tlp = extended
        .and_then(Value::as_str)
        .or_else(|| defined("tlp"))
        .and_then(Tlp::parse)
        .or_else(|| raw.name.as_deref().filter(|name| name.starts_with("TLP:")).and_then(Tlp::parse));
    let statement = defined("statement").map(str::to_owned);
    Marking { common, tlp, statement, name: raw.name.take(), definition_type: raw.definition_type.take() }
}

fn observed<'a>(raw: &mut Raw<'a>) -> ObservedDataObject<'a> {
    ObservedDataObject {
        common: common(raw),
        first_observed: raw.first_observed.take(),
        last_observed: raw.last_observed.take(),
        number_observed: raw.number_observed.take(),
        object_refs: raw.object_refs.take().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indicator_in_full() {
        let text = r#"{"type":"indicator","spec_version":"2.1","id":"indicator--1","created":"2024-01-01T00:00:00Z",
            "name":"a\u00e9","pattern":"[a:b = 1]","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z","revoked":true,
            "confidence":80,"labels":["x","y"],"kill_chain_phases":[{"kill_chain_name":"k","phase_name":"p"}],
            "external_references":[{"source_name":"s","url":"https://example.org","extra":[1,{"a":2}]}],
            "granular_markings":[{},{}],"extensions":{"extension-definition--1":{"n":1}},"custom":{"deep":[[[]]]}}"#;
        let parsed = parse_object(text).unwrap();
        assert!(parsed.wrong.is_empty());
        let StixObject::Indicator(indicator) = parsed.object else { panic!() };
        assert_eq!(indicator.name.as_deref(), Some("aé"));
        assert!(matches!(indicator.pattern, Cow::Borrowed("[a:b = 1]")));
        assert!(indicator.is_stix() && indicator.common.revoked);
        assert_eq!(indicator.common.confidence, Some(80));
        assert_eq!(indicator.common.labels, ["x", "y"]);
        assert_eq!(indicator.common.granular_markings, 2);
        assert_eq!(indicator.common.external_references[0].url.as_deref(), Some("https://example.org"));
        assert_eq!(indicator.kill_chain_phases[0].phase_name.as_deref(), Some("p"));
        assert_eq!(indicator.common.extensions.unwrap()["extension-definition--1"]["n"], 1);
    }

    #[test]
    fn wrong_types_cost_only_themselves() {
        let text = r#"{"type":"indicator","pattern":"[a:b = 1]","description":5,"labels":["x",7],"revoked":"yes",
            "external_references":{},"confidence":null,"name":"one","name":"two","kill_chain_phases":[3]}"#;
        let parsed = parse_object(text).unwrap();
        assert_eq!(parsed.wrong, ["description", "labels", "revoked", "external_references", "kill_chain_phases"]);
        let StixObject::Indicator(indicator) = parsed.object else { panic!() };
        assert_eq!(indicator.common.labels, ["x"]);
        assert_eq!(indicator.name.as_deref(), Some("two"));
        assert!(indicator.description.is_none() && !indicator.common.revoked);
    }

    #[test]
    fn useless_objects_are_errors() {
        for (text, why) in [
            ("{}", "type"),
            (r#"{"type":5}"#, "type"),
            (r#"{"type":"indicator"}"#, "pattern"),
            (r#"{"type":"indicator","pattern":["x"]}"#, "pattern"),
            (r#"{"type":"relationship","source_ref":"a"}"#, "target_ref"),
            (r#"{"type":"sighting"}"#, "sighting_of_ref"),
            (r#"{"type":"tool",}"#, "trailing comma"),
            ("[]", "object"),
        ] {
            let error = parse_object(text).map(|_| ()).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        let deep = format!(r#"{{"type":"tool","extensions":{{"a":{}{}}}}}"#, "[".repeat(5000), "]".repeat(5000));
        assert!(parse_object(&deep).is_err());
    }

    #[test]
    fn traffic_lights() {
        let tlp = |text: &str| match parse_object(text).unwrap().object {
            StixObject::Marking(marking) => marking.tlp,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            tlp(r#"{"type":"marking-definition","definition_type":"tlp","definition":{"tlp":"white"}}"#),
            Some(Tlp::Clear)
        );
        let second = format!(
            r#"{{"type":"marking-definition","name":"TLP:AMBER+STRICT","extensions":{{"{TLP_2_EXTENSION}":{{"tlp_2_0":"amber+strict"}}}}}}"#
        );
        assert_eq!(tlp(&second), Some(Tlp::AmberStrict));
        assert_eq!(tlp(r#"{"type":"marking-definition","name":"TLP:RED"}"#), Some(Tlp::Red));
        assert_eq!(tlp(r#"{"type":"marking-definition","definition":{"statement":"© us"}}"#), None);
    }

    #[test]
    fn other_types() {
        let kind = |text: &str| match parse_object(text).unwrap().object {
            StixObject::Named(named) => (named.kind.as_str(), named.types.len(), named.is_family),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            kind(r#"{"type":"malware","is_family":false,"malware_types":["spyware"]}"#),
            ("malware", 1, Some(false))
        );
        assert_eq!(kind(r#"{"type":"intrusion-set","name":"x"}"#), ("intrusion-set", 0, None));
        let parsed = parse_object(r#"{"type":"x-ours","id":"x-ours--1","value":1}"#).unwrap();
        assert!(matches!(parsed.object, StixObject::Other { object_type, id: Some(_) } if object_type == "x-ours"));
    }
}
