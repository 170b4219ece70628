//! The tree of a STIX pattern (STIX 2.1 part 9), and its canonical text.
//!
//! A pattern is observation expressions (`[ … ]`) joined by `AND`, `OR`, `FOLLOWEDBY` and qualified by `WITHIN`,
//! `REPEATS`, `START … STOP`; inside the brackets tests on one object are joined by `AND` and `OR`. Parentheses are
//! gone: the tree is the precedence. `And` in `And` (and so on) is flattened, which changes nothing: all three
//! observation operators are associative.

use std::fmt::{self, Display as _};

use super::time::write_timestamp;

/// Bytes `start..end` of the pattern's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

/// A whole pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// The outermost observation expression.
    pub root: Observation,
    /// What the validator says beyond grammar and what the text alone shows: see [`Pattern::problems`].
    pub(super) repeated_qualifiers: Vec<Problem>,
}

/// Observation expressions: each [`Observation::Test`] binds an observation of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// `[ … ]`
    Test(Comparison),
    /// All of them, on distinct observations.
    And(Vec<Observation>),
    /// Any of them.
    Or(Vec<Observation>),
    /// Each not later than those that follow, on distinct observations.
    FollowedBy(Vec<Observation>),
    /// One qualifier on an expression; several nest, the first written innermost.
    Qualified {
        /// What is qualified.
        inner: Box<Observation>,
        /// By what.
        qualifier: Qualifier,
        /// Where the qualifier stands.
        span: Span,
    },
}

/// What limits the observations of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Qualifier {
    /// `WITHIN n SECONDS`: all of them lie in a span of that many seconds.
    Within {
        /// Seconds as written; zero is grammatical and refused on compiling.
        seconds: f64,
    },
    /// `REPEATS n TIMES`: as often, on distinct observations.
    Repeats {
        /// Times as written; zero is grammatical and refused on compiling.
        times: u64,
    },
    /// `START t'…' STOP t'…'`: at or after the first, before the second.
    StartStop {
        /// First instant inside.
        start: Time,
        /// First instant outside.
        stop: Time,
    },
}

/// Tests on one object.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// All of them on the same object.
    And(Vec<Comparison>),
    /// Any of them.
    Or(Vec<Comparison>),
    /// One test.
    Test(Test),
}

/// `path [NOT] op operand`, or `[NOT] EXISTS path`. True if any value that the path reaches satisfies it: `NOT`
/// negates for each value, so a path that reaches nothing makes `!=` false; only `NOT EXISTS` is true of nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// What is tested.
    pub path: ObjectPath,
    /// Whether `NOT` stood before the operator.
    pub negated: bool,
    /// How.
    pub op: Op,
    /// Against what.
    pub operand: Operand,
    /// Where the test stands.
    pub span: Span,
    /// Where its operand stands; empty for `EXISTS`.
    pub operand_span: Span,
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `=` or `==`
    Eq,
    /// `!=` or `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `IN ( … )`
    In,
    /// `LIKE '…'`: `%` is any text, `_` any one character.
    Like,
    /// `MATCHES '…'`: a regular expression, found anywhere.
    Matches,
    /// `ISSUBSET '…'`: the value lies in that network.
    IsSubset,
    /// `ISSUPERSET '…'`: the value is a network that holds that one.
    IsSuperset,
    /// `EXISTS`
    Exists,
}

/// The right side of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// `EXISTS` has none.
    None,
    /// One literal.
    Scalar(Literal),
    /// The list of an `IN`; may be empty, may be mixed.
    Set(Vec<Literal>),
}

/// A constant in a pattern.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `'…'`, with its escapes resolved.
    Str(String),
    /// A whole number.
    Int(i128),
    /// A number with a decimal point.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `h'…'` or `b'…'`.
    Bytes(Vec<u8>),
    /// `t'…'`.
    Time(Time),
}

/// A timestamp literal. The grammar lets days pass that no calendar has (30 February); those have no `micros`, and a
/// pattern with one is valid but not evaluable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    /// As written between the quotes.
    pub text: String,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub micros: Option<i64>,
}

/// `type:step.step[…]`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectPath {
    /// The type that the object must have.
    pub object_type: String,
    /// From the object inwards; at least one, and the first is a key.
    pub steps: Vec<Step>,
    /// Where the path stands.
    pub span: Span,
}

impl std::hash::Hash for Span {
    // Two paths are the same path wherever they stand; equality of spans still tells two tests apart.
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

/// One step of an object path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// A property. After one whose name ends in `_ref` or `_refs`, the path goes on in the objects referred to.
    Key(String),
    /// A place in a list, from zero.
    Index(u64),
    /// A negative place: grammatical, reaches nothing.
    Never(i128),
    /// `[*]`: every item of a list.
    Any,
}

/// Something wrong that the grammar allows, as the OASIS validator tells it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {}: {what}", span.start)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What, for people.
    pub what: String,
}

impl Pattern {
    /// The `[ … ]` of the pattern, in the order of its text. A leaf's place in this list is its number elsewhere.
    #[must_use]
    pub fn leaves(&self) -> Vec<&Comparison> {
        fn walk<'a>(node: &'a Observation, out: &mut Vec<&'a Comparison>) {
            match node {
                Observation::Test(comparison) => out.push(comparison),
                Observation::And(list) | Observation::Or(list) | Observation::FollowedBy(list) => {
                    list.iter().for_each(|child| walk(child, out));
                }
                Observation::Qualified { inner, .. } => walk(inner, out),
            }
        }
        let mut out = Vec::new();
        walk(&self.root, &mut out);
        out
    }

    /// Every test of the pattern, in the order of its text.
    #[must_use]
    pub fn tests(&self) -> Vec<&Test> {
        let mut out = Vec::new();
        for leaf in self.leaves() {
            leaf.collect_tests(&mut out);
        }
        out
    }

    /// The only test of a pattern that is just `[path op operand]`, as nearly all published indicators are.
    #[must_use]
    pub fn single_test(&self) -> Option<&Test> {
        match &self.root {
            Observation::Test(Comparison::Test(test)) => Some(test),
            _ => None,
        }
    }

    /// What the OASIS validator objects to although the grammar allows it: a qualifier twice on one `[ … ]`, and hash
    /// values that their algorithm cannot have. Empty for a valid pattern.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut out = self.repeated_qualifiers.clone();
        out.extend(self.tests().into_iter().filter_map(super::parse::hash_problem));
        out
    }

    /// The pattern in one fixed spelling: same meaning, same text, whatever spaces, comments, parentheses, quotes or
    /// operator synonyms the author used. What [`Display`](fmt::Display) writes. Parsing it gives it back.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.to_string()
    }
}

impl Comparison {
    /// Every test below, in the order of the text.
    #[must_use]
    pub fn tests(&self) -> Vec<&Test> {
        let mut out = Vec::new();
        self.collect_tests(&mut out);
        out
    }

    fn collect_tests<'a>(&'a self, out: &mut Vec<&'a Test>) {
        match self {
            Self::And(list) | Self::Or(list) => list.iter().for_each(|child| child.collect_tests(out)),
            Self::Test(test) => out.push(test),
        }
    }
}

impl Op {
    /// As it is written in a pattern.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "IN",
            Self::Like => "LIKE",
            Self::Matches => "MATCHES",
            Self::IsSubset => "ISSUBSET",
            Self::IsSuperset => "ISSUPERSET",
            Self::Exists => "EXISTS",
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.write(f, 0)
    }
}

impl Observation {
    /// How tightly the operator binds; an operand that binds less tightly than its place wants gets parentheses.
    fn rank(&self) -> u8 {
        match self {
            Self::FollowedBy(_) => 1,
            Self::Or(_) => 2,
            Self::And(_) => 3,
            Self::Test(_) | Self::Qualified { .. } => 4,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, wanted: u8) -> fmt::Result {
        if self.rank() < wanted {
            f.write_str("(")?;
            self.write(f, 0)?;
            return f.write_str(")");
        }
        match self {
            Self::Test(comparison) => {
                f.write_str("[")?;
                comparison.write(f, 0)?;
                f.write_str("]")
            }
            Self::And(list) => self.write_list(f, list, " AND "),
            Self::Or(list) => self.write_list(f, list, " OR "),
            Self::FollowedBy(list) => self.write_list(f, list, " FOLLOWEDBY "),
            Self::Qualified { inner, qualifier, .. } => {
                inner.write(f, self.rank())?;
                write!(f, " {qualifier}")
            }
        }
    }

    fn write_list(&self, f: &mut fmt::Formatter<'_>, list: &[Self], joint: &str) -> fmt::Result {
        for (i, child) in list.iter().enumerate() {
            if i > 0 {
                f.write_str(joint)?;
            }
            child.write(f, self.rank() + 1)?;
        }
        Ok(())
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within { seconds } => write!(f, "WITHIN {seconds} SECONDS"),
            Self::Repeats { times } => write!(f, "REPEATS {times} TIMES"),
            Self::StartStop { start, stop } => write!(f, "START {start} STOP {stop}"),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl Comparison {
    fn rank(&self) -> u8 {
        match self {
            Self::Or(_) => 1,
            Self::And(_) => 2,
            Self::Test(_) => 3,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, wanted: u8) -> fmt::Result {
        if self.rank() < wanted {
            f.write_str("(")?;
            self.write(f, 0)?;
            return f.write_str(")");
        }
        let (list, joint) = match self {
            Self::Test(test) => return test.fmt(f),
            Self::And(list) => (list, " AND "),
            Self::Or(list) => (list, " OR "),
        };
        for (i, child) in list.iter().enumerate() {
            if i > 0 {
                f.write_str(joint)?;
            }
            child.write(f, self.rank() + 1)?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.op == Op::Exists {
            return write!(f, "{}EXISTS {}", if self.negated { "NOT " } else { "" }, self.path);
        }
        // `NOT =` and `!=` are one operator: unequal is defined as not equal, for every pair of types.
        let (negated, op) = match (self.negated, self.op) {
            (true, Op::Eq) => (false, Op::Ne),
            (true, Op::Ne) => (false, Op::Eq),
            other => other,
        };
        write!(f, "{} {}{}", self.path, if negated { "NOT " } else { "" }, op.as_str())?;
        match &self.operand {
            Operand::None => Ok(()),
            Operand::Scalar(literal) => write!(f, " {literal}"),
            Operand::Set(list) => {
                f.write_str(" (")?;
                for (i, literal) in list.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    literal.fmt(f)?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) => write_quoted(text, f),
            Self::Int(n) => n.fmt(f),
            // `{:?}` would write exponents, which the grammar has not; `{}` leaves out the `.0` that makes it a float.
            Self::Float(x) => {
                let text = x.to_string();
                f.write_str(&text)?;
                if text.contains('.') { Ok(()) } else { f.write_str(".0") }
            }
            Self::Bool(b) => b.fmt(f),
            Self::Bytes(bytes) => {
                f.write_str("h'")?;
                for byte in bytes {
                    write!(f, "{byte:02x}")?;
                }
                f.write_str("'")
            }
            Self::Time(time) => time.fmt(f),
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("t'")?;
        match self.micros {
            Some(micros) => write_timestamp(micros, f)?,
            None => f.write_str(&self.text)?,
        }
        f.write_str("'")
    }
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.object_type)?;
        for (i, step) in self.steps.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    if i > 0 {
                        f.write_str(".")?;
                    }
                    if super::lexer::is_bare_key(key) { f.write_str(key)? } else { write_quoted(key, f)? }
                }
                Step::Index(n) => write!(f, "[{n}]")?,
                Step::Never(n) => write!(f, "[{n}]")?,
                Step::Any => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

fn write_quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("'")?;
    for part in text.split_inclusive(['\'', '\\']) {
        match part.strip_suffix(['\'', '\\']) {
            Some(head) => write!(f, "{head}\\{}", &part[head.len()..])?,
            None => f.write_str(part)?,
        }
    }
    f.write_str("'")
}
