# The interface's own words. Every message exists in every language; placeholders are named alike.
# Plain, calm, short. Somebody reads this to a frightened person: never "clean", never "infected".

## Head of a page

page-version = vigie { $version }
case-number = Case: { $case }
case-operator = Examiner: { $operator }
case-consent = Consent: { $consent }
summary-heading = Results
device-heading = Phone { $id }
input-heading = Input { $id }
device-unknown = model unknown
device-acquired = acquired { $when }
device-newest = newest acquisition { $when }
note = Note: { $note }
label = { $name }:
more-notes = { $n ->
    [one] One more note stands in findings.json.
   *[other] { $n } more notes stand in findings.json.
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
kind-android-bugreport = Android bug report
kind-zip = Zip archive
kind-zip-truncated = Zip archive, cut short
kind-encrypted = Encrypted file
kind-empty = Empty file
kind-unreadable = Cannot be read
kind-unknown = Not recognized

## Times

phone-clock = phone's clock
span = { $from } to { $to }

## Verdicts

state-match = match
state-suspicious = suspicious
state-no-match = no match
state-inconclusive = inconclusive
state-invalid = invalid
verdict-label = Result:
verdict-match = traces match a known tool.
verdict-match-named = traces match what is known of { $names }.
verdict-match-why = The strongest one says: { $what }. Take this as a serious sign, not as final proof. An expert should look at it.
verdict-match-not-run = Nothing that was found shows that such a tool ran or was installed on the phone.
verdict-match-do = Do not reset, update or throw away the phone, and keep this acquisition. What to do next stands below each finding.
verdict-match-safety = If somebody close may have done this, think of safety first: they may notice changes. Speak about it from another device (https://stopstalkerware.org).
verdict-suspicious = suspicious. Something deserves a closer look.
verdict-suspicious-why = No strong trace names a known tool. What was found can have harmless causes; they stand below each finding. Go through them calmly with the phone's owner, and keep this acquisition.
verdict-suspicious-strong = At least one finding weighs much: have an expert look at it, and do not reset or update the phone before.
verdict-no-match = no match with known tools in what was examined.
verdict-no-match-why = Everything this check needs could be read, and nothing of weight in it matched the indicators and rules used.
verdict-no-match-limits = This does not show that the phone is free of spyware. New or unpublished tools, erased traces, and whatever this kind of acquisition does not hold cannot be seen.
verdict-nothing-applicable = None of the indicators and rules that were loaded could show in this kind of acquisition, so this result says almost nothing.
verdict-no-match-do = Keep this acquisition: it can be checked again with newer indicators. If there was a warning from Apple, Google or WhatsApp, or another reason to fear an attack, ask for expert help all the same: Access Now Digital Security Helpline (https://www.accessnow.org/help/).
verdict-inconclusive = no conclusion, because { $n ->
    [one] something needed could not be read whole
   *[other] { $n } things that are needed could not be read whole
}: { $list }.
verdict-inconclusive-reason = no conclusion. { $reason }
verdict-inconclusive-plain = no conclusion, because too little could be read.
verdict-inconclusive-why = What could be read holds no match of weight. That is not enough to say more: the trace could lie in what is missing. How to get it stands below.
verdict-invalid = nothing was examined. { $reason }
verdict-invalid-plain = nothing was examined.
verdict-invalid-why = This says nothing about the phone, neither good nor bad.
verdict-incomplete = The check was not complete: { $list } could not be read whole. There may be more than what was found.
verdict-incomplete-plain = The check was not complete. There may be more than what was found.
list-more = { $list } and { $n } more

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
finding-what = What: { $context }; { $count ->
    [one] once
   *[other] { $count } times
} in { $artifact }; { $when }
finding-undated = no date
finding-where = Where: { $file }, { $locator } ({ $evidence })
finding-example = Where, for example: { $file }, { $locator } ({ $evidence })
finding-known = Known from: { $sources }
finding-rule = Rule: { $sources }
finding-source = { $name }, pack { $packs }
finding-how = Seen as: { $step }
finding-expired = The publisher's end date for this indicator has passed.
finding-innocent = Can be harmless:
finding-innocent-as = Can be harmless: as said for { $n }.
finding-next = Next step:
finding-next-as = Next step: as said for { $n }.
findings-more = { $n ->
    [one] And one more in findings.json.
   *[other] And { $n } more in findings.json.
}
findings-more-unwritten = { $n ->
    [one] And one more; write a report with -o to see it.
   *[other] And { $n } more; write a report with -o to see them.
}
findings-info = Also noted, with no weight by themselves: { $list }.
unnamed-tool = a tool (not named)

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
    [one] And one more in findings.json.
   *[other] And { $n } more in findings.json.
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
gaps-none = Everything this check needs was read whole.
gaps-needed = Needed for a result:
gaps-other = Less important:
gap = { $artifact }: { $status }. { $reason }
gap-plain = { $artifact }: { $status }.
gap-lost = { $n ->
    [one] One record is lost.
   *[other] { $n } records are lost.
}
gaps-more = { $n ->
    [one] And one more line of this kind in findings.json.
   *[other] And { $n } more lines of this kind in findings.json.
}
gaps-normal = Not in this acquisition, which is often normal: { $list }.
status-parsed = read
status-empty = read, nothing in it
status-absent = not in this acquisition
status-locked = locked
status-not-applicable = not expected here
status-partial = read in part
status-failed = could not be read
advice-label = What to do:
advice-absent-ios = make a new, full backup of the iPhone with encryption switched on: it holds more than one without.
advice-absent-android = make a new full bug report on the phone (Developer options, Bug report, Full report), and wait until it is finished.
advice-locked = ask the owner for the password, decrypt the acquisition and scan it again.
advice-partial = what was read counts. Copy the acquisition again or, if the phone is still at hand, make a new one.
advice-failed = copy the acquisition again from where it was made. If it still cannot be read, make a new one.
advice-invalid = name the right file or folder, or make a new acquisition, and scan again.

## Indicators

indicators-heading = How it was checked
indicators = Known marks looked for (indicators and rules): { $loaded }, from { $packs ->
    [one] one pack
   *[other] { $packs } packs
}. Could show in this kind of acquisition: { $applicable }.
indicators-unevaluated = { $n ->
    [one] One more could not be evaluated; the report names it.
   *[other] { $n } more could not be evaluated; the report names them.
}
indicators-expired = { $n ->
    [one] One is past its publisher's end date.
   *[other] { $n } are past their publisher's end date.
}
indicators-outside = { $n ->
    [one] One record was left out, because it is younger than its indicator's end date.
   *[other] { $n } records were left out, because they are younger than their indicator's end date.
}
indicators-stale = The newest of them were written { $days } days before this acquisition. They cannot know what was found since: get newer ones (vigie packs update) and check again.
indicators-not-hits = These numbers say how much was looked for, not how much was found.
indicators-none = No indicators were loaded: only that the acquisition can be read was checked.
pack-problem = Pack { $pack }: { $problem }
pack-problems-more = Packs have { $n } more problems; “vigie packs list” with the same -i names them.

## The report

report-heading = Report
report-written = findings.json is the report; matches.jsonl, timeline.csv and records/ hold the details. They contain private data in clear: keep them safe.
report-unwritten = Nothing was written. To keep a report, run the scan again with -o FOLDER.

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
reason-required-absent = Something needed is not in the acquisition. ({ $text })
reason-required-missing = The acquisition lists a file that it does not hold. ({ $text })
reason-required-locked = Something needed is encrypted or protected. ({ $text })
reason-required-partial = Something needed was read in part only. ({ $text })
reason-required-failed = Something needed could not be read. ({ $text })

## Reasons: acquisitions

reason-unreadable = It cannot be read. Check that the path is right and may be read, or copy the acquisition again. ({ $text })
reason-not-an-acquisition = This is not an acquisition vigie can read. It reads decrypted iOS backups (the folder with Manifest.db) and Android bug reports (the zip, its unpacked folder, or the dumpstate text). Name that file or folder itself.
reason-encrypted-backup = This is an encrypted iOS backup: nothing in it can be read without its password. Decrypt it into a new folder with a tool that reads iOS backups, and scan that folder.
reason-old-backup = This is a backup of iOS 9 or older (Manifest.mbdb), which vigie does not read. Make a new backup of the phone.
reason-manifest-empty = This is an iOS backup whose list of files (Manifest.db) is empty. Copy the backup again from the computer that made it.
reason-manifest-unreadable = This is an iOS backup whose list of files cannot be read. Copy the backup again, or make a new one. ({ $text })
reason-manifest-damaged = The list of the backup's files is damaged; some files may be hidden in the part that cannot be read.
reason-empty-file = The file is empty (0 bytes): the acquisition failed or was not copied whole. Copy it again, or make a new one.
reason-age-encrypted = This file is encrypted with age. Decrypt it with the lab's key first, and scan what comes out.
reason-truncated-zip = This zip was cut short. Copy it again, or make a new bug report. ({ $text })
reason-no-dumpstate = There is no Android dumpstate in it, so it is not a bug report vigie can read. Name the zip of the bug report itself, or make a new one.
reason-empty-dumpstate = This is an Android bug report without content. Make a new bug report on the phone.
reason-dumpstate-missing = This is an Android bug report whose main part is missing. Copy the whole report again.
reason-dumpstate-damaged = The bug report is damaged; it was read up to the damage. ({ $text })
reason-duplicate-member = The archive holds two files of one name; the first was read. ({ $text })
reason-main-entry-dangling = The file named as the main part is not there; another was read. ({ $text })
reason-nested-archive = The bug report lies in an archive inside the archive.
reason-unencrypted-backup = This backup was made without encryption, and such backups do not hold it. Make a new backup with encryption switched on.

## Reasons: reading

reason-bundle-damaged = The pack's file ends before the pack does; what came before was loaded.
reason-date-unreadable = A date in the pack cannot be read. ({ $text })
reason-endpoints-limit = There are more addresses than are looked at. ({ $text })
reason-not-stix = It is not a STIX bundle. ({ $text })
reason-object-damaged = One entry of the pack is damaged and was left out. ({ $text })
reason-property-ignored = Part of an entry of the pack was ignored. ({ $text })
reason-files-missing = The backup is not whole: { $missing } of the { $listed } files it lists are missing. Copy it again from the computer that made it.
reason-file-unlisted = A file lies in the backup that its list does not name; it was read all the same. ({ $text })
reason-locked = It is encrypted or protected.
reason-innocent-twin = An indicator in it also names something ordinary, and is used with care. ({ $text })
reason-file-missing = The acquisition lists this file but does not hold it.
reason-evidence = The acquisition did not give the file's bytes. ({ $text })
reason-io = Reading stopped with an error. ({ $text })
reason-sqlite = The database shows a fault. ({ $text })
reason-sqlite-damage = The database is damaged; what lies outside the damage was read. ({ $text })
reason-format = The content is not what is expected there. ({ $text })
reason-section-missing = The part that matters is not in it. ({ $text })
reason-section-timeout = The phone took too long to write this part of the bug report.
reason-section-failed = The phone could not write this part of the bug report.
reason-limit = It is larger than what is read for safety's sake. ({ $text })
reason-internal-error = vigie itself failed here. Please report this. ({ $text })
reason-truncated = It ends too early.
reason-line-cut = Very long lines were cut. ({ $text })
reason-lines-not-understood = Some lines were not understood. ({ $text })
reason-entries-limit = There are more entries than are read. ({ $text })
reason-permissions-limit = There are more permissions than are read. ({ $text })
reason-components-limit = There are more programs named than are read. ({ $text })
reason-tombstones-limit = There are more crash reports than are read. ({ $text })
reason-frames-limit = Part of a crash report was left out. ({ $text })
reason-text-unreadable = A crash report's text could not be read; its other form was.
reason-protobuf-unreadable = One form of a crash report could not be read; its text was. ({ $text })
reason-patch-level-unreadable = The date of the security update could not be read. ({ $text })
reason-plist-damaged = A settings file is damaged. ({ $text })
reason-members-unlisted = The archive is damaged: it counts more files than it lists.
reason-metadata-damaged = The store record of an app is damaged. ({ $text })
reason-blob-damaged = Details of some files could not be read. ({ $text })
reason-body-damaged = The text of some messages could not be read whole. ({ $text })
reason-url-missing = Some visits have lost their address. ({ $text })
reason-wal-missing = The newest entries may be missing: a companion file is not in the backup.
reason-wal-short = The newest entries may be missing: a companion file is shorter in the backup than it was on the phone.
reason-column-missing = This version of the system does not write everything. ({ $text })
reason-deleted-process-unsure = Because of damage, a missing program name may be no sign here.
reason-pack-file = A file of it could not be used. ({ $text })
reason-pattern-part = A part of an indicator can never match; the rest of it is used. ({ $text })
reason-pattern-undecided = Too many records match parts of an indicator over several records, so it is not decided: { $pattern }
reason-pack-missing = A pack that the index names is not here. ({ $text })
reason-families-limit = The packs name more malware than can be told apart; some indicators are used without its name. ({ $text })
reason-no-indicators = No indicators were loaded, so nothing was looked for.
reason-platform-unknown = A platform named in the pack is not known; the values below it are not used. ({ $text })
reason-problems-limit = There are { $count } more problems of the kind { $kind }.
reason-superseded = Older versions of its indicators are not used. ({ $text })
reason-value-assumed = Some values do not say what they are, and are looked for as all they could be. ({ $text })
