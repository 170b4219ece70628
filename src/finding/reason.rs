//! Why a verdict or a line of the coverage is what it is: every reason is declared here, once, with what it costs and
//! what to do about it. Its words stand in `report/text/<lang>.ftl`, under `reason-<code>` and `todo-<what to do>`.
//!
//! No other code can be written: a [`Reason`] is made from a [`Code`], and codes are made by the table below. What makes
//! a verdict incomplete is the cost of its reasons and nothing else, and the table refuses to compile when a reason that
//! costs the verdict has no next step.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a reason takes from the result. Every cost includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cost {
    /// Nothing: worth knowing, and nothing was lost.
    Nothing,
    /// A field of some records, which are there all the same.
    Field,
    /// Records: what was read is not all there was. The verdict on the phone is not complete.
    Records,
    /// Something a verdict stands on was not read at all. The verdict is not complete.
    Verdict,
}

/// What to do about a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Todo {
    /// Nothing can or need be done.
    Nothing,
    /// Copy it again; where that changes nothing, make a new one.
    CopyOrAcquire,
    /// Make a new acquisition of the phone.
    Acquire,
    /// Make a new backup with encryption switched on, decrypt it and scan that.
    AcquireEncrypted,
    /// Ask for the password, decrypt, and scan what comes out.
    Decrypt,
    /// Give the program the right to read it.
    Allow,
    /// Use a newer vigie, or tell its authors what is new.
    Update,
    /// Have an expert look at it by hand.
    ByHand,
    /// Scan fewer things, or one folder after the other.
    Part,
    /// Name the acquisition itself, or use the tool that reads it.
    Other,
    /// Unpack it, and scan what comes out.
    Unpack,
    /// Load indicators.
    Packs,
    /// Examine an acquisition of another kind, or leave the pack out.
    Evidence,
    /// Tell the authors of vigie.
    Report,
}

impl Todo {
    /// The end of the key of its words.
    pub fn as_str(self) -> &'static str {
        match self {
            Todo::Nothing => "nothing",
            Todo::CopyOrAcquire => "copy-or-acquire",
            Todo::Acquire => "acquire",
            Todo::AcquireEncrypted => "acquire-encrypted",
            Todo::Decrypt => "decrypt",
            Todo::Allow => "allow",
            Todo::Update => "update",
            Todo::ByHand => "by-hand",
            Todo::Part => "part",
            Todo::Other => "other",
            Todo::Unpack => "unpack",
            Todo::Packs => "packs",
            Todo::Evidence => "evidence",
            Todo::Report => "report",
        }
    }
}

/// One kind of reason, as declared.
#[derive(Debug)]
pub struct Declared {
    /// Stable: `file-missing`.
    pub code: &'static str,
    /// What it takes from the result.
    pub cost: Cost,
    /// What to do about it.
    pub todo: Todo,
}

impl Declared {
    const fn new(code: &'static str, cost: Cost, todo: Todo) -> Declared {
        let costs = matches!(cost, Cost::Records | Cost::Verdict);
        assert!(!costs || !matches!(todo, Todo::Nothing), "a reason that costs the verdict needs a next step");
        Declared { code, cost, todo }
    }
}

/// The kind of a reason.
#[derive(Clone, Copy)]
pub struct Code(&'static Declared);

impl Code {
    /// All codes, sorted.
    pub fn all() -> impl Iterator<Item = Code> {
        ALL.iter().map(|d| Code(d))
    }

    /// The code of this name; [`UNKNOWN`] for one that this version does not declare.
    pub fn named(code: &str) -> Code {
        match ALL.binary_search_by(|d| d.code.cmp(code)) {
            Ok(at) => Code(ALL[at]),
            Err(_) => UNKNOWN,
        }
    }

    /// Its stable name.
    pub fn as_str(self) -> &'static str {
        self.0.code
    }

    /// What it takes from the result.
    pub fn cost(self) -> Cost {
        self.0.cost
    }

    /// What to do about it.
    pub fn todo(self) -> Todo {
        self.0.todo
    }

    /// True when a result with such a reason is not complete.
    pub fn is_loss(self) -> bool {
        self.0.cost >= Cost::Records
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Code {}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Code) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Code) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Code, D::Error> {
        Ok(Code::named(&Cow::<str>::deserialize(d)?))
    }
}

impl JsonSchema for Code {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// A sentence with a stable code, so that it can be told in other languages and tested without its wording.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// Stable code: `file-missing`. What each costs and what to do about it is listed in docs/reasons.md.
    pub code: Code,
    /// English sentence.
    pub text: String,
    /// Values the sentence is made of, for translation.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl Reason {
    /// A reason in words.
    pub fn new(code: Code, text: impl Into<String>) -> Reason {
        Reason { code, text: text.into(), args: BTreeMap::new() }
    }

    /// The same, with a value its sentence is made of.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Reason {
        self.args.insert(name.to_owned(), value.into());
        self
    }
}

/// Declares the codes: `NAME: "code", cost, what to do;`, sorted by code.
macro_rules! codes {
    ($( $(#[$doc:meta])* $name:ident: $code:literal, $cost:ident, $todo:ident; )*) => {
        $( $(#[$doc])* pub const $name: Code = Code(&Declared::new($code, Cost::$cost, Todo::$todo)); )*
        static ALL: &[&Declared] = &[ $( $name.0 ),* ];
    };
}

codes! {
    /// A file encrypted with age.
    AGE_ENCRYPTED: "age-encrypted", Verdict, Decrypt;
    /// Members of an archive are encrypted.
    ARCHIVE_LOCKED: "archive-locked", Verdict, Decrypt;
    /// An archive of a form that is not looked into.
    ARCHIVE_UNREAD: "archive-unread", Verdict, Unpack;
    /// A backup that was interrupted.
    BACKUP_UNFINISHED: "backup-unfinished", Verdict, Acquire;
    /// What the manifest says of some files beside their name cannot be read.
    BLOB_DAMAGED: "blob-damaged", Field, Nothing;
    /// The formatted text of some messages cannot be read whole.
    BODY_DAMAGED: "body-damaged", Records, CopyOrAcquire;
    /// The formatted text of some messages is odd: links in it may be missing.
    BODY_ODD: "body-odd", Field, Nothing;
    /// A pack's file ends early.
    BUNDLE_DAMAGED: "bundle-damaged", Nothing, Nothing;
    /// A column that only some versions have, or that says little, is not there.
    COLUMN_MISSING: "column-missing", Field, Nothing;
    /// A setting names more programs than are read.
    COMPONENTS_LIMIT: "components-limit", Records, ByHand;
    /// Something that may be an acquisition is damaged.
    DAMAGED_FILE: "damaged-file", Verdict, CopyOrAcquire;
    /// A date in a pack cannot be read.
    DATE_UNREADABLE: "date-unreadable", Nothing, Nothing;
    /// Damage elsewhere makes a trace doubtful.
    DELETED_PROCESS_UNSURE: "deleted-process-unsure", Nothing, Nothing;
    /// The state of one device, in the verdict over all.
    DEVICE: "device", Nothing, Nothing;
    /// The main part of a bug report breaks off.
    DUMPSTATE_DAMAGED: "dumpstate-damaged", Records, CopyOrAcquire;
    /// The main part of a bug report is larger than what is read.
    DUMPSTATE_LIMIT: "dumpstate-limit", Records, ByHand;
    /// A bug report without its main part.
    DUMPSTATE_MISSING: "dumpstate-missing", Verdict, CopyOrAcquire;
    /// An archive holds two members of one name; each is looked at.
    DUPLICATE_MEMBER: "duplicate-member", Nothing, Nothing;
    /// A bug report whose main part is empty.
    EMPTY_DUMPSTATE: "empty-dumpstate", Verdict, Acquire;
    /// A file of no bytes where an acquisition should be.
    EMPTY_FILE: "empty-file", Verdict, CopyOrAcquire;
    /// Files set aside for crash reports that never came.
    EMPTY_TOMBSTONES: "empty-tombstones", Nothing, Nothing;
    /// An encrypted iOS backup.
    ENCRYPTED_BACKUP: "encrypted-backup", Verdict, Decrypt;
    /// A setting holds more addresses than are read.
    ENDPOINTS_LIMIT: "endpoints-limit", Records, ByHand;
    /// There are more entries of one kind than are read.
    ENTRIES_LIMIT: "entries-limit", Records, ByHand;
    /// The acquisition does not give a file's bytes.
    EVIDENCE: "evidence", Records, CopyOrAcquire;
    /// Packs name more malware than can be told apart.
    FAMILIES_LIMIT: "families-limit", Nothing, Nothing;
    /// A few listed files that nothing here reads are not there.
    FEW_FILES_MISSING: "few-files-missing", Nothing, Nothing;
    /// Values that are there cannot be read.
    FIELD_UNREADABLE: "field-unreadable", Field, Nothing;
    /// A file is listed, and is not there.
    FILE_MISSING: "file-missing", Records, CopyOrAcquire;
    /// A file is there, and is not listed.
    FILE_UNLISTED: "file-unlisted", Records, CopyOrAcquire;
    /// Many listed files are not there.
    FILES_MISSING: "files-missing", Records, CopyOrAcquire;
    /// How many findings of a severity there are.
    FINDINGS: "findings", Nothing, Nothing;
    /// Bytes are not what their format says.
    FORMAT: "format", Records, CopyOrAcquire;
    /// Part of a stack is left out.
    FRAMES_LIMIT: "frames-limit", Field, Nothing;
    /// Two phones share one identifier and differ in another.
    IDENTITY_CONTRADICTED: "identity-contradicted", Nothing, ByHand;
    IDENTITY_MIXED: "identity-mixed", Records, ByHand;
    /// An indicator also names something ordinary.
    INNOCENT_TWIN: "innocent-twin", Nothing, Nothing;
    /// A mistake in vigie.
    INTERNAL_ERROR: "internal-error", Records, Report;
    /// Reading stopped with an error.
    IO: "io", Records, CopyOrAcquire;
    /// A column is not there that every version of the system has.
    JOURNAL_HOT: "journal-hot", Records, CopyOrAcquire;
    KEY_COLUMN_MISSING: "key-column-missing", Records, Update;
    /// A key of a property list is not there that every version of the system writes.
    KEY_MISSING: "key-missing", Records, Update;
    /// A named limit was reached.
    LIMIT: "limit", Records, ByHand;
    /// Very long lines were cut.
    LINE_CUT: "line-cut", Records, ByHand;
    /// Some lines were not understood; no record should have stood there.
    LINES_NOT_UNDERSTOOD: "lines-not-understood", Nothing, Nothing;
    /// A link leads out of what was given.
    LINK_NOT_FOLLOWED: "link-not-followed", Verdict, Other;
    /// It is encrypted, and a key could open it.
    LOCKED: "locked", Records, Decrypt;
    /// More lies under a path than is looked at.
    LOOKED_AT_LIMIT: "looked-at-limit", Verdict, Part;
    /// A file of a phone without its acquisition.
    LOOSE_FILE: "loose-file", Verdict, Other;
    /// The file named as the main part is not there; another was read.
    MAIN_ENTRY_DANGLING: "main-entry-dangling", Records, CopyOrAcquire;
    MAIN_TEXT_TWICE: "main-text-twice", Records, CopyOrAcquire;
    /// The list of a backup's files is damaged.
    MANIFEST_DAMAGED: "manifest-damaged", Records, CopyOrAcquire;
    /// The list of a backup's files is empty.
    MANIFEST_EMPTY: "manifest-empty", Verdict, CopyOrAcquire;
    /// The list of a backup's files is not there.
    MANIFEST_MISSING: "manifest-missing", Verdict, CopyOrAcquire;
    /// Rows of the list of a backup's files are damaged.
    MANIFEST_ROWS: "manifest-rows", Records, CopyOrAcquire;
    /// The list of a backup's files cannot be read.
    MANIFEST_UNREADABLE: "manifest-unreadable", Verdict, CopyOrAcquire;
    /// An archive counts more members than it lists.
    MEMBERS_UNLISTED: "members-unlisted", Records, CopyOrAcquire;
    /// The store's record of an app cannot be read.
    METADATA_DAMAGED: "metadata-damaged", Field, Nothing;
    /// More lies beside it than is named.
    MORE_BESIDE: "more-beside", Verdict, Part;
    /// A table beside the one that is read is larger than what is kept.
    NAMES_LIMIT: "names-limit", Field, Nothing;
    /// Nothing was looked for.
    NO_INDICATORS: "no-indicators", Verdict, Packs;
    /// Nothing that vigie can examine.
    NOT_AN_ACQUISITION: "not-an-acquisition", Verdict, Other;
    /// An acquisition of a kind that vigie does not read yet.
    NOT_READ_YET: "not-read-yet", Verdict, Other;
    /// A file is no STIX bundle.
    NOT_STIX: "not-stix", Nothing, Nothing;
    /// More notes than are kept.
    NOTES_LIMIT: "notes-limit", Nothing, Nothing;
    /// One entry of a pack is damaged.
    OBJECT_DAMAGED: "object-damaged", Nothing, Nothing;
    /// A backup of iOS 9 or older.
    OLD_BACKUP: "old-backup", Verdict, Other;
    /// A file of a pack could not be used.
    PACK_FILE: "pack-file", Nothing, Nothing;
    /// A pack that an index names is not there.
    PACK_MISSING: "pack-missing", Nothing, Nothing;
    /// Nothing of a pack that was asked for can show in what was examined.
    PACK_NOT_SHOWN: "pack-not-shown", Verdict, Evidence;
    /// The date of the security patch cannot be read.
    PATCH_LEVEL_UNREADABLE: "patch-level-unreadable", Field, Nothing;
    /// Part of an indicator can never match.
    PATTERN_PART: "pattern-part", Nothing, Nothing;
    /// A pattern over several records was not decided.
    PATTERN_UNDECIDED: "pattern-undecided", Verdict, ByHand;
    /// A package has more permissions than are read.
    PERMISSIONS_LIMIT: "permissions-limit", Records, ByHand;
    /// A pack names a platform that is not known.
    PLATFORM_UNKNOWN: "platform-unknown", Nothing, Nothing;
    /// A property list breaks off.
    PLIST_DAMAGED: "plist-damaged", Records, CopyOrAcquire;
    /// A pack has more problems than are named.
    PROBLEMS_LIMIT: "problems-limit", Nothing, Nothing;
    /// Part of a pack's entry is ignored.
    PROPERTY_IGNORED: "property-ignored", Nothing, Nothing;
    /// One form of a crash report cannot be read; the other was.
    PROTOBUF_UNREADABLE: "protobuf-unreadable", Records, CopyOrAcquire;
    /// Lines stand where records should, and are not understood.
    RECORDS_NOT_UNDERSTOOD: "records-not-understood", Records, Update;
    /// The date of a bug report is none.
    REPORT_DATE_UNREADABLE: "report-date-unreadable", Field, Nothing;
    /// Something every whole acquisition of its kind holds is not there.
    REQUIRED_ABSENT: "required-absent", Verdict, Acquire;
    /// A property list of a backup's root is damaged.
    ROOT_PLIST_DAMAGED: "root-plist-damaged", Field, Nothing;
    /// An index counts more rows than a table has.
    ROWS_MISSING: "rows-missing", Records, CopyOrAcquire;
    /// The phone could not write a part of the report.
    SECTION_FAILED: "section-failed", Records, Acquire;
    /// The part that matters is not in it.
    SECTION_MISSING: "section-missing", Records, Update;
    /// The phone took too long to write a part of the report.
    SECTION_TIMEOUT: "section-timeout", Records, Acquire;
    /// A part of the report does not end as the others do.
    SECTION_UNCLOSED: "section-unclosed", Records, ByHand;
    /// A bug report has more sections than are read.
    SECTIONS_LIMIT: "sections-limit", Records, ByHand;
    /// The state of a database.
    SQLITE: "sqlite", Nothing, Nothing;
    /// A database is damaged.
    SQLITE_DAMAGE: "sqlite-damage", Records, CopyOrAcquire;
    /// Whether a backup was finished cannot be told.
    STATUS_UNREADABLE: "status-unreadable", Verdict, CopyOrAcquire;
    /// Messages of an app lie under a key that nobody has.
    STORE_SEALED: "store-sealed", Nothing, Nothing;
    /// Older versions of indicators are not used.
    SUPERSEDED: "superseded", Nothing, Nothing;
    /// How many findings a suppression file hides.
    SUPPRESSED: "suppressed", Nothing, Nothing;
    /// A table is not there that every version of the system has.
    TABLE_MISSING: "table-missing", Records, Update;
    /// A crash report's text cannot be read; its other form was.
    TEXT_UNREADABLE: "text-unreadable", Records, CopyOrAcquire;
    /// One file holds more crash reports than are read.
    TOMBSTONES_LIMIT: "tombstones-limit", Records, ByHand;
    /// The output of a tool.
    TOOL_OUTPUT: "tool-output", Nothing, Nothing;
    /// It ends too early.
    TRUNCATED: "truncated", Records, CopyOrAcquire;
    /// A zip that was cut short.
    TRUNCATED_ZIP: "truncated-zip", Verdict, CopyOrAcquire;
    /// Backups without encryption do not hold it.
    UNENCRYPTED_BACKUP: "unencrypted-backup", Nothing, AcquireEncrypted;
    /// A reason of another version of vigie.
    UNKNOWN: "unknown", Verdict, Update;
    /// The system does not let it be opened.
    UNREADABLE: "unreadable", Verdict, Allow;
    /// The system does not let a folder be opened.
    UNREADABLE_FOLDER: "unreadable-folder", Verdict, Allow;
    /// The system does not let a part of an acquisition be opened.
    UNREADABLE_PART: "unreadable-part", Records, Allow;
    /// Visits have lost their address.
    URL_MISSING: "url-missing", Records, CopyOrAcquire;
    /// Values of a pack do not say what they are.
    VALUE_ASSUMED: "value-assumed", Nothing, Nothing;
    /// A database's log is listed, and is not there.
    WAL_MISSING: "wal-missing", Records, CopyOrAcquire;
    /// A database's log is shorter than it was.
    WAL_SHORT: "wal-short", Records, CopyOrAcquire;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_found_by_name() {
        assert!(ALL.is_sorted_by(|a, b| a.code < b.code));
        assert!(Code::all().all(|c| Code::named(c.as_str()) == c));
        assert_eq!(Code::named("of-the-future"), UNKNOWN);
        assert!(UNKNOWN.is_loss(), "what is not known is never taken for harmless");
    }
}
