//! Rules about single indicators: values, patterns, dates, duplicates.

use super::rules::{LintRule, Severity, rules};

rules! {
    SYNTAX "pattern-syntax" Error "The pattern is no STIX 2.1 pattern"
        "A pattern that does not follow the grammar is loaded by no strict reader, and some readers end at it and load nothing that comes after."
        repair "Correct the pattern at the place that is named."
        example "[domain-name:value = 'evil.example'";
    NEVER_MATCHES "never-matches" Error "The value can never match"
        "The value is not what its kind says: no record of any phone can be equal to it, so the indicator looks for nothing and still counts as loaded."
        repair "Correct the value, or move it to the list of its kind."
        example "not-an-address in ip-addresses.txt";
    NOT_READ "not-read" Warning "Nothing that vigie reads can show it"
        "The indicator is written correctly, and compares something that no artifact shows: another pattern language, a type of object that phones do not keep, the subject of a certificate."
        repair "Keep it for other tools, or add an indicator of what phones show: a domain, an address, an app, a file, a process."
        example "[software:name = 'x']";
    AND_OVER_TYPES "and-over-types" Error "AND over different types of object never matches"
        "AND inside one pair of brackets binds one object (STIX 2.1 §9.6). No object is a domain name and a URL at once."
        repair "Put each test into brackets of its own and join those with AND, or use OR."
        example "[domain-name:value = 'a.example' AND url:value = 'http://b.example/']";
    PART_NEVER_MATCHES "part-never-matches" Warning "A part of the pattern can never match"
        "One of the alternatives looks for nothing; the others still work."
        repair "Correct or remove the part that is named."
        example "[domain-name:value = 'a.example' OR software:name = 'x']";
    CONTRADICTION "contradiction" Error "The pattern contradicts itself"
        "Two tests joined by AND ask one property of one object to have two values at once."
        repair "Use OR, or IN with a list of values."
        example "[process:name = 'a' AND process:name = 'b']";
    MATCHES_EVERYTHING "matches-everything" Error "The pattern matches nearly everything"
        "A test that any value passes makes a finding of every record on every phone."
        repair "Name what is looked for."
        example "[domain-name:value LIKE '%']";
    UNKNOWN_FIELD "unknown-field" Error "The artifact has no such field"
        "A pattern on records of vigie (`x-…`) names a field that records of this artifact do not have; it never matches."
        repair "See `docs/artifacts.md` for the fields of the artifact."
        example "[x-ios-sms:colour = 'red']";
    UNKNOWN_ARTIFACT "unknown-artifact" Info "This version of vigie does not read the artifact"
        "A pattern on `x-…` objects names none of the artifacts that this version reads. It is counted as not applicable until one does."
        repair "See `vigie artifacts` for the names; nothing, if another version or program reads it."
        example "[x-ios-lockdownd-log:host_id = '1']";

    TWO_VALUES "two-values" Error "Two values stand where one belongs"
        "A blank, a comma or a semicolon parts two values on one line, or in one pattern. Neither of them is looked for."
        repair "Write each value on a line, or into an indicator, of its own."
        example "evil.example, worse.example";
    LINES_CONCATENATED "lines-concatenated" Error "Two lines were joined into one value"
        "The value is two values without anything between them, as happens when files without a final line feed are joined with `cat`. Neither is looked for."
        repair "Part them again; look for the file that lacks its final line feed."
        example "192.0.2.86evil.example";
    MAYBE_CONCATENATED "maybe-concatenated" Warning "The name reads like two names joined"
        "A part of the name begins with a top-level domain, as happens when files without a final line feed are joined."
        repair "Part them if they are two names; waive the rule if the name is right."
        example "evil-one.comevil-two.net";
    COMMENT_BEHIND_VALUE "comment-behind-value" Error "A comment stands behind the value"
        "Lists have no comments behind values, because values may hold `#`. The comment is taken for a part of the value, which then matches nothing."
        repair "Put the comment on a line of its own above the value."
        example "evil.example # seen in 2025";
    INVISIBLE_CHARACTER "invisible-character" Error "The value holds a character that cannot be seen"
        "A control character, a space of no width or a mark of direction came with the value when it was copied. It matches nothing and looks right."
        repair "Type the value anew."
        example "evil\\u{200b}.example";
    WILDCARD "wildcard-in-value" Error "A wildcard stands in a value that is compared whole"
        "`=` compares whole values: `*` and `%` stand for themselves. Only `*.` in front of a domain is understood, and not needed: a domain means everything below it."
        repair "Use LIKE or MATCHES in a pattern, or name the values."
        example "com.evil.app*";
    DEFANGED "defanged" Warning "The value is defanged"
        "vigie undoes `hxxp` and `[.]`; other tools compare them as written and find nothing."
        repair "Write the value as it is in the world."
        example "hxxp://evil[.]example/";

    DOMAIN_IS_FILE_NAME "domain-is-file-name" Error "The domain is the end of a file name that phones hold"
        "Tools that look for domains inside text and paths find this one on every phone: `libcups.so` ends in `ups.so`. vigie compares host names with host names, so its own scans are not harmed."
        repair "Use a URL, or remove the value."
        example "ups.so";
    DOMAIN_LIKE_FILE_NAME "domain-like-file-name" Info "The domain reads like a file name"
        "Its top-level domain is also the ending of files. In text, vigie takes it for a domain only with a scheme, a port or a path."
        repair "Nothing, if it is a domain; add URLs where they are known."
        example "evil.so";
    DOMAIN_WITH_PATH "domain-with-path" Error "A domain holds a path, a scheme or a port"
        "A host name ends where a path begins. The value equals no host and matches nothing."
        repair "Keep the host as a domain, and the whole as a URL."
        example "evil.xyz/x";
    DOMAIN_UNKNOWN_TLD "domain-unknown-tld" Error "The name ends in no top-level domain"
        "No public name ends like this, so no phone could have reached it. Often a letter too many, or a name that lost its end."
        repair "Look the name up in the publication."
        example "peticaonline.comv";
    DOMAIN_PRIVATE "domain-private" Error "The name is one of private networks"
        "`.local`, `.lan`, `.internal` and their like name a different machine in each network; `localhost` is the phone itself."
        repair "Remove it."
        example "printer.local";
    DOMAIN_RESERVED "domain-reserved" Info "The name is reserved for examples"
        "`.example`, `.test`, `.invalid` and `example.com` are kept for documentation (RFC 2606, RFC 6761): nobody is reached there."
        repair "Remove it, unless the pack is a test."
        example "evil.example";
    DOMAIN_IS_PUBLIC_SUFFIX "domain-is-public-suffix" Error "The domain is a public suffix"
        "Under this name anybody registers domains: a domain indicator means everything below it, so every one of them would match."
        repair "Name the domain that was registered."
        example "co.uk";
    DOMAIN_IS_SHARED "domain-is-shared" Error "The domain is a service that strangers share"
        "A host of web pages, a dynamic DNS, a shortener of links: customers of all kinds have names or pages there, and all of them would match."
        repair "Name the customer's host, or use a URL."
        example "duckdns.org";
    DOMAIN_ON_SHARED "domain-on-shared" Info "The name belongs to a customer of a hosting service"
        "Such names pass from hand to hand when an account ends."
        repair "Give the indicator a `valid_until` when the page is gone."
        example "evil.appspot.com";
    DOMAIN_IS_POPULAR "domain-is-popular" Error "Ordinary phones talk to this host"
        "A match would say nothing and frighten somebody."
        repair "Remove it, or use a URL that only the attack has."
        example "mail.google.com";
    DOMAIN_WWW "domain-www" Warning "`www.` hides the domain from itself"
        "The indicator matches `www.…` and what lies below, not the domain, which leads to the same site. Tools that drop `www.` from what they compare never match it at all."
        repair "Write the domain without `www.`."
        example "www.evil.com";
    ADDRESS_AS_DOMAIN "address-as-domain" Warning "An address is written as a domain"
        "vigie takes it for the address it is. Other tools compare names only."
        repair "Write it as `ipv4-addr:value`, or into ip-addresses.txt."
        example "[domain-name:value = '198.51.100.7']";

    ADDRESS_PRIVATE "address-private" Error "The address is private or reserved"
        "It names a different machine in each network, or none: loopback, link-local, private and multicast addresses occur on every phone."
        repair "Remove it."
        example "192.168.1.1";
    ADDRESS_RESERVED "address-reserved" Info "The address is reserved for examples"
        "The ranges of RFC 5737 and RFC 3849 are kept for documentation."
        repair "Remove it, unless the pack is a test."
        example "192.0.2.1";
    ADDRESS_SHARED "address-shared" Error "The address belongs to a service that everybody uses"
        "Addresses of Google, Apple, Meta, Microsoft, Cloudflare, of public name servers and of hosts of parked domains serve millions at once; one of them got into the list because a malicious name led there for a while."
        repair "Remove it; keep the name that led there."
        example "142.250.1.138";
    ADDRESS_RANGE "address-range" Error "A range is compared with ="
        "An address is never equal to a range."
        repair "Use a pattern: `[ipv4-addr:value ISSUBSET '198.51.100.0/24']`."
        example "198.51.100.0/24";
    URL_POPULAR "url-is-popular" Error "The URL is the front page of a host that everybody visits"
        "Without a path of its own it says nothing about an attack."
        repair "Add the path, or remove it."
        example "https://www.google.com/";
    URL_WITHOUT_SCHEME "url-without-scheme" Info "The URL has no scheme"
        "vigie takes it for `http://`, and a record with `https://` is then another URL."
        repair "Write the URL as it was seen, with its scheme."
        example "evil.com/x";

    PATH_RELATIVE "path-relative" Error "The path is relative"
        "`file:path` is compared with absolute paths of the phone; a path that begins in the middle matches none."
        repair "Write the absolute path, or use `file:name`."
        example "Library/Preferences/com.evil.plist";
    PATH_TOO_BROAD "path-too-broad" Error "The path is a folder of the system"
        "A path means the folder and everything below it, so that ordinary files match on every phone."
        repair "Name the file or the folder that only the attack has."
        example "/private/var/tmp/";
    FILE_NAME_WITH_PATH "file-name-with-path" Error "A file name holds a slash"
        "`file:name` is the last component of a path; one with a slash equals none."
        repair "Use `file:path`, or keep only what follows the last slash."
        example "tmp/evil.bin";
    FILE_NAME_GENERIC "file-name-generic" Error "Ordinary phones hold files of this name"
        "The name alone says nothing about an attack."
        repair "Use the whole path, or a hash."
        example "Info.plist";
    PROCESS_IS_SYSTEM "process-is-system" Error "An ordinary process of phones has this name"
        "Every phone would match. Names are compared as they are, with their case."
        repair "Use the path of the executable, or remove it."
        example "launchd";
    PROCESS_GENERIC "process-generic" Warning "The process name is a common word, or very short"
        "Apps name their threads and helpers like this; a match alone says little."
        repair "Join it with something else in a pattern, or limit it to a platform or an artifact."
        example "payload";
    INNOCENT "known-innocent" Error "The value was withdrawn as a false alarm"
        "Its publisher took it back, or it is known to be part of every system. vigie does not match it."
        repair "Remove it."
        example "com.apple.CrashReporter.plist";
    INNOCENT_TWIN "innocent-twin" Warning "The value is innocent on another platform"
        "What is a sign on one system is an ordinary name on the other. vigie limits it to the platform where it is a sign; other tools do not."
        repair "Limit it: `# platform: ios` above it in a list, or a pattern on one artifact."
        example "gatekeeperd";
    APP_IS_SYSTEM "app-is-system" Error "Ordinary phones have this app"
        "The identifier is that of a system app or of one that many people use."
        repair "Use the hash of the signing certificate of the false app."
        example "com.android.systemui";
    APP_NOT_AN_ID "app-not-an-id" Error "The value is no app identifier"
        "Identifiers are letters, digits, `_`, `-` and dots. Anything else is installed nowhere."
        repair "Look the identifier up in the publication."
        example "Evil App 2";
    MASQUERADE "masquerades-as-system" Info "The name poses as a part of the system"
        "Tools that leave out system apps by the beginning of their names hide this one, and people take it for a part of the phone. Check on a clean phone of that make that nothing has this very name."
        repair "Nothing; say it in the description, and add the certificate where it is known."
        example "com.android.core.monitor";

    HASH_LENGTH "hash-length" Error "The hash has another length than its algorithm"
        "A SHA-1 in a list of SHA-256, or digits that were lost. It equals no hash."
        repair "Move it to the list of its algorithm, or copy it anew."
        example "d41d8cd98f00b204e9800998ecf8427e in sha256.txt";
    HASH_NOT_HEX "hash-not-hex" Error "The hash is not hexadecimal"
        "A letter beyond `f`, a blank, a name behind the hash: it equals no hash."
        repair "Copy the digits alone."
        example "d41d8cd9…";
    HASH_OF_NOTHING "hash-of-nothing" Error "It is the hash of an empty file, or of nothing"
        "Empty files are everywhere, and a row of equal digits is a placeholder."
        repair "Remove it."
        example "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    HASH_KEY "hash-key-spelling" Info "The name of the algorithm is not spelled as STIX spells it"
        "STIX 2.1 §10.6 says `MD5`, `'SHA-1'`, `'SHA-256'`. vigie understands any spelling; strict readers do not."
        repair "Write `file:hashes.'SHA-256'`."
        example "[file:hashes.sha256 = '…']";

    DUPLICATE "duplicate" Warning "The same indicator comes twice"
        "Two spellings of one value are one value. It costs nothing but hides, and counts of indicators become wrong."
        repair "Remove one."
        example "EVIL.com and evil.com";
    DUPLICATE_ATTRIBUTION "duplicate-attribution" Error "One indicator is attributed to two families"
        "A finding would name both, and most tools name only the one they read last."
        repair "Decide, or say in both that the infrastructure is shared and waive the rule."
        example "evil.com in two packs";
    DUPLICATE_PACKS "duplicate-across-packs" Info "Packs share indicators of the same family"
        "vigie shows one finding with both sources; tools that do not, count twice."
        repair "Nothing, or keep the values in one of the packs."
        example "predator.stix2 holds all of cytrox.stix2";
    REVOKED_ACTIVE "revoked-and-active" Error "The indicator is withdrawn and active at once"
        "One object withdraws what another still says. Readers that ignore `revoked` match it, those that heed it may match it too."
        repair "Remove or revoke the other object as well."
        example "two indicators for evil.com, one with \"revoked\": true";
    VALIDITY_REVERSED "validity-reversed" Error "The indicator ends before it begins"
        "`valid_until` must be later than `valid_from` (STIX 2.1 §4.7); it is never valid."
        repair "Correct the dates."
        example "valid_from 2026, valid_until 2025";
    EXPIRED "expired" Info "The indicators of this file are past their end"
        "vigie still matches what happened before the end, and marks other matches as expired."
        repair "Nothing, if the end is right."
        example "valid_until of last year";
    FROM_FUTURE "valid-from-future" Warning "The indicator begins in the future"
        "Mostly a slip of the pen in the date."
        repair "Correct `valid_from`."
        example "valid_from 2126-01-01";
}
