//! The `file` column of table `Files` in an iOS backup's `Manifest.db`: what the phone knew of one file.
//!
//! Source of the format: backups of iOS 10 and later. A keyed archive ([`super::keyed_archive`]) whose root is of class
//! `MBFile`, with the fields of the `stat` call and, in encrypted backups, the wrapped key of the file. A backup has up
//! to a million of these, so the fields are found in one pass over the binary property list, without allocation.

use std::borrow::Cow;

use super::bplist::{Array, Bplist, Dict, EPOCH_2001, Object, PlistError, Ref, Text, date_to_unix_micros};
use super::keyed_archive::parts;

/// One file, folder or link of a backup. What the archive does not have is `None`. Times are microseconds since
/// 1970-01-01 UTC.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MbFile<'a> {
    /// Path within its domain.
    pub relative_path: Option<Cow<'a, str>>,
    /// Where a symbolic link points.
    pub target: Option<Cow<'a, str>>,
    /// Bytes before encryption and padding.
    pub size: Option<u64>,
    /// File type and permissions, as in `st_mode`.
    pub mode: Option<u32>,
    /// Owner.
    pub user_id: Option<i64>,
    /// Group.
    pub group_id: Option<i64>,
    /// Inode on the phone.
    pub inode: Option<u64>,
    /// Data protection class; 0 for folders and links.
    pub protection_class: Option<u32>,
    /// Flags of the backup engine (not the column `flags`).
    pub flags: Option<i64>,
    /// Created.
    pub birth: Option<i64>,
    /// Content changed.
    pub last_modified: Option<i64>,
    /// Inode changed.
    pub last_status_change: Option<i64>,
    /// Protection class (4 bytes, little-endian), then the wrapped key of the file (40 bytes), as stored.
    pub encryption_key: Option<&'a [u8]>,
    /// Hash of the content, where the phone keeps one.
    pub digest: Option<&'a [u8]>,
    /// Extended attributes: a binary property list, name to bytes.
    pub extended_attributes: Option<&'a [u8]>,
    /// The first field whose value is of a type or size that it cannot have; that field is `None`.
    pub odd: Option<&'static str>,
}

/// Reads one blob. An error means that no field can be trusted.
pub fn parse(blob: &[u8]) -> Result<MbFile<'_>, PlistError> {
    let plist = Bplist::parse(blob)?;
    let (objects, top) = parts(&plist)?;
    let Some(objects) = objects else {
        // Without a table of objects there are no UIDs either: the top is the file itself, or nothing is.
        let top = plist.top();
        return Err(plist.wrong_type("a keyed archive with $objects", &plist.object(top)?, top));
    };
    let reader = Reader { plist, objects };
    let mut file = MbFile::default();
    for (key, value) in reader.root(top)?.iter() {
        // All names of fields are ASCII, which is stored as it is.
        if let Object::String(Text::Narrow(name)) = plist.object(key)? {
            reader.field(&mut file, name, value);
        }
    }
    Ok(file)
}

/// The size alone; `None` also where the blob cannot be read.
pub fn size(blob: &[u8]) -> Option<u64> {
    let plist = Bplist::parse(blob).ok()?;
    let (objects, top) = parts(&plist).ok()?;
    let reader = Reader { plist, objects: objects? };
    let is_size = |key| matches!(plist.object(key), Ok(Object::String(Text::Narrow(b"Size"))));
    let (_, value) = reader.root(top).ok()?.iter().find(|(key, _)| is_size(*key))?;
    reader.int(reader.resolve(value)?)
}

struct Reader<'a> {
    plist: Bplist<'a>,
    objects: Array<'a>,
}

impl<'a> Reader<'a> {
    /// The dictionary of the `MBFile`: behind `$top.root`, or else where the archiver always puts it.
    fn root(&self, top: Option<Dict<'a>>) -> Result<Dict<'a>, PlistError> {
        let named = top.and_then(|t| self.plist.get(&t, "root")).and_then(|r| match self.resolve(r) {
            Some(Object::Dict(d)) => Some(d),
            _ => None,
        });
        match (named, self.objects.get(1)) {
            (Some(dict), _) => Ok(dict),
            (None, Some(r)) => self.plist.dict(r),
            (None, None) => Err(PlistError::DanglingRef { found: 1, count: self.objects.len() as u64 }),
        }
    }

    /// The object, behind a UID if it is one. `None` if it cannot be read.
    fn resolve(&self, r: Ref) -> Option<Object<'a>> {
        match self.plist.object(r).ok()? {
            Object::Uid(uid) => self.plist.object(self.objects.get(usize::try_from(uid).ok()?)?).ok(),
            other => Some(other),
        }
    }

    fn field(&self, file: &mut MbFile<'a>, name: &[u8], value: Ref) {
        match name {
            b"RelativePath" => self.set(file, |f| &mut f.relative_path, "RelativePath", value, Self::text),
            b"Target" => self.set(file, |f| &mut f.target, "Target", value, Self::text),
            b"Size" => self.set(file, |f| &mut f.size, "Size", value, Self::int),
            b"Mode" => self.set(file, |f| &mut f.mode, "Mode", value, Self::int),
            b"UserID" => self.set(file, |f| &mut f.user_id, "UserID", value, Self::int),
            b"GroupID" => self.set(file, |f| &mut f.group_id, "GroupID", value, Self::int),
            b"InodeNumber" => self.set(file, |f| &mut f.inode, "InodeNumber", value, Self::int),
            b"ProtectionClass" => self.set(file, |f| &mut f.protection_class, "ProtectionClass", value, Self::int),
            b"Flags" => self.set(file, |f| &mut f.flags, "Flags", value, Self::int),
            b"Birth" => self.set(file, |f| &mut f.birth, "Birth", value, Self::time),
            b"LastModified" => self.set(file, |f| &mut f.last_modified, "LastModified", value, Self::time),
            b"LastStatusChange" => self.set(file, |f| &mut f.last_status_change, "LastStatusChange", value, Self::time),
            b"EncryptionKey" => self.set(file, |f| &mut f.encryption_key, "EncryptionKey", value, Self::bytes),
            b"Digest" => self.set(file, |f| &mut f.digest, "Digest", value, Self::bytes),
            b"ExtendedAttributes" => {
                self.set(file, |f| &mut f.extended_attributes, "ExtendedAttributes", value, Self::bytes);
            }
            _ => {}
        }
    }

    fn set<T>(
        &self,
        file: &mut MbFile<'a>,
        slot: for<'r> fn(&'r mut MbFile<'a>) -> &'r mut Option<T>,
        name: &'static str,
        value: Ref,
        read: fn(&Self, Object<'a>) -> Option<T>,
    ) {
        match self.resolve(value) {
            // Nil: the phone had nothing to say.
            Some(Object::Null) => {}
            Some(Object::String(t)) if t.is("$null") => {}
            object => match object.and_then(|o| read(self, o)) {
                Some(found) => *slot(file) = Some(found),
                None => {
                    file.odd.get_or_insert(name);
                }
            },
        }
    }

    /// Integers of 1 to 4 bytes are unsigned in a property list, and an archive widens what is signed to 8.
    fn int<T: TryFrom<i128>>(&self, object: Object<'a>) -> Option<T> {
        match object {
            Object::Int(i) => T::try_from(i).ok(),
            _ => None,
        }
    }

    fn text(&self, object: Object<'a>) -> Option<Cow<'a, str>> {
        match object {
            Object::String(t) => Some(t.decode()),
            Object::Dict(d) => match self.resolve(self.plist.get(&d, "NS.string")?)? {
                Object::String(t) => Some(t.decode()),
                _ => None,
            },
            _ => None,
        }
    }

    fn bytes(&self, object: Object<'a>) -> Option<&'a [u8]> {
        match object {
            Object::Data(b) => Some(b),
            Object::Dict(d) => match self.resolve(self.plist.get(&d, "NS.data")?)? {
                Object::Data(b) => Some(b),
                _ => None,
            },
            _ => None,
        }
    }

    /// Seconds since 1970 as a number or, on old iOS, a date.
    fn time(&self, object: Object<'a>) -> Option<i64> {
        match object {
            Object::Int(i) => i64::try_from(i).ok()?.checked_mul(1_000_000),
            Object::Real(unix) => date_to_unix_micros(unix - EPOCH_2001 as f64),
            Object::Date(d) => date_to_unix_micros(d),
            Object::Dict(d) => match self.resolve(self.plist.get(&d, "NS.time")?)? {
                Object::Real(d) | Object::Date(d) => date_to_unix_micros(d),
                Object::Int(i) => i64::try_from(i).ok()?.checked_add(EPOCH_2001)?.checked_mul(1_000_000),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
