//! One way into the library for every source: what is usable is indexed, what is not is counted and named.

use super::compile::{Compiled, compile};
use super::innocent;
use super::library::{Custody, Full, Library, Outcome, Owner, PatternEntry, Rule};
use super::pack::NotEvaluable;
use crate::finding::reason;
use crate::observable::{Kind, normalize_indicator};
use crate::stix::ast::Op;

/// An indicator as its source writes it.
pub enum Written<'a> {
    /// A STIX pattern.
    Pattern(&'a str),
    /// A value whose kind the source tells by other means: the name of a list, a key.
    Value(Kind, &'a str),
    /// A pattern with a weight and texts of its own.
    Rule(&'a str, Rule),
    /// Withdrawn by its publisher.
    Revoked(&'a str),
    /// In no language vigie reads; why.
    Foreign(&'a str, &'a str),
}

/// Why a rule that counts in a custody window alone is not used.
const ONLY_IN_CUSTODY: &str = "it counts only while the phone was out of its owner's hands (custody = \"only\"), and vigie cannot be told yet when \
     that was";

/// Expressions of all packs together: each may take a megabyte and is tried on every record that shows its kind.
const MAX_EXPRESSIONS: usize = 500;

impl Library {
    /// Takes an indicator. Nothing is dropped in silence: it is loaded, revoked, or named as not evaluable.
    pub fn take(&mut self, owner: Owner, id: &str, written: Written<'_>) -> Result<(), Full> {
        match written {
            Written::Value(kind, value) => match normalize_indicator(kind, value) {
                Ok((found, key)) => self.take_value(owner, id, value, Some(kind), found, &key),
                Err(not) => {
                    self.take_cannot(owner, id, value, Some(kind), not.to_string());
                    Ok(())
                }
            },
            Written::Pattern(text) => self.take_pattern(owner, id, text, None),
            Written::Rule(text, rule) if rule.custody == Custody::Only => {
                self.take_cannot(owner, id, text, None, ONLY_IN_CUSTODY.to_owned());
                self.note_rule(rule);
                Ok(())
            }
            Written::Rule(text, rule) => {
                self.pack_mut(owner).unraised += u64::from(rule.custody == Custody::Raise);
                self.take_pattern(owner, id, text, Some(rule))
            }
            Written::Revoked(text) => {
                self.pack_mut(owner).revoked += 1;
                self.note(owner, id, text, None, Outcome::Revoked);
                Ok(())
            }
            Written::Foreign(text, why) => {
                self.take_cannot(owner, id, text, None, why.to_owned());
                self.note_foreign();
                Ok(())
            }
        }
    }

    fn take_pattern(&mut self, owner: Owner, id: &str, text: &str, rule: Option<Rule>) -> Result<(), Full> {
        match compile(text) {
            Compiled::Value(kind, key) if rule.is_none() => self.take_value(owner, id, text, None, kind, &key),
            Compiled::Value(..) => {
                let why = "a rule compares fields of a record (x-…), not an observable";
                self.take_cannot(owner, id, text, None, why.to_owned());
                Ok(())
            }
            Compiled::Pattern(pattern, useless) => {
                let expressions = pattern.tests().iter().filter(|t| t.op == Op::Matches).count();
                if self.expressions + expressions > MAX_EXPRESSIONS {
                    let why = format!("more than {MAX_EXPRESSIONS} expressions (MATCHES) in all packs together");
                    self.take_cannot(owner, id, text, None, why);
                    return Ok(());
                }
                self.expressions += expressions;
                for why in useless {
                    let text = format!("{}: a part can never match: {why}", self.place(owner, id));
                    let spot = self.spot(owner);
                    self.pack_mut(owner).problem_at(reason::PATTERN_PART, text, spot);
                }
                let canonical = pattern.canonical();
                self.add_pattern(owner, id, PatternEntry { pattern, canonical, rule })?;
                self.note_loaded(owner, id, text, None);
                Ok(())
            }
            Compiled::Cannot(why) => {
                self.take_cannot(owner, id, text, None, why);
                Ok(())
            }
        }
    }

    /// Adds a value in its one spelling. What is known to be innocent is not added, or only for the platform where it
    /// is not; the pack says so.
    fn take_value(
        &mut self,
        mut owner: Owner,
        id: &str,
        text: &str,
        told: Option<Kind>,
        kind: Kind,
        key: &str,
    ) -> Result<(), Full> {
        if let Some(innocent) = innocent::find(kind, key) {
            match innocent.only {
                None => {
                    self.name_not_evaluable(owner, id, key, innocent.why.to_owned());
                    self.note(owner, id, text, told, Outcome::Innocent(innocent.why.to_owned()));
                    return Ok(());
                }
                Some(platform) => {
                    if owner.platform != Some(platform) {
                        let spot = self.spot(owner);
                        let text = format!("{key}: {}", innocent.why);
                        self.pack_mut(owner).problem_at(reason::INNOCENT_TWIN, text, spot);
                    }
                    owner.platform = Some(platform);
                }
            }
        }
        self.add_value(owner, id, kind, key)?;
        self.note_loaded(owner, id, text, told);
        Ok(())
    }

    fn note_loaded(&mut self, owner: Owner, id: &str, text: &str, kind: Option<Kind>) {
        let at = self.indicators.len().saturating_sub(1) as u32;
        self.note(owner, id, text, kind, Outcome::Loaded(at));
    }

    fn take_cannot(&mut self, owner: Owner, id: &str, text: &str, kind: Option<Kind>, why: String) {
        self.name_not_evaluable(owner, id, text, why.clone());
        self.note(owner, id, text, kind, Outcome::Cannot(why));
    }

    fn name_not_evaluable(&mut self, owner: Owner, id: &str, pattern: &str, reason: String) {
        let file = self.files.get(owner.file as usize).cloned().unwrap_or_default();
        let line = (owner.line > 0).then_some(u64::from(owner.line));
        let (id, pattern) = (id.to_owned(), pattern.to_owned());
        self.pack_mut(owner).cannot(NotEvaluable { id, pattern, reason, file, line });
    }

    /// Where an indicator stands, for people.
    fn place(&self, owner: Owner, id: &str) -> String {
        match self.files.get(owner.file as usize) {
            Some(file) if owner.line > 0 => format!("{file}:{} ({id})", owner.line),
            _ => id.to_owned(),
        }
    }
}
