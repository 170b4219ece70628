//! `LIKE`: `%` stands for any text (also none, also with line ends), `_` for exactly one character. Both sides are
//! normalized to NFC (STIX 2.1 §9.6.1). There is no escape: a literal `%` cannot be asked for.
//!
//! The pattern is cut at `%`. The first part must begin the text, the last must end it, those between are looked for
//! from left to right; the leftmost place is always right for them, so nothing is ever tried twice.

use super::value::nfc;

/// A compiled `LIKE`.
#[derive(Debug)]
pub(super) struct Like {
    /// The parts between `%`; at least one.
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    /// With `_`, which is `None`.
    Chars(Vec<Option<char>>),
}

impl Like {
    pub(super) fn new(pattern: &str) -> Self {
        Self { parts: nfc(pattern).split('%').map(Part::new).collect() }
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        let text = nfc(text);
        let text = text.as_ref();
        let Some((first, others)) = self.parts.split_first() else { return false };
        let Some(mut rest) = first.strip_start(text) else { return false };
        let Some((last, middle)) = others.split_last() else { return rest.is_empty() };
        for part in middle {
            match part.strip_found(rest) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        last.ends(rest)
    }
}

impl Part {
    fn new(text: &str) -> Self {
        if !text.contains('_') {
            return Self::Text(text.to_owned());
        }
        Self::Chars(text.chars().map(|c| (c != '_').then_some(c)).collect())
    }

    /// What is behind the part if the text begins with it.
    fn strip_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(part) => text.strip_prefix(part.as_str()),
            Self::Chars(part) => {
                let mut chars = text.chars();
                for wanted in part {
                    let c = chars.next()?;
                    if wanted.is_some_and(|wanted| wanted != c) {
                        return None;
                    }
                }
                Some(chars.as_str())
            }
        }
    }

    /// What is behind the part where it stands first.
    fn strip_found<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(part) => text.find(part.as_str()).and_then(|at| text.get(at + part.len()..)),
            Self::Chars(_) => {
                let mut rest = text.chars();
                loop {
                    if let Some(after) = self.strip_start(rest.as_str()) {
                        return Some(after);
                    }
                    rest.next()?;
                }
            }
        }
    }

    fn ends(&self, text: &str) -> bool {
        match self {
            Self::Text(part) => text.ends_with(part.as_str()),
            Self::Chars(part) => {
                let mut chars = text.chars().rev();
                part.iter().rev().all(|wanted| chars.next().is_some_and(|c| wanted.is_none_or(|wanted| wanted == c)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_whole_text() {
        for (pattern, text, expected) in [
            ("hello", "hello", true),
            ("hello", "hello\n", false),
            ("he%", "hello", true),
            ("he%", "he", true),
            ("%lo", "hello", true),
            ("%l%", "hello", true),
            ("he__o", "hello", true),
            ("he_o", "hello", false),
            ("%", "", true),
            ("", "", true),
            ("", "x", false),
            ("_", "", false),
            ("_", "é", true),
            ("%%", "x", true),
            ("a%a", "a", false),
            ("a%a", "aa", true),
            ("%ab%ab", "ab", false),
            ("%a_c%", "xxabcxx", true),
            ("%a_", "xaab", true),
            ("_%_", "x", false),
            ("_%_", "xy", true),
            ("a.c", "abc", false),
            ("he%o", "he\nllo", true),
            ("%a_b%c_", "aabaxbcc!", true),
            ("%a_b%c_", "aabaxbc", false),
            ("\u{1e0d}\u{307}", "d\u{323}\u{307}", true),
            ("_\u{307}", "\u{1e0b}\u{323}", true),
            ("%\\%", "a\\b", true),
        ] {
            assert_eq!(Like::new(pattern).is_match(text), expected, "{pattern} {text:?}");
        }
    }

    #[test]
    fn many_wildcards_are_quick() {
        let like = Like::new(&"a%".repeat(1_000));
        assert!(!like.is_match(&"a".repeat(999)));
        assert!(like.is_match(&"a".repeat(100_000)));
    }
}
