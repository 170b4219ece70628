//! Links, bare domains, e-mail and IP addresses in free text.
//!
//! One pass that jumps from dot to dot; its cost does not depend on how many indicators are loaded, because what it
//! finds is looked up in a hash table afterwards.

/// Something found in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// `scheme://…`, trailing punctuation left out.
    Url(&'a str),
    /// A dotted name outside any URL; the rest is what follows it up to the next blank: port, path, or nothing.
    Bare(&'a str, &'a str),
    /// `local@domain`.
    Email(&'a str),
    /// Four dotted numbers.
    Ip(&'a str),
}

/// Top-level domains that are file extensions too: a bare `libfoo.so` is a library, not a site in Somalia.
const FILE_EXTENSIONS: [&str; 19] = [
    "ai",
    "app",
    "cab",
    "cc",
    "java",
    "md",
    "ml",
    "mov",
    "pl",
    "properties",
    "ps",
    "py",
    "rs",
    "sc",
    "sh",
    "so",
    "st",
    "vi",
    "zip",
];

/// The longest token looked at on either side of a dot.
const MAX_TOKEN: usize = 300;
/// The longest URL taken whole; longer ones are cut, their host is still seen.
const MAX_URL: usize = 8_192;

/// Calls `each` for everything found, left to right.
pub fn scan<'a>(text: &'a str, each: &mut dyn FnMut(Found<'a>)) {
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut floor = 0;
    while let Some(at) = memchr::memchr2(b'.', b':', &bytes[from..]).map(|i| i + from) {
        if bytes[at] == b':' {
            match url_at(text, floor, at) {
                Some((start, end)) => {
                    each(Found::Url(&text[start..end]));
                    from = end.max(at + 1);
                    floor = from;
                }
                None => from = at + 1,
            }
            continue;
        }
        let (start, end) = token_at(text, floor, at);
        if bytes.get(end) == Some(&b':') && slashes(bytes, end + 1).is_some() {
            // A dot inside what is a scheme, or glued to the left of a link: the colon decides.
            from = end;
            continue;
        }
        if local_part_goes_on(text, end) {
            // The rest of the local part is no name: the dot of the domain finds the whole address.
            from = end.max(at + 1);
            continue;
        }
        let next = dotted(text, floor, start, end, each).max(at + 1);
        from = next;
        floor = next;
    }
}

/// How long the two slashes at `at` are: `//`, or `\/\/` as JSON may write them.
fn slashes(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    [&b"//"[..], br"\/\/"].iter().find(|s| rest.starts_with(s)).map(|s| s.len())
}

/// The URL whose scheme ends at the colon `at`.
fn url_at(text: &str, floor: usize, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let body = at + 1 + slashes(bytes, at + 1)?;
    let mut start = at;
    while start > floor && at - start < 16 && is_scheme_byte(bytes[start - 1]) {
        start -= 1;
    }
    while start < at && !bytes[start].is_ascii_alphabetic() {
        start += 1;
    }
    // Words glued to the scheme ("seehttps://") must not become part of it.
    let scheme = &text[start..at];
    for known in ["https", "http", "hxxps", "hxxp", "ftp"] {
        if scheme.len() > known.len() && scheme[scheme.len() - known.len()..].eq_ignore_ascii_case(known) {
            start = at - known.len();
            break;
        }
    }
    if start == at {
        return None;
    }
    let mut end = body;
    for c in text[body..].chars() {
        let stop = c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '`' | '«' | '»' | '“' | '”');
        if stop || end - start > MAX_URL {
            break;
        }
        end += c.len_utf8();
    }
    let end = body + trim_url_end(&text[body..end]).len();
    (end > body).then_some((start, end))
}

/// Punctuation that closes a sentence rather than a URL; a closing bracket stays when it was opened inside.
fn trim_url_end(mut url: &str) -> &str {
    while let Some(c) = url.chars().next_back() {
        let cut = match c {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '…' | '。' | '，' => true,
            ')' => !url.contains('('),
            ']' => !url.contains('['),
            '}' => !url.contains('{'),
            _ => false,
        };
        if !cut {
            break;
        }
        url = &url[..url.len() - c.len_utf8()];
    }
    url
}

fn is_scheme_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') || (!c.is_ascii() && c.is_alphanumeric())
}

fn token_at(text: &str, floor: usize, at: usize) -> (usize, usize) {
    let mut start = at;
    for c in text[floor..at].chars().rev() {
        if !is_name_char(c) || at - start > MAX_TOKEN {
            break;
        }
        start -= c.len_utf8();
    }
    let mut end = at;
    for c in text[at..].chars() {
        if !is_name_char(c) || end - at > MAX_TOKEN {
            break;
        }
        end += c.len_utf8();
    }
    (start, end)
}

/// True when a dotted token is the beginning of a local part like `john.doe+tag@`.
fn local_part_goes_on(text: &str, end: usize) -> bool {
    let after = &text[end..];
    if !after.starts_with(['+', '%', '\'']) {
        return false;
    }
    let stop = |c: char| !(is_name_char(c) || matches!(c, '+' | '%' | '\''));
    after.char_indices().take(MAX_TOKEN).find(|&(_, c)| stop(c)).is_some_and(|(_, c)| c == '@')
}

/// Classifies the dotted token `start..end`; returns where to go on.
fn dotted<'a>(text: &'a str, floor: usize, start: usize, end: usize, each: &mut dyn FnMut(Found<'a>)) -> usize {
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).map(|i| bytes[i]);
    if bytes.get(end) == Some(&b'@') {
        let (_, domain_end) = token_at(text, end + 1, end + 1);
        if domain_end > end + 1 {
            return email(text, start, end, domain_end, each);
        }
    }
    if before == Some(b'@') {
        let at = start - 1;
        let mut local = at;
        for c in text[floor.min(at)..at].chars().rev() {
            if !(is_name_char(c) || matches!(c, '+' | '%' | '\'')) || at - local > MAX_TOKEN {
                break;
            }
            local -= c.len_utf8();
        }
        return email(text, local, at, end, each);
    }
    let token = text[start..end].trim_matches(['.', '-', '_']);
    let tail_end = end + tail_len(&text[end..]);
    let tail = if matches!(bytes.get(end), Some(b':' | b'/' | b'?' | b'#')) { &text[end..tail_end] } else { "" };
    if matches!(before, Some(b'/' | b'\\')) {
        return end;
    }
    if let Some(class) = component_class(token, tail) {
        return end + 1 + class.len();
    }
    let addressed = has_port_or_path(tail);
    if token.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return match (token.split('.').count() == 4, addressed) {
            (false, _) => end,
            (true, false) => {
                each(Found::Ip(token));
                end
            }
            (true, true) => {
                each(Found::Bare(token, tail));
                tail_end
            }
        };
    }
    if plausible(token, addressed) {
        each(Found::Bare(token, if addressed { tail } else { "" }));
        return if addressed { tail_end } else { end };
    }
    end
}

/// The class of an Android component name (`com.example.app/.Service`, `com.example.app/com.example.app.Service`): the
/// name before it is an app, not a host.
fn component_class<'a>(name: &str, tail: &'a str) -> Option<&'a str> {
    let segment = tail.strip_prefix('/')?;
    let end =
        segment.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '$'))).unwrap_or(segment.len());
    let class = &segment[..end];
    if segment[end..].starts_with(['/', '?', '#']) {
        return None;
    }
    let (package, last) = class.rsplit_once('.')?;
    let own = package.is_empty()
        || package.starts_with('.')
        || package.strip_prefix(name).is_some_and(|r| r.is_empty() || r.starts_with('.'));
    let java = package.contains('.') && package.bytes().all(|b| !b.is_ascii_uppercase());
    (name.contains('.') && last.starts_with(|c: char| c.is_ascii_uppercase()) && (own || java)).then_some(class)
}

fn tail_len(after: &str) -> usize {
    let stop = |c: char| c.is_whitespace() || "\"'<>`,;)]}".contains(c);
    after
        .char_indices()
        .take(MAX_TOKEN)
        .find(|&(_, c)| stop(c))
        .map_or_else(|| after.char_indices().nth(MAX_TOKEN).map_or(after.len(), |(i, _)| i), |(i, _)| i)
}

fn has_port_or_path(tail: &str) -> bool {
    match tail.as_bytes() {
        [b'/', ..] => true,
        [b':', d, ..] => d.is_ascii_digit(),
        [b'?', _, ..] => true,
        _ => false,
    }
}

fn email<'a>(text: &'a str, local: usize, at: usize, end: usize, each: &mut dyn FnMut(Found<'a>)) -> usize {
    let whole = text[local..end].trim_end_matches(['.', '-', '_']);
    let domain = whole.get(at + 1 - local..).unwrap_or("");
    if local < at && domain.contains('.') {
        each(Found::Email(whole));
    }
    end
}

fn plausible(token: &str, addressed: bool) -> bool {
    let Some((front, tld)) = token.rsplit_once('.') else { return false };
    let tld_ok = tld.len() >= 2 && (tld.chars().all(char::is_alphabetic) || tld.starts_with("xn--"));
    let extension = FILE_EXTENSIONS.iter().any(|e| tld.eq_ignore_ascii_case(e));
    tld_ok && !front.is_empty() && !token.contains("..") && (addressed || !extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        scan(text, &mut |f| {
            found.push(match f {
                Found::Url(u) => format!("url {u}"),
                Found::Bare(d, tail) => format!("bare {d}{}{tail}", if tail.is_empty() { "" } else { " " }),
                Found::Email(e) => format!("email {e}"),
                Found::Ip(i) => format!("ip {i}"),
            });
        });
        found
    }

    #[test]
    fn links_end_where_sentences_do() {
        assert_eq!(
            all("see https://a.example/x, or (http://b.example/y)."),
            ["url https://a.example/x", "url http://b.example/y"]
        );
        assert_eq!(all("https://a.example/w_(x) end"), ["url https://a.example/w_(x)"]);
        assert_eq!(all("seehttps://a.example"), ["url https://a.example"]);
        assert_eq!(all(r#"{"u":"https:\/\/a.example\/x"}"#), [r"url https:\/\/a.example\/x"]);
        assert_eq!(all("«https://a.example/é»"), ["url https://a.example/é"]);
    }

    #[test]
    fn bare_names_are_found_but_files_are_not() {
        assert_eq!(all("go to evil.example.org now"), ["bare evil.example.org"]);
        assert_eq!(all("loaded libups.so and run.sh"), Vec::<String>::new());
        assert_eq!(all("open ups.so/login"), ["bare ups.so /login"]);
        assert_eq!(all("/data/evil.com/x"), Vec::<String>::new());
        assert_eq!(all("evil.com:8080/x y"), ["bare evil.com :8080/x"]);
        assert_eq!(all("End.Start of it"), ["bare End.Start"]);
        assert_eq!(all("Ende. Anfang"), Vec::<String>::new());
    }

    #[test]
    fn components_of_apps_are_no_sites() {
        let list = "com.fenced.ai/.Watch:com.other.app/com.other.app.Service,a.b/com.vendor.sdk.Push evil.example";
        assert_eq!(all(list), ["bare evil.example"]);
        assert_eq!(all("evil.example/x.Php"), ["bare evil.example /x.Php"]);
        assert_eq!(all("evil.example/.Hidden/x"), ["bare evil.example /.Hidden/x"]);
        assert_eq!(all("evil.example/files/A.Pdf"), ["bare evil.example /files/A.Pdf"]);
        assert_eq!(all("evil.example/index.html"), ["bare evil.example /index.html"]);
    }

    #[test]
    fn addresses_of_both_kinds() {
        assert_eq!(all("mail john.doe+x@mail.example.org!"), ["email john.doe+x@mail.example.org"]);
        assert_eq!(all("a@b.example"), ["email a@b.example"]);
        assert_eq!(all("at 101.2.3.45, v1.2.3"), ["ip 101.2.3.45"]);
        assert_eq!(all("get 192.0.2.7:8080/x now"), ["bare 192.0.2.7 :8080/x"]);
    }

    #[test]
    fn hostile_text_is_only_text() {
        for text in ["://", "a://", ".", "...", "@.@", "é.é", "http://", ":::///...", "x@", "a.b@c"] {
            let _ = all(text);
        }
        let long = ".".repeat(100_000);
        assert!(all(&long).is_empty());
    }
}
