//! What is wrong with a value as text, whatever its kind.

use crate::kit::lint::Out;
use crate::kit::lint::item::{Item, Value};
use crate::kit::lint::rules::values::{
    COMMENT_BEHIND_VALUE, DEFANGED, INVISIBLE_CHARACTER, LINES_CONCATENATED, TWO_VALUES, WILDCARD,
};
use crate::observable::{Kind, url, without_wildcard};
use crate::report::sanitize;

/// Lengths of the hashes that packs hold.
const HASH_LENGTHS: [usize; 3] = [32, 40, 64];

/// True when the text itself is wrong, so that nothing more need be said of what it means.
pub fn check(item: &Item<'_>, value: &Value<'_>, out: &mut Out) -> bool {
    let raw = value.raw.trim();
    if let Some(c) = raw.chars().find(|c| c.is_control() || sanitize::is_hidden(*c)) {
        let told = format!("`{raw}` holds the invisible character U+{:04X}", u32::from(c));
        out.item(&INVISIBLE_CHARACTER, item, &value.raw, told);
        return true;
    }
    if item.written.kind.is_some()
        && let Some((front, _)) = raw.split_once(" #").or_else(|| raw.split_once("\t#"))
    {
        let told = format!("a comment stands behind `{}`; comments need a line of their own", front.trim());
        out.item(&COMMENT_BEHIND_VALUE, item, &value.raw, told);
        return true;
    }
    if let Some((first, second)) = parted(value.kind, raw) {
        let told = format!("two values on one line: `{first}` and `{second}`");
        out.item(&TWO_VALUES, item, &value.raw, told);
        return true;
    }
    if let Some((first, second)) = joined(value.kind, raw) {
        let told = format!("`{raw}` is two values joined: `{first}` and `{second}`");
        out.item(&LINES_CONCATENATED, item, &value.raw, told);
        return true;
    }
    let whole = if value.kind == Kind::Domain { without_wildcard(raw) } else { raw };
    let names = matches!(value.kind, Kind::Domain | Kind::Ip | Kind::AppId | Kind::Property | Kind::ProfileId);
    let paths = matches!(value.kind, Kind::Process | Kind::FileName | Kind::FilePath);
    if (names && whole.contains(['*', '%'])) || (paths && whole.contains('*')) {
        out.item(&WILDCARD, item, &value.raw, format!("`{raw}` is compared as it is, its wildcard too"));
        return true;
    }
    let network = matches!(value.kind, Kind::Domain | Kind::Ip | Kind::Url | Kind::Email);
    if network && url::refang(raw).is_some_and(|plain| plain != raw) {
        out.item(&DEFANGED, item, &value.raw, format!("`{raw}` is defanged; other tools compare it as written"));
    }
    false
}

/// Two values with something between them.
fn parted(kind: Kind, raw: &str) -> Option<(&str, &str)> {
    let between: &[char] = match kind {
        Kind::Url => &[' ', '\t'],
        Kind::Domain | Kind::Ip | Kind::Email | Kind::AppId | Kind::Property => &[' ', '\t', ',', ';', '|'],
        Kind::Md5 | Kind::Sha1 | Kind::Sha256 => &[',', ';', '|'],
        _ => return None,
    };
    let (first, rest) = raw.split_once(between)?;
    let second = rest.trim_matches(between);
    // An app that is written by its name, and an address with a display name, are other mistakes.
    let is_name = kind == Kind::AppId && !(first.contains('.') && second.contains('.'));
    let is_display = kind == Kind::Email && !first.contains('@');
    (!second.is_empty() && !is_name && !is_display).then_some((first, second))
}

/// Two values with nothing between them.
fn joined(kind: Kind, raw: &str) -> Option<(&str, &str)> {
    match kind {
        Kind::Domain | Kind::Ip => joined_address(raw).or_else(|| joined_www(raw)),
        Kind::Url => {
            let at = raw.match_indices("http").map(|(at, _)| at).find(|&at| at > 0 && is_second_scheme(raw, at))?;
            Some(raw.split_at(at))
        }
        Kind::Email => {
            let second = raw.match_indices('@').nth(1)?.0;
            (!raw.contains(['<', '"'])).then(|| raw.split_at(second))
        }
        Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::CertMd5 | Kind::CertSha1 | Kind::CertSha256 => {
            let hex = raw.bytes().all(|b| b.is_ascii_hexdigit());
            let own = HASH_LENGTHS.contains(&raw.len());
            let first = HASH_LENGTHS.into_iter().find(|l| HASH_LENGTHS.iter().any(|m| l + m == raw.len()));
            first.filter(|_| hex && !own).map(|l| raw.split_at(l))
        }
        _ => None,
    }
}

/// A scheme that begins inside the host of another URL: `http://a.comhttp://b.com`.
fn is_second_scheme(raw: &str, at: usize) -> bool {
    let (front, back) = raw.split_at(at);
    let scheme = back.strip_prefix("https://").or_else(|| back.strip_prefix("http://")).is_some();
    let authority = front.split_once("://").map_or(front, |(_, rest)| rest);
    scheme && !authority.is_empty() && !authority.contains(['/', '?', '#'])
}

/// An address with something else behind it: three numbers, and a fourth label that begins as one.
fn joined_address(raw: &str) -> Option<(&str, &str)> {
    let mut labels = raw.splitn(4, '.');
    let number = |l: &str| l.len() <= 3 && l.parse::<u16>().is_ok_and(|n| n <= 255);
    let front = [labels.next()?, labels.next()?, labels.next()?];
    let rest = labels.next()?;
    if !front.iter().all(|l| number(l)) {
        return None;
    }
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let tail = rest.get(digits..)?;
    // A port or a range is a mistake of its own; a whole fourth number with a name behind it is a name.
    if digits == 0 || (digits <= 3 && (tail.is_empty() || tail.starts_with(['/', ':']))) {
        return None;
    }
    let whole = digits <= 3 && number(rest.get(..digits)?);
    if whole && tail.starts_with('.') && !tail.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // As many digits as an address can have belong to it.
    let own = (1..=digits.min(3)).rev().find(|n| rest.get(..*n).is_some_and(number))?;
    let at = front.iter().map(|l| l.len() + 1).sum::<usize>() + own;
    Some(raw.split_at(at))
}

/// `evil.comwww.worse.net`: a `www` that begins in the middle of a label.
fn joined_www(raw: &str) -> Option<(&str, &str)> {
    let at = raw.match_indices("www.").map(|(at, _)| at).find(|&at| at > 0)?;
    let front = raw.get(..at)?;
    let ends = [".com", ".net", ".org", ".info", ".biz", ".xyz", ".co"].iter().any(|tld| front.ends_with(tld));
    ends.then(|| raw.split_at(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_lines_are_parted() {
        let parts = |kind, raw| joined(kind, raw);
        assert_eq!(
            parts(Kind::Domain, "84.110.47.86forti.external-Staging-02.com"),
            Some(("84.110.47.86", "forti.external-Staging-02.com"))
        );
        assert_eq!(parts(Kind::Domain, "46.183.184.91summerartcamp.net"), Some(("46.183.184.91", "summerartcamp.net")));
        assert_eq!(parts(Kind::Domain, "176.223.111.1313ac97735"), Some(("176.223.111.131", "3ac97735")));
        assert_eq!(parts(Kind::Ip, "1.2.3.45.6.7.8"), Some(("1.2.3.45", ".6.7.8")));
        assert_eq!(parts(Kind::Domain, "evil.comwww.worse.net"), Some(("evil.com", "www.worse.net")));
        assert_eq!(parts(Kind::Url, "http://a.comhttp://b.com/"), Some(("http://a.com", "http://b.com/")));
        let twice = "a".repeat(128);
        assert_eq!(parts(Kind::Sha256, &twice).map(|(a, _)| a.len()), Some(64));
        for (kind, fine) in [
            (Kind::Domain, "1.2.3.4"),
            (Kind::Ip, "1.2.3.4/24"),
            (Kind::Domain, "1.2.3.4.nip.io"),
            (Kind::Domain, "awww.com"),
            (Kind::Url, "http://a.com/http://b.com"),
            (Kind::Url, "http://a.com?u=http://b.com"),
            (Kind::Sha1, "d41d8cd98f00b204e9800998ecf8427e"),
            (Kind::Email, "\"a@b\"@c.com"),
        ] {
            assert_eq!(parts(kind, fine), None, "{fine}");
        }
    }

    #[test]
    fn parted_values_are_told_from_names() {
        assert_eq!(parted(Kind::Domain, "a.com, b.com"), Some(("a.com", "b.com")));
        assert_eq!(parted(Kind::AppId, "com.a com.b"), Some(("com.a", "com.b")));
        assert_eq!(parted(Kind::AppId, "Evil App"), None);
        assert_eq!(parted(Kind::Process, "Some Helper"), None);
        assert_eq!(parted(Kind::Email, "X <x@a.com>"), None);
        assert_eq!(parted(Kind::Url, "http://a.com/x,y"), None);
    }
}
