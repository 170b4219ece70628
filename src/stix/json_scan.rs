//! Finds where a JSON value ends (RFC 8259), across chunks of a stream, looking at nothing but strings and brackets.

/// How many bytes come before the first that a string cannot simply contain: a quote, a backslash, a control
/// character. Eight at a time, as most of a bundle is strings.
pub(super) fn plain_text(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // The lowest byte below `n` (n <= 128) sets its high bit; bytes above it may be set wrongly, and do not matter.
    let below = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & HIGHS;
    let (parts, tail) = bytes.as_chunks::<8>();
    let mut at = 0;
    for part in parts {
        let word = u64::from_le_bytes(*part);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let found = quote | backslash | below(word, 0x20);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + tail.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).unwrap_or(tail.len())
}

#[derive(Default, PartialEq, Clone, Copy)]
enum State {
    /// Outside strings, or before the value.
    #[default]
    Plain,
    Text,
    Escape,
    /// In a number or a word at depth 0, which ends before the next delimiter.
    Bare,
}

/// How a value ended.
pub(super) enum End {
    Whole,
    Broken(&'static str),
}

/// Finds the end of a JSON value, across chunks.
#[derive(Default)]
pub(super) struct Scan {
    state: State,
    depth: u32,
    deepest: u32,
    /// Which brackets are open, the innermost in the lowest bit: 1 is `{`. Beyond 128 they are only counted.
    open: u128,
}

impl Scan {
    /// Whether the end of the text may end the value: it is not inside brackets or a string.
    pub(super) fn may_end(&self) -> bool {
        self.depth == 0 && matches!(self.state, State::Plain | State::Bare)
    }

    /// How deep brackets have nested so far.
    pub(super) fn deepest(&self) -> u32 {
        self.deepest
    }

    /// Returns how many bytes belong to the value, and how it ended, if it did.
    pub(super) fn run(&mut self, chunk: &[u8]) -> (usize, Option<End>) {
        let mut i = 0;
        while i < chunk.len() {
            match self.state {
                State::Text => {
                    i += plain_text(&chunk[i..]);
                    let Some(byte) = chunk.get(i) else { return (chunk.len(), None) };
                    match byte {
                        b'"' => {
                            self.state = State::Plain;
                            if self.depth == 0 {
                                return (i + 1, Some(End::Whole));
                            }
                        }
                        b'\\' => self.state = State::Escape,
                        _ => return (i, Some(End::Broken("a string is not closed on its line"))),
                    }
                    i += 1;
                }
                State::Escape => {
                    self.state = State::Text;
                    i += 1;
                }
                State::Bare => match chunk[i] {
                    b',' | b']' | b'}' | b':' | b' ' | b'\t' | b'\r' | b'\n' => return (i, Some(End::Whole)),
                    _ => i += 1,
                },
                State::Plain => match chunk[i] {
                    b'"' => {
                        self.state = State::Text;
                        i += 1;
                    }
                    bracket @ (b'{' | b'[') => {
                        self.depth += 1;
                        self.deepest = self.deepest.max(self.depth);
                        if self.depth <= 128 {
                            self.open = self.open << 1 | u128::from(bracket == b'{');
                        }
                        i += 1;
                    }
                    bracket @ (b'}' | b']') => {
                        let fits = self.depth > 0 && (self.depth > 128 || (self.open & 1 == 1) == (bracket == b'}'));
                        if !fits {
                            // Taken, so that every round gets on.
                            return (i + 1, Some(End::Broken("brackets do not match")));
                        }
                        if self.depth <= 128 {
                            self.open >>= 1;
                        }
                        self.depth -= 1;
                        i += 1;
                        if self.depth == 0 {
                            return (i, Some(End::Whole));
                        }
                    }
                    b',' | b':' if self.depth == 0 => return (i + 1, Some(End::Broken("a value is missing"))),
                    _ => {
                        if self.depth == 0 {
                            self.state = State::Bare;
                        }
                        i += 1;
                    }
                },
            }
        }
        (i, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_ends_where_it_should() {
        for special in [b'"', b'\\', b'\n', 0, 0x1f] {
            for at in 0..20 {
                for filler in [b'a', 0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                    let mut bytes = vec![filler; 24];
                    assert_eq!(plain_text(&bytes), 24);
                    bytes[at] = special;
                    assert_eq!(plain_text(&bytes), at, "{special} {filler}");
                    bytes[at + 3] = b'"';
                    assert_eq!(plain_text(&bytes), at);
                }
            }
        }
    }
}
