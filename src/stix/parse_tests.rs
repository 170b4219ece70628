//! The pattern grammar: what is read, what is refused, and where.

use super::*;

fn canonical(text: &str) -> String {
    let pattern = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let canonical = pattern.canonical();
    assert_eq!(parse(&canonical).unwrap().canonical(), canonical, "{text}");
    canonical
}

#[test]
fn canonical_text() {
    for (text, expected) in [
        ("[a:b=1]", "[a:b = 1]"),
        (" ( ( [ ( a : b == 1 ) ] ) ) ", "[a:b = 1]"),
        ("[a:'b'.'c d'[*][2]<>'x\\'y\\\\z']", "[a:b.'c d'[*][2] != 'x\\'y\\\\z']"),
        ("[a:b NOT = 1 OR a:b NOT != 2]", "[a:b != 1 OR a:b = 2]"),
        ("[a:b NOT > 1.50]", "[a:b NOT > 1.5]"),
        ("[a:b IN(1,'x',h'0aFF',b'YWJj',-2.0,true)]", "[a:b IN (1, 'x', h'0aff', h'616263', -2.0, true)]"),
        ("[a:b IN ()]", "[a:b IN ()]"),
        ("[a:b=t'2024-01-31T00:00:00.500Z']", "[a:b = t'2024-01-31T00:00:00.5Z']"),
        ("[a:b=t'2024-02-30T00:00:00.500Z']", "[a:b = t'2024-02-30T00:00:00.500Z']"),
        ("[NOT EXISTS a:b[-1]]", "[NOT EXISTS a:b[-1]]"),
        ("[a:b=1 AND (a:c=2 AND a:d=3)]", "[a:b = 1 AND a:c = 2 AND a:d = 3]"),
        ("[a:b=1 AND (a:c=2 OR a:d=3)]", "[a:b = 1 AND (a:c = 2 OR a:d = 3)]"),
        ("[a:b=1 OR (a:c=2 AND a:d=3)]", "[a:b = 1 OR a:c = 2 AND a:d = 3]"),
        ("[a:b=1] OR [a:b=2] AND [a:b=3]", "[a:b = 1] OR [a:b = 2] AND [a:b = 3]"),
        ("([a:b=1] OR [a:b=2]) AND [a:b=3]", "([a:b = 1] OR [a:b = 2]) AND [a:b = 3]"),
        ("[a:b=1] OR [a:b=2] FOLLOWEDBY [a:b=3]", "[a:b = 1] OR [a:b = 2] FOLLOWEDBY [a:b = 3]"),
        ("[a:b=1] OR ([a:b=2] FOLLOWEDBY [a:b=3])", "[a:b = 1] OR ([a:b = 2] FOLLOWEDBY [a:b = 3])"),
        ("([a:b=1] AND [a:b=2])WITHIN+5SECONDS", "([a:b = 1] AND [a:b = 2]) WITHIN 5 SECONDS"),
        ("([a:b=1] REPEATS 2 TIMES) WITHIN .5 SECONDS", "[a:b = 1] REPEATS 2 TIMES WITHIN 0.5 SECONDS"),
        (
            "[a:b=1]/**/START t'2024-01-01T00:00:00Z'//x\nSTOP t'2025-01-01T00:00:00.0Z'",
            "[a:b = 1] START t'2024-01-01T00:00:00Z' STOP t'2025-01-01T00:00:00Z'",
        ),
        ("[a:'LIKE'.'true' LIKE '%\u{e9}\n']", "[a:'LIKE'.'true' LIKE '%\u{e9}\n']"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn errors_say_where_and_what() {
    for (text, line, column, expected, found) in [
        ("", 1, 1, "`[` or `(`", "the end of the pattern"),
        ("file:size = 1280", 1, 1, "`[` or `(`", "`file`"),
        ("[file:size = ]", 1, 14, "a value", "`]`"),
        ("[file:hashes.MD5 = cead]", 1, 20, "a value", "`cead`"),
        ("[file.size = 1280]", 1, 6, "`:` between object type and property", "`.`"),
        ("[a:b =? 'c']", 1, 7, "a pattern", "`?`"),
        ("[a:b = 1] within 2 seconds", 1, 11, "AND, OR, FOLLOWEDBY, a qualifier or the end of the pattern", "`within`"),
        ("[a:b = 1]\n AND\n  [a:b = 'é' é", 3, 14, "a pattern", "`\\u{e9}` (U+00E9)"),
        ("[a:b = 'x", 1, 8, "`'` to end the string that starts here", "the end of the pattern"),
        ("[a:b = 'x\\n']", 1, 10, "`\\'` or `\\\\` behind a backslash", "`n`"),
        ("[a:b = 1] WITHIN -5 SECONDS", 1, 18, "a number of seconds", "`-5`"),
        ("[a:b = 1] WITHIN 5 HOURS", 1, 20, "SECONDS", "`HOURS`"),
        ("[a:b = t'2024-13-01T00:00:00Z']", 1, 8, "t'YYYY-MM-DDTHH:MM:SS[.s]Z'", "`2024-13-01T00:00:00Z`"),
        ("[a:b = h'012']", 1, 8, "h'…' with pairs of hexadecimal digits", "`012`"),
        ("[a:b = b'']", 1, 8, "b'…' with padded base64", "``"),
        ("[a:b > true]", 1, 8, "a value that has an order", "`true`"),
        ("[a:b = 1 /* x", 1, 10, "`*/` to end the comment", "the end of the pattern"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
        assert_eq!((error.expected.as_str(), error.found.as_str()), (expected, found), "{text}");
    }
}

#[test]
fn bounds_hold() {
    let nested = |n: usize| format!("{}[a:b = 1]{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&nested(MAX_DEPTH - 1)).is_ok());
    assert!(parse(&nested(MAX_DEPTH)).unwrap_err().expected.contains("nested"));
    assert!(parse(&nested(1_000_000)).is_err());
    let inner = |n: usize| format!("[{}a:b = 1{}]", "(".repeat(n), ")".repeat(n));
    assert!(parse(&inner(MAX_DEPTH - 1)).is_ok());
    assert!(parse(&inner(100_000)).is_err());
    assert!(parse(&format!("[a:b = 1]{}", " WITHIN 5 SECONDS".repeat(MAX_QUALIFIERS))).is_ok());
    assert!(parse(&format!("[a:b = 1]{}", " WITHIN 5 SECONDS".repeat(MAX_QUALIFIERS + 1))).is_err());
    assert!(parse(&format!("[a:b{} = 1]", ".c".repeat(MAX_PATH_STEPS))).is_err());
    assert!(parse(&" ".repeat(MAX_PATTERN_BYTES + 1)).is_err());
    assert!(parse(&format!("[a:b = {}]", "9".repeat(60))).is_err());
}

#[test]
fn spans_cover_their_text() {
    let text = "[a:b = 1 OR é-x:y = 2]";
    assert!(parse(text).is_err());
    let text = "[a:b = 'é' OR  x-y:z.'w' NOT IN ( 1, 2 ) ] WITHIN 5 SECONDS";
    let pattern = parse(text).unwrap();
    let tests = pattern.tests();
    let cut = |span: Span| &text[span.start..span.end];
    assert_eq!(cut(tests[0].span), "a:b = 'é'");
    assert_eq!(cut(tests[1].span), "x-y:z.'w' NOT IN ( 1, 2 )");
    assert_eq!(cut(tests[1].path.span), "x-y:z.'w'");
    assert_eq!(cut(tests[1].operand_span), "( 1, 2 )");
    let Observation::Qualified { span, .. } = &pattern.root else { panic!("{pattern:?}") };
    assert_eq!(cut(*span), "WITHIN 5 SECONDS");
}

#[test]
fn problems_beyond_the_grammar() {
    let problems = |text: &str| parse(text).unwrap().problems().len();
    assert_eq!(problems("[a:b=1] WITHIN 5 SECONDS REPEATS 2 TIMES WITHIN 6 SECONDS"), 1);
    assert_eq!(problems("([a:b=1]) WITHIN 5 SECONDS WITHIN 6 SECONDS"), 0);
    assert_eq!(problems("[file:hashes.'SHA-256' = 'f00']"), 1);
    assert_eq!(problems("[file:hashes.sha256 != 'f00']"), 1);
    assert_eq!(problems("[file:hashes.MD5 IN ('79054025255fb1a26e4bc422aef54eb4', 'x')]"), 1);
    assert_eq!(problems("[file:hashes.MD5 LIKE '7905%']"), 0);
    assert_eq!(problems("[file:hashes.unknown = 'f00']"), 0);
    assert_eq!(problems("[file:hashes.MD5 = 5]"), 1);
    assert_eq!(problems("[file:hashes.SSDEEP = '3:ab+/:c.d']"), 0);
    assert_eq!(problems("[file:hashes[*] = 'f00']"), 0);
}

/// Cut and changed patterns end in a pattern or an error; what is a pattern has a canonical text that is one too.
#[test]
fn hostile_text() {
    let text = "([a-b:c.'d\\'\\\\'[*][0] NOT IN (1, -2.5, 'é', h'00', b'YQ==', t'2024-01-01T00:00:00Z', true)] /* x */ \
                FOLLOWEDBY [EXISTS a:b OR (a:b LIKE '%' AND a:c <= .5)] REPEATS 2 TIMES) WITHIN 1.5 SECONDS // y\n \
                START t'2024-01-01T00:00:00Z' STOP t'2025-01-01T00:00:00Z'";
    assert!(parse(text).is_ok());
    let check = |text: &str| {
        if let Ok(pattern) = parse(text) {
            let canonical = pattern.canonical();
            assert_eq!(parse(&canonical).unwrap().canonical(), canonical, "{text}");
        }
    };
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    for &at in &places {
        check(&text[..at]);
        check(&text[at..]);
        let rest = text[at..].chars().next().map_or("", |c| &text[at + c.len_utf8()..]);
        for wrong in
            ["", "'", "\\", "[", "]", "(", ")", "*", "/*", "-", ".", "0", "\u{0}", "é", " NOT ", "9999999999999999999"]
        {
            check(&format!("{}{wrong}{rest}", &text[..at]));
        }
    }
}
