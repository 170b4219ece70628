//! Rules about files and folders: what a loader would pass over, and what is damaged.

use super::rules::{LintRule, Severity, rules};

rules! {
    UNREADABLE "unreadable" Error "The file cannot be read"
        "Nothing of it is loaded."
        repair "See the reason that is given."
        example "a folder without permission";
    NO_INDICATORS "no-indicators" Error "Not one usable indicator"
        "The path holds no pack, or one of which nothing can be used. `vigie scan` refuses it."
        repair "See the reasons that are given."
        example "a folder with a README only";
    DAMAGED "damaged" Error "A part of the file is damaged"
        "Objects or entries were lost; what was read is loaded all the same. Other tools refuse the whole file."
        repair "Correct the place that is named, or build the file anew."
        example "a bundle that ends in the middle";
    PROPERTY_IGNORED "property-ignored" Warning "A property was not read"
        "It has a type or a name that the format does not know."
        repair "Correct its name or its type."
        example "\"confidence\": \"high\"";
    DATE_UNREADABLE "date-unreadable" Error "A date is no date"
        "The indicator is treated as if it had none."
        repair "Write RFC 3339 in UTC: `2026-03-30T00:00:00Z`."
        example "\"valid_until\": \"next year\"";
    REQUIRED_PROPERTY "required-property" Warning "A property that STIX requires is missing"
        "Strict readers refuse the object."
        repair "Add it; `vigie packs build` writes all of them."
        example "an indicator without valid_from";
    OBJECT_ID "object-id" Warning "An id is not `type--UUID`"
        "Strict readers refuse the object, and relations that name it lead nowhere."
        repair "Give it a UUID that stays the same from version to version."
        example "bundle--merged-4047";
    ID_COLLISION "id-collision" Error "Two objects share one id"
        "The later one takes the place of the earlier in most readers, so that one of them is lost."
        repair "Give each object an id of its own."
        example "two patterns under one indicator id";
    REPEATED_OBJECT "repeated-object" Warning "One object stands in a file more than once"
        "Copies and older versions: many readers load all of them, or the one they meet last, and counts become wrong."
        repair "Keep the newest."
        example "one indicator id, twice";
    UNATTRIBUTED "unattributed" Warning "Indicators belong to nothing"
        "No relationship, report or grouping says what they speak of. A finding can name the file only."
        repair "Add a malware or tool object and `indicates` relationships."
        example "a bundle of indicators only";
    DANGLING "dangling-reference" Warning "A relationship leads to nothing"
        "It names an object that the bundle does not hold."
        repair "Add the object, or remove the relationship."
        example "target_ref of a malware that was removed";
    DUPLICATE_RELATION "duplicate-relationship" Info "A relationship is there twice"
        "It says the same again, under another id."
        repair "Remove one."
        example "two relationships with the same ends";
    INDEX_MISSING_PACK "index-missing-pack" Error "A pack is not in the index"
        "Who fetches packs by the index never gets this one."
        repair "Add an entry to the index."
        example "eaglemsgspy.stix2 that indicators.yaml does not name";
    INDEX_MISSING_FILE "index-missing-file" Error "The index names a file that is not there"
        "Who fetches packs by the index gets an error instead of this one."
        repair "Correct the path, or build the file."
        example "path: gone/gone.stix2";
    INDEX_ENTRY "index-entry" Error "An entry of the index cannot be understood"
        "The pack it speaks of is not loaded."
        repair "See the reason that is given."
        example "an entry without github and download_url";
    UNKNOWN_LIST "unknown-list" Error "Nothing reads this list"
        "In a folder of the mvt-indicators layout only lists with known names are read. This one has another name, or lies in a folder below."
        repair "Rename it to the list of its kind: `domains.txt`, `ip-addresses.txt`, `package_names.txt` and so on."
        example "domain.txt";
    COLLECTION "collection" Error "collection.yaml does not say what is needed"
        "Without `id` and `name` the folder is not loaded; a `created` or an `output` that is no date or no file name cannot be built."
        repair "See `indicators/README.md` for the keys."
        example "created: yesterday";
    COLLECTION_INCOMPLETE "collection-incomplete" Warning "collection.yaml leaves something out"
        "`created` becomes the date of all indicators, `output` the file that is built."
        repair "Add the key."
        example "a collection.yaml without created";
    COLLECTION_MISSING "collection-missing" Warning "Lists lie in a folder without collection.yaml"
        "They are read one by one, and nothing says what they speak of."
        repair "Add a collection.yaml with `id`, `name`, `created` and `output`."
        example "domains.txt alone";
    OUTPUT_STALE "output-stale" Error "The built bundle is not what its sources say"
        "Who loads the bundle does not get what the lists say."
        repair "Run `vigie packs build` on the folder."
        example "a value added to domains.txt only";
    NO_FINAL_NEWLINE "no-final-newline" Warning "The list does not end with a line feed"
        "Joined with another file, its last value and the first of the other become one."
        repair "Add a line feed at the end."
        example "domains.txt whose last byte is a letter";
    EMPTY_LIST "empty-list" Warning "The list holds no value"
        "Nothing is looked for."
        repair "Remove the file, or put the values in."
        example "a domains.txt of comments";
    ENCODING "encoding" Error "The file is not UTF-8"
        "Values with damaged characters match nothing."
        repair "Convert the file to UTF-8."
        example "a list saved as UTF-16";
    UNKNOWN_KEY "unknown-key" Warning "A key is misspelled"
        "vigie reads it as what is meant; other readers of this format drop its values."
        repair "Spell it as the others are."
        example "ip: in place of ips:";
    WAIVER_INVALID "waiver-invalid" Error "A waiver cannot be understood"
        "It hides nothing."
        repair "Each `[[waive]]` needs `rule`, one of `value`, `file`, `id`, a `reason` and `expires`."
        example "a waiver without a reason";
    WAIVER_EXPIRED "waiver-expired" Error "A waiver is past its end"
        "It hides nothing any more."
        repair "Repair what it hid, or give it a new end and say why."
        example "expires = \"2025-12-31\"";
    WAIVER_UNUSED "waiver-unused" Warning "A waiver hides nothing"
        "What it spoke of is gone, or it is misspelled."
        repair "Remove it."
        example "a waiver of a value that was removed";
}
