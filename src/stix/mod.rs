//! STIX 2.1: bundle reader, pattern grammar, exact evaluation. Knows nothing of phones.
//!
//! Sources: *STIX Version 2.1*, OASIS Standard, 10 June 2021: parts 2–4 (domain objects), 6 (observables),
//! 9 (patterning, with the published ANTLR grammar), and the OASIS validator and matcher as interpreters where the
//! prose leaves room. The places where vigie had to choose are named beside the code that chose.
//!
//! From text to answer:
//! 1. [`bundle`] reads objects one by one from a stream, [`object`] gives them types;
//! 2. [`parse()`] turns a pattern into an [`ast`];
//! 3. [`eval`] compiles one `[ … ]` and asks it about one object;
//! 4. [`observe`] decides a whole pattern over observations, with its operators and qualifiers.

pub mod ast;
pub mod bundle;
pub mod eval;
mod json_scan;
mod lexer;
mod like;
pub mod object;
mod object_json;
mod object_plain;
pub mod observe;
pub mod observed_data;
mod parse;
mod regex_compat;
mod solve;
pub mod time;
pub mod value;

pub use ast::Pattern;
pub use eval::{Compiled, EvalError, NotEvaluable};
pub use parse::{ParseError, parse};
pub use value::{Object, Scalar};
