//! JUnit XML, the form in which CI systems show the cases of a run. There is no single standard; this writes what
//! Jenkins, GitLab and GitHub actions all read: `testsuites` → `testsuite` → `testcase` with `failure`, `error` or
//! `skipped`. Times are left out, so that the same input gives the same bytes.
//!
//! Text may come from evidence or packs. It is made safe like text for a terminal, which also leaves nothing in it that
//! XML 1.0 forbids.

use std::fmt::Write as _;

use super::sanitize;

/// Characters of a name or message.
const MAX_ATTRIBUTE: usize = 1_000;
/// Lines of the text of an outcome.
const MAX_LINES: usize = 200;

/// A group of cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JunitSuite {
    /// Shown as the group's name.
    pub name: String,
    /// In the order they shall be shown.
    pub cases: Vec<JunitCase>,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JunitCase {
    /// What kind of check it is: `coverage`, `finding`, `lint` …; most viewers group by it.
    pub class: String,
    /// What was checked. CI systems recognize a case by class and name, so neither may hold what differs between runs.
    pub name: String,
    /// The file it is about, relative to where the command ran, where it is about one.
    pub file: Option<String>,
    /// Line in that file, from 1.
    pub line: Option<u64>,
    /// What became of it.
    pub outcome: JunitOutcome,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JunitOutcome {
    /// As it should be.
    Passed,
    /// It did not apply; why.
    Skipped {
        /// One line.
        message: String,
    },
    /// Not as it should be.
    Failed {
        /// A short word for the kind of failure: a severity, a rule's id.
        kind: String,
        /// One line.
        message: String,
        /// Details; may have several lines.
        text: String,
    },
    /// It could not be checked.
    Error {
        /// A short word for what went wrong.
        kind: String,
        /// One line.
        message: String,
        /// Details; may have several lines.
        text: String,
    },
}

impl JunitCase {
    /// A case that is about no file.
    pub fn new(class: impl Into<String>, name: impl Into<String>, outcome: JunitOutcome) -> JunitCase {
        JunitCase { class: class.into(), name: name.into(), file: None, line: None, outcome }
    }

    /// The same, pointing at a file.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, line: Option<u64>) -> JunitCase {
        (self.file, self.line) = (Some(file.into()), line);
        self
    }
}

impl JunitOutcome {
    /// A failure.
    pub fn failed(kind: impl Into<String>, message: impl Into<String>, text: impl Into<String>) -> JunitOutcome {
        JunitOutcome::Failed { kind: kind.into(), message: message.into(), text: text.into() }
    }

    /// Something that did not apply.
    pub fn skipped(message: impl Into<String>) -> JunitOutcome {
        JunitOutcome::Skipped { message: message.into() }
    }
}

/// How many cases there are of each outcome.
#[derive(Default, Clone, Copy)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(cases: &[JunitCase]) -> Counts {
        let mut counts = Counts { tests: cases.len(), ..Counts::default() };
        for case in cases {
            match case.outcome {
                JunitOutcome::Passed => {}
                JunitOutcome::Skipped { .. } => counts.skipped += 1,
                JunitOutcome::Failed { .. } => counts.failures += 1,
                JunitOutcome::Error { .. } => counts.errors += 1,
            }
        }
        counts
    }

    fn add(self, other: Counts) -> Counts {
        Counts {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
            skipped: self.skipped + other.skipped,
        }
    }

    fn write(self, out: &mut String) {
        let Counts { tests, failures, errors, skipped } = self;
        let _ = write!(out, " tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"");
    }
}

/// The bytes of a JUnit file. `name` is the command's: `vigie scan`.
pub fn write_junit(name: &str, suites: &[JunitSuite]) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    attribute("name", name, &mut out);
    suites.iter().map(|s| Counts::of(&s.cases)).fold(Counts::default(), Counts::add).write(&mut out);
    out.push_str(">\n");
    for suite in suites {
        out.push_str("  <testsuite");
        attribute("name", &suite.name, &mut out);
        Counts::of(&suite.cases).write(&mut out);
        out.push_str(">\n");
        for case in &suite.cases {
            write_case(case, &mut out);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out.into_bytes()
}

fn write_case(case: &JunitCase, out: &mut String) {
    out.push_str("    <testcase");
    attribute("classname", &case.class, out);
    attribute("name", &case.name, out);
    if let Some(file) = &case.file {
        attribute("file", file, out);
    }
    if let Some(line) = case.line {
        let _ = write!(out, " line=\"{line}\"");
    }
    match &case.outcome {
        JunitOutcome::Passed => {
            out.push_str("/>\n");
            return;
        }
        JunitOutcome::Skipped { message } => {
            out.push_str(">\n      <skipped");
            attribute("message", message, out);
            out.push_str("/>\n");
        }
        JunitOutcome::Failed { kind, message, text } => write_failure("failure", kind, message, text, out),
        JunitOutcome::Error { kind, message, text } => write_failure("error", kind, message, text, out),
    }
    out.push_str("    </testcase>\n");
}

fn write_failure(element: &str, kind: &str, message: &str, text: &str, out: &mut String) {
    let _ = write!(out, ">\n      <{element}");
    attribute("type", kind, out);
    attribute("message", message, out);
    out.push('>');
    for (i, line) in text.lines().take(MAX_LINES).enumerate() {
        if i > 0 {
            out.push('\n');
        }
        escape(line, out);
    }
    let _ = writeln!(out, "</{element}>");
}

fn attribute(name: &str, value: &str, out: &mut String) {
    let _ = write!(out, " {name}=\"");
    escape(value, out);
    out.push('"');
}

/// One line of text for an attribute or an element.
fn escape(text: &str, out: &mut String) {
    for c in sanitize::terminal_cut(text, MAX_ATTRIBUTE).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // The only characters left that XML 1.0 does not allow: a terminal is not harmed by them.
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether XML 1.0 allows a character (production 2 of the specification).
    fn is_xml_char(c: char) -> bool {
        matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
    }

    fn sample() -> Vec<JunitSuite> {
        let hostile: String = (0..0x200).chain([0x202e, 0xfffe, 0xffff, 0x1f600]).filter_map(char::from_u32).collect();
        vec![
            JunitSuite {
                name: "d1 \"<&>'".into(),
                cases: vec![
                    JunitCase::new("coverage", "ios.sms", JunitOutcome::Passed),
                    JunitCase::new("coverage", "ios.tcc", JunitOutcome::skipped("absent & fine")),
                    JunitCase::new("finding", &*hostile, JunitOutcome::failed("high", &*hostile, "a\nb <c>\r\n]]>"))
                        .at("packs/x.txt", Some(7)),
                ],
            },
            JunitSuite {
                name: "empty".into(),
                cases: vec![JunitCase::new(
                    "finding",
                    "x",
                    JunitOutcome::Error { kind: "io".into(), message: "m".into(), text: String::new() },
                )],
            },
        ]
    }

    #[test]
    fn counts_and_elements() {
        let text = String::from_utf8(write_junit("vigie scan", &sample())).unwrap();
        let head = "<testsuites name=\"vigie scan\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\">";
        assert!(text.contains(head), "{text}");
        assert!(
            text.contains("<testsuite name=\"d1 &quot;&lt;&amp;&gt;&apos;\" tests=\"3\" failures=\"1\" errors=\"0\"")
        );
        assert!(text.contains("<testcase classname=\"coverage\" name=\"ios.sms\"/>"), "{text}");
        assert!(text.contains("<skipped message=\"absent &amp; fine\"/>"), "{text}");
        assert!(text.contains(" file=\"packs/x.txt\" line=\"7\">"), "{text}");
        assert!(text.contains(">a\nb &lt;c&gt;\n]]&gt;</failure>"), "{text}");
        assert_eq!(write_junit("vigie scan", &sample()), text.as_bytes());
    }

    #[test]
    fn nothing_that_xml_forbids_or_a_viewer_obeys() {
        let text = String::from_utf8(write_junit("\0", &sample())).unwrap();
        assert!(text.chars().all(is_xml_char), "{text:?}");
        assert!(!text.contains('\u{202e}') && text.contains("\\u{202e}") && text.contains("\\u{ffff}"));
        // Every ampersand begins an entity, every angle bracket is our own.
        let entities = ["amp;", "lt;", "gt;", "quot;", "apos;"];
        assert!(text.split('&').skip(1).all(|rest| entities.iter().any(|e| rest.starts_with(e))), "{text}");
        let tags =
            ["?xml", "testsuite", "/testsuite", "testcase", "/testcase", "failure", "/failure", "error", "/error"];
        let own = |rest: &str| tags.iter().any(|t| rest.starts_with(t)) || rest.starts_with("skipped");
        assert!(text.split('<').skip(1).all(own), "{text}");
    }
}
