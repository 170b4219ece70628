//! Expressions that agree with PCRE and Python, and those that are refused.

use super::*;

fn finds(pattern: &str, text: &str) -> bool {
    text_regex(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}")).is_match(text)
}

#[test]
fn answers_of_pcre_and_python() {
    for (pattern, text, expected) in [
        ("l+", "hello", true),
        ("^l", "hello", false),
        ("lo$", "hello", true),
        ("lo$", "hello\n", true),
        ("lo$", "hello\n\n", false),
        ("(?m)^b$", "a\nb\nc", true),
        ("(a|b$)", "xb\n", true),
        ("(?:a$)?", "zzz", true),
        ("a.b", "a\nb", false),
        ("(?s)a.b", "a\nb", true),
        ("(?s:a.)b", "a\nb", true),
        (r"\<a\>", "<a>", true),
        (r"\<a\>", "a", false),
        ("[[]", "[", true),
        ("[a&&b]", "&", true),
        ("[+--]", ",", true),
        ("[]a]", "]", true),
        ("[^]a]", "]", false),
        (r"[\w-]", "-", true),
        (r"[\w.-]+@", "a-b.c@", true),
        ("[[:digit:]]", "5", true),
        ("[[:digit:]]", ":", false),
        ("a{2}", "aa", true),
        ("a{,2}b", "aab", true),
        ("a{x}", "a{x}", true),
        ("a{", "a{", true),
        ("1}", "1}", true),
        (r"\x41\x{42}\u0043", "ABC", true),
        (r"\101\0", "A\0", true),
        (r"[\b]", "\u{8}", true),
        (r"\bfoo\b", "a foo.", true),
        ("(?i)ABC", "xabcx", true),
        ("(?i:A)B", "aB", true),
        ("(?i:A)B", "ab", false),
        ("(?-i)a", "A", false),
        ("(?x) a b # c\n c", "abc", true),
        ("(?x)[ ]", " ", true),
        ("(?#note)a", "a", true),
        ("(?P<n>a)(?<m>b)(?'o'c)", "abc", true),
        (r"\é\@\ ", "é@ ", true),
        (r"\w", "é", true),
        (r"^\w$", "\u{301}", false),
        (r"\s", "\u{1c}", true),
        (r"\d", "٣", true),
        ("a|", "", true),
        ("", "", true),
        ("(?i)(?-i:x)|Y", "y", true),
        (".+\\@ibm\\.com$", "x@ibm.com", true),
        (r"\p{Greek}", "λ", true),
        (r"a\z", "a\n", false),
        ("a$$", "a\n", true),
        ("(?:(?i)a)b", "AB", false),
    ] {
        assert_eq!(finds(pattern, text), expected, "{pattern} {text:?}");
    }
}

#[test]
fn refused_by_name() {
    for (pattern, why) in [
        ("(?=a)", "look-ahead"),
        ("(?!a)", "look-ahead"),
        ("(?<=a)b", "look-behind"),
        ("(?<!a)b", "look-behind"),
        (r"(a)\1", "backreferences"),
        (r"(?P<a>x)(?P=a)", "backreference"),
        (r"\k<a>", "backreferences"),
        ("a++", "possessive"),
        ("(?>a)", "atomic"),
        ("(?R)", "recursion"),
        ("(?(1)a|b)", "conditional"),
        ("(*FAIL)", "verbs"),
        (r"\Z", r"`\Z`"),
        (r"\v", r"`\v`"),
        (r"\Qa\E", r"`\Q`"),
        (r"\R", r"`\R`"),
        ("a**", "repeat of a repeat"),
        ("*a", "nothing before"),
        ("(a", "not closed"),
        ("a)", "without its"),
        ("[a", "not closed"),
        ("[z-a]", "backwards"),
        ("[a--z]", "backwards"),
        ("a$b", "behind it"),
        ("(a$|b)c", "behind it"),
        (r"(a$)\n", "behind it"),
        ("(?:(?:a|\n)$){2}", "behind it"),
        ("\\", "backslash"),
        ("(?y)", "flag"),
        ("(?:a{1000}){1000}", "when compiled"),
        ("a{5,2}", "repetition"),
        ("$*", "repeat of `$`"),
        (r"[[.a.]]", "collating"),
    ] {
        let error = text_regex(pattern).map(|r| r.to_string()).unwrap_err();
        assert!(error.contains(why), "{pattern}: {error}");
    }
    assert!(text_regex(&"a".repeat(MAX_REGEX_BYTES + 1)).is_err());
    assert!(text_regex(&"(".repeat(60_000)).is_err());
    assert!(text_regex(&format!("{}{}", "(".repeat(30_000), ")".repeat(30_000))).is_err());
}

#[test]
fn bytes_are_not_text() {
    let finds = |pattern: &str, bytes: &[u8]| bytes_regex(pattern).unwrap().unwrap().is_match(bytes);
    assert!(finds(r"\xd4\xc3\xb2\xa1", &[0, 0xd4, 0xc3, 0xb2, 0xa1]));
    assert!(finds("\u{e9}", &[0xe9]));
    assert!(!finds("\u{e9}", "\u{e9}".as_bytes()));
    assert!(finds(r"\x61li[c\x01]e", b"alice"));
    assert!(finds("[^a]", &[0xff]));
    assert!(finds("^.$", &[0xff]));
    assert!(!finds(r"\w", &[0xe9]));
    assert!(bytes_regex("\u{103}").is_none());
}
