//! The one spelling of an indicator, for files in which people name some.

use super::compile::{Compiled, compile};
use crate::observable::Kind;

/// The canonical pattern of `kind` equals `value`, where the value is normalized already.
pub fn canonical_value(kind: Kind, value: &str) -> String {
    let path = match kind {
        Kind::Ip if value.contains(':') => "ipv6-addr:value",
        k => k.object_path(),
    };
    format!("[{path} = '{}']", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The canonical text of a pattern in any spelling: what a finding about it carries. An error says why no finding
/// can be about it.
pub fn canonical_pattern(pattern: &str) -> Result<String, String> {
    match compile(pattern) {
        Compiled::Value(kind, value) => Ok(canonical_value(kind, &value)),
        Compiled::Pattern(parsed, _) => Ok(parsed.canonical()),
        Compiled::Cannot(why) => Err(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_has_one_text() {
        let same = "[domain-name:value = 'evil.example']";
        for p in ["[domain-name:value='EVIL.example.']", "[ domain-name:value = 'evil[.]example' ]", same] {
            assert_eq!(canonical_pattern(p).unwrap(), same, "{p}");
        }
        assert_eq!(
            canonical_pattern("[ipv6-addr:value = '2001:DB8::1']").unwrap(),
            "[ipv6-addr:value = '2001:db8::1']"
        );
        assert_eq!(canonical_pattern(r"[process:name = 'it\'s']").unwrap(), r"[process:name = 'it\'s']");
        let rule = "[x-ios-sms:a = true AND x-ios-sms:b = 'c']";
        assert_eq!(canonical_pattern(&rule.replace(" = ", "=")).unwrap(), rule);
        assert!(canonical_pattern("[file:path = 'relative/x']").unwrap_err().contains("relative"));
        assert!(canonical_pattern("evil.example").is_err());
    }
}
