//! Rules of the target `mvt`: what MVT 2026.10 cannot load or match.

use super::rules::{LintRule, Severity, rules};

rules! {
    MVT_EQUALS "mvt-equals" Error "MVT ends at a pattern with a second `=`"
        "MVT 2026.10 cuts patterns at `=` and expects two parts. One value with another `=` ends the load of all files (mvt#906)."
        repair "Leave the query of the URL out, or use its host as a domain."
        example "[url:value = 'http://evil.com/?a=b']";
    MVT_OPERATOR "mvt-operator" Error "MVT reads nothing but one `=`"
        "AND, OR, FOLLOWEDBY, IN, LIKE, MATCHES and qualifiers end the load of all files; `!=`, `<` and `>` are passed over in silence."
        repair "Write one indicator for each value."
        example "[domain-name:value = 'a.com' OR domain-name:value = 'b.com']";
    MVT_TYPE "mvt-type" Error "MVT passes over this type of object"
        "It knows domains, URLs, IPv4 addresses, e-mail addresses, processes, file names, paths and hashes (MD5, SHA-1, SHA-256), apps and their certificates, profiles and Android properties. Anything else is dropped without a word."
        repair "Add an indicator of a kind that MVT knows."
        example "[ipv6-addr:value = '2001:db8::1']";
    MVT_ESCAPE "mvt-escape" Error "MVT does not undo escapes"
        "A quote or a backslash in the value is compared as written in the pattern and matches nothing."
        repair "Leave the value out for MVT."
        example "[process:name = 'it\\'s']";
    MVT_WWW "mvt-www" Error "MVT never matches a domain with `www.`"
        "It drops `www.` from what it finds and not from what it looks for."
        repair "Write the domain without `www.`."
        example "www.tzsafe.com";
    MVT_SUBDOMAIN "mvt-subdomain" Info "MVT misses what lies below this name"
        "It compares the whole host or the registered domain. Below a name that is longer than a registered domain nothing matches, nor with a port, a user name or a final dot."
        repair "Use the registered domain where it belongs to the attacker."
        example "c2.evil.com";
    MVT_IDN "mvt-idn" Warning "MVT compares international names as written"
        "A name in Unicode and the same in Punycode are different to it."
        repair "Add both spellings."
        example "évil.com";
    MVT_IOS_PATH "mvt-ios-path" Info "MVT never finds this path in a backup"
        "It compares a path of the file system with the relative path of the backup. Only `file:name` can match there."
        repair "Add the file name as well."
        example "/private/var/tmp/evil";
    MVT_URL_ONLY "mvt-url-only" Error "MVT compares no URL when a pack has no domain"
        "With URLs and without a domain or address its search is not built: each URL ends in an error, nothing is compared and the exit code is 0."
        repair "Add the hosts as domains."
        example "a pack of URLs alone";
    MVT_REVOKED "mvt-revoked" Warning "MVT matches withdrawn and expired indicators"
        "It ignores `revoked` and `valid_until`."
        repair "Remove them from the file that MVT gets."
        example "\"revoked\": true";
    MVT_PATTERN_TYPE "mvt-pattern-type" Error "MVT ends at an indicator without a STIX pattern"
        "An indicator without `pattern`, or with a pattern in another language, ends the load of all files."
        repair "Keep such indicators in a file of their own."
        example "\"pattern_type\": \"yara\"";
    MVT_OBJECT "mvt-object" Error "MVT fails at this object or file"
        "A malware without name, a bundle that is a bare array, `objects` that is no list, text that is not UTF-8: each ends the load."
        repair "Write a bundle as STIX 2.1 has it."
        example "a malware object without name";
    MVT_FILE_NAME "mvt-file-name" Warning "MVT loads only files named `.stix2` from a folder"
        "This one is passed over in the folder that `MVT_STIX2` names."
        repair "Rename it to `….stix2`."
        example "pegasus.json";
    MVT_ATTRIBUTION "mvt-attribution" Warning "MVT does not follow this relationship"
        "It follows relationships from the indicator to a malware; indicators of others go to a default collection without a name."
        repair "Add an `indicates` relationship to a malware object."
        example "indicator → threat-actor";
}
