//! System properties as `getprop` prints them: `[name]: [value]`, one a line, where a value may span lines
//! (`ro.boot.bootreason` history does); and plain `name=value` as in `build.prop`.

use super::lines::Notes;

/// A value is kept up to this many bytes.
pub const MAX_VALUE: usize = 64 << 10;

/// One property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property<'a> {
    /// Line it begins on, from 1.
    pub line: u64,
    /// Its name.
    pub name: &'a str,
    /// Its value; lines joined with `\n`.
    pub value: &'a str,
}

/// Takes lines, gives properties.
#[derive(Debug, Default)]
pub struct Parser {
    /// A value whose closing bracket has not come.
    open: Option<(u64, String, String)>,
    notes: Notes,
}

/// What stands between name and value. No value holds it, so that where it stands twice two lines became one.
const BETWEEN: &str = "]: [";

impl Parser {
    /// One line.
    pub fn line(&mut self, no: u64, line: &str, each: &mut impl FnMut(Property<'_>)) {
        let head = line.strip_prefix('[').and_then(|rest| rest.split_once(BETWEEN));
        if let Some((started, name, value)) = &mut self.open {
            if head.is_none() {
                if line.contains(BETWEEN) {
                    self.notes.lost(no, "expected [name]: [value]", line);
                }
                let end = line.strip_suffix(']');
                if value.len() < MAX_VALUE {
                    value.push('\n');
                    value.push_str(super::lines::clip(end.unwrap_or(line), MAX_VALUE));
                }
                if end.is_some() {
                    each(Property { line: *started, name, value });
                    self.open = None;
                }
                return;
            }
            self.close(each);
        }
        match head {
            Some((name, value)) => {
                if value.contains(BETWEEN) || name.contains(|c: char| c.is_control()) {
                    self.notes.lost(no, "two properties in one line", line);
                }
                if value.len() > MAX_VALUE {
                    self.notes.lost(no, "a value that is longer than what is read", line);
                }
                match value.strip_suffix(']') {
                    Some(value) => each(Property { line: no, name, value }),
                    None => self.open = Some((no, name.to_owned(), super::lines::clip(value, MAX_VALUE).to_owned())),
                }
            }
            None => self.plain(no, line, each),
        }
    }

    fn plain(&mut self, no: u64, line: &str, each: &mut impl FnMut(Property<'_>)) {
        let said = line.trim();
        let noise = ["#", "------", "[getprop:", "*** "];
        if said.is_empty() || noise.iter().any(|n| said.starts_with(n)) {
            return;
        }
        let name_like =
            |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:@/".contains(&b));
        match said.split_once('=') {
            Some((name, value)) if name_like(name.trim()) => {
                each(Property { line: no, name: name.trim(), value: value.trim_start() });
            }
            _ => self.notes.lost(no, "neither [name]: [value] nor name=value", line),
        }
    }

    /// The end of the text: gives a value that was never closed, and what was not understood.
    pub fn finish(&mut self, each: &mut impl FnMut(Property<'_>)) -> Notes {
        self.close(each);
        std::mem::take(&mut self.notes)
    }

    fn close(&mut self, each: &mut impl FnMut(Property<'_>)) {
        if let Some((line, name, value)) = self.open.take() {
            self.notes.add(line, "value without a closing bracket", &name);
            each(Property { line, name: &name, value: value.trim_end_matches('\n') });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(String, String)>, u64) {
        let (mut parser, mut out) = (Parser::default(), Vec::new());
        let mut each = |p: Property<'_>| out.push((p.name.to_owned(), p.value.to_owned()));
        text.lines().enumerate().for_each(|(n, l)| parser.line(n as u64 + 1, l, &mut each));
        let notes = parser.finish(&mut each);
        (out, notes.count)
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect()
    }

    #[test]
    fn one_line_and_many() {
        let (out, notes) = read("[a.b]: [1]\n[e]: []\n[boot]: [one\ntwo,2\nthree]\n[last]: [x]y]\n");
        assert_eq!(out, pairs(&[("a.b", "1"), ("e", ""), ("boot", "one\ntwo,2\nthree"), ("last", "x]y")]));
        assert_eq!(notes, 0);
    }

    #[test]
    fn a_value_never_closed_does_not_eat_the_next() {
        let (out, notes) = read("[a]: [open\n[b]: [2]\n[c]: [also open\n");
        assert_eq!(out, pairs(&[("a", "open"), ("b", "2"), ("c", "also open")]));
        assert_eq!(notes, 2);
    }

    #[test]
    fn broken_heads_are_counted() {
        for (text, lost) in [
            ("[a]: [1]\n{b]: [2]\n[c]: [3]\n", 1),
            ("[a]: [1]\u{b}[b]: [2]\n", 1),
            ("[a]: [open\n{b]: [2]\n[c]: [3]\n", 1),
            ("[a]: [one\ntwo]\n", 0),
        ] {
            let mut parser = Parser::default();
            text.lines().enumerate().for_each(|(n, l)| parser.line(n as u64 + 1, l, &mut |_| {}));
            assert_eq!(parser.finish(&mut |_| {}).lost, lost, "{text:?}");
        }
    }

    #[test]
    fn plain_lines_and_noise() {
        let (out, notes) = read("# comment\nro.a=1\nro.b = x=y\n\n[getprop: 0.1s elapsed]\nwhat is this\n{\n");
        assert_eq!(out, pairs(&[("ro.a", "1"), ("ro.b", "x=y")]));
        assert_eq!(notes, 2);
    }
}
