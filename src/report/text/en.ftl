# The interface's own words. Every message exists in every language; placeholders are named alike.
# Plain, calm, short. Somebody reads this to a frightened person: never "clean", never "infected".

## Head of a page

page-version = vigie { $version }
case-number = Case: { $case }
case-operator = Examiner: { $operator }
case-consent = Consent: { $consent }
summary-heading = Results
short-heading = In short
device-heading = Phone { $id }, { $name }
input-heading = Input { $id }, { $name }
device-unknown = model unknown
device-acquired = acquired { $when }
device-newest = newest acquisition { $when }
device-same-by = Taken for one phone, because this is the same in all: { $ground }.
identifier-udid = UDID
identifier-serial = serial number
note = Note: { $note }
label = { $name }:
list-separator = ,
sentence-separator = ;
list-more = { $list } and { $n ->
    [one] one more
   *[other] { $n } more
}
# Where what a page leaves out can be seen.
where-written = in page.txt
where-unwritten = to be seen in a report (option -o)
named-written = named in findings.json
named-unwritten = named in a report (option -o)
more-notes = { $n ->
    [one] One more note, { $where }.
   *[other] { $n } more notes, { $where }.
}
read-none = No records were read.
read = Read: { $records ->
    [one] one record
   *[other] { $records } records
} of { $artifacts ->
    [one] one kind
   *[other] { $artifacts } kinds
}.
read-dated = Read: { $records ->
    [one] one record
   *[other] { $records } records
} of { $artifacts ->
    [one] one kind
   *[other] { $artifacts } kinds
}, dated { $from } to { $to }.

## Kinds of evidence

kind-ios-backup = iOS backup
kind-ios-backup-encrypted = Encrypted iOS backup
kind-ios-backup-old = iOS backup of an old kind
kind-ios-file-system = Copy of an iPhone's file system
kind-sysdiagnose = Sysdiagnose of an iPhone
kind-android-bugreport = Android bug report
kind-android-backup = Android backup (.ab)
kind-android-file-system = Copy of an Android file system
kind-androidqf = AndroidQF collection
kind-cellebrite = Acquisition made with Cellebrite's tools
kind-archive = Archive
kind-zip-truncated = Zip archive, cut short
kind-encrypted = Encrypted file
kind-empty = Empty file
kind-unreadable = Cannot be read
kind-unknown = Not recognized

## Times and places

moment-utc = { $at } UTC
moment-local = { $at } (phone's clock)
moment-both = { $local } ({ $utc } UTC)
year-inferred = { $when } (the year is not written, and was inferred)
span = { $from } to { $to }
locator-whole = whole file
locator-line = line { $n }
locator-offset = byte { $n }
locator-element = element { $n }
locator-key = key { $name }
locator-row = { $name }, row { $n }
locator-row-old = { $name }, row { $n } (an older version of it)
locator-row-free = { $name }, row { $n } (deleted)

## Verdicts

state-match = match
state-suspicious = suspicious
state-no-match = no match
state-inconclusive = inconclusive
state-invalid = invalid
verdict-label = Result:
first-away = First: take this conversation away from the phone. Put it in another room, and talk and write about this on another device.
first-safety = First: think of safety. Somebody close may see what is done on this phone and notice every change. Talk and write about this on another device, and change nothing yet.
verdict-match = traces match a known tool.
verdict-match-named = traces match what is known of { $names }.
verdict-match-why = The strongest one: { $what } ({ $when }). Take this as a serious sign, not as final proof. An expert should look at it.
verdict-match-why-watched = The strongest one: { $what } ({ $when }). This is often known and agreed; the finding says how to ask.
verdict-match-not-run = Nothing that was found shows that such a tool ran or was installed on the phone.
verdict-match-do = Do not reset, update or throw away the phone, and keep this acquisition. What to do next stands below each finding.
verdict-suspicious = suspicious. Something deserves a closer look.
verdict-suspicious-why = No strong trace names a known tool. What was found can have harmless causes; they stand below each finding. Go through them calmly with the phone's owner, and keep this acquisition.
verdict-suspicious-strong = At least one finding weighs much: have an expert look at it, and do not reset or update the phone before.
verdict-no-match = no match with known tools in what was examined.
verdict-no-match-why = Everything there is in it that this check reads was read whole, and nothing of weight in it matched the indicators and rules used.
verdict-no-match-limits = This does not show that the phone is free of spyware. New or unpublished tools, erased traces, and whatever this kind of acquisition does not hold cannot be seen.
verdict-no-match-do = Keep this acquisition: it can be checked again with newer indicators. If there was a warning from Apple, Google or WhatsApp, or another reason to fear an attack, ask for expert help all the same.
verdict-inconclusive = no conclusion, because { $n ->
    [one] one thing could not be read whole
   *[other] { $n } things could not be read whole
}: { $list }.
verdict-inconclusive-reason = no conclusion. { $reason }
verdict-inconclusive-why = What could be read holds no match of weight. That is not enough to say more: the trace could lie in what is missing. What is missing, and what to do about it, stands below.
verdict-invalid = nothing was examined. { $reason }
verdict-invalid-plain = nothing was examined.
verdict-invalid-why = This says nothing about the phone, neither good nor bad.
verdict-incomplete = The check was not complete: { $list } could not be read whole. There may be more than what was found.
verdict-incomplete-plain = The check was not complete. There may be more than what was found.

## Findings

findings-heading = What was found
findings-none = No finding of weight.
findings-none-incomplete = No finding of weight in what could be read.
severity-critical = critical
severity-high = high
severity-medium = medium
severity-low = low
severity-info = info
context-executed = a program ran
context-installed = a program is or was installed
context-persisted = something is stored on the phone
context-contacted = the phone contacted an address
context-visited = a page was opened
context-delivered = somebody sent it to the phone
context-configured = a setting
context-sent = it was sent from the phone
context-mentioned = it is mentioned
step-exact = exact value
step-normalized = same value, other spelling
step-host = host of a link
step-subdomain = below a known domain
step-nested = link inside a link
step-in-text = inside a text, which weighs less
step-truncated = name cut short, which weighs less
step-basename = file name of a path
step-inside = inside a known folder
step-origin = named by a path
step-package = package of a process
step-rule = rule
event-when = { $n } traces of this tool, together: { $when }
event-more = The other traces of it:
event-left-out = { $n ->
    [one] And one more trace of it, { $where }.
   *[other] And { $n } more traces of it, { $where }.
}
finding-what = What: { $context }; seen in { $artifact } ({ $count ->
    [one] one record
   *[other] { $count } records
}); { $when }
finding-undated = no date
finding-where = Where: { $file }, { $locator } ({ $evidence })
finding-example = Where, for example: { $file }, { $locator } ({ $evidence })
finding-known = Known from: { $sources }
finding-names = These: { $list }
finding-rule = Rule: { $sources }
finding-source = { $name }, pack { $packs }
finding-how = Seen as: { $step }
finding-expired = The publisher's end date for this indicator has passed.
finding-why = Why it matters:
finding-innocent = Can be harmless:
finding-next = Next step:
finding-as = as said for { $n }.
findings-more = { $n ->
    [one] And one more finding [{ $gravest }], in page.txt.
   *[other] And { $n } more findings, the gravest [{ $gravest }], in page.txt.
}
findings-more-unwritten = { $n ->
    [one] And one more finding [{ $gravest }]; write a report with -o to see it.
   *[other] And { $n } more findings, the gravest [{ $gravest }]; write a report with -o to see them.
}
findings-info = Also noted, with no weight by themselves: { $list }.
unnamed-tool = a tool (not named)
unnamed-source = a tool (not named)
rule-untold-why = The pack that holds this rule gives no explanation.
rule-untold-next = Ask whoever wrote the pack what the rule means.
help-addresses = : Access Now Digital Security Helpline (https://www.accessnow.org/help/) or Amnesty Security Lab (https://securitylab.amnesty.org/get-help/)
help-survivors = { " " }(https://stopstalkerware.org)

## Suppressed findings

verdict-suppressed = { $n ->
    [one] One finding does not count here, because a suppression file hides it; it is listed below.
   *[other] { $n } findings do not count here, because a suppression file hides them; they are listed below.
}
suppressed-by = { $n ->
    [one] One finding is hidden by { $file } and does not count:
   *[other] { $n } findings are hidden by { $file } and do not count:
}
suppressed-why = Reason given: { $reason }. Holds until { $date }.
suppressed-more = { $n ->
    [one] And one more, { $where }.
   *[other] And { $n } more, { $where }.
}
suppress-expired = { $n ->
    [one] One entry of { $file } is past its end date and hides nothing.
   *[other] { $n } entries of { $file } are past their end date and hide nothing.
}
suppress-expired-entry = Line { $line } ended on { $date } and would hide { $n ->
    [one] one finding that counts now
   *[other] { $n } findings that count now
}: { $about }

## What could not be checked

gaps-heading = What could not be checked
gaps-none = Everything that is there and that this check reads was read whole.
gaps-needed = Lost, or not there though it should be:
gap = { $artifact }: { $status }. { $reason }
gap-beside = { $path }: { $reason }
gap-lost = { $n ->
    [one] One record is lost.
   *[other] { $n } records are lost.
}
gaps-more = { $n ->
    [one] And one more line of this kind, { $where }.
   *[other] And { $n } more lines of this kind, { $where }.
}
gaps-normal = Not in this acquisition, which is often normal: { $list }.
status-parsed = read
status-empty = read, nothing in it
status-absent = not in this acquisition
status-missing = listed, and not there
status-locked = locked
status-not-applicable = not expected here
status-partial = read in part
status-failed = could not be read
advice-label = What to do:

## What else was given

elsewhere-heading = What else lies there
elsewhere-incomplete = Not everything that was given could be examined: this check as a whole is not complete.
elsewhere-more = { $n ->
    [one] And one more, { $where }.
   *[other] And { $n } more, { $where }.
}
elsewhere-more-short = { $n ->
    [one] And one more.
   *[other] And { $n } more.
}
elsewhere-counted = { $n ->
    [one] One other file is no acquisition and was not examined
   *[other] { $n } other files are no acquisitions and were not examined
} (pictures, films, sound: { $media }; texts and documents: { $documents }; others: { $others }).

## What to do

todo-copy-or-acquire = copy it again from where it was made. If that changes nothing and the phone is still at hand, { $platform ->
    [ios] make a new full backup with encryption switched on, decrypt it, and scan the decrypted folder.
    [android] make a new full bug report (Developer options, Bug report, Full report), wait until it is finished, and scan that.
   *[other] make a new acquisition, and scan that.
}
todo-acquire = { $platform ->
    [ios] make a new full backup of the iPhone with encryption switched on, wait until it is finished, decrypt it, and scan the decrypted folder.
    [android] make a new full bug report on the phone (Developer options, Bug report, Full report), wait until it is finished, and scan that.
   *[other] make a new acquisition of the phone, wait until it is finished, and scan that.
}
todo-acquire-encrypted = if the phone's owner agrees: a backup with encryption switched on also holds Safari's history. Make one, decrypt it (for example with mvt-ios decrypt-backup), and scan the decrypted folder as well.
todo-decrypt = ask for the password or the key, decrypt it into a new folder, and scan that folder. For an iOS backup, use a tool that decrypts iOS backups, for example mvt-ios decrypt-backup.
todo-allow = give the program the right to read it. On macOS: System Settings, Privacy & Security, Full Disk Access, for the terminal program. Elsewhere: scan as the user to whom the files belong, or copy them to where they may be read.
todo-update = copy it again from where it was made. If that changes nothing, look for a newer vigie, and tell its authors which version of the system the phone has.
todo-by-hand = have an expert look at this by hand, with this report beside it.
todo-part = scan one folder after the other, or name the acquisition itself.
todo-other = vigie reads iOS backups that are not encrypted, or decrypted (the folder with Manifest.db), and Android bug reports (the zip, its unpacked folder, or the text). If one of these lies there, give its path. If the phone is at hand, make one. For other kinds, use the tool that reads them.
todo-unpack = unpack it into a new folder, and scan that folder.
todo-packs = load indicators (-i), or leave out --no-builtin.
todo-evidence = examine another kind of acquisition of this phone, or leave this pack out.
todo-report = tell the authors of vigie what this page says, and which version it is.

## Indicators

indicators-heading = How it was checked
class-mercenary = spyware that states use
class-stalkerware = stalkerware and other apps to watch somebody close
class-extraction = tools that unlock and copy phones
class-links = links and addresses
class-links-among = links and addresses among these
class-rules = odd settings and traces (rules)
class-count = { $class } ({ $n })
class-age = { $class } ({ $days } days)
classes-sought = Looked for: { $list }.
classes-not-sought = Not looked for, because no loaded pack holds any: { $list }.
classes-not-shown = Loaded, and not to be seen in this kind of acquisition: { $list }.
classes-old = Last changed so long before this acquisition that they cannot know what was found since: { $list }. Get newer ones and check again.
indicators = Indicators and rules loaded: { $loaded }, from { $packs ->
    [one] one pack
   *[other] { $packs } packs
}. Could show in this kind of acquisition: { $applicable }.
indicators-unevaluated = { $n ->
    [one] One more could not be evaluated, { $named }.
   *[other] { $n } more could not be evaluated, { $named }.
}
indicators-unraised = { $n ->
    [one] One rule weighs more in the time when the phone was out of its owner's hands. vigie cannot be told yet when that was, so it counts with its lower weight.
   *[other] { $n } rules weigh more in the time when the phone was out of its owner's hands. vigie cannot be told yet when that was, so they count with their lower weight.
}
indicators-expired = { $n ->
    [one] One is past its publisher's end date.
   *[other] { $n } are past their publisher's end date.
}
indicators-outside = { $n ->
    [one] One record was left out, because it is younger than its indicator's end date.
   *[other] { $n } records were left out, because they are younger than their indicator's end date.
}
indicators-not-hits = These numbers say how much was looked for, not how much was found.
indicators-none = No indicators were loaded: only that the acquisition can be read was checked.
pack-problem = Pack { $pack }: { $problem }
pack-problems-more = Packs have { $n } more problems; “vigie packs list” with the same -i names them.

## Help, and the report

help-heading = Where to find help
help-experts = Experts, free of charge and in confidence: Access Now Digital Security Helpline (https://www.accessnow.org/help/), Amnesty Security Lab (https://securitylab.amnesty.org/get-help/).
help-close = When somebody close may be behind it: https://stopstalkerware.org.
report-heading = Report
report-written = page.txt is this page with all findings, findings.json the report for programs; matches.jsonl, timeline.csv and records/ hold the details. They contain private data in clear: keep them safe.
report-unwritten = Nothing was written. To keep a report, run the scan again with -o FOLDER.

swept = removed what a scan that was cut short had left: { $path }

## Artifacts

artifact-android-appops = Use of permissions by apps
artifact-android-getprop = System properties
artifact-android-packages = Installed apps
artifact-android-processes = Running programs
artifact-android-settings = Settings
artifact-android-tombstones = Crash reports
artifact-ios-backup-info = Device and installed apps
artifact-ios-configuration-profiles = Configuration profiles
artifact-ios-datausage = Network use by program
artifact-ios-manifest = List of the backup's files
artifact-ios-safari-history = Safari history
artifact-ios-sms = Messages (SMS, iMessage)
artifact-ios-tcc = Privacy permissions
artifact-ios-whatsapp = WhatsApp messages

## Reasons: verdicts

reason-findings = Findings of severity { $severity ->
    [critical] critical
    [high] high
    [medium] medium
    [low] low
   *[info] info
}: { $count }.
reason-suppressed = Findings that { $file } hides: { $count }.
reason-device = { $device }: { $state ->
    [match] match
    [suspicious] suspicious
    [no-match] no match
    [inconclusive] inconclusive
   *[invalid] invalid
}.
reason-unknown = { $text }
reason-pack-not-shown = Nothing of { $path } can show in this kind of acquisition, so nothing of it was looked for.
reason-no-indicators = No indicators were loaded, so nothing was looked for.
reason-pattern-undecided = Too many records match parts of an indicator over several records, so it is not decided: { $pattern }
reason-identity-contradicted = { $device } carries one of the same identifiers, and differs in another. One of the two copies may have been changed. ({ $text })

## Reasons: what an acquisition is

reason-age-encrypted = It is encrypted with age; the lab that collected it has the key.
reason-archive-locked = It holds encrypted files. ({ $text })
reason-archive-unread = It is an archive of a kind that vigie does not look into. ({ $text })
reason-backup-unfinished = The backup was not finished: what the phone had not copied by then is not in it.
reason-damaged-file = It is damaged. ({ $text })
reason-dumpstate-missing = It is an Android bug report whose main part is missing.
reason-empty-dumpstate = It is an Android bug report without content.
reason-empty-file = The file is empty (0 bytes): the acquisition failed or was not copied whole.
reason-encrypted-backup = It is an encrypted iOS backup: nothing in it can be read without its password.
reason-link-not-followed = It is a link to somewhere else, and links are not followed.
reason-looked-at-limit = There is more than vigie looks through. ({ $text })
reason-loose-file = It is a file of a phone without the acquisition it belongs to.
reason-manifest-empty = It is an iOS backup whose list of files (Manifest.db) is empty.
reason-manifest-missing = It is an iOS backup without its list of files (Manifest.db): what the files in it are cannot be told.
reason-manifest-unreadable = It is an iOS backup whose list of files cannot be read. ({ $text })
reason-more-beside = { $count } more things that lie beside it were not examined.
reason-not-an-acquisition = Nothing in it is an acquisition that vigie can read.
reason-not-read-yet = It is an acquisition of a kind that vigie does not read yet.
reason-old-backup = It is a backup of iOS 9 or older (Manifest.mbdb), which vigie does not read.
reason-status-unreadable = Whether the backup was finished cannot be told. ({ $text })
reason-tool-output = { $text }
reason-truncated-zip = It is a zip that was cut short. ({ $text })
reason-unreadable = It cannot be opened. ({ $text })
reason-unreadable-folder = This folder cannot be opened; what lies in it was not looked at. ({ $text })
reason-unreadable-part = A part of the acquisition cannot be opened. ({ $text })

## Reasons: what an acquisition holds

reason-dumpstate-damaged = The bug report is damaged; it was read up to the damage. ({ $text })
reason-dumpstate-limit = The bug report is larger than what is read for safety's sake. ({ $text })
reason-duplicate-member = The archive holds two files of one name. ({ $text })
reason-empty-tombstones = Some crash reports are empty: files that the phone sets aside. ({ $text })
reason-few-files-missing = { $missing } of the { $listed } files that the backup lists are missing. None of them is read here.
reason-file-missing = The acquisition lists this file, and does not hold it.
reason-file-unlisted = A file lies in the backup that its list does not name: the list may lack others too. This one was read all the same. ({ $text })
reason-files-missing = The backup is not whole: { $missing } of the { $listed } files it lists are missing.
reason-locked = It is encrypted or protected.
reason-main-entry-dangling = The file named as the main part is not there; another was read. ({ $text })
reason-main-text-twice = The main text stands in it more than once, and the copies can differ. ({ $text })
reason-manifest-damaged = The list of the backup's files is damaged; some files may be hidden in the part that cannot be read.
reason-manifest-rows = In the list of the backup's files, { $count } names and numbers do not fit each other: they are damaged, and may hide files.
reason-members-unlisted = The archive is damaged: it counts more files than it lists.
reason-report-date-unreadable = The date on the report is no date, so ages cannot be told. ({ $text })
reason-required-absent = A whole acquisition of this kind normally holds it.
reason-root-plist-damaged = One of the backup's own property lists is damaged. ({ $text })
reason-sections-limit = The bug report has more parts than are read. ({ $text })
reason-store-sealed = The messages of { $app } are there and cannot be read: no backup holds their key.
reason-unencrypted-backup = This backup was made without encryption, and such backups do not hold it.

## Reasons: reading

reason-blob-damaged = Details of some files could not be read. ({ $text })
reason-body-damaged = The text of some messages could not be read whole. ({ $text })
reason-body-odd = The text of some messages is stored in an odd way; links in it may be missing. ({ $text })
reason-column-missing = This version of the system does not write everything. ({ $text })
reason-components-limit = There are more programs named than are read. ({ $text })
reason-deleted-process-unsure = Because of damage, a missing program name may be no sign here.
reason-endpoints-limit = There are more addresses than are looked at. ({ $text })
reason-entries-limit = There are more entries than are read. ({ $text })
reason-evidence = The acquisition did not give the file's bytes. ({ $text })
reason-field-unreadable = Some values are there and could not be read. ({ $text })
reason-format = The content is not what is expected there. ({ $text })
reason-frames-limit = Part of a crash report was left out. ({ $text })
reason-internal-error = vigie itself failed here. ({ $text })
reason-io = Reading stopped with an error. ({ $text })
reason-key-column-missing = It is stored in a way that vigie does not know: the system is of another version, or the file is damaged. ({ $text })
reason-key-missing = It is stored in a way that vigie does not know: the system is of another version, or the file is damaged. ({ $text })
reason-identity-mixed = The files of this backup speak of different phones, or versions: they may have been put together. ({ $text })
reason-journal-hot = Changes that were begun were never finished: rows may be missing. ({ $text })
reason-limit = It is larger than what is read for safety's sake. ({ $text })
reason-line-cut = Very long lines were cut. ({ $text })
reason-lines-not-understood = Some lines were not understood; none of them should hold a record. ({ $text })
reason-metadata-damaged = The store's record of an app is damaged. ({ $text })
reason-names-limit = There are more names than are kept. ({ $text })
reason-notes-limit = There are more notes than are kept. ({ $text })
reason-patch-level-unreadable = The date of the security update could not be read. ({ $text })
reason-permissions-limit = There are more permissions than are read. ({ $text })
reason-plist-damaged = A property list is damaged. ({ $text })
reason-protobuf-unreadable = One form of a crash report could not be read; its text was. ({ $text })
reason-records-not-understood = Some records were not understood. ({ $text })
reason-rows-missing = A table holds fewer rows than its own index counts. ({ $text })
reason-section-failed = The phone could not write this part of the bug report.
reason-section-missing = The part that matters is not in it. ({ $text })
reason-section-timeout = The phone took too long to write this part of the bug report.
reason-section-unclosed = This part of the bug report does not end as the others do. ({ $text })
reason-sqlite = The database shows a fault. ({ $text })
reason-sqlite-damage = The database is damaged. ({ $text })
reason-table-missing = It is stored in a way that vigie does not know: the system is of another version, or the file is damaged. ({ $text })
reason-text-unreadable = A crash report's text could not be read; its other form was.
reason-tombstones-limit = There are more crash reports than are read. ({ $text })
reason-truncated = It ends too early. ({ $text })
reason-url-missing = Some visits have lost their address. ({ $text })
reason-wal-missing = The newest entries may be missing: a companion file is not in the backup.
reason-wal-short = The newest entries may be missing: a companion file is shorter in the backup than it was on the phone.

## Reasons: packs

reason-bundle-damaged = The pack's file ends before the pack does; what came before was loaded.
reason-date-unreadable = A date in the pack cannot be read. ({ $text })
reason-families-limit = The packs name more malware than can be told apart; some indicators are used without its name. ({ $text })
reason-innocent-twin = An indicator in it also names something ordinary, and is used with care. ({ $text })
reason-not-stix = It is not a STIX bundle. ({ $text })
reason-object-damaged = One entry of the pack is damaged and was left out. ({ $text })
reason-pack-file = A file of it could not be used. ({ $text })
reason-pack-missing = A pack that the index names is not here. ({ $text })
reason-pattern-part = A part of an indicator can never match; the rest of it is used. ({ $text })
reason-platform-unknown = A platform named in the pack is not known; the values below it are not used. ({ $text })
reason-problems-limit = There are { $count } more problems of the kind { $kind }.
reason-property-ignored = Part of an entry of the pack was ignored. ({ $text })
reason-superseded = Older versions of its indicators are not used. ({ $text })
reason-value-assumed = Some values do not say what they are, and are looked for as all they could be. ({ $text })
