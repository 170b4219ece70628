//! The one wildcard vigie's declarations use: `*`, any run of characters.

/// True when `text` matches `pattern`, where `*` stands for any run of characters without `stop` (for paths `/`), or
/// of any characters when `stop` is `None`. Linear in practice: one backtrack point.
pub fn matches(pattern: &str, text: &str, stop: Option<u8>) -> bool {
    let (p, t) = (pattern.as_bytes(), text.as_bytes());
    let (mut pi, mut ti) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while ti < t.len() {
        if pi < p.len() && p[pi] == b'*' {
            retry = Some((pi + 1, ti));
            pi += 1;
        } else if pi < p.len() && p[pi] == t[ti] {
            pi += 1;
            ti += 1;
        } else {
            match retry {
                Some((after, from)) if Some(t[from]) != stop => {
                    retry = Some((after, from + 1));
                    pi = after;
                    ti = from + 1;
                }
                _ => return false,
            }
        }
    }
    p[pi..].iter().all(|&b| b == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stop_where_they_should() {
        let path = Some(b'/');
        assert!(matches("a/*/c", "a/b/c", path));
        assert!(!matches("a/*/c", "a/b/b/c", path));
        assert!(matches("a/*/c", "a/b/b/c", None));
        assert!(matches("tombstone_*", "tombstone_00", path));
        assert!(!matches("tombstone_*", "x/tombstone_00", path));
        assert!(matches("*", "", path));
        assert!(!matches("*", "a/b", path));
        assert!(matches("*.log", "dump.log.log", path));
        assert!(!matches("", "a", path));
        assert!(matches("AppDomain-*", "AppDomain-com.apple.mobilesafari", None));
    }
}
