//! One `[ … ]` asked about one object (STIX 2.1 §9.6).
//!
//! A test holds if any value that its path reaches satisfies it; `NOT` turns the answer for each value. Values whose
//! types do not fit are unequal, not ordered, not alike: no error. `AND` and `OR` are about one object, so `AND` over
//! two types is never true (see [`Compiled::never_matches`]).
//!
//! A value that is not what it should be (a timestamp that is none) is an error, but only where it decides: `true OR
//! error` is true, `false AND error` is false, as in three-valued logic.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::sync::OnceLock;

use regex::{Regex, bytes};

use super::ast::{Comparison, Literal, Op, Operand, Span, Step, Test};
use super::like::Like;
use super::regex_compat::{bytes_regex, text_regex};
use super::value::{Compared, Network, Object, Scalar, compare, nfc};

/// Why a valid pattern cannot be answered: it asks for what has no meaning or no exact answer here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {}: {reason}", span.start)]
pub struct NotEvaluable {
    /// Where in the pattern.
    pub span: Span,
    /// Why, for people.
    pub reason: String,
}

/// A value could not be compared because it is not what its test or its name needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the test at byte {} of the pattern expected {expected}, found something else", span.start)]
pub struct EvalError {
    /// The test, in the pattern.
    pub span: Span,
    /// What the value should have been.
    pub expected: &'static str,
}

/// A `[ … ]`, ready to be asked often: constants converted, expressions compiled, lists sorted.
#[derive(Debug)]
pub struct Compiled {
    root: Node,
}

#[derive(Debug)]
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Test(CompiledTest),
}

#[derive(Debug)]
struct CompiledTest {
    object_type: String,
    steps: Vec<Step>,
    negated: bool,
    check: Check,
    span: Span,
}

#[derive(Debug)]
enum Check {
    Equal(Scalar<'static>),
    Unequal(Scalar<'static>),
    Ordered(fn(Ordering) -> bool, Scalar<'static>),
    In(Set),
    Like(Like),
    Matches(Box<Expression>),
    IsSubset(Network),
    IsSuperset(Network),
    Exists,
}

/// The list of an `IN`.
#[derive(Debug)]
struct Set {
    /// Sorted, if all are text: most lists are, and may be long.
    texts: Vec<String>,
    /// All of them otherwise.
    others: Vec<Scalar<'static>>,
}

#[derive(Debug)]
struct Expression {
    text: Regex,
    pattern: String,
    /// Compiled when the first bytes come: most expressions never see any. `None` if it can match no bytes.
    bytes: OnceLock<Option<Result<bytes::Regex, String>>>,
}

/// What one value says to one test, before `NOT`.
enum Answer {
    Yes,
    No,
    /// No, and `NOT` changes nothing: types without an order.
    Never,
    Bad(&'static str),
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// Compiles and asks once. For more than one object, keep a [`Compiled`].
///
/// # Errors
/// The pattern is not evaluable; inside, a value was not what it should be.
pub fn matches(comparison: &Comparison, object: &dyn Object) -> Result<Result<bool, EvalError>, NotEvaluable> {
    Ok(Compiled::new(comparison)?.matches(object))
}

impl Compiled {
    /// Prepares a `[ … ]`.
    ///
    /// # Errors
    /// An expression that cannot be answered exactly, a network that is none, a date that is none, a list of mixed
    /// types (whole numbers and fractions may mix).
    pub fn new(comparison: &Comparison) -> Result<Self, NotEvaluable> {
        Ok(Self { root: Node::new(comparison)? })
    }

    /// Whether the object satisfies it.
    ///
    /// # Errors
    /// A value that is not what it should be decided the answer.
    pub fn matches(&self, object: &dyn Object) -> Result<bool, EvalError> {
        self.root.matches(object)
    }

    /// Whether some object of this type could satisfy it: lets a caller skip objects without looking inside.
    #[must_use]
    pub fn concerns(&self, object_type: &str) -> bool {
        self.root.concerns(object_type)
    }

    /// Whether no object can satisfy it because `AND` joins tests on different types.
    #[must_use]
    pub fn never_matches(&self) -> bool {
        let mut types = Vec::new();
        self.root.collect_types(&mut types);
        !types.iter().any(|name| self.root.concerns(name))
    }
}

impl Node {
    fn new(comparison: &Comparison) -> Result<Self, NotEvaluable> {
        Ok(match comparison {
            Comparison::And(list) => Self::And(list.iter().map(Self::new).collect::<Result<_, _>>()?),
            Comparison::Or(list) => Self::Or(list.iter().map(Self::new).collect::<Result<_, _>>()?),
            Comparison::Test(test) => Self::Test(CompiledTest::new(test)?),
        })
    }

    fn matches(&self, object: &dyn Object) -> Result<bool, EvalError> {
        let (list, decides) = match self {
            Self::Test(test) => return test.matches(object),
            Self::And(list) => (list, false),
            Self::Or(list) => (list, true),
        };
        let mut error = None;
        for node in list {
            match node.matches(object) {
                Ok(answer) if answer == decides => return Ok(decides),
                Ok(_) => {}
                Err(bad) => error = error.or(Some(bad)),
            }
        }
        error.map_or(Ok(!decides), Err)
    }

    fn concerns(&self, object_type: &str) -> bool {
        match self {
            Self::And(list) => list.iter().all(|node| node.concerns(object_type)),
            Self::Or(list) => list.iter().any(|node| node.concerns(object_type)),
            Self::Test(test) => test.object_type == object_type,
        }
    }

    fn collect_types<'a>(&'a self, out: &mut Vec<&'a str>) {
        match self {
            Self::And(list) | Self::Or(list) => list.iter().for_each(|node| node.collect_types(out)),
            Self::Test(test) => out.push(&test.object_type),
        }
    }
}

impl CompiledTest {
    fn new(test: &Test) -> Result<Self, NotEvaluable> {
        let span = if test.op == Op::Exists { test.span } else { test.operand_span };
        let check = Check::new(test.op, &test.operand).map_err(|reason| NotEvaluable { span, reason })?;
        Ok(Self {
            object_type: test.path.object_type.clone(),
            steps: test.path.steps.clone(),
            negated: test.negated,
            check,
            span: test.span,
        })
    }

    fn matches(&self, object: &dyn Object) -> Result<bool, EvalError> {
        if object.object_type() != self.object_type {
            return Ok(false);
        }
        let mut found = false;
        let mut bad = None;
        object.visit(&self.steps, &mut |value| {
            match self.check.ask(&value) {
                Answer::Yes => found = !self.negated || matches!(self.check, Check::Exists),
                Answer::No => found = self.negated,
                Answer::Never => {}
                Answer::Bad(expected) => bad = Some(expected),
            }
            if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if matches!(self.check, Check::Exists) {
            return Ok(found != self.negated);
        }
        match bad {
            Some(expected) if !found => Err(EvalError { span: self.span, expected }),
            _ => Ok(found),
        }
    }
}

impl Check {
    fn new(op: Op, operand: &Operand) -> Result<Self, String> {
        let constant = |operand: &Operand| match operand {
            Operand::Scalar(literal) => scalar(literal),
            _ => Err("an operand is missing".to_owned()),
        };
        let text = |operand: &Operand| match operand {
            Operand::Scalar(Literal::Str(text)) => Ok(text.clone()),
            _ => Err("the operand must be text".to_owned()),
        };
        let network = |operand: &Operand| {
            let text = text(operand)?;
            Network::parse(&text).ok_or_else(|| format!("`{text}` is no IP address and no CIDR network"))
        };
        Ok(match op {
            Op::Eq => Self::Equal(constant(operand)?),
            Op::Ne => Self::Unequal(constant(operand)?),
            Op::Lt => Self::Ordered(Ordering::is_lt, constant(operand)?),
            Op::Le => Self::Ordered(Ordering::is_le, constant(operand)?),
            Op::Gt => Self::Ordered(Ordering::is_gt, constant(operand)?),
            Op::Ge => Self::Ordered(Ordering::is_ge, constant(operand)?),
            Op::In => match operand {
                Operand::Set(list) => Self::In(Set::new(list)?),
                _ => return Err("a list is missing".to_owned()),
            },
            Op::Like => Self::Like(Like::new(&text(operand)?)),
            Op::Matches => Self::Matches(Box::new(Expression::new(&text(operand)?)?)),
            Op::IsSubset => Self::IsSubset(network(operand)?),
            Op::IsSuperset => Self::IsSuperset(network(operand)?),
            Op::Exists => Self::Exists,
        })
    }

    fn ask(&self, value: &Scalar<'_>) -> Answer {
        match self {
            Self::Exists => Answer::Yes,
            Self::Equal(constant) => equality(value, constant),
            Self::Unequal(constant) => match equality(value, constant) {
                Answer::Yes => Answer::No,
                Answer::No => Answer::Yes,
                other => other,
            },
            Self::Ordered(holds, constant) => match compare(value, constant) {
                Compared::Order(ordering) => holds(ordering).into(),
                Compared::Incomparable => Answer::No,
                Compared::Equal(_) | Compared::TypesDiffer => Answer::Never,
                Compared::Bad(expected) => Answer::Bad(expected),
            },
            Self::In(set) => set.ask(value),
            Self::Like(like) => match value {
                Scalar::Str(text) => like.is_match(text).into(),
                Scalar::Bytes(bytes) => like.is_match(&bytes_as_text(bytes)).into(),
                Scalar::Bad(expected) => Answer::Bad(expected),
                _ => Answer::No,
            },
            Self::Matches(expression) => expression.ask(value),
            Self::IsSubset(outer) => with_network(value, |inner| outer.holds(inner)),
            Self::IsSuperset(inner) => with_network(value, |outer| outer.holds(*inner)),
        }
    }
}

fn equality(value: &Scalar<'_>, constant: &Scalar<'_>) -> Answer {
    match compare(value, constant) {
        Compared::Bad(expected) => Answer::Bad(expected),
        other => other.is_equal().into(),
    }
}

fn with_network(value: &Scalar<'_>, ask: impl Fn(Network) -> bool) -> Answer {
    match value {
        Scalar::Str(text) => match Network::parse(text) {
            Some(network) => ask(network).into(),
            None => Answer::Bad("an IP address or a CIDR network"),
        },
        Scalar::Bad(expected) => Answer::Bad(expected),
        _ => Answer::No,
    }
}

/// Bytes as `LIKE` sees them: UTF-8 if they are, else each byte the character of its number.
fn bytes_as_text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()),
    }
}

fn scalar(literal: &Literal) -> Result<Scalar<'static>, String> {
    Ok(match literal {
        Literal::Str(text) => Scalar::Str(Cow::Owned(text.clone())),
        Literal::Int(n) => Scalar::Int(*n),
        Literal::Float(x) => Scalar::Float(*x),
        Literal::Bool(b) => Scalar::Bool(*b),
        Literal::Bytes(bytes) => Scalar::Bytes(Cow::Owned(bytes.clone())),
        Literal::Time(time) => Scalar::Time(time.micros.ok_or_else(|| format!("`{}` is in no calendar", time.text))?),
    })
}

impl Set {
    fn new(list: &[Literal]) -> Result<Self, String> {
        let kind = |literal: &Literal| match literal {
            Literal::Str(_) => 0,
            Literal::Int(_) | Literal::Float(_) => 1,
            Literal::Bool(_) => 2,
            Literal::Bytes(_) => 3,
            Literal::Time(_) => 4,
        };
        if let Some(first) = list.first()
            && list.iter().any(|literal| kind(literal) != kind(first))
        {
            return Err("the values of IN are of different types".to_owned());
        }
        let mut texts = Vec::new();
        let mut others = Vec::new();
        for literal in list {
            match literal {
                Literal::Str(text) => texts.push(text.clone()),
                other => others.push(scalar(other)?),
            }
        }
        texts.sort_unstable();
        texts.dedup();
        Ok(Self { texts, others })
    }

    fn ask(&self, value: &Scalar<'_>) -> Answer {
        let mut bad = None;
        let mut try_one = |constant: &Scalar<'_>| match equality(value, constant) {
            Answer::Yes => true,
            Answer::Bad(expected) => {
                bad = Some(expected);
                false
            }
            Answer::No | Answer::Never => false,
        };
        let found = match value {
            Scalar::Bad(expected) => return Answer::Bad(expected),
            Scalar::Str(text) if self.texts.binary_search_by(|known| known.as_str().cmp(text)).is_ok() => true,
            // Only these two can be equal to text without being text. (The OASIS matcher lets `=` compare bytes with
            // text, but not IN; the specification defines IN by `=`.)
            Scalar::Bytes(_) | Scalar::Time(_)
                if self.texts.iter().any(|text| try_one(&Scalar::Str(Cow::Borrowed(text)))) =>
            {
                true
            }
            _ => self.others.iter().any(try_one),
        };
        match bad {
            Some(expected) if !found => Answer::Bad(expected),
            _ => found.into(),
        }
    }
}

impl Expression {
    fn new(pattern: &str) -> Result<Self, String> {
        let pattern = nfc(pattern).into_owned();
        Ok(Self { text: text_regex(&pattern)?, pattern, bytes: OnceLock::new() })
    }

    fn ask(&self, value: &Scalar<'_>) -> Answer {
        match value {
            Scalar::Str(text) => self.text.is_match(&nfc(text)).into(),
            Scalar::Bytes(bytes) => match self.bytes.get_or_init(|| bytes_regex(&self.pattern)) {
                None => Answer::No,
                Some(Ok(expression)) => expression.is_match(bytes).into(),
                Some(Err(_)) => Answer::Bad("text, as the expression has no meaning for bytes"),
            },
            Scalar::Bad(expected) => Answer::Bad(expected),
            _ => Answer::No,
        }
    }
}
