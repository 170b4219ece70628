//! Paragraphs on a terminal: wrapped to its width, coloured where that is wanted, and made safe as the last fence before
//! a person's screen.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::sanitize;

/// Narrower than this, a terminal wraps by itself.
const MIN_WIDTH: usize = 40;
/// Longer lines are hard to read.
const MAX_WIDTH: usize = 100;

/// How a page is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Use the terminal's sixteen colours. Nothing is said by colour alone.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// Colours of the sixteen every terminal has. There is no green: it would say "clean".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// As the terminal writes.
    Plain,
    /// Headings.
    Bold,
    /// The gravest.
    BoldRed,
    /// Grave.
    Red,
    /// Deserves a look.
    Yellow,
    /// Of little weight.
    Cyan,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Ink::Plain => "",
            Ink::Bold => "\u{1b}[1m",
            Ink::BoldRed => "\u{1b}[1;31m",
            Ink::Red => "\u{1b}[31m",
            Ink::Yellow => "\u{1b}[33m",
            Ink::Cyan => "\u{1b}[36m",
        }
    }
}

const RESET: &str = "\u{1b}[0m";

/// A page being written.
pub struct Page<'o> {
    out: &'o mut dyn Write,
    color: bool,
    width: usize,
}

impl<'o> Page<'o> {
    /// A page on a terminal.
    pub fn new(out: &'o mut dyn Write, style: Style) -> Self {
        Page { out, color: style.color, width: style.width.clamp(MIN_WIDTH, MAX_WIDTH) }
    }

    /// An empty line.
    pub fn blank(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// A paragraph all in one colour; lines after the first are indented by `hang`.
    pub fn line(&mut self, indent: usize, hang: usize, ink: Ink, text: &str) -> io::Result<()> {
        for (i, line) in self.wrapped(indent, hang, text).iter().enumerate() {
            let pad = if i == 0 { indent } else { hang };
            self.write(pad, ink, line, "")?;
        }
        Ok(())
    }

    /// A paragraph that begins with a coloured label.
    pub fn labelled(&mut self, indent: usize, hang: usize, ink: Ink, label: &str, text: &str) -> io::Result<()> {
        let label = sanitize::terminal(label);
        for (i, line) in self.wrapped(indent, hang, &format!("{label} {text}")).iter().enumerate() {
            match line.strip_prefix(&*label) {
                Some(rest) if i == 0 => self.write(indent, ink, &label, rest)?,
                _ => self.write(if i == 0 { indent } else { hang }, Ink::Plain, line, "")?,
            }
        }
        Ok(())
    }

    /// One line as it is, however long: what a person will copy.
    pub fn unbroken(&mut self, indent: usize, text: &str) -> io::Result<()> {
        self.write(indent, Ink::Plain, &sanitize::terminal(text), "")
    }

    fn wrapped(&self, indent: usize, hang: usize, text: &str) -> Vec<String> {
        wrap(&sanitize::terminal(text), self.width.saturating_sub(indent), self.width.saturating_sub(hang))
    }

    fn write(&mut self, pad: usize, ink: Ink, painted: &str, rest: &str) -> io::Result<()> {
        if self.color && ink != Ink::Plain {
            writeln!(self.out, "{:pad$}{}{painted}{RESET}{rest}", "", ink.code())
        } else {
            writeln!(self.out, "{:pad$}{painted}{rest}", "")
        }
    }
}

/// Breaks text at spaces so that no line is wider than `first`, then `rest`, columns. A word that is wider than a line
/// is broken, behind a `/` where there is one. No-break spaces hold.
fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for mut word in text.split(' ').filter(|w| !w.is_empty()) {
        loop {
            let room = if lines.is_empty() { first } else { rest }.max(1);
            let width = word.width();
            let gap = usize::from(used > 0);
            if used + gap + width <= room {
                if gap > 0 {
                    line.push(' ');
                }
                line.push_str(word);
                used += gap + width;
                break;
            }
            if used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
                continue;
            }
            let (head, tail) = word.split_at(cut(word, room));
            lines.push(head.to_owned());
            word = tail;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Where to break a word that is wider than `room`: a byte index, at least one character in.
fn cut(word: &str, room: usize) -> usize {
    let mut used = 0;
    let mut end = 0;
    let mut nice = None;
    for (at, c) in word.char_indices() {
        used += c.width().unwrap_or(0);
        if used > room && at > 0 {
            break;
        }
        end = at + c.len_utf8();
        if c == '/' && used * 2 > room {
            nice = Some(end);
        }
    }
    let end = nice.filter(|n| *n < word.len()).unwrap_or(end);
    if end == word.len() || word[end..].chars().any(char::is_alphanumeric) {
        return end;
    }
    // A comma alone does not begin a line.
    let part = word[..end].rfind(['.', '-', '_']).map(|at| at + 1).filter(|at| at * 2 > end && *at < end);
    let step = || word[..end].char_indices().next_back().map(|(at, _)| at).filter(|at| *at > 0);
    part.or_else(step).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        let text = "Une page — 日本語のテキスト a/very/long/path/that/does/not/fit/anywhere/at/all and e\u{301}nd";
        for width in [1, 2, 5, 11, 20, 79] {
            let lines = wrap(text, width, width.saturating_sub(2));
            for line in &lines {
                assert!(line.width() <= width.max(2), "{width}: {line}");
            }
            let all: String = lines.concat().chars().filter(|c| *c != ' ').collect();
            assert_eq!(all, text.replace(' ', ""));
        }
        assert_eq!(wrap("", 10, 10), [""]);
        assert_eq!(wrap("ab/cd/ef gh", 7, 7), ["ab/cd/", "ef gh"]);
        assert_eq!(wrap("a b\u{a0}c d", 4, 4), ["a", "b\u{a0}c", "d"]);
        assert_eq!(wrap("abcde.f, x", 7, 7), ["abcde.", "f, x"]);
        assert_eq!(wrap("abcdefg, x", 7, 7), ["abcdef", "g, x"]);
    }

    #[test]
    fn colours_are_only_there_when_asked_for() {
        let draw = |color| {
            let mut out = Vec::new();
            let mut page = Page::new(&mut out, Style { color, width: 40 });
            page.labelled(2, 4, Ink::Red, "HIGH", "some \u{1b}[2Jtext that runs on to a second line of it").unwrap();
            page.line(0, 0, Ink::Bold, "Heading").unwrap();
            page.line(0, 0, Ink::Plain, "plain").unwrap();
            String::from_utf8(out).unwrap()
        };
        let plain = "  HIGH some \\u{1b}[2Jtext that runs on\n    to a second line of it\nHeading\nplain\n";
        assert_eq!(draw(false), plain);
        let coloured = draw(true);
        assert!(coloured.starts_with("  \u{1b}[31mHIGH\u{1b}[0m some \\u{1b}[2Jtext"));
        assert!(coloured.ends_with("\u{1b}[1mHeading\u{1b}[0m\nplain\n"));
    }
}
