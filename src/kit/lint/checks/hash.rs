//! Hashes of files and certificates.

use crate::kit::lint::Out;
use crate::kit::lint::item::{Item, Value};
use crate::kit::lint::rules::values::{HASH_LENGTH, HASH_NOT_HEX, HASH_OF_NOTHING};
use crate::observable::Kind;

/// Hashes of no bytes: MD5, SHA-1, SHA-256.
const EMPTY: [&str; 3] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// Looks at one hash; other kinds are passed over.
pub fn check(item: &Item<'_>, value: &Value<'_>, kind: Kind, out: &mut Out) {
    let (name, wanted) = match kind {
        Kind::Md5 | Kind::CertMd5 => ("MD5", 32),
        Kind::Sha1 | Kind::CertSha1 => ("SHA-1", 40),
        Kind::Sha256 | Kind::CertSha256 => ("SHA-256", 64),
        _ => return,
    };
    let raw = value.raw.trim();
    if let Some((_, key)) = &value.key {
        let first = key.as_bytes().first();
        if EMPTY.contains(&key.as_str()) || key.bytes().all(|b| Some(&b) == first) {
            out.item(&HASH_OF_NOTHING, item, &value.raw, format!("`{raw}` is the hash of no file in particular"));
        }
        return;
    }
    let digits: String = raw.chars().filter(|c| !matches!(c, ':' | ' ' | '-')).collect();
    if let Some(c) = digits.chars().find(|c| !c.is_ascii_hexdigit()) {
        out.item(&HASH_NOT_HEX, item, &value.raw, format!("`{raw}` is not hexadecimal: it holds `{c}`"));
        return;
    }
    let like = match digits.len() {
        32 => ", the length of MD5",
        40 => ", the length of SHA-1",
        56 => ", the length of SHA-224",
        64 => ", the length of SHA-256",
        96 => ", the length of SHA-384",
        128 => ", the length of SHA-512",
        _ => "",
    };
    let told = format!("`{raw}` has {} digits{like}; {name} has {wanted}", digits.len());
    out.item(&HASH_LENGTH, item, &value.raw, told);
}
