//! Writing to the terminal without falling over a closed pipe.

use std::io::{self, IsTerminal, Write};

use crate::report::sanitize;

/// True when the error is a reader that went away, anywhere in its chain.
pub fn is_broken_pipe(e: &anyhow::Error) -> bool {
    e.chain().any(|c| c.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}

/// Writes to stdout; a reader that went away is no error.
pub fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Says what went wrong, on stderr.
pub fn complain(text: &str) {
    refuse(&format!("vigie: {text}"));
}

/// The same without the name of the program.
pub fn refuse(text: &str) {
    let mut safe = String::new();
    for line in text.lines() {
        safe.push_str(&sanitize::terminal(line));
        safe.push('\n');
    }
    let _ = write!(io::stderr().lock(), "{safe}");
}

/// Colours: only on a terminal, and never with `NO_COLOR`.
pub fn colour() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Columns of the terminal, or 80.
pub fn width() -> usize {
    const NARROWEST: usize = 40;
    const WIDEST: usize = 110;
    terminal_size::terminal_size().map_or(80, |(w, _)| usize::from(w.0)).clamp(NARROWEST, WIDEST)
}
