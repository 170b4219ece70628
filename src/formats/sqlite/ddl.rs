//! A tolerant reader of `CREATE TABLE` as SQLite keeps it in its schema table: columns, their types and defaults,
//! the primary key, WITHOUT ROWID. Expressions are skipped, never evaluated.
//!
//! <https://www.sqlite.org/lang_createtable.html>

use std::collections::{HashMap, HashSet};

use super::schema::{Affinity, Column, Generated, Value};

/// Columns of a table; SQLite cannot be built with more.
pub const MAX_COLUMNS: usize = 32767;
/// Bytes of a definition that are read.
pub const MAX_SQL: usize = 1 << 20;

/// A token. Keywords are unquoted words; quoting makes any word a name.
#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    /// `"name"`, `[name]` or `` `name` ``
    Quoted(String),
    /// `'text'`
    Text(String),
    Number(&'a str),
    Blob(Vec<u8>),
    Mark(char),
}

impl Token<'_> {
    fn is(&self, keyword: &str) -> bool {
        matches!(self, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    fn is_mark(&self, mark: char) -> bool {
        matches!(self, Token::Mark(m) if *m == mark)
    }

    /// The token as a name; SQLite takes text in quotes for one too.
    fn name(&self) -> Option<&str> {
        match self {
            Token::Word(word) => Some(word),
            Token::Quoted(name) | Token::Text(name) => Some(name),
            _ => None,
        }
    }
}

/// What a definition says.
#[derive(Debug, Default)]
pub(super) struct Definition {
    pub columns: Vec<Column>,
    /// Column names and collations of the primary key, in its order.
    pub primary_key: Vec<(String, Option<String>)>,
    /// The column that stands for the rowid.
    pub alias: Option<usize>,
    pub without_rowid: bool,
}

/// Reads the text of a table's definition. `None` when it is none.
pub(super) fn parse(sql: &str) -> Option<Definition> {
    if sql.len() > MAX_SQL {
        return None;
    }
    let tokens = lex(sql);
    let mut parser = Parser { tokens: &tokens, at: 0 };
    parser.definition()
}

/// The name that a definition gives its table; `kind` is the word between CREATE and TABLE, empty for an ordinary one.
/// `None` when it is no such definition.
pub(super) fn name_of(sql: &str, kind: &str) -> Option<String> {
    /// What stands before the name, and the name.
    const HEAD: usize = 1 << 10;
    let end = (0..=HEAD.min(sql.len())).rev().find(|&at| sql.is_char_boundary(at)).unwrap_or(0);
    let tokens = lex(&sql[..end]);
    let mut rest = tokens.iter();
    let mut word = |wanted: &str| matches!(rest.next(), Some(Token::Word(w)) if w.eq_ignore_ascii_case(wanted));
    if !word("CREATE") || !(kind.is_empty() || word(kind)) || !word("TABLE") {
        return None;
    }
    match rest.next()? {
        Token::Word(name) => Some((*name).to_owned()),
        Token::Quoted(name) | Token::Text(name) => Some(name.clone()),
        _ => None,
    }
}

fn lex(sql: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(c) = rest.chars().next() {
        let len = match c {
            _ if c.is_ascii_whitespace() => c.len_utf8(),
            '-' if rest.starts_with("--") => rest.find('\n').map_or(rest.len(), |n| n + 1),
            '/' if rest.starts_with("/*") => rest[2..].find("*/").map_or(rest.len(), |n| n + 4),
            '"' | '`' | '\'' => {
                let (text, len) = quoted(rest, c);
                tokens.push(if c == '\'' { Token::Text(text) } else { Token::Quoted(text) });
                len
            }
            '[' => {
                let end = rest.find(']').unwrap_or(rest.len());
                tokens.push(Token::Quoted(rest[1..end].to_owned()));
                (end + 1).min(rest.len())
            }
            'x' | 'X' if rest[1..].starts_with('\'') => {
                let (text, len) = quoted(&rest[1..], '\'');
                tokens.push(Token::Blob(unhex(&text)));
                len + 1
            }
            '0'..='9' | '.' => {
                let len = number(rest);
                tokens.push(if len == 1 && c == '.' { Token::Mark('.') } else { Token::Number(&rest[..len]) });
                len
            }
            _ if word_char(c) => {
                let len = rest.find(|c| !word_char(c)).unwrap_or(rest.len());
                tokens.push(Token::Word(&rest[..len]));
                len
            }
            _ => {
                tokens.push(Token::Mark(c));
                c.len_utf8()
            }
        };
        rest = rest.get(len..).unwrap_or("");
    }
    tokens
}

fn word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// A quoted token at the start of `rest`, doubled quotes undone, and its length.
fn quoted(rest: &str, quote: char) -> (String, usize) {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            text.push(c);
        } else if chars.peek().is_some_and(|&(_, next)| next == quote) {
            text.push(quote);
            chars.next();
        } else {
            return (text, at + 1);
        }
    }
    (text, rest.len())
}

/// Length of the number at the start of `rest`.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let hex = rest.len() > 2 && bytes[0] == b'0' && bytes[1].eq_ignore_ascii_case(&b'x');
    let mut len = 0;
    for (i, &b) in bytes.iter().enumerate() {
        let exponent_sign = !hex && (b == b'+' || b == b'-') && i > 0 && bytes[i - 1].eq_ignore_ascii_case(&b'e');
        if !(b.is_ascii_alphanumeric() || b == b'_' || b == b'.' || exponent_sign) {
            break;
        }
        len = i + 1;
    }
    len
}

fn unhex(text: &str) -> Vec<u8> {
    let nibble = |b: u8| (b as char).to_digit(16).unwrap_or(0) as u8;
    text.as_bytes().as_chunks::<2>().0.iter().map(|[high, low]| nibble(*high) << 4 | nibble(*low)).collect()
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Token<'a>> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn take(&mut self, keyword: &str) -> bool {
        let found = self.peek().is_some_and(|t| t.is(keyword));
        self.at += usize::from(found);
        found
    }

    fn take_mark(&mut self, mark: char) -> bool {
        let found = self.peek().is_some_and(|t| t.is_mark(mark));
        self.at += usize::from(found);
        found
    }

    /// The tokens between `(` and its `)`, which follow.
    fn group(&mut self) -> Option<&'a [Token<'a>]> {
        if !self.take_mark('(') {
            return None;
        }
        let start = self.at;
        let mut depth = 1usize;
        while let Some(token) = self.next() {
            match token {
                Token::Mark('(') => depth += 1,
                Token::Mark(')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return self.tokens.get(start..self.at - 1);
            }
        }
        self.tokens.get(start..)
    }

    fn definition(&mut self) -> Option<Definition> {
        if !self.take("create") {
            return None;
        }
        let _ = self.take("temp") || self.take("temporary");
        if !self.take("table") {
            return None;
        }
        if self.take("if") {
            self.at += 2;
        }
        self.next()?.name()?;
        if self.take_mark('.') {
            self.next()?.name()?;
        }
        let body = self.group()?;
        let mut definition = Definition::default();
        Parser { tokens: body, at: 0 }.body(&mut definition);
        while let Some(token) = self.next() {
            if token.is("without") && self.take("rowid") {
                definition.without_rowid = true;
            }
        }
        definition.finish();
        (!definition.columns.is_empty()).then_some(definition)
    }

    fn body(&mut self, definition: &mut Definition) {
        while let Some(token) = self.peek() {
            let constraint = ["constraint", "primary", "unique", "check", "foreign"];
            if constraint.iter().any(|k| token.is(k)) {
                self.constraints(definition);
                return;
            }
            match self.column(definition) {
                Some(column) if definition.columns.len() < MAX_COLUMNS => definition.columns.push(column),
                _ => return,
            }
            // What is left of the column up to the comma was not understood.
            while let Some(token) = self.peek() {
                if token.is_mark('(') {
                    self.group();
                    continue;
                }
                self.at += 1;
                if token.is_mark(',') {
                    break;
                }
            }
        }
    }

    /// Table constraints; only the primary key matters to the layout.
    fn constraints(&mut self, definition: &mut Definition) {
        while let Some(token) = self.peek() {
            if token.is_mark('(') {
                self.group();
                continue;
            }
            self.at += 1;
            if token.is("constraint") {
                // Its name may be a keyword.
                self.at += 1;
            } else if token.is("primary") && self.take("key") && definition.primary_key.is_empty() {
                let Some(columns) = self.group() else { continue };
                definition.primary_key = key_columns(columns);
                if let [(name, None)] = definition.primary_key.as_slice() {
                    let at = definition.columns.iter().position(|c| c.name.eq_ignore_ascii_case(name));
                    definition.alias = at.filter(|&i| definition.columns.get(i).is_some_and(is_integer));
                }
            }
        }
    }

    fn column(&mut self, definition: &mut Definition) -> Option<Column> {
        let name = self.next()?.name()?.to_owned();
        let declared_type = self.declared_type();
        let affinity = Affinity::of(&declared_type);
        let mut column =
            Column { name, declared_type, affinity, default: Value::Null, generated: None, position: None };
        let mut collation = None;
        let mut key = None;
        while let Some(token) = self.peek() {
            if token.is_mark(',') {
                break;
            }
            if token.is_mark('(') {
                self.group();
                continue;
            }
            self.at += 1;
            if token.is("constraint") {
                self.at += 1;
            } else if token.is("default") {
                column.default = affinity.apply(self.default());
            } else if token.is("collate") {
                collation = self.next().and_then(|t| t.name()).map(str::to_ascii_lowercase);
            } else if token.is("primary") && self.take("key") {
                key = Some(self.take("desc"));
            } else if token.is("as") {
                self.group();
                column.generated = Some(if self.take("stored") { Generated::Stored } else { Generated::Virtual });
            } else if token.is("references") {
                self.at += 1;
            }
        }
        if let Some(descending) = key.filter(|_| definition.primary_key.is_empty()) {
            definition.primary_key = vec![(column.name.clone(), collation)];
            // A quirk kept for old files: DESC makes an ordinary column of it.
            if is_integer(&column) && !descending {
                definition.alias = Some(definition.columns.len());
            }
        }
        Some(column)
    }

    fn declared_type(&mut self) -> String {
        const ENDS: [&str; 12] = [
            "constraint",
            "primary",
            "not",
            "null",
            "unique",
            "check",
            "default",
            "collate",
            "references",
            "generated",
            "as",
            "on",
        ];
        let mut declared = String::new();
        while let Some(token) = self.peek() {
            if ENDS.iter().any(|k| token.is(k)) {
                break;
            }
            let Some(word) = token.name() else { break };
            if !declared.is_empty() {
                declared.push(' ');
            }
            declared.push_str(word);
            self.at += 1;
        }
        if !declared.is_empty() && self.peek().is_some_and(|t| t.is_mark('(')) {
            let size = self.group().unwrap_or(&[]);
            declared.push('(');
            for token in size {
                match token {
                    Token::Number(n) => declared.push_str(n),
                    Token::Mark(c) => declared.push(*c),
                    other => declared.push_str(other.name().unwrap_or("")),
                }
            }
            declared.push(')');
        }
        declared
    }

    /// The constant after DEFAULT; NULL for an expression, which no stored row can depend on.
    fn default(&mut self) -> Literal {
        let Some(mut inner) = self.group() else { return self.constant() };
        while let [Token::Mark('('), middle @ .., Token::Mark(')')] = inner {
            inner = middle;
        }
        let mut parser = Parser { tokens: inner, at: 0 };
        let literal = parser.constant();
        if parser.at >= inner.len() { literal } else { Literal::value(Value::Null) }
    }

    fn constant(&mut self) -> Literal {
        let mut negative = false;
        while let Some(Token::Mark(sign @ ('+' | '-'))) = self.peek() {
            negative ^= *sign == '-';
            self.at += 1;
        }
        match self.next() {
            Some(Token::Number(text)) => Literal::number(text, negative),
            Some(Token::Blob(bytes)) => Literal::value(Value::Blob(bytes.clone())),
            Some(Token::Text(text)) | Some(Token::Quoted(text)) => Literal::value(Value::Text(text.clone())),
            Some(Token::Word(word)) => Literal::value(match word.to_ascii_lowercase().as_str() {
                "true" => Value::Int(1),
                "false" => Value::Int(0),
                "null" | "current_time" | "current_date" | "current_timestamp" => Value::Null,
                _ => Value::Text((*word).to_owned()),
            }),
            _ => Literal::value(Value::Null),
        }
    }
}

/// A constant and, for a number, how it was written: a text column keeps that.
pub(super) struct Literal {
    pub value: Value,
    pub written: Option<String>,
}

impl Literal {
    fn value(value: Value) -> Literal {
        Literal { value, written: None }
    }

    fn number(text: &str, negative: bool) -> Literal {
        let plain: String = text.chars().filter(|&c| c != '_').collect();
        let signed = if negative { format!("-{plain}") } else { plain.clone() };
        let hex = plain.strip_prefix("0x").or_else(|| plain.strip_prefix("0X"));
        let value = match (hex.map(|h| u64::from_str_radix(h, 16)), signed.parse::<i64>()) {
            (Some(Ok(bits)), _) if negative => Value::Int((bits as i64).wrapping_neg()),
            (Some(Ok(bits)), _) => Value::Int(bits as i64),
            (None, Ok(int)) => return Literal { value: Value::Int(int), written: Some(int.to_string()) },
            _ => signed.parse::<f64>().map_or(Value::Null, Value::Real),
        };
        Literal { value, written: Some(signed) }
    }
}

/// The columns of `PRIMARY KEY (a, b COLLATE c DESC)`.
fn key_columns(tokens: &[Token<'_>]) -> Vec<(String, Option<String>)> {
    let mut columns = Vec::new();
    for term in tokens.split(|t| t.is_mark(',')) {
        let Some(name) = term.first().and_then(Token::name) else { continue };
        let collate = term.iter().position(|t| t.is("collate"));
        let collation = collate.and_then(|i| term.get(i + 1)).and_then(Token::name).map(str::to_ascii_lowercase);
        columns.push((name.to_owned(), collation));
    }
    columns
}

fn is_integer(column: &Column) -> bool {
    column.declared_type.eq_ignore_ascii_case("integer")
}

impl Definition {
    /// Works out where in a record each column lies.
    fn finish(&mut self) {
        let mut position = 0;
        if self.without_rowid {
            self.alias = None;
            position = self.place_key();
        }
        for column in &mut self.columns {
            if column.position.is_none() && column.generated != Some(Generated::Virtual) {
                column.position = Some(position);
                position += 1;
            }
        }
    }

    /// WITHOUT ROWID: the key comes first, each of its terms once. Gives the position after it.
    fn place_key(&mut self) -> usize {
        let mut names = HashMap::new();
        for (index, column) in self.columns.iter().enumerate() {
            names.entry(column.name.to_ascii_lowercase()).or_insert(index);
        }
        let mut terms = HashSet::new();
        for (name, collation) in &self.primary_key {
            let name = name.to_ascii_lowercase();
            let at = terms.len();
            let column = names.get(&name).and_then(|&index| self.columns.get_mut(index));
            // The same column under another collation is stored again; its first place counts.
            if terms.insert((name, collation))
                && let Some(column) = column.filter(|c| c.position.is_none())
            {
                column.position = Some(at);
            }
        }
        terms.len()
    }
}
