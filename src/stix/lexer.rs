//! Tokens of the STIX pattern grammar (the lexer rules of the published `STIXPattern.g4`, version 2.1).
//!
//! Keywords are upper case, `true` and `false` lower case; `'…'` knows two escapes, `\'` and `\\`; `/* … */` and
//! `// …` are comments. Sign belongs to a number. The longest token wins, so `1AND` is two tokens and `ANDx` one.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::ast::{Literal, Span, Time};
use super::time::{is_timestamp_literal, parse_timestamp};

/// Padding is required; bits behind the last byte are no error in the grammar, so only the form counts.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// What the parser sees of a token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// Letters, digits, `_`.
    Name,
    /// The same with `-`: a type, never a property.
    HyphenName,
    /// One of [`KEYWORDS`].
    Keyword(&'static str),
    /// Any constant.
    Literal(Literal),
    /// Punctuation or an operator, as in [`SYMBOLS`].
    Symbol(&'static str),
    /// Behind the last character.
    End,
}

/// A word that is no name.
const KEYWORDS: [&str; 19] = [
    "AND",
    "OR",
    "NOT",
    "FOLLOWEDBY",
    "LIKE",
    "MATCHES",
    "ISSUPERSET",
    "ISSUBSET",
    "EXISTS",
    "LAST",
    "IN",
    "START",
    "STOP",
    "SECONDS",
    "WITHIN",
    "REPEATS",
    "TIMES",
    "true",
    "false",
];

/// Longer ones first, as the longest token wins.
const SYMBOLS: [&str; 16] = ["==", "!=", "<>", "<=", ">=", "=", "<", ">", ":", ".", ",", "(", ")", "[", "]", "*"];

/// What is wrong with the text at one place.
pub(super) struct Bad {
    pub(super) at: usize,
    pub(super) expected: &'static str,
    pub(super) found: String,
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

/// Whether a key can stand in a path without quotes.
pub(super) fn is_bare_key(key: &str) -> bool {
    let mut bytes = key.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !KEYWORDS.contains(&key)
}

/// The grammar's own list; neither Unicode's nor Rust's.
fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}'
        | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token and where it stands.
    pub(super) fn next(&mut self) -> Result<(Token, Span), Bad> {
        self.skip_blank()?;
        let start = self.at;
        let token = self.token()?;
        Ok((token, Span { start, end: self.at }))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip_blank(&mut self) -> Result<(), Bad> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(is_space);
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find(['\r', '\n']).unwrap_or(trimmed.len());
            } else if let Some(body) = trimmed.strip_prefix("/*") {
                let Some(end) = body.find("*/") else {
                    return Err(self.bad(self.at, "`*/` to end the comment", "the end of the pattern"));
                };
                self.at += end + 4;
            } else {
                return Ok(());
            }
        }
    }

    fn bad(&self, at: usize, expected: &'static str, found: impl Into<String>) -> Bad {
        Bad { at, expected, found: found.into() }
    }

    fn token(&mut self) -> Result<Token, Bad> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let Some(&first) = bytes.first() else { return Ok(Token::End) };
        match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' | b'+' | b'-' => self.number(),
            b'.' if bytes.get(1).is_some_and(u8::is_ascii_digit) => self.number(),
            b'\'' => Ok(Token::Literal(Literal::Str(self.string()?))),
            _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => {
                    self.at += symbol.len();
                    Ok(Token::Symbol(symbol))
                }
                None => Err(self.bad(self.at, "a pattern", describe_char(rest.chars().next()))),
            },
        }
    }

    fn word(&mut self) -> Result<Token, Bad> {
        let rest = self.rest();
        let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-').count();
        let word = &rest[..len];
        if rest.as_bytes().get(len) == Some(&b'\'') {
            match word {
                "h" => return self.quoted(Self::hex),
                "b" => return self.quoted(Self::base64),
                "t" => return self.quoted(Self::timestamp),
                _ => {}
            }
        }
        self.at += len;
        Ok(match word {
            "true" => Token::Literal(Literal::Bool(true)),
            "false" => Token::Literal(Literal::Bool(false)),
            _ => match KEYWORDS.iter().find(|keyword| **keyword == word) {
                Some(keyword) => Token::Keyword(keyword),
                None if word.contains('-') => Token::HyphenName,
                None => Token::Name,
            },
        })
    }

    /// A literal of one letter and quotes that have no escapes inside.
    fn quoted(&mut self, read: fn(&Self, &str) -> Result<Literal, Bad>) -> Result<Token, Bad> {
        let body_and_more = &self.rest()[2..];
        let Some(len) = body_and_more.find('\'') else {
            return Err(self.bad(self.at, "`'` to end the literal", "the end of the pattern"));
        };
        let literal = read(self, &body_and_more[..len])?;
        self.at += len + 3;
        Ok(Token::Literal(literal))
    }

    fn hex(&self, body: &str) -> Result<Literal, Bad> {
        let nibble = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        let pair = |pair: &[u8]| Some(nibble(*pair.first()?)? << 4 | nibble(*pair.get(1)?)?);
        let bytes: Option<Vec<u8>> = body.as_bytes().chunks(2).map(pair).collect();
        match bytes {
            Some(bytes) => Ok(Literal::Bytes(bytes)),
            None => Err(self.bad(self.at, "h'…' with pairs of hexadecimal digits", quote_found(body))),
        }
    }

    fn base64(&self, body: &str) -> Result<Literal, Bad> {
        // The grammar wants at least one group.
        match BASE64.decode(body) {
            Ok(bytes) if !body.is_empty() => Ok(Literal::Bytes(bytes)),
            _ => Err(self.bad(self.at, "b'…' with padded base64", quote_found(body))),
        }
    }

    fn timestamp(&self, body: &str) -> Result<Literal, Bad> {
        if is_timestamp_literal(body) {
            return Ok(Literal::Time(Time { text: body.to_owned(), micros: parse_timestamp(body) }));
        }
        Err(self.bad(self.at, "t'YYYY-MM-DDTHH:MM:SS[.s]Z'", quote_found(body)))
    }

    fn string(&mut self) -> Result<String, Bad> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = self.rest();
            let Some(len) = rest.find(['\'', '\\']) else {
                return Err(self.bad(start, "`'` to end the string that starts here", "the end of the pattern"));
            };
            text.push_str(&rest[..len]);
            if rest[len..].starts_with('\'') {
                self.at += len + 1;
                return Ok(text);
            }
            match rest[len + 1..].chars().next() {
                Some(escaped @ ('\'' | '\\')) => text.push(escaped),
                other => {
                    return Err(self.bad(self.at + len, "`\\'` or `\\\\` behind a backslash", describe_char(other)));
                }
            }
            self.at += len + 2;
        }
    }

    fn number(&mut self) -> Result<Token, Bad> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
        let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
        let whole = digits(sign);
        let fraction = if bytes.get(sign + whole) == Some(&b'.') { digits(sign + whole + 1) } else { 0 };
        if fraction > 0 {
            let len = sign + whole + 1 + fraction;
            self.at += len;
            // Rust reads `+.5` and `00.5` as the grammar means them; overflow becomes infinity, as elsewhere.
            return match rest[..len].parse() {
                Ok(x) => Ok(Token::Literal(Literal::Float(x))),
                Err(_) => Err(self.bad(self.at, "a number", quote_found(&rest[..len]))),
            };
        }
        if whole == 0 {
            return Err(self.bad(self.at, "digits behind the sign", describe_char(rest.chars().nth(1))));
        }
        // `05` is `0` and then `5`: no whole number has a leading zero.
        let len = if bytes.get(sign) == Some(&b'0') { sign + 1 } else { sign + whole };
        match rest[..len].parse() {
            Ok(n) => {
                self.at += len;
                Ok(Token::Literal(Literal::Int(n)))
            }
            Err(_) => Err(self.bad(self.at, "a whole number of at most 127 bits", quote_found(&rest[..len]))),
        }
    }
}

fn describe_char(c: Option<char>) -> String {
    match c {
        None => "the end of the pattern".to_owned(),
        Some(c) if c.is_control() || (c.is_whitespace() && c != ' ') || !c.is_ascii() => {
            format!("`{}` (U+{:04X})", c.escape_default(), u32::from(c))
        }
        Some(c) => format!("`{c}`"),
    }
}

/// At most this many characters of the pattern appear in an error.
const MAX_FOUND_CHARS: usize = 40;

/// Text of the pattern as an error shows it: short, and without control characters.
pub(super) fn quote_found(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(MAX_FOUND_CHARS)
        .flat_map(|c| {
            let plain = !c.is_control();
            plain.then_some(c).into_iter().chain((!plain).then(|| c.escape_default()).into_iter().flatten())
        })
        .collect();
    if text.chars().nth(MAX_FOUND_CHARS).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}
