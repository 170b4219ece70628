//! One pass over an object's JSON that takes every property any STIX type here has, whatever comes first.
//!
//! serde's derived readers stop at the first value of a wrong type; these take what fits and remember what did not.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::object::{ExternalReference, KillChainPhase};

/// A type that can be made of some JSON values.
trait Take<'de>: Sized {
    fn from_text(_: Cow<'de, str>) -> Option<Self> {
        None
    }

    fn from_bool(_: bool) -> Option<Self> {
        None
    }

    fn from_int(_: i64) -> Option<Self> {
        None
    }

    /// Must take all items.
    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Got<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Got::WRONG)
    }

    /// Must take all entries.
    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Got<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Got::WRONG)
    }
}

/// What a value gave. `null` is neither a value nor wrong.
struct Got<T> {
    value: Option<T>,
    wrong: bool,
}

impl<T> Got<T> {
    const WRONG: Self = Self { value: None, wrong: true };

    fn new(value: Option<T>) -> Self {
        Self { wrong: value.is_none(), value }
    }
}

impl<'de, T: Take<'de>> Deserialize<'de> for Got<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GotVisitor(PhantomData))
    }
}

struct GotVisitor<T>(PhantomData<T>);

impl<'de, T: Take<'de>> Visitor<'de> for GotVisitor<T> {
    type Value = Got<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Got<T>, E> {
        Ok(Got { value: None, wrong: false })
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Got<T>, E> {
        Ok(Got::new(T::from_text(Cow::Borrowed(text))))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Got<T>, E> {
        Ok(Got::new(T::from_text(Cow::Owned(text.to_owned()))))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Got<T>, E> {
        Ok(Got::new(T::from_bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Got<T>, E> {
        Ok(Got::new(T::from_int(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Got<T>, E> {
        Ok(Got::new(i64::try_from(value).ok().and_then(T::from_int)))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Got<T>, E> {
        Ok(Got::WRONG)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Got<T>, A::Error> {
        T::from_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Got<T>, A::Error> {
        T::from_map(map)
    }
}

impl<'de> Take<'de> for Cow<'de, str> {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(text)
    }
}

impl<'de> Take<'de> for bool {
    fn from_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl<'de> Take<'de> for i64 {
    fn from_int(value: i64) -> Option<Self> {
        Some(value)
    }
}

impl<'de, T: Take<'de>> Take<'de> for Vec<T> {
    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Got<Self>, A::Error> {
        let mut value = Self::new();
        let mut wrong = false;
        while let Some(item) = list.next_element::<Got<T>>()? {
            wrong |= item.wrong;
            value.extend(item.value);
        }
        Ok(Got { value: Some(value), wrong })
    }
}

/// An item that only counts.
pub(super) struct Counted;

impl<'de> Take<'de> for Counted {
    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Got<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Got::new(Some(Self)))
    }
}

impl<'de> Take<'de> for Map<String, Value> {
    fn from_map<A: MapAccess<'de>>(map: A) -> Result<Got<Self>, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(map)).map(|map| Got::new(Some(map)))
    }
}

struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// Fills the named fields from a map; the result tells if one of them was wrong.
macro_rules! fill {
    ($map:ident, $into:ident, $wrong:expr, { $($key:literal => $field:ident),+ $(,)? }) => {
        while let Some(Key(key)) = $map.next_key()? {
            match key.as_ref() {
                $($key => {
                    let got = $map.next_value::<Got<_>>()?;
                    if got.wrong {
                        $wrong($key);
                    }
                    $into.$field = got.value;
                })+
                _ => {
                    $map.next_value::<IgnoredAny>()?;
                }
            }
        }
    };
}

impl<'de> Take<'de> for ExternalReference<'de> {
    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Got<Self>, A::Error> {
        let mut value = Self::default();
        let mut wrong = false;
        fill!(map, value, |_| wrong = true, {
            "source_name" => source_name, "description" => description, "url" => url, "external_id" => external_id,
        });
        Ok(Got { value: Some(value), wrong })
    }
}

impl<'de> Take<'de> for KillChainPhase<'de> {
    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Got<Self>, A::Error> {
        let mut value = Self::default();
        let mut wrong = false;
        fill!(map, value, |_| wrong = true, { "kill_chain_name" => kill_chain_name, "phase_name" => phase_name });
        Ok(Got { value: Some(value), wrong })
    }
}

type Text<'a> = Option<Cow<'a, str>>;
type Texts<'a> = Option<Vec<Cow<'a, str>>>;

/// Every property that is read, of whatever type.
#[derive(Default)]
pub(super) struct Raw<'a> {
    pub(super) object_type: Text<'a>,
    pub(super) id: Text<'a>,
    pub(super) spec_version: Text<'a>,
    pub(super) created: Text<'a>,
    pub(super) modified: Text<'a>,
    pub(super) created_by_ref: Text<'a>,
    pub(super) revoked: Option<bool>,
    pub(super) confidence: Option<i64>,
    pub(super) lang: Text<'a>,
    pub(super) labels: Texts<'a>,
    pub(super) external_references: Option<Vec<ExternalReference<'a>>>,
    pub(super) object_marking_refs: Texts<'a>,
    pub(super) granular_markings: Option<Vec<Counted>>,
    pub(super) extensions: Option<Map<String, Value>>,
    pub(super) name: Text<'a>,
    pub(super) description: Text<'a>,
    pub(super) aliases: Texts<'a>,
    pub(super) pattern: Text<'a>,
    pub(super) pattern_type: Text<'a>,
    pub(super) pattern_version: Text<'a>,
    pub(super) valid_from: Text<'a>,
    pub(super) valid_until: Text<'a>,
    pub(super) indicator_types: Texts<'a>,
    pub(super) kill_chain_phases: Option<Vec<KillChainPhase<'a>>>,
    pub(super) is_family: Option<bool>,
    pub(super) malware_types: Texts<'a>,
    pub(super) tool_types: Texts<'a>,
    pub(super) threat_actor_types: Texts<'a>,
    pub(super) infrastructure_types: Texts<'a>,
    pub(super) identity_class: Text<'a>,
    pub(super) object_refs: Texts<'a>,
    pub(super) published: Text<'a>,
    pub(super) relationship_type: Text<'a>,
    pub(super) source_ref: Text<'a>,
    pub(super) target_ref: Text<'a>,
    pub(super) sighting_of_ref: Text<'a>,
    pub(super) observed_data_refs: Texts<'a>,
    pub(super) where_sighted_refs: Texts<'a>,
    pub(super) first_seen: Text<'a>,
    pub(super) last_seen: Text<'a>,
    pub(super) count: Option<i64>,
    pub(super) definition_type: Text<'a>,
    pub(super) definition: Option<Map<String, Value>>,
    pub(super) first_observed: Text<'a>,
    pub(super) last_observed: Text<'a>,
    pub(super) number_observed: Option<i64>,
}

impl<'a> Raw<'a> {
    /// Reads an object into an empty `self`, which is large and so not moved about. Names the properties of wrong
    /// types.
    pub(super) fn read(&mut self, text: &'a str) -> Result<Vec<&'static str>, serde_json::Error> {
        let mut json = serde_json::Deserializer::from_str(text);
        let mut wrong = Vec::new();
        json.deserialize_map(RawVisitor { raw: self, wrong: &mut wrong })?;
        json.end()?;
        Ok(wrong)
    }
}

struct RawVisitor<'r, 'a> {
    raw: &'r mut Raw<'a>,
    wrong: &'r mut Vec<&'static str>,
}

impl<'de> Visitor<'de> for RawVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a STIX object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { raw, wrong } = self;
        fill!(map, raw, |key| wrong.push(key), {
            "type" => object_type, "id" => id, "spec_version" => spec_version, "created" => created,
            "modified" => modified, "created_by_ref" => created_by_ref, "revoked" => revoked,
            "confidence" => confidence, "lang" => lang, "labels" => labels,
            "external_references" => external_references, "object_marking_refs" => object_marking_refs,
            "granular_markings" => granular_markings, "extensions" => extensions, "name" => name,
            "description" => description, "aliases" => aliases, "pattern" => pattern,
            "pattern_type" => pattern_type, "pattern_version" => pattern_version, "valid_from" => valid_from,
            "valid_until" => valid_until, "indicator_types" => indicator_types,
            "kill_chain_phases" => kill_chain_phases, "is_family" => is_family,
            "malware_types" => malware_types, "tool_types" => tool_types,
            "threat_actor_types" => threat_actor_types, "infrastructure_types" => infrastructure_types,
            "identity_class" => identity_class, "object_refs" => object_refs, "published" => published,
            "relationship_type" => relationship_type, "source_ref" => source_ref, "target_ref" => target_ref,
            "sighting_of_ref" => sighting_of_ref, "observed_data_refs" => observed_data_refs,
            "where_sighted_refs" => where_sighted_refs, "first_seen" => first_seen, "last_seen" => last_seen,
            "count" => count, "definition_type" => definition_type, "definition" => definition,
            "first_observed" => first_observed, "last_observed" => last_observed,
            "number_observed" => number_observed,
        });
        Ok(())
    }
}
