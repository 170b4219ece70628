# Texts for indicator hits, one message for each class of pack and context: hit-<class>-<context>.
# Placeholders: {$malware} the pack's malware name, {$value} what matched, {$artifact} where.

## Spyware of the kind states use

hit-mercenary-executed = Signs that {$malware} ran on this phone: {$value}
    .why = {$malware} is spyware of the kind that states use against chosen people. The phone itself recorded that a program with this known name was active. This is one of the strongest traces there can be.
    .innocent = Rare. An ordinary program can have the same or a very similar name. An expert should look at the date, the path and what lies around it.
    .next = Treat this as a serious sign, not as final proof. Do not reset, update or restart the phone, and keep this acquisition. Do not talk about it near or on this phone. Ask for expert help{ $help }.

hit-mercenary-installed = Signs that {$malware} is or was installed: {$value}
    .why = {$malware} is spyware of the kind that states use against chosen people. The phone's own records name this app. An app that is or was on the phone weighs much more than a link in a message.
    .innocent = Rare. Another app can have the same name. On a phone used for research or tests it may be there on purpose.
    .next = Treat this as a serious sign, not as final proof. Do not remove the app. Do not reset or update the phone, and keep this acquisition. Do not talk about it near or on this phone. Ask for expert help{ $help }.

hit-mercenary-persisted = A trace of {$malware} is stored on this phone: {$value}
    .why = {$malware} is spyware of the kind that states use against chosen people. A file, a profile or an entry with this known name lies in the phone's storage. A program or a person put it there.
    .innocent = Another program can leave a file of the same name. A restored backup can bring old files from an earlier phone.
    .next = Treat this as a serious sign, not as final proof. Do not delete anything. Do not reset or update the phone, and keep this acquisition. Ask for expert help{ $help }.

hit-mercenary-contacted = This phone contacted an address known from {$malware}: {$value}
    .why = {$malware} is spyware of the kind that states use against chosen people. The phone exchanged data, or tried to, with an address that this tool is known to use. A program on the phone may have done it without the owner.
    .innocent = The address may belong to someone else today, or several sites may share it. Security apps and researchers contact such addresses too.
    .next = Look which app made the contact and when. Do not reset or update the phone yet, and keep this acquisition. Ask for expert help{ $help }.

hit-mercenary-visited = A page known from {$malware} was opened: {$value}
    .why = {$malware} is spyware of the kind that states use against chosen people. The browser recorded this page. A visit can be the start of an attack. It does not say that an attack worked.
    .innocent = A link in a news article, curiosity, research or an advertisement. The site may have changed hands since.
    .next = Do not open the page again. Ask what the owner remembers of that moment, and look for other traces from the same time. Do not reset or update the phone yet, and keep this acquisition. Ask for expert help{ $help }.

hit-mercenary-delivered = Someone sent this phone something known from {$malware}: {$value}
    .why = {$malware} is spyware of the kind that states use against chosen people. A message with this known link, file or sender reached the phone. Someone may have tried something. It does not show that the link was opened or that anything ran.
    .innocent = Spam and mass messages reach many people. A friend may have passed on a link as a warning. The site may have changed hands since.
    .next = Do not open the link or the file. Keep the message and take a picture of it. Look for other traces from the same time. Do not reset or update the phone yet, and keep this acquisition. Ask for expert help{ $help }.

hit-mercenary-configured = A setting known from {$malware} was seen: {$value}
    .why = {$malware} is spyware of the kind that states use against chosen people. A setting or a profile carries a value known from this tool. A program, a person or an employer can change settings.
    .innocent = A work or school profile, a restored backup or a test can leave the same setting.
    .next = Take a picture of the setting and ask who made it, before anything is changed. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-mercenary-sent = Something known from {$malware} was sent from this phone: {$value}
    .why = {$malware} is spyware of the kind that states use against chosen people. It went out from this phone. People often pass on a suspicious link to warn others or to ask for help. It does not show that anything ran.
    .innocent = Most often the owner forwarded a link to warn somebody or to ask for advice.
    .next = Ask why it was sent and where it came from, and look for the message that brought it. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-mercenary-mentioned = Something known from {$malware} is mentioned on this phone: {$value}
    .why = {$malware} is spyware of the kind that states use against chosen people. The name or address stands in a text, a list or a cache. By itself this does not show that it was opened or that anything ran.
    .innocent = A news article, safety advice, a list of blocked sites or a talk about spyware. This is common.
    .next = Read the record and what stands around it. Ask the owner whether they know it. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

## Forensic extraction tools

hit-extraction-executed = Signs that {$malware} was at work on this phone: {$value}
    .why = {$malware} is used to unlock phones and to copy what is on them. Whoever uses it has the phone in hand. The phone recorded that a program with a name known from this tool was active. It is one of the strongest traces there can be.
    .innocent = A repair shop, a data transfer in a phone store or an examination the owner agreed to. Another app can have the same name.
    .next = Write down when the phone was out of the owner's hands and who had it. Do not reset or update the phone yet, and keep this acquisition. Take it that the contents may have been copied: from another device, change passwords and tell the people concerned. Ask for expert help{ $help }.

hit-extraction-installed = Signs of a helper app of {$malware}: {$value}
    .why = {$malware} is used to unlock phones and to copy what is on them. Whoever uses it has the phone in hand. Such a tool often puts a small app on the phone for a short time and removes it afterwards. The phone's records still name it.
    .innocent = A repair shop, a data transfer in a phone store or an examination the owner agreed to. Another app can have a similar name.
    .next = Write down when the phone was out of the owner's hands and who had it. Do not reset or update the phone yet, and keep this acquisition. Take it that the contents may have been copied: from another device, change passwords and tell the people concerned. Ask for expert help{ $help }.

hit-extraction-persisted = A trace of a connection with {$malware} is stored: {$value}
    .why = {$malware} is used to unlock phones and to copy what is on them. Whoever uses it has the phone in hand. The phone keeps a trace of a device that presents itself as this tool does.
    .innocent = A repair shop, a data transfer in a phone store or an examination the owner agreed to. Old pairings can come from an earlier phone.
    .next = Write down when the phone was out of the owner's hands and who had it. Do not reset or update the phone yet, and keep this acquisition. Take it that the contents may have been copied: from another device, change passwords and tell the people concerned. Ask for expert help{ $help }.

hit-extraction-contacted = Signs of a connection with {$malware}: {$value}
    .why = {$malware} is used to unlock phones and to copy what is on them. Whoever uses it has the phone in hand. The phone recorded that it was connected to a device or an address known from this tool.
    .innocent = A repair shop, a data transfer in a phone store or an examination the owner agreed to.
    .next = Write down when the phone was out of the owner's hands and who had it. Do not reset or update the phone yet, and keep this acquisition. Take it that the contents may have been copied: from another device, change passwords and tell the people concerned. Ask for expert help{ $help }.

hit-extraction-visited = A page known from {$malware} was opened: {$value}
    .why = {$malware} is used to unlock phones and to copy what is on them. Whoever uses it has the phone in hand. The browser recorded a page known from this tool. Reading about a tool does not mean that it was used on this phone.
    .innocent = A link in a news article, curiosity, research or an advertisement. The site may have changed hands since.
    .next = Do not open the page again. Ask what the owner remembers of that moment, and look for other traces from the same time. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-extraction-delivered = Someone sent this phone something known from {$malware}: {$value}
    .why = {$malware} is used to unlock phones and to copy what is on them. Whoever uses it has the phone in hand. Something with its known name or address reached the phone. That alone does not mean that the tool was used on it.
    .innocent = Spam and mass messages reach many people. A friend may have passed on a link as a warning. The site may have changed hands since.
    .next = Do not open the link or the file. Keep the message and take a picture of it. Look for other traces from the same time. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-extraction-configured = A setting known from {$malware} was seen: {$value}
    .why = {$malware} is used to unlock phones and to copy what is on them. Whoever uses it has the phone in hand. A setting or a profile carries a value known from this tool. A program, a person or an employer can change settings.
    .innocent = A work or school profile, a restored backup or a test can leave the same setting.
    .next = Take a picture of the setting and ask who made it, before anything is changed. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-extraction-sent = Something known from {$malware} was sent from this phone: {$value}
    .why = {$malware} is used to unlock phones and to copy what is on them. Whoever uses it has the phone in hand. It went out from this phone. People often pass on a suspicious link to warn others or to ask for help. It does not show that anything ran.
    .innocent = Most often the owner forwarded a link to warn somebody or to ask for advice.
    .next = Ask why it was sent and where it came from, and look for the message that brought it. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-extraction-mentioned = Something known from {$malware} is mentioned on this phone: {$value}
    .why = {$malware} is used to unlock phones and to copy what is on them. Whoever uses it has the phone in hand. The name or address stands in a text, a list or a cache. By itself this does not show that it was opened or that anything ran.
    .innocent = A news article, safety advice, a list of blocked sites or a talk about spyware. This is common.
    .next = Read the record and what stands around it. Ask the owner whether they know it. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

## Hidden consumer spyware

hit-stalkerware-executed = Signs that {$malware} ran on this phone: {$value}
    .why = {$malware} is sold to private people to watch someone in secret. It is mostly put on a phone by someone close who had it in hand. The phone itself recorded that a program with this known name was active. This is one of the strongest traces there can be.
    .innocent = Rare. An ordinary program can have the same or a very similar name. An expert should look at the date, the path and what lies around it.
    .next = Think of safety first: whoever installed it may notice when it is removed or the phone changes. Do not remove or reset anything yet, and keep this acquisition. Make a plan from another, safe device. Look for advice and support near you{ $survivors }. In immediate danger, call the local emergency number.

hit-stalkerware-installed = Signs that {$malware} is or was installed: {$value}
    .why = {$malware} is sold to private people to watch someone in secret. It is mostly put on a phone by someone close who had it in hand. The phone's own records name this app. An app that is or was on the phone weighs much more than a link in a message.
    .innocent = The owner may have installed it to find a lost phone or for the family, and forgotten it. Another app can have the same name.
    .next = Think of safety first: whoever installed it may notice when it is removed or the phone changes. Do not remove or reset anything yet, and keep this acquisition. Make a plan from another, safe device. Look for advice and support near you{ $survivors }. In immediate danger, call the local emergency number.

hit-stalkerware-persisted = A trace of {$malware} is stored on this phone: {$value}
    .why = {$malware} is sold to private people to watch someone in secret. It is mostly put on a phone by someone close who had it in hand. A file, a profile or an entry with this known name lies in the phone's storage. A program or a person put it there.
    .innocent = Another program can leave a file of the same name. A restored backup can bring old files from an earlier phone.
    .next = Think of safety first: whoever installed it may notice when it is removed or the phone changes. Do not remove or reset anything yet, and keep this acquisition. Make a plan from another, safe device. Look for advice and support near you{ $survivors }. In immediate danger, call the local emergency number.

hit-stalkerware-contacted = This phone contacted an address known from {$malware}: {$value}
    .why = {$malware} is sold to private people to watch someone in secret. It is mostly put on a phone by someone close who had it in hand. The phone exchanged data, or tried to, with an address that this tool is known to use. A program on the phone may have done it without the owner.
    .innocent = The address may belong to someone else today, or several sites may share it. Security apps and researchers contact such addresses too.
    .next = Think of safety first: whoever installed it may notice when it is removed or the phone changes. Do not remove or reset anything yet, and keep this acquisition. Make a plan from another, safe device. Look for advice and support near you{ $survivors }. In immediate danger, call the local emergency number.

hit-stalkerware-visited = A page known from {$malware} was opened: {$value}
    .why = {$malware} is sold to private people to watch someone in secret. It is mostly put on a phone by someone close who had it in hand. The browser recorded this page. A visit can be the start of an attack. It does not say that an attack worked.
    .innocent = A link in a news article, curiosity, research or an advertisement. The site may have changed hands since.
    .next = Think of safety first: someone close may see what is done on this phone. Ask the owner, alone and calmly, what they know about it. Change nothing yet, and keep this acquisition. Look for advice and support near you{ $survivors }.

hit-stalkerware-delivered = Someone sent this phone something known from {$malware}: {$value}
    .why = {$malware} is sold to private people to watch someone in secret. It is mostly put on a phone by someone close who had it in hand. A message with this known link, file or sender reached the phone. Someone may have tried something. It does not show that the link was opened or that anything ran.
    .innocent = Spam and mass messages reach many people. A friend may have passed on a link as a warning. The site may have changed hands since.
    .next = Think of safety first: someone close may see what is done on this phone. Ask the owner, alone and calmly, what they know about it. Change nothing yet, and keep this acquisition. Look for advice and support near you{ $survivors }.

hit-stalkerware-configured = A setting known from {$malware} was seen: {$value}
    .why = {$malware} is sold to private people to watch someone in secret. It is mostly put on a phone by someone close who had it in hand. A setting or a profile carries a value known from this tool. A program, a person or an employer can change settings.
    .innocent = A work or school profile, a restored backup or a test can leave the same setting.
    .next = Think of safety first: whoever installed it may notice when it is removed or the phone changes. Do not remove or reset anything yet, and keep this acquisition. Make a plan from another, safe device. Look for advice and support near you{ $survivors }.

hit-stalkerware-sent = Something known from {$malware} was sent from this phone: {$value}
    .why = {$malware} is sold to private people to watch someone in secret. It is mostly put on a phone by someone close who had it in hand. It went out from this phone. People often pass on a suspicious link to warn others or to ask for help. It does not show that anything ran.
    .innocent = Most often the owner forwarded a link to warn somebody or to ask for advice.
    .next = Think of safety first: someone close may see what is done on this phone. Ask the owner, alone and calmly, what they know about it. Change nothing yet, and keep this acquisition. Look for advice and support near you{ $survivors }.

hit-stalkerware-mentioned = Something known from {$malware} is mentioned on this phone: {$value}
    .why = {$malware} is sold to private people to watch someone in secret. It is mostly put on a phone by someone close who had it in hand. The name or address stands in a text, a list or a cache. By itself this does not show that it was opened or that anything ran.
    .innocent = A news article, safety advice, a list of blocked sites or a talk about spyware. This is common.
    .next = Think of safety first: someone close may see what is done on this phone. Ask the owner, alone and calmly, what they know about it. Change nothing yet, and keep this acquisition. Look for advice and support near you{ $survivors }.

## Visible monitoring

hit-watchware-executed = Signs that {$malware} ran on this phone: {$value}
    .why = {$malware} is a monitoring app that does not hide, such as parental control. It can also be used to watch an adult. The phone recorded that this app was active.
    .innocent = Very common: parental control or a family app that the owner knows about.
    .next = Ask the owner, alone and calmly, whether they know this app and agree to it. If not, think of safety first: whoever installed it may notice when it is removed. Keep this acquisition. Look for advice and support near you{ $survivors }.

hit-watchware-installed = Signs that {$malware} is or was installed: {$value}
    .why = {$malware} is a monitoring app that does not hide, such as parental control. It can also be used to watch an adult. The phone's own records name this app.
    .innocent = Very common: parental control or a family app that the owner knows about.
    .next = Ask the owner, alone and calmly, whether they know this app and agree to it. If not, think of safety first: whoever installed it may notice when it is removed. Keep this acquisition. Look for advice and support near you{ $survivors }.

hit-watchware-persisted = A trace of {$malware} is stored on this phone: {$value}
    .why = {$malware} is a monitoring app that does not hide, such as parental control. It can also be used to watch an adult. A file, a profile or an entry with this known name lies in the phone's storage. A program or a person put it there.
    .innocent = Very common: parental control or a family app that the owner knows about, now or in the past.
    .next = Ask the owner, alone and calmly, whether they know this app and agree to it. If not, think of safety first: whoever installed it may notice when it is removed. Keep this acquisition. Look for advice and support near you{ $survivors }.

hit-watchware-contacted = This phone contacted an address known from {$malware}: {$value}
    .why = {$malware} is a monitoring app that does not hide, such as parental control. It can also be used to watch an adult. The phone exchanged data, or tried to, with an address that this tool is known to use. A program on the phone may have done it without the owner.
    .innocent = Very common: parental control or a family app that the owner knows about.
    .next = Ask the owner, alone and calmly, whether they know this app and agree to it. If not, think of safety first: whoever installed it may notice when it is removed. Keep this acquisition. Look for advice and support near you{ $survivors }.

hit-watchware-visited = A page known from {$malware} was opened: {$value}
    .why = {$malware} is a monitoring app that does not hide, such as parental control. It can also be used to watch an adult. The browser recorded this page. It does not show that the app was installed.
    .innocent = A link in a news article, curiosity, research or an advertisement. The site may have changed hands since.
    .next = Ask the owner, alone and calmly, what they know about it. Change nothing yet, and keep this acquisition. Look for advice and support near you{ $survivors }.

hit-watchware-delivered = Someone sent this phone something known from {$malware}: {$value}
    .why = {$malware} is a monitoring app that does not hide, such as parental control. It can also be used to watch an adult. A message with this known link, file or sender reached the phone. Someone may have tried something. It does not show that the link was opened or that anything ran.
    .innocent = Spam and mass messages reach many people. A friend may have passed on a link as a warning. The site may have changed hands since.
    .next = Ask the owner, alone and calmly, what they know about it. Change nothing yet, and keep this acquisition. Look for advice and support near you{ $survivors }.

hit-watchware-configured = A setting known from {$malware} was seen: {$value}
    .why = {$malware} is a monitoring app that does not hide, such as parental control. It can also be used to watch an adult. A setting or a profile carries a value known from this tool. A program, a person or an employer can change settings.
    .innocent = Very common: parental control or a family app that the owner knows about.
    .next = Ask the owner, alone and calmly, whether they know this app and agree to it. If not, think of safety first: whoever installed it may notice when it is removed. Keep this acquisition. Look for advice and support near you{ $survivors }.

hit-watchware-sent = Something known from {$malware} was sent from this phone: {$value}
    .why = {$malware} is a monitoring app that does not hide, such as parental control. It can also be used to watch an adult. It went out from this phone. People often pass on a suspicious link to warn others or to ask for help. It does not show that anything ran.
    .innocent = Most often the owner forwarded a link to warn somebody or to ask for advice.
    .next = Ask the owner, alone and calmly, what they know about it. Change nothing yet, and keep this acquisition. Look for advice and support near you{ $survivors }.

hit-watchware-mentioned = Something known from {$malware} is mentioned on this phone: {$value}
    .why = {$malware} is a monitoring app that does not hide, such as parental control. It can also be used to watch an adult. The name or address stands in a text, a list or a cache. By itself this does not show that it was opened or that anything ran.
    .innocent = A news article, safety advice, a list of blocked sites or a talk about spyware. This is common.
    .next = Ask the owner, alone and calmly, what they know about it. Change nothing yet, and keep this acquisition. Look for advice and support near you{ $survivors }.

## Anything else a pack names

hit-other-executed = Signs that {$malware} ran on this phone: {$value}
    .why = {$malware} is named as harmful in a list of indicators that was loaded. The phone itself recorded that a program with this known name was active. This is one of the strongest traces there can be.
    .innocent = Rare. An ordinary program can have the same or a very similar name. An expert should look at the date, the path and what lies around it.
    .next = Treat this as a serious sign, not as final proof. Do not reset, update or restart the phone, and keep this acquisition. Do not talk about it near or on this phone. If the owner may be a target, ask for expert help{ $help }.

hit-other-installed = Signs that {$malware} is or was installed: {$value}
    .why = {$malware} is named as harmful in a list of indicators that was loaded. The phone's own records name this app. An app that is or was on the phone weighs much more than a link in a message.
    .innocent = Rare. Another app can have the same name. On a phone used for research or tests it may be there on purpose.
    .next = Treat this as a serious sign, not as final proof. Do not remove the app. Do not reset or update the phone, and keep this acquisition. Do not talk about it near or on this phone. If the owner may be a target, ask for expert help{ $help }.

hit-other-persisted = A trace of {$malware} is stored on this phone: {$value}
    .why = {$malware} is named as harmful in a list of indicators that was loaded. A file, a profile or an entry with this known name lies in the phone's storage. A program or a person put it there.
    .innocent = Another program can leave a file of the same name. A restored backup can bring old files from an earlier phone.
    .next = Treat this as a serious sign, not as final proof. Do not delete anything. Do not reset or update the phone, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-other-contacted = This phone contacted an address known from {$malware}: {$value}
    .why = {$malware} is named as harmful in a list of indicators that was loaded. The phone exchanged data, or tried to, with an address that this tool is known to use. A program on the phone may have done it without the owner.
    .innocent = The address may belong to someone else today, or several sites may share it. Security apps and researchers contact such addresses too.
    .next = Look which app made the contact and when. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-other-visited = A page known from {$malware} was opened: {$value}
    .why = {$malware} is named as harmful in a list of indicators that was loaded. The browser recorded this page. A visit can be the start of an attack. It does not say that an attack worked.
    .innocent = A link in a news article, curiosity, research or an advertisement. The site may have changed hands since.
    .next = Do not open the page again. Ask what the owner remembers of that moment, and look for other traces from the same time. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-other-delivered = Someone sent this phone something known from {$malware}: {$value}
    .why = {$malware} is named as harmful in a list of indicators that was loaded. A message with this known link, file or sender reached the phone. Someone may have tried something. It does not show that the link was opened or that anything ran.
    .innocent = Spam and mass messages reach many people. A friend may have passed on a link as a warning. The site may have changed hands since.
    .next = Do not open the link or the file. Keep the message and take a picture of it. Look for other traces from the same time. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-other-configured = A setting known from {$malware} was seen: {$value}
    .why = {$malware} is named as harmful in a list of indicators that was loaded. A setting or a profile carries a value known from this tool. A program, a person or an employer can change settings.
    .innocent = A work or school profile, a restored backup or a test can leave the same setting.
    .next = Take a picture of the setting and ask who made it, before anything is changed. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-other-sent = Something known from {$malware} was sent from this phone: {$value}
    .why = {$malware} is named as harmful in a list of indicators that was loaded. It went out from this phone. People often pass on a suspicious link to warn others or to ask for help. It does not show that anything ran.
    .innocent = Most often the owner forwarded a link to warn somebody or to ask for advice.
    .next = Ask why it was sent and where it came from, and look for the message that brought it. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

hit-other-mentioned = Something known from {$malware} is mentioned on this phone: {$value}
    .why = {$malware} is named as harmful in a list of indicators that was loaded. The name or address stands in a text, a list or a cache. By itself this does not show that it was opened or that anything ran.
    .innocent = A news article, safety advice, a list of blocked sites or a talk about spyware. This is common.
    .next = Read the record and what stands around it. Ask the owner whether they know it. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.
