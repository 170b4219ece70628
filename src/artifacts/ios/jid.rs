//! Identifiers of WhatsApp ("JID") and the telephone numbers behind them.
//!
//! `14155550100@s.whatsapp.net` (in old data `@c.us`) is a person by number, with `:` and a device number for one of
//! their devices; `100000000000001@lid` an anonymous identifier; `…@g.us` a group.

use crate::artifact::table::{look, text};
use crate::artifact::{Emitter, reason};
use crate::formats::sqlite::Db;

/// Pairs of anonymous identifiers and numbers kept in memory.
const MAX_PAIRS: usize = 500_000;
/// E.164 allows fifteen digits; below seven it is a short code or an account of WhatsApp's own.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Anonymous identifiers and their telephone numbers.
#[derive(Default)]
pub(super) struct Lids(hashbrown::HashMap<u64, u64, foldhash::fast::RandomState>);

impl Lids {
    /// Adds the pairs of a database, if it has any.
    pub fn load(&mut self, db: &Db, emit: &mut Emitter<'_>) {
        let Some(table) = db.table("ZWAPHONENUMBERLIDPAIR") else { return };
        let mut left_out = 0u64;
        look(db, table, &["ZLID", "ZPHONENUMBER"], |row| {
            let lid = text(row.at(0)).and_then(|t| digits(user(&t)).parse::<u64>().ok());
            let phone = text(row.at(1)).and_then(|t| digits(user(&t)).parse::<u64>().ok());
            let (Some(lid), Some(phone)) = (lid, phone) else { return };
            if self.0.len() >= MAX_PAIRS {
                left_out += 1;
            } else {
                self.0.insert(lid, phone);
            }
        });
        if left_out > 0 {
            emit.note(
                reason::NAMES_LIMIT,
                format!("{left_out} identifiers beyond {MAX_PAIRS} are not resolved to numbers"),
            );
        }
    }
}

/// The telephone number of a person, `+` and digits; `None` for groups, broadcasts and unknown identifiers.
pub(super) fn phone(jid: &str, lids: &Lids) -> Option<String> {
    let (_, server) = jid.split_once('@')?;
    match server {
        "s.whatsapp.net" | "c.us" => e164(user(jid)),
        "lid" => lids.0.get(&user(jid).parse::<u64>().ok()?).and_then(|n| e164(&n.to_string())),
        _ => None,
    }
}

/// A number written with or without `+`, in international form.
pub(super) fn e164(number: &str) -> Option<String> {
    let digits = digits(user(number));
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    (plain && PHONE_DIGITS.contains(&digits.len())).then(|| format!("+{digits}"))
}

/// What stands before `@`, without the number of a device.
fn user(jid: &str) -> &str {
    let user = jid.split('@').next().unwrap_or(jid);
    user.split(':').next().unwrap_or(user)
}

fn digits(number: &str) -> &str {
    number.strip_prefix('+').unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people() {
        let lids = Lids([(100_000_000_000_001, 14_155_550_100)].into_iter().collect());
        for (jid, expected) in [
            ("14155550100@s.whatsapp.net", Some("+14155550100")),
            ("14155550100:12@s.whatsapp.net", Some("+14155550100")),
            ("14155550100@c.us", Some("+14155550100")),
            ("100000000000001@lid", Some("+14155550100")),
            ("100000000000001:3@lid", Some("+14155550100")),
            ("100000000000002@lid", None),
            ("120363000000000001@g.us", None),
            ("14155550100-1600000000@g.us", None),
            ("0@s.whatsapp.net", None),
            ("status@broadcast", None),
            ("14155550100", None),
            ("", None),
        ] {
            assert_eq!(phone(jid, &lids).as_deref(), expected, "{jid}");
        }
    }

    #[test]
    fn numbers_as_written() {
        assert_eq!(e164("+33612345678").as_deref(), Some("+33612345678"));
        assert_eq!(e164("33612345678").as_deref(), Some("+33612345678"));
        assert_eq!(e164("0612345678"), None, "a national number cannot be completed");
        assert_eq!(e164("+336 12"), None);
    }
}
