//! `MATCHES`: PCRE as authors write it, as far as a linear-time engine can answer it exactly.
//!
//! STIX 2.1 §9.6.1 asks for PCRE; the OASIS matcher runs Python's `re.search`. Where those agree, this gives their
//! answer: found anywhere, `.` is no line end, `$` also stands before a line end that ends the text, `\w` and friends
//! are Unicode in text and ASCII in bytes. The `regex` crate reads some of it differently (`\<`, `a++`, `[[]`, `&&`,
//! `$`), so patterns are rewritten token by token. What it cannot express (look-around, backreferences, possessive
//! repeats …), and the few things that PCRE and Python read differently (`\Z`, `\v`), are refused by name.

use std::fmt::Write as _;

use regex::{bytes, escape};

/// Longest expression that is compiled, in bytes.
pub(super) const MAX_REGEX_BYTES: usize = 64 << 10;
/// Most memory that one compiled expression may take, in bytes.
const MAX_PROGRAM_BYTES: usize = 1 << 20;
/// Most memory that one expression's search cache may take, in bytes.
const MAX_CACHE_BYTES: usize = 1 << 20;

/// What an expression is run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Text,
    Bytes,
}

/// Compiles for text.
pub(super) fn text_regex(pattern: &str) -> Result<regex::Regex, String> {
    let translated = translate(pattern, Mode::Text)?;
    regex::RegexBuilder::new(&translated)
        .size_limit(MAX_PROGRAM_BYTES)
        .dfa_size_limit(MAX_CACHE_BYTES)
        .build()
        .map_err(|error| explain(&error))
}

/// Compiles for bytes: every character of the pattern stands for one byte, so `None` if one is above U+00FF.
pub(super) fn bytes_regex(pattern: &str) -> Option<Result<bytes::Regex, String>> {
    if pattern.chars().any(|c| u32::from(c) > 0xff) {
        return None;
    }
    Some(translate(pattern, Mode::Bytes).and_then(|translated| {
        bytes::RegexBuilder::new(&translated)
            .unicode(false)
            .size_limit(MAX_PROGRAM_BYTES)
            .dfa_size_limit(MAX_CACHE_BYTES)
            .build()
            .map_err(|error| explain(&error))
    }))
}

fn explain(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(limit) => format!("the expression needs more than {limit} bytes when compiled"),
        // The crate draws the place below the pattern; only its last line says what.
        other => other.to_string().lines().last().unwrap_or("invalid").trim_start_matches("error: ").to_owned(),
    }
}

#[derive(Debug)]
enum Token {
    /// Takes a character, or is a finished group of flags.
    Atom(String),
    /// Takes nothing.
    Assertion(String),
    Open(&'static str),
    Close,
    Or,
    Repeat {
        text: String,
        least: u32,
    },
    /// `$` outside multi-line mode.
    Dollar,
}

#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    multi_line: bool,
    dot_all: bool,
    verbose: bool,
}

/// One thing inside `[ ]`.
enum Item {
    Char(char),
    Set(String),
}

struct Translator {
    chars: Vec<char>,
    at: usize,
    mode: Mode,
    flags: Flags,
    /// The flags to go back to at each open group's end.
    groups: Vec<Flags>,
    tokens: Vec<Token>,
}

fn translate(pattern: &str, mode: Mode) -> Result<String, String> {
    if pattern.len() > MAX_REGEX_BYTES {
        return Err(format!("the expression is longer than {MAX_REGEX_BYTES} bytes"));
    }
    let mut translator = Translator {
        chars: pattern.chars().collect(),
        at: 0,
        mode,
        flags: Flags::default(),
        groups: Vec::new(),
        tokens: Vec::new(),
    };
    while let Some(c) = translator.next() {
        translator.token(c)?;
    }
    if !translator.groups.is_empty() {
        return Err("a group is not closed".to_owned());
    }
    write_out(&translator.tokens)
}

fn write_out(tokens: &[Token]) -> Result<String, String> {
    let mut out = String::new();
    for (i, token) in tokens.iter().enumerate() {
        match token {
            Token::Atom(text) | Token::Assertion(text) | Token::Repeat { text, .. } => out.push_str(text),
            Token::Open(text) => out.push_str(text),
            Token::Close => out.push(')'),
            Token::Or => out.push('|'),
            Token::Dollar => {
                if !nothing_follows(tokens, i + 1) {
                    return Err("`$` with something behind it is not evaluable".to_owned());
                }
                // Takes the line end instead of looking at it: the same answer where nothing follows.
                out.push_str(r"(?:\n?\z)");
            }
        }
    }
    Ok(out)
}

/// Whether every way from here leads to the end of the expression without taking or checking anything.
fn nothing_follows(tokens: &[Token], from: usize) -> bool {
    let mut at = from;
    loop {
        match tokens.get(at) {
            None => return true,
            Some(Token::Dollar) => at += 1,
            Some(Token::Close) => {
                at += 1;
                if let Some(Token::Repeat { least, .. }) = tokens.get(at) {
                    if *least > 1 {
                        return false;
                    }
                    at += 1;
                }
            }
            // The other branches are not this one's way: on to the end of their group.
            Some(Token::Or) => {
                let mut depth = 0_usize;
                while let Some(token) = tokens.get(at) {
                    match token {
                        Token::Open(_) => depth += 1,
                        Token::Close if depth == 0 => break,
                        Token::Close => depth -= 1,
                        _ => {}
                    }
                    at += 1;
                }
            }
            Some(_) => return false,
        }
    }
}

impl Translator {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        Some(c)
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(i, c)| self.peek(i) == Some(c))
    }

    fn token(&mut self, c: char) -> Result<(), String> {
        let token = match c {
            '\\' => return self.escaped(),
            '[' => Token::Atom(self.class()?),
            '(' => return self.open(),
            ')' => {
                self.flags = self.groups.pop().ok_or("a `)` without its `(`")?;
                Token::Close
            }
            '|' => Token::Or,
            '.' if self.flags.dot_all => Token::Atom("(?s:.)".to_owned()),
            '.' => Token::Atom("(?-s:.)".to_owned()),
            '^' if self.flags.multi_line => Token::Assertion("(?m:^)".to_owned()),
            '^' => Token::Assertion(r"\A".to_owned()),
            '$' if self.flags.multi_line => Token::Assertion("(?m:$)".to_owned()),
            '$' => Token::Dollar,
            '*' => return self.repeat("*".to_owned(), 0),
            '+' => return self.repeat("+".to_owned(), 1),
            '?' => return self.repeat("?".to_owned(), 0),
            '{' => match self.counts() {
                Some((text, least)) => return self.repeat(text, least),
                None => self.literal('{'),
            },
            c if self.flags.verbose && c.is_whitespace() => return Ok(()),
            '#' if self.flags.verbose => {
                while self.next().is_some_and(|c| c != '\n') {}
                return Ok(());
            }
            c => self.literal(c),
        };
        self.tokens.push(token);
        Ok(())
    }

    fn literal(&self, c: char) -> Token {
        let mut text = String::new();
        match self.mode {
            Mode::Text => text.push_str(&escape(c.encode_utf8(&mut [0; 4]))),
            Mode::Bytes => push_char(&mut text, c, self.mode),
        }
        Token::Atom(text)
    }

    /// `{n}`, `{n,}`, `{n,m}`, `{,m}` behind the brace; anything else leaves the brace a character.
    fn counts(&mut self) -> Option<(String, u32)> {
        let mut at = self.at;
        let mut number = |chars: &[char]| {
            let digits: String = chars.iter().skip(at).take_while(|c| c.is_ascii_digit()).collect();
            at += digits.len();
            let next = chars.get(at).copied();
            at += 1;
            (digits, next)
        };
        let (least, end) = number(&self.chars);
        let text = match end {
            Some('}') if !least.is_empty() => format!("{{{least}}}"),
            Some(',') => match number(&self.chars) {
                (most, Some('}')) if !(least.is_empty() && most.is_empty()) => {
                    format!("{{{},{most}}}", if least.is_empty() { "0" } else { &least })
                }
                _ => return None,
            },
            _ => return None,
        };
        self.at = at;
        let least = if least.is_empty() { 0 } else { least.parse().unwrap_or(u32::MAX) };
        Some((text, least))
    }

    fn repeat(&mut self, mut text: String, least: u32) -> Result<(), String> {
        match self.tokens.last() {
            Some(Token::Atom(_) | Token::Close | Token::Assertion(_)) => {}
            Some(Token::Repeat { .. }) => return Err("a repeat of a repeat is not evaluable".to_owned()),
            Some(Token::Dollar) => return Err("a repeat of `$` is not evaluable".to_owned()),
            None | Some(Token::Open(_) | Token::Or) => return Err("a repeat with nothing before it".to_owned()),
        }
        match self.peek(0) {
            Some('?') => {
                self.at += 1;
                text.push('?');
            }
            Some('+') => return Err("possessive repeats are not evaluable".to_owned()),
            _ => {}
        }
        self.tokens.push(Token::Repeat { text, least });
        Ok(())
    }

    fn open(&mut self) -> Result<(), String> {
        if self.peek(0) == Some('*') {
            return Err("`(*` verbs are not evaluable".to_owned());
        }
        let before = self.flags;
        let mut text = "(?:";
        if self.peek(0) == Some('?') {
            self.at += 1;
            for (start, what) in [
                ("=", "look-ahead"),
                ("!", "look-ahead"),
                ("<=", "look-behind"),
                ("<!", "look-behind"),
                (">", "an atomic group"),
                ("|", "a branch reset"),
                ("(", "a conditional"),
                ("R", "recursion"),
                ("&", "recursion"),
                ("P>", "recursion"),
                ("P=", "a backreference"),
            ] {
                if self.starts_with(start) {
                    return Err(format!("{what} is not evaluable"));
                }
            }
            if self.starts_with("#") {
                while self.next().ok_or("a comment is not closed")? != ')' {}
                return Ok(());
            }
            let close = match (self.peek(0), self.peek(1)) {
                (Some(':'), _) => Some(':'),
                (Some('<'), _) | (Some('P'), Some('<')) => Some('>'),
                (Some('\''), _) => {
                    self.at += 1;
                    Some('\'')
                }
                _ => None,
            };
            match close {
                // Names matter only to backreferences.
                Some(close) => while self.next().ok_or("a group is not closed")? != close {},
                None => match self.flag_group()? {
                    Some(with_flags) => text = with_flags,
                    None => return Ok(()),
                },
            }
        }
        self.groups.push(before);
        self.tokens.push(Token::Open(text));
        Ok(())
    }

    /// `(?flags)` changes the rest of the group and is done (`None`); `(?flags:` opens one.
    fn flag_group(&mut self) -> Result<Option<&'static str>, String> {
        let mut on = true;
        let mut ignore_case = None;
        loop {
            match self.next() {
                Some('-') => on = false,
                Some('i') => ignore_case = Some(on),
                Some('m') => self.flags.multi_line = on,
                Some('s') => self.flags.dot_all = on,
                Some('x') => self.flags.verbose = on,
                // Unicode is on; greed changes what is found first, not whether.
                Some('u' | 'U') => {}
                Some(')') => {
                    match ignore_case {
                        Some(true) => self.tokens.push(Token::Assertion("(?i)".to_owned())),
                        Some(false) => self.tokens.push(Token::Assertion("(?-i)".to_owned())),
                        None => {}
                    }
                    return Ok(None);
                }
                Some(':') => {
                    return Ok(Some(match ignore_case {
                        Some(true) => "(?i:",
                        Some(false) => "(?-i:",
                        None => "(?:",
                    }));
                }
                Some(c) => return Err(format!("the flag `{c}` is not evaluable")),
                None => return Err("a group is not closed".to_owned()),
            }
        }
    }

    fn escaped(&mut self) -> Result<(), String> {
        let token = match self.peek(0) {
            Some('A') => Some(r"\A"),
            Some('z') => Some(r"\z"),
            Some('b') => Some(r"\b"),
            Some('B') => Some(r"\B"),
            _ => None,
        };
        let token = match token {
            Some(assertion) => {
                self.at += 1;
                Token::Assertion(assertion.to_owned())
            }
            None => match self.escape()? {
                Item::Char(c) => self.literal(c),
                Item::Set(text) => Token::Atom(text),
            },
        };
        self.tokens.push(token);
        Ok(())
    }

    /// What follows a backslash, inside a class or outside.
    fn escape(&mut self) -> Result<Item, String> {
        let c = self.next().ok_or("a backslash at the end")?;
        let text = self.mode == Mode::Text;
        Ok(match c {
            'd' | 'D' => Item::Set(format!("\\{c}")),
            // As Python counts words and spaces: no marks, but the separators U+001C to U+001F.
            'w' if text => Item::Set(r"[\p{L}\p{N}_]".to_owned()),
            'W' if text => Item::Set(r"[^\p{L}\p{N}_]".to_owned()),
            's' if text => Item::Set(r"[\s\x1c-\x1f]".to_owned()),
            'S' if text => Item::Set(r"[^\s\x1c-\x1f]".to_owned()),
            'w' | 'W' | 's' | 'S' => Item::Set(format!("\\{c}")),
            'n' => Item::Char('\n'),
            'r' => Item::Char('\r'),
            't' => Item::Char('\t'),
            'f' => Item::Char('\u{c}'),
            'a' => Item::Char('\u{7}'),
            'e' => Item::Char('\u{1b}'),
            'x' => self.hex_escape()?,
            'u' => self.hex_digits(4)?,
            'U' => self.hex_digits(8)?,
            'p' | 'P' => self.property(c)?,
            '0'..='9' => self.octal(c)?,
            'Z' => return Err(r"`\Z` is not evaluable: PCRE and Python differ; use `$` or `\z`".to_owned()),
            'v' => return Err(r"`\v` is not evaluable: PCRE and Python differ; use `\x0b`".to_owned()),
            'g' | 'k' => return Err("backreferences are not evaluable".to_owned()),
            c if c.is_ascii_alphabetic() => return Err(format!("`\\{c}` is not evaluable")),
            c => Item::Char(c),
        })
    }

    fn hex_escape(&mut self) -> Result<Item, String> {
        if self.peek(0) != Some('{') {
            return self.hex_digits(2);
        }
        self.at += 1;
        let mut value = 0_u32;
        loop {
            match self.next() {
                Some('}') => break,
                Some(c) => {
                    let digit = c.to_digit(16).ok_or(r"`\x{…}` needs hexadecimal digits")?;
                    value = value.checked_mul(16).and_then(|v| v.checked_add(digit)).ok_or(r"`\x{…}` is too large")?;
                }
                None => return Err(r"`\x{` is not closed".to_owned()),
            }
        }
        char::from_u32(value).map(Item::Char).ok_or_else(|| r"`\x{…}` is no character".to_owned())
    }

    fn hex_digits(&mut self, count: usize) -> Result<Item, String> {
        let mut value = 0_u32;
        for _ in 0..count {
            let digit = self.next().and_then(|c| c.to_digit(16)).ok_or("an escape has too few hexadecimal digits")?;
            value = value << 4 | digit;
        }
        char::from_u32(value).map(Item::Char).ok_or_else(|| "an escape is no character".to_owned())
    }

    /// `\pL`, `\p{Greek}`: the crate knows what there is.
    fn property(&mut self, c: char) -> Result<Item, String> {
        let mut text = format!("\\{c}");
        let first = self.next().ok_or("a property without a name")?;
        text.push(first);
        if first == '{' {
            loop {
                let c = self.next().ok_or("a property is not closed")?;
                text.push(c);
                if c == '}' {
                    break;
                }
            }
        }
        Ok(Item::Set(text))
    }

    /// `\0`, `\07`, `\012`, `\123`; everything else of digits refers back.
    fn octal(&mut self, first: char) -> Result<Item, String> {
        let octal = |c: Option<char>| c.and_then(|c| c.to_digit(8));
        let (second, third) = (octal(self.peek(0)), octal(self.peek(1)));
        let value = match (octal(Some(first)), second, third) {
            (Some(0), None, _) => 0,
            (Some(0), Some(b), None) => {
                self.at += 1;
                b
            }
            (Some(a @ 0..=3), Some(b), Some(c)) => {
                self.at += 2;
                a << 6 | b << 3 | c
            }
            _ => return Err("backreferences are not evaluable".to_owned()),
        };
        char::from_u32(value).map(Item::Char).ok_or_else(|| "an octal escape is no character".to_owned())
    }

    fn class(&mut self) -> Result<String, String> {
        let mut out = "[".to_owned();
        if self.peek(0) == Some('^') {
            self.at += 1;
            out.push('^');
        }
        let mut first = true;
        loop {
            let item = match self.next().ok_or("a class `[` is not closed")? {
                ']' if !first => break,
                c => self.class_item(c)?,
            };
            first = false;
            // `a-b`, unless the hyphen is the last of the class.
            let is_range = self.peek(0) == Some('-') && self.peek(1).is_some_and(|c| c != ']');
            match item {
                Item::Char(low) if is_range => {
                    self.at += 1;
                    let c = self.next().ok_or("a class `[` is not closed")?;
                    match self.class_item(c)? {
                        Item::Char(high) if low <= high => {
                            push_char(&mut out, low, self.mode);
                            out.push('-');
                            push_char(&mut out, high, self.mode);
                        }
                        Item::Char(_) => return Err("a range in a class runs backwards".to_owned()),
                        Item::Set(_) => return Err("a range in a class ends in a set".to_owned()),
                    }
                }
                Item::Char(c) => push_char(&mut out, c, self.mode),
                Item::Set(set) => out.push_str(&set),
            }
        }
        out.push(']');
        Ok(out)
    }

    fn class_item(&mut self, c: char) -> Result<Item, String> {
        match c {
            '\\' if self.peek(0) == Some('b') => {
                self.at += 1;
                Ok(Item::Char('\u{8}'))
            }
            '\\' => self.escape(),
            // PCRE's `[:alpha:]`; elsewhere `[` is itself.
            '[' if self.peek(0) == Some(':') => {
                let name: String = self.chars.iter().skip(self.at + 1).take_while(|c| **c != ':').collect();
                let end = self.at + 1 + name.chars().count();
                if self.chars.get(end + 1) == Some(&']') && !name.is_empty() {
                    self.at = end + 2;
                    return Ok(Item::Set(format!("[:{name}:]")));
                }
                Ok(Item::Char('['))
            }
            '[' if matches!(self.peek(0), Some('.' | '=')) => Err("collating elements are not evaluable".to_owned()),
            c => Ok(Item::Char(c)),
        }
    }
}

/// A character in a form that means only itself, in a class as outside.
fn push_char(out: &mut String, c: char, mode: Mode) {
    let value = u32::from(c);
    let written = match mode {
        Mode::Text => write!(out, "\\x{{{value:x}}}"),
        // Two digits are a byte when Unicode is off; callers let no character above U+00FF come here.
        Mode::Bytes => write!(out, "\\x{value:02x}"),
    };
    debug_assert!(written.is_ok());
}

#[cfg(test)]
#[path = "regex_compat_tests.rs"]
mod tests;
