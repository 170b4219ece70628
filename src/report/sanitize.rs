//! Strings from evidence were chosen by whoever wrote them. Before a person's terminal or spreadsheet sees them, what
//! could move the cursor, turn text around, hide in it or run as a formula is made visible.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Characters that change how others are shown, or are not shown at all.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// For each byte, whether text that holds it needs a closer look: control characters, and the first bytes of what
/// [`is_hidden`] names. Everything else is copied in one go.
const SUSPECT: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0;
    while b < 0x20 {
        table[b] = true;
        b += 1;
    }
    table[0x7f] = true;
    let leads: [usize; 8] = [0xc2, 0xcd, 0xd8, 0xe1, 0xe2, 0xe3, 0xef, 0xf3];
    let mut i = 0;
    while i < leads.len() {
        table[leads[i]] = true;
        i += 1;
    }
    table
};

/// Where the next character that needs a closer look stands at or after `from`: a suspect one, or one of `also`.
pub fn next_suspect(s: &str, from: usize, also: [u8; 2]) -> Option<usize> {
    let rest = &s.as_bytes()[from..];
    rest.iter().position(|&b| SUSPECT[usize::from(b)] || b == also[0] || b == also[1]).map(|i| from + i)
}

/// Text for a terminal: one line, without control characters; what was taken out shows as `\u{…}`.
pub fn terminal(s: &str) -> Cow<'_, str> {
    let bad = |c: char| c.is_control() || is_hidden(c);
    if next_suspect(s, 0, [0, 0]).is_none() || !s.contains(bad) {
        return Cow::Borrowed(s);
    }
    let mut out = String::with_capacity(s.len() + 16);
    for c in s.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if bad(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// JSON text in which nothing hidden is left: what [`is_hidden`] names, and control characters that JSON itself lets
/// pass, become `\uXXXX`. They can only stand inside strings, so the value stays the same.
pub fn json(text: &str) -> Cow<'_, str> {
    let bad = |c: char| (c.is_control() && c != '\n') || is_hidden(c);
    if !text.contains(bad) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        if bad(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Text for a terminal, cut to `max` characters.
pub fn terminal_cut(s: &str, max: usize) -> String {
    let safe = terminal(s);
    match safe.char_indices().nth(max) {
        None => safe.into_owned(),
        Some((at, _)) => format!("{}…", &safe[..at]),
    }
}

/// Appends a quoted CSV cell. A cell that a spreadsheet would run as a formula gets an apostrophe in front.
pub fn csv_cell(s: &str, out: &mut String) {
    out.push('"');
    if s.starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%']) {
        out.push('\'');
    }
    let mut from = 0;
    while let Some(at) = next_suspect(s, from, [b'"', b'"']) {
        out.push_str(&s[from..at]);
        let c = s[at..].chars().next().unwrap_or(' ');
        from = at + c.len_utf8();
        match c {
            '"' => out.push_str("\"\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push(' '),
            c if c.is_control() || is_hidden(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push_str(&s[from..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_reaches_a_terminal() {
        let t = terminal("a\u{1b}[2J\u{202e}cod.exe\u{7}\u{9b}31m\nb");
        assert_eq!(t, "a\\u{1b}[2J\\u{202e}cod.exe\\u{7}\\u{9b}31m\\nb");
        assert_eq!(terminal("héllo 😀 العربية"), "héllo 😀 العربية");
        assert_eq!(terminal_cut("héllo", 3), "hél…");
    }

    #[test]
    fn every_hidden_character_begins_with_a_suspect_byte() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| c.is_control() || is_hidden(*c)) {
            let mut bytes = [0; 4];
            let text = c.encode_utf8(&mut bytes);
            assert_eq!(next_suspect(text, 0, [0, 0]), Some(0), "{c:?}");
            assert!(terminal(text).is_ascii());
        }
    }

    #[test]
    fn cells_are_no_formulas() {
        let mut out = String::new();
        csv_cell("=HYPERLINK(\"x\")", &mut out);
        assert_eq!(out, "\"'=HYPERLINK(\"\"x\"\")\"");
        out.clear();
        csv_cell("a\nb", &mut out);
        assert_eq!(out, "\"a\\nb\"");
    }
}
