//! Parser of STIX patterns: recursive descent over the published grammar (`STIXPattern.g4`, version 2.1).
//!
//! Observation operators bind `AND` > `OR` > `FOLLOWEDBY`, comparison operators `AND` > `OR`; qualifiers bind to the
//! expression before them and nothing else.

use super::ast::{
    Comparison, Literal, ObjectPath, Observation, Op, Operand, Pattern, Problem, Qualifier, Span, Step, Test, Time,
};
use super::lexer::{Bad, Lexer, Token, quote_found};

/// Longest pattern that is read, in bytes. Published ones stay below 10 kB; generated `IN` lists may be long.
pub const MAX_PATTERN_BYTES: usize = 4 << 20;
/// How deep parentheses and brackets may nest, all together.
pub const MAX_DEPTH: usize = 64;
/// How many qualifiers one expression may carry.
pub const MAX_QUALIFIERS: usize = 16;
/// How many steps one object path may have.
pub const MAX_PATH_STEPS: usize = 64;

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: expected {expected}, found {found}")]
pub struct ParseError {
    /// From 1; `\n` ends a line.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The same place in bytes, from 0.
    pub offset: usize,
    /// What would have been right.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// Reads a pattern.
///
/// # Errors
/// Where the text leaves the grammar, or one of the limits above.
pub fn parse(text: &str) -> Result<Pattern, ParseError> {
    if text.len() > MAX_PATTERN_BYTES {
        let expected = format!("a pattern of at most {MAX_PATTERN_BYTES} bytes");
        return Err(ParseError { line: 1, column: 1, offset: 0, expected, found: format!("{} bytes", text.len()) });
    }
    let mut parser = Parser::new(text)?;
    let root = parser.followed_by()?;
    if parser.token != Token::End {
        return Err(parser.unexpected("AND, OR, FOLLOWEDBY, a qualifier or the end of the pattern"));
    }
    Ok(Pattern { root, repeated_qualifiers: parser.repeated_qualifiers })
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    /// The token not yet taken.
    token: Token,
    span: Span,
    /// End of the token taken last.
    end: usize,
    depth: usize,
    repeated_qualifiers: Vec<Problem>,
}

fn locate(text: &str, offset: usize, expected: String, found: String) -> ParseError {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    ParseError { line, column: before[line_start..].chars().count() + 1, offset, expected, found }
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Result<Self, ParseError> {
        let mut parser = Self {
            text,
            lexer: Lexer::new(text),
            token: Token::End,
            span: Span::default(),
            end: 0,
            depth: 0,
            repeated_qualifiers: Vec::new(),
        };
        parser.advance()?;
        Ok(parser)
    }

    /// Takes the token and reads the next one.
    fn advance(&mut self) -> Result<Token, ParseError> {
        self.end = self.span.end;
        let (token, span) = self
            .lexer
            .next()
            .map_err(|Bad { at, expected, found }| locate(self.text, at, expected.to_owned(), found))?;
        self.span = span;
        Ok(std::mem::replace(&mut self.token, token))
    }

    fn unexpected(&self, expected: &str) -> ParseError {
        let found = match self.token {
            Token::End => "the end of the pattern".to_owned(),
            _ => quote_found(self.text.get(self.span.start..self.span.end).unwrap_or("")),
        };
        locate(self.text, self.span.start, expected.to_owned(), found)
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.token, Token::Symbol(found) if found == symbol)
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self.token, Token::Keyword(found) if found == keyword)
    }

    fn take_symbol(&mut self, symbol: &str, expected: &str) -> Result<(), ParseError> {
        if !self.is_symbol(symbol) {
            return Err(self.unexpected(expected));
        }
        self.advance().map(|_| ())
    }

    fn take_keyword(&mut self, keyword: &str) -> Result<bool, ParseError> {
        let there = self.is_keyword(keyword);
        if there {
            self.advance()?;
        }
        Ok(there)
    }

    fn enter(&mut self) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.unexpected(&format!("at most {MAX_DEPTH} nested brackets")));
        }
        Ok(())
    }

    fn followed_by(&mut self) -> Result<Observation, ParseError> {
        let mut list = vec![self.observation_or()?];
        while self.take_keyword("FOLLOWEDBY")? {
            list.push(self.observation_or()?);
        }
        Ok(join(list, Observation::FollowedBy, |node| match node {
            Observation::FollowedBy(list) => Some(list),
            _ => None,
        }))
    }

    fn observation_or(&mut self) -> Result<Observation, ParseError> {
        let mut list = vec![self.observation_and()?];
        while self.take_keyword("OR")? {
            list.push(self.observation_and()?);
        }
        Ok(join(list, Observation::Or, |node| match node {
            Observation::Or(list) => Some(list),
            _ => None,
        }))
    }

    fn observation_and(&mut self) -> Result<Observation, ParseError> {
        let mut list = vec![self.observation()?];
        while self.take_keyword("AND")? {
            list.push(self.observation()?);
        }
        Ok(join(list, Observation::And, |node| match node {
            Observation::And(list) => Some(list),
            _ => None,
        }))
    }

    fn observation(&mut self) -> Result<Observation, ParseError> {
        self.enter()?;
        let simple = self.is_symbol("[");
        let inner = if simple {
            self.advance()?;
            let comparison = self.comparison_or()?;
            self.take_symbol("]", "AND, OR or `]`")?;
            Observation::Test(comparison)
        } else if self.is_symbol("(") {
            self.advance()?;
            let inner = self.followed_by()?;
            self.take_symbol(")", "AND, OR, FOLLOWEDBY, a qualifier or `)`")?;
            inner
        } else {
            return Err(self.unexpected("`[` or `(`"));
        };
        self.depth -= 1;
        self.qualifiers(inner, simple)
    }

    fn qualifiers(&mut self, mut inner: Observation, simple: bool) -> Result<Observation, ParseError> {
        let mut seen = [0_usize; 3];
        for count in 0.. {
            let start = self.span.start;
            let (kind, name, qualifier) = if self.take_keyword("WITHIN")? {
                (0, "WITHIN", self.within()?)
            } else if self.take_keyword("REPEATS")? {
                (1, "REPEATS", self.repeats()?)
            } else if self.take_keyword("START")? {
                (2, "START … STOP", self.start_stop()?)
            } else {
                break;
            };
            let span = Span { start, end: self.end };
            if count >= MAX_QUALIFIERS {
                let found = quote_found(name);
                return Err(locate(self.text, start, format!("at most {MAX_QUALIFIERS} qualifiers"), found));
            }
            seen[kind] += 1;
            // Only on a bare `[ … ]`: around parentheses the validator allows it.
            if simple && seen[kind] == 2 {
                self.repeated_qualifiers.push(Problem { span, what: format!("{name} twice on one observation") });
            }
            inner = Observation::Qualified { inner: Box::new(inner), qualifier, span };
        }
        Ok(inner)
    }

    fn within(&mut self) -> Result<Qualifier, ParseError> {
        let negative = self.text.get(self.span.start..).is_some_and(|rest| rest.starts_with('-'));
        let seconds = match self.token {
            #[expect(clippy::cast_precision_loss, reason = "seconds beyond 2^53 are longer than time has been")]
            Token::Literal(Literal::Int(n)) if !negative => n as f64,
            Token::Literal(Literal::Float(x)) if !negative => x,
            _ => return Err(self.unexpected("a number of seconds")),
        };
        self.advance()?;
        self.expect_keyword("SECONDS")?;
        Ok(Qualifier::Within { seconds })
    }

    fn repeats(&mut self) -> Result<Qualifier, ParseError> {
        let negative = self.text.get(self.span.start..).is_some_and(|rest| rest.starts_with('-'));
        let times = match self.token {
            Token::Literal(Literal::Int(n)) if !negative => u64::try_from(n).ok(),
            _ => None,
        };
        let Some(times) = times else { return Err(self.unexpected("a whole number of times")) };
        self.advance()?;
        self.expect_keyword("TIMES")?;
        Ok(Qualifier::Repeats { times })
    }

    fn start_stop(&mut self) -> Result<Qualifier, ParseError> {
        let start = self.time()?;
        self.expect_keyword("STOP")?;
        let stop = self.time()?;
        Ok(Qualifier::StartStop { start, stop })
    }

    fn time(&mut self) -> Result<Time, ParseError> {
        match &self.token {
            Token::Literal(Literal::Time(time)) => {
                let time = time.clone();
                self.advance()?;
                Ok(time)
            }
            _ => Err(self.unexpected("a timestamp like t'2024-01-31T00:00:00Z'")),
        }
    }

    fn expect_keyword(&mut self, keyword: &'static str) -> Result<(), ParseError> {
        if self.take_keyword(keyword)? { Ok(()) } else { Err(self.unexpected(keyword)) }
    }

    fn comparison_or(&mut self) -> Result<Comparison, ParseError> {
        let mut list = vec![self.comparison_and()?];
        while self.take_keyword("OR")? {
            list.push(self.comparison_and()?);
        }
        Ok(join(list, Comparison::Or, |node| match node {
            Comparison::Or(list) => Some(list),
            _ => None,
        }))
    }

    fn comparison_and(&mut self) -> Result<Comparison, ParseError> {
        let mut list = vec![self.comparison()?];
        while self.take_keyword("AND")? {
            list.push(self.comparison()?);
        }
        Ok(join(list, Comparison::And, |node| match node {
            Comparison::And(list) => Some(list),
            _ => None,
        }))
    }

    fn comparison(&mut self) -> Result<Comparison, ParseError> {
        if !self.is_symbol("(") {
            return Ok(Comparison::Test(self.test()?));
        }
        self.enter()?;
        self.advance()?;
        let inner = self.comparison_or()?;
        self.take_symbol(")", "AND, OR or `)`")?;
        self.depth -= 1;
        Ok(inner)
    }

    fn test(&mut self) -> Result<Test, ParseError> {
        let start = self.span.start;
        let negated = self.take_keyword("NOT")?;
        if self.take_keyword("EXISTS")? {
            let path = self.path()?;
            let span = Span { start, end: self.end };
            let operand_span = Span { start: self.end, end: self.end };
            return Ok(Test { path, negated, op: Op::Exists, operand: Operand::None, span, operand_span });
        }
        if negated {
            return Err(self.unexpected("EXISTS (elsewhere NOT stands behind the path)"));
        }
        let path = self.path()?;
        let negated = self.take_keyword("NOT")?;
        let op = self.operator()?;
        let operand_start = self.span.start;
        let operand = self.operand(op)?;
        let span = Span { start, end: self.end };
        Ok(Test { path, negated, op, operand, span, operand_span: Span { start: operand_start, end: self.end } })
    }

    fn operator(&mut self) -> Result<Op, ParseError> {
        let op = match self.token {
            Token::Symbol("=" | "==") => Op::Eq,
            Token::Symbol("!=" | "<>") => Op::Ne,
            Token::Symbol("<") => Op::Lt,
            Token::Symbol("<=") => Op::Le,
            Token::Symbol(">") => Op::Gt,
            Token::Symbol(">=") => Op::Ge,
            Token::Keyword("IN") => Op::In,
            Token::Keyword("LIKE") => Op::Like,
            Token::Keyword("MATCHES") => Op::Matches,
            Token::Keyword("ISSUBSET") => Op::IsSubset,
            Token::Keyword("ISSUPERSET") => Op::IsSuperset,
            _ => return Err(self.unexpected("a comparison operator (=, !=, <, <=, >, >=, IN, LIKE, MATCHES, …)")),
        };
        self.advance()?;
        Ok(op)
    }

    fn operand(&mut self, op: Op) -> Result<Operand, ParseError> {
        let literal = match op {
            Op::In => return Ok(Operand::Set(self.set()?)),
            Op::Eq | Op::Ne => self.literal(|_| true, "a value")?,
            Op::Lt | Op::Le | Op::Gt | Op::Ge => {
                self.literal(|literal| !matches!(literal, Literal::Bool(_)), "a value that has an order")?
            }
            _ => self.literal(|literal| matches!(literal, Literal::Str(_)), "a string in single quotes")?,
        };
        Ok(Operand::Scalar(literal))
    }

    fn literal(&mut self, fits: fn(&Literal) -> bool, expected: &str) -> Result<Literal, ParseError> {
        if !matches!(&self.token, Token::Literal(literal) if fits(literal)) {
            return Err(self.unexpected(expected));
        }
        match self.advance()? {
            Token::Literal(literal) => Ok(literal),
            _ => Err(self.unexpected(expected)),
        }
    }

    fn set(&mut self) -> Result<Vec<Literal>, ParseError> {
        self.take_symbol("(", "`(` before the values of IN")?;
        let mut list = Vec::new();
        if !self.is_symbol(")") {
            list.push(self.literal(|_| true, "a value or `)`")?);
            while self.is_symbol(",") {
                self.advance()?;
                list.push(self.literal(|_| true, "a value")?);
            }
        }
        self.take_symbol(")", "`,` or `)`")?;
        Ok(list)
    }

    fn path(&mut self) -> Result<ObjectPath, ParseError> {
        let start = self.span.start;
        if !matches!(self.token, Token::Name | Token::HyphenName) {
            return Err(self.unexpected("an object type"));
        }
        let object_type = self.taken_text()?;
        self.take_symbol(":", "`:` between object type and property")?;
        let mut steps = vec![Step::Key(self.key()?)];
        loop {
            if steps.len() >= MAX_PATH_STEPS {
                return Err(self.unexpected(&format!("at most {MAX_PATH_STEPS} steps")));
            }
            if self.is_symbol(".") {
                self.advance()?;
                steps.push(Step::Key(self.key()?));
            } else if self.is_symbol("[") {
                self.advance()?;
                steps.push(self.index()?);
                self.take_symbol("]", "`]` behind the index")?;
            } else {
                return Ok(ObjectPath { object_type, steps, span: Span { start, end: self.end } });
            }
        }
    }

    fn taken_text(&mut self) -> Result<String, ParseError> {
        let text = self.text.get(self.span.start..self.span.end).unwrap_or("").to_owned();
        self.advance()?;
        Ok(text)
    }

    fn key(&mut self) -> Result<String, ParseError> {
        const EXPECTED: &str = "a property (one with other characters than letters, digits and _ needs single quotes)";
        match self.token {
            Token::Name => self.taken_text(),
            Token::Literal(Literal::Str(_)) => match self.advance()? {
                Token::Literal(Literal::Str(key)) => Ok(key),
                _ => Err(self.unexpected(EXPECTED)),
            },
            _ => Err(self.unexpected(EXPECTED)),
        }
    }

    fn index(&mut self) -> Result<Step, ParseError> {
        let step = match self.token {
            Token::Symbol("*") => Step::Any,
            Token::Literal(Literal::Int(n)) => u64::try_from(n).map_or(Step::Never(n), Step::Index),
            _ => return Err(self.unexpected("a whole number or `*`")),
        };
        self.advance()?;
        Ok(step)
    }
}

/// Makes one node of operands, taking in those that are the same operator (they stood in parentheses).
fn join<T>(mut list: Vec<T>, make: fn(Vec<T>) -> T, open: fn(&mut T) -> Option<&mut Vec<T>>) -> T {
    if list.len() == 1
        && let Some(only) = list.pop()
    {
        return only;
    }
    let mut flat = Vec::with_capacity(list.len());
    for mut node in list {
        match open(&mut node) {
            Some(inner) => flat.append(inner),
            None => flat.push(node),
        }
    }
    make(flat)
}

/// The length in hexadecimal digits of the algorithms that the validator knows.
const HASH_DIGITS: [(&str, usize); 12] = [
    ("MD5", 32),
    ("RIPEMD160", 40),
    ("SHA1", 40),
    ("SHA224", 56),
    ("SHA256", 64),
    ("SHA384", 96),
    ("SHA512", 128),
    ("SHA3224", 56),
    ("SHA3256", 64),
    ("SHA3384", 96),
    ("SHA3512", 128),
    ("WHIRLPOOL", 128),
];

/// Says if a test compares a hash with something that its algorithm cannot yield. Only where whole values stand
/// (`=`, `!=`, `IN`): a `LIKE` may ask for the beginning of one.
pub(super) fn hash_problem(test: &Test) -> Option<Problem> {
    if !matches!(test.op, Op::Eq | Op::Ne | Op::In) {
        return None;
    }
    let is_hashes = |step: &Step| matches!(step, Step::Key(key) if key == "hashes");
    let Some((Step::Key(selector), before)) = test.path.steps.split_last() else { return None };
    if !before.iter().any(is_hashes) {
        return None;
    }
    let name: String = selector.chars().filter(|c| *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    let literals = match &test.operand {
        Operand::None => return None,
        Operand::Scalar(literal) => std::slice::from_ref(literal),
        Operand::Set(list) => list,
    };
    let bad = literals.iter().find(|literal| !hash_fits(&name, literal))?;
    let shown = bad.to_string();
    Some(Problem { span: test.operand_span, what: format!("{} is no {selector} hash", quote_found(&shown)) })
}

fn hash_fits(name: &str, literal: &Literal) -> bool {
    let Literal::Str(text) = literal else { return !HASH_DIGITS.iter().any(|(known, _)| *known == name) };
    match name {
        "SSDEEP" => {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+' | b':' | b'.');
            (1..=128).contains(&text.len()) && text.bytes().all(allowed)
        }
        _ => HASH_DIGITS
            .iter()
            .find(|(known, _)| *known == name)
            .is_none_or(|(_, digits)| text.len() == *digits && text.bytes().all(|b| b.is_ascii_hexdigit())),
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
